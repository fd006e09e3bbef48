"""Flows of sections and release points from the warehouse's readings: days with the ecological flow, months of
replenishment, and the amounts that the figures count. The rules stand in `compute.flow`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from analytics.asked import valid_in
from analytics.catalog import Catalog
from analytics.catalog.indicator import ByLowest
from analytics.catalog.plan import Plan, Target
from analytics.catalog.served import deriving
from analytics.compute import flow, over_time
from analytics.compute.means import counted_value
from analytics.compute.steps import total_of
from analytics.duck import Connection
from analytics.periods import Period, year_of
from analytics.pipeline import flow_targets
from analytics.pipeline.facts import WHY
from analytics.warehouse import store
from analytics.warehouse.queries import ask

SITES, TARGETS = "flow_sites", "flow_targets"
MET, ASSESSED, EXPECTED = "flow_days_met", "flow_days_assessed", "flow_days_expected"
SECTION, RELEASE = "control_section", "release_point"
_SPAN = {"period_start": pl.Date, "period_end": pl.Date}
_WHOM = dict.fromkeys(("item", "area_id", "entity_id"), pl.String)
_AMOUNTS = {**_WHOM, **_SPAN, "value": pl.Float64}
_BOUNDS = {**_WHOM, **_SPAN, "low": pl.Float64, "high": pl.Float64}
_BEHIND = {**dict.fromkeys(("item", "member", "entity", "snapshot"), pl.String), "period_start": pl.Date}
_WINDOW = {"item": pl.String, "window_start": pl.Date, "window_end": pl.Date, "is_promised": pl.Boolean}
_WINDOWS = {
    **_WINDOW,
    "judged_on": pl.String,
    **dict.fromkeys(("months_met", "months_failed", "months_open", "days_below"), pl.Int64),
    "lowest_mean": pl.Float64,
    "is_met": pl.Boolean,
}
_MONTHS = {
    **_WINDOW,
    "month": pl.Date,
    **dict.fromkeys(("days_measured", "days_expected", "days_below"), pl.Int64),
    **dict.fromkeys(("mean", "low", "high", "target"), pl.Float64),
    "is_met_on_average": pl.Boolean,
    "is_met_every_day": pl.Boolean,
}
# What the figures know where no flow was told.
NOTHING = {
    "bounds": pl.DataFrame(schema=_BOUNDS),
    "readings_behind": pl.DataFrame(schema=_BEHIND),
    "why_open": pl.DataFrame(schema=WHY),
}


@dataclass(frozen=True)
class Flows:
    """A year of the flows: rows of the tables `flow_guarantee`, `replenishment_month` and `replenishment_window`, and
    what the figures count: `amounts`, `bounds` and `why_open` as `Facts` has them, and the `readings_behind` these.
    """

    guarantee: pl.DataFrame
    months: pl.DataFrame
    windows: pl.DataFrame
    amounts: pl.DataFrame
    bounds: pl.DataFrame
    why_open: pl.DataFrame
    readings_behind: pl.DataFrame


def assess(connection: Connection, *, plan: Plan, year: int, catalog: Catalog) -> Flows:
    """The year and the one before it, of every registered section; and every month of the windows in which the plan
    wants a river replenished, those of the year before among them.

    A day that was set aside, refused or never sent has no flow: it is open. So are all days of a section of which an
    entry in the register of targets was set aside.
    """
    source = deriving(MET, catalog)
    method = source.readings.method if source and source.readings else ""
    span = {"first": date(year - 1, 1, 1), "last": date(year + 1, 12, 31)}
    readings = ask(connection, "readings_of_method", method=method, **span)
    counted = readings.lazy().with_columns(value=counted_value())
    least = catalog.flow_method.fewest_readings_of_a_day
    daily = flow.daily_means(counted, minimum_readings=least).collect()
    registers = ask(connection, "register_members")
    sites = _with_kind(registers.filter(pl.col("register") == SITES))
    targets = registers.filter(pl.col("register") == TARGETS)
    aside = flow_targets.rows_left_out(targets, ask(connection, "still_set_aside", source=TARGETS))
    rates = pl.concat([_rates(daily, sites, targets, aside, of=told) for told in (year - 1, year)])
    replenishing = _replenishing(plan, year, catalog)
    found = [_replenished(daily, sites, target, plan=plan, year=year, catalog=catalog) for target in replenishing]
    months = pl.concat([pl.DataFrame(schema=_MONTHS), *(of_month for of_month, _ in found)])
    windows = pl.concat([pl.DataFrame(schema=_WINDOWS), *(of_window for _, of_window in found)])
    replenishment = months.rename({"month": "period_start"}).with_columns(
        area_id=pl.lit(plan.area), entity_id=pl.lit(None, pl.String), period_end=pl.col("period_start").dt.month_end()
    )
    is_whole = pl.col("days_measured") == pl.col("days_expected")
    return Flows(
        guarantee=_with_change(rates, sites, year).with_columns(year=pl.lit(year)),
        months=months.with_columns(year=pl.lit(year)),
        windows=windows.with_columns(year=pl.lit(year)),
        amounts=pl.concat([_amounts(rates), replenishment.filter(is_whole).select(_taken({**_AMOUNTS}, value="mean"))]),
        bounds=replenishment.filter(~is_whole).select(_taken(_BOUNDS)),
        why_open=pl.concat([_why_rates(rates), _why_months(months, plan)]),
        readings_behind=_behind(readings, sites, plan, months["item"].unique().to_list(), catalog),
    )


def keep(connection: Connection, found: Flows) -> None:
    """Put the year into its tables."""
    store.insert(connection, "flow_guarantee", found.guarantee)
    store.insert(connection, "replenishment_month", found.months)
    store.insert(connection, "replenishment_window", found.windows)


# Days with the ecological flow


def _rates(
    daily: pl.DataFrame, sites: pl.DataFrame, targets: pl.DataFrame, aside: pl.DataFrame, *, of: int
) -> pl.DataFrame:
    """Guarantee rates of the sections that are registered in the year, with the year as `period`.

    `targets_in_doubt` are the rows of the register of targets that may be about the section and that nobody can use.
    """
    whole = year_of(of)
    sections = sites.filter(~pl.col("is_set_aside") & (pl.col("kind") == SECTION) & valid_in(whole))
    asked = sections.lazy().select(
        "entity_id",
        period=pl.lit(of),
        period_start=pl.lit(whole.start),
        period_end=pl.lit(whole.end),
    )
    entries = flow_targets.with_sites(targets.filter(valid_in(whole)), sites)
    known = _targets(entries.filter(~pl.col("is_set_aside")).drop_nulls("site"))
    doubts = flow_targets.doubts(entries, aside, sections)
    wanted = pl.concat([known, *_contradicting(doubts)]).lazy()
    rates = flow.guarantee_rates(flow.judged_days(daily.lazy(), wanted, asked.unique())).collect()
    why = pl.coalesce("doubt", "reason")
    return (
        rates.join(doubts, on="entity_id", how="left", maintain_order="left")
        .with_columns(pl.col("targets_in_doubt").fill_null(0), reason=why)
        .drop("doubt", "seasons")
    )


def _targets(entries: pl.DataFrame) -> pl.DataFrame:
    """The targets of the sections by season, as `flow.judged_days` needs them."""
    return entries.select(
        "first",
        "last",
        entity_id="site",
        since="valid_from",
        target="flow_target_m3_s",
        required_pct="required_rate_pct",
    )


def _contradicting(doubts: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Two targets that differ, in its season and beside all others: what the entry would have said nobody knows."""
    seasons = doubts.explode("seasons").unnest("seasons")
    for target in (None, 0.0):
        yield seasons.select(
            "first",
            "last",
            "entity_id",
            since=pl.lit(date.max),
            target=pl.lit(target, pl.Float64),
            required_pct=pl.lit(None, pl.Float64),
        )


