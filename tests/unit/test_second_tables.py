"""What stands below a table on its sheet: another table, a part of it, another year, a number cut in two."""

import polars as pl
import pytest

from analytics.errors import CheckFailed
from analytics.ingest import Delivery, stage
from analytics.ingest.snapshot import identify
from tests.deliveries import JANUARY, SECTION_HEAD, SECTIONS

FIGURES = ["T12b"]

STATION_HEAD = "省份,断面名称,监测时间,水质类别,站点情况,pH,溶解氧,高锰酸盐指数,氨氮,总磷,数据标识"
HEAD = "市,县（市、区）,粪污产生量（吨）,综合利用量（吨）,备注\n"
ROWS = "太原市,小店区,527723,404958,\n太原市,迎泽区,363315,267458,\n太原市,清徐县,300000,200000,\n"


@pytest.mark.parametrize(
    ("below", "told"),
    [
        ("市,县（市、区）,秸秆产生量（万吨）,秸秆利用量（万吨）,备注\n太原市,阳曲县,30,9,\n", "秸秆产生量"),
        (
            "二、秸秆利用情况,,,,\n市,县（市、区）,秸秆产生量（吨）,秸秆利用量（吨）,备注\n太原市,阳曲县,5,4,\n",
            "秸秆产生量",
        ),
        ("市,县（市、区）,粪污产生量（吨）,资源化量,备注\n太原市,阳曲县,300,90,\n", "资源化量"),
        ("其中：规模养殖场,,,,\n太原市,阳曲县,300,90,\n", "其中：规模养殖场"),
    ],
    ids=["another unit and substance", "below a title", "one other heading", "a part of the sums"],
)
def test_another_table_on_the_sheet_is_not_read_as_this_one(desk, below, told):
    with pytest.raises(CheckFailed, match="second table") as caught:
        desk.hand_in("manure", HEAD + ROWS + below)
    assert told in caught.value.found and "单独的工作表或文件" in caught.value.zh


@pytest.mark.parametrize(
    "below",
    [
        f",,,,\n2020年情况,,,,\n{HEAD}太原市,阳曲县,500000,100000,\n",
        "合计,,1191038,872416,\n2020年,,,,\n太原市,阳曲县,500000,400000,\n",
    ],
    ids=["with headings", "a year alone"],
)
def test_rows_below_another_year_are_not_of_this_one(desk, below):
    with pytest.raises(CheckFailed, match="another period") as caught:
        desk.hand_in("manure", HEAD + ROWS + below)
    assert caught.value.found.startswith("2020年") and "按其报告期报送" in caught.value.zh


@pytest.mark.parametrize(
    "below",
    [
        f"{HEAD}太原市,阳曲县,500000,100000,\n",
        f"（续表）,,,,\n{HEAD}太原市,阳曲县,500000,100000,\n",
        "2021年下半年补报,,,,\n太原市,阳曲县,500000,100000,\n",
        "注：2020年为调查数,,,,\n太原市,阳曲县,500000,100000,\n",
        "太原市,阳曲县,500000,100000,\n数据来源：2020年统计年鉴,,,,\n",
        f"填报时间：2022年1月,,,,\n{HEAD}太原市,阳曲县,500000,100000,\n",
        f"2022年1月,,,,\n{HEAD}太原市,阳曲县,500000,100000,\n",
    ],
    ids=["headings again", "continued", "this year", "a note", "a note at the end", "a signature", "its date alone"],
)
def test_what_goes_on_is_read_on(desk, below):
    found = desk.hand_in("manure", HEAD + ROWS + below)
    assert (found.result.rows, found.result.set_aside_rows) == (4, 0)


@pytest.mark.parametrize(
    ("row", "is_refused"),
    [
        ("太原市,阳曲县,363,315,300000,\n", True),
        ("太原市,阳曲县,300000,363,315,\n", True),
        ("太原市,阳曲县,363315,300000,,\n", False),  # a comma too many at the end tells nothing else
        ('太原市,阳曲县,"363,315","300,000",\n', False),
    ],
)
def test_a_number_cut_in_two_by_its_own_comma_is_refused(desk, row, is_refused):
    if is_refused:
        with pytest.raises(CheckFailed, match="another number of cells") as caught:
            desk.hand_in("manure", HEAD + ROWS + row)
        assert "第5行" in caught.value.zh and "去掉数值中的分隔符" in caught.value.zh
    else:
        assert desk.hand_in("manure", HEAD + ROWS + row).result.set_aside_rows == 0


@pytest.mark.parametrize(
    ("row", "cut"),
    [
        ("太原市,阳曲县,1,000,900", "1,000"),
        ("太原市,阳曲县,1000,9,000", "9,000"),
        ("太原市,阳曲县,1,234.5,900", "1,234.5"),
        ("太原市,阳曲县,12,050,", "12,050"),
        ("太原市,阳曲县,1 ,000,9", "1,000"),
        ("太原市,阳曲县,50000,40,300", "40,300"),
    ],
)
def test_a_number_cut_in_two_beside_a_remark_left_out_is_refused(desk, row, cut):
    """One was produced and none was used, as if 900 were a remark."""
    with pytest.raises(CheckFailed, match="a number seems cut in two") as caught:
        desk.hand_in("manure", f"{HEAD}{ROWS}{row}\n")
    assert caught.value.where.endswith("row 5") and f"第5行的“{cut}”" in caught.value.zh
    assert caught.value.found.startswith(f"{cut}: 太原市")


