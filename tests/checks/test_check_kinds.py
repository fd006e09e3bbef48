"""Every kind of check: a good row passes it, and a row with one fault breaks it and nothing else."""

from datetime import date, datetime

import polars as pl
import pytest

from analytics.quality import staged
from analytics.quality.checks import checks_for
from analytics.quality.given import with_unread_cells_given
from analytics.quality.result import NOTHING_TO_CHECK, NOTHING_TO_COMPARE
from tests.checks.conftest import GOOD, broke, members, outcome

MANURE = [
    ({"city": None}, {"city_present"}),
    ({"county": None, "county_as_delivered": "某县", "county_problem": "unknown_area"}, {"county_readable"}),
    ({"manure_used_t": None}, {"manure_used_t_present"}),
    (
        {"manure_used_t": None, "manure_used_t_as_delivered": "约80", "manure_used_t_problem": "unreadable"},
        {"manure_used_t_readable"},
    ),
    ({"manure_produced_t": 4_000_001.0, "manure_used_t": 3_900_000.0}, {"manure_produced_t_in_range"}),
    ({"area_id": None}, {"area_id_present"}),
]
NO_READINGS = {"ph": None, "permanganate_index": None, "ammonia_nitrogen": None}
SECTIONS = [
    ({"section_code": None, "entity_id": None}, {"section_code_present"}),  # nothing more is said of the key
    ({"section_name": "  "}, {"section_name_present"}),
    ({"sampling_state": "asleep", **NO_READINGS}, {"sampling_state_allowed"}),
    ({"entity_id": "X9"}, {"entity_registered"}),
    ({"entity_id": "T1"}, {"entity_registered"}),  # a member, but of another register
    ({"taken_at": datetime(2022, 1, 1)}, {"entity_registered"}),  # S1 left the register with 2021
    ({"taken_at": datetime(2014, 12, 31, 23)}, {"entity_registered"}),
    ({"ph": 14.1}, {"ph_plausible"}),
    ({"ph": -0.1}, {"ph_plausible"}),
    ({"ammonia_nitrogen": -0.2}, {"ammonia_nitrogen_plausible"}),
    ({"ph": None, "ph_as_delivered": "八", "ph_problem": "unreadable"}, {"ph_readable"}),
    ({"entity_id": None}, {"entity_id_present"}),
    ({"section_name": "乙断面"}, {"name_as_registered"}),
    ({"entity_id": "X9", "section_name": "乙断面"}, {"entity_registered"}),
]
WATERS = ("river", "groundwater")
GOOD_SECTION_ROWS = [
    {"ph": None, "ph_as_delivered": "--"},  # a missing reading is no error
    {"ph": 0.0},
    {"ph": 14.0},
    {"taken_at": datetime(2021, 12, 31, 23)},  # the last hour of the register, by the local clock
    {"taken_at": datetime(2016, 1, 1, 0)},
    {"taken_at": datetime(2015, 1, 1, 0)},  # the year before its first, for comparison
    {"sampling_state": None},
]


UNCHECKED = "could_not_be_checked"
HAS_NO_ROWS = pl.col("problem").str.contains(NOTHING_TO_CHECK, literal=True).fill_null(False)
IS_ALONE = pl.col("problem").str.contains(NOTHING_TO_COMPARE, literal=True).fill_null(False)


NO_BASICS = dict.fromkeys(["ph", "dissolved_oxygen", "permanganate_index", "ammonia_nitrogen", "total_phosphorus"])
BASICS_UNTOLD = {f"{name}_told" for name in NO_BASICS}
UNTOLD = [
    ({"dissolved_oxygen": None}, {"dissolved_oxygen_told"}),
    ({"dissolved_oxygen": None, "sampling_state": None}, {"dissolved_oxygen_told"}),
    ({"dissolved_oxygen": None, "dissolved_oxygen_as_delivered": "未监测"}, set()),
    ({"dissolved_oxygen": None, "sampling_state": "dry"}, {"unsampled_without_readings"}),  # no water: nothing is asked
    ({**NO_BASICS, "sampling_state": "dry"}, set()),
    ({**NO_BASICS, "sampling_state": "not_sampled"}, set()),
    ({**NO_BASICS, "sampling_state": "sampled"}, {"sampled_with_readings"}),  # one word for the row, not five
    ({**NO_BASICS, "sampling_state": None}, BASICS_UNTOLD),
]


