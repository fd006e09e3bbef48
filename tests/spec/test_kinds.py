"""Ratios and counts with the bounds that missing members leave."""

from itertools import combinations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.compute import kinds, leakage, members

title = "A ratio is of sums, with bounds for what is missing"


def population(*names: str) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "entity_id": names,
            "name": names,
            "area_id": names,
            "basin": [None] * len(names),
            "river": [None] * len(names),
            "part": "",
        },
        schema=dict.fromkeys(members.DESCRIPTION, pl.String),
    )


def arrived(**was_set_aside: bool) -> pl.DataFrame:
    return pl.DataFrame(
        {"entity_id": list(was_set_aside), "part": "", "was_set_aside": list(was_set_aside.values())},
        schema={"entity_id": pl.String, "part": pl.String, "was_set_aside": pl.Boolean},
    )


def amounts(**rows: tuple[float | None, float | None]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "entity_id": list(rows),
            "part": "",
            "numerator": [r[0] for r in rows.values()],
            "denominator": [r[1] for r in rows.values()],
        },
        schema={"entity_id": pl.String, "part": pl.String, "numerator": pl.Float64, "denominator": pl.Float64},
    )


def test_the_worked_example_of_the_architecture():
    # architecture.md: A 90 of 100, B 222 of 300, C produced 100 and has not said what it used
    found = kinds.ratio(
        members.by_amounts(
            population("A", "B", "C"),
            amounts(A=(90, 100), B=(222, 300), C=(None, 100)),
            arrived=arrived(A=False, B=False, C=False),
            denominator_maximum=None,
        ),
        by=[],
    ).to_dicts()[0]
    assert (found["used"], found["expected"]) == (2, 3)
    assert found["value"] == 78.0
    assert (found["low"], found["high"]) == (pytest.approx(62.4), pytest.approx(82.4))


def test_a_member_of_whom_nothing_is_known_is_bounded_by_the_catalogs_maximum():
    found = kinds.ratio(
        members.by_amounts(
            population("A", "B"), amounts(A=(80, 100)), arrived=arrived(A=False), denominator_maximum=100.0
        ),
        by=[],
    ).to_dicts()[0]
    assert (found["low"], found["high"], found["delivered"]) == (40.0, 90.0, 1)


def test_without_a_maximum_nothing_bounds_it():
    found = kinds.ratio(
        members.by_amounts(
            population("A", "B"), amounts(A=(80, 100)), arrived=arrived(A=False), denominator_maximum=None
        ),
        by=[],
    ).to_dicts()[0]
    assert (found["value"], found["low"], found["high"]) == (80.0, None, None)


def test_a_denominator_of_zero_gives_no_value():
    found = kinds.ratio(
        members.by_amounts(population("A"), amounts(A=(0, 0)), arrived=arrived(A=False), denominator_maximum=1.0),
        by=[],
    ).to_dicts()[0]
    assert found["value"] is None


def test_states_count_members_of_the_register():
    rows = members.by_states(
        population("a", "b", "c", "d"),
        pl.DataFrame({"entity_id": ["a", "b", "c"], "part": "", "capability": ["able", "unable", None]}),
        counted={"capability": ["able"]},
        arrived=arrived(a=False, b=False, c=True),
    )
    assert rows["status"].to_list() == ["used", "used", "set_aside", "not_delivered"]
    found = kinds.ratio(rows, by=[]).to_dicts()[0]
    assert (found["value"], found["used"], found["expected"]) == (50.0, 2, 4)
    assert (found["low"], found["high"]) == (25.0, 75.0)


def sections(**classes: tuple[int, ...] | None) -> pl.DataFrame:
    """Sections by the best and the worst class they may have, and the class where it is known although they differ."""
    known = {k: v for k, v in classes.items() if v}
    return members.by_water_class(
        population(*classes).with_columns(counts_from=1, counts_to=3),
        pl.DataFrame(
            {
                "entity_id": list(known),
                "water_class": [next(iter(v[2:]), v[0] if v[0] == v[1] else None) for v in known.values()],
                "class_best": [v[0] for v in known.values()],
                "class_worst": [v[1] for v in known.values()],
            },
            schema={"entity_id": pl.String, "water_class": pl.Int8, "class_best": pl.Int8, "class_worst": pl.Int8},
        ),
        arrived=arrived(**dict.fromkeys(known, False)),
        dry=["dry"] if "dry" in classes else [],
    )


