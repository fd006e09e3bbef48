"""The cities ranked by the index of their surface water, and by how it changed since the year before."""

from __future__ import annotations

from datetime import date

import polars as pl

from analytics.catalog import Catalog
from analytics.compute import city_index
from analytics.pipeline.sections import SectionsAssessed

_BY = ["city_id"]


def rank_cities(assessed: SectionsAssessed, register: pl.DataFrame, *, year: int, catalog: Catalog) -> pl.DataFrame:
    """The index of every city that has sections, as the table city_index holds it.

    The regulation sums all items that take part in the class. Where not every section has all of them (5+X), the index
    is of those that every section has in the year: only so the cities can be compared. A city with a section of which
    too little is known has none, and `in_doubt` names the sections whose months were set aside or held back.

    Parameters
    ----------
    register
        `entity_id`, `area_id` of the sections of the year.
    """
    cities = {a: catalog.city_of(a) for a in register["area_id"].unique().drop_nulls()}
    city = pl.col("area_id").replace_strict(cities, default=None, return_dtype=pl.String)
    placed = register.select(site_id="entity_id", city_id=city).drop_nulls()
    found = {y: _of_year(assessed, placed, y) for y in (year, year - 1) if _is_told(assessed, y)}
    if year not in found:
        return pl.DataFrame(schema=_SCHEMA | {"in_doubt": pl.List(pl.String)})
    items = _common_items(assessed, found[year][1], year, catalog)
    indices = {y: _indices(means, sections, items, catalog) for y, (means, sections) in found.items()}
    ranked = _ranked(indices, _classes(assessed, placed, year), items, year=year, catalog=catalog)
    return ranked.join(_in_doubt(assessed, placed), on="city_id", how="left").with_columns(
        pl.col("in_doubt").fill_null(pl.lit([], pl.List(pl.String)))
    )


_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "city_id": pl.String,
    "city_index": pl.Float64,
    "sections": pl.Int64,
    "items": pl.List(pl.String),
    "items_missing": pl.List(pl.String),
    "reason": pl.String,
    "rank": pl.Int64,
    "city_index_before": pl.Float64,
    "change_pct": pl.Float64,
    "change_reason": pl.String,
    "change_rank": pl.Int64,
    "is_of_every_item": pl.Boolean,
}


def _year(name: str, year: int) -> pl.Expr:
    return (pl.col("period_kind") == "year") & (pl.col(name) == date(year, 1, 1))


def _is_told(assessed: SectionsAssessed, year: int) -> bool:
    return not assessed.items.filter(_year("period_start", year)).drop_nulls("value").is_empty()


def _of_year(assessed: SectionsAssessed, placed: pl.DataFrame, year: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The means of the sections in a year, and the sections that could have been sampled, with their water body."""
    items = assessed.items.filter(_year("period_start", year)).rename({"entity_id": "site_id"})
    there = assessed.periods.filter(_year("period_start", year) & pl.col("left_out").is_null())
    sections = (
        items.select("site_id", "case")
        .unique()
        .join(placed, on="site_id")
        .join(there.select(site_id="entity_id"), on="site_id", how="semi")
    )
    enough = items.filter(pl.col("value").is_not_null())
    ends = {"mean_low": pl.col("mean"), "mean_high": pl.col("mean"), "is_undetected": pl.lit(False)}
    return enough.select("site_id", "parameter", "mean", "months", **ends), sections


def _in_doubt(assessed: SectionsAssessed, placed: pl.DataFrame) -> pl.DataFrame:
    """By city the sections of which months were set aside, or are missing without a reason."""
    doubted = assessed.years.filter(
        ~pl.col("is_dry") & ((pl.col("in_doubt").list.len() > 0) | (pl.col("months_missing").list.len() > 0))
    )
    there = placed.join(doubted.select(site_id="entity_id"), on="site_id", how="semi")
    return there.group_by("city_id").agg(in_doubt=pl.col("site_id").sort())


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


def _indices(means: pl.DataFrame, sections: pl.DataFrame, items: list[str], catalog: Catalog) -> pl.LazyFrame:
    ions = [name for name, p in catalog.parameters.items() if p.mean == "hydrogen_ion"]
    limits = city_index.base_limits(catalog.city_index, catalog.surface_standard, catalog.parameters)
    of_city = city_index.city_means(means.lazy(), sections.lazy(), by=_BY, items=items, hydrogen_ion=ions)
    return city_index.city_indices(city_index.body_indices(city_index.single_indices(of_city, limits), by=_BY), by=_BY)


def _classes(assessed: SectionsAssessed, placed: pl.DataFrame, year: int) -> pl.DataFrame:
    """Sections of each city with their classes in both years, and whether they meet their own target."""
    periods = assessed.periods.rename({"entity_id": "site_id"})
    now = periods.filter(_year("period_start", year)).select("site_id", "meets_target", class_now="water_class")
    before = periods.filter(_year("period_start", year - 1)).select("site_id", class_before="water_class")
    return placed.join(now, on="site_id", how="left").join(before, on="site_id", how="left")


def _ranked(
    indices: dict[int, pl.LazyFrame], classes: pl.DataFrame, items: list[str], *, year: int, catalog: Catalog
) -> pl.DataFrame:
    now = city_index.ranked(indices[year], of="city_index", items=items)
    before = indices.get(year - 1, indices[year].clear())
    changes = city_index.index_changes(indices[year], before, by=_BY)
    up_to = catalog.surface_standard.number_of(catalog.city_index.unranked_change_up_to_class)
    changes = city_index.without_good_cities(changes, classes.lazy(), by=_BY, up_to=up_to)
    changes = city_index.ranked(changes, of="change_pct", items=items).select(
        "city_id", "city_index_before", "change_pct", change_reason="reason", change_rank="rank"
    )
    is_whole = items == city_index.items_that_count(catalog.surface_standard)
    return (
        now.join(changes, on="city_id", how="left")
        .with_columns(pl.col("rank", "change_rank").cast(pl.Int64), is_of_every_item=pl.lit(is_whole))
        .sort("city_id")
        .select(*_SCHEMA)
        .collect()
    )
