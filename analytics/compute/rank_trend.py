"""Rank correlation of a series with time: the regulation's test by its printed table, and the exact test."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
from scipy.stats import t as student

from analytics.catalog.rank_trend import RankTrend
from analytics.catalog.trend_test import TrendTest
from analytics.compute import arrangements
from analytics.compute.rounding import half_even
from analytics.compute.series import in_order, judged, of_every_series, whole
from analytics.compute.shape import Frame

_LEVELS = {"one_pct": 0.01, "five_pct": 0.05}


def critical_values(method: RankTrend) -> pl.DataFrame:
    """The method's printed table: `values` (periods), `critical_five_pct`, `critical_one_pct`, `critical_from`."""
    rows = method.critical
    return pl.DataFrame(
        {
            "values": [row.periods for row in rows],
            "critical_five_pct": [row.five_pct for row in rows],
            "critical_one_pct": [row.one_pct for row in rows],
            "critical_from": ["table" for _ in rows],
        }
    )


def daniel(series: Frame, method: RankTrend) -> pl.LazyFrame:
    """Trend of each series by the regulation: rs = 1 − 6Σd²/(N³−N) against the printed critical value.

    d is the rank of a value less the rank of its time; equal values share their mean rank. The formula is exact without
    equal values only: with them it is too large (a constant series would have 0.5), so `rs_corrected`, the correlation
    of the ranks, and the verdict by it stand beside. A constant series has no rs and no trend. rs is compared at the
    decimals of the table. Where the table lacks N, the critical value is computed, and rounded like those printed.
    Source: assessment_2011.

    Parameters
    ----------
    series
        One row per series and period: `series_id`, `time`, `value` (null: none; the period is then left out).

    Returns
    -------
    pl.LazyFrame
        A row for each series, by `series_id`: `values` (N), `rs`, `rs_corrected`, `critical_five_pct`,
        `critical_one_pct` (one-sided), `critical_from` (table, exact, approximation), `significant_at` (0.01, 0.05 or
        null), `verdict` at the method's level (rising, falling, no_trend, too_short), `verdict_corrected`,
        `withheld_reason` (no_values, too_few_values, all_equal).
    """
    return whole(series, lambda rows: _daniel(rows, method))


def _daniel(series: pl.DataFrame, method: RankTrend) -> pl.DataFrame:
    found = _with_critical_values(_correlated(series).drop("statistic", "ties"), method)
    holds = _holds(method)
    significant_at = pl.coalesce(pl.when(holds("rs", level)).then(pl.lit(size)) for level, size in _LEVELS.items())
    found = found.with_columns(significant_at=significant_at)
    corrected = judged(
        found,
        direction=pl.col("rs_corrected"),
        is_significant=holds("rs_corrected", method.level),
        minimum=method.minimum_periods,
    )["verdict"]
    by_rs = judged(
        found, direction=pl.col("rs"), is_significant=holds("rs", method.level), minimum=method.minimum_periods
    )
    return _all_equal(by_rs.with_columns(verdict_corrected=corrected))


def spearman(series: Frame, test: TrendTest) -> pl.LazyFrame:
    """Exact rank correlation test of each series against time, two-sided.

    The chance of the correlation of the ranks is counted over all orders of the values, up to 14 different ones and up
    to 10 where some are equal; beyond, it is that of Student's t with N − 2 degrees of freedom. Source: daniel_1978.

    Parameters
    ----------
    series
        As for `daniel`.

    Returns
    -------
    pl.LazyFrame
        A row for each series, by `series_id`: `values`, `rs` (the regulation's formula), `rs_corrected` (correlation of
        the ranks), `p` (two-sided), `p_from` (exact, approximation), `verdict`, `withheld_reason`.
    """
    return whole(series, lambda rows: _spearman(rows, test))


def _spearman(series: pl.DataFrame, test: TrendTest) -> pl.DataFrame:
    found = _correlated(series).with_columns(p_from=_way_to_p())
    is_counted = pl.col("p_from") == "exact"
    p = pl.when(is_counted).then(_exact_chances(found)).otherwise(_approximate_chances(found))
    found = found.with_columns(p=pl.when(pl.col("p_from").is_not_null()).then(p))
    found = found.select("series_id", "values", "rs", "rs_corrected", "p", "p_from")
    is_significant = pl.col("p") <= test.level
    return _all_equal(
        judged(found, direction=pl.col("rs_corrected"), is_significant=is_significant, minimum=test.minimum_values)
    )


