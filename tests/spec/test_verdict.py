"""The decision table: value against target, and dated works against their dates."""

from datetime import date

import polars as pl
import pytest

from analytics.compute import verdict

title = "How a value becomes a verdict"
YEAR_END = date(2021, 12, 31)
LATER = date(2022, 1, 20)


SCHEMA = dict.fromkeys(("value", "low", "high", "target"), pl.Float64) | {"expected": pl.Int64}


def judge(*, as_of: date = LATER, **row: object) -> dict[str, object]:
    base: dict[str, object] = {
        "value": 80.0,
        "low": 80.0,
        "high": 80.0,
        "denominator": 100.0,
        "used": 3,
        "expected": 3,
        "delivered": 3,
        "target": 78.0,
        "comparison": ">=",
        "strength": "binding",
        "due": YEAR_END,
    }
    frame = pl.DataFrame([base | row], schema_overrides=SCHEMA)
    return verdict.judged(frame, as_of=as_of).to_dicts()[0]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, "met"),
        ({"value": 78.0, "low": 78.0, "high": 78.0}, "met"),  # exactly on the limit
        ({"value": 77.96, "low": 77.96, "high": 77.96}, "not_met"),  # compared unrounded: not 78.0
        ({"low": 77.0, "high": 81.0, "used": 2}, "undecided"),
        ({"low": 78.4, "high": 81.0, "used": 2}, "met"),  # whatever the missing would have said
        ({"low": 70.0, "high": 77.9, "used": 2}, "not_met"),
        ({"low": None, "high": None, "used": 2}, "undecided"),
        ({"used": 0, "value": None}, "no_data"),
        ({"used": 0, "delivered": 0, "value": None}, "not_delivered"),
        ({"used": 0, "delivered": 0, "expected": 0, "value": None}, "not_applicable"),
        ({"used": 0, "delivered": 0, "expected": None, "value": None}, "not_delivered"),  # no register: not "nobody"
        ({"target": None}, "no_target"),
        ({"value": None, "denominator": 0.0, "low": None, "high": None}, "not_applicable"),  # nothing of nothing
        ({"value": None, "denominator": 0.0, "used": 2, "low": None, "high": None}, "undecided"),
        ({"low": 79.0, "high": None, "used": 2}, "met"),  # nothing bounds it above, and nothing need
        ({"low": 70.0, "high": None, "used": 2}, "undecided"),
        ({"comparison": "==", "target": 0.0, "value": 2.0, "low": 2.0, "high": None, "used": 2}, "not_met"),
        ({"comparison": "==", "target": 0.0, "value": 0.0, "low": 0.0, "high": None, "used": 2}, "undecided"),
        ({"comparison": "<=", "target": 10.0, "value": 10.0, "low": 10.0, "high": 10.0}, "met"),
        ({"comparison": "<", "target": 0.0, "value": 0.0, "low": 0.0, "high": 0.0}, "not_met"),
        ({"comparison": ">", "target": 0.0, "value": 0.1, "low": 0.1, "high": 0.1}, "met"),
        ({"comparison": "==", "target": 0.0, "value": 0.0, "low": 0.0, "high": 0.0}, "met"),
        ({"comparison": "==", "target": 0.0, "value": 2.0, "low": 2.0, "high": 4.0}, "not_met"),
        ({"comparison": "==", "target": 0.0, "value": 0.0, "low": 0.0, "high": 1.0}, "undecided"),
    ],
)
def test_decision_table(row, expected):
    assert judge(**row)["verdict"] == expected


def test_before_the_end_of_the_window_nothing_is_judged():
    assert judge(as_of=date(2021, 11, 30), value=10.0, low=10.0, high=10.0)["verdict"] == "not_yet_due"
    assert (
        judge(as_of=YEAR_END, value=10.0, low=10.0, high=10.0)["verdict"] == "not_yet_due"
    )  # its last day is not over
    assert judge(as_of=date(2022, 1, 1))["verdict"] == "met"
    assert judge(as_of=date(2021, 11, 30), target=None)["verdict"] == "no_target"  # there is nothing to be due
    assert judge(as_of=date(2021, 11, 30), target=None, used=0, delivered=0, value=None)["verdict"] == "not_yet_due"


