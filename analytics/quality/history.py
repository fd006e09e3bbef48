"""The rows that checks between rows look at: those of the file, and what was delivered in the year before them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from analytics.quality.models import Check
from analytics.quality.sql import Schema, converted_of, of_key, quoted, text

ZONE = "Asia/Shanghai"
_TIMES = ("taken_at", "valid_since")


@dataclass(frozen=True)
class Wanted:
    """The columns that are looked at, those that say whom a row is about, and the limits that values keep within."""

    columns: tuple[str, ...]
    entity: tuple[str, ...]
    limits: Mapping[str, Check]


def wanted_by(checks: Sequence[Check]) -> Wanted:
    """What the checks that look beyond the row ask for."""
    columns = dict.fromkeys(name for c in checks if c.declared for name in c.declared.reads)
    key = next((c.columns for c in checks if c.kind == "unique"), [])
    limits = {c.columns[0]: c for c in checks if c.kind == "between"}
    return Wanted(tuple(columns), tuple(name for name in key if name not in _TIMES), limits)


def keep(connection: duckdb.DuckDBPyConnection, wanted: Wanted, schema: Schema, earlier: Sequence[Path]) -> None:
    """Make the tables `own`, `before` and `history`.

    A row says whom it is about (`_entity`), when (`_first`, `_moment`), whether that lies outside the period of its
    delivery (`_is_beyond`), and what stands in the columns wanted: empty where it is out of their range, and as
    readers see it in `…_shown`. `own` are the rows of the file, `before` those delivered earlier from a year before
    them on; `history` both, each once: without rows that repeat or contradict one another, and of those delivered
    earlier without what a later file replaces.
    """
    connection.execute(
        f"""CREATE TABLE own AS
        SELECT counting._row_id, 0 AS _order, {_selected(wanted, schema, local=True)},
            _copy_of IS NULL AND _repeats IS NULL AS _is_sure
        FROM counting LEFT JOIN repeated ON repeated._row_id = counting._row_id"""
    )
    connection.execute("CREATE TABLE before AS SELECT * FROM own WHERE false")
    for order, file in enumerate(earlier, start=1):
        connection.execute(f"INSERT INTO before {_delivered_before(file, order, wanted)}")
    connection.execute(
        """CREATE TABLE history AS
        SELECT * FROM own WHERE _is_sure AND _entity IS NOT NULL AND _moment IS NOT NULL
        UNION ALL BY NAME
        (SELECT * FROM before ANTI JOIN own USING (_entity, _moment)
        WHERE _entity IS NOT NULL AND _moment IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY _entity, _moment ORDER BY _order DESC) = 1)"""
    )


def _delivered_before(file: Path, order: int, wanted: Wanted) -> str:
    given = dict(pl.read_parquet_schema(file))
    where = "WHERE left_out IS NULL" if "left_out" in given else ""
    rows = f"read_parquet({text(file.resolve().as_posix())}) {where}"
    return f"""SELECT * FROM (SELECT NULL::BIGINT, {order}, {_selected(wanted, given, local=False)}, true FROM {rows})
    WHERE _first BETWEEN (SELECT min(_first) - INTERVAL 1 YEAR FROM own) AND (SELECT max(_first) FROM own)"""


def _selected(wanted: Wanted, given: Schema, *, local: bool) -> str:
    """The columns out of rows that have those of `given`; their times are on the local clock already, or not."""
    who = [f"nullif(trim(CAST({of_key(c, given)} AS VARCHAR)), '')" if c in given else "NULL" for c in wanted.entity]
    clock = "taken_at" if local else f"timezone({text(ZONE)}, taken_at)"
    moment = [f"CAST({clock} AS TIMESTAMP)"] if "taken_at" in given else []
    first = ["period_start"] if "period_start" in given else []
    parts = [
        f"{' || chr(47) || '.join(who)} AS _entity",
        f"CAST(coalesce({', '.join([*moment, *first, 'NULL'])}) AS TIMESTAMP) AS _moment",
        f"CAST(coalesce({', '.join([*first, *moment, 'NULL'])}) AS DATE) AS _first",
        f"{_is_beyond(given)} AS _is_beyond",
    ]
    for name in wanted.columns:
        parts.append(f"{_in_range(name, given, wanted.limits.get(name))} AS {quoted(name)}")
        parts.append(f"{_shown(name, given)} AS {quoted(name + '_shown')}")
    return ", ".join(parts)


def _is_beyond(given: Schema) -> str:
    """Whether a row names a month, or a moment, outside the period of its delivery."""
    problems = [quoted(c) for c in ("month_problem", "stamp_problem") if c in given]
    return " OR ".join(f"coalesce({p} = 'outside_period', false)" for p in problems) or "false"


def _in_range(name: str, given: Schema, limit: Check | None) -> str:
    if name not in given:
        return "NULL"
    plain = f"nullif(trim({quoted(name)}), '')" if given[name] == pl.String else quoted(name)
    if limit is None or (limit.minimum is None and limit.maximum is None):
        return plain
    low = [f"{quoted(name)} < {limit.minimum!r}"] if limit.minimum is not None else []
    high = [f"{quoted(name)} > {limit.maximum!r}"] if limit.maximum is not None else []
    return f"CASE WHEN {' OR '.join([*low, *high])} THEN NULL ELSE {plain} END"


def _shown(name: str, given: Schema) -> str:
    """Numbers plain, in their unit, and as they were typed where they were converted; words as they were delivered."""
    if name not in given:
        return "NULL::VARCHAR"
    as_text = f"regexp_replace(CAST({quoted(name)} AS VARCHAR), '\\.0$', '')"
    delivered = f"{name}_as_delivered"
    if converted_of(name) in given:
        return f"coalesce({quoted(converted_of(name))}, {as_text})"
    if given[name].is_numeric() or delivered not in given:
        return as_text
    return f"coalesce({quoted(delivered)}, {as_text})"
