"""A tile grid of the cities: equal tiles roughly where the cities lie; a drawing aid, not geography."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import polars as pl

from analytics.catalog.indicator import Indicator
from analytics.catalog.models import Area
from analytics.present import numbers, theme, words
from analytics.present.figure import Chart, colon, ink, inline, tips, unchecked
from analytics.present.prose import Sentence, no_data
from analytics.present.words import either

_WIDTH, _HEIGHT = 150, 66  # px of a tile
_DARK = 0.6  # from here on up the sequence a tile takes white letters
_JUDGED = frozenset(theme.VERDICT_FILLS)


@unchecked
def tile_map(values: pl.DataFrame, areas: Sequence[Area], indicator: Indicator, *, lang: str) -> Chart | Sentence:
    """One figure in every city: name, printed value, sign of the verdict, members counted of those expected.

    Tiles are coloured by verdict where every one that has a value is judged, else darker the higher the value. A city
    without a value is grey and says why.

    Parameters
    ----------
    values
        Rows of indicator_value, one a city.
    areas
        The cities with their `tile` (row, column).
    """
    by_id = {row["scope_id"]: row for row in values.iter_rows(named=True)}
    placed = [a for a in areas if a.tile is not None and a.id in by_id]
    name = indicator.name.in_language(lang)
    if not placed:
        return no_data(name, lang)
    mine = [by_id[a.id] for a in placed]
    judged = all(row["verdict"] in _JUDGED for row in mine if row["value"] is not None)
    low, high = _bounds(mine)
    rows = [_tile(area, by_id[area.id], (low, high), judged, lang) for area in placed]
    chart = _by_verdict(rows) if judged else _by_value(rows, (low, high), indicator, lang)
    caption = either(lang, f"各市{name}（方格图）", f"{name} by city (tile grid)")
    told = words.joined([f"{r['name']} {r['shown']}{r['counted'] and ' (' + r['counted'] + ')'}" for r in rows], lang)
    return Chart(chart, caption, f"{caption}{colon(lang)}{told}", _note(rows, judged, lang))


def _bounds(rows: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    known = [row["value"] for row in rows if row["value"] is not None]
    return (min(known), max(known)) if known else (0.0, 0.0)


def _tile(area: Area, row: Mapping[str, Any], bounds: tuple[float, float], judged: bool, lang: str) -> dict[str, Any]:
    value, verdict, (low, high) = row["value"], row["verdict"], bounds
    row_number, column_number = area.tile or (0, 0)
    place = (value - low) / (high - low) if value is not None and high > low else 0.0
    sign = words.sign(verdict) + " " if verdict != "no_target" else ""
    printed = words.with_unit(row["value_printed"], row["unit"], lang)
    fill = theme.VERDICT_FILLS.get(verdict, theme.OPEN_COLOUR) if judged else ""
    return {
        "row": row_number,
        "column": column_number,
        "name": area.name.zh.removesuffix("市") if lang == "zh" else area.name.en.removesuffix(" City"),
        "value": value,
        "shown": sign + (printed if value is not None else words.word("verdict", verdict, lang)),
        "counted": numbers.counted(row, between="/") if row["expected"] else "",
        "fill": fill,
        "is_dark": place > _DARK and not judged,
    }


def _base(rows: Sequence[Mapping[str, Any]]) -> alt.Chart:
    columns, lines = 1 + max(r["column"] for r in rows), 1 + max(r["row"] for r in rows)
    return alt.Chart().encode(
        x=alt.X("column:O", axis=None, scale=alt.Scale(domain=list(range(columns)), paddingInner=0.05, paddingOuter=0)),
        y=alt.Y("row:O", axis=None, scale=alt.Scale(domain=list(range(lines)), paddingInner=0.08, paddingOuter=0)),
    )


def _sized(layers: Sequence[alt.Chart], rows: Sequence[Mapping[str, Any]]) -> Any:
    columns, lines = 1 + max(r["column"] for r in rows), 1 + max(r["row"] for r in rows)
    return alt.layer(*layers, data=inline(rows)).properties(width=_WIDTH * columns, height=_HEIGHT * lines)


def _texts(base: alt.Chart) -> list[alt.Chart]:
    return [
        base.mark_text(dy=dy, baseline="middle", fontSize=size).encode(text=f"{field}:N", color=ink())
        for field, dy, size in (("name", -19, 12), ("shown", 2, 15), ("counted", 21, 10))
    ]


def _by_verdict(rows: Sequence[Mapping[str, Any]]) -> Any:
    base = _base(rows)
    tiles = base.mark_rect(cornerRadius=5, stroke=theme.SOFT, strokeWidth=0.6).encode(
        color=alt.Color("fill:N", scale=None)
    )
    return _sized([tiles, *_texts(base)], rows)


def _by_value(rows: Sequence[Mapping[str, Any]], bounds: tuple[float, float], indicator: Indicator, lang: str) -> Any:
    base = _base(rows)
    unit = words.unit(indicator.unit, lang)
    scale = alt.Scale(range=list(theme.SEQUENCE), domain=list(bounds))
    legend = alt.Legend(orient="right", gradientLength=150, tickCount=4, title=unit or None, offset=20)
    colour = alt.Color("value:Q", scale=scale, legend=legend)
    tips_of = tips(lang, name=("地区", "area"), shown=("数值", "value"), counted=("计入/应计", "counted"))
    grey = base.mark_rect(cornerRadius=5, stroke=theme.SOFT, strokeWidth=0.6, fill=theme.OPEN_COLOUR)
    tiles = base.mark_rect(cornerRadius=5, stroke=theme.SOFT, strokeWidth=0.6).encode(color=colour, tooltip=tips_of)
    return _sized([grey, tiles, *_texts(base)], rows)


def _note(rows: Sequence[Mapping[str, Any]], judged: bool, lang: str) -> str:
    colours = either(
        lang,
        "颜色表示判定" if judged else "颜色越深数值越高",
        "coloured by verdict" if judged else "the darker the higher",
    )
    missing = any(r["value"] is None for r in rows)
    grey = either(lang, "，灰色为没有数值", ", grey: no value") if missing else ""
    return either(
        lang,
        f"方格大小相同、位置大致示意，不是地图；{colours}{grey}；最下一行为计入/应计成员数。",
        f"Equal tiles roughly in place, not a map; {colours}{grey}; last line: members counted of those expected.",
    )
