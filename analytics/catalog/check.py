"""What must hold between entries of the catalog: names exist, claims are made once, a plan leaves nobody out."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from analytics import units
from analytics.catalog import indicator as shapes
from analytics.catalog.catalog import Catalog
from analytics.catalog.indicator import Indicator, Numerator
from analytics.catalog.plan import Clause, Given, Plan, Target


@dataclass(frozen=True)
class Problem:
    """A rule that an entry breaks, with the key at which it does."""

    room: str
    entry: str
    location: list[Any]
    rule: str
    found: str


def problems(catalog: Catalog) -> Iterator[Problem]:
    """Every rule between entries that is broken, names first: the later rules rely on them."""
    broken = list(_unknown_names(catalog))
    yield from broken
    if broken:
        return
    yield from _claims_made_twice(catalog)
    yield from _unknown_units(catalog)
    for plan in catalog.plans.values():
        yield from _problems_of_plan(plan, catalog)
    yield from _problems_of_sources(catalog)
    yield from _problems_of_given(catalog)


# Names


_Given = tuple[str, str, list[Any], str, str]


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
        "water class": {c for s in catalog.standards.values() for c in s.class_names},
        "code of a plan": {t.code for p in catalog.plans.values() for t in p.targets()},
    }
    for fact in ("amount", "state", "undertaking"):
        known[fact] = {name for name, item in catalog.items.items() if item.fact == fact}
    known["item"] = set(catalog.items)
    for room, entry, location, what, name in _names_given(catalog):
        if name not in known[what]:
            near = difflib.get_close_matches(name, sorted(known[what]), n=1, cutoff=0.4)
            hint = f"; did you mean {near[0]}?" if near else ""
            yield Problem(room, entry, location, f"there is no {what} {name}{hint}", name)


def _names_given(catalog: Catalog) -> Iterator[_Given]:
    """(room, entry, key, what, name) for every name of another entry."""
    yield from _names_in_areas(catalog)
    yield from _names_in_standards(catalog)
    yield from _names_in_registers_and_items(catalog)
    yield from _names_in_sources(catalog)
    for indicator in catalog.indicators.values():
        yield from _names_in_indicator(indicator)
    for plan in catalog.plans.values():
        yield from _names_in_plan(plan)
    for given in catalog.given.values():
        yield "given", given.id, ["plan"], "plan", given.plan
    for example in catalog.worked.values():
        yield "worked", example.id, ["plan"], "plan", example.plan
        for i, answer in enumerate(example.answers):
            yield "worked", example.id, ["answers", i, "code"], "code of a plan", answer.code
        if example.parameters is not None:
            yield "worked", example.id, ["parameters", "plan"], "plan", example.parameters.plan
    for room in ("standards", "sources", "indicators"):
        for entry in getattr(catalog, room).values():
            for name in entry.cites:
                yield room, entry.id, ["cites"], "reference", name


def _names_in_areas(catalog: Catalog) -> Iterator[_Given]:
    for area in catalog.areas.values():
        for key in ("parent", "successor"):
            if getattr(area, key):
                yield "areas", area.id, [key], "area", getattr(area, key)


def _names_in_standards(catalog: Catalog) -> Iterator[_Given]:
    for standard in catalog.standards.values():
        for i, limit in enumerate(standard.limits):
            yield "standards", standard.id, ["limits", i, "parameter"], "parameter", limit.parameter
        for key in ("base_items", "not_assessed"):
            for name in getattr(standard, key):
                yield "standards", standard.id, [key], "parameter", name


def _names_in_registers_and_items(catalog: Catalog) -> Iterator[_Given]:
    for name, register in catalog.registers.items():
        if register.department:
            yield "registers", name, ["department"], "department", register.department
        for attribute in register.attributes:
            yield "registers", name, ["attributes"], "field", attribute
    for name, item in catalog.items.items():
        yield "items", name, ["department"], "department", item.department
        if item.field:
            yield "items", name, ["field"], "field", item.field


def _names_in_sources(catalog: Catalog) -> Iterator[_Given]:
    for source in catalog.sources.values():
        yield "sources", source.id, ["department"], "department", source.department
        for i, column in enumerate(source.columns):
            yield "sources", source.id, ["columns", i, "field"], "field", column.field
        if source.readings:
            for name in [*source.readings.parameters, *source.readings.required]:
                yield "sources", source.id, ["readings", "parameters"], "parameter", name
        if source.entity:
            yield "sources", source.id, ["entity", "register_name"], "register", source.entity.register_name
        if source.register_as:
            yield "sources", source.id, ["register_as", "name"], "register", source.register_as.name
        for key, fact in (("amounts", "amount"), ("states", "state")):
            for i, item in enumerate(getattr(source, key)):
                yield "sources", source.id, [key, i, "item"], fact, item.item
        if source.undertaking:
            yield "sources", source.id, ["undertaking", "item"], "undertaking", source.undertaking.item


def _names_in_indicator(indicator: Indicator) -> Iterator[_Given]:
    room, key = "indicators", indicator.id
    population = indicator.population
    for name in (population.register_name, population.having):
        if name:
            yield room, key, ["population"], "register", name
    if population.above:
        yield room, key, ["population", "above"], "amount", population.above.amount
    for what, name in _named_by(indicator.numerator):
        yield room, key, ["numerator"], what, name
    if isinstance(indicator.denominator, shapes.ByAmount):
        yield room, key, ["denominator", "amount"], "amount", indicator.denominator.amount
    for i, companion in enumerate(indicator.companions):
        for what, name in _named_by(companion.numerator) if companion.numerator else ():
            yield room, key, ["companions", i, "numerator"], what, name
        if isinstance(companion.denominator, shapes.ByAmount):
            yield room, key, ["companions", i, "denominator"], "amount", companion.denominator.amount


def _named_by(numerator: Numerator) -> Iterator[tuple[str, str]]:
    """(what, name) of everything that a numerator is made of."""
    return ((numerator.named, name) for name in numerator.names)


def _names_in_plan(plan: Plan) -> Iterator[_Given]:
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


# Claims


def _claims_made_twice(catalog: Catalog) -> Iterator[Problem]:
    """What may be said once only: who promises for a year, what a code of a plan is, who delivers something."""
    first: dict[str, str] = {}
    for room, entry, location, what in _claims(catalog):
        if what in first:
            yield Problem(room, entry, location, f"{what} stands in {first[what]} already", entry)
        first.setdefault(what, entry)


def _claims(catalog: Catalog) -> Iterator[tuple[str, str, list[Any], str]]:
    """(room, entry, key, what is claimed)."""
    for plan in catalog.plans.values():
        for year in plan.years:
            yield "plans", plan.id, ["years"], f"the year {year} of {plan.area}"
        for c, clause in enumerate(plan.clauses):
            for t, target in enumerate(clause.targets):
                yield "plans", plan.id, ["clauses", c, "targets", t, "code"], f"{target.code} of plan {plan.id}"
    for source in catalog.sources.values():
        for key, declared in (("amounts", source.amounts), ("states", source.states)):
            for i, item in enumerate(declared):
                yield "sources", source.id, [key, i, "item"], f"item {item.item}"
        if source.undertaking:
            yield "sources", source.id, ["undertaking", "item"], f"item {source.undertaking.item}"
        if source.register_as:
            yield "sources", source.id, ["register_as", "name"], f"register {source.register_as.name}"


def _unknown_units(catalog: Catalog) -> Iterator[Problem]:
    for room, entries in (("fields", catalog.fields), ("parameters", catalog.parameters)):
        for key, entry in entries.items():
            if entry.unit is not None and units.unit_named(entry.unit) is None:
                rule = f"the unit is not known; known are {', '.join(units.known_units())}"
                yield Problem(room, key, ["unit"], rule, entry.unit)


# Plans


def _problems_of_plan(plan: Plan, catalog: Catalog) -> Iterator[Problem]:
    is_mapped = any(clause.sentences for clause in plan.clauses)
    for c, clause in enumerate(plan.clauses):
        if not clause.targets:
            yield Problem("plans", plan.id, ["clauses", c], "a clause without a figure", clause.clause)
        codes = {t.code for t in clause.targets}
        told = {code for sentence in clause.sentences for code in sentence}
        if is_mapped and told != codes:
            odd = ", ".join(sorted(told ^ codes))
            yield Problem(
                "plans", plan.id, ["clauses", c, "sentences"], "sentences and targets name different codes", odd
            )
        for t, target in enumerate(clause.targets):
            at = ["clauses", c, "targets", t]
            for key, rule, found in _problems_of_target(target, plan, catalog):
                yield Problem("plans", plan.id, [*at, *key], rule, found)
    for j, joint in enumerate(plan.joint):
        for code in set(joint.codes) - {t.code for t in plan.targets()}:
            yield Problem("plans", plan.id, ["joint", j, "codes"], f"the plan has no {code}", code)
    for rule, place in _problems_of_strata(plan, replace(catalog, given={})):
        yield Problem("plans", plan.id, ["strata"], rule, place)


def _problems_of_target(target: Target, plan: Plan, catalog: Catalog) -> Iterator[tuple[list[str], str, str]]:
    indicator = catalog.indicators[target.indicator]
    if target.unit and target.unit != indicator.unit:
        yield ["unit"], f"{target.indicator} is in {indicator.unit}", target.unit
    if target.level not in indicator.scopes:
        scopes = ", ".join(indicator.scopes)
        yield ["level"], f"{target.indicator} is computed for {scopes}", target.level
    for key in ("value", "deadline", "judged_from"):
        for year in set(getattr(target, key)) - set(plan.years):
            yield [key], f"the plan is not about {year}", str(year)
    if target.value and set(target.value) != set(plan.years):
        yield ["value"], "a value is wanted for every year of the plan", ", ".join(map(str, target.value))
    if target.rest_of is not None and target.rest_of not in plan.strata.get(target.indicator, []):
        yield ["rest_of"], f"strata does not say that {target.indicator} divides the {target.rest_of}", target.rest_of
    for key, known in (("window", plan.windows), ("place_set", plan.place_sets)):
        name = getattr(target, key)
        if name is not None and name not in known:
            yield [key], f"the plan has no {key} {name}", name
    yield from _problems_of_population(target, indicator, plan, catalog)


def _problems_of_population(
    target: Target, indicator: Indicator, plan: Plan, catalog: Catalog
) -> Iterator[tuple[list[str], str, str]]:
    population, numerator = indicator.population, indicator.numerator
    if population.named == "works" and not target.works and not target.is_open:
        yield ["works"], f"{indicator.id} counts works that the plan names", ""
    has_places = bool(target.places or target.place_set or target.rest_of)
    if population.named == "places" and not has_places:
        yield ["places"], f"{indicator.id} counts places that the plan names", ""
    if population.above and population.above.setting not in plan.settings:
        yield ["indicator"], f"{indicator.id} wants the setting {population.above.setting}", ""
    if isinstance(numerator, shapes.ByStage) and target.stage != numerator.reaches and indicator.kind == "list":
        yield ["stage"], f"{indicator.id} counts works that are {numerator.reaches}", str(target.stage)
    yield from _unknown_codes(indicator, catalog)


def _unknown_codes(indicator: Indicator, catalog: Catalog) -> Iterator[tuple[list[str], str, str]]:
    """Codes by which an indicator narrows a register or counts a state, of those that their fields allow."""
    register, numerator = indicator.population.register_name, indicator.numerator
    for name, wanted in indicator.population.where.items() if register else ():
        if name == "stratum":
            continue
        if name not in catalog.registers[str(register)].attributes:
            yield ["indicator"], f"the register {register} has no attribute {name}", name
            continue
        for code in set(wanted) - set(catalog.fields[name].choices):
            yield ["indicator"], f"{name} knows no code {code}", code
    if isinstance(numerator, shapes.ByStates):
        for item, codes in numerator.states.items():
            for code in set(codes) - set(catalog.item_field(item).choices):
                yield ["indicator"], f"{item} knows no code {code}", code


def _problems_of_strata(plan: Plan, catalog: Catalog) -> Iterator[tuple[str, str]]:
    """The targets that share the cities or towns of an indicator hold together every one of them just once."""
    for indicator, divided in plan.strata.items():
        sisters = [t for t in plan.targets() if t.indicator == indicator]
        held = Counter(place for t in sisters for place in catalog.places_of(plan, t))
        every = [a.id for a in catalog.children(plan.area, "city")] if "cities" in divided else []
        every += catalog.towns(plan) if "towns" in divided else []
        for place in every:
            if held[place] != 1:
                how = "left out" if held[place] == 0 else "held twice"
                yield f"{catalog.areas[place].name.zh} is {how} by the targets of {indicator}", place
        for place in sorted(set(held) - set(every)):
            yield f"{catalog.areas[place].name.zh} is none of the {' and '.join(divided)} of {indicator}", place


# Sources


def _problems_of_sources(catalog: Catalog) -> Iterator[Problem]:
    """A form brings an item in the item's own field."""
    for source in catalog.sources.values():
        for key, declared in (("amounts", source.amounts), ("states", source.states)):
            for i, item in enumerate(declared):
                field = catalog.items[item.item].field
                if item.field != field:
                    yield Problem(
                        "sources", source.id, [key, i, "field"], f"{item.item} is told by {field}", item.field
                    )


