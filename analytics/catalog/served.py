"""Which clauses of the plans a delivery form serves: those whose figures are made of what it brings."""

from __future__ import annotations

from collections.abc import Iterator

from analytics.catalog.catalog import Catalog
from analytics.catalog.indicator import ByAmount, ByTargetClass, ByWaterClass, Indicator
from analytics.catalog.models import Source
from analytics.catalog.plan import Clause, Plan, Target

# What the nation says of a section: its class, and that it is left out.
RECOGNISED_STATES = ("recognised_class", "section_exclusion")


def served_by(source: Source, catalog: Catalog, plan: Plan) -> Iterator[tuple[Clause, list[Target]]]:
    """The clauses of the plan that the form serves, in the plan's order, each with its targets that need it."""
    for clause in plan.clauses:
        needing = [target for target in clause.targets if _needs(catalog.indicators[target.indicator], source)]
        if needing:
            yield clause, needing


def forms_for(target: Target, catalog: Catalog) -> list[Source]:
    """The forms of which a target's figure is made, the register of its members among them."""
    return [s for s in catalog.sources.values() if _needs(catalog.indicators[target.indicator], s)]


def _needs(indicator: Indicator, source: Source) -> bool:
    """By an amount, a state or a kind of work; by the classes of its sites; by the register of its members."""
    population = indicator.population
    if source.register_as is not None:
        return source.register_as.name in (population.register_name, population.having, population.every_river_of)
    by_class = isinstance(indicator.numerator, ByWaterClass | ByTargetClass)
    tells_classes = source.readings is not None or any(s.item in RECOGNISED_STATES for s in source.states)
    if by_class and source.entity is not None and tells_classes:
        return source.entity.register_name == population.register_name
    return bool(_made_of(indicator) & brought_by(source))


def _made_of(indicator: Indicator) -> set[str]:
    numerators = [indicator.numerator, *(c.numerator for c in indicator.companions)]
    denominators = [indicator.denominator, *(c.denominator for c in indicator.companions)]
    told = {name for n in numerators if n and n.named in ("amount", "state", "undertaking") for name in n.names}
    told |= {name for d in denominators if isinstance(d, ByAmount) for name in d.names}
    return told | set(indicator.population.left_out)


def deriving(item: str, catalog: Catalog) -> Source | None:
    """The form from whose readings an amount or a state follows, where there is one."""
    return next((s for s in catalog.sources.values() if item in s.derived), None)


def brought_by(source: Source) -> set[str]:
    """The amounts, states and works that a form brings, those that follow from its readings among them."""
    works = {source.undertaking.item} if source.undertaking else set()
    return works | {i.item for i in (*source.amounts, *source.states)} | set(source.derived)
