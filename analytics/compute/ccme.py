"""The water quality index of the Canadian Council of Ministers of the Environment: scope, frequency and amplitude.

It stands beside the regulation's class as an internationally known companion, and decides nothing. What a reading is
tested against is the caller's: the limits of a class, or objectives of the site.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from analytics.catalog.quality_index import QualityIndex
from analytics.compute.shape import Frame, Kind, Shape
from analytics.errors import CheckFailed

BelowLimit = Literal["half", "limit", "zero"]
_TESTS = Shape(
    "readings that are tested",
    {"parameter": Kind.TEXT, "value": Kind.AS_IT_IS, "below_limit": Kind.FLAG}
    | dict.fromkeys(("lower", "upper"), Kind.NUMBER),
)
_STATISTICS = ("scope", "frequency", "amplitude", "excursion", "wqi")


def water_quality_index(tests: Frame, index: QualityIndex, *, by: Sequence[str], below: BelowLimit) -> pl.LazyFrame:
    """Index of each group of readings from 0 (worst) to 100, with the three factors it is made of.

    Scope F1: share of variables that failed at least once. Frequency F2: share of tests that failed. Amplitude F3: with
    nse the sum of excursions over the number of tests, 100 nse / (nse + 1). Index: 100 − √(F1² + F2² + F3²) / √3. A
    variable sampled too rarely takes no part, and a group with too few variables has no index. Source: ccme_2001.

    Parameters
    ----------
    tests
        One row per reading: the columns `by`, `parameter`, `value` (the limit of detection where `below_limit`; null:
        none), `below_limit`, `lower` and `upper` (what the value must not pass, in its unit, above 0; null: no such
        limit).
    below
        What a reading below its limit of detection counts as: half the limit, the limit, or zero. Where the limit of
        detection lies beyond that of the test, the reading tells nothing and is left out.

    Returns
    -------
    pl.LazyFrame
        A row for each group, in order: `variables`, `variables_left_out`, `tests`, `tests_undecided` (below a limit of
        detection that is too high), `failed_variables`, `failed_tests`, `failed_tests_left_out` (of variables left
        out), `scope`, `frequency`, `amplitude` [%], `excursion` (nse), `wqi`, `category`, `withheld_reason` (no_values,
        too_few_variables).
    """
    told = _TESTS.of(tests, by=by).map_batches(lambda rows: _testable(rows, by), projection_pushdown=False)
    groups = told.select(by).unique().sort(by)
    variables = _by_variable(_tested(told, below), by=by)
    counted = groups.join(
        _by_group(variables, index, by=by), on=by, how="left", maintain_order="left", nulls_equal=True
    )
    is_enough = pl.col("variables") >= index.minimum_variables
    return (
        counted.with_columns(pl.exclude(*by, "excursions").fill_null(0))
        .with_columns(_factors())
        .drop("excursions")
        .with_columns(wqi=100 - (pl.sum_horizontal(pl.col("scope", "frequency", "amplitude") ** 2) / 3).sqrt())
        .with_columns(pl.when(is_enough).then(pl.col(*_STATISTICS)))
        .with_columns(category=category_of(index), withheld_reason=_reason(is_enough))
    )


def _testable(tests: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """The rows; raises `CheckFailed` where one cannot be tested against its limits."""
    lower, upper = pl.col("lower"), pl.col("upper")
    value = pl.col("value").cast(pl.Float64)
    has_no_limit = (lower.is_null() & upper.is_null()) | (lower <= 0) | (upper <= 0) | (lower > upper)
    broken = tests.filter(has_no_limit | (value < 0) | ~value.is_finite())
    if broken.is_empty():
        return tests
    first = broken.row(0, named=True)
    raise CheckFailed(
        "A reading cannot be tested against its limits.",
        where=", ".join(f"{name} {first[name]}" for name in (*by, "parameter")),
        found=f"value {first['value']}, lower {first['lower']}, upper {first['upper']}, in {broken.height} row(s)",
        expected="a lower limit, an upper limit or both, above 0, the lower not above the upper; a value not below 0",
        next_step="Give the limits of each parameter, and leave out what has none or can be below 0.",
    )


def _tested(tests: pl.LazyFrame, below: BelowLimit) -> pl.LazyFrame:
    """Readings with `is_failed`, `excursion` (0 where the test is passed) and `is_undecided`."""
    value, lower, upper = pl.col("value").cast(pl.Float64), pl.col("lower"), pl.col("upper")
    is_below = pl.col("below_limit").fill_null(False)
    part = {"half": 0.5, "limit": 1.0, "zero": 0.0}[below]
    counted = pl.when(is_below).then(value * part).otherwise(value)
    is_under = (counted < lower) | (is_below & (value <= lower))
    excursion = pl.when(counted > upper).then(counted / upper - 1).when(is_under).then(lower / counted - 1)
    return tests.filter(value.is_not_null()).with_columns(
        is_failed=((counted > upper).fill_null(False) | is_under.fill_null(False)),
        excursion=excursion.fill_null(0.0),
        is_undecided=is_below & ((value > upper).fill_null(False) | (value > lower).fill_null(False)),
    )


def _by_variable(tested: pl.LazyFrame, *, by: Sequence[str]) -> pl.LazyFrame:
    is_decided = ~pl.col("is_undecided")
    return tested.group_by(*by, "parameter").agg(
        tests=is_decided.sum().cast(pl.Int64),
        undecided=pl.col("is_undecided").sum().cast(pl.Int64),
        failed=(is_decided & pl.col("is_failed")).sum().cast(pl.Int64),
        excursions=pl.col("excursion").filter(is_decided).sum(),
    )


def _by_group(variables: pl.LazyFrame, index: QualityIndex, *, by: Sequence[str]) -> pl.LazyFrame:
    takes_part = pl.col("tests") >= index.minimum_samples
    failed = pl.col("failed")
    return variables.group_by(by).agg(
        variables=takes_part.sum().cast(pl.Int64),
        variables_left_out=(~takes_part).sum().cast(pl.Int64),
        tests=pl.col("tests").filter(takes_part).sum(),
        tests_undecided=pl.col("undecided").sum(),
        failed_variables=(takes_part & (failed > 0)).sum().cast(pl.Int64),
        failed_tests=failed.filter(takes_part).sum(),
        failed_tests_left_out=failed.filter(~takes_part).sum(),
        excursions=pl.col("excursions").filter(takes_part).sum(),
    )


def _factors() -> list[pl.Expr]:
    nse = pl.col("excursions") / pl.col("tests")
    return [
        (100 * pl.col("failed_variables") / pl.col("variables")).alias("scope"),
        (100 * pl.col("failed_tests") / pl.col("tests")).alias("frequency"),
        (100 - 100 / (1 + nse)).alias("amplitude"),  # 100 nse / (nse + 1), also where nse knows no bounds
        nse.alias("excursion"),
    ]


def category_of(index: QualityIndex) -> pl.Expr:
    """The first category, best first, that the index reaches."""
    reached = [pl.when(pl.col("wqi") >= category.at_least).then(pl.lit(category.id)) for category in index.categories]
    return pl.coalesce(reached)


def _reason(is_enough: pl.Expr) -> pl.Expr:
    has_values = (pl.col("tests") + pl.col("tests_undecided") + pl.col("variables_left_out")) > 0
    return pl.when(~has_values).then(pl.lit("no_values")).when(~is_enough).then(pl.lit("too_few_variables"))
