"""Runs checks as Great Expectations' expectations, pushed down into DuckDB.

Importing this module takes about three seconds: import it only where a gate really runs.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

os.environ["GX_ANALYTICS_ENABLED"] = "false"

import duckdb
import duckdb_engine
import great_expectations as gx
import sqlalchemy as sa
from great_expectations import expectations as gxe
from great_expectations.core.batch import Batch
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.execution_engine.sqlalchemy_batch_data import SqlAlchemyBatchData
from great_expectations.expectations.row_conditions import Column
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validator import Validator

from analytics.quality import across
from analytics.quality.declared import Distribution
from analytics.quality.models import Check
from analytics.quality.sql import broken
from analytics.quality.staged import VIEW, Staged, stranger

# Its log repeats every exception that we record; without a handler of its own it would go to the terminal.
logging.getLogger("great_expectations").addHandler(logging.NullHandler())
# Counts are wanted, no samples: the failing rows are collected by our own pass, all of them.
_FORMAT = {"result_format": {"result_format": "BASIC", "partial_unexpected_count": 0}}
_PROBLEM_LENGTH = 500
_Built = tuple[Any, dict[str, Any]]


@dataclass(frozen=True)
class Tally:
    """What the library says of a check: how many rows break it, or why it could not be checked."""

    failed: int | None
    problem: str | None = None


class DuckEngine(SqlAlchemyExecutionEngine):  # type: ignore[misc]
    """The library's SQL engine on a DuckDB database in memory.

    The library gives a connection back before it reads the cursor, which DuckDB then has emptied ("list
    index out of range"): here one connection stays open until `close`. It also asks the catalog of the database for
    the columns under every condition on their rows, and for samples of which none are wanted (`_FORMAT`), which is a
    third of all that a small file costs: it is told the columns of `VIEW`, and no samples.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._held: sa.Connection | None = None
        self._columns = [{"name": name, "type": of} for name, of, *_ in connection.sql(f"DESCRIBE {VIEW}").fetchall()]
        self._is_closed = False
        super().__init__(
            engine=sa.create_engine(
                "duckdb://",
                creator=lambda: duckdb_engine.ConnectionWrapper(connection.cursor()),
                poolclass=sa.StaticPool,
            )
        )

    @contextmanager
    def get_connection(self) -> Iterator[sa.Connection]:
        """The one connection, open until `close`; a query that raises leaves no broken transaction behind."""
        if self._held is None:
            self._held = self.engine.connect()
        try:
            yield self._held
        except Exception:
            self._held.rollback()
            raise

    def resolve_metrics(
        self,
        metrics_to_resolve: Iterable[MetricConfiguration],
        metrics: dict[Any, Any] | None = None,
        runtime_configuration: dict[str, Any] | None = None,
    ) -> dict[Any, Any]:
        """The values of the metrics by id; the columns are known, and no samples are taken of what fails."""
        asked = list(metrics_to_resolve)
        known = {m.id: self._columns for m in asked if m.metric_name == "table.column_types"}
        known |= {m.id: [] for m in asked if m.metric_name.endswith(".unexpected_values")}
        left = [m for m in asked if m.id not in known]
        return {**known, **(super().resolve_metrics(left, metrics, runtime_configuration) if left else {})}

    def close(self) -> None:
        """Give the connection back; once, for the library asks again when the engine is collected."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._held is not None:
            self._held.close()
        self.engine.dispose()


def run_suite(staged: Staged, checks: Sequence[Check]) -> dict[str, Tally]:
    """What the library says of every check, by id.

    One exception spoils the results that were computed along with it: where any was raised, the checks it
    touched run again one by one.
    """
    tallies = _validated(staged, checks)
    for check in checks:
        if tallies[check.id].failed is None:
            tallies |= _validated(staged, [check])
    return tallies


def _validated(staged: Staged, checks: Sequence[Check]) -> dict[str, Tally]:
    if not checks:
        return {}
    try:
        results = validated_by_library(staged, checks)
    except Exception as error:
        return {check.id: Tally(None, _short(error)) for check in checks}
    read = {result.expectation_config.meta["check"]: _tally(result) for result in results}
    return {check.id: read.get(check.id, Tally(None, "the library gave no result")) for check in checks}


def validated_by_library(staged: Staged, checks: Sequence[Check]) -> list[Any]:
    """The library's own results of the checks, in its own words; it may raise."""
    with warnings.catch_warnings(), closing(DuckEngine(staged.connection)) as engine:
        warnings.simplefilter("ignore")  # the bridge to SQLAlchemy knows neither lists nor indexes
        data = SqlAlchemyBatchData(execution_engine=engine, table_name=VIEW, create_temp_table=False)
        batch = Batch(data=data)
        validator = Validator(execution_engine=engine, batches=[batch], data_context=_context())
        suite = [expectation(check, staged).configuration for check in checks]
        results: list[Any] = validator.graph_validate(configurations=suite, runtime_configuration=_FORMAT)
    return results


@cache
def _context() -> Any:
    """One context a process, in memory, without progress bars."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    return context


def expectation(check: Check, staged: Staged) -> Any:
    """The check as an expectation of the library; where it has none, a query for the failing rows."""
    meta = {"check": check.id}
    if isinstance(check.declared, Distribution) and check.declared.median:
        low, high = check.declared.median
        return gxe.ExpectColumnMedianToBeBetween(column=check.columns[0], min_value=low, max_value=high, meta=meta)
    if check.unless or check.kind not in _BUILT:
        return gxe.UnexpectedRowsExpectation(unexpected_rows_query=_failing_rows(check, staged), meta=meta)
    kind, arguments = _BUILT[check.kind](check)
    return kind(**arguments, meta=meta)


def _unique(check: Check) -> _Built:
    firsts = Column("_copy_of").is_null() & Column("_half_known").is_null()
    if len(check.columns) == 1:
        return gxe.ExpectColumnValuesToBeUnique, {"column": check.columns[0], "row_condition": firsts}
    return gxe.ExpectCompoundColumnsToBeUnique, {
        "column_list": check.columns,
        "row_condition": firsts,
        "ignore_row_if": "any_value_is_missing",
    }


def _between(check: Check) -> _Built:
    return gxe.ExpectColumnValuesToBeBetween, {
        "column": check.columns[0],
        "min_value": check.minimum,
        "max_value": check.maximum,
    }


def _present(check: Check) -> _Built:
    return gxe.ExpectColumnValuesToNotBeNull, {
        "column": check.columns[0],
        "row_condition": _condition(check),
    }


def _allowed(check: Check) -> _Built:
    return gxe.ExpectColumnValuesToBeInSet, {"column": check.columns[0], "value_set": check.codes}


def _readable(check: Check) -> _Built:
    return gxe.ExpectColumnValuesToBeNull, {"column": f"{check.columns[0]}_problem"}


def _no_copy(check: Check) -> _Built:
    return gxe.ExpectColumnValuesToBeNull, {"column": "_copy_of"}


_BUILT: dict[str, Callable[[Check], _Built]] = {
    "present": _present,
    "readable": _readable,
    "between": _between,
    "allowed": _allowed,
    "unique": _unique,
    "no_copy": _no_copy,
}


def _condition(check: Check) -> Any:
    """The rows on which a check of presence says anything; None for all."""
    parts = [Column(c).is_null() for c in check.empty_too] + [Column(c).is_not_null() for c in check.given]
    whole = None
    for part in parts:
        whole = part if whole is None else whole & part
    return whole


def _failing_rows(check: Check, staged: Staged) -> str:
    """The query of failing rows in the library's own notation, where a brace is written twice."""
    if check.kind == "rows_present":
        nothing = "NOT EXISTS (SELECT 1 FROM delivered)"
        return f"SELECT 1 AS none WHERE {nothing} AND NOT EXISTS (SELECT 1 FROM {{batch}} AS rows_of_batch)"
    if check.declared is not None:
        return across.counted_by_library(check)
    where = broken(check)
    if check.kind == "registered":
        unless = f" AND NOT coalesce(({check.unless}), false)" if check.unless else ""
        where = stranger(check, staged.schema, "rows_of_batch") + unless
    doubled = where.replace("{", "{{").replace("}", "}}")
    return f"SELECT _row_id FROM {{batch}} AS rows_of_batch WHERE {doubled}"


def _tally(result: Any) -> Tally:
    problem = _raised(result.exception_info)
    if problem is not None:
        return Tally(None, problem)
    found = result.result
    kind = result.expectation_config.type
    if found.get("element_count") == 0:
        return Tally(0)  # of no rows the library's sum is null
    if kind == "expect_column_median_to_be_between":
        return Tally(int(not result.success))
    count = found.get("observed_value" if kind == "unexpected_rows_expectation" else "unexpected_count")
    return Tally(None, "the library gave no count") if count is None else Tally(int(count))


def _raised(info: Any) -> str | None:
    """The exception that the result carries; it comes plain, or by metric."""
    if not info:
        return None
    entries = [info] if "raised_exception" in info else list(info.values())
    for entry in entries:
        if entry.get("raised_exception"):
            return _short(entry.get("exception_message") or "an exception without a message")
    return None


def _short(error: object) -> str:
    """The exception on one line, without traceback."""
    lines = [line.strip() for line in str(error).split("Traceback", 1)[0].splitlines() if line.strip()]
    return " ".join(lines)[:_PROBLEM_LENGTH] or type(error).__name__
