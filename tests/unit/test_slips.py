"""Slips that would make a wrong number without anybody noticing: each is read rightly, or refused with its place."""

import struct
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook

from analytics.errors import CheckFailed, SnapshotError
from tests.old_workbooks import OldSheet, old_workbook, record
from tests.unit.test_ingest import MANURE_HEAD, workbook, write

SECTION_HEAD = ["断面编码", "断面名称", "监测月份", "采样情况", "pH", "溶解氧", "高锰酸盐指数", "氨氮", "总磷"]
MONTH = ["S1", "甲桥", "1月", "正常", 7.5, 8, 2, 0.1, 0.05]


def manure(tmp_path, staged, *rows, head=MANURE_HEAD, above=()):
    return staged(workbook(tmp_path / "a.xlsx", [*above, head, *rows]), "manure")


@pytest.mark.parametrize("first", ["单位", "计量单位", ""])
def test_a_row_of_units_may_say_that_it_is_one(tmp_path, staged, first):
    units = [first, "", "", "", "无量纲", "mg/L", "mg/L", "mg/L", "mg/L", "μg/L"]
    rows = staged(workbook(tmp_path / "a.xlsx", [[*SECTION_HEAD, "汞"], units, [*MONTH, 0.04]]), "section_monthly")
    assert rows["mercury"].to_list() == [0.00004]


@pytest.mark.parametrize("spelling", ["微克每升", "μg·L-1", "ug/l", "μg L-1", "微克/升"])
def test_a_unit_may_be_spelled_in_many_ways(tmp_path, staged, spelling):
    units = ["", "", "", "", "无量纲", "mg·L-1", "毫克每升", "mg/L", "mg/L", spelling]
    rows = staged(workbook(tmp_path / "a.xlsx", [[*SECTION_HEAD, "汞"], units, [*MONTH, 0.04]]), "section_monthly")
    assert rows["mercury"].to_list() == [0.00004]


def test_a_row_of_units_with_an_unknown_one_refuses_the_file(tmp_path, staged):
    units = ["单位", "", "", "", "无量纲", "mg/L", "mg/L", "mg/L", "mg/L", "微克每杯"]
    with pytest.raises(CheckFailed, match="unit is not known") as caught:
        staged(workbook(tmp_path / "a.xlsx", [[*SECTION_HEAD, "汞"], units, [*MONTH, 0.04]]), "section_monthly")
    assert "row 2, column 10" in str(caught.value) and "微克每杯" in caught.value.zh


PLAIN_HEAD = ["市", "县（市、区）", "粪污产生量", "综合利用量"]


@pytest.mark.parametrize(
    "line",
    ["填报单位：某局   计量单位：万吨", "单位：万  吨", "单位（万吨）", "填报单位：某局；数量单位：万吨"],
)
def test_the_unit_of_the_table_is_found_wherever_the_line_says_it(tmp_path, staged, line):
    rows = manure(tmp_path, staged, ["太原市", "清徐县", 2, 1.6], head=PLAIN_HEAD, above=[[line]])
    assert rows["manure_produced_t"].to_list() == [20000.0]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([["单位：吨"], ["数量单位：万吨"]], "two units"),
        ([["填报单位：某局   计量单位：万吨"]], "two units"),  # the headings say 吨
        ([["单位：万斤"], ["单位：吨"]], "unit is not known"),
        ([["单位：千克每头"]], "unit is not known"),
    ],
)
def test_units_that_disagree_or_are_unknown_refuse_the_file(tmp_path, staged, lines, said):
    with pytest.raises(CheckFailed, match=said):
        manure(tmp_path, staged, ["太原市", "清徐县", 2, 1.6], above=lines)


def test_exceptions_behind_the_unit_of_the_table_refuse_the_file(tmp_path, staged):
    above = [["单位：mg/L（氨氮、总磷为μg/L）"]]
    with pytest.raises(CheckFailed, match="two units"):
        staged(workbook(tmp_path / "a.xlsx", [*above, SECTION_HEAD, MONTH]), "section_monthly")
    fine = [["单位：mg/L（水温 ℃、pH 无量纲）"]]
    assert staged(workbook(tmp_path / "b.xlsx", [*fine, SECTION_HEAD, MONTH]), "section_monthly").height == 1


