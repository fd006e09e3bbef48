"""Classes of groundwater by GB/T 14848-2017 table 1: the worst item decides, from Ⅰ to Ⅴ."""

from datetime import datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.catalog import load_catalog
from analytics.compute import means
from analytics.compute import water_class as wc

title = "The worst item decides the class of a well"
CATALOG = load_catalog()
STANDARD = CATALOG.standards["gbt14848_2017"]
LIMITS = wc.limit_table(STANDARD, CATALOG.parameters)
# As measured: the standard tells of no places.
AS_MEASURED = pl.DataFrame(
    {"parameter": list(CATALOG.parameters), "decimals": None}, schema_overrides={"decimals": pl.Int8}
)
LAST = wc.worst_of(STANDARD)


def item(parameter: str, value: float | None) -> int | None:
    frame = pl.LazyFrame(
        {"parameter": [parameter], "case": ["groundwater"], "value": [value]}, schema_overrides={"value": pl.Float64}
    )
    return wc.classify_items(frame, LIMITS).collect()["item_class"].item()


# Limits of facts.md section 4; a value exactly on a limit has the better class. Values in the units of readings.
@pytest.mark.parametrize(
    ("parameter", "value", "expected"),
    [
        ("ph", 6.5, 1),
        ("ph", 8.5, 1),
        ("ph", 6.49, 4),
        ("ph", 8.51, 4),
        ("ph", 5.5, 4),
        ("ph", 9.0, 4),
        ("ph", 5.49, 5),
        ("ph", 9.01, 5),
        ("odour_and_taste", CATALOG.parameters["odour_and_taste"].words["无"], 1),
        ("odour_and_taste", CATALOG.parameters["odour_and_taste"].words["有"], 5),
        ("visible_matter", CATALOG.parameters["visible_matter"].words["无"], 1),
        ("visible_matter", CATALOG.parameters["visible_matter"].words["有"], 5),
        ("ammonia_nitrogen", 0.02, 1),
        ("ammonia_nitrogen", 0.1, 2),
        ("ammonia_nitrogen", 0.5, 3),
        ("ammonia_nitrogen", 1.5, 4),
        ("ammonia_nitrogen", 1.51, 5),
        ("turbidity", 3.0, 1),  # Ⅰ to Ⅲ share one limit
        ("turbidity", 3.1, 4),
        ("trichloromethane", 0.0005, 1),  # 0.5, 6, 60 and 300 μg/L; readings are in mg/L
        ("trichloromethane", 0.006, 2),
        ("trichloromethane", 0.06, 3),
        ("trichloromethane", 0.3, 4),
        ("trichloromethane", 0.30001, 5),
        ("toluene", 0.14, 2),
        ("total_coliforms", 3.0, 1),
        ("total_coliforms", 100.0, 4),
        ("total_alpha_radioactivity", 0.1, 1),
        ("total_alpha_radioactivity", 0.5, 3),
        ("total_alpha_radioactivity", 0.51, None),  # Ⅳ or Ⅴ: the standard does not part them
        ("total_beta_radioactivity", 1.0, 2),
        ("total_beta_radioactivity", 1.1, None),
        ("anionic_surfactant", 0.05, 2),  # detected, so not Ⅰ
        ("anionic_surfactant", 0.3, 3),  # Ⅲ and Ⅳ share one limit
        ("anionic_surfactant", 0.31, 5),
        ("sodium", None, None),
        ("chemical_oxygen_demand", 1.0, None),  # has no limit here
    ],
)
def test_limits(parameter, value, expected):
    assert item(parameter, value) == expected


def well(*readings: tuple[str, float, bool], items: list[str] | None = None) -> dict[str, object]:
    """The class of a well from readings of one sampling: (parameter, value, below the limit of detection)."""
    taken = pl.LazyFrame(
        [("w", datetime(2021, 7, 1), *reading) for reading in readings], schema=list(means.READING), orient="row"
    )
    annual = means.annual_means(means.monthly_means(taken, hydrogen_ion=["ph"]), hydrogen_ion=["ph"])
    wanted = items or [parameter for parameter, _, _ in readings]
    members = pl.LazyFrame({"entity_id": ["w"], "case": ["groundwater"], "items": [wanted]})
    results = wc.item_results(annual, members, LIMITS, decimals=AS_MEASURED, fewest=1)
    return wc.section_classes(results, by=["entity_id"], last_class=LAST).collect().row(0, named=True)


