"""Sources of drinking water: each item of an occasion against its limit, the occasion by its items, the year by a rule.

What cannot be judged is open: it never passes, and it never fails. Registers, quarters and settings are the caller's.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from analytics.catalog.method import SourceAssessment
from analytics.catalog.models import Parameter
from analytics.catalog.standard import Standard
from analytics.compute import means, rounding, water_class
from analytics.compute.shape import Frame, Kind, Shape, of_one_year

OCCASION = ("entity_id", "taken_on")
# What became of an item: within its limit, beyond it, or open for one of two reasons.
OPEN = ("undetected", "set_aside")
QUARTERS = (1, 2, 3, 4)
_READINGS = Shape(
    "readings of sources",
    {"entity_id": Kind.TEXT, "parameter": Kind.KEY}
    | {"taken_on": Kind.DAY, "value": Kind.NUMBER, "below_limit": Kind.FLAG},
)
_SOURCES = Shape(
    "sources",
    {"entity_id": Kind.TEXT, "water": Kind.KEY, "background": Kind.TEXTS, "background_since": Kind.WHOLE},
    key=("entity_id",),
)
_WATERS = Shape("sources", dict.fromkeys(("entity_id", "water"), Kind.TEXT), key=("entity_id",))
_DOUBTFUL = Shape("sources", {"entity_id": Kind.TEXT, "in_doubt": Kind.FLAG}, key=("entity_id",))
_TOLD = Shape("quarters told of", {"entity_id": Kind.TEXT, "quarter": Kind.WHOLE, "is_out_of_use": Kind.FLAG})
_LIMIT = {
    **dict.fromkeys(("water", "parameter", "standard"), pl.String),
    **dict.fromkeys(("floor", "low", "high"), pl.Float64),
    "decimals": pl.Int64,
    **dict.fromkeys(("is_required", "is_reference", "has_multiple"), pl.Boolean),
}


def limits_of(
    method: SourceAssessment, standards: Mapping[str, Standard], parameters: Mapping[str, Parameter]
) -> pl.DataFrame:
    """The limits of every kind of water, one row per item.

    Returns
    -------
    pl.DataFrame
        `water`, `parameter`, `standard`, `floor` (no reading can be less), `low`, `high` [unit of the parameter]
        (null: unbounded on that side),
        `decimals` (null: compared as measured), `is_required`, `is_reference`, `has_multiple`.
    """
    found = []
    for water, judged in method.waters.items():
        for held in judged.limits:
            standard = standards[held.standard]
            every = water_class.limit_table(standard.model_copy(update={"not_assessed": []}), parameters)
            mine = water_class.limits_up_to(every, standard.number_of(held.up_to_class)).filter(case=judged.case)
            places = {p: parameters[p].decimals.assessment if standard.rounded else None for p in mine["parameter"]}
            parameter = pl.col("parameter")
            floors = {p: parameters[p].plausible.minimum for p in mine["parameter"]}
            counts = ~parameter.is_in(standard.not_assessed) | parameter.is_in(judged.reference)
            found.append(
                mine.filter(counts).with_columns(
                    water=pl.lit(water),
                    standard=pl.lit(standard.id),
                    floor=parameter.replace_strict(floors, return_dtype=pl.Float64),
                    decimals=parameter.replace_strict(places, default=None, return_dtype=pl.Int64),
                    is_required=parameter.is_in(judged.required),
                    is_reference=parameter.is_in(judged.reference),
                    has_multiple=~parameter.is_in(method.without_multiple) & pl.col("low").is_null(),
                )
            )
    return pl.concat(f.select(pl.col(name).cast(dtype) for name, dtype in _LIMIT.items()) for f in found)


def judged_items(readings: Frame, sources: Frame, limits: pl.DataFrame) -> pl.LazyFrame:
    """Every item of every occasion that has a limit, held against it.

    What was not detected passes where the limit of detection lies within the limit, and is open where that is too
    coarse to tell. A value that was set aside is open, and so is one that no reading can be. Of several readings of
    an item on one day each counts.

    Parameters
    ----------
    readings
        `entity_id`, `taken_on`, `parameter`, `value` [unit of the parameter] (the limit of detection where
        `below_limit`; null: set aside), `below_limit`. Items without a limit are left out.
    sources
        `entity_id`, `water`, `background` (list of the items whose natural background is recognised) and
        `background_since` (first year of that; null: always).
    limits
        From `limits_of`.

    Returns
    -------
    pl.LazyFrame
        The readings with `water`, the columns of the limit, `assessed` (rounded where the standard says so; half the
        limit of detection), `status` (`passes`, `fails`, `undetected`, `set_aside`), `multiple` (of what is beyond its
        limit; null for pH and dissolved oxygen), `is_background`.
    """
    joined = (
        _READINGS.of(readings, without=[*(c for c in _LIMIT if c != "parameter"), "background", "background_since"])
        .join(_SOURCES.of(sources).select(*_SOURCES.columns), on="entity_id")
        .join(limits.lazy(), on=["water", "parameter"])
        .with_columns(value=pl.when(pl.col("value") >= pl.col("floor")).then("value"))
    )
    is_below = pl.col("below_limit").fill_null(False)
    assessed = rounding.as_assessed(means.counted_value(), pl.col("decimals"))
    least = pl.when(is_below).then(pl.lit(0.0)).otherwise("assessed")
    most = pl.when(is_below).then("value").otherwise("assessed")
    since = pl.col("background_since").fill_null(0)
    return joined.with_columns(
        assessed=assessed,
        is_background=pl.col("parameter").is_in(pl.col("background")).fill_null(False)
        & (pl.col("taken_on").dt.year() >= since),
    ).with_columns(status=_status(least, most), multiple=_multiple(_status(least, most)))


def _holds(value: pl.Expr) -> pl.Expr:
    """Whether a value lies within the limit; on it is within."""
    return (value >= pl.col("low")).fill_null(True) & (value <= pl.col("high")).fill_null(True)


def _status(least: pl.Expr, most: pl.Expr) -> pl.Expr:
    """What becomes of an item that may be anything between two values."""
    return (
        pl.when(least.is_null() | most.is_null())
        .then(pl.lit("set_aside"))
        .when(_holds(least) & _holds(most))
        .then(pl.lit("passes"))
        .when(~_holds(least) & ~_holds(most))
        .then(pl.lit("fails"))
        .otherwise(pl.lit("undetected"))
    )


def _multiple(status: pl.Expr) -> pl.Expr:
    """How many times its limit an item lies beyond it."""
    beyond = rounding.exceedance(pl.col("assessed"), pl.col("high"))
    return pl.when((status == "fails") & pl.col("has_multiple")).then(beyond)


def _is_judged() -> pl.Expr:
    return ~pl.col("is_background") & ~pl.col("is_reference")


def occasions(items: Frame, sources: Frame, limits: pl.DataFrame) -> pl.LazyFrame:
    """Each occasion by its items: it fails with one that fails, and complies when all that must be there pass.

    Parameters
    ----------
    items
        From `judged_items`.
    sources
        `entity_id`, `water`.
    limits
        From `limits_of`.

    Returns
    -------
    pl.LazyFrame
        `entity_id`, `taken_on`, `quarter`, `complies` (null: open), `items_judged`, and lists of items: `failed`,
        `undetected`, `set_aside`, `missing` (of those required).
    """
    name, status = pl.col("parameter"), pl.col("status")
    found = (
        items.lazy()
        .group_by(OCCASION)
        .agg(
            items_judged=(_is_judged() & ~status.is_in(OPEN)).sum(),
            failed=name.filter(_is_judged() & (status == "fails")).sort(),
            undetected=name.filter(_is_judged() & (status == "undetected")).sort(),
            set_aside=name.filter(_is_judged() & (status == "set_aside")).sort(),
            there=name,
        )
    )
    required = limits.lazy().filter("is_required").group_by("water").agg(required="parameter")
    lacking = pl.col("required").list.set_difference("there").list.sort()
    lists = ("failed", "undetected", "set_aside", "missing")
    is_open = pl.any_horizontal(pl.col(c).list.len() > 0 for c in lists[1:])
    return (
        found.join(_WATERS.of(sources).select("entity_id", "water").join(required, on="water"), on="entity_id")
        .with_columns(missing=lacking, quarter=pl.col("taken_on").dt.quarter())
        .with_columns(complies=pl.when(pl.col("failed").list.len() > 0).then(False).when(~is_open).then(True))
        .select(*OCCASION, "quarter", "complies", "items_judged", *lists)
        .sort(OCCASION)
    )


def mean_items(items: Frame, *, hydrogen_ion: list[str]) -> pl.LazyFrame:
    """Every judged item by its mean of the year, held against its limit.

    Half the limit of detection enters the mean. Where a limit of detection is too coarse the mean counts only if it
    would pass, or fail, with nothing and with the whole limit as well. An item of which a value was set aside is open.
    `items` are of one year.

    Returns
    -------
    pl.LazyFrame
        `entity_id`, `parameter`, the columns of the limit, `assessed`, `status`, `multiple`, `is_background` (of its
        last occasion), `samplings`. Source: assessment_2020, item 7; that a mean may stand for the year is a setting.
    """
    items = items.lazy().map_batches(lambda rows: of_one_year(rows, "taken_on"), projection_pushdown=False)
    rows = items.with_columns(site_id="entity_id", taken_at=pl.col("taken_on").cast(pl.Datetime))
    monthly = means.monthly_means(rows.select(means.READING), hydrogen_ion=hydrogen_ion)
    annual = means.annual_means(monthly, hydrogen_ion=hydrogen_ion)
    about = items.sort("taken_on").group_by("entity_id", "parameter", maintain_order=True)
    told = about.agg(
        pl.col(*(c for c in _LIMIT if c != "parameter"), "is_background").last(),
        is_coarse=(pl.col("status") == "undetected").any(),
        is_aside=(pl.col("status") == "set_aside").any(),
        samplings=pl.len(),
    )
    joined = told.join(annual.rename({"site_id": "entity_id"}), on=["entity_id", "parameter"], how="left")
    places = pl.col("decimals")
    assessed, low, high = (rounding.as_assessed(pl.col(c), places) for c in ("mean", "mean_low", "mean_high"))
    least = pl.when("is_aside").then(None).when("is_coarse").then(low).otherwise(assessed)
    most = pl.when("is_aside").then(None).when("is_coarse").then(high).otherwise(assessed)
    return joined.with_columns(assessed=assessed, least=least, most=most).with_columns(
        status=_status(pl.col("least"), pl.col("most")), multiple=_multiple(_status(pl.col("least"), pl.col("most")))
    )


def years(sources: Frame, occasions: Frame, means_of_items: Frame, told: Frame) -> pl.LazyFrame:
    """Each source's year by both rules, and which of its quarters were sampled.

    By every occasion, one that fails decides; by the mean of the year, an item beyond its limit does. Otherwise the
    source complies only where every quarter in which it was in use was sampled and nothing is open.

    Parameters
    ----------
    sources
        `entity_id`, `in_doubt` (whether an occasion was set aside with its row).
    occasions
        From `occasions`, of one year.
    means_of_items
        From `mean_items`.
    told
        `entity_id`, `quarter`, `is_out_of_use`: quarters in which the source was told to be out of use all the time.

    Returns
    -------
    pl.LazyFrame
        `entity_id`, `occasions`, `occasions_failed`, `occasions_open`, `quarters_sampled`, `quarters_out_of_use`,
        `quarters_missing` (lists), `by_occasion`, `by_mean` (null: open), `failed_means` (list of items), `in_doubt`.
    """
    complies, failed = pl.col("complies"), pl.col("status") == "fails"
    of_occasions = (
        occasions.lazy()
        .map_batches(lambda rows: of_one_year(rows, "taken_on"), projection_pushdown=False)
        .group_by("entity_id")
        .agg(
            occasions=pl.len(),
            occasions_failed=(~complies).sum(),
            occasions_open=complies.is_null().sum(),
            lacks_items=(pl.col("missing").list.len() > 0).any(),
            quarters_sampled=pl.col("quarter").unique().sort(),
        )
    )
    counted = means_of_items.lazy().filter(_is_judged())
    of_means = counted.group_by("entity_id").agg(
        failed_means=pl.col("parameter").filter(failed).sort(), means_open=pl.col("status").is_in(OPEN).sum()
    )
    idle = (
        _TOLD.of(told).filter("is_out_of_use").group_by("entity_id").agg(idle=pl.col("quarter").cast(pl.Int8).unique())
    )
    joined = _DOUBTFUL.of(sources).select("entity_id", "in_doubt")
    for frame in (of_occasions, of_means, idle):
        joined = joined.join(frame, on="entity_id", how="left")
    return _by_both_rules(joined).sort("entity_id")


def _by_both_rules(joined: pl.LazyFrame) -> pl.LazyFrame:
    quarters = pl.lit(list(QUARTERS), pl.List(pl.Int8))
    nothing, none = pl.lit([], pl.List(pl.Int8)), pl.lit([], pl.List(pl.String))
    counts = ("occasions", "occasions_failed", "occasions_open", "means_open")
    filled = joined.with_columns(
        pl.col(*counts).fill_null(0),
        pl.col("lacks_items").fill_null(False),
        pl.col("failed_means").fill_null(none),
        quarters_sampled=pl.col("quarters_sampled").fill_null(nothing),
        quarters_out_of_use=pl.col("idle").fill_null(nothing),
        quarters=quarters,
    ).with_columns(
        quarters_out_of_use=pl.col("quarters_out_of_use").list.set_difference("quarters_sampled").list.sort()
    )
    seen = pl.col("quarters_sampled").list.set_union("quarters_out_of_use")
    filled = filled.with_columns(quarters_missing=pl.col("quarters").list.set_difference(seen).list.sort())
    is_whole = (pl.col("quarters_missing").list.len() == 0) & (pl.col("occasions") > 0) & ~pl.col("in_doubt")
    by_mean = pl.when(pl.col("failed_means").list.len() > 0).then(False)
    return filled.with_columns(
        by_occasion=pl.when(pl.col("occasions_failed") > 0)
        .then(False)
        .when(is_whole & (pl.col("occasions_open") == 0))
        .then(True),
        by_mean=pl.when(is_whole).then(by_mean.when((pl.col("means_open") == 0) & ~pl.col("lacks_items")).then(True)),
    ).drop("idle", "quarters", "lacks_items", "means_open")
