"""What Excel writes around a number in a cell without it being in the cell: a unit, a share of a hundred, a `<`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analytics import units

# A format in pieces: texts, what is written out, what is skipped or filled, colours and conditions, exponents, digits.
_PIECES = re.compile(
    r'"([^"]*)"|[\\!](.)|(_.|\*.|\[[^\]]*\]|[Ee][+-])|((?:General|G/通用格式|[0#?])[0#?.,]*)|(.)', re.DOTALL
)
_OF_DAYS = set("yYmMdDhHsSeEgGbB")
_BELOW = "<＜"


@dataclass(frozen=True)
class Shown:
    """What stands before and after a number, and whether it shows as a share of a hundred."""

    before: str = ""
    after: str = ""
    is_share: bool = False

    def around(self, cell: str | None) -> str | None:
        """A number as it shows, in full: 0.785 as 78.5%, 0.1 as 0.1万吨. What is no number stays."""
        try:
            number = float(cell or "")
        except ValueError:
            return cell
        told = f"{100 * number:.12g}" if self.is_share else cell
        return f"{self.before}{told}{self.after}"


def shown_by(number_format: str) -> Shown | None:
    """What a number format writes around numbers above zero that bears on them; None of formats that write nothing.

    A unit counts where it is a known one. A format that shows thousands, or the number cut in another place, tells the
    same value in a unit of its own: nothing is taken from it.
    """
    before, after, digits = "", "", 0
    is_share = False
    for quoted, escaped, _, number, other in _PIECES.findall(number_format):
        text = quoted or escaped or (other if other not in ";%" else "")
        if other == ";":
            break
        if other in _OF_DAYS and other:
            return None
        is_share |= other == "%"
        if number:
            digits += 1
            if number.endswith(","):
                return None
        elif text:
            before, after = (before, after + text) if digits else (before + text, after)
    if is_share:
        return Shown(after="%", is_share=True)
    if digits != 1:
        return None
    below = before.strip() if before.strip() in _BELOW else ""
    unit = after.strip(" ()（）")
    found = Shown(below, unit if units.unit_named(unit) else "")
    return found if found != Shown() else None
