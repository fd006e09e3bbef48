"""The kinds of figures: a member frame summed to value, used and expected members, low and high."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

SUMMED = ("value", "numerator", "denominator", "used", "expected", "delivered", "low", "high")


def ratio(members: pl.DataFrame, *, by: Sequence[str]) -> pl.DataFrame:
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

    Returns
    -------
    pl.DataFrame
        The group columns and `value` [%], `numerator`, `denominator`, `used`, `expected` (members not
        excluded), `delivered` (of whom anything arrived), `low`, `high` [%].
    """
    least = pl.col("numerator_low").filter(_counts())
    most = pl.col("numerator_high").filter(_counts())
    whole, part = (pl.col(f"denominator_{end}").filter(_counts()) for end in ("high", "low"))
    return (
        _grouped(members, by)
        .agg(
            *_sums(),
            _low=pl.when(~whole.is_null().any()).then(_percent(least.sum(), whole.sum())),
            _high=pl.when(~part.is_null().any()).then(_percent(most.sum(), part.sum())),
        )
        .with_columns(value=_percent(pl.col("numerator"), pl.col("denominator")))
        .rename({"_low": "low", "_high": "high"})
        .select(*_key(by), *SUMMED)
        .sort(_key(by))
        .drop("_all", strict=False)
    )


def count(members: pl.DataFrame, *, by: Sequence[str]) -> pl.DataFrame:
    """Number of members that count in each group, with the bounds that missing members leave.

    Columns as in `ratio`; `value`, `low` and `high` are numbers of members. Without a usable member the
    value is null.
    """
    return (
        _grouped(members, by)
        .agg(
            *_sums(),
            low=pl.col("numerator_low").filter(_counts()).sum(),
            high=pl.col("numerator_high").filter(_counts()).sum(),
        )
        .with_columns(value=pl.when(pl.col("used") > 0).then(pl.col("numerator")))
        .select(*_key(by), *SUMMED)
        .sort(_key(by))
        .drop("_all", strict=False)
    )


def _counts() -> pl.Expr:
    return pl.col("status") != "excluded"


def _sums() -> list[pl.Expr]:
    used = pl.col("status") == "used"
    return [
        pl.col("numerator").filter(used).sum().alias("numerator"),
        pl.col("denominator").filter(used).sum().alias("denominator"),
        used.sum().cast(pl.Int64).alias("used"),
        _counts().sum().cast(pl.Int64).alias("expected"),
        (pl.col("status") != "not_delivered").sum().cast(pl.Int64).alias("delivered"),
    ]


def _percent(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    return pl.when(whole > 0).then(100 * part / whole)


def _key(by: Sequence[str]) -> list[str]:
    return list(by) or ["_all"]


def _grouped(members: pl.DataFrame, by: Sequence[str]) -> pl.dataframe.group_by.GroupBy:
    return members.with_columns(_all=pl.lit(0)).group_by(_key(by))
