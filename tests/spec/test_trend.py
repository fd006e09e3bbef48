"""Trends by Kendall's score and Sen's slope; kendall_1975, sen_1968, gilbert_1987, hirsch_1982, hirsch_1984."""

import math
from datetime import date
from itertools import combinations

import numpy as np
import polars as pl
import pymannkendall
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy import stats

from analytics.catalog import load_catalog
from analytics.catalog.load import SHIPPED
from analytics.compute import trend
from analytics.compute.series import by_month
from analytics.errors import CatalogError, CheckFailed
from tests.conftest import shared
from tests.spec.series_frames import many, one, seasons, the_row, trial, with_gaps, with_ties

title = "Trends of one series and of seasons"
SHORT = trial()
PLAIN = (trend.mann_kendall, trend.sen_slope)
SEASONAL = (trend.seasonal_kendall, trend.seasonal_sen_slope, trend.seasonal_kendall_correlated)


def published(column: str) -> pl.DataFrame:
    """The series of suspended load (s) or discharge (Q) of the Main at Maxau, published with the R package trend."""
    return one(pl.read_csv(shared("data", "known_answers", "maxau.csv"))[column].to_list())


# Mann-Kendall


def test_score_is_pairs_that_rise_less_pairs_that_fall():
    # 1 3 2 4: of six pairs only 3 before 2 falls, so S = 5 - 1; variance 4 x 3 x 13 / 18; Z = (4 - 1) / its root
    found = the_row(trend.mann_kendall(one([1, 3, 2, 4]), SHORT))
    assert (found["values"], found["s"]) == (4, 4)
    assert found["variance"] == pytest.approx(156 / 18)
    assert found["z"] == pytest.approx(3 / math.sqrt(156 / 18))
    assert found["p"] == pytest.approx(2 * stats.norm.sf(found["z"]))


def test_equal_values_neither_rise_nor_fall_and_lower_the_variance():
    # 1 2 2 3: five pairs rise, one is equal; a group of two takes 2 x 1 x 9 = 18 from 156
    found = the_row(trend.mann_kendall(one([1, 2, 2, 3]), SHORT))
    assert (found["s"], found["variance"]) == (5, pytest.approx(138 / 18))


def test_the_score_of_a_falling_series_is_one_nearer_to_zero_too():
    found = the_row(trend.mann_kendall(one([4, 2, 3, 1]), SHORT))
    assert (found["s"], found["z"]) == (-4, pytest.approx(-3 / math.sqrt(156 / 18)))


def test_known_answer_of_the_discharge_at_maxau():
    # README of the shared data: S -144, Z -1.3989, p 0.1619
    found = the_row(trend.mann_kendall(published("Q"), SHORT))
    assert found["s"] == -144
    assert found["z"] == pytest.approx(-1.3989, abs=5e-5)
    assert found["p"] == pytest.approx(0.1619, abs=5e-5)
    assert found["verdict"] == "no_trend"


def test_known_answer_of_the_load_at_maxau(catalog):
    # README of the shared data: Z -3.8445, p 0.0001208, Sen slope -0.2876139
    found = the_row(trend.mann_kendall(published("s"), catalog.trend_tests["mann_kendall"]))
    assert found["z"] == pytest.approx(-3.8445, abs=5e-5)
    assert found["p"] == pytest.approx(0.0001208, abs=5e-8)
    assert found["verdict"] == "falling"
    slope = the_row(trend.sen_slope(published("s"), catalog.trend_tests["sen_slope"]))
    assert slope["slope"] == pytest.approx(-0.2876139, abs=5e-8)
    assert slope["verdict"] == "falling"


@given(with_ties)
def test_score_agrees_with_the_tau_of_scipy(values):
    found = the_row(trend.mann_kendall(one(values), SHORT))
    n = len(values)
    pairs = n * (n - 1) / 2
    equal = sum(t * (t - 1) / 2 for t in np.unique(values, return_counts=True)[1])
    tau = stats.kendalltau(range(n), values).statistic
    expected = 0 if math.isnan(tau) else tau * math.sqrt(pairs * (pairs - equal))
    assert found["s"] == pytest.approx(expected, abs=1e-9)


