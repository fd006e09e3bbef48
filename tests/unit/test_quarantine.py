"""What is set aside can be asked for, with every rule it broke; what a later file puts right leaves it."""

import csv
import io
import json
import re
from datetime import date

import polars as pl
import pytest
from openpyxl import load_workbook

from analytics.asked import asked_of
from analytics.errors import CheckFailed
from analytics.notebook import open_year
from analytics.periods import year_of
from analytics.pipeline import build
from analytics.pipeline.intake import examine_all
from analytics.pipeline.quarantine import corrected, quarantine, things
from analytics.warehouse.facts import area_registers
from tests.deliveries import MANURE_HEAD, SECTION_HEAD, SECTIONS, TOWNS, months

FIGURES = ["G2", "T12b"]

LATER, LAST = date(2022, 1, 20), date(2022, 1, 30)


def lines_of(desk, **wanted) -> pl.DataFrame:
    examined, members = examine_all(desk.workspace, desk.catalog)
    return quarantine(examined, members, desk.catalog).filter(**wanted)


def manure(*rows: str) -> str:
    return "\n".join([MANURE_HEAD, *rows, ""])


GOOD = ("太原市,清徐县,100,80", "太原市,阳曲县,300,240", "太原市,娄烦县,50,10")
TOO_MUCH, NOT_READ = "大同市,阳高县,10,20", "大同市,天镇县,很多,5"


def test_a_row_set_aside_has_a_line_for_each_rule_it_broke(desk):
    desk.hand_in("manure", manure(*GOOD, "大同市,阳高县,-10,很多"), department="省农业农村厅")
    lines = lines_of(desk)
    told = lines.select("sheet", "row", "key", "column", "found", "severity", "sets_aside", "status").rows()
    assert set(told) == {
        ("manure-0", 5, "大同市 阳高县", "畜禽粪污产生量", "-10", "critical", "row", "open"),
        ("manure-0", 5, "大同市 阳高县", "畜禽粪污产生量", "-10", "info", "row", "open"),
        ("manure-0", 5, "大同市 阳高县", "畜禽粪污综合利用量", "很多", "critical", "row", "open"),
    }
    assert set(lines["department"]) == {"省农业农村厅"} and set(lines["file"]) == {"manure-0.csv"}
    assert dict(lines.select("rule", "expected_zh").iter_rows())["manure_used_t_readable"] == "数字，不带“约”“万”等文字"
    assert set(lines["area_id"]) == {"140221"}


def test_an_amount_that_looks_like_the_code_of_an_area_stays_an_amount(desk):
    desk.hand_in("manure", manure(*GOOD, "大同市,阳高县,100000,150000"))
    found = lines_of(desk, rule="used_within_produced")["found"]
    assert found.to_list() == ["畜禽粪污综合利用量 150000；畜禽粪污产生量 100000"]


def test_rows_of_which_only_the_city_can_be_read_are_no_repeats_of_one_another(desk):
    found = desk.hand_in("manure", manure(*GOOD, "太原市,甲县,10,5", "太原市,乙县,20,5", "太原市,,7,5"))
    assert set(lines_of(desk)["rule"]) == {"county_readable", "county_present"}
    assert found.result.checks.filter(check="key_unique")["outcome"].to_list() == ["passed"]
    desk.hand_in("manure", manure(*GOOD[:2], "太原市,丙县,1,1"), received=LATER)
    assert lines_of(desk)["row"].to_list() == [5, 6, 7, 4]  # nor does a later one stand in the place of an earlier


def test_rows_that_contradict_one_another_are_told_with_the_name_of_their_area(desk):
    twice = ("阳泉市,城区,20,10", "阳泉市,城区,21,10", "太原市,小店区,20,10", "太原市,小店区,30,10")
    desk.hand_in("manure", manure(*GOOD, "晋城市,城区,5,1", "大同市,阳高县,1,1", *twice))
    told = lines_of(desk, rule="key_unique")["found"].unique(maintain_order=True).to_list()
    assert [text.partition("；")[0] for text in told] == ["地区 阳泉市城区 140302", "地区 小店区 140105"]


def test_a_reading_is_set_aside_alone(desk):
    desk.hand_in("sections", SECTIONS)
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{months('S1', m3='-4')}")
    lines = lines_of(desk)
    assert lines.select("row", "column", "found", "sets_aside", "key").rows() == [
        (4, "氨氮", "-4", "reading", "S1 某断面 3")
    ]
    assert lines["area_id"].to_list() == ["140121"]  # the register says where the section lies


