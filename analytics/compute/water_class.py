"""Classes of single values, and of whatever is judged by its worst item, from the limits of a standard.

Classes are numbered from 1, the best; the last one is worse than every limit. The limits come in as a frame, so that no
limit stands in the code.

Source: assessment_2011 (the worst item decides), gb3838_2002 and the other standards of the catalog.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isinf

import polars as pl

from analytics import units
from analytics.catalog.models import Parameter
from analytics.catalog.standard import Limits, Standard
from analytics.compute import rounding
from analytics.compute.means import OF_SITES
from analytics.compute.shape import Frame, Kind, Shape, require_same_kinds

# What one result of an item is known by, beside the columns that its caller groups by.
ITEM_RESULT = ("parameter", "mean", "value", "item_class", "item_best", "item_worst", "months")
_ENDS = ("value_low", "value_high", "value_nothing", "value_limit")
_VALUES = Shape("values", {"parameter": Kind.KEY, "case": Kind.KEY, "value": Kind.NUMBER})
_MEMBERS = Shape("sections", {"entity_id": Kind.TEXT, "case": Kind.KEY, "items": Kind.TEXTS}, key=("entity_id",))
_ITEMS = Shape(
    "results of items",
    {"parameter": Kind.TEXT, "value": Kind.NUMBER}
    | dict.fromkeys(("item_class", "item_best", "item_worst", "months"), Kind.WHOLE),
    key=(),
)


def limit_table(standard: Standard, parameters: Mapping[str, Parameter]) -> pl.DataFrame:
    """The standard's limits as a frame: one row per parameter and case (water body, season).

    Items that take no part in the class are left out.

    Returns
    -------
    pl.DataFrame
        `parameter`, `case`, `low_1`, `high_1`, `low_2`, … for every class but the last [unit of the parameter] (null:
        nothing bounds it on that side), `floor` (the least that a reading can be), `undetected_class` (the class that
        is kept for what was not detected, else null), `open_from` (the class from which on the standard does not say
        which, else null), `last_class`.
    """
    classes = len(standard.class_names)
    rows = [
        {"parameter": limit.parameter, "case": case, **_bounds(limit, classes, parameters[limit.parameter])}
        for limit in standard.limits
        if limit.parameter not in standard.not_assessed
        for case in limit.cases
    ]
    bounds = [f"{side}_{i}" for i in range(1, classes) for side in ("low", "high")]
    schema: dict[str, type[pl.DataType]] = {"parameter": pl.String, "case": pl.String}
    schema |= dict.fromkeys((*bounds, "floor"), pl.Float64) | dict.fromkeys(
        ("undetected_class", "open_from", "last_class"), pl.Int8
    )
    return pl.DataFrame(rows, schema=schema)


def _bounds(limit: Limits, classes: int, parameter: Parameter) -> dict[str, float | int | None]:
    factor = units.factor(limit.unit, parameter.unit)
    found: dict[str, float | int | None] = {"last_class": classes, "undetected_class": None, "open_from": None}
    found["floor"] = parameter.plausible.minimum
    for number, bound in enumerate(limit.classes, start=1):
        low, high = limit.span(number - 1)
        if bound == "not_detected":
            found["undetected_class"] = number
        found[f"low_{number}"] = None if isinf(low) else _converted(low, factor)
        found[f"high_{number}"] = high if bound == "not_detected" else None if isinf(high) else _converted(high, factor)
    if len(limit.classes) < classes - 1:
        found["open_from"] = len(limit.classes) + 1
    return found


def _converted(value: float, factor: float) -> float:
    """A limit in another unit, without the noise of the multiplication."""
    return float(f"{value * factor:.12g}")


def limits_up_to(limits: pl.DataFrame, number: int) -> pl.DataFrame:
    """The limits of one class: `parameter`, `case`, `low`, `high` [unit of the parameter], null where unbounded.

    An item of which the standard leaves open where that class ends has no row.
    """
    is_told = (pl.col("open_from") > number).fill_null(True)
    return limits.filter(is_told).select("parameter", "case", low=f"low_{number}", high=f"high_{number}")


def _bounded(limits: Iterable[str]) -> int:
    """How many classes have limits, from the columns of a limit table."""
    return sum(name.startswith("high_") for name in limits)


def failed_classes(value: pl.Expr, bounded: int) -> pl.Expr:
    """How many classes a value is too bad for, from the columns of `limit_table`; a value on a limit is within it."""
    fails = [
        ((value < pl.col(f"low_{i}")).fill_null(False) | (value > pl.col(f"high_{i}")).fill_null(False)).cast(pl.Int8)
        for i in range(1, bounded + 1)
    ]
    return pl.sum_horizontal(fails).cast(pl.Int8)


def item_class(of: str = "value", *, bounded: int, is_undetected: pl.Expr | None = None) -> pl.Expr:
    """Class of one value from the columns of `limit_table` joined to it; null without limit, or a value that can be.

    Null as well where the standard leaves open which of its last classes it is. `of` names the column with the value,
    `bounded` is the number of classes that have limits.
    """
    best = _best_class(of, bounded=bounded, is_undetected=is_undetected)
    return pl.when((best != pl.col("open_from")).fill_null(True)).then(best)


def _best_class(of: str, *, bounded: int, is_undetected: pl.Expr | None = None) -> pl.Expr:
    """As `item_class`; the best of the classes where the standard leaves them open."""
    value = pl.col(of)
    # Limits only widen from class to class, so the class is 1 plus the number of classes that do not hold.
    found = failed_classes(value, bounded) + 1
    if is_undetected is not None:
        # Not detected by a method too coarse for the next class tells nothing of the one that asks for no detection.
        kept = pl.col("undetected_class")
        found = pl.when((is_undetected & (found <= kept + 1)).fill_null(False)).then(kept).otherwise(found)
    can_be = value.is_finite() & (value >= pl.col("floor"))
    return pl.when(can_be & pl.col("last_class").is_not_null()).then(found.cast(pl.Int8))


def _worst_class(of: str, *, bounded: int, is_undetected: pl.Expr | None = None) -> pl.Expr:
    best = _best_class(of, bounded=bounded, is_undetected=is_undetected)
    return pl.when((best == pl.col("open_from")).fill_null(False)).then("last_class").otherwise(best)


def classify_items(values: Frame, limits: pl.DataFrame) -> pl.LazyFrame:
    """Each value with its class.

    Parameters
    ----------
    values
        At least `parameter` (a key of the catalog, see `Catalog.parameter`), `case` (one of the standard's `cases`:
        river, lake, …), `value` [unit of the parameter], which is not rounded here.
    limits
        From `limit_table`.

    Returns
    -------
    pl.LazyFrame
        The rows with `item_class`: 1 is the best (null where the item has no limit in that case, or no value that can
        be). Source: that of the standard whose limits they are.
    """
    told = _VALUES.of(values, without=_made_of(limits))
    columns = told.collect_schema().names()
    joined = told.join(limits.lazy(), on=["parameter", "case"], how="left", maintain_order="left")
    return joined.with_columns(item_class=item_class(bounded=_bounded(limits.columns))).select(*columns, "item_class")


def _made_of(limits: pl.DataFrame) -> list[str]:
    """The columns that a frame gets by being held against limits."""
    return [*(c for c in limits.columns if c not in ("parameter", "case")), "item_class"]


def instant_classes(rows: Frame, limits: pl.DataFrame, *, items: Iterable[str]) -> pl.LazyFrame:
    """Class of each row of a station: real-time values are not rounded, total nitrogen never counts.

    Parameters
    ----------
    rows
        One row per station and time with `row_id`, `case` and a column per item.
    limits
        From `limit_table`.
    items
        The items that decide; a row that lacks one of them has no class, unless the others are of the last one already.

    Returns
    -------
    pl.LazyFrame
        `row_id`, `water_class` (null where no item has a value), `items_used`, `on_limit` (whether a
        deciding value stands exactly on a limit). Source: rounding_2020; gb3838_2002.
    """
    names = list(items)
    bounded = _bounded(limits.columns)
    shape = Shape(
        "rows of stations", {"row_id": Kind.ANY, "case": Kind.TEXT} | dict.fromkeys(names, Kind.NUMBER), key=("row_id",)
    )
    values = (
        shape.of(rows)
        .select("row_id", "case", *names)
        .unpivot(on=names, index=["row_id", "case"], variable_name="parameter", value_name="value")
    )
    joined = values.join(limits.lazy(), on=["parameter", "case"], how="left")
    sides = [pl.col(f"{side}_{i}") for i in range(1, bounded + 1) for side in ("low", "high")]
    on_limit = pl.any_horizontal((pl.col("value") == side).fill_null(False) for side in sides)
    complete = (pl.col("items_used") == len(names)) | (pl.col("water_class") == pl.col("last_class"))
    return (
        joined.with_columns(item_class=item_class(bounded=bounded), is_on_limit=on_limit)
        .group_by("row_id")
        .agg(
            water_class=pl.col("item_class").max(),
            items_used=pl.col("item_class").is_not_null().sum(),
            on_limit=pl.col("is_on_limit").any(),
            last_class=pl.col("last_class").max(),
        )
        .with_columns(water_class=pl.when(complete).then("water_class"))
        .drop("last_class")
    )


def item_results(
    means: Frame, members: Frame, limits: pl.DataFrame, *, decimals: pl.DataFrame, fewest: int
) -> pl.LazyFrame:
    """Every item that decides for a member, with its rounded mean and the class of that.

    An item with fewer than `fewest` months has no value: it may yet be of any class. One that was never detected is
    classed by half its limit of detection only where nothing and the whole limit have that class too: of a limit too
    coarse the class is open between theirs. Where it was detected in some months, the class stands by the mean, and it
    may be any that nothing and the limit in the others would have.

    Parameters
    ----------
    means
        `site_id`, `parameter`, `mean`, `mean_low`, `mean_high`, `months`, `is_undetected` (see `means.annual_means`).
    members
        `entity_id`, `case`, `items` (list of parameters that decide for the member), and whatever else tells its rows
        apart; where it has columns of `means` other than those above (a period), they are matched too.
    limits
        From `limit_table`.
    decimals
        `parameter`, `decimals` (places of assessment data; null: as measured).
    fewest
        Fewest months, or samplings, for a mean to count.

    Returns
    -------
    pl.LazyFrame
        The columns of `members` but `items`, and `parameter`, `mean`, `value` (rounded), `item_class`, `item_best` and
        `item_worst` (null where there is no value that can be), `months`. Source: assessment_2011, assessment_2020,
        rounding_2018.
    """
    made = {*ITEM_RESULT, *OF_SITES.columns, *_made_of(limits), "decimals", *_ENDS}
    own = [c for c in members.lazy().collect_schema().names() if c != "items" and c not in made]
    shared = [c for c in means.lazy().collect_schema().names() if c in own]
    means, members = OF_SITES.of(means, by=shared or None), _MEMBERS.of(members, by=own, without=sorted(made))
    require_same_kinds(means, members, shared, what="means and the members they are of")
    # One of which no item is told keeps a row: it is open, and not forgotten.
    items = members.select(*own, parameter="items").explode("parameter", empty_as_null=True)
    joined = items.join(
        means, left_on=["entity_id", *shared, "parameter"], right_on=["site_id", *shared, "parameter"], how="left"
    ).join(decimals.lazy(), on="parameter", how="left")
    enough, mean = pl.col("months") >= fewest, pl.col("mean")
    # What was never detected has half its limit as mean. Months that lack widen its bounds, and not that limit.
    ends = (pl.col("mean_low"), pl.col("mean_high"), mean * 0, mean * 2)
    held = {"value": mean, **dict(zip(_ENDS, ends, strict=True))}
    rounded = {name: pl.when(enough).then(rounding.as_assessed(of, pl.col("decimals"))) for name, of in held.items()}
    bounded, undetected = _bounded(limits.columns), pl.col("is_undetected").fill_null(False)
    best = {name: _best_class(name, bounded=bounded, is_undetected=undetected) for name in held}
    worst = {name: _worst_class(name, bounded=bounded, is_undetected=undetected) for name in held}
    is_told = ~undetected | best["value_nothing"].eq_missing(best["value_limit"])
    can_be, spread = best["value"].is_not_null(), ("value", "value_low", "value_high")
    return (
        joined.with_columns(**rounded)
        .join(limits.lazy(), on=["parameter", "case"], how="left")
        .with_columns(
            item_class=pl.when(is_told).then(item_class(bounded=bounded, is_undetected=undetected)),
            item_best=pl.when(can_be).then(pl.min_horizontal(best[name] for name in spread)),
            item_worst=pl.when(can_be).then(pl.max_horizontal(worst[name] for name in spread)),
        )
        .select(*own, *ITEM_RESULT)
    )


def section_classes(items: Frame, *, by: Sequence[str], last_class: int) -> pl.LazyFrame:
    """The class of each group of items, with the best and the worst that they allow: the worst item decides.

    Parameters
    ----------
    items
        From `item_results`.
    by
        The columns that tell the groups apart: the member, and its period where there are several.
    last_class
        The number of the class that is worse than every limit.

    Returns
    -------
    pl.LazyFrame
        The columns of `by`, and `water_class` (null where it turns on what is missing), `class_best`, `class_worst`,
        `items_expected`, `items_used`, `items_open` (list of those that lack months), `months` (fewest of the items
        used), `worst_items` (list, by name: the items that decide), their rounded means `worst_values`, and
        `undetected` (list of the items whose class is open though they were measured often enough), `class_measured`
        (that of the items that were, whatever the others are). Source: assessment_2011 (the worst item decides).
    """
    worst = pl.col("item_class").max()
    is_used, is_measured = pl.col("item_class").is_not_null(), pl.col("item_best").is_not_null()
    decides = (pl.col("item_class") == worst).fill_null(False)
    varies = (pl.col("item_best") != pl.col("item_worst")).fill_null(False)
    is_sure = (pl.col("items_used") == pl.col("items_expected")) | (pl.col("class_best") == pl.col("class_worst"))
    return (
        _ITEMS.of(items, by=[*by, "parameter"])
        .sort(*by, "parameter")
        .group_by(by, maintain_order=True)
        .agg(
            items_expected=pl.len(),
            items_used=is_used.sum(),
            items_open=pl.col("parameter").filter(~is_measured),
            months=pl.col("months").filter(is_used).min(),
            class_measured=worst,
            class_best=pl.col("item_best").max().fill_null(1),
            class_worst=pl.when(is_measured.all())
            .then(pl.col("item_worst").max())
            .otherwise(pl.lit(last_class, pl.Int8)),
            worst_items=pl.col("parameter").filter(decides),
            worst_values=pl.col("value").filter(decides),
            undetected=pl.col("parameter").filter(varies),
        )
        .with_columns(water_class=pl.when(is_sure).then("class_measured"))
    )


def worst_of(standard: Standard) -> int:
    """The number of the class that is worse than every limit."""
    return len(standard.class_names)
