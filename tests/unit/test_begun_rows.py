"""Rows that a form begins and nobody fills in tell nothing: they replace nothing and count as told nowhere."""

from datetime import date

import polars as pl
import pytest
from typer.testing import CliRunner

from analytics.cli import app
from analytics.errors import CheckFailed
from analytics.ingest.grid import read_grids
from analytics.ingest.snapshot import list_snapshots
from analytics.pipeline import build
from analytics.pipeline.intake import examine_all
from analytics.pipeline.quarantine import quarantine
from tests.deliveries import MANURE_HEAD, SECTION_HEAD, SECTIONS, TOWNS, ZONE_HEAD

FIGURES = ["G2", "T06d", "T10a", "T12b"]

LATER = date(2022, 1, 20)
FILLED = "太原市,清徐县,100,50\n"
BEGUN = "太原市,阳曲县,,\n"
TOWN_HEAD = "建制镇代码,建制镇名称,市,县（市、区）,是否具备生活污水处理能力,备注\n"


def manure(*rows):
    return MANURE_HEAD + "\n" + "".join(rows)


def told(desk):
    build(desk.workspace, 2021, desk.catalog)
    row = desk.asked("standing_of_year", year=2021).row(by_predicate=pl.col("source") == "manure", named=True)
    return row["told"]


def test_a_begun_row_replaces_no_figure(desk):
    desk.hand_in("manure", manure(FILLED, "太原市,阳曲县,100,80\n"))
    found = desk.hand_in("manure", manure(FILLED, BEGUN), received=LATER)
    assert (found.staged.blanks, found.result.rows, found.result.set_aside_rows) == (1, 1, 0)
    assert desk.value("T12b", "140122")["value"] == 80.0


def test_a_begun_row_of_a_state_replaces_none_and_a_remark_fills_none_in(desk):
    desk.hand_in("towns", TOWNS)
    desk.hand_in("town_sewage", TOWN_HEAD + "140122101,丙镇,太原市,阳曲县,是,\n")
    later = TOWN_HEAD + "140122101,丙镇,太原市,阳曲县,,待核\n140221101,丁镇,大同市,阳高县,是,\n"
    assert desk.hand_in("town_sewage", later, received=LATER).result.set_aside_rows == 0
    assert desk.value("T06d", "140122")["value"] == 100.0


def test_the_remark_of_a_row_that_tells_nothing_else_is_told_where_it_is_received(qinghe, tmp_path):
    file = tmp_path / "甲.csv"
    file.write_text(
        f"{MANURE_HEAD},备注\n太原市,清徐县,100,50,\n太原市,阳曲县,,,撤回：原数有误\n太原市,娄烦县,,,\n",
        encoding="utf-8",
    )
    shown = qinghe("receive", file, "--source", "manure", "--period", "2021").stdout
    assert "空行（不计）：2" in shown and "只有备注、未填数据的行（不计，原数不变）：甲第3行：撤回：原数有误\n" in shown


def test_a_begun_row_is_outstanding_and_the_calendar_misses_it(desk):
    found = desk.hand_in("manure", manure(FILLED, BEGUN))
    assert told(desk) == 1
    check = found.result.checks.row(by_predicate=pl.col("check") == "counties_complete", named=True)
    assert check["failed"] == 116  # of 117 counties


def test_a_begun_row_puts_no_fault_right(desk):
    desk.hand_in("manure", manure(FILLED, "太原市,阳曲县,100,200\n"))
    desk.hand_in("manure", manure(FILLED, BEGUN), received=LATER)
    examined, members = examine_all(desk.workspace, desk.catalog)
    assert quarantine(examined, members, desk.catalog)["status"].unique().to_list() == ["open"]


def test_a_begun_row_of_readings_puts_no_refused_file_right(desk):
    """Of the rows that a form begins only those that are filled in tell anew what a file that was refused told."""
    desk.hand_in("sections", SECTIONS)
    with pytest.raises(CheckFailed):
        desk.hand_in("section_monthly", section_months(wrong=range(1, 9)))
    desk.hand_in("section_monthly", section_months(wrong=(), blank=range(2, 13)), received=LATER)
    assert set(statuses(desk)) == {"open"}
    desk.hand_in("section_monthly", section_months(wrong=()), received=date(2022, 1, 25))
    assert set(statuses(desk)) == {"fixed"}


