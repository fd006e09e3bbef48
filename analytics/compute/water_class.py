"""Water classes by GB 3838-2002 table 1: the worst item decides.

Classes are numbered from 1 (Ⅰ) to 6 (worse than Ⅴ). The standard's limits come in as a frame, so that no
limit stands in the code.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from analytics.catalog.models import Standard
from analytics.compute import rounding

WORST = 6
_CLASSES = (1, 2, 3, 4, 5)


def limit_table(standard: Standard) -> pl.DataFrame:
    """The standard's limits as a frame: one row per parameter and water body.

    Returns
    -------
    pl.DataFrame
        `parameter`, `water_body` (river, lake), `direction`, `limit_1` … `limit_5`, `upper`.
    """
    rows = [
        {
            "parameter": limit.parameter,
            "water_body": body,
            "direction": limit.direction,
            **{f"limit_{i}": limit.classes[i - 1] for i in _CLASSES},
            "upper": limit.upper,
        }
        for limit in standard.limits
        if limit.parameter not in standard.not_assessed
        for body in limit.bodies
    ]
    return pl.DataFrame(rows, schema_overrides={"upper": pl.Float64})


def item_class(of: str = "value") -> pl.Expr:
    """Class of one value from the columns of `limit_table` joined to it; null without value or limit.

    A value exactly on a limit has the better class. pH inside its range is class Ⅰ, outside worse than Ⅴ. `of` names
    the column with the value.
    """
    value, direction = pl.col(of), pl.col("direction")
    within = value.is_between(pl.col("limit_1"), pl.col("upper"))
    holds = [
        pl.when(direction == "at_most")
        .then(value <= pl.col(f"limit_{i}"))
        .when(direction == "at_least")
        .then(value >= pl.col(f"limit_{i}"))
        .otherwise(within)
        for i in _CLASSES
    ]
    # Limits only widen from Ⅰ to Ⅴ, so the class is 1 plus the number of classes that do not hold.
    failed = pl.sum_horizontal(h.not_().cast(pl.Int8) for h in holds)
    return pl.when(value.is_not_null() & direction.is_not_null()).then((failed + 1).cast(pl.Int8))


def classify_items(values: pl.LazyFrame, limits: pl.DataFrame) -> pl.LazyFrame:
    """Each value with its class.

    Parameters
    ----------
    values
        At least `parameter`, `water_body`, `value` [unit of the limits].
    limits
        From `limit_table`.

    Returns
    -------
    pl.LazyFrame
        The rows with `item_class` (1 to 6; null where the item has no limit or no value).
    """
    columns = values.collect_schema().names()
    joined = values.join(limits.lazy(), on=["parameter", "water_body"], how="left")
    return joined.with_columns(item_class=item_class()).select(*columns, "item_class")


def instant_classes(rows: pl.LazyFrame, limits: pl.DataFrame, *, items: Iterable[str]) -> pl.LazyFrame:
    """Class of each row of a station: real-time values are not rounded, total nitrogen never counts.

    Parameters
    ----------
    rows
        One row per station and time with `row_id`, `water_body` and a column per item.
    limits
        From `limit_table`.
    items
        The items that decide; a row that lacks one of them has no class, unless the others are worse than Ⅴ already.

    Returns
    -------
    pl.LazyFrame
        `row_id`, `water_class` (1 to 6, null where no item has a value), `items_used`, `on_limit` (whether a
        deciding value stands exactly on a limit).
    """
    names = list(items)
    values = rows.select("row_id", "water_body", *names).unpivot(
        on=names, index=["row_id", "water_body"], variable_name="parameter", value_name="value"
    )
    joined = values.join(limits.lazy(), on=["parameter", "water_body"], how="left")
    on_limit = pl.any_horizontal(pl.col("value") == pl.col(f"limit_{i}") for i in _CLASSES) | (
        pl.col("value") == pl.col("upper")
    ).fill_null(False)
    return (
        joined.with_columns(item_class=item_class(), is_on_limit=on_limit)
        .group_by("row_id")
        .agg(
            water_class=pl.col("item_class").max(),
            items_used=pl.col("item_class").is_not_null().sum(),
            on_limit=pl.col("is_on_limit").any(),
        )
        .with_columns(
            water_class=pl.when((pl.col("items_used") == len(names)) | (pl.col("water_class") == WORST)).then(
                "water_class"
            )
        )
    )


def annual_classes(
    means: pl.LazyFrame,
    sections: pl.LazyFrame,
    limits: pl.DataFrame,
    *,
    decimals: pl.DataFrame,
    minimum_months: int,
) -> pl.LazyFrame:
    """Annual class of each section, with the best and the worst class that its items allow.

    The mean of each item is rounded by the regulation and then classed; the worst item decides. An item
    with fewer than `minimum_months` months decides nothing: it may yet be of any class. Of one that was not detected
    the class is that of half the limit of detection; it may be any that nothing and that limit would have.

    Parameters
    ----------
    means
        From `means.annual_means`: `site_id`, `parameter`, `mean`, `mean_low`, `mean_high`, `months`.
    sections
        `entity_id`, `water_body`, `items` (list of parameters that decide for the section).
    limits
        From `limit_table`.
    decimals
        `parameter`, `decimals` (places of assessment data).
    minimum_months
        Fewest months for an annual mean to count.

    Returns
    -------
    pl.LazyFrame
        `entity_id`, `water_class` (null where it turns on what is missing), `class_best`, `class_worst`,
        `items_expected`, `items_used`, `items_open` (list of those that lack months), `months` (fewest of the items
        used), `worst_items` (list, by name), their rounded means `worst_values`, and `undetected` (list of the items
        whose limit of detection leaves their class open).
    """
    items = sections.select("entity_id", "water_body", parameter="items").explode("parameter")
    joined = items.join(means, left_on=["entity_id", "parameter"], right_on=["site_id", "parameter"], how="left").join(
        decimals.lazy(), on="parameter", how="left"
    )
    enough = pl.col("months") >= minimum_months
    rounded = {
        name: pl.when(enough).then(rounding.half_even(pl.col(mean), pl.col("decimals")))
        for name, mean in (("value", "mean"), ("value_low", "mean_low"), ("value_high", "mean_high"))
    }
    classed = (
        joined.with_columns(**rounded)
        .join(limits.lazy(), on=["parameter", "water_body"], how="left")
        .with_columns(item_class=item_class(), at_low=item_class("value_low"), at_high=item_class("value_high"))
        .with_columns(
            item_best=pl.min_horizontal("item_class", "at_low", "at_high"),
            item_worst=pl.max_horizontal("item_class", "at_low", "at_high"),
        )
    )
    worst = pl.col("item_class").max()
    is_used, decides = pl.col("item_class").is_not_null(), pl.col("item_class") == worst
    varies = pl.col("item_best") != pl.col("item_worst")
    return (
        classed.sort("entity_id", "parameter")
        .group_by("entity_id")
        .agg(
            items_expected=pl.len(),
            items_used=is_used.sum(),
            items_open=pl.col("parameter").filter(~is_used),
            months=pl.col("months").filter(is_used).min(),
            known=worst,
            class_best=pl.col("item_best").max().fill_null(1),
            class_worst=pl.when(is_used.all()).then(pl.col("item_worst").max()).otherwise(pl.lit(WORST, pl.Int8)),
            worst_items=pl.col("parameter").filter(decides),
            worst_values=pl.col("value").filter(decides),
            undetected=pl.col("parameter").filter(varies),
        )
        .with_columns(
            water_class=pl.when(
                (pl.col("items_used") == pl.col("items_expected")) | (pl.col("class_best") == WORST)
            ).then("known")
        )
        .drop("known")
    )
