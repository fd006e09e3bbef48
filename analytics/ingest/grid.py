"""Files as grids of text cells: Excel workbooks, delimited text and the station network's JSON."""

from __future__ import annotations

import codecs
import csv
import html
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics.errors import CheckFailed

if TYPE_CHECKING:
    from fastexcel import ExcelReader

Cell = str | None
Range = tuple[int, int, int, int]  # first row, first column, last row, last column, from 0
MAX_BYTES = 512 * 1024 * 1024
MAX_UNPACKED = 400 * 1024 * 1024
MAX_CELLS = 20_000_000
# Above this many cells errors and formulas without a result are not looked for one by one.
_LOOKED_THROUGH = 300_000
csv.field_size_limit(MAX_BYTES)


@dataclass(frozen=True)
class Grid:
    """One sheet: its name and its rows of text cells; row i of `rows` is row i + 1 of the sheet, so are the columns.

    `merged` has the places (row, column) of merged cells, which all hold the value of their first one;
    `hidden_rows` the indexes of rows that do not show. A hidden sheet has no rows here. In delimited text (`is_text`)
    a separator too many or too few moves a row out of its columns.
    """

    sheet: str
    rows: list[list[Cell]]
    merged: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    hidden_rows: frozenset[int] = field(default_factory=frozenset)
    is_hidden: bool = False
    is_text: bool = False


def read_grids(file: Path) -> list[Grid]:
    """The file's sheets as text; `CheckFailed` where it is not a readable file of its kind."""
    readers = {".xlsx": _read_workbook, ".csv": _read_delimited, ".txt": _read_delimited}
    reader = readers.get(file.suffix.lower(), _read_json if file.suffix.lower() == ".json" else None)
    if reader is None:
        raise _unreadable(file, f"a {file.suffix or 'nameless'} file", "a .xlsx, .csv, .txt or .json file")
    if file.stat().st_size > MAX_BYTES:
        raise _unreadable(file, f"{file.stat().st_size} bytes", f"at most {MAX_BYTES} bytes")
    return reader(file)


def _unreadable(file: Path, found: str, expected: str) -> CheckFailed:
    return CheckFailed(
        "The delivered file cannot be read.",
        where=file.name,
        found=found,
        expected=expected,
        next_step="Save it again in that form and send it anew; this one is kept, and left out.",
        zh="文件无法读取：损坏、加密、过大，或不是约定的文件类型",
    )


@dataclass(frozen=True)
class _Layout:
    """What the reader of cells does not tell of a sheet."""

    merged: list[Range]
    hidden_rows: frozenset[int]
    errors: dict[tuple[int, int], str]


def _read_workbook(file: Path) -> list[Grid]:
    import fastexcel

    if not zipfile.is_zipfile(file):
        raise _unreadable(file, "not an Excel workbook, or an encrypted one", "an unprotected .xlsx workbook")
    layouts = _layouts(file)
    try:
        reader = fastexcel.read_excel(file)
        grids = [_read_sheet(reader, name, layouts[name]) for name in reader.sheet_names if name in layouts]
    except (fastexcel.FastExcelError, zipfile.BadZipFile, KeyError) as error:
        raise _unreadable(file, str(error).split("\n")[0][:120], "an undamaged .xlsx workbook") from None
    if all(grid.is_hidden for grid in grids):
        raise _unreadable(file, "no visible sheet", "a workbook with a visible sheet")
    return grids


def _layouts(file: Path) -> dict[str, _Layout]:
    """Merged ranges, hidden rows and cells without a result of each worksheet."""
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(file) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
    except zipfile.BadZipFile as error:
        raise _unreadable(file, str(error)[:120], "an undamaged .xlsx workbook") from None
    if unpacked > MAX_UNPACKED:
        raise _unreadable(file, f"{unpacked:,} bytes when unpacked", f"at most {MAX_UNPACKED:,} bytes")
    try:
        sheets = load_workbook(file).worksheets
    except Exception as error:  # of a damaged workbook the library raises whatever its parser meets
        found = (str(error) or type(error).__name__).split("\n")[0][:120]
        raise _unreadable(file, found, "an undamaged .xlsx workbook") from None
    return {sheet.title: _layout_of(sheet, file) for sheet in sheets}


