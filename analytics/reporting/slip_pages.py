"""The sheets of a return slip: the sender's own, or made of the delivered cells where the file is no .xlsx."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, MergedCell
from openpyxl.comments import Comment
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.cell_range import CellRange

from analytics.errors import CheckFailed
from analytics.exports import neutral
from analytics.ingest.grid import Grid, read_grids
from analytics.ingest.identity import SLIP_SHEET
from analytics.pipeline import Examined

AUTHOR = "清河"
FILLS = {"critical": "F4B6AE", "warning": "FFE699", "info": "CFE2F3"}
_MOST_CELLS = 100_000
_MOST_BYTES = 10_000_000  # of the sheets of a workbook, unpacked
_LONGEST_CELL = 32_000
_LONGEST_NOTE = 2_000
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
_ORIGINAL_ROW = "原表行号"
# Merged cells and links: <mergeCell ref="A1:D1"/>
_RANGES = re.compile(rb"""<(?:\w+:)?(?:mergeCell|hyperlink)\s[^>]*?\bref\s*=\s*["'](\$?[A-Z]+\$?\d+:\$?[A-Z]+\$?\d+)""")
_PLACE = r"\$?[A-Z]{1,3}\$?\d+|\$?[A-Z]{1,3}(?=:|$)|\$?\d+(?=:|$)"
_PLAIN_AREA = re.compile(rf"(?:(?P<plain>[\w.]+)|'(?P<quoted>(?:[^'\[\]]|'')+)')!(?:{_PLACE})(?::(?:{_PLACE}))?")
_BETWEEN_AREAS = re.compile(r",(?=(?:[^']*'[^']*')*[^']*$)")
_HARMLESS_RULES = ("list", "whole", "decimal", "date", "time", "textLength")


