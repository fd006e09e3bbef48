"""Main pollution items by 环办〔2011〕22号 (facts.md 2.4): of sections by class and multiple, of basins by share."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.compute import main_items as mi
from tests.spec import rated

title = "The worst items are named, with the multiple of the limit they exceed"


def listed(results: pl.LazyFrame, sections: pl.LazyFrame | None = None) -> dict[str, object]:
    frame = rated.classed(results) if sections is None else sections
    return mi.main_items(frame, results, rated.RULES, by=["entity_id"]).collect().to_dicts()[0]


def named(results: pl.LazyFrame) -> list[tuple[str, float | None]]:
    return [(row["parameter"], row["multiple"]) for row in listed(results)["main_items"]]


def of(**means: float) -> pl.LazyFrame:
    """The results of one section."""
    return rated.items(pl.DataFrame({"entity_id": "s", "parameter": list(means), "mean": list(means.values())}))


# B: "优" and "良好" have none; HTW returns none below class Ⅳ
@pytest.mark.parametrize("ammonia", [0.1, 0.5, 1.0])
def test_a_good_section_has_no_main_items(ammonia):
    assert listed(of(ammonia_nitrogen=ammonia)) == {"entity_id": "s", "main_items": [], "reason": None}


def test_the_multiple_is_of_the_limit_of_class_three():
    # A2: (C − C_Ⅲ)/C_Ⅲ, written 氨氮(1.2)
    assert named(of(ammonia_nitrogen=2.2)) == [("ammonia_nitrogen", 1.2)]
    row = listed(of(ammonia_nitrogen=1.25))["main_items"][0]
    assert (row["multiple"], row["multiple_unrounded"], row["item_class"]) == (0.2, 0.25, 4)
    # what would round to nothing keeps one figure (facts.md 2.8, A)
    assert named(of(chemical_oxygen_demand=21.0)) == [("chemical_oxygen_demand", 0.05)]


def test_the_multiple_is_of_the_rounded_mean_and_of_the_limit_of_its_own_water():
    # 0.1049 mg/L is 0.105 rounded; a lake's limit of class Ⅲ is 0.05 mg/L: 1.1 times more
    lake = pl.DataFrame({"entity_id": ["s"], "parameter": "total_phosphorus", "mean": 0.1049, "case": "lake"})
    assert listed(rated.items(lake))["main_items"][0]["multiple_unrounded"] == pytest.approx(1.1, abs=1e-9)


def test_the_worse_class_comes_first_then_the_higher_multiple():
    # B: permanganate Ⅴ (0.8) before ammonia Ⅳ (0.3) and cod Ⅳ (0.4)
    found = named(of(ammonia_nitrogen=1.3, chemical_oxygen_demand=28.0, permanganate_index=10.8))
    assert found == [("permanganate_index", 0.8), ("chemical_oxygen_demand", 0.4), ("ammonia_nitrogen", 0.3)]


def test_equal_ones_come_by_name_and_only_three_are_named():
    # ours where the regulation is silent: four of class Ⅳ, all 0.2 above the limit but the first
    found = named(of(bod5=4.8, ammonia_nitrogen=1.2, permanganate_index=7.2, chemical_oxygen_demand=26.0))
    assert found == [("chemical_oxygen_demand", 0.3), ("ammonia_nitrogen", 0.2), ("bod5", 0.2)]


def test_cyanide_and_heavy_metals_come_before_all_others():
    # A: "当氰化物或铅、铬等重金属超标时，优先作为主要污染指标"; mercury of class Ⅳ before ammonia worse than Ⅴ
    found = named(of(ammonia_nitrogen=5.0, mercury=0.0003, permanganate_index=5.0))
    assert found == [("mercury", 2.0), ("ammonia_nitrogen", 4.0)]


def test_oxygen_and_ph_have_no_multiple_and_come_last_of_their_class():
    # A2: not computed for 水温, pH and dissolved oxygen
    found = named(of(dissolved_oxygen=1.0, ph=10.0, ammonia_nitrogen=2.5))
    assert found == [("ammonia_nitrogen", 1.5), ("dissolved_oxygen", None), ("ph", None)]


def test_an_open_or_dry_section_has_none_with_its_reason(table):
    results = rated.items(table("entity_id|parameter|mean|months\ns|ammonia_nitrogen|1.2|12\ns|bod5|2|7"))
    assert listed(results) == {"entity_id": "s", "main_items": None, "reason": "open_class"}
    dry = rated.of_classes(left_out=1)
    assert listed(results, dry) == {"entity_id": "dry0", "main_items": None, "reason": "dry"}


def beyond(results: pl.LazyFrame, target: int | None) -> dict[str, object]:
    sections = rated.classed(results).with_columns(target=pl.lit(target, pl.Int8))
    return mi.items_beyond_target(sections, results, rated.RULES, by=["entity_id"]).collect().to_dicts()[0]


def test_a_section_is_held_against_its_own_target():
    # 0.75 mg/L is class Ⅲ: half more than the limit of Ⅱ, 0.5; within that of Ⅳ, 1.5
    results = of(ammonia_nitrogen=0.75, permanganate_index=3.0)
    found = beyond(results, 2)["beyond_target"]
    assert [(row["parameter"], row["item_class"], row["multiple"]) for row in found] == [("ammonia_nitrogen", 3, 0.5)]
    assert beyond(results, 4) == {"entity_id": "s", "beyond_target": [], "reason": None}
    assert beyond(results, None) == {"entity_id": "s", "beyond_target": None, "reason": "no_target"}


def test_all_items_beyond_the_target_are_listed():
    results = of(bod5=4.8, ammonia_nitrogen=1.2, permanganate_index=7.2, chemical_oxygen_demand=26.0)
    assert len(beyond(results, 3)["beyond_target"]) == 4


def group(sections: pl.LazyFrame, results: pl.LazyFrame) -> dict[str, object]:
    return mi.group_main_items(sections, results, rated.RULES, by=["basin"]).collect().to_dicts()[0]


def basin(*rows: tuple[float, float, float, float]) -> pl.LazyFrame:
    names = ("ammonia_nitrogen", "bod5", "cyanide", "permanganate_index")
    return rated.items(
        pl.DataFrame(
            [
                {"entity_id": f"s{i}", "parameter": name, "mean": mean}
                for i, row in enumerate(rows)
                for name, mean in zip(names, row, strict=True)
            ]
        )
    )


def test_a_basin_names_what_most_of_its_sections_exceed():
    # A: 断面超标率; three sections exceed permanganate, two BOD₅, one each ammonia and cyanide, which come by name
    bad = (9.0, 4.8, 0.3, 7.0)
    results = basin(bad, (0.1, 4.8, 0.001, 7.0), (0.1, 1.0, 0.001, 7.0), *[(0.1, 1.0, 0.001, 1.0)] * 2)
    found = group(rated.classed(results), results)
    rows = [(r["parameter"], r["sections_exceeding"], r["share_pct"]) for r in found["main_items"]]
    assert rows == [("permanganate_index", 3, 60), ("bod5", 2, 40), ("ammonia_nitrogen", 1, 20)]
    assert (found["sections_assessed"], found["sections_open"], found["reason"]) == (5, 0, None)


def test_a_basin_without_exceedance_has_an_empty_list():
    results = basin(*[(0.1, 1.0, 0.001, 1.0)] * 5)
    assert group(rated.classed(results), results)["main_items"] == []


def test_few_sections_name_their_own():
    results = basin(*[(9.0, 1.0, 0.001, 1.0)] * 4)
    found = group(rated.classed(results), results)
    assert (found["main_items"], found["reason"]) == (None, "few_sections")


def test_a_share_is_of_the_assessed_sections_and_says_what_it_does_not_know(table):
    results = rated.items(
        table(
            """
            entity_id | parameter        | mean | months
            a         | ammonia_nitrogen | 1.2  | 12
            b         | ammonia_nitrogen | 1.2  | 12
            c         | ammonia_nitrogen | 0.1  | 12
            d         | ammonia_nitrogen | 9.0  | 3
            d         | bod5             | 20   | 12
            e         | ammonia_nitrogen | 1.2  | 12
            e         | bod5             | 2    | 3
            """
        )
    )
    dry = rated.of_classes(left_out=1)
    found = group(pl.concat([rated.classed(results), dry]), results)
    # e is open; d is worse than Ⅴ whatever its ammonia, which is not known
    assert (found["sections_assessed"], found["sections_open"]) == (4, 1)
    assert found["main_items"] == [
        {"parameter": "ammonia_nitrogen", "sections_exceeding": 2, "sections_unknown": 1, "share_pct": 50},
        {"parameter": "bod5", "sections_exceeding": 1, "sections_unknown": 0, "share_pct": 25},
    ]


@pytest.mark.parametrize(
    ("sections", "reason"),
    [
        (rated.of_classes(left_out=2), "all_left_out"),
        (rated.of_classes(*[None] * 5), "none_assessed"),
        (rated.of_classes(*[4] * 5), "no_items"),
    ],
)
def test_without_sections_or_items_there_is_no_list(sections, reason):
    found = group(sections, rated.items())
    assert (found["main_items"], found["reason"]) == (None, reason)


@settings(max_examples=40)
@given(st.permutations(["ammonia_nitrogen", "bod5", "chemical_oxygen_demand", "cyanide", "ph", "dissolved_oxygen"]))
def test_the_order_of_rows_never_matters(names):
    means = {"ammonia_nitrogen": 1.2, "bod5": 4.8, "chemical_oxygen_demand": 24.0, "cyanide": 0.3, "ph": 10.0}
    means |= {"dissolved_oxygen": 1.0}
    assert named(of(**{name: means[name] for name in names})) == [
        ("cyanide", 0.5),
        ("dissolved_oxygen", None),
        ("ph", None),
    ]


@settings(max_examples=40)
@given(st.floats(1.05, 100), st.floats(1.05, 100))
def test_more_of_an_item_never_has_a_smaller_multiple(a, b):
    low, high = (named(of(ammonia_nitrogen=mean))[0][1] for mean in sorted((a, b)))
    assert low <= high
