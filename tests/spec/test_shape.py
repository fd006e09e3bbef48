"""What the methods ask of the frames that they are given, and what becomes of numbers that cannot be."""

from datetime import date

import polars as pl
import pytest

from analytics.catalog import load_catalog
from analytics.compute import (
    black_odorous,
    ccme,
    city_index,
    compensation,
    flow,
    kinds,
    means,
    plants,
    ratings,
    sources,
    trophic,
    water_class,
)
from analytics.compute.shape import Frame, Kind, Shape, at_once
from analytics.compute.surface_rules import surface_rules
from analytics.errors import CheckFailed
from tests.spec.typed import typed

title = "What a frame must have"
CATALOG = load_catalog()
LIMITS = water_class.limit_table(CATALOG.surface_standard, CATALOG.parameters)
FLOWS = Shape("flows", {"site": Kind.TEXT, "day": Kind.DAY, "flow": Kind.AMOUNT, "count": Kind.WHOLE}, key=("site",))
FLOW = {"site": ["a"], "day": [date(2021, 1, 1)], "flow": [1.0], "count": [1]}


def of(shape: Shape, by: tuple[str, ...] | None = None, **changed: list[object]) -> pl.DataFrame:
    return shape.of(pl.DataFrame(FLOW | changed), by=by).collect()


def test_a_frame_may_be_lazy_or_not():
    assert of(FLOWS).equals(FLOWS.of(pl.LazyFrame(FLOW)).collect())


def test_columns_of_nothing_are_typed():
    nothing = {name: [None] for name in FLOW} | {"site": ["a"]}
    assert of(FLOWS, **nothing).dtypes == [pl.String, pl.Date, pl.Float64, pl.Int64]
    empty = pl.DataFrame({name: [] for name in FLOW})
    assert FLOWS.of(empty).collect().dtypes == [pl.String, pl.Date, pl.Float64, pl.Int64]


def test_words_that_stand_for_numbers_are_words_again():
    assert FLOWS.of(pl.DataFrame(FLOW).with_columns(pl.col("site").cast(pl.Categorical))).collect()["site"][0] == "a"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0, None])
def test_an_amount_that_cannot_be_is_none(value):
    assert of(FLOWS, flow=[value])["flow"].to_list() == [None]


def test_a_whole_number_is_an_amount():
    assert of(FLOWS, flow=[3])["flow"].to_list() == [3.0]


@pytest.mark.parametrize(
    ("changed", "where", "expected", "found"),
    [
        ({"flow": ["1.0"]}, "flow", "numbers, none below 0", "String"),
        ({"day": ["2021-01-01"]}, "day", "dates", "String"),
        ({"count": [True]}, "count", "whole numbers", "Boolean"),
        ({"site": [1]}, "site", "text", "Int64"),
    ],
)
def test_a_column_of_another_kind_is_refused_at_once(changed, where, expected, found):
    with pytest.raises(CheckFailed, match="The flows have a column of another kind") as refused:
        FLOWS.of(pl.LazyFrame(FLOW | changed))
    assert (refused.value.where, refused.value.expected, refused.value.found) == (where, expected, found)


def test_a_missing_column_is_refused_at_once():
    with pytest.raises(CheckFailed, match="lack a column") as refused:
        FLOWS.of(pl.LazyFrame(FLOW).drop("day", "count"), by=["river"])
    assert refused.value.expected == "river, day, count"


def test_a_key_that_stands_twice_is_refused_with_its_place():
    twice = {name: value * 2 for name, value in FLOW.items()}
    with pytest.raises(CheckFailed, match="stand twice") as refused:
        of(FLOWS, **twice)
    assert (refused.value.where, refused.value.expected) == ("site a", "one row for each site")
    assert of(FLOWS, by=("count",), **twice | {"count": [1, 2]}).height == 2


def test_a_row_that_is_about_nothing_is_refused():
    with pytest.raises(CheckFailed, match="do not say what they are about"):
        of(FLOWS, site=[None])


def test_what_takes_all_rows_at_once_is_told_of_all_of_them():
    rows = pl.LazyFrame({"a": [3, 1, 2], "b": ["x", "y", "z"]})
    counted = at_once(rows, lambda frame: frame.select(rows=pl.len().cast(pl.Int64), highest=pl.col("a").max()))
    assert counted.collect_schema() == {"rows": pl.Int64, "highest": pl.Int64}
    assert counted.filter(pl.col("rows") == 3).select("highest").collect().item() == 3
    assert at_once(rows, lambda frame: frame.sort("a")).head(1).collect().rows() == [(1, "y")]


