"""The index by which cities are ranked (CWQI) by 环办监测〔2017〕51号: mean over limit, added up; the least is best."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.catalog import load_catalog
from analytics.compute import city_index as ci

title = "The index of a city adds up its items, and is compared with that of the same items alone"
CATALOG = load_catalog()
INDEX = CATALOG.city_indices["city_index_2017"]
STANDARD = CATALOG.standards[INDEX.standard]
LIMITS = ci.base_limits(INDEX, STANDARD, CATALOG.parameters)
ITEMS = ci.items_that_count(STANDARD)
BY = ["area_id"]


def single(parameter: str, mean: float | None, case: str = "river") -> tuple[float | None, str | None]:
    frame = pl.LazyFrame(
        {"parameter": [parameter], "case": [case], "mean": [mean]}, schema_overrides={"mean": pl.Float64}
    )
    return ci.single_indices(frame, LIMITS).select("item_index", "reason").collect().row(0)


# The first seven: worked values of facts.md section 3. Limits of class Ⅲ: NH3-N 1.0, COD 20, DO 5.0.
@pytest.mark.parametrize(
    ("parameter", "mean", "case", "expected"),
    [
        ("ph", 8.2, "river", 0.6),
        ("ph", 6.4, "river", 0.6),
        ("dissolved_oxygen", 10.0, "river", 0.5),
        ("dissolved_oxygen", 4.0, "river", 1.25),
        ("ammonia_nitrogen", 0.5, "river", 0.5),
        ("total_phosphorus", 0.1, "river", 0.5),
        ("total_phosphorus", 0.1, "lake", 2.0),
        ("ph", 7.0, "river", 0.0),  # neutral, from either side
        ("ph", 6.0, "river", 1.0),  # on a limit
        ("ph", 9.0, "river", 1.0),
        ("dissolved_oxygen", 5.0, "lake", 1.0),
        ("chemical_oxygen_demand", 20.0, "river", 1.0),
        ("chemical_oxygen_demand", 0.0, "river", 0.0),
    ],
)
def test_single_indices(parameter, mean, case, expected):
    assert single(parameter, mean, case) == (expected, None)


@pytest.mark.parametrize(
    ("parameter", "mean", "reason"),
    [
        ("dissolved_oxygen", 0.0, "not_positive"),  # the limit over nothing is not a number
        ("dissolved_oxygen", -0.1, "not_positive"),
        ("ammonia_nitrogen", -0.1, "negative"),
        ("ammonia_nitrogen", None, "no_mean"),
        ("total_nitrogen", 1.0, "no_limit"),  # takes no part
        ("conductivity", 1.0, "no_limit"),
    ],
)
def test_what_has_no_single_index_says_why(parameter, mean, reason):
    assert single(parameter, mean) == (None, reason)


def test_twenty_one_items_count():
    # facts.md section 3: table 1 without water temperature, total nitrogen and faecal coliforms
    assert len(ITEMS) == 21
    assert not {"water_temperature", "total_nitrogen", "faecal_coliforms"} & set(ITEMS)


@pytest.mark.parametrize("case", ["river", "lake"])
def test_every_item_that_counts_has_an_index(case):
    rows = pl.LazyFrame({"parameter": ITEMS, "case": case, "mean": 7.0})
    assert ci.single_indices(rows, LIMITS).collect()["reason"].to_list() == [None] * 21


def of_cities(table, means_text: str, sections_text: str, items: list[str]) -> pl.DataFrame:
    told = table(means_text)
    means = told.with_columns(
        pl.col("mean").cast(pl.Float64), mean_low="mean", mean_high="mean", months=12, is_undetected=False
    )
    found = ci.city_means(means.lazy(), table(sections_text).lazy(), by=BY, items=items, hydrogen_ion=["ph"])
    bodies = ci.body_indices(ci.single_indices(found, LIMITS), by=BY)
    return ci.city_indices(bodies, by=BY).sort("area_id").collect()


SECTIONS = """
    site_id | area_id | case
    a1      | a       | river
    a2      | a       | river
    a3      | a       | river
    a4      | a       | lake
