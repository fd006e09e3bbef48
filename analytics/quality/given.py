"""Rules that ask for a cell: one that is there and cannot be read is told of once, by the check that reads it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import get_args

from analytics.quality.declared import Severity
from analytics.quality.models import Check

_GRAVEST_FIRST: tuple[Severity, ...] = get_args(Severity)


def with_unread_cells_given(checks: Sequence[Check]) -> list[Check]:
    """The checks; to the rules of a row a cell is given that cannot be read, where that is at least as grave.

    So nothing counts that a rule kept from counting, and nobody is told that a day is lacking which he did fill in.
    """
    told = {c.columns[0]: c.severity for c in checks if c.kind == "readable" and c.scope == "row" and not c.unless}
    return [
        c.model_copy(update={"rule": _asking(c.rule, _unread_told(c, told))}) if c.kind == "rule" else c for c in checks
    ]


def _unread_told(check: Check, told: dict[str, Severity]) -> Iterable[str]:
    """The columns of a rule of which a cell that cannot be read is told at least as gravely."""
    place = _GRAVEST_FIRST.index
    return (name for name in check.columns if name in told and place(told[name]) <= place(check.severity))


def _asking(rule: str, columns: Iterable[str]) -> str:
    """The rule in which a cell of the columns is given, too, that could not be read."""
    for name in columns:
        asked = re.compile(rf'(?<![\w"]){name} IS NOT NULL|"{name}" IS NOT NULL', re.IGNORECASE)
        rule = asked.sub(f'("{name}" IS NOT NULL OR "{name}_problem" IS NOT NULL)', rule)
    return rule
