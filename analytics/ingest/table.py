"""One table of a delivered file: its columns under their declared keys, still as text."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from analytics.ingest.sheet import Cell
from analytics.ingest.totals import TotalRow


@dataclass
class Table:
    """The columns of one sheet under their declared keys, their units, and the sheet's row numbers.

    A reading without a unit is in that of its parameter. `merged` has, by column, the row numbers whose cell is
    merged with others; `days`, by column of days, the day as text where Excel keeps it as a bare number. `hidden`
    counts the rows of the table that do not show in the sheet, `hidden_columns` names such columns; they count.
    `headless` are the sheet's columns, from 0, that have cells in these rows and no heading; they do not.
    `totals` are rows of sums, `parts` the row numbers and words of lines that head a part of the rows; `places` has
    the sheet's column of each key, from 0; `heading` the sheet's rows of headings, first and last, from 0; `groups` row
    numbers and words of headings over several columns that are part of no declared one.
    """

    sheet: str
    units: dict[str, str | None]
    columns: dict[str, pl.Series]
    numbers: list[int] = field(default_factory=list)
    merged: dict[str, list[int]] = field(default_factory=dict)
    days: dict[str, list[Cell]] = field(default_factory=dict)
    totals: list[TotalRow] = field(default_factory=list)
    parts: list[tuple[int, str]] = field(default_factory=list)
    notes_left_out: int = 0
    headings_left_out: int = 0
    examples_left_out: int = 0
    hidden: int = 0
    hidden_columns: list[str] = field(default_factory=list)
    headless: set[int] = field(default_factory=set)
    places: dict[str, int] = field(default_factory=dict)
    heading: tuple[int, int] = (0, 0)
    groups: list[tuple[int, str]] = field(default_factory=list)
