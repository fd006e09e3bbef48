"""What must hold of a plan: clauses and figures fit, strata leave nobody out, nothing waits for itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from analytics.catalog import indicator as shapes
from analytics.catalog.catalog import Catalog
from analytics.catalog.indicator import Indicator
from analytics.catalog.models import Population
from analytics.catalog.plan import Clause, Plan, Target
from analytics.catalog.problem import Broken, Problem, near


def problems_of_plan(plan: Plan, catalog: Catalog) -> Iterator[Problem]:
    """Every rule that a plan breaks by itself, whatever is given beside it."""
    for location, rule, found in _problems_of_the_whole(plan, catalog):
        yield Problem("plans", plan.id, location, rule, found)
    for c, clause in enumerate(plan.clauses):
        for location, rule, found in _problems_of_clause(clause, plan):
            yield Problem("plans", plan.id, ["clauses", c, *location], rule, found)
        for t, target in enumerate(clause.targets):
            for location, rule, found in _problems_of_target(target, plan, catalog):
                yield Problem("plans", plan.id, ["clauses", c, "targets", t, *location], rule, found)
    for rule, place in problems_of_strata(plan, replace(catalog, given={})):
        yield Problem("plans", plan.id, ["strata"], rule, place)


def _problems_of_the_whole(plan: Plan, catalog: Catalog) -> Iterator[Broken]:
    if catalog.areas[plan.area].level != "province":
        yield ["area"], "a plan is a province's", plan.area
    if "minimum_months" not in plan.settings:
        rule = "a plan says in its settings how many months make an annual class (minimum_months)"
        yield ["settings"], rule, ""
    for name, places in plan.place_sets.items():
        for place in places.places:
            if not catalog.lies_in(place, plan.area):
                yield ["place_sets", name, "places"], "the plan covers no such area", place
    codes = {t.code for t in plan.targets()}
    for j, joint in enumerate(plan.joint):
        for code in set(joint.codes) - codes:
            yield ["joint", j, "codes"], f"the plan has no {code}", code


def _problems_of_clause(clause: Clause, plan: Plan) -> Iterator[Broken]:
    if not clause.targets:
        yield [], "a clause without a figure", clause.clause
    codes = {t.code for t in clause.targets}
    told = {code for sentence in clause.sentences for code in sentence}
    if any(c.sentences for c in plan.clauses) and told != codes:
        odd = ", ".join(sorted(told ^ codes))
        yield ["sentences"], "sentences and targets name different codes", odd


def _problems_of_target(target: Target, plan: Plan, catalog: Catalog) -> Iterator[Broken]:
    indicator = catalog.indicators[target.indicator]
    if target.unit and target.unit != indicator.unit:
        yield ["unit"], f"{target.indicator} is in {indicator.unit}", target.unit
    if target.level not in indicator.scopes:
        scopes = ", ".join(indicator.scopes)
        yield ["level"], f"{target.indicator} is computed for {scopes}", target.level
    upwards = target.comparison in (">=", ">")
    if (target.value or target.left_to) and target.comparison != "==" and upwards != (indicator.better == "higher"):
        yield ["comparison"], f"{target.indicator} is better the {indicator.better} it is", target.comparison
    if target.deadline and not isinstance(indicator.numerator, shapes.ByStage | shapes.ByStates):
        yield ["deadline"], f"{target.indicator} is of a whole time, which has no deadline within", str(target.deadline)
    yield from _problems_of_days(target, plan)
    if target.value and set(target.value) != set(plan.years):
        yield ["value"], "a value is wanted for every year of the plan", ", ".join(map(str, target.value))
    yield from _problems_of_places(target, plan, catalog)
    yield from _problems_of_waiting(target, plan)
    yield from _problems_of_population(target, indicator, plan, catalog)


def _problems_of_days(target: Target, plan: Plan) -> Iterator[Broken]:
    """Years are the plan's, windows are declared, and nothing is judged from a day after its window."""
    for key in ("value", "deadline", "judged_from"):
        for year in set(getattr(target, key)) - set(plan.years):
            yield [key], f"the plan is not about {year}", str(year)
    if target.window is not None and target.window not in plan.windows:
        yield ["window"], f"the plan has no window {target.window}", target.window
    for year, day in target.judged_from.items():
        if target.window in plan.windows and day > plan.windows[target.window].spans(year)[-1][1]:
            yield ["judged_from"], "the window is over by then", day.isoformat()


