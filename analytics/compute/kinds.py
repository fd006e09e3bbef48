"""The kinds of figures: a member frame summed to value, used and expected members, low and high."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from analytics.compute.shape import named

SUMMED = ("value", "numerator", "denominator", "used", "expected", "delivered", "low", "high")


def ratio(members: pl.DataFrame, *, by: Sequence[str], scale: float = 100.0) -> pl.DataFrame:
    """Sum of numerators over sum of denominators [%] in each group: never a mean of ratios.

    Members that are not `used` take no part in the value; `low` and `high` say what the ratio would be if
    they contributed the least and the most. Without a usable member, or with a denominator of zero, the
    value is null.

    Parameters
    ----------
    members
        A member frame (see `compute.members`).
    by
        Columns that name the group; none for one row over all.
    scale
        100 for shares in per cent, 1 for a weighted mean in the unit of the numerator.

    Returns
    -------
    pl.DataFrame
        The group columns and `value` [%], `numerator`, `denominator`, `used`, `expected` (members not
        excluded), `delivered` (of whom anything arrived), `low`, `high` [%].
    """
    least = pl.col("numerator_low").filter(_counts())
    most = pl.col("numerator_high").filter(_counts())
    whole, part = (pl.col(f"denominator_{end}").filter(_counts()) for end in ("high", "low"))
    return _summed(
        members,
        by,
        # What is less than nothing is least over the smaller whole, and most over the larger.
        low=pl.when(~whole.is_null().any()).then(
            _over(least.sum(), pl.when(least.sum() < 0).then(part.sum()).otherwise(whole.sum()), scale)
        ),
        high=pl.when(~(part.is_null() | most.is_null()).any()).then(
            _over(most.sum(), pl.when(most.sum() < 0).then(whole.sum()).otherwise(part.sum()), scale)
        ),
        value=_over(pl.col("numerator"), pl.col("denominator"), scale),
    )


def count(members: pl.DataFrame, *, by: Sequence[str]) -> pl.DataFrame:
    """Sum of what the members of each group bring, with the bounds that missing members leave.

    Columns as in `ratio`; `value`, `low` and `high` are numbers of members, or amounts. Without a usable member the
    value is null; `high` is null where nothing bounds a missing one.
    """
    most = pl.col("numerator_high").filter(_counts())
    return _summed(
        members,
        by,
        low=pl.col("numerator_low").filter(_counts()).sum(),
        high=pl.when(~most.is_null().any()).then(most.sum()),
        value=pl.when(pl.col("used") > 0).then(pl.col("numerator")),
    )


def lowest(members: pl.DataFrame, *, by: Sequence[str]) -> pl.DataFrame:
    """The lowest numerator over denominator of the members of each group [unit of the numerator].

    Columns as in `ratio`. A missing member can only lower it: `high` is no more than the value where there is one.
    """
    used = pl.col("status") == "used"
    own = pl.when(used & (pl.col("denominator") > 0)).then(pl.col("numerator") / pl.col("denominator"))
    least = pl.when(pl.col("denominator_high") > 0).then(pl.col("numerator_low") / pl.col("denominator_high"))
    most = pl.when(pl.col("denominator_low") > 0).then(pl.col("numerator_high") / pl.col("denominator_low"))
    # A used member that is measured by nothing (nothing was treated) has no number of its own.
    is_nothing = used & (pl.col("denominator") == 0)
    frame = members.with_columns(
        _own=own, _least=pl.when(~is_nothing).then(least.fill_null(0.0)), _most=pl.when(~is_nothing).then(most)
    )
    return _summed(
        frame,
        by,
        low=pl.col("_least").filter(_counts()).min(),
        high=pl.col("_most").filter(_counts()).min(),
        value=pl.col("_lowest"),
        extra=[pl.col("_own").min().alias("_lowest")],
    )


def change(
    now: pl.DataFrame, before: pl.DataFrame, *, by: Sequence[str], how: Literal["points", "percent"]
) -> pl.DataFrame:
    """This year against the last, on the members that are usable in both.

    `points`: the difference of two shares [percentage points], `numerator` and `denominator` are the shares of the two
    years [%]. `percent`: how much the sum has grown [%], `numerator` and `denominator` are the sums.

    Parameters
    ----------
    now, before
        Member frames of the same population in the two years.

    Returns
    -------
    pl.DataFrame
        Columns as in `ratio`. The bounds let each year be at its own worst and best.
    """
    first, second = same_base(now, before)
    kind = ratio if how == "points" else count
    joined = (
        kind(first, by=by).join(kind(second, by=by), on=list(by), how="left", suffix="_before")
        if by
        else (pl.concat([kind(first, by=by), kind(second, by=by).rename(lambda c: f"{c}_before")], how="horizontal"))
    )
    a, b, low, high = (pl.col(c) for c in ("value", "value_before", "low", "high"))
    low_before, high_before = pl.col("low_before"), pl.col("high_before")
    if how == "points":
        answers = {"value": a - b, "low": low - high_before, "high": high - low_before}
    else:
        answers = {
            "value": _over(a, b, 100.0) - 100,
            "low": _over(low, high_before, 100.0) - 100,
            "high": _over(high, low_before, 100.0) - 100,
        }
    # A share of nothing is none, in either year: then there is nothing to compare.
    of_nothing = (pl.col("denominator") == 0) | (pl.col("denominator_before") == 0)
    sums = {"numerator": a, "denominator": pl.when(pl.lit(how == "points") & of_nothing).then(0.0).otherwise(b)}
    delivered = pl.max_horizontal("delivered", "delivered_before")
    return joined.with_columns(**answers, **sums, delivered=delivered).select(*by, *SUMMED)


def same_base(now: pl.DataFrame, before: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The two frames with only those members `used` that are so in both: compared is what can be compared.

    A member that is left out in one year, or was there in one alone, is left out of both.
    """

    def standing(frame: pl.DataFrame, status: str, *, every: bool) -> set[str]:
        stands = pl.col("status").eq(status)
        found = frame.group_by("entity_id").agg(stands=stands.all() if every else stands.any())
        return set(found.filter("stands")["entity_id"])

    usable = standing(now, "used", every=True) & standing(before, "used", every=True)
    left_out = standing(now, "excluded", every=False) | standing(before, "excluded", every=False)
    left_out |= set(now["entity_id"]) ^ set(before["entity_id"])
    lacks = (pl.col("status") == "used") & ~pl.col("entity_id").is_in(list(usable))
    status = (
        pl.when(pl.col("entity_id").is_in(list(left_out)))
        .then(pl.lit("excluded"))
        .when(lacks)
        .then(pl.lit("incomplete"))
        .otherwise("status")
    )
    return now.with_columns(status=status), before.with_columns(status=status)


