"""Sources, environment, industry and city governments of the example year, computed again from the files."""

import re
from collections import Counter, defaultdict
from fractions import Fraction

import pytest

from tests.backtest.recomputed import CITIES, agree, files, table

PROVINCE = "140000"
DONE = ("完工", "通水试运行", "验收", "稳定运行")
BEGUN = ("开工", *DONE)


def rows_of(workspace, source, first):
    """The rows of all files of a source below the heading that begins with `first`."""
    return [row for file in files(workspace, source) for row in table(file, first)]


def register(workspace, source, first):
    """By code the city of each member."""
    return {row[first]: CITIES[row["市"]] for row in rows_of(workspace, source, first)}


def by_scope(pairs):
    """By scope (province and cities) the sum of the numbers told of each city."""
    sums = defaultdict(Fraction)
    for city, number in pairs:
        sums[PROVINCE] += Fraction(number)
        sums[city] += Fraction(number)
    return sums


def cover(published, code, members, counted, told):
    """A share of members: at every scope with some, those counted over those told of, out of all."""
    whole = by_scope((city, 1) for city in members.values())
    good, used = (by_scope((members[m], 1) for m in group) for group in (counted, told))
    for scope, expected in whole.items():
        missing = expected - used[scope]
        agree(
            published[code, scope],
            value=100 * good[scope] / used[scope] if used[scope] else None,
            used=used[scope],
            expected=expected,
            low=100 * good[scope] / expected,
            high=100 * (good[scope] + missing) / expected,
        )
    return len(whole)


def verdict(published, code, scope=PROVINCE):
    return published[code, scope]["verdict"]


@pytest.fixture(scope="module")
def sources(example_workspace):
    rows = rows_of(example_workspace, "drinking_sources", "水源编码")
    return {r["水源编码"]: (CITIES[r["所在市"]], r["水源级别"]) for r in rows}


@pytest.fixture(scope="module")
def protection(example_workspace):
    return {r["水源编码"]: r for r in rows_of(example_workspace, "source_protection", "水源编码")}


def test_sources_assessed_delineated_and_up_to_standard(sources, protection, published):
    steps = ("标志牌是否设置", "监测监控是否到位", "违法建设项目是否清理", "排污口是否清理")
    asked = {
        "T17a": (("地级", "县级"), ("2020年度环境状况评估是否完成",)),
        "T17b": (("乡镇级",), ("保护区是否划定",)),
        "T17f": (("地级", "县级", "乡镇级", "农村"), steps),
    }
    for code, (levels, columns) in asked.items():
        members = {s: city for s, (city, level) in sources.items() if level in levels}
        told = [s for s in members if s in protection]
        counted = [s for s in told if all(protection[s][c] == "是" for c in columns)]
        assert cover(published, code, members, counted, told) > 8
    assert [verdict(published, c) for c in asked] == ["met", "not_met", "no_target"]


def test_problems_of_sources(sources, protection, published):
    rows = [r for s, r in protection.items() if sources[s][1] in ("地级", "县级")]
    cities = [sources[r["水源编码"]][0] for r in rows]
    found, rectified = (
        by_scope(zip(cities, (r[c] for r in rows), strict=True))
        for c in ("评估发现问题数（个）", "完成整改问题数（个）")
    )
    for scope in found:
        value = 100 * rectified[scope] / found[scope] if found[scope] else None
        agree(published["T17e", scope], value=value, numerator=rectified[scope], denominator=found[scope])
    assert verdict(published, "T17e") == "no_target"


@pytest.mark.parametrize(
    ("code", "source", "form", "first", "columns", "found"),
    [
        ("T17g", "rural_sources", "rural_source_surveys", "水源编码", ["风险源是否排查"], "undecided"),
        ("T18a", "risk_enterprises", "enterprise_surveys", "企业编码", ["风险隐患是否排查"], "met"),
        (
            "T20c",
            "outfalls",
            "outfall_progress",
            "排污口编码",
            ["是否排查", "是否监测", "是否溯源", "是否整治"],
            "no_target",
        ),
        ("T22b", "key_pollution_sources", "key_source_monitoring", "污染源编码", ["是否联网"], "no_target"),
        (
            "T10b",
            "industrial_zones",
            "zone_facilities",
            "集聚区编码",
            ["是否有污水处理规划", "是否建成污水集中处理设施", "是否安装在线监控"],
            "not_met",
        ),
    ],
)
def test_members_of_registers(example_workspace, published, code, source, form, first, columns, found):
    members = register(example_workspace, source, first)
    told = {r[first]: r for r in rows_of(example_workspace, form, first)}
    counted = [m for m, r in told.items() if all(r[c] == "是" for c in columns)]
    assert cover(published, code, members, counted, told) > 6
    assert verdict(published, code) == found