@pytest.mark.parametrize(
    ("cell", "value"),
    [("100\n200", None), ("1 2", None), ("12 34", None), ("1 234 567", 1234567.0), ("1.2 × 10^3", 1200.0)],
)
def test_white_space_never_runs_two_numbers_into_one(tmp_path, staged, cell, value):
    rows = manure(tmp_path, staged, ["太原市", "清徐县", cell, "1"])
    assert rows["manure_produced_t"].to_list() == [value]


def test_a_conversion_makes_no_noise(tmp_path, staged):
    head = ["市", "县（市、区）", "粪污产生量（吨）", "综合利用量（万吨）"]
    rows = manure(tmp_path, staged, ["太原市", "清徐县", 700, 0.07], head=head)
    assert rows["manure_used_t"].to_list() == [700.0]


@pytest.mark.parametrize(
    "row",
    ["太原市,清徐县,234,100,180,000", "太原市,清徐县,234"],
    ids=["unquoted thousands", "a row cut short"],
)
def test_a_row_of_text_that_slipped_out_of_its_columns_refuses_the_file(tmp_path, staged, row):
    text = f"市,县（市、区）,粪污产生量（吨）,综合利用量（吨）,备注\n太原市,阳曲县,1000,800,\n{row}\n"
    with pytest.raises(CheckFailed, match="another number of cells") as caught:
        staged(write(tmp_path / "a.csv", text), "manure")
    assert "row 3" in str(caught.value)


def test_a_heading_repeated_on_the_next_page_is_no_row(tmp_path, staged):
    rows = manure(tmp_path, staged, ["太原市", "清徐县", 1, 1], MANURE_HEAD, ["太原市", "阳曲县", 2, 1])
    assert rows["county_as_delivered"].to_list() == ["清徐县", "阳曲县"]


@pytest.mark.parametrize(
    "head",
    [
        ["市", "县（市、区）", "粪污产生量（万吨）", "综合利用量（万吨）"],
        ["市", "县（市、区）", "综合利用量（吨）", "粪污产生量（吨）"],
    ],
    ids=["another unit", "columns changed about"],
)
def test_a_second_table_below_the_first_refuses_the_file(tmp_path, staged, head):
    with pytest.raises(CheckFailed, match="second table") as caught:
        manure(tmp_path, staged, ["太原市", "清徐县", 1000, 500], [], head, ["太原市", "阳曲县", 2, 1.6])
    assert "row 4" in str(caught.value)


def test_a_row_below_a_note_is_one_of_the_table_where_it_says_whom_it_is_about(tmp_path, staged):
    note, signed = ["注：下列为更正"], ["填表人：张三", "审核：李四", "日期：2022-01-10"]
    rows = manure(tmp_path, staged, ["太原市", "清徐县", 1, 1], note, ["", "阳曲县", 1000, ""], signed, ["来源：台账"])
    assert rows["county_as_delivered"].to_list() == ["清徐县", "阳曲县"]
    dry = [["S1", "甲桥", f"{m}月", "断流"] for m in (2, 3)]
    months = [SECTION_HEAD, MONTH, ["注：以下月份断流"], *dry]
    assert staged(workbook(tmp_path / "b.xlsx", months), "section_monthly").height == 3


def test_a_remark_in_the_first_column_makes_no_note_of_its_row(tmp_path, staged):
    rows = manure(tmp_path, staged, ["说明：含散养", "太原市", "清徐县", 1, 1], head=["备注", *MANURE_HEAD])
    assert (rows["county"].to_list(), rows["remark"].to_list()) == (["140121"], ["说明：含散养"])


