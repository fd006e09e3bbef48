"""Numbers as they are printed: rounded half to even, and never so that they look like the opposite verdict."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

_NOTHING = "—"
_MOST_DECIMALS = 12
# A value this close to its target (relative) stands on it: sums of decimals carry noise in the last bits.
_NOISE = 1e-9


def print_value(
    value: float | None, *, decimals: int, target: float | None = None, comparison: str | None = None
) -> str:
    """`value` with `decimals` places, thousands separated; more places where these would hide the verdict.

    21.96 against ≥ 22 is printed as 21.96, not as 22.0. Nothing is printed as a dash.
    """
    if value is None:
        return _NOTHING
    exact = Decimal(repr(value))
    if target is not None and abs(value - target) <= _NOISE * max(1.0, abs(target)):
        exact = Decimal(repr(target))
    places = decimals
    while target is not None and places < _MOST_DECIMALS and not _same_side(exact, places, target):
        places += 1
    return f"{_rounded(exact, places):,.{max(places, 0)}f}"


def signed(value: float | None, *, decimals: int) -> str:
    """`value` with its sign, as a difference is printed: +1.6, −0.4."""
    if value is None:
        return _NOTHING
    rounded = _rounded(Decimal(repr(value)), decimals)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else ""
    return f"{sign}{abs(rounded):,.{decimals}f}"


def _rounded(exact: Decimal, places: int) -> Decimal:
    return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)


def _same_side(exact: Decimal, places: int, target: float) -> bool:
    """Whether the rounded number lies on the same side of the target as the exact one."""
    goal = Decimal(repr(target))
    rounded = _rounded(exact, places)
    return (exact > goal) - (exact < goal) == (rounded > goal) - (rounded < goal)
