"""In the ninth chapter: what sections across boundaries cost and earn."""

from __future__ import annotations

import polars as pl

from analytics.notebook.base import Opened
from analytics.present import compensation, prose
from analytics.present.tables import Table


class Compensation(Opened):
    """In the ninth chapter: what sections across boundaries cost and earn."""

    def compensation(self) -> pl.DataFrame:
        """Deductions, rewards and what is left of both [万元] by scheme, for the area and what lies in it.

        Columns of compensation_total: a sum is empty where an entry is open, and lies from its `_low` to its `_high`
        (empty: nothing bounds it).
        """
        return self.frames.compensation.filter(pl.col("scope_id").is_in([*self._inside, self.scope.id]))

    def compensation_months(self) -> pl.DataFrame:
        """Deductions [万元] by scheme and month, for the area and what lies in it; columns of compensation_month."""
        rows = self._asked("compensation_months_of_year", year=self.period.year)
        return rows.filter(pl.col("scope_id").is_in([*self._inside, self.scope.id]))

    def compensation_entries(self) -> pl.DataFrame:
        """What each section cost or earned the area, by month and ground [万元]; columns of compensation_entry."""
        rows = self._asked("compensation_entries_of_year", year=self.period.year)
        return rows.filter(pl.col("area_id").is_in([*self._inside, self.scope.id]))

    def compensation_table(self) -> Table | prose.Sentence:
        """What sections across boundaries would cost and earn the area and those in it, by each scheme.

        Of the whole province by city; a city has its counties.
        """
        mine = self.compensation()
        if self.scope.id == self.plan.area:
            mine = mine.filter(pl.col("scope_kind") != "county")
        if mine.is_empty() and self.scope.id != self.plan.area:
            return prose.NOTHING
        return compensation.table(mine, self.catalog, self.lang)
