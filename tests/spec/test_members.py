"""What members bring at least and at most: told in part, corrected, perhaps not meant."""

from itertools import combinations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.compute import kinds, leakage, members
from tests.spec.frames import SUMS, able, arrived, bounds, one, population, told

title = "What a member brings lies between the least and the most of what was told"


# What is told so far, what may have grown since, and what may have changed


def test_what_is_told_so_far_is_the_least():
    found = one(told(a={"numerator": 50, "denominator": 100}, b={"so_far": 30, "denominator": 100}))
    assert bounds(found) == (50.0, 40.0, 75.0)  # (50 + 30) to (50 + 100) of 200
    assert (found["used"], found["delivered"]) == (1, 2)


def test_what_may_have_grown_counts_as_it_was_told_and_up_to_all():
    found = one(told(a={"numerator": 50, "denominator": 100, "may_grow": True}))
    assert bounds(found) == (50.0, 50.0, 100.0)
    assert found["used"] == 1


def test_what_may_have_changed_counts_as_it_was_told_and_is_bounded_by_all_there_can_be():
    a, b = {"numerator": 50, "denominator": 100}, {"numerator": 80, "denominator": 100, "is_open": True}
    assert bounds(one(told(a=a, b=b, maximum=100))) == (65.0, 25.0, 75.0)
    assert bounds(one(told(a=a, b=b, maximum=300))) == (65.0, 12.5, 87.5)  # 50 to 350 of 400
    assert bounds(one(told(a=a, b=b))) == (65.0, None, None)  # nothing bounds it


def test_what_is_left_open_beside_a_denominator_counts_in_the_bounds_alone():
    a, b = {"numerator": 90, "denominator": 100, "left_open": 20}, {"numerator": 80, "denominator": 80}
    found = one(told(a=a, b=b))
    assert bounds(found) == (pytest.approx(100 * 170 / 180), 85.0, 95.0)  # 170 to 190 of 200
    assert (found["used"], found["numerator"], found["denominator"]) == (2, 170.0, 180.0)


def test_an_open_member_larger_than_the_maximum_is_bounded_by_itself():
    found = one(told(a={"numerator": 50, "denominator": 100}, b={"numerator": 0, "denominator": 300, "is_open": True},
                     maximum=100))  # fmt: skip
    assert bounds(found) == (12.5, 12.5, 87.5)  # 0 to 300 of 300 beside 50 of 100


def test_a_member_without_its_denominator_is_at_least_all_of_its_numerator():
    found = one(told(a={"numerator": 50, "denominator": 100}, b={"numerator": 20}, maximum=100))
    assert bounds(found) == (50.0, 35.0, pytest.approx(100 * 70 / 120))


def test_of_nothing_there_is_no_part():
    a, nothing = {"numerator": 5, "denominator": 10}, {"denominator": 0}
    found = one(told(a=a, b=nothing))
    assert bounds(found) == (50.0, 50.0, 50.0)
    assert found["used"] == 2
    alone = one(told(b=nothing))
    assert (alone["value"], alone["denominator"], alone["used"]) == (None, 0.0, 1)


def test_a_row_of_a_part_that_is_not_asked_about_says_nothing():
    row = pl.DataFrame({"entity_id": ["a"], "part": ["2021-07"], "numerator": [1.0], "denominator": [2.0]})
    frame = members.by_amounts(population("a"), row, arrived=arrived(), denominator_maximum=None)
    assert frame["status"].to_list() == ["not_delivered"]
    assert one(frame)["value"] is None


