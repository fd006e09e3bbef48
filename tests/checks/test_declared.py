"""Checks that look beyond the row: each form with rows that keep it, and rows that break it and nothing else."""

from datetime import date, datetime

import polars as pl
import pytest

from analytics.errors import CatalogError
from analytics.quality.gate import Before, gate_version, run_gate
from tests.checks.conftest import NOT_MEASURED, broke, members, outcome

OWN = """
source: {source}
{kind}:
  - id: own_rule
    severity: warning
    {body}
    message: {{zh: 甲, en: a}}
    reason: 试验
    since: "2021"
"""
PLANTS, MANURE, SECTIONS = "zone_plants", "manure", "section_monthly"
NEVER_FALLS = "columns: [capacity_m3_d]\n    never_falls: true"
SUM = "columns: [manure_used_t]\n    sums_to: manure_produced_t\n    by: [city]\n    tolerance_pct: 1"


@pytest.fixture
def own(tmp_path):
    """Writes an expectations file with one check of a kind."""

    def write(source, kind, body):
        file = tmp_path / "expectations" / f"{source}.yml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(OWN.format(source=source, kind=kind, body=body), encoding="utf-8")
        return file

    return write


def found(result):
    """What was found, by row."""
    return dict(result.broken.select("row", "found").iter_rows())


def month(number, **cells):
    """A row of section S1 in that month of 2021."""
    start = date(2021, number, 1)
    times = {"month": start, "taken_at": datetime(2021, number, 1), "period_start": start}
    return {**times, "dissolved_oxygen": 8.0, **cells}


def plant(year, capacity, **cells):
    """The plant 甲厂 as told for a year."""
    span = {"period_start": date(year, 1, 1), "period_end": date(year, 12, 31)}
    return {**span, "plant_name": "甲厂", "capacity_m3_d": capacity, "completed_date": date(2020, 9, 30), **cells}


def test_rows_alike_for_too_long_all_break_the_check(gate, own):
    rule = own(SECTIONS, "cross_row", "columns: [ph, dissolved_oxygen]\n    same_for: 3")
    twice = [month(1), month(2), month(3, ph=7.5), month(4), month(5)]
    assert broke(gate(SECTIONS, *twice, expectations=rule)) == {}
    result = gate(SECTIONS, *twice, month(6), expectations=rule)
    assert broke(result) == {n: {"own_rule"} for n in (4, 5, 6)}
    assert found(result)[4] == "ph=8; dissolved_oxygen=8; times=2021-04-01 … 2021-06-01 (3)"


def test_rows_that_lack_a_value_are_passed_over_and_others_are_of_others(gate, own):
    rule = own(SECTIONS, "cross_row", "columns: [ph, dissolved_oxygen]\n    same_for: 2")
    unmeasured = {"ph": None, "ph_as_delivered": NOT_MEASURED}
    rows = [month(1, **unmeasured), month(2, **unmeasured), month(3), month(4, section_code="S2", entity_id="S2")]
    assert broke(gate(SECTIONS, *rows, expectations=rule)) == {}
    across_a_gap = [month(1), month(2, **unmeasured), month(3)]
    assert broke(gate(SECTIONS, *across_a_gap, expectations=rule)) == {1: {"own_rule"}, 3: {"own_rule"}}


def test_a_row_may_be_like_one_delivered_before(gate, own):
    rule = own(SECTIONS, "cross_row", "columns: [ph, dissolved_oxygen]\n    same_for: 2")
    assert broke(gate(SECTIONS, month(2), expectations=rule, before=[month(1, ph=7.9)])) == {}
    assert broke(gate(SECTIONS, month(2), expectations=rule, before=[month(1)])) == {1: {"own_rule"}}


def test_what_this_file_replaces_is_not_held_against_it(gate, own):
    rule = own(SECTIONS, "cross_row", "columns: [ph, dissolved_oxygen]\n    same_for: 2")
    rows = [month(1, ph=7.9), month(2)]
    assert broke(gate(SECTIONS, *rows, expectations=rule, before=[month(1), month(3)])) == {}


def test_copies_contradictions_and_values_out_of_range_are_left_to_their_own_checks(gate, own):
    rule = own(SECTIONS, "cross_row", "columns: [ph, dissolved_oxygen]\n    same_for: 2")
    rows = [month(1), month(1), month(3, ph=7.0), month(3, ph=7.1), month(5, ph=77.0), month(6, ph=77.0)]
    assert broke(gate(SECTIONS, *rows, expectations=rule)) == {
        2: {"row_not_repeated"},
        3: {"key_unique"},
        4: {"key_unique"},
        5: {"ph_plausible"},
        6: {"ph_plausible"},
    }


