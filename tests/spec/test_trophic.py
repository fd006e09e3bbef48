"""The trophic level index of lakes by 总站生字〔2001〕090号: weighted levels of five items, and grades."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.catalog import load_catalog
from analytics.compute import means as over_time
from analytics.compute import trophic
from tests.conftest import shared

title = "The trophic level of a lake is the weighted sum of the levels of five items"
CATALOG = load_catalog()
INDEX = CATALOG.trophic_indices["trophic_2001"]
TERMS = trophic.term_table(INDEX, CATALOG.parameters)
ITEMS = ("chlorophyll_a", "total_phosphorus", "total_nitrogen", "transparency", "permanganate_index")
BY = ["lake_id"]
HULUN = "hulun_lake_tli_2011_2015.csv"


def lake(*values: float | None, items: tuple[str, ...] = ITEMS) -> pl.LazyFrame:
    """Means of one lake in the units of readings: chlorophyll in mg/L, transparency in cm."""
    return pl.LazyFrame(
        {"lake_id": "l", "parameter": items, "mean": list(values)},
        schema={"lake_id": pl.String, "parameter": pl.String, "mean": pl.Float64},
    )


def whole(means: pl.LazyFrame, formula=trophic.trophic_levels) -> dict[str, object]:
    levels = formula(trophic.item_levels(means, TERMS), TERMS, by=BY)
    return trophic.graded(levels, INDEX.grades).collect().row(0, named=True)


def test_weights():
    # facts.md section 2.5: squares of the correlations over their sum, to five places
    found = dict(TERMS.select("parameter", pl.col("weight").round(5)).iter_rows())
    assert found == {
        "chlorophyll_a": 0.26625,
        "total_phosphorus": 0.18787,
        "total_nitrogen": 0.17903,
        "transparency": 0.18342,
        "permanganate_index": 0.18342,
    }
    assert TERMS["weight"].sum() == pytest.approx(1.0)


# Worked values of facts.md section 2.5: chlorophyll mg/m3, TP mg/L, TN mg/L, transparency m, CODMn mg/L.
WORKED = [
    ((10, 0.05, 1.0, 1.0, 4.0), (50.006, 45.709, 54.530, 51.180, 37.979), 48.018, "中营养"),
    ((60, 0.2, 3, 0.4, 10), (69.465, 68.223, 73.140, 68.956, 62.362), 68.493, "中度富营养"),
    ((1, 0.01, 0.2, 5, 1), None, 19.075, "贫营养"),
]


@pytest.mark.parametrize(("values", "levels", "total", "grade"), WORKED)
def test_worked_values(values, levels, total, grade):
    chlorophyll, phosphorus, nitrogen, transparency, permanganate = values
    means = lake(chlorophyll / 1000, phosphorus, nitrogen, transparency * 100, permanganate)
    if levels:
        found = trophic.item_levels(means, TERMS).collect()["item_level"].to_list()
        assert found == pytest.approx(levels, abs=5e-4)
    found = whole(means)
    assert found["trophic_level"] == pytest.approx(total, abs=5e-4)
    assert (INDEX.grades[found["grade"] - 1].word.zh, found["items_missing"], found["reason"]) == (grade, [], None)


def test_units_are_those_of_the_formula():
    # chlorophyll 0.01 mg/L is 10 mg/m3, transparency 100 cm is 1 m
    assert dict(TERMS.select("parameter", "factor").iter_rows()) == pytest.approx(
        {
            "chlorophyll_a": 1000,
            "transparency": 0.01,
            "total_phosphorus": 1,
            "total_nitrogen": 1,
            "permanganate_index": 1,
        }
    )


def test_a_missing_item_leaves_the_lake_without_an_index():
    for means in (lake(0.01, 0.05, 1.0, 100.0, items=ITEMS[:4]), lake(0.01, 0.05, 1.0, 100.0, None)):
        found = whole(means)
        assert (found["trophic_level"], found["grade"]) == (None, None)
        assert (found["reason"], found["items_missing"]) == ("items_missing", ["permanganate_index"])


@pytest.mark.parametrize("value", [0.0, -1.0])
@pytest.mark.parametrize("formula", [trophic.trophic_levels, trophic.trophic_levels_of_measured])
def test_a_value_of_nothing_gives_no_index(value, formula):
    found = whole(lake(0.01, 0.05, 1.0, 100.0, value), formula)
    assert (found["trophic_level"], found["reason"]) == (None, "not_positive")


def test_weights_are_handed_out_anew_only_where_asked_for():
    # without CODMn: (50.006 x 1 + 45.709 x 0.7056 + 54.530 x 0.6724 + 51.180 x 0.6889) / 3.0669 = 50.274
    found = whole(lake(0.01, 0.05, 1.0, 100.0, None), trophic.trophic_levels_of_measured)
    assert found["trophic_level"] == pytest.approx(50.274, abs=1e-3)
    assert (found["items_missing"], found["reason"]) == (["permanganate_index"], None)


def test_a_lake_of_which_nothing_was_measured_has_no_index_even_so():
    found = whole(lake(None, items=("total_nitrogen",)), trophic.trophic_levels_of_measured)
    assert (found["trophic_level"], found["reason"]) == (None, "items_missing")


def test_nothing_gives_nothing():
    levels = trophic.item_levels(lake(items=()), TERMS)
    found = trophic.graded(trophic.trophic_levels(levels, TERMS, by=BY), INDEX.grades)
    assert found.collect().height == 0


def test_items_without_a_term_take_no_part():
    found = whole(lake(0.01, 0.05, 1.0, 100.0, 4.0, 99.0, items=(*ITEMS, "ammonia_nitrogen")))
    assert found["trophic_level"] == pytest.approx(48.018, abs=5e-4)


# facts.md section 2.5: both edges of 中营养 belong to it, the upper edges of the others to the lower grade.
@pytest.mark.parametrize(
    ("level", "grade"),
    [
        (0.0, "贫营养"),
        (29.999, "贫营养"),
        (30.0, "中营养"),
        (50.0, "中营养"),
        (50.001, "轻度富营养"),
        (60.0, "轻度富营养"),
        (60.001, "中度富营养"),
        (70.0, "中度富营养"),
        (70.001, "重度富营养"),
        # Hulun lake, published: facts.md section 2.5
        (61.837, "中度富营养"),
        (71.815, "重度富营养"),
        (61.535, "中度富营养"),
    ],
)
def test_grades(level, grade):
    found = trophic.graded(pl.LazyFrame({"trophic_level": [level]}), INDEX.grades).collect()["grade"].item()
    assert INDEX.grades[found - 1].word.zh == grade


def test_hulun_lake_rests_on_four_items_with_the_weights_handed_out_anew():
    # Five published years of Hulun lake: levels of four items (no CODMn) and their sum, to three places.
    published = pl.read_csv(shared("data", "known_answers", HULUN))
    names = dict(zip(("TLI_chl_a", "TLI_TP", "TLI_TN", "TLI_SD"), ITEMS, strict=False))
    levels = (
        published.lazy()
        .rename(names)
        .unpivot(on=list(names.values()), index="year", variable_name="parameter", value_name="item_level")
        .with_columns(reason=pl.lit(None, pl.String))
    )
    found = trophic.graded(trophic.trophic_levels_of_measured(levels, TERMS, by=["year"]), INDEX.grades)
    joined = found.collect().join(published, on="year")
    assert joined.height == 5
    assert joined["trophic_level"].to_list() == pytest.approx(joined["TLI_sum_published"].to_list(), abs=1e-3)
    assert [INDEX.grades[g - 1].word.zh for g in joined["grade"]] == joined["state_published"].to_list()


def over_points(*rows: tuple[str, str, float]) -> list[float]:
    """Mean of a lake from (point, month, value)."""
    readings = pl.LazyFrame(
        [(point, month, "total_nitrogen", value, False) for point, month, value in rows],
        schema=["site_id", "taken_at", "parameter", "value", "below_limit"],
        orient="row",
    ).with_columns(taken_at=pl.col("taken_at").str.to_datetime("%Y-%m"))
    means = over_time.annual_means(over_time.monthly_means(readings, hydrogen_ion=["ph"]), hydrogen_ion=["ph"])
    points = pl.LazyFrame({"site_id": ["north", "south"], "lake_id": "l"})
    found = over_time.means_over_sites(means, points, by=BY, hydrogen_ion=["ph"]).collect()
    return [found[c].item() for c in ("mean", "months", "sites_used", "sites_expected")]


def test_means_go_over_time_first_and_over_points_then():
    # facts.md section 2.5; north (1 + 2 + 3) / 3 = 2, south 4: the lake 3, where all four readings would have 2.5
    rows = (("north", "2021-05", 1.0), ("north", "2021-06", 2.0), ("north", "2021-07", 3.0), ("south", "2021-05", 4.0))
    assert over_points(*rows) == [3.0, 1, 2, 2]


def test_a_point_without_readings_is_told_of():
    assert over_points(("north", "2021-05", 1.0)) == [1.0, 1, 1, 2]


def ends(**spans: tuple[float, float]) -> tuple[float | None, float | None]:
    """What the level of the first worked lake can be, with the means of some items between two values."""
    worked = dict(zip(ITEMS, (0.01, 0.05, 1.0, 100.0, 4.0), strict=True))
    rows = [("l", item, *spans.get(item, (value, value))) for item, value in worked.items()]
    means = pl.LazyFrame(rows, schema=["lake_id", "parameter", "mean_low", "mean_high"], orient="row")
    return trophic.level_bounds(means, TERMS, by=BY).select("level_low", "level_high").collect().row(0)


def test_bounds_of_a_level():
    # a factor e is a slope of 10.86 for chlorophyll and of -19.4 for transparency, by their weights: 2.891 and 3.558
    e = 2.718281828459045
    level = pytest.approx(48.018, abs=5e-4)
    assert ends() == (level, level)
    assert ends(chlorophyll_a=(0.01, 0.01 * e)) == (level, pytest.approx(48.018 + 2.891, abs=1e-3))
    assert ends(transparency=(100.0, 100.0 * e)) == (pytest.approx(48.018 - 3.558, abs=1e-3), level)


def test_a_mean_that_may_be_nothing_leaves_a_level_unbounded():
    # no chlorophyll: as low as one likes; no transparency: as high
    assert ends(chlorophyll_a=(0.0, 0.01)) == (None, pytest.approx(48.018, abs=5e-4))
    assert ends(transparency=(0.0, 100.0)) == (pytest.approx(48.018, abs=5e-4), None)


VALUES = st.floats(0.001, 100)


@given(st.sampled_from(ITEMS), VALUES, VALUES)
def test_a_worse_value_never_lowers_the_level(parameter, a, b):
    low, high = sorted((a, b))
    first, second = (
        trophic.item_levels(lake(v, items=(parameter,)), TERMS).collect()["item_level"].item() for v in (low, high)
    )
    assert first >= second if parameter == "transparency" else first <= second


@given(st.permutations(list(zip(ITEMS, (0.01, 0.05, 1.0, 100.0, 4.0), strict=True))))
def test_the_order_of_rows_is_irrelevant(rows):
    found = whole(lake(*(v for _, v in rows), items=tuple(p for p, _ in rows)))
    ordered = whole(lake(0.01, 0.05, 1.0, 100.0, 4.0))
    assert found == ordered
