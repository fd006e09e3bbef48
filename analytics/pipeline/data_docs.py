"""The library's own pages on what was received, for data scientists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path

import polars as pl

from analytics.catalog import Catalog
from analytics.paths import Workspace
from analytics.pipeline.intake import Examined
from analytics.pipeline.state import expectations_for
from analytics.quality.before import Before
from analytics.quality.data_docs import Checked, write_data_docs

FOLDER = "data-docs"


def write_pages(
    chosen: Sequence[Examined],
    examined: Sequence[Examined],
    registers: pl.DataFrame,
    *,
    workspace: Workspace,
    catalog: Catalog,
) -> Path:
    """Write the pages on the chosen ones of all files examined, and return the first page.

    A file that is not in the form of its source has no page.
    """
    files = [
        Checked(
            name=e.snapshot.path.name,
            received=datetime.combine(e.snapshot.delivery.received, time()),
            staged=e.staged.path,
            source=e.source,
            expectations=expectations_for(e.source.id, workspace),
            before=Before(_received_before(e, examined), e.snapshot.delivery.area),
            result=e.result,
        )
        for e in chosen
        if e.staged is not None and e.result is not None
    ]
    return write_data_docs(files, workspace.builds / FOLDER, catalog=catalog, registers=registers)


def _received_before(found: Examined, examined: Sequence[Examined]) -> tuple[Path, ...]:
    former = list(examined)[: list(examined).index(found)]
    return tuple(
        e.staged.path for e in former if e.source.id == found.source.id and e.staged is not None and e.is_looked_back_at
    )
