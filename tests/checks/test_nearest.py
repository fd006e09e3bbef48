"""Whoever has to put an unknown name right is offered the nearest known one."""

from openpyxl import load_workbook

from analytics.cli.slips import after_receiving
from tests.deliveries import MANURE_HEAD, SECTION_HEAD, SECTIONS, months

GOOD = "".join(f"太原市,{county},100,80\n" for county in ("小店区", "阳曲县", "古交市", "娄烦县", "晋源区"))


def offered(found, check):
    return found.result.broken.filter(check=check)["expected_zh"].to_list()


def test_the_nearest_area_within_the_one_of_the_row_is_offered(desk):
    rows = "太原市,清徐具,1,1\n大同市,阳高,1,1\n太远市,清徐县,1,1\n太原市,某某旗,1,1\n"
    found = desk.hand_in("manure", f"{MANURE_HEAD}\n{GOOD}{rows}")
    assert offered(found, "county_readable") == [
        "已登记的行政区名称；最接近的是：清徐县",
        "已登记的行政区名称；最接近的是：阳高县",
        "已登记的行政区名称",
    ]
    assert offered(found, "city_readable") == ["已登记的行政区名称；最接近的是：太原市"]
    assert found.result.broken["expected_en"][0] == "the name of a known area; nearest: 清徐县"


def test_of_a_cell_with_city_and_county_it_is_said_where_the_county_belongs(desk):
    found = desk.hand_in("manure", f"{MANURE_HEAD}\n{GOOD}太原市/阳曲县,,1,1\n太原市/某某县,,1,1\n")
    assert offered(found, "city_readable") == [
        "已登记的行政区名称；最接近的是：太原市（格内还写有“阳曲县”，请填在“县（市、区）”一栏）",
        "已登记的行政区名称；最接近的是：太原市",
    ]
    english = found.result.broken.filter(check="city_readable")["expected_en"][0]
    assert english.endswith("nearest: 太原市 (the cell holds 阳曲县 too, which belongs in the column 县（市、区）)")


def test_an_area_of_another_delivery_is_not_told_to_be_nearest_to_itself(desk):
    rows = "大同市,平城区,500000,400000\n"
    found = desk.hand_in("manure", f"{MANURE_HEAD}\n{GOOD}{rows}", area="140100")
    (said,) = offered(found, "county_readable")
    assert "最接近的是" not in said and "请清空或删去本行，由其所属地区报送" in said


def test_a_member_is_offered_by_the_name_in_its_row(desk):
    desk.hand_in("sections", SECTIONS.replace("丙断面", "汾河水库出口"))
    lines = "".join(
        f"S{n},{name},1,正常,7.8,{n}.0,3.0,0.4,0.08\n" for n, name in ((1, "甲断面"), (8, "汾河水库出囗"), (9, "某处"))
    )
    found = desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{lines}{months('S2', first=2)}")
    words = "《国考断面名录》中当期有效的成员"
    assert offered(found, "entity_registered") == [f"{words}；最接近的是：汾河水库出口 S3", words]


def test_the_slip_and_the_receipt_offer_it_and_one_problem_stays_one(desk):
    rows = "太原市,清徐具,1,1\n大同市,阳高,1,1\n"
    found = desk.hand_in("manure", f"{MANURE_HEAD}\n{GOOD}{rows}")
    told = after_receiving(desk.workspace, found, desk.catalog)
    assert "nearest: 清徐县" in told["faults"][0] and told["faults"][0].zh.endswith("；最接近的是：清徐县")
    summary = load_workbook(told["return slip"]).worksheets[0]
    lines = [[c.value for c in row] for row in summary.iter_rows()]
    (line,) = [row for row in lines if row[1] and "“县（市、区）”应能识别" in str(row[1])]
    assert line[2:4] == ["已登记的行政区名称；最接近的是：清徐具→清徐县、阳高→阳高县", 2]
