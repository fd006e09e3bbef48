"""Figures over the cities: a tile for each, coloured by verdict and with its sign, so that it reads in grey as well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import altair as alt
import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.models import Area
from analytics.catalog.plan import Plan
from analytics.compute import verdict
from analytics.present import numbers, theme, words
from analytics.present.figure import Chart, Gallery, at, colon, heading, inline, rows_of, short_name, tips, unchecked
from analytics.present.prose import Sentence, no_data
from analytics.present.shortfalls import lies_below
from analytics.present.targets import figure_name
from analytics.present.words import either

_WIDTH, _LINE = 39, 16  # px of a tile
_SWATCH = 14  # px, a square of the legend
_MARGIN = 140.0  # px, how far the legend begins left of the tiles, above the names
_ROWS = 46  # at most on one page of A4
_NAME = 12  # characters of a figure's name that there is room for
_MOST_SIGNS = 6
_BELOW = "▽"
_LACKS = "*"
_SIGNED = frozenset(theme.VERDICT_FILLS)
_EMPTY = ("not_delivered", "no_data", "not_applicable")
_LATIN = 0x2E7F  # characters beyond it are as wide as they are high


@unchecked
def matrix(
    values: pl.DataFrame, cities: Sequence[Area], plan: Plan, catalog: Catalog, lang: str, *, members: pl.DataFrame
) -> Gallery | Sentence:
    """Every figure that has a value or a verdict in some city, or named works or town areas judged one by one there.

    `values` are rows of indicator_value, `members` of figure_member; of a city those of its urban area count where the
    text judges that.
    """
    rows = list(_rows(_with_those_within(values, members, cities, plan, catalog), cities, plan, catalog, lang))
    codes = list(dict.fromkeys(r["code"] for r in rows))
    if not codes:
        return no_data(either(lang, "分市指标", "figures of cities"), lang)
    parts = -(-len(codes) // _ROWS)
    size = -(-len(codes) // parts)
    pages = [codes[n * size : (n + 1) * size] for n in range(parts)]
    charts = []
    for number, page in enumerate(pages, start=1):
        part = f"{number}/{parts}" if parts > 1 else ""
        charts.append(_page([r for r in rows if r["code"] in page], page, cities, part, catalog=catalog, lang=lang))
    return Gallery(charts)


def _rows(
    values: pl.DataFrame, cities: Sequence[Area], plan: Plan, catalog: Catalog, lang: str
) -> Iterator[dict[str, Any]]:
    of_city = pl.col("scope_kind").is_in(["city", "urban_area"]) & pl.col("scope_id").is_in([c.id for c in cities])
    own = values.filter(of_city & (pl.col("stratum").is_null() | (pl.col("scope_kind") == "urban_area")))
    told = own.filter(pl.col("value").is_not_null() | pl.col("verdict").is_in(_SIGNED))["code"].unique().to_list()
    judged_last = own.sort(pl.col("verdict").is_in(_SIGNED))
    found = {(r["code"], r["scope_id"]): r for r in judged_last.iter_rows(named=True)}
    of_whole = values.filter((pl.col("scope_kind") == "province") & pl.col("stratum").is_null())
    wholes = {r["code"]: r for r in of_whole.iter_rows(named=True)}
    for target in plan.targets():
        if target.code not in told:
            continue
        indicator = catalog.indicators[target.indicator]
        name = figure_name(target, catalog, lang)
        for place, city in enumerate(cities):
            row = found.get((target.code, city.id))
            if row is None:
                continue
            number = row["value_printed"] if row["value"] is not None else ""
            lacks = _LACKS if is_incomplete(row) else ""
            sign = words.sign(row["verdict"]) if row["verdict"] in _SIGNED or row["value"] is None else ""
            if not sign and target.code in wholes and lies_below(row, wholes[target.code], indicator):
                sign = _BELOW
                number = numbers.print_value(
                    row["value"], decimals=indicator.decimals, target=wholes[target.code]["target"]
                )
            yield {
                "code": target.code,
                "name": name,
                "unit": words.unit(row["unit"], lang),
                "left": place * _WIDTH,
                "right": (place + 1) * _WIDTH - 1,
                "middle": (place + 0.5) * _WIDTH,
                "text": f"{sign} {_cut(number)}{lacks}".strip(),
                "lacks": lacks,
                "city": city.name.in_language(lang),
                "value": words.with_unit(number or row["value_printed"], row["unit"], lang),
                "verdict": words.word("verdict", row["verdict"], lang),
                "code_of_verdict": row["verdict"],
                "fill": theme.tile_fill(row["verdict"]),
            }


def is_incomplete(row: Mapping[str, Any]) -> bool:
    """Whether a number rests on a part of those it is about, or may still change by what was not told."""
    if row["value"] is None or row["used"] == 0:
        return False
    return bool(row["used"] < (row["expected"] or 0) or row["low"] is None or row["low"] != row["high"])


def _cut(number: str) -> str:
    return number if len(number) <= _MOST_SIGNS else f"{number[:_MOST_SIGNS]}…"


def _with_those_within(
    values: pl.DataFrame, members: pl.DataFrame, cities: Sequence[Area], plan: Plan, catalog: Catalog
) -> pl.DataFrame:
    """The values, and for each city how many of the named works and town areas within it keep what they promise."""
    made = []
    for target in plan.targets():
        mine = values.filter(pl.col("code") == target.code)
        by_work = catalog.indicators[target.indicator].population.named == "works"
        if by_work:
            done = pl.col("numerator") == 1  # by its own day, where it has one
            own = members.filter(pl.col("code") == target.code).select("area_id", "verdict", done)
        else:
            is_town = (pl.col("scope_kind") == "urban_area") & ~pl.col("scope_id").is_in([c.id for c in cities])
            kept = (pl.col("verdict") == "met").alias("kept")
            own = mine.filter(is_town).select(pl.col("scope_id").alias("area_id"), "verdict", kept)
        if own.is_empty() or mine.is_empty():
            continue
        for city in cities:
            inside = [(v, kept) for area, v, kept in own.rows() if area and catalog.lies_in(area, city.id)]
            made.append(mine.row(0, named=True) | _of_those_within(city, inside, by_work=by_work))
    return pl.concat([values, pl.DataFrame(made, schema=values.schema)]) if made else values


def _of_those_within(city: Area, inside: Sequence[tuple[str, bool | None]], *, by_work: bool) -> dict[str, Any]:
    """The row of a city: of `inside` each has its verdict, and whether it was done or kept."""
    verdicts = [v for v, _ in inside]
    counted = [v for v in verdicts if v != "not_applicable"]
    told = [v for v in counted if v not in ("not_delivered", "no_data")]
    kept, of = sum(bool(done) for _, done in inside), len(counted)
    together = verdict.of_list(pl.Series(verdicts, dtype=pl.String)) if by_work else verdict.of_all(verdicts)
    return {
        "scope_kind": "city",
        "scope_id": city.id,
        "scope_name": city.name.zh,
        "stratum": None,
        "value": float(kept) if told else None,
        "value_printed": f"{kept}/{of}" if told else "—",
        "unit": "个",
        "used": len(told),
        "expected": of,
        "low": float(kept),
        "high": float(kept),
        "target": None,
        "verdict": together,
    }


def _page(
    rows: list[dict[str, Any]], codes: list[str], cities: Sequence[Area], part: str, *, catalog: Catalog, lang: str
) -> Chart:
    names = {r["code"]: r["name"] for r in rows}
    placed = [
        {**r, "top": codes.index(r["code"]) * _LINE, "bottom": (codes.index(r["code"]) + 1) * _LINE - 1} for r in rows
    ]
    width, height = _WIDTH * len(cities), _LINE * len(codes)
    base = alt.Chart().encode(
        x=alt.X("left:Q", axis=None, scale=alt.Scale(domain=[0, width], nice=False)),
        y=alt.Y("top:Q", axis=None, scale=alt.Scale(domain=[height, 0], nice=False)),
    )
    shown = tips(
        lang,
        code=("编号", "code"),
        name=("指标", "figure"),
        city=("市", "city"),
        value=("数值", "value"),
        verdict=("判定", "verdict"),
    )
    boxes = base.mark_rect(stroke=theme.LINE, strokeWidth=0.5).encode(
        x2="right:Q", y2="bottom:Q", color=alt.Color("fill:N", scale=None), tooltip=shown
    )
    texts = base.mark_text(fontSize=8.5, baseline="middle", dy=_LINE // 2).encode(
        x=alt.X("middle:Q", axis=None), text="text:N"
    )
    named = [{"top": n * _LINE, "text": f"{_short(names[c], lang)} {c}"} for n, c in enumerate(codes)]
    left = rows_of(named).mark_text(align="right", baseline="middle", fontSize=9, dy=_LINE // 2)
    units = {r["code"]: r["unit"] for r in rows}
    measured = [{"top": n * _LINE, "text": units[c]} for n, c in enumerate(codes)]
    right = rows_of(measured).mark_text(align="left", baseline="middle", fontSize=8.5, color=theme.SOFT, dy=_LINE // 2)
    heads = [{"x": (n + 0.5) * _WIDTH, "text": short_name(catalog, c.id, lang)} for n, c in enumerate(cities)]
    above = rows_of(heads).mark_text(baseline="bottom", fontSize=9, color=theme.SOFT)
    layers = [
        boxes,
        texts,
        left.encode(x=at(-6), y=alt.Y("top:Q", axis=None), text="text:N"),
        right.encode(x=at(width + 6), y=alt.Y("top:Q", axis=None), text="text:N"),
        above.encode(x=alt.X("x:Q", axis=None), y=at(-4), text="text:N"),
        heading(either(lang, "单位", "Unit"), width + 6, align="left", fontSize=9),
        *_legend(rows, lang),
    ]
    counted = f"（{part}）" if lang == "zh" and part else f" ({part})" if part else ""
    caption = either(lang, f"各市各项指标{counted}", f"Figures by city{counted}")
    signs = words.joined([words.badge(v, lang) for v in words.codes("verdict") if v in _SIGNED], lang)
    note = either(
        lang,
        f"颜色与符号表示判定：{signs}；其余只列数值，不在市级判定，{_BELOW}为低于（差于）全省目标，仅供对照；"
        f"{_LACKS}表示该市有对象未报、数据不足或暂不采用，数值只反映已报部分。"
        "点名的工程与县城按“完成或达到/应计”列出（有期限的只计按期完成），颜色为该市各项合起来的判定。",
        f"Colour and sign are the verdict: {signs}; others are not judged for a city; "
        f"{_BELOW} behind the target of the province; {_LACKS} not all of the city was told, and the number is of what "
        "was. Works and towns judged one by one stand as met of all, coloured by their verdict together.",
    )
    told = words.joined([f"{names[c]} {sum(r['code'] == c for r in rows)}" for c in codes], lang)
    return Chart(
        alt.layer(*layers, data=inline(placed)).properties(width=width, height=height),
        caption,
        f"{caption}{colon(lang)}{told}",
        note,
    )


def _legend(rows: Sequence[Mapping[str, Any]], lang: str) -> list[alt.Chart]:
    """Above the tiles what their colours and signs say, for those that occur; the sign is there for grey prints."""
    found = [v for v in words.codes("verdict") if any(r["code_of_verdict"] == v for r in rows)]
    signed = [v for v in found if v in _SIGNED or v in _EMPTY]
    entries = [
        {"fill": theme.tile_fill(v), "sign": words.sign(v), "text": words.word("verdict", v, lang)} for v in signed
    ]
    if any(r["text"].startswith(_BELOW) for r in rows):
        behind = either(lang, "差于全省目标，不判定", "behind the whole's target")
        entries.append({"fill": theme.PAPER, "sign": _BELOW, "text": behind})
    if any(r["lacks"] for r in rows):
        entries.append({"fill": theme.PAPER, "sign": _LACKS, "text": either(lang, "数据不全", "incomplete")})
    if len(signed) < len(found):
        entries.append({"fill": theme.PAPER, "sign": "", "text": either(lang, "市级不判定", "not judged for a city")})
    placed, left = [], -_MARGIN
    for entry in entries:
        placed.append({**entry, "left": left, "right": left + _SWATCH, "word": left + _SWATCH + 4})
        left += _SWATCH + 16 + sum(9 if ord(c) > _LATIN else 5 for c in entry["text"])
    x = alt.X("left:Q", axis=None)
    base = rows_of(placed)
    boxes = base.mark_rect(stroke=theme.SOFT, strokeWidth=0.5).encode(
        x=x, x2="right:Q", y=at(-36), y2=at(-36 + _SWATCH), color=alt.Color("fill:N", scale=None)
    )
    style: dict[str, Any] = {"fontSize": 9, "baseline": "middle"}
    signs = base.mark_text(align="center", dx=_SWATCH // 2, **style).encode(x=x, y=at(-29), text="sign:N")
    texts = base.mark_text(align="left", color=theme.SOFT, **style).encode(
        x=alt.X("word:Q", axis=None), y=at(-29), text="text:N"
    )
    return [boxes, signs, texts]


def _short(name: str, lang: str) -> str:
    room = _NAME if lang == "zh" else 2 * _NAME
    return name if len(name) <= room else name[: room - 1] + "…"
