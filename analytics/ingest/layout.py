"""Finds the table in a sheet: heading rows, columns by declared names, totals and notes left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import polars as pl

from analytics import units
from analytics.errors import CheckFailed
from analytics.ingest import stated_units
from analytics.ingest.grid import Cell, Grid
from analytics.ingest.headings import UNROUNDED, HeadingRows, Headings, Target, plain
from analytics.ingest.identity import EXAMPLE, SHEETS_BESIDE
from analytics.ingest.misheaded import missing_columns, unknown_columns
from analytics.ingest.totals import TotalRow
from analytics.periods_told import periods_told

DEEPEST_HEADING = 4
HEADING_WITHIN = 40
_LONGEST_LINE, _SHOWN = 20, 60  # characters
_PART_OF_IT = "其中"
_THOUSANDS = re.compile(r"[+-]?\d{1,3},\d{3}(?:\.\d+)?")
_IGNORED = {"序号", "编号", "no.", "no"}


@dataclass
class Table:
    """The columns of one sheet under their declared keys, their units, and the sheet's row numbers.

    A reading without a unit is in that of its parameter. `merged` has, by column, the row numbers whose cell is
    merged with others; `days`, by column of days, the day as text where Excel keeps it as a bare number. `hidden`
    counts the rows of the table that do not show in the sheet, `hidden_columns` names such columns; they count.
    `headless` are the sheet's columns, from 0, that have cells in these rows and no heading; they do not.
    `totals` are rows of sums, `parts` the row numbers and words of lines that head a part of the rows; `places` has
    the sheet's column of each key, from 0; `heading` the sheet's rows of headings, first and last, from 0.
    """

    sheet: str
    units: dict[str, str | None]
    columns: dict[str, pl.Series]
    numbers: list[int] = field(default_factory=list)
    merged: dict[str, list[int]] = field(default_factory=dict)
    days: dict[str, list[Cell]] = field(default_factory=dict)
    totals: list[TotalRow] = field(default_factory=list)
    parts: list[tuple[int, str]] = field(default_factory=list)
    notes_left_out: int = 0
    headings_left_out: int = 0
    examples_left_out: int = 0
    hidden: int = 0
    hidden_columns: list[str] = field(default_factory=list)
    headless: set[int] = field(default_factory=set)
    places: dict[str, int] = field(default_factory=dict)
    heading: tuple[int, int] = (0, 0)


def find_tables(grids: Sequence[Grid], headings: Headings, *, file: str) -> tuple[list[Table], list[str]]:
    """The tables of the form in a file's sheets, and the names of the sheets that hold none.

    `CheckFailed` names missing and unknown columns with the nearest names: of a sheet that has half of the form's
    headings or more, and where no sheet holds the table.
    """
    tables: list[Table] = []
    passed_over: list[Grid] = []
    for grid in grids:
        if headings.required <= (heading := _find_heading(grid, headings)).keys:
            tables.append(_table_below(heading, grid, headings, file))
        elif grid.sheet in SHEETS_BESIDE:
            continue
        elif _is_meant(heading, headings):
            raise _missing_columns(grid, heading, headings, file)
        elif grid.is_hidden or any(cell for row in grid.rows for cell in row):
            passed_over.append(grid)
    if not tables:
        first = next((grid for grid in passed_over if not grid.is_hidden), grids[0])
        hidden = [grid.sheet for grid in grids if grid.is_hidden and grid.sheet not in SHEETS_BESIDE]
        raise _missing_columns(first, _find_heading(first, headings), headings, file, hidden)
    return tables, [f"{grid.sheet} (hidden)" if grid.is_hidden else grid.sheet for grid in passed_over]


def _is_meant(heading: HeadingRows, headings: Headings) -> bool:
    """Whether a sheet that lacks columns was meant as the table: it has half of them, and says whom rows are about."""
    half = 2 * len(headings.required & heading.keys) >= len(headings.required)
    return half and (headings.key & headings.required) <= heading.keys


def _table_below(heading: HeadingRows, grid: Grid, headings: Headings, file: str) -> Table:
    if unknown := list(_unknown(grid, heading)):
        raise unknown_columns(headings, heading, unknown, where=f"{file}, sheet {grid.sheet}")
    around = {n + 1: stated_units.row_of_units(grid, n, heading, headings, file=file) for n in _beside(grid, heading)}
    said = stated_units.stated(grid, heading, headings, around, file=file)
    table = Table(grid.sheet, said, {}, heading=(heading.start, heading.end - 1))
    body = _Body(grid, heading, headings, table, file)
    kept = list(body.rows(heading.end))
    down = {c.field for c in headings.source.columns if c.fill_down}
    for column, target in heading.targets.items():
        table.places[target.key] = column
        if column in grid.hidden_columns:
            table.hidden_columns.append(target.key)
        values = _values_below(column, kept, table, grid, file)
        cells = _filled_down(values) if target.key in down else values
        table.columns[target.key] = pl.Series(target.key, cells, dtype=pl.String)
        if target.key in headings.dated:
            table.days[target.key] = _days(grid, column, table.numbers, values)
        merged = (number for number in table.numbers if (number - 1, column) in grid.merged)
        table.merged[target.key] = list(merged) if grid.merged else []
    return table


def _values_below(column: int, kept: list[list[Cell]], table: Table, grid: Grid, file: str) -> list[Cell]:
    """The cells of a column and of those over which its heading is merged; refused where two of one row say something.

    Two that say the same are merged themselves.
    """
    values = [_cell(cells, column) for cells in kept]
    beside = column + 1
    while _repeats_neighbour(grid, table.heading[1], beside):
        for place, cells in enumerate(kept):
            other, value = _cell(cells, beside), values[place]
            if not (other or "").strip() or other == value:
                continue
            if (value or "").strip():
                heading = _cell(grid.rows[table.heading[1]], column)
                raise CheckFailed(
                    "Two columns have one heading.",
                    where=f"{file}, sheet {grid.sheet}, row {table.numbers[place]}",
                    found=f"{value} and {other} below {heading}",
                    expected="a heading of its own above each column",
                    next_step="Head each column, or take out the one that is none of the form, and send it again.",
                    zh=f"第{table.numbers[place]}行：合并的表头“{heading}”之下有两列都有内容（{value}、{other}），"
                    "无法判断用哪一列：请为每列写明表头，或删去多余的一列",
                )
            values[place] = other
        beside += 1
    return values


# 1990 to 2099, as Excel counts the days.
_SERIAL = re.compile(r"(?:3[3-9]|[4-6]\d|7[0-2])\d{3}(?:\.\d+)?")


def _days(grid: Grid, column: int, numbers: list[int], values: list[Cell]) -> list[Cell]:
    """The days that a column of an Excel sheet keeps as bare numbers; a text of digits is none.

    A merged cell has the day of the one above it.
    """
    serial = [value is not None and bool(_SERIAL.fullmatch(value)) for value in values]
    if grid.days is None or not any(serial):
        return [None] * len(values)
    kept = list(grid.days(column))
    found: list[Cell] = []
    for number, is_serial in zip(numbers, serial, strict=True):
        day = _cell(kept, number - 1)
        if day is None and found and (number - 1, column) in grid.merged:
            day = found[-1]
        found.append(day if is_serial else None)
    return found


def _beside(grid: Grid, heading: HeadingRows) -> Iterator[int]:
    """Indexes of the row above the headings and of the first below that does more than number the columns."""
    if heading.start > 0:
        yield heading.start - 1
    for index in range(heading.end, min(heading.end + 4, len(grid.rows))):
        filled = [cell for cell in grid.rows[index] if cell and cell.strip()]
        if filled and not _numbers_columns(filled):
            yield index
            return


def _numbers_columns(filled: Sequence[str]) -> bool:
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


_DATE_LINE = re.compile(r"(?:日期:?)?\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?")
_TOTAL_ENDINGS = ("小计", "合计", "总计", "共计")
_NUMBER = re.compile(r"[<≤]?[+-]?\d[\d.,]*(?:[l%]|e[+-]?\d+)?")
_BRACKETS = re.compile(r"[()\[\]【】]")
_DASHES = re.compile(r"[-—–―/]+")
_AREA = re.compile(r"[一-龥]{1,10}(?:省|市|县|区|州|盟|旗)")
_COUNTED = re.compile(r"共?\d+[个家座处条].{0,6}")  # 117个县


class _Body:
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
        once = {c.field for c in headings.source.columns if c.fill_down}
        self._once = [c for c, target in heading.targets.items() if target.key in once]
        self._telling = [c for c, target in heading.targets.items() if target.key not in once]
        self._titled = {c for c in range(_width(grid, heading.start, heading.depth)) if _heading_text(grid, heading, c)}
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
        by_key = {target.key: _cell(cells, column) for column, target in self._heading.targets.items()}
        return TotalRow(index + 1, label, len(self._table.numbers), by_key)

    def _is_note(self, filled: dict[int, str]) -> bool:
        """A remark of the table, a signature, a date: whatever fills no row. A row with its key or a number is none."""
        first = next(iter(filled))
        others = {cell for column, cell in filled.items() if column != first and cell != filled[first]}
        word = plain(filled[first])
        if all(":" in plain(cell) or _DATE_LINE.fullmatch(plain(cell)) for cell in filled.values()):
            return not self._is_told(filled)
        if self._notes and word.startswith(self._notes):
            return not (self._key and others and all(c in filled and c != first for c in self._key))
        if any(c in filled and _NUMBER.fullmatch(plain(filled[c])) for c in self._counted):
            return False
        lone = not others and (first not in self._key or _continues(word) or bool(periods_told(word)))
        return lone or (bool(self._table.notes_left_out) and not others)

    def _begins_as_note(self, filled: dict[int, str]) -> bool:
        """Whether the first cell says that a note follows, maybe in the next one."""
        return bool(self._notes) and plain(next(iter(filled.values()))).startswith(self._notes)

    def _place_of_group(self, filled: dict[int, str]) -> int | None:
        """The column of a group that the row names alone, as a city above the counties that follow; else None."""
        words = {_label(cell) for cell in filled.values()}
        place = next((column for column in self._once if column in filled), None)
        return place if place is not None and len(words) == 1 and _AREA.fullmatch(words.pop()) else None

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
        return {plain(cell) for row in rows if (cell := _cell(row, column))}

    def _says_units(self, filled: dict[int, str], index: int) -> bool:
        """Whether the row only says units again, or numbers the columns; another unit than the table's is refused.

        Columns are numbered below the headings; further down only where those of the key are numbered too.
        """
        has_whole_key = bool(self._key) and all(c in filled for c in self._key)
        if _numbers_columns(list(filled.values())) and (self._is_below_headings or has_whole_key):
            return True
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
        return line

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

        A row may lack cells at its end that need not be there.
        """
        width = max(self._titled, default=0) + 1
        beyond = [column for column in filled if column not in self._titled]
        lacking = [column for column in self._needed if column >= len(cells)]
        if self._grid.is_text and (beyond or lacking or self._is_split(cells)):
            raise CheckFailed(
                f"{self._headings.source.id}: a row has another number of cells than the heading.",
                where=f"{self._file}, row {index + 1}",
                found=f"{max(len(cells), max(filled) + 1)} cells: " + " | ".join(filled.values())[:120],
                expected=f"{width} cells, numbers with separators in quotation marks",
                next_step="Save the table as .xlsx, or write its numbers without separators, and send it again.",
                zh=f"第{index + 1}行的列数与表头不符，数值中的分隔符可能未加引号：请存为 .xlsx，或去掉数值中的分隔符",
            )
        return True

    def _is_split(self, cells: list[Cell]) -> bool:
        """Whether a row is longer than the headings, if only by empty cells, and a number of it seems cut in two."""
        rows = self._grid.rows[self._heading.start : self._heading.end]
        cut = (_THOUSANDS.fullmatch(f"{a or ''},{b or ''}".replace(" ", "")) for a, b in pairwise(cells))
        return len(cells) > max(map(len, rows)) and any(cut)


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
    cells = (_cell(row, column) for row in reversed(grid.rows[heading.start : heading.end]))
    return next((plain(cell) for cell in cells if cell and plain(cell)), "")


