"""Sentences: numbers, directions and lists of areas come from the data, never from a keyboard."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.indicator import EACH_AREA, Indicator
from analytics.catalog.plan import Clause, Target
from analytics.periods import Period
from analytics.present import numbers, words
from analytics.present.bounds import bounds, gap
from analytics.present.targets import answers, beside_the_text, by_its_day, long_date, working_of

FELL_SHORT = ("not_met", "met_late")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$^&@])")
_ESCAPED = r"\\\1"
# At the start of a line a sign or a number with a point would begin a list.
_LIST_MARK = re.compile(r"^(\s*\d*)([-+=.)])(?=\s|$)", re.MULTILINE)


@dataclass(frozen=True)
class Sentence:
    """A text for readers; markdown characters in it are escaped where it is shown."""

    text: str

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        escaped = _LIST_MARK.sub(r"\1\\\2", _SPECIAL.sub(_ESCAPED, self.text))
        return {"text/markdown": escaped, "text/plain": self.text}

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Heading:
    """A heading within a chapter; `level` 2 stands right below the chapter's own."""

    text: str
    level: int = 2

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {"text/markdown": f"{'#' * self.level} {_SPECIAL.sub(_ESCAPED, self.text)}", "text/plain": self.text}


def no_data(what: str, lang: str) -> Sentence:
    """What stands in place of an empty table or chart."""
    return Sentence(words.either(lang, f"没有可供显示的{what}。", f"There is nothing to show: {what}."))


def none_of(what: str, lang: str) -> Sentence:
    """Where a list would be empty because all is well."""
    return Sentence(words.either(lang, f"没有{what}。", f"{what}: none."))


NOTHING = Sentence("")  # where an area is too small for a comparison of its parts


def not_promised(what: str, lang: str) -> Sentence:
    """Said of a figure that another plan promises, and this one does not."""
    return Sentence(words.either(lang, f"本计划没有关于“{what}”的承诺。", f"This plan promises nothing of {what}."))


def not_computed(what: str, level: str, lang: str) -> Sentence:
    """Where a figure is not computed for areas of a level."""
    name = words.word("scope", level, lang)
    return Sentence(words.either(lang, f"{what}不按{name}计算。", f"{what} is not computed by {name.lower()}."))


def of_the_whole(whole: str, lang: str) -> Sentence:
    """That a chapter is about the whole, in the report of a part."""
    return Sentence(
        words.either(
            lang,
            f"报送、校验与暂不采用的情况按{whole}全部报送列出，不限于本地区。",
            f"Deliveries, checks and what was set aside are those of all {whole}, not of this area alone.",
        )
    )


def stations_elsewhere(place: str, lang: str) -> Sentence:
    """Where stations delivered, but none of them is registered in the area."""
    return Sentence(
        words.either(
            lang,
            f"本期收到了自动站数据，但站点名录没有登记在{place}的站点（名录未注明所在市、县的，只能按全省汇总）。",
            f"Readings arrived, but the register of stations places none in {place}: where it names no city or county "
            "they can be shown for the whole province only.",
        )
    )


def scope_name(row: Mapping[str, Any], catalog: Catalog, lang: str) -> str:
    """Name of the area, basin or river that a row of indicator_value is about; a section keeps its own."""
    area = catalog.areas.get(row["scope_id"])
    return area.name.in_language(lang) if area else catalog.water(str(row["scope_name"]), lang)


def beside_name(stratum: str, indicator: Indicator, lang: str) -> str:
    """What stands beside a figure by its name: a companion's own, or the word for it."""
    label = next((c.label for c in indicator.companions if c.id == stratum), None)
    return label.in_language(lang) if label else words.word("stratum", stratum, lang)


