"""Periods as people write them: `2021`, `2021-Q3`, `2021-07`, `2021-07-15`, and 2021年第3季度, 2021年7月."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from analytics.errors import UsageError

Kind = Literal["year", "quarter", "month", "day"]

_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("year", re.compile(r"(?P<year>\d{4})")),
    ("quarter", re.compile(r"(?P<year>\d{4})-?[Qq](?P<quarter>[1-4])")),
    ("month", re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})")),
    ("day", re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})")),
    ("year", re.compile(r"(?P<year>\d{4})年度?")),
    ("quarter", re.compile(r"(?P<year>\d{4})年度?第?(?P<quarter>[1-4一二三四])季度")),
    ("month", re.compile(r"(?P<year>\d{4})年(?P<month>\d{1,2})月份?")),
    ("day", re.compile(r"(?P<year>\d{4})年(?P<month>\d{1,2})月(?P<day>\d{1,2})日")),
)
_QUARTERS = str.maketrans("一二三四", "1234")


@dataclass(frozen=True, order=True)
class Period:
    """A closed span of days; `label` is how it is written in files and on the command line."""

    start: date
    end: date
    kind: Kind
    label: str

    @property
    def year(self) -> int:
        """The calendar year in which the period starts."""
        return self.start.year

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def covers(self, other: Period) -> bool:
        """Whether `other` lies wholly within this period."""
        return self.start <= other.start and other.end <= self.end

    def __str__(self) -> str:
        return self.label


def year_of(year: int) -> Period:
    """The calendar year as a period."""
    return Period(date(year, 1, 1), date(year, 12, 31), "year", f"{year:04d}")


def parse_period(text: str) -> Period:
    """The period that `text` writes; `UsageError` with the accepted forms where it writes none."""
    for kind, pattern in _PATTERNS:
        found = pattern.fullmatch(text.strip())
        if found:
            try:
                return _period(kind, {k: int(v.translate(_QUARTERS)) for k, v in found.groupdict().items()})
            except ValueError:
                break
    raise UsageError(
        "Not a period.",
        found=repr(text),
        expected="a year (2021), quarter (2021-Q3), month (2021-07) or day (2021-07-15)",
        next_step="Write the period in one of these forms.",
        zh=f"“{text}”不是报告期，应写作 2021、2021-Q3、2021-07、2021-07-15，或 2021年、2021年第3季度、2021年7月",
    )


def _period(kind: Kind, parts: dict[str, int]) -> Period:
    year = parts["year"]
    if kind == "year":
        return year_of(year)
    if kind == "quarter":
        first = 3 * parts["quarter"] - 2
        return _months(year, first, first + 2, kind, f"{year:04d}-Q{parts['quarter']}")
    if kind == "month":
        return _months(year, parts["month"], parts["month"], kind, f"{year:04d}-{parts['month']:02d}")
    day = date(year, parts["month"], parts["day"])
    return Period(day, day, kind, day.isoformat())


def _months(year: int, first: int, last: int, kind: Kind, label: str) -> Period:
    if not 1 <= first <= 12:
        raise ValueError(label)
    return Period(date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]), kind, label)