def test_a_blank_required_reading_is_told_unless_the_row_says_why(gate):
    result = gate("section_monthly", *(changes for changes, _ in UNTOLD))
    assert broke(result) == {number: rules for number, (_, rules) in enumerate(UNTOLD, start=1) if rules}
    assert result.set_aside_rows == 1  # that of a river without water; what else the others tell counts
    found = result.broken.filter(check="dissolved_oxygen_told").row(0, named=True)
    assert (found["severity"], found["column"]) == ("warning", "dissolved_oxygen")
    assert "未监测" in found["expected_zh"]


def test_which_items_must_be_told_of_a_source_goes_by_its_water(gate, registers):
    known = pl.concat([registers, members(*(("drinking_sources", w, "甲水源", None, None, None) for w in WATERS))])
    blank = dict.fromkeys(["dissolved_oxygen", "total_hardness", "fluoride"])
    rows = [{"entity_id": water, **blank} for water in (*WATERS, "W3")]
    assert broke(gate("source_quarterly", *rows, known=known)) == {
        1: {"dissolved_oxygen_told", "fluoride_told"},
        2: {"total_hardness_told", "fluoride_told"},
    }  # nobody knows what water W3 is
    unlisted = gate("source_quarterly", *rows, known=registers.filter(register="sections"))
    assert outcome(unlisted, "fluoride_told")[0] == UNCHECKED


@pytest.mark.parametrize("source_id", list(GOOD))
def test_a_good_row_breaks_nothing(gate, source_id):
    result = gate(source_id, {}, {})
    assert result.broken.is_empty()
    of_members = pl.col("check").str.ends_with("_complete")  # two rows are not those of every member
    assert set(result.checks.filter(~of_members & ~HAS_NO_ROWS & ~IS_ALONE)["outcome"]) == {"passed"}
    assert (result.refused, result.set_aside_rows, result.rows) == (False, 0, 2)


@pytest.mark.parametrize(("source_id", "cases"), [("manure", MANURE), ("section_monthly", SECTIONS)])
def test_one_fault_breaks_one_rule(gate, source_id, cases):
    result = gate(source_id, *(changes for changes, _ in cases))
    assert broke(result) == {number: rules for number, (_, rules) in enumerate(cases, start=1)}


@pytest.mark.parametrize(
    ("source_id", "problem", "told"),
    [
        ("section_monthly", "no_detection_limit", ["检出限", "0.01L", "limit of detection"]),
        ("station_readings", "unknown_flag", ["M 维护调试", "M (maintenance)", "hd 现场测试"]),
    ],
)
def test_a_reading_that_lacks_something_says_what(gate, source_id, problem, told):  # D-040
    found = {"ph": None, "ph_as_delivered": "甲", "ph_problem": problem}
    row = gate(source_id, found).broken.filter(check="ph_readable").row(0, named=True)
    assert all(word in row["expected_zh"] + row["expected_en"] for word in told)
    assert (row["column"], row["found"]) == ("ph", "甲")


def test_what_is_at_a_limit_or_merely_missing_passes(gate):
    assert broke(gate("section_monthly", *GOOD_SECTION_ROWS)) == {}


def test_a_file_without_rows_is_refused(gate):
    result = gate("manure")
    assert outcome(result, "rows_present") == ("failed", 1)
    assert (result.refused, result.rows) == (True, 0)


def test_rows_left_out_on_reading_are_not_checked_but_are_rows(gate, stage):
    file = stage("manure", {"manure_used_t": None}, {})
    left_out = pl.when(pl.col("row") == 1).then(pl.lit("blank")).alias("left_out")
    pl.read_parquet(file).with_columns(left_out).write_parquet(file)
    result = gate("manure", file=file)
    assert (broke(result), result.rows) == ({}, 1)
    pl.read_parquet(file).filter(pl.col("row") == 1).write_parquet(file)
    assert not gate("manure", file=file).refused


def test_rows_that_contradict_one_another_all_break_the_key(gate):
    same = {"area_id": "140121"}
    result = gate("manure", same, {**same, "manure_used_t": 70.0}, {"area_id": "140122"}, same)
    assert broke(result) == {1: {"key_unique"}, 2: {"key_unique"}, 4: {"row_not_repeated"}}
    found = dict(result.broken.select("row", "found").iter_rows())
    assert found == {
        1: "area_id=140121; rows=1, 2",
        2: "area_id=140121; rows=1, 2",
        4: "area_id=140121; same_as=1",
    }


