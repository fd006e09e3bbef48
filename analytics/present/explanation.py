"""A number led back to its clause, members, rows and files, as tables."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.models import FieldSpec
from analytics.present import numbers, words
from analytics.present.given import in_words
from analytics.present.prose import clause_name
from analytics.present.tables import Cell, Column, Table, or_one, toned
from analytics.present.targets import answers, held_against, long_date
from analytics.present.words import either

_MOST_ROWS = 60


def explanation_tables(found: Any, catalog: Catalog, lang: str) -> list[Table]:
    """What `pipeline.explain` found: the number, the members behind it, the rows with file and place."""
    return [_number(found, catalog, lang), _members(found.members, lang), _rows(found, catalog, lang)]


def _number(found: Any, catalog: Catalog, lang: str) -> Table:
    value = found.value
    lines: list[list[Cell]] = [
        [either(lang, "编号", "Number"), value["number_id"]],
        [
            either(lang, "数值", "Value"),
            toned(words.with_unit(value["value_printed"], value["unit"], lang), "strong"),
        ],
        [either(lang, "判定", "Verdict"), toned(words.word("verdict", value["verdict"], lang), value["verdict"])],
        [either(lang, "目标", "Target"), held_against(value, found.target, catalog, lang)],
        [
            either(lang, "承诺", "Promise"),
            f"{found.plan.document} {clause_name(found.clause, lang)}{either(lang, '：', ': ')}"
            f"{found.target.statement.in_language(lang)}",
        ],
        [either(lang, "算法", "Formula"), found.indicator.formula.in_language(lang)],
        [either(lang, "计入 / 应计", "Counted / expected"), numbers.counted(value)],
        [either(lang, "答复单位", "Answers"), answers(found.target, catalog, lang)],
        *_said_since(found, catalog, lang),
    ]
    columns = [Column("", "left", 1), Column(value["scope_name"], "left", 4)]
    return Table(found.indicator.name.in_language(lang), columns, lines)


def _said_since(found: Any, catalog: Catalog, lang: str) -> list[list[Cell]]:
    lines: list[list[Cell]] = []
    for entry in found.said_since:
        what, told = in_words(entry, found.plan, catalog, lang)
        source = f"{entry.source} {long_date(entry.date, lang)}"
        lines.append([what, either(lang, f"{told}（{source}）", f"{told} ({source})")])
    return lines


def _members(members: pl.DataFrame, lang: str) -> Table:
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
    nothing = either(lang, "没有应计的成员", "No members")
    note = _cut(members.height, lang)
    return Table(either(lang, "成员", "Members"), columns, or_one(rows, nothing, len(columns)), note)


def _rows(found: Any, catalog: Catalog, lang: str) -> Table:
    files = {f["snapshot"]: f for f in found.files.iter_rows(named=True)}
    names = dict(found.members.select("entity_id", "name").iter_rows())
    rows: list[list[Cell]] = [
        [
            files[r["snapshot"]]["file"],
            f"{r['sheet']} {r['row']}",
            names.get(r["entity_id"], "—"),
            *_with_besides(_delivered(r["item"], r["value"], catalog, lang), r["attributes"], catalog, lang),
            files[r["snapshot"]]["sha256"][:12],
            long_date(files[r["snapshot"]]["received"], lang),
        ]
        for r in found.rows.head(_MOST_ROWS).iter_rows(named=True)
    ]
    labels = either(
        lang,
        "文件|表与行|成员|项目|报送值|校验和|收到",
        "File|Sheet and row|Member|Item|Delivered|Checksum|Received",
    )
    weights = (2.4, 1.2, 1.3, 1.3, 1.0, 1.0, 1.2)
    columns = [Column(n, "left", w) for n, w in zip(labels.split("|"), weights, strict=True)]
    nothing = either(lang, "没有来源行", "No rows")
    note = _cut(found.rows.height, lang) + _corrected(found.corrections, catalog, lang)
    return Table(either(lang, "来源行", "Source rows"), columns, or_one(rows, nothing, len(columns)), note)


def _with_besides(told: tuple[str, str], besides: str | None, catalog: Catalog, lang: str) -> tuple[str, str]:
    """Item and value, followed by what the row tells besides: of evidence who sent it and what it is called."""
    item, value = told
    more = json.loads(besides) if besides else {}
    said = [f"{words.field_label(catalog.fields[k], lang)}{either(lang, '：', ': ')}{v}" for k, v in more.items()]
    return item, either(lang, "；", "; ").join([value, *said])


def _delivered(item: str, value: str | None, catalog: Catalog, lang: str) -> tuple[str, str]:
    """Item and value of a fact in the reader's words; a reading as it was delivered."""
    field = _fields_of_items(catalog).get(item)
    if field is None:
        return words.field_label(catalog.parameters[item], lang), value or "—"
    if value is None:
        return words.field_label(field, lang), "—"
    if field.type == "text":
        return words.field_label(field, lang), value
    if not field.choices:
        printed = words.with_unit(numbers.print_exact(float(value)), field.unit or "1", lang)
        return words.field_label(field, lang), printed
    code, _, completed = value.partition(" ")
    day = long_date(date.fromisoformat(completed), lang) if completed else ""
    after = either(lang, f"（{day}完工）", f" (completed {day})") if day else ""
    return words.field_label(field, lang), words.field_label(field.choices[code], lang) + after


def _fields_of_items(catalog: Catalog) -> dict[str, FieldSpec]:
    """Of each amount, state and work the field of the form in which it is delivered."""
    found: dict[str, FieldSpec] = {}
    for source in catalog.sources.values():
        found |= {i.item: catalog.fields[i.field] for i in (*source.amounts, *source.states)}
        if source.undertaking:
            found[source.undertaking.item] = catalog.fields[source.undertaking.stage]
    return found


def _corrected(corrections: pl.DataFrame, catalog: Catalog, lang: str) -> str:
    """One sentence for each cell among the rows that was corrected."""
    nothing = either(lang, "（空）", "(nothing)")
    told = []
    for c in corrections.iter_rows(named=True):
        what = words.field_label(catalog.parameters.get(c["what"]) or catalog.fields[c["what"]], lang)
        old, new = (c[k] or nothing for k in ("delivered", "corrected"))
        place, why = f"{c['file']} {c['sheet']} {c['row']}", (c["reason"], c["said_by"])
        zh = f"{place}：{what}由{old}更正为{new}（{'；'.join(why)}）。"
        en = f" {place}: {what} corrected from {old} to {new} ({'; '.join(why)})."
        told.append(either(lang, zh, en))
    return "".join(told).lstrip()


def _cut(count: int, lang: str) -> str:
    if count <= _MOST_ROWS:
        return ""
    return either(lang, f"共{count}行，列出前{_MOST_ROWS}行。", f"{count} rows, the first {_MOST_ROWS} shown.")
