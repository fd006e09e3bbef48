"""Numbers of which the reader of cells, which keeps nine decimals, takes away what counts: 0.0000000004 would be 0."""

from __future__ import annotations

from decimal import Decimal

_DECIMALS = 9
_LOST = 1e-7  # of the number; what is less is noise


def is_cut(number: float) -> bool:
    """Whether more than noise is taken away of the number."""
    return abs(round(number, _DECIMALS) - number) > _LOST * abs(number)


def in_full(number: float) -> str:
    """The number with all its digits, and without a power of ten."""
    return str(int(number)) if number.is_integer() else f"{Decimal(repr(number)):f}"
