"""Tables of what came in: corrections, row counts that jump, and what is outstanding of each form."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.corrections import WHOLE_ROW
from analytics.present import words
from analytics.present.tables import Cell, Table, aligned, or_one
from analytics.present.targets import long_date
from analytics.present.whom import by_city, within
from analytics.present.words import either

_MOST_ROWS = 60
_MOST_NAMES = 12
_NOTHING = "—"
_OUTCOMES = {
    "applied": ("已采用", "applied"),
    "proposed": ("待确认，未采用", "proposed, not applied"),
    "rejected": ("不予采纳", "rejected"),
    "overtaken": ("已由后报数据取代，未采用", "overtaken by a later file, not applied"),
    "file_refused": ("已更正，但文件仍整份退回", "applied, but the file is refused all the same"),
}


def corrections(found: pl.DataFrame, catalog: Catalog, lang: str) -> Table:
    """Every correction: what, where, from, to, why, by whom and when, and what became of it."""
    rows: list[list[Cell]] = [
        [
            catalog.sources[c["source"]].label.in_language(lang),
            _label(c["what"], catalog, lang),
            _place(c, catalog, lang),
            *_from_and_to(c, lang),
            c["reason"],
            f"{c['said_by']} {long_date(c['said_on'], lang)}",
            _outcome(c, lang),
        ]
        for c in found.iter_rows(named=True)
    ]
    columns = aligned(
        either(
            lang,
            "报表|栏目|位置|报送值|更正为|理由|提出人与日期|状态",
            "Form|Column|Where|From|To|Reason|Said by, and when|Status",
        ),
        "llllllll",
        (1.3, 1.1, 1.6, 0.8, 0.8, 1.6, 1.3, 1.0),
    )
    nothing = either(lang, "没有更正", "Nothing was corrected")
    note = either(
        lang,
        "只有经确认的更正才计入；原始文件保持不变，校验在更正之后进行。",
        "Only confirmed corrections count; delivered files stay as they are, and the checks see the corrected value.",
    )
    title = either(lang, "对报送数据的更正", "Corrections of what was delivered")
    return Table(title, columns, or_one(rows, nothing, len(columns)), note if rows else "")


def _outcome(correction: Mapping[str, Any], lang: str) -> str:
    told = either(lang, *_OUTCOMES[correction["outcome"]])
    later = correction["overtaken_by"]
    return told + either(lang, f"（{later}）", f" ({later})") if later else told


def _place(correction: Mapping[str, Any], catalog: Catalog, lang: str) -> str:
    """Where the cell is, in the reader's words."""
    known = {
        "sheet": either(lang, "表", "sheet"),
        "row": either(lang, "行", "row"),
        "period": either(lang, "期间", "period"),
        "area_id": either(lang, "地区", "area"),
        "entity_id": either(lang, "对象", "member"),
        "taken_at": either(lang, "时间", "time"),
        "valid_since": either(lang, "起始年", "since"),
    }
    told = json.loads(correction["told_where"])
    parts = [f"{known.get(name) or _label(name, catalog, lang)} {value}" for name, value in told.items()]
    file = correction["delivery"]
    return either(lang, "，", ", ").join(parts) + (either(lang, f"（{file}）", f" ({file})") if file else "")


def _from_and_to(correction: Mapping[str, Any], lang: str) -> tuple[str, str]:
    if correction["what"] == WHOLE_ROW:
        return _NOTHING, either(lang, "撤销", "withdrawn")
    nothing = either(lang, "（空）", "(nothing)")
    return correction["delivered"] or nothing, correction["corrected"] or nothing


def _label(name: str, catalog: Catalog, lang: str) -> str:
    if name == WHOLE_ROW:
        return either(lang, "整行", "whole row")
    return words.field_label(catalog.parameters.get(name) or catalog.fields[name], lang)


