"""A number led back to its clause, members, rows and files, as tables."""

from __future__ import annotations

from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.present import numbers, words
from analytics.present.prose import long_date, promised
from analytics.present.tables import Cell, Column, Table, toned
from analytics.present.words import either

_MOST_ROWS = 60


def explanation_tables(found: Any, catalog: Catalog, lang: str) -> list[Table]:
    """What `pipeline.explain` found: the number, the members behind it, the rows with file and place."""
    return [_number(found, lang), _members(found.members, catalog, lang), _rows(found, lang)]


def _number(found: Any, lang: str) -> Table:
    value = found.value
    lines: list[list[Cell]] = [
        [either(lang, "编号", "Number"), value["number_id"]],
        [
            either(lang, "数值", "Value"),
            toned(words.with_unit(value["value_printed"], value["unit"], lang), "strong"),
        ],
        [either(lang, "判定", "Verdict"), toned(words.word("verdict", value["verdict"], lang), value["verdict"])],
        [either(lang, "目标", "Target"), promised(found.target, value["target"], value["unit"], lang)],
        [
            either(lang, "承诺", "Promise"),
            f"{found.plan.document} {found.clause.clause}: {found.target.statement.in_language(lang)}",
        ],
        [either(lang, "算法", "Formula"), found.indicator.formula.in_language(lang)],
        [either(lang, "计入 / 应计", "Counted / expected"), f"{value['used']} / {value['expected']}"],
    ]
    columns = [Column("", "left", 1), Column(value["scope_name"], "left", 4)]
    return Table(found.indicator.name.in_language(lang), columns, lines)


def _members(members: pl.DataFrame, catalog: Catalog, lang: str) -> Table:
    rows: list[list[Cell]] = [
        [
            m["name"],
            numbers.print_value(m["numerator"], decimals=0),
            numbers.print_value(m["denominator"], decimals=0),
            words.word("status", m["status"], lang),
        ]
        for m in members.head(_MOST_ROWS).iter_rows(named=True)
    ]
    labels = either(lang, "成员|分子|分母|情形", "Member|Numerator|Denominator|Situation").split("|")
    columns = [Column(n, "right" if i in (1, 2) else "left") for i, n in enumerate(labels)]
    return Table(either(lang, "成员", "Members"), columns, rows or [["—", "", "", ""]], _cut(members.height, lang))


def _rows(found: Any, lang: str) -> Table:
    files = {f["snapshot"]: f for f in found.files.iter_rows(named=True)}
    rows: list[list[Cell]] = [
        [
            files[r["snapshot"]]["file"],
            f"{r['sheet']} {r['row']}",
            str(r["value"] or "—"),
            files[r["snapshot"]]["sha256"][:12],
            long_date(files[r["snapshot"]]["received"], lang),
        ]
        for r in found.rows.head(_MOST_ROWS).iter_rows(named=True)
    ]
    labels = either(lang, "文件|表与行|报送值|校验和|收到", "File|Sheet and row|Delivered|Checksum|Received").split("|")
    columns = [Column(n, "left", w) for n, w in zip(labels, (2.4, 1.2, 1.0, 1.0, 1.2), strict=True)]
    return Table(
        either(lang, "来源行", "Source rows"),
        columns,
        rows or [["—"] + [""] * 4],
        _cut(found.rows.height, lang),
    )


def _cut(count: int, lang: str) -> str:
    if count <= _MOST_ROWS:
        return ""
    return either(lang, f"共{count}行，列出前{_MOST_ROWS}行。", f"{count} rows, the first {_MOST_ROWS} shown.")
