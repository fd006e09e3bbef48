"""Workbooks of Excel 97 to 2003 (.xls): what their records say beside the cells' values.

Documented in [MS-XLS]; the numbers below are those of the records there.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from analytics.ingest.compound import Damaged, Streams
from analytics.ingest.number_formats import Shown, shown_by
from analytics.ingest.old_sheet import BOF, WIDE, walk
from analytics.ingest.old_texts import FontedText, fonted_texts, lengths_of
from analytics.ingest.rich_texts import LOWERED, PLAIN, RAISED, Look, seen
from analytics.ingest.sheet import (
    LOCKED_ZH,
    OTHER_KIND_ZH,
    SheetLayout,
    require_extent,
    require_length,
    unreadable,
    with_macros,
)

_EXPECTED = "an undamaged .xls workbook"
_EOF, _FILEPASS, _BOUNDSHEET, _DATEMODE, _CODEPAGE = 0x000A, 0x002F, 0x0085, 0x0022, 0x0042
_UTF_16 = struct.pack("<H", 1200)  # the number of its page of codes
_FORMAT, _STYLE, _FONT, _RECALCULATED = 0x041E, 0x00E0, 0x0031, 0x01C1
_SHARED_TEXTS, _CONTINUED = 0x00FC, 0x003C
_WORKSHEET, _STRUCK = 0, 0x08


@dataclass(frozen=True)
class Found:
    """Layouts of the worksheets by name, whether the workbook counts its days from 1904, and the file to be read.

    Its content is that of the file, but where that tells of a page of codes in which its texts are not.
    """

    layouts: dict[str, SheetLayout]
    since_1904: bool
    content: bytes


def read_layouts(file: Path) -> Found:
    """What the records of an .xls say; `CheckFailed` where it is damaged, locked, has macros, or is no workbook."""
    raw = file.read_bytes()
    try:
        streams = Streams(raw)
        _require_plain(set(streams.entries), file)
        name = "Workbook" if "Workbook" in streams.entries else "Book"
        stream = streams.content(name)
        layouts, since_1904 = _layouts(stream, file)
        place = _other_codes(stream)
        content = streams.replaced(name, place, _UTF_16) if place is not None else raw
        return Found(layouts, since_1904, content)
    except (Damaged, struct.error, IndexError, UnicodeDecodeError) as error:
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


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The records of one part of a workbook, from its beginning to its end, without those of charts within."""
    depth, place = 0, start
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        depth += (kind == BOF) - (kind == _EOF)
        if depth <= 1:
            yield kind, stream[place + 4 : place + 4 + length]
        if depth <= 0:
            return
        place += 4 + length
    raise Damaged("it ends too early")


@dataclass
class _Stated:
    """What the records before the sheets say: formats of numbers, fonts, and of each style both.

    `recalculated` is the number of the program that computed the formulas last, 0 where they are yet to be computed.
    """

    sheets: list[tuple[str, int]] = field(default_factory=list)
    since_1904: bool = False
    formats: dict[int, str] = field(default_factory=lambda: {9: "0%", 10: "0.00%"})
    fonts: list[Look] = field(default_factory=list)
    styles: list[tuple[int, int]] = field(default_factory=list)
    recalculated: int | None = None

    def note_look(self, kind: int, body: bytes, *, is_wide: bool) -> None:
        """A font, a format of numbers, or a style, which has both."""
        if kind == _FONT:
            flags, raised = struct.unpack_from("<2xH4xH", body)
            self.fonts.append(Look({1: RAISED, 2: LOWERED}.get(raised), bool(flags & _STRUCK)))
        elif kind == _STYLE:
            font, form = struct.unpack_from("<HH", body)
            self.styles.append((font, form))
        elif is_wide:
            self.formats[struct.unpack_from("<H", body)[0]] = _long_text(body[2:])

    def shown(self) -> dict[int, Shown]:
        """What styles write around a number, by the number of the style."""
        told = {number: shown_by(self.formats.get(form, "")) for number, (_, form) in enumerate(self.styles)}
        return {number: around for number, around in told.items() if around is not None}

    def look(self, font: int) -> Look:
        """How a font is seen; there is none with the number 4."""
        place = font - (font > 4)
        return self.fonts[place] if place < len(self.fonts) else PLAIN

    def seen(self, text: FontedText, style: int) -> str | None:
        """How a text is seen in a cell of a style; None where it is seen as its signs stand in a row."""
        font = self.styles[style][0] if style < len(self.styles) else 0
        return seen((part, self.look(number)) for part, number in text.parts(font))


