"""Every value of a series against every later one: Kendall's score, its variance, and the slopes between two times.

Many series at once, in blocks of series with equally many times. What was not measured is nan in here: a comparison
with it is neither larger nor smaller, and a slope to it is sorted behind all others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analytics.compute.series import elapsed

Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]
Found = dict[str, NDArray[Any]]
# Pairs of values in a block. Slopes are held all at once, 16 MB; a longer series is taken whole, at 4 bytes times the
# square of its length. Scores are counted time by time, and more series at once take fewer steps.
FOR_SLOPES = 2_000_000
FOR_SCORES = 16_000_000


@dataclass(frozen=True)
class Block:
    """Some series: `values` by series, season and time, `times` by series and time, `first_row` of each."""

    first_row: Counts
    values: Numbers
    times: Numbers


def blocks(ordered: pl.DataFrame, *, most: int) -> Iterator[Block]:
    """The rows of `in_order` in blocks of at most so many pairs; without the column `season` all is one season.

    The times of a series are those at which any of its seasons has a value. Of no rows there is one empty block.
    """
    if ordered.is_empty():
        yield Block(np.empty(0, dtype=np.int64), np.empty((0, 1, 1)), np.empty((0, 1)))
        return
    rows = _Rows.of(ordered)
    for length in np.unique(rows.length):
        alike = np.flatnonzero(rows.length == length)
        of_one = rows.seasons * int(length) * (int(length) - 1) // 2
        step = max(1, most // max(1, of_one))
        for first in range(0, len(alike), step):
            yield rows.block(alike[first : first + step])


@dataclass(frozen=True)
class _Rows:
    """Rows in order with the places of their season and time; where each series begins, how many times it has."""

    value: Numbers
    time: Numbers
    season: Counts
    place: Counts
    start: Counts
    count: Counts
    length: Counts
    seasons: int

    @classmethod
    def of(cls, ordered: pl.DataFrame) -> _Rows:
        time = elapsed(ordered).to_numpy()
        owner = ordered["series_id"].rle_id().to_numpy().astype(np.int64)
        start = np.flatnonzero(np.diff(owner, prepend=-1))
        place = np.cumsum(np.diff(time, prepend=np.nan) != 0)
        place -= place[start][owner]
        count = np.diff(start, append=len(owner))
        season = _codes(ordered)
        length = place[start + count - 1] + 1
        value = ordered["value"].to_numpy()
        return cls(value, time, season, place, start, count, length, int(season.max()) + 1)

    def block(self, series: Counts) -> Block:
        count = self.count[series]
        ends = np.cumsum(count)
        rows = np.arange(ends[-1]) + np.repeat(self.start[series] - (ends - count), count)
        owner = np.repeat(np.arange(len(series)), count)
        values = np.full((len(series), self.seasons, self.length[series[0]]), np.nan)
        values[owner, self.season[rows], self.place[rows]] = self.value[rows]
        times = np.empty((len(series), values.shape[2]))
        times[owner, self.place[rows]] = self.time[rows]
        return Block(self.start[series], values, times)


def _codes(ordered: pl.DataFrame) -> Counts:
    """Seasons as whole numbers from 0."""
    if "season" not in ordered.columns:
        return np.zeros(ordered.height, dtype=np.int64)
    season = ordered["season"]
    return season.unique().sort().search_sorted(season).to_numpy().astype(np.int64)


def counted(block: Block) -> Found:
    """`values`: how many each series has."""
    return {"values": np.count_nonzero(~np.isnan(block.values), axis=(1, 2))}


def long_seasons(block: Block, minimum: int) -> tuple[Block, Found]:
    """The block without its seasons of fewer than `minimum` values, and `values`, `seasons`, `seasons_left_out`."""
    n = np.count_nonzero(~np.isnan(block.values), axis=2)
    is_long = n >= minimum
    values = np.where(is_long[:, :, np.newaxis], block.values, np.nan)
    counts = {
        "values": np.where(is_long, n, 0).sum(axis=1),
        "seasons": is_long.sum(axis=1),
        "seasons_left_out": ((n > 0) & ~is_long).sum(axis=1),
    }
    return Block(block.first_row, values, block.times), counts


def scores(values: Numbers) -> Counts:
    """Kendall's S of each series and season: pairs that rise less pairs that fall. Source: mann_1945."""
    by_time = np.ascontiguousarray(np.moveaxis(values, 2, 0))
    score = np.zeros(values.shape[:2], dtype=np.int64)
    for i in range(len(by_time) - 1):
        later, now = by_time[i + 1 :], by_time[i]
        signs = (later > now).view(np.int8) - (later < now).view(np.int8)
        score += signs.sum(axis=0, dtype=np.int32)
    return score