def test_a_value_that_falls_breaks_the_check(gate, own):
    rule = own(PLANTS, "cross_row", NEVER_FALLS)
    before = [plant(2020, 5000.0)]
    assert broke(gate(PLANTS, plant(2021, 5000.0), expectations=rule, before=before)) == {}
    result = gate(PLANTS, plant(2021, 4999.0), expectations=rule, before=before)
    assert (broke(result), found(result)) == ({1: {"own_rule"}}, {1: "capacity_m3_d=4999; before=5000"})


def test_what_was_delivered_more_than_a_year_before_is_not_asked(gate, own):
    rule = own(PLANTS, "cross_row", NEVER_FALLS)
    assert broke(gate(PLANTS, plant(2021, 1.0), expectations=rule, before=[plant(2019, 5.0)])) == {}


def test_codes_fall_by_the_order_that_is_given(gate, own):
    rule = own(PLANTS, "cross_row", "columns: [stage]\n    never_falls: true\n    order: [started, completed]")
    told = {"stage": "started", "stage_as_delivered": "已开工", "completed_date": None, "trial_date": None}
    done = {"stage": "completed", "stage_as_delivered": "已完工", "trial_date": None}
    forth = gate(PLANTS, plant(2021, 1.0, **done), expectations=rule, before=[plant(2020, 1.0, **told)])
    back = gate(PLANTS, plant(2021, 1.0, **told), expectations=rule, before=[plant(2020, 1.0, **done)])
    assert (broke(forth), broke(back)) == ({}, {1: {"own_rule"}})
    assert found(back) == {1: "stage=已开工; before=已完工"}


def test_a_group_adds_up_to_its_total(gate, own):
    rule = own(MANURE, "cross_row", SUM)
    of_city = [{"manure_used_t": used, "manure_produced_t": 100.0} for used in (60.0, 39.0)]
    assert broke(gate(MANURE, *of_city, expectations=rule)) == {}  # 99 of 100, within one per cent
    result = gate(MANURE, *of_city, {"city": "140200", "manure_produced_t": 80.8}, expectations=rule)
    assert broke(result) == {}
    result = gate(MANURE, *of_city, {"city": "140200", "manure_produced_t": 81.0}, expectations=rule)
    assert (broke(result), found(result)) == ({3: {"own_rule"}}, {3: "manure_produced_t=81; sum=80"})


def test_a_group_of_which_a_value_is_missing_is_not_asked(gate, own):
    rule = own(MANURE, "cross_row", SUM)
    unread = {"manure_used_t": None, "manure_used_t_problem": "unreadable"}
    whole = {"city": "140200", "manure_used_t": 80.0, "manure_produced_t": 80.0}
    assert outcome(gate(MANURE, {"manure_used_t": 1.0}, unread, whole, expectations=rule), "own_rule") == ("passed", 0)


@pytest.mark.parametrize(
    ("now", "before", "is_broken"),
    [(200.0, 100.0, False), (200.1, 100.0, True), (50.0, 100.0, False), (49.9, 100.0, True), (0.0, 100.0, True),
     (9.9, 1.0, False), (10.0, 1.0, True), (100.0, None, False)],
)  # fmt: skip
def test_a_value_is_held_against_that_of_the_year_before(gate, own, now, before, is_broken):
    rule = own(PLANTS, "year_on_year", "column: capacity_m3_d\n    factor: 2\n    floor: 10")
    result = gate(PLANTS, plant(2021, now), expectations=rule, before=[plant(2020, before)])
    assert broke(result) == ({1: {"own_rule"}} if is_broken else {})


def test_the_year_before_may_stand_in_the_same_file_and_counts_by_its_period(gate, own):
    rule = own(SECTIONS, "year_on_year", "column: bod5\n    factor: 2\n    floor: 2")
    former = {"taken_at": datetime(2020, 3, 1), "period_start": date(2020, 3, 1)}
    rows = [month(3, bod5=1.0) | former, month(2, bod5=9.0), month(3, bod5=3.0)]
    result = gate(SECTIONS, *rows, expectations=rule)
    assert (broke(result), found(result)) == ({3: {"own_rule"}}, {3: "bod5=3; year_before=1"})
    assert result.broken["column"].to_list() == ["bod5"]