def test_what_the_corrected_file_tells_rightly_leaves_what_is_still_wrong_moves_what_it_lacks_stays(desk):
    first = desk.hand_in("manure", manure(*GOOD, "大同市,阳高县,10,20", "大同市,天镇县,10,30", "大同市,广灵县,10,40"))
    second = desk.hand_in("manure", manure("大同市,天镇县,10,31", *GOOD, "大同市,阳高县,10,9"), received=LATER)
    lines = lines_of(desk).select("file", "row", "status", "later_file", "later_row")
    assert lines.rows() == [
        ("manure-0.csv", 5, "fixed", "manure-1.csv", 6),
        ("manure-0.csv", 6, "still wrong", "manure-1.csv", 2),
        ("manure-0.csv", 7, "open", None, None),
        ("manure-1.csv", 2, "open", None, None),
    ]
    told = corrected(desk.workspace, second, desk.catalog)
    assert (told.fixed, told.still_wrong, things(told.still_open)) == (1, 1, 1)
    assert told.still_open["key"].to_list() == ["大同市 广灵县"]
    assert first.snapshot.path.is_file() and second.snapshot.path.is_file()


def test_what_one_file_put_right_no_later_one_puts_right_again(desk):
    desk.hand_in("manure", manure(*GOOD, TOO_MUCH))
    second = desk.hand_in("manure", manure("大同市,阳高县,10,8"), received=LATER)
    third = desk.hand_in("manure", manure("大同市,阳高县,10,7"), received=LAST)
    assert [corrected(desk.workspace, found, desk.catalog).fixed for found in (second, third)] == [1, 0]


def test_what_stays_open_is_of_the_time_and_area_of_the_later_file(desk):
    desk.hand_in("sections", SECTIONS)
    wrong = {f"m{month}": "-4" for month in (6, 7, 8)}
    everywhere = "".join(months(section, first=6, last=9, **wrong) for section in ("S1", "S2", "S3"))
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{everywhere}")
    july = desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{months('S1', first=7, last=7)}", received=LATER)
    assert corrected(desk.workspace, july, desk.catalog).still_open["key"].to_list() == ["S2 某断面 7"]
    others = f"{SECTION_HEAD}\n{months('S1', first=6, last=6)}{months('S1', first=8, last=8)}"
    of_county = desk.hand_in("section_monthly", others, area="140121", received=LAST)
    told = corrected(desk.workspace, of_county, desk.catalog)
    assert (told.fixed, told.still_open.height) == (2, 0)


def test_a_row_about_a_member_of_another_city_tells_nothing_of_it(desk):
    """The form names sections without their places: the register knows where they lie."""
    desk.hand_in("sections", SECTIONS)
    city = f"{SECTION_HEAD}\n{months('S3', ammonia='0.9')}"
    desk.hand_in("section_monthly", city, area="140200")
    before = desk.value("G2", "140200")
    rows = months("S1") + months("S2")
    mixed = desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{rows}{months('S3', first=1, last=1)}", area="140100")
    assert ("member_of_area", 1) in mixed.rules_broken and mixed.result.set_aside_rows == 1
    (line,) = lines_of(desk, rule="member_of_area").iter_rows(named=True)
    assert (line["key"], line["status"], line["area_id"]) == ("S3 某断面 1", "open", "140100")
    assert line["found"] == "丙断面 S3（山西省大同市阳高县）" and "请从本表删去" in line["expected_zh"]
    assert desk.value("G2", "140200") == before
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{rows}", area="140100", received=LATER)
    assert lines_of(desk, rule="member_of_area")["status"].to_list() == ["fixed"]


def test_what_stays_open_of_a_register_is_told_too(desk):
    desk.hand_in("sections", SECTIONS.replace("海河流域,桑干河,河流", "海河流域,桑干河,江"))
    found = desk.hand_in("sections", SECTIONS.replace("S3", "S4"), received=LATER)
    assert set(corrected(desk.workspace, found, desk.catalog).still_open["entity_id"]) == {"S3"}


