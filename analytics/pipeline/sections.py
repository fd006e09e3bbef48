"""The national sections by month, quarter and year: every item, the class, and what leaves it open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.plan import Plan
from analytics.compute import means, water_class
from analytics.duck import Connection
from analytics.pipeline.classes import declared_body, surface_limits
from analytics.warehouse.queries import ask

# States of a month in which nobody could have sampled the section.
NOTHING_TO_SAMPLE = ("dry", "frozen")
PERIOD = ("period_kind", "period_start")
_NO_ITEMS = pl.lit([], pl.List(pl.String))


@dataclass(frozen=True)
class _Kind:
    """One kind of period: which months of a year it is made of."""

    name: str
    parts: Sequence[Sequence[int]]

    @property
    def start(self) -> pl.Expr:
        """The first day of the period in which `month` lies; null where it lies in none."""
        month = pl.col("month")
        first = [pl.when(month.dt.month().is_in(list(part))).then(pl.lit(min(part), pl.Int8)) for part in self.parts]
        return pl.date(month.dt.year(), pl.coalesce(first), 1)

    @property
    def end(self) -> pl.Expr:
        """The last day of the period that begins on `period_start`."""
        start = pl.col("period_start")
        last = {min(part): max(part) for part in self.parts}
        return pl.date(start.dt.year(), start.dt.month().replace_strict(last, default=None), 1).dt.month_end()


_WHOLE = (
    _Kind("month", [[m] for m in range(1, 13)]),
    _Kind("quarter", [[m, m + 1, m + 2] for m in (1, 4, 7, 10)]),
    _Kind("year", [list(range(1, 13))]),
)


@dataclass(frozen=True)
class SectionsAssessed:
    """The sections of a year: their annual classes, and the classes and items of every period.

    `years` has the columns of section_year, `periods` those of section_period and `items` those of section_item,
    classes still as numbers; `monthly` are the monthly means of all that was measured. The periods are those of the
    year and of the year before, both for the sections and the items of this year: what is compared is the same.
    """

    years: pl.DataFrame
    periods: pl.DataFrame
    items: pl.DataFrame
    monthly: pl.DataFrame


def sections_of(register: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """Sections with `case` (their water body), `is_determined`, `target_class` and `items` from their attributes.

    A section is judged on the standard's base items and those its register entry adds (5+X), as far as the
    standard has a limit for them in its water body; `limited` are all that have one.
    """
    standard = catalog.surface_standard
    dtype = pl.Struct({"water_body": pl.String, "item_list": pl.List(pl.String), "target_class": pl.String})
    decoded = register.with_columns(_a=pl.col("attributes").str.json_decode(dtype)).unnest("_a")
    limited = surface_limits(catalog).group_by("case", maintain_order=True).agg(limited="parameter")
    base = pl.lit(list(standard.base_items), pl.List(pl.String))
    own = pl.col("item_list").fill_null(_NO_ITEMS)
    return (
        decoded.with_columns(
            case=declared_body(pl.col("water_body"), standard),
            is_determined=pl.col("water_body").is_in(list(standard.cases)).fill_null(False),
        )
        .join(limited, on="case", how="left", maintain_order="left")
        .with_columns(items=base.list.set_union(own).list.set_intersection("limited").list.sort())
    )


@dataclass(frozen=True)
class _Judge:
    """What all periods of the sections share: the sections themselves, limits, places, the pH."""

    catalog: Catalog
    sections: pl.DataFrame
    plan: Plan

    @cached_property
    def limits(self) -> pl.DataFrame:
        return surface_limits(self.catalog)

    @cached_property
    def decimals(self) -> pl.DataFrame:
        places = {name: p.decimals.assessment for name, p in self.catalog.parameters.items()}
        return pl.DataFrame({"parameter": list(places), "decimals": list(places.values())})

    @cached_property
    def hydrogen_ion(self) -> list[str]:
        return [name for name, p in self.catalog.parameters.items() if p.mean == "hydrogen_ion"]

    @property
    def last_class(self) -> int:
        return water_class.worst_of(self.catalog.surface_standard)

    @cached_property
    def targets(self) -> pl.DataFrame:
        """The number of each section's own target class."""
        numbers = {name: n for n, name in enumerate(self.catalog.surface_standard.class_names, start=1)}
        target = pl.col("target_class").replace_strict(numbers, default=None, return_dtype=pl.Int8)
        return self.sections.select("entity_id", target=target)

    @cached_property
    def kinds(self) -> list[_Kind]:
        """Months, quarters, the year, and its seasons where the plan says which months they are."""
        window = self.plan.windows.get("dry_season")
        if window is None:
            return list(_WHOLE)
        year = 2021  # the months of a window are those of every year
        spans = window.spans(year)
        dry = [m for m in range(1, 13) if any(first <= date(year, m, 1) <= last for first, last in spans)]
        flood = [m for m in range(1, 13) if m not in dry]
        return [*_WHOLE, _Kind("dry_season", [dry]), _Kind("flood_season", [flood])]

    def fewest(self, kind: str) -> int:
        """The fewest months from which a mean of such a period follows."""
        if kind == "year":
            return int(self.catalog.setting(self.plan, "minimum_months").value or 0)
        return self.catalog.surface_rating.fewest_samplings[kind.removeprefix("dry_").removeprefix("flood_")]

    def monthly(self, connection: Connection, year: int) -> pl.DataFrame:
        """The monthly means of a year."""
        readings = ask(connection, "readings_of_year", register="sections", year=year).lazy()
        return means.monthly_means(readings, hydrogen_ion=self.hydrogen_ion).collect()

    def items(self, means_used: pl.LazyFrame, members: pl.LazyFrame, kind: str) -> pl.LazyFrame:
        """The items of `members` (`entity_id`, `case`, `items`, their periods) in periods of that kind."""
        return water_class.item_results(
            means_used, members, self.limits, decimals=self.decimals, fewest=self.fewest(kind)
        )

    def classes(self, items: pl.LazyFrame, *by: str) -> pl.DataFrame:
        """The classes of the items that decide."""
        return water_class.section_classes(items, by=by, last_class=self.last_class).collect()