DISTRIBUTIONS = {
    "median": ("median: [7, 9]", [6.0, 7.0, 7.0, 9.0], [6.0, 6.9, 6.9, 9.0], "median=6.9 (n=4)"),
    "median of an even number": ("median: [7, 9]", [6.0, 6.0, 8.0, 8.0], [6.0, 6.0, 7.9, 8.0], "median=6.95 (n=4)"),
    "same": ("same_at_most_pct: 50", [7.0, 7.0, 8.0, 9.0], [7.0, 7.0, 7.0, 8.0], "share=75.0% (3/4)"),
}


@pytest.mark.parametrize("name", list(DISTRIBUTIONS))
def test_the_values_of_a_file_lie_as_declared(gate, own, name):
    form, good, bad, told = DISTRIBUTIONS[name]
    rule = own(SECTIONS, "distribution", f"column: ph\n    fewest: 4\n    {form}")
    passes = gate(SECTIONS, *({"ph": value} for value in good), expectations=rule)
    fails = gate(SECTIONS, *({"ph": value} for value in bad), expectations=rule)
    assert (outcome(passes, "own_rule"), outcome(fails, "own_rule")) == (("passed", 0), ("failed", 1))
    assert fails.checks.filter(check="own_rule")["found"].to_list() == [told]
    assert set(fails.checks.filter(pl.col("check") != "own_rule")["outcome"]) == {"passed"}
    assert not fails.refused and fails.broken.is_empty()


def test_not_too_many_readings_are_below_detection(gate, own):
    rule = own(SECTIONS, "distribution", "column: bod5\n    fewest: 2\n    below_limit_at_most_pct: 50")
    below, read = {"bod5": 0.5, "bod5_below_limit": True}, {"bod5": 2.0, "bod5_below_limit": False}
    assert outcome(gate(SECTIONS, below, read, expectations=rule), "own_rule") == ("passed", 0)
    result = gate(SECTIONS, below, below, read, expectations=rule)
    assert outcome(result, "own_rule") == ("failed", 1)
    assert result.checks.filter(check="own_rule")["found"].to_list() == ["share=66.7% (2/3)"]


CALENDAR = "register_name: sections\n    cadence: month"
TWO = members(
    ("sections", "S1", "甲断面", "140121", date(2021, 1, 1), None),
    ("sections", "S2", "乙断面", "140221", date(2021, 3, 1), date(2021, 12, 31)),
)


def second(number, **cells):
    """A row of section S2 in that month of 2021."""
    return month(number, section_code="S2", section_name="乙断面", entity_id="S2", **cells)


def test_every_member_has_a_row_in_every_month_that_the_file_is_about(gate, own):
    rule = own(SECTIONS, "calendar", CALENDAR)
    rows = [month(1), month(2), month(3), second(3)]  # S2 is on the register since March
    assert outcome(gate(SECTIONS, *rows, expectations=rule, known=TWO), "own_rule") == ("passed", 0)
    result = gate(SECTIONS, month(1), month(4), second(4), expectations=rule, known=TWO)
    assert outcome(result, "own_rule") == ("failed", 3)
    told = result.checks.filter(check="own_rule")["found"].to_list()
    assert told == ["甲断面 S1: 2021-02, 2021-03; 乙断面 S2: 2021-03"]
    assert not result.refused and result.broken.is_empty()


def test_a_row_delivered_before_serves_too(gate, own):
    rule = own(SECTIONS, "calendar", CALENDAR)
    result = gate(SECTIONS, month(3), expectations=rule, known=TWO, before=[second(3)])
    assert outcome(result, "own_rule") == ("passed", 0)


def test_of_an_area_only_its_members_are_asked_for(gate, own):
    rule = own(SECTIONS, "calendar", CALENDAR)
    assert outcome(gate(SECTIONS, month(3), expectations=rule, known=TWO, area="140100"), "own_rule") == ("passed", 0)
    assert outcome(gate(SECTIONS, month(3), expectations=rule, known=TWO, area="140200"), "own_rule") == ("failed", 1)


def test_a_slip_in_a_year_does_not_ask_for_all_the_years_between(gate, own):
    rule = own(SECTIONS, "calendar", CALENDAR)
    many = [month(3, taken_at=datetime(2021, 3, day)) for day in range(1, 21)]
    slip = month(3, taken_at=datetime(2022, 3, 1), period_start=date(2022, 3, 1))
    result = gate(SECTIONS, *many, second(3), slip, expectations=rule, known=TWO)
    assert outcome(result, "own_rule") == ("passed", 0)


