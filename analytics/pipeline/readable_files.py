"""The registered files of a form that can be read, staged and not checked."""

from __future__ import annotations

from contextlib import suppress

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.models import Source
from analytics.errors import CheckFailed, UsageError
from analytics.ingest import Snapshot, list_snapshots, stage, verify
from analytics.paths import Workspace
from analytics.warehouse.facts import LoadedFile


def staged_files(
    workspace: Workspace, source: Source, catalog: Catalog, *, refused: bool = False
) -> list[tuple[Snapshot, LoadedFile]]:
    """The files of one source that can be read, in the order received, not gated anew; refused ones if asked for."""
    found = []
    for order, snapshot in enumerate(list_snapshots(workspace)):
        if snapshot.source == source.id and (refused or not snapshot.delivery.refused):
            if not snapshot.path.is_file():
                verify(snapshot, workspace)
            with suppress(CheckFailed, UsageError):
                staged = stage(snapshot, source=source, catalog=catalog, workspace=workspace)
                found.append((snapshot, LoadedFile(snapshot.id, source, staged.path, order, pl.DataFrame())))
    return found
