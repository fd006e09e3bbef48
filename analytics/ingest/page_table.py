"""A table of a page as a grid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from analytics.ingest.sheet import Cell, Grid, Place, Range, fill_merged, require_extent, unreadable


@dataclass
class PageTable:
    """Rows as they are read, what is merged in them, and what does not show."""

    rows: list[list[Cell]] = field(default_factory=list)
    merged: list[Range] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    is_hidden: bool = False
    unseen: set[Place] = field(default_factory=set)  # cells that do not show themselves
    reach: dict[int, int] = field(default_factory=dict)  # by column the last row into which a cell above reaches

    def below(self, lines: Iterable[str]) -> None:
        """Put each line into a row of its own below those that there are."""
        self.rows += [[line] for line in lines]


def grid_of(file: Path, table: PageTable, number: int) -> Grid:
    """The grid of the table of that number in its page; `CheckFailed` where cells are hidden that are no column."""
    width = max((len(row) for row in table.rows), default=0)
    require_extent(file, f"table {number}", len(table.rows), width)
    name = file.stem if number == 1 else f"{file.stem} {number}"
    if table.is_hidden:
        return Grid(name, [], is_hidden=True)
    for row in table.rows:
        row.extend([None] * (width - len(row)))
    merged = fill_merged(table.rows, table.merged, file=file)
    hidden = _hidden_columns(file, table, name) | {column for column in table.hidden_columns if column < width}
    return Grid(name, table.rows, merged, frozenset(table.hidden), hidden)


def _hidden_columns(file: Path, table: PageTable, name: str) -> frozenset[int]:
    """Columns of which no cell shows; `CheckFailed` where some show and some do not: heads stand above other cells."""
    columns = frozenset(column for _, column in table.unseen)
    for row, cells in enumerate(table.rows):
        for column in columns:
            if cells[column] is not None and (row, column) not in table.unseen:
                raise unreadable(
                    file,
                    f"table {name}, row {row + 1}: a cell shows in a column in which others do not",
                    "a table whose columns show as a whole, or not at all",
                    zh=f"网页格式的表格中有隐藏的单元格，与第{row + 1}行的列对不齐，无法确定各数属于哪一栏；"
                    "请用 Excel 打开原文件，另存为 .xlsx 后重新报送",
                )
    return columns
