"""What would have been right in the cell of a number is told by what was found in it."""

import polars as pl
import pytest

from analytics.quality.unread import UNREADABLE, looks_like
from tests.deliveries import MANURE_HEAD, SECTION_HEAD, SECTIONS, months


def told(desk, cell):
    rows = f'太原市,小店区,100,"{cell}"\n太原市,阳曲县,100,80\n太原市,古交市,100,80\n太原市,娄烦县,100,80\n'
    broken = desk.hand_in("manure", f"{MANURE_HEAD}\n{rows}").result.broken.filter(check="manure_used_t_readable")
    return broken.select("found", "expected_zh", "expected_en").rows()


def test_a_decimal_comma_is_told_as_one(desk):
    en = "a number with a point before its decimals, such as 7.5 (a comma only parts thousands: 7,500)"
    assert told(desk, "7,5") == [("7,5", "数字，小数点用“.”，如 7.5（逗号只用来分隔千位，如 7,500）", en)]


def test_a_word_for_nothing_is_to_be_left_out(desk):
    en = "a number; an empty cell, and no word, where there is none (what must be filled has to be found out)"
    assert told(desk, "未统计") == [("未统计", "数字；确实没有数据的留空，不写文字（必填的栏目请核实后填数）", en)]


def test_a_word_for_a_reading_not_taken_is_told_what_to_write_instead(desk):
    desk.hand_in("sections", SECTIONS)
    lines = "S1,甲断面,1,正常,缺测,8.0,3.0,没测,0.08\n"
    broken = desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{lines}{months('S2')}").result.broken
    expected = dict(
        broken.filter(pl.col("check").str.ends_with("_readable")).select("found", "expected_zh").iter_rows()
    )
    assert expected == {
        "没测": "监测值；没有监测的留空，未检出的填“未检出”或检出限加 L（如 0.01L），不写其他文字",
        "缺测": "数字；确实没有数据的留空，不写文字（必填的栏目请核实后填数）",  # no pH goes undetected
    }


@pytest.mark.parametrize(
    ("cell", "word"),
    [
        ("7,5", "decimal_comma"), ("12，34", "decimal_comma"), ("7。5", "decimal_comma"), ("-0,5", "decimal_comma"),
        ("未测", "not_measured"), ("缺测", "not_measured"), ("不详", "not_measured"), ("N/A", "not_measured"),
        ("约3", "roughly"), ("≈3", "roughly"), ("～3", "roughly"), ("3左右", "roughly"), ("30 多", "roughly"),
        ("30吨左右", "roughly"), (">3", "bound"), ("＞ 3", "bound"), ("大于3", "bound"), ("不足10", "bound"),
        ("3～5", "range"), ("3-5", "range"), ("3.5至4", "range"),
        ("#REF!", "error_value"), ("#N/A", "error_value"), ("#DIV/0!", "error_value"), ("#NAME?", "error_value"),
        ("八百", UNREADABLE), ("3万", UNREADABLE), ("7,5,3", UNREADABLE), ("未检出", UNREADABLE),
        ("1200亩", UNREADABLE), ("30吨以上", "bound"),
    ],
)  # fmt: skip
def test_what_a_cell_looks_like(cell, word):
    seen = pl.DataFrame({"word": [UNREADABLE, "formula"], "found": [cell, cell]})
    assert seen.select(looks_like(pl.col("word"), pl.col("found"))).to_series().to_list() == [word, "formula"]
