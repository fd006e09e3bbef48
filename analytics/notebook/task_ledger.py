"""The tenth chapter: the ledger of tasks, the scorecard, and what was not met."""

from __future__ import annotations

import polars as pl

from analytics.notebook.base import Opened
from analytics.present import given, ledger, prose, scorecard
from analytics.present.tables import Table


class TaskLedger(Opened):
    """The tenth chapter: the ledger of tasks, the scorecard, and what was not met."""

    def scorecard(self) -> Table:
        """Every figure on one page: promise, target, value, verdict, gap, who answers."""
        return scorecard.scorecard(
            self._judged(),
            self.plan,
            self.catalog,
            self.lang,
            beside=self._beside(),
            joint=self._joint(),
            members=self.members(),
        )

    def coverage(self) -> Table:
        """Beside the ledger of tasks: value, counted members, verdict and gap of every figure, with its companions."""
        return scorecard.coverage(self.scorecard(), self.lang)

    def ledger(self) -> Table:
        """The ledger of tasks: clause, task, target, what is done, rate, verdict, evidence, department."""
        return ledger.ledger(self._judged(), self.plan, self.catalog, self.lang)

    def not_met(self) -> Table:
        """What was not met, was late or is undecided, with the reasons and measures that people typed."""
        within, members = self.values(), self.members()
        return ledger.not_met(self._judged(), self.plan, self.catalog, self.lang, values=within, members=members)

    def reasons(self) -> Table | prose.Sentence:
        """Why figures were not met, as people typed and signed it."""
        values = self.frames.values.filter(pl.col("stratum").is_null())
        stands: dict[str, dict[str, str]] = {area: {} for area in self._inside}
        for area, code, verdict in values.select("scope_id", "code", "verdict").iter_rows():
            if area in stands:
                stands[area][code] = verdict
        return given.reasons(self.plan, self.catalog, stands, self.lang) or prose.NOTHING
