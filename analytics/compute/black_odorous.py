"""Grades of black-odorous water: of single values, points, stretches and whole bodies.

Grades are the numbers of the standard's classes: 1 is not black-odorous, the last is heavy (black-odorous where that is
all the standard tells). What has none has a `reason`: `too_few_samplings`, `depth_unclear` (the depth is not told and
decides, or cannot be that of the water), `too_few_points`, `points_open`. Where what is missing could not change the
grade, it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from analytics.catalog.method import BlackOdorous
from analytics.catalog.standard import Standard
from analytics.compute import water_class
from analytics.compute.rounding import settled
from analytics.compute.shape import Frame, Kind, Shape

_VALUES = Shape(
    "values of points",
    dict.fromkeys(("parameter", "case"), Kind.TEXT)
    | {"value": Kind.NUMBER, "depth_cm": Kind.NUMBER, "is_clear_to_bottom": Kind.FLAG},
)
_GRADED = Shape(
    "graded values",
    {"parameter": Kind.TEXT, "taken_at": Kind.TIME, "is_open": Kind.FLAG}
    | dict.fromkeys(("item_class", "class_worst"), Kind.WHOLE),
)
_COUNTS = ("values", "values_heavy", "values_maybe_heavy", "values_open", "samplings", "worst", "worst_maybe")
_SHARES = Shape("shares of items", {"parameter": Kind.TEXT} | dict.fromkeys(_COUNTS, Kind.WHOLE), key=("parameter",))
_GRADES = dict.fromkeys(("grade", "grade_best", "grade_worst"), Kind.WHOLE)
_POINTS = Shape("graded points", _GRADES | {"reason": Kind.TEXT})
_ALONG = Shape("points", {"point_id": Kind.ANY, "position": Kind.WHOLE, "grade": Kind.WHOLE}, key=("point_id",))


def graded_values(values: Frame, limits: pl.DataFrame, *, standard: Standard, method: BlackOdorous) -> pl.LazyFrame:
    """Each value with its grade.

    Parameters
    ----------
    values
        At least `parameter`, `case`, `value` [unit of the parameter], `depth_cm` (of the water; null or nothing: not
        known), `is_clear_to_bottom` (null: not said).
    limits
        From `water_class.limit_table` of `standard`.
    standard, method
        What the water is graded by.

    Returns
    -------
    pl.LazyFrame
        The rows with `item_class`, null where the item has no limit or no value, `is_open`, and `class_worst` (of what
        is open; else as `item_class`). Where the water is
        shallow, the item that has a rule for it is held against its share of the depth, and clean where the bottom is
        seen; so it is where the bottom is seen and no value is told, however deep the water. The item is open, and has
        no class, where the depth is not known and a shallow water's limit could be met, where the depth cannot be one
        or the value goes beyond it (one of both is told in another unit), and where the bottom is said to be seen
        though the value falls short of what that takes. Source: black_odorous_2015.
    """
    told = _VALUES.of(values, without=["low", "measured", "is_seen"])
    columns = [c for c in told.collect_schema().names() if c not in ("item_class", "class_worst", "is_open")]
    shallow, depth, clean = method.shallow, pl.col("depth_cm"), pl.lit(1, pl.Int8)
    is_item, has_depth = pl.col("parameter") == shallow.parameter, (depth > 0).fill_null(False)
    own_rule = is_item & has_depth & (depth < shallow.below_cm)
    is_clear = is_item & pl.col("is_clear_to_bottom").fill_null(False)
    is_seen = is_clear & (own_rule | pl.col("value").is_null())
    is_short = is_clear & own_rule & (pl.col("value") < shallow.share_of_depth * depth)
    is_odd = (pl.col("value") > depth) | (depth < shallow.least_cm) | is_short
    is_open = is_item & has_depth & is_odd.fill_null(False)
    turns_on_depth = is_item & ~own_rule & (~has_depth | is_clear) & (pl.col("item_class") > 1) & ~pl.col("is_seen")
    of_class = water_class.limits_up_to(limits, standard.number_of(shallow.instead_of))
    # The limits hold as they stand for what the value would be in water deep enough for them.
    as_if_deep = settled(pl.col("value") * pl.col("low") / (shallow.share_of_depth * depth))
    weighed = (
        told.with_columns(measured="value", is_open=is_open, is_seen=is_seen)
        .join(of_class.lazy().select("parameter", "case", "low"), on=["parameter", "case"], how="left")
        .with_columns(value=pl.when(own_rule).then(as_if_deep).otherwise("value"))
    )
    seen = pl.when("is_seen").then(clean).otherwise("item_class")
    at_worst = pl.when("is_open").then(pl.lit(water_class.worst_of(standard), pl.Int8)).otherwise(seen)
    return (
        water_class.classify_items(weighed, limits)
        .with_columns(class_worst=at_worst, is_open=pl.col("is_open") | turns_on_depth.fill_null(False))
        .with_columns(value="measured", item_class=pl.when(~pl.col("is_open")).then(seen))
        .select(*columns, "item_class", "class_worst", "is_open")
    )


def item_shares(graded: Frame, *, by: Sequence[str], last_class: int) -> pl.LazyFrame:
    """How many values of each point and item are heavy.

    Parameters
    ----------
    graded
        From `graded_values`, with `taken_at` and the columns of `by`. Values without a grade that are not open take no
        part.
    by
        The columns that tell the points apart, and their periods where there are several.
    last_class
        The number of the heavy grade.

    Returns
    -------
    pl.LazyFrame
        The columns of `by`, `parameter`, `values`, `values_heavy`, `values_open`, `values_maybe_heavy` (with the open
        ones that could be), `samplings` (days on which there is a value with a grade, or an open one), `worst` (the
        worst grade of a value), `worst_maybe` (with the open ones at their worst). Source: black_odorous_2015.
    """
    grade, is_open, at_worst = pl.col("item_class"), pl.col("is_open"), pl.col("class_worst")
    return (
        _GRADED.of(graded, by=by)
        .filter(grade.is_not_null() | is_open)
        .group_by(*by, "parameter")
        .agg(
            values=pl.len(),
            values_heavy=(grade == last_class).sum(),
            values_open=is_open.sum(),
            values_maybe_heavy=(at_worst == last_class).sum(),
            samplings=pl.col("taken_at").dt.date().drop_nulls().n_unique(),
            worst=grade.max(),
            worst_maybe=at_worst.max(),
        )
    )


def graded_points(shares: Frame, *, by: Sequence[str], standard: Standard, method: BlackOdorous) -> pl.LazyFrame:
    """The grade of each point.

    It is heavy where enough values of one item, or of each of two, are heavy; clean where no value is beyond the limits
    of clean water; else light. Where the method has no shares, the worst value decides.

    Parameters
    ----------
    shares
        From `item_shares`. A point without any value has no row, and gets none.
    by
        The columns that tell the points apart, and their periods where there are several.
    standard, method
        What the water is graded by. The base items of the standard have to be measured often enough; of the others
        (the redox potential) those that were take part. One that was measured too seldom, and was heavy then, leaves
        open whether the point is light or heavy.

    Returns
    -------
    pl.LazyFrame
        The columns of `by`, `grade`, `grade_best`, `grade_worst`, `items_heavy` (list, by name: those with the share
        that suffices of two), `items_missing` (list: base items with too few samplings), `reason`.
        Source: black_odorous_2015.
    """
    last = water_class.worst_of(standard)
    base = pl.lit(sorted(standard.base_items), pl.List(pl.String))
    name = pl.col("parameter")
    is_enough = pl.col("samplings") >= method.fewest.samplings
    one, two = (is_enough & reached for reached in _shares_reached("values_heavy", method))
    one_maybe, two_maybe = (is_enough & reached for reached in _shares_reached("values_maybe_heavy", method))
    seldom_heavy = ~is_enough & (pl.col("values_maybe_heavy") > 0)
    at_least = pl.when("is_heavy").then(last).otherwise(_light_at_most("worst", last))
    lacks_item = pl.col("items_missing").list.len() > 0
    at_most = pl.when(pl.col("may_be_heavy") | lacks_item).then(last).otherwise(_light_at_most("worst_maybe", last))
    is_sure = pl.col("grade_best") == pl.col("grade_worst")
    why = pl.when("is_odd").then(pl.lit("depth_unclear")).otherwise(pl.lit("too_few_samplings"))
    return (
        _SHARES.of(shares, by=by)
        .sort(*by, "parameter")
        .group_by(by, maintain_order=True)
        .agg(
            is_heavy=one.any() | (two.sum() >= 2),
            may_be_heavy=one_maybe.any() | (two_maybe.sum() >= 2) | seldom_heavy.any(),
            is_odd=(pl.col("values_open") > 0).any(),
            worst=pl.col("worst").max().fill_null(1),
            worst_maybe=pl.col("worst_maybe").max().fill_null(1),
            items_heavy=name.filter(two),
            measured=name.filter(is_enough),
        )
        .with_columns(items_missing=base.list.set_difference("measured").list.sort())
        .with_columns(grade_best=at_least.cast(pl.Int8), grade_worst=at_most.cast(pl.Int8))
        .with_columns(grade_worst=pl.max_horizontal("grade_best", "grade_worst"))
        .select(
            *by,
            *("grade_best", "grade_worst", "items_heavy", "items_missing"),
            grade=pl.when(is_sure).then("grade_best"),
            reason=pl.when(~is_sure).then(why),
        )
    )


def _shares_reached(count: str, method: BlackOdorous) -> tuple[pl.Expr, pl.Expr]:
    """Whether an item's heavy values suffice alone, and whether they do beside those of another item."""
    heavy, values = pl.col(count), pl.col("values")
    if method.heavy_point is None:
        return heavy > 0, heavy > 0
    wanted = method.heavy_point
    return heavy * 100 >= values * wanted.one_item_pct, heavy * 100 >= values * wanted.two_items_pct


