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
# The code of what was looked at and cannot be told: it may be one that counts.
UNDETERMINED = "undetermined"


def put_together(rows: pl.DataFrame, intervals: Sequence[Interval], how: Mapping[str, How]) -> pl.DataFrame:
    """One value for each member, part and item.

    Parameters
    ----------
    rows
        `entity_id`, `part`, `item`, `period_start`, `period_end`, `value` (null: an empty cell, which tells nothing and
        takes nothing back). Rows of the same item and span are taken together: added up, or the highest; two
        means of one span that disagree are none. A row that goes beyond an interval is not about it, and tells nothing.
    intervals
        The part, first and last day of each stretch that a part is made of.
    how
        For each item how its values over time become one.

    Returns
    -------
    pl.DataFrame
        `entity_id`, `part`, `item`, `value`, `so_far`, `is_open`; a row for each of `rows`, whatever it tells. `value`
        is null where the part is not told of in full; `so_far` [its unit] is the sum of what was told of it, of a sum
        alone; `is_open`: a value that stood so when it was last told, before the part was over.
    """
    stretches = _joined_up(intervals)
    value, kind = pl.col("value"), pl.col("item").replace_strict(dict(how), return_dtype=pl.String)
    cells = rows.select(*_CELL, "item").unique(maintain_order=True)
    of_span = (
        rows.filter(_lies_within(stretches))
        .group_by(*_CELL, "item", *_SPAN)
        .agg(sum=_sum_if_told(value), mean=pl.when(value.n_unique() == 1).then(value.first()), highest=value.max())
        .with_columns(
            value=pl.when(kind.is_in(["mean", "highest"])).then(_chosen(kind, "mean", "highest")).otherwise("sum")
        )
        .drop_nulls("value")
    )
    is_apart = (pl.col("period_start") > pl.col("period_end").shift(1)).fill_null(True)
    whole = (
        spans_once(of_span, by=[*_CELL, "item"])
        .group_by(*_CELL, "item", maintain_order=True)
        .agg(
            covers=covers(stretches),
            sum=value.sum(),
            so_far=value.filter(is_apart).sum(),
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
    joined = cells.join(whole, on=[*_CELL, "item"], how="left").join(last, on=[*_CELL, "item"], how="left")
    over_all = pl.when(pl.col("covers")).then(_chosen(kind, "sum", "mean", "highest"))
    ends = {part: max(day for name, _, day in stretches if name == part) for part, _, _ in stretches}
    return joined.select(
        *_CELL,
        "item",
        value=pl.when(kind == "last").then("last").otherwise(over_all),
        so_far=pl.when(kind == "sum").then("so_far"),
        is_open=((kind == "last") & (pl.col("last_told") < _ends_on(ends))).fill_null(False),
    )


def _chosen(kind: pl.Expr, *names: str) -> pl.Expr:
    """The column that is named as the kind."""
    return pl.coalesce(pl.when(kind == name).then(name) for name in names)


def spans_once(rows: pl.DataFrame, *, by: Sequence[str]) -> pl.DataFrame:
    """The rows without those whose span lies within a longer one of the same group, by their first day."""
    start, end = (pl.col(name) for name in _SPAN)
    ordered = rows.sort(start, end, descending=[False, True])
    earlier = end.cum_max().shift(1).over(by)
    return ordered.filter((end > earlier).fill_null(True))


def covers(intervals: Sequence[Interval]) -> pl.Expr:
    """Whether the rows of a group, in order and each within one interval, are all of them without gap or overlap."""
    start, end = (pl.col(name) for name in _SPAN)
    stretches = _joined_up(intervals)
    wanted: dict[str, int] = {}
    for part, first, last in stretches:
        wanted[part] = wanted.get(part, 0) + (last - first).days + 1
    needed = pl.col("part").first().replace_strict(wanted, default=None, return_dtype=pl.Int64)
    is_apart = (start > end.shift(1)).fill_null(True).all()
    return (_lies_within(stretches).all() & is_apart & (days().sum() == needed)).fill_null(False)


def _joined_up(intervals: Sequence[Interval]) -> list[Interval]:
    """The intervals of each part, those that follow upon each other as one."""
    found: list[Interval] = []
    for part, first, last in sorted(intervals):
        if found and found[-1][0] == part and first <= found[-1][2] + timedelta(days=1):
            found[-1] = (part, found[-1][1], max(found[-1][2], last))
        else:
            found.append((part, first, last))
    return found


def _lies_within(intervals: Sequence[Interval]) -> pl.Expr:
    start, end = (pl.col(name) for name in _SPAN)
    found = pl.lit(False)
    for part, first, last in intervals:
        found |= (pl.col("part") == part) & (start >= first) & (end <= last)
    return found


def as_last_told(rows: pl.DataFrame, counted: Codes, ends: Mapping[str, date]) -> pl.DataFrame:
    """The code of each member, part and item that was told last; an empty cell takes back nothing.

    What is done stays done, but one that was not done when it was last told may be since. Told both of one time, it is
    not done, and open.

    Parameters
    ----------
    rows
        `entity_id`, `part`, `item`, `value_code` (null: an empty cell), `period_start`, `period_end`.
    counted
        For each item the codes that count.
    ends
        For each part the day up to which it may still be done; what is told of later days tells nothing.

    Returns
    -------
    pl.DataFrame
        `entity_id`, `part`, `item`, `code`, `is_open` (not counted, and last told of before the day in `ends`).
    """
    told = rows.drop_nulls("value_code").filter((pl.col("period_start") <= _ends_on(ends)).fill_null(True))
    code, counts = pl.col("value_code"), pl.col("_counts")
    of_span = (
        told.with_columns(_counts=is_counted(code, counted))
        .group_by(*_CELL, "item", *_SPAN)
        .agg(
            code=pl.coalesce(code.filter(~counts).sort().last(), code.sort().last()),
            counts=counts.all(),
            is_mixed=counts.any() & ~counts.all(),
        )
        .sort("period_end", "period_start")
    )
    last = of_span.group_by(*_CELL, "item", maintain_order=True).agg(
        pl.col("code", "counts", "is_mixed").last(), last_told=pl.col("period_end").last()
    )
    is_open = pl.col("is_mixed") | (~pl.col("counts") & (pl.col("last_told") < _ends_on(ends)))
    return last.select(*_CELL, "item", "code", is_open=is_open.fill_null(False))


def at_any_time(rows: pl.DataFrame, counted: Codes, ends: Mapping[str, date]) -> pl.DataFrame:
    """The code of each member, part and item that counts if any was told, else the last one.

    Of several items each counts from the day on which the one before it first did: a body can turn black again only
    after it was clean. What was told of the time before that day tells nothing, nor does a code that counts of a time
    that began before it. What is `UNDETERMINED` may be one that counts. Arguments and columns as in `as_last_told`.
    """
    told = rows.drop_nulls("value_code").sort("period_end", "period_start", "value_code")
    since = told.select(_CELL).unique().with_columns(since=pl.lit(date.min), taken_back=pl.lit(False))
    found = []
    for item, codes in counted.items():
        counts = pl.col("value_code").is_in(list(codes))
        is_unknown = pl.col("value_code") == UNDETERMINED
        mine = told.filter(pl.col("item") == item).join(since, on=_CELL, how="left", maintain_order="left")
        mine = mine.filter(pl.col("period_end") >= pl.col("since"))
        is_late = counts & (pl.col("period_start") >= pl.col("since"))
        found.append(
            mine.group_by(_CELL, maintain_order=True).agg(
                item=pl.lit(item),
                counted=pl.col("value_code").filter(is_late).last(),
                other=pl.col("value_code").filter(~counts & ~is_unknown).last(),
                is_unclear=((counts & ~is_late) | is_unknown | pl.col("taken_back")).any(),
                last_told=pl.col("period_end").filter(~counts).last(),
            )
        )
        since = since.select(_CELL).join(_held_since(mine, counts, is_late), on=_CELL, how="left")
    counted_code = pl.col("counted")
    other = pl.when(~pl.col("is_unclear")).then("other")
    is_open = counted_code.is_null() & (pl.col("last_told") < _ends_on(ends))
    return pl.concat(found).select(
        *_CELL, "item", code=pl.coalesce(counted_code, other), is_open=is_open.fill_null(False)
    )


def _held_since(rows: pl.DataFrame, counts: pl.Expr, is_late: pl.Expr) -> pl.DataFrame:
    """`since` when something held first, and whether it was said later not to: then no other word of it is sure."""
    first = rows.filter(is_late).group_by(_CELL).agg(since=pl.col("period_start").min())
    last = rows.filter(~counts).group_by(_CELL).agg(last_other=pl.col("period_start").max())
    taken_back = (pl.col("last_other") > pl.col("since")).fill_null(False)
    return first.join(last, on=_CELL, how="left").select(*_CELL, "since", taken_back=taken_back)


def throughout(rows: pl.DataFrame, counted: Codes, intervals: Sequence[Interval]) -> pl.DataFrame:
    """A code that does not count where any was told; else one that does, if the whole time was told of; else none.

    Columns as in `as_last_told`.
    """
    told = rows.drop_nulls("value_code").sort("period_start", "period_end", "value_code")
    counts = is_counted(pl.col("value_code"), counted)
    is_whole = pl.lit(bool(intervals))
    for part, first, last in intervals:
        is_whole &= (pl.col("part").first() != part) | _is_told_of(first, last)
    broken = pl.col("value_code").filter(~counts).first()
    return (
        told.group_by(*_CELL, "item", maintain_order=True)
        .agg(code=pl.coalesce(broken, pl.when(is_whole).then(pl.col("value_code").last())))
        .with_columns(is_open=pl.lit(False))
    )


def _ends_on(ends: Mapping[str, date]) -> pl.Expr:
    return pl.col("part").replace_strict(dict(ends), default=None, return_dtype=pl.Date)


def is_counted(code: pl.Expr, counted: Codes) -> pl.Expr:
    """Whether the code is one of those that count for the row's `item`; false where there is none."""
    found = pl.lit(False)
    for item, codes in counted.items():
        found |= (pl.col("item") == item) & code.is_in(list(codes)).fill_null(False)
    return found


def _is_told_of(first: date, last: date) -> pl.Expr:
    """Whether the rows of a group, by their first day, leave no day from the first to the last untold."""
    touches = (pl.col("period_start") <= last) & (pl.col("period_end") >= first)
    start, end = (pl.col(name).filter(touches) for name in _SPAN)
    reached = end.cum_max().shift(1).fill_null(first - timedelta(days=1))
    return ((start <= reached + timedelta(days=1)).all() & (end.max() >= last)).fill_null(False)


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
