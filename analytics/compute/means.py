"""Means of readings over a month and a year."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

READING = ("site_id", "taken_at", "parameter", "value", "below_limit")


def counted_value() -> pl.Expr:
    """A reading as it enters a mean: half the limit of detection where it lies below it.

    Needs `value` (the limit itself where `below_limit`). Source: rounding_2020, item 7.
    """
    return pl.when(pl.col("below_limit")).then(pl.col("value") / 2).otherwise(pl.col("value"))


def bounds_of_counted_value() -> tuple[pl.Expr, pl.Expr]:
    """The least and the most that a reading can be: below the limit of detection it lies between nothing and that."""
    below = pl.col("below_limit")
    return pl.when(below).then(pl.lit(0.0)).otherwise(pl.col("value")), pl.col("value")


def mean_of(value: pl.Expr, *, by_hydrogen_ion: pl.Expr) -> pl.Expr:
    """Arithmetic mean; where `by_hydrogen_ion` (pH), minus log10 of the mean hydrogen-ion concentration."""
    ions = -(pl.lit(10.0).pow(-value)).mean().log10()
    return pl.when(by_hydrogen_ion.first()).then(ions).otherwise(value.mean())


def monthly_means(readings: pl.LazyFrame, *, hydrogen_ion: Collection[str]) -> pl.LazyFrame:
    """Mean of each site, parameter and month.

    Parameters
    ----------
    readings
        One row per reading: `site_id`, `taken_at`, `parameter`, `value` [unit of the parameter],
        `below_limit`. Rows without a value take no part.
    hydrogen_ion
        Parameters averaged through the hydrogen-ion concentration.

    Returns
    -------
    pl.LazyFrame
        `site_id`, `parameter`, `month` (first day), `mean`, `mean_low` and `mean_high` (what is below the limit of
        detection at nothing, and at that limit), `readings` (how many).
    """
    low, high = bounds_of_counted_value()
    return (
        readings.filter(pl.col("value").is_not_null())
        .with_columns(
            month=pl.col("taken_at").dt.date().dt.month_start(),
            counted=counted_value(),
            low=low,
            high=high,
            is_ion=pl.col("parameter").is_in(list(hydrogen_ion)),
        )
        .group_by("site_id", "parameter", "month")
        .agg(
            mean=mean_of(pl.col("counted"), by_hydrogen_ion=pl.col("is_ion")),
            mean_low=mean_of(pl.col("low"), by_hydrogen_ion=pl.col("is_ion")),
            mean_high=mean_of(pl.col("high"), by_hydrogen_ion=pl.col("is_ion")),
            readings=pl.len(),
        )
    )


def annual_means(monthly: pl.LazyFrame, *, hydrogen_ion: Collection[str]) -> pl.LazyFrame:
    """Mean of the monthly means of each site and parameter, unrounded.

    Returns
    -------
    pl.LazyFrame
        `site_id`, `parameter`, `mean`, `mean_low`, `mean_high` [unit of the parameter], `months` (how many have a
        mean).
    """
    return (
        monthly.with_columns(is_ion=pl.col("parameter").is_in(list(hydrogen_ion)))
        .group_by("site_id", "parameter")
        .agg(
            *(mean_of(pl.col(m), by_hydrogen_ion=pl.col("is_ion")).alias(m) for m in ("mean", "mean_low", "mean_high")),
            months=pl.len(),
        )
    )