def test_outlets_are_sealed_in_every_month_of_the_dry_season_since_october(example_workspace, published):
    members = register(example_workspace, "industrial_outlets", "雨水排口编码")
    sealed = defaultdict(dict)
    for row in rows_of(example_workspace, "outlet_sealing", "雨水排口编码"):
        month = int(re.fullmatch(r"2021年(\d+)月", row["月份"])[1])
        sealed[row["雨水排口编码"]][month] = row["是否封堵"] == "是"
    counted = [m for m, months in sealed.items() if all(months[n] for n in (10, 11, 12))]
    assert 0 < len(counted) < len(members)
    assert cover(published, "T04b", members, counted, sealed) > 8
    assert verdict(published, "T04b") == "not_met"


def test_valid_hours_of_key_sources(example_workspace, companions):
    rows = rows_of(example_workspace, "key_source_monitoring", "污染源编码")
    valid, due = (sum(Fraction(r[c]) for r in rows) for c in ("有效数据小时数（小时）", "应传输小时数（小时）"))
    agree(companions["T22b", "valid_hours"], value=100 * valid / due, numerator=valid, denominator=due)


def test_months_published_from_august_on(example_workspace, published):
    yellow = set(register(example_workspace, "outfalls", "排污口编码").values())
    months = defaultdict(dict)
    for row in rows_of(example_workspace, "outfall_publication", "市"):
        months[CITIES[row["市"]]][row["月份"]] = row["本月监测结果是否公开"] == "是"
    judged = [f"2021-{n:02d}" for n in range(8, 13)]
    assert {len(m) for m in months.values()} == {11, 12}
    for city in CITIES.values():
        row, told = published["T20b", city], [months[city][m] for m in judged if m in months[city]]
        if city not in yellow:
            assert row["verdict"] == "not_applicable"
            continue
        agree(row, value=Fraction(100 * sum(told), len(told)), used=len(told), expected=5)
        missed, is_open = not all(told), len(told) < 5
        assert row["verdict"] == ("not_met" if missed else "undecided" if is_open else "met")
    verdicts = Counter(published["T20b", city]["verdict"] for city in CITIES.values())
    assert verdicts == {"met": 6, "not_met": 1, "undecided": 1, "not_applicable": 3}


# Works


def works(workspace, source, stages, date_column):
    """By scope the works in one of the stages, with their day in the year where one is asked for."""
    rows = rows_of(workspace, source, "市")
    done = [r for r in rows if r["建设阶段"] in stages]
    if date_column:
        done = [r for r in done if "2021-01-01" <= r[date_column] <= "2021-12-31"]
    return by_scope([*((CITIES[r["市"]], 1) for r in done), *((city, 0) for city in CITIES.values())])


@pytest.mark.parametrize(
    ("code", "source", "stages", "date_column", "found"),
    [
        ("T11a", "village_works", BEGUN, "开工日期", "met"),
        ("T19b", "nanyang_rivers", DONE, "完工日期", "no_target"),
        ("T22a", "station_works", DONE, "完工日期", "no_target"),
        ("S2b", "project_reserve", ("前期", *BEGUN), None, "no_target"),
    ],
)
def test_works_of_cities(example_workspace, published, code, source, stages, date_column, found):
    counted = works(example_workspace, source, stages, date_column)
    assert len(counted) == 12
    for scope, number in counted.items():
        agree(published[code, scope], value=number)
    assert verdict(published, code) == found
    if code == "T19b":
        assert {s for s in CITIES.values() if verdict(published, code, s) == "not_met"} == {
            s for s in CITIES.values() if not counted[s]
        }


def test_villages_begun_before_the_year_are_not_of_the_year(example_workspace):
    rows = rows_of(example_workspace, "village_works", "市")
    assert sum(r["建设阶段"] in BEGUN and r["开工日期"] < "2021" for r in rows) == 9


def test_key_works_by_their_own_days(example_workspace, published):
    rows = rows_of(example_workspace, "key_projects", "市")
    runs = [r for r in rows if r["建设阶段"] in DONE[1:]]
    in_time = [r for r in runs if r["投运日期"] <= r["计划投运日期"]]
    assert len(in_time) < len(runs)
    agree(published["S2c", PROVINCE], value=len(in_time), used=len(rows))
    found = {row["scope_name"]: row["verdict"] for (code, _), row in published.items() if code == "S2c"}
    for row in rows:
        due, began = row["计划投运日期"], row["投运日期"]
        wanted = "not_met" if row not in runs else "met" if began <= due else "met_late"
        assert found[row["工程名称"]] == wanted, row
    assert verdict(published, "S2c") == "not_met"


