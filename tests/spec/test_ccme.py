"""The CCME water quality index; source ccme_2001."""

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.catalog import load_catalog
from analytics.compute import ccme
from analytics.errors import CatalogError, CheckFailed
from tests.conftest import shared, text_table

title = "The Canadian water quality index beside the class"
INDEX = load_catalog().quality_indices["ccme_2001"]
LIMITS = {"below_limit": pl.Boolean, "value": pl.Float64, "lower": pl.Float64, "upper": pl.Float64}


def indexed(frame: pl.DataFrame, below: ccme.BelowLimit = "half") -> dict[str, object]:
    found = ccme.water_quality_index(frame, INDEX, by=["site_id"], below=below).collect()
    assert found.height == 1
    return found.row(0, named=True)


def readings(**values: list[float | None]) -> pl.DataFrame:
    """Readings of one site, four variables or so, none of which may pass 10."""
    rows = [("a", name, v, False, None, 10.0) for name, of_one in values.items() for v in of_one]
    schema = {"site_id": pl.String, "parameter": pl.String, **dict.fromkeys(("value",), pl.Float64)}
    schema |= {"below_limit": pl.Boolean, "lower": pl.Float64, "upper": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


FINE = [1.0, 2.0, 3.0, 4.0]


def test_scope_frequency_and_amplitude():
    # One of four variables failed, in one of 16 tests, at twice its limit: F1 = 25, F2 = 6.25; excursion 20/10 - 1 = 1,
    # nse = 1/16, F3 = 100 x (1/16) / (17/16) = 100/17.
    found = indexed(readings(p=FINE, q=FINE, r=FINE, s=[1, 2, 3, 20]))
    assert (found["variables"], found["tests"], found["failed_variables"], found["failed_tests"]) == (4, 16, 1, 1)
    assert (found["scope"], found["frequency"], found["excursion"]) == (25, 6.25, 1 / 16)
    assert found["amplitude"] == pytest.approx(100 / 17)
    length = math.sqrt(25**2 + 6.25**2 + (100 / 17) ** 2)
    assert found["wqi"] == pytest.approx(100 - length / math.sqrt(3))
    assert found["category"] == "good"


def test_a_value_exactly_on_its_limit_passes():
    found = indexed(readings(p=FINE, q=FINE, r=FINE, s=[1, 2, 3, 10]))
    assert (found["failed_tests"], found["wqi"], found["category"]) == (0, 100, "excellent")


def test_a_value_below_a_lower_limit_fails_by_its_ratio():
    # 2 where at least 4 is wanted: 4/2 - 1 = 1, as far off as 20 where at most 10 is.
    oxygen = readings(s=[4, 5, 6, 2]).with_columns(lower=pl.lit(4.0), upper=pl.lit(None, dtype=pl.Float64))
    found = indexed(pl.concat([readings(p=FINE, q=FINE, r=FINE), oxygen]))
    assert (found["failed_tests"], found["excursion"]) == (1, 1 / 16)


def test_a_range_has_two_sides():
    acidity = readings(s=[7, 8, 3, 18]).with_columns(lower=pl.lit(6.0), upper=pl.lit(9.0))
    found = indexed(pl.concat([readings(p=FINE, q=FINE, r=FINE), acidity]))
    assert (found["failed_tests"], found["excursion"]) == (2, 2 / 16)


def test_everything_wrong_without_bounds_is_zero():
    nothing = {name: [0.0] * 4 for name in "pqrs"}
    oxygen = readings(**nothing).with_columns(lower=pl.lit(4.0), upper=pl.lit(None, dtype=pl.Float64))
    found = indexed(oxygen)
    assert (found["scope"], found["frequency"], found["amplitude"]) == (100, 100, 100)
    assert (found["wqi"], found["category"]) == (pytest.approx(0, abs=1e-9), "poor")


@pytest.mark.parametrize("below", ["half", "limit", "zero"])
def test_known_answer_of_the_example_of_ccme(below):
    # README of the shared data (North Saskatchewan at Devon, 1997): F1 20, F2 3.8835, F3 2.7797, WQI 88.1, good.
    file = pl.read_csv(shared("data", "known_answers", "ccme_wqi_devon_1997.csv"))
    is_below = pl.col("Value") < pl.col("DetectionLimit")
    frame = file.select(
        site_id=pl.lit("devon"),
        parameter="Variable",
        value=pl.when(is_below).then("DetectionLimit").otherwise("Value"),
        below_limit=is_below,
        lower="LowerLimit",
        upper="UpperLimit",
    )
    found = indexed(frame, below)
    assert (found["variables"], found["tests"], found["failed_tests"]) == (10, 103, 4)
    assert found["scope"] == 20
    assert found["frequency"] == pytest.approx(3.8835, abs=5e-5)
    assert found["amplitude"] == pytest.approx(2.7797, abs=5e-5)
    assert round(found["wqi"], 1) == 88.1
    assert found["category"] == "good"


BELOW = """
    site_id | parameter | value | below_limit | lower | upper
    a       | s         | 3     | True        | 4     |
    a       | s         | 8     | False       | 4     |
    a       | s         | 8     | False       | 4     |
    a       | s         | 8     | False       | 4     |
"""


@pytest.mark.parametrize(("below", "excursion"), [("half", 4 / 1.5 - 1), ("limit", 4 / 3 - 1), ("zero", math.inf)])
def test_a_reading_below_its_limit_of_detection_counts_as_asked(below, excursion):
    oxygen = text_table(BELOW).with_columns(below_limit=pl.col("below_limit") == "True").cast(LIMITS)
    found = indexed(pl.concat([readings(p=FINE, q=FINE, r=FINE), oxygen]), below)
    assert (found["failed_tests"], found["excursion"]) == (1, pytest.approx(excursion / 16))


def test_a_limit_of_detection_beyond_the_limit_of_the_test_tells_nothing():
    # Below 12 where 10 is allowed: it may be 11 or 1.
    dim = readings(s=[12.0]).with_columns(below_limit=True)
    found = indexed(pl.concat([readings(p=FINE, q=FINE, r=FINE, s=FINE), dim]))
    assert (found["tests"], found["tests_undecided"], found["failed_tests"]) == (16, 1, 0)
    # Below 12 where at least 10 is wanted: the same.
    dim = dim.with_columns(lower=10.0, upper=pl.lit(None, dtype=pl.Float64))
    found = indexed(pl.concat([readings(p=FINE, q=FINE, r=FINE, s=FINE), dim]))
    assert (found["tests"], found["tests_undecided"], found["failed_tests"]) == (16, 1, 0)


def test_a_limit_of_detection_at_the_limit_of_the_test_decides():
    dim = readings(s=[10.0]).with_columns(below_limit=True)
    found = indexed(pl.concat([readings(p=FINE, q=FINE, r=FINE, s=FINE), dim]), "limit")
    assert (found["tests"], found["failed_tests"]) == (17, 0)
    short = readings(s=[4.0]).with_columns(below_limit=True, lower=4.0, upper=pl.lit(None, dtype=pl.Float64))
    found = indexed(pl.concat([readings(p=FINE, q=FINE, r=FINE, s=FINE), short]), "limit")
    assert (found["tests"], found["failed_tests"], found["excursion"]) == (17, 1, 0)


def test_three_variables_are_too_few():
    found = indexed(readings(p=FINE, q=FINE, r=FINE))
    assert (found["wqi"], found["category"], found["withheld_reason"]) == (None, None, "too_few_variables")
    assert (found["variables"], found["scope"]) == (3, None)


def test_a_variable_sampled_three_times_takes_no_part_and_its_failures_are_told():
    found = indexed(readings(p=FINE, q=FINE, r=FINE, s=FINE, t=[1, 2, 20, None]))
    assert (found["variables"], found["variables_left_out"], found["failed_tests_left_out"]) == (4, 1, 1)
    assert (found["tests"], found["wqi"], found["withheld_reason"]) == (16, 100, None)


def test_nothing_measured():
    found = indexed(readings(p=[None], q=[None]))
    assert (found["variables"], found["wqi"], found["withheld_reason"]) == (0, None, "no_values")
    assert ccme.water_quality_index(readings(), INDEX, by=["site_id"], below="half").collect().is_empty()


def test_sites_have_an_index_each():
    good = readings(p=FINE, q=FINE, r=FINE, s=FINE)
    bad = readings(p=[20.0] * 4, q=FINE, r=FINE, s=FINE).with_columns(site_id=pl.lit("b"))
    found = ccme.water_quality_index(pl.concat([bad, good]), INDEX, by=["site_id"], below="half").collect()
    assert found["site_id"].to_list() == ["a", "b"]
    assert found["wqi"][0] == 100 > found["wqi"][1]


@pytest.mark.parametrize(("lower", "upper"), [(None, None), (0.0, None), (None, 0.0), (9.0, 6.0)])
def test_limits_that_test_nothing_are_refused(lower, upper):
    broken = readings(p=FINE).with_columns(lower=pl.lit(lower, pl.Float64), upper=pl.lit(upper, pl.Float64))
    with pytest.raises(CheckFailed, match="site_id a, parameter p"):
        indexed(broken)


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf])
def test_values_that_have_no_ratio_to_a_limit_are_refused(value):
    with pytest.raises(CheckFailed, match=f"value {value}"):
        indexed(readings(p=[value]))


