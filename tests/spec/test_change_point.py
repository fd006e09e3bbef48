"""One change of level by Pettitt; source pettitt_1979."""

import math
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from analytics.compute import change_point
from analytics.errors import CheckFailed
from tests.conftest import shared
from tests.spec.series_frames import many, one, the_row, trial, with_gaps, with_ties

title = "The change-point of a series"
SHORT = trial()


def test_the_change_lies_where_the_ranks_part():
    # 1 2 8 9: ranks 1 2 3 4; U = 2x1 - 5, 2x3 - 10, 2x6 - 15 = -3, -4, -3: after the second value.
    found = the_row(change_point.pettitt(one([1, 2, 8, 9], [2018, 2019, 2020, 2021]), SHORT))
    assert (found["position"], found["last_before"], found["first_after"], found["u"]) == (2, 2019, 2020, 4)
    assert found["p"] == pytest.approx(2 * math.exp(-6 * 16 / (64 + 16)))
    assert found["verdict"] == "no_change"


@pytest.mark.parametrize(("values", "verdict"), [([0] * 5 + [1] * 6, "rising"), ([1] * 5 + [0] * 6, "falling")])
def test_eleven_values_can_just_tell_a_change(catalog, values, verdict):
    # Five before, six after: U* = 5 x 6 = 30 and p = 2 exp(-6 x 900 / (1331 + 121)) = 0.0485; ten values reach 0.066.
    found = the_row(change_point.pettitt(one(values), catalog.trend_tests["pettitt"]))
    assert (found["position"], found["u"], found["verdict"]) == (5, 30, verdict)
    assert found["p"] == pytest.approx(0.0485, abs=5e-5)
    ten = the_row(change_point.pettitt(one([0] * 5 + [1] * 5), SHORT))
    assert ten["p"] == pytest.approx(0.0661, abs=5e-5)
    withheld = the_row(change_point.pettitt(one(values[:10]), catalog.trend_tests["pettitt"]))
    assert (withheld["verdict"], withheld["withheld_reason"], withheld["p"]) == ("too_short", "too_few_values", None)


def test_of_equal_positions_the_first_counts():
    # 1 2 1 2: mean ranks 1.5 and 3.5; U = 3 - 5, 10 - 10, 13 - 15 = -2, 0, -2.
    found = the_row(change_point.pettitt(one([1, 2, 1, 2]), SHORT))
    assert (found["position"], found["u"], found["equal_positions"]) == (1, 2, 2)


def test_known_answer_of_the_data_of_page():
    # README of the shared data: K 17, U* 232, p 0.01456
    values = pl.read_csv(shared("data", "known_answers", "PagesData.csv"))["PagesData"].to_list()
    found = the_row(change_point.pettitt(one(values), SHORT))
    assert (found["position"], found["u"], found["equal_positions"]) == (17, 232, 1)
    assert found["p"] == pytest.approx(0.01456, abs=5e-6)
    assert found["verdict"] == "rising"


def test_missing_values_take_no_part():
    found = the_row(change_point.pettitt(one([1, None, 2, None, 8, 9]), SHORT))
    assert (found["values"], found["position"], found["last_before"], found["first_after"]) == (4, 2, 2, 4)


def test_dates_stay_dates():
    dated = one([1, 2], [date(2020, 1, 1), date(2021, 1, 1)])
    assert the_row(change_point.pettitt(dated, SHORT))["first_after"] == date(2021, 1, 1)


def test_a_constant_series_has_no_position():
    found = the_row(change_point.pettitt(one([5] * 12), SHORT))
    assert (found["position"], found["first_after"], found["equal_positions"]) == (None, None, 0)
    assert (found["u"], found["p"], found["verdict"]) == (0, 1, "no_change")


def test_nothing_measured():
    found = change_point.pettitt(many({"a": [None, None], "b": [1.0]}), SHORT).collect()
    assert found["withheld_reason"].to_list() == ["no_values", "too_few_values"]
    assert change_point.pettitt(one([]), SHORT).collect().is_empty()


def test_two_values_at_one_time_are_refused():
    with pytest.raises(CheckFailed, match="stands twice"):
        change_point.pettitt(one([1, 2], [2020, 2020]), SHORT).collect()


@given(with_ties)
def test_u_is_the_largest_sum_of_signs(values):
    # Pettitt's own definition: U(k) is the sum of the signs of all differences between the first k and the others.
    n = len(values)
    sums = [abs(sum((a > b) - (a < b) for a in values[:k] for b in values[k:])) for k in range(1, n)]
    found = the_row(change_point.pettitt(one(values), SHORT))
    assert found["u"] == max(sums)
    if max(sums):
        assert (found["position"], found["equal_positions"]) == (sums.index(max(sums)) + 1, sums.count(max(sums)))


@given(with_gaps, st.randoms(use_true_random=False))
def test_order_of_rows_is_irrelevant(values, random):
    series = many({"b": values, "a": values[::-1]})
    places = list(range(series.height))
    random.shuffle(places)
    assert_frame_equal(change_point.pettitt(series, SHORT), change_point.pettitt(series[places], SHORT))


@given(with_ties)
def test_time_reversed_keeps_u_and_p(values):
    forth, back = (the_row(change_point.pettitt(one(v), SHORT)) for v in (values, values[::-1]))
    assert (forth["u"], forth["p"], forth["equal_positions"]) == (back["u"], back["p"], back["equal_positions"])
