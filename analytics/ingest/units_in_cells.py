"""Units that stand in the cells themselves: `0.02 mg/L`, `1200吨`, `78.5%`."""

from __future__ import annotations

import polars as pl

from analytics import units

_ENDS_A_NUMBER = ")]Ll"  # 0.01L, ND(0.01); else a digit
_LONGEST_UNIT = 12  # signs


def scale_of(name: str) -> str:
    """The column with what a number was multiplied with, null where its cell has no unit of its own."""
    return f"{name}__scale"


def parted(frame: pl.DataFrame, name: str, wanted: str | None) -> pl.DataFrame:
    """The frame with the units taken out of the cells of `name`, and what turns their numbers into `wanted` beside.

    Only a unit that is known and of the kind of `wanted` is taken out; with any other a cell stays as it is, and is no
    number. What a cell says of itself holds for it, whatever the heading says.
    """
    text = pl.col(name)
    odd = frame.filter(text.cast(pl.Float64, strict=False).is_null()).get_column(name).drop_nulls().unique()
    found = {cell: split for cell in odd if (split := _split(cell, wanted or ""))}
    if not found:
        return frame.with_columns(pl.lit(None, pl.Float64).alias(scale_of(name)))
    bare = {cell: number for cell, (number, _) in found.items()}
    scale = {cell: factor for cell, (_, factor) in found.items()}
    return frame.with_columns(
        text.replace(bare).alias(name),
        text.replace_strict(scale, default=None, return_dtype=pl.Float64).alias(scale_of(name)),
    )


def _split(cell: str, wanted: str) -> tuple[str, float] | None:
    """What stands before the unit in a cell, and its factor; None where no unit of the kind stands at its end."""
    for place in range(max(len(cell) - _LONGEST_UNIT, 1), len(cell)):
        before, unit = cell[:place].rstrip(), cell[place:].strip()
        ends_well = before[-1:].isdecimal() or before[-1:] in _ENDS_A_NUMBER
        if before and ends_well and not unit[0].isdecimal() and units.same_kind(unit, wanted):
            return before, units.factor(unit, wanted)
    return None
