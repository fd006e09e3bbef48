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

from analytics.compute.rounding import NOISE

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
    least: float = 0.0,
    most: float = 1.0,
    is_part: bool = False,
) -> pl.DataFrame:
    """Members of a ratio of two amounts, of which the numerator is at most `most` times the denominator.

    Parameters
    ----------
    population
        The description columns, one row per member and part.
    amounts
        `entity_id`, `part`, `numerator`, `denominator` (either may be null), one row per cell that was delivered; with
        `so_far` (what is told of the numerator, not in full) and `so_far_of` (the part of the denominator that this
        belongs to), `may_grow` (the numerator may have become more since it was told), `is_open` (both may have
        changed) and `left_open` (what belongs to the denominator as well, and of which nobody knows how much belongs to
        the numerator) where that is known.
    arrived
        `entity_id`, `part`, `was_set_aside`: cells of which anything arrived.
    denominator_maximum
        The most that one cell's denominator can be by the catalog; null where nothing bounds it.
    least, most
        What a unit of the denominator can bring to the numerator: 0 to 1 of a share; up to the highest concentration of
        a weighted mean; less than 0 where corrections are taken off.
    is_part
        Whether the numerator is a part of the denominator: one that is more contradicts it, and neither can be used.

    Returns
    -------
    pl.DataFrame
        A member frame. Of nothing there is no part: a denominator of 0 needs no numerator. A member that lacks its
        numerator is bounded by what is told so far and its own denominator; one that lacks its denominator by its
        numerator over `denominator_maximum` and over itself; one that lacks both, or is open, by all there can be.
    """
    joined = _joined(population, _known(amounts)).with_columns(
        numerator=pl.when(pl.col("denominator") == 0).then(0.0).otherwise("numerator")
    )
    is_open, may_grow = pl.col("is_open").fill_null(False), pl.col("may_grow").fill_null(False)
    complete = pl.col("numerator").is_not_null() & pl.col("denominator").is_not_null()
    contradicts = pl.lit(is_part) & (pl.col("numerator") > pl.col("denominator") * (1 + NOISE)).fill_null(False)
    told = pl.when(~contradicts).then(pl.coalesce("numerator", "so_far"))
    maximum = _at_least_told(pl.lit(denominator_maximum, pl.Float64), told / most)
    left_open = pl.when(complete).then(pl.col("left_open").fill_null(0.0)).otherwise(0.0)
    rest = pl.when(pl.col("numerator").is_null()).then(pl.col("so_far_of")).fill_null(0.0)
    ceiling = (
        pl.when(is_open)
        .then(_at_least_told(maximum, pl.col("denominator")))
        .otherwise(pl.coalesce("denominator", maximum))
    )
    return _finished(
        joined,
        arrived,
        used=complete & ~contradicts,
        low=pl.when(~is_open).then(told).fill_null(least * ceiling if least else pl.lit(0.0)),
        high=pl.when(is_open | may_grow | contradicts | pl.col("numerator").is_null())
        .then(_at_least_told(pl.when(rest > 0).then(told + (ceiling - rest) * most).otherwise(ceiling * most), told))
        .otherwise("numerator")
        + left_open * most,
        denominator_high=ceiling + left_open,
        denominator_low=pl.when(is_open)
        .then(ceiling)
        .otherwise(pl.coalesce("denominator", pl.col("numerator") / most, ceiling))
        + left_open,
    )


def by_sums(
    population: pl.DataFrame, amounts: pl.DataFrame, *, arrived: pl.DataFrame, maximum: float | None
) -> pl.DataFrame:
    """Members that each bring an amount of their own; one that is missing brings between nothing and `maximum`.

    `amounts` has `entity_id`, `part`, `numerator` (may be null), and where that is known `so_far`, `may_grow`,
    `is_open` (see `by_amounts`). What is told so far is at least brought. Returns a member frame.
    """
    joined = _joined(population, _known(amounts)).with_columns(denominator=pl.lit(1.0))
    is_open, may_grow = pl.col("is_open").fill_null(False), pl.col("may_grow").fill_null(False)
    known = pl.col("numerator").is_not_null()
    return _finished(
        joined,
        arrived,
        used=known,
        low=pl.when(~is_open).then(pl.coalesce("numerator", "so_far")).fill_null(0.0),
        high=pl.when(known & ~is_open & ~may_grow)
        .then("numerator")
        .otherwise(_at_least_told(pl.lit(maximum, pl.Float64), pl.coalesce("numerator", "so_far"))),
        denominator_high=pl.lit(1.0),
        denominator_low=pl.lit(1.0),
    )


