"""Rank correlation with time by 环办〔2011〕22号 (Daniel) and by the exact distribution; facts.md section 2.7."""

from itertools import permutations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy import stats

from analytics.catalog import load_catalog
from analytics.compute import arrangements, rank_trend
from analytics.errors import CatalogError, CheckFailed
from tests.conftest import shared
from tests.spec.series_frames import many, one, the_row, trial, with_gaps, with_ties

title = "The regulation's test for a trend"
METHOD = load_catalog().rank_trends["daniel"]
SHORT = trial()


def daniel(values: list[float | None], **changed: object) -> dict[str, object]:
    return the_row(rank_trend.daniel(one(values), METHOD.model_copy(update=changed)))


# The regulation's test


def test_the_last_two_exchanged():
    # Ranks 1 2 3 5 4 against 1 2 3 4 5: sum of d² = 1 + 1, rs = 1 - 6 x 2 / (125 - 5) = 0.9, the critical value.
    found = daniel([1, 2, 3, 5, 4])
    assert (found["values"], found["rs"]) == (5, pytest.approx(0.9))
    assert (found["critical_five_pct"], found["critical_one_pct"], found["critical_from"]) == (0.9, 1.0, "table")
    assert (found["significant_at"], found["verdict"]) == (0.05, "rising")


def test_equal_to_the_critical_value_may_be_read_either_way():
    assert daniel([1, 2, 3, 5, 4], at_equality="not_significant")["verdict"] == "no_trend"
    assert daniel([5, 4, 3, 1, 2])["verdict"] == "falling"
    assert daniel([1, 2, 3, 4, 5], at_equality="not_significant")["significant_at"] == 0.05  # 1.000 is not above 1.000


def test_the_level_of_the_method_decides():
    assert daniel([1, 2, 3, 5, 4], level="one_pct")["verdict"] == "no_trend"
    found = daniel([1, 2, 3, 4, 5], level="one_pct")
    assert (found["significant_at"], found["verdict"]) == (0.01, "rising")


def test_a_coefficient_is_compared_as_the_table_is_printed():
    # Six periods: sum of d² = 6, rs = 1 - 36/210 = 0.82857; printed is 0.829, and nothing lies between.
    found = daniel([2, 1, 4, 3, 6, 5])
    assert (found["rs"], found["critical_five_pct"], found["verdict"]) == (pytest.approx(174 / 210), 0.829, "rising")


def test_fewer_than_five_periods_tell_nothing():
    found = daniel([1, 2, 3, 4, None])
    assert (found["values"], found["verdict"], found["withheld_reason"]) == (4, "too_short", "too_few_values")
    assert (found["rs"], found["verdict_corrected"], found["significant_at"]) == (None, "too_short", None)


@pytest.mark.parametrize(("n", "where"), [(11, "exact"), (13, "exact"), (15, "approximation"), (31, "approximation")])
def test_where_the_table_lacks_a_number_of_periods_it_is_said(n, where):
    found = daniel(list(range(n)))
    assert (found["critical_from"], found["verdict"], found["significant_at"]) == (where, "rising", 0.01)


def test_a_computed_critical_value_is_rounded_as_the_printed_ones():
    # facts.md 2.7: exact for 11 periods 0.5364 and 0.7091
    found = daniel(list(range(11)))
    assert (found["critical_five_pct"], found["critical_one_pct"]) == (0.536, 0.709)


def test_equal_values_make_the_formula_too_large():
    # 1 1 1 1 2: ranks 2.5 2.5 2.5 2.5 5, sum of d² = 2.25 + 0.25 + 0.25 + 2.25 = 5, rs = 1 - 30/120 = 0.75.
    # Backwards: 16 + 0.25 + 0.25 + 2.25 + 6.25 = 25, rs = -0.25. The correlation of the ranks is 0.707 either way.
    forth, back = daniel([1, 1, 1, 1, 2]), daniel([2, 1, 1, 1, 1])
    assert (forth["rs"], back["rs"]) == (pytest.approx(0.75), pytest.approx(-0.25))
    assert forth["rs_corrected"] == pytest.approx(0.5**0.5)
    assert back["rs_corrected"] == pytest.approx(-(0.5**0.5))


