"""The typed shape of a worked example: facts, and the answer that a reader can work out in the head."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from analytics.catalog.models import Entry, Identifier, Text
from analytics.catalog.plan import Given


class Answer(Entry):
    """What one row of indicator_value must say; what is left out is not looked at."""

    code: str
    scope: str = ""
    stratum: str | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    used: int | None = None
    expected: int | None = None
    target: float | None = None
    verdict: str
    is_breach: bool | None = None


class WorkedExample(Entry):
    """Facts as text tables whose columns are parted by `|`, told in words (`given`), with the answers and their source.

    The same entry is a test of the formulas and a line of the method annex. `parameters` is what was said of the plan
    after it was issued, as in `catalog/given/`; `set_aside` and `works_in_doubt` are what arrived and broke a rule;
    `joint` the verdicts of joint promises by their codes (T07f+T07g).
    """

    id: Identifier
    title: Text
    given: Text
    plan: str = "shanxi-2021"
    year: int = 2021
    as_of: date
    registers: str = ""
    amounts: str = ""
    states: str = ""
    works: str = ""
    covered: str = ""
    sections: str = ""
    set_aside: str = ""
    works_in_doubt: str = ""
    parameters: Given | None = None
    answers: list[Answer] = Field(min_length=1)
    joint: dict[str, str] = {}
    source: str = Field(min_length=1)
