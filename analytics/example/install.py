"""Puts the invented deliveries into a workspace: registered like real ones, and marked as invented."""

from __future__ import annotations

import json
import shutil
import tempfile
from io import StringIO
from pathlib import Path

from ruamel.yaml import YAML

from analytics.catalog import Catalog, catalog_digest
from analytics.catalog.corrections import CORRECTIONS
from analytics.errors import UsageError
from analytics.example import farming
from analytics.example.plan import Example
from analytics.ingest import Delivery, list_snapshots, register
from analytics.paths import Workspace
from analytics.runs import code_digest, digest, machine_errors, sole_writer, write_text

_RECORD = "example.json"


def install_example(workspace: Workspace, catalog: Catalog, *, year: int, seed: int, faults: bool = False) -> int:
    """Write and register the invented deliveries of a year; returns how many files are new.

    A workspace that holds real deliveries is refused: invented and real figures are never mixed. Another
    year, seed or generator replaces the invented deliveries that were there.
    """
    made_by = digest([code_digest(Path(__file__).parent), catalog_digest(workspace.catalog)])
    wanted = {"year": year, "seed": seed, "faults": faults, "generator": made_by}
    folder = workspace.raw / "example"
    record = folder / _RECORD
    if record.is_file() and json.loads(record.read_text(encoding="utf-8")) == wanted:
        return 0
    _refuse_beside_real(workspace)
    with sole_writer(workspace.lock):
        if folder.exists():
            with machine_errors(folder):
                shutil.rmtree(folder)
        written = _write(workspace, catalog, year=year, seed=seed, faults=faults)
        write_text(record, json.dumps(wanted))
    return written


def _refuse_beside_real(workspace: Workspace) -> None:
    real = [s for s in list_snapshots(workspace) if not s.delivery.invented]
    if real:
        raise UsageError(
            "This workspace holds real deliveries; invented ones are not put beside them.",
            where=str(workspace.raw),
            found=f"{len(real)} registered file(s), such as {real[0].path.name}",
            next_step="Use another folder for the example: qinghe example --year 2021 --root FOLDER",
            zh="工作区内有真实报送，不能与虚构的示例数据放在一起：请用 --root 另写空的工作区",
        )


def _write(workspace: Workspace, catalog: Catalog, *, year: int, seed: int, faults: bool) -> int:
    from analytics.example import write_example

    with tempfile.TemporaryDirectory() as scratch:
        deliveries = write_example(Path(scratch), year=year, seed=seed, catalog=catalog, faults=faults)
        for made in deliveries:
            said = Delivery(
                source=made.source,
                received=made.received,
                department=made.department,
                area=made.area,
                period=made.period,
                invented=True,
            )
            register(workspace, made.path, said, generated=True)
        _write_corrections(workspace, Example(Path(scratch), year, seed, catalog))
    return len(deliveries)


def _write_corrections(workspace: Workspace, example: Example) -> None:
    """What was put right by hand, beside the deliveries that it is about."""
    writer = YAML()
    writer.representer.ignore_aliases = lambda *_: True
    for source, entries in farming.corrections(example).items():
        text = StringIO()
        writer.dump([dict(entry) for entry in entries], text)
        write_text(workspace.raw / "example" / source / CORRECTIONS, text.getvalue())