"""
MEANS = """
    site_id | parameter        | mean
    a1      | ammonia_nitrogen | 0.2
    a2      | ammonia_nitrogen | 0.4
    a3      | ammonia_nitrogen | 0.6
    a4      | ammonia_nitrogen | 0.4
    a1      | total_phosphorus | 0.1
    a2      | total_phosphorus | 0.1
    a3      | total_phosphorus | 0.1
    a4      | total_phosphorus | 0.1
"""
TWO = ["ammonia_nitrogen", "total_phosphorus"]


def test_rivers_and_lakes_are_weighted_by_their_sections(table):
    # rivers: mean NH3-N 0.4, TP 0.1: 0.4 + 0.5 = 0.9; lake: 0.4 + 0.1/0.05 = 2.4; (0.9 x 3 + 2.4 x 1) / 4 = 1.275
    found = of_cities(table, MEANS, SECTIONS, TWO).to_dicts()
    assert found == [
        {"area_id": "a", "city_index": 1.275, "sections": 4, "items": TWO, "items_missing": [], "reason": None}
    ]


def test_the_mean_of_ph_goes_by_the_hydrogen_ion(table):
    # facts.md section 11: pH 6.5, 7.9, 8.8, 9, 6.78 and 8.87 have the mean 7.0803; (7.0803 - 7) / 2 = 0.0402
    values = (6.5, 7.9, 8.8, 9, 6.78, 8.87)
    means = "site_id|parameter|mean\n" + "\n".join(f"s{i}|ph|{v}" for i, v in enumerate(values))
    sections = "site_id|area_id|case\n" + "\n".join(f"s{i}|a|river" for i in range(len(values)))
    found = of_cities(table, means, sections, ["ph"])
    assert found["city_index"].item() == pytest.approx(0.0402, abs=1e-4)


def test_an_item_that_one_section_lacks_is_missing(table):
    means = "\n".join(line for line in MEANS.strip().splitlines() if not line.strip().startswith("a3"))
    found = of_cities(table, means, SECTIONS, TWO).row(0, named=True)
    assert (found["city_index"], found["reason"], found["items_missing"]) == (None, "items_missing", TWO)


def test_an_item_that_nobody_has_is_missing(table):
    found = of_cities(table, MEANS, SECTIONS, [*TWO, "copper"]).row(0, named=True)
    assert (found["city_index"], found["reason"], found["items_missing"]) == (None, "items_missing", ["copper"])


def test_a_city_without_readings_has_no_index(table):
    found = of_cities(table, "site_id|parameter|mean\nz|copper|1", SECTIONS, TWO).row(0, named=True)
    assert (found["city_index"], found["items_missing"]) == (None, TWO)


def test_oxygen_of_nothing_leaves_the_city_without_an_index(table):
    found = of_cities(
        table,
        "site_id|parameter|mean\na1|dissolved_oxygen|0",
        "site_id|area_id|case\na1|a|river",
        ["dissolved_oxygen"],
    ).row(0, named=True)
    assert (found["city_index"], found["items_missing"]) == (None, ["dissolved_oxygen"])


def test_nothing_gives_nothing(table):
    means, sections = table(MEANS).clear(), table(SECTIONS).clear()
    told = means.with_columns(
        pl.col("mean").cast(pl.Float64), mean_low="mean", mean_high="mean", months=12, is_undetected=False
    )
    found = ci.city_means(told.lazy(), sections.lazy(), by=BY, items=TWO, hydrogen_ion=["ph"])
    cities = ci.city_indices(ci.body_indices(ci.single_indices(found, LIMITS), by=BY), by=BY)
    assert ci.ranked(cities, of="city_index", items=TWO).collect().height == 0


def test_rivers_and_lakes_of_different_items_are_no_city():
    bodies = pl.LazyFrame(
        {
            "area_id": ["a", "a"],
            "case": ["river", "lake"],
            "body_index": [1.0, 2.0],
            "sections": [1, 1],
            "items": [["ph"], TWO],
            "items_missing": [[], []],
        },
        schema_overrides={"items_missing": pl.List(pl.String)},
    )
    found = ci.city_indices(bodies, by=BY).collect().row(0, named=True)
    assert (found["city_index"], found["reason"]) == (None, "other_items")


def indices(**cities: tuple[float | None, list[str]]) -> pl.LazyFrame:
    """Indices of cities by (index, items)."""
    return pl.LazyFrame(
        {
            "area_id": list(cities),
            "city_index": [c[0] for c in cities.values()],
            "items": [c[1] for c in cities.values()],
            "reason": ["items_missing" if c[0] is None else None for c in cities.values()],
        },
        schema={"area_id": pl.String, "city_index": pl.Float64, "items": pl.List(pl.String), "reason": pl.String},
    )


def ranks(frame: pl.LazyFrame) -> dict[str, tuple[int | None, str | None]]:
    return {r["area_id"]: (r["rank"], r["reason"]) for r in frame.collect().to_dicts()}


def test_the_least_index_is_first_and_equal_ones_share_a_rank():
    cities = indices(a=(3.0, TWO), b=(1.0, TWO), c=(2.0, TWO), d=(1.0, TWO))
    found = ranks(ci.ranked(cities, of="city_index", items=TWO))
    assert found == {"b": (1, None), "d": (1, None), "c": (3, None), "a": (4, None)}


def test_a_sum_of_other_items_is_not_ranked():
    # b is the least of all, as the sum of one item only
    cities = indices(a=(3.0, TWO), b=(0.1, ["ph"]), c=(None, TWO))
    found = ranks(ci.ranked(cities, of="city_index", items=TWO))
    assert found == {"a": (1, None), "b": (None, "other_items"), "c": (None, "items_missing")}


def changes(now: pl.LazyFrame, before: pl.LazyFrame) -> dict[str, tuple[float | None, str | None]]:
    found = ci.index_changes(now, before, by=BY).collect().to_dicts()
    return {r["area_id"]: (r["change_pct"], r["reason"]) for r in found}


def test_change_against_an_earlier_period():
    now = indices(a=(3.0, TWO), b=(5.0, TWO), c=(1.0, TWO), d=(1.0, TWO), e=(None, TWO), f=(1.0, TWO))
    before = indices(a=(4.0, TWO), b=(4.0, TWO), d=(1.0, ["ph"]), e=(1.0, TWO), f=(0.0, TWO))
    assert changes(now, before) == {
        "a": (-25.0, None),
        "b": (25.0, None),
        "c": (None, "no_earlier_index"),
        "d": (None, "other_items"),
        "e": (None, "items_missing"),
        "f": (None, "earlier_index_zero"),
    }


def test_cities_that_were_good_all_along_are_not_ranked_by_their_change(table):
    now, before = indices(a=(3.0, TWO), b=(5.0, TWO), c=(2.0, TWO)), indices(a=(4.0, TWO), b=(4.0, TWO), c=(4.0, TWO))
    sections = table(
        """
        area_id | class_before | class_now | meets_target
        a       | 1            | 2         | yes
        a       | 2            | 2         | yes
        b       | 2            | 3         | yes
        c       | 2            | 2         | yes
        c       | 2            | 2         |
        """
    ).with_columns(meets_target=pl.col("meets_target") == "yes")
    up_to = STANDARD.number_of(INDEX.unranked_change_up_to_class)
    changed = ci.index_changes(now, before, by=BY)
    left = ci.without_good_cities(changed, sections.lazy(), by=BY, up_to=up_to)
    found = ranks(ci.ranked(left, of="change_pct", items=TWO))
    assert found == {"a": (None, "good_in_both_periods"), "c": (1, None), "b": (2, None)}


def test_a_section_without_a_class_is_not_known_to_be_good(table):
    now, before = indices(a=(3.0, TWO)), indices(a=(4.0, TWO))
    sections = pl.LazyFrame(
        {"area_id": ["a"], "class_before": [None], "class_now": [2], "meets_target": [True]},
        schema_overrides={"class_before": pl.Int8},
    )
    left = ci.without_good_cities(ci.index_changes(now, before, by=BY), sections, by=BY, up_to=2)
    assert left.collect()["reason"].to_list() == [None]


def ends(parameter: str, low: float, high: float) -> tuple[float | None, float | None]:
    """The least and the most of a city's index of one item, of which the mean lies between the two."""
    means = pl.LazyFrame(
        {"area_id": ["a"], "case": ["river"], "parameter": [parameter], "sections": [1]}
        | {"mean": [low], "mean_low": [low], "mean_high": [high]}
    )
    return ci.index_bounds(means, LIMITS, by=BY).select("index_low", "index_high").collect().row(0)


