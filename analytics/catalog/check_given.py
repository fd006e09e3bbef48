"""What must hold of what is given beside a plan: it is about the plan, said once, and likely."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from analytics.catalog.catalog import Catalog
from analytics.catalog.check_plan import problems_of_strata
from analytics.catalog.indicator import Indicator
from analytics.catalog.plan import Given, GivenPlaces, Plan, Target
from analytics.catalog.problem import Broken, Problem, near


def problems_of_given(catalog: Catalog) -> Iterator[Problem]:
    """Every rule that is broken by what a workspace, or a worked example, gives beside a plan."""
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


def _problems_with(given: Given, plan: Plan, catalog: Catalog) -> Iterator[Broken]:
    yield from _unknown_codes_given(given, plan)
    yield from _unknown_names_given(given, plan, catalog)
    yield from _given_twice(given)
    yield from _unsound_places_given(given, plan, catalog)
    targets = {t.code: t for t in plan.targets()}
    for i, entry in enumerate(given.targets):
        if entry.code not in targets:
            continue
        target = targets[entry.code]
        if target.no_value is not None:
            yield ["targets", i, "code"], f"the figure is not held against a number: {target.no_value.en}", entry.code
        elif target.left_to is None:
            yield ["targets", i, "code"], "the plan's own text decides this target", entry.code
        for rule in _unlikely(entry.value, target, catalog.indicators[target.indicator]):
            yield ["targets", i, "value"], rule, f"{entry.value:g}"
    for i, setting in enumerate(given.settings):
        declared = plan.settings.get(setting.setting)
        if declared is not None and (rule := declared.refused(setting.value)):
            yield ["settings", i, "value"], rule, str(setting.value)
    for i, part in enumerate(given.breakdowns):
        if part.code in targets:
            yield from _problems_of_breakdown(i, part, targets[part.code], plan, catalog)
    yield from _problems_of_rewards(given, catalog)


def _problems_of_rewards(given: Given, catalog: Catalog) -> Iterator[Broken]:
    """Rules for rewards are about items that are measured, and no two hold on one day."""
    for i, rule in enumerate(given.reward_rules):
        for key in ("shares_of_limit", "at_most"):
            for name in getattr(rule, key):
                if name not in catalog.parameters:
                    hint = near(name, catalog.parameters)
                    yield ["reward_rules", i, key, name], f"there is no parameter {name}{hint}", name
        for earlier in given.reward_rules[:i]:
            starts, ends = max(rule.valid_from, earlier.valid_from), [rule.valid_to, earlier.valid_to]
            if all(end is None or starts <= end for end in ends):
                yield ["reward_rules", i, "valid_from"], f"{earlier.id} holds on the same days", rule.id


def _unknown_codes_given(given: Given, plan: Plan) -> Iterator[Broken]:
    """Targets, breakdowns and reasons are about a code of the plan, and a year that it is about."""
    codes = {t.code: t for t in plan.targets()}
    for key in ("targets", "breakdowns", "reasons"):
        for i, entry in enumerate(getattr(given, key)):
            if entry.code not in codes:
                yield [key, i, "code"], f"the plan has no {entry.code}{near(entry.code, codes)}", entry.code
            elif key != "reasons" and entry.year not in plan.years:
                yield [key, i, "year"], f"the plan is not about {entry.year}", str(entry.year)


def _given_twice(given: Given) -> Iterator[Broken]:
    """Of one thing only one value can be given."""
    what = {"targets": ("code", "year"), "breakdowns": ("code", "year"), "settings": ("setting",)}
    for key, names in (what | {"place_sets": ("place_set",)}).items():
        seen: set[tuple[object, ...]] = set()
        for i, entry in enumerate(getattr(given, key)):
            told = tuple(getattr(entry, name) for name in names)
            if told in seen:
                yield [key, i], f"{' of '.join(map(str, told))} is given already", str(told[0])
            seen.add(told)


def _unknown_names_given(given: Given, plan: Plan, catalog: Catalog) -> Iterator[Broken]:
    """Settings and sets of places are the plan's own, places are areas of the catalog."""
    for key, name, known in (("settings", "setting", plan.settings), ("place_sets", "place_set", plan.place_sets)):
        for i, entry in enumerate(getattr(given, key)):
            if getattr(entry, name) not in known:
                wanted = getattr(entry, name)
                yield [key, i, name], f"the plan has no {name} {wanted}{near(wanted, known)}", wanted
    for i, reason in enumerate(given.reasons):
        if reason.area not in catalog.areas or not catalog.lies_in(reason.area, plan.area):
            yield ["reasons", i, "area"], "the plan covers no such area", reason.area
    for i, found in enumerate(given.place_sets):
        for rule, place in _unfit_places(found, plan, catalog):
            yield ["place_sets", i, "places"], rule, place


