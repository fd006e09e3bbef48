"""Refused files of which nobody knows which form they are: kept as received, each with the reason in `refused.yml`."""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass
from datetime import date
from io import StringIO
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from analytics.errors import SnapshotError
from analytics.ingest.snapshot import list_snapshots, require_file
from analytics.paths import Workspace
from analytics.runs import machine_errors, sha256_of, write_text

UNKNOWN = "unknown"
RECORD = "refused.yml"


@dataclass(frozen=True)
class Unknown:
    """A refused file of no known form: its place, checksum, who sent it when, and why it was refused."""

    path: Path
    sha256: str
    received: date
    department: str
    reason: str
    reason_zh: str = ""


def keep_unknown(
    workspace: Workspace, file: Path, *, received: date, department: str, reason: str, reason_zh: str = ""
) -> Unknown:
    """Copy the file to `data/raw/unknown/<day>`; one that lies there already is not copied again."""
    require_file(file)
    with machine_errors(file, to="read"):
        checksum = sha256_of(file)
    for known in _all(workspace):
        if known.sha256 == checksum:
            return known
    folder = _folder(workspace, received)
    kept = Unknown(folder / f"delivered-{file.name}", checksum, received, department, reason, reason_zh)
    with machine_errors(folder):
        folder.mkdir(parents=True)
        shutil.copyfile(file, kept.path)
    record = {"file": kept.path.name, **{k: v for k, v in asdict(kept).items() if k != "path"}}
    out = StringIO()
    YAML().dump(record, out)
    write_text(folder / RECORD, out.getvalue())
    return kept


def list_unknown(workspace: Workspace) -> list[Unknown]:
    """The files that are kept so and were not received under a form since, in the order received."""
    received = {s.sha256 for s in list_snapshots(workspace)}
    return [kept for kept in _all(workspace) if kept.sha256 not in received]


def _folder(workspace: Workspace, day: date) -> Path:
    """A new folder named by the day; several of one day are numbered."""
    place, number = workspace.raw / UNKNOWN, 1
    while (folder := place / (f"{day}" if number == 1 else f"{day}-{number}")).exists():
        number += 1
    return folder


class _Record(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    file: str
    sha256: str
    received: date
    department: str
    reason: str
    reason_zh: str = ""


def _all(workspace: Workspace) -> list[Unknown]:
    found = [_read(record) for record in sorted((workspace.raw / UNKNOWN).glob(f"*/{RECORD}"))]
    return sorted(found, key=lambda kept: (kept.received, kept.path))


def _read(record: Path) -> Unknown:
    try:
        told = _Record.model_validate(YAML(typ="safe").load(record))
    except (ValidationError, YAMLError, ValueError, OSError) as error:
        raise SnapshotError(
            "The record of a refused file cannot be read.",
            where=str(record),
            found=str(error).split("\n")[0],
            expected="file, sha256, received, department, reason",
            next_step=f"Restore {RECORD}, or remove its folder.",
            zh=f"未能接收文件的记录（{RECORD}）无法读取：请恢复该记录，或删除其文件夹",
        ) from None
    return Unknown(record.parent / told.file, told.sha256, told.received, told.department, told.reason, told.reason_zh)
