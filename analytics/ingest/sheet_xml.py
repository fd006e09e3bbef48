"""A worksheet's XML: merged ranges, hidden rows, cells without a result, and how far the cells reach."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from xml.parsers import expat

from analytics.ingest.careful_walk import CarefulWalker
from analytics.ingest.sheet import SheetLayout
from analytics.ingest.sheet_walk import Looks, Unusual, Walker
from analytics.ingest.xml_parts import Malformed


@dataclass(frozen=True)
class Scanned:
    """The layout of a sheet, and the rows and columns from the first to the last cell with content."""

    layout: SheetLayout
    rows: int
    columns: int


def scan(content: Callable[[], Iterable[bytes]], looks: Looks) -> Scanned:
    """What the XML of one worksheet says beside values; `Malformed` where it is none.

    Sheets of any but the usual form are walked through anew, with more care: the values of cells that stand there in
    pieces (`9&#48;0`) are told too, for the reader of cells sees a part of such a one.
    """
    walker = Walker(looks)
    try:
        try:
            walker.walk(content())
        except Unusual:
            walker = CarefulWalker(looks)
            walker.walk(content())
    except (expat.ExpatError, ValueError, LookupError) as error:  # the last of an encoding that there is not
        raise Malformed(str(error)) from None
    rows, columns = walker.extent()
    return Scanned(walker.layout(), rows, columns)
