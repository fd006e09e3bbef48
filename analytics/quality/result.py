"""What the gate says of a file, and which rows and readings that sets aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from analytics.catalog.models import Source

Outcome = Literal["passed", "failed", "could_not_be_checked"]
_TEXT = pl.String()
CHECKS: dict[str, pl.DataType] = {
    "check": _TEXT,
    "severity": _TEXT,
    "scope": _TEXT,
    "columns": pl.List(_TEXT),
    "outcome": _TEXT,
    "failed": pl.Int64(),
    "message_zh": _TEXT,
    "message_en": _TEXT,
    "problem": _TEXT,
    "found": _TEXT,
    "reason": _TEXT,
    "since": _TEXT,
}
# Stands in the `problem` of a check that had no row to look at: nothing is wrong with the rule, nor with the file.
NOTHING_TO_CHECK = "no row has all of its columns"
# Stands in the `problem` of a check that had nothing to hold the file against, such as no earlier year.
NOTHING_TO_COMPARE = "nothing to compare"
PLACE: dict[str, pl.DataType] = {"snapshot": _TEXT, "sheet": _TEXT, "row": pl.Int32()}


@dataclass(frozen=True)
class GateResult:
    """What the gate says of one staged file.

    `checks` has a row per check (`failed`: rows, cells or, for a check of the file, 0 or 1, of a calendar the rows that
    are missing; null where it could not be checked, then `problem` says why; `found`: what a check of the file
    found, `reason` and `since`: why it is made, where that is declared); `broken`
    a row per row or reading and rule it broke.
    """

    checks: pl.DataFrame
    broken: pl.DataFrame
    refused: bool
    set_aside_rows: int
    rows: int


def refuses_file() -> pl.Expr:
    """Whether a row of `checks` refuses the file: critical, and failed as a whole, or not to be made."""
    failed = (pl.col("scope") == "file") & (pl.col("outcome") == "failed")
    problem = pl.col("problem")
    idle = [problem.str.contains(why, literal=True) for why in (NOTHING_TO_CHECK, NOTHING_TO_COMPARE)]
    had_nothing = pl.any_horizontal(idle)
    unchecked = (pl.col("outcome") == "could_not_be_checked") & ~had_nothing.fill_null(False)
    return (pl.col("severity") == "critical") & (failed | unchecked)


def rows_set_aside(broken: pl.DataFrame, source: Source) -> pl.DataFrame:
    """`snapshot`, `sheet`, `row` of the rows that broke a critical rule of the whole row, each once."""
    whole = pl.col("column").is_null() | ~pl.col("column").is_in(parameters_of(source))
    critical = broken.filter(pl.col("severity") == "critical", whole)
    return critical.select(*PLACE).unique(maintain_order=True)


def readings_set_aside(broken: pl.DataFrame, source: Source) -> pl.DataFrame:
    """`snapshot`, `sheet`, `row`, `column` of the readings that broke a critical rule, each once."""
    single = pl.col("column").is_in(parameters_of(source))
    critical = broken.filter(pl.col("severity") == "critical", single)
    return critical.select(*PLACE, "column").unique(maintain_order=True)


def parameters_of(source: Source) -> list[str]:
    """The parameters of the source's readings; none where it has no readings."""
    return list(source.readings.parameters) if source.readings else []