def jumps(ledger: pl.DataFrame, catalog: Catalog, lang: str) -> Table:
    """Files whose number of rows differs much from the file before, or from the year before."""
    found = ledger.filter("is_jump")
    rows: list[list[Cell]] = [
        [
            catalog.sources[r["source"]].label.in_language(lang),
            catalog.areas[r["area_id"]].name.in_language(lang) if r["area_id"] in catalog.areas else _NOTHING,
            r["period"] or _NOTHING,
            r["file"],
            f"{r['rows']:,}",
            _against(r["rows_before"], r["change_pct"], lang),
            _against(r["rows_year_before"], r["change_of_year_pct"], lang),
        ]
        for r in found.head(_MOST_ROWS).iter_rows(named=True)
    ]
    columns = aligned(
        either(
            lang,
            "报表|地区|期间|文件|行数|上一份|上年同期",
            "Form|Area|Period|File|Rows|File before|Year before",
        ),
        "llllrrr",
        (1.4, 0.8, 0.9, 2.2, 0.6, 1.0, 1.0),
    )
    more = found.height > _MOST_ROWS
    listed = either(
        lang, f"共{found.height}处，列出前{_MOST_ROWS}处。", f"{found.height}, the first {_MOST_ROWS} shown."
    )
    nothing = either(lang, "行数没有突变", "No row count jumps")
    title = either(lang, "行数与上一份或上年同期相差较大的报送", "Row counts that jump")
    return Table(title, columns, or_one(rows, nothing, len(columns)), listed if more else "")


def _against(before: int | None, change: float | None, lang: str) -> str:
    if before is None or change is None:
        return _NOTHING
    return either(lang, f"{before:,}（{change:+.0f}%）", f"{before:,} ({change:+.0f} %)")


def outstanding(standing: pl.DataFrame, inside: Collection[str] | None, catalog: Catalog, lang: str) -> Table:
    """By department, form and period: who was not told of, and when it was due.

    Periods of a form that stand alike are one row. With `inside` only members that lie in these areas are listed.
    """
    alike: dict[tuple[Any, ...], list[str]] = {}
    for row in standing.filter(pl.col("state") != "complete").iter_rows(named=True):
        mine = within(row, inside, catalog)
        if inside is not None and row["expected"] is not None and not mine["missing_names"]:
            continue
        key = (row["department"], row["source"], row["state"], row["due"], _counted(row), _whom(mine, catalog, lang))
        alike.setdefault(key, []).append(row["period"])
    rows: list[list[Cell]] = [
        [
            *catalog.called([department], lang),
            catalog.sources[source].label.in_language(lang),
            words.joined([p for p in periods if p], lang) or _NOTHING,
            long_date(due, lang) if due else words.word("standing", "no_date_set", lang),
            _state(source, state, catalog, lang, is_dated=due is not None),
            counted,
            whom,
        ]
        for (department, source, state, due, counted, whom), periods in alike.items()
    ]
    columns = aligned(
        either(
            lang,
            "报送部门|报表|期间|应报日期|情形|已报 / 应报|未报送的对象",
            "Department|Form|Period|Due|State|Told / expected|Not told of",
        ),
        "lllllrl",
        (1.1, 1.6, 1.2, 1.0, 0.8, 0.8, 2.2),
    )
    nothing = either(lang, "各期报表均已报齐", "Everything has come")
    title = either(lang, "尚未报齐的报表", "Forms of which something is outstanding")
    return Table(title, columns, or_one(rows, nothing, len(columns)))


def _state(source: str, state: str, catalog: Catalog, lang: str, *, is_dated: bool) -> str:
    """How a form stands; of one for which its department waits itself, for what, until it is overdue."""
    awaits = catalog.sources[source].awaits
    if awaits is not None and state != "overdue":
        return either(lang, f"待{awaits.zh}", f"waits for {awaits.en}")
    return words.word("standing", state, lang) if is_dated or state == "not_over" else _NOTHING


def _counted(row: Mapping[str, Any]) -> str:
    return f"{row['told']} / {row['expected']}" if row["expected"] is not None else f"{row['told']} / {_NOTHING}"


def _whom(row: Mapping[str, Any], catalog: Catalog, lang: str) -> str:
    """Those not told of by city; where nobody was, and they are many, how many they are."""
    count = len(row["missing_names"])
    if not row["told"] and count > _MOST_NAMES:
        return either(lang, f"全部{count}个", f"all {count}")
    return by_city(row, catalog, lang, most=_MOST_NAMES) or _NOTHING
