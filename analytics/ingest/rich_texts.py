"""Texts of a workbook with raised, lowered or struck signs: as they are seen, not with their signs in a row.

The reader of cells gives the signs alone: 1000 with a raised 1, the mark of a footnote, would be 10001.
"""

from __future__ import annotations

from collections.abc import Iterable

from analytics.ingest import sheet_xml

RAISED = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_MARKS = (b"vertAlign", b"strike")
_RAISES = {"superscript": RAISED, "subscript": LOWERED}
_OFF = ("0", "false")


def marked_texts(chunks: Iterable[bytes]) -> dict[str, str]:
    """By the text as its signs stand in a row, how it is seen, from the XML of the texts that cells share.

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
        self.parser = sheet_xml.parser()
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._begin, self._end
        self._row: list[str] = []
        self._seen: list[str] = []
        self._run: list[str] = []
        self._begin_run()

    def _begin_run(self) -> None:
        self._raise: dict[int, int] | None = None
        self._is_struck = False
        self._run.clear()

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        bare = name.rpartition(":")[2]
        if bare == "si":
            self._row.clear()
            self._seen.clear()
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
            self._end_run()
        if bare == "si":
            text, seen = "".join(self._row), "".join(self._seen).strip("\n")
            if seen != text:
                self.found[text] = seen

    def _end_run(self) -> None:
        text = "".join(self._run)
        seen = text.translate(self._raise) if self._raise else text
        self._row.append(text)
        self._seen.append(f"\n{seen}\n" if self._is_struck and text.strip() else seen)
        self._run.clear()