def _light_at_most(grade: str, last: int) -> pl.Expr:
    """The grade, or the one before the last."""
    return pl.min_horizontal(pl.col(grade), pl.lit(last - 1, pl.Int8))


def graded_bodies(points: Frame, *, by: Sequence[str], standard: Standard, method: BlackOdorous) -> pl.LazyFrame:
    """The grade of each body: heavy where enough of its points are, else light where any point is not clean.

    Parameters
    ----------
    points
        One row per point of a body (`point_id`, where it has one), measured or not: the columns of `by`, and `grade`,
        `grade_best`, `grade_worst`, `reason` from `graded_points` (all null where the point was not measured).
    by
        The columns that tell the bodies apart, and their periods where there are several.
    standard, method
        What the water is graded by.

    Returns
    -------
    pl.LazyFrame
        The columns of `by`, `grade`, `grade_best`, `grade_worst`, `points`, `points_graded`, `points_heavy`, `reason`
        (`too_few_points`; `points_open`: the grade turns on points that have none; `depth_unclear` where the depth
        told or not told at one of them is why). Source: black_odorous_2015.
    """
    last = water_class.worst_of(standard)
    clean, heavy = pl.lit(1, pl.Int8), pl.lit(last, pl.Int8)
    best, worst = pl.col("grade_best").fill_null(clean), pl.col("grade_worst").fill_null(heavy)
    is_enough = pl.col("points") >= method.fewest.points
    low = (
        pl.when(is_enough & _is_heavy_body("points_heavy", method)).then(heavy).otherwise(_light_at_most("best", last))
    )
    high = pl.when(_is_heavy_body("points_maybe", method)).then(heavy).otherwise(_light_at_most("worst", last))
    is_sure = pl.col("grade_best") == pl.col("grade_worst")
    why = pl.when("is_odd").then(pl.lit("depth_unclear")).otherwise(pl.lit("points_open"))
    return (
        _points_of(points, by=by)
        .group_by(by)
        .agg(
            points=pl.len(),
            points_graded=pl.col("grade").is_not_null().sum(),
            points_heavy=(best == last).sum(),
            points_maybe=(worst == last).sum(),
            best=best.max(),
            worst=worst.max(),
            is_odd=pl.col("reason").eq("depth_unclear").any(),
        )
        .with_columns(grade_best=low, grade_worst=pl.when(is_enough).then(high).otherwise(heavy))
        .with_columns(
            grade=pl.when(is_enough & is_sure).then("grade_best"),
            reason=pl.when(~is_enough).then(pl.lit("too_few_points")).when(~is_sure).then(why),
        )
        .select(*by, "grade", "grade_best", "grade_worst", "points", "points_graded", "points_heavy", "reason")
    )


