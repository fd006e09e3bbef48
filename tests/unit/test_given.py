"""What was said of a plan after it was issued stands wherever it decides something."""

import polars as pl
import pytest

from analytics.catalog import load_catalog
from analytics.present import given, methods, prose, scorecard, targets
from tests.unit.test_present import value_row

SAID = """\
plan: shanxi-2021
targets:
  - {code: G2, year: 2021, value: 72, source: 甲〔2021〕1号, date: 2021-08-01}
  - {code: G3a, year: 2021, value: 5, is_working: true, source: 甲〔2021〕2号, date: 2021-08-01}
settings:
  - {setting: plant_load_threshold, value: 90, source: 甲〔2021〕3号, date: 2021-08-02}
place_sets:
  - {place_set: former_counties, places: ["140215", "140404", "140405", "140406", "140703"], source: 甲〔2021〕5号,
     date: 2021-08-04}
breakdowns:
  - {code: T12b, year: 2021, values: {"140100": 80, "140200": 75}, source: 甲〔2021〕4号, date: 2021-08-03}
reasons:
  - {code: T12b, area: "140100", cause: management, text: 台账不全, measure: 补报, due: 2022-06-30, signed_by: 张某某,
     source: 甲〔2022〕1号, date: 2022-02-01}
"""


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    root = tmp_path_factory.mktemp("catalog")
    (root / "given").mkdir()
    (root / "given" / "shanxi-2021.yml").write_text(SAID, encoding="utf-8")
    return load_catalog(root)


@pytest.fixture(scope="module")
def plan(catalog):
    return catalog.plans["shanxi-2021"]


def texts(table):
    return [[cell if isinstance(cell, str) else cell["text"] for cell in row] for row in table.rows]


def row_of(code, **more):
    return value_row("met", code=code, plan_id="shanxi-2021", **more)


@pytest.mark.parametrize(
    ("code", "more", "expected"),
    [
        ("G2", {"target": 72.0}, "≥ 72 %（甲〔2021〕1号）"),
        ("G2", {"target": None, "scope_id": "140100", "scope_kind": "city"}, "全省≥ 72 %，本级不判"),
        ("G1", {"target": None, "scope_id": "140100", "scope_kind": "city"}, "国家下达的年度目标，计划未列数值"),
        ("T12b", {"target": 78.0}, "≥ 78 %"),
        (
            "T12b",
            {"target": 80.0, "scope_id": "140100", "scope_kind": "city"},
            "≥ 80 %（任务分解，甲〔2021〕4号；全省≥ 78 %）",
        ),
    ],
)
def test_a_target_says_who_gave_it(catalog, plan, code, more, expected):
    assert targets.held_against(row_of(code, **more), catalog.target(code, plan), catalog, "zh") == expected


def test_a_working_figure_is_printed_and_never_counts(catalog, plan):
    text = targets.held_against(row_of("G3a", target=None), catalog.target("G3a", plan), catalog, "zh")
    assert text.endswith("；工作参照值5 %，不计")
    assert catalog.promised(plan, catalog.target("G3a", plan), 2021) is None


def test_everything_given_stands_in_one_table_with_source_and_date(catalog, plan):
    found = texts(given.said_since(plan, catalog, "zh"))
    assert [row[2] for row in found] == [f"甲〔2021〕{n}号" for n in (1, 2, 3, 5, 4)]
    assert [row[1] for row in found] == [
        "≥ 72 %",
        "≤ 5 %",
        "90",
        "云州区、上党区、屯留区、潞城区、太谷区",
        "太原市 80 %、大同市 75 %",
    ]
    assert found[0][3] == "2021年8月1日"


def test_settings_and_places_name_the_document_that_changed_them(catalog, plan):
    assert ["90", "甲〔2021〕3号 2021年8月2日"] in [[r[1], r[4]] for r in texts(methods.settings(plan, catalog, "zh"))]
    given_places = [r[2:] for r in texts(methods.assumptions(plan, catalog, "zh")) if "5号" in r[3]]
    assert given_places == [["已给出", "由文件给出：甲〔2021〕5号 2021年8月4日"]]


@pytest.mark.parametrize(
    ("code", "scope", "sources"),
    [
        ("G2", "140000", ["甲〔2021〕1号"]),
        ("T06e", "140000", ["甲〔2021〕3号"]),
        ("T12b", "140100", ["甲〔2021〕4号", "甲〔2022〕1号"]),
        ("T12b", "140300", []),
        ("T07e", "140000", ["甲〔2021〕5号"]),
        ("T12b", "140000", ["甲〔2021〕4号", "甲〔2022〕1号"]),
        ("T12a", "140000", []),
    ],
)
def test_an_explanation_names_what_decides_its_figure(catalog, plan, code, scope, sources):
    said = catalog.said_of(plan, catalog.target(code, plan), 2021, scope)
    assert [entry.source for entry in said] == sources


