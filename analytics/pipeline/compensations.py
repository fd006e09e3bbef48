"""What sections across boundaries cost and earn the areas that answer for them: deductions and rewards by month."""

from __future__ import annotations

from collections.abc import Collection, Iterator
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

SET_ASIDE = "entry_set_aside"  # why an entry is open: nobody knows who pays, or by what target
_PAYS = ("pays_city", "pays_county")
_ATTRIBUTES = pl.Struct({"pays_city": pl.String, "pays_county": pl.String, "has_inflow": pl.String})


@dataclass(frozen=True)
class Compensated:
    """A year of the schemes in force: entries by section and month, and their sums by area (rows of their tables).

    `totals` are those of the year, `months` the deductions of each month: rewards are told by the year.
    """

    entries: pl.DataFrame
    totals: pl.DataFrame
    months: pl.DataFrame


def compensate(
    assessed: SectionsAssessed, register: pl.DataFrame, broken: pl.DataFrame, *, year: int, catalog: Catalog
) -> Compensated:
    """Deductions and rewards of the sections whose entry names who pays, by every scheme that holds in the year.

    A section is held against the limits of its own target class in its monthly results, as they were assessed. A month
    of which a result is missing, set aside or without a known amount is open, and bounds its sums; so are the months
    after the last result, and every month of a section whose entry was set aside, or does not tell legibly who pays: it
    may be of anybody within the area that can still be read. A scheme of a city is about the sections that this city
    answers for.

    Parameters
    ----------
    register
        The entries of the sections that hold in the year, those that were set aside among them.
    broken
        The rules that rows broke, from the named query broken_rules.
    """
    sections = _sections(_with_doubtful_payers(register, broken, catalog), catalog)
    entries = [pl.DataFrame(schema=_ENTRY)]
    totals, months = [pl.DataFrame()], [pl.DataFrame(schema=_MONTH)]
    for scheme in _in_force(catalog, year):
        mine = _answered_within(sections, scheme, catalog)
        if not mine.is_empty():
            found = _entries(assessed, mine, scheme, year=year, catalog=catalog)
            entries.append(found)
            placed = _placed(found, scheme, catalog)
            totals.append(compensation.totals(placed.lazy(), by=_SCOPE).collect())
            by_month = compensation.totals(placed.lazy().filter(kind="deduction"), by=[*_SCOPE, "month"]).collect()
            months.append(by_month.with_columns(year=pl.lit(year)).select(pl.col(c).cast(t) for c, t in _MONTH.items()))
    every, of_year = pl.concat(entries), pl.concat(totals, how="diagonal")
    return Compensated(every, of_year.with_columns(year=pl.lit(year)), pl.concat(months))


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
    "year_low": pl.Float64,
    "year_high": pl.Float64,
    "reason": pl.String,
    "worst_item": pl.String,
    "multiple": pl.Float64,
}


_SCOPE = ("scheme", "scope_kind", "scope_id")
_MONTH: dict[str, pl.DataType | type[pl.DataType]] = {
    "year": pl.Int32,
    **dict.fromkeys(_SCOPE, pl.String),
    "month": pl.Date,
    **dict.fromkeys(("deductions", "deductions_low", "deductions_high"), pl.Float64),
    **dict.fromkeys(("open", "dry"), pl.Int64),
}


def _in_force(catalog: Catalog, year: int) -> Iterator[Compensation]:
    for scheme in catalog.compensations.values():
        if scheme.valid_from.year <= year and (scheme.valid_to is None or scheme.valid_to.year >= year):
            yield scheme


def _answered_within(sections: pl.DataFrame, scheme: Compensation, catalog: Catalog) -> pl.DataFrame:
    """The sections for which the area of the scheme answers; one of which nobody knows who pays may be among them."""
    of_nobody = pl.col("pays").is_null()
    known = sections.with_columns(pl.when(of_nobody).then(pl.lit(scheme.area)).otherwise("pays").alias("pays"))
    return known.filter(pl.Series([catalog.lies_in(area, scheme.area) for area in known["pays"]], dtype=pl.Boolean))