# Counties and cities


@pytest.mark.parametrize(
    ("code", "columns", "found"),
    [
        ("T11b", ("正常运行农村污水设施数（个）", "已建成农村污水设施数（个）"), "undecided"),
        ("T20a", ("已发证登记的污染源数（个）", "应发证登记的污染源数（个）"), "not_met"),
    ],
)
def test_facilities_and_permits_of_counties(example_workspace, published, code, columns, found):
    rows = rows_of(example_workspace, "county_environment", "市")
    part, whole = (by_scope((CITIES[r["市"]], r[c]) for r in rows) for c in columns)
    assert len(whole) == 12 and len(rows) == 116
    for scope in whole:
        value = 100 * part[scope] / whole[scope]
        agree(published[code, scope], value=value, numerator=part[scope], denominator=whole[scope])
    assert verdict(published, code) == found


@pytest.mark.parametrize(
    ("code", "part", "whole"),
    [("T18b", "完成整治数（个）", "发现隐患数（个）"), ("S6a", "按期办结举报数（件）", "应办结举报数（件）")],
)
def test_hazards_and_complaints_of_cities(example_workspace, published, code, part, whole):
    rows = rows_of(example_workspace, "city_environment", "市")
    parts, wholes = (by_scope((CITIES[r["市"]], r[c]) for r in rows) for c in (part, whole))
    assert len(wholes) == 12
    for scope in wholes:
        agree(published[code, scope], value=100 * parts[scope] / wholes[scope])
    assert verdict(published, code) == "no_target"


@pytest.mark.parametrize(
    ("code", "source", "column", "found"),
    [
        ("T19a", "city_environment", "“南阳实践”工作方案是否制定", "met"),
        ("S1a", "city_arrangements", "年度工作实施方案是否制定", "met"),
        ("S1d", "city_arrangements", "任务是否项目化、清单化", "not_met"),
    ],
)
def test_what_cities_have_made(example_workspace, published, code, source, column, found):
    rows = rows_of(example_workspace, source, "市")
    cover(published, code, CITIES, [r["市"] for r in rows if r[column] == "是"], [r["市"] for r in rows])
    assert verdict(published, code) == found


def test_money_and_enforcement_of_cities(example_workspace, companions):
    told = {
        "S2a": (
            "city_arrangements",
            {
                "funds_applied": "申请中央及省级资金（万元）",
                "funds_central": "到位中央资金（万元）",
                "funds_provincial": "到位省级资金（万元）",
                "funds_local": "到位市县财政资金（万元）",
                "funds_private": "到位社会资本（万元）",
                "funds_paid": "已支付资金（万元）",
            },
        ),
        "S3": (
            "city_environment",
            {
                "inspections": "执法检查次数（次）",
                "cases_unpermitted": "无证排污案件数（件）",
                "cases_over_limit": "超标排放案件数（件）",
                "cases_hidden": "偷排漏排案件数（件）",
                "cases_dumped": "倾倒案件数（件）",
            },
        ),
    }
    for code, (source, columns) in told.items():
        rows = rows_of(example_workspace, source, "市")
        for name, column in columns.items():
            agree(companions[code, name], value=sum(Fraction(r[column]) for r in rows), used=11, expected=11)


# Sections and evidence


def test_plans_and_campaigns_for_sections(example_workspace, published):
    rows = rows_of(example_workspace, "sections", "断面编码")
    members = {r["断面编码"]: CITIES[r["责任城市"]] for r in rows}
    told = {r["断面编码"]: r for r in rows_of(example_workspace, "section_plans", "断面编码")}
    assert len(files(example_workspace, "section_plans")) == 3
    counted = [s for s, r in told.items() if r["断面方案是否制定"] == "是"]
    assert cover(published, "S1b", members, counted, told) == 12
    assert verdict(published, "S1b") == "undecided"
    agree(published["S1c", PROVINCE], value=sum(bool(r.get("攻坚措施与成效")) for r in told.values()))
    assert verdict(published, "S1c") == "list_only"


def test_evidence_of_every_duty_without_a_figure(example_workspace, published):
    sent = Counter(
        r["任务编号"] for r in rows_of(example_workspace, "evidence", "任务编号") if r["是否已报送佐证"] == "是"
    )
    narrative = {code for (code, scope), r in published.items() if r["verdict"] == "by_judgement"}
    assert set(sent) == narrative and len(sent) == 31
    for code, pieces in sent.items():
        agree(published[code, PROVINCE], value=pieces)
