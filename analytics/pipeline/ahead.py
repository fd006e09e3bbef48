"""Files that were never examined are examined by several processes, so that no processor waits while another works.

Run as `python -m analytics.pipeline.ahead`; it reads JSON lines with the workspace and the forms, one for each time
that it is asked, leaves the staged rows and the gates' results where the process that asked finds them, and answers
with a line. What goes wrong in it is met again, and told, by that process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from analytics.ingest import Snapshot
from analytics.paths import Workspace

# Fewer files are examined sooner than a process has started.
_WORTH_IT = 12
_IS_A_HELPER = "QINGHE_EXAMINES_AHEAD"
_MOST_PROCESSES = 4
# A file costs the gate as much as some two hundred kilobytes of it, however small it is.
_BYTES_OF_ANY_FILE = 200_000


class Beside:
    """Processes that examine forms beside this one; once started, which takes seconds, they serve until the end."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._running: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Beside:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._running:
            if process.stdin is not None:
                with suppress(BrokenPipeError):
                    process.stdin.close()
        for process in self._running:
            process.wait()
            if process.stdout is not None:
                process.stdout.close()

    @contextmanager
    def examining(self, snapshots: Sequence[Snapshot], is_known: Callable[[Snapshot], bool]) -> Iterator[list[str]]:
        """The forms that are left to this process while others examine the rest; they have done so after the block.

        Files of one form stay together, for each is held against those before it. Where few files are unknown all forms
        are left to this process.
        """
        unknown = [] if _IS_A_HELPER in os.environ else [s for s in snapshots if not is_known(s)]
        shares = _shares(unknown) if len(unknown) >= _WORTH_IT else []
        asked = [self._ask(place, forms) for place, forms in enumerate(shares[1:])]
        try:
            yield shares[0] if asked else sorted({s.source for s in snapshots})
        finally:
            for process in asked:
                if process.stdout is not None:
                    process.stdout.readline()  # empty where it has ended

    def _ask(self, place: int, forms: list[str]) -> subprocess.Popen[str]:
        if place == len(self._running):
            self._running.append(_start())
        process = self._running[place]
        if process.stdin is not None:
            with suppress(BrokenPipeError):
                process.stdin.write(json.dumps({"root": str(self._workspace.root), "forms": forms}) + "\n")
                process.stdin.flush()
        return process


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


def _start() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "analytics.pipeline.ahead"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, _IS_A_HELPER: "1"},
    )


def main() -> None:
    """Examine the files of the forms that are asked for, line by line, on standard input."""
    from analytics.catalog import load_catalog
    from analytics.pipeline.intake import examine_forms

    # The pipe to the process that asked moves aside, so that nothing a library prints can end up in it.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for line in sys.stdin:
        job = json.loads(line)
        workspace = Workspace(Path(job["root"]))
        catalog = load_catalog(workspace.catalog)
        with suppress(Exception):
            examine_forms(workspace, catalog, [catalog.sources[form] for form in job["forms"]])
        print("done", file=answers, flush=True)


if __name__ == "__main__":
    main()
