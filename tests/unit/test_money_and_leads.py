"""Money against what was planned, works of earlier years, and how far the areas came that leads point at."""

import polars as pl
import pytest

from analytics import notebook
from analytics.present.leads import leads
from tests.unit.test_each_area import reused

RESERVE = "市,县（市、区）,项目名称,入库日期,建设阶段,中央资金（万元）,市县财政资金（万元）,佐证等级\n"
FUNDS = (
    "市,是否制定年度方案,文号,是否全部列入项目清单,到位中央资金（万元）,到位市县财政资金（万元）,已支付资金（万元）\n"
)
VILLAGES = "市,县（市、区）,村庄名称,村庄类型,建设阶段,开工日期,完工日期,佐证等级\n"


@pytest.fixture
def opened(desk):
    def year():
        desk.values()
        return notebook.open_year(2021, root=desk.workspace.root)

    return year


def texts(table):
    return [[cell["text"] if isinstance(cell, dict) else cell for cell in row] for row in table.rows]


def test_money_paid_stands_against_what_was_planned(desk, opened):
    rows = "太原市,清徐县,甲,2021-03-01,前期,100,300,自报\n大同市,阳高县,乙,2021-03-01,前期,100,,自报\n"
    desk.hand_in("project_reserve", RESERVE + rows)
    desk.hand_in("city_arrangements", f"{FUNDS}太原市,是,甲〔2021〕1号,是,100,100,50\n")
    assert texts(opened().funds()) == [
        ["太原市", "400", "200", "50.0", "50", "25.0", "12.5"],
        ["大同市", "100", "—", "—", "—", "—", "—"],
        ["合计", "500", "200", "40.0", "50", "25.0", "10.0"],
    ]


def test_works_begun_before_the_year_are_told_apart_from_those_that_count(desk, opened):
    rows = (
        "太原市,清徐县,甲村,中心村,开工,2021-04-01,,自报\n太原市,清徐县,乙村,中心村,完工,2020-05-01,2021-04-01,自报\n"
    )
    desk.hand_in("village_works", VILLAGES + rows, area="140000")
    year = opened()
    assert year.value("T11a").value == 1
    assert "已开工的2个中，1个在2021年以前开工，不计入本年度" in year.works_by_stage().note


def test_leads_say_how_far_an_area_came_and_what_has_no_target(desk, opened):
    desk.hand_in("reclaimed_water", reused(运城市=21))
    year = opened()
    (row,) = year.leads().rows
    assert row[2:] == ["运城市", "T03 城市再生水利用率（21.0 %）"]
    assert "T17e未设目标" not in year.leads().note
    verdict = pl.when(pl.col("code") == "T17e").then(pl.lit("no_target")).otherwise("verdict")
    without = leads(year.members(), year.frames.values.with_columns(verdict=verdict), year.plan, year.catalog, "zh")
    assert "T17e未设目标：只要没有全部完成即列出" in without.note