def beside(rows: Sequence[Mapping[str, Any]], indicator: Indicator, lang: str) -> str:
    """What stands beside a figure, in one sentence after its own."""
    told = [
        f"{beside_name(r['stratum'], indicator, lang)} {words.with_unit(r['value_printed'], r['unit'], lang)}"
        for r in rows
        if r["value"] is not None
    ]
    if not told:
        return ""
    listed = words.joined(told, lang)
    return words.either(lang, f"并列：{listed}。", f" Beside it: {listed}.")


def clause_name(clause: Clause, lang: str) -> str:
    """A clause as it is cited: `第12条`, `clause 12`; one without a number by its title."""
    if clause.clause.isdigit():
        return words.either(lang, f"第{clause.clause}条", f"clause {clause.clause}")
    return clause.title.in_language(lang)


def sentence(row: Mapping[str, Any], target: Target, catalog: Catalog, lang: str) -> Sentence:
    """One figure in words: number, members counted, bounds where some are missing, verdict, who answers.

    `row` holds the columns of indicator_value.
    """
    indicator = catalog.indicators[target.indicator]
    who = answers(target, catalog, lang)
    parts = [
        _number(row, indicator, catalog, lang),
        _register_and_text(row, target, indicator, lang),
        bounds(row, indicator, lang),
        _standing(row, indicator, target, catalog, lang),
        _evidence(row, lang),
        _caveat(indicator, lang),
        words.either(lang, f"答复单位：{who}。", f"Answered for by {who}."),
    ]
    return Sentence((" " if lang == "en" else "").join(p for p in parts if p))


def in_numbers(verdicts: pl.Series, lang: str, *, of: str = "") -> str:
    """How many have which verdict: `达到2个，未报送1个，未达到1个、逾期完成1个`; `of` says what: `达到2个城区`.

    Those that fell short come last, for after them stands who they are.
    """
    counts = dict(verdicts.drop_nulls().value_counts().iter_rows())
    told = {
        code: words.either(lang, f"{word}{counts[code]}个{of}", f"{counts[code]} {word}")
        for code in words.codes("verdict")
        if code in counts and (word := words.word("verdict", code, lang))
    }
    short = [told.pop(v) for v in FELL_SHORT if v in told]
    groups = [*told.values(), *([words.either(lang, "、", " and ").join(short)] if short else [])]
    return words.either(lang, "，", ", ").join(groups)


def of_the_works(members: pl.DataFrame, lang: str) -> str:
    """How the named works stand, as a sentence after that of their number."""
    listed = in_numbers(members["verdict"], lang)
    return words.either(lang, f"点名工程中{listed}。", f" Of the works: {listed}.") if listed else ""


def named_works(members: pl.DataFrame, target: Target, catalog: Catalog, *, place: str, lang: str) -> Sentence:
    """The named works of an area in words: how many, how they stand, who answers."""
    if members.is_empty():
        return Sentence(words.either(lang, f"{place}没有点名的工程。", f"{place}: no named works."))
    who = answers(target, catalog, lang)
    listed = in_numbers(members["verdict"], lang)
    if lang == "zh":
        return Sentence(f"{place}有点名工程{members.height}个：{listed}。答复单位：{who}。")
    return Sentence(f"{place}: named works {members.height}: {listed}. Answered for by {who}.")


def _member(indicator: Indicator, catalog: Catalog, lang: str) -> str:
    """What is counted: sources, source-quarters, works."""
    register = catalog.registers.get(indicator.population.register_name or "")
    told = indicator.counts or (register.member if register else None)
    if told is not None:
        return told.in_language(lang)
    return words.either(lang, "", "members")


