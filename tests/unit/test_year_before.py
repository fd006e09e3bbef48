"""Beside figures of water classes stands the year before, and what their bounds come from."""

import pytest

from analytics import notebook
from tests.deliveries import SECTION_HEAD, SECTIONS, months


@pytest.fixture
def year(desk):
    """Of three sections one was of class Ⅳ and one not sampled in 2020; in 2021 one lacks two months of ammonia."""
    desk.hand_in("sections", SECTIONS)
    before = months("S1", ammonia="1.2") + months("S2")
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{before}", period="2020")
    now = months("S1") + months("S2") + months("S3", m3="9000", m4="9000")
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{now}")
    desk.values()
    return notebook.open_year(2021, root=desk.workspace.root)


def test_the_share_of_the_year_before_is_of_the_sections_assessed_then(year):
    beside = {r["code"]: r for r in year._beside().filter(stratum="last_year").to_dicts()}
    assert [beside["G2"][k] for k in ("value", "used", "expected", "verdict")] == [50.0, 2, 3, "no_target"]
    assert (round(beside["G2"]["low"], 1), round(beside["G2"]["high"], 1)) == (33.3, 66.7)
    assert (beside["G2b"]["value"], beside["G3b"]["value"]) == (50.0, 0)


def test_the_figures_of_a_clause_say_what_they_may_be_and_that_they_are_preliminary(year):
    table = next(p for p in year.clauses("goals").pieces if hasattr(p, "rows"))
    cells = {row[0]: [c["text"] if isinstance(c, dict) else c for c in row] for row in table.rows if row[0]}
    assert cells["G2"][2].endswith("（初步）")
    assert cells["G2"][4] == "可能为66.6 ~ 100.0 %"
    assert "可能为" in table.note


def test_the_sections_behind_the_bounds_are_named(year):
    told = str(year.doubtful_sections("G2"))
    assert told.startswith("上述范围来自1个断面")
    assert "丙断面（" in told
    assert "S3" not in told
    assert "氨氮" in told


def test_nothing_stands_beside_where_no_year_before_was_told(desk):
    desk.hand_in("sections", SECTIONS)
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{months('S1')}")
    desk.values()
    year = notebook.open_year(2021, root=desk.workspace.root)
    assert "G2" not in year._beside()["code"].to_list()
