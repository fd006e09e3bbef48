"""Main pollution items (主要污染指标) of sections, rivers and basins, and by how much limits are exceeded.

Columns of a section frame, here and in `ratings`: `entity_id`, `water_class` (null: open), `class_best`, `class_worst`
(see `water_class.section_classes`), and `left_out`: why the section takes no part in any count (dry), else null.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from analytics.compute.rounding import exceedance, half_even
from analytics.compute.shape import Frame, Kind, Shape
from analytics.compute.surface_rules import SurfaceRules

# 氨氮(1.2): a multiple is written with one decimal.
_WRITTEN_DECIMALS = 1
EXCEEDANCE = ("parameter", "item_class", "multiple", "multiple_unrounded")
_LISTED = pl.List(
    pl.Struct(dict(zip(EXCEEDANCE, (pl.String, pl.Int8, pl.Float64, pl.Float64), strict=True))),
)
_OF_SECTION = {"water_class": Kind.WHOLE, "left_out": Kind.TEXT}
_ONE_EACH = Shape("classes of sections", _OF_SECTION, key=())
_ONE_WITH_TARGET = Shape("classes of sections", _OF_SECTION | {"target": Kind.WHOLE}, key=())
SECTIONS = Shape("classes of sections", {"entity_id": Kind.TEXT} | _OF_SECTION, key=("entity_id",))
_RESULTS = {"parameter": Kind.TEXT, "item_class": Kind.WHOLE}
_OF_ITEM = Shape("results of items", _RESULTS | {"case": Kind.TEXT, "value": Kind.NUMBER})
_ITEMS = Shape("results of items", _RESULTS | {"case": Kind.TEXT, "value": Kind.NUMBER}, key=("parameter",))
_CLASSES = Shape("results of items", {"entity_id": Kind.TEXT} | _RESULTS, key=("entity_id", "parameter"))
GROUP_EXCEEDANCE = ("parameter", "sections_exceeding", "sections_unknown", "share_pct")


def with_left_out(sections: Frame) -> pl.LazyFrame:
    """The sections with `left_out`; without that column every one of them takes part."""
    told = sections.lazy()
    if "left_out" in told.collect_schema():
        return told
    return told.with_columns(left_out=pl.lit(None, pl.String))


def exceedances(items: Frame, rules: SurfaceRules, *, against: str) -> pl.LazyFrame:
    """The items that are worse than a class, and by how many times its limit.

    Parameters
    ----------
    items
        `parameter`, `case`, `value` (rounded mean) [unit of the parameter], `item_class`, and whatever tells the rows
        apart (see `water_class.item_results`). An item without a class exceeds nothing that is known.
    against
        The column with the number of the class; a row without one exceeds nothing.

    Returns
    -------
    pl.LazyFrame
        Those rows of `items` that exceed, with `multiple_unrounded`: (value − limit)/limit, null for the method's
        `without_multiple` and where the limit is no upper one; and `multiple`, rounded half to even to one decimal.
        Source: assessment_2011.
    """
    made = (*(c for c in rules.limits.columns if c not in ("parameter", "case")), *EXCEEDANCE[2:])
    told = _OF_ITEM.of(items, by=[against], without=made)
    columns = told.collect_schema().names()
    highs = [name for name in rules.limits.columns if name.startswith("high_")]
    number = pl.col(against)
    limit = pl.coalesce(pl.when(number == i).then(high) for i, high in enumerate(highs, start=1))
    has_multiple = ~pl.col("parameter").is_in(rules.method.without_multiple) & (limit > 0)
    multiple = pl.when(has_multiple).then(exceedance(pl.col("value"), limit))
    return (
        told.filter(pl.col("item_class") > number)
        .join(rules.limits.lazy(), on=["parameter", "case"], how="left")
        .with_columns(multiple_unrounded=multiple)
        .with_columns(multiple=half_even(pl.col("multiple_unrounded"), pl.lit(_WRITTEN_DECIMALS)))
        .select(*columns, "multiple", "multiple_unrounded")
    )


def main_items(sections: Frame, items: Frame, rules: SurfaceRules, *, by: Sequence[str]) -> pl.LazyFrame:
    """The main pollution items of each section: the first few that are worse than the good class.

    Cyanide and heavy metals come before all others, then the worse class, then the higher multiple (an item without one
    last), then the name. None are named where the section's class is good.

    Parameters
    ----------
    sections
        A section frame with the columns of `by`.
    items
        The columns of `by`, and those that `exceedances` needs.
    by
        The columns that tell the sections apart: `entity_id`, and the period where there are several.

    Returns
    -------
    pl.LazyFrame
        The columns of `by`; `main_items`: list of `parameter`, `item_class`, `multiple`, `multiple_unrounded` (null
        where the section has no class, empty where it is good); `reason`: `open_class`, or why it was left out.
        Source: assessment_2011.
    """
    told = _ONE_EACH.of(with_left_out(sections), by=by).with_columns(_limit_class=pl.lit(rules.good, pl.Int8))
    listed = _listed(told, items, rules, by=by).with_columns(pl.col("found").list.head(rules.method.main_items))
    return listed.select(*by, "reason", main_items="found").sort(by)


def items_beyond_target(sections: Frame, items: Frame, rules: SurfaceRules, *, by: Sequence[str]) -> pl.LazyFrame:
    """All items of each section that are worse than its own target class, in the order of `main_items`.

    Parameters
    ----------
    sections
        A section frame with the columns of `by` and `target`: the number of the class aimed at (null: none).
    items, by
        As in `main_items`.

    Returns
    -------
    pl.LazyFrame
        The columns of `by`; `beyond_target`: list as in `main_items`, the multiples against the limit of the target
        (null without a class or a target); `reason`: `no_target`, `open_class`, or why the section was left out.
    """
    told = _ONE_WITH_TARGET.of(with_left_out(sections), by=by).with_columns(_limit_class="target")
    no_target = pl.when(pl.col("_limit_class").is_null() & pl.col("reason").is_null()).then(pl.lit("no_target"))
    listed = _listed(told, items, rules, by=by).with_columns(reason=pl.coalesce("reason", no_target))
    is_told = pl.col("reason").is_null()
    return listed.select(*by, "reason", beyond_target=pl.when(is_told).then("found")).sort(by)


def _listed(sections: pl.LazyFrame, items: Frame, rules: SurfaceRules, *, by: Sequence[str]) -> pl.LazyFrame:
    """The section's items beyond `_limit_class` as the list `found`, with `reason` where its class is not known."""
    told = sections.select(*by, "water_class", "left_out", "_limit_class")
    comes_first = pl.col("parameter").is_in(rules.method.before_all_others)
    with_limit = _ITEMS.of(items, by=by).join(told.select(*by, "_limit_class"), on=by, nulls_equal=True)
    found = (
        exceedances(with_limit, rules, against="_limit_class")
        .sort(
            comes_first,
            "item_class",
            "multiple_unrounded",
            "parameter",
            descending=[True, True, True, False],
            nulls_last=True,
        )
        .group_by(by, maintain_order=True)
        .agg(found=pl.struct(EXCEEDANCE))
    )
    is_known = pl.col("water_class").is_not_null() & pl.col("left_out").is_null()
    # A section whose class is no worse than the limit's has no item beyond it, whatever the items say.
    is_beyond = pl.col("water_class") > pl.col("_limit_class")
    nothing = pl.lit([], _LISTED)
    return told.join(found, on=by, how="left", nulls_equal=True).with_columns(
        found=pl.when(is_known & is_beyond).then(pl.col("found").fill_null(nothing)).when(is_known).then(nothing),
        reason=pl.coalesce("left_out", pl.when(pl.col("water_class").is_null()).then(pl.lit("open_class"))),
    )


