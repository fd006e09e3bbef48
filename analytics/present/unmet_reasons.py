"""Why figures were not met, as people typed it: delivered in its form, or given in the catalog beside the plan."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.plan import Plan
from analytics.present import words
from analytics.present.tables import Cell, Column, Table, toned
from analytics.present.targets import long_date
from analytics.present.words import either

NOT_SAID = ("未说明", "not said")
# Of a figure with such a verdict nobody has to say why it was not met.
_NOTHING_TO_SAY = ("met", "list_only", "by_judgement", "not_yet_due")
_NOT_JUDGED = ("no_target", "not_applicable")


@dataclass(frozen=True)
class Reason:
    """What somebody says of a figure in an area: why, what is done, by when, and who says so.

    `signed_by` is the office, or the person, that answers; `sent_by` the department that sent it (none of one in the
    catalog); `source` the file, or the document; `day` when it was received, or signed. `cause`, `measure`, `due` and
    `signed_by` may be untold. `stands`: no later word of the other kind is about the same figure and area. `verdict` is
    that of the figure in the area; `is_idle` where it, or where it is none that of the area around, asks for no reason.
    `cause_as_sent` and `due_as_sent` are the words of a cell that could not be read.
    """

    code: str
    area: str
    cause: str | None
    text: str
    measure: str | None
    due: date | None
    signed_by: str | None
    sent_by: str | None
    attachments: str | None
    source: str
    day: date
    stands: bool = True
    verdict: str | None = None
    is_idle: bool = False
    cause_as_sent: str | None = None
    due_as_sent: str | None = None


def reasons_of(
    plan: Plan, catalog: Catalog, delivered: pl.DataFrame, verdicts: Mapping[tuple[str, str], str]
) -> list[Reason]:
    """All reasons of the plan's figures, in its order, then by area: delivered ones and those of the catalog.

    `delivered` has `code`, `area_id`, `reason`, `attributes` (JSON), `file`, `received`: the rows that count. The
    `verdicts` are by code and area. Of one figure and area the later word stands, of one day the delivered one.
    """
    order = {target.code: place for place, target in enumerate(plan.targets())}
    sent = [_delivered(row) for row in delivered.iter_rows(named=True) if row["code"] in order]
    typed = [
        Reason(r.code, r.area, r.cause, r.text, r.measure, r.due, r.signed_by, None, None, r.source, r.date)
        for r in catalog.said_since(plan).reasons
        if r.code in order
    ]
    last_sent, last_typed = _last_days(sent), _last_days(typed)
    typed_is_later = {pair for pair, day in last_typed.items() if day > last_sent.get(pair, date.min)}
    found = [
        *(replace(r, stands=(r.code, r.area) not in typed_is_later) for r in sent),
        *(replace(r, stands=(r.code, r.area) in typed_is_later) for r in typed),
    ]
    judged = [
        replace(
            r,
            verdict=verdicts.get((r.code, r.area)),
            is_idle=_verdict(r.code, r.area, verdicts, catalog) in _NOTHING_TO_SAY,
        )
        for r in found
    ]
    return sorted(judged, key=lambda r: (order[r.code], r.area))


def _last_days(reasons: Iterable[Reason]) -> dict[tuple[str, str], date]:
    """By figure and area the day of the last word."""
    days: dict[tuple[str, str], date] = {}
    for r in reasons:
        days[r.code, r.area] = max(r.day, days.get((r.code, r.area), date.min))
    return days


def _delivered(row: Mapping[str, Any]) -> Reason:
    told = json.loads(row["attributes"])
    due = told.get("measure_due")
    return Reason(
        code=row["code"],
        area=row["area_id"],
        cause=told.get("unmet_cause"),
        text=row["reason"],
        measure=told.get("unmet_measure"),
        due=date.fromisoformat(due) if due else None,
        signed_by=told.get("responsible_office"),
        sent_by=told.get("reported_by"),
        attachments=told.get("attachments"),
        source=row["file"],
        day=row["received"],
        cause_as_sent=told.get("unmet_cause_as_delivered"),
        due_as_sent=told.get("measure_due_as_delivered"),
    )


def about(reasons: Sequence[Reason], code: str, scope_id: str, catalog: Catalog) -> list[Reason]:
    """The reasons that stand of a figure at a scope: of that area, of those within it and around it; of a work all.

    Not those of areas in which it was met.
    """
    mine = [r for r in reasons if r.stands and not r.is_idle and r.code == code]
    if scope_id not in catalog.areas:
        return mine
    return [r for r in mine if catalog.lies_in(r.area, scope_id) or catalog.lies_in(scope_id, r.area)]


def in_a_cell(reasons: Sequence[Reason], catalog: Catalog, lang: str, *, with_source: bool = False) -> str:
    """The reasons of a figure, by area, with who sent them; said to be missing where there is none.

    `with_source`: and in which file, where no table of the reasons stands beside.
    """
    if not reasons:
        return either(lang, *NOT_SAID)
    return either(lang, "。", ". ").join(_told(r, catalog, lang, with_source=with_source) for r in reasons)


def _told(r: Reason, catalog: Catalog, lang: str, *, with_source: bool) -> str:
    area = catalog.areas[r.area].name.in_language(lang)
    cause = _cause(r, lang)
    about_area = area + (either(lang, f"（{cause}）", f" ({cause})") if cause else "")
    by_when = _by_when(r, lang)
    measure = r.measure or either(lang, "未填", "not told")
    who = _who(r, lang) + (either(lang, "；", "; ") + r.source if with_source else "")
    return either(
        lang,
        f"{about_area}：{r.text}；措施：{measure}，{by_when}（{who}）",
        f"{about_area}: {r.text}; measure: {measure}, {by_when} ({who})",
    )


def _cause(r: Reason, lang: str) -> str:
    """The kind of cause; in the words that were sent where these are none of the known ones."""
    return words.word("typed_cause", r.cause, lang) if r.cause else r.cause_as_sent or ""


def _by_when(r: Reason, lang: str) -> str:
    """By when it is done; in the words that were sent where no day could be read of them."""
    if r.due:
        due = long_date(r.due, lang)
        return either(lang, f"{due}前", f"by {due}")
    if r.due_as_sent:
        return either(lang, f"期限填为“{r.due_as_sent}”", f"by “{r.due_as_sent}”, as it was sent")
    return either(lang, "期限未填", "no day told")


def _who(r: Reason, lang: str) -> str:
    return words.joined([name for name in (r.sent_by, r.signed_by) if name], lang)


def listed(reasons: Sequence[Reason], catalog: Catalog, areas: Collection[str], lang: str) -> Table | None:
    """Every reason about figures of the areas, also of what was met, and those that a later word replaced.

    None where nobody said anything.
    """
    found = [r for r in reasons if r.area in areas]
    rows = [_row(r, catalog, lang) for r in found]
    labels = either(
        lang,
        "编号|地区|判定|原因|措施|期限|填报与签字|来源",
        "Code|Area|Verdict|Reason|Measure|By|Sent and signed|Source",
    ).split("|")
    weights = (0.5, 0.8, 0.9, 2.0, 2.0, 1.1, 1.3, 1.4)
    columns = [Column(n, "left", w) for n, w in zip(labels, weights, strict=True)]
    note = either(
        lang, "由责任单位填写并签字，不由系统生成。", "Typed and signed by those responsible, never generated."
    )
    title = either(lang, "责任单位填写的原因与措施", "Reasons and measures of those responsible")
    return Table(title, columns, rows, note + _of_what_was_met(found, catalog, lang)) if rows else None


def _row(r: Reason, catalog: Catalog, lang: str) -> list[Cell]:
    cause = _cause(r, lang)
    about = f"{cause}{either(lang, '：', ': ')}" if cause else ""
    due = f"“{r.due_as_sent}”" if r.due_as_sent else "—"
    named = [either(lang, f"附件：{r.attachments}", f"attached: {r.attachments}")] if r.attachments else []
    replaced = [] if r.stands else [either(lang, "已由更晚的说明代替", "replaced by a later word")]
    return [
        r.code,
        catalog.areas[r.area].name.in_language(lang),
        toned(words.word("verdict", r.verdict, lang), r.verdict) if r.verdict else "—",
        f"{about}{r.text}",
        r.measure or "—",
        long_date(r.due, lang) if r.due else due,
        f"{_who(r, lang)} {long_date(r.day, lang)}",
        either(lang, "；", "; ").join([r.source, *named, *replaced]),
    ]


def _of_what_was_met(reasons: Sequence[Reason], catalog: Catalog, lang: str) -> str:
    """Which of the reasons are about what was met, or is not judged: they stand in no list of what was not met."""
    idle = [r for r in reasons if r.is_idle]
    names = dict.fromkeys(
        either(lang, f"{r.code}（{name}）", f"{r.code} ({name})")
        for r in idle
        for name in [catalog.areas[r.area].name.in_language(lang)]
    )
    told = words.joined(list(names), lang)
    said = either(
        lang,
        f"以下指标已达到或无须判定，其说明照列，不进入未达到清单：{told}。",
        f" These are met or not judged; what was said of them stands here alone: {told}.",
    )
    return said if idle else ""


def _verdict(code: str, area: str, verdicts: Mapping[tuple[str, str], str], catalog: Catalog) -> str | None:
    """The verdict of a figure in an area; where it is not judged by itself, that of the next area around it."""
    around: str | None = area
    while around is not None:
        verdict = verdicts.get((code, around))
        if verdict is not None and verdict not in _NOT_JUDGED:
            return verdict
        around = catalog.areas[around].parent
    return None
