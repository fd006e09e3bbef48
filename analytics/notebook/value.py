"""One number with all that belongs to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Value:
    """One number with all that belongs to it; columns of indicator_value are attributes."""

    row: dict[str, Any] = field(repr=False)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.row[name]
        except KeyError:
            raise AttributeError(name) from None

    def __repr__(self) -> str:
        shown = ("number_id", "value_printed", "unit", "used", "expected", "target", "verdict")
        return "Value(" + ", ".join(f"{k}={self.row[k]}" for k in shown) + ")"