# Sen's slope


def test_slope_is_the_median_of_all_slopes():
    # 1 3 2 4: slopes 2, 1/2, 1, -1, 1/2, 2; in order -1, 1/2, 1/2, 1, 2, 2: half way between 1/2 and 1
    assert the_row(trend.sen_slope(one([1, 3, 2, 4]), SHORT))["slope"] == 0.75


def test_slope_counts_the_time_that_passed():
    assert the_row(trend.sen_slope(one([0, 1, None, 3]), SHORT))["slope"] == 1
    assert the_row(trend.sen_slope(one([0, 1, 3], [0, 1, 3]), SHORT))["slope"] == 1


def test_slope_of_dates_is_per_year_of_365_and_a_quarter_days():
    dated = one([0, 1], [date(2021, 1, 1), date(2025, 1, 1)])  # 1461 days, four such years
    assert the_row(trend.sen_slope(dated, SHORT))["slope"] == pytest.approx(0.25)


def test_interval_lies_between_slopes_of_whole_ranks():
    # 1 to 10 rise by 1: 45 slopes, all 1; sd of S = root of 10 x 9 x 25 / 18 = 11.18, C = 1.96 x 11.18 = 21.9:
    # rank (45 - 21.9) / 2 = 12 below, (45 + 21.9) / 2 + 1 = 34 above.
    found = the_row(trend.sen_slope(one(range(1, 11)), SHORT))
    assert (found["slope_low"], found["slope_high"], found["verdict"]) == (1, 1, "rising")
    # With a last value of 100 the nine slopes to it are the largest; ranks 12 and 34 are still 1.
    found = the_row(trend.sen_slope(one([*range(1, 10), 100]), SHORT))
    assert (found["slope"], found["slope_low"], found["slope_high"]) == (1, 1, 1)


@given(st.lists(st.integers(-30, 30).map(float), min_size=8, max_size=30).filter(lambda v: len(set(v)) > 1))
def test_slope_and_interval_agree_with_scipy(values):
    expected = stats.theilslopes(values, alpha=0.95)
    found = the_row(trend.sen_slope(one(values), SHORT))
    assert found["slope"] == pytest.approx(expected.slope, abs=1e-12)
    assert found["slope_low"] == pytest.approx(expected.low_slope, abs=1e-12)
    assert found["slope_high"] == pytest.approx(expected.high_slope, abs=1e-12)


# Seasons


def test_each_season_is_compared_with_itself():
    # Season 1: 1 2 3, S = 3. Season 2: 30 10 20, S = -1. Variance twice 3 x 2 x 11 / 18.
    found = the_row(trend.seasonal_kendall(seasons([1, 2, 3], [30, 10, 20]), SHORT))
    assert (found["values"], found["seasons"], found["s"]) == (6, 2, 2)
    assert found["variance"] == pytest.approx(2 * 66 / 18)
    assert found["z"] == pytest.approx(1 / math.sqrt(2 * 66 / 18))


def test_seasonal_slope_is_the_median_within_seasons():
    # Season 1: 1 2 4, slopes 1, 3/2, 2. Season 2: 30 10 20, slopes -20, -5, 10. Median of six: 1 and 3/2.
    assert the_row(trend.seasonal_sen_slope(seasons([1, 2, 4], [30, 10, 20]), SHORT))["slope"] == 1.25


def test_two_seasons_that_say_the_same_count_once():
    # S doubles, its standard deviation too: Z is that of one season but for the correction (6 - 1 instead of 3 - 1).
    alike = the_row(trend.seasonal_kendall_correlated(seasons([1, 2, 3], [1, 2, 3]), SHORT))
    assert (alike["s"], alike["variance"]) == (6, pytest.approx(4 * 66 / 18))
    against = the_row(trend.seasonal_kendall_correlated(seasons([1, 2, 3], [3, 2, 1]), SHORT))
    assert (against["s"], against["variance"], against["z"], against["p"]) == (0, 0, 0, 1)


