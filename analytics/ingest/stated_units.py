"""In which unit each column of a sheet is: by its heading, a row of units, or a line above the table."""

from __future__ import annotations

import re
import unicodedata

from analytics import units
from analytics.errors import CheckFailed
from analytics.ingest.grid import Grid
from analytics.ingest.headings import HeadingRows, Headings, plain

# `单位：万吨`, `计量单位（万吨）`; 填报单位：某局 is an organisation. Behind the unit, in brackets, stand exceptions.
_OF_TABLE = re.compile(
    r"(?P<of>[^\s:()、,;。]*?)单\s*位\s*[:(]\s*(?P<unit>[^()\[\],、;。:]+?)\s*"
    r"(?:[)\],、;。]|\((?P<but>[^)]*)\)|$|\s(?=\S*单\s*位))"
)
_OF_A_QUANTITY = ("", "计量", "数量", "重量", "质量", "面积", "长度", "浓度", "体积", "水量")
_LABELS = ("单位", "计量单位", "量纲")
_NOTHING = ("-", "--", "—", "——", "/")


def row_of_units(grid: Grid, heading: HeadingRows, headings: Headings, *, file: str) -> dict[int, str]:
    """Units by column where the row below the headings holds units and no data; merged headings may reach into it.

    `CheckFailed` where a cell of such a row is no unit that is known.
    """
    row = grid.rows[heading.end] if heading.end < len(grid.rows) else []
    said = {column: plain(cell).strip("()") for column, cell in enumerate(row) if cell and plain(cell)}
    said = {c: t for c, t in said.items() if t not in _NOTHING and t != _bare_heading(grid, heading, c)}
    labelled = any(text in _LABELS for text in said.values())
    said = {column: text for column, text in said.items() if text not in _LABELS}
    wanted = {c for c, t in heading.targets.items() if t.key in headings.wanted}
    meant = {column: text for column, text in said.items() if column in wanted}
    if not meant or not all(labelled or units.looks_like_a_unit(text) for text in meant.values()):
        return {}
    if not labelled and any(not units.looks_like_a_unit(text) for text in said.values()):
        return {}
    for column, text in meant.items():
        if units.unit_named(text) is None or text.isdecimal():
            where = f"{file}, sheet {grid.sheet}, row {heading.end + 1}, column {column + 1}"
            raise _unknown_unit(headings, where, text)
    return meant


def _bare_heading(grid: Grid, heading: HeadingRows, column: int) -> str:
    return plain(_heading_of(grid, heading, column)).strip("()")


def _unknown_unit(headings: Headings, where: str, found: str) -> CheckFailed:
    return CheckFailed(
        f"{headings.source.id}: a unit is not known.",
        where=where,
        found=found,
        expected="a unit such as t, 万吨, mg/L, μg/L, km, 万亩",
        next_step="Write a known unit there and send the file again.",
        zh=f"单位“{found}”无法识别",
    )


def stated(
    grid: Grid, heading: HeadingRows, headings: Headings, below: dict[int, str], *, file: str
) -> dict[str, str | None]:
    """The unit of each column, None where nothing is said of a reading: then it is that of its parameter.

    `below` are the units of `row_of_units`. `CheckFailed` where two places disagree, where the unit is of another
    kind than the column, and where an amount has none.
    """
    above = _of_table(grid, heading, headings, file=file)
    found: dict[str, str | None] = {}
    for column, target in heading.targets.items():
        places = [(heading.end, target.unit), (heading.end + 1, below.get(column))]
        said = [(row, unit) for row, unit in places if unit]
        # A single item may be in another unit than the table of readings; an amount may not.
        must_agree = not said or target.key in headings.must_state
        if above and must_agree and _suits(above[1], headings.wanted.get(target.key)):
            said.insert(0, above)
        where = f"{file}, sheet {grid.sheet}, row {heading.end}, column {column + 1}"
        found[target.key] = _one(said, target.key, headings, where=where)
    return found


