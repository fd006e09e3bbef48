"""In the chapter on the water environment: sewage plants and black-odorous water."""

from __future__ import annotations

import polars as pl

from analytics.notebook.base import Opened
from analytics.present import bodies, plants, prose
from analytics.present.tables import Table


class Environment(Opened):
    """In the chapter on the water environment: sewage plants and black-odorous water."""

    def plants(self) -> pl.DataFrame:
        """Every registered sewage plant within the area: days within its limits in the cold season, months by their
        means, influent, and whether it is markedly better than the standard; columns of plant_year."""
        found = self._asked("plants_of_year", year=self.period.year)
        return found.filter(pl.col("area_id").is_in(self._inside))

    def plant_months(self) -> pl.DataFrame:
        """The months of the area's sewage plants: by their days (method plant_day) and their means (plant_month)."""
        found = self._asked("plant_months_of_year", year=self.period.year)
        return found.join(self.plants().select("entity_id"), on="entity_id", how="semi")

    def plant_days(self) -> pl.DataFrame:
        """The days on which a sewage plant of the area was beyond a limit or could not be judged, and why."""
        found = self._asked("plant_days_of_year", year=self.period.year)
        return found.join(self.plants().select("entity_id"), on="entity_id", how="semi")

    def plants_table(self) -> Table | prose.Sentence:
        """Sewage plants of the area that kept their limits least in the cold season, with their influent."""
        if not self._promises("cold_weather_compliance"):
            return prose.NOTHING
        return plants.weakest(self.plants(), self.plant_days(), self.catalog, self.lang)

    def sewage_collection(self) -> pl.DataFrame:
        """Per city the people whose sewage reaches a plant, of those served; columns of sewage_collection."""
        found = self._asked("sewage_collection_of_year", year=self.period.year)
        return found.filter(pl.col("area_id").is_in(self._inside))

    def body_grades(self) -> pl.DataFrame:
        """The black-odorous bodies of the area and their grade in each quarter; columns of body_grade.

        A body of which nothing was measured has one row without a quarter.
        """
        return self.frames.body_grades.filter(pl.col("area_id").is_in([*self._inside, self.scope.id]))

    def body_points(self) -> pl.DataFrame:
        """The grade of every point of the area's bodies in each quarter; columns of body_point."""
        return self._of_bodies("body_points_of_year")

    def body_samplings(self) -> pl.DataFrame:
        """Every day on which a point of the area's bodies was measured, with its worst grade; as body_sampling."""
        return self._of_bodies("body_samplings_of_year")

    def _of_bodies(self, question: str) -> pl.DataFrame:
        rows = self._asked(question, year=self.period.year)
        return rows.join(self.body_grades().select("entity_id").unique(), on="entity_id", how="semi")

    def body_grades_table(self) -> Table | prose.Sentence:
        """The bodies of the area that were black-odorous in a quarter, or of which it is not known."""
        mine = self.body_grades()
        if mine.is_empty():
            return prose.NOTHING
        return bodies.grades(mine, self.catalog, self.lang)
