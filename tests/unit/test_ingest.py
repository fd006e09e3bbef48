"""Delivered files to staged rows: read as declared, or refused with where and why."""

import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest
import xlsxwriter

from analytics.errors import CheckFailed, UsageError
from analytics.ingest import Delivery, cells, stage
from analytics.ingest.headings import Headings
from analytics.ingest.snapshot import identify

DAY = date(2022, 1, 10)
STATION_HEAD = (
    "省份,流域,断面名称,监测时间,水质类别,水温(℃),pH(无量纲),溶解氧(mg/L),电导率(μS/cm),浊度(NTU),高锰酸盐指数(mg/L),"
    "氨氮(mg/L),总磷(mg/L),总氮(mg/L),叶绿素α(mg/L),藻密度(cells/L),站点情况"
)
STATION_ROW = "山西省,黄河流域,甲断面,07-01 08:00,Ⅱ,20.1,8.10,8.40,900,5,3.13,0.144,0.055,1.70,*,*,正常"


def write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def workbook(path, rows, *, merges=(), hidden=False):
    """An Excel file of the rows, with merged ranges (first row, first column, last row, last column, text)."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("表1")
        for r, row in enumerate(rows):
            sheet.write_row(r, 0, row)
        for merge in merges:
            sheet.merge_range(*merge)
        if hidden:
            other = book.add_worksheet("隐藏")
            other.write_row(0, 0, ["x"])
            other.hide()
    return path


MANURE_HEAD = ["市", "县（市、区）", "粪污产生量（吨）", "综合利用量（吨）"]


def test_a_form_with_title_merged_headings_total_and_notes(tmp_path, staged):
    file = workbook(
        tmp_path / "a.xlsx",
        [
            ["2021年畜禽粪污情况表"],
            ["单位：吨"],
            ["市", "县（市、区）", "畜禽粪污", ""],
            ["", "", "产生量（吨）", "综合利用量（吨）"],
            ["太原市", "清徐县", "1,234.5", 1000],
            ["", "阳曲县", "２００", "150"],
            ["合计", "", 1434.5, 1150],
            ["注：示例"],
            ["太原市", "娄烦县", 1, 1],
        ],
        merges=[
            (2, 2, 2, 3, "畜禽粪污"),
            (2, 0, 3, 0, "市"),
            (2, 1, 3, 1, "县（市、区）"),
            (4, 0, 5, 0, "太原市"),
        ],
        hidden=True,
    )
    rows = staged(file, "manure")
    assert rows["area_id"].to_list() == ["140121", "140122", "140123"]
    assert rows["manure_produced_t"].to_list() == [1234.5, 200.0, 1.0]
    assert rows["manure_produced_t_as_delivered"].to_list() == ["1,234.5", "２００", "1"]
    assert rows["row"].to_list() == [5, 6, 9]
    assert rows["period_start"].to_list() == [date(2021, 1, 1)] * 3


def amounts(tmp_path, staged, *lines):
    """Tonnes produced, as staged from a form of these lines and one row of 2 and 1."""
    rows = staged(write(tmp_path / "a.csv", "\n".join([*lines, "太原市,清徐县,2,1"]) + "\n"), "manure")
    return rows.select("manure_produced_t", "manure_used_t").row(0)


@pytest.mark.parametrize(
    "lines",
    [
        ["市,县（市、区）,粪污产生量（万吨）,综合利用量（万吨）"],
        ["单位：万吨", "市,县（市、区）,粪污产生量,综合利用量"],
        ["情况表（单 位：万吨，人）,,,填报单位：某局", "市,县（市、区）,产生量,利用量"],
        ["市,县（市、区）,粪污产生量,综合利用量", ",,万吨,万吨"],
        ["市,县（市、区）,粪污产生量,综合利用量", "市,—,（万吨）,万吨"],
        ["市,县（市、区）,畜禽粪污,畜禽粪污", "市,县（市、区）,产生量,综合利用量", "市,县（市、区）,万吨,万吨"],
    ],
)
def test_amounts_are_converted_from_the_unit_that_is_said_anywhere(tmp_path, staged, lines):
    assert amounts(tmp_path, staged, *lines) == (20_000.0, 10_000.0)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["单位：万吨", ",".join(MANURE_HEAD)], "two units are given for one column"),
        ([",".join(MANURE_HEAD), ",,万吨,吨"], "two units are given for one column"),
        (["市,县（市、区）,粪污产生量（亩）,综合利用量（吨）"], "cannot be converted"),
        (["市,县（市、区）,粪污产生量（车）,综合利用量（吨）"], "cannot be converted"),
        (["市,县（市、区）,粪污产生量,综合利用量（吨）"], "unit of a column is not given"),
    ],
)
def test_a_unit_is_never_guessed(tmp_path, staged, lines, message):
    with pytest.raises(CheckFailed, match=message) as caught:
        amounts(tmp_path, staged, *lines)
    assert f"row {len(lines) if ',,' not in lines[-1] else 1}, column 3" in caught.value.where


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["单位：万吨", ",".join(MANURE_HEAD)], "万吨 in row 1 and 吨 in row 2"),
        ([",".join(MANURE_HEAD), ",,万吨,吨"], "吨 in row 1 and 万吨 in row 2"),
    ],
)
def test_of_two_units_both_places_are_named(tmp_path, staged, lines, found):
    with pytest.raises(CheckFailed) as caught:
        amounts(tmp_path, staged, *lines)
    assert caught.value.found.endswith(found)


def test_gb18030_and_former_names_and_what_cannot_be_read(tmp_path, staged):
    text = ",".join(MANURE_HEAD) + "\n晋中市,太谷县,100,约90\n晋城市,城区,10,5\n阳泉市,城区,20,\n无此市,无此县,1,1\n"
    rows = staged(write(tmp_path / "a.csv", text, "gb18030"), "manure")
    assert rows["county"].to_list() == ["140703", "140502", "140302", None]
    assert rows["county_problem"].to_list() == [None, None, None, "unknown_area"]
    assert rows["manure_used_t"].to_list() == [None, 5.0, None, 1.0]
    assert rows["manure_used_t_problem"].to_list() == ["unreadable", None, None, None]


def test_an_area_of_another_city_and_one_of_two_are_told_apart_from_an_unknown_one(tmp_path, staged):
    lines = ["太原市,平遥县,1,1", "无此市,城区,1,1", "太原市,清徐,1,1", "\ufeff太原市,\ufeff清徐县,1,1"]
    text = "\n".join([",".join(MANURE_HEAD), *lines]) + "\n"
    rows = staged(write(tmp_path / "a.csv", text, "utf-8"), "manure")
    assert rows["county_problem"].to_list() == ["area_elsewhere", "area_of_two", "unknown_area", None]
    assert rows["county"].to_list()[3] == "140121"


@pytest.mark.parametrize("sign", ["/", "-", "－", "—", "·", "\\", "|", " ", ""])
def test_a_county_may_be_named_behind_its_city(tmp_path, staged, sign):
    names = [f"太原市{sign}阳曲县", f"山西省{sign}晋城{sign}城区", f"大同市{sign}阳曲县", f"太原市{sign}平遥县"]
    text = "\n".join([",".join(MANURE_HEAD), *(f",{name},1,1" for name in names)]) + "\n"
    rows = staged(write(tmp_path / "a.csv", text, "utf-8"), "manure")
    assert rows["county"].to_list() == ["140122", "140502", None, None]
    assert rows["county_problem"].to_list() == [None, None, "unknown_area", "unknown_area"]


def test_a_county_of_another_city_than_that_of_its_row_stays_one(tmp_path, staged):
    text = ",".join(MANURE_HEAD) + "\n大同市,太原市/阳曲县,1,1\n太原市,阳曲县、清徐县,1,1\n"
    rows = staged(write(tmp_path / "a.csv", text, "utf-8"), "manure")
    assert rows["county_problem"].to_list() == ["area_elsewhere", "unknown_area"]


@pytest.mark.parametrize(("county", "near"), [("太原市/阳曲县/黄寨镇", "阳曲县"), ("太原市-阳曲", "阳曲县")])
def test_of_a_place_below_a_county_the_county_is_offered(desk, county, near):
    others = "".join(f"太原市,{name},1,1\n" for name in ("清徐县", "娄烦县"))
    found = desk.hand_in("manure", ",".join(MANURE_HEAD) + f"\n太原市,{county},1,1\n{others}")
    broken = found.result.broken.filter(check="county_readable").row(0, named=True)
    assert broken["expected_zh"].endswith(f"；最接近的是：{near}")
    assert broken["expected_en"].endswith(f"; nearest: {near}")


def test_utf16_and_any_line_ends(tmp_path, staged):
    text = ",".join(MANURE_HEAD) + "\r太原市,清徐县,1,1\r\n太原市,阳曲县,2,1\n"
    file = tmp_path / "a.csv"
    file.write_bytes(text.encode("utf-16"))
    assert staged(file, "manure")["manure_produced_t"].to_list() == [1.0, 2.0]


def test_the_period_is_as_long_as_the_form_asks(tmp_path, staged):
    file = write(tmp_path / "a.csv", ",".join(MANURE_HEAD) + "\n太原市,清徐县,1,1\n")
    for period in ("", "2021-05"):
        with pytest.raises(UsageError, match="which year") as caught:
            staged(file, "manure", period=period)
        assert caught.value.found == period and "--period 2021" in caught.value.next_step


def test_a_missing_column_is_named_with_what_was_found(tmp_path, staged):
    file = write(tmp_path / "a.csv", "市,县（市、区）,粪污产生量（吨）\n太原市,清徐县,1\n")
    with pytest.raises(CheckFailed) as caught:
        staged(file, "manure")
    assert "column missing: 综合利用量（吨）" in str(caught.value)
    assert "a.csv" in caught.value.where and "粪污产生量" in caught.value.found


def test_of_a_missing_column_the_nearest_heading_is_named_and_no_line_above_is_taken_for_one(tmp_path, staged):
    above = [["2021年畜禽粪污情况表"], ["填报说明：请据实填写", "", "填报人：某"]]
    head = ["市", "县（市、区）", "产生数量（吨）", "备注"]
    with pytest.raises(CheckFailed) as caught:
        staged(workbook(tmp_path / "a.xlsx", [*above, head, ["太原市", "清徐县", 2, ""]]), "manure")
    error = caught.value
    assert error.found == "headings 市 | 县（市、区） | 产生数量（吨） | 备注" and error.where.endswith("row 3")
    assert error.expected == (
        "粪污产生量（吨） or 产生量（吨） or 畜禽粪污/产生量（吨） or 畜禽粪污产生量（吨） "
        "(nearest found: 产生数量（吨）, column C); "
        "综合利用量（吨） or 利用量（吨） or 畜禽粪污/综合利用量（吨） or 畜禽粪污综合利用量（吨）"
    )
    assert error.zh.startswith(
        "缺少栏目：粪污产生量（吨）（也可写作：产生量（吨）、畜禽粪污/产生量（吨）、畜禽粪污产生量（吨）；"
    )
    assert "表中最接近的是C列“产生数量（吨）”）；综合利用量（吨）" in error.zh


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.pdf", b"%PDF-1.7", "文件类型为 .pdf，无法接收；请将报表另存为 .xlsx"),
        ("a.xlsx", b"%PDF-1.7", "文件内容实为PDF，无法接收；请将报表另存为 .xlsx"),
        ("a.xlsx", b"PK\x03\x04cut off", "文件已损坏或不完整（可能是保存或传输中断），无法读取；请"),
        ("a.csv", b"", "文件是空的（0 字节）；请"),
        ("a.csv", b'"a', "文本中的引号不成对，列无法分开；请"),
        ("a.xls", b"<html><p>a</p></html>", "文件内容实为没有表格的网页，无法接收；请"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_own_reason_and_what_to_do(
    tmp_path, staged, name, content, told
):
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(CheckFailed) as caught:
        staged(file, "manure")
    assert caught.value.zh.startswith(told)


def test_an_unknown_column_is_named_with_the_nearest_one(tmp_path, staged):
    file = write(tmp_path / "a.csv", ",".join(MANURE_HEAD) + ",备 注 栏\n太原市,清徐县,1,1,\n")
    with pytest.raises(CheckFailed, match="no column of this name") as caught:
        staged(file, "manure")
    assert "column E" in caught.value.where and "备注" in caught.value.expected


def test_all_unknown_columns_are_named_at_once(tmp_path, staged):
    file = write(tmp_path / "a.csv", ",".join(MANURE_HEAD) + ",备 注 栏,甲乙\n太原市,清徐县,1,1,,\n")
    with pytest.raises(CheckFailed, match="no column of this name") as caught:
        staged(file, "manure")
    assert "row 1, column E, F" in caught.value.where
    assert "有2列不是本报表的栏目：E列“备 注 栏”（是否为“备注”？）、F列“甲乙”；必需的栏目已齐" in caught.value.zh


@pytest.mark.parametrize(
    ("heads", "columns"),
    [([*MANURE_HEAD, MANURE_HEAD[3]], "columns D and E"), ([*MANURE_HEAD, *MANURE_HEAD], "columns A and E")],
)
def test_a_column_that_stands_twice_is_named_with_both_places(tmp_path, staged, heads, columns):
    values = ["太原市", "清徐县", "100", "80", *["大同市"] * (len(heads) - 4)]
    file = write(tmp_path / "a.csv", ",".join(heads) + "\n" + ",".join(values) + "\n")
    with pytest.raises(CheckFailed, match="two columns are headed alike") as caught:
        staged(file, "manure")
    assert columns in caught.value.where and "不知以哪一列为准" in caught.value.zh


def test_a_unit_in_brackets_on_a_line_of_its_own_is_read(tmp_path, staged):
    heads = ["市", "县\n（市、区）", "粪污产生量\n（万吨）", "综合利用量\n(吨)"]
    rows = staged(workbook(tmp_path / "a.xlsx", [heads, ["太原市", "清徐县", 1, 80]]), "manure")
    assert rows.select("manure_produced_t", "manure_used_t").rows() == [(10_000.0, 80.0)]


def test_a_formula_of_which_the_file_has_no_result_is_told_as_one(tmp_path, staged):
    file = write(
        tmp_path / "a.csv",
        ",".join(MANURE_HEAD) + "\n太原市,清徐县,100,=C2*0.8\n太原市,阳曲县,100,很多\n太原市,娄烦县,1,=5000*1000\n",
    )
    assert staged(file, "manure")["manure_used_t_problem"].to_list() == ["formula", "unreadable", "formula"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_text_is_read_whatever_parts_its_columns(tmp_path, staged, separator):
    rows = [MANURE_HEAD, ["太原市", "清徐县", "100", "80"]]
    file = write(tmp_path / "a.txt", "".join(separator.join(row) + "\n" for row in rows))
    assert staged(file, "manure")["manure_used_t"].to_list() == [80.0]


def test_an_ordinal_column_below_a_title_is_no_fault(tmp_path, staged):
    head = ",".join(["序号", *MANURE_HEAD])
    file = write(tmp_path / "a.csv", f"某表,某表,某表,某表,某表\n{head}\n1,太原市,清徐县,1,1\n")
    assert staged(file, "manure")["county"].to_list() == ["140121"]


def test_an_ordinal_column_is_no_fault(tmp_path, staged):
    assert (
        staged(write(tmp_path / "a.csv", "序号," + ",".join(MANURE_HEAD) + "\n1,太原市,清徐县,1,1\n"), "manure").height
        == 1
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", b"no workbook"),
        ("a.csv", b"\xff\xfe\x00\x00"),
        ("a.csv", b"\x00\x01"),
        ("a.json", b"{}"),
        ("a.json", b'{"thead": ["a", "b"], "tbody": [["1"]]}'),
        ("a.pdf", b"%PDF"),
    ],
)
def test_what_is_no_readable_file_is_refused(tmp_path, staged, name, content):
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(CheckFailed, match=r"cannot be read|column missing"):
        staged(file, "manure")


def test_an_empty_table_is_refused(tmp_path, staged):
    with pytest.raises(CheckFailed, match="table is empty"):
        staged(write(tmp_path / "a.csv", ",".join(MANURE_HEAD) + "\n"), "manure")


def stations(tmp_path, *rows, name="a.csv"):
    return write(tmp_path / name, "\n".join([STATION_HEAD, *rows]) + "\n")


def test_the_year_of_a_stamp_is_given_never_guessed(tmp_path, staged):
    file = stations(tmp_path, STATION_ROW)
    with pytest.raises(UsageError, match="have no year") as caught:
        staged(file, "station_readings", period="")
    assert caught.value.exit_code == 2 and "--period" in caught.value.next_step
    rows = staged(file, "station_readings", period="2021-07")
    assert rows["taken_at"].to_list() == [datetime(2021, 7, 1, 8, tzinfo=ZoneInfo("Asia/Shanghai"))]


def test_the_same_file_said_to_be_of_another_year_is_read_again(tmp_path, staged):
    file = stations(tmp_path, STATION_ROW)
    assert [staged(file, "station_readings", period=p)["taken_at"].item().year for p in ("2020", "2021")] == [
        2020,
        2021,
    ]


def test_the_day_a_file_is_named_by_gives_the_year(tmp_path, staged):
    named = {
        name: staged(stations(tmp_path, STATION_ROW, name=name), "station_readings", period="")["taken_at"].item().year
        for name in ("2019-07-02.csv", "2020-07-01.csv")
    }
    assert named == {"2019-07-02.csv": 2019, "2020-07-01.csv": 2020}
    with pytest.raises(UsageError, match="have no year"):
        staged(stations(tmp_path, STATION_ROW, name="2021-02-30.csv"), "station_readings", period="")


def test_a_stamp_outside_the_declared_period_is_marked(tmp_path, staged):
    rows = staged(stations(tmp_path, STATION_ROW), "station_readings", period="2021-04")
    assert rows["stamp_problem"].to_list() == ["outside_period"]


def test_the_date_of_the_file_gives_the_year_of_a_stale_stamp(tmp_path, staged):
    head = "file_date," + STATION_HEAD
    rows = ["2021-01-02," + STATION_ROW.replace("07-01 08:00", s) for s in ("01-02 08:00", "12-31 20:00")]
    found = staged(write(tmp_path / "a.csv", "\n".join([head, *rows])), "station_readings", period="")
    assert [t.year for t in found["taken_at"]] == [2021, 2020]


@pytest.mark.parametrize("stamp", ["02-30 08:00", "13-01 08:00", "07-01 25:00", "soon"])
def test_a_stamp_that_is_no_time_is_marked(tmp_path, staged, stamp):
    rows = staged(stations(tmp_path, STATION_ROW.replace("07-01 08:00", stamp)), "station_readings", period="2021")
    assert (rows["stamp_problem"].item(), rows["taken_at"].item()) == ("unreadable", None)


def test_sentinels_repeats_and_empty_stations(tmp_path, staged):
    stopped = "山西省,黄河流域,乙断面,*,-1,--,--,--,--,--,--,--,--,--,--,--,停站"
    rows = staged(stations(tmp_path, STATION_ROW, STATION_ROW, stopped), "station_readings", period="2021-07")
    assert rows["left_out"].to_list() == [None, "repeat", "blank"]
    assert rows["chlorophyll_a"].to_list() == [None] * 3
    assert rows["official_class_problem"].to_list() == [None] * 3
    assert rows["station_state"].to_list() == ["normal", "normal", "stopped"]


def test_a_repeat_with_another_value_is_not_left_out(tmp_path, staged):
    other = STATION_ROW.replace("8.40", "8.41")
    assert (
        staged(stations(tmp_path, STATION_ROW, other), "station_readings", period="2021")["left_out"].to_list()
        == [None] * 2
    )


def test_daily_json_gives_printed_and_unrounded_values(tmp_path, staged):
    heads = [
        h.replace("(", "<br/><span class='unit'>(").replace(")", ")</span>") if "(" in h else h
        for h in STATION_HEAD.split(",")
    ]
    row = STATION_ROW.split(",")
    row[2] = "<span data-toggle='tooltip' title='所在地市:太原市&#10;所属河流:汾河'>甲断面（老）</span>"
    row[6] = "<span title='原始值：8.0951'>8.10</span>"
    file = write(tmp_path / "2021-07-01.json", json.dumps({"thead": heads, "tbody": [row]}, ensure_ascii=False))
    found = staged(file, "station_readings", period="").to_dicts()[0]
    assert (found["ph"], found["ph_as_delivered"]) == (8.0951, "8.10")
    assert (found["section_name"], found["river"]) == ("甲断面(老)", "汾河")
    assert found["entity_id"] == "140000/甲断面(老)"


SECTION_HEAD = (
    "断面编码,断面名称,监测月份,采样情况,pH(无量纲),溶解氧(mg/L),高锰酸盐指数(mg/L),氨氮(mg/L),总磷(mg/L),铅(μg/L)"
)


def test_below_the_limit_and_units(tmp_path, staged):
    text = f"{SECTION_HEAD}\nS1,甲,3月,正常,8.1,9.2,1.2×10^1,0.025L,＜0.01,5\nS1,甲,4月,断流,--,--,--,--,--,--\n"
    rows = staged(write(tmp_path / "a.csv", text), "section_monthly").to_dicts()
    first, dry = rows
    assert (first["ammonia_nitrogen"], first["ammonia_nitrogen_below_limit"]) == (0.025, True)
    assert (first["total_phosphorus"], first["total_phosphorus_below_limit"]) == (0.01, True)
    assert first["permanganate_index"] == 12.0 and not first["permanganate_index_below_limit"]
    assert first["lead"] == pytest.approx(0.005)  # μg/L in the heading, mg/L in the catalog
    assert first["month"] == date(2021, 3, 1)
    assert (dry["sampling_state"], dry["ph"], dry["left_out"]) == ("dry", None, None)


@pytest.mark.parametrize(
    ("above", "heading", "mg_per_litre"),
    [
        ("单位：mg/L（水温 ℃、pH 无量纲）", "铅", 5.0),
        ("单位：μg/L", "铅", 0.005),
        ("单位：mg/L", "铅(μg/L)", 0.005),
        ("填报单位：某站", "铅", 5.0),
    ],
)
def test_the_unit_of_a_reading(tmp_path, staged, above, heading, mg_per_litre):
    head = SECTION_HEAD.replace("铅(μg/L)", heading).replace("(mg/L)", "")
    file = write(tmp_path / "a.csv", f"{above}\n{head}\nS1,甲,3月,正常,8.1,9.2,1,1,1,5\n")
    row = staged(file, "section_monthly").row(0, named=True)
    assert (row["lead"], row["ph"]) == (pytest.approx(mg_per_litre), 8.1)


@pytest.mark.parametrize(
    ("text", "expected", "problem"),
    [
        ("2021年3月", date(2021, 3, 1), None),
        ("2021-03", date(2021, 3, 1), None),
        ("12", date(2021, 12, 1), None),
        ("2020-12", date(2020, 12, 1), "outside_period"),
        ("13月", None, "unreadable"),
        ("春季", None, "unreadable"),
    ],
)
def test_months(tmp_path, staged, text, expected, problem):
    file = write(tmp_path / "a.csv", f"{SECTION_HEAD}\nS1,甲,{text},正常,8,9,1,1,1,1\n")
    row = staged(file, "section_monthly").to_dicts()[0]
    assert (row["month"], row["month_problem"]) == (expected, problem)


def test_a_month_without_a_year_needs_the_period(tmp_path, staged):
    file = write(tmp_path / "a.csv", f"{SECTION_HEAD}\nS1,甲,3月,正常,8,9,1,1,1,1\n")
    with pytest.raises(UsageError, match="have no year"):
        staged(file, "section_monthly", period="")


def test_items_of_a_section(tmp_path, staged):
    head = "断面编码,断面名称,市,县（市、区）,流域,河流,水体类型,水质目标,评价项目\n"
    body = "S1,甲,太原市,清徐县,黄河流域,汾河,河流,Ⅲ类,5项+氟化物、COD\n"
    body += "S2,乙,太原市,清徐县,黄河流域,汾河,水库,Ⅱ,五项加一\n"
    rows = staged(write(tmp_path / "a.csv", head + body), "sections").to_dicts()
    assert rows[0]["item_list"][-2:] == ["fluoride", "chemical_oxygen_demand"] and len(rows[0]["item_list"]) == 7
    assert rows[1]["item_list"] is None and rows[1]["item_list_problem"] == "unreadable"
    assert [r["water_body"] for r in rows] == ["river", "lake"]


def test_dates(tmp_path, staged):
    head = "市,县（市、区）,开发区名称,污水处理厂名称,建设阶段,完工日期,佐证等级\n"
    days = ["2021-10-09", "2021年10月9日", "2021/10/9", "20211009", "2021.13.9", "十月"]
    body = "".join(f"朔州市,应县,甲,厂{i},完工,{d},自报\n" for i, d in enumerate(days))
    rows = staged(write(tmp_path / "a.csv", head + body), "zone_plants")
    assert rows["completed_date"].to_list() == [date(2021, 10, 9)] * 4 + [None] * 2
    assert rows["completed_date_problem"].to_list() == [None] * 4 + ["unreadable"] * 2


PLANT_HEAD = ["市", "县（市、区）", "开发区名称", "污水处理厂名称", "建设阶段", "完工日期", "佐证等级"]


def plants(path, days, since_1904=False):
    """Development zones' plants with these cells as the day of completion."""
    with xlsxwriter.Workbook(path, {"date_1904": since_1904}) as book:
        sheet = book.add_worksheet("表")
        sheet.write_row(0, 0, PLANT_HEAD)
        for row, day in enumerate(days, start=1):
            sheet.write_row(row, 0, ["朔州市", "应县", "甲", f"厂{row}", "完工", day, "自报"])
    return path


