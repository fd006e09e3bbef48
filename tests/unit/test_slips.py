"""Slips that would make a wrong number without anybody noticing: each is read rightly, or refused with its place."""

import zipfile
from datetime import date

import pytest
from openpyxl import Workbook

from analytics.errors import CheckFailed, SnapshotError
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
    with pytest.raises(CheckFailed, match="another unit than the table"):
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
    assert (rows["county"].to_list(), rows["remark"].to_list()) == (["140121"], ["说明:含散养"])


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
    [("0.01 L", 0.01), ("ND(0.01)", 0.01), ("未检出（0.01）", 0.01), ("< 0.01", 0.01), ("未检出", None)],
)
def test_what_was_not_detected_tells_its_limit_or_cannot_be_read(tmp_path, staged, cell, value):
    rows = staged(workbook(tmp_path / "a.xlsx", [[*SECTION_HEAD, "汞"], [*MONTH, cell]]), "section_monthly")
    assert (rows["mercury"].to_list(), rows["mercury_below_limit"].to_list()) == ([value], [value is not None])
    assert (rows["mercury_problem"][0] is None) == (value is not None)


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
    assert rows["manure_used_t_problem"].to_list() == ["unreadable"]


def test_a_stray_cell_far_away_refuses_the_file_before_it_fills_the_memory(tmp_path, staged):
    book = Workbook()
    book.active.append(MANURE_HEAD)
    book.active["XFD1048576"] = " "
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(CheckFailed, match="stray cells"):
        staged(tmp_path / "a.xlsx", "manure")


def test_a_file_that_unpacks_without_end_is_refused(tmp_path, staged, monkeypatch):
    monkeypatch.setattr("analytics.ingest.grid.MAX_UNPACKED", 1_000_000)
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
