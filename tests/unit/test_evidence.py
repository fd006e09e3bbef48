"""Evidence of duties without a figure, lists of entries, works with their own days: from the form to the figure."""

import json

import polars as pl
import pytest

from analytics.catalog.served import served_by
from analytics.warehouse.explanation import explain
from analytics.warehouse.facts import area_registers
from analytics.warehouse.queries import open_warehouse
from tests.deliveries import SECTIONS

HEAD = "任务编号,任务名称,报送单位,是否已报送佐证,工作开展情况,佐证材料名称,材料日期"
TWO = """G6,水生态系统稳步恢复,甲厅,是,已开展,甲总结,2021-12-01
G6,水生态系统稳步恢复,乙厅,是,已开展,乙总结,2021-12-02
S5,专家团队技术支撑,甲厅,否,,,
"""
PLANS = "断面编码,断面名称,断面方案是否制定,超标月份,主要污染物,攻坚措施与成效"
RESERVE = "市,县（市、区）,项目名称,入库日期,建设阶段,开工日期,佐证等级"
KEY_WORKS = "市,县（市、区）,工程名称,计划投运日期,建设阶段,完工日期,投运日期,佐证等级"


def explained(desk, code):
    with open_warehouse(desk.workspace) as connection:
        return explain(connection, code, desk.catalog, year=2021)


def test_the_duties_are_those_of_the_plan_without_a_figure(catalog):
    duties = area_registers(catalog).filter(register="duties")
    told = dict(duties.select("entity_id", "name").iter_rows())
    assert told["S3"] == "执法检查" and "T12b" not in told and len(told) == 31
    assert set(duties["area_id"]) == {"140000"}
    assert {(d.year) for d in duties["valid_from"]} == {2021} == {(d.year) for d in duties["valid_to"]}


def test_each_department_counts_once_for_its_duty_and_none_for_another(desk):
    desk.hand_in("evidence", f"{HEAD}\n{TWO}")
    values = desk.values().filter(scope_id="140000").filter(pl.col("stratum").is_null())
    found = {r["code"]: (r["value"], r["verdict"]) for r in values.iter_rows(named=True)}
    assert found["G6"] == (2.0, "by_judgement")
    assert found["S5"] == (0.0, "by_judgement")
    assert found["G7"] == (None, "not_delivered")


def test_a_mark_of_nothing_names_no_material(desk):
    found = desk.hand_in("evidence", f"{HEAD}\n{TWO}G7,某任务,甲厅,是,已开展,无,2021-12-01\n")
    assert found.result.set_aside_rows == 1


def test_a_faulty_row_of_one_duty_is_no_delivery_of_another(desk):
    found = desk.hand_in("evidence", f"{HEAD}\n{TWO}G7,某任务,甲厅,是,已开展,,2021-12-01\n")
    assert found.result.set_aside_rows == 1
    values = desk.values()
    verdicts = {code: values.filter(code=code, scope_id="140000")["verdict"][0] for code in ("G6", "G7", "T01c")}
    assert verdicts == {"G6": "by_judgement", "G7": "no_data", "T01c": "not_delivered"}


def test_a_row_of_which_only_the_attachments_are_told_is_no_blank_one(desk):
    """It was left out as blank: what was sent was lost, and the duty was asked for again."""
    found = desk.hand_in("evidence", f"{HEAD}\n{TWO}G7,,甲厅,,,文件.pdf,\nG5,,甲厅,,,,\n")
    assert (found.staged.blanks, found.result.set_aside_rows) == (1, 1)
    assert ("evidence_sent_present", 1) in found.rules_broken


def test_the_explanation_has_the_rows_of_its_own_duty_and_what_they_tell_besides(desk):
    desk.hand_in("evidence", f"{HEAD}\n{TWO}")
    desk.values()
    rows = explained(desk, "G6").rows
    assert rows.height == 2
    told = [json.loads(text) for text in rows["attributes"]]
    assert {(t["reported_by"], t["attachments"], t["evidence_date"]) for t in told} == {
        ("甲厅", "甲总结", "2021-12-01"),
        ("乙厅", "乙总结", "2021-12-02"),
    }


def test_one_department_under_two_names_sends_one_piece_of_evidence(desk):
    """It was counted twice."""
    row = "G6,,省生态环境厅,是,已开展,甲总结,2021-12-01\n"
    desk.hand_in("evidence", f"{HEAD}\n{row}")
    found = desk.hand_in("evidence", f"{HEAD}\n{row.replace('省生态', '生态')}")
    assert found.rules_broken == []
    desk.values()
    assert explained(desk, "G6").rows.height == 1


def test_an_unknown_duty_is_set_aside(desk):
    found = desk.hand_in("evidence", f"{HEAD}\n{TWO}T12b,粪污利用率,甲厅,是,已开展,甲总结,2021-12-01\n")
    assert [rule for rule, _ in found.rules_broken] == ["entity_registered"]


@pytest.mark.parametrize(("campaign", "listed"), [("管网改造", 1.0), ("无", 0.0), ("ｎｏ", 0.0), ("", None)])
def test_a_list_has_the_sections_that_say_what_is_done(desk, campaign, listed):
    desk.hand_in("sections", SECTIONS)
    others = "S2,乙断面,是,,,\nS3,丙断面,是,,,\n"
    desk.hand_in("section_plans", f"{PLANS}\nS1,甲断面,是,1月,氨氮,{campaign}\n{others}")
    assert desk.value("S1c")["value"] == listed
    assert desk.value("S1b")["value"] == 100.0
    assert explained(desk, "S1c").rows.height == (1 if campaign else 0)