@pytest.mark.parametrize(
    ("parameter", "low", "high", "expected"),
    [
        ("ammonia_nitrogen", 0.0, 1.9, (0.0, 1.9)),
        ("dissolved_oxygen", 5.0, 10.0, (0.5, 1.0)),  # more is better
        ("dissolved_oxygen", 0.0, 10.0, (0.5, None)),  # nothing bounds it
        ("ph", 6.5, 8.0, (0.0, 0.5)),  # 7 lies between
        ("ph", 7.5, 8.0, (0.25, 0.5)),
    ],
)
def test_bounds_of_an_index(parameter, low, high, expected):
    assert ends(parameter, low, high) == expected


def test_bounds_of_a_change():
    now = pl.LazyFrame({"area_id": ["a", "b"], "index_low": [2.0, 2.0], "index_high": [3.0, None]})
    before = pl.LazyFrame({"area_id": ["a", "b"], "index_low": [2.0, 0.0], "index_high": [4.0, 4.0]})
    found = ci.change_bounds(now, before, by=BY).sort("area_id").collect()
    assert found.rows() == [("a", -50.0, 50.0), ("b", -50.0, None)]


def test_ranks_that_may_be_had():
    # b may lie on either side of c; a is sure to be first, d may be anywhere behind it
    values = pl.LazyFrame(
        {
            "area_id": ["a", "b", "c", "d", "e"],
            "rank": [1, 2, 3, 4, None],
            "low": [1.0, 2.0, 3.0, 2.0, None],
            "high": [1.0, 4.0, 3.0, None, None],
        }
    )
    found = ci.with_rank_bounds(values, low="low", high="high").collect()
    ranks = {r["area_id"]: (r["rank_best"], r["rank_worst"]) for r in found.to_dicts()}
    assert ranks == {"a": (1, 1), "b": (2, 4), "c": (2, 4), "d": (2, 4), "e": (None, None)}


