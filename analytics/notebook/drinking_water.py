"""In the chapters on goals and on water risk: the sources of drinking water."""

from __future__ import annotations

import polars as pl

from analytics.notebook.base import Opened
from analytics.present import prose, sources, words
from analytics.present.tables import Table


class DrinkingWater(Opened):
    """In the chapters on goals and on water risk: the sources of drinking water."""

    def sources(self, word: str = "drinking_source_compliance") -> pl.DataFrame:
        """The year of the sources that a figure counts, by both rules; columns of source_year with their entries."""
        code = self.catalog.target(word, self.plan).code
        members = self.members().filter(pl.col("code") == code)
        return self.frames.source_years.join(members.select("entity_id").unique(), on="entity_id", how="semi")

    def source_occasions(self) -> pl.DataFrame:
        """Every occasion on which a source within the area was sampled, with what was found."""
        inside = self.frames.source_years.filter(pl.col("area_id").is_in(self._inside))
        return self.frames.source_occasions.join(inside.select("entity_id"), on="entity_id", how="semi")

    def sources_table(self, word: str = "drinking_source_compliance") -> Table | prose.Sentence:
        """Sources of a figure that fail or are open: item, value, limit, multiple, day, and both year rules."""
        if not self._promises(word):
            return prose.NOTHING
        mine = self.sources(word)
        title = words.either(
            self.lang,
            "超标、待定或本底值项目超限的水源",
            "Sources that fail, are open, or exceed by natural background",
        )
        if mine.is_empty():
            return prose.no_data(words.either(self.lang, "水源数据", "sources of drinking water"), self.lang)
        return sources.not_complying(
            mine, self.frames.source_items, self.frames.source_occasions, self.catalog, self.lang, title=title
        )

    def source_shares(self) -> Table | prose.Sentence:
        """The share of compliant sources by number and by volume, and after both year rules."""
        word = "drinking_source_compliance"
        if not self._promises(word) or self.scope.id != self.plan.area:
            return prose.NOTHING
        own = self._judged().filter(pl.col("code") == self.catalog.target(word, self.plan).code)
        beside = self._beside().filter(pl.col("code") == self.catalog.target(word, self.plan).code)
        rows = [*own.to_dicts(), *(r for r in beside.to_dicts() if r["stratum"] != "last_year")]
        return sources.shares(rows, self.catalog.indicator(word), self.plan, self.catalog, self.lang)

    def source_coverage(self) -> Table | prose.Sentence:
        """Large rural sources monitored, by quarter and city."""
        word = "large_rural_sources_monitored"
        if not self._promises(word):
            return prose.NOTHING
        mine = self.members().filter(pl.col("code") == self.catalog.target(word, self.plan).code)
        if mine.is_empty():
            return prose.no_data(words.either(self.lang, "水源数据", "sources of drinking water"), self.lang)
        return sources.coverage(mine, self.catalog, self.lang)

    def source_quality(self, word: str = "drinking_source_compliance") -> prose.Sentence:
        """How many sources of a figure comply, fail and are open; beside a figure on monitoring it is another one."""
        if not self._promises(word):
            return prose.NOTHING
        mine = self.sources(word)
        if mine.is_empty():
            return prose.NOTHING
        rural = self.catalog.indicator(word).id == "large_rural_sources_monitored"
        what = words.either(self.lang, "参加评价的水源", "Sources assessed")
        if rural:
            what = words.either(
                self.lang,
                "水质另列，不属于本项监测覆盖的考核：“千吨万人”水源",
                "Their quality is another figure than the monitoring promised here. Large rural sources",
            )
        return sources.quality(mine, self.frames.source_items, self.plan, self.catalog, what=what, lang=self.lang)