def test_a_row_of_nobody_is_told_to_the_sender_of_its_file_alone(desk):
    desk.hand_in("manure", manure(*GOOD, "某市,某县,10,9", "太原市,某县,10,9"), department="甲")
    for department, row, count in (("甲", GOOD[0], 2), ("乙", GOOD[1], 0)):
        later = desk.hand_in("manure", manure(row), department=department, received=LATER)
        assert things(corrected(desk.workspace, later, desk.catalog).still_open) == count


def test_a_row_whose_key_was_wrong_goes_with_its_file(desk):
    desk.hand_in("manure", manure(*GOOD, "大同市,阳高具,10,9", "大同市,天镇,10,9"))
    desk.hand_in("manure", manure(*GOOD, "大同市,阳高县,10,9", "大同市,天镇,10,9"), received=LATER)
    assert lines_of(desk).select("file", "row", "status", "later_row").rows() == [
        ("manure-0.csv", 5, "fixed", None),
        ("manure-0.csv", 6, "still wrong", 6),
        ("manure-1.csv", 6, "open", None),
    ]


def test_a_row_of_another_area_goes_with_its_file_where_it_was_left_out_as_asked(desk):
    own = ("太原市,清徐县,10,9", "太原市,阳曲县,10,9")
    desk.hand_in("manure", manure(*own, "阳泉市,平定县,10,9"), area="140100")
    assert lines_of(desk)["status"].to_list() == ["open"]
    desk.hand_in("manure", manure(own[0]), area="140100", received=LATER)
    assert lines_of(desk)["status"].to_list() == ["open"]
    desk.hand_in("manure", manure(*own), area="140100", received=LATER)
    assert lines_of(desk)["status"].to_list() == ["fixed"]
    desk.values()
    members = desk.asked("members_of_year", year=2021).filter(code="T12b", entity_id="140321")
    assert members["status"].to_list() == ["not_delivered"]


TOWN_HEAD = "建制镇代码,建制镇名称,市,县（市、区）,是否具备处理能力"
OWN_TOWNS = ("140121101,甲镇,太原市,清徐县,具备", "140122101,丙镇,太原市,阳曲县,具备")
OTHERS_TOWN = "140221101,丁镇,大同市,阳高县,不具备"


def of_towns(*rows):
    return "\n".join([TOWN_HEAD, *rows, ""])


@pytest.mark.parametrize(
    ("later", "statuses"),
    [
        (OWN_TOWNS, ["fixed"]),
        (OWN_TOWNS[:1], ["open"]),
        ((*OWN_TOWNS, OTHERS_TOWN, ""), ["still wrong", "open"]),
    ],
    ids=["left out", "some rows alone", "told again"],
)
def test_a_member_of_another_area_leaves_once_the_sender_came_without_it(desk, later, statuses):
    desk.hand_in("towns", TOWNS)
    desk.hand_in("town_sewage", of_towns(*OWN_TOWNS, OTHERS_TOWN), area="140100")
    # Neither what its own sender tells nor a file of the other city puts it right, and nobody there is told of it.
    of_others = desk.hand_in("town_sewage", of_towns(OTHERS_TOWN), area="140200", received=LATER)
    lines = lines_of(desk)
    assert lines.select("key", "area_id", "status").rows() == [("140221101 丁镇", "140100", "open")]
    said = corrected(desk.workspace, of_others, desk.catalog)
    assert (said.fixed, said.still_wrong, said.still_open.height) == (0, 0, 0)
    found = desk.hand_in("town_sewage", of_towns(*later), area="140100", received=LAST)
    assert lines_of(desk)["status"].to_list() == statuses
    said = corrected(desk.workspace, found, desk.catalog)
    assert (said.fixed, said.still_wrong) == (statuses.count("fixed"), statuses.count("still wrong"))


@pytest.mark.parametrize("rows", [GOOD, ("大同市,阳高县,10,9",), (*GOOD[:2], "大同市,阳高县,10,9")])
def test_a_row_whose_key_was_wrong_stays_where_its_file_is_not_told_as_a_whole(desk, rows):
    desk.hand_in("manure", manure(*GOOD, "大同市,阳高具,10,9"))
    desk.hand_in("manure", manure(*rows), received=LATER)
    assert lines_of(desk)["status"].to_list() == ["open"]


