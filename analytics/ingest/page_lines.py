"""Lines of a page that stand outside of the cells of its tables: they may say the unit of a table, or be its notes."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NOTE = re.compile(r"[*※]|[(（【]?(?:附?注|备注|说明)")
_OF_UNITS = re.compile(r"单\s*位|计量|[以按][^\s，,。；;]{1,8}计|[均皆都]为")


class Lines:
    """Texts as they come, with what parts them."""

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def say(self, text: str) -> None:
        """Go on with the line."""
        self._pieces.append(text)

    def part(self) -> None:
        """End the line."""
        self._pieces.append("\n")

    def take(self) -> list[str]:
        """The lines that came, which are forgotten."""
        lines = filled("".join(self._pieces).split("\n"))
        self._pieces.clear()
        return lines


def filled(lines: Iterable[str | None]) -> list[str]:
    """The lines in which something stands."""
    return [line.strip() for line in lines if line is not None and line.strip()]


def notes(lines: Iterable[str]) -> list[str]:
    """Those that say of themselves that they are notes."""
    return [line for line in lines if _NOTE.match(line)]


def of_a_table(lines: Iterable[str]) -> list[str]:
    """Of lines below a table those that belong to it: notes, and what speaks of units."""
    return [line for line in lines if _NOTE.match(line) or _OF_UNITS.search(line)]
