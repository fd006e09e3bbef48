"""Text cells to typed columns, by the field's declared type; what cannot be read is marked, never guessed."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from analytics import units
from analytics.catalog import Catalog
from analytics.catalog.indicator import NOT_LISTED
from analytics.catalog.models import FieldSpec, folded_of
from analytics.ingest import units_in_cells
from analytics.ingest.headings import plain
from analytics.ingest.number_formats import HELD, SHOWN
from analytics.periods import Period

ZONE = "Asia/Shanghai"
_NUMERIC = ("number", "integer", "register_year", "date", "month")
_THOUSANDS = r"^[+-]?[1-9]\d{0,2}(?:(?:,\d{3})+|(?: \d{3})+)(?:\.\d+)?$"
INVISIBLE = "[\u200b-\u200f\u2060\ufeff]"
_KEPT_AS_TEXT = r"^'\s*([=+@-])"  # the apostrophe by which a spreadsheet, and a slip of ours, keeps text text
_AROUND_POWER = r" *([×xX*^]) *"
_POWER = r"^([+-]?[\d.]+)[×xX*]10\^([+-]?\d{1,2})$"
_RAISED = r"(10\s*)([⁺⁻]?[⁰¹²³⁴-⁹]{1,2})"
# What a lost superscript leaves of 1.2×10³; it may as well be a product of 103.
_POWER_UNMARKED = r"[\d.]\s*[×xX*]\s*10\s*[+−-]?\s*\d{1,2}(?:\D*)$"
_MOVED = f"^{SHOWN}.+,{HELD}"
_MARKED_DIGIT = r"\p{No}"  # ① ² ½: folded to half width they would run into the number
_RAISED_POWER = r"^[^\p{No}]+[×xX*]\s*10\s*[⁺⁻]?[⁰¹²³⁴-⁹]{1,2}(?:[^\p{No}\d][^\p{No}]*)?$"
_DIGITS = 12
# Whatever else stands in a cell (（计划）, 前, a second date) makes it unreadable: it may turn the meaning round.
_TIME_OF_DAY = r"(?:[ T]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_DATE = rf"^(\d{{4}})\s*[-/.年]\s*(\d{{1,2}})\s*[-/.月]\s*(\d{{1,2}})\s*日?{_TIME_OF_DAY}$"
_COMPACT_DATE = r"^(\d{4})(\d{2})(\d{2})$"
# 底 and 末 mean up to the last day, 前 on that day at the latest: all that a day by which something is done can say.
_END = r"^(\d{4})\s*年\s*(?:年?[底末]|(\d{1,2})\s*月份?[底末])(?:[以之]?前)?$"
_BEFORE = r"日[以之]?前$"
_MONTH = r"^(\d{1,2})\s*(?:月份?)?$"
_MONTHS_IN_WORDS = {f"{word}月": f"{number}月" for number, word in enumerate("一二三四五六七八九十", start=1)} | {
    "十一月": "11月",
    "十二月": "12月",
}
# 2021.1 may be October, its last zero lost: after a point a month has two digits.
_YEAR_MONTHS = (
    r"^(\d{4})\s*[-/年]\s*(\d{1,2})\s*(?:月份?)?$",
    r"^(\d{4})\.?(\d{2})\s*(?:月份?)?$",
    r"^(\d{4})\.([2-9])$",
    _DATE,
    _COMPACT_DATE,
)
_STAMP = (
    r"^(?:(\d{4})[-/年])?(\d{1,2})[-/月](\d{1,2})"
    r"(?:日?$|(?:日[ T]*|[ T]+)(\d{1,2})(?:[:时](\d{1,2})?(?:分|:\d{2}(?:\.\d+)?)?)?$)"
)


@dataclass(frozen=True)
class Context:
    """What a cell may need beyond itself: the declared period, the date of the file, the day it was received.

    `missing` are marks of the form for a cell without a value, `nothing` what anybody writes where a number, a date or
    a sentence would stand, `no_end` where a day would. `area` is the whole that a row is about which names no place,
    where the form means that by it.
    """

    catalog: Catalog
    period: Period | None
    file_date: date | None
    received: date = date.max
    missing: tuple[str, ...] = ()
    nothing: tuple[str, ...] = ()
    no_end: tuple[str, ...] = ()
    area: str = ""


def folded(column: str, missing: Sequence[str] = ()) -> pl.Expr:
    """The text folded to half width, without outer white space; empty cells and `missing` become null."""
    return _folded(pl.col(column), missing)


def _folded(raw: pl.Expr, missing: Sequence[str]) -> pl.Expr:
    bare = raw.str.normalize("NFKC").str.replace_all(INVISIBLE, "").str.strip_chars()
    text = bare.str.replace(_KEPT_AS_TEXT, "${1}")
    marks = [unicodedata.normalize("NFKC", m) for m in missing]
    return pl.when((text.str.len_chars() > 0) & ~text.is_in(marks)).then(text)


def as_sent(column: str, missing: Sequence[str] = ()) -> pl.Expr:
    """The text as it was sent, without outer white space and signs that nobody sees; null where `folded` is."""
    bare = pl.col(column).str.replace_all(INVISIBLE, "").str.strip_chars()
    return pl.when(folded(column, missing).is_not_null()).then(bare.str.replace(_KEPT_AS_TEXT, "${1}"))


def folded_text(told: pl.Series) -> list[str | None]:
    """The texts of a column as `folded` gives them."""
    return told.to_frame().select(folded(told.name)).to_series().to_list()


def folded_number(column: str, missing: Sequence[str] = ()) -> pl.Expr:
    """As `folded`; a cell with marked or raised digits (1000①, 10²) keeps them, and so is no number.

    `1.2×10³` is one.
    """
    raw = pl.col(column)
    is_power = raw.str.contains(_RAISED_POWER)
    is_marked = raw.str.contains(_MARKED_DIGIT) & ~is_power
    raised = _folded(powers_marked(raw), missing)
    return (
        pl.when(is_marked.fill_null(False))
        .then(raw)
        .when(is_power.fill_null(False))
        .then(raised)
        .otherwise(folded(column, missing))
    )


def powers_marked(raw: pl.Expr) -> pl.Expr:
    """The text as delivered with a mark before a raised exponent, which folding would run into the ten."""
    return pl.when(raw.str.contains(_RAISED_POWER)).then(raw.str.replace(_RAISED, "${1}^${2}")).otherwise(raw)


def is_unmarked_power(text: pl.Expr) -> pl.Expr:
    """Whether a power of ten may be meant whose exponent nothing marks: 1.2×103."""
    return text.str.contains(_POWER_UNMARKED).fill_null(False)


def is_formula(text: pl.Expr) -> pl.Expr:
    """Whether a cell says how its number is made, and not which: the program that wrote it kept no result."""
    return text.str.starts_with("=").fill_null(False)


def is_moved(text: pl.Expr) -> pl.Expr:
    """Whether a cell shows another number than it holds: its format moves the decimal point, and both are told."""
    return text.str.contains(_MOVED).fill_null(False)


def unread_as(text: pl.Expr) -> pl.Expr:
    """Why a cell that is no number is none, as far as its text tells."""
    return (
        pl.when(is_formula(text))
        .then(pl.lit("formula"))
        .when(is_unmarked_power(text))
        .then(pl.lit("power"))
        .when(is_moved(text))
        .then(pl.lit("moved_point"))
        .otherwise(pl.lit("unreadable"))
    )


def number(text: pl.Expr) -> pl.Expr:
    """Numbers in plain, thousands-separated or power-of-ten form (1e3, 1.2×10^3); null where it is none of them.

    White space parts thousands or stands around the sign of a power; anywhere else two numbers would run into one.
    """
    bare = text.str.replace_all("−", "-", literal=True).str.replace_all(_AROUND_POWER, "${1}")
    ungrouped = pl.when(bare.str.contains(_THOUSANDS)).then(bare.str.replace_all("[, ]", "")).otherwise(bare)
    spelled = ungrouped.str.replace(_POWER, "${1}e${2}")
    value = spelled.cast(pl.Float64, strict=False)
    return pl.when(value.is_finite()).then(value)


def day_of(name: str) -> str:
    """The column with the day, as text, of the cells that keep it as a bare number."""
    return f"{name}__day"


def typed_field(
    frame: pl.DataFrame, name: str, field: FieldSpec, context: Context, *, unit: str | None = None
) -> pl.DataFrame:
    """The frame with `name` typed, `name_as_delivered` and `name_problem` beside it (text stays text).

    Beside text that stands as sent is `name_folded`, the same as other text is read; a mark of nothing is none.

    A number delivered in `unit` is converted to the unit of the field. Of a day or month that its cell keeps as a bare
    number, `day_of(name)` has the day as text.
    """
    if field.type == "text":
        return frame.with_columns(*_text(name, field, context.nothing))
    if field.type == "stamp":
        return _stamped(frame, name, context)
    fold = folded_number if field.type in _NUMERIC else folded
    missing = (*context.missing, *((*context.nothing, *context.no_end) if field.type in _NUMERIC else ()))
    delivered = frame.with_columns(pl.col(name).alias(f"{name}_as_delivered"), fold(name, missing).alias(name))
    delivered = _with_day_told(delivered, name)
    text = pl.col(name)
    problem = pl.lit("unreadable")
    if field.type == "number":
        problem = unread_as(text)
        delivered = units_in_cells.parted(delivered, name, field.unit)
        value = in_unit(number(text), name, units.factor(unit, field.unit) if unit and field.unit else 1.0)
    elif field.type in ("integer", "register_year"):
        value = text.str.extract(r"^(\d+)年?$", 1).cast(pl.Int64, strict=False)
        if field.type == "register_year":
            value = pl.coalesce(value, _date(text).dt.year().cast(pl.Int64))
    elif field.type == "date":
        value = _day_by_which(text) if field.by_when else _date(text)
    elif field.type == "month":
        return _with_month(delivered, name, context)
    elif field.type in ("code", "flag"):
        value, problem = _code(text, field), pl.lit("unknown_code")
    elif field.type == "items":
        return _with_items(delivered, name, context.catalog)
    else:
        raise NotImplementedError(field.type)
    typed = delivered.with_columns(value.alias(name), _unread(value, text, problem).alias(f"{name}_problem"))
    return typed.drop(units_in_cells.scale_of(name), strict=False)


def _text(name: str, field: FieldSpec, nothing: Sequence[str]) -> list[pl.Expr]:
    """The columns of a text: in half width, or as it was sent with the same in half width beside it."""
    if field.as_sent:
        nothing = [mark for mark in nothing if not (field.none_is_told and mark in NOT_LISTED)]
        return [as_sent(name, nothing).alias(name), folded(name, nothing).alias(folded_of(name))]
    return [folded(name).alias(name)]


def converted(value: pl.Expr, scale: float) -> pl.Expr:
    """The value in another unit, without the noise of the multiplication: 0.07 万t is 700 t and not a hair more."""
    return value if scale == 1.0 else (value * scale).round_sig_figs(_DIGITS)


def _with_day_told(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """The text of a cell that keeps a day as a bare number is that day."""
    if day_of(name) not in frame.columns:
        return frame
    return frame.with_columns(pl.coalesce(day_of(name), name).alias(name)).drop(day_of(name))


def in_unit(value: pl.Expr, name: str, scale: float) -> pl.Expr:
    """The value of the column in its unit: by what its own cell says (`units_in_cells`), else by `scale`."""
    own = pl.col(units_in_cells.scale_of(name))
    return pl.when(own.is_not_null()).then((value * own).round_sig_figs(_DIGITS)).otherwise(converted(value, scale))


def _unread(value: pl.Expr, text: pl.Expr, problem: pl.Expr) -> pl.Expr:
    return pl.when(value.is_null() & text.is_not_null()).then(problem).otherwise(pl.lit(None, pl.String))


def _date(text: pl.Expr) -> pl.Expr:
    parts = [
        pl.coalesce(text.str.extract(_DATE, i), text.str.extract(_COMPACT_DATE, i)).str.zfill(2) for i in (1, 2, 3)
    ]
    return pl.concat_str(parts, separator="-").str.to_date("%Y-%m-%d", strict=False)


def _day_by_which(text: pl.Expr) -> pl.Expr:
    """The last day on which something may be done: 2022年底 is 31 December, 2022年6月底 30 June, also with 前 behind.

    So documents of the administration mean it. Of a day on which something was done it says too little.
    """
    year, month = (text.str.extract(_END, i) for i in (1, 2))
    first = pl.concat_str(year, month.fill_null("12").str.zfill(2), pl.lit("01"), separator="-")
    end = first.str.to_date("%Y-%m-%d", strict=False).dt.month_end()
    return pl.coalesce(_date(text.str.replace(_BEFORE, "日")), end)


def _code(text: pl.Expr, field: FieldSpec) -> pl.Expr:
    words = {
        unicodedata.normalize("NFKC", word): key
        for key, code in field.choices.items()
        for word in (key, code.label.zh, code.label.en, *code.aliases)
    }
    return text.replace_strict(words, default=None, return_dtype=pl.String)


def _with_month(frame: pl.DataFrame, name: str, context: Context) -> pl.DataFrame:
    """First day of the month; a month without a year takes the year of the delivery's period."""
    text = pl.col(name).str.strip_suffix("份")
    for word, month_number in _MONTHS_IN_WORDS.items():
        text = text.str.replace(f"^((?:\\d{{4}}年)?){word}$", f"${{1}}{month_number}")
    year = pl.coalesce(text.str.extract(form, 1) for form in _YEAR_MONTHS).cast(pl.Int32)
    month = pl.coalesce(text.str.extract(_MONTH, 1), *(text.str.extract(form, 2) for form in _YEAR_MONTHS)).cast(
        pl.Int32
    )
    given = context.period.year if context.period else None
    value = pl.date(pl.coalesce(year, pl.lit(given, pl.Int32)), month, 1)
    usable = month.is_between(1, 12)
    value = pl.when(usable).then(value)
    problem = (
        pl.when(text.is_null())
        .then(None)
        .when(~usable.fill_null(False))
        .then(pl.lit("unreadable"))
        .when(value.is_null())
        .then(pl.lit("no_year"))
        .when(_outside(value, context.period))
        .then(pl.lit("outside_period"))
        .when(value > context.received)
        .then(pl.lit("in_future"))
    )
    return frame.with_columns(value.alias(name), problem.alias(f"{name}_problem"))


