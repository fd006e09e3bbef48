"""How a catalog that breaks a rule is refused, for the tests of plans and of what is given beside them."""

from collections.abc import Callable

import pytest

from analytics.errors import CatalogError

GIVEN_BY = "source: 甲〔2021〕1号, date: 2021-08-01}"


def refused(load: Callable[[], object], *said: str) -> CatalogError:
    """The refusal of what `load` reads, every part of `said` within it."""
    with pytest.raises(CatalogError) as caught:
        load()
    for part in said:
        assert part in str(caught.value)
    assert caught.value.exit_code == 3
    assert caught.value.next_step
    return caught.value
