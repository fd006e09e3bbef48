"""A whole row that stands in one cell, its separators not understood: told from a note, which is left out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from analytics import units

_LEAST = 3  # parts
_SEPARATORS = re.compile(r"\s*[,;、|\t]\s*|\s+")
_ONE_COLON = re.compile(r"([^:]*[省市县区州盟旗]):([^:]*)")  # 太原市：阳曲县，2000
_POINTS_OF_A_LIST = re.compile(r"(?:^|(?<=[;。\s]))\(?\d{1,2}[、.)]\s*(?=[^\d\s])")  # 1、… ；2、…
_SPACED_OUT = re.compile(r"(?<=\d) +(?=[^\W\d_a-zA-Z])")  # 2021 年
_NUMBER = re.compile(r"[<>≤≥]?[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?(?P<unit>.*)", re.IGNORECASE)
_NOTHING = re.compile(r"无|未检出|[-—–―/]+")  # in the place of a number
_TELEPHONE = re.compile(r"1\d{10}")
_DAY_OR_MONTH = re.compile(r"\d{4}[-/.年]\d{1,2}(?:[-/.月](?:\d{1,2}日?)?)?")
_AREA = re.compile(r"[一-龥]{1,10}(?:省|市|县|区|州|盟|旗)")


@dataclass(frozen=True)
class Shape:
    """What a row of a table has: how many columns must be there, of areas, whether of numbers, and of days or months.

    `words` has, by what stands in the rows of the table, the columns in which it stands.
    """

    needed: int
    areas: int
    has_numbers: bool
    has_days: bool
    words: Mapping[str, Collection[int]]


def is_run_together(cells: Iterable[str], shape: Shape) -> bool:
    """Whether cells that fill no row hold a whole one: of their parts at least half are such as a row has.

    Parts are numbers, areas, and words of other rows, each column once: a sentence has few of them, and a list of
    areas or members has those of one column. A signature is none, nor is a line without a number where rows need one.
    """
    text = unicodedata.normalize("NFKC", ",".join(dict.fromkeys(cells))).strip()
    if named := _ONE_COLON.fullmatch(text):
        text = ",".join(named.groups())
    pieces = _SEPARATORS.split(_SPACED_OUT.sub("", _POINTS_OF_A_LIST.sub("", text)))
    parts = [part for piece in pieces if (part := piece.strip('"“”。'))]
    if len(parts) < _LEAST or any(":" in part and not part[0].isdigit() for part in parts):
        return False
    numbers = [part for part in parts if _is_number(part)]
    days = [part for part in parts if part not in numbers and _DAY_OR_MONTH.fullmatch(part)]
    areas = [part for part in parts if _AREA.fullmatch(part)]
    counted = len(numbers) + len(days) * shape.has_days
    others = {part for part in parts if part not in {*days, *numbers, *areas}}
    columns = {column for part in others for column in sorted(shape.words.get(part, ()))[:1]}
    told = counted + min(len(areas), shape.areas) + len(columns)
    has_all = numbers if shape.has_numbers else counted or len(pieces) >= shape.needed or told >= _LEAST
    return bool(has_all) and 2 * told >= len(parts)


def is_within_key(cells: Collection[str], shape: Shape) -> bool:
    """Whether a row of which only names and codes are there, as in a form not filled in, holds a whole one in them.

    Such cells are many parts of a row themselves: one has to be a row alone, or each to be several parts.
    """
    of_several = all(_SEPARATORS.search(unicodedata.normalize("NFKC", cell).strip()) for cell in cells)
    return any(is_run_together([cell], shape) for cell in cells) or (of_several and is_run_together(cells, shape))


def _is_number(part: str) -> bool:
    if _NOTHING.fullmatch(part):
        return True
    found = _NUMBER.fullmatch(part)
    if found is None or _TELEPHONE.fullmatch(part):
        return False
    return not found["unit"] or found["unit"] == "%" or units.unit_named(found["unit"]) is not None
