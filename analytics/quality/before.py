"""What a delivery is held against beside its registers: what came before it, and the area that it is of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Before:
    """Staged files of the same form in the order received, the last one counting; and an area, "" for all of it."""

    files: tuple[Path, ...] = ()
    area: str = ""


NOTHING = Before()
