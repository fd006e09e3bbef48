"""The return slip: the sender's own workbook with every bad cell coloured and explained, and a summary before it.

Nothing active goes back: formulas become the values that the sender saw, macros, links to other files and rules of
colouring are left out, hidden sheets stay hidden. Charts are not carried.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from analytics.catalog import Catalog
from analytics.ingest.identity import period_in_words
from analytics.paths import Workspace
from analytics.periods import parse_period
from analytics.pipeline import Examined
from analytics.pipeline.quarantine import Corrected
from analytics.pipeline.told_anew import key_fields, made_of
from analytics.present import words
from analytics.present.lists import found_in_words
from analytics.quality import gate
from analytics.quality.nearest import NEAREST
from analytics.reporting import slip_pages
from analytics.reporting.of_file import OfFile, of_file, of_its_sender
from analytics.reporting.slip_pages import Page
from analytics.reporting.slip_summary import Problem, Summary, write_summary
from analytics.runs import replacing

MOST_MARKED = 2000
_SEVERITIES = ("critical", "warning", "info")
_ADVICE = {
    "critical": "请更正后重新报送；更正之前，{what}不计入统计。",
    "warning": "请核对：有误的请更正；无误的可不改，并向接收单位说明。",
    "info": "供参考，请确认是否属实。",
}
_ADVICE_ON_A_GAP = "请补填；确实没有的，请向接收单位说明。"
_EMPTY = "（空）"
_NOT_IN_NAMES = re.compile(r"[^\w.-]+")


@dataclass(frozen=True)
class Finding:
    """One rule broken at one or several cells of a sheet (row and columns from 0), in Chinese."""

    rule: str
    severity: str
    sheet: str
    row: int
    columns: tuple[int, ...]
    message: str
    found: str
    expected: str
    is_reading: bool

    @property
    def note(self) -> str:
        """What the note in the cell says."""
        what = "该数值" if self.is_reading else "本行"
        is_lesser_gap = self.severity == "warning" and not self.found
        advice = _ADVICE_ON_A_GAP if is_lesser_gap else _ADVICE[self.severity].format(what=what)
        level = words.word("severity", self.severity, "zh")
        wanted = "" if self.expected == self.message else f"应为：{self.expected}\n"
        return f"【{level}】{self.message}\n报送值：{self.found or _EMPTY}\n{wanted}{advice}"


def write_slip(
    found: Examined, workspace: Workspace, catalog: Catalog, *, corrected: Corrected | None = None
) -> Path | None:
    """Write the slip of a file below `reports/build/slips` and return where it is.

    None where nothing was set aside, refused or warned of, also of the file as a whole; and where the sender is not to
    blame: a check could not be made, such as for want of a register. Of many findings the first 2,000 are marked; of a
    very large file only the rows that have one come back. `corrected` has what the file leaves open of earlier ones.
    """
    if found.result is not None and any(reason["problem"] for reason in gate.reasons(found.result)):
        return None
    findings, whole = findings_of(found, catalog), of_file(found, workspace, catalog)
    # Whom a file does not tell of is told as outstanding: a part of the rows needs no slip.
    notable = {f.severity for f in findings} | {w.severity for w in whole if not w.is_of_members}
    if not found.is_refused and not {"critical", "warning"} & notable:
        return None
    of_sender = of_its_sender(whole, found, workspace, catalog)
    path = workspace.builds / "slips" / _name(found)

    def write(book: Workbook, pages: dict[str, Page]) -> Path:
        _mark(pages, findings[:MOST_MARKED])
        summary = _summary(found, findings, pages, catalog, corrected)
        write_summary(book, replace(summary, problems=[*_of_whole_file(of_sender), *summary.problems]))
        with replacing(path) as new:
            book.save(new)
        return path

    with suppress(ValueError, TypeError, AttributeError, LookupError):  # what was read may not be writable
        own = slip_pages.own_workbook(found)
        if own is not None:
            return write(*own)
    wanted = sorted({(f.sheet, f.row) for f in findings[:MOST_MARKED]})
    return write(*slip_pages.made_workbook(found, wanted))


def _name(found: Examined) -> str:
    said = found.snapshot.delivery
    stem = _NOT_IN_NAMES.sub("_", found.snapshot.path.stem)[:60]
    return f"退回单-{found.source.label.zh}-{stem}-{said.received}-{found.snapshot.id[:6]}.xlsx"


# What is wrong, and where


def findings_of(found: Examined, catalog: Catalog) -> list[Finding]:
    """Every rule broken by rows and cells of the file, in the order of severity, sheet and row."""
    if found.result is None or found.staged is None:
        return []
    columns = dict(found.result.checks.select("check", "columns").iter_rows())
    messages = dict(found.result.checks.select("check", "message_zh").iter_rows())
    parameters = set(found.source.readings.parameters) if found.source.readings else set()
    places = _Places(found, catalog)
    findings = [
        Finding(
            rule=b["check"],
            severity=b["severity"],
            sheet=b["sheet"],
            row=b["row"] - 1,
            columns=places.of(b["sheet"], b["column"], columns.get(b["check"], [])),
            message=messages.get(b["check"], b["expected_zh"]),
            found=_found(b["found"], b["column"], catalog),
            expected=b["expected_zh"],
            is_reading=b["column"] in parameters,
        )
        for b in found.result.broken.iter_rows(named=True)
    ]
    return sorted(findings, key=lambda f: (_SEVERITIES.index(f.severity), f.sheet, f.row))


def _found(text: str | None, column: str | None, catalog: Catalog) -> str:
    if not text or "=" not in text:
        return text or ""
    return found_in_words(text, column, {}, catalog, "zh")


class _Places:
    """Where the columns of a form stand in the sheets of a file."""

    def __init__(self, found: Examined, catalog: Catalog) -> None:
        self._columns = found.staged.columns if found.staged else {}
        self._key = key_fields(found.source, catalog)
        self._made_of = made_of(found.source, catalog)

    def of(self, sheet: str, column: str | None, of_rule: Sequence[str]) -> tuple[int, ...]:
        """The sheet's columns that a finding is about: its own, those of its rule, else those of the key."""
        here = self._columns.get(sheet, {})
        for fields in ([column] if column else [], of_rule, self._key):
            delivered = [f for field in fields for f in self._made_of.get(field, [field])]
            known = tuple(here[f] for f in dict.fromkeys(delivered) if f in here)
            if known:
                return known
        return (min(here.values(), default=0),)


