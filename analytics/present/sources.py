"""Sources of drinking water for readers: which fail or are open and by what, both year rules, coverage by quarter."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.indicator import Indicator
from analytics.catalog.plan import Plan
from analytics.present import numbers, words
from analytics.present.bounds import span
from analytics.present.lists import area_at
from analytics.present.prose import Sentence, beside_name
from analytics.present.tables import Align, Cell, Column, Table, or_one, toned
from analytics.present.words import either

_STANDINGS = {
    True: ("met", "达标", "complies"),
    False: ("not_met", "超标", "fails"),
    None: ("undecided", "待定", "open"),
}
_REMARKS = {
    "undetected": ("检出限高于限值，无法评价", "detection limit too high to judge"),
    "set_aside": ("监测值暂不采用，未更正", "reading set aside, not put right"),
}
_MOST_MISSING = 3
_QUARTERS = (1, 2, 3, 4)


# Sources that do not simply comply


def not_complying(
    years: pl.DataFrame, items: pl.DataFrame, occasions: pl.DataFrame, catalog: Catalog, lang: str, *, title: str
) -> Table:
    """Each source that fails, is open, or has an item of natural background beyond its limit, item by item.

    Parameters
    ----------
    years, items, occasions
        As the named queries source_years_of_year, source_items_of_year and source_occasions_of_year give them.
    """
    rows: list[list[Cell]] = []
    counted = items.filter(~pl.col("is_reference"))
    order = {False: 0, None: 1, True: 2}
    told = sorted(years.to_dicts(), key=lambda r: (order[r["complies"]], r["area_id"] or "", r["entity_id"]))
    for row in told:
        mine = counted.filter(entity_id=row["entity_id"]).to_dicts()
        if (row["complies"] is True and not mine) or _is_idle(row):
            continue
        rows += _rows_of(row, mine, occasions, catalog, lang)
    labels = either(
        lang,
        "水源|市|按各次|按年均值|项目|测得值|限值|超标倍数|日期|说明",
        "Source|City|Every occasion|Mean of year|Item|Found|Limit|Multiple|Day|Remark",
    ).split("|")
    aligns: list[Align] = ["left", "left", "center", "center", "left", "right", "right", "right", "center", "left"]
    weights = (1.5, 0.75, 0.85, 0.9, 1.25, 0.75, 0.95, 0.75, 1.05, 1.5)
    columns = [Column(*told) for told in zip(labels, aligns, weights, strict=True)]
    note = either(
        lang,
        "超标倍数为（测得值−限值）÷限值，pH与溶解氧不计；“年均值”行为该项目全年均值（未检出按检出限一半）。全年停用的不列。",
        "Multiple: (found − limit) / limit, none for pH and dissolved oxygen; “mean” is that of the year, with half "
        "the limit of detection where nothing was detected. Sources out of use all year are not listed.",
    )
    nothing = either(lang, "全部达标，没有存疑的水源", "All comply, none is open")
    return Table(title, columns, or_one(rows, nothing, len(columns)), note)


def _rows_of(
    row: Mapping[str, Any], items: Sequence[Mapping[str, Any]], occasions: pl.DataFrame, catalog: Catalog, lang: str
) -> list[list[Cell]]:
    """The lines of one source: its items, then what is missing; its name stands on the first."""
    nothing: list[Cell] = ["—"] * 5
    counted = [found for found in items if not found["is_background"]]
    lines = [_item(found, catalog, lang) for found in counted]
    lines += [_background(found, times, catalog, lang) for found, times in _worst_of_each(items)]
    lines += [[*nothing, reason] for reason in _why_open(row, occasions, catalog, lang)]
    first: list[Cell] = _about(row, catalog, lang)
    blank: list[Cell] = ["", "", "", ""]
    return [[*(blank if n else first), *line] for n, line in enumerate(lines or [[*nothing, "—"]])]


def _is_idle(row: Mapping[str, Any]) -> bool:
    return row["occasions"] == 0 and list(row["quarters_out_of_use"] or []) == list(_QUARTERS)


def _about(row: Mapping[str, Any], catalog: Catalog, lang: str) -> list[Cell]:
    """Name, city, and how the source stands by both rules."""
    water = json.loads(row["attributes"]).get("source_water")
    kind = words.word("body", water, lang) if water else ""
    name = f"{row['name']}{either(lang, '（', ' (')}{kind}{either(lang, '）', ')')}" if kind else row["name"]
    return [
        name,
        area_at(row["area_id"], "city", catalog, lang),
        *(_standing(row[c], lang) for c in ("by_occasion", "by_mean")),
    ]


def _standing(complies: bool | None, lang: str) -> Cell:
    tone, zh, en = _STANDINGS[complies]
    return toned(either(lang, zh, en), tone)


def _item(found: Mapping[str, Any], catalog: Catalog, lang: str) -> list[Cell]:
    """Item, value with its limit, multiple, day, and why it does not count."""
    parameter = catalog.parameters[found["parameter"]]
    day = found["taken_on"]
    remark = _REMARKS.get(found["status"])
    unit = words.unit(parameter.unit, lang)
    return [
        parameter.label.in_language(lang) + (f" {unit}" if unit else ""),
        _value(found, parameter.decimals.assessment),
        _limit(found),
        numbers.print_value(found["multiple"], decimals=2) if found["multiple"] is not None else "—",
        day.isoformat() if isinstance(day, date) else either(lang, "年均值", "mean"),
        either(lang, *remark) if remark else "",
    ]


def _worst_of_each(items: Sequence[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], int]]:
    """Of each item of natural background the occasion on which it was farthest beyond, and on how many it was."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in items:
        if row["is_background"] and row["taken_on"] is not None:
            found.setdefault(row["parameter"], []).append(row)
    return [(max(rows, key=lambda r: r["multiple"] or 0.0), len(rows)) for rows in found.values()]


