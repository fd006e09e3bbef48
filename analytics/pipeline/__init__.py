"""Composes the steps: deliveries in, warehouse built, figures out."""

from analytics.pipeline.assembly import Built, build
from analytics.pipeline.intake import Examined, examine, receive
from analytics.pipeline.state import fingerprint, is_current

__all__ = [
    "Built",
    "Examined",
    "build",
    "examine",
    "fingerprint",
    "is_current",
    "receive",
]