def _counts() -> pl.Expr:
    return pl.col("status") != "excluded"


def _summed(
    members: pl.DataFrame,
    by: Sequence[str],
    *,
    value: pl.Expr,
    low: pl.Expr,
    high: pl.Expr,
    extra: Sequence[pl.Expr] = (),
) -> pl.DataFrame:
    """The sums of each group; `value` is made of them, `low` and `high` of the members."""
    used = pl.col("status") == "used"
    sums = [
        pl.col("numerator").filter(used).sum().alias("numerator"),
        pl.col("denominator").filter(used).sum().alias("denominator"),
        used.sum().cast(pl.Int64).alias("used"),
        _counts().sum().cast(pl.Int64).alias("expected"),
        (pl.col("status") != "not_delivered").sum().cast(pl.Int64).alias("delivered"),
    ]
    key = list(named(by)) if by else ["_all"]
    return (
        members.with_columns(_all=pl.lit(0))
        .group_by(key)
        .agg(*sums, low.alias("low"), high.alias("high"), *extra)
        .with_columns(value=value)
        .select(*key, *SUMMED)
        .sort(key)
        .drop("_all", strict=False)
    )


def _over(part: pl.Expr, whole: pl.Expr, scale: float) -> pl.Expr:
    return pl.when(whole > 0).then(scale * part / whole)
