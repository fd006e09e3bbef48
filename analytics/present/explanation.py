"""A number led back to its clause, members, rows and files, as tables."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.indicator import EACH_AREA
from analytics.catalog.models import FieldSpec
from analytics.present import numbers, unmet_reasons, what_was_found, words
from analytics.present.bounds import span
from analytics.present.given import in_words
from analytics.present.prose import clause_name, scope_name
from analytics.present.reasons import why_open
from analytics.present.tables import Cell, Column, Table, or_one, toned
from analytics.present.targets import answers, held_against, long_date
from analytics.present.words import either

_MOST_ROWS = 60


def explanation_tables(found: Any, catalog: Catalog, lang: str, *, most: int = _MOST_ROWS) -> list[Table]:
    """What `pipeline.explain` found: the number, the members behind it, the rows with their place, the files.

    Of members and rows the first `most` are shown. Files that were refused have a table where there are some.
    """
    tables = [
        _number(found, catalog, lang),
        _members(found, lang, most),
        _files(found.files, lang),
        _rows(found, catalog, lang, most),
    ]
    return [*tables[:3], *([_refused(found.refused, lang)] if found.refused.height else []), tables[3]]


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
        *_lies_between(found, lang),
        [either(lang, "计入 / 应计", "Counted / expected"), numbers.counted(value)],
        [either(lang, "截止", "Due"), long_date(found.due, lang)],
        [either(lang, "答复单位", "Answers"), answers(found.target, catalog, lang)],
        *_said_since(found, catalog, lang),
        *_reasons(found, catalog, lang),
    ]
    columns = [Column("", "left", 1), Column(scope_name(value, catalog, lang), "left", 4)]
    return Table(found.indicator.name.in_language(lang), columns, lines)


def _said_since(found: Any, catalog: Catalog, lang: str) -> list[list[Cell]]:
    lines: list[list[Cell]] = []
    for entry in found.said_since:
        what, told = in_words(entry, found.plan, catalog, lang)
        source = f"{entry.source} {long_date(entry.date, lang)}"
        lines.append([what, either(lang, f"{told}（{source}）", f"{told} ({source})")])
    return lines


def _reasons(found: Any, catalog: Catalog, lang: str) -> list[list[Cell]]:
    """What departments sent on why the figure was not met; nothing where nobody did, or where it was met."""
    code, scope = found.target.code, found.value["scope_id"]
    reasons = unmet_reasons.reasons_of(found.plan, catalog, found.reasons, {(code, scope): found.value["verdict"]})
    sent = [reason for reason in unmet_reasons.about(reasons, code, scope, catalog) if reason.sent_by]
    if not sent:
        return []
    told = unmet_reasons.in_a_cell(sent, catalog, lang, with_source=True)
    return [[either(lang, "未达到原因", "Why not met"), told]]


def _lies_between(found: Any, lang: str) -> list[list[Cell]]:
    """What bounds a number that is not sure."""
    value = found.value
    decimals = 0 if value["stratum"] == EACH_AREA else found.indicator.decimals
    ends = (value["low"], value["high"])
    if (value["value"] is None and ends == (None, None)) or (None not in ends and numbers.stands_on(*ends)):
        return []
    if None in ends and value["value"] is not None:
        return [[either(lang, "可能范围", "Lies between"), span(value, found.indicator, lang)]]
    printed = [numbers.print_bound(end, decimals=decimals, is_low=n == 0) for n, end in enumerate(ends)]
    told = either(lang, "～", " to ").join(printed)
    return [[either(lang, "可能范围", "Lies between"), words.with_unit(told, value["unit"], lang)]]


def _members(found: Any, lang: str, most: int) -> Table:
    """Each member with its place and what it brings: of shares and means its own value, of works their day."""
    indicator = found.indicator
    by_value = pl.col("numerator") / pl.col("denominator")
    members = found.members.sort(by_value, nulls_last=True) if indicator.is_lowest else found.members
    has_value = indicator.kind in ("ratio", "level") and indicator.unit != "1"
    scale = 100 if indicator.unit in ("%", "pp") else 1
    parts = members["part"].fill_null("").n_unique() > 1
    rows: list[list[Cell]] = []
    for m in members.head(most).iter_rows(named=True):
        share = scale * m["numerator"] / m["denominator"] if m["numerator"] is not None and m["denominator"] else None
        value = numbers.print_value(share, decimals=indicator.decimals)
        rows.append(
            [
                m["name"],
                m["place"] or "—",
                *([m["part"]] if parts else []),
                *(_plainly(m[k]) for k in ("numerator", "denominator")),
                *([value] if has_value else []),
                _situation(m, lang),
            ]
        )
    labels = [
        *either(lang, "成员|地区", "Member|Area").split("|"),
        *([either(lang, "时段", "Part")] if parts else []),
        *either(lang, "分子|分母", "Numerator|Denominator").split("|"),
        *([either(lang, "数值", "Value")] if has_value else []),
        either(lang, "情形", "Situation"),
    ]
    right = either(lang, "分子|分母|数值", "Numerator|Denominator|Value").split("|")
    columns = [Column(n, "right" if n in right else "left") for n in labels]
    nothing = either(lang, "没有应计的成员", "No members")
    return Table(
        either(lang, "成员", "Members"), columns, or_one(rows, nothing, len(columns)), _cut(members.height, most, lang)
    )


def _plainly(value: float | None) -> str:
    return "—" if value is None else numbers.print_exact(float(f"{value:.10g}"))


def _situation(member: dict[str, Any], lang: str) -> str:
    """How a member stands, why, and of a named work its verdict and day."""
    told = [words.word("status", member["status"], lang)]
    if why := why_open(member["reason"], lang):
        told.append(why)
    if member["verdict"]:
        told.append(words.word("verdict", member["verdict"], lang))
    if member["reached_on"]:
        told.append(long_date(member["reached_on"], lang))
    return either(lang, "，", ", ").join(told)


def _files(files: pl.DataFrame, lang: str) -> Table:
    rows: list[list[Cell]] = [
        [f["path"], f["department"] or "—", long_date(f["received"], lang), f["sha256"][:12]]
        for f in files.iter_rows(named=True)
    ]
    labels = either(lang, "文件|报送单位|收到|校验和", "File|Sent by|Received|Checksum").split("|")
    nothing = either(lang, "没有文件", "No files")
    columns = [Column(n, "left", w) for n, w in zip(labels, (3.0, 1.2, 1.0, 1.0), strict=True)]
    return Table(either(lang, "文件", "Files"), columns, or_one(rows, nothing, len(columns)))


def _refused(files: pl.DataFrame, lang: str) -> Table:
    reason = either(lang, "reason_zh", "reason")
    rows: list[list[Cell]] = [
        [f["path"], long_date(f["received"], lang), f[reason]] for f in files.iter_rows(named=True)
    ]
    labels = either(lang, "文件|收到|原因", "File|Received|Reason").split("|")
    columns = [Column(n, "left", w) for n, w in zip(labels, (2.0, 1.0, 3.0), strict=True)]
    return Table(either(lang, "未采用的文件", "Files refused"), columns, rows)


def _rows(found: Any, catalog: Catalog, lang: str, most: int) -> Table:
    files = {f["snapshot"]: f for f in found.files.iter_rows(named=True)}
    names = dict(found.members.select("entity_id", "name").iter_rows())
    rows: list[list[Cell]] = [
        [
            files[r["snapshot"]]["file"],
            f"{r['sheet']} {r['row']}",
            names.get(r["entity_id"], "—"),
            *_with_besides(_item_and_value(r, catalog, lang), r["attributes"], catalog, lang),
            files[r["snapshot"]]["sha256"][:12],
            long_date(files[r["snapshot"]]["received"], lang),
        ]
        for r in found.rows.head(most).iter_rows(named=True)
    ]
    labels = either(
        lang,
        "文件|表与行|成员|项目|报送值|校验和|收到",
        "File|Sheet and row|Member|Item|Delivered|Checksum|Received",
    )
    weights = (2.4, 1.2, 1.3, 1.3, 1.0, 1.0, 1.2)
    columns = [Column(n, "left", w) for n, w in zip(labels.split("|"), weights, strict=True)]
    nothing = either(lang, "没有来源行", "No rows")
    note = _cut(found.rows.height, most, lang) + _corrected(found.corrections, catalog, lang)
    return Table(either(lang, "来源行", "Source rows"), columns, or_one(rows, nothing, len(columns)), note)


def _with_besides(told: tuple[str, str], besides: str | None, catalog: Catalog, lang: str) -> tuple[str, str]:
    """Item and value, followed by what the row tells besides: of evidence who sent it and what it is called."""
    item, value = told
    more = json.loads(besides) if besides else {}
    said = [_beside(name, str(text), catalog, lang) for name, text in more.items()]
    return item, either(lang, "；", "; ").join([value, *said])


def _beside(name: str, text: str, catalog: Catalog, lang: str) -> str:
    """What a row tells besides, with its label; words that could not be read are marked."""
    field = name.removesuffix("_as_delivered")
    unread = either(lang, "（未能识别）", " (could not be read)") if field != name else ""
    return f"{words.field_label(catalog.fields[field], lang)}{either(lang, '：', ': ')}{text}{unread}"


def _item_and_value(row: dict[str, Any], catalog: Catalog, lang: str) -> tuple[str, str]:
    """What a row tells; of one that stands for several readings what was found in them."""
    if row["found"]:
        return _form_of(row["item"], catalog, lang), what_was_found.line(json.loads(row["found"]), catalog, lang)
    return _delivered(row["item"], row["value"], catalog, lang)


def _delivered(item: str, value: str | None, catalog: Catalog, lang: str) -> tuple[str, str]:
    """Item and value of a fact in the reader's words; a reading as it was delivered."""
    field = _fields_of_items(catalog).get(item)
    if field is None and item in catalog.parameters:
        return words.field_label(catalog.parameters[item], lang), value or "—"
    if field is None:
        return _form_of(item, catalog, lang), value or "—"
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


def _form_of(method: str, catalog: Catalog, lang: str) -> str:
    """What a form is called whose rows stand behind a number as a whole, such as a day on which a point was sampled."""
    forms = [s for s in catalog.sources.values() if s.readings and s.readings.method == method]
    return forms[0].label.in_language(lang) if forms else method


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


def _cut(count: int, most: int, lang: str) -> str:
    if count <= most:
        return ""
    return either(lang, f"共{count}行，列出前{most}行。", f"{count} rows, the first {most} shown.")
