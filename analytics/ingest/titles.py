"""The titles of a table, and the areas that they name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from analytics.catalog import Catalog
from analytics.ingest.grid import Cell

_SHORTEST_NAME = 3  # characters: shorter ones stand in other words too
_WITHIN = 10  # rows


def titles_of(rows: Iterable[list[Cell]]) -> Iterator[str]:
    """The texts above a table: of the first rows those that hold one text, as merged cells do."""
    for number, row in enumerate(rows):
        cells = dict.fromkeys(cell.strip() for cell in row if cell and cell.strip())
        if len(cells) > 1 or number == _WITHIN:
            return
        yield from cells


def areas_told(text: str, catalog: Catalog) -> list[tuple[str, list[str]]]:
    """The names of areas in a text, the longest first, each with the codes of the areas that bear it."""
    bearers: dict[str, list[str]] = {}
    for area in catalog.areas.values():
        for name in {area.name.zh, *area.aliases}:
            if len(name) >= _SHORTEST_NAME:
                bearers.setdefault(name, []).append(area.id)
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    found = []
    for name in sorted(bearers, key=len, reverse=True):
        if name in plain:
            found.append((name, bearers[name]))
            plain = plain.replace(name, " ")
    return found