def test_the_worst_item_decides_and_is_named():
    found = well(("iron", 0.3, False), ("manganese", 1.5, False), ("ph", 7.0, False))
    assert (found["water_class"], found["worst_items"], found["worst_values"]) == (4, ["manganese"], [1.5])


def test_values_are_not_rounded():
    # GB 3838 has pH without places: 8.51 would be 9 there
    assert well(("ph", 8.51, False))["water_class"] == 4


@pytest.mark.parametrize(
    ("limit_of_detection", "expected"),
    [
        (0.05, (1, 1, 1)),  # GB 7494: not detected, the class that asks for it
        (0.2, (None, 1, 3)),  # coarser than the limit of Ⅱ: nothing of it is Ⅰ, all of it Ⅲ
        (0.5, (None, 1, 5)),  # nothing of it is Ⅰ, half of it Ⅲ, all of it Ⅴ
    ],
)
def test_surfactant_that_was_not_detected(limit_of_detection, expected):
    found = well(("anionic_surfactant", limit_of_detection, True))
    assert (found["water_class"], found["class_best"], found["class_worst"]) == expected


def test_radioactivity_beyond_three_leaves_the_well_between_four_and_five():
    found = well(("total_alpha_radioactivity", 0.6, False), ("iron", 0.1, False))
    assert (found["water_class"], found["class_best"], found["class_worst"]) == (None, 4, 5)


def test_another_item_of_five_decides_whatever_radioactivity_is():
    found = well(("total_alpha_radioactivity", 0.6, False), ("iron", 2.1, False))
    assert (found["water_class"], found["class_best"], found["class_worst"]) == (5, 5, 5)


def test_an_item_that_was_not_measured_leaves_the_class_open():
    found = well(("iron", 0.1, False), items=["iron", "manganese"])
    assert (found["water_class"], found["class_best"], found["class_worst"]) == (None, 1, 5)
    assert found["items_open"] == ["manganese"]


def of_class(number: int) -> dict[str, tuple[float | None, float | None]]:
    return {p: (low, high) for p, _, low, high in wc.limits_up_to(LIMITS, number).iter_rows()}


def test_limits_of_class_three_are_those_of_sources_of_drinking_water():
    limits = of_class(3)
    assert len(limits) == 39
    assert limits["ph"] == (6.5, 8.5)
    assert limits["iron"] == (None, 0.3)
    assert limits["trichloromethane"] == (None, 0.06)  # 60 μg/L
    assert limits["carbon_tetrachloride"] == (None, 0.002)
    assert limits["anionic_surfactant"] == (None, 0.3)
    assert limits["total_alpha_radioactivity"] == (None, 0.5)
    assert limits["odour_and_taste"] == (None, 0.0)


def test_an_open_end_is_no_end_without_bounds():
    assert len(of_class(4)) == 37
    assert not {"total_alpha_radioactivity", "total_beta_radioactivity"} & set(of_class(4))


SURE = sorted({m.parameter for m in STANDARD.limits if m.direction == "at_most" and len(m.classes) == LAST - 1})


@given(st.sampled_from(SURE), st.floats(0, 3e3), st.floats(0, 3e3))
def test_a_worse_concentration_never_improves_the_class(parameter, a, b):
    low, high = sorted((a, b))
    assert item(parameter, low) <= item(parameter, high)


@given(st.floats(0, 14), st.floats(0, 14))
def test_ph_farther_out_never_improves_the_class(a, b):
    near, far = sorted((a, b), key=lambda ph: abs(ph - 7.5))
    if (near - 7.5) * (far - 7.5) >= 0:
        assert item("ph", near) <= item("ph", far)


@given(st.permutations([("iron", 0.3, False), ("manganese", 1.5, False), ("ph", 7.0, False), ("sodium", 1.0, False)]))
def test_the_order_of_rows_is_irrelevant(readings):
    found = well(*readings)
    assert (found["water_class"], found["worst_items"]) == (4, ["manganese"])
