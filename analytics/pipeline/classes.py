"""Water classes from the warehouse's readings: sections by year and month, stations by row."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.plan import Plan
from analytics.catalog.standard import Standard
from analytics.compute import means, rounding, water_class
from analytics.duck import Connection
from analytics.warehouse.queries import ask

PLACE = ("snapshot", "sheet", "row")
# States of a month in which nobody could have sampled the section.
NOTHING_TO_SAMPLE = ("dry", "frozen")


def surface_limits(catalog: Catalog) -> pl.DataFrame:
    """The limits of surface water as a frame."""
    return water_class.limit_table(catalog.surface_standard, catalog.parameters)


def class_names(catalog: Catalog) -> dict[int, str]:
    """Class numbers 1 to 6 with their names Ⅰ to 劣Ⅴ."""
    return dict(enumerate(catalog.surface_standard.class_names, start=1))


def named(column: str, catalog: Catalog) -> pl.Expr:
    """The class number in `column` by its name."""
    return pl.col(column).replace_strict(class_names(catalog), default=None, return_dtype=pl.String)


def _declared_body(body: pl.Expr, standard: Standard) -> pl.Expr:
    """The water body whose limits hold; an undetermined one is taken as the standard's file says."""
    declared = body.is_in(list(standard.cases))
    return pl.when(declared).then(body).otherwise(pl.lit(standard.case_when_undetermined))


