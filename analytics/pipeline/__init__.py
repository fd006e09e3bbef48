"""Composes the steps: deliveries in, warehouse built, figures out."""

from analytics.pipeline.assembly import Built, build
from analytics.pipeline.intake import Examined, Replaced, examine, receive, replaced
from analytics.pipeline.state import fingerprint, is_current

__all__ = [
    "Built",
    "Examined",
    "Replaced",
    "build",
    "examine",
    "fingerprint",
    "is_current",
    "receive",
    "replaced",
]
