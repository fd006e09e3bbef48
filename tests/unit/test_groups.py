"""What stands over a group of columns: a unit is that of the group alone, and another year or purpose is refused."""

import openpyxl
import pytest

from analytics.errors import CheckFailed
from tests.deliveries import SECTIONS

FIGURES = ["T12b"]
BASICS = ["断面编码", "断面名称", "监测月份", "pH", "溶解氧", "高锰酸盐指数", "氨氮", "总磷"]
METALS = ["砷", "汞", "铅"]
READINGS = ["S1", "甲断面", "2021-03", 7.1, 8.0, 2.1, 0.5, 0.1, 3.2, 0.02, 4.1]


@pytest.fixture
def sheet(tmp_path):
    """Writes rows into a workbook, some of its cells merged."""

    def write(rows, *merged):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        for cells in merged:
            book.active.merge_cells(cells)
        book.save(tmp_path / "a.xlsx")
        return tmp_path / "a.xlsx"

    return write


def over_metals(sheet, group, *, basics="", names=METALS):
    """A table of sections whose three metals stand below a group, and the basic items below one of theirs, if any."""
    upper = [*BASICS[:3], basics, *[None] * 4, group] if basics else [*BASICS, group]
    lower = [*[None] * 3, *BASICS[3:], *names] if basics else [*[None] * 8, *names]
    down = [f"{letter}1:{letter}2" for letter in ("ABC" if basics else "ABCDEFGH")]
    return sheet([upper, lower, READINGS], *down, "I1:K1", *(["D1:H1"] if basics else []))


@pytest.mark.parametrize("group", ["重金属（μg/L）", "单位：μg/L", "（μg/L）", "μg/L"])
def test_the_unit_of_a_group_is_that_of_its_columns_and_of_no_other(staged, sheet, group):
    row = staged(over_metals(sheet, group), "section_monthly").row(0, named=True)
    assert (row["arsenic"], row["mercury"], row["lead"]) == pytest.approx((0.0032, 0.00002, 0.0041))
    assert (row["dissolved_oxygen"], row["ammonia_nitrogen"], row["total_phosphorus"]) == (8.0, 0.5, 0.1)


def test_each_group_has_its_own_unit_and_a_heading_may_have_another(staged, sheet):
    file = over_metals(sheet, "监测结果（μg/L）", basics="监测结果（mg/L）", names=["砷", "汞（mg/L）", "铅"])
    row = staged(file, "section_monthly").row(0, named=True)
    assert (row["arsenic"], row["mercury"], row["lead"]) == pytest.approx((0.0032, 0.02, 0.0041))
    assert row["ammonia_nitrogen"] == 0.5


def test_how_far_a_group_goes_that_is_not_merged_is_asked(staged, tmp_path):
    upper, lower = f"{','.join(BASICS)},重金属（μg/L）,,", f"{',' * 8}{','.join(METALS)}"
    (tmp_path / "a.csv").write_text("\n".join([upper, lower, ",".join(map(str, READINGS)), ""]), encoding="utf-8")
    with pytest.raises(CheckFailed, match="how far") as caught:
        staged(tmp_path / "a.csv", "section_monthly")
    assert "重金属（μg/L）" in caught.value.found and "合并到所属各列之上" in caught.value.zh


def over_amounts(sheet, group):
    """A table of manure with a group over both amounts."""
    rows = [["市", "县（市、区）", group], [None, None, "粪污产生量（吨）", "综合利用量（吨）"]]
    return sheet([*rows, ["太原市", "清徐县", 1000, 900]], "A1:A2", "B1:B2", "C1:D1")


@pytest.mark.parametrize(
    ("group", "told"),
    [
        ("2020年", "属于另一时期，不是报告期 2021"),
        ("2021年1-6月", "属于另一时期，不是报告期 2021"),
        ("2021年1月—6月", "属于另一时期，不是报告期 2021"),
        ("2021年1月1日至6月30日", "属于另一时期，不是报告期 2021"),
        ("2021年六月", "属于另一时期，不是报告期 2021"),
        ("2021年前三季度", "属于另一时期，不是报告期 2021"),
        ("2021年1-2季度", "属于另一时期，不是报告期 2021"),
        ("1-6月", "属于另一时期，不是报告期 2021"),
        ("产生与利用（上半年）", "属于另一时期，不是报告期 2021"),
        ("第一季度", "属于另一时期，不是报告期 2021"),
        ("2020年度（万吨）", "给出了两个不同的单位"),
        ("上年同期", "不是本表要填的内容"),
        ("其中：规模养殖场", "不是本表要填的内容"),
        ("计划数", "不是本表要填的内容"),
        ("畜禽粪污（万吨）", "给出了两个不同的单位"),
    ],
)
def test_a_group_of_another_year_purpose_or_unit_is_refused(staged, sheet, group, told):
    with pytest.raises(CheckFailed) as caught:
        staged(over_amounts(sheet, group), "manure", period="2021")
    assert told in caught.value.zh


@pytest.mark.parametrize(
    "group",
    ["2021年", "畜禽粪污", "畜禽粪污（吨）", "2021年度情况", "1-12月", "2021年1月至12月", "2021年1月15日填", "太原市"],
)
def test_a_group_of_this_year_or_of_no_matter_is_none_of_that(staged, sheet, group):
    row = staged(over_amounts(sheet, group), "manure", period="2021").row(0, named=True)
    assert (row["manure_produced_t"], row["manure_used_t"]) == (1000, 900)


@pytest.mark.parametrize(
    ("group", "area", "about"), [("大同市", "140100", "太原市"), ("大同", "140100", "太原市"), ("大同市", "", "清徐县")]
)
def test_a_group_that_names_another_area_is_refused(desk, sheet, group, area, about):
    with pytest.raises(CheckFailed, match="another area") as caught:
        desk.hand_in_file("manure", over_amounts(sheet, group), period="2021", area=area)
    assert caught.value.where.endswith("row 1") and f"写的是{group}，与所报的{about}不是同一地区" in caught.value.zh


def test_a_group_over_rows_of_no_area_is_held_against_that_of_the_delivery(desk, sheet):
    desk.hand_in("sections", SECTIONS)
    with pytest.raises(CheckFailed, match="another area") as caught:
        desk.hand_in_file("section_monthly", over_metals(sheet, "太原市重金属"), period="2021-03", area="140200")
    assert "写的是太原市，与所报的大同市不是同一地区" in caught.value.zh


def with_a_row_of_another_city(sheet):
    rows = [["市", "县（市、区）", "太原市"], [None, None, "粪污产生量（吨）", "综合利用量（吨）"]]
    rows += [["太原市", "清徐县", 1000, 900], ["太原市", "阳曲县", 10, 9], ["大同市", "平城区", 1, 1]]
    return sheet(rows, "A1:A2", "B1:B2", "C1:D1")


def test_a_row_of_another_area_than_the_delivery_is_set_aside_below_a_group_too(desk, sheet):
    found = desk.hand_in_file("manure", with_a_row_of_another_city(sheet), period="2021", area="140100")
    assert (found.result.rows, found.result.set_aside_rows) == (3, 1)


def test_a_group_of_one_city_over_rows_of_a_province_is_refused(desk, sheet):
    with pytest.raises(CheckFailed, match="another area") as caught:
        desk.hand_in_file("manure", with_a_row_of_another_city(sheet), period="2021", area="140000")
    assert "与所报的平城区不是同一地区" in caught.value.zh
