"""Checks as DuckDB SQL over the view `staged`: when a row breaks one, and what was found there.

Names and limits come from the typed catalog and are quoted here; nothing of a delivered file enters the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import polars as pl

from analytics.quality.models import Check

Schema = Mapping[str, pl.DataType]
NOT_BY_ROW = ("rows_present", "share", "distribution", "calendar")
AREA_IS_SURE = "area_is_sure"
ACROSS = ("cross_row", "year_on_year")
# What a row cannot say alone is marked in the view beforehand.
_MARKED = {
    "unique": "_repeats IS NOT NULL",
    "no_copy": "_copy_of IS NOT NULL",
    "registered": "_is_stranger",
    "named": "_registered_name IS NOT NULL AND _member_so_named IS NULL",
    "not_another": "_member_so_named IS NOT NULL",
    "placed": "_registered_area IS NOT NULL",
}
_BESIDE = {
    "unique": ("rows", "_repeats"),
    "no_copy": ("same_as", "_copy_of"),
    "named": ("registered", "_registered_name"),
    "not_another": ("so_named", "_member_so_named"),
    "placed": ("registered", "_registered_area"),
    "answers": ("answering", "_departments_answering"),
}


def quoted(name: str) -> str:
    """The name as an identifier."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """The value as a string literal."""
    return "'" + value.replace("'", "''") + "'"


def of_key(column: str, schema: Schema) -> str:
    """A column of the key; no area where only the one around it could be read."""
    if column == "area_id" and AREA_IS_SURE in schema:
        return f"CASE WHEN {AREA_IS_SURE} THEN area_id END"
    return quoted(column)


def needs(check: Check) -> list[str]:
    """The staged columns that the check reads."""
    problems = [f"{c}_problem" for c in check.columns] if check.kind == "readable" else []
    problems += check.declared.reads if check.declared else []
    return [*check.columns, *check.content, *check.empty_too, *check.given, *problems]


def across(check: Check) -> str:
    """The column of the view that tells what a check between rows found; null where it found nothing."""
    return quoted(f"_across_{check.id}")


def broken(check: Check) -> str:
    """A condition that is true for the rows that break the check, and never null."""
    condition = f"coalesce(({_core(check)}), false)"
    return f"({condition} AND NOT coalesce(({check.unless}), false))" if check.unless else condition


def _core(check: Check) -> str:
    if check.kind in _BROKEN:
        return _BROKEN[check.kind](check, quoted(check.columns[0]))
    return f"{across(check)} IS NOT NULL" if check.kind in ACROSS else _MARKED[check.kind]


def _absent(check: Check, column: str) -> str:
    parts = [f"{column} IS NULL", *(f"{quoted(c)} IS NULL" for c in check.empty_too)]
    return " AND ".join([*parts, *(f"{quoted(c)} IS NOT NULL" for c in check.given)])


def _untold(check: Check, column: str) -> str:
    is_asked = f" AND list_contains(_items_asked, {text(check.columns[0])})" if check.register_name else ""
    return f"({_absent(check, column)}){is_asked}"


def _beyond(check: Check, column: str) -> str:
    low = [f"{column} < {check.minimum!r}"] if check.minimum is not None else []
    high = [f"{column} > {check.maximum!r}"] if check.maximum is not None else []
    return " OR ".join([*low, *high])


def _names_a_unit(check: Check, _: str) -> str:
    """Whether a remark says 单位：万吨; that of the sender (填报单位) is an office, and what goes on is a name.

    It is looked at in half width, as units are spelled.
    """
    named = "|".join(re.escape(unit) for unit in check.codes)
    pattern = rf"(^|[^一-龥]|计量|数据)单位\s*[:：为是]?\s*({named})($|[^a-z一-龥/])"
    return f"regexp_matches(lower({quoted(check.content[0])}), {text(pattern)})"


def _answers_not(check: Check, column: str) -> str:
    is_known = " AND ".join(f"{quoted(c)} IS NULL" for c in check.empty_too)
    return f"{is_known} AND NOT list_contains(_senders_answering, {column})"


_BROKEN: dict[str, Callable[[Check, str], str]] = {
    "present": _absent,
    "readable": lambda check, _: f"{quoted(check.columns[0] + '_problem')} IS NOT NULL",
    "between": _beyond,
    "allowed": lambda check, column: f"{column} NOT IN ({', '.join(text(c) for c in check.codes)})",
    "rule": lambda check, _: f"NOT ({check.rule})",
    "no_other_unit": _names_a_unit,
    "told": _untold,
    "answers": _answers_not,
}


def found(check: Check, schema: Schema) -> str:
    """Text of what stands there: the bare value of one column, `name=value; …` of several."""
    if check.kind in ACROSS:
        return across(check)
    if check.kind in _BESIDE:
        name, column = _BESIDE[check.kind]
        return f"concat_ws('; ', {_named(check, schema)}, {text(name + '=')} || {column})"
    if len(check.columns) == 1:
        return _shown(check, check.columns[0], schema)
    return f"concat_ws('; ', {_named(check, schema)})"


def _named(check: Check, schema: Schema) -> str:
    """The columns with what they say; a first year that nobody gave is kept as 0 and says nothing."""
    said = {c: _shown(check, c, schema) for c in check.columns}
    said |= {c: f"nullif({said[c]}, '0')" for c in check.columns if c == "valid_since"}
    return ", ".join(f"{text(c + '=')} || {told}" for c, told in said.items())


def _shown(check: Check, column: str, schema: Schema) -> str:
    """What the sender typed, or was corrected to, where that was kept; beside a number that was read of it otherwise.

    A number in another unit is told with both units. One that is compared stands beside what it was read from, where
    that does not spell it.
    """
    plain = f"CAST({quoted(column)} AS VARCHAR)"
    delivered = f"{column}_as_delivered"
    if delivered not in schema:
        return f"coalesce({plain}, '')"
    kept = [name for name in (f"{column}_corrected", delivered) if name in schema]
    typed = f"coalesce({', '.join(quoted(name) for name in kept)}, '')"
    if check.kind in ("between", "rule") and schema[column].is_numeric():
        leading = f"TRY_CAST(regexp_extract(replace({typed}, ',', ''), '^[-+]?[0-9.]+') AS DOUBLE)"
        is_same = f"{quoted(column)} IS NULL OR {leading} = {quoted(column)}"
        short, read = (f"regexp_replace({number}, '\\.0$', '')" for number in (typed, plain))
        typed = f"CASE WHEN {is_same} THEN {short} ELSE concat({typed}, ' → ', {read}) END"
    return f"coalesce({quoted(converted_of(column))}, {typed})" if converted_of(column) in schema else typed


def converted_of(column: str) -> str:
    """The staged column that tells, of numbers that were converted, what was typed and what was read."""
    return f"{column}_converted"


def problem(check: Check) -> str:
    """The word for what is wrong with the cell, where the check knows one."""
    return quoted(check.columns[0] + "_problem") if check.kind == "readable" else "''"
