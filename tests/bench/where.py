"""Where the time of a first report goes, by package: `python -m tests.bench.where`, run by the bench.

One process does it all, notebooks included, under the profiler; that makes our own code look slower than it is.
"""

import cProfile
import importlib
import pstats
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import papermill

from analytics import paths
from analytics.reporting import report
from analytics.reporting.shell import NAME

_OWN = str(paths.PACKAGE)


def package_of(file: str) -> str:
    """The distribution folder that a file lies in; ours is `analytics`, and `python` what comes with the language."""
    if file.startswith(_OWN):
        return "analytics"
    _, found, inside = file.partition("site-packages/")
    return inside.split("/")[0].removesuffix(".py") if found else "python"


def seconds_by_package(stats: pstats.Stats) -> Counter[str]:
    """Own time of every function, summed; a built-in function counts for the package that calls it."""
    spent: Counter[str] = Counter()
    for (file, _, _), (_, _, own, _, callers) in stats.stats.items():
        if file != "~":
            spent[package_of(file)] += own
            continue
        for (caller, _, _), (_, _, part, _) in callers.items():
            spent[package_of(caller)] += part
    return spent


def executed_here(notebooks: list[Path], parameters: Mapping[str, object], out: Path, *, workers: int) -> list[Path]:
    """Stands for `execute`: notebooks one after the other, in this process."""
    importlib.import_module("analytics.reporting.single")  # makes the engine known
    for notebook in notebooks:
        target = str(out / notebook.name)
        papermill.execute_notebook(
            str(notebook), target, dict(parameters), engine_name=NAME, kernel_name="python3", progress_bar=False
        )
    return [out / notebook.name for notebook in notebooks]


def first_report() -> None:
    """Warehouse, notebooks and the two renderings in the workspace that the environment names."""
    importlib.import_module("analytics.reporting.execute").execute = executed_here
    list(report.make_reports(paths.find_workspace(None), report.Order(2021, "", "", "zh"), say=lambda _: None))


def main() -> None:
    """Print the packages that took half a second or more, ours first."""
    profile = cProfile.Profile()
    profile.runcall(first_report)
    spent = seconds_by_package(pstats.Stats(profile))
    for name, seconds in sorted(spent.items(), key=lambda item: (item[0] != "analytics", -item[1])):
        if name == "analytics" or seconds >= 0.5:
            print(f"| of which: {name} | {seconds:.1f} | | |", flush=True)


if __name__ == "__main__":
    main()
