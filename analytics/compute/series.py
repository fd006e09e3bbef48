"""Series in long form, put in order and checked; and what a test of a series may say of it.

One row per series and time: `series_id`, `time`, `value`; a seasonal series also has `season`, and its `time` is then
the whole number of a year (or other cycle). A row without a value tells nothing. Order of rows never matters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from analytics.compute.shape import Frame, Kind, Shape, at_once
from analytics.errors import CheckFailed

PLAIN = ("series_id", "time")
SEASONAL = ("series_id", "time", "season")
_SERIES = Shape("rows of a time series", {"series_id": Kind.ANY, "time": Kind.ANY, "value": Kind.AS_IT_IS})
_YEAR_IN_DAYS = 365.25
_DAY_IN_US = 86_400_000_000


def whole(
    series: Frame, method: Callable[[pl.DataFrame], pl.DataFrame], *, by: Sequence[str] | None = None
) -> pl.LazyFrame:
    """What `method` finds of whole series, when the answer is collected; `by` are further columns of their key."""
    return at_once(_SERIES.of(series, by=by), method)


def in_order(series: pl.DataFrame, *, key: Sequence[str] = PLAIN) -> pl.DataFrame:
    """The rows that have a value, by `key`, with `value` as a number and `time` as it was given.

    Raises `CheckFailed` where a key is missing or stands twice, a time is no number or date, or a value is not finite.
    """
    if not (series.is_empty() or series.schema["time"].is_numeric() or series.schema["time"].is_temporal()):
        raise _refusal("has a time that is neither a number nor a date", series, key)
    if series.schema["time"].is_float():
        series = series.with_columns(time=pl.when(pl.col("time").is_finite()).then("time"))
    value = pl.col("value").cast(pl.Float64) + 0.0  # no negative zero
    ordered = series.select(*key, value=value).sort(key)
    refusals = {
        "has no " + " or no ".join(key): pl.any_horizontal(pl.col(key).is_null()),
        "stands twice: a series has one value at a time": pl.all_horizontal(
            pl.col(name) == pl.col(name).shift() for name in key
        ),
        "has a value that is not a finite number": ~pl.col("value").is_finite(),
    }
    for what, is_refused in refusals.items():
        if ordered.select(is_refused.any()).item():
            raise _refusal(what, ordered.filter(is_refused), key)
    return ordered.drop_nulls("value")


def _refusal(what: str, rows: pl.DataFrame, key: Sequence[str]) -> CheckFailed:
    first = rows.row(0, named=True)
    return CheckFailed(
        f"A row of a time series {what}.",
        where=", ".join(f"{name} {first[name]}" for name in key),
        found=f"{rows.height} such row(s), the first with value {first['value']}",
        expected="one row per " + ", ".join(key) + ", with a finite value or none",
        next_step="Take the means of each time first, and leave out what was not measured.",
    )


def whole_cycles(series: pl.DataFrame) -> pl.DataFrame:
    """The same rows; raises `CheckFailed` unless `time` counts whole cycles."""
    if series.is_empty() or series.schema["time"].is_integer():
        return series
    raise CheckFailed(
        "The time of a seasonal series does not count whole years.",
        where="column time",
        found=str(series.schema["time"]),
        expected="a whole number, such as the year, beside the column season",
        next_step="Part dates into year and season first: by_month does it for months.",
    )


def by_month(series: Frame) -> pl.LazyFrame:
    """Seasonal series from dated ones: `time` the year and `season` the month of each date."""
    return _SERIES.of(series).with_columns(time=pl.col("time").dt.year(), season=pl.col("time").dt.month())


def elapsed(ordered: pl.DataFrame) -> pl.Series:
    """Time as a number: as given where it is one, in years of 365.25 days where it is a date."""
    time = ordered["time"]
    if not time.dtype.is_temporal():
        return time.cast(pl.Float64)
    return time.cast(pl.Datetime("us")).to_physical() / (_DAY_IN_US * _YEAR_IN_DAYS)


def of_every_series(series: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """`found` with a row for every series, by id; one of which nothing was found has `values` 0."""
    ids = series.select("series_id").unique().sort("series_id")
    joined = ids.join(found, on="series_id", how="left", maintain_order="left")
    return joined.with_columns(pl.col("values").fill_null(0))


def judged(
    found: pl.DataFrame, *, direction: pl.Expr, is_significant: pl.Expr, minimum: int, unchanged: str = "no_trend"
) -> pl.DataFrame:
    """`found` with `verdict` and `withheld_reason`; of a series with fewer than `minimum` values the counts alone stay.

    Returns
    -------
    pl.DataFrame
        `verdict`: rising, falling, `unchanged` or too_short. `withheld_reason`: null, no_values, seasons_too_short
        (values there are, but of no season enough) or too_few_values.
    """
    is_short = pl.col("values") < minimum
    verdict = (
        pl.when(is_short)
        .then(pl.lit("too_short"))
        .when(is_significant & (direction > 0))
        .then(pl.lit("rising"))
        .when(is_significant & (direction < 0))
        .then(pl.lit("falling"))
        .otherwise(pl.lit(unchanged))
    )
    left_out = pl.col("seasons_left_out") > 0 if "seasons_left_out" in found.columns else pl.lit(False)
    reason = (
        pl.when((pl.col("values") == 0) & left_out)
        .then(pl.lit("seasons_too_short"))
        .when(pl.col("values") == 0)
        .then(pl.lit("no_values"))
        .when(is_short)
        .then(pl.lit("too_few_values"))
    )
    counts = ("series_id", *(c for c in found.columns if c in COUNTS))
    return found.with_columns(verdict=verdict, withheld_reason=reason).with_columns(
        pl.when(~is_short).then(pl.col(name)).alias(name) for name in found.columns if name not in counts
    )


COUNTS = ("values", "seasons", "seasons_left_out")
