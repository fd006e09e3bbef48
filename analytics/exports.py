"""Tables for people's spreadsheets, as CSV and Excel: what a cell says is text, never a formula."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

# Spreadsheets take text that begins so for a formula; they fold wide and raised signs to the plain ones.
_BEGINS_A_FORMULA = "=+-@"
_CONTROLS = "\t\r\n"
# What a spreadsheet, or what opens the file for it, may drop before it looks at the first sign: controls such as NUL,
# signs without a width such as the mark of byte order, and every kind of space.
_DROPPED = ("Cc", "Cf", "Zs", "Zl", "Zp")
# A number says nothing but itself, and a dash alone is what forms write for nothing.
_HARMLESS = re.compile(r"[+-]?(\d[\d,]*\.?\d*|\.\d+)([eE][+-]?\d+)?%?|-+")


def neutral(text: str) -> str:
    """The text as a spreadsheet must take it for text: with an apostrophe before what could be a formula."""
    is_risky = text[:1] in tuple(_CONTROLS) or begins_a_formula(text)
    return f"'{text}" if is_risky and not _HARMLESS.fullmatch(_plain(text.strip(" "))) else text


def begins_a_formula(text: str) -> bool:
    """Whether the first sign that a spreadsheet sees of the text is one of a formula."""
    seen = next((sign for sign in text if unicodedata.category(sign) not in _DROPPED), "")
    return _plain(seen)[:1] in tuple(_BEGINS_A_FORMULA)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("−", "-")


def neutral_texts(table: pl.DataFrame) -> pl.DataFrame:
    """The table with every text neutral, also in lists; numbers, days and truth values stay what they are."""
    import polars as pl

    texts = {name for name, dtype in table.schema.items() if dtype == pl.String}
    lists = {name for name, dtype in table.schema.items() if dtype == pl.List(pl.String)}
    return table.with_columns(
        *(_mapped(pl.col(name)) for name in texts), *(pl.col(name).list.eval(_mapped(pl.element())) for name in lists)
    )


def _mapped(texts: pl.Expr) -> pl.Expr:
    import polars as pl

    return texts.map_elements(neutral, return_dtype=pl.String)


def csv_text(table: pl.DataFrame) -> str:
    """The table as CSV."""
    return neutral_texts(table).write_csv()


def write_csv(table: pl.DataFrame, file: Path) -> None:
    """Write the table as CSV that Excel reads as UTF-8."""
    neutral_texts(table).write_csv(file, include_bom=True)


def write_workbook(table: pl.DataFrame, file: Path, *, sheet: str) -> None:
    """Write the table as the only sheet of an Excel workbook, its headings always in sight."""
    import xlsxwriter

    # A text that looks like an address stays one: nobody follows by a click what somebody else has delivered.
    with xlsxwriter.Workbook(file, {"strings_to_urls": False}) as book:
        neutral_texts(table).write_excel(book, worksheet=sheet, freeze_panes=(1, 0), autofit=True)