def test_rows_of_other_cities_or_known_before_are_not_the_ones_whose_key_was_wrong(desk):
    desk.hand_in("manure", manure("大同市,天镇县,10,9"))
    desk.hand_in("manure", manure(*GOOD, "大同市,阳高具,10,9"), received=LATER)
    desk.hand_in("manure", manure(*GOOD, "大同市,天镇县,10,8", "长治市,屯留区,10,9"), received=LAST)
    assert lines_of(desk)["status"].to_list() == ["open"]
    desk.hand_in("manure", manure(*GOOD, "大同市,阳高县,10,9"), received=LAST)
    assert lines_of(desk)["status"].to_list() == ["fixed"]


def test_a_key_told_twice_is_not_wrong_in_itself(desk):
    desk.hand_in("manure", manure(*GOOD, "大同市,阳高县,10,9", "大同市,阳高县,10,8"))
    desk.hand_in("manure", manure(*GOOD, "大同市,天镇县,10,9", "大同市,广灵县,10,9"), received=LATER)
    assert set(lines_of(desk).select("column", "status").rows()) == {("行政区", "open")}
    desk.hand_in("manure", manure("大同市,阳高县,10,9"), received=LAST)
    assert set(lines_of(desk)["status"]) == {"fixed"}


def test_a_reading_is_put_right_by_the_file_that_tells_it_anew(desk):
    desk.hand_in("sections", SECTIONS)
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{months('S1', m3='-4', m4='-5', m5='-6')}")
    others = f"{SECTION_HEAD}\nS1,某断面,3,正常,7.8,8.0,3.0,,0.08\nS1,某断面,4,正常,7.8,8.0,3.0,0.4,0.08\n"
    desk.hand_in("section_monthly", f"{others}S1,某断面,5,正常,7.8,8.0,3.0,-7,0.08\n", received=LATER)
    assert lines_of(desk).select("row", "status", "later_row").rows() == [
        (4, "open", None),  # told again without ammonia: its cell still stands as it was
        (5, "fixed", 3),
        (6, "still wrong", 4),
        (4, "open", None),
    ]


def test_a_refused_file_has_a_line_for_its_reason_beside_those_of_its_rows(desk):
    with pytest.raises(CheckFailed):
        desk.hand_in("manure", manure("大同市,阳高县,10,20", "大同市,天镇县,10,5"[:-1] + "50", GOOD[0]))
    lines = lines_of(desk)
    of_file = lines.filter(sets_aside="file")
    assert of_file.select("row", "column", "rule", "status").rows() == [(None, "整份文件", "share_set_aside", "open")]
    assert of_file["found"].to_list() == ["有误的行 2；全部行 3"]
    assert "50%" in of_file["expected_zh"][0]
    assert lines.filter(sets_aside="row")["row"].to_list() == [2, 3]
    desk.hand_in("manure", manure("大同市,阳高县,10,2", "大同市,天镇县,10,5", GOOD[0]), received=LATER)
    assert set(lines_of(desk)["status"]) == {"fixed"}


def refuse_unreadable(desk, name, **said):
    desk.inbox.mkdir(exist_ok=True)
    file = desk.inbox / name
    file.write_text("甲,乙\n1,2\n", encoding="utf-8")
    with pytest.raises(CheckFailed):
        desk.hand_in_file("manure", file, period="2021", **said)


def hand_in_good(desk, name, *, period="2021", **said):
    file = desk.inbox / name
    file.write_text(manure(*GOOD), encoding="utf-8")
    return desk.hand_in_file("manure", file, period=period, received=LATER, **said)


def test_a_file_that_could_not_be_read_is_one_line_until_another_stands_in_its_place(desk):
    refuse_unreadable(desk, "甲县.csv")
    (line,) = lines_of(desk).iter_rows(named=True)
    assert (line["rule"], line["status"], line["sets_aside"]) == ("file_unreadable", "open", "file")
    assert "缺少栏目" in line["expected_zh"]
    hand_in_good(desk, "甲县.csv", period="2020")
    assert lines_of(desk)["status"].to_list() == ["open"]
    found = hand_in_good(desk, "甲县.txt")
    assert lines_of(desk).select("status", "later_file").rows() == [("fixed", "甲县.txt")]
    assert corrected(desk.workspace, found, desk.catalog).fixed == 1


