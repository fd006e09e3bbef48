"""What reading says of the sums in a file, as one more check of the gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from analytics.quality.result import CHECKS, GateResult

CHECK = "totals_agree"
_MESSAGE = {
    "message_zh": "合计、小计应等于所列各行之和",
    "message_en": "A total or subtotal is the sum of the rows it stands for",
}


def with_totals(
    result: GateResult, snapshot: str, totals: int, differing: Sequence[Mapping[str, object]]
) -> GateResult:
    """The result with a warning for every sum that differs from its rows; unchanged where the file has no sums.

    Parameters
    ----------
    totals
        Rows of sums in the file.
    differing
        `sheet`, `row`, `column`, `found`, `expected_zh`, `expected_en` of each sum that differs.
    """
    if totals == 0:
        return result
    said = [{**one, "snapshot": snapshot, "check": CHECK, "severity": "warning"} for one in differing]
    broken = pl.concat([result.broken, pl.DataFrame(said, schema=result.broken.schema)])
    check = {
        "check": CHECK,
        "severity": "warning",
        "scope": "row",
        "columns": sorted({str(one["column"]) for one in differing}),
        "outcome": "failed" if differing else "passed",
        "failed": len(differing),
        **_MESSAGE,
        "problem": None,
    }
    checks = pl.concat([result.checks, pl.DataFrame([check], schema=CHECKS)])
    return replace(result, checks=checks, broken=broken)
