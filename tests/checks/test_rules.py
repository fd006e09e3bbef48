"""The shipped expectations: every rule is broken by a row made for it, and by no other."""

from datetime import date

import pytest

from analytics.catalog import load_catalog
from tests.checks.conftest import GOOD, broke
from tests.checks.pairs import WORKS
from tests.checks.subjects import SUBJECTS

UNREAD = {"ph": None, "permanganate_index": None, "ammonia_nitrogen": None}
UNSAMPLED = {"ph": None, "permanganate_index": None, "ammonia_nitrogen": None}
BROKEN_BY = {
    "manure": {
        "used_within_produced": {"manure_used_t": 100.5},
        "something_produced": {"manure_produced_t": 0.0, "manure_used_t": 0.0},
        "used_in_good_part": {"manure_used_t": 9.9},
    },
    "section_monthly": {
        "ammonia_within_total_nitrogen": {"ammonia_nitrogen": 2.1},
        "permanganate_within_oxygen_demand": {"permanganate_index": 20.1},
        "biochemical_within_oxygen_demand": {"bod5": 20.1},
        "unsampled_without_readings": {"sampling_state": "dry"},
        "sampled_with_readings": UNSAMPLED,
    },
    "section_recognised": {
        "class_or_exclusion": {"recognised_class": None},
        "excluded_without_class": {"section_exclusion": "disaster"},
    },
    "sections": {
        "valid_span": {"valid_to": 2015},
        "water_body_determined": {"water_body": "undetermined"},
    },
    "station_readings": {
        "with_readings": {**UNSAMPLED, "total_nitrogen": None},
        "ammonia_within_total_nitrogen": {"ammonia_nitrogen": 2.1},
        "total_nitrogen_measured": {"total_nitrogen": 0.05},  # and ammonia above it is no finding of its own
        "class_from_normal_station": {"station_state": "maintenance"},
        "permanganate_above_zero": {"permanganate_index": 0.0},
        "stamp_is_recent": {"file_date": date(2021, 7, 9)},
        "stamp_not_after_publication": {"file_date": date(2021, 6, 30)},
    },
    "drinking_sources": {
        "valid_span": {"valid_to": 2015},
        "large_rural_source_is_rural": {"source_level": "county"},
        "background_with_reason": {"background_items": ["fluoride"]},
    },
    "source_quarterly": {
        "ammonia_within_total_nitrogen": {"ammonia_nitrogen": 1.1},
        "permanganate_within_oxygen_demand": {"permanganate_index": 10.1},
        "hardness_within_dissolved_solids": {"total_hardness": 751.0},
        "sampled_with_readings": UNREAD,
        "unsampled_without_readings": {"source_sampling_state": "not_sampled", "unsampled_reason": "道路中断"},
        "unsampled_with_reason": {"source_sampling_state": "not_sampled", **UNREAD},
        "out_of_use_without_water": {"source_sampling_state": "out_of_use", **UNREAD},
    },
    "stations": {"water_body_determined": {"water_body": "undetermined"}},
    "town_sewage": {
        "able_by_some_means": {"capability_by": "none"},
        "unable_by_no_means": {"can_treat_sewage": "unable"},
    },
    "towns": {"valid_span": {"valid_to": 2015}},
    "zone_plants": {
        **WORKS,
        "started_by_stage": {"stage": "preparation", "completed_date": None, "trial_date": None},
        "completed_by_stage": {"stage": "started", "trial_date": None},
        "completed_within_period": {"completed_date": date(2022, 1, 1), "trial_date": None},
        "trial_after_completed": {"trial_date": date(2021, 9, 29)},
        "trial_by_stage": {"stage": "completed"},
        "capacity_above_zero": {"capacity_m3_d": 0.0},
        "zone_name_in_scope": {"zone_name": "甲工业园区"},
    },
} | {source: cases for subject in SUBJECTS for source, cases in subject.BROKEN_BY.items()}
# Of every register: a code that a spreadsheet has cut off.
for _register in (s for s in load_catalog().sources.values() if s.register_as):
    _codes = [name for name in _register.register_as.id_fields if name.endswith("_code")]
    _cut_off = {f"{name}_in_full": {name: "1.40121E+11"} for name in _codes}
    BROKEN_BY[_register.id] = {**BROKEN_BY.get(_register.id, {}), **_cut_off}
# A class that was not published breaks the catalog's check too, which this source takes as information.
TOGETHER = {"station_readings": {"class_when_normal": "official_class_present"}}


@pytest.mark.parametrize("source_id", list(GOOD))
def test_every_rule_is_broken_by_its_row_alone(gate, source_id):
    cases = BROKEN_BY.get(source_id, {})
    result = gate(source_id, *cases.values(), {})
    assert broke(result) == {number: {rule} for number, rule in enumerate(cases, start=1)}


def test_every_source_has_its_cases(catalog):
    assert set(GOOD) == set(catalog.sources)


def test_a_station_without_its_class_keeps_its_readings(gate):
    result = gate("station_readings", {"official_class": None, "official_class_as_delivered": "*"}, {})
    assert broke(result) == {1: {"official_class_present", "class_when_normal"}}
    assert result.set_aside_rows == 0
    assert set(result.broken["severity"]) == {"info"}


def test_a_value_below_detection_is_not_held_against_another(gate):
    below = {"ammonia_nitrogen": 0.025, "ammonia_nitrogen_below_limit": True, "total_nitrogen": 0.02}
    assert broke(gate("section_monthly", below, {})) == {}


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"source_sampling_state": "out_of_use", "water_taken_wan_m3": 0.0}, set()),
        ({"source_sampling_state": "not_sampled", "unsampled_reason": "道路中断"}, set()),
        (
            {"source_sampling_state": "not_sampled", "unsampled_reason": "汛期", "period_start": None},
            {"sampling_date_present"},
        ),
        ({}, {"sampling_date_present", "sampled_with_readings"}),
    ],
    ids=["out of use", "not sampled", "of no quarter", "sampled"],
)
def test_only_a_row_about_nothing_sampled_needs_no_day(gate, changes, rules):
    blank = {**UNREAD, "sampling_date": None}
    assert broke(gate("source_quarterly", {**blank, **changes}, {})) == ({1: rules} if rules else {})


def test_a_town_source_needs_no_word_on_being_a_large_rural_one(gate):
    rows = [{"is_large_rural_source": None, "source_level": level} for level in ("county", "rural")]
    assert broke(gate("drinking_sources", *rows, {})) == {2: {"is_large_rural_source_present"}}


def test_a_column_that_nobody_filled_asks_nothing(gate):
    checks = gate("source_quarterly", {}, {}).checks
    assert checks.filter(check="benzene_plausible").select("outcome", "failed").row(0) == ("passed", 0)
    faulty = gate("source_quarterly", {"benzene": -1.0}, {"benzene_problem": "unreadable"}, {})
    assert broke(faulty) == {1: {"benzene_plausible"}, 2: {"benzene_readable"}}


@pytest.mark.parametrize("stage_code", ["trial", "accepted", "stable"])
def test_later_stages_need_the_date_of_completion_too(gate, stage_code):
    result = gate("zone_plants", {"stage": stage_code, "completed_date": None}, {})
    assert broke(result) == {1: {"completed_with_date"}}
