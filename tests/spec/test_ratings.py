"""Rivers, basins and regions by 环办〔2011〕22号: shares of classes from five sections on, else the mean.

Sections and certainties are those of facts.md.
"""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.compute import ratings, surface_rules
from analytics.errors import CatalogError
from tests.spec import rated

title = "Five sections are rated by their classes, fewer by their mean"


def rate(sections: pl.LazyFrame, items: pl.LazyFrame | None = None) -> dict[str, object]:
    results = rated.items() if items is None else items
    return ratings.rate_groups(sections, results, rated.RULES, by=["basin"]).collect().to_dicts()[0]


def bounds(found: dict[str, object]) -> tuple[object, ...]:
    return found["word_zh"], found["best_word_zh"], found["worst_word_zh"], found["reason"]


# facts.md 2.2: words A, colours B
@pytest.mark.parametrize(
    ("water_class", "name", "word", "colour"),
    [
        (1, "Ⅰ", "优", "蓝"),
        (2, "Ⅱ", "优", "蓝"),
        (3, "Ⅲ", "良好", "绿"),
        (4, "Ⅳ", "轻度污染", "黄"),
        (5, "Ⅴ", "中度污染", "橙"),
        (6, "劣Ⅴ", "重度污染", "红"),
    ],
)
def test_each_class_has_its_word_and_colour(water_class, name, word, colour):
    words = surface_rules.class_words(rated.CATALOG.surface_standard)
    found = words.row(by_predicate=pl.col("water_class") == water_class, named=True)
    assert (found["class_name"], found["word_zh"], found["colour_zh"]) == (name, word, colour)
    as_rating = surface_rules.rating_words(rated.RULES).row(by_predicate=pl.col("word_zh") == word, named=True)
    assert as_rating["colour_zh"] == colour


def test_a_standard_without_words_has_none_and_cannot_rate(catalog):
    without = catalog.standards["gb18918_2002"]
    assert set(surface_rules.class_words(without)["word_zh"]) == {None}
    with pytest.raises(CatalogError, match="class_words"):
        surface_rules.surface_rules(catalog.surface_rating, without, catalog.parameters)


# facts.md 2.3: A2, the last row B (G = 60 and D = 40 stands in no official row)
@pytest.mark.parametrize(
    ("good", "middle", "worst", "word"),
    [
        (100, 0, 0, "优"),
        (90, 10, 0, "优"),  # G exactly 90
        (90, 0, 10, "优"),  # whatever D
        (89, 11, 0, "良好"),
        (2249, 251, 0, "良好"),  # 89.96 is printed 90.0 and is less
        (75, 25, 0, "良好"),  # G exactly 75
        (75, 0, 25, "良好"),
        (1874, 626, 0, "轻度污染"),  # 74.96
        (74, 26, 0, "轻度污染"),
        (0, 100, 0, "轻度污染"),
        (74, 7, 19, "轻度污染"),
        (60, 20, 20, "中度污染"),  # D exactly 20
        (61, 0, 39, "中度污染"),
        (59, 1, 40, "重度污染"),  # D exactly 40
        (60, 0, 40, "重度污染"),  # G exactly 60 and D exactly 40
        (0, 0, 100, "重度污染"),
    ],
)
def test_the_first_rating_that_holds_gives_the_word(good, middle, worst, word):
    found = rate(rated.counts(good=good, middle=middle, worst=worst))
    assert bounds(found) == (word, word, word, None)
    assert (found["rated_by"], found["water_class"]) == ("shares", None)


def test_the_shares_of_the_classes_stand_beside_the_word():
    found = rate(rated.of_classes(1, 2, 2, 3, 4, 4, 5, 6, 6, 6))
    shares = {row["water_class"]: (row["sections"], row["share_pct"]) for row in found["class_shares"]}
    assert shares == {1: (1, 10), 2: (2, 20), 3: (1, 10), 4: (2, 20), 5: (1, 10), 6: (3, 30)}
    assert (found["good_pct"], found["worst_pct"], found["word_zh"]) == (40, 30, "中度污染")


