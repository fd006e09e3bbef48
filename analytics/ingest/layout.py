"""Finds the table in a sheet: heading rows, columns by declared names, totals and notes left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from analytics.errors import CheckFailed
from analytics.ingest import stated_units
from analytics.ingest.grid import Cell, Grid
from analytics.ingest.headings import HeadingRows, Headings, Target, plain

DEEPEST_HEADING = 4
HEADING_WITHIN = 40
_IGNORED = {"序号", "编号", "no.", "no"}


@dataclass
class Table:
    """The columns of one sheet under their declared keys, their units, and the sheet's row numbers.

    A reading without a unit is in that of its parameter. `merged` has, by column, the row numbers whose cell is
    merged with others.
    """

    sheet: str
    units: dict[str, str | None]
    columns: dict[str, list[Cell]]
    numbers: list[int] = field(default_factory=list)
    merged: dict[str, list[int]] = field(default_factory=dict)
    totals_left_out: int = 0
    notes_left_out: int = 0


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
        elif 2 * len(headings.required & heading.keys) >= len(headings.required):
            raise _missing_columns(grid, heading, headings, file)
        elif grid.is_hidden or any(cell for row in grid.rows for cell in row):
            passed_over.append(grid)
    if not tables:
        first = next((grid for grid in passed_over if not grid.is_hidden), grids[0])
        raise _missing_columns(first, _find_heading(first, headings), headings, file)
    return tables, [f"{grid.sheet} (hidden)" if grid.is_hidden else grid.sheet for grid in passed_over]


def _table_below(heading: HeadingRows, grid: Grid, headings: Headings, file: str) -> Table:
    for column, spelling in _unknown(grid, heading):
        raise _unknown_column(grid, heading, headings, where=(file, column), spelling=spelling)
    below = stated_units.row_of_units(grid, heading, headings)
    units = stated_units.stated(grid, heading, headings, below, file=file)
    table = Table(grid.sheet, units, {key: [] for key in units})
    kept = list(_body(grid, heading, heading.end + bool(below), headings, table))
    down = {c.field for c in headings.source.columns if c.fill_down}
    for column, target in heading.targets.items():
        values = [_cell(cells, column) for cells in kept]
        table.columns[target.key] = _filled_down(values) if target.key in down else values
        table.merged[target.key] = [number for number in table.numbers if (number - 1, column) in grid.merged]
    return table


def _body(grid: Grid, heading: HeadingRows, start: int, headings: Headings, table: Table) -> Iterator[list[Cell]]:
    """Rows from `start` without empty ones, totals and notes; notes their numbers in `table`.

    Below the first note only a row with most of the columns that must be there is one of the table.
    """
    layout = headings.source.layout
    notes, totals = tuple(plain(p) for p in layout.note_prefixes), {plain(label) for label in layout.total_labels}
    needed = [column for column, target in heading.targets.items() if target.key in headings.required]
    for index in range(start, len(grid.rows)):
        cells = grid.rows[index]
        first = next((c for c in cells if c is not None and not c.isspace()), None)
        if first is None:
            continue
        word = plain(first) if notes or totals else ""
        is_thin = 2 * sum(bool(_cell(cells, column)) for column in needed) <= len(needed)
        if notes and (word.startswith(notes) or (table.notes_left_out and is_thin)):
            table.notes_left_out += 1
        elif word in totals:
            table.totals_left_out += 1
        else:
            table.numbers.append(index + 1)
            yield cells


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
            elif len(headings.required & heading.keys) > len(headings.required & best.keys):
                best = heading
        if complete and start >= complete[0].end:
            break
    if not complete:
        return best
    return min(complete, key=lambda h: (len(list(_unknown(grid, h))), -len(h.targets), h.depth))


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
    if not parts or not cells[-1]:
        return
    yield "/".join(parts)
    yield parts[-1]
    if len(parts) > 1:
        yield f"{parts[-2]}({parts[-1]})"


def _unknown(grid: Grid, heading: HeadingRows) -> Iterator[tuple[int, str]]:
    """Columns with a heading that names nothing declared."""
    for column in range(_width(grid, heading.start, heading.depth)):
        spellings = list(_spellings(grid, heading.start, heading.depth, column))
        is_ignored = any(plain(s) in _IGNORED for s in spellings)
        if column not in heading.targets and spellings and not is_ignored:
            yield column, spellings[min(1, len(spellings) - 1)]


def _unknown_column(
    grid: Grid, heading: HeadingRows, headings: Headings, *, where: tuple[str, int], spelling: str
) -> CheckFailed:
    file, column = where
    near = headings.nearest(spelling)
    row = heading.end
    return CheckFailed(
        f"{headings.source.id}: the form has no column of this name.",
        where=f"{file}, sheet {grid.sheet}, row {row}, column {column + 1}",
        found=spelling,
        expected=f"perhaps {near}" if near else "the headings of the form",
        next_step="Mend the heading, or add the spelling to the source's headers in the catalog.",
    )


def _missing_columns(grid: Grid, best: HeadingRows, headings: Headings, file: str) -> CheckFailed:
    missing = sorted(headings.required - best.keys)
    cells = [c for row in grid.rows[best.start : best.start + best.depth] for c in row if c]
    heads = list(dict.fromkeys(str(c).strip() for c in cells))[:12]
    sheet = f"{file}, sheet {grid.sheet}"
    return CheckFailed(
        f"{headings.source.id}: column missing: " + ", ".join(headings.spelling_of(m) for m in missing),
        where=f"{sheet}, row {best.start + 1}" if best.targets else sheet,
        found="headings " + " | ".join(heads) if heads else "no heading row",
        expected="all of " + ", ".join(headings.spelling_of(r) for r in sorted(headings.required)),
        next_step="Send the file in the declared form, or name another source with --source.",
    )
