"""What a check found, said with the words of the form instead of the names of columns."""

from __future__ import annotations

import re
from collections.abc import Mapping

from analytics.catalog import Catalog
from analytics.catalog.models import Text
from analytics.present.lists import HOLD_AREAS
from analytics.quality import wording

_EMPTY = Text(zh="（空）", en="(empty)")
_KEY = re.compile(r"(^|; )(\w+)=([^;]*)")
_OF_CHECKS = {
    **wording.DERIVED,
    "rows": Text(zh="所在行", en="rows"),
    "same_as": Text(zh="与之相同的行", en="row alike"),
    "set_aside": Text(zh="有误的行", en="rows that are wrong"),
    "of_rows": Text(zh="全部行", en="of all rows"),
    "registered": Text(zh="名录所载", en="on the register"),
    "answering": Text(zh="牵头、配合或责任单位", en="who answers"),
    "so_named": Text(zh="此名称所属的对象", en="the member so named"),
    "before": Text(zh="此前填报", en="told before"),
    "year_before": Text(zh="上年同期", en="a year before"),
    "sum": Text(zh="各行合计", en="sum of the rows"),
    "times": Text(zh="起止时间（行数）", en="from and to (rows)"),
    "median": Text(zh="中位数", en="median"),
    "share": Text(zh="占比", en="share"),
    "told_by_name": Text(zh="文件名所说", en="the name of the file tells"),
    "told_by_title": Text(zh="表题所说", en="the title tells"),
    "told_by_sheet": Text(zh="工作表名所说", en="the name of a sheet tells"),
    "received_for": Text(zh="收到时所报的报告期", en="received for"),
}


def labels(catalog: Catalog) -> Mapping[str, Text]:
    """What readers call the columns of staged rows, and what checks tell beside them."""
    parameters = {name: parameter.label for name, parameter in catalog.parameters.items()}
    return {**{name: field.label for name, field in catalog.fields.items()}, **parameters, **_OF_CHECKS}


def areas(catalog: Catalog) -> Mapping[str, Text]:
    """By code what an area is called, with its code, and its city where the name alone does not tell it."""
    return {
        code: Text(zh=catalog.called_with_code(code, "zh"), en=catalog.called_with_code(code, "en"))
        for code in catalog.areas
    }


def in_words(found: str, words: Mapping[str, Text], places: Mapping[str, Text] | None = None) -> Text:
    """`name=value; …` with the label of each name, in both languages; other text as it is.

    The code of an area stands as one of `places`.
    """

    def said(lang: str, sign: str, between_all: str) -> str:
        def label(match: re.Match[str]) -> str:
            name, value = match[2], match[3]
            if name not in words:
                return match[0]
            place = (places or {}).get(value) if name in HOLD_AREAS else None
            shown = place.in_language(lang) if place else value or _EMPTY.in_language(lang)
            between = match[1].replace("; ", between_all)
            return f"{between}{words[name].in_language(lang)}{sign}{shown}"

        return _KEY.sub(label, found)

    return Text(zh=said("zh", "：", "；"), en=said("en", ": ", "; "))
