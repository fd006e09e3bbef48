"""Sources of drinking water from delivered files: the form, what leaves a source open, both year rules."""

from __future__ import annotations

import re
from datetime import date

import polars as pl
import pytest

from analytics.catalog import load_catalog
from analytics.errors import CheckFailed
from analytics.notebook import open_year
from analytics.present import what_was_found
from analytics.present.explanation import explanation_tables
from analytics.warehouse import explanation
from analytics.warehouse.queries import ask, open_warehouse, whole_table

FIGURES = ["G1", "T17c"]

LATER = date(2022, 1, 20)
REGISTER_HEAD = "水源编码,水源名称,市,县（市、区）,级别,千吨万人,水源类型,本底值项目,本底依据"
RURAL = "农村,是,地下水型"
HEAD = "水源编码,水源名称,采样日期,采样情况,未采样原因,取水量（万m³）"
HEAD += ",pH,总硬度(mg/L),耗氧量(mg/L),氨氮(mg/L),硝酸盐氮(mg/L),氟化物(mg/L),汞(mg/L)"
CLEAN = "7.5,300,1.2,0.05,4.0,0.4,0.00002L"
MONTHS = (2, 5, 8, 11)


def register(*entries: str) -> str:
    """Entries such as `W1,县级,,地下水型`, with natural background and its ground where there is more."""
    rows = []
    for entry in entries:
        code, *rest = entry.split(",")
        rest += [""] * (5 - len(rest))
        rows.append(",".join([code, f"{code}水源", "太原市", "清徐县", *rest]))
    return "\n".join([REGISTER_HEAD, *rows]) + "\n"


COUNTY = register("W1,县级,,地下水型", "W2,地级,否,地下水型")


def occasion(code: str, day: str, values: str = CLEAN, *, state: str = "已采样", why: str = "", water: str = "") -> str:
    return f"{code},{code}水源,{day},{state},{why},{water},{values}"


def year_of(code: str, water: str = "100", **instead: str) -> list[str]:
    """A clean occasion a quarter; `q3=""` leaves one out, `q3="…"` has another row of values."""
    told = [(m, instead.get(f"q{n}", CLEAN)) for n, m in enumerate(MONTHS, start=1)]
    return [occasion(code, f"2021-{m:02d}-15", values, water=water) for m, values in told if values]


def with_(name: str, value: str) -> str:
    """The clean values with one of them changed."""
    names = ("pH", "总硬度", "耗氧量", "氨氮", "硝酸盐氮", "氟化物", "汞")
    return ",".join(value if n == name else v for n, v in zip(names, CLEAN.split(","), strict=True))


def file_of(*rows: str) -> str:
    return "\n".join([HEAD, *rows]) + "\n"


def standing(desk, code: str = "G1") -> tuple[object, ...]:
    row = desk.value(code)
    return tuple(row[k] for k in ("value", "low", "high", "used", "expected"))


# The form


def test_a_day_gives_the_time_and_the_quarter_of_a_row(staged, tmp_path):
    file = tmp_path / "a.csv"
    rows = [
        occasion("W1", "2021-02-28"),
        occasion("W1", "2021/12/31"),
        occasion("W1", "2021年4月1日"),
        occasion("W1", "", ",,,,,,", state="停用", water="0"),
        occasion("W1", "2021-13-01"),
    ]
    file.write_text(file_of(*rows), encoding="utf-8")
    found = staged(file, "source_quarterly")
    spans = found.select("period_start", "period_end", pl.col("taken_at").dt.date()).rows()
    assert spans[:3] == [
        (date(2021, 1, 1), date(2021, 3, 31), date(2021, 2, 28)),
        (date(2021, 10, 1), date(2021, 12, 31), date(2021, 12, 31)),
        (date(2021, 4, 1), date(2021, 6, 30), date(2021, 4, 1)),
    ]
    assert spans[3] == spans[4] == (None, None, None)  # of which quarter nobody says
    assert found["sampling_date_problem"].to_list() == [None, None, None, None, "unreadable"]


