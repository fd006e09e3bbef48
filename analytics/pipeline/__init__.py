"""Composes the steps: deliveries in, warehouse built, figures and explanations out."""

from analytics.pipeline.assembly import Built, build
from analytics.pipeline.explanation import Explanation, explain
from analytics.pipeline.intake import Examined, examine, receive
from analytics.pipeline.state import fingerprint, is_current

__all__ = [
    "Built",
    "Examined",
    "Explanation",
    "build",
    "examine",
    "explain",
    "fingerprint",
    "is_current",
    "receive",
]