def group_main_items(sections: Frame, items: Frame, rules: SurfaceRules, *, by: Sequence[str]) -> pl.LazyFrame:
    """The main pollution items of each river, basin or region: those that most sections exceed, of as many the worse.

    A group of fewer sections than the method asks for has none of its own: those of its sections stand (`main_items`).
    A group is asked whatever its rating: a good one may have sections that are not.

    Parameters
    ----------
    sections
        A section frame with the columns of `by`.
    items
        `entity_id`, `parameter`, `item_class`, and those columns of `by` that tell its periods apart.
    by
        The columns that tell the groups apart, and the period where there are several; at least one.

    Returns
    -------
    pl.LazyFrame
        The columns of `by`; `main_items`: list of `parameter`, `sections_exceeding`, `sections_unknown` (assessed
        without this item, though it is on their list) and `share_pct` (断面超标率 [%] of the assessed sections);
        `sections_assessed`, `sections_open`; `reason` where there is no list: `few_sections`, `all_left_out`,
        `none_assessed`, `no_items` (nothing is told of the assessed ones). Source: assessment_2011.
    """
    sections = SECTIONS.of(with_left_out(sections), by=by)
    counted = sections.filter(pl.col("left_out").is_null())
    is_assessed = pl.col("water_class").is_not_null()
    counts = sections.group_by(by).agg(
        sections_assessed=(is_assessed & pl.col("left_out").is_null()).sum().cast(pl.Int64),
        sections_open=(~is_assessed & pl.col("left_out").is_null()).sum().cast(pl.Int64),
    )
    found = _most_exceeded(counted.filter(is_assessed), items, rules, by=by)
    all_counted = pl.col("sections_assessed") + pl.col("sections_open")
    reason = (
        pl.when(all_counted == 0)
        .then(pl.lit("all_left_out"))
        .when(all_counted < rules.method.sections_for_shares)
        .then(pl.lit("few_sections"))
        .when(pl.col("sections_assessed") == 0)
        .then(pl.lit("none_assessed"))
        .when(pl.col("main_items").is_null())
        .then(pl.lit("no_items"))
    )
    return (
        counts.join(found, on=by, how="left", nulls_equal=True)
        .with_columns(reason=reason)
        .select(
            *by,
            main_items=pl.when(pl.col("reason").is_null()).then("main_items"),
            sections_assessed="sections_assessed",
            sections_open="sections_open",
            reason="reason",
        )
        .sort(by)
    )


