"""The trophic level of lakes and reservoirs in a year."""

from __future__ import annotations

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.plan import Plan
from analytics.compute import means, trophic
from analytics.pipeline.sections import SectionsAssessed, sections_of

_BY = ["lake_id", "of_year"]


def lake_levels(assessed: SectionsAssessed, register: pl.DataFrame, *, plan: Plan, catalog: Catalog) -> pl.DataFrame:
    """The trophic level of every lake, as the table lake_trophic holds it, in the year and the year before.

    The sections that the register declares as lake and that lie in one water are points of one lake: each is averaged
    over its months first, then all of them. An item with fewer months than an annual mean needs is missing, and without
    one of the five there is no level.

    Parameters
    ----------
    register
        The entries of the sections that hold in the year.
    """
    index = catalog.trophic_index
    points = (
        sections_of(register, catalog)
        .filter(pl.col("is_determined") & (pl.col("case") == "lake"))
        .select(site_id="entity_id", lake_id=pl.coalesce("river", "entity_id"))
    )
    ions = [name for name, p in catalog.parameters.items() if p.mean == "hydrogen_ion"]
    monthly = assessed.monthly.lazy().with_columns(of_year=pl.col("month").dt.year())
    fewest = int(catalog.setting(plan, "minimum_months").value or 0)
    annual = means.means_over(monthly, ["of_year"], hydrogen_ion=ions).filter(pl.col("months") >= fewest)
    years = monthly.select("of_year").unique()
    dry = assessed.periods.filter((pl.col("period_kind") == "year") & pl.col("left_out").is_not_null()).lazy()
    without = dry.select(site_id="entity_id", of_year=pl.col("period_start").dt.year())
    there = points.lazy().join(years, how="cross").join(without, on=["site_id", "of_year"], how="anti")
    found = means.means_over_sites(annual, there, by=_BY, hydrogen_ion=ions)
    # A point that was not measured must not flatter its lake.
    whole = found.filter(pl.col("sites_used") == pl.col("sites_expected"))
    terms = trophic.term_table(index, catalog.parameters)
    asked = (
        points.lazy()
        .select("lake_id")
        .unique()
        .join(years, how="cross")
        .join(terms.lazy().select("parameter"), how="cross")
    )
    levels = trophic.item_levels(asked.join(whole, on=[*_BY, "parameter"], how="left"), terms)
    graded = trophic.graded(trophic.trophic_levels(levels, terms, by=_BY), index.grades)
    sections = points.lazy().group_by("lake_id").agg(sections=pl.col("site_id").sort())
    return graded.join(sections, on="lake_id").drop("items_used").sort(_BY).collect()