@pytest.mark.parametrize(
    ("first", "name", "later", "status"),
    [
        ({}, "乙.csv", {}, "open"),
        ({"area": "140200"}, "乙.csv", {"area": "140100"}, "open"),
        ({"area": "140200"}, "甲.csv", {"area": "140100"}, "open"),
        ({"area": "140200"}, "乙.csv", {}, "open"),
        ({"area": "140100"}, "甲.csv", {}, "fixed"),
        ({"department": "甲"}, "甲.csv", {"area": "140100"}, "fixed"),
        ({"department": "甲"}, "乙.csv", {"department": "乙"}, "open"),
        ({"department": "甲"}, "乙.csv", {"department": "甲"}, "open"),
        ({"department": "甲", "area": "140100"}, "乙.csv", {"department": "乙", "area": "140100"}, "fixed"),
    ],
)
def test_a_file_that_could_not_be_read_is_replaced_by_one_of_its_area_or_its_name(desk, first, name, later, status):
    """One department sends a file for each city: that it sends another one puts no other right."""
    refuse_unreadable(desk, "甲.csv", **first)
    hand_in_good(desk, name, **later)
    assert lines_of(desk)["status"].to_list() == [status]


def of_every_county(desk, lacking=0):
    """Rows of all counties whom the form asks, but for the first ones."""
    areas = desk.catalog.areas
    asked = asked_of(desk.catalog.sources["manure"], area_registers(desk.catalog), desk.catalog, year_of(2021))
    counties = [(areas[a].name.zh, areas[desk.catalog.city_of(a)].name.zh) for a in asked["entity_id"][lacking:]]
    assert len(counties) == 117 - lacking
    return [f"{city},{county},10,5" for county, city in counties]


@pytest.mark.parametrize(("lacking", "status"), [(0, "fixed"), (1, "open")])
def test_a_file_that_could_not_be_read_is_replaced_by_one_that_tells_of_all_whom_the_form_asks(desk, lacking, status):
    refuse_unreadable(desk, "甲.csv")
    desk.hand_in("manure", manure(*of_every_county(desk, lacking)), received=LATER)
    assert lines_of(desk)["status"].to_list() == [status]


@pytest.mark.parametrize(("lacking", "status"), [(0, "fixed"), (1, "open")])
def test_a_row_of_nobody_goes_once_a_file_tells_of_all_whom_the_form_asks(desk, lacking, status):
    desk.hand_in("manure", manure(*of_every_county(desk), "某市,某县,10,5"))
    assert set(lines_of(desk)["status"]) == {"open"}
    desk.hand_in("manure", manure(*of_every_county(desk, lacking)), received=LATER)
    assert set(lines_of(desk)["status"]) == {status}


def test_a_refused_file_of_which_no_row_can_be_told_is_not_put_right_by_a_stranger(desk):
    with pytest.raises(CheckFailed):
        desk.hand_in("manure", manure("太原市,甲县,1,1", "太原市,乙县,1,1"))
    desk.hand_in("manure", manure("大同市,阳高县,1,1", "大同市,天镇县,1,1"), received=LATER)
    assert set(lines_of(desk)["status"]) == {"open"}


@pytest.mark.parametrize("mended", [(), ("大同市,阳高县,1,1", "大同市,天镇县,1,1", "大同市,广灵县,1,1")])
def test_a_refused_file_told_anew_as_a_whole_leaves_nothing_open(desk, mended):
    with pytest.raises(CheckFailed):
        desk.hand_in("manure", manure(GOOD[0], "大同市,甲县,1,1", "大同市,乙县,1,1", "某市,丙县,1,1"))
    assert set(lines_of(desk)["status"]) == {"open"}
    desk.hand_in("manure", manure(GOOD[0], *mended), received=LATER)
    assert set(lines_of(desk)["status"]) == {"fixed"}


def test_a_refused_file_is_not_told_anew_by_a_file_that_lacks_a_good_row(desk):
    with pytest.raises(CheckFailed):
        desk.hand_in("manure", manure(*GOOD[:2], *(f"大同市,{name}县,1,1" for name in "甲乙丙")))
    desk.hand_in("manure", manure(GOOD[0], GOOD[2]), received=LATER)
    assert set(lines_of(desk)["status"]) == {"open"}


def test_bounds_shrink_as_readings_leave_the_quarantine(desk):
    def year_of(march: str) -> str:
        return f"{SECTION_HEAD}\n" + "".join(months(section, m3=march) for section in ("S1", "S2", "S3"))

    desk.hand_in("sections", SECTIONS)
    desk.hand_in("section_monthly", year_of("-4"))
    before = desk.value("G2")
    desk.hand_in("section_monthly", year_of("0.4"), received=LATER)
    after = desk.value("G2")
    assert (before["low"], before["high"]) == (0.0, 100.0)
    assert (after["low"], after["high"]) == (100.0, 100.0)
    assert set(lines_of(desk)["status"]) == {"fixed"}


