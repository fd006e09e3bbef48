"""How far a figure lies from its target, and what it may be with all that is missing, never beyond what is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analytics.catalog.indicator import EACH_AREA, Indicator
from analytics.present import numbers, words


def gap(row: Mapping[str, Any], indicator: Indicator, lang: str, *, of: str = "") -> str:
    """Value against target in words; where the answer is open, how far it may lie on either side; else a dash.

    `of` are the areas that are judged each by itself: `2个城区未达到`.
    """
    if indicator.population.named == "works":  # each is held to its own day, not their number
        return "—"
    if row.get("stratum") == EACH_AREA:
        return _areas_short(row, lang, of=of)
    bounded = None not in (row["target"], row["low"], row["high"])
    if row["verdict"] == "undecided" and row["value"] is not None and row["target"] is not None and not bounded:
        return _so_far(row, indicator, lang)
    if row["verdict"] == "undecided" and bounded:
        low, high = (_distance(row[k], row["target"], row["unit"], indicator, lang) for k in ("low", "high"))
        return words.either(lang, f"{low}至{high}", f"{low} to {high}")
    if row["value"] is None or row["target"] is None:
        return "—"
    return _distance(row["value"], row["target"], row["unit"], indicator, lang)


def _so_far(row: Mapping[str, Any], indicator: Indicator, lang: str) -> str:
    """The distance of what is known, where nothing that was told bounds the rest."""
    far = _distance(row["value"], row["target"], row["unit"], indicator, lang)
    return words.either(lang, f"按已有数据{far}，范围未知", f"{far} by what is known, range unknown")


def _areas_short(row: Mapping[str, Any], lang: str, *, of: str) -> str:
    """How many of the areas that are judged each by itself do not keep the promise, or are open."""
    if row["value"] is None or row["target"] is None:
        return "—"
    short, open_ones = round(row["target"] - row["high"]), round(row["high"] - row["low"])
    told = [words.either(lang, f"{short}个{of}未达到", f"{short} short")] if short else []
    told += [words.either(lang, f"{open_ones}个{of}待定", f"{open_ones} open")] if open_ones else []
    return words.either(lang, "，", ", ").join(told) or words.either(lang, "全部达到", "all keep it")


def _distance(value: float, target: float, unit: str, indicator: Indicator, lang: str) -> str:
    """How far above or below the target; never printed as nothing where there is something."""
    if numbers.stands_on(value, target):
        return words.either(lang, "与目标持平", "on the target")
    is_share = unit == "%"
    decimals = max(indicator.decimals, 1 if is_share else 0)
    size = numbers.print_value(abs(value - target), decimals=decimals, target=0.0)
    shown = words.with_unit(size, "pp" if is_share else unit, lang)
    above = value > target
    return words.either(lang, f"{'高' if above else '低'}{shown}", f"{shown} {'above' if above else 'below'}")


def _bound(row: Mapping[str, Any], key: str, indicator: Indicator) -> str:
    """`low` rounded down or `high` rounded up, so that what is printed holds; never across the target.

    One that is the value itself is printed like it.
    """
    if row[key] == row["value"]:
        return str(row["value_printed"])
    return numbers.print_bound(row[key], decimals=indicator.decimals, target=row["target"], is_low=key == "low")


def span(row: Mapping[str, Any], indicator: Indicator, lang: str) -> str:
    """`low` to `high` where something is missing, else a dash; `≤ 10.4` where only one end rests on what was told, and
    the word for unknown where none does."""
    low, high = row["low"], row["high"]
    if row["value"] is None or (low is not None and low == high):
        return "—"
    if low is None and high is None:
        return words.either(lang, "未知", "unknown")
    if low is None:
        return f"≤ {_bound(row, 'high', indicator)}"
    if high is None:
        return f"≥ {_bound(row, 'low', indicator)}"
    return f"{_bound(row, 'low', indicator)} ~ {_bound(row, 'high', indicator)}"


def may_be(row: Mapping[str, Any], indicator: Indicator, lang: str) -> str:
    """What a number may be, in words for a cell: `可能为76.0 ~ 88.0 %`, `范围未知`; a dash where nothing is missing."""
    shown = span(row, indicator, lang)
    if shown == "—":
        return shown
    if row["low"] is None and row["high"] is None:
        return words.either(lang, "范围未知", "range unknown")
    range_of = words.with_unit(shown, row["unit"], lang)
    return words.either(lang, f"可能为{range_of}", f"may be {range_of}")


def bounds(row: Mapping[str, Any], indicator: Indicator, lang: str) -> str:
    """Between what a number lies with all that is missing or set aside, as a sentence; none where nothing is."""
    if row["value"] is None or (row["low"] is not None and row["low"] == row["high"]):
        return ""
    if row.get("stratum") == EACH_AREA:  # how many are open stands with the verdict
        return ""
    if row["low"] is None or row["high"] is None:
        return _unbounded(row, indicator, lang)
    low, high = (words.with_unit(_bound(row, k, indicator), row["unit"], lang) for k in ("low", "high"))
    return words.either(
        lang,
        f"缺少与暂不采用的数据取最不利与最有利时，数值在{low}与{high}之间。",
        f"With what is missing or set aside at its worst and at its best it lies between {low} and {high}.",
    )


def _unbounded(row: Mapping[str, Any], indicator: Indicator, lang: str) -> str:
    """That no range can be told, or only one end of it, because nothing that was told bounds what is missing."""
    if row["low"] is None and row["high"] is None:
        return words.either(
            lang,
            "尚缺与暂不采用的数据，其总量无人报送，数值可能的范围未知。",
            "Of what is missing or set aside nobody told how much it is in all: the possible range is unknown.",
        )
    end = "high" if row["low"] is None else "low"
    known = words.with_unit(_bound(row, end, indicator), row["unit"], lang)
    if end == "high":
        return words.either(
            lang,
            f"把尚缺与暂不采用的数据计入，数值不会高于{known}；会低多少未知。",
            f"With what is missing or set aside it is at most {known}; how much lower is unknown.",
        )
    return words.either(
        lang,
        f"把尚缺与暂不采用的数据计入，数值不会低于{known}；会高多少未知。",
        f"With what is missing or set aside it is at least {known}; how much higher is unknown.",
    )
