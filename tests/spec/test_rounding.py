"""Rounding by 总站水字〔2018〕87号: half to even, one significant figure kept."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.compute.means import monthly_means
from analytics.compute.rounding import half_even
from tests.conftest import shared

title = "Assessment data are rounded half to even"


def rounded(value: float | None, decimals: int) -> float | None:
    frame = pl.DataFrame({"v": [value], "d": [decimals]}, schema={"v": pl.Float64, "d": pl.Int64})
    return frame.select(half_even(pl.col("v"), pl.col("d"))).item()


# The first four: facts.md section 11 (unit tests of a published implementation of the regulation).
@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (0.0034, 3, 0.003),
        (0.0035, 3, 0.004),
        (0.0045, 3, 0.004),
        (0.00005, 3, 0.00005),
        (2.5, 0, 2.0),
        (3.5, 0, 4.0),
        (1.005, 2, 1.0),  # stored as 1.00499999999999989: still a half, and 0 is even
        (1.015, 2, 1.02),
        (9.34, 0, 9.0),
        (0.0, 2, 0.0),
        (0.000095, 3, 0.0001),  # one figure kept: 0.00009|5 goes to the even 0.00010
        (None, 1, None),
    ],
)
def test_worked_values(value, decimals, expected):
    assert rounded(value, decimals) == expected


def test_every_known_answer_is_reproduced():
    known = pl.read_csv(shared("data", "known_answers", "known_answers.csv"), schema_overrides={"input": pl.String})
    assert known.height == 5
    for case, told, decimals, expected in known.rows():
        values = pl.DataFrame({"value": [float(value) for value in told.split(";")]})
        about = {"site_id": pl.lit("a"), "parameter": pl.lit("ph"), "below_limit": pl.lit(False)}
        readings = values.with_columns(**about, taken_at=pl.lit(date(2021, 1, 5)))
        mean = monthly_means(readings, hydrogen_ion=["ph"]).collect()["mean"].item()
        assert rounded(mean if case.startswith("pH_mean") else values.item(), decimals) == expected, case


def test_a_mean_that_is_a_half_in_decimals_goes_to_even():
    mean = sum([0.1, 0.2, 0.75]) / 3  # 0.35, stored a little above or below
    assert rounded(mean, 1) == 0.4
    assert rounded((0.1 + 0.2 + 0.45) / 3, 1) == 0.2  # 0.25


@given(st.integers(-(10**6), 10**6), st.integers(0, 4))
def test_what_is_already_rounded_stays(thousandths, decimals):
    value = thousandths / 10**decimals
    assert rounded(value, decimals) == pytest.approx(value, abs=1e-12)


@given(st.floats(0.001, 1e4), st.floats(0.001, 1e4), st.integers(0, 4))
def test_order_is_kept(a, b, decimals):
    low, high = sorted((a, b))
    assert rounded(low, decimals) <= rounded(high, decimals)


def test_one_number_of_places_for_all_values_rounds_alike():
    # seen: 3/10 was 0.30000000000000004 where the number of places was no column
    values = pl.DataFrame({"v": [0.3, 0.7, 1.1]})
    assert values.select(half_even(pl.col("v"), pl.lit(1)))["v"].to_list() == [0.3, 0.7, 1.1]