def test_a_row_without_a_day_is_about_the_quarter_of_its_file(staged, tmp_path):
    file = tmp_path / "a.csv"
    rows = [occasion("W1", "", ",,,,,,", state="停用"), occasion("W2", "2021-06-30"), occasion("W3", "2021-08-01")]
    file.write_text(file_of(*rows), encoding="utf-8")
    found = staged(file, "source_quarterly", period="2021-Q3")
    quarter = (date(2021, 7, 1), date(2021, 9, 30))
    assert found.select("period_start", "period_end").rows()[0] == quarter
    assert found["taken_at"].dt.date()[0] == quarter[1]
    assert found["sampling_date_problem"].to_list() == [None, "outside_period", None]


def test_every_item_of_the_standards_is_a_column_and_words_are_read(staged, catalog, tmp_path):
    source = catalog.sources["source_quarterly"]
    standards = ("gb3838_2002", "gb3838_2002_supplementary", "gb3838_2002_specific", "gbt14848_2017")
    limited = {limit.parameter for s in standards for limit in catalog.standards[s].limits}
    assert limited <= set(source.readings.parameters)
    file = tmp_path / "a.csv"
    head = HEAD + ",嗅和味,肉眼可见物,三氯甲烷(μg/L)"
    file.write_text("\n".join([head, occasion("W1", "2021-02-15") + ",无,有,12"]) + "\n", encoding="utf-8")
    row = staged(file, "source_quarterly").row(0, named=True)
    assert (row["odour_and_taste"], row["visible_matter"], row["trichloromethane"]) == (0.0, 1.0, 0.012)
    assert (row["odour_and_taste_as_delivered"], row["visible_matter_problem"]) == ("无", None)
    assert (row["mercury"], row["mercury_below_limit"], row["benzene"]) == (0.00002, True, None)


def test_a_day_after_the_file_came_is_none_yet(desk):
    desk.hand_in("drinking_sources", COUNTY)
    found = desk.hand_in("source_quarterly", file_of(*year_of("W1")), received=date(2021, 10, 12))
    assert found.rules_broken == [("sampling_date_readable", 1)]


def test_items_left_blank_are_told_when_received_and_asked_for_by_their_names(desk):
    desk.hand_in("drinking_sources", register("W1,县级,,地下水型", "W2,县级,,河流型"))
    more = HEAD + ",溶解氧(mg/L),总磷(mg/L)"
    rows = [f"{row},," for row in year_of("W1", q3=with_("硝酸盐氮", ""))]
    surface = "7.5,,1.2,0.05,,0.4,,8.1,0.02"
    rows += [occasion("W2", f"2021-{m:02d}-15", surface.replace("8.1", "" if m == 5 else "8.1")) for m in MONTHS]
    found = desk.hand_in("source_quarterly", "\n".join([more, *rows]) + "\n")
    told = {("dissolved_oxygen_told", 1), ("nitrate_nitrogen_told", 1)}
    assert set(found.rules_broken) == told
    desk.values()
    letter = open_year(2021, root=desk.workspace.root).reminders()["ecology_environment"]
    asked = letter.split("《饮用水水源监测结果》已收到，但下列栏目未填")[1].split("《")[0]
    assert "W1水源2021年第3季度的“硝酸盐氮”" in asked and "W2水源2021年第2季度的“溶解氧”" in asked
    assert "采样情况" not in asked and asked.split("请补填")[0].count("“") == 2


# G1


