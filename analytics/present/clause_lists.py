"""The lists that clauses speak of, a row to each: works by name, entries that were sent, areas judged by themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.indicator import NOT_LISTED, ByEntry, ByStage, Indicator
from analytics.catalog.named_works import work_meant, works_named
from analytics.catalog.plan import Target
from analytics.present import words
from analytics.present.lists import area_at
from analytics.present.prose import scope_name
from analytics.present.reasons import why_open
from analytics.present.shortfalls import MOST_NAMES, missing
from analytics.present.tables import Cell, Table, aligned, or_one, toned
from analytics.present.targets import long_date
from analytics.present.words import either

_NOTHING = "—"
_OPEN_LAST = ("not_met", "met_late", "undecided", "no_data", "not_delivered")


def list_of(
    target: Target,
    catalog: Catalog,
    lang: str,
    *,
    values: pl.DataFrame,
    members: pl.DataFrame,
    works: pl.DataFrame,
    entries: pl.DataFrame,
) -> Table | None:
    """The list behind a figure: its named works, its entries, or the areas that fall short; none where it has none.

    Parameters
    ----------
    values, members
        Rows of indicator_value and of figure_member of the target's code within the area.
    works
        Columns of works_of_year.
    entries
        Columns of entries_of_year, with `name` and `area_id` of whom each is about.
    """
    indicator = catalog.indicators[target.indicator]
    if indicator.population.named == "works" and isinstance(indicator.numerator, ByStage):
        of_item = works.filter(pl.col("item") == indicator.numerator.undertaking)
        year = values["period_start"].dt.year().first() if values.height else None
        due = target.deadline.get(int(str(year))) if year else None
        if members.is_empty():
            return None
        return _works(target, indicator, members, of_item, due=due, catalog=catalog, lang=lang)
    if isinstance(indicator.numerator, ByEntry) and indicator.population.whole:
        said = pl.coalesce("value_code", "value_text")
        mine = entries.filter((pl.col("item") == indicator.numerator.listed) & ~said.is_in(NOT_LISTED))
        return _entries(target, indicator, mine, catalog, lang) if mine.height else None
    if isinstance(indicator.numerator, ByEntry):
        return _on_the_list(target, indicator, members, catalog, lang)
    if target.level != "province":
        return _areas(target, indicator, values, catalog, lang)
    return None


def _title(target: Target, indicator: Indicator, lang: str, zh: str, en: str) -> str:
    name = (target.name or indicator.name).in_language(lang)
    return f"{target.code} {name}{either(lang, zh, en)}"


# Works


def _works(
    target: Target,
    indicator: Indicator,
    members: pl.DataFrame,
    works: pl.DataFrame,
    *,
    due: date | None,
    catalog: Catalog,
    lang: str,
) -> Table:
    """Each work that the text names or an open list has grown by: place, stage, its day, by when, on whose word."""
    stages, reaches = catalog.fields["stage"].choices, getattr(indicator.numerator, "reaches", "")
    named = [key for key, _, _ in works_named(target, catalog)]
    told = {
        work_meant(target, (w["area_id"], w["name"], _besides(w).get("river")), catalog) or w["entity_id"]: w
        for w in works.iter_rows(named=True)
    }
    ordered = sorted(members.iter_rows(named=True), key=lambda m: (m["entity_id"] not in named, m["entity_id"]))
    rows: list[list[Cell]] = []
    for m in ordered:
        work = told.get(m["entity_id"], {})
        place = m["area_id"] or work.get("area_id")
        own_day = _besides(work).get("due_on") if work else None
        rows.append(
            [
                _work_name(m, work, is_named=m["entity_id"] in named, is_open=bool(target.works), lang=lang),
                _place(place, catalog, lang),
                stages[work["stage"]].label.in_language(lang) if work.get("stage") else _NOTHING,
                long_date(m["reached_on"], lang) if m["reached_on"] else _NOTHING,
                _day(date.fromisoformat(own_day) if own_day else due, lang),
                words.word("grade", m["evidence_grade"], lang) if m["evidence_grade"] else _NOTHING,
                toned(words.word("verdict", m["verdict"], lang), m["verdict"]) if m["verdict"] else _NOTHING,
            ]
        )
    reached = stages[reaches].label.in_language(lang)
    labels = either(
        lang, f"工程|所在地|当前阶段|{reached}日期|期限|佐证|判定", f"Work|Place|Stage|{reached} on|By|Evidence|Verdict"
    )
    columns = aligned(labels, "llccccc", (1.9, 1.3, 0.9, 1.2, 1.2, 0.9, 1.0))
    shown = [n for n in range(len(columns)) if any(row[n] != _NOTHING for row in rows)]
    return Table(
        _title(target, indicator, lang, "：逐项", ", one by one"),
        [columns[n] for n in shown],
        [[row[n] for n in shown] for row in rows],
        _grown(target, members, lang),
    )


def _work_name(member: Mapping[str, Any], work: Mapping[str, Any], *, is_named: bool, is_open: bool, lang: str) -> str:
    name = str(work.get("name") or member["name"])
    return name if is_named or not is_open else name + either(lang, "（增列）", " (added)")


def _grown(target: Target, members: pl.DataFrame, lang: str) -> str:
    """How many works the text names, and by how many its open list has grown."""
    named, more = len(target.works), members.height - len(target.works)
    if not named or not more:
        return ""
    return either(
        lang,
        f"原文点名{named}个；清单以“等”字收尾，另有报送的{more}个列入（标“增列”），一并列出。",
        f"The text names {named}; its list is open, and {more} more were delivered for it, judged with the others.",
    )


# Entries


def _entries(target: Target, indicator: Indicator, entries: pl.DataFrame, catalog: Catalog, lang: str) -> Table:
    """Each entry with whom it is about, what its form tells besides, and what it says."""
    item = indicator.numerator.names[0]
    state = next(s for source in catalog.sources.values() for s in source.states if s.item == item)
    by_name = entries["name"].count() > 0
    rows: list[list[Cell]] = []
    for entry in entries.iter_rows(named=True):
        besides = _besides(entry)
        place = _place(entry["area_id"], catalog, lang)
        rows.append(
            [
                *([entry["name"] or _NOTHING] if by_name else []),
                place,
                *(_told(besides.get(field), catalog.fields[field].unit, lang) for field in state.attributes),
                str(entry["value_code"] or entry["value_text"] or _NOTHING),
            ]
        )
    about = [either(lang, "断面", "Section")] if by_name else []
    labels = [
        *about,
        either(lang, "地区", "Area"),
        *(words.field_label(catalog.fields[field], lang) for field in state.attributes),
        words.field_label(catalog.fields[state.field], lang),
    ]
    weights = (*[1.4] * len(about), 1.3, *[1.2] * len(state.attributes), 2.2)
    columns = aligned(labels, "l" * len(labels), weights)
    return Table(_title(target, indicator, lang, "：逐件", ", one by one"), columns, rows)


def _on_the_list(target: Target, indicator: Indicator, members: pl.DataFrame, catalog: Catalog, lang: str) -> Table:
    """The members of a register that are on a list; where nobody is, why: the rule is lacking, or nobody keeps it."""
    listed = members.filter((pl.col("status") == "used") & (pl.col("numerator") == 1)).sort("area_id", "entity_id")
    rows: list[list[Cell]] = [
        [str(m["name"]), _place(m["area_id"], catalog, lang)] for m in listed.iter_rows(named=True)
    ]
    open_ones = members.filter(~pl.col("status").is_in(["used", "excluded"]))
    why = [text for r in open_ones["reason"].drop_nulls().unique().sort() if (text := why_open(r, lang))]
    waits = words.joined(list(dict.fromkeys(why)), lang) or either(lang, "尚无可用数据", "no usable data")
    nobody = either(lang, "没有列入的对象", "Nobody is listed")
    if open_ones.height == members.height:
        nobody = either(lang, f"暂不能列名：{waits}", f"Nobody can be listed yet: {waits}")
    columns = aligned(either(lang, "名称|所在地", "Name|Place"), "ll", (2.0, 2.0))
    title = _title(target, indicator, lang, "：列名", ", by name")
    others = either(lang, f"另有{open_ones.height}个暂不能判定。", f"{open_ones.height} more cannot be judged yet.")
    note = others if 0 < open_ones.height < members.height else ""
    return Table(title, columns, or_one(rows, nobody, len(columns)), note)


def _told(value: Any, unit: str | None, lang: str) -> str:
    if value is None or value == "":
        return _NOTHING
    return words.with_unit(f"{value:,g}" if isinstance(value, int | float) else str(value), unit or "1", lang)


# Areas


def _areas(target: Target, indicator: Indicator, values: pl.DataFrame, catalog: Catalog, lang: str) -> Table | None:
    """The areas that fall short of what the text sets for each, where they are more than a cell has room for."""
    of_level = values.filter(pl.col("scope_kind") == target.level).sort("scope_id")
    short = of_level.filter(pl.col("verdict").is_in(_OPEN_LAST))
    if short.height <= MOST_NAMES:
        return None
    rows: list[list[Cell]] = [
        [
            area_at(row["scope_id"], "city", catalog, lang),
            scope_name(row, catalog, lang),
            toned(words.with_unit(row["value_printed"], row["unit"], lang), "strong"),
            missing(row, indicator, catalog, lang) or _NOTHING,
            toned(words.word("verdict", row["verdict"], lang), row["verdict"]),
        ]
        for row in short.iter_rows(named=True)
    ]
    level = words.word("scope", target.level, lang)
    labels = either(lang, f"市|{level}|数值|差额|判定", f"City|{level}|Value|Short by|Verdict")
    columns = aligned(labels, "llrrc", (1.0, 1.2, 0.9, 1.3, 1.0))
    return Table(
        _title(target, indicator, lang, "：未达到与待定的逐个", ": short or open, one by one"),
        columns,
        rows,
        either(lang, "", " ").join(_others(of_level, catalog, lang)),
    )


def _others(of_level: pl.DataFrame, catalog: Catalog, lang: str) -> Iterator[str]:
    """The areas that are not in the table, by verdict."""
    others = of_level.filter(~pl.col("verdict").is_in(_OPEN_LAST))
    for verdict in words.codes("verdict"):
        mine = others.filter(pl.col("verdict") == verdict)
        if mine.height:
            names = words.joined([scope_name(row, catalog, lang) for row in mine.iter_rows(named=True)], lang)
            told = words.word("verdict", verdict, lang)
            yield either(lang, f"{told}{mine.height}个：{names}。", f"{mine.height} {told}: {names}.")


def _besides(row: Mapping[str, Any]) -> dict[str, Any]:
    return dict(json.loads(row["attributes"])) if row.get("attributes") else {}


def _day(day: date | None, lang: str) -> str:
    return long_date(day, lang) if day else _NOTHING


def _place(area_id: str | None, catalog: Catalog, lang: str) -> str:
    """City and county in Chinese, the county in English; a dash where it lies nobody knows."""
    if area_id is None or area_id not in catalog.areas:
        return _NOTHING
    area = catalog.areas[area_id]
    if lang == "en":
        return area.name.en
    return catalog.path_of(area).removeprefix(area_at(area_id, "province", catalog, lang)) or area.name.zh
