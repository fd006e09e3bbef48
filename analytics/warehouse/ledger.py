"""The ledger: how many rows each file has of each period, and where that jumps; which files replaced which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.models import Source
from analytics.warehouse.facts import PLACE, LoadedFile, is_foreign, superseded

LEDGER: dict[str, pl.DataType | type[pl.DataType]] = {
    "source": pl.String,
    "snapshot": pl.String,
    "area_id": pl.String,
    "period_start": pl.Date,
    "period": pl.String,
    "rows": pl.Int64,
    "rows_before": pl.Int64,
    "change_pct": pl.Float64,
    "rows_year_before": pl.Int64,
    "change_of_year_pct": pl.Float64,
    "is_jump": pl.Boolean,
}
REPLACEMENT: dict[str, pl.DataType | type[pl.DataType]] = {
    "snapshot": pl.String,
    "replaced_by": pl.String,
    "rows": pl.Int64,
    "cells": pl.Int64,
}
# Rows are counted by the part of the year that the form is sent for; several a day make a day.
_PARTS = {"year": "1y", "quarter": "1q", "month": "1mo", "day": "1d", "4h": "1d"}
_PROBLEMS_OF_TIME = ("month_problem", "stamp_problem")


@dataclass(frozen=True)
class Sent:
    """A file that can be read, and the area it was said to be of."""

    file: LoadedFile
    area: str


def ledger(sent: Sequence[Sent], catalog: Catalog, *, beyond_pct: float | None) -> pl.DataFrame:
    """Rows of each file of one source by area and period, in the order received; columns of `LEDGER`.

    A file is held against the one before it of the same area and period, where it tells of any of the same members,
    and against the last one of the same period a year before. The area is that said with the file, else the city in
    which all of its rows lie, else empty. A register has no period, and is the list of the whole. It is a jump where
    either differs by more than `beyond_pct`; with none nothing is.
    """
    counted = [_counted(one, catalog) for one in sent]
    if not counted:
        return pl.DataFrame(schema=LEDGER)
    rows = pl.concat(counted)
    cell = ["area_id", "period_start"]
    before, told_before = (pl.col(c).shift(1).over(cell, order_by="file_order") for c in ("rows", "members"))
    tells_again = pl.col("members").list.set_intersection(told_before).list.len() > 0
    last = rows.group_by(cell).agg(rows_year_before=pl.col("rows").sort_by("file_order").last())
    a_year_on = last.drop_nulls("period_start").with_columns(pl.col("period_start").dt.offset_by("1y"))
    compared = rows.with_columns(rows_before=pl.when(tells_again).then(before)).join(
        a_year_on, on=cell, how="left", maintain_order="left"
    )
    changes = compared.with_columns(
        change_pct=_change("rows_before"), change_of_year_pct=_change("rows_year_before")
    ).with_columns(is_jump=_is_beyond(beyond_pct))
    return changes.sort("file_order", "period_start").select(pl.col(name).cast(dtype) for name, dtype in LEDGER.items())


def _change(before: str) -> pl.Expr:
    return pl.when(pl.col(before) > 0).then(100 * (pl.col("rows") - pl.col(before)) / pl.col(before))


def _is_beyond(limit: float | None) -> pl.Expr:
    if limit is None:
        return pl.lit(False)
    changes = pl.col("change_pct", "change_of_year_pct").abs() > limit
    return pl.any_horizontal(changes.fill_null(False))


def _counted(sent: Sent, catalog: Catalog) -> pl.DataFrame:
    """Rows of one file by period."""
    source = sent.file.source
    start = period_start(source)
    told = _own_rows(sent.file)
    counts = (
        told.group_by(period_start=start)
        .agg(rows=pl.len().cast(pl.Int64), members=whom(source).drop_nulls().unique())
        .collect()
    )
    return counts.select(
        source=pl.lit(source.id),
        snapshot=pl.lit(sent.file.snapshot),
        area_id=pl.lit(sent.area or (_city_of(told, catalog) if source.cadence != "once" else "")),
        period_start="period_start",
        period=label_of(source.cadence),
        rows="rows",
        members="members",
        file_order=pl.lit(sent.file.order),
    )


def _own_rows(file: LoadedFile) -> pl.LazyFrame:
    """The rows of a file that count, but for those about an area or a period outside those of the file."""
    staged = pl.scan_parquet(file.staged)
    return staged.filter(pl.col("left_out").is_null() & ~is_foreign(staged) & ~is_beyond_period(staged))


def is_beyond_period(staged: pl.LazyFrame) -> pl.Expr:
    """Whether a row names a month, or a moment, outside the period of its file: nobody knows which one it is about.

    A day of sampling outside it leaves the row to the period of the file.
    """
    problems = [pl.col(c) for c in staged.collect_schema() if c in _PROBLEMS_OF_TIME]
    return pl.any_horizontal(pl.lit(False), *((p == "outside_period").fill_null(False) for p in problems))


def period_start(source: Source, parts: dict[str, str] | None = None) -> pl.Expr:
    """First day of the part of the year that a row is about; none for a register."""
    part = (parts or _PARTS).get(source.cadence)
    if part is None:
        return pl.lit(None, pl.Date)
    return pl.col("period_start").dt.truncate(part)


def whom(source: Source) -> pl.Expr:
    """The member that a row is about: its entity, or its area where that is all the form knows."""
    has_own = source.entity or source.undertaking or source.register_as
    return pl.col("entity_id" if has_own else "area_id")


def label_of(cadence: str) -> pl.Expr:
    """How a period is written, from its first day."""
    start = pl.col("period_start")
    forms = {
        "year": start.dt.strftime("%Y"),
        "quarter": pl.format("{}-Q{}", start.dt.strftime("%Y"), start.dt.quarter()),
        "month": start.dt.strftime("%Y-%m"),
    }
    return forms.get(cadence, start.dt.strftime("%Y-%m-%d")).fill_null("")


def _city_of(told: pl.LazyFrame, catalog: Catalog) -> str:
    if "area_id" not in told.collect_schema():
        return ""
    areas = told.select(pl.col("area_id").drop_nulls().unique()).collect()["area_id"]
    cities = {catalog.city_of(area) for area in areas}
    return (cities.pop() or "") if len(cities) == 1 else ""


def replacements(files: Sequence[LoadedFile]) -> pl.DataFrame:
    """Of each file of one source, how much of it which later file replaces: columns of `REPLACEMENT`.

    Rows are those that the ledger counts.
    """
    if not files:
        return pl.DataFrame(schema=REPLACEMENT)
    own = pl.concat([_own_rows(f).select(PLACE) for f in files]).collect()
    rows, cells = (found.join(own, on=PLACE, how="semi") for found in superseded(files))
    names = {f.order: f.snapshot for f in files}
    both = pl.concat(
        [
            rows.select("snapshot", "by", rows=pl.lit(1), cells=pl.lit(0)),
            cells.select("snapshot", "by", rows=pl.lit(0), cells=pl.lit(1)),
        ]
    )
    counts = both.group_by("snapshot", "by").agg(pl.col("rows", "cells").sum()).sort("snapshot", "by")
    named = counts.with_columns(replaced_by=pl.col("by").replace_strict(names, return_dtype=pl.String))
    return named.select(pl.col(name).cast(dtype) for name, dtype in REPLACEMENT.items())