# What was given after a plan was issued


def _problems_of_given(catalog: Catalog) -> Iterator[Problem]:
    for given in catalog.given.values():
        for location, rule, found in _problems_with(given, catalog.plans[given.plan], catalog):
            yield Problem("given", given.id, location, rule, found)
    for example in catalog.worked.values():
        if example.parameters is None:
            continue
        if example.parameters.plan != example.plan:
            rule = f"the example is about {example.plan}"
            yield Problem("worked", example.id, ["parameters", "plan"], rule, example.parameters.plan)
        for location, rule, found in _problems_with(example.parameters, catalog.plans[example.plan], catalog):
            yield Problem("worked", example.id, ["parameters", *location], rule, found)


def _problems_with(given: Given, plan: Plan, catalog: Catalog) -> Iterator[tuple[list[Any], str, str]]:
    yield from _unknown_codes_given(given, plan)
    yield from _unknown_names_given(given, plan, catalog)
    yield from _given_twice(given)
    yield from _unsound_places_given(given, plan, catalog)
    targets = {t.code: t for t in plan.targets()}
    for i, entry in enumerate(given.targets):
        if entry.code in targets and targets[entry.code].left_to is None:
            yield ["targets", i, "code"], "the plan's own text decides this target", entry.code
    for i, part in enumerate(given.breakdowns):
        if part.code in targets:
            yield from _problems_of_breakdown(i, part, targets[part.code], plan, catalog)