def test_a_day_that_excel_keeps_as_a_bare_number_is_that_day_and_a_text_of_digits_none(tmp_path, staged):
    rows = staged(plants(tmp_path / "a.xlsx", [44478, "44478", 44478.25, 20211009, 5, "15/5/2021"]), "zone_plants")
    assert (
        rows["completed_date"].to_list() == [date(2021, 10, 9), None, date(2021, 10, 9), date(2021, 10, 9)] + [None] * 2
    )
    assert rows["completed_date_as_delivered"].to_list()[:3] == ["44478", "44478", "44478.25"]
    assert rows["completed_date_problem"].to_list() == [None, "unreadable", None, None] + ["unreadable"] * 2


def test_a_workbook_that_counts_its_days_from_1904(tmp_path, staged):
    rows = staged(plants(tmp_path / "a.xlsx", [44478 - 1462], since_1904=True), "zone_plants")
    assert rows["completed_date"].to_list() == [date(2021, 10, 9)]


def test_a_bare_number_as_a_day_in_merged_cells_and_in_text(tmp_path, staged):
    head, rest = PLANT_HEAD, ["朔州市", "应县", "甲", "厂{}", "完工", 44478, "自报"]
    rows = [[str(c).format(n) if isinstance(c, str) else c for c in rest] for n in (1, 2)]
    file = workbook(tmp_path / "a.xlsx", [head, *rows], merges=[(1, 5, 2, 5, 44478)])
    assert staged(file, "zone_plants")["completed_date"].to_list() == [date(2021, 10, 9)] * 2
    text = "\n".join(",".join(map(str, row)) for row in (head, *rows))
    assert staged(write(tmp_path / "a.csv", text), "zone_plants")["completed_date"].to_list() == [None] * 2


