"""What was found on one occasion, in one month of a plant, at one point of a water body: in a line, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from analytics.catalog import Catalog
from analytics.present import numbers, words
from analytics.present.targets import long_date
from analytics.present.words import either

_OCCASIONS = {True: ("达标", "complies"), False: ("超标", "fails"), None: ("待定", "open")}
_LACKS = {
    "undetected": ("检出限高于限值，无法评价", "limit of detection too high to judge"),
    "set_aside": ("监测值暂不采用", "readings set aside"),
    "missing": ("未监测", "not measured"),
}


def line(found: Mapping[str, Any], catalog: Catalog, lang: str) -> str:
    """What the named queries of an explanation give as `found`; its `kind` says of what it is."""
    return _LINES[found["kind"]](found, catalog, lang)


def _occasion(found: Mapping[str, Any], catalog: Catalog, lang: str) -> str:
    standing = _with_items(_OCCASIONS[found["complies"]], found["failed"], catalog, lang)
    lacks = [_with_items(told, found[k], catalog, lang) for k, told in _LACKS.items() if found[k]]
    return either(lang, "{} {}", "{}: {}").format(long_date(_day(found), lang), _parts([standing, *lacks], lang))


def _plant_month(found: Mapping[str, Any], catalog: Catalog, lang: str) -> str:
    """Days, or the mean of the month, that were judged; of a month of which amounts alone were told only these."""
    month = date.fromisoformat(found["month"])
    shown = either(lang, f"{month.year}年{month.month}月", f"{words.month(month.month, lang)} {month.year}")
    told = []
    if found["expected"]:
        counts = found["compliant"], found["expected"]
        told.append(either(lang, "达标{0}次，应测{1}次", "{0} of {1} within the limits").format(*counts))
    if found["failed"]:
        told.append(either(lang, f"超标{found['failed']}次", f"{found['failed']} beyond"))
    if found["worst_item"]:
        told.append(_with_items(("最重的项目", "worst item"), [found["worst_item"]], catalog, lang))
    if found["not_judged"]:
        told.append(either(lang, f"未判定{found['not_judged']}次", f"{found['not_judged']} not judged"))
    if found["influent_bod5"] is not None:
        field = catalog.item_field("influent_bod5")
        value = words.with_unit(numbers.print_exact(found["influent_bod5"]), field.unit or "1", lang)
        told.append(f"{words.field_label(field, lang)} {value}")
    return either(lang, "{} {}", "{}: {}").format(shown, _parts(told, lang))


def _sampling(found: Mapping[str, Any], catalog: Catalog, lang: str) -> str:
    grade = catalog.item_field("body_grade").choices[found["grade"]].label
    standing = _with_items((grade.zh, grade.en), found["worst_items"], catalog, lang)
    told = either(lang, "{}号点位 {} {}", "point {}, {}: {}")
    return told.format(found["point"], long_date(_day(found), lang), standing)


_LINES: Mapping[str, Callable[[Mapping[str, Any], Catalog, str], str]] = {
    "source_occasion": _occasion,
    "plant_month": _plant_month,
    "body_sampling": _sampling,
}


def _day(found: Mapping[str, Any]) -> date:
    return date.fromisoformat(found["day"])


def _with_items(told: tuple[str, str], items: Sequence[str], catalog: Catalog, lang: str) -> str:
    """A standing and the items that make it so."""
    if not items:
        return either(lang, *told)
    names = [words.field_label(catalog.parameters[item], lang) for item in items]
    return either(lang, *told) + either(lang, "：", ": ") + words.joined(names, lang)


def _parts(told: Sequence[str], lang: str) -> str:
    return either(lang, "；", "; ").join(told)
