"""Whether anything changed: the fingerprint of everything that the warehouse is a function of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from analytics import paths
from analytics.catalog import catalog_files
from analytics.catalog.corrections import corrections_digest
from analytics.ingest.snapshot import Snapshot, list_snapshots, verify
from analytics.paths import Workspace
from analytics.runs import code_digest, digest, write_text

# Rooms whose code decides a number; how it is drawn or rendered does not.
_MODULES_THAT_COUNT = ("present/numbers.py", "units.py", "periods.py", "periods_told.py", "duck.py")
_ROOMS_THAT_COUNT = ("ingest", "quality", "compute", "warehouse", "pipeline", "catalog")


def fingerprint(workspace: Workspace) -> str:
    """Hash of the registered files (checked against their checksums), corrections, the catalog and the code.

    Raises `SnapshotError` where a registered file changed or is missing.
    """
    snapshots = list_snapshots(workspace)
    for snapshot in snapshots:
        verify(snapshot, workspace)
    parts: list[str | bytes] = [_said(s, workspace) for s in snapshots]
    parts += [f.read_bytes() for f in catalog_files(workspace.catalog)]
    parts += [f.read_bytes() for f in expectation_files(workspace)]
    parts.append(corrections_digest(workspace.raw))
    parts += [code_digest(paths.PACKAGE / room) for room in _ROOMS_THAT_COUNT]
    parts += [(paths.PACKAGE / module).read_bytes() for module in _MODULES_THAT_COUNT]
    return digest(parts)


def expectation_files(workspace: Workspace) -> list[Path]:
    """The rules that the catalog cannot say, a workspace's own ones in place of shipped ones."""
    shipped = {f.name: f for f in paths.shipped("expectations").glob("*.yml")}
    own = {f.name: f for f in (workspace.root / "expectations").glob("*.yml")}
    return [f for _, f in sorted((shipped | own).items())]


def expectations_for(source: str, workspace: Workspace) -> Path | None:
    """The rules file of one source, where there is one."""
    return next((f for f in expectation_files(workspace) if f.stem == source), None)


def _said(snapshot: Snapshot, workspace: Workspace) -> str:
    place = workspace.relative(snapshot.path)
    return f"{place} {snapshot.sha256} {snapshot.delivery}"


def _record(workspace: Workspace) -> Path:
    return workspace.staged / "build.json"


def remember(workspace: Workspace, *, of: str, years: list[int]) -> None:
    """Note what the warehouse was built from, so that the next run need not open it to know."""
    built = {"fingerprint": of, "years": years, "files": _files_read(workspace)}
    write_text(_record(workspace), json.dumps(built))


def years_built(workspace: Workspace) -> list[int]:
    """The years that the warehouse holds."""
    built = _remembered(workspace)
    return list(built["years"]) if built else []


def is_current(workspace: Workspace, year: int, *, of: str) -> bool:
    """Whether the warehouse holds the year as the fingerprint `of` makes it, and nobody touched its files since."""
    built = _remembered(workspace)
    if not built or built["fingerprint"] != of or year not in built["years"]:
        return False
    now = _files_read(workspace)
    return all(now.get(name) == stamp for name, stamp in built["files"].items())


def _remembered(workspace: Workspace) -> dict[str, Any]:
    """What was noted of the last build; empty where there is none to rely on."""
    if not workspace.warehouse.is_file():
        return {}
    try:
        built = json.loads(_record(workspace).read_text(encoding="utf-8"))
        return built if {"fingerprint", "years", "files"} <= built.keys() else {}
    except (OSError, ValueError, AttributeError):
        return {}


def _files_read(workspace: Workspace) -> dict[str, list[int]]:
    """Size and time of last change of the warehouse and of the staged rows that its views read."""
    staged = [f for f in workspace.staged.glob("*/*.parquet") if f.name.count(".") == 1]
    stats = {workspace.relative(f): f.stat() for f in [workspace.warehouse, *staged]}
    return {name: [stat.st_size, stat.st_mtime_ns] for name, stat in stats.items()}
