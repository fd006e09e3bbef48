"""Checks that look beyond the row: other rows of the file, what was delivered before, the file as a whole.

Every such check stands here twice, in two different ways of asking: `mark` and `of_file` are our own pass,
`counted_by_library` the query that Great Expectations pushes down. Their counts must agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import duckdb

from analytics.quality import history
from analytics.quality.declared import Calendar, CrossRow, Distribution, YearOnYear
from analytics.quality.models import Check
from analytics.quality.sql import ACROSS, Schema, quoted, text

OF_FILE = ("distribution", "calendar")
_LISTED = 12


def looks_back(checks: Sequence[Check]) -> bool:
    """Whether any of the checks asks for what was delivered before."""
    return any(c.kind in ACROSS or c.kind == "calendar" for c in checks)


def prepare(
    connection: duckdb.DuckDBPyConnection, checks: Sequence[Check], schema: Schema, earlier: Sequence[Path]
) -> dict[str, str]:
    """Make `across`, the rows that a check between rows marks, and what `history.keep` makes where any looks back.

    Returns the checks that could not be made, with the reason.
    """
    connection.execute("CREATE TABLE across (_row_id BIGINT, check_id VARCHAR, told VARCHAR)")
    ready = [c for c in checks if c.declared is None or all(name in schema for name in c.declared.reads)]
    wanted = history.wanted_by(ready)
    if not looks_back(ready) or any(name not in schema for name in wanted.entity):
        return {}
    history.keep(connection, wanted, schema, earlier)
    failures = {}
    for check in ready:
        try:
            if check.kind in ACROSS:
                connection.execute(f"INSERT INTO across {_mark(check)}")
        except duckdb.Error as error:
            failures[check.id] = str(error).splitlines()[0]
    return failures


def _mark(check: Check) -> str:
    """`_row_id`, the check and what was found, of the rows of this file that break it."""
    if isinstance(check.declared, YearOnYear):
        rows = _far_from_year_before(check.declared)
    elif isinstance(check.declared, CrossRow):
        rows = next(_between_rows(check.declared))
    else:
        raise TypeError(check.kind)
    return f"SELECT _row_id, {text(check.id)}, told FROM ({rows}) WHERE _row_id IS NOT NULL"


def _between_rows(declared: CrossRow) -> Iterator[str]:
    if declared.same_for is not None:
        yield _alike(declared, declared.same_for)
    if declared.never_falls:
        yield _fallen(declared)
    if declared.sums_to is not None:
        yield _unequal(declared, declared.sums_to)


def _alike(declared: CrossRow, times: int) -> str:
    """Runs of rows alike: the place in time less the place among the rows alike is the same all along a run."""
    values = ", ".join(quoted(c) for c in declared.columns)
    named = ", ".join(f"{text(c + '=')} || {quoted(c + '_shown')}" for c in declared.columns)
    run = f"OVER (PARTITION BY _entity, {values}, run)"
    return f"""
WITH placed AS ({placed(declared)}),
runs AS (
    SELECT *, place - row_number() OVER (PARTITION BY _entity, {values} ORDER BY place) AS run FROM placed
)
SELECT _row_id, concat_ws('; ', {named}, 'times=' || {_time("min(_moment)", run)} || ' … '
    || {_time("max(_moment)", run)} || ' (' || count(*) {run} || ')') AS told
FROM runs QUALIFY count(*) {run} >= {times}"""


def placed(declared: CrossRow) -> str:
    """The rows that have all the columns, numbered in time for each entity."""
    filled = " AND ".join(f"{quoted(c)} IS NOT NULL" for c in declared.columns)
    if declared.zero_may_last:
        filled += f" AND NOT ({' AND '.join(f'{quoted(c)} = 0' for c in declared.columns)})"
    return f"""SELECT *, row_number() OVER (PARTITION BY _entity ORDER BY _moment, _row_id) AS place
    FROM history WHERE {filled}"""


def _time(moment: str, window: str) -> str:
    return f"regexp_replace(CAST({moment} {window} AS VARCHAR), ' 00:00:00$', '')"


def rank(declared: CrossRow) -> str:
    """The value as a number that may be compared; null where there is none, or the code has no place in the order."""
    column = quoted(declared.columns[0])
    if not declared.order:
        return column
    return f"list_position([{', '.join(text(code) for code in declared.order)}], {column})"


def _fallen(declared: CrossRow) -> str:
    name = declared.columns[0]
    shown = quoted(name + "_shown")
    window = "OVER (PARTITION BY _entity ORDER BY _moment, _row_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    return f"""
