"""The typed shape of a scheme of ecological compensation across boundaries (跨界断面生态补偿)."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Literal

from pydantic import Field, model_validator

from analytics.catalog.models import AreaCode, Entry, Identifier, Regulation


class Band(Entry):
    """Exceedance multiples that cost the same amount: above one limit, up to and with the next one.

    The last band has no `up_to`. Where the limits are not known, `seen_at` has the multiples of which the amount was
    published: what lies between two of them is of the band, all else may be. Without a known amount there is none.
    """

    id: Identifier
    above: float | None = None
    up_to: float | None = None
    seen_at: list[float] = []
    amount: float | None = None
    reason: str = ""

    @model_validator(mode="after")
    def _can_be_found(self) -> Band:
        if (self.above is None) != bool(self.seen_at) or (self.up_to is not None and self.above is None):
            raise ValueError("a band has its limits (above, up_to), or else the multiples it was seen at")
        if self.up_to is not None and self.above is not None and self.up_to <= self.above:
            raise ValueError("a band ends above where it begins")
        if (self.amount is None or self.seen_at) and not self.reason:
            raise ValueError("an amount or limits that are not known need a reason")
        return self


class KeptMonths(Entry):
    """So much for each run of months at target within a year.

    `without_overlap`: a new run begins after each reward; `rolling`: each month that completes one is rewarded.
    """

    months: int = Field(ge=1)
    counted: Literal["without_overlap", "rolling"]
    amount: float | None


class CrossedGrades(Entry):
    """So much for each water class crossed once the target is reached: down to the class `to_class`, and beyond it.

    `counted` says when: `after_turning`, in a month that has turned to target since last year, from the class of its
    target on; `each_month`, in every month at target, from last year's class on where that was at target. `graded_by`
    says whose class: of the `items` of the scheme, or of the whole `section`.
    """

    counted: Literal["after_turning", "each_month"]
    graded_by: Literal["items", "section"]
    amount: float | None
    to_class: int = Field(ge=1, le=6)
    amount_beyond: float | None


class Rewards(Entry):
    """What is paid for sections that keep their target, and for those that improve on the same month last year."""

    only_without_inflow: bool
    kept_months: KeptMonths
    kept_year: float | None
    turned_to_target: float | None
    crossed_grades: CrossedGrades
    reason: str


class Compensation(Regulation):
    """A scheme of deductions and rewards with the months it holds for; rewards that nobody knows are none.

    `least` and `most` bound any deduction whose amount is not known (none: nothing does). Without `has_all_items` there
    may be others than the `items` that are known: that a section exceeds in none of them says nothing.
    """

    document: str
    area: AreaCode
    valid_from: date
    valid_to: date | None
    items: list[Identifier] = Field(min_length=1)
    has_all_items: bool
    unit: Literal["万元"]
    bands: list[Band] = Field(min_length=1)
    least: float | None = None
    most: float | None = None
    rewards: Rewards | None

    @model_validator(mode="after")
    def _bands_follow_upon_each_other(self) -> Compensation:
        limited = [b for b in self.bands if b.above is not None]
        if any(lower.up_to is None or lower.up_to != higher.above for lower, higher in pairwise(limited)):
            raise ValueError("each band begins where the one before it ends, and only the last has no end")
        if limited and (limited[0].above != 0 or limited[-1].up_to is not None or len(limited) < len(self.bands)):
            raise ValueError("the bands have all their limits, from 0 on and without an end, or none of them")
        if len({b.id for b in self.bands}) < len(self.bands):
            raise ValueError("two bands have this id")
        return self

    @model_validator(mode="after")
    def _bands_were_seen_apart(self) -> Compensation:
        seen = [b.seen_at for b in self.bands if b.seen_at]
        if any(max(lower) >= min(higher) for lower, higher in pairwise(seen)):
            raise ValueError("a multiple was seen in a higher band than a larger one")
        return self

    @model_validator(mode="after")
    def _amounts_lie_within(self) -> Compensation:
        known = [b.amount for b in self.bands if b.amount is not None]
        if sorted(known) != known:
            raise ValueError("a higher band costs less than a lower one")
        if any((self.least or 0) > amount or (self.most is not None and self.most < amount) for amount in known):
            raise ValueError("an amount is beyond the least or the most")
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("the scheme ends before it begins")
        return self
