"""Rivers, basins, cities and the province rated by their sections, period by period, and how they changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.plan import Plan
from analytics.compute import changes, main_items, ratings
from analytics.compute.surface_rules import SurfaceRules, surface_rules
from analytics.pipeline.sections import PERIOD, SectionsAssessed, with_held_back

SCOPE = ["scope_kind", "scope_id"]
_COUNTS = ("sections_assessed", "sections_open", "sections_left_out", "sections_good", "sections_worst")
_SHARES = ("good_pct", "good_low_pct", "good_high_pct", "worst_pct", "worst_low_pct", "worst_high_pct")
_RATING = ("rated_by", *_COUNTS, *_SHARES, "water_class", "rating", "rating_best", "rating_worst")
_PERIOD = {"period_kind": pl.String, "period_start": pl.Date}
_HOW = {"change": pl.String, "direction": pl.String, "change_reason": pl.String}
_SECTION_CHANGE = {"class_before": pl.Int8, **_HOW}
_WATER_CHANGE = {"rating_before": pl.Int8, "good_points": pl.Float64, "worst_points": pl.Float64, **_HOW}


@dataclass(frozen=True)
class WatersRated:
    """Ratings of waters and main items of sections, as their tables hold them, classes still as numbers.

    `sections` are the sections' periods with their `main_items` and `main_multiples` and, in the year itself, their
    `change` since the year before; `waters` the rating of each river, basin, city and of the province, its main items
    with the share of sections that exceed class Ⅲ in them, and its change.
    """

    sections: pl.DataFrame
    waters: pl.DataFrame


def rate_waters(
    assessed: SectionsAssessed, register: pl.DataFrame, aside: pl.DataFrame, *, plan: Plan, catalog: Catalog
) -> WatersRated:
    """All periods rated, those of the year held against those of the year before.

    Parameters
    ----------
    register
        `entity_id`, `area_id`, `basin`, `river` of the sections of the year.
    aside
        The same of the entries that were set aside: sections of any class wherever they may lie.
    """
    rules = surface_rules(catalog.surface_rating, catalog.surface_standard, catalog.parameters)
    sections = assessed.periods
    every_item = with_held_back(assessed.items, rules.last)
    items = assessed.items.filter("decides")
    open_ones = aside.join(register, on="entity_id", how="anti").unique("entity_id")
    scoped = pl.concat(
        [
            _scopes(register, plan, catalog).drop_nulls("scope_id").join(sections, on="entity_id"),
            _of_any_class(_scopes(open_ones, plan, catalog), _scopes(register, plan, catalog), sections, rules.last),
        ],
        how="diagonal_relaxed",
    )
    of_sections = pl.DataFrame(schema=dict.fromkeys(["entity_id"], pl.String) | _PERIOD | _SECTION_CHANGE)
    of_waters = pl.DataFrame(schema=dict.fromkeys(SCOPE, pl.String) | _PERIOD | _WATER_CHANGE)
    for single, grouped in _compared(sections, scoped, items, rules, always=open_ones["entity_id"].to_list()):
        of_sections.extend(single.select(of_sections.columns))
        of_waters.extend(grouped.select(of_waters.columns))
    return WatersRated(
        sections=_sections_with_items(sections, items, rules).join(
            of_sections, on=["entity_id", *PERIOD], how="left", maintain_order="left"
        ),
        waters=_rated(scoped, items, rules, every_item=every_item).join(
            of_waters, on=[*SCOPE, *PERIOD], how="left", maintain_order="left"
        ),
    )


def _scopes(register: pl.DataFrame, plan: Plan, catalog: Catalog) -> pl.DataFrame:
    """Each section with every scope that it lies in: `scope_kind`, `scope_id` (null: not told), `entity_id`."""
    cities = {a.id: catalog.city_of(a.id) for a in catalog.areas.values()}
    of_kind = {
        "province": pl.lit(plan.area),
        "basin": pl.col("basin"),
        "river": pl.col("river"),
        "city": pl.col("area_id").replace_strict(cities, default=None, return_dtype=pl.String),
    }
    return pl.concat(
        register.select(scope_kind=pl.lit(kind), scope_id=scope, entity_id="entity_id")
        for kind, scope in of_kind.items()
    )


def _of_any_class(scopes: pl.DataFrame, known: pl.DataFrame, sections: pl.DataFrame, last: int) -> pl.DataFrame:
    """Sections of which nothing is believed, in every period and wherever they may lie: of any class."""
    anywhere = scopes.filter(pl.col("scope_id").is_null()).drop("scope_id")
    may_be = anywhere.join(known.drop_nulls("scope_id").select(SCOPE).unique(), on="scope_kind")
    placed = pl.concat([scopes.drop_nulls("scope_id"), may_be.select(scopes.columns)])
    best, worst = pl.lit(1, pl.Int8), pl.lit(last, pl.Int8)
    told = sections.select(PERIOD).unique().with_columns(class_best=best, class_worst=worst)
    return placed.join(told, how="cross")


def _sections_with_items(sections: pl.DataFrame, items: pl.DataFrame, rules: SurfaceRules) -> pl.DataFrame:
    by = ["entity_id", *PERIOD]
    named = main_items.main_items(sections.lazy(), items.lazy(), rules, by=by).collect()
    listed = named.select(*by, **_fields("main_items", main_items="parameter", main_multiples="multiple"))
    return sections.join(listed, on=by, how="left", maintain_order="left")


def _averaged(scoped: pl.DataFrame, every_item: pl.DataFrame) -> pl.DataFrame:
    """The items that decide in any section of a scope, of all its sections that measured them.

    They are what few sections are averaged by: over those alone that list an item it would weigh by those it spoils.
    """
    by = [*SCOPE, *PERIOD]
    placed = scoped.select(*by, "entity_id").join(every_item, on=["entity_id", *PERIOD])
    listed = placed.filter("decides").select(*by, "parameter").unique()
    return placed.join(listed, on=[*by, "parameter"], how="semi").filter(
        pl.col("decides") | pl.col("value").is_not_null()
    )


def _rated(scoped: pl.DataFrame, items: pl.DataFrame, rules: SurfaceRules, *, every_item: pl.DataFrame) -> pl.DataFrame:
    """The rating of every scope and period, with its main items."""
    by = [*SCOPE, *PERIOD]
    averaged = _averaged(scoped, every_item)
    rated = ratings.rate_groups(scoped.lazy(), averaged.lazy(), rules, by=by).select(*by, *_RATING, "reason")
    main = main_items.group_main_items(scoped.lazy(), items.lazy(), rules, by=by)
    listed = main.select(*by, **_fields("main_items", main_items="parameter", main_shares="share_pct"))
    return rated.join(listed, on=by, how="left").sort(by).collect()


def _fields(column: str, **names: str) -> dict[str, pl.Expr]:
    """Lists of single fields of a list of structs; empty where there is none."""
    return {
        name: pl.col(column).list.eval(pl.element().struct.field(field)).fill_null([]) for name, field in names.items()
    }


# Changes since the year before


def _compared(
    sections: pl.DataFrame, scoped: pl.DataFrame, items: pl.DataFrame, rules: SurfaceRules, *, always: list[str]
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """For each period of the year the changes of the sections, and those of the waters on the sections of both.

    Sections of which nothing is believed take part `always`: nobody can say whether they were told of.
    """
    starts = sections.select(PERIOD).unique().rows()
    for kind, start in sorted(starts):
        earlier = date(start.year - 1, start.month, 1)
        if (kind, earlier) not in starts:
            continue
        told = {"period_kind": pl.lit(kind), "period_start": pl.lit(start)}
        single, grouped = (
            tuple(
                changes.Period(f.filter(_of(kind, day)).lazy(), items.filter(_of(kind, day)).lazy())
                for day in (earlier, start)
            )
            for f in (sections, scoped)
        )
        of_sections = changes.section_changes(single[0], single[1], rules)
        # A section of which nothing was told in the year before joined since: it takes no part in the comparison.
        measured = items.filter(_of(kind, earlier) & pl.col("months").is_not_null())["entity_id"].unique()
        is_told = pl.col("entity_id").is_in([*measured, *always]) | pl.col("left_out").is_not_null()
        told_of = grouped[0].sections.filter(is_told)
        before, after = changes.in_both(grouped[0]._replace(sections=told_of), grouped[1], by=SCOPE)
        of_waters = changes.group_changes(before, after, rules, by=SCOPE)
        named = {**told, "change_reason": pl.col("reason")}
        of_period = pl.collect_all([of_sections.with_columns(**named), of_waters.with_columns(**named)])
        yield of_period[0], of_period[1]


def _of(kind: str, start: date) -> pl.Expr:
    return (pl.col("period_kind") == kind) & (pl.col("period_start") == start)
