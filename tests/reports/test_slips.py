"""The return slip: the sender's own workbook, bad cells coloured and explained in Chinese, a summary before it."""

import json
import re
import zipfile
from dataclasses import replace
from datetime import date

import pytest
import xlsxwriter
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill, Protection
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from analytics.cli.slips import after_receiving, after_refusal
from analytics.errors import CheckFailed
from analytics.ingest import Delivery
from analytics.reporting import slip_pages, slips
from analytics.reporting.check_report import write_check_report
from analytics.reporting.slips import Finding, write_slip
from tests.deliveries import JANUARY, MANURE_HEAD, SECTION_HEAD, SECTIONS, months

RED, YELLOW = "00F4B6AE", "00FFE699"
LATER = date(2022, 1, 20)
HEAD = MANURE_HEAD.split(",")
GOOD = [["太原市", "清徐县", 100, 80], ["太原市", "阳曲县", 300, 240], ["太原市", "娄烦县", 50, 10]]


@pytest.fixture
def book():
    """A sender's workbook: title, merged city, a total that computes, a hidden sheet."""
    made = Workbook()
    sheet = made.active
    sheet.title = "表1"
    for row in [["2021年情况表"], HEAD, *GOOD, ["大同市", "阳高县", -10, "很多"], [None, "天镇县", 10, 20]]:
        sheet.append(row)
    sheet.append(["合计", None, "=SUM(C3:C7)", None])
    sheet.merge_cells("A1:D1")
    sheet.merge_cells("A6:A7")
    sheet.column_dimensions["B"].width = 31
    hidden = made.create_sheet("选项")
    hidden["A1"] = "太原市"
    hidden.sheet_state = "veryHidden"
    return made


@pytest.fixture
def returned(desk, tmp_path):
    """Hands a workbook in and opens the slip that comes back."""

    def hand_in(made, **said):
        made.save(tmp_path / "粪污 表.xlsx")
        found = desk.hand_in_file("manure", tmp_path / "粪污 表.xlsx", period="2021", **said)
        return load_workbook(write_slip(found, desk.workspace, desk.catalog))

    return hand_in


def of_text(desk, source, text, **said):
    found = desk.hand_in(source, text, **said)
    path = write_slip(found, desk.workspace, desk.catalog)
    return path and load_workbook(path)


def marked(sheet) -> dict[str, str]:
    cells = [c for row in sheet.iter_rows() for c in row if c.comment]
    assert not any(c.protection.locked for c in cells)  # what is to be put right can be written over
    return {c.coordinate: c.fill.start_color.rgb for c in cells}


def texts(sheet) -> str:
    cells = [c for row in sheet.iter_rows() for c in row]
    return "\n".join(
        [str(c.value) for c in cells if c.value is not None] + [c.comment.text for c in cells if c.comment]
    )


def test_bad_cells_are_coloured_and_their_notes_say_what_was_found_and_wanted(returned, book):
    slip = returned(book)
    assert slip.sheetnames == ["填报问题汇总", "表1", "选项"] and slip.active.title == "填报问题汇总"
    sheet = slip["表1"]
    assert marked(sheet) == {"C6": RED, "D6": RED, "C7": RED, "D7": RED}
    note = sheet["D6"].comment.text
    assert (
        note.startswith("【严重】“畜禽粪污综合利用量”应能识别")
        and "报送值：很多\n应为：数字，不带“约”“万”等文字" in note
    )
    assert "本行不计入统计" in note
    assert "综合利用量 20；畜禽粪污产生量 10" in sheet["C7"].comment.text


def test_nothing_of_the_senders_sheet_is_lost(returned, book):
    sheet, sent = returned(book)["表1"], book["表1"]
    for row in sent.iter_rows(max_row=7):
        for cell in row:
            assert sheet[cell.coordinate].value == cell.value, cell.coordinate
    assert {str(r) for r in sheet.merged_cells.ranges} == {"A1:D1", "A6:A7"}
    assert sheet.column_dimensions["B"].width == 31


