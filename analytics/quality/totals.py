"""What reading says of the sums in a file, as one more check of the gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from analytics.quality.result import CHECKS, GateResult

CHECK = "totals_agree"
_NAMED = 5
_MESSAGE = {
    "message_zh": "合计、小计应等于所列各行之和",
    "message_en": "A total or subtotal is the sum of the rows it stands for",
}


def with_totals(
    result: GateResult,
    snapshot: str,
    totals: int,
    differing: Sequence[Mapping[str, object]],
    *,
    unchecked: Sequence[Mapping[str, object]] = (),
) -> GateResult:
    """The result with a warning for every sum that differs from its rows; unchanged where the file has no sums.

    Where none differs and one could not be held against its rows, the check could not be made.

    Parameters
    ----------
    totals
        Rows of sums of amounts in the file.
    differing
        `sheet`, `row`, `column`, `found`, `expected_zh`, `expected_en` of each sum that differs.
    unchecked
        `sheet`, `row`, `column`, `why_zh`, `why_en` of each sum that nobody can check.
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
        "outcome": "failed" if differing else "could_not_be_checked" if unchecked else "passed",
        "failed": None if unchecked and not differing else len(differing),
        **_MESSAGE,
        "problem": _why(unchecked) if unchecked else None,
    }
    checks = pl.concat([result.checks, pl.DataFrame([check], schema=CHECKS)])
    return replace(result, checks=checks, broken=broken)


def _why(unchecked: Sequence[Mapping[str, object]]) -> str:
    """Which sums could not be checked and why, each reason once, in both languages."""
    zh = dict.fromkeys(f"第{one['row']}行：{one['why_zh']}" for one in unchecked)
    en = dict.fromkeys(f"row {one['row']}: {one['why_en']}" for one in unchecked)
    more = len(zh) > _NAMED
    named = "；".join([*list(zh)[:_NAMED], *(["…"] if more else [])])
    return f"{named} ({'; '.join([*list(en)[:_NAMED], *(['…'] if more else [])])})"
