"""Every figure of a plan's year: each target answered, then what joins several of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog import indicator as shapes
from analytics.catalog.plan import Plan, Target
from analytics.compute import members, verdict
from analytics.pipeline.answer import Answer
from analytics.pipeline.facts import Facts
from analytics.pipeline.lineage import lineage_of
from analytics.pipeline.question import Question

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


def figures_of(plan: Plan, year: int, facts: Facts, catalog: Catalog) -> Figures:
    """Every figure that the plan promises for the year, at every scope its indicator declares."""
    answers: dict[str, Answer] = {}
    later: list[Target] = []
    for target in plan.targets():
        indicator = catalog.indicators[target.indicator]
        if isinstance(indicator.numerator, shapes.ByShortfall):
            later.append(target)
            continue
        answers[target.code] = Answer(Question(plan, target, year, facts, catalog, indicator))
    for target in later:
        question = Question(plan, target, year, facts, catalog, catalog.indicators[target.indicator])
        answers[target.code] = Answer(question, shortfalls=_areas_short(question, answers))
    ordered = [answers[t.code] for t in plan.targets()]
    wholes = {a.target.code: a.whole_verdict for a in ordered}
    return Figures(
        values=_with_requirements(pl.concat(a.values for a in ordered), plan, wholes),
        members=pl.concat(a.members for a in ordered),
        lineage=pl.concat(lineage_of(a.question, a.entities_by_number()) for a in ordered),
        joint=_joint(plan, year, ordered),
    )


def _with_requirements(values: pl.DataFrame, plan: Plan, wholes: Mapping[str, str]) -> pl.DataFrame:
    """A figure that rests on another is not met while that one is not: hazards rectified of those surveyed."""
    waiting = [t.code for t in plan.targets() if any(wholes[r] != "met" for r in t.requires)]
    met = pl.col("code").is_in(waiting) & (pl.col("verdict") == "met")
    return values.with_columns(verdict=pl.when(met).then(pl.lit("undecided")).otherwise("verdict"))


def _joint(plan: Plan, year: int, answers: list[Answer]) -> pl.DataFrame:
    """The verdict of each promise that needs several figures: all must hold."""
    by_code = {a.target.code: a for a in answers}
    rows = []
    for joint in plan.joint:
        verdicts = [by_code[code].whole_verdict for code in joint.codes]
        clause = next(c.clause for c in plan.clauses if joint.codes[0] in {t.code for t in c.targets})
        rows.append(
            {
                "plan_id": plan.id,
                "year": year,
                "clause": clause,
                "codes": list(joint.codes),
                "verdict": verdict.of_all(verdicts),
                "is_breach": any(by_code[code].is_breach for code in joint.codes),
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
