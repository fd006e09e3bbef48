"""Units of delivered figures and their conversion; an unknown unit is an error, never a guess."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

from analytics.errors import CheckFailed

# Factor to the base unit of its dimension. 1 亩 is exactly 1/15 ha; a mass concentration counts in mg/L.
_FACTORS: dict[str, tuple[str, float]] = {
    "1": ("number", 1.0),
    "个": ("count", 1.0),
    "座": ("count", 1.0),
    "处": ("count", 1.0),
    "条": ("count", 1.0),
    "件": ("count", 1.0),
    "次": ("count", 1.0),
    "份": ("count", 1.0),
    "家": ("count", 1.0),
    "户": ("count", 1.0),
    "头": ("count", 1.0),
    "人": ("people", 1.0),
    "万人": ("people", 1e4),
    "d": ("time", 1.0),
    "h": ("time", 1 / 24),
    "t": ("mass", 1.0),
    "kg": ("mass", 0.001),
    "千t": ("mass", 1000.0),
    "万t": ("mass", 1e4),
    "ha": ("area", 1.0),
    "亩": ("area", 1 / 15),
    "万亩": ("area", 1e4 / 15),
    "km2": ("area", 100.0),
    "km": ("length", 1.0),
    "m": ("length", 0.001),
    "万m": ("length", 10.0),
    "cm": ("length", 1e-5),
    "mg/L": ("concentration", 1.0),
    "μg/L": ("concentration", 0.001),
    "g/L": ("concentration", 1000.0),
    "ng/L": ("concentration", 1e-6),
    "g/m3": ("concentration", 1.0),
    "mg/m3": ("concentration", 0.001),
    "m3": ("volume", 1e-4),
    "万m3": ("volume", 1.0),
    "亿m3": ("volume", 1e4),
    "m3/d": ("flow", 1.0),
    "万m3/d": ("flow", 1e4),
    "m3/s": ("flow", 86400.0),
    "MPa": ("pressure", 1.0),
    "kPa": ("pressure", 0.001),
    "个/L": ("count per volume", 1.0),
    "MPN/100mL": ("count per volume", 10.0),
    "CFU/mL": ("count per volume", 1000.0),
    "cells/L": ("cells per volume", 1.0),
    "℃": ("temperature", 1.0),
    "μS/cm": ("conductivity", 1.0),
    "mS/cm": ("conductivity", 1000.0),
    "mS/m": ("conductivity", 10.0),
    "NTU": ("turbidity", 1.0),
    "铂钴色度": ("colour", 1.0),
    "Bq/L": ("radioactivity", 1.0),
    "mV": ("potential", 1.0),
    "%": ("share", 1.0),
    "元": ("money", 1e-4),
    "万元": ("money", 1.0),
    "亿元": ("money", 1e4),
}
# How a reader of Chinese calls a unit that goes by a Latin letter here.
_IN_CHINESE = {
    "1": "",
    "t": "吨",
    "千t": "千吨",
    "万t": "万吨",
    "kg": "千克",
    "d": "天",
    "h": "小时",
    "km": "公里",
    "ha": "公顷",
    "m3": "立方米",
    "万m3": "万立方米",
    "亿m3": "亿立方米",
    "万m": "万米",
    "m3/d": "立方米/日",
    "万m3/d": "万立方米/日",
    "m3/s": "立方米/秒",
}
_ADDITIVE = ("count", "people", "mass", "area", "volume", "money")
_SPELLINGS = {
    "吨": "t",
    "小时": "h",
    # Of a year's form, so much a year is so much.
    "吨/年": "t",
    "t/a": "t",
    "万吨/年": "万t",
    "MPN/L": "个/L",
    "CFU/L": "个/L",
    "CFU/100mL": "MPN/100mL",
    "个/100mL": "MPN/100mL",
    "个/mL": "CFU/mL",
    "个/升": "个/L",
    "厘米": "cm",
    "毫伏": "mV",
    "铂钴色度单位": "铂钴色度",
    "度": "℃",
    "公斤": "kg",
    "千克": "kg",
    "千吨": "千t",
    "万吨": "万t",
    "公顷": "ha",
    "千米": "km",
    "公里": "km",
    "米": "m",
    "ug/L": "μg/L",
    **{f"{mass}{per}升": f"{unit}/L" for mass, unit in (("克", "g"), ("毫克", "mg"), ("微克", "μg")) for per in "/每"},
    "无量纲": "1",
    "°C": "℃",
    "摄氏度": "℃",
    **{f"{volume}/{day}": "m3/d" for volume in ("立方米", "m3", "吨") for day in ("日", "天")},
    **{f"{volume}/{day}": "万m3/d" for volume in ("万立方米", "万m3", "万吨", "万方") for day in ("日", "天")},
    "us/cm": "μS/cm",
    "平方公里": "km2",
    "立方米": "m3",
    "万立方米": "万m3",
    "万方": "万m3",
    "亿立方米": "亿m3",
    "亿方": "亿m3",
    "万米": "万m",
    "立方米/秒": "m3/s",
    "兆帕": "MPa",
    "千帕": "kPa",
    "天": "d",
    "日": "d",
}
# What means another thing where another kind of unit is wanted: the degrees of colour are no temperature.
_OTHER_SENSES = {"度": "铂钴色度"}
# A word of these alone was meant as a unit, be it a known one or not; names of places and offices hold others.
_UNIT_WORD = re.compile(
    r"(?:[a-zμ℃°%‰/.^\d-]|毫|微|千|百|万|亿|克|斤|公|升|吨|立|方|米|里|亩|顷|每|秒|日|天|月|年|度|帕|兆|头|个|座|处|条|件|次|份|人|家|户|杯|元)+"
)
_UNIT_SIGN = re.compile(r"克|斤|升|吨|方|米|亩|顷|里|mg|ug|μg|/l|/d|/s|/cm|m3|m2|ntu|mpn|℃|°c|%|‰|^(?:t|kg|g|km|m)$")
_PER = re.compile(r"(l|cm|m)-(?:1|(3))$")  # mg·L-1, μS·cm-1, mg·m-3
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff]")


@lru_cache(maxsize=10_000)  # every row of a delivery asks it of the same names
def _plain(text: str) -> str:
    """Folded to half width and lower case, without spaces, dots and invisible signs; `mg·L-1` is `mg/l`."""
    folded = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold().replace("−", "-")
    bare = _PER.sub(r"/\1\2", re.sub(r"[\s·•]", "", folded)).replace("//", "/")
    return bare.strip("()[]【】")


_NORMAL = {_plain(k): k for k in _FACTORS} | {_plain(k): v for k, v in _SPELLINGS.items()}
# Units that may stand glued to the name of what is measured: 汞为μg/L. The longest first.
_GLUED = re.compile(
    "|".join(re.escape(u) for u in sorted((u for u in _NORMAL if len(u) > 1 and u != "无量纲"), key=len, reverse=True))
)


def spellings_beside(own: Collection[str]) -> list[str]:
    """How units are spelled, folded, but for those in `own`: the longest first."""
    known = {unit_named(unit) for unit in own}
    return sorted((word for word, unit in _NORMAL.items() if unit not in known and unit != "1"), key=len, reverse=True)


def known_units() -> list[str]:
    """The units as they are kept; other spellings of them are read too."""
    return list(_FACTORS)


def unit_named(text: str, wanted: str | None = None) -> str | None:
    """The unit that `text` spells, or None where it spells none; of two senses the one of the kind of `wanted`."""
    plain = _plain(text)
    usual, other = _NORMAL.get(plain), _OTHER_SENSES.get(plain)
    kind = _FACTORS[_NORMAL[_plain(wanted)]][0] if wanted and _plain(wanted) in _NORMAL else None
    return other if other is not None and _FACTORS[other][0] == kind else usual


def units_within(text: str) -> list[str]:
    """The units that stand anywhere in a word, as they are kept: of `汞为μg/L` the one."""
    plain = _plain(text)
    return [_NORMAL[plain]] if plain in _NORMAL else [_NORMAL[found] for found in _GLUED.findall(plain)]


def adds_up(unit: str) -> bool:
    """Whether amounts in the unit may be summed over places and works: kilometres of pipe, not metres of depth."""
    known = unit_named(unit)
    return known is not None and (_FACTORS[known][0] in _ADDITIVE or known in ("km", "m3/d", "万m3/d"))


def looks_like_a_unit(text: str) -> bool:
    """Whether `text` was meant as a unit, be it a known one or not: `微克每杯`, but not `约0.3`, `1.2` or `升平镇`."""
    plain = _plain(text)
    if unit_named(text) is not None:
        return True
    bare = re.sub(r"m[23]|l-1|10\^?\d+", "", plain)
    return bool(_UNIT_WORD.fullmatch(plain) and _UNIT_SIGN.search(plain)) and not re.search(r"\d", bare)


def same_kind(one: str, other: str) -> bool:
    """Whether values in one of the units can be converted to the other; False where either is unknown."""
    first, second = unit_named(one, other), unit_named(other, one)
    return first is not None and second is not None and _FACTORS[first][0] == _FACTORS[second][0]


def factor(given: str, wanted: str) -> float:
    """What a value in `given` is multiplied with to be in `wanted`; `CheckFailed` where it cannot be."""
    source, target = unit_named(given, wanted), unit_named(wanted, given)
    if source is None or target is None or _FACTORS[source][0] != _FACTORS[target][0]:
        raise CheckFailed(
            "The unit cannot be converted.",
            found=given,
            expected=f"{wanted}, or a unit of the same kind",
            next_step="Mend the heading of that column and send the file again.",
            zh=f"单位“{given}”不能换算为 {wanted}；请改正该栏表头的单位",
        )
    return _FACTORS[source][1] / _FACTORS[target][1]


def converted(value: float, given: str, wanted: str) -> float:
    """A value in another unit, without the noise of the multiplication."""
    return float(f"{value * factor(given, wanted):.12g}")


def in_chinese(unit: str | None) -> str:
    """What a reader of Chinese calls a unit: 吨 for t; nothing of a number without one."""
    return _IN_CHINESE.get(unit or "1", unit or "")