def _background(found: Mapping[str, Any], times: int, catalog: Catalog, lang: str) -> list[Cell]:
    """An item of natural background, which stands apart."""
    apart = either(
        lang, f"本底值项目，不计（{times}次，列最高）", f"natural background, not counted ({times} times, highest)"
    )
    return [*_item(found, catalog, lang)[:-1], apart]


def _value(found: Mapping[str, Any], decimals: int | None) -> str:
    if found["value"] is None:
        return "—"
    if found["below_limit"]:
        return f"{numbers.print_exact(found['value'])}L"
    if found["taken_on"] is not None:
        return numbers.print_exact(found["value"])
    limit = found["high"] if found["high"] is not None else found["low"]
    # A mean without places of its own has three figures of its limit.
    places = max(0, 2 - math.floor(math.log10(limit))) if decimals is None and limit else decimals or 0
    return numbers.print_value(found["assessed"], decimals=places, target=limit)


def _limit(found: Mapping[str, Any]) -> str:
    low, high = (None if found[k] is None else numbers.print_exact(found[k]) for k in ("low", "high"))
    if low and high:
        return f"{low} ~ {high}"
    return f"≤ {high}" if high else f"≥ {low}"


def _why_open(row: Mapping[str, Any], occasions: pl.DataFrame, catalog: Catalog, lang: str) -> list[str]:
    """What of the source's year is missing, beside the items that cannot be judged."""
    if row["is_set_aside"]:
        return [either(lang, "名录条目暂不采用，无法评价", "its entry in the register was set aside")]
    if row["occasions"] is None:
        return [either(lang, "未报送", "nothing was delivered")]
    found = []
    if row["complies"] is None and row["quarters_missing"]:
        listed = words.joined([_quarter(q, lang) for q in row["quarters_missing"]], lang)
        found.append(either(lang, f"{listed}无监测", f"not sampled in {listed}"))
    if row["in_doubt"]:
        found.append(either(lang, "有一次监测暂不采用，未更正", "an occasion was set aside, not put right"))
    for told in occasions.filter(
        (pl.col("entity_id") == row["entity_id"]) & (pl.col("missing").list.len() > 0)
    ).to_dicts():
        names = [catalog.parameters[p].label.in_language(lang) for p in told["missing"]]
        more = (
            either(lang, f"等{len(names)}项", f" and more, {len(names)} in all") if len(names) > _MOST_MISSING else ""
        )
        listed = words.joined(names[:_MOST_MISSING], lang) + more
        found.append(either(lang, f"{told['taken_on']}缺必测项目：{listed}", f"{told['taken_on']} lacks {listed}"))
    return found


def _quarter(number: int, lang: str) -> str:
    return either(lang, f"{'一二三四'[number - 1]}季度", f"Q{number}")


# Shares


def shares(rows: Sequence[Mapping[str, Any]], indicator: Indicator, plan: Plan, catalog: Catalog, lang: str) -> Table:
    """The share by number and by volume, and by number after both year rules, with what they may lie between.

    `rows` are those of indicator_value for the province: the figure's own first, then what stands beside it.
    """
    rule = catalog.setting(plan, catalog.source_assessment.year_rule)
    chosen = rule.choices[str(rule.choice)].in_language(lang)
    own = either(lang, f"按个数，采用“{chosen}”", f"by number, by the rule “{chosen}”")
    cells: list[list[Cell]] = [
        [
            toned(own, "strong") if r["stratum"] is None else beside_name(r["stratum"], indicator, lang),
            toned(words.with_unit(r["value_printed"], r["unit"], lang), "strong"),
            numbers.counted(r),
            span(r, indicator, lang),
        ]
        for r in rows
    ]
    labels = either(lang, "口径|比例|计入 / 应计|可能的范围", "Counted|Share|Counted / expected|Possible range").split(
        "|"
    )
    aligns: list[Align] = ["left", "right", "center", "center"]
    columns = [Column(*told) for told in zip(labels, aligns, (2.6, 1.0, 1.2, 1.4), strict=True)]
    note = either(
        lang,
        "两种全年评定方法的结果都列出，判定采用设定的一种（见方法一章的设定）；按取水量的比例用同一方法。",
        "Both year rules are shown; the verdict is by the one that the setting names (see the settings in the chapter "
        "on methods), and so is the share by volume.",
    )
    title = either(
        lang, "水源达标比例：按个数、按水量，两种评定方法", "Compliant sources by number, by volume and by both rules"
    )
    return Table(title, columns, or_one(cells, either(lang, "没有数据", "No data"), 4), note)


