"""What those are called who send a form: one name for each department and each government of a city, of many."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from analytics.catalog.catalog import Catalog
from analytics.catalog.models import Area, Department, Entry
from analytics.catalog.plan import Plan

_OF_PROVINCE = "省"  # what names of departments begin with: 省住建厅
_GOVERNMENTS = ("人民政府", "政府")


@dataclass(frozen=True)
class Sender:
    """A department by its id and its one name; of the governments of cities the name is that of the one meant."""

    department: str
    name: str


class Answering(Entry):
    """Who answers for a figure in a year of a plan: `departments` by their names, `senders` all that may be meant."""

    code: str
    year: int
    departments: list[str]
    senders: list[str]


def spelled(text: str) -> str:
    """A name as names are compared: in half width, without white space."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def spellings(catalog: Catalog) -> Iterator[tuple[str, Sender]]:
    """Every spelling of a sender that is known, with whom it means; with the name of the province, and without.

    Whoever leads what a form is about (`is_several`) is nobody by that name.
    """
    provinces = sorted({catalog.areas[plan.area].name.zh for plan in catalog.plans.values()})
    for key, department in [(k, d) for k, d in catalog.departments.items() if not d.is_several]:
        for name in dict.fromkeys([department.name.zh, *department.aliases]):
            bare = name.removeprefix(_OF_PROVINCE)
            wider = [bare, *(f"{province}{bare}" for province in provinces)] if bare != name else []
            yield from ((spelled(one), Sender(key, department.name.zh)) for one in [name, *wider])
        for city in _cities(department, catalog):
            own = Sender(key, _government(city))
            named = [f"{outer}{name}" for name in (city.name.zh, *city.aliases) for outer in ("", *provinces)]
            yield from ((spelled(one + of), own) for one in named for of in ("", *_GOVERNMENTS))


def answering(catalog: Catalog) -> list[Answering]:
    """By figure and year of each plan who leads, cooperates or is responsible: any of these may speak of it."""
    found: dict[tuple[str, int], list[str]] = {}
    for plan in catalog.plans.values():
        for code, departments in _by_target(plan):
            for year in plan.years:
                found[code, year] = list(dict.fromkeys([*found.get((code, year), []), *departments]))
    return [
        Answering(
            code=code,
            year=year,
            departments=catalog.called(departments, "zh"),
            senders=_all_meant(departments, catalog),
        )
        for (code, year), departments in found.items()
    ]


def _by_target(plan: Plan) -> Iterator[tuple[str, list[str]]]:
    for clause in plan.clauses:
        for target in clause.targets:
            yield target.code, [*target.lead, *clause.lead, *clause.cooperating, *clause.responsible]


def _all_meant(departments: list[str], catalog: Catalog) -> list[str]:
    cities = [_government(city) for d in departments for city in _cities(catalog.departments[d], catalog)]
    return [*catalog.called(departments, "zh"), *cities]


def _cities(department: Department, catalog: Catalog) -> list[Area]:
    return [a for a in catalog.areas.values() if a.level == "city"] if department.is_each_city else []


def _government(city: Area) -> str:
    return f"{city.name.zh}{_GOVERNMENTS[0]}"
