"""Leads for warning and accountability: where figures fell short, to be verified before anybody answers for it."""

from __future__ import annotations

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.indicator import ByShortfall
from analytics.catalog.plan import Plan
from analytics.present import words
from analytics.present.tables import Cell, Column, Table, or_one
from analytics.present.words import either


def leads(members: pl.DataFrame, plan: Plan, catalog: Catalog, lang: str) -> Table:
    """Areas that a list of shortfalls points at, with the figures that fell short there.

    `members` has the columns of figure_member.
    """
    codes = [t.code for t in plan.targets() if isinstance(catalog.indicators[t.indicator].numerator, ByShortfall)]
    named = members.filter(pl.col("code").is_in(codes) & (pl.col("numerator") > 0) & pl.col("reason").is_not_null())
    rows: list[list[Cell]] = []
    for row in named.sort("code", "entity_id").iter_rows(named=True):
        short = [catalog.target(code, plan) for code in str(row["reason"]).split("、")]
        names = [f"{t.code} {catalog.indicators[t.indicator].name.in_language(lang)}" for t in short]
        statement = catalog.target(row["code"], plan).statement.in_language(lang)
        area = catalog.areas[row["entity_id"]].name.in_language(lang)
        rows.append([row["code"], statement, area, words.joined(names, lang)])
    labels = either(lang, "编号|线索|地区|涉及的指标", "Code|Lead|Area|Figures behind it").split("|")
    columns = [Column(n, "left", w) for n, w in zip(labels, (0.5, 1.4, 0.9, 3.2), strict=True)]
    shapes = {t.code: catalog.indicators[t.indicator].numerator for t in plan.targets()}
    asked = {code: words.joined(shape.names, lang) for code, shape in shapes.items() if isinstance(shape, ByShortfall)}
    note = either(lang, "线索供核实，不是结论。", "Leads await verification; they are not findings.")
    for code, figures in asked.items():
        note += either(lang, f"{code}只就{figures}提出，", f" {code} asks of {figures}.")
    note += either(lang, "且只就其中已报送的。", " Of these, what was delivered.") if asked else ""
    title = either(lang, "预警与问责线索", "Leads for warning and accountability")
    return Table(title, columns, or_one(rows, either(lang, "没有线索", "No leads"), len(columns)), note)
