"""HTML tables as grids: what many systems export and call .xls."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from analytics.errors import CheckFailed
from analytics.ingest.number_formats import Shown
from analytics.ingest.page_styles import NotSure, Styles, is_apart, is_hidden, shown_as
from analytics.ingest.rich_texts import LOWERED, RAISED
from analytics.ingest.sheet import Cell, Grid, Place, Range, fill_merged, require_extent, unreadable

_CHARSET = re.compile(rb"<meta[^>]*?charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9_\-]+)")
_MARK = re.compile(r"</?([A-Za-z][A-Za-z0-9:]*)[^>]*>")
# What a style sets apart from the signs beside it: what does not show, what is struck out, raised or lowered.
_APART = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|line-through|vertical-align\s*:\s*(?:su|top|text-top|[-+.\d])",
    re.IGNORECASE,
)
# What is declared as one of these is often the wider set of characters.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030"}
# What no page is written in that says so in plain letters, and what Python alone calls an encoding.
_OF_NO_PAGE = {"utf_7", "utf_16", "utf_16le", "utf_16be"} | {
    "idna",
    "punycode",
    "raw_unicode_escape",
    "undefined",
    "unicode_escape",
}
_SAYS_HIDDEN = re.compile(r"\shidden[\s=/>]", re.IGNORECASE)
# Marks within a line. All others part what stands before and after them, as a person sees it.
_LETTERS = {"a", "abbr", "acronym", "b", "big", "em", "font", "i", "ins", "small", "strong", "sub", "sup", "tt", "u"}
_INLINE = _LETTERS | {"bdi", "bdo", "label", "nobr", "o:p", "span", "wbr"}
_OF_ROWS, _OF_COLUMNS = ("thead", "tbody", "tfoot"), ("colgroup", "col")
# Marks that say where they end, and hide with themselves whatever stands within.
_AROUND = (
    "article",
    "aside",
    "body",
    "center",
    "div",
    "fieldset",
    "footer",
    "form",
    "header",
    "main",
    "section",
    "span",
)
# What a field of a page to fill in shows, which is not its value.
_TICKS = {"checkbox": "☐☑", "radio": "○◉"}
_WITHOUT_VALUE = ("hidden", "file", "image")
_NOT_SAID = {"password": "（密码框，无法读取）", "select": "（下拉框，未注明所选项）"}
_SILENT = ("style", "script", "title")
_RAISED = {"sup": RAISED, "sub": LOWERED}
_WITHIN = 4096  # bytes
_MOST_LINES_ABOVE = 10
_LONGEST_SPAN = 65_534
_MOST_COLUMNS = 16_384
_FEWEST_CELLS = 4  # that a row counts for where a page is measured
_LONGEST_MARK = re.compile(r"<[A-Za-z][^>]{65536}")
_LONGEST_REST = 4096  # characters; the parser walks through an unfinished end once for every mark that opens in it


def charset_of(raw: bytes) -> str | None:
    """The encoding that a page declares for itself."""
    found = _CHARSET.search(raw[:_WITHIN]) or _XML_ENCODING.search(raw[:_WITHIN])
    if found is None:
        return None
    told = found.group(1).decode("ascii").lower()
    return None if told.replace("-", "_") in _OF_NO_PAGE else _WIDER.get(told, told)


def is_page(text: str) -> bool:
    """Whether text is a page, or a part of one, with a table."""
    start = text.lstrip("\ufeff \t\r\n")
    return start.startswith("<") and bool(re.search(r"<table[\s>]", text, re.IGNORECASE))


def read_page(file: Path, text: str) -> list[Grid]:
    """Every table of the page as a grid, spanned cells as merged ones; `CheckFailed` where one is beyond measure."""
    if _LONGEST_MARK.search(text):
        zh = "网页格式的文件中有过长的标记，不予接收；请用 Excel 打开原文件，另存为 .xlsx 后重新报送"
        raise unreadable(file, "a page with a mark of more than 65,536 characters", "a page with a table", zh=zh)
    try:
        page = _Page(file, Styles(text))
        page.feed(text)
        if len(page.rawdata) > _LONGEST_REST:
            raise unreadable(file, "a page that ends within a mark, or in a long text", "a whole page")
        page.close()
    except RecursionError:
        raise unreadable(file, "a page whose styles have no end", "a page with a table") from None
    except NotSure as error:
        raise _not_understood(file, str(error)) from None
    grids = [_grid(file, table, number) for number, table in enumerate(page.tables, start=1)]
    if all(grid.is_hidden for grid in grids):
        zh = f"网页格式的文件中没有{'可见的' if grids else ''}表格；请用 Excel 打开原文件，另存为 .xlsx 后重新报送"
        raise unreadable(file, f"a page without a table{' that shows' * bool(grids)}", "a page with a table", zh=zh)
    return grids


def _not_understood(file: Path, style: str) -> CheckFailed:
    return unreadable(
        file,
        f"a style that may change what a cell shows: {style}",
        "a page whose styles go by tags, classes and names alone",
        zh=f"网页格式的文件中有无法判断是否适用的样式（{style}），单元格显示的内容无法确定；"
        "请用 Excel 打开原文件，另存为 .xlsx 后重新报送",
    )


@dataclass
class _Table:
    rows: list[list[Cell]] = field(default_factory=list)
    merged: list[Range] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    is_hidden: bool = False
    unseen: set[Place] = field(default_factory=set)  # cells that do not show themselves
    reach: dict[int, int] = field(default_factory=dict)  # by column the last row into which a cell above reaches


@dataclass
class _Open:
    """A table that is being read, with the cell that is open in it."""

    table: _Table = field(default_factory=_Table)
    text: list[str] | None = None
    spans: Place = (1, 1)  # rows, columns
    is_unseen: bool = False
    is_group_hidden: bool = False  # whether the rows or columns that stand together here do not show
    columns: int = 0  # that were told before the rows
    shown: Shown | None = None  # what the cell writes around a number
    raised: list[str] = field(default_factory=list)  # marks of raised and lowered signs that are open
    has_apart: bool = False  # whether a part of the cell does not show, or is struck out
    around: int = 0  # hidden marks that were open before the cell
    choice: bool | None = None  # within a list to choose from: whether its open item is chosen
    has_choice: bool = False  # whether one of its items is


class _Page(HTMLParser):
    """Follows the tables of a page. A table within a cell is a table of its own."""

    def __init__(self, file: Path, styles: Styles) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self._file, self._styles = file, styles
        self._open: list[_Open] = []
        self._silent = 0
        self._above: list[str] = []  # what stands above the next table, which may say its unit
        self._hidden: list[str] = []  # open marks from one on that does not show

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
            return
        attributes = {name: value or "" for name, value in reversed(attrs)}  # of two of one name the first counts
        if tag == "table":
            self._begin_table(attributes)
        elif self._open:
            self._begin_around(tag, attributes)
            begin = {"tr": self._begin_row, "td": self._begin_cell, "th": self._begin_cell}
            begin |= dict.fromkeys(_OF_ROWS, self._begin_rows) | dict.fromkeys(_OF_COLUMNS, self._tell_columns)
            if tag in begin:
                begin[tag](tag, attributes)
            else:
                declared = self._styles.of(tag, attributes)
                is_out = "hidden" in attributes or is_hidden(declared)
                self._begin_mark(tag, is_apart=is_out or is_apart(declared))
                self._begin_field(tag, attributes, is_out=is_out)
        else:
            self._begin_around(tag, attributes)
            if tag not in _INLINE:
                self._above.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            last = len(self._hidden) - self._hidden[::-1].index(tag) - 1
            del self._hidden[last:]
        if tag in _SILENT:
            self._silent = max(self._silent - 1, 0)
        elif self._open and tag in ("td", "th", "tr", "table"):
            self._end_cell()
            if tag == "table":
                self._open.pop()
        elif self._open and tag in (*_OF_ROWS, "colgroup"):
            self._end_cell()
            self._open[-1].is_group_hidden = False
        elif self._open:
            if tag == "select":
                self._end_choice()
            self._end_mark(tag)
        elif tag not in _INLINE:
            self._above.append("\n")

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        said = re.sub(r"[ \t\r\n]+", " ", data)
        opened = self._open[-1] if self._open else None
        if opened is None:
            if not self._hidden:
                self._above.append(said)
        elif opened.choice is False:
            return
        elif opened.text is not None:
            opened.text.append(said.translate(_RAISED[opened.raised[-1]]) if opened.raised else said)
        elif said.strip() and not opened.table.rows:  # a caption
            opened.table.rows.append([said.strip()])

    def _is_hidden(self, tag: str, attributes: dict[str, str]) -> bool:
        return "hidden" in attributes or is_hidden(self._styles.of(tag, attributes))

    def _begin_around(self, tag: str, attributes: dict[str, str]) -> None:
        """A mark that may hide a whole table, or stands within one that does."""
        if tag in _AROUND and (
            self._hidden or "hidden" in attributes or is_hidden(self._styles.around(tag, attributes))
        ):
            self._hidden.append(tag)

    def _begin_field(self, tag: str, attributes: dict[str, str], *, is_out: bool) -> None:
        """A field to fill in: what it shows is in the cell, parted from what stands beside it."""
        opened = self._open[-1]
        if tag in ("select", "option"):
            opened.choice = tag == "option" and "selected" in attributes
            opened.has_choice = opened.choice or (tag == "option" and opened.has_choice)
        elif tag == "input" and opened.text is not None and not is_out:
            kind = attributes.get("type", "").strip().lower()
            value = "" if kind in _WITHOUT_VALUE else attributes.get("value", "")
            value = _TICKS[kind]["checked" in attributes] if kind in _TICKS else _NOT_SAID.get(kind, value)
            opened.text.append(value)
            self._part()

    def _end_choice(self) -> None:
        opened = self._open[-1]
        if opened.choice is not None and not opened.has_choice and opened.text is not None:
            opened.text.append(_NOT_SAID["select"])
        opened.choice = None

    def _begin_table(self, attributes: dict[str, str]) -> None:
        """A table, with the lines above it as rows, as a spreadsheet program opens the page."""
        lines = [line.strip() for line in "".join(self._above).split("\n") if line.strip()]
        self._above.clear()
        above: list[list[Cell]] = [[line] for line in lines[-_MOST_LINES_ABOVE:]]
        is_within = bool(self._hidden or (self._open and self._is_out_of_sight(self._open[-1])))
        self._open.append(_Open(_Table(above, is_hidden=is_within or self._is_hidden("table", attributes))))
        self.tables.append(self._open[-1].table)

    def _is_out_of_sight(self, opened: _Open) -> bool:
        """Whether what stands in the open cell does not show."""
        return opened.table.is_hidden or opened.is_unseen or len(opened.table.rows) - 1 in opened.table.hidden

    def close(self) -> None:
        super().close()
        while self._open:
            self._end_cell()
            self._open.pop()

    def _begin_mark(self, tag: str, *, is_apart: bool) -> None:
        opened = self._open[-1]
        opened.has_apart |= is_apart
        if tag in _RAISED:
            opened.raised.append(tag)
        if is_apart or tag not in _INLINE:
            self._part()

    def _end_mark(self, tag: str) -> None:
        """Where a part of the cell is set apart, every end of a mark may be the end of that part."""
        opened = self._open[-1]
        if tag in opened.raised:
            opened.raised.remove(tag)
        if opened.has_apart or tag not in _INLINE:
            self._part()

    def _part(self) -> None:
        text = self._open[-1].text
        if text is not None and text[-1:] != ["\n"]:
            text.append("\n")

    def _begin_rows(self, tag: str, attributes: dict[str, str]) -> None:
        """Rows that stand together, and show or do not show together."""
        self._end_cell()
        self._open[-1].is_group_hidden = self._is_hidden(tag, attributes)

    def _tell_columns(self, tag: str, attributes: dict[str, str]) -> None:
        """Columns before the rows: one, or as many as are told; a group of columns may tell each of them."""
        opened, is_out = self._open[-1], self._is_hidden(tag, attributes)
        if tag == "colgroup":
            opened.is_group_hidden = is_out
        if tag == "col" or "span" in attributes:
            first, opened.columns = opened.columns, opened.columns + _span(attributes, "span")
            if is_out or opened.is_group_hidden:
                opened.table.hidden_columns |= set(range(first, min(opened.columns, _MOST_COLUMNS)))

    def _begin_row(self, tag: str, attributes: dict[str, str]) -> None:
        self._end_cell()
        table = self._open[-1].table
        if self._open[-1].is_group_hidden or self._is_hidden(tag, attributes):
            table.hidden.add(len(table.rows))
        table.rows.append([])
        require_extent(self._file, "table", len(table.rows), _FEWEST_CELLS)

    def _begin_cell(self, tag: str, attributes: dict[str, str]) -> None:
        self._end_cell()
        if not self._open[-1].table.rows:
            self._open[-1].table.rows.append([])
        opened = self._open[-1]
        opened.text, opened.raised, opened.has_apart = [], [], False
        opened.around, opened.choice = len(self._hidden), None
        opened.spans = _span(attributes, "rowspan"), _span(attributes, "colspan")
        declared = self._styles.of(tag, attributes)
        opened.is_unseen, opened.shown = "hidden" in attributes or is_hidden(declared), shown_as(declared)

    def _end_cell(self) -> None:
        """Put the open cell into the next column that no cell above reaches into."""
        opened = self._open[-1]
        if opened.text is None:
            return
        self._end_choice()
        del self._hidden[opened.around :]
        text, opened.text = "".join(opened.text).strip(" \xa0\n"), None
        table, (down, across) = opened.table, opened.spans
        row, cells = len(table.rows) - 1, table.rows[-1]
        while table.reach.get(len(cells), -1) >= row:
            cells.append(None)
        first = len(cells)
        require_extent(self._file, "table", len(table.rows), first + across)
        told = opened.shown.around(text) if opened.shown else text
        cells += [told or None, *[None] * (across - 1)]
        if opened.is_unseen:
            table.unseen |= {(row, column) for column in range(first, first + across)}
        if down * across > 1:
            table.merged.append((row, first, row + down - 1, first + across - 1))
        if down > 1:
            table.reach |= dict.fromkeys(range(first, first + across), row + down - 1)


def text_of(marked: str) -> str:
    """The text of one cell of a page without its marks: what is parted on the page is parted, `20<br>21` is no 2021."""
    has_apart = bool(_APART.search(marked) or _SAYS_HIDDEN.search(marked))

    def apart(mark: re.Match[str]) -> str:
        is_inline = mark[1].lower() in _INLINE and mark[1].lower() not in _RAISED
        return "" if is_inline and not has_apart else "\n"

    tagged, end, rest = marked.rpartition(">")  # after which any number of marks may open and never close
    return html.unescape(_MARK.sub(apart, tagged + end) + rest).strip(" \xa0\n")


def _span(attributes: dict[str, str], name: str) -> int:
    told = attributes.get(name, "").strip()
    return min(max(int(told), 1), _LONGEST_SPAN) if told.isdecimal() and len(told) < 9 else 1


def _grid(file: Path, table: _Table, number: int) -> Grid:
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


def _hidden_columns(file: Path, table: _Table, name: str) -> frozenset[int]:
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
