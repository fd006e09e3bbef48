"""The texts that an .xls keeps once for all their cells: how long they are, and in which fonts; [MS-XLS] 2.4.265."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_WIDE, _EXTENDED, _RICH = 0x01, 0x04, 0x08
_RUN = 4  # bytes of a run of one font


@dataclass(frozen=True)
class FontedText:
    """A text of several fonts: `runs` has the places at which a font begins, with its number.

    Places are counted in half signs of two bytes. What stands before the first is in the font of the cell.
    """

    text: bytes
    runs: tuple[tuple[int, int], ...]

    def parts(self, font: int) -> list[tuple[str, int]]:
        """The text in parts of one font, each with its number, in a cell of that `font`."""
        begins = [(0, font), *sorted(self.runs)]
        ends = [*(place for place, _ in begins[1:]), len(self.text)]
        parts = [
            (self.text[2 * start : 2 * end].decode("utf-16-le", "replace"), number)
            for (start, number), end in zip(begins, ends, strict=True)
        ]
        return [(text, number) for text, number in parts if text]


class _Parts:
    """The bytes of a record and of those that continue it."""

    def __init__(self, parts: Sequence[bytes]) -> None:
        self._parts, self._part, self._place = parts, 0, 0

    def take(self, layout: str) -> tuple[int, ...]:
        """Numbers that stand together in one part."""
        if self._left() == 0:
            self._next()
        found = struct.unpack_from(layout, self._parts[self._part], self._place)
        self._place += struct.calcsize(layout)
        return found

    def take_bytes(self, count: int) -> bytes:
        """Bytes, however many parts they stand in."""
        found = []
        while count > 0:
            if self._left() == 0:
                self._next()
            step = min(count, self._left())
            found.append(self._parts[self._part][self._place : self._place + step])
            self._place, count = self._place + step, count - step
        return b"".join(found)

    def take_text(self, characters: int, *, is_wide: bool) -> list[bytes]:
        """A text in UTF-16, in pieces; each part that continues its characters says anew how wide they are."""
        found = []
        while characters > 0:
            if self._left() == 0:
                self._next()
                is_wide = bool(self.take("<B")[0] & _WIDE)
            width = 2 if is_wide else 1
            step = min(characters, self._left() // width)
            if step == 0:
                raise IndexError("a text of the workbook ends within a character")
            piece = self._parts[self._part][self._place : self._place + step * width]
            found.append(piece if is_wide else piece.decode("latin-1").encode("utf-16-le"))
            self._place, characters = self._place + step * width, characters - step
        return found

    def _left(self) -> int:
        return len(self._parts[self._part]) - self._place

    def _next(self) -> None:
        self._part, self._place = self._part + 1, 0
        self._parts[self._part]  # an IndexError where there is none


def lengths_of(parts: Sequence[bytes]) -> list[int]:
    """Characters of each shared text, from the record of the table and those that continue it.

    `IndexError` or `struct.error` where the table ends too early.
    """
    return [len(found.text) // 2 for found in _texts(parts)]


def fonted_texts(parts: Sequence[bytes]) -> dict[int, FontedText]:
    """The shared texts of several fonts by their numbers; errors as of `lengths_of`."""
    return {number: found for number, found in enumerate(_texts(parts)) if found.runs}


def text_in_cell(body: bytes) -> FontedText:
    """A text that a cell keeps for itself, as a shared one is kept, but for its fonts."""
    cell = _Parts([body])
    characters, kind = cell.take("<HB")
    text = b"".join(cell.take_text(characters, is_wide=bool(kind & _WIDE)))
    return FontedText(text, _runs(cell, cell.take("<H")[0]))


def fonts_in_old_cell(body: bytes) -> list[int]:
    """The fonts in a text that a cell of a workbook from before Excel 97 keeps for itself."""
    cell = _Parts([body])
    cell.take_bytes(cell.take("<H")[0])
    return [font for _, font in struct.iter_unpack("<BB", cell.take_bytes(2 * cell.take("<B")[0]))]


def _runs(parts: _Parts, count: int) -> tuple[tuple[int, int], ...]:
    """Where fonts begin in a text, and which."""
    return tuple((place, font) for place, font in struct.iter_unpack("<HH", parts.take_bytes(_RUN * count)))


def _texts(parts: Sequence[bytes]) -> Iterator[FontedText]:
    if not parts:
        return
    table = _Parts(parts)
    _, count = table.take("<II")
    for _ in range(count):
        yield _text(table)


def _text(table: _Parts) -> FontedText:
    characters, kind = table.take("<HB")
    runs = table.take("<H")[0] if kind & _RICH else 0
    beside = table.take("<I")[0] if kind & _EXTENDED else 0
    text = b"".join(table.take_text(characters, is_wide=bool(kind & _WIDE)))
    fonts = _runs(table, runs)
    table.take_bytes(beside)
    return FontedText(text, fonts)
