"""The one typeface of reports and charts, and the light copy of it in which charts are measured.

Laying out a chart needs widths only. The whole face costs 4 ms for each text that is measured, a copy of a few
kilobytes without its outlines a fifth of that; what is drawn later is drawn in the real face.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import as_file, files
from multiprocessing.util import Finalize
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics.errors import MachineRefused

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

FAMILY = "Noto Sans CJK SC"
STAND_IN = "Qinghe Widths"
_PACKAGE = "noto_cjk_sans_otc"
_NO_GLYPH = ".notdef"
_PER_EM = 1000


def folder() -> Path:
    """The folder with the font file."""
    with as_file(files(_PACKAGE)) as place:
        return Path(place)


@lru_cache(maxsize=1)
def widths() -> dict[int, float]:
    """Advance width [em] of every character of the face, by code point."""
    from fontTools.ttLib import TTCollection

    for file in folder().glob("*.ttc"):
        with TTCollection(str(file), lazy=True) as collection:
            for face in collection:
                if face["name"].getDebugName(1) == FAMILY:
                    return _widths(face)
    raise MachineRefused(
        "The typeface is missing.",
        expected=f"{FAMILY}, from the package {_PACKAGE}",
        next_step="Install the pinned dependencies anew: make setup.",
    )


@lru_cache(maxsize=1)
def folder_of_stand_in() -> Path:
    """A folder that holds the stand-in face alone; removed when the process that made it ends."""
    place = Path(tempfile.mkdtemp(prefix="qinghe-face-"))
    # Unlike atexit, this also runs at the end of a forked process, and only in the one that made the folder.
    Finalize(None, shutil.rmtree, args=(place,), kwargs={"ignore_errors": True}, exitpriority=0)
    _write_stand_in(place / "widths.ttf", {c: round(_PER_EM * width) for c, width in widths().items()})
    return place


def _widths(face: TTFont) -> dict[int, float]:
    advances, units = face["hmtx"].metrics, face["head"].unitsPerEm
    return {character: advances[glyph][0] / units for character, glyph in face.getBestCmap().items()}


def _write_stand_in(path: Path, advances: Mapping[int, int]) -> None:
    """A TrueType face with one glyph for each width; its height does not matter."""
    from fontTools.fontBuilder import FontBuilder

    glyphs = {advance: f"w{advance}" for advance in sorted(set(advances.values()))}
    order = [_NO_GLYPH, *glyphs.values()]
    new = FontBuilder(_PER_EM, isTTF=True)
    new.setupGlyphOrder(order)
    new.font["cmap"] = _character_map({c: glyphs[advance] for c, advance in advances.items()})
    new.setupGlyf(dict.fromkeys(order, _dot()))
    new.setupHorizontalMetrics({_NO_GLYPH: (0, 0)} | {name: (advance, 0) for advance, name in glyphs.items()})
    new.setupHorizontalHeader(ascent=880, descent=-120)
    new.setupNameTable({"familyName": STAND_IN, "styleName": "Regular", "psName": STAND_IN.replace(" ", "")})
    new.setupOS2()
    new.setupPost(keepGlyphNames=False)
    new.save(path)


def _character_map(glyphs: Mapping[int, str]) -> Any:
    """A table of format 13, in which many characters share one glyph; the usual formats overflow."""
    from fontTools.ttLib import newTable
    from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

    mapping = CmapSubtable.newSubtable(13)
    mapping.format, mapping.reserved, mapping.length, mapping.nGroups = 13, 0, 0, 0
    mapping.platformID, mapping.platEncID, mapping.language = 3, 10, 0
    mapping.cmap = dict(glyphs)
    table = newTable("cmap")
    table.tableVersion, table.tables = 0, [mapping]
    return table


def _dot() -> Any:
    """A triangle one unit wide: a text without any outline is not measured at all."""
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((1, 0))
    pen.lineTo((0, 1))
    pen.closePath()
    return pen.glyph()
