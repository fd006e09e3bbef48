"""The whole plan on one page: a tile for every figure, by clause, with its verdict, sign and value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import altair as alt
import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.plan import Plan
from analytics.present import theme, words
from analytics.present.figure import Chart, at, colon, inline, rows_of, tips, unchecked
from analytics.present.prose import Sentence, clause_name, no_data
from analytics.present.scorecard import told, verified
from analytics.present.targets import figure_name
from analytics.present.words import either

_TILE, _LINE, _GAP = 52, 29, 2  # px
_PER_LINE = 9
_ROOM = 47  # px for the number in a tile
_LATIN = 0x2E7F  # characters beyond it are as wide as they are high


@unchecked
def overview(
    judged: pl.DataFrame, plan: Plan, catalog: Catalog, lang: str, *, joint: pl.DataFrame | None = None
) -> Chart | Sentence:
    """Every figure of the plan at the level its text sets.

    `judged` has the columns of indicator_value, a row for each figure; `joint`, of promises that several make together,
    those of clause_verdict.
    """
    tiles = list(_tiles(judged, plan, catalog, lang))
    if not tiles:
        return no_data(either(lang, "指标", "figures"), lang)
    lines = 1 + max(t["line"] for t in tiles)
    counts = dict(judged.group_by("verdict").len().iter_rows())
    found = [v for v in words.codes("verdict") if v in counts]
    caption = either(lang, "指标一览", "All figures at a glance")
    listed = words.joined([f"{words.word('verdict', v, lang)} {counts[v]}" for v in found], lang)
    signs = words.joined([f"{words.badge(v, lang)} {counts[v]}" for v in found], lang)
    base = alt.Chart().encode(
        x=alt.X("left:Q", axis=None, scale=alt.Scale(domain=[0, _PER_LINE * _TILE], nice=False)),
        y=alt.Y("top:Q", axis=None, scale=alt.Scale(domain=[lines * _LINE, 0], nice=False)),
    )
    shown = tips(
        lang, code=("编号", "code"), name=("指标", "figure"), value=("数值", "value"), verdict=("判定", "verdict")
    )
    boxes = base.mark_rect(cornerRadius=3, stroke=theme.SOFT, strokeWidth=0.5).encode(
        x2="right:Q", y2="bottom:Q", color=alt.Color("fill:N", scale=None), tooltip=shown
    )
    middle = {"x": alt.X("middle:Q", axis=None)}
    first = base.mark_text(fontSize=10, baseline="middle", dy=8).encode(**middle, text="head:N")
    second = base.mark_text(fontSize=10, baseline="middle", dy=20).encode(**middle, text="number:N")
    names = rows_of(_names(judged, plan, lang)).mark_text(align="right", baseline="middle", fontSize=10, dy=_LINE // 2)
    left = names.encode(x=at(-8), y=alt.Y("top:Q", axis=None), text="text:N")
    chart = alt.layer(boxes, first, second, left, data=inline(tiles))
    note = either(
        lang,
        f"每格为一项指标：编号、判定符号与数值；放不下单位的只印数值，单位见各条指标表。{signs}。",
        "A tile for each figure: code, sign of the verdict, value; without its unit where there is no room for it. "
        f"{signs}.",
    )
    note += _together(joint, lang)
    note += verified(told(judged), lang)
    drawn = chart.properties(width=_PER_LINE * _TILE, height=lines * _LINE)
    return Chart(drawn, caption, f"{caption}{colon(lang)}{listed}", note)


def _together(joint: pl.DataFrame | None, lang: str) -> str:
    """The verdicts of promises that several figures make together."""
    if joint is None or joint.is_empty():
        return ""
    told = [
        f"{words.joined(codes, lang)} {words.badge(verdict, lang)}"
        for codes, verdict in joint.select("codes", "verdict").iter_rows()
    ]
    listed = either(lang, "；", "; ").join(told)
    return either(lang, f"几项指标合并判定：{listed}。", f" Taken together: {listed}.")


def _wide(text: str) -> float:
    """About how wide a text is [px] in the face of the tiles."""
    return sum(10 if ord(sign) > _LATIN else 6 for sign in text)


def _lines(judged: pl.DataFrame, plan: Plan) -> Iterator[tuple[int, Any, list[Mapping[str, Any]]]]:
    """The lines of tiles: number, clause (none on a line that goes on), rows of figures."""
    by_code: dict[str, list[Mapping[str, Any]]] = {}
    for row in judged.iter_rows(named=True):
        by_code.setdefault(row["code"], []).append(row)
    number = 0
    for clause in plan.clauses:
        mine = [row for target in clause.targets for row in by_code.get(target.code, [])]
        for first in range(0, len(mine), _PER_LINE):
            yield number, clause if first == 0 else None, mine[first : first + _PER_LINE]
            number += 1


def _names(judged: pl.DataFrame, plan: Plan, lang: str) -> list[dict[str, Any]]:
    named = []
    for number, clause, _ in _lines(judged, plan):
        if clause is not None:
            cited, title = clause_name(clause, lang), clause.title.in_language(lang)
            text = title if cited == title else f"{cited} {title}" if lang == "zh" else cited
            named.append({"top": number * _LINE, "text": text})
    return named


def _tiles(judged: pl.DataFrame, plan: Plan, catalog: Catalog, lang: str) -> Iterator[dict[str, Any]]:
    targets = {t.code: t for t in plan.targets()}
    for number, _, rows in _lines(judged, plan):
        for place, row in enumerate(rows):
            value = words.with_unit(row["value_printed"], row["unit"], lang)
            short = value if _wide(value) <= _ROOM else row["value_printed"]
            yield {
                "line": number,
                "left": place * _TILE,
                "right": (place + 1) * _TILE - _GAP,
                "middle": (place + 0.5) * _TILE - _GAP / 2,
                "top": number * _LINE,
                "bottom": (number + 1) * _LINE - _GAP,
                "code": row["code"],
                "head": f"{row['code']} {words.sign(row['verdict'])}",
                "number": short if row["value"] is not None else "",
                "value": value,
                "name": figure_name(targets[row["code"]], catalog, lang),
                "verdict": words.word("verdict", row["verdict"], lang),
                "fill": theme.tile_fill(row["verdict"]),
            }
