"""A rule between entries that is broken, and the nearest word to a wrong one."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Where within an entry, the rule, and what was found.
Broken = tuple[list[Any], str, str]
# A name that one entry gives of another: room, entry, key, what the other is, and its name.
NameGiven = tuple[str, str, list[Any], str, str]


@dataclass(frozen=True)
class Problem:
    """A rule that an entry breaks, with the key at which it does."""

    room: str
    entry: str
    location: list[Any]
    rule: str
    found: str


def near(word: str, known: Mapping[str, object]) -> str:
    """A question after the nearest known word, where there is one."""
    found = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.4)
    return f"; did you mean {found[0]}?" if found else ""
