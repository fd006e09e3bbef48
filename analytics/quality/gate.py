"""The gate: runs every check on a staged file and says what each row broke.

The library counts, in DuckDB; our own single pass collects all failing rows with all their rules. The two
counts must agree, or the check counts as one that could not be made.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.models import Source
from analytics.quality import across, sql
from analytics.quality.before import NOTHING, Before, with_asked
from analytics.quality.checks import checks_for, optional_columns, staged_columns
from analytics.quality.declared import Calendar
from analytics.quality.members_elsewhere import as_check, asks_where, rows_elsewhere
from analytics.quality.models import Check
from analytics.quality.nearest import with_nearest
from analytics.quality.records import gate_version, load, save
from analytics.quality.refusal import reason_of_refusal, reasons, refusal
from analytics.quality.result import (
    CHECKS,
    PLACE,
    GateResult,
    Outcome,
    mere_copies,
    parameters_of,
    readings_set_aside,
    refuses_file,
    rows_set_aside,
)
from analytics.quality.rules import require_sound_rules
from analytics.quality.silent import silent
from analytics.quality.staged import VIEW, Staged, attached
from analytics.quality.uncompared import uncompared
from analytics.quality.unread import looks_like

__all__ = [
    "Before",
    "GateResult",
    "gate_version",
    "load",
    "readings_set_aside",
    "reason_of_refusal",
    "reasons",
    "refusal",
    "rows_set_aside",
    "run_gate",
    "save",
]
_TEXT = pl.String()
_WORDS = dict.fromkeys(["severity", "column", "expected_zh", "expected_en"], _TEXT)
_FINDINGS = {**PLACE, "check": _TEXT, "found": _TEXT, "word": _TEXT}
_BROKEN = ["column", "check", "severity", "found", "expected_zh", "expected_en"]


@dataclass(frozen=True)
class _Tried:
    """How often a check failed, or why it could not be checked."""

    failed: int | None
    problem: str = ""
    found: str = ""


def run_gate(
    staged: Path,
    source: Source,
    *,
    catalog: Catalog,
    registers: pl.DataFrame,
    expectations: Path | None,
    before: Before = NOTHING,
) -> GateResult:
    """What every check says of the staged Parquet file, and every row and reading that broke one.

    Parameters
    ----------
    staged
        One row per delivered row, typed, with `snapshot`, `sheet`, `row`; rows that say in `left_out` why
        they do not count (blank ones, exact repeats) are passed over.
    registers
        All members of all registers: `register`, `entity_id`, `valid_from`, `valid_to` (null: no limit).
    expectations
        The source's own expectations file, where it has one.
    before
        What was delivered of this form earlier, and the area that the delivery is said to be of.

    Raises `CatalogError` where the expectations break a rule. A file without rows is refused, not an error.
    """
    checks = checks_for(source, catalog, expectations)
    if expectations is not None:
        require_sound_rules(checks, staged_columns(source, catalog), expectations)
    optional = optional_columns(source, catalog)
    asked = with_asked(registers, before.area, source, catalog)
    with attached(staged, checks, asked, optional=optional, earlier=before.files) as table:
        tried, findings = _try_all(table, [c for c in checks if c.kind != "share"], registers)
        rows = table.rows
    broken = with_nearest(
        _worded(findings, checks, source),
        checks=checks,
        source=source,
        catalog=catalog,
        registers=registers,
        staged=staged,
    )
    asks = asks_where(source, before.area, catalog)
    if asks:
        elsewhere = rows_elsewhere(staged, source, before.area, registers=registers, catalog=catalog)
        broken = pl.concat([broken, elsewhere.select(broken.columns)])
    aside, copies = (of(broken, source).height for of in (rows_set_aside, mere_copies))
    tried |= {c.id: _share(c, aside - copies, rows - copies) for c in checks if c.kind == "share"}
    frame = _checks_frame(checks, tried)
    if asks:
        frame = pl.concat([frame, as_check(elsewhere)])
    refused = _is_refused(frame)
    return GateResult(frame, broken, refused=refused, set_aside_rows=aside, rows=rows, copies=copies)


def missing_members(
    staged: Path,
    source: Source,
    *,
    catalog: Catalog,
    registers: pl.DataFrame,
    expectations: Path | None,
    before: Before,
) -> dict[str, tuple[int, str]]:
    """Of each calendar of the form how many rows are missing in the area of `before`, and the first of them."""
    checks = checks_for(source, catalog, expectations)
    asked = with_asked(registers, before.area, source, catalog)
    optional = optional_columns(source, catalog)
    with attached(staged, checks, asked, optional=optional, earlier=before.files) as table:
        ready = [c for c in checks if isinstance(c.declared, Calendar) and not _unable(c, table, registers)]
        return {c.id: across.of_file(table.connection, c) for c in ready}


def _try_all(table: Staged, checks: Sequence[Check], registers: pl.DataFrame) -> tuple[dict[str, _Tried], pl.DataFrame]:
    """Every check's outcome, and `_row_id`-ordered findings of those that could be checked."""
    from analytics.quality import engine  # three seconds: only when a gate really runs

    tried = {c.id: _Tried(None, why) for c in checks if (why := _unable(c, table, registers))}
    empty = _empty_columns(table)
    tried |= {c.id: _Tried(0) for c in checks if c.id not in tried and _asks_nothing(c, empty)}
    tried |= {name: _Tried(None, why) for name, why in silent(table, [c for c in checks if c.id not in tried]).items()}
    tried |= {
        name: _Tried(None, why)
        for name, why in uncompared(table.connection, [c for c in checks if c.id not in tried]).items()
    }
    whole = {c.id: _of_file(table, c) for c in checks if c.id not in tried and c.kind in across.OF_FILE}
    tried |= {name: of_file for name, of_file in whole.items() if of_file.failed is None or not of_file.found}
    ready = [c for c in checks if c.id not in tried]
    counted = engine.run_suite(table, ready)
    tried |= {c.id: _Tried(None, counted[c.id].problem or "") for c in ready if counted[c.id].failed is None}
    findings, failures = _findings(table, [c for c in ready if c.id not in tried])
    tried |= {name: _Tried(None, why) for name, why in failures.items()}
    own = dict(findings.group_by("check").len().iter_rows())
    own["rows_present"] = int(table.delivered == 0)
    own |= {name: of_file.failed or 0 for name, of_file in whole.items()}
    for check in ready:
        if check.id not in tried:
            agreed = _agreed(counted[check.id].failed, own.get(check.id, 0))
            tried[check.id] = replace(agreed, found=whole[check.id].found) if check.id in whole else agreed
    sure = [name for name, outcome in tried.items() if outcome.failed is not None]
    return tried, findings.filter(pl.col("check").is_in(sure))


