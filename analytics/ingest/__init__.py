"""Delivered file to snapshot to staged rows; no scoring, no tables."""

from analytics.ingest.amended import Amendment
from analytics.ingest.snapshot import Delivery, Snapshot, list_snapshots, register, verify
from analytics.ingest.staging import Staged, is_staged, stage

__all__ = [
    "Amendment",
    "Delivery",
    "Snapshot",
    "Staged",
    "is_staged",
    "list_snapshots",
    "register",
    "stage",
    "verify",
]
