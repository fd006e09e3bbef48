"""Sources of drinking water: items against their limits, occasions by their items, years by two rules.

Source: GB 3838-2002 tables 1 to 3, GB/T 14848-2017 table 1, 环办〔2011〕22号, 环办监测函〔2020〕82号 item 7.
"""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.catalog import load_catalog
from analytics.catalog.models import Text
from analytics.catalog.worked import Answer, WorkedExample
from analytics.compute import sources
from analytics.pipeline.worked import answer, differences
from tests.conftest import text_table

title = "Sources of drinking water, from the readings to the year"
CATALOG = load_catalog()
LIMITS = sources.limits_of(CATALOG.source_assessment, CATALOG.standards, CATALOG.parameters)
# Every required item well within its limit.
CLEAN = {
    "river": {
        **{"ph": 8.0, "dissolved_oxygen": 8.0, "permanganate_index": 2.0},
        **{"ammonia_nitrogen": 0.1, "total_phosphorus": 0.05, "fluoride": 0.4},
    },
    "groundwater": {
        **{"ph": 7.5, "total_hardness": 300.0, "permanganate_index": 1.0},
        **{"ammonia_nitrogen": 0.1, "nitrate_nitrogen": 5.0, "fluoride": 0.4},
    },
}  # fmt: skip
CLEAN["lake"] = CLEAN["river"] | {"total_phosphorus": 0.02}
DAYS = tuple(date(2021, month, 15) for month in (2, 5, 8, 11))
NOBODY_TOLD = pl.DataFrame(schema={"entity_id": pl.String, "quarter": pl.Int8, "is_out_of_use": pl.Boolean})
BELOW = "below"
SAID = Text(zh="甲", en="a")


def register(water="river", background=(), since=None):
    types = {"entity_id": pl.String, "water": pl.String, "background": pl.List(pl.String), "background_since": pl.Int64}
    return pl.DataFrame([("W1", water, list(background), since)], schema=types, orient="row")


def occasion(day=DAYS[0], water="river", **changes):
    """Clean readings of a day; `fluoride=1.2` changes one, `("below", 0.0005)` was not detected, None is aside."""
    told = {name: value for name, value in (CLEAN[water] | changes).items() if value != "absent"}
    return [
        {"entity_id": "W1", "taken_on": day, "parameter": name, "value": value[-1], "below_limit": len(value) > 1}
        for name, value in ((n, v if isinstance(v, tuple) else (v,)) for n, v in told.items())
    ]


def frame(*occasions):
    schema = {
        "entity_id": pl.String,
        "taken_on": pl.Date,
        "parameter": pl.String,
        "value": pl.Float64,
        "below_limit": pl.Boolean,
    }
    return pl.DataFrame([row for rows in occasions for row in rows], schema=schema)


def item(found, name):
    return found.filter(parameter=name).collect().row(0, named=True)


def one_occasion(rows, about):
    items = sources.judged_items(frame(rows), about, LIMITS)
    return sources.occasions(items, about, LIMITS).collect().row(0, named=True)


def year_of(*occasions, about=None, told=NOBODY_TOLD, in_doubt=False):
    about = register() if about is None else about
    items = sources.judged_items(frame(*occasions), about, LIMITS)
    judged = sources.occasions(items, about, LIMITS)
    means = sources.mean_items(items, hydrogen_ion=["ph"])
    doubtful = about.with_columns(in_doubt=pl.lit(in_doubt))
    return sources.years(doubtful, judged, means, told).collect().row(0, named=True)


# Items


