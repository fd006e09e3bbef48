"""Numbers that their own separators of thousands cut in two, in text whose cells commas part."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from analytics.ingest.sheet import Cell

_HALVES = re.compile(r"[+-]?\d{1,3},\d{3}(?:\.\d+)?")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}(?:\.\d+)?")
_REST = re.compile(r"[+-]?[1-9]\d{0,2},0\d\d(?:\.\d+)?")  # no number begins with a nought like that
_BARE = re.compile(r"[+-]?\d+(?:\.\d+)?")


def holds_two_halves(cells: Sequence[Cell]) -> bool:
    """Whether two cells side by side read as one number with a separator in it."""
    pairs = (f"{a or ''},{b or ''}".replace(" ", "") for a, b in pairwise(cells))
    return any(map(_HALVES.fullmatch, pairs))


def number_cut(cells: Sequence[Cell], counted: Collection[int], remarks: Collection[int]) -> str:
    """The number that two cells of a row seem to be, as `1,000`; nothing where none is.

    Where a number is cut, what follows stands a column further on: a remark that was left out is a bare number then.
    Of two cells in columns of numbers (`counted`) of which the second is 000 or 050, nothing else has to show it.
    """
    told = [(cell or "").replace(" ", "") for cell in cells]
    last = max((column for column, cell in enumerate(told) if cell), default=-1)
    is_moved = last in remarks and _BARE.fullmatch(told[last]) is not None
    for column, pair in enumerate(pairwise(told)):
        joined = ",".join(pair)
        if column not in counted or column >= last:
            continue
        if (is_moved and _THOUSANDS.fullmatch(joined)) or (column + 1 in counted and _REST.fullmatch(joined)):
            return joined
    return ""