def test_a_calendar_without_its_register_could_not_be_checked(gate, own):
    rule = own(SECTIONS, "calendar", "register_name: towns\n    cadence: month")
    result = gate(SECTIONS, month(1), expectations=rule, known=TWO)
    assert outcome(result, "own_rule") == ("could_not_be_checked", None)
    assert not result.refused


def test_a_check_between_rows_that_raises_could_not_be_made_and_harms_no_other(gate, own, stage, monkeypatch):
    from analytics.quality import across

    monkeypatch.setattr(across, "_fallen", lambda declared: "SELECT 1 / nothing")
    result = gate(PLANTS, plant(2021, 1.0), {"zone_name": None}, expectations=own(PLANTS, "cross_row", NEVER_FALLS))
    assert outcome(result, "own_rule") == ("could_not_be_checked", None)
    assert "nothing" in result.checks.filter(check="own_rule")["problem"][0]
    assert broke(result) == {2: {"zone_name_present"}}


def test_the_version_follows_what_came_before_only_where_a_check_looks_back(catalog, registers, own, tmp_path):
    before = Before((tmp_path / "abc-1.parquet",), "140100")
    plants, stations = catalog.source(PLANTS), catalog.source("stations")
    rule = own(PLANTS, "cross_row", NEVER_FALLS)
    versions = [gate_version(plants, catalog, rule, registers, before=b) for b in (Before(), before)]
    assert versions[0] != versions[1]
    assert gate_version(stations, catalog, None, registers) == gate_version(
        stations, catalog, None, registers, before=before
    )


@pytest.mark.parametrize(
    ("kind", "body", "what"),
    [
        ("cross_row", "columns: [ph]", "give one of same_for, never_falls, sums_to"),
        ("cross_row", "columns: [ph, bod5]\n    never_falls: true", "go with exactly one column"),
        ("cross_row", "columns: [ph]\n    same_for: 2\n    order: [a]", "order goes with never_falls"),
        ("cross_row", "columns: [ph]\n    sums_to: bod5", "by goes with sums_to"),
        ("cross_row", "columns: [section_name]\n    never_falls: true", "holds no numbers"),
        ("cross_row", "columns: [phh]\n    same_for: 2", "did you mean ph"),
        ("cross_row", "columns: [ph]\n    same_for: 1", "greater than or equal to 2"),
        ("year_on_year", "column: ph\n    factor: 1\n    floor: 0", "greater than 1"),
        ("distribution", "column: ph\n    fewest: 5", "give one of below_limit_at_most_pct"),
        ("distribution", "column: ph\n    fewest: 5\n    median: [9, 7]", "the lowest comes first"),
        ("distribution", "column: month\n    fewest: 5\n    below_limit_at_most_pct: 9", "no column month_below_limit"),
        ("calendar", "register_name: sections\n    cadence: week", "'day', 'month', 'quarter' or 'year'"),
    ],
)
def test_what_breaks_the_form_of_the_file_is_named(stage, catalog, registers, own, kind, body, what):
    rule = own(SECTIONS, kind, body)
    with pytest.raises(CatalogError) as caught:
        run_gate(
            stage(SECTIONS, {}),
            catalog.source(SECTIONS),
            catalog=catalog,
            registers=registers,
            expectations=rule,
        )
    assert what in str(caught.value)
    assert f"key {kind}.0" in str(caught.value.where)


# Whom the form asks, and in which months


def _channel(number, member="T1"):
    day = date(2021, number, 1)
    return {"entity_id": member, "month": day, "period_start": day}


def test_a_calendar_asks_for_no_month_that_the_form_does_not(gate):
    result = gate("return_channel_states", _channel(5), _channel(10), known=members(_CHANNEL))
    assert outcome(result, "channels_complete") == ("passed", 0)  # from June to September nobody asks
    result = gate("return_channel_states", _channel(10), _channel(12), known=members(_CHANNEL))
    assert outcome(result, "channels_complete") == ("failed", 1)


_CHANNEL = ("return_channels", "T1", "甲渠", "140121", None, None)


