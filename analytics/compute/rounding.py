"""Rounding of monitoring data by the regulation: half to even, one significant figure kept."""

from __future__ import annotations

import polars as pl

# Decimals closer than this share of a unit in the last place are the same decimal: a mean of decimals is
# rarely stored exactly (1.005 is 1.00499999999999989…).
_SAME = 1e-7
# Sums and differences of decimals carry noise in the last bits; what is that close to a limit (relative) stands on it.
NOISE = 1e-9
_DECIMALS_OF_MULTIPLE = 9

_DIGITS = 12  # a float of more digits than any instrument has


def settled(value: pl.Expr) -> pl.Expr:
    """`value` without the noise of its last bits: the mean of 0.2, 0.3 and 0.4 is 0.3, whatever the order of adding."""
    return value.round_sig_figs(_DIGITS)


def exceedance(value: pl.Expr, limit: pl.Expr) -> pl.Expr:
    """How many times its limit a value lies beyond it: (value − limit) / limit, less than 0 below it.

    What is noise of the subtraction is none. Source: assessment_2011 (multiples).
    """
    return ((value - limit) / limit).round(_DECIMALS_OF_MULTIPLE)


def as_assessed(value: pl.Expr, decimals: pl.Expr) -> pl.Expr:
    """`value` as it is held against a limit: rounded by `half_even` where the regulation has places, else as it is."""
    return pl.when(decimals.is_null()).then(settled(value)).otherwise(half_even(value, decimals))


def half_even(value: pl.Expr, decimals: pl.Expr) -> pl.Expr:
    """`value` rounded to `decimals` places, halves to the even neighbour [unit of value]; null stays null.

    A value that would round to zero keeps one significant figure: 0.00005 to three places is 0.00005.
    Source: rounding_2018.
    """
    rounded = _half_even(value, decimals)
    first_figure = -value.abs().log10().floor()
    vanished = (rounded == 0) & (value != 0)
    return pl.when(vanished).then(_half_even(value, first_figure)).otherwise(rounded)


def _half_even(value: pl.Expr, decimals: pl.Expr) -> pl.Expr:
    # 10**d is exact up to 22 places, and dividing by it gives the float nearest to the decimal.
    # Polars divides by a single number as it multiplies by its inverse (3/10 is not 0.3 then): one for each value.
    scale = pl.lit(10.0).pow(decimals.cast(pl.Float64) + 0 * value)
    scaled = value * scale
    below = scaled.floor()
    rest = scaled - below
    is_half = (rest - 0.5).abs() <= _SAME
    to_even = below + (below % 2)
    to_nearest = (scaled + 0.5).floor()
    return pl.when(is_half).then(to_even).otherwise(to_nearest) / scale


def known(value: pl.Expr) -> pl.Expr:
    """The value; null where it is not a number, or beyond all numbers: nothing can be told from such a one."""
    return pl.when(value.is_finite()).then(value)
