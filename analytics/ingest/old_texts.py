"""How long the texts are that an .xls keeps once for all their cells: its table of shared texts, [MS-XLS] 2.4.265."""

from __future__ import annotations

import struct
from collections.abc import Sequence

_WIDE, _EXTENDED, _RICH = 0x01, 0x04, 0x08
_RUN = 4  # bytes of a run of one font


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

    def skip(self, count: int) -> None:
        """Pass over bytes, however many parts they stand in."""
        while count > 0:
            if self._left() == 0:
                self._next()
            step = min(count, self._left())
            self._place, count = self._place + step, count - step

    def skip_text(self, characters: int, *, is_wide: bool) -> None:
        """Pass over the characters of a text; each part that continues them says anew how wide they are."""
        while characters > 0:
            if self._left() == 0:
                self._next()
                is_wide = bool(self.take("<B")[0] & _WIDE)
            width = 2 if is_wide else 1
            step = min(characters, self._left() // width)
            if step == 0:
                raise IndexError("a text of the workbook ends within a character")
            self.skip(step * width)
            characters -= step

    def _left(self) -> int:
        return len(self._parts[self._part]) - self._place

    def _next(self) -> None:
        self._part, self._place = self._part + 1, 0
        self._parts[self._part]  # an IndexError where there is none


def lengths_of(parts: Sequence[bytes]) -> list[int]:
    """Characters of each shared text, from the record of the table and those that continue it.

    `IndexError` or `struct.error` where the table ends too early.
    """
    if not parts:
        return []
    table = _Parts(parts)
    _, count = table.take("<II")
    return [_length(table) for _ in range(count)]


def _length(table: _Parts) -> int:
    characters, kind = table.take("<HB")
    runs = table.take("<H")[0] if kind & _RICH else 0
    beside = table.take("<I")[0] if kind & _EXTENDED else 0
    table.skip_text(characters, is_wide=bool(kind & _WIDE))
    table.skip(_RUN * runs + beside)
    return characters
