"""What came in: who sent what, what became of it, how many rows, and what is outstanding."""

import json
import unicodedata
from datetime import date

import polars as pl
import pytest
from openpyxl import load_workbook
from rich.console import Console
from typer.testing import CliRunner

from analytics.cli import app, shared
from analytics.cli.received_tables import ReceivedTables
from analytics.errors import CatalogError, CheckFailed
from analytics.notebook import open_year
from analytics.pipeline import build
from analytics.pipeline.receipts import jump_limit
from analytics.warehouse.facts import LoadedFile
from analytics.warehouse.ledger import Sent, ledger
from tests.deliveries import MANURE_HEAD, SECTION_HEAD, SECTIONS, TOWNS, ZONE_HEAD, months

FEBRUARY = date(2022, 2, 1)
TOWN_HEAD = "建制镇代码,建制镇名称,市,县（市、区）,是否具备处理能力"
COUNTIES = ["清徐县", "阳曲县", "娄烦县", "古交市", "小店区", "迎泽区", "杏花岭区", "尖草坪区", "万柏林区", "晋源区"]


def manure(*counties, used=50):
    return MANURE_HEAD + "\n" + "".join(f"太原市,{county},100,{used}\n" for county in counties)


def asked(desk, question, **parameters):
    build(desk.workspace, 2021, desk.catalog)
    return desk.asked(question, **parameters)


def standing(desk, source):
    rows = asked(desk, "standing_of_year", year=2021).filter(source=source)
    return {row["period"]: row for row in rows.iter_rows(named=True)}


# What replaced which


def test_both_versions_stay_and_the_first_names_the_file_that_replaces_it(desk):
    first = desk.hand_in("manure", manure(*COUNTIES[:2])).snapshot
    later = desk.hand_in("manure", manure(*COUNTIES[:2], used=60), received=FEBRUARY).snapshot
    rows = asked(desk, "files_received")
    assert rows.select("file", "outcome", "replaced_by").rows() == [
        ("manure-0.csv", "replaced", ["manure-1.csv"]),
        ("manure-1.csv", "counts", []),
    ]
    assert first.path.is_file() and later.path.is_file()


def test_a_file_of_some_of_the_rows_replaces_these_only(desk):
    desk.hand_in("manure", manure(*COUNTIES[:3]))
    desk.hand_in("manure", manure(COUNTIES[0], used=60), received=FEBRUARY)
    rows = asked(desk, "files_received")
    assert rows.select("outcome", "replaced_by").rows() == [("replaced in part", ["manure-1.csv"]), ("counts", [])]
    assert asked(desk, "deliveries")["rows_superseded"].to_list() == [1, 0]


def test_another_period_replaces_nothing(desk):
    desk.hand_in("manure", manure(*COUNTIES[:2]), period="2020")
    desk.hand_in("manure", manure(*COUNTIES[:2], used=60), received=FEBRUARY)
    assert asked(desk, "files_received")["outcome"].to_list() == ["counts", "counts"]


def test_cells_that_a_later_file_tells_anew_replace_a_file_in_part(desk):
    desk.hand_in("sections", SECTIONS)
    desk.hand_in("section_monthly", SECTION_HEAD + "\n" + months("S1"))
    desk.hand_in("section_monthly", SECTION_HEAD + "\nS1,某断面,3,,,,,0.3,\n", received=FEBRUARY)
    rows = asked(desk, "files_received").filter(source="section_monthly")
    assert rows["outcome"].to_list() == ["replaced in part", "counts"]
    whole = desk.asked("readings_between", first=date(2021, 3, 1), last=date(2021, 3, 31))
    told = dict(whole.select("parameter", "value").iter_rows())
    assert (told["ammonia_nitrogen"], told["ph"]) == (0.3, 7.8)


