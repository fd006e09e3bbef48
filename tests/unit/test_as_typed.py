"""What people read of a number is what they typed, with its unit; what was read of it stands beside."""

import polars as pl
import pytest
from openpyxl import load_workbook

from analytics.pipeline.intake import examine_all
from analytics.pipeline.quarantine import quarantine
from analytics.reporting.check_report import write_check_report
from analytics.reporting.slips import write_slip
from tests.deliveries import MANURE_HEAD, SECTION_HEAD, SECTIONS

IN_10000_T = MANURE_HEAD.replace("（吨）", "（万吨）")


def told(found, check):
    return found.result.broken.filter(check=check)["found"].to_list()


@pytest.mark.parametrize(
    ("head", "produced", "shown"),
    [
        (IN_10000_T, "500", "500 万吨 (= 5000000 吨)"),
        (IN_10000_T, "-5吨", "-5吨"),
        (MANURE_HEAD, "500万吨", "500万吨 (= 5000000 吨)"),
        (MANURE_HEAD, '"5,000,000"', "5,000,000"),
        (MANURE_HEAD, "5×10^6", "5×10^6 → 5000000"),
        (MANURE_HEAD, "5000000", "5000000"),
    ],
    ids=["the unit of the heading", "of the cell, as it is kept", "of the cell", "thousands", "a power", "plain"],
)
def test_a_number_out_of_its_range_is_told_as_it_was_typed(desk, head, produced, shown):
    rows = "".join(f"太原市,{county},1,1\n" for county in ("清徐县", "阳曲县"))
    found = desk.hand_in("manure", f"{head}\n{rows}太原市,娄烦县,{produced},0\n")
    assert told(found, "manure_produced_t_in_range") == [shown]


def test_a_reading_is_told_as_it_was_typed(desk):
    desk.hand_in("sections", SECTIONS)
    head = SECTION_HEAD.replace("氨氮(mg/L)", "氨氮(μg/L)")
    found = desk.hand_in("section_monthly", f"{head}\nS1,甲断面,1,正常,78.2,8,3,4000000,0.08\n")
    assert told(found, "ammonia_nitrogen_plausible") == ["4000000 μg/L (= 4000 mg/L)"]
    assert told(found, "ph_plausible") == ["78.2"]


def test_slip_quarantine_and_check_page_say_what_was_typed(desk):
    rows = "".join(f"太原市,{county},1,1\n" for county in ("清徐县", "阳曲县"))
    found = desk.hand_in("manure", f"{IN_10000_T}\n{rows}太原市,娄烦县,0.5,0.8\n")
    slip = load_workbook(write_slip(found, desk.workspace, desk.catalog)).worksheets[1]
    both = "畜禽粪污综合利用量 0.8 万吨 (= 8000 吨)；畜禽粪污产生量 0.5 万吨 (= 5000 吨)"
    assert f"报送值：{both}" in slip["C4"].comment.text
    examined, members = examine_all(desk.workspace, desk.catalog)
    lines = quarantine(examined, members, desk.catalog)
    assert lines["found"].to_list() == [both]
    page = write_check_report(examined, desk.workspace, desk.catalog, corrections={}).read_text(encoding="utf-8")
    assert "畜禽粪污产生量：0.5 万吨 (= 5000 吨)" in page


def test_a_change_against_the_year_before_is_told_as_it_was_typed(desk):
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,20000,10000\n", period="2020")
    found = desk.hand_in("manure", f"{IN_10000_T}\n太原市,清徐县,9,1\n")
    assert told(found, "produced_near_last_year") == ["manure_produced_t=9 万吨 (= 90000 吨); year_before=20000"]


def test_readers_of_chinese_read_chinese_units(desk):
    found = desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,1,1\n太原市,阳曲县,-1,-1\n")
    words = found.result.broken.filter(pl.col("check") == "manure_produced_t_in_range").row(0, named=True)
    assert (words["expected_zh"], words["expected_en"]) == ("0 至 4,000,000 吨", "0 to 4,000,000 t")
