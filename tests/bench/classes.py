"""Measures readings to annual classes against a hand-written query: `python -m tests.bench.classes [--rows N]`.

Both must give the same classes; how long they take is printed, and never fails.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from analytics import duck
from analytics.catalog import load_catalog
from analytics.compute import means, water_class

_SECTIONS, _ROWS_A_FILE = 1_500, 1_000_000
_START, _YEAR = datetime(2021, 1, 1), timedelta(days=365)
_THREADS = 2
_ION, _FEWEST, _LAST = "ph", 8, 6
# How the values of an item follow the state of a section, where they are not proportional to it.
_POWER = {_ION: 0.1, "dissolved_oxygen": -0.5}


class Run(NamedTuple):
    """What one way took, and the classes it gave."""

    seconds: float
    cpu: float
    memory: int
    classes: pl.DataFrame


class Rules(NamedTuple):
    """What the classes depend on, beside the readings."""

    sections: pl.DataFrame
    limits: pl.DataFrame
    places: pl.DataFrame


def rules() -> Rules:
    """Invented sections, every fourth a lake, each with every item, and what the catalog says of these."""
    catalog = load_catalog()
    limits = water_class.limit_table(catalog.surface_standard, catalog.parameters)
    items = pl.lit(sorted(limits["parameter"].unique()), pl.List(pl.String))
    number = pl.int_range(_SECTIONS, eager=True).alias("number").to_frame()
    sections = number.select(
        entity_id=pl.format("section-{}", pl.col("number").cast(pl.String).str.zfill(5)),
        case=pl.when(pl.col("number") % 4 == 0).then(pl.lit("lake")).otherwise(pl.lit("river")),
        items=items,
    )
    decimals = [p.decimals.assessment for p in catalog.parameters.values()]
    return Rules(sections, limits, pl.DataFrame({"parameter": list(catalog.parameters), "decimals": decimals}))


def write_readings(folder: Path, rows: int, known: Rules) -> None:
    """Write so many readings of a year, or a few more, as they are delivered: all sections and items at a time."""
    random = np.random.default_rng(1)
    panel = _panel(known, random)
    times = -(-rows // panel.height)
    for part, numbers in enumerate(np.array_split(np.arange(times), -(-rows // _ROWS_A_FILE))):
        readings = pl.concat(_sampling(panel, _START + _YEAR * (n / times), random) for n in numbers)
        readings.write_parquet(folder / f"{part:04}.parquet")


def _panel(known: Rules, random: np.random.Generator) -> pl.DataFrame:
    """Every section and item with the usual size of its values; few items are read in half of the year only."""
    kinds = known.limits.group_by("parameter").agg(
        scale=pl.coalesce("high_3", "low_3").max(), detection=pl.col("high_1").min().fill_null(0) / 4
    )
    sections = known.sections.select(site_id="entity_id", state=pl.Series(random.normal(-1.2, 0.5, _SECTIONS)))
    panel = sections.join(kinds.sort("parameter"), on=None, how="cross")
    return panel.with_columns(
        pl.col("state") + pl.Series(random.normal(0, 0.3, panel.height)),
        power=pl.col("parameter").replace_strict(_POWER, default=1.0, return_dtype=pl.Float64),
        is_lacking=pl.Series(random.random(panel.height) < 0.005),
    )


def _sampling(panel: pl.DataFrame, at: datetime, random: np.random.Generator) -> pl.DataFrame:
    """All items of all sections, read within an hour; one of a hundred has no value."""
    minutes = np.repeat(random.integers(0, 60, _SECTIONS), panel.height // _SECTIONS)
    taken = pl.lit(at, pl.Datetime("us")).dt.truncate("1m") + pl.duration(minutes=pl.Series(minutes))
    state = pl.col("state") + pl.Series(random.normal(0, 0.6, panel.height))
    value = (pl.col("scale") * (state * pl.col("power")).exp()).round_sig_figs(3)
    is_read = pl.Series(random.random(panel.height) > 0.01) & ~(pl.col("is_lacking") & (at.month > 6))
    return panel.select(
        "site_id",
        "parameter",
        taken_at=taken.dt.replace_time_zone("Asia/Shanghai"),
        value=pl.when(is_read).then(pl.max_horizontal(value, "detection")),
        below_limit=pl.when(is_read).then(value <= pl.col("detection")),
    )


def by_formulas(folder: Path, known: Rules) -> pl.DataFrame:
    """`entity_id`, `water_class` by the package."""
    monthly = means.monthly_means(pl.scan_parquet(folder / "*.parquet"), hydrogen_ion=[_ION])
    annual = means.annual_means(monthly, hydrogen_ion=[_ION])
    items = water_class.item_results(annual, known.sections.lazy(), known.limits, decimals=known.places, fewest=_FEWEST)
    classes = water_class.section_classes(items, by=["entity_id"], last_class=_LAST)
    return classes.collect(engine="streaming").select("entity_id", "water_class").sort("entity_id")


def by_query(folder: Path, known: Rules) -> pl.DataFrame:
    """`entity_id`, `water_class` by DuckDB."""
    connection = duck.in_memory()
    connection.execute(f"SET threads = {_THREADS}; SET enable_progress_bar = false")
    for name, frame in zip(("section", "limits", "places"), known, strict=True):
        connection.register(name, frame.to_arrow())
    bound = {"readings": str(folder / "*.parquet"), "ion": _ION, "fewest": _FEWEST, "last": _LAST}
    found = connection.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), bound).fetchall()
    return pl.DataFrame(found, schema={"entity_id": pl.String, "water_class": pl.Int8}, orient="row")


_WAYS = {"formulas": by_formulas, "query": by_query}


def measured(way: str, folder: Path, known: Rules) -> Run:
    """The second run of two in this process: in the first one the libraries are still being loaded."""
    _WAYS[way](folder, known)
    started, cpu = time.perf_counter(), time.process_time()
    classes = _WAYS[way](folder, known)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    return Run(seconds, cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, classes)


def runs_of_each(rows: int, times: int) -> dict[str, list[Run]]:
    """Runs of both ways on the same readings, taking turns, each in a fresh process that inherits nothing."""
    known = rules()
    runs: dict[str, list[Run]] = {way: [] for way in _WAYS}
    fresh = multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1)
    with tempfile.TemporaryDirectory() as folder, fresh:
        fresh.apply(write_readings, (Path(folder), rows, known))
        for _ in range(times):
            for way, found in runs.items():
                found.append(fresh.apply(measured, (way, Path(folder), known)))
    return runs


def main() -> None:
    """Print the best of several runs of each way; fail where the classes differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--times", type=int, default=5)
    told = parser.parse_args()
    os.environ["POLARS_MAX_THREADS"] = str(_THREADS)
    runs = runs_of_each(told.rows, told.times)
    print(f"| {told.rows:,} readings | seconds | × the query's | processor seconds | × the query's | peak memory, MB |")
    print("|---|---|---|---|---|---|")
    best = {way: (min(r.seconds for r in found), min(r.cpu for r in found)) for way, found in runs.items()}
    for way, (seconds, cpu) in best.items():
        ratios = seconds / best["query"][0], cpu / best["query"][1]
        memory = max(run.memory for run in runs[way])
        print(f"| {way} | {seconds:.2f} | {ratios[0]:.2f} | {cpu:.2f} | {ratios[1]:.2f} | {memory} |")
    ours, theirs = (runs[way][0].classes for way in _WAYS)
    if not ours.equals(theirs):
        differing = ours.join(theirs, on="entity_id", how="full").filter(
            pl.col("water_class").ne_missing(pl.col("water_class_right"))
        )
        raise SystemExit(f"The classes of {differing.height} sections differ:\n{differing}")
    print("Classes:", dict(ours["water_class"].value_counts().sort("water_class").rows()))


if __name__ == "__main__":
    main()