def test_a_refused_file_is_listed_with_the_reason(desk, qinghe):
    file = qinghe.root / "a.csv"
    file.write_text(f"{MANURE_HEAD}\n太原市,清徐县,100,200\n", encoding="utf-8")
    qinghe("receive", file, "--source", "manure", "--period", "2021")
    said = qinghe("received", "--year", "2021").stdout
    assert "整份退回" in said and "因严重问题暂不采用的行不得超过 50%：共1行，其中1行有误" in said
    told = qinghe("received", "--year", "2021", "--lang", "en").stdout
    assert "At most 50 % of the rows may be set aside: 1 of 1 rows" in told and "整份退回" not in told


def test_a_refused_file_that_was_put_right_since_names_the_file_and_no_reason(desk, qinghe):
    for name, used in (("a.csv", 200), ("b.csv", 80)):
        file = qinghe.root / name
        file.write_text(f"{MANURE_HEAD}\n太原市,清徐县,100,{used}\n", encoding="utf-8")
        qinghe("receive", file, "--source", "manure", "--period", "2021")
    files = json.loads(qinghe("received", "--year", "2021", "--json").stdout)["received"]
    assert [(f["file"], f["outcome"], f["replaced_by"]) for f in files] == [
        ("a.csv", "refused", ["b.csv"]),
        ("b.csv", "counts", []),
    ]
    said = qinghe("received", "--year", "2021").stdout
    assert "后由 b.csv 更正" in said and "退回的原因" not in said


@pytest.mark.parametrize(
    ("later", "by"),
    [
        (["80", "70"], "manure-1.csv"),  # what came after it replaced that one
        (["300", "80", "70"], "manure-2.csv"),  # wrong itself
        (["300", "400"], "manure-2.csv"),
    ],
)
def test_of_several_files_the_first_right_one_is_told_to_have_put_a_refused_one_right(desk, later, by):
    other = "太原市,阳曲县,100,60\n太原市,娄烦县,100,60\n"
    with pytest.raises(CheckFailed):
        desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,200\n")
    for used in later:
        desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,{used}\n{other}")
    assert asked(desk, "files_received")["replaced_by"].to_list()[0] == [by]


@pytest.mark.parametrize(
    ("lang", "begins", "ends"),
    [
        ("zh", "未采用：a.csv：因严重问题暂不采用的行", "（后由 b.csv 更正）"),
        ("en", "Left out: a.csv: ", " (put right by b.csv)"),
    ],
)
def test_build_says_by_which_file_a_refused_one_was_put_right(qinghe, lang, begins, ends):
    for name, used in (("a.csv", 200), ("b.csv", 80)):
        file = qinghe.root / name
        file.write_text(f"{MANURE_HEAD}\n太原市,清徐县,100,{used}\n", encoding="utf-8")
        qinghe("receive", file, "--source", "manure", "--period", "2021")
    (line,) = [one for one in qinghe("build", "--year", "2021", "--lang", lang).stderr.splitlines() if "a.csv" in one]
    assert line.startswith(begins) and line.endswith(ends)


# The ledger


@pytest.fixture
def counted(desk):
    """The ledger of a form after some files."""

    def read(source="manure"):
        return asked(desk, "ledger_of_files").filter(source=source)

    return read


@pytest.mark.parametrize(("later", "change", "is_jump"), [(8, -20.0, False), (7, -30.0, True), (10, 0.0, False)])
def test_fewer_rows_than_the_file_before_by_more_than_a_fifth_are_a_jump(desk, counted, later, change, is_jump):
    desk.hand_in("manure", manure(*COUNTIES))
    desk.hand_in("manure", manure(*COUNTIES[:later], used=60), received=FEBRUARY)
    rows = counted()
    assert rows.select("rows", "rows_before", "change_pct", "is_jump").rows()[1] == (later, 10, change, is_jump)
    assert rows["area_id"].to_list() == ["140100", "140100"]


def test_the_year_before_is_held_against_too(desk, counted):
    desk.hand_in("manure", manure(*COUNTIES[:4]), period="2020")
    desk.hand_in("manure", manure(*COUNTIES), received=FEBRUARY)
    row = counted().row(1, named=True)
    assert (row["rows_before"], row["rows_year_before"], row["change_of_year_pct"]) == (None, 4, 150.0)
    assert row["is_jump"]


