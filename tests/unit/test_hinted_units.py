"""Units beside a table that nobody calls its unit: taken where a line says what is in it, else held against columns."""

import pytest

from analytics.errors import CheckFailed
from tests.unit.test_ingest import MANURE_HEAD, workbook

HEAD = ["断面编码", "断面名称", "监测月份", "pH", "溶解氧", "高锰酸盐指数", "氨氮", "总磷", "砷", "汞", "铅"]
ROW = ["S1", "甲断面", "2021-03", 7.1, 8.0, 2.1, 0.5, 0.1, 3.2, 0.02, 4.1]
BASICS = [f"{name}（mg/L）" for name in HEAD[4:8]]
OF_METALS = [*HEAD[:4], *BASICS, *(f"{name}（μg/L）" for name in HEAD[8:])]
METALS = [*HEAD[:4], *BASICS, *HEAD[8:]]


def table(tmp_path, *, above=(), head=HEAD, below=()):
    rows = [*([line] for line in above), head, ROW, *([line] for line in below)]
    return workbook(tmp_path / "a.xlsx", rows)


@pytest.mark.parametrize("line", ["浓度：μg/L", "监测结果（μg/L）", "质量浓度：微克/升", "监测数据：μg/L，pH 无量纲"])
def test_a_line_that_says_in_what_unit_results_are_is_that_of_the_table(tmp_path, staged, line):
    row = staged(table(tmp_path, above=[line]), "section_monthly").row(0, named=True)
    assert (row["arsenic"], row["total_phosphorus"]) == pytest.approx((0.0032, 0.0001))


@pytest.mark.parametrize(
    "line",
    [
        "2021年3月断面监测结果（μg/L）",
        "2021年3月断面监测结果(μg/L)（3月）",
        "断面监测结果（μg/L）汇总表",
        "断面监测结果 μg/L",
        "砷、汞、铅为μg/L",
        "注：砷、汞、铅均为μg/L，其余为mg/L",
        "重金属为μg/L",
        "砷、汞、铅以μg/L计",
        "砷：μg/L",
        "其中：砷和铅用μg/L",
    ],
)
def test_a_unit_in_a_text_above_is_asked_for_where_columns_tell_none(tmp_path, staged, line):
    with pytest.raises(CheckFailed, match="tells another unit than a column has") as caught:
        staged(table(tmp_path, above=[line]), "section_monthly")
    assert caught.value.where.endswith("row 1") and "请在各栏表头写明单位（如“" in caught.value.zh
    assert "“μg/L”" in caught.value.zh and "一栏按 mg/L 计" in caught.value.zh


def test_a_title_that_contradicts_all_columns_is_asked_for(tmp_path, staged):
    with pytest.raises(CheckFailed, match="tells another unit than a column has") as caught:
        staged(table(tmp_path, above=["基本项目监测结果（μg/L）"], head=[*HEAD[:4], *BASICS]), "section_monthly")
    assert "溶解氧" in caught.value.zh


@pytest.mark.parametrize(
    ("line", "head"),
    [
        ("断面监测结果（mg/L）", HEAD),
        ("断面监测结果（μg/L）", OF_METALS),
        ("断面监测结果（mg/L）", OF_METALS),
        ("砷、汞、铅为μg/L，其余为mg/L", OF_METALS),
        ("重金属为μg/L", OF_METALS),
        ("流域重点工程监测结果（万吨/日）", HEAD),
        ("断面监测结果（月）", HEAD),
        ("监测结果（日）", HEAD),
        ("处理规模为μg/L", HEAD),
        ("氨氮检出限为0.025mg/L", HEAD),
        ("监测单位：某某站", HEAD),
    ],
)
def test_a_unit_in_a_text_that_changes_no_column_says_nothing(tmp_path, staged, line, head):
    row = staged(table(tmp_path, above=[line], head=head), "section_monthly").row(0, named=True)
    assert row["arsenic"] == pytest.approx(0.0032 if head is OF_METALS else 3.2)
    assert row["ammonia_nitrogen"] == 0.5


@pytest.mark.parametrize("line", ["砷、汞、铅为μg/L", "注：砷、汞以μg/L计", "注：重金属浓度均为μg/L", "备注：汞：μg/L"])
@pytest.mark.parametrize("head", [HEAD, METALS])
def test_a_note_below_that_names_columns_of_another_unit_is_asked_for(tmp_path, staged, line, head):
    with pytest.raises(CheckFailed, match="another unit than that of the columns") as caught:
        staged(table(tmp_path, head=head, below=[line]), "section_monthly")
    assert caught.value.where.endswith("row 3") and "写明的单位“μg/L”与各栏的单位不同" in caught.value.zh


@pytest.mark.parametrize(
    "line", ["砷、汞、铅为μg/L", "注：砷、汞、铅为μg/L，其余为mg/L", "注：处理规模为mg/m3", "注：总磷检出限为0.01mg/L"]
)
def test_a_note_below_that_agrees_with_its_columns_stays_a_note(tmp_path, staged, line):
    rows = staged(table(tmp_path, head=OF_METALS, below=[line]), "section_monthly")
    assert rows["arsenic"].to_list() == pytest.approx([0.0032])


@pytest.mark.parametrize(("unit", "is_asked"), [("万吨", True), ("吨", False), ("公顷", False)])
def test_a_title_with_a_unit_of_amounts_is_held_against_their_headings(tmp_path, staged, unit, is_asked):
    file = workbook(tmp_path / "a.xlsx", [[f"粪污情况（{unit}）"], MANURE_HEAD, ["太原市", "清徐县", 1000, 900]])
    if is_asked:
        with pytest.raises(CheckFailed, match="tells another unit than a column has"):
            staged(file, "manure")
    else:
        assert staged(file, "manure")["manure_produced_t"].to_list() == [1000]
