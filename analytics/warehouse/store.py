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

    Each source is scanned once, whatever the number of its parameters. Identifiers cannot be bound in SQL: they come
    from the catalog and are checked against a pattern.
    """
    parts = [_readings_of(source, paths) for source, paths in staged if paths and source.readings]
    connection.execute("CREATE VIEW fact_reading AS\n" + "\nUNION ALL\n".join(parts or [_NO_READINGS]))


def _readings_of(source: Source, paths: list[str]) -> str:
    names = [_checked(name, _NAME) for name in (source.readings.parameters if source.readings else [])]
    columns = ", ".join(f"s.{name}, s.{name}_as_delivered, s.{name}_below_limit" for name in names)
    turned = ", ".join(f"({name}, {name}_as_delivered, {name}_below_limit) AS '{name}'" for name in names)
    files = ", ".join(f"'{_checked(p, _PATH)}'" for p in paths)
    method = _checked(source.readings.method if source.readings else "", _NAME)
    state = next((c.field for c in source.columns if c.field.endswith("_state")), None)
    flag = f"s.{_checked(state, _NAME)}" if state else "NULL::VARCHAR"
    return f"""
    SELECT
        r.site_id, r.taken_at, r.parameter, r.value, r.value_as_delivered, r.below_limit,
        CASE WHEN r.below_limit THEN r.value END AS detection_limit, r.flag,
        '{method}' AS method, r.snapshot, r.sheet, r."row"
    FROM (
        UNPIVOT (
            SELECT
                s.entity_id AS site_id, s.taken_at, {flag} AS flag, s.snapshot, s.sheet, s."row", {columns}
            FROM read_parquet([{files}], union_by_name = true) AS s
            ANTI JOIN row_left_out AS o ON o.snapshot = s.snapshot AND o.sheet = s.sheet AND o."row" = s."row"
            WHERE s.left_out IS NULL
        )
        ON {turned}
        INTO NAME parameter VALUE value, value_as_delivered, below_limit
    ) AS r
    ANTI JOIN cell_left_out AS c
        ON c.parameter = r.parameter AND c.snapshot = r.snapshot AND c.sheet = r.sheet AND c."row" = r."row"
    WHERE r.value IS NOT NULL"""


def _checked(text: str | None, pattern: re.Pattern[str]) -> str:
    if text is None or not pattern.fullmatch(text):
        raise ValueError(f"not an identifier: {text!r}")
    return text
