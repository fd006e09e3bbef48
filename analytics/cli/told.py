"""What `receive` tells of a file, in the language of whoever reads it; programs are given the English one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from analytics.cli.shared import console, say
from analytics.errors import QingheError
from analytics.present.words import either

_HANDLED_APART = ("file", "outcome", "but", "invented")
# By the name that programs know what people read, and in which order nothing is changed.
_LABELS = {
    "reason": "原因",
    "rows": "数据行",
    "sheets without the table": "没有本报表的工作表",
    "repeats left out": "重复行（不计）",
    "empty rows left out": "空行（不计）",
    "totals left out": "合计行（不计）",
    "totals not checked": "未能核对的合计行",
    "notes left out": "表下说明（不计）",
    "repeated headings left out": "重复的表头行、单位行（不计）",
    "remarks of empty rows": "只有备注、未填数据的行（不计，原数不变）",
    "example rows left out": "示例行（不计）",
    "hidden rows, counted": "隐藏的行（照计）",
    "hidden columns, counted": "隐藏的列（照计）",
    "columns without a heading, left out": "没有表头的列（不计）",
    "areas by earlier names": "以曾用名报送的地区",
    "cells corrected as confirmed": "按已确认的更正读取的单元格",
    "rows of earlier files replaced": "取代此前文件的行",
    "single readings of earlier files replaced": "取代此前文件的单个监测值",
    "rows replaced by later files": "已被后来文件取代的行",
    "rows set aside": "暂不采用的行",
    "readings set aside": "单独暂不采用的监测值",
    "warnings": "提示",
    "rules broken": "不符合的规则",
    "form": "表内自述",
    "put right of earlier files": "更正了此前文件的问题",
    "of earlier files still wrong": "此前文件的问题，重报后仍有误",
    "rows of the first file still open": "此前文件中仍未更正之处（行、监测值或整份文件）",
    "still open": "仍未更正",
    "of the whole file": "整份文件",
    "takes back": "收回的更正",
    "faults": "有问题的单元格",
    "return slip": "退回单",
}

_IN_ENGLISH = {
    "repeated headings left out": "repeated headings and rows of units left out",
    "rows of the first file still open": "rows, readings or whole files sent earlier and still open",
}


class Said(str):
    """A text in English, with what it says in Chinese."""

    __slots__ = ("zh",)
    zh: str

    def __new__(cls, en: str, zh: str) -> Said:
        """Both texts."""
        said = super().__new__(cls, en)
        said.zh = zh
        return said

    @classmethod
    def joined(cls, parts: Sequence[Said]) -> Said:
        """Several texts as one."""
        return cls("; ".join(parts), "；".join(part.zh for part in parts))


def in_language(value: object, lang: str) -> str:
    """The text as it is read in a language; what has one spelling only, such as a number, is the same in both."""
    return value.zh if lang == "zh" and isinstance(value, Said) else str(value)


def in_short(error: Exception) -> Said:
    """What went wrong, in a line; what to do is said once, by `say_step` or `say_failure`."""
    if not isinstance(error, QingheError):
        told = f"{type(error).__name__}: {error}"
        return Said(told, told)
    return Said(error.what, error.zh_why or error.what)


def say_failure(error: QingheError, lang: str) -> None:
    """Say what went wrong, where and what to do; what has no words in Chinese is said in English."""
    if lang == "zh" and error.zh:
        _say_in_chinese(error, error.zh_why)
    else:
        say.print(str(error), style="red")


def say_step(error: QingheError, lang: str) -> None:
    """Say where it was and what to do, of an error whose reason is in the list above; in English the whole of it."""
    if lang == "zh" and error.zh_next:
        _say_in_chinese(error, "" if error.where else error.zh_why)
    else:
        say_failure(error, lang)


def _say_in_chinese(error: QingheError, why: str) -> None:
    said = "：".join(part for part in ("未通过", _in_chinese(error.where), why) if part)
    step = f"\n  下一步：{error.zh_next}" if error.zh_next else ""
    say.print(said + step, style="red")


_PLACE = re.compile(
    r"(?:, sheet (?P<sheet>.+?))?(?:, row (?P<row>[\d, ]+?))?(?:, columns? (?P<column>[^,]+(?:, [A-Z]+)*))?"
)


def _in_chinese(where: str) -> str:
    """The place of an error: its file, sheet, row and columns."""
    file, *rest = re.split(r"(?=, (?:sheet|row) )", where, maxsplit=1)
    place = _PLACE.fullmatch("".join(rest))
    if place is None:
        return where
    row, column = (re.sub(", | and ", "、", place[name] or "") for name in ("row", "column"))
    sheet = place["sheet"]
    told = (f"工作表“{sheet}”" if sheet else "") + (f"第{row}行" if row else "") + (f"第{column}列" if column else "")
    return "，".join(part for part in (file, told) if part)


def warn(lang: str, zh: str, en: str) -> None:
    """Say something that is not as it should be, though the file was taken."""
    say.print(either(lang, f"警告：{zh}", f"Warning: {en}"), style="yellow")


def note(lang: str, zh: str, en: str) -> None:
    """Say something worth knowing."""
    say.print(either(lang, f"说明：{zh}", f"Note: {en}"))


def _print_lines(label: str, lines: Sequence[object], lang: str) -> None:
    console.print(label)
    for line in lines:
        console.print(f"    {in_language(line, lang)}", soft_wrap=True)


def print_told(results: Sequence[Mapping[str, Any]], lang: str) -> None:
    """Print what is told of each file for people."""
    colon = either(lang, "：", ": ")
    for result in results:
        but = either(lang, "；但是", "; but ") + in_language(result["but"], lang) if "but" in result else ""
        console.print(f"{result['file']}{colon}{in_language(result['outcome'], lang)}{but}")
        for name, value in result.items():
            if name not in _HANDLED_APART and (value or name == "rows"):
                label = either(lang, _LABELS.get(name, name), _IN_ENGLISH.get(name, name))
                if isinstance(value, list):
                    _print_lines(f"  {label}{colon.rstrip()}", value, lang)
                    continue
                console.print(f"  {label}{colon}{in_language(value, lang)}", soft_wrap=True)
    if any(result.get("invented") for result in results):
        told = either(
            lang,
            "文件标明是示例（虚构）数据；本工作区的每份报告都会写明。",
            "Marked as invented; every report of this workspace will say so.",
        )
        console.print(told)
    if any(result.get("rules broken") for result in results):
        told = either(lang, "逐行查看不符合的规则：qinghe check", "Every row with its rules: qinghe check")
        console.print(told)
