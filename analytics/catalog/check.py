"""What must hold between entries of the catalog: names exist, claims are made once, a plan leaves nobody out."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import Any

from analytics import units
from analytics.catalog import indicator as shapes
from analytics.catalog.catalog import Catalog
from analytics.catalog.check_given import problems_of_given
from analytics.catalog.check_plan import problems_of_plan, unknown_attributes
from analytics.catalog.check_standards import METHODS, names_in_standards, problems_of_limits
from analytics.catalog.indicator import ByEntry, Indicator, Numerator
from analytics.catalog.models import ItemField, Population, Source
from analytics.catalog.plan import Clause, Plan, Target
from analytics.catalog.problem import NameGiven, Problem
from analytics.catalog.senders import spellings


def problems(catalog: Catalog) -> Iterator[Problem]:
    """Every rule between entries that is broken, names first: the later rules rely on them."""
    broken = [*_unknown_names(catalog), *_circles_of_areas(catalog)]
    yield from broken
    if broken:
        return
    yield from _claims_made_twice(catalog)
    yield from _unknown_units(catalog)
    yield from problems_of_limits(catalog)
    for plan in catalog.plans.values():
        yield from problems_of_plan(plan, catalog)
    yield from _problems_of_sources(catalog)
    yield from _problems_of_lists(catalog)
    yield from _problems_of_senders(catalog)
    yield from problems_of_given(catalog)


# Names


def _unknown_names(catalog: Catalog) -> Iterator[Problem]:
    """Every name that one entry gives of another must exist."""
    known: dict[str, set[str]] = {
        "reference": set(catalog.references),
        "department": set(catalog.departments),
        "field": set(catalog.fields),
        "parameter": set(catalog.parameters),
        "register": set(catalog.registers),
        "indicator": set(catalog.indicators),
        "area": set(catalog.areas),
        "plan": set(catalog.plans),
        "source with a period": {s.id for s in catalog.sources.values() if s.cadence != "once"},
        "standard": set(catalog.standards),
        "set of flags": set(catalog.station_flags),
        "water class": {c for s in catalog.standards.values() for c in s.class_names},
        "code of a plan": {t.code for p in catalog.plans.values() for t in p.targets()},
    }
    for fact in ("amount", "state", "undertaking"):
        known[fact] = {name for name, item in catalog.items.items() if item.fact == fact}
    known["amount or state"] = known["amount"] | known["state"]
    known["item"] = set(catalog.items)
    for room, entry, location, what, name in _names_given(catalog):
        if name not in known[what]:
            near = difflib.get_close_matches(name, sorted(known[what]), n=1, cutoff=0.4)
            hint = f"; did you mean {near[0]}?" if near else ""
            yield Problem(room, entry, location, f"there is no {what} {name}{hint}", name)


def _names_given(catalog: Catalog) -> Iterator[NameGiven]:
    """(room, entry, key, what, name) for every name of another entry."""
    yield from _names_in_areas(catalog)
    yield from names_in_standards(catalog)
    yield from _names_in_compensations(catalog)
    yield from _names_in_registers_and_items(catalog)
    yield from _names_in_sources(catalog)
    for source, at, name in _derived(catalog):
        yield "sources", source, at, "amount or state", name
    for form in catalog.due:
        yield "due", form, [], "source with a period", form
    for indicator in catalog.indicators.values():
        yield from _names_in_indicator(indicator)
    for plan in catalog.plans.values():
        yield from _names_in_plan(plan)
    for given in catalog.given.values():
        yield "given", given.id, ["plan"], "plan", given.plan
    yield from _names_in_worked_examples(catalog)
    for room in ("standards", *METHODS, "sources", "indicators"):
        for entry in getattr(catalog, room).values():
            for name in entry.cites:
                yield room, entry.id, ["cites"], "reference", name


def _names_in_worked_examples(catalog: Catalog) -> Iterator[NameGiven]:
    for example in catalog.worked.values():
        yield "worked", example.id, ["plan"], "plan", example.plan
        for i, answer in enumerate(example.answers):
            yield "worked", example.id, ["answers", i, "code"], "code of a plan", answer.code
        joined = {j.id for p in catalog.plans.values() for j in p.joint}
        for name in set(example.joint) - joined:
            yield "worked", example.id, ["joint", name], "code of a plan", name
        if example.parameters is not None:
            yield "worked", example.id, ["parameters", "plan"], "plan", example.parameters.plan


def _names_in_areas(catalog: Catalog) -> Iterator[NameGiven]:
    for area in catalog.areas.values():
        for key in ("parent", "successor"):
            if getattr(area, key):
                yield "areas", area.id, [key], "area", getattr(area, key)


def _names_in_compensations(catalog: Catalog) -> Iterator[NameGiven]:
    for scheme in catalog.compensations.values():
        yield "compensations", scheme.id, ["area"], "area", scheme.area
        for name in scheme.items:
            yield "compensations", scheme.id, ["items"], "parameter", name


def _names_in_registers_and_items(catalog: Catalog) -> Iterator[NameGiven]:
    for name, register in catalog.registers.items():
        if register.department:
            yield "registers", name, ["department"], "department", register.department
        for attribute in register.attributes:
            yield "registers", name, ["attributes"], "field", attribute
    for name, item in catalog.items.items():
        yield "items", name, ["department"], "department", item.department
        if item.field:
            yield "items", name, ["field"], "field", item.field


def _names_in_sources(catalog: Catalog) -> Iterator[NameGiven]:
    for source in catalog.sources.values():
        yield "sources", source.id, ["department"], "department", source.department
        for i, column in enumerate(source.columns):
            yield "sources", source.id, ["columns", i, "field"], "field", column.field
        yield from _names_in_readings(source)
        if source.entity:
            yield "sources", source.id, ["entity", "register_name"], "register", source.entity.register_name
        if source.register_as:
            yield "sources", source.id, ["register_as", "name"], "register", source.register_as.name
        for i, line in enumerate(source.calendar):
            for name in filter(None, (line.register_name, line.having)):
                yield "sources", source.id, ["calendar", i], "register", name
        for key, fact in (("amounts", "amount"), ("states", "state")):
            for i, item in enumerate(getattr(source, key)):
                yield "sources", source.id, [key, i, "item"], fact, item.item
        if source.undertaking:
            yield "sources", source.id, ["undertaking", "item"], "undertaking", source.undertaking.item


def _names_in_readings(source: Source) -> Iterator[NameGiven]:
    if source.readings is None:
        return
    for name in [*source.readings.parameters, *source.readings.required]:
        yield "sources", source.id, ["readings", "parameters"], "parameter", name
    if source.readings.flags:
        yield "sources", source.id, ["readings", "flags", "known"], "set of flags", source.readings.flags.known


def _derived(catalog: Catalog) -> Iterator[tuple[str, list[Any], str]]:
    """(source, key, item) for every amount and state that follows from readings."""
    for source in catalog.sources.values():
        for i, name in enumerate(source.derived):
            yield source.id, ["derived", i], name


def _names_in_indicator(indicator: Indicator) -> Iterator[NameGiven]:
    room, key = "indicators", indicator.id
    population = indicator.population
    counted: list[tuple[list[Any], Population]] = [(["population"], population)]
    counted += [
        (["companions", i, "population"], c.population) for i, c in enumerate(indicator.companions) if c.population
    ]
    for at, who in counted:
        for name in filter(None, (who.register_name, who.having, who.every_river_of)):
            yield room, key, at, "register", name
    if population.above:
        yield room, key, ["population", "above"], "amount", population.above.amount
    for name in population.left_out:
        yield room, key, ["population", "left_out"], "state", name
    for what, name in _named_by(indicator.numerator):
        yield room, key, ["numerator"], what, name
    yield from ((room, key, ["denominator"], "amount", name) for name in _amounts_of(indicator.denominator))
    for i, companion in enumerate(indicator.companions):
        for what, name in _named_by(companion.numerator) if companion.numerator else ():
            yield room, key, ["companions", i, "numerator"], what, name
        for name in _amounts_of(companion.denominator):
            yield room, key, ["companions", i, "denominator"], "amount", name


def _amounts_of(denominator: shapes.ByAmount | str | None) -> list[str]:
    """The amounts that a denominator is made of."""
    return denominator.names if isinstance(denominator, shapes.ByAmount) else []


def _named_by(numerator: Numerator) -> Iterator[tuple[str, str]]:
    """(what, name) of everything that a numerator is made of."""
    yield from ((numerator.named, name) for name in numerator.names)
    if isinstance(numerator, shapes.ByStage):
        yield from (("field", name) for name in numerator.where)


def _names_in_plan(plan: Plan) -> Iterator[NameGiven]:
    room, key = "plans", plan.id
    yield room, key, ["area"], "area", plan.area
    for part in ("settings", "windows", "place_sets"):
        for name, assumed in getattr(plan, part).items():
            for cited in assumed.cites:
                yield room, key, [part, name, "cites"], "reference", cited
    for name, found in plan.place_sets.items():
        for place in found.places:
            yield room, key, ["place_sets", name, "places"], "area", place
    for name in plan.strata:
        yield room, key, ["strata", name], "indicator", name
    for c, clause in enumerate(plan.clauses):
        for at, what, name in _names_in_clause(clause):
            yield room, key, ["clauses", c, *at], what, name


def _names_in_clause(clause: Clause) -> Iterator[tuple[list[Any], str, str]]:
    for part in ("lead", "cooperating", "responsible"):
        for name in getattr(clause, part):
            yield [part], "department", name
    for t, target in enumerate(clause.targets):
        for at, what, name in _names_in_target(target):
            yield ["targets", t, *at], what, name


def _names_in_target(target: Target) -> Iterator[tuple[list[Any], str, str]]:
    yield ["indicator"], "indicator", target.indicator
    for name in target.lead:
        yield ["lead"], "department", name
    for i, place in enumerate(target.places):
        yield ["places", i], "area", place
    for i, work in enumerate(target.works):
        if work.place is not None:
            yield ["works", i, "place"], "area", work.place
    for code in target.requires:
        yield ["requires"], "code of a plan", code


def _circles_of_areas(catalog: Catalog) -> Iterator[Problem]:
    """An area that lies in itself, by way of others."""
    for area in catalog.areas.values():
        above, seen = area.parent, {area.id}
        while above is not None and above in catalog.areas and above not in seen:
            seen.add(above)
            above = catalog.areas[above].parent
        if above in seen:
            yield Problem("areas", area.id, ["parent"], "the area lies in itself", str(area.parent))
            return


# Claims


def _claims_made_twice(catalog: Catalog) -> Iterator[Problem]:
    """What may be said once only: who promises for a year, what a code of a plan is, who delivers something."""
    first: dict[str, str] = {}
    derived = (("sources", source, at, f"item {name}") for source, at, name in _derived(catalog))
    grading = (
        ("black_odorous", method.id, ["kind"], f"the grading of {method.kind} bodies")
        for method in catalog.black_odorous.values()
        if method.kind
    )
    for room, entry, location, what in [*_claims(catalog), *derived, *grading]:
        if what in first:
            yield Problem(room, entry, location, f"{what} stands in {first[what]} already", entry)
        first.setdefault(what, entry)


def _claims(catalog: Catalog) -> Iterator[tuple[str, str, list[Any], str]]:
    """(room, entry, key, what is claimed)."""
    for plan in catalog.plans.values():
        for year in plan.years:
            yield "plans", plan.id, ["years"], f"the year {year}"
        for c, clause in enumerate(plan.clauses):
            for t, target in enumerate(clause.targets):
                yield "plans", plan.id, ["clauses", c, "targets", t, "code"], f"{target.code} of plan {plan.id}"
    for source in catalog.sources.values():
        for key, declared in (("amounts", source.amounts), ("states", source.states)):
            items = [(i, item.item) for i, item in enumerate(declared) if not _is_a_further_use(item, declared[:i])]
            yield from (("sources", source.id, [key, i, "item"], f"item {name}") for i, name in items)
        if source.undertaking:
            yield "sources", source.id, ["undertaking", "item"], f"item {source.undertaking.item}"
        if source.register_as:
            yield "sources", source.id, ["register_as", "name"], f"register {source.register_as.name}"


def _is_a_further_use(item: ItemField, before: Sequence[ItemField]) -> bool:
    """Whether the amount is another part of one that the form has begun to tell in parts."""
    told = [other.breakdown for other in before if other.item == item.item]
    return bool(told) and item.breakdown is not None and None not in told and item.breakdown not in told


def _unknown_units(catalog: Catalog) -> Iterator[Problem]:
    for room, entries in (("fields", catalog.fields), ("parameters", catalog.parameters)):
        for key, entry in entries.items():
            if entry.unit is not None and units.unit_named(entry.unit) is None:
                rule = f"the unit is not known; known are {', '.join(units.known_units())}"
                yield Problem(room, key, ["unit"], rule, entry.unit)


# Sources


def _problems_of_sources(catalog: Catalog) -> Iterator[Problem]:
    """A form brings an item in the item's own field, its parts in fields of the same unit; and asks whom there is."""
    for source in catalog.sources.values():
        yield from _problems_of_calendar(source, catalog)
        yield from _problems_of_naming(source, catalog)
        for key, declared in (("amounts", source.amounts), ("states", source.states)):
            for i, item in enumerate(declared):
                field = catalog.items[item.item].field
                units_of = {f.unit for name, f in catalog.fields.items() if name in (item.field, field)}
                is_part = item.breakdown is not None and len(units_of) == 1
                if item.field != field and not is_part:
                    yield Problem(
                        "sources", source.id, [key, i, "field"], f"{item.item} is told by {field}", item.field
                    )


