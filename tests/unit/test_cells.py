"""Cells as people write them: read as what they say, or not read at all."""

from datetime import date

import polars as pl
import pytest

from analytics.exports import neutral
from analytics.ingest.cells import as_sent, folded, folded_number, number


def read(text):
    return pl.DataFrame({"cell": [text]}).select(number(folded_number("cell"))).item()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234,567.5", 1_234_567.5),
        ("１２．５", 12.5),
        (" 1 200 ", 1200.0),
        ("−0.5", -0.5),
        ("1.2×10^4", 12_000.0),
        ("1.2×10⁴", 12_000.0),
        ("5×10⁻³", 0.005),
        ("1.2*10^3", 1200.0),
        ("1.2 x 10 ³", 1200.0),
        ("1.2E3", 1200.0),
        ("1e3", 1000.0),
    ],
)
def test_a_number_is_read_in_every_form_it_is_written_in(text, value):
    assert read(text) == pytest.approx(value)


@pytest.mark.parametrize(
    "text", ["1000①", "10²", "1½", "12,34", "约90", "1.2.3", "5~6", "1.2×100", "78%", "inf", "nan", "一百", "--"]
)
def test_what_is_no_plain_number_is_not_read_as_one(text):
    assert read(text) is None


@pytest.mark.parametrize("name", ["=镇", "\u200b=镇", " @镇", "-镇"])
def test_a_name_that_a_slip_keeps_as_text_comes_back_as_it_was(name):
    told = pl.DataFrame({"sent": [name], "back": [neutral(name)]}).select(folded("sent"), folded("back"))
    assert neutral(name) != name and told["sent"].item() == told["back"].item()


@pytest.mark.parametrize("text", ["2*103", "1.2×103", "1.2x10-3", "2X10 3", "１．２×１０３", "2×103L"])
def test_an_exponent_that_nothing_marks_is_not_guessed(tmp_path, staged, text):
    assert read(text) is None
    file = tmp_path / "a.csv"
    file.write_text(f"{MONTH_HEAD}S1,甲,3月,正常,8,9,1,{text},1\n", encoding="utf-8")
    row = staged(file, "section_monthly").row(0, named=True)
    assert (row["ammonia_nitrogen"], row["ammonia_nitrogen_problem"]) == (None, "power")


@pytest.mark.parametrize(("text", "tonnes"), [("1.2×10³", 1200.0), ("1.2×10^3 吨", 1200.0), ("2*103", None)])
def test_an_amount_is_read_by_the_same_rule(tmp_path, staged, text, tonnes):
    file = tmp_path / "a.csv"
    file.write_text(f"市,县（市、区）,粪污产生量（吨）,综合利用量（吨）\n太原市,清徐县,{text},1\n", encoding="utf-8")
    row = staged(file, "manure").row(0, named=True)
    assert (row["manure_produced_t"], row["manure_produced_t_problem"]) == (tonnes, None if tonnes else "power")


ZONE_HEAD = "市,县（市、区）,开发区名称,污水处理厂名称,建设阶段,完工日期,佐证等级\n"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2021-10-09", date(2021, 10, 9)),
        ("2021-10-09 00:00:00", date(2021, 10, 9)),
        ("2021年10月9日", date(2021, 10, 9)),
        ("2021.10.9", date(2021, 10, 9)),
        ("20211009", date(2021, 10, 9)),
        ("2021年10月9日前", None),
        ("2021-10-09（计划）", None),
        ("2021-10-09至2021-11-01", None),
        ("2021年10月", None),
    ],
)
def test_words_beside_a_date_may_turn_its_meaning_round(tmp_path, staged, text, day):
    file = tmp_path / "a.csv"
    file.write_text(f"{ZONE_HEAD}朔州市,应县,甲经开区,厂,完工,{text},自报\n", encoding="utf-8")
    row = staged(file, "zone_plants").row(0, named=True)
    assert (row["completed_date"], row["completed_date_problem"]) == (day, None if day else "unreadable")


MONTH_HEAD = "断面编码,断面名称,监测月份,采样情况,pH(无量纲),溶解氧(mg/L),高锰酸盐指数(mg/L),氨氮(mg/L),总磷(mg/L)\n"


@pytest.mark.parametrize(
    ("text", "month"),
    [("2021.10", 10), ("202110", 10), ("2021-10-01", 10), ("10月份", 10), ("2021.1", None), ("1-3月", None)],
)
def test_a_month_whose_last_digit_may_be_lost_is_not_read(tmp_path, staged, text, month):
    file = tmp_path / "a.csv"
    file.write_text(f"{MONTH_HEAD}S1,甲,{text},正常,8,9,1,1,1\n", encoding="utf-8")
    found = staged(file, "section_monthly")["month"].item()
    assert found == (date(2021, month, 1) if month else None)


def test_a_text_of_sentences_stands_as_it_was_sent_and_is_folded_beside(tmp_path, staged):
    """Printed with commas of half width a Chinese sentence looks mistyped; ① became a mere 1."""
    head = "指标编号,市,未达到原因,整改措施,填报单位,备注"
    sent = "\u3000①雨季漏报，未核（含甲县）；见《函》\u200b "
    file = tmp_path / "a.csv"
    file.write_text(f"{head}\nＴ１２ｂ,太原市,{sent},－,省农业农村厅,　\n", encoding="utf-8")
    row = staged(file, "unmet_reasons").row(0, named=True)
    assert row["unmet_reason"] == "①雨季漏报，未核（含甲县）；见《函》"
    assert row["unmet_reason_folded"] == "1雨季漏报,未核(含甲县);见《函》"
    assert (row["unmet_measure"], row["unmet_measure_folded"], row["remark"]) == (None, None, None)
    assert row["figure_code"] == "T12b"


@pytest.mark.parametrize("text", ["'=甲，乙", " '=甲，乙"])
def test_a_sentence_that_a_slip_keeps_as_text_comes_back_as_it_was(text):
    assert pl.DataFrame({"cell": [text]}).select(as_sent("cell")).item() == "=甲，乙"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2022年底", date(2022, 12, 31)),
        ("2022年年底前", date(2022, 12, 31)),
        ("2022年末", date(2022, 12, 31)),
        ("2022 年 2 月底", date(2022, 2, 28)),
        ("2024年2月底以前", date(2024, 2, 29)),
        ("2022年6月30日前", date(2022, 6, 30)),
        ("2022-06-30", date(2022, 6, 30)),
        ("2022年13月底", None),
        ("2022年6月", None),
        ("2022年底或次年", None),
        ("年底", None),
        ("2022年6月前", None),
    ],
)
def test_a_day_by_which_something_is_done_may_be_the_end_of_its_year_or_month(tmp_path, staged, text, day):
    file = tmp_path / "a.csv"
    file.write_text(f"指标编号,未达到原因,完成期限,填报单位\nT12b,甲,{text},省农业农村厅\n", encoding="utf-8")
    row = staged(file, "unmet_reasons").row(0, named=True)
    assert (row["measure_due"], row["measure_due_problem"]) == (day, None if day else "unreadable")


@pytest.mark.parametrize("text", ["2021年底", "2021年9月30日前"])
def test_a_day_on_which_something_was_done_is_never_the_end_of_its_year(tmp_path, staged, text):
    file = tmp_path / "a.csv"
    file.write_text(f"任务编号,报送单位,是否报送,材料日期\nT01c,甲厅,是,{text}\n", encoding="utf-8")
    row = staged(file, "evidence").row(0, named=True)
    assert (row["evidence_date"], row["evidence_date_problem"]) == (None, "unreadable")
