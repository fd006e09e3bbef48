"""To whom a letter goes: a department, or of the governments of the cities the one that owes something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import compress
from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.present.words import either


@dataclass(frozen=True)
class Owed:
    """What one addressee owes: rows of standing_of_year, cells_left_blank and the query quarantine; `city` its area."""

    key: str
    missing: pl.DataFrame
    blank: pl.DataFrame
    aside: pl.DataFrame
    city: str | None = None


def addressed(key: str, catalog: Catalog, lang: str) -> str:
    """The name of an addressee by its key: of a department its own, of a city that of its government."""
    department, _, city = key.partition("/")
    if not city:
        return catalog.called([department], lang)[0]
    name = catalog.areas[city].name
    return either(lang, f"{name.zh}人民政府", f"Government of {name.en}")


def by_addressee(department: str, owed: Owed, catalog: Catalog) -> Iterator[Owed]:
    """What a department owes; what stands for the governments of all cities is told apart by the city that owes it.

    What nobody can say whose it is stays with all of them.
    """
    if not catalog.departments[department].is_each_city:
        yield owed
        return
    rows = [_by_city(row, catalog) for row in owed.missing.iter_rows(named=True)]
    blank, aside = (_with_city(frame, catalog) for frame in (owed.blank, owed.aside))
    cities: list[str | None] = [None, *(a.id for a in catalog.areas.values() if a.level == "city")]
    for city in cities:
        mine = [by_city[city] for by_city in rows if city in by_city]
        found = Owed(
            f"{department}/{city}" if city else department,
            pl.DataFrame(mine, schema=owed.missing.schema),
            _of_city(blank, city),
            _of_city(aside, city),
            city,
        )
        if any(not frame.is_empty() for frame in (found.missing, found.blank, found.aside)):
            yield found


def _by_city(row: Mapping[str, Any], catalog: Catalog) -> dict[str | None, dict[str, Any]]:
    """One form and period by city, each with those of its own that were not told of; of no city where nobody is named.

    How many a city should tell of is known only where it told of none (`told` 0); else `expected` is empty.
    """
    of = [catalog.city_of(area) for area in row["missing_areas"]]
    if not of:
        return {None: dict(row)}
    found: dict[str | None, dict[str, Any]] = {}
    for city in dict.fromkeys(of):
        kept = [c == city for c in of]
        lists = {name: list(compress(row[name], kept)) for name in row if name.startswith("missing")}
        nobody = all(lists["missing_whole"]) and city is not None
        counts = {"told": 0 if nobody else 1, "expected": len(lists["missing"]) if nobody else None}
        found[city] = dict(row) | lists | counts
    return found


def _of_city(frame: pl.DataFrame, city: str | None) -> pl.DataFrame:
    return frame.filter(pl.col("of_city").eq_missing(pl.lit(city, pl.String))).drop("of_city")


def _with_city(frame: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    cities = [catalog.city_of(area) if area else None for area in frame["area_id"]]
    return frame.with_columns(of_city=pl.Series(cities, dtype=pl.String))
