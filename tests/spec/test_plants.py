"""Sewage plants: discharge against limits, influent concentration, collection rate, rule for rewards."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.compute import plants
from analytics.compute.plant_rewards import RewardRule, markedly_better
from tests.spec.typed import rows, typed

title = "A plant-day complies where the required items are there and every item measured is within its limit"

# GB 18918-2002 grade 1A (facts.md section 7, B): COD 50, NH3-N 5 (8 at 12 °C and less), TP 0.5, SS 10 mg/L, pH 6 to 9;
# grade 1B: COD 60, TP 1. DB14/1928-2019: COD 40, TP 0.4.
LIMITS = typed(
    """
    standard | grade | parameter              | case               | low | high
    gb18918  | 1A    | chemical_oxygen_demand |                    |     | 50
    gb18918  | 1A    | ammonia_nitrogen       | above_12_degrees   |     | 5
    gb18918  | 1A    | ammonia_nitrogen       | at_most_12_degrees |     | 8
    gb18918  | 1A    | total_phosphorus       |                    |     | 0.5
    gb18918  | 1A    | suspended_solids       |                    |     | 10
    gb18918  | 1A    | ph                     |                    | 6   | 9
    gb18918  | 1B    | chemical_oxygen_demand |                    |     | 60
    gb18918  | 1B    | total_phosphorus       |                    |     | 1
    db14     | city  | chemical_oxygen_demand |                    |     | 40
    db14     | city  | total_phosphorus       |                    |     | 0.4
    """
)
PLANTS = typed("entity_id|standard|grade\na|gb18918|1A\nb|db14|city")
NO_TEMPERATURE = pl.LazyFrame(schema={"entity_id": pl.String, "step": pl.Date, "temperature": pl.Float64})
TWO = "chemical_oxygen_demand ammonia_nitrogen"


def values(text: str) -> pl.LazyFrame:
    """`entity_id | step | parameter | mean`; with `low` and `high` where something was not detected."""
    told = typed(text)
    names = told.collect_schema().names()
    low, high = (pl.coalesce(end, "mean") if end in names else pl.col("mean") for end in ("low", "high"))
    return told.with_columns(mean_low=low, mean_high=high)


def temperature(degrees: float, day: str = "2021-01-01") -> pl.LazyFrame:
    return typed(f"entity_id|step|temperature\na|{day}|{degrees}")


def judged(told: pl.LazyFrame, temperatures: pl.LazyFrame = NO_TEMPERATURE) -> pl.LazyFrame:
    limits = plants.limits_of_plants(PLANTS, LIMITS)
    return plants.judged_items(told, limits, temperatures, bracket_temperature=12.0)


def one(parameter: str, mean: float, temperatures: pl.LazyFrame = NO_TEMPERATURE) -> dict[str, object]:
    told = values(f"entity_id|step|parameter|mean\na|2021-01-01|{parameter}|{mean}")
    return judged(told, temperatures).collect().to_dicts()[0]


def asked(first: str, last: str, items: str = TWO, *, names: str = "a") -> pl.LazyFrame:
    lines = [f"{name}|p|{first}|{last}|{items}" for name in names]
    return typed("\n".join(["entity_id|period|period_start|period_end|items", *lines]))


def steps(told: pl.LazyFrame, wanted: pl.LazyFrame, every: str = "1d") -> pl.LazyFrame:
    return plants.judged_steps(judged(told, temperature(20)), wanted, every=every)


# Items


@pytest.mark.parametrize(
    ("parameter", "mean", "within", "multiple"),
    [
        ("chemical_oxygen_demand", 50.0, True, None),  # on the limit
        ("chemical_oxygen_demand", 50.1, False, 0.002),
        ("chemical_oxygen_demand", 75.0, False, 0.5),
        ("total_phosphorus", 1.5, False, 2.0),
        ("ph", 6.0, True, None),
        ("ph", 9.0, True, None),
        ("ph", 5.9, False, None),  # a range has no multiple
        ("ph", 9.1, False, None),
        ("total_nitrogen", 99.0, None, None),  # no limit: nobody can say
    ],
)
def test_an_item_is_held_against_its_limit(parameter, mean, within, multiple):
    found = one(parameter, mean)
    assert (found["is_within"], found["multiple"]) == (within, multiple)


@pytest.mark.parametrize(
    ("degrees", "mean", "within"),
    [
        (12.1, 5.0, True),
        (12.1, 5.1, False),
        (12.0, 8.0, True),  # 12 °C itself has the limit in brackets
        (12.0, 8.1, False),
        (3.0, 6.0, True),
    ],
)
def test_ammonia_has_another_limit_in_cold_water(degrees, mean, within):
    assert one("ammonia_nitrogen", mean, temperature(degrees))["is_within"] is within


@pytest.mark.parametrize(
    ("mean", "within", "multiple"), [(5.0, True, None), (6.0, None, None), (8.0, None, None), (12.0, False, 0.5)]
)
def test_without_a_temperature_both_limits_are_tried(mean, within, multiple):
    # 12 exceeds both: by 0.5 at least, the limit in brackets being 8
    found = one("ammonia_nitrogen", mean)
    assert (found["is_within"], found["multiple"]) == (within, multiple)


def test_a_limit_that_is_the_same_in_both_cases_needs_no_temperature():
    both = pl.concat(LIMITS.with_columns(case=pl.lit(case)) for case in (plants.WARM, plants.COLD))
    same = plants.limits_of_plants(PLANTS, both.filter(pl.col("parameter") == "chemical_oxygen_demand").unique())
    told = values("entity_id|step|parameter|mean\na|2021-01-01|chemical_oxygen_demand|50")
    found = plants.judged_items(told, same, NO_TEMPERATURE, bracket_temperature=12.0)
    assert rows(found, "is_within", "strictest", "loosest") == [(True, 50.0, 50.0)]


def test_an_item_without_a_limit_for_cold_water_is_open_in_it():
    warm_only = LIMITS.filter(pl.col("case").is_null() | (pl.col("case") == plants.WARM))
    told = values("entity_id|step|parameter|mean\na|2021-01-01|ammonia_nitrogen|1")
    limits = plants.limits_of_plants(PLANTS, warm_only)
    found = plants.judged_items(told, limits, temperature(3), bracket_temperature=12.0)
    assert rows(found, "mean", "is_within") == [(1.0, None)]


def test_a_limit_of_detection_above_the_limit_leaves_the_item_open():
    # facts.md section 11: cannot be judged, flag it, do not pass it (A)
    text = "entity_id|step|parameter|mean|low|high\na|2021-01-01|total_phosphorus|"
    assert rows(judged(values(text + "0.4|0|0.8")), "is_within") == [(None,)]
    assert rows(judged(values(text + "0.01|0|0.02")), "is_within") == [(True,)]


def test_each_plant_has_the_limits_of_its_own_standard():
    told = values(
        """
        entity_id | step       | parameter              | mean
        a         | 2021-01-01 | chemical_oxygen_demand | 45
        b         | 2021-01-01 | chemical_oxygen_demand | 45
        """
    )
    assert rows(judged(told).sort("entity_id"), "entity_id", "is_within") == [("a", True), ("b", False)]


def test_limits_without_cases_need_none():
    plain = LIMITS.filter(pl.col("case").is_null()).drop("case")
    assert plants.limits_of_plants(PLANTS, plain).collect()["case"].to_list() == [None] * 6


CONCENTRATIONS = st.floats(0, 100)


@given(CONCENTRATIONS, CONCENTRATIONS, st.sampled_from(["chemical_oxygen_demand", "ammonia_nitrogen"]))
def test_a_worse_concentration_never_improves_compliance(a, b, parameter):
    rank = {True: 2, None: 1, False: 0}
    better, worse = (rank[one(parameter, mean)["is_within"]] for mean in sorted((a, b)))
    assert worse <= better


# Plant-days

DAYS = """
    entity_id | step       | parameter              | mean
    a         | 2021-01-01 | chemical_oxygen_demand | 50
    a         | 2021-01-01 | ammonia_nitrogen       | 5
    a         | 2021-01-02 | chemical_oxygen_demand | 75
    a         | 2021-01-02 | ammonia_nitrogen       | 20
    a         | 2021-01-03 | chemical_oxygen_demand | 40
    a         | 2021-01-04 | chemical_oxygen_demand | 60