def test_one_season_is_the_plain_test():
    values = [3, 1, None, 4, 1, 5, 9, 2, 6]
    plain = the_row(trend.mann_kendall(one(values), SHORT))
    for test in (trend.seasonal_kendall, trend.seasonal_kendall_correlated):
        found = the_row(test(seasons(values), SHORT))
        for column in ("values", "s", "variance", "z", "p"):
            assert found[column] == pytest.approx(plain[column])


def by_definition(*values: list[float | None]) -> float:
    """Variance by the formula of Dietz and Killeen, a missing value ranked in the middle (hirsch_1984)."""

    def sign(a: float | None, b: float | None) -> int:
        return 0 if a is None or b is None else (a > b) - (a < b)

    years = range(len(values[0]))
    counts = [sum(v is not None for v in of_season) for of_season in values]
    ranks = [
        [(n + 1) / 2 if v is None else (n + 1 + sum(sign(v, other) for other in of_season)) / 2 for v in of_season]
        for n, of_season in zip(counts, values, strict=True)
    ]
    total = 0.0
    for g, first in enumerate(values):
        for h, second in enumerate(values):
            k = sum(sign(first[j], first[i]) * sign(second[j], second[i]) for i, j in combinations(years, 2))
            products = sum(a * b for a, b in zip(ranks[g], ranks[h], strict=True))
            total += (k + 4 * products - len(years) * (counts[g] + 1) * (counts[h] + 1)) / 3
    return total


some_seasons = st.integers(3, 8).flatmap(
    lambda years: st.lists(
        st.lists(st.none() | st.integers(0, 6).map(float), min_size=years, max_size=years).filter(any),
        min_size=2,
        max_size=4,
    )
)


@given(some_seasons)
def test_covariance_is_that_of_the_definition(values):
    found = the_row(trend.seasonal_kendall_correlated(seasons(*values), trial(minimum_values=2)))
    if found["verdict"] != "too_short":
        assert found["variance"] == pytest.approx(by_definition(*values))


def test_seasons_with_too_few_years_take_no_part():
    given_seasons = seasons([1, 2, 3, 4], [9, 8, None, None])
    found = the_row(trend.seasonal_kendall(given_seasons, trial(minimum_per_season=4)))
    assert (found["values"], found["seasons"], found["seasons_left_out"], found["s"]) == (4, 1, 1, 6)
    found = the_row(trend.seasonal_kendall(given_seasons, trial(minimum_per_season=5)))
    assert (found["values"], found["seasons_left_out"], found["s"]) == (0, 2, None)
    assert (found["verdict"], found["withheld_reason"]) == ("too_short", "seasons_too_short")


def test_months_are_seasons():
    dated = one([1, 2], [date(2020, 3, 31), date(2021, 3, 5)])
    assert by_month(dated).collect().select("time", "season").rows() == [(2020, 3), (2021, 3)]
    assert the_row(trend.seasonal_sen_slope(by_month(dated), SHORT))["slope"] == 1


# What a series may not be


@pytest.mark.parametrize("test", PLAIN)
def test_too_short_a_series_has_no_verdict_and_no_number(test):
    found = the_row(test(one(range(9)), trial(minimum_values=10)))
    assert (found.pop("series_id"), found.pop("values")) == ("a", 9)
    assert (found.pop("verdict"), found.pop("withheld_reason")) == ("too_short", "too_few_values")
    assert set(found.values()) == {None}
    assert the_row(test(one(range(10)), trial(minimum_values=10)))["verdict"] == "rising"