def told(code, *, stratum=None, scope="140000", verdict="met", **more):
    base = value_row(verdict, code=code, plan_id="shanxi-2021", scope_id=scope, stratum=stratum, indicator="x")
    return base | {"strength": "binding", "evidence_grade": None} | more


def test_the_scorecard_shows_what_stands_beside_a_figure_and_joint_promises(catalog, plan):
    judged = pl.DataFrame([told("T07f"), told("T07g", verdict="not_met")])
    beside = pl.DataFrame(
        [told("T07f", stratum="simple_mean", target=None, value_printed="145.0", verdict="no_target")]
    )
    joint = pl.DataFrame({"codes": [["T07f", "T07g"]], "verdict": ["not_met"], "is_breach": [True]})
    rows = texts(scorecard.scorecard(judged, plan, catalog, "zh", beside=beside, joint=joint))
    assert [row[0] for row in rows] == ["T07f", "", "T07g", "T07f、T07g"]
    assert rows[1][1] == "并列：简单平均" and rows[1][3].startswith("145.0") and rows[1][5] == "—"
    assert rows[3][1].startswith("合并判定：") and rows[3][5] == "未达到"


def test_a_joint_promise_waits_for_all_of_its_figures(catalog, plan):
    judged = pl.DataFrame([told("T07f")])
    joint = pl.DataFrame({"codes": [["T07f", "T07g"]], "verdict": ["undecided"], "is_breach": [False]})
    assert len(scorecard.scorecard(judged, plan, catalog, "zh", joint=joint).rows) == 1


def test_a_recognised_value_beside_a_figure_is_judged(catalog, plan):
    judged = pl.DataFrame([told("G2")])
    beside = pl.DataFrame([told("G2", stratum="recognised", target=72.0, verdict="not_met", value_printed="70.1")])
    rows = texts(scorecard.scorecard(judged, plan, catalog, "zh", beside=beside))
    assert rows[1][1] == "并列：国家认定" and rows[1][5] == "未达到"
    indicator = catalog.indicators[catalog.target("G2", plan).indicator]
    assert prose.beside(beside.to_dicts(), indicator, "zh") == "并列：国家认定 70.1 %。"


@pytest.mark.parametrize(
    ("code", "expected", "shown"),
    [
        ("T17c", 920, "（名录230个，原文232个）"),
        ("T17c", 928, ""),
        ("T12b", 100, ""),
        ("T12a", 117, ""),
    ],
)
def test_another_number_of_members_than_the_text_s_is_shown(catalog, plan, code, expected, shown):
    row = told(code, expected=expected, used=expected)
    (shown_row,) = texts(scorecard.scorecard(pl.DataFrame([row]), plan, catalog, "zh"))
    assert shown_row[4] == f"{expected} / {expected}{shown}"
    sentence = str(prose.sentence(row, catalog.target(code, plan), catalog, "zh"))
    assert (shown.strip("（）") in sentence) if shown else ("原文" not in sentence)


def test_what_is_done_says_on_whose_word_and_how_much_was_verified(catalog, plan):
    rows = [told("T12b", evidence_grade="self_reported"), told("T10a", evidence_grade="verified_on_site")]
    rows.append(told("T06d", verdict="not_met", evidence_grade="self_reported"))
    made = scorecard.scorecard(pl.DataFrame(rows, infer_schema_length=None), plan, catalog, "zh")
    assert [row[5] for row in texts(made)] == ["达到·自报", "达到·现场核实", "未达到"]
    assert "判为达到的2项中，现场核实的1项，占50%。" in made.note


def test_results_on_national_sections_are_preliminary_until_the_nation_s_stand_beside_them(catalog, plan):
    judged = pl.DataFrame([told("G2"), told("T12b")])
    alone = texts(scorecard.scorecard(judged, plan, catalog, "zh"))
    assert [row[3].endswith("（初步）") for row in alone] == [True, False]
    beside = pl.DataFrame([told("G2", stratum="recognised")])
    assert not texts(scorecard.scorecard(judged, plan, catalog, "zh", beside=beside))[0][3].endswith("（初步）")


def test_nothing_given_says_so():
    shipped = load_catalog()
    table = given.said_since(shipped.plans["shanxi-2021"], shipped, "zh")
    assert len(table.rows) == 1 and "没有给出" in texts(table)[0][0]
