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
        NULL::DOUBLE AS detection_limit, NULL::BOOLEAN AS limit_assumed, NULL::VARCHAR AS flag,
        NULL::VARCHAR AS method, NULL::VARCHAR AS snapshot, NULL::VARCHAR AS sheet, NULL::INTEGER AS "row"
    WHERE false
"""
_NONE_FLAGGED = """
    SELECT
        NULL::VARCHAR AS site_id, NULL::TIMESTAMPTZ AS taken_at, NULL::VARCHAR AS parameter,
        NULL::VARCHAR AS value_as_delivered, NULL::VARCHAR AS flag, NULL::VARCHAR AS method,
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


def create_reading_views(connection: duckdb.DuckDBPyConnection, staged: list[tuple[Source, list[str]]]) -> None:
    """`fact_reading` and `flagged_reading` over the staged Parquet, by paths relative to the workspace.

    Identifiers cannot be bound in SQL: they come from the catalog and are checked against a pattern.
    """
    columns = [
        (source, parameter, paths)
        for source, paths in staged
        if paths and source.readings
        for parameter in source.readings.parameters
    ]
    facts = [_readings_of(*column) for column in columns]
    flagged = [_flagged_of(*column) for column in columns if column[0].readings and column[0].readings.flags]
    for view, parts in (("fact_reading", facts or [_NO_READINGS]), ("flagged_reading", flagged or [_NONE_FLAGGED])):
        connection.execute(f"CREATE VIEW {view} AS\n" + "\nUNION ALL\n".join(parts))


def _readings_of(source: Source, parameter: str, paths: list[str]) -> str:
    """The values of one parameter that count; `flag` is that of the reading, else the state of its station."""
    name = _checked(parameter, _NAME)
    state = next((c.field for c in source.columns if c.field.endswith("_state")), None)
    marks = [f"s.{name}_flag"] if source.readings and source.readings.flags else []
    marks += [f"s.{_checked(state, _NAME)}"] if state else []
    return f"""
    SELECT
        s.entity_id AS site_id, s.taken_at, '{name}' AS parameter, s.{name} AS value,
        s.{name}_as_delivered AS value_as_delivered, s.{name}_below_limit AS below_limit,
        CASE WHEN s.{name}_below_limit THEN s.{name} END AS detection_limit,
        s.{name}_limit_assumed AS limit_assumed, coalesce({", ".join([*marks, "NULL::VARCHAR"])}) AS flag,
        '{_method(source)}' AS method, s.snapshot, s.sheet, s."row"
    {_counting(name, paths)} AND s.{name} IS NOT NULL"""


def _flagged_of(source: Source, parameter: str, paths: list[str]) -> str:
    """The readings of one parameter that their flag leaves out."""
    name = _checked(parameter, _NAME)
    return f"""
    SELECT
        s.entity_id AS site_id, s.taken_at, '{name}' AS parameter, s.{name}_as_delivered AS value_as_delivered,
        s.{name}_flag AS flag, '{_method(source)}' AS method, s.snapshot, s.sheet, s."row"
    {_counting(name, paths)} AND s.{name}_left_out"""


def _method(source: Source) -> str:
    return _checked(source.readings.method if source.readings else "", _NAME)


def _counting(name: str, paths: list[str]) -> str:
    """The rows of the files, as `s`, in which the cell of that parameter was neither set aside nor superseded."""
    files = ", ".join(f"'{_checked(p, _PATH)}'" for p in paths)
    return f"""FROM read_parquet([{files}], union_by_name = true) AS s
    ANTI JOIN row_left_out AS o ON o.snapshot = s.snapshot AND o.sheet = s.sheet AND o."row" = s."row"
    ANTI JOIN cell_left_out AS c
        ON c.parameter = '{name}' AND c.snapshot = s.snapshot AND c.sheet = s.sheet AND c."row" = s."row"
    WHERE s.left_out IS NULL"""


def _checked(text: str | None, pattern: re.Pattern[str]) -> str:
    if text is None or not pattern.fullmatch(text):
        raise ValueError(f"not an identifier: {text!r}")
    return text
