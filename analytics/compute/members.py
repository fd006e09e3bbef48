"""Members of a population: what each contributes to a figure, and the least and the most it could.

One shape serves every kind of figure. Columns of a member frame:
`entity_id`, `name`, `area_id`, `basin`, `river`, `part`, `numerator`, `denominator`, `numerator_low`,
`numerator_high`, `denominator_high`, `denominator_low`, `status`, `reason`. The least of a ratio is `numerator_low`
over `denominator_high`, the most `numerator_high` over `denominator_low`. `part` is the month or quarter that a row
is about, empty where the figure asks of the whole period at once. `status` is one of

- `used`: delivered and usable;
- `not_delivered`: nothing arrived;
- `set_aside`: what arrived broke a critical rule;
- `incomplete`: something arrived, but not enough to tell;
- `excluded`: rightly left out of both counts (a section without water), with the reason.

What bounds nothing is null: `numerator_high` of an area that may have done any number of works.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import polars as pl

from analytics.compute.water_class import WORST

DESCRIPTION = ("entity_id", "name", "area_id", "basin", "river", "part")
CELL = ("entity_id", "part")
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
    most: float = 1.0,
) -> pl.DataFrame:
    """Members of a ratio of two amounts, of which the numerator is at most `most` times the denominator.

    Parameters
    ----------
    population
        The description columns, one row per member and part.
    amounts
        `entity_id`, `part`, `numerator`, `denominator` (either may be null), one row per cell that was delivered.
    arrived
        `entity_id`, `part`, `was_set_aside`: cells of which anything arrived.
    denominator_maximum
        The most that one cell's denominator can be by the catalog; null where nothing bounds it.
    most
        What a unit of the denominator can bring to the numerator: 1 of a share, the highest concentration of a
        weighted mean.

    Returns
    -------
    pl.DataFrame
        A member frame. A member that lacks its numerator is bounded by 0 and its own denominator; one that lacks its
        denominator by its numerator over `denominator_maximum` and over itself; one that lacks both by 0 and all of
        `denominator_maximum`.
    """
    joined = _joined(population, amounts)
    complete = pl.col("numerator").is_not_null() & pl.col("denominator").is_not_null()
    ceiling = pl.coalesce("denominator", pl.lit(denominator_maximum, pl.Float64))
    return _finished(
        joined,
        arrived,
        used=complete,
        low=pl.col("numerator").fill_null(0.0),
        high=pl.coalesce("numerator", ceiling * most),
        denominator_high=ceiling,
        denominator_low=pl.coalesce("denominator", pl.col("numerator") / most, ceiling),
    )


def by_sums(
    population: pl.DataFrame, amounts: pl.DataFrame, *, arrived: pl.DataFrame, maximum: float | None
) -> pl.DataFrame:
    """Members that each bring an amount of their own; one that is missing brings between nothing and `maximum`.

    `amounts` has `entity_id`, `part`, `numerator` (may be null). Returns a member frame.
    """
    joined = _joined(population, amounts.select(*CELL, "numerator")).with_columns(denominator=pl.lit(1.0))
    known = pl.col("numerator").is_not_null()
    return _finished(
        joined,
        arrived,
        used=known,
        low=pl.when(known).then("numerator").otherwise(pl.lit(0.0)),
        high=pl.when(known).then("numerator").otherwise(pl.lit(maximum, pl.Float64)),
        denominator_high=pl.lit(1.0),
        denominator_low=pl.lit(1.0),
    )


def by_states(
    population: pl.DataFrame,
    states: pl.DataFrame,
    *,
    counted: Mapping[str, Collection[str]],
    arrived: pl.DataFrame,
) -> pl.DataFrame:
    """Members each counting one, in the numerator where every state is one of its counted codes.

    One state that is not counted decides, whatever the others would have said. `states` has `entity_id`, `part` and a
    column of codes for each item of `counted` (null: delivered without an answer). Returns a member frame.
    """
    joined = _joined(population, states)
    holds = [pl.col(item).is_in(list(codes)) for item, codes in counted.items()]
    all_hold = pl.all_horizontal(*holds)
    # Kleene logic: false wherever one does not hold, null where it turns on what is missing.
    joined = joined.with_columns(numerator=all_hold.cast(pl.Float64), denominator=pl.lit(1.0))
    return _each_counting_one(joined, arrived, used=pl.col("numerator").is_not_null())


def by_water_class(
    population: pl.DataFrame,
    classes: pl.DataFrame,
    *,
    arrived: pl.DataFrame,
    dry: Collection[str],
) -> pl.DataFrame:
    """Sections each counting one, in the numerator where their annual class lies from `counts_from` to `counts_to`.

    A section whose possible classes all count (or none of them) is decided even where its class is not; one whose
    class is known counts by it, bounded by its possible classes.

    Parameters
    ----------
    population
        The description columns and `counts_from`, `counts_to` (classes 1 to 6; null: nobody can tell, as of a section
        without a target).
    classes
        `entity_id`, `water_class`, `class_best`, `class_worst` as from `water_class.annual_classes`.
    dry
        Sections without water the whole year: left out of numerator and denominator.
    """
    bounds = population.select("entity_id", "counts_from", "counts_to")
    joined = _joined(population, classes.with_columns(part=pl.lit(""))).join(bounds, on="entity_id", how="left")
    best, worst = pl.col("class_best").fill_null(1), pl.col("class_worst").fill_null(WORST)
    first, last = pl.col("counts_from"), pl.col("counts_to")
    least = ((best >= first) & (worst <= last)).fill_null(False).cast(pl.Float64)
    most = ((best <= last) & (worst >= first)).fill_null(True).cast(pl.Float64)
    decided = (least == most) & pl.col("class_best").is_not_null()
    counts = pl.col("water_class").is_between(first, last)
    numerator = pl.when(decided).then(least).otherwise(counts.cast(pl.Float64))
    joined = joined.with_columns(numerator=numerator, denominator=pl.lit(1.0))
    members = _finished(
        joined,
        arrived,
        used=numerator.is_not_null(),
        low=least,
        high=most,
        denominator_high=pl.lit(1.0),
        denominator_low=pl.lit(1.0),
    )
    is_dry = pl.col("entity_id").is_in(list(dry))
    return members.with_columns(
        status=pl.when(is_dry).then(pl.lit("excluded")).otherwise("status"),
        reason=pl.when(is_dry).then(pl.lit("dry")).otherwise("reason"),
    )


def by_stage(population: pl.DataFrame, works: pl.DataFrame, *, arrived: pl.DataFrame) -> pl.DataFrame:
    """Named works each counting one, in the numerator where all that is reported of them has reached the stage.

    `works` has `entity_id`, `reached` (null: not to be told), one row per piece of work.
    """
    told = works.group_by("entity_id").agg(reached=pl.col("reached").all(ignore_nulls=False))
    joined = _joined(population, told.with_columns(part=pl.lit("")))
    joined = joined.with_columns(numerator=pl.col("reached").cast(pl.Float64), denominator=pl.lit(1.0))
    return _each_counting_one(joined, arrived, used=pl.col("reached").is_not_null())


def by_numbers_of_works(population: pl.DataFrame, works: pl.DataFrame, *, arrived: pl.DataFrame) -> pl.DataFrame:
    """Areas that each bring the number of their works that have reached the stage.

    An area that has reported brings at least the works that surely reached it, at most those of which it cannot be
    told besides; one that has not may bring any number. `works` has `entity_id` (the area), `reached` (may be null).
    """
    reached = pl.col("reached")
    sums = works.group_by("entity_id").agg(sure=reached.sum(), open=reached.null_count())
    joined = _joined(population, sums.with_columns(part=pl.lit("")))
    has_reported = pl.col("entity_id").is_in(arrived.filter(~pl.col("was_set_aside"))["entity_id"].to_list())
    sure = pl.col("sure").fill_null(0).cast(pl.Float64)
    joined = joined.with_columns(numerator=pl.when(has_reported).then(sure), denominator=pl.lit(1.0))
    return _finished(
        joined,
        arrived,
        used=has_reported,
        low=sure,
        high=pl.when(has_reported).then(sure + pl.col("open").fill_null(0)),
        denominator_high=pl.lit(1.0),
        denominator_low=pl.lit(1.0),
    )


def _joined(population: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    return population.select(DESCRIPTION).join(told, on=CELL, how="left")


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


def weighted(members: pl.DataFrame, weights: pl.DataFrame, *, maximum: float | None) -> pl.DataFrame:
    """The same members, each counting by its weight instead of one.

    `weights` has `entity_id`, `part`, `weight` (may be null: the member is incomplete, bounded by `maximum`).
    """
    joined = members.join(weights, on=CELL, how="left")
    known = pl.col("weight").is_not_null()
    ceiling = pl.coalesce("weight", pl.lit(maximum, pl.Float64))
    lacks = (pl.col("status") == "used") & ~known
    return joined.with_columns(
        pl.col("numerator") * pl.col("weight"),
        pl.col("denominator") * pl.col("weight"),
        numerator_low=pl.when(known).then(pl.col("numerator_low") * pl.col("weight")).otherwise(pl.lit(0.0)),
        numerator_high=pl.col("numerator_high") * ceiling,
        denominator_high=pl.col("denominator_high") * ceiling,
        denominator_low=pl.col("denominator_low") * ceiling,
        status=pl.when(lacks).then(pl.lit("incomplete")).otherwise("status"),
    ).select(members.columns)


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
        joined.join(arrived.select(*CELL, "was_set_aside").unique(), on=CELL, how="left")
        .with_columns(
            pl.col("numerator", "denominator").cast(pl.Float64),
            numerator_low=low.cast(pl.Float64),
            numerator_high=high.cast(pl.Float64),
            denominator_high=denominator_high.cast(pl.Float64),
            denominator_low=denominator_low.cast(pl.Float64),
            status=status,
            reason=pl.lit(None, pl.String),
        )
        .select(COLUMNS)
        .sort(CELL)
    )