def _with_doubtful_payers(register: pl.DataFrame, broken: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """The entries; one that names a payer whom nobody can tell `is_set_aside`, and its city `is_doubtful` as well where
    the county that it names lies in another."""
    counties = {name for area in catalog.areas.values() if area.level == "county" for name in (area.id, area.name.zh)}
    column = pl.col("column")
    illegible = broken.filter(column.is_in(_PAYS)).group_by("snapshot", "sheet", "row")
    lies_elsewhere = (column == "pays_county") & pl.col("found").str.strip_chars().is_in(sorted(counties))
    found = illegible.agg(is_doubtful=lies_elsewhere.any())
    doubtful = pl.col("is_doubtful")
    return register.join(found, on=["snapshot", "sheet", "row"], how="left", maintain_order="left").with_columns(
        is_set_aside=pl.col("is_set_aside") | doubtful.is_not_null(), is_doubtful=doubtful.fill_null(False)
    )


def _sections(register: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """Sections with `pays` (the county where one is named, else the city), `case`, `target_class`, `has_inflow`.

    Of an entry set aside (`is_set_aside`) nothing is believed but who pays, as near as it says; that may be null.
    """
    names = catalog.surface_standard.class_names
    numbers = {name: n for n, name in enumerate(names, start=1)}
    about = sections_of(register, catalog).with_columns(_c=pl.col("attributes").str.json_decode(_ATTRIBUTES))
    flag, is_clear = pl.col("has_inflow"), ~pl.col("is_set_aside")
    return (
        about.unnest("_c")
        .with_columns(pays=pl.when(~pl.col("is_doubtful")).then(pl.coalesce(reversed(_PAYS))))
        .filter(pl.col("pays").is_not_null() | pl.col("is_set_aside"))
        .select(
            "entity_id",
            "pays",
            "case",
            "is_set_aside",
            target_class=pl.when(is_clear).then(pl.col("target_class").replace_strict(numbers, default=None)),
            has_inflow=pl.when(is_clear & flag.is_not_null()).then(flag == "yes"),
        )
        .with_columns(pl.col("target_class").cast(pl.Int8))
    )


def _entries(
    assessed: SectionsAssessed, sections: pl.DataFrame, scheme: Compensation, *, year: int, catalog: Catalog
) -> pl.DataFrame:
    """The entries of one scheme; rewards look at the year before as well."""
    of_month = pl.col("period_kind") == "month"
    items = _sure(assessed.items.filter(of_month).with_columns(month="period_start"), sections)
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
        items.lazy(), _targets(sections, catalog).lazy(), asked.lazy(), items=scheme.items
    )
    judged = compensation.section_months(exceeded)
    deducted = compensation.deductions(judged.filter(pl.col("month").dt.year() == year), scheme)
    classes = asked.lazy().select("entity_id", "month", "water_class", best_class="water_class")
    if scheme.rewards and scheme.rewards.crossed_grades.graded_by == "items":
        classes = compensation.graded(items.lazy(), asked.lazy(), by=scheme.items)
    classed = judged.join(classes, on=["entity_id", "month"])
    earned = compensation.rewards(
        classed, sections.lazy().select("entity_id", "target_class", "has_inflow"), scheme, year=year
    )
    both = pl.concat([deducted, earned], how="diagonal_relaxed").collect()
    named = both.join(sections.select("entity_id", "is_set_aside", area_id="pays"), on="entity_id", how="left")
    why = pl.when("is_set_aside").then(pl.lit(SET_ASIDE)).otherwise("reason")
    named = named.with_columns(scheme=pl.lit(scheme.id), year=pl.lit(year), reason=why)
    return named.select(pl.col(name).cast(dtype) for name, dtype in _ENTRY.items())


def _sure(items: pl.DataFrame, sections: pl.DataFrame) -> pl.DataFrame:
    """The items of the months, without the value and class of one that may be better or worse than it looks.

    A limit of detection above the target tells nothing of it. What keeps to the target at its worst does keep to it.
    """
    best, worst = pl.col("item_best"), pl.col("item_worst")
    is_sure = best.eq_missing(worst)
    keeps = (worst <= pl.col("target_class")).fill_null(False)
    return items.join(sections.select("entity_id", "target_class"), on="entity_id", how="left").with_columns(
        value=pl.when(is_sure | keeps).then("value"), item_class=pl.when(is_sure).then("item_class")
    )


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


def _placed(entries: pl.DataFrame, scheme: Compensation, catalog: Catalog) -> pl.DataFrame:
    """The entries once for every county that is named and what it lies in, up to the area of the scheme (`_SCOPE`).

    What may be anybody's within an area is open in the sum of each city and county there.
    """
    is_sure = pl.col("reason").ne_missing(SET_ASIDE)
    sure, unsure = entries.filter(is_sure), entries.filter(~is_sure)
    scopes = _scopes(entries["area_id"].unique().to_list(), unsure["area_id"].unique().to_list(), scheme, catalog)
    levels = []
    for scope in scopes:
        mine = _lying(sure["area_id"], within=scope, catalog=catalog)
        may_be = _lying(unsure["area_id"], within=scope, catalog=catalog) | _reaching(unsure["area_id"], scope, catalog)
        about = {"scheme": scheme.id, "scope_kind": catalog.areas[scope].level, "scope_id": scope}
        rows = pl.concat([sure.filter(mine), unsure.filter(may_be)])
        levels.append(rows.with_columns(pl.lit(value).alias(name) for name, value in about.items()))
    return pl.concat(levels)


def _scopes(named: Collection[str], unsure: Collection[str], scheme: Compensation, catalog: Catalog) -> list[str]:
    """The areas that have a sum: those named and those above them; cities that may have to pay as well."""
    cities = [a.id for area in unsure for a in catalog.children(area, "city")]
    above = {found for area in (*named, *cities) for found in catalog.upwards(area)}
    return sorted(area for area in above if catalog.lies_in(area, scheme.area))


def _lying(areas: pl.Series, *, within: str, catalog: Catalog) -> pl.Series:
    return pl.Series([catalog.lies_in(area, within) for area in areas], dtype=pl.Boolean)


def _reaching(areas: pl.Series, scope: str, catalog: Catalog) -> pl.Series:
    """Whether the scope lies in each of the areas."""
    return pl.Series([catalog.lies_in(scope, area) for area in areas], dtype=pl.Boolean)


def keep(connection: Connection, found: Compensated) -> None:
    """Put the year into its tables."""
    store.insert(connection, "compensation_entry", found.entries)
    store.insert(connection, "compensation_total", found.totals)
    store.insert(connection, "compensation_month", found.months)
