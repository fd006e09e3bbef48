"""What an expectations file may declare that no row can tell alone: other rows, the year before, the whole file."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from analytics.catalog.models import Entry, Identifier, Text

Severity = Literal["critical", "warning", "info"]
Since = Annotated[str, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]


class Declared(Entry):
    """What every declared check says of itself."""

    id: Identifier
    severity: Severity
    message: Text
    reason: str = Field(min_length=1)
    since: Since


class CrossRow(Declared):
    """What must hold between rows of one entity, or of one group.

    `same_for`: so many rows in a row, in time, must not be alike in all columns (rows that lack one of them are passed
    over, with `zero_may_last` those too that are zero in all: a gate that is shut). `never_falls`: a value is never
    below an earlier one of the entity; of a coded column `order` names the codes from the lowest. `sums_to`: the
    values of a group (`by`, and its period) add up to the column named, within `tolerance_pct`. The first two look at
    what was delivered before, too, as far as a year back.
    """

    columns: list[Identifier] = Field(min_length=1)
    same_for: int | None = Field(None, ge=2)
    zero_may_last: bool = False
    never_falls: bool = False
    order: list[str] = Field(default_factory=list)
    sums_to: Identifier | None = None
    by: list[Identifier] = Field(default_factory=list)
    tolerance_pct: float = Field(0, ge=0)

    @model_validator(mode="after")
    def _says_one_thing(self) -> CrossRow:
        if (self.same_for is not None) + self.never_falls + (self.sums_to is not None) != 1:
            raise ValueError("give one of same_for, never_falls, sums_to")
        if self.same_for is None and len(self.columns) != 1:
            raise ValueError("never_falls and sums_to go with exactly one column")
        if self.zero_may_last and self.same_for is None:
            raise ValueError("zero_may_last goes with same_for")
        if self.order and not self.never_falls:
            raise ValueError("order goes with never_falls")
        if bool(self.by) != (self.sums_to is not None):
            raise ValueError("by goes with sums_to, and sums_to with by")
        return self

    @property
    def reads(self) -> list[str]:
        """The staged columns that the check reads."""
        return [*self.columns, *([self.sums_to] if self.sums_to else []), *self.by]

    @property
    def numbers(self) -> list[str]:
        """Those of them that must be numbers."""
        if self.sums_to:
            return [*self.columns, self.sums_to]
        return self.columns if self.never_falls and not self.order else []


class _OfAColumn(Declared):
    """A check that looks at one column of the rows."""

    column: Identifier

    @property
    def columns(self) -> list[str]:
        """The column that the check is about."""
        return [self.column]

    @property
    def reads(self) -> list[str]:
        """The staged columns that the check reads."""
        return [self.column]

    @property
    def numbers(self) -> list[str]:
        """Those of them that must be numbers."""
        return [self.column]


class YearOnYear(_OfAColumn):
    """How far a value may be from that of the same entity and period a year before, as far as it was delivered.

    The larger of the two is at most `factor` times the smaller; where both are below `floor` nothing is said.
    Several values of the year before in one period count with their mean.
    """

    factor: float = Field(gt=1)
    floor: float = Field(ge=0)


class Distribution(_OfAColumn):
    """How the values of a column lie in the file as a whole; of fewer than `fewest` values nothing is said.

    `below_limit_at_most_pct`: the share of readings below the limit of detection. `same_at_most_pct`: the share of
    the commonest value. `median`: lowest and highest.
    """

    fewest: int = Field(ge=1)
    below_limit_at_most_pct: float | None = Field(None, ge=0, lt=100)
    same_at_most_pct: float | None = Field(None, ge=0, lt=100)
    median: list[float] | None = Field(None, min_length=2, max_length=2)

    @model_validator(mode="after")
    def _says_one_thing(self) -> Distribution:
        if sum(v is not None for v in (self.below_limit_at_most_pct, self.same_at_most_pct, self.median)) != 1:
            raise ValueError("give one of below_limit_at_most_pct, same_at_most_pct, median")
        if self.median and self.median[0] > self.median[1]:
            raise ValueError("median: the lowest comes first")
        return self

    @property
    def reads(self) -> list[str]:
        """The staged columns that the check reads."""
        beside = [] if self.below_limit_at_most_pct is None else [f"{self.column}_below_limit"]
        return [self.column, *beside]

    @property
    def numbers(self) -> list[str]:
        """Those of them that must be numbers."""
        return [self.column] if self.median else []


class Calendar(_OfAColumn):
    """Every member of the register has a row in every period from the first to the last that the file is about.

    A row delivered before serves as well. Where the delivery is said to be of an area, its members alone are asked
    for. `column` names the member in a row.
    """

    severity: Literal["warning", "info"]
    register_name: Identifier
    cadence: Literal["day", "month", "quarter", "year"]
    column: Identifier = "entity_id"

    @property
    def numbers(self) -> list[str]:
        """Those of them that must be numbers: none."""
        return []


AnyDeclared = CrossRow | YearOnYear | Distribution | Calendar
