"""Named queries: one SQL statement per file, parameters bound, answers as polars frames."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from analytics import duck
from analytics.errors import SnapshotError
from analytics.paths import Workspace

_SQL = Path(__file__).parent / "sql"


@cache
def statement(name: str) -> str:
    """The SQL of that name."""
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")


def ask(connection: duckdb.DuckDBPyConnection, name: str, **parameters: Any) -> pl.DataFrame:
    """The answer to a named query."""
    return frame_of(connection.sql(statement(name), params=parameters or None))


def whole_table(connection: duckdb.DuckDBPyConnection, name: str) -> pl.DataFrame:
    """Every row of a table of the warehouse."""
    return frame_of(connection.table(name))


def frame_of(relation: duckdb.DuckDBPyRelation) -> pl.DataFrame:
    """A relation's rows as a frame."""
    frame = relation.pl()
    if not isinstance(frame, pl.DataFrame):
        raise TypeError(type(frame))
    return frame


def open_warehouse(workspace: Workspace) -> duckdb.DuckDBPyConnection:
    """The warehouse as it is now, for reading; builds that come later do not disturb the reader."""
    if not workspace.warehouse.is_file():
        raise SnapshotError(
            "There is no warehouse yet.",
            where=workspace.relative(workspace.warehouse),
            next_step="Run `qinghe build --year YEAR` (after `qinghe receive` or `qinghe example`).",
            zh="还没有建库：请先运行 qinghe build --year 年份（在 qinghe receive 或 qinghe example 之后）",
        )
    return duck.read_only(workspace.warehouse, search_path=workspace.root)
