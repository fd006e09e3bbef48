"""A row that says whom it is about, or tells a number, is never taken for a sum, a note or a row of units."""

import openpyxl
import pytest

from analytics.errors import CheckFailed
from analytics.ingest import Delivery, stage
from analytics.ingest.snapshot import identify
from tests.deliveries import MANURE_HEAD
from tests.unit.test_ingest import DAY, write

QINGXU = "太原市,清徐县,100,80"


@pytest.fixture
def read(tmp_path, workspace, catalog):
    """What reading a file of manure finds."""

    def staged(*lines, head=MANURE_HEAD):
        file = write(tmp_path / "a.csv", "\n".join([head, *lines]))
        snapshot = identify(file, Delivery("manure", DAY, period="2021"))
        return stage(snapshot, source=catalog.sources["manure"], catalog=catalog, workspace=workspace)

    return staged


@pytest.mark.parametrize("row", ["山西省,清徐县,100,80", "太原市,清徐县,合计,80", "太原市,清徐县,见合计,80"])
def test_a_row_with_a_key_of_its_own_is_no_sum(read, row):
    found = read("太原市,阳曲县,100,80", row)
    assert (found.rows, found.totals) == (2, 0)


def test_a_word_beside_the_table_makes_no_sum(read):
    found = read(f"山西省,{QINGXU}", "合计,,,100,80", head=f"序号,{MANURE_HEAD}")
    assert (found.rows, found.totals) == (1, 1)


def test_a_count_of_counties_is_no_key(read):
    found = read(QINGXU, "合计,1个县,100,80", "太原市,小计,100,80")
    assert (found.rows, found.totals) == (1, 2)


@pytest.mark.parametrize("row", ["合计:,,100,80", "太原市,小 计：,100,80", ",合 计：,100,80", "总  计,—,100,80"])
def test_a_label_of_sums_may_end_in_a_colon_or_stand_beside_a_dash(read, row):
    found = read(QINGXU, row)
    assert (found.rows, found.totals) == (1, 1)


@pytest.mark.parametrize("row", [",,2000,", ",,2000,2000", ",,,1e3"])
def test_a_number_without_a_key_is_no_note(desk, row):
    found = desk.hand_in("manure", "\n".join([MANURE_HEAD, QINGXU, row]))
    assert (found.staged.rows, found.staged.notes, found.result.set_aside_rows) == (2, 0, 1)


def test_a_signature_with_a_number_stays_a_note(read):
    found = read(QINGXU, "填表人：张三,,13800000000,", "（续）,,,")
    assert (found.rows, found.notes) == (1, 2)


@pytest.mark.parametrize("row", ["太原市,阳曲县,,吨", "太原市,阳曲县,吨,", "太原市,阳曲县,单位：吨,"])
@pytest.mark.parametrize("is_first", [True, False])
def test_a_row_with_a_key_is_no_row_of_units(read, row, is_first):
    found = read(*((row, QINGXU) if is_first else (QINGXU, row)))
    assert (found.rows, found.headings) == (2, 0)


def test_numbers_of_columns_stand_below_headings(desk):
    found = desk.hand_in("manure", "\n".join([MANURE_HEAD, ",,1,2", QINGXU, ",,1,2", MANURE_HEAD, "甲,乙,1,2"]))
    assert (found.staged.rows, found.staged.headings, found.result.set_aside_rows) == (2, 3, 1)


def test_a_row_of_units_may_say_that_names_have_none(read):
    assert read("文字,—,吨,吨", QINGXU, "单位,单位,吨,吨").headings == 2


ALL_IN_ONE = [
    "太原市，阳曲县，2000，1800",
    "太原市;阳曲县;2000;1800",
    "太原市\t阳曲县\t2000\t1800",
    "太原市、阳曲县、2000、1800",
    "太原市 阳曲县 2000 1800",
    '"太原市,阳曲县,2,000,1,800"',
    "太原市：阳曲县，2000，1800",
    "阳曲县　2000吨　1800吨。",
    "1、太原市、阳曲县、2000、—",
    "太原市，阳曲县，无，无",
]


@pytest.mark.parametrize("line", ALL_IN_ONE)
@pytest.mark.parametrize("end", ["", ",,,"])
def test_a_row_whose_separators_are_not_those_of_the_table_is_no_note(read, line, end):
    """The county was lost without a word."""
    with pytest.raises(CheckFailed, match="a whole row stands in one cell") as caught:
        read(QINGXU, line + end)
    assert caught.value.where.endswith("row 3") and "第3行" in caught.value.zh and "请按表头逐栏填写" in caught.value.zh
    assert caught.value.found == line.strip('"')


TOWN_HEAD = "市,县（市、区）,建制镇代码,建制镇名称,是否具备处理能力"
WORK_HEAD = "市,县（市、区）,工程名称,计划投运日期,建设阶段,佐证等级"
WORKS = "太原市,清徐县,甲,2021-12-01,已完工,文件\n太原市,清徐县,丙,2021-12-01,未开工,无"


@pytest.mark.parametrize(
    ("source", "rows", "line"),
    [
        ("town_sewage", f"{TOWN_HEAD}\n太原市,清徐县,1,甲镇,是", "太原市，清徐县，2，乙镇，否"),
        ("key_projects", f"{WORK_HEAD}\n{WORKS}", "太原市、清徐县、乙、2021-12-01、未开工、无"),
        ("key_projects", f"{WORK_HEAD}\n{WORKS}", "太原市，清徐县，乙，，未开工，无"),
        ("key_projects", f"{WORK_HEAD}\n{WORKS}", "太原市 乙 未开工 无"),
    ],
)
def test_a_row_in_one_cell_is_told_by_the_words_of_its_columns(desk, source, rows, line):
    with pytest.raises(CheckFailed, match="a whole row stands in one cell"):
        desk.hand_in(source, f"{rows}\n{line}\n")


