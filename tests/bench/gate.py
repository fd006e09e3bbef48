"""Measures the gate against the same rules by hand: `python -m tests.bench.gate [--rows N]`.

A million invented rows and fifteen rules: our gate, one hand-written pass of DuckDB (`gate.sql`), and the same suite on
a pandas data source of the library. Each collects the keys of all rows that fail; these must be the same. How long it
takes is printed, and never fails; what the library takes to be imported is told apart.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import tempfile
import time
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from analytics import duck
from analytics.catalog import Catalog, load_catalog
from analytics.catalog.models import Source, folded_of
from analytics.quality.checks import checks_for, staged_columns
from analytics.warehouse.facts import area_registers

_SOURCE, _LIMIT_T, _WARM = "manure", 4_000_000.0, 1_000
_RULES = """\
source: manure
rules:
  - {id: used_within_produced, severity: critical, columns: [manure_used_t, manure_produced_t],
     rule: manure_used_t <= manure_produced_t, message: {zh: 甲, en: a}, reason: 试验, since: "2021"}
"""
_OTHER_UNIT = r"(^|[^一-龥]|计量|数据)单位\s*[:：为是]?\s*(万吨|千吨|公斤|千克)($|[^a-z一-龥/])"
_OF_FILE = {"rows_present", "share_set_aside"}


class Run(NamedTuple):
    """What one way took after its imports, what these took, and the failing rows: `check`, `row`."""

    seconds: float
    cpu: float
    memory: int
    imported: float
    failing: pl.DataFrame


def write_rows(file: Path, rows: int, source: Source, catalog: Catalog) -> None:
    """Write so many staged rows; about one in two hundred breaks each of the rules."""
    random = np.random.default_rng(1)
    produced = random.uniform(1_000, 1_000_000, rows).round(1)
    used = (produced * random.uniform(0.2, 1, rows)).round(1)
    number = pl.int_range(rows, eager=True)

    def some() -> pl.Series:
        return pl.Series(random.random(rows) < 0.005)

    frame = (
        pl.DataFrame({"number": number, "manure_produced_t": produced, "manure_used_t": used})
        .select(
            snapshot=pl.lit("bench"),
            sheet=pl.lit("表1"),
            row=pl.col("number").cast(pl.Int32) + 1,
            area_id=pl.when(~some()).then(
                pl.format("14{}", pl.when(some()).then(pl.col("number") - 1).otherwise("number"))
            ),
            city=pl.when(~some()).then(pl.lit("140100")),
            county=pl.when(~some()).then(pl.lit("140121")),
            period_start=pl.lit(date(2021, 1, 1)),
            period_end=pl.lit(date(2021, 12, 31)),
            manure_produced_t=pl.when(some()).then(-1.0).when(some()).then(0.0).when(~some()).then("manure_produced_t"),
            manure_used_t=pl.when(some()).then(2 * _LIMIT_T).when(some()).then(0.0).when(~some()).then("manure_used_t"),
            remark=pl.when(some()).then(pl.lit("单位：万吨")).when(some()).then(pl.lit("填报单位：农业农村局")),
            **{f"{name}_problem": pl.when(some()).then(pl.lit("unreadable")) for name in _FIELDS},
        )
        .with_columns(pl.col("remark").alias(folded_of("remark")))
    )
    repeats = frame.filter(some()).with_columns(pl.col("row") + rows)  # said twice
    whole = pl.concat([frame.head(rows - repeats.height), repeats])
    types = staged_columns(source, catalog)
    lacking = [pl.lit(None, dtype).alias(name) for name, dtype in types.items() if name not in whole.columns]
    whole.with_columns(lacking).select(pl.col(name).cast(dtype) for name, dtype in types.items()).write_parquet(file)


_FIELDS = ("city", "county", "manure_produced_t", "manure_used_t")


@cache
def _catalog() -> Catalog:
    """Read once a process, as by the commands that run gates."""
    return load_catalog()


def by_gate(file: Path) -> pl.DataFrame:
    """The failing rows by the gate, which also says what was found and what would have been right."""
    from analytics.quality.gate import run_gate

    catalog = _catalog()
    result = run_gate(
        file,
        catalog.source(_SOURCE),
        catalog=catalog,
        registers=area_registers(catalog),
        expectations=file.parent / "expectations" / f"{_SOURCE}.yml",
    )
    unable = result.checks.filter(outcome="could_not_be_checked")
    if not unable.is_empty():
        raise SystemExit(f"Some checks could not be made:\n{unable}")
    return result.broken.select("check", "row")


def by_query(file: Path) -> pl.DataFrame:
    """The failing rows by one pass of DuckDB, written by hand."""
    connection = duck.in_memory()
    query = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    found: pl.DataFrame = connection.sql(query, params={"staged": str(file)}).pl()
    return found


def by_pandas(file: Path) -> pl.DataFrame:
    """The failing rows by the same suite on a pandas data source of the library."""
    import great_expectations as gx
    import pandas as pd

    rows = pd.read_parquet(file)
    rows["is_copy"] = rows["area_id"].notna() & rows.duplicated(["area_id", "manure_produced_t", "manure_used_t"])
    rows["copy"] = rows["is_copy"].where(rows["is_copy"])
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("rows").add_dataframe_asset("staged")
    suite = context.suites.add(gx.ExpectationSuite("rules", expectations=_suite()))
    batch = asset.add_batch_definition_whole_dataframe("whole")
    definition = context.validation_definitions.add(gx.ValidationDefinition(name="v", data=batch, suite=suite))
    wanted = {
        "result_format": "COMPLETE",
        "unexpected_index_column_names": ["row"],
        "partial_unexpected_count": len(rows),
    }
    result = definition.run(batch_parameters={"dataframe": rows}, result_format=wanted)
    failing = [
        pl.DataFrame({"row": [hit["row"] for hit in one.result.get("unexpected_index_list") or []]}).select(
            check=pl.lit(one.expectation_config.meta["check"]), row=pl.col("row").cast(pl.Int32)
        )
        for one in result.results
    ]
    return pl.concat(failing)


def _suite() -> list[Any]:
    """The fifteen rules as expectations on pandas."""
    from great_expectations import expectations as gxe

    def of(check: str, kind: Any, **arguments: Any) -> Any:
        return kind(**arguments, meta={"check": check})

    empty, filled, between = (
        gxe.ExpectColumnValuesToBeNull,
        gxe.ExpectColumnValuesToNotBeNull,
        gxe.ExpectColumnValuesToBeBetween,
    )
    pair, numbers = gxe.ExpectColumnPairValuesAToBeGreaterThanB, _FIELDS[2:]
    some = {"or_equal": True, "ignore_row_if": "either_value_is_missing"}
    unread = {name: f"{name}_problem.isnull()" for name in _FIELDS}
    pandas = {"condition_parser": "pandas"}
    return [
        *(of(f"{n}_present", filled, column=n, row_condition=unread[n], **pandas) for n in _FIELDS),
        *(of(f"{n}_readable", empty, column=f"{n}_problem") for n in _FIELDS),
        *(of(f"{n}_in_range", between, column=n, min_value=0, max_value=_LIMIT_T) for n in numbers),
        of("area_id_present", filled, column="area_id", row_condition="city.notnull() & county.notnull()", **pandas),
        of("key_unique", gxe.ExpectColumnValuesToBeUnique, column="area_id", row_condition="is_copy==False", **pandas),
        of("row_not_repeated", empty, column="copy"),
        of("used_within_produced", pair, column_A="manure_produced_t", column_B="manure_used_t", **some),
        of("remark_without_other_unit", gxe.ExpectColumnValuesToNotMatchRegex, column="remark", regex=_OTHER_UNIT),
    ]


_WAYS = {"gate": by_gate, "query": by_query, "pandas": by_pandas}


def measured(way: str, folder: Path) -> Run:
    """A run on all rows after one on a few of them, in which the libraries are loaded."""
    started = time.perf_counter()
    if way != "query":
        import great_expectations  # noqa: F401
    imported = time.perf_counter() - started
    _WAYS[way](folder / "few.parquet")
    started, cpu = time.perf_counter(), time.process_time()
    failing = _WAYS[way](folder / "rows.parquet")
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Run(seconds, cpu, memory, imported, failing.sort("check", "row"))


def runs_of_each(rows: int, times: int) -> dict[str, list[Run]]:
    """Runs of every way on the same rows, taking turns, each in a fresh process that inherits nothing."""
    runs: dict[str, list[Run]] = {way: [] for way in _WAYS}
    catalog = load_catalog()
    source = catalog.source(_SOURCE)
    fresh = multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1)
    with tempfile.TemporaryDirectory() as name, fresh:
        folder = Path(name)
        rules = folder / "expectations" / f"{_SOURCE}.yml"
        rules.parent.mkdir()
        rules.write_text(_RULES, encoding="utf-8")
        by_row = {c.id for c in checks_for(source, catalog, rules)} - _OF_FILE
        write_rows(folder / "rows.parquet", rows, source, catalog)
        write_rows(folder / "few.parquet", _WARM, source, catalog)
        for _ in range(times):
            for way, found in runs.items():
                found.append(fresh.apply(measured, (way, folder)))
    failing = {way: found[0].failing for way, found in runs.items()}
    for way, found in failing.items():
        if set(found["check"]) != by_row:
            raise SystemExit(f"The checks of {way} are not those made by row: {set(found['check']) ^ by_row}")
        if not found.equals(failing["query"]):
            differing = (
                found.group_by("check")
                .len()
                .join(failing["query"].group_by("check").len(), on="check", how="full", suffix="_by_query")
            )
            raise SystemExit(f"The failing rows of {way} are not those of the query:\n{differing}")
    return runs


def main() -> None:
    """Print the best of several runs of each way; fail where the failing rows differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=3)
    told = parser.parse_args()
    runs = runs_of_each(told.rows, told.times)
    columns = ["seconds", "× the query's", "processor seconds", "× the query's", "peak memory, MB", "import, seconds"]
    print(f"| {told.rows:,} rows, 15 rules | {' | '.join(columns)} |")
    print("|---" * (len(columns) + 1) + "|")
    best = {way: (min(r.seconds for r in found), min(r.cpu for r in found)) for way, found in runs.items()}
    for way, (seconds, cpu) in best.items():
        ratios = seconds / best["query"][0], cpu / best["query"][1]
        memory, imported = max(r.memory for r in runs[way]), min(r.imported for r in runs[way])
        print(f"| {way} | {seconds:.2f} | {ratios[0]:.2f} | {cpu:.2f} | {ratios[1]:.2f} | {memory} | {imported:.2f} |")
    longer = [theirs / ours for ours, theirs in zip(best["gate"], best["pandas"], strict=True)]
    print(f"pandas takes {longer[0]:.1f} times as long as the gate, and {longer[1]:.1f} times the processor time.")
    print("Failing rows, the same on all sides:", dict(runs["gate"][0].failing["check"].value_counts(sort=True).rows()))


if __name__ == "__main__":
    main()