def _number(row: Mapping[str, Any], indicator: Indicator, catalog: Catalog, lang: str) -> str:
    name, year = indicator.name.in_language(lang), row["period_start"].year
    place, member = scope_name(row, catalog, lang), _member(indicator, catalog, lang)
    counted = words.either(
        lang,
        f"计入{row['used']}个{member}，应计{row['expected']}个",
        f"{row['used']} of {row['expected']} {member} counted",
    )
    if row["expected"] is None:
        counted = words.either(lang, "名录尚未报送，应计个数未知", "the register of members has not arrived")
    elif row.get("excluded"):
        counted += words.either(lang, f"，另有{row['excluded']}个不参评", f", {row['excluded']} more left out")
    if row.get("stratum") == EACH_AREA and row["value"] is not None:
        level = words.word("scope", catalog.target(row["code"], catalog.plans[row["plan_id"]]).level, lang)
        kept, of = (round(row[k]) for k in ("value", "target"))
        return words.either(
            lang,
            f"{year}年{place}{name}按{level}逐个判定，{of}个中{kept}个达到。",
            f"{name}, {place}, {year}, each {level.lower()} judged by itself: {kept} of {of} keep it.",
        )
    if row["value"] is None:
        return words.either(
            lang, f"{year}年{place}{name}：没有数值（{counted}）。", f"{name}, {place}, {year}: no value ({counted})."
        )
    printed = words.with_unit(row["value_printed"], row["unit"], lang)
    return words.either(
        lang, f"{year}年{place}{name}为{printed}（{counted}）。", f"{name}, {place}, {year}: {printed} ({counted})."
    )


def _register_and_text(row: Mapping[str, Any], target: Target, indicator: Indicator, lang: str) -> str:
    """The register's number of members where it is not the text's."""
    told = beside_the_text(row, target, indicator, lang)
    return words.either(lang, f"{told}。", f"{told[0].upper()}{told[1:]}.") if told else ""


def _standing(row: Mapping[str, Any], indicator: Indicator, target: Target, catalog: Catalog, lang: str) -> str:
    text = _verdict_text(row, indicator, target, catalog, lang)
    if row["verdict"] != "not_met" or row["is_breach"]:
        return text
    strength = words.word("strength", target.strength, lang)
    zh = f"原文为“{strength}”，未达到不作为未完成任务。"
    return text + words.either(lang, zh, f" The text says “{strength}”: short of it is no breach.")


def _verdict_text(row: Mapping[str, Any], indicator: Indicator, target: Target, catalog: Catalog, lang: str) -> str:
    goal = by_its_day(row, target, catalog, lang)
    verdict = row["verdict"]
    if verdict in ("met", "not_met"):
        return _compared(row, indicator, goal, lang)
    if verdict == "no_target":
        return _no_target(target, row["scope_kind"], working_of(row, target, catalog, lang), lang)
    text = words.either(lang, *_STANDINGS[verdict]).format(verdict=words.word("verdict", verdict, lang))
    if row["target"] is None or verdict in _WITHOUT_GOAL:
        return text[0].upper() + text[1:]
    return words.either(lang, f"目标为{goal}，", f"The target is {goal}; ") + text


_WITHOUT_GOAL = ("not_applicable", "list_only", "by_judgement")
# Of the verdicts that neither compare nor name who sets the target: what stands after the target.
_STANDINGS = {
    "met_late": ("已全部完成，但有逾期，判定：{verdict}。", "all is done, some of it late: {verdict}."),
    "undecided": (
        "是否达到取决于尚缺与暂不采用的数据，判定：{verdict}。",
        "whether it is reached turns on what is missing or set aside: {verdict}.",
    ),
    "not_yet_due": ("评估时尚未到期。", "at the assessment it was not yet due."),
    "not_delivered": ("尚未收到报送，无法判定。", "nothing has been delivered, so it cannot be judged."),
    "no_data": (
        "已有报送，但没有可用的数据，无法判定。",
        "what was delivered cannot be used, so it cannot be judged.",
    ),
    "not_applicable": (
        "没有应计的对象，{verdict}。",
        "there is nobody to count: {verdict}.",
    ),
    "list_only": ("本项只列清单，不作判定。", "listed only, not judged."),
    "by_judgement": ("本项由专家依据佐证评议。", "judged by experts on the evidence."),
}