def _unknown_codes_given(given: Given, plan: Plan) -> Iterator[tuple[list[Any], str, str]]:
    """Targets, breakdowns and reasons are about a code of the plan, and a year that it is about."""
    codes = {t.code: t for t in plan.targets()}
    for key in ("targets", "breakdowns", "reasons"):
        for i, entry in enumerate(getattr(given, key)):
            if entry.code not in codes:
                yield [key, i, "code"], f"the plan has no {entry.code}{_near(entry.code, codes)}", entry.code
            elif key != "reasons" and entry.year not in plan.years:
                yield [key, i, "year"], f"the plan is not about {entry.year}", str(entry.year)


def _given_twice(given: Given) -> Iterator[tuple[list[Any], str, str]]:
    """Of one thing only one value can be given."""
    what = {"targets": ("code", "year"), "breakdowns": ("code", "year"), "settings": ("setting",)}
    for key, names in (what | {"place_sets": ("place_set",)}).items():
        seen: set[tuple[object, ...]] = set()
        for i, entry in enumerate(getattr(given, key)):
            told = tuple(getattr(entry, name) for name in names)
            if told in seen:
                yield [key, i], f"{' of '.join(map(str, told))} is given already", str(told[0])
            seen.add(told)


def _unknown_names_given(given: Given, plan: Plan, catalog: Catalog) -> Iterator[tuple[list[Any], str, str]]:
    """Settings and sets of places are the plan's own, places are areas of the catalog."""
    for key, name, known in (("settings", "setting", plan.settings), ("place_sets", "place_set", plan.place_sets)):
        for i, entry in enumerate(getattr(given, key)):
            if getattr(entry, name) not in known:
                wanted = getattr(entry, name)
                yield [key, i, name], f"the plan has no {name} {wanted}{_near(wanted, known)}", wanted
    for i, reason in enumerate(given.reasons):
        if reason.area not in catalog.areas or not catalog.lies_in(reason.area, plan.area):
            yield ["reasons", i, "area"], "the plan covers no such area", reason.area
    for i, found in enumerate(given.place_sets):
        for place in sorted(set(found.places) - set(catalog.areas)):
            yield ["place_sets", i, "places"], f"there is no area {place}", place