def test_a_file_of_other_members_is_no_jump(desk, counted):
    desk.hand_in("manure", manure(*COUNTIES[:6]))
    desk.hand_in("manure", manure(*COUNTIES[6:7]), received=FEBRUARY)
    assert counted()["is_jump"].to_list() == [False, False]


def test_rows_are_counted_by_month_and_members_of_a_register_as_a_whole(desk, counted):
    desk.hand_in("sections", SECTIONS)
    desk.hand_in("section_monthly", SECTION_HEAD + "\n" + months("S1", last=2) + months("S2", last=1))
    rows = counted("section_monthly")
    assert rows.select("period", "rows").rows() == [("2021-01", 2), ("2021-02", 1)]
    desk.hand_in("sections", "\n".join(SECTIONS.splitlines()[:3]) + "\n", received=FEBRUARY)
    told = counted("sections").select("period", "rows", "rows_before", "is_jump").rows()
    assert told == [("", 3, None, False), ("", 2, 3, True)]


def test_the_share_is_that_of_the_workspace(desk):
    assert jump_limit(desk.workspace) == 20
    own = desk.workspace.root / "expectations" / "general.yml"
    own.parent.mkdir(parents=True)
    share = 'share_set_aside: {at_most_pct: 50, reason: 同, since: "2021"}\n'
    own.write_text(share + 'row_count_jump: {beyond_pct: 40, reason: 同, since: "2021"}\n', encoding="utf-8")
    assert jump_limit(desk.workspace) == 40
    own.write_text(share, encoding="utf-8")
    assert jump_limit(desk.workspace) is None


def test_without_a_share_nothing_is_a_jump(desk):
    files = [desk.hand_in("manure", manure(*COUNTIES[:n]), received=date(2022, 1, n)) for n in (10, 1)][::-1]
    sent = [
        Sent(LoadedFile(f.snapshot.id, f.source, f.staged.path, order, pl.DataFrame()), "")
        for order, f in enumerate(files)
    ]
    assert ledger(sent, desk.catalog, beyond_pct=20)["is_jump"].to_list() == [False, True]
    assert ledger(sent, desk.catalog, beyond_pct=None)["is_jump"].to_list() == [False, False]
    assert ledger([], desk.catalog, beyond_pct=20).is_empty()


# Outstanding


def test_members_that_nobody_told_of_are_outstanding_with_their_period(desk):
    desk.hand_in("sections", SECTIONS)
    desk.hand_in("section_monthly", SECTION_HEAD + "\n" + months("S1") + months("S2", first=2) + months("S3"))
    rows = standing(desk, "section_monthly")
    assert [(p, r["told"], r["expected"]) for p, r in rows.items() if r["state"] != "complete"] == [("2021-01", 2, 3)]
    assert rows["2021-01"]["missing_names"] == ["乙断面"]
    assert rows["2021-01"]["state"] == "no_date_set" and rows["2021-01"]["due"] is None


def test_a_form_without_a_register_is_complete_once_anything_came(desk):
    desk.hand_in("sections", SECTIONS)
    assert standing(desk, "groundwater_approvals")["2021"]["state"] == "no_date_set"
    desk.hand_in("groundwater_approvals", "取水许可编号,审批依据\nXK1,应急供水工程\n")
    assert standing(desk, "groundwater_approvals")["2021"]["state"] == "complete"


def test_a_form_of_works_asks_for_those_that_the_plan_names(desk):
    desk.hand_in("zone_plants", f"{ZONE_HEAD}\n太原市,清徐县,某开发区,某厂,完工,2021-10-01,自报\n")
    row = standing(desk, "zone_plants")["2021"]
    assert (row["told"], row["expected"], row["state"]) == (1, 5, "no_date_set")
    assert sorted(row["missing_names"]) == ["太谷区", "山阴县", "应县", "沁源县"]


