"""One small file for each fault that forms are known to have: the cell, the rule it breaks and what to do are told."""

import pytest
import xlsxwriter
from openpyxl import Workbook

from analytics.errors import CheckFailed
from tests.deliveries import MANURE_HEAD, SECTION_HEAD, SECTIONS, ZONE_HEAD
from tests.old_workbooks import OldSheet, old_workbook

MANURE = [MANURE_HEAD.split(","), ["太原市", "阳曲县", 20, 15], ["太原市", "娄烦县", 30, 25]]
PLANT = ["朔州市", "应县", "甲", "厂1", "完工", "2021-05-15", "自报"]
PLANTS = [ZONE_HEAD.split(","), PLANT, ["朔州市", "应县", "甲", "厂2", *PLANT[4:]]]
MONTH = ["S1", "甲断面", "1月", "正常", 7.8, 8.0, 3.0, 0.4, 0.08]
MONTHS = [SECTION_HEAD.split(","), MONTH, ["S1", "甲断面", "2月", *MONTH[3:]]]
ROUGHLY, AN_ERROR = "确切的数字，不带“约”“左右”等字样或符号", "数字（单元格里是公式的错误值：请改正公式，或直接填数）"
A_NUMBER, A_DAY, AN_AREA = "数字，不带“约”“万”等文字", "日期，如 2021-10-31", "已登记的行政区名称"
A_RESULT = "公式的计算结果（文件中只有公式、没有结果：请用电子表格软件打开后保存，或改填数值）"


def book(path, rows, *, merges=()):
    """An Excel file of the rows, with merged ranges (first row, first column, last row, last column, value)."""
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("表1")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        for merge in merges:
            sheet.merge_range(*merge)
    return path


def with_cells(path, rows, **cells):
    """An Excel file of the rows, with some cells as openpyxl writes them: errors and formulas without a result."""
    made = Workbook()
    made.active.title = "表1"
    for row in rows:
        made.active.append(row)
    for place, value in cells.items():
        made.active[place] = value
    made.save(path)
    return path


def plus(rows, *row):
    """The rows and one more, in row 4 of the sheet."""
    return [*rows, list(row)]


