"""The XML of which the parts of a workbook are made."""

from __future__ import annotations

from xml.parsers import expat

_ENCODINGS = {"utf-8", "utf-16", "us-ascii", "ascii", "iso-8859-1"}  # of others two readers may see other signs


class Malformed(Exception):
    """The XML is not that of a workbook, or one that nobody writes; `zh` says what to do where more is known."""

    def __init__(self, found: str, *, zh: str = "") -> None:
        super().__init__(found)
        self.zh = zh


def parser() -> expat.XMLParserType:
    """A parser of XML that takes no declarations of its own words: what they stand for may grow beyond measure."""
    made = expat.ParserCreate()
    made.buffer_text = True
    made.StartDoctypeDeclHandler = _refuse_declarations
    made.XmlDeclHandler = _refuse_encodings
    return made


def _refuse_declarations(*_: object) -> None:
    raise Malformed("it declares words of its own (DOCTYPE)")


def _refuse_encodings(_: str, encoding: str | None, __: int) -> None:
    if encoding is not None and encoding.lower() not in _ENCODINGS:
        raise Malformed(f"it is written in {encoding[:20]}")