def test_the_summary_counts_names_the_rules_and_leads_to_the_cells(returned, book):
    slip = returned(book, department="省农业农村厅")
    summary = slip["填报问题汇总"]
    said = {row[0].value: row[1].value for row in summary.iter_rows() if row[0].value}
    assert (said["文件"], said["报送单位"], said["收到日期"], said["报告期"]) == (
        "粪污 表.xlsx", "省农业农村厅", "2022-01-10", "2021年",
    )  # fmt: skip
    assert (said["数据行"], said["采用的行"], said["暂不采用的行"]) == (5, 3, 2)
    line = next(r for r in summary.iter_rows() if r[1].value == "综合利用量不得大于产生量")
    assert (line[0].value, line[3].value) == ("严重", 2)
    assert {(c.value, c.hyperlink.location) for c in line[4:6]} == {("表1 C7", "'表1'!C7"), ("表1 D7", "'表1'!D7")}
    assert "重新报送" in texts(summary) and "按“市、县（市、区）”逐行对应" in texts(summary)
    assert "示例数据" not in texts(summary)


def test_people_read_no_machine_words(returned, book):
    book["表1"]["C8"] = 370
    slip = returned(book)
    told = texts(slip["填报问题汇总"]) + texts(slip["表1"])
    assert set(re.findall(r"[A-Za-z_]{2,}", told)) == {"qinghe", "receive", "xlsx"}


def test_nothing_active_goes_back(returned, book):
    sheet = book["表1"]
    sheet["A9"] = "注：=HYPERLINK(1)"
    sheet["B3"].comment = Comment("原批注", "张三")
    sheet["B4"].hyperlink = "http://example.com/"
    sheet["D6"] = "=C6*0.8"  # never computed: the file has no result for it
    sheet.conditional_formatting.add("C3:C9", FormulaRule(formula=["C3>1"], fill=PatternFill("solid")))
    for rule in (DataValidation("list", formula1="选项!$A$1:$A$3"), DataValidation("list", formula1="[1]甲!$A$1")):
        sheet.add_data_validation(rule)
        rule.add("A3:A9")
    slip = returned(book)
    back = slip["表1"]
    kinds = {c.data_type for s in slip.worksheets for row in s.iter_rows() for c in row}
    assert "f" not in kinds
    assert back["D6"].value == "'=C6*0.8" and "报送值：=C6*0.8" in back["D6"].comment.text
    assert back["B3"].comment.text == "原批注" and back["B4"].hyperlink is None
    assert not list(back.conditional_formatting)
    assert [rule.formula1 for rule in back.data_validations.dataValidation] == ["选项!$A$1:$A$3"]
    assert slip["选项"].sheet_state == "veryHidden"


def test_names_come_back_that_stand_for_cells_and_nothing_else(returned, book):
    names = {
        "市": "选项!$A$1:$A$3",
        "两处": "选项!$A$1,'表1'!$A:$B",
        "网": 'WEBSERVICE("http://example.com/")',
        "算": "SUM(表1!$C$3:$C$7)",
        "数": "0.8",
        "他": "[1]甲!$A$1",
        "无": "没有!$A$1",
        "令": "cmd|'/c calc'!A1",
    }
    for name, formula in names.items():
        book.defined_names[name] = DefinedName(name, attr_text=formula)
    book["表1"].defined_names["内"] = DefinedName("内", attr_text="NOW()")
    slip = returned(book)
    assert set(slip.defined_names) == {"市", "两处"} and not slip["表1"].defined_names


@pytest.mark.parametrize("place", ["E1048576", "XFD1048576"])
def test_a_stray_blank_far_away_costs_nothing(tmp_path, book, place):
    book["表1"][place] = " "
    book.save(tmp_path / "a.xlsx")
    copy, _ = slip_pages._copied(tmp_path / "a.xlsx")
    assert len(copy["表1"]._cells) < 100 and copy["表1"][place].value == " "


def test_a_range_over_the_whole_sheet_is_not_filled_with_cells(tmp_path, book):
    book["表1"].merge_cells("A20:B21")
    book.save(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"A20:B21", b"A20:XFD1048576"))
    assert slip_pages._is_small(tmp_path / "a.xlsx") and not slip_pages._is_small(tmp_path / "b.xlsx")