def _compared(row: Mapping[str, Any], indicator: Indicator, goal: str, lang: str) -> str:
    """Met or not met, with the distance from the target."""
    shown = words.word("verdict", row["verdict"], lang)
    far = gap(row, indicator, lang)
    if far == "—":
        return words.either(lang, f"目标为{goal}，判定：{shown}。", f"The target is {goal}: {shown}.")
    is_told_whole = row.get("stratum") == EACH_AREA
    if is_told_whole or (row["value"] is not None and numbers.stands_on(row["value"], row["target"])):
        return words.either(lang, f"目标为{goal}，{far}，判定：{shown}。", f"The target is {goal}: {shown}, {far}.")
    return words.either(
        lang, f"目标为{goal}，比目标{far}，判定：{shown}。", f"The target is {goal}: {shown}, {far} it."
    )


def _evidence(row: Mapping[str, Any], lang: str) -> str:
    """What is called done says on whose word."""
    grade = row.get("evidence_grade")
    if row["verdict"] not in ("met", "met_late") or grade is None:
        return ""
    shown = words.word("grade", grade, lang)
    return words.either(lang, f"佐证：{shown}。", f"Evidence: {shown}.")


def _caveat(indicator: Indicator, lang: str) -> str:
    """What readers must know of a figure whoever computes it."""
    if indicator.caveats is None:
        return ""
    return indicator.caveats.in_language(lang) + words.either(lang, "。", ".")


def _no_target(target: Target, scope: str, working: str, lang: str) -> str:
    if scope != target.level:
        level = words.word("scope", target.level, lang)
        return words.either(
            lang,
            f"目标只在{level}层级判定，本级只列数值。",
            f"The target is judged for the {level.lower()} only; here it is shown.",
        )
    if target.no_value is not None:
        why = target.no_value.in_language(lang)
        return words.either(lang, f"{why}，不作判定。", f"Not judged: {why}.")
    if target.left_to is None:
        return words.either(
            lang, "本年度未设目标，只列数值，不作判定。", "No target is set for the year: shown, not judged."
        )
    left_to = target.left_to.in_language(lang) + working
    return words.either(
        lang,
        f"本计划没有给出目标值：{left_to}；目标值连同下达文件补入后才作判定，目前只列数值。",
        f"The plan gives no figure: {left_to}. It is judged once one is given with its document; now it is shown.",
    )


def period_name(period: Period, lang: str) -> str:
    """A period in words: `2021年第3季度`; as it is written on the command line in English."""
    if lang == "en":
        return period.label
    named = {
        "year": f"{period.year}年",
        "quarter": f"{period.year}年第{period.label[-1]}季度",
        "month": f"{period.year}年{period.start.month}月",
        "day": f"{period.year}年{period.start.month}月{period.start.day}日",
    }
    return named[period.kind]