# Rows that stand twice would count twice

RULES = surface_rules(CATALOG.surface_rating, CATALOG.surface_standard, CATALOG.parameters)
SECTION = pl.LazyFrame(
    {"river": ["r"], "entity_id": ["s"], "water_class": [2], "class_best": [2], "class_worst": [2], "left_out": [None]}
)
ITEM = pl.LazyFrame(
    {
        **{"entity_id": ["s"], "parameter": ["ammonia_nitrogen"], "case": ["river"]},
        **{"mean": [0.4], "value": [0.4], "item_class": [2], "item_best": [2], "item_worst": [2], "months": [12]},
    }
)
SITE_MEAN = pl.LazyFrame(
    {
        **{"site_id": ["s"], "parameter": ["ammonia_nitrogen"], "mean": [0.4], "mean_low": [0.4], "mean_high": [0.4]},
        **{"months": [12], "is_undetected": [False]},
    }
)
ASKED = typed("entity_id|period|period_start|period_end\ns|2021|2021-01-01|2021-01-31")
DAILY = typed("site_id|day|mean\ns|2021-01-01|3")
TARGET = typed("entity_id|first|last|target|required_pct\ns|01-01|12-31|2|90").with_columns(since=None)
PLANT_MONTH = typed("entity_id|month|influent_bod5|treated_water\np|2021-01-01|100|10")
LEVELS = pl.LazyFrame({"lake": ["l"], "parameter": ["chlorophyll_a"], "item_level": [50.0], "reason": [None]})
TERMS = trophic.term_table(CATALOG.trophic_index, CATALOG.parameters)
MONTHLY = SITE_MEAN.drop("months").with_columns(month=date(2021, 1, 1))


def rated(sections: Frame, items: Frame) -> pl.LazyFrame:
    return ratings.rate_groups(sections, items, RULES, by=["river"])


def mean_of_city(means_of_sites: Frame, sections: Frame) -> pl.LazyFrame:
    return city_index.city_means(means_of_sites, sections, by=["city"], items=["ammonia_nitrogen"], hydrogen_ion=[])


def influent(months: Frame) -> pl.LazyFrame:
    return plants.influent_means(months, by=["entity_id"], beside={}, maximum=1000.0)


CITY_SECTION = pl.LazyFrame({"site_id": ["s"], "case": ["river"], "city": ["c"]})
GIVEN = {
    "ratings, sections": (lambda frame: rated(frame, ITEM), SECTION),
    "ratings, items": (lambda frame: rated(SECTION, frame), ITEM),
    "city, means": (lambda frame: mean_of_city(frame, CITY_SECTION), SITE_MEAN),
    "city, sections": (lambda frame: mean_of_city(SITE_MEAN, frame), CITY_SECTION),
    "means of months": (lambda frame: means.annual_means(frame, hydrogen_ion=[]), MONTHLY),
    "trophic": (lambda frame: trophic.trophic_levels(frame, TERMS, by=["lake"]), LEVELS),
    "flow, days": (lambda frame: flow.judged_days(frame, TARGET, ASKED), DAILY),
    "flow, asked": (lambda frame: flow.judged_days(DAILY, TARGET, frame), ASKED),
    "influent": (influent, PLANT_MONTH),
}


@pytest.mark.parametrize("name", GIVEN)
def test_a_row_twice_is_refused(name):
    method, frame = GIVEN[name]
    assert method(frame).collect().height > 0
    with pytest.raises(CheckFailed, match="stand twice"):
        method(pl.concat([frame, frame])).collect()


def test_a_section_of_no_city_is_refused():
    with pytest.raises(CheckFailed, match="do not say what they are about"):
        mean_of_city(SITE_MEAN, CITY_SECTION.with_columns(city=pl.lit(None, pl.String))).collect()


def test_a_section_of_no_river_is_a_group_of_its_own():
    assert rated(SECTION.with_columns(river=pl.lit(None, pl.String)), ITEM).collect()["rating"].to_list() == [1]


# Numbers that cannot be


@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf")])
def test_a_concentration_that_cannot_be_has_no_class(value):
    values = pl.DataFrame({"parameter": ["ammonia_nitrogen"], "case": ["river"], "value": [value]})
    assert water_class.classify_items(values, LIMITS).collect()["item_class"].to_list() == [None]


