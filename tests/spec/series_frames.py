"""Small time series, and the tests that speak of them however short they are."""

from collections.abc import Mapping, Sequence

import polars as pl
from hypothesis import strategies as st

from analytics.catalog.trend_test import TrendTest

TEXT = {"zh": "试", "en": "trial"}
SCHEMA = {"series_id": pl.String, "time": pl.Int64, "value": pl.Float64}


def trial(minimum_values: int = 2, minimum_per_season: int = 1) -> TrendTest:
    """A test at 0.05 with these fewest values."""
    return TrendTest.model_validate(
        {
            "id": "trial",
            "title": TEXT,
            "level": 0.05,
            "minimum_values": minimum_values,
            "minimum_per_season": minimum_per_season,
            "cites": ["gilbert_1987"],
            "certainty": "D",
            "reason": {"zh": "试", "en": "tests of formulas on the shortest series that shows them"},
        }
    )


def one(values: Sequence[float | None], times: Sequence[object] | None = None) -> pl.DataFrame:
    """One series `a`, at times 0, 1, 2 … unless others are given."""
    time = pl.Series(range(len(values)) if times is None else times, dtype=pl.Int64 if times is None else None)
    return pl.DataFrame({"series_id": ["a"] * len(values), "time": time, "value": pl.Series(values, dtype=pl.Float64)})


def many(series: Mapping[str, Sequence[float | None]]) -> pl.DataFrame:
    return pl.concat([one(values).with_columns(series_id=pl.lit(name)) for name, values in series.items()])


def seasons(*values: Sequence[float | None]) -> pl.DataFrame:
    """One series `a`: the values of each season over the years 2001, 2002 …"""
    rows = [(2001 + y, s, v) for s, of_season in enumerate(values, start=1) for y, v in enumerate(of_season)]
    frame = pl.DataFrame(rows, schema={"time": pl.Int64, "season": pl.Int64, "value": pl.Float64}, orient="row")
    return frame.select(pl.lit("a").alias("series_id"), pl.all())


def the_row(found: pl.LazyFrame) -> dict[str, object]:
    frame = found.collect()
    assert frame.height == 1
    return frame.row(0, named=True)


# Whole numbers in a narrow range: equal values are common, and sums of floats are exact.
with_ties = st.lists(st.integers(-8, 8).map(float), min_size=2, max_size=16)
with_gaps = st.lists(st.none() | st.integers(-8, 8).map(float), min_size=2, max_size=16)