def _correlated(series: pl.DataFrame) -> pl.DataFrame:
    """Both coefficients of each series, the statistic of `arrangements` and the sizes of its groups of equal values."""
    rank, place = pl.col("rank"), pl.col("place")
    n = pl.len().cast(pl.Float64)
    ranked = in_order(series).with_columns(
        rank=pl.col("value").rank("average").over("series_id"),
        place=pl.int_range(1, pl.len() + 1).over("series_id"),
    )
    varies = pl.col("value").n_unique() > 1
    found = ranked.group_by("series_id").agg(
        values=pl.len().cast(pl.Int64),
        rs=pl.when(varies).then(1 - 6 * ((rank - place) ** 2).sum() / (n**3 - n)),
        rs_corrected=pl.when(varies).then(pl.corr(rank, place)),
        statistic=((place - 1) * (2 * rank - 2)).sum().round().cast(pl.Int64),
        ties=pl.col("value").sort().rle().struct.field("len"),
    )
    return of_every_series(series, found)


def _with_critical_values(found: pl.DataFrame, method: RankTrend) -> pl.DataFrame:
    table = critical_values(method)
    printed = set(table["values"])
    lacking = [n for n in found["values"].unique().sort() if n >= method.minimum_periods and n not in printed]
    computed = [
        {
            "values": n,
            **{f"critical_{name}": _critical_value(n, level) for name, level in _LEVELS.items()},
            "critical_from": "exact" if n <= arrangements.LONGEST else "approximation",
        }
        for n in lacking
    ]
    decimals = pl.lit(method.decimals)
    more = pl.DataFrame(computed, schema=table.schema).with_columns(
        half_even(pl.col("critical_five_pct", "critical_one_pct"), decimals)
    )
    return found.join(pl.concat([table, more]), on="values", how="left", maintain_order="left")


def _critical_value(n: int, level: float) -> float | None:
    """The smallest rs whose one-sided chance is at most `level`."""
    if n > arrangements.LONGEST:
        quantile = float(student.ppf(1 - level, n - 2))
        return quantile / float(np.sqrt(n - 2 + quantile**2))
    statistic = arrangements.chances((1,) * n).smallest(level)
    return None if statistic is None else arrangements.correlation_of(statistic, n)


def _holds(method: RankTrend) -> Callable[[str, str], pl.Expr]:
    """Whether a coefficient is significant at a level, read as the method says."""

    def holds(coefficient: str, level: str) -> pl.Expr:
        size, critical = half_even(pl.col(coefficient).abs(), pl.lit(method.decimals)), pl.col(f"critical_{level}")
        return size >= critical if method.at_equality == "significant" else size > critical

    return holds


def _way_to_p() -> pl.Expr:
    """Whether the chance of a series is counted (exact) or not (approximation); null where it has no coefficient."""
    n = pl.col("values")
    longest = (
        pl.when(pl.col("ties").list.len() == n).then(arrangements.LONGEST).otherwise(arrangements.LONGEST_WITH_TIES)
    )
    way = pl.when(n <= longest).then(pl.lit("exact")).otherwise(pl.lit("approximation"))
    return pl.when(pl.col("rs_corrected").is_not_null()).then(way)


def _exact_chances(found: pl.DataFrame) -> pl.Series:
    """Two-sided chance of each series that is counted; null of the others."""
    rows = found.select("p_from", "statistic", "ties").iter_rows()
    return pl.Series(
        [
            arrangements.chances(tuple(ties)).two_sided(statistic) if way == "exact" else None
            for way, statistic, ties in rows
        ],
        dtype=pl.Float64,
    )


def _approximate_chances(found: pl.DataFrame) -> pl.Series:
    """Two-sided chance by Student's t; nan where there is no coefficient or no degree of freedom."""
    r, freedom = found["rs_corrected"].fill_null(np.nan).to_numpy(), found["values"].to_numpy() - 2
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.abs(r) * np.sqrt(freedom / np.maximum(1 - r**2, 0))
    return pl.Series(2 * student.sf(size, freedom))


def _all_equal(judged_series: pl.DataFrame) -> pl.DataFrame:
    """The reason for having no coefficient, of a series long enough."""
    is_constant = pl.col("rs").is_null() & (pl.col("verdict") != "too_short")
    reason = pl.when(is_constant).then(pl.lit("all_equal")).otherwise("withheld_reason")
    return judged_series.with_columns(withheld_reason=reason).select(pl.exclude("withheld_reason"), "withheld_reason")