def test_months_in_words_are_read_and_a_state_is_never_an_empty_row(tmp_path, staged):
    dry = [["S1", "甲桥", word, "断流"] for word in ("一月", "十二月份", "腊月")]
    rows = staged(workbook(tmp_path / "a.xlsx", [SECTION_HEAD, *dry]), "section_monthly")
    assert rows["month"].to_list() == [date(2021, 1, 1), date(2021, 12, 1), None]
    assert rows["left_out"].to_list() == [None, None, None]


def test_a_total_in_a_register_is_no_member(tmp_path, staged):
    head = ["建制镇代码", "建制镇名称", "市", "县（市、区）"]
    rows = staged(workbook(tmp_path / "a.xlsx", [head, ["1", "甲镇", "太原市", "清徐县"], ["合计", "1个"]]), "towns")
    assert rows["town_code"].to_list() == ["1"]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("0.01 L", 0.01),
        ("ND(0.01)", 0.01),
        ("未检出（0.01）", 0.01),
        ("< 0.01", 0.01),
        ("未检出", 0.00004),
        ("少量", None),
    ],
)
def test_what_was_not_detected_tells_its_limit_or_has_one_assumed(tmp_path, staged, cell, value):  # D-040
    rows = staged(workbook(tmp_path / "a.xlsx", [[*SECTION_HEAD, "汞"], [*MONTH, cell]]), "section_monthly")
    assert (rows["mercury"].to_list(), rows["mercury_below_limit"].to_list()) == ([value], [value is not None])
    assert (rows["mercury_problem"][0] is None) == (value is not None)
    assert rows["mercury_limit_assumed"].to_list() == [cell == "未检出"]


def test_a_reading_of_a_month_that_lies_ahead_cannot_have_been_taken(tmp_path, staged):
    months = [[*MONTH[:2], f"2022-0{m}", *MONTH[3:]] for m in (1, 2)]
    rows = staged(workbook(tmp_path / "a.xlsx", [SECTION_HEAD, *months]), "section_monthly", period="")
    assert rows["month_problem"].to_list() == [None, "in_future"]  # received on 10 January


def test_an_error_or_a_formula_without_a_result_is_no_empty_cell(tmp_path, staged):
    book = Workbook()
    for row in [MANURE_HEAD, ["太原市", "清徐县", "#REF!", "=C2*0.8"]]:
        book.active.append(row)
    book.active["C2"].data_type = "e"
    book.save(tmp_path / "a.xlsx")
    rows = staged(tmp_path / "a.xlsx", "manure")
    assert rows["manure_produced_t_as_delivered"].to_list() == ["#REF!"]
    assert rows["manure_used_t_as_delivered"].to_list() == ["=C2*0.8"]
    assert rows["manure_used_t_problem"].to_list() == ["formula"]


def test_a_stray_cell_far_away_refuses_the_file_before_it_fills_the_memory(tmp_path, staged):
    book = Workbook()
    book.active.append(MANURE_HEAD)
    book.active["XFD1048576"] = " "
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(CheckFailed, match="stray cells"):
        staged(tmp_path / "a.xlsx", "manure")


def test_a_file_that_unpacks_without_end_is_refused(tmp_path, staged, monkeypatch):
    monkeypatch.setattr("analytics.ingest.sheet.MAX_UNPACKED", 1_000_000)
    file = workbook(tmp_path / "a.xlsx", [MANURE_HEAD, ["太原市", "清徐县", 1, 1]])
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/media/blank.bin", bytes(2_000_000))
    with pytest.raises(CheckFailed, match="when unpacked"):
        staged(file, "manure")


def test_hidden_rows_count_and_are_told(tmp_path, desk):
    book = Workbook()
    for row in [MANURE_HEAD, ["太原市", "清徐县", 1, 1], ["太原市", "阳曲县", 2, 1]]:
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    book.save(tmp_path / "a.xlsx")
    found = desk.hand_in_file("manure", tmp_path / "a.xlsx", period="2021")
    assert (found.staged.rows, found.staged.hidden) == (2, 1)


