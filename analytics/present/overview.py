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
from analytics.present.words import either

_TILE, _LINE, _GAP = 52, 29, 2  # px
_PER_LINE = 9
_MOST_SIGNS = 7  # what a tile has room for


@unchecked
def overview(judged: pl.DataFrame, plan: Plan, catalog: Catalog, lang: str) -> Chart | Sentence:
    """Every figure of the plan at the level its text sets.

    `judged` has the columns of indicator_value, a row for each figure.
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
        f"每格为一项指标：编号、判定符号与数值。{signs}。",
        f"A tile for each figure: code, sign of the verdict, value. {signs}.",
    )
    note += verified(told(judged), lang)
    drawn = chart.properties(width=_PER_LINE * _TILE, height=lines * _LINE)
    return Chart(drawn, caption, f"{caption}{colon(lang)}{listed}", note)


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
            indicator = catalog.indicators[targets[row["code"]].indicator]
            value = words.with_unit(row["value_printed"], row["unit"], lang)
            short = value if len(value) <= _MOST_SIGNS else row["value_printed"]
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
                "name": indicator.name.in_language(lang),
                "verdict": words.word("verdict", row["verdict"], lang),
                "fill": theme.tile_fill(row["verdict"]),
            }
