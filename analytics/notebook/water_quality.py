"""The ninth chapter: sections, rivers, basins, lakes and cities by their water."""

from __future__ import annotations

from typing import Any

import polars as pl

from analytics.errors import UsageError
from analytics.notebook.base import Opened
from analytics.present import charts, fiche, lists, prose, waters, words
from analytics.present.tables import Table


class WaterQuality(Opened):
    """The ninth chapter: sections, rivers, basins, lakes and cities by their water."""

    def sections_table(self) -> Table:
        """Annual class of every section of the area."""
        return lists.sections(self.sections(), self.catalog, self.lang)

    def class_composition(self, by: str) -> charts.Chart | prose.Sentence:
        """Sections of each class by `basin`, `river` or `city`."""
        return charts.class_composition(self.sections(), by=by, catalog=self.catalog, lang=self.lang)

    def month_strips(self) -> charts.Gallery | prose.Sentence:
        """Class of every section in every month."""
        water = {w: self.catalog.water(w, self.lang) for w in self.catalog.waters}
        named = self.sections().with_columns(pl.col("basin", "river").replace(water))
        return charts.section_months(self.section_months(), named, year=self.period.year, lang=self.lang)

    def ratings_of(self, scope: str) -> Table | prose.Sentence:
        """How each `basin`, `river` or `city` is rated in the year; within an area only those that lie in it.

        The province stands above its basins.
        """
        if scope not in waters.SCOPES:
            raise UsageError("Nothing is rated by that.", found=scope, expected=" or ".join(waters.SCOPES))
        if self._is_below(scope):
            return prose.NOTHING
        of_year = self._waters().filter(pl.col("period_kind") == "year")
        mine = self._within(of_year, scope)
        return waters.ratings(mine, self.frames.sections, scope, catalog=self.catalog, lang=self.lang)

    def quarters(self) -> Table | prose.Sentence:
        """The rating of the province and its basins by quarter; of a city its own."""
        if self._is_below("city"):
            return prose.NOTHING
        whole = self.scope.id == self.plan.area
        own = pl.col("scope_kind").is_in(["province", "basin"]) if whole else pl.col("scope_id") == self.scope.id
        return waters.quarters(self._waters().filter(own), self.catalog, self.lang)

    def _waters(self) -> pl.DataFrame:
        return self.frames.waters.filter(pl.col("period_start").dt.year() == self.period.year)

    def section_changes(self) -> Table | prose.Sentence:
        """Sections of the area whose class differs from that of the year before."""
        periods = self.frames.section_periods.filter(pl.col("period_start").dt.year() == self.period.year)
        if self.frames.section_periods.height == periods.height:
            return prose.no_data(words.either(self.lang, "上年断面数据", "sections in the year before"), self.lang)
        return waters.section_changes(self.sections(), periods, self.catalog, self.lang)

    def lakes(self) -> Table | prose.Sentence:
        """The trophic level of the lakes and reservoirs of the area."""
        mine = self.frames.lakes
        if self.scope.id != self.plan.area:
            inside = self.sections()["entity_id"].to_list()
            mine = mine.filter(pl.col("sections").list.eval(pl.element().is_in(inside)).list.any())
        if mine.is_empty():
            return prose.NOTHING
        return waters.lakes(mine, self._section_names(), self.catalog, self.lang)

    def boundaries(self) -> Table | prose.Sentence:
        """Sections at which rivers leave one city for another; of a city its inflow and outflow."""
        if self._is_below("city"):
            return prose.NOTHING
        cities = pl.col("upstream_city", "downstream_city")
        mine = self._with_borders().filter(pl.any_horizontal(cities.is_in(self._inside)))
        periods = self.frames.section_periods.filter(pl.col("period_start").dt.year() == self.period.year)
        return fiche.boundaries(mine, periods, self.frames.loads, catalog=self.catalog, lang=self.lang)

    def _with_borders(self) -> pl.DataFrame:
        """Every section of the year with the cities that its river comes from and goes to."""
        about = self.frames.registers.filter(pl.col("register") == "sections").unique("entity_id", keep="last")
        told = {c: pl.col("attributes").str.json_path_match(f"$.{c}") for c in ("upstream_city", "downstream_city")}
        return self.frames.sections.join(about.select("entity_id", **told), on="entity_id", how="left")

    def section_fiche(self, section: str) -> Table:
        """Every item of one section, by code or name: year, seasons, the year before, what it carried."""
        row, items = self._section(section), self.section_items(section)
        periods, year = self.frames.section_periods, self.period.year
        return fiche.fiche(row, items, periods, self.frames.loads, year=year, catalog=self.catalog, lang=self.lang)

    def section_items(self, section: str) -> pl.DataFrame:
        """Every item of one section, by code or name, in the months, quarters, seasons and years of this year and the
        one before: columns of section_item, `mean` and `value` in the unit of the parameter.

        Its months are series for the tests of trends: see docs/WATER_SCIENCE.md.
        """
        return self._asked("section_items_of_year", year=self.period.year, section=self._section(section)["entity_id"])

    def _section(self, section: str) -> dict[str, Any]:
        known = self._with_borders().filter((pl.col("entity_id") == section) | (pl.col("name") == section))
        if known.height != 1:
            raise UsageError(
                "No such section." if known.is_empty() else "More than one section is called so.",
                found=section,
                expected=", ".join((known if known.height else self.sections()).head(8)["entity_id"]),
                next_step="Give the code of a section; `.sections()` lists them.",
            )
        return known.row(0, named=True)

    def city_ranking(self) -> Table | prose.Sentence:
        """The cities of the province by the index of their surface water, also in the report of one of them."""
        if self._is_below("city"):
            return prose.NOTHING
        return waters.city_ranking(self.frames.cities, self._section_names(), self.catalog, self.lang)
