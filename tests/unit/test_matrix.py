"""The figures over the cities say their units, and what colours and signs mean."""

import json

from analytics import notebook
from tests.deliveries import MANURE_HEAD, ZONE_HEAD
from tests.unit.test_each_area import reused


def drawn(chart):
    """Every text that the picture draws from data."""
    found = []

    def walk(part):
        if isinstance(part, dict):
            found.extend(v for k, v in part.items() if k in ("text", "sign") and isinstance(v, str))
            for value in part.values():
                walk(value)
        elif isinstance(part, list):
            for value in part:
                walk(value)

    walk(json.loads(json.dumps(chart.spec)))
    return found


def test_a_page_has_units_and_a_legend_of_what_occurs(desk):
    desk.hand_in("reclaimed_water", reused(运城市=21))
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,80\n大同市,阳高县,100,70\n")
    desk.values()
    year = notebook.open_year(2021, root=desk.workspace.root)
    texts = drawn(year.matrix().charts[0])
    assert {"单位", "%"} <= set(texts)
    assert {"达到", "未达到", "未报送", "差于全省目标，不判定", "市级不判定"} <= set(texts)
    assert "逾期完成" not in texts
    assert {"✓", "×", "▽"} <= set(texts)
    assert {"Unit", "met", "not met"} <= set(drawn(year.language("en").matrix().charts[0]))


def test_a_city_below_the_target_of_the_whole_is_never_printed_on_it(desk):
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,10000,9000\n大同市,阳高县,10000,7799\n")
    desk.values()
    texts = drawn(notebook.open_year(2021, root=desk.workspace.root).matrix().charts[0])
    assert "▽ 77.99*" in texts and not any("78.0" in text for text in texts)


def tiles(page, code):
    """The text of each city's tile of a figure."""
    found = {}

    def walk(part):
        if isinstance(part, dict):
            if part.get("code") == code and "city" in part:
                found[part["city"]] = (part["text"], part["verdict"])
            for value in part.values():
                walk(value)
        elif isinstance(part, list):
            for value in part:
                walk(value)

    walk(json.loads(json.dumps(page.spec)))
    return found


def test_works_and_towns_judged_one_by_one_stand_with_their_city(desk):
    zones = f"{ZONE_HEAD}\n"
    zones += "朔州市,山阴县,甲开发区,甲厂,完工,2021-09-10,自报\n朔州市,应县,乙开发区,乙厂,开工,,自报\n"
    zones += "晋中市,太谷区,丙开发区,丙厂,完工,2021-11-20,自报\n"
    desk.hand_in("zone_plants", zones)
    sewers = "市,县城（市城区不填）,本年完成改造长度（公里）,年末剩余合流管网长度（公里）\n"
    desk.hand_in("combined_sewers", sewers + "太原市,清徐县,0,10\n太原市,阳曲县,0,10\n", period="2020")
    desk.hand_in("combined_sewers", sewers + "太原市,清徐县,8,2\n太原市,阳曲县,1,9\n")
    desk.values()
    pages = notebook.open_year(2021, root=desk.workspace.root).matrix().charts
    works, towns = ({k: v for page in pages for k, v in tiles(page, code).items()} for code in ("T10a", "T07d"))
    assert works["朔州市"] == ("× 1/2", "未达到")
    assert works["晋中市"] == ("△ 0/1", "逾期完成")
    assert works["大同市"][1] == "不涉及"
    assert towns["太原市"] == ("× 1/4*", "未达到")  # of two of its towns nothing was told


def test_a_city_of_which_a_part_is_missing_is_marked(desk):
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,80\n")
    desk.values()
    (page, *_) = notebook.open_year(2021, root=desk.workspace.root).matrix().charts
    assert tiles(page, "T12b")["太原市"][0] == "80.0*"
    assert "数据不全" in drawn(page)
    assert "*表示该市有对象未报" in page.note
