"""Ratios and counts with the bounds that missing members leave."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.compute import kinds, members
from tests.spec.frames import SUMS, able, amounts, arrived, bounds, one, population, told

title = "A ratio is of sums, with bounds for what is missing"


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
        last_class=6,
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
