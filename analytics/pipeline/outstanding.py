"""What is outstanding: of each form and period, who of its register was not told of, and when it was due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import polars as pl

from analytics.asked import ASKED, asked_of, is_asked_in
from analytics.catalog import Catalog
from analytics.catalog.models import Source
from analytics.catalog.plan import Target
from analytics.periods import Period, parse_period, year_of
from analytics.pipeline.named_works import targets_told_by, work_meant, works_named
from analytics.warehouse.facts import LoadedFile
from analytics.warehouse.ledger import period_start, whom

State = Literal["complete", "not_over", "no_date_set", "not_yet_due", "overdue"]
# What comes several times a month is looked at month by month.
_PARTS = {"year": "1y", "quarter": "1q", "month": "1mo", "day": "1mo", "4h": "1mo"}
_PERIODS = {
    "year": ["{}"],
    "quarter": [f"{{}}-Q{q}" for q in range(1, 5)],
    "month": [f"{{}}-{m:02d}" for m in range(1, 13)],
}
STANDING: dict[str, pl.DataType | type[pl.DataType]] = {
    "year": pl.Int64,
    "source": pl.String,
    "department": pl.String,
    "period": pl.String,
    "period_end": pl.Date,
    "due": pl.Date,
    "state": pl.String,
    "expected": pl.Int64,
    "told": pl.Int64,
}
MISSING: dict[str, pl.DataType | type[pl.DataType]] = {
    "year": pl.Int64,
    "source": pl.String,
    "period": pl.String,
    "entity_id": pl.String,
    "name": pl.String,
    "area_id": pl.String,
}


@dataclass(frozen=True)
class Standing:
    """How each form stands in each period of a year (`STANDING`), and who was not told of (`MISSING`)."""

    periods: pl.DataFrame
    missing: pl.DataFrame


def standing(
    files: Sequence[LoadedFile], members: pl.DataFrame, source: Source, catalog: Catalog, *, year: int, as_of: date
) -> Standing:
    """How a form stands in the periods of its cadence that have begun by the day `as_of`.

    `files` are those of the form that were taken: a refused one has to come again. A row that was set aside was sent.
    `expected` are those whom the form asks in the period (`asked_of`), of a form of works those that a plan names; null
    where that is nobody, or not known yet: then anything that was told is enough. A form is due on the day that the
    catalog has for it; where no document gives one no date is set.
    """
    told = _told(files, source, targets_told_by(source, year, catalog), catalog)
    rows: list[dict[str, object]] = []
    missing: list[pl.DataFrame] = []
    for period in _periods(source, catalog, year, as_of):
        mine = told.filter(period_start=period.start) if source.cadence != "once" else told
        ids = mine["entity_id"].drop_nulls().unique()
        expected = _expected(source, members, period, catalog)
        silent = expected.filter(~pl.col("entity_id").is_in(ids.to_list()))
        is_known = source.cadence != "once" and not expected.is_empty()
        is_complete = silent.is_empty() if is_known else not mine.is_empty()
        label = period.label if source.cadence != "once" else ""
        due = _due(source, period, catalog)
        rows.append(
            {
                "year": year,
                "source": source.id,
                "department": source.department,
                "period": label,
                "period_end": period.end,
                "due": due,
                "state": "complete" if is_complete else _waits(source, period, due, as_of),
                "expected": expected.height if is_known else None,
                "told": expected.height - silent.height if is_known else ids.len(),
            }
        )
        if is_known:
            missing.append(silent.with_columns(year=pl.lit(year), source=pl.lit(source.id), period=pl.lit(label)))
    return Standing(pl.DataFrame(rows, schema=STANDING), _as_missing(missing))


def _as_missing(found: Sequence[pl.DataFrame]) -> pl.DataFrame:
    if not found:
        return pl.DataFrame(schema=MISSING)
    return pl.concat(found).select(pl.col(name).cast(dtype) for name, dtype in MISSING.items())


def _told(files: Sequence[LoadedFile], source: Source, naming: Sequence[Target], catalog: Catalog) -> pl.DataFrame:
    """`period_start`, `entity_id` of all that the files tell of; a station without values was told of as stopped.

    A row about works that the targets `naming` name is told of these.
    """
    if naming:
        return _told_of_works(files, source, naming, catalog)
    counts = pl.col("left_out").is_null()
    if source.readings is not None:
        counts |= pl.col("left_out") == "blank"
    frames = [
        pl.scan_parquet(file.staged)
        .filter(counts)
        .select(period_start=period_start(source, _PARTS), entity_id=whom(source))
        .unique()
        for file in files
    ]
    if not frames:
        return pl.DataFrame(schema={"period_start": pl.Date, "entity_id": pl.String})
    return pl.concat(frames).unique().collect()


def _told_of_works(
    files: Sequence[LoadedFile], source: Source, naming: Sequence[Target], catalog: Catalog
) -> pl.DataFrame:
    """A row for each work that a row is about, with no `entity_id` where that is none of those named."""
    if source.undertaking is None:
        raise ValueError(source.id)
    names = {"area_id": "area_id", "name": source.undertaking.name, "river": "river"}
    rows: list[tuple[date, str | None]] = []
    for file in files:
        staged = pl.scan_parquet(file.staged).filter(pl.col("left_out").is_null())
        known = staged.collect_schema()
        about = [pl.col(n).alias(c) if n in known else pl.lit(None, pl.String).alias(c) for c, n in names.items()]
        for start, area, name, river in staged.select(period_start(source, _PARTS), *about).collect().iter_rows():
            rows += [(start, work_meant(target, (area, name, river), catalog)) for target in naming]
    return pl.DataFrame(rows, schema={"period_start": pl.Date, "entity_id": pl.String}, orient="row").unique()


def _expected(source: Source, members: pl.DataFrame, period: Period, catalog: Catalog) -> pl.DataFrame:
    """Whom the form is to tell of: works that a plan names, else those whom the form asks in the period."""
    works = [work for t in targets_told_by(source, period.year, catalog) for work in works_named(t, catalog)]
    if not works:
        return asked_of(source, members, catalog, period)
    return pl.DataFrame(works, schema=ASKED, orient="row").unique("entity_id", maintain_order=True)


def _periods(source: Source, catalog: Catalog, year: int, as_of: date) -> Iterator[Period]:
    """The periods of the year that have begun, and of which the form is asked."""
    if source.cadence == "once":
        yield year_of(year)
        return
    for form in _PERIODS.get(source.cadence, _PERIODS["month"]):
        period = parse_period(form.format(year))
        if period.start <= as_of and is_asked_in(source, catalog, period):
            yield period


def _due(source: Source, period: Period, catalog: Catalog) -> date | None:
    said = catalog.due.get(source.id)
    return period.end + timedelta(days=said.days_after) if said else None


def _waits(source: Source, period: Period, due: date | None, as_of: date) -> State:
    if source.cadence != "once" and period.end > as_of:
        return "not_over"
    if due is None:
        return "no_date_set"
    return "overdue" if as_of > due else "not_yet_due"