# Coverage


def coverage(members: pl.DataFrame, catalog: Catalog, lang: str) -> Table:
    """Source-quarters with readings of those that were due, by city and quarter; members of the figure."""
    city = pl.Series([area_at(a, "city", catalog, lang) for a in members["area_id"]], dtype=pl.String)
    told = members.with_columns(city=city, quarter=pl.col("part").str.slice(-1).cast(pl.Int8))
    rows = [_covered(str(name), mine, lang) for (name,), mine in told.group_by("city", maintain_order=True)]
    if len(rows) > 1:
        rows.append(_covered(either(lang, "合计", "Total"), told, lang, tone="strong"))
    labels = [
        words.word("scope", "city", lang),
        either(lang, "水源", "Sources"),
        *(_quarter(q, lang) for q in _QUARTERS),
        *either(
            lang,
            "停用季次|未监测|未报或不能用|至少已监测",
            "Out of use|Not sampled|Missing or unusable|At least monitored",
        ).split("|"),
    ]
    columns = [Column(label, "left" if i == 0 else "right", 1.3 if i == 0 else 1.0) for i, label in enumerate(labels)]
    note = either(
        lang,
        "各季度为有监测值的水源数 / 应监测的水源数；停用的季次不计入应监测。末列将未报、不能用的视为未监测，即下限。",
        "By quarter: sources with readings / sources due; quarters out of use are not due. The last column takes what "
        "is missing or unusable as not monitored: the least that the figure can be.",
    )
    title = either(lang, "“千吨万人”水源按季度监测的覆盖", "Large rural sources monitored, by quarter")
    return Table(title, columns, or_one(rows, either(lang, "没有水源", "No sources"), len(columns)), note)


def _covered(name: str, mine: pl.DataFrame, lang: str, *, tone: str = "") -> list[Cell]:
    due = mine.filter(pl.col("status") != "excluded")
    yes = due.filter((pl.col("status") == "used") & (pl.col("numerator") > 0))
    by_quarter = [f"{yes.filter(quarter=q).height} / {due.filter(quarter=q).height}" for q in _QUARTERS]
    no = due.filter((pl.col("status") == "used") & (pl.col("numerator") == 0)).height
    least = 100 * yes.height / due.height if due.height else None
    share = numbers.print_bound(least, decimals=1, target=100.0, is_low=True)
    texts = [
        name,
        str(mine["entity_id"].n_unique()),
        *by_quarter,
        str(mine.height - due.height),
        str(no),
        str(due.filter(pl.col("status") != "used").height),
        words.with_unit(share, "%", lang),
    ]
    return [toned(text, tone) for text in texts]


# In words


def quality(
    years: pl.DataFrame, items: pl.DataFrame, plan: Plan, catalog: Catalog, *, what: str, lang: str
) -> Sentence:
    """How many of some sources comply, fail or are open by the rule that counts; and what stands apart."""
    rule = catalog.setting(plan, catalog.source_assessment.year_rule)
    chosen = rule.choices[str(rule.choice)].in_language(lang)
    idle = sum(_is_idle(r) for r in years.select("occasions", "quarters_out_of_use").to_dicts())
    yes, no = (years.filter(pl.col("complies") == found).height for found in (True, False))
    still = years.height - yes - no - idle
    counted = either(
        lang,
        f"{what}{years.height}个，按“{chosen}”：达标{yes}个，超标{no}个，待定{still}个，全年停用{idle}个。",
        f"{what}: {years.height}. By the rule “{chosen}” {yes} comply, {no} fail, {still} are open, {idle} were out of "
        "use all year.",
    )
    mine = items.join(years.select("entity_id"), on="entity_id", how="semi").filter(pl.col("status") == "fails")
    return Sentence(counted + _apart(mine, lang))


def _apart(items: pl.DataFrame, lang: str) -> str:
    """How many sources have an item beyond its limit that does not count."""
    background, reference = (items.filter(kind)["entity_id"].n_unique() for kind in ("is_background", "is_reference"))
    told = [
        (
            background,
            "{}个水源有本底值项目超过限值，另列，不计超标。",
            " With natural background beyond its limit, apart: {}.",
        ),
        (
            reference,
            "{}个水源的参考项目（总氮、粪大肠菌群）超过限值，不参加评价。",
            " With an item shown for reference (total nitrogen, faecal coliforms) beyond its limit, not counted: {}.",
        ),
    ]
    return "".join(either(lang, zh, en).format(number) for number, zh, en in told if number)
