"""The eleventh chapter: what was received, checked, set aside, corrected, and is outstanding."""

from __future__ import annotations

import polars as pl

from analytics.notebook.base import Opened
from analytics.present import charts, lists, owed, prose, receipts, reminders
from analytics.present.tables import Table


class DataQuality(Opened):
    """The eleventh chapter: what was received, checked, set aside, corrected, and is outstanding."""

    def received(self) -> pl.DataFrame:
        """Every file: who sent it, of what and when, what became of it, by which later files it is replaced."""
        return self.frames.files

    def row_counts(self) -> pl.DataFrame:
        """The ledger: rows of each file by area and period, against the file before and the year before."""
        return self.frames.ledger

    def outstanding(self) -> pl.DataFrame:
        """Forms and periods of the year that are not complete: when due, who was not told of; of the whole province."""
        return self.frames.standing.filter(pl.col("state") != "complete")

    def corrections(self) -> pl.DataFrame:
        """Every correction that people wrote down, and what became of it."""
        return self.frames.corrections

    def corrections_table(self) -> Table:
        """Every correction: what, where, from, to, why, by whom, and what became of it."""
        return receipts.corrections(self.frames.corrections, self.catalog, self.lang)

    def jumps_table(self) -> Table:
        """Files whose number of rows differs much from the file before, or from the year before."""
        return receipts.jumps(self.frames.ledger, self.catalog, self.lang)

    def outstanding_forms(self) -> Table:
        """By department, form and period, who within the area was not told of, and when it was due."""
        inside = None if self.scope.id == self.plan.area else self._inside
        return receipts.outstanding(self.outstanding(), inside, self.catalog, self.lang)

    def completeness(self) -> Table:
        """How complete each form of the whole province is, and the figures that need it."""
        return reminders.completeness(
            self.frames.standing,
            self.frames.left_blank,
            self.frames.deliveries,
            plan=self.plan,
            catalog=self.catalog,
            lang=self.lang,
        )

    def left_blank(self) -> Table:
        """Cells within the area that were left blank and keep a figure open: form, whom, column, period, figures."""
        inside = None if self.scope.id == self.plan.area else self._inside
        return owed.blank_table(self.frames.left_blank, inside, self.catalog, self.lang)

    def reminders(self) -> dict[str, str]:
        """By addressee a text ready to send (催报): what is outstanding of the year, and what has to be corrected.

        Of the governments of cities each one that owes has a letter of its own (`city_governments/140500`).
        """
        return reminders.letters(
            self.frames.standing,
            self.frames.left_blank,
            self._quarantine_of_year(),
            as_of=self.as_of,
            plan=self.plan,
            catalog=self.catalog,
            lang=self.lang,
            arrived=self._forms_arrived(),
        )

    def _forms_arrived(self) -> set[str]:
        """The forms of which a file was taken that is said to be of the year, or that says it by its rows."""
        is_of_year = pl.col("period").str.starts_with(str(self.period.year)) | (pl.col("period") == "")
        return set(self.frames.deliveries.filter(is_of_year, outcome="loaded")["source"])

    def received_table(self) -> Table:
        """What each department sent, by form."""
        return lists.received(self.frames.deliveries, self.frames.corrections, self.catalog, self.lang)

    def deliveries_chart(self) -> charts.Chart | prose.Sentence:
        """Rows accepted and set aside, by form."""
        return charts.deliveries_by_source(self.frames.deliveries, self.catalog, lang=self.lang)

    def checks(self) -> Table:
        """How the checks came out, by form."""
        return lists.checks(self.frames.check_results, self.catalog, self.lang)

    def quarantined(self) -> Table:
        """Every row and reading that was set aside, with the rule."""
        names = dict(self.frames.registers.select("entity_id", "name").iter_rows())
        return lists.quarantined(self.frames.broken_rules, self.frames.deliveries, names, self.catalog, self.lang)

    def quarantine(self) -> pl.DataFrame:
        """What is set aside of the year and area, a line for each rule that a row, a reading or a file broke.

        `status` is `open`, or `fixed` or `still wrong` by the `later_file` that tells it anew. Lines of which nobody
        knows the year or the place stand only with the whole province.
        """
        whole = self.scope.id == self.plan.area
        inside = pl.col("area_id").is_in([*self._inside, self.scope.id])
        return self._quarantine_of_year().filter(pl.lit(whole) | inside)

    def _quarantine_of_year(self) -> pl.DataFrame:
        said = pl.coalesce(pl.col("period_start").dt.year().cast(pl.String), pl.col("period").str.slice(0, 4))
        return self.frames.quarantine.filter(said.is_in(["", str(self.period.year)]))

    def marked_readings(self, method: str | None = None) -> prose.Sentence:
        """How many readings of the period rest on a limit of detection, and how many a flag leaves out.

        `method` is `automatic` or `laboratory`; without it both are told of.
        """
        marked, flagged = (self._of_method(q, method) for q in ("readings_marked", "readings_flagged"))
        return prose.marked_readings(marked, flagged, self.catalog, self.lang)

    def outstanding_table(self) -> Table:
        """The figures of the area of which nothing has arrived, by department."""
        return lists.outstanding(self._judged(), self.plan, self.catalog, self.lang)

    def missing(self) -> Table:
        """Of whom nothing usable arrived, by figure and city."""
        return lists.missing(self.members(), self._judged(), self.plan, self.catalog, self.lang)
