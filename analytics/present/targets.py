"""Targets in words: what a figure is held against, who gave that, and who answers for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.indicator import EACH_AREA, ByStage, ByStates, Indicator
from analytics.catalog.plan import GivenTarget, Plan, Target
from analytics.present import numbers, words


def long_date(day: date, lang: str) -> str:
    """A day as it is printed."""
    name = words.month(day.month, lang)
    return words.either(lang, f"{day.year}年{name}{day.day}日", f"{day.day} {name} {day.year}")


def promised(target: Target, value: float | None, unit: str, lang: str) -> str:
    """A target with sign, unit and strength: `≥ 78 %`, `≥ 62 %（力争）`; who sets it where the text does not."""
    if value is None:
        said = target.left_to or target.no_value
        return said.in_language(lang) if said else words.either(lang, "未设", "not set")
    printed = words.with_unit(numbers.print_exact(value), unit, lang)
    shown = printed if target.comparison == "==" else f"{words.comparison(target.comparison)} {printed}"
    if target.strength == "binding":
        return shown
    strength = words.word("strength", target.strength, lang)
    return words.either(lang, f"{shown}（{strength}）", f"{shown} ({strength})")


def held_against(row: Mapping[str, Any], target: Target, catalog: Catalog, lang: str) -> str:
    """The target of a row of indicator_value as `promised`, with the document that gave it where the text did not."""
    if row.get("stratum") == EACH_AREA:
        return _in_each(row, target, catalog, lang)
    text = promised(target, row["target"], row["unit"], lang)
    plan, year = catalog.plans[row["plan_id"]], row["period_start"].year
    given, parts = catalog.given_target(plan, target, year), catalog.breakdown(plan, target, year)
    if given is not None and given.is_working:
        return text + working_figure(given, row["unit"], lang)
    if row["target"] is None and (waits := _setting_missing(target, plan, catalog, lang)):
        return waits
    if row["target"] is None:
        return _of_another_level(row, target, catalog, lang) or text
    if parts is not None and row["scope_id"] in parts.values and row["scope_kind"] != target.level:
        whole = promised(target, catalog.promised(plan, target, year), row["unit"], lang)
        level = words.word("scope", target.level, lang)
        said = words.either(
            lang, f"任务分解，{parts.source}；{level}{whole}", f"breakdown, {parts.source}; {level}: {whole}"
        )
    elif given is not None:
        said = given.source
    else:
        return text
    return text + words.either(lang, f"（{said}）", f" ({said})")


def _in_each(row: Mapping[str, Any], target: Target, catalog: Catalog, lang: str) -> str:
    """The target of areas that are judged each by itself: `各城区≥ 22 %`."""
    unit = catalog.indicators[target.indicator].unit
    value = catalog.promised(catalog.plans[row["plan_id"]], target, row["period_start"].year)
    goal, level = promised(target, value, unit, lang), words.word("scope", target.level, lang)
    return words.either(lang, f"各{level}{goal}", f"{goal} in each {level.lower()}")


def _setting_missing(target: Target, plan: Plan, catalog: Catalog, lang: str) -> str:
    """What nobody has given yet and without which it is not known whom the figure counts."""
    above = catalog.indicators[target.indicator].population.above
    if above is None or catalog.setting(plan, above.setting).value is not None:
        return ""
    label = plan.settings[above.setting].label.in_language(lang)
    return words.either(lang, f"{label}尚未给出，不计算", f"{label}: not given, nothing is computed")


def by_its_day(row: Mapping[str, Any], target: Target, catalog: Catalog, lang: str) -> str:
    """The target with the day it is due, where the text names one: `10月31日前≥ 5个`."""
    text = held_against(row, target, catalog, lang)
    due = target.deadline.get(row["period_start"].year)
    if due is None:
        return text
    day = long_date(due, lang)
    return words.either(lang, f"{day.partition('年')[2]}前{text}", f"{text} by {day}")


def _of_another_level(row: Mapping[str, Any], target: Target, catalog: Catalog, lang: str) -> str:
    """The target of the level that the text judges, seen from another; nothing where nobody has set one."""
    if row["scope_kind"] == target.level or target.level not in ("province", "city", "county", "urban_area"):
        return ""
    plan, year = catalog.plans[row["plan_id"]], row["period_start"].year
    whole = promised(target, catalog.promised(plan, target, year), row["unit"], lang)
    if catalog.promised(plan, target, year) is None:
        return ""
    level = words.word("scope", target.level, lang)
    return words.either(lang, f"{level}{whole}，本级不判", f"{level}: {whole}; not judged here")


def working_figure(given: GivenTarget, unit: str, lang: str) -> str:
    """A working figure, which never counts, after the target that is not there."""
    shown = words.with_unit(numbers.print_exact(given.value), unit, lang)
    return words.either(lang, f"；工作参照值{shown}，不计", f"; working figure {shown}, which does not count")


def working_of(row: Mapping[str, Any], target: Target, catalog: Catalog, lang: str) -> str:
    """The working figure of a row's target, where one was given."""
    given = catalog.given_target(catalog.plans[row["plan_id"]], target, row["period_start"].year)
    return working_figure(given, row["unit"], lang) if given is not None and given.is_working else ""


def beside_the_text(row: Mapping[str, Any], target: Target, indicator: Indicator, lang: str) -> str:
    """How many members the register has where the text speaks of another number; nothing where both agree.

    Only of members that are counted one by one: the text's number of works is a target.
    """
    promised_members, expected = target.promised_members, row["expected"]
    by_member = isinstance(indicator.numerator, ByStates) and indicator.population.register_name is not None
    if not by_member or not promised_members or not expected or row["scope_kind"] != target.level:
        return ""
    parts = {"quarter": 4, "month": 12}.get(target.cadence or "", 1)
    registered = (expected + (row.get("excluded") or 0)) / parts
    if target.counts_unnamed or registered == promised_members:
        return ""
    return words.either(
        lang,
        f"名录{registered:g}个，原文{promised_members}个",
        f"{registered:g} in the register, {promised_members} in the text",
    )


def figure_name(target: Target, catalog: Catalog, lang: str) -> str:
    """The name of a figure: the target's own where several of them share an indicator."""
    return (target.name or catalog.indicators[target.indicator].name).in_language(lang)


def works_beside_the_text(target: Target, works: pl.DataFrame, indicator: Indicator, lang: str) -> str:
    """How many works were told of where the text speaks of another number; nothing where both agree or none came.

    `works` has the columns of works_of_year.
    """
    if not isinstance(indicator.numerator, ByStage) or indicator.population.named == "works":
        return ""
    told = works.filter(pl.col("item") == indicator.numerator.undertaking)["entity_id"].n_unique()
    if not told or not target.promised_members or told == target.promised_members:
        return ""
    return words.either(
        lang,
        f"报送名录{told}个，原文{target.promised_members}个",
        f"{told} in the list that was sent, {target.promised_members} in the text",
    )


def answers(target: Target, catalog: Catalog, lang: str) -> str:
    """The departments that answer for a target."""
    return words.joined(catalog.called(target.lead, lang), lang)
