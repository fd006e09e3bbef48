"""A target decides the verdict of its own figure, and of nothing that does not rest on it."""

from dataclasses import replace
from datetime import date
from functools import cache

import polars as pl
import pytest

from analytics.catalog import Catalog, load_catalog
from analytics.catalog.indicator import ByShortfall
from analytics.catalog.plan import Plan
from analytics.catalog.worked import Answer, WorkedExample
from analytics.pipeline.figures import Figures
from analytics.pipeline.worked import answer

title = "A target decides the verdict of its own figure"
CATALOG = load_catalog()


@cache
def _of(example_id: str) -> Figures:
    return answer(CATALOG.worked[example_id], CATALOG, every=True)


def _decided() -> list[tuple[WorkedExample, str]]:
    """Figures that a worked example finds met or not met for the province, with a number as target."""
    found = {}
    for example in CATALOG.worked.values():
        plan = CATALOG.plans[example.plan]
        for told in example.answers:
            target = CATALOG.target(told.code, plan)
            has_number = bool(target.value) and CATALOG.indicators[target.indicator].kind not in ("list", "narrative")
            if has_number and not told.scope and told.stratum is None and told.verdict in ("met", "not_met"):
                found.setdefault(told.code, (example, told.code))
    return list(found.values())


def _with_target(catalog: Catalog, plan: Plan, code: str, year: int, value: float) -> Catalog:
    clauses = [
        clause.model_copy(
            update={
                "targets": [
                    t.model_copy(update={"value": {**t.value, year: value}}) if t.code == code else t
                    for t in clause.targets
                ]
            }
        )
        for clause in plan.clauses
    ]
    return replace(catalog, plans={**catalog.plans, plan.id: plan.model_copy(update={"clauses": clauses})})


def _resting_on(code: str, plan: Plan) -> set[str]:
    """The code, and those that ask for it or count where it fell short."""
    found = {code, *(t.code for t in plan.targets() if code in t.requires)}
    for target in plan.targets():
        numerator = CATALOG.indicators[target.indicator].numerator
        if isinstance(numerator, ByShortfall) and code in numerator.short_of:
            found.add(target.code)
    return found


def _differing(before: pl.DataFrame, after: pl.DataFrame) -> set[str]:
    keys = ["code", "scope_kind", "scope_id", "stratum"]
    both = before.join(after, on=keys, how="full", nulls_equal=True, coalesce=True, suffix="_after")
    return set(both.filter(pl.col("verdict").ne_missing(pl.col("verdict_after")))["code"])


@pytest.mark.parametrize(("example", "code"), _decided(), ids=lambda v: v if isinstance(v, str) else v.id)
def test_another_target_changes_the_verdicts_that_rest_on_it_and_no_others(example, code):
    plan = CATALOG.plans[example.plan]
    before = _of(example.id)
    row = before.values.filter(pl.col("code") == code, pl.col("scope_id") == plan.area, pl.col("stratum").is_null())
    value, verdict, comparison = row.select("value", "verdict", "comparison").row(0)
    assert verdict in ("met", "not_met")
    beyond = abs(value) + 1.0
    missed = {">=": value + beyond, ">": value + beyond, "<=": value - beyond, "<": value - beyond}
    missed["=="] = value + beyond
    reached = {">=": value - beyond, ">": value - beyond, "<=": value + beyond, "<": value + beyond, "==": value}
    other = (missed if verdict == "met" else reached)[comparison]
    after = answer(example, _with_target(CATALOG, plan, code, example.year, other), every=True)
    changed = _differing(before.values, after.values)
    assert code in changed and changed <= _resting_on(code, plan)
    joint = before.joint.join(after.joint, on=["clause", "codes"], suffix="_after")
    moved = joint.filter(pl.col("verdict") != pl.col("verdict_after"))["codes"]
    assert all(code in codes for codes in moved)


def test_the_second_plan_is_judged_by_its_own_targets():
    # 3 of 4 good sections are 75 %: enough for 2022 (72.3 %), too few for 2023 (76.6 %)
    example = WorkedExample(
        id="second_plan",
        title={"zh": "甲", "en": "A"},
        given={"zh": "甲", "en": "A"},
        plan="shanxi-2022-2023",
        year=2022,
        as_of=date(2024, 2, 1),
        registers="register | entity_id | area_id\n" + "".join(f"sections | s{i} | 140100\n" for i in range(4)),
        sections="entity_id | class\ns0 | 2\ns1 | 3\ns2 | 3\ns3 | 5\n",
        answers=[Answer(code="G2", verdict="met")],
        source="facts.md",
    )
    plan = CATALOG.plans[example.plan]
    codes = {t.code for t in plan.targets()}
    good = next(t.code for t in plan.targets() if t.value.get(2022) == 72.3)
    found = {}
    for year in (2022, 2023):
        values = answer(example.model_copy(update={"year": year}), CATALOG, every=True).values
        assert set(values["code"]) == codes
        row = values.filter(pl.col("code") == good, pl.col("scope_id") == plan.area, pl.col("stratum").is_null())
        found[year] = row.select("value", "target", "verdict").row(0)
    assert found == {2022: (75.0, 72.3, "met"), 2023: (75.0, 76.6, "not_met")}
