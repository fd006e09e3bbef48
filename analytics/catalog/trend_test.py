"""The typed shape of a statistical test for trends or changes: how sure it must be and how long a series it needs."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from analytics.catalog.models import Regulation


class TrendTest(Regulation):
    """What decides a test: the two-sided `level` and the fewest values that it may speak of.

    A season with fewer than `minimum_per_season` values takes no part in a seasonal test.
    """

    level: Annotated[float, Field(gt=0, lt=1)]
    minimum_values: Annotated[int, Field(ge=2)]
    minimum_per_season: Annotated[int, Field(ge=1)] = 1
