"""The first chapter: how the year stands, the gaps that weigh most, all figures at a glance and by city."""

from __future__ import annotations

from analytics.notebook.base import Opened
from analytics.present import charts, matrix, overview, prose, scorecard, summary
from analytics.present.tables import Table, Tiles


class Summary(Opened):
    """The first chapter: how the year stands, the gaps that weigh most, all figures at a glance and by city."""

    def verdict_tiles(self) -> Tiles:
        """How many figures stand how."""
        return scorecard.verdict_tiles(self._judged(), self.lang)

    def summary(self) -> prose.Sentence:
        """The first paragraph of a report: how many figures stand how, on whose word, and the overall goals."""
        return summary.summary(
            self._judged(), self.plan, self.catalog, as_of=self.as_of, lang=self.lang, joint=self._joint()
        )

    def gravest(self) -> Table | prose.Sentence:
        """The breaches that lack most of their target, with gap, areas and who answers."""
        within, members = self.values(), self.members()
        return summary.gravest(self._judged(), self.plan, self.catalog, self.lang, values=within, members=members)

    def by_department(self) -> Table:
        """How the figures stand for which each department answers."""
        return summary.by_department(self._judged(), self.plan, self.catalog, self.lang)

    def overview(self) -> charts.Chart | prose.Sentence:
        """The scorecard of all figures on one page: a tile for each, with its verdict and value."""
        return overview.overview(self._judged(), self.plan, self.catalog, self.lang, joint=self._joint())

    def matrix(self) -> charts.Gallery | prose.Sentence:
        """Figures over the cities of the area, coloured and signed by verdict; none within a county."""
        if self._is_below("city"):
            return prose.NOTHING
        cities = [a for a in self.catalog.children(self.plan.area, "city") if a.id in self._inside]
        return matrix.matrix(
            self.frames.values, cities, self.plan, self.catalog, self.lang, members=self.frames.members
        )
