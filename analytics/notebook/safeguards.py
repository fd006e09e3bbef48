"""In the chapter on safeguards: works and their money, and the areas that warnings point at."""

from __future__ import annotations

import polars as pl

from analytics.errors import UsageError
from analytics.notebook.base import Opened
from analytics.present import funds, leads, projects
from analytics.present.tables import Table


class Safeguards(Opened):
    """In the chapter on safeguards: works and their money, and the areas that warnings point at."""

    def works_by_stage(self) -> Table:
        """Of each kind of works how many stand at which stage."""
        return projects.by_stage(self.all_works(), self.plan, self.catalog, self.lang, year=self.period.year)

    def projects(self, item: str = "stored_project") -> Table:
        """One kind of works by city: how many, how far, and the money of each source."""
        if item not in self.catalog.items or self.catalog.items[item].label is None:
            known = [name for name, spec in self.catalog.items.items() if spec.label is not None]
            raise UsageError("There is no such kind of works.", found=item, expected=" or ".join(known))
        return projects.by_city(self.all_works(), item, self.catalog, self.lang)

    def funds(self, item: str = "stored_project", paid: str = "funds_paid") -> Table:
        """By city the money that works of a kind were planned with, what of it has arrived, and what was `paid`."""
        names = [*self.catalog.money_of(item), paid]
        rows = self._asked("amounts_of_year", year=self.period.year, items=names)
        inside = pl.lit(self.scope.id == self.plan.area) | pl.col("area_id").is_in(self._inside)
        return funds.by_city(
            self.all_works(), rows.filter(inside), item, paid=paid, catalog=self.catalog, lang=self.lang
        )

    def leads(self) -> Table:
        """Areas that early warning and accountability point at, with the figures that fell short there."""
        return leads.leads(self.members(), self.frames.values, self.plan, self.catalog, self.lang)
