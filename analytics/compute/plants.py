"""Sewage plants: discharge held against limits, influent concentration and collection rate.

What is missing has a `reason`: no_data, items_missing, limit_open (a temperature, a limit of detection or a value set
aside leaves it open, or there is no limit), no_people, incomplete. Means of readings are made elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import polars as pl

from analytics.catalog.method import PlantAssessment
from analytics.catalog.models import Parameter
from analytics.catalog.standard import Standard
from analytics.compute import kinds, members, water_class
from analytics.compute.means import counted_value, weighted
from analytics.compute.rounding import NOISE, exceedance
from analytics.compute.shape import Frame, Kind, Shape, at_once
from analytics.compute.steps import ASKED, Every, mean_of, share_pct, steps_of, total_of

WARM, COLD = "above_12_degrees", "at_most_12_degrees"
_STEP = ("entity_id", "step")
ITEM = (*_STEP, "parameter")
_OF_ITEM = {"entity_id": Kind.TEXT, "step": Kind.DAY, "parameter": Kind.KEY}
_WITH_ITEMS = replace(ASKED, columns={**ASKED.columns, "items": Kind.TEXTS})
_SINGLE = Shape("readings of plants", _OF_ITEM | {"value": Kind.AMOUNT, "below_limit": Kind.FLAG}, key=ITEM)
_MEANS = dict.fromkeys(("mean", "mean_low", "mean_high"), Kind.AMOUNT)
_VALUES = Shape("values of plants", _OF_ITEM | _MEANS, key=ITEM)
_PLANTS = Shape("plants", dict.fromkeys(("entity_id", "standard", "grade"), Kind.TEXT), key=("entity_id",))
_BOUNDS = {"parameter": Kind.TEXT, "low": Kind.NUMBER, "high": Kind.NUMBER}
_LIMITS = Shape(
    "limits of standards",
    dict.fromkeys(("standard", "grade"), Kind.TEXT) | _BOUNDS,
    key=("standard", "grade", "parameter"),
    optional={"case": Kind.TEXT},
)
_LIMITS_OF_PLANTS = Shape(
    "limits of plants", {"entity_id": Kind.TEXT} | _BOUNDS, key=("entity_id", "parameter"), optional={"case": Kind.TEXT}
)
_TEMPERATURES = Shape(
    "water temperatures", {"entity_id": Kind.TEXT, "step": Kind.DAY, "temperature": Kind.NUMBER}, key=_STEP
)
JUDGED_ITEMS = Shape(
    "judged items",
    _OF_ITEM | _MEANS | dict.fromkeys(("strictest", "loosest"), Kind.NUMBER) | {"is_within": Kind.FLAG},
    key=ITEM,
)
_MONTHS = Shape(
    "months of plants",
    {"entity_id": Kind.TEXT, "month": Kind.DAY} | dict.fromkeys(("influent_bod5", "treated_water"), Kind.AMOUNT),
    key=("entity_id", "month"),
)
_GROUPED_MONTHS = Shape(_MONTHS.what, {})
_COLLECTING = Shape(
    "plants",
    dict.fromkeys(("entity_id", "area_id"), Kind.TEXT) | dict.fromkeys(("influent_bod5", "treated_water"), Kind.AMOUNT),
    key=("entity_id", "area_id"),
)
_STEPS = Shape(
    "days or months of plants", dict.fromkeys(("is_compliant", "has_data"), Kind.FLAG) | {"reason": Kind.TEXT}
)
_PEOPLE = Shape("people of areas", {"area_id": Kind.TEXT, "people_served": Kind.AMOUNT}, key=("area_id",))


# Discharge


def held_to(
    method: PlantAssessment, standards: Mapping[str, Standard], parameters: Mapping[str, Parameter]
) -> pl.DataFrame:
    """The limits of each code of the method, under the standard and the grade that its first table names.

    Returns
    -------
    pl.DataFrame
        `code`, `standard`, `grade`, `parameter`, `case`, `low`, `high` [unit of the parameter]: what `limits_of_plants`
        takes. Of an item that several tables have, the first counts.
    """
    found = []
    for code, tables in method.held_to.items():
        name = {"standard": pl.lit(tables[0].standard), "grade": pl.lit(tables[0].up_to_class)}
        told: set[str] = set()
        for held in tables:
            standard = standards[held.standard]
            every = water_class.limit_table(standard, parameters)
            mine = water_class.limits_up_to(every, standard.number_of(held.up_to_class))
            mine = mine.filter(~pl.col("parameter").is_in(sorted(told)))
            told |= set(mine["parameter"])
            found.append(mine.with_columns(**name, code=pl.lit(code)))
    return pl.concat(found).select("code", "standard", "grade", "parameter", "case", "low", "high")


def single_values(readings: Frame) -> pl.LazyFrame:
    """Readings that are means of a day or a month already, as `judged_items` takes them.

    `readings` has `entity_id`, `step`, `parameter`, `value` (the limit of detection where `below_limit`; null: set
    aside), `below_limit`.
    """
    value, is_below = pl.col("value"), pl.col("below_limit").fill_null(False)
    return _SINGLE.of(readings).select(
        *ITEM, mean=counted_value(), mean_low=pl.when(is_below).then(0.0).otherwise(value), mean_high=value
    )


def limits_of_plants(plants: Frame, limits: Frame) -> pl.LazyFrame:
    """The limits that each plant is held to, by the standard and the grade that its permit names.

    Parameters
    ----------
    plants
        `entity_id`, `standard`, `grade`, one row per plant.
    limits
        `standard`, `grade`, `parameter`, `low`, `high` [unit of the item] (null: nothing bounds it on that side), and
        where an item has two limits their `case`: `above_12_degrees`, `at_most_12_degrees`.

    Returns
    -------
    pl.LazyFrame
        `entity_id`, `parameter`, `case`, `low`, `high`; no row for a plant whose standard has no limits.
    """
    return (
        _PLANTS.of(plants)
        .join(_with_case(limits, _LIMITS), on=["standard", "grade"])
        .select("entity_id", "parameter", "case", "low", "high")
    )


def _with_case(limits: Frame, shape: Shape) -> pl.LazyFrame:
    told = limits.lazy()
    if "case" not in told.collect_schema():
        told = told.with_columns(case=pl.lit(None, pl.String))
    return shape.of(told, by=["case"])


def judged_items(values: Frame, limits: Frame, temperatures: Frame, *, bracket_temperature: float) -> pl.LazyFrame:
    """Each item of each plant and day (or month), and whether it is within the limit that applies.

    Where the water temperature decides which limit applies and was not measured, both are tried: the item is open where
    they differ. So is one that was not detected, where the limit of detection lies above that of the standard.

    Parameters
    ----------
    values
        `entity_id`, `step` (the day, or the first day of the month), `parameter`, `mean`, and `mean_low`, `mean_high`
        (what was not detected at nothing, and at its limit of detection) [unit of the item]; null: set aside.
    limits
        From `limits_of_plants`.
    temperatures
        `entity_id`, `step`, `temperature` [°C]; a step without a row, or with null, was not measured.
    bracket_temperature
        The temperature [°C] up to which the limits of `at_most_12_degrees` hold, the limits in brackets.

    Returns
    -------
    pl.LazyFrame
        `entity_id`, `step`, `parameter`, `mean`, `mean_low`, `mean_high`, `strictest`, `loosest` (upper limits that may
        apply), `has_limit` (whether the standard has one for the item, at any temperature), `is_within` (null: open, or
        without a limit), `multiple` (of a value above its limit: (C − limit) / limit by the limit that favours the
        plant; null for an item with a range, as pH). A value on its limit is within it. Source: gb18918_2002, table 1
        (its limits are for daily means; B).
    """
    joined = (
        _VALUES.of(values)
        .select(*ITEM, "mean", "mean_low", "mean_high")
        .join(_with_case(limits, _LIMITS_OF_PLANTS), on=["entity_id", "parameter"], how="left")
        .join(_TEMPERATURES.of(temperatures).select(*_STEP, "temperature"), on=_STEP, how="left")
        .with_columns(_applies=_applies(bracket_temperature), is_within=_is_within(), multiple=_multiple())
    )
    within, high = (pl.col(name).filter("_applies") for name in ("is_within", "high"))
    is_told = (within.len() > 0) & (within.null_count() == 0)
    return joined.group_by(ITEM).agg(
        pl.col("mean", "mean_low", "mean_high").first(),
        strictest=high.min(),
        loosest=high.max(),
        has_limit=_has_limit().any(),
        is_within=pl.when(is_told & within.all()).then(True).when(is_told & ~within.any()).then(False),
        multiple=pl.when(is_told & ~within.any()).then(pl.col("multiple").filter("_applies").min()),
    )


def _applies(bracket_temperature: float) -> pl.Expr:
    """Whether a limit may be the one that applies: of two cases both may, where the temperature is not known."""
    case, is_warm = pl.col("case"), pl.col("temperature") > bracket_temperature
    of_case = pl.when(is_warm).then(case == WARM).when(~is_warm).then(case == COLD).otherwise(True)
    return case.is_null() | of_case


def _is_within() -> pl.Expr:
    """Whether the value is within one limit, be what was not detected nothing or all it can be; else null."""
    ends = [_between(pl.col(name)) for name in ("mean_low", "mean", "mean_high")]
    is_told = pl.col("mean").is_not_null() & _has_limit()
    return pl.when(is_told).then(pl.when(pl.all_horizontal(ends)).then(True).when(~pl.any_horizontal(ends)).then(False))


def _has_limit() -> pl.Expr:
    return pl.col("low").is_not_null() | pl.col("high").is_not_null()


def _between(value: pl.Expr) -> pl.Expr:
    low, high = pl.col("low"), pl.col("high")
    reaches = value >= low - NOISE * low.abs()
    keeps = value <= high + NOISE * high.abs()
    return reaches.fill_null(True) & keeps.fill_null(True)


def _multiple() -> pl.Expr:
    high = pl.col("high")
    is_exceeded = pl.col("low").is_null() & (pl.col("mean") > high) & (high > 0)
    return pl.when(is_exceeded).then(exceedance(pl.col("mean"), high))


def judged_steps(items: Frame, asked: Frame, *, every: Every) -> pl.LazyFrame:
    """Every plant-day (or plant-month) that is asked about, and whether all its items are within their limits.

    The required items must be there; every other item with a limit is judged where it was measured. One item beyond its
    limit decides, whatever the others would have said. Otherwise a required item that is missing, or any item that is
    open or was set aside, leaves the day open: it never counts as compliant.

    Parameters
    ----------
    items
        From `judged_items`.
    asked
        One row per plant and period: `entity_id`, `period`, `period_start`, `period_end` (both included), `items` (list
        of the parameters that are required of the plant).

    Returns
    -------
    pl.LazyFrame
        `entity_id`, `period`, `step`, `month` (its first day), `is_compliant` (null: open), `items_failed`,
        `items_missing` (required ones), `items_open` (lists), `worst_item` and its `multiple`, `has_data`, `reason`.
        Source: gb18918_2002, table 1.
    """
    items, steps = JUDGED_ITEMS.of(items), steps_of(asked, every=every, shape=_WITH_ITEMS)
    required = (
        steps.explode("items", empty_as_null=False)
        .rename({"items": "parameter"})
        .drop_nulls("parameter")
        .with_columns(is_required=True)
    )
    is_other = pl.col("has_limit") & ~pl.col("parameter").is_in(pl.col("items"))
    others = items.join(steps, on=_STEP).filter(is_other).select("period", *ITEM, is_required=pl.lit(False))
    within, name = pl.col("is_within"), pl.col("parameter")
    is_missing, has_failed = pl.col("mean").is_null() & pl.col("is_required"), within.eq(False).fill_null(False)
    worst_first = (
        pl.concat([required.select("period", *ITEM, "is_required"), others])
        .join(items, on=ITEM, how="left")
        .sort("multiple", "parameter", descending=[True, False], nulls_last=True)
    )
    of_steps = worst_first.group_by("entity_id", "period", "step", maintain_order=True).agg(
        is_compliant=within.all(ignore_nulls=False),
        items_failed=name.filter(has_failed).sort(),
        items_missing=name.filter(is_missing).sort(),
        items_open=name.filter(~is_missing & within.is_null()).sort(),
        worst_item=name.filter(has_failed).first(),
        multiple=pl.col("multiple").filter(has_failed).first(),
        has_data=pl.col("mean").is_not_null().any(),
    )
    # A step of which nothing is required, and nothing was measured, is a step without data.
    none = pl.lit([], pl.List(pl.String))
    return (
        steps.select("entity_id", "period", "step")
        .join(of_steps, on=["entity_id", "period", "step"], how="left")
        .with_columns(
            pl.col("items_failed", "items_missing", "items_open").fill_null(none), pl.col("has_data").fill_null(False)
        )
        .with_columns(month=pl.col("step").dt.month_start(), reason=_reason_of_step())
        .sort("entity_id", "period", "step")
    )


def _reason_of_step() -> pl.Expr:
    return pl.when(pl.col("is_compliant").is_null()).then(
        pl.when(~pl.col("has_data"))
        .then(pl.lit("no_data"))
        .when(pl.col("items_missing").list.len() > 0)
        .then(pl.lit("items_missing"))
        .otherwise(pl.lit("limit_open"))
    )


def compliance(steps: Frame, *, by: Sequence[str]) -> pl.LazyFrame:
    """Share of plant-days (or plant-months) within the limits.

    Parameters
    ----------
    steps
        From `judged_steps`, with the columns of `by`: `period`, `month`, `entity_id`, an area.

    Returns
    -------
    pl.LazyFrame
        The group columns, `compliant`, `failed`, `open` (something was measured, but not enough), `missing` (nothing
        was), `expected` (numbers of plant-days), `value` [%] (compliant of those that are decided), `low`, `high` [%]
        (with the others at their worst and best), `reason` where no day is decided: `no_data`, else that of those which
        were measured (`items_missing` before `limit_open`).
        Source: gb18918_2002 for what a day is held to; the share is ours.
    """
    complies, has_data = pl.col("is_compliant"), pl.col("has_data")
    reason = pl.col("reason").filter(complies.is_null() & has_data).sort().first()
    counts = {
        "compliant": complies.sum(),
        "failed": (~complies).sum(),
        "open": (complies.is_null() & has_data).sum(),
        "missing": (~has_data).sum(),
        "expected": pl.len(),
    }
    shares = share_pct(met=pl.col("compliant"), failed=pl.col("failed"), expected=pl.col("expected"))
    return (
        _STEPS.of(steps, by=by)
        .group_by(by)
        .agg(*(count.cast(pl.Int64).alias(name) for name, count in counts.items()), reason=reason)
        .with_columns(**shares)
        .with_columns(reason=pl.when(pl.col("value").is_null()).then(pl.col("reason").fill_null("no_data")))
        .sort(by)
    )


# Influent


def influent_means(
    months: Frame, *, by: Sequence[str], beside: Mapping[str, Collection[int]], maximum: float
) -> pl.LazyFrame:
    """Mean concentration of the influent: weighted by the water treated, the simple mean and other months beside it.

    A month that lacks its concentration or its volume takes no part; where nothing was treated no concentration is
    needed.

    Parameters
    ----------
    months
        One row per plant and month that is asked about: `entity_id`, `month` (first day), `influent_bod5` [mg/L],
        `treated_water` [any unit of volume, the same throughout], and the columns of `by`.
    by
        Columns that name the group: `entity_id` for each plant, an area for all of it.
    beside
        For each further column the months (1 to 12) whose weighted mean it holds: December, the fourth quarter.
    maximum
        The most that a concentration can be [mg/L].

    Returns
    -------
    pl.LazyFrame
        The group columns, `value` [mg/L] (Σ C·Q / ΣQ), `simple_mean` (of the months in which anything was treated), the
        columns of `beside`, `low`, `high` (missing concentrations at nothing and at the maximum; null where a volume is
        missing), `used`, `expected` (plant-months), `reason` (no_data or incomplete). Source: plan_2021_clause_7; that
        volumes weigh is our reading of it (C).
    """
    told = _MONTHS.of(_GROUPED_MONTHS.of(months, by=by))
    told = told.with_columns(_load=_load(), part=pl.col("month").cast(pl.String))
    return at_once(told, lambda rows: _influent_means(rows, by=by, beside=beside, maximum=maximum))


def _influent_means(
    rows: pl.DataFrame, *, by: Sequence[str], beside: Mapping[str, Collection[int]], maximum: float
) -> pl.DataFrame:
    cells = _plant_months(rows, maximum=maximum).join(
        rows.select(*members.CELL, *(c for c in by if c not in members.CELL), of="month"), on=list(members.CELL)
    )
    of_year = kinds.ratio(cells, by=by, scale=1.0)
    has_come = pl.col("treated_water") > 0
    simple = rows.group_by(by).agg(simple_mean=mean_of(pl.col("influent_bod5").filter(has_come)))
    found = of_year.join(simple, on=list(by), how="left", nulls_equal=True)
    for name, numbers in beside.items():
        part = kinds.ratio(cells.filter(pl.col("of").dt.month().is_in(list(numbers))), by=by, scale=1.0)
        found = found.join(
            part.select(*by, value_of=pl.col("value")).rename({"value_of": name}),
            on=list(by),
            how="left",
            nulls_equal=True,
        )
    nothing, lacks = pl.col("denominator") == 0, pl.col("used") < pl.col("expected")
    reason = pl.when(nothing).then(pl.lit("no_data")).when(lacks).then(pl.lit("incomplete"))
    named = (*by, "value", "simple_mean", *beside, "low", "high", "used", "expected")
    return found.select(*named, reason=reason).sort(by)


def _plant_months(rows: pl.DataFrame, *, maximum: float) -> pl.DataFrame:
    """A member frame of plants and months, without places: the load that arrives over the water that was treated."""
    nowhere = {name: pl.lit(None, pl.String) for name in members.DESCRIPTION if name not in members.CELL}
    cells = rows.select(members.CELL)
    return members.by_amounts(
        cells.with_columns(**nowhere),
        rows.select(*members.CELL, numerator="_load", denominator="treated_water"),
        arrived=cells.with_columns(was_set_aside=pl.lit(False)),
        denominator_maximum=None,
        most=maximum,
    ).drop(*nowhere)


def _load() -> pl.Expr:
    return weighted(pl.col("influent_bod5"), pl.col("treated_water"))


def _over(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    return pl.when(whole > 0).then(part / whole)


def collection_rates(plants: Frame, people: Frame, *, load_per_person: float) -> pl.LazyFrame:
    """Share of the people of an area whose sewage reaches a plant, by the load of organic matter that arrives there.

    A plant that lacks its concentration or its volume leaves the rate open; what the others receive is the least it can
    be. More than 100 % is not cut off: it says that the inputs do not belong together.

    Parameters
    ----------
    plants
        One row per plant, and area that it may be of: `entity_id`, `area_id`, `influent_bod5` [mg/L], `treated_water`
        [m³/d].
    people
        One row per area: `area_id`, `people_served` (with water, in the urban area).
    load_per_person
        BOD₅ of a person [g/d].

    Returns
    -------
    pl.LazyFrame
        `area_id`, `people_collected`, `people_served`, `value`, `low` [%], `used`, `expected` (plants), `reason`
        (no_data, no_people or incomplete). Source: people discharging are BOD_in × Q / the load of a person (B, formula
        not seen).
    """
    collected, served, used = (
        _load() / load_per_person,
        pl.col("people_served"),
        pl.col("used"),
    )
    sums = (
        _COLLECTING.of(plants)
        .group_by("area_id")
        .agg(_told=total_of(collected), used=collected.count().cast(pl.Int64), expected=pl.len().cast(pl.Int64))
    )
    is_whole = used == pl.col("expected")
    return (
        _PEOPLE.of(people)
        .join(sums, on="area_id", how="left")
        .with_columns(pl.col("used", "expected").fill_null(0))
        .with_columns(people_collected=pl.when(is_whole & (used > 0)).then("_told"))
        .select(
            *("area_id", "people_collected", "people_served"),
            value=100 * _over(pl.col("people_collected"), served),
            low=100 * _over(pl.col("_told").fill_null(0.0), served),
            used="used",
            expected="expected",
            reason=pl.when(served.is_null() | (used == 0))
            .then(pl.lit("no_data"))
            .when(served == 0)
            .then(pl.lit("no_people"))
            .when(~is_whole)
            .then(pl.lit("incomplete")),
        )
        .sort("area_id")
    )
