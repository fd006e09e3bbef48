"""In the chapters on goals and on water resources: ecological flow and the replenishment of winter."""

from __future__ import annotations

import polars as pl

from analytics.notebook.base import Opened
from analytics.present import flows, prose, words
from analytics.present.tables import Table


class Flow(Opened):
    """In the chapters on goals and on water resources: ecological flow and the replenishment of winter."""

    def ecological_flow(self) -> pl.DataFrame:
        """How often each section within the area had the flow it needs, in the year and the one before (`period`).

        One row per section and period: `river`, `name`, `days_met`, `days_assessed`, `days_missing`, `days_expected`,
        `value`, `low`, `high`, `required_pct` [%], `reaches` (null: open), `change` since the year before with
        `change_low` and `change_high` [points], `targets_in_doubt`, `reason`; see `compute.flow`.
        """
        rates = self._asked("flow_guarantee_of_year", year=self.period.year)
        return rates if self.scope.id == self.plan.area else rates.filter(pl.col("area_id").is_in(self._inside))

    def ecological_flow_table(self) -> Table | prose.Sentence:
        """The guarantee rate of each section against the one that its own plan requires, last year's beside it."""
        if not self._promises("ecological_flow_days"):
            return prose.NOTHING
        found = self.ecological_flow()
        if found.is_empty():
            return prose.no_data(words.either(self.lang, "断面流量", "flows of sections"), self.lang)
        return flows.guarantee(found, self.catalog, self.lang, year=self.period.year)

    def replenishment(self) -> pl.DataFrame:
        """What the river was given in each month of the window of the year (`is_promised`) and of the one before it.

        One row per month: `days_measured`, `days_expected`, `days_below`, `mean`, `low`, `high`, `target` [m³/s],
        `is_met_on_average`, `is_met_every_day` (null: open); see `compute.flow`.
        """
        return self._asked("replenishment_of_year", year=self.period.year)

    def replenishment_windows(self) -> pl.DataFrame:
        """Whether each window held its level throughout, by the mean of its months and by every day (`judged_on`).

        `months_met`, `months_failed`, `months_open`, `days_below`, `lowest_mean` [m³/s], `is_met` (null: open).
        """
        return self._asked("replenishment_windows_of_year", year=self.period.year)

    def replenishment_table(self) -> Table | prose.Sentence:
        """The months of the replenishment, on average and day by day; shown for the province alone."""
        if not self._promises("fen_replenishment") or self.scope.id != self.plan.area:
            return prose.NOTHING
        found = self.replenishment()
        if found.is_empty():
            return prose.no_data(words.either(self.lang, "补水流量", "water released"), self.lang)
        return flows.replenishment(found, self.replenishment_windows(), self.lang, as_of=self.as_of)