def test_a_formula_comes_back_as_the_value_that_the_sender_saw(desk, tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as made:
        sheet = made.add_worksheet("表1")
        for number, row in enumerate([HEAD, ["太原市", "清徐县", 100], ["太原市", "阳曲县", 10, 20]]):
            sheet.write_row(number, 0, row)
        sheet.write_formula("D2", "=C2*0.8", None, 80)
    found = desk.hand_in_file("manure", tmp_path / "a.xlsx", period="2021")
    cell = load_workbook(write_slip(found, desk.workspace, desk.catalog))["表1"]["D2"]
    assert (cell.value, cell.data_type) == (80, "n")


def test_a_mark_keeps_what_the_sender_had_noted(returned, book):
    book["表1"]["D6"].comment = Comment("估计数", "张三")
    assert returned(book)["表1"]["D6"].comment.text.endswith("（原有批注）估计数")


def test_what_is_said_of_merged_cells_stands_on_them_once(returned, book):
    sheet = book["表1"]
    for county in ("小店区", "迎泽区", "杏花岭区", "尖草坪区", "万柏林区", "晋源区"):
        sheet.append(["太原市", county, 100, 80])
    sheet.merge_cells("C4:C5")
    note = returned(book)["表1"]["C4"].comment.text
    assert note.count("不合并单元格") == 1 and "原有批注" not in note


def test_a_hidden_row_that_is_marked_shows(returned, book):
    for number in (5, 6):
        book["表1"].row_dimensions[number].hidden = True
    rows = returned(book)["表1"].row_dimensions
    assert (rows[5].hidden, rows[6].hidden) == (True, False)


def test_an_empty_cell_that_is_to_be_filled_stays_unlocked(returned, book):
    sheet, unlocked = book["表1"], Protection(locked=False)
    sheet.protection.sheet = True
    sheet.column_dimensions.group("C", "D", hidden=False)  # one entry for both columns
    sheet.column_dimensions["C"].protection = unlocked
    del sheet._cells[6, 3], sheet._cells[7, 4]
    sheet["D6"].protection = unlocked
    back = returned(book)["表1"]
    assert {"C6", "D7"} <= set(marked(back))
    assert not back["C6"].protection.locked and not back["D7"].protection.locked and back.protection.sheet


def test_an_empty_cell_that_is_to_be_filled_is_as_open_as_its_row_or_the_one_above(returned, book):
    sheet, unlocked = book["表1"], Protection(locked=False)
    del sheet._cells[6, 3], sheet._cells[7, 4]
    sheet.row_dimensions[6].protection = unlocked
    sheet["D6"].protection = unlocked
    back = returned(book)["表1"]
    assert not back["C6"].protection.locked and not back["D7"].protection.locked


def test_a_finding_about_whom_a_row_is_about_marks_its_key(desk):
    desk.hand_in("sections", SECTIONS)
    text = f"{SECTION_HEAD}\n{months('S1')}{months('X9', last=1)}S1,甲断面,2,正常,7.8,8.0,3.0,0.9,0.08\n"
    slip = of_text(desk, "section_monthly", text)
    cells = marked(slip.worksheets[1])
    assert {c for c in cells if c.endswith("14")} == {"A14"}  # on no register: its code
    assert {c for c in cells if c.endswith("15")} == {"A15", "C15"}  # told twice: code and month


def test_a_text_file_comes_back_as_a_workbook_of_its_cells(desk):
    rows = "太原市,清徐县,100,80\n太原市,阳曲县,0300,240\n大同市,=1+1,-5,很多\n"
    slip = of_text(desk, "manure", f"{MANURE_HEAD}\n{rows}")
    sheet = slip.worksheets[1]
    assert [c.value for c in sheet[1]] == HEAD
    assert [c.value for c in sheet[3]] == ["太原市", "阳曲县", "0300", "240"]
    assert [c.value for c in sheet[4]] == ["大同市", "'=1+1", "-5", "很多"]
    assert set(marked(sheet)) == {"B4", "C4", "D4"} and sheet.freeze_panes == "A2"


def test_a_warning_is_yellow_and_takes_nothing_away(desk):
    desk.hand_in("sections", SECTIONS)
    head = SECTION_HEAD + ",总氮(mg/L)"
    slip = of_text(desk, "section_monthly", f"{head}\nS1,甲断面,1,正常,7.8,8.0,3.0,0.9,0.08,0.5\n")
    sheet = slip.worksheets[1]
    assert marked(sheet) == {"H2": YELLOW, "J2": YELLOW}
    assert "无误的可不改" in sheet["H2"].comment.text
    assert "采用但有提示的行\n1" in texts(slip.worksheets[0])


def test_a_gap_that_takes_nothing_away_is_to_be_filled(desk):
    gap = Finding(
        rule="sampling_date_present",
        severity="warning",
        sheet="表1",
        row=1,
        columns=(3,),
        message="“采样日期”必须填报",
        found="",
        expected="有值",
        is_reading=False,
    )
    assert "请补填" in gap.note and "可不改" not in gap.note
    assert "可不改" in replace(gap, found="2021-03-01").note


def test_a_clean_file_has_no_slip(desk):
    assert of_text(desk, "manure", f"{MANURE_HEAD}\n太原市,清徐县,100,80\n") is None
    assert not (desk.workspace.builds / "slips").exists()


def test_what_is_found_of_the_whole_file_stands_in_the_summary_and_is_printed(desk):
    rows = "".join(f"太原市,{c},100,{u}\n" for c, u in (("清徐县", 120), ("阳曲县", 80), ("娄烦县", 80)))
    desk.hand_in("manure", f"{MANURE_HEAD}\n{rows}太原市,古交市,100,80\n太原市,小店区,100,80\n")
    found = desk.hand_in("manure", f"{MANURE_HEAD}\n{rows}", received=date(2022, 2, 1))
    told = after_receiving(desk.workspace, found, desk.catalog)
    summary = texts(load_workbook(told["return slip"]).worksheets[0])
    assert "整份文件：每个县（市、区）都有一行" in summary and "整份文件：行数与此前同一范围的报送相差较大" in summary
    assert "上次 5 (-40%)" in summary
    assert "the file before 5 (-40%)" in told["of the whole file"]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["2020年"], ["2020年"]),
        (["2020年", "2021年"], ["2020年"]),
        (["2019", "2020年度"], ["2019年", "2020年度"]),
        (["2021年", "1季度"], []),
        (["粪污"], []),
    ],
)
def test_a_sheet_that_bears_another_year_is_warned_of_whatever_the_others_bear(desk, names, words):
    file = desk.inbox / "a.xlsx"
    desk.inbox.mkdir()
    book = Workbook()
    book.remove(book.active)
    for name, county in zip(names, ["清徐县", "阳曲县"], strict=False):
        sheet = book.create_sheet(name)
        for row in (HEAD, ["太原市", county, 100, 80]):
            sheet.append(row)
    book.save(file)
    found = desk.hand_in_file("manure", file, period="2021")
    told = after_receiving(desk.workspace, found, desk.catalog).get("of the whole file", "")
    assert re.findall(r"the name of a sheet tells: ([^;]+)", told) == words