def sections_of(register: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """Sections with `water_body`, `is_determined` and `items` read from their attributes.

    A section is judged on the standard's base items and those its register entry adds (5+X), as far as the
    standard has a limit for them in its water body.
    """
    standard = catalog.surface_standard
    dtype = pl.Struct({"water_body": pl.String, "item_list": pl.List(pl.String), "target_class": pl.String})
    decoded = register.with_columns(_a=pl.col("attributes").str.json_decode(dtype)).unnest("_a")
    limited = surface_limits(catalog).group_by(water_body="case").agg(limited="parameter")
    base = pl.lit(list(standard.base_items), pl.List(pl.String))
    own = pl.col("item_list").fill_null(pl.lit([], pl.List(pl.String)))
    return (
        decoded.with_columns(
            water_body=_declared_body(pl.col("water_body"), standard),
            is_determined=pl.col("water_body").is_in(["river", "lake"]).fill_null(False),
        )
        .join(limited, on="water_body", how="left", maintain_order="left")
        .with_columns(items=base.list.set_union(own).list.set_intersection("limited").list.sort())
        .drop("limited")
    )


def section_years(
    connection: Connection,
    register: pl.DataFrame,
    doubts: pl.DataFrame,
    told: pl.DataFrame,
    *,
    plan: Plan,
    year: int,
    catalog: Catalog,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Annual and monthly classes of the sections, as the tables section_year and section_month hold them
    (classes still as numbers).

    The class follows from the readings that count; an item of which a month is missing without a reason, or was set
    aside, is left open in the best and the worst class, and so is the water body where it is undetermined.

    Parameters
    ----------
    doubts
        The readings set aside and not put right (see `facts.readings_in_doubt`; a null `parameter` stands for all of
        the section's items).
    told
        `entity_id`, `month`, `value_code`: what was told of the sampling; a dry or frozen month is no gap.
    """
    readings = ask(connection, "readings_of_year", register="sections", year=year).lazy()
    ions = [k for k, p in catalog.parameters.items() if p.mean == "hydrogen_ion"]
    monthly = means.monthly_means(readings, hydrogen_ion=ions).collect()
    annual = means.annual_means(monthly.lazy(), hydrogen_ion=ions)
    sections = sections_of(register, catalog)
    limits = surface_limits(catalog)
    decimals = _assessment_decimals(catalog)
    worst = water_class.worst_of(catalog.surface_standard)
    minimum = int(catalog.setting(plan, "minimum_months").value or 0)

    def classes_by(means_used: pl.LazyFrame, of: pl.DataFrame = sections) -> pl.DataFrame:
        members = of.lazy().select("entity_id", "items", case="water_body")
        results = water_class.item_results(means_used, members, limits, decimals=decimals, fewest=minimum)
        return water_class.section_classes(results, by=["entity_id"], last_class=worst).collect()

    aside = _items_in_doubt(sections, doubts, monthly, year)
    missing = _items_that_lack_months(sections, monthly, told, year)
    open_items = pl.concat([aside, missing]).unique()
    closed = annual.join(open_items.rename({"entity_id": "site_id"}).lazy(), on=["site_id", "parameter"], how="anti")
    certain = pl.concat([classes_by(closed), classes_by(closed, _as_the_other_body(sections))])
    bounds = certain.group_by("entity_id").agg(pl.col("class_best").min(), pl.col("class_worst").max())
    read = monthly.group_by(entity_id="site_id").agg(months_read=pl.col("month").n_unique())
    classes = (
        classes_by(annual)
        .drop("class_best", "class_worst")
        .join(bounds, on="entity_id")
        .join(_listed(aside, "in_doubt"), on="entity_id", how="left")
        .join(_listed(missing, "months_missing"), on="entity_id", how="left")
        .join(read, on="entity_id", how="left")
        .with_columns(
            *(pl.col(c).fill_null(pl.lit([], pl.List(pl.String))).list.sort() for c in ("in_doubt", "months_missing")),
            pl.col("months_read").fill_null(0),
        )
    )
    months = _month_classes(monthly, sections, limits, decimals)
    return classes.sort("entity_id"), months


def _assessment_decimals(catalog: Catalog) -> pl.DataFrame:
    places = [p.decimals.assessment for p in catalog.parameters.values()]
    return pl.DataFrame({"parameter": list(catalog.parameters), "decimals": places})


def _listed(items: pl.DataFrame, name: str) -> pl.DataFrame:
    return items.group_by("entity_id").agg(pl.col("parameter").alias(name))


def _as_the_other_body(sections: pl.DataFrame) -> pl.DataFrame:
    """The sections of which nobody knows whether they are rivers or lakes, as what they were not taken for."""
    other = pl.when(pl.col("water_body") == "river").then(pl.lit("lake")).otherwise(pl.lit("river"))
    return sections.filter(~pl.col("is_determined")).with_columns(water_body=other)


def _items_that_lack_months(
    sections: pl.DataFrame, monthly: pl.DataFrame, told: pl.DataFrame, year: int
) -> pl.DataFrame:
    """Items of sections (`entity_id`, `parameter`) without a reading in a month in which it could have been taken."""
    months = pl.DataFrame({"month": [date(year, m, 1) for m in range(1, 13)]})
    excused = told.filter(pl.col("value_code").is_in(NOTHING_TO_SAMPLE)).select("entity_id", "month")
    there = monthly.select("parameter", "month", entity_id="site_id")
    return (
        sections.select("entity_id", parameter="items")
        .explode("parameter")
        .join(months, how="cross")
        .join(excused, on=["entity_id", "month"], how="anti")
        .join(there, on=["entity_id", "parameter", "month"], how="anti")
        .select("entity_id", "parameter")
        .unique()
    )


def _items_in_doubt(sections: pl.DataFrame, doubts: pl.DataFrame, monthly: pl.DataFrame, year: int) -> pl.DataFrame:
    """Items of sections (`entity_id`, `parameter`) that lack a month of the year because it was set aside.

    A doubt about a month nobody can read may be about any month that is missing.
    """
    items = sections.select("entity_id", parameter="items").explode("parameter")
    of_some, of_all = doubts.drop_nulls("parameter"), doubts.filter(pl.col("parameter").is_null())
    about = pl.concat(
        [
            items.join(of_some, on=["entity_id", "parameter"]).select("entity_id", "parameter", "month"),
            items.join(of_all.drop("parameter"), on="entity_id").select("entity_id", "parameter", "month"),
        ]
    )
    there = monthly.select("parameter", "month", entity_id="site_id").filter(pl.col("month").dt.year() == year)
    of_month = about.filter(pl.col("month").dt.year() == year).join(
        there, on=["entity_id", "parameter", "month"], how="anti"
    )
    complete = there.group_by("entity_id", "parameter").agg(pl.len()).filter(pl.col("len") >= 12)
    anywhere = about.filter(pl.col("month").is_null()).join(complete, on=["entity_id", "parameter"], how="anti")
    return pl.concat([of_month, anywhere]).select("entity_id", "parameter").unique()


def _month_classes(
    monthly: pl.DataFrame, sections: pl.DataFrame, limits: pl.DataFrame, decimals: pl.DataFrame
) -> pl.DataFrame:
    """Class of every section in every month that has a reading, from the rounded monthly means."""
    items = sections.select("entity_id", case="water_body", parameter="items").explode("parameter")
    values = (
        items.join(monthly, left_on=["entity_id", "parameter"], right_on=["site_id", "parameter"])
        .join(decimals, on="parameter", how="left")
        .with_columns(value=rounding.as_assessed(pl.col("mean"), pl.col("decimals")))
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
        .with_columns(water_body=_declared_body(pl.col("water_body"), standard))
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
