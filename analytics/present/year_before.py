"""The year before beside figures of water classes: counted of the same sections, on the same items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.indicator import ByTargetClass, ByWaterClass, Indicator
from analytics.catalog.plan import Plan
from analytics.present import numbers

LAST_YEAR = "last_year"


def of_sections(values: pl.DataFrame, periods: pl.DataFrame, plan: Plan, catalog: Catalog) -> pl.DataFrame:
    """Rows of indicator_value beside the figures of the whole that count water classes; none without a year before.

    A section without a class in that year is not assessed in it, and bounds the number; nothing is judged.

    Parameters
    ----------
    values
        Columns of indicator_value, of one year.
    periods
        Columns of section_period: the year before, on the sections and items of the year.
    """
    rows = []
    if periods["water_class"].count():
        for target in plan.targets():
            indicator = catalog.indicators[target.indicator]
            own = values.filter(
                (pl.col("code") == target.code) & (pl.col("scope_id") == plan.area) & pl.col("stratum").is_null()
            )
            if own.height and isinstance(indicator.numerator, ByWaterClass | ByTargetClass):
                rows.append(_row(own.row(0, named=True), indicator, periods, catalog))
    return pl.DataFrame(rows, schema=values.schema)


def _row(own: Mapping[str, Any], indicator: Indicator, periods: pl.DataFrame, catalog: Catalog) -> dict[str, Any]:
    asked = periods.filter(pl.col("left_out").is_null())
    counts = {c: _number(asked, c, indicator, catalog) for c in ("water_class", "class_best", "class_worst")}
    assessed = asked["water_class"].count()
    is_share = indicator.unit == "%"
    per, of_all = (100 / n if is_share and n else 1.0 for n in (assessed, asked.height))
    ends = sorted((counts["class_best"] * of_all, counts["class_worst"] * of_all))
    value = counts["water_class"] * per if assessed else None
    return {
        **own,
        "stratum": LAST_YEAR,
        "value": value,
        "value_printed": numbers.print_value(value, decimals=indicator.decimals),
        "numerator": float(counts["water_class"]),
        "denominator": float(assessed),
        "used": assessed,
        "expected": asked.height,
        "low": ends[0],
        "high": ends[1],
        "target": None,
        "gap": None,
        "verdict": "no_target",
        "is_breach": False,
        "evidence_grade": None,
    }


def _number(periods: pl.DataFrame, column: str, indicator: Indicator, catalog: Catalog) -> int:
    """How many sections count by the class of that column."""
    if isinstance(indicator.numerator, ByWaterClass):
        return int(periods[column].is_in(indicator.numerator.water_class).sum())
    order = {name: n for n, name in enumerate(catalog.surface_standard.class_names)}
    own, target = (pl.col(c).replace_strict(order, default=None, return_dtype=pl.Int64) for c in (column, "target"))
    return int(periods.select((own <= target).sum()).item())
