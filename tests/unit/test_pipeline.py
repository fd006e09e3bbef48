"""From files to figures: what counts, what is set aside, what a later delivery changes, and that builds are safe."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import date

import polars as pl
import pytest

from analytics.errors import CheckFailed, SnapshotError, UsageError
from analytics.notebook import open_year
from analytics.pipeline import build, fingerprint, state
from analytics.pipeline.stations import _effective
from analytics.present.explanation import explanation_tables
from analytics.runs import sha256_of
from analytics.warehouse.explanation import explain
from analytics.warehouse.queries import ask, open_warehouse
from tests.deliveries import MANURE_HEAD, SECTION_HEAD, SECTIONS, TOWNS, ZONE_HEAD, months


def test_nothing_delivered_is_said_of_every_figure(desk):
    verdicts = dict(desk.values().filter(pl.col("scope_kind") == "province").select("code", "verdict").iter_rows())
    codes = {t.code for t in desk.catalog.plans["shanxi-2021"].targets()}
    assert len(codes) == 116
    assert verdicts == dict.fromkeys(codes, "not_delivered")


def test_towns_count_by_their_register(desk):
    desk.hand_in("towns", TOWNS)
    desk.hand_in(
        "town_sewage",
        "市,县（市、区）,建制镇代码,建制镇名称,是否具备处理能力\n"
        "太原市,清徐县,140121101,甲镇,是\n太原市,清徐县,140121102,乙镇,否\n太原市,阳曲县,140122101,丙镇,具备\n",
    )
    found = desk.value("T06d")
    assert (found["numerator"], found["denominator"], found["used"], found["expected"]) == (2, 3, 3, 4)
    assert (found["low"], found["high"]) == (50.0, 75.0)
    assert (found["target"], found["verdict"]) == (62.0, "undecided")
    assert desk.value("T06d", "140100")["verdict"] == "no_target"
    assert desk.value("T06d", "140200")["verdict"] == "not_delivered"
    assert desk.value("T06d", "140105")["verdict"] == "not_applicable"  # no designated town


def test_sections_are_classed_and_a_dry_one_is_left_out(desk):
    desk.hand_in("sections", SECTIONS)
    dry = "".join(f"S3,丙断面,{m},断流,--,--,--,--,--\n" for m in range(1, 13))
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{months('S1')}{months('S2', ammonia='2.4')}{dry}")
    good, worst = desk.value("G2"), desk.value("G3b")
    assert (good["value"], good["used"], good["expected"], good["verdict"]) == (50.0, 2, 2, "no_target")
    assert (worst["value"], worst["verdict"], worst["is_breach"]) == (1.0, "not_met", True)
    named = {s: desk.value("G3b", s)["verdict"] for s in ("S1", "S2")}
    assert named == {"S1": "met", "S2": "not_met"}
    assert desk.value("G2", "汾河")["value"] == 50.0


def test_too_few_months_leave_a_section_open(desk):
    desk.hand_in("sections", SECTIONS)
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{months('S1')}{months('S2', last=7)}{months('S3')}")
    found = desk.value("G2")
    assert (found["value"], found["used"], found["expected"]) == (100.0, 2, 3)
    assert found["low"] == pytest.approx(200 / 3)
    assert desk.value("G3b")["verdict"] == "undecided"


def test_one_bad_reading_leaves_the_others_of_its_row(desk):  # D-001
    desk.hand_in("sections", SECTIONS)
    found = desk.hand_in(
        "section_monthly",
        f"{SECTION_HEAD}\n{months('S1').replace('S1,某断面,3,正常,7.8', 'S1,某断面,3,正常,78.2')}",
    )
    assert found.result.set_aside_rows == 0
    build(desk.workspace, 2021, desk.catalog)
    readings = desk.asked("readings_of_year", register="sections", year=2021)
    counts = dict(readings.group_by("parameter").len().iter_rows())
    assert (counts["ph"], counts["ammonia_nitrogen"]) == (11, 12)


def test_a_later_delivery_supersedes_by_key(desk):
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,50\n太原市,阳曲县,100,90\n")
    assert desk.value("T12b", "140121")["value"] == 50.0
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,80\n", received=date(2022, 1, 15))
    assert desk.value("T12b", "140121")["value"] == 80.0
    assert desk.value("T12b", "140122")["value"] == 90.0
    deliveries = desk.asked("deliveries")
    assert sorted(deliveries["rows_superseded"]) == [0, 1]


def test_a_broken_correction_does_not_bring_the_old_value_back(desk):  # D-002
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,50\n太原市,阳曲县,100,90\n")
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,180\n太原市,阳曲县,100,91\n", received=date(2022, 1, 15))
    assert desk.value("T12b", "140121")["verdict"] == "no_data"
    assert desk.value("T12b", "140122")["value"] == 91.0


def test_an_empty_cell_is_not_zero(desk):
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,\n太原市,阳曲县,100,90\n")
    city = desk.value("T12b", "140100")
    assert (city["value"], city["used"]) == (90.0, 1)
    assert desk.value("T12b", "140121")["verdict"] == "no_data"


ZONES = f"""{ZONE_HEAD}
朔州市,山阴县,甲开发区,甲厂,验收,2021-10-31,现场核实
朔州市,应县,乙开发区,乙厂,完工,2021-11-01,佐证齐全
晋中市,太谷区,丙开发区,丙厂,开工,,自报
长治市,沁源县,丁开发区,丁厂,完工,2021-09-01,自报
"""


def test_works_are_judged_each_by_its_date(desk):
    desk.hand_in("zone_plants", ZONES)
    verdicts = {z: desk.value("T10a", z)["verdict"] for z in ("140621", "140622", "140703", "140431", "140121")}
    assert verdicts == {
        "140621": "met", "140622": "met_late", "140703": "not_met", "140431": "met", "140121": "not_delivered",
    }  # fmt: skip
    whole = desk.value("T10a")
    assert (whole["value"], whole["expected"], whole["used"]) == (2.0, 5, 4)  # two by their day, one late
    assert (whole["verdict"], whole["is_breach"], whole["evidence_grade"]) == (
        "not_met",
        True,
        "self_reported",
    )


def test_the_assessment_stands_at_the_day_of_the_last_delivery(desk):  # D-005
    desk.hand_in("zone_plants", ZONES, received=date(2021, 9, 15))
    assert desk.value("T10a", "140703")["verdict"] == "not_yet_due"
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,50\n")
    assert desk.value("T12b")["verdict"] != "not_yet_due"


def test_what_was_reported_before_the_deadline_does_not_say_that_it_was_missed(desk):
    desk.hand_in("zone_plants", ZONES, received=date(2021, 9, 15))
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,50\n")
    zone, whole = desk.value("T10a", "140703"), desk.value("T10a")
    assert (zone["verdict"], zone["is_breach"], zone["low"], zone["high"]) == ("undecided", False, 0, 1)
    assert (whole["verdict"], whole["is_breach"]) == ("undecided", False)
    desk.hand_in("zone_plants", ZONES.replace("丙开发区", "丙经开区"), received=date(2022, 1, 12))
    assert desk.value("T10a", "140703")["verdict"] == "not_met"


def test_a_plant_under_construction_is_not_done_whatever_day_is_planned(desk):
    planned = ZONES.replace("丙厂,开工,", "丙厂,开工,2022-06-30")
    desk.hand_in("zone_plants", planned)
    assert (desk.value("T10a", "140703")["verdict"], desk.value("T10a")["verdict"]) == ("not_met", "not_met")
    members = desk.asked("members_of_year", year=2021).filter(code="T10a", entity_id="140703")
    assert members["reached_on"].to_list() == [None]


def test_a_file_of_which_most_rows_fail_is_refused_and_kept(desk):
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,50\n")
    before = desk.values()
    with pytest.raises(CheckFailed) as caught:
        desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,阳曲县,100,500\n太原市,娄烦县,100,600\n太原市,古交市,1,1\n")
    assert caught.value.exit_code == 4
    assert "manure" in str(caught.value) and "Next" in str(caught.value)
    assert desk.asked("values_of_year", year=2021).equals(before)
    counted = ["scope_id", "value", "numerator", "denominator", "used", "expected", "low", "high", "value_printed"]
    assert desk.values().select(counted).equals(before.select(counted))
    refused = desk.asked("deliveries").filter(pl.col("outcome") == "refused")
    assert refused.height == 1 and refused["reason"].item()


def test_rows_of_a_refused_file_have_arrived_and_count_for_nothing(desk):
    with pytest.raises(CheckFailed, match="share_set_aside"):
        desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,150\n太原市,阳曲县,100,180\n太原市,娄烦县,100,80\n")
    with pytest.raises(CheckFailed, match="column missing"):
        desk.hand_in("manure", "市,县（市、区）\n太原市,清徐县\n")
    rows = {r["scope_id"]: r for r in desk.values().filter(pl.col("code") == "T12b").to_dicts()}
    assert {rows[i]["verdict"] for i in ("140000", "140121", "140122", "140123")} == {"no_data"}  # not "not delivered"
    assert rows["140181"]["verdict"] == "no_data"  # the second file may have told of every county
    assert rows["140000"]["used"] == 0
    shown = open_year(2021, root=desk.workspace.root)
    told = sorted((row[1], row[2], row[5]) for row in shown.quarantined().rows)
    assert told == [
        ("manure-0.csv", "整份退回", "因严重问题暂不采用的行不得超过 50%：共3行，其中2行有误"),
        (
            "manure-1.csv",
            "整份退回",
            "缺少栏目：粪污产生量（吨）（也可写作：产生量（吨）、畜禽粪污/产生量（吨）、畜禽粪污产生量（吨））；"
            "综合利用量（吨）（也可写作：利用量（吨）、畜禽粪污/综合利用量（吨）、畜禽粪污综合利用量（吨））；请把表头改为所列写法；如属另一张报表，请按那张报表报送",
        ),
    ]
    in_english = {row[1]: row[5] for row in shown.language("en").quarantined().rows}
    assert in_english["manure-1.csv"] == "manure: column missing: 粪污产生量（吨）, 综合利用量（吨）"


def test_a_file_that_could_not_be_read_is_no_silence_until_a_good_one_comes(desk):
    with pytest.raises(CheckFailed, match="column missing"):
        desk.hand_in("manure", "市,县（市、区）\n太原市,清徐县\n", area="140100")
    verdicts = {s: desk.value("T12b", s)["verdict"] for s in ("140000", "140100", "140121", "140200")}
    assert verdicts == {"140000": "no_data", "140100": "no_data", "140121": "no_data", "140200": "not_delivered"}
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,50\n", area="140100", received=date(2022, 1, 15))
    assert desk.value("T12b", "140122")["verdict"] == "not_delivered"


def test_a_later_register_leaves_an_earlier_year_as_it_was(desk):
    head, *rows = SECTIONS.splitlines()
    first = "\n".join([head + ",起始年", *(row + ",2021" for row in rows)]) + "\n"
    desk.hand_in("sections", first)
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{months('S1')}{months('S2', ammonia='2.4')}{months('S3')}")
    assert (desk.value("G3b")["value"], desk.value("G3b")["is_breach"]) == (1, True)
    moved = rows[1].replace("太原市,阳曲县", "大同市,阳高县")
    desk.hand_in("sections", f"{head},起始年\n{moved},2022\n", received=date(2022, 3, 1))
    found = desk.value("G3b")
    assert (found["value"], found["expected"], found["verdict"]) == (1, 3, "not_met")
    assert desk.value("G3b", "140100")["expected"] == 2
    spans = desk.asked("register_members").filter(pl.col("entity_id") == "S2").select("valid_from", "valid_to").rows()
    assert spans == [(date(2021, 1, 1), date(2021, 12, 31)), (date(2022, 1, 1), None)]


def test_a_member_counts_in_the_years_of_its_entry_only(desk):
    head, *rows = SECTIONS.splitlines()
    years = ("2016,2020", "2021,2021", "2022,")
    listed = (
        "\n".join([head + ",起始年,终止年", *(f"{row},{span}" for row, span in zip(rows, years, strict=True))]) + "\n"
    )
    desk.hand_in("sections", listed)
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{months('S2')}")
    found = desk.value("G2")
    assert (found["used"], found["expected"], found["value"]) == (1, 1, 100.0)


def test_a_clean_register_stands_in_place_of_a_faulty_one(desk):
    desk.hand_in("towns", TOWNS + "140121103,戊镇,太原市,清徐具\n")
    assert desk.value("T06d")["expected"] == 5
    desk.hand_in("towns", TOWNS, received=date(2022, 1, 12))
    assert desk.value("T06d")["expected"] == 4


def test_a_row_about_another_area_is_not_for_this_sender_to_tell(desk):
    desk.hand_in("manure", f"{MANURE_HEAD}\n大同市,平城区,1000,100\n", area="140200")
    found = desk.hand_in(
        "manure", f"{MANURE_HEAD}\n太原市,小店区,1000,800\n大同市,平城区,1000,1000\n",
        area="140100", received=date(2022, 1, 15),
    )  # fmt: skip
    assert found.result.set_aside_rows == 1
    assert (desk.value("T12b", "140105")["value"], desk.value("T12b", "140213")["value"]) == (80.0, 10.0)


def test_a_basin_may_bear_the_name_of_its_river(desk):
    desk.hand_in("sections", SECTIONS.replace("黄河流域,汾河", "汾河,汾河"))
    ids = desk.values()["number_id"]
    assert ids.n_unique() == ids.len()
    assert {i.rsplit("-", 2)[0] for i in ids if "汾河" in i} == {
        *("G2-basin:汾河", "G2-river:汾河", "G3a-basin:汾河", "G3a-river:汾河", "G3b-basin:汾河"),
        "T16b-141123/蔚汾河",  # a stretch of river that the plan itself names
    }


def test_a_known_use_of_an_unknown_production_is_a_share_that_nobody_knows(desk):
    """At most what the catalog lets a county produce: a range made of that is not said (D-103)."""
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,,300000\n太原市,阳曲县,100000,90000\n")
    city = desk.value("T12b", "140122")
    assert city["value"] == 90.0
    county = desk.value("T12b", "140121")
    assert [county[k] for k in ("value", "low", "high", "used", "expected")] == [None, None, None, 0, 1]


def test_nothing_produced_is_not_applicable(desk):
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,0,0\n")
    assert desk.value("T12b", "140121")["verdict"] == "not_applicable"


def test_a_file_in_another_form_is_refused_and_kept(desk):
    with pytest.raises(CheckFailed, match="column missing"):
        desk.hand_in("manure", "市,县（市、区）\n太原市,清徐县\n")
    desk.values()
    assert desk.asked("deliveries")["outcome"].to_list() == ["refused"]


def test_a_delivery_without_its_period_leaves_nothing_behind(desk):
    with pytest.raises(UsageError, match="which year"):
        desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,50\n", period="")
    assert not list(desk.workspace.raw.rglob("origin.yml"))


def test_a_number_leads_back_to_its_rows(desk):
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,50\n太原市,阳曲县,300,270\n")
    number = desk.value("T12b", "140100")["number_id"]
    with open_warehouse(desk.workspace) as connection:
        found = explain(connection, number, desk.catalog, year=2021)
        by_code = explain(connection, "T12b", desk.catalog, year=2021, area="140100")
    assert found.target.code == "T12b" and found.clause.clause == "12"
    assert sorted(found.rows["value"].cast(pl.Float64)) == [50, 100, 270, 300]
    assert set(found.rows["row"]) == {2, 3}
    assert found.files["snapshot"].to_list() == found.rows["snapshot"].unique().to_list()
    assert found.files["sha256"].item() == sha256_of(desk.workspace.root / found.files["path"].item())
    assert by_code.value["number_id"] == number


def test_the_same_files_give_the_same_numbers_anywhere(desk, tmp_path):
    from analytics.paths import Workspace
    from tests.deliveries import Desk

    other = Desk(Workspace(tmp_path / "elsewhere"), desk.catalog, tmp_path / "inbox2")
    for one in (desk, other):
        one.hand_in("towns", TOWNS)
        one.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,50\n")
    assert desk.values()["number_id"].to_list() == other.values()["number_id"].to_list()


def test_a_number_of_other_inputs_has_another_id(desk):
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,50\n太原市,阳曲县,300,270\n")
    before = desk.values()
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,51\n")
    after = desk.values()
    changed = set(before["number_id"]) ^ set(after["number_id"])
    assert {n.rsplit("-", 2)[0] for n in changed} == {"T12b-140000", "T12b-140100", "T12b-140121"}


def test_nothing_changed_builds_nothing(desk):
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,50\n")
    assert build(desk.workspace, 2021, desk.catalog).changed
    stamp = desk.workspace.warehouse.stat().st_mtime_ns
    assert not build(desk.workspace, 2021, desk.catalog).changed
    assert desk.workspace.warehouse.stat().st_mtime_ns == stamp


@pytest.mark.parametrize("touched", ["warehouse", "staged rows", "record"])
def test_what_was_altered_since_is_built_again(desk, touched):
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,80\n")
    assert desk.value("T12b", "140121")["value"] == 80.0
    (staged,) = (f for f in (desk.workspace.staged / "manure").glob("*.parquet") if f.name.count(".") == 1)
    if touched == "warehouse":
        desk.workspace.warehouse.write_bytes(b"")
    elif touched == "staged rows":
        pl.read_parquet(staged).with_columns(manure_used_t=pl.lit(99.0)).write_parquet(staged)
    else:
        (desk.workspace.staged / "build.json").write_text("{", encoding="utf-8")
    assert build(desk.workspace, 2021, desk.catalog).changed
    assert desk.value("T12b", "140121")["value"] == 80.0
    assert not build(desk.workspace, 2021, desk.catalog).changed


def test_a_file_changed_after_it_was_received_stops_the_build(desk):
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,50\n")
    file = next(desk.workspace.raw.rglob("*.csv"))
    file.write_text(file.read_text() + "\n")
    with pytest.raises(SnapshotError, match="changed after"):
        fingerprint(desk.workspace)


def test_a_file_sent_under_the_wrong_form_may_be_sent_again_under_the_right_one(desk):
    text = f"{MANURE_HEAD}\n太原市,清徐县,100,50\n"
    with pytest.raises(CheckFailed, match="column missing"):
        desk.hand_in("zone_plants", text)
    desk.hand_in("manure", text)
    assert desk.value("T12b", "140121")["value"] == 50.0
    assert desk.asked("deliveries").select("source", "outcome").sort("source").rows() == [
        ("manure", "loaded"), ("zone_plants", "refused"),
    ]  # fmt: skip


def test_without_its_register_a_figure_is_not_delivered_and_not_inapplicable(desk):
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,50\n", received=date(2022, 1, 10))
    rows = desk.values().filter(pl.col("code").is_in(["G2", "G3b", "T06d"]))
    assert set(rows["verdict"]) == {"not_delivered"} and rows["expected"].null_count() == rows.height
    shown = open_year(2021, root=desk.workspace.root)
    assert "名录尚未报送" in shown.sentence("T06d").text
    waiting = {str(row[0]): [str(cell) for cell in row] for row in shown.outstanding_table().rows}
    assert "T06d" in waiting["省住建厅"][2].split("、") and "建制镇名录" in waiting["省住建厅"][3].split("、")
    assert "G2" in waiting["省生态环境厅"][2].split("、")


def test_a_file_that_says_it_is_invented_stays_so_wherever_it_goes(desk):
    desk.hand_in("manure", f"示例数据（虚构）,,,\n{MANURE_HEAD}\n太原市,清徐县,100,50\n")
    desk.values()
    told = desk.asked("deliveries").select("is_invented", "path").row(0)
    assert told[0] and "example" not in told[1]
    assert open_year(2021, root=desk.workspace.root).is_invented


def test_a_file_about_another_area_than_said_is_not_taken(desk):
    text = f"{MANURE_HEAD}\n太原市,清徐县,100,50\n"
    with pytest.raises(UsageError, match="another area") as caught:
        desk.hand_in("manure", text, area="140200")
    assert "清徐县" in caught.value.found and "大同市" in caught.value.expected
    desk.hand_in("manure", text, area="140100")
    assert (desk.values(), desk.asked("deliveries"))[1]["area_id"].to_list() == ["140100"]


def test_a_year_that_no_plan_promises_any_more_is_left_out(desk):
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,50\n")
    before = desk.values()
    state.remember(desk.workspace, of="an earlier catalog", years=[2021, 2022])
    assert desk.values().equals(before)
    with pytest.raises(UsageError, match="No plan promises"):
        desk.values(2025)


def test_nobody_vouches_for_what_was_not_sent(desk):
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,50\n")
    grades = dict(desk.values().filter(pl.col("code") == "T12b").select("scope_id", "evidence_grade").iter_rows())
    assert (grades["140121"], grades["140000"], grades["140122"]) == ("self_reported", "self_reported", None)


def test_set_aside_rows_and_readings_of_stations_are_in_no_class(desk):
    place = {"snapshot": "s", "sheet": "a"}
    rows = pl.DataFrame([{**place, "row": i, "ph": 8.0 + i, "do": 7.0} for i in (1, 2, 3)])
    left_out = pl.DataFrame([{**place, "row": 2, "reason": "set_aside"}])
    cells = pl.DataFrame([{**place, "row": 3, "parameter": "ph"}])
    assert _effective(rows, left_out, cells).select("row", "ph", "do").rows() == [(1, 9.0, 7.0), (3, None, 7.0)]


def test_a_completion_that_lies_ahead_is_no_completion(desk):
    desk.hand_in(
        "zone_plants",
        f"{ZONE_HEAD}\n朔州市,山阴县,甲开发区,甲厂,完工,2022-03-01,自报\n朔州市,应县,乙开发区,乙厂,完工,2021-10-31,自报\n",
    )
    rows = {r["scope_id"]: r for r in desk.values().filter(pl.col("code") == "T10a").to_dicts()}
    assert (rows["140621"]["verdict"], rows["140622"]["verdict"]) == ("no_data", "met")
    assert (rows["140000"]["value"], rows["140000"]["low"], rows["140000"]["high"]) == (1.0, 1.0, 5.0)


def test_a_reader_keeps_what_it_opened_and_a_new_one_sees_the_new_build(desk):  # D-006
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,50\n")
    desk.values()
    early = open_warehouse(desk.workspace)
    before = ask(early, "values_of_year", year=2021)
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,80\n", received=date(2022, 1, 15))
    after = desk.values()
    assert ask(early, "values_of_year", year=2021).equals(before)
    assert not after.equals(before)


BUILD = (
    "from pathlib import Path; from analytics.paths import Workspace; from analytics.catalog import load_catalog; "
    "from analytics.pipeline import build; import sys; build(Workspace(Path(sys.argv[1])), 2021, load_catalog())"
)


def test_a_build_that_is_killed_leaves_the_old_warehouse(desk):
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,50\n")
    before = desk.values()
    dice = random.Random(1)
    for attempt in range(4):
        desk.hand_in(
            "manure",
            f"{MANURE_HEAD}\n太原市,清徐县,100,{60 + attempt}\n",
            received=date(2022, 1, 11 + attempt),
        )
        started = subprocess.Popen([sys.executable, "-c", BUILD, str(desk.workspace.root)])
        time.sleep(dice.uniform(0.8, 1.8))
        started.send_signal(signal.SIGKILL)
        started.wait()
        found = desk.asked("values_of_year", year=2021)
        complete = found.height == before.height
        assert complete, "half a build is visible"
    assert desk.value("T12b", "140121")["value"] == 63.0
    assert not list(desk.workspace.warehouse.parent.glob(".warehouse*.new*")) or os.name == "nt"


STATIONS = "省份,流域,断面名称,水体类型\n山西省,黄河流域,甲断面,河流\n"


def test_a_dispatch_judges_no_promise_and_asks_for_no_plan(desk):
    from analytics.notebook import open_period
    from tests.unit.test_ingest import STATION_HEAD, STATION_ROW

    desk.hand_in("stations", STATIONS)
    lacking = STATION_ROW.replace("07-01 08:00", "07-01 12:00").replace("3.13,0.144,0.055", "--,--,--")
    text = f"{STATION_HEAD}\n{STATION_ROW}\n{lacking}\n"
    desk.hand_in("station_readings", text, period="2019-07", received=date(2019, 8, 1))
    build(desk.workspace, 2019, desk.catalog, for_readings=True)
    dispatch = open_period("2019-07", root=desk.workspace.root)
    classes = dict(dispatch.station_classes().select(pl.col("taken_at").dt.hour(), "computed_class").iter_rows())
    assert classes == {8: "Ⅱ", 12: None}  # pH and oxygen alone are no class
    assert "缺项目不定类别 1" in dispatch.station_summary().text
    assert "含本期数据的自动站报送共1份" in dispatch.station_quality().text
    elsewhere = open_period("2019-08", root=desk.workspace.root)
    assert "没有带发布类别的时次" in str(elsewhere.disagreements().rows)
    assert "没有含本期数据" in elsewhere.station_quality().text
    assert "没有登记在太原市的站点" in dispatch.area("140100").station_summary().text


def test_an_explanation_names_the_files_that_were_refused(desk):
    with pytest.raises(CheckFailed, match="column missing"):
        desk.hand_in("manure", "市,县（市、区）\n太原市,清徐县\n")
    desk.values()
    with open_warehouse(desk.workspace) as connection:
        found = explain(connection, "T12b", desk.catalog, year=2021)
    assert found.refused["file"].to_list() == ["manure-0.csv"]
    tables = {table.title: table for table in explanation_tables(found, desk.catalog, "zh")}
    assert tables["未采用的文件"].rows[0][0].endswith("manure-0.csv")
    assert len({row[1] for row in tables["成员"].rows if row[0] == "城区"}) == 2
