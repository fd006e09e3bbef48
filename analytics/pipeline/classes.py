"""What sections and stations share: the limits of surface water, the names of its classes, the declared water body."""

from __future__ import annotations

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.standard import Standard
from analytics.compute import water_class


def surface_limits(catalog: Catalog) -> pl.DataFrame:
    """The limits of surface water as a frame."""
    return water_class.limit_table(catalog.surface_standard, catalog.parameters)


def named(column: str, catalog: Catalog) -> pl.Expr:
    """The class number in `column` by its name, Ⅰ to 劣Ⅴ."""
    names = dict(enumerate(catalog.surface_standard.class_names, start=1))
    return pl.col(column).replace_strict(names, default=None, return_dtype=pl.String)


def declared_body(body: pl.Expr, standard: Standard) -> pl.Expr:
    """The water body whose limits hold; an undetermined one is taken as the standard's file says."""
    declared = body.is_in(list(standard.cases))
    return pl.when(declared).then(body).otherwise(pl.lit(standard.case_when_undetermined))
