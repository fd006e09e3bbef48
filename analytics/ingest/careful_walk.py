"""Following rows of any form that XML may have, which takes longer.

The reader of cells passes some values over, and of some takes a part: those are told, or refuse the sheet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from openpyxl.utils import get_column_letter

from analytics.ingest.sheet_walk import NO_CELL, Walker, as_told
from analytics.ingest.small_numbers import is_cut
from analytics.ingest.xml_parts import Malformed

_NUMBER = re.compile(r"-?[0-9.]+(?:[eE][+-]?[0-9]+)?")
# The element that each stands in.
_AROUND = {"row": "sheetData", "c": "row", "f": "c", "v": "c", "is": "c"}


class CarefulWalker(Walker):
    """Follows rows of any form: every cell is looked into, and every element is to stand where it belongs."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._open: list[str] = []
        self._value_at, self._is_in_pieces = 0, False

    def walk(self, chunks: Iterable[bytes]) -> None:
        """Follow the sheet to its end."""
        for chunk in chunks:
            self._take(chunk)
        self.parser.Parse(b"", True)

    def _begin_rows(self, prefix: str) -> None:
        self._open.append("sheetData")
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._follow(), self._end

    def _end_rows(self) -> None:
        super()._end_rows()
        self.parser.EndElementHandler = None

    def _follow(self) -> Callable[[str, dict[str, str]], None]:
        follow = super()._follow()

        def start(name: str, attributes: dict[str, str]) -> None:
            bare, around = name.rpartition(":")[2], self._open[-1]
            if _AROUND.get(bare, around) != around or around in ("v", "f", "t"):
                raise Malformed(f"it has {bare[:20]} within {around[:20]} in row {self._row}")
            self._open.append(bare)
            follow(bare, attributes)
            if bare == "c":
                self._is_in_pieces = False
                self._look_into(attributes)

        return start

    def _after(self, cell: dict[str, str]) -> str:
        """A cell that does not say where it is follows the one before."""
        column = 1 + self._place(cell)[1] if cell is not NO_CELL else 0
        return f"{get_column_letter(1 + column)}{self._row_text}"

    def _start_of_unusual(self, name: str, cell: dict[str, str]) -> None:
        if name in ("vertAlign", "strike") and cell is not NO_CELL:
            self.marked.add(self._place(cell))
        elif name == "f":
            raise Malformed(f"the value stands before its formula in the cell {cell['r']}")

    def _begin_value(self) -> None:
        self._value_at = self.parser.CurrentByteIndex
        self._gather(self._value)

    def _end(self, name: str) -> None:
        self.parser.CharacterDataHandler = None
        bare = self._open.pop()
        if bare == "v":
            written = self.parser.CurrentByteIndex - self._value_at
            self._is_in_pieces = written != len(f"<{name}>{''.join(self._value)}".encode())
        elif bare == "c":
            self._end_cell()
        elif bare == "sheetData":
            self._end_rows()

    def _end_cell(self) -> None:
        cell, value = self._looked_into, "".join(self._value)
        super()._end_cell()
        if cell is None or not value:
            return
        if self._filled[-2:-1] == [cell]:
            raise self._of_two_values()
        sort = cell.get("t", "n")
        if sort == "inlineStr":
            raise Malformed(f"its text stands where a value belongs in the cell {cell['r']}")
        if sort == "s" and self._is_in_pieces:
            raise Malformed(f"the number of its text stands in pieces in the cell {cell['r']}")
        has_more = sort == "n" and bool(_NUMBER.fullmatch(value)) and is_cut(float(value))
        if (self._is_in_pieces or has_more) and self._place(cell) not in self.errors:
            self.seen[self._place(cell)] = as_told(sort, value)