@dataclass
class Page:
    """One sheet of the slip; rows and columns are those of the delivered sheet, from 0.

    `rows` says where the delivered rows stand in an excerpt, `shift` how far its columns moved to the right.
    """

    sheet: Any
    rows: dict[int, int] | None = None
    shift: int = 0
    anchors: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    @property
    def is_excerpt(self) -> bool:
        """Whether only the rows with findings are here."""
        return self.rows is not None

    def has(self, row: int) -> bool:
        """Whether the delivered row is in the slip."""
        return self.rows is None or row in self.rows

    def _cell(self, row: int, column: int) -> Any:
        at = (row if self.rows is None else self.rows[row]) + 1, column + self.shift + 1
        return self.sheet.cell(*self.anchors.get(at, at))

    def address(self, row: int, column: int) -> str:
        """Where a link to the cell goes."""
        return f"{quote_sheetname(self.sheet.title)}!{self._cell(row, column).coordinate}"

    def mark(self, row: int, column: int, *, severity: str, note: str) -> None:
        """Colour the cell and put the note on it, before what the sender had noted there."""
        if not self.has(row):
            return
        cell = self._cell(row, column)
        if cell.value is None and not cell.has_style:
            cell._style = copy(_style_around(self.sheet, cell.row, cell.column))
        own = f"\n\n（原有批注）{cell.comment.text}" if cell.comment else ""
        text = ILLEGAL_CHARACTERS_RE.sub("", note + own)[:_LONGEST_NOTE]
        lines = sum(1 + len(line) // 24 for line in text.split("\n"))
        cell.fill = PatternFill("solid", start_color=FILLS[severity], end_color=FILLS[severity])
        cell.protection = Protection(locked=False)  # what is to be put right can be written over
        cell.comment = Comment(text, AUTHOR, width=340, height=min(24 + 19 * lines, 420))
        self.sheet.row_dimensions[cell.row].hidden = False


def _style_around(sheet: Any, row: int, column: int) -> Any:
    """The style of a cell that is not there: that of its row, its column, or the cell above; with it stays unlocked."""
    rows, columns = sheet.row_dimensions, sheet.column_dimensions.values()
    spans = [rows[row]] if row in rows else []
    spans += [c for c in columns if c.min is not None and c.min <= column <= c.max]
    above = sheet._cells.get((row - 1, column))
    styled = (near for near in [*spans, above] if near is not None and near.has_style)
    return next((near._style for near in styled), StyleArray())


def own_workbook(found: Examined) -> tuple[Workbook, dict[str, Page]] | None:
    """The sender's own workbook and its pages by sheet; None where there is none that can be opened, or a huge one."""
    file = found.snapshot.path
    if file.suffix.lower() != ".xlsx":
        return None
    try:
        return _copied(file) if _is_small(file) else None
    except Exception:  # of a damaged workbook the library raises whatever its parser meets
        return None


def made_workbook(found: Examined, wanted: Sequence[tuple[str, int]]) -> tuple[Workbook, dict[str, Page]]:
    """A new workbook of the delivered cells and its pages by the name of the delivered sheet.

    `wanted` are the rows (sheet, row from 0) that must be there where the file is too large to come back whole. A file
    that cannot be read has no pages.
    """
    try:
        return _made(found, read_grids(found.snapshot.path), wanted)
    except CheckFailed:
        return _empty(), {}


def _empty() -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    return book


# The sender's own workbook


def _is_small(file: Path) -> bool:
    """Whether its sheets are, and the ranges in them that the library gives a cell for every place."""
    with zipfile.ZipFile(file) as parts:
        kept = [p for p in parts.infolist() if p.filename.startswith(("xl/worksheets/", "xl/sharedStrings"))]
        return sum(p.file_size for p in kept) <= _MOST_BYTES and (
            sum(_places(ref.decode()) for p in kept for ref in _RANGES.findall(parts.read(p))) <= _MOST_CELLS
        )


def _places(ref: str) -> int:
    cells = CellRange(ref)
    return int(cells.size["rows"] * cells.size["columns"])


def _copied(file: Path) -> tuple[Workbook, dict[str, Page]]:
    """The workbook as the sender saw it: every formula as its value."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the library leaves out of a workbook is not what the slip is about
        book = load_workbook(file, data_only=True, keep_links=False)
        formulas = load_workbook(file, keep_links=False)
    if SLIP_SHEET in book.sheetnames:  # a slip that was mended and sent in
        del book[SLIP_SHEET]
    pages = {}
    for sheet in book.worksheets:
        _make_passive(sheet, formulas[sheet.title])
        if sheet.sheet_state == "visible":
            pages[sheet.title] = Page(sheet, anchors=_anchors(sheet))
    for names in (book.defined_names, *(s.defined_names for s in book.worksheets)):
        for name in [n for n, entry in names.items() if not _is_plain(entry, book.sheetnames)]:
            del names[name]
    return book, pages


def _is_plain(entry: Any, sheets: Sequence[str]) -> bool:
    """Whether a defined name stands for cells of the workbook and nothing else: no function, no constant, no file."""
    if entry.function or entry.vbProcedure or entry.xlm:
        return False
    areas = [_PLAIN_AREA.fullmatch(area) for area in _BETWEEN_AREAS.split(entry.attr_text or "")]
    return all(a is not None and (a["plain"] or a["quoted"].replace("''", "'")) in sheets for a in areas)


def _leads_out(formula: str | None) -> bool:
    return "[" in (formula or "") or "#REF" in (formula or "")


def _make_passive(sheet: Any, formulas: Any) -> None:
    """Nothing that computes, links or colours by itself; notes of an earlier slip are taken off."""
    sheet.conditional_formatting = ConditionalFormattingList()
    sheet._pivots = []
    for column in (c for table in sheet.tables.values() for c in table.tableColumns):
        column.calculatedColumnFormula = column.totalsRowFormula = None
    sheet.data_validations.dataValidation = [
        rule
        for rule in sheet.data_validations.dataValidation
        if rule.type in _HARMLESS_RULES and not _leads_out(rule.formula1) and not _leads_out(rule.formula2)
    ]
    for cell in list(sheet._cells.values()):  # those that there are: iter_rows would make one for every place
        if isinstance(cell, MergedCell):
            continue
        if cell.value is None and formulas[cell.coordinate].data_type == "f":
            cell.value = neutral(_formula(formulas[cell.coordinate].value))
        elif isinstance(cell.value, str):
            _keep_as_text(cell)
        if cell.hyperlink is not None and cell.hyperlink.target:
            cell.hyperlink = None
        if cell.comment is not None and cell.comment.author == AUTHOR:
            cell.comment, cell.fill = None, PatternFill()


def _formula(value: Any) -> str:
    """The text of a formula, also of one for several cells."""
    return str(getattr(value, "text", value))


def _keep_as_text(cell: Any) -> None:
    safe = neutral(cell.value)
    if safe != cell.value:
        cell.value = safe


def _anchors(sheet: Any) -> dict[tuple[int, int], tuple[int, int]]:
    """The first cell of each merged one, which alone can bear a colour and a note."""
    return {
        (row, column): (r.min_row, r.min_col)
        for r in sheet.merged_cells.ranges
        for row in range(r.min_row, r.max_row + 1)
        for column in range(r.min_col, r.max_col + 1)
    }


# A new workbook of the delivered cells


def _made(
    found: Examined, grids: Sequence[Grid], wanted: Sequence[tuple[str, int]]
) -> tuple[Workbook, dict[str, Page]]:
    book, pages = _empty(), {}
    is_whole = sum(len(row) for grid in grids for row in grid.rows) <= _MOST_CELLS
    for grid in grids:
        if grid.is_hidden or not grid.rows:
            continue
        heads = found.staged.headings_at.get(grid.sheet, [0, 0]) if found.staged else [0, 0]
        sheet = book.create_sheet(_title(grid.sheet, book.sheetnames))
        if is_whole:
            page, rows = Page(sheet), list(range(len(grid.rows)))
        else:
            rows = sorted({*range(heads[1] + 1), *(row for name, row in wanted if name == grid.sheet)})
            page = Page(sheet, rows={row: at for at, row in enumerate(rows)}, shift=1)
        _fill(page, grid, rows, heads)
        pages[grid.sheet] = page
    return book, pages


def _title(name: str, taken: Sequence[str]) -> str:
    """A name that a sheet may have, and that no other sheet and no summary has."""
    plain = _NOT_IN_TITLES.sub("_", name).strip("'")[:28] or "表"
    title, number = plain, 1
    while title in (*taken, SLIP_SHEET):
        number += 1
        title = f"{plain}{number}"
    return title


def _fill(page: Page, grid: Grid, rows: Sequence[int], heads: Sequence[int]) -> None:
    sheet, widths = page.sheet, dict[int, int]()
    for at, row in enumerate(rows, start=1):
        if page.is_excerpt:
            sheet.cell(at, 1, _ORIGINAL_ROW if row == heads[1] else row + 1)
        for column, text in enumerate(grid.rows[row], start=1 + page.shift):
            if not text:
                continue
            cell = sheet.cell(at, column, neutral(ILLEGAL_CHARACTERS_RE.sub("", text)[:_LONGEST_CELL]))
            cell.number_format = "@"
            widths[column] = max(widths.get(column, 8), min(2 + _width(text), 40))
            if heads[0] <= row <= heads[1]:
                cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="center")
    for column, width in widths.items():
        sheet.column_dimensions[get_column_letter(column)].width = width
    below = heads[1] + 1 if page.rows is None else page.rows.get(heads[1], 0) + 1
    sheet.freeze_panes = sheet.cell(below + 1, 1)


def _width(text: str) -> int:
    """Columns that a text takes: a Chinese character is two wide."""
    return sum(2 if ord(character) > 0x2E80 else 1 for character in text.split("\n", maxsplit=1)[0])