def variances(values: Numbers) -> Numbers:
    """Variance of S of each series and season, less what equal values take from it.

    (n(n−1)(2n+5) − Σ t(t−1)(2t+5)) / 18 over n values with groups of t equal ones. Source: kendall_1975.
    """
    rows = np.sort(values.reshape(-1, values.shape[2]), axis=1)
    n = np.count_nonzero(~np.isnan(rows), axis=1)
    is_first = np.ones(rows.shape, dtype=bool)
    is_first[:, 1:] = rows[:, 1:] != rows[:, :-1]  # nan differs from nan
    firsts = np.flatnonzero(is_first)
    sizes = np.diff(firsts, append=rows.size)
    ties = np.bincount(firsts // rows.shape[1], weights=_eighteenfold(sizes), minlength=len(rows))
    return ((_eighteenfold(n) - ties) / 18).reshape(values.shape[:2])


def _eighteenfold(n: Counts) -> Counts:
    return n * (n - 1) * (2 * n + 5)


def variances_with_covariance(values: Numbers) -> Numbers:
    """Variance of the sum of S over the seasons of each series, covariances between seasons included.

    The sum of all covariances of Dietz and Killeen, a missing value ranked in the middle (Hirsch and Slack), is
    (Σ m² + Σ r²) / 3: m, over pairs of years, is the sum over the seasons of the sign of their difference; r, over
    years, the sum of the signs of that year's differences from all others. Source: hirsch_1984, dietz_1981.
    """
    series, _, years = values.shape
    squares = np.zeros(series, dtype=np.int64)
    ranks = np.zeros((series, years), dtype=np.int64)
    for i in range(years - 1):
        later, now = values[:, :, i + 1 :], values[:, :, i : i + 1]
        signs = (later > now).sum(axis=1) - (later < now).sum(axis=1)
        squares += (signs**2).sum(axis=1)
        ranks[:, i + 1 :] += signs
        ranks[:, i] -= signs.sum(axis=1)
    return np.asarray((squares + (ranks**2).sum(axis=1)) / 3, dtype=np.float64)


def slopes(block: Block) -> tuple[Numbers, Counts]:
    """Slopes between any two values of a season of each series, ascending, and how many there are.

    [Unit of value per unit of time.] Behind them stands nan. Source: sen_1968; hirsch_1982 for seasons.
    """
    series, seasons, years = block.values.shape
    found = np.empty((series, seasons, years * (years - 1) // 2))
    filled = 0
    for i in range(years - 1):
        part = found[:, :, filled : filled + years - 1 - i]
        np.subtract(block.values[:, :, i + 1 :], block.values[:, :, i : i + 1], out=part)
        part /= (block.times[:, i + 1 :] - block.times[:, i : i + 1])[:, np.newaxis, :]
        filled += years - 1 - i
    flat = found.reshape(series, seasons * found.shape[2])
    flat.sort(axis=1)
    n = np.count_nonzero(~np.isnan(block.values), axis=2)
    return flat, (n * (n - 1) // 2).sum(axis=1)