def test_five_sections_are_rated_by_shares_and_four_by_their_mean():
    # facts.md 2.3: "5个（含5个）以上" is B, one transcription has "大于5个"; by shares 80 % and 良好
    results = rated.items(
        pl.DataFrame({"entity_id": list("abcde"), "parameter": "ammonia_nitrogen", "mean": [0.1, 0.1, 0.1, 0.1, 2.0]})
    )
    five = rated.classed(results)
    found = rate(five, results)
    assert (found["rated_by"], found["good_pct"], found["water_class"]) == ("shares", 80, None)
    four = five.filter(pl.col("entity_id") != "a")
    found = rate(four, results)
    # (0.1 + 0.1 + 0.1 + 2.0) / 4 = 0.575, rounded half to even 0.58: class Ⅲ
    assert (found["rated_by"], found["good_pct"], found["water_class"]) == ("mean", None, 3)
    assert (found["word_zh"], found["worst_items"]) == ("良好", ["ammonia_nitrogen"])


def test_a_dry_section_may_leave_too_few_for_shares():
    results = rated.items(pl.DataFrame({"entity_id": list("abcd"), "parameter": "ammonia_nitrogen", "mean": 0.4}))
    dry = rated.sections(pl.DataFrame({"entity_id": ["e"], "left_out": ["dry"]}))
    found = rate(pl.concat([rated.classed(results), dry]), results)
    assert (found["rated_by"], found["sections_assessed"], found["sections_left_out"]) == ("mean", 4, 1)


def mean_of(table, text: str) -> tuple[dict[str, object], dict[str, dict[str, object]]]:
    """The rating of the sections with these items, and the items of the group."""
    results = rated.items(table(text))
    sections = rated.classed(results)
    of_group = ratings.group_items(sections, results, rated.RULES, by=["basin"]).collect()
    return rate(sections, results), {row["parameter"]: row for row in of_group.to_dicts()}


def test_the_mean_of_few_sections_is_rounded_and_its_worst_item_decides(table):
    # facts.md 2.3 (A) and 2.8: 1.003 and 1.005 have the mean 1.004, rounded 1.00 mg/L: class Ⅲ, not Ⅳ
    found, items = mean_of(
        table,
        """
        entity_id | parameter          | mean
        a         | ammonia_nitrogen   | 1.003
        b         | ammonia_nitrogen   | 1.005
        a         | permanganate_index | 1.0
        b         | permanganate_index | 2.0
        """,
    )
    assert (found["water_class"], found["word_zh"], found["worst_items"]) == (3, "良好", ["ammonia_nitrogen"])
    assert (items["permanganate_index"]["mean"], items["permanganate_index"]["item_class"]) == (1.5, 1)
    assert [(s["entity_id"], s["water_class"]) for s in found["sections"]] == [("a", 3), ("b", 3)]


def test_ph_is_averaged_through_the_hydrogen_ion(table):
    # facts.md 2.8 (A): 5 and 9 are 5.30 together, rounded 5 and outside 6 to 9; the mean of the numbers would be 7
    found, items = mean_of(table, "entity_id|parameter|mean\na|ph|5\nb|ph|9")
    assert items["ph"]["mean"] == pytest.approx(5.301, abs=1e-3)
    assert (items["ph"]["value"], found["word_zh"]) == (5, "重度污染")


def test_an_item_that_only_some_sections_have_is_averaged_over_those(table):
    # our reading: 5+X lists differ from section to section (facts.md 2.1)
    found, items = mean_of(
        table,
        """
        entity_id | parameter         | mean
        a         | ammonia_nitrogen  | 0.4
        b         | ammonia_nitrogen  | 0.4
        a         | fluoride          | 1.2
        """,
    )
    assert (items["fluoride"]["value"], items["fluoride"]["item_class"]) == (1.2, 4)
    counts = ("sections_used", "sections_with_item", "sections_counted")
    assert [items["fluoride"][c] for c in counts] == [1, 1, 2]
    assert [items["ammonia_nitrogen"][c] for c in counts] == [2, 2, 2]
    assert (found["word_zh"], found["partial_items"]) == ("轻度污染", 1)


