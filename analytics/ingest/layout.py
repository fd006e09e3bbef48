"""Finds the table in a sheet: heading rows, columns by declared names, totals and notes left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import polars as pl

from analytics.errors import CheckFailed
from analytics.ingest import stated_units
from analytics.ingest.body import Body, cell_at, numbers_columns, width_of
from analytics.ingest.grid import Cell, Grid
from analytics.ingest.groups import groups_over
from analytics.ingest.headings import HeadingRows, Headings, Target, plain
from analytics.ingest.identity import is_beside
from analytics.ingest.misheaded import missing_columns, unknown_columns
from analytics.ingest.table import Table

DEEPEST_HEADING = 4
HEADING_WITHIN = 40
_IGNORED = {"序号", "编号", "no.", "no"}


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
        elif is_beside(grid):
            continue
        elif _is_meant(heading, headings):
            raise _missing_columns(grid, heading, headings, file)
        elif grid.is_hidden or any(cell for row in grid.rows for cell in row):
            passed_over.append(grid)
    if not tables:
        first = next((grid for grid in passed_over if not grid.is_hidden), grids[0])
        hidden = [grid.sheet for grid in grids if grid.is_hidden and not is_beside(grid)]
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
    table.groups = groups_over(grid, heading, headings, file=file)
    body = Body(grid, heading, headings, table, file)
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
    values = [cell_at(cells, column) for cells in kept]
    beside = column + 1
    while _repeats_neighbour(grid, table.heading[1], beside):
        for place, cells in enumerate(kept):
            other, value = cell_at(cells, beside), values[place]
            if not (other or "").strip() or other == value:
                continue
            if (value or "").strip():
                heading = cell_at(grid.rows[table.heading[1]], column)
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
        day = cell_at(kept, number - 1)
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
        if filled and not numbers_columns(filled):
            yield index
            return


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
    return _with_groups(min(complete, key=lambda h: (len(list(_unknown(grid, h))), -len(h.targets), h.depth)), grid)


def _with_groups(heading: HeadingRows, grid: Grid) -> HeadingRows:
    """The heading with the rows above into which cells of it are merged: they name groups of its columns."""
    start, first = heading.start, grid.rows[heading.start]
    while start > 0 and any(
        {(start, column), (start - 1, column)} <= grid.merged
        and cell_at(grid.rows[start - 1], column) == cell_at(first, column)
        for column in heading.targets
    ):
        start -= 1
    return HeadingRows(start, heading.end - start, heading.targets)


def _fitness(grid: Grid, heading: HeadingRows, headings: Headings) -> tuple[int, int, int]:
    """How well rows serve as headings: by the columns that must be there, those unknown, and how few rows they are."""
    found = len(headings.required & heading.keys)
    return found, -len(list(_unknown(grid, heading))) if found else 0, -heading.depth


def _targets(grid: Grid, start: int, depth: int, headings: Headings) -> dict[int, Target]:
    targets: dict[int, Target] = {}
    for column in range(width_of(grid, start, depth)):
        for spelling in _spellings(grid, start, depth, column):
            target = headings.recognise(spelling)
            if target and target.key not in {t.key for t in targets.values()}:
                targets[column] = target
                break
    return targets


def _spellings(grid: Grid, start: int, depth: int, column: int) -> Iterator[str]:
    """The ways a column's heading rows can be read: joined, the last alone, name and unit."""
    rows = grid.rows[start : start + depth]
    cells = [(cell_at(row, column) or "").strip() for row in rows]
    parts = list(dict.fromkeys(c for c in cells if c))
    if not parts:
        return
    yield "/".join(parts)
    yield parts[-1]
    if len(parts) > 1:
        yield f"{parts[-2]}({parts[-1].strip('()（）')})"


def _unknown(grid: Grid, heading: HeadingRows) -> Iterator[tuple[int, str]]:
    """Columns with a heading that names nothing declared."""
    for column in range(width_of(grid, heading.start, heading.depth)):
        spellings = list(_spellings(grid, heading.start, heading.depth, column))
        is_ignored = any(plain(s) in _IGNORED for s in spellings) or _repeats_neighbour(grid, heading.end - 1, column)
        if column not in heading.targets and spellings and not is_ignored:
            yield column, spellings[min(1, len(spellings) - 1)]


def _repeats_neighbour(grid: Grid, last: int, column: int) -> bool:
    """Whether the heading of a column in the `last` row of headings is that of the one before, merged over both."""
    return (
        column > 0
        and {(last, column), (last, column - 1)} <= grid.merged
        and (cell_at(grid.rows[last], column) == cell_at(grid.rows[last], column - 1))
    )


def _missing_columns(
    grid: Grid, best: HeadingRows, headings: Headings, file: str, hidden: Sequence[str] = ()
) -> CheckFailed:
    heading = best if best.targets else _fullest_row(grid)
    place = heading.start, heading.depth
    spelled = [(column, list(_spellings(grid, *place, column))) for column in range(width_of(grid, *place))]
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
