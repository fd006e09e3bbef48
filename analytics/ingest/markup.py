"""HTML tables as grids: what many systems export and call .xls."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from analytics.errors import CheckFailed
from analytics.ingest.number_formats import Shown
from analytics.ingest.page_lines import Lines, filled, notes, of_a_table
from analytics.ingest.page_styles import NotSure, Styles, is_apart, is_hidden, keeps_lines, require_no_more, shown_as
from analytics.ingest.page_table import PageTable, grid_of
from analytics.ingest.rich_texts import LOWERED, RAISED
from analytics.ingest.sheet import OTHER_KIND_ZH, Cell, Grid, Place, require_extent, unreadable

_CHARSET = re.compile(rb"<meta[^>]*?charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9_\-]+)")
_SPREADSHEET = re.compile(r"<(?:\w{1,20}:)?Workbook\b[^<>]*urn:schemas-microsoft-com:office:spreadsheet")
_MARK = re.compile(r"</?([A-Za-z][A-Za-z0-9:]*)[^>]*>")
# What a style sets apart from the signs beside it: what does not show, is struck out, raised, lowered or moved.
_APART = re.compile(
    r"display\s*:\s*(?!inline\s*[;\"'])|visibility\s*:\s*(?:hidden|collapse)|line-through|(?:font-size|opacity)\s*:\s*\.?0|"
    r"vertical-align\s*:\s*(?:su|top|text-top|[-+.\d])|float\s*:|position\s*:|margin|padding|mso-(?:hide|text-raise)",
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
_KEEPS_LINES = ("pre", "textarea", "listing", "xmp")
_RAISED = {"sup": RAISED, "sub": LOWERED}
_WITHIN = 4096  # bytes
_MOST_LINES_ABOVE = 30
_WIDEST_AROUND, _MOST_PIECES_AROUND = 8, 64  # cells of a row, pieces of a cell, that are looked at around a table
_MOST_CELLS_OF_LINES = 4  # with something in them, of a table that is no more than lines above or below another
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
    if _SPREADSHEET.search(text[:_WITHIN]):
        found, zh = "a spreadsheet of Excel 2003 in XML", f"文件是 Excel 2003 的 XML 电子表格，{OTHER_KIND_ZH}"
        raise unreadable(file, found, "an .xlsx workbook, or a page with a table", zh=zh)
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
    grids = [grid_of(file, table, number) for number, table in enumerate(page.tables, start=1)]
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
class _Open:
    """A table that is being read, with the cell that is open in it."""

    table: PageTable = field(default_factory=PageTable)
    text: list[str] | None = None
    spans: Place = (1, 1)  # rows, columns
    is_unseen: bool = False
    is_group_hidden: bool = False  # whether the rows or columns that stand together here do not show
    columns: int = 0  # that were told before the rows
    shown: Shown | None = None  # what the cell writes around a number
    raised: list[str] = field(default_factory=list)  # marks of raised and lowered signs that are open
    has_apart: bool = False  # whether a part of the cell does not show, or is struck out
    around: int = 0  # hidden marks that were open before the cell
    keeps_lines: bool = False  # whether a line of the cell ends where it ends in the page
    is_begun: bool = False  # whether the rows have begun
    loose: Lines = field(default_factory=Lines)  # what stands outside of the cells, as a caption
    last_within: tuple[PageTable, int] | None = None  # the last table within a cell, and the row of that cell
    choice: bool | None = None  # within a list to choose from: whether its open item is chosen
    has_choice: bool = False  # whether one of its items is


class _Page(HTMLParser):
    """Follows the tables of a page. A table within a cell is a table of its own."""

    def __init__(self, file: Path, styles: Styles) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[PageTable] = []
        self._file, self._styles = file, styles
        self._open: list[_Open] = []
        self._silent = 0
        self._outside = Lines()  # what stands between tables, which may say the unit of the next, or be a note
        self._last: PageTable | None = None  # the table before
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
                require_no_more(declared)
                self._open[-1].keeps_lines |= tag in _KEEPS_LINES or keeps_lines(declared)
                self._begin_mark(tag, is_apart=is_out or is_apart(declared))
                self._begin_field(tag, attributes, is_out=is_out)
        else:
            self._begin_around(tag, attributes)
            if tag not in _INLINE:
                self._outside.part()

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            last = len(self._hidden) - self._hidden[::-1].index(tag) - 1
            del self._hidden[last:]
        if tag in _SILENT:
            self._silent = max(self._silent - 1, 0)
        elif self._open and tag in ("td", "th", "tr", "table"):
            self._end_cell()
            if tag == "table":
                self._end_table()
        elif self._open and tag in (*_OF_ROWS, "colgroup"):
            self._end_cell()
            self._open[-1].is_group_hidden = False
        elif self._open:
            if tag == "select":
                self._end_choice()
            self._end_mark(tag)
        elif tag not in _INLINE:
            self._outside.part()

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        opened = self._open[-1] if self._open else None
        kept = re.sub(r"[ \t]*[\r\n]+[ \t]*", "\0", data) if opened is not None and opened.keeps_lines else data
        said = re.sub(r"[ \t\r\n]+", " ", kept).replace("\0", "\n")
        if opened is None:
            if not self._hidden:
                self._outside.say(said)
        elif opened.choice is False:
            return
        elif opened.text is not None:
            opened.text.append(said.translate(_RAISED[opened.raised[-1]]) if opened.raised else said)
        elif not self._hidden:
            opened.loose.say(said)

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
        lines = self._lines_around(self._open[-1]) if self._open else self._lines_between()
        above: list[list[Cell]] = [[line] for line in lines[-_MOST_LINES_ABOVE:]]
        is_within = bool(self._hidden or (self._open and self._is_out_of_sight(self._open[-1])))
        if self._open:
            self._part()
        self._open.append(_Open(PageTable(above, is_hidden=is_within or self._is_hidden("table", attributes))))
        self.tables.append(self._open[-1].table)

    def _lines_between(self) -> list[str]:
        """The lines between the last table and the next one, but for the notes of the last."""
        lines = self._outside.take()
        if self._last is None:
            return lines
        below = notes(lines)
        self._last.below(below)
        said = set(below)
        return [line for line in lines if line not in said]

    @staticmethod
    def _lines_around(opened: _Open) -> list[str]:
        """What stands before a table in the cells of another one, which is there for the look of the page."""
        before = filled(cell for row in opened.table.rows[-_MOST_LINES_ABOVE:] for cell in row[:_WIDEST_AROUND])
        pieces = (opened.text or [])[-_MOST_PIECES_AROUND:]
        return of_a_table(filled("\n".join([*before, "".join(pieces)]).split("\n")))

    def _end_table(self) -> None:
        """What is left of the lines of a table stands below its rows; a table of a few lines is no more than those."""
        ended = self._open.pop()
        table = ended.table
        if ended.last_within is not None:
            within, row = ended.last_within
            cells = filled(cell for cells in table.rows[row:] for cell in cells)
            within.below(of_a_table(filled("\n".join(cells).split("\n"))))
        table.below(of_a_table(ended.loose.take()))
        if self._open:
            self._part()
            self._open[-1].last_within = table, len(self._open[-1].table.rows) - 1
            return
        cells = filled(cell for row in table.rows[: _MOST_CELLS_OF_LINES + 1] for cell in row)
        if table.is_hidden:
            return
        if len(table.rows) <= _MOST_CELLS_OF_LINES and len(cells) <= _MOST_CELLS_OF_LINES:
            for line in of_a_table(cells):
                self._outside.part()
                self._outside.say(line)
            self._outside.part()
        else:
            self._last = table

    def _begin_rows_of(self, opened: _Open) -> None:
        """A caption stands above the rows."""
        if not opened.is_begun:
            opened.is_begun = True
            opened.table.below(opened.loose.take())

    def _is_out_of_sight(self, opened: _Open) -> bool:
        """Whether what stands in the open cell does not show."""
        return opened.table.is_hidden or opened.is_unseen or len(opened.table.rows) - 1 in opened.table.hidden

    def close(self) -> None:
        super().close()
        while self._open:
            self._end_cell()
            self._end_table()
        if self._last is not None:
            self._last.below(of_a_table(self._outside.take()))

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
        if text is None:
            self._open[-1].loose.part()
        elif text[-1:] != ["\n"]:
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
        self._begin_rows_of(self._open[-1])
        table = self._open[-1].table
        if self._open[-1].is_group_hidden or self._is_hidden(tag, attributes):
            table.hidden.add(len(table.rows))
        table.rows.append([])
        require_extent(self._file, "table", len(table.rows), _FEWEST_CELLS)

    def _begin_cell(self, tag: str, attributes: dict[str, str]) -> None:
        self._end_cell()
        opened = self._open[-1]
        if not opened.is_begun:
            self._begin_rows_of(opened)
            opened.table.rows.append([])
        opened.text, opened.raised, opened.has_apart = [], [], False
        opened.around, opened.choice = len(self._hidden), None
        opened.spans = _span(attributes, "rowspan"), _span(attributes, "colspan")
        declared = self._styles.of(tag, attributes)
        require_no_more(declared)
        opened.keeps_lines = keeps_lines(declared)
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