@pytest.mark.parametrize("test", PLAIN)
def test_nothing_measured_is_no_trend_of_nothing(test):
    found = test(many({"a": [None, None], "b": [1.0]}), SHORT).collect()
    assert found["withheld_reason"].to_list() == ["no_values", "too_few_values"]
    assert found["verdict"].to_list() == ["too_short", "too_short"]
    assert test(one([]), SHORT).collect().is_empty()


@pytest.mark.parametrize("test", SEASONAL)
def test_nothing_measured_in_any_season(test):
    found = the_row(test(seasons([None, None], [None, None]), SHORT))
    assert (found["values"], found["seasons"], found["withheld_reason"]) == (0, 0, "no_values")
    assert test(seasons(), SHORT).collect().is_empty()


def test_a_constant_series_has_no_trend():
    found = the_row(trend.mann_kendall(one([5.0] * 12), SHORT))
    assert (found["s"], found["variance"], found["z"], found["p"]) == (0, 0, 0, 1)
    assert (found["verdict"], found["withheld_reason"]) == ("no_trend", None)
    found = the_row(trend.sen_slope(one([5.0] * 12), SHORT))
    assert (found["slope"], found["slope_low"], found["slope_high"], found["verdict"]) == (0, 0, 0, "no_trend")


@pytest.mark.parametrize(
    ("series", "said"),
    [
        (one([1, 2], [2020, 2020]), ["stands twice", "series_id a, time 2020"]),
        (one([1, 2], [2020, None]), ["no time"]),
        (one([1, math.nan]), ["not a finite number", "nan"]),
        (one([1, math.inf]), ["not a finite number"]),
        (one([1, 2], [0.0, math.nan]), ["no time"]),
        (one([1, 2], ["2020", "2021"]), ["neither a number nor a date"]),
    ],
)
def test_what_a_series_cannot_be_is_refused(series, said):
    for test in PLAIN:
        with pytest.raises(CheckFailed) as caught:
            test(series, SHORT).collect()
        for part in said:
            assert part in str(caught.value)
        assert caught.value.next_step


def test_a_seasonal_series_counts_whole_years():
    dated = one([1, 2], [date(2020, 3, 31), date(2021, 3, 5)]).with_columns(season=1)
    for test in SEASONAL:
        with pytest.raises(CheckFailed, match="by_month"):
            test(dated, SHORT).collect()


def test_a_season_has_one_value_a_year():
    twice = pl.concat([seasons([1, 2]), seasons([3, 4])])
    with pytest.raises(CheckFailed, match="time 2001, season 1"):
        trend.seasonal_kendall(twice, SHORT).collect()


def test_a_test_of_the_catalog_says_why_and_cites(tmp_path):
    file = tmp_path / "catalog" / "methods" / "trend_tests_own.yml"
    file.parent.mkdir(parents=True)
    text = (SHIPPED / "methods" / "trend_tests.yml").read_text(encoding="utf-8").replace("- id: ", "- id: own_")
    for change, said in (
        (("level: 0.05", "level: 5"), "less than 1"),
        (("minimum_values: 5", "minimum_values: 1"), "greater than or equal to 2"),
        (("[daniel_1978]", "[daniel_1979]"), "there is no reference daniel_1979"),
    ):
        assert change[0] in text
        file.write_text(text.replace(*change, 1), encoding="utf-8")
        with pytest.raises(CatalogError, match=said):
            load_catalog(tmp_path / "catalog")
    file.write_text(text, encoding="utf-8")
    assert load_catalog(tmp_path / "catalog").trend_tests["own_pettitt"].minimum_values == 11


# Properties


@given(with_gaps, st.randoms(use_true_random=False))
def test_order_of_rows_is_irrelevant(values, random):
    series = many({"b": values, "a": values[::-1]})
    places = list(range(series.height))
    random.shuffle(places)
    for test in PLAIN:
        assert_frame_equal(test(series, SHORT), test(series[places], SHORT))