@pytest.mark.parametrize(
    ("water", "name", "value", "status"),
    [
        ("river", "ammonia_nitrogen", 1.0, "passes"),  # on the limit of class Ⅲ, table 1
        ("river", "ammonia_nitrogen", 1.005, "passes"),  # two places, half to even: 1.00
        ("river", "ammonia_nitrogen", 1.01, "fails"),
        ("river", "total_phosphorus", 0.1, "passes"),  # 0.2 of a river
        ("lake", "total_phosphorus", 0.1, "fails"),  # 0.05 of a lake
        ("river", "ph", 9.34, "passes"),  # assessed as 9
        ("river", "ph", 9.6, "fails"),
        ("river", "sulfate", 250.0, "passes"),  # table 2, not rounded
        ("river", "sulfate", 250.1, "fails"),
        ("river", "benzo_a_pyrene", 0.0000028, "passes"),  # table 3
        ("river", "benzo_a_pyrene", 0.0000029, "fails"),
        ("groundwater", "ammonia_nitrogen", 0.5, "passes"),  # class Ⅲ of GB/T 14848
        ("groundwater", "ammonia_nitrogen", 0.501, "fails"),  # not rounded
        ("groundwater", "ph", 8.51, "fails"),  # not rounded to 9, which would fail, nor down
        ("groundwater", "trichloromethane", 0.06, "passes"),  # 60 μg/L
        ("groundwater", "trichloromethane", 0.061, "fails"),
        ("groundwater", "odour_and_taste", 1.0, "fails"),  # 有
        ("river", "dissolved_oxygen", 4.9, "fails"),
    ],
)
def test_an_item_is_held_against_the_limit_of_its_water(water, name, value, status):
    items = sources.judged_items(frame(occasion(water=water, **{name: value})), register(water), LIMITS)
    assert item(items, name)["status"] == status


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
@pytest.mark.parametrize("name", ["dissolved_oxygen", "ammonia_nitrogen"])
def test_what_is_no_number_is_open(name, value):
    items = sources.judged_items(frame(occasion(**{name: value})), register(), LIMITS)
    assert item(items, name)["status"] == "set_aside"


def test_a_value_beyond_its_limit_has_a_multiple_but_not_ph_and_oxygen():
    rows = occasion(fluoride=1.4, ph=9.7, dissolved_oxygen=3.0)
    items = sources.judged_items(frame(rows), register(), LIMITS)
    multiples = {
        name: item(items, name)["multiple"] for name in ("fluoride", "ph", "dissolved_oxygen", "total_phosphorus")
    }
    assert multiples == {"fluoride": 0.4, "ph": None, "dissolved_oxygen": None, "total_phosphorus": None}


@pytest.mark.parametrize(
    ("limit_of_detection", "status", "assessed"),
    [(0.0001, "passes", 0.00005), (0.00011, "undetected", 0.00006), (0.0005, "undetected", 0.00025)],
    ids=["on the limit", "half of it would pass", "half of it would fail"],
)
def test_a_limit_of_detection_above_the_class_limit_cannot_be_judged(limit_of_detection, status, assessed):
    rows = occasion(mercury=(BELOW, limit_of_detection))  # class Ⅲ: 0.0001 mg/L
    found = item(sources.judged_items(frame(rows), register(), LIMITS), "mercury")
    assert (found["status"], round(found["assessed"], 5)) == (status, pytest.approx(assessed, abs=6e-6))


def test_total_nitrogen_of_a_river_is_not_judged_and_that_of_a_lake_for_reference():
    river = sources.judged_items(frame(occasion(total_nitrogen=9.0)), register(), LIMITS)
    assert river.filter(parameter="total_nitrogen").collect().is_empty()
    about = register("lake")
    lake = sources.judged_items(frame(occasion(water="lake", total_nitrogen=9.0)), about, LIMITS)
    assert (item(lake, "total_nitrogen")["status"], item(lake, "total_nitrogen")["is_reference"]) == ("fails", True)
    assert one_occasion(occasion(water="lake", total_nitrogen=9.0), about)["complies"] is True


# Occasions


@pytest.mark.parametrize(
    ("changes", "complies", "named"),
    [
        ({}, True, {}),
        ({"fluoride": 1.2}, False, {"failed": ["fluoride"]}),
        ({"mercury": (BELOW, 0.0005)}, None, {"undetected": ["mercury"]}),
        ({"mercury": (BELOW, 0.0005), "fluoride": 1.2}, False, {"failed": ["fluoride"], "undetected": ["mercury"]}),
        ({"ammonia_nitrogen": None}, None, {"set_aside": ["ammonia_nitrogen"]}),
        ({"ammonia_nitrogen": "absent"}, None, {"missing": ["ammonia_nitrogen"]}),
        ({"ammonia_nitrogen": "absent", "iron": 0.4}, False, {"failed": ["iron"], "missing": ["ammonia_nitrogen"]}),
    ],
    ids=["clean", "one fails", "too coarse", "a failure decides", "set aside", "required and missing", "both"],
)
def test_an_occasion_by_its_items(changes, complies, named):
    found = one_occasion(occasion(**changes), register())
    lists = {name: found[name] for name in ("failed", "undetected", "set_aside", "missing") if found[name]}
    assert (found["complies"], lists) == (complies, named)


