"""Rewards of ecological compensation: months kept, years, grades crossed; facts.md section 9."""

import itertools
from datetime import date

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analytics.catalog import load_catalog
from analytics.catalog.compensation import Compensation
from analytics.compute import compensation
from tests.spec.typed import rows, typed

title = "What a section kept at its target earns its area"
CATALOG = load_catalog()
PROVINCE = CATALOG.compensations["compensation_shanxi_2013"]
CITY = CATALOG.compensations["compensation_jincheng_2020"]
COD, NH3N = "chemical_oxygen_demand", "ammonia_nitrogen"

# Rewards of 2013: facts.md section 9 (A, one press report; the last amount cut off)

SECTIONS = typed("entity_id|target_class|has_inflow\ns|4|no")
EACH = PROVINCE.rewards.kept_months.model_copy(update={"counted": "rolling"})
ROLLING = PROVINCE.model_copy(update={"rewards": PROVINCE.rewards.model_copy(update={"kept_months": EACH})})
WORDS = {"y": True, "n": False, "?": None}


def kept(year: str, word: str, water_class: int | None = 4) -> pl.LazyFrame:
    """One section, month by month: y at target, n not, ? open."""
    months = [date(int(year), month, 1) for month in range(1, len(word) + 1)]
    states = pl.Series([WORDS[letter] for letter in word], dtype=pl.Boolean)
    columns = {"entity_id": ["s"] * len(word), "month": months, "is_at_target": states}
    schema = {"entity_id": pl.String, "month": pl.Date, "is_at_target": pl.Boolean}
    of_month = pl.lit(water_class, pl.Int64)
    return pl.LazyFrame(columns, schema=schema).with_columns(water_class=of_month, best_class=of_month)


def paid(
    now: str,
    before: str = "",
    ground: str = "kept_months",
    *,
    classes: tuple[int | None, int | None] = (4, 4),
    sections: pl.LazyFrame = SECTIONS,
    scheme: Compensation = PROVINCE,
) -> pl.LazyFrame:
    """What months `now`, after those `before` of the year before, earn on one ground; classes of before and now."""
    judged = pl.concat([kept("2021", now, classes[1]), kept("2020", before, classes[0])])
    return compensation.rewards(judged, sections, scheme, year=2021).filter(pl.col("ground") == ground)


def earned(*words: str, **options: object) -> list[dict[str, object]]:
    return paid(*words, **options).collect().to_dicts()


def sums(*words: str, **options: object) -> tuple[object, object, object]:
    (found,) = rows(compensation.totals(paid(*words, **options), by=[]), "rewards", "rewards_low", "rewards_high")
    return found


@pytest.mark.parametrize(
    ("word", "amounts"),
    [
        ("yyy", [0, 0, 10]),
        ("yynyyy", [0, 0, 0, 0, 0, 10]),
        ("yyyyyy", [0, 0, 10, 0, 0, 10]),  # a new run begins after each reward
        ("yyyyy", [0, 0, 10, 0, 0]),
        ("nnn", [0, 0, 0]),
    ],
)
def test_three_months_at_target_earn_ten(word, amounts):
    assert [r["amount"] for r in earned(word)] == amounts


def test_a_rolling_count_is_a_setting():
    assert [r["amount"] for r in earned("yyyyy", scheme=ROLLING)] == [0, 0, 10, 10, 10]
    assert sums("yy?yyy", scheme=ROLLING) == (None, 10.0, 40.0)  # not kept: one; kept: four


def test_an_open_month_may_add_a_reward_to_the_year():
    assert [r["amount"] for r in earned("yy?yyy")] == [0, 0, None, 0, 0, 10]
    assert sums("yy?yyy") == (None, 10.0, 20.0)  # not kept: 3 months in a row; kept: 6


def test_a_month_after_an_open_one_is_open_where_its_reward_turns_on_it():
    found = earned("y?yyyy")  # kept: the 3rd and the 6th; not kept: the 5th
    assert [(r["amount"], r["low"], r["high"]) for r in found] == [
        *[(0, 0, 0)] * 2,
        (None, 0, 10),
        (0, 0, 0),
        *[(None, 0, 10)] * 2,
    ]
    assert sums("y?yyyy") == (None, 10.0, 20.0)


def test_a_run_does_not_go_on_across_the_new_year():
    assert [r["amount"] for r in earned("yyyy", "y" * 12)] == [0, 0, 10, 0]


def test_months_that_nobody_asked_about_break_a_run():
    judged = kept("2021", "yyyyy").filter(pl.col("month") != date(2021, 3, 1))
    found = compensation.rewards(judged, SECTIONS, PROVINCE, year=2021)
    assert rows(found.filter(pl.col("ground") == "kept_months"), "amount") == [(0.0,)] * 4