def test_an_item_that_lacks_its_value_somewhere_leaves_the_mean_open(table):
    text = """
        entity_id | parameter          | mean  | months
        a         | ammonia_nitrogen   | 0.4   | 12
        b         | ammonia_nitrogen   | 0.4   | 7
        a         | permanganate_index | {}    | 12
        b         | permanganate_index | {}    | 12
        """
    found, _ = mean_of(table, text.format(5.0, 5.0))
    assert bounds(found) == (None, "良好", "重度污染", "open_sections")
    # worse than Ⅴ is decided whatever is missing
    found, _ = mean_of(table, text.format(16.0, 16.0))
    assert bounds(found) == ("重度污染", "重度污染", "重度污染", None)


def test_a_section_without_any_item_leaves_the_mean_open():
    results = rated.items(pl.DataFrame({"entity_id": ["a"], "parameter": "ammonia_nitrogen", "mean": 9.0}))
    silent = rated.sections(pl.DataFrame({"entity_id": ["b"]}))
    found = rate(pl.concat([rated.classed(results), silent]), results)
    assert bounds(found) == (None, "优", "重度污染", "open_sections")
    assert (found["water_class"], found["partial_items"]) == (None, None)


def test_what_lies_below_detection_bounds_the_mean(table):
    # section a: phenol 0.01L all year, half of it class Ⅲ, from nothing (Ⅰ) to all of it (Ⅳ); section b: Ⅰ
    found, _ = mean_of(
        table,
        """
        entity_id | parameter       | mean  | mean_low | mean_high
        a         | volatile_phenol | 0.005 | 0        | 0.01
        b         | volatile_phenol | 0.001 | 0.001    | 0.001
        """,
    )
    assert bounds(found) == ("良好", "优", "轻度污染", None)


def test_few_sections_of_which_one_could_not_be_judged_have_no_word_of_their_mean(table):
    # facts.md section 11: section a, phenol 0.01L and never detected: no class; the mean is no better told than it
    text = """
        entity_id | parameter        | mean  | mean_low | mean_high | is_undetected
        a         | volatile_phenol  | 0.005 | 0        | 0.01      | true
        b         | volatile_phenol  | 0.001 | 0.001    | 0.001     | false
        a         | ammonia_nitrogen | {0}   | {0}      | {0}       | false
        b         | ammonia_nitrogen | {0}   | {0}      | {0}       | false
        """
    found, items = mean_of(table, text.format(0.4))
    assert bounds(found) == (None, "优", "轻度污染", "open_sections")
    assert items["volatile_phenol"]["item_class"] is None
    # ammonia 1.8 is class Ⅴ whatever phenol is
    found, _ = mean_of(table, text.format(1.8))
    assert bounds(found) == ("中度污染", "中度污染", "中度污染", None)


def test_rivers_and_lakes_have_no_mean_together(table):
    found, items = mean_of(
        table,
        """
        entity_id | parameter        | mean | case
        a         | total_phosphorus | 0.04 | river
        b         | total_phosphorus | 0.04 | lake
        """,
    )
    assert bounds(found) == (None, "优", "重度污染", "several_water_bodies")
    assert items["total_phosphorus"]["item_class"] is None


def test_no_section_that_takes_part_is_no_rating():
    found = rate(rated.of_classes(left_out=3))
    assert bounds(found) == (None, None, None, "all_left_out")
    assert (found["sections_left_out"], found["rated_by"], found["good_low_pct"]) == (3, None, None)
    assert {s["left_out"] for s in found["sections"]} == {"dry"}


