"""Delimited text as a grid, read line by line; a quotation mark too many may not swallow the rows after it."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain, islice
from pathlib import Path

from analytics.errors import CheckFailed
from analytics.ingest.encodings import lines_of
from analytics.ingest.sheet import MAX_CELLS, Cell, Grid, unreadable

csv.field_size_limit(1 << 20)  # characters in one cell
TOO_LARGE = "文件过大，不予接收；请只保留报表本身，或按市分成几份报送"
_SEPARATORS = ",;\t|"
_FIRST_LINES, _FIRST_SIGNS = 64, 4096  # by which the separator is told
_SHARED = 1 << 16  # words that are kept once for all their cells, at a time
_FEW = 10  # rows of a length that fewer than one in so many have do not tell how long rows are
_SHOWN = 60  # characters
_LOOKED_AT = 1000  # rows that tell what stands in a column
_SHORT = 2  # separators of a row that is told by what stands in its columns
_NUMBER = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?")


class _Once(dict[str, Cell]):
    """Words by themselves: one object for all cells that say the same, None where they say nothing."""

    def __missing__(self, cell: str) -> Cell:
        return self.setdefault(cell, cell if cell.strip() else None)


def read_delimited(file: Path, encoding: str) -> list[Grid]:
    """The rows of the text; `CheckFailed` where its quotation marks are not in pairs, or hold rows of the table."""
    lines = lines_of(file, encoding)
    first = list(islice(lines, _FIRST_LINES))
    separator = max(_SEPARATORS, key="".join(first)[:_FIRST_SIGNS].count)
    rows: list[list[Cell]] = []
    folded: list[int] = []  # indexes of rows that stand in several lines
    known = _Once()
    cells = line = 0
    reader = csv.reader(chain(first, lines), delimiter=separator, strict=True)
    try:
        for row in reader:
            cells += len(row)
            if cells > MAX_CELLS:
                raise unreadable(file, f"more than {MAX_CELLS:,} cells", "a table of fewer", zh=TOO_LARGE)
            if len(known) > _SHARED:
                known.clear()
            rows.append([(cell if cell.strip() else None) if cell.isascii() else known[cell] for cell in row])
            if reader.line_num > line + 1:
                folded.append(len(rows) - 1)
            line = reader.line_num
    except csv.Error as error:
        begun = len(rows) + 1
        zh = f"文本中的引号不成对，列无法分开；请核对第{begun}行起的引号，或另存为 .xlsx 后重新报送"
        found = f"row {begun}: {error}"
        raise unreadable(file, found, "delimited text with closed quotation marks", zh=zh) from None
    _require_no_rows_within(file, rows, folded, separator)
    return [Grid(file.stem, rows, is_text=True, separator=separator)]


def _require_no_rows_within(file: Path, rows: Sequence[Sequence[Cell]], folded: list[int], separator: str) -> None:
    """`CheckFailed` where a row of several lines holds another one: as many separators in two of them as rows have.

    A row may lack what need not be there at its end: within one cell a line with hardly fewer is a row too, and so is
    one of which at least half is what stands in its columns.
    """
    if not folded:
        return
    lengths = Counter(len(row) for row in rows if len(row) > 1)
    least = min((n for n, times in lengths.items() if _FEW * times >= lengths.total()), default=2) - 1
    columns = _columns([rows[index] for index in sorted(set(range(min(len(rows), _LOOKED_AT))) - set(folded))])
    for index in folded:
        several = [cell for cell in rows[index] if cell and "\n" in cell]
        lines = separator.join(cell or "" for cell in rows[index]).split("\n")
        is_row = sum(line.count(separator) >= least for line in lines) > 1
        for line in (line for cell in several for line in cell.split("\n")[1:]):
            count = line.count(separator)
            is_row |= count > _SHORT and count >= least - 1
            is_row |= count >= _SHORT and _fits(line.split(separator), columns)
        if is_row:
            raise _rows_within(file, index + 1, several[0])


def _columns(rows: Sequence[Sequence[Cell]]) -> list[set[str]]:
    """What stands in each column of the rows; all numbers as one."""
    columns: list[set[str]] = [set() for _ in range(max(map(len, rows), default=0))]
    for row in rows:
        for told, cell in zip(columns, row, strict=False):
            if cell is not None:
                told.add(_kind(cell))
    return columns


def _kind(cell: str) -> str:
    return "0" if _NUMBER.fullmatch(cell.strip()) else cell.strip()


def _fits(cells: list[str], columns: list[set[str]]) -> bool:
    """Whether at least half of the cells, and two, are such as stand in their columns."""
    fitting = sum(bool(cell.strip()) and _kind(cell) in told for cell, told in zip(cells, columns, strict=False))
    return fitting >= max(2, len(cells) / 2)


def _rows_within(file: Path, row: int, cell: str) -> CheckFailed:
    shown = cell.replace("\n", "↵")[:_SHOWN]
    return unreadable(
        file,
        f"row {row}: a cell between quotation marks holds what looks like rows of the table: {shown}",
        "quotation marks around single cells",
        zh=f"第{row}行有一格在引号之内又换行，其中像是表中另外的行（“{shown}”），可能多了一个引号；"
        "请核对该行起的引号，或另存为 .xlsx 后重新报送",
        next_step="Take out the quotation mark that is too many, or save the table as .xlsx, and send it again.",
    )
