"""What Excel writes around a number in a cell without it being in the cell: a unit, a share of a hundred, a `<`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from math import isfinite
from operator import eq, ge, gt, le, lt, ne

from analytics import units

# A format in pieces: texts, a condition, what is skipped or filled, colours, exponents, digits.
_PIECES = re.compile(
    r'"([^"]*)"|[\\!](.)|\[([<>=]=?|<>)(-?[\d.]+)\]'
    r"|(_.|\*.|\[[^\]]*\]|[Ee][+-])|((?:General|G/通用格式|[0#?])[0#?.,]*)|(.)",
    re.DOTALL,
)
_COMPARED: dict[str, Callable[[float, float], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge, "=": eq, "<>": ne}
_OF_DAYS = set("yYmMdDhHsSeEgGbB")
_BELOW = "<＜"
_SAYS_NOTHING = re.compile(r"[\s+¥￥$€]*")
SHOWN, HELD = "显示", "实存"  # before the two numbers of a cell that shows another than it holds
_POINT_AS_TEXT = "．"
_MILLIONS = ("m", "M")  # no metres behind a number that shows its millions
_EXPONENT = re.compile(r"[Ee][+-]")
_OF_A_LOSS = "-−()（）"  # what stands around a number below zero beside its sign, or alone for zero


@dataclass(frozen=True)
class _Section:
    """What one section of a format writes: texts around the number, as a share of a hundred, in how many digits.

    `moved_by` is how far to the left it shows the decimal point, with `decimals` digits behind it: 4 and 1 of `0!.0,`.
    """

    before: str
    after: str
    is_share: bool
    has_digits: bool
    digits: int
    condition: tuple[str, float] | None
    moved_by: int = 0
    decimals: int = 0

    def of(self, cell: str, number: float) -> str:
        """The number as it shows, in full."""
        if self.is_share:
            return f"{100 * number / 10**self.moved_by:.12g}%"
        if self.moved_by and isfinite(number):
            return self._moved(cell, number)
        before, after = self._around(is_loss=number <= 0)
        if not self.has_digits:
            words = before + after
            if number == 0 and not words.strip("-—–"):  # how tables show that there is none
                return cell
            return words or f"不显示（{cell}）"
        if (before[-1:].isdecimal() or after[:1].isdecimal()) and not number.is_integer():
            return f"{SHOWN}{before}{Decimal(cell):.0f}{after}，{HELD}{cell}"
        told = f"{int(number):0{self.digits}}" if self.digits > 1 and number.is_integer() and number >= 0 else cell
        return f"{before}{told}{after}"

    def _moved(self, cell: str, number: float) -> str:
        """The number with its point where it shows, in the unit that the format names; without one both numbers."""
        held = Decimal(repr(number))
        full = held.scaleb(-self.moved_by)
        before, after = self._around(is_loss=number <= 0)
        if units.unit_named(after) and after not in _MILLIONS:
            return f"{before}{full.normalize():f}{after}"
        with localcontext(rounding=ROUND_HALF_UP):
            shown = f"{full:.{self.decimals}f}"
        return cell if Decimal(shown) == held else f"{SHOWN}{before}{shown}{after}，{HELD}{cell}"

    @property
    def writes_nothing(self) -> bool:
        """Whether a number shows as it is."""
        plain = self.has_digits and not self.is_share and self.digits <= 1 and not self.moved_by
        return plain and {self._around(is_loss=loss) for loss in (True, False)} == {("", "")}

    def _around(self, *, is_loss: bool) -> tuple[str, str]:
        """What stands before and after: `<`, a known unit, and whatever else a reader has to see."""
        before, after = self.before.strip(), self.after.strip()
        if is_loss and self.has_digits:
            before, after = before.strip(_OF_A_LOSS), after.strip(_OF_A_LOSS)
        if self.has_digits:
            unit = after.strip(" ()（）")
            after = unit if units.unit_named(unit) else after
            before, after = ("" if _SAYS_NOTHING.fullmatch(text) else text for text in (before, after))
        return before, after


@dataclass(frozen=True)
class Shown:
    """What a format writes around numbers, by its sections."""

    sections: tuple[_Section, ...]

    def around(self, cell: str | None) -> str | None:
        """A number as it shows, in full: 0.785 as 78.5%, 0.1 as 0.1万吨. What is no number stays."""
        try:
            number = float(cell or "")
        except ValueError:
            return cell
        section = self._of(number)
        return cell if section is None or section.writes_nothing else section.of(cell or "", number)

    def _of(self, number: float) -> _Section | None:
        """The section that a number falls under: the first whose condition holds, or by its sign."""
        first, *others = self.sections
        if not others:
            return first if first.condition is None or _holds(first.condition, number) else None
        conditions = [section.condition for section in self.sections[:3]]
        if conditions[0] is None:
            conditions[0] = (">", 0.0) if len(self.sections) > 2 else (">=", 0.0)
        if len(self.sections) > 2 and conditions[1] is None:
            conditions[1] = ("<", 0.0)
        for section, condition in zip(self.sections[:3], conditions, strict=True):
            if condition is None or _holds(condition, number):
                return section
        return self.sections[min(2, len(self.sections) - 1)]


def _holds(condition: tuple[str, float], number: float) -> bool:
    compare, limit = condition
    return _COMPARED[compare](number, limit)


def shown_by(number_format: str) -> Shown | None:
    """What a number format writes around numbers that bears on them; None of formats that write nothing.

    A unit counts where it is a known one, and `<`; other words are shown with the number, which then is none. Formats
    of days, of fractions and exponents tell the number itself. One that moves the decimal point (`0!.0,`) shows another
    number than the cell holds: with a known unit it is that one, without any both are told, which is no number.
    """
    found = list(_sections(number_format)) if number_format else []
    sections = tuple(section for section in found if section is not None)
    if not sections or len(sections) < len(found):
        return None
    return None if all(section.writes_nothing for section in sections) else Shown(sections)


def _sections(number_format: str) -> Iterator[_Section | None]:
    """The sections of a format that numbers fall under; None for one that shows the number itself in another way."""
    section: list[tuple[str, ...]] = []
    for piece in [*_PIECES.findall(number_format), ("", "", "", "", "", "", ";")]:
        if piece[-1] != ";":
            section.append(piece)
            continue
        if not any(other == "@" for *_, other in section):
            yield _section(section)
        section = []


def _section(pieces: list[tuple[str, ...]]) -> _Section | None:
    before, after = "", ""
    numbers: list[str] = []
    condition, is_share, has_exponent = None, False, False
    for quoted, escaped, compare, limit, skipped, number, other in pieces:
        if other and other in _OF_DAYS:
            return None
        if compare:
            condition = (compare, float(limit))
        is_share |= other == "%"
        has_exponent |= bool(_EXPONENT.fullmatch(skipped))
        text = quoted or escaped or (other if other != "%" else "")
        if number:
            numbers.append(after.replace(".", _POINT_AS_TEXT) + number)
            after = ""
        elif numbers:
            after += text
        else:
            before += text
    moved_by, decimals = _moved_point(numbers)
    if len(numbers) > 1 and (has_exponent or not moved_by):
        return None
    digits = len(numbers[0]) if numbers and set(numbers[0]) == {"0"} else 0
    return _Section(before, after, is_share, bool(numbers), digits, condition, moved_by, decimals)


def _moved_point(numbers: list[str]) -> tuple[int, int]:
    """How far the digits of a format show the point to the left, and how many of them stand behind it.

    A `,` behind them leaves out three. A point that is but a text among them, as in `0!.0`, stands before the last
    digits of a whole number.
    """
    told = "".join(numbers)
    is_text = told.count(_POINT_AS_TEXT) == 1
    whole, _, rest = told.partition(_POINT_AS_TEXT if is_text else ".")
    decimals = sum(sign in "0#?" for sign in rest)
    left_out = 3 * sum(len(part) - len(part.rstrip(",")) for part in (whole, rest))
    return left_out + (decimals if is_text else 0), decimals
