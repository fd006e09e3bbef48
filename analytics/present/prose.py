"""Sentences: numbers, directions and lists of areas come from the data, never from a keyboard."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.models import Indicator, Plan, Target
from analytics.periods import Period
from analytics.present import numbers, words

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$^])")


@dataclass(frozen=True)
class Sentence:
    """A text for readers; markdown characters in it are escaped where it is shown."""

    text: str

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {"text/markdown": _SPECIAL.sub(r"\\\1", self.text), "text/plain": self.text}

    def __str__(self) -> str:
        return self.text


def no_data(what: str, lang: str) -> Sentence:
    """What stands in place of an empty table or chart."""
    return Sentence(words.either(lang, f"没有可供显示的{what}。", f"There is nothing to show: {what}."))


def long_date(day: date, lang: str) -> str:
    """A day as it is printed."""
    return words.either(lang, f"{day.year}年{day.month}月{day.day}日", f"{day.day} {day:%B %Y}")


def promised(target: Target, value: float | None, unit: str, lang: str) -> str:
    """A target with sign, unit and strength: `≥ 78 %`, `力争 ≥ 62 %`; who sets it where the text does not."""
    if value is None:
        return target.left_to.in_language(lang) if target.left_to else words.either(lang, "未设", "not set")
    printed = numbers.print_value(value, decimals=0 if value == int(value) else 2)
    shown = f"{words.comparison(target.comparison)} {words.with_unit(printed, unit, lang)}"
    if target.strength == "binding":
        return shown
    return f"{words.word('strength', target.strength, lang)} {shown}"


def sentence(row: Mapping[str, Any], *, indicator: Indicator, target: Target, lang: str) -> Sentence:
    """One figure in words: number, members counted, bounds where some are missing, verdict, who answers.

    `row` holds the columns of indicator_value.
    """
    parts = [
        _number(row, indicator, lang),
        _bounds(row, indicator, lang),
        _standing(row, indicator, target, lang),
    ]
    answers = words.joined(target.lead, lang)
    parts.append(words.either(lang, f"答复单位：{answers}。", f"Answered for by {answers}."))
    return Sentence((" " if lang == "en" else "").join(p for p in parts if p))


def _number(row: Mapping[str, Any], indicator: Indicator, lang: str) -> str:
    name, place = indicator.name.in_language(lang), row["scope_name"]
    year = row["period_start"].year
    counted = words.either(
        lang,
        f"计入{row['used']}个，应计{row['expected']}个",
        f"{row['used']} of {row['expected']} members counted",
    )
    if row["value"] is None:
        return words.either(
            lang, f"{year}年{place}{name}：没有数值（{counted}）。", f"{name}, {year}: no value ({counted})."
        )
    printed = words.with_unit(row["value_printed"], row["unit"], lang)
    return words.either(
        lang, f"{year}年{place}{name}为{printed}（{counted}）。", f"{name}, {year}: {printed} ({counted})."
    )


def _bounds(row: Mapping[str, Any], indicator: Indicator, lang: str) -> str:
    if row["value"] is None or row["low"] is None or row["high"] is None or row["low"] == row["high"]:
        return ""
    places = {"decimals": indicator.decimals, "target": row["target"], "comparison": row["comparison"]}
    low, high = (words.with_unit(numbers.print_value(row[k], **places), row["unit"], lang) for k in ("low", "high"))
    return words.either(
        lang,
        f"缺少的数据取最不利与最有利时，数值在{low}与{high}之间。",
        f"With what is missing at its worst and at its best it lies between {low} and {high}.",
    )


def _standing(row: Mapping[str, Any], indicator: Indicator, target: Target, lang: str) -> str:
    goal = promised(target, row["target"], row["unit"], lang)
    shown = words.word("verdict", row["verdict"], lang)
    verdict = row["verdict"]
    no_target = _no_target(target, row["scope_kind"], lang)
    texts = {
        "met": (f"目标为{goal}，判定：{shown}。", f"The target is {goal}: {shown}."),
        "not_met": (f"目标为{goal}，判定：{shown}。", f"The target is {goal}: {shown}."),
        "met_late": (
            f"目标为{goal}，已全部完成，但有逾期，判定：{shown}。",
            f"The target is {goal}; all is done, some of it late: {shown}.",
        ),
        "undecided": (
            f"目标为{goal}，是否达到取决于尚缺的数据，判定：{shown}。",
            f"The target is {goal}; whether it is reached turns on what is missing: {shown}.",
        ),
        "not_yet_due": (
            f"目标为{goal}，评估时尚未到期。",
            f"The target is {goal}; at the assessment it was not yet due.",
        ),
        "not_delivered": (
            "责任部门尚未报送，无法判定。",
            "Nothing has been delivered, so it cannot be judged.",
        ),
        "no_data": (
            "已有报送，但没有可用的数据，无法判定。",
            "What was delivered cannot be used, so it cannot be judged.",
        ),
        "no_target": (no_target, no_target),
        "not_applicable": (
            "按名录没有应计的对象，不涉及。",
            "By the register there is nobody to count: not applicable.",
        ),
        "list_only": ("本项只列清单，不作判定。", "Listed only, not judged."),
        "by_judgement": ("本项由专家依据佐证评议。", "Judged by experts on the evidence."),
    }
    text = texts[verdict][0 if lang == "zh" else 1]
    if verdict == "not_met" and not row["is_breach"]:
        text += words.either(
            lang,
            f"原文为“{words.word('strength', target.strength, lang)}”，未达到不作为未完成任务。",
            " The text only strives for it: short of it is no breach.",
        )
    return text


def _no_target(target: Target, scope: str, lang: str) -> str:
    if target.left_to is not None and scope == target.level:
        left_to = target.left_to.in_language(lang)
        return words.either(
            lang,
            f"目标另行设定（{left_to}），尚未给出，只列数值，不作判定。",
            f"The target is left to be set elsewhere ({left_to}) and not known: shown, not judged.",
        )
    level = words.word("scope", target.level, lang)
    return words.either(
        lang,
        f"目标只在{level}层级判定，本级只列数值。",
        f"The target is judged for the {level.lower()} only; here it is shown.",
    )


def summary(values: pl.DataFrame, plan: Plan, catalog: Catalog, *, as_of: date, lang: str) -> Sentence:
    """The first paragraph: how many figures stand how, which ones fall short, as of which day.

    `values` are the rows at the level that each target's text sets.
    """
    counts = dict(values.group_by("verdict").len().iter_rows())
    found = [v for v in words.codes("verdict") if v in counts]
    day = long_date(as_of, lang)
    names = {t.code: catalog.indicators[t.indicator].name.in_language(lang) for _, t in catalog.targets(plan)}
    short = [names[c] for c in values.filter("is_breach")["code"]]
    open_ones = [names[c] for c in values.filter(pl.col("verdict") == "undecided")["code"]]
    if lang == "zh":
        listed = "，".join(f"{words.word('verdict', v, lang)}{counts[v]}项" for v in found)
        text = f"截至{day}收到的报送，已评估{values.height}项指标：{listed}。"
        text += f"未达到的是{words.joined(short, lang)}。" if short else ""
        text += f"尚待补报才能判定的是{words.joined(open_ones, lang)}。" if open_ones else ""
    else:
        listed = words.joined([f"{counts[v]} {words.word('verdict', v, lang)}" for v in found], lang)
        text = f"From what had been delivered by {day}, {values.height} figures were assessed: {listed}."
        text += f" Not met: {words.joined(short, lang)}." if short else ""
        text += f" Undecided until more is delivered: {words.joined(open_ones, lang)}." if open_ones else ""
    return Sentence(text)


def station_summary(classes: pl.DataFrame, period: Period, *, place: str, lang: str) -> Sentence:
    """What a dispatch covers: stations, readings, days, and how many readings were of each class."""
    days = classes["taken_at"].dt.date()
    if classes.is_empty():
        return no_data(words.either(lang, "监测数据", "readings"), lang)
    first, last = days.min(), days.max()
    counts = dict(classes.drop_nulls("computed_class").group_by("computed_class").len().iter_rows())
    named = [c for c in ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ") if c in counts]
    listed = words.joined([f"{words.water_class(c, lang)} {counts[c]}" for c in named], lang)
    stations, readings = classes["entity_id"].n_unique(), classes.height
    span = " ~ ".join(long_date(d, lang) for d in (first, last) if isinstance(d, date))
    return Sentence(
        words.either(
            lang,
            f"{place}{period.label}收到{stations}个站点{readings}个时次的数据，时间为{span}。按实时数据（不修约）评价：{listed}。",
            f"{place}, {period.label}: {readings} readings of {stations} stations from {span}. By real-time values, "
            f"unrounded: {listed}.",
        )
    )


def agreement(labelled: int, agreeing: int, lang: str) -> Sentence:
    """How often the computed class is the published one."""
    if labelled == 0:
        return no_data(words.either(lang, "带类别的时次", "readings with a published class"), lang)
    share = numbers.print_value(100 * agreeing / labelled, decimals=2)
    return Sentence(
        words.either(
            lang,
            f"{labelled}个时次带有发布的类别，其中{agreeing}个（{share}%）与按数值计算的类别一致。",
            f"{labelled} readings carry a published class; {agreeing} of them ({share} %) agree with the class "
            "computed from the values.",
        )
    )