def _mark(pages: dict[str, Page], findings: Iterable[Finding]) -> None:
    """Colour each cell by the worst that is said of it, and say all of it in its note."""
    by_cell: dict[tuple[str, str], list[tuple[Finding, int]]] = {}
    for finding in findings:
        page = pages.get(finding.sheet)
        if page is None or not page.has(finding.row):
            continue
        for column in finding.columns:
            # Merged cells are one: what is said of several of them stands on it together.
            by_cell.setdefault((finding.sheet, page.address(finding.row, column)), []).append((finding, column))
    for (sheet, _), told in by_cell.items():
        first, column = told[0]
        notes = list(dict.fromkeys(f.note for f, _ in told))
        pages[sheet].mark(first.row, column, severity=first.severity, note="\n\n".join(notes))


# The sheet before all others


def _summary(
    found: Examined, findings: Sequence[Finding], pages: dict[str, Page], catalog: Catalog, corrected: Corrected | None
) -> Summary:
    said = found.snapshot.delivery
    area = catalog.areas.get(said.area)
    about = {
        "文件": found.snapshot.path.name,
        "报送单位": said.department,
        "收到日期": said.received.isoformat(),
        "报表": found.source.label.zh,
        "报告期": period_in_words(parse_period(said.period)) if said.period else "见表内各行",
        "地区": catalog.path_of(area) if area else "",
    }
    labels = [catalog.fields[f].label.zh for f in key_fields(found.source, catalog)]
    return Summary(
        about={name: text for name, text in about.items() if text},
        counts=_counts(found),
        refused=found.reason_zh if found.is_refused else "",
        problems=_problems(findings, pages),
        key="、".join(labels),
        marked=min(len(findings), MOST_MARKED),
        findings=len(findings),
        is_excerpt=any(page.is_excerpt for page in pages.values()),
        has_sheets=bool(pages),
        is_invented=is_invented(found),
        still_open=_still_open(corrected),
    )


