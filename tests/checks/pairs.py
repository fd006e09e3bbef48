"""What the tests of checks share: the year and the place of a good row, and rows that keep a check or break it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

YEAR = {"period_start": date(2021, 1, 1), "period_end": date(2021, 12, 31)}
PLACE = {"city": "140100", "county": "140121", "area_id": "140121"}
# What no row of works may say, with completion on 30 September 2021.
WORKS: dict[str, dict[str, Any]] = {
    "completed_after_started": {"started_date": date(2021, 10, 1)},
    "started_by_stage": {"stage": "preparation", "completed_date": None},
    "completed_by_stage": {"stage": "started"},
    "completed_with_date": {"completed_date": None},
    "completed_within_period": {"completed_date": date(2022, 1, 1)},
}
WORK_DONE = {
    "stage": "completed",
    "started_date": date(2020, 3, 1),
    "completed_date": date(2021, 9, 30),
    "evidence_grade": "documented",
}


@dataclass(frozen=True)
class Pair:
    """Rows that keep a check and rows that break it; `breaks` are the numbers of those that do, none of a file's."""

    passes: list[dict[str, Any]]
    fails: list[dict[str, Any]]
    breaks: set[int] = field(default_factory=set)
    before: list[dict[str, Any]] = field(default_factory=list)


def of_year(year: int, **cells: Any) -> dict[str, Any]:
    """What is told of one year of one county."""
    span = {"period_start": date(year, 1, 1), "period_end": date(year, 12, 31)}
    return {"area_id": "140121", **span, **cells}


def work(year: int, **cells: Any) -> dict[str, Any]:
    """Works as told in a year, finished well before it unless they are said to be under way."""
    is_done = cells.get("stage") != "started"
    dates = {"started_date": date(2018, 3, 1), "completed_date": date(2019, 9, 30) if is_done else None}
    return {**of_year(year), **dates, **cells}


def each(name: str, values: list[Any], **cells: Any) -> list[dict[str, Any]]:
    """A row for every value of a column."""
    return [{name: value, **cells} for value in values]


def stage_not_back(**name: Any) -> Pair:
    """Works, by the column of their name and what else they need, that fall back a stage."""
    return Pair([work(2021, **name)], [work(2021, stage="started", **name)], {1}, [work(2020, **name)])
