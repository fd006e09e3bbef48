"""Members of a population: what each contributes to a figure, and the least and the most it could.

One shape serves every kind of figure. Columns of a member frame:
`entity_id`, `name`, `area_id`, `basin`, `river`, `numerator`, `denominator`, `numerator_low`,
`numerator_high`, `denominator_high`, `denominator_low`, `status`, `reason`. The least of a ratio is `numerator_low`
over `denominator_high`, the most `numerator_high` over `denominator_low`. `status` is one of

- `used`: delivered and usable;
- `not_delivered`: nothing arrived;
- `set_aside`: what arrived broke a critical rule;
- `incomplete`: something arrived, but not enough to tell;
- `excluded`: rightly left out of both counts (a section without water), with the reason.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from analytics.compute.water_class import WORST

DESCRIPTION = ("entity_id", "name", "area_id", "basin", "river")
COLUMNS = (
    *DESCRIPTION,
    "numerator",
    "denominator",
    "numerator_low",
    "numerator_high",
    "denominator_high",
    "denominator_low",
    "status",
    "reason",
)


def by_amounts(
    population: pl.DataFrame,
    amounts: pl.DataFrame,
    *,
    arrived: pl.DataFrame,
    denominator_maximum: float | None,
) -> pl.DataFrame:
    """Members of a ratio of two amounts, of which the numerator is a part of the denominator.

    Parameters
    ----------
    population
        The description columns, one row per member.
    amounts
        `entity_id`, `numerator`, `denominator` (either may be null), one row per member that delivered.
    arrived
        `entity_id`, `was_set_aside`: members of whom anything arrived.
    denominator_maximum
        The most that one member's denominator can be by the catalog; null where nothing bounds it.

    Returns
    -------
    pl.DataFrame
        A member frame. A member that lacks its numerator is bounded by 0 and its own denominator; one that lacks its
        denominator by its numerator over `denominator_maximum` and over itself; one that lacks both by 0 and all of
        `denominator_maximum`.
    """
    joined = population.select(DESCRIPTION).join(amounts, on="entity_id", how="left")
    complete = pl.col("numerator").is_not_null() & pl.col("denominator").is_not_null()
    ceiling = pl.coalesce("denominator", pl.lit(denominator_maximum, pl.Float64))
    return _finished(
        joined,
        arrived,
        used=complete,
        low=pl.col("numerator").fill_null(0.0),
        high=pl.coalesce("numerator", ceiling),
        denominator_high=ceiling,
        denominator_low=pl.coalesce("denominator", "numerator", ceiling),
    )


def by_states(
    population: pl.DataFrame, states: pl.DataFrame, *, counted: Collection[str], arrived: pl.DataFrame
) -> pl.DataFrame:
    """Members each counting one, in the numerator where their state is one of `counted`.

    `states` has `entity_id`, `value_code` (null: delivered without an answer). Returns a member frame.
    """
    joined = population.select(DESCRIPTION).join(states.select("entity_id", "value_code"), on="entity_id", how="left")
    known = pl.col("value_code").is_not_null()
    counts = pl.col("value_code").is_in(list(counted)).cast(pl.Float64)
    joined = joined.with_columns(numerator=pl.when(known).then(counts), denominator=pl.lit(1.0))
    return _each_counting_one(joined, arrived, used=known)


def by_water_class(
    population: pl.DataFrame,
    classes: pl.DataFrame,
    *,
    counted: Collection[int],
    arrived: pl.DataFrame,
    dry: Collection[str],
) -> pl.DataFrame:
    """Sections each counting one, in the numerator where their annual class is one of `counted`.

    A section whose possible classes all count (or none of them) is decided even where its class is not; one whose
    class is known counts by it, bounded by its possible classes.

    Parameters
    ----------
    classes
        `entity_id`, `water_class`, `class_best`, `class_worst` as from `water_class.annual_classes`.
    dry
        Sections without water the whole year: left out of numerator and denominator.
    """
    joined = population.select(DESCRIPTION).join(classes, on="entity_id", how="left")
    possible = pl.int_ranges(
        pl.col("class_best").fill_null(1).cast(pl.Int64),
        pl.col("class_worst").fill_null(WORST).cast(pl.Int64) + 1,
    )
    hits = possible.list.eval(pl.element().is_in(list(counted)).cast(pl.Int64))
    least, most = hits.list.min(), hits.list.max()
    decided = (least == most) & pl.col("class_best").is_not_null()
    counts = pl.col("water_class").is_in(list(counted))
    numerator = pl.when(decided).then(least).otherwise(counts.cast(pl.Int64)).cast(pl.Float64)
    joined = joined.with_columns(numerator=numerator, denominator=pl.lit(1.0))
    members = _finished(
        joined,
        arrived,
        used=numerator.is_not_null(),
        low=least.cast(pl.Float64),
        high=most.cast(pl.Float64),
        denominator_high=pl.lit(1.0),
        denominator_low=pl.lit(1.0),
    )
    is_dry = pl.col("entity_id").is_in(list(dry))
    return members.with_columns(
        status=pl.when(is_dry).then(pl.lit("excluded")).otherwise("status"),
        reason=pl.when(is_dry).then(pl.lit("dry")).otherwise("reason"),
    )


def by_stage(population: pl.DataFrame, works: pl.DataFrame, *, arrived: pl.DataFrame) -> pl.DataFrame:
    """Named places each counting one, in the numerator where all their works have reached the stage.

    `works` has `area_id`, `reached` (null: not to be told), one row per piece of work.
    """
    told = (
        works.group_by("area_id")
        .agg(reached=pl.col("reached").all(ignore_nulls=False))
        .rename({"area_id": "entity_id"})
    )
    joined = population.select(DESCRIPTION).join(told, on="entity_id", how="left")
    known = pl.col("reached").is_not_null()
    joined = joined.with_columns(numerator=pl.col("reached").cast(pl.Float64), denominator=pl.lit(1.0))
    return _each_counting_one(joined, arrived, used=known)


def _each_counting_one(joined: pl.DataFrame, arrived: pl.DataFrame, *, used: pl.Expr) -> pl.DataFrame:
    return _finished(
        joined,
        arrived,
        used=used,
        low=pl.when(used).then("numerator").otherwise(pl.lit(0.0)),
        high=pl.when(used).then("numerator").otherwise(pl.lit(1.0)),
        denominator_high=pl.lit(1.0),
        denominator_low=pl.lit(1.0),
    )


def _finished(
    joined: pl.DataFrame,
    arrived: pl.DataFrame,
    *,
    used: pl.Expr,
    low: pl.Expr,
    high: pl.Expr,
    denominator_high: pl.Expr,
    denominator_low: pl.Expr,
) -> pl.DataFrame:
    status = (
        pl.when(used)
        .then(pl.lit("used"))
        .when(pl.col("was_set_aside").is_null())
        .then(pl.lit("not_delivered"))
        .when(pl.col("was_set_aside"))
        .then(pl.lit("set_aside"))
        .otherwise(pl.lit("incomplete"))
    )
    return (
        joined.join(arrived.select("entity_id", "was_set_aside").unique(), on="entity_id", how="left")
        .with_columns(
            numerator_low=low,
            numerator_high=high,
            denominator_high=denominator_high,
            denominator_low=denominator_low,
            status=status,
            reason=pl.lit(None, pl.String),
        )
        .select(COLUMNS)
        .sort("entity_id")
    )
