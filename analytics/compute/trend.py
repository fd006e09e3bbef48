"""Trends by Kendall's score and Sen's slope, of series with and without seasons.

Values of a series are taken as independent of one another but for `seasonal_kendall_correlated`. How sure a test must
be and how long a series it needs comes from the catalog (`trend_tests`); a shorter series has no statistic.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import polars as pl
from scipy.stats import norm

from analytics.catalog.trend_test import TrendTest
from analytics.compute import pairs
from analytics.compute.pairs import Block, Counts, Found, Numbers
from analytics.compute.series import SEASONAL, in_order, judged, of_every_series, whole, whole_cycles
from analytics.compute.shape import Frame


def mann_kendall(series: Frame, test: TrendTest) -> pl.LazyFrame:
    """Mann-Kendall test of each series.

    Equal values lower the variance; Z has the continuity correction, and is 0 where S is. A constant series has no
    trend. Source: mann_1945, kendall_1975, gilbert_1987.

    Parameters
    ----------
    series
        One row per series and time: `series_id`, `time` (whole number, number or date), `value` (null: none).

    Returns
    -------
    pl.LazyFrame
        A row for each series, by `series_id`: `values` (how many), `s`, `variance`, `z`, `p` (two-sided), `verdict`
        (rising, falling, no_trend, too_short), `withheld_reason` (no_values, too_few_values). Too short a series keeps
        `values` alone.
    """
    find = partial(_kendall, variance=_independent)
    return whole(series, lambda rows: _judged_by_chance(_by_series(rows, find, most=pairs.FOR_SCORES), test))


def seasonal_kendall(series: Frame, test: TrendTest) -> pl.LazyFrame:
    """Seasonal Kendall test of each series: each season against itself, the scores and variances added up.

    Source: hirsch_1982.

    Parameters
    ----------
    series
        One row per series, `time` (the year, a whole number) and `season`.

    Returns
    -------
    pl.LazyFrame
        As `mann_kendall`, with `seasons` that take part and `seasons_left_out` for having too few values; `values`
        counts those that take part.
    """
    return _seasonal(series, test, variance=_independent)


def seasonal_kendall_correlated(series: Frame, test: TrendTest) -> pl.LazyFrame:
    """Seasonal Kendall test whose variance has the covariances between seasons, estimated from the data.

    It holds where one month of a year tells of the next. Equal and missing values are allowed for. Columns as in
    `seasonal_kendall`. Source: hirsch_1984, dietz_1981.
    """
    return _seasonal(series, test, variance=pairs.variances_with_covariance)


def sen_slope(series: Frame, test: TrendTest) -> pl.LazyFrame:
    """Sen's slope of each series, the median of all slopes between two values, with its confidence interval.

    The interval holds the slope with probability 1 − level: it lies between the slopes of rank (N − C)/2 and (N + C)/2
    + 1 of N, C being the normal quantile times the standard deviation of S, ranks rounded to whole ones (Gilbert
    interpolates between two neighbouring slopes). Source: sen_1968, gilbert_1987.

    Parameters
    ----------
    series
        As for `mann_kendall`.

    Returns
    -------
    pl.LazyFrame
        A row for each series, by `series_id`: `values`, `slope`, `slope_low`, `slope_high` [unit of value per unit of
        time; per year of 365.25 days where time is a date], `verdict` (rising where all the interval is above 0,
        falling where all is below, no_trend, too_short), `withheld_reason`.
    """
    find = partial(_sen, level=test.level)
    return whole(series, lambda rows: _judged_by_interval(_by_series(rows, find, most=pairs.FOR_SLOPES), test))


def seasonal_sen_slope(series: Frame, test: TrendTest) -> pl.LazyFrame:
    """Sen's slope of each series from slopes within seasons, with its confidence interval from the seasonal variance.

    Columns as in `sen_slope` [unit of value per year], with `seasons` and `seasons_left_out`. Source: hirsch_1982,
    gilbert_1987.
    """
    find = partial(_sen, level=test.level)
    return whole(
        series,
        lambda rows: _judged_by_interval(
            _by_season(rows, find, minimum=test.minimum_per_season, most=pairs.FOR_SLOPES), test
        ),
        by=["season"],
    )


def _seasonal(series: Frame, test: TrendTest, *, variance: Callable[[Numbers], Numbers]) -> pl.LazyFrame:
    find = partial(_kendall, variance=variance)
    return whole(
        series,
        lambda rows: _judged_by_chance(
            _by_season(rows, find, minimum=test.minimum_per_season, most=pairs.FOR_SCORES), test
        ),
        by=["season"],
    )


def _by_series(series: pl.DataFrame, find: Callable[[Block], Found], *, most: int) -> pl.DataFrame:
    """What `find` finds, in a row for each series."""
    return _collected(series, in_order(series), find, most=most)


def _by_season(series: pl.DataFrame, find: Callable[[Block], Found], *, minimum: int, most: int) -> pl.DataFrame:
    """What `find` finds of the seasons with at least `minimum` values, in a row for each series."""

    def of_used(block: Block) -> Found:
        used, counts = pairs.long_seasons(block, minimum)
        return counts | find(used)

    found = _collected(series, in_order(whole_cycles(series), key=SEASONAL), of_used, most=most)
    return found.with_columns(pl.col("seasons", "seasons_left_out").fill_null(0))


def _collected(
    series: pl.DataFrame, ordered: pl.DataFrame, find: Callable[[Block], Found], *, most: int
) -> pl.DataFrame:
    """What `find` finds in blocks of at most so many pairs, in a row for each series."""

    def of_block(block: Block) -> Found:
        return {"row": block.first_row, **pairs.counted(block), **find(block)}

    with ThreadPoolExecutor(os.cpu_count()) as pool:  # numpy sorts and compares side by side
        parts = list(pool.map(of_block, pairs.blocks(ordered, most=most)))
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    ids = ordered["series_id"].gather(columns["row"])
    return of_every_series(series, pl.DataFrame(columns, nan_to_null=True).with_columns(series_id=ids).drop("row"))


def _kendall(block: Block, *, variance: Callable[[Numbers], Numbers]) -> Found:
    s = pairs.scores(block.values).sum(axis=1)
    spread = variance(block.values)
    deviation = np.sqrt(spread)
    z = np.zeros(len(s))
    np.divide(s - np.sign(s), deviation, out=z, where=deviation > 0)
    return {"s": s, "variance": spread, "z": z, "p": np.minimum(2 * norm.sf(np.abs(z)), 1)}


def _independent(values: Numbers) -> Numbers:
    return np.asarray(pairs.variances(values).sum(axis=1), dtype=np.float64)


def _sen(block: Block, *, level: float) -> Found:
    found, count = pairs.slopes(block)
    reach = norm.ppf(1 - level / 2) * np.sqrt(_independent(block.values))
    low = np.round((count - reach) / 2).astype(np.int64) - 1
    high = np.minimum(np.round((count + reach) / 2).astype(np.int64), count - 1)
    middle = (_at(found, (count - 1) // 2) + _at(found, count // 2)) / 2
    return {"slope": middle, "slope_low": _at(found, low), "slope_high": _at(found, high)}


def _at(rows: Numbers, place: Counts) -> Numbers:
    """The value at a place of each row, the first where the place lies before it; nan in an empty row."""
    if rows.shape[1] == 0:
        return np.full(len(rows), np.nan)
    return rows[np.arange(len(rows)), np.maximum(place, 0)]


def _judged_by_chance(found: pl.DataFrame, test: TrendTest) -> pl.DataFrame:
    is_significant = pl.col("p") <= test.level
    return judged(found, direction=pl.col("s"), is_significant=is_significant, minimum=test.minimum_values)


def _judged_by_interval(found: pl.DataFrame, test: TrendTest) -> pl.DataFrame:
    is_significant = (pl.col("slope_low") > 0) | (pl.col("slope_high") < 0)
    return judged(found, direction=pl.col("slope"), is_significant=is_significant, minimum=test.minimum_values)
