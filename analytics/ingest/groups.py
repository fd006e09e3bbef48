"""What stands over a group of columns: words that are part of no declared heading, and say what the columns are of."""

from __future__ import annotations

import re
from collections.abc import Collection

from analytics.catalog import Catalog
from analytics.catalog.models import Source
from analytics.errors import CheckFailed
from analytics.ingest.grid import Grid
from analytics.ingest.headings import HeadingRows, Headings, plain
from analytics.ingest.table import Table
from analytics.ingest.titles import areas_told
from analytics.periods import Period
from analytics.periods_told import parts_told, periods_told

_SHOWN = 60  # characters
# What a form does not ask for, where it does not ask for it by these words.
_OTHERS = re.compile(r"上年|去年|前年|上期|同期|上季|上月|计划|目标|预计|预期|其中|进水|增减|增幅|占比|累计")


def groups_over(grid: Grid, heading: HeadingRows, headings: Headings, *, file: str) -> list[tuple[int, str]]:
    """The headings of groups with their rows, from 1, each once.

    `CheckFailed` where one says that its columns are of something else than the form asks for (上年同期, 计划).
    """
    found: dict[tuple[int, str], None] = {}
    for column in heading.targets:
        cells = [(row, _cell(grid, row, column).strip()) for row in range(heading.start, heading.end)]
        named = [(row, cell) for row, cell in cells if cell]
        words = list(dict.fromkeys(cell for _, cell in named))
        if len(words) > 1 and headings.recognise("/".join(words)) is None:
            found |= {(row + 1, cell): None for row, cell in named if cell != words[-1]}
    asked = "".join(plain(spelling) for spelling in headings.spellings)
    for row, group in found:
        other = _OTHERS.search(plain(group))
        if other is not None and other[0] not in asked:
            raise CheckFailed(
                f"{headings.source.id}: a group of columns is of something that the form does not ask for.",
                where=f"{file}, sheet {grid.sheet}, row {row}",
                found=group[:_SHOWN],
                expected="columns of what the form asks for",
                next_step="Leave these columns out, or head those that are meant without that word, and send it again.",
                zh=f"第{row}行的分组表头“{group}”之下不是本表要填的内容：请删去这些列；如确为本表内容，请改写分组表头",
            )
    return list(found)


def require_of_period(table: Table, source: Source, period: Period | None, *, file: str) -> None:
    """`CheckFailed` where the heading of a group names times of which none holds all of the period."""
    if period is None:
        return
    for row, group in table.groups:
        told = periods_told(group) or parts_told(group, period.year)
        if told and not any(one.start <= period.start and period.end <= one.end for one in told):
            raise CheckFailed(
                f"{source.id}: a group of columns is of another period.",
                where=f"{file}, sheet {table.sheet}, row {row}",
                found=group[:_SHOWN],
                expected=f"columns of {period.label} alone",
                next_step="Leave these columns out, and hand them in as a file of their own, for their own period.",
                zh=f"第{row}行的分组表头“{group[:_SHOWN]}”属于另一时期，不是报告期 {period.label}："
                "请删去这些列，另存一个文件按其报告期报送",
            )


def require_of_areas(
    table: Table, source: Source, area: str, catalog: Catalog, *, rows: Collection[str], file: str
) -> None:
    """`CheckFailed` where the heading of a group names an area and the delivery, or a row, is of another.

    `area` is that of the delivery, if any; `rows` are those that the rows of the table are about. A row about an area
    outside that of the delivery is set aside as such.
    """
    own = [one for one in rows if not area or catalog.lies_in(one, area)]
    for row, group in table.groups:
        for name, areas in _areas_named(group, catalog):
            is_of_it = not area or any(catalog.lies_in(area, a) or catalog.lies_in(a, area) for a in areas)
            others = [one for one in own if not any(catalog.lies_in(one, a) for a in areas)]
            if is_of_it and not others:
                continue
            about = catalog.areas[others[0] if is_of_it else area].name.zh
            raise CheckFailed(
                f"{source.id}: a group of columns is of another area.",
                where=f"{file}, sheet {table.sheet}, row {row}",
                found=f"{group[:_SHOWN]} over columns of rows about {about}",
                expected=f"columns of the area that the rows are about, not of {name}",
                next_step="Leave these columns out, or hand them in as a file of that area; take the name out of the "
                "heading where it does not hold for the columns.",
                zh=f"第{row}行的分组表头“{group[:_SHOWN]}”写的是{name}，与所报的{about}不是同一地区："
                "请删去这些列，另存一个文件按其地区报送；如表头写错，请改正",
            )


def _areas_named(group: str, catalog: Catalog) -> list[tuple[str, list[str]]]:
    """The names of areas in the heading of a group; a short one, such as 太原, where it is all that stands there."""
    word = plain(group)
    cities = [a.id for a in catalog.areas.values() if a.level == "city" and word in (plain(n) for n in a.aliases)]
    return areas_told(group, catalog) or ([(word, cities)] if cities else [])


def _cell(grid: Grid, row: int, column: int) -> str:
    cells = grid.rows[row]
    return cells[column] or "" if column < len(cells) else ""
