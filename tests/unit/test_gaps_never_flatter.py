"""What is set aside or missing leaves a gap that the bounds show: no figure is better than the truth could be."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from analytics.errors import CheckFailed
from analytics.warehouse.queries import open_warehouse, whole_table
from tests.deliveries import SECTION_HEAD, SECTIONS, TOWNS, ZONE_HEAD

FIGURES = ["G2", "G3b", "T06d", "T10a"]

LATER = date(2022, 1, 20)
TOWN_HEAD = "建制镇代码,建制镇名称,市,县（市、区）,是否具备生活污水处理能力"
TOWN_STATES = f"""{TOWN_HEAD}
140121101,甲镇,太原市,清徐县,是
140121102,乙镇,太原市,清徐县,否
140122101,丙镇,太原市,阳曲县,否
140221101,丁镇,大同市,阳高县,是
"""
GOOD_PLANT = "朔州市,山阴县,甲开发区,甲厂,完工,2021-10-01,自报"
MENDED = "朔州市,山阴县,甲开发区,乙厂,完工,2021-10-02,自报"
FAULTY = {
    "stage": "朔州市,山阴县,甲开发区,乙厂,完公,2021-10-01,自报",
    "name": "朔州市,山阴县,甲开发区,,完工,2021-10-01,自报",
    "county": "朔州市,山阳县,甲开发区,乙厂,完工,2021-10-01,自报",
    "place": "朔洲市,山阳县,甲开发区,乙厂,完工,2021-10-01,自报",
}


def plants(*rows: str) -> str:
    return "\n".join([ZONE_HEAD, *rows]) + "\n"


@pytest.mark.parametrize(
    "register",
    [
        TOWNS.replace("太原市,阳曲县", "太原市,阳阳县"),
        TOWNS.replace("太原市,阳曲县", "太原市,"),
        TOWNS.replace("140122101,丙镇", ",丙镇"),
        TOWNS + "140122101,丙二镇,太原市,阳曲县\n",
        TOWNS.replace("140122101,丙镇", ",甲镇"),
    ],
    ids=["county misspelt", "county blank", "code blank", "code twice", "code blank, name of another"],
)
def test_a_town_of_a_faulty_register_entry_stays_in_the_count(desk, register):  # D-016
    desk.hand_in("towns", register)
    desk.hand_in("town_sewage", TOWN_STATES)
    province = desk.value("T06d", "140000")
    assert (province["used"], province["expected"]) == (3, 4)
    assert (province["low"], province["high"], province["verdict"]) == (50.0, 75.0, "undecided")  # truth: 50 %
    towns = desk.asked("members_of_year", year=2021).filter(pl.col("code") == "T06d")
    assert towns.filter(pl.col("numerator").is_null())["status"].to_list() == ["set_aside"]


def test_a_register_entry_without_its_code_is_put_right_by_name(desk):
    desk.hand_in("towns", TOWNS.replace("140122101,丙镇", ",丙镇"))
    desk.hand_in("towns", TOWNS, received=LATER)
    desk.hand_in("town_sewage", TOWN_STATES)
    province = desk.value("T06d", "140000")
    assert (province["expected"], province["value"], province["verdict"]) == (4, 50.0, "not_met")


@pytest.mark.parametrize(
    "entry", [",Ⅲ,5项", "河流,Ⅸ,5项", "河流,Ⅲ,三项"], ids=["no water body", "no such class", "items unreadable"]
)
def test_a_section_of_a_faulty_register_entry_is_not_judged_and_not_forgotten(desk, entry):
    months = [f"{s},x,2021-{m:02d},正常,8.0,9.0,2.0,0.1,0.05" for s in ("S1", "S2", "S3") for m in range(1, 13)]
    desk.hand_in("sections", SECTIONS.replace("河流,Ⅲ,5项\nS3", f"{entry}\nS3"))
    assert desk.hand_in("section_monthly", "\n".join([SECTION_HEAD, *months]) + "\n").result.set_aside_rows == 0
    province = desk.value("G2", "140000")
    assert (province["value"], province["used"], province["expected"]) == (100.0, 2, 3)
    assert (round(province["low"], 1), province["high"]) == (66.7, 100.0)


def test_a_broken_correction_of_a_register_leaves_the_member_undecided(desk):
    desk.hand_in("towns", TOWNS)
    desk.hand_in("town_sewage", TOWN_STATES)
    assert desk.value("T06d", "140000")["value"] == 50.0
    desk.hand_in("towns", TOWNS.replace("太原市,阳曲县", "太原市,阳阳县"), received=LATER)
    province = desk.value("T06d", "140000")
    assert (province["used"], province["expected"], province["verdict"]) == (3, 4, "undecided")


@pytest.mark.parametrize("fault", FAULTY.values(), ids=FAULTY)
def test_a_second_plant_set_aside_leaves_its_zone_undecided_until_put_right(desk, fault):  # D-016
    desk.hand_in("zone_plants", plants(GOOD_PLANT, fault))
    assert desk.value("T10a", "140621")["verdict"] == "no_data"
    desk.hand_in("zone_plants", plants(MENDED), received=LATER)
    assert desk.value("T10a", "140621")["verdict"] == "met"


def test_a_plant_whose_county_nobody_can_read_leaves_every_zone_of_its_city_open(desk):
    elsewhere = "长治市,襄垣县,丙开发区,丙厂,完工,2021-10-01,自报"
    desk.hand_in("zone_plants", plants("朔州市,应县,乙开发区,乙厂,完工,2021-10-01,自报", FAULTY["county"], elsewhere))
    verdicts = {i: desk.value("T10a", i)["verdict"] for i in ("140621", "140622", "140000")}
    assert verdicts == {"140621": "no_data", "140622": "no_data", "140000": "no_data"}


def test_a_plant_not_finished_decides_whatever_was_set_aside_beside_it(desk):
    unfinished = "朔州市,山阴县,甲开发区,甲厂,开工,,自报"
    desk.hand_in("zone_plants", plants(unfinished, FAULTY["stage"]))
    assert desk.value("T10a", "140621")["verdict"] == "not_met"
    assert desk.value("T10a", "140000")["verdict"] == "not_met"


@pytest.mark.parametrize(
    ("dry", "sampled", "expected"),
    [(12, 0, 2), (5, 7, 3), (5, 0, 3), (4, 7, 3), (1, 0, 3)],
    ids=["all year", "seven wet months", "five dry, the rest silent", "eight could be had", "one dry, the rest silent"],
)
def test_only_want_of_water_leaves_a_section_out(desk, dry, sampled, expected):  # D-017
    months = [f"{s},x,2021-{m:02d},正常,8.0,9.0,2.0,0.1,0.05" for s in ("S1", "S2") for m in range(1, 13)]
    months += [f"S3,x,2021-{m:02d},断流,--,--,--,--,--" for m in range(1, dry + 1)]
    months += [f"S3,x,2021-{12 - m:02d},正常,8.0,1.0,20,3.0,0.5" for m in range(sampled)]
    desk.hand_in("sections", SECTIONS)
    desk.hand_in("section_monthly", "\n".join([SECTION_HEAD, *months]) + "\n")
    province = desk.value("G2", "140000")
    assert (province["used"], province["expected"]) == (2, expected)
    assert (province["low"] < 100) == (expected == 3)


DIRTY = "正常,8.0,9.0,2.0,19.9,0.05"
CLEAN = "正常,8.0,9.0,2.0,0.1,0.05"


def year_of_section(section: str, **instead: str) -> list[str]:
    """Twelve clean months of a section; `m3="…"` gives another March, without a state where it is empty."""
    return [
        f"{section},x,2021-{m:02d},{instead.get(f'm{m}', CLEAN)}" for m in range(1, 13) if instead.get(f"m{m}", CLEAN)
    ]


def monthly(*rows: str) -> str:
    return "\n".join([SECTION_HEAD, *rows]) + "\n"


@pytest.mark.parametrize(
    "rows",
    [
        year_of_section("S1", m3=DIRTY.replace("19.9", "19..9")),
        year_of_section("S1", m3=DIRTY.replace("19.9", "99999")),
        [*year_of_section("S1", m3=DIRTY), "S1,x,2021-03,正常,8.0,9.0,2.0,19.8,0.05"],
        [*year_of_section("S1", m3=""), f"S1,x,桃月,{DIRTY}"],
    ],
    ids=["unreadable", "implausible", "told twice", "month unreadable"],
)
def test_a_month_set_aside_leaves_its_item_open_in_the_bounds(desk, rows):  # D-016
    desk.hand_in("sections", SECTIONS)
    desk.hand_in("section_monthly", monthly(*rows, *year_of_section("S2"), *year_of_section("S3")))
    province = desk.value("G2")
    assert (province["value"], province["used"], province["expected"]) == (100.0, 3, 3)
    assert (round(province["low"], 1), province["high"]) == (66.7, 100.0)
    assert desk.value("G3b")["verdict"] == "undecided"
    desk.hand_in("section_monthly", monthly(f"S1,x,2021-03,{DIRTY}"), received=LATER)
    province = desk.value("G2")
    assert (province["value"], province["low"], province["high"]) == pytest.approx([200 / 3] * 3)  # mean 1.75


def test_a_month_of_a_refused_file_leaves_its_sections_open(desk):
    desk.hand_in("sections", SECTIONS)
    sections = [row for s in ("S1", "S2", "S3") for row in year_of_section(s, m12="")]
    desk.hand_in("section_monthly", monthly(*sections))
    december = [f"{s},x,2021-12,{CLEAN}" for s in ("S1", "S2", "S3")]
    with pytest.raises(CheckFailed):
        desk.hand_in("section_monthly", monthly(*(d.replace("正常", "不详") for d in december)), received=LATER)
    assert (desk.value("G2")["value"], desk.value("G2")["low"], desk.value("G3b")["verdict"]) == (100, 0, "undecided")
    desk.hand_in("section_monthly", monthly(*december), received=date(2022, 1, 21))
    assert (desk.value("G2")["low"], desk.value("G3b")["verdict"]) == (100, "met")


@pytest.mark.parametrize(
    ("february", "verdict"),
    [("冰封,--,--,--,--,--", "met"), ("", "undecided"), ("未采样,--,--,--,--,--", "undecided")],
    ids=["frozen", "silent", "not sampled, nobody says why"],
)
def test_only_ice_and_want_of_water_excuse_a_month(desk, february, verdict):  # D-020
    desk.hand_in("sections", SECTIONS)
    rows = year_of_section("S1", m1="冰封,--,--,--,--,--", m2=february)
    desk.hand_in("section_monthly", monthly(*rows, *year_of_section("S2"), *year_of_section("S3")))
    found = desk.value("G2")
    assert (found["value"], round(found["low"], 1)) == (100.0, 100.0 if verdict == "met" else 66.7)
    assert desk.value("G3b")["verdict"] == verdict


def test_months_held_back_flatter_no_more_than_months_with_a_slip(desk):
    desk.hand_in("sections", SECTIONS)
    autumn = {f"m{m}": "" for m in range(9, 13)}
    desk.hand_in("section_monthly", monthly(*(r for s in ("S1", "S2", "S3") for r in year_of_section(s, **autumn))))
    assert (desk.value("G3b")["value"], desk.value("G3b")["high"], desk.value("G3b")["verdict"]) == (0, 3, "undecided")


def test_a_limit_of_detection_too_high_to_tell_leaves_the_section_open(desk):
    desk.hand_in("sections", SECTIONS.replace("Ⅲ,5项\nS2", "Ⅲ,5项+汞\nS2"))
    head = SECTION_HEAD + ",汞(mg/L)"
    clean = [f"{s},x,2021-{m:02d},{CLEAN}," for s in ("S2", "S3") for m in range(1, 13)]
    never_detected = [f"S1,x,2021-{m:02d},{CLEAN},0.005L" for m in range(1, 13)]
    desk.hand_in("section_monthly", "\n".join([head, *clean, *never_detected]) + "\n")
    # half of 0.005 mg/L is worse than class Ⅴ, nothing at all is class Ⅰ: nobody found any
    found = desk.value("G3b")
    assert (found["value"], found["low"], found["high"], found["verdict"]) == (0, 0, 1, "undecided")
    assert found["is_breach"] is False


def test_a_water_body_nobody_knows_is_judged_as_both(desk):
    register = SECTIONS.replace("汾河,河流,Ⅲ,5项\nS2", "汾河,未定,Ⅲ,5项\nS2")
    desk.hand_in("sections", register)
    rows = [f"{s},x,2021-{m:02d},正常,8.0,9.0,2.0,0.1,0.15" for s in ("S1", "S2", "S3") for m in range(1, 13)]
    desk.hand_in("section_monthly", monthly(*rows))  # phosphorus 0.15: class Ⅲ of a river, Ⅴ of a lake
    found = desk.value("G2")
    assert (found["value"], round(found["low"], 1), found["high"]) == (100.0, 66.7, 100.0)


def test_a_file_of_further_items_takes_nothing_away(desk):  # D-018
    head = SECTION_HEAD + ",氟化物(mg/L)"
    desk.hand_in("sections", SECTIONS.replace("Ⅲ,5项\nS2", "Ⅲ,5项+氟化物\nS2"))
    desk.hand_in("section_monthly", monthly(*(r for s in ("S1", "S2", "S3") for r in year_of_section(s))))
    assert desk.value("G2")["used"] == 2
    later = "\n".join([head, *(f"S1,x,2021-{m:02d},正常,,,,,,1.2" for m in range(1, 13))]) + "\n"
    desk.hand_in("section_monthly", later, received=LATER)
    assert (desk.value("G2")["used"], round(desk.value("G2")["value"], 1)) == (3, 66.7)  # fluoride 1.2: class Ⅳ
    states = desk.asked("readings_of_year", register="sections", year=2021)
    assert states.filter(pl.col("site_id") == "S1").height == 6 * 12


@pytest.mark.parametrize(("cell", "used"), [("", 3), ("--", 2)], ids=["blank takes nothing", "a mark withdraws"])
def test_a_later_cell_that_says_nothing_withdraws_nothing(desk, cell, used):
    desk.hand_in("sections", SECTIONS)
    desk.hand_in("section_monthly", monthly(*(r for s in ("S1", "S2", "S3") for r in year_of_section(s))))
    withdrawn = [f"S1,x,2021-{m:02d},正常,8.0,9.0,2.0,{cell},0.05" for m in range(1, 7)]
    desk.hand_in("section_monthly", monthly(*withdrawn), received=LATER)
    assert desk.value("G2")["used"] == used


def test_a_section_told_dry_has_no_readings_of_that_month(desk):
    desk.hand_in("sections", SECTIONS)
    desk.hand_in("section_monthly", monthly(*year_of_section("S1")))
    desk.hand_in("section_monthly", monthly("S1,x,2021-05,断流,,,,,"), received=LATER)
    desk.values()
    with open_warehouse(desk.workspace) as connection:
        states = whole_table(connection, "fact_state").filter(pl.col("period_start") == date(2021, 5, 1))
    assert states["value_code"].to_list() == ["dry"]
    readings = desk.asked("readings_of_year", register="sections", year=2021)
    assert readings.filter(pl.col("parameter") == "ph").height == 11  # no water, no readings


def test_a_date_after_the_day_its_file_came_is_a_plan_also_when_later_files_came(desk):
    plan = "朔州市,山阴县,甲开发区,甲厂,完工,2021-10-30,自报"
    desk.hand_in("zone_plants", plants(plan), received=date(2021, 9, 1))
    desk.hand_in("towns", TOWNS, received=LATER)
    assert desk.value("T10a", "140621")["verdict"] == "no_data"
    desk.hand_in("zone_plants", plants(plan) + "长治市,襄垣县,丙开发区,丙厂,开工,,自报\n", received=LATER)
    assert desk.value("T10a", "140621")["verdict"] == "met"


def test_a_plant_of_an_industrial_park_is_none_of_the_zones(desk):
    park = "朔州市,山阴县,甲工业园区,甲厂,完工,2021-10-01,自报"
    found = desk.hand_in("zone_plants", plants(park, "长治市,襄垣县,丙开发区,丙厂,开工,,自报"))
    assert (found.rules_broken, found.result.set_aside_rows) == ([("zone_name_in_scope", 1)], 0)
    assert desk.value("T10a", "140621")["verdict"] == "not_delivered"
    desk.hand_in("zone_plants", plants(GOOD_PLANT, park.replace("甲厂,完工,2021-10-01", "乙厂,开工,")), received=LATER)
    assert desk.value("T10a", "140621")["verdict"] == "met"


def test_a_park_set_aside_leaves_no_zone_open(desk):
    park = "朔州市,山阴县,甲工业园区,乙厂,完公,2021-10-01,自报"
    desk.hand_in("zone_plants", plants(GOOD_PLANT, park))
    assert desk.value("T10a", "140621")["verdict"] == "met"


SHARED = ("阳高县", "天镇县", "广灵县", "灵丘县")
OF_YANGGAO = "".join(f"14022110{n},{n}镇,大同市,阳高县\n" for n in (1, 2, 3, 4))


@pytest.mark.parametrize(
    "name", ["城关镇", "东关镇", ""], ids=["the name of another", "a name of their own", "no name"]
)
def test_entries_without_a_code_in_several_places_are_members_each(desk, name):
    """Four towns of four counties without a code; another file has a town of the first name in another county."""
    head = TOWNS.splitlines()[0]
    told = "建制镇代码,建制镇名称,市,县（市、区）,是否具备处理能力\n140121101,城关镇,太原市,清徐县,具备\n"
    desk.hand_in("towns", f"{head}\n140121101,城关镇,太原市,清徐县\n")
    without_code = "".join(f",{name},大同市,{county}\n" for county in SHARED)
    desk.hand_in("towns", f"{head}\n{OF_YANGGAO}{without_code}", received=LATER)
    means = "".join(f"14022110{n},{n}镇,大同市,阳高县,具备\n" for n in (1, 2, 3, 4))
    desk.hand_in("town_sewage", told + means)
    row = desk.value("T06d")
    assert (row["used"], row["expected"], row["verdict"]) == (5, 9, "undecided")
    assert row["low"] == pytest.approx(100 * 5 / 9)