def test_hidden_columns_count_and_are_told(tmp_path, desk):
    book = Workbook()
    for row in [MANURE_HEAD, ["太原市", "清徐县", 1, 1]]:
        book.active.append(row)
    for column in ("D", "F"):  # F is beside the table
        book.active.column_dimensions[column].hidden = True
    book.save(tmp_path / "a.xlsx")
    found = desk.hand_in_file("manure", tmp_path / "a.xlsx", period="2021")
    assert (found.staged.rows, found.staged.hidden_columns) == (1, ["manure_used_t"])


def test_columns_without_a_heading_are_told(tmp_path, desk):
    rows = [
        MANURE_HEAD,
        ["太原市", "清徐县", 1, 1, None, "另有200吨"],
        ["太原市", "阳曲县", 2, 1],
        [*[None] * 6, "制表"],
    ]
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    found = desk.hand_in_file("manure", tmp_path / "a.xlsx", period="2021")
    assert (found.staged.rows, found.staged.headless) == (2, ["F"])


def test_hidden_columns_of_an_old_workbook_are_told(tmp_path, desk):
    columns = record(0x007D, struct.pack("<HHHHHH", 2, 2, 2000, 0, 1, 0))
    sheet = OldSheet("表", [MANURE_HEAD, ["太原市", "清徐县", 1.0, 1.0]], further=[columns])
    found = desk.hand_in_file("manure", old_workbook(tmp_path / "a.xls", sheet), period="2021")
    assert found.staged.hidden_columns == ["manure_produced_t"]


def test_towns_are_held_against_the_county_of_their_register(desk):
    from tests.deliveries import TOWNS

    desk.hand_in("towns", TOWNS)
    found = desk.hand_in(
        "town_sewage",
        "市,县（市、区）,建制镇代码,建制镇名称,是否具备处理能力\n"
        "大同市,平城区,140121101,甲镇,是\n太原市,清徐县,140121102,乙镇,否\n",
    )
    assert found.rules_broken == [("area_as_registered", 1)]
    assert desk.value("T06d", "140121")["used"] == 2  # the register says where a town lies


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("received: 2022-01-10", "received: yesterday"),
        ("received: 2022-01-10", "received: 2021-13-45"),
        ("invented: false", "invented: maybe"),
        ("period: '2021'", "period: 2021-13"),
        ("source: manure", "source: nope"),
    ],
)
def test_a_record_that_was_tampered_with_is_named(desk, was, becomes):
    desk.hand_in("manure", ",".join(MANURE_HEAD) + "\n太原市,清徐县,100,50\n")
    (origin,) = desk.workspace.raw.rglob("origin.yml")
    text = origin.read_text(encoding="utf-8")
    assert was in text
    origin.write_text(text.replace(was, becomes), encoding="utf-8")
    with pytest.raises(SnapshotError, match="record of a registered file") as caught:
        desk.values()
    assert "origin.yml" in str(caught.value)


def test_a_missing_register_is_told_when_the_next_file_comes(desk):
    desk.hand_in("towns", "建制镇代码,建制镇名称,市,县（市、区）\n1,甲镇,太原市,清徐县\n")
    (origin,) = desk.workspace.raw.rglob("origin.yml")
    next(f for f in origin.parent.iterdir() if f != origin).unlink()
    with pytest.raises(SnapshotError, match="missing"):
        desk.hand_in("manure", ",".join(MANURE_HEAD) + "\n太原市,清徐县,100,50\n")


UNITS = ["", "", "", "", "无量纲", "mg/L", "mg/L", "mg/L", "mg/L", "μg/L"]
MERCURY_HEAD = [*SECTION_HEAD, "汞"]


