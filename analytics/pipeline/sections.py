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
    aside, is left open in the best and the worst class of every period that the month belongs to, and so is the water
    body where it is undetermined.

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
    held_back = _held_back(judge.sections, monthly, told, doubts, years=list(months))
    items = _items(judge, judge.sections, monthly, told, held_back, year=year)
    as_other = _items(judge, _as_the_other_body(judge.sections), monthly, told, held_back, year=year)
    periods = _periods(judge, items, as_other, told)
    return SectionsAssessed(
        years=_years(periods, months[year], held_back, year),
        periods=periods,
        items=_as_either_body(items, as_other),
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


def _items(
    judge: _Judge,
    sections: pl.DataFrame,
    monthly: pl.DataFrame,
    told: pl.DataFrame,
    held_back: pl.DataFrame,
    *,
    year: int,
) -> pl.DataFrame:
    """Every item with limits of the sections in the year and every period of which anything was told (section_item).

    Items that decide have a row also where they were not measured. `is_held_back`: whether the period lacks a month.
    """
    limited = sections.lazy().select("entity_id", "case", items="limited")
    deciding = sections.lazy().select("entity_id", parameter="items", decides=pl.lit(True)).explode("parameter")
    told_of = pl.concat([monthly.select("month"), told.select("month")]).unique().lazy()
    the_year = pl.LazyFrame({"period_kind": ["year"], "period_start": [date(year, 1, 1)]})
    found, lacking = [], []
    for kind in judge.kinds:
        period = {"period_kind": pl.lit(kind.name), "period_start": kind.start}
        dated = monthly.lazy().with_columns(**period).drop_nulls("period_start")
        over = means.means_over(dated, PERIOD, hydrogen_ion=judge.hydrogen_ion)
        periods = pl.concat([told_of.select(**period).drop_nulls(), the_year.filter(period_kind=kind.name)]).unique()
        found.append(judge.items(over, limited.join(periods, how="cross"), kind.name))
        lacking.append(held_back.lazy().select("entity_id", "parameter", **period).unique())
    key = ["entity_id", "parameter", *PERIOD]
    return (
        pl.concat(found)
        .join(deciding, on=["entity_id", "parameter"], how="left")
        .join(pl.concat(lacking).with_columns(is_held_back=pl.lit(True)), on=key, how="left")
        .with_columns(pl.col("decides", "is_held_back").fill_null(False))
        .filter(pl.col("decides") | pl.col("months").is_not_null())
        .sort(*PERIOD, "entity_id", "parameter")
        .collect()
    )


def with_held_back(items: pl.DataFrame, last_class: int) -> pl.DataFrame:
    """The items, those of which a month is held back of any class."""
    is_open = pl.col("is_held_back") & pl.col("item_best").is_not_null()
    ends = {"item_best": 1, "item_worst": last_class}
    return items.with_columns(
        pl.when(is_open).then(pl.lit(end, pl.Int8)).otherwise(name).alias(name) for name, end in ends.items()
    )


def _periods(judge: _Judge, items: pl.DataFrame, as_other: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """The class of every section in every period, as section_period holds it, bounded by all that leaves it open.

    `as_other` are the items of those sections that may be another water body, judged as that.
    """
    by = ("entity_id", *PERIOD)
    bounds = pl.concat(
        judge.classes(with_held_back(frame, judge.last_class).lazy().filter("decides"), *by)
        for frame in (items, as_other)
    )
    bounds = bounds.group_by(by).agg(pl.col("class_best").min(), pl.col("class_worst").max())
    return (
        judge.classes(items.lazy().filter("decides"), *by)
        .drop("class_best", "class_worst")
        .join(bounds, on=by)
        .join(_unsampled(told, judge.kinds), on=by, how="left")
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


# The year


def _years(periods: pl.DataFrame, monthly: pl.DataFrame, held_back: pl.DataFrame, year: int) -> pl.DataFrame:
    """The annual class of each section with its bounds, as section_year holds it."""
    mine = held_back.filter(pl.col("month").dt.year() == year)
    lists = {"in_doubt": mine.filter("was_set_aside"), "months_missing": mine.filter("is_unexplained")}
    found = periods.filter((pl.col("period_kind") == "year") & (pl.col("period_start") == date(year, 1, 1)))
    for name, items in lists.items():
        listed = items.group_by("entity_id").agg(pl.col("parameter").unique().sort().alias(name))
        found = found.join(listed, on="entity_id", how="left").with_columns(pl.col(name).fill_null(_NO_ITEMS))
    read = monthly.group_by(entity_id="site_id").agg(months_read=pl.col("month").n_unique())
    counts = ("months_read", "months_failing", "months_judged")
    return (
        found.join(read, on="entity_id", how="left")
        .join(_months_failing(periods, year), on="entity_id", how="left")
        .with_columns(pl.col(counts).fill_null(0))
        .with_columns(is_dry=(pl.col("left_out") == "dry").fill_null(False) & (pl.col("months_read") == 0))
        .drop(*PERIOD, "period_end", "left_out", "target", "meets_target", "class_measured")
        .sort("entity_id")
    )


# What leaves a class open


def _as_the_other_body(sections: pl.DataFrame) -> pl.DataFrame:
    """The sections of which nobody knows whether they are rivers or lakes, as what they were not taken for."""
    other = pl.when(pl.col("case") == "river").then(pl.lit("lake")).otherwise(pl.lit("river"))
    return sections.filter(~pl.col("is_determined")).with_columns(case=other)


def _as_either_body(items: pl.DataFrame, as_other: pl.DataFrame) -> pl.DataFrame:
    """The items with the best and the worst class that they have as one water body or the other."""
    key = ["entity_id", "parameter", *PERIOD]
    other = as_other.select(*key, other_best="item_best", other_worst="item_worst")
    return (
        items.join(other, on=key, how="left", maintain_order="left")
        .with_columns(
            item_best=pl.min_horizontal("item_best", "other_best"),
            item_worst=pl.max_horizontal("item_worst", "other_worst"),
        )
        .drop("other_best", "other_worst")
    )


def _held_back(
    sections: pl.DataFrame, monthly: pl.DataFrame, told: pl.DataFrame, doubts: pl.DataFrame, *, years: Sequence[int]
) -> pl.DataFrame:
    """Items of sections and months of the years (`entity_id`, `parameter`, `month`) that have no mean and should.

    `is_unexplained`: nobody says that nothing could be sampled; `was_set_aside`: a reading was. A doubt about a month
    nobody can read may be about any month without a mean.
    """
    months = pl.DataFrame({"month": [date(year, m, 1) for year in years for m in range(1, 13)]})
    excused = told.filter(pl.col("value_code").is_in(NOTHING_TO_SAMPLE)).select("entity_id", "month").unique()
    there = monthly.select("parameter", "month", entity_id="site_id")
    lacking = (
        sections.select("entity_id", parameter="items")
        .explode("parameter")
        .join(months, how="cross")
        .join(there, on=["entity_id", "parameter", "month"], how="anti")
        .join(excused.with_columns(is_excused=pl.lit(True)), on=["entity_id", "month"], how="left")
    )
    # A doubt says which item and month it is about, or leaves either to any.
    about = [
        ("parameter", "month", ["entity_id", "parameter", "month"]),
        ("parameter", None, ["entity_id", "parameter"]),
        (None, "month", ["entity_id", "month"]),
        (None, None, ["entity_id"]),
    ]
    for n, (parameter, month, key) in enumerate(about):
        told_of = [pl.col(name).is_not_null() for name in (parameter, month) if name]
        untold = [pl.col(name).is_null() for name, kept in (("parameter", parameter), ("month", month)) if not kept]
        mine = doubts.filter(*told_of, *untold).select(key).unique()
        lacking = lacking.join(mine.with_columns(pl.lit(True).alias(f"doubt_{n}")), on=key, how="left")
    return lacking.select(
        "entity_id",
        "parameter",
        "month",
        is_unexplained=pl.col("is_excused").is_null(),
        was_set_aside=pl.any_horizontal(pl.col(f"doubt_{n}").is_not_null() for n in range(len(about))),
    ).filter(pl.col("is_unexplained") | pl.col("was_set_aside"))
