"""The comprehensive trophic level index of lakes (TLI), and its grades.

A lake of several points is averaged by `means.means_over_sites`: over time at each point first, then over the points.
Values come in the units of the catalog's parameters (chlorophyll a in mg/L, transparency in cm) and are converted to
those of the formula. What has no value has a `reason`: `no_mean`, `not_positive` (a logarithm needs more than nothing),
`items_missing`.

Source: trophic_2001.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from analytics import units
from analytics.catalog.method import Grade, TrophicIndex
from analytics.catalog.models import Parameter
from analytics.compute.rounding import settled
from analytics.compute.shape import Frame, Kind, Shape

_MEANS = Shape("means of items", {"parameter": Kind.TEXT, "mean": Kind.NUMBER})
_BOUNDS = Shape(
    "means of items",
    {"parameter": Kind.TEXT} | dict.fromkeys(("mean_low", "mean_high"), Kind.NUMBER),
    key=("parameter",),
)
_LEVELS = Shape(
    "levels of items",
    {"parameter": Kind.TEXT, "item_level": Kind.NUMBER, "reason": Kind.TEXT},
    key=("parameter",),
)
_INDICES = Shape("trophic levels", {"trophic_level": Kind.NUMBER})


def term_table(index: TrophicIndex, parameters: Mapping[str, Parameter]) -> pl.DataFrame:
    """The terms of the index with their weights: each correlation squared, over the sum of all squares.

    Returns
    -------
    pl.DataFrame
        `parameter`, `constant`, `slope`, `weight` [1], `factor` (what a value in the parameter's unit is multiplied
        with to be in that of the formula). Source: trophic_2001.
    """
    rows = [
        (t.parameter, t.constant, t.slope, t.correlation**2, units.factor(parameters[t.parameter].unit, t.unit))
        for t in index.terms
    ]
    names = {"parameter": pl.String} | dict.fromkeys(("constant", "slope", "square", "factor"), pl.Float64)
    terms = pl.DataFrame(rows, schema=names, orient="row")
    weight = pl.col("square") / pl.col("square").sum()
    return terms.select("parameter", "constant", "slope", "factor", weight=weight)


def item_levels(means: Frame, terms: pl.DataFrame) -> pl.LazyFrame:
    """Each mean with the level of its item: 10 (constant + slope · ln value).

    Parameters
    ----------
    means
        At least `parameter`, `mean` [unit of the parameter]; rows of items without a term are left out.
    terms
        From `term_table`.

    Returns
    -------
    pl.LazyFrame
        The rows with `item_level` [1] and `reason` (`no_mean`, `not_positive`), null where there is a level.
        Source: trophic_2001.
    """
    told = _MEANS.of(means, without=["constant", "slope", "factor", "weight", "item_level"])
    columns = [c for c in told.collect_schema().names() if c != "reason"]
    mean = pl.col("mean")
    level = 10 * (pl.col("constant") + pl.col("slope") * (mean * pl.col("factor")).log())
    reason = pl.when(mean.is_null()).then(pl.lit("no_mean")).when(mean <= 0).then(pl.lit("not_positive"))
    return (
        told.drop("reason", strict=False)
        .join(terms.lazy(), on="parameter", maintain_order="left")
        .with_columns(reason=reason)
        .with_columns(item_level=pl.when(pl.col("reason").is_null()).then(settled(level)))
        .select(*columns, "item_level", "reason")
    )


def trophic_levels(levels: Frame, terms: pl.DataFrame, *, by: Sequence[str]) -> pl.LazyFrame:
    """The index of each lake: the weighted sum of the levels of all its items.

    Parameters
    ----------
    levels
        From `item_levels`: one row per lake and item, an item that was not measured with none or a null level.
    terms
        From `term_table`.
    by
        The columns that tell the lakes apart, and their periods where there are several.

    Returns
    -------
    pl.LazyFrame
        The columns of `by`, `trophic_level` [1], `items_used`, `items_missing` (lists, by name), `reason`
        (`not_positive`, `items_missing`; then there is no index). Source: trophic_2001.
    """
    lacks_any = pl.col("items_missing").list.len() > 0
    return _weighted(levels, terms, by, is_incomplete=lacks_any)


def trophic_levels_of_measured(levels: Frame, terms: pl.DataFrame, *, by: Sequence[str]) -> pl.LazyFrame:
    """The index of each lake over what was measured, the weights of the rest handed out anew.

    Only where it is asked for: the regulation does not say what to do without an item, and `items_missing` has to be
    printed with it. Arguments and columns as in `trophic_levels`; a value that is not positive is a mistake and not a
    gap, and gives no index here either. Source: none; the weights are handed out anew by us.
    """
    has_none = pl.col("items_used").list.len() == 0
    return _weighted(levels, terms, by, is_incomplete=has_none)


def _weighted(levels: Frame, terms: pl.DataFrame, by: Sequence[str], *, is_incomplete: pl.Expr) -> pl.LazyFrame:
    weight, level, name = pl.col("weight"), pl.col("item_level"), pl.col("parameter")
    is_used = level.is_not_null()
    is_wrong = (pl.col("reason") == "not_positive").fill_null(False)
    every = pl.lit(terms["parameter"].sort().to_list(), pl.List(pl.String))
    reason = pl.when("is_wrong").then(pl.lit("not_positive")).when(is_incomplete).then(pl.lit("items_missing"))
    return (
        _LEVELS.of(levels, by=by)
        .join(terms.lazy().select("parameter", "weight"), on="parameter")
        .sort(*by, "parameter")
        .group_by(by, maintain_order=True)
        .agg(
            total=settled((weight * level).sum() / weight.filter(is_used).sum()),
            items_used=name.filter(is_used),
            is_wrong=is_wrong.any(),
        )
        .with_columns(items_missing=every.list.set_difference("items_used").list.sort())
        .with_columns(reason=reason)
        .with_columns(trophic_level=pl.when(pl.col("reason").is_null()).then("total"))
        .select(*by, "trophic_level", "items_used", "items_missing", "reason")
    )


def level_bounds(means: Frame, terms: pl.DataFrame, *, by: Sequence[str]) -> pl.LazyFrame:
    """The least and the most that the index of each lake can be, with every mean at its one or its other end.

    Parameters
    ----------
    means
        `parameter`, `mean_low`, `mean_high` [unit of the parameter] and the columns of `by`; an item that was not
        measured with none.
    terms
        From `term_table`.
    by
        The columns that tell the lakes apart, and their periods where there are several.

    Returns
    -------
    pl.LazyFrame
        The columns of `by`, `level_low`, `level_high`; null where nothing bounds the index on that side: a mean that
        may be nothing has no logarithm. Source: the formula trophic_2001; that it is bounded is ours.
    """
    told = _BOUNDS.of(means, by=by).cache()
    rises = pl.col("parameter").is_in(terms.filter(pl.col("slope") > 0)["parameter"].to_list())
    low, high = (
        trophic_levels(
            item_levels(told.with_columns(mean=pl.when(rises).then(end).otherwise(other)), terms), terms, by=by
        ).select(*by, **{name: "trophic_level"})
        for name, end, other in (("level_low", "mean_low", "mean_high"), ("level_high", "mean_high", "mean_low"))
    )
    return low.join(high, on=list(by), nulls_equal=True)


def graded(levels: Frame, grades: Sequence[Grade]) -> pl.LazyFrame:
    """The rows with `grade`: the number of the first grade that holds, 1 for the poorest in nutrients.

    Parameters
    ----------
    levels
        At least `trophic_level`; one that is null has no grade.
    grades
        Those of the index, from the lowest. Source: trophic_2001.
    """
    level = pl.col("trophic_level")
    found = pl.lit(None, pl.Int8)
    for number, grade in reversed(list(enumerate(grades, start=1))):
        holds = pl.lit(True)
        if grade.below is not None:
            holds &= level < grade.below
        if grade.at_most is not None:
            holds &= level <= grade.at_most
        found = pl.when(holds).then(pl.lit(number, pl.Int8)).otherwise(found)
    return _INDICES.of(levels).with_columns(grade=pl.when(level.is_not_null()).then(found))