def assess_sections(
    connection: Connection,
    register: pl.DataFrame,
    doubts: pl.DataFrame,
    *,
    plan: Plan,
    year: int,
    catalog: Catalog,
) -> SectionsAssessed:
    """The sections in the year, and in the year before as far as it was told of.

    The class follows from the readings that count; an item of which a month is missing without a reason, or was set
    aside, is left open in the best and the worst class of the year, and so is the water body where it is undetermined.

    Parameters
    ----------
    register
        The entries of the sections that hold in the year.
    doubts
        The readings set aside and not put right (see `facts.readings_in_doubt`; a null `parameter` stands for all of
        the section's items).
    """
    judge = _Judge(catalog, sections_of(register, catalog), plan)
    months = {y: judge.monthly(connection, y) for y in (year - 1, year)}
    told = pl.concat(ask(connection, "sampling_of_year", year=y) for y in months)
    monthly = pl.concat(months.values())
    items = _items(judge, monthly, told)
    periods = _periods(judge, items, told)
    years = _years(judge, months[year], doubts, told.filter(pl.col("month").dt.year() == year), year=year)
    failing = _months_failing(periods, year)
    return SectionsAssessed(
        years=years.join(failing, on="entity_id", how="left").with_columns(
            pl.col("months_failing", "months_judged").fill_null(0)
        ),
        periods=periods,
        items=items,
        monthly=monthly,
    )


def _months_failing(periods: pl.DataFrame, year: int) -> pl.DataFrame:
    """How many months of the year each section certainly missed its own target, of those that can be judged."""
    months = (pl.col("period_kind") == "month") & (pl.col("period_start").dt.year() == year)
    return (
        periods.filter(months & pl.col("meets_target").is_not_null())
        .group_by("entity_id")
        .agg(months_failing=(~pl.col("meets_target")).sum(), months_judged=pl.len())
    )


# Months, quarters, years


