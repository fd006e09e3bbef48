"""Leads for warning and accountability: where figures fell short, to be verified before anybody answers for it."""

from __future__ import annotations

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.indicator import ByShortfall
from analytics.catalog.plan import Plan, Target
from analytics.present import words
from analytics.present.prose import scope_name
from analytics.present.tables import Cell, Column, Table, or_one
from analytics.present.targets import figure_name
from analytics.present.words import either


def leads(members: pl.DataFrame, values: pl.DataFrame, plan: Plan, catalog: Catalog, lang: str) -> Table:
    """Areas that a list of shortfalls points at, with the figures that fell short there and how far each came.

    `members` has the columns of figure_member, `values` those of indicator_value.
    """
    codes = [t.code for t in plan.targets() if isinstance(catalog.indicators[t.indicator].numerator, ByShortfall)]
    named = members.filter(pl.col("code").is_in(codes) & (pl.col("numerator") > 0) & pl.col("reason").is_not_null())
    rows: list[list[Cell]] = []
    for row in named.sort("code", "entity_id").iter_rows(named=True):
        short = [catalog.target(code, plan) for code in str(row["reason"]).split("、")]
        names = [_told(t, row["entity_id"], members, values, catalog=catalog, lang=lang) for t in short]
        statement = catalog.target(row["code"], plan).statement.in_language(lang)
        area = catalog.areas[row["entity_id"]].name.in_language(lang)
        rows.append([row["code"], statement, area, either(lang, "；", "; ").join(names)])
    labels = either(lang, "编号|线索|地区|涉及的指标", "Code|Lead|Area|Figures behind it").split("|")
    columns = [Column(n, "left", w) for n, w in zip(labels, (0.5, 1.4, 0.9, 3.2), strict=True)]
    shapes = {t.code: catalog.indicators[t.indicator].numerator for t in plan.targets()}
    asked = {code: words.joined(shape.names, lang) for code, shape in shapes.items() if isinstance(shape, ByShortfall)}
    note = either(lang, "线索供核实，不是结论。", "Leads await verification; they are not findings.")
    for code, figures in asked.items():
        note += either(lang, f"{code}只就{figures}提出，", f" {code} asks of {figures}.")
    note += either(lang, "且只就其中已报送的。", " Of these, what was delivered.") if asked else ""
    note += _without_target({c for s in shapes.values() if isinstance(s, ByShortfall) for c in s.names}, values, lang)
    title = either(lang, "预警与问责线索", "Leads for warning and accountability")
    return Table(title, columns, or_one(rows, either(lang, "没有线索", "No leads"), len(columns)), note)


def _told(
    target: Target, area: str, members: pl.DataFrame, values: pl.DataFrame, *, catalog: Catalog, lang: str
) -> str:
    """A figure that fell short in an area: its value there, or the works and places within it that are short."""
    name = f"{target.code} {figure_name(target, catalog, lang)}"
    mine = values.filter((pl.col("code") == target.code) & (pl.col("scope_kind") != "province"))
    own = mine.filter((pl.col("scope_id") == area) & pl.col("value").is_not_null()).head(1)
    if own.height:
        told = [words.with_unit(own["value_printed"][0], own["unit"][0], lang)]
    else:
        works = members.filter((pl.col("code") == target.code) & (pl.col("verdict") == "not_met"))
        short = mine.filter((pl.col("verdict") == "not_met") & (pl.col("scope_kind") == target.level))
        told = [str(m["name"]) for m in works.to_dicts() if m["area_id"] and catalog.lies_in(m["area_id"], area)]
        told += [
            f"{scope_name(r, catalog, lang)} {words.with_unit(r['value_printed'], r['unit'], lang)}"
            for r in short.to_dicts()
            if r["scope_id"] in catalog.areas and catalog.lies_in(r["scope_id"], area)
        ]
    if not told:
        return name
    listed = words.joined(told, lang)
    return either(lang, f"{name}（{listed}）", f"{name} ({listed})")


def _without_target(codes: set[str], values: pl.DataFrame, lang: str) -> str:
    """Figures that nobody has set a target for: whatever was left undone in an area is a lead."""
    of_whole = values.filter((pl.col("scope_kind") == "province") & pl.col("code").is_in(sorted(codes)))
    judged = set(of_whole.filter(pl.col("verdict") != "no_target")["code"])
    free = sorted(set(of_whole["code"]) - judged)
    if not free:
        return ""
    listed = words.joined(free, lang)
    return either(
        lang,
        f"{listed}未设目标：只要没有全部完成即列出。",
        f" {listed}: no target is set, and whatever is left undone is told.",
    )