def _outside(day: pl.Expr, period: Period | None) -> pl.Expr:
    return ~day.is_between(period.start, period.end) if period else pl.lit(False)


def _with_items(frame: pl.DataFrame, name: str, catalog: Catalog) -> pl.DataFrame:
    """Items of a section: `5项` stands for the five base items of the standard, others by their names."""
    base = catalog.surface_standard.base_items
    spellings = {plain(s): key for key, p in catalog.parameters.items() for s in (p.label.zh, *p.aliases)}
    spellings |= {plain(s): "" for s in ("5项", "五项", "5项基本指标", "基本指标")}
    values: list[list[str] | None] = []
    problems: list[str | None] = []
    for text in frame[name]:
        words = [w for w in _separated(text or "") if w]
        unknown = [w for w in words if plain(w) not in spellings]
        named = [spellings[plain(w)] for w in words if plain(w) in spellings]
        items = list(dict.fromkeys(i for n in named for i in (base if n == "" else [n])))
        values.append(items if words and not unknown else None)
        problems.append("unreadable" if unknown else None)
    return frame.with_columns(
        pl.Series(name, values, dtype=pl.List(pl.String)),
        pl.Series(f"{name}_problem", problems, dtype=pl.String),
    )


def _separated(text: str) -> list[str]:
    for mark in "+＋、，,；;":
        text = text.replace(mark, " ")
    return text.split()


