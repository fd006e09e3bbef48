"""Writes the smallest .xls files (BIFF8 in a compound file) for tests; nothing that is installed writes them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

_SECTOR, _FREE, _END, _FAT = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_CUTOFF = 4096  # a shorter stream would lie in sectors of another size
GLOBALS, SHEET = 0x0005, 0x0010


@dataclass
class OldSheet:
    """Rows of text and numbers; `merges` are first and last row, first and last column, from 0."""

    name: str
    rows: Sequence[Sequence[str | float | None]]
    merges: Sequence[tuple[int, int, int, int]] = ()
    hidden_rows: Sequence[int] = ()
    errors: Sequence[tuple[int, int, int]] = ()  # row, column, code
    is_hidden: bool = False
    further: list[bytes] = field(default_factory=list)


def record(kind: int, body: bytes = b"") -> bytes:
    """One record of a workbook."""
    return struct.pack("<HH", kind, len(body)) + body


def font(*, is_struck: bool = False, raised: int = 0) -> bytes:
    """A font; `raised` is 1 for one of raised signs, 2 of lowered ones. The fonts are 0, 1, 2, 3, 5, 6 …"""
    name = b"\x01\x00A"
    return record(0x0031, struct.pack("<HHHHHBBBB", 200, 0x08 * is_struck, 8, 400, raised, 0, 0, 0, 0) + name)


def style(*, font: int = 0, number_format: int = 0) -> bytes:
    """A style of cells."""
    return record(0x00E0, struct.pack("<HH16x", font, number_format))


def fonted_texts(*texts: tuple[str, Sequence[tuple[int, int]]]) -> bytes:
    """The table of texts that cells share, each with the places at which fonts begin and their numbers."""
    body = struct.pack("<II", len(texts), len(texts))
    for text, runs in texts:
        body += struct.pack("<HBH", len(text), 0x09, len(runs)) + text.encode("utf-16-le")
        body += b"".join(struct.pack("<HH", *run) for run in runs)
    return record(0x00FC, body)


def shared_text(row: int, column: int, text: int, *, style: int = 0) -> bytes:
    """A cell with a text of the table."""
    return record(0x00FD, struct.pack("<HHHI", row, column, style, text))


def formula(row: int, column: int, result: float | bytes, *, flags: int = 0) -> bytes:
    """A cell with the formula 1+1, and a result that is a number, or the eight bytes of what is none."""
    kept = result if isinstance(result, bytes) else struct.pack("<d", result)
    tokens = b"\x1e\x01\x00\x1e\x01\x00\x03"
    return record(0x0006, struct.pack("<HHH", row, column, 0) + kept + struct.pack("<HIH", flags, 0, 7) + tokens)


def _begin(sort: int) -> bytes:
    return record(0x0809, struct.pack("<HHHHII", 0x0600, sort, 0x0DBB, 0x07CC, 0, 6))


def _text(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def _cells(sheet: OldSheet) -> bytes:
    body = _begin(SHEET) + record(0x0200, struct.pack("<IIHHH", 0, len(sheet.rows), 0, 50, 0))
    for row in sheet.hidden_rows:
        body += record(0x0208, struct.pack("<HHHHHHI", row, 0, 50, 255, 0, 0, 0x20))
    for r, row in enumerate(sheet.rows):
        for c, cell in enumerate(row):
            if isinstance(cell, str):
                body += record(0x0204, struct.pack("<HHH", r, c, 0) + _text(cell))
            elif cell is not None:
                body += record(0x0203, struct.pack("<HHHd", r, c, 0, cell))
    for r, c, code in sheet.errors:
        body += record(0x0205, struct.pack("<HHHBB", r, c, 0, code, 1))
    if sheet.merges:
        ranges = b"".join(struct.pack("<4H", *merge) for merge in sheet.merges)
        body += record(0x00E5, struct.pack("<H", len(sheet.merges)) + ranges)
    return body + b"".join(sheet.further) + record(0x000A)


def workbook_stream(sheets: Sequence[OldSheet], *, further: bytes = b"", codes: int = 1200) -> bytes:
    """The records of a workbook; `further` stand after its beginning, `codes` is the page of codes that it names."""
    begin = _begin(GLOBALS) + record(0x0042, struct.pack("<H", codes)) + further
    names = [struct.pack("<BB", len(s.name), 1) + s.name.encode("utf-16-le") for s in sheets]
    start = len(begin) + sum(4 + 6 + len(name) for name in names) + 4
    listed, bodies = b"", b""
    for sheet, name in zip(sheets, names, strict=True):
        position = start + len(bodies)
        listed += record(0x0085, struct.pack("<IBB", position, sheet.is_hidden, 0) + name)
        bodies += _cells(sheet)
    return begin + listed + record(0x000A) + bodies


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file of up to three streams."""
    padded = {name: content.ljust(_CUTOFF, b"\0") for name, content in streams.items()}
    table, contents, entries = [_FAT, _END], b"", [_entry("Root Entry", 5, _END, 0)]
    for name, content in padded.items():
        count = -(-len(content) // _SECTOR)
        first = len(table)
        table += [*range(first + 1, first + count), _END]
        contents += content.ljust(count * _SECTOR, b"\0")
        entries.append(_entry(name, 2, first, len(content)))
    fat = struct.pack(f"<{len(table)}I", *table).ljust(_SECTOR, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, _CUTOFF, _END, 0, _END, 0)
    header += struct.pack("<109I", 0, *[_FREE] * 108)
    return header + fat + b"".join(entries).ljust(_SECTOR, b"\0") + contents


def _entry(name: str, kind: int, start: int, size: int) -> bytes:
    spelled = name.encode("utf-16-le") + b"\0\0"
    child = 1 if kind == 5 else _FREE
    head = spelled.ljust(64, b"\0") + struct.pack("<HBBIII", len(spelled), kind, 1, _FREE, _FREE, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)


def old_workbook(path: Path, *sheets: OldSheet, further: bytes = b"", codes: int = 1200) -> Path:
    """An .xls file of the sheets."""
    path.write_bytes(compound({"Workbook": workbook_stream(sheets, further=further, codes=codes)}))
    return path
