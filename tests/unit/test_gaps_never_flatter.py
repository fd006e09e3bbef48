"""What is set aside or missing leaves a gap that the bounds show: no figure is better than the truth could be."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tests.deliveries import SECTION_HEAD, SECTIONS, TOWNS, ZONE_HEAD

LATER = date(2022, 1, 20)
TOWN_HEAD = "建制镇代码,建制镇名称,市,县（市、区）,是否具备生活污水处理能力"
TOWN_STATES = f"""{TOWN_HEAD}
140121101,甲镇,太原市,清徐县,是
140121102,乙镇,太原市,清徐县,否
140122101,丙镇,太原市,阳曲县,否
140221101,丁镇,大同市,阳高县,是
"""
GOOD_PLANT = "朔州市,山阴县,甲区,甲厂,完工,2021-10-01,自报"
MENDED = "朔州市,山阴县,甲区,乙厂,完工,2021-10-02,自报"
FAULTY = {
    "stage": "朔州市,山阴县,甲区,乙厂,完公,2021-10-01,自报",
    "name": "朔州市,山阴县,甲区,,完工,2021-10-01,自报",
    "county": "朔州市,山阳县,甲区,乙厂,完工,2021-10-01,自报",
    "place": "朔洲市,山阳县,甲区,乙厂,完工,2021-10-01,自报",
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
    ],
    ids=["county misspelt", "county blank", "code blank", "code twice"],
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
    assert desk.hand_in("section_monthly", "\n".join([SECTION_HEAD, *months]) + "\n").rules_broken == []
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
    elsewhere = "长治市,襄垣县,丙区,丙厂,完工,2021-10-01,自报"
    desk.hand_in("zone_plants", plants("朔州市,应县,乙区,乙厂,完工,2021-10-01,自报", FAULTY["county"], elsewhere))
    verdicts = {i: desk.value("T10a", i)["verdict"] for i in ("140621", "140622", "140000")}
    assert verdicts == {"140621": "no_data", "140622": "no_data", "140000": "no_data"}


def test_a_plant_not_finished_decides_whatever_was_set_aside_beside_it(desk):
    unfinished = "朔州市,山阴县,甲区,甲厂,开工,,自报"
    desk.hand_in("zone_plants", plants(unfinished, FAULTY["stage"]))
    assert desk.value("T10a", "140621")["verdict"] == "not_met"
    assert desk.value("T10a", "140000")["verdict"] == "not_met"


@pytest.mark.parametrize(
    ("dry", "sampled", "expected"),
    [(12, 0, 2), (5, 7, 2), (5, 0, 2), (4, 7, 3), (1, 0, 3)],
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
