"""Units and their conversion."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import units
from analytics.catalog.models import ReadingColumns
from analytics.errors import CheckFailed
from analytics.ingest.grid import Grid
from analytics.ingest.headings import Headings
from analytics.ingest.layout import find_tables


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
        ("亿立方米", "万m3", 10000.0),
        ("万方", "万m3", 1.0),
        ("亿方", "m3", 1e8),
        ("万米", "km", 10.0),
        ("kPa", "MPa", 0.001),
        ("千帕", "MPa", 0.001),
        ("(无量纲)".strip("()"), "1", 1.0),
        ("ug/l", "mg/L", 0.001),
        ("µg·L⁻¹", "mg/L", 0.001),
        ("mg·L-1", "mg/L", 1.0),
        ("mg·m-3", "mg/L", 0.001),
        ("mg/m³", "mg/L", 0.001),
        ("ng/L", "mg/L", 1e-6),
        ("MPN/100 mL", "个/L", 10.0),
        ("CFU/mL", "个/L", 1000.0),
        ("CFU/100mL", "MPN/100mL", 1.0),
        ("个/L", "MPN/100mL", 0.1),
        ("个/升", "个/L", 1.0),
        ("mS/m", "μS/cm", 10.0),
        ("μS·cm-1", "μS/cm", 1.0),
        ("度", "℃", 1.0),
        ("度", "铂钴色度", 1.0),
    ],
)
def test_factors(given_unit, wanted, factor):
    assert units.factor(given_unit, wanted) == pytest.approx(factor)


def test_sixty_wan_mu_are_forty_thousand_hectares():
    assert 60 * units.factor("万亩", "ha") == pytest.approx(40_000)


SPELLINGS = [*units.known_units(), "度", "ug/l", "MPN/100 mL", "CFU/100mL", "mg·L-1"]
PAIRS = [(one, other) for one in SPELLINGS for other in SPELLINGS if units.same_kind(one, other)]


def test_what_converts_one_way_converts_the_other():
    assert {(other, one) for one, other in PAIRS} == set(PAIRS)


@given(st.sampled_from(PAIRS), st.floats(1e-9, 1e9))
def test_there_and_back_is_identity(pair, value):
    there, back = pair
    assert units.factor(there, back) * units.factor(back, there) == pytest.approx(1.0)
    assert units.converted(units.converted(value, there, back), back, there) == pytest.approx(value)


def test_degrees_are_of_colour_only_where_colour_is_wanted():
    assert units.unit_named("度") == "℃" and units.unit_named("度", "铂钴色度") == "铂钴色度"
    assert units.same_kind("度", "℃") and units.same_kind("度", "铂钴色度")
    assert not any(units.same_kind(degrees, "铂钴色度") for degrees in ("℃", "°C", "摄氏度"))
    assert not units.same_kind("度", "mg/L")


@pytest.mark.parametrize("heading", ["色度（度）", "色度(铂钴色度)", "色度"])
def test_the_colour_of_water_is_read_in_degrees(catalog, heading):
    readings = ReadingColumns(parameters=["colour"], required=[], missing=[], method="laboratory")
    source = catalog.sources["section_monthly"].model_copy(update={"readings": readings})
    headings = Headings(source, catalog)
    grid = Grid("表", [["断面编码", "断面名称", "监测月份", heading], ["S1", "甲", "1月", "15"]])
    (table,), _ = find_tables([grid], headings, file="a.csv")
    assert table.columns["colour"].to_list() == ["15"]


@pytest.mark.parametrize(("given_unit", "wanted"), [("kg", "mg/L"), ("斤", "t"), ("", "t"), ("吨/年", "m3/d")])
def test_what_cannot_be_converted_is_refused(given_unit, wanted):
    with pytest.raises(CheckFailed, match="cannot be converted"):
        units.factor(given_unit, wanted)
