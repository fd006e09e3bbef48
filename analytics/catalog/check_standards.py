"""What must hold of standards and methods: their names exist, limits are in units of their items."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analytics import units
from analytics.catalog.catalog import Catalog
from analytics.catalog.method import DetectionLimit, HeldAgainst, TrophicTerm
from analytics.catalog.problem import NameGiven, Problem
from analytics.catalog.standard import ChangeLimit, Limits

# Rooms of what the regulations say beside their limits.
METHODS = (
    "ratings",
    "load_methods",
    "flow_methods",
    "trophic_indices",
    "city_indices",
    "black_odorous",
    "source_assessments",
    "plant_assessments",
    "detection_limits",
    "compensations",
    "station_flags",
    "rank_trends",
    "trend_tests",
    "quality_indices",
)
# Where methods name parameters: room and key.
_PARAMETERS_NAMED = (
    ("ratings", "before_all_others"),
    ("ratings", "without_multiple"),
    ("load_methods", "items"),
    ("city_indices", "neutral"),
    ("source_assessments", "without_multiple"),
    ("plant_assessments", "required"),
)
_Measured = Limits | ChangeLimit | TrophicTerm | DetectionLimit


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
    yield from _names_in_source_assessments(catalog)
    for key, at, held in _tables_of_plants(catalog):
        yield "plant_assessments", key, [*at, "standard"], "standard", held.standard


def _names_in_source_assessments(catalog: Catalog) -> Iterator[NameGiven]:
    for method in catalog.source_assessments.values():
        room, key = "source_assessments", method.id
        for water, judged in method.waters.items():
            for i, held in enumerate(judged.limits):
                yield room, key, ["waters", water, "limits", i, "standard"], "standard", held.standard
            for part in ("required", "reference"):
                for name in getattr(judged, part):
                    yield room, key, ["waters", water, part], "parameter", name


def _tables_of_plants(catalog: Catalog) -> Iterator[tuple[str, list[str | int], HeldAgainst]]:
    """(method, key, table) for every limit table that plants are held against."""
    for method in catalog.plant_assessments.values():
        for code, tables in method.held_to.items():
            for i, held in enumerate(tables):
                yield method.id, ["held_to", code, i], held


def problems_of_limits(catalog: Catalog) -> Iterator[Problem]:
    """A limit is in a unit of its item, and a class that a method names is one of its standard."""
    for room, entry_id, key, measured in _measured(catalog):
        for i, one in enumerate(measured):
            unit = catalog.parameters[one.parameter].unit
            if not units.same_kind(one.unit, unit):
                rule = f"{one.parameter} is measured in {unit}"
                yield Problem(room, entry_id, [key, i, "unit"], rule, one.unit)
    for room, entry_id, keys, standard, name in _classes_named(catalog):
        if name not in catalog.standards[standard].class_names[:-1]:
            yield Problem(room, entry_id, keys, f"{standard} has no limits of such a class", name)
    yield from _problems_of_source_assessments(catalog)
    yield from _problems_of_plant_assessments(catalog)


def _problems_of_plant_assessments(catalog: Catalog) -> Iterator[Problem]:
    """The standards are those that the register tells, and each table has limits of the class that is named."""
    for method in catalog.plant_assessments.values():
        for code in sorted(set(catalog.fields["plant_standard"].choices) ^ set(method.held_to)):
            rule = "the standards are those that the register tells (plant_standard)"
            yield Problem("plant_assessments", method.id, ["held_to"], rule, code)
    for key, at, held in _tables_of_plants(catalog):
        if held.up_to_class not in catalog.standards[held.standard].class_names[:-1]:
            rule = f"{held.standard} has no limits of such a class"
            yield Problem("plant_assessments", key, [*at, "up_to_class"], rule, held.up_to_class)


def _problems_of_source_assessments(catalog: Catalog) -> Iterator[Problem]:
    """Each kind of water has a limit for what it requires, and one limit for an item."""
    for method in catalog.source_assessments.values():
        for water in sorted(set(catalog.fields["source_water"].choices) ^ set(method.waters)):
            rule = "the waters are those that the register tells (source_water)"
            yield Problem("source_assessments", method.id, ["waters"], rule, water)
        for water, judged in method.waters.items():
            tables = [catalog.standards[held.standard] for held in judged.limits]
            for i, (held, table) in enumerate(zip(judged.limits, tables, strict=True)):
                at = ["waters", water, "limits", i, "up_to_class"]
                if held.up_to_class not in table.class_names[:-1]:
                    rule = f"{table.id} has no limits of such a class"
                    yield Problem("source_assessments", method.id, at, rule, held.up_to_class)
            limited = [i.parameter for t in tables for i in t.limits if t.limits_of(i.parameter, judged.case) == i]
            for name in judged.required:
                if name not in limited:
                    at = ["waters", water, "required"]
                    yield Problem(
                        "source_assessments", method.id, at, f"no limit holds for the case {judged.case}", name
                    )
            for name in {n for n in limited if limited.count(n) > 1}:
                at = ["waters", water, "limits"]
                yield Problem("source_assessments", method.id, at, "an item has two limits", name)


def _measured(catalog: Catalog) -> Iterator[tuple[str, str, str, Sequence[_Measured]]]:
    """(room, entry, key, what stands there) for everything that is said of an item in a unit."""
    for standard in catalog.standards.values():
        yield "standards", standard.id, "limits", standard.limits
        yield "standards", standard.id, "changes", standard.changes
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