def _at_least_told(most: pl.Expr, told: pl.Expr) -> pl.Expr:
    """The most there can be, where anything bounds it: never less than was told."""
    return pl.when(most.is_not_null()).then(pl.max_horizontal(most, told))


def _known(amounts: pl.DataFrame) -> pl.DataFrame:
    """The amounts with what is known of how far they tell; where nothing is said they are final."""
    defaults = {"may_grow": pl.lit(False), "is_open": pl.lit(False)}
    defaults |= dict.fromkeys(("so_far", "so_far_of", "left_open"), pl.lit(None, pl.Float64))
    return amounts.with_columns(value.alias(name) for name, value in defaults.items() if name not in amounts.columns)


def by_states(
    population: pl.DataFrame,
    states: pl.DataFrame,
    *,
    counted: Mapping[str, Collection[str]],
    arrived: pl.DataFrame,
) -> pl.DataFrame:
    """Members each counting one, in the numerator where every state is one of its counted codes.

    One state that is not counted decides, whatever the others would have said. `states` has `entity_id`, `part`, a
    column of codes for each item of `counted` (null: delivered without an answer), and where that is known
    `<item>_is_open` for one that may have come to count since it was told: the member counts as it was told, and is
    bounded by what may be. Returns a member frame.
    """
    joined = _joined(population, states)
    holds = [pl.col(item).is_in(list(codes)) for item, codes in counted.items()]
    open_items = [item for item in counted if f"{item}_is_open" in states.columns]
    may_hold = [
        hold | pl.col(f"{item}_is_open").fill_null(False) if item in open_items else hold
        for item, hold in zip(counted, holds, strict=True)
    ]
    # Kleene logic: false wherever one does not hold, null where it turns on what is missing.
    joined = joined.with_columns(numerator=pl.all_horizontal(*holds).cast(pl.Float64), denominator=pl.lit(1.0))
    used = pl.col("numerator").is_not_null()
    return _each_counting_one(joined, arrived, used=used, most=pl.all_horizontal(*may_hold).fill_null(True))


