"""What a figure lacks of its target in the unit that people can act on, and the areas that carry it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.indicator import MEMBER_SCOPES, ByAmount, ByFormula, ByStates, Indicator
from analytics.catalog.plan import Target
from analytics.compute.shortfall import short_by
from analytics.present import numbers, words
from analytics.present.bounds import gap
from analytics.present.prose import FELL_SHORT, in_numbers, scope_name
from analytics.present.words import either

MOST_NAMES = 4  # that a cell has room for; more of them stand in a table of their own
_OPEN = (*FELL_SHORT, "undecided")
_NOTHING = "—"


def gap_in_words(
    row: Mapping[str, Any],
    target: Target,
    catalog: Catalog,
    lang: str,
    *,
    within: pl.DataFrame,
    members: pl.DataFrame,
) -> str:
    """How far a figure lies from its target, and what it lacks in the unit that people act on; else a dash.

    Of areas that are judged each by itself, and of named works, how many stand how. `within` and `members` as
    `carried_by` takes them.
    """
    indicator = catalog.indicators[target.indicator]
    if indicator.population.named == "works":
        return in_numbers(members["verdict"], lang) or _NOTHING
    if target.level not in ("province", row["scope_kind"]):
        return of_parts(target, within, lang)
    parts = (gap(row, indicator, lang), missing(row, indicator, catalog, lang))
    return either(lang, "；", "; ").join(p for p in parts if p and p != _NOTHING) or _NOTHING


def missing(row: Mapping[str, Any], indicator: Indicator, catalog: Catalog, lang: str) -> str:
    """What a share lacks of its target in what it counts: `还差13个建制镇`; nothing where nothing is missing.

    Of any other figure the distance from its target, in its own unit, says all.
    """
    lacks = _lacks(row, indicator) if _is_share(indicator) else None
    if not lacks or row["verdict"] not in _OPEN:
        return ""
    amount = _amount(lacks, indicator, catalog, lang)
    if _is_throughout(indicator):  # a month that is past cannot be made good
        return either(lang, f"{amount}未全程做到", f"{amount} not throughout")
    if _less_is_better(row):
        return either(lang, f"超出{amount}", f"{amount} too many")
    return either(lang, f"还差{amount}", f"{amount} short")


def _is_throughout(indicator: Indicator) -> bool:
    """Whether a member counts only where it was so in every month that is asked of."""
    return isinstance(indicator.numerator, ByStates) and indicator.numerator.throughout


def of_parts(target: Target, within: pl.DataFrame, lang: str) -> str:
    """Where the text judges areas or members by themselves, how many of them stand how: `达到9个城区，未达到2个城区`.

    The number of the whole says nothing of that, and is held against nothing.
    """
    level = words.word("scope", target.level, lang)
    return in_numbers(within.filter(pl.col("scope_kind") == target.level)["verdict"], lang, of=level) or _NOTHING


def carried_by(
    row: Mapping[str, Any],
    target: Target,
    catalog: Catalog,
    lang: str,
    *,
    within: pl.DataFrame,
    members: pl.DataFrame,
) -> str:
    """The areas in which a figure falls short, those that lack most first: `临汾市12个、吕梁市9个`.

    Parameters
    ----------
    row
        The figure as it is judged.
    within
        Rows of indicator_value of the same code in the area.
    members
        Rows of figure_member of the same code in the area.
    """
    indicator = catalog.indicators[target.indicator]
    if row["verdict"] not in _OPEN or row["scope_kind"] in MEMBER_SCOPES:
        return _NOTHING
    if indicator.population.named == "works":
        late = members.filter(pl.col("verdict").is_in(FELL_SHORT)).sort("entity_id")
        return _listed([_place(m, catalog, lang) for m in late.iter_rows(named=True)], lang)
    if target.level != "province":
        short = within.filter((pl.col("scope_kind") == target.level) & pl.col("verdict").is_in(FELL_SHORT))
        between = either(lang, "", " ")
        told = [
            f"{scope_name(r, catalog, lang)}{between}{words.with_unit(r['value_printed'], r['unit'], lang)}"
            for r in short.sort("scope_id").iter_rows(named=True)
        ]
        return _listed(told, lang)
    if indicator.is_lowest:
        return _listed(_members_short(within, catalog, lang), lang)
    parts = within.filter((pl.col("scope_kind") == "city") & pl.col("stratum").is_null())
    return _listed(_by_lack(row, parts.to_dicts(), indicator, catalog, lang), lang)


def _members_short(within: pl.DataFrame, catalog: Catalog, lang: str) -> list[str]:
    """The members that fell short by themselves, each with its value, the lowest first."""
    short = within.filter(pl.col("scope_kind").is_in(MEMBER_SCOPES) & pl.col("verdict").is_in(FELL_SHORT))
    return [
        f"{scope_name(row, catalog, lang)} {row['value_printed']}"
        for row in short.sort("value", "scope_id").iter_rows(named=True)
    ]


def lies_below(part: Mapping[str, Any], whole: Mapping[str, Any], indicator: Indicator) -> bool:
    """Whether a part by itself lies behind the target of the whole; never where only the whole can reach it."""
    if indicator.kind == "count" and not _less_is_better(whole):
        return False
    return bool(_lacks({**part, "target": whole["target"], "comparison": whole["comparison"]}, indicator))


def _by_lack(
    row: Mapping[str, Any], parts: Sequence[Mapping[str, Any]], indicator: Indicator, catalog: Catalog, lang: str
) -> list[str]:
    """The cities that fall short of the target of the whole, those that lack most first; of what adds up how much.

    None where a part cannot be held to the number of the whole.
    """
    adds_up = _is_share(indicator) or (indicator.kind == "count" and _less_is_better(row))
    if not adds_up and indicator.kind not in ("level", "change"):
        return []
    held = [{**part, "target": row["target"], "comparison": row["comparison"]} for part in parts]
    lacks = [(lack, part) for part in held if (lack := _lacks(part, indicator))]
    found = sorted(lacks, key=lambda pair: (-pair[0], pair[1]["scope_id"]))
    names = [scope_name(part, catalog, lang) for _, part in found]
    printed, between = _printer(indicator), either(lang, "", " ")
    if not adds_up:
        return names
    unit = _unit(indicator, catalog)
    lacking = [words.with_unit(printed(n), unit, lang) for n, _ in found]
    return [f"{name}{between}{lack}" for name, lack in zip(names, lacking, strict=True)]


def _lacks(row: Mapping[str, Any], indicator: Indicator) -> float | None:
    is_share = _is_share(indicator)
    return short_by(
        row["numerator"] if is_share else row["value"],
        target=row["target"],
        comparison=row["comparison"],
        of=row["denominator"] if is_share else None,
        whole=_counts_members(indicator),
    )


def _is_share(indicator: Indicator) -> bool:
    return indicator.kind in ("ratio", "cover")


def _counts_members(indicator: Indicator) -> bool:
    return not isinstance(indicator.numerator, ByAmount | ByFormula)


def _less_is_better(row: Mapping[str, Any]) -> bool:
    return row["comparison"] in ("<", "<=") or (row["comparison"] == "==" and row["target"] == 0)


def _printer(indicator: Indicator) -> Callable[[float], str]:
    decimals = 0 if _counts_members(indicator) else max(1, indicator.decimals)
    if indicator.kind == "count":  # events are counted one by one, whoever adds them up
        decimals = indicator.decimals
    return lambda amount: numbers.print_value(amount, decimals=decimals, target=0.0)


def _amount(lacks: float, indicator: Indicator, catalog: Catalog, lang: str) -> str:
    """A number of members by their name, or an amount in its unit."""
    printed = _printer(indicator)(lacks)
    if not _counts_members(indicator):
        return words.with_unit(printed, _unit(indicator, catalog), lang)
    register = catalog.registers.get(indicator.population.register_name or "")
    told = indicator.counts or (register.member if register else None)
    if told is None:
        return words.with_unit(printed, "个", lang)
    return either(lang, f"{printed}个{told.zh}", f"{printed} {told.en}")


def _unit(indicator: Indicator, catalog: Catalog) -> str:
    """The unit of what adds up to a figure: of an amount its own, of members their number."""
    if indicator.kind == "count":
        return indicator.unit
    if not isinstance(indicator.numerator, ByAmount | ByFormula):
        return "个"
    field = catalog.items[indicator.numerator.names[0]].field
    return (catalog.fields[field].unit or "") if field else ""


def _place(member: Mapping[str, Any], catalog: Catalog, lang: str) -> str:
    area = catalog.areas.get(member["area_id"] or "")
    return area.name.in_language(lang) if area and area.level == "county" else str(member["name"])


def _listed(names: Sequence[str], lang: str) -> str:
    shown = words.joined(names[:MOST_NAMES], lang)
    if len(names) <= MOST_NAMES:
        return shown or _NOTHING
    return shown + either(lang, f"等{len(names)}个", f" and others, {len(names)} in all")