def _other_codes(stream: bytes) -> int | None:
    """Where a workbook since Excel 97, the texts of which are in UTF-16 alone, names another page of codes.

    Some programs write the one of their machine there, and the reader of cells goes by it.
    """
    place, is_wide = 0, False
    while place + 6 <= len(stream):
        kind, length, told = struct.unpack_from("<HHH", stream, place)
        is_wide |= kind == BOF and told == WIDE
        if kind == _CODEPAGE:
            return place + 4 if is_wide and stream[place + 4 : place + 6] != _UTF_16 else None
        if kind == _EOF:
            return None
        place += 4 + length
    return None


def _layouts(stream: bytes, file: Path) -> tuple[dict[str, SheetLayout], bool]:
    """Layouts by name of the worksheets, and whether the workbook counts its days from 1904."""
    stated = _stated(stream, file)
    parts = _shared_texts(stream)
    lengths = lengths_of(parts)
    has_marks = any(look != PLAIN for look in stated.fonts)
    fonted = fonted_texts(parts) if has_marks else {}
    shown = stated.shown()
    found = {name: walk(_records(stream, start), shown, fonted) for name, start in stated.sheets}
    for name, walked in found.items():
        require_extent(file, name, walked.rows, walked.columns)
    require_length(file, sum(times * lengths[n] for w in found.values() for n, times in w.texts.items()))
    never = stated.recalculated is None and all(walked.has_no_results for walked in found.values())
    for walked in found.values():
        walked.errors |= dict.fromkeys(walked.without_result(is_due=stated.recalculated == 0, never=never), "=")
        told = {place: stated.seen(text, style) for place, (text, style) in walked.fonted.items()}
        walked.seen |= {place: text for place, text in told.items() if text is not None}
        walked.marked |= {p for p, fonts in walked.fonts.items() if any(stated.look(font) != PLAIN for font in fonts)}
    return {name: walked.layout() for name, walked in found.items()}, stated.since_1904


def _stated(stream: bytes, file: Path) -> _Stated:
    found = _Stated()
    is_wide = False
    for kind, body in _records(stream, 0):
        if kind == BOF:
            is_wide = struct.unpack_from("<H", body)[0] == WIDE
        elif kind == _FILEPASS:
            raise _locked(file)
        elif kind == _DATEMODE:
            found.since_1904 = body[:1] == b"\x01"
        elif kind == _RECALCULATED:
            found.recalculated = struct.unpack_from("<4xI", body)[0]
        elif kind in (_FONT, _FORMAT, _STYLE):
            found.note_look(kind, body, is_wide=is_wide)
        elif kind == _BOUNDSHEET:
            position, sort = struct.unpack_from("<IxB", body)
            if sort == _WORKSHEET:
                found.sheets.append((_name(body[6:], is_wide=is_wide), position))
    return found


def _shared_texts(stream: bytes) -> list[bytes]:
    """The record of the texts that cells share, and those that continue it."""
    parts: list[bytes] = []
    is_within = False
    for kind, body in _records(stream, 0):
        is_within = kind == _SHARED_TEXTS or (is_within and kind == _CONTINUED)
        if is_within:
            parts.append(body)
    return parts


def _name(body: bytes, *, is_wide: bool) -> str:
    length = body[0]
    if not is_wide:
        return body[1 : 1 + length].decode("gb18030", "replace")
    return body[2 : 2 + 2 * length].decode("utf-16-le") if body[1] & 1 else body[2 : 2 + length].decode("latin-1")


def _long_text(body: bytes) -> str:
    length, is_double = struct.unpack_from("<HB", body)
    return body[3 : 3 + 2 * length].decode("utf-16-le") if is_double & 1 else body[3 : 3 + length].decode("latin-1")
