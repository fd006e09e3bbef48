"""The tenth chapter: the ledger of tasks, the scorecard, and what was not met."""

from __future__ import annotations

import polars as pl

from analytics.notebook.base import Opened
from analytics.present import ledger, prose, scorecard, unmet_reasons
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
        return ledger.not_met(
            self._judged(),
            self.plan,
            self.catalog,
            self.lang,
            values=self.values(),
            members=self.members(),
            reasons=self._reasons(),
        )

    def reasons(self) -> Table | prose.Sentence:
        """Why figures were not met, as people typed and signed it: every word of it, also of what was met."""
        return unmet_reasons.listed(self._reasons(), self.catalog, self._inside, self.lang) or prose.NOTHING

    def _reasons(self) -> list[unmet_reasons.Reason]:
        """Every reason of the year with the verdict of its figure: of the whole that at the level its text sets."""
        by_area = self.frames.values.filter(pl.col("stratum").is_null())
        told = pl.concat([by_area, self._judged_whole()]).select("code", "scope_id", "verdict").iter_rows()
        verdicts = {(code, scope): verdict for code, scope, verdict in told}
        return unmet_reasons.reasons_of(self.plan, self.catalog, self.frames.reasons, verdicts)