@pytest.mark.parametrize(
    ("cell", "tonnes"),
    [
        ("1200吨", 1200.0),
        ("１，２００ 吨", 1200.0),
        ("0.12万吨", 1200.0),
        ("1,200 t", 1200.0),
        ("1200（吨）", 1200.0),
        ("1200kg", 1.2),
        ("78.5%", None),
        ("1200亩", None),
        ("1200车", None),
        ("约1200吨", None),
        ("1200吨左右", None),
        ("吨", None),
    ],
)
def test_a_unit_in_the_cell_holds_for_its_number_or_makes_it_unreadable(tmp_path, staged, cell, tonnes):
    head = ",".join(MANURE_HEAD).replace("产生量（吨）", "产生量（万吨）")
    rows = staged(write(tmp_path / "a.csv", f'{head}\n太原市,清徐县,"{cell}",1\n太原市,阳曲县,1,1\n'), "manure")
    assert rows["manure_produced_t"].to_list() == [tonnes, 10_000.0]
    assert rows["manure_produced_t_as_delivered"][0] == cell
    assert rows["manure_produced_t_problem"][0] == (None if tonnes else "unreadable")


@pytest.mark.parametrize(("cell", "load"), [("78.5%", 78.5), ("７８．５％", 78.5), ("78.5", 78.5), ("0.785t", None)])
def test_a_share_with_its_sign(catalog, cell, load):
    context = cells.Context(catalog, None, None)
    frame = pl.DataFrame({"plant_load_pct": [cell]})
    typed = cells.typed_field(frame, "plant_load_pct", catalog.fields["plant_load_pct"], context)
    assert typed["plant_load_pct"].to_list() == [load]


