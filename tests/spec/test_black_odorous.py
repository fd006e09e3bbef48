"""Grades of black-odorous water by 建城〔2015〕130号, and the rural guide of 2019."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.catalog import load_catalog
from analytics.compute import black_odorous as bo
from analytics.compute import water_class as wc

title = "Shares of heavy values grade a point, and shares of heavy points a body"
CATALOG = load_catalog()
URBAN, RURAL = CATALOG.black_odorous["urban_2015"], CATALOG.black_odorous["rural_2019"]
CLEAN, LIGHT, HEAVY = 1, 2, 3
BASE = ("transparency", "dissolved_oxygen", "ammonia_nitrogen")


def by_method(method):
    standard = CATALOG.standards[method.standard]
    return {"standard": standard, "method": method}


def grades(rows: list[dict[str, object]], method=URBAN) -> pl.DataFrame:
    """The grades of values, in water of a metre unless a `depth_cm` is told."""
    standard = CATALOG.standards[method.standard]
    schema = {
        "point_id": pl.String,
        "taken_at": pl.Date,
        "parameter": pl.String,
        "value": pl.Float64,
        "depth_cm": pl.Float64,
        "is_clear_to_bottom": pl.Boolean,
    }
    frame = pl.LazyFrame([{"depth_cm": 100.0, **row} for row in rows], schema=schema).with_columns(case=pl.lit("any"))
    limits = wc.limit_table(standard, CATALOG.parameters)
    return bo.graded_values(frame, limits, **by_method(method)).collect()


def grade(parameter: str, value: float | None, method=URBAN, **water: object) -> int | None:
    return grades([{"parameter": parameter, "value": value, **water}], method)["item_class"].item()


# Limits of facts.md section 6; a value exactly on a limit has the better grade.
@pytest.mark.parametrize(
    ("parameter", "value", "expected"),
    [
        ("transparency", 25.0, CLEAN),
        ("transparency", 24.9, LIGHT),
        ("transparency", 10.0, LIGHT),
        ("transparency", 9.9, HEAVY),
        ("dissolved_oxygen", 2.0, CLEAN),
        ("dissolved_oxygen", 1.99, LIGHT),
        ("dissolved_oxygen", 0.2, LIGHT),
        ("dissolved_oxygen", 0.19, HEAVY),
        ("redox_potential", 50.0, CLEAN),
        ("redox_potential", 49.0, LIGHT),
        ("redox_potential", -200.0, LIGHT),
        ("redox_potential", -201.0, HEAVY),
        ("ammonia_nitrogen", 8.0, CLEAN),
        ("ammonia_nitrogen", 8.1, LIGHT),
        ("ammonia_nitrogen", 15.0, LIGHT),
        ("ammonia_nitrogen", 15.1, HEAVY),
        ("ammonia_nitrogen", None, None),
        ("total_phosphorus", 9.0, None),  # has no limit here
    ],
)
def test_single_values(parameter, value, expected):
    assert grade(parameter, value) == expected


# The footnote of the guide's table stands at the 10 cm that part light from heavy: in water of 20 cm they are 8 cm.
@pytest.mark.parametrize(
    ("value", "water", "expected"),
    [
        (8.0, {"depth_cm": 20.0}, LIGHT),
        (7.9, {"depth_cm": 20.0}, HEAVY),
        (6.0, {"depth_cm": 15.0}, LIGHT),
        (5.9, {"depth_cm": 15.0}, HEAVY),
        (19.9, {"depth_cm": 20.0}, LIGHT),
        (20.0, {"depth_cm": 20.0}, CLEAN),  # down to the bottom
        (8.0, {"depth_cm": 20.0, "is_clear_to_bottom": True}, CLEAN),
        (7.9, {"depth_cm": 20.0, "is_clear_to_bottom": True}, None),  # the bottom was not seen
        (None, {"depth_cm": 20.0, "is_clear_to_bottom": True}, CLEAN),
        (7.0, {"depth_cm": 20.0, "is_clear_to_bottom": False}, HEAVY),
        (24.0, {"depth_cm": 25.0}, LIGHT),  # 25 cm are deep enough
        (9.0, {"depth_cm": 25.0}, HEAVY),
        (9.0, {"depth_cm": 25.0, "is_clear_to_bottom": True}, None),  # 9 of 25 cm are not the bottom
        (None, {"depth_cm": 60.0, "is_clear_to_bottom": True}, CLEAN),
        (None, {"depth_cm": 60.0, "is_clear_to_bottom": False}, None),
    ],
)
def test_shallow_water_has_its_own_transparency(value, water, expected):
    assert grade("transparency", value, **water) == expected


# Of 24 cm in water of 24 cm the bottom is seen, in a metre of water they are too little.
@pytest.mark.parametrize("method", [URBAN, RURAL], ids=["urban", "rural"])
@pytest.mark.parametrize("depth", [None, 0.0], ids=["not told", "nothing"])
def test_without_a_depth_too_little_transparency_is_open(method, depth):
    water = {"parameter": "transparency", "depth_cm": depth}
    assert grade("transparency", 25.0, method, depth_cm=depth) == CLEAN
    assert grades([{**water, "value": 24.9}], method).select("item_class", "is_open").row(0) == (None, True)
    assert grade("transparency", None, method, depth_cm=depth, is_clear_to_bottom=True) == CLEAN
    assert grade("dissolved_oxygen", 0.1, method, depth_cm=depth) > CLEAN


def test_a_depth_that_is_no_number_was_not_told():
    assert grade("transparency", 20.0, depth_cm=float("nan")) is None
    assert grade("ammonia_nitrogen", float("inf")) is None


def test_depth_concerns_transparency_alone():
    assert grade("dissolved_oxygen", 0.1, depth_cm=20.0, is_clear_to_bottom=True) == HEAVY


def test_the_value_is_kept_as_measured():
    found = grades([{"parameter": "transparency", "value": 8.0, "depth_cm": 20.0}])
    assert found["value"].item() == 8.0


BLACK = 2


# facts.md section 6; in shallow water 40 % of the depth.
@pytest.mark.parametrize(
    ("parameter", "value", "depth", "expected"),
    [
        ("transparency", 25.0, 100.0, CLEAN),
        ("transparency", 24.9, 100.0, BLACK),
        ("transparency", 8.0, 20.0, CLEAN),
        ("transparency", 7.9, 20.0, BLACK),
        ("dissolved_oxygen", 2.0, None, CLEAN),
        ("dissolved_oxygen", 1.9, None, BLACK),
        ("ammonia_nitrogen", 15.0, None, CLEAN),
        ("ammonia_nitrogen", 15.1, None, BLACK),
    ],
)
def test_rural_values(parameter, value, depth, expected):
    assert grade(parameter, value, RURAL, depth_cm=depth) == expected


# A value of each grade, by item
VALUE = {
    "transparency": (30.0, 15.0, 5.0),
    "dissolved_oxygen": (5.0, 1.0, 0.1),
    "ammonia_nitrogen": (1.0, 10.0, 20.0),
    "redox_potential": (100.0, 0.0, -300.0),
}


def point(method=URBAN, **of_items: list[int]) -> dict[str, object]:
    """A point from the grades that each item has, one a day."""
    rows = [
        {
            "point_id": "p",
            "taken_at": date(2021, 5, 1) + timedelta(days=day),
            "parameter": item,
            "value": VALUE[item][number - 1],
        }
        for item, numbers in of_items.items()
        for day, number in enumerate(numbers)
    ]
    last = wc.worst_of(CATALOG.standards[method.standard])
    shares = bo.item_shares(grades(rows, method).lazy(), by=["point_id"], last_class=last)
    return bo.graded_points(shares, by=["point_id"], **by_method(method)).collect().row(0, named=True)


def clean(times: int = 10, **others: list[int]) -> dict[str, list[int]]:
    return dict.fromkeys(BASE, [CLEAN] * times) | others


# facts.md section 6: one item with 60 % of its data heavy, or two with 30 % each
@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (clean(), CLEAN),
        (clean(ammonia_nitrogen=[LIGHT] + [CLEAN] * 9), LIGHT),
        (clean(ammonia_nitrogen=[HEAVY] * 5 + [CLEAN] * 5), LIGHT),  # 50 % of one
        (clean(ammonia_nitrogen=[HEAVY] * 6 + [CLEAN] * 4), HEAVY),  # 60 % of one, exactly
        (clean(5, ammonia_nitrogen=[HEAVY] * 3 + [CLEAN] * 2), HEAVY),
        (clean(ammonia_nitrogen=[HEAVY] * 3 + [CLEAN] * 7), LIGHT),  # 30 % of one
        (
            clean(
                ammonia_nitrogen=[HEAVY] * 3 + [CLEAN] * 7,
                dissolved_oxygen=[HEAVY] * 3 + [CLEAN] * 7,
            ),
            HEAVY,  # 30 % of two, exactly
        ),
        (
            clean(
                ammonia_nitrogen=[HEAVY] * 3 + [CLEAN] * 7,
                dissolved_oxygen=[HEAVY] * 2 + [CLEAN] * 8,
            ),
            LIGHT,
        ),
        (clean(redox_potential=[HEAVY] * 10), HEAVY),  # where it was measured it takes part
        (clean(redox_potential=[LIGHT] * 10), LIGHT),
    ],
)
def test_points(items, expected):
    found = point(**items)
    assert (found["grade"], found["reason"], found["items_missing"]) == (expected, None, [])


def test_the_heavy_items_are_named():
    found = point(**clean(ammonia_nitrogen=[HEAVY] * 3 + [CLEAN] * 7, transparency=[HEAVY] * 10))
    assert found["items_heavy"] == ["ammonia_nitrogen", "transparency"]


def test_three_samplings_suffice_and_two_do_not():
    assert point(**clean(3))["grade"] == CLEAN
    found = point(**clean(2))
    assert (found["grade"], found["grade_best"], found["grade_worst"]) == (None, CLEAN, HEAVY)
    assert (found["reason"], found["items_missing"]) == ("too_few_samplings", sorted(BASE))


def test_a_base_item_that_was_not_measured_leaves_the_point_open():
    found = point(transparency=[CLEAN] * 3, dissolved_oxygen=[LIGHT] * 3)
    assert (found["grade"], found["grade_best"], found["grade_worst"]) == (None, LIGHT, HEAVY)
    assert found["items_missing"] == ["ammonia_nitrogen"]


def test_what_is_heavy_anyhow_needs_no_more():
    found = point(transparency=[HEAVY] * 3)
    assert (found["grade"], found["reason"]) == (HEAVY, None)


def test_a_redox_potential_measured_too_seldom_leaves_open_whether_the_point_is_light_or_heavy():
    found = point(**clean(3, redox_potential=[HEAVY]))
    assert (found["grade"], found["grade_best"], found["grade_worst"]) == (None, LIGHT, HEAVY)
    assert (found["reason"], found["items_missing"]) == ("too_few_samplings", [])
    assert point(**clean(3, redox_potential=[LIGHT]))["grade"] == LIGHT


def test_a_body_whose_point_is_light_or_heavy_is_light_at_least():
    parts = {"grade": None, "grade_best": LIGHT, "grade_worst": HEAVY}
    three = along([3, 1, 1]).with_columns(
        pl.when(pl.col("point_id") == "p2").then(pl.lit(value, pl.Int8)).otherwise(name).alias(name)
        for name, value in parts.items()
    )
    found = bo.graded_bodies(three, by=["entity_id"], **by_method(URBAN)).collect().row(0, named=True)
    assert (found["grade"], found["grade_best"], found["grade_worst"]) == (None, LIGHT, HEAVY)  # one or two of three


@pytest.mark.parametrize("depth", [1.5, 4.0, 24.0], ids=["metres", "beyond it", "by a centimetre"])
def test_a_value_beyond_the_depth_of_its_water_is_open(depth):
    # 40 % of 1.5 cm are 0.6: whatever was seen of the water would be clean
    assert grade("transparency", 25.0, depth_cm=depth, is_clear_to_bottom=True) is None
    assert grade("transparency", 25.0, RURAL, depth_cm=depth) is None
    assert grade("dissolved_oxygen", 5.0, depth_cm=depth) == CLEAN


def test_a_depth_that_cannot_be_one_leaves_its_value_open():
    assert grade("transparency", 0.5, depth_cm=1.5) is None  # both told in metres: 50 of 150 cm are clean
    assert grade("transparency", 0.5, depth_cm=3.0) == HEAVY


def test_one_value_beyond_its_depth_leaves_the_point_and_its_body_open():
    rows = [
        {"point_id": "p", "taken_at": date(2021, 5, day), "parameter": item, "value": VALUE[item][0], "depth_cm": 100.0}
        for item in BASE
        for day in (1, 2, 3, 4)
    ]
    rows[0] |= {"depth_cm": 1.0}
    shares = bo.item_shares(grades(rows).lazy(), by=["point_id"], last_class=HEAVY)
    points = bo.graded_points(shares, by=["point_id"], **by_method(URBAN))
    found = points.collect().row(0, named=True)
    # one of four heavy values is no 30 %: heavy the point cannot be
    assert (found["grade"], found["grade_best"], found["grade_worst"]) == (None, CLEAN, LIGHT)
    assert found["reason"] == "depth_unclear"
    three = pl.concat([points.with_columns(entity_id=pl.lit("b"), point_id=pl.lit(name)) for name in "pqr"])
    assert bo.graded_bodies(three, by=["entity_id"], **by_method(URBAN)).collect()["reason"].item() == "depth_unclear"


@pytest.mark.parametrize(
    ("value", "ammonia", "expected"),
    [
        (20.0, 10.0, (LIGHT, LIGHT, LIGHT)),  # light by its ammonia, and 20 cm are heavy in no depth
        (5.0, 10.0, (None, LIGHT, HEAVY)),  # 5 cm are a third of the values, and so are those of ammonia
        (20.0, 1.0, (None, CLEAN, LIGHT)),
    ],
)
def test_a_depth_that_was_not_told_leaves_open_what_it_could_change(value, ammonia, expected):
    heavy_day = 20.0 if value < 10 else ammonia
    told = {
        "transparency": [(value, None), (30.0, 100.0), (30.0, 100.0)],
        "dissolved_oxygen": [(5.0, 100.0)] * 3,
        "ammonia_nitrogen": [(heavy_day, 100.0), (ammonia, 100.0), (ammonia, 100.0)],
    }
    rows = [
        {"point_id": "p", "taken_at": date(2021, 5, day), "parameter": item, "value": number, "depth_cm": depth}
        for item, values in told.items()
        for day, (number, depth) in enumerate(values, start=1)
    ]
    shares = bo.item_shares(grades(rows).lazy(), by=["point_id"], last_class=HEAVY)
    found = bo.graded_points(shares, by=["point_id"], **by_method(URBAN)).collect().row(0, named=True)
    assert (found["grade"], found["grade_best"], found["grade_worst"]) == expected


def test_two_values_of_one_day_are_one_sampling():
    rows = [
        {"point_id": "p", "taken_at": date(2021, 5, day), "parameter": item, "value": VALUE[item][0]}
        for item in BASE
        for day in (1, 1, 2)
    ]
    shares = bo.item_shares(grades(rows).lazy(), by=["point_id"], last_class=HEAVY).collect()
    assert shares["values"].to_list() == [3, 3, 3]
    assert shares["samplings"].to_list() == [2, 2, 2]


def test_any_rural_item_makes_its_point_black_odorous():
    assert point(RURAL, transparency=[1], dissolved_oxygen=[1], ammonia_nitrogen=[1, 1, 1])["grade"] == CLEAN
    found = point(RURAL, transparency=[1], dissolved_oxygen=[1], ammonia_nitrogen=[1, 1, 3])
    assert found["grade"] == BLACK
    found = point(RURAL, transparency=[1], dissolved_oxygen=[1])
    assert (found["grade"], found["reason"]) == (None, "too_few_samplings")


def along(numbers: list[int | None]) -> pl.LazyFrame:
    """Points of one body in their order along it, by their grades; null: not measured."""
    return pl.LazyFrame(
        {
            "entity_id": "b",
            "point_id": [f"p{i}" for i in range(len(numbers))],
            "position": range(len(numbers)),
            **dict.fromkeys(("grade", "grade_best", "grade_worst"), numbers),
            "reason": None,
        },
        schema_overrides={**dict.fromkeys(("grade", "grade_best", "grade_worst"), pl.Int8), "reason": pl.String},
    )


def body(numbers: list[int | None], method=URBAN) -> dict[str, object]:
    return bo.graded_bodies(along(numbers), by=["entity_id"], **by_method(method)).collect().row(0, named=True)


# facts.md section 6: 60 % of the points heavy
@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([1, 1, 1], CLEAN),
        ([1, 2, 1], LIGHT),
        ([3, 1, 1], LIGHT),
        ([3, 3, 1, 1, 1], LIGHT),
        ([3, 3, 3, 1, 1], HEAVY),  # 60 %, exactly
        ([3, 1, 3], HEAVY),
        ([3, 3, None], HEAVY),  # whatever the third is
        ([2, 1, 1, None], LIGHT),  # one heavy of four is not enough
    ],
)
def test_bodies(numbers, expected):
    found = body(numbers)
    assert (found["grade"], found["reason"]) == (expected, None)


def test_points_that_decide_leave_the_body_open():
    found = body([1, 1, None])
    assert (found["grade"], found["grade_best"], found["grade_worst"]) == (None, CLEAN, LIGHT)
    assert (found["reason"], found["points"], found["points_graded"]) == ("points_open", 3, 2)
    found = body([3, 2, None])
    assert (found["grade"], found["grade_best"], found["grade_worst"]) == (None, LIGHT, HEAVY)


def test_three_points_suffice_and_two_do_not():
    found = body([1, 1])
    assert (found["grade"], found["grade_best"], found["grade_worst"]) == (None, CLEAN, HEAVY)
    assert found["reason"] == "too_few_points"
    assert body([3, 3])["grade"] is None


@pytest.mark.parametrize(
    ("numbers", "expected"), [([1], 1), ([2], 2), ([1, 1, 2], 2), ([2, None], 2), ([1, None], None)]
)
def test_one_black_point_makes_a_rural_body_black(numbers, expected):
    assert body(numbers, RURAL)["grade"] == expected


def stretches(numbers: list[int | None], method=URBAN) -> list[tuple[str, str, int]]:
    found = bo.heavy_stretches(along(numbers), by=["entity_id"], **by_method(method)).collect()
    return found.select("first_point", "last_point", "points").rows()


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([3, 3, 1, 3, 3], []),
        ([1, 3, 3, 3, 1], [("p1", "p3", 3)]),  # facts.md section 6: three in a row
        ([3, 3, 3, 3, 2, 3, 3, 3], [("p0", "p3", 4), ("p5", "p7", 3)]),
        ([3, 3, None, 3], []),  # a point without a grade ends a row
        ([], []),
    ],
)
def test_stretches(numbers, expected):
    assert stretches(numbers) == expected


def test_bodies_are_told_apart_and_rural_ones_have_no_stretches():
    two = pl.concat([along([3, 3]), along([3, 3]).with_columns(entity_id=pl.lit("c"))])
    assert bo.heavy_stretches(two, by=["entity_id"], **by_method(URBAN)).collect().height == 0
    assert stretches([2, 2, 2], RURAL) == []


@given(st.floats(0, 60), st.floats(0, 60), st.floats(3, 60))
def test_less_transparency_never_improves_the_grade(a, b, depth):
    low, high = sorted(min(value, depth) for value in (a, b))
    assert grade("transparency", low, depth_cm=depth) >= grade("transparency", high, depth_cm=depth)


@given(st.floats(0, 60), st.floats(0, 60), st.sampled_from([URBAN, RURAL]))
def test_a_worse_concentration_never_improves_the_grade(a, b, method):
    low, high = sorted((a, b))
    assert grade("ammonia_nitrogen", low, method) <= grade("ammonia_nitrogen", high, method)


def test_nothing_gives_nothing():
    shares = bo.item_shares(grades([]).lazy(), by=["point_id"], last_class=HEAVY)
    assert bo.graded_points(shares, by=["point_id"], **by_method(URBAN)).collect().height == 0
    assert bo.graded_bodies(along([]), by=["entity_id"], **by_method(URBAN)).collect().height == 0


def test_points_that_were_not_measured_leave_their_body_open():
    found = body([None, None, None])
    assert (found["grade"], found["grade_best"], found["grade_worst"]) == (None, CLEAN, HEAVY)


NUMBERS = st.lists(st.sampled_from([1, 2, 3, None]), min_size=3, max_size=8)


@given(NUMBERS, st.data())
def test_the_truth_lies_within_the_bounds_of_a_body(numbers, data):
    known = [n if n is not None else data.draw(st.sampled_from([1, 2, 3])) for n in numbers]
    found, truth = body(numbers), body(known)["grade"]
    assert found["grade_best"] <= truth <= found["grade_worst"]
    assert found["grade"] in (None, truth)


@given(NUMBERS, st.integers(0, 7))
def test_a_worse_point_never_improves_its_body(numbers, place):
    known = [n or 1 for n in numbers]
    worse = [min(n + (i == place), HEAVY) for i, n in enumerate(known)]
    assert body(known)["grade"] <= body(worse)["grade"]


@given(st.permutations([(item, day) for item in BASE for day in range(4)]))
def test_the_order_of_rows_is_irrelevant(order):
    rows = [
        {
            "point_id": "p",
            "taken_at": date(2021, 5, 1 + day),
            "parameter": item,
            "value": VALUE[item][HEAVY - 1 if day < 2 else 0],
        }
        for item, day in order
    ]
    shares = bo.item_shares(grades(rows).lazy(), by=["point_id"], last_class=HEAVY)
    found = bo.graded_points(shares, by=["point_id"], **by_method(URBAN)).collect().row(0, named=True)
    assert (found["grade"], found["items_heavy"]) == (HEAVY, sorted(BASE))
