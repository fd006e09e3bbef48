"""Means of readings over a month, a quarter and a year."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from math import log

import polars as pl

from analytics.compute.rounding import settled
from analytics.compute.shape import Frame, Kind, Shape, of_one_year, require_keys, require_same_kinds
from analytics.errors import CheckFailed

READING = ("site_id", "taken_at", "parameter", "value", "below_limit")
_MOST_MONTHS_IN_A_ROW = 600
_MEANS = ("mean", "mean_low", "mean_high")
_READINGS = Shape(
    "readings",
    dict.fromkeys(("site_id", "parameter"), Kind.TEXT)
    | {"taken_at": Kind.TIME, "value": Kind.AS_IT_IS, "below_limit": Kind.FLAG},
)
# Each word once, with a number: ten million readings are grouped by numbers in less time than by words.
_WORDS = pl.Series(dtype=pl.Categorical(pl.Categories("qinghe.readings")))
_NUMBERS = 2**32  # more than there are words
OF_SITES = Shape(
    "means of sites",
    {"site_id": Kind.TEXT, "parameter": Kind.KEY}
    | dict.fromkeys(_MEANS, Kind.NUMBER)
    | {"months": Kind.WHOLE, "is_undetected": Kind.FLAG},
    key=("site_id", "parameter"),
)
_OF_MONTHS = Shape(
    "means of months",
    dict.fromkeys(("site_id", "parameter"), Kind.TEXT)
    | {"month": Kind.DAY}
    | dict.fromkeys(_MEANS, Kind.NUMBER)
    | {"is_undetected": Kind.FLAG},
)
_SITES = Shape("sites", {"site_id": Kind.TEXT}, key=("site_id",))


def counted_value() -> pl.Expr:
    """A reading as it enters a mean: half the limit of detection where it lies below it.

    Needs `value` (the limit itself where `below_limit`). Source: assessment_2020, item 7.
    """
    return pl.when(pl.col("below_limit")).then(pl.col("value") / 2).otherwise(pl.col("value"))


def weighted(value: pl.Expr, weight: pl.Expr) -> pl.Expr:
    """A value times its weight, as it enters a weighted mean; what weighs nothing needs no value."""
    return pl.when(weight == 0).then(0.0).otherwise(value * weight)


def mean_value(value: pl.Expr, *, is_ion: pl.Expr) -> pl.Expr:
    """Arithmetic mean of a group; where `is_ion` (pH), minus log10 of the mean hydrogen-ion concentration."""
    return _as_read(as_added(value, is_ion=is_ion).mean(), is_ion=is_ion.first())


def _is_ion(hydrogen_ion: Collection[str]) -> pl.Expr:
    """Whether a row's parameter is averaged through the hydrogen ion; one name alone is no list of names."""
    names = [hydrogen_ion] if isinstance(hydrogen_ion, str) else list(hydrogen_ion)
    require_keys(names, what="parameters of hydrogen_ion", where="hydrogen_ion")
    return pl.col("parameter").is_in(names)


def as_added(value: pl.Expr, *, is_ion: pl.Expr) -> pl.Expr:
    """A value as it is added up: a pH as its hydrogen-ion concentration."""
    # exp takes half the time of a power of ten, and every row goes through it.
    return pl.when(is_ion).then((value * -log(10)).exp()).otherwise(value)


def _mean_if_all(value: pl.Expr, *, is_ion: pl.Expr) -> pl.Expr:
    """The mean of a group; null where one of it is: what nothing bounds leaves the whole without a bound."""
    return pl.when(value.null_count() == 0).then(mean_value(value, is_ion=is_ion))


def _as_read(mean: pl.Expr, *, is_ion: pl.Expr) -> pl.Expr:
    return settled(pl.when(is_ion).then(-mean.log10()).otherwise(mean))


