"""What was told in parts of a time, put together: amounts summed or averaged, states as they stood last or throughout.

Told of the whole year and of a month of it as well, the month is part of the year and counts once. What was told of
one month alone is not the year: a sum, a mean or a highest value needs the whole time, without gap and without overlap.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

import polars as pl

How = Literal["sum", "mean", "highest", "last"]
Interval = tuple[str, date, date]
Codes = Mapping[str, Collection[str]]
_SPAN = ("period_start", "period_end")
_CELL = ("entity_id", "part")


def put_together(rows: pl.DataFrame, intervals: Sequence[Interval], how: Mapping[str, How]) -> pl.DataFrame:
    """One value for each member, part and item.

    Parameters
    ----------
    rows
        `entity_id`, `part`, `item`, `period_start`, `period_end`, `value` (null: an empty cell, which tells nothing and
        takes nothing back). Rows of the same item and span are added up.
    intervals
        The part, first and last day of each stretch that a part is made of.
    how
        For each item how its values over time become one.

    Returns
    -------
    pl.DataFrame
        `entity_id`, `part`, `item`, `value`, `so_far`, `is_open`. `value` is null where the part is not told of in
        full; `so_far` [its unit] is the sum of what was told of it, of a sum alone; `is_open`: a value that stood so
        when it was last told, before the part was over.
    """
    cells = rows.select(*_CELL, "item").unique(maintain_order=True)
    of_span = rows.group_by(*_CELL, "item", *_SPAN).agg(_sum_if_told(pl.col("value"))).drop_nulls("value")
    value, kind = pl.col("value"), pl.col("item").replace_strict(dict(how), return_dtype=pl.String)
    ends = pl.DataFrame(intervals, schema=["part", "_first", "_last"], orient="row")
    whole = (
        spans_once(of_span, by=[*_CELL, "item"])
        .group_by(*_CELL, "item", maintain_order=True)
        .agg(
            covers=covers(intervals),
            sum=value.sum(),
            mean=(value * days()).sum() / days().sum(),
            highest=value.max(),
        )
    )
    # What stood last is what was said of the latest day; said of it twice, the shorter time is the later word.
    last = (
        of_span.sort("period_end", "period_start")
        .group_by(*_CELL, "item", maintain_order=True)
        .agg(last=value.last(), last_told=pl.col("period_end").last())
    )
    joined = (
        cells.join(whole, on=[*_CELL, "item"], how="left")
        .join(last, on=[*_CELL, "item"], how="left")
        .join(ends.group_by("part").agg(_ends=pl.col("_last").max()), on="part", how="left")
    )
    over_all = [pl.when(kind == name).then(name) for name in ("sum", "mean", "highest")]
    return joined.select(
        *_CELL,
        "item",
        value=pl.when(kind == "last").then("last").when(pl.col("covers")).then(pl.coalesce(over_all)),
        so_far=pl.when(kind == "sum").then("sum"),
        is_open=((kind == "last") & (pl.col("last_told") < pl.col("_ends"))).fill_null(False),
    )


def as_last_told(rows: pl.DataFrame, counted: Codes, ends: Mapping[str, date]) -> pl.DataFrame:
    """The code of each member, part and item that was told last; an empty cell takes back nothing.

    What is done stays done, but one that was not done when it was last told may be since.

    Parameters
    ----------
    rows
        `entity_id`, `part`, `item`, `value_code` (null: an empty cell), `period_start`, `period_end`.
    counted
        For each item the codes that count.
    ends
        For each part the day up to which it may still be done.

    Returns
    -------
    pl.DataFrame
        `entity_id`, `part`, `item`, `code`, `is_open` (not counted, and last told of before the day in `ends`).
    """
    told = rows.drop_nulls("value_code").sort("period_end", "period_start")
    last = told.group_by(*_CELL, "item", maintain_order=True).agg(
        code=pl.col("value_code").last(), last_told=pl.col("period_end").last()
    )
    is_open = ~_is_counted(pl.col("code"), counted) & (pl.col("last_told") < _ends_on(ends))
    return last.select(*_CELL, "item", "code", is_open=is_open.fill_null(False))


def at_any_time(rows: pl.DataFrame, counted: Codes, ends: Mapping[str, date]) -> pl.DataFrame:
    """The code of each member, part and item that counts if any was told, else the last one.

    Of several items each counts from the day on which the one before it first did: a body can turn black again only
    after it was clean. One that counted before that day alone tells nothing. Arguments and columns as in
    `as_last_told`.
    """
    told = rows.drop_nulls("value_code").sort("period_end", "period_start")
    since = told.select(_CELL).unique().with_columns(since=pl.lit(date.min))
    found = []
    for item, codes in counted.items():
        counts = pl.col("value_code").is_in(list(codes))
        mine = told.filter(pl.col("item") == item).join(since, on=_CELL, how="left", maintain_order="left")
        is_late = counts & (pl.col("period_start") >= pl.col("since"))
        found.append(
            mine.group_by(_CELL, maintain_order=True).agg(
                item=pl.lit(item),
                counted=pl.col("value_code").filter(is_late).last(),
                other=pl.col("value_code").filter(~counts).last(),
                last_told=pl.col("period_end").filter(~counts).last(),
            )
        )
        first = mine.filter(is_late).group_by(_CELL).agg(since=pl.col("period_start").min())
        since = since.drop("since").join(first, on=_CELL, how="left")
    is_open = pl.col("counted").is_null() & (pl.col("last_told") < _ends_on(ends))
    return pl.concat(found).select(
        *_CELL, "item", code=pl.coalesce("counted", "other"), is_open=is_open.fill_null(False)
    )


def throughout(rows: pl.DataFrame, counted: Codes, intervals: Sequence[Interval]) -> pl.DataFrame:
    """A code that does not count where any was told; else one that does, if the whole time was told of; else none.

    Columns as in `as_last_told`.
    """
    told = rows.drop_nulls("value_code").sort("period_start", "period_end")
    counts = _is_counted(pl.col("value_code"), counted)
    is_whole = pl.all_horizontal(_is_told_of(first, last) for _, first, last in intervals)
    broken = pl.col("value_code").filter(~counts).first()
    return (
        told.group_by(*_CELL, "item", maintain_order=True)
        .agg(code=pl.coalesce(broken, pl.when(is_whole).then(pl.col("value_code").last())))
        .with_columns(is_open=pl.lit(False))
    )


def _ends_on(ends: Mapping[str, date]) -> pl.Expr:
    return pl.col("part").replace_strict(dict(ends), default=None, return_dtype=pl.Date)


def _is_counted(code: pl.Expr, counted: Codes) -> pl.Expr:
    found = pl.lit(False)
    for item, codes in counted.items():
        found |= (pl.col("item") == item) & code.is_in(list(codes))
    return found


def _is_told_of(first: date, last: date) -> pl.Expr:
    """Whether the rows of a group, by their first day, leave no day from the first to the last untold."""
    start = pl.max_horizontal("period_start", pl.lit(first))
    end = pl.min_horizontal("period_end", pl.lit(last))
    reached = end.cum_max().shift(1).fill_null(first - timedelta(days=1))
    return (start <= reached + timedelta(days=1)).all() & (end.max() == last)


def spans_once(rows: pl.DataFrame, *, by: Sequence[str]) -> pl.DataFrame:
    """The rows without those whose span lies within a longer one of the same group, by their first day."""
    start, end = (pl.col(name) for name in _SPAN)
    ordered = rows.sort(start, end, descending=[False, True])
    earlier = end.cum_max().shift(1).over(by)
    return ordered.filter((end > earlier).fill_null(True))


def covers(intervals: Sequence[Interval]) -> pl.Expr:
    """Whether the rows of a group, in order and each within one interval, are all of them without gap or overlap."""
    start, end = (pl.col(name) for name in _SPAN)
    lies_within = pl.any_horizontal(
        (start >= first) & (end <= last) & (pl.col("part") == part) for part, first, last in intervals
    )
    wanted: dict[str, int] = {}
    for part, first, last in intervals:
        wanted[part] = wanted.get(part, 0) + (last - first).days + 1
    needed = pl.col("part").first().replace_strict(wanted, default=None, return_dtype=pl.Int64)
    is_apart = (start > end.shift(1)).fill_null(True).all()
    return lies_within.all() & is_apart & (days().sum() == needed)


def days() -> pl.Expr:
    """Days of a row's span."""
    return (pl.col("period_end") - pl.col("period_start")).dt.total_days() + 1


def months() -> pl.Expr:
    """Months of a row's span, the first and the last counted whole."""
    start, end = (pl.col(name) for name in _SPAN)
    years, month = end.dt.year() - start.dt.year(), pl.Int32
    return (12 * years + end.dt.month().cast(month) - start.dt.month().cast(month) + 1).cast(pl.Float64)


def _sum_if_told(values: pl.Expr) -> pl.Expr:
    """The sum, or null where an empty cell is among them: an unanswered amount is not zero."""
    return pl.when(values.null_count() == 0).then(values.sum())
