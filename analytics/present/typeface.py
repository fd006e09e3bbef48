"""The face in which charts are measured: the advance widths of Noto Sans CJK SC without its outlines.

Layout needs widths only. The whole face costs 4 ms for each text it measures, this copy of a few kilobytes a
fifth of that; what is drawn later is drawn in the real face.
"""

from __future__ import annotations

import atexit
import os
import shutil
import struct
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import as_file
from itertools import groupby
from pathlib import Path

from analytics.errors import MachineRefused

FAMILY = "Noto Sans CJK SC"
STAND_IN = "Qinghe Widths"
_UNITS = 1000
_KEPT = ("OS/2", "head", "hhea", "post")
# A triangle one unit wide: a text without any outline is not measured at all.
_DOT = struct.pack(">hhhhh HH 3B 3h 3h x", 1, 0, 0, 1, 1, 2, 0, 1, 1, 1, 0, 1, -1, 0, 0, 1)


@lru_cache(maxsize=1)
def folder_of_stand_in() -> Path:
    """A folder that holds the stand-in face alone; removed when the process that made it ends."""
    place = Path(tempfile.mkdtemp(prefix="qinghe-face-"))
    atexit.register(_remove, place, os.getpid())
    (place / "widths.ttf").write_bytes(stand_in(_source()))
    return place


def _remove(place: Path, owner: int) -> None:
    """A forked child must not take the face away from its parent."""
    if os.getpid() == owner:
        shutil.rmtree(place, ignore_errors=True)


def _source() -> bytes:
    import noto_cjk_sans_otc

    with as_file(noto_cjk_sans_otc.FONT_PATH) as path:
        return path.read_bytes()


def stand_in(collection: bytes) -> bytes:
    """A TrueType face with the widths of `FAMILY` in the collection: one dot of a glyph for each width."""
    tables = _tables(collection)
    runs = _runs(collection, tables)
    glyphs = {width: glyph for glyph, width in enumerate(sorted({0, *(width for *_, width in runs)}))}
    kept = {tag: collection[start : start + size] for tag, (start, size) in tables.items() if tag in _KEPT}
    count = len(glyphs)
    return _assembled(
        kept
        | {
            "hhea": kept["hhea"][:34] + struct.pack(">H", count),
            "post": struct.pack(">I", 0x00030000) + kept["post"][4:32],
            "maxp": struct.pack(">IH", 0x00010000, count) + bytes(26),
            "hmtx": b"".join(struct.pack(">Hh", width, 0) for width in glyphs),
            "loca": struct.pack(f">{count + 1}H", *(len(_DOT) // 2 * glyph for glyph in range(count + 1))),
            "glyf": _DOT * count,
            "head": kept["head"][:50] + bytes(4),
            "cmap": _character_map(runs, glyphs),
            "name": _names(),
        }
    )


def _tables(data: bytes) -> dict[str, tuple[int, int]]:
    """Offset and size of each table of the face `FAMILY`."""
    for face in range(struct.unpack_from(">I", data, 8)[0]):
        start = struct.unpack_from(">I", data, 12 + 4 * face)[0]
        count = struct.unpack_from(">H", data, start + 4)[0]
        directory = struct.iter_unpack(">4sIII", data[start + 12 : start + 12 + 16 * count])
        tables = {tag.decode(): (offset, size) for tag, _, offset, size in directory}
        offset, size = tables["name"]
        if FAMILY.encode("utf-16-be") in data[offset : offset + size]:
            return tables
    raise MachineRefused(
        "The typeface of the charts is missing.",
        expected=FAMILY,
        next_step="Install the pinned dependencies anew: make setup.",
    )


def _runs(data: bytes, tables: dict[str, tuple[int, int]]) -> list[tuple[int, int, int]]:
    """First and last character of each run of one advance width, and that width [1/1000 em]."""
    count = struct.unpack_from(">H", data, tables["hhea"][0] + 34)[0]
    widths = struct.unpack_from(f">{2 * count}H", data, tables["hmtx"][0])[::2]
    runs: list[tuple[int, int, int]] = []
    for first, last, glyph in _groups(data, tables["cmap"][0]):
        start = first
        for width, same in groupby(widths[min(g, count - 1)] for g in range(glyph, glyph + last - first + 1)):
            end = start + sum(1 for _ in same) - 1
            if runs and runs[-1][1:] == (start - 1, width):
                start = runs.pop()[0]
            runs.append((start, end, width))
            start = end + 1
    return runs


def _groups(data: bytes, cmap: int) -> Iterator[tuple[int, int, int]]:
    """Runs of characters whose glyphs follow one another, from the full Unicode map (format 12)."""
    for number in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        table = cmap + struct.unpack_from(">I", data, cmap + 8 + 8 * number)[0]
        if struct.unpack_from(">H", data, table)[0] == 12:
            size = 12 * struct.unpack_from(">I", data, table + 12)[0]
            yield from struct.iter_unpack(">III", data[table + 16 : table + 16 + size])
            return


def _character_map(runs: list[tuple[int, int, int]], glyphs: dict[int, int]) -> bytes:
    """Format 13: all characters of a run share one glyph."""
    groups = b"".join(struct.pack(">III", first, last, glyphs[width]) for first, last, width in runs)
    table = struct.pack(">HHIII", 13, 0, 16 + len(groups), 0, len(runs)) + groups
    return struct.pack(">HHHHI", 0, 1, 3, 10, 12) + table


def _names() -> bytes:
    texts = {1: STAND_IN, 2: "Regular", 4: STAND_IN, 6: STAND_IN.replace(" ", "")}
    records, strings = b"", b""
    for number, text in texts.items():
        encoded = text.encode("utf-16-be")
        records += struct.pack(">HHHHHH", 3, 1, 0x409, number, len(encoded), len(strings))
        strings += encoded
    return struct.pack(">HHH", 0, len(texts), 6 + len(records)) + records + strings


def _assembled(tables: dict[str, bytes]) -> bytes:
    directory, body = b"", b""
    start = 12 + 16 * len(tables)
    for tag, content in sorted(tables.items()):
        directory += struct.pack(">4sIII", tag.encode(), 0, start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    return struct.pack(">IHHHH", 0x00010000, len(tables), 0, 0, 0) + directory + body