def _most_exceeded(assessed: pl.LazyFrame, items: Frame, rules: SurfaceRules, *, by: Sequence[str]) -> pl.LazyFrame:
    """The items that most of the assessed sections of each group exceed, as the list `main_items`."""
    shared = ["entity_id", *(c for c in by if c in items.lazy().collect_schema())]
    counts = assessed.group_by(by).agg(assessed=pl.len())
    exceeding = pl.col("sections_exceeding")
    of_item = (
        assessed.select(*by, "entity_id")
        .join(_CLASSES.of(items, by=shared).select(*shared, "parameter", "item_class"), on=shared, nulls_equal=True)
        .group_by(*by, "parameter")
        .agg(
            sections_exceeding=(pl.col("item_class") > rules.good).sum().cast(pl.Int64),
            sections_unknown=pl.col("item_class").is_null().sum().cast(pl.Int64),
            worst=pl.col("item_class").max(),
        )
        .join(counts, on=by, nulls_equal=True)
        .with_columns(share_pct=100 * exceeding / pl.col("assessed"))
    )
    in_order = of_item.sort(exceeding, "worst", "parameter", descending=[True, True, False], nulls_last=True)
    return in_order.group_by(by, maintain_order=True).agg(
        main_items=pl.struct(GROUP_EXCEEDANCE).filter(exceeding > 0).head(rules.method.main_items)
    )