def test_no_section_at_all_is_no_row():
    assert ratings.rate_groups(rated.of_classes(), rated.items(), rated.RULES, by=["basin"]).collect().is_empty()


def test_none_assessed_may_be_anything():
    found = rate(rated.of_classes(*[None] * 5))
    assert bounds(found) == (None, "优", "重度污染", "none_assessed")
    assert (found["sections_assessed"], found["sections_open"], found["good_pct"]) == (0, 5, None)


def test_one_open_section_leaves_the_rating_open_where_it_decides():
    # 7 of 10 good, or 8
    found = rate(rated.of_classes(*[2] * 7, 4, 4, None))
    assert bounds(found) == (None, "良好", "轻度污染", "open_sections")
    assert (found["good_pct"], found["good_low_pct"], found["good_high_pct"]) == (None, 70, 80)
    assert {row["share_pct"] for row in found["class_shares"]} == {None}
    # 19 of 20 good, or 20: excellent either way
    found = rate(rated.of_classes(*[2] * 19, None))
    assert bounds(found) == ("优", "优", "优", None)
    assert (found["good_pct"], found["worst_pct"]) == (None, None)
    # open between Ⅳ and Ⅴ, neither good nor worst: G and D are known
    found = rate(rated.of_classes(2, 2, 2, 2, (4, 5)))
    assert (found["good_pct"], found["worst_pct"], found["word_zh"]) == (80, 0, "良好")


def test_a_doubtful_class_counts_and_widens_the_bounds(table):
    sections = rated.sections(
        table(
            """
            entity_id | water_class | class_best | class_worst
            a         | 2           | 2          | 2
            b         | 2           | 2          | 2
            c         | 2           | 2          | 2
            d         | 4           | 3          | 6
            e         | 2           | 1          | 4
            """
        )
    )
    found = rate(sections)
    assert bounds(found) == ("良好", "优", "中度污染", None)
    assert (found["good_pct"], found["good_low_pct"], found["good_high_pct"]) == (80, 60, 100)
    assert (found["worst_low_pct"], found["worst_high_pct"]) == (0, 20)


def test_groups_and_periods_are_rated_apart(table):
    rows = table(
        """
        basin  | year | entity_id | water_class
        yellow | 2021 | a         | 2
        yellow | 2022 | a         | 6
               | 2021 | b         | 4
        """
    )
    sections = rated.sections(rows.drop("year")).with_columns(basin=rows["basin"], year=rows["year"])
    results = pl.concat(
        rated.items(pl.DataFrame({"entity_id": [e], "parameter": "ammonia_nitrogen", "mean": [mean]})).with_columns(
            year=pl.lit(year, pl.Int64)
        )
        for e, year, mean in (("a", 2021, 0.4), ("a", 2022, 3.0), ("b", 2021, 1.2))
    )
    found = ratings.rate_groups(sections, results, rated.RULES, by=["basin", "year"]).collect()
    words = {(r["basin"], r["year"]): r["word_zh"] for r in found.to_dicts()}
    assert words == {("yellow", 2021): "优", ("yellow", 2022): "重度污染", (None, 2021): "轻度污染"}


# facts.md 10.3: published results of Shanxi (A; the counts of 2023, 2024 and of the basis of 94 are D) and the nation
# (A; counts that give the published share are ours)
@pytest.mark.parametrize(
    ("sections", "good", "published"),
    [
        pytest.param(57, 35, 61.4, id="first half of 2020"),
        pytest.param(57, 41, 71.9, id="June 2020"),
        pytest.param(94, 66, 70.2, id="2020 on the basis of 94"),
        pytest.param(94, 68, 72.3, id="2021"),
        pytest.param(93, 81, 87.1, id="2022"),
        pytest.param(94, 88, 93.6, id="2023"),
        pytest.param(94, 89, 94.7, id="2024"),
        pytest.param(59, 54, 91.5, id="Yellow River 2024"),
        pytest.param(35, 35, 100.0, id="Hai River 2023"),
        pytest.param(21, 13, 61.9, id="Fen River 2022"),
        pytest.param(256, 201, 78.5, id="groundwater 2022"),
        pytest.param(255, 205, 80.4, id="groundwater 2023"),
        pytest.param(3641, 3091, 84.9, id="nation 2021"),
        pytest.param(1940, 1618, 83.4, id="nation 2020"),
    ],
)
def test_published_shares(sections, good, published):
    found = rate(rated.counts(good=good, middle=sections - good))
    assert round(found["good_pct"], 1) == published