def is_invented(found: Examined) -> bool:
    """Whether the file says, or was said, to be invented."""
    return found.snapshot.delivery.invented or bool(found.staged and found.staged.says_invented)


def _counts(found: Examined) -> dict[str, int]:
    """How many rows came and what became of them, in the words of `receive` for the same counts."""
    if found.result is None or found.staged is None:
        return {}
    result, staged = found.result, found.staged
    left_out = {"重复行（不计）": staged.repeats, "空行（不计）": staged.blanks}
    aside = result.broken.filter(pl.col("severity") == "critical").select("sheet", "row").unique()
    warned = result.broken.filter(pl.col("severity") == "warning").select("sheet", "row").unique()
    good = 0 if found.is_refused else result.rows - result.set_aside_rows
    return {
        "数据行": staged.rows,
        **{name: count for name, count in left_out.items() if count},
        "采用的行": good,
        "采用但有提示的行": 0 if found.is_refused else warned.join(aside, on=["sheet", "row"], how="anti").height,
        "暂不采用的行": result.rows if found.is_refused else result.set_aside_rows,
        "单独暂不采用的监测值": found.readings_set_aside,
    }


def _problems(findings: Sequence[Finding], pages: dict[str, Page]) -> list[Problem]:
    """One entry for each rule and what would have been right, with the first places."""
    grouped: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        grouped.setdefault((finding.rule, finding.expected.partition(NEAREST.zh)[0]), []).append(finding)
    return [
        Problem(
            level=words.word("severity", told[0].severity, "zh"),
            severity=told[0].severity,
            message=told[0].message,
            expected="同左" if expected == told[0].message else expected + _nearest_of(told),
            cells=sum(len(f.columns) for f in told),
            places=[place for f in told for place in _places(f, pages)][: Problem.most_places],
        )
        for (_, expected), told in grouped.items()
    ]


def _nearest_of(told: Sequence[Finding]) -> str:
    """The names that come nearest to what was found; of many the first."""
    found = {f.found: near for f in told if (near := f.expected.partition(NEAREST.zh)[2])}
    first = [f"{word}→{near}" for word, near in list(found.items())[: Problem.most_places]]
    more = "等" if len(found) > len(first) else ""
    return f"{NEAREST.zh}{'、'.join(first)}{more}" if first else ""


def _of_whole_file(found: Sequence[OfFile]) -> list[Problem]:
    """What is said of the file as a whole; it has no cell."""
    return [
        Problem(
            level=words.word("severity", one.severity, "zh"),
            severity=one.severity,
            message=f"整份文件：{one.message.zh}",
            expected=f"情况：{one.found.zh}" if one.found.zh else "同左",
            cells=one.count,
            places=[],
        )
        for one in found
    ]


def _places(finding: Finding, pages: dict[str, Page]) -> list[tuple[str, str]]:
    """Cells of a finding as people call them, and where they lie in the slip."""
    page = pages.get(finding.sheet)
    if page is None:
        return []
    shown = [(f"{finding.sheet} {get_column_letter(c + 1)}{finding.row + 1}", c) for c in finding.columns]
    return [(name, page.address(finding.row, column)) for name, column in shown if page.has(finding.row)]


def _still_open(corrected: Corrected | None) -> list[tuple[str, str]]:
    """Of earlier files: the place and what is wrong there still."""
    if corrected is None:
        return []
    return [
        (
            f"{line['file']}" + (f" 第{line['row']}行" if line["row"] else ""),
            f"{line['key']}　{line['column']}：报送值{line['found'] or _EMPTY}，应为{line['expected_zh']}",
        )
        for line in corrected.still_open.iter_rows(named=True)
    ]
