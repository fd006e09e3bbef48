"""Measures reading and staging a large delivery of delimited text: `python -m tests.bench.text [--rows N]`.

How long it takes and how much memory is printed, and never fails.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from datetime import date
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

from analytics.catalog import load_catalog
from analytics.ingest import Delivery, stage
from analytics.ingest.grid import read_grids
from analytics.ingest.snapshot import identify
from analytics.paths import Workspace
from tests.deliveries import MANURE_HEAD


def write_delivery(file: Path, rows: int) -> None:
    """An invented delivery in which few words and many numbers stand."""
    with file.open("w", encoding="utf-8") as text:
        text.write(f"{MANURE_HEAD}\n")
        text.writelines(
            f"太原市,清徐县,{n * 7919 % 1_000_003 / 10},{n * 104_729 % 999_983 / 10}\n" for n in range(rows)
        )


def by_reader(file: Path) -> int:
    """Rows as the package reads them."""
    return len(read_grids(file)[0].rows)


def by_staging(file: Path) -> int:
    """Rows as the package stages them."""
    catalog = load_catalog()
    with tempfile.TemporaryDirectory() as root:
        snapshot = identify(file, Delivery("manure", date(2022, 1, 10), period="2021"))
        return stage(snapshot, source=catalog.sources["manure"], catalog=catalog, workspace=Workspace(Path(root))).rows


_WAYS = {"cells as text": by_reader, "typed and staged": by_staging}


def measured(way: str, file: Path) -> tuple[float, int]:
    """Processor seconds and peak memory [MB] of one run."""
    began = time.process_time()
    _WAYS[way](file)
    return time.process_time() - began, getrusage(RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Print one run of each way, in a process of its own."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=2_400_000)
    told = options.parse_args()
    fresh = multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1)
    with tempfile.TemporaryDirectory() as folder, fresh:
        file = Path(folder) / "delivery.csv"
        write_delivery(file, told.rows)
        print(f"| {told.rows:,} rows of 4 columns | processor seconds | peak memory, MB |\n|---|---|---|")
        for way in _WAYS:
            seconds, memory = fresh.apply(measured, (way, file))
            print(f"| {way} | {seconds:.1f} | {memory} |")


if __name__ == "__main__":
    main()
