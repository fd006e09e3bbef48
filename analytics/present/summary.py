"""The first page of a report: how the year stands, the gaps that weigh most, and who answers for them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.indicator import ByTargetClass, ByWaterClass
from analytics.catalog.plan import Plan, Target
from analytics.present import words
from analytics.present.prose import Sentence, no_data
from analytics.present.shortfalls import carried_by, gap_in_words
from analytics.present.tables import Cell, Table, aligned, toned
from analytics.present.targets import answers, by_its_day, figure_name, long_date
from analytics.present.words import either

_MOST = 7  # gaps that are shown
_DONE = ("met", "met_late")
_SILENT = ("not_delivered", "no_data")
_NOTHING = "—"
_GRADES = ("verified_on_site", "documented", "self_reported")


def summary(
    judged: pl.DataFrame,
    plan: Plan,
    catalog: Catalog,
    *,
    as_of: date | None,
    lang: str,
    joint: pl.DataFrame | None = None,
) -> Sentence:
    """How many figures stand how as of which day, on whose word, and how the overall goals stand.

    `judged` are the rows at the level that each target's text sets, `joint` promises of several figures together
    (columns of clause_verdict).
    """
    if judged.is_empty():
        return no_data(either(lang, "指标", "figures"), lang)
    told = [_counted(judged, as_of, lang), _evidence(judged, lang), _silent(judged, lang)]
    told += [_only_striven_for(judged, plan, catalog, lang), _goals(judged, plan, catalog, lang)]
    told += [_together(joint, plan, lang)]
    return Sentence(either(lang, "", " ").join(filter(None, told)))


def _together(joint: pl.DataFrame | None, plan: Plan, lang: str) -> str:
    """How the promises stand that are kept only if several figures are met."""
    if joint is None or joint.is_empty():
        return ""
    told = []
    for row in joint.iter_rows(named=True):
        promise = next(j for j in plan.joint if list(j.codes) == row["codes"])
        codes, verdict = words.joined(row["codes"], lang), words.word("verdict", row["verdict"], lang)
        statement = promise.statement.in_language(lang)
        told.append(either(lang, f"{codes}：{statement}（{verdict}）", f"{codes}: {statement} ({verdict})"))
    listed = either(lang, "；", "; ").join(told)
    return either(lang, f"几项指标合并判定{len(told)}项——{listed}。", f"Taken together, {len(told)}: {listed}.")


def _counted(values: pl.DataFrame, as_of: date | None, lang: str) -> str:
    """How many figures stand how, as of which day; of no day where nothing was ever delivered."""
    counts = dict(values.group_by("verdict").len().iter_rows())
    found = [v for v in words.codes("verdict") if v in counts]
    day = long_date(as_of, lang) if as_of else ""
    if lang == "zh":
        listed = "，".join(f"{words.word('verdict', v, lang)}{counts[v]}项" for v in found)
        since = f"依据截至{day}收到的报送，" if day else "尚未收到任何报送。"
        return f"{since}共{values.height}项指标：{listed}。"
    listed = words.joined([f"{counts[v]} {words.word('verdict', v, lang)}" for v in found], lang)
    since = f"From what had been delivered by {day}" if day else "Nothing has been delivered yet"
    return f"{since}: {values.height} figures, {listed}."


def _evidence(values: pl.DataFrame, lang: str) -> str:
    """On whose word what is called done is done."""
    done = values.filter(pl.col("verdict").is_in(_DONE))
    if done.is_empty():
        return ""
    counts = {g: done.filter(evidence_grade=g).height for g in _GRADES}
    share = f"{100 * counts['verified_on_site'] / done.height:.0f} %"
    zh = "，".join(f"{words.word('grade', g, lang)}{n}项" for g, n in counts.items() if n or g == _GRADES[0])
    en = words.joined([f"{n} {words.word('grade', g, lang)}" for g, n in counts.items() if n or g == _GRADES[0]], lang)
    rest = done.height - sum(counts.values())
    zh += f"，由监测数据得出{rest}项" if rest else ""
    en += f", {rest} follow from monitoring" if rest else ""
    return either(
        lang,
        f"判为达到或逾期完成的{done.height}项中，{zh}；现场核实占{share}。",
        f"Of the {done.height} that are done: {en}; {share} verified on site.",
    )


def _silent(values: pl.DataFrame, lang: str) -> str:
    """Figures of which nothing usable has arrived."""
    number = values.filter(pl.col("verdict").is_in(_SILENT)).height
    return either(lang, f"没有可用数据的{number}项。", f"{number} are without usable data.")


def _only_striven_for(values: pl.DataFrame, plan: Plan, catalog: Catalog, lang: str) -> str:
    """What is short of a target that the text only strives for: it is no breach."""
    short = values.filter((pl.col("verdict") == "not_met") & ~pl.col("is_breach"))
    names = [_name(code, plan, catalog, lang) for code in short["code"].unique(maintain_order=True)]
    if not names:
        return ""
    listed = words.joined(names, lang)
    return either(lang, f"未达到但不作为未完成任务的是{listed}。", f"Short of it, but no breach: {listed}.")


def _goals(judged: pl.DataFrame, plan: Plan, catalog: Catalog, lang: str) -> str:
    """The overall goals, each with its number and how it stands."""
    codes = [t.code for clause in plan.clauses if clause.part == "goals" for t in clause.targets]
    rows = judged.filter(pl.col("code").is_in(codes) & pl.col("value").is_not_null() & (pl.col("unit") != "份"))
    told = []
    for row in rows.iter_rows(named=True):
        target = catalog.target(row["code"], plan)
        value = words.with_unit(row["value_printed"], row["unit"], lang)
        verdict = words.word("verdict", row["verdict"], lang)
        first = _preliminary(target, catalog, lang)
        name = _name(row["code"], plan, catalog, lang)
        told.append(either(lang, f"{name}{value}（{first}{verdict}）", f"{name} {value} ({first}{verdict})"))
    if not told:
        return ""
    listed = either(lang, "，", "; ").join(told)
    return either(lang, f"总体目标：{listed}。", f"Overall goals: {listed}.")


def _preliminary(target: Target, catalog: Catalog, lang: str) -> str:
    by_class = isinstance(catalog.indicators[target.indicator].numerator, ByWaterClass | ByTargetClass)
    return either(lang, "初步，", "preliminary, ") if by_class else ""


def _name(code: str, plan: Plan, catalog: Catalog, lang: str) -> str:
    return figure_name(catalog.target(code, plan), catalog, lang)


def gravest(
    judged: pl.DataFrame,
    plan: Plan,
    catalog: Catalog,
    lang: str,
    *,
    values: pl.DataFrame,
    members: pl.DataFrame,
) -> Table | Sentence:
    """The breaches that lack most of their target: value, target, gap in the unit that people act on, who answers.

    What the text forbids (a target of nothing) comes first, then the others by the share of the target that is lacking.
    `values` and `members` are those within the area; columns of indicator_value and figure_member.
    """
    missed = judged.filter(pl.col("is_breach") & (pl.col("verdict") == "not_met")).to_dicts()
    if not missed:
        return Sentence(either(lang, "没有未达到的任务。", "No task was missed."))
    ordered = sorted(missed, key=lambda row: -_share_lacking(row))[:_MOST]
    rows: list[list[Cell]] = []
    for row in ordered:
        target, mine = catalog.target(row["code"], plan), pl.col("code") == row["code"]
        within, of_code = values.filter(mine), members.filter(mine)
        rows.append(
            [
                row["code"],
                target.statement.in_language(lang),
                toned(words.with_unit(row["value_printed"], row["unit"], lang), "strong"),
                by_its_day(row, target, catalog, lang),
                gap_in_words(row, target, catalog, lang, within=within, members=of_code),
                carried_by(row, target, catalog, lang, within=within, members=of_code),
                answers(target, catalog, lang),
            ]
        )
    labels = either(
        lang,
        "编号|任务|数值|目标|差距|落在哪些地区|答复单位",
        "Code|Task|Value|Target|Gap|Areas that carry it|Answers",
    )
    columns = aligned(labels, "llrllll", (0.55, 1.9, 0.85, 1.1, 1.5, 1.7, 1.0))
    note = either(
        lang,
        f"未达到的任务共{len(missed)}项，列出{len(rows)}项：原文要求为零的在前，其余按所差占目标的比例由大到小；"
        "全部见“未达到的指标”一节。",
        f"Tasks missed: {len(missed)}, shown: {len(rows)}; those for which the text allows nothing first, "
        "the others by the share of their target that is lacking; all of them stand under “What was not met”.",
    )
    return Table(either(lang, "最要紧的差距", "The gaps that weigh most"), columns, rows, note, "gravest")


def _share_lacking(row: Mapping[str, Any]) -> float:
    """How much of its target a missed figure lacks; without end where the text allows nothing."""
    value, target = row["value"], row["target"]
    if value is None or target is None:
        return 0.0
    if target == 0:
        # A change that goes the wrong way is as grave as it is large, what is forbidden is graver than all else.
        return abs(value) / 100 if row["comparison"] in ("<", ">") else math.inf
    return float(abs(value - target) / abs(target))


def by_department(judged: pl.DataFrame, plan: Plan, catalog: Catalog, lang: str) -> Table:
    """How the figures of each department stand that answers for them; one of several departments counts with each."""
    order = ("met", "met_late", "not_met", "undecided", "not_yet_due")
    shown = [v for v in order if v in set(judged["verdict"])]
    by_code = [(row["verdict"], catalog.target(row["code"], plan)) for row in judged.iter_rows(named=True)]
    led: dict[str, list[tuple[str, Target]]] = {}
    for verdict, target in by_code:
        for department in target.lead:
            led.setdefault(department, []).append((verdict, target))
    rows = [_of_department(name, mine, shown, catalog, lang) for name, mine in led.items()]
    rows.sort(key=lambda row: -int(_text(row[2 + shown.index("not_met")])) if "not_met" in shown else 0)
    labels = either(lang, "答复单位|指标", "Answers|Figures").split("|")
    labels += [words.word("verdict", v, lang) for v in shown]
    labels += either(lang, "无数据|不判定|未达到的|待定的", "No data|Not judged|Those not met|Those undecided").split(
        "|"
    )
    columns = aligned(labels, "l" + "r" * (len(shown) + 3) + "ll", (1.4, *[0.7] * (len(shown) + 3), 2.8, 1.6))
    note = either(
        lang,
        "由几个单位共同答复的指标分别计入各单位；“不判定”为未设目标、仅列清单、专家评议与不涉及的指标。",
        "A figure for which several answer counts with each; “not judged” are those without a target, lists, those "
        "judged by experts and those that concern nobody.",
    )
    title = either(lang, "由谁答复", "Who answers")
    return Table(title, columns, [list(row) for row in rows], note, "by_department")


def _of_department(
    name: str, mine: Sequence[tuple[str, Target]], shown: Sequence[str], catalog: Catalog, lang: str
) -> list[Cell]:
    verdicts = [verdict for verdict, _ in mine]
    silent = sum(v in _SILENT for v in verdicts)
    others = len(verdicts) - silent - sum(v in shown for v in verdicts)
    missed, open_ones = (
        words.joined(list(dict.fromkeys(t.code for v, t in mine if v == verdict)), lang) or _NOTHING
        for verdict in ("not_met", "undecided")
    )
    counts: list[Cell] = [str(verdicts.count(v)) for v in shown]
    own = catalog.called([name], lang)[0]
    return [own, str(len(mine)), *counts, str(silent), str(others), missed, open_ones]


def _text(cell: Cell) -> str:
    return cell["text"] if isinstance(cell, dict) else cell
