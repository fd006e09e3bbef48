"""Changes between two periods by 环办〔2011〕22号 (facts.md 2.6, B: the regulation itself was not seen)."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.compute import changes
from tests.spec import rated

title = "By grade and by shares, and the larger change wins"


def change(before: pl.LazyFrame, after: pl.LazyFrame) -> dict[str, object]:
    periods = rated.period(before), rated.period(after)
    return changes.group_changes(*periods, rated.RULES, by=["basin"]).collect().to_dicts()[0]


def told(found: dict[str, object]) -> tuple[object, object, object]:
    return found["change"], found["direction"], found["reason"]


# Of a hundred sections before and after: how many are good, how many worse than Ⅴ.
@pytest.mark.parametrize(
    ("before", "after", "steps", "points", "expected"),
    [
        # the same grade, and at most ten points
        ((50, 0), (50, 0), 0, 0, ("none", "none")),
        ((50, 0), (60, 0), 0, 10, ("none", "none")),  # exactly 10
        ((60, 0), (50, 0), 0, -10, ("none", "none")),
        # the same grade, more than ten points, or more than twenty
        ((50, 0), (61, 0), 0, 11, ("some", "better")),
        ((50, 0), (70, 0), 0, 20, ("some", "better")),  # exactly 20
        ((50, 0), (71, 0), 0, 21, ("marked", "better")),
        ((50, 0), (39, 0), 0, -11, ("some", "worse")),
        ((50, 0), (29, 0), 0, -21, ("marked", "worse")),
        ((50, 15), (56, 10), 0, 11, ("some", "better")),  # 6 more good ones, 5 fewer worse than Ⅴ
        ((50, 10), (60, 19), 0, 1, ("none", "none")),  # more of both
        # one grade, or two, with few points: the grade wins
        ((74, 0), (75, 0), 1, 1, ("some", "better")),
        ((50, 19), (50, 20), -1, -1, ("some", "worse")),
        ((60, 20), (75, 19), 2, 16, ("marked", "better")),
        # one grade and more than twenty points: the points win
        ((50, 0), (80, 0), 1, 30, ("marked", "better")),
        # one grade better, but so many more of the worst that the points are marked the other way
        ((74, 0), (76, 24), 1, -22, ("marked", "worse")),
    ],
)
def test_the_larger_of_both_changes_wins(before, after, steps, points, expected):
    sides = [rated.counts(good=g, worst=w, middle=100 - g - w) for g, w in (before, after)]
    found = change(*sides)
    assert (found["grade_steps"], found["points"]) == (steps, points)
    assert told(found) == (*expected, None)


def test_equal_changes_in_opposite_directions_have_none():
    # ours where the regulation is silent: one grade better, and fifteen points worse
    found = change(rated.counts(good=74, middle=26), rated.counts(good=76, middle=7, worst=17))
    assert (found["grade_steps"], found["points"]) == (1, -15)
    assert told(found) == ("some", None, "ways_disagree")


def test_ten_points_are_ten_points_whatever_the_number_of_sections():
    # 4 and 7 of 30: 13.3… and 23.3…, which are not exactly ten points apart as decimals of the computer
    found = change(rated.counts(good=4, middle=26), rated.counts(good=7, middle=23))
    assert (found["points"], found["change"]) == (10, "none")


def test_two_more_sections_of_94_are_no_change():
    # facts.md 10.3 (A): 66 of 94 in 2020, 68 in 2021: 2.1 points
    found = change(rated.counts(good=66, middle=28), rated.counts(good=68, middle=26))
    assert round(found["good_points"], 1) == 2.1
    assert told(found) == ("none", "none", None)


def test_a_year_with_a_dry_section_is_compared_on_the_others():
    # facts.md 10.3 (A): 2021 all 94 sections, 2022 one of them dry; here the dry one was good
    before = rated.counts(good=68, middle=26)
    dry = pl.col("entity_id") == "s0000"
    after = rated.of_classes(*[2] * 82, *[4] * 12).with_columns(left_out=pl.when(dry).then(pl.lit("dry")))
    refused = change(before, after)
    assert told(refused) == (None, None, "other_sections")
    assert (refused["grade_steps"], refused["points"], refused["rating_after"]) == (None, None, 2)
    first, second = changes.in_both(rated.period(before), rated.period(after), by=["basin"])
    found = changes.group_changes(first, second, rated.RULES, by=["basin"]).collect().to_dicts()[0]
    # 67 and 81 of the 93
    assert found["good_points"] == pytest.approx(15.054, abs=5e-4)
    assert told(found) == ("some", "better", None)


def test_other_sections_are_not_compared_though_they_are_as_many():
    other = rated.counts(good=5).with_columns(entity_id=pl.col("entity_id") + "'")
    assert told(change(rated.counts(good=5), other)) == (None, None, "other_sections")
    elsewhere = rated.counts(good=5).with_columns(basin=pl.lit("hai"))
    assert told(change(rated.counts(good=5), elsewhere)) == (None, None, "other_sections")


def with_items(*parameters: str, mean: float = 0.4) -> changes.Period:
    rows = [{"entity_id": f"s{i}", "parameter": p, "mean": mean} for i in range(5) for p in parameters]
    results = rated.items(pl.DataFrame(rows))
    return rated.period(rated.classed(results), results)


def test_other_items_are_not_compared():
    same = with_items("ammonia_nitrogen"), with_items("ammonia_nitrogen", mean=1.4)
    found = changes.group_changes(*same, rated.RULES, by=["basin"]).collect().to_dicts()[0]
    assert told(found) == ("marked", "worse", None)
    other = with_items("ammonia_nitrogen"), with_items("ammonia_nitrogen", "fluoride")
    found = changes.group_changes(*other, rated.RULES, by=["basin"]).collect().to_dicts()[0]
    assert told(found) == (None, None, "other_items")


def test_few_sections_change_by_the_grade_of_their_mean():
    def of(mean: float) -> changes.Period:
        results = rated.items(pl.DataFrame({"entity_id": ["a", "b"], "parameter": "ammonia_nitrogen", "mean": mean}))
        return rated.period(rated.classed(results), results)

    found = changes.group_changes(of(2.5), of(0.8), rated.RULES, by=["basin"]).collect().to_dicts()[0]
    assert (found["grade_steps"], found["points"]) == (3, None)
    assert told(found) == ("marked", "better", None)


def test_an_open_rating_or_share_leaves_the_change_open():
    sure = rated.of_classes(*[2] * 10)
    assert told(change(sure, rated.of_classes(*[2] * 9, None))) == (None, None, "open_sections")
    assert told(change(rated.of_classes(*[None] * 10), sure)) == (None, None, "none_assessed")
    assert told(change(rated.of_classes(left_out=1), rated.of_classes(left_out=1))) == (None, None, "all_left_out")


def of_section(before: pl.LazyFrame, after: pl.LazyFrame) -> dict[str, object]:
    periods = rated.period(before), rated.period(after)
    return changes.section_changes(*periods, rated.RULES).collect().to_dicts()[0]


@pytest.mark.parametrize(
    ("before", "after", "class_steps", "grade_steps", "expected"),
    [
        (3, 3, 0, 0, ("none", "none")),
        (2, 1, 1, 0, ("none", "none")),  # both are excellent: the grade is the word
        (4, 3, 1, 1, ("some", "better")),
        (3, 4, -1, -1, ("some", "worse")),
        (3, 1, 2, 1, ("some", "better")),
        (4, 2, 2, 2, ("marked", "better")),
        (4, 6, -2, -2, ("marked", "worse")),
        (6, 1, 5, 4, ("marked", "better")),
    ],
)
def test_a_section_changes_by_its_grade(before, after, class_steps, grade_steps, expected):
    found = of_section(rated.of_classes(before), rated.of_classes(after))
    assert (found["class_steps"], found["grade_steps"]) == (class_steps, grade_steps)
    assert told(found) == (*expected, None)


def test_a_section_that_cannot_be_compared_says_why():
    one, is_open, dry = rated.of_classes(2), rated.of_classes(None), rated.of_classes(left_out=1)
    nothing = (None, None)
    assert told(of_section(one, is_open)) == (*nothing, "open_class")
    assert told(of_section(dry, one.with_columns(entity_id=pl.lit("dry0")))) == (*nothing, "dry")
    assert told(of_section(one, rated.of_classes())) == (*nothing, "other_sections")
    other = with_items("ammonia_nitrogen"), with_items("ammonia_nitrogen", "fluoride")
    found = changes.section_changes(*other, rated.RULES).collect()
    assert set(found["reason"]) == {"other_items"}
    assert set(found["class_steps"]) == {None}


pairs = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), min_size=5, max_size=20)


@settings(max_examples=20)
@given(pairs)
def test_the_way_back_is_the_opposite_change(classes):
    before, after = (rated.of_classes(*side) for side in zip(*classes, strict=True))
    there, back = change(before, after), change(after, before)
    opposite = {"better": "worse", "worse": "better", "none": "none", None: None}
    assert (back["change"], back["direction"]) == (there["change"], opposite[there["direction"]])
    assert back["points"] == -there["points"]


@settings(max_examples=20)
@given(pairs, st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(classes, random):
    before, after = (rated.of_classes(*side) for side in zip(*classes, strict=True))
    order = list(range(len(classes)))
    random.shuffle(order)
    assert change(before, after.collect()[order].lazy()) == change(before, after)
