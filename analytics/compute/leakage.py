"""Leakage of public water supply by CJJ 92: the composite rate, and the rate that is assessed after its corrections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

# CJJ 92-2016 (2018), 5.2.3: 0.08 of the household-metered share; 0.99 (A − 0.0693) of A km of pipes per 10⁴ m³, within
# ±3 %; by outlet pressure 0.5, 1 and 2 %; 1 % where the ground freezes deeper than 1.4 m. Cites: cjj92_2016.
_PER_METERED = 0.08
_PER_LENGTH, _LENGTH_FREE, _LENGTH_MOST = 0.99, 0.0693, 0.03
_BY_PRESSURE = ((0.75, 0.02), (0.55, 0.01), (0.35, 0.005))
_FROST_DEPTH, _FOR_FROST = 1.4, 0.01


def composite_leakage() -> pl.Expr:
    """Water supplied less that of registered customers [10⁴ m³]; null where one of both is missing, or more was used.

    Needs `water_supplied`, `registered_water_use`, both [10⁴ m³].
    """
    lost = pl.col("water_supplied") - pl.col("registered_water_use")
    return pl.when(lost >= 0).then(lost)


def assessed_leakage() -> pl.Expr:
    """Leakage after the corrections R1 to R4 [10⁴ m³]: R_BL × water supplied.

    Needs the columns of `composite_leakage` and `household_metered_water` [10⁴ m³], `supply_pipe_length` [km],
    `supply_pressure` [MPa], `frost_depth` [m]; null where one is missing.
    """
    supplied = pl.col("water_supplied")
    metered = _PER_METERED * pl.col("household_metered_water")
    length = _PER_LENGTH * (pl.col("supply_pipe_length") / supplied - _LENGTH_FREE)
    pressure = pl.col("supply_pressure")
    for_pressure: pl.Expr = pl.when(pressure.is_not_null()).then(pl.lit(0.0))
    for above, share in reversed(_BY_PRESSURE):
        for_pressure = pl.when(pressure > above).then(pl.lit(share)).otherwise(for_pressure)
    frost = pl.when(pl.col("frost_depth") > _FROST_DEPTH).then(_FOR_FROST).otherwise(pl.lit(0.0))
    told = pl.col("frost_depth").is_not_null() & pressure.is_not_null()
    told &= pl.col("household_metered_water") <= supplied  # a part of it
    corrected = (
        composite_leakage() - metered - supplied * (length.clip(-_LENGTH_MOST, _LENGTH_MOST) + for_pressure + frost)
    )
    return pl.when(told).then(corrected)


@dataclass(frozen=True)
class LeakageFormula:
    """How a leakage is made, and between which shares of the water supplied it lies whatever is missing."""

    made: Callable[[], pl.Expr]
    least: float
    most: float


FORMULAS = {
    "composite_leakage": LeakageFormula(composite_leakage, 0.0, 1.0),
    "assessed_leakage": LeakageFormula(
        assessed_leakage,
        least=-(_PER_METERED + _LENGTH_MOST + _BY_PRESSURE[0][1] + _FOR_FROST),
        most=1.0 + _LENGTH_MOST,
    ),
}