def test_parts_are_summed_before_they_are_divided():
    # 1 of 10 and 90 of 100 are 91 of 110, not the mean of 10 % and 90 %
    both = pl.concat([population("a").with_columns(part=pl.lit(part)) for part in ("Q1", "Q2")])
    rows = pl.DataFrame(
        {"entity_id": "a", "part": ["Q1", "Q2"], "numerator": [1, 90], "denominator": [10, 100]},
        schema_overrides={"numerator": pl.Int64, "denominator": pl.Int64},
    )
    heard = rows.select("entity_id", "part", was_set_aside=pl.lit(False))
    found = one(members.by_amounts(both, rows, arrived=heard, denominator_maximum=None))
    assert (found["value"], found["used"], found["expected"]) == (pytest.approx(9100 / 110), 2, 2)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"numerator": 5}, (15.0, 15.0, 15.0)),
        ({"numerator": 5, "may_grow": True}, (15.0, 15.0, 30.0)),
        ({"numerator": 5, "is_open": True}, (15.0, 10.0, 30.0)),  # it may have become less as well
        ({"so_far": 5}, (10.0, 15.0, 30.0)),  # told in part: no value, but so much at least
        ({}, (10.0, 10.0, 30.0)),
    ],
)
def test_a_sum_is_bounded_by_what_each_may_bring(row, expected):
    rows = [{"entity_id": "a", "part": "", "numerator": 10}, {"entity_id": "b", "part": ""} | row]
    sums = members.by_sums(
        population("a", "b"),
        pl.DataFrame(rows, schema=SUMS),
        arrived=arrived(a=False, b=False),
        maximum=20.0,
    )
    assert bounds(one(sums, kinds.count)) == expected


def test_an_open_state_counts_as_told_and_is_bounded_by_what_may_be():
    rows = members.by_states(
        population("done", "not", "perhaps_since", "one_never"),
        pl.DataFrame(
            {
                "entity_id": ["done", "not", "perhaps_since", "one_never"],
                "part": "",
                "built": ["yes", "no", "no", "no"],
                "built_is_open": [False, False, True, True],
                "runs": ["yes", "yes", "yes", "no"],
                "runs_is_open": [False, None, False, False],
            }
        ),
        counted={"built": ["yes"], "runs": ["yes"]},
        arrived=arrived(done=False, **{"not": False}, perhaps_since=False, one_never=False),
    )
    assert set(rows["status"]) == {"used"}
    assert bounds(one(rows)) == (25.0, 25.0, 50.0)


def test_an_open_state_beside_an_untold_one_may_still_hold():
    rows = members.by_states(
        population("a"),
        pl.DataFrame(
            {"entity_id": ["a"], "part": "", "built": ["no"], "built_is_open": [True], "runs": [None]},
            schema_overrides={"runs": pl.String},
        ),
        counted={"built": ["yes"], "runs": ["yes"]},
        arrived=arrived(a=False),
    )
    assert bounds(one(rows)) == (0.0, 0.0, 100.0)


# Where corrections take off more than there was


def test_what_is_missing_may_bring_less_than_nothing():
    # 8 of 100; of the other hundred −14 to 103: −6 to 111 of 200
    found = one(told(a={"numerator": 8, "denominator": 100}, b={"denominator": 100}, least=-0.14, most=1.03))
    assert bounds(found) == (8.0, -3.0, 55.5)
    unknown = one(told(a={"numerator": 8, "denominator": 100}, b={}, least=-0.14, most=1.03, maximum=100.0))
    assert bounds(unknown) == (8.0, -3.0, 55.5)
    unbounded = one(told(a={"numerator": 8, "denominator": 100}, b={}, least=-0.14, most=1.03))
    assert bounds(unbounded) == (8.0, None, None)


def test_a_ratio_may_be_negative():
    assert bounds(one(told(a={"numerator": -5, "denominator": 100}))) == (-5.0, -5.0, -5.0)


def test_what_is_less_than_nothing_is_least_over_the_smaller_whole():
    frame = told(a={"numerator": -5, "denominator": 100}).with_columns(denominator_low=pl.lit(50.0))
    assert one(frame)["low"] == -10.0


def test_what_is_less_than_nothing_is_most_over_the_larger_whole():
    frame = told(a={"numerator": -5, "denominator": 100}).with_columns(denominator_low=pl.lit(50.0))
    assert one(frame)["high"] == -5.0


leakages = st.fixed_dictionaries(
    {
        "water_supplied": st.floats(1, 1000),
        "share_registered": st.floats(0, 1),
        "share_metered": st.floats(0, 1),
        "supply_pipe_length": st.floats(0, 1000),
        "supply_pressure": st.sampled_from([0.0, 0.35, 0.36, 0.55, 0.56, 0.75, 0.76, 1.0]),
        "frost_depth": st.sampled_from([0.0, 1.4, 1.41]),
    }
)


@given(leakages)
def test_a_leakage_lies_between_its_least_and_its_most(row):
    supplied = row["water_supplied"]
    registered = supplied * row["share_registered"]
    frame = pl.DataFrame(
        [row | {"registered_water_use": registered, "household_metered_water": registered * row["share_metered"]}]
    )
    for formula in leakage.FORMULAS.values():
        share = frame.select(formula.made()).item() / supplied
        assert formula.least - 1e-9 <= share <= formula.most + 1e-9