SELECT _row_id, concat({text(name + "=")}, {shown}, '; before=', arg_max({shown}, rank) {window}) AS told
FROM (SELECT *, {rank(declared)} AS rank FROM history WHERE {rank(declared)} IS NOT NULL)
QUALIFY max(rank) {window} > rank"""


def _unequal(declared: CrossRow, total: str) -> str:
    column = quoted(declared.columns[0])
    window = f"OVER (PARTITION BY {', '.join(quoted(c) for c in declared.by)}, _first)"
    apart = f"abs(sum({column}) {window} - {quoted(total)})"
    return f"""
SELECT _row_id, concat({text(total + "=")}, {quoted(total + "_shown")}, '; sum=',
    regexp_replace(CAST(sum({column}) {window} AS VARCHAR), '\\.0$', '')) AS told
FROM history WHERE _row_id IS NOT NULL
QUALIFY count(*) {window} = count({column}) {window}
    AND {apart} > {declared.tolerance_pct!r} / 100 * abs({quoted(total)}) + 1e-9 * abs({quoted(total)})"""


def _far_from_year_before(declared: YearOnYear) -> str:
    name = quoted(declared.column)
    return f"""
SELECT now._row_id, concat({text(declared.column + "=")}, now.{quoted(declared.column + "_shown")},
    '; year_before=', regexp_replace(CAST(round(year_before.value, 6) AS VARCHAR), '\\.0$', '')) AS told
FROM history AS now INNER JOIN (
    SELECT _entity, _first, avg({name}) AS value FROM history GROUP BY _entity, _first
) AS year_before
    ON year_before._entity = now._entity AND year_before._first = now._first - INTERVAL 1 YEAR
WHERE greatest(now.{name}, year_before.value) >= {declared.floor!r}
    AND now.{name} IS NOT NULL AND year_before.value IS NOT NULL
    AND greatest(now.{name}, year_before.value) > {declared.factor!r} * least(now.{name}, year_before.value)"""


def of_file(connection: duckdb.DuckDBPyConnection, check: Check) -> tuple[int, str]:
    """How often the file as a whole breaks the check, and what was found.

    Of a distribution that is 0 or 1, of a calendar the rows that are missing.
    """
    if isinstance(check.declared, Distribution):
        return _distribution(connection, check.declared)
    if isinstance(check.declared, Calendar):
        return _missing(connection, check.declared)
    raise TypeError(check.kind)


def _distribution(connection: duckdb.DuckDBPyConnection, declared: Distribution) -> tuple[int, str]:
    column = quoted(declared.column)
    below = quoted(declared.column + "_below_limit")
    asked, limit = {
        "below": (f"count(*) FILTER ({below})", declared.below_limit_at_most_pct),
        "same": ("max(times)", declared.same_at_most_pct),
        "median": (f"median({column})", None),
    }[_form(declared)]
    rows = f"SELECT {column}, count(*) OVER (PARTITION BY {column}) AS times" + (
        f", {below}" if declared.below_limit_at_most_pct is not None else ""
    )
    counted = f"SELECT count(*), {asked} FROM ({rows} FROM counting WHERE {column} IS NOT NULL)"
    count, found = connection.execute(counted).fetchall()[0]
    if count < declared.fewest or found is None:
        return 0, ""
    if declared.median:
        low, high = declared.median
        return int(not low <= found <= high), f"median={found:g} (n={count})"
    return int(100 * found > (limit or 0) * count), f"share={100 * found / count:.1f}% ({found}/{count})"


def _form(declared: Distribution) -> str:
    if declared.median:
        return "median"
    return "same" if declared.same_at_most_pct is not None else "below"


def _missing(connection: duckdb.DuckDBPyConnection, declared: Calendar) -> tuple[int, str]:
    """The rows that are missing, by member; the first members are named."""
    of = f"SELECT DISTINCT {quoted(declared.column)} AS entity_id, {_period(declared)} AS period"
    rows = connection.execute(
        f"""