def _problems_of_lists(catalog: Catalog) -> Iterator[Problem]:
    """In a column that a list is made of 无 is a zero return, also where its texts stand as they were sent."""
    for indicator in catalog.indicators.values():
        if not isinstance(indicator.numerator, ByEntry):
            continue
        name = catalog.items[indicator.numerator.listed].field or ""
        field = catalog.fields.get(name)
        if field is not None and field.as_sent and not field.none_is_told:
            yield Problem("indicators", indicator.id, ["numerator", "listed"], "its field has none_is_told", name)


def _problems_of_senders(catalog: Catalog) -> Iterator[Problem]:
    """A name means one department."""
    known: dict[str, str] = {}
    for spelling, sender in spellings(catalog):
        other = known.setdefault(spelling, sender.department)
        if other != sender.department:
            yield Problem("departments", sender.department, ["aliases"], f"{other} is called so, too", spelling)


def _problems_of_naming(source: Source, catalog: Catalog) -> Iterator[Problem]:
    """Nothing is found by a text that stands as it was sent: it may be typed otherwise the next time."""
    works, entity, member = source.undertaking, source.entity, source.register_as
    called = [works.name if works else None, entity.name if entity else None, member.label if member else None]
    for name in dict.fromkeys([*source.key, *source.id_fields, *filter(None, called)]):
        if name in catalog.fields and catalog.fields[name].as_sent:
            yield Problem("sources", source.id, ["key"], "a text that stands as sent names nobody", name)


def _problems_of_calendar(source: Source, catalog: Catalog) -> Iterator[Problem]:
    """A form without a register of its own asks areas; a register is narrowed by what it says of its members."""
    for i, line in enumerate(source.calendar):
        at: list[Any] = ["calendar", i]
        built_in = catalog.registers[line.register_name].built_in if line.register_name else "city"
        if source.entity is None and built_in not in ("city", "county"):
            rule = "its rows are about areas: it asks cities or counties"
            yield Problem("sources", source.id, at, rule, line.register_name or "")
        for rule, found in unknown_attributes(line, catalog):
            yield Problem("sources", source.id, at, rule, found)