def test_published_shares_follow_from_their_counts():
    # facts.md 10.3: 68 of 94 is 72.3 % (2021), 81 of 93 is 87.1 % (2022, one section without water)
    good = {f"g{i}": (2, 2) for i in range(68)} | {f"b{i}": (4, 4) for i in range(26)}
    assert kinds.ratio(sections(**good), by=[])["value"].item() == pytest.approx(72.340, abs=5e-4)
    later = {f"g{i}": (2, 2) for i in range(81)} | {f"b{i}": (4, 4) for i in range(12)} | {"dry": None}
    found = kinds.ratio(sections(**later), by=[]).to_dicts()[0]
    assert found["value"] == pytest.approx(87.097, abs=5e-4)
    assert (found["used"], found["expected"]) == (93, 93)


def test_a_class_that_is_open_still_decides_when_every_possible_one_does():
    rows = sections(open_bad=(4, 6), open_any=(2, 6), good=(3, 3))
    by_name = dict(zip(rows["entity_id"], rows["status"], strict=True))
    assert by_name == {"open_bad": "used", "open_any": "incomplete", "good": "used"}
    found = kinds.ratio(rows, by=[]).to_dicts()[0]
    assert found["value"] == 50.0
    assert (found["low"], found["high"]) == (pytest.approx(100 / 3), pytest.approx(200 / 3))


def test_a_known_class_counts_and_is_bounded_by_what_is_in_doubt():
    rows = sections(doubtful=(1, 6, 3), doubtful_bad=(4, 6, 5), good=(2, 2))
    assert set(rows["status"]) == {"used"}
    found = kinds.ratio(rows, by=[]).to_dicts()[0]
    assert (found["numerator"], found["used"]) == (2, 3)
    assert (found["low"], found["high"]) == (pytest.approx(100 / 3), pytest.approx(200 / 3))


def test_a_named_place_with_two_works_is_done_when_both_are():
    works = pl.DataFrame({"entity_id": ["p", "p", "q"], "reached": [True, False, True]})
    rows = members.by_stage(population("p", "q", "r"), works, arrived=arrived(p=False, q=False))
    found = kinds.count(rows, by=[]).to_dicts()[0]
    assert (found["value"], found["low"], found["high"], found["expected"]) == (1.0, 1.0, 2.0, 3)


shares = st.lists(
    st.tuples(st.floats(0, 1), st.floats(1, 1000), st.sampled_from(["both", "whole", "none"])),
    min_size=1,
    max_size=8,
)


@given(shares)
def test_the_truth_lies_within_the_bounds(rows):
    names = [f"m{i}" for i in range(len(rows))]
    told = {
        n: (share * whole if known == "both" else None, whole if known != "none" else None)
        for n, (share, whole, known) in zip(names, rows, strict=True)
        if known != "none"
    }
    found = kinds.ratio(
        members.by_amounts(
            population(*names),
            amounts(**told),
            arrived=arrived(**dict.fromkeys(told, False)),
            denominator_maximum=1000.0,
        ),
        by=[],
    ).to_dicts()[0]
    truth = 100 * sum(s * w for s, w, _ in rows) / sum(w for _, w, _ in rows)
    assert found["low"] - 1e-6 <= truth <= found["high"] + 1e-6


@given(shares)
def test_order_of_members_never_matters(rows):
    names = [f"m{i}" for i in range(len(rows))]
    told = {n: (s * w, w) for n, (s, w, _) in zip(names, rows, strict=True)}
    frame = members.by_amounts(
        population(*names),
        amounts(**told),
        arrived=arrived(**dict.fromkeys(told, False)),
        denominator_maximum=None,
    )
    assert kinds.ratio(frame, by=[])["value"].item() == pytest.approx(
        kinds.ratio(frame.reverse(), by=[])["value"].item()
    )


def test_every_state_must_hold_and_one_that_does_not_decides():
    # 高速公路服务区: facilities built, running, within limits (T10b); one "no" decides whatever is missing beside it
    rows = members.by_states(
        population("all", "one_no", "one_open", "silent"),
        pl.DataFrame(
            {
                "entity_id": ["all", "one_no", "one_open"],
                "part": "",
                "built": ["yes", "no", "yes"],
                "runs": ["yes", None, None],
            }
        ),
        counted={"built": ["yes"], "runs": ["yes"]},
        arrived=arrived(all=False, one_no=False, one_open=False),
    )
    assert dict(zip(rows["entity_id"], rows["status"], strict=True)) == {
        "all": "used", "one_no": "used", "one_open": "incomplete", "silent": "not_delivered",
    }  # fmt: skip
    found = kinds.ratio(rows, by=[]).to_dicts()[0]
    assert (found["value"], found["low"], found["high"]) == (50.0, 25.0, 75.0)


