"""Puts a staged file and the registers before DuckDB: the view `staged`, and what a row cannot say alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from analytics import duck
from analytics.quality import across, sql
from analytics.quality.models import Check
from analytics.quality.sql import Schema, quoted, text

VIEW = "staged"
_SHOWN_REPEATS = 5
# The library asks some fifty questions of a file: one of so many cells at most is read once for all of them.
_KEPT_IN_MEMORY = 40_000_000
SQL_TYPES: dict[type[pl.DataType], str] = {
    pl.String: "VARCHAR",
    pl.Float64: "DOUBLE",
    pl.Int64: "BIGINT",
    pl.Int32: "INTEGER",
    pl.Boolean: "BOOLEAN",
    pl.Date: "DATE",
    pl.Datetime: "TIMESTAMP",
    pl.List: "VARCHAR[]",
}


@dataclass(frozen=True)
class Staged:
    """A connection with the delivered rows: the view `delivered` holds all, `staged` those that count.

    What reading left out (`left_out`: blank rows, exact repeats) does not count. `staged` has blank texts as
    null, times on their local clock, optional columns that were not delivered as null, and `_row_id`,
    `_repeats` (the rows that contradict one another under the key), `_copy_of` (the row that said the same
    before), `_is_stranger`, `_half_known` (only the area around its own could be read), `_registered_name` and
    `_registered_area` (what its entity has on the register instead), `_member_so_named` (whose name it bears), and
    `_items_asked` (what must be told of its entity beside what must be told of all), `_senders_answering` and
    `_departments_answering` (who answers for the figure that it is about, in its year).
    `rows` counts the one view, `delivered` the other. `failures` are checks between rows that could not be
    made, with the reason.
    """

    connection: duckdb.DuckDBPyConnection
    schema: Schema
    rows: int
    delivered: int
    failures: Mapping[str, str]


@contextmanager
def attached(
    file: Path, checks: list[Check], registers: pl.DataFrame, *, optional: Schema, earlier: Sequence[Path] = ()
) -> Iterator[Staged]:
    """The staged file as a view in memory, or as a table where it is of usual size.

    `optional` are the columns that a delivery need not have; `earlier` the staged files delivered before.
    """
    delivered = dict(pl.read_parquet_schema(file))
    absent = {name: dtype for name, dtype in optional.items() if name not in delivered}
    schema = {**delivered, **absent}
    connection = duck.in_memory()
    try:
        connection.execute(f"CREATE VIEW delivered AS {_delivered(file, delivered, absent)}")
        connection.execute(f"CREATE VIEW counting AS {_counting(schema)}")
        _keep_members(connection, registers)
        unique, registered = _of_kind(checks, "unique", schema), _of_kind(checks, "registered", schema)
        connection.execute(f"CREATE TABLE repeated AS {_repeated(unique, schema)}")
        connection.execute(f"CREATE TABLE strangers AS {_strangers(registered, schema)}")
        connection.execute(f"CREATE TABLE misnamed AS {_unlike(_of_kind(checks, 'named', schema), 'name')}")
        connection.execute(f"CREATE TABLE so_named AS {_so_named(_of_kind(checks, 'not_another', schema))}")
        connection.execute(f"CREATE TABLE items_asked AS {_items_asked(checks)}")
        _keep_answering(connection, _of_kind(checks, "answers", schema))
        connection.execute(f"CREATE TABLE misplaced AS {_unlike(_of_kind(checks, 'placed', schema), 'area_id')}")
        failures = across.prepare(connection, checks, schema, earlier)
        cells = _count(connection, "delivered") * len(schema)
        kind = "TABLE" if cells <= _KEPT_IN_MEMORY else "VIEW"
        connection.execute(f"CREATE {kind} {VIEW} AS {_view(schema, checks)}")
        rows, delivered_rows = _count(connection, "counting"), _count(connection, "delivered")
        yield Staged(connection, schema, rows, delivered_rows, failures)
    finally:
        connection.close()


def _of_kind(checks: list[Check], kind: str, schema: Schema) -> Check | None:
    """The check of that kind, where the file has the columns it reads."""
    for check in checks:
        if check.kind == kind and all(c in schema for c in [*check.columns, *check.content]):
            return check
    return None


def _delivered(file: Path, schema: Schema, absent: Schema) -> str:
    columns = [f"{_cleaned(name, dtype)} AS {quoted(name)}" for name, dtype in schema.items()]
    columns += [f"CAST(NULL AS {SQL_TYPES[type(dtype)]}) AS {quoted(name)}" for name, dtype in absent.items()]
    listed, path = ",\n".join(columns), text(file.resolve().as_posix())
    return f"SELECT file_row_number AS _row_id, {listed}\nFROM read_parquet({path}, file_row_number = true)"


def _counting(schema: Schema) -> str:
    columns = ", ".join(["_row_id", *(quoted(name) for name in schema)])
    return f"SELECT {columns} FROM delivered" + (" WHERE left_out IS NULL" if "left_out" in schema else "")


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


def _cleaned(name: str, dtype: pl.DataType) -> str:
    if dtype == pl.String:
        return f"nullif(trim({quoted(name)}), '')"
    if isinstance(dtype, pl.Datetime) and dtype.time_zone:
        return f"timezone({text(dtype.time_zone)}, {quoted(name)})"
    return quoted(name)


def _keep_members(connection: duckdb.DuckDBPyConnection, registers: pl.DataFrame) -> None:
    """The members, their names as those delivered are read: a figure's name has brackets of full width in its plan."""
    members = (
        registers.select(
            "register", "entity_id", "name", "area_id", "valid_from", "valid_to", "is_asked", "months", "items"
        )
        .cast({"name": pl.String, "area_id": pl.String, "valid_from": pl.Date, "valid_to": pl.Date})
        .with_columns(pl.col("name").str.normalize("NFKC"))
    )
    connection.register("given", members.to_arrow())
    columns = ", ".join(members.columns)
    connection.execute(f"CREATE TABLE members AS SELECT {columns} FROM given")
    connection.unregister("given")