def test_a_project_is_in_the_reserve_whenever_it_began(desk):
    rows = "太原市,清徐县,甲项目,2020-02-01,开工,2020-05-01,自报\n太原市,清徐县,乙项目,2021-02-01,前期,,自报\n"
    desk.hand_in("project_reserve", f"{RESERVE}\n{rows}")
    assert desk.value("S2b")["value"] == 2.0
    assert explained(desk, "S2b").rows.height == 2  # told of a county, counted for its city


def test_each_key_work_is_held_against_its_own_day(desk):
    rows = (
        "太原市,清徐县,甲工程,2021-10-31,通水试运行,2021-10-01,2021-10-20,自报\n"
        "太原市,清徐县,乙工程,2021-10-31,通水试运行,2021-10-01,2021-11-01,自报\n"
        "太原市,清徐县,丙工程,2022-06-30,开工,,,自报\n"
    )
    desk.hand_in("key_projects", f"{KEY_WORKS}\n{rows}")
    values = desk.values().filter(code="S2c", scope_kind="work")
    found = dict(values.select("scope_name", "verdict").iter_rows())
    assert found == {"甲工程": "met", "乙工程": "met_late", "丙工程": "not_yet_due"}
    assert explained(desk, "S2c").rows.height == 3


def test_a_key_work_whose_row_was_set_aside_is_open_and_no_other_of_its_county_is(desk):
    good = "太原市,清徐县,甲工程,2021-10-31,通水试运行,2021-10-01,2021-10-20,自报\n"
    bad = "太原市,清徐县,庚工程,2021-10-31,通水试运行,2021-13,2021-10-20,自报\n"
    desk.hand_in("key_projects", f"{KEY_WORKS}\n{good}{good.replace('甲', '乙')}{bad}")
    values = desk.values().filter(code="S2c")
    works = dict(values.filter(scope_kind="work").select("scope_name", "verdict").iter_rows())
    assert works == {"甲工程": "met", "乙工程": "met", "庚工程": "no_data"}
    whole = values.filter(scope_kind="province").row(0, named=True)
    assert [whole[k] for k in ("value", "low", "high", "used", "expected")] == [2.0, 2.0, 3.0, 2, 3]
    assert whole["verdict"] == "undecided"
    desk.hand_in("key_projects", f"{KEY_WORKS}\n{good}{good.replace('甲', '乙')}{good.replace('甲', '庚')}")
    whole = desk.values().filter(code="S2c", scope_kind="province").row(0, named=True)
    assert (whole["verdict"], whole["used"], whole["expected"]) == ("met", 3, 3)


def test_what_stands_beside_a_duty_says_how_many_cities_told(desk):
    head = "市,发现隐患数（个）,完成整治数（个）,“南阳实践”工作方案是否制定,方案文号"
    more = "应办结举报数（件）,按期办结举报数（件）,执法检查次数（次）"
    rows = "太原市,3,2,是,1号,5,5,40\n大同市,1,1,是,2号,4,4,30\n"
    desk.hand_in("city_environment", f"{head},{more}\n{rows}")
    row = desk.values().filter(code="S3", stratum="inspections").row(0, named=True)
    assert (row["value"], row["used"], row["expected"], row["unit"]) == (70.0, 2, 11, "次")


def test_money_is_read_in_any_unit_of_money(desk):
    head = "市,年度工作实施方案是否制定,方案文号,任务是否项目化、清单化,到位中央资金（亿元）"
    desk.hand_in("city_arrangements", f"{head}\n太原市,是,1号,是,1.2\n")
    row = desk.values().filter(code="S2a", stratum="funds_central").row(0, named=True)
    assert row["value"] == 12_000.0


def test_villages_of_each_kind_stand_beside_all_that_began(desk):
    head = "市,县（市、区）,行政村,村庄类型,建设阶段,开工日期,佐证等级"
    rows = "太原市,清徐县,甲村,中心村,开工,2021-05-01,自报\n太原市,清徐县,乙村,其他,开工,2021-06-01,自报\n"
    desk.hand_in("village_works", f"{head}\n{rows}太原市,清徐县,丙村,中心村,前期,,自报\n", area="140000")
    rows = desk.values().filter(code="T11a", scope_id="140000")
    found = dict(rows.select("stratum", "value").iter_rows())
    assert (found[None], found["central_village"], found["riverside"]) == (2.0, 1.0, 0.0)


def test_the_months_before_the_plan_are_shown_and_not_judged(desk):
    desk.hand_in(
        "outfalls", "排污口编码,排污口名称,市,县（市、区）,排污口类型,受纳水体\nP1,甲口,太原市,清徐县,工业,汾河\n"
    )
    told = "".join(f"太原市,{month}月,{'是' if month > 6 else '否'},某网站\n" for month in range(1, 13))
    desk.hand_in("outfall_publication", f"市,月份,是否公开,公开渠道\n{told}")
    rows = desk.values().filter(code="T20b", scope_id="140000")
    found = {s: (value, used) for s, value, used in rows.select("stratum", "value", "used").iter_rows()}
    assert (found[None], found["all_months"]) == ((100.0, 5), (50.0, 12))


def test_a_form_of_sections_serves_only_what_is_made_of_it(catalog):
    plan = catalog.plans["shanxi-2021"]
    codes = [[t.code for t in targets] for _, targets in served_by(catalog.source("section_plans"), catalog, plan)]
    assert codes == [["S1b", "S1c"]]