"""


def all_days() -> pl.LazyFrame:
    warm = pl.concat([temperature(20, f"2021-01-0{day}") for day in range(1, 6)])
    return plants.judged_steps(judged(values(DAYS), warm), asked("2021-01-01", "2021-01-05"), every="1d")


def test_every_required_item_must_be_there_and_within():
    assert rows(all_days(), "is_compliant", "reason") == [
        (True, None),  # both on their limits
        (False, None),
        (None, "items_missing"),  # nobody measured ammonia
        (False, None),  # nor here, but the other item decides
        (None, "no_data"),
    ]


def test_the_item_that_failed_worst_is_named_with_its_multiple():
    # NH3-N (20 - 5) / 5 = 3 is worse than COD (75 - 50) / 50 = 0.5
    found = all_days().collect().to_dicts()
    assert (found[1]["worst_item"], found[1]["multiple"]) == ("ammonia_nitrogen", 3.0)
    assert found[1]["items_failed"] == ["ammonia_nitrogen", "chemical_oxygen_demand"]
    assert (found[3]["worst_item"], found[3]["items_missing"]) == ("chemical_oxygen_demand", ["ammonia_nitrogen"])


def test_an_item_whose_limit_is_open_leaves_the_day_open():
    told = values(
        """
        entity_id | step       | parameter              | mean
        a         | 2021-01-01 | chemical_oxygen_demand | 40
        a         | 2021-01-01 | ammonia_nitrogen       | 6
        """
    )
    found = plants.judged_steps(judged(told), asked("2021-01-01", "2021-01-01"), every="1d").collect().to_dicts()[0]
    assert (found["is_compliant"], found["items_open"], found["reason"]) == (None, ["ammonia_nitrogen"], "limit_open")


def day_of(*more: str) -> dict[str, object]:
    """A day whose required items are within their limits, with further ones: `parameter | mean | low | high`."""
    both = ["chemical_oxygen_demand|40||", "ammonia_nitrogen|1||"]
    lines = ["entity_id|step|parameter|mean|low|high", *(f"a|2021-01-01|{line}" for line in (*both, *more))]
    return steps(values("\n".join(lines)), asked("2021-01-01", "2021-01-01")).collect().to_dicts()[0]


@pytest.mark.parametrize(
    ("item", "failed"),
    [
        ("suspended_solids|80||", ["suspended_solids"]),
        ("suspended_solids|10||", []),  # on the limit
        ("ph|11||", ["ph"]),
        ("ph|5.9||", ["ph"]),
        ("ph|9||", []),
        ("total_nitrogen|99||", []),  # grade 1A as typed here has no limit for it
    ],
)
def test_every_item_that_was_measured_is_judged(item, failed):
    # GB 18918-2002 table 1: the limits are of each item, not of those that a form must have (B)
    found = day_of(item)
    assert (found["is_compliant"], found["items_failed"], found["reason"]) == (not failed, failed, None)


@pytest.mark.parametrize(
    "item", ["suspended_solids|8|0|16", "suspended_solids|||", "ph|||"], ids=["detection", "set aside", "pH set aside"]
)
def test_an_item_that_need_not_be_there_leaves_the_day_open_where_it_may_have_failed(item):
    found = day_of(item)
    told = (found["is_compliant"], found["items_open"], found["items_missing"], found["reason"])
    assert told == (None, [item.split("|")[0]], [], "limit_open")
    assert day_of(item, "total_phosphorus|0.6||")["is_compliant"] is False  # another one decides


def test_an_item_that_need_not_be_there_does_not_stand_for_those_that_must():
    told = values("entity_id|step|parameter|mean\na|2021-01-01|suspended_solids|5")
    found = steps(told, asked("2021-01-01", "2021-01-01")).collect().to_dicts()[0]
    assert (found["is_compliant"], found["has_data"], found["reason"]) == (None, True, "items_missing")


def test_the_share_is_of_days_that_are_decided_with_bounds_for_the_rest():
    found = plants.compliance(all_days(), by=["entity_id"]).collect().to_dicts()[0]
    counts = [found[c] for c in ("compliant", "failed", "open", "missing", "expected")]
    assert counts == [1, 2, 1, 1, 5]
    assert (found["value"], found["low"], found["high"]) == (pytest.approx(100 / 3), 20.0, 60.0)


def test_compliance_is_told_by_month_too():
    told = values(
        """
        entity_id | step       | parameter              | mean
        a         | 2021-01-31 | chemical_oxygen_demand | 50
        a         | 2021-02-01 | chemical_oxygen_demand | 51
        """
    )
    days = steps(told, asked("2021-01-31", "2021-02-01", "chemical_oxygen_demand"))
    found = plants.compliance(days, by=["month"])
    assert rows(found, "month", "value") == [(date(2021, 1, 1), 100.0), (date(2021, 2, 1), 0.0)]


def test_monthly_means_are_held_to_the_same_limits():
    told = values("entity_id|step|parameter|mean\na|2021-01-01|chemical_oxygen_demand|51")
    months = steps(told, asked("2021-01-01", "2021-02-28", "chemical_oxygen_demand"), "1mo")
    assert rows(months, "step", "is_compliant") == [(date(2021, 1, 1), False), (date(2021, 2, 1), None)]


def test_every_item_of_a_monthly_mean_is_judged():
    text = "entity_id|step|parameter|mean\na|2021-01-01|chemical_oxygen_demand|40\na|2021-01-01|ph|9.1"
    months = steps(values(text), asked("2021-01-01", "2021-01-31", "chemical_oxygen_demand"), "1mo")
    assert rows(months, "is_compliant", "worst_item") == [(False, "ph")]


def test_a_plant_of_which_nothing_was_told_is_missing_not_compliant():
    days = steps(values(DAYS).limit(0), asked("2021-01-01", "2021-01-02"))
    found = plants.compliance(days, by=["entity_id"]).collect().to_dicts()[0]
    assert (found["value"], found["low"], found["high"], found["missing"]) == (None, 0.0, 100.0, 2)
    assert found["reason"] == "no_data"


@pytest.mark.parametrize(
    ("required", "reason"), [("chemical_oxygen_demand", "items_missing"), ("total_nitrogen", "limit_open")]
)
def test_a_share_of_no_decided_day_says_what_is_lacking(required, reason):
    day = "a|2021-01-01"
    told = values(f"entity_id|step|parameter|mean\n{day}|total_nitrogen|5\n{day}|suspended_solids|5")
    days = steps(told, asked("2021-01-01", "2021-01-01", required))
    found = plants.compliance(days, by=["entity_id"]).collect().to_dicts()[0]
    assert (found["value"], found["open"], found["reason"]) == (None, 1, reason)


def test_nobody_asked_gives_no_row():
    assert rows(steps(values(DAYS), asked("2021-01-01", "2021-01-02").limit(0)), "step") == []


@given(st.lists(st.one_of(st.none(), CONCENTRATIONS), min_size=4, max_size=4), st.lists(CONCENTRATIONS, min_size=4))
def test_bounds_contain_the_truth(told, filled):
    def share(means: list[float | None]) -> dict[str, object]:
        days = [date(2021, 1, d) for d in range(1, 5)]
        frame = pl.LazyFrame({"entity_id": "a", "step": days, "parameter": "chemical_oxygen_demand", "mean": means})
        whole = frame.with_columns(pl.col("mean").cast(pl.Float64)).with_columns(mean_low="mean", mean_high="mean")
        wanted = asked("2021-01-01", "2021-01-04", "chemical_oxygen_demand")
        found = plants.judged_steps(
            judged(whole.collect().sample(fraction=1, shuffle=True, seed=1).lazy()), wanted, every="1d"
        )
        return plants.compliance(found, by=["entity_id"]).collect().to_dicts()[0]

    known = share(told)
    truth = share([f if m is None else m for m, f in zip(told, filled, strict=False)])
    assert known["low"] <= truth["value"] <= known["high"]


def test_an_item_that_the_first_table_lacks_is_held_to_the_next_one(catalog):
    # DB14/1928-2019 lists three items here; total nitrogen is that of GB 18918-2002 grade 1A (facts.md section 7, B)
    limits = plants.held_to(catalog.plant_assessment, catalog.standards, catalog.parameters)
    mine = limits.filter(pl.col("code") == "db14_1928", pl.col("case") == "at_most_12_degrees")
    assert set(mine.select("standard", "grade").rows()) == {("db14_1928_2019", "达标")}
    high = dict(mine.select("parameter", "high").iter_rows())
    assert (high["chemical_oxygen_demand"], high["ammonia_nitrogen"], high["total_nitrogen"]) == (40.0, 2.0, 15.0)
    of_nation = limits.filter(code="gb18918_1a", case="at_most_12_degrees", parameter="ammonia_nitrogen")
    assert of_nation["high"].to_list() == [8.0]


# Influent: plan clause 7 (A); weighing by volume is our reading (C)

INFLUENT = """
    entity_id | area_id | month      | influent_bod5 | treated_water
    a         | x       | 2021-11-01 | 100           | 30
    a         | x       | 2021-12-01 | 200           | 10
    b         | x       | 2021-11-01 | 180           | 10
    b         | x       | 2021-12-01 | 160           | 50