def workbook(file, *rows):
    book = openpyxl.Workbook()
    for cells in rows:
        book.active.append(cells)
    file.parent.mkdir(parents=True, exist_ok=True)
    book.save(file)
    return file


@pytest.mark.parametrize("row", [["太原市，阳曲县，2000，1800"], ["太原市\n阳曲县 2000 1800"]])
def test_a_row_in_one_cell_of_a_workbook_is_no_note(desk, row):
    file = workbook(desk.inbox / "a.xlsx", MANURE_HEAD.split(","), ["太原市", "清徐县", 100, 80], row)
    with pytest.raises(CheckFailed, match="a whole row stands in one cell") as caught:
        desk.hand_in_file("manure", file, period="2021")
    assert "第3行" in caught.value.zh


@pytest.mark.parametrize("note", ["注：1.清徐县数据已核实。", "备注：另有说明", "填表日期：2022-01-10", "核实情况：无"])
def test_a_line_merged_across_the_table_is_a_note_whatever_it_says(desk, note):
    file = workbook(
        desk.inbox / "a.xlsx", MANURE_HEAD.split(","), ["太原市", "清徐县", 100, 80], ["合计", None, 100, 81], [note]
    )
    book = openpyxl.load_workbook(file)
    book.active.merge_cells("A4:D4")
    book.save(file)
    found = desk.hand_in_file("manure", file, period="2021")
    assert (found.staged.rows, found.staged.notes, found.staged.totals) == (1, 1, 1)
    assert found.staged.totals_unchecked == [] and "totals_agree" in dict(found.rules_broken)


def test_a_row_in_two_cells_of_columns_that_are_written_once_is_no_blank_one(desk):
    """It fills no column that a row needs, and was left out as if it were empty."""
    file = workbook(
        desk.inbox / "a.xlsx",
        TOWN_HEAD.split(","),
        ["太原市", "清徐县", "1", "甲镇", "是"],
        ["太原市", "清徐县，2，乙镇，否"],
    )
    with pytest.raises(CheckFailed, match="a whole row stands in one cell"):
        desk.hand_in_file("town_sewage", file, period="2021")


@pytest.mark.parametrize(
    "row",
    [[None, "太原市，阳曲县，2000，1800"], ["太原市", "阳曲县 2000 1800"], ["太原市，阳曲县", "2000，1800"]],
)
def test_a_row_in_a_cell_of_the_key_is_no_row_that_was_only_begun(desk, row):
    """It was left out as blank, as the rows of a form that nobody filled in are."""
    file = workbook(desk.inbox / "a.xlsx", MANURE_HEAD.split(","), ["太原市", "清徐县", 100, 80], row)
    with pytest.raises(CheckFailed, match="a whole row stands in one cell"):
        desk.hand_in_file("manure", file, period="2021")


@pytest.mark.parametrize(
    "row", ["太原市,阳曲县,140122101,乙 镇,", "太原市,阳 曲 县,2,甲、乙两镇,", ",,140122101,乙镇 2 号站,"]
)
def test_a_row_that_was_only_begun_stays_one(tmp_path, workspace, catalog, row):
    file = write(tmp_path / "a.csv", f"{TOWN_HEAD}\n太原市,清徐县,1,甲镇,是\n{row}\n")
    snapshot = identify(file, Delivery("town_sewage", DAY, period="2021"))
    found = stage(snapshot, source=catalog.sources["town_sewage"], catalog=catalog, workspace=workspace)
    assert (found.rows, found.blanks) == (2, 1)


@pytest.mark.parametrize(
    "line",
    [
        "注：1、数据截至2021年底；2、单位为吨",
        "注：太原市，阳曲县，2000，1800",
        "1、数据截至2021年底；2、数据已审核；3、阳曲县为估算",
        "填表人：张三 电话：0351-1234567 日期：2021年12月31日",
        "填表人 张三 电话 13800000000 2021-12-31",
        "审核人：李四，2022-01-10，13800000000",
        "张三 13800000000 2022-01-10",
        "截至 2021 年 12 月底，数据为初步统计",
        "太原市 2021 年 12 月",
        "全市共有 117 个县，其中 2 个未报",
        "太原市、大同市、朔州市为汇总数据",
        "清徐县、阳曲县、娄烦县、古交市未报",
        "清徐县：12家，阳曲县：8家，古交市：5家",
        "2021年，全市产生量2000吨，利用量1800吨",
        "数据来源：统计年鉴，2021，太原市",
        "第 1 页，共 2 页",
    ],
)
def test_a_sentence_a_list_and_a_signature_stay_notes(read, line):
    found = read(QINGXU, f'"{line}",,,')
    assert (found.rows, found.notes + found.headings) == (1, 1)  # one that tells the unit is a line of units


def test_a_list_of_members_of_one_column_stays_a_note(desk):
    names = list(enumerate("甲乙丙丁", 1))
    rows = "\n".join(f"太原市,清徐县,{n},{name}镇,是" for n, name in names)
    entries = "\n".join(f"{n},{name}镇,太原市,清徐县" for n, name in names)
    desk.hand_in("towns", f"建制镇代码,建制镇名称,市,县（市、区）\n{entries}\n")
    found = desk.hand_in("town_sewage", f"{TOWN_HEAD}\n{rows}\n甲镇、乙镇、丙镇、丁镇、戊镇为新建\n")
    assert (found.staged.rows, found.staged.notes) == (4, 1)
