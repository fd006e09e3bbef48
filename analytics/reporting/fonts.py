"""The typeface as the PDF needs it: which characters it has, how wide they are, and how typst finds it.

typst leaves a missing glyph out without a word, so the text is compared with the face before it is set.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from analytics.present import typeface
from analytics.present.typeface import FAMILY

if TYPE_CHECKING:
    import typst

__all__ = ["FAMILY", "loaded", "missing", "width"]

_VARIATION_SELECTORS = range(0xFE00, 0xFE10)


@lru_cache(maxsize=1)
def loaded() -> typst.Fonts:
    """The fonts typst may use: the package's, and neither the system's nor typst's own."""
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(typeface.folder())])


def missing(text: Iterable[str]) -> list[str]:
    """The characters of `text` without a glyph, in order of code point; spaces and controls need none."""
    return sorted(c for c in set(text) if ord(c) not in typeface.widths() and not _needs_no_glyph(c))


def width(text: str) -> float:
    """Width of `text` set on one line [em], without kerning; a character without glyph counts 1."""
    return sum(typeface.widths().get(ord(c), 1.0) for c in text)


def _needs_no_glyph(character: str) -> bool:
    return (
        character.isspace() or unicodedata.category(character) in {"Cc", "Cf"} or ord(character) in _VARIATION_SELECTORS
    )
