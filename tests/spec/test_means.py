"""Means by 总站水字〔2020〕90号 and 环办监测函〔2020〕82号: pH through H+, half the limit of detection."""

import math
from collections import defaultdict
from datetime import date, datetime
from itertools import permutations
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.compute import means

title = "Monthly and annual means"
ZONE = "Asia/Shanghai"


def readings(*rows: tuple[str, int, str, float | None, bool | None]) -> pl.LazyFrame:
    """Rows of (site, month, parameter, value, below limit)."""
    taken = [datetime(2021, month, 5, 8, tzinfo=ZoneInfo(ZONE)) for _, month, *_ in rows]
    return pl.LazyFrame(
        {
            "site_id": pl.Series([r[0] for r in rows], dtype=pl.String),
            "taken_at": pl.Series(taken, dtype=pl.Datetime("us", ZONE)),
            "parameter": pl.Series([r[2] for r in rows], dtype=pl.String),
            "value": pl.Series([r[3] for r in rows], dtype=pl.Float64),
            "below_limit": pl.Series([r[4] for r in rows], dtype=pl.Boolean),
        }
    )


def annual(frame: pl.LazyFrame) -> dict[tuple[str, str], tuple[float, int]]:
    of_months = means.monthly_means(frame, hydrogen_ion=["ph"])
    rows = means.annual_means(of_months, hydrogen_ion=["ph"]).collect()
    return {(r["site_id"], r["parameter"]): (r["mean"], r["months"]) for r in rows.to_dicts()}


def test_ph_is_averaged_through_the_hydrogen_ion():
    # facts.md section 11: 6.5, 7.9, 8.8, 9, 6.78, 8.87 -> 7.08 (recomputed 7.0803)
    values = [6.5, 7.9, 8.8, 9.0, 6.78, 8.87]
    found = annual(readings(*(("a", m, "ph", v, False) for m, v in enumerate(values, start=1))))
    assert found["a", "ph"] == (pytest.approx(7.0803, abs=5e-5), 6)


def test_below_the_limit_counts_half():
    found = annual(readings(("a", 1, "lead", 0.01, True), ("a", 2, "lead", 0.03, False)))
    assert found["a", "lead"] == (pytest.approx((0.005 + 0.03) / 2), 2)


def test_what_is_below_the_limit_lies_between_nothing_and_the_limit():
    frame = readings(("a", 1, "lead", 0.01, True), ("a", 2, "lead", 0.03, False))
    of_months = means.monthly_means(frame, hydrogen_ion=["ph"])
    found = means.annual_means(of_months, hydrogen_ion=["ph"]).collect()
    assert found.select("mean_low", "mean_high").row(0) == (pytest.approx(0.015), pytest.approx(0.02))


def test_a_month_counts_once_however_often_it_was_sampled():
    found = annual(readings(("a", 1, "bod5", 2.0, False), ("a", 1, "bod5", 4.0, False), ("a", 2, "bod5", 6.0, False)))
    assert found["a", "bod5"] == (4.5, 2)  # (3 + 6) / 2, not (2 + 4 + 6) / 3


def test_missing_readings_take_no_part():
    found = annual(readings(("a", 1, "bod5", None, False), ("a", 2, "bod5", 6.0, False)))
    assert found["a", "bod5"] == (6.0, 1)


def test_nothing_delivered_gives_no_row():
    assert annual(readings()) == {}


# Rows of (site, month, parameter, value, below limit), values with three decimals as an instrument gives them.
ROWS = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.integers(1, 2),
        st.sampled_from(["ph", "lead"]),
        st.none() | st.integers(0, 14_000).map(lambda n: n / 1000),
        st.sampled_from([True, False, None]),
    ),
    max_size=30,
)


def monthly(rows: list[tuple]) -> list[tuple]:
    found = means.monthly_means(readings(*rows), hydrogen_ion=["ph"]).collect()
    return found.sort("site_id", "parameter", "month").rows()


def by_hand(rows: list[tuple]) -> list[tuple]:
    """The same, from the words of the regulation: group by group, without a data frame."""
    groups = defaultdict(list)
    for site, month, parameter, value, below in rows:
        if value is not None:
            groups[site, parameter, date(2021, month, 1)].append((value, bool(below) and parameter != "ph"))
    return [
        (*key, *(mean_by_hand(key[1], found, share) for share in (0.5, 0, 1)), len(found), all(b for _, b in found))
        for key, found in sorted(groups.items())
    ]


def mean_by_hand(parameter: str, found: list[tuple[float, bool]], share: float) -> float:
    if parameter == "ph":
        return -math.log10(math.fsum(10**-value for value, _ in found) / len(found))
    return math.fsum(value * share if below else value for value, below in found) / len(found)


@given(ROWS)
def test_monthly_means_are_those_reckoned_by_hand(rows):
    found, expected = monthly(rows), by_hand(rows)
    assert [r[:3] + r[6:] for r in found] == [r[:3] + r[6:] for r in expected]
    assert [r[3:6] for r in found] == [pytest.approx(r[3:6], rel=1e-11, abs=1e-11) for r in expected]


