"""What leaves for a spreadsheet is text where it is text: no cell is taken for a formula."""

import csv

import polars as pl
import pytest
from openpyxl import load_workbook

from analytics.exports import csv_text, neutral, write_csv, write_workbook


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1+1",
        "＝1+1",
        "＋1＋1",
        "－A1",
        "＠甲",
        "\ufeff=1",
        "\x00=1",
        "\u200b=1",
        "\u2060\x00 \u3000=1",
        "\u00ad\u202e@甲",
        "\x1f\ufeff＝1",
        "﹢1＋1",
        "−A1",
    ],
)
def test_what_could_be_a_formula_gets_an_apostrophe(text):
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "甲断面",
        "-0.5",
        "+1,234.5",
        "-1e-3",
        "-5%",
        "-",
        "--",
        "—",
        "0.01L",
        "a=b",
        "'=1",
        "−0.5",
        "－0.5",
        "－－",
        "\ufeff甲",
        "\x00",
        "\u200b",
    ],
)
def test_what_is_none_stays_as_it_is(text):
    assert neutral(text) == text


@pytest.fixture
def frame():
    return pl.DataFrame({"name": ["=1+1", "甲", None], "list": [["@a"], ["b"], None], "value": [-1.5, 2.0, None]})


def test_a_table_is_neutral_as_text_and_in_its_lists(frame):
    lines = csv_text(frame.drop("list")).splitlines()
    assert lines == ["name,value", "'=1+1,-1.5", "甲,2.0", ","]


def test_a_workbook_and_a_csv_hold_texts_and_numbers(tmp_path, frame):
    write_workbook(frame, tmp_path / "a.xlsx", sheet="甲")
    rows = [[c.value for c in row] for row in load_workbook(tmp_path / "a.xlsx")["甲"].iter_rows()]
    assert (rows[1][0], rows[1][2]) == ("'=1+1", -1.5) and "'@a" in rows[1][1]
    write_csv(frame.drop("list"), tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig") as stream:
        assert next(csv.DictReader(stream)) == {"name": "'=1+1", "value": "-1.5"}


def test_an_address_that_somebody_delivered_is_no_link(tmp_path):
    told = pl.DataFrame({"remark": ["http://example.org/?q=1", "external:\\\\host\\a.xlsx"]})
    write_workbook(told, tmp_path / "a.xlsx", sheet="甲")
    cells = [row[0] for row in load_workbook(tmp_path / "a.xlsx")["甲"].iter_rows(min_row=2)]
    assert [c.value for c in cells] == told["remark"].to_list()
    assert not any(c.hyperlink for c in cells)
