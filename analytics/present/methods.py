"""The method annex: formulas, verdict rules, settings, limits, references."""

from __future__ import annotations

from analytics.catalog import Catalog
from analytics.catalog.models import Clause, Limits, Plan
from analytics.present import numbers, words
from analytics.present.explanation import explanation_tables
from analytics.present.prose import clause_name
from analytics.present.tables import Cell, Column, Table, or_one, toned
from analytics.present.words import either

__all__ = ["explanation_tables", "limits", "methods", "references", "settings", "verdict_rules"]

_RULES = {
    "met": (
        "比较成立；有缺少的数据时，无论其为何值都成立",
        "the comparison holds, whatever the missing would have said",
    ),
    "not_met": (
        "比较不成立；有缺少的数据时，无论其为何值都不成立",
        "the comparison fails, whatever the missing would have said",
    ),
    "met_late": ("有期限的工程在期限之后完成", "a dated work done after its date"),
    "undecided": (
        "答案取决于未报送、被隔离或不足的数据：下限与上限分居目标两侧",
        "low and high straddle the target",
    ),
    "not_yet_due": ("评估时期限或时段尚未结束", "the window or deadline lies ahead"),
    "not_delivered": ("责任部门什么也没有报送；报零是数据", "nothing was sent; a zero return is data"),
    "no_data": ("有报送，但没有可用的数据", "delivered, but nothing usable"),
    "no_target": (
        "目标另行设定而尚未给出，或只在其他层级判定",
        "left to be set elsewhere and not set, or judged at another level only",
    ),
    "not_applicable": ("按名录没有应计的对象", "the population is empty by its register"),
}


def methods(plan: Plan, catalog: Catalog, lang: str) -> Table:
    """How each figure is computed, from what, and by which documents."""
    rows: list[list[Cell]] = []
    for clause, target in catalog.targets(plan):
        indicator = catalog.indicators[target.indicator]
        cited = [
            catalog.references[c].document or catalog.references[c].title.in_language(lang) for c in indicator.cites
        ]
        caveat = indicator.caveats.in_language(lang) if indicator.caveats else ""
        rows.append(
            [
                target.code,
                toned(indicator.name.in_language(lang), "strong"),
                indicator.formula.in_language(lang) + (either(lang, "。", ". ") + caveat if caveat else ""),
                _clause(clause, lang),
                words.joined(list(dict.fromkeys(cited)), lang),
            ]
        )
    labels = either(lang, "编号|指标|算法|条款|依据", "Code|Figure|Computed as|Clause|By").split("|")
    columns = [Column(n, "left", w) for n, w in zip(labels, (0.5, 1.4, 2.6, 1.3, 1.6), strict=True)]
    return Table(either(lang, "指标的算法", "How the figures are computed"), columns, rows)


def _clause(clause: Clause, lang: str) -> str:
    """Number and title; the title alone where the clause has no number."""
    title, name = clause.title.in_language(lang), clause_name(clause, lang)
    return title if name == title else either(lang, f"{name} {title}", f"{title} ({name})")


def verdict_rules(lang: str) -> Table:
    """When each verdict is given."""
    rows: list[list[Cell]] = [
        [toned(words.word("verdict", code, lang), code), either(lang, *texts)] for code, texts in _RULES.items()
    ]
    labels = either(lang, "判定|何时", "Verdict|When").split("|")
    note = either(
        lang,
        "与目标比较时使用未修约的数值；力争、鼓励的目标未达到时不作为未完成任务。",
        "Targets are compared unrounded; short of what is only striven for or encouraged is no breach.",
    )
    columns = [Column(labels[0], "left", 1), Column(labels[1], "left", 3.4)]
    return Table(either(lang, "判定规则", "Verdicts"), columns, rows, note)


def settings(plan: Plan, catalog: Catalog, lang: str) -> Table:
    """Choices that the regulations leave open: value, certainty, reason."""
    rows: list[list[Cell]] = [
        [
            s.label.in_language(lang),
            toned(s.value if isinstance(s.value, str) else numbers.print_exact(s.value), "strong"),
            words.word("certainty", s.certainty, lang),
            s.reason.in_language(lang),
            words.joined([catalog.references[c].document for c in s.cites], lang) or "—",
        ]
        for s in plan.settings.values()
    ]
    labels = either(lang, "设定|取值|把握|理由|依据", "Setting|Value|Certainty|Reason|By").split("|")
    columns = [Column(n, "left", w) for n, w in zip(labels, (1.6, 0.6, 1.2, 3.0, 1.3), strict=True)]
    nothing = either(lang, "没有可调的设定", "No settings")
    return Table(either(lang, "可调的设定", "Settings"), columns, or_one(rows, nothing, len(columns)))


def limits(catalog: Catalog, lang: str) -> Table:
    """Limits of the items that take part in the class, as the standard has them."""
    standard = catalog.standards["gb3838_2002"]
    rows: list[list[Cell]] = [
        [
            _item_name(limit, catalog, lang),
            words.unit(limit.unit, lang) or "—",
            *(_limit(limit, i) for i in range(5)),
        ]
        for limit in standard.limits
        if limit.parameter not in standard.not_assessed
    ]
    labels = [*either(lang, "项目|单位", "Item|Unit").split("|"), *standard.class_names[:5]]
    columns = [Column(n, "left" if i < 2 else "right", 2.2 if i == 0 else 1) for i, n in enumerate(labels)]
    left_out = words.joined([catalog.parameters[p].label.in_language(lang) for p in standard.not_assessed], lang)
    note = either(
        lang,
        f"{standard.document} 表{standard.table}。恰在限值上的取较好的类别；最差的项目决定类别；{left_out}不参加评价。",
        f"{standard.document}, table {standard.table}. A value on a limit has the better class; the worst "
        f"item decides; {left_out} take no part.",
    )
    return Table(either(lang, "地表水类别限值", "Limits of the water classes"), columns, rows, note)


def _item_name(limit: Limits, catalog: Catalog, lang: str) -> str:
    name = catalog.parameters[limit.parameter].label.in_language(lang)
    if len(limit.bodies) == 1:
        body = words.word("body", limit.bodies[0], lang)
        return either(lang, f"{name}（{body}）", f"{name} ({body})")
    return name


def _limit(limit: Limits, number: int) -> str:
    value = numbers.print_exact(limit.classes[number])
    if limit.direction == "within":
        return f"{value} ~ {numbers.print_exact(limit.upper)}"
    return f"≤ {value}" if limit.direction == "at_most" else f"≥ {value}"


def references(catalog: Catalog, lang: str) -> Table:
    """The bibliography, with how sure each source is."""
    rows: list[list[Cell]] = [
        [
            r.title.in_language(lang),
            r.document or "—",
            words.word("certainty", r.certainty, lang),
            r.note.in_language(lang) if r.note else "",
        ]
        for key, r in catalog.references.items()
        if not key.startswith("plan_2021_")
    ]
    labels = either(lang, "文件|文号|把握|备注", "Document|Number|Certainty|Note").split("|")
    columns = [Column(n, "left", w) for n, w in zip(labels, (2.6, 1.8, 1.2, 1.4), strict=True)]
    return Table(either(lang, "依据", "References"), columns, rows)