@pytest.mark.parametrize(
    ("strength", "breach"),
    [("binding", True), ("all_out", True), ("basically", True), ("strive", False), ("encouraged", False)],
)
def test_short_of_what_is_only_striven_for_is_no_breach(strength, breach):
    found = judge(value=10.0, low=10.0, high=10.0, strength=strength)
    assert (found["verdict"], found["is_breach"]) == ("not_met", breach)


def test_a_verdict_that_is_met_is_no_breach():
    assert judge()["is_breach"] is False


def test_noise_of_floating_point_does_not_decide():
    value = 0.1 + 0.2  # 0.30000000000000004
    assert judge(value=value, low=value, high=value, target=0.3, comparison="<=")["verdict"] == "met"


def test_gap_is_value_less_target():
    assert judge(value=79.6, low=79.6, high=79.6)["gap"] == pytest.approx(1.6)
    assert judge(target=None)["gap"] is None


DEADLINE = date(2021, 10, 31)


def work(status: str, reached: bool | None, on: date | None, as_of: date = LATER, *, is_stale: bool = False) -> str:
    frame = pl.DataFrame(
        {
            "status": [status],
            "reached": [reached],
            "reached_on": [on],
            "is_stale": [is_stale],
            "deadline": [DEADLINE],
        },
        schema_overrides={"reached": pl.Boolean, "reached_on": pl.Date},
    )
    return frame.select(verdict.dated_work(as_of=as_of)).item()


@pytest.mark.parametrize(
    ("status", "reached", "on", "expected"),
    [
        ("used", True, date(2021, 10, 31), "met"),
        ("used", True, date(2021, 11, 1), "met_late"),
        ("used", True, None, "undecided"),  # done, but the date decides and is missing
        ("used", False, None, "not_met"),
        ("not_delivered", None, None, "not_delivered"),
        ("set_aside", None, None, "no_data"),
        ("incomplete", None, None, "no_data"),  # heard of, but it cannot be told
    ],
)
def test_dated_works(status, reached, on, expected):
    assert work(status, reached, on) == expected


def test_a_work_is_not_judged_before_its_deadline():
    assert work("used", False, None, as_of=date(2021, 9, 1)) == "not_yet_due"
    assert work("used", False, None, as_of=DEADLINE) == "not_yet_due"  # the day itself is not over
    assert work("used", False, None, as_of=date(2021, 11, 1)) == "not_met"
    assert work("used", True, date(2021, 8, 1), as_of=date(2021, 9, 1)) == "met"


def test_what_was_heard_before_the_deadline_does_not_say_that_it_was_missed():
    assert work("incomplete", None, None, is_stale=True) == "undecided"
    assert work("incomplete", None, None, as_of=DEADLINE, is_stale=True) == "not_yet_due"


@pytest.mark.parametrize(
    ("works", "expected"),
    [
        (["met", "met"], "met"),
        (["met", "met_late"], "met_late"),
        (["met", "not_met", "not_delivered"], "not_met"),
        (["met", "not_delivered"], "undecided"),
        (["not_delivered", "not_delivered"], "not_delivered"),
        (["met", "not_yet_due"], "not_yet_due"),
        (["no_data", "not_delivered"], "no_data"),
        ([], "not_applicable"),
    ],
)
def test_a_list_is_judged_by_its_works(works, expected):
    assert verdict.of_list(pl.Series(works, dtype=pl.String)) == expected


# Works without a date


@pytest.mark.parametrize(
    ("status", "in_the_year", "after_it"),
    [
        ("not_delivered", "not_yet_due", "not_delivered"),
        ("set_aside", "no_data", "no_data"),
        ("incomplete", "no_data", "no_data"),
        ("used", "no_target", "no_target"),  # shown, not judged
        ("excluded", "no_target", "no_target"),
    ],
)
def test_a_work_without_a_date_is_missed_only_once_the_period_is_over(status, in_the_year, after_it):
    work = pl.DataFrame({"status": [status], "deadline": [date(2021, 12, 31)]})
    said = {
        day: work.select(verdict.undated_work(as_of=day)).item()
        for day in (date(2021, 9, 1), date(2021, 12, 31), date(2022, 1, 1))
    }
    assert said == {date(2021, 9, 1): in_the_year, date(2021, 12, 31): in_the_year, date(2022, 1, 1): after_it}
