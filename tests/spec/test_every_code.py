"""Every code of the plan is fed hand-made facts until each verdict that can occur has occurred.

The facts lie in `hand_made/*.yml`, in the form of worked examples; those of the catalog count as well. Which verdicts
can occur follows from what the plan says of the code; what cannot occur for another reason stands in
`hand_made/cannot.yml` with that reason.
"""

from datetime import date
from functools import cache

import polars as pl
import pytest

from analytics.catalog import indicator as shapes
from analytics.catalog import load_catalog
from analytics.catalog.indicator import Indicator
from analytics.catalog.plan import Target
from analytics.catalog.worked import Answer, WorkedExample
from analytics.pipeline.figures import Figures
from analytics.pipeline.worked import answer, differences
from tests.spec.hand_made import CANNOT, CASES, UNTOLD, HandMade

title = "Hand-made facts for every code and every verdict that can occur"
CATALOG = load_catalog()
PLAN = CATALOG.plans["shanxi-2021"]
JUDGED = {"met", "not_met", "undecided", "no_data"}


@cache
def _of(example_id: str) -> Figures:
    every = [*CASES, *CATALOG.worked.values()]
    return answer(next(e for e in every if e.id == example_id), CATALOG)


def test_ids_are_used_once():
    ids = [case.id for case in CASES] + list(CATALOG.worked)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_facts_give_the_answers(case: HandMade):
    told = differences(case, _of(case.id), CATALOG)
    assert not told, f"{case.id}: {case.about}\n" + "\n".join(told)


def verdicts_that_can_occur(target: Target, indicator: Indicator) -> set[str]:
    """What the rules say can become of the code once something has arrived."""
    if indicator.kind == "narrative":
        return {"by_judgement"}
    is_by_stage = isinstance(indicator.numerator, shapes.ByStage)
    if indicator.kind == "list" and not is_by_stage:
        return {"list_only"}
    if indicator.kind == "list":
        is_dated = bool(target.deadline) or (target.is_open and not target.works)
        return {"met", "met_late", "not_met", "undecided"} if is_dated else {"no_target"}
    if target.value:
        return JUDGED
    return JUDGED | {"no_target"} if target.left_to else {"no_target", "no_data"}


def _that_occurred(code: str) -> set[str]:
    """Verdicts at the level of the text in all that is worked out."""
    found: set[str] = set()
    level = CATALOG.target(code, PLAN).level
    for example in [*CASES, *CATALOG.worked.values()]:
        told = [a for a in example.answers if a.code == code and (a.stratum is None or level != "province")]
        if example.plan == PLAN.id and told:
            found |= {a.verdict for a in told if _stands_at(a, level, _of(example.id).values)}
    return found


def _stands_at(told: Answer, level: str, values: pl.DataFrame) -> bool:
    return not values.filter(code=told.code, scope_id=told.scope or PLAN.area, scope_kind=level).is_empty()


@pytest.mark.parametrize("target", PLAN.targets(), ids=lambda t: t.code)
def test_every_verdict_that_can_occur_has_occurred(target: Target):
    exempt = set(CANNOT.get(target.code, {}))
    wanted = verdicts_that_can_occur(target, CATALOG.indicators[target.indicator])
    occurred = _that_occurred(target.code)
    assert not wanted - exempt - occurred, f"no hand-made facts make {target.code} {sorted(wanted - exempt - occurred)}"
    assert not exempt & occurred, f"cannot.yml says {target.code} cannot be {sorted(exempt & occurred)}, but it was"


def test_what_cannot_occur_is_about_codes_and_verdicts_that_exist():
    for code, told in CANNOT.items():
        target = CATALOG.target(code, PLAN)
        assert set(told) <= verdicts_that_can_occur(target, CATALOG.indicators[target.indicator]), code
        assert all(told.values()), code


@cache
def _of_nothing(as_of: date) -> Figures:
    nothing = WorkedExample(
        id="nothing", title=UNTOLD, given=UNTOLD, as_of=as_of, source="-",
        answers=[Answer(code=t.code, verdict="not_delivered") for t in PLAN.targets()],
    )  # fmt: skip
    return answer(nothing, CATALOG)


@pytest.mark.parametrize("target", PLAN.targets(), ids=lambda t: t.code)
def test_of_nothing_nothing_is_claimed(target: Target):
    late = _of_nothing(date(2023, 1, 1)).values.filter(code=target.code, scope_kind=target.level)
    early = _of_nothing(date(2021, 1, 1)).values.filter(code=target.code, scope_kind=target.level)
    if late.is_empty():  # levels of single members: before a register has arrived nobody knows of any
        assert target.level not in ("province", "city", "county")
    assert set(late["verdict"]) <= {"not_delivered"}
    assert set(early["verdict"]) <= {"not_yet_due"}
    assert late["value"].null_count() == late.height
    assert not late["is_breach"].any()
