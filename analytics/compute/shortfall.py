"""How much is still missing to a target, in what people can act on: members, tonnes, kilometres."""

from __future__ import annotations

import math

from analytics.catalog.plan import Comparison
from analytics.compute.rounding import NOISE


def short_by(
    have: float | None,
    *,
    target: float | None,
    comparison: Comparison,
    of: float | None = None,
    whole: bool = False,
) -> float | None:
    """What `have` lacks of its target, or has too much of where less is better; 0 where it reaches it.

    Parameters
    ----------
    have
        What there is: the numerator of a share, or the value itself.
    target
        What it is held against; in per cent of `of` where that is given.
    of
        The denominator of a share: `have` then needs `target / 100 × of`.
    whole
        Whether members are counted, which come whole: what is missing is rounded up. A comparison that wants more
        than the target then needs one more member where `have` stands on it.

    Returns
    -------
    float | None
        In the unit of `have`; null where `have` or the target is.
    """
    if have is None or target is None:
        return None
    need = target if of is None else target / 100 * of
    noise = NOISE * max(1.0, abs(need))
    missing = need - have if comparison in (">=", ">") else have - need
    if comparison == "==":
        missing = abs(missing)
    if abs(missing) <= noise:
        return 1.0 if whole and comparison in (">", "<") else 0.0
    if missing < 0:
        return 0.0
    return float(math.ceil(missing - noise)) if whole else missing
