"""What is outstanding: of each form and period, who of its register was not told of, and when it was due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import polars as pl

from analytics.asked import ASKED, asked_of, is_asked_in, register_of
from analytics.catalog import Catalog
from analytics.catalog.models import Source
from analytics.catalog.plan import Plan
from analytics.catalog.served import served_by
from analytics.periods import Period, parse_period, year_of
from analytics.warehouse.facts import LoadedFile, every_row, is_foreign
from analytics.warehouse.ledger import is_beyond_period, period_start, whom

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
    "is_whole_city": pl.Boolean,
}
NOBODY = pl.DataFrame(schema={**ASKED, "has_arrived": pl.Boolean})


@dataclass(frozen=True)
class Standing:
    """How each form stands in each period of a year (`STANDING`), and who was not told of (`MISSING`)."""

    periods: pl.DataFrame
    missing: pl.DataFrame


def standing(
    files: Sequence[LoadedFile],
    members: pl.DataFrame,
    source: Source,
    catalog: Catalog,
    *,
    year: int,
    as_of: date,
    figured: pl.DataFrame = NOBODY,
) -> Standing:
    """How a form stands in the periods of its cadence that have begun by the day `as_of`.

    `figured` are those of whom the figures of the form tell (`by_figures`), where it has no register of its own.
    `files` are those of the form that were taken: a refused one has to come again. A row that was set aside was sent.
    `expected` are those whom the form asks in the period (`asked_of`); null where that is nobody, or not known yet:
    then anything that was told is enough. A form is due on the day that the catalog has for it; where no
    document gives one no date is set.
    """
    told = told_by(files, source)
    rows: list[dict[str, object]] = []
    missing: list[pl.DataFrame] = []
    for period in _periods(source, catalog, year, as_of):
        mine = told.filter(period_start=period.start) if source.cadence != "once" else told
        ids = mine["entity_id"].drop_nulls().unique()
        expected = figured if register_of(source) is None else asked_of(source, members, catalog, period)
        silent = _silent(source, expected, ids)
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
            about = {"year": pl.lit(year), "source": pl.lit(source.id), "period": pl.lit(label)}
            missing.append(_with_whole_cities(silent, expected, catalog).with_columns(**about))
    return Standing(pl.DataFrame(rows, schema=STANDING), _as_missing(missing))


def _silent(source: Source, expected: pl.DataFrame, told: pl.Series) -> pl.DataFrame:
    """Those of whom the form was not told."""
    if register_of(source) is None:
        return expected.filter(~pl.col("has_arrived"))
    return expected.filter(~pl.col("entity_id").is_in(told.to_list()))


def by_figures(source: Source, figures: pl.DataFrame, plan: Plan, catalog: Catalog) -> pl.DataFrame:
    """The members that the figures made of a form count, and whether anything of them has arrived (`NOBODY`).

    `figures` are rows of figure_member. Not those of figures that count the whole province as one.
    """
    codes = [
        target.code
        for _, targets in served_by(source, catalog, plan)
        for target in targets
        if not catalog.indicators[target.indicator].population.whole
    ]
    mine = figures.filter(pl.col("code").is_in(codes))
    arrived = (pl.col("status") != "not_delivered").any()
    rows = mine.group_by("entity_id", maintain_order=True).agg(pl.col("name", "area_id").first(), has_arrived=arrived)
    return rows.select(pl.col(name).cast(dtype) for name, dtype in NOBODY.schema.items())


def _with_whole_cities(silent: pl.DataFrame, expected: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """The silent with `is_whole_city`: whether nobody at all of their city was told of, where it has several."""
    city = pl.col("area_id").map_elements(catalog.city_of, return_dtype=pl.String)
    asked, lacking = (frame.with_columns(city=city)["city"].drop_nulls().to_list() for frame in (expected, silent))
    whole = [c for c in set(lacking) if lacking.count(c) == asked.count(c) > 1]
    return silent.with_columns(is_whole_city=city.is_in(whole).fill_null(False))


def _as_missing(found: Sequence[pl.DataFrame]) -> pl.DataFrame:
    if not found:
        return pl.DataFrame(schema=MISSING)
    return pl.concat(found).select(pl.col(name).cast(dtype) for name, dtype in MISSING.items())


def told_by(files: Sequence[LoadedFile], source: Source) -> pl.DataFrame:
    """`period_start`, `entity_id` of all that the files tell of; a station without values was told of as stopped.

    A row about an area outside that of its delivery is not for its sender to tell, and nobody knows which month one is
    about that names another than those of its delivery.
    """
    counts = pl.col("left_out").is_null()
    if not source.is_filled_in:
        counts |= pl.col("left_out") == "blank"
    frames = [
        staged.filter(counts & ~is_foreign(staged) & ~is_beyond_period(staged))
        .select(period_start=period_start(source, _PARTS), entity_id=whom(source))
        .unique()
        for staged in map(every_row, files)
    ]
    if not frames:
        return pl.DataFrame(schema={"period_start": pl.Date, "entity_id": pl.String})
    return pl.concat(frames).unique().collect()


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