def _unfit_places(found: GivenPlaces, plan: Plan, catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Areas of a set are known, stand once, lie in the plan's area, and are of the level of those declared."""
    if len(set(found.places)) < len(found.places):
        yield "an area stands once", ", ".join(found.places)
    declared = plan.place_sets.get(found.place_set)
    levels = {catalog.areas[p].level for p in declared.places} if declared else set()
    for place in dict.fromkeys(found.places):
        if place not in catalog.areas:
            yield f"there is no area {place}", place
        elif not catalog.lies_in(place, plan.area) or (levels and catalog.areas[place].level not in levels):
            yield f"the set holds {' and '.join(sorted(levels))} areas of {plan.area}", place


def _unsound_places_given(given: Given, plan: Plan, catalog: Catalog) -> Iterator[Broken]:
    """Sets of places with which a city or town is left out or held twice; without them the plan was sound."""
    unknown = {p for found in given.place_sets for p in found.places} - set(catalog.areas)
    if given.place_sets and not unknown:
        for rule, place in problems_of_strata(plan, replace(catalog, given={plan.id: given})):
            named = [i for i, found in enumerate(given.place_sets) if place in found.places]
            yield ["place_sets", named[0] if named else 0, "places"], rule, place


def _problems_of_breakdown(i: int, entry: Any, target: Target, plan: Plan, catalog: Catalog) -> Iterator[Broken]:
    """The parts of a count make up the whole; every area is one of the plan's, and judged by a figure of its own."""
    indicator = catalog.indicators[target.indicator]
    if indicator.population.named is not None or target.no_value is not None:
        yield ["breakdowns", i, "code"], f"{entry.code} is judged one by one, not by shares of areas", entry.code
    for area in entry.values:
        if area not in catalog.areas or not catalog.lies_in(area, plan.area):
            yield ["breakdowns", i, "values", area], "the plan covers no such area", area
        elif catalog.areas[area].level not in indicator.scopes:
            rule = f"{indicator.id} is not computed for a {catalog.areas[area].level}"
            yield ["breakdowns", i, "values", area], rule, area
    for area, value in entry.values.items():
        for rule in _unlikely(value, target, indicator):
            yield ["breakdowns", i, "values", area], rule, f"{value:g}"
    whole = catalog.promised(plan, target, entry.year)
    is_whole = target.level == "province" and indicator.kind == "count"
    if is_whole and whole is not None:
        total = sum(entry.values.values())
        if abs(total - whole) > 1e-9 * max(1.0, abs(whole)):
            rule = f"the parts add up to {total:g}, the target of the province is {whole:g}"
            yield ["breakdowns", i, "values"], rule, f"{total:g}"


def _unlikely(value: float, target: Target, indicator: Indicator) -> Iterator[str]:
    """What no target can be: a number below nothing, or a share beyond all or written as a fraction."""
    if indicator.kind == "change":
        return
    if value < 0:
        yield "the target is less than nothing"
    if indicator.unit == "%" and value > 100:
        yield "a share is 100 at most"
    if indicator.unit == "%" and value == 0 and target.comparison in (">=", ">"):
        yield "a share of at least nothing asks for nothing"
    if indicator.unit == "%" and 0 < value <= 1 and target.comparison in (">=", ">"):
        yield "a share is given in per cent: 72, not 0.72"
