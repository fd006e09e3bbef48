"""Sections with their classes and items, small enough to rate in the head."""

import polars as pl

from analytics.catalog import load_catalog
from analytics.compute import surface_rules
from analytics.compute import water_class as wc
from analytics.compute.changes import Period

CATALOG = load_catalog()
RULES = surface_rules.surface_rules(CATALOG.surface_rating, CATALOG.surface_standard, CATALOG.parameters)
CLASSES = {"water_class": pl.Int8, "class_best": pl.Int8, "class_worst": pl.Int8, "target": pl.Int8}
SECTION = {"basin": pl.String, "entity_id": pl.String, "left_out": pl.String} | CLASSES


def sections(rows: pl.DataFrame) -> pl.LazyFrame:
    """A section frame of one basin; what is not told of a class follows from it, an open one may be any."""
    known = rows.with_columns(pl.lit(None).alias(c) for c in SECTION if c not in rows.columns)
    return (
        known.select(*SECTION)
        .cast({c: SECTION[c] for c in SECTION})
        .with_columns(
            pl.col("basin").fill_null("fen"),
            class_best=pl.coalesce("class_best", "water_class", pl.lit(1, pl.Int8)),
            class_worst=pl.coalesce("class_worst", "water_class", pl.lit(6, pl.Int8)),
        )
        .lazy()
    )


def of_classes(*classes: int | tuple[int, int] | None, left_out: int = 0) -> pl.LazyFrame:
    """Sections of one basin by their class: None is open, a pair open between two, and some are dry."""
    rows = [
        {
            "entity_id": f"s{i:04}",
            "water_class": None if isinstance(c, tuple) else c,
            "class_best": c[0] if isinstance(c, tuple) else None,
            "class_worst": c[1] if isinstance(c, tuple) else None,
            "left_out": None,
        }
        for i, c in enumerate(classes)
    ]
    dry = [{"entity_id": f"dry{i}", "left_out": "dry"} for i in range(left_out)]
    return sections(pl.DataFrame(rows + dry, schema={c: SECTION[c] for c in ("entity_id", "left_out", *CLASSES)}))


def counts(*, good: int = 0, middle: int = 0, worst: int = 0) -> pl.LazyFrame:
    """So many sections of class Ⅱ, of Ⅳ and worse than Ⅴ."""
    return of_classes(*[2] * good, *[4] * middle, *[6] * worst)


def items(rows: pl.DataFrame | None = None) -> pl.LazyFrame:
    """Results of items: `entity_id`, `parameter`, `mean`.

    Perhaps `case`, `months`, `mean_low`, `mean_high`, and `is_undetected` as the word true.
    """
    told = pl.DataFrame(schema=["entity_id", "parameter", "mean"]) if rows is None else rows
    defaults = {"case": pl.lit("river"), "months": pl.lit(12), "mean_low": pl.col("mean"), "mean_high": pl.col("mean")}
    defaults["is_undetected"] = pl.lit("false")
    told = told.with_columns(value.alias(name) for name, value in defaults.items() if name not in told.columns)
    told = told.cast(
        {"entity_id": pl.String, "parameter": pl.String, "case": pl.String, "months": pl.Int64}
        | dict.fromkeys(("mean", "mean_low", "mean_high"), pl.Float64)
    ).with_columns(is_undetected=pl.col("is_undetected").cast(pl.String) == "true")
    means = told.drop("case").rename({"entity_id": "site_id"})
    members = told.group_by("entity_id", "case", maintain_order=True).agg(items="parameter")
    return wc.item_results(means.lazy(), members.lazy(), RULES.limits, decimals=RULES.decimals, fewest=8)


def classed(results: pl.LazyFrame) -> pl.LazyFrame:
    """The section frame of one basin that follows from the items."""
    found = wc.section_classes(results, by=["entity_id"], last_class=RULES.last).collect()
    return sections(found.select("entity_id", "water_class", "class_best", "class_worst"))


def period(frame: pl.LazyFrame, results: pl.LazyFrame | None = None) -> Period:
    return Period(frame, items() if results is None else results)
