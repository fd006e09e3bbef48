"""Ratings of rivers, basins and regions: by the shares of their sections' classes, or the mean of few sections.

Section frames are as in `main_items`. A section that is left out (dry) is in no count and no mean; one whose class is
open is in every count, and may be of any class from its best to its worst. A group gets no average class where its
sections suffice for shares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from analytics.compute import rounding, water_class
from analytics.compute.main_items import SECTIONS, with_left_out
from analytics.compute.means import means_over_sites
from analytics.compute.shape import Frame, Kind, Shape, require_same_kinds
from analytics.compute.surface_rules import SurfaceRules, rating_of_class, rating_words

# The classes that a count may take the sections to have: as known, the open ones at their best or worst; all of them.
_KNOWN_OR = {"known_best": ("water_class", "class_best"), "known_worst": ("water_class", "class_worst")}
_BOUNDS = {"best": ("class_best", "water_class"), "worst": ("class_worst", "water_class")}
_TAKEN_AS = _KNOWN_OR | _BOUNDS
_OF_GROUP_MEAN = ("water_class", "worst_items", "partial_items")
COUNTS = ("sections_assessed", "sections_open", "sections_left_out", "sections")
OF_SHARES = (
    *("sections_good", "sections_worst", "good_pct", "good_low_pct", "good_high_pct"),
    *("worst_pct", "worst_low_pct", "worst_high_pct", "class_shares"),
)
RATED = ("rating", "rating_best", "rating_worst")
RATING = ("rated_by", *COUNTS, *OF_SHARES, *_OF_GROUP_MEAN, *RATED)
_WORDS = ("word", "best_word", "worst_word")
SECTIONS_RATED = replace(SECTIONS, columns={**SECTIONS.columns, "class_best": Kind.WHOLE, "class_worst": Kind.WHOLE})
_ITEMS = Shape(
    "results of items",
    dict.fromkeys(("entity_id", "parameter", "case"), Kind.TEXT)
    | dict.fromkeys(("mean", "value"), Kind.NUMBER)
    | dict.fromkeys(("item_best", "item_worst", "months"), Kind.WHOLE),
    key=("entity_id", "parameter"),
)


def rate_groups(sections: Frame, items: Frame, rules: SurfaceRules, *, by: Sequence[str]) -> pl.LazyFrame:
    """The rating of each river, basin or region: the first of the method's that holds, or the word of its mean's class.

    Parameters
    ----------
    sections
        The classes of sections from `water_class.section_classes` with `entity_id` and the columns of `by`; with
        `left_out` (why a section takes no part) where any does.
    items
        The results of those sections (see `water_class.item_results`), for groups too small for shares.
    by
        The columns that tell the groups apart, and the period where there are several; at least one. Null is a group of
        its own.

    Returns
    -------
    pl.LazyFrame
        One row per group: the columns of `by` and

        - `rated_by`: `shares`, `mean`, or null where every section is left out;
        - `sections_assessed`, `sections_open`, `sections_left_out`, and all of them in `sections`: list of
          `entity_id`, `water_class`, `left_out`;
        - by shares: `sections_good`, `sections_worst`, `good_pct` (G), `worst_pct` (D) [% of those not left out,
          unrounded], null where they turn on open sections, their bounds `…_low_pct`, `…_high_pct`, and
          `class_shares`: list of `water_class`, `sections`, `share_pct` (null where any section is open);
        - by mean: `water_class`, `worst_items`, `partial_items` (how many items only some of the sections have);
        - `rating` (1: the best; null where it turns on what is missing), `rating_best`, `rating_worst` (what every
          doubt allows), with `word_zh`, `word_en`, `best_word_zh`, … and `reason` where there is no rating:
          `all_left_out`, `none_assessed`, `several_water_bodies`, `open_sections`.

        Source: assessment_2011.
    """
    # Both are used several times: without a cache what lies before them would be computed anew for each.
    sections, items = bounded(SECTIONS_RATED.of(with_left_out(sections), by=by), rules).cache(), items.lazy().cache()
    counted = sections.group_by(by).agg(*_counts(), *_tallies(rules)).with_columns(counted=_counted())
    by_shares = _rated_by_shares(counted, rules)
    few = pl.col("counted").is_between(1, rules.method.sections_for_shares - 1)
    of_few = sections.join(counted.filter(few).select(by), on=by, how="semi", nulls_equal=True)
    by_mean = _rated_by_mean(of_few, items, rules, by=by)
    joined = by_shares.join(by_mean, on=by, how="left", nulls_equal=True).with_columns(
        rated_by=pl.when(few).then(pl.lit("mean")).when(pl.col("counted") > 0).then(pl.lit("shares"))
    )
    is_mean, is_shares = (pl.col("rated_by") == name for name in ("mean", "shares"))
    return (
        joined.with_columns(
            *(pl.when(is_shares).then(name).alias(name) for name in OF_SHARES),
            *(pl.when(is_mean).then(f"mean_{r}").when(is_shares).then(f"share_{r}").alias(r) for r in RATED),
        )
        .with_columns(reason=_reason())
        .select(*by, *RATING, *_words(rules), "reason")
        .sort(by)
    )


def bounded(sections: pl.LazyFrame, rules: SurfaceRules) -> pl.LazyFrame:
    """The sections with the best and the worst class that each may have: where nobody says, its own, or any."""
    known = (pl.when(pl.col(c).is_between(1, rules.last)).then(c) for c in ("water_class", "class_best", "class_worst"))
    return sections.with_columns(known).with_columns(
        class_best=pl.coalesce("class_best", "water_class", pl.lit(1, pl.Int8)),
        class_worst=pl.coalesce("class_worst", "water_class", pl.lit(rules.last, pl.Int8)),
    )


def _counted() -> pl.Expr:
    return pl.col("sections_assessed") + pl.col("sections_open")


def _counts() -> list[pl.Expr]:
    stays, is_known = pl.col("left_out").is_null(), pl.col("water_class").is_not_null()
    listed = pl.struct("entity_id", "water_class", "left_out").sort_by("entity_id")
    return [
        (stays & is_known).sum().cast(pl.Int64).alias("sections_assessed"),
        (stays & ~is_known).sum().cast(pl.Int64).alias("sections_open"),
        (~stays).sum().cast(pl.Int64).alias("sections_left_out"),
        listed.alias("sections"),
    ]


def _tallies(rules: SurfaceRules) -> list[pl.Expr]:
    """Sections of each class, and good and worst ones by what the doubtful and the open ones are taken as."""
    stays = pl.col("left_out").is_null()
    counted = {f"of_class_{i}": pl.col("water_class") == i for i in range(1, rules.last + 1)}
    for name, columns in _TAKEN_AS.items():
        taken = pl.coalesce(columns)
        counted |= {f"good_{name}": taken <= rules.good, f"last_{name}": taken == rules.last}
    return [(stays & holds).sum().cast(pl.Int64).alias(name) for name, holds in counted.items()]


def rating_number(good_pct: pl.Expr, worst_pct: pl.Expr, rules: SurfaceRules) -> pl.Expr:
    """The number of the method's first rating that holds for these shares [%, unrounded]; null where one is missing."""
    found: pl.Expr = pl.lit(None, pl.Int8)
    for number, rating in reversed(list(enumerate(rules.method.ratings, start=1))):
        holds = pl.lit(True)
        if rating.good_at_least is not None:
            holds &= good_pct >= rating.good_at_least
        if rating.worst_below is not None:
            holds &= worst_pct < rating.worst_below
        found = pl.when(holds).then(pl.lit(number, pl.Int8)).otherwise(found)
    return pl.when(good_pct.is_not_null() & worst_pct.is_not_null()).then(found)


