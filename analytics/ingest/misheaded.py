"""The refusals of a table that is not headed as its form: columns missing, unknown or twice, and what may be meant."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from openpyxl.utils import get_column_letter

from analytics.errors import CheckFailed
from analytics.ingest.headings import HeadingRows, Headings, plain

_NEAR = 0.5
_MOST_HEADS, _MOST_TOLD = 40, 10
Head = tuple[int, str]  # the sheet's column, from 0, and what stands above it


def missing_columns(
    headings: Headings,
    found: set[str],
    *,
    where: str,
    row: int | None,
    heads: Sequence[Head],
    unknown: Sequence[Head],
    hidden: Sequence[str] = (),
) -> CheckFailed:
    """The refusal, to be raised.

    `found` are the keys of the columns that are there; `heads` all that the row of headings says, `unknown` what of it
    names no column of the form; `row` is its number in the sheet, None where the sheet has none. `hidden` are sheets
    that do not show, where the table may be in one of them.
    """
    missing = [key for key in _in_order(headings) if key in headings.required - found]
    near = _nearest(missing, headings, unknown)
    said = " | ".join(text for _, text in heads[:_MOST_HEADS])
    return CheckFailed(
        f"{headings.source.id}: column missing: " + ", ".join(headings.spelling_of(key) for key in missing),
        where=where if row is None else f"{where}, row {row}",
        found=f"headings {said}" if heads else "no heading row",
        expected="; ".join(_in_english(key, headings, near.get(key)) for key in missing),
        next_step="Head these columns so, or name another source with --source, and send the file again."
        + (f" If the table is in a hidden sheet ({', '.join(hidden)}), show it first." if hidden else ""),
        zh="缺少栏目："
        + "；".join(_in_chinese(key, headings, near.get(key)) for key in missing)
        + "；请把表头改为所列写法；如属另一张报表，请按那张报表报送"
        + (f"；如报表在隐藏的工作表“{'”“'.join(hidden)}”中，请取消隐藏后重新报送" if hidden else ""),
    )


def _in_order(headings: Headings) -> list[str]:
    declared = [column.field for column in headings.source.columns]
    return [*declared, *sorted(headings.required - set(declared))]


def _nearest(missing: Sequence[str], headings: Headings, unknown: Sequence[Head]) -> dict[str, Head]:
    """By missing column the heading that names none and is most like one of its own; each heading for one column."""
    alike = sorted(
        (-max(_likeness(text, spelling) for spelling in headings.accepted(key)), at, column, text)
        for at, key in enumerate(missing)
        for column, text in unknown
    )
    near: dict[str, Head] = {}
    for likeness, at, column, text in alike:
        if -likeness >= _NEAR and missing[at] not in near and (column, text) not in near.values():
            near[missing[at]] = (column, text)
    return near


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, plain(one), plain(other)).ratio()


def _in_english(key: str, headings: Headings, near: Head | None) -> str:
    told = " or ".join(headings.accepted(key))
    return told + (f" (nearest found: {near[1]}, column {get_column_letter(near[0] + 1)})" if near else "")


def _in_chinese(key: str, headings: Headings, near: Head | None) -> str:
    first, *others = headings.accepted(key)
    beside = [f"也可写作：{'、'.join(others)}"] if others else []
    beside += [f"表中最接近的是{get_column_letter(near[0] + 1)}列“{near[1]}”"] if near else []
    return first + (f"（{'；'.join(beside)}）" if beside else "")


def unknown_columns(headings: Headings, heading: HeadingRows, unknown: Sequence[Head], *, where: str) -> CheckFailed:
    """The refusal of headings that name no column of the form, or one that the table has already; to be raised."""
    row = heading.end
    for column, text in unknown:
        meant = headings.recognise(text)
        first = next((c for c, target in heading.targets.items() if meant and target.key == meant.key), None)
        if first is not None:
            return _column_twice(headings, where, row, text, (first, column))
    told = [(get_column_letter(column + 1), text, headings.nearest(text)) for column, text in unknown[:_MOST_TOLD]]
    is_more = len(unknown) > len(told)
    likely = [f"perhaps {near} in column {letter}" for letter, _, near in told if near]
    return CheckFailed(
        f"{headings.source.id}: the form has no column of this name.",
        where=f"{where}, row {row}, column {', '.join(letter for letter, _, _ in told)}"
        + (f" and {len(unknown) - len(told)} more" if is_more else ""),
        found="; ".join(text for _, text, _ in told),
        expected="; ".join(likely) or "the headings of the form",
        next_step="Mend the heading, or add the spelling to the source's headers in the catalog.",
        zh=f"第{row}行的表头有{len(unknown)}列不是本报表的栏目："
        + "、".join(f"{letter}列“{text}”" + (f"（是否为“{near}”？）" if near else "") for letter, text, near in told)
        + ("等" if is_more else "")
        + f"；{_what_to_do(heading, headings, len(likely) == len(told))}",
    )


def _what_to_do(heading: HeadingRows, headings: Headings, is_likely: bool) -> str:
    """With headings that the form does not know, all of them like one of its own (`is_likely`) or not."""
    open_ones = [headings.spelling_of(key) for key in sorted(headings.required - heading.keys)]
    if is_likely:
        return "请核对：是则改成该写法，否则删去"
    if open_ones:
        return f"尚缺的栏目有“{'”“'.join(open_ones)}”，请核对：是其中之一的改成该写法，否则删去"
    return "必需的栏目已齐，请删去多余的列（序号列除外）"


def _column_twice(headings: Headings, where: str, row: int, text: str, columns: tuple[int, int]) -> CheckFailed:
    first, second = (get_column_letter(column + 1) for column in columns)
    return CheckFailed(
        f"{headings.source.id}: two columns are headed alike.",
        where=f"{where}, row {row}, columns {first} and {second}",
        found=text,
        expected="each column once, and one table a sheet",
        next_step="Keep the column that is right, or move the second table to a sheet of its own, and send it again.",
        zh=f"第{row}行{first}列和{second}列的表头都是“{text}”，不知以哪一列为准；请每栏只留一列，一张工作表只放一个表",
    )
