"""The frames that the methods are given: whether their columns are there and of the right kind, and each row once.

A frame is lazy or not. What it holds is looked at when the answer is collected; what its columns are, at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

import polars as pl
from polars.datatypes import DataType, DataTypeClass

from analytics.compute.rounding import known
from analytics.errors import CheckFailed

Frame = pl.LazyFrame | pl.DataFrame


class Kind(Enum):
    """What a column holds, in the words of an error, and its type where the frame has none (a column of nulls)."""

    TEXT = ("text", pl.String())
    KEY = ("keys of the catalog", pl.String())
    TEXTS = ("lists of text", pl.List(pl.String))
    NUMBER = ("numbers", pl.Float64())
    AMOUNT = ("numbers, none below 0", pl.Float64())
    WHOLE = ("whole numbers", pl.Int64())
    AS_IT_IS = ("numbers as they are", pl.Float64())
    DAY = ("dates", pl.Date())
    MONTH = ("dates of months", pl.Date())
    TIME = ("dates with a time", pl.Datetime("us"))
    FLAG = ("true or false", pl.Boolean())
    ANY = ("anything", pl.Null())

    def __init__(self, words: str, type_of_nothing: DataType) -> None:
        self.words = words
        self.type_of_nothing = type_of_nothing

    def holds(self, dtype: DataType) -> bool:
        """Whether a column of this type is of the kind."""
        match self:
            case Kind.TEXT | Kind.KEY:
                return dtype == pl.String or _is_of_words(dtype)
            case Kind.TEXTS:
                return isinstance(dtype, pl.List) and (dtype.inner in (pl.String, pl.Null) or _is_of_words(dtype.inner))
            case Kind.NUMBER | Kind.AMOUNT | Kind.WHOLE | Kind.AS_IT_IS:
                return dtype.is_numeric()
            case Kind.DAY | Kind.MONTH | Kind.TIME:
                return isinstance(dtype, pl.Date | pl.Datetime)
            case Kind.ANY:
                return True
        return isinstance(dtype, type(self.type_of_nothing))

    def made_of(self, column: pl.Expr, dtype: DataType) -> pl.Expr | None:
        """The column as the methods take it; none where it is so already.

        A number of 32 bits is the decimal that it was written as. A day of a month stands for the month.
        """
        if dtype == pl.Null or _is_of_words(dtype) or (self is Kind.TEXTS and dtype != pl.List(pl.String)):
            return column.cast(pl.String if _is_of_words(dtype) else self.type_of_nothing)
        if dtype.is_numeric():
            return self._number(column, dtype)
        times = {
            Kind.MONTH: column.dt.date().dt.month_start(),
            Kind.DAY: column.dt.date() if isinstance(dtype, pl.Datetime) else None,
            Kind.TIME: column.cast(self.type_of_nothing) if dtype == pl.Date else None,
        }
        return times.get(self)

    def _number(self, column: pl.Expr, dtype: DataType) -> pl.Expr | None:
        decimal = column.cast(pl.Float64)
        if dtype == pl.Float32:
            decimal = decimal.round_sig_figs(_DIGITS_OF_32_BITS)
        whole = column.cast(pl.Int64) if dtype.is_unsigned_integer() else None
        numbers = {
            Kind.NUMBER: known(decimal),
            Kind.AMOUNT: pl.when(known(decimal) >= 0).then(decimal),
            Kind.WHOLE: known(decimal) if dtype.is_float() else whole,
            Kind.AS_IT_IS: decimal if dtype == pl.Float32 else None,
        }
        return numbers.get(self)


_KEY = re.compile(r"^[a-z][a-z0-9_]*$")
_DIGITS_OF_32_BITS = 7


def _is_of_words(dtype: DataType | DataTypeClass) -> bool:
    return dtype in (pl.Categorical, pl.Enum)


@dataclass(frozen=True)
class Shape:
    """What a frame must have: `columns`, those that it may have, and `key`, by which its rows are told apart.

    No key: rows may be alike. `what` is what its rows are, in the words of an error.
    """

    what: str
    columns: Mapping[str, Kind]
    key: tuple[str, ...] | None = None
    optional: Mapping[str, Kind] = field(default_factory=dict)

    def of(self, frame: Frame, *, by: Sequence[str] | None = None, without: Collection[str] = ()) -> pl.LazyFrame:
        """The frame, lazy, with its columns of nulls typed; numbers that are not finite, or cannot be, are null.

        `by` are further columns that it must have, which belong to its key; `without` those that the method makes
        itself: what the frame has by these names is left out.

        Raises
        ------
        CheckFailed
            Where `by` names no column, or a column is missing or of another kind; where the answer is collected and a
            key is incomplete or stands twice.
        """
        by = () if by is None else named(by)
        lazy = frame.lazy()
        if not set(without).isdisjoint(lazy.collect_schema()):
            lazy = lazy.drop(without, strict=False)
        schema = lazy.collect_schema()
        wanted = {**dict.fromkeys(by, Kind.ANY), **self.columns}
        missing = [name for name in wanted if name not in schema]
        if missing:
            raise self._refusal("lack a column", found=", ".join(schema.names()), expected=", ".join(missing))
        made = []
        for name, kind in (wanted | {n: k for n, k in self.optional.items() if n in schema}).items():
            if schema[name] != pl.Null and not kind.holds(schema[name]):
                found = str(schema[name])
                raise self._refusal("have a column of another kind", where=name, found=found, expected=kind.words)
            column = kind.made_of(pl.col(name), schema[name])
            if column is not None:
                made.append(column.alias(name))
        typed = lazy.with_columns(made) if made else lazy
        keys = [name for name, kind in self.columns.items() if kind is Kind.KEY]
        if self.key is None and not keys:
            return typed
        return typed.map_batches(lambda rows: self._looked_at(rows, keys, by), projection_pushdown=False)

    def _looked_at(self, rows: pl.DataFrame, keys: Sequence[str], by: Sequence[str]) -> pl.DataFrame:
        for name in keys:
            require_keys(rows[name].drop_nulls().unique(), what=self.what, where=name)
        if self.key is None:
            return rows
        return self._each_once(rows, self.key, list(dict.fromkeys((*by, *self.key))))

    def _each_once(self, rows: pl.DataFrame, own: Sequence[str], key: Sequence[str]) -> pl.DataFrame:
        expected = "one row for each " + ", ".join(key)
        lacks_key = rows.filter(pl.any_horizontal(pl.lit(False), *(pl.col(name).is_null() for name in own)))
        if not lacks_key.is_empty():
            raise self._refusal("do not say what they are about", where=_place(lacks_key, key), expected=expected)
        is_repeated = rows.select(key).is_duplicated()
        if is_repeated.any():
            repeated = rows.filter(is_repeated)
            found = f"{repeated.height} rows that are not the only one of theirs"
            raise self._refusal("stand twice", where=_place(repeated.sort(key), key), found=found, expected=expected)
        return rows

    def _refusal(self, problem: str, *, found: str = "", expected: str, where: str = "") -> CheckFailed:
        return CheckFailed(
            f"The {self.what} {problem}.",
            where=where,
            found=found,
            expected=expected,
            next_step="Put the frame right first; the method's help names its columns.",
        )


def require_keys(words: Iterable[str], *, what: str, where: str) -> None:
    """Raise `CheckFailed` where a word cannot be a key of the catalog: a name would be left out without a sound."""
    odd = sorted(word for word in words if not _KEY.match(word))
    if odd:
        raise CheckFailed(
            f"The {what} have a word in the place of a key of the catalog.",
            where=where,
            found=", ".join(odd),
            expected="keys such as ammonia_nitrogen or river",
            next_step="Catalog.parameter finds the key of an item by its name; a standard names its cases.",
        )


def named(by: Sequence[str]) -> Sequence[str]:
    """The columns that groups are told apart by; raises `CheckFailed` where it is none, or a word and no list."""
    if by and not isinstance(by, str):
        return by
    raise CheckFailed(
        "Groups are to be told apart by no list of columns.",
        where="by",
        found=repr(by),
        expected='at least one column, as a list: ["river"]',
        next_step="For one group of all rows, give them a column with the same word in each and name that.",
    )


def require_same_kinds(one: Frame, other: Frame, columns: Iterable[str], *, what: str) -> None:
    """Raise `CheckFailed` where two frames that belong together hold a column in two kinds."""
    first, second = (frame.lazy().collect_schema() for frame in (one, other))
    for name in columns:
        kinds = first.get(name), second.get(name)
        if kinds[0] != kinds[1] and None not in kinds and pl.Null not in kinds:
            raise CheckFailed(
                f"The {what} hold a column in two kinds.",
                where=name,
                found=" and ".join(str(kind) for kind in kinds),
                expected="one kind in both",
                next_step="Cast one of them to the kind of the other.",
            )


def of_one_year(rows: pl.DataFrame, day: str) -> pl.DataFrame:
    """The rows; raises `CheckFailed` where their days are of several years."""
    years = rows[day].drop_nulls().dt.year().unique().sort().to_list()
    if len(years) <= 1:
        return rows
    raise CheckFailed(
        "What is to be of one year is of several years.",
        where=day,
        found=", ".join(str(year) for year in years),
        expected="days of one year",
        next_step="Take one year at a time, or name the year as a period where the method has any.",
    )


def at_once(rows: pl.LazyFrame, method: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.LazyFrame:
    """What `method` makes of all rows together, made when the answer is collected; its columns are those of no rows."""
    made = method(rows.collect_schema().to_frame()).schema
    return rows.map_batches(
        method, schema=made, predicate_pushdown=False, projection_pushdown=False, slice_pushdown=False
    )


def _place(rows: pl.DataFrame, key: Sequence[str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in rows.select(key).row(0, named=True).items())