def _of_file(table: Staged, check: Check) -> _Tried:
    """What our own pass says of the file as a whole; without words where there is too little to say anything."""
    try:
        failed, told = across.of_file(table.connection, check)
    except duckdb.Error as error:
        return _Tried(None, str(error).splitlines()[0])
    return _Tried(failed, found=told)


def _empty_columns(table: Staged) -> set[str]:
    """The columns in which no row has anything."""
    names = list(table.schema)
    counted = ", ".join(f"count({sql.quoted(name)})" for name in names)
    counts = table.connection.execute(f"SELECT {counted} FROM {VIEW}").fetchall()[0]
    return {name for name, count in zip(names, counts, strict=True) if count == 0}


def _asks_nothing(check: Check, empty: Collection[str]) -> bool:
    """Whether the check is about a column that nobody filled, as most of a wide form: it cannot fail.

    Such a check is called passed, not one that could not be made: all that it says of a cell holds of those there are,
    and whether the cells had to be filled is a check of its own (`…_present`). Nothing outside the file is wanting.
    """
    looked_at = f"{check.columns[0]}_problem" if check.kind == "readable" else check.columns[0] if check.columns else ""
    return check.kind in ("readable", "between", "allowed") and looked_at in empty


def _unable(check: Check, table: Staged, registers: pl.DataFrame) -> str:
    """Why the check cannot be made on this file at all; empty where it can."""
    missing = [c for c in sql.needs(check) if c not in table.schema]
    if missing:
        return f"读入的数据没有所涉的栏目 (the staged rows lack {', '.join(missing)})"
    if check.id in table.failures:
        return table.failures[check.id]
    if isinstance(check.declared, Calendar) and not (registers["register"] == check.declared.register_name).any():
        return _without_members(check.declared.register_name)
    if (
        check.register_name
        and check.kind in ("registered", "named", "not_another", "placed", "told")
        and not (registers["register"] == check.register_name).any()
    ):
        return _without_members(check.register_name)
    return ""


def _without_members(register: str) -> str:
    return f"尚未收到该名录，请先接收名录 (the register {register} has no members: receive its list first)"


def _agreed(library: int | None, own: int) -> _Tried:
    if library == own:
        return _Tried(own)
    return _Tried(None, f"两次计数不一致 (two counts differ: great_expectations {library}, own pass {own})")