def test_a_redox_potential_may_lie_below_nothing():
    standard = CATALOG.standards["black_odorous_2015"]
    limits = water_class.limit_table(standard, CATALOG.parameters)
    values = pl.DataFrame({"parameter": ["redox_potential"], "case": list(standard.cases)[:1], "value": [-250.0]})
    assert water_class.classify_items(values, limits).collect()["item_class"].to_list() == [3]


def test_a_month_with_a_reading_that_is_no_number_has_no_mean():
    readings = pl.DataFrame(
        {
            **{"site_id": ["s"] * 3, "parameter": ["ammonia_nitrogen"] * 3, "below_limit": [False] * 3},
            "taken_at": [date(2021, 1, 1), date(2021, 1, 9), date(2021, 2, 1)],
            "value": [1.0, float("nan"), 2.0],
        }
    ).with_columns(pl.col("taken_at").cast(pl.Datetime))
    monthly = means.monthly_means(readings, hydrogen_ion=[])
    assert monthly.select("month", "mean").collect().rows() == [(date(2021, 2, 1), 2.0)]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), None])
def test_a_mean_that_is_no_number_gives_no_index(value):
    lake = trophic.item_levels(pl.DataFrame({"parameter": ["chlorophyll_a"], "mean": [value]}), TERMS).collect()
    assert lake.select("item_level", "reason").rows() == [(None, "no_mean")]
    limits = city_index.base_limits(CATALOG.city_index, CATALOG.surface_standard, CATALOG.parameters)
    mean = pl.DataFrame({"parameter": ["ammonia_nitrogen"], "case": ["river"], "mean": [value]})
    city = city_index.single_indices(mean, limits).collect()
    assert city.select("item_index", "reason").rows() == [(None, "no_mean")]


@pytest.mark.parametrize("value", [-1.0, float("nan")])
def test_a_concentration_that_cannot_be_leaves_the_plant_open(value):
    month = PLANT_MONTH.with_columns(influent_bod5=pl.lit(value))
    assert influent(month).select("value", "low", "high", "reason").collect().rows() == [(None, 0.0, 1000.0, "no_data")]
    limits = typed("entity_id|parameter|low|high\np|ammonia_nitrogen||5")
    read = typed("entity_id|step|parameter|mean|mean_low|mean_high\np|2021-01-01|ammonia_nitrogen|1|1|1")
    broken = read.with_columns(pl.lit(value).alias(name) for name in ("mean", "mean_low", "mean_high"))
    unknown = typed("entity_id|step|temperature").select("entity_id", "step", "temperature")
    judged = plants.judged_items(broken, limits, unknown, bracket_temperature=12.0)
    assert judged.collect()["is_within"].to_list() == [None]


def test_where_nobody_is_served_there_is_no_rate_and_that_is_said():
    plant = typed("entity_id|area_id|influent_bod5|treated_water\np|a|100|10")
    people = typed("area_id|people_served\na|0")
    found = plants.collection_rates(plant, people, load_per_person=45.0).collect()
    assert found.select("value", "reason").rows() == [(None, "no_people")]


def test_a_result_below_nothing_is_a_month_without_one():
    values = typed("entity_id|month|parameter|value\ns|2021-01-01|ammonia_nitrogen|-2")
    targets = typed("entity_id|parameter|target\ns|ammonia_nitrogen|1")
    asked = typed("entity_id|month|is_dry\ns|2021-01-01|no")
    found = compensation.exceedances(values, targets, asked, items=["ammonia_nitrogen"]).collect()
    assert found["multiple"].to_list() == [None]


def test_a_transparency_below_nothing_has_no_grade():
    standard = CATALOG.standards["black_odorous_2015"]
    method = CATALOG.black_odorous["urban_2015"]
    values = pl.DataFrame(
        {
            **{"parameter": ["transparency"], "case": list(standard.cases)[:1], "value": [-5.0]},
            **{"depth_cm": [80.0], "is_clear_to_bottom": [None]},
        }
    )
    limits = water_class.limit_table(standard, CATALOG.parameters)
    graded = black_odorous.graded_values(values, limits, standard=standard, method=method).collect()
    assert graded["item_class"].to_list() == [None]


