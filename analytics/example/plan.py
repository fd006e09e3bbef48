"""What every part of the invented year shares: folder, year, chance by seed, the divisions."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from analytics.catalog import Catalog
from analytics.catalog.models import Area
from analytics.example.sheets import FILE_MARK

PROVINCE = "140000"


@dataclass(frozen=True)
class Made:
    """One invented file, the form that it is in and what is said when it is handed in; by its form's own department
    unless it names another."""

    source: str
    path: Path
    received: date
    period: str = ""
    area: str = PROVINCE
    department: str = ""


@dataclass(frozen=True)
class Example:
    """The year to invent, and where its files go."""

    folder: Path
    year: int
    seed: int
    catalog: Catalog

    def chance(self, part: str) -> random.Random:
        """Chance of one part: what one part draws does not shift another."""
        return random.Random(f"{self.seed}/{self.year}/{part}")

    def file(self, name: str) -> Path:
        """A file whose name says that its content is invented."""
        return self.folder / f"{FILE_MARK}_{name}"

    def cities(self) -> list[Area]:
        """The cities by code."""
        return self.catalog.children(PROVINCE, "city")

    def counties(self, outer: str = PROVINCE) -> list[Area]:
        """The counties of an area by code."""
        return self.catalog.children(outer, "county")

    def name(self, area_id: str) -> str:
        """Name of an area."""
        return self.catalog.areas[area_id].name.zh

    def city_of(self, county_id: str) -> str:
        """Name of the city that a county lies in."""
        return self.name(self.catalog.areas[county_id].parent or PROVINCE)
