"""A worksheet's XML, streamed: merged ranges, hidden rows, cells without a result, and how far the cells reach.

The cells' values are left to the reader of cells; a sheet of any length is walked through once, in little memory.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
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


def scan(chunks: Iterable[bytes], *, percents: Collection[str] = ()) -> Scanned:
    """What the XML of one worksheet says beside values; `Malformed` where it is none.

    `percents` are the numbers of the styles that show a number as a share of a hundred.
    """
    walker = _Walker(frozenset(percents))
    try:
        for chunk in chunks:
            walker.parser.Parse(chunk, False)
        walker.parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:  # the last of an encoding that there is not
        raise Malformed(str(error)) from None
    rows, columns = walker.extent()
    return Scanned(walker.layout(), rows, columns)


@dataclass
class _Walker:
    """Follows rows and cells. Few elements are looked into: a cell with a formula, or with an error."""

    percent_styles: frozenset[str]
    parser: expat.XMLParserType = field(default_factory=parser)
    merged: list[Range] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    errors: dict[Place, str] = field(default_factory=dict)
    percents: list[Place] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._row, self._row_text, self._digits = 0, " ", 1
        self._row_has_content, self._last_row = False, 0
        self._column, self._reference = -1, ""
        self._attributes: dict[str, str] = {}
        self._letters: set[str] = set()
        self._last_unnamed = -1
        self._is_looking = False
        self._formula: list[str] | None = None
        self._value: list[str] = []
        self.parser.StartElementHandler = self._start

    def layout(self) -> SheetLayout:
        """What was found, as every reader tells it."""
        hidden = frozenset(self.hidden), frozenset(self.hidden_columns)
        return SheetLayout(self.merged, hidden[0], self.errors, frozenset(self.percents), hidden[1])

    def extent(self) -> tuple[int, int]:
        """Rows and columns from the first to the last cell with content; none of an empty sheet."""
        self._end_row()
        last = max([self._last_unnamed, *(_column(letters) for letters in self._letters)])
        return self._last_row, last + 1

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            if "r" in attributes:
                self._reference = attributes["r"]
            else:
                self._follow()
            self._attributes = attributes
            if self.percent_styles and attributes.get("s") in self.percent_styles and attributes.get("t", "n") == "n":
                self.percents.append(self._place())
            if attributes.get("t") == "e":
                self._look_into()
        elif name == "v":
            # Asked of every cell with content, so without a further call.
            if self._reference.endswith(self._row_text):
                self._letters.add(self._reference[: -self._digits])
            else:
                self._mark()
            self._row_has_content = True
            if self._is_looking:
                self._gather(self._value)
        else:
            self._start_of_others(name.rpartition(":")[2], attributes)

    def _start_of_others(self, name: str, attributes: dict[str, str]) -> None:
        """Elements that are few, or whose names have a prefix."""
        if name == "row":
            self._begin_row(attributes)
        elif name == "f":
            self._look_into()
            self._formula = []
            self._gather(self._formula)
        elif name == "is":
            self._mark()
        elif name == "col":
            self._note_columns(attributes)
        elif name == "mergeCell":
            self.merged.append(_range(attributes.get("ref", "")))
        elif name in ("c", "v"):
            self._start(name, attributes)

    def _note_columns(self, attributes: dict[str, str]) -> None:
        """Columns that do not show."""
        if attributes.get("hidden") in ("1", "true"):
            first, last = int(attributes.get("min", "1")), int(attributes.get("max", "1"))
            self.hidden_columns |= set(range(first - 1, min(last, _LAST_COLUMN)))

    def _begin_row(self, attributes: dict[str, str]) -> None:
        self._end_row()
        self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
        if not 0 < self._row <= _LAST_ROW:
            raise Malformed(f"it has a row {self._row}")
        self._row_text = str(self._row)
        self._digits = len(self._row_text)
        self._column, self._reference = -1, ""
        if attributes.get("hidden") in ("1", "true"):
            self.hidden.add(self._row - 1)

    def _end_row(self) -> None:
        if self._row_has_content:
            self._last_row = max(self._last_row, self._row)
        self._row_has_content = False

    def _follow(self) -> None:
        """A cell that does not say where it is follows the one before."""
        self._column = 1 + (_column(self._letters_of_cell()) if self._reference else self._column)
        self._reference = ""

    def _mark(self) -> None:
        """A cell with content: the sheet reaches this far."""
        self._row_has_content = True
        if not self._row or (self._reference and not self._reference.endswith(self._row_text)):
            raise Malformed(f"it has a cell {self._reference[:20]} in row {self._row}")
        if self._reference:
            self._letters.add(self._letters_of_cell())
        else:
            self._last_unnamed = max(self._last_unnamed, self._column)

    def _look_into(self) -> None:
        self._formula, self._value, self._is_looking = None, [], True
        self.parser.EndElementHandler = self._end

    def _gather(self, into: list[str]) -> None:
        self.parser.CharacterDataHandler = into.append

    def _end(self, name: str) -> None:
        """The end of what is within a cell that is looked into, and of the cell itself."""
        self.parser.CharacterDataHandler = None
        if name.rpartition(":")[2] != "c":
            return
        self.parser.EndElementHandler, self._is_looking = None, False
        value = "".join(self._value)
        sort = self._attributes.get("t", "n")
        if sort == "e":
            self.errors[self._place()] = value or "#ERROR"
        elif self._formula is not None and not value and sort not in ("str", "inlineStr"):
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