"""
BESIDE = {"december": [12], "fourth_quarter": [10, 11, 12]}


def influent(text: str, by: list[str]) -> list[dict[str, object]]:
    return plants.influent_means(typed(text), by=by, beside=BESIDE, maximum=1000.0).collect().to_dicts()


def test_the_mean_is_weighted_by_the_water_treated():
    # (100·30 + 200·10 + 180·10 + 160·50) / 100 = 148; (100 + 200 + 180 + 160) / 4 = 160; December 10000 / 60
    found = influent(INFLUENT, ["area_id"])[0]
    assert (found["value"], found["simple_mean"]) == (148.0, 160.0)
    assert (found["december"], found["fourth_quarter"]) == (pytest.approx(10_000 / 60), 148.0)
    assert (found["low"], found["high"], found["used"], found["expected"]) == (148.0, 148.0, 4, 4)


def test_the_simple_mean_is_of_months_in_which_anything_was_treated():
    text = """
        entity_id | area_id | month      | influent_bod5 | treated_water
        a         | x       | 2021-01-01 | 100           | 30
        a         | x       | 2021-02-01 | 500           | 0
        """
    assert influent(text, ["area_id"])[0]["simple_mean"] == 100.0


def test_a_month_without_concentration_takes_no_part_and_leaves_bounds():
    found = influent(INFLUENT.replace("| 200 ", "|     "), ["area_id"])[0]
    assert (found["value"], found["used"], found["reason"]) == (pytest.approx(12_800 / 90), 3, "incomplete")
    assert (found["low"], found["high"]) == (128.0, 228.0)  # its 10 volumes at nothing and at 1000 mg/L


def test_a_month_without_volume_leaves_the_bounds_unknown():
    found = influent(INFLUENT.replace("| 200           | 10", "| 200           | "), ["area_id"])[0]
    assert (found["used"], found["low"], found["high"]) == (3, None, None)


def test_where_nothing_was_treated_no_concentration_is_needed():
    found = influent(INFLUENT.replace("| 200           | 10", "|               | 0"), ["entity_id"])[0]
    assert (found["value"], found["december"], found["used"], found["reason"]) == (100.0, None, 2, None)


def test_a_plant_that_told_nothing_has_no_mean():
    found = influent(
        "entity_id | area_id | month | influent_bod5 | treated_water\nc | x | 2021-12-01 | | 10", ["entity_id"]
    )
    assert [(f["value"], f["reason"]) for f in found] == [(None, "no_data")]


# Collection rate: facts.md section 7, people discharging = BOD × Q / 45 g per person and day (B)


def collected(text: str) -> dict[str, object]:
    people = typed("area_id|people_served\nx|40000")
    return plants.collection_rates(typed(text), people, load_per_person=45.0).collect().to_dicts()[0]


def test_the_load_that_arrives_tells_how_many_people_it_comes_from():
    # 150 g/m³ × 9000 m³/d = 1 350 000 g/d, of 45 g each: 30 000 of 40 000 people
    found = collected("entity_id|area_id|influent_bod5|treated_water\na|x|100|9000\nb|x|50|9000")
    assert (found["people_collected"], found["value"], found["reason"]) == (30_000, 75.0, None)


def test_a_plant_without_its_concentration_leaves_the_rate_open():
    found = collected("entity_id|area_id|influent_bod5|treated_water\na|x|100|9000\nb|x||9000")
    assert (found["value"], found["low"], found["reason"]) == (None, 50.0, "incomplete")


@pytest.mark.parametrize("plant", ["a|y|100|9000", "a|x||"])
def test_an_area_of_which_nothing_is_known_has_no_rate(plant):
    found = collected(f"entity_id|area_id|influent_bod5|treated_water\n{plant}")
    assert (found["value"], found["reason"]) == (None, "no_data")


def test_more_than_everyone_is_not_cut_off():
    found = collected("entity_id|area_id|influent_bod5|treated_water\na|x|450|9000")
    assert found["value"] == 225.0


# Rewards: plan clause 21 (A): on the basis of compliance, markedly better than the standard of the province. It leaves
# open what “markedly” is: the rule here is invented.

HALF = RewardRule(
    "half_the_limit", date(2021, 1, 1), None, 75.0, {"chemical_oxygen_demand": 0.5}, {"total_phosphorus": 0.3}
)
MAIN = "chemical_oxygen_demand total_phosphorus"


def better(
    cod: list[float | None],
    rule: RewardRule | None = HALF,
    *more: str,
    phosphorus: float = 0.3,
    grade: str = "gb18918|1A",
):
    """Days of a plant of some grade: `more` are further values of the first day, `parameter | mean`."""
    lines = [f"a|2021-01-0{day}|chemical_oxygen_demand|{m}" for day, m in enumerate(cod, 1) if m is not None]
    lines += [f"a|2021-01-0{day}|total_phosphorus|{phosphorus}" for day in range(1, len(cod) + 1)]
    told = values("\n".join(["entity_id|step|parameter|mean", *lines, *(f"a|2021-01-01|{line}" for line in more)]))
    own, of_province = (
        plants.judged_items(
            told,
            plants.limits_of_plants(typed(f"entity_id|standard|grade\na|{held}"), LIMITS),
            NO_TEMPERATURE,
            bracket_temperature=12.0,
        )
        for held in (grade, "db14|city")
    )
    wanted = asked("2021-01-01", f"2021-01-0{len(cod)}", MAIN)
    days = plants.judged_steps(own, wanted, every="1d")
    return markedly_better(of_province, days, wanted, rule, every="1d").collect().to_dicts()[0]


def test_a_plant_is_better_on_enough_of_its_days():
    found = better([20, 20, 20, 30])  # half of 40 is 20: three days of four
    assert (found["better"], found["expected"], found["value"], found["is_better"]) == (3, 4, 75.0, True)
    assert better([20, 20, 21, 30])["is_better"] is False
    assert better([20, 20, 20, 30], phosphorus=0.31)["is_better"] is False  # an item with a limit of its own


@pytest.mark.parametrize("grade", ["gb18918|1A", "gb18918|1B", "db14|city"])
@pytest.mark.parametrize(("cod", "is_better"), [(20, True), (24, False)])
def test_the_same_water_is_as_good_whatever_the_plant_is_held_to(grade, cod, is_better):
    # 24 is less than half of what GB 18918 allows (50, 60), and more than half of the 40 of DB14/1928-2019
    assert better([cod] * 4, grade=grade)["is_better"] is is_better


@pytest.mark.parametrize(
    ("cod", "more", "rule"),
    [
        ([10, 10, 10, 10], "ph|9.1", HALF),  # an item that the rule is not about
        ([10, 10, 10, 51], "ph|7", HALF),  # better on three days of four, beyond the limit on the fourth
        (
            [10, 10, 10, 10],
            "ph|9.1",
            RewardRule("r", date(2021, 1, 1), None, 75.0, {"total_nitrogen": 0.5}),
        ),
    ],
    ids=["another item", "the fourth day", "the rule's own item not told"],
)
def test_there_is_no_reward_without_compliance(cod, more, rule):
    found = better(cod, rule, more)
    assert (found["is_better"], found["reason"]) == (False, "not_compliant")


def test_a_day_that_is_open_leaves_the_reward_open():
    found = better([20, 20, None, 20])
    assert (found["low"], found["high"]) == (75.0, 100.0)
    assert (found["is_better"], found["reason"]) == (None, "compliance_open")
    found = better([20, 20, None, 30])
    assert (found["low"], found["high"], found["is_better"], found["reason"]) == (50.0, 75.0, None, "undecided")
    assert better([20, 30, None, 30])["is_better"] is False  # whatever the third day was


def test_without_a_rule_nobody_is_listed():
    found = better([10, 10], None)
    assert (found["is_better"], found["value"], found["reason"]) == (None, None, "no_rule")


@pytest.mark.parametrize(
    ("begins", "ends"), [(date(2022, 5, 1), None), (date(2020, 1, 1), date(2020, 12, 31)), (date(2021, 1, 2), None)]
)
def test_a_rule_of_another_time_ranks_nobody(begins, ends):
    # facts.md section 7: the rules for rewards are of 2022 (A); they must not rank 2021
    later = RewardRule("other_time", begins, ends, 75.0, {"chemical_oxygen_demand": 0.5})
    found = better([10, 10], later)
    assert (found["rule"], found["is_better"], found["reason"]) == ("other_time", None, "rule_not_in_force")


def of_phosphorus(most: float) -> RewardRule:
    return RewardRule("own", date(2021, 1, 1), date(2021, 12, 31), 100.0, at_most={"total_phosphorus": most})


def test_a_rule_with_one_kind_of_item_is_enough():
    assert better([50], of_phosphorus(0.3))["is_better"] is True


def test_what_is_beyond_the_standard_is_never_better_than_it():
    # 0.45 mg/L keeps grade 1A (0.5), and is more than the 0.4 of DB14/1928-2019
    assert better([10], of_phosphorus(0.45), phosphorus=0.45)["is_better"] is False
    assert better([10], of_phosphorus(0.45), phosphorus=0.4)["is_better"] is True


def test_an_item_that_was_never_measured_leaves_the_reward_open():
    found = better([None, None])
    assert (found["is_better"], found["value"], found["reason"]) == (None, None, "no_data")


@given(st.permutations(range(8)), st.permutations(range(8)))
def test_the_order_of_rows_is_irrelevant(order, other):
    days = pl.DataFrame(
        {
            "entity_id": ["a"] * 8,
            "step": [date(2021, 1, 1 + n // 2) for n in range(8)],
            "parameter": ["chemical_oxygen_demand", "ammonia_nitrogen"] * 4,
            "mean": [30.1, 7.3, 51.7, 4.9, 12.2, None, 49.9, 5.1],
        }
    ).with_columns(mean_low="mean", mean_high="mean")
    temperatures = pl.DataFrame({"entity_id": ["a"] * 8, "step": [date(2021, 1, 1 + n) for n in range(8)]})
    temperatures = temperatures.with_columns(temperature=pl.Series([9.0, 15.0, None, 12.0] * 2))
    asked = typed(f"entity_id|period|period_start|period_end|items\na|p|2021-01-01|2021-01-04|{TWO}")

    def found(values: pl.DataFrame, degrees: pl.DataFrame) -> pl.DataFrame:
        limits = plants.limits_of_plants(PLANTS, LIMITS)
        items = plants.judged_items(values, limits, degrees, bracket_temperature=12.0)
        return plants.judged_steps(items, asked, every="1d").collect()

    assert found(days[list(order)], temperatures[list(other)]).equals(found(days, temperatures))
