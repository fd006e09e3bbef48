"""Measures the whole way on the example year: `python -m tests.bench`. It prints; it never fails on a slow machine."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time

_STEPS = (
    ("example deliveries written and registered", ["example", "--year", "2021"]),
    ("report, nothing built yet", ["report", "--year", "2021"]),
    ("report again, nothing changed", ["report", "--year", "2021"]),
    ("report in English, warehouse built", ["report", "--year", "2021", "--lang", "en"]),
    ("values as CSV", ["values", "--year", "2021", "--format", "csv"]),
)


def measured(words: list[str], root: str) -> tuple[float, float, int]:
    """Seconds, processor seconds and peak memory [MB] of one command and all its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    environment = os.environ | {"QINGHE_ROOT": root}
    command = [sys.executable, "-m", "analytics.cli", *words, "--quiet"]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - started, cpu, after.ru_maxrss // 1024


def main() -> None:
    """Print a table of the steps, and where the time of the first report goes."""
    print("| step | seconds | processor seconds | largest process so far, MB |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as root:
        for name, words in _STEPS:
            seconds, cpu, memory = measured(words, root)
            print(f"| {name} | {seconds:.1f} | {cpu:.1f} | {memory} |", flush=True)
    with tempfile.TemporaryDirectory() as root:
        measured(["example", "--year", "2021"], root)
        command = [sys.executable, "-m", "tests.bench.where"]
        subprocess.run(command, env=os.environ | {"QINGHE_ROOT": root}, check=True)


if __name__ == "__main__":
    main()