def _below(cells: list[Cell], place: int, group: str) -> list[Cell]:
    """The first row below the line that names its group, with that name where it has none of its own."""
    if _cell(cells, place) is not None and not (_cell(cells, place) or "").isspace():
        return cells
    named = [*cells, *[None] * (1 + place - len(cells))]
    named[place] = _label(group)
    return named


def _cell(cells: list[Cell], column: int) -> Cell:
    return cells[column] if column < len(cells) else None


def _filled_down(values: list[Cell]) -> list[Cell]:
    """An empty cell takes what stands above it, as a merged or once-written group name means."""
    last: Cell = None
    result = []
    for value in values:
        last = value if value is not None and value.strip() else last
        result.append(last)
    return result


def _find_heading(grid: Grid, headings: Headings) -> HeadingRows:
    """The rows that hold every required heading and leave the fewest headings unknown; else those that hold most."""
    best = HeadingRows(0, 1, {})
    complete: list[HeadingRows] = []
    for start in range(min(len(grid.rows), HEADING_WITHIN)):
        for depth in range(1, min(DEEPEST_HEADING, len(grid.rows) - start) + 1):
            heading = HeadingRows(start, depth, _targets(grid, start, depth, headings))
            if headings.required <= heading.keys:
                complete.append(heading)
            elif _fitness(grid, heading, headings) > _fitness(grid, best, headings):
                best = heading
        if complete and start >= complete[0].end:
            break
    if not complete:
        return best
    return min(complete, key=lambda h: (len(list(_unknown(grid, h))), -len(h.targets), h.depth))