@pytest.mark.parametrize(
    ("registered", "metered", "length", "pressure", "frost", "share"),
    [(100.0, 100.0, 1000.0, 1.0, 1.5, "least"), (0.0, 0.0, 0.0, 0.3, 1.4, "most")],
)
def test_the_least_and_the_most_of_a_leakage_are_reached(registered, metered, length, pressure, frost, share):
    frame = pl.DataFrame(
        {
            "water_supplied": [100.0],
            "registered_water_use": [registered],
            "household_metered_water": [metered],
            "supply_pipe_length": [length],
            "supply_pressure": [pressure],
            "frost_depth": [frost],
        }
    )
    formula = leakage.FORMULAS["assessed_leakage"]
    assert frame.select(formula.made()).item() == pytest.approx(100 * getattr(formula, share))


# Members of whom nobody can say whether they count


def test_a_member_that_perhaps_counts_takes_no_part_in_the_value():
    rows = members.perhaps(able(a="yes", b="no", p="yes"), ["p"])
    found = one(rows)
    assert bounds(found) == (50.0, 50.0, pytest.approx(200 / 3))  # 1 of 2 without it, 2 of 3 with it
    assert (found["used"], found["expected"], found["delivered"]) == (2, 3, 3)
    found = one(members.perhaps(able(a="yes", b="no", p="no"), ["p"]))
    assert bounds(found) == (50.0, pytest.approx(100 / 3), 50.0)
    found = one(members.perhaps(able(a="yes", b="no", p=None), ["p"]))
    assert bounds(found) == (50.0, pytest.approx(100 / 3), pytest.approx(200 / 3))


def test_a_count_has_a_member_that_perhaps_counts_at_most():
    found = one(members.perhaps(able(a="yes", p="yes", q="no"), ["p", "q"]), kinds.count)
    assert bounds(found) == (1.0, 1.0, 2.0)


def test_who_is_left_out_does_not_count_perhaps():
    rows = able(a="yes", b="no").with_columns(status=pl.lit("excluded"))
    assert members.perhaps(rows, ["a"]).equals(rows)
    assert members.perhaps(rows, []).equals(rows)


def test_nobody_but_perhaps_is_no_value():
    found = one(members.perhaps(able(p="yes"), ["p"]))
    assert (found["value"], found["used"], found["expected"]) == (None, 0, 1)


cells_drawn = st.lists(
    st.tuples(
        st.integers(0, 10), st.integers(0, 10), st.sampled_from(["full", "whole", "part", "silent"]), st.booleans()
    ),
    min_size=2,
    max_size=5,
)


@given(cells_drawn)
def test_the_bounds_hold_with_and_without_those_that_perhaps_count(cells):
    # each cell: a part of 10, how much of it was told so far, what is told, and whether it perhaps counts
    names = [f"m{i}" for i in range(len(cells))]
    said = {
        "full": lambda n, _: {"numerator": n, "denominator": 10},
        "whole": lambda *_: {"denominator": 10},
        "part": lambda n, so_far: {"denominator": 10, "so_far": min(n, so_far)},
        "silent": lambda *_: {},
    }
    rows = told(**{name: said[kind](n, f) for name, (n, f, kind, _) in zip(names, cells, strict=True)}, maximum=10.0)
    doubtful = [name for name, cell in zip(names, cells, strict=True) if cell[3]]
    found = one(members.perhaps(rows, doubtful))
    sure = [cell for cell in cells if not cell[3]]
    unsure = [cell for cell in cells if cell[3]]
    for size in range(len(unsure) + 1):
        for chosen in combinations(unsure, size):
            counted = [*sure, *chosen]
            if counted:
                truth = 100 * sum(cell[0] for cell in counted) / (10 * len(counted))
                assert found["low"] is None or found["low"] - 1e-9 <= truth
                assert found["high"] is None or truth <= found["high"] + 1e-9
    if found["value"] is not None and all(kind != "part" for _, _, kind, _ in sure):
        assert found["low"] - 1e-9 <= found["value"] <= found["high"] + 1e-9


# The bounds and the truth, of whatever is told

