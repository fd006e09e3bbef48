"""Rows of readings of which nobody knows the body: those that they may be of."""

from __future__ import annotations

from typing import Any

import polars as pl

from analytics.catalog import Catalog

_DOUBT = {"entity_id": pl.String, "period_start": pl.Date}


def of_nobody(rows: pl.DataFrame, bodies: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """Each body that such a row may be of, and when: `entity_id`, `period_start` (null: nobody can tell when).

    A row may be of the body of which it tells the name; without one, of those within the area that the row or its file
    is of; else of any.

    Parameters
    ----------
    rows
        Rows set aside whose code is missing, or is none of the register's, and files that could not be read (the named
        query still_set_aside).
    bodies
        Entries of the register: `entity_id`, `name`, `area_id`.
    """
    known = bodies.select("entity_id", "name", "area_id").unique(maintain_order=True).to_dicts()
    found = [
        {"entity_id": body, "period_start": row["period_start"]}
        for row in rows.to_dicts()
        for body in _perhaps_of(row, known, catalog)
    ]
    return pl.DataFrame(found, schema=_DOUBT)


def _perhaps_of(row: dict[str, Any], bodies: list[dict[str, Any]], catalog: Catalog) -> list[str]:
    by_name = [b for b in bodies if f" {b['name']} " in f" {row['key']} "]
    area = row["area_id"] if row["area_id"] in catalog.areas else None
    within = [b for b in bodies if area and b["area_id"] and catalog.lies_in(b["area_id"], area)]
    return [b["entity_id"] for b in by_name or within or bodies]