WITH seen AS (SELECT * FROM own UNION ALL BY NAME SELECT * FROM before),
present AS ({of} FROM seen WHERE NOT _is_beyond)
SELECT asked.entity_id, any_value(asked.name), list(DISTINCT asked.period ORDER BY asked.period)
FROM ({asked(declared)}) AS asked LEFT JOIN present USING (entity_id, period)
WHERE present.entity_id IS NULL GROUP BY asked.entity_id ORDER BY asked.entity_id"""
    ).fetchall()
    told = [
        f"{name or ''} {entity}: {', '.join(_label(day, declared.cadence) for day in days)}".strip()
        for entity, name, days in rows[:_LISTED]
    ]
    more = [f"… (+{len(rows) - _LISTED})"] if len(rows) > _LISTED else []
    return sum(len(days) for _, _, days in rows), "; ".join([*told, *more])


def _period(declared: Calendar) -> str:
    return f"CAST(date_trunc({text(declared.cadence)}, _first) AS DATE)"


def asked(declared: Calendar) -> str:
    """Members on the register for a whole period of which the form asks, and the periods that the file is about.

    Those go from the first to the last that has at least a tenth of the rows of the fullest: a slip in a year does
    not ask for all the years between. A row that names a month outside the period of the delivery asks for none.
    """
    step = f"INTERVAL 1 {declared.cadence.upper()}"
    return f"""
SELECT members.entity_id, members.name, periods.period FROM members CROSS JOIN (
    SELECT CAST(unnest(generate_series(min(period), max(period), {step})) AS DATE) AS period FROM (
        SELECT period, times, max(times) OVER () AS most FROM (
            SELECT {_period(declared)} AS period, count(*) AS times FROM own
            WHERE _first IS NOT NULL AND NOT _is_beyond GROUP BY period
        )
    ) WHERE 10 * times >= most
) AS periods
WHERE members.register = {text(declared.register_name)} AND members.is_asked
    AND list_has_any(
        members.months,
        generate_series(month(periods.period), month(CAST(periods.period + {step} - INTERVAL 1 DAY AS DATE)))
    )
    AND coalesce(members.valid_from <= periods.period, true)
    AND coalesce(members.valid_to >= periods.period + {step} - INTERVAL 1 DAY, true)"""


def _label(day: date, cadence: str) -> str:
    if cadence == "quarter":
        return f"{day.year}-Q{(day.month + 2) // 3}"
    return day.isoformat()[: {"year": 4, "month": 7, "day": 10}[cadence]]


def counted_by_library(check: Check) -> str:
    """The query of failing rows that the library pushes down, over `{batch}`; asked otherwise than our own pass."""
    declared = check.declared
    if isinstance(declared, Calendar):
        return _missing_counted(declared)
    if isinstance(declared, Distribution):
        return _distribution_counted(declared)
    if isinstance(declared, YearOnYear):
        rows = _far_counted(declared)
    elif isinstance(declared, CrossRow):
        rows = next(_between_rows_counted(declared))
    else:
        raise TypeError(check.kind)
    return f"SELECT _row_id FROM {{batch}} WHERE _row_id IN ({rows})"


def _missing_counted(declared: Calendar) -> str:
    present = f"{quoted(declared.column)} = asked.entity_id AND {_period(declared)} = asked.period"
    return f"""SELECT asked.entity_id FROM ({asked(declared)}) AS asked