def _amounts(rates: pl.DataFrame) -> pl.DataFrame:
    """The days of each section; of one without a target every day of the year is expected: each may have had one."""
    days = {MET: "days_met", ASSESSED: "days_assessed", EXPECTED: "days_expected"}
    dated = rates.with_columns(
        period_start=pl.date(pl.col("period"), 1, 1), period_end=pl.date(pl.col("period"), 12, 31)
    )
    spans = dated.with_columns(
        days_expected=pl.when(pl.col("days_expected") == 0).then(over_time.days()).otherwise("days_expected")
    )
    return pl.concat(
        spans.with_columns(item=pl.lit(item), area_id=pl.lit(None, pl.String)).select(_taken(_AMOUNTS, value=column))
        for item, column in days.items()
    )


def _with_change(rates: pl.DataFrame, sites: pl.DataFrame, year: int) -> pl.DataFrame:
    """The rates, those of the year with their `change` since the one before [points], and its bounds."""
    now, before = (rates.filter(pl.col("period") == told) for told in (year, year - 1))
    sections = sites.unique("entity_id", keep="last").join(now, on="entity_id", how="semi")
    population = sections.with_columns(part=pl.lit(""))
    found = flow.change_of_guarantee(now, before, population, by=["entity_id"])
    named = found.select("entity_id", change="value", change_low="low", change_high="high", period=pl.lit(year))
    return rates.join(named, on=["entity_id", "period"], how="left", maintain_order="left")