def test_published_shares_of_basins_in_2023_are_not_rounded_alike():
    # facts.md 10.3 (D): 53 of 59 was published as 90 %, 17 of 21 as 80.9 %, cut off rather than rounded
    assert rate(rated.counts(good=53, middle=6))["good_pct"] == pytest.approx(89.831, abs=5e-4)
    assert rate(rated.counts(good=17, middle=4))["good_pct"] == pytest.approx(80.952, abs=5e-4)
    # as published, the Yellow River would be excellent; by its sections it is good
    assert rate(rated.counts(good=53, middle=6))["word_zh"] == "良好"


def test_the_nation_in_2021_was_good():
    # facts.md 10.3 (A): 3641 sections, 84.9 % good, 1.2 % worse than Ⅴ
    found = rate(rated.counts(good=3091, middle=506, worst=44))
    assert (round(found["good_pct"], 1), round(found["worst_pct"], 1), found["word_zh"]) == (84.9, 1.2, "良好")


def test_the_province_in_2021_cannot_be_rated_from_what_was_published():
    # facts.md 10.3: 68 of 94 good; how many of the others were worse than Ⅴ was not told
    found = rate(rated.of_classes(*[2] * 68, *[(4, 6)] * 26))
    assert bounds(found) == (None, "轻度污染", "中度污染", "open_sections")
    assert (round(found["good_pct"], 1), found["worst_pct"]) == (72.3, None)


section = st.one_of(
    st.integers(1, 6),
    st.none(),
    st.tuples(st.integers(1, 6), st.integers(1, 6)).map(lambda pair: tuple(sorted(pair))),
)
five_or_more = st.lists(section, min_size=5, max_size=30)


@settings(max_examples=40)
@given(five_or_more, st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(classes, random):
    rows = rated.of_classes(*classes, left_out=2).collect()
    order = list(range(rows.height))
    random.shuffle(order)
    assert rate(rows[order].lazy()) == rate(rows.lazy())


@settings(max_examples=40)
@given(st.lists(st.integers(1, 6), min_size=5, max_size=30), st.data())
def test_a_worse_section_never_improves_the_rating(classes, data):
    which = data.draw(st.integers(0, len(classes) - 1))
    worse = [*classes]
    worse[which] = data.draw(st.integers(classes[which], 6))
    assert rate(rated.of_classes(*worse))["rating"] >= rate(rated.of_classes(*classes))["rating"]


@settings(max_examples=40)
@given(five_or_more, st.integers(1, 5))
def test_dry_sections_change_nothing(classes, dry):
    counted = ("sections", "sections_left_out")
    with_dry, without = rate(rated.of_classes(*classes, left_out=dry)), rate(rated.of_classes(*classes))
    assert with_dry["sections_left_out"] == dry
    assert {k: v for k, v in with_dry.items() if k not in counted} == {
        k: v for k, v in without.items() if k not in counted
    }


@settings(max_examples=40)
@given(five_or_more, st.data())
def test_what_an_open_section_may_turn_out_to_be_lies_within_the_bounds(classes, data):
    settled = [
        c if isinstance(c, int) else data.draw(st.integers(*(c or (1, 6))), label="turned out as") for c in classes
    ]
    before, after = rate(rated.of_classes(*classes)), rate(rated.of_classes(*settled))
    assert before["rating_best"] <= after["rating"] <= before["rating_worst"]
    assert before["rating"] in (None, after["rating"])
