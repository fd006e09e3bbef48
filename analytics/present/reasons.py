"""Why a member is open, in the reader's words."""

from __future__ import annotations

import re

from analytics.present import words

_QUARTER = re.compile(r"(\d{4})-Q([1-4])(?: \((\d+)\))?")


def why_open(reason: str | None, lang: str) -> str:
    """The reasons of a member in words, each once, with the numbers and quarters that it has.

    `reason` is as `figure_member` has it: `points_open: 2021-Q2; row_without_body: 2021-Q3 (1)`. Words that are no
    reason, such as a state as it was delivered, are left out.
    """
    told: dict[str, list[str]] = {}
    for part in (reason or "").split("; "):
        code, _, details = part.partition(": ")
        if code in words.codes("reason"):
            told.setdefault(code, []).extend(d for d in details.split(", ") if d)
    said = [_with_details(words.word("reason", code, lang), details, lang) for code, details in told.items()]
    return words.either(lang, "；", "; ").join(said)


def _with_details(word: str, details: list[str], lang: str) -> str:
    if not details:
        return word
    joined = words.joined([_detail(d, lang) for d in dict.fromkeys(details)], lang)
    return words.either(lang, f"{word}（{joined}）", f"{word} ({joined})")


def _detail(told: str, lang: str) -> str:
    """A quarter as people write it, with the number of rows where there is one; other numbers as they are."""
    found = _QUARTER.fullmatch(told)
    if found is None:
        return told
    year, quarter, rows = found.groups()
    name = words.either(lang, f"{year}年{'一二三四'[int(quarter) - 1]}季度", f"Q{quarter} {year}")
    return name + (words.either(lang, f"{rows}行", f": {rows} rows") if rows else "")