def _fitness(grid: Grid, heading: HeadingRows, headings: Headings) -> tuple[int, int, int]:
    """How well rows serve as headings: by the columns that must be there, those unknown, and how few rows they are."""
    found = len(headings.required & heading.keys)
    return found, -len(list(_unknown(grid, heading))) if found else 0, -heading.depth


def _width(grid: Grid, start: int, depth: int) -> int:
    return max((len(row) for row in grid.rows[start : start + depth]), default=0)


def _targets(grid: Grid, start: int, depth: int, headings: Headings) -> dict[int, Target]:
    targets: dict[int, Target] = {}
    for column in range(_width(grid, start, depth)):
        for spelling in _spellings(grid, start, depth, column):
            target = headings.recognise(spelling)
            if target and target.key not in {t.key for t in targets.values()}:
                targets[column] = target
                break
    return targets


def _spellings(grid: Grid, start: int, depth: int, column: int) -> Iterator[str]:
    """The ways a column's heading rows can be read: joined, the last alone, name and unit."""
    rows = grid.rows[start : start + depth]
    cells = [(_cell(row, column) or "").strip() for row in rows]
    parts = list(dict.fromkeys(c for c in cells if c))
    if not parts:
        return
    yield "/".join(parts)
    yield parts[-1]
    if len(parts) > 1:
        yield f"{parts[-2]}({parts[-1].strip('()（）')})"