@pytest.mark.parametrize(
    "remark", ["单位：万吨", "数据单位为千克", "含规模以下；单位:kg", "单位 万吨。", "单位：\uff4b\uff47", "单位：㎏"]
)
def test_a_remark_that_names_another_unit_leaves_the_number_open(gate, remark):
    assert outcome(gate("manure", {"remark": remark}, {}), "remark_without_other_unit") == ("failed", 1)


@pytest.mark.parametrize(
    "remark", ["单位：吨", "填报单位：万吨级养殖场", "责任单位：亩产办", "单位：县农业农村局", "共 3 万吨"]
)
def test_a_remark_may_name_an_office_or_the_unit_of_the_column(gate, remark):
    assert outcome(gate("manure", {"remark": remark}, {}), "remark_without_other_unit") == ("passed", 0)


def test_of_rows_alike_the_first_is_kept(gate):
    same = {"area_id": "140121"}
    result = gate("manure", same, {**same, "remark": "补报"}, {**same, "sheet": "表2", "row": 1})
    assert (broke(result), result.set_aside_rows) == (
        {2: {"row_not_repeated"}, 1: {"row_not_repeated"}},
        2,
    )
    assert set(result.broken["found"]) == {"area_id=140121; same_as=表1!1"}
    assert result.broken.select("sheet", "row").rows() == [("表1", 2), ("表2", 1)]


def test_readings_alike_are_one_reading_whatever_class_was_published(gate):
    moment = {"taken_at": datetime(2021, 7, 1, 8)}
    rows = [moment, {**moment, "official_class": "Ⅲ"}, {"taken_at": datetime(2021, 7, 1, 12)}]
    assert broke(gate("station_readings", *rows)) == {2: {"row_not_repeated"}}


def test_a_key_with_a_hole_repeats_nothing(gate):
    hole = {"taken_at": None, "stamp": None}
    assert broke(gate("station_readings", hole, hole, {}, {})) == {1: {"stamp_present"}, 2: {"stamp_present"}}


def test_half_of_the_rows_may_be_set_aside_but_not_more(gate):
    bad = {"manure_used_t": 9e9}
    half = gate("manure", bad, {})
    assert (outcome(half, "share_set_aside"), half.refused) == (("passed", 0), False)
    more = gate("manure", bad, bad, {})
    assert (outcome(more, "share_set_aside"), more.refused) == (("failed", 1), True)


def test_a_bad_reading_sets_itself_aside_and_not_its_row(gate, catalog):
    from analytics.quality.gate import readings_set_aside, rows_set_aside

    source = catalog.source("section_monthly")
    result = gate("section_monthly", {"ph": 78.2}, {"section_name": None}, {"ammonia_nitrogen": 3.0})
    assert readings_set_aside(result.broken, source).rows() == [("abc", "表1", 1, "ph")]
    assert rows_set_aside(result.broken, source).rows() == [("abc", "表1", 2)]
    assert (result.set_aside_rows, broke(result)[3]) == (1, {"ammonia_within_total_nitrogen"})  # a warning


def test_what_was_found_and_expected_is_said_in_both_languages(gate):
    result = gate(
        "section_monthly",
        {"ph": 78.2},
        {"month": None, "month_as_delivered": "8月", "month_problem": "outside_period"},
        {
            "sampling_state": None,
            "sampling_state_as_delivered": "停",
            "sampling_state_problem": "unknown_code",
        },
    )
    told = result.broken.select("column", "found", "expected_zh", "expected_en").rows()
    assert told == [
        ("ph", "78.2", "0 至 14", "0 to 14"),
        ("month", "8月", "报告期内的时间", "a time within the period of the delivery"),
        (
            "sampling_state",
            "停",
            "其中之一：正常、断流、冰封、未采样",
            "one of: 正常 (sampled), 断流 (no flow), 冰封 (frozen), 未采样 (not sampled)",
        ),
    ]


def test_an_optional_column_that_was_not_delivered_breaks_nothing(gate, stage):
    file = stage("station_readings", {}, {})
    frame = pl.read_parquet(file)
    frame.drop(c for c in frame.columns if c.startswith("file_date")).write_parquet(file)
    result = gate("station_readings", file=file)
    assert (result.refused, set(result.checks.filter(~HAS_NO_ROWS & ~IS_ALONE)["outcome"])) == (False, {"passed"})
    unasked = result.checks.filter(HAS_NO_ROWS).select("check", "outcome").rows()
    assert unasked == [("stamp_is_recent", UNCHECKED), ("stamp_not_after_publication", UNCHECKED)]


