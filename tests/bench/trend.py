"""Measures the tests for trends on many series beside pymannkendall: `python -m tests.bench.trend`.

Both run here, one after the other, on the same invented series; pymannkendall on some of them only, its time scaled up.
Each time is the shortest of five, so that other work on the machine counts little. What counts is the ratio, and that
both find the same numbers. It prints; a different number is an error.
"""

import resource
import time
from collections.abc import Callable, Iterable

import numpy as np
import polars as pl
import pymannkendall

from analytics.catalog import load_catalog
from analytics.compute import change_point, rank_trend, trend

SERIES, MONTHS, SAMPLE, TIMES = 10_000, 120, 200, 5
_CATALOG = load_catalog()
_TESTS = _CATALOG.trend_tests


def invented(*, missing: float) -> np.ndarray:
    """Months of many series: a trend, a season, noise, two decimals (so that some values are equal), some missing."""
    random = np.random.default_rng(1)
    month = np.arange(MONTHS)
    season = np.sin(month / 6 * np.pi) * random.uniform(0, 1, (SERIES, 1))
    values = season + month * random.normal(0, 0.003, (SERIES, 1)) + random.normal(0, 0.5, (SERIES, MONTHS))
    values = (values + 5).round(2)
    values[random.random(values.shape) < missing] = np.nan
    return values


def long_form(values: np.ndarray) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One row per series and month; and the same with year and season."""
    names = [f"section-{i:05d}/ammonia_nitrogen" for i in range(len(values))]
    plain = pl.DataFrame(
        {
            "series_id": pl.Series(names).repeat_by(MONTHS).explode(),
            "time": np.tile(np.arange(MONTHS), len(values)),
            "value": pl.Series(values.ravel(), nan_to_null=True),
        }
    )
    return plain, plain.with_columns(season=pl.col("time") % 12, time=pl.col("time") // 12)


def shortest(runs: Iterable[Callable[[], object]]) -> tuple[float, float, list[object]]:
    """Seconds and processor seconds (of all threads) of the shortest run, and what each of them found."""
    took, processor, found = [], [], []
    for run in runs:
        started, worked = time.perf_counter(), time.process_time()
        found.append(run())
        took.append(time.perf_counter() - started)
        processor.append(time.process_time() - worked)
    return min(took), min(processor), found


def compared(
    name: str,
    ours: Callable[[], pl.DataFrame],
    theirs: Callable[[np.ndarray], object],
    values: np.ndarray,
    columns: dict[str, str],
) -> None:
    """Print one row: seconds of both, their ratios, and the largest difference between their numbers."""
    sample = np.linspace(0, len(values) - 1, SAMPLE).astype(int)
    parts = np.array_split(sample, TIMES)
    took, worked, (*_, found) = shortest([ours] * TIMES)
    their_time, their_work, parts_found = shortest([lambda p=p: [theirs(values[i]) for i in p] for p in parts])
    times = len(values) * TIMES / SAMPLE
    expected = [each for part in parts_found for each in part]
    different = max(
        np.abs(found[column].to_numpy()[sample] - np.array([getattr(e, their_name) for e in expected])).max()
        for column, their_name in columns.items()
    )
    cells = [f"{took:.2f}", f"{their_time * times:.1f}", f"{their_time * times / took:.0f}"]
    print(f"| {name} | {' | '.join(cells)} | {their_work * times / worked:.0f} | {different:.0e} |", flush=True)
    if not different < 1e-9:
        raise SystemExit(f"{name}: the numbers differ by up to {different}")


def both(first: pl.LazyFrame, second: pl.LazyFrame, columns: list[str]) -> pl.DataFrame:
    return first.collect().hstack(second.select(columns).collect())


def beside_pymannkendall(values: np.ndarray, label: str) -> None:
    plain, seasonal = long_form(values)
    numbers = {"s": "s", "variance": "var_s", "z": "z", "p": "p", "slope": "slope"}
    compared(
        f"Mann-Kendall and Sen slope with interval, {label}",
        lambda: both(
            trend.mann_kendall(plain, _TESTS["mann_kendall"]), trend.sen_slope(plain, _TESTS["sen_slope"]), ["slope"]
        ),
        pymannkendall.original_test,
        values,
        numbers,
    )
    compared(
        f"seasonal Kendall and Sen slope with interval, {label}",
        lambda: both(
            trend.seasonal_kendall(seasonal, _TESTS["seasonal_kendall"]),
            trend.seasonal_sen_slope(seasonal, _TESTS["seasonal_sen_slope"]),
            ["slope"],
        ),
        lambda series: pymannkendall.seasonal_test(series, period=12),
        values,
        numbers,
    )
    if np.isnan(values).any():
        return  # pymannkendall leaves out whole years, the definition does not
    compared(
        f"seasonal Kendall with covariance, {label}",
        lambda: trend.seasonal_kendall_correlated(seasonal, _TESTS["seasonal_kendall_correlated"]).collect(),
        lambda series: pymannkendall.correlated_seasonal_test(series, period=12),
        values,
        {"s": "s", "variance": "var_s"},
    )


def alone(values: np.ndarray) -> None:
    """Tests that pymannkendall does not have, on all months and on the first ten (as if years)."""
    plain, _ = long_form(values)
    years = plain.filter(pl.col("time") < 10)
    method = _CATALOG.rank_trends["daniel"]
    for name, run in (
        ("Pettitt, 120 values", lambda: change_point.pettitt(plain, _TESTS["pettitt"]).collect()),
        ("rank correlation by the regulation, 120 values", lambda: rank_trend.daniel(plain, method).collect()),
        ("rank correlation by the regulation, 10 values", lambda: rank_trend.daniel(years, method).collect()),
        ("rank correlation, exact, 10 values", lambda: rank_trend.spearman(years, _TESTS["spearman"]).collect()),
    ):
        print(f"| {name} | {shortest([run] * TIMES)[0]:.2f} | | | | |", flush=True)


def main() -> None:
    """Print a table of the tests."""
    print(f"{SERIES} series of {MONTHS} months; pymannkendall timed on {SAMPLE} of them.\n")
    print("| test | seconds | pymannkendall, seconds | ratio | ratio of processor seconds | largest difference |")
    print("|---|---|---|---|---|---|")
    complete = invented(missing=0)
    trend.mann_kendall(long_form(complete[:10])[0], _TESTS["mann_kendall"])  # what is loaded once is not measured
    for values, label in ((complete, "complete"), (invented(missing=0.05), "5 % missing")):
        beside_pymannkendall(values, label)
    alone(complete)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"\nLargest memory of the process: {peak} MB, the series themselves included.")


if __name__ == "__main__":
    main()
