"""The process that runs notebooks: imports everything once, then forks for each notebook, a few at a time.

Run as `python -m analytics.reporting.warm`; `execute` sends one JSON line with the job and reads one JSON line
for each notebook that ended. A process of its own, because forking is safe only before any library has started
threads: import here, compute and connect only in the forks.
"""

from __future__ import annotations

import importlib
import json
import multiprocessing
import os
import signal
import sys
import time
from importlib.util import find_spec
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, TextIO

from analytics.catalog import load_catalog
from analytics.present import typeface

IMPORTED_FIRST = (
    "papermill",
    "analytics.reporting.shell",
    "analytics.reporting.single",
    "analytics.notebook",
)
_FORK = multiprocessing.get_context("fork")


def main() -> None:
    """Import and lay out what all forks share, read the job, run it, report."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # The pipe to the parent moves aside, so that nothing a notebook prints can end up in it.
    report = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for name in IMPORTED_FIRST:
        if find_spec(name):
            importlib.import_module(name)
    typeface.folder_of_stand_in()
    load_catalog()  # each fork then reads only what the workspace adds
    line = sys.stdin.readline()
    if line.strip():
        _run_all(json.loads(line), report)


def _run_all(job: dict[str, Any], report: TextIO) -> None:
    waiting = list(enumerate(job["notebooks"]))
    running: dict[Connection, tuple[int, BaseProcess, float]] = {}
    while waiting or running:
        while waiting and len(running) < job["workers"]:
            index, (source, target) = waiting.pop(0)
            running |= _start(index, (source, target), job)
        ends = [limit for _, _, limit in running.values()]
        ready = wait(list(running), timeout=max(0.0, min(ends) - time.monotonic()))
        late = [] if ready else [c for c, (_, _, limit) in running.items() if limit <= time.monotonic()]
        for connection in [c for c in running if c in ready or c in late]:
            index, process, _ = running.pop(connection)
            failure = _timed_out(process, job) if connection in late else _received(connection, process)
            report.write(json.dumps({"index": index, "failure": failure}) + "\n")
            report.flush()


def _start(index: int, paths: tuple[str, str], job: dict[str, Any]) -> dict[Connection, tuple[int, BaseProcess, float]]:
    from analytics.reporting.single import run_one

    here, there = _FORK.Pipe(duplex=False)
    process = _FORK.Process(
        target=run_one,
        args=(there, Path(paths[0]), Path(paths[1])),
        kwargs={"parameters": job["parameters"], "engine": job["engine"]},
        daemon=True,
    )
    process.start()
    there.close()
    return {here: (index, process, time.monotonic() + job["seconds"])}


def _received(connection: Connection, process: BaseProcess) -> dict[str, Any] | None:
    try:
        failure: dict[str, Any] | None = connection.recv()
    except EOFError:
        process.join()
        return {"cell": 0, "error": f"the process ended with code {process.exitcode}", "frames": []}
    process.join()
    return failure


def _timed_out(process: BaseProcess, job: dict[str, Any]) -> dict[str, Any]:
    process.kill()
    process.join()
    return {"cell": 0, "error": f"not done after {job['seconds']:g} seconds", "frames": []}


if __name__ == "__main__":
    main()
