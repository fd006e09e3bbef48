"""The typed shape of a water quality index: its categories and the fewest samples that it may speak of."""

from __future__ import annotations

from itertools import pairwise

from pydantic import Field, model_validator

from analytics.catalog.models import Entry, Identifier, Regulation, Text


class Category(Entry):
    """One category of an index: its name and the least value that belongs to it."""

    id: Identifier
    label: Text
    at_least: float
    meaning: Text


class QualityIndex(Regulation):
    """An index from 0 to 100 with its categories, best first. A value is compared unrounded."""

    document: str
    minimum_variables: int = Field(ge=1)
    minimum_samples: int = Field(ge=1)
    minimum_reason: str = Field(min_length=1)
    categories: list[Category] = Field(min_length=1)

    @model_validator(mode="after")
    def _categories_leave_nothing_out(self) -> QualityIndex:
        if any(better.at_least <= worse.at_least for better, worse in pairwise(self.categories)):
            raise ValueError("categories stand best first, each with a smaller at_least than the one before")
        if self.categories[-1].at_least != 0:
            raise ValueError("the last category begins at 0")
        return self