def test_a_large_file_is_checked_where_it_lies_and_with_the_same_answer(gate, monkeypatch):
    rows = [{"manure_used_t": 100.5}, {"area_id": "140121"}, {"area_id": "140121", "manure_used_t": 70.0}, {}]
    small = gate("manure", *rows)
    monkeypatch.setattr(staged, "_KEPT_IN_MEMORY", 0)
    large = gate("manure", *rows)
    assert large.broken.equals(small.broken) and large.checks.equals(small.checks)
    assert large.broken.height == 3


def test_lists_and_years_are_checked_too(gate):
    unread = {"item_list": None, "item_list_as_delivered": "全部", "item_list_problem": "unreadable"}
    result = gate("sections", unread, {"valid_from": None}, {"item_list": None}, {})
    assert broke(result) == {1: {"item_list_readable"}, 3: {"item_list_present"}}


def test_the_day_of_a_reading_is_that_of_its_local_clock(gate):
    early = {
        "taken_at": datetime(2021, 7, 2, 1),
        "file_date": date(2021, 7, 1),
    }  # still the first in Greenwich
    assert broke(gate("station_readings", early, {})) == {1: {"stamp_not_after_publication"}}


def test_a_wrong_name_is_held_against_the_registers_and_counts_all_the_same(gate):
    result = gate("section_monthly", {"section_name": "乙断面"}, {})
    assert result.broken["found"].to_list() == ["section_name=乙断面; registered=甲断面"]
    assert (result.set_aside_rows, result.broken["severity"].to_list()) == (0, ["warning"])


def test_a_row_with_the_code_of_one_member_and_the_name_of_another_is_of_neither(gate):
    known = members(
        ("drinking_sources", "W1", "甲水源", "140121", None, None),
        ("drinking_sources", "W2", "乙水源", "140105", None, None),
        ("drinking_sources", "W3", "丙水源", "140221", None, None),
    )
    rows = [{"entity_id": "W1", "source_name": name} for name in ("乙水源", "丙水源", "甲水源地", "甲水源")]
    found = broke(gate("source_quarterly", *rows, known=known))
    about_names = {"name_of_no_other", "name_as_registered"}
    told = {number: rules & about_names for number, rules in found.items() if rules & about_names}
    assert told == {1: {"name_of_no_other"}, 2: {"name_as_registered"}, 3: {"name_as_registered"}}


def test_a_member_that_was_renamed_may_bear_either_name(gate):
    known = members(
        ("drinking_sources", "W1", "甲水源", "140121", None, date(2020, 12, 31)),
        ("drinking_sources", "W1", "乙水源", "140121", date(2021, 1, 1), None),
        ("drinking_sources", "W2", "甲水源", "140105", None, None),
    )
    assert "name_of_no_other" not in broke(gate("source_quarterly", {"entity_id": "W1"}, known=known)).get(1, set())


def test_a_day_that_cannot_be_read_is_told_of_once(gate):
    """Whoever typed a day was told, too, that there was none."""
    unread = {"completed_date": None, "completed_date_problem": "unreadable"}
    result = gate("zone_plants", unread, {"completed_date": None}, {}, {}, {})
    assert broke(result) == {1: {"completed_date_readable"}, 2: {"completed_with_date"}}
    assert result.set_aside_rows == 2


def test_evidence_with_a_day_that_cannot_be_read_counts(gate):
    result = gate("evidence", {"evidence_date": None, "evidence_date_problem": "unreadable"}, {})
    assert broke(result) == {1: {"evidence_date_readable"}} and result.set_aside_rows == 0


@pytest.mark.parametrize(
    ("readable", "rule", "is_given"),
    [
        ("critical", "critical", True),
        ("critical", "warning", True),
        ("warning", "warning", True),
        ("warning", "critical", False),
        ("info", "warning", False),
    ],
)
def test_a_cell_counts_as_given_only_where_it_is_told_of_as_gravely(catalog, readable, rule, is_given):
    """Else a row would count that a rule sets aside."""
    checks = {c.id: c for c in checks_for(catalog.source("zone_plants"), catalog, None)}
    mine = [
        checks["completed_date_readable"].model_copy(update={"severity": readable}),
        checks["completed_with_date"].model_copy(update={"severity": rule, "rule": "a OR completed_date IS NOT NULL"}),
    ]
    given = 'a OR ("completed_date" IS NOT NULL OR "completed_date_problem" IS NOT NULL)'
    assert with_unread_cells_given(mine)[1].rule == (given if is_given else "a OR completed_date IS NOT NULL")