def _items(judge: _Judge, monthly: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Every item with limits of every section in every period of which anything was told, as section_item holds it.

    Items that decide have a row also where they were not measured.
    """
    sections = judge.sections.lazy().select("entity_id", "case", items="limited")
    deciding = judge.sections.lazy().select("entity_id", parameter="items", decides=pl.lit(True)).explode("parameter")
    told_of = pl.concat([monthly.select("month"), told.select("month")]).unique().lazy()
    found = []
    for kind in judge.kinds:
        period = {"period_kind": pl.lit(kind.name), "period_start": kind.start}
        dated = monthly.lazy().with_columns(**period).drop_nulls("period_start")
        over = means.means_over(dated, PERIOD, hydrogen_ion=judge.hydrogen_ion)
        members = sections.join(told_of.select(**period).drop_nulls().unique(), how="cross")
        found.append(judge.items(over, members, kind.name))
    return (
        pl.concat(found)
        .join(deciding, on=["entity_id", "parameter"], how="left")
        .with_columns(pl.col("decides").fill_null(False))
        .filter(pl.col("decides") | pl.col("months").is_not_null())
        .sort(*PERIOD, "entity_id", "parameter")
        .collect()
    )


def _periods(judge: _Judge, items: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """The class of every section in every period, as section_period holds it."""
    by = ("entity_id", *PERIOD)
    found = judge.classes(items.lazy().filter("decides"), *by)
    return (
        found.join(_unsampled(told, judge.kinds), on=by, how="left")
        .join(judge.targets, on="entity_id", how="left")
        .with_columns(
            left_out=pl.when(pl.col("items_used") == 0).then("left_out"),
            period_end=pl.coalesce(pl.when(pl.col("period_kind") == kind.name).then(kind.end) for kind in judge.kinds),
            meets_target=meets_target(),
        )
        .sort(*PERIOD, "entity_id")
    )


def meets_target() -> pl.Expr:
    """Whether the class is that of the section's own target or better; null where it may be either, or none was set."""
    target = pl.col("target")
    return (
        pl.when(pl.col("class_best") > target)
        .then(pl.lit(False))
        .when((pl.col("water_class") <= target) & (pl.col("class_worst") <= target))
        .then(pl.lit(True))
    )


def _unsampled(told: pl.DataFrame, kinds: Sequence[_Kind]) -> pl.DataFrame:
    """Sections and periods of which every month was told as dry or frozen, with what leaves them out: `dry`, `frozen`.

    A year without a dry month is left out by no ice (D-017).
    """
    unsampled = told.filter(pl.col("value_code").is_in(NOTHING_TO_SAMPLE))
    is_dry = (pl.col("value_code") == "dry").any()
    found = [
        unsampled.group_by("entity_id", period_kind=pl.lit(kind.name), period_start=kind.start)
        .agg(
            months=pl.col("month").n_unique(),
            left_out=pl.when(is_dry).then(pl.lit("dry")).otherwise(pl.lit(None if kind.name == "year" else "frozen")),
        )
        .filter(pl.col("months") == len(kind.parts[0]))
        for kind in kinds
    ]
    return pl.concat(found).drop("months")


# The year, with all that leaves a class open


def _years(
    judge: _Judge, monthly: pl.DataFrame, doubts: pl.DataFrame, told: pl.DataFrame, *, year: int
) -> pl.DataFrame:
    """The annual class of each section with its bounds, as section_year holds it."""
    annual = means.annual_means(monthly.lazy(), hydrogen_ion=judge.hydrogen_ion)

    def classes_by(means_used: pl.LazyFrame, of: pl.DataFrame) -> pl.DataFrame:
        members = of.lazy().select("entity_id", "case", "items")
        return judge.classes(judge.items(means_used, members, "year"), "entity_id")

    aside = _items_in_doubt(judge.sections, doubts, monthly, year)
    missing = _items_that_lack_months(judge.sections, monthly, told, year)
    open_items = pl.concat([aside, missing]).unique()
    closed = annual.join(open_items.rename({"entity_id": "site_id"}).lazy(), on=["site_id", "parameter"], how="anti")
    certain = pl.concat([classes_by(closed, of) for of in (judge.sections, _as_the_other_body(judge.sections))])
    bounds = certain.group_by("entity_id").agg(pl.col("class_best").min(), pl.col("class_worst").max())
    dry = (
        _unsampled(told, _WHOLE)
        .filter(pl.col("period_kind") == "year")
        .select("entity_id", is_dry=pl.col("left_out") == "dry")
    )
    read = monthly.group_by(entity_id="site_id").agg(months_read=pl.col("month").n_unique())
    return (
        classes_by(annual, judge.sections)
        .drop("class_best", "class_worst", "class_measured")
        .join(bounds, on="entity_id")
        .join(_listed(aside, "in_doubt"), on="entity_id", how="left")
        .join(_listed(missing, "months_missing"), on="entity_id", how="left")
        .join(read, on="entity_id", how="left")
        .join(dry, on="entity_id", how="left")
        .with_columns(
            *(pl.col(c).fill_null(_NO_ITEMS).list.sort() for c in ("in_doubt", "months_missing")),
            pl.col("months_read").fill_null(0),
        )
        .with_columns(is_dry=pl.col("is_dry").fill_null(False) & (pl.col("months_read") == 0))
        .sort("entity_id")
    )


def _listed(items: pl.DataFrame, name: str) -> pl.DataFrame:
    return items.group_by("entity_id").agg(pl.col("parameter").alias(name))


def _as_the_other_body(sections: pl.DataFrame) -> pl.DataFrame:
    """The sections of which nobody knows whether they are rivers or lakes, as what they were not taken for."""
    other = pl.when(pl.col("case") == "river").then(pl.lit("lake")).otherwise(pl.lit("river"))
    return sections.filter(~pl.col("is_determined")).with_columns(case=other)


def _items_that_lack_months(
    sections: pl.DataFrame, monthly: pl.DataFrame, told: pl.DataFrame, year: int
) -> pl.DataFrame:
    """Items of sections (`entity_id`, `parameter`) without a reading in a month in which it could have been taken."""
    months = pl.DataFrame({"month": [date(year, m, 1) for m in range(1, 13)]})
    excused = told.filter(pl.col("value_code").is_in(NOTHING_TO_SAMPLE)).select("entity_id", "month")
    there = monthly.select("parameter", "month", entity_id="site_id")
    return (
        sections.select("entity_id", parameter="items")
        .explode("parameter")
        .join(months, how="cross")
        .join(excused, on=["entity_id", "month"], how="anti")
        .join(there, on=["entity_id", "parameter", "month"], how="anti")
        .select("entity_id", "parameter")
        .unique()
    )


def _items_in_doubt(sections: pl.DataFrame, doubts: pl.DataFrame, monthly: pl.DataFrame, year: int) -> pl.DataFrame:
    """Items of sections (`entity_id`, `parameter`) that lack a month of the year because it was set aside.

    A doubt about a month nobody can read may be about any month that is missing.
    """
    items = sections.select("entity_id", parameter="items").explode("parameter")
    of_some, of_all = doubts.drop_nulls("parameter"), doubts.filter(pl.col("parameter").is_null())
    about = pl.concat(
        [
            items.join(of_some, on=["entity_id", "parameter"]).select("entity_id", "parameter", "month"),
            items.join(of_all.drop("parameter"), on="entity_id").select("entity_id", "parameter", "month"),
        ]
    )
    there = monthly.select("parameter", "month", entity_id="site_id").filter(pl.col("month").dt.year() == year)
    of_month = about.filter(pl.col("month").dt.year() == year).join(
        there, on=["entity_id", "parameter", "month"], how="anti"
    )
    complete = there.group_by("entity_id", "parameter").agg(pl.len()).filter(pl.col("len") >= 12)
    anywhere = about.filter(pl.col("month").is_null()).join(complete, on=["entity_id", "parameter"], how="anti")
    return pl.concat([of_month, anywhere]).select("entity_id", "parameter").unique()
