"""In which unit each column of a sheet is: by its heading, a row of units, or a line above the table."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from openpyxl.utils import get_column_letter

from analytics import units
from analytics.errors import CheckFailed
from analytics.ingest import hinted_units
from analytics.ingest.grid import Cell, Grid
from analytics.ingest.headings import UNROUNDED, HeadingRows, Headings, plain

# Where a line begins to speak of a unit: 单位：, 计量单位（, 单位 万吨. An office (填报单位：某局) begins the same way.
# Without a sign between, it does only where a known unit follows at once: 单位万吨, 单位均为万吨.
_MARK = re.compile(
    r"(?P<of>[^\s:;()、,。]{0,6}?)单\s*位(?:\s*(?P<sign>[:;∶()\[【=/-]|为)|(?=\s)"
    r"|(?P<bare>(?:[均都皆]|统一|一律|全部)?(?:采用|使用|[为是用])?))"
)
_COUNTED_IN = re.compile(
    r"[以按](?P<unit>[^\s以按,;。()]{1,6}?)(?:[为作]?(?:计量|计算)?单位|来?计[量算]?(?=$|[\s,;。()])|填[报写列]|表示)"
    r"|[均皆都]为(?P<all>[^\s,;。()]{1,6})(?=$|[\s,;。()])"
)
# 浓度:μg/L, 监测结果(μg/L)
_LABELLED = re.compile(
    r"(?:^|[\s,;。(])(?:质量浓度|浓度|含量|(?:监测|检测|分析)?(?:结果|数据|数值))[:(](?P<unit>[^\s,;。()]{1,12})(?=$|[\s,;。)])"
)
_QUOTES = str.maketrans("", "", "“”\"'‘’「」")
_IN_BRACKETS = re.compile(r"[(\[【]([^()\[\]【】]{1,20})[)\]】]$")
_LONGEST = 500  # characters of a cell in which a unit is looked for
_OFFICE = ("填报", "报送", "填表", "制表", "编制", "主管", "责任", "建设", "上报", "牵头", "负责", "盖章")
_BETWEEN = re.compile(r"[\s、,;:。()\[\]【】]+")
_LABEL = re.compile(r"(?:项目|计量|浓度|数量)?单位:?|量纲:?")
# What stands in a row of units under a column that has none.
_NO_UNIT = ("无", "无单位", "文字", "文本", "字符", "名称", "代码", "-", "--", "—", "——", "/")


def row_of_units(grid: Grid, number: int, heading: HeadingRows, headings: Headings, *, file: str) -> dict[int, str]:
    """Units by column where the row at that index holds units and no data; merged headings may reach into it.

    `CheckFailed` where a cell of such a row is no unit that is known.
    """
    row = grid.rows[number] if 0 <= number < len(grid.rows) else []
    wanted = {c for c, t in heading.targets.items() if t.key in headings.wanted}
    if names_somebody(grid, number, heading, headings) or any(
        c < len(row) and _is_plain_number(row[c]) for c in wanted
    ):
        return {}
    said = {c: plain(cell).strip("()[]【】") for c, cell in enumerate(row) if cell and plain(cell)}
    said = {c: text for c, text in said.items() if text and text != _bare_heading(grid, heading, c)}
    labelled = any(_LABEL.fullmatch(text) for text in said.values())
    meant = {c: text for c, text in said.items() if c in wanted and text not in _NO_UNIT}
    known = {c: text for c, text in meant.items() if units.unit_named(text) and not text.isdecimal()}
    if not meant or any(_is_number(text) for text in meant.values()):
        return {}
    if not known and not (labelled or all(units.looks_like_a_unit(text) for text in meant.values())):
        return {}
    for column, text in meant.items():
        if column not in known:
            where = f"{file}, sheet {grid.sheet}, row {number + 1}, column {column + 1}"
            raise _unknown_unit(headings, where, text)
    return known


def names_somebody(grid: Grid, number: int, heading: HeadingRows, headings: Headings) -> bool:
    """Whether the row at that index, below the headings, says in each column of the key whom it is about."""
    row = grid.rows[number] if heading.end <= number < len(grid.rows) else []
    key = [c for c, t in heading.targets.items() if t.key in headings.key]
    words = {c: plain(row[c] or "").strip("()[]【】") if c < len(row) else "" for c in key}
    return bool(words) and all(
        word
        and word not in _NO_UNIT
        and not _LABEL.fullmatch(word)
        and not units.unit_named(word)
        and word != _bare_heading(grid, heading, column)
        for column, word in words.items()
    )


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[<≤]?[+-]?[\d.,]+[l%]?", text))


def _is_plain_number(cell: Cell) -> bool:
    """Whether a cell is a number that no row of units holds; told quickly, for it is asked of every row."""
    return cell is not None and "." in cell and cell.replace(".", "", 1).isdecimal()


def _bare_heading(grid: Grid, heading: HeadingRows, column: int) -> str:
    return plain(_heading_of(grid, heading, column)).strip("()")


def _unknown_unit(headings: Headings, where: str, found: str) -> CheckFailed:
    return CheckFailed(
        f"{headings.source.id}: a unit is not known.",
        where=where,
        found=found,
        expected="a unit such as t, 万吨, mg/L, μg/L, km, 万亩",
        next_step="Write a known unit there and send the file again.",
        zh=f"单位“{found}”无法识别；请改写为规范的单位，如 t、万吨、mg/L、μg/L、km、万亩",
    )


def stated(
    grid: Grid, heading: HeadingRows, headings: Headings, around: dict[int, dict[int, str]], *, file: str
) -> dict[str, str | None]:
    """The unit of each column, None where nothing is said of a reading: then it is that of its parameter.

    `around` are the units of `row_of_units` by the number of their row. What stands over a group of columns (重金属
    （μg/L）) is said of them, and goes before what lines above the table say. `CheckFailed` where two places disagree,
    where the unit is of another kind than the column, and where an amount has none.
    """
    above = _of_table(grid, heading, headings, file=file)
    found: dict[str, str | None] = {}
    for column, target in heading.targets.items():
        wanted = headings.wanted.get(target.key)
        places = [(heading.end, target.unit), *((row, by_column.get(column)) for row, by_column in around.items())]
        said = [(row, unit) for row, unit in places if unit]
        # A single item may be in another unit than the table of readings; an amount may not. An unrounded value is in
        # that of the printed one.
        is_amount = target.key in headings.must_state
        must_agree = (not said and not target.key.endswith(UNROUNDED)) or is_amount
        of_group = [one for one in _of_groups(grid, heading, column, headings, file=file) if _suits(one[1], wanted)]
        fitting = [(row, unit) for row, unit in above if _suits(unit, wanted)]
        nearer = [*of_group[:1], *fitting[:1]] if is_amount else (of_group or fitting)[:1]
        if must_agree:
            said = [*nearer, *said]
        if not said and not is_amount:
            _require_no_group_beside(grid, heading, column, headings, where=f"{file}, sheet {grid.sheet}")
        at = (heading.end, column + 1)
        found[target.key] = _one(said, target.key, headings, at=at, where=f"{file}, sheet {grid.sheet}")
    _require_no_hint_of_others(grid, heading, headings, around, found, where=f"{file}, sheet {grid.sheet}")
    return found


def _require_no_hint_of_others(
    grid: Grid,
    heading: HeadingRows,
    headings: Headings,
    around: dict[int, dict[int, str]],
    found: dict[str, str | None],
    *,
    where: str,
) -> None:
    """`CheckFailed` where a text above the table tells in passing another unit than a column is in."""
    for number, row in enumerate(grid.rows[: heading.start], start=1):
        for hint in () if around.get(number) else hinted_units.of_title(row, headings):
            line = " ".join(dict.fromkeys(cell.strip() for cell in row if cell))
            hinted_units.require_no_other(hint, found, headings, where=where, row=number, line=line)


def _one(said: list[tuple[int, str]], key: str, headings: Headings, *, at: tuple[int, int], where: str) -> str | None:
    """The one unit of those said, each with its row; `at` are the row and column of the heading, from 1."""
    where += f", row {at[0]}, column {at[1]}"
    given = list(dict.fromkeys(unit for _, unit in said))
    wanted, spelling = headings.wanted.get(key), headings.spelling_of(key)
    if len({units.unit_named(unit, wanted) or unit for unit in given}) > 1:
        raise CheckFailed(
            f"{headings.source.id}: two units are given for one column.",
            where=where,
            found=f"{spelling}: " + " and ".join(f"{unit} in row {row}" for row, unit in said),
            expected="one unit",
            next_step="Correct the heading, or the line with the unit of the table, and send the file again.",
            zh=f"“{spelling}”一栏给出了两个不同的单位："
            + "、".join(f"第{row}行 {unit}" for row, unit in said)
            + "；请只留一个",
        )
    if given and wanted and not units.same_kind(given[0], wanted):
        raise CheckFailed(
            f"{headings.source.id}: the unit of a column cannot be converted.",
            where=where,
            found=f"{spelling}: {given[0]}",
            expected=f"{wanted}, or a unit of the same kind",
            next_step="Correct the heading and send the file again.",
            zh=f"“{spelling}”一栏的单位“{given[0]}”不能换算为 {wanted}；请改正该栏表头的单位",
        )
    if not given and key in headings.must_state:
        raise CheckFailed(
            f"{headings.source.id}: the unit of a column is not given.",
            where=where,
            expected=f"a heading such as {spelling}",
            next_step="Write the unit into the heading and send the file again.",
            zh=f"第{at[0]}行{get_column_letter(at[1])}列的表头没有注明单位：请写作“{spelling}”",
        )
    return given[0] if given else None


def _of_groups(
    grid: Grid, heading: HeadingRows, column: int, headings: Headings, *, file: str
) -> list[tuple[int, str]]:
    """The units that rows of headings tell over the one that names the column, with their rows; the nearest first."""
    cells = [(row, _heading_cell(grid, row, column)) for row in range(heading.start, heading.end)]
    words = [(row, cell) for row, cell in cells if cell]
    named = words[-1][1] if words else ""
    found: list[tuple[int, str]] = []
    for row, cell in reversed(words):
        if cell != named:
            where = f"{file}, sheet {grid.sheet}, row {row + 1}"
            found += [(row + 1, unit) for unit in _units_of_group(cell, headings, where=where)]
    return found


def _units_of_group(cell: str, headings: Headings, *, where: str) -> list[str]:
    """The units in the heading of a group: 重金属（μg/L）, 单位：μg/L, μg/L."""
    ends = _IN_BRACKETS.search(plain(cell))
    told = [plain(cell), ends[1]] if ends else [plain(cell)]
    known = [unit for unit in told if _is_unit(unit)]
    return known or units_of_line([cell], headings, where=where)


def _require_no_group_beside(grid: Grid, heading: HeadingRows, column: int, headings: Headings, *, where: str) -> None:
    """`CheckFailed` where the heading of a group to the left, which is not merged, may reach over the column.

    It tells another unit than the column has when nothing is said: nobody can tell how far it goes.
    """
    wanted = headings.wanted.get(heading.targets[column].key)
    for row in range(heading.start, heading.end - 1):
        if _heading_cell(grid, row, column):
            continue
        left = next((c for c in range(column - 1, -1, -1) if _heading_cell(grid, row, c)), None)
        if left is None or (row, left) in grid.merged or left not in heading.targets:
            continue
        cell = _heading_cell(grid, row, left)
        below = [_heading_cell(grid, under, left) for under in range(row + 1, heading.end)]
        if not any(text and text != cell for text in below):
            continue
        for unit in _units_of_group(cell, headings, where=where):
            if _suits(unit, wanted) and units.unit_named(unit, wanted) != units.unit_named(wanted or ""):
                spelling = headings.spelling_of(heading.targets[column].key)
                raise CheckFailed(
                    f"{headings.source.id}: nobody can tell how far the heading of a group goes.",
                    where=f"{where}, row {row + 1}, column {left + 1}",
                    found=f"{cell}, and {spelling} further right without a unit of its own",
                    expected="a heading merged over the columns of its group, or the unit in the heading of each",
                    next_step="Merge the heading over its group, or write the units into the headings, and send again.",
                    zh=f"第{row + 1}行的分组表头“{cell}”没有合并单元格，无法判断“{spelling}”是否也按 {unit} 计："
                    "请把分组表头合并到所属各列之上，或在各列表头写明单位",
                )


def _heading_cell(grid: Grid, row: int, column: int) -> str:
    cells = grid.rows[row]
    return (cells[column] or "").strip() if column < len(cells) else ""


def _suits(unit: str, wanted: str | None) -> bool:
    return wanted is not None and units.same_kind(unit, wanted)


def _of_table(grid: Grid, heading: HeadingRows, headings: Headings, *, file: str) -> list[tuple[int, str]]:
    """The units that lines above the table give for it, with their rows: one of each kind.

    `CheckFailed` where two of one kind are given, for the whole or for single columns, and where one is unknown.
    """
    found: list[tuple[int, str]] = []
    for number, row in enumerate(grid.rows[: heading.start], start=1):
        where = f"{file}, sheet {grid.sheet}, row {number}"
        found += [(number, unit) for unit in units_of_line(row, headings, where=where)]
    for place, unit in found:
        kin = ((r, u) for r, u in found if units.same_kind(u, unit))
        other = next(((r, u) for r, u in kin if units.unit_named(u) != units.unit_named(unit)), None)
        if other is not None:
            raise CheckFailed(
                f"{headings.source.id}: two units are given for the table.",
                where=f"{file}, sheet {grid.sheet}",
                found=f"{unit} in row {place} and {other[1]} in row {other[0]}",
                expected="one unit, or the unit in the heading of each column that has another",
                next_step="Correct the line with the unit of the table and send the file again.",
                zh=f"给出了两个不同的单位：第{place}行 {unit}、第{other[0]}行 {other[1]}；"
                "请只留一个，或在各栏表头写明单位",
            )
    return found


def units_of_line(row: Sequence[Cell], headings: Headings, *, where: str) -> list[str]:
    """The units that a line outside the table speaks of: `单位：mg/L（水温 ℃）` of two, `填报单位：某局` of none."""
    cells = list(
        dict.fromkeys(unicodedata.normalize("NFKC", cell[:_LONGEST]).strip() for cell in row if cell and cell.strip())
    )
    line = "  ".join(cells).translate(_QUOTES)
    bare = [cell for cell in cells if (cell[:1] in "([【" or len(cells) == 1) and _is_unit(cell)]
    counted_in = (
        told["unit"] or told["all"]
        for told in _COUNTED_IN.finditer(line)
        if not hinted_units.names_columns(line[: told.start()], headings)
    )
    labelled = (told["unit"] for told in _LABELLED.finditer(line))
    found = [*bare, *(unit for unit in (*counted_in, *labelled) if _is_unit(unit))]
    marks = list(_MARK.finditer(line))
    ends = [*(mark.start() for mark in marks[1:]), len(line)]
    for mark, end in zip(marks, ends, strict=False):
        rest = line[mark.end() : end]
        words = [word for word in _BETWEEN.split(rest) if word]
        if not words:
            continue
        if len(words) > 1 and not units.unit_named(words[0]) and units.unit_named(words[0] + words[1]):
            words[:2] = [words[0] + words[1]]  # 万  吨
        first = words[0]
        if mark["bare"] is not None and (mark["of"].endswith(_OFFICE) or rest[:1].isspace()):
            continue
        if units.unit_named(first):
            found += [first, *(unit for word in words[1:] for unit in units.units_within(word))]
        elif mark["sign"] and units.looks_like_a_unit(first) and not mark["of"].endswith(_OFFICE):
            raise _unknown_unit(headings, where, first)
    return list({units.unit_named(unit): unit for unit in reversed(found)}.values())[::-1]


def _is_unit(word: str) -> bool:
    return units.unit_named(word) is not None and not word.isdecimal()


def _heading_of(grid: Grid, heading: HeadingRows, column: int) -> str:
    cells = grid.rows[heading.end - 1]
    return (cells[column] or "") if column < len(cells) else ""
