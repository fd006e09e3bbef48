"""What the name and the titles of a file say of its period, as one more check of the gate."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

import polars as pl

from analytics.periods import Period
from analytics.periods_told import Told, periods_told
from analytics.quality.result import CHECKS, GateResult

CHECK = "period_as_titled"
_MESSAGE = {
    "message_zh": "文件名、工作表名和表题所说的年份、月份应与报告期一致；不一致的，请核对数据是哪一期的，"
    "改正表题或按正确的报告期重报",
    "message_en": "The names of the file and its sheets, and its titles, must tell of the period it is received for; "
    "where they do not, find out of which period its figures are, and have the title put right or receive it for that",
}
# A year alone; not that of a day, a month in figures, or the number of a document: 2022-01-10, 202201, 〔2022〕3号.
_BARE_YEAR = re.compile(r"(?<![\d〔\[.-])(20\d{2})(?![\d年〕\]]|[-.]\d)")
_DAY_OF_FILLING = re.compile(r"(填报|填表|制表|报送|上报)(日期|时间)")


def with_period_told(
    result: GateResult, *, file: str, sheets: Sequence[str], titles: Sequence[str], period: Period | None
) -> GateResult:
    """The result with a warning where the name of the file, that of a sheet or the titles tell of other periods alone.

    Unchanged where the delivery is of no period, or where none of them tells of any.
    """
    if period is None:
        return result
    stem = file.rpartition(".")[0]
    named = [*periods_told(stem), *_bare_years(stem)]
    titled = [told for title in titles if not _DAY_OF_FILLING.search(title) for told in periods_told(title)]
    of_sheets = [told for sheet in sheets if sheet != stem and (told := [*periods_told(sheet), *_bare_years(sheet)])]
    if not named and not titled and not of_sheets:
        return result
    found = [*_elsewhere(named, period, "told_by_name"), *_elsewhere(titled, period, "told_by_title")]
    # The rows of a sheet are all that it tells of: another sheet that bears the right period does not speak for it.
    found += [words for told in of_sheets for words in _elsewhere(told, period, "told_by_sheet")]
    check: dict[str, object] = {
        "check": CHECK,
        "severity": "warning",
        "scope": "file",
        "columns": [],
        "outcome": "failed" if found else "passed",
        "failed": int(bool(found)),
        **_MESSAGE,
        "problem": None,
        "found": "; ".join([*found, f"received_for={period.label}"]) if found else None,
    }
    return replace(result, checks=pl.concat([result.checks, pl.DataFrame([check], schema=CHECKS)]))


def _bare_years(name: str) -> list[Told]:
    found = _BARE_YEAR.findall(unicodedata.normalize("NFKC", name))
    return [told for year in found for told in periods_told(f"{year}年")]


def _elsewhere(told: Sequence[Told], period: Period, place: str) -> Iterator[str]:
    """What is told in a place, where none of it has to do with the period."""
    if told and not any(one.meets(period.start, period.end) for one in told):
        yield f"{place}={'、'.join(dict.fromkeys(one.words for one in told))}"