def _layout_of(sheet: Any, file: Path) -> _Layout:
    extent = sheet.max_row * sheet.max_column
    if extent > MAX_CELLS:
        found = f"sheet {sheet.title} reaches to row {sheet.max_row:,}, column {sheet.max_column:,}"
        raise _unreadable(file, found, "a sheet without stray cells far from its table")
    merged = [(r.min_row - 1, r.min_col - 1, r.max_row - 1, r.max_col - 1) for r in sheet.merged_cells.ranges]
    hidden = frozenset(number - 1 for number, row in sheet.row_dimensions.items() if row.hidden)
    errors = {
        (cell.row - 1, cell.column - 1): str(cell.value)
        for row in (sheet.iter_rows() if extent <= _LOOKED_THROUGH else ())
        for cell in row
        if cell.data_type in ("e", "f")
    }
    return _Layout(merged, hidden, errors)


def _read_sheet(reader: ExcelReader, name: str, layout: _Layout) -> Grid:
    sheet = reader.load_sheet(name, header_row=None, dtypes="string", skip_rows=0)
    if sheet.visible != "visible":
        return Grid(name, [], is_hidden=True)
    columns = [column.to_list() for column in sheet.to_polars().iter_columns()]
    # The reader leaves empty columns on the left out.
    before: list[Cell] = [None] * next((c.absolute_index for c in sheet.available_columns()), 0)
    rows = [[*before, *row] for row in zip(*columns, strict=True)]
    # An error (#REF!) and a formula that was never computed come as nothing: they must not pass for an empty cell.
    for (row, column), shown in layout.errors.items():
        if row < len(rows) and column < len(rows[row]) and rows[row][column] is None:
            rows[row][column] = shown
    return Grid(name, rows, frozenset(_fill_merged(rows, layout.merged)), layout.hidden_rows)


def _fill_merged(rows: list[list[Cell]], ranges: list[Range]) -> Iterator[tuple[int, int]]:
    """Give merged cells the value of their first one; yields their places."""
    for top, left, bottom, right in ranges:
        value = rows[top][left] if top < len(rows) and left < len(rows[top]) else None
        for r in range(top, min(bottom + 1, len(rows))):
            for c in range(left, min(right + 1, len(rows[r]))):
                rows[r][c] = value
                yield r, c


def _read_delimited(file: Path) -> list[Grid]:
    """Delimited text, UTF-8, GB18030 or marked UTF-16, decoded strictly."""
    text = _decode(file)
    separator = max(",;\t", key=text[:4096].count)
    try:
        rows: list[list[Cell]] = [
            [cell if cell.strip() else None for cell in row]
            for row in csv.reader(StringIO(text, newline=None), delimiter=separator, strict=True)
        ]
    except csv.Error as error:
        raise _unreadable(file, str(error), "delimited text with closed quotation marks") from None
    return [Grid(file.stem, rows, is_text=True)]


def _decode(file: Path) -> str:
    raw = file.read_bytes()
    marked = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise _unreadable(file, "bytes of another encoding", "text in UTF-8, GB18030 or UTF-16")


_TAG = re.compile(r"<[^>]*>")
_TITLE = re.compile(r"title='([^']*)'")
_UNROUNDED = re.compile(r"原始值[:：]\s*(.*)")
_FACTS_OF_SECTION = {"所在地市": "地市", "所属河流": "河流"}


def _read_json(file: Path) -> list[Grid]:
    """The station network's daily JSON: HTML cells become the printed and the unrounded columns."""
    try:
        published = json.loads(file.read_text(encoding="utf-8"))
        heads = [_TAG.sub("", html.unescape(h)) for h in published["thead"]]
        body = [list(_split_cells(heads, row)) for row in published["tbody"]]
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise _unreadable(file, f"{type(error).__name__}: {error}"[:120], "JSON with thead and tbody") from None
    titles = list(dict.fromkeys(name for row in body for name, _ in row))
    rows: list[list[Cell]] = [list(titles)]
    for cells in body:
        by_name = dict(cells)
        rows.append([by_name.get(name) for name in titles])
    return [Grid(file.stem, rows)]


def _split_cells(heads: list[str], row: list[Cell]) -> Iterator[tuple[str, Cell]]:
    """(column, text) pairs of one row: what is printed, and what the cell's tooltip adds."""
    for head, cell in zip(heads, row, strict=True):
        if cell is None:
            yield head, None
            continue
        yield head, html.unescape(_TAG.sub("", str(cell))).strip() or None
        title = _TITLE.search(str(cell))
        for line in html.unescape(title.group(1)).splitlines() if title else []:
            unrounded = _UNROUNDED.match(line)
            if unrounded:
                yield f"{head}_原始", unrounded.group(1).strip() or None
            else:
                name, _, value = line.partition(":")
                if name in _FACTS_OF_SECTION:
                    yield _FACTS_OF_SECTION[name], value.strip() or None
