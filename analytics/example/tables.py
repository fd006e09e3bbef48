"""Invented tables in the form that the catalog declares: rows by field, headed as the source heads its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from analytics.example.plan import Example
from analytics.example.sheets import Cell, Form, Workbook, write_text_form

Row = Mapping[str, Cell]


def place(example: Example, county_id: str) -> dict[str, Cell]:
    """The city and the county of a row."""
    return {"city": example.city_of(county_id), "county": example.name(county_id)}


def write_table(
    example: Example, source: str, rows: Sequence[Row], *, year: int | None = None, part: str = "", text: bool = False
) -> Path:
    """Write the rows as the form of the source: one Excel sheet, or GB18030 text.

    Columns that no row fills are left out where the source does not need them; readings stand behind the others. `part`
    tells files of one source and year apart.
    """
    form = example.catalog.sources[source]
    columns = [
        (c.field, c.headers[0]) for c in form.columns if c.required or any(row.get(c.field) is not None for row in rows)
    ]
    known = example.catalog.parameters
    measured = [p for p in (form.readings.parameters if form.readings else []) if any(p in row for row in rows)]
    columns += [(p, f"{known[p].label.zh}({known[p].unit})") for p in measured]
    name = f"{year or example.year}年{part}{form.label.zh}"
    sheet = Form(
        title=name,
        heading=[[heading for _, heading in columns]],
        rows=[[row.get(name) for name, _ in columns] for row in rows],
    )
    if text:
        return write_text_form(example.file(f"{name}.csv"), sheet)
    return Workbook(example.file(f"{name}.xlsx"), [sheet]).write()