WHERE NOT EXISTS (SELECT 1 FROM own WHERE {present} AND NOT _is_beyond)
    AND NOT EXISTS (SELECT 1 FROM before WHERE {present} AND NOT _is_beyond)
    AND EXISTS (SELECT 1 FROM {{batch}})"""


def _distribution_counted(declared: Distribution) -> str:
    column = quoted(declared.column)
    if declared.same_at_most_pct is not None:
        return f"""SELECT 1 AS broken
FROM (SELECT count(*) AS times FROM {{batch}} WHERE {column} IS NOT NULL GROUP BY {column})
HAVING 100 * max(times) > {declared.same_at_most_pct!r} * sum(times)"""
    below = f"sum(CAST({quoted(declared.column + '_below_limit')} AS INTEGER))"
    return f"""SELECT 1 AS broken FROM {{batch}} WHERE {column} IS NOT NULL
HAVING 100 * {below} > {declared.below_limit_at_most_pct!r} * count(*)"""


def _far_counted(declared: YearOnYear) -> str:
    name, factor, floor = quoted(declared.column), repr(declared.factor), repr(declared.floor)
    return f"""
SELECT _row_id FROM (
    SELECT now._row_id, now.{name} AS value, (
        SELECT avg(earlier.{name}) FROM history AS earlier
        WHERE earlier._entity = now._entity AND earlier._first + INTERVAL 1 YEAR = now._first
    ) AS base
    FROM history AS now WHERE now._row_id IS NOT NULL
)
WHERE (value >= {floor} OR base >= {floor}) AND (value > {factor} * base OR base > {factor} * value)"""


def _between_rows_counted(declared: CrossRow) -> Iterator[str]:
    if declared.same_for is not None:
        yield _alike_counted(declared, declared.same_for)
    if declared.never_falls:
        ranked = f"SELECT _row_id, _entity, _moment, {rank(declared)} AS rank FROM history"
        yield f"""SELECT later._row_id FROM ({ranked}) AS later INNER JOIN ({ranked}) AS former
ON former._entity = later._entity AND former._moment < later._moment AND former.rank > later.rank
WHERE later._row_id IS NOT NULL"""
    if declared.sums_to is not None:
        yield _unequal_counted(declared, declared.sums_to)


def _alike_counted(declared: CrossRow, times: int) -> str:
    """A row is in a run where, within as many rows, one stands that is like so many rows before it."""
    same = " AND ".join(f"lag({quoted(c)}) OVER by_time = {quoted(c)}" for c in declared.columns)
    by_time = "PARTITION BY _entity ORDER BY place"
    return f"""
SELECT _row_id FROM (
    SELECT _row_id, max(before) OVER ({by_time} ROWS BETWEEN CURRENT ROW AND {times - 1} FOLLOWING) AS most FROM (
        SELECT *, sum(alike) OVER ({by_time} ROWS BETWEEN {times - 2} PRECEDING AND CURRENT ROW) AS before FROM (
            SELECT *, CAST(coalesce({same}, false) AS INTEGER) AS alike FROM ({placed(declared)})
            WINDOW by_time AS ({by_time})
        )
    )
) WHERE most = {times - 1} AND _row_id IS NOT NULL"""


def _unequal_counted(declared: CrossRow, total: str) -> str:
    column, named = quoted(declared.columns[0]), quoted(total)
    by = [*(quoted(c) for c in declared.by), "_first"]
    same = " AND ".join(f"one.{c} IS NOT DISTINCT FROM whole.{c}" for c in by)
    off = f"abs(one.{named} - whole.added)"
    return f"""
SELECT one._row_id FROM history AS one INNER JOIN (
    SELECT {", ".join(by)}, sum({column}) AS added FROM history WHERE _row_id IS NOT NULL
    GROUP BY {", ".join(by)} HAVING count(*) = count({column})
) AS whole ON {same}
WHERE one._row_id IS NOT NULL
    AND {off} > {declared.tolerance_pct!r} / 100 * abs(one.{named}) + 1e-9 * abs(one.{named})"""
