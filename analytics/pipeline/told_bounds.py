"""Which bounds of a number rest on what somebody told, and which on the most that the catalog lets a member be.

Both decide, for they hold whatever is missing; but only the first say something about the waters. A county of which
nothing is known may have as many facilities as the catalog lets any county have: a range made of that is none.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from analytics.catalog import indicator as shapes
from analytics.compute.shape import named
from analytics.pipeline.contributions import most_of
from analytics.pipeline.question import Question

_OF_THE_CALENDAR = ("d", "h")  # a year has so many days and hours, whoever tells of them


def bounds_told(
    question: Question, members: pl.DataFrame, *, by: Sequence[str], earlier: pl.DataFrame | None = None
) -> pl.DataFrame:
    """For each group of members whether its low and its high bound rest on what was told.

    Parameters
    ----------
    members
        A member frame with the columns `by`, in which a member stands once for each group that it belongs to.
    earlier
        The same of the year before, of a change.

    Returns
    -------
    pl.DataFrame
        The columns `by`, `low_is_told`, `high_is_told`.
    """
    now = _of_year(question, members, by)
    if earlier is None:
        return now
    both = now.join(_of_year(question, earlier, by), on=list(by), how="left", suffix="_before")
    # The least of a change is this year's least against last year's most.
    low, high = (pl.col(f"{end}_is_told") for end in ("low", "high"))
    low_before, high_before = (pl.col(f"{end}_is_told_before").fill_null(True) for end in ("low", "high"))
    return both.select(*by, low_is_told=low & high_before, high_is_told=high & low_before)


def _of_year(question: Question, members: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    counted = pl.col("status") != "excluded"
    low, high = _rests_on_nothing(question)
    # The lowest of all is no higher than any that was told.
    bounds_all = pl.lit(question.indicator.is_lowest) & (pl.col("status") == "used")
    return members.group_by(named(by), maintain_order=True).agg(
        low_is_told=~(low & counted).any(), high_is_told=~(high & counted).any() | bounds_all.any()
    )


def _rests_on_nothing(question: Question) -> tuple[pl.Expr, pl.Expr]:
    """Of a member whether the least and the most that it may bring were told of by nobody."""
    numerator, denominator = question.indicator.numerator, question.indicator.denominator
    never = pl.lit(False)
    if isinstance(numerator, shapes.ByLowest):
        return _is_silent(), never  # what is missing can only be lower than what was told
    if isinstance(numerator, shapes.ByMean):
        unsized = _stands_on(question, numerator.weighted_by, "denominator")
        return unsized, unsized | _is_silent()
    if isinstance(denominator, shapes.ByAmount):
        unsized = _stands_on(question, denominator.amount, "denominator")
        return unsized, unsized
    if isinstance(numerator, shapes.ByAmount):
        return never, _stands_on(question, numerator.amount, "numerator")
    return never, never


def _is_silent() -> pl.Expr:
    """Whether nothing of a member's value was told: not even a part of the time bounds it."""
    return (pl.col("status") != "used") & pl.col("numerator").is_null() & (pl.col("numerator_low").fill_null(0) == 0)


def _stands_on(question: Question, item: str | None, of: str) -> pl.Expr:
    """Whether the most that a member's amount may be is the most that the catalog lets it be."""
    if item is None or question.catalog.item_field(item).unit in _OF_THE_CALENDAR:
        return pl.lit(False)
    most = most_of(question, item)
    if most is None:
        return pl.col(f"{of}_high").is_null()
    return (pl.col(f"{of}_high") >= most) & (pl.col(of).is_null() | (pl.col(f"{of}_high") > pl.col(of)))
