"""Following the rows and cells of a worksheet's XML: what is told of them beside their values.

The cells' values are left to the reader of cells; a sheet of any length is walked through once, in little memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from analytics.ingest.number_formats import Shown
from analytics.ingest.sheet import Place, Range, SheetLayout
from analytics.ingest.small_numbers import in_full
from analytics.ingest.usual_form import UsualForm
from analytics.ingest.xml_parts import Malformed, parser

NO_CELL = {"r": ""}
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})")
_YES_OR_NO = {"1": "true", "true": "true", "0": "false", "false": "false"}
_LONGEST_NUMBER = 9
# With any other the reader of cells reads nothing of the workbook.
_KNOWN_ERRORS = {"", "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"}
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384


class Unusual(Exception):
    """The rows have another than the usual form, and are to be followed with care."""


@dataclass(frozen=True)
class Looks:
    """What the parts of a workbook say of the cells of its sheets.

    `shown` has, by the numbers of styles, what their format writes around a number; `marked`, by the numbers of texts
    that cells share, how those are seen that are seen otherwise than their signs stand in a row. `is_uncomputed`: the
    program that wrote the workbook leaves its formulas to be computed by who opens it; a result of 0 then is none.
    """

    shown: Mapping[str, Shown] = field(default_factory=dict)
    marked: Mapping[str, str] = field(default_factory=dict)
    is_uncomputed: bool = False


@dataclass
class Walker:
    """Follows rows and cells of the usual form.

    Few cells are looked into: those with a formula, an error, yes or no, and, where texts of the workbook have raised
    or struck signs, those with a text that they share.
    """

    looks: Looks
    parser: expat.XMLParserType = field(default_factory=parser)
    merged: list[Range] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    errors: dict[Place, str] = field(default_factory=dict)
    shown: dict[Place, Shown] = field(default_factory=dict)
    marked: set[Place] = field(default_factory=set)
    seen: dict[Place, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._row, self._row_text, self._last_row = 0, " ", 0
        self._begun = bytearray(_LAST_ROW + 1)  # a mark for each row that stands there
        self._filled: list[dict[str, str]] = []
        self._letters: set[str] = set()
        self._around_row: list[str] = []  # of `A2,C2` in row 2: `A`, `,C` and nothing
        self._looked_into: dict[str, str] | None = None
        self._formula: list[str] | None = None
        self._value: list[str] = []
        self._inline = NO_CELL  # the latest cell with a text of its own
        self._has_rows, self._outside = False, ("row", "c")
        self.parser.StartElementHandler = self._start_outside

    def walk(self, chunks: Iterable[bytes]) -> None:
        """Follow the sheet to its end; `Unusual` where its rows have another form."""
        form = UsualForm()
        for chunk in chunks:
            if not form.holds(chunk):
                raise Unusual
            if form.end is None:
                self._take(chunk)
            else:
                self._take(chunk[: form.end])
                self._end_rows()
                self._take(chunk[form.end :])
        if not form.has_ended:
            raise Unusual
        self.parser.Parse(b"", True)

    def _take(self, chunk: bytes) -> None:
        """Follow one more piece of the sheet."""
        self.parser.Parse(chunk, False)
        if len(self._filled) > _LAST_COLUMN:
            raise Malformed(f"it has more cells in row {self._row} than a sheet has columns")

    def layout(self) -> SheetLayout:
        """What was found, as every reader tells it."""
        hidden = frozenset(self.hidden), frozenset(self.hidden_columns)
        marked = frozenset(self.marked)
        return SheetLayout(self.merged, hidden[0], self.errors, self.shown, hidden[1], marked, self.seen)

    def extent(self) -> tuple[int, int]:
        """Rows and columns from the first to the last cell with content; none of an empty sheet."""
        self._end_row()
        return self._last_row, 1 + max((_column(letters) for letters in self._letters), default=-1)

    def _start_outside(self, name: str, attributes: dict[str, str]) -> None:
        """What is done at the start of each element before and after the rows."""
        prefix, _, bare = name.rpartition(":")
        if bare == "sheetData":
            if self._has_rows:
                raise Malformed("its rows stand in two parts (sheetData)")
            self._has_rows = True
            self._begin_rows(prefix)
        elif bare == "worksheet" and prefix:
            self._outside = f"{prefix}:row", f"{prefix}:c"
        elif name in self._outside:
            raise Malformed("it has a row or cell outside of its rows (sheetData)")
        elif bare == "col":
            self._note_columns(attributes)
        elif bare == "mergeCell":
            self.merged.append(_range(attributes.get("ref", "")))

    def _begin_rows(self, prefix: str) -> None:
        if prefix:
            raise Unusual
        self.parser.StartElementHandler = self._follow()

    def _end_rows(self) -> None:
        self.parser.StartElementHandler = self._start_outside

    def _follow(self) -> Callable[[str, dict[str, str]], None]:
        """What is done at the start of each element within the rows.

        Every cell comes through it, so it is a function of few names: what can be done for all of a row at once waits
        for its end.
        """
        cell, fill, has_styles = NO_CELL, self._filled.append, bool(self.looks.shown)
        looked_into = ("e", "b", "s") if self.looks.marked else ("e", "b")

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal cell
            if name == "v":
                fill(cell)
                if has_styles:
                    self._note_shown(cell)
                if self._looked_into:
                    self._begin_value()
            elif name == "c":
                if "r" not in attributes:
                    attributes["r"] = self._after(cell)
                cell = attributes
                if "t" in attributes and attributes["t"] in looked_into:
                    self._look_into(cell)
            elif name == "row":
                cell = NO_CELL
                self._begin_row(attributes)
            else:
                self._start_of_others(name, cell)

        return start

    def _start_of_others(self, name: str, cell: dict[str, str]) -> None:
        """Elements that are few; `cell` is the one before, or around them."""
        if name == "f" and not (self._filled and self._filled[-1] is cell):
            self._look_into(cell)
            self._formula = []
            self._gather(self._formula)
        elif name == "is":
            self._filled.append(cell)
            self._inline = cell
        elif name != "t" or cell is not self._inline:
            self._start_of_unusual(name, cell)

    def _start_of_unusual(self, name: str, cell: dict[str, str]) -> None:
        raise Unusual

    def _note_shown(self, cell: dict[str, str]) -> None:
        """A number with something around it."""
        shown = self.looks.shown.get(cell.get("s", ""))
        if shown is not None and cell.get("t", "n") == "n":
            self.shown[self._place(cell)] = shown

    def _note_columns(self, attributes: dict[str, str]) -> None:
        """Columns that do not show."""
        if attributes.get("hidden") in ("1", "true") or _is_nought(attributes.get("width")):
            first, last = int(attributes.get("min", "1")), int(attributes.get("max", "1"))
            self.hidden_columns |= set(range(first - 1, min(last, _LAST_COLUMN)))

    def _begin_row(self, attributes: dict[str, str]) -> None:
        self._end_row()
        self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
        if not 0 < self._row <= _LAST_ROW:
            raise Malformed(f"it has a row {self._row}")
        if self._begun[self._row]:
            raise Malformed(f"it has two rows {self._row}")
        self._begun[self._row] = 1
        self._row_text = str(self._row)
        if attributes.get("hidden") in ("1", "true") or _is_nought(attributes.get("ht")):
            self.hidden.add(self._row - 1)

    def _end_row(self) -> None:
        """The sheet reaches as far as the cells with content of each row."""
        if not self._filled:
            return
        # At once for all cells, and no more than a look where they stand in the columns of the row before.
        cells = ",".join([cell["r"] for cell in self._filled])
        if not self._around_row or cells != self._row_text.join(self._around_row):
            self._note_letters(cells)
        self._last_row = max(self._last_row, self._row)
        self._filled.clear()

    def _note_letters(self, cells: str) -> None:
        """The columns of the cells of a row: `A3,C3`."""
        # A cell of another row is left after the last of this, or makes letters of no column.
        *letters, other = f"{cells},".split(f"{self._row_text},")
        if other:
            raise self._of_another_row(other.rstrip(","))
        if len(set(letters)) < len(letters):
            raise self._of_two_values()
        self._letters.update(letters)
        self._around_row = [letters[0], *(f",{letter}" for letter in letters[1:]), ""]

    def _after(self, cell: dict[str, str]) -> str:
        """The name of a cell that does not say where it is; `cell` is the one before it."""
        raise Unusual

    def _look_into(self, cell: dict[str, str]) -> None:
        self._formula, self._value, self._looked_into = None, [], cell
        self.parser.EndElementHandler = self._end

    def _gather(self, into: list[str]) -> None:
        self.parser.CharacterDataHandler = into.append

    def _begin_value(self) -> None:
        if self.parser.CharacterDataHandler is not None:  # within the formula
            raise Unusual
        self._gather(self._value)

    def _end(self, name: str) -> None:
        """The end of what is within a cell that is looked into, and of the cell itself."""
        self.parser.CharacterDataHandler = None
        if name == "c":
            self.parser.EndElementHandler = None
            self._end_cell()

    def _end_cell(self) -> None:
        """What is told of a cell that was looked into."""
        cell, value = self._looked_into, "".join(self._value)
        if cell is None:
            return
        self._looked_into = None
        sort = cell.get("t", "n")
        if sort == "e" and value not in _KNOWN_ERRORS:
            raise Malformed(f"the error {value[:20]} stands in the cell {cell['r']}", zh=_other_error(cell["r"], value))
        if sort == "e":
            self.errors[self._place(cell)] = value or "#ERROR"
        elif sort == "s":
            self._note_marked(cell, value)
        elif self._formula is not None and self._has_no_result(value) and sort not in ("str", "inlineStr"):
            self.errors[self._place(cell)] = "=" + "".join(self._formula)
        elif sort == "b" and value not in ("", "0", "1"):
            self.seen[self._place(cell)] = as_told(sort, value)

    def _note_marked(self, cell: dict[str, str], text: str) -> None:
        """A cell with a text that it shares, by its number."""
        if text and not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER):
            raise Malformed(f"the number of its text is {text[:20]!r} in the cell {cell['r']}")
        if text and (seen := self.looks.marked.get(str(int(text)))) is not None:
            self.seen[self._place(cell)] = seen

    def _has_no_result(self, value: str) -> bool:
        return not value or (self.looks.is_uncomputed and value == "0")

    def _place(self, cell: dict[str, str]) -> Place:
        name = cell["r"]
        if not name.endswith(self._row_text):
            raise self._of_another_row(name)
        return self._row - 1, _column(name[: -len(self._row_text)])

    def _of_another_row(self, name: str) -> Malformed:
        return Malformed(f"it has a cell {name[:20]} in row {self._row}")

    def _of_two_values(self) -> Malformed:
        return Malformed(f"it has two values of one cell in row {self._row}")


def _is_nought(size: str | None) -> bool:
    """Whether a row or column is of no size, which shows as little as one that is hidden."""
    return size is not None and float(size) == 0


def as_told(sort: str, value: str) -> str:
    """The value of a cell of that sort as the reader of cells tells it."""
    if sort == "b":
        return _YES_OR_NO[value.strip()]
    if sort != "n":
        return value
    return in_full(float(value))


def _other_error(name: str, value: str) -> str:
    return f"{name} 是错误值 {value[:20]}，无法读取；请改正公式，或只填结果，重新报送"


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
