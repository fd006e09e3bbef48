"""Workbooks of Excel 97 to 2003 (.xls): the file within a file, and what its records say beside the cells' values.

Documented in [MS-CFB] and [MS-XLS]; the numbers below are those of the records there.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from analytics.ingest.number_formats import Shown, shown_by
from analytics.ingest.old_texts import lengths_of
from analytics.ingest.sheet import (
    LOCKED_ZH,
    OTHER_KIND_ZH,
    Place,
    Range,
    SheetLayout,
    require_extent,
    require_length,
    unreadable,
    with_macros,
)

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_EXPECTED = "an undamaged .xls workbook"
_END = 0xFFFFFFFA  # this and above are no sectors
_WITHIN_HEADER = 109  # sectors of the table of sectors that the header itself lists
_BOF, _EOF, _FILEPASS, _BOUNDSHEET, _DATEMODE = 0x0809, 0x000A, 0x002F, 0x0085, 0x0022
_FORMAT, _STYLE = 0x041E, 0x00E0
_COLUMNS = 0x007D
_ROW, _MERGED, _FORMULA, _ERROR = 0x0208, 0x00E5, 0x0006, 0x0205
_SHARED_TEXTS, _CONTINUED, _SHARED_TEXT = 0x00FC, 0x003C, 0x00FD
_TEXTS = {_SHARED_TEXT, 0x0204, 0x00D6}
_ONE_CELL = {0x0203, 0x027E, *_TEXTS, _FORMULA, _ERROR}
_MANY_CELLS = 0x00BD
_WORKSHEET = 0
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


class _Damaged(Exception):
    """The bytes are not laid out as they should be."""


@dataclass(frozen=True)
class Found:
    """Layouts of the worksheets by name, and whether the workbook counts its days from 1904."""

    layouts: dict[str, SheetLayout]
    since_1904: bool


def read_layouts(file: Path) -> Found:
    """What the records of an .xls say; `CheckFailed` where it is damaged, locked, has macros, or is no workbook."""
    raw = file.read_bytes()
    try:
        streams = _Streams(raw)
        _require_plain(set(streams.entries), file)
        return _layouts(streams.content("Workbook" if "Workbook" in streams.entries else "Book"), file)
    except (_Damaged, struct.error, IndexError, UnicodeDecodeError) as error:
        raise unreadable(file, str(error)[:120] or "it ends too early", _EXPECTED) from None


def _require_plain(names: set[str], file: Path) -> None:
    if names & {"EncryptedPackage", "EncryptionInfo"}:
        raise _locked(file)
    if names & {"_VBA_PROJECT_CUR", "_VBA_PROJECT", "VBA"}:
        raise with_macros(file)
    if not names & {"Workbook", "Book"}:
        found = "a Word document" if "WordDocument" in names else "a file of Office that is no workbook"
        raise unreadable(file, found, "an Excel workbook", zh=f"文件不是 Excel 工作簿，{OTHER_KIND_ZH}")


def _locked(file: Path) -> Exception:
    return unreadable(
        file,
        "a workbook locked with a password",
        "a workbook without a password",
        zh=LOCKED_ZH,
        next_step="Take the password off and send the file again; this one is kept, and left out.",
    )


class _Streams:
    """The streams in a compound file, by name."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        version, shift, mini_shift = struct.unpack_from("<H2xHH", raw, 26)
        if raw[:8] != MAGIC or version not in (3, 4) or shift not in (9, 12) or mini_shift != 6:
            raise _Damaged("its header is damaged")
        self._size, self._mini_size = 1 << shift, 1 << mini_shift
        first_entry, self._cutoff, first_mini = struct.unpack_from("<I4xII", raw, 48)
        self._next = self._table()
        directory = self._joined(first_entry)
        self.entries: dict[str, tuple[int, int]] = {}
        root = None
        for offset in range(0, len(directory) - 127, 128):
            name_bytes, kind, start, size = struct.unpack_from("<64x H B 49x I I", directory, offset)
            name = directory[offset : offset + max(name_bytes - 2, 0)].decode("utf-16-le", "replace")
            if kind == 5:
                root = (start, size)
            elif kind in (1, 2):
                self.entries[name] = (start, size)
        self._mini = self._joined(root[0])[: root[1]] if root else b""
        self._mini_next = _numbers(self._joined(first_mini))

    def content(self, name: str) -> bytes:
        """The content of a stream; it may not be longer than its sectors."""
        start, size = self.entries[name]
        if size >= self._cutoff:
            content = self._joined(start)
        else:
            places = _chain(start, self._mini_next)
            content = b"".join(self._mini[p * self._mini_size : (p + 1) * self._mini_size] for p in places)
        if len(content) < size:
            raise _Damaged("it ends too early")
        return content[:size]

    def _table(self) -> list[int]:
        """The sector that follows each."""
        listed = [*struct.unpack_from(f"<{_WITHIN_HEADER}I", self._raw, 76)]
        following, visited = struct.unpack_from("<I", self._raw, 68)[0], 0
        while following < _END:
            visited += 1
            if visited > len(self._raw) // self._size:
                raise _Damaged("its sectors run in a circle")
            numbers = _numbers(self._sector(following))
            listed += numbers[:-1]
            following = numbers[-1]
        return [number for s in listed if s < _END for number in _numbers(self._sector(s))]

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        return self._raw[start : start + self._size]

    def _joined(self, start: int) -> bytes:
        return b"".join(self._sector(number) for number in _chain(start, self._next))


def _numbers(raw: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4]))


