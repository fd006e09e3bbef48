"""What was found of a delivered file as a whole: checks of the file that failed, and row counts that jump."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.models import Text
from analytics.paths import Workspace
from analytics.pipeline import Examined
from analytics.pipeline.missing_members import missing_in_its_city
from analytics.pipeline.receipts import jumps_of
from analytics.pipeline.steps_back import Step, StepsBack
from analytics.reporting.check_words import areas, in_words, labels

_JUMP = Text(
    zh="行数与此前同一范围的报送相差较大；未列出的行仍按此前报送计算",
    en="The number of rows differs much from that of earlier files; what is not told stands as it was",
)
_LOST = Text(
    zh="有误而暂不采用的内容取代了此前采用的内容：这些内容现在没有数据计入，请尽快更正后重报",
    en="What is set aside has replaced what counted before: nothing counts of it now until it is sent again rightly",
)
_EMPTIED = Text(
    zh="必填的栏目留空，取代了此前填报并已采用的数据：这些内容现在没有数据计入，如非本意请补填后重报",
    en="Cells that have to be filled in are blank, and have replaced what counted before: nothing counts of it now",
)
_UNDONE = Text(
    zh="报回了此后已改过的旧内容，可能误报了旧版：现按本文件计入，如非本意请重报新的",
    en="It says again what had been replaced since, and may be an older version: what it says counts now",
)
_OLDER = Text(
    zh="本文件比它所取代的文件保存得早，可能误报了旧版：现按本文件计入，如非本意请重报新的",
    en="It was saved before the file that it replaces, and may be an older version: what it says counts now",
)
_MOST_ROWS = 5
_HELD_AGAINST = (
    ("rows_before", "change_pct", Text(zh="上次", en="the file before")),
    ("rows_year_before", "change_of_year_pct", Text(zh="上年", en="the year before")),
)


@dataclass(frozen=True)
class OfFile:
    """A finding about the file: how bad, the rule, and what was found; `is_of_members` where rows are missing.

    `rule` is the check, empty where none says so.
    """

    severity: str
    count: int
    message: Text
    found: Text
    is_of_members: bool = False
    rule: str = ""


def of_file(found: Examined, workspace: Workspace, catalog: Catalog) -> list[OfFile]:
    """The findings of a file that was taken, checks first; what refuses a file is told as its reason."""
    if found.result is None or found.is_refused:
        return []
    steps = StepsBack(workspace, found, catalog)
    return [*_failed_checks(found, catalog), *_steps_back(steps), *_jumps(found, workspace, catalog)]


def _steps_back(steps: StepsBack) -> Iterator[OfFile]:
    """What the file takes away of what counted before; other files are not named, they may be of other senders."""
    for message, rows in ((_LOST, steps.lost), (_EMPTIED, steps.emptied), (_UNDONE, steps.undone)):
        if rows:
            yield OfFile("warning", len(rows), message, _listed(rows))
    if not steps.undone and (older := steps.older_save) is not None:
        own, other = (f"{moment:%Y-%m-%d %H:%M}" for moment in (older.own, older.other))
        told = Text(zh=f"本文件保存于{own}，所取代的文件保存于{other}", en=f"saved {own}, what it replaces {other}")
        yield OfFile("warning", 1, _OLDER, told)


def _listed(rows: Sequence[Step]) -> Text:
    first = rows[:_MOST_ROWS]
    zh, en = (
        either.join(f"{form.format(row=step.row)} {step.key}" for step in first)
        for either, form in (("；", "第{row}行"), ("; ", "row {row}"))
    )
    more = len(rows) - len(first)
    return Text(zh=f"{zh} 等{len(rows)}行", en=f"{en} … ({len(rows)} rows)") if more else Text(zh=zh, en=en)


def of_its_sender(findings: Sequence[OfFile], found: Examined, workspace: Workspace, catalog: Catalog) -> list[OfFile]:
    """The findings as its sender is told of them: what is missing is of the city that the file tells of alone."""
    mine = missing_in_its_city(found, workspace, catalog) if any(one.is_of_members for one in findings) else None
    if mine is None:
        return list(findings)
    told = [_narrowed(one, *mine.get(one.rule, (one.count, ""))) if one.is_of_members else one for one in findings]
    return [one for one in told if one.count]


def _narrowed(one: OfFile, count: int, listed: str) -> OfFile:
    return replace(one, count=count, found=Text(zh=listed, en=listed))


def _failed_checks(found: Examined, catalog: Catalog) -> Iterator[OfFile]:
    words, places = labels(catalog), areas(catalog)
    about_whom = {*found.source.key, "entity_id", "area_id"}
    checks = found.result.checks if found.result else pl.DataFrame()
    for check in checks.filter(scope="file", outcome="failed").iter_rows(named=True):
        yield OfFile(
            check["severity"],
            check["failed"],
            Text(zh=check["message_zh"], en=check["message_en"]),
            in_words(check["found"] or "", words, places),
            is_of_members=bool(check["columns"]) and set(check["columns"]) <= about_whom,
            rule=check["check"],
        )


def _jumps(found: Examined, workspace: Workspace, catalog: Catalog) -> Iterator[OfFile]:
    for row in jumps_of(workspace, found, catalog).iter_rows(named=True):
        zh, en = (
            "；".join(
                [
                    f"{row['period']} {row['rows']}",
                    *(
                        f"{words.in_language(lang)} {row[before]} ({row[change]:+.0f}%)"
                        for before, change, words in _HELD_AGAINST
                        if row[before] is not None and row[change] is not None
                    ),
                ]
            ).strip()
            for lang in ("zh", "en")
        )
        yield OfFile("info", 1, _JUMP, Text(zh=zh, en=en.replace("；", "; ")))
