"""The ledger of tasks (任务台账), and the list of what was not met with the reasons people gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.plan import Plan
from analytics.present import numbers, words
from analytics.present.prose import clause_name
from analytics.present.shortfalls import carried_by, gap_in_words
from analytics.present.tables import Cell, Table, aligned, or_one, toned
from analytics.present.targets import answers, by_its_day, figure_name
from analytics.present.unmet_reasons import Reason, about, in_a_cell
from analytics.present.words import either

_NOTHING = "—"
_DONE = ("met", "met_late")
_OPEN = ("not_met", "met_late", "undecided")


def ledger(judged: pl.DataFrame, plan: Plan, catalog: Catalog, lang: str) -> Table:
    """One line for each figure: clause, task, target, what is done and how much of it, verdict, evidence, department.

    `judged` has the columns of indicator_value, a row for each figure at the level its text sets.
    """
    rows: list[list[Cell]] = []
    for clause in plan.clauses:
        for target in clause.targets:
            for row in judged.filter(pl.col("code") == target.code).iter_rows(named=True):
                rows.append(
                    [
                        clause_name(clause, lang),
                        target.code,
                        figure_name(target, catalog, lang),
                        by_its_day(row, target, catalog, lang),
                        toned(words.with_unit(row["value_printed"], row["unit"], lang), "strong"),
                        _rate(row) if target.level in ("province", row["scope_kind"]) else _NOTHING,
                        toned(words.word("verdict", row["verdict"], lang), row["verdict"]),
                        _grade(row, lang),
                        answers(target, catalog, lang),
                    ]
                )
    columns = aligned(
        either(
            lang,
            "条款|编号|任务|目标|完成|完成率|判定|佐证|责任单位",
            "Clause|Code|Task|Target|Done|Rate|Verdict|Evidence|Department",
        ),
        "llllrrccl",
        (0.85, 0.55, 2.0, 1.5, 0.9, 0.75, 0.95, 0.75, 1.1),
    )
    note = either(
        lang,
        "完成率为完成数与目标数之比，只对越多越好、目标大于零的指标给出；判定以未修约的数值为准。",
        "Rate: what is done over the target, only where more is better and the target above zero; verdicts rest on "
        "unrounded values.",
    )
    nothing = either(lang, "没有指标", "No figures")
    return Table(
        either(lang, "任务台账", "Ledger of tasks"), columns, or_one(rows, nothing, len(columns)), note, "ledger"
    )


def _rate(row: Mapping[str, Any]) -> str:
    if row["value"] is None or not row["target"] or row["target"] < 0 or row["comparison"] not in (">=", ">"):
        return _NOTHING
    return words.with_unit(numbers.print_value(100 * row["value"] / row["target"], decimals=1, target=100.0), "%", "en")


def _grade(row: Mapping[str, Any], lang: str) -> str:
    grade = row["evidence_grade"] if row["verdict"] in _DONE else None
    return words.word("grade", grade, lang) if grade else _NOTHING


def not_met(
    judged: pl.DataFrame,
    plan: Plan,
    catalog: Catalog,
    lang: str,
    *,
    values: pl.DataFrame,
    members: pl.DataFrame,
    reasons: Sequence[Reason],
) -> Table:
    """What was not met, was met late or is undecided: gap, areas, and why, as those responsible typed it.

    `values` and `members` are those within the area; columns of indicator_value and figure_member. Of a figure without
    any of the `reasons` it is said that none was given; the department that owes one stands in its row.
    """
    order = {v: n for n, v in enumerate(_OPEN)}
    open_rows = judged.filter(pl.col("verdict").is_in(_OPEN)).to_dicts()
    rows: list[list[Cell]] = []
    for row in sorted(open_rows, key=lambda r: order[r["verdict"]]):
        target = catalog.target(row["code"], plan)
        mine = pl.col("code") == row["code"]
        within, of_code = values.filter(mine), members.filter(mine)
        rows.append(
            [
                row["code"],
                target.statement.in_language(lang),
                toned(words.word("verdict", row["verdict"], lang), row["verdict"]),
                gap_in_words(row, target, catalog, lang, within=within, members=of_code),
                carried_by(row, target, catalog, lang, within=within, members=of_code),
                in_a_cell(about(reasons, row["code"], row["scope_id"], catalog), catalog, lang),
                answers(target, catalog, lang),
            ]
        )
    columns = aligned(
        either(
            lang,
            "编号|承诺|判定|差距|落在哪些地区|原因、措施与期限|责任单位",
            "Code|Promise|Verdict|Gap|Areas that carry it|Reason, measure, by when|Department",
        ),
        "llcllll",
        (0.55, 1.9, 0.9, 1.3, 1.4, 2.0, 0.9),
    )
    note = either(
        lang,
        "原因与措施由责任单位填写并签字，不由系统生成；“未说明”的，由所列责任单位补报《未达到情况说明表》。",
        "Reasons and measures are typed and signed by those responsible, never generated; where none was given, the "
        "department named owes it.",
    )
    nothing = either(lang, "没有未达到、逾期或待定的指标", "Nothing was missed, late or undecided")
    title = either(lang, "未达到、逾期完成与待定的指标", "What was not met, met late, or is undecided")
    return Table(title, columns, or_one(rows, nothing, len(columns)), note)
