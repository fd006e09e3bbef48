"""Every worked example of the catalog: its facts give the answers that it tells."""

import polars as pl
import pytest

from analytics.catalog import load_catalog
from analytics.catalog.worked import Answer, WorkedExample
from analytics.pipeline.figures import Figures
from analytics.pipeline.worked import answer

title = "Worked examples, from the facts of a form to the verdict"
CATALOG = load_catalog()
COMPARED = ("value", "low", "high", "used", "expected", "target", "verdict", "is_breach")


def test_there_are_worked_examples():
    assert CATALOG.worked


@pytest.mark.parametrize("example", CATALOG.worked.values(), ids=lambda e: e.id)
def test_the_facts_give_the_answers(example: WorkedExample):
    told = differences(example, answer(example, CATALOG))
    assert not told, f"{example.id}:\n" + "\n".join(told)


def differences(example: WorkedExample, found: Figures) -> list[str]:
    """What the example says otherwise than was found."""
    area = CATALOG.plans[example.plan].area
    told = [difference for a in example.answers for difference in _of_answer(a, found.values, area)]
    return told + [difference for name, verdict in example.joint.items() for difference in _joint(name, verdict, found)]


def _of_answer(wanted: Answer, values: pl.DataFrame, area: str) -> list[str]:
    scope = wanted.scope or area
    about = f"{wanted.code} of {scope}" + (f" ({wanted.stratum})" if wanted.stratum else "")
    of_scope = values.filter(code=wanted.code, scope_id=scope)
    rows = of_scope.filter(pl.col("stratum").eq_missing(wanted.stratum)).to_dicts()
    if len(rows) != 1:
        strata = of_scope["stratum"].to_list()
        return [f"{about}: {len(rows)} rows, not one; those of the scope have the strata {strata}"]
    row, expected = rows[0], wanted.model_dump(include=set(COMPARED), exclude_unset=True)
    return [
        f"{about}: {name} is {row[name]!r}, not {value!r}"
        for name, value in expected.items()
        if row[name] != (pytest.approx(value) if isinstance(value, float) else value)
    ]


def _joint(codes: str, verdict: str, found: Figures) -> list[str]:
    rows = found.joint.filter(pl.col("codes").list.join("+") == codes)
    if rows.height != 1:
        return [f"joint {codes}: {rows.height} rows, not one"]
    return [] if rows["verdict"][0] == verdict else [f"joint {codes}: is {rows['verdict'][0]}, not {verdict}"]
