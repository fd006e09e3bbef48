"""One notebook in one process: papermill, with the in-process engine or a real kernel."""

from __future__ import annotations

import re
import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError

from analytics.reporting.shell import NAME, InProcessEngine
from analytics.runs import replacing

_INJECTED = "injected-parameters"
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_START_SECONDS = 60
_write: Any = nbformat.write

papermill_engines.register(NAME, InProcessEngine)


class _ThisPython(AsyncKernelManager):
    """Kernels of the running interpreter, whatever a kernelspec called python3 on this machine points to."""

    @property
    def kernel_spec(self) -> KernelSpec:
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="Python 3", language="python")


def run_one(report: Connection, source: Path, target: Path, *, parameters: Any, engine: str) -> None:
    """Run `source`, write it with its outputs to `target`, and send None, or where and how it failed."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        report.send(_failure(source, target, parameters, engine))
    except BaseException as error:
        report.send({"cell": 0, "error": f"{type(error).__name__}: {error}", "frames": []})
    finally:
        report.close()


def _failure(source: Path, target: Path, parameters: Any, engine: str) -> dict[str, Any] | None:
    options: dict[str, Any] = {"engine_name": NAME} if engine == NAME else {"kernel_manager_class": _ThisPython}
    try:
        notebook = papermill.execute_notebook(
            _literal(source),
            _literal(target),
            parameters,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,
            start_timeout=_START_SECONDS,
            cwd=str(target.parent),
            **options,
        )
    except PapermillExecutionError as error:
        return _failed_cell(source, error)
    unfinished = [c for c in notebook.cells if c.cell_type == "code" and c.source and c.execution_count is None]
    if unfinished:
        return {"cell": 0, "error": "it stopped before its last cell", "frames": []}
    with replacing(target) as new:
        _write(_without_run_traces(notebook), new)
    return None


def _literal(path: Path) -> str:
    """papermill formats paths like templates; braces in a folder's name must survive that."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _failed_cell(source: Path, error: PapermillExecutionError) -> dict[str, Any]:
    """The failing cell by its number in the source, the message, and the lines the traceback points at."""
    cells = papermill.iorw.load_notebook_node(_literal(source)).cells
    tags = [c.metadata.get("tags", []) for c in cells]
    place = next((i for i, t in enumerate(tags) if "parameters" in t), -1)
    number = error.cell_index + 1 - (1 if error.cell_index > place else 0)
    trace = _ANSI.sub("", "\n".join(error.traceback)).splitlines()
    frames = [" ".join(line.split()) for line in trace if line.lstrip().startswith("-")]
    pointed = [line.lstrip("->").strip() for line in frames if line.startswith("--") and not set(line) <= {"-"}]
    return {"cell": number, "error": f"{error.ename}: {error.evalue}", "frames": pointed[-3:]}


def _without_run_traces(notebook: Any) -> Any:
    """Without times, paths and chance ids, so that the same run gives the same bytes."""
    parameters = notebook.metadata.papermill.get("parameters", {})
    notebook.metadata.papermill = {"parameters": parameters}
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        if cell.cell_type == "code":
            cell.metadata.pop("execution", None)
        if _INJECTED in cell.metadata.get("tags", []):
            cell.id = _INJECTED
    return notebook