def _share(part: str) -> pl.Expr:
    return pl.when(pl.col("counted") > 0).then(100 * pl.col(part) / pl.col("counted"))


def _rated_by_shares(counted: pl.LazyFrame, rules: SurfaceRules) -> pl.LazyFrame:
    """The groups with `OF_SHARES` and `share_rating`, `share_rating_best`, `share_rating_worst`."""
    rated = {name: rating_number(_share(f"good_{name}"), _share(f"last_{name}"), rules) for name in _TAKEN_AS}
    good, worst = pl.col("good_known_best"), pl.col("last_known_best")
    sections_good = pl.when(good == pl.col("good_known_worst")).then(good)
    sections_worst = pl.when(worst == pl.col("last_known_worst")).then(worst)
    return counted.with_columns(
        sections_good=sections_good,
        sections_worst=sections_worst,
        class_shares=_class_shares(rules.last),
        share_rating=pl.when(rated["known_best"] == rated["known_worst"]).then(rated["known_best"]),
        share_rating_best=rated["best"],
        share_rating_worst=rated["worst"],
        good_low_pct=_share("good_worst"),
        good_high_pct=_share("good_best"),
        worst_low_pct=_share("last_best"),
        worst_high_pct=_share("last_worst"),
    ).with_columns(good_pct=_share("sections_good"), worst_pct=_share("sections_worst"))


