"""The rows of a table below its headings, told apart from sums, notes, lines of units and repeated headings."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from analytics import units
from analytics.errors import CheckFailed
from analytics.ingest import hinted_units, stated_units
from analytics.ingest.cut_numbers import holds_two_halves, number_cut
from analytics.ingest.grid import Cell, Grid
from analytics.ingest.headings import UNROUNDED, HeadingRows, Headings, plain
from analytics.ingest.identity import EXAMPLE
from analytics.ingest.run_together import Shape, is_run_together, is_within_key
from analytics.ingest.table import Table
from analytics.ingest.totals import TotalRow
from analytics.periods_told import periods_told

_LONGEST_LINE, _SHOWN = 20, 60  # characters
_YEARS = ("valid_from", "valid_to")  # bare numbers, though they are no amounts
_LOOKED_AT = 1000  # rows by whose words a row in one cell is told from a note
_PART_OF_IT = "其中"
_DATE_LINE = re.compile(r"(?:日期:?)?\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?")
_TOTAL_ENDINGS = ("小计", "合计", "总计", "共计")
_NUMBER = re.compile(r"[<≤]?[+-]?\d[\d.,]*(?:[l%]|e[+-]?\d+)?")
_BRACKETS = re.compile(r"[()\[\]【】]")
_DASHES = re.compile(r"[-—–―/]+")
_AREA = re.compile(r"[一-龥]{1,10}(?:省|市|县|区|州|盟|旗)")
_COUNTED = re.compile(r"共?\d+[个家座处条].{0,6}")  # 117个县


class Body:
    """The rows below the headings, told apart from totals, notes and headings that are repeated."""

    def __init__(self, grid: Grid, heading: HeadingRows, headings: Headings, table: Table, file: str) -> None:
        layout = headings.source.layout
        self._grid, self._heading, self._headings, self._table, self._file = grid, heading, headings, table, file
        self._is_below_headings = True
        self._above: tuple[int, str] | None = None
        self._group: tuple[int, str] | None = None
        self._notes = tuple(plain(p) for p in layout.note_prefixes)
        self._totals = {plain(label) for label in layout.total_labels}
        self._needed = [c for c, target in heading.targets.items() if target.key in headings.required]
        self._key = [c for c, target in heading.targets.items() if target.key in headings.key]
        self._counted = [c for c, target in heading.targets.items() if target.key in headings.counted]
        numbered = headings.required | headings.counted | headings.dated | set(_YEARS)
        flags = headings.source.readings.flags if headings.source.readings else None
        numbered |= {flags.field or ""} if flags else set()
        told = heading.targets.items()
        self._remarks = {c for c, t in told if t.key not in numbered and not t.key.endswith(UNROUNDED)}
        once = {c.field for c in headings.source.columns if c.fill_down}
        self._once = [c for c, target in heading.targets.items() if target.key in once]
        self._telling = [c for c, target in heading.targets.items() if target.key not in once]
        self._beyond_key = set(self._telling) - set(self._key)
        self._longest = width_of(grid, heading.start, heading.depth)
        self._titled = {c for c in range(self._longest) if _heading_text(grid, heading, c)}
        rows = grid.rows[heading.start : heading.end]
        self._spellings = {cell for row in rows for cell in row if cell} | set(headings.spellings)

    def rows(self, start: int) -> Iterator[list[Cell]]:
        """The rows of the table from `start`; what is left out is counted in the table.

        `CheckFailed` where a second heading has other columns or another unit, and where a row has slipped out of its
        columns.
        """
        table = self._table
        for index in range(start, len(self._grid.rows)):
            cells = self._grid.rows[index]
            filled = {c: cell for c, cell in enumerate(cells) if cell is not None and not cell.isspace()}
            if not filled:
                continue
            if self._is_example(filled, index):
                table.examples_left_out += 1
            elif self._is_heading(filled, index):
                table.headings_left_out += 1
                self._is_below_headings = True
            elif self._says_units(filled, index):
                table.headings_left_out += 1
            elif self._is_total(filled):
                table.totals.append(self._total(cells, index))
            elif (place := self._place_of_group(filled)) is not None:
                table.headings_left_out += 1
                self._group = place, filled[place]
            elif self._is_note(filled) or (self._begins_as_note(filled) and self._units_of_line(filled, index)):
                self._units_of_line(filled, index)
                self._require_no_row_within(filled, index)
                table.notes_left_out += 1
                self._above = (index, next(iter(filled.values()))) if self._heads_a_part(filled) else None
            elif self._require_in_columns(cells, filled, index) and any(c in filled for c in self._telling):
                table.numbers.append(index + 1)
                table.hidden += index in self._grid.hidden_rows
                table.headless |= filled.keys() - self._titled
                yield self._below_lines(cells)

    def _below_lines(self, cells: list[Cell]) -> list[Cell]:
        """The row, of the group and the part of the table that a line above it names."""
        self._is_below_headings = False
        if self._above is not None:
            self._begin_part(*self._above)
        if self._group is not None:
            cells = _below(cells, *self._group)
        self._above = self._group = None
        return cells

    def _is_example(self, filled: dict[int, str], index: int) -> bool:
        """Whether the row shows how a form is filled in, as each of its cells says; one written over is refused."""
        if not any(EXAMPLE[0] in cell for cell in filled.values()):
            return False
        told = {c: plain(cell) for c, cell in filled.items()}
        columns = {c for c in told if c in self._heading.targets}
        marked = {c for c in columns if told[c].startswith(f"{EXAMPLE}:")}
        is_said = any(text == EXAMPLE for c, text in told.items() if c not in columns)
        if marked and marked == columns:
            return True
        # A remark may well begin with 示例：, what a row must say may not.
        if is_said or marked & set(self._needed):
            raise CheckFailed(
                f"{self._headings.source.id}: the example row was written over.",
                where=f"{self._file}, sheet {self._grid.sheet}, row {index + 1}",
                found=" | ".join(filled.values())[:200],
                expected=f"the example as it was, every cell of which begins with {EXAMPLE}：, or no such row",
                next_step="Write the figures into a row of their own below it, and send the file again.",
                zh=f"第{index + 1}行是示例行，又填了内容；请填在下方各行，示例行保持原样或整行删除",
            )
        return False

    def _is_total(self, filled: dict[int, str]) -> bool:
        """A row of sums: it says so in one of its first cells, and its key is that of no row."""
        if not self._totals or self._has_key(filled):
            return False
        first = [_label(cell) for cell in list(filled.values())[:3]]
        return first[0] in self._totals or any(_is_sum(word) for word in first)

    def _has_key(self, filled: dict[int, str]) -> bool:
        """Whether each cell of the key holds a word, and none that a row of sums has there: its label, or a dash."""
        words = [word for c in self._key if (word := _label(filled.get(c, ""))) and not _DASHES.fullmatch(word)]
        is_of_sums = any(w in self._totals or _is_sum(w) or _COUNTED.fullmatch(w) for w in words)
        return bool(words) and len(words) == len(self._key) and not is_of_sums

    def _total(self, cells: list[Cell], index: int) -> TotalRow:
        """The row of sums, as it stands among the rows of the table."""
        first = [_label(cell) for cell in cells if cell and plain(cell)][:3]
        label = next((word for word in first if word in self._totals or word.endswith(_TOTAL_ENDINGS)), first[0])
        by_key = {target.key: cell_at(cells, column) for column, target in self._heading.targets.items()}
        return TotalRow(index + 1, label, len(self._table.numbers), by_key)

    def _is_note(self, filled: dict[int, str]) -> bool:
        """A remark of the table, a signature, a date: whatever fills no row. A row with its key or a number is none."""
        first = next(iter(filled))
        others = {cell for column, cell in filled.items() if column != first and cell != filled[first]}
        word = plain(filled[first])
        if all(":" in plain(cell) or _DATE_LINE.fullmatch(plain(cell)) for cell in filled.values()):
            return (len(filled) > 1 and not others) or not self._is_told(filled)
        if self._notes and word.startswith(self._notes):
            return not (self._key and others and all(c in filled and c != first for c in self._key))
        if any(c in filled and _NUMBER.fullmatch(plain(filled[c])) for c in self._counted):
            return False
        lone = not others and (first not in self._key or _continues(word) or bool(periods_told(word)))
        return lone or (bool(self._table.notes_left_out) and not others)

    def _require_no_row_within(self, filled: dict[int, str], index: int) -> None:
        """`CheckFailed` where what fills no row is one whose separators were not understood."""
        if not self._begins_as_note(filled) and is_run_together(filled.values(), self._shape):
            raise self._row_within(filled, index)

    def _row_within(self, filled: dict[int, str], index: int) -> CheckFailed:
        line = " | ".join(dict.fromkeys(filled.values()))
        return CheckFailed(
            f"{self._headings.source.id}: a whole row stands in one cell, its separators are not those of the table.",
            where=f"{self._file}, sheet {self._grid.sheet}, row {index + 1}",
            found=line[:200],
            expected="each figure and name in the column of its heading, or a note that begins with 注：",
            next_step="Write the row into the columns, or begin it with 注： where it is a note, and send it again.",
            zh=f"第{index + 1}行的内容都在一格内（“{line[:_SHOWN]}”），分隔符与表中其他行不同，无法分列："
            "请按表头逐栏填写；如是说明，请以“注：”开头",
        )

    @cached_property
    def _shape(self) -> Shape:
        """What a row of this table has."""
        levels = {column.field for column in self._headings.source.columns if column.level}
        words: dict[str, set[int]] = defaultdict(set)
        for row in self._grid.rows[self._heading.end : self._heading.end + _LOOKED_AT]:
            for column, cell in enumerate(row):
                if cell is not None:
                    words[cell.strip()].add(column)
        needed = {self._heading.targets[c].key for c in self._needed}
        return Shape(
            needed=len(needed),
            areas=len(levels & self._heading.keys),
            has_numbers=bool(needed & self._headings.counted),
            has_days=bool(self._headings.dated & self._heading.keys),
            words=words,
        )

    def _begins_as_note(self, filled: dict[int, str]) -> bool:
        """Whether the first cell says that a note follows, maybe in the next one."""
        return bool(self._notes) and plain(next(iter(filled.values()))).startswith(self._notes)

    def _place_of_group(self, filled: dict[int, str]) -> int | None:
        """The column of a group that the row names alone, as a city above the counties that follow; else None."""
        place = next((column for column in self._once if column in filled), None)
        if place is None:
            return None
        word = _label(filled[place])
        is_alone = all(_label(cell) == word for cell in filled.values())
        return place if is_alone and _AREA.fullmatch(word) else None

    def _heads_a_part(self, filled: dict[int, str]) -> bool:
        """Whether a remark is a line that heads what stands below it: a few words, no note and no signature."""
        words = {plain(cell) for cell in filled.values()}
        line = words.pop()
        is_remark = ":" in line or (bool(self._notes) and line.startswith(self._notes))
        return not words and len(line) <= _LONGEST_LINE and (line.startswith(_PART_OF_IT) or not is_remark)

    def _begin_part(self, index: int, words: str) -> None:
        """Rows below a line of their own: what they are part of is counted already, or they are of what it says."""
        if plain(words).startswith(_PART_OF_IT):
            raise self._second_table(index, words)
        self._table.parts.append((index + 1, words))

    def _is_told(self, filled: dict[int, str]) -> bool:
        """Whether the cells with a colon or a date may be those of a row: all that it needs is there."""
        return all(c in filled for c in self._needed)

    def _is_heading(self, filled: dict[int, str], index: int) -> bool:
        """Whether the heading stands here again, as on the next page; another heading is refused."""
        if sum(cell in self._spellings for cell in filled.values()) < 2:
            return False
        named = {c: target for c, cell in filled.items() if (target := self._headings.recognise(cell)) is not None}
        if len({t.key for t in named.values()} & self._headings.required) < min(2, len(self._needed)):
            return False
        others = [
            plain(cell)
            for c, cell in filled.items()
            if (c in named or c in self._titled)
            and (c not in named or self._heading.targets.get(c) != named[c])
            and plain(cell) not in self._heading_words(c)
        ]
        if not others:
            return True
        if all(units.unit_named(word.strip("()[]【】")) for word in others):
            return False  # merged headings that reach into a row of units
        raise self._second_table(index, " | ".join(filled.values()))

    def _heading_words(self, column: int) -> set[str]:
        """What the rows of headings say of a column, as headings are compared."""
        rows = self._grid.rows[self._heading.start : self._heading.end]
        return {plain(cell) for row in rows if (cell := cell_at(row, column))}

    def _says_units(self, filled: dict[int, str], index: int) -> bool:
        """Whether the row only says units again, or numbers the columns; another unit than the table's is refused.

        Columns are numbered below the headings; further down only where those of the key are numbered too.
        """
        has_whole_key = bool(self._key) and all(c in filled for c in self._key)
        if numbers_columns(list(filled.values())) and (self._is_below_headings or has_whole_key):
            return True
        if len(filled) == 1 and hinted_units.of_columns(list(filled.values()), self._headings):
            return bool(self._units_of_line(filled, index))
        if stated_units.names_somebody(self._grid, index, self._heading, self._headings):
            return False
        again = stated_units.row_of_units(self._grid, index, self._heading, self._headings, file=self._file)
        for column, unit in again.items():
            known = self._table.units.get(self._heading.targets[column].key)
            if (
                index > self._heading.end + 4
                and known is not None
                and units.unit_named(known) != units.unit_named(unit)
            ):
                raise self._second_table(index, unit)
        if again or len(set(filled.values())) > 2:
            return bool(again)
        return bool(self._units_of_line(filled, index))

    def _units_of_line(self, filled: dict[int, str], index: int) -> list[str]:
        """The units that a line below the headings tells; one other than that of its columns is refused.

        A reading of which nothing else tells a unit is in that of its parameter.
        """
        where = f"{self._file}, sheet {self._grid.sheet}, row {index + 1}"
        line = stated_units.units_of_line(list(filled.values()), self._headings, where=where)
        if line:
            told = {key: unit for key, unit in self._table.units.items() if unit or not key.endswith(UNROUNDED)}
            of_columns = [unit or self._headings.wanted.get(key) for key, unit in told.items()]
            for unit in line:
                kin = {units.unit_named(of) for of in of_columns if of is not None and units.same_kind(of, unit)}
                if kin - {units.unit_named(unit)}:
                    raise self._other_unit(index, unit, " ".join(filled.values()))
        hints = hinted_units.of_columns(list(filled.values()), self._headings)
        for hint in hints:
            if hint.against(self._table.units, self._headings) is not None:
                raise self._other_unit(index, hint.unit, " ".join(filled.values()))
        return line + [hint.unit for hint in hints if hint.keys]

    def _other_unit(self, index: int, unit: str, line: str) -> CheckFailed:
        return CheckFailed(
            f"{self._headings.source.id}: a line below the headings tells another unit than that of the columns.",
            where=f"{self._file}, sheet {self._grid.sheet}, row {index + 1}",
            found=f"{unit}: {line[:_SHOWN]}",
            expected="one unit for each column, in its heading or above the table",
            next_step="Write the units into the headings, take them out of that line, and send it again; put a second "
            "table in another unit on a sheet of its own.",
            zh=f"第{index + 1}行（“{line[:_SHOWN]}”）写明的单位“{unit}”与各栏的单位不同，无法判断以哪个为准："
            "请在表头写明各栏单位，删去此行的单位；如是另一个单位的表，请移到单独的工作表或文件",
        )

    def _second_table(self, index: int, found: str) -> CheckFailed:
        return CheckFailed(
            f"{self._headings.source.id}: a second table with other headings or units stands below the first.",
            where=f"{self._file}, sheet {self._grid.sheet}, row {index + 1}",
            found=found[:200],
            expected="one table a sheet, with one heading and one unit",
            next_step="Put the second table on a sheet of its own and send the file again.",
            zh=f"第{index + 1}行另起一段、一个表头或单位不同的表（“{found[:_SHOWN]}”），不能与上面的行同表："
            "请移到单独的工作表或文件，或删去",
        )

    def _require_in_columns(self, cells: list[Cell], filled: dict[int, str], index: int) -> bool:
        """True; a separator in a number of delimited text moves the cells after it out of their columns: refused.

        A row may lack cells at its end that need not be there. Refused, too, is a row whose cells are all in one.
        """
        width = max(self._titled, default=0) + 1
        is_split = len(cells) > self._longest and holds_two_halves(cells)  # longer, if only by empty cells
        beyond = [column for column in filled if column not in self._titled]
        lacking = [column for column in self._needed if column >= len(cells)]
        if self._grid.is_text and (beyond or lacking or is_split):
            raise CheckFailed(
                f"{self._headings.source.id}: a row has another number of cells than the heading.",
                where=f"{self._file}, row {index + 1}",
                found=f"{max(len(cells), max(filled) + 1)} cells: " + " | ".join(filled.values())[:120],
                expected=f"{width} cells, numbers with separators in quotation marks",
                next_step="Save the table as .xlsx, or write its numbers without separators, and send it again.",
                zh=f"第{index + 1}行的列数与表头不符，数值中的分隔符可能未加引号：请存为 .xlsx，或去掉数值中的分隔符",
            )
        if self._grid.separator == "," and (cut := number_cut(cells, self._counted, self._remarks)):
            raise CheckFailed(
                f"{self._headings.source.id}: a number seems cut in two by its own separator.",
                where=f"{self._file}, row {index + 1}",
                found=f"{cut}: " + " | ".join(filled.values())[:120],
                expected="numbers without separators or in quotation marks, and remarks in words",
                next_step="Save the table as .xlsx, or write its numbers without separators, and send it again.",
                zh=f"第{index + 1}行的“{cut}”像是带千位分隔符而未加引号的一个数，被拆成两格，后面各栏错位："
                "请存为 .xlsx，或去掉数值中的分隔符；备注如确为数字，请用文字写明",
            )
        if self._beyond_key.isdisjoint(filled) and is_within_key(filled.values(), self._shape):
            raise self._row_within(filled, index)
        return True


def _label(cell: str) -> str:
    """The words of a cell without the colon that may follow them, and without brackets: 合计：, 太原市（小计）."""
    return _BRACKETS.sub("", plain(cell)).rstrip(":")


def _is_sum(word: str) -> bool:
    return word.endswith(_TOTAL_ENDINGS) and len(word) < 12


def _continues(word: str) -> bool:
    """Whether a lone word says that the table goes on from the last page."""
    return "续" in word and len(word) < 12


def _heading_text(grid: Grid, heading: HeadingRows, column: int) -> str:
    """The last heading of a column, as headings are compared; nothing where it has none."""
    cells = (cell_at(row, column) for row in reversed(grid.rows[heading.start : heading.end]))
    return next((plain(cell) for cell in cells if cell and plain(cell)), "")


def _below(cells: list[Cell], place: int, group: str) -> list[Cell]:
    """The first row below the line that names its group, with that name where it has none of its own."""
    if cell_at(cells, place) is not None and not (cell_at(cells, place) or "").isspace():
        return cells
    named = [*cells, *[None] * (1 + place - len(cells))]
    named[place] = _label(group)
    return named


def cell_at(cells: list[Cell], column: int) -> Cell:
    """The cell of a row in a column; rows may be shorter than others."""
    return cells[column] if column < len(cells) else None


def width_of(grid: Grid, start: int, depth: int) -> int:
    """The columns of so many rows from one on."""
    return max((len(row) for row in grid.rows[start : start + depth]), default=0)


def numbers_columns(filled: Sequence[str]) -> bool:
    """Whether a row only numbers the columns: 1 2 3 4, or 甲 乙 1 2."""
    numbers, letters = [], 0
    for cell in filled:
        word = cell.strip()
        if word.isdecimal():
            numbers.append(int(word))
        elif word in "甲乙丙丁戊己庚辛":
            letters += 1
        else:
            return False
    counts = len(numbers) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return counts and numbers[0] in (1, letters + 1) and numbers[0] <= len(filled)
