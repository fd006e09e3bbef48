"""The first page: how the year stands, the gaps that weigh most, and who answers for them."""

import pytest

from analytics import notebook
from tests.deliveries import MANURE_HEAD
from tests.unit.test_each_area import reused


@pytest.fixture
def year(desk):
    """Nothing has been said of most figures; two cities use too little again, and too little manure is used."""
    desk.hand_in("reclaimed_water", reused(运城市=11, 吕梁市=21))
    counties = [a for a in desk.catalog.areas.values() if a.level == "county"]
    cities = {c.id: desk.catalog.areas[c.parent].name.zh for c in counties}
    rows = "".join(f"{cities[c.id]},{c.name.zh},100,{77 if c.id == '140121' else 78}\n" for c in counties)
    desk.hand_in("manure", f"{MANURE_HEAD}\n{rows}")
    desk.values()
    return notebook.open_year(2021, root=desk.workspace.root)


def texts(table):
    return [[cell["text"] if isinstance(cell, dict) else cell for cell in row] for row in table.rows]


def test_gaps_stand_by_how_much_of_the_target_is_lacking(year):
    table = year.gravest()
    first, second = texts(table)
    assert first == [
        "T03",
        "设区城市再生水利用率不低于22%",
        "9/11个",
        "各城区≥ 22 %",
        "达到9个城区，未达到2个城区",
        "运城市11.0 %、吕梁市21.0 %",
        "省住建厅",
    ]
    assert second[0] == "T12b"
    assert second[4].endswith("还差1.0吨")
    assert "未达到的任务共2项，列出2项" in table.note


def test_departments_stand_with_what_they_missed(year):
    table = year.by_department()
    assert [c.label for c in table.columns][:4] == ["答复单位", "指标", "未达到", "未到期"]
    by_name = {row[0]: row for row in texts(table)}
    assert by_name["省住建厅"][2] == "1"
    assert by_name["省住建厅"][-2:] == ["T03", "—"]
    assert by_name["省农业农村厅"][-2:] == ["T12b", "—"]
    assert texts(table)[-1][-2] == "—"  # who missed nothing comes last


def test_the_summary_counts_and_says_what_is_without_data(year):
    told = str(year.summary())
    assert told.startswith("依据截至2022年1月10日收到的报送，共116项指标：未达到2项，")
    assert "没有可用数据的" in told
    assert "Tasks missed: 2, shown: 2" in year.language("en").gravest().note
