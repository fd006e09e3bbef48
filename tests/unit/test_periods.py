"""Periods as people write them."""

from datetime import date

import pytest

from analytics.errors import UsageError
from analytics.periods import parse_period, year_of


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021", date(2021, 1, 1), date(2021, 12, 31)),
        ("2021-Q1", date(2021, 1, 1), date(2021, 3, 31)),
        ("2021q4", date(2021, 10, 1), date(2021, 12, 31)),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        (" 2021-07-15 ", date(2021, 7, 15), date(2021, 7, 15)),
        ("2021年", date(2021, 1, 1), date(2021, 12, 31)),
        ("2021年度", date(2021, 1, 1), date(2021, 12, 31)),
        ("２０２１年第三季度", date(2021, 7, 1), date(2021, 9, 30)),
        ("2021年3季度", date(2021, 7, 1), date(2021, 9, 30)),
        ("2020年2月", date(2020, 2, 1), date(2020, 2, 29)),
        ("2021年7月15日", date(2021, 7, 15), date(2021, 7, 15)),
    ],
)
def test_spans(text, first, last):
    period = parse_period(text)
    assert (period.start, period.end) == (first, last)
    assert parse_period(period.label) == period


@pytest.mark.parametrize(
    "text", ["", "21", "2021-13", "2021-Q5", "2021-02-30", "2021/07", "去年", "2021年13月", "2021年五季度", "一年"]
)
def test_anything_else_is_refused_with_the_forms(text):
    with pytest.raises(UsageError, match="2021-Q3"):
        parse_period(text)


def test_days_and_spans_within():
    year = year_of(2021)
    assert date(2021, 12, 31) in year
    assert date(2022, 1, 1) not in year
    assert year.covers(parse_period("2021-Q4"))
    assert not parse_period("2021-Q4").covers(year)