def _class_shares(last: int) -> pl.Expr:
    is_settled = pl.col("sections_open") == 0
    shares = [
        pl.struct(
            water_class=pl.lit(i, pl.Int8),
            sections=pl.col(f"of_class_{i}"),
            share_pct=pl.when(is_settled).then(_share(f"of_class_{i}")),
        )
        for i in range(1, last + 1)
    ]
    return pl.concat_list(shares)


def group_items(sections: Frame, items: Frame, rules: SurfaceRules, *, by: Sequence[str]) -> pl.LazyFrame:
    """Each item's arithmetic mean over the sections of a group, rounded, with its class; pH through the hydrogen ion.

    An item that only some sections have is averaged over those; one that a section has and that lacks its value there
    has no mean. Where a section's class of the item is in doubt, the mean's may be any from the best to the worst of
    the sections'.

    Parameters
    ----------
    sections
        A section frame with the columns of `by`; those left out take no part.
    items
        `entity_id`, `case`, `parameter`, `mean` (unrounded), `value` [unit of the parameter], `item_best`,
        `item_worst`, `months`, and those columns of `by` that tell its periods apart.
    by
        The columns that tell the groups apart, and the period where there are several; at least one, not `case`.

    Returns
    -------
    pl.LazyFrame
        The columns of `by`, `parameter`, `case` (null where the group has sections of several: no limit holds for
        all), `mean`, `value` (rounded), `item_class`, `item_best`, `item_worst`, `months` (fewest), `sections_used`,
        `sections_with_item`, `sections_counted` (with any item). Source: assessment_2011.
    """
    shared = ["entity_id", *(c for c in by if c in items.lazy().collect_schema())]
    sections, items = SECTIONS.of(with_left_out(sections), by=by), _ITEMS.of(items, by=shared)
    require_same_kinds(sections, items, shared, what="sections and their items")
    counted = sections.filter(pl.col("left_out").is_null()).select(*by, "entity_id")
    joined = counted.join(items, on=shared, nulls_equal=True).with_columns(
        _case=pl.when(pl.col("case").n_unique().over(by) == 1).then("case"),
        _counted=pl.col("entity_id").n_unique().over(by),
    )
    values = _with_means(joined.group_by(*by, "parameter").agg(*_of_all_sections()), counted, items, rules, by=by)
    rounded = values.join(rules.decimals.lazy(), on="parameter", how="left").with_columns(
        value=rounding.as_assessed(pl.col("mean"), pl.col("decimals"))
    )
    has_class = pl.col("item_class").is_not_null()
    ends = {f"item_{end}": pl.when(has_class).then(pl.coalesce(f"_{end}", "item_class")) for end in ("best", "worst")}
    counts = ("sections_used", "sections_with_item", "sections_counted")
    return (
        water_class.classify_items(rounded, rules.limits)
        .with_columns(**ends)
        .with_columns(item_class=pl.when("_is_told").then("item_class"))
        .select(*by, "case", *water_class.ITEM_RESULT, *counts)
    )


