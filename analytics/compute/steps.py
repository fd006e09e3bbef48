"""The days or months that are asked about, and the share of them that holds, with what the others leave open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from analytics.compute.shape import Frame, Kind, Shape

Every = Literal["1d", "1mo"]


ASKED = Shape(
    "periods that are asked about",
    {"entity_id": Kind.TEXT, "period": Kind.ANY, "period_start": Kind.DAY, "period_end": Kind.DAY},
    key=("entity_id", "period"),
    optional={"items": Kind.TEXTS},
)


def steps_of(asked: Frame, *, every: Every, by: Sequence[str] = ()) -> pl.LazyFrame:
    """Each row of `asked` once for every day or month of its period, with the column `step`.

    `asked` has `entity_id`, `period`, `period_start` and `period_end` (both included), and a row for each of them and
    of the columns of `by`. A step is a day, or the first day of a month; periods
    that are asked by month are whole months: of part of one nothing is found, and it stays open.
    """
    rows = ASKED.of(asked, by=by)
    return rows.with_columns(step=pl.date_ranges("period_start", "period_end", interval=every)).explode("step")


def share_pct(*, met: pl.Expr, failed: pl.Expr, expected: pl.Expr) -> dict[str, pl.Expr]:
    """The share [%] of steps that hold: `value` of those that are decided, `low` and `high` of all expected.

    Steps that are not decided hold in none (`low`) or in all (`high`) of the cases. Without a decided step the value is
    null, without an expected one the bounds are too.
    """
    decided = met + failed
    return {
        "value": pl.when(decided > 0).then(100 * met / decided),
        "low": pl.when(expected > 0).then(100 * met / expected),
        "high": pl.when(expected > 0).then(100 * (expected - failed) / expected),
    }


def total_of(value: pl.Expr) -> pl.Expr:
    """Sum of the values of a group, the same to the last bit in whatever order its rows come; 0 of none."""
    return value.implode().list.sort().list.sum()


def mean_of(value: pl.Expr) -> pl.Expr:
    """Mean of the values of a group, the same to the last bit in whatever order its rows come; null of none."""
    return value.implode().list.sort().list.mean()
