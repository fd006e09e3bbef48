"""Leakage of public water supply by CJJ 92."""

import pytest

from analytics.compute.leakage import assessed_leakage, composite_leakage
from tests.spec.typed import typed

HEAD = "water_supplied|registered_water_use|household_metered_water|supply_pipe_length|supply_pressure|frost_depth"


def rates(told: str) -> tuple[float | None, float | None]:
    """Composite and assessed leakage [% of the water supplied]."""
    share = [100 * leakage / 1000.0 for leakage in (composite_leakage(), assessed_leakage())]
    return typed(f"{HEAD}\n{told}").select(composite=share[0], assessed=share[1]).collect().row(0)


def test_the_worked_value_of_a_town():
    # facts.md section 8: 14.0 % less 3.2 (metered), 1.059 (pipes), 0.5 (pressure), 0 (frost)
    assert rates("1000.0|860.0|400.0|80.0|0.40|0.9") == (pytest.approx(14.0), pytest.approx(9.241, abs=5e-4))


def test_deep_frost_and_high_pressure_take_off_more():
    assert rates("1000.0|860.0|400.0|80.0|0.60|1.5")[1] == pytest.approx(9.241 - 0.5 - 1.0, abs=5e-4)


@pytest.mark.parametrize("told", ["1000.0|860.0|400.0|80.0|0.40|", "1000.0|860.0|1400.0|80.0|0.40|0.9"])
def test_without_a_correction_or_with_an_impossible_one_there_is_none(told):
    assert rates(told) == (pytest.approx(14.0), None)
