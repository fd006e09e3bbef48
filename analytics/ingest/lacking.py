"""The refusal of a table that lacks columns: which, how each may be headed, and what was found that comes nearest."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from openpyxl.utils import get_column_letter

from analytics.errors import CheckFailed
from analytics.ingest.headings import Headings, plain

_NEAR = 0.5
_MOST_HEADS = 40
Head = tuple[int, str]  # the sheet's column, from 0, and what stands above it


def missing_columns(
    headings: Headings, found: set[str], *, where: str, row: int | None, heads: Sequence[Head], unknown: Sequence[Head]
) -> CheckFailed:
    """The refusal, to be raised.

    `found` are the keys of the columns that are there; `heads` all that the row of headings says, `unknown` what of it
    names no column of the form; `row` is its number in the sheet, None where the sheet has none.
    """
    missing = [key for key in _in_order(headings) if key in headings.required - found]
    near = _nearest(missing, headings, unknown)
    said = " | ".join(text for _, text in heads[:_MOST_HEADS])
    return CheckFailed(
        f"{headings.source.id}: column missing: " + ", ".join(headings.spelling_of(key) for key in missing),
        where=where if row is None else f"{where}, row {row}",
        found=f"headings {said}" if heads else "no heading row",
        expected="; ".join(_in_english(key, headings, near.get(key)) for key in missing),
        next_step="Head these columns so, or name another source with --source, and send the file again.",
        zh="缺少栏目："
        + "；".join(_in_chinese(key, headings, near.get(key)) for key in missing)
        + "；请把表头改为所列写法",
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
