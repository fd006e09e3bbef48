"""Files that were never examined are examined by several processes, so that no processor waits while another works.

Run as `python -m analytics.pipeline.ahead`; it reads one JSON line with the workspace and the forms, and leaves the
staged rows and the gates' results where the process that asked finds them. What goes wrong in it is met again, and
told, by that process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from analytics.ingest import Snapshot
from analytics.paths import Workspace

# Fewer files are examined sooner than a process has started.
_WORTH_IT = 12
_IS_A_HELPER = "QINGHE_EXAMINES_AHEAD"
_MOST_PROCESSES = 4
# A file costs the gate as much as some two hundred kilobytes of it, however small it is.
_BYTES_OF_ANY_FILE = 200_000


@contextmanager
def examined_ahead(
    workspace: Workspace, snapshots: Sequence[Snapshot], is_known: Callable[[Snapshot], bool]
) -> Iterator[list[str]]:
    """The forms that are left to this process while others examine the rest; these have ended after the block.

    Files of one form stay together, for each is held against those before it. Where few files are unknown all forms
    are left to this process.
    """
    unknown = [] if _IS_A_HELPER in os.environ else [s for s in snapshots if not is_known(s)]
    shares = _shares(unknown) if len(unknown) >= _WORTH_IT else []
    running = [_start(workspace, forms) for forms in shares[1:]]
    try:
        yield shares[0] if running else sorted({s.source for s in snapshots})
    finally:
        for process in running:
            process.wait()


def _shares(snapshots: Sequence[Snapshot]) -> list[list[str]]:
    """The forms dealt out to the processors by the size of their files, the heaviest first."""
    weights: dict[str, int] = {}
    for snapshot in snapshots:
        size = snapshot.path.stat().st_size if snapshot.path.is_file() else 0
        weights[snapshot.source] = weights.get(snapshot.source, 0) + _BYTES_OF_ANY_FILE + size
    count = max(1, min(os.cpu_count() or 1, _MOST_PROCESSES, len(weights)))
    return _dealt(weights, count)


def _dealt(weights: Mapping[str, int], count: int) -> list[list[str]]:
    shares: list[list[str]] = [[] for _ in range(count)]
    loads = [0] * count
    for form in sorted(weights, key=lambda f: (-weights[f], f)):
        lightest = loads.index(min(loads))
        shares[lightest].append(form)
        loads[lightest] += weights[form]
    return shares


def _start(workspace: Workspace, forms: list[str]) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "analytics.pipeline.ahead"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, _IS_A_HELPER: "1"},
    )
    if process.stdin is not None:
        process.stdin.write(json.dumps({"root": str(workspace.root), "forms": forms}) + "\n")
        process.stdin.close()
    return process


def main() -> None:
    """Examine the files of the forms that are asked for on standard input."""
    from analytics.catalog import load_catalog
    from analytics.pipeline.intake import examine_forms

    job = json.loads(sys.stdin.readline())
    workspace = Workspace(Path(job["root"]))
    catalog = load_catalog(workspace.catalog)
    examine_forms(workspace, catalog, [catalog.sources[form] for form in job["forms"]])


if __name__ == "__main__":
    main()