def _with_means(
    values: pl.LazyFrame, counted: pl.LazyFrame, items: pl.LazyFrame, rules: SurfaceRules, *, by: Sequence[str]
) -> pl.LazyFrame:
    """The items of the groups with their mean over the sections, where each section that has the item has a value."""
    known = items.filter(pl.col("value").is_not_null()).with_columns(
        site_id="entity_id", mean_low="mean", mean_high="mean", is_undetected=pl.lit(False)
    )
    sites = counted.rename({"entity_id": "site_id"})
    found = means_over_sites(known, sites, by=by, hydrogen_ion=rules.hydrogen_ion).select(*by, "parameter", "mean")
    has_all = pl.col("sections_used") == pl.col("sections_with_item")
    joined = values.join(found, on=[*by, "parameter"], how="left", nulls_equal=True)
    return joined.with_columns(mean=pl.when(has_all).then("mean"))


def _of_all_sections() -> list[pl.Expr]:
    """How many sections of a group have an item, and what may be doubted of it."""
    is_used = pl.col("value").is_not_null()
    is_in_doubt = (pl.col("item_best") != pl.col("item_worst")).any()
    return [
        pl.col("_case").first().alias("case"),
        pl.when(is_in_doubt).then(pl.col("item_best").min()).alias("_best"),
        pl.when(is_in_doubt).then(pl.col("item_worst").max()).alias("_worst"),
        # Where nothing was detected by a limit too coarse, half of it tells no class of the mean either.
        (pl.col("item_class").is_not_null() | ~is_used).all().alias("_is_told"),
        pl.col("months").min(),
        is_used.sum().cast(pl.Int64).alias("sections_used"),
        pl.len().cast(pl.Int64).alias("sections_with_item"),
        pl.col("_counted").first().cast(pl.Int64).alias("sections_counted"),
    ]


def _rated_by_mean(sections: pl.LazyFrame, items: Frame, rules: SurfaceRules, *, by: Sequence[str]) -> pl.LazyFrame:
    """The groups with the class of their mean and `mean_rating`, `mean_rating_best`, `mean_rating_worst`.

    Where a section has no items at all, nothing is known of the mean.
    """
    of_group = group_items(sections, items, rules, by=by)
    told = of_group.group_by(by).agg(
        pl.col("sections_counted").first(),
        partial_items=(pl.col("sections_with_item") < pl.col("sections_counted")).sum(),
        has_several_bodies=pl.col("case").is_null().any(),
    )
    expected = sections.group_by(by).agg(expected=pl.col("left_out").is_null().sum())
    is_told = (pl.col("sections_counted") == pl.col("expected")).fill_null(False)
    ends = {"class_best": 1, "class_worst": rules.last}
    rated = {"water_class": "mean_rating", "class_best": "mean_rating_best", "class_worst": "mean_rating_worst"}
    return (
        expected.join(told, on=by, how="left", nulls_equal=True)
        .join(water_class.section_classes(of_group, by=by, last_class=rules.last), on=by, how="left", nulls_equal=True)
        .with_columns(
            *(pl.when(is_told).then(c).otherwise(pl.lit(end, pl.Int8)).alias(c) for c, end in ends.items()),
            *(pl.when(is_told).then(c).alias(c) for c in _OF_GROUP_MEAN),
        )
        .with_columns(rating_of_class(of, rules).alias(name) for of, name in rated.items())
        .select(*by, *_OF_GROUP_MEAN, "has_several_bodies", *rated.values())
    )


def _reason() -> pl.Expr:
    return pl.when(pl.col("rating").is_null()).then(
        pl.when(pl.col("counted") == 0)
        .then(pl.lit("all_left_out"))
        .when(pl.col("sections_assessed") == 0)
        .then(pl.lit("none_assessed"))
        .when(pl.col("has_several_bodies").fill_null(False))
        .then(pl.lit("several_water_bodies"))
        .otherwise(pl.lit("open_sections"))
    )


def _words(rules: SurfaceRules) -> list[pl.Expr]:
    words = rating_words(rules)
    return [
        pl.col(number)
        .replace_strict(words["rating"], words[f"word_{lang}"], default=None, return_dtype=pl.String)
        .alias(f"{name}_{lang}")
        for number, name in zip(RATED, _WORDS, strict=True)
        for lang in ("zh", "en")
    ]