@given(st.text("yn?", min_size=12, max_size=12), st.text("yn", min_size=12, max_size=12))
def test_the_bounds_of_a_year_and_of_its_months_contain_the_truth(word, filling):
    truth = "".join(f if letter == "?" else letter for letter, f in zip(word, filling, strict=True))
    for ground, scheme in (("kept_months", PROVINCE), ("kept_months", ROLLING), ("kept_year", PROVINCE)):
        amount, low, high = sums(word, ground=ground, scheme=scheme)
        paid_in_truth, *_ = sums(truth, ground=ground, scheme=scheme)
        assert low <= paid_in_truth <= high
        assert amount in (None, paid_in_truth)
        told, true = (earned(w, ground=ground, scheme=scheme) for w in (word, truth))
        for month, in_truth in zip(told, true, strict=True):
            assert month["low"] <= in_truth["amount"] <= month["high"]
            assert month["amount"] in (None, in_truth["amount"])


@given(st.text("yyn?", min_size=12, max_size=12))
@settings(max_examples=15)
def test_the_bounds_of_a_year_are_reached(word):
    letters = [("y", "n") if letter == "?" else (letter,) for letter in word]
    for scheme in (PROVINCE, ROLLING):
        _, low, high = sums(word, scheme=scheme)
        every = [
            sums("".join(filled), scheme=scheme)[0] for filled in itertools.islice(itertools.product(*letters), 64)
        ]
        assume(len(every) < 64)
        assert (low, high) == (min(every), max(every))


@pytest.mark.parametrize(
    ("word", "amount", "high", "reason"),
    [
        ("y" * 12, 100.0, 100.0, None),
        ("y" * 11 + "n", 0.0, 0.0, None),
        ("y" * 11 + "?", None, 100.0, "open"),
        ("n" + "?" * 11, 0.0, 0.0, None),
        ("y" * 11, None, 100.0, "open"),  # December was not told
        ("", None, 100.0, "open"),
    ],
)
def test_a_whole_year_at_target_earns_a_hundred(word, amount, high, reason):
    (found,) = earned(word, ground="kept_year")
    assert (found["month"], found["amount"], found["high"], found["reason"]) == (
        date(2021, 12, 1),
        amount,
        high,
        reason,
    )


@pytest.mark.parametrize(
    ("now", "before", "amount"),
    [
        ("y", "n", 100.0),
        ("y", "y", 0.0),
        ("n", "n", 0.0),
        ("n", "?", 0.0),
        ("?", "y", 0.0),
        ("?", "n", None),
        ("y", "?", None),
    ],
)
def test_turning_to_target_earns_a_hundred(now, before, amount):
    (found,) = earned(now, before, "turned_to_target")
    assert (found["amount"], found["low"]) == (amount, amount or 0.0)


def test_nothing_was_told_of_last_year():
    (found,) = earned("y", "", "turned_to_target")
    assert (found["amount"], found["high"], found["reason"]) == (None, 100.0, "open")


def by_rule(**changed: object) -> Compensation:
    """The scheme with another rule for grades crossed."""
    grades = PROVINCE.rewards.crossed_grades.model_copy(update=changed)
    return PROVINCE.model_copy(update={"rewards": PROVINCE.rewards.model_copy(update={"crossed_grades": grades})})


@pytest.mark.parametrize(
    ("now", "before", "classes", "amount", "low", "high"),
    [
        ("y", "n", (6, 4), 0.0, 0.0, 0.0),  # just reached its target, class IV
        ("y", "n", (6, 3), 50.0, 50.0, 50.0),  # one grade beyond it
        ("y", "n", (6, 2), None, 50.0, None),  # IV to III is 50; what III to II earns is cut off in the report
        ("y", "n", (6, None), None, 0.0, None),
        ("y", "y", (4, 2), 0.0, 0.0, 0.0),  # better than last year, but it was at target then: it has not turned
        ("y", "?", (4, 3), None, 0.0, 50.0),  # whether it has turned is not known
        ("?", "n", (6, 3), None, 0.0, 50.0),
        ("?", "n", (6, 4), None, 0.0, 0.0),  # no grade beyond its target can have been crossed
        ("n", "n", (6, 3), 0.0, 0.0, 0.0),
    ],
)
def test_grades_crossed_after_turning_to_target_earn_fifty_each(now, before, classes, amount, low, high):
    # facts.md section 9: from non-compliant to compliant 100, each grade crossed after that 50
    (found,) = earned(now, before, "crossed_grades", classes=classes)
    assert (found["amount"], found["low"], found["high"]) == (amount, low, high)


