"""The registered files of a form that can be read, staged and not checked."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.models import Source
from analytics.errors import CheckFailed, UsageError
from analytics.ingest import Snapshot, list_snapshots, stage, verify
from analytics.paths import Workspace
from analytics.warehouse.facts import LoadedFile


def staged_files(
    workspace: Workspace,
    source: Source,
    catalog: Catalog,
    *,
    put_right: Mapping[str, Path],
    refused: bool = False,
) -> list[tuple[Snapshot, LoadedFile]]:
    """The files of one source that can be read, in the order received, not gated anew; refused ones if asked for.

    `put_right` are those that count with cells corrected, refused when they came or not: their staged rows by snapshot.
    """
    found = []
    for order, snapshot in enumerate(list_snapshots(workspace)):
        is_taken = not snapshot.delivery.refused or snapshot.id in put_right
        if snapshot.source == source.id and (refused or is_taken):
            if not snapshot.path.is_file():
                verify(snapshot, workspace)
            with suppress(CheckFailed, UsageError):
                path = put_right.get(snapshot.id) or _staged(snapshot, source, workspace, catalog)
                found.append((snapshot, LoadedFile(snapshot.id, source, path, order, pl.DataFrame())))
    return found


def _staged(snapshot: Snapshot, source: Source, workspace: Workspace, catalog: Catalog) -> Path:
    return stage(snapshot, source=source, catalog=catalog, workspace=workspace).path
