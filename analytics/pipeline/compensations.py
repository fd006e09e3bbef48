"""What sections across boundaries cost and earn the areas that answer for them: deductions and rewards by month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.compensation import Compensation
from analytics.compute import compensation
from analytics.duck import Connection
from analytics.pipeline.classes import surface_limits
from analytics.pipeline.sections import SectionsAssessed, sections_of
from analytics.warehouse import store

_ATTRIBUTES = pl.Struct({"pays_city": pl.String, "pays_county": pl.String, "has_inflow": pl.String})


@dataclass(frozen=True)
class Compensated:
    """A year of the schemes in force: entries by section and month, and their sums by area (rows of their tables)."""

    entries: pl.DataFrame
    totals: pl.DataFrame


def compensate(assessed: SectionsAssessed, register: pl.DataFrame, *, year: int, catalog: Catalog) -> Compensated:
    """Deductions and rewards of the sections whose entry names who pays, by every scheme that holds in the year.

    A section is held against the limits of its own target class in its monthly results, as they were assessed. A month
    of which a result is missing, set aside or without a known amount is open, and bounds its sums; so are the months
    after the last result. A scheme of a city is about the sections that this city answers for.

    Parameters
    ----------
    register
        The entries of the sections that hold in the year.
    """
    sections = _sections(register, catalog)
    entries = [pl.DataFrame(schema=_ENTRY)]
    for scheme in _in_force(catalog, year):
        mine = sections.filter(_answers_within(sections["pays"], scheme, catalog))
        if not mine.is_empty():
            entries.append(_entries(assessed, mine, scheme, year=year, catalog=catalog))
    every = pl.concat(entries)
    return Compensated(every, _totals(every, catalog, year))


_ENTRY: dict[str, pl.DataType | type[pl.DataType]] = {
    "year": pl.Int32,
    "scheme": pl.String,
    "area_id": pl.String,
    "entity_id": pl.String,
    "month": pl.Date,
    "kind": pl.String,
    "ground": pl.String,
    "amount": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "reason": pl.String,
    "worst_item": pl.String,
    "multiple": pl.Float64,
}


def _in_force(catalog: Catalog, year: int) -> Iterator[Compensation]:
    for scheme in catalog.compensations.values():
        if scheme.valid_from.year <= year and (scheme.valid_to is None or scheme.valid_to.year >= year):
            yield scheme


def _answers_within(pays: pl.Series, scheme: Compensation, catalog: Catalog) -> pl.Series:
    return pl.Series([catalog.lies_in(area, scheme.area) for area in pays], dtype=pl.Boolean)


def _sections(register: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """Sections with `pays` (the county where one is named, else the city), `case`, `target`, `target_class`, inflow."""
    names = catalog.surface_standard.class_names
    numbers = {name: n for n, name in enumerate(names, start=1)}
    about = sections_of(register, catalog).with_columns(_c=pl.col("attributes").str.json_decode(_ATTRIBUTES))
    flag = pl.col("has_inflow")
    return (
        about.unnest("_c")
        .with_columns(pays=pl.coalesce("pays_county", "pays_city"))
        .drop_nulls("pays")
        .select(
            "entity_id",
            "pays",
            "case",
            target_class=pl.col("target_class").replace_strict(numbers, default=None, return_dtype=pl.Int8),
            has_inflow=pl.when(flag.is_not_null()).then(flag == "yes"),
        )
    )


def _entries(
    assessed: SectionsAssessed, sections: pl.DataFrame, scheme: Compensation, *, year: int, catalog: Catalog
) -> pl.DataFrame:
    """The entries of one scheme; rewards look at the year before as well."""
    of_month = pl.col("period_kind") == "month"
    values = assessed.items.filter(of_month).select("entity_id", "parameter", "value", month="period_start")
    months = assessed.periods.filter(of_month).select(
        "entity_id", "water_class", month="period_start", is_dry=(pl.col("left_out") == "dry").fill_null(False)
    )
    calendar = pl.DataFrame({"month": [date(y, m, 1) for y in (year - 1, year) for m in range(1, 13)]})
    asked = (
        sections.select("entity_id")
        .join(calendar, how="cross")
        .join(months, on=["entity_id", "month"], how="left")
        .with_columns(pl.col("is_dry").fill_null(False))
    )
    exceeded = compensation.exceedances(
        values.lazy(), _targets(sections, catalog).lazy(), asked.lazy(), items=scheme.items
    )
    judged = compensation.section_months(exceeded)
    deducted = compensation.deductions(judged.filter(pl.col("month").dt.year() == year), scheme)
    classed = judged.join(asked.lazy().select("entity_id", "month", "water_class"), on=["entity_id", "month"])
    earned = compensation.rewards(
        classed, sections.lazy().select("entity_id", "target_class", "has_inflow"), scheme, year=year
    )
    both = pl.concat([deducted, earned], how="diagonal_relaxed").collect()
    named = both.join(sections.select("entity_id", area_id="pays"), on="entity_id", how="left")
    named = named.with_columns(scheme=pl.lit(scheme.id), year=pl.lit(year))
    return named.select(pl.col(name).cast(dtype) for name, dtype in _ENTRY.items())


def _targets(sections: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """The limit of each item in the target class of each section; items that get better with more have none."""
    limits = surface_limits(catalog)
    highs = [c for c in limits.columns if c.startswith("high_")]
    long = limits.unpivot(highs, index=["parameter", "case"], variable_name="of_class", value_name="target")
    of_class = pl.col("of_class").str.strip_prefix("high_").cast(pl.Int8)
    return (
        long.drop_nulls("target")
        .with_columns(target_class=of_class)
        .join(sections, on=["case", "target_class"])
        .select("entity_id", "parameter", "target")
    )


def _totals(entries: pl.DataFrame, catalog: Catalog, year: int) -> pl.DataFrame:
    """Sums by scheme for every county that is named and what it lies in, up to the area of the scheme."""
    levels = []
    areas = entries["area_id"].unique().to_list()
    for kind in ("county", "city", "province"):
        at = {area: found for area in areas if (found := _at_level(area, kind, catalog)) is not None}
        rows = entries.with_columns(
            scope_kind=pl.lit(kind),
            scope_id=pl.col("area_id").replace_strict(at, default=None, return_dtype=pl.String),
        ).drop_nulls("scope_id")
        levels.append(compensation.totals(rows.lazy(), by=["scheme", "scope_kind", "scope_id"]).collect())
    every = pl.concat(levels)
    # The scheme of a city has no sum of the province.
    inside = [
        catalog.lies_in(scope, catalog.compensations[scheme].area)
        for scheme, scope in every.select("scheme", "scope_id").iter_rows()
    ]
    return every.filter(pl.Series(inside, dtype=pl.Boolean)).with_columns(year=pl.lit(year))


def _at_level(area: str, level: str, catalog: Catalog) -> str | None:
    """The area itself or the one that it lies in, of that level."""
    found: str | None = area
    while found is not None and found in catalog.areas:
        if catalog.areas[found].level == level:
            return found
        found = catalog.areas[found].parent
    return None


def keep(connection: Connection, found: Compensated) -> None:
    """Put the year into its tables."""
    store.insert(connection, "compensation_entry", found.entries)
    store.insert(connection, "compensation_total", found.totals)