def _points_of(points: Frame, *, by: Sequence[str]) -> pl.LazyFrame:
    """The points; of those that have a name each is there once."""
    is_named = "point_id" in points.lazy().collect_schema()
    return replace(_POINTS, key=("point_id",) if is_named else None).of(points, by=by)


def _is_heavy_body(count: str, method: BlackOdorous) -> pl.Expr:
    if method.heavy_body is None:
        return pl.col(count) > 0
    return pl.col(count) * 100 >= pl.col("points") * method.heavy_body.points_pct


def heavy_stretches(points: Frame, *, by: Sequence[str], standard: Standard, method: BlackOdorous) -> pl.LazyFrame:
    """The stretches of bodies that are heavy: enough heavy points in a row.

    Parameters
    ----------
    points
        One row per point: the columns of `by`, `point_id`, `position` (along the body), `grade`. A point without a
        grade ends a row; one without a position is in none.
    by
        The columns that tell the bodies apart, and their periods where there are several.
    standard, method
        What the water is graded by; without a rule for bodies there are no stretches.

    Returns
    -------
    pl.LazyFrame
        The columns of `by`, `first_point`, `last_point`, `points`; one row per stretch, along the body.
        Source: black_odorous_2015.
    """
    is_heavy = (pl.col("grade") == water_class.worst_of(standard)).fill_null(False)
    fewest = pl.lit(method.heavy_body.points_in_a_row if method.heavy_body else None, pl.UInt32)
    point = pl.col("point_id")
    return (
        _ALONG.of(points, by=by)
        .drop_nulls("position")
        .sort(*by, "position", "point_id")
        .with_columns(is_heavy=is_heavy)
        .with_columns(stretch=pl.col("is_heavy").rle_id())
        .filter("is_heavy")
        .group_by(*by, "stretch", maintain_order=True)
        .agg(first_point=point.first(), last_point=point.last(), points=pl.len())
        .filter((pl.col("points") >= fewest).fill_null(False))
        .drop("stretch")
    )