def station_summary(classes: pl.DataFrame, period: Period, *, place: str, lang: str) -> Sentence:
    """What a dispatch covers: stations, readings, days, and how many readings were of each class."""
    days = classes["taken_at"].dt.date()
    if classes.is_empty():
        return no_data(words.either(lang, "监测数据", "readings"), lang)
    first, last = days.min(), days.max()
    counts = dict(classes.drop_nulls("computed_class").group_by("computed_class").len().iter_rows())
    named = [c for c in ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ") if c in counts]
    open_ones = classes["computed_class"].null_count()
    without = [words.either(lang, f"缺项目不定类别 {open_ones}", f"without a class, items missing {open_ones}")]
    listed = words.joined(
        [*(f"{words.water_class(c, lang)} {counts[c]}" for c in named), *(without if open_ones else [])], lang
    )
    stations, readings = classes["entity_id"].n_unique(), classes.height
    span = " ~ ".join(long_date(d, lang) for d in (first, last) if isinstance(d, date))
    return Sentence(
        words.either(
            lang,
            f"{place}{period_name(period, lang)}收到{stations:,}个站点{readings:,}个时次的数据，时间为{span}。"
            f"按实时数据（不修约）评价：{listed}。",
            f"{place}, {period_name(period, lang)}: {readings:,} readings of {stations:,} stations from {span}. "
            f"By real-time values, unrounded: {listed}.",
        )
    )


def marked_readings(marked: pl.DataFrame, flagged: pl.DataFrame, catalog: Catalog, lang: str) -> Sentence:
    """How many readings lie below a limit of detection, how many rest on one assumed, how many a flag leaves out.

    `marked` has a row per method and parameter, `flagged` one per method and flag, as readings_marked and
    readings_flagged give them.
    """
    if marked.is_empty() and flagged.is_empty():
        return no_data(words.either(lang, "监测值", "readings"), lang)
    every, below, assumed = (int(marked[c].sum()) for c in ("readings", "below_limit", "limit_assumed"))
    said = words.either(
        lang,
        f"参加统计的监测值共{every:,}个，其中低于检出限的{below:,}个（均值按检出限的一半计），"
        f"未注明检出限、按假定的检出限计的{assumed:,}个（见方法附册）。",
        f"Readings that count: {every:,}, of which {below:,} lie below the limit of detection (half of it enters a "
        f"mean), {assumed:,} of them without telling the limit: one is assumed (see the methods annex).",
    )
    return Sentence(said + _flagged_out(flagged, catalog, lang))


def _flagged_out(flagged: pl.DataFrame, catalog: Catalog, lang: str) -> str:
    """Readings that their flag leaves out, by flag; nothing where there are none."""
    if flagged.is_empty():
        return ""
    labels = {
        (s.readings.method, flag.code): flag.label.in_language(lang)
        for s in catalog.sources.values()
        if s.readings
        for flag in catalog.flags_of(s)
    }
    counted = [
        words.either(lang, f"{flag} {labels[method, flag]} {count:,}", f"{count:,} {flag} ({labels[method, flag]})")
        for method, flag, count in flagged.select("method", "flag", "readings").iter_rows()
    ]
    total = int(flagged["readings"].sum())
    return words.either(
        lang,
        f"因数据标识不参加统计的{total:,}个：{words.joined(counted, lang)}；其报送值和标识保留，不作修补。",
        f" Left out because of their flag: {total:,}, {words.joined(counted, lang)}; they are kept as delivered, "
        "and not repaired.",
    )


def station_quality(deliveries: pl.DataFrame, lang: str) -> Sentence:
    """What of the files that the period's readings lie in does not count.

    A file may hold readings of other periods and areas too: it is counted as a whole.
    """
    if deliveries.is_empty():
        return Sentence(
            words.either(lang, "没有含本期数据的自动站报送。", "No file with readings of this period has arrived.")
        )
    loaded = deliveries.filter(pl.col("outcome") == "loaded")
    files, refused = deliveries.height, deliveries.height - loaded.height
    kinds = ("rows_delivered", "rows_repeated", "rows_blank", "rows_superseded", "rows_set_aside", "cells_set_aside")
    rows, repeated, blank, replaced, aside, cells = (int(loaded[kind].sum()) for kind in kinds)
    return Sentence(
        words.either(
            lang,
            f"含本期数据的自动站报送共{files}份（整份退回{refused}份）、{rows:,}行（整份计，可含其他时段和地区），"
            f"其中重复与空行{repeated + blank:,}行、被后报取代{replaced:,}行、"
            f"暂不采用{aside:,}行及单个监测值{cells:,}个，均不计入本快报。",
            f"Files with readings of this period: {files} ({refused} refused), {rows:,} rows in all, other periods and "
            f"areas included. Not counted here: {repeated + blank:,} repeated or blank, {replaced:,} "
            f"replaced by later files, {aside:,} set aside, and {cells:,} single readings set aside.",
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
            f"{labelled:,}个时次带有发布的类别，其中{agreeing:,}个（{share} %）与按数值计算的类别一致。",
            f"{labelled:,} readings carry a published class; {agreeing:,} of them ({share} %) agree with the class "
            "computed from the values.",
        )
    )