def _why_rates(rates: pl.DataFrame) -> pl.DataFrame:
    """Why the days of a section are open; of one that lacks some days alone, how many these are."""
    in_doubt, missing = pl.col("targets_in_doubt"), pl.col("days_missing")
    because_of_target = pl.when(in_doubt == 0).then("reason").otherwise(pl.format("{}: {}", "reason", in_doubt))
    told = (
        pl.when(pl.col("reason").is_in(["no_required_rate", "undecided"]) | pl.col("reason").is_null())
        .then(pl.when(missing > 0).then(pl.format("days_missing: {}", missing)))
        .otherwise(because_of_target)
    )
    return (
        rates.with_columns(item=pl.lit(MET), period_start=pl.date(pl.col("period"), 1, 1), reason=told)
        .drop_nulls("reason")
        .select(_taken(WHY))
    )


# Replenishment of a river


def _replenishing(plan: Plan, year: int, catalog: Catalog) -> list[Target]:
    """Targets of the year whose figure is the lowest month of what the form brings."""
    source = deriving(MET, catalog)
    derived = source.derived if source else []

    def wants(target: Target) -> bool:
        numerator = catalog.indicators[target.indicator].numerator
        return isinstance(numerator, ByLowest) and numerator.lowest in derived and target.window is not None

    return [t for t in plan.targets() if wants(t) and catalog.promised(plan, t, year) is not None]


