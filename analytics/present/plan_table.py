"""The plan as it is printed: what is promised, of whom, by when, who answers, and how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analytics.catalog import Catalog
from analytics.catalog.plan import Clause, Plan, Target
from analytics.present import words
from analytics.present.prose import promised, working_figure

COLUMNS = (
    *("clause", "code", "promise", "kind", "target", "strength", "level", "window", "cadence", "deadline", "places"),
    *("answers", "cooperating", "responsible", "source", "verdict", "reason"),
)


def plan_rows(
    plan: Plan, catalog: Catalog, lang: str, *, year: int, verdicts: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """One row per figure, in the plan's order; `verdicts` by code where the year has been built."""
    rows = [_row(clause, target, plan, catalog, lang=lang, year=year) for clause, target in catalog.targets(plan)]
    for row in rows:
        verdict = (verdicts or {}).get(str(row["code"]))
        row["verdict"] = words.word("verdict", verdict, lang) if verdict else ""
    return [{name: row[name] for name in COLUMNS} for row in rows]


def _row(clause: Clause, target: Target, plan: Plan, catalog: Catalog, *, lang: str, year: int) -> dict[str, Any]:
    indicator = catalog.indicators[target.indicator]
    deadline = target.deadline.get(year)
    window = plan.windows[target.window].label.in_language(lang) if target.window else ""
    return {
        "clause": clause.clause,
        "code": target.code,
        "promise": target.statement.in_language(lang),
        "kind": words.word("kind", indicator.kind, lang),
        "target": goal(target, plan, catalog, lang, year=year),
        "strength": words.word("strength", target.strength, lang),
        "level": words.word("scope", target.level, lang),
        "window": window,
        "cadence": words.word("cadence", target.cadence, lang) if target.cadence else "",
        "deadline": deadline.isoformat() if deadline else "",
        "places": words.joined(_places(target, plan, catalog, lang), lang),
        "answers": words.joined(catalog.called(target.lead, lang), lang),
        "cooperating": words.joined(catalog.called(clause.cooperating, lang), lang),
        "responsible": words.joined(catalog.called(clause.responsible, lang), lang),
        "source": _source(target, plan, catalog, lang, year),
        "reason": target.reason,
    }


def goal(target: Target, plan: Plan, catalog: Catalog, lang: str, *, year: int) -> str:
    """What the figure is held against; a working figure is printed as such, and never counts."""
    unit = catalog.indicators[target.indicator].unit
    text = promised(target, catalog.promised(plan, target, year), unit, lang)
    given = catalog.given_target(plan, target, year)
    if given is None or not given.is_working:
        return text
    return text + working_figure(given, unit, lang)


def _source(target: Target, plan: Plan, catalog: Catalog, lang: str, year: int) -> str:
    """Where the target comes from: the plan's clause, or what was given since."""
    given = catalog.given_target(plan, target, year)
    if given is not None:
        return f"{given.source} {given.date.isoformat()}"
    return plan.document or words.either(lang, "文号未见", "number not seen")


def _places(target: Target, plan: Plan, catalog: Catalog, lang: str) -> list[str]:
    if target.place_set:
        return [plan.place_sets[target.place_set].label.in_language(lang)]
    if target.rest_of:
        return [words.either(lang, "其余", "the rest")]
    named = [catalog.areas[p].name.in_language(lang) for p in target.places]
    for work in target.works:
        area = catalog.areas[work.place].name.in_language(lang) if work.place else ""
        river = work.river.in_language(lang) if work.river else ""
        named.append(f"{area}{river}" if lang == "zh" else " ".join(p for p in (area, river) if p))
    more = [words.either(lang, "等", "and others")] if target.is_open and named else []
    return [*named, *target.named_rivers, *more]
