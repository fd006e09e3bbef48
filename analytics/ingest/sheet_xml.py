"""A worksheet's XML, streamed: merged ranges, hidden rows, cells without a result, and how far the cells reach.

The cells' values are left to the reader of cells; a sheet of any length is walked through once, in little memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.parsers import expat

from analytics.ingest.sheet import Place, Range, SheetLayout

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})")
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384


class Malformed(Exception):
    """The XML is no worksheet, or one that nobody writes."""


@dataclass(frozen=True)
class Scanned:
    """The layout of a sheet, and the rows and columns from the first to the last cell with content."""

    layout: SheetLayout
    rows: int
    columns: int


def parser() -> expat.XMLParserType:
    """A parser of XML that takes no declarations of its own words: what they stand for may grow beyond measure."""
    made = expat.ParserCreate()
    made.buffer_text = True
    made.StartDoctypeDeclHandler = _refuse_declarations
    return made


def _refuse_declarations(*_: object) -> None:
    raise Malformed("it declares words of its own (DOCTYPE)")


def scan(chunks: Iterable[bytes]) -> Scanned:
    """What the XML of one worksheet says beside values; `Malformed` where it is none."""
    walker = _Walker()
    try:
        for chunk in chunks:
            walker.parser.Parse(chunk, False)
        walker.parser.Parse(b"", True)
    except (expat.ExpatError, ValueError) as error:
        raise Malformed(str(error)) from None
    rows, columns = walker.extent()
    return Scanned(SheetLayout(walker.merged, frozenset(walker.hidden), walker.errors), rows, columns)


@dataclass
class _Walker:
    """Follows rows and cells. Few elements are looked into: a cell with a formula, or with an error."""

    parser: expat.XMLParserType = field(default_factory=parser)
    merged: list[Range] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    errors: dict[Place, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._row, self._row_text, self._digits = 0, "", 1
        self._column, self._reference, self._type = 0, "", ""
        self._letters: set[str] = set()
        self._unnamed_columns: list[int] = []
        self._first_row, self._last_row = _LAST_ROW, 0
        self._formula: list[str] | None = None
        self._value: list[str] = []
        self.parser.StartElementHandler = self._start

    def extent(self) -> tuple[int, int]:
        """Rows and columns from the first to the last cell with content; none of an empty sheet."""
        columns = [_column(letters) for letters in self._letters] + self._unnamed_columns
        if not columns:
            return 0, 0
        return self._last_row, max(columns) + 1

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            reference = attributes.get("r", "")
            if not reference:
                self._column = 1 + (_column(self._letters_of_cell()) if self._reference else self._column)
            self._reference = reference
            self._type = attributes.get("t", "n")
            if self._type == "e":
                self._look_into()
        elif name in ("v", "is"):
            self._mark()
            if self.parser.EndElementHandler is not None:
                self._gather(self._value)
        elif name == "f":
            self._look_into()
            self._formula = []
            self._gather(self._formula)
        elif name == "row":
            self._begin_row(attributes)
        elif name == "mergeCell":
            self.merged.append(_range(attributes.get("ref", "")))
        elif ":" in name:
            self._start(name.rpartition(":")[2], attributes)

    def _begin_row(self, attributes: dict[str, str]) -> None:
        self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
        if not 0 < self._row <= _LAST_ROW:
            raise Malformed(f"it has a row {self._row}")
        self._row_text = str(self._row)
        self._digits = len(self._row_text)
        self._column, self._reference = -1, ""
        if attributes.get("hidden") in ("1", "true"):
            self.hidden.add(self._row - 1)

    def _mark(self) -> None:
        """A cell with content: the sheet reaches this far."""
        reference = self._reference
        if not (self._row and reference.endswith(self._row_text if reference else "")):
            raise Malformed(f"it has a cell {reference[:20]} in row {self._row}")
        if reference:
            self._letters.add(reference[: -self._digits])
        else:
            self._unnamed_columns = [max([self._column, *self._unnamed_columns])]
        self._last_row = max(self._last_row, self._row)

    def _look_into(self) -> None:
        self._formula, self._value = None, []
        self.parser.EndElementHandler = self._end

    def _gather(self, into: list[str]) -> None:
        self.parser.CharacterDataHandler = into.append

    def _end(self, name: str) -> None:
        """The end of what is within a cell that is looked into, and of the cell itself."""
        self.parser.CharacterDataHandler = None
        if name.rpartition(":")[2] != "c":
            return
        self.parser.EndElementHandler = None
        value = "".join(self._value)
        if self._type == "e":
            self.errors[self._place()] = value or "#ERROR"
        elif self._formula is not None and not value and self._type not in ("str", "inlineStr"):
            self.errors[self._place()] = "=" + "".join(self._formula)

    def _place(self) -> Place:
        return self._row - 1, _column(self._letters_of_cell()) if self._reference else self._column

    def _letters_of_cell(self) -> str:
        return self._reference[: -self._digits]


def _column(letters: str) -> int:
    """The index of the column: 0 of A, 27 of AB."""
    index = 0
    for letter in letters:
        if not "A" <= letter <= "Z":
            raise Malformed(f"it has a column {letters[:20]}")
        index = 26 * index + ord(letter) - 64
    if not 0 < index <= _LAST_COLUMN:
        raise Malformed(f"it has a column {letters[:20]}")
    return index - 1


def _range(text: str) -> Range:
    corners = [_REFERENCE.fullmatch(corner) for corner in text.split(":")]
    if len(corners) not in (1, 2) or None in corners:
        raise Malformed(f"it merges {text[:40]}")
    places = [(int(c[2]) - 1, _column(c[1])) for c in corners if c is not None]
    return (*places[0], *places[-1])
