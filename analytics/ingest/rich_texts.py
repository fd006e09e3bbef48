"""Texts of a workbook with raised, lowered or struck signs: as they are seen, not with their signs in a row.

The reader of cells gives the signs alone: 1000 with a raised 1, the mark of a footnote, would be 10001.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from analytics.ingest import xml_parts

RAISED = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_MARKS = (b"vertAlign", b"strike")
_RAISES = {"superscript": RAISED, "subscript": LOWERED}
_OFF = ("0", "false")


@dataclass(frozen=True)
class Look:
    """How the signs of one font are seen: `raised` has raised or lowered signs by the plain ones."""

    raised: Mapping[int, int] | None = None
    is_struck: bool = False

    def of(self, text: str) -> str:
        """The signs as they are seen; what is struck out stands in lines of its own."""
        seen = text.translate(self.raised) if self.raised else text
        return f"\n{seen}\n" if self.is_struck and text.strip() else seen


PLAIN = Look()


def seen(runs: Iterable[tuple[str, Look]]) -> str | None:
    """How a text of these runs is seen; None where it is seen as its signs stand in a row."""
    found = list(runs)
    told = "".join(look.of(text) for text, look in found).strip("\n")
    return None if told == "".join(text for text, _ in found) else told


def marked_texts(chunks: Iterable[bytes]) -> dict[str, str]:
    """By the number of the text how it is seen, from the XML of the texts that cells share.

    Raised and lowered digits are those signs, and what is struck out stands in lines of its own. Only texts that
    differ are there.
    """
    texts = _Texts()
    for chunk in chunks:
        texts.parser.Parse(chunk, False)
    texts.parser.Parse(b"", True)
    return texts.found


def has_marks(chunks: Iterable[bytes]) -> bool:
    """Whether any such text may be there."""
    before = b""
    for chunk in chunks:
        if any(mark in before + chunk for mark in _MARKS):
            return True
        before = chunk[-len(max(_MARKS, key=len)) :]
    return False


class _Texts:
    """Follows the texts and their runs; how a word is spoken (`rPh`) is not part of it."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self.parser = xml_parts.parser()
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._begin, self._end
        self._number = -1
        self._runs: list[tuple[str, Look]] = []
        self._run: list[str] = []
        self._begin_run()

    def _begin_run(self) -> None:
        self._raise: Mapping[int, int] | None = None
        self._is_struck = False
        self._run.clear()

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        bare = name.rpartition(":")[2]
        if bare == "si":
            self._number += 1
            self._runs.clear()
        if bare in ("si", "r", "rPh"):
            self._begin_run()
        elif bare == "vertAlign":
            self._raise = _RAISES.get(attributes.get("val", ""))
        elif bare == "strike":
            self._is_struck = attributes.get("val", "1") not in _OFF
        elif bare == "t":
            self._run.clear()
            self.parser.CharacterDataHandler = self._run.append

    def _end(self, name: str) -> None:
        bare = name.rpartition(":")[2]
        self.parser.CharacterDataHandler = None
        if bare == "rPh":
            self._run.clear()
        elif bare == "r" or (bare == "si" and self._run):
            self._runs.append(("".join(self._run), Look(self._raise, self._is_struck)))
            self._run.clear()
        if bare == "si" and (text := seen(self._runs)) is not None:
            self.found[str(self._number)] = text
