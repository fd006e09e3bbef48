"""The days or months that are asked about, and the share of them that holds, with what the others leave open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from analytics.compute.shape import Frame, Kind, Shape
from analytics.errors import CheckFailed

Every = Literal["1d", "1mo"]


ASKED = Shape(
    "periods that are asked about",
    {"entity_id": Kind.TEXT, "period": Kind.ANY, "period_start": Kind.DAY, "period_end": Kind.DAY},
    key=("entity_id", "period"),
    optional={"items": Kind.TEXTS},
)


def steps_of(asked: Frame, *, every: Every, by: Sequence[str] | None = None, shape: Shape = ASKED) -> pl.LazyFrame:
    """Each row of `asked` once for every day or month of its period, with the column `step`.

    `asked` has `entity_id`, `period`, `period_start` and `period_end` (both included), and a row for each of them and
    of the columns of `by`; of what else it has only `items` is kept. A step is a day, or the first day of a month;
    periods that are asked by month are whole months. Raises `CheckFailed` where they are not, or where a period ends
    before it begins, when the answer is collected.
    """
    rows = shape.of(asked, by=by)
    kept = [name for name in rows.collect_schema() if name in (*ASKED.columns, *(by or ()), *ASKED.optional)]
    checked = rows.select(kept).map_batches(lambda periods: _sound(periods, every), projection_pushdown=False)
    return checked.with_columns(step=pl.date_ranges("period_start", "period_end", interval=every)).explode("step")


def _sound(asked: pl.DataFrame, every: Every) -> pl.DataFrame:
    start, end = pl.col("period_start"), pl.col("period_end")
    is_odd = (start > end) | start.is_null() | end.is_null()
    if every == "1mo":
        is_odd |= (start != start.dt.month_start()) | (end != end.dt.month_end())
    odd = asked.filter(is_odd)
    if odd.is_empty():
        return asked
    first = odd.row(0, named=True)
    raise CheckFailed(
        "A period that is asked about has no such days, or months.",
        where=f"entity_id {first['entity_id']}, period {first['period']}",
        found=f"{first['period_start']} to {first['period_end']}",
        expected="whole months, from a first day to a last one" if every == "1mo" else "a first day and a last one",
        next_step="Put the period right, or ask by day.",
    )


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