@pytest.mark.parametrize(
    ("name", "title", "words"),
    [
        ("粪污2022年.csv", "", "文件名所说：2022年"),
        ("2022粪污.csv", "", "文件名所说：2022年"),
        ("a.csv", "太原市二〇二〇年度畜禽粪污情况表\n", "表题所说：2020年度"),
        ("2020年第1季度.csv", "2022年情况表\n", "文件名所说：2020年第1季度；表题所说：2022年"),
    ],
)
def test_another_year_in_the_name_or_the_title_is_warned_of_wherever_it_is_told(tmp_path, desk, name, title, words):
    file = tmp_path / name
    file.write_text(f"{title}{MANURE_HEAD}\n太原市,清徐县,100,80\n", encoding="utf-8")
    found = desk.hand_in_file("manure", file, period="2021")
    told = after_receiving(desk.workspace, found, desk.catalog)
    summary = texts(load_workbook(told["return slip"]).worksheets[0])
    assert f"情况：{words}；收到时所报的报告期：2021" in summary
    page = write_check_report([found], desk.workspace, desk.catalog, corrections={}).read_text(encoding="utf-8")
    assert words in page


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("2021年粪污（2022年1月报）.csv", ""),
        ("2022-01-10粪污.csv", ""),
        ("20220110.csv", ""),
        ("晋农函〔2022〕3号附件.csv", "填表日期：2022年1月\n"),
        ("粪污.csv", "2020—2022年情况表\n"),
        ("粪污.csv", "2021年1月至12月\n"),
    ],
)
def test_the_same_year_or_the_day_of_sending_is_no_other_period(tmp_path, desk, name, title):
    file = tmp_path / name
    file.write_text(f"{title}{MANURE_HEAD}\n太原市,清徐县,100,80\n", encoding="utf-8")
    assert write_slip(desk.hand_in_file("manure", file, period="2021"), desk.workspace, desk.catalog) is None


def test_invented_data_say_so_loudly(returned, book):
    book["表1"]["A1"] = "2021年情况表（示例数据）"
    assert "示例数据（虚构）" in returned(book)["填报问题汇总"]["A2"].value