@pytest.mark.parametrize(
    "line",
    [
        "单位：mg/L（汞：μg/L）",
        "单位：mg/L，汞为μg/L",
        "单位：mg/L，其中汞为μg/L",
        "单位：mg/L；汞：μg/L",
        "单位：mg/L 汞：μg/L",
        "单位：mg/L（汞μg/L）",
        "单位：mg/L（除汞为μg/L外）",
        "单位：mg/L(pH无量纲；汞、镉μg/L)",
        "单位：mg/L、μg/L（汞）",
    ],
)
def test_an_exception_is_found_however_it_is_put(tmp_path, staged, line):
    with pytest.raises(CheckFailed, match="two units"):
        staged(workbook(tmp_path / "a.xlsx", [[line], MERCURY_HEAD, [*MONTH, 0.04]]), "section_monthly")


@pytest.mark.parametrize(
    "rows",
    [
        [["单位：", *UNITS[1:]]],
        [["项目单位", *UNITS[1:]]],
        [[*UNITS[:4], "无", *UNITS[5:]]],
        [[*UNITS[:3], "文字", *UNITS[4:]]],
        [[], UNITS],
        [[str(n) for n in range(1, 11)], UNITS],
    ],
    ids=["colon", "other label", "pH without", "a word for the state", "blank row between", "numbered columns"],
)
def test_a_row_of_units_is_read_wherever_it_stands(tmp_path, staged, rows):
    found = staged(workbook(tmp_path / "a.xlsx", [MERCURY_HEAD, *rows, [*MONTH, 0.04]]), "section_monthly")
    assert (found["mercury"].to_list(), found.height) == ([0.00004], 1)
    above = staged(workbook(tmp_path / "b.xlsx", [["表"], UNITS, MERCURY_HEAD, [*MONTH, 0.04]]), "section_monthly")
    assert above["mercury"].to_list() == [0.00004]


def test_a_row_of_readings_that_cannot_be_read_is_not_empty(tmp_path, staged):
    words = ["S1", "甲桥", "某月", "", *["见附件"] * 5]
    rows = staged(workbook(tmp_path / "a.xlsx", [SECTION_HEAD, MONTH, words]), "section_monthly")
    assert rows["left_out"].to_list() == [None, None]


@pytest.mark.parametrize(
    "again",
    [
        [["单位：万吨"], PLAIN_HEAD],
        [PLAIN_HEAD, ["", "", "万吨", "万吨"]],
        [["", *MANURE_HEAD[1:3], "综合利用量（万吨）"]],
        [["续表", MANURE_HEAD[1], MANURE_HEAD[3], MANURE_HEAD[2]]],
    ],
    ids=["a line", "a row of units", "in the heading", "columns changed about"],
)
def test_a_second_table_in_another_unit_refuses_the_file(tmp_path, staged, again):
    with pytest.raises(CheckFailed, match="second table"):
        first = [["太原市", "清徐县", 1000, 800]] * 5
        manure(tmp_path, staged, *first, *again, ["太原市", "阳曲县", 0.3, 0.15], head=PLAIN_HEAD, above=[["单位：吨"]])


def test_pages_of_one_table_in_the_same_unit_are_one_table(tmp_path, staged):
    page = [["表（续）"], ["单位：吨"], PLAIN_HEAD, ["", "", "吨", "吨"]]
    first, last = ["太原市", "清徐县", 1000, 800], ["太原市", "阳曲县", 3, 2]
    rows = manure(tmp_path, staged, *[first] * 5, *page, last, head=PLAIN_HEAD, above=[["单位：吨"]])
    assert rows["county_as_delivered"].to_list() == ["清徐县"] * 5 + ["阳曲县"]


@pytest.mark.parametrize(
    "line",
    [
        "单位：万吨 填报日期：2022-01-10",
        "单位：万吨 2021年",
        "单位 万吨",
        "单位；万吨",
        "单位∶万吨",
        "计量单位为万吨",
        "产量单位：万吨",
        "（万吨）",
        "【单位：万吨】",
        "单位：[万吨]",
        "单位：头、万吨",
        "填报单位（盖章）：某局   单位：万吨   日期：2022-1-10",
        "单位：万吨/年",
    ],
)
def test_the_unit_of_the_table_is_found_in_everyday_lines(tmp_path, staged, line):
    rows = manure(tmp_path, staged, ["太原市", "清徐县", 2, 1.6], head=PLAIN_HEAD, above=[[line]])
    assert rows["manure_produced_t"].to_list() == [20000.0]


