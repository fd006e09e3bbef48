"""`qinghe plan`: what is promised, as table, JSON and workbook, and how it stands once the year was built."""

import json

import fastexcel

from tests.unit.test_plan_model import OWN_EXAMPLE

GIVEN = """\
plan: shanxi-2021
targets:
  - {code: G2, year: 2021, value: 70.0, source: 国家下达函（测试）, date: 2021-03-01}
"""


def test_the_plan_is_printed_in_both_languages(qinghe):
    chinese = qinghe("plan", "--year", "2021", "--json")
    rows = {row["code"]: row for row in json.loads(chinese.stdout)}
    assert len(rows) == 116
    assert (rows["T12b"]["target"], rows["T12b"]["verdict"]) == ("≥ 78 %", "")
    assert rows["T10a"]["deadline"] == "2021-10-31"
    assert all(row["promise"] and row["answers"] for row in rows.values())
    english = {r["code"]: r for r in json.loads(qinghe("plan", "--year", "2021", "--json", "--lang", "en").stdout)}
    assert english.keys() == rows.keys()
    assert all(english[code]["promise"] != row["promise"] for code, row in rows.items())
    table = qinghe("plan", "--year", "2021").stdout
    assert "T12b" in table and "S6" in table


def test_what_was_given_stands_with_its_source_and_decides(qinghe, tmp_path):
    given = qinghe.root / "catalog" / "given" / "shanxi-2021.yml"
    given.parent.mkdir(parents=True, exist_ok=True)
    given.write_text(GIVEN, encoding="utf-8")
    rows = {row["code"]: row for row in json.loads(qinghe("plan", "--year", "2021", "--json").stdout)}
    assert "70" in rows["G2"]["target"]
    assert "国家下达函" in rows["G2"]["source"]


def test_a_workbook_holds_the_whole_table(qinghe, tmp_path):
    out = tmp_path / "plan.xlsx"
    assert qinghe("plan", "--year", "2021", "--out", str(out)).returncode == 0
    sheet = fastexcel.read_excel(out).load_sheet(0).to_polars()
    assert sheet.height == 116
    assert {"条款", "编号", "目标", "强度", "答复单位", "期限"} <= set(sheet.columns)
    assert qinghe("plan", "--year", "2021", "--out", str(tmp_path / "plan.csv")).returncode == 0
    assert (tmp_path / "plan.csv").read_text(encoding="utf-8-sig").startswith("条款,编号,承诺")
    refused = qinghe("plan", "--year", "2021", "--out", str(tmp_path / "plan.txt"))
    assert refused.returncode == 2 and ".xlsx or .csv" in refused.stderr


def test_the_lint_tries_the_examples_of_a_workspace(qinghe):
    own = qinghe.root / "catalog" / "worked" / "own.yml"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text(OWN_EXAMPLE, encoding="utf-8")
    assert qinghe("plan", "--lint").returncode == 0
    own.write_text(OWN_EXAMPLE.replace("value: 80.0", "value: 81.0"), encoding="utf-8")
    refused = qinghe("plan", "--lint")
    assert refused.returncode == 3
    assert "worked example own" in refused.stderr and "value is 80.0, not 81.0" in refused.stderr


def test_a_table_is_not_written_over_what_is_the_workspace_s(qinghe):
    for place in ("catalog/given/x.xlsx", "reports/x.xlsx", "data/x.xlsx"):
        refused = qinghe("plan", "--year", "2021", "--out", str(qinghe.root / place))
        assert refused.returncode == 2 and "keeps what is its own" in refused.stderr
    refused = qinghe("plan", "--year", "2021", "--out", str(qinghe.root))
    assert refused.returncode == 2


def test_other_years_and_unsound_catalogs_are_refused(qinghe):
    assert qinghe("plan", "--year", "1999").returncode == 2
    assert json.loads(qinghe("plan", "--year", "2023", "--json").stdout)
    assert "116 figures of shanxi-2021" in qinghe("plan", "--lint").stderr
    given = qinghe.root / "catalog" / "given" / "shanxi-2021.yml"
    given.parent.mkdir(parents=True, exist_ok=True)
    given.write_text(GIVEN.replace("G2", "T12b"), encoding="utf-8")
    refused = qinghe("plan", "--lint")
    assert refused.returncode == 3
    assert "the plan's own text decides this target" in refused.stderr and "given/shanxi-2021.yml" in refused.stderr


def test_every_figure_can_be_explained_before_anything_was_delivered(qinghe):
    (qinghe.root / "data" / "raw").mkdir(parents=True)  # a workspace that was begun
    assert qinghe("build", "--year", "2021").returncode == 0
    rows = json.loads(qinghe("values", "--year", "2021", "--format", "json").stdout)
    assert len({row["code"] for row in rows}) == 116
    for code in ("G1", "T01d", "T07f", "T18b", "S4b"):
        told = qinghe("explain", code, "--year", "2021")
        assert told.returncode == 0 and code in told.stdout, told.stderr