def test_numbers_of_works_are_bounded_below_by_the_sure_and_above_only_where_everyone_told():
    works = pl.DataFrame({"entity_id": ["p", "p", "p"], "reached": [True, False, None]})
    told = members.by_numbers_of_works(population("p"), works, arrived=arrived(p=False), final=["p"])
    found = kinds.count(told, by=[]).to_dicts()[0]
    assert (found["value"], found["low"], found["high"]) == (1.0, 1.0, 2.0)
    early = members.by_numbers_of_works(population("p"), works, arrived=arrived(p=False), final=[])
    assert kinds.count(early, by=[]).select("value", "low", "high").row(0) == (1.0, 1.0, None)
    silent = members.by_numbers_of_works(population("p", "q"), works, arrived=arrived(p=False), final=["p"])
    found = kinds.count(silent, by=[]).to_dicts()[0]
    assert (found["value"], found["low"], found["high"], found["used"], found["expected"]) == (1.0, 1.0, None, 1, 2)


def test_the_lowest_can_only_fall_by_what_is_missing():
    frame = members.by_amounts(
        population("a", "b", "c"), amounts(a=(95, 100), b=(92, 100)), arrived=arrived(a=False, b=False),
        denominator_maximum=None,
    )  # fmt: skip
    found = kinds.lowest(frame, by=[]).to_dicts()[0]
    assert (found["value"], found["low"], found["high"]) == (pytest.approx(0.92), 0.0, pytest.approx(0.92))


def test_a_weighted_share_lets_each_count_by_its_weight():
    rows = members.by_states(
        population("big", "small"),
        pl.DataFrame({"entity_id": ["big", "small"], "part": "", "able": ["yes", "no"]}),
        counted={"able": ["yes"]},
        arrived=arrived(big=False, small=False),
    )
    weights = pl.DataFrame({"entity_id": ["big", "small"], "part": "", "weight": [3.0, 1.0]})
    assert kinds.ratio(members.weighted(rows, weights, maximum=None), by=[])["value"].item() == 75.0


# What is told so far, what may have grown since, and what may have changed


def told(*, least: float = 0.0, most: float = 1.0, maximum: float | None = None, **rows: dict[str, object]):
    """A member frame of amounts; a member is given by what is told of it: all else is unknown."""
    columns = {"numerator": pl.Float64, "denominator": pl.Float64, "so_far": pl.Float64} | dict.fromkeys(
        ("may_grow", "is_open"), pl.Boolean
    )
    given_rows = [{"entity_id": name, "part": ""} | row for name, row in rows.items() if row]
    frame = pl.DataFrame(given_rows, schema={"entity_id": pl.String, "part": pl.String} | columns)
    heard = arrived(**{name: False for name, row in rows.items() if row})
    return members.by_amounts(
        population(*rows), frame, arrived=heard, denominator_maximum=maximum, least=least, most=most
    )


def one(frame: pl.DataFrame, kind=kinds.ratio, **options: object) -> dict[str, object]:
    return kind(frame, by=[], **options).to_dicts()[0]


def bounds(found: dict[str, object]) -> tuple[object, object, object]:
    return tuple(None if found[k] is None else pytest.approx(found[k]) for k in ("value", "low", "high"))


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


SUMS = {"entity_id": pl.String, "part": pl.String, "numerator": pl.Float64, "so_far": pl.Float64} | dict.fromkeys(
    ("may_grow", "is_open"), pl.Boolean
)


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


# This year against the last


def test_points_are_the_difference_of_two_shares():
    now = told(a={"numerator": 60, "denominator": 100}, b={"numerator": 20, "denominator": 100})
    before = told(a={"numerator": 50, "denominator": 100}, b={"numerator": 10, "denominator": 100})
    found = one_change(now, before, how="points")
    assert bounds(found) == (10.0, 10.0, 10.0)
    assert (found["numerator"], found["denominator"]) == (40.0, 30.0)


def one_change(now: pl.DataFrame, before: pl.DataFrame, *, how: str) -> dict[str, object]:
    return kinds.change(now, before, by=[], how=how).to_dicts()[0]


def sums(maximum: float | None = None, **rows: float | None) -> pl.DataFrame:
    known = {name: amount for name, amount in rows.items() if amount is not None}
    return members.by_sums(
        population(*rows),
        pl.DataFrame([{"entity_id": n, "part": "", "numerator": a} for n, a in known.items()], schema=SUMS),
        arrived=arrived(**dict.fromkeys(known, False)),
        maximum=maximum,
    )


def test_per_cent_is_how_much_the_sum_has_grown():
    found = one_change(sums(a=90, b=20), sums(a=100, b=0), how="percent")
    assert bounds(found) == (10.0, 10.0, 10.0)
    assert (found["numerator"], found["denominator"]) == (110.0, 100.0)