def refused(desk, file, **said) -> Workbook:
    delivery = Delivery("manure", JANUARY, period="2021", **said)
    with pytest.raises(CheckFailed) as caught:
        desk.hand_in_file("manure", file, period="2021", **said)
    told = after_refusal(desk.workspace, file, delivery, desk.catalog, caught.value)
    return load_workbook(told["return slip"])


def test_a_file_refused_as_a_whole_comes_back_with_the_reason(desk, tmp_path, book):
    for row in (3, 4, 5):
        book["表1"][f"D{row}"] = 1000
    book.save(tmp_path / "a.xlsx")
    slip = refused(desk, tmp_path / "a.xlsx")
    assert "整份退回，全部数据均未采用：因严重问题暂不采用的行不得超过 50%：共5行，其中5行有误" in texts(
        slip["填报问题汇总"]
    )
    assert "D3" in marked(slip["表1"])


def test_a_file_in_another_form_comes_back_with_the_columns_it_lacks(desk, tmp_path, book):
    book["表1"]["D2"] = "其他"
    book.save(tmp_path / "a.xlsx")
    slip = refused(desk, tmp_path / "a.xlsx")
    told = texts(slip["填报问题汇总"])
    assert "缺少栏目：综合利用量（吨）（也可写作：利用量（吨）、畜禽粪污/综合利用量（吨）、" in told
    assert "不要改动表头" not in told and "改为所列写法" in told and "表1" in slip.sheetnames


def test_a_file_that_is_no_workbook_has_a_summary_alone(desk, tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"no workbook\0")
    slip = refused(desk, tmp_path / "a.xlsx")
    assert slip.sheetnames == ["填报问题汇总"] and "编码无法识别" in texts(slip.active)
    assert "另存为 .xlsx" in texts(slip.active) and "按上面“处理结果”所列原因" in texts(slip.active)


def test_a_want_of_ours_sends_nothing_back(desk, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text(f"{SECTION_HEAD}\n{months('S1')}", encoding="utf-8")
    with pytest.raises(CheckFailed, match="could not be made") as caught:
        desk.hand_in_file("section_monthly", file, period="2021")
    delivery = Delivery("section_monthly", JANUARY, period="2021")
    assert after_refusal(desk.workspace, file, delivery, desk.catalog, caught.value) == {}


def test_a_workbook_that_cannot_be_written_again_comes_back_as_its_cells(returned, book, monkeypatch):
    monkeypatch.setattr(slip_pages, "_copied", lambda _: (Workbook(), {"表1": object()}))
    sheet = returned(book)["表1"]
    assert sheet["B6"].value == "阳高县" and set(marked(sheet)) == {"C6", "D6", "C7", "D7"}


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_of_a_very_large_file_the_rows_with_findings_come_back(desk, tmp_path, monkeypatch, book, ending):
    monkeypatch.setattr(slip_pages, "_MOST_CELLS", 10)
    monkeypatch.setattr(slip_pages, "_MOST_BYTES", 10)
    monkeypatch.setattr(slips, "MOST_MARKED", 3)
    file = tmp_path / f"a.{ending}"
    if ending == "xlsx":
        book.save(file)
    else:
        file.write_text(f"情况表,,,\n{MANURE_HEAD}\n太原市,清徐县,1,1\n太原市,阳曲县,1,1\n太原市,娄烦县,1,1\n"
                        "大同市,阳高县,-10,很多\n大同市,天镇县,10,20\n", encoding="utf-8")  # fmt: skip
    found = desk.hand_in_file("manure", file, period="2021")
    slip = load_workbook(write_slip(found, desk.workspace, desk.catalog))
    sheet = slip.worksheets[1]
    assert [row[0].value for row in sheet.iter_rows()] == [1, "原表行号", 6, 7]
    assert set(marked(sheet)) == {"D3", "E3", "D4", "E4"}
    told = texts(slip.worksheets[0])
    assert "共4处问题，表中标出前3处" in told and "首列为原表行号" in told
    assert f"{'表1' if ending == 'xlsx' else 'a'} C6" in told  # places are those of the sender's own sheet


def test_a_slip_that_is_mended_and_sent_in_is_received(desk, tmp_path, book):
    book.save(tmp_path / "a.xlsx")
    found = desk.hand_in_file("manure", tmp_path / "a.xlsx", period="2021")
    slip = load_workbook(write_slip(found, desk.workspace, desk.catalog))
    slip["表1"]["C6"], slip["表1"]["D6"] = 10, 8
    slip.save(tmp_path / "b.xlsx")
    again = desk.hand_in_file("manure", tmp_path / "b.xlsx", period="2021", received=LATER)
    assert (again.staged.rows, again.result.set_aside_rows) == (5, 1)
    assert again.staged.sheets_passed_over == ["选项 (hidden)"]  # the summary is ours: nothing need be said of it
    told = after_receiving(desk.workspace, again, desk.catalog)
    assert (told["put right of earlier files"], told["of earlier files still wrong"]) == (1, 1)
    second = load_workbook(told["return slip"])
    assert second.sheetnames == ["填报问题汇总", "表1", "选项"]
    assert set(marked(second["表1"])) == {"C7", "D7"} and second["表1"]["C6"].fill.fill_type is None


def test_a_sheet_of_the_sender_that_is_called_like_the_summary_is_told_of(desk, tmp_path, book):
    book.create_sheet("填报问题汇总").append(["县里的问题", "三个"])
    book.save(tmp_path / "a.xlsx")
    found = desk.hand_in_file("manure", tmp_path / "a.xlsx", period="2021")
    assert found.staged.sheets_passed_over == ["选项 (hidden)", "填报问题汇总"]


def test_what_a_corrected_file_lacks_is_told_and_stands_in_its_slip(desk):
    rows = "太原市,清徐县,100,80\n太原市,阳曲县,300,240\n太原市,娄烦县,9,9\n"
    desk.hand_in("manure", f"{MANURE_HEAD}\n{rows}大同市,阳高县,10,20\n大同市,天镇县,10,30\n")
    second = desk.hand_in("manure", f"{MANURE_HEAD}\n{rows}大同市,阳高县,10,25\n", received=LATER)
    told = after_receiving(desk.workspace, second, desk.catalog)
    assert told["rows of the first file still open"] == 1
    assert told["still open"] == "manure-0.csv row 6: 大同市 天镇县"
    summary = texts(load_workbook(told["return slip"])["填报问题汇总"])
    assert "此前报送中仍未更正的内容\nmanure-0.csv 第6行\n大同市 天镇县" in summary


def test_receive_tells_where_the_slip_is(tmp_path):
    from typer.testing import CliRunner

    from analytics.cli import app

    file = tmp_path / "a.csv"
    file.write_text(f"{MANURE_HEAD}\n大同市,阳高县,10,20\n太原市,清徐县,100,80\n", encoding="utf-8")
    words = ["receive", str(file), "--source", "manure", "--period", "2021", "--root", str(tmp_path / "ws")]
    (told,) = json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)
    assert zipfile.is_zipfile(told["return slip"])
    assert re.search(r"退回单-畜禽粪污产生与利用情况表-a-\d{4}-\d\d-\d\d-[0-9a-f]{6}\.xlsx$", told["return slip"])


