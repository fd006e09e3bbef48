"""Column widths and letter size with which a table fits the page, measured with the face itself."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from analytics.reporting.blocks import Table, TonedText, text_of

SIZES = (9.0, 8.5, 8.0, 7.5, 7.0, 6.5)
_PADDING = 1.0  # em, left and right of a cell together
_LINE = 1.4  # em, from line to line
_BADGE = 2.5  # em, around the text of a badge or chip
_BOLD = 1.08  # how much wider bold letters are, about
_SHORT = 7.5  # em: a cell up to this width stays on one line; a date with its year may be wider, and breaks
_ROOM = 4.2  # em: what a heading, or a longer cell, has at least
_READABLE = 7.5  # pt
_LITTLE = 1.15  # so many times the fewest lines are not many more
_LONGEST = 16.0  # em: a longer word gets places to break at
_WIDE = {"W", "F"}
_BREAK = "\u200b"

Measure = Callable[[str], float]  # the width of a text on one line [em]


@dataclass(frozen=True)
class Fit:
    """Letter size, column widths and rough height [pt]; `tokens`: the longest word [em] each column can hold."""

    size: float
    widths: list[float]
    tokens: list[float]
    height: float


def fitted(table: Table, *, width: float, measure: Measure) -> Fit:
    """The largest letter size at which the table fits `width` [pt] with short cells on one line, as long as a smaller
    one would not save many lines: cells that stand in a few letters a line are no better read for being large.

    Below a readable size cells may wrap; only words stay whole. Where even that is too wide, columns shrink in
    proportion and `tokens` says beyond which width words must be broken.
    """
    columns = _columns(table, measure)
    words = [min(max(cell.word for cell in cells), _LONGEST) for cells in columns]
    shorts = [max(_short(cells), word) for cells, word in zip(columns, words, strict=True)]
    naturals = [max(cell.width for cell in cells) for cells in columns]
    heading, *body = ([cell.width for cell in row] for row in zip(*columns, strict=True))

    def at(size: float, least: list[float]) -> Fit:
        room = width / size - _PADDING * len(columns)
        if sum(least) > room:
            least = [word * room / sum(least) for word in least]
        shares = _shares(table, [max(both) for both in zip(naturals, least, strict=True)])
        inner = _spread(_widened(least, body, room), shares, room)
        height = size * sum(_lines(row, inner) * _LINE + _PADDING for row in (heading, *body))
        return Fit(size, [(w + _PADDING) * size for w in inner], inner, height)

    def fits(size: float, least: list[float]) -> bool:
        return sum(least) <= width / size - _PADDING * len(columns)

    found = [at(size, shorts) for size in SIZES if size >= _READABLE and fits(size, shorts)]
    if found:
        fewest = min(fit.height / fit.size for fit in found)
        return next(fit for fit in found if fit.height / fit.size <= _LITTLE * fewest)
    return at(next((size for size in SIZES if fits(size, words)), SIZES[-1]), words)


def breakable(text: str, *, longest: float, measure: Measure) -> str:
    """`text` with invisible break points in words wider than `longest` [em]: after - _ / and where a line is full."""
    for word in {w for w in _words(text) if measure(w) > longest}:
        text = text.replace(word, _BREAK.join(_pieces(word, longest, measure)))
    return text


def _pieces(word: str, longest: float, measure: Measure) -> list[str]:
    pieces = [""]
    for character in word:
        full = measure(pieces[-1] + character) > longest
        pieces += [character] if full else []
        pieces[-1] += "" if full else character
        pieces += [""] if character in "-_/" else []
    return [piece for piece in pieces if piece]


@dataclass(frozen=True)
class _Cell:
    """A cell as it is set: its width on one line and that of its longest word [em]."""

    width: float
    word: float


def _columns(table: Table, measure: Measure) -> list[list[_Cell]]:
    """For each column its cells, heading first."""
    return [
        [_set(column.label, measure), *(_set(row[i], measure) for row in table.rows)]
        for i, column in enumerate(table.columns)
    ]


def _set(cell: str | TonedText, measure: Measure) -> _Cell:
    """A badge stays on one line, within its border; what is strong is bold."""
    text, tone = text_of(cell), None if isinstance(cell, str) else cell.tone
    if tone not in {None, "", "strong"}:
        return _Cell(*[measure(text) + _BADGE] * 2)
    bold = _BOLD if tone == "strong" else 1.0
    return _Cell(measure(text) * bold, max((measure(w) for w in _words(text)), default=0.0) * bold)


def _lines(row: list[float], widths: list[float]) -> int:
    """Lines of the tallest cell of a row, about."""
    return max(math.ceil(cell / width) or 1 for cell, width in zip(row, widths, strict=True))


def _short(cells: list[_Cell]) -> float:
    """What keeps short cells on one line, and some room for longer ones, which wrap; so may the heading."""
    heading, *body = (cell.width for cell in cells)
    return max([min(heading, _ROOM), *(width if width <= _SHORT else _ROOM for width in body)])


def _words(text: str) -> list[str]:
    """Runs that a line cannot be broken in: a wide character is a word of its own."""
    spaced = "".join(f" {c} " if _is_wide(c) else c for c in text)
    return re.split(r"[ \t\r\n]+", spaced.strip())


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in _WIDE


def _shares(table: Table, naturals: list[float]) -> list[float]:
    """Widths wanted: by weight where all columns have one, else by content (long texts count less)."""
    weights = [c.weight for c in table.columns if c.weight is not None]
    if len(weights) == len(table.columns):
        return weights
    return [min(natural, 2.0) + max(natural - 2.0, 0.0) ** 0.75 for natural in naturals]


def _widened(widths: list[float], cells: list[list[float]], room: float) -> list[float]:
    """The widths with what is left of `room` given, em by em, to the column that saves most lines; what saves none is
    left over."""
    widths = list(widths)
    tight = [row for row in cells if any(cell > width for cell, width in zip(row, widths, strict=True))]
    while room - sum(widths) >= 1.0:
        saved = [0.0] * len(widths)
        for row in tight:
            lines = [cell / width for cell, width in zip(row, widths, strict=True)]
            first = max(range(len(lines)), key=lines.__getitem__)
            if lines[first] > 1.0:
                second = max((n for i, n in enumerate(lines) if i != first), default=0.0)
                saved[first] += lines[first] - max(row[first] / (widths[first] + 1.0), second, 1.0)
        best = max(range(len(saved)), key=saved.__getitem__)
        if saved[best] == 0.0:
            break
        widths[best] += 1.0
    return widths


def _spread(least: list[float], shares: list[float], room: float) -> list[float]:
    """`room` spread by share, no column below its least."""
    fixed: set[int] = set()
    while True:
        free = room - sum(least[i] for i in fixed)
        total = sum(share for i, share in enumerate(shares) if i not in fixed)
        short = {i for i in range(len(least)) if i not in fixed and total and free * shares[i] / total < least[i]}
        if not short:
            return [least[i] if i in fixed else free * shares[i] / total for i in range(len(least))]
        fixed |= short
