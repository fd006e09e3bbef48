"""Which marks of a page a selector of its styles is about, as far as the mark alone can tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

_COMBINES = (">", "+", "~", "|", "||")
_LONGEST_TEXT = 80  # characters of a selector that a refusal shows


class Token(Protocol):
    """A piece of a style as it was parsed."""

    type: str

    def serialize(self) -> str:
        """The piece as it stands in a style."""


@dataclass(frozen=True)
class Mark:
    """A mark of a page: its tag, its classes and its name with their signs (`.a`, `#b`), and the names it gives."""

    tag: str
    words: frozenset[str]
    attributes: frozenset[str]


@dataclass(frozen=True)
class Selector:
    """What a mark has to be: a tag ("*" is any) with classes and a name.

    `is_plain`: these are all that is asked for. Of any other selector (`td:nth-child(2)`, `[a]`, `p .a`) they are what
    its last part is known to ask for: a mark that lacks them is not meant, one that has them may be.
    """

    tag: str
    words: frozenset[str]
    attributes: frozenset[str] = frozenset()
    is_plain: bool = True
    text: str = ""

    @property
    def weight(self) -> tuple[int, int, int]:
        """Names, classes and tags: the heavier of two selectors decides."""
        names = sum(word.startswith("#") for word in self.words)
        return names, len(self.words) - names, int(self.tag != "*")

    def fits(self, mark: Mark) -> bool | None:
        """Whether it means the mark; None where that cannot be told, as where words differ in capitals alone."""
        if self.tag not in ("*", mark.tag) or not self.attributes <= mark.attributes:
            return False
        if self.words <= mark.words:
            return True if self.is_plain else None
        return None if {word.lower() for word in self.words} <= {word.lower() for word in mark.words} else False


def selectors(prelude: Iterable[Token]) -> Iterator[Selector]:
    """The selectors before the declarations of a rule."""
    tokens = (token for token in prelude if token.type != "comment")
    for is_comma, among in groupby(tokens, key=lambda token: _sign(token) == ","):
        if not is_comma:
            yield _selector(_trimmed(list(among)))


def _selector(tokens: Sequence[Token]) -> Selector:
    parted = [place for place, token in enumerate(tokens) if token.type == "whitespace" or _sign(token) in _COMBINES]
    last = tokens[parted[-1] + 1 :] if parted else tokens
    tag, words, attributes = "*", set(), set()
    is_plain = len(last) == len(tokens) > 0
    before = ""
    for place, token in enumerate(last):
        if token.type == "ident" and place == 0:
            tag = _value(token).lower()
        elif token.type == "ident" and before == ".":
            words.add(f".{_value(token)}")
        elif token.type == "hash":
            words.add(f"#{_value(token)}")
        elif token.type == "[] block":
            attributes |= _named_in(token)
            is_plain = False
        elif not _begins_a_word(last, place):
            is_plain = False
        before = _sign(token)
    text = "".join(token.serialize() for token in tokens[:_LONGEST_TEXT])[:_LONGEST_TEXT]
    return Selector(tag, frozenset(words), frozenset(attributes), is_plain, text)


def _begins_a_word(tokens: Sequence[Token], place: int) -> bool:
    """Whether the sign at that place is the point before a class, or means any tag."""
    is_class = [token.type for token in tokens[place + 1 : place + 2]] == ["ident"]
    return (_sign(tokens[place]) == "." and is_class) or (_sign(tokens[place]) == "*" and place == 0)


def _trimmed(tokens: list[Token]) -> list[Token]:
    while tokens and tokens[0].type == "whitespace":
        del tokens[0]
    while tokens and tokens[-1].type == "whitespace":
        del tokens[-1]
    return tokens


def _named_in(block: Token) -> set[str]:
    """The attribute that a mark must have, whatever its value must be."""
    content: list[Token] = getattr(block, "content", [])
    names = [_value(token).lower() for token in content if token.type == "ident"]
    return set(names[:1]) if not any(_sign(token) in ("|", "*") for token in content[:2]) else set()


def _value(token: Token) -> str:
    return str(getattr(token, "value", ""))


def _sign(token: Token) -> str:
    return _value(token) if token.type == "literal" else ""