def test_works_that_the_plan_names_are_outstanding_also_where_a_file_is_of_the_whole_province(desk):
    zones = ["山阴县", "应县", "太谷区", "沁源县"]
    cities = ["朔州市", "朔州市", "晋中市", "长治市"]
    rows = "".join(
        f"{city},{zone},某开发区,某厂,完工,2021-10-01,自报\n" for city, zone in zip(cities, zones, strict=True)
    )
    desk.hand_in("zone_plants", f"{ZONE_HEAD}\n{rows}", area="140000")
    row = standing(desk, "zone_plants")["2021"]
    assert (row["told"], row["expected"], row["missing_names"]) == (4, 5, ["清徐县"])
    assert row["state"] == "no_date_set"
    assert desk.value("T10a", "140121")["verdict"] == "not_delivered"
    assert (desk.value("T10a")["used"], desk.value("T10a")["verdict"]) == (4, "undecided")
    desk.hand_in("zone_plants", f"{ZONE_HEAD}\n太原市,清徐县,某开发区,某厂,完工,2021-10-01,自报\n", received=FEBRUARY)
    assert standing(desk, "zone_plants")["2021"]["state"] == "complete"


def test_works_named_by_their_river_are_known_by_it(desk):
    head = "市,县（市、区）,支流,湿地名称,所属任务,建设阶段,开工日期,完工日期,佐证等级"
    rows = "太原市,阳曲县,杨兴河,甲湿地,,完工,,2021-10-01,自报\n晋中市,介休市,汾河,乙湿地,T16a,完工,,2021-10-01,自报\n"
    desk.hand_in("tributary_wetlands", f"{head}\n{rows}", area="140000")
    row = standing(desk, "tributary_wetlands")["2021"]
    assert row["expected"] - row["told"] == 8 and "阳曲县杨兴河" not in row["missing_names"]
    assert {"介休市磁窑河", "泽州县巴公河"} <= set(row["missing_names"]) and len(row["missing_names"]) == 8
    root = str(desk.workspace.root)
    listed = CliRunner().invoke(app, ["received", "--year", "2021", "--source", "tributary_wetlands", "--root", root])
    assert "介休市磁窑河" in listed.output


def test_areas_are_expected_where_the_form_is_sent_by_county(desk):
    desk.hand_in("manure", manure(*COUNTIES[:2]))
    row = standing(desk, "manure")["2021"]
    assert (row["told"], row["expected"]) == (2, 117)
    assert "阳高县" in row["missing_names"] and "清徐县" not in row["missing_names"]


def test_a_refused_file_has_to_come_again_and_a_row_set_aside_was_sent(desk):
    desk.hand_in("towns", TOWNS)
    desk.hand_in("manure", manure(*COUNTIES[:2]) + "太原市,娄烦县,100,200\n")
    assert standing(desk, "manure")["2021"]["told"] == 3


def test_a_row_about_another_area_than_that_of_its_file_settles_nothing_there(desk):
    of_others = "大同市,阳高县,100,50\n"
    desk.hand_in("manure", manure(*COUNTIES) + of_others, area="140100")
    rows = standing(desk, "manure")["2021"]
    assert (rows["told"], "阳高县" in rows["missing_names"]) == (10, True)
    letter = open_year(2021, root=desk.workspace.root).reminders()["agriculture"]
    assert "应报117，已报10" in letter and "大同市（全部10个未报）" in letter
    desk.hand_in("manure", f"{MANURE_HEAD}\n{of_others}", area="140200", received=FEBRUARY)
    rows = standing(desk, "manure")["2021"]
    assert (rows["told"], "阳高县" in rows["missing_names"]) == (11, False)


def test_a_member_in_another_area_than_that_of_its_file_is_asked_for(desk):
    desk.hand_in("towns", TOWNS)
    towns = "140121101,甲镇,太原市,清徐县,具备\n140122101,丙镇,太原市,阳曲县,具备\n140221101,丁镇,大同市,阳高县,具备\n"
    desk.hand_in("town_sewage", f"{TOWN_HEAD}\n{towns}", area="140100")
    rows = standing(desk, "town_sewage")["2021"]
    assert (rows["state"], rows["told"], rows["missing_names"]) == ("no_date_set", 2, ["乙镇", "丁镇"])


