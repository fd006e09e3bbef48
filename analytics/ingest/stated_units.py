"""In which unit each column of a sheet is: by its heading, a row of units, or a line above the table."""

from __future__ import annotations

import re
import unicodedata

from analytics import units
from analytics.errors import CheckFailed
from analytics.ingest.grid import Grid
from analytics.ingest.headings import HeadingRows, Headings, plain

# Of `单位：mg/L（水温 ℃、pH 无量纲）` the first is the unit of the table.
_OF_TABLE = re.compile(r"单\s*位\s*:\s*(?P<unit>[^\s()\[\],、;。]+)")

_NOTHING = ("-", "--", "—", "——", "/")


def row_of_units(grid: Grid, heading: HeadingRows, headings: Headings) -> dict[int, str]:
    """Units by column where the row below the headings holds nothing else; merged headings may reach into it."""
    row = grid.rows[heading.end] if heading.end < len(grid.rows) else []
    found: dict[int, str] = {}
    for column, cell in enumerate(row):
        text = plain(cell or "").strip("()")
        target = heading.targets.get(column)
        if target and target.key in headings.wanted and units.unit_named(text) and not text.isdecimal():
            found[column] = text
        elif text and text not in _NOTHING and text != plain(_heading_of(grid, heading, column)).strip("()"):
            return {}
    return found


def stated(
    grid: Grid, heading: HeadingRows, headings: Headings, below: dict[int, str], *, file: str
) -> dict[str, str | None]:
    """The unit of each column, None where nothing is said of a reading: then it is that of its parameter.

    `below` are the units of `row_of_units`. `CheckFailed` where two places disagree, where the unit is of another
    kind than the column, and where an amount has none.
    """
    above = _of_table(grid, heading)
    found: dict[str, str | None] = {}
    for column, target in heading.targets.items():
        places = [(heading.end, target.unit), (heading.end + 1, below.get(column))]
        said = [(row, unit) for row, unit in places if unit]
        # A single item may be in another unit than the table of readings; an amount may not.
        must_agree = not said or target.key in headings.must_state
        if above and must_agree and _suits(above[1], headings.wanted.get(target.key)):
            said.insert(0, above)
        where = f"{file}, sheet {grid.sheet}, row {heading.end}, column {column + 1}"
        found[target.key] = _one(said, target.key, headings, where=where)
    return found


def _one(said: list[tuple[int, str]], key: str, headings: Headings, *, where: str) -> str | None:
    """The one unit of those said, each with its row."""
    given = list(dict.fromkeys(unit for _, unit in said))
    wanted, spelling = headings.wanted.get(key), headings.spelling_of(key)
    if len({units.unit_named(unit) or unit for unit in given}) > 1:
        raise CheckFailed(
            f"{headings.source.id}: two units are given for one column.",
            where=where,
            found=f"{spelling}: " + " and ".join(f"{unit} in row {row}" for row, unit in said),
            expected="one unit",
            next_step="Correct the heading, or the line with the unit of the table, and send the file again.",
        )
    if given and wanted and not units.same_kind(given[0], wanted):
        raise CheckFailed(
            f"{headings.source.id}: the unit of a column cannot be converted.",
            where=where,
            found=f"{spelling}: {given[0]}",
            expected=f"{wanted}, or a unit of the same kind",
            next_step="Correct the heading and send the file again.",
        )
    if not given and key in headings.must_state:
        raise CheckFailed(
            f"{headings.source.id}: the unit of a column is not given.",
            where=where,
            expected=f"a heading such as {spelling}",
            next_step="Write the unit into the heading and send the file again.",
        )
    return given[0] if given else None


def _suits(unit: str, wanted: str | None) -> bool:
    return wanted is not None and units.same_kind(unit, wanted)


def _of_table(grid: Grid, heading: HeadingRows) -> tuple[int, str] | None:
    """The unit in a line such as `单位：万吨` above the table, and its row; an organisation (填报单位) is none."""
    for number, row in enumerate(grid.rows[: heading.end], start=1):
        for cell in row:
            found = _OF_TABLE.search(unicodedata.normalize("NFKC", cell)) if cell else None
            if found and units.unit_named(found["unit"]):
                return number, found["unit"]
    return None


def _heading_of(grid: Grid, heading: HeadingRows, column: int) -> str:
    cells = grid.rows[heading.end - 1]
    return (cells[column] or "") if column < len(cells) else ""