def monthly_means(readings: Frame, *, hydrogen_ion: Collection[str]) -> pl.LazyFrame:
    """Mean of each site, parameter and month.

    Parameters
    ----------
    readings
        One row per reading: `site_id`, `taken_at`, `parameter`, `value` [unit of the parameter], `below_limit`. Rows
        without any of these take no part. Values are taken as they are: what no reading can be has been set aside
        before; only a month with one that is not finite has no mean.
    hydrogen_ion
        Parameters averaged through the hydrogen-ion concentration.

    Returns
    -------
    pl.LazyFrame
        `site_id`, `parameter`, `month` (first day), `mean`, `mean_low` and `mean_high` (what is below the limit of
        detection at nothing, and at that limit), `readings` (how many), `is_undetected` (whether none was detected).
        Source: assessment_2011, assessment_2020.
    """
    readings = _READINGS.of(readings)
    # A month at a time: its groups are few enough to be found quickly, of Parquet only its own row groups are read, and
    # no reading's month has to be told from its time zone.
    sums = pl.concat([_sums_within(readings, *month, hydrogen_ion=hydrogen_ion) for month in _months(readings)])
    count, is_ion = pl.col("count_at_most"), _is_ion(hydrogen_ion)
    sums = sums.with_columns(
        site_id=_word(pl.col("_group") // _NUMBERS), parameter=_word(pl.col("_group") % _NUMBERS)
    ).with_columns(pl.when(~is_ion).then(pl.col("undetected", "count_undetected")).otherwise(0))  # half a pH is nothing
    is_undetected = count == pl.col("count_undetected")
    # Taking half of the limits off a sum that holds them whole costs no digits. All of them cost what they are larger
    # than the rest: a thousand times, three of sixteen.
    detected = pl.when(~is_undetected).then((pl.col("at_most") - pl.col("undetected")).clip(0)).otherwise(0.0)
    sums_of = dict(
        zip(_MEANS, (pl.col("at_most") - pl.col("undetected") / 2, detected, pl.col("at_most")), strict=True)
    )
    means = {name: _as_read(total / count, is_ion=is_ion) for name, total in sums_of.items()}
    is_told = pl.col("_group").is_not_null() & pl.col("at_most").is_finite()
    return sums.filter(count > 0, is_told).select(
        "site_id", "parameter", "month", **means, readings=count, is_undetected=is_undetected
    )


def _months(readings: pl.LazyFrame) -> Sequence[tuple[datetime | None, datetime | None]]:
    """The first moments of the months that the readings span, each with that of the month after; nulls if none."""
    taken = pl.col("taken_at")
    ends = readings.select(first=taken.min().dt.truncate("1mo"), last=taken.max())
    first, last = ends.collect(engine="streaming").row(0)
    if first is None:
        return [(None, None)]
    firsts = pl.datetime_range(first, last, "1mo", eager=True)
    if len(firsts) > _MOST_MONTHS_IN_A_ROW:  # a stray year: only the months that occur
        told = readings.select(taken.dt.truncate("1mo")).drop_nulls().unique().sort("taken_at")
        firsts = told.collect(engine="streaming")["taken_at"]
    return list(zip(firsts, firsts.dt.offset_by("1mo"), strict=True))


def _sums_within(
    readings: pl.LazyFrame, first: datetime | None, after: datetime | None, *, hydrogen_ion: Collection[str]
) -> pl.LazyFrame:
    """Sums and counts of each `_group` over what was read from `first` until before `after`.

    A group is the numbers of its site and parameter. `at_most` takes what is below the limit of detection at that
    limit, and `undetected` are these limits alone.
    """
    taken, value, is_ion = pl.col("taken_at"), pl.col("value"), _is_ion(hydrogen_ion)
    parts = pl.col("at_most", "undetected")
    return (
        readings.filter(taken >= pl.lit(first), taken < pl.lit(after))
        .select(
            _group=_number("site_id") * _NUMBERS + _number("parameter"),
            at_most=as_added(value, is_ion=is_ion),
            undetected=pl.when("below_limit").then(value),
        )
        .group_by("_group")
        .agg(parts.sum(), parts.count().name.prefix("count_"))
        .with_columns(month=pl.lit(first, pl.Datetime).dt.date())
    )


def _number(words: str) -> pl.Expr:
    return pl.col(words).cast(_WORDS.dtype).to_physical().cast(pl.UInt64)


def _word(number: pl.Expr) -> pl.Expr:
    return number.cast(pl.UInt32).cat.to(_WORDS.dtype).cast(pl.String)


def means_over(monthly: Frame, period: Sequence[str], *, hydrogen_ion: Collection[str]) -> pl.LazyFrame:
    """Mean of the monthly means of each site, parameter and period, unrounded.

    Parameters
    ----------
    monthly
        From `monthly_means`, with the columns of `period`. Rows without a mean take no part.
    period
        The columns that tell the periods apart; none: all months are one.
    hydrogen_ion
        Parameters averaged through the hydrogen-ion concentration.

    Returns
    -------
    pl.LazyFrame
        `site_id`, `parameter`, the columns of `period`, `mean`, `mean_low`, `mean_high` [unit of the parameter],
        `months` (how many have a mean), `is_undetected` (whether nothing was detected in any). Source: assessment_2011.
    """
    found = _means_over(monthly, period, hydrogen_ion=hydrogen_ion)
    return found.drop("first", "last")


def _means_over(monthly: Frame, period: Sequence[str], *, hydrogen_ion: Collection[str]) -> pl.LazyFrame:
    """As `means_over`, with the `first` and `last` month of each."""
    # What is the same for a whole group is worked out before and after it, not in it.
    is_ion, of_month = _is_ion(hydrogen_ion), pl.col(_MEANS)
    return (
        _OF_MONTHS.of(monthly, by=period or None)
        .drop_nulls("mean")
        .with_columns(as_added(of_month, is_ion=is_ion))
        .group_by("site_id", "parameter", *period)
        .agg(
            of_month.mean(),
            months=pl.len(),
            is_undetected=pl.col("is_undetected").all(),
            distinct=pl.col("month").n_unique(),
            first=pl.col("month").min(),
            last=pl.col("month").max(),
        )
        .with_columns(_as_read(of_month, is_ion=is_ion))
        .map_batches(_each_month_once, projection_pushdown=False)
        .drop("distinct")
    )


def _each_month_once(means: pl.DataFrame) -> pl.DataFrame:
    """The means; raises `CheckFailed` where a month stands twice, as told by the groups: they are fewer than months."""
    twice = means.filter(pl.col("months") != pl.col("distinct")).sort("site_id", "parameter")
    if twice.is_empty():
        return means
    first = twice.row(0, named=True)
    raise CheckFailed(
        "The means of months stand twice.",
        where=f"site_id {first['site_id']}, parameter {first['parameter']}",
        found=f"{first['months']} rows of {first['distinct']} months",
        expected="one row for each site_id, parameter, month",
        next_step="Put the frame right first; `monthly_means` makes it of readings.",
    )


def annual_means(monthly: Frame, *, hydrogen_ion: Collection[str]) -> pl.LazyFrame:
    """Mean of the monthly means of each site and parameter: `means_over` of one year's months.

    Raises `CheckFailed` where the months are of several years.
    """
    found = _means_over(monthly, [], hydrogen_ion=hydrogen_ion)
    return found.map_batches(_of_one_year, projection_pushdown=False).drop("first", "last")


def _of_one_year(means: pl.DataFrame) -> pl.DataFrame:
    of_one_year(pl.concat([means.select(month="first"), means.select(month="last")]), "month")
    return means


def means_over_sites(means: Frame, sites: Frame, *, by: Sequence[str], hydrogen_ion: Collection[str]) -> pl.LazyFrame:
    """Mean over the sites of each group of their means over time: a lake of several points, a city's sections.

    Parameters
    ----------
    means
        From `means_over`: first the mean over time of each site. Rows without a mean take no part.
    sites
        One row per site: `site_id` and the columns of `by`. Where `means` has columns of `by` too (a period), they are
        matched.
    by
        The columns that tell the groups apart.
    hydrogen_ion
        Parameters averaged through the hydrogen-ion concentration.

    Returns
    -------
    pl.LazyFrame
        The columns of `by`, `parameter`, `mean`, `mean_low`, `mean_high` [unit of the parameter], `months` (fewest of a
        site), `is_undetected` (whether nothing was detected at any), `sites_used` (how many have a mean), and
        `sites_expected` (how many the group has). No row for an item that no site of the group has.
        Source: assessment_2011.
    """
    shared = [c for c in means.lazy().collect_schema() if c in by]
    means, sites = OF_SITES.of(means, by=shared or None), _SITES.of(sites, by=by)
    require_same_kinds(means, sites, shared, what="means of sites and the sites of groups")
    is_ion = pl.col("is_ion")
    of_group = sites.group_by(by).agg(sites_expected=pl.len())
    return (
        sites.select("site_id", *by)
        .join(means.drop_nulls("mean"), on=["site_id", *shared], nulls_equal=True)
        .with_columns(is_ion=_is_ion(hydrogen_ion))
        .group_by(*by, "parameter")
        .agg(
            *(_mean_if_all(pl.col(m), is_ion=is_ion).alias(m) for m in _MEANS),
            months=pl.col("months").min(),
            is_undetected=pl.col("is_undetected").all(),
            sites_used=pl.len(),
        )
        .join(of_group, on=list(by), nulls_equal=True)
    )


def with_gaps(
    means: Frame, lacking: Frame, ends: pl.DataFrame, *, on: Sequence[str], hydrogen_ion: Collection[str]
) -> pl.LazyFrame:
    """The means with their bounds widened by months that lack: at the least, and at the most, that can be read.

    Parameters
    ----------
    means
        From `means_over`: `parameter`, `mean_low`, `mean_high`, `months` and the columns of `on`.
    lacking
        The columns of `on` and `lacking` (how many months of the period lack without a reason).
    ends
        `parameter`, `least`, `most` [unit of the parameter]: what a reading can be.
    on
        The columns that tell the means apart.
    hydrogen_ion
        Parameters averaged through the hydrogen-ion concentration.

    Returns
    -------
    pl.LazyFrame
        The rows of `means` with `lacking`; the mean itself stays that of the months there are.
        Source: ours: no regulation bounds a mean.
    """
    is_ion, months, gaps = _is_ion(hydrogen_ion), pl.col("months"), pl.col("lacking")
    widened = {
        name: pl.when(gaps > 0)
        .then(_as_read(_filled(pl.col(name), pl.col(end), is_ion=is_ion) / (months + gaps), is_ion=is_ion))
        .otherwise(name)
        for name, end in (("mean_low", "least"), ("mean_high", "most"))
    }
    return (
        means.lazy()
        .join(lacking.lazy().select(*on, "lacking"), on=list(on), how="left")
        .join(ends.lazy(), on="parameter", how="left")
        .with_columns(gaps.fill_null(0))
        .with_columns(**widened)
        .drop("least", "most")
    )


def _filled(mean: pl.Expr, end: pl.Expr, *, is_ion: pl.Expr) -> pl.Expr:
    """The sum of the months that the mean is of, and of those that lack, each at `end`."""
    return as_added(mean, is_ion=is_ion) * pl.col("months") + as_added(end, is_ion=is_ion) * pl.col("lacking")
