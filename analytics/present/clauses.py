"""The plan clause by clause: what was promised, what has arrived, how it stands, what is missing, who answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.indicator import Indicator
from analytics.catalog.plan import Clause, Plan, Target
from analytics.present import words
from analytics.present.bounds import may_be
from analytics.present.campaigns import beside_monitoring
from analytics.present.clause_lists import list_of
from analytics.present.owed import arrived
from analytics.present.prose import Heading, Sentence, beside_name, clause_name
from analytics.present.scorecard import value_told
from analytics.present.shortfalls import carried_by, gap_in_words
from analytics.present.tables import Cell, Table, aligned, toned
from analytics.present.targets import answers, by_its_day, works_beside_the_text
from analytics.present.words import either

_NOTHING = "—"
_ROLES = (
    ("lead", "牵头", "Lead"),
    ("cooperating", "配合", "With"),
    ("responsible", "负责", "Carried out by"),
)


@dataclass(frozen=True)
class Pieces:
    """Headings, sentences and tables under one another."""

    pieces: Sequence[Heading | Sentence | Table]

    def _ipython_display_(self) -> None:
        from IPython.display import display

        for piece in self.pieces:
            display(piece)  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Told:
    """What a chapter is made of: rows of indicator_value as judged, those within the area, members, and what arrived.

    `beside` are companions and recognised values (columns of indicator_value), `joint` promises that several figures
    make together (columns of clause_verdict); `standing` has the columns of standing_of_year, `works` those of
    works_of_year, `entries` those of entries_of_year with name and area; `as_of` is the day of the assessment.
    """

    judged: pl.DataFrame
    values: pl.DataFrame
    members: pl.DataFrame
    standing: pl.DataFrame
    beside: pl.DataFrame
    joint: pl.DataFrame
    works: pl.DataFrame
    entries: pl.DataFrame
    as_of: date | None = None


def chapter(part: str, told: Told, plan: Plan, catalog: Catalog, lang: str) -> Pieces:
    """The clauses of a part of the plan, each with its promise, who answers, and a table of its figures.

    A clause of which nothing is computed for the area is left out.
    """
    pieces: list[Heading | Sentence | Table] = []
    for clause in plan.clauses:
        mine = told.judged.filter(pl.col("code").is_in([t.code for t in clause.targets]))
        if clause.part != part or mine.is_empty():
            continue
        pieces += [
            Heading(_title(clause, lang)),
            Sentence(_promise(clause, catalog, lang)),
            figures(clause, told, plan, catalog, lang),
            *_lists(clause, mine["code"].unique().to_list(), told, plan, catalog, lang=lang),
        ]
    return Pieces(
        pieces
        or [Sentence(either(lang, "本地区没有按本部分计算的指标。", "Nothing of this part is computed for the area."))]
    )


def _lists(
    clause: Clause, codes: Sequence[str], told: Told, plan: Plan, catalog: Catalog, *, lang: str
) -> Iterator[Table]:
    """Below the figures of a clause the lists that they count: works, entries, areas that fall short."""
    for target in clause.targets:
        of_code = pl.col("code") == target.code
        table = list_of(
            target,
            catalog,
            lang,
            values=told.values.filter(of_code),
            members=told.members.filter(of_code),
            works=told.works,
            entries=told.entries,
        )
        if table is not None and target.code in codes:
            against = beside_monitoring(target, told.entries, told.members, plan, catalog, lang=lang)
            yield replace(table, note=either(lang, "", " ").join(filter(None, [table.note, against])))


def _title(clause: Clause, lang: str) -> str:
    name, title = clause_name(clause, lang), clause.title.in_language(lang)
    return title if name == title else f"{name}{either(lang, ' ', ': ')}{title}"


def _promise(clause: Clause, catalog: Catalog, lang: str) -> str:
    """What the clause promises in our words, with who leads, who helps and who carries it out."""
    named = [(zh, en, catalog.called(getattr(clause, role), lang)) for role, zh, en in _ROLES]
    who = [either(lang, f"{zh}：", f"{en}: ") + words.joined(names, lang) for zh, en, names in named if names]
    stop = either(lang, "。", ". ")
    return (
        clause.statement.in_language(lang) + stop + (either(lang, "；", "; ").join(who) + stop.strip() if who else "")
    )


def figures(clause: Clause, told: Told, plan: Plan, catalog: Catalog, lang: str) -> Table:
    """One row for each figure of a clause; below it what stands beside it, and what it promises with others."""
    targets = {t.code: t for t in clause.targets}
    mine = told.judged.filter(pl.col("code").is_in(list(targets)))
    last = {
        max(here, key=list(targets).index): joint
        for joint in told.joint.to_dicts()
        if (here := [code for code in joint["codes"] if code in targets])
    }
    rows: list[list[Cell]] = []
    for code in mine["code"].unique(maintain_order=True):
        indicator = catalog.indicators[targets[code].indicator]
        of_code = mine.filter(pl.col("code") == code).iter_rows(named=True)
        rows += [_row(row, targets[code], told, catalog, lang) for row in of_code]
        rows += [_beside(b, indicator, lang) for b in told.beside.filter(pl.col("code") == code).to_dicts()]
        if code in last:
            rows.append(_together(last[code], plan, lang))
    columns = aligned(
        either(
            lang,
            "编号|承诺与目标|数值|判定|差距与所在地区|报送|答复单位",
            "Code|Promise and target|Value|Verdict|Gap and areas that carry it|Delivered|Answers",
        ),
        "llrclll",
        (0.55, 2.4, 0.85, 1.0, 2.0, 1.35, 1.0),
    )
    return Table(
        either(lang, f"{clause_name(clause, lang)}各项指标", f"Figures of {clause_name(clause, lang)}"),
        columns,
        rows,
        either(lang, "", " ").join(filter(None, [_note(mine, lang), *_other_numbers(clause, told, catalog, lang)])),
    )


def _other_numbers(clause: Clause, told: Told, catalog: Catalog, lang: str) -> Iterator[str]:
    """Of figures that count works how many were told of, where the text speaks of another number."""
    for target in clause.targets:
        other = works_beside_the_text(target, told.works, catalog.indicators[target.indicator], lang)
        is_whole = told.judged.filter((pl.col("code") == target.code) & (pl.col("scope_kind") == target.level)).height
        if other and is_whole:
            yield either(
                lang,
                f"{target.code}：{other}，个数不一致，请报送部门核对。",
                f"{target.code}: {other}; whoever sent it should say why.",
            )


def _note(judged: pl.DataFrame, lang: str) -> str:
    """What a range stands for, where there is one, and why there is none where it is unknown."""
    has_value = pl.col("value").is_not_null()
    ranges = judged.filter(pl.col("target").is_null() & has_value & (pl.col("low") < pl.col("high")))
    is_past = pl.col("verdict") != "not_yet_due"
    open_ends = judged.filter(has_value & is_past & (pl.col("low").is_null() | pl.col("high").is_null()))
    told = []
    if ranges.height:
        told.append(
            either(
                lang,
                "数值只用已有的可用数据；“可能为”是把尚缺与暂不采用的数据取最不利与最有利时的结果，补齐或更正后收窄。",
                "A value rests on the usable data that are there; “may be” is what it would be with what is missing or "
                "set aside at its worst and at its best.",
            )
        )
    if open_ends.height:
        listed = words.joined(open_ends["code"].unique(maintain_order=True).to_list(), lang)
        told.append(
            either(
                lang,
                f"{listed}尚缺的对象没有报过总量或数值，无从给出可能的范围，不作推断。",
                f"{listed}: of those who are missing nothing was told that bounds them, so no range is given.",
            )
        )
    return either(lang, "", " ").join(told)


def _beside(row: Mapping[str, Any], indicator: Indicator, lang: str) -> list[Cell]:
    """What stands beside a figure: its name and number, and a verdict where it has a target of its own."""
    name = either(lang, "并列：", "Beside it: ") + beside_name(row["stratum"], indicator, lang)
    verdict = (
        toned(words.word("verdict", row["verdict"], lang), row["verdict"]) if row["target"] is not None else _NOTHING
    )
    return ["", name, words.with_unit(row["value_printed"], row["unit"], lang), verdict, *[_NOTHING] * 2, ""]


def _together(joint: Mapping[str, Any], plan: Plan, lang: str) -> list[Cell]:
    """A promise that several figures make together."""
    promise = next(j for j in plan.joint if list(j.codes) == joint["codes"])
    statement = promise.statement.in_language(lang)
    name = either(lang, f"合并判定：{statement}", f"Taken together: {statement}")
    verdict = toned(words.word("verdict", joint["verdict"], lang), joint["verdict"])
    return [words.joined(joint["codes"], lang), name, _NOTHING, verdict, *[_NOTHING] * 2, ""]


def _gap(
    row: Mapping[str, Any], target: Target, catalog: Catalog, lang: str, *, within: pl.DataFrame, members: pl.DataFrame
) -> str:
    """The gap and the areas that carry it; of what is held against nothing the range that what is missing leaves."""
    range_of = may_be(row, catalog.indicators[target.indicator], lang)
    if row["target"] is None and range_of != _NOTHING:
        return range_of
    far = gap_in_words(row, target, catalog, lang, within=within, members=members)
    where = carried_by(row, target, catalog, lang, within=within, members=members)
    if where == _NOTHING:
        return far
    return either(lang, f"{far}（{where}）", f"{far} ({where})")


def _row(row: Mapping[str, Any], target: Target, told: Told, catalog: Catalog, lang: str) -> list[Cell]:
    of_code = pl.col("code") == row["code"]
    members, within = told.members.filter(of_code), told.values.filter(of_code)
    grade = row["evidence_grade"] if row["verdict"] in ("met", "met_late") else None
    verdict = words.word("verdict", row["verdict"], lang)
    if grade:
        verdict += either(lang, "·", ", ") + words.word("grade", grade, lang)
    goal = by_its_day(row, target, catalog, lang)
    statement = target.statement.in_language(lang)
    return [
        row["code"],
        either(lang, f"{statement}（{goal}）", f"{statement} ({goal})"),
        toned(value_told(row, catalog.indicators[target.indicator], told.beside, lang), "strong"),
        toned(verdict, row["verdict"]),
        _gap(row, target, catalog, lang, within=within, members=members),
        arrived(target, members, told.standing, catalog, as_of=told.as_of, lang=lang),
        answers(target, catalog, lang),
    ]