def test_an_office_is_no_unit(tmp_path, staged):
    rows = manure(tmp_path, staged, ["太原市", "清徐县", 2, 1.6], above=[["单位：太原市升平镇人民政府"]])
    assert rows["manure_produced_t"].to_list() == [2.0]


@pytest.mark.parametrize("cell", ["0,025", "0，025", "0 025", "00,123"])
def test_no_thousands_begin_with_nought(tmp_path, staged, cell):
    assert manure(tmp_path, staged, ["太原市", "清徐县", cell, "0"])["manure_produced_t"].to_list() == [None]


def test_cells_of_text_beyond_the_headings_refuse_the_file(tmp_path, staged):
    text = (
        "市,县（市、区）,粪污产生量（吨）,综合利用量（吨）,,\n太原市,清徐县,234,100,180,000\n太原市,阳曲县,500,400,,\n"
    )
    with pytest.raises(CheckFailed, match="another number of cells"):
        staged(write(tmp_path / "a.csv", text), "manure")
    short = "市,县（市、区）,粪污产生量（吨）,综合利用量（吨）,备注\n太原市,清徐县,1000,800\n"
    assert staged(write(tmp_path / "b.csv", short), "manure")["manure_used_t"].to_list() == [800.0]


ZONE_HEAD = ["市", "县（市、区）", "开发区名称", "污水处理厂名称", "建设阶段", "完工日期", "佐证等级"]
PLANT = ["朔州市", "山阴县", "甲经济技术开发区", "甲厂", "完工", "2021-09-01", "自报"]


@pytest.mark.parametrize(
    "foot",
    [
        [["制表人：张三"]],
        [["单位负责人：李四", None, None, "制表人：张三"]],
        [[], [*[None] * 5, "2022年1月10日"]],
        [["数据来源：各市上报"]],
        [[], [*[None] * 9, "核"]],
        [["共计", "1座"]],
        [["某某局"]],
    ],
)
def test_a_footer_is_no_row(tmp_path, staged, foot):
    assert staged(workbook(tmp_path / "a.xlsx", [ZONE_HEAD, PLANT, *foot]), "zone_plants").height == 1
    numbered = [["序号", *ZONE_HEAD], [1, *PLANT], [2], [3]]
    assert staged(workbook(tmp_path / "b.xlsx", numbered), "zone_plants").height == 1


def test_a_footer_of_a_register_is_no_member(desk):
    from tests.deliveries import SECTIONS

    found = desk.hand_in("sections", SECTIONS + "制表人：张三,,,,,,,,\n")
    assert (found.staged.rows, found.staged.notes, found.result.set_aside_rows) == (3, 1, 0)


def test_a_form_numbered_in_advance_is_as_long_as_it_is_filled_in(tmp_path, staged):
    rows = [["序号", *MANURE_HEAD], [1, "太原市", "清徐县", 1000, 800], *[[n] for n in range(2, 10)]]
    assert staged(workbook(tmp_path / "a.xlsx", rows), "manure").height == 1


@pytest.mark.parametrize("mark", ["/", "-", "—", "无"])
def test_a_mark_of_nothing_is_an_empty_date_or_amount(tmp_path, staged, mark):
    rows = staged(workbook(tmp_path / "a.xlsx", [ZONE_HEAD, [*PLANT[:4], "在建", mark, "自报"]]), "zone_plants")
    assert (rows["completed_date"].to_list(), rows["completed_date_problem"].to_list()) == ([None], [None])
    amounts = manure(tmp_path, staged, ["太原市", "清徐县", 1000, mark])
    assert (amounts["manure_used_t"].to_list(), amounts["manure_used_t_problem"].to_list()) == ([None], [None])


