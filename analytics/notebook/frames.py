"""What is read once when a year is opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from analytics.paths import Workspace
from analytics.warehouse.queries import ask, open_warehouse


@dataclass(frozen=True)
class Frames:
    """What is read once when a year is opened; small, whatever the number of readings."""

    values: pl.DataFrame
    members: pl.DataFrame
    deliveries: pl.DataFrame
    broken_rules: pl.DataFrame
    check_results: pl.DataFrame
    quarantine: pl.DataFrame
    registers: pl.DataFrame
    sections: pl.DataFrame
    section_months: pl.DataFrame
    section_periods: pl.DataFrame
    waters: pl.DataFrame
    cities: pl.DataFrame
    lakes: pl.DataFrame
    loads: pl.DataFrame
    source_years: pl.DataFrame
    source_items: pl.DataFrame
    source_occasions: pl.DataFrame
    body_grades: pl.DataFrame
    compensation: pl.DataFrame
    joint: pl.DataFrame
    files: pl.DataFrame
    ledger: pl.DataFrame
    standing: pl.DataFrame
    left_blank: pl.DataFrame
    corrections: pl.DataFrame
    reasons: pl.DataFrame
    info: dict[str, str]


def read(workspace: Workspace, year: int) -> Frames:
    """All that the chapters rest on, of one year of the warehouse; `SnapshotError` where none was built."""
    with open_warehouse(workspace) as connection:
        info = dict(ask(connection, "build_facts").iter_rows())
        return Frames(
            values=_with_excluded(ask(connection, "values_of_year", year=year), connection, year),
            members=ask(connection, "members_of_year", year=year),
            deliveries=ask(connection, "deliveries"),
            broken_rules=ask(connection, "broken_rules"),
            check_results=ask(connection, "check_results"),
            quarantine=ask(connection, "quarantine"),
            registers=ask(connection, "register_members"),
            sections=ask(connection, "section_classes_of_year", year=year),
            section_months=ask(connection, "section_months_of_year", year=year),
            section_periods=ask(connection, "section_periods_of_year", year=year),
            waters=ask(connection, "water_ratings_of_year", year=year),
            cities=ask(connection, "city_indices_of_year", year=year),
            lakes=ask(connection, "lakes_of_year", year=year),
            loads=ask(connection, "section_loads_of_year", year=year),
            source_years=ask(connection, "source_years_of_year", year=year),
            source_items=ask(connection, "source_items_of_year", year=year),
            source_occasions=ask(connection, "source_occasions_of_year", year=year),
            body_grades=ask(connection, "body_grades_of_year", year=year),
            compensation=ask(connection, "compensation_of_year", year=year),
            joint=ask(connection, "joint_verdicts", year=year),
            files=ask(connection, "files_received"),
            ledger=ask(connection, "ledger_of_files"),
            standing=ask(connection, "standing_of_year", year=year),
            left_blank=ask(connection, "cells_left_blank", year=year),
            corrections=ask(connection, "corrections"),
            reasons=ask(connection, "reasons_of_year", year=year),
            info=info,
        )


def _with_excluded(values: pl.DataFrame, connection: Any, year: int) -> pl.DataFrame:
    """The figures with how many members of the province were rightly left out, such as sections without water."""
    left_out = ask(connection, "members_of_year", year=year).filter(status="excluded")
    counts = left_out.group_by("code").agg(excluded=pl.len().cast(pl.Int64))
    of_province = pl.col("scope_kind") == "province"
    joined = values.join(counts, on="code", how="left", maintain_order="left")
    return joined.with_columns(excluded=pl.when(of_province).then(pl.col("excluded").fill_null(0)))
