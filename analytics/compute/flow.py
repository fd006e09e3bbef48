"""Ecological flow: daily means, the guarantee rate of a section, months at or above a level, and loads of pollutants.

Targets and required rates are those of each section's own approved plan: there is no default for either. What is
missing has a `reason`: no_target, targets_contradict (two on one day, which stands whatever the answer), no_data,
no_required_rate, undecided (the answer turns on days without a reading), incomplete.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

import polars as pl

from analytics.compute import kinds, members, verdict
from analytics.compute.shape import Frame, Kind, Shape
from analytics.compute.steps import Every, mean_of, share_pct, steps_of, total_of
from analytics.errors import CheckFailed

_DAY = ("entity_id", "day")
_OF_PERIOD = ("entity_id", "period")
_COUNTS = ("days_met", "days_failed", "days_expected", "days_contradicted")
_AT_LEAST = pl.lit(">=")
# 1 mg/L is 1 g/m³.
_TONNES_PER_GRAM = 1e-6
_READINGS = Shape("readings of a flow", {"site_id": Kind.TEXT, "taken_at": Kind.TIME, "value": Kind.NUMBER})
_DAILY = Shape(
    "means of days",
    {"site_id": Kind.TEXT, "day": Kind.DAY, "mean": Kind.NUMBER},
    key=("site_id", "day"),
    optional={"at_least": Kind.NUMBER},
)
_TARGETS = Shape(
    "targets of flows",
    dict.fromkeys(("entity_id", "first", "last"), Kind.TEXT)
    | {"since": Kind.DAY, "target": Kind.NUMBER, "required_pct": Kind.NUMBER},
)
_CONCENTRATED = Shape(
    "readings of a concentration",
    {
        "site_id": Kind.TEXT,
        "parameter": Kind.TEXT,
        "taken_at": Kind.TIME,
        "value": Kind.AMOUNT,
        "below_limit": Kind.FLAG,
    },
)
_OF_STEPS = {"site_id": Kind.TEXT, "step": Kind.DAY, "mean": Kind.NUMBER}
_FLOWS = Shape("mean flows", _OF_STEPS, key=("site_id", "step"))
_CONCENTRATIONS = Shape(
    "mean concentrations",
    _OF_STEPS | {"parameter": Kind.TEXT, "mean": Kind.AMOUNT},
    key=("site_id", "parameter", "step"),
)


# Guarantee rate 保证率


def daily_means(readings: Frame, *, minimum_readings: int) -> pl.LazyFrame:
    """Mean flow of each site and day; null on a day with fewer readings than make it valid.

    Parameters
    ----------
    readings
        One row per reading: `site_id`, `taken_at`, `value` [m³/s], at equal spacing over the day. Rows without a value
        take no part. A dry bed is a flow of 0, not a missing one.
    minimum_readings
        Fewest readings of a valid day.

    Returns
    -------
    pl.LazyFrame
        `site_id`, `day`, `mean` [m³/s], `readings` (how many); no row for a day without any.
    """
    return (
        _READINGS.of(readings)
        .drop_nulls(["site_id", "taken_at", "value"])
        .group_by("site_id", day=pl.col("taken_at").dt.date())
        .agg(mean=pl.when(pl.len() >= minimum_readings).then(mean_of(pl.col("value"))), readings=pl.len())
    )


def judged_days(daily: Frame, targets: Frame, asked: Frame) -> pl.LazyFrame:
    """Every day that is asked about, with the flow that the section needs on it and whether that flow was there.

    Parameters
    ----------
    daily
        From `daily_means`.
    targets
        One row per section and season: `entity_id` (the site), `first` and `last` (month and day, `"12-01"`; where the
        last comes before the first the season runs over the year's end, and `"02-28"` is the end of February in any
        year), `since` (the day from which it holds, null: it always did; on a day of several the latest counts),
        `target` [m³/s], `required_pct` (guarantee rate that the section's plan requires, null: none known).
    asked
        One row per section and period: `entity_id`, `period`, `period_start`, `period_end` (both included).

    Returns
    -------
    pl.LazyFrame
        `entity_id`, `period`, `day`, `mean`, `target` (null: none on that day), `required_pct`, `is_contradicted` (two
        targets that differ, both as late), `is_met` (null without a mean or a target). A mean that stands on its target
        meets it.
    """
    days = steps_of(asked, every="1d").rename({"step": "day"})
    seasons = _TARGETS.of(targets).map_batches(_with_seasons, projection_pushdown=False)
    wanted = _targets_of_days(days.select(_DAY).unique(), seasons)
    return (
        days.join(wanted, on=_DAY, how="left")
        .join(_DAILY.of(daily).select("day", "mean", entity_id="site_id"), on=_DAY, how="left")
        .with_columns(pl.col("is_contradicted").fill_null(False), comparison=_AT_LEAST)
        .with_columns(is_met=verdict.holds(pl.col("mean")))
        .select("entity_id", "period", "day", "mean", "target", "required_pct", "is_contradicted", "is_met")
    )


def _with_seasons(targets: pl.DataFrame) -> pl.DataFrame:
    """The targets; raises `CheckFailed` where a season does not begin and end on a month and day."""
    is_odd = ~pl.all_horizontal(pl.col("first", "last").str.contains(r"^\d\d-\d\d$").fill_null(False))
    odd = targets.filter(is_odd)
    if odd.is_empty():
        return targets
    first = odd.row(0, named=True)
    raise CheckFailed(
        "The season of a flow target cannot be read.",
        where=f"entity_id {first['entity_id']}",
        found=f"{first['first']} to {first['last']}",
        expected="month and day, such as 04-01 to 10-31",
        next_step="Write the first and the last day of the season as month and day.",
    )


def _targets_of_days(days: pl.LazyFrame, targets: pl.LazyFrame) -> pl.LazyFrame:
    """The one target of each section and day that lies in a season, the latest plan's; two that differ are none."""
    day, first = pl.col("day").dt.strftime("%m-%d"), pl.col("first")
    last = pl.when(pl.col("last") == "02-28").then(pl.lit("02-29")).otherwise("last")
    inside = pl.when(first <= last).then((day >= first) & (day <= last)).otherwise((day >= first) | (day <= last))
    target, required = pl.col("target"), pl.col("required_pct")
    since = pl.col("since").fill_null(date.min)
    return (
        days.join(targets, on="entity_id")
        .filter(inside)
        .filter(since == since.max().over(_DAY))
        .group_by(_DAY)
        .agg(
            target=pl.when(target.n_unique() == 1).then(target.first()),
            required_pct=pl.when(required.n_unique() == 1).then(required.first()),
            is_contradicted=target.n_unique() > 1,
        )
    )


def guarantee_rates(days: pl.LazyFrame) -> pl.LazyFrame:
    """Share of days on which a section had the flow it needs, and whether that reaches the rate its plan requires.

    Days without a reading are missing, never met: at worst all of them fell short, at best none did. Days without a
    target are not assessed. Where seasons require different rates the days of each are held against their own, and
    every one must be reached.

    Parameters
    ----------
    days
        From `judged_days`.

    Returns
    -------
    pl.LazyFrame
        `entity_id`, `period`, `days_met`, `days_assessed`, `days_missing`, `days_expected` (with a target), `value`,
        `low`, `high` [%] (met of assessed; of expected at worst and at best), `required_pct` (null where seasons
        differ), `reaches` (null: not to be told), `reason` (see the module). Source: the days with a daily mean at or
        above the target of those assessed, well known (B); no regulation of it was seen.
    """
    parts = _counted_by_rate(days)
    required, asked = pl.col("required_pct"), pl.col("days_expected") > 0
    return (
        parts.group_by(_OF_PERIOD)
        .agg(
            pl.col(_COUNTS).sum(),
            required_pct=pl.when(required.filter(asked).n_unique() == 1).then(required.filter(asked).first()),
            lacks_rate=(required.is_null() & asked).any(),
            reaches=pl.when(asked.any()).then(pl.col("reaches").filter(asked).all(ignore_nulls=False)),
        )
        .with_columns(
            **_shares(),
            days_assessed=pl.col("days_met") + pl.col("days_failed"),
            days_missing=pl.col("days_expected") - pl.col("days_met") - pl.col("days_failed"),
        )
        .with_columns(reason=_reason())
        .select(
            *(*_OF_PERIOD, "days_met", "days_assessed", "days_missing", "days_expected"),
            *("value", "low", "high", "required_pct", "reaches", "reason"),
        )
        .sort(_OF_PERIOD)
    )


def _counted_by_rate(days: pl.LazyFrame) -> pl.LazyFrame:
    """The days of each section, period and required rate, and whether they reach it."""
    is_met, is_contradicted = pl.col("is_met"), pl.col("is_contradicted")
    return (
        days.group_by(*_OF_PERIOD, "required_pct")
        .agg(
            days_met=is_met.sum().cast(pl.Int64),
            days_failed=(~is_met).sum().cast(pl.Int64),
            days_expected=(pl.col("target").is_not_null() | is_contradicted).sum().cast(pl.Int64),
            days_contradicted=is_contradicted.sum().cast(pl.Int64),
        )
        .with_columns(**_shares(), target="required_pct", comparison=_AT_LEAST)
        .with_columns(reaches=verdict.holds_throughout())
    )


def _shares() -> dict[str, pl.Expr]:
    return share_pct(met=pl.col("days_met"), failed=pl.col("days_failed"), expected=pl.col("days_expected"))


def _reason() -> pl.Expr:
    return (
        pl.when(pl.col("days_expected") == 0)
        .then(pl.lit("no_target"))
        .when(pl.col("days_contradicted") > 0)
        .then(pl.lit("targets_contradict"))
        .when(pl.col("days_assessed") == 0)
        .then(pl.lit("no_data"))
        .when(pl.col("lacks_rate"))
        .then(pl.lit("no_required_rate"))
        .when(pl.col("reaches").is_null())
        .then(pl.lit("undecided"))
    )


# Over many sections, and against the year before


def guarantee_members(rates: pl.DataFrame, population: pl.DataFrame) -> pl.DataFrame:
    """The sections' days as a member frame, so that `kinds.ratio` sums them for a river or the province.

    Parameters
    ----------
    rates
        From `guarantee_rates`, of one period.
    population
        The description columns of `compute.members`, one row per section; one of which nothing is told is missing, and
        so is one without a target: nobody can say on how many days it had what it needs.
    """
    told = rates.select("entity_id", "days_met", "days_assessed", "days_missing", "days_expected")
    met, expected = pl.col("days_met").cast(pl.Float64), pl.col("days_expected").cast(pl.Float64)
    has_none, is_assessed = pl.col("days_expected") == 0, (pl.col("days_assessed") > 0).fill_null(False)
    return (
        population.select(members.DESCRIPTION)
        .join(told, on="entity_id", how="left")
        .with_columns(
            numerator=pl.when(is_assessed).then(met),
            denominator=pl.when(is_assessed).then(pl.col("days_assessed").cast(pl.Float64)),
            numerator_low=met.fill_null(0.0),
            numerator_high=pl.when(~has_none).then(met + pl.col("days_missing")),
            denominator_high=pl.when(~has_none).then(expected),
            denominator_low=pl.when(~has_none).then(expected),
            status=pl.when(is_assessed).then(pl.lit("used")).otherwise(pl.lit("not_delivered")),
            reason=pl.when(has_none).then(pl.lit("no_target")),
        )
        .select(members.COLUMNS)
        .sort(members.CELL)
    )


def change_of_guarantee(
    now: pl.DataFrame, before: pl.DataFrame, population: pl.DataFrame, *, by: Sequence[str]
) -> pl.DataFrame:
    """This year's guarantee rate less last year's [percentage points], on the sections that were assessed in both.

    Parameters
    ----------
    now, before
        From `guarantee_rates`, of the two years.
    population
        As in `guarantee_members`.
    by
        Columns of the population that name the group; none for one row over all.

    Returns
    -------
    pl.DataFrame
        As `kinds.change`; a section that lacks one of the years takes no part in the value, and leaves it open.
    """
    both = (guarantee_members(rates, population) for rates in (now, before))
    return kinds.change(*both, by=by, how="points")


# Months at or above a level: replenishment of a river, the temperature of what feeds a wetland


def months_at_level(daily: Frame, asked: Frame, *, target: float, possible: tuple[float, float | None]) -> pl.LazyFrame:
    """Every month of the periods asked about, and whether it held the level on average and on every day.

    Of a month that was measured in part both answers are given where the other days cannot change them, else they are
    open. A window such as December to March is one period, whichever years it lies in.

    Parameters
    ----------
    daily
        `site_id`, `day`, `mean`: one row per day, as from `daily_means`; where a day is known in part it has no mean,
        and `at_least` [same unit], below which it cannot have been (null: nothing known).
    asked
        As in `judged_days`, `entity_id` being the site.
    target
        The level to be held [unit of the mean]; a mean that stands on it holds it.
    possible
        The least and the most that a day can be (None: nothing bounds it) [same unit].

    Returns
    -------
    pl.LazyFrame
        `entity_id`, `period`, `month` (first day), `days_measured`, `days_expected`, `days_below`, `mean` (of the days
        measured), `low`, `high` (of the month with the other days at their least and most; null: unbounded),
        `is_met_on_average`, `is_met_every_day` (null: open). Source: plan_2021_clause_1, plan_2021_clause_14; which of
        the two is meant the text does not say.
    """
    days = steps_of(asked, every="1d").rename({"step": "day"})
    least, most = possible
    of_days = _DAILY.of(daily)
    in_part = pl.col("at_least") if "at_least" in of_days.collect_schema() else pl.lit(None, pl.Float64)
    told = of_days.select("day", "mean", entity_id="site_id", at_least=pl.coalesce("mean", in_part))
    measured = days.join(told, on=_DAY, how="left").with_columns(pl.col("at_least").fill_null(least))
    held = measured.with_columns(target=pl.lit(target), comparison=_AT_LEAST)
    return (
        held.with_columns(is_below=~verdict.holds(pl.col("mean")), is_sure=verdict.holds(pl.col("at_least")))
        .group_by(*_OF_PERIOD, month=pl.col("day").dt.month_start())
        .agg(
            days_measured=pl.col("mean").count().cast(pl.Int64),
            days_expected=pl.len().cast(pl.Int64),
            days_below=pl.col("is_below").sum().cast(pl.Int64),
            total=total_of(pl.col("mean")),
            mean=mean_of(pl.col("mean")),
            low=total_of(pl.col("at_least")) / pl.len(),
            is_sure=pl.col("is_sure").all(),
        )
        .with_columns(high=_most_of_month(most), target=pl.lit(target), comparison=_AT_LEAST)
        .with_columns(is_met_on_average=verdict.holds_throughout(), is_met_every_day=_every_day())
        .drop("total", "is_sure", "target", "comparison")
        .sort(*_OF_PERIOD, "month")
    )


def _most_of_month(most: float | None) -> pl.Expr:
    """The mean with the days that lack one at their most; null: unbounded."""
    missing = pl.col("days_expected") - pl.col("days_measured")
    unbounded = (missing > 0) & pl.lit(most is None)
    return pl.when(~unbounded).then((pl.col("total") + missing * (most or 0.0)) / pl.col("days_expected"))


def _every_day() -> pl.Expr:
    return pl.when(pl.col("days_below") > 0).then(False).when("is_sure").then(True)


def windows_held(months: pl.LazyFrame, *, judged_on: Literal["is_met_on_average", "is_met_every_day"]) -> pl.LazyFrame:
    """Whether every month of a period held the level: one that did not decides, one that is open leaves it open.

    Parameters
    ----------
    months
        From `months_at_level`.
    judged_on
        Whether months are judged by their mean or by each of their days: a setting of the plan.

    Returns
    -------
    pl.LazyFrame
        `entity_id`, `period`, `months_met`, `months_failed`, `months_open`, `lowest_mean` (of the days measured),
        `days_below`, `is_met`.
    """
    is_met = pl.col(judged_on)
    return (
        months.group_by(_OF_PERIOD)
        .agg(
            months_met=is_met.sum().cast(pl.Int64),
            months_failed=(~is_met).sum().cast(pl.Int64),
            months_open=is_met.null_count().cast(pl.Int64),
            lowest_mean=pl.col("mean").min(),
            days_below=pl.col("days_below").sum(),
            is_met=is_met.all(ignore_nulls=False),
        )
        .sort(_OF_PERIOD)
    )


# Loads


def load_concentrations(readings: Frame, *, every: Every) -> pl.LazyFrame:
    """Mean concentration of each site, parameter and day or month, as it enters a load: below the limit it is nothing.

    Parameters
    ----------
    readings
        As for `means.monthly_means`, in mg/L. Rows without a value take no part.

    Returns
    -------
    pl.LazyFrame
        `site_id`, `parameter`, `step` (the day, or the first day of the month), `mean` [mg/L]. Source: sl219_2013,
        12.2.5. In every other statistic half the limit of detection counts: see `means`.
    """
    below = pl.col("below_limit").fill_null(False)
    return (
        _CONCENTRATED.of(readings)
        .drop_nulls(["site_id", "parameter", "taken_at", "value"])
        .group_by("site_id", "parameter", step=pl.col("taken_at").dt.date().dt.truncate(every))
        .agg(mean=mean_of(pl.when(below).then(pl.lit(0.0)).otherwise("value")))
    )


def mean_flows(daily: Frame, *, every: Every, minimum_days: int) -> pl.LazyFrame:
    """Mean flow of each site and day or month; null for a month with fewer days than make it valid.

    Parameters
    ----------
    daily
        From `daily_means`.

    Returns
    -------
    pl.LazyFrame
        `site_id`, `step` (the day, or the first day of the month), `mean` [m³/s], `days` (how many have a mean).
    """
    days = pl.col("mean").count()
    return (
        _DAILY.of(daily)
        .group_by("site_id", step=pl.col("day").dt.truncate(every))
        .agg(mean=pl.when(days >= minimum_days).then(mean_of(pl.col("mean"))), days=days)
    )


def loads(concentrations: Frame, flows: Frame, asked: Frame, *, every: Every) -> pl.LazyFrame:
    """What a river carries past each section in each period: the sum of concentration × flow over its days or months.

    Where nothing flows nothing is carried, whatever the concentration. A step that lacks its concentration or its flow
    is open, and so is the load of the period: never as if nothing had passed.

    Parameters
    ----------
    concentrations
        From `load_concentrations`.
    flows
        From `mean_flows`.
    asked
        One row per section, parameter and period: `entity_id`, `parameter`, `period`, `period_start`, `period_end`.

    Returns
    -------
    pl.LazyFrame
        `entity_id`, `parameter`, `period`, `load_t`, `so_far_t` [t] (the sum of the steps that are known),
        `steps_used`, `steps_expected`, `without_concentration`, `without_flow` (steps), `reason` (no_data or
        incomplete).
        Source: sl219_2013, 12.2.5 for what is below the limit; the rest is the method load_by_months.
    """
    key = ("entity_id", "parameter", "period")
    seconds = (pl.col("step").dt.offset_by(every) - pl.col("step")).dt.total_seconds()
    carried = pl.col("concentration") * pl.col("flow") * seconds * _TONNES_PER_GRAM
    used = pl.col("carried").count()
    return (
        steps_of(asked, every=every, by=["parameter"])
        .join(_FLOWS.of(flows).select("step", entity_id="site_id", flow="mean"), on=["entity_id", "step"], how="left")
        .join(
            _CONCENTRATIONS.of(concentrations).select("parameter", "step", entity_id="site_id", concentration="mean"),
            on=["entity_id", "parameter", "step"],
            how="left",
        )
        .with_columns(carried=pl.when(pl.col("flow") == 0).then(0.0).otherwise(carried))
        .group_by(key)
        .agg(
            load_t=pl.when(used == pl.len()).then(total_of(pl.col("carried"))),
            so_far_t=pl.when(used > 0).then(total_of(pl.col("carried"))),
            steps_used=used.cast(pl.Int64),
            steps_expected=pl.len().cast(pl.Int64),
            without_concentration=pl.col("concentration").null_count().cast(pl.Int64),
            without_flow=pl.col("flow").null_count().cast(pl.Int64),
            reason=pl.when(used == 0).then(pl.lit("no_data")).when(used < pl.len()).then(pl.lit("incomplete")),
        )
        .sort(key)
    )
