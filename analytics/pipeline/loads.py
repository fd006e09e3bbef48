"""What the rivers carried past their sections in a year, where the flow is known."""

from __future__ import annotations

from datetime import date

import polars as pl

from analytics.catalog import Catalog
from analytics.compute import flow
from analytics.compute.means import counted_value
from analytics.duck import Connection
from analytics.warehouse.queries import ask

_FLOW = "flow"


def section_loads(connection: Connection, register: pl.DataFrame, *, year: int, catalog: Catalog) -> pl.DataFrame:
    """Loads of the sections of which any flow was told, as the table section_load holds them.

    A month told as dry carries nothing; one without its flow or its concentration leaves the load of the year open.

    Parameters
    ----------
    register
        `entity_id` of the sections of the year.
    """
    method = catalog.load_method
    readings = ask(connection, "readings_of_year", register="sections", year=year)
    told = ask(connection, "sampling_of_year", year=year).filter(pl.col("value_code") == "dry")
    of_flow = readings.filter(parameter=_FLOW).lazy().with_columns(value=counted_value())
    daily = flow.daily_means(of_flow, minimum_readings=method.fewest_readings_of_a_day)
    monthly = flow.mean_flows(daily, every="1mo", minimum_days=method.fewest_days_of_a_month).select(
        "site_id", "step", "mean"
    )
    dry = told.lazy().select(site_id="entity_id", step="month", mean=pl.lit(0.0))
    flows = pl.concat([monthly, dry]).unique(["site_id", "step"], keep="first", maintain_order=True)
    asked = (
        register.lazy()
        .select("entity_id")
        .join(of_flow.select(entity_id="site_id").unique(), on="entity_id", how="semi")
        .join(pl.LazyFrame({"parameter": method.items}), how="cross")
        .with_columns(
            period=pl.lit(str(year)), period_start=pl.lit(date(year, 1, 1)), period_end=pl.lit(date(year, 12, 31))
        )
    )
    concentrations = flow.load_concentrations(readings.lazy(), every="1mo")
    return (
        flow.loads(concentrations, flows, asked, every="1mo")
        .filter(pl.col("without_concentration") < pl.col("steps_expected"))
        .select(
            "entity_id", "parameter", "load_t", "so_far_t", "reason", months_used="steps_used", months="steps_expected"
        )
        .collect()
    )
