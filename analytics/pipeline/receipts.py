"""The book of what came in: counts and jumps, what replaced what, and what is outstanding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from analytics.catalog import Catalog
from analytics.duck import Connection
from analytics.paths import Workspace
from analytics.pipeline import state
from analytics.pipeline.intake import Examined, loaded_files, put_right_files
from analytics.pipeline.outstanding import NOBODY, by_figures, standing
from analytics.pipeline.readable_files import staged_files
from analytics.quality.expectations import read_general
from analytics.warehouse import store
from analytics.warehouse.ledger import Sent, ledger, replacements
from analytics.warehouse.queries import ask, open_warehouse


def left_out(workspace: Workspace, refused: Sequence[Examined], lang: str) -> list[str]:
    """A line for each refused file on why it is left out, and by which later one the warehouse has it put right."""
    if not refused:
        return []
    with open_warehouse(workspace) as connection:
        later = dict(ask(connection, "files_received").select("snapshot", "replaced_by").iter_rows())
    return [e.said_left_out(lang, later.get(e.snapshot.id, [])) for e in refused]


def record_receipts(
    connection: Connection,
    examined: Sequence[Examined],
    members: pl.DataFrame,
    *,
    workspace: Workspace,
    catalog: Catalog,
    years: Sequence[int],
    as_of: date,
    figures: Mapping[int, pl.DataFrame],
) -> None:
    """Fill the tables `ledger`, `replacement`, `standing` and `member_silent` from the files that were taken.

    `figures` are rows of figure_member, by year.
    """
    areas = {e.snapshot.id: e.snapshot.delivery.area for e in examined}
    beyond = jump_limit(workspace)
    for source in catalog.sources.values():
        files = loaded_files(examined, source)
        sent = [Sent(f, areas[f.snapshot]) for f in files]
        store.insert(connection, "ledger", ledger(sent, catalog, beyond_pct=beyond))
        store.insert(connection, "replacement", replacements(files))
        for year in years:
            figured = by_figures(source, figures[year], catalog.plan_for(year), catalog) if year in figures else NOBODY
            found = standing(files, members, source, catalog, year=year, as_of=as_of, figured=figured)
            store.insert(connection, "standing", found.periods)
            store.insert(connection, "member_silent", found.missing)


def jump_limit(workspace: Workspace) -> float | None:
    """By how many per cent the rows of a file may differ from those of the one before; none where nobody asks."""
    general = next((f for f in state.expectation_files(workspace) if f.name == "general.yml"), None)
    limit = read_general(general).row_count_jump
    return limit.beyond_pct if limit else None


def jumps_of(workspace: Workspace, found: Examined, catalog: Catalog) -> pl.DataFrame:
    """Where the rows of a file that was just taken jump: columns of the ledger."""
    put_right = put_right_files(workspace, found.source, catalog)
    files = staged_files(workspace, found.source, catalog, put_right=put_right)
    sent = [Sent(file, snapshot.delivery.area) for snapshot, file in files]
    rows = ledger(sent, catalog, beyond_pct=jump_limit(workspace))
    return rows.filter("is_jump", snapshot=found.snapshot.id)
