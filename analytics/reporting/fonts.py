"""The one typeface of all reports: where it is, which characters it has, how wide they are.

typst leaves a missing glyph out without a word, so the text is compared with the face before it is set.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from analytics.errors import ReportError

if TYPE_CHECKING:
    import typst

FAMILY = "Noto Sans CJK SC"
MONO_FAMILY = "Noto Sans Mono CJK SC"
_PACKAGE = "noto_cjk_sans_otc"
_VARIATION_SELECTORS = range(0xFE00, 0xFE10)


@dataclass(frozen=True)
class Face:
    """Glyph numbers by code point, and advance widths [em] by glyph number."""

    glyphs: dict[int, int]
    advances: list[float]

    def missing(self, text: Iterable[str]) -> list[str]:
        """The characters of `text` without a glyph, in order of code point; spaces and controls need none."""
        return sorted(c for c in set(text) if ord(c) not in self.glyphs and not _needs_no_glyph(c))

    def width(self, text: str) -> float:
        """Width of `text` set on one line [em], without kerning; a character without glyph counts 1."""
        return sum(self._advance(self.glyphs.get(ord(c))) for c in text)

    def _advance(self, glyph: int | None) -> float:
        if glyph is None:
            return 1.0
        return self.advances[min(glyph, len(self.advances) - 1)]


def folder() -> Path:
    """The folder with the font file."""
    with as_file(files(_PACKAGE)) as place:
        return Path(place)


@lru_cache(maxsize=1)
def loaded() -> typst.Fonts:
    """The fonts typst may use: the package's, and neither the system's nor typst's own."""
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder())])


@lru_cache(maxsize=1)
def face() -> Face:
    """The face in the forms of mainland China."""
    found = next((f for f in loaded().fonts() if f.family == FAMILY and f.path), None)
    if found is None or found.path is None:
        raise ReportError(
            "The typeface is missing.",
            expected=f"{FAMILY}, from the package {_PACKAGE}",
            next_step="Install the pinned dependencies anew: make setup.",
        )
    return _read(Path(found.path).read_bytes(), found.index)


def _needs_no_glyph(character: str) -> bool:
    return (
        character.isspace() or unicodedata.category(character) in {"Cc", "Cf"} or ord(character) in _VARIATION_SELECTORS
    )


def _read(data: bytes, index: int) -> Face:
    start = struct.unpack_from(">I", data, 12 + 4 * index)[0] if data[:4] == b"ttcf" else 0
    tables = {
        tag: offset
        for tag, _, offset, _ in struct.iter_unpack(
            ">4sIII", data[start + 12 : start + 12 + 16 * struct.unpack_from(">H", data, start + 4)[0]]
        )
    }
    units = struct.unpack_from(">H", data, tables[b"head"] + 18)[0]
    count = struct.unpack_from(">H", data, tables[b"hhea"] + 34)[0]
    metrics = data[tables[b"hmtx"] : tables[b"hmtx"] + 4 * count]
    advances = [advance / units for advance, _ in struct.iter_unpack(">Hh", metrics)]
    return Face(_glyphs(data, tables[b"cmap"]), advances)


def _glyphs(data: bytes, cmap: int) -> dict[int, int]:
    """The full Unicode map: subtable format 12 (groups of first, last, first glyph)."""
    for number in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        offset = cmap + struct.unpack_from(">I", data, cmap + 8 + 8 * number)[0]
        if struct.unpack_from(">H", data, offset)[0] == 12:
            length = 12 * struct.unpack_from(">I", data, offset + 12)[0]
            groups = struct.iter_unpack(">III", data[offset + 16 : offset + 16 + length])
            return {c: g + c - first for first, last, g in groups for c in range(first, last + 1)}
    raise ReportError(
        "The typeface cannot be read.",
        expected="a character map of format 12",
        next_step="Install the pinned dependencies anew: make setup.",
    )
