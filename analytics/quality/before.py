"""What a delivery is held against beside its registers: what came before it, and the area that it is of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from analytics.asked import members_items, months_asked
from analytics.catalog import Catalog
from analytics.catalog.models import Source


@dataclass(frozen=True)
class Before:
    """Staged files of the same form in the order received, the last one counting; and an area, "" for all of it."""

    files: tuple[Path, ...] = ()
    area: str = ""


NOTHING = Before()


def with_asked(registers: pl.DataFrame, area: str, source: Source, catalog: Catalog) -> pl.DataFrame:
    """The members with `is_asked`: whether they lie in the area that a delivery is said to be of; with `months`: those
    in which the form asks of them; and with `items`: those that it must tell of them beside what it must of everybody.
    """
    ids = registers["area_id"].cast(pl.String)
    known = [i for i in ids.unique().drop_nulls() if not area or (i in catalog.areas and catalog.lies_in(i, area))]
    return registers.with_columns(
        is_asked=ids.is_in(known) | (ids.is_null() & (not area)),
        months=months_asked(source, registers, catalog),
        items=members_items(source, registers, catalog),
    )