def _one(said: list[tuple[int, str]], key: str, headings: Headings, *, where: str) -> str | None:
    """The one unit of those said, each with its row."""
    given = list(dict.fromkeys(unit for _, unit in said))
    wanted, spelling = headings.wanted.get(key), headings.spelling_of(key)
    if len({units.unit_named(unit) or unit for unit in given}) > 1:
        raise CheckFailed(
            f"{headings.source.id}: two units are given for one column.",
            where=where,
            found=f"{spelling}: " + " and ".join(f"{unit} in row {row}" for row, unit in said),
            expected="one unit",
            next_step="Correct the heading, or the line with the unit of the table, and send the file again.",
            zh=f"“{spelling}”一栏给出了两个不同的单位：{'、'.join(given)}",
        )
    if given and wanted and not units.same_kind(given[0], wanted):
        raise CheckFailed(
            f"{headings.source.id}: the unit of a column cannot be converted.",
            where=where,
            found=f"{spelling}: {given[0]}",
            expected=f"{wanted}, or a unit of the same kind",
            next_step="Correct the heading and send the file again.",
            zh=f"“{spelling}”一栏的单位“{given[0]}”不能换算为 {wanted}",
        )
    if not given and key in headings.must_state:
        raise CheckFailed(
            f"{headings.source.id}: the unit of a column is not given.",
            where=where,
            expected=f"a heading such as {spelling}",
            next_step="Write the unit into the heading and send the file again.",
            zh=f"“{spelling}”一栏未注明单位",
        )
    return given[0] if given else None


def _suits(unit: str, wanted: str | None) -> bool:
    return wanted is not None and units.same_kind(unit, wanted)


def _of_table(grid: Grid, heading: HeadingRows, headings: Headings, *, file: str) -> tuple[int, str] | None:
    """The unit in a line such as `单位：万吨` above the table, and its row; an organisation (填报单位) is none.

    `CheckFailed` where two such lines disagree, one is unknown, or one makes an exception for single columns in
    another unit of its kind.
    """
    found: list[tuple[int, str]] = []
    for number, row in enumerate(grid.rows[: heading.end], start=1):
        where = f"{file}, sheet {grid.sheet}, row {number}"
        for text in dict.fromkeys(unicodedata.normalize("NFKC", cell) for cell in row if cell):
            for said in _OF_TABLE.finditer(text):
                if not said["of"].endswith(_OF_A_QUANTITY[1:]) and said["of"]:
                    continue
                if units.unit_named(said["unit"]):
                    found.append((number, said["unit"]))
                    _require_no_exception(said["unit"], said["but"] or "", headings, where)
                elif units.looks_like_a_unit(said["unit"]):
                    raise _unknown_unit(headings, where, said["unit"])
    if len({units.unit_named(unit) for _, unit in found}) > 1:
        listed = " and ".join(f"{unit} in row {row}" for row, unit in found)
        raise CheckFailed(
            f"{headings.source.id}: two units are given for the table.",
            where=f"{file}, sheet {grid.sheet}",
            found=listed,
            expected="one unit",
            next_step="Correct the line with the unit of the table and send the file again.",
            zh="表头上方给出了两个不同的单位",
        )
    return found[0] if found else None


def _require_no_exception(unit: str, exceptions: str, headings: Headings, where: str) -> None:
    """Another unit of the same kind in the brackets is one of single columns: it belongs into their headings."""
    for word in re.split(r"[\s、,;为用]+", exceptions):
        named = units.unit_named(word) if word else None
        if named and units.same_kind(named, unit) and named != units.unit_named(unit):
            raise CheckFailed(
                f"{headings.source.id}: some columns are said to be in another unit than the table.",
                where=where,
                found=exceptions,
                expected=f"{unit} for all, or the unit in the heading of each such column",
                next_step="Write the unit into the headings of these columns and send the file again.",
                zh="表头上方注明部分栏目另用单位，应写入各该栏目的表头",
            )


def _heading_of(grid: Grid, heading: HeadingRows, column: int) -> str:
    cells = grid.rows[heading.end - 1]
    return (cells[column] or "") if column < len(cells) else ""
