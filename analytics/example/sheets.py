"""Writes tables as departments do: Excel with a title row and merged headings, GB18030 text; byte for byte the same."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO
from pathlib import Path

import xlsxwriter

MARK = "示例数据（虚构）"
FILE_MARK = "示例数据_虚构"
NOTE = f"注：本表为{MARK}，由程序按种子编造，不反映任何地区的真实情况。"
_CREATED = datetime(2000, 1, 1)
Cell = str | float | int | None


@dataclass(frozen=True)
class Form:
    """A table with what stands around it.

    `heading` has one or more rows; equal neighbours in the first row, and a name repeated below itself, are
    merged. `merged_column` names a first column of which equal neighbours are merged downwards.
    """

    title: str
    heading: Sequence[Sequence[str]]
    rows: Sequence[Sequence[Cell]]
    unit: str = ""
    total: Sequence[Cell] | None = None
    notes: Sequence[str] = (NOTE,)
    merge_first_column: bool = False
    sheet: str = "表1"


@dataclass
class Workbook:
    """Forms of one Excel file, a sheet each."""

    path: Path
    forms: list[Form] = field(default_factory=list)

    def write(self) -> Path:
        """The file, with fixed properties so that the same content gives the same bytes."""
        with xlsxwriter.Workbook(self.path) as book:
            book.set_properties({"title": MARK, "comments": MARK, "created": _CREATED})
            for form in self.forms:
                _write_sheet(book, form)
        return self.path


def _write_sheet(book: xlsxwriter.Workbook, form: Form) -> None:
    sheet = book.add_worksheet(form.sheet)
    bold = book.add_format({"bold": True, "align": "center", "valign": "vcenter", "border": 1, "text_wrap": True})
    title = book.add_format({"bold": True, "align": "center", "font_size": 14})
    plain = book.add_format({"border": 1, "valign": "vcenter"})
    width = len(form.heading[0])
    sheet.merge_range(0, 0, 0, width - 1, f"{MARK}{form.title}", title)
    top = 1
    if form.unit:
        sheet.write(top, 0, form.unit)
        top += 1
    _write_heading(sheet, form.heading, top, bold)
    top += len(form.heading)
    for r, row in enumerate(form.rows, start=top):
        sheet.write_row(r, 0, list(row), plain)
    if form.merge_first_column:
        _merge_first_column(sheet, form.rows, top, plain)
    bottom = top + len(form.rows)
    if form.total is not None:
        sheet.write_row(bottom, 0, list(form.total), bold)
        bottom += 1
    for r, note in enumerate(form.notes, start=bottom):
        sheet.write(r, 0, note)
    sheet.set_column(0, width - 1, 16)
    sheet.freeze_panes(top, 0)


def _write_heading(
    sheet: xlsxwriter.worksheet.Worksheet, heading: Sequence[Sequence[str]], top: int, bold: object
) -> None:
    for r, row in enumerate(heading):
        for c, text in enumerate(row):
            sheet.write(top + r, c, text, bold)
    if len(heading) < 2:
        return
    first, second = heading[0], heading[1]
    column = 0
    while column < len(first):
        end = column
        while end + 1 < len(first) and first[end + 1] == first[column] and first[column] != second[column]:
            end += 1
        if end > column:
            sheet.merge_range(top, column, top, end, first[column], bold)
        elif first[column] == second[column]:
            sheet.merge_range(top, column, top + 1, column, first[column], bold)
        column = end + 1


def _merge_first_column(
    sheet: xlsxwriter.worksheet.Worksheet, rows: Sequence[Sequence[Cell]], top: int, plain: object
) -> None:
    start = 0
    for r in range(1, len(rows) + 1):
        if r == len(rows) or rows[r][0] != rows[start][0]:
            if r - start > 1:
                sheet.merge_range(top + start, 0, top + r - 1, 0, rows[start][0], plain)
            start = r


def write_text_form(path: Path, form: Form) -> Path:
    """The form as GB18030 text with commas: title, heading in one row, rows, total, notes."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([f"{MARK}{form.title}"])
    writer.writerow(form.heading[-1])
    writer.writerows(form.rows)
    if form.total is not None:
        writer.writerow(form.total)
    for note in form.notes:
        writer.writerow([note])
    path.write_bytes(out.getvalue().encode("gb18030"))
    return path


def write_platform_csv(path: Path, heading: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Path:
    """The rows as the station network publishes them: UTF-8, nothing but the table."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(heading)
    writer.writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8")
    return path
