"""The very file that came before, sent again after another one replaced some of it: it counts again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.models import Source
from analytics.ingest import Delivery, Snapshot, list_snapshots
from analytics.ingest.snapshot import identify
from analytics.paths import Workspace
from analytics.pipeline.readable_files import staged_files
from analytics.warehouse.facts import superseded


@dataclass(frozen=True)
class TakenBack:
    """A file that had replaced some of what was received again, and how much of it is replaced in turn."""

    file: str
    received: date
    rows: int
    readings: int


def as_sent_again(
    candidate: Snapshot, source: Source, workspace: Workspace, catalog: Catalog, *, put_right: Mapping[str, Path]
) -> Delivery:
    """What is said of a file, with the number of its earlier copies that were replaced before it came (`again`).

    A copy none of which was replaced is the same delivery. Of a copy that was refused what counts is whether later
    files tell any of its rows: what its sender says now comes after them. `put_right` are refused files that count as
    corrected.
    """
    known = _last_copy(candidate, list_snapshots(workspace))
    if known is None:
        return candidate.delivery
    files = staged_files(workspace, source, catalog, put_right=put_right, refused=True)
    counting = [file for s, file in files if not s.delivery.refused or s == known or s.id in put_right]
    is_replaced = len(counting) > 1 and any(known.id in places["snapshot"] for places in superseded(counting))
    return replace(candidate.delivery, again=known.delivery.again + int(is_replaced))


def _last_copy(candidate: Snapshot, snapshots: list[Snapshot]) -> Snapshot | None:
    said = (candidate.source, candidate.sha256, candidate.delivery.period)
    alike = [s for s in snapshots if (s.source, s.sha256, s.delivery.period) == said]
    return alike[-1] if alike else None


def taken_back(
    snapshot: Snapshot, source: Source, workspace: Workspace, catalog: Catalog, *, put_right: Mapping[str, Path]
) -> list[TakenBack]:
    """The files between the copy before and this one of which this one replaces what they had put right."""
    before = replace(snapshot.delivery, again=snapshot.delivery.again - 1)
    earlier = identify(snapshot.path, before).id
    files = staged_files(workspace, source, catalog, put_right=put_right, refused=True)
    files = [(s, f) for s, f in files if not s.delivery.refused or s.id == earlier or s.id in put_right]
    ids = [s.id for s, _ in files]
    if not snapshot.delivery.again or not {snapshot.id, earlier} <= set(ids):
        return []
    this = ids.index(snapshot.id)
    between = files[ids.index(earlier) + 1 : this]
    rows, cells = superseded([file for _, file in files[: this + 1]])
    mine = pl.col("by") == files[this][1].order
    found = [
        TakenBack(
            s.path.name,
            s.delivery.received,
            rows.filter(mine, snapshot=s.id).height,
            cells.filter(mine, snapshot=s.id).height,
        )
        for s, _ in between
    ]
    return [one for one in found if one.rows or one.readings]