def _chain(start: int, following: list[int]) -> Iterator[int]:
    left = len(following)
    while start < _END:
        if start >= len(following) or left == 0:
            raise _Damaged("its sectors lead nowhere")
        left -= 1
        yield start
        start = following[start]


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The records of one part of a workbook, from its beginning to its end, without those of charts within."""
    depth, place = 0, start
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 1:
            yield kind, stream[place + 4 : place + 4 + length]
        if depth <= 0:
            return
        place += 4 + length
    raise _Damaged("it ends too early")


def _layouts(stream: bytes, file: Path) -> Found:
    sheets: list[tuple[str, int]] = []
    since_1904 = is_wide = False
    formats, styles = {9: "0%", 10: "0.00%"}, []
    for kind, body in _records(stream, 0):
        if kind == _BOF:
            is_wide = struct.unpack_from("<H", body)[0] == 0x0600
        elif kind == _FILEPASS:
            raise _locked(file)
        elif kind == _DATEMODE:
            since_1904 = body[:1] == b"\x01"
        elif kind == _FORMAT and is_wide:
            formats[struct.unpack_from("<H", body)[0]] = _long_text(body[2:])
        elif kind == _STYLE:
            styles.append(struct.unpack_from("<2xH", body)[0])
        elif kind == _BOUNDSHEET:
            position, sort = struct.unpack_from("<IxB", body)
            if sort == _WORKSHEET:
                sheets.append((_name(body[6:], is_wide=is_wide), position))
    texts = _shared_texts(stream)
    told = {number: shown_by(formats.get(form, "")) for number, form in enumerate(styles)}
    shown = {number: around for number, around in told.items() if around is not None}
    found = {name: _walk(stream, start, shown) for name, start in sheets}
    for name, walked in found.items():
        require_extent(file, name, walked.rows, walked.columns)
    require_length(file, sum(times * texts[n] for w in found.values() for n, times in w.texts.items()))
    return Found({name: walked.layout() for name, walked in found.items()}, since_1904)


def _shared_texts(stream: bytes) -> list[int]:
    """How long each of the texts is that cells share."""
    parts: list[bytes] = []
    is_within = False
    for kind, body in _records(stream, 0):
        is_within = kind == _SHARED_TEXTS or (is_within and kind == _CONTINUED)
        if is_within:
            parts.append(body)
    return lengths_of(parts)


def _name(body: bytes, *, is_wide: bool) -> str:
    length = body[0]
    if not is_wide:
        return body[1 : 1 + length].decode("gb18030", "replace")
    return body[2 : 2 + 2 * length].decode("utf-16-le") if body[1] & 1 else body[2 : 2 + length].decode("latin-1")


def _long_text(body: bytes) -> str:
    length, is_double = struct.unpack_from("<HB", body)
    return body[3 : 3 + 2 * length].decode("utf-16-le") if is_double & 1 else body[3 : 3 + length].decode("latin-1")


@dataclass
class _Walked:
    merged: list[Range] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    errors: dict[Place, str] = field(default_factory=dict)
    shown: dict[Place, Shown] = field(default_factory=dict)
    texts: Counter[int] = field(default_factory=Counter)
    rows: int = 0
    columns: int = 0

    def layout(self) -> SheetLayout:
        """What was found, as every reader tells it."""
        hidden = frozenset(self.hidden), frozenset(self.hidden_columns)
        return SheetLayout(self.merged, hidden[0], self.errors, self.shown, hidden[1])


def _walk(stream: bytes, start: int, shown: Mapping[int, Shown]) -> _Walked:
    found = _Walked()
    for kind, body in _records(stream, start):
        if kind in _ONE_CELL or kind == _MANY_CELLS:
            row, column, style = struct.unpack_from("<HHH", body)
            if kind == _MANY_CELLS:  # each of six bytes, its style first
                styles = {column + n: struct.unpack_from("<H", body, 4 + 6 * n)[0] for n in range((len(body) - 6) // 6)}
            else:
                styles = {column: style}
            if kind not in _TEXTS and not (kind == _FORMULA and body[12:14] == b"\xff\xff"):
                found.shown |= {(row, c): shown[s] for c, s in styles.items() if s in shown}
            last = struct.unpack_from("<H", body, len(body) - 2)[0] if kind == _MANY_CELLS else column
            found.rows, found.columns = max(found.rows, row + 1), max(found.columns, last + 1)
            if kind == _SHARED_TEXT:
                found.texts[struct.unpack_from("<I", body, 6)[0]] += 1
            error = _error(kind, body)
            if error:
                found.errors[row, column] = error
        elif kind in (_ROW, _COLUMNS):
            _note_hidden(kind, body, found)
        elif kind == _MERGED:
            for place in range(struct.unpack_from("<H", body)[0]):
                top, bottom, left, right = struct.unpack_from("<4H", body, 2 + 8 * place)
                found.merged.append((top, left, bottom, right))
    return found


def _note_hidden(kind: int, body: bytes, found: _Walked) -> None:
    """A row, or columns, that do not show."""
    if kind == _COLUMNS:
        first, last, flags = struct.unpack_from("<HH4xH", body)
        found.hidden_columns |= set(range(first, last + 1)) if flags & 1 else set()
    elif struct.unpack_from("<H", body, 12)[0] & 0x20:
        found.hidden.add(struct.unpack_from("<H", body)[0])


def _error(kind: int, body: bytes) -> str:
    """The error that a cell shows; nothing where it shows none."""
    code = None
    if kind == _ERROR and body[7:8] == b"\x01":
        code = body[6]
    elif kind == _FORMULA and body[12:14] == b"\xff\xff" and body[6:7] == b"\x02":
        code = body[8]
    return "" if code is None else _ERRORS.get(code, "#ERROR")