@given(st.dictionaries(st.text("abc", min_size=1, max_size=2), with_gaps, min_size=1, max_size=5))
def test_a_series_does_not_change_among_others(series):
    for test in PLAIN:
        together = test(many(series), SHORT).collect()
        assert together["series_id"].to_list() == sorted(series)
        apart = [
            test(one(series[name]).with_columns(series_id=pl.lit(name)), SHORT).collect() for name in sorted(series)
        ]
        assert_frame_equal(together, pl.concat(apart))


@given(with_ties)
def test_time_reversed_turns_score_and_slope_around(values):
    forth, back = (the_row(trend.mann_kendall(one(v), SHORT)) for v in (values, values[::-1]))
    assert (forth["s"], forth["z"], forth["p"]) == (-back["s"], -back["z"], back["p"])
    forth, back = (the_row(trend.sen_slope(one(v), SHORT)) for v in (values, values[::-1]))
    assert forth["slope"] == pytest.approx(-back["slope"])


@given(with_ties)
def test_a_monotone_change_of_scale_leaves_the_score(values):
    plain, cubed = (trend.mann_kendall(one(v), SHORT).collect() for v in (values, [v**3 for v in values]))
    assert_frame_equal(plain, cubed)


@given(with_ties, st.integers(-50, 50), st.integers(1, 9))
def test_slope_ignores_a_shift_and_follows_the_unit(values, shift, factor):
    plain, shifted = (the_row(trend.sen_slope(one(v), SHORT)) for v in (values, [v + shift for v in values]))
    assert plain == shifted
    scaled = the_row(trend.sen_slope(one([v * factor for v in values]), SHORT))
    for column in ("slope", "slope_low", "slope_high"):
        assert scaled[column] == pytest.approx(factor * plain[column])


@given(with_ties)
def test_the_slope_lies_in_its_interval(values):
    found = the_row(trend.sen_slope(one(values), SHORT))
    assert found["slope_low"] <= found["slope"] <= found["slope_high"]


# Against an independent implementation


def random_months(seed: int, *, years: int = 10) -> np.ndarray:
    """Months with equal values; one in twelve is missing."""
    random = np.random.default_rng(seed)
    values = (random.normal(size=12 * years) + np.arange(12 * years) * random.normal(scale=0.02)).round(1)
    values[random.random(12 * years) < 1 / 12] = np.nan
    return values


def as_months(values: np.ndarray) -> pl.DataFrame:
    month = pl.int_range(pl.len())
    frame = pl.DataFrame({"value": values}, nan_to_null=True)
    return frame.select(series_id=pl.lit("a"), time=month // 12, season=month % 12, value="value")


@pytest.mark.parametrize("seed", range(6))
def test_same_numbers_as_pymannkendall(seed):
    values = random_months(seed)
    expected = pymannkendall.original_test(values)
    plain = one([None if math.isnan(v) else v for v in values])
    found = the_row(trend.mann_kendall(plain, SHORT)) | the_row(trend.sen_slope(plain, SHORT))
    for ours, theirs in (("s", "s"), ("variance", "var_s"), ("z", "z"), ("p", "p"), ("slope", "slope")):
        assert found[ours] == pytest.approx(getattr(expected, theirs), abs=1e-12)
    expected = pymannkendall.seasonal_test(values, period=12)
    months = as_months(values)
    found = the_row(trend.seasonal_kendall(months, SHORT)) | the_row(trend.seasonal_sen_slope(months, SHORT))
    for ours, theirs in (("s", "s"), ("variance", "var_s"), ("z", "z"), ("p", "p"), ("slope", "slope")):
        assert found[ours] == pytest.approx(getattr(expected, theirs), abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_same_covariance_as_pymannkendall_of_complete_years(seed):
    values = np.nan_to_num(random_months(seed))
    expected = pymannkendall.correlated_seasonal_test(values, period=12)  # it has no correction for continuity
    found = the_row(trend.seasonal_kendall_correlated(as_months(values), SHORT))
    assert (found["s"], found["variance"]) == (expected.s, pytest.approx(expected.var_s))
