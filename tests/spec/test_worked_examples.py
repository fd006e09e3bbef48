"""Every worked example of the catalog: its facts give the answers that it tells."""

import pytest

from analytics.catalog import load_catalog
from analytics.catalog.worked import WorkedExample
from analytics.pipeline.worked import answer, differences

title = "Worked examples, from the facts of a form to the verdict"
CATALOG = load_catalog()


def test_there_are_worked_examples():
    assert CATALOG.worked


@pytest.mark.parametrize("example", CATALOG.worked.values(), ids=lambda e: e.id)
def test_the_facts_give_the_answers(example: WorkedExample):
    told = differences(example, answer(example, CATALOG), CATALOG)
    assert not told, f"{example.id}:\n" + "\n".join(told)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"value": 51.0}, "value is 50.0, not 51.0"),
        ({"verdict": "met"}, "verdict is 'no_target', not 'met'"),
        ({"scope": "140199"}, "0 rows, not one"),
    ],
)
def test_a_wrong_answer_is_found(wrong, said):
    example = CATALOG.worked["sources_by_number_and_by_volume"]
    first = example.answers[0].model_copy(update=wrong)
    found = answer(example, CATALOG)
    assert said in differences(example.model_copy(update={"answers": [first]}), found, CATALOG)[0]
