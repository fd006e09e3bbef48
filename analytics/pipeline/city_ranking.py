"""The cities ranked by the index of their surface water, and by how it changed since the year before."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import polars as pl

from analytics.catalog import Catalog
from analytics.compute import city_index
from analytics.pipeline.annual_means import BELOW_LIMIT, LACKS_MONTHS, SET_ASIDE, UNDETERMINED, AnnualMeans
from analytics.pipeline.sections import SectionsAssessed, sections_of

_BY = ["city_id"]
_NAMES = pl.List(pl.String)
_DOUBTS = ("in_doubt", "doubts", "before_in_doubt", "before_doubts")
_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "city_id": pl.String,
    "city_index": pl.Float64,
    "index_low": pl.Float64,
    "index_high": pl.Float64,
    "sections": pl.Int64,
    "items": _NAMES,
    "items_missing": _NAMES,
    "reason": pl.String,
    "rank": pl.Int64,
    "rank_best": pl.Int64,
    "rank_worst": pl.Int64,
    "city_index_before": pl.Float64,
    "change_pct": pl.Float64,
    "change_reason": pl.String,
    "change_rank": pl.Int64,
    "change_rank_best": pl.Int64,
    "change_rank_worst": pl.Int64,
    "is_of_every_item": pl.Boolean,
    **dict.fromkeys(_DOUBTS, _NAMES),
}


@dataclass(frozen=True)
class _OfYear:
    """One year of the cities: means of their sections with bounds, the sections, and what is doubtful about which.

    `means` has `site_id`, `parameter`, `mean`, `mean_low`, `mean_high`, `months`, `is_undetected`; `sections` those
    that could have been sampled (`site_id`, `city_id`, `case`); `doubts` `site_id`, `city_id`, `doubt`.
    """

    means: pl.DataFrame
    sections: pl.DataFrame
    doubts: pl.DataFrame


def rank_cities(
    assessed: SectionsAssessed, register: pl.DataFrame, annual: AnnualMeans, *, year: int, catalog: Catalog
) -> pl.DataFrame:
    """The index of every city that has sections, as the table city_index holds it.

    The regulation sums all items that take part in the class. Where not every section has all of them (5+X), the index
    is of those that every section has in the year: only so the cities can be compared. A city with a section of which
    too little is known has none.

    A rank stands with the best and the worst that it may be: months that lack lie between the least and the most that
    can be read, what was not detected between nothing and its limit where the class of the item turns on that, and a
    city with a section of an undetermined water body, or whose entry was set aside, may be anywhere. `in_doubt` names
    these sections and `doubts` says why; `before_in_doubt` and `before_doubts` do so for the year before.

    Parameters
    ----------
    register
        The entries of the sections that hold in the year, those that were set aside among them.
    annual
        The annual means of the sections.
    """
    placed = _placed(register.filter(~pl.col("is_set_aside")), catalog)
    told = [y for y in (year, year - 1) if _is_told(assessed, y)]
    if year not in told:
        return pl.DataFrame(schema=_SCHEMA)
    items = _common_items(assessed, _sections(assessed, placed, year), year, catalog)
    of_years = {
        y: _of_year(assessed, register, annual, items, sections=_sections(assessed, placed, y), year=y, catalog=catalog)
        for y in told
    }
    ranked = _ranked(of_years, _classes(assessed, placed, year), items, year=year, catalog=catalog)
    doubts = [
        _by_city(of_years[y].doubts, prefix) for y, prefix in ((year, ""), (year - 1, "before_")) if y in of_years
    ]
    ranked = pl.concat([ranked, _without_sections(doubts[0], ranked)], how="diagonal_relaxed")
    for frame in doubts:
        ranked = ranked.join(frame, on="city_id", how="left")
    none = pl.lit([], _NAMES)
    return ranked.with_columns(
        (pl.col(name).fill_null(none) if name in ranked.columns else none).alias(name) for name in _DOUBTS
    ).select(list(_SCHEMA))


def _without_sections(doubts: pl.DataFrame, ranked: pl.DataFrame) -> pl.DataFrame:
    """The cities all of whose sections are those of entries set aside: they have no index."""
    none = pl.lit([], _NAMES)
    return doubts.join(ranked, on="city_id", how="anti").select(
        "city_id",
        sections=pl.lit(0),
        items=none,
        items_missing=none,
        reason=pl.lit("entries_set_aside"),
        is_of_every_item=pl.lit(True),
    )


def _placed(register: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """The sections with their city: `site_id`, `city_id`."""
    cities = {a: catalog.city_of(a) for a in register["area_id"].unique().drop_nulls()}
    city = pl.col("area_id").replace_strict(cities, default=None, return_dtype=pl.String)
    return register.select(site_id="entity_id", city_id=city).drop_nulls()


def _year(name: str, year: int) -> pl.Expr:
    return (pl.col("period_kind") == "year") & (pl.col(name) == date(year, 1, 1))


def _is_told(assessed: SectionsAssessed, year: int) -> bool:
    return not assessed.items.filter(_year("period_start", year)).drop_nulls("value").is_empty()


def _sections(assessed: SectionsAssessed, placed: pl.DataFrame, year: int) -> pl.DataFrame:
    """The sections that could have been sampled in a year, with their city and water body."""
    items = assessed.items.filter(_year("period_start", year))
    there = assessed.periods.filter(_year("period_start", year) & pl.col("left_out").is_null())
    return (
        items.select("case", site_id="entity_id")
        .unique()
        .join(placed, on="site_id")
        .join(there.select(site_id="entity_id"), on="site_id", how="semi")
    )


def _of_year(
    assessed: SectionsAssessed,
    register: pl.DataFrame,
    annual: AnnualMeans,
    items: Collection[str],
    *,
    sections: pl.DataFrame,
    year: int,
    catalog: Catalog,
) -> _OfYear:
    means = annual.bounded(_means(assessed, annual, items, year))
    there = sections.select("site_id", "city_id")
    of_months = means.filter(pl.col("lacking") > 0).select("site_id", doubt=pl.lit(LACKS_MONTHS))
    too_coarse = means.filter("is_coarse").select("site_id", doubt=pl.lit(BELOW_LIMIT))
    unknown = sections_of(register.filter(~pl.col("is_set_aside")), catalog).filter(~pl.col("is_determined"))
    of_body = unknown.select(site_id="entity_id", doubt=pl.lit(UNDETERMINED))
    of_sections = pl.concat([of_months, too_coarse, of_body]).unique().join(there, on="site_id")
    aside = _entries_aside(register, there, catalog).with_columns(doubt=pl.lit(SET_ASIDE))
    doubts = pl.concat([frame.select("city_id", "site_id", "doubt") for frame in (of_sections, aside)])
    return _OfYear(means, sections, doubts)


def _means(assessed: SectionsAssessed, annual: AnnualMeans, items: Collection[str], year: int) -> pl.DataFrame:
    """The means of the items in a year that have months enough.

    `is_coarse`: the limit of detection is too high to tell the class of the item; only then it bounds the mean.
    """
    judged = assessed.items.filter(_year("period_start", year) & pl.col("parameter").is_in(sorted(items)))
    enough = judged.drop_nulls("value").select("parameter", "item_best", "item_worst", site_id="entity_id")
    ends = ("mean_low", "mean_high")
    is_coarse = (pl.col("item_best") != pl.col("item_worst")) & (pl.col(ends[0]) != pl.col(ends[1]))
    return (
        annual.measured.filter(of_year=year)
        .join(enough, on=["site_id", "parameter"])
        .with_columns(is_coarse=is_coarse.fill_null(False))
        .with_columns(pl.when("is_coarse").then(end).otherwise("mean").alias(end) for end in ends)
        .drop("item_best", "item_worst")
    )


def _entries_aside(register: pl.DataFrame, sections: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """Sections whose entry was set aside, with the city that they lie in; every city where nobody can read which."""
    aside = register.filter("is_set_aside").join(sections, left_on="entity_id", right_on="site_id", how="anti")
    placed = _placed(aside, catalog)
    rest = aside.select(site_id="entity_id").join(placed, on="site_id", how="anti")
    anywhere = rest.join(sections.select("city_id").unique(), how="cross")
    return pl.concat([frame.select("city_id", "site_id") for frame in (placed, anywhere)]).unique()


def _by_city(doubts: pl.DataFrame, prefix: str) -> pl.DataFrame:
    """By city the sections in doubt, and why: two lists, their names with `prefix`."""
    lists = {"in_doubt": "site_id", "doubts": "doubt"}
    return doubts.group_by("city_id").agg(
        pl.col(column).unique().sort().alias(prefix + name) for name, column in lists.items()
    )


def _common_items(assessed: SectionsAssessed, sections: pl.DataFrame, year: int, catalog: Catalog) -> list[str]:
    """The items of the index that every section has on its list, or was measured for at all in the year.

    One that its section lacks although it is to have it, or has for too few months, costs its own city the index.
    """
    wanted = set(city_index.items_that_count(catalog.surface_standard))
    has = pl.col("decides") | pl.col("months").is_not_null()
    told = assessed.items.filter(
        _year("period_start", year) & has & pl.col("entity_id").is_in(sections["site_id"].to_list())
    )
    counts = told.group_by("parameter").agg(sections=pl.col("entity_id").n_unique())
    return sorted(wanted & set(counts.filter(pl.col("sections") == sections["site_id"].n_unique())["parameter"]))


def _indices(of: _OfYear, items: list[str], catalog: Catalog) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """The indices of the cities in a year, and the least and the most that they can be."""
    ions = [name for name, p in catalog.parameters.items() if p.mean == "hydrogen_ion"]
    limits = city_index.base_limits(catalog.city_index, catalog.surface_standard, catalog.parameters)
    means = city_index.city_means(of.means.lazy(), of.sections.lazy(), by=_BY, items=items, hydrogen_ion=ions)
    indices = city_index.city_indices(city_index.body_indices(city_index.single_indices(means, limits), by=_BY), by=_BY)
    unbounded = of.doubts.filter(pl.col("doubt").is_in([UNDETERMINED, SET_ASIDE]))
    may_be_any = pl.col("city_id").is_in(unbounded["city_id"].unique().to_list())
    bounds = city_index.index_bounds(means, limits, by=_BY).with_columns(
        pl.when(~may_be_any).then(name).alias(name) for name in ("index_low", "index_high")
    )
    return indices, bounds


def _classes(assessed: SectionsAssessed, placed: pl.DataFrame, year: int) -> pl.DataFrame:
    """Sections of each city with their classes in both years, and whether they meet their own target."""
    periods = assessed.periods.rename({"entity_id": "site_id"})
    now = periods.filter(_year("period_start", year)).select("site_id", "meets_target", class_now="water_class")
    before = periods.filter(_year("period_start", year - 1)).select("site_id", class_before="water_class")
    return placed.join(now, on="site_id", how="left").join(before, on="site_id", how="left")


def _ranked(
    of_years: dict[int, _OfYear], classes: pl.DataFrame, items: list[str], *, year: int, catalog: Catalog
) -> pl.DataFrame:
    found = {y: _indices(of, items, catalog) for y, of in of_years.items()}
    now, bounds = found[year]
    before, bounds_before = found.get(year - 1, (now.clear(), bounds.clear()))
    ranked = city_index.ranked(now, of="city_index", items=items).join(bounds, on="city_id", how="left")
    ranked = city_index.with_rank_bounds(ranked, low="index_low", high="index_high")
    changes = city_index.index_changes(now, before, by=_BY)
    up_to = catalog.surface_standard.number_of(catalog.city_index.unranked_change_up_to_class)
    changes = city_index.without_good_cities(changes, classes.lazy(), by=_BY, up_to=up_to)
    changed = city_index.ranked(changes, of="change_pct", items=items).join(
        city_index.change_bounds(bounds, bounds_before, by=_BY), on="city_id", how="left"
    )
    changed = city_index.with_rank_bounds(changed, low="change_low", high="change_high").select(
        "city_id",
        "city_index_before",
        "change_pct",
        *(pl.col(name).alias(f"change_{name}") for name in ("reason", "rank", "rank_best", "rank_worst")),
    )
    is_whole = items == city_index.items_that_count(catalog.surface_standard)
    return (
        ranked.join(changed, on="city_id", how="left")
        .with_columns(pl.col("^(change_)?rank.*$").cast(pl.Int64), is_of_every_item=pl.lit(is_whole))
        .sort("city_id")
        .collect()
    )
