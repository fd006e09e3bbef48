"""Units of delivered figures and their conversion; an unknown unit is an error, never a guess."""

from __future__ import annotations

import unicodedata

from analytics.errors import CheckFailed

# Factor to the base unit of its dimension. 1 亩 is exactly 1/15 ha; a mass concentration counts in mg/L.
_FACTORS: dict[str, tuple[str, float]] = {
    "1": ("number", 1.0),
    "t": ("mass", 1.0),
    "kg": ("mass", 0.001),
    "万t": ("mass", 1e4),
    "ha": ("area", 1.0),
    "亩": ("area", 1 / 15),
    "万亩": ("area", 1e4 / 15),
    "km": ("length", 1.0),
    "m": ("length", 0.001),
    "mg/L": ("concentration", 1.0),
    "μg/L": ("concentration", 0.001),
    "g/L": ("concentration", 1000.0),
    "mg/m3": ("concentration", 0.001),
    "m3/d": ("flow", 1.0),
    "万m3/d": ("flow", 1e4),
    "个/L": ("count per volume", 1.0),
    "MPN/100mL": ("count per volume", 10.0),
    "cells/L": ("cells per volume", 1.0),
    "℃": ("temperature", 1.0),
    "μS/cm": ("conductivity", 1.0),
    "NTU": ("turbidity", 1.0),
    "%": ("share", 1.0),
}
_SPELLINGS = {
    "吨": "t",
    "公斤": "kg",
    "千克": "kg",
    "万吨": "万t",
    "公顷": "ha",
    "千米": "km",
    "公里": "km",
    "米": "m",
    "ug/L": "μg/L",
    "克/升": "g/L",
    "毫克/升": "mg/L",
    "微克/升": "μg/L",
    "无量纲": "1",
    "°C": "℃",
    "摄氏度": "℃",
    **{f"{volume}/{day}": "m3/d" for volume in ("立方米", "m3", "吨") for day in ("日", "天")},
    **{f"{volume}/{day}": "万m3/d" for volume in ("万立方米", "万m3", "万吨") for day in ("日", "天")},
    "us/cm": "μS/cm",
}
_NORMAL = {unicodedata.normalize("NFKC", k).casefold(): k for k in _FACTORS} | {
    unicodedata.normalize("NFKC", k).casefold(): v for k, v in _SPELLINGS.items()
}


def unit_named(text: str) -> str | None:
    """The unit that `text` spells, or None where it spells none."""
    return _NORMAL.get(unicodedata.normalize("NFKC", text).strip().casefold())


def same_kind(one: str, other: str) -> bool:
    """Whether values in one of the units can be converted to the other; False where either is unknown."""
    first, second = unit_named(one), unit_named(other)
    return first is not None and second is not None and _FACTORS[first][0] == _FACTORS[second][0]


def factor(given: str, wanted: str) -> float:
    """What a value in `given` is multiplied with to be in `wanted`; `CheckFailed` where it cannot be."""
    source, target = unit_named(given), unit_named(wanted)
    if source is None or target is None or _FACTORS[source][0] != _FACTORS[target][0]:
        raise CheckFailed(
            "The unit cannot be converted.",
            found=given,
            expected=f"{wanted}, or a unit of the same kind",
            next_step="Mend the heading of that column and send the file again.",
        )
    return _FACTORS[source][1] / _FACTORS[target][1]
