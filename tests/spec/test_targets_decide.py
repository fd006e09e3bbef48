"""A mutation of any target changes the verdict of its own figure, and of nothing that does not rest on it."""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import polars as pl
import pytest

from analytics.catalog import Catalog, load_catalog
from analytics.catalog.indicator import ByShortfall
from analytics.catalog.plan import Plan, Target
from analytics.catalog.worked import Answer, WorkedExample
from analytics.pipeline.figures import Figures
from analytics.pipeline.worked import answer
from tests.spec.hand_made import CASES

title = "A target decides the verdict of its own figure"
CATALOG = load_catalog()
PLAN = CATALOG.plans["shanxi-2021"]
EXAMPLES = {e.id: e for e in [*CATALOG.worked.values(), *CASES] if e.plan == PLAN.id}
COMPARED = ("met", "not_met")
BY_DATE = ("met", "met_late")


@cache
def _of(example_id: str) -> Figures:
    return answer(EXAMPLES[example_id], CATALOG, every=True)


def _decided() -> dict[str, tuple[WorkedExample, Answer]]:
    """Of each code an example in which it is decided: by its number, or a list by its date."""
    found: dict[str, tuple[WorkedExample, Answer]] = {}
    for example in EXAMPLES.values():
        for told in example.answers:
            target = CATALOG.target(told.code, PLAN)
            is_list = CATALOG.indicators[target.indicator].kind == "list"
            if is_list and not target.deadline:
                continue  # each work has a day of its own
            verdicts = BY_DATE if is_list else COMPARED
            stands = not told.scope or target.level != "province"
            if told.verdict in verdicts and stands and (told.stratum is None or target.level == "urban_area"):
                found.setdefault(told.code, (example, told))
    return found


DECIDED = _decided()


def _is_judged(target: Target) -> bool:
    """Whether the plan, or one who may give the target, holds the figure against a number or a day."""
    kind = CATALOG.indicators[target.indicator].kind
    return bool(target.value or target.left_to) and kind != "narrative"


def test_every_target_that_is_held_against_something_is_tried():
    judged = {t.code for t in PLAN.targets() if _is_judged(t)}
    assert judged <= set(DECIDED), sorted(judged - set(DECIDED))


def _changed(plan: Plan, code: str, **changes: object) -> Catalog:
    clauses = [
        c.model_copy(update={"targets": [t.model_copy(update=changes) if t.code == code else t for t in c.targets]})
        for c in plan.clauses
    ]
    return replace(CATALOG, plans={**CATALOG.plans, plan.id: plan.model_copy(update={"clauses": clauses})})


def _mutated(example: WorkedExample, told: Answer, value: float) -> Figures:
    """The figures of the example with another target, given or set by the text, or with an earlier day."""
    target = CATALOG.target(told.code, PLAN)
    if CATALOG.indicators[target.indicator].kind == "list":
        late = {year: day.replace(month=1, day=1) for year, day in target.deadline.items()}
        late = {year: example.as_of - timedelta(days=1) for year in late} if told.verdict == "met_late" else late
        return answer(example, _changed(PLAN, told.code, deadline=late), every=True)
    if target.value:
        return answer(example, _changed(PLAN, told.code, value={example.year: value}), every=True)
    given = example.parameters
    assert given is not None, f"{told.code} is decided without a target"
    entries = [e.model_copy(update={"value": value}) if e.code == told.code else e for e in given.targets]
    other = example.model_copy(update={"parameters": given.model_copy(update={"targets": entries})})
    return answer(other, CATALOG, every=True)


def _resting_on(code: str) -> set[str]:
    """The code, and those that ask for it or count where it fell short."""
    found = {code, *(t.code for t in PLAN.targets() if code in t.requires)}
    for target in PLAN.targets():
        numerator = CATALOG.indicators[target.indicator].numerator
        if isinstance(numerator, ByShortfall) and code in numerator.short_of:
            found.add(target.code)
    return found


def _differing(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    keys = ["code", "scope_kind", "scope_id", "stratum"]
    both = before.join(after, on=keys, how="full", nulls_equal=True, coalesce=True, suffix="_after")
    return both.filter(pl.col("verdict").ne_missing(pl.col("verdict_after")))


@pytest.mark.parametrize("code", DECIDED)
def test_another_target_changes_the_verdicts_that_rest_on_it_and_no_others(code):
    example, told = DECIDED[code]
    before = _of(example.id)
    scope = told.scope or PLAN.area
    row = before.values.filter(pl.col("code") == code, pl.col("scope_id") == scope)
    row = row.filter(pl.col("stratum").eq_missing(told.stratum))
    value, verdict, comparison = row.select("value", "verdict", "comparison").row(0)
    assert verdict == told.verdict
    beyond = abs(value) + 1.0
    missed = {">=": value + beyond, ">": value + beyond, "<=": value - beyond, "<": value - beyond}
    missed["=="] = value + beyond
    reached = {">=": value - beyond, ">": value - beyond, "<=": value + beyond, "<": value + beyond, "==": value}
    after = _mutated(example, told, (missed if verdict == "met" else reached)[comparison])
    changed = _differing(before.values, after.values)
    assert set(changed["code"]) <= _resting_on(code)
    moved = changed.filter(pl.col("code") == code, pl.col("scope_id") == scope)
    assert not moved.is_empty(), f"{code} stands as it did"
    assert moved["verdict_after"][0] in {"met", "not_met", "met_late", "undecided"} - {verdict}
    joint = before.joint.join(after.joint, on=["clause", "codes"], suffix="_after")
    assert all(code in codes for codes in joint.filter(pl.col("verdict") != pl.col("verdict_after"))["codes"])


def test_what_waits_for_a_figure_that_waits_is_not_met_either():
    # T05b waits for T04b, and that for T01a, of which nothing was told: all three, and their joint promise, stay open.
    example = EXAMPLES["outlets_and_arguments_all"]
    assert _of(example.id).values.filter(code="T05b", scope_id=PLAN.area)["verdict"].item() == "met"
    clauses = _changed(PLAN, "T04b", requires=["T01a"]).plans[PLAN.id]
    plan = _changed(clauses, "T05b", requires=["T04b"]).plans[PLAN.id]
    promise = PLAN.joint[0].model_copy(update={"codes": ["T04b", "T05b"]})
    other = replace(CATALOG, plans={**CATALOG.plans, PLAN.id: plan.model_copy(update={"joint": [promise]})})
    found = answer(example, other, every=True)
    whole = found.values.filter(pl.col("scope_id") == PLAN.area, pl.col("stratum").is_null())
    assert dict(whole.filter(pl.col("code").is_in(["T04b", "T05b"])).select("code", "verdict").iter_rows()) == {
        "T04b": "undecided", "T05b": "undecided",
    }  # fmt: skip
    assert found.joint["verdict"].to_list() == ["undecided"]


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