def _keep_answering(connection: duckdb.DuckDBPyConnection, check: Check | None) -> None:
    """Who answers for each figure of the plans, by year; nobody where no check asks."""
    names = pl.List(pl.String())
    schema = {"code": pl.String(), "year": pl.Int64(), "departments": names, "senders": names}
    rows = [a.model_dump() for a in check.answering] if check else []
    connection.register("given", pl.DataFrame(rows, schema=schema).to_arrow())
    connection.execute("CREATE TABLE answering AS SELECT code, year, departments, senders FROM given")
    connection.unregister("given")


def _repeated(check: Check | None, schema: Schema) -> str:
    """Rows whose key comes more than once, as copies of a row alike or as contradicting one another.

    Rows of which only the city is known share no key, though they share the city.
    """
    if check is None:
        return "SELECT 0::BIGINT AS _row_id, ''::VARCHAR AS _copy_of, ''::VARCHAR AS _repeats WHERE false"
    key = ", ".join(quoted(c) for c in check.columns)
    alike = ", ".join(quoted(c) for c in [*check.columns, *check.content])
    filled = " AND ".join(f"{sql.of_key(c, schema)} IS NOT NULL" for c in check.columns)
    several = "(SELECT count(DISTINCT sheet) FROM counting) > 1"
    place = f'CASE WHEN {several} THEN concat(sheet, \'!\', "row") ELSE CAST("row" AS VARCHAR) END'
    return f"""
WITH repeated_keys AS (
    SELECT {key} FROM counting WHERE {filled} GROUP BY {key} HAVING count(*) > 1
),
members AS (
    SELECT _row_id, {key},
        {place} AS place,
        first_value(_row_id) OVER alike AS first_id,
        first_value({place}) OVER alike AS first_place
    FROM counting SEMI JOIN repeated_keys USING ({key})
    WHERE {filled}
    WINDOW alike AS (PARTITION BY {alike} ORDER BY _row_id)
),
contradicting AS (
    SELECT {key},
        array_to_string((list(place ORDER BY _row_id))[1:{_SHOWN_REPEATS}], ', ')
            || CASE WHEN count(*) > {_SHOWN_REPEATS} THEN ', … (' || count(*) || ')' ELSE '' END AS places
    FROM members WHERE _row_id = first_id GROUP BY {key} HAVING count(*) > 1
)
SELECT members._row_id,
    CASE WHEN members._row_id <> members.first_id THEN members.first_place END AS _copy_of,
    CASE WHEN members._row_id = members.first_id THEN contradicting.places END AS _repeats
FROM members LEFT JOIN contradicting USING ({key})"""


def _strangers(check: Check | None, schema: Schema) -> str:
    """Rows whose entity is not on its register in the row's period."""
    if check is None:
        return "SELECT 0::BIGINT AS _row_id WHERE false"
    return f"SELECT _row_id FROM counting WHERE {stranger(check, schema, 'counting')}"


def _unlike(check: Check | None, what: str) -> str:
    """Rows whose entity is on its register with another `what` only (name, area_id)."""
    if check is None:
        return "SELECT 0::BIGINT AS _row_id, ''::VARCHAR AS registered WHERE false"
    told = quoted(check.columns[0])
    return f"""
SELECT counting._row_id, string_agg(DISTINCT members.{what}, ', ') AS registered
FROM counting INNER JOIN members USING (entity_id)
WHERE members.register = {text(check.register_name)} AND counting.{told} IS NOT NULL AND members.{what} IS NOT NULL
GROUP BY counting._row_id, counting.{told}
HAVING NOT list_contains(list(members.{what}), counting.{told})"""