def test_an_item_of_natural_background_is_listed_and_does_not_count():
    about = register("groundwater", background=["fluoride"])
    rows = occasion(water="groundwater", fluoride=1.5)
    found = item(sources.judged_items(frame(rows), about, LIMITS), "fluoride")
    assert (found["status"], found["is_background"], found["multiple"]) == ("fails", True, 0.5)
    assert one_occasion(rows, about)["complies"] is True
    later = register("groundwater", background=["fluoride"], since=2022)
    assert one_occasion(rows, later)["complies"] is False


# Years


def quarters(**changes):
    """Four clean occasions, one a quarter; `q3={"fluoride": 1.2}` changes one, `q3=None` leaves it out."""
    told = [changes.get(f"q{n}", {}) for n in (1, 2, 3, 4)]
    return [occasion(day, **c) for day, c in zip(DAYS, told, strict=True) if c is not None]


@pytest.mark.parametrize(
    ("changes", "by_occasion", "by_mean"),
    [
        ({}, True, True),
        ({"q2": {"fluoride": 1.2}}, False, True),  # mean (0.4 · 3 + 1.2) / 4 = 0.6
        ({f"q{n}": {"fluoride": 1.2} for n in (1, 2, 3, 4)}, False, False),
        ({"q3": None}, None, None),
        ({"q3": None, "q2": {"fluoride": 1.2}}, False, None),  # a failed occasion decides, a mean wants the whole year
        ({"q3": {"mercury": (BELOW, 0.0005)}}, None, None),
        ({"q3": {"ammonia_nitrogen": "absent"}}, None, None),
        ({"q3": {"ammonia_nitrogen": None}}, None, None),
    ],
    ids=["clean", "one occasion", "all", "a quarter missing", "missing, one failed", "too coarse", "no item", "aside"],
)
def test_a_year_by_every_occasion_and_by_its_mean(changes, by_occasion, by_mean):
    found = year_of(*quarters(**changes))
    assert (found["by_occasion"], found["by_mean"]) == (by_occasion, by_mean)


def test_a_mean_fails_with_whatever_was_not_detected_or_passes_with_all_of_it():
    # mercury: 0.0002 three times, once not detected with 0.0005: at least 0.00015, beyond the limit of 0.0001
    three = {f"q{n}": {"mercury": 0.0002} for n in (1, 2, 3)}
    assert year_of(*quarters(**three, q4={"mercury": (BELOW, 0.0005)}))["by_mean"] is False
    # nothing three times with 0.00002, once with 0.00015: at most 0.0000525, within it
    low = {f"q{n}": {"mercury": (BELOW, 0.00002)} for n in (1, 2, 3)}
    assert year_of(*quarters(**low, q4={"mercury": (BELOW, 0.00015)}))["by_mean"] is True


def test_the_mean_of_ph_goes_through_the_hydrogen_ions():
    # 6.0, 9.0, 9.0, 9.0: arithmetic 8.25, by ions 6.6
    about = register("groundwater")
    rows = [occasion(d, water="groundwater", ph=ph) for d, ph in zip(DAYS, (6.0, 8.5, 8.5, 8.5), strict=True)]
    items = sources.judged_items(frame(*rows), about, LIMITS)
    found = item(sources.mean_items(items, hydrogen_ion=["ph"]), "ph")
    assert round(found["assessed"], 2) == 6.6
    assert year_of(*rows, about=about)["by_mean"] is True and year_of(*rows, about=about)["by_occasion"] is False


def told(**quarters_told):
    rows = [{"entity_id": "W1", "quarter": int(q[1]), "is_out_of_use": out} for q, out in quarters_told.items()]
    return pl.DataFrame(rows, schema=NOBODY_TOLD.schema)


def test_a_quarter_out_of_use_is_no_gap_and_one_not_sampled_is():
    idle = year_of(*quarters(q3=None), told=told(q3=True))
    assert (idle["by_occasion"], idle["quarters_out_of_use"], idle["quarters_missing"]) == (True, [3], [])
    silent = year_of(*quarters(q3=None), told=told(q3=False))
    assert (silent["by_occasion"], silent["quarters_missing"]) == (None, [3])
    both = year_of(*quarters(), told=told(q3=True))  # readings say that it was in use
    assert (both["quarters_out_of_use"], both["quarters_sampled"]) == ([], [1, 2, 3, 4])