KINDS_OF_TOLD = ("full", "whole", "part", "grown", "open", "numerator", "silent")
truths = st.lists(
    st.tuples(st.integers(0, 100), st.integers(0, 100), st.integers(1, 100), st.sampled_from(KINDS_OF_TOLD)),
    min_size=1,
    max_size=6,
)


def as_told(share: int, earlier: int, whole: int, kind: str) -> dict[str, object]:
    """What was told of a member that has `share` per cent of `whole`, and had `earlier` per cent of that before."""
    part = whole * share / 100
    before = part * earlier / 100
    return {
        "full": {"numerator": part, "denominator": whole},
        "whole": {"denominator": whole},
        "part": {"so_far": before, "denominator": whole},
        "grown": {"numerator": before, "denominator": whole, "may_grow": True},
        "open": {"numerator": earlier / 100, "denominator": 1, "is_open": True},
        "numerator": {"numerator": part},
        "silent": {},
    }[kind]


def test_the_bounds_are_of_all_and_the_value_of_those_who_told_in_full():
    found = one(told(a={"numerator": 0, "denominator": 100}, b={"so_far": 50, "denominator": 100}))
    assert bounds(found) == (0.0, 25.0, 50.0)


@given(truths)
def test_the_truth_lies_within_the_bounds_whatever_is_told(rows):
    names = [f"m{i}" for i in range(len(rows))]
    found = one(told(**{name: as_told(*row) for name, row in zip(names, rows, strict=True)}, maximum=100.0))
    truth = sum(share * whole for share, _, whole, _ in rows) / sum(whole for _, _, whole, _ in rows)
    assert found["low"] - 1e-6 <= truth
    assert found["high"] is None or truth <= found["high"] + 1e-6


@given(truths)
def test_the_value_lies_within_the_bounds_where_each_told_all_or_no_part(rows):
    names = [f"m{i}" for i in range(len(rows))]
    known = {"part": "grown", "numerator": "open"}
    cells = {n: as_told(*row[:3], known.get(row[3], row[3])) for n, row in zip(names, rows, strict=True)}
    found = one(told(**cells, maximum=100.0))
    if found["value"] is not None:
        assert found["low"] - 1e-6 <= found["value"] <= found["high"] + 1e-6


@given(st.lists(st.tuples(st.integers(-14, 103), st.integers(1, 100), st.booleans(), st.booleans()), min_size=1))
def test_the_truth_lies_within_the_bounds_where_it_may_be_less_than_nothing(rows):
    # least −0.14, most 1.03; each tells all, its whole alone, or nothing
    def said(share: int, whole: int, tells_whole: bool, tells_part: bool) -> dict[str, object]:
        if not tells_whole:
            return {}
        return {"denominator": whole} | ({"numerator": share * whole / 100} if tells_part else {})

    frame = told(**{f"m{i}": said(*row) for i, row in enumerate(rows)}, least=-0.14, most=1.03, maximum=100.0)
    found = one(frame)
    truth = sum(share * whole for share, whole, *_ in rows) / sum(whole for _, whole, *_ in rows)
    assert found["low"] - 1e-6 <= truth <= found["high"] + 1e-6
    if found["value"] is not None:
        assert found["low"] - 1e-6 <= found["value"] <= found["high"] + 1e-6


def test_more_than_all_that_may_have_grown_is_no_less_than_itself():
    found = one(told(a={"numerator": 120, "denominator": 100, "may_grow": True}))
    assert found["low"] <= found["value"] <= found["high"]


def test_more_than_all_so_far_does_not_turn_the_bounds_round():
    found = one(told(a={"numerator": 50, "denominator": 100}, b={"so_far": 120, "denominator": 100}))
    assert found["low"] <= found["high"]


def test_a_numerator_above_the_maximum_does_not_turn_the_bounds_round():
    found = one(told(a={"numerator": 50, "denominator": 100}, b={"numerator": 120}, maximum=100.0))
    assert found["low"] <= found["high"]


def test_a_sum_above_the_maximum_is_no_less_than_itself():
    rows = pl.DataFrame([{"entity_id": "a", "part": "", "numerator": 12, "may_grow": True}], schema=SUMS)
    found = one(members.by_sums(population("a"), rows, arrived=arrived(a=False), maximum=10.0), kinds.count)
    assert found["low"] <= found["value"] <= found["high"]
