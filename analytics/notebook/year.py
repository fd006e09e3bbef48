"""A year of a plan with all its chapters, and how it is opened."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from analytics.catalog import Catalog, catalog_digest, load_catalog
from analytics.catalog.corrections import corrections_digest
from analytics.catalog.plan import Plan
from analytics.errors import UsageError
from analytics.ingest import list_snapshots
from analytics.notebook.clause_by_clause import ClauseByClause
from analytics.notebook.compensation import Compensation
from analytics.notebook.data_quality import DataQuality
from analytics.notebook.drinking_water import DrinkingWater
from analytics.notebook.environment import Environment
from analytics.notebook.flow import Flow
from analytics.notebook.frames import read
from analytics.notebook.method_notes import MethodNotes
from analytics.notebook.safeguards import Safeguards
from analytics.notebook.stations import Stations
from analytics.notebook.summary import Summary
from analytics.notebook.task_ledger import TaskLedger
from analytics.notebook.water_quality import WaterQuality
from analytics.paths import Workspace, find_workspace
from analytics.periods import parse_period, year_of


@dataclass(frozen=True, repr=False)
class Year(
    Summary,
    ClauseByClause,
    DrinkingWater,
    Flow,
    Environment,
    Safeguards,
    WaterQuality,
    Compensation,
    TaskLedger,
    DataQuality,
    MethodNotes,
    Stations,
):
    """A year of a plan at an area, in a language; `area`, `language` and `within` narrow or change it."""


def open_year(year: int, *, release: str | None = None, root: Path | str | None = None) -> Year:
    """The year's values and facts, read-only, as they stand now; a later build does not change them.

    `release` empty or None is the draft. Raises `SnapshotError` where no warehouse was built, `UsageError`
    where it does not hold the year.
    """
    if release:
        raise UsageError(
            "There is no such release.",
            found=release,
            expected="an empty text: the draft of this workspace",
            next_step="Leave the release empty.",
        )
    workspace = find_workspace(Path(root) if root else None)
    catalog = load_catalog(workspace.catalog)
    opened = _opened(workspace, catalog, catalog.plan_for(year), year)
    _require_current(opened)
    if opened.all_values.is_empty():
        raise UsageError(f"The warehouse does not hold {year}.", next_step=f"Run `qinghe build --year {year}`.")
    return opened


def _require_current(opened: Year) -> None:
    """Numbers of the last build are not shown beside targets, or without deliveries, that have come since."""
    registered = {snapshot.id for snapshot in list_snapshots(opened.workspace)}
    read = set(opened.frames.deliveries["snapshot"])
    info = opened.frames.info
    is_same = info.get("catalog") == catalog_digest(opened.workspace.catalog)
    is_corrected_alike = info.get("corrections") == corrections_digest(opened.workspace.raw)
    if registered != read or not is_same or not is_corrected_alike:
        year = opened.period.year
        changed = "corrections that have changed" if is_same else "a catalog that has changed"
        raise UsageError(
            "The warehouse is older than what the workspace holds.",
            where=str(opened.workspace.warehouse),
            found=f"{len(registered - read)} new file(s)" if registered != read else changed,
            next_step=f"Run `qinghe build --year {year}`, then open the year again.",
        )


def _opened(workspace: Workspace, catalog: Catalog, plan: Plan, year: int) -> Year:
    return Year(workspace, catalog, plan, catalog.areas[plan.area], year_of(year), "zh", read(workspace, year))


def open_period(period: str, *, root: Path | str | None = None) -> Year:
    """The year of a month, quarter or day, narrowed to that period: for dispatches on readings, of any year."""
    span = parse_period(period)
    workspace = find_workspace(Path(root) if root else None)
    catalog = load_catalog(workspace.catalog)
    return replace(_opened(workspace, catalog, catalog.plan_near(span.year), span.year), period=span)