def test_the_verdict_by_the_corrected_coefficient_stands_beside():
    # Zero for six periods, then 1 to 3: the formula has 0.85, the correlation of the ranks 0.84, critical is 0.600; the
    # other way round -0.56 and -0.84.
    values = [0, 0, 0, 0, 0, 0, 1, 2, 3]
    assert daniel(values)["verdict"] == daniel(values)["verdict_corrected"] == "rising"
    back = daniel(values[::-1])
    assert (back["verdict"], back["verdict_corrected"]) == ("no_trend", "falling")


def test_a_constant_series_has_no_coefficient_and_no_trend():
    # The formula would give 1 - 6 x (N³ - N)/12 / (N³ - N) = 0.5 for any N, above the critical 0.306 of 30 periods.
    found = daniel([7.0] * 30)
    assert (found["rs"], found["verdict"], found["withheld_reason"]) == (None, "no_trend", "all_equal")


# Its table


EXACT = {  # facts.md 2.7, by full enumeration
    5: (0.9000, 1.0000),
    6: (0.8286, 0.9429),
    7: (0.7143, 0.8929),
    8: (0.6429, 0.8333),
    9: (0.6000, 0.7833),
    10: (0.5636, 0.7455),
    11: (0.5364, 0.7091),
    12: (0.5035, 0.6783),
    13: (0.4835, 0.6484),
    14: (0.4637, 0.6264),
}


@pytest.mark.parametrize("n", EXACT)
def test_exact_critical_values(n):
    chances = arrangements.chances((1,) * n)
    found = [arrangements.correlation_of(chances.smallest(level), n) for level in (0.05, 0.01)]
    assert found == [pytest.approx(expected, abs=5e-5) for expected in EXACT[n]]


def test_the_printed_table_is_the_exact_one_up_to_ten_periods():
    for row in METHOD.critical:
        if row.periods > 10:
            continue
        exact = EXACT[row.periods]
        assert row.five_pct == round(exact[0], 3)
        # Ten periods at 0.01: the exact value is 123/165 = 0.74545, and the table prints 0.746.
        assert row.one_pct == (0.746 if row.periods == 10 else round(exact[1], 3))


def test_a_chance_of_just_the_level_is_enough():
    # One of the 6 orders of three values has the largest statistic, 0x0 + 1x2 + 2x4 (ranks doubled).
    assert arrangements.chances((1,) * 3).smallest(1 / 6) == 10
    assert arrangements.correlation_of(10, 3) == 1


def test_no_arrangement_of_four_values_reaches_one_in_a_hundred():
    assert arrangements.chances((1,) * 4).smallest(0.01) is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("periods: 6,", "periods: 5,"), "in the order of their periods"),
        (("five_pct: 0.829", "five_pct: 0.929"), "falls from row to row"),
        (("five_pct: 0.900, one_pct: 1.000", "five_pct: 0.900, one_pct: 0.900"), "falls from row to row|larger one"),
        (("five_pct: 0.900", "five_pct: 1.900"), "less than or equal to 1"),
        (("[assessment_2011, daniel_1978]", "[assessment_2012]"), "there is no reference assessment_2012"),
    ],
)
def test_a_broken_table_is_refused(tmp_path, change, said):
    from analytics.catalog.load import SHIPPED

    text = (SHIPPED / "methods" / "rank_trend_daniel.yml").read_text(encoding="utf-8").replace("id: daniel", "id: own")
    file = tmp_path / "catalog" / "methods" / "rank_trend_own.yml"
    file.parent.mkdir(parents=True)
    assert change[0] in text
    file.write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(CatalogError, match=said):
        load_catalog(tmp_path / "catalog")


# The exact test


def test_chances_are_shares_of_all_orders():
    # Of the 6 orders of three values one has the largest statistic: one-sided 1/6, two-sided 2/6.
    found = the_row(rank_trend.spearman(one([1, 2, 3]), SHORT))
    assert (found["rs"], found["p"], found["p_from"]) == (1, pytest.approx(2 / 6), "exact")


def test_equal_values_are_exchanged_too():
    # 1 1 2: the 2 may stand in three places; last in one of them.
    found = the_row(rank_trend.spearman(one([1, 1, 2]), SHORT))
    assert found["p"] == pytest.approx(2 / 3)


