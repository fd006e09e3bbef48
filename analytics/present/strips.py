"""The class of every section in every month, as strips of tiles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import altair as alt
import polars as pl

from analytics.present import theme, words
from analytics.present.figure import Chart, Gallery, at, colon, heading, ink, inline, rows_of, tips, unchecked
from analytics.present.prose import Sentence, no_data
from analytics.present.words import either

_ROWS = 48  # at most on one page of A4
_TILE, _STEP = 27, 14  # px, width and height of a tile
_YEAR = 12 * _TILE + 10  # px, where the column of the year begins
# Numerals drawn as lines, in halves of their height: a thousand texts would take seconds to measure.
_NUMERALS = {
    "Ⅰ": "M0,-1V1M-.4,-1H.4M-.4,1H.4",
    "Ⅱ": "M-.4,-1V1M.4,-1V1M-.8,-1H.8M-.8,1H.8",
    "Ⅲ": "M-.7,-1V1M0,-1V1M.7,-1V1M-1.1,-1H1.1M-1.1,1H1.1",
    "Ⅳ": "M-.9,-1V1M-1.2,-1H-.6M-1.2,1H-.6M-.4,-1L.3,1L1,-1M-.6,-1H-.1M.7,-1H1.3",
    "Ⅴ": "M-.8,-1L0,1L.8,-1M-1.1,-1H-.4M.4,-1H1.1",
}
_WORST = theme.CLASSES[-1]


@unchecked
def section_months(months: pl.DataFrame, sections: pl.DataFrame, *, year: int, lang: str) -> Gallery | Sentence:
    """Class of every section in every month and in the year, a chart for each basin or part of it.

    A section of the register without any reading keeps its row. A dot marks a month for which not all items of
    the section were measured.

    Parameters
    ----------
    months
        `entity_id`, `month`, `water_class`, `items_used`, `items_expected`.
    sections
        As section_classes_of_year gives them; all of them are drawn.
    """
    if months.is_empty() or sections.is_empty():
        return no_data(either(lang, "逐月类别", "monthly classes"), lang)
    pages = list(_pages(sections))
    return Gallery([_strip(months, page, part, year=year, lang=lang) for page, part in pages])


def _pages(sections: pl.DataFrame) -> Iterator[tuple[pl.DataFrame, str]]:
    """Sections of one chart and which part of its basin it is: by the register's order, in parts of like length."""
    ordered = sections.with_columns(pl.col("basin", "river").fill_null("—")).sort("basin", "entity_id")
    rivers = ordered.select("basin", "river").unique(maintain_order=True).with_row_index("place")
    ordered = ordered.join(rivers, on=["basin", "river"], how="left").sort("basin", "place", "entity_id")
    for basin in ordered["basin"].unique(maintain_order=True):
        mine = ordered.filter(pl.col("basin") == basin)
        parts = -(-mine.height // _ROWS)
        size = -(-mine.height // parts)
        for part in range(parts):
            counted = f"{part + 1}/{parts}" if parts > 1 else ""
            yield mine[part * size : (part + 1) * size], counted


def _strip(months: pl.DataFrame, sections: pl.DataFrame, part: str, *, year: int, lang: str) -> Chart:
    names = _unlike(sections)
    base = alt.Chart().encode(
        x=alt.X("left:Q", axis=None, scale=alt.Scale(domain=[0, _YEAR + 34], nice=False)),
        y=alt.Y("section:N", axis=None, scale=alt.Scale(domain=names, paddingInner=0, paddingOuter=0)),
    )
    found = {*months["water_class"].drop_nulls(), *_states(sections)}
    colour = alt.Color("class:N", title=None, scale=theme.state_scale(_states(sections), lang))
    tiles = base.mark_rect(stroke=theme.PAPER, strokeWidth=1).encode(
        x2="right:Q",
        color=colour,
        tooltip=tips(
            lang,
            section=("断面", "section"),
            month=("时段", "period"),
            **{"class": ("类别", "class")},
            items=("实测/应测项目", "items measured of those due"),
        ),
    )
    layers = [tiles, *_marks(base, found, lang), *_names(sections, names), *_heads(lang)]
    chart = alt.layer(*layers, data=inline(_tiles(months, sections, names, lang))).properties(
        width=_YEAR + 34, height=_STEP * len(names)
    )
    basin = sections["basin"][0]
    caption = either(
        lang,
        f"{basin}国考断面逐月类别（{year}年{part and '，' + part}）",
        f"Monthly classes of national sections, {basin}, {year}{part and ', part ' + part}",
    )
    note = either(
        lang,
        "空白为当月没有可用的监测值；小圆点为当月应测项目未测全；右列为全年类别。",
        "Blank: no usable reading in that month. Dot: not all items due were measured. Right: class of the year.",
    )
    return Chart(chart, caption, _told(months, sections, caption, lang), note)


def _unlike(sections: pl.DataFrame) -> list[str]:
    """Names of the sections; where two bear the same one, with the river."""
    twice = sections["name"].is_duplicated()
    river = pl.format("{} ({})", "name", "river")
    named = sections.with_columns(shown=pl.when(twice).then(river).otherwise("name"))
    again = named["shown"].is_duplicated()
    shown = pl.when(again).then(pl.format("{} ({})", "shown", "entity_id")).otherwise("shown")
    return named.select(shown).to_series().to_list()


def _states(sections: pl.DataFrame) -> list[str]:
    return [
        row["water_class"] or (theme.DRY if row["is_dry"] else theme.OPEN) for row in sections.iter_rows(named=True)
    ]


def _tiles(months: pl.DataFrame, sections: pl.DataFrame, names: Sequence[str], lang: str) -> Iterator[dict[str, Any]]:
    by_id = dict(zip(sections["entity_id"], names, strict=True))
    mine = months.filter(pl.col("entity_id").is_in(list(by_id)) & pl.col("water_class").is_not_null())
    for row in mine.sort("entity_id", "month").iter_rows(named=True):
        number = row["month"].month
        yield _tile(row, by_id, lang) | {
            "left": (number - 1) * _TILE,
            "right": number * _TILE,
            "month": f"{row['month']:%Y-%m}",
        }
    for row in sections.iter_rows(named=True):
        yield _tile(row, by_id, lang) | {
            "left": _YEAR,
            "right": _YEAR + 34,
            "month": either(lang, "全年", "year"),
            "partial": 0,
        }


def _tile(row: Mapping[str, Any], by_id: Mapping[str, str], lang: str) -> dict[str, Any]:
    state = row["water_class"] or (theme.DRY if row.get("is_dry") else theme.OPEN)
    return {
        "section": by_id[row["entity_id"]],
        "class": theme.state_word(state, lang),
        "mark": state,
        "is_dark": state in theme.DARK_STATES,
        "items": f"{row['items_used']}/{row['items_expected']}",
        "partial": int(row["items_used"] < row["items_expected"]),
    }


def _marks(base: alt.Chart, found: set[str], lang: str) -> list[alt.Chart]:
    """Numerals on the tiles, a dot in the corner of those that rest on fewer items."""
    middle = base.transform_calculate(middle="(datum.left + datum.right) / 2").encode(x="middle:Q")
    drawn = [name for name in _NUMERALS if name in found]
    layers = []
    if drawn:
        shape = alt.Shape(
            "mark:N", legend=None, scale=alt.Scale(domain=drawn, range=[_NUMERALS[name] for name in drawn])
        )
        known = alt.FieldOneOfPredicate(field="mark", oneOf=drawn)
        lines = middle.mark_point(size=46, strokeWidth=0.9, filled=False, opacity=1)
        layers.append(lines.transform_filter(known).encode(shape=shape, stroke=ink()))
    written = {_WORST: either(lang, _WORST, ">Ⅴ")} | {s: theme.state_word(s, lang) for s in (theme.OPEN, theme.DRY)}
    for state, text in written.items():
        if state not in found:
            continue
        only = alt.FieldEqualPredicate(field="mark", equal=state)
        style: dict[str, Any] = {"fontSize": 9, "baseline": "middle"}
        layers.append(middle.transform_filter(only).mark_text(text=text, **style).encode(color=ink()))
    dots = base.transform_filter("datum.partial == 1").mark_point(
        filled=True, size=7, opacity=1, xOffset=-4, yOffset=-3.5
    )
    layers.append(dots.encode(x="right:Q", color=ink()))
    return layers


def _names(sections: pl.DataFrame, names: Sequence[str]) -> list[alt.Chart]:
    """To the left the sections, before the first of each river its name and a hairline."""
    rivers = sections["river"].to_list()
    firsts = [i for i, river in enumerate(rivers) if i == 0 or river != rivers[i - 1]]
    section = [{"text": name, "y": (i + 0.5) * _STEP} for i, name in enumerate(names)]
    river = [{"text": rivers[i], "y": (i + 0.5) * _STEP} for i in firsts]
    line = [{"y": i * _STEP} for i in firsts if i]
    left = -14 - 10 * max(sum(1 if ord(c) > 0x2E7F else 0.56 for c in name) for name in names)
    y = alt.Y("y:Q", axis=None, scale=None)
    return [
        rows_of(section).mark_text(align="right", baseline="middle", fontSize=10).encode(x=at(-6), y=y, text="text:N"),
        rows_of(river)
        .mark_text(align="right", baseline="middle", fontSize=10, color=theme.ACCENT)
        .encode(x=at(left), y=y, text="text:N"),
        rows_of(line).mark_rule(color=theme.SOFT, strokeWidth=0.5).encode(x=at(left - 44), x2=at(_YEAR + 34), y=y),
    ]


def _heads(lang: str) -> list[alt.Chart]:
    places = [{"text": str(m), "x": (m - 0.5) * _TILE} for m in range(1, 13)]
    places.append({"text": either(lang, "全年", "year"), "x": _YEAR + 17})
    months = rows_of(places).mark_text(baseline="bottom", fontSize=10, color=theme.SOFT)
    word = heading(either(lang, "月", "month"), -6, align="right")
    return [months.encode(x=alt.X("x:Q", scale=None, axis=None), y=at(-5), text="text:N"), word]


def _told(months: pl.DataFrame, sections: pl.DataFrame, caption: str, lang: str) -> str:
    mine = months.join(sections.select("entity_id"), on="entity_id", how="semi")
    counts = dict(mine.drop_nulls("water_class").group_by("water_class").len().iter_rows())
    listed = words.joined([f"{words.water_class(c, lang)} {counts[c]}" for c in theme.CLASSES if c in counts], lang)
    return either(
        lang,
        f"{caption}{colon(lang)}{sections.height}个断面；断面月数按类别：{listed}。",
        f"{caption}{colon(lang)}{sections.height} sections; months of sections by class: {listed}.",
    )