def test_a_number_leads_to_the_corrected_file_and_both_are_kept(desk):
    first = desk.hand_in("manure", manure(*GOOD, "大同市,阳高县,100,120"))
    second = desk.hand_in("manure", manure("大同市,阳高县,100,90"), received=LATER)
    assert desk.value("T12b", "140221")["value"] == 90.0
    explained = open_year(2021, root=desk.workspace.root).area("140221").explain("T12b")
    assert set(explained.rows.select("snapshot", "row").rows()) == {(second.snapshot.id, 2)}
    assert explained.files["file"].to_list() == ["manure-1.csv"]
    assert first.snapshot.path.is_file() and second.snapshot.path.is_file()


def test_a_notebook_asks_for_what_is_set_aside_of_its_year_and_area(desk):
    desk.hand_in("manure", manure(*GOOD, "大同市,阳高县,10,20"))
    desk.hand_in("manure", manure(*GOOD, "大同市,天镇县,10,20"), period="2020", received=LATER)
    build(desk.workspace, 2021, desk.catalog)
    year = open_year(2021, root=desk.workspace.root)
    assert year.quarantine()["key"].to_list() == ["大同市 阳高县"]
    assert year.area("140200").quarantine().height == 1 and year.area("140100").quarantine().is_empty()


def test_the_command_lists_what_is_open_and_with_all_what_was_fixed(qinghe, tmp_path):
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text(manure(*GOOD, "大同市,阳高县,10,20", "大同市,天镇县,10,30", "=2+2,天镇县,1,1"), encoding="utf-8")
    second.write_text(manure("大同市,阳高县,10,9"), encoding="utf-8")
    for file in (first, second):
        assert qinghe("receive", file, "--source", "manure", "--period", "2021").returncode == 0
    listed = json.loads(qinghe("quarantine", "--json").stdout)
    assert {line["row"] for line in listed} == {6, 7} and {line["status"] for line in listed} == {"open"}
    whole = qinghe("quarantine", "--all", "--format", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(whole)))
    assert next(r for r in rows if r["row"] == "5")["later_file"] == "b.csv"
    assert any(r["found"] == "'=2+2" for r in rows) and ",=2+2" not in whole
    out = tmp_path / "list.xlsx"
    assert qinghe("quarantine", "--out", out).returncode == 0
    cells = [c for row in load_workbook(out).active.iter_rows() for c in row]
    assert "'=2+2" in [c.value for c in cells] and "f" not in {c.data_type for c in cells}
    shown = qinghe("quarantine", "--all").stdout
    assert "已更正：b.csv" in shown and "大同市 阳高县" in shown and "综合利用量不得大于产生量" in shown
    assert not re.search("[a-z]{4}", re.sub(r"[ab]\.csv", "", shown))
    english = qinghe("quarantine", "--all", "--lang", "en").stdout
    assert "fixed: b.csv" in english and "used_within_produced" in english and "不得大于" not in english
    for narrow, rows in (
        (["--area", "140100"], set()),
        (["--year", "2020"], set()),
        (["--source", "towns"], set()),
        (["--department", "agriculture"], {6, 7}),
        (["--department", "水利"], set()),
        (["--area", "140200"], {6, 7}),
    ):
        assert {line["row"] for line in json.loads(qinghe("quarantine", "--json", *narrow).stdout)} == rows, narrow
    nobody = qinghe("quarantine", "--department", "水务")
    assert nobody.returncode == 2 and "没有名称含“水务”的部门" in nobody.stderr
    assert "Example: qinghe quarantine" in qinghe("quarantine", "--help").stdout


def test_brackets_and_colons_of_a_sender_are_printed_as_they_are(qinghe, tmp_path):
    file = tmp_path / "[bold]甲[red].csv"
    file.write_text(manure(*GOOD, "大同市,[/x],10,9", "大同市,:100:,10,9"), encoding="utf-8")
    assert qinghe("receive", file, "--source", "manure", "--period", "2021").returncode == 0
    shown = qinghe("quarantine", "--year", "2021").stdout
    assert "[/x]" in shown and ":100:" in shown
    assert file.name in qinghe("received", "--year", "2021").stdout