def test_a_number_of_32_bits_is_the_decimal_that_it_was_written_as():
    values = pl.DataFrame({"parameter": ["total_phosphorus"], "case": ["river"], "value": [0.2]})
    single = values.with_columns(pl.col("value").cast(pl.Float32))
    assert water_class.classify_items(single, LIMITS).collect()["item_class"].to_list() == [3]  # on the limit


def test_a_class_that_is_no_number_is_open():
    five = pl.concat([SECTION.with_columns(entity_id=pl.lit(name)) for name in "abcde"]).collect()
    odd = five.with_columns(
        pl.when(pl.col("entity_id") == "e").then(float("nan")).otherwise(name).alias(name)
        for name in ("water_class", "class_best", "class_worst")
    )
    found = rated(odd, ITEM).collect().row(0, named=True)
    assert (found["sections_open"], found["good_low_pct"], found["good_high_pct"]) == (1, 80.0, 100.0)
    assert (found["rating"], found["rating_best"], found["rating_worst"]) == (None, 1, 2)


def test_an_open_section_of_which_no_best_or_worst_is_told_may_be_of_any_class():
    five = pl.concat([SECTION.with_columns(entity_id=pl.lit(name)) for name in "abcde"]).collect()
    is_last = pl.col("entity_id") == "e"
    odd = five.with_columns(water_class=pl.when(~is_last).then("water_class"), class_best=None, class_worst=None)
    found = rated(odd, ITEM).collect().row(0, named=True)
    assert (found["good_low_pct"], found["good_high_pct"], found["worst_high_pct"]) == (80.0, 100.0, 20.0)
    assert found["rating"] is None


def test_months_without_a_mean_are_not_counted():
    months = pl.concat([MONTHLY.with_columns(month=date(2021, n, 1)) for n in range(1, 7)])
    gaps = months.with_columns(mean=pl.when(pl.col("month").dt.month() > 2).then("mean"))
    assert means.annual_means(gaps, hydrogen_ion=[]).collect()["months"].to_list() == [4]


def test_the_months_of_two_years_are_no_year():
    two = pl.concat([MONTHLY, MONTHLY.with_columns(month=date(2020, 12, 1))])
    with pytest.raises(CheckFailed, match="of several years"):
        means.annual_means(two, hydrogen_ion=[]).collect()


def test_one_parameter_is_a_list_of_one():
    readings = pl.DataFrame(
        {
            **{"site_id": ["s"] * 2, "parameter": ["ph"] * 2, "value": [6.0, 8.0], "below_limit": [False] * 2},
            "taken_at": [date(2021, 1, 1), date(2021, 1, 9)],
        }
    )
    alone, listed = (means.monthly_means(readings, hydrogen_ion=ions).collect()["mean"] for ions in ("ph", ["ph"]))
    assert alone.to_list() == listed.to_list() == [pytest.approx(6.2967, abs=1e-4)]


def test_readings_of_nowhere_have_no_mean():
    readings = pl.DataFrame(
        {
            **{"site_id": [None, None], "parameter": ["ph", "ammonia_nitrogen"], "value": [7.0, 1.0]},
            **{"taken_at": [date(2021, 1, 1)] * 2, "below_limit": [False] * 2},
        }
    )
    assert means.monthly_means(readings, hydrogen_ion=["ph"]).collect().is_empty()


# Columns that a frame has beside those that are asked for change nothing


@pytest.mark.parametrize("name", ["target", "mean", "required_pct", "day"])
def test_what_else_stands_in_a_frame_of_periods_changes_nothing(name):
    plain, odd = (
        flow.judged_days(DAILY, TARGET, asked).sort("day").collect()
        for asked in (ASKED, ASKED.with_columns(pl.lit(99.0).alias(name)))
    )
    assert odd.equals(plain)


@pytest.mark.parametrize("name", ["high_3", "floor", "item_class", "last_class"])
def test_what_else_stands_in_a_frame_of_values_changes_no_class(name):
    values = pl.LazyFrame({"parameter": ["ammonia_nitrogen"], "case": ["river"], "value": [1.2]})
    odd = values.with_columns(pl.lit(0.0).alias(name))
    assert water_class.classify_items(odd, LIMITS).collect()["item_class"].to_list() == [4]


