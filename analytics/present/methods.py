"""The method annex: formulas, verdict rules, settings, references."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from analytics.catalog import Catalog
from analytics.catalog.indicator import Indicator
from analytics.catalog.models import Sourced
from analytics.catalog.plan import Assumption, Clause, Plan, Setting, Target
from analytics.catalog.worked import Answer
from analytics.present import numbers, words
from analytics.present.explanation import explanation_tables
from analytics.present.prose import beside_name, clause_name
from analytics.present.tables import Cell, Column, Table, or_one, toned
from analytics.present.targets import long_date
from analytics.present.words import either

__all__ = [
    "assumptions",
    "explanation_tables",
    "methods",
    "references",
    "settings",
    "verdict_rules",
    "worked_examples",
]

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
        "答案取决于未报送、暂不采用或不足的数据：下限与上限分居目标两侧",
        "low and high straddle the target",
    ),
    "not_yet_due": ("评估时期限或时段尚未结束", "the window or deadline lies ahead"),
    "not_delivered": ("责任部门什么也没有报送；报零是数据", "nothing was sent; a zero return is data"),
    "no_data": ("有报送，但没有可用的数据", "delivered, but nothing usable"),
    "no_target": (
        "目标另行设定而尚未给出，或只在其他层级判定",
        "left to be set elsewhere and not set, or judged at another level only",
    ),
    "not_applicable": ("按名录没有应计的对象，或分母为零", "nobody to count by the register, or nothing to divide by"),
    "list_only": ("原文只要清单：列出，不作判定", "the text wants a list: it is shown, not judged"),
    "by_judgement": (
        "原文没有数值：收取佐证，由专家评议",
        "no figure in the text: experts judge the evidence",
    ),
}


def methods(plan: Plan, catalog: Catalog, codes: Collection[str], lang: str) -> Table:
    """How each figure of `codes` is computed, from what, and by which documents; all others are in the plan."""
    rows: list[list[Cell]] = []
    for clause, target in [(c, t) for c, t in catalog.targets(plan) if t.code in codes]:
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


def worked_examples(plan: Plan, catalog: Catalog, lang: str) -> Table:
    """The worked examples of the plan's figures, each tested with the formulas it explains."""
    rows: list[list[Cell]] = []
    for example in [e for e in catalog.worked.values() if e.plan == plan.id]:
        for i, answer in enumerate(example.answers):
            indicator = catalog.indicators[catalog.target(answer.code, plan).indicator]
            rows.append(
                [
                    toned(example.title.in_language(lang), "strong") if i == 0 else "",
                    example.given.in_language(lang) if i == 0 else "",
                    " ".join([answer.code, *_about(answer, indicator, plan, catalog, lang)]),
                    _answer_value(answer, catalog.target(answer.code, plan), indicator, example.year, lang),
                    toned(words.word("verdict", answer.verdict, lang), answer.verdict),
                ]
            )
        for codes, verdict in example.joint.items():
            together = either(lang, "合并判定", "taken together")
            figures = words.joined(codes.split("+"), lang)
            rows.append(["", "", f"{figures} {together}", "—", toned(words.word("verdict", verdict, lang), verdict)])
    labels = either(lang, "情形|已知|指标|结果|判定", "Case|Given|Figure|Result|Verdict").split("|")
    columns = [Column(n, "left", w) for n, w in zip(labels, (1.5, 3.0, 0.9, 1.1, 0.9), strict=True)]
    nothing = either(lang, "没有算例", "No examples")
    note = either(
        lang,
        "算例自成一体，只用其中所列的事实与目标，与本年度下达的目标和设定无关。",
        "Each example stands by itself: its own facts and targets, not those given for the year.",
    )
    return Table(either(lang, "算例", "Worked examples"), columns, or_one(rows, nothing, len(columns)), note)


def _about(answer: Answer, indicator: Indicator, plan: Plan, catalog: Catalog, lang: str) -> list[str]:
    """Whom an answer is about, and which of the numbers that stand beside each other it is."""
    found = []
    if answer.scope:
        place, _, work = answer.scope.partition("/")
        area = catalog.areas.get(place)
        found.append((area.name.in_language(lang) if area else place) + work)
    if answer.stratum:
        places = plan.place_sets.get(answer.stratum)
        label = places.label.in_language(lang) if places else beside_name(answer.stratum, indicator, lang)
        found.append(either(lang, f"（{label}）", f"({label})"))
    return found


