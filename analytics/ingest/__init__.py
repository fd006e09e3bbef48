"""Delivered file to snapshot to staged rows; no scoring, no tables."""

from analytics.ingest.snapshot import Delivery, Snapshot, list_snapshots, register, verify
from analytics.ingest.staging import Staged, contract_version, stage

__all__ = [
    "Delivery",
    "Snapshot",
    "Staged",
    "contract_version",
    "list_snapshots",
    "register",
    "stage",
    "verify",
]
