"""What must hold of standards and methods: their names exist, limits are in units of their items."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analytics import units
from analytics.catalog.catalog import Catalog
from analytics.catalog.method import DetectionLimit, TrophicTerm
from analytics.catalog.problem import NameGiven, Problem
from analytics.catalog.standard import Limits

# Rooms of what the regulations say beside their limits.
METHODS = (
    "ratings",
    "load_methods",
    "trophic_indices",
    "city_indices",
    "black_odorous",
    "detection_limits",
    "compensations",
    "station_flags",
)
# Where methods name parameters: room and key.
_PARAMETERS_NAMED = (
    ("ratings", "before_all_others"),
    ("ratings", "without_multiple"),
    ("load_methods", "items"),
    ("city_indices", "neutral"),
)
_Measured = Limits | TrophicTerm | DetectionLimit


def names_in_standards(catalog: Catalog) -> Iterator[NameGiven]:
    """Every name that a standard or a method gives of another entry."""
    for standard in catalog.standards.values():
        for key in ("base_items", "not_assessed"):
            for name in getattr(standard, key):
                yield "standards", standard.id, [key], "parameter", name
    yield from _names_in_methods(catalog)
    for room, entry_id, key, measured in _measured(catalog):
        for i, one in enumerate(measured):
            yield room, entry_id, [key, i, "parameter"], "parameter", one.parameter


def _names_in_methods(catalog: Catalog) -> Iterator[NameGiven]:
    for room in ("ratings", "city_indices", "black_odorous"):
        for entry in getattr(catalog, room).values():
            yield room, entry.id, ["standard"], "standard", entry.standard
    for room, key in _PARAMETERS_NAMED:
        for entry in getattr(catalog, room).values():
            for name in getattr(entry, key):
                yield room, entry.id, [key], "parameter", name
    for graded in catalog.black_odorous.values():
        yield "black_odorous", graded.id, ["shallow", "parameter"], "parameter", graded.shallow.parameter


def problems_of_limits(catalog: Catalog) -> Iterator[Problem]:
    """A limit is in a unit of its item, and a class that a method names is one of its standard."""
    for room, entry_id, key, measured in _measured(catalog):
        for i, one in enumerate(measured):
            unit = catalog.parameters[one.parameter].unit
            if not units.same_kind(one.unit, unit):
                rule = f"{one.parameter} is measured in {unit}"
                yield Problem(room, entry_id, [key, i, "unit"], rule, one.unit)
    for room, entry_id, keys, standard, name in _classes_named(catalog):
        if name not in catalog.standards[standard].class_names:
            yield Problem(room, entry_id, keys, f"{standard} has no such class", name)


def _measured(catalog: Catalog) -> Iterator[tuple[str, str, str, Sequence[_Measured]]]:
    """(room, entry, key, what stands there) for everything that is said of an item in a unit."""
    for standard in catalog.standards.values():
        yield "standards", standard.id, "limits", standard.limits
    for index in catalog.trophic_indices.values():
        yield "trophic_indices", index.id, "terms", index.terms
    for known in catalog.detection_limits.values():
        yield "detection_limits", known.id, "limits", known.limits


def _classes_named(catalog: Catalog) -> Iterator[tuple[str, str, list[str], str, str]]:
    """(room, entry, keys, standard, class) for every class that a method names."""
    for rating in catalog.ratings.values():
        yield "ratings", rating.id, ["good_class"], rating.standard, rating.good_class
    for city in catalog.city_indices.values():
        for key in ("base_class", "unranked_change_up_to_class"):
            yield "city_indices", city.id, [key], city.standard, getattr(city, key)
    for graded in catalog.black_odorous.values():
        yield "black_odorous", graded.id, ["shallow", "instead_of"], graded.standard, graded.shallow.instead_of
