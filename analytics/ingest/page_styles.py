"""What the styles of a page say of a cell or a part of it: whether it shows, how, and as which number."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import tinycss2

from analytics.ingest.number_formats import Shown, shown_by
from analytics.ingest.page_selectors import Mark, Selector, selectors

_STYLE = re.compile(r"<!--|-->|<style\b([^>]*)>|</style\b[^<>]*>", re.IGNORECASE)
_LINK = re.compile(r"<link\b[^<>]*", re.IGNORECASE)
_TO_STYLES = re.compile(r"\brel\s*=\s*[\"']?([^\"'=]{0,40}\b)?stylesheet", re.IGNORECASE)
_IMPORT = re.compile(r"@import\b[^;}]*", re.IGNORECASE)
_LONGEST_SHOWN = 80  # characters
_MEDIA = re.compile(r"\bmedia\s*=\s*[\"']?([^\"'>]*)", re.IGNORECASE)
_NAMED = {"percent": "0.00%"}  # formats that are told by a name and bear on the number
_OF_SCREENS = {"", "all", "screen"}
_OF_OTHERS = {"print", "speech", "aural", "braille", "embossed", "handheld", "projection", "tty", "tv"}
_OF_NO_MARK = ("page", "font-face", "list", "counter-style", "property")
_UPON_THE_LINE = {"baseline", "middle", "bottom", "text-bottom", "inherit", "initial", "unset", "auto"}
# By property the words that leave a part of a cell beside the signs before it.
_UNSET = {"inherit", "initial", "unset", "revert"}
_IN_PLACE: dict[str, set[str]] = {
    "float": {"none", *_UNSET},
    "position": {"static", *_UNSET},
    "mso-hide": {"none"},
    **dict.fromkeys(("mso-text-raise", "margin", "margin-left", "margin-right"), _UNSET),
    **dict.fromkeys(("padding", "padding-left", "padding-right"), _UNSET),
}
_OF_A_LINE = {"none", "inline", "contents", *_UNSET}
_LAID_OUT = "laid-out"  # by a `display` that is not that of a line
_APART = (*_IN_PLACE, "font-size", "opacity", _LAID_OUT)
_NO_CONTENT = {"none", "normal", *_UNSET}
_NOUGHT = re.compile(r"[-+]?(?:0+\.?0*|\.0+)(?:[a-z]+|%)?")
_QUOTED = "<![CDATA["
_NAMED_ELSEWHERE = "var("  # a value that nobody looks up: it may be the one that hides or strikes out
_UNDECLARED = {"": ""}
_MOST_RULES, _MOST_OF_ONE = 1 << 17, 256  # of a page, and of them for one class or tag
# By the name of the property what is said of a mark, and by which selector; more than one where that cannot be told.
Declared = Mapping[str, Mapping[str, str]]
Told = tuple[dict[str, str], dict[str, str]]  # by property what is declared, and what is declared as important


class NotSure(Exception):
    """The styles of a page cannot be understood where they bear on what a cell says."""


@dataclass(frozen=True)
class _Rule:
    """What is declared of the marks that a selector means; `is_sure`: the rule applies where the page is read."""

    selector: Selector
    declared: dict[str, str]
    is_important: bool
    is_sure: bool
    number: int

    @property
    def rank(self) -> tuple[int, ...]:
        """The rule of the highest rank decides."""
        return (self.is_important, 0, *self.selector.weight, self.number)


class Styles:
    """The styles of a page: what its `<style>` blocks and the mark itself say of a mark, the heavier first.

    `RecursionError` where blocks stand in blocks without end.
    """

    def __init__(self, page: str) -> None:
        self._rules: dict[str, dict[tuple[object, ...], _Rule]] = {}
        self._count = 0
        self._elsewhere = next((m[0] for m in _LINK.finditer(page) if _is_linked(m[0])), "")
        for sheet, is_sure in _sheets(page):
            imported = _IMPORT.search(sheet)
            self._elsewhere = self._elsewhere or (imported[0] if imported else "")
            for selector, told, applies in _rules(_parsed_sheet(sheet), [], is_sure=is_sure):
                self._keep(selector, told, is_sure=applies)
        self._of = lru_cache(maxsize=1 << 12)(self._found)

    def _keep(self, selector: Selector, told: Told, *, is_sure: bool) -> None:
        """Keep a rule, to be found by one of the words that it asks for; of the same rules the last counts."""
        key = min((word.lower() for word in selector.words), default=selector.tag)
        for is_important, declared in enumerate(told):
            if declared:
                self._count += 1
                rules = self._rules.setdefault(key, {})
                same = (selector, *declared.items(), is_important, is_sure)
                rules[same] = _Rule(selector, declared, bool(is_important), is_sure, self._count)
                if self._count > _MOST_RULES or len(rules) > _MOST_OF_ONE:
                    raise NotSure(f"more rules than anybody writes, the last {selector.text}")

    def of(self, tag: str, attributes: Mapping[str, str]) -> Declared:
        """What is said of a mark of a table, by the name of the property, as far as it bears on what is read.

        `NotSure` of a mark with a class or a name where styles stand in another file, which may say what it is.
        """
        if self._elsewhere and tag != "table" and (attributes.get("class") or attributes.get("id")):
            raise NotSure(self._elsewhere[:_LONGEST_SHOWN])
        return self.around(tag, attributes)

    def around(self, tag: str, attributes: Mapping[str, str]) -> Declared:
        """What the styles of the page itself say of a mark, as around its tables."""
        if not self._rules and not attributes.get("style"):
            return {}
        words = {f".{word}" for word in attributes.get("class", "").split()}
        words |= {f"#{attributes['id']}"} if attributes.get("id") else set()
        return self._of(Mark(tag, frozenset(words), frozenset(attributes)), attributes.get("style", ""))

    def _found(self, mark: Mark, style: str) -> Declared:
        keys = {mark.tag, "*", *(word.lower() for word in mark.words)}
        fitting = [(rule, rule.selector.fits(mark)) for key in keys for rule in self._rules.get(key, {}).values()]
        decided = [(rule.rank, rule.declared) for rule, fits in fitting if fits and rule.is_sure]
        decided += [((of, 1), declared) for of, declared in enumerate(_told(_parsed(style)))]
        found: dict[str, dict[str, str]] = {}
        for _, declared in sorted(decided, key=lambda one: one[0]):
            found |= {name: {value: ""} for name, value in declared.items()}
        for rule, fits in fitting:
            if fits is None or (fits and not rule.is_sure):
                for name, value in rule.declared.items():
                    found.setdefault(name, dict(_UNDECLARED)).setdefault(value, rule.selector.text)
        return found


def is_hidden(declared: Declared) -> bool:
    """Whether what is declared takes the mark out of the page, or out of sight; `NotSure`."""
    return bool(_said(declared, "display") or _said(declared, "visibility"))


def is_apart(declared: Declared) -> bool:
    """Whether a part of a cell is set apart from the signs beside it; `NotSure`.

    It does not show, is struck out, raised or lowered, or may stand elsewhere than beside them.
    """
    is_out = is_hidden(declared) or bool(_said(declared, "text-decoration") or _said(declared, "vertical-align"))
    return is_out or any(_may_be_said(declared, name) for name in _APART)


def keeps_lines(declared: Declared) -> bool:
    """Whether lines may end where they end in the page, and not where there is no more room."""
    return _may_be_said(declared, "white-space")


def require_no_more(declared: Declared) -> None:
    """`NotSure` where the style may write more than the page says, as a unit behind a number."""
    _said(declared, "content")


def shown_as(declared: Declared) -> Shown | None:
    """What the format of numbers of a spreadsheet writes around the number of a cell; `NotSure`."""
    return _shown(_said(declared, "mso-number-format"))


def _may_be_said(declared: Declared, name: str) -> bool:
    return any(declared.get(name, ()))


def _said(declared: Declared, name: str) -> str:
    values = declared.get(name, _UNDECLARED)
    if len(values) > 1:
        raise NotSure(f"{[*values.values()][-1]} {{{name}}}")
    return next(iter(values))


@lru_cache(maxsize=1 << 8)
def _shown(number_format: str) -> Shown | None:
    return shown_by(_NAMED.get(number_format.lower(), number_format)) if number_format else None


def _sheets(page: str) -> Iterator[tuple[str, bool]]:
    """The styles of a page, and whether they apply: within a comment or CDATA they do for some programs."""
    begin, is_comment = None, False
    is_sure: bool | None = True
    for mark in _STYLE.finditer(page):
        sign = mark[0].lower()
        if sign.startswith("</"):
            if begin is not None and is_sure is not None:
                sheet = page[begin : mark.start()].strip()
                is_quoted = sheet.startswith(_QUOTED)
                yield sheet.removeprefix(_QUOTED).removesuffix("]]>"), is_sure and not is_quoted
            begin = None
        elif begin is None and sign.startswith("<style"):
            media = _MEDIA.search(mark[1])
            begin, is_sure = mark.end(), _is_of_screens(media[1] if media else "")
            is_sure = False if is_comment and is_sure else is_sure
        elif begin is None:
            is_comment = sign == "<!--"


def _is_linked(link: str) -> bool:
    """Whether the styles that a mark links to apply where a page is read, or may."""
    media, is_alternate = _MEDIA.search(link), "alternate" in link.lower()
    return bool(_TO_STYLES.search(link)) and not is_alternate and _is_of_screens(media[1] if media else "") is not None


def _is_of_screens(told: str) -> bool | None:
    """Whether styles of such media apply where a page is read: True or False where that depends, None where not."""
    kinds = {kind.strip().removeprefix("only ").strip() for kind in told.lower().split(",")}
    if kinds & _OF_SCREENS:
        return True
    return None if {kind.split()[0] for kind in kinds} <= _OF_OTHERS else False


Said = tuple[Selector, Told, bool]  # a selector, what is declared after it, and whether it surely applies


def _rules(nodes: Iterable[object], around: list[Selector], *, is_sure: bool) -> Iterator[Said]:
    """The rules among what was parsed, and within them; `around` are the selectors of the rule that it stands in."""
    for node in nodes:
        sort, content = node.type, getattr(node, "content", None)  # type: ignore[attr-defined]
        if content is None:
            continue
        if sort == "qualified-rule":
            own, inner = list(selectors(node.prelude)), _parsed(content)  # type: ignore[attr-defined]
            told = _told(inner)
            yield from ((selector, told, is_sure) for selector in own)
            yield from _rules(inner, own, is_sure=False)
        elif sort == "at-rule":
            applies = _applies(node.lower_at_keyword, tinycss2.serialize(node.prelude))  # type: ignore[attr-defined]
            if applies is not None:
                inner = _parsed(content) if around else _parsed_sheet(content)
                told = _told(inner) if around else ({}, {})
                yield from ((selector, told, False) for selector in around)
                yield from _rules(inner, around, is_sure=is_sure and applies)


def _applies(keyword: str, told: str) -> bool | None:
    """Whether the rules in such a block apply; False where that depends, None where they are about no mark seen."""
    if keyword == "media":
        return _is_of_screens(told)
    return None if keyword in _OF_NO_MARK or keyword.endswith("keyframes") else False


def _parsed_sheet(style: str | Iterable[object]) -> list[object]:
    return list(tinycss2.parse_stylesheet(style, skip_comments=True, skip_whitespace=True))


def _parsed(style: str | Iterable[object]) -> list[object]:
    return list(tinycss2.parse_blocks_contents(style, skip_comments=True, skip_whitespace=True))


def _told(nodes: list[object]) -> Told:
    return _declared(nodes, is_important=False), _declared(nodes, is_important=True)


def _declared(nodes: list[object], *, is_important: bool) -> dict[str, str]:
    """What is declared of the properties that are asked for; an empty text where it bears on nothing."""
    found: dict[str, str] = {}
    for node in nodes:
        if node.type == "declaration" and node.important == is_important:  # type: ignore[attr-defined]
            name, value = node.lower_name, _value(node.value)  # type: ignore[attr-defined]
            if name in _BEARS:
                found[_SAME.get(name, name)] = value if _BEARS[name](value) else ""
            if name == "display":
                found[_LAID_OUT] = "" if value in _OF_A_LINE else value
    return found


def _moves(name: str) -> Callable[[str], bool]:
    """Whether a value of that property leaves a part of a cell elsewhere than beside the signs before it."""
    return lambda value: value not in _IN_PLACE[name] and not all(_NOUGHT.fullmatch(size) for size in value.split())


def _is_looked_up(value: str) -> bool:
    return _NAMED_ELSEWHERE in value


# By property whether a value of it bears on what is read.
_BEARS: dict[str, Callable[[str], bool]] = {
    **dict.fromkeys(("text-decoration", "text-decoration-line"), lambda v: "line-through" in v or _is_looked_up(v)),
    "display": lambda v: v == "none" or _is_looked_up(v),
    "visibility": lambda v: v in ("hidden", "collapse") or _is_looked_up(v),
    "vertical-align": lambda v: v not in _UPON_THE_LINE and not _NOUGHT.fullmatch(v),
    "mso-number-format": lambda v: _shown(v) is not None,
    "white-space": lambda v: v.startswith(("pre", "break-spaces")),
    "content": lambda v: bool(v.strip()) and v not in _NO_CONTENT,
    "font-size": lambda v: bool(_NOUGHT.fullmatch(v)),
    "opacity": lambda v: bool(_NOUGHT.fullmatch(v)),
    **{name: _moves(name) for name in _IN_PLACE},
}
_SAME = {"text-decoration-line": "text-decoration"}


def _value(tokens: list[object]) -> str:
    texts = [token.value for token in tokens if getattr(token, "type", "") == "string"]  # type: ignore[attr-defined]
    plain = [token for token in tokens if getattr(token, "type", "") != "comment"]
    return "".join(texts) if texts else tinycss2.serialize(plain).strip().lower()
