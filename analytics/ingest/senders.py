"""Names of departments to the one name of each; a name that nobody bears stays as it is, and is told."""

from __future__ import annotations

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.senders import spellings
from analytics.ingest import cells


def resolved(frame: pl.DataFrame, name: str, catalog: Catalog) -> pl.DataFrame:
    """The frame with the column's names replaced by those of departments, the names as delivered beside.

    Who is not known keeps the name that was sent, in half width, with the problem `unknown_department`: offices of
    cities and counties are on no list.
    """
    words = {spelling: sender.name for spelling, sender in spellings(catalog)}
    told = frame.with_columns(pl.col(name).alias(f"{name}_as_delivered"), cells.folded(name).alias(name))
    bare = pl.col(name).str.replace_all(r"\s+", "")
    known = bare.replace_strict(words, default=None, return_dtype=pl.String)
    is_stranger = known.is_null() & pl.col(name).is_not_null()
    return told.with_columns(
        pl.coalesce(known, name).alias(name),
        pl.when(is_stranger).then(pl.lit("unknown_department")).alias(f"{name}_problem"),
    )
