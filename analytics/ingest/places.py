"""Names of areas to codes: by code, name or former name, within the area that the row names."""

from __future__ import annotations

import unicodedata

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.models import Area, Column


def resolved(frame: pl.DataFrame, column: Column, catalog: Catalog) -> pl.DataFrame:
    """The frame with the column's names replaced by area codes, the names as delivered beside.

    A name that two areas bear is settled by the area in `within`; where that does not settle it, or
    nothing bears the name, the code is null and the problem `unknown_area`.
    """
    name = column.field
    outer = pl.col(column.within) if column.within else pl.lit(None, pl.String)
    text = pl.col(name).str.normalize("NFKC").str.replace_all(r"\s+", "")
    frame = frame.with_columns(pl.col(name).alias(f"{name}_as_delivered"), text.alias(name), outer.alias("_outer"))
    pairs = frame.select(name, "_outer").unique().drop_nulls(name)
    found = [_code_of(row[0], row[1], column.level or "county", catalog) for row in pairs.iter_rows()]
    known = pairs.with_columns(pl.Series("_code", found, dtype=pl.String))
    joined = frame.join(known, on=[name, "_outer"], how="left", nulls_equal=True, maintain_order="left")
    unknown = pl.col(name).is_not_null() & (pl.col(name) != "") & pl.col("_code").is_null()
    return joined.with_columns(
        pl.when(unknown).then(pl.lit("unknown_area")).otherwise(pl.lit(None, pl.String)).alias(f"{name}_problem"),
        pl.col("_code").alias(name),
    ).drop("_outer", "_code")


def _code_of(word: str, outer: str | None, level: str, catalog: Catalog) -> str | None:
    matching = [
        area
        for area in catalog.areas.values()
        if area.level == level and word in _names(area) and (outer is None or catalog.lies_in(area.id, outer))
    ]
    return matching[0].id if len(matching) == 1 else None


def _names(area: Area) -> set[str]:
    return {area.id, unicodedata.normalize("NFKC", area.name.zh), *area.aliases}
