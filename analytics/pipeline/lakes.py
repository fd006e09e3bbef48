"""The trophic level of lakes and reservoirs in a year."""

from __future__ import annotations

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.method import Grade
from analytics.catalog.plan import Plan
from analytics.compute import means, trophic
from analytics.pipeline.annual_means import LACKS_MONTHS, SET_ASIDE, UNDETERMINED, AnnualMeans
from analytics.pipeline.sections import SectionsAssessed, sections_of

_BY = ["lake_id", "of_year"]
_NONE = pl.lit([], pl.List(pl.String))


def lake_levels(
    assessed: SectionsAssessed, register: pl.DataFrame, annual: AnnualMeans, *, plan: Plan, catalog: Catalog
) -> pl.DataFrame:
    """The trophic level of every lake, as the table lake_trophic holds it, in the year and the year before.

    The sections that the register declares as lake and that lie in one water are points of one lake: each is averaged
    over its months first, then all of them. An item with fewer months than an annual mean needs is missing, and without
    one of the five there is no level.

    A level stands with the least and the most that it can be: months that lack lie between the least and the most that
    can be read, what was not detected between nothing and its limit. A section of the same water of which nobody knows
    whether it is a point of the lake leaves it unbounded. `in_doubt` names the sections that lack months and those that
    may be points, `doubts` says why.

    Parameters
    ----------
    register
        The entries of the sections that hold in the year, those that were set aside among them.
    annual
        The annual means of the sections.
    """
    index = catalog.trophic_index
    lakes, points, may_be = _points(register, catalog)
    years = assessed.monthly.lazy().select(of_year=pl.col("month").dt.year()).unique()
    terms = trophic.term_table(index, catalog.parameters)
    fewest = int(catalog.setting(plan, "minimum_months").value or 0)
    enough = annual.measured.filter(
        (pl.col("months") >= fewest) & pl.col("parameter").is_in(terms["parameter"].to_list())
    )
    measured = annual.bounded(enough)
    dry = assessed.periods.filter((pl.col("period_kind") == "year") & pl.col("left_out").is_not_null()).lazy()
    without = dry.select(site_id="entity_id", of_year=pl.col("period_start").dt.year())
    there = points.lazy().join(years, how="cross").join(without, on=["site_id", "of_year"], how="anti")
    found = means.means_over_sites(measured.lazy(), there, by=_BY, hydrogen_ion=annual.hydrogen_ion)
    # A point that was not measured must not flatter its lake.
    whole = found.filter(pl.col("sites_used") == pl.col("sites_expected"))
    asked = lakes.lazy().join(years, how="cross").join(terms.lazy().select("parameter"), how="cross")
    of_lakes = asked.join(whole, on=[*_BY, "parameter"], how="left")
    levels = trophic.trophic_levels(trophic.item_levels(of_lakes, terms), terms, by=_BY).join(
        trophic.level_bounds(of_lakes, terms, by=_BY), on=_BY
    )
    lacking = there.join(measured.lazy().filter(pl.col("lacking") > 0), on=["site_id", "of_year"])
    doubts = pl.concat(
        [
            lacking.select(*_BY, "site_id", doubt=pl.lit(LACKS_MONTHS)).unique(),
            may_be.lazy().join(years, how="cross").select(*_BY, "site_id", "doubt"),
        ]
    )
    sections = points.lazy().group_by("lake_id").agg(sections=pl.col("site_id").sort())
    bounded = _with_doubts(levels, doubts)
    graded = _graded(bounded, index.grades).join(sections, on="lake_id", how="left").drop("items_used")
    return graded.with_columns(pl.col("sections").fill_null(_NONE)).sort(_BY).collect()


def _points(register: pl.DataFrame, catalog: Catalog) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The lakes (`lake_id`), their points (`site_id`, `lake_id`), and the sections that may be some too (`doubt`).

    A lake of which every entry was set aside is one without a point. Sections that may be points are those of an
    undetermined water body, and those of entries set aside that are not said to be of a river; one of which nobody can
    read the water may be a point of any lake.
    """
    about = sections_of(register, catalog).with_columns(site_id="entity_id")
    is_lake, aside = pl.col("is_determined") & (pl.col("case") == "lake"), pl.col("is_set_aside")
    points = about.filter(is_lake & ~aside).select("site_id", lake_id=pl.coalesce("river", "site_id"))
    is_unknown = ~pl.col("is_determined")
    doubt = (
        pl.when(aside & (is_lake | is_unknown))
        .then(pl.lit(SET_ASIDE))
        .when(~aside & is_unknown)
        .then(pl.lit(UNDETERMINED))
    )
    others = about.with_columns(doubt=doubt).drop_nulls("doubt").join(points, on="site_id", how="anti")
    named = about.filter(is_lake & pl.col("river").is_not_null()).select(lake_id="river")
    lakes = pl.concat([points.select("lake_id"), named]).unique()
    may_be = others.join(lakes, how="cross").filter(
        (pl.col("river") == pl.col("lake_id")) | (pl.col("river").is_null() & aside)
    )
    return lakes, points, may_be.select("site_id", "lake_id", "doubt").unique()


def _with_doubts(levels: pl.LazyFrame, doubts: pl.LazyFrame) -> pl.LazyFrame:
    """The levels with the sections in doubt and why; unbounded where a section may be a point as well."""
    may_be_point = pl.col("doubt") != LACKS_MONTHS
    listed = doubts.group_by(_BY).agg(
        in_doubt=pl.col("site_id").unique().sort(),
        doubts=pl.col("doubt").unique().sort(),
        is_unbounded=may_be_point.any(),
    )
    ends = ("level_low", "level_high")
    return (
        levels.join(listed, on=_BY, how="left")
        .with_columns(pl.col("in_doubt", "doubts").fill_null(_NONE), pl.col("is_unbounded").fill_null(False))
        .with_columns(pl.when(~pl.col("is_unbounded")).then(end).alias(end) for end in ends)
        .drop("is_unbounded")
    )


def _graded(levels: pl.LazyFrame, grades: list[Grade]) -> pl.LazyFrame:
    """The levels with their grade, and the lowest and the highest that it may be."""
    own = trophic.graded(levels, grades)
    has_level = pl.col("trophic_level").is_not_null()
    for name, end, beyond in (("grade_low", "level_low", 1), ("grade_high", "level_high", len(grades))):
        of_end = trophic.graded(levels.select(*_BY, trophic_level=end), grades).select(
            *_BY, pl.col("grade").alias(name)
        )
        own = own.join(of_end, on=_BY, how="left").with_columns(
            pl.when(has_level).then(pl.col(name).fill_null(beyond)).alias(name)
        )
    return own
