"""Every figure of a plan's year: each target answered, then what joins several of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog import indicator as shapes
from analytics.catalog.plan import Plan
from analytics.compute import members, verdict
from analytics.pipeline.answer import Answer, judged_together
from analytics.pipeline.facts import Facts
from analytics.pipeline.question import Question
from analytics.pipeline.sums import Sums

_JOINT: dict[str, pl.DataType | type[pl.DataType]] = {
    "plan_id": pl.String,
    "year": pl.Int64,
    "clause": pl.String,
    "codes": pl.List(pl.String),
    "verdict": pl.String,
    "is_breach": pl.Boolean,
}


@dataclass(frozen=True)
class Figures:
    """Values, members, lineage and joint verdicts of every figure, ready for their tables."""

    values: pl.DataFrame
    members: pl.DataFrame
    lineage: pl.DataFrame
    joint: pl.DataFrame


def figures_of(plan: Plan, year: int, facts: Facts, catalog: Catalog, codes: Collection[str] | None = None) -> Figures:
    """Every figure that the plan promises for the year, at every scope its indicator declares.

    With `codes` only these, and those that they rest on.
    """
    wanted = None if codes is None else _with_what_they_rest_on(codes, plan, catalog)
    targets = [t for t in plan.targets() if wanted is None or t.code in wanted]
    questions = [Question(plan, t, year, facts, catalog, catalog.indicators[t.indicator]) for t in targets]
    by_others = [q for q in questions if isinstance(q.indicator.numerator, shapes.ByShortfall)]
    found = judged_together([Sums(q) for q in questions if q not in by_others])
    answers = found | judged_together([Sums(q, shortfalls=_areas_short(q, found)) for q in by_others])
    ordered = [answers[t.code] for t in targets]
    wholes = _wholes(answers)
    return Figures(
        values=_with_requirements(pl.concat(a.values for a in ordered), answers, wholes),
        members=pl.concat(a.members for a in ordered),
        lineage=pl.concat(a.lineage for a in ordered),
        joint=_joint(plan, year, answers, wholes),
    )


def _with_what_they_rest_on(codes: Collection[str], plan: Plan, catalog: Catalog) -> set[str]:
    """The codes, those that they require, and those whose shortfalls they count."""
    targets = {t.code: t for t in plan.targets()}
    found: set[str] = set()
    waiting = [code for code in codes if code in targets]
    while waiting:
        target = targets[waiting.pop()]
        if target.code not in found:
            found.add(target.code)
            numerator = catalog.indicators[target.indicator].numerator
            short_of = numerator.short_of if isinstance(numerator, shapes.ByShortfall) else []
            waiting += [code for code in (*target.requires, *short_of) if code in targets]
    return found


def _wholes(answers: Mapping[str, Answer]) -> dict[str, str]:
    """How each promise stands as a whole: one that is met waits for all that it rests on, and they for theirs."""
    found: dict[str, str] = {}

    def whole(code: str) -> str:
        if code not in found:
            answer = answers[code]
            waits = any(whole(required) != "met" for required in answer.target.requires)
            found[code] = "undecided" if waits and answer.whole_verdict == "met" else answer.whole_verdict
        return found[code]

    return {code: whole(code) for code in answers}


def _with_requirements(values: pl.DataFrame, answers: Mapping[str, Answer], wholes: Mapping[str, str]) -> pl.DataFrame:
    """A figure that rests on another is not met while that one is not: hazards rectified of those surveyed."""
    waiting = [code for code, a in answers.items() if any(wholes[required] != "met" for required in a.target.requires)]
    met = pl.col("code").is_in(waiting) & (pl.col("verdict") == "met")
    return values.with_columns(verdict=pl.when(met).then(pl.lit("undecided")).otherwise("verdict"))


def _joint(plan: Plan, year: int, answers: Mapping[str, Answer], wholes: Mapping[str, str]) -> pl.DataFrame:
    """The verdict of each promise that needs several figures: all must hold."""
    rows = []
    for joint in plan.joint:
        if not set(joint.codes) <= set(answers):
            continue
        clause = next(c.clause for c in plan.clauses if joint.codes[0] in {t.code for t in c.targets})
        rows.append(
            {
                "plan_id": plan.id,
                "year": year,
                "clause": clause,
                "codes": list(joint.codes),
                "verdict": verdict.of_all([wholes[code] for code in joint.codes]),
                "is_breach": any(answers[code].is_breach for code in joint.codes),
            }
        )
    return pl.DataFrame(rows, schema=_JOINT)


def _areas_short(question: Question, answers: Mapping[str, Answer]) -> pl.DataFrame:
    """Cities in which a member of one of the named figures fell short, with the codes as the reason."""
    numerator = question.indicator.numerator
    if not isinstance(numerator, shapes.ByShortfall):
        raise TypeError(question.indicator.id)
    found: dict[str, list[str]] = {}
    told = False
    for code in numerator.short_of:
        if code in answers:
            short, any_used = answers[code].areas_short()
            told |= any_used
            for area in short:
                found.setdefault(area, []).append(code)
    areas = question.catalog.areas
    rows = [
        {
            "entity_id": area,
            "name": areas[area].name.zh,
            "area_id": area,
            "part": "",
            "numerator": 1.0,
            "denominator": 1.0,
            "numerator_low": 1.0,
            "numerator_high": 1.0,
            "denominator_high": 1.0,
            "denominator_low": 1.0,
            "status": "used",
            "reason": "、".join(codes),
        }
        for area, codes in sorted(found.items())
    ]
    if not rows and told:
        whole = areas[question.plan.area]
        base = {"numerator": 0.0, "denominator": 1.0, "numerator_low": 0.0, "numerator_high": 0.0}
        ones = {"denominator_high": 1.0, "denominator_low": 1.0, "status": "used", "reason": None}
        rows = [{"entity_id": whole.id, "name": whole.name.zh, "area_id": whole.id, "part": "", **base, **ones}]
    text = ("entity_id", "name", "area_id", "basin", "river", "part", "status", "reason")
    schema = {c: pl.String if c in text else pl.Float64 for c in members.COLUMNS}
    province = pl.lit(question.plan.area)
    return pl.DataFrame(rows, schema=schema).with_columns(
        province=province, city=pl.col("area_id"), county=pl.lit(None, pl.String)
    )
