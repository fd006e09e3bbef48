"""Means of readings over a month, a quarter and a year."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import polars as pl

from analytics.compute.rounding import settled

READING = ("site_id", "taken_at", "parameter", "value", "below_limit")
_MEANS = ("mean", "mean_low", "mean_high")


def counted_value() -> pl.Expr:
    """A reading as it enters a mean: half the limit of detection where it lies below it.

    Needs `value` (the limit itself where `below_limit`). Source: assessment_2020, item 7.
    """
    return pl.when(pl.col("below_limit")).then(pl.col("value") / 2).otherwise(pl.col("value"))


def mean_value(value: pl.Expr, *, is_ion: pl.Expr) -> pl.Expr:
    """Arithmetic mean of a group; where `is_ion` (pH), minus log10 of the mean hydrogen-ion concentration."""
    return _as_read(as_added(value, is_ion=is_ion).mean(), is_ion=is_ion.first())


def as_added(value: pl.Expr, *, is_ion: pl.Expr) -> pl.Expr:
    """A value as it is added up: a pH as its hydrogen-ion concentration."""
    return pl.when(is_ion).then(pl.lit(10.0).pow(-value)).otherwise(value)


def _as_read(mean: pl.Expr, *, is_ion: pl.Expr) -> pl.Expr:
    return settled(pl.when(is_ion).then(-mean.log10()).otherwise(mean))


def monthly_means(readings: pl.LazyFrame, *, hydrogen_ion: Collection[str]) -> pl.LazyFrame:
    """Mean of each site, parameter and month.

    Parameters
    ----------
    readings
        One row per reading: `site_id`, `taken_at`, `parameter`, `value` [unit of the parameter], `below_limit`. Rows
        without a value take no part.
    hydrogen_ion
        Parameters averaged through the hydrogen-ion concentration.

    Returns
    -------
    pl.LazyFrame
        `site_id`, `parameter`, `month` (first day), `mean`, `mean_low` and `mean_high` (what is below the limit of
        detection at nothing, and at that limit), `readings` (how many), `is_undetected` (whether none was detected).
        Source: assessment_2011, assessment_2020.
    """
    # A month's number is quicker to group by than its first day, and one sum with that of what was not detected
    # gives all three means.
    added = as_added(pl.col("value"), is_ion=pl.col("is_ion"))
    below = pl.col("below_limit").fill_null(False) & ~pl.col("is_ion")
    sums = (
        readings.filter(pl.col("value").is_not_null())
        .select(
            "site_id",
            "parameter",
            "below_limit",
            "value",
            month=pl.col("taken_at").dt.year() * 12 + pl.col("taken_at").dt.month().cast(pl.Int32) - 1,
            is_ion=pl.col("parameter").is_in(list(hydrogen_ion)),
        )
        .select("site_id", "parameter", "month", "is_ion", added=added, undetected=pl.when(below).then(added))
        .group_by("site_id", "parameter", "month")
        .agg(
            total=pl.col("added").sum(),
            undetected=pl.col("undetected").sum(),
            not_detected=pl.col("undetected").count(),
            is_ion=pl.col("is_ion").first(),
            readings=pl.len(),
        )
    )
    count, month = pl.col("readings"), pl.col("month")
    means = {
        name: _as_read((pl.col("total") - part * pl.col("undetected")) / count, is_ion=pl.col("is_ion"))
        for name, part in zip(_MEANS, (0.5, 1.0, 0.0), strict=True)
    }
    return sums.select(
        "site_id",
        "parameter",
        month=pl.date(month // 12, month % 12 + 1, 1),
        **means,
        readings=count,
        is_undetected=pl.col("not_detected") == count,
    )


def means_over(monthly: pl.LazyFrame, period: Sequence[str], *, hydrogen_ion: Collection[str]) -> pl.LazyFrame:
    """Mean of the monthly means of each site, parameter and period, unrounded.

    Parameters
    ----------
    monthly
        From `monthly_means`, with the columns of `period`.
    period
        The columns that tell the periods apart; none: all months are one.
    hydrogen_ion
        Parameters averaged through the hydrogen-ion concentration.

    Returns
    -------
    pl.LazyFrame
        `site_id`, `parameter`, the columns of `period`, `mean`, `mean_low`, `mean_high` [unit of the parameter],
        `months` (how many have a mean), `is_undetected` (whether nothing was detected in any).
    """
    is_ion = pl.col("is_ion")
    return (
        monthly.with_columns(is_ion=pl.col("parameter").is_in(list(hydrogen_ion)))
        .group_by("site_id", "parameter", *period)
        .agg(
            *(mean_value(pl.col(m), is_ion=is_ion).alias(m) for m in _MEANS),
            months=pl.len(),
            is_undetected=pl.col("is_undetected").all(),
        )
    )


def annual_means(monthly: pl.LazyFrame, *, hydrogen_ion: Collection[str]) -> pl.LazyFrame:
    """Mean of the monthly means of each site and parameter: `means_over` of one year's months."""
    return means_over(monthly, [], hydrogen_ion=hydrogen_ion)


def means_over_sites(
    means: pl.LazyFrame, sites: pl.LazyFrame, *, by: Sequence[str], hydrogen_ion: Collection[str]
) -> pl.LazyFrame:
    """Mean over the sites of each group of their means over time: a lake of several points, a city's sections.

    Parameters
    ----------
    means
        From `means_over`: first the mean over time of each site. Rows without a mean take no part.
    sites
        One row per site: `site_id` and the columns of `by`. Where `means` has columns of `by` too (a period), they are
        matched.
    by
        The columns that tell the groups apart.
    hydrogen_ion
        Parameters averaged through the hydrogen-ion concentration.

    Returns
    -------
    pl.LazyFrame
        The columns of `by`, `parameter`, `mean`, `mean_low`, `mean_high` [unit of the parameter], `months` (fewest of a
        site), `is_undetected` (whether nothing was detected at any), `sites_used` (how many have a mean), and
        `sites_expected` (how many the group has). No row for an item that no site of the group has.
        Source: assessment_2011.
    """
    shared = [c for c in means.collect_schema().names() if c in by]
    is_ion = pl.col("is_ion")
    of_group = sites.group_by(by).agg(sites_expected=pl.len())
    return (
        sites.select("site_id", *by)
        .join(means.drop_nulls("mean"), on=["site_id", *shared])
        .with_columns(is_ion=pl.col("parameter").is_in(list(hydrogen_ion)))
        .group_by(*by, "parameter")
        .agg(
            *(mean_value(pl.col(m), is_ion=is_ion).alias(m) for m in _MEANS),
            months=pl.col("months").min(),
            is_undetected=pl.col("is_undetected").all(),
            sites_used=pl.len(),
        )
        .join(of_group, on=list(by))
    )
