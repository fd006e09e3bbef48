"""Flows for readers: how often each section had the flow it needs, and what a river was given month by month."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.present import numbers, words
from analytics.present.lists import area_at
from analytics.present.reasons import why_open
from analytics.present.tables import Cell, Table, aligned, or_one, toned
from analytics.present.words import either

_REACHES = {
    True: ("met", "达到", "reached"),
    False: ("not_met", "未达到", "not reached"),
    None: ("undecided", "不能判定", "undecided"),
}
_HELD = {True: ("met", "达到", "held"), False: ("not_met", "未达到", "not held"), None: ("undecided", "待定", "open")}


def guarantee(rates: pl.DataFrame, catalog: Catalog, lang: str, *, year: int) -> Table:
    """The guarantee rate of each section against the one that its own plan requires, last year's beside it.

    `rates` are rows of the named query flow_guarantee_of_year.
    """
    before = {r["entity_id"]: r for r in rates.filter(pl.col("period") == year - 1).iter_rows(named=True)}
    rows = [
        _of_section(row, before.get(row["entity_id"]), catalog, lang)
        for row in rates.filter(pl.col("period") == year).iter_rows(named=True)
    ]
    labels = either(
        lang,
        "河流|断面|市|达标 / 评价日数|缺测日数|本年保证率|可能的范围|要求|上年保证率|比上年（百分点）|是否达到",
        "River|Section|City|Days met / assessed|Days missing|Rate|Possible range|Required|Last year|Change (points)|"
        "Reached",
    )
    columns = aligned(labels, "lllrrrcrrrc", (0.8, 1.4, 0.8, 1.1, 0.7, 0.8, 1.2, 0.7, 0.8, 0.9, 0.9))
    note = either(
        lang,
        "达标日：日均流量不低于当日目标。缺测日不算达标也不算未达标；范围为缺测日全不达标、全达标时的保证率。"
        "要求的保证率取自各断面经批准的方案。两年都评价的断面才与上年相比。",
        "A day is met with a mean flow at or above its target. Missing days are neither met nor missed; the range is "
        "the rate with all of them missed, and with all of them met. Rates required are those of each section's own "
        "plan. Sections assessed in both years are compared.",
    )
    title = either(lang, f"{year}年各控制断面生态流量保证率", f"Days with the ecological flow by section, {year}")
    return Table(title, columns, or_one(rows, either(lang, "没有断面", "No sections"), len(columns)), note)


def _of_section(row: dict[str, Any], before: dict[str, Any] | None, catalog: Catalog, lang: str) -> list[Cell]:
    tone, zh, en = _REACHES[row["reaches"]]
    reason = row["reason"] if row["reason"] != "undecided" else None
    in_doubt = f": {row['targets_in_doubt']}" if row["targets_in_doubt"] else ""
    low, high = (numbers.print_bound(row[end], decimals=1, is_low=end == "low") for end in ("low", "high"))
    return [
        row["river"] or "—",
        row["name"] or row["entity_id"],
        area_at(row["area_id"], "city", catalog, lang) or "—",
        f"{row['days_met']} / {row['days_assessed']}",
        str(row["days_missing"]),
        _percent(row["value"], lang, target=row["required_pct"]),
        f"{low}–{high}" if row["days_missing"] else "—",
        _percent(row["required_pct"], lang, decimals=0),
        _percent(before["value"] if before else None, lang),
        numbers.signed(row["change"], decimals=1),
        toned(why_open(f"{reason}{in_doubt}", lang), "undecided") if reason else toned(either(lang, zh, en), tone),
    ]


def _percent(value: float | None, lang: str, *, decimals: int = 1, target: float | None = None) -> str:
    printed = numbers.print_value(value, decimals=decimals, target=target, comparison=">=")
    return words.with_unit(printed, "%", lang) if value is not None else printed


def replenishment(months: pl.DataFrame, windows: pl.DataFrame, lang: str, *, as_of: date | None = None) -> Table:
    """What the river was given in each month of the window, and of the one before it: on average and day by day.

    `months` are rows of the named query replenishment_of_year, `windows` of replenishment_windows_of_year: each stands
    below its months. A window that is not over by the day `as_of` is not yet due, unless a month of it failed.
    """
    rows: list[list[Cell]] = []
    for _, mine in months.sort("window_start", "month").group_by("window_start", maintain_order=True):
        rows += _months(mine, lang)
        start = mine["window_start"][0]
        rows += [
            _window(of_window, lang, as_of=as_of)
            for _, of_window in windows.filter(window_start=start).group_by("item")
        ]
    labels = either(
        lang,
        "月份|时段|有流量 / 全月日数|日均补水流量（m³/s）|不足的日数|按月平均|按每一日",
        "Month|Window|Days with flow / of month|Mean released (m³/s)|Days below|On average|On every day",
    )
    columns = aligned(labels, "lcrrrcc", (0.9, 1.1, 1.3, 1.4, 0.9, 0.9, 0.9))
    levels = months["target"].unique().sort().to_list()
    level = "、".join(numbers.print_exact(t) for t in levels)
    note = either(
        lang,
        f"每月不低于{level} m³/s。原文未写明是月平均还是每一日：判定按月平均，每一日的结果并列。"
        "缺日的月份，缺的日子无论多少都不改变结论的才判定。",
        f"At least {level} m³/s a month. The text does not say whether the mean or every day is meant: judged is the "
        "mean, every day stands beside. A month that lacks days is judged only where these cannot change the answer.",
    )
    title = either(lang, "干流冬季补水流量", "Water released to the main stem in winter")
    empty = either(lang, "没有补水流量", "No water released was told of")
    return Table(title, columns, or_one(rows, empty, len(columns)), note if levels else "")


def _months(months: pl.DataFrame, lang: str) -> list[list[Cell]]:
    return [
        [
            f"{row['month']:%Y-%m}",
            _which(row["is_promised"], lang),
            f"{row['days_measured']} / {row['days_expected']}",
            numbers.print_value(row["mean"], decimals=2, target=row["target"], comparison=">="),
            str(row["days_below"]),
            _held(row["is_met_on_average"], lang),
            _held(row["is_met_every_day"], lang),
        ]
        for row in months.iter_rows(named=True)
    ]


def _window(window: pl.DataFrame, lang: str, *, as_of: date | None) -> list[Cell]:
    """A window as a whole: how many months held, failed and are open by their mean, and whether all did either way."""
    by = {row["judged_on"]: row for row in window.iter_rows(named=True)}
    mean, every_day = by["is_met_on_average"], by["is_met_every_day"]
    ahead = min(mean["months_open"], _months_ahead(mean, as_of))
    is_ahead = ahead > 0
    met, failed, left = (mean[f"months_{what}"] for what in ("met", "failed", "open"))
    return [
        either(lang, "全时段", "Whole window"),
        _which(mean["is_promised"], lang),
        either(
            lang,
            f"{met}个月达到、{failed}个月未达到、{left - ahead}个月待定" + (f"、{ahead}个月未到期" if ahead else ""),
            f"{met} months held, {failed} not, {left - ahead} open" + (f", {ahead} not yet due" if ahead else ""),
        ),
        either(lang, "最低月 ", "lowest ") + numbers.print_value(mean["lowest_mean"], decimals=2),
        str(mean["days_below"]),
        _held(mean["is_met"], lang, is_ahead=is_ahead),
        _held(every_day["is_met"], lang, is_ahead=is_ahead),
    ]


def _months_ahead(window: Mapping[str, Any], as_of: date | None) -> int:
    """How many months of a window are not over by a day."""
    if as_of is None or window["window_end"] < as_of:
        return 0
    first, last = max(window["window_start"], as_of), window["window_end"]
    return int(12 * (last.year - first.year) + last.month - first.month + 1)


def _which(is_promised: bool, lang: str) -> str:
    return either(lang, "本计划时段", "promised") if is_promised else either(lang, "计划之前", "before the plan")


def _held(is_met: bool | None, lang: str, *, is_ahead: bool = False) -> Cell:
    if is_met is None and is_ahead:
        return toned(words.word("verdict", "not_yet_due", lang), "not_yet_due")
    tone, zh, en = _HELD[is_met]
    return toned(either(lang, zh, en), tone)
