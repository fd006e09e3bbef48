"""The first sheet of a return slip: what was received, what is wrong with it and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.hyperlink import Hyperlink

from analytics.exports import neutral
from analytics.ingest.identity import SLIP_SHEET, SLIP_TITLE
from analytics.reporting.slip_pages import FILLS

_WIDTHS = {"A": 24, "B": 44, "C": 34, "D": 8, "E": 16, "F": 16, "G": 16, "H": 16, "I": 16}
_LAST = "I"
_INVENTED = "示例数据（虚构）：本表所有单位、断面和数值均为虚构，不是任何部门报送的真实数据"
_HEADS = ("程度", "问题", "应为", "处数", "位置（点击可跳转，列出前五处）")
_RULE = Border(bottom=Side(style="thin", color="BFBFBF"))
_LINK = Font(color="0563C1", underline="single")
_MOST_OPEN = 30


@dataclass(frozen=True)
class Problem:
    """One rule that was broken: how badly, in words, at how many cells, and the first of them with their address."""

    most_places: ClassVar[int] = 5
    level: str
    severity: str
    message: str
    expected: str
    cells: int
    places: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Summary:
    """What the sheet says, in Chinese; `refused` is the reason where nothing of the file is used.

    `marked` of all `findings` are marked in the sheets; `still_open` are places of earlier files, with what is wrong.
    """

    about: Mapping[str, str]
    counts: Mapping[str, int]
    refused: str
    problems: Sequence[Problem]
    key: str
    marked: int
    findings: int
    is_excerpt: bool
    has_sheets: bool
    is_invented: bool
    still_open: Sequence[tuple[str, str]]


def write_summary(book: Workbook, summary: Summary) -> None:
    """Put the sheet before all others, and open the workbook on it."""
    sheet = _Lines(book.create_sheet(SLIP_SHEET, 0))
    _say_what_came(sheet, summary)
    if summary.problems:
        sheet.space()
        sheet.heads(_HEADS)
        for problem in summary.problems:
            sheet.problem(problem)
    _say_what_is_open(sheet, summary.still_open)
    sheet.space()
    sheet.heading("怎样更正")
    for number, text in enumerate(_advice(summary), start=1):
        sheet.pair(number, text)
    book.active = 0
    for other in book.worksheets[1:]:
        other.sheet_view.tabSelected = False


def _say_what_came(sheet: _Lines, summary: Summary) -> None:
    sheet.title(SLIP_TITLE)
    if summary.is_invented:
        sheet.banner(_INVENTED)
    for name, text in summary.about.items():
        sheet.pair(name, text)
    if summary.refused:
        sheet.pair("处理结果", f"整份退回，全部数据均未采用：{summary.refused}", fill=FILLS["critical"])
    for name, count in summary.counts.items():
        sheet.pair(name, count)


def _say_what_is_open(sheet: _Lines, places: Sequence[tuple[str, str]]) -> None:
    if not places:
        return
    sheet.space()
    sheet.heading("此前报送中仍未更正的内容")
    for place, text in places[:_MOST_OPEN]:
        sheet.pair(place, text)
    if len(places) > _MOST_OPEN:
        sheet.pair("", f"共{len(places)}处，列出前{_MOST_OPEN}处。")


def _advice(summary: Summary) -> list[str]:
    """What to do next, step by step."""
    steps = []
    if summary.has_sheets and summary.findings:
        steps.append(
            "有问题的单元格已着色：红色为严重，须更正；黄色为提示，请核对；蓝色供参考。光标移到单元格上可见批注。"
        )
    if summary.marked < summary.findings:
        steps.append(f"共{summary.findings}处问题，表中标出前{summary.marked}处；更正时请一并检查其余各行。")
    if not summary.has_sheets:
        steps.append("文件内容无法读取，不能随单返回；请按上面“处理结果”所列原因处理原文件，另存为未加密的 .xlsx。")
    elif summary.is_excerpt:
        steps.append("原文件较大，本退回单只摘录有问题的行，首列为原表行号；请在原文件中更正。")
    else:
        if summary.refused and not summary.findings:
            steps.append("请按上面“处理结果”所列原因，在本文件或原文件中更正。")
        else:
            steps.append("请在本文件或原文件中更正，不要改动表头和工作表名称。")
        steps.append("原有公式（如合计）已按当时的结果转为数值，更正数据后请一并改正合计。")
    steps += [
        "请将更正后的整份文件重新报送，接收办法与上次相同（接收单位仍用同一命令 qinghe receive 接收）。",
        f"重新收到后按“{summary.key}”逐行对应：已更正的行即采用，未更正的行仍不计入；前后两份文件都予保留。",
    ]
    return steps


class _Lines:
    """The sheet as it is written, line by line."""

    def __init__(self, sheet: Any) -> None:
        self._sheet, self._row = sheet, 0
        sheet.sheet_view.showGridLines = False
        for column, width in _WIDTHS.items():
            sheet.column_dimensions[column].width = width
        sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = "landscape", 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True

    def _put(self, column: str, value: object, *, wide: bool = False, **looks: Any) -> Any:
        cell = self._sheet[f"{column}{self._row}"]
        cell.value = neutral(value) if isinstance(value, str) else value
        cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")
        for name, look in looks.items():
            setattr(cell, name, look)
        if wide:
            self._sheet.merge_cells(f"{column}{self._row}:{_LAST}{self._row}")
            lines = 1 + sum(2 if ord(c) > 0x2E80 else 1 for c in str(value)) // 160
            self._sheet.row_dimensions[self._row].height = 18 * lines
        return cell

    def title(self, text: str) -> None:
        self._row += 1
        self._put("A", text, wide=True, font=Font(bold=True, size=16))
        self._sheet.row_dimensions[self._row].height = 28

    def banner(self, text: str) -> None:
        self._row += 1
        fill = PatternFill("solid", start_color="8A2B1D", end_color="8A2B1D")
        self._put("A", text, wide=True, font=Font(bold=True, size=14, color="FFFFFF"), fill=fill)
        self._sheet.row_dimensions[self._row].height = 26

    def heading(self, text: str) -> None:
        self._row += 1
        self._put("A", text, wide=True, font=Font(bold=True, size=12))

    def space(self) -> None:
        self._row += 1

    def pair(self, name: object, value: object, *, fill: str = "") -> None:
        self._row += 1
        self._put("A", name, font=Font(bold=True))
        cell = self._put("B", value, wide=True)
        if fill:
            cell.fill = PatternFill("solid", start_color=fill, end_color=fill)

    def heads(self, names: Sequence[str]) -> None:
        self._row += 1
        fill = PatternFill("solid", start_color="E7ECF0", end_color="E7ECF0")
        for column, name in zip("ABCDE", names, strict=True):
            self._put(column, name, font=Font(bold=True), fill=fill, wide=column == "E")

    def problem(self, problem: Problem) -> None:
        self._row += 1
        fill = PatternFill("solid", start_color=FILLS[problem.severity], end_color=FILLS[problem.severity])
        self._put("A", problem.level, fill=fill, border=_RULE)
        for column, value in (("B", problem.message), ("C", problem.expected), ("D", problem.cells)):
            self._put(column, value, border=_RULE)
        for column, (name, address) in zip("EFGHI", problem.places, strict=False):
            cell = self._put(column, name, font=_LINK, border=_RULE)
            cell.hyperlink = Hyperlink(ref=cell.coordinate, location=address, display=name)
            cell.font = _LINK
        longest = max(_wide(problem.message) / 42, _wide(problem.expected) / 32, 1)
        self._sheet.row_dimensions[self._row].height = 18 * -(-longest // 1)


def _wide(text: str) -> int:
    return sum(2 if ord(character) > 0x2E80 else 1 for character in text)
