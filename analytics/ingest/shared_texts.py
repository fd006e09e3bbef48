"""How long the texts of a workbook are once each cell has its own: one long text may stand in very many cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.parsers import expat

from analytics.ingest import sheet, xml_parts
from analytics.ingest.xml_parts import Malformed


def lengths_of(chunks: Iterable[bytes]) -> list[int]:
    """Characters of each text that cells share, from the XML of these texts; `Malformed` where there are too many."""
    found: list[int] = []
    is_within = False

    def begin(name: str, _: dict[str, str]) -> None:
        nonlocal is_within
        bare = name.rpartition(":")[2]
        if is_within:  # the reader of cells takes the part before it for the whole
            raise Malformed(f"it has {bare[:20]} within a text that cells share")
        is_within = bare == "t"
        if bare == "si":
            if len(found) >= sheet.MAX_CELLS:
                raise Malformed(f"it shares more than {sheet.MAX_CELLS:,} texts")
            found.append(0)

    def end(_: str) -> None:
        nonlocal is_within
        is_within = False

    def count(text: str) -> None:
        if found:
            found[-1] += len(text)

    parser = xml_parts.parser()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin, end, count
    _feed(parser, chunks)
    return found


def length_in_cells(chunks: Iterable[bytes], lengths: Sequence[int]) -> int:
    """Characters of the shared texts in all cells of a sheet, from its XML and the length of each text."""
    total, is_shared = 0, False
    number: list[str] = []

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal is_shared
        bare = name.rpartition(":")[2]
        if bare == "c":
            is_shared = attributes.get("t") == "s"
        elif bare == "v" and is_shared:
            parser.CharacterDataHandler = number.append

    def end(_: str) -> None:
        nonlocal total
        parser.CharacterDataHandler = None
        if number:
            told = int("".join(number))
            total += lengths[told] if 0 <= told < len(lengths) else 0
            number.clear()

    parser = xml_parts.parser()
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    _feed(parser, chunks)
    return total


def _feed(parser: expat.XMLParserType, chunks: Iterable[bytes]) -> None:
    for chunk in chunks:
        parser.Parse(chunk, False)
    parser.Parse(b"", True)