def _answer_value(answer: Answer, target: Target, indicator: Indicator, year: int, lang: str) -> str:
    """The value with what it may lie between."""
    if answer.value is None:
        return "—"
    held = target.value.get(year) if answer.target is None else answer.target
    value = numbers.print_value(answer.value, decimals=indicator.decimals, target=held, comparison=target.comparison)
    printed = words.with_unit(value, indicator.unit, lang)
    if answer.low is None or answer.high is None or answer.low == answer.high:
        return printed
    low = numbers.print_bound(answer.low, decimals=indicator.decimals, is_low=True)
    high = numbers.print_bound(answer.high, decimals=indicator.decimals, is_low=False)
    return f"{printed}（{low} ~ {high}）" if lang == "zh" else f"{printed} ({low} ~ {high})"


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
            toned(_value(catalog.setting(plan, name), lang), "strong"),
            *_sure(s, catalog.given_setting(plan, name), lang),
            _by(catalog.given_setting(plan, name), lang)
            or words.joined([catalog.references[c].document for c in s.cites], lang)
            or "—",
        ]
        for name, s in plan.settings.items()
    ]
    labels = either(lang, "设定|取值|把握|理由|依据", "Setting|Value|Certainty|Reason|By").split("|")
    columns = [Column(n, "left", w) for n, w in zip(labels, (1.6, 0.6, 1.2, 3.0, 1.3), strict=True)]
    nothing = either(lang, "没有可调的设定", "No settings")
    return Table(either(lang, "可调的设定", "Settings"), columns, or_one(rows, nothing, len(columns)))


def _sure(assumed: Assumption, given: Sourced | None, lang: str) -> tuple[str, str]:
    """How sure a choice is, and why; of one that was given, that it was, and by what."""
    if given is None:
        return words.word("certainty", assumed.certainty, lang), assumed.reason.in_language(lang)
    before = (
        either(lang, f"计划原为{_value(assumed, lang)}；", f"in the plan {_value(assumed, lang)}; ")
        if isinstance(assumed, Setting)
        else ""
    )
    return either(lang, "已给出", "given"), before + either(lang, "由文件给出：", "given by ") + _by(given, lang)


def _by(given: Sourced | None, lang: str) -> str:
    """The document that gave another value, and its day; nothing where none did."""
    return f"{given.source} {long_date(given.date, lang)}" if given else ""


def _value(setting: Setting, lang: str) -> str:
    if setting.value is None:
        return either(lang, "未给出", "not given")
    if isinstance(setting.value, str):
        return setting.choices[setting.value].in_language(lang)
    return numbers.print_exact(setting.value)


def assumptions(plan: Plan, catalog: Catalog, lang: str) -> Table:
    """Windows of the year and sets of places that the plan's words stand for."""
    rows: list[list[Cell]] = [
        [
            w.label.in_language(lang),
            f"{w.first} ~ {w.last}",
            words.word("certainty", w.certainty, lang),
            w.reason.in_language(lang) + _judged_from(name, plan, lang),
        ]
        for name, w in plan.windows.items()
    ]
    for name, found in plan.place_sets.items():
        places = [catalog.areas[p].name.in_language(lang) for p in catalog.place_set(plan, name)]
        listed = words.joined(places, lang) if len(places) <= 10 else either(lang, f"{len(places)}个", str(len(places)))
        rows.append(
            [
                found.label.in_language(lang),
                listed,
                *_sure(found, catalog.given_places(plan, name), lang),
            ]
        )
    labels = either(lang, "原文用语|所指|把握|理由", "Words of the text|Taken as|Certainty|Reason").split("|")
    columns = [Column(n, "left", w) for n, w in zip(labels, (1.4, 1.8, 0.9, 2.6), strict=True)]
    title = either(lang, "时段与地域范围", "Windows and places")
    return Table(title, columns, or_one(rows, either(lang, "没有", "None"), len(columns)))


def _judged_from(window: str, plan: Plan, lang: str) -> str:
    """Figures of a window that are judged only from a later day on."""
    days: dict[date, list[str]] = {}
    for target in plan.targets():
        if target.window == window:
            for day in target.judged_from.values():
                days.setdefault(day, []).append(target.code)
    told = [
        either(
            lang,
            f"{words.joined(codes, lang)}自{long_date(day, lang)}起判定",
            f"{words.joined(codes, lang)} are judged from {long_date(day, lang)} on",
        )
        for day, codes in days.items()
    ]
    return "".join(either(lang, "；", "; ") + said for said in told)


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
        if not key.startswith(("plan_2021_clause", "plan_2021_safeguard", "plan_2021_goals"))
    ]
    labels = either(lang, "文件|文号|把握|备注", "Document|Number|Certainty|Note").split("|")
    columns = [Column(n, "left", w) for n, w in zip(labels, (2.6, 1.8, 1.2, 1.4), strict=True)]
    return Table(either(lang, "依据", "References"), columns, rows)
