"""Chances of a rank correlation with time if every order of the values were equally likely, by counting all orders.

Orders are not listed one by one: which values stand so far decides how many ways there are to go on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

# Longest series counted. Without equal values there is one table for each length: of 14 values, 2^14 sets and 14!
# orders, it takes a third of a second. With equal values there is one for each way to group them: of 10 values, at most
# 512 tables of a few milliseconds.
LONGEST = 14
LONGEST_WITH_TIES = 10


@dataclass(frozen=True)
class Chances:
    """Chances that the statistic is at least, and at most, each multiple of `unit`."""

    unit: int
    at_least: NDArray[np.float64]
    at_most: NDArray[np.float64]

    def two_sided(self, statistic: int) -> float:
        """Chance of a statistic as far from the middle, on either side."""
        place = statistic // self.unit
        return min(1.0, 2 * float(min(self.at_least[place], self.at_most[place])))

    def smallest(self, level: float) -> int | None:
        """The smallest statistic reached with a chance of at most `level`; none where even the largest has more."""
        places = np.flatnonzero(self.at_least <= level)
        return int(places[0]) * self.unit if len(places) else None


@lru_cache(maxsize=1024)
def chances(ties: tuple[int, ...]) -> Chances:
    """Chances of Σ time × rank over a series whose equal values form groups of these sizes, smallest value first.

    Times count from 0; ranks, doubled, from 0 too, so that the mean of two ranks is whole. A series without equal
    values is all ones.
    """
    unit, ways = _ways(ties)
    total = ways.sum()
    return Chances(unit, ways[::-1].cumsum()[::-1] / total, ways.cumsum() / total)


def correlation_of(statistic: int, n: int) -> float:
    """The rank correlation of `n` different values whose statistic is this: 1 − 6Σd²/(n³−n)."""
    squares = (n - 1) * n * (2 * n - 1) // 6
    return 1 - 6 * (2 * squares - statistic) / (n**3 - n)


def _ways(ties: tuple[int, ...]) -> tuple[int, NDArray[np.int64]]:
    """The unit of the statistic, and in how many orders it takes each multiple of it."""
    ends = np.cumsum(ties)
    doubled = [int(2 * end - size - 1) for end, size in zip(ends, ties, strict=True)]
    unit = math.gcd(*doubled) or 1
    ranks = [rank // unit for rank in doubled]
    largest = sum(time * rank for time, rank in enumerate(np.repeat(ranks, ties).tolist()))
    first = np.zeros(largest + 1, dtype=np.int64)
    first[0] = 1
    layer = {tuple(0 for _ in ties): first}
    for time in range(sum(ties)):
        following: dict[tuple[int, ...], NDArray[np.int64]] = {}
        for used, ways in layer.items():
            for group, rank in enumerate(ranks):
                if used[group] == ties[group]:
                    continue
                then = (*used[:group], used[group] + 1, *used[group + 1 :])
                if then not in following:
                    following[then] = np.zeros_like(first)
                following[then][time * rank :] += ways[: len(ways) - time * rank]
        layer = following
    return unit, layer[ties]