@pytest.mark.parametrize("name", ["decimals", "high_3", "mean", "value", "months"])
def test_what_else_stands_in_a_register_changes_no_class(name):
    section = pl.LazyFrame({"entity_id": ["s"], "case": ["river"], "items": [["ammonia_nitrogen"]]})

    def found(members: Frame) -> list[int]:
        results = water_class.item_results(SITE_MEAN, members, LIMITS, decimals=RULES.decimals, fewest=1)
        return results.collect()["item_class"].to_list()

    assert found(section.with_columns(pl.lit(0).alias(name))) == found(section) == [2]


def test_a_section_of_which_no_item_is_told_is_open_and_not_forgotten():
    section = pl.LazyFrame({"entity_id": ["s"], "case": ["river"], "items": [[]]})
    results = water_class.item_results(SITE_MEAN, section, LIMITS, decimals=RULES.decimals, fewest=1)
    found = water_class.section_classes(results, by=["entity_id"], last_class=6).collect()
    assert found.select("entity_id", "water_class", "class_best", "class_worst").rows() == [("s", None, 1, 6)]


# Periods and days


@pytest.mark.parametrize(
    ("start", "end", "every"),
    [("2021-01-01", "2021-01-15", "1mo"), ("2021-01-15", "2021-02-28", "1mo"), ("2021-02-01", "2021-01-01", "1d")],
)
def test_a_period_without_whole_steps_is_refused(start, end, every):
    asked = typed(f"entity_id|period|period_start|period_end|parameter\ns|p|{start}|{end}|ammonia_nitrogen")
    nothing = typed("site_id|parameter|step|mean").with_columns(step=pl.lit(None, pl.Date))
    with pytest.raises(CheckFailed, match="no such days, or months"):
        flow.loads(nothing, nothing.drop("parameter"), asked, every=every).collect()


def test_a_season_that_cannot_be_read_is_refused():
    with pytest.raises(CheckFailed, match="season of a flow target"):
        flow.judged_days(DAILY, TARGET.with_columns(first=pl.lit("1-1")), ASKED).collect()


GROUPED = {
    "ratings": lambda by: ratings.rate_groups(pl.DataFrame(), pl.DataFrame(), RULES, by=by),
    "ccme": lambda by: ccme.water_quality_index(
        pl.DataFrame(), CATALOG.quality_indices["ccme_2001"], by=by, below="half"
    ),
    "city": lambda by: city_index.city_indices(pl.DataFrame(), by=by),
    "influent": lambda by: plants.influent_means(pl.DataFrame(), by=by, beside={}, maximum=1000.0),
    "compliance": lambda by: plants.compliance(pl.DataFrame(), by=by),
}


@pytest.mark.parametrize("by", ["river", []])
@pytest.mark.parametrize("method", sorted(GROUPED))
def test_groups_are_told_apart_by_a_list_of_columns(method, by):
    with pytest.raises(CheckFailed, match="by no list of columns") as refused:
        GROUPED[method](by)
    assert refused.value.found == repr(by)


def test_sums_over_all_have_no_group_but_no_word_for_one():
    with pytest.raises(CheckFailed, match="by no list of columns"):
        kinds.ratio(pl.DataFrame(), by="river")


def test_periods_that_are_told_in_two_kinds_are_refused():
    now = pl.DataFrame({"city": [1], "city_index": [4.0], "items": [["ph"]], "reason": [None]})
    with pytest.raises(CheckFailed, match="in two kinds") as refused:
        city_index.index_changes(now, now.with_columns(city=pl.lit("1")), by=["city"])
    assert (refused.value.where, refused.value.found) == ("city", "Int64 and String")


def test_days_without_data_stay_where_nothing_is_required():
    asked = ASKED.with_columns(entity_id=pl.lit("p"), items=pl.lit([], pl.List(pl.String)))
    limits = typed("entity_id|parameter|low|high\np|ammonia_nitrogen||5")
    read = typed("entity_id|step|parameter|mean|mean_low|mean_high\np|2021-01-01|ammonia_nitrogen|1|1|1")
    unknown = typed("entity_id|step|temperature")
    items = plants.judged_items(read, limits, unknown, bracket_temperature=12.0)
    found = plants.compliance(plants.judged_steps(items, asked, every="1d"), by=["entity_id"]).collect()
    assert found.select("compliant", "missing", "expected").rows() == [(1, 30, 31)]


def test_a_day_may_be_told_with_its_hour():
    hourly = DAILY.with_columns(pl.col("day").cast(pl.Datetime))
    assert flow.judged_days(hourly, TARGET, ASKED).collect()["is_met"].sum() == 1


