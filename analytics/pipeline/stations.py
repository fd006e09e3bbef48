"""Classes of the automatic stations, reading by reading, beside those that were published."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from analytics.catalog import Catalog
from analytics.compute import water_class
from analytics.pipeline.classes import declared_body, named, surface_limits

PLACE = ("snapshot", "sheet", "row")


def _effective(rows: pl.DataFrame, left_out: pl.DataFrame | None, cells: pl.DataFrame | None) -> pl.DataFrame:
    """The rows without those left out, and without single values that were set aside."""
    if left_out is not None:
        rows = rows.join(left_out.select(PLACE), on=PLACE, how="anti")
    if cells is None:
        return rows
    for (parameter,), found in cells.group_by("parameter"):
        if parameter in rows.columns:
            marked = rows.join(found.select(*PLACE, is_aside=pl.lit(True)), on=PLACE, how="left", maintain_order="left")
            value = pl.when(pl.col("is_aside").is_null()).then(pl.col(str(parameter)))
            rows = marked.with_columns(value.alias(str(parameter))).drop("is_aside")
    return rows


def _at_half_the_limit(rows: pl.DataFrame, items: Sequence[str]) -> pl.DataFrame:
    """The rows with what lies below a limit of detection at half of that limit, as it enters every calculation."""
    return rows.with_columns(
        pl.when(pl.col(f"{item}_below_limit").fill_null(False)).then(pl.col(item) / 2).otherwise(item).alias(item)
        for item in items
        if f"{item}_below_limit" in rows.columns
    )


def station_classes(
    staged: list[Path],
    stations: pl.DataFrame,
    catalog: Catalog,
    *,
    left_out: pl.DataFrame | None = None,
    cells_left_out: pl.DataFrame | None = None,
    with_repeats: bool = False,
) -> pl.DataFrame:
    """The published class of the stations' staged rows and the one computed from their values.

    Rows of `left_out` (by snapshot, sheet and row) take no part, single readings of `cells_left_out` count as
    not delivered; exact repeats take part only `with_repeats`. `cause` of a difference: `lag` (the label is the
    class of the station's previous row), `on_limit` (a deciding value stands exactly on a limit), else `other`.
    """
    standard = catalog.surface_standard
    limits = surface_limits(catalog)
    bodies = stations.select("entity_id", water_body=pl.col("attributes").str.json_path_match("$.water_body"))
    rows = (
        pl.concat([pl.read_parquet(p) for p in staged], how="diagonal_relaxed")
        .filter(pl.col("left_out").is_in(["repeat"] if with_repeats else []) | pl.col("left_out").is_null())
        .filter(pl.col("taken_at").is_not_null())
        .pipe(_effective, left_out, cells_left_out)
        .join(bodies, on="entity_id", how="inner")
        .with_columns(water_body=declared_body(pl.col("water_body"), standard))
        .pipe(_at_half_the_limit, standard.base_items)
        .sort("entity_id", "taken_at", *PLACE)
        .with_row_index("row_id")
    )
    classes = water_class.instant_classes(
        rows.lazy().rename({"water_body": "case"}), limits, items=standard.base_items
    ).collect()
    joined = (
        rows.join(classes, on="row_id", how="left")
        .sort("row_id")
        .with_columns(computed_class=named("water_class", catalog))
    )
    before = pl.col("computed_class").shift(1).over("entity_id")
    differs = pl.col("official_class").is_not_null() & (pl.col("computed_class").ne_missing(pl.col("official_class")))
    cause = (
        pl.when(~differs)
        .then(None)
        .when(pl.col("official_class") == before)
        .then(pl.lit("lag"))
        .when("on_limit")
        .then(pl.lit("on_limit"))
        .otherwise(pl.lit("other"))
    )
    return joined.select(
        "entity_id",
        "taken_at",
        "water_body",
        "official_class",
        "computed_class",
        pl.col("items_used").fill_null(0).cast(pl.Int32),
        cause.alias("cause"),
        "station_state",
        *PLACE,
    )
