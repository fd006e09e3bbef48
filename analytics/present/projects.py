"""Works and projects: of each kind how many have reached which stage, and by city what they cost and who pays."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.indicator import ByStage
from analytics.catalog.models import DATED_STAGES, STAGES
from analytics.catalog.plan import Plan
from analytics.present import numbers, words
from analytics.present.tables import Cell, Table, aligned, or_one, toned
from analytics.present.words import either

_NOTHING = "—"
_MONEY = "万元"
_ELSEWHERE = ""
_DONE = STAGES[STAGES.index("completed") :]


def by_stage(works: pl.DataFrame, plan: Plan, catalog: Catalog, lang: str, *, year: int) -> Table:
    """Of each kind of works how many stand at which stage, and how many were verified on site.

    `works` has the columns of works_of_year; of a work that was told of twice the last row counts. What reached its
    stage before the `year` stands here and is not counted among what was done in it: the note says how many.
    """
    last = works.unique(["item", "area_id", "entity_id"], keep="last", maintain_order=True)
    rows: list[list[Cell]] = []
    for item, spec in catalog.items.items():
        mine = last.filter(pl.col("item") == item)
        if spec.label is None or mine.is_empty():
            continue
        counts: dict[Any, int] = dict(mine.group_by("stage").len().iter_rows())
        on_site = mine.filter(evidence_grade="verified_on_site").height
        rows.append(
            [
                spec.label.in_language(lang),
                catalog.called([spec.department], lang)[0],
                toned(f"{mine.height:,}", "strong"),
                *(f"{counts[stage]:,}" if stage in counts else _NOTHING for stage in STAGES),
                f"{on_site:,}" if on_site else _NOTHING,
            ]
        )
    choices = catalog.fields["stage"].choices
    stages = [choices[stage].label.in_language(lang) for stage in STAGES]
    verified = words.word("grade", "verified_on_site", lang)
    labels = [*either(lang, "工程类别|报送部门|个数", "Kind|Department|Number").split("|"), *stages, verified]
    columns = aligned(labels, "llr" + "r" * (len(STAGES) + 1), (2.0, 1.2, 0.7, *[0.8] * len(STAGES), 0.9))
    note = either(
        lang,
        "按年末报送的阶段计数；阶段与佐证等级为报送单位所填。",
        "By the stage told for the year; stage and evidence are as those who sent them say.",
    )
    note += _done_earlier(last, plan, catalog, lang, year=year)
    nothing = either(lang, "没有工程", "No works")
    return Table(either(lang, "各类工程所处阶段", "Works by stage"), columns, or_one(rows, nothing, len(columns)), note)


def _done_earlier(works: pl.DataFrame, plan: Plan, catalog: Catalog, lang: str, *, year: int) -> str:
    """Why a figure counts fewer works than stand at its stage: those that reached it before the year."""
    told = []
    for target in plan.targets():
        indicator = catalog.indicators[target.indicator]
        if not isinstance(indicator.numerator, ByStage) or indicator.population.named == "works":
            continue
        wanted = STAGES.index(indicator.numerator.reaches)
        if not wanted:  # preparation has no day
            continue
        dated = [f"{stage}_on" for stage in DATED_STAGES if STAGES.index(stage) >= wanted]
        mine = works.filter(
            (pl.col("item") == indicator.numerator.undertaking) & pl.col("stage").is_in(STAGES[wanted:])
        )
        earlier = mine.filter(pl.coalesce(pl.lit(None, pl.Date), *dated) < date(year, 1, 1)).height
        if earlier:
            stage = catalog.fields["stage"].choices[indicator.numerator.reaches].label.in_language(lang)
            name = f"{target.code} {indicator.name.in_language(lang)}"
            zh = f"{name}：已{stage}的{mine.height}个中，{earlier}个在{year}年以前{stage}，不计入本年度"
            en = f"{name}: of {mine.height} that are {stage}, {earlier} were so before {year} and do not count for it"
            told.append(either(lang, zh, en))
    return either(lang, "", " ") + either(lang, "；", "; ").join(told) + either(lang, "。", ".") if told else ""


def by_city(works: pl.DataFrame, item: str, catalog: Catalog, lang: str) -> Table:
    """One kind of works by city: how many, how many are completed, and the money of each source [万元].

    The sources of money are the attributes of the work whose unit is 万元; one that nobody gave an amount for in a
    city stays a dash, never nothing.
    """
    last = works.filter(pl.col("item") == item).unique(["area_id", "entity_id"], keep="last", maintain_order=True)
    funds = _funds(item, catalog)
    cities = [catalog.city_of(area) or _ELSEWHERE for area in last["area_id"]]
    placed = last.with_columns(city=pl.Series(cities, dtype=pl.String))
    rows: list[list[Cell]] = []
    for city in dict.fromkeys(sorted(cities)):
        rows.append(_city_row(city, placed.filter(city=city), funds, catalog, lang))
    if len(rows) > 1:
        rows.append(_city_row(None, placed, funds, catalog, lang))
    labels = either(lang, "市|个数|已开工|已完工|入库后未开工", "City|Number|Started|Completed|Not started").split("|")
    labels += [catalog.fields[f].label.in_language(lang) + either(lang, "（万元）", " (10⁴ yuan)") for f in funds]
    columns = aligned(labels, "l" + "r" * (len(labels) - 1), (1.2, *[0.8] * 4, *[1.1] * len(funds)))
    label = catalog.items[item].label
    title = label.in_language(lang) if label else item
    nothing = either(lang, "尚未报送", "nothing delivered")
    return Table(either(lang, f"{title}（按市）", f"{title} by city"), columns, or_one(rows, nothing, len(columns)))


def _funds(item: str, catalog: Catalog) -> list[str]:
    """The attributes of a kind of works that are money, as its form has them."""
    forms = [s.undertaking for s in catalog.sources.values() if s.undertaking and s.undertaking.item == item]
    named = [name for form in forms for name in form.attributes]
    return [name for name in dict.fromkeys(named) if catalog.fields[name].unit == _MONEY]


def _city_row(city: str | None, mine: pl.DataFrame, funds: list[str], catalog: Catalog, lang: str) -> list[Cell]:
    """A row of one city; without one that of all together."""
    told = [json.loads(text) for text in mine["attributes"]]
    started = mine.filter(pl.col("stage") != "preparation").height
    whole = either(lang, "合计", "Together")
    name = whole if city is None else catalog.areas[city].name.in_language(lang) if city else _NOTHING
    return [
        toned(name, "strong") if city is None else name,
        f"{mine.height:,}",
        f"{started:,}",
        f"{mine.filter(pl.col('stage').is_in(_DONE)).height:,}",
        f"{mine.filter(pl.col('stage') == 'preparation').height:,}",
        *(_sum([t.get(fund) for t in told]) for fund in funds),
    ]


def _sum(amounts: list[Any]) -> str:
    known = [float(a) for a in amounts if a is not None]
    return numbers.print_value(sum(known), decimals=0) if known else _NOTHING