FAULTS = {
    "a word in a number": (
        lambda p: book(p, plus(MANURE, "太原市", "清徐县", 100, "约90")),
        ("manure", 4, "manure_used_t", "manure_used_t_readable", "约90", ROUGHLY),
    ),
    "a percentage in tonnes": (
        lambda p: book(p, plus(MANURE, "太原市", "清徐县", 100, "78.5%")),
        ("manure", 4, "manure_used_t", "manure_used_t_readable", "78.5%", A_NUMBER),
    ),
    "a unit of another kind in a cell": (
        lambda p: book(p, plus(MANURE, "太原市", "清徐县", "100亩", 90)),
        ("manure", 4, "manure_produced_t", "manure_produced_t_readable", "100亩", A_NUMBER),
    ),
    "an error of Excel": (
        lambda p: with_cells(p, plus(MANURE, "太原市", "清徐县", 100, 90), D4="#REF!"),
        ("manure", 4, "manure_used_t", "manure_used_t_readable", "#REF!", AN_ERROR),
    ),
    "an error of Excel in an old workbook": (
        lambda p: old_workbook(p, OldSheet("表1", plus(MANURE, "太原市", "清徐县", 100), errors=[(3, 3, 7)])),
        ("manure", 4, "manure_used_t", "manure_used_t_readable", "#DIV/0!", AN_ERROR),
    ),
    "a formula that was never computed": (
        lambda p: with_cells(p, plus(MANURE, "太原市", "清徐县", 100, 90), D4="=C4*0.9"),
        ("manure", 4, "manure_used_t", "manure_used_t_readable", "=C4*0.9", A_RESULT),
    ),
    "a number merged over rows": (
        lambda p: book(p, plus(MANURE, "太原市", "清徐县", 100, 90), merges=[(3, 3, 4, 3, 90)]),
        ("manure", 4, "manure_used_t", "manure_used_t_readable", "90", "每行各自的数值，不合并单元格"),
    ),
    "a county that there is not": (
        lambda p: book(p, plus(MANURE, "太原市", "没有县", 100, 90)),
        ("manure", 4, "county", "county_readable", "没有县", AN_AREA),
    ),
    "a name that two districts bear, without its city": (
        lambda p: book(p, plus(MANURE, "", "城区", 100, 90)),
        ("manure", 4, "county", "county_readable", "城区", "本行所填市内的行政区（此名称的行政区属于其他市）"),
    ),
    "less than nothing": (
        lambda p: book(p, plus(MANURE, "太原市", "清徐县", -100, 0)),
        ("manure", 4, "manure_produced_t", "manure_produced_t_in_range", "-100", None),
    ),
    "a total that is not the sum": (
        lambda p: book(p, plus(MANURE, "合计", "", 60, 40)),
        ("manure", 4, "manure_produced_t", "totals_agree", "60", "第2行至第3行之和：50 吨"),
    ),
    "a day that may be two": (
        lambda p: book(p, plus(PLANTS, *PLANT[:3], "厂3", "完工", "5/6/2021", "自报")),
        ("zone_plants", 4, "completed_date", "completed_date_readable", "5/6/2021", A_DAY),
    ),
    "a text of digits for a day": (
        lambda p: old_workbook(p, OldSheet("表1", plus(PLANTS, *PLANT[:3], "厂3", "完工", "44478", "自报"))),
        ("zone_plants", 4, "completed_date", "completed_date_readable", "44478", A_DAY),
    ),
    "a word that is no choice": (
        lambda p: book(p, plus(PLANTS, *PLANT[:3], "厂3", "差不多", "2021-05-15", "自报")),
        ("zone_plants", 4, "stage", "stage_readable", "差不多", None),
    ),
    "a reading that cannot be": (
        lambda p: book(p, plus(MONTHS, "S1", "甲断面", "3月", "正常", 78, *MONTH[5:])),
        ("section_monthly", 4, "ph", "ph_plausible", "78", None),
    ),
    "a month outside the period": (
        lambda p: book(p, plus(MONTHS, "S1", "甲断面", "2020-12", *MONTH[3:])),
        ("section_monthly", 4, "month", "month_readable", "2020-12", "报告期内的时间"),
    ),
    "a section that is not on the register": (
        lambda p: book(p, plus(MONTHS, "S9", "无断面", "3月", *MONTH[3:])),
        ("section_monthly", 4, "entity_id", "entity_registered", "S9", None),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_a_cell_is_told_with_its_place_its_rule_and_what_would_be_right(desk, tmp_path, fault):
    write, (source, row, column, check, found, expected) = FAULTS[fault]
    if source == "section_monthly":
        desk.hand_in("sections", SECTIONS)
    result = desk.hand_in_file(source, write(tmp_path / "a.xlsx"), period="2021").result  # or what is called so
    told = [b for b in result.broken.to_dicts() if b["check"] == check]
    assert [(b["sheet"], b["row"], b["column"]) for b in told][:1] == [("表1", row, column)], result.broken
    assert found is None or told[0]["found"] == found
    assert told[0]["expected_zh"] and told[0]["expected_en"]
    assert expected is None or told[0]["expected_zh"] == expected


def rewrite(path, text):
    path.write_text(text, encoding="utf-8")
    return path


ROW = "\n太原市,清徐县,1,1\n"
REFUSED = {
    "a column is missing": (MANURE_HEAD.rsplit(",", 1)[0] + ROW, "column missing", "row 1", "--source"),
    "a column has an unknown name": (MANURE_HEAD + ",备注栏" + ROW, "no column of this name", "column E", "heading"),
    "a column stands twice": (MANURE_HEAD + ",综合利用量（吨）" + ROW, "headed alike", "columns D and E", "Keep"),
    "an amount has no unit": (MANURE_HEAD.replace("（吨）", "") + ROW, "not given", "row 1, column 3", "unit"),
    "a unit is not known": (MANURE_HEAD.replace("吨", "车") + ROW, "cannot be converted", "row 1, column 3", "heading"),
    "a separator stands in a number": (MANURE_HEAD + ROW.replace("1,1", "1,234,1"), "another number", "row 2", ".xlsx"),
    "a second table stands below": (
        MANURE_HEAD + ROW + MANURE_HEAD.replace("吨", "万吨") + ROW,
        "second table",
        "row 3",
        "sheet of its own",
    ),
    "there is no row": (MANURE_HEAD + "\n", "table is empty", "a.csv", "Fill"),
    "a quotation mark is not closed": (MANURE_HEAD + ROW.replace("清", '"清'), "cannot be read", "a.csv", "again"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_fault_of_the_form_is_told_with_its_place_and_the_next_step(desk, tmp_path, fault):
    text, what, where, next_step = REFUSED[fault]
    with pytest.raises(CheckFailed) as caught:
        desk.hand_in_file("manure", rewrite(tmp_path / "a.csv", text), period="2021")
    error = caught.value
    assert what in error.what and where in error.where and next_step in error.next_step
    assert (error.found or error.expected) and error.zh
