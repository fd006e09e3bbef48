"""The station network's daily JSON as a grid: cells of a page, each with its unrounded value in its tooltip."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from analytics.ingest import markup
from analytics.ingest.sheet import Cell, Grid, require_extent, unreadable

_TAG = re.compile(r"<[^>]*>")
_TITLE = re.compile(r"""title=(['"])(.*?)\1""", re.DOTALL)
_UNROUNDED = re.compile(r"原始值[:：]\s*(.*)")
_FACTS_OF_SECTION = {"所在地市": "地市", "所属河流": "河流"}


def read_json(file: Path, text: str) -> list[Grid]:
    """The station network's daily JSON: HTML cells become the printed and the unrounded columns."""
    try:
        published = json.loads(text, object_pairs_hook=_without_repeats)
        heads = [_without_tags(html.unescape(h)) for h in published["thead"]]
        _without_repeats([(head, None) for head in heads])
        body = [_without_repeats(_split_cells(heads, row)) for row in published["tbody"]]
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        zh = "文件不是站网日报的 JSON（表头 thead、各行 tbody），或已损坏；请从站网系统重新导出后报送"
        raise unreadable(file, f"{type(error).__name__}: {error}"[:120], "JSON with thead and tbody", zh=zh) from None
    require_extent(file, file.stem, len(body), len(heads))
    titles = list(dict.fromkeys(name for row in body for name in row))
    return [Grid(file.stem, [[*titles], *([row.get(name) for name in titles] for row in body)])]


def _without_repeats(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """The pairs by name; `ValueError` where one name says two things, of which a reader would take the last."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{name} stands there twice")
        found[name] = value
    return found


def _without_tags(text: str) -> str:
    """The text between tags. What follows the last one may hold any number that open and never close."""
    tagged, end, rest = text.rpartition(">")
    return _TAG.sub("", tagged + end) + rest


def _split_cells(heads: list[str], row: list[Cell]) -> Iterator[tuple[str, Cell]]:
    """(column, text) pairs of one row: what is printed, and what the cell's tooltip adds."""
    for head, cell in zip(heads, row, strict=True):
        if cell is None:
            yield head, None
            continue
        printed = markup.text_of(str(cell)) or None
        yield head, printed
        title = _TITLE.search(str(cell))
        for line in html.unescape(title.group(2)).splitlines() if title else []:
            unrounded = _UNROUNDED.match(line)
            if unrounded:
                yield f"{head}_原始", _agreeing(unrounded.group(1).strip(), printed)
            else:
                name, _, value = line.partition(":")
                if name in _FACTS_OF_SECTION:
                    yield _FACTS_OF_SECTION[name], value.strip() or None


def _agreeing(unrounded: str, printed: Cell) -> Cell:
    """The unrounded number; where it does not round to what is printed both, which are no number."""
    try:
        number, shown = Decimal(unrounded), Decimal(printed or "")
    except InvalidOperation:
        return unrounded or None
    exponent = shown.as_tuple().exponent
    if not isinstance(exponent, int) or not number.is_finite():
        return unrounded
    try:
        differs = 2 * abs(number - shown) > Decimal(1).scaleb(exponent)
    except ArithmeticError:  # one of them is beyond any number that is measured
        differs = True
    return f"{printed}（原始值{unrounded}）" if differs else unrounded