@pytest.mark.parametrize(
    "row",
    [
        "太原市,阳曲县,363315,300000,300",
        "太原市,阳曲县,500,400,300户",
        "太原市,阳曲县,500,400,",
        "太原市,阳曲县,500,400",
        "太原市,阳曲县,500.5,400.5,300",
        '太原市,阳曲县,"1,000",900,5',
    ],
)
def test_numbers_beside_a_remark_stay_as_they_are(desk, row):
    assert desk.hand_in("manure", f"{HEAD}{ROWS}{row}\n").result.set_aside_rows == 0


def test_only_a_comma_cuts_a_number(desk):
    text = f"{HEAD}{ROWS}太原市,阳曲县,500,400,300\n".replace(",", "\t")
    assert desk.hand_in("manure", text).result.set_aside_rows == 0


def test_a_flag_of_readings_is_no_remark(tmp_path, workspace, catalog):
    file = tmp_path / "a.csv"
    file.write_text(f"{STATION_HEAD}\n山西省,甲站,2021-07-01 08:00,Ⅱ,正常,7,450,3,0.4,0.08,0\n", encoding="utf-8")
    snapshot = identify(file, Delivery("station_readings", JANUARY, period="2021"))
    read = stage(snapshot, source=catalog.sources["station_readings"], catalog=catalog, workspace=workspace)
    assert read.rows == 1


@pytest.mark.parametrize("label", ["太原市（小计）", "（小计）", "太原市小计", "【合计】"])
def test_a_sum_in_brackets_is_a_sum(desk, label):
    found = desk.hand_in("manure", f"{HEAD}{ROWS}{label},,1191038,872416,\n")
    assert (found.result.rows, found.result.set_aside_rows) == (3, 0)


@pytest.mark.parametrize("line", ["大同市,,,,", "大同市：,,,,"])
def test_a_city_alone_in_its_line_is_that_of_the_rows_below(desk, line):
    """The counties below it were those of the city above."""
    found = desk.hand_in("manure", f"{HEAD}{ROWS}{line}\n,平城区,100,80,\n,云冈区,100,80,\n")
    rows = pl.read_parquet(found.staged.path).sort("row")
    assert found.result.set_aside_rows == 0
    assert rows["city"].to_list() == ["140100"] * 3 + ["140200"] * 2


@pytest.mark.parametrize(
    "line",
    [
        "注：本表单位为万吨,,,,",
        "注：本表计量单位均为万吨,,,,",
        "说明：数据单位万吨,,,,",
        "注：以上数据以万吨计,,,,",
        "注：按万吨为单位填报,,,,",
        "注：,本表单位为万吨,,,",
        "备注：,产生量单位：万吨,利用量单位：万吨,,",
        "（单位：万吨）,,,,",
        "万吨,,,,",
        "注：数据单位统一为万吨,,,,",
        "注：产生量、利用量均为万吨,,,,",
        "注：以“万吨”为单位,,,,",
        "注：数据单位=万吨,,,,",
        "注：按万吨填报,,,,",
        "注：以万吨来计量,,,,",
    ],
)
def test_a_note_below_that_tells_another_unit_is_told(desk, line):
    """All figures above it would be a ten-thousandth of what was meant."""
    with pytest.raises(CheckFailed, match="another unit than that of the columns") as caught:
        desk.hand_in("manure", f"{HEAD}{ROWS}{line}\n")
    assert caught.value.where.endswith("row 5") and "第5行" in caught.value.zh and "单位“万吨”" in caught.value.zh


@pytest.mark.parametrize(
    "line",
    [
        "注：本表单位为吨,,,,",
        "注：产生量以吨计,,,,",
        "填报单位：太原市农业农村局,,,,",
        "注：填报单位人：张三,,,,",
        "注：单位面积用量见附件,,,,",
        "注：人口单位为万人,,,,",
        "注：规模以上以户计,,,,",
    ],
)
def test_a_note_that_tells_no_other_unit_stays_a_note(desk, line):
    found = desk.hand_in("manure", f"{HEAD}{ROWS}{line}\n")
    assert (found.result.rows, found.result.set_aside_rows) == (3, 0)


@pytest.mark.parametrize(("unit", "is_told"), [("μg/L", True), ("mg/L", False)])
def test_a_note_that_tells_another_unit_than_readings_are_in_is_told(desk, unit, is_told):
    """A reading of which nothing tells a unit is in that of its parameter."""
    desk.hand_in("sections", SECTIONS)
    head = SECTION_HEAD.replace("(mg/L)", "")
    text = f"{head}\nS1,甲断面,1,正常,7.8,8,3,0.4,0.08\n注：本表单位为{unit}\n"
    if is_told:
        with pytest.raises(CheckFailed, match="another unit than that of the columns"):
            desk.hand_in("section_monthly", text)
    else:
        assert desk.hand_in("section_monthly", text).result.rows == 1
