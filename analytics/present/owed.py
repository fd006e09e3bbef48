"""What is owed, in words: which cells were left blank, and what has come for a figure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.indicator import ByEvidence
from analytics.catalog.models import Source
from analytics.catalog.plan import Target
from analytics.catalog.served import forms_for
from analytics.periods import parse_period
from analytics.present import words
from analytics.present.prose import period_name
from analytics.present.tables import Cell, Table, aligned, or_one
from analytics.present.whom import with_county
from analytics.present.words import either

_NOTHING = "—"
# Whom nobody can judge as long as no rule is given: nothing is owed for it.
_NO_RULE = "no_rule"


def blank_cells(cells: pl.DataFrame, catalog: Catalog, lang: str) -> list[str]:
    """Blank cells of one form in words, those of one member and period together (columns of cells_left_blank)."""
    found = []
    for cell in _together(cells).iter_rows(named=True):
        whom, what, when, codes = _cell(cell, catalog, lang)
        found.append(
            either(lang, f"{whom}{when}的“{what}”（{codes}待此数据）", f"{whom}, {when}: {what} ({codes} wait for it)")
        )
    return found


def blank_table(cells: pl.DataFrame, inside: Collection[str] | None, catalog: Catalog, lang: str) -> Table:
    """Cells that were left blank and keep a figure open: form, whom, column, period, and the figures that wait.

    With `inside` only those of members that lie in these areas.
    """
    mine = cells if inside is None else cells.filter(pl.col("area_id").is_in(list(inside)))
    rows: list[list[Cell]] = [
        [
            *catalog.called([catalog.sources[cell["source"]].department], lang),
            catalog.sources[cell["source"]].label.in_language(lang),
            *_cell(cell, catalog, lang),
        ]
        for cell in _together(mine).iter_rows(named=True)
    ]
    columns = aligned(
        either(lang, "报送部门|报表|对象|未填栏目|期间|待此数据的指标", "Department|Form|Whom|Column|Period|Figures"),
        "llllll",
        (1.0, 1.7, 1.7, 1.6, 0.9, 0.9),
    )
    nothing = either(lang, "没有使指标不完整的空格", "No blank cell keeps a figure incomplete")
    title = either(lang, "留空、使指标不完整的栏目", "Cells left blank that keep a figure incomplete")
    note = either(
        lang,
        "空格所在的对象暂不计入所列指标；其余数据已足以决定的，指标照样判定。",
        "Whoever left a cell blank is not counted in the figures named; where the other data decide, they are judged.",
    )
    return Table(title, columns, or_one(rows, nothing, len(columns)), note if rows else "")


def _together(cells: pl.DataFrame) -> pl.DataFrame:
    """The cells of one form, member and period in one row."""
    about = ("source", "entity_id", "name", "area_id", "period")
    codes = pl.col("codes").explode().unique(maintain_order=True)
    return cells.group_by(about, maintain_order=True).agg("field", codes=codes)


def _cell(cells: Mapping[str, Any], catalog: Catalog, lang: str) -> tuple[str, str, str, str]:
    """Whom the cells are about, their columns, the period, and the figures that wait."""
    return (
        with_county(cells["name"] or cells["entity_id"], cells["area_id"] or "", catalog, lang),
        words.joined([_label(field, catalog, lang) for field in cells["field"]], lang),
        period_name(parse_period(cells["period"]), lang),
        words.joined(cells["codes"], lang),
    )


def _label(field: str, catalog: Catalog, lang: str) -> str:
    return words.field_label(catalog.parameters.get(field) or catalog.fields[field], lang)


def arrived(
    target: Target, members: pl.DataFrame, standing: pl.DataFrame, catalog: Catalog, *, as_of: date | None, lang: str
) -> str:
    """What has come for a figure: forms of which nothing has, then how many of its own members are told of in full.

    Parameters
    ----------
    members
        Rows of figure_member of the figure. A part that is not over by the day `as_of` is not waited for.
    standing
        Columns of standing_of_year.
    """
    forms = forms_for(target, catalog)
    if not forms:
        return _NOTHING
    nothing = [form for form in forms if _has_nothing_of(form, standing)]
    found = [_not_sent(form, standing, catalog, lang) for form in nothing]
    others = [form for form in forms if form not in nothing and form.register_as is None]
    indicator = catalog.indicators[target.indicator]
    if indicator.population.whole and not isinstance(indicator.numerator, ByEvidence):
        found += [text for form in others if (text := _in_part(form, standing, catalog, lang))]
    elif others:
        found += _told_of(members, others, standing, catalog, as_of=as_of, lang=lang)
    return either(lang, "；", "; ").join(found) or either(lang, "已报齐", "complete")


def _not_sent(form: Source, standing: pl.DataFrame, catalog: Catalog, lang: str) -> str:
    """That a form has not come; of one for which its department waits itself, for what, until it is overdue."""
    label, department = _named(form, catalog, lang)
    is_overdue = "overdue" in standing.filter(pl.col("source") == form.id)["state"].to_list()
    if form.awaits is not None and not is_overdue:
        awaits = form.awaits.in_language(lang)
        return either(lang, f"待{awaits}：{label}", f"waiting for {awaits}: {label}")
    return either(lang, f"未报：{label}（{department}）", f"not sent: {label} ({department})")


def _has_nothing_of(form: Source, standing: pl.DataFrame) -> bool:
    mine = standing.filter((pl.col("source") == form.id) & (pl.col("state") != "not_over"))
    return not mine.is_empty() and mine["told"].sum() == 0


def _in_part(form: Source, standing: pl.DataFrame, catalog: Catalog, lang: str) -> str:
    """How many a form tells of, for a figure that counts the whole province as one; nothing where it tells of all."""
    mine = standing.filter((pl.col("source") == form.id) & (pl.col("state") != "not_over"))
    told, expected = int(mine["told"].sum()), int(mine["expected"].fill_null(0).sum())
    label, department = _named(form, catalog, lang)
    text = either(
        lang, f"{label}{told:,}/{expected:,}（{department}）", f"{label} {told:,}/{expected:,} ({department})"
    )
    return text if told < expected else ""


def _named(form: Source, catalog: Catalog, lang: str) -> tuple[str, str]:
    return form.label.in_language(lang), catalog.called([form.department], lang)[0]


def _told_of(
    members: pl.DataFrame,
    forms: Sequence[Source],
    standing: pl.DataFrame,
    catalog: Catalog,
    *,
    as_of: date | None,
    lang: str,
) -> list[str]:
    """How many members are told of, and how many of these not in full or not by the rules; nothing where all are."""
    mine = members.filter(
        (pl.col("status") != "excluded") & pl.col("reason").ne_missing(pl.lit(_NO_RULE)) & _is_over(members, as_of)
    )
    silent = standing.filter(pl.col("source").is_in([f.id for f in forms]))["missing"].explode().drop_nulls().implode()
    is_open = pl.col("status") == "incomplete"
    lacking = (pl.col("status") == "not_delivered") | (is_open & pl.col("entity_id").is_in(silent))
    counts = mine.select(
        lacking=lacking.sum(), partly=(is_open & ~lacking).sum(), aside=(pl.col("status") == "set_aside").sum()
    ).row(0, named=True)
    if not any(counts.values()):
        return []
    label, department = (
        words.joined(list(dict.fromkeys(names)), lang)
        for names in zip(*(_named(form, catalog, lang) for form in forms), strict=True)
    )
    share = f"{mine.height - counts['lacking']:,}/{mine.height:,}"
    beside = [
        either(lang, f"{counts[key]}个{zh}", f"{counts[key]} {en}")
        for key, zh, en in (("partly", "数据不全", "not in full"), ("aside", "未通过校验", "set aside"))
        if counts[key]
    ]
    which = either(lang, "，其中", ", of these ") + words.joined(beside, lang) if beside else ""
    return [either(lang, f"{label}{share}（{department}）{which}", f"{label} {share} ({department}){which}")]


def _is_over(members: pl.DataFrame, as_of: date | None) -> pl.Series:
    """Whether the part that a member's row is about was over by that day; the year as a whole is asked at any time."""
    ahead = [as_of is not None and part != "" and parse_period(part).end > as_of for part in members["part"]]
    return ~pl.Series(ahead, dtype=pl.Boolean)
