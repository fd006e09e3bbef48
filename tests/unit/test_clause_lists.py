"""The lists that clauses speak of stand below their figures, a row to each."""

import pytest

from analytics import notebook

SEWERS = "市,县城（市城区不填）,本年完成改造长度（公里）,年末剩余合流管网长度（公里）\n"
WORKS = "市,县（市、区）,工程名称,新增规模（立方米/日）,建设阶段,开工日期,完工日期,佐证等级\n"
PERMITS = "市,县（市、区）,取水许可编号,取水项目名称,许可年取水量（万m³）,审批依据\n"


@pytest.fixture
def tables(desk):
    """Tables of a part of the plan by the code that their title begins with."""

    def read(part, lang="zh"):
        desk.values()
        year = notebook.open_year(2021, root=desk.workspace.root).language(lang)
        pieces = [p for p in year.clauses(part).pieces if hasattr(p, "rows")]
        return {p.title.partition(" ")[0]: p for p in pieces}

    return read


def texts(table):
    return [[cell["text"] if isinstance(cell, dict) else cell for cell in row] for row in table.rows]


def test_permits_stand_each_with_its_ground(desk, tables):
    rows = "太原市,清徐县,D1,甲供水工程,12.5,应急供水\n大同市,阳高县,D2,乙供水工程,3,居民生活\n"
    desk.hand_in("groundwater_approvals", PERMITS + rows)
    found = texts(tables("water_resources")["T05a"])
    assert found[0] == ["太原市清徐县", "D1", "甲供水工程", "12.5万m³", "应急供水"]
    assert len(found) == 2


def test_a_return_of_none_lists_nothing(desk, tables):
    desk.hand_in("groundwater_approvals", PERMITS + ",,无,,,无\n")
    assert "T05a" not in tables("water_resources")


def test_works_beyond_those_named_are_marked_and_counted(desk, tables):
    rows = "晋中市,介休市,甲厂扩建,100,完工,2021-03-01,2021-09-10,现场核实\n"
    rows += "太原市,阳曲县,乙厂扩建,100,开工,2021-03-01,,自报\n"
    desk.hand_in("plant_expansion", WORKS + rows)
    table = tables("water_environment")["T06a"]
    by_name = {row[0]: row for row in texts(table)}
    assert by_name["甲厂扩建"][1:4] == ["晋中市介休市", "完工", "2021年9月10日"]
    assert by_name["乙厂扩建（增列）"][2:4] == ["开工", "—"]
    assert "原文点名7个" in table.note
    assert "另有报送的1个" in table.note


def test_key_works_stand_against_their_own_days(desk, tables):
    head = "市,县（市、区）,工程名称,计划投运日期,建设阶段,开工日期,完工日期,投运日期,佐证等级\n"
    desk.hand_in("key_projects", f"{head}太原市,清徐县,甲工程,2021-11-30,通水试运行,,2021-12-01,2021-12-08,自报\n")
    assert texts(tables("safeguards", "en")["S2c"])[0][2:] == [
        "in trial operation",
        "8 December 2021",
        "30 November 2021",
        "self-reported",
        "met late",
    ]


def test_areas_that_fall_short_have_a_table_where_a_cell_cannot_name_them(desk, tables):
    short = [("太原市", c) for c in ("清徐县", "阳曲县", "娄烦县", "古交市")] + [("晋中市", "祁县")]
    places = [*short, ("晋中市", "介休市")]
    at_first = "".join(f"{city},{county},0,10\n" for city, county in places)
    desk.hand_in("combined_sewers", SEWERS + at_first, period="2020")
    rows = "".join(f"{city},{county},4,6\n" for city, county in short) + "晋中市,介休市,5,5\n"
    desk.hand_in("combined_sewers", SEWERS + rows)
    table = tables("water_environment")["T07d"]
    told = [row for row in texts(table) if row[2] != "—"]
    assert [row[1] for row in told] == ["清徐县", "阳曲县", "娄烦县", "古交市", "祁县"]
    assert told[0] == ["太原市", "清徐县", "40.0 %", "还差1.0 km", "未达到"]
    assert "达到1个：介休市。" in table.note