def test_only_who_told_in_both_years_is_compared():
    found = one_change(sums(a=90, b=500), sums(a=100, b=None), how="percent")
    assert (found["value"], found["used"], found["expected"]) == (-10.0, 1, 2)
    # b brought 500 this year, and nobody knows what in the last: (90 + 500) / 100 at most, no least
    assert (found["low"], found["high"]) == (None, 490.0)
    bounded = one_change(sums(a=90, b=500), sums(a=100, b=None, maximum=900), how="percent")
    assert (bounded["low"], bounded["high"]) == (pytest.approx(-41.0), 490.0)  # 590 of 1000


def test_from_nothing_nothing_grows():
    found = one_change(sums(a=5), sums(a=0), how="percent")
    assert bounds(found) == (None, None, None)
    assert found["denominator"] == 0.0


def test_a_share_of_nothing_in_either_year_is_nothing_to_compare():
    something, nothing = told(a={"numerator": 5, "denominator": 10}), told(a={"denominator": 0})
    for now, before in ((something, nothing), (nothing, something)):
        found = one_change(now, before, how="points")
        assert (found["value"], found["denominator"], found["used"]) == (None, 0.0, 1)


def test_a_member_in_several_parts_is_compared_only_where_it_told_of_all():
    def of_parts(q1: float | None, q2: float | None) -> pl.DataFrame:
        rows = pl.DataFrame({"entity_id": "a", "part": ["Q1", "Q2"], "numerator": [q1, q2]}, strict=False)
        both = pl.concat([population("a").with_columns(part=pl.lit(part)) for part in ("Q1", "Q2")])
        heard = rows.select("entity_id", "part", was_set_aside=pl.lit(False))
        return members.by_sums(both, rows.cast({"numerator": pl.Float64}), arrived=heard, maximum=None)

    assert one_change(of_parts(1, 2), of_parts(1, 1), how="percent")["value"] == 50.0
    assert one_change(of_parts(1, None), of_parts(1, 1), how="percent")["value"] is None


def test_a_group_that_was_not_there_last_year_has_no_change():
    now, before = sums(a=90, b=20), sums(a=100)
    found = kinds.change(now, before, by=["area_id"], how="percent")
    assert dict(found.select("area_id", "value").rows()) == {"a": -10.0, "b": None}
    assert dict(found.select("area_id", "used").rows()) == {"a": 1, "b": 0}


def able(**codes: str | None) -> pl.DataFrame:
    known = {name: code for name, code in codes.items() if code}
    return members.by_states(
        population(*codes),
        pl.DataFrame({"entity_id": list(known), "part": "", "able": list(known.values())}),
        counted={"able": ["yes"]},
        arrived=arrived(**dict.fromkeys(known, False)),
    )


def test_the_bounds_of_a_change_are_of_all_and_its_value_of_those_who_told_in_both_years():
    # a turned from no to yes; b and c were yes, and nobody knows what they are: 1 to 3 of 3 against 2 of 3
    found = one_change(able(a="yes", b=None, c=None), able(a="no", b="yes", c="yes"), how="points")
    assert bounds(found) == (100.0, pytest.approx(-100 / 3), pytest.approx(100 / 3))


def test_each_year_may_be_at_its_worst_and_its_best():
    found = one_change(able(a="yes", b=None), able(a="yes", b=None), how="points")
    assert bounds(found) == (0.0, -50.0, 50.0)  # 50 to 100 % in each year


def test_who_is_left_out_in_one_year_is_left_out_of_the_comparison():
    now = able(a="yes", dry="no").with_columns(
        status=pl.when(pl.col("entity_id") == "dry").then(pl.lit("excluded")).otherwise("status")
    )
    assert bounds(one_change(now, able(a="yes", dry="no"), how="points")) == (0.0, 0.0, 0.0)


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


# The lowest


def test_the_lowest_may_have_changed_since():
    found = one(told(a={"numerator": 90, "denominator": 100, "is_open": True}, maximum=100.0), kinds.lowest)
    assert (found["value"], found["low"], found["high"]) == (0.9, 0.0, 1.0)


def test_one_of_whom_nothing_is_known_may_be_the_lowest():
    found = one(told(a={"numerator": 95, "denominator": 100}, b={"so_far": 40, "denominator": 100}, c={}), kinds.lowest)
    assert (found["value"], found["low"], found["high"]) == (0.95, 0.0, 0.95)


def test_the_lowest_without_its_denominator_may_be_all_of_it():
    found = one(told(a={"numerator": 90}, maximum=1000.0), kinds.lowest)
    assert (found["low"], found["high"]) == (0.09, 1.0)


def test_a_member_of_nothing_is_not_the_lowest():
    found = one(told(a={"numerator": 95, "denominator": 100}, b={"denominator": 0}), kinds.lowest)
    assert bounds(found) == (0.95, 0.95, 0.95)
    assert one(told(b={"denominator": 0}), kinds.lowest)["value"] is None