# Of the sender's own file and area alone


@pytest.mark.parametrize("department", ["乙局", "省农业农村厅"])
def test_a_slip_tells_nothing_of_the_files_of_others(desk, tmp_path, department):
    (tmp_path / "甲市.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    with pytest.raises(CheckFailed):
        desk.hand_in_file("manure", tmp_path / "甲市.csv", period="2021", department="省农业农村厅")
    row = f"{MANURE_HEAD}\n太原市,清徐县,100,80\n"
    if department == "乙局":
        desk.hand_in("manure", f"{row}太原市,阳曲县,10,20\n", department="甲局")
    last = f"{row}太原市,娄烦县,10,20\n太原市,古交市,10,2\n"
    found = desk.hand_in("manure", last, department=department, received=LATER)
    told = after_receiving(desk.workspace, found, desk.catalog)
    assert "still open" not in told
    summary = texts(load_workbook(told["return slip"])["填报问题汇总"])
    assert "仍未更正的内容" not in summary and "甲市" not in summary and "manure-0.csv 第3行" not in summary


def test_a_city_that_does_not_say_its_area_is_told_of_its_own_counties_alone(desk):
    rows = f"{MANURE_HEAD}\n太原市,清徐县,100,80\n太原市,阳曲县,10,20\n太原市,娄烦县,10,2\n"
    told = after_receiving(desk.workspace, desk.hand_in("manure", rows), desk.catalog)
    summary = texts(load_workbook(told["return slip"])["填报问题汇总"])
    assert "整份文件：每个县（市、区）都有一行\n情况：小店区 140105: 2021" in summary
    assert "古交市" in summary and "大同" not in summary and "平城区" not in summary and "\n7\n" in summary
    assert "114 missing" in told["of the whole file"]