def test_a_target_of_nothing_is_none():
    values = typed("entity_id|month|parameter|value\ns|2021-01-01|ammonia_nitrogen|2")
    targets = typed("entity_id|parameter|target\ns|ammonia_nitrogen|0")
    asked = typed("entity_id|month|is_dry\ns|2021-01-01|no")
    found = compensation.exceedances(values, targets, asked, items=["ammonia_nitrogen"])
    assert compensation.section_months(found).select("multiple", "lacks_target").collect().rows() == [(None, True)]


def test_an_index_without_that_of_its_lakes_is_none():
    bodies = pl.DataFrame(
        {
            **{"city": ["c", "c"], "case": ["river", "lake"], "body_index": [1.0, None], "sections": [1, 1]},
            **{"items": [["a"], ["a"]], "items_missing": [[], []]},
        }
    )
    found = city_index.city_indices(bodies, by=["city"]).collect()
    assert found.select("city_index", "reason").rows() == [(None, "items_missing")]


def test_a_point_of_which_nobody_knows_where_it_lies_is_in_no_stretch():
    standard, method = CATALOG.standards["black_odorous_2015"], CATALOG.black_odorous["urban_2015"]
    points = pl.DataFrame(
        {"body": ["b"] * 4, "point_id": list("abcd"), "position": [None, 1, 2, None], "grade": [3] * 4}
    )
    found = black_odorous.heavy_stretches(points, by=["body"], standard=standard, method=method)
    assert all(row[2] <= 2 for row in found.select("first_point", "last_point", "points").collect().rows())


def test_what_is_used_several_times_is_made_once():
    made = []

    def counted(rows: pl.DataFrame) -> pl.DataFrame:
        made.append(rows.height)
        return rows

    sections, items = SECTION.map_batches(counted), ITEM.map_batches(counted)
    rated(sections, items).collect()
    assert made == [1, 1]


# A year of sources


def test_the_year_of_a_source_is_one_year():
    limits = sources.limits_of(CATALOG.source_assessment, CATALOG.standards, CATALOG.parameters)
    readings = pl.DataFrame(
        {
            **{"entity_id": ["w"] * 2, "parameter": ["fluoride"] * 2, "value": [0.5, 0.5], "below_limit": [False] * 2},
            "taken_on": [date(2020, 12, 30), date(2021, 1, 4)],
        }
    )
    wells = pl.DataFrame(
        {"entity_id": ["w"], "water": ["river"], "background": [[]], "background_since": [None], "in_doubt": [False]}
    )
    items = sources.judged_items(readings, wells, limits)
    with pytest.raises(CheckFailed, match="of several years"):
        sources.mean_items(items, hydrogen_ion=["ph"]).collect()
    occasions = sources.occasions(items, wells, limits)
    told = pl.DataFrame({"entity_id": [], "quarter": [], "is_out_of_use": []})
    with pytest.raises(CheckFailed, match="of several years"):
        sources.years(wells, occasions, items.limit(0), told).collect()
    negative = readings.with_columns(value=pl.lit(-0.5))
    assert sources.judged_items(negative, wells, limits).collect()["status"].to_list() == ["set_aside"] * 2


# Words where keys are wanted


def test_a_name_in_the_place_of_a_key_is_refused():
    values = pl.LazyFrame({"parameter": ["氨氮"], "case": ["river"], "value": [1.2]})
    with pytest.raises(CheckFailed, match="in the place of a key of the catalog") as refused:
        water_class.classify_items(values, LIMITS).collect()
    assert (refused.value.where, refused.value.found) == ("parameter", "氨氮")
    with pytest.raises(CheckFailed, match="in the place of a key"):
        means.annual_means(MONTHLY, hydrogen_ion=["pH"])


def test_an_item_named_otherwise_is_no_item_that_passes():
    limits = sources.limits_of(CATALOG.source_assessment, CATALOG.standards, CATALOG.parameters)
    readings = {"entity_id": ["w"], "taken_on": [date(2021, 1, 4)], "parameter": ["铁"], "value": [9.0]}
    wells = {"entity_id": ["w"], "water": ["groundwater"], "background": [[]], "background_since": [None]}
    with pytest.raises(CheckFailed, match="in the place of a key"):
        sources.judged_items(pl.DataFrame(readings | {"below_limit": [False]}), pl.DataFrame(wells), limits).collect()
