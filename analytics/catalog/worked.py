"""The typed shape of a worked example: facts, and the answer that a reader can work out in the head."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from analytics.catalog.models import DATED_STAGES, Entry, Identifier, Text
from analytics.catalog.plan import Given

Verdict = Literal[
    "met", "not_met", "met_late", "undecided", "not_yet_due", "not_delivered", "no_data", "no_target", "not_applicable",
    "list_only", "by_judgement",
]  # fmt: skip


def rows_of(text: str) -> list[dict[str, str]]:
    """The rows of a table whose columns are parted by `|`, its first line their names; empty cells are left out."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [{k: v for k, v in zip(lines[0], line, strict=True) if v} for line in lines[1:]]


def _table(*columns: str) -> AfterValidator:
    """A text table of some of these columns, as many cells in each line as there are columns."""

    def checked(text: str) -> str:
        lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
        unknown = sorted(set(lines[0]) - set(columns)) if lines else []
        if unknown:
            raise ValueError(f"the table has no column {unknown[0]}; its columns are {', '.join(columns)}")
        for number, line in enumerate(lines[1:], start=2):
            if len(line) != len(lines[0]):
                raise ValueError(f"line {number} of the table has {len(line)} cells, not {len(lines[0])}")
        return text

    return AfterValidator(checked)


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
    verdict: Verdict
    is_breach: bool | None = None


_WORK = (
    *("item", "name", "area_id", "entity_id", "stage", "evidence", "attributes", "received", "period", "times"),
    *DATED_STAGES,
)


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
    registers: Annotated[str, _table("register", "entity_id", "name", "area_id", "basin", "river", "attributes")] = ""
    amounts: Annotated[str, _table("item", "area_id", "entity_id", "breakdown", "period", "value")] = ""
    states: Annotated[str, _table("item", "area_id", "entity_id", "period", "code")] = ""
    works: Annotated[str, _table(*_WORK)] = ""
    covered: Annotated[str, _table("item", "area_id", "period", "received")] = ""
    sections: Annotated[str, _table("entity_id", "class", "best", "worst", "dry")] = ""
    set_aside: Annotated[str, _table("source", "entity_id", "area_id", "period")] = ""
    works_in_doubt: Annotated[str, _table("item", "area_id", "period")] = ""
    parameters: Given | None = None
    answers: list[Answer] = Field(min_length=1)
    joint: dict[str, Verdict] = {}
    source: str = Field(min_length=1)
