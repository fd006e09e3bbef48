"""Named works against their deadline."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import altair as alt
import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.plan import Target
from analytics.present import theme, words
from analytics.present.figure import Chart, at, colon, column, heading, plot, row_axis, rows_of, tips, unchecked
from analytics.present.prose import Sentence, no_data
from analytics.present.targets import long_date
from analytics.present.words import either

_PLOT = 262  # px


@unchecked
def works_timeline(
    members: pl.DataFrame, target: Target, *, year: int, as_of: date, catalog: Catalog, lang: str
) -> Chart | Sentence:
    """When each named work was completed, against the deadline; one that is not stands with its verdict alone.

    `members` are rows of members_of_year of one list.
    """
    deadline = target.deadline.get(year)
    if members.is_empty() or deadline is None:
        return no_data(target.statement.in_language(lang), lang)
    rows = [
        _work(m, deadline, catalog, lang)
        for m in members.sort("reached_on", "entity_id", nulls_last=True).iter_rows(named=True)
    ]
    base = alt.Chart().encode(y=row_axis("place", [r["place"] for r in rows]))
    days = [deadline, as_of, *members["reached_on"].drop_nulls()]
    span = alt.Scale(type="utc", domain=[_utc(min(days) - timedelta(30)), _utc(max(days) + timedelta(8))])
    day = alt.X(
        "day:T",
        scale=span,
        title=either(lang, "完工日期（年-月）", "completed (year-month)"),
        axis=alt.Axis(format="%Y-%m", values=_months(min(days), max(days))),
    )
    colour = alt.Color("ink:N", scale=None)
    shown = tips(lang, place=("地区", "place"), date=("完工", "completed"), standing=("判定", "verdict"))
    reach = base.mark_rule(color=theme.LINE, strokeWidth=3).encode(x=day, x2=alt.X2("due:T"))
    dots = base.mark_point(filled=True, size=110, opacity=1).encode(x=day, color=colour, tooltip=shown)
    layers = [reach, *_dates(deadline, as_of, lang), dots, *_work_columns(base, lang)]
    caption = either(lang, "点名工程的完工日期与期限", "Completion of the named works against the deadline")
    listed = words.joined([" ".join(filter(None, (r["place"], r["date"], r["standing"]))) for r in rows], lang)
    note = either(
        lang,
        f"红色虚线为期限（{long_date(deadline, lang)}），灰色竖线为评估日（{long_date(as_of, lang)}）；"
        "无圆点者未见完工日期。",
        f"Red dashed: the deadline, {long_date(deadline, lang)}; grey: the day of the assessment, "
        f"{long_date(as_of, lang)}. Without a dot: no date of completion.",
    )
    return Chart(plot(layers, rows, len(rows), width=_PLOT, step=30), caption, f"{caption}{colon(lang)}{listed}", note)


def _work(member: Mapping[str, Any], deadline: date, catalog: Catalog, lang: str) -> dict[str, Any]:
    reached, verdict = member["reached_on"], member["verdict"]
    return {
        "place": catalog.areas[member["area_id"]].name.in_language(lang),
        "day": _utc(reached) if reached else None,
        "due": _utc(deadline) if reached else None,
        "date": reached.isoformat() if reached else "",
        "days": _days(deadline, reached, lang) if reached else "",
        "standing": words.word("verdict", verdict, lang) if verdict else "",
        "shown": words.badge(verdict, lang) if verdict else "",
        "ink": theme.verdict_colour(verdict or ""),
    }


def _days(deadline: date, reached: date, lang: str) -> str:
    late = (reached - deadline).days
    if late == 0:
        return either(lang, "当天", "on the day")
    if late > 0:
        return either(lang, f"迟{late}天", f"{late} days late")
    return either(lang, f"早{-late}天", f"{-late} days early")


def _work_columns(base: alt.Chart, lang: str) -> list[alt.Chart]:
    colour = alt.Color("ink:N", scale=None)
    return [
        column(base, "date", _PLOT + 22, align="left"),
        column(base, "days", _PLOT + 92, align="left", color=theme.SOFT),
        column(base, "shown", _PLOT + 176, align="left").encode(color=colour),
        heading(either(lang, "完工日期", "completed"), _PLOT + 22, align="left"),
        heading(either(lang, "判定", "verdict"), _PLOT + 176, align="left"),
    ]


def _dates(deadline: date, as_of: date, lang: str) -> list[alt.Chart]:
    layers = []
    named: tuple[tuple[date, str, dict[str, Any]], ...] = (
        (deadline, either(lang, "期限", "deadline"), {"color": theme.SEAL, "strokeDash": [5, 3]}),
        (as_of, either(lang, "评估日", "assessed"), {"color": theme.SOFT}),
    )
    for day, text, style in named:
        base = rows_of([{"day": _utc(day)}])
        layers.append(base.mark_rule(strokeWidth=1.4, **style).encode(x="day:T"))
        label = base.mark_text(text=text, color=str(style["color"]), fontSize=10, baseline="bottom")
        layers.append(label.encode(x="day:T", y=at(-5)))
    return layers


def _months(first: date, last: date) -> list[int]:
    """The first days of the months that touch the span."""
    numbers = range(12 * first.year + first.month - 1, 12 * last.year + last.month)
    return [_utc(date(n // 12, n % 12 + 1, 1)) for n in numbers]


def _utc(day: date) -> int:
    """The day as milliseconds; drawn on a scale of UTC it is the same day wherever the page is read."""
    return (day - date(1970, 1, 1)).days * 86_400_000
