"""Typed lazy frames from the text tables of the tests, for formulas that take dates, lists and null columns."""

import polars as pl

from tests.conftest import text_table

_DATES = ("day", "step", "month", "period_start", "period_end")
_NUMBERS = (
    *("value", "target", "required_pct", "mean", "mean_low", "mean_high", "low", "high", "temperature", "amount"),
    *("influent_bod5", "treated_water", "people_served", "multiple"),
)
_WORDS = ("entity_id", "site_id", "parameter", "case", "period", "reason", "area_id", "first", "last")
_FLAGS = ("is_dry", "has_inflow", "is_at_target", "below_limit")


def typed(text: str) -> pl.LazyFrame:
    """`text` as a frame: days as dates, quantities as floats, yes and no as flags, words parted by spaces as lists."""
    frame = text_table(text)
    kinds = {
        **dict.fromkeys(_NUMBERS, pl.Float64),
        **dict.fromkeys(_WORDS, pl.String),
    }
    changes = [pl.col(name).cast(kind) for name, kind in kinds.items() if name in frame.columns]
    changes += [pl.col(name).cast(pl.String).str.to_date() for name in _DATES if name in frame.columns]
    changes += [pl.col(name).cast(pl.String).eq("yes") for name in _FLAGS if name in frame.columns]
    changes += [pl.col(name).str.split(" ") for name in ("items",) if name in frame.columns]
    return frame.with_columns(changes).lazy()


def rows(frame: pl.LazyFrame, *columns: str) -> list[tuple[object, ...]]:
    """The rows of some columns, in the frame's order."""
    return frame.select(columns).collect().rows()