def _replenished(
    daily: pl.DataFrame, sites: pl.DataFrame, target: Target, *, plan: Plan, year: int, catalog: Catalog
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The months of the window of a target of which any flow was told, those of the window before it as well; and these
    windows as a whole, by the mean of each month and by every day."""
    numerator, level = catalog.indicators[target.indicator].numerator, catalog.promised(plan, target, year)
    if not isinstance(numerator, ByLowest) or level is None or target.window is None:
        raise TypeError(target.code)
    window = plan.windows[target.window]
    spans = [(told, *span) for told in (year - 1, year) for span in window.spans(told)]
    asked = pl.DataFrame(
        [{"entity_id": plan.area, "period": told, "period_start": a, "period_end": b} for told, a, b in spans]
    )
    released = pl.concat(_released(daily, sites, Period(a, b, "year", str(told)), catalog) for told, a, b in spans)
    told_of = released["day"].dt.month_start().unique().to_list()
    months = flow.months_at_level(
        released.with_columns(site_id=pl.lit(plan.area)).lazy(), asked.lazy(), target=level, possible=(0.0, None)
    ).collect()
    about = asked.select(
        "period",
        window_start="period_start",
        window_end="period_end",
        item=pl.lit(numerator.lowest),
        is_promised=pl.col("period") == year,
    )
    of_months = months.filter(pl.col("month").is_in(told_of)).join(about, on="period", how="left")
    windows = pl.concat(
        flow.windows_held(months.lazy(), judged_on=way).collect().with_columns(judged_on=pl.lit(way))
        for way in ("is_met_on_average", "is_met_every_day")
    )
    told = windows.join(of_months.select("period"), on="period", how="semi").join(about, on="period", how="left")
    return of_months.with_columns(target=pl.lit(level)).select(_taken(_MONTHS)), told.select(_taken(_WINDOWS))


def _released(daily: pl.DataFrame, sites: pl.DataFrame, span: Period, catalog: Catalog) -> pl.DataFrame:
    """What all release points of the river gave it on each day; on a day on which one of them is missing no mean, and
    at least what the others gave (`at_least`).

    One whose entry in the register was set aside may be a release point, and counts as one of which nothing is known.
    """
    river = catalog.flow_method.replenished_river
    may_be = (pl.col("kind") == RELEASE) & (pl.col("river") == river)
    points = sites.filter(valid_in(span) & may_be.fill_null(pl.col("is_set_aside")))
    is_sure = (may_be & ~pl.col("is_set_aside")).fill_null(False)
    mine = daily.join(points.group_by(site_id="entity_id").agg(is_sure=is_sure.any()), on="site_id")
    is_whole = pl.col("mean").count() == points["entity_id"].n_unique()
    given = mine.filter(pl.col("day").is_between(span.start, span.end)).group_by("day")
    return given.agg(
        mean=pl.when(is_whole).then(total_of(pl.col("mean"))), at_least=total_of(pl.col("mean").filter("is_sure"))
    )


def _why_months(months: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """How many days of a month lack the flow of a release point."""
    lacking = pl.col("days_expected") - pl.col("days_measured")
    return (
        months.filter(lacking > 0)
        .with_columns(
            entity_id=pl.lit(plan.area), period_start="month", reason=pl.format("release_days_missing: {}", lacking)
        )
        .select(_taken(WHY))
    )


# What stands behind


def _with_kind(sites: pl.DataFrame) -> pl.DataFrame:
    return sites.with_columns(kind=pl.col("attributes").str.json_path_match("$.flow_site"))


def _behind(
    readings: pl.DataFrame, sites: pl.DataFrame, plan: Plan, replenished: list[str], catalog: Catalog
) -> pl.DataFrame:
    """Each reading once for the section whose days it makes, or for the province that it replenishes."""
    kinds = sites.unique("entity_id", keep="last").select(site_id="entity_id", kind="kind", river="river")
    rows = readings.join(kinds, on="site_id").select(
        "kind", "river", "snapshot", entity="site_id", period_start=pl.col("taken_at").dt.date()
    )
    of_sections = rows.filter(pl.col("kind") == SECTION).with_columns(item=pl.lit(MET), member="entity")
    released = (pl.col("kind") == RELEASE) & (pl.col("river") == catalog.flow_method.replenished_river)
    of_river = [rows.filter(released).with_columns(item=pl.lit(item), member=pl.lit(plan.area)) for item in replenished]
    return pl.concat(frame.select(_taken(_BEHIND)) for frame in (of_sections, *of_river))


def _taken(schema: Mapping[str, type[pl.DataType]], **named: str) -> list[pl.Expr]:
    """The columns of a schema, in its order and types; `named` are those that bear another name."""
    return [pl.col(named.get(name, name)).cast(dtype).alias(name) for name, dtype in schema.items()]
