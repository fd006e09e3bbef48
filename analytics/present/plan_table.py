"""The plan as it is printed: what is promised, of whom, by when, who answers, and how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from analytics.catalog import Catalog
from analytics.catalog.models import Sourced
from analytics.catalog.plan import Clause, Plan, Target, TypedReason
from analytics.present import words
from analytics.present.prose import clause_name
from analytics.present.targets import promised, working_figure

COLUMNS = (
    *("clause", "code", "promise", "kind", "target", "strength", "level", "window", "cadence", "deadline", "places"),
    *("answers", "cooperating", "responsible", "source", "verdict", "note"),
)
_HEADINGS = (
    "条款|编号|承诺|类型|目标|强度|判定层级|时段|频次|期限|地域|答复单位|配合单位|责任单位|目标来源|判定|说明",
    "Clause|Code|Promise|Kind|Target|Strength|Judged at|Window|Cadence|Due|Places|Answers|Cooperating|Responsible"
    "|Source|Verdict|Note",
)


def headings(lang: str) -> dict[str, str]:
    """The columns as readers see them."""
    return dict(zip(COLUMNS, words.either(lang, *_HEADINGS).split("|"), strict=True))


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
    window = plan.windows[target.window].label.in_language(lang) if target.window else ""
    return {
        "clause": clause_name(clause, lang),
        "code": target.code,
        "promise": target.statement.in_language(lang),
        "kind": words.word("kind", indicator.kind, lang),
        "target": goal(target, plan, catalog, lang, year=year),
        "strength": words.word("strength", target.strength, lang),
        "level": words.word("scope", target.level, lang),
        "window": window,
        "cadence": words.word("cadence", target.cadence, lang) if target.cadence else "",
        "deadline": _due(target, plan, catalog, year),
        "places": words.joined(_places(target, plan, catalog, lang), lang),
        "answers": words.joined(catalog.called(target.lead, lang), lang),
        "cooperating": words.joined(catalog.called(clause.cooperating, lang), lang),
        "responsible": words.joined(catalog.called(clause.responsible, lang), lang),
        "source": _source(target, plan, catalog, lang, year),
        "note": target.reason,
    }


def goal(target: Target, plan: Plan, catalog: Catalog, lang: str, *, year: int) -> str:
    """What the figure is held against; a working figure is printed as such, and never counts."""
    unit = catalog.indicators[target.indicator].unit
    text = promised(target, catalog.promised(plan, target, year), unit, lang)
    given = catalog.given_target(plan, target, year)
    if given is None:
        return text
    if given.is_working:
        return text + working_figure(given, unit, lang)
    return text + words.either(lang, f"（{given.source}）", f" ({given.source})")


def _source(target: Target, plan: Plan, catalog: Catalog, lang: str, year: int) -> str:
    """Where the target comes from: the plan's clause, or what was given since."""
    given = catalog.given_target(plan, target, year)
    own = plan.document or words.either(lang, "文号未见", "number not seen")
    if given is not None and not given.is_working:
        own = f"{given.source} {given.date.isoformat()}"
    others = [s for s in catalog.said_of(plan, target, year, plan.area) if s is not given and not _is_reason(s)]
    return words.either(lang, "；", "; ").join([own, *(f"{s.source} {s.date.isoformat()}" for s in others)])


def _is_reason(said: Sourced) -> bool:
    return isinstance(said, TypedReason)


def _due(target: Target, plan: Plan, catalog: Catalog, year: int) -> str:
    """The last day on which it may be reached: the text's, or the end of its window or year; none of a narrative."""
    if catalog.indicators[target.indicator].kind == "narrative":
        return ""
    last = plan.windows[target.window].spans(year)[-1][1] if target.window else date(year, 12, 31)
    return target.deadline.get(year, last).isoformat()


def _places(target: Target, plan: Plan, catalog: Catalog, lang: str) -> list[str]:
    if target.place_set:
        label = plan.place_sets[target.place_set].label.in_language(lang)
        held = catalog.place_set(plan, target.place_set)
        names = words.joined([catalog.areas[p].name.in_language(lang) for p in held], lang)
        return [words.either(lang, f"{label}（{names}）", f"{label} ({names})")]
    if target.rest_of:
        return [words.either(lang, "其余", "the rest")]
    named = [catalog.areas[p].name.in_language(lang) for p in target.places]
    for work in target.works:
        area = catalog.areas[work.place].name.in_language(lang) if work.place else ""
        river = work.river.in_language(lang) if work.river else ""
        named.append(f"{area}{river}" if lang == "zh" else " ".join(p for p in (area, river) if p))
    more = [words.either(lang, "等", "and others")] if target.is_open and named else []
    return [*named, *target.named_rivers, *more]
