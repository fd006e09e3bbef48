"""Rules that say nothing of any row: their condition is null, so nobody can call them kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from analytics.quality import sql
from analytics.quality.models import Check
from analytics.quality.result import NOTHING_TO_CHECK
from analytics.quality.staged import VIEW, Staged

_FAULTY = "the condition is null in every row, also where its columns are filled: mend the rule"


def silent(table: Staged, checks: Sequence[Check]) -> Mapping[str, str]:
    """The rules that were asked of some row and answered in none, with the reason.

    Where no row has all the columns of a rule there is nothing to check; where one has, the rule itself is wrong.
    """
    rules = [c for c in checks if c.kind == "rule"]
    try:
        counts = _counted(table, rules)
    except duckdb.Error:  # a rule that raises is told of by the pass that makes it, and keeps no other from being asked
        return {} if len(rules) < 2 else {name: why for rule in rules for name, why in silent(table, [rule]).items()}
    return {
        check.id: _FAULTY if filled else f"没有一行填齐所涉各栏 ({NOTHING_TO_CHECK}: {', '.join(check.columns)})"
        for check, (asked, answered, filled) in zip(rules, counts, strict=True)
        if asked and not answered
    }


def _counted(table: Staged, rules: Sequence[Check]) -> list[tuple[int, int, int]]:
    """For each rule the rows it is asked of, those it answers, and those that have all its columns."""
    if not rules:
        return []
    parts = []
    for rule in rules:
        asked = f"NOT coalesce(({rule.unless}), false)" if rule.unless else "true"
        filled = " AND ".join(f"{sql.quoted(c)} IS NOT NULL" for c in rule.columns)
        for told in ("true", f"({rule.rule}) IS NOT NULL", filled):
            parts.append(f"count(*) FILTER (WHERE {asked} AND {told})")
    (counts,) = table.connection.execute(f"SELECT {', '.join(parts)} FROM {VIEW}").fetchall()
    return [(counts[n], counts[n + 1], counts[n + 2]) for n in range(0, len(counts), 3)]
