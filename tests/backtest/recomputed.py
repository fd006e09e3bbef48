"""Reading the delivered files again with openpyxl and the standard library alone, and comparing what is published."""

import csv
import io
from collections import defaultdict
from fractions import Fraction

import pytest
from openpyxl import load_workbook


def sheets(file):
    """Rows of every sheet as text, merged cells filled from their first one."""
    if file.suffix == ".csv":
        raw = file.read_bytes()
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            text = raw.decode("gb18030")
        return [[[c.strip() or None for c in row] for row in csv.reader(io.StringIO(text))]]
    book = load_workbook(file)
    found = []
    for sheet in book.worksheets:
        for merged in list(sheet.merged_cells.ranges):
            top = sheet.cell(merged.min_row, merged.min_col).value
            sheet.unmerge_cells(str(merged))
            for row in sheet.iter_rows(merged.min_row, merged.max_row, merged.min_col, merged.max_col):
                for cell in row:
                    cell.value = top
        found.append([[None if v is None else str(v) for v in row] for row in sheet.iter_rows(values_only=True)])
    return found


def table(file, first):
    """Rows below the heading that begins with `first`, as dictionaries by the last heading row."""
    for rows in sheets(file):
        start = max(i for i, r in enumerate(rows[:6]) if r and r[0] == first)
        heading = [str(h or "").split("(")[0] for h in rows[start]]
        for row in rows[start + 1 :]:
            if not row or row[0] is None or row[0].startswith(("合计", "注", "平均")):
                continue
            yield dict(zip(heading, row, strict=False))


def files(workspace, source):
    return sorted(f for f in (workspace.raw / "example" / source).rglob("*") if f.suffix in (".xlsx", ".csv"))


def agree(row, *, value=None, numerator=None, denominator=None, used=None, expected=None, low=None, high=None):
    for name, wanted in locals().items():
        if name != "row" and wanted is not None:
            assert float(row[name]) == pytest.approx(float(wanted), rel=1e-12), name


_NAMES = "太原市 大同市 阳泉市 长治市 晋城市 朔州市 晋中市 运城市 忻州市 临汾市 吕梁市"
CITIES = {name: f"14{number:02d}00" for number, name in enumerate(_NAMES.split(), start=1)}


def amounts_of(workspace, source, column, year=2021):
    """By scope the sum of a column over the file of that year."""
    (file,) = [f for f in files(workspace, source) if f"{year}年" in f.name]
    sums = defaultdict(Fraction)
    for row in table(file, "市"):
        for scope in ("140000", CITIES[row["市"]]):
            sums[scope] += Fraction(row[column])
    return sums
