"""The typed shape of a check and of the files under `expectations/`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from analytics.catalog.models import Entry, Identifier, Text
from analytics.catalog.senders import Answering
from analytics.quality.declared import AnyDeclared, Calendar, CrossRow, Distribution, Severity, Since, YearOnYear

Scope = Literal["cell", "row", "file"]
CheckKind = Literal[
    "rows_present",
    "present",
    "readable",
    "between",
    "allowed",
    "unique",
    "no_copy",
    "registered",
    "named",
    "not_another",
    "placed",
    "answers",
    "no_other_unit",
    "told",
    "rule",
    "cross_row",
    "year_on_year",
    "distribution",
    "calendar",
    "share",
]


class Check(Entry):
    """One thing that must hold of a delivered file, its rows or its readings.

    `expected` says what would have been right, by the `_problem` word of the cell; the key "" serves where
    the check has no such words. `codes` are the words that a cell may hold, or the units that a remark may not name.
    `content` are the columns in which rows are alike or contradict one another, or what is looked at in place of text
    that stands as sent.
    `empty_too` and `given` name columns that must be empty, or filled, for the check to say anything; what must be
    told, with a `register_name`, is asked only of those of its members of whom the register says so;
    `unless` is a SQL condition on which it says nothing. `declared` is what the expectations file says of a check
    that looks beyond the row. `answering` are those who answer for what rows are about.
    """

    id: Identifier
    kind: CheckKind
    severity: Severity
    scope: Scope
    columns: list[Identifier]
    message: Text
    expected: dict[str, Text]
    reason: str = ""
    since: str = ""
    minimum: float | None = None
    maximum: float | None = None
    codes: list[str] = Field(default_factory=list)
    content: list[Identifier] = Field(default_factory=list)
    register_name: str = ""
    years_before: int = 0
    rule: str = ""
    at_most_pct: float | None = None
    empty_too: list[Identifier] = Field(default_factory=list)
    given: list[Identifier] = Field(default_factory=list)
    unless: str = ""
    answering: list[Answering] = Field(default_factory=list)
    declared: AnyDeclared | None = None


class Rule(Entry):
    """A condition that must hold wherever its columns are filled; `rule` is a boolean in DuckDB's SQL."""

    id: Identifier
    severity: Severity
    scope: Literal["cell", "row"] = "row"
    columns: list[Identifier] = Field(min_length=1)
    rule: str = Field(min_length=1)
    message: Text
    reason: str = Field(min_length=1)
    since: Since

    @model_validator(mode="after")
    def _a_cell_is_one_column(self) -> Rule:
        if self.scope == "cell" and len(self.columns) != 1:
            raise ValueError("scope: cell goes with exactly one column")
        return self


class Adjustment(Entry):
    """A check of the catalog that this source takes less strictly, with the reason."""

    check: Identifier
    severity: Severity | None = None
    unless: str | None = None
    reason: str = Field(min_length=1)
    since: Since

    @model_validator(mode="after")
    def _adjusts_something(self) -> Adjustment:
        if self.severity is None and self.unless is None:
            raise ValueError("an adjustment gives severity, unless, or both")
        return self


class Expectations(Entry):
    """`expectations/<source>.yml`: what the catalog cannot say of a source."""

    source: Identifier
    adjust: list[Adjustment] = Field(default_factory=list)
    rules: list[Rule] = Field(default_factory=list)
    cross_row: list[CrossRow] = Field(default_factory=list)
    year_on_year: list[YearOnYear] = Field(default_factory=list)
    distribution: list[Distribution] = Field(default_factory=list)
    calendar: list[Calendar] = Field(default_factory=list)


class ShareLimit(Entry):
    """How much of a file may be set aside before the whole file counts as unusable."""

    at_most_pct: float = Field(ge=0, le=100)
    reason: str = Field(min_length=1)
    since: Since


class CountJump(Entry):
    """By how much the rows of a file may differ from those of the file before it without a word."""

    beyond_pct: float = Field(gt=0)
    reason: str = Field(min_length=1)
    since: Since


class General(Entry):
    """`expectations/general.yml`: what holds for every source. Without `row_count_jump` nobody is warned of jumps."""

    share_set_aside: ShareLimit
    row_count_jump: CountJump | None = None
