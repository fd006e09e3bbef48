"""What is shown stands on what the workspace holds now: no old verdict beside a new target, no day of nothing."""

from datetime import date

import pytest

from analytics import notebook
from analytics.catalog import load_catalog
from analytics.errors import UsageError
from analytics.warehouse.explanation import explain
from analytics.warehouse.queries import open_warehouse
from tests.deliveries import MANURE_HEAD, TOWNS

GIVEN = (
    "plan: shanxi-2021\ntargets:\n  - {{code: G2, year: 2021, value: {0}, source: 甲〔2021〕1号, date: 2021-08-01}}\n"
)
HANDED_IN = f"{MANURE_HEAD}\n太原市,清徐县,100,76\n大同市,云州区,100,90\n"


def give(desk, value):
    file = desk.workspace.catalog / "given" / "shanxi-2021.yml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(GIVEN.format(value), encoding="utf-8")
    desk.catalog = load_catalog(desk.workspace.catalog)


def test_a_year_is_not_opened_after_its_targets_have_changed(desk):
    desk.hand_in("manure", HANDED_IN)
    desk.values()
    assert notebook.open_year(2021, root=desk.workspace.root).as_of == date(2022, 1, 10)
    give(desk, 72)
    with pytest.raises(UsageError, match="older than what the workspace holds"):
        notebook.open_year(2021, root=desk.workspace.root)
    desk.values()
    assert "72" in str(notebook.open_year(2021, root=desk.workspace.root).said_since().rows)


def test_a_year_is_not_opened_after_new_files_came(desk):
    desk.hand_in("manure", HANDED_IN)
    desk.values()
    desk.hand_in("manure", HANDED_IN.replace("76", "77"), received=date(2022, 1, 20))
    with pytest.raises(UsageError, match="older than what the workspace holds"):
        notebook.open_year(2021, root=desk.workspace.root)


@pytest.mark.parametrize(
    ("received", "value", "verdict"),
    [
        (date(2022, 1, 10), 83.0, "undecided"),  # two of all the counties
        (date(2021, 6, 1), None, "no_data"),  # the year was not over when it was told of
        (date(2019, 6, 1), None, "no_data"),  # it had not begun
    ],
)
def test_what_is_told_ahead_of_its_time_is_no_result(desk, received, value, verdict):
    desk.hand_in("manure", HANDED_IN, received=received)
    desk.hand_in("towns", TOWNS, received=date(2022, 1, 12))  # moves the day of the assessment past the year
    found = desk.value("T12b")
    assert (found["value"], found["verdict"]) == (value, verdict)


def test_a_yes_told_early_stands_and_a_no_may_have_changed(desk):
    desk.hand_in("towns", TOWNS)
    head = "市,县（市、区）,建制镇代码,建制镇名称,是否具备处理能力\n"
    rows = "太原市,清徐县,140121101,甲镇,是\n太原市,清徐县,140121102,乙镇,否\n"
    desk.hand_in("town_sewage", head + rows, received=date(2021, 6, 1))
    found = desk.value("T06d", "140121")
    assert (found["value"], found["low"], found["high"]) == (50.0, 50.0, 100.0)


def test_last_year_s_number_is_led_back_to_last_year_s_rows(desk):
    desk.hand_in("manure", HANDED_IN)
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,80,60\n", period="2020")
    beside = desk.values().filter(code="T12b", stratum="last_year")
    assert beside.select("value", "used", "verdict").row(0) == (75.0, 1, "no_target")
    with open_warehouse(desk.workspace) as connection:
        found = explain(connection, beside["number_id"].item(), desk.catalog, year=2021)
    assert sorted(found.rows["value"]) == ["60.0", "80.0"] and found.members.is_empty()
    assert "并列：上年 75.0 %" in str(notebook.open_year(2021, root=desk.workspace.root).sentence("T12b"))


def test_where_nothing_was_delivered_no_day_is_told(desk):
    desk.values()
    year = notebook.open_year(2021, root=desk.workspace.root)
    assert year.as_of is None
    assert str(year.summary()).startswith("尚未收到任何报送。共116项指标：未报送116项。")
    assert str(year.language("en").summary()).startswith("Nothing has been delivered yet: 116 figures, ")


def test_another_plan_says_what_it_does_not_promise(desk):
    desk.values(2022)
    year = notebook.open_year(2022, root=desk.workspace.root)
    assert "没有关于" in str(year.sentence("T06d")) and "promises nothing" in str(year.language("en").sentence("T06d"))
    for nothing in (year.by_scope("T06d", "city"), year.chart("T06d"), year.works("T10a"), year.map("T12b")):
        assert str(nothing) == ""
    assert year.scorecard().rows
    with pytest.raises(UsageError, match="nearest"):
        year.sentence("T06dd")


def test_leads_name_the_areas_and_the_figures_that_fell_short(example_workspace):
    year = notebook.open_year(2021, root=example_workspace.root)
    rows = year.leads().rows
    assert {row[0] for row in rows} == {"S4a", "S4b"}
    counted = year.value("S4a").value + year.value("S4b").value
    assert len(rows) == counted and all(str(row[3]).startswith(("G", "T")) for row in rows)


def test_a_list_says_how_its_works_stand(example_workspace):
    year = notebook.open_year(2021, root=example_workspace.root)
    row = next(row for row in year.scorecard().rows if row[0] == "T10a")
    assert row[6] == "达到2个，未报送1个，未达到1个、逾期完成1个"
    assert "点名工程中达到2个" in str(year.sentence("T10a"))