def test_a_row_of_a_month_beyond_the_period_of_its_file_is_told_of_no_month(desk):
    """Of the month that it names nothing was sent, and nobody is asked for the rest of it, or held against it."""
    march = date(2022, 3, 1)
    desk.hand_in("sections", SECTIONS)
    whole = "".join(months(section) for section in ("S1", "S2", "S3"))
    beyond = "S1,甲断面,2022-01,正常,7.8,8.0,3.0,0.4,0.08\n"
    found = desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{whole}{beyond}", received=march)
    assert found.result.set_aside_rows == 1
    check = found.result.checks.row(by_predicate=pl.col("check") == "months_complete", named=True)
    assert (check["outcome"], check["failed"]) == ("passed", 0)
    build(desk.workspace, 2022, desk.catalog)
    row = desk.asked("standing_of_year", year=2022).filter(source="section_monthly", period="2022-01").to_dicts()[0]
    assert (row["told"], row["expected"]) == (0, 3)
    letter = open_year(2022, root=desk.workspace.root).reminders()["ecology_environment"]
    asked_for = next(line for line in letter.splitlines() if "《国考断面逐月监测结果》（" in line)
    assert "尚未收到（应报6）" in asked_for and "缺" not in asked_for
    counts = desk.asked("ledger_of_files").filter(source="section_monthly")
    assert (counts["period"].to_list(), counts["is_jump"].any()) == ([f"2021-{m:02d}" for m in range(1, 13)], False)


@pytest.mark.parametrize(("days", "state"), [(10, "not_yet_due"), (9, "overdue")])
def test_a_day_on_which_a_form_is_due_is_given_in_the_workspace(desk, overlay, days, state):
    desk.hand_in("sections", SECTIONS)  # received on 10 January
    desk.catalog = overlay("due.yml", f"manure: {{days_after: {days}, source: 某函, date: 2021-01-15}}\n")
    row = standing(desk, "manure")["2021"]
    assert (row["due"], row["state"]) == (date(2022, 1, days), state)


def test_what_has_not_begun_is_not_waited_for_and_what_is_not_over_is_not_late(desk):
    desk.hand_in("sections", SECTIONS, received=date(2021, 7, 5))
    rows = standing(desk, "section_monthly")
    assert list(rows)[-1] == "2021-07" and rows["2021-07"]["state"] == "not_over"
    assert rows["2021-06"]["state"] == "no_date_set"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("manur: {days_after: 9, source: 某函, date: 2021-01-15}\n", "did you mean manure?"),
        ("sections: {days_after: 9, source: 某函, date: 2021-01-15}\n", "source with a period"),
        ("manure: {days_after: 9, date: 2021-01-15}\n", "Field required"),
        ("manure: {days: 9, source: 某函, date: 2021-01-15}\n", "did you mean days_after?"),
    ],
)
def test_a_due_day_that_breaks_a_rule_is_refused(overlay, text, said):
    with pytest.raises(CatalogError) as caught:
        overlay("due.yml", text)
    assert said in str(caught.value) and "due.yml, line 1" in caught.value.where


# In the report and on the terminal


def test_the_report_tells_all_of_it_in_both_languages(desk):
    desk.hand_in("manure", manure(*COUNTIES))
    desk.hand_in("manure", manure(*COUNTIES[:7], used=60), received=FEBRUARY)
    file = desk.workspace.raw / "manure" / "corrections.yml"
    file.write_text(
        "- {id: a, what: manure_used_t, where: {area_id: 清徐县}, from: 60, to: 55, reason: 误填, said_by: 某局,"
        " date: 2022-02-02, status: confirmed}\n",
        encoding="utf-8",
    )
    build(desk.workspace, 2021, desk.catalog)
    year = open_year(2021, root=desk.workspace.root)
    assert year.received()["cells_corrected"].to_list() == [0, 1]
    assert year.outstanding().filter(source="manure")["expected"].to_list() == [117]
    assert year.row_counts()["is_jump"].to_list() == [False, True]
    zh, en = year, year.language("en")
    (row,) = zh.corrections_table().rows
    assert row[1:8] == ["畜禽粪污综合利用量", "地区 清徐县", "60", "55", "误填", "某局 2022年2月2日", "已采用"]
    assert en.corrections_table().rows[0][-1] == "applied"
    assert [r[-2] for r in zh.jumps_table().rows] == ["10（-30%）"]
    assert en.corrections_table().rows[0][2] == "area 清徐县"
    late = [r for r in en.outstanding_forms().rows if r[1] == "Manure produced and used"]
    assert late[0][3:6] == ["no date set", "—", "10 / 117"]
    inside = [r for r in year.area("140100").outstanding_forms().rows if "畜禽" in str(r[1])]
    assert inside == []
    told = year.explained("T12b").note
    assert "畜禽粪污综合利用量由60更正为55（误填；某局）" in told
    assert year.explain("T12b").as_record()["corrections"][0]["said_by"] == "某局"