def test_where_an_item_is_missing_the_others_bound_the_grades():
    months = kept("2021", "y", None).with_columns(best_class=pl.lit(3, pl.Int64))
    judged = pl.concat([months, kept("2020", "n", 6)])
    found = compensation.rewards(judged, SECTIONS, PROVINCE, year=2021).filter(pl.col("ground") == "crossed_grades")
    assert rows(found, "amount", "low", "high", "reason") == [(None, 0.0, 50.0, "class_unknown")]


@pytest.mark.parametrize(
    ("before", "classes", "amount", "low", "high"),
    [
        ("n", (6, 3), 50.0, 50.0, 50.0),
        ("y", (4, 3), 50.0, 50.0, 50.0),
        ("y", (3, 4), 0.0, 0.0, 0.0),  # worse, but at target
        ("y", (4, 2), None, 50.0, None),
        ("y", (3, 2), None, 0.0, None),
        ("y", (4, None), None, 0.0, None),
        ("?", (4, 4), None, 0.0, 0.0),
        ("?", (5, 3), None, 0.0, 100.0),  # from V, if it was at target then
    ],
)
def test_grades_crossed_in_each_month_at_target_are_a_setting(before, classes, amount, low, high):
    (found,) = earned("y", before, "crossed_grades", classes=classes, scheme=by_rule(counted="each_month"))
    assert (found["amount"], found["low"], found["high"]) == (amount, low, high)


def test_why_a_reward_for_grades_is_open():
    assert earned("y", "n", "crossed_grades", classes=(6, 2))[0]["reason"] == "no_amount"
    assert earned("y", "n", "crossed_grades", classes=(6, None))[0]["reason"] == "class_unknown"
    assert earned("y", "?", "crossed_grades")[0]["reason"] == "open"
    assert earned("n", "?", "crossed_grades", classes=(None, None))[0]["amount"] == 0.0


def test_a_known_amount_beyond_class_three_is_added():
    whole = by_rule(amount_beyond=80.0)  # invented
    assert earned("y", "n", "crossed_grades", classes=(6, 1), scheme=whole)[0]["amount"] == 50 + 2 * 80


def test_the_items_of_the_scheme_grade_by_the_worst_and_only_where_all_are_known():
    items = typed(
        f"""
        entity_id | month      | parameter   | item_class
        s         | 2021-03-01 | {COD}       | 2
        s         | 2021-03-01 | {NH3N}      | 3
        s         | 2021-03-01 | phosphorus  | 6
        s         | 2021-04-01 | {COD}       | 2
        """
    )
    asked = typed("entity_id|month\ns|2021-03-01\ns|2021-04-01\ns|2021-05-01")
    found = compensation.graded(items, asked, by=PROVINCE.items)
    assert rows(found, "water_class", "best_class") == [(3, 3), (None, 2), (None, None)]


def test_the_first_year_of_the_scheme_rewards_its_own_months_and_no_whole_year():
    since_september = PROVINCE.model_copy(update={"valid_from": date(2021, 9, 1)})
    kept_year = earned("y" * 12, ground="kept_year", scheme=since_september)
    assert [(r["amount"], r["reason"]) for r in kept_year] == [(None, "not_in_force")]
    amounts = [r["amount"] for r in earned("y" * 12, scheme=since_september)]
    assert amounts == [None] * 8 + [0, 0, 10, 0]  # runs begin with the scheme


@pytest.mark.parametrize("inflow", ["yes", ""])
def test_rewards_of_sections_with_a_river_flowing_in_are_not_known(inflow):
    flowing = typed(f"entity_id|target_class|has_inflow\ns|4|{inflow}")
    assert {(r["amount"], r["high"], r["reason"]) for r in earned("yyy", sections=flowing)} == {(None, None, "inflow")}


def test_rewards_of_a_year_outside_the_scheme_have_no_amount():
    over = PROVINCE.model_copy(update={"valid_to": date(2020, 12, 31)})
    assert {(r["amount"], r["reason"]) for r in earned("yyy", scheme=over)} == {(None, "not_in_force")}


def test_order_of_rows_is_irrelevant():
    judged = pl.concat([kept("2021", "yyy?yyyynyyy"), kept("2020", "ny" * 6)]).collect()
    first = compensation.rewards(judged.lazy(), SECTIONS, PROVINCE, year=2021).collect()
    again = compensation.rewards(judged.reverse().lazy(), SECTIONS, PROVINCE, year=2021).collect()
    assert first.equals(again)


def test_no_reward_of_the_city_is_known():
    judged = kept("2021", "y" * 12)
    found = compensation.rewards(judged, SECTIONS, CITY, year=2021).collect().to_dicts()
    assert [(r["ground"], r["amount"], r["high"], r["reason"]) for r in found] == [("rewards", None, None, "no_rule")]