@given(st.permutations(range(12)))
def test_sure_values_have_one_rank_in_whatever_order_they_come(order):
    values = pl.LazyFrame({"area_id": order, "rank": [n + 1 for n in order], "low": order, "high": order})
    # joined as the pipeline does it: the order of the rows is nobody's
    joined = values.cast({"low": pl.Float64, "high": pl.Float64}).join(values.select("area_id"), on="area_id")
    found = ci.with_rank_bounds(joined, low="low", high="high").collect()
    assert all(r["rank"] == r["rank_best"] == r["rank_worst"] for r in found.to_dicts())


AT_MOST = sorted({m.parameter for m in STANDARD.limits if m.direction == "at_most"} & set(ITEMS))


@given(st.sampled_from(AT_MOST), st.floats(0, 1e3), st.floats(0, 1e3), st.sampled_from(["river", "lake"]))
def test_a_worse_concentration_never_lowers_the_index(parameter, a, b, case):
    low, high = sorted((a, b))
    assert single(parameter, low, case)[0] <= single(parameter, high, case)[0]


@given(st.floats(0.01, 30), st.floats(0.01, 30))
def test_less_oxygen_never_lowers_the_index(a, b):
    low, high = sorted((a, b))
    assert single("dissolved_oxygen", low)[0] >= single("dissolved_oxygen", high)[0]


@given(st.floats(0, 14), st.floats(0, 14))
def test_ph_farther_from_neutral_never_lowers_the_index(a, b):
    for low, high in (sorted((min(7, a), min(7, b)), reverse=True), sorted((max(7, a), max(7, b)))):
        assert single("ph", low)[0] <= single("ph", high)[0]


@given(st.permutations(MEANS.strip().splitlines()[1:]), st.permutations(SECTIONS.strip().splitlines()[1:]))
def test_the_order_of_rows_is_irrelevant(means, sections):
    from tests.conftest import text_table

    found = of_cities(
        text_table, "\n".join(["site_id|parameter|mean", *means]), "\n".join(["site_id|area_id|case", *sections]), TWO
    )
    assert found["city_index"].item() == 1.275