def test_the_order_of_adding_leaves_no_trace():
    # added up as floats, 0.2, 0.3 and 0.4 give another sum than 0.4, 0.3 and 0.2
    for values in permutations([0.2, 0.3, 0.4]):
        assert monthly([("a", 1, "lead", v, False) for v in values])[0][3] == 0.3


@given(ROWS, st.randoms(use_true_random=False))
def test_order_of_rows_is_irrelevant_to_the_last_bit(rows, random):
    mixed = random.sample(rows, len(rows))
    assert monthly(mixed) == monthly(rows)
    assert annual(readings(*mixed)) == annual(readings(*rows))


@given(ROWS)
def test_rows_without_a_value_take_no_part(rows):
    assert monthly(rows) == monthly([r for r in rows if r[3] is not None])


@given(ROWS)
def test_a_mean_lies_between_its_bounds(rows):
    found = means.monthly_means(readings(*rows), hydrogen_ion=["ph"])
    over = means.annual_means(found, hydrogen_ion=["ph"])
    for frame in (found.collect(), over.collect()):
        assert frame.filter((pl.col("mean_low") > pl.col("mean")) | (pl.col("mean") > pl.col("mean_high"))).is_empty()


def test_detected_traces_do_not_drown_in_a_high_limit():
    # 0.00001 detected beside 0.05 not detected: at nothing for these, the mean is 0.000005
    found = monthly([("a", 1, "lead", 1e-5, False), ("a", 1, "lead", 0.05, True)])
    assert found[0][4] == 5e-6
    assert monthly([("a", 1, "lead", 0.1, True), ("a", 1, "lead", 0.2, True)])[0][4] == 0


def at(taken: datetime) -> pl.LazyFrame:
    return readings(("a", 1, "bod5", 2.0, False)).with_columns(taken_at=pl.lit(taken))


@pytest.mark.parametrize(
    ("taken", "month"),
    [
        (datetime(2021, 1, 31, 23, 30), date(2021, 1, 1)),  # still January here, and in UTC
        (datetime(2021, 2, 1, 7, 59), date(2021, 2, 1)),  # February here, January in UTC
        (datetime(2021, 2, 1), date(2021, 2, 1)),
        (datetime(2020, 12, 31, 23, 59, 59, 999_999), date(2020, 12, 1)),
        (datetime(2021, 1, 1), date(2021, 1, 1)),
    ],
)
def test_a_month_begins_and_ends_by_the_clock_of_the_readings(taken, month):
    for zone in (ZoneInfo(ZONE), None):
        found = means.monthly_means(at(taken.replace(tzinfo=zone)), hydrogen_ion=["ph"]).collect()
        assert found["month"].to_list() == [month]


def test_every_reading_is_in_one_month_only():
    moments = [(2019, 1, 31, 23, 30), (2021, 1, 31, 23, 30), (2021, 2, 1), (2021, 2, 1, 0, 30)]
    frame = pl.concat([at(datetime(*moment, tzinfo=ZoneInfo(ZONE))) for moment in moments])
    found = means.monthly_means(frame, hydrogen_ion=["ph"]).collect().sort("month")
    expected = [(date(2019, 1, 1), 1), (date(2021, 1, 1), 1), (date(2021, 2, 1), 2)]
    assert found.select("month", "readings").rows() == expected


def test_months_that_lack_lie_between_the_least_and_the_most_that_can_be_read():
    # nine months of 2: three of 0 make 18 / 12, three of 10 make 48 / 12; the other site lacks none
    frame = readings(*((site, month, "lead", 2.0, False) for site in "ab" for month in range(1, 10)))
    of_months = means.monthly_means(frame, hydrogen_ion=["ph"])
    lacking = pl.LazyFrame({"site_id": ["a"], "parameter": ["lead"], "lacking": [3]})
    ends = pl.DataFrame({"parameter": ["lead"], "least": [0.0], "most": [10.0]})
    found = means.with_gaps(
        means.annual_means(of_months, hydrogen_ion=["ph"]), lacking, ends, on=["site_id", "parameter"], hydrogen_ion=[]
    )
    columns = ("site_id", "mean_low", "mean", "mean_high", "lacking")
    assert found.select(columns).collect().sort("site_id").rows() == [("a", 1.5, 2.0, 4.0, 3), ("b", 2.0, 2.0, 2.0, 0)]


def test_a_month_of_ph_that_lacks_is_taken_through_the_hydrogen_ion():
    # eleven months of 7 and one of 0 hold a twelfth of one mole: 1.079; one of 14 hardly any: 7.038
    told = pl.LazyFrame({"site_id": ["a"], "parameter": ["ph"], "mean_low": [7.0], "mean_high": [7.0], "months": [11]})
    lacking = pl.LazyFrame({"site_id": ["a"], "parameter": ["ph"], "lacking": [1]})
    ends = pl.DataFrame({"parameter": ["ph"], "least": [0.0], "most": [14.0]})
    found = means.with_gaps(told, lacking, ends, on=["site_id", "parameter"], hydrogen_ion=["ph"]).collect()
    assert found.select("mean_low", "mean_high").row(0) == pytest.approx((1.07918, 7.03779), abs=1e-5)
