"""The library on DuckDB: every expectation that we use gives a count, and its exceptions stay exceptions."""

import logging

import duckdb
import polars as pl
import pytest

from analytics.catalog.models import Text
from analytics.quality import engine
from analytics.quality.models import Check
from analytics.quality.staged import Staged

WORDS = Text(zh="甲", en="a")


@pytest.fixture
def staged():
    """Five rows: `a` is 1, 2, 3, 3 and null; `b` is x but for the last; one problem; the fourth is a copy."""
    connection = duckdb.connect(":memory:")
    connection.execute(
        """
        CREATE TABLE staged AS
        SELECT *, NULL::BOOLEAN AS _half_known FROM (VALUES
            (0, 1.0, 'x', NULL, NULL), (1, 2.0, 'x', 'unreadable', NULL), (2, 3.0, 'x', NULL, NULL),
            (3, 3.0, 'x', NULL, '3'), (4, NULL, 'y', NULL, NULL)
        ) AS rows_given(_row_id, a, b, a_problem, _copy_of)
        """
    )
    connection.execute("CREATE TABLE delivered AS SELECT _row_id FROM staged")
    connection.execute("CREATE TABLE members AS SELECT 'letters' AS register, 'x' AS entity_id")
    schema = {"a": pl.Float64(), "b": pl.String()}
    yield Staged(connection, schema, rows=5, delivered=5, failures={})
    connection.close()


def check(kind, *columns, id="tried", **more):
    base = {"severity": "critical", "scope": "row", "message": WORDS, "expected": {"": WORDS}}
    return Check(id=id, kind=kind, columns=list(columns), **base, **more)


USED = {
    "expect_column_values_to_not_be_null": (check("present", "a"), 1),
    "expect_column_values_to_not_be_null, on some rows": (check("present", "a", empty_too=["b"]), 0),
    "expect_column_values_to_not_be_null, on others": (check("present", "a", given=["b"]), 1),
    "expect_column_values_to_be_null": (check("readable", "a"), 1),
    "expect_column_values_to_be_null, of copies": (check("no_copy", "a", "b"), 1),
    "expect_column_values_to_be_between": (check("between", "a", minimum=2.0, maximum=3.0), 1),
    "expect_column_values_to_be_between, one end": (check("between", "a", maximum=1.5), 3),
    "expect_column_values_to_be_in_set": (check("allowed", "b", codes=["x", "z"]), 1),
    "expect_column_values_to_be_unique": (check("unique", "b"), 3),
    "expect_compound_columns_to_be_unique": (check("unique", "a", "b"), 0),
    "unexpected_rows_expectation": (check("rule", "a", rule="a < 2"), 3),
    "unexpected_rows_expectation, no rows": (check("rows_present"), 0),
    "unexpected_rows_expectation, with braces": (check("rule", "a", rule="{'k': a}.k < 2"), 3),
    "unexpected_rows_expectation, with an exception": (check("present", "a", unless="b = 'y'"), 0),
}


@pytest.mark.parametrize("name", list(USED))
def test_every_expectation_that_we_use_counts(staged, name):
    wanted, count = USED[name]
    built = engine.expectation(wanted, staged).configuration.type
    assert built == name.split(",")[0]
    assert engine.run_suite(staged, [wanted]) == {"tried": engine.Tally(count)}


def test_all_together_give_the_same_counts(staged):
    checks = [c.model_copy(update={"id": f"check_{n}"}) for n, (c, _) in enumerate(USED.values())]
    found = engine.run_suite(staged, checks)
    assert [found[c.id].failed for c in checks] == [count for _, count in USED.values()]


def test_without_our_connection_the_library_fails(staged, monkeypatch):
    stock = engine.SqlAlchemyExecutionEngine.get_connection
    monkeypatch.setattr(engine.DuckEngine, "get_connection", stock)
    found = engine.run_suite(staged, [check("present", "a")])["tried"]
    assert found.failed is None
    assert "list index out of range" in str(found.problem)


def test_one_exception_spoils_no_other_check(staged):
    checks = [
        check("rule", "b", id="raises", rule="CAST(b AS INTEGER) > 0"),
        check("rule", "a", id="rule", rule="a < 2"),
        check("between", "a", id="between", minimum=2.0),
        check("between", "nowhere", id="lacking", minimum=2.0),
    ]
    found = engine.run_suite(staged, checks)
    assert (found["rule"], found["between"]) == (engine.Tally(3), engine.Tally(1))
    assert found["raises"].failed is None and "Could not convert string 'x'" in str(found["raises"].problem)
    assert found["lacking"].failed is None and "nowhere" in str(found["lacking"].problem)


def test_nothing_is_printed(staged, capfd):
    engine.run_suite(staged, [check("rule", "b", rule="CAST(b AS INTEGER) > 0"), check("present", "a", id="other")])
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger("great_expectations").handlers