@given(st.lists(st.integers(0, 3), min_size=2, max_size=6))
def test_chances_are_those_of_listing_every_order(values):
    found = the_row(rank_trend.spearman(one(values), SHORT))
    if len(set(values)) == 1:
        assert (found["p"], found["verdict"], found["withheld_reason"]) == (None, "no_trend", "all_equal")
        return
    ranks = stats.rankdata(values)

    def statistic(order):
        return sum(time * rank for time, rank in enumerate(order))

    all_orders = [statistic(order) for order in permutations(ranks)]
    beyond = min(
        sum(s >= statistic(ranks) - 1e-9 for s in all_orders), sum(s <= statistic(ranks) + 1e-9 for s in all_orders)
    )
    assert found["p"] == pytest.approx(min(1, 2 * beyond / len(all_orders)))


@pytest.mark.parametrize(
    ("values", "way"),
    [
        (range(14), "exact"),
        (range(15), "approximation"),
        ([0, 0, *range(8)], "exact"),
        ([0, 0, *range(9)], "approximation"),
    ],
)
def test_it_is_said_how_the_chance_was_found(values, way):
    assert the_row(rank_trend.spearman(one(values), SHORT))["p_from"] == way


@given(st.lists(st.integers(0, 9), min_size=15, max_size=25).filter(lambda v: len(set(v)) > 1))
def test_longer_series_have_the_chance_of_scipy(values):
    found = the_row(rank_trend.spearman(one(values), SHORT))
    expected = stats.spearmanr(range(len(values)), values)
    assert found["p_from"] == "approximation"
    assert found["rs_corrected"] == pytest.approx(expected.statistic, abs=1e-12)
    assert found["p"] == pytest.approx(expected.pvalue, abs=1e-9)


def test_known_answer_of_load_and_discharge_at_maxau():
    # README of the shared data: Spearman(s, Q) 0.3040843; the load takes the place of the time.
    maxau = pl.read_csv(shared("data", "known_answers", "maxau.csv"))
    found = the_row(rank_trend.spearman(one(maxau["Q"].to_list(), maxau["s"].to_list()), SHORT))
    assert found["rs"] == pytest.approx(0.3040843, abs=5e-8)
    assert found["rs_corrected"] == pytest.approx(0.3040843, abs=5e-8)


def test_five_values_can_just_tell_a_trend(catalog):
    found = the_row(rank_trend.spearman(one([1, 2, 3, 4, 5]), catalog.trend_tests["spearman"]))
    assert (found["p"], found["verdict"]) == (pytest.approx(2 / 120), "rising")
    assert the_row(rank_trend.spearman(one([1, 2, 3, 5, 4]), catalog.trend_tests["spearman"]))["verdict"] == "no_trend"


# Series of all kinds


def test_nothing_measured():
    for found in (
        rank_trend.daniel(many({"a": [None, None], "b": [1.0]}), METHOD).collect(),
        rank_trend.spearman(many({"a": [None, None], "b": [1.0]}), SHORT).collect(),
    ):
        assert found["withheld_reason"].to_list() == ["no_values", "too_few_values"]
        assert found["rs"].to_list() == [None, None]
    assert rank_trend.daniel(one([]), METHOD).collect().is_empty()
    assert rank_trend.spearman(one([]), SHORT).collect().is_empty()


def test_two_values_at_one_time_are_refused():
    with pytest.raises(CheckFailed, match="series_id a, time 2020"):
        rank_trend.daniel(one([1, 2], [2020, 2020]), METHOD).collect()


@given(with_gaps, st.randoms(use_true_random=False))
def test_order_of_rows_is_irrelevant(values, random):
    series = many({"b": values, "a": values[::-1]})
    places = list(range(series.height))
    random.shuffle(places)
    assert_frame_equal(rank_trend.daniel(series, METHOD), rank_trend.daniel(series[places], METHOD))
    assert_frame_equal(rank_trend.spearman(series, SHORT), rank_trend.spearman(series[places], SHORT))


@given(with_ties)
def test_time_reversed_turns_the_correlation_around(values):
    forth, back = (the_row(rank_trend.spearman(one(v), SHORT)) for v in (values, values[::-1]))
    if forth["rs_corrected"] is not None:
        assert forth["rs_corrected"] == pytest.approx(-back["rs_corrected"], abs=1e-12)
        assert forth["p"] == pytest.approx(back["p"])


@given(with_ties)
def test_a_monotone_change_of_scale_changes_nothing(values):
    for test, how in ((rank_trend.daniel, METHOD), (rank_trend.spearman, SHORT)):
        assert_frame_equal(test(one(values), how), test(one([v**3 for v in values]), how))
