"""Water classes from the warehouse's readings: sections by year and month, stations by row."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.models import Plan, Standard
from analytics.compute import means, rounding, water_class
from analytics.duck import Connection
from analytics.warehouse.queries import ask

PLACE = ("snapshot", "sheet", "row")


def surface_standard(catalog: Catalog) -> Standard:
    """The standard that classes surface water."""
    return catalog.standards["gb3838_2002"]


def class_names(catalog: Catalog) -> dict[int, str]:
    """Class numbers 1 to 6 with their names Ⅰ to 劣Ⅴ."""
    return dict(enumerate(surface_standard(catalog).class_names, start=1))


def named(column: str, catalog: Catalog) -> pl.Expr:
    """The class number in `column` by its name."""
    return pl.col(column).replace_strict(class_names(catalog), default=None, return_dtype=pl.String)


def _declared_body(body: pl.Expr, standard: Standard) -> pl.Expr:
    """The water body whose limits hold; an undetermined one is taken as the standard's file says."""
    declared = body.is_in(["river", "lake"])
    return pl.when(declared).then(body).otherwise(pl.lit(standard.body_when_undetermined))


def sections_of(register: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """Sections with `water_body` and `items` read from their attributes.

    A section whose register entry lists no items is judged on the standard's base items.
    """
    standard = surface_standard(catalog)
    dtype = pl.Struct({"water_body": pl.String, "item_list": pl.List(pl.String), "target_class": pl.String})
    decoded = register.with_columns(_a=pl.col("attributes").str.json_decode(dtype)).unnest("_a")
    base = pl.lit(list(standard.base_items), pl.List(pl.String))
    return decoded.with_columns(
        water_body=_declared_body(pl.col("water_body"), standard),
        items=pl.when(pl.col("item_list").list.len() > 0).then("item_list").otherwise(base),
    )


def section_years(
    connection: Connection, register: pl.DataFrame, *, plan: Plan, year: int, catalog: Catalog
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Annual and monthly classes of the sections, as the tables section_year and section_month hold them
    (classes still as numbers).
    """
    readings = ask(connection, "readings_of_year", register="sections", year=year).lazy()
    ions = [k for k, p in catalog.parameters.items() if p.mean == "hydrogen_ion"]
    monthly = means.monthly_means(readings, hydrogen_ion=ions).collect()
    annual = means.annual_means(monthly.lazy(), hydrogen_ion=ions)
    sections = sections_of(register, catalog)
    limits = water_class.limit_table(surface_standard(catalog))
    decimals = pl.DataFrame(
        {
            "parameter": list(catalog.parameters),
            "decimals": [p.decimals.assessment for p in catalog.parameters.values()],
        }
    )
    classes = water_class.annual_classes(
        annual,
        sections.lazy(),
        limits,
        decimals=decimals,
        minimum_months=int(plan.settings["minimum_months"].value),
    ).collect()
    months = _month_classes(monthly, sections, limits, decimals)
    return classes.sort("entity_id"), months


def _month_classes(
    monthly: pl.DataFrame, sections: pl.DataFrame, limits: pl.DataFrame, decimals: pl.DataFrame
) -> pl.DataFrame:
    """Class of every section in every month that has a reading, from the rounded monthly means."""
    items = sections.select("entity_id", "water_body", parameter="items").explode("parameter")
    values = (
        items.join(monthly, left_on=["entity_id", "parameter"], right_on=["site_id", "parameter"])
        .join(decimals, on="parameter", how="left")
        .with_columns(value=rounding.half_even(pl.col("mean"), pl.col("decimals")))
    )
    expected = sections.select("entity_id", items_expected=pl.col("items").list.len().cast(pl.Int32))
    return (
        water_class.classify_items(values.lazy(), limits)
        .group_by("entity_id", "month")
        .agg(water_class=pl.col("item_class").max(), items_used=pl.col("item_class").count().cast(pl.Int32))
        .collect()
        .join(expected, on="entity_id")
        .sort("entity_id", "month")
    )


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


def station_classes(
    staged: list[Path],
    stations: pl.DataFrame,
    catalog: Catalog,
    *,
    left_out: pl.DataFrame | None = None,
    cells_set_aside: pl.DataFrame | None = None,
    with_repeats: bool = False,
) -> pl.DataFrame:
    """The published class of the stations' staged rows and the one computed from their values.

    Rows of `left_out` (by snapshot, sheet and row) take no part, single readings of `cells_set_aside` count as
    not delivered; exact repeats take part only `with_repeats`. `cause` of a difference: `lag` (the label is the
    class of the station's previous row), `on_limit` (a deciding value stands exactly on a limit), else `other`.
    """
    standard = surface_standard(catalog)
    limits = water_class.limit_table(standard)
    bodies = stations.select("entity_id", water_body=pl.col("attributes").str.json_path_match("$.water_body"))
    rows = (
        pl.concat([pl.read_parquet(p) for p in staged], how="diagonal_relaxed")
        .filter(pl.col("left_out").is_in(["repeat"] if with_repeats else []) | pl.col("left_out").is_null())
        .filter(pl.col("taken_at").is_not_null())
        .pipe(_effective, left_out, cells_set_aside)
        .join(bodies, on="entity_id", how="inner")
        .with_columns(water_body=_declared_body(pl.col("water_body"), standard))
        .sort("entity_id", "taken_at", *PLACE)
        .with_row_index("row_id")
    )
    classes = water_class.instant_classes(rows.lazy(), limits, items=standard.base_items).collect()
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
