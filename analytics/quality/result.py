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
# The check that a row does not say again what another row of its file says.
COPIES = "row_not_repeated"
# The check that a row is about a member within the area of its delivery.
ELSEWHERE = "member_of_area"
PLACE: dict[str, pl.DataType] = {"snapshot": _TEXT, "sheet": _TEXT, "row": pl.Int32()}


@dataclass(frozen=True)
class GateResult:
    """What the gate says of one staged file.

    `checks` has a row per check (`failed`: rows, cells or, for a check of the file, 0 or 1, of a calendar the rows that
    are missing; null where it could not be checked, then `problem` says why; `found`: what a check of the file
    found, `reason` and `since`: why it is made, where that is declared); `broken`
    a row per row or reading and rule it broke. `copies` are those of the rows set aside that only say again what
    another row says; they put nothing in doubt, and do not count among the rows of which too many refuse the file.
    """

    checks: pl.DataFrame
    broken: pl.DataFrame
    refused: bool
    set_aside_rows: int
    rows: int
    copies: int = 0


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
    return _of_whole_rows(broken, source).select(*PLACE).unique(maintain_order=True)


def mere_copies(broken: pl.DataFrame, source: Source) -> pl.DataFrame:
    """`snapshot`, `sheet`, `row` of the rows set aside for nothing but saying again what another row says."""
    is_copy = (pl.col("check") == COPIES).all()
    return _of_whole_rows(broken, source).group_by(*PLACE).agg(is_copy=is_copy).filter("is_copy").select(*PLACE)


def _of_whole_rows(broken: pl.DataFrame, source: Source) -> pl.DataFrame:
    """The findings of critical rules of the whole row."""
    whole = pl.col("column").is_null() | ~pl.col("column").is_in(parameters_of(source))
    return broken.filter(pl.col("severity") == "critical", whole)


def readings_set_aside(broken: pl.DataFrame, source: Source) -> pl.DataFrame:
    """`snapshot`, `sheet`, `row`, `column` of the readings that broke a critical rule, each once."""
    single = pl.col("column").is_in(parameters_of(source))
    critical = broken.filter(pl.col("severity") == "critical", single)
    return critical.select(*PLACE, "column").unique(maintain_order=True)


def parameters_of(source: Source) -> list[str]:
    """The parameters of the source's readings; none where it has no readings."""
    return list(source.readings.parameters) if source.readings else []
