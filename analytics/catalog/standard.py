"""The typed shape of a limit table: what bounds a value in each class, from the best class to the worst."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from analytics.catalog.models import Entry, Identifier, Regulation, Said, Text

Range = Annotated[list[float], Field(min_length=2, max_length=2)]
Bound = float | Range | Literal["not_detected"] | None


class Limits(Entry):
    """Limits of one `item` of the standard's table (—: not seen), as published from the best class on, with the cases
    (water bodies, seasons) they hold for.

    A bound of null always holds; `not_detected` only where the item was not detected. Where there are fewer bounds than
    the standard has classes but the last, a value beyond them is of one of the others: the standard does not say which.
    """

    parameter: Identifier
    direction: Literal["at_most", "at_least", "within"]
    cases: list[Identifier] = Field(min_length=1)
    unit: str
    classes: list[Bound] = Field(min_length=1)
    item: Said

    @model_validator(mode="after")
    def _bounds_suit_the_direction(self) -> Limits:
        for bound in self.classes:
            if bound is not None and isinstance(bound, list) != (self.direction == "within"):
                raise ValueError(f"{self.direction} takes {_SHAPES[self.direction]}, not {bound}")
        return self

    @model_validator(mode="after")
    def _bounds_widen(self) -> Limits:
        spans = [self.span(number) for number in range(len(self.classes))]
        if any(low > high for low, high in spans):
            raise ValueError("the lower limit is above the upper one")
        for (low, high), (lower, higher) in pairwise(spans):
            if lower > low or higher < high:
                raise ValueError("a limit is stricter than that of a better class")
        return self

    def span(self, number: int) -> tuple[float, float]:
        """The least and the most that the class of that number (0: the best) allows [unit of the item]."""
        bound = self.classes[number]
        if isinstance(bound, list):
            return bound[0], bound[1]
        if bound is None:
            return float("-inf"), float("inf")
        if bound == "not_detected":
            return float("-inf"), float("-inf")
        return (bound, float("inf")) if self.direction == "at_least" else (float("-inf"), float(bound))


class ChangeLimit(Entry):
    """How far people may raise and lower an `item` of the standard's table, whatever it is without them.

    It holds in every class; what the water would be without them nobody delivers, so that it is shown, and not judged.
    """

    parameter: Identifier
    mean: Text
    rise: float = Field(gt=0)
    fall: float = Field(gt=0)
    unit: str
    item: Said


_SHAPES = {"at_most": "one limit", "at_least": "one limit", "within": "a lower and an upper limit"}


class Standard(Regulation):
    """A limit table with its document, edition and clause.

    `base_items` always decide; `not_assessed` have limits and take no part in the class; `changes` bound what people
    may change an item by. `case_when_undetermined` is
    taken where nobody told which case holds. `rounded` says whether values are rounded to the places of assessment data
    before they are held against a limit.
    """

    document: Said
    table: Said
    cases: dict[Identifier, Text] = Field(min_length=1)
    class_names: list[str] = Field(min_length=2)
    class_words: list[Text] = []
    class_colours: list[Text] = []
    base_items: list[Identifier] = []
    not_assessed: list[Identifier] = []
    case_when_undetermined: Identifier | None = None
    rounded: bool
    limits: list[Limits] = Field(min_length=1)
    changes: list[ChangeLimit] = []

    @model_validator(mode="after")
    def _classes_are_described(self) -> Standard:
        for key in ("class_words", "class_colours"):
            if getattr(self, key) and len(getattr(self, key)) != len(self.class_names):
                raise ValueError(f"{key} names each of the {len(self.class_names)} classes")
        if len(set(self.class_names)) < len(self.class_names):
            raise ValueError("two classes have one name")
        if not all(name.strip() for name in self.class_names):
            raise ValueError("a class has no name")
        return self

    @model_validator(mode="after")
    def _limits_are_told_once(self) -> Standard:
        told = [(limit.parameter, case) for limit in self.limits for case in limit.cases]
        twice = next((t for i, t in enumerate(told) if t in told[:i]), None)
        if twice:
            raise ValueError(f"{twice[0]} has two limits in the case {twice[1]}")
        unknown = next((case for _, case in told if case not in self.cases), None)
        if unknown or (self.case_when_undetermined or told[0][1]) not in self.cases:
            raise ValueError(
                f"there is no case {unknown or self.case_when_undetermined}; known are {', '.join(self.cases)}"
            )
        most = len(self.class_names) - 1
        if any(len(limit.classes) > most for limit in self.limits):
            raise ValueError(f"{len(self.class_names)} classes have {most} limits at most: the last has none")
        return self

    def limits_of(self, parameter: str, case: str) -> Limits | None:
        """The item's limits in that case, where it takes part in the class."""
        if parameter in self.not_assessed:
            return None
        return next((i for i in self.limits if i.parameter == parameter and case in i.cases), None)

    def number_of(self, class_name: str) -> int:
        """The number of a class, 1 for the best."""
        return self.class_names.index(class_name) + 1