@pytest.mark.parametrize(
    ("wqi", "category"),
    [(100, "excellent"), (95, "excellent"), (94.9, "good"), (80, "good"), (79.9, "fair"), (65, "fair"),
     (64.9, "marginal"), (45, "marginal"), (44.9, "poor"), (0, "poor")],
)  # fmt: skip
def test_categories_begin_at_their_least_value(wqi, category):
    assert pl.DataFrame({"wqi": [wqi]}).select(ccme.category_of(INDEX)).item() == category


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("at_least: 80.0", "at_least: 95.0"), "best first"),
        (("at_least: 0.0", "at_least: 1.0"), "begins at 0"),
        (("cites: [ccme_2001]", "cites: [ccme_2000]"), "there is no reference ccme_2000"),
    ],
)
def test_broken_categories_are_refused(tmp_path, change, said):
    from analytics.catalog.load import SHIPPED

    text = (SHIPPED / "methods" / "ccme_2001.yml").read_text(encoding="utf-8").replace("id: ccme_2001", "id: own")
    file = tmp_path / "catalog" / "methods" / "ccme_own.yml"
    file.parent.mkdir(parents=True)
    assert change[0] in text
    file.write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(CatalogError, match=said):
        load_catalog(tmp_path / "catalog")


concentrations = st.lists(st.floats(0.1, 100), min_size=4, max_size=6)


@given(st.lists(concentrations, min_size=4, max_size=6), st.floats(1, 5))
def test_worse_water_never_has_a_better_index(values, factor):
    names = [f"p{i}" for i in range(len(values))]
    before = indexed(readings(**dict(zip(names, values, strict=True))))
    after = indexed(readings(**dict(zip(names, [[v * factor for v in of_one] for of_one in values], strict=True))))
    assert 0 <= after["wqi"] <= before["wqi"] + 1e-9 <= 100 + 2e-9


@given(st.lists(concentrations, min_size=4, max_size=5), st.randoms(use_true_random=False))
def test_order_of_rows_is_irrelevant(values, random):
    frame = readings(**{f"p{i}": v for i, v in enumerate(values)})
    places = list(range(frame.height))
    random.shuffle(places)
    assert indexed(frame[places])["wqi"] == pytest.approx(indexed(frame)["wqi"])
