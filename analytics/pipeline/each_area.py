"""What a promise comes to where the text judges several areas by themselves: in how many of them it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from analytics.catalog.indicator import EACH_AREA
from analytics.compute.verdict import of_all
from analytics.runs import digest

_KEPT = ("met", "met_late")
_DECIDED = (*_KEPT, "not_met")


def taken_together(values: pl.DataFrame, level: str) -> pl.DataFrame:
    """The row of all areas of a level together, as a companion of the whole's own number; none where none is judged.

    Its value is the number of areas in which the promise is kept, its target their number; what is open in some of
    them bounds it. The number of the whole is held against nothing: nine of eleven cities may keep what all of them
    together keep by far.

    Parameters
    ----------
    values
        Rows of indicator_value of one figure of a year, the whole's among them.
    level
        The scope that the text judges.
    """
    of_whole = values.filter((pl.col("scope_kind") == "province") & pl.col("stratum").is_null())
    judged = values.filter(pl.col("scope_kind") == level)
    if level == "province" or of_whole.is_empty() or judged["target"].null_count() == judged.height:
        return values.clear()
    row = of_whole.row(0, named=True)
    return pl.DataFrame([row | _counted(judged, row)], schema=values.schema)


def _counted(judged: pl.DataFrame, whole: Mapping[str, Any]) -> dict[str, Any]:
    verdicts = judged.filter(pl.col("verdict") != "not_applicable")["verdict"].to_list()
    kept, decided = sum(v in _KEPT for v in verdicts), sum(v in _DECIDED for v in verdicts)
    number, verdict = len(verdicts), of_all(judged["verdict"].to_list())
    inputs = digest([verdict, *judged["number_id"].sort()])
    return {
        "stratum": EACH_AREA,
        "value": float(kept) if decided else None,
        "unit": "个",
        "numerator": float(kept),
        "denominator": float(number),
        "used": decided,
        "expected": number,
        "low": float(kept),
        "high": float(kept + number - decided),
        "target": float(number) if number else None,
        "comparison": "==",
        "gap": float(kept - number) if decided else None,
        "verdict": verdict,
        "is_breach": bool(judged["is_breach"].any()),
        "value_printed": f"{kept}/{number}" if decided else "—",
        "number_id": _number_id(whole["number_id"], inputs),
    }


def _number_id(of_whole: str, inputs: str) -> str:
    """The number id of the whole with the name of what stands beside it, and its own digits."""
    code, scope, *period, _ = of_whole.split("-")
    return "-".join([code, f"{scope}~{EACH_AREA}", *period, inputs[:8]])
