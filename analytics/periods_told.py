"""The periods that a text names in the words of people: years, quarters, months, spans of years."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_YEAR_IN_WORDS = re.compile(r"[〇○零一二三四五六七八九]{4}(?=年)")
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}
_SPAN = re.compile(r"(?<!\d)(\d{4})年?(?:[-—–~]|至|到)(\d{4})年")
_TOLD = re.compile(r"(?<!\d)(\d{4})年度?(?:第?([1-4一二三四])季度|(\d{1,2})月(?:份)?(\d{1,2}日)?|(上半年)|(下半年))?")


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
    return spans + [Told(m[0], *span) for m in _TOLD.finditer(rest) if (span := _span(m)) is not None]


def _years(first: int, last: int) -> tuple[date, date]:
    return date(first, 1, 1), date(last, 12, 31)


def _span(found: re.Match[str]) -> tuple[date, date] | None:
    year, quarter, month, day, first_half, second_half = found.groups()
    if int(year) == 0 or day:
        return None
    if quarter:
        number = _QUARTERS.get(quarter) or int(quarter)
        return _months(int(year), 3 * number - 2, 3 * number)
    if month:
        return _months(int(year), int(month), int(month)) if 1 <= int(month) <= 12 else None
    return _months(int(year), 7 if second_half else 1, 6 if first_half else 12)


def _months(year: int, first: int, last: int) -> tuple[date, date]:
    if last == 12:
        return date(year, first, 1), date(year, 12, 31)
    return date(year, first, 1), date(year, last + 1, 1) - timedelta(days=1)
