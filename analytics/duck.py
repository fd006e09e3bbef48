"""Opens DuckDB connections, nothing else."""

from __future__ import annotations

from pathlib import Path

import duckdb

Connection = duckdb.DuckDBPyConnection


def in_memory(*, search_path: Path | None = None) -> duckdb.DuckDBPyConnection:
    """An empty database in memory; relative Parquet paths are looked up below `search_path`."""
    connection = duckdb.connect(":memory:")
    connection.execute("SET TimeZone = 'Asia/Shanghai'")
    if search_path is not None:
        connection.execute("SET file_search_path = $path", {"path": str(search_path)})
    return connection


def read_only(file: Path, *, search_path: Path) -> duckdb.DuckDBPyConnection:
    """The database file for reading, as it is now.

    It is attached to a database in memory: a second connection of the same process would otherwise be
    handed the instance opened first, which may since have been replaced.
    """
    connection = in_memory(search_path=search_path)
    quoted = str(file).replace("'", "''")
    connection.execute(f"ATTACH '{quoted}' AS warehouse (READ_ONLY)")
    connection.execute("USE warehouse")
    return connection


def build(file: Path, *, search_path: Path) -> duckdb.DuckDBPyConnection:
    """A new database file for writing; nobody else may have it open."""
    connection = duckdb.connect(str(file))
    connection.execute("SET TimeZone = 'Asia/Shanghai'")
    connection.execute("SET file_search_path = $path", {"path": str(search_path)})
    return connection