def _stamped(frame: pl.DataFrame, name: str, context: Context) -> pl.DataFrame:
    """Clock time of a reading. A stamp without a year takes it from the declared period, or is the last
    such day not after the date of its file; where there is neither the stamp stays unread.
    """
    told = folded_number(name, context.missing)
    frame = frame.with_columns(pl.col(name).alias(f"{name}_as_delivered"), told.alias(name))
    text = pl.col(name)
    year, month, day, hour, minute = (text.str.extract(_STAMP, i).cast(pl.Int32) for i in range(1, 6))
    filed = pl.col("file_date") if "file_date" in frame.columns else pl.lit(context.file_date, pl.Date)
    known = pl.coalesce(year, _year_of_file(filed, month, day), pl.lit(_only_year(context.period), pl.Int32))
    possible = month.is_between(1, 12) & day.is_between(1, 31)
    clock = [part.cast(pl.String).str.zfill(2) for part in (month, day, hour.fill_null(0), minute.fill_null(0))]
    spelled = pl.concat_str(known.cast(pl.String), *clock, separator=" ")
    value = spelled.str.to_datetime("%Y %m %d %H %M", strict=False)
    problem = (
        pl.when(text.is_null())
        .then(None)
        .when(~possible.fill_null(False))
        .then(pl.lit("unreadable"))
        .when(known.is_null())
        .then(pl.lit("no_year"))
        .when(value.is_null())
        .then(pl.lit("unreadable"))
        .when(_outside(value.dt.date(), context.period))
        .then(pl.lit("outside_period"))
        .when(value.dt.date() > context.received)
        .then(pl.lit("in_future"))
    )
    return frame.with_columns(value.dt.cast_time_unit("ms").alias(name), problem.alias(f"{name}_problem"))


def _year_of_file(filed: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    later = (month * 100 + day) > (filed.dt.month().cast(pl.Int32) * 100 + filed.dt.day())
    return filed.dt.year() - later.cast(pl.Int32)


def _only_year(period: Period | None) -> int | None:
    return period.year if period and period.start.year == period.end.year else None
