"""Which rows a file lacks within the one city that it tells of, where nobody said which area it is of."""

from __future__ import annotations

import polars as pl

from analytics.catalog import Catalog
from analytics.paths import Workspace
from analytics.pipeline.covered import areas_of_rows, cities_of, members_of
from analytics.pipeline.intake import Examined, put_right_files, received_before, registers_of
from analytics.pipeline.state import expectations_for
from analytics.quality import gate
from analytics.warehouse.facts import LoadedFile, counting_rows


def missing_in_its_city(found: Examined, workspace: Workspace, catalog: Catalog) -> dict[str, tuple[int, str]] | None:
    """By check of the calendar how many rows of its city the file lacks, and the first of them.

    None where it is said of which area the file is, or where its rows are not all of one city: then what the gate found
    is about the area of its sender.
    """
    if found.staged is None or found.snapshot.delivery.area:
        return None
    members = registers_of(workspace, catalog)
    rows = counting_rows(LoadedFile(found.snapshot.id, found.source, found.staged.path, 0, pl.DataFrame())).collect()
    cities = cities_of(areas_of_rows(rows, members_of(found.source, members)), catalog)
    if len(cities) != 1:
        return None
    put_right = put_right_files(workspace, found.source, catalog)
    earlier = received_before(found.snapshot, workspace, catalog, put_right)
    return gate.missing_members(
        found.staged.path,
        found.source,
        catalog=catalog,
        registers=members,
        expectations=expectations_for(found.source.id, workspace),
        before=gate.Before(tuple(earlier), cities.pop()),
    )
