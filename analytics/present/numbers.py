"""Numbers as they are printed: rounded half to even, and never so that they look like the opposite verdict."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from analytics.compute.rounding import NOISE

_NOTHING = "—"
_MOST_DECIMALS = 12
# Digits enough for any float with twelve places.
_EXACT = Context(prec=330, rounding=ROUND_HALF_EVEN)


def print_value(
    value: float | None, *, decimals: int, target: float | None = None, comparison: str | None = None
) -> str:
    """`value` with `decimals` places, thousands separated; more places where these would hide the verdict.

    21.96 against ≥ 22 is printed as 21.96, not as 22.0. Whatever the `comparison`, what is above (below, on)
    the target is printed above (below, on) it, so that number and gap agree. Nothing is printed as a dash;
    what is no number raises ValueError.
    """
    if value is None:
        return _NOTHING
    exact = _decimal(value)
    if target is not None and stands_on(value, target):
        exact = _decimal(target)
    places = decimals
    while target is not None and places < _MOST_DECIMALS and not _same_side(exact, places, target):
        places += 1
    return _text(_rounded(exact, places), places)


def print_bound(value: float | None, *, decimals: int, target: float | None = None, is_low: bool) -> str:
    """A bound as it is printed: rounded outwards, so that what lies within the true bounds lies within these.

    More places where these would put it on or beyond the target, from which it lies apart.
    """
    if value is None:
        return _NOTHING
    exact = _decimal(target) if target is not None and stands_on(value, target) else _decimal(value)
    places = decimals
    while target is not None and places < _MOST_DECIMALS and not _stays(exact, places, target, is_low=is_low):
        places += 1
    return _text(_outwards(exact, places, is_low=is_low), places)


def counted(row: Mapping[str, Any], *, between: str = " / ") -> str:
    """Members counted of those expected; a dash for these before their register has arrived."""
    expected = "—" if row["expected"] is None else row["expected"]
    return f"{row['used']}{between}{expected}"


def print_exact(value: float | None) -> str:
    """`value` with all the places it has and no more, thousands separated: 78, 0.00005, 62.125."""
    if value is None:
        return _NOTHING
    exact = _decimal(value)
    return _text(exact, max(0, -int(exact.normalize(_EXACT).as_tuple().exponent)))


def print_measured(value: float | None, *, decimals: int | None) -> str:
    """A concentration with its places of assessment data, more where it vanishes in them; all it has without places."""
    if value is None or decimals is None:
        return print_exact(value)
    exact = _decimal(value)
    vanishes = not exact.is_zero() and _rounded(exact, decimals).is_zero()
    return print_exact(value) if vanishes else _text(_rounded(exact, decimals), decimals)


def signed(value: float | None, *, decimals: int) -> str:
    """`value` with its sign, as a difference is printed: +1.6, −0.4."""
    if value is None:
        return _NOTHING
    rounded = _rounded(_decimal(value), decimals)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else ""
    return sign + _text(rounded.copy_abs(), decimals)


def stands_on(value: float, target: float) -> bool:
    """Whether the two are the same but for noise in the last bits."""
    return abs(value - target) <= NOISE * max(1.0, abs(target))


def _decimal(value: float) -> Decimal:
    """The decimal that is meant by a float: its shortest notation."""
    if not math.isfinite(value):
        raise ValueError(f"no number to print: {value}")
    return Decimal(repr(float(value)))


def _text(number: Decimal, places: int) -> str:
    return f"{number.copy_abs() if number.is_zero() else number:,.{max(places, 0)}f}"


def _rounded(exact: Decimal, places: int) -> Decimal:
    return exact.quantize(Decimal(1).scaleb(-places), context=_EXACT)


def _outwards(exact: Decimal, places: int, *, is_low: bool) -> Decimal:
    outer = Context(prec=330, rounding=ROUND_FLOOR if is_low else ROUND_CEILING)
    return exact.quantize(Decimal(1).scaleb(-places), context=outer)


def _stays(exact: Decimal, places: int, target: float, *, is_low: bool) -> bool:
    """Whether the bound rounded outwards lies on the same side of the target as the exact one."""
    goal, rounded = _decimal(target), _outwards(exact, places, is_low=is_low)
    return (exact > goal) - (exact < goal) == (rounded > goal) - (rounded < goal)


def _same_side(exact: Decimal, places: int, target: float) -> bool:
    """Whether the rounded number lies on the same side of the target as the exact one."""
    goal = _decimal(target)
    rounded = _rounded(exact, places)
    return (exact > goal) - (exact < goal) == (rounded > goal) - (rounded < goal)
