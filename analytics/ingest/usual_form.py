"""Whether the rows of a worksheet are written as nearly every program writes them, by a quick look at the bytes.

A value may stand there in pieces (`9&#48;0`, within CDATA, around a comment), and the number of a shared text may be
none: the reader of cells takes a part of the one for the whole, and the first text for the other; of a very small
number it keeps some decimals. Rows of any other than the usual form are to be followed with more care, not refused.
"""

from __future__ import annotations

import re

from analytics.ingest.small_numbers import is_cut

_DECLARATION = re.compile(rb"\A(?:\xef\xbb\xbf)?<\?xml[^<>]*\?>")
_IN_PIECES = re.compile(rb"<v[^<]*&")
_SHARED = re.compile(rb't\s*=\s*["\']s["\'](?!><v>\d{1,9}+</v>| s="\d+"><v>\d{1,9}+</v>)')
# A value stands at the start of its cell or after the formula; anywhere else the reader of cells passes it over.
_ELSEWHERE = re.compile(rb'<v(?<!"><v)(?<!<c><v)(?<!</f><v)(?<!"/><v)')
_AFTER_EMPTY_CELL = re.compile(rb"<c\s[^<]*/><v")
_INLINE = re.compile(rb"<is(?!><t[^<]*</t></is>)|inlineStr[\"'][^<]*><v")
_SMALL = re.compile(rb"<v>(-?[\d.]+[eE]-\d+|-?0?\.0000\d{6,})</v>")
_LONGEST_CELL = 1 << 17  # bytes


class UsualForm:
    """Looks at the bytes of a sheet as they come, whole cells at a time.

    `end` tells how many bytes of the latest piece stand before the end of the rows; None where they end in another.
    """

    def __init__(self) -> None:
        self.has_ended = False
        self.end: int | None = None
        self._kept, self._is_begun = b"", False

    def holds(self, chunk: bytes) -> bool:
        """Whether the cells that have come whole with this piece have the usual form; what follows the rows has any."""
        self.end = None
        if self.has_ended:
            return True
        content = self._kept + chunk
        end = content.find(b"</sheetData")
        self.has_ended = end >= 0
        whole = end if self.has_ended else content.rfind(b"<c")
        if self.has_ended:
            self.end = max(end - len(self._kept), 0)
        elif whole < 1:  # no cell has come whole
            self._kept = content
            return len(content) <= _LONGEST_CELL
        self._kept = content[whole:]
        return self._is_usual(content[:whole])

    def _is_usual(self, cells: bytes) -> bool:
        """A single byte is found quickly, so that the longer looks are seldom taken."""
        if not self._is_begun:
            self._is_begun = True
            cells = _DECLARATION.sub(b"", cells, count=1)
        return not (
            (b"&" in cells and _IN_PIECES.search(cells))
            or (b"!" in cells and b"<!" in cells)
            or (b"?" in cells and b"<?" in cells)
            or _SHARED.search(cells)
            or _ELSEWHERE.search(cells)
            or ((b"-" in cells or b".0000" in cells) and any(is_cut(float(m[1])) for m in _SMALL.finditer(cells)))
            or (b"nline" in cells and _INLINE.search(cells))
            or (b'"/><v' in cells and _AFTER_EMPTY_CELL.search(cells))
        )