def test_a_year_is_not_read_with_corrections_that_have_changed_since(desk):
    from analytics.errors import UsageError

    desk.hand_in("manure", manure(*COUNTIES))
    build(desk.workspace, 2021, desk.catalog)
    (desk.workspace.raw / "manure" / "corrections.yml").write_text("[]\n", encoding="utf-8")
    with pytest.raises(UsageError, match="older than what the workspace holds") as caught:
        open_year(2021, root=desk.workspace.root)
    assert caught.value.found == "corrections that have changed"


def test_the_command_lists_files_jumps_and_what_is_outstanding(qinghe):
    for name, text in (("a.csv", manure(*COUNTIES)), ("b.csv", manure(*COUNTIES[:5], used=60))):
        (qinghe.root / name).write_text(text, encoding="utf-8")
        done = qinghe("receive", qinghe.root / name, "--source", "manure", "--period", "2021")
    assert "说明：b.csv（2021）有5行，上一份10(-50%)。" in "".join(done.stderr.split())
    said = qinghe("received", "--year", "2021", "--department", "农业农村").stdout
    assert "部分被取代（b.csv）" in said and "行数突变" in said
    assert "10 / 117" in said and "未定日期" in said and "建制镇" not in said
    told = json.loads(qinghe("received", "--source", "manure", "--json").stdout)["received"]
    assert [row["outcome"] for row in told] == ["replaced in part", "counts"]
    english = qinghe("received", "--year", "2021", "--department", "农业农村", "--lang", "en").stdout
    assert "replaced in part by b.csv" in english and "row count jumps" in english and "no date set" in english
    wrong = qinghe("received", "--department", "气象")
    assert wrong.returncode == 2 and "No department is called so." in wrong.stderr


def test_the_counts_of_rows_are_the_same_in_words_and_number_wherever_they_are_told(qinghe):
    """Five rows came: three are used, one is wrong, one was only begun."""
    file = qinghe.root / "a.csv"
    text = manure(*COUNTIES[:3]) + "太原市,古交市,100,200\n太原市,小店区,,\n"
    file.write_text(text, encoding="utf-8")
    lines = qinghe("receive", file, "--source", "manure", "--period", "2021").stdout.splitlines()
    said = dict(line.strip().split("：", 1) for line in lines if "：" in line)
    slip = load_workbook(next((qinghe.root / "reports" / "build" / "slips").glob("*.xlsx")))["填报问题汇总"]
    told = {row[0].value: row[1].value for row in slip.iter_rows() if row[0].value}
    wanted = {"数据行": 5, "空行（不计）": 1, "暂不采用的行": 1}
    assert {name: int(said[name]) for name in wanted} == wanted
    assert {name: told[name] for name in wanted} == wanted
    assert (told["采用的行"], told["单独暂不采用的监测值"]) == (3, 0)
    head, _, row = (line.split() for line in qinghe("received", "--year", "2021").stdout.splitlines()[2:5])
    listed = dict(zip(head, row, strict=True))
    assert (listed["数据行"], listed["暂不采用"]) == ("5", "1行")


