"""What a sender typed where a number was converted, with its unit, and beside it the number as it was read."""

from __future__ import annotations

import polars as pl

from analytics import units

_ENDS_WITHOUT_UNIT = r"[\d)\]Ll]$"  # 0.5, 0.01L, ND(0.01)
_LEADS = r"^([+-]?[\d.,]+)"
_SAME = 1e-9


def converted_of(name: str) -> str:
    """The column with what was typed and what was read of it."""
    return f"{name}_converted"


def with_conversions(frame: pl.DataFrame, name: str, given: str | None, wanted: str | None) -> pl.DataFrame:
    """The frame with `0.5 万吨 (= 5000 吨)` in `converted_of(name)` beside each number that was converted.

    `given` is the unit that holds for the column, `wanted` the one in which its numbers are kept; a cell may have one
    of its own. Where no number was converted the frame is as it was.
    """
    is_of_other_unit = bool(given and wanted) and units.factor(given or "", wanted or "") != 1.0
    typed = pl.col(f"{name}_as_delivered").str.normalize("NFKC").str.strip_chars()
    says_own = ~typed.str.contains(_ENDS_WITHOUT_UNIT)
    leading = typed.str.extract(_LEADS, 1).str.replace_all(",", "").cast(pl.Float64, strict=False)
    differs = (leading - pl.col(name)).abs() > _SAME * pl.col(name).abs()
    is_converted = (differs & (pl.lit(is_of_other_unit) | says_own)).fill_null(False)
    if not frame.select(is_converted.any()).item():
        return frame
    unit = f" {units.in_chinese(units.unit_named(given or '', wanted))}"
    with_unit = pl.when(says_own).then(typed).otherwise(typed + pl.lit(unit.rstrip()))
    read = pl.col(name).cast(pl.String).str.strip_suffix(".0")
    kept = pl.lit(f" {units.in_chinese(wanted)}".rstrip())
    told = pl.concat_str(with_unit, pl.lit(" (= "), read, kept, pl.lit(")"))
    return frame.with_columns(pl.when(is_converted).then(told).alias(converted_of(name)))
