"""Checks that look beyond the row and find nothing to hold a file against: nobody can call them kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from analytics.catalog.models import Text
from analytics.quality import across
from analytics.quality.declared import Calendar, CrossRow, Distribution, YearOnYear
from analytics.quality.models import Check
from analytics.quality.result import NOTHING_TO_COMPARE
from analytics.quality.sql import quoted

_NO_VALUE = Text(zh="本文件没有这一栏的数值", en="the file has no value of it")
_NO_YEAR_BEFORE = Text(zh="没有收到上年同期的数据，无从比较", en="no value of the year before was delivered")
_NO_EARLIER = Text(zh="没有同一对象更早的数据，无从比较", en="no earlier value of the same member was delivered")
_NO_SUM = Text(zh="没有各部分和合计都填报的对象", en="nobody told all parts and their sum")
_NOBODY = Text(zh="名录中没有本期、本地区应填报的对象", en="the register has no member of that time and area")


def uncompared(connection: duckdb.DuckDBPyConnection, checks: Sequence[Check]) -> Mapping[str, str]:
    """The checks for which the file has nothing to be compared, or nothing to be compared with; and why, in both
    languages."""
    found = {}
    for check in checks:
        try:
            why = _why(connection, check)
        except duckdb.Error:  # what raises is told of by the pass that makes the check
            continue
        if why is not None:
            found[check.id] = f"{why.zh} ({NOTHING_TO_COMPARE}: {why.en})"
    return found


def _why(connection: duckdb.DuckDBPyConnection, check: Check) -> Text | None:
    declared = check.declared
    if isinstance(declared, YearOnYear):
        return _of_year(connection, declared)
    if isinstance(declared, CrossRow):
        return _of_rows(connection, declared)
    if isinstance(declared, Calendar):
        return None if _any(connection, across.asked(declared)) else _NOBODY
    if isinstance(declared, Distribution):
        return _of_values(connection, declared)
    return None


def _any(connection: duckdb.DuckDBPyConnection, rows: str) -> bool:
    return bool(connection.execute(f"SELECT EXISTS ({rows})").fetchall()[0][0])


def _of_year(connection: duckdb.DuckDBPyConnection, declared: YearOnYear) -> Text | None:
    name = quoted(declared.column)
    mine = f"SELECT 1 FROM history AS now WHERE _row_id IS NOT NULL AND {name} IS NOT NULL"
    before = f"""{mine} AND EXISTS (
        SELECT 1 FROM history AS earlier WHERE earlier._entity = now._entity AND earlier.{name} IS NOT NULL
            AND earlier._first = now._first - INTERVAL 1 YEAR
    )"""
    if not _any(connection, mine):
        return _NO_VALUE
    return None if _any(connection, before) else _NO_YEAR_BEFORE


def _of_rows(connection: duckdb.DuckDBPyConnection, declared: CrossRow) -> Text | None:
    if declared.same_for is not None:
        runs = f"SELECT _entity FROM ({across.placed(declared)}) GROUP BY _entity"
        long = f"{runs} HAVING count(*) >= {declared.same_for} AND count(_row_id) > 0"
        few = Text(
            zh=f"没有哪个对象有{declared.same_for}个数据，无从比较", en=f"no member has {declared.same_for} values"
        )
        return None if _any(connection, long) else few
    if declared.never_falls:
        told = f"SELECT * FROM history WHERE {across.rank(declared)} IS NOT NULL"
        pairs = f"""SELECT 1 FROM ({told}) AS later INNER JOIN ({told}) AS former
            ON former._entity = later._entity AND former._moment < later._moment WHERE later._row_id IS NOT NULL"""
        return None if _any(connection, pairs) else _NO_EARLIER
    column, by = quoted(declared.columns[0]), ", ".join(quoted(name) for name in declared.by)
    whole = f"""SELECT 1 FROM history WHERE _row_id IS NOT NULL GROUP BY {by}, _first
        HAVING count(*) = count({column}) AND count({quoted(declared.sums_to or "")}) > 0"""
    return None if _any(connection, whole) else _NO_SUM


def _of_values(connection: duckdb.DuckDBPyConnection, declared: Distribution) -> Text | None:
    count = connection.execute(f"SELECT count({quoted(declared.column)}) FROM counting").fetchall()[0][0]
    if count >= declared.fewest:
        return None
    return Text(
        zh=f"只有{count}个数值，至少要{declared.fewest}个才能判断",
        en=f"{count} values, and at least {declared.fewest} are needed",
    )
