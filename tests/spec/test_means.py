"""Means by 总站水字〔2020〕90号 and 环办监测函〔2020〕82号: pH through H+, half the limit of detection."""

from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from analytics.compute import means

title = "Monthly and annual means"
ZONE = "Asia/Shanghai"


def readings(*rows: tuple[str, int, str, float | None, bool]) -> pl.LazyFrame:
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
    monthly = means.monthly_means(frame, hydrogen_ion=["ph"])
    rows = means.annual_means(monthly, hydrogen_ion=["ph"]).collect()
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
    monthly = means.monthly_means(frame, hydrogen_ion=["ph"])
    found = means.annual_means(monthly, hydrogen_ion=["ph"]).collect()
    assert found.select("mean_low", "mean_high").row(0) == (pytest.approx(0.015), pytest.approx(0.02))


def test_a_month_counts_once_however_often_it_was_sampled():
    found = annual(readings(("a", 1, "bod5", 2.0, False), ("a", 1, "bod5", 4.0, False), ("a", 2, "bod5", 6.0, False)))
    assert found["a", "bod5"] == (4.5, 2)  # (3 + 6) / 2, not (2 + 4 + 6) / 3


def test_missing_readings_take_no_part():
    found = annual(readings(("a", 1, "bod5", None, False), ("a", 2, "bod5", 6.0, False)))
    assert found["a", "bod5"] == (6.0, 1)


def test_nothing_delivered_gives_no_row():
    assert annual(readings()) == {}


def test_order_of_rows_is_irrelevant():
    rows = [("a", m, "ph", 6 + m / 5, False) for m in range(1, 11)]
    assert annual(readings(*rows))["a", "ph"][0] == pytest.approx(annual(readings(*rows[::-1]))["a", "ph"][0])
