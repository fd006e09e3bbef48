"""Names of those whom a form was not told of: under their cities, a whole city as such, the many counted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import compress
from typing import Any

from analytics.catalog import Catalog
from analytics.present import words
from analytics.present.words import either

_MOST_NAMES = 30


def by_city(row: Mapping[str, Any], catalog: Catalog, lang: str, *, most: int = _MOST_NAMES) -> str:
    """Those not told of, under their cities; a city of which nobody was told of stands with their number.

    `row` has the columns of standing_of_year. Beyond `most` names the others are counted.
    """
    cities: dict[str | None, list[str]] = {}
    whole: set[str | None] = set()
    told = zip(row["missing_names"], row["missing_areas"], row["missing_whole"], strict=True)
    for name, area, is_whole_city in told:
        city = catalog.city_of(area)
        cities.setdefault(city, []).append(with_county(name, area, catalog, lang))
        whole |= {city} if is_whole_city else set()
    shown, left = [], most
    for city, names in cities.items():
        if left <= 0:
            break
        given = names if city in whole else names[:left]
        left -= 1 if city in whole else len(given)
        shown.append(_of_city(city, given, city in whole, catalog, lang))
        cities[city] = names[len(given) :]
    more = sum(len(names) for names in cities.values())
    tail = either(lang, f"，另有{more}个", f" and {more} more") if more else ""
    return words.joined(shown, lang) + tail


def _of_city(city: str | None, names: Sequence[str], is_whole: bool, catalog: Catalog, lang: str) -> str:
    if city is None:
        return words.joined(names, lang)
    name = catalog.areas[city].name.in_language(lang)
    if is_whole:
        return name + either(lang, f"（全部{len(names)}个未报）", f" (all {len(names)})")
    if list(names) == [name]:
        return name
    listed = words.joined(names, lang)
    return name + either(lang, f"（{listed}）", f" ({listed})")


def within(row: Mapping[str, Any], inside: Collection[str] | None, catalog: Catalog) -> dict[str, Any]:
    """The row with those alone who lie in the areas; a city of which only a part does is no whole one."""
    if inside is None:
        return dict(row)
    kept = [area in inside for area in row["missing_areas"]]
    whole = [
        is_whole and catalog.city_of(area) in inside
        for is_whole, area in zip(row["missing_whole"], row["missing_areas"], strict=True)
    ]
    lists = {"missing_names": row["missing_names"], "missing_areas": row["missing_areas"], "missing_whole": whole}
    return {**row, **{name: list(compress(told, kept)) for name, told in lists.items()}}


def with_county(name: str, area: str, catalog: Catalog, lang: str) -> str:
    """A name with the county that it lies in, where it does not bear its name."""
    found = catalog.areas.get(area)
    if found is not None and found.name.zh == name:
        return found.name.in_language(lang)
    if found is None or found.level != "county" or name.startswith(found.name.zh):
        return name
    return found.name.in_language(lang) + either(lang, "", " ") + name