def by_water_class(
    population: pl.DataFrame,
    classes: pl.DataFrame,
    *,
    arrived: pl.DataFrame,
    dry: Collection[str],
    last_class: int,
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
        `entity_id`, `water_class`, `class_best`, `class_worst` as from `water_class.section_classes`.
    dry
        Sections without water the whole year: left out of numerator and denominator.
    last_class
        The number of the worst class, of which a section is at worst that nobody told of.
    """
    bounds = population.select("entity_id", "counts_from", "counts_to")
    joined = _joined(population, classes.with_columns(part=pl.lit(""))).join(bounds, on="entity_id", how="left")
    best, worst = pl.col("class_best").fill_null(1), pl.col("class_worst").fill_null(last_class)
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


def by_numbers_of_works(
    population: pl.DataFrame, works: pl.DataFrame, *, arrived: pl.DataFrame, final: Collection[str]
) -> pl.DataFrame:
    """Areas that each bring the number of their works that have reached the stage.

    An area that has reported brings at least the works that surely reached it, at most those of which it cannot be
    told besides; one that has not, or is not among the `final` ones (it reported too early), may bring any number.
    `works` has `entity_id` (the area), `reached` (may be null).
    """
    reached = pl.col("reached")
    sums = works.group_by("entity_id").agg(sure=reached.sum(), open=reached.null_count())
    joined = _joined(population, sums.with_columns(part=pl.lit("")))
    has_reported = pl.col("entity_id").is_in(arrived.filter(~pl.col("was_set_aside"))["entity_id"].to_list())
    sure = pl.col("sure").fill_null(0).cast(pl.Float64)
    joined = joined.with_columns(numerator=pl.when(has_reported).then(sure), denominator=pl.lit(1.0))
    is_final = has_reported & pl.col("entity_id").is_in(list(final))
    return _finished(
        joined,
        arrived,
        used=has_reported,
        low=sure,
        high=pl.when(is_final).then(sure + pl.col("open").fill_null(0)),
        denominator_high=pl.lit(1.0),
        denominator_low=pl.lit(1.0),
    )


def _joined(population: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    return population.select(DESCRIPTION).join(told, on=CELL, how="left")


def _each_counting_one(
    joined: pl.DataFrame, arrived: pl.DataFrame, *, used: pl.Expr, most: pl.Expr | None = None
) -> pl.DataFrame:
    return _finished(
        joined,
        arrived,
        used=used,
        low=pl.when(used).then("numerator").otherwise(pl.lit(0.0)),
        high=pl.when(used).then("numerator" if most is None else most.cast(pl.Float64)).otherwise(pl.lit(1.0)),
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
        # At best one that falls short weighs nothing, and one that does not as much as it can.
        denominator_low=pl.when(known)
        .then(pl.col("denominator_low") * pl.col("weight"))
        .otherwise(pl.col("numerator_high") * ceiling),
        status=pl.when(lacks).then(pl.lit("incomplete")).otherwise("status"),
    ).select(members.columns)


def left_out(members: pl.DataFrame, cells: pl.DataFrame, *, reason: str) -> pl.DataFrame:
    """The same members, those of `cells` (`entity_id`, `part`) left out of both counts, unless they are used."""
    named = cells.select(*CELL, is_named=pl.lit(True)).unique()
    joined = members.join(named, on=CELL, how="left", maintain_order="left")
    is_out = pl.col("is_named").fill_null(False) & (pl.col("status") != "used")
    return joined.with_columns(
        status=pl.when(is_out).then(pl.lit("excluded")).otherwise("status"),
        reason=pl.when(is_out).then(pl.lit(reason)).otherwise("reason"),
    ).select(members.columns)


def bounded(members: pl.DataFrame, bounds: pl.DataFrame) -> pl.DataFrame:
    """The same members, those that are not used between the bounds that are known of them.

    `bounds` has `entity_id`, `part`, `low`, `high` (null: nothing bounds it), in the unit of the numerator.
    """
    known = bounds.select(*CELL, "low", "high", is_bounded=pl.lit(True))
    joined = members.join(known, on=CELL, how="left", maintain_order="left")
    is_open = pl.col("is_bounded").fill_null(False) & ~pl.col("status").is_in(["used", "excluded"])
    return joined.with_columns(
        numerator_low=pl.when(is_open).then("low").otherwise("numerator_low"),
        numerator_high=pl.when(is_open).then("high").otherwise("numerator_high"),
        status=pl.when(is_open).then(pl.lit("incomplete")).otherwise("status"),
    ).select(members.columns)


def as_arrived(members: pl.DataFrame, arrived: pl.DataFrame) -> pl.DataFrame:
    """The same members, those without a value told apart: nothing arrived, too little, or all of it was set aside.

    `arrived` has `entity_id`, `part`, `was_set_aside`, as in `by_amounts`.
    """
    joined = members.join(
        arrived.select(*CELL, "was_set_aside").unique(CELL), on=CELL, how="left", maintain_order="left"
    )
    aside, is_silent = pl.col("was_set_aside"), pl.col("status") == "not_delivered"
    return joined.with_columns(
        status=pl.when(is_silent & aside)
        .then(pl.lit("set_aside"))
        .when(is_silent & ~aside)
        .then(pl.lit("incomplete"))
        .otherwise("status")
    ).select(members.columns)


def perhaps(members: pl.DataFrame, entities: Collection[str]) -> pl.DataFrame:
    """The same members of a share or a number, of which nobody can say whether those named belong to the population.

    They take no part in the value. The least is made of them where they fall short, the most where they do not.
    """
    if not entities:
        return members
    is_meant = pl.col("entity_id").is_in(list(entities)) & (pl.col("status") != "excluded")
    changes = {
        "numerator_low": pl.lit(0.0),
        "denominator_high": pl.col("denominator_high") - pl.col("numerator_low"),
        "denominator_low": pl.col("numerator_high"),
        "status": pl.when(pl.col("status") == "used").then(pl.lit("incomplete")).otherwise("status"),
    }
    return members.with_columns(
        pl.when(is_meant).then(changed).otherwise(name).alias(name) for name, changed in changes.items()
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
