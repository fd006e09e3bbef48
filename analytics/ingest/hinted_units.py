"""Units that a text beside the table tells in passing: at the end of a title, or of columns that it names.

Nobody says there that the table is in that unit: it is held against those of the columns, and never read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analytics import units
from analytics.errors import CheckFailed
from analytics.ingest.headings import UNROUNDED, Headings
from analytics.ingest.sheet import Cell

_LONGEST, _SHOWN = 500, 60  # characters of a cell that are looked at, and that are shown
_AT_END = re.compile(
    r".[(\[【](?P<within>[^()\[\]【】]{1,20})[)\]】](?:[(\[【][^()\[\]【】]*[)\]】]|汇总|统计|一览|明细|情况|报?表)*$"
    r"|.[\s:,](?P<behind>[^\s:,()]{2,12})$"
)
# 砷、汞、铅为μg/L; 汞:μg/L; 重金属浓度均为μg/L
_OF_NAMES = re.compile(
    r"(?P<names>[^;。:()=]+?)(?:[均都皆]?[为是用以按]|[:=])\s*(?P<unit>[^\s,;。、()为是用以按:=]{1,12}?)"
    r"(?:[为作]?单位|计[算量]?|填[报写列]|表示)?(?=$|[\s,;。、()])"
)
_BETWEEN_NAMES = re.compile(r"[、,;。:\s和及与]+")
_CLAUSE = re.compile(r"[;。:()=]")
_OF_ALL = re.compile(r"(?:金属|项目?|指标|因子|浓度|含量|结果|数据|数值|[表列值])[均都皆]?$")
_OF_THE_REST = re.compile(r"^(?:其[余他它]|另外|除)")
_OFFICE = "单位"  # 单位:μg/L is told, and no hint


@dataclass(frozen=True)
class Hint:
    """A unit in a text, and the keys of the columns that it names; none of a unit that may be that of all.

    `of_rest`: it is said of the columns that the text does not name otherwise.
    """

    unit: str
    keys: frozenset[str] = frozenset()
    of_rest: bool = False

    def against(self, told: Mapping[str, str | None], headings: Headings) -> str | None:
        """The key of a column that is in another unit, None where there is none; `told` are their units.

        A column of which nothing is told is in the unit of its parameter. Where all have units of their own, one that
        agrees is enough: the text may be about that.
        """
        kin = [key for key in told if self._is_about(key, told, headings)]
        others = [key for key in kin if not _is_same(self.unit, told[key] or headings.wanted[key])]
        silent = [key for key in others if told[key] is None]
        if (self.keys and not self.of_rest) or not others:
            return next(iter(others), None)
        return silent[0] if silent else (others[0] if others == kin and not self.of_rest else None)

    def _is_about(self, key: str, told: Mapping[str, str | None], headings: Headings) -> bool:
        if key.endswith(UNROUNDED) and told[key] is None:
            return False
        is_named = key in self.keys
        return (is_named != self.of_rest if self.keys else True) and units.same_kind(
            self.unit, headings.wanted.get(key, "")
        )


def of_title(row: Sequence[Cell], headings: Headings) -> list[Hint]:
    """The units at the ends of the texts above a table, and those of columns that the texts name."""
    hints = []
    for text in _texts(row):
        end = _AT_END.search(text)
        unit = (end["within"] or end["behind"]) if end else ""
        if _may_be_meant(unit):
            hints.append(Hint(unit))
    return [*hints, *of_columns(row, headings)]


def of_columns(row: Sequence[Cell], headings: Headings) -> list[Hint]:
    """The units that a text tells of columns that it names, or of all: 砷、汞、铅为μg/L, 重金属为μg/L."""
    hints: list[Hint] = []
    for text in _texts(row):
        named: frozenset[str] = frozenset()
        for clause in _OF_NAMES.finditer(text):
            names, unit = clause["names"].strip(), clause["unit"]
            if not _may_be_meant(unit) or names.endswith(_OFFICE):
                continue
            keys = frozenset(_named(names, headings))
            named |= keys
            if _OF_THE_REST.search(names):
                hints.append(Hint(unit, named, of_rest=True))
            elif keys or _OF_ALL.search(names):
                hints.append(Hint(unit, keys))
    return hints


def names_columns(text: str, headings: Headings) -> bool:
    """Whether the last words of a text, which end before a unit, name columns: it is the unit of these alone."""
    return any(True for _ in _named(_CLAUSE.split(text)[-1], headings))


def require_no_other(
    hint: Hint, told: Mapping[str, str | None], headings: Headings, *, where: str, row: int, line: str
) -> None:
    """`CheckFailed` where a column is in another unit than the one that a text above the table hints at."""
    key = hint.against(told, headings)
    if key is None:
        return
    own, spelling = told[key] or headings.wanted[key], headings.spelling_of(key)
    raise CheckFailed(
        f"{headings.source.id}: a text above the table tells another unit than a column has.",
        where=f"{where}, row {row}",
        found=f"{hint.unit}: {line[:_SHOWN]}; {spelling} would be read in {own}",
        expected="the unit of each column in its heading, or a line such as 单位：μg/L above the table",
        next_step="Write the units into the headings, or take that one out of the text where it is about something "
        "else, and send it again.",
        zh=f"第{row}行（“{line[:_SHOWN]}”）写有单位“{hint.unit}”，而“{spelling}”一栏按 {own} 计，无法判断以哪个为准："
        f"请在各栏表头写明单位（如“{spelling}({hint.unit})”）；如该单位说的是别的内容，请从此行删去",
    )


def _texts(row: Sequence[Cell]) -> Iterator[str]:
    """What the cells of a row say, folded to half width, each once."""
    yield from dict.fromkeys(unicodedata.normalize("NFKC", cell[:_LONGEST]).strip() for cell in row if cell)


def _may_be_meant(unit: str) -> bool:
    """Whether a word is a unit and can be nothing else: days and hours also tell how often a table is made."""
    is_known = units.unit_named(unit) is not None and not unit.isdecimal()
    return is_known and not units.same_kind(unit, "d") and units.unit_named(unit) != "1"


def _named(names: str, headings: Headings) -> Iterator[str]:
    """The keys of the columns that a list of names names."""
    for name in _BETWEEN_NAMES.split(names):
        target = headings.recognise(name) if name else None
        if target is not None:
            yield target.key


def _is_same(one: str, other: str) -> bool:
    return units.factor(one, other) == 1.0
