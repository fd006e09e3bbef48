"""Cells of one measured quantity to typed columns: values, limits of detection told or assumed, flags, words."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

import polars as pl

from analytics import units
from analytics.catalog import Catalog
from analytics.catalog.method import StationFlag
from analytics.catalog.models import Parameter, ReadingColumns
from analytics.ingest import units_in_cells
from analytics.ingest.cells import converted, folded, folded_number, in_unit, number, unread_as

# What anybody writes where nothing was measured; a form may have further marks of its own.
NOTHING_MEASURED = ("--", "-", "—", "——", "–", "/", "\\", "*", "null", "Null", "NULL")
# 未检出(0.01), ND0.01, ND<0.01, <0.01 and 0.01L each tell the limit of detection. A bare 未检出, ND or <DL tells none.
_TELLS_LIMIT = (
    r"^(?:(?i:n\.?d\.?)|未检测?出)\s*[(\[<]?\s*<?\s*(\d.*?)\s*[lL]?\s*[)\]]?$",
    r"^(?:[<≤〈]=?|小于|低于)\s*(.+?)\s*[lL]?$",
    r"^(.+?)\s*[lL]$",
)
_TELLS_NONE = r"^(?:(?i:n\.?d\.?)|未检测?出|(?:<|小于|低于)\s*(?:(?i:m?dl)|(?:方法)?检出限))$"
# 7.32(M), 7.32 M, and a flag alone where there is no value.
_FLAGGED = (
    r"^(.*?)\s*[(\[【]([^()\[\]【】\d]{1,12})[)\]】]$",
    r"^(.*[\d)\]*-])\s*([A-Za-z]{1,2})$",
    r"^()([A-Za-z]{1,2})$",
)
_DECIMALS, _EXPONENT = r"\.(\d+)", r"(?:[eE]|10\^?)([+-]?\d+)$"
_BOTH = "原始值"
_HAIR = 1 + 1e-9
_MAY_BE_FLAGGED = r"[A-Za-z(\[【]"
_NO_NUMBER, _NO_TEXT = pl.lit(None, pl.Float64), pl.lit(None, pl.String)


def typed_reading(
    frame: pl.DataFrame,
    name: str,
    readings: ReadingColumns,
    catalog: Catalog,
    *,
    unit: str | None,
    unrounded_unit: str | None = None,
) -> pl.DataFrame:
    """The frame with one parameter typed, in the parameter's unit.

    The unrounded value is taken where one was delivered, else the printed one; where the one does not round to the
    other there is none, and both are told as delivered. The unrounded value is in `unrounded_unit`, or in that of the
    printed one. Below the limit of detection the value
    is that limit, with `<name>_below_limit` true; where the limit was not told it is that of the catalog, with
    `<name>_limit_assumed` true. Of a form that knows flags, `<name>_flag` has the code of the reading's, and where
    that flag says that the reading does not count there is no value and `<name>_left_out` is true.
    """
    parameter = catalog.parameters[name]
    marks = [m for m in (*NOTHING_MEASURED, *readings.missing) if m not in parameter.words]
    told = folded_number(name, marks)
    frame = frame.with_columns(pl.col(name).alias(f"{name}_as_delivered"), told.alias(name))
    frame = units_in_cells.parted(frame, name, parameter.unit)
    if f"{name}__unrounded" in frame.columns:
        printed_unit = unit or parameter.unit
        scale = units.factor(unrounded_unit, printed_unit) if unrounded_unit else 1.0
        frame = _with_unrounded(frame, name, marks, scale)
    beside = (f"{name}__unrounded", f"{name}__flag", units_in_cells.scale_of(name))
    if readings.flags is None:
        return frame.with_columns(_typed(frame, name, catalog, unit)).drop(beside, strict=False)
    flags = catalog.station_flags[readings.flags.known].flags
    frame = _parted(frame, name, readings.flags.field, marks)
    there = pl.col(name).is_not_null().alias(f"{name}_left_out")
    typed = frame.with_columns(*_typed(frame, name, catalog, unit), there)
    return typed.with_columns(_by_flag(name, flags)).drop(beside, strict=False)


def nothing_read(name: str, readings: ReadingColumns) -> list[pl.Expr]:
    """The columns of `typed_reading` of a parameter that the table does not have."""
    no, flags = pl.lit(False), {f"{name}_flag": _NO_TEXT, f"{name}_left_out": pl.lit(False)}
    columns = {
        name: _NO_NUMBER,
        f"{name}_as_delivered": _NO_TEXT,
        f"{name}_below_limit": no,
        f"{name}_limit_assumed": no,
        f"{name}_problem": _NO_TEXT,
        **(flags if readings.flags else {}),
    }
    return [value.alias(column) for column, value in columns.items()]


def _typed(frame: pl.DataFrame, name: str, catalog: Catalog, unit: str | None) -> list[pl.Expr]:
    """Value, problem, and whether the value is a limit of detection, told or assumed; the frame has the folded text."""
    parameter, assumed = catalog.parameters[name], catalog.assumed_limit(name)
    text = pl.col(name)
    limit, is_bare, printed = _limit_and_number(frame[name], parameter)
    exact = pl.col(f"{name}__unrounded") if f"{name}__unrounded" in frame.columns else _NO_NUMBER
    # A value that is not a number is one that does not agree with the printed one.
    unrounded = pl.when(printed.is_not_null() & exact.is_not_nan().fill_null(True)).then(pl.coalesce(exact, printed))
    measured = pl.coalesce(limit, unrounded)
    measured = in_unit(measured, name, units.factor(unit, parameter.unit) if unit else 1.0)
    by_default = pl.when(is_bare).then(pl.lit(assumed.limit)) if assumed else _NO_NUMBER
    value = pl.coalesce(measured, _by_word(text, parameter.words), by_default)
    problem = (
        pl.when(value.is_not_null() | text.is_null())
        .then(_NO_TEXT)
        .when(is_bare)
        .then(pl.lit("no_detection_limit"))
        .otherwise(unread_as(text))
    )
    is_assumed = is_bare & pl.lit(assumed is not None)
    return [
        value.alias(name),
        (limit.is_not_null() | is_assumed).alias(f"{name}_below_limit"),
        is_assumed.alias(f"{name}_limit_assumed"),
        problem.alias(f"{name}_problem"),
    ]


def _with_unrounded(frame: pl.DataFrame, name: str, marks: list[str], scale: float) -> pl.DataFrame:
    """The frame with the unrounded numbers in the unit of the printed ones; NaN where the one contradicts the other.

    Of such a cell both are what was delivered.
    """
    exact, text = f"{name}__unrounded", pl.col(name)
    told, printed = folded_number(exact, marks), number(text)
    value = converted(number(told), scale)
    decimals = text.str.extract(_DECIMALS, 1).str.len_chars().cast(pl.Int32).fill_null(0)
    exponent = text.str.extract(_EXPONENT, 1).cast(pl.Int32, strict=False).fill_null(0)
    last_digit = pl.lit(10.0).pow(exponent - decimals)
    agrees = ((value - printed).abs() <= last_digit / 2 * _HAIR + printed.abs() * (_HAIR - 1)).fill_null(False)
    contradicts = printed.is_not_null() & told.is_not_null() & ~agrees
    both = (
        pl.when(told.str.contains(_BOTH, literal=True))
        .then(told)
        .otherwise(pl.format("{}（{}{}）", name, pl.lit(_BOTH), told))
    )
    delivered = f"{name}_as_delivered"
    return frame.with_columns(
        pl.when(contradicts).then(pl.lit(float("nan"))).otherwise(value).alias(exact),
        pl.when(contradicts).then(both).otherwise(delivered).alias(delivered),
    )


def _limit_and_number(cells: pl.Series, parameter: Parameter) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """The limit of detection that is told, whether one is meant and not told, and the number that stands there.

    Most columns hold plain numbers only, and of them nothing else need be asked.
    """
    text = pl.col(cells.name)
    plain = cells.cast(pl.Float64, strict=False)
    if plain.null_count() == cells.null_count() and plain.is_finite().all():
        return _NO_NUMBER, pl.lit(False), text.cast(pl.Float64, strict=False)
    if not parameter.can_go_undetected:
        return _NO_NUMBER, pl.lit(False), number(text)
    return _limit(text), text.str.contains(_TELLS_NONE).fill_null(False), number(text)


def _limit(text: pl.Expr) -> pl.Expr:
    """The limit of detection that a text tells; nothing lies below nought."""
    told = number(pl.coalesce(text.str.extract(form, 1) for form in _TELLS_LIMIT))
    return pl.when(told > 0).then(told)


def _by_word(text: pl.Expr, words: Mapping[str, float]) -> pl.Expr:
    if not words:
        return _NO_NUMBER
    spelled = {unicodedata.normalize("NFKC", word): value for word, value in words.items()}
    return text.replace_strict(spelled, default=None, return_dtype=pl.Float64)


def _parted(frame: pl.DataFrame, name: str, field: str | None, marks: list[str]) -> pl.DataFrame:
    """The flag as it was written in `<name>_flag`: in the cell, which is left without it, beside it, or for the row."""
    beside = [folded(c) for c in (f"{name}__flag", field or "") if c in frame.columns]
    if not frame[name].str.contains(_MAY_BE_FLAGGED).any():
        return frame.with_columns(pl.coalesce(*beside, _NO_TEXT).alias(f"{name}_flag"))
    text = pl.col(name)
    says_all = number(text).is_not_null() | _limit(text).is_not_null() | text.str.contains(_TELLS_NONE)
    rest, flag = (pl.coalesce(text.str.extract(form, group) for form in _FLAGGED) for group in (1, 2))
    is_flagged = ~says_all & flag.is_not_null()
    without = pl.when((rest != "") & ~rest.is_in(marks)).then(rest)
    own = pl.when(is_flagged).then(flag)
    return frame.with_columns(
        pl.when(is_flagged).then(without).otherwise(text).alias(name),
        pl.coalesce(own, *beside, _NO_TEXT).alias(f"{name}_flag"),
    )


def _by_flag(name: str, flags: list[StationFlag]) -> list[pl.Expr]:
    """What the flag makes of the reading: its code, and no value where it does not count or nobody knows the flag."""
    spelled = {_spelled(word): flag.code for flag in flags for word in (flag.code, flag.label.zh, flag.label.en)}
    told = pl.col(f"{name}_flag")
    code = told.str.to_lowercase().replace_strict(spelled, default=None, return_dtype=pl.String)
    is_unknown = told.is_not_null() & code.is_null()
    is_out = code.is_in([flag.code for flag in flags if not flag.counts]).fill_null(False)
    counts = ~is_out & ~is_unknown
    problem = pl.col(f"{name}_problem")
    return [
        pl.when(counts).then(name).alias(name),
        *((pl.col(f"{name}_{mark}") & counts).alias(f"{name}_{mark}") for mark in ("below_limit", "limit_assumed")),
        code.alias(f"{name}_flag"),
        (pl.col(f"{name}_left_out") & is_out).alias(f"{name}_left_out"),
        pl.when(is_unknown).then(pl.lit("unknown_flag")).when(~is_out).then(problem).alias(f"{name}_problem"),
    ]


def _spelled(word: str) -> str:
    return unicodedata.normalize("NFKC", word).lower()
