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
Span = tuple[int, int]


@dataclass(frozen=True)
class TotalRow:
    """A row of sums: its number in the sheet, what it calls itself, how many rows of the table stand above it."""

    number: int
    label: str
    above: int
    cells: dict[str, Cell]


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


def differing(
    sheet: str,
    numbers: Sequence[int],
    totals: Sequence[TotalRow],
    *,
    frame: pl.DataFrame,
    amounts: Sequence[str],
    given: dict[str, str | None],
    context: cells.Context,
) -> Iterator[Differing]:
    """The sums of a table that differ from those of their rows by more than the rounding of their printed digits.

    `frame` has the typed rows of the table in its order, with their `numbers` in the sheet; `given` the units of the
    columns. A sum over a cell that cannot be read is not checked.
    """
    checked = [total for total in totals if not total.label.startswith(_AVERAGES)]
    for name in amounts if checked else ():
        column = _column(name, checked, frame, given.get(name), context)
        for number, total in enumerate(checked):
            spans = _spans(number, checked, len(numbers))
            if spans and not _agrees(column, number, checked, spans):
                yield _told(column, number, total, sheet=sheet, numbers=numbers, span=spans[0])


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
    """Whether the sum is that of one of the spans, or, of a 合计, that of all 小计; or cannot be checked."""
    told = column.sums[number]
    if told is None:
        return True
    if any(any(column.unread[first:last]) for first, last in spans):
        return True
    sums = [sum(value or 0.0 for value in column.values[first:last]) for first, last in spans]
    parts = [value for value, total in zip(column.sums, totals, strict=True) if _is_part(total)]
    if parts and None not in parts and not _is_part(totals[number]):
        sums.append(sum(value or 0.0 for value in parts))
    allowed = _rounding(column.printed[number], told) + _NOISE * max(abs(told), 1.0)
    return any(abs(told - made) <= allowed for made in sums)


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
