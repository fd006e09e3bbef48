"""Units and their conversion."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import units
from analytics.errors import CheckFailed


@pytest.mark.parametrize(
    ("given_unit", "wanted", "factor"),
    [
        ("ug/L", "mg/L", 0.001),  # facts.md section 11
        ("MPN/100mL", "个/L", 10.0),  # facts.md section 11
        ("mg/m3", "mg/L", 0.001),
        ("万吨", "t", 10_000.0),
        ("千克", "t", 0.001),
        ("微克/升", "mg/L", 0.001),
        ("克/升", "mg/L", 1000.0),
        ("摄氏度", "℃", 1.0),
        ("万吨/天", "m3/d", 10_000.0),
        ("吨/日", "m3/d", 1.0),
        ("m³/天", "m3/d", 1.0),
        ("万立方米/天", "万m3/d", 1.0),
        ("(无量纲)".strip("()"), "1", 1.0),
    ],
)
def test_factors(given_unit, wanted, factor):
    assert units.factor(given_unit, wanted) == pytest.approx(factor)


def test_sixty_wan_mu_are_forty_thousand_hectares():
    assert 60 * units.factor("万亩", "ha") == pytest.approx(40_000)


UNITS = ["t", "kg", "万t"], ["ha", "亩", "万亩"], ["mg/L", "μg/L", "g/L", "mg/m3"]


@given(st.sampled_from(UNITS).flatmap(lambda d: st.tuples(st.sampled_from(d), st.sampled_from(d))))
def test_there_and_back_is_identity(pair):
    there, back = pair
    assert units.factor(there, back) * units.factor(back, there) == pytest.approx(1.0)


@pytest.mark.parametrize(("given_unit", "wanted"), [("kg", "mg/L"), ("斤", "t"), ("", "t"), ("吨/年", "m3/d")])
def test_what_cannot_be_converted_is_refused(given_unit, wanted):
    with pytest.raises(CheckFailed, match="cannot be converted"):
        units.factor(given_unit, wanted)
