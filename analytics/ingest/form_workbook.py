"""Writes a form as an Excel workbook: headings, notes, what may be typed, rows that are begun, an example."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_range_abs, xl_rowcol_to_cell

from analytics import units
from analytics.catalog.models import Area
from analytics.ingest.form_columns import Asked, months_of
from analytics.ingest.forms import Form
from analytics.ingest.identity import EXAMPLE, GUIDE_SHEET, IDENTITY_SHEET, LIST_SHEET, PROPERTY

TABLE_SHEET = "填报表"
_REQUIRED, _MEASURED, _OPTIONAL = "必填", "必测", "选填"
# What a spreadsheet may take for a formula, in half and in full width.
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NO_WIDTH = "\u200b"  # readers of deliveries drop it, so the name stays the register's own
_CREATED = datetime(2000, 1, 1)  # the same form gives the same bytes
_TITLE, _LINE, _CLAUSES, _HOW, _MARKS, _HEAD, _EXAMPLE, _FIRST = range(8)
_SPARE = 2000  # rows below the filled ones that are still checked while people type
_LONGEST_TITLE, _LONGEST_MESSAGE = 32, 250
_WIDEST = 130  # characters that the texts above the table are folded at
_HOW_TO = (
    "填法：{grain}；标“必填”的栏都要填，标“选填”的可空{measured}；标“示例”的灰色斜体行只作示范，接收时自动略去，不必删除；"
    "确实为零的填 0，一时没有数据的先留空，不要用 0 代替；填好后存为 .xlsx 发回，"
    "表号、栏名和隐藏工作表勿改。每栏的要求见批注和“各栏填报要求”。"
)


def neutral(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula; a reader of deliveries reads what it was."""
    return _NO_WIDTH + text if text.startswith(_BEGINS_A_FORMULA) else text


