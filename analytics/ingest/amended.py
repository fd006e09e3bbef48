"""Cells of a delivered table as they were corrected, what was delivered kept beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from analytics.catalog.corrections import WHOLE_ROW, WITHDRAWN
from analytics.ingest.table import Table


@dataclass(frozen=True, order=True)
class Amendment:
    """The text that a cell ought to have; empty where it says nothing. `row` is that of the sheet.

    With `WHOLE_ROW` as its field the row ought not to be there at all.
    """

    sheet: str
    row: int
    field: str
    text: str


def amended(table: Table, amendments: Sequence[Amendment]) -> Table:
    """The table with its cells corrected; an unrounded value beside a corrected one no longer speaks for it.

    A cell that was merged with others stands for itself once it is corrected.
    """
    mine = _of_table(table, amendments)
    if not mine:
        return table
    columns = {name: cells.to_list() for name, cells in table.columns.items()}
    merged = dict(table.merged)
    for a in mine:
        index = table.numbers.index(a.row)
        columns[a.field][index] = a.text or None
        if f"{a.field}__unrounded" in columns:
            columns[f"{a.field}__unrounded"][index] = None
        merged[a.field] = [row for row in merged.get(a.field, []) if row != a.row]
    kept = {name: pl.Series(name, cells, dtype=pl.String) for name, cells in columns.items()}
    return replace(table, columns=kept, merged=merged)


def with_cells_as_delivered(frame: pl.DataFrame, table: Table, amendments: Sequence[Amendment]) -> pl.DataFrame:
    """The typed rows of an amended table; beside each corrected column its text as delivered and as corrected."""
    for name in sorted({a.field for a in _of_table(table, amendments)}):
        mine = {a.row: a.text for a in _of_table(table, amendments) if a.field == name}
        before = {row: table.columns[name][table.numbers.index(row)] for row in mine}
        row, kept = pl.col("row"), f"{name}_as_delivered"
        is_mine = row.is_in(list(mine))
        delivered = row.replace_strict(before, default=None, return_dtype=pl.String)
        other = pl.col(kept if kept in frame.columns else name)
        frame = frame.with_columns(
            pl.when(is_mine).then(delivered).otherwise(other).alias(kept),
            row.replace_strict(mine, default=None, return_dtype=pl.String).alias(f"{name}_corrected"),
        )
    return frame


def without_withdrawn(frame: pl.DataFrame, amendments: Sequence[Amendment]) -> pl.DataFrame:
    """The rows with those that were withdrawn marked in `left_out`, whatever else leaves them out."""
    places = [(a.sheet, a.row, True) for a in amendments if a.field == WHOLE_ROW]
    if not places:
        return frame
    withdrawn = pl.DataFrame(places, schema=["sheet", "row", "_withdrawn"], orient="row")
    withdrawn = withdrawn.with_columns(pl.col("row").cast(frame.schema["row"]))
    marked = frame.join(withdrawn, on=["sheet", "row"], how="left", maintain_order="left")
    left_out = pl.when("_withdrawn").then(pl.lit(WITHDRAWN)).otherwise("left_out")
    return marked.with_columns(left_out.alias("left_out")).drop("_withdrawn")


def _of_table(table: Table, amendments: Sequence[Amendment]) -> list[Amendment]:
    rows = set(table.numbers) if amendments else set()
    return [a for a in amendments if a.sheet == table.sheet and a.row in rows and a.field in table.columns]