def _unsound_places_given(given: Given, plan: Plan, catalog: Catalog) -> Iterator[tuple[list[Any], str, str]]:
    """Sets of places with which a city or town is left out or held twice; without them the plan was sound."""
    unknown = {p for found in given.place_sets for p in found.places} - set(catalog.areas)
    if given.place_sets and not unknown:
        for rule, place in _problems_of_strata(plan, replace(catalog, given={plan.id: given})):
            named = [i for i, found in enumerate(given.place_sets) if place in found.places]
            yield ["place_sets", named[0] if named else 0, "places"], rule, place


def _problems_of_breakdown(
    i: int, entry: Any, target: Target, plan: Plan, catalog: Catalog
) -> Iterator[tuple[list[Any], str, str]]:
    """The parts of a count make up the whole; every area is one of the plan's."""
    for area in entry.values:
        if area not in catalog.areas or not catalog.lies_in(area, plan.area):
            yield ["breakdowns", i, "values", area], "the plan covers no such area", area
    whole = target.value.get(entry.year)
    is_whole = target.level == "province" and catalog.indicators[target.indicator].kind == "count"
    if is_whole and whole is not None:
        total = sum(entry.values.values())
        if abs(total - whole) > 1e-9 * max(1.0, abs(whole)):
            rule = f"the parts add up to {total:g}, the target of the province is {whole:g}"
            yield ["breakdowns", i, "values"], rule, f"{total:g}"


def _near(word: str, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.4)
    return f"; did you mean {near[0]}?" if near else ""
