"""Classes by GB 3838-2002 table 1 with 环办〔2011〕22号: the worst item decides."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.catalog import load_catalog
from analytics.compute import water_class as wc

title = "The worst item decides the class"
CATALOG = load_catalog()
STANDARD = CATALOG.standards["gb3838_2002"]
LIMITS = wc.limit_table(STANDARD, CATALOG.parameters)
DECIMALS = pl.DataFrame(
    {
        "parameter": list(CATALOG.parameters),
        "decimals": [p.decimals.assessment for p in CATALOG.parameters.values()],
    }
)


def item(parameter: str, value: float | None, body: str = "river") -> int | None:
    frame = pl.LazyFrame(
        {"parameter": [parameter], "case": [body], "value": [value]},
        schema_overrides={"value": pl.Float64},
    )
    return wc.classify_items(frame, LIMITS).collect()["item_class"].item()


# Limits of GB 3838-2002 table 1 (facts.md section 1); a value exactly on a limit has the better class.
@pytest.mark.parametrize(
    ("parameter", "value", "body", "expected"),
    [
        ("ammonia_nitrogen", 0.15, "river", 1),
        ("ammonia_nitrogen", 0.1500001, "river", 2),
        ("ammonia_nitrogen", 1.0, "river", 3),
        ("ammonia_nitrogen", 2.0, "river", 5),
        ("ammonia_nitrogen", 2.01, "river", 6),
        ("dissolved_oxygen", 7.5, "river", 1),
        ("dissolved_oxygen", 7.49, "river", 2),
        ("dissolved_oxygen", 5.0, "river", 3),
        ("dissolved_oxygen", 1.99, "river", 6),
        ("ph", 6.0, "river", 1),
        ("ph", 9.0, "river", 1),
        ("ph", 9.01, "river", 6),
        ("ph", 5.99, "river", 6),
        ("total_phosphorus", 0.1, "river", 2),
        ("total_phosphorus", 0.1, "lake", 4),  # lakes and reservoirs have limits of their own
        ("total_phosphorus", 0.2, "lake", 5),
        ("copper", 0.9, "river", 2),  # Ⅱ to Ⅴ share one limit
        ("copper", 1.01, "river", 6),
        ("mercury", 0.00005, "river", 1),
    ],
)
def test_limits(parameter, value, body, expected):
    assert item(parameter, value, body) == expected


@pytest.mark.parametrize("parameter", ["total_nitrogen", "water_temperature", "faecal_coliforms", "conductivity"])
def test_what_takes_no_part_has_no_class(parameter):
    assert item(parameter, 99.0, "lake") is None


def test_a_missing_value_has_no_class():
    assert item("ammonia_nitrogen", None) is None


def test_what_is_no_number_has_no_class():
    assert item("ammonia_nitrogen", float("nan")) is None
    assert item("dissolved_oxygen", float("nan")) is None


CONCENTRATIONS = sorted({m.parameter for m in STANDARD.limits if m.direction == "at_most"} - set(STANDARD.not_assessed))


@given(st.sampled_from(CONCENTRATIONS), st.floats(0, 1e3), st.floats(0, 1e3), st.sampled_from(["river", "lake"]))
def test_a_worse_concentration_never_improves_the_class(parameter, a, b, body):
    low, high = sorted((a, b))
    assert item(parameter, low, body) <= item(parameter, high, body)


@given(st.floats(0, 30), st.floats(0, 30))
def test_less_oxygen_never_improves_the_class(a, b):
    low, high = sorted((a, b))
    assert item("dissolved_oxygen", low) >= item("dissolved_oxygen", high)


def annual(
    means_text: str, items: list[str], table, minimum: int = 8, undetected: tuple[str, ...] = ()
) -> dict[str, object]:
    sections = pl.LazyFrame({"entity_id": ["s"], "case": ["river"], "items": [items]})
    told = table(means_text)
    told = told.with_columns(**{m: pl.col("mean") for m in ("mean_low", "mean_high") if m not in told.columns})
    told = told.with_columns(is_undetected=pl.col("parameter").is_in(undetected))
    means = told.with_columns(pl.col("mean", "mean_low", "mean_high").cast(pl.Float64)).lazy()
    results = wc.item_results(means, sections, LIMITS, decimals=DECIMALS, fewest=minimum)
    return wc.section_classes(results, by=["entity_id"], last_class=6).collect().to_dicts()[0]


def test_the_mean_is_rounded_before_it_is_classed(table):
    # 1.004 mg/L rounds to 1.00 at two places: class III, where unrounded it would be IV
    found = annual("site_id|parameter|mean|months\ns|ammonia_nitrogen|1.004|12", ["ammonia_nitrogen"], table)
    assert found["water_class"] == 3


def test_a_mean_ph_outside_the_range_by_less_than_half_passes(table):
    # facts.md 2.8: assessment pH has no decimals, so 9.34 becomes 9 and passes
    found = annual("site_id|parameter|mean|months\ns|ph|9.34|12", ["ph"], table)
    assert found["water_class"] == 1


def test_the_worst_item_decides_and_is_named(table):
    found = annual(
        """
        site_id | parameter         | mean | months
        s       | ammonia_nitrogen  | 0.4  | 12
        s       | permanganate_index| 11.0 | 12
        """,
        ["ammonia_nitrogen", "permanganate_index"],
        table,
    )
    assert (found["water_class"], found["worst_items"], found["worst_values"]) == (5, ["permanganate_index"], [11.0])


def test_an_item_with_too_few_months_leaves_the_class_open(table):
    found = annual(
        """
        site_id | parameter         | mean | months
        s       | ammonia_nitrogen  | 0.4  | 12
        s       | permanganate_index| 1.0  | 7
        """,
        ["ammonia_nitrogen", "permanganate_index"],
        table,
    )
    assert (found["water_class"], found["class_best"], found["class_worst"]) == (None, 2, 6)


def test_worse_than_five_is_decided_whatever_is_missing(table):
    found = annual(
        "site_id|parameter|mean|months\ns|ammonia_nitrogen|2.5|12",
        ["ammonia_nitrogen", "permanganate_index"],
        table,
    )
    assert found["water_class"] == 6


def test_a_limit_of_detection_above_that_of_the_class_cannot_be_judged(table):
    # facts.md section 11; volatile phenol 0.01L all year: half of it is class III, nothing would be I, all of it IV
    phenol = "s|volatile_phenol|0.005|0|0.01|12"
    head = "site_id|parameter|mean|mean_low|mean_high|months"
    found = annual(f"{head}\n{phenol}", ["volatile_phenol"], table, undetected=("volatile_phenol",))
    assert (found["water_class"], found["class_best"], found["class_worst"]) == (None, 1, 4)
    assert (found["undetected"], found["worst_items"]) == (["volatile_phenol"], [])
    # detected in some months: the regulation's mean stands, and its doubt beside it
    found = annual(f"{head}\n{phenol}", ["volatile_phenol"], table)
    assert (found["water_class"], found["class_best"], found["class_worst"]) == (3, 1, 4)
    assert found["undetected"] == ["volatile_phenol"]
    # lead 0.001L: nothing, half and all of it are class I
    found = annual(f"{head}\ns|lead|0.0005|0|0.001|12", ["lead"], table, undetected=("lead",))
    assert (found["water_class"], found["class_best"], found["class_worst"], found["undetected"]) == (1, 1, 1, [])


def test_what_is_worse_for_certain_decides_over_a_limit_of_detection_too_high(table):
    items = "s|volatile_phenol|0.005|0|0.01|12\ns|ammonia_nitrogen|{0}|{0}|{0}|12"
    head = "site_id|parameter|mean|mean_low|mean_high|months\n"
    # ammonia 2.0 is V, whatever phenol between I and IV is; 0.1 is I, and phenol may be worse
    found = annual(
        head + items.format("2.0"), ["volatile_phenol", "ammonia_nitrogen"], table, undetected=("volatile_phenol",)
    )
    assert found["water_class"] == 5
    found = annual(
        head + items.format("0.1"), ["volatile_phenol", "ammonia_nitrogen"], table, undetected=("volatile_phenol",)
    )
    assert (found["water_class"], found["class_best"], found["class_worst"]) == (None, 1, 4)


def test_a_month_that_lacks_says_nothing_of_the_limit_of_detection(table):
    # lead 0.001L in eleven months; in the twelfth anything may have been read
    of_year = "site_id|parameter|mean|mean_low|mean_high|months\ns|lead|0.0005|0|0.2|11"
    found = annual(of_year, ["lead"], table, undetected=("lead",))
    assert (found["water_class"], found["class_best"], found["class_worst"]) == (1, 1, 6)


def test_a_mean_that_cannot_be_is_of_no_class_and_of_any(table):
    # facts.md section 11: a concentration below zero is an error
    found = annual(
        "site_id|parameter|mean|mean_low|mean_high|months\ns|ammonia_nitrogen|-0.1|0|0.2|12",
        ["ammonia_nitrogen"],
        table,
    )
    assert (found["water_class"], found["class_best"], found["class_worst"]) == (None, 1, 6)
    assert found["items_open"] == ["ammonia_nitrogen"]


def test_eight_months_suffice(table):
    assert (
        annual("site_id|parameter|mean|months\ns|ammonia_nitrogen|0.4|8", ["ammonia_nitrogen"], table)["water_class"]
        == 2
    )


def test_real_time_values_are_not_rounded_and_nitrogen_never_counts():
    # facts.md 12.2: the platform publishes pH 9.2 as worse than class V
    rows = pl.LazyFrame(
        {
            "row_id": [0, 1, 2, 3, 4],
            "case": ["river"] * 5,
            "ph": [9.2, 7.0, None, 7.0, 9.2],
            "total_phosphorus": [0.01, 0.2, None, None, None],
        },
        schema_overrides={"ph": pl.Float64},
    )
    found = wc.instant_classes(rows, LIMITS, items=["ph", "total_phosphorus"]).collect().sort("row_id")
    # a row that lacks an item has no class, unless it is worse than Ⅴ whatever that item would have said
    assert found["water_class"].to_list() == [6, 3, None, None, 6]
    assert found["on_limit"].to_list() == [False, True, False, False, False]


@given(st.permutations(range(6)))
def test_the_order_of_rows_is_irrelevant(order):
    items = ["ammonia_nitrogen", "total_phosphorus", "bod5"]
    means = pl.DataFrame(
        {
            **{"site_id": ["a"] * 3 + ["b"] * 3, "parameter": items * 2, "mean": [0.9, 0.21, 4.4, 2.3, None, 1.0]},
            **{"months": [12, 12, 11, 12, 3, 12], "is_undetected": [False] * 6},
        }
    ).with_columns(mean_low="mean", mean_high="mean")
    sections = pl.DataFrame({"entity_id": ["b", "a"], "case": ["river", "lake"], "items": [items, items[::-1]]})

    def found(rows: pl.DataFrame) -> pl.DataFrame:
        results = wc.item_results(rows, sections, LIMITS, decimals=DECIMALS, fewest=8)
        return wc.section_classes(results, by=["entity_id"], last_class=6).collect()

    assert found(means[list(order)]).equals(found(means))
