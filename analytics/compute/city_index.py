"""The index by which cities are ranked by their surface water (CWQI): the lower, the better.

Each item over its limit of the base class gives a single index; their sum is the index of a city's rivers and of its
lakes, and the mean of both by their sections that of the city. A sum is given only where every declared item has a
mean, and sums of other items are never set side by side. What has no value has a `reason`: `no_mean`, `no_limit`,
`not_positive`, `negative`, `items_missing`, `other_items`, `no_earlier_index`, `earlier_index_zero`,
`good_in_both_periods`. Out of scope: what inflow from another city adds is not taken off, since the rule is not known.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import polars as pl

from analytics.catalog.method import CityIndex
from analytics.catalog.models import Parameter
from analytics.catalog.standard import Standard
from analytics.compute import means as over_time
from analytics.compute import water_class
from analytics.compute.rounding import settled
from analytics.compute.shape import Frame, Kind, Shape, named, require_same_kinds

_SINGLE = Shape("means of items", {"parameter": Kind.TEXT, "case": Kind.TEXT, "mean": Kind.NUMBER})
_SITES = {"site_id": Kind.TEXT, "case": Kind.TEXT}
_INDICES = Shape(
    "single indices",
    {"parameter": Kind.TEXT, "case": Kind.TEXT, "item_index": Kind.NUMBER, "sections": Kind.WHOLE},
    key=("case", "parameter"),
)
_BODIES = Shape(
    "indices of rivers and lakes",
    {
        "case": Kind.TEXT,
        "body_index": Kind.NUMBER,
        "sections": Kind.WHOLE,
        "items": Kind.TEXTS,
        "items_missing": Kind.TEXTS,
    },
    key=("case",),
)
_CITIES = Shape("indices of cities", {"city_index": Kind.NUMBER, "items": Kind.TEXTS, "reason": Kind.TEXT}, key=())
_GOOD = Shape(
    "sections of cities", dict.fromkeys(("class_before", "class_now"), Kind.WHOLE) | {"meets_target": Kind.FLAG}
)


def items_that_count(standard: Standard) -> list[str]:
    """The items of the index, by name: all that have limits in the standard and take part in the class."""
    return sorted({limit.parameter for limit in standard.limits} - set(standard.not_assessed))


def base_limits(index: CityIndex, standard: Standard, parameters: Mapping[str, Parameter]) -> pl.DataFrame:
    """What the items are held against: the limits of the index's base class.

    Returns
    -------
    pl.DataFrame
        `parameter`, `case`, `low`, `high`, `neutral` [unit of the parameter]; `neutral` is null but for an item that
        counts by its distance from there (pH). Source: city_ranking_2017.
    """
    limits = water_class.limit_table(standard, parameters)
    neutral = pl.DataFrame(
        {"parameter": list(index.neutral), "neutral": list(index.neutral.values())},
        schema={"parameter": pl.String, "neutral": pl.Float64},
    )
    of_class = water_class.limits_up_to(limits, standard.number_of(index.base_class))
    return of_class.join(neutral, on="parameter", how="left", maintain_order="left")


def single_indices(means: Frame, limits: pl.DataFrame) -> pl.LazyFrame:
    """Each mean with its single index.

    The mean over the limit; the limit over the mean where more is better; the distance from neutral over that of the
    nearer limit where there is a neutral value.

    Parameters
    ----------
    means
        At least `parameter`, `case`, `mean` [unit of the parameter].
    limits
        From `base_limits`.

    Returns
    -------
    pl.LazyFrame
        The rows with `item_index` [1] and `reason` (`no_mean`, `no_limit`, `not_positive`: of an item of which more is
        better and there is nothing, `negative`), null where there is an index. Source: city_ranking_2017.
    """
    told = _SINGLE.of(means, without=["low", "high", "neutral", "item_index"])
    columns = [c for c in told.collect_schema().names() if c != "reason"]
    mean, low, high, neutral = (pl.col(name) for name in ("mean", "low", "high", "neutral"))
    is_centred = neutral.is_not_null()
    is_limited = (
        pl.when(is_centred).then(low.is_not_null() & high.is_not_null()).otherwise(low.is_null() ^ high.is_null())
    )
    reason = (
        pl.when(mean.is_null())
        .then(pl.lit("no_mean"))
        .when(~is_limited)
        .then(pl.lit("no_limit"))
        .when(~is_centred & low.is_not_null() & (mean <= 0))
        .then(pl.lit("not_positive"))
        .when(~is_centred & (mean < 0))
        .then(pl.lit("negative"))
    )
    reach = pl.when(mean <= neutral).then(neutral - low).otherwise(high - neutral)
    ratio = pl.when(is_centred).then((mean - neutral).abs() / reach).otherwise(pl.coalesce(low / mean, mean / high))
    return (
        told.drop("reason", strict=False)
        .join(limits.lazy(), on=["parameter", "case"], how="left", maintain_order="left")
        .with_columns(reason=reason)
        .with_columns(item_index=pl.when(pl.col("reason").is_null()).then(settled(ratio)))
        .select(*columns, "item_index", "reason")
    )


def city_means(
    means: Frame,
    sections: Frame,
    *,
    by: Sequence[str],
    items: Collection[str],
    hydrogen_ion: Collection[str],
) -> pl.LazyFrame:
    """Mean of each item over a city's river sections, and over its lake points.

    Parameters
    ----------
    means
        From `means.means_over`: the mean over time of each section and item.
    sections
        One row per section or point: `site_id`, `case` (river, lake) and the columns of `by`, none of them null. One
        that could rightly not be sampled (dry all the time) is not among them.
    by
        The columns that tell the cities apart, and their periods where there are several.
    items
        The items that the index is to be of.
    hydrogen_ion
        Parameters averaged through the hydrogen-ion concentration.

    Returns
    -------
    pl.LazyFrame
        One row per city, case and item: the columns of `by`, `case`, `parameter`, `mean`, `mean_low`, `mean_high` [unit
        of the parameter], `sections`, `sections_without` (how many lack the item). The means are null where any section
        lacks it: a section that was not measured must not flatter its city. Source: city_ranking_2017.
    """
    group = [*by, "case"]
    shared = [c for c in means.lazy().collect_schema() if c in named(by)]
    means = over_time.OF_SITES.of(means, by=shared or None)
    sections = Shape("sections of cities", _SITES, key=("site_id", *by)).of(sections, by=by)
    found = over_time.means_over_sites(means, sections, by=group, hydrogen_ion=hydrogen_ion)
    declared = pl.LazyFrame({"parameter": sorted(set(items))}, schema={"parameter": pl.String})
    wanted = sections.group_by(group).agg(sections=pl.len()).join(declared, how="cross")
    used = pl.col("sites_used").fill_null(0)
    is_whole = used == pl.col("sections")
    return wanted.join(found, on=[*group, "parameter"], how="left").select(
        *group,
        "parameter",
        "sections",
        *(pl.when(is_whole).then(name).alias(name) for name in ("mean", "mean_low", "mean_high")),
        sections_without=pl.col("sections") - used,
    )


def body_indices(singles: Frame, *, by: Sequence[str]) -> pl.LazyFrame:
    """The index of a city's rivers, and of its lakes: the sum of the single indices.

    Parameters
    ----------
    singles
        From `single_indices` of `city_means`.
    by
        The columns that tell the cities apart, and their periods where there are several.

    Returns
    -------
    pl.LazyFrame
        The columns of `by`, `case`, `body_index` [1], `sections`, `items` (list, by name: those that the sum is of),
        `items_missing` (list), `reason` (`items_missing`; then there is no sum). Source: city_ranking_2017.
    """
    name, value = pl.col("parameter"), pl.col("item_index")
    is_complete = pl.col("items_missing").list.len() == 0
    return (
        _INDICES.of(singles, by=by)
        .group_by(*by, "case")
        .agg(
            total=settled(value.sort().sum()),
            sections=pl.col("sections").first(),
            items=name.sort(),
            items_missing=name.filter(value.is_null()).sort(),
        )
        .with_columns(
            body_index=pl.when(is_complete).then("total"),
            reason=pl.when(~is_complete).then(pl.lit("items_missing")),
        )
        .select(*by, "case", "body_index", "sections", "items", "items_missing", "reason")
    )


def city_indices(bodies: Frame, *, by: Sequence[str]) -> pl.LazyFrame:
    """The index of each city: the mean of those of its rivers and lakes, weighted by their sections.

    Parameters
    ----------
    bodies
        From `body_indices`.
    by
        The columns that tell the cities apart, and their periods where there are several.

    Returns
    -------
    pl.LazyFrame
        The columns of `by`, `city_index` [1], `sections`, `items`, `items_missing` (lists, by name), `reason`
        (`items_missing`, `other_items`: rivers and lakes were summed of different items). Source: city_ranking_2017.
    """
    index, sections = pl.col("body_index"), pl.col("sections")
    is_missing = (pl.col("items_missing").list.len() > 0) | pl.col("lacks_body")
    is_mixed = pl.col("sets") > 1
    return (
        _BODIES.of(bodies, by=by)
        .sort(*by, "case")
        .group_by(by, maintain_order=True)
        .agg(
            mean=settled((index * sections).sum() / sections.sum()),
            sections=sections.sum(),
            sets=_as_text("items").n_unique(),
            lacks_body=(index.is_null() & (sections > 0)).any(),
            items=pl.col("items").explode(empty_as_null=False).unique().sort(),
            items_missing=pl.col("items_missing").explode(empty_as_null=False).unique().sort(),
        )
        .with_columns(
            reason=pl.when(is_missing).then(pl.lit("items_missing")).when(is_mixed).then(pl.lit("other_items")),
        )
        .with_columns(city_index=pl.when(pl.col("reason").is_null()).then("mean"))
        .select(*by, "city_index", "sections", "items", "items_missing", "reason")
    )


def index_bounds(means: Frame, limits: pl.DataFrame, *, by: Sequence[str]) -> pl.LazyFrame:
    """The least and the most that the index of each city can be, with every mean at its better or at its worse end.

    Parameters
    ----------
    means
        From `city_means`.
    limits
        From `base_limits`.
    by
        The columns that tell the cities apart, and their periods where there are several.

    Returns
    -------
    pl.LazyFrame
        The columns of `by`, `index_low`, `index_high` [1]; null where nothing bounds the index on that side.
        Source: the formula city_ranking_2017; that it is bounded is ours.
    """
    key, means = [*by, "case", "parameter"], means.lazy().cache()
    ends = [
        single_indices(means.with_columns(mean=end), limits).select(*key, **{f"at_{end}": "item_index"})
        for end in ("mean_low", "mean_high")
    ]
    singles = means.join(ends[0], on=key, how="left").join(ends[1], on=key, how="left")
    neutral = limits.lazy().select("parameter", "case", "neutral")
    told = singles.join(neutral, on=["parameter", "case"], how="left")
    # Between two ends that lie on either side of the neutral value, that value is the best.
    is_between = pl.col("neutral").is_between("mean_low", "mean_high").fill_null(False)
    both = pl.min_horizontal("at_mean_low", "at_mean_high"), pl.max_horizontal("at_mean_low", "at_mean_high")
    least = pl.when(is_between).then(0.0).otherwise(both[0])
    # Of an item of which more is better there may be nothing: no index is too high for that.
    is_bounded = pl.col("at_mean_low").is_not_null() & pl.col("at_mean_high").is_not_null()
    most = pl.when(is_bounded).then(both[1])
    low, high = (
        city_indices(body_indices(told.with_columns(item_index=end), by=by), by=by).select(*by, **{name: "city_index"})
        for name, end in (("index_low", least), ("index_high", most))
    )
    return low.join(high, on=list(by))


def change_bounds(now: pl.LazyFrame, before: pl.LazyFrame, *, by: Sequence[str]) -> pl.LazyFrame:
    """The least and the most that the change of each city's index can be: `change_low`, `change_high` [%].

    `now` and `before` are from `index_bounds`, of one period each; null where nothing bounds the change on that side.
    Source: the formula city_ranking_2017; that it is bounded is ours.
    """
    earlier = before.select(*by, before_low="index_low", before_high="index_high")

    def against(index: str, first: str) -> pl.Expr:
        return pl.when(pl.col(first) > 0).then(settled((pl.col(index) - pl.col(first)) / pl.col(first) * 100))

    return now.join(earlier, on=list(by), how="left").select(
        *by, change_low=against("index_low", "before_high"), change_high=against("index_high", "before_low")
    )


def index_changes(now: Frame, before: Frame, *, by: Sequence[str]) -> pl.LazyFrame:
    """How each city's index changed against an earlier period; less than nothing is better.

    Parameters
    ----------
    now, before
        From `city_indices` of one period each.
    by
        The columns that tell the cities apart.

    Returns
    -------
    pl.LazyFrame
        A row for each of `now`: the columns of `by`, `city_index`, `city_index_before`, `change_pct` [%], `items`,
        `reason` (that of `now`, `no_earlier_index`, `other_items`: the two are sums of different items,
        `earlier_index_zero`). Source: city_ranking_2017.
    """
    now, before = _CITIES.of(now, by=by), _CITIES.of(before, by=by)
    require_same_kinds(now, before, by, what="indices of two periods")
    earlier = before.select(*by, city_index_before="city_index", items_before="items")
    index, first = pl.col("city_index"), pl.col("city_index_before")
    has_index = pl.col("reason").is_null()
    reason = (
        pl.when(~has_index)
        .then("reason")
        .when(first.is_null())
        .then(pl.lit("no_earlier_index"))
        .when(_as_text("items") != _as_text("items_before"))
        .then(pl.lit("other_items"))
        .when(first == 0)
        .then(pl.lit("earlier_index_zero"))
    )
    return (
        now.join(earlier, on=list(by), how="left", maintain_order="left")
        .with_columns(reason=reason)
        .with_columns(change_pct=pl.when(has_index).then(settled((index - first) / first * 100)))
        .select(*by, "city_index", "city_index_before", "change_pct", "items", "reason")
    )


def without_good_cities(changes: Frame, sections: Frame, *, by: Sequence[str], up_to: int) -> pl.LazyFrame:
    """The changes, those of cities whose water was good in both periods out of the ranking.

    Parameters
    ----------
    changes
        From `index_changes`.
    sections
        One row per section of a city: the columns of `by`, `class_before`, `class_now` (numbers, 1 for the best),
        `meets_target`. One of which any of these is null is not known to be good.
    by
        The columns that tell the cities apart.
    up_to
        The number of the worst class that is good.

    Returns
    -------
    pl.LazyFrame
        The rows of `changes`; the `reason` of those cities is `good_in_both_periods`. Source: city_ranking_2017.
    """
    is_good = (pl.max_horizontal("class_before", "class_now") <= up_to) & pl.col("meets_target")
    is_known = pl.col("class_before").is_not_null() & pl.col("class_now").is_not_null()
    good = _GOOD.of(sections, by=by).group_by(by).agg(is_good=(is_good & is_known).fill_null(False).all())
    is_out = pl.col("reason").is_null() & pl.col("is_good").fill_null(False)
    return (
        changes.lazy()
        .join(good, on=list(by), how="left", maintain_order="left")
        .with_columns(reason=pl.when(is_out).then(pl.lit("good_in_both_periods")).otherwise("reason"))
        .drop("is_good")
    )


def ranked(values: Frame, *, of: str, items: Collection[str]) -> pl.LazyFrame:
    """The rows with their rank, the least value first; equal values share a rank.

    Parameters
    ----------
    values
        Rows of one period, with `items`, `reason` and the column named by `of`: from `city_indices` or `index_changes`.
    of
        What is ranked: `city_index` or `change_pct`.
    items
        The items that the ranking is about.

    Returns
    -------
    pl.LazyFrame
        The rows with `rank`, null where there is a `reason`; that of a row that is the sum of other items is
        `other_items`: it cannot be compared with the rest. Source: city_ranking_2017.
    """
    wanted = ",".join(sorted(set(items)))
    is_other = pl.col("reason").is_null() & (_as_text("items") != wanted)
    rank = pl.when(pl.col("reason").is_null()).then(of).rank("min")
    told = values.lazy()
    return told.with_columns(reason=pl.when(is_other).then(pl.lit("other_items")).otherwise("reason")).with_columns(
        rank=rank
    )


def with_rank_bounds(values: Frame, *, low: str, high: str) -> pl.LazyFrame:
    """The rows with `rank_best` and `rank_worst`: which ranks they may have, when all may lie between their bounds.

    Parameters
    ----------
    values
        From `ranked`, with the columns named by `low` and `high`, the bounds of what is ranked; null: unbounded.

    Returns
    -------
    pl.LazyFrame
        The rows; both are null where there is no rank. Source: ours.
    """
    has_rank = pl.col("rank").is_not_null()
    least, most = pl.col(low).fill_null(float("-inf")), pl.col(high).fill_null(float("inf"))
    ends = values.lazy().with_columns(_least=least, _most=most)
    least, most = pl.col("_least"), pl.col("_most")
    # Of the sorted ends of all rows those that come before one: how many are surely ahead of it, and how many may be.
    ahead = most.filter(has_rank).sort().search_sorted(least, side="left")
    may_be_ahead = least.filter(has_rank).sort().search_sorted(most, side="left") - (least < most)
    return ends.with_columns(
        pl.when(has_rank).then(1 + count.cast(pl.Int64)).alias(name)
        for name, count in {"rank_best": ahead, "rank_worst": may_be_ahead}.items()
    ).drop("_least", "_most")


def _as_text(items: str) -> pl.Expr:
    """A list of items as one text, to be compared with another."""
    return pl.col(items).list.sort().list.join(",")
