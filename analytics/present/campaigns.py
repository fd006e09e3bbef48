"""A list of sections that were worked on, held against what monitoring found of every section."""

from __future__ import annotations

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.indicator import ByEntry, ByTargetClass, ByWaterClass, Indicator
from analytics.catalog.plan import Plan, Target
from analytics.present import words
from analytics.present.words import either

_MOST_NAMES = 8


def beside_monitoring(
    target: Target, entries: pl.DataFrame, members: pl.DataFrame, plan: Plan, catalog: Catalog, *, lang: str
) -> str:
    """Which sections monitoring found worst, or short of their own target, that are not on the list; and how many are.

    Nothing of a list that is not about sections, or where no section was assessed.

    Parameters
    ----------
    entries
        Columns of entries_of_year.
    members
        Rows of figure_member of all figures within the area.
    """
    numerator = catalog.indicators[target.indicator].numerator
    if not isinstance(numerator, ByEntry) or not _is_of_sections(numerator, catalog):
        return ""
    listed = set(entries.filter(pl.col("item") == numerator.listed)["entity_id"].drop_nulls())
    told = []
    for other in plan.targets():
        mine = members.filter((pl.col("code") == other.code) & (pl.col("status") == "used"))
        bad = _bad(mine, catalog.indicators[other.indicator])
        if bad is None or mine.is_empty():
            continue
        missing = bad.filter(~pl.col("entity_id").is_in(list(listed)))
        told.append(_in_words(other.code, bad, missing, catalog, lang))
    if not told:
        return ""
    listed_zh, listed_en = either(lang, "；", "; ").join(told), "; ".join(told)
    return either(
        lang,
        f"与监测结果对照：{listed_zh}。清单由责任单位报送，是否“新增”“不能稳定达标”以其认定为准，未列入的请核对。",
        f"Against monitoring: {listed_en}. The list is that of those who answer; sections not on it should be checked.",
    )


def _is_of_sections(numerator: ByEntry, catalog: Catalog) -> bool:
    brings = [s for s in catalog.sources.values() if any(state.item == numerator.listed for state in s.states)]
    return any(s.entity is not None and s.entity.register_name == "sections" for s in brings)


def _bad(members: pl.DataFrame, indicator: Indicator) -> pl.DataFrame | None:
    """The sections that a figure of classes counts as bad; none of other figures."""
    if isinstance(indicator.numerator, ByWaterClass) and indicator.kind == "count":
        return members.filter(pl.col("numerator") == 1)
    if isinstance(indicator.numerator, ByTargetClass):
        return members.filter(pl.col("numerator") == 0)
    return None


def _in_words(code: str, bad: pl.DataFrame, missing: pl.DataFrame, catalog: Catalog, lang: str) -> str:
    by_class = either(lang, "全年为劣Ⅴ类", "worse than Ⅴ over the year")
    by_target = either(lang, "全年未达到水质目标", "short of their own target over the year")
    what = by_class if code in _codes_of_class(catalog) else by_target
    names = missing.sort("area_id", "entity_id")["name"].to_list()
    shown = words.joined(names[:_MOST_NAMES], lang)
    more = either(lang, "等", " and others") if len(names) > _MOST_NAMES else ""
    if not names:
        return either(lang, f"{what}的断面{bad.height}个，均在清单内", f"{bad.height} sections {what}, all on the list")
    return either(
        lang,
        f"{what}的断面{bad.height}个，未列入清单的{len(names)}个（{shown}{more}）",
        f"{bad.height} sections {what}, {len(names)} not on the list ({shown}{more})",
    )


def _codes_of_class(catalog: Catalog) -> set[str]:
    by_class = {i.id for i in catalog.indicators.values() if isinstance(i.numerator, ByWaterClass)}
    return {t.code for plan in catalog.plans.values() for t in plan.targets() if t.indicator in by_class}
