"""Writes a new warehouse file: tables, facts, the view of readings."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import polars as pl

from analytics.catalog.models import Source
from analytics.warehouse.queries import statement

_TABLES = Path(__file__).parent / "sql" / "tables"
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_PATH = re.compile(r"[\w./-]+")
_NO_READINGS = """
    SELECT
        NULL::VARCHAR AS site_id, NULL::TIMESTAMPTZ AS taken_at, NULL::VARCHAR AS parameter,
        NULL::DOUBLE AS value, NULL::VARCHAR AS value_as_delivered, NULL::BOOLEAN AS below_limit,
        NULL::DOUBLE AS detection_limit, NULL::VARCHAR AS flag, NULL::VARCHAR AS method,
        NULL::VARCHAR AS snapshot, NULL::VARCHAR AS sheet, NULL::INTEGER AS "row"
    WHERE false
"""


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """All tables, empty."""
    for file in sorted(_TABLES.glob("*.sql")):
        connection.execute(statement(f"tables/{file.stem}"))


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame) -> None:
    """Append rows to a table, matched by column name."""
    if rows.is_empty():
        return
    name = _checked(table, _NAME)
    connection.register("_incoming", rows.to_arrow())
    columns = ", ".join(f'"{c}"' for c in rows.columns)
    connection.execute(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM _incoming")
    connection.unregister("_incoming")


def create_reading_view(connection: duckdb.DuckDBPyConnection, staged: list[tuple[Source, list[str]]]) -> None:
    """`fact_reading` over the staged Parquet, by paths relative to the workspace.

    Identifiers cannot be bound in SQL: they come from the catalog and are checked against a pattern.
    """
    parts = [
        _readings_of(source, parameter, paths)
        for source, paths in staged
        if paths and source.readings
        for parameter in source.readings.parameters
    ]
    connection.execute("CREATE VIEW fact_reading AS\n" + "\nUNION ALL\n".join(parts or [_NO_READINGS]))


def _readings_of(source: Source, parameter: str, paths: list[str]) -> str:
    name = _checked(parameter, _NAME)
    files = ", ".join(f"'{_checked(p, _PATH)}'" for p in paths)
    method = _checked(source.readings.method if source.readings else "", _NAME)
    state = next((c.field for c in source.columns if c.field.endswith("_state")), None)
    flag = f"s.{_checked(state, _NAME)}" if state else "NULL::VARCHAR"
    return f"""
    SELECT
        s.entity_id AS site_id, s.taken_at, '{name}' AS parameter, s.{name} AS value,
        s.{name}_as_delivered AS value_as_delivered, s.{name}_below_limit AS below_limit,
        CASE WHEN s.{name}_below_limit THEN s.{name} END AS detection_limit, {flag} AS flag,
        '{method}' AS method, s.snapshot, s.sheet, s."row"
    FROM read_parquet([{files}], union_by_name = true) AS s
    ANTI JOIN row_left_out AS o ON o.snapshot = s.snapshot AND o.sheet = s.sheet AND o."row" = s."row"
    ANTI JOIN cell_left_out AS c
        ON c.parameter = '{name}' AND c.snapshot = s.snapshot AND c.sheet = s.sheet AND c."row" = s."row"
    WHERE s.left_out IS NULL AND s.{name} IS NOT NULL"""


def _checked(text: str | None, pattern: re.Pattern[str]) -> str:
    if text is None or not pattern.fullmatch(text):
        raise ValueError(f"not an identifier: {text!r}")
    return text
