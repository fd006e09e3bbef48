"""One sheet as a grid of text cells, and the refusal of a file that is none: what every reader hands on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from analytics.errors import CheckFailed
from analytics.ingest.number_formats import Shown

Cell = str | None
Range = tuple[int, int, int, int]  # first row, first column, last row, last column, from 0
Place = tuple[int, int]  # row, column, from 0
# What one file may be: its bytes as it lies, those of its parts unpacked, and the cells of a sheet's extent.
MAX_BYTES = 256 * 1024 * 1024
MAX_UNPACKED = 400 * 1024 * 1024
MAX_CELLS = 10_000_000
OTHER_KIND_ZH = "无法接收；请将报表另存为 .xlsx 或 .csv 后重新报送"
LOCKED_ZH = "文件已加密，请取消密码后重新报送"
_MAX_MERGED = 1_000_000
_MERGED_ZH = "合并的单元格过多，不予接收；请取消数据区的合并单元格后重新报送"


@dataclass(frozen=True)
class Grid:
    """One sheet: its name and its rows of text cells; row i of `rows` is row i + 1 of the sheet, so are the columns.

    `merged` has the places (row, column) of merged cells, which all hold the value of their first one; `hidden_rows`
    and `hidden_columns` the indexes of those that do not show. A hidden sheet has no rows here. In delimited text
    (`is_text`, its `separator`) a separator too many or too few moves a row out of its columns. `days` of a sheet that
    keeps days as numbers gives, by row, the day as text of a column's bare numbers.
    """

    sheet: str
    rows: list[list[Cell]]
    merged: frozenset[Place] = field(default_factory=frozenset)
    hidden_rows: frozenset[int] = field(default_factory=frozenset)
    hidden_columns: frozenset[int] = field(default_factory=frozenset)
    is_hidden: bool = False
    is_text: bool = False
    separator: str = ""
    days: Callable[[int], Sequence[Cell]] | None = None


@dataclass(frozen=True)
class SheetLayout:
    """What the reader of cells does not tell of a sheet.

    `errors` has what stands in cells without a result: #REF!, or a formula that was never computed. `shown` has, by
    their places, what the format of numbers writes around them; `marked` has cells with raised or struck signs, `seen`
    those of which it is known how they are seen, with that.
    """

    merged: list[Range]
    hidden_rows: frozenset[int]
    errors: dict[Place, str]
    shown: Mapping[Place, Shown]
    hidden_columns: frozenset[int] = frozenset()
    marked: frozenset[Place] = frozenset()
    seen: Mapping[Place, str] = field(default_factory=dict)


def unreadable(file: Path, found: str, expected: str, *, zh: str = "", next_step: str = "") -> CheckFailed:
    """The refusal of a file that cannot be read, to be raised."""
    return CheckFailed(
        "The delivered file cannot be read.",
        where=file.name,
        found=found,
        expected=expected,
        next_step=next_step or "Save it again in that form and send it anew; this one is kept, and left out.",
        zh=zh or "文件已损坏或不完整（可能是保存或传输中断），无法读取；请用 Excel 打开原文件，另存为 .xlsx 后重新报送",
    )


def with_macros(file: Path) -> CheckFailed:
    """The refusal of a workbook with macros, to be raised."""
    return unreadable(
        file,
        "a workbook with macros",
        "a workbook without macros",
        zh="文件含有宏，不予接收；请另存为不含宏的 .xlsx 后重新报送",
        next_step="Save it as .xlsx without macros and send it again; this one is kept, and never run.",
    )


def require_extent(file: Path, sheet: str, rows: int, columns: int) -> None:
    """`CheckFailed` where a sheet reaches further than any table does."""
    if rows * columns > MAX_CELLS:
        raise unreadable(
            file,
            f"sheet {sheet} reaches to row {rows:,}, column {columns:,}",
            f"a sheet without stray cells far from its table, at most {MAX_CELLS:,} cells",
            zh=f"工作表“{sheet}”的范围达{rows}行、{columns}列，请删除表格以外的单元格",
        )


def require_length(file: Path, characters: int) -> None:
    """`CheckFailed` where the texts of all cells together are longer than those of any table."""
    if characters > MAX_UNPACKED:
        raise unreadable(
            file,
            f"{characters:,} characters in all cells together",
            f"at most {MAX_UNPACKED:,}",
            zh="文件中的文字过长，不予接收；请只保留报表本身后重新报送",
        )


def fill_merged(rows: list[list[Cell]], ranges: Sequence[Range], *, file: Path) -> frozenset[Place]:
    """Give merged cells the value of their first one; their places. `CheckFailed` where there are absurdly many."""
    places: set[Place] = set()
    walked = 0
    for top, left, bottom, right in ranges:
        value = rows[top][left] if top < len(rows) and left < len(rows[top]) else None
        for place in _within(rows, top, left, bottom, right):
            walked += 1
            rows[place[0]][place[1]] = value
            places.add(place)
            if walked > _MAX_MERGED:
                raise unreadable(
                    file, f"more than {_MAX_MERGED:,} merged cells", "merged headings and names only", zh=_MERGED_ZH
                )
    return frozenset(places)


def _within(rows: list[list[Cell]], top: int, left: int, bottom: int, right: int) -> Iterator[Place]:
    for r in range(top, min(bottom + 1, len(rows))):
        for c in range(left, min(right + 1, len(rows[r]))):
            yield r, c