@pytest.mark.parametrize(("area_kind", "told"), [("prefecture_city", ("failed", 1)), ("county_city", ("passed", 0))])
def test_a_calendar_asks_for_no_member_that_the_form_does_not(gate, area_kind, told):
    known = members(*(("black_odorous_bodies", f"T{n}", "甲河", "140121", None, None) for n in (1, 2)))
    other = pl.when(pl.col("entity_id") == "T2").then(pl.lit(f'{{"built_up_area_of": "{area_kind}"}}'))
    known = known.with_columns(attributes=other.otherwise("attributes"))
    day = date(2021, 1, 1)
    row = {"entity_id": "T1", "period_start": day, "period_end": date(2021, 3, 31), "taken_at": datetime(2021, 2, 1)}
    assert outcome(gate("body_monitoring", row, known=known), "quarters_complete") == told


# Nothing to hold the file against

YEAR = "column: capacity_m3_d\n    factor: 2\n    floor: 10"
ALIKE = "columns: [ph]\n    same_for: 3"
MEDIAN = "column: ph\n    fewest: 4\n    median: [7, 9]"
HALF_SUM = {"manure_used_t": None, "manure_used_t_problem": "unreadable"}
NOTHING = {
    "no earlier year": (PLANTS, "year_on_year", YEAR, [plant(2021, 50.0)], "没有收到上年同期的数据"),
    "no value": (PLANTS, "year_on_year", YEAR, [plant(2021, None)], "本文件没有这一栏的数值"),
    "nothing earlier": (PLANTS, "cross_row", NEVER_FALLS, [plant(2021, 50.0)], "没有同一对象更早的数据"),
    "too few rows": (SECTIONS, "cross_row", ALIKE, [month(1), month(2)], "没有哪个对象有3个数据"),
    "no whole sum": (MANURE, "cross_row", SUM, [{"manure_used_t": 1.0}, HALF_SUM], "没有各部分和合计都填报的对象"),
    "too few values": (SECTIONS, "distribution", MEDIAN, [{"ph": 1.0}] * 3, "只有3个数值，至少要4个才能判断"),
}


@pytest.mark.parametrize("name", list(NOTHING))
@pytest.mark.parametrize("severity", ["warning", "critical"])
def test_what_a_file_cannot_be_held_against_is_neither_kept_nor_a_reason_to_refuse_it(gate, own, name, severity):
    source, kind, body, rows, why = NOTHING[name]
    rule = own(source, kind, body)
    rule.write_text(rule.read_text(encoding="utf-8").replace("warning", severity), encoding="utf-8")
    result = gate(source, *rows, expectations=rule)
    assert outcome(result, "own_rule") == ("could_not_be_checked", None) and not result.refused
    (problem,) = result.checks.filter(check="own_rule")["problem"]
    assert problem.startswith(why) and "(nothing to compare: " in problem


def test_a_calendar_that_asks_for_nobody_could_not_be_checked(gate, own):
    rule = own(SECTIONS, "calendar", CALENDAR)
    result = gate(SECTIONS, month(3), expectations=rule, known=TWO, area="140300")
    assert outcome(result, "own_rule") == ("could_not_be_checked", None)
    (problem,) = result.checks.filter(check="own_rule")["problem"]
    assert problem.startswith("名录中没有本期、本地区应填报的对象")


def test_a_calendar_asks_for_no_city_without_what_it_is_asked_about(gate):
    known = members(*(("cities", f"140{n}00", "某市", f"140{n}00", None, None) for n in (1, 2)))
    with_one = pl.concat([known, members(("outfalls", "P1", "甲口", "140121", None, None))])
    row = {"city": "140100", "area_id": "140100", "month": date(2021, 9, 1), "period_start": date(2021, 9, 1)}
    assert outcome(gate("outfall_publication", row, known=with_one), "months_complete") == ("passed", 0)
    with_two = pl.concat([with_one, members(("outfalls", "P2", "乙口", "140221", None, None))])
    assert outcome(gate("outfall_publication", row, known=with_two), "months_complete") == ("failed", 1)


def test_a_calendar_asks_for_the_places_that_the_text_names(gate):
    known = members(*(("counties", area, "某县", area, None, None) for area in ("140121", "140105")))
    year = {"period_start": date(2021, 1, 1), "period_end": date(2021, 12, 31)}
    told = gate("combined_sewers", {"area_id": "140121", **year}, known=known)
    assert outcome(told, "towns_complete") == ("passed", 0)  # 小店区 is no county town
    silent = gate("combined_sewers", {"area_id": "140105", **year}, known=known)
    assert outcome(silent, "towns_complete") == ("failed", 1)