def test_clean_sources_comply_and_water_taken_weighs(desk):
    desk.hand_in("drinking_sources", COUNTY)
    rows = [*year_of("W1", "75"), *year_of("W2", "25", q2=with_("氟化物", "1.4"))]
    found = desk.hand_in("source_quarterly", file_of(*rows))
    assert found.rules_broken == []
    assert standing(desk) == (50.0, 50.0, 50.0, 2, 2)
    beside = {r["stratum"]: r["value"] for r in desk.values().filter(code="G1", scope_id="140000").to_dicts()}
    assert beside == {None: 50.0, "by_volume": 75.0, "at_all_occasions": 50.0, "by_annual_mean": 100.0}
    assert desk.value("G1")["verdict"] == "no_target"


@pytest.mark.parametrize(
    ("second", "because"),
    [
        (year_of("W2", q3=""), "a quarter is missing"),
        (year_of("W2", q3=with_("汞", "0.005L")), "0.005 mg/L is beyond the limit of 0.001 mg/L"),
        (year_of("W2", q3=with_("氨氮", "--")), "an item that must be there"),
        (year_of("W2", q3=with_("氨氮", "0..05")), "unreadable"),
        (year_of("W2", q3=with_("pH", "75")), "implausible"),
        ([*year_of("W2"), occasion("W2", "2021-08-15", with_("氨氮", "0.06"))], "told twice"),
        ([*year_of("W2"), occasion("W2", "8月桃日", with_("氟化物", "9"))], "the day unreadable"),
        ([*year_of("W2"), occasion("W2", "2021-09-01", with_("氟化物", "9"), state="不详")], "a state unknown"),
        (
            [*year_of("W2", q3=""), occasion("W2", "2021-09-30", ",,,,,,", state="未采样", why="道路中断")],
            "not sampled",
        ),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_what_is_missing_or_cannot_be_judged_leaves_the_source_open(desk, second, because):
    desk.hand_in("drinking_sources", COUNTY)
    desk.hand_in("source_quarterly", file_of(*year_of("W1"), *second))
    assert standing(desk) == (100.0, 50.0, 100.0, 1, 2), because
    open_one = desk.asked("members_of_year", year=2021).filter(code="G1", entity_id="W2")
    assert open_one["status"].to_list() == ["incomplete"]


@pytest.mark.parametrize("state", ["未采样", "停用"])
def test_readings_of_a_source_said_to_be_unsampled_count_for_nothing(desk, state):
    """One of the two is wrong, and nobody knows which."""
    desk.hand_in("drinking_sources", register("W1,县级,,地下水型", "W2,县级,,地下水型"))
    rows = [occasion("W1", f"2021-{m:02d}-15", state=state, why="道路中断") for m in MONTHS]
    found = desk.hand_in("source_quarterly", file_of(*rows, *year_of("W2")))
    assert ("unsampled_without_readings", 4) in found.rules_broken
    row = desk.value("G1")
    assert [row[k] for k in ("used", "expected", "low", "high")] == [1, 2, 50.0, 100.0]


def test_a_failed_occasion_decides_whatever_is_missing(desk):
    desk.hand_in("drinking_sources", COUNTY)
    desk.hand_in("source_quarterly", file_of(*year_of("W1"), *year_of("W2", q3="", q2=with_("氟化物", "1.4"))))
    assert standing(desk) == (50.0, 50.0, 50.0, 2, 2)


def test_a_source_of_which_nothing_came_is_not_delivered(desk):
    desk.hand_in("drinking_sources", COUNTY)
    desk.hand_in("source_quarterly", file_of(*year_of("W1")))
    assert standing(desk) == (100.0, 50.0, 100.0, 1, 2)
    silent = desk.asked("members_of_year", year=2021).filter(code="G1", entity_id="W2")
    assert silent["status"].to_list() == ["not_delivered"]


@pytest.mark.parametrize(
    "entry",
    ["W2,地级,否,泉水", "W2,地级,否,", "W2,地级,否,地下水型,氟化"],
    ids=["no such water", "no water", "no such item"],
)
def test_a_source_of_a_faulty_register_entry_is_not_judged_and_not_forgotten(desk, entry):
    desk.hand_in("drinking_sources", register("W1,县级,,地下水型", entry))
    desk.hand_in("source_quarterly", file_of(*year_of("W1"), *year_of("W2")))
    assert standing(desk) == (100.0, 50.0, 100.0, 1, 2)


def test_an_entry_that_stands_twice_in_the_register_is_one_member_and_in_no_doubt(desk, catalog):
    entry = "W1,县级,,地下水型"
    found = desk.hand_in("drinking_sources", register(entry, entry))
    assert found.rules_broken == [("row_not_repeated", 1)]
    desk.hand_in("source_quarterly", file_of(*year_of("W1")))
    assert standing(desk) == (100.0, 100.0, 100.0, 1, 1)
    connection = open_warehouse(desk.workspace)
    assert not any(row["is_set_aside"] for row in ask(connection, "register_members").to_dicts())


def test_natural_background_stands_apart(desk):
    entry = "W2,地级,否,地下水型,氟化物,某函〔2020〕3号"
    desk.hand_in("drinking_sources", register("W1,县级,,地下水型", entry))
    rows = [*year_of("W1"), *year_of("W2", **{f"q{n}": with_("氟化物", "1.5") for n in (1, 2, 3, 4)})]
    desk.hand_in("source_quarterly", file_of(*rows))
    assert standing(desk) == (100.0, 100.0, 100.0, 2, 2)
    apart = desk.asked("source_items_of_year", year=2021)
    assert set(apart["is_background"]) == {True}
    assert (apart["taken_on"].null_count(), apart["multiple"].to_list()) == (1, [0.5] * 5)


def test_a_source_out_of_use_all_year_is_left_out_with_its_reason(desk):
    desk.hand_in("drinking_sources", COUNTY)
    idle = [occasion("W2", f"2021-{m:02d}-28", ",,,,,,", state="停用", water="0") for m in MONTHS]
    desk.hand_in("source_quarterly", file_of(*year_of("W1"), *idle))
    assert standing(desk) == (100.0, 100.0, 100.0, 1, 1)
    out = desk.asked("members_of_year", year=2021).filter(code="G1", entity_id="W2")
    assert out.select("status", "reason").row(0) == ("excluded", "out_of_use")


def test_a_source_out_of_use_of_which_a_row_was_set_aside_stays_in_the_count(desk):  # D-016
    desk.hand_in("drinking_sources", COUNTY)
    idle = [occasion("W2", f"2021-{m:02d}-28", ",,,,,,", state="停用", water="0") for m in MONTHS]
    doubtful = occasion("W2", "2021-08-15", with_("氟化物", "9"), state="不详")
    desk.hand_in("source_quarterly", file_of(*year_of("W1"), *idle, doubtful))
    found = desk.value("G1")
    assert (found["value"], found["low"], found["high"], found["expected"]) == (100.0, 50.0, 100.0, 2)


def test_a_volume_that_nobody_told_bounds_nothing(desk):
    """It may be next to nothing, or the most that the catalog lets it be: no range follows from that (D-103)."""
    desk.hand_in("drinking_sources", COUNTY)
    fails = year_of("W2", "", q2=with_("氟化物", "9"))
    desk.hand_in("source_quarterly", file_of(*year_of("W1", "100"), *fails))
    rows = desk.values().filter((pl.col("code") == "G1") & (pl.col("stratum") == "by_volume"))
    found = rows.filter(pl.col("scope_id") == "140000").row(0, named=True)
    assert (found["low"], found["value"], found["high"]) == (None, 100.0, None)


def test_out_of_use_with_water_taken_is_not_believed(desk):
    desk.hand_in("drinking_sources", COUNTY + register(f"W3,{RURAL}").splitlines()[1] + "\n")
    idle = [occasion("W2", f"2021-{m:02d}-28", ",,,,,,", state="停用", water="20" if m == 8 else "0") for m in MONTHS]
    rural = occasion("W3", "2021-09-30", ",,,,,,", state="停用", water="3")
    desk.hand_in("source_quarterly", file_of(*year_of("W1"), *idle, *year_of("W3", q3=""), rural))
    found = desk.value("G1")
    assert (found["value"], found["low"], found["high"], found["expected"]) == (100.0, 50.0, 100.0, 2)
    assert standing(desk, "T17c") == (100.0, 75.0, 100.0, 3, 4)


def test_a_day_outside_what_its_file_is_about_leaves_the_source_open(desk):
    # nobody knows which of the two is wrong
    desk.hand_in("drinking_sources", COUNTY)
    good = [*year_of("W1"), *year_of("W2")]
    desk.hand_in("source_quarterly", file_of(*good))
    rows = [occasion("W1", "2021-05-15"), occasion("W2", "2020-05-20", with_("氟化物", "9"))]
    desk.hand_in("source_quarterly", file_of(*rows), period="2021-Q2")
    found = desk.value("G1")
    assert (found["value"], found["low"], found["high"], found["used"]) == (100.0, 50.0, 100.0, 1)
    desk.hand_in("source_quarterly", file_of(occasion("W2", "2021-05-20")), received=LATER)
    assert standing(desk) == (100.0, 100.0, 100.0, 2, 2)


def test_background_without_a_ground_excuses_nothing(desk):
    desk.hand_in("drinking_sources", register("W1,县级,,地下水型", "W2,地级,否,地下水型,氟化物"))
    rows = [*year_of("W1"), *year_of("W2", q2=with_("氟化物", "1.5"))]
    desk.hand_in("source_quarterly", file_of(*rows))
    assert standing(desk) == (50.0, 50.0, 50.0, 2, 2)


def test_out_of_use_for_a_part_of_the_year_is_no_gap(desk):
    desk.hand_in("drinking_sources", COUNTY)
    idle = occasion("W2", "2021-09-30", ",,,,,,", state="停用", water="0")
    desk.hand_in("source_quarterly", file_of(*year_of("W1"), *year_of("W2", q3=""), idle))
    assert standing(desk) == (100.0, 100.0, 100.0, 2, 2)


def test_a_correction_supersedes_the_occasion(desk):
    desk.hand_in("drinking_sources", COUNTY)
    desk.hand_in("source_quarterly", file_of(*year_of("W1"), *year_of("W2", q2=with_("氟化物", "14"))))
    assert standing(desk)[0] == 50.0
    desk.hand_in("source_quarterly", file_of(occasion("W2", "2021-05-15", with_("氟化物", "0.14"))), received=LATER)
    assert standing(desk) == (100.0, 100.0, 100.0, 2, 2)


def test_an_occasion_is_withdrawn_by_a_row_of_its_day_without_values(desk):
    desk.hand_in("drinking_sources", COUNTY)
    wrong_day = occasion("W2", "2021-05-16", with_("氟化物", "9"))
    desk.hand_in("source_quarterly", file_of(*year_of("W1"), *year_of("W2"), wrong_day))
    assert standing(desk)[0] == 50.0
    withdrawn = occasion("W2", "2021-05-16", ",,,,,,", state="未采样", why="日期填错")
    desk.hand_in("source_quarterly", file_of(withdrawn), received=LATER)
    assert standing(desk) == (100.0, 100.0, 100.0, 2, 2)


def test_a_row_of_a_refused_file_leaves_its_source_open(desk):
    desk.hand_in("drinking_sources", COUNTY)
    desk.hand_in("source_quarterly", file_of(*year_of("W1"), *year_of("W2")))
    with pytest.raises(CheckFailed):
        desk.hand_in("source_quarterly", file_of(occasion("W2", "2021-08-20", state="不详")), received=LATER)
    assert standing(desk) == (100.0, 50.0, 100.0, 1, 2)


def test_a_day_that_nobody_could_read_is_put_right_by_a_later_file(desk):
    desk.hand_in("drinking_sources", COUNTY)
    slip = occasion("W2", "8月桃日")
    desk.hand_in("source_quarterly", file_of(*year_of("W1"), *year_of("W2", q3=""), slip))
    assert standing(desk)[1] == 50.0
    desk.hand_in("source_quarterly", file_of(occasion("W2", "2021-08-15")), received=LATER)
    assert standing(desk) == (100.0, 100.0, 100.0, 2, 2)


def test_the_year_rule_given_with_the_target_decides(tmp_path, desk):
    from tests.deliveries import Desk

    given = desk.workspace.catalog / "given" / "shanxi-2021.yml"
    given.parent.mkdir(parents=True)
    given.write_text(
        "plan: shanxi-2021\n"
        "targets:\n  - {code: G1, year: 2021, value: 95, source: 某函, date: 2021-08-01}\n"
        "settings:\n  - {setting: source_year_rule, value: annual_mean, source: 某函, date: 2021-08-01}\n",
        encoding="utf-8",
    )
    again = Desk(desk.workspace, load_catalog(desk.workspace.catalog), desk.inbox)
    again.hand_in("drinking_sources", COUNTY)
    again.hand_in("source_quarterly", file_of(*year_of("W1"), *year_of("W2", q2=with_("氟化物", "1.4"))))
    row = again.value("G1")
    assert (row["value"], row["verdict"]) == (100.0, "met")
    years = again.asked("source_years_of_year", year=2021).filter(entity_id="W2").row(0, named=True)
    assert (years["year_rule"], years["by_occasion"], years["by_mean"]) == ("annual_mean", False, True)


# Water taken


@pytest.mark.parametrize(
    ("again", "water"),
    [("100", 400.0), ("", 400.0), ("120", None)],
    ids=["told again", "told once", "told otherwise: nobody knows"],
)
def test_water_taken_in_a_quarter_counts_once(desk, again, water):  # D-038
    desk.hand_in("drinking_sources", COUNTY)
    second = occasion("W1", "2021-02-20", water=again)
    desk.hand_in("source_quarterly", file_of(*year_of("W1"), second))
    desk.values()
    with open_warehouse(desk.workspace) as connection:
        amounts = whole_table(connection, "fact_amount").filter(item="source_water_taken")
    assert amounts.height == 4
    total = amounts["value"].sum() if amounts["value"].null_count() == 0 else None
    assert total == water


def test_of_water_taken_the_file_received_last_counts(desk):
    desk.hand_in("drinking_sources", COUNTY)
    desk.hand_in("source_quarterly", file_of(*year_of("W1"), occasion("W1", "2021-02-20", water="100")))
    desk.hand_in("source_quarterly", file_of(occasion("W1", "2021-02-20", water="130")), received=LATER)
    desk.values()
    with open_warehouse(desk.workspace) as connection:
        amounts = whole_table(connection, "fact_amount").filter(item="source_water_taken").sort("period_start")
    assert amounts["value"].to_list() == [130.0, 100.0, 100.0, 100.0]


# T17c


def test_a_quarter_counts_as_monitored_where_it_has_readings(desk):
    desk.hand_in("drinking_sources", register(f"W1,{RURAL}", f"W2,{RURAL}", "W3,农村,否,地下水型"))
    not_sampled = occasion("W2", "2021-09-30", ",,,,,,", state="未采样", why="道路中断")
    desk.hand_in("source_quarterly", file_of(*year_of("W1"), *year_of("W2", q3=""), not_sampled))
    assert standing(desk, "T17c") == (87.5, 87.5, 87.5, 8, 8)
    assert desk.value("T17c")["verdict"] == "not_met"


def test_only_what_is_told_is_not_monitored(desk):
    desk.hand_in("drinking_sources", register(f"W1,{RURAL}"))
    desk.hand_in("source_quarterly", file_of(*year_of("W1", q3="")))
    assert standing(desk, "T17c") == (100.0, 75.0, 100.0, 3, 4)
    assert desk.value("T17c")["verdict"] == "undecided"


def test_not_sampled_before_the_quarter_was_over_may_have_been_since(desk):  # D-036
    desk.hand_in("drinking_sources", register(f"W1,{RURAL}"))
    early = occasion("W1", "2021-08-01", ",,,,,,", state="未采样", why="汛期")
    desk.hand_in("source_quarterly", file_of(early), received=date(2021, 8, 2))
    desk.hand_in("source_quarterly", file_of(*year_of("W1", q3="")), received=LATER)
    assert standing(desk, "T17c") == (75.0, 75.0, 100.0, 4, 4)


def test_a_quarter_out_of_use_is_left_out(desk):
    desk.hand_in("drinking_sources", register(f"W1,{RURAL}", f"W2,{RURAL}"))
    idle = occasion("W2", "2021-09-30", ",,,,,,", state="停用", water="0")
    desk.hand_in("source_quarterly", file_of(*year_of("W1"), *year_of("W2", q3=""), idle))
    assert standing(desk, "T17c") == (100.0, 100.0, 100.0, 7, 7)


def test_a_reading_set_aside_monitors_nothing(desk):
    desk.hand_in("drinking_sources", register(f"W1,{RURAL}"))
    slips = ",".join(["约", *["不清"] * 6])
    desk.hand_in("source_quarterly", file_of(*year_of("W1", q3=slips)))
    assert standing(desk, "T17c") == (100.0, 75.0, 100.0, 3, 4)


# Explained


def test_figures_are_led_back_to_the_occasions(desk, catalog):
    desk.hand_in("drinking_sources", register("W1,县级,,地下水型", f"W2,{RURAL}"))
    desk.hand_in("source_quarterly", file_of(*year_of("W1", q2=with_("氟化物", "1.4")), *year_of("W2")))
    desk.values()
    with open_warehouse(desk.workspace) as connection:
        goal, rural = (explanation.explain(connection, code, catalog, year=2021) for code in ("G1", "T17c"))
    occasions = goal.rows.filter(item="source_occasion")
    assert occasions["value"].to_list() == [
        "2021-02-15 complies", "2021-05-15 fails fluoride", "2021-08-15 complies", "2021-11-15 complies",
    ]  # fmt: skip
    assert occasions["row"].to_list() == [2, 3, 4, 5] and goal.files["source"].to_list() == ["source_quarterly"]
    assert goal.rows.height == 8 and set(goal.rows["item"]) == {"source_occasion", "source_sampling"}  # each row once
    assert set(rural.rows.filter(item="source_occasion")["entity_id"]) == {"W2"}
    assert rural.files["source"].to_list() == ["source_quarterly"]
    shown = {lang: [row[4] for row in explanation_tables(goal, catalog, lang)[-1].rows] for lang in ("zh", "en")}
    assert "2021年2月15日 达标" in shown["zh"] and "2021年5月15日 超标：氟化物" in shown["zh"]
    assert "15 May 2021: fails: Fluoride" in shown["en"]
    assert not [text for text in shown["zh"] if re.search("[a-z]", text)]


@pytest.mark.parametrize(
    ("standing", "shown"),
    [
        ({"undetected": ["mercury"]}, "2021年9月25日 待定；检出限高于限值，无法评价：汞"),
        ({"set_aside": ["iron"]}, "2021年9月25日 待定；监测值暂不采用：铁"),
        ({"missing": ["iron", "mercury"]}, "2021年9月25日 待定；未监测：铁、汞"),
    ],
)
def test_why_an_occasion_is_open_is_said_in_words(catalog, standing, shown):
    nothing = {"failed": [], "undetected": [], "set_aside": [], "missing": []}
    found = {"kind": "source_occasion", "day": "2021-09-25", "complies": None, **nothing, **standing}
    assert what_was_found.line(found, catalog, "zh") == shown
