"""The typed shape of a rank correlation test that a regulation prints with its critical values."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from analytics.catalog.models import Certainty, Entry, Regulation

Coefficient = Annotated[float, Field(gt=0, le=1)]
Level = Literal["five_pct", "one_pct"]
AtEquality = Literal["significant", "not_significant"]


class CriticalValues(Entry):
    """Critical values of one number of periods, as printed: one-sided, at 0.05 and at 0.01."""

    periods: int
    five_pct: Coefficient
    one_pct: Coefficient


class RankTrend(Regulation):
    """A rank correlation test for trends, with the table that decides it.

    A coefficient is compared at the `decimals` of the printed table; `at_equality` says what one that equals the
    critical value is. `level` is the column that decides.
    """

    document: str
    minimum_periods: int
    level: Level
    level_reason: str = Field(min_length=1)
    decimals: int
    decimals_reason: str = Field(min_length=1)
    at_equality: AtEquality
    at_equality_certainty: Certainty
    at_equality_reason: str = Field(min_length=1)
    critical: list[CriticalValues] = Field(min_length=1)

    @model_validator(mode="after")
    def _the_table_is_in_order(self) -> RankTrend:
        if any(a.periods >= b.periods for a, b in pairwise(self.critical)):
            raise ValueError("the rows of a table of critical values stand in the order of their periods, each once")
        for before, row in pairwise(self.critical):
            if row.five_pct >= before.five_pct or row.one_pct >= before.one_pct:
                raise ValueError(f"a critical value falls from row to row; that of {row.periods} periods does not")
        for row in self.critical:
            if row.five_pct >= row.one_pct:
                raise ValueError(f"the critical value at 0.01 is the larger one; that of {row.periods} periods is not")
        return self
