"""The one time at which the level of a series most likely changed (Pettitt)."""

from __future__ import annotations

import polars as pl

from analytics.catalog.trend_test import TrendTest
from analytics.compute.series import in_order, judged, of_every_series, whole
from analytics.compute.shape import Frame


def pettitt(series: Frame, test: TrendTest) -> pl.LazyFrame:
    """Pettitt test of each series for one change of its level.

    Over the first k of n values U(k) = 2Σ rank − k(n+1), equal values sharing their mean rank; U* is the largest of its
    absolute values, and the change lies after that k: after the first such k where there are several
    (`equal_positions`). p ≈ 2 exp(−6 U*² / (n³ + n²)), at most 1. A constant series has no position. A trend without a
    jump is found as a change too; of two changes the test finds one. Source: pettitt_1979.

    Parameters
    ----------
    series
        One row per series and time: `series_id`, `time` (number or date), `value` (null: none).

    Returns
    -------
    pl.LazyFrame
        A row for each series, by `series_id`: `values` (n), `position` (k), `last_before` and `first_after` (times on
        either side of the change), `equal_positions`, `u` (U*), `p`, `verdict` (rising: higher after the change;
        falling, no_change, too_short), `withheld_reason` (no_values, too_few_values).
    """
    return whole(series, lambda rows: _pettitt(rows, test))


def _pettitt(series: pl.DataFrame, test: TrendTest) -> pl.DataFrame:
    found = judged(
        of_every_series(series, _changes(in_order(series))),
        direction=pl.col("rise"),
        is_significant=pl.col("p") <= test.level,
        minimum=test.minimum_values,
        unchanged="no_change",
    )
    return found.drop("rise")


def _changes(ordered: pl.DataFrame) -> pl.DataFrame:
    """U* of each series, where it lies and how likely it is; `rise` is above 0 where values are higher afterwards."""
    k, n, u, time = pl.col("k"), pl.col("n"), pl.col("u"), pl.col("time")
    ranked = ordered.with_columns(
        ranks=pl.col("value").rank("average").cum_sum().over("series_id"),
        k=pl.int_range(1, pl.len() + 1).over("series_id"),
        n=pl.len().over("series_id").cast(pl.Int64),
    ).with_columns(u=2 * pl.col("ranks") - k * (n + 1))
    largest = u.abs().max()
    is_largest = (u.abs() == largest) & (u != 0)
    position = k.filter(is_largest).min()
    return (
        ranked.group_by("series_id")
        .agg(
            values=n.first(),
            position=position,
            last_before=time.filter(k == position).first(),
            first_after=time.filter(k == position + 1).first(),
            equal_positions=is_largest.sum().cast(pl.Int64),
            u=largest,
            rise=-u.filter(k == position).first(),
        )
        .with_columns(p=_chance(pl.col("u"), n=pl.col("values").cast(pl.Float64)))
    )


def _chance(u: pl.Expr, *, n: pl.Expr) -> pl.Expr:
    return pl.min_horizontal(2 * (-6 * u**2 / (n**3 + n**2)).exp(), pl.lit(1.0))