def test_rows_of_nobody_that_went_with_their_file_are_no_longer_set_aside(desk):
    desk.hand_in("manure", manure(*COUNTIES[:3], "无此县"))
    assert asked(desk, "files_received")["rows_set_aside"].to_list() == [1]
    desk.hand_in("manure", manure(*COUNTIES[:4]), received=FEBRUARY)
    assert asked(desk, "files_received")["rows_set_aside"].to_list() == [0, 0]
    assert desk.asked("deliveries")["rows_superseded"].to_list() == [4, 0]
    assert desk.asked("quarantine")["status"].unique().to_list() == ["fixed"]


def test_a_later_file_of_the_same_name_is_told_by_its_day(desk):
    for used, day in ((50, date(2022, 1, 10)), (60, FEBRUARY)):
        desk.inbox.mkdir(exist_ok=True)
        (desk.inbox / "a.csv").write_text(manure(*COUNTIES, used=used), encoding="utf-8")
        desk.hand_in_file("manure", desk.inbox / "a.csv", period="2021", received=day)
    rows = asked(desk, "files_received").to_dicts()
    zh, en = (ReceivedTables(desk.catalog, lang) for lang in ("zh", "en"))
    assert [row["结果"] for row in next(zh.all(rows, [], [], [], year=2021)).rows] == [
        "已被取代（2022-02-01收到的a.csv）",
        "已采用",
    ]
    assert next(en.all(rows, [], [], [], year=2021)).rows[0]["outcome"] == "replaced by a.csv of 2022-02-01"


def test_a_file_of_whose_own_rows_none_is_left_is_replaced(desk):
    """The row of another area was none of its own, and nothing has to stand in its place."""
    of_others = "大同市,阳高县,100,50\n"
    desk.hand_in("manure", manure(*COUNTIES) + of_others, area="140100")
    desk.hand_in("manure", manure(*COUNTIES, used=60), area="140100", received=FEBRUARY)
    rows = asked(desk, "files_received")
    assert rows.select("outcome", "replaced_by", "has_jump").rows() == [
        ("replaced", ["manure-1.csv"], False),
        ("counts", [], False),
    ]


def test_build_says_how_many_corrections_count(qinghe):
    (qinghe.root / "a.csv").write_text(manure(*COUNTIES), encoding="utf-8")
    qinghe("receive", qinghe.root / "a.csv", "--source", "manure", "--period", "2021")
    file = qinghe.root / "data" / "raw" / "manure" / "corrections.yml"
    said = "from: 50, to: 45, reason: 误填, said_by: 某局, date: 2022-02-02"
    one = "{{id: {}, what: manure_used_t, where: {{county: {}}}, status: {}, " + said + "}}"
    file.write_text(
        f"- {one.format('a', '清徐县', 'confirmed')}\n- {one.format('b', '阳曲县', 'proposed')}\n", encoding="utf-8"
    )
    assert "更正：已采用1条，待确认1条。" in qinghe("build", "--year", "2021").stderr
    assert "Corrections: 1 applied, 1 proposed." in qinghe("build", "--year", "2021", "--lang", "en").stderr
    file.write_text(file.read_text(encoding="utf-8").replace("from: 50", "from: 51"), encoding="utf-8")
    broken = qinghe("build", "--year", "2021")
    assert broken.returncode == 3 and "another value" in broken.stderr


@pytest.mark.parametrize(("lang", "own", "other"), [("zh", "畜禽粪污", "Manure"), ("en", "Manure", "畜禽粪污")])
def test_the_lists_fit_a_page_and_speak_one_language(qinghe, lang, own, other):
    name = "二〇二一年度太原市规模养殖场户资源化利用情况统计表（最终核定版）.csv"
    for text in (manure(*COUNTIES), manure(*COUNTIES[:5], used=60)):
        (qinghe.root / name).write_text(text, encoding="utf-8")
        qinghe("receive", qinghe.root / name, "--source", "manure", "--period", "2021")
    said = qinghe("received", "--year", "2021", "--lang", lang).stdout
    widths = [sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) for line in said.splitlines()]
    assert max(widths) <= 120
    assert own in said and other not in said and "manure" not in said and "town_sewage" not in said


