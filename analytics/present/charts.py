"""Charts that serve print and page: a picture and an interactive specification of the same thing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import altair as alt
import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.models import Indicator, Target
from analytics.present import theme, words
from analytics.present.prose import Sentence, long_date, no_data, promised
from analytics.present.words import either

CHART = "application/vnd.qinghe.chart+json"
CLASSES = ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ")
_STRIP_ROWS = 40
_MOST_STATIONS = 6

alt.data_transformers.disable_max_rows()


@dataclass(frozen=True)
class Chart:
    """A chart with the words that go with it; `alt_text` stands for it where it cannot be seen."""

    chart: Any
    caption: str
    alt_text: str
    note: str = ""

    @cached_property
    def spec(self) -> dict[str, Any]:
        """The Vega-Lite specification with its data, without the address of its schema."""
        found: dict[str, Any] = json.loads(theme.themed(self.chart).to_json(indent=None))
        found.pop("$schema", None)
        return found

    @cached_property
    def svg(self) -> str:
        """The picture for print."""
        import vl_convert

        theme.register_face()
        return str(vl_convert.vegalite_to_svg(self.spec))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        payload = {"spec": self.spec, "alt": self.alt_text, "caption": self.caption, "note": self.note}
        return {CHART: payload, "image/svg+xml": self.svg, "text/plain": self.caption}


@dataclass(frozen=True)
class Gallery:
    """Several charts under one another."""

    charts: Sequence[Chart]

    def _ipython_display_(self) -> None:
        from IPython.display import display

        for chart in self.charts:
            display(chart)  # type: ignore[no-untyped-call]


def shares_by_area(
    values: pl.DataFrame, indicator: Indicator, target: Target, *, year: int, catalog: Catalog, lang: str
) -> Chart | Sentence:
    """A share in each city as a bar, with what is missing as a whisker and the target as a line."""
    if values.is_empty():
        return no_data(indicator.name.in_language(lang), lang)
    rows = [
        {
            "area": catalog.areas[r["scope_id"]].name.in_language(lang),
            "value": r["value"],
            "low": r["low"] if r["value"] is not None else None,
            "high": r["high"] if r["value"] is not None else None,
            "label": r["value_printed"] if r["value"] is not None else words.word("verdict", r["verdict"], lang),
            "at": r["value"] if r["value"] is not None else 0,
        }
        for r in values.sort("scope_id").iter_rows(named=True)
    ]
    base = alt.Chart(theme.inline(rows))
    y = alt.Y("area:N", sort=[r["area"] for r in rows], title=None)
    axis = alt.X(
        "value:Q", title=f"{indicator.name.in_language(lang)} ({indicator.unit})", scale=alt.Scale(domain=[0, 100])
    )
    bars = base.mark_bar(color=theme.ACCENT, size=15).encode(y=y, x=axis, tooltip=["area:N", "label:N"])
    whiskers = base.mark_rule(color=theme.INK, strokeWidth=1.4).encode(y=y, x="low:Q", x2="high:Q")
    labels = (
        base.mark_text(align="left", dx=6)
        .encode(y=y, x=alt.X("top:Q"), text="label:N")
        .transform_calculate(top="isValid(datum.high) ? max(datum.high, datum.at) : datum.at")
    )
    layers = [bars, whiskers, labels]
    goal = target.value.get(year)
    if goal is not None:
        line = alt.Chart(theme.inline([{"goal": goal}]))
        layers.append(line.mark_rule(color="#a82a22", strokeDash=[5, 3], strokeWidth=1.5).encode(x="goal:Q"))
    name = indicator.name.in_language(lang)
    shown = promised(target, goal, indicator.unit, lang)
    note = either(
        lang,
        f"虚线为全省目标（{shown}）；横线为缺少的数据取最不利与最有利时的范围。",
        f"Dashed: the target of the province ({shown}). Lines: the range left by what is missing.",
    )
    caption = either(lang, f"各市{name}", f"{name} by city")
    return Chart(
        alt.layer(*layers).properties(width=theme.WIDTH - 120, height=24 * len(rows)),
        caption,
        _alt(caption, rows, lang),
        note,
    )


def _alt(caption: str, rows: Sequence[Mapping[str, Any]], lang: str) -> str:
    listed = words.joined([f"{r['area']} {r['label']}" for r in rows], lang)
    return either(lang, f"{caption}：{listed}", f"{caption}: {listed}")


def class_composition(classes: pl.DataFrame, *, by: str, catalog: Catalog, lang: str) -> Chart | Sentence:
    """Sections of each class in every basin, river or city, as parts of a whole with their numbers."""
    if classes.is_empty():
        return no_data(either(lang, "断面类别", "classes of sections"), lang)
    grouped = classes.with_columns(group=_group(classes, by, catalog, lang)).filter(pl.col("group").is_not_null())
    open_name = either(lang, "待定或不参评", "open or left out")
    names = [*(words.water_class(c, lang) for c in CLASSES), open_name]
    number = {c: i for i, c in enumerate(CLASSES)}
    counts = grouped.group_by("group", "water_class").len().sort("group", "water_class", nulls_last=True)
    totals = dict(grouped.group_by("group").len().iter_rows())
    rows = [
        {
            "group": f"{g}  ({totals[g]})",
            "class": words.water_class(c, lang) if c else open_name,
            "order": number.get(c, 6),
            "count": n,
        }
        for g, c, n in counts.iter_rows()
    ]
    first = grouped.sort("entity_id").unique("group", keep="first", maintain_order=True)["group"].to_list()
    order = [f"{g}  ({totals[g]})" for g in (first if by != "city" else sorted(first, key=first.index))]
    base = alt.Chart(theme.inline(rows)).encode(
        y=alt.Y("group:N", sort=order, title=None),
        x=alt.X(
            "count:Q", stack="normalize", title=either(lang, "断面比例", "share of sections"), axis=alt.Axis(format="%")
        ),
        order=alt.Order("order:Q"),
    )
    bars = base.mark_bar(stroke="white", strokeWidth=0.6, size=16).encode(
        color=alt.Color(
            "class:N",
            scale=theme.class_scale(names),
            sort=names,
            title=None,
            legend=alt.Legend(orient="top", columns=7),
        ),
        tooltip=["group:N", "class:N", "count:Q"],
    )
    text = base.mark_text(fontSize=11, dx=-9).encode(text="count:Q", detail="class:N")
    what = {"basin": ("各流域", "by basin"), "river": ("各河流", "by river"), "city": ("各市", "by city")}[by]
    caption = either(lang, f"{what[0]}国考断面类别构成", f"Classes of national sections {what[1]}")
    listed = words.joined([f"{r['group']} {r['class']} {r['count']}" for r in rows], lang)
    note = either(
        lang,
        "括号内为断面数，条内数字为各类别的断面数。",
        "In brackets the number of sections; in the bars those of each class.",
    )
    return Chart(
        (bars + text).properties(width=theme.WIDTH - 130, height=24 * len(order)), caption, f"{caption}: {listed}", note
    )


def _group(classes: pl.DataFrame, by: str, catalog: Catalog, lang: str) -> pl.Series:
    if by in ("basin", "river"):
        return classes[by]
    names = []
    for area_id in classes["area_id"]:
        current = area_id
        while current in catalog.areas and catalog.areas[current].level != "city":
            current = catalog.areas[current].parent
        names.append(catalog.areas[current].name.in_language(lang) if current in catalog.areas else None)
    return pl.Series(names, dtype=pl.String)


def section_months(months: pl.DataFrame, sections: pl.DataFrame, *, year: int, lang: str) -> Gallery | Sentence:
    """Class of every section in every month as tiles with the class's numeral, at most fifty sections a chart."""
    if months.is_empty():
        return no_data(either(lang, "逐月类别", "monthly classes"), lang)
    ordered = sections.sort("basin", "entity_id").select("entity_id", "name", "basin")
    charts = []
    for basin in ordered["basin"].unique(maintain_order=True):
        mine = ordered.filter(pl.col("basin") == basin)
        pages = -(-mine.height // _STRIP_ROWS)
        rows = -(-mine.height // pages)
        charts += [_strip(months, mine[i * rows : (i + 1) * rows], year=year, lang=lang) for i in range(pages)]
    return Gallery(charts)


def _strip(months: pl.DataFrame, sections: pl.DataFrame, *, year: int, lang: str) -> Chart:
    names = [words.water_class(c, lang) for c in CLASSES]
    joined = months.join(sections, on="entity_id").sort("entity_id", "month")
    rows = [
        {
            "section": r["name"],
            "month": r["month"].month,
            "class": words.water_class(r["water_class"], lang),
            "mark": r["water_class"] or "—",
        }
        for r in joined.iter_rows(named=True)
    ]
    base = alt.Chart(theme.inline(rows)).encode(
        x=alt.X(
            "month:O",
            title=either(lang, f"{year}年各月", f"Month of {year}"),
            scale=alt.Scale(domain=list(range(1, 13))),
            axis=alt.Axis(labelAngle=0),
        ),
        y=alt.Y("section:N", sort=sections["name"].to_list(), title=None, axis=alt.Axis(labelFontSize=10)),
    )
    tiles = base.mark_rect(stroke="white", strokeWidth=1).encode(
        color=alt.Color(
            "class:N",
            scale=theme.class_scale(names),
            sort=names,
            title=None,
            legend=alt.Legend(orient="top", columns=6),
        ),
        tooltip=["section:N", "month:O", "class:N"],
    )
    text = base.mark_text(fontSize=9).encode(text="mark:N")
    basin = sections["basin"][0]
    caption = either(lang, f"{basin}国考断面逐月类别", f"Monthly classes, {basin}")
    alt_text = either(
        lang, f"{caption}：{sections.height}个断面、12个月", f"{caption}: {sections.height} sections, 12 months"
    )
    note = either(lang, "空白为当月没有可用的监测值。", "Blank: no usable reading in that month.")
    return Chart(
        (tiles + text).properties(width=theme.WIDTH - 170, height=15 * sections.height), caption, alt_text, note
    )


def works_timeline(
    members: pl.DataFrame, target: Target, *, year: int, as_of: date, catalog: Catalog, lang: str
) -> Chart | Sentence:
    """When each named work was completed, against the deadline."""
    deadline = target.deadline.get(year)
    if members.is_empty() or deadline is None:
        return no_data(target.statement.in_language(lang), lang)
    rows = [
        {
            "place": catalog.areas[m["area_id"]].name.in_language(lang),
            "day": m["reached_on"].isoformat() if m["reached_on"] else f"{year}-01-01",
            "opacity": 1 if m["reached_on"] else 0,
            "text": (f"{m['reached_on']:%m-%d}  " if m["reached_on"] else "") + words.badge(m["verdict"], lang),
            "verdict": m["verdict"],
        }
        for m in members.sort("entity_id").iter_rows(named=True)
    ]
    span = alt.Scale(domain=[f"{year}-01-01", f"{year + 1}-02-28"])
    base = alt.Chart(theme.inline(rows)).encode(
        y=alt.Y("place:N", title=None, sort=[r["place"] for r in rows]),
        x=alt.X(
            "day:T",
            title=either(lang, "完工日期（月-日）", "Date completed (month-day)"),
            scale=span,
            axis=alt.Axis(format="%m-%d", tickCount=7),
        ),
    )
    colour = alt.Color(
        "verdict:N",
        legend=None,
        scale=alt.Scale(domain=list(theme.VERDICT_COLOURS), range=list(theme.VERDICT_COLOURS.values())),
    )
    dots = base.mark_point(filled=True, size=110).encode(
        color=colour, opacity=alt.Opacity("opacity:Q", legend=None, scale=None), tooltip=["place:N", "text:N"]
    )
    labels = base.mark_text(align="left", dx=10).encode(text="text:N")
    line = alt.Chart(theme.inline([{"due": deadline.isoformat()}]))
    due = line.mark_rule(color="#a82a22", strokeDash=[5, 3], strokeWidth=1.5).encode(x="due:T")
    caption = either(lang, "点名工程的完工日期与期限", "Completion of the named works against the deadline")
    listed = words.joined([f"{r['place']} {r['text']}" for r in rows], lang)
    note = either(
        lang,
        f"虚线为期限（{long_date(deadline, lang)}）；评估日为{long_date(as_of, lang)}。",
        f"Dashed: the deadline, {long_date(deadline, lang)}. Assessed as of {long_date(as_of, lang)}.",
    )
    return Chart(
        (due + dots + labels).properties(width=theme.WIDTH - 90, height=34 * len(rows)),
        caption,
        f"{caption}: {listed}",
        note,
    )


def deliveries_by_source(deliveries: pl.DataFrame, catalog: Catalog, *, lang: str) -> Chart | Sentence:
    """Share of delivered rows that were accepted, left out as repeats, superseded or set aside, by form."""
    if deliveries.is_empty():
        return no_data(either(lang, "报送", "deliveries"), lang)
    kinds = {
        "accepted": either(lang, "采用", "accepted"),
        "left_out": either(lang, "重复、空行或已被更正", "repeated, blank or superseded"),
        "aside": either(lang, "整行隔离", "row set aside"),
    }
    summed = (
        deliveries.group_by("source")
        .agg(
            total=pl.col("rows_delivered").sum(),
            left_out=pl.sum("rows_repeated") + pl.sum("rows_blank") + pl.sum("rows_superseded"),
            aside=pl.sum("rows_set_aside"),
        )
        .with_columns(accepted=pl.col("total") - pl.col("left_out") - pl.col("aside"))
        .filter(pl.col("total") > 0)
    )
    order = [s for s in catalog.sources if s in set(summed["source"])]
    rows = [
        {"source": catalog.sources[r["source"]].label.in_language(lang), "kind": text, "order": i, "count": r[kind]}
        for r in summed.iter_rows(named=True)
        for i, (kind, text) in enumerate(kinds.items())
        if r[kind]
    ]
    chart = (
        alt.Chart(theme.inline(rows))
        .mark_bar(size=15, stroke="white")
        .encode(
            y=alt.Y(
                "source:N",
                title=None,
                sort=[catalog.sources[s].label.in_language(lang) for s in order],
                axis=alt.Axis(labelLimit=260),
            ),
            x=alt.X(
                "count:Q",
                stack="normalize",
                title=either(lang, "占报送行数的比例", "share of delivered rows"),
                axis=alt.Axis(format="%"),
            ),
            order=alt.Order("order:Q"),
            color=alt.Color(
                "kind:N",
                sort=list(kinds.values()),
                title=None,
                legend=alt.Legend(orient="top"),
                scale=alt.Scale(domain=list(kinds.values()), range=[theme.ACCENT, "#b9c6d0", "#a82a22"]),
            ),
            tooltip=["source:N", "kind:N", "count:Q"],
        )
    )
    caption = either(lang, "各报表报送行的去向", "What became of the delivered rows")
    listed = words.joined([f"{r['source']} {r['kind']} {r['count']}" for r in rows], lang)
    return Chart(chart.properties(width=theme.WIDTH - 220, height=24 * len(order)), caption, f"{caption}: {listed}")


def station_class_counts(classes: pl.DataFrame, *, lang: str) -> Chart | Sentence:
    """Readings of each class by day."""
    known = classes.drop_nulls("computed_class")
    if known.is_empty():
        return no_data(either(lang, "类别", "classes"), lang)
    names = [words.water_class(c, lang) for c in CLASSES]
    number = {c: i for i, c in enumerate(CLASSES)}
    counts = (
        known.group_by(day=pl.col("taken_at").dt.strftime("%m-%d"), name="computed_class").len().sort("day", "name")
    )
    rows = [
        {"day": d, "class": words.water_class(c, lang), "order": number[c], "count": n}
        for d, c, n in counts.iter_rows()
    ]
    chart = (
        alt.Chart(theme.inline(rows))
        .mark_bar(stroke="white")
        .encode(
            x=alt.X("day:N", title=either(lang, "日期（月-日）", "Day (month-day)"), axis=alt.Axis(labelAngle=0)),
            y=alt.Y("count:Q", title=either(lang, "时次", "readings")),
            order=alt.Order("order:Q"),
            color=alt.Color(
                "class:N",
                scale=theme.class_scale(names),
                sort=names,
                title=None,
                legend=alt.Legend(orient="top", columns=6),
            ),
            tooltip=["day:N", "class:N", "count:Q"],
        )
    )
    caption = either(lang, "逐日各类别的时次数", "Readings of each class by day")
    listed = words.joined([f"{r['day']} {r['class']} {r['count']}" for r in rows], lang)
    return Chart(chart.properties(width=theme.WIDTH - 60, height=200), caption, f"{caption}: {listed}")


def readings_series(
    readings: pl.DataFrame, parameter: str, names: Mapping[str, str], *, catalog: Catalog, lang: str
) -> Chart | Sentence:
    """Readings of one parameter at the stations with the highest means, over time, with the limit of class Ⅲ."""
    about = catalog.parameters[parameter]
    label = about.label.in_language(lang)
    if readings.is_empty():
        return no_data(label, lang)
    highest = (
        readings.group_by("site_id").agg(pl.col("value").mean()).sort("value", "site_id", descending=[True, False])
    )
    shown = highest.head(_MOST_STATIONS)["site_id"].to_list()
    rows = [
        {"station": names[r["site_id"]], "time": f"{r['taken_at']:%Y-%m-%dT%H:%M}", "value": r["value"]}
        for r in readings.filter(pl.col("site_id").is_in(shown)).sort("taken_at").iter_rows(named=True)
    ]
    limit = next(
        lim.classes[2]
        for lim in catalog.standards["gb3838_2002"].limits
        if lim.parameter == parameter and "river" in lim.bodies
    )
    base = alt.Chart().encode(
        x=alt.X("time:T", title=None, axis=alt.Axis(format="%m-%d", tickCount=5)),
        y=alt.Y("value:Q", title=f"{about.unit}"),
    )
    line = base.mark_line(
        color=theme.ACCENT, strokeWidth=1.4, point=alt.OverlayMarkDef(size=14, color=theme.ACCENT)
    ).encode(tooltip=["station:N", "time:T", "value:Q"])
    rule = alt.Chart().mark_rule(color="#a82a22", strokeDash=[5, 3]).encode(y=alt.datum(limit))
    chart = (
        alt.layer(line, rule, data=theme.inline(rows))
        .properties(width=250, height=90)
        .facet(facet=alt.Facet("station:N", title=None, sort=[names[s] for s in shown]), columns=2)
    )
    caption = either(lang, f"{label}较高的站点", f"Stations with the highest {label.lower()}")
    note = either(
        lang,
        f"虚线为河流Ⅲ类限值 {limit:g} {about.unit}；均值最高的{len(shown)}个站点。",
        f"Dashed: the limit of class Ⅲ for rivers, {limit:g} {about.unit}. "
        f"The {len(shown)} stations with the highest means.",
    )
    listed = words.joined([names[s] for s in shown], lang)
    return Chart(chart, caption, f"{caption}: {listed}", note)