def _unknown(grid: Grid, heading: HeadingRows) -> Iterator[tuple[int, str]]:
    """Columns with a heading that names nothing declared."""
    for column in range(_width(grid, heading.start, heading.depth)):
        spellings = list(_spellings(grid, heading.start, heading.depth, column))
        is_ignored = any(plain(s) in _IGNORED for s in spellings) or _repeats_neighbour(grid, heading.end - 1, column)
        if column not in heading.targets and spellings and not is_ignored:
            yield column, spellings[min(1, len(spellings) - 1)]


def _repeats_neighbour(grid: Grid, last: int, column: int) -> bool:
    """Whether the heading of a column in the `last` row of headings is that of the one before, merged over both."""
    return (
        column > 0
        and {(last, column), (last, column - 1)} <= grid.merged
        and (_cell(grid.rows[last], column) == _cell(grid.rows[last], column - 1))
    )


def _missing_columns(
    grid: Grid, best: HeadingRows, headings: Headings, file: str, hidden: Sequence[str] = ()
) -> CheckFailed:
    heading = best if best.targets else _fullest_row(grid)
    place = heading.start, heading.depth
    spelled = [(column, list(_spellings(grid, *place, column))) for column in range(_width(grid, *place))]
    return missing_columns(
        headings,
        best.keys,
        where=f"{file}, sheet {grid.sheet}",
        row=heading.end if best.targets else None,
        heads=[(column, spellings[min(1, len(spellings) - 1)]) for column, spellings in spelled if spellings],
        unknown=list(_unknown(grid, heading)),
        hidden=hidden,
    )


def _fullest_row(grid: Grid) -> HeadingRows:
    """Of a sheet without any known heading the row that says most words: its headings, if it has any."""
    words = [len({cell for cell in row if cell and not cell.isspace()}) for row in grid.rows[:HEADING_WITHIN]]
    return HeadingRows(words.index(max(words)) if words else 0, 1, {})