def test_a_title_of_another_year_is_warned_of_and_marked(qinghe):
    file = qinghe.root / "a.csv"
    file.write_text(f"太原市2020年畜禽粪污情况表\n{manure(*COUNTIES)}", encoding="utf-8")
    done = qinghe("receive", file, "--source", "manure", "--period", "2021")
    said = "".join(done.stderr.split())
    assert "警告：a.csv：表题所说：2020年；收到时所报的报告期：2021。" in said
    assert "--period写明那一期重新接收，并删去data/raw/manure/" in said and "在此之前，这些数据按2021年的计" in said
    file.write_text(
        file.read_text(encoding="utf-8").replace("太原市,清徐县,100,50", "太原市,清徐县,100,51"), encoding="utf-8"
    )
    english = qinghe("receive", file, "--source", "manure", "--period", "2021", "--lang", "en").stderr
    assert "Warning: a.csv: the title tells: 2020年; received for: 2021." in " ".join(english.split())
    assert "表题所说是另一期" in "".join(qinghe("received", "--year", "2021").stdout.split())
    assert "title tells another" in qinghe("received", "--year", "2021", "--lang", "en").stdout
    rows = json.loads(qinghe("received", "--year", "2021", "--json").stdout)["received"]
    assert {row["tells_other_period"] for row in rows} == {True}


@pytest.mark.parametrize("width", [80, 100, 120, 200])
def test_no_line_breaks_within_a_period_or_a_day(catalog, monkeypatch, width):
    from analytics.cli import shared

    monkeypatch.setattr(shared, "console", shared._console(width=width))
    quarters = [
        {
            "source": "source_quarterly",
            "department": "water_resources",
            "period": f"2021-Q{n}",
            "due": None,
            "state": "open",
        }
        | {
            "told": 256,
            "expected": 258,
            "missing": ["a"],
            "missing_names": ["河曲县示例农村水源"],
            "missing_areas": [""],
        }
        for n in (1, 2, 4)
    ]
    file = {"replaced_by": [], "replaced_on": [], "received": date(2022, 1, 13), "department": "省林草局"}
    file |= {"source": "source_quarterly", "area_id": "140000", "period": "", "file": "示例数据_虚构_2021年情况表.xlsx"}
    file |= {"first_period": "2021-01", "last_period": "2021-12", "rows_delivered": 1113, "rows_set_aside": 1}
    file |= {"cells_set_aside": 1, "cells_corrected": 0, "outcome": "counts"}
    file |= dict.fromkeys(("is_put_right", "is_again", "tells_other_period", "has_jump"), False)
    for listed in ReceivedTables(catalog, "zh").all([file], [], [], quarters, year=2021):
        with shared.console.capture() as printed:
            shared.print_table(
                listed.rows, title="", width=120, unbroken=listed.unbroken, by_words=listed.by_words, nothing=""
            )
        words = " ".join(printed.get().split())
        wanted = ("2021-Q1、", "2021-Q2、", "2021-Q4") if "已报" in words else ("2021-01 ", "2021-12", "2022-01-13")
        assert all(one in words for one in wanted), printed.get()
        assert max(map(cells, printed.get().splitlines())) <= width


def cells(line):
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line)


@pytest.mark.parametrize("width", [20, 40, 60, 80])
def test_no_column_is_lost_however_narrow_the_terminal_is(monkeypatch, width):
    monkeypatch.setattr(shared, "console", Console(width=width, markup=False))
    row = {"received": "2026-11-28", "部门": "省农业农村厅", "form": "畜禽粪污产生与利用情况表", "file": "情况表.xlsx"}
    row |= {"counted": "12 / 117", "结果": "整份退回", "note": None}
    with shared.console.capture() as printed:
        shared.print_table([row, row | {"counted": "117 / 117"}], title="收到的报送")
    lines = printed.get().splitlines()
    together = "".join("".join(lines).split())
    assert all(name in together for name in row if name != "note") and "note" not in together
    assert max(map(cells, lines)) <= width
    if width < 60:  # each row is a block, in which a cell may be broken
        for cell in row.values():
            assert cell is None or together.count("".join(cell.split())) == (1 if cell == "12 / 117" else 2)