def _so_named(check: Check | None) -> str:
    """Rows whose entity is on its register with other names only, the name in the row being that of a neighbour.

    Members of another city may well be called alike.
    """
    if check is None:
        return "SELECT 0::BIGINT AS _row_id, ''::VARCHAR AS member WHERE false"
    told, register = f"counting.{quoted(check.columns[0])}", text(check.register_name)
    return f"""
SELECT counting._row_id, string_agg(DISTINCT others.entity_id, ', ') AS member
FROM counting
INNER JOIN members AS own ON own.entity_id = counting.entity_id AND own.register = {register}
INNER JOIN members AS others ON others.name = {told} AND others.register = {register}
WHERE others.entity_id <> own.entity_id AND own.name IS NOT NULL
    AND coalesce(left(others.area_id, 4) = left(own.area_id, 4), true)
    AND NOT EXISTS (
        SELECT 1 FROM members AS same
        WHERE same.entity_id = own.entity_id AND same.register = {register} AND same.name = {told}
    )
GROUP BY counting._row_id"""


def _items_asked(checks: Sequence[Check]) -> str:
    """By entity the items that must be told of it beside those that must be told of all, at any time."""
    registers = {check.register_name for check in checks if check.kind == "told" and check.register_name}
    listed = ", ".join(text(name) for name in sorted(registers)) or "NULL"
    return f"""
SELECT entity_id, list(DISTINCT item) AS items
FROM (SELECT entity_id, unnest(items) AS item FROM members WHERE register IN ({listed}))
GROUP BY entity_id"""


def stranger(check: Check, schema: Schema, table: str) -> str:
    """The condition that the entity of a row of `table` is not on its register.

    A row without a time asks for membership at any time; a row without an entity asks for nothing. Where members may be
    told of in years before their first, these count as theirs.
    """
    day = [f"CAST({table}.taken_at AS DATE)"] if "taken_at" in schema else []
    first = _first_of([*day, *([f"{table}.period_start"] if "period_start" in schema else [])])
    last = _first_of([*day, *([f"{table}.period_end"] if "period_end" in schema else [])])
    return f"""{table}.entity_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM members
    WHERE members.register = {text(check.register_name)}
        AND members.entity_id = {table}.entity_id
        AND coalesce(members.valid_from <= {last} + INTERVAL {check.years_before} YEAR, true)
        AND coalesce(members.valid_to >= {first}, true)
)"""


def _first_of(dates: list[str]) -> str:
    return f"coalesce({', '.join(dates)})" if dates else "NULL::DATE"


def _view(schema: Schema, checks: Sequence[Check]) -> str:
    columns = ", ".join(f"counting.{quoted(name)}" for name in schema)
    beyond = [c for c in checks if c.kind in sql.ACROSS]
    told = "".join(f", told.{sql.across(c)}" for c in beyond)
    marks = f"\nLEFT JOIN ({_marks(beyond)}) AS told ON told._row_id = counting._row_id" if beyond else ""
    return f"""
SELECT counting._row_id, {columns}, repeated._repeats, repeated._copy_of,
    strangers._row_id IS NOT NULL AS _is_stranger, {_half_known(schema)} AS _half_known,
    misnamed.registered AS _registered_name, misplaced.registered AS _registered_area,
    so_named.member AS _member_so_named, items_asked.items AS _items_asked,
    answering.senders AS _senders_answering,
    array_to_string(answering.departments, '、') AS _departments_answering{told}
FROM counting
LEFT JOIN misnamed ON misnamed._row_id = counting._row_id
LEFT JOIN so_named ON so_named._row_id = counting._row_id
{_of_entity("items_asked", schema)}
{_of_year(schema)}
LEFT JOIN misplaced ON misplaced._row_id = counting._row_id
LEFT JOIN repeated ON repeated._row_id = counting._row_id
LEFT JOIN strangers ON strangers._row_id = counting._row_id{marks}"""


def _of_entity(table: str, schema: Schema) -> str:
    """The join of a table that says something of each entity, with nobody in a form that has none."""
    same = f"{table}.entity_id = counting.entity_id" if "entity_id" in schema else "false"
    return f"LEFT JOIN {table} ON {same}"


def _of_year(schema: Schema) -> str:
    """The join of who answers for the figure of a row in its year."""
    if not {"entity_id", "period_start"} <= set(schema):
        return "LEFT JOIN answering ON false"
    return "LEFT JOIN answering ON answering.code = counting.entity_id AND answering.year = year(counting.period_start)"


def _half_known(schema: Schema) -> str:
    """A mark on rows of which only the city is known; null on all others."""
    return f"CASE WHEN NOT {sql.AREA_IS_SURE} THEN true END" if sql.AREA_IS_SURE in schema else "NULL::BOOLEAN"


def _marks(checks: Sequence[Check]) -> str:
    """What the checks between rows found, a column each."""
    columns = [f"any_value(told) FILTER (check_id = {text(c.id)}) AS {sql.across(c)}" for c in checks]
    return f"SELECT _row_id, {', '.join(columns)} FROM across GROUP BY _row_id"