def test_a_name_merged_over_rows_is_that_of_all_and_a_number_that_of_none(tmp_path, staged):
    rows = [MANURE_HEAD, ["太原市", "清徐县", 10, 8], ["", "阳曲县", 20, ""], ["", "娄烦县", 30, 3]]
    file = workbook(tmp_path / "a.xlsx", rows, merges=[(1, 0, 3, 0, "太原市"), (1, 3, 2, 3, 8)])
    found = staged(file, "manure")
    assert found["area_id"].to_list() == ["140121", "140122", "140123"]
    assert found["manure_used_t"].to_list() == [None, None, 3.0]
    assert found["manure_used_t_problem"].to_list() == ["merged", "merged", None]


def test_a_table_that_begins_right_of_the_first_column_keeps_its_merged_cells(tmp_path, staged):
    rows = [["", *MANURE_HEAD], ["", "太原市", "清徐县", 10, 8], ["", "", "阳曲县", 20, 2]]
    found = staged(workbook(tmp_path / "a.xlsx", rows, merges=[(1, 1, 2, 1, "太原市")]), "manure")
    assert found["area_id"].to_list() == ["140121", "140122"]
    assert found["manure_used_t"].to_list() == [8.0, 2.0]


def sheets(path, **tables):
    """A workbook with a sheet of rows for each name."""
    with xlsxwriter.Workbook(path) as book:
        for name, rows in tables.items():
            sheet = book.add_worksheet(name)
            for r, row in enumerate(rows):
                sheet.write_row(r, 0, row)
    return path


