"""A tile grid of the cities: equal tiles roughly where the cities lie; a drawing aid, not geography."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import polars as pl

from analytics.catalog.models import Area, Indicator
from analytics.present import theme, words
from analytics.present.charts import Chart
from analytics.present.prose import Sentence, no_data
from analytics.present.words import either

_SIDE = 84


def tile_map(values: pl.DataFrame, areas: Sequence[Area], indicator: Indicator, *, lang: str) -> Chart | Sentence:
    """One figure in every city: name and printed value on a tile, darker where the value is higher."""
    by_id = {r["scope_id"]: r for r in values.iter_rows(named=True)}
    placed = [a for a in areas if a.tile is not None and a.id in by_id]
    if not placed:
        return no_data(indicator.name.in_language(lang), lang)
    known = [by_id[a.id]["value"] for a in placed if by_id[a.id]["value"] is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    rows = []
    for area in placed:
        row = by_id[area.id]
        value = row["value"]
        has_value = value is not None
        rows.append(
            {
                "row": area.tile[0] if area.tile else 0,
                "column": area.tile[1] if area.tile else 0,
                "name": _short(area, lang),
                "shown": words.with_unit(row["value_printed"], row["unit"], lang)
                if has_value
                else words.word("verdict", row["verdict"], lang),
                "value": value,
                "dark": has_value and high > low and (value - low) / (high - low) > 0.55,
            }
        )
    base = alt.Chart(theme.inline(rows)).encode(
        x=alt.X("column:O", axis=None, scale=alt.Scale(paddingInner=0.06)),
        y=alt.Y("row:O", axis=None, scale=alt.Scale(paddingInner=0.06)),
    )
    name = indicator.name.in_language(lang)
    tiles = base.mark_rect(cornerRadius=6, stroke="#ffffff").encode(
        color=alt.condition(
            "isValid(datum.value)",
            alt.Color(
                "value:Q",
                title=indicator.unit,
                scale=alt.Scale(range=["#dcebf5", "#1f5f8b"], domain=[low, high]),
                legend=alt.Legend(gradientLength=160),
            ),
            alt.value(theme.OPEN_COLOUR),
        ),
        tooltip=["name:N", "shown:N"],
    )
    ink = alt.condition("datum.dark", alt.value("white"), alt.value(theme.INK))
    names = base.mark_text(fontSize=14, dy=-9).encode(text="name:N", color=ink)
    shown = base.mark_text(fontSize=13, dy=11).encode(text="shown:N", color=ink)
    height = 1 + max(r["row"] for r in rows)
    width = 1 + max(r["column"] for r in rows)
    caption = either(lang, f"各市{name}（瓦片图）", f"{name} by city (tile grid)")
    listed = words.joined([f"{r['name']} {r['shown']}" for r in rows], lang)
    note = either(
        lang, "瓦片大小相同、位置只作大致示意，不是地图。", "Equal tiles roughly in place: a grid, not a map."
    )
    size = {"width": _SIDE * width * 1.25, "height": _SIDE * height * 0.72}
    return Chart((tiles + names + shown).properties(**size), caption, f"{caption}: {listed}", note)


def _short(area: Area, lang: str) -> str:
    return area.name.zh.removesuffix("市") if lang == "zh" else area.name.en.removesuffix(" City")