def test_without_an_occasion_nothing_is_known():
    found = year_of(told=told(q1=True, q2=True, q3=True, q4=True))
    assert (found["occasions"], found["by_occasion"], found["by_mean"]) == (0, None, None)
    assert found["quarters_out_of_use"] == [1, 2, 3, 4]


def test_an_occasion_set_aside_leaves_the_year_open_unless_another_fails():
    assert year_of(*quarters(), in_doubt=True)["by_occasion"] is None
    assert year_of(*quarters(q1={"fluoride": 1.2}), in_doubt=True)["by_occasion"] is False
    assert year_of(*quarters(q1={"fluoride": 1.2}), in_doubt=True)["by_mean"] is None


def test_seven_of_seven_comply_by_number_and_by_volume():
    """A city's report of June 2016: 7 of 7 sources, 1057.3 of 1057.3 万吨, 100 % both (facts, section 5)."""
    water = (400.0, 250.0, 180.0, 110.0, 70.0, 40.0, 7.3)
    rows = [f"W{n} | {taken}" for n, taken in enumerate(water, start=1)]
    example = WorkedExample(
        id="seven", title=SAID, given=SAID, as_of=date(2022, 1, 15), source="facts 5",
        registers="register | entity_id | area_id | attributes\n"
        + "\n".join(f"drinking_sources | W{n} | 140100 | source_level=prefecture" for n in range(1, 8)),
        states="item | entity_id | code\n" + "\n".join(f"source_compliance | W{n} | yes" for n in range(1, 8)),
        amounts="item | entity_id | value\n" + "\n".join(f"source_water_taken | {row}" for row in rows),
        answers=[
            Answer(code="G1", value=100.0, used=7, expected=7, verdict="no_target"),
            Answer(code="G1", stratum="by_volume", value=100.0, verdict="no_target"),
        ],
    )  # fmt: skip
    found = answer(example, CATALOG)
    assert differences(example, found, CATALOG) == []
    by_volume = found.values.filter(code="G1", scope_id="140000", stratum="by_volume").row(0, named=True)
    assert (round(by_volume["numerator"], 6), round(by_volume["denominator"], 6)) == (1057.3, 1057.3)


# Properties

_ITEMS = ("ammonia_nitrogen", "fluoride", "permanganate_index", "total_phosphorus", "mercury", "iron")


@given(
    st.dictionaries(st.sampled_from(_ITEMS), st.floats(0, 3, allow_subnormal=False), min_size=1),
    st.sampled_from(_ITEMS),
    st.floats(1, 50),
)
def test_a_worse_concentration_never_turns_a_failing_occasion_into_a_complying_one(values, name, factor):
    before = one_occasion(occasion(**values), register())
    worse = values | {name: values.get(name, CLEAN["river"].get(name, 0.01)) * factor}
    after = one_occasion(occasion(**worse), register())
    assert not (before["complies"] is False and after["complies"] is not False)
    assert set(before["failed"]) <= set(after["failed"])


@given(st.permutations(range(4 * len(CLEAN["river"]))))
def test_the_order_of_rows_does_not_matter(order):
    rows = frame(*quarters(q2={"fluoride": 1.2}))
    about = register()

    def found(readings):
        items = sources.judged_items(readings, about, LIMITS)
        means = sources.mean_items(items, hydrogen_ion=["ph"])
        judged = sources.occasions(items, about, LIMITS)
        return sources.years(about.with_columns(in_doubt=pl.lit(False)), judged, means, NOBODY_TOLD).collect()

    assert found(rows[list(order)]).equals(found(rows))


def test_a_text_table_of_the_limits_shows_what_is_required():
    required = LIMITS.filter(pl.col("is_required")).group_by("water").len().sort("water")
    assert required.rows() == [("groundwater", 6), ("lake", 6), ("river", 6)]
    assert LIMITS.filter(pl.col("water") == "river")["parameter"].is_unique().all()
    counted = text_table(
        "water | items\nriver | 107\nlake | 108\ngroundwater | 39"
    )  # 22 + 5 + 80, with 24 items of table 1
    assert dict(LIMITS.group_by("water").len().iter_rows()) == dict(counted.iter_rows())