def test_every_sheet_with_the_table_is_read_and_the_others_are_named(tmp_path, workspace, catalog):
    file = sheets(
        tmp_path / "a.xlsx",
        太原=[MANURE_HEAD, ["太原市", "清徐县", 10, 8], ["说明：", "", "", ""], ["以上为初步数"]],
        大同=[MANURE_HEAD, ["大同市", "阳高县", 20, 2]],
        填表说明=[["请如实填写"]],
    )
    snapshot = identify(file, Delivery("manure", DAY, period="2021"))
    found = stage(snapshot, source=catalog.sources["manure"], catalog=catalog, workspace=workspace)
    assert (found.rows, found.sheets, found.sheets_passed_over, found.notes) == (2, ["太原", "大同"], ["填表说明"], 2)


def test_a_sheet_that_looks_like_the_table_but_lacks_a_column_is_not_passed_over(tmp_path, staged):
    file = sheets(tmp_path / "a.xlsx", 太原=[MANURE_HEAD, ["太原市", "清徐县", 10, 8]], 大同=[MANURE_HEAD[:3]])
    with pytest.raises(CheckFailed, match="column missing") as caught:
        staged(file, "manure")
    assert "大同" in caught.value.where


# What a column is called in lists but may mean another thing in its form: a planned sum, the whole of a plant.
NOT_HEADINGS = {
    *(("city_arrangements", f"funds_{by}_wan_yuan") for by in ("central", "provincial", "local", "private")),
    ("plant_expansion", "capacity_m3_d"),
    ("station_readings", "official_class"),
    ("station_readings", "prefecture_as_printed"),
}


def test_a_column_may_be_headed_as_lists_and_messages_call_it(catalog):
    unknown = set()
    for source in catalog.sources.values():
        headings = Headings(source, catalog)
        for field in [column.field for column in source.columns if column.field != "month"]:
            found = headings.recognise(catalog.fields[field].label.zh)
            if found is None or found.key != field:
                unknown.add((source.id, field))
    assert unknown == NOT_HEADINGS