def _findings(table: Staged, checks: Sequence[Check]) -> tuple[pl.DataFrame, dict[str, str]]:
    """All failing rows in one pass; where it raises, the checks that raise alone are left out and named."""
    by_row = [c for c in checks if c.kind not in sql.NOT_BY_ROW]
    try:
        return _pass(table, by_row), {}
    except duckdb.Error:
        failures = {c.id: why for c in by_row if (why := _raises(table, c))}
        return _pass(table, [c for c in by_row if c.id not in failures]), failures


def _raises(table: Staged, check: Check) -> str:
    try:
        _pass(table, [check])
    except duckdb.Error as error:
        return str(error).splitlines()[0]
    return ""


def _pass(table: Staged, checks: Sequence[Check]) -> pl.DataFrame:
    """`snapshot`, `sheet`, `row`, `check`, `found`, `word`: one row per row and check it broke."""
    if not checks:
        return pl.DataFrame(schema=_FINDINGS)
    hits = ",\n".join(
        f"CASE WHEN {sql.broken(c)} THEN {{'place': {n}, 'check': {sql.text(c.id)}, "
        f"'found': {sql.found(c, table.schema)}, 'word': coalesce({sql.problem(c)}, '')}} END"
        for n, c in enumerate(checks)
    )
    any_broken = "\nOR ".join(sql.broken(c) for c in checks)
    query = f"""
SELECT snapshot, sheet, "row", hit.check AS "check", hit.found AS found, hit.word AS word
FROM (SELECT _row_id, snapshot, sheet, "row", unnest([{hits}]) AS hit FROM {VIEW} WHERE {any_broken})
WHERE hit IS NOT NULL
ORDER BY _row_id, hit.place"""
    findings: pl.DataFrame = table.connection.sql(query).pl()
    return findings


def _worded(findings: pl.DataFrame, checks: Sequence[Check], source: Source) -> pl.DataFrame:
    """The findings as the contract has them, with what would have been right in both languages."""
    words = _words(checks, parameters_of(source))
    known = words.select("check", "word", known=pl.lit(True))
    return (
        findings.with_columns(word=looks_like(pl.col("word"), pl.col("found")))
        .join(known, on=["check", "word"], how="left", maintain_order="left")
        .with_columns(word=pl.when("known").then("word").otherwise(pl.lit("")))
        .join(words, on=["check", "word"], how="left", maintain_order="left")
        .select(*(pl.col(name).cast(dtype) for name, dtype in PLACE.items()), *_BROKEN)
    )


def _words(checks: Sequence[Check], parameters: Sequence[str]) -> pl.DataFrame:
    """By check and word for the problem: severity, column and what would have been right."""
    return pl.DataFrame(
        [
            (c.id, word, c.severity, _column(c, parameters), expected.zh, expected.en)
            for c in checks
            for word, expected in c.expected.items()
        ],
        schema={"check": _TEXT, "word": _TEXT, **_WORDS},
        orient="row",
    )


def _column(check: Check, parameters: Sequence[str]) -> str | None:
    """The column that a finding points at; none where it speaks of the whole row."""
    if len(check.columns) != 1 or (check.scope == "row" and check.columns[0] in parameters):
        return None
    return check.columns[0]


def _share(check: Check, aside: int, rows: int) -> _Tried:
    """Whether too many rows are in doubt; both counts are without mere copies of other rows."""
    is_beyond = rows > 0 and 100 * aside > (check.at_most_pct or 0) * rows
    return _Tried(int(is_beyond), found=f"set_aside={aside}; of_rows={rows}" if is_beyond else "")


def _checks_frame(checks: Sequence[Check], tried: Mapping[str, _Tried]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "check": c.id,
                "severity": c.severity,
                "scope": c.scope,
                "columns": list(c.columns),
                "outcome": _outcome(tried[c.id]),
                "failed": tried[c.id].failed,
                "message_zh": c.message.zh,
                "message_en": c.message.en,
                "problem": tried[c.id].problem or None,
                "found": tried[c.id].found or None,
                "reason": c.reason or None,
                "since": c.since or None,
            }
            for c in checks
        ],
        schema=CHECKS,
    )


def _outcome(tried: _Tried) -> Outcome:
    if tried.failed is None:
        return "could_not_be_checked"
    return "failed" if tried.failed else "passed"


def _is_refused(checks: pl.DataFrame) -> bool:
    return not checks.filter(refuses_file()).is_empty()
