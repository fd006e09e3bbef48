"""What the styles of a page say of a cell or a part of it: whether it shows, how, and as which number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

import tinycss2

from analytics.ingest.number_formats import Shown, shown_by

_STYLE = re.compile(r"<(/?)style\b[^>]*>", re.IGNORECASE)
# The last part of a selector: a tag, with classes and a name; what stands before it narrows it, and is passed over.
_LAST = re.compile(r"([\w*-]*)((?:[.#][\w-]+)*)$")
_MARKS = re.compile(r"[.#][\w-]+")
_ASKED = ("display", "visibility", "text-decoration", "text-decoration-line", "vertical-align", "mso-number-format")
_NAMED = {"percent": "0.00%"}  # formats that are told by a name and bear on the number
_OF_SCREENS = ("", "all", "screen")
Declared = Mapping[str, str]


class Styles:
    """The styles of a page: what its `<style>` blocks and the mark itself say of a mark, the later before the earlier.

    `RecursionError` where blocks stand in blocks without end.
    """

    def __init__(self, page: str) -> None:
        self._rules = [rule for sheet in _sheets(page) for rule in _rules(sheet)]
        self._of = lru_cache(maxsize=1 << 12)(self._found)

    def of(self, tag: str, attributes: Mapping[str, str]) -> Declared:
        """What is said of a mark, by the name of the property, in small letters but for formats of numbers."""
        style, classes, name = (attributes.get(of, "") for of in ("style", "class", "id"))
        return self._of(tag, classes, name, style) if style or self._rules else {}

    def _found(self, tag: str, classes: str, name: str, style: str) -> Declared:
        marks = {f".{word}" for word in classes.split()} | {f"#{name}"}
        found: dict[str, str] = {}
        for of_tag, needed, declared in self._rules:
            if of_tag in ("", "*", tag) and needed <= marks:
                found |= declared
        return found | _declared(style)


def is_hidden(declared: Declared) -> bool:
    """Whether what is declared takes the mark out of the page."""
    return declared.get("display") == "none"


def is_apart(declared: Declared) -> bool:
    """Whether a part of a cell is set apart from the signs beside it: unseen, struck out, raised or lowered."""
    struck = declared.get("text-decoration", "") + declared.get("text-decoration-line", "")
    moved = declared.get("vertical-align", "") in ("super", "sub")
    return is_hidden(declared) or declared.get("visibility") == "hidden" or "line-through" in struck or moved


def shown_as(declared: Declared) -> Shown | None:
    """What the format of numbers of a spreadsheet writes around the number of a cell."""
    told = declared.get("mso-number-format", "")
    return shown_by(_NAMED.get(told.lower(), told)) if told else None


def _sheets(page: str) -> Iterator[str]:
    begin = None
    for mark in _STYLE.finditer(page):
        if mark[1] and begin is not None:
            yield page[begin : mark.start()]
        begin = None if mark[1] else mark.end()


Rule = tuple[str, set[str], dict[str, str]]  # tag, classes and name with their signs, what is declared


def _rules(sheet: str | list[object]) -> Iterator[Rule]:
    for rule in tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True):
        if rule.type == "at-rule" and rule.lower_at_keyword == "media" and rule.content is not None:
            if tinycss2.serialize(rule.prelude).strip().lower() in _OF_SCREENS:
                yield from _rules(rule.content)
        elif rule.type == "qualified-rule" and (declared := _declared(rule.content)):
            for selector in tinycss2.serialize(rule.prelude).split(","):
                if last := _LAST.search(selector.strip()):
                    yield last[1].lower(), set(_MARKS.findall(last[2])), declared


def _declared(style: str | Iterable[object]) -> dict[str, str]:
    """The properties that are asked for, of those declared."""
    nodes = tinycss2.parse_declaration_list(style, skip_comments=True, skip_whitespace=True)
    asked = (node for node in nodes if node.type == "declaration" and node.lower_name in _ASKED)
    return {node.lower_name: _value(node.value) for node in asked}


def _value(tokens: list[object]) -> str:
    texts = [token.value for token in tokens if getattr(token, "type", "") == "string"]  # type: ignore[attr-defined]
    return "".join(texts) if texts else tinycss2.serialize(tokens).strip().lower()