def test_a_begun_row_of_readings_is_outstanding_and_replaces_none(desk):
    desk.hand_in("sections", SECTIONS)
    desk.hand_in("section_monthly", section_months(wrong=(), blank=range(2, 13)))
    assert standing_of_months(desk) == [1] + [0] * 11
    desk.hand_in("section_monthly", section_months(wrong=(), blank=[1]), received=LATER)
    assert standing_of_months(desk) == [1] * 12


def section_months(*, wrong, blank=()):
    """The months of a section; `wrong` ones were dry and measured, `blank` ones are as the form begins them."""
    cells = {
        **dict.fromkeys(range(1, 13), "正常,7.8,8.0,3.0,0.4,0.08"),
        **dict.fromkeys(wrong, "断流,7.8,8.0,3.0,0.4,0.08"),
        **dict.fromkeys(blank, ",,,,,"),
    }
    return f"{SECTION_HEAD}\n" + "".join(f"S1,甲断面,{month},{told}\n" for month, told in cells.items())


def standing_of_months(desk):
    """Of each month how many sections were told of."""
    build(desk.workspace, 2021, desk.catalog)
    standing = desk.asked("standing_of_year", year=2021).filter(source="section_monthly")
    return standing.sort("period_end")["told"].to_list()


def statuses(desk):
    examined, members = examine_all(desk.workspace, desk.catalog)
    return quarantine(examined, members, desk.catalog).filter(source="section_monthly")["status"].to_list()


@pytest.mark.parametrize("cells", ["100,", ",--", "暂缺,"], ids=["an amount", "a mark", "unreadable"])
def test_a_row_with_anything_filled_in_stays(desk, cells):
    found = desk.hand_in("manure", manure(FILLED, f"太原市,阳曲县,{cells}\n"))
    assert (found.staged.blanks, told(desk)) == (0, 2)


def test_a_form_sent_back_as_it_was_is_refused_and_kept(desk):
    desk.hand_in("manure", manure(FILLED))
    with pytest.raises(CheckFailed, match="nothing was filled in") as caught:
        desk.hand_in("manure", manure(BEGUN, BEGUN.replace("阳曲县", "清徐县")), received=LATER)
    assert "均未填写" in caught.value.zh
    assert desk.value("T12b", "140121")["value"] == 50.0
    assert [s.delivery.refused for s in list_snapshots(desk.workspace)] == ["", "manure: nothing was filled in."]


WORK = "朔州市,应县,乙开发区,乙厂,完工,2021-10-01,自报\n"
NAMED = "长治市,襄垣县,甲开发区,甲厂,,,\n"


def test_a_row_that_only_names_a_work_is_blank_and_replaces_none(desk):
    desk.hand_in("zone_plants", f"{ZONE_HEAD}\n{WORK}{NAMED.replace(',,,', ',完工,2021-10-01,自报')}")
    found = desk.hand_in("zone_plants", f"{ZONE_HEAD}\n{WORK}{NAMED}", received=LATER)
    assert (found.staged.blanks, found.result.rows, found.rules_broken) == (1, 1, [])
    assert desk.value("T10a")["numerator"] == 1  # the one in 襄垣县, which the plan names


@pytest.mark.parametrize(
    "told", [",,自报", ",2021-10-01,", "待定,,"], ids=["evidence", "a day", "a word for the stage"]
)
def test_a_work_of_which_anything_else_is_told_is_set_aside_without_its_stage(desk, told):
    found = desk.hand_in(
        "zone_plants", f"{ZONE_HEAD}\n{WORK}{WORK.replace('乙厂', '丙厂')}{NAMED.replace(',,,', f',{told}')}"
    )
    assert (found.staged.blanks, found.result.set_aside_rows) == (0, 1)


def test_no_row_is_begun_under_the_code_of_an_entry_that_is_set_aside(desk, tmp_path):
    """Of two sections of one code nobody knows which it is: what is told of it would be refused later."""
    rest = "大同市,阳高县,海河流域,桑干河,河流,Ⅳ,5项"
    desk.hand_in("sections", f"{SECTIONS}S4,丁断面,{rest}\nS4,戊断面,{rest}\n")
    asked = ["form", "section_monthly", "--period", "2021-04", "--out", str(tmp_path / "a.xlsx")]
    done = CliRunner().invoke(app, [*asked, "--root", str(desk.workspace.root)])
    assert done.exit_code == 0, done.output
    assert "已列出3行" in done.output and "名录中有1行有误、暂不采用，未列入本表" in done.output
    begun = {cell for row in read_grids(tmp_path / "a.xlsx")[0].rows for cell in row if cell}
    assert {"S1", "S2", "S3"} <= begun and "S4" not in begun