def _problems_of_places(target: Target, plan: Plan, catalog: Catalog) -> Iterator[Broken]:
    """Places lie in the plan's area; what takes the rest says of what."""
    for i, place in enumerate(target.places):
        if not catalog.lies_in(place, plan.area):
            yield ["places", i], "the plan covers no such area", place
    for i, work in enumerate(target.works):
        if work.place is not None and not catalog.lies_in(work.place, plan.area):
            yield ["works", i, "place"], "the plan covers no such area", work.place
    if target.place_set is not None and target.place_set not in plan.place_sets:
        yield ["place_set"], f"the plan has no place_set {target.place_set}", target.place_set
    if target.rest_of is not None and target.rest_of not in plan.strata.get(target.indicator, []):
        yield ["rest_of"], f"strata does not say that {target.indicator} divides the {target.rest_of}", target.rest_of


def _problems_of_waiting(target: Target, plan: Plan) -> Iterator[Broken]:
    """A figure waits for others of its plan, and never for itself."""
    codes = {t.code: t for t in plan.targets()}
    for code in target.requires:
        if code not in codes:
            yield ["requires"], f"the plan has no {code}{near(code, codes)}", code
    if target.code in _required_by(target.code, codes):
        yield ["requires"], "a figure cannot wait for itself", target.code


def _required_by(code: str, targets: Mapping[str, Target]) -> set[str]:
    """Every code that one waits for, by way of others too."""
    found: set[str] = set()
    waiting = list(targets[code].requires)
    while waiting:
        other = waiting.pop()
        if other not in found and other in targets:
            found.add(other)
            waiting += targets[other].requires
    return found


def _problems_of_population(target: Target, indicator: Indicator, plan: Plan, catalog: Catalog) -> Iterator[Broken]:
    population, numerator = indicator.population, indicator.numerator
    if population.named == "works" and not target.works and not target.is_open:
        yield ["works"], f"{indicator.id} counts works that the plan names", ""
    has_places = bool(target.places or target.place_set or target.rest_of)
    if population.named == "places" and not has_places:
        yield ["places"], f"{indicator.id} counts places that the plan names", ""
    if population.above and population.above.setting not in plan.settings:
        yield ["indicator"], f"{indicator.id} wants the setting {population.above.setting}", ""
    for name in indicator.decided_by:
        if name not in plan.settings:
            yield ["indicator"], f"{indicator.id} wants the setting {name}", ""
    if isinstance(numerator, shapes.ByStage) and target.stage != numerator.reaches and indicator.kind == "list":
        yield ["stage"], f"{indicator.id} counts works that are {numerator.reaches}", str(target.stage)
    yield from _unknown_codes(indicator, catalog)


def _unknown_codes(indicator: Indicator, catalog: Catalog) -> Iterator[Broken]:
    """Codes by which an indicator narrows a register or counts a state, of those that their fields allow."""
    numerator = indicator.numerator
    yield from ((["indicator"], rule, found) for rule, found in unknown_attributes(indicator.population, catalog))
    left_out = {item: [code] for item, code in indicator.population.left_out.items()}
    if isinstance(numerator, shapes.ByStates):
        for item, codes in [*numerator.states.items(), *left_out.items()]:
            for code in set(codes) - set(catalog.item_field(item).choices):
                yield ["indicator"], f"{item} knows no code {code}", code


def unknown_attributes(population: Population, catalog: Catalog) -> Iterator[tuple[str, str]]:
    """What a register is narrowed by that it does not have, with what was found."""
    register = population.register_name
    for name, wanted in population.where.items() if register else ():
        if name == "stratum":
            for code in set(wanted) - {a.kind for a in catalog.areas.values()}:
                yield f"no area is of the kind {code}", code
            continue
        if name not in catalog.registers[str(register)].attributes:
            yield f"the register {register} has no attribute {name}", name
            continue
        for code in set(wanted) - set(catalog.fields[name].choices):
            yield f"{name} knows no code {code}", code


def problems_of_strata(plan: Plan, catalog: Catalog) -> Iterator[tuple[str, str]]:
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
