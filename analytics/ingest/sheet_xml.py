"""A worksheet's XML, streamed: merged ranges, hidden rows, cells without a result, and how far the cells reach.

The cells' values are left to the reader of cells; a sheet of any length is walked through once, in little memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from openpyxl.utils import get_column_letter

from analytics.ingest.number_formats import Shown
from analytics.ingest.sheet import Place, Range, SheetLayout

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})")
_NO_CELL = {"r": ""}
# What parts a value within itself: a sign told by its number, a comment, CDATA.
_OF_PIECES = (b"&", b"<!", b"<?")
_IN_PIECES = re.compile(rb"<(?:[\w.-]+:)?v(?:\s[^<>]*)?>[^<]*(?:&|<[!?])")
# A text that cells share is told by its number; of any other sign in it the reader of cells makes the first text.
_NO_NUMBER = re.compile(
    rb"s[\"'](?!><v>\d{1,9}<)"  # as nearly everybody writes it; for the rest a longer look
    rb"[^<>]{0,256}>\s*<(?:[\w.-]+:)?v(?:\s[^<>]*)?>(?!\d{0,9}(?:<|\Z))"
)
_LONGEST_NUMBER = 9
_LONGEST_VALUE = 1 << 17  # bytes
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


def scan(content: Callable[[], Iterable[bytes]], looks: Looks) -> Scanned:
    """What the XML of one worksheet says beside values; `Malformed` where it is none.

    A value that stands there in pieces (`9&#48;0`, within CDATA, around a comment) is told too: of such a one the
    reader of cells sees a part. For these, which hardly anybody writes, the content is walked through anew.
    """
    walker = _Walker(looks)
    try:
        if not walker.walk(content()):
            walker = _Walker(looks, has_pieces=True)
            walker.walk(content())
    except (expat.ExpatError, ValueError, LookupError) as error:  # the last of an encoding that there is not
        raise Malformed(str(error)) from None
    rows, columns = walker.extent()
    return Scanned(walker.layout(), rows, columns)


@dataclass
class _Walker:
    """Follows rows and cells. Few elements are looked into: a cell with a formula, or with an error.

    Where texts of the workbook have raised or struck signs, so is every cell with a text that it shares; where values
    stand there in pieces (`has_pieces`) every cell.
    """

    looks: Looks
    has_pieces: bool = False
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
        self._value_at, self._is_in_pieces = 0, False
        self.parser.StartElementHandler = self._follow_closely() if self.has_pieces else self._follow()

    def walk(self, chunks: Iterable[bytes]) -> bool:
        """Follow the sheet to its end; False where a value stands there in a way that nobody looks for."""
        before = b""
        for chunk in chunks:
            if not self.has_pieces and _asks_for_a_closer_look(before, chunk):
                return False
            mark = chunk.rfind(b"<", 0, max(chunk.rfind(b"<"), 0))
            before = chunk[mark:] if mark >= 0 else (before + chunk)[-_LONGEST_VALUE:]
            self._take(chunk)
        self.parser.Parse(b"", True)
        return True

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

    def _follow(self) -> Callable[[str, dict[str, str]], None]:
        """What is done at the start of each element.

        Every cell comes through it, so it is a function of few names: what can be done for all of a row at once waits
        for its end.
        """
        cell, fill, has_styles = _NO_CELL, self._filled.append, bool(self.looks.shown)
        looked_into = ("e", "s") if self.looks.marked else ("e",)

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal cell
            if name == "v":
                fill(cell)
                if self._looked_into:
                    self._value_at = self.parser.CurrentByteIndex
                    self._gather(self._value)
            elif name == "c":
                if "r" not in attributes:
                    attributes["r"] = self._after(cell)
                cell = attributes
                if has_styles:
                    self._note_shown(cell)
                if "t" in attributes and attributes["t"] in looked_into:
                    self._look_into(cell)
            elif name == "row":
                cell = _NO_CELL
                self._begin_row(attributes)
            elif ":" in name:
                start(name.rpartition(":")[2], attributes)
            else:
                self._start_of_others(name, attributes, cell)

        return start

    def _follow_closely(self) -> Callable[[str, dict[str, str]], None]:
        """As `_follow`, with every cell looked into."""
        follow = self._follow()

        def start(name: str, attributes: dict[str, str]) -> None:
            follow(name, attributes)
            if name.rpartition(":")[2] == "c":
                self._look_into(attributes)

        return start

    def _start_of_others(self, name: str, attributes: dict[str, str], cell: dict[str, str]) -> None:
        """Elements that are few; `cell` is the one before, or around them."""
        if name == "f":
            self._look_into(cell)
            self._formula = []
            self._gather(self._formula)
        elif name == "is":
            self._filled.append(cell)
        elif name in ("vertAlign", "strike") and cell is not _NO_CELL:
            self.marked.add(self._place(cell))
        elif name == "col":
            self._note_columns(attributes)
        elif name == "mergeCell":
            self.merged.append(_range(attributes.get("ref", "")))

    def _note_shown(self, cell: dict[str, str]) -> None:
        """A number with something around it."""
        shown = self.looks.shown.get(cell.get("s", ""))
        if shown is not None and cell.get("t", "n") == "n":
            self.shown[self._place(cell)] = shown

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
        if self._begun[self._row]:
            raise Malformed(f"it has two rows {self._row}")
        self._begun[self._row] = 1
        self._row_text = str(self._row)
        if attributes.get("hidden") in ("1", "true"):
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
            raise Malformed(f"it has a cell {other.rstrip(',')[:20]} in row {self._row}")
        if len(set(letters)) < len(letters):
            raise Malformed(f"it has two values of one cell in row {self._row}")
        self._letters.update(letters)
        self._around_row = [letters[0], *(f",{letter}" for letter in letters[1:]), ""]

    def _after(self, cell: dict[str, str]) -> str:
        """A cell that does not say where it is follows the one before."""
        column = 1 + self._place(cell)[1] if cell is not _NO_CELL else 0
        return f"{get_column_letter(1 + column)}{self._row_text}"

    def _look_into(self, cell: dict[str, str]) -> None:
        self._formula, self._value, self._looked_into, self._is_in_pieces = None, [], cell, False
        self.parser.EndElementHandler = self._end

    def _gather(self, into: list[str]) -> None:
        self.parser.CharacterDataHandler = into.append

    def _end(self, name: str) -> None:
        """The end of what is within a cell that is looked into, and of the cell itself."""
        self.parser.CharacterDataHandler = None
        cell, bare = self._looked_into, name.rpartition(":")[2]
        if bare == "v" and self.has_pieces:
            told = len("".join(self._value).encode())
            self._is_in_pieces = self.parser.CurrentByteIndex - self._value_at != told + len(f"<{name}>")
        if cell is None or bare != "c":
            return
        self.parser.EndElementHandler, self._looked_into = None, None
        value = "".join(self._value)
        sort = cell.get("t", "n")
        if sort == "e":
            self.errors[self._place(cell)] = value or "#ERROR"
        elif sort == "s":
            self._note_marked(cell, value)
        elif self._formula is not None and self._has_no_result(value) and sort not in ("str", "inlineStr"):
            self.errors[self._place(cell)] = "=" + "".join(self._formula)
        elif self._is_in_pieces and value:
            self.seen[self._place(cell)] = _as_told(sort, value)

    def _note_marked(self, cell: dict[str, str], text: str) -> None:
        """A cell with a text that it shares, by its number."""
        if self._is_in_pieces:
            raise Malformed(f"the number of its text stands in pieces in the cell {cell['r']}")
        if text and not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER):
            raise Malformed(f"the number of its text is {text[:20]!r} in the cell {cell['r']}")
        if text and (seen := self.looks.marked.get(str(int(text)))) is not None:
            self.seen[self._place(cell)] = seen

    def _has_no_result(self, value: str) -> bool:
        return not value or (self.looks.is_uncomputed and value == "0")

    def _place(self, cell: dict[str, str]) -> Place:
        return self._row - 1, _column(cell["r"][: -len(self._row_text)])


def _asks_for_a_closer_look(before: bytes, chunk: bytes) -> bool:
    """Whether a value stands in pieces there, or the number of a shared text is none; `before` is what came last."""
    content = before + chunk
    has_signs = any(sign[-1:] in content and sign in content for sign in _OF_PIECES)  # a single byte is found quickly
    return bool((has_signs and _IN_PIECES.search(content)) or _NO_NUMBER.search(content))


def _as_told(sort: str, value: str) -> str:
    """The value of a cell of that sort as the reader of cells tells it."""
    if sort == "b":
        return "true" if value.strip() == "1" else "false"
    if sort != "n":
        return value
    number = float(value)
    return str(int(number)) if number.is_integer() else repr(number)


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
