"""Looks whether the rules of an expectations file are sound before any delivery is held against them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import duckdb

from analytics import duck
from analytics.errors import CatalogError
from analytics.quality import sql
from analytics.quality.models import Check
from analytics.quality.staged import SQL_TYPES, VIEW

# A rule speaks of the columns of one row: it asks no other table, file or function of the database.
_BEYOND_THE_ROW = re.compile(
    r"\b(select|from|join|with|copy|attach|install|load|pragma|set|call|create|insert|update|delete|read_\w+|glob|getenv)\b|;",
    re.IGNORECASE,
)


def require_sound_rules(checks: Sequence[Check], columns: sql.Schema, file: Path) -> None:
    """Raise `CatalogError` for the first rule that reaches beyond its row or that the database cannot read."""
    own = [c for c in checks if c.rule or c.unless]
    if not own:
        return
    conditions = tuple(check.rule or check.unless for check in own)
    for check, condition in zip(own, conditions, strict=True):
        if _BEYOND_THE_ROW.search(re.sub(r"'[^']*'", "''", condition)):
            raise _unsound(check, file, condition, "a condition on the columns of one row")
    typed = ", ".join(f"{sql.quoted(name)} {SQL_TYPES[type(dtype)]}" for name, dtype in columns.items())
    fault = _first_fault(conditions, typed)
    if fault is not None:
        raise _unsound(own[fault[0]], file, fault[1], "a condition that DuckDB can read")


@cache
def _first_fault(conditions: tuple[str, ...], columns: str) -> tuple[int, str] | None:
    """The place of the first condition that the database cannot read, and what it says; asked once for all files."""
    connection = duck.in_memory()
    try:
        connection.execute(f"CREATE TABLE {VIEW} ({columns})")
        for place, condition in enumerate(conditions):
            try:
                connection.execute(f"SELECT 1 FROM {VIEW} WHERE ({condition})")
            except duckdb.Error as error:
                return place, str(error).splitlines()[0]
    finally:
        connection.close()
    return None


def _unsound(check: Check, file: Path, found: str, expected: str) -> CatalogError:
    return CatalogError(
        f"A rule of an expectations file cannot be used: {check.id}",
        where=f"{file.parent.name}/{file.name}",
        found=found,
        expected=f"{expected}, such as\n    rule: manure_used_t <= manure_produced_t",
        next_step="Mend that rule and run `qinghe check` again.",
    )
