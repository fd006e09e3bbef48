"""The twelfth chapter and the annex: how figures are computed and judged, and what that rests on."""

from __future__ import annotations

from analytics.notebook.base import Opened
from analytics.present import given, methods, regulations, scorecard
from analytics.present.clauses import Pieces
from analytics.present.tables import Table
from analytics.warehouse import explanation
from analytics.warehouse.explanation import Explanation
from analytics.warehouse.queries import open_warehouse


class MethodNotes(Opened):
    """The twelfth chapter and the annex: how figures are computed and judged, and what that rests on."""

    def methods(self) -> Table:
        """How each figure is computed."""
        codes = scorecard.told(self._judged_whole())["code"].to_list()
        return methods.methods(self.plan, self.catalog, codes, self.lang)

    def worked_examples(self) -> Table:
        """Small cases worked out, each tested with the formula that it explains."""
        return methods.worked_examples(self.plan, self.catalog, self.lang)

    def verdict_rules(self) -> Table:
        """When each verdict is given."""
        return methods.verdict_rules(self.lang)

    def settings(self) -> Table:
        """Choices that the regulations leave open."""
        return methods.settings(self.plan, self.catalog, self.lang)

    def said_since(self) -> Table:
        """What was given after the plan was issued: targets, settings, sets of places, breakdowns."""
        return given.said_since(self.plan, self.catalog, self.lang)

    def assumptions(self) -> Table:
        """Windows of the year and sets of places that the plan's words stand for."""
        return methods.assumptions(self.plan, self.catalog, self.lang)

    def limits(self) -> Pieces:
        """The limits of every standard, that of the water classes first."""
        first = self.catalog.surface_standard
        others = [standard for standard in self.catalog.standards.values() if standard.id != first.id]
        return Pieces([regulations.limits(each, self.catalog, self.lang) for each in (first, *others)])

    def ratings(self) -> Table:
        """When a river, basin or region is given which word."""
        return regulations.ratings(self.catalog, self.lang)

    def regulations(self) -> Table:
        """The standards and methods, how sure each is, and what is set where its source is silent."""
        return regulations.regulations(self.catalog, self.lang)

    def assumed_limits(self) -> Table:
        """Limits of detection that were assumed in the period, where a result told none."""
        return regulations.assumed_limits(self._of_method("readings_marked", None), self.catalog, self.lang)

    def references(self) -> Table:
        """The bibliography."""
        return methods.references(self.catalog, self.lang)

    def explain(self, word: str) -> Explanation:
        """One figure led back to its clause, members, rows and files."""
        with open_warehouse(self.workspace) as connection:
            return explanation.explain(connection, word, self.catalog, year=self.period.year, area=self.scope.id)

    def explained(self, word: str) -> Table:
        """The source rows of one figure, with file, sheet, row and checksum."""
        return methods.explanation_tables(self.explain(word), self.catalog, self.lang)[-1]