def test_a_faulty_entry_of_a_later_year_changes_no_earlier_one(desk):
    from tests.deliveries import TOWNS

    desk.hand_in("towns", TOWNS)
    head, first, *_ = TOWNS.splitlines()
    faulty = first.replace("清徐县", "清徐具") + ",2025"
    desk.hand_in("towns", f"{head},起始年\n{faulty}\n140121102,乙镇,太原市,清徐县,2025\n", received=date(2022, 1, 20))
    assert desk.value("T06d")["expected"] == 4


def test_a_summary_beside_the_table_is_passed_over(tmp_path, staged):
    book = Workbook()
    for row in [MANURE_HEAD, ["太原市", "清徐县", 1000, 800]]:
        book.active.append(row)
    other = book.create_sheet("分市汇总")
    for row in [["市", "粪污产生量（吨）", "综合利用量（吨）"], ["太原市", 1000, 800]]:
        other.append(row)
    book.save(tmp_path / "a.xlsx")
    assert staged(tmp_path / "a.xlsx", "manure").height == 1


@pytest.mark.parametrize(
    "heading", ["氨氮（以N计）", "氨氮\nmg/L", "氨氮(以N计)(mg/L)", "氨氮/mg/L", "氨氮【mg/L】", "氨\u200b氮"]
)
def test_a_heading_may_say_how_the_item_is_counted(tmp_path, staged, heading):
    head = [heading if name == "氨氮" else name for name in SECTION_HEAD]
    rows = staged(workbook(tmp_path / "a.xlsx", [head, MONTH]), "section_monthly")
    assert rows["ammonia_nitrogen"].to_list() == [0.1]


def test_headings_of_two_rows_need_no_merged_cells(tmp_path, staged):
    text = "市,县（市、区）,畜禽粪污,\n,,产生量（吨）,综合利用量（吨）\n太原市,清徐县,1000,800\n"
    assert staged(write(tmp_path / "a.csv", text), "manure")["manure_used_t"].to_list() == [800.0]
    wide = [["市", "县（市、区）", "粪污产生量（吨）", "", "综合利用量（吨）"], ["太原市", "清徐县", 1000, "", 800]]
    merges = [(0, 2, 0, 3, "粪污产生量（吨）"), (1, 2, 1, 3, 1000)]
    assert staged(workbook(tmp_path / "b.xlsx", wide, merges=merges), "manure")["manure_used_t"].to_list() == [800.0]


@pytest.mark.parametrize(
    "total", [["太原市", "小计", 1, 1], ["太原市小计", "", 1, 1], ["全省", "", 1, 1], ["平均值", "", 1, 1]]
)
def test_a_sum_is_a_sum_by_whatever_name(tmp_path, staged, total):
    rows = manure(tmp_path, staged, ["太原市", "清徐县", 1000, 800], total)
    assert rows.height == 1


@pytest.mark.parametrize(
    ("cell", "month"),
    [("2021.3", 3), ("2021年三月", 3), ("20210315", 3), ("三月份", 3), ("2021.1", None)],
)
def test_more_ways_to_write_a_month(tmp_path, staged, cell, month):
    row = [*MONTH[:2], cell, *MONTH[3:]]
    rows = staged(workbook(tmp_path / "a.xlsx", [SECTION_HEAD, row]), "section_monthly")
    assert rows["month"].to_list() == [date(2021, month, 1) if month else None]


def test_years_of_a_register_may_be_days(tmp_path, staged):
    head = ["建制镇代码", "建制镇名称", "市", "县（市、区）", "起始年", "终止年"]
    row = ["1", "甲镇", "太原市", "清徐县", "2021-01-01", "长期"]
    rows = staged(workbook(tmp_path / "a.xlsx", [head, row]), "towns")
    assert rows.select("valid_from", "valid_to", "valid_to_problem").row(0) == (2021, None, None)


def test_a_file_of_a_larger_area_than_its_rows_say_is_of_that_area(desk):
    from tests.unit.test_pipeline import STATIONS

    found = desk.hand_in("stations", STATIONS, area="140100")
    assert found.result.set_aside_rows == 0
