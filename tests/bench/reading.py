"""Measures reading a large Excel delivery against openpyxl alone: `python -m tests.bench.reading [--rows N]`.

All must see the same cells; how long they take is printed, and never fails.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

import xlsxwriter
from openpyxl import load_workbook

from analytics.catalog import load_catalog
from analytics.ingest import Delivery, stage
from analytics.ingest.grid import read_grids
from analytics.ingest.snapshot import identify
from analytics.paths import Workspace

_HEADINGS = (
    "省份 流域 断面名称 监测时间 水质类别 水温(℃) pH(无量纲) 溶解氧(mg/L) 电导率(μS/cm) 浊度(NTU) 高锰酸盐指数(mg/L) "
    "氨氮(mg/L) 总磷(mg/L) 总氮(mg/L) 叶绿素α(mg/L) 藻密度(cells/L) 站点情况"
)
_HEAD = _HEADINGS.split()
_STATIONS = 70


class Run(NamedTuple):
    """What one way took, and how many filled cells it saw."""

    seconds: float
    cpu: float
    memory: int
    cells: int


def write_delivery(file: Path, rows: int) -> None:
    """An invented delivery of the station network: a merged title, one heading, and a formula in every row."""
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("监测数据")
        sheet.merge_range(0, 0, 0, len(_HEAD) - 1, "示例数据")
        sheet.write_row(1, 0, _HEAD)
        for number in range(rows):
            row, hour = number + 2, number // _STATIONS
            stamp = f"2021-{1 + hour // 672 % 12:02d}-{1 + hour // 24 % 28:02d} {hour % 24:02d}:00"
            sheet.write_row(row, 0, ["山西省", "黄河流域", f"示例{number % _STATIONS}站", stamp, "Ⅱ"])
            sheet.write_row(row, 5, [round(0.1 + (number * step % 97) / 13, 3) for step in range(1, 9)])
            sheet.write_formula(row, 13, f"=L{row + 1}+1", None, 1.5)
            sheet.write_row(row, 14, ["*", "*", "正常"])


def by_reader(file: Path) -> int:
    """Filled cells as the package reads them, merged ones filled."""
    return sum(cell is not None for grid in read_grids(file) for row in grid.rows for cell in row)


def by_staging(file: Path) -> int:
    """Typed rows as the package stages them: heading found, units, times, values, flags."""
    catalog = load_catalog()
    with tempfile.TemporaryDirectory() as root:
        snapshot = identify(file, Delivery("station_readings", date(2022, 1, 10), period="2021"))
        found = stage(
            snapshot, source=catalog.sources["station_readings"], catalog=catalog, workspace=Workspace(Path(root))
        )
    return found.rows


def by_openpyxl(file: Path) -> int:
    """Filled cells by openpyxl, which knows merged ranges and hidden rows when it loads the whole."""
    book = load_workbook(file, data_only=True)
    return sum(cell is not None for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)


def by_openpyxl_read_only(file: Path) -> int:
    """Filled cells by openpyxl row by row, which tells nothing of merged ranges and hidden rows."""
    book = load_workbook(file, data_only=True, read_only=True)
    return sum(cell is not None for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)


_WAYS: dict[str, Callable[[Path], int]] = {
    "openpyxl": by_openpyxl,
    "openpyxl, read only": by_openpyxl_read_only,
    "package: cells as text": by_reader,
    "package: typed and staged": by_staging,
}


def measured(way: str, file: Path) -> Run:
    """One run; the libraries are loaded before, on a table of a few rows."""
    small = file.with_name("small.xlsx")
    write_delivery(small, 10)
    _WAYS[way](small)
    started, cpu = time.perf_counter(), time.process_time()
    cells = _WAYS[way](file)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    return Run(seconds, cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, cells)


def main() -> None:
    """Print the best of several runs of each way, each in a fresh process; fail where the cells differ."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--times", type=int, default=3)
    told = options.parse_args()
    fresh = multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1)
    with tempfile.TemporaryDirectory() as folder, fresh:
        file = Path(folder) / "delivery.xlsx"
        write_delivery(file, told.rows)
        runs = {way: [fresh.apply(measured, (way, file)) for _ in range(told.times)] for way in _WAYS}
    best = {way: min(found) for way, found in runs.items()}
    size = f"{told.rows:,} rows of {len(_HEAD)} columns"
    print(f"| {size} | seconds | openpyxl's, × | read only, × | processor seconds | openpyxl's, × | peak memory, MB |")
    print("|---|---|---|---|---|---|---|")
    cpu = {way: min(run.cpu for run in found) for way, found in runs.items()}
    for way, run in best.items():
        whole, rows = (best[other].seconds / run.seconds for other in ("openpyxl", "openpyxl, read only"))
        used = f"{cpu[way]:.2f} | {cpu['openpyxl'] / cpu[way]:.1f}"
        print(f"| {way} | {run.seconds:.2f} | {whole:.1f} | {rows:.1f} | {used} | {run.memory} |")
    seen = {way: run.cells for way, run in best.items() if way != "package: typed and staged"}
    merged = len(_HEAD) - 1  # the reader fills them, openpyxl does not
    if len({cells - merged * (way == "package: cells as text") for way, cells in seen.items()}) > 1:
        raise SystemExit(f"The filled cells differ: {seen}")


if __name__ == "__main__":
    main()
