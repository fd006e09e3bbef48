"""The periods that a text names in the words of people: years, quarters, months, spans of years."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_YEAR_IN_WORDS = re.compile(r"[〇○零一二三四五六七八九]{4}(?=年)")
_NUMBERS = {word: number for number, word in enumerate("一二三四五六七八九十", start=1)} | {
    "十一": 11,
    "十二": 12,
    "两": 2,
}
_TO = r"(?:[-—–~]|至|到)"
_SPAN = re.compile(rf"(?<!\d)(\d{{4}})年?{_TO}(\d{{4}})年")
_YEAR, _MONTH, _QUARTER = r"(?<!\d)(\d{4})年度?", r"(\d{1,2}|十[一二]|[一二三四五六七八九十])", r"第?([1-4一二三四])"
_MONTHS = rf"{_MONTH}月?(?:份)?{_TO}{_MONTH}月(?!\d{{1,2}}日)"
_QUARTERS = rf"(?:{_QUARTER}(?:季度)?{_TO}{_QUARTER}|前([23二两三]))季度"
_SPAN_OF_MONTHS, _SPAN_OF_QUARTERS = re.compile(_YEAR + _MONTHS), re.compile(_YEAR + _QUARTERS)
_DAY = r"(\d{1,2})月(\d{1,2})日?"
_SPAN_OF_DAYS = re.compile(rf"{_YEAR}{_DAY}{_TO}(?:(\d{{4}})年)?{_DAY}")
_ONE = rf"{_QUARTER}季度|{_MONTH}月(?:份)?(\d{{1,2}}日)?|(上半年)|(下半年)"
_TOLD = re.compile(f"{_YEAR}(?:{_ONE})?")
_PART_OF_YEAR = re.compile(rf"(?<![\d年度])(?:{_MONTHS}|{_QUARTERS}|{_ONE})")


@dataclass(frozen=True)
class Told:
    """A time that a title tells, in its words, with the first and last day of it."""

    words: str
    start: date
    end: date

    def meets(self, start: date, end: date) -> bool:
        """Whether the two share a day."""
        return self.start <= end and start <= self.end

    def agrees(self, start: date, end: date) -> bool:
        """Whether one of the two lies in the other."""
        return (start <= self.start and self.end <= end) or (self.start <= start and end <= self.end)


def periods_told(text: str) -> list[Told]:
    """The years, quarters, months and spans of years that a text names; a single day is when it was written."""
    plain = unicodedata.normalize("NFKC", text)
    plain = re.sub(r"\s", "", _YEAR_IN_WORDS.sub(lambda found: found[0].translate(_DIGITS), plain))
    spans = [Told(m[0], *_years(int(m[1]), int(m[2]))) for m in _SPAN.finditer(plain) if 0 < int(m[1]) <= int(m[2])]
    rest = _SPAN.sub(" ", plain)
    for form, span_of in _SPANS:
        found = [Told(m[0], *span) for m in form.finditer(rest) if (span := span_of(m)) is not None]
        spans += found
        for told in found:
            rest = rest.replace(told.words, " ")
    return spans + [Told(m[0], *span) for m in _TOLD.finditer(rest) if (span := _span(m)) is not None]


def parts_told(text: str, year: int) -> list[Told]:
    """The parts of a year that a text names without one, as those of `year`: 1-6月, 上半年, 前三季度."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    return [told for part in _PART_OF_YEAR.finditer(plain) for told in periods_told(f"{year}年{part[0]}")]


def _years(first: int, last: int) -> tuple[date, date]:
    return date(first, 1, 1), date(last, 12, 31)


def _span(found: re.Match[str]) -> tuple[date, date] | None:
    year, quarter, month, day, first_half, second_half = found.groups()
    if int(year) == 0 or day:
        return None
    if quarter:
        return _months(int(year), 3 * _number(quarter) - 2, 3 * _number(quarter))
    if month:
        return _months(int(year), _number(month), _number(month))
    return _months(int(year), 7 if second_half else 1, 6 if first_half else 12)


def _span_of_months(found: re.Match[str]) -> tuple[date, date] | None:
    return _months(int(found[1]), _number(found[2]), _number(found[3]))


def _span_of_quarters(found: re.Match[str]) -> tuple[date, date] | None:
    year, first, last, so_many = found.groups()
    return _months(int(year), 3 * _number(first or "1") - 2, 3 * _number(last or so_many))


def _span_of_days(found: re.Match[str]) -> tuple[date, date] | None:
    year, month, day, other, last_month, last_day = (int(part or 0) for part in found.groups())
    try:
        first, last = date(year, month, day), date(other or year, last_month, last_day)
    except ValueError:
        return None
    return (first, last) if first <= last else None


_SPANS = ((_SPAN_OF_DAYS, _span_of_days), (_SPAN_OF_MONTHS, _span_of_months), (_SPAN_OF_QUARTERS, _span_of_quarters))


def _number(word: str) -> int:
    return _NUMBERS.get(word) or int(word)


def _months(year: int, first: int, last: int) -> tuple[date, date] | None:
    """The first and last day of so many months; None where there are no such."""
    if year == 0 or not 1 <= first <= last <= 12:
        return None
    if last == 12:
        return date(year, first, 1), date(year, 12, 31)
    return date(year, first, 1), date(year, last + 1, 1) - timedelta(days=1)
