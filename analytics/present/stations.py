"""Charts of the automatic stations: classes by day, readings over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby, pairwise
from math import isfinite
from typing import Any

import altair as alt
import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.standard import Limits
from analytics.present import theme, words
from analytics.present.figure import Chart, at, colon, ink, inline, rows_of, tips, unchecked
from analytics.present.prose import Sentence, no_data
from analytics.present.words import either

_MOST_STATIONS = 6
_WIDTH = 540
_PANEL = (236, 88)  # px
_LETTER = 11  # px, the height of a class's name
_DAYS_WITH_NUMBERS = 16
_DAY = 86_400_000  # ms
_ZONE = "Asia/Shanghai"


@unchecked
def station_class_counts(classes: pl.DataFrame, *, lang: str) -> Chart | Sentence:
    """Readings of each computed class by day; those without a class are shown as open.

    `classes` has a row per station and time, as station_classes_between gives it.
    """
    if classes.is_empty() or classes["taken_at"].null_count() == classes.height:
        return no_data(either(lang, "类别", "classes"), lang)
    counts = _daily(classes)
    most = int(counts["end"].max())  # type: ignore[arg-type]
    rows = [
        {**row, "class": theme.state_word(row["state"], lang), "is_dark": row["state"] in theme.DARK_STATES}
        for row in counts.iter_rows(named=True)
    ]
    days = counts["day"].unique(maintain_order=True).to_list()
    base = alt.Chart().encode(
        x=alt.X(
            "day:N",
            scale=alt.Scale(domain=days, paddingInner=0.15),
            title=either(lang, "日期（月-日）", "day (month-day)"),
            axis=alt.Axis(labelAngle=0, labelOverlap="greedy", ticks=False),
        )
    )
    y = alt.Y(
        "start:Q", title=either(lang, "时次", "readings"), axis=alt.Axis(tickCount=5), scale=alt.Scale(domain=[0, most])
    )
    bars = base.mark_bar(stroke=theme.SOFT, strokeWidth=0.4).encode(
        y=y,
        y2="end:Q",
        color=alt.Color(
            "class:N", scale=theme.state_scale(counts["state"], lang), title=None, legend=alt.Legend(offset=8)
        ),
        tooltip=tips(lang, day=("日期", "day"), **{"class": ("类别", "class")}, count=("时次", "readings")),
    )
    layers = [bars]
    if len(days) <= _DAYS_WITH_NUMBERS:
        room = alt.FieldGTEPredicate(field="count", gte=most / 16)
        middle = base.transform_filter(room).transform_calculate(middle="(datum.start + datum.end) / 2")
        layers.append(
            middle.mark_text(baseline="middle", fontSize=10).encode(y="middle:Q", text="count:Q", color=ink())
        )
    caption = either(lang, "逐日各类别的时次数", "Readings of each class by day")
    told = either(lang, "；", "; ").join(
        f"{day} " + words.joined([f"{r['class']} {r['count']}" for r in group], lang)
        for day, group in groupby(rows, key=lambda r: r["day"])
    )
    note = either(lang, "类别按各时次的监测值计算。", "Classes as computed from the values of each reading.")
    chart = alt.layer(*layers, data=inline(rows)).properties(width=_WIDTH, height=220)
    return Chart(chart, caption, f"{caption}{colon(lang)}{told}", note)


def _daily(classes: pl.DataFrame) -> pl.DataFrame:
    """`day`, `state`, `count`, `start`, `end`: the best class lowest."""
    number = {s: i for i, s in enumerate(theme.STATE_COLOURS)}
    return (
        classes.drop_nulls("taken_at")
        .group_by(date=_clock("taken_at").dt.date(), state=pl.col("computed_class").fill_null(theme.OPEN))
        .agg(count=pl.len().cast(pl.Int64))
        .sort("date", pl.col("state").replace_strict(number))
        .with_columns(end=pl.col("count").cum_sum().over("date"), day=pl.col("date").dt.strftime("%m-%d"))
        .with_columns(start=pl.col("end") - pl.col("count"))
        .drop("date")
    )


def _clock(name: str) -> pl.Expr:
    """The time that clocks at the station showed."""
    return pl.col(name).dt.convert_time_zone(_ZONE).dt.replace_time_zone(None)


@unchecked
def readings_series(
    readings: pl.DataFrame,
    parameter: str,
    names: Mapping[str, str],
    bodies: Mapping[str, str],
    *,
    catalog: Catalog,
    lang: str,
) -> Chart | Sentence:
    """Readings of one parameter over time, with the limits of the classes, at the six stations that do worst.

    Worst is the highest mean; the lowest where limits are lower ones; the farthest from the middle of a range.
    A line breaks where readings are missing.

    Parameters
    ----------
    readings
        `site_id`, `taken_at`, `value` of that parameter.
    names, bodies
        Names of the stations by `site_id`, and whose limits they are judged by (`river`, `lake`): each panel shows the
        limits of its own station.
    """
    about = catalog.parameters[parameter]
    label = about.label.in_language(lang)
    known = readings.drop_nulls(["value", "taken_at"])
    if known.is_empty():
        return no_data(label, lang)
    by_body = {body: _limits(catalog, parameter, body) for body in ("river", "lake")}
    limits = by_body["river"] or by_body["lake"]
    shown = _worst(known, limits)
    seen = known.filter(pl.col("site_id").is_in(shown))
    used = [body for body in by_body if body in {bodies.get(s, "river") for s in shown}]
    lines = {body: _lines_of(by_body[body], seen["value"]) for body in used}
    span = _span(seen, [line for drawn in lines.values() for line in drawn])
    panels = [
        _panel(known.filter(pl.col("site_id") == s), names[s], lines[bodies.get(s, "river")], span, (about.unit, lang))
        for s in shown
    ]
    chart = alt.concat(*panels, columns=2, spacing={"row": 14, "column": 30})
    which = _which(limits, lang)
    caption = either(lang, f"{label}：{which[0]}的站点", f"{label}: stations with {which[1]}")
    told = words.joined([f"{names[s]} {_range(known, s)}" for s in shown], lang)
    return Chart(
        chart, caption, f"{caption}{colon(lang)}{told}", _series_note(lines, len(shown), known, about.unit, lang)
    )


def _limits(catalog: Catalog, parameter: str, body: str) -> Limits | None:
    return catalog.surface_standard.limits_of(parameter, body)


def _worst(readings: pl.DataFrame, limits: Limits | None) -> list[str]:
    means = readings.group_by("site_id").agg(mean=pl.col("value").mean())
    direction = limits.direction if limits else "at_most"
    if limits and direction == "within":
        centre = sum(limits.span(0)) / 2
        rank = (pl.col("mean") - centre).abs()
    else:
        rank = -pl.col("mean") if direction == "at_least" else pl.col("mean")
    worst = means.sort(rank.round(9), "site_id", descending=[True, False])
    return worst.head(_MOST_STATIONS)["site_id"].to_list()


def _lines_of(limits: Limits | None, values: pl.Series) -> list[tuple[float, str]]:
    """Limits to draw with the classes they bound; those far beyond every value are left out, class Ⅲ never."""
    if limits is None:
        return []
    if limits.direction == "within":
        return [(limit, "") for limit in limits.span(0)]
    low, high = float(values.min()), float(values.max())  # type: ignore[arg-type]
    bounds: dict[float, list[str]] = {}
    for number in range(len(limits.classes)):
        limit = next(side for side in limits.span(number) if isfinite(side))
        bounds.setdefault(limit, []).append(theme.CLASSES[number])
    room = 0.1 * (high - low)
    return [(limit, names[-1]) for limit, names in bounds.items() if "Ⅲ" in names or low - room <= limit <= high + room]


def _span(readings: pl.DataFrame, lines: Sequence[tuple[float, str]]) -> dict[str, list[float]]:
    """Domains that all panels share: times [ms of a clock taken as UTC] and values, which begin at nought or near."""
    times = readings.select(_clock("taken_at").dt.epoch("ms").alias("t"))["t"]
    values = [*readings["value"], *(limit for limit, _ in lines)]
    low, high = min(values), max(values)
    foot = 0.0 if 0 <= low < 0.6 * high else low - 0.08 * (high - low)
    return {"x": [times.min(), times.max()], "y": [foot, high + 0.08 * (high - foot)]}


def _apart(lines: Sequence[tuple[float, str]], domain: Sequence[float]) -> list[tuple[float, str]]:
    """The limits whose names do not print over one another: class Ⅲ, then the others from the worst on."""
    least = _LETTER / _PANEL[1] * (domain[1] - domain[0])
    chosen: list[tuple[float, str]] = []
    for line in sorted(lines, key=lambda at: (at[1] != "Ⅲ", -at[0])):
        if all(abs(line[0] - other) >= least for other, _ in chosen):
            chosen.append(line)
    return chosen


def _panel(
    readings: pl.DataFrame,
    name: str,
    lines: Sequence[tuple[float, str]],
    span: Mapping[str, list[float]],
    words_of: tuple[str, str],
) -> Any:
    unit, lang = words_of
    base = alt.Chart().encode(
        x=alt.X(
            "time:T",
            title=None,
            scale=alt.Scale(type="utc", domain=span["x"], nice=False),
            axis=alt.Axis(format=_clock_format(span["x"]), tickCount=5, grid=False, labelFlush=False),
        ),
        y=alt.Y("value:Q", title=None, scale=alt.Scale(domain=span["y"], nice=False), axis=alt.Axis(tickCount=4)),
    )
    drawn = base.mark_line(
        color=theme.ACCENT, strokeWidth=1.2, point={"size": 9, "color": theme.ACCENT, "filled": True}
    )
    layers: list[alt.Chart] = [drawn.encode(tooltip=tips(lang, clock=("时间", "time"), shown=("监测值", "reading")))]
    limits = rows_of([{"limit": limit, "text": text} for limit, text in lines])
    layers.append(limits.mark_rule(color=theme.SEAL, strokeDash=[4, 3], strokeWidth=0.9).encode(y="limit:Q"))
    if any(text for _, text in lines):
        named = rows_of([{"limit": limit, "text": text} for limit, text in _apart(lines, span["y"])])
        text = named.mark_text(align="left", baseline="middle", fontSize=10, color=theme.SEAL, dx=4)
        layers.append(text.encode(x=at(_PANEL[0]), y="limit:Q", text="text:N"))
    return alt.layer(*layers, data=inline(_points(readings, unit))).properties(
        width=_PANEL[0], height=_PANEL[1], title=name
    )


def _clock_format(span: Sequence[float]) -> str:
    """Days on the axis; hours where all lies within two days."""
    return "%m-%d" if span[1] - span[0] > 2 * _DAY else "%d %H:%M" if span[1] - span[0] > _DAY else "%H:%M"


def _points(readings: pl.DataFrame, unit: str) -> list[dict[str, Any]]:
    """Readings in time; between two that lie farther apart than usual stands one without a value."""
    rows = readings.select(t=_clock("taken_at").dt.epoch("ms"), value="value").sort("t")
    steps = rows["t"].diff().drop_nulls().filter(rows["t"].diff().drop_nulls() > 0)
    usual = float(steps.median() or 0) if not steps.is_empty() else 0.0  # type: ignore[arg-type]
    points = [
        {"time": t, "value": v, "clock": _stamp(t), "shown": f"{v:g} {unit}".removesuffix(" 1")}
        for t, v in rows.iter_rows()
    ]
    gaps = [
        {"time": (a["time"] + b["time"]) // 2, "value": None}
        for a, b in pairwise(points)
        if usual and b["time"] - a["time"] > 1.5 * usual
    ]
    return sorted(points + gaps, key=lambda p: p["time"])


def _stamp(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d %H:%M}"


def _which(limits: Limits | None, lang: str) -> tuple[str, str]:
    direction = limits.direction if limits else "at_most"
    return {
        "at_most": ("均值最高", "the highest means"),
        "at_least": ("均值最低", "the lowest means"),
        "within": ("均值最偏离范围中点", "means farthest from the middle of the range"),
    }[direction]


def _range(readings: pl.DataFrame, site: str) -> str:
    values = readings.filter(pl.col("site_id") == site)["value"]
    return "–".join(f"{v:g}" for v in (values.min(), values.max()) if isinstance(v, float))


def _series_note(
    lines: Mapping[str, Sequence[tuple[float, str]]], shown: int, readings: pl.DataFrame, unit: str, lang: str
) -> str:
    stations = readings["site_id"].n_unique()
    of = either(lang, f"{stations}个站点中的{shown}个", f"{shown} of {stations} stations")
    in_unit = "" if unit == "1" else either(lang, f"；单位{unit}", f"; in {unit}")
    named = {body: [(limit, name) for limit, name in drawn if name] for body, drawn in lines.items()}
    told = [
        f"{words.word('body', body, lang)} {words.joined([f'{name} {limit:g}' for limit, name in drawn], lang)}"
        for body, drawn in named.items()
        if drawn
    ]
    if told:
        listed = either(lang, "；", "; ").join(told)
        return either(
            lang,
            f"虚线为各类别的限值（{listed}）{in_unit}；{of}。",
            f"Dashed: limits of the classes ({listed}){in_unit}; {of}.",
        )
    bounds = next((drawn for drawn in lines.values() if drawn), [])
    if bounds:
        span = "–".join(f"{limit:g}" for limit, _ in bounds)
        return either(
            lang,
            f"虚线为限值范围（{span}）{in_unit}；{of}。",
            f"Dashed: the range allowed ({span}){in_unit}; {of}.",
        )
    return either(lang, f"该项目不参与类别评价{in_unit}；{of}。", f"Takes no part in the class{in_unit}; {of}.")
