"""Charts that serve print and page: a picture and an interactive specification of the same thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.indicator import Indicator
from analytics.catalog.plan import Target
from analytics.present import numbers, theme, words
from analytics.present.figure import (
    CHART,
    PLOT,
    Chart,
    Gallery,
    at,
    colon,
    column,
    heading,
    ink,
    plot,
    row_axis,
    rows_of,
    short_name,
    tips,
    unchecked,
)
from analytics.present.prose import Sentence, no_data
from analytics.present.stations import readings_series, station_class_counts
from analytics.present.strips import section_months
from analytics.present.targets import promised
from analytics.present.words import either
from analytics.present.works import works_timeline

__all__ = [
    "CHART",
    "Chart",
    "Gallery",
    "class_composition",
    "deliveries_by_source",
    "readings_series",
    "section_months",
    "shares_by_area",
    "station_class_counts",
    "works_timeline",
]
_DIGIT = 7  # px, about the width of a digit with a little air


@unchecked
def shares_by_area(
    values: pl.DataFrame, indicator: Indicator, target: Target, *, year: int, catalog: Catalog, lang: str
) -> Chart | Sentence:
    """A share in each area as a bar, what is missing as a whisker, the target as a line; highest first.

    `values` are rows of indicator_value. An area without a value keeps its row, with its verdict in words.
    """
    name = indicator.name.in_language(lang)
    if values.is_empty():
        return no_data(name, lang)
    ordered = values.sort(["value", "scope_id"], descending=[True, False], nulls_last=True)
    rows = [_share(row, catalog, lang) for row in ordered.iter_rows(named=True)]
    base = alt.Chart().encode(y=row_axis("area", [r["area"] for r in rows]))
    top = 100 if indicator.unit == "%" else None
    scale = alt.Scale(domain=[0, top]) if top else alt.Scale(zero=True)
    title = f"{name} ({words.unit(indicator.unit, lang)})" if words.unit(indicator.unit, lang) else name
    bars = base.mark_bar(color=theme.BAR, size=13).encode(
        x=alt.X("value:Q", title=title, scale=scale, axis=alt.Axis(tickCount=5)),
        tooltip=tips(lang, area=("地区", "area"), label=("数值", "value"), counted=("计入/应计", "counted")),
    )
    goal = target.value.get(year) if target.level == "province" else None
    goals = _goal(goal, target, indicator, lang) + _own_goals(base, rows)
    layers = [bars, *_whiskers(base), *_value_columns(base, lang), *goals]
    caption = either(lang, f"各市{name}", f"{name} by city")
    listed = words.joined([f"{r['area']} {r['label']}" for r in rows], lang)
    return Chart(
        plot(layers, rows, len(rows)), caption, f"{caption}{colon(lang)}{listed}", _share_note(rows, goal, lang)
    )


def _share(row: Mapping[str, Any], catalog: Catalog, lang: str) -> dict[str, Any]:
    value, verdict = row["value"], row["verdict"]
    sign = f"{words.sign(verdict)} " if verdict != "no_target" else ""
    known = value is not None and row["low"] is not None and row["high"] is not None
    spans = known and row["low"] < row["high"]
    return {
        "area": short_name(catalog, row["scope_id"], lang),
        "value": value,
        "low": row["low"] if spans else None,
        "high": row["high"] if spans else None,
        "goal": row["target"],
        "label": sign + words.with_unit(row["value_printed"], row["unit"], lang)
        if value is not None
        else words.badge(verdict, lang),
        "ink": theme.INK if verdict == "no_target" else theme.verdict_colour(verdict),
        "counted": numbers.counted(row, between="/"),
    }


def _whiskers(base: alt.Chart) -> list[alt.Chart]:
    line = base.mark_rule(color=theme.INK, strokeWidth=1.3).encode(x="low:Q", x2="high:Q")
    end: dict[str, Any] = {"thickness": 1.3, "size": 7, "color": theme.INK, "orient": "vertical"}
    return [line, base.mark_tick(**end).encode(x="low:Q"), base.mark_tick(**end).encode(x="high:Q")]


def _value_columns(base: alt.Chart, lang: str) -> list[alt.Chart]:
    """Beside the plot: sign and printed value, members counted of those expected."""
    right = {"align": "right"}
    return [
        column(base, "label", PLOT + 104, **right).encode(color=alt.Color("ink:N", scale=None)),
        column(base, "counted", PLOT + 160, color=theme.SOFT, **right),
        heading(either(lang, "数值", "value"), PLOT + 104, **right),
        heading(either(lang, "计入/应计", "counted"), PLOT + 160, **right),
    ]


def _goal(goal: float | None, target: Target, indicator: Indicator, lang: str) -> list[alt.Chart]:
    if goal is None:
        return []
    rule = rows_of([{"goal": goal}])
    style: dict[str, Any] = {"color": theme.SEAL, "strokeDash": [5, 3], "strokeWidth": 1.4}
    text = either(lang, "全省目标 ", "province: ") + promised(target, goal, indicator.unit, lang)
    label = rule.mark_text(text=text, color=theme.SEAL, fontSize=10, baseline="bottom").encode(x="goal:Q", y=at(-5))
    return [rule.mark_rule(**style).encode(x="goal:Q"), label]


def _own_goals(base: alt.Chart, rows: Sequence[Mapping[str, Any]]) -> list[alt.Chart]:
    """Where areas have targets of their own: a short line across the bar of each."""
    if all(row["goal"] is None for row in rows):
        return []
    style: dict[str, Any] = {"color": theme.SEAL, "thickness": 1.6, "size": 17, "orient": "vertical"}
    return [base.mark_tick(**style).encode(x="goal:Q")]


def _share_note(rows: Sequence[Mapping[str, Any]], goal: float | None, lang: str) -> str:
    parts = []
    if goal is not None:
        parts.append(either(lang, "虚线为全省目标", "dashed: the target of the province"))
    if any(r["goal"] is not None for r in rows):
        parts.append(either(lang, "红色短线为各地自己的目标", "short red lines: the targets of the areas themselves"))
    if any(r["low"] is not None for r in rows):
        parts.append(
            either(
                lang,
                "黑色横线为缺少与暂不采用的数据取最不利至最有利时的范围",
                "black lines: the range left by what is missing or set aside, from the least to the most favourable",
            )
        )
    parts.append(either(lang, "计入/应计为已计入与应计入的成员数", "counted: members counted of those expected"))
    text = either(lang, "；", "; ").join(parts)
    return either(lang, f"{text}。", f"{text[0].upper()}{text[1:]}.")


@unchecked
def class_composition(classes: pl.DataFrame, *, by: str, catalog: Catalog, lang: str) -> Chart | Sentence:
    """Sections of each class in every basin, river or city, as parts of a whole with their numbers.

    `classes` has a row per section, as section_classes_of_year gives it. Basins and rivers with most sections
    come first, cities by code; a section without a class is shown as open or without water.
    """
    if classes.is_empty():
        return no_data(either(lang, "断面类别", "classes of sections"), lang)
    counts = _class_counts(classes, by, catalog)
    names = {g: short_name(catalog, g, lang) if by == "city" else catalog.water(g, lang) for g in counts["group"]}
    rows = [_segment(row, names, lang) for row in counts.iter_rows(named=True)]
    order = list(dict.fromkeys(r["group"] for r in rows))
    base = alt.Chart().encode(y=row_axis("group", order))
    share = alt.X(
        "start:Q", title=either(lang, "断面比例", "share of sections"), axis=alt.Axis(format="%", tickCount=5)
    )
    bars = base.mark_bar(size=15, stroke=theme.SOFT, strokeWidth=0.4).encode(
        x=share,
        x2="end:Q",
        color=alt.Color("class:N", scale=theme.state_scale(counts["state"], lang), title=None),
        tooltip=tips(lang, group=("范围", "where"), **{"class": ("类别", "class")}, count=("断面数", "sections")),
    )
    numbers = base.mark_text(baseline="middle").encode(x="middle:Q", text="number:N", color=ink())
    once = rows_of({r["group"]: r for r in rows}.values()).encode(y=row_axis("group", order))
    totals = column(once, "total", PLOT + 40, align="right")
    title = heading(either(lang, "断面数", "sections"), PLOT + 40, align="right")
    what = {"basin": ("各流域", "by basin"), "river": ("各河流", "by river"), "city": ("各市", "by city")}[by]
    caption = either(lang, f"{what[0]}国考断面类别构成", f"Classes of national sections {what[1]}")
    note = either(lang, "条内数字为各类别的断面数。", "In the bars: the number of sections of each class.")
    return Chart(
        plot([bars, numbers, totals, title], rows, len(order)),
        caption,
        f"{caption}{colon(lang)}{_classes(rows, lang)}",
        note,
    )


def _class_counts(classes: pl.DataFrame, by: str, catalog: Catalog) -> pl.DataFrame:
    """`group`, `state`, `count`, `total`, `before` (sections of better classes), in the order they are drawn."""
    group = pl.Series("group", [catalog.city_of(a) for a in classes["area_id"]]) if by == "city" else pl.col(by)
    open_state = pl.when("is_dry").then(pl.lit(theme.DRY)).otherwise(pl.lit(theme.OPEN))
    stated = classes.select(group=group, state=pl.coalesce("water_class", open_state)).drop_nulls("group")
    order = ["group"] if by == "city" else ["total", "group"]
    return (
        stated.group_by("group", "state")
        .agg(count=pl.len())
        .with_columns(
            total=pl.col("count").sum().over("group"),
            number=pl.col("state").replace_strict({s: i for i, s in enumerate(theme.STATE_COLOURS)}),
        )
        .sort([*order, "number"], descending=[c == "total" for c in order] + [False])
        .with_columns(before=pl.col("count").cum_sum().over("group") - pl.col("count"))
    )


def _segment(row: Mapping[str, Any], names: Mapping[str, str], lang: str) -> dict[str, Any]:
    start, end = row["before"] / row["total"], (row["before"] + row["count"]) / row["total"]
    fits = (end - start) * PLOT >= _DIGIT * len(str(row["count"]))
    return {
        "group": names[row["group"]],
        "class": theme.state_word(row["state"], lang),
        "is_dark": row["state"] in theme.DARK_STATES,
        "count": row["count"],
        "number": str(row["count"]) if fits else "",
        "start": round(start, 6),
        "end": round(end, 6),
        "middle": round((start + end) / 2, 6),
        "total": row["total"],
    }


def _classes(rows: Sequence[Mapping[str, Any]], lang: str) -> str:
    groups: dict[str, list[str]] = {}
    for r in rows:
        groups.setdefault(f"{r['group']} {r['total']}", []).append(f"{r['class']} {r['count']}")
    comma, stop = either(lang, "、", ", "), either(lang, "；", "; ")
    return stop.join(f"{g} ({comma.join(parts)})" for g, parts in groups.items())


@unchecked
def deliveries_by_source(deliveries: pl.DataFrame, catalog: Catalog, *, lang: str) -> Chart | Sentence:
    """What became of the delivered rows of each form: accepted, left out, set aside, or refused as a file."""
    if deliveries.is_empty():
        return no_data(either(lang, "报送", "deliveries"), lang)
    kinds = {
        "accepted": (either(lang, "采用", "accepted"), theme.BAR),
        "left_out": (either(lang, "重复、空行或被后报取代", "repeated, blank or superseded"), theme.LINE),
        "aside": (either(lang, "整行暂不采用", "set aside"), theme.SEAL),
        "refused": (either(lang, "整份退回", "file refused"), theme.INK),
    }
    fates = _fates(deliveries)
    counts = {row["source"]: row for row in fates.iter_rows(named=True)}
    rows = [
        _fate(counts[s], kind, catalog.sources[s].label.in_language(lang), kinds)
        for s in catalog.sources
        if s in counts
        for kind in kinds
        if counts[s][kind]
    ]
    order = list(dict.fromkeys(r["source"] for r in rows))
    if not order:
        return no_data(either(lang, "报送", "deliveries"), lang)
    note = either(lang, "横轴为占报送行数的比例。", "Along the axis: share of the delivered rows.")
    if len(order) > _MOST_FORMS:
        accepted = kinds["accepted"][0]
        shown = list(dict.fromkeys(r["source"] for r in rows if r["kind"] != accepted))[:_MOST_FORMS]
        hidden = len(order) - len(shown)
        note += either(
            lang, f"其余{hidden}张报表各行全部采用，未画出。", f" Of {hidden} more forms every row is accepted."
        )
        rows, order = [r for r in rows if r["source"] in shown], shown
    base = alt.Chart().encode(y=row_axis("source", order))
    used = [text for kind, (text, _) in kinds.items() if fates[kind].sum()]
    colours = dict(kinds.values())
    bars = base.mark_bar(size=13, stroke=theme.PAPER, strokeWidth=0.6).encode(
        x=alt.X("start:Q", title=None, axis=alt.Axis(format="%", tickCount=5), scale=alt.Scale(domain=[0, 1])),
        x2="end:Q",
        color=alt.Color("kind:N", title=None, scale=alt.Scale(domain=used, range=[colours[u] for u in used])),
        tooltip=tips(lang, source=("报表", "form"), kind=("去向", "what became of them"), count=("行数", "rows")),
    )
    layers = [bars, *_row_columns(rows, order, lang)]
    caption = either(lang, "各报表报送行的去向", "What became of the delivered rows")
    listed = either(lang, "；", "; ").join(f"{r['source']} {r['kind']} {r['count']}" for r in rows)
    drawn = plot(layers, rows, len(order), width=_FATE_PLOT)
    return Chart(drawn, caption, f"{caption}{colon(lang)}{listed}", note)


_FATE_PLOT = 180  # px
_MOST_FORMS = 28  # what a page has room for


def _fates(deliveries: pl.DataFrame) -> pl.DataFrame:
    """`source`, `total`, and the rows by what became of them; a refused file's rows are all refused."""
    refused = pl.col("outcome") == "refused"
    kept = deliveries.with_columns(
        refused=pl.when(refused).then("rows_delivered").otherwise(0),
        left_out=pl.when(refused).then(0).otherwise(pl.sum_horizontal(f"rows_{k}" for k in _LEFT_OUT)),
        aside=pl.when(refused).then(0).otherwise(pl.col("rows_set_aside")),
    )
    return (
        kept.group_by("source")
        .agg(pl.sum("refused", "left_out", "aside"), total=pl.sum("rows_delivered"))
        .with_columns(accepted=pl.col("total") - pl.col("refused") - pl.col("left_out") - pl.col("aside"))
        .filter(pl.col("total") > 0)
    )


_LEFT_OUT = ("repeated", "blank", "superseded")


def _fate(row: Mapping[str, Any], kind: str, label: str, kinds: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    before = sum(row[k] for k in list(kinds)[: list(kinds).index(kind)])
    return {
        "source": label,
        "kind": kinds[kind][0],
        "count": row[kind],
        "start": round(before / row["total"], 6),
        "end": round((before + row[kind]) / row["total"], 6),
        "total": f"{row['total']:,}",
        "accepted": f"{row['accepted']:,}",
        "aside": f"{row['aside'] + row['refused']:,}" if row["aside"] + row["refused"] else "—",
    }


def _row_columns(rows: Sequence[Mapping[str, Any]], order: Sequence[str], lang: str) -> list[alt.Chart]:
    heads = {
        "total": either(lang, "报送", "delivered"),
        "accepted": either(lang, "采用", "accepted"),
        "aside": either(lang, "未采用", "not taken"),
    }
    once = rows_of({r["source"]: r for r in rows}.values()).encode(y=row_axis("source", order))
    layers = []
    for place, (field, head) in enumerate(heads.items()):
        x = _FATE_PLOT + 50 + 58 * place
        layers += [column(once, field, x, align="right"), heading(head, x, align="right")]
    return layers
