"""Rows of sums in a delivered table: left out of its rows, and held against the sums of those they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypedDict

import polars as pl

from analytics import units
from analytics.catalog.models import Source
from analytics.ingest import cells
from analytics.ingest.sheet import Cell

_PART = "小计"
_AVERAGES = ("平均", "平均值", "均值")
_PRINTED = re.compile(r"\d[\d,]*(?:\.(\d+))?")
_NOISE = 1e-9  # of sums of numbers that are not whole
_NAMED = 5  # rows
Span = tuple[int, int]


@dataclass(frozen=True)
class TotalRow:
    """A row of sums: its number in the sheet, what it calls itself, how many rows of the table stand above it."""

    number: int
    label: str
    above: int
    cells: dict[str, Cell]


class Unchecked(TypedDict):
    """A sum that nobody can hold against its rows: its place, and why."""

    sheet: str
    row: int
    column: str
    why_zh: str
    why_en: str


class Differing(TypedDict):
    """A sum that is not that of the rows it stands for: its place, what stands there, and what the rows make."""

    sheet: str
    row: int
    column: str
    found: str
    expected_zh: str
    expected_en: str


@dataclass(frozen=True)
class _Column:
    """One column of amounts: of the rows, null where a cell cannot be read (`unread`), and of the rows of sums."""

    name: str
    unit: str
    factor: float
    values: list[float | None]
    unread: list[bool]
    sums: list[float | None]
    sums_unread: list[bool]
    printed: list[Cell]


def amounts_of(source: Source, context: cells.Context) -> list[str]:
    """The columns that may be summed: amounts, but no shares, concentrations or days, and none that rows repeat."""
    repeated = {amount.field for amount in source.amounts if amount.once_per_period}
    fields = {column.field: context.catalog.fields[column.field] for column in source.columns}
    return [
        name
        for name, field in fields.items()
        if field.type == "number" and units.adds_up(field.unit or "") and name not in repeated
    ]


def sums(totals: Sequence[TotalRow]) -> list[TotalRow]:
    """The rows of sums without those of averages."""
    return [total for total in totals if not total.label.startswith(_AVERAGES)]


def held_against_rows(
    sheet: str,
    numbers: Sequence[int],
    totals: Sequence[TotalRow],
    *,
    frame: pl.DataFrame,
    amounts: Sequence[str],
    given: dict[str, str | None],
    context: cells.Context,
) -> tuple[list[Differing], list[Unchecked]]:
    """The sums of a table that differ from those of their rows, and those that cannot be held against them.

    A sum differs by more than the rounding of its printed digits. It cannot be checked where it cannot be read itself,
    where a cell that it may stand for cannot be read, and where it is more than the sum and a cell of its rows is
    empty; nor can a row of sums that was left empty. `frame` has the typed rows of the table in its order, with their
    `numbers` in the sheet; `given` the units of the columns.
    """
    differing: list[Differing] = []
    unchecked: list[Unchecked] = []
    checked = sums(totals) if amounts else []
    silent = {total.number for total in checked}
    for name in amounts if checked else ():
        column = _column(name, checked, frame, given.get(name), context)
        silent -= {t.number for t, told, unread in _sums(checked, column) if told is not None or unread}
        for number, total in enumerate(checked):
            spans = _spans(number, checked, len(numbers))
            if not spans or _agrees(column, number, checked, spans):
                continue
            if why := _why_unchecked(column, number, spans, numbers):
                unchecked.append(Unchecked(sheet=sheet, row=total.number, column=name, why_zh=why[0], why_en=why[1]))
            else:
                differing.append(_told(column, number, total, sheet=sheet, numbers=numbers, span=spans[0]))
    for empty in sorted(silent):
        unchecked.append(
            Unchecked(sheet=sheet, row=empty, column="", why_zh="该合计未填", why_en="the sum was left empty")
        )
    return differing, unchecked


def _sums(totals: Sequence[TotalRow], column: _Column) -> Iterator[tuple[TotalRow, float | None, bool]]:
    return zip(totals, column.sums, column.sums_unread, strict=True)


def _column(
    name: str, totals: Sequence[TotalRow], frame: pl.DataFrame, unit: str | None, context: cells.Context
) -> _Column:
    field = context.catalog.fields[name]
    wanted = field.unit or ""
    told = pl.DataFrame({name: [total.cells.get(name) for total in totals]}, schema={name: pl.String})
    typed = cells.typed_field(told, name, field, context, unit=unit)
    return _Column(
        name,
        unit or wanted,
        units.factor(unit or wanted, wanted),
        frame[name].to_list(),
        frame[f"{name}_problem"].is_not_null().to_list(),
        typed[name].to_list(),
        typed[f"{name}_problem"].is_not_null().to_list(),
        cells.folded_text(told[name]),
    )


def _spans(number: int, totals: Sequence[TotalRow], rows: int) -> list[Span]:
    """What a row of sums may stand for, the likeliest first.

    A 小计 is that of the rows since the last row of sums; where the first 小计 stands above its rows, each is that of
    the rows below it. A 合计 is that of all rows, or of those since the last 合计, as in a table that has one a city.
    """
    here = totals[number].above
    before = totals[number - 1].above if number else 0
    after = next((total.above for total in totals[number + 1 :] if total.above > here), rows)
    if _is_part(totals[number]):
        stands_above = next(total.above for total in totals if _is_part(total)) == 0
        spans = [(here, after)] if stands_above else [(before if before < here else 0, here)]
    else:
        since = next((total.above for total in reversed(totals[:number]) if not _is_part(total)), 0)
        spans = [(0, rows), (since, here), (before, here), (0, here)]
    return [span for span in spans if span[0] < span[1]]


def _is_part(total: TotalRow) -> bool:
    return total.label.endswith(_PART)


def _agrees(column: _Column, number: int, totals: Sequence[TotalRow], spans: Sequence[Span]) -> bool:
    """Whether the sum is that of a span that can be read, or, of a 合计, that of all 小计; or tells nothing."""
    told = column.sums[number]
    if told is None:
        return not column.sums_unread[number]
    sums = [sum(value or 0.0 for value in column.values[a:b]) for a, b in spans if not any(column.unread[a:b])]
    parts = [value for value, total in zip(column.sums, totals, strict=True) if _is_part(total)]
    if parts and None not in parts and not _is_part(totals[number]):
        sums.append(sum(value or 0.0 for value in parts))
    return any(abs(told - made) <= _allowed(column, number, told) for made in sums)


def _allowed(column: _Column, number: int, told: float) -> float:
    return _rounding(column.printed[number], told) + _NOISE * max(abs(told), 1.0)


def _why_unchecked(
    column: _Column, number: int, spans: Sequence[Span], numbers: Sequence[int]
) -> tuple[str, str] | None:
    """Why a sum that does not agree may be right all the same, in Chinese and English; None where it cannot be."""
    told = column.sums[number]
    if told is None:
        return "该合计本身不是数字", "the sum itself is no number"
    whole = range(min(first for first, _ in spans), max(last for _, last in spans))
    unread = [numbers[n] for n in whole if column.unread[n]]
    if unread:
        return f"第{_listed(unread, '、')}行的数无法识别", f"what stands in row {_listed(unread, ', ')} cannot be read"
    for first, last in spans:
        empty = [numbers[n] for n in range(first, last) if column.values[n] is None]
        made = sum(value or 0.0 for value in column.values[first:last])
        if empty and told > made + _allowed(column, number, told):
            return f"第{_listed(empty, '、')}行未填", f"row {_listed(empty, ', ')} is empty"
    return None


def _listed(rows: Sequence[int], between: str) -> str:
    return between.join(str(row) for row in rows[:_NAMED]) + (f"{between}…" if len(rows) > _NAMED else "")


def _rounding(printed: Cell, value: float) -> float:
    """Half of the last printed digit, in the unit of the value."""
    found = _PRINTED.search(printed or "")
    if found is None:
        return 0.0
    number = float(found.group(0).replace(",", ""))
    return 0.5 * 10.0 ** -len(found.group(1) or "") * (abs(value) / number if number else 1.0)


def _told(
    column: _Column, number: int, total: TotalRow, *, sheet: str, numbers: Sequence[int], span: Span
) -> Differing:
    first, last = numbers[span[0]], numbers[span[1] - 1]
    made = sum(value or 0.0 for value in column.values[span[0] : span[1]]) / column.factor
    return Differing(
        sheet=sheet,
        row=total.number,
        column=column.name,
        found=column.printed[number] or "",
        expected_zh=f"第{first}行至第{last}行之和：{made:.12g} {column.unit}",
        expected_en=f"{made:.12g} {column.unit}, the sum of rows {first} to {last}",
    )