def write_form(form: Form, path: Path) -> None:
    """Write the workbook; the same form gives the same bytes."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    # Written whole at the end: what the machine says of a full disk is then said as everywhere.
    content = BytesIO()
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties({"title": form.title, "comments": form.line, "created": _CREATED})
        book.set_custom_property(PROPERTY, form.identity.code)
        _Writer(book, form).write()
    path.write_bytes(content.getvalue())


class _Writer:
    """The sheets of one workbook: the table, the guide, and two that nobody sees."""

    def __init__(self, book: xlsxwriter.Workbook, form: Form) -> None:
        self._form = form
        self._table = book.add_worksheet(TABLE_SHEET)
        self._guide = book.add_worksheet(GUIDE_SHEET)
        self._lists = _Lists(book.add_worksheet(LIST_SHEET))
        self._identity = book.add_worksheet(IDENTITY_SHEET)
        self._formats = _formats(book)
        self._last = _FIRST + len(form.rows) + _SPARE
        self._widths = [6, *(_width(c) for c in form.columns)]

    def write(self) -> None:
        """Everything."""
        self._write_columns()
        self._write_above()
        self._write_rows()
        self._write_guide()
        self._identity.write_string(0, 0, self._form.identity.code)
        self._identity.very_hidden()
        self._lists.sheet.hide()
        for sheet in (self._table, self._guide, self._lists.sheet, self._identity):
            sheet.protect("", {"format_columns": True, "format_rows": True})
        self._table.freeze_panes(_HEAD + 1, 1)
        self._table.repeat_rows(_MARKS, _HEAD)
        self._table.set_landscape()
        self._table.fit_to_pages(1, 0)

    def _write_columns(self) -> None:
        """Headings with their notes, the row of examples, and what may be typed below."""
        table, formats = self._table, self._formats
        table.set_column(0, 0, self._widths[0], formats["text"])
        table.write_string(_MARKS, 0, "", formats["mark"])
        table.write_string(_HEAD, 0, "序号", formats["head"])
        table.write_string(_EXAMPLE, 0, EXAMPLE, formats["example"])
        examples = self._examples()
        for number, asked in enumerate(self._form.columns, start=1):
            table.set_column(number, number, self._widths[number], formats[_kind(asked)])
            table.write_string(_MARKS, number, _mark(asked), formats["mark"])
            table.write_string(_HEAD, number, asked.heading, formats["head"])
            table.write_comment(_HEAD, number, _note(asked), {"x_scale": 2, "y_scale": 1.6, "author": ""})
            table.write_string(_EXAMPLE, number, f"{EXAMPLE}：{examples[asked.key]}", formats["example"])
            rule = _messages(asked, self._limits(asked)) | self._rule(asked, number)
            problem = table.data_validation(_FIRST, number, self._last, number, rule)
            if problem:
                raise ValueError(f"{asked.key}: {rule}")

    def _limits(self, asked: Asked) -> str:
        return f"名录内的{asked.meaning}，可从下拉列表中选" if asked.key in self._form.members else asked.limits

    def _examples(self) -> dict[str, str]:
        """What an example row says, with areas that lie in one another and the months of the form."""
        examples = {asked.key: asked.example for asked in self._form.columns}
        months = months_of(self._form.period)
        for asked in self._form.columns:
            areas = self._form.areas.get(asked.key, [])
            within = asked.area.within if asked.area else None
            inside = [a for a in areas if within is None or self._name_of_parent(a) == examples[within]]
            if asked.area and asked.area.is_place:
                examples[asked.key] = next((a.name.zh for a in inside or areas), asked.example)
            if asked.rule == "month" and months:
                examples[asked.key] = months[0]
        return examples | self._days_in_order()

    def _days_in_order(self) -> dict[str, str]:
        """Days of the form's period for the example row, each column's after that of the one before it.

        Not of a column with an example of its own.
        """
        period, fields = self._form.period, self._form.catalog.fields
        keys = [asked.key for asked in self._form.columns if asked.rule == "date" and not fields[asked.key].example]
        if period is None:
            return {}
        step = (period.end - period.start) / (len(keys) + 1)
        return {key: (period.start + step * number).isoformat() for number, key in enumerate(keys)}

    def _name_of_parent(self, area: Area) -> str:
        return self._form.catalog.areas[area.parent].name.zh if area.parent else ""

    def _write_above(self) -> None:
        """Title, who sends it and for when, the clauses it serves, and how it is filled in."""
        form = self._form
        shown = form.served[:2] + ["其余条款见“各栏填报要求”"] * (len(form.served) > 2)
        clauses = shown or ["依据：" + "、".join(form.cites)] * bool(form.cites) or ["本表供名录和对照使用"]
        texts = {
            _TITLE: (form.title, "title"),
            _LINE: (form.line, "line"),
            _CLAUSES: ("\n".join(clauses), "line"),
            _HOW: (self._how_to(), "line"),
        }
        last = self._columns_across()
        across = sum(self._widths[: last + 1])
        for row, (text, kind) in texts.items():
            self._table.merge_range(row, 0, row, last, text, self._formats[kind])
            for column in range(last + 1, len(self._widths)):
                self._table.write_blank(row, column, None, self._formats["line"])
            lines = sum(math.ceil(_display(part) / across) for part in text.split("\n"))
            self._table.set_row(row, 26 if row == _TITLE else 15 * lines + 3)

    def _how_to(self) -> str:
        measured = any(_mark(asked) == _MEASURED for asked in self._form.columns)
        told = "，标“必测”的凡采样都要有结果" * measured
        told += "（标明水源类型的，只对该类水源）" * any(asked.waters for asked in self._form.columns)
        return _HOW_TO.format(grain=self._form.source.grain.zh, measured=told)

    def _columns_across(self) -> int:
        """The last column of the texts above the table: as many as fit on a screen."""
        widths = 0.0
        for number, width in enumerate(self._widths):
            widths += width
            if widths >= _WIDEST:
                return number
        return len(self._widths) - 1

    def _write_rows(self) -> None:
        """The rows whose members are known; who sends the form fills in the rest of each."""
        for number, row in enumerate(self._form.rows):
            self._table.write_string(_FIRST + number, 0, str(number + 1), self._formats["text"])
            for column, asked in enumerate(self._form.columns, start=1):
                if row.get(asked.key):
                    self._table.write_string(_FIRST + number, column, neutral(row[asked.key]), self._formats["known"])

    def _rule(self, asked: Asked, column: int) -> dict[str, Any]:
        """What may be typed in the column, as the spreadsheet has it."""
        if asked.key in self._form.members:
            return self._among(asked, self._form.members[asked.key]) | {"error_type": "warning"}
        if asked.area is not None:
            return self._areas(asked)
        if asked.rule in ("list", "month"):
            return self._among(asked, asked.words or months_of(self._form.period))
        if asked.rule == "reading":
            return {"validate": "custom", "value": self._reading(asked, column)}
        if asked.rule == "date":
            first, last = self._days(asked)
            return {"validate": "date", "criteria": "between", "minimum": first, "maximum": last}
        return _numeric(asked)

    def _days(self, asked: Asked) -> tuple[date, date]:
        readings, period = self._form.source.readings, self._form.period
        is_within = readings is not None and readings.taken_on == asked.key and period is not None
        return (period.start, period.end) if is_within and period else (date(1900, 1, 1), date(9999, 12, 31))

    def _among(self, asked: Asked, words: Sequence[str]) -> dict[str, Any]:
        if not words:
            return {"validate": "any"}
        return {"validate": "list", "source": "=" + self._lists.add(asked.key, [neutral(w) for w in words])}

    def _areas(self, asked: Asked) -> dict[str, Any]:
        """Names of areas; those of the area that the row names already, where there is one."""
        areas = sorted(self._form.areas[asked.key], key=lambda a: (a.parent or "", a.id))
        free = {} if asked.area and asked.area.is_place else {"error_type": "warning"}
        outer = next(
            (n for n, c in enumerate(self._form.columns, 1) if asked.area and c.key == asked.area.within), None
        )
        if outer is None or not areas:
            return self._among(asked, [a.name.zh for a in areas]) | free
        parents = self._lists.add(f"{asked.key} in", [self._name_of_parent(a) for a in areas])
        names = self._lists.add(asked.key, [a.name.zh for a in areas])
        cell = f"${xl_col_to_name(outer)}{_FIRST + 1}"
        first, found = names.partition(":")[0], f"COUNTIF({parents},{cell})"
        inside = f"OFFSET({first},MATCH({cell},{parents},0)-1,0,{found},1)"
        return {"validate": "list", "source": f"=IF({found}=0,{names},{inside})"} | free

    def _reading(self, asked: Asked, column: int) -> str:
        """A number within its bounds, or what is written for one: a limit of detection, a word, a mark."""
        cell = xl_rowcol_to_cell(_FIRST, column)
        texts = [f'RIGHT({cell},1)="L"', f'LEFT({cell},1)="<"', f'{cell}="未检出"'] if asked.may_go_undetected else []
        if asked.words:
            texts.append(f"ISNUMBER(MATCH({cell},{self._lists.add(asked.key, asked.words)},0))")
        beside = f"OR({','.join(texts)})" if texts else "FALSE"
        return f"=IF(ISNUMBER({cell}),AND({cell}>={asked.least!r},{cell}<={asked.most!r}),{beside})"

    def _write_guide(self) -> None:
        """What the form is for, and one row for each column."""
        guide, formats = self._guide, self._formats
        guide.set_column(0, 0, 30, formats["line"])
        guide.set_column(1, 4, 22, formats["line"])
        guide.set_column(5, 5, 70, formats["line"])
        about = [self._form.title, self._form.line, *self._form.served, *self._form.cites]
        for row, text in enumerate([*about, self._how_to()]):
            guide.merge_range(row, 0, row, 5, text, formats["line"])
            guide.set_row(row, 15 * math.ceil(_display(text) / 188) + 3)
        top = len(about) + 2
        guide.write_row(top, 0, ["栏目", "含义", "是否必填", "计量", "上下限或可选项的依据", "填什么"], formats["head"])
        for number, asked in enumerate(self._form.columns, start=1):
            row = top + number
            said = [
                f"{number}. {asked.heading}",
                asked.meaning,
                _mark(asked),
                units.in_chinese(asked.unit),
                asked.reason,
                asked.limits,
            ]
            for column, text in enumerate(said):
                guide.write_string(row, column, text, formats["line"])


class _Lists:
    """The hidden sheet with the words of drop-down lists, a column each: in a rule they may not be longer than 255."""

    def __init__(self, sheet: Any) -> None:
        self.sheet = sheet
        self._known: dict[tuple[str, ...], str] = {}

    def add(self, name: str, words: Sequence[str]) -> str:
        """Where the words stand; lists of the same words share a column."""
        key = tuple(words)
        if key not in self._known:
            column = len(self._known)
            for row, word in enumerate([name, *words]):
                self.sheet.write_string(row, column, word)
            span = xl_range_abs(1, column, len(words), column)
            self._known[key] = f"{LIST_SHEET}!{span if ':' in span else f'{span}:{span}'}"
        return self._known[key]


def _numeric(asked: Asked) -> dict[str, Any]:
    kinds = {"number": "decimal", "integer": "integer"}
    if asked.rule not in kinds:
        return {"validate": "any"}
    least = -9.9e307 if asked.least is None else asked.least
    most = 9.9e307 if asked.most is None else asked.most
    return {"validate": kinds[asked.rule], "criteria": "between", "minimum": least, "maximum": most}


def _messages(asked: Asked, limits: str) -> dict[str, Any]:
    """What is said while a cell is chosen, and when something else was typed."""
    prompt = f"{asked.meaning}（{_mark(asked)}）。{limits}"
    return {
        "input_title": _cut(asked.heading, _LONGEST_TITLE),
        "input_message": _cut(prompt, _LONGEST_MESSAGE),
        "error_title": "填报有误",
        "error_message": _cut(f"“{asked.heading}”应为：{limits}", _LONGEST_MESSAGE),
    }


def _note(asked: Asked) -> str:
    said = [f"{asked.meaning}（{_mark(asked)}）", asked.limits]
    said += [f"计量：{units.in_chinese(asked.unit)}"] if asked.unit else []
    said += [f"依据：{asked.reason}"] if asked.reason else []
    return "\n".join(said)


def _mark(asked: Asked) -> str:
    if not asked.is_required:
        return "、".join(asked.waters) + _MEASURED if asked.waters else _OPTIONAL
    return _MEASURED if asked.rule == "reading" else _REQUIRED


def _kind(asked: Asked) -> str:
    return {"number": "number", "integer": "number", "reading": "number", "date": "date"}.get(asked.rule, "text")


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _display(text: str) -> int:
    """Places that a text takes on the screen: a Chinese sign takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)


def _width(asked: Asked) -> float:
    return max(10, _display(asked.heading) + 3, _display(_mark(asked)) + 3, min(_display(asked.example) + 8, 30))


def _formats(book: xlsxwriter.Workbook) -> dict[str, Any]:
    grid = {"border": 1, "border_color": "#BFBFBF", "valign": "vcenter"}
    entry = {**grid, "locked": False}
    kinds: dict[str, dict[str, Any]] = {
        "title": {"bold": True, "font_size": 16, "valign": "vcenter"},
        "line": {"text_wrap": True, "valign": "vcenter"},
        "mark": {**grid, "align": "center", "font_color": "#C00000", "bg_color": "#F2F2F2"},
        "head": {**grid, "bold": True, "align": "center", "bg_color": "#D9E2F3"},
        "example": {**grid, "italic": True, "font_color": "#7F7F7F", "bg_color": "#EDEDED", "num_format": "@"},
        "text": {**entry, "num_format": "@"},
        "known": {**entry, "num_format": "@", "bg_color": "#F7F7F7", "quote_prefix": True},
        "number": entry,
        "date": {**entry, "num_format": "yyyy-mm-dd"},
    }
    return {name: book.add_format(properties) for name, properties in kinds.items()}
