"""Writes a new warehouse file: tables, facts, the view of readings."""

from __future__ import annotations

import re
from collections.abc import Sequence
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

    Each source is scanned once, whatever the number of its parameters. Identifiers cannot be bound in SQL: they come
    from the catalog and are checked against a pattern.
    """
    read = [(source, paths) for source, paths in staged if paths and source.readings]
    flagged = [(source, paths) for source, paths in read if source.readings and source.readings.flags]
    parts = {
        "fact_reading": [_readings_of(*part) for part in read] or [_NO_READINGS],
        "flagged_reading": [_flagged_of(*part) for part in flagged] or [_NONE_FLAGGED],
    }
    for view, selects in parts.items():
        connection.execute(f"CREATE VIEW {view} AS\n" + "\nUNION ALL\n".join(selects))


def _readings_of(source: Source, paths: list[str]) -> str:
    """The values that count; `flag` is that of the reading, else the state of its station."""
    marks = ("as_delivered", "below_limit", "limit_assumed", *(["flag"] if _has_flags(source) else []))
    own = "r.flag, " if _has_flags(source) else ""
    return f"""
    SELECT
        r.site_id, r.taken_at, r.parameter, r.value, r.as_delivered AS value_as_delivered, r.below_limit,
        CASE WHEN r.below_limit THEN r.value END AS detection_limit, r.limit_assumed,
        coalesce({own}r.state) AS flag, '{_method(source)}' AS method, r.snapshot, r.sheet, r."row"
    {_unpivoted(source, paths, marks)}
    WHERE r.value IS NOT NULL"""


def _flagged_of(source: Source, paths: list[str]) -> str:
    """The readings that their flag leaves out."""
    return f"""
    SELECT
        r.site_id, r.taken_at, r.parameter, r.as_delivered AS value_as_delivered, r.flag,
        '{_method(source)}' AS method, r.snapshot, r.sheet, r."row"
    {_unpivoted(source, paths, ("as_delivered", "flag", "left_out"))}
    WHERE r.left_out"""


def _has_flags(source: Source) -> bool:
    return source.readings is not None and source.readings.flags is not None


def _unpivoted(source: Source, paths: list[str], marks: Sequence[str]) -> str:
    """A row `r` for each reading of the files, with its marks; without what was set aside or superseded."""
    names = [_checked(name, _NAME) for name in (source.readings.parameters if source.readings else [])]
    told = [(name, *(f"{name}_{mark}" for mark in marks)) for name in names]
    columns = ", ".join(f"s.{column}" for columns in told for column in columns)
    turned = ", ".join(f"({', '.join(columns)}) AS '{columns[0]}'" for columns in told)
    files = ", ".join(f"'{_checked(p, _PATH)}'" for p in paths)
    state = next((c.field for c in source.columns if c.field.endswith("_state")), None)
    state_column = f"s.{_checked(state, _NAME)}" if state else "NULL::VARCHAR"
    return f"""FROM (
        SELECT s.entity_id AS site_id, s.taken_at, {state_column} AS state, s.snapshot, s.sheet, s."row", {columns}
        FROM read_parquet([{files}], union_by_name = true) AS s
        ANTI JOIN row_left_out AS o ON o.snapshot = s.snapshot AND o.sheet = s.sheet AND o."row" = s."row"
        WHERE s.left_out IS NULL
    ) AS w
    UNPIVOT INCLUDE NULLS ((value, {", ".join(marks)}) FOR parameter IN ({turned})) AS r
    ANTI JOIN cell_left_out AS c
        ON c."row" = r."row" AND c.parameter = r.parameter AND c.snapshot = r.snapshot AND c.sheet = r.sheet"""


def _method(source: Source) -> str:
    return _checked(source.readings.method if source.readings else "", _NAME)


def _checked(text: str | None, pattern: re.Pattern[str]) -> str:
    if text is None or not pattern.fullmatch(text):
        raise ValueError(f"not an identifier: {text!r}")
    return text
