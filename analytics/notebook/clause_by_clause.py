"""Chapters two to eight: the plan clause by clause, and one figure in words, tables and pictures."""

from __future__ import annotations

from typing import get_args

import polars as pl

from analytics.catalog.plan import Part
from analytics.errors import UsageError
from analytics.notebook.base import Opened
from analytics.present import charts, clauses, lists, maps, prose, scorecard, words
from analytics.present.tables import Table


class ClauseByClause(Opened):
    """Chapters two to eight: the plan clause by clause, and one figure in words, tables and pictures."""

    def clauses(self, part: str) -> clauses.Pieces:
        """A part of the plan clause by clause: promise, figures, verdicts, gaps, areas, what arrived, who answers.

        `part` is one of goals, water_resources, water_environment, aquatic_ecology, water_risk, system, safeguards.
        """
        if part not in get_args(Part):
            raise UsageError("The plan has no such part.", found=part, expected=" or ".join(get_args(Part)))
        told = clauses.Told(
            self._judged(),
            self.values(),
            self.members(),
            self.frames.standing,
            self._beside(),
            self._joint(),
            self.all_works(),
            self.entries(),
            as_of=self.as_of,
        )
        return clauses.chapter(part, told, self.plan, self.catalog, self.lang)

    def sentence(self, word: str, lang: str | None = None) -> prose.Sentence:
        """One figure in words: number, members counted, bounds, how it stands, who answers."""
        shown = lang or self.lang
        if not self._promises(word):
            return prose.not_promised(self.catalog.indicator(word).name.in_language(shown), shown)
        indicator, target = self._asked_of(word)
        if indicator.kind == "list" and self.scope.id != self.plan.area:
            mine = self.members().filter(pl.col("code") == target.code)
            return prose.named_works(mine, target, self.catalog, place=self.scope.name.in_language(shown), lang=shown)
        rows = self._judged().filter(pl.col("code") == target.code)
        if rows.is_empty():
            return prose.not_computed(indicator.name.in_language(shown), self.scope.level, shown)
        own = prose.sentence(rows.row(0, named=True), target, self.catalog, shown)
        mine = self.members().filter(pl.col("code") == target.code)
        works = prose.of_the_works(mine, shown) if indicator.population.named == "works" else ""
        beside = self._beside().filter(pl.col("code") == target.code).to_dicts()
        return prose.Sentence(str(own) + works + prose.beside(beside, indicator, shown))

    def by_scope(self, word: str, scope: str) -> Table | prose.Sentence:
        """One figure over the cities, basins, … of the area; within a county there are none."""
        if not self._promises(word):
            return prose.NOTHING
        rows = self._within(self._rows_of(word), scope)
        if self._is_below(scope):
            return prose.NOTHING
        return scorecard.by_scope(rows, self.catalog.indicator(word), scope, catalog=self.catalog, lang=self.lang)

    def works(self, word: str) -> Table | prose.Sentence:
        """Named works one by one, with dates, evidence and verdict."""
        if not self._promises(word):
            return prose.NOTHING
        _, target = self._asked_of(word)
        mine = self.members().filter(pl.col("code") == target.code)
        if mine.is_empty():
            return prose.NOTHING
        return scorecard.works(mine, target, year=self.period.year, catalog=self.catalog, lang=self.lang)

    def sections_not_met(self, word: str) -> Table | prose.Sentence:
        """Sections that count against a figure, or of which it is not known."""
        if not self._promises(word):
            return prose.NOTHING
        mine = self.members().filter(pl.col("code") == self.catalog.target(word, self.plan).code)
        may_count = pl.col("numerator_high") > pl.col("numerator")
        bad = mine.filter((pl.col("numerator") == 1) | (pl.col("status") != "used") | may_count)
        chosen = self.sections().join(bad.select("entity_id"), on="entity_id", how="semi")
        title = words.either(self.lang, "不利于本项、存疑或不参评的断面", "Sections against it, in doubt or left out")
        if chosen.is_empty() and self.sections().is_empty():
            return prose.no_data(words.either(self.lang, "断面数据", "sections"), self.lang)
        if chosen.is_empty():
            return prose.none_of(title, self.lang)
        return lists.sections(chosen, self.catalog, self.lang, title=title)

    def doubtful_sections(self, word: str) -> prose.Sentence:
        """Of a figure of water classes the sections behind its bounds, with what they may be and why."""
        if not self._promises(word):
            return prose.NOTHING
        mine = self.members().filter(pl.col("code") == self.catalog.target(word, self.plan).code)
        may_differ = mine.filter(
            (pl.col("numerator_low") < pl.col("numerator_high")) & (pl.col("status") != "excluded")
        )
        chosen = self.sections().join(may_differ.select("entity_id"), on="entity_id", how="semi")
        return lists.doubtful_sections(chosen, self.catalog, self.lang)

    def chart(self, word: str) -> charts.Chart | prose.Sentence:
        """One figure as a picture: shares over the cities, or named works against their date."""
        if not self._promises(word):
            return prose.NOTHING
        indicator, target = self._asked_of(word)
        if indicator.kind == "list":
            mine = self.members().filter(pl.col("code") == target.code)
            if mine.is_empty():
                return prose.NOTHING
            as_of = self.as_of or self.period.end
            return charts.works_timeline(
                mine, target, year=self.period.year, as_of=as_of, catalog=self.catalog, lang=self.lang
            )
        if self._is_below("city"):
            return prose.NOTHING
        rows = self._within(self._rows_of(word).filter(pl.col("scope_kind") == "city"), "city")
        return charts.shares_by_area(
            rows, indicator, target, year=self.period.year, catalog=self.catalog, lang=self.lang
        )

    def map(self, word: str) -> charts.Chart | prose.Sentence:
        """One figure on the tile grid of the cities; only of the whole province."""
        if self.scope.id != self.plan.area or not self._promises(word):
            return prose.NOTHING
        rows = self._rows_of(word).filter(pl.col("scope_kind") == "city")
        areas = self.catalog.children(self.plan.area, "city")
        return maps.tile_map(rows, areas, self.catalog.indicator(word), lang=self.lang)
