"""Strict execution of report notebooks: parameters are checked first, each notebook has its own process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from analytics.errors import ReportError
from analytics.paths import PACKAGE
from analytics.reporting.parameters import ReportParameters, check_parameters
from analytics.runs import machine_errors

__all__ = ["ReportParameters", "check_parameters", "execute"]

Engine = Literal["in-process", "kernel"]
_DEFAULT_ENGINE: Engine = "in-process" if hasattr(os, "fork") else "kernel"


def execute(
    notebooks: list[Path],
    parameters: Mapping[str, object],
    out: Path,
    *,
    workers: int = 2,
    engine: Engine = _DEFAULT_ENGINE,
    seconds: float = 600.0,
) -> list[Path]:
    """Run each notebook with the parameters and write it with its outputs into `out`, under its own name.

    All parameters of all notebooks are checked before the first one starts. Each runs in a process of its own,
    `workers` at a time, in the folder `out`, for at most `seconds`. The engine `in-process` forks a shell that
    has its imports ready; `kernel` starts a Jupyter kernel of the running interpreter. `ReportError` names the
    notebooks that failed, their cells and the first one's lines, after all have ended.
    """
    _require_different_names(notebooks)
    with machine_errors(out):
        out.mkdir(parents=True, exist_ok=True)
    targets = [out.resolve() / notebook.name for notebook in notebooks]
    with _runner() as (runner, messages):
        checked = [check_parameters(notebook, parameters) for notebook in notebooks]
        job = {
            "notebooks": [[str(n.resolve()), str(t)] for n, t in zip(notebooks, targets, strict=True)],
            "parameters": checked[0] if checked else {},
            "workers": max(1, workers),
            "engine": engine,
            "seconds": seconds,
        }
        replies = _replies(runner, job, messages)
    _require_success(notebooks, replies)
    return targets


@contextmanager
def _runner() -> Iterator[tuple[subprocess.Popen[str], IO[str]]]:
    """The process that runs notebooks, importing while its job is still being checked."""
    with tempfile.TemporaryDirectory(prefix="qinghe-run-") as home, tempfile.TemporaryFile("w+") as messages:
        runner = subprocess.Popen(
            [sys.executable, "-m", "analytics.reporting.warm"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=messages,
            text=True,
            encoding="utf-8",
            env=_environment(home),
        )
        try:
            yield runner, messages
        finally:
            runner.terminate()
            runner.communicate()


def _environment(home: str) -> dict[str, str]:
    """Ours without the user's Jupyter and IPython settings; one thread for BLAS, or forking would not be safe."""
    package = str(PACKAGE.parent)
    paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    return os.environ | {
        "IPYTHONDIR": home,
        "JUPYTER_CONFIG_DIR": home,
        "JUPYTER_DATA_DIR": home,
        "JUPYTER_RUNTIME_DIR": home,
        "JUPYTER_PLATFORM_DIRS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONPATH": os.pathsep.join(paths),
    }


def _replies(runner: subprocess.Popen[str], job: dict[str, Any], messages: IO[str]) -> dict[int, Any]:
    """For each notebook's place in the list: None, or how it failed."""
    output, _ = runner.communicate(json.dumps(job) + "\n")
    replies = {r["index"]: r["failure"] for r in map(json.loads, output.splitlines())}
    if len(replies) != len(job["notebooks"]):
        messages.seek(0)
        raise ReportError(
            "The process that runs notebooks broke off.",
            found=" ".join(messages.read().split())[-500:] or f"exit code {runner.returncode}",
            next_step="Run again with the engine 'kernel'; if it stays, run the notebook in Jupyter.",
        )
    return replies


def _require_success(notebooks: list[Path], replies: dict[int, Any]) -> None:
    failed = [index for index in range(len(notebooks)) if replies[index]]
    if not failed:
        return
    first, *others = (_Failure(notebooks[index], **replies[index]) for index in failed)
    raise ReportError(
        f"{len(failed)} notebooks failed." if others else "A notebook failed.",
        where=first.place,
        found="\n    ".join(
            [first.error, *(f"at {frame}" for frame in first.frames), *(f"{o.place}: {o.error}" for o in others)]
        ),
        next_step="Open the notebook in Jupyter (qinghe lab), run it with these parameters and mend that cell.",
    )


@dataclass(frozen=True)
class _Failure:
    """How a notebook failed: in which cell (0: none in particular), and the lines its traceback points at."""

    notebook: Path
    cell: int
    error: str
    frames: list[str]

    @property
    def place(self) -> str:
        return f"{self.notebook}, cell {self.cell}" if self.cell else str(self.notebook)


def _require_different_names(notebooks: list[Path]) -> None:
    names = [notebook.name for notebook in notebooks]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ReportError(
            "Two notebooks have the same name.",
            found=", ".join(twice),
            expected="a different file name for each",
            next_step="Rename one of them.",
        )
