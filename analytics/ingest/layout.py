"""Finds the table in a sheet: heading rows, columns by declared names, totals and notes left out."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from analytics.catalog import Catalog
from analytics.catalog.models import Source
from analytics.errors import CheckFailed
from analytics.ingest.grid import Cell, Grid

DEEPEST_HEADING = 4
HEADING_WITHIN = 40
_IGNORED = {"序号", "编号", "no.", "no"}
_WITH_UNIT = re.compile(r"(?P<name>.+?)\((?P<unit>[^()]*)\)")


@dataclass(frozen=True)
class Target:
    """What a delivered column is: a declared field, a parameter, or a parameter's unrounded value."""

    key: str
    unit: str | None = None


@dataclass
class Table:
    """The columns of one sheet under their declared keys, with the sheet's row numbers."""

    sheet: str
    units: dict[str, str | None]
    columns: dict[str, list[Cell]]
    numbers: list[int] = field(default_factory=list)
    totals_left_out: int = 0


def plain(text: str) -> str:
    """Text as headings are compared: full width folded, white space removed, lower case."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


class Headings:
    """The headings that a source declares, and which column each one is."""

    def __init__(self, source: Source, catalog: Catalog) -> None:
        self.source = source
        self._fields = {
            plain(header): Target(column.field, column.unit) for column in source.columns for header in column.headers
        }
        self._parameters: dict[str, str] = {}
        for name in source.readings.parameters if source.readings else []:
            parameter = catalog.parameters[name]
            for spelling in (parameter.label.zh, *parameter.aliases):
                self._parameters[plain(spelling)] = name
        suffix = source.readings.unrounded_suffix if source.readings else None
        self._suffix = plain(suffix) if suffix else None
        self.required = {c.field for c in source.columns if c.required} | set(
            source.readings.required if source.readings else []
        )

    def recognise(self, heading: str) -> Target | None:
        """The column that a heading names, or None."""
        text = plain(heading)
        if text in self._fields:
            return self._fields[text]
        if self._suffix and text.endswith(self._suffix):
            printed = self.recognise(text.removesuffix(self._suffix))
            return Target(f"{printed.key}__unrounded", printed.unit) if printed else None
        if text in self._parameters:
            return Target(self._parameters[text])
        with_unit = _WITH_UNIT.fullmatch(text)
        if with_unit and with_unit["name"] in self._parameters:
            return Target(self._parameters[with_unit["name"]], with_unit["unit"])
        return None

    def nearest(self, heading: str) -> str:
        """The declared heading most like this one, or nothing."""
        known = [*self._fields, *self._parameters]
        near = difflib.get_close_matches(plain(heading), known, n=1, cutoff=0.5)
        return near[0] if near else ""

    def spelling_of(self, key: str) -> str:
        """How the column is headed, for messages."""
        for column in self.source.columns:
            if column.field == key:
                return column.headers[0]
        return next((spelling for spelling, name in self._parameters.items() if name == key), key)


@dataclass(frozen=True)
class _Heading:
    """Heading rows of a sheet: the first one, how many, and which column is what."""

    start: int
    depth: int
    targets: dict[int, Target]

    @property
    def keys(self) -> set[str]:
        return {t.key for t in self.targets.values()}


def find_table(grid: Grid, headings: Headings, *, file: str) -> Table:
    """The table in the sheet; `CheckFailed` names missing and unknown columns with the nearest names."""
    heading = _find_heading(grid, headings, file)
    units = {t.key: t.unit for t in heading.targets.values()}
    table = Table(grid.sheet, units, {key: [] for key in units})
    kept = list(_body(grid, heading, headings.source, table))
    down = {c.field for c in headings.source.columns if c.fill_down}
    for column, target in heading.targets.items():
        values = [cells[column] if column < len(cells) else None for cells in kept]
        table.columns[target.key] = _filled_down(values) if target.key in down else values
    return table


def _body(grid: Grid, heading: _Heading, source: Source, table: Table) -> Iterator[list[Cell]]:
    """Rows below the heading up to the notes, without empty rows and totals; notes their numbers in `table`."""
    notes = tuple(plain(p) for p in source.layout.note_prefixes)
    totals = {plain(label) for label in source.layout.total_labels}
    for index in range(heading.start + heading.depth, len(grid.rows)):
        cells = grid.rows[index]
        first = next((c for c in cells if c is not None and not c.isspace()), None)
        if first is None:
            continue
        word = plain(first) if notes or totals else ""
        if notes and word.startswith(notes):
            break
        if word in totals:
            table.totals_left_out += 1
            continue
        table.numbers.append(index + 1)
        yield cells


def _filled_down(values: list[Cell]) -> list[Cell]:
    """An empty cell takes what stands above it, as a merged or once-written group name means."""
    last: Cell = None
    result = []
    for value in values:
        last = value if value is not None and value.strip() else last
        result.append(last)
    return result


def _find_heading(grid: Grid, headings: Headings, file: str) -> _Heading:
    """The rows that hold every required heading and leave the fewest headings unknown."""
    best = _Heading(0, 1, {})
    complete: list[_Heading] = []
    for start in range(min(len(grid.rows), HEADING_WITHIN)):
        for depth in range(1, min(DEEPEST_HEADING, len(grid.rows) - start) + 1):
            heading = _Heading(start, depth, _targets(grid, start, depth, headings))
            if headings.required <= heading.keys:
                complete.append(heading)
            elif len(headings.required & heading.keys) > len(headings.required & best.keys):
                best = heading
        if complete and start >= complete[0].start + complete[0].depth:
            break
    if not complete:
        raise _missing_columns(grid, best, headings, file)
    chosen = min(complete, key=lambda h: (len(list(_unknown(grid, h))), -len(h.targets), h.depth))
    for column, spelling in _unknown(grid, chosen):
        raise _unknown_column(grid, chosen, headings, where=(file, column), spelling=spelling)
    return chosen


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
    cells = [(row[column] or "").strip() if column < len(row) else "" for row in rows]
    parts = list(dict.fromkeys(c for c in cells if c))
    if not parts or not cells[-1]:
        return
    yield "/".join(parts)
    yield parts[-1]
    if len(parts) > 1:
        yield f"{parts[-2]}({parts[-1]})"


def _unknown(grid: Grid, heading: _Heading) -> Iterator[tuple[int, str]]:
    """Columns with a heading that names nothing declared."""
    for column in range(_width(grid, heading.start, heading.depth)):
        spellings = list(_spellings(grid, heading.start, heading.depth, column))
        is_ignored = any(plain(s) in _IGNORED for s in spellings)
        if column not in heading.targets and spellings and not is_ignored:
            yield column, spellings[min(1, len(spellings) - 1)]


def _unknown_column(
    grid: Grid, heading: _Heading, headings: Headings, *, where: tuple[str, int], spelling: str
) -> CheckFailed:
    file, column = where
    near = headings.nearest(spelling)
    row = heading.start + heading.depth
    return CheckFailed(
        f"{headings.source.id}: the form has no column of this name.",
        where=f"{file}, sheet {grid.sheet}, row {row}, column {column + 1}",
        found=spelling,
        expected=f"perhaps {near}" if near else "the headings of the form",
        next_step="Mend the heading, or add the spelling to the source's headers in the catalog.",
    )


def _missing_columns(grid: Grid, best: _Heading, headings: Headings, file: str) -> CheckFailed:
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
