"""What the records of a sheet of an .xls say beside the values of its cells; [MS-XLS], whose numbers these are."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite

from analytics.ingest.number_formats import Shown
from analytics.ingest.old_texts import FontedText, fonts_in_old_cell, text_in_cell
from analytics.ingest.sheet import Place, Range, SheetLayout
from analytics.ingest.small_numbers import in_full, is_cut

BOF, WIDE = 0x0809, 0x0600  # the beginning of a part, and what it says of itself since Excel 97
_COLUMNS = 0x007D
_ROW, _MERGED, _FORMULA, _ERROR = 0x0208, 0x00E5, 0x0006, 0x0205
_UNCOMPUTED = 0x005E
_COMPUTED_ON_OPENING = 0x0002  # what programs but Excel say of a formula
_SHARED_TEXT, _FONTED_TEXT = 0x00FD, 0x00D6
_TEXTS = {_SHARED_TEXT, 0x0204, _FONTED_TEXT}
_NUMBER = 0x0203
_ONE_CELL = {_NUMBER, 0x027E, *_TEXTS, _FORMULA, _ERROR}
_MANY_CELLS = 0x00BD
_NO_NUMBER, _BLANK = b"\xff\xff", b"\x03"
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


@dataclass
class Walked:
    """What the records of one sheet say; `noughts` and `blanks` are cells of formulas with these results.

    `fonted` has texts of several fonts and the number of their cell's style, `fonts` the numbers of fonts where such a
    text is from before Excel 97.
    """

    merged: list[Range] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    errors: dict[Place, str] = field(default_factory=dict)
    shown: dict[Place, Shown] = field(default_factory=dict)
    texts: Counter[int] = field(default_factory=Counter)
    fonted: dict[Place, tuple[FontedText, int]] = field(default_factory=dict)
    fonts: dict[Place, list[int]] = field(default_factory=dict)
    marked: set[Place] = field(default_factory=set)
    seen: dict[Place, str] = field(default_factory=dict)
    noughts: dict[Place, bool] = field(default_factory=dict)  # whether the formula says that it is to be computed
    blanks: list[Place] = field(default_factory=list)
    is_wide: bool = True
    has_no_results: bool = True
    is_uncomputed: bool = False
    rows: int = 0
    columns: int = 0

    def layout(self) -> SheetLayout:
        """What was found, as every reader tells it."""
        hidden, marked = (frozenset(self.hidden), frozenset(self.hidden_columns)), frozenset(self.marked)
        return SheetLayout(self.merged, hidden[0], self.errors, self.shown, hidden[1], marked, self.seen)

    def without_result(self, *, is_due: bool, never: bool) -> Iterator[Place]:
        """Cells whose formula has a result that says nothing.

        `is_due`: formulas of the workbook are yet to be computed, which makes a 0 none; `never`: none of it was ever.
        """
        yield from (place for place, says in self.noughts.items() if says or is_due or self.is_uncomputed)
        yield from self.blanks if never else ()

    def note_cell(self, kind: int, body: bytes, shown: Mapping[int, Shown], fonted: Mapping[int, FontedText]) -> None:
        """A cell with content, or several beside one another."""
        row, column, style = struct.unpack_from("<HHH", body)
        last, styles = column, {column: style}
        if kind == _MANY_CELLS:  # each of six bytes, its style first
            styles = {column + n: struct.unpack_from("<H", body, 4 + 6 * n)[0] for n in range((len(body) - 6) // 6)}
            last = struct.unpack_from("<H", body, len(body) - 2)[0]
        self.rows, self.columns = max(self.rows, row + 1), max(self.columns, last + 1)
        if kind in _TEXTS:
            self._note_text(kind, body, style, fonted)
        elif not (kind == _FORMULA and body[12:14] == _NO_NUMBER):
            self.shown |= {(row, c): shown[s] for c, s in styles.items() if s in shown}
        if kind == _NUMBER or (kind == _FORMULA and body[12:14] != _NO_NUMBER):
            self._note_number((row, column), body)
        if kind == _FORMULA:
            self._note_result((row, column), body)
        if error := _error(kind, body):
            self.errors[row, column] = error

    def _note_text(self, kind: int, body: bytes, style: int, fonted: Mapping[int, FontedText]) -> None:
        """A text of several fonts."""
        place: Place = struct.unpack_from("<HH", body)
        if kind == _SHARED_TEXT:
            text = struct.unpack_from("<I", body, 6)[0]
            self.texts[text] += 1
            if text in fonted:
                self.fonted[place] = fonted[text], style
        elif kind == _FONTED_TEXT and self.is_wide:
            self.fonted[place] = text_in_cell(body[6:]), style
        elif kind == _FONTED_TEXT:
            self.fonts[place] = fonts_in_old_cell(body[6:])

    def _note_number(self, place: Place, body: bytes) -> None:
        """A number of which a part would be lost."""
        (number,) = struct.unpack_from("<d", body, 6)
        if isfinite(number) and is_cut(number):
            self.seen[place] = in_full(number)

    def _note_result(self, place: Place, body: bytes) -> None:
        """The result of a formula, where it may be none."""
        is_blank = body[12:14] == _NO_NUMBER and body[6:7] == _BLANK
        self.has_no_results &= is_blank
        if is_blank:
            self.blanks.append(place)
        elif not any(body[6:14]):
            self.noughts[place] = bool(struct.unpack_from("<H", body, 14)[0] & _COMPUTED_ON_OPENING)

    def note_hidden(self, kind: int, body: bytes) -> None:
        """A row, or columns, that do not show, also for their height or width."""
        if kind == _COLUMNS:
            first, last, width, flags = struct.unpack_from("<HHH2xH", body)
            self.hidden_columns |= set(range(first, last + 1)) if flags & 1 or not width else set()
        elif struct.unpack_from("<H", body, 12)[0] & 0x20 or not struct.unpack_from("<H", body, 6)[0]:
            self.hidden.add(struct.unpack_from("<H", body)[0])

    def note_merged(self, body: bytes) -> None:
        """Ranges of merged cells."""
        for place in range(struct.unpack_from("<H", body)[0]):
            top, bottom, left, right = struct.unpack_from("<4H", body, 2 + 8 * place)
            self.merged.append((top, left, bottom, right))


def walk(records: Iterable[tuple[int, bytes]], shown: Mapping[int, Shown], fonted: Mapping[int, FontedText]) -> Walked:
    """What the records say. `shown` has what styles write around a number, `fonted` shared texts of several fonts."""
    found = Walked()
    for kind, body in records:
        if kind in _ONE_CELL or kind == _MANY_CELLS:
            found.note_cell(kind, body, shown, fonted)
        elif kind in (_ROW, _COLUMNS):
            found.note_hidden(kind, body)
        elif kind == _MERGED:
            found.note_merged(body)
        elif kind == _UNCOMPUTED:
            found.is_uncomputed = True
        elif kind == BOF:
            found.is_wide = struct.unpack_from("<H", body)[0] == WIDE
    return found


def _error(kind: int, body: bytes) -> str:
    """The error that a cell shows; nothing where it shows none."""
    code = None
    if kind == _ERROR and body[7:8] == b"\x01":
        code = body[6]
    elif kind == _FORMULA and body[12:14] == _NO_NUMBER and body[6:7] == b"\x02":
        code = body[8]
    return "" if code is None else _ERRORS.get(code, "#ERROR")
