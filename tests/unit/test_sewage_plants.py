"""Sewage plants from delivered files: days against limits, what leaves them open, influent, collection, rewards."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from analytics.catalog import load_catalog
from analytics.catalog.load import SHIPPED
from analytics.catalog.models import Source
from analytics.errors import CatalogError
from analytics.notebook import open_year
from analytics.paths import shipped
from analytics.present import what_was_found
from analytics.present.explanation import explanation_tables
from analytics.warehouse import explanation
from analytics.warehouse.queries import open_warehouse

FIGURES = ["T07f", "T07g", "T07i", "T08b", "T21b"]

HEAD = "污水处理厂编码,污水处理厂名称,市,县（市、区）,设计规模（m³/d）,处理工艺,执行标准,受纳水体"
HEAD += ",影响新增国考断面,配套出口人工湿地"
DAY_HEAD = "污水处理厂编码,监测日期,化学需氧量(mg/L),氨氮(mg/L),总磷(mg/L),总氮(mg/L),水温(℃)"
MONTH_HEAD = (
    "污水处理厂编码,月份,处理水量（万m³）,进水BOD₅（mg/L）,化学需氧量(mg/L),氨氮(mg/L),总磷(mg/L),总氮(mg/L)"
    ",出水温度（℃）,非紧急状态溢流直排次数（次）"
)
CLEAN = "20,0.6,0.2,10,13"
COLD = [date(2021, 1, 1) + timedelta(n) for n in range(120)] + [date(2021, 11, 1) + timedelta(n) for n in range(61)]


def register(**standards: str) -> str:
    """Plants in 清徐县 by their code, each with its standard."""
    rows = [f"{code},{code}厂,太原市,清徐县,20000,A2O,{standard},汾河,是,否" for code, standard in standards.items()]
    return "\n".join([HEAD, *rows]) + "\n"


def days(code: str, **instead: str) -> list[str]:
    """Every day of the cold season; `d2021_01_05="…"` has other values on a day, none leaves it out."""
    told = [(day, instead.get(f"d{day:%Y_%m_%d}", CLEAN)) for day in COLD]
    return [f"{code},{day},{values}" for day, values in told if values]


def months(
    code: str, *, year: int = 2021, bod5: str = "150", water: str = "30", effluent: str = "15,0.4,0.1,8", **other
):
    """Twelve months of a plant; `m3="…"` replaces the influent of a month."""
    return [f"{code},{year}-{m:02d},{water},{other.get(f'm{m}', bod5)},{effluent},15,0" for m in range(1, 13)]


def file_of(head: str, *rows: str) -> str:
    return "\n".join([head, *rows]) + "\n"


def hand_in_days(desk, *rows: str, head: str = DAY_HEAD):
    """The three quarters, each in a file of its own."""
    for quarter, in_months in (("Q1", "01 02 03"), ("Q2", "04"), ("Q4", "11 12")):
        mine = [r for r in rows if r.split(",")[1][5:7] in in_months.split()]
        if mine:
            desk.hand_in("plant_daily", file_of(head, *mine), period=f"2021-{quarter}")


def warn_of_a_missing_concentration(desk):
    """A workspace may take it as a warning, and keep the row."""
    rules = desk.workspace.root / "expectations"
    rules.mkdir(parents=True)
    own = shipped("expectations", "plant_monthly.yml").read_text(encoding="utf-8")
    (rules / "plant_monthly.yml").write_text(own.replace("severity: critical", "severity: warning", 1), "utf-8")


def standing(desk, code: str, scope: str = "140000") -> tuple[object, ...]:
    row = desk.value(code, scope)
    return tuple(row[k] for k in ("value", "low", "high", "used", "expected"))


# Days


def test_days_within_the_limits_are_counted(desk):
    desk.hand_in("sewage_plants", register(P1="一级A", P2="一级A"))
    beyond = {"d2021_01_05": "50.1,0.6,0.2,10,13", "d2021_11_02": "20,0.6,0.51,10,13"}
    hand_in_days(desk, *days("P1", **beyond), *days("P2"))
    share = 100 * 360 / 362
    assert standing(desk, "T08b") == (pytest.approx(share), pytest.approx(share), pytest.approx(share), 2, 2)
    found = desk.asked("plant_days_of_year", year=2021)
    assert found.select("entity_id", "day", "worst_item").rows() == [
        ("P1", date(2021, 1, 5), "chemical_oxygen_demand"),
        ("P1", date(2021, 11, 2), "total_phosphorus"),
    ]


@pytest.mark.parametrize(
    ("standard", "values", "failed"),
    [
        ("一级A", "20,7.9,0.2,10,12.0", []),  # in brackets, at 12 °C and less
        ("一级A", "20,7.9,0.2,10,12.1", ["ammonia_nitrogen"]),
        ("DB14/1928-2019", "20,2.1,0.2,10,5.0", ["ammonia_nitrogen"]),  # the standard of the province has no brackets
        ("DB14/1928-2019", "20,1.0,0.2,15.1,13", ["total_nitrogen"]),  # what it does not list is held to grade 1A
        ("一级B", "60,8.0,1.0,20,13", []),  # on the limits
    ],
)
def test_a_plant_is_held_to_its_own_standard_and_the_limit_of_its_temperature(desk, standard, values, failed):
    desk.hand_in("sewage_plants", register(P1=standard))
    hand_in_days(desk, *days("P1", d2021_02_01=values))
    assert standing(desk, "T08b")[0] == pytest.approx(100 * (181 - len(failed)) / 181)
    assert desk.asked("plant_days_of_year", year=2021)["items_failed"].to_list() == ([failed] if failed else [])


@pytest.mark.parametrize(
    "values",
    [
        "",
        "20,--,0.2,10,13",
        "20,6.0,0.2,10,--",
        "20,多,0.2,10,13",
        "20,60L,0.2,10,13",
        "55(M),0.6,0.2,10,13",
        "停运,,,,",
    ],
    ids=[
        "no row",
        "item missing",
        "temperature decides",
        "unreadable",
        "limit of detection too coarse",
        "kept up",
        "off",
    ],
)
def test_what_cannot_be_judged_stays_open_and_counts_in_the_bounds(desk, values):
    desk.hand_in("sewage_plants", register(P1="一级A"))
    hand_in_days(desk, *days("P1", d2021_02_01=values))
    assert standing(desk, "T08b") == (100.0, pytest.approx(100 * 180 / 181), 100.0, 1, 1)


@pytest.mark.parametrize(
    ("values", "failed"),
    [
        ("20(N),0.6 N,0.2N,10（N）,13N", []),
        ("50.1(N),0.6,0.2,10,13", ["chemical_oxygen_demand"]),
        ("500T,0.6,0.2,10,13", ["chemical_oxygen_demand"]),  # beyond what the instrument can tell is beyond the limit
    ],
)
def test_a_flag_of_the_instruments_is_read_with_its_value(desk, values, failed):  # HJ 212-2017
    desk.hand_in("sewage_plants", register(P1="一级A"))
    hand_in_days(desk, *days("P1", d2021_02_01=values))
    assert standing(desk, "T08b")[0] == pytest.approx(100 * (181 - len(failed)) / 181)
    assert desk.asked("plant_days_of_year", year=2021)["items_failed"].to_list() == ([failed] if failed else [])


def test_what_a_flag_leaves_out_is_counted_by_its_flag_and_an_unknown_one_is_asked_about(desk):
    desk.hand_in("sewage_plants", register(P1="一级A"))
    rows = days(
        "P1", d2021_01_05="55(M),0.6,0.2,10,13", d2021_01_06="20,0.6D,0.2,10,13", d2021_01_07="20Q,0.6,0.2,10,13"
    )
    found = desk.hand_in(
        "plant_daily", file_of(DAY_HEAD, *(r for r in rows if r[8:10] in "01 02 03")), period="2021-Q1"
    )
    broken = found.result.broken.drop_nulls("column").row(0, named=True)
    assert (broken["column"], broken["found"]) == ("chemical_oxygen_demand", "20Q")
    assert broken["expected_zh"].startswith("已登记的数据标识：N 正常、T 超过测量上限、F 停运")
    desk.values()
    flagged = desk.asked("readings_flagged", first=date(2021, 1, 1), last=date(2021, 12, 31))
    assert sorted(flagged.select("method", "flag", "readings").rows()) == [("plant_day", "D", 1), ("plant_day", "M", 1)]


MORE = {"悬浮物(mg/L)": "8", "五日生化需氧量(mg/L)": "6", "pH": "7.2"}


@pytest.mark.parametrize(
    ("told", "failed", "left_open"),
    [
        ({"悬浮物(mg/L)": "80"}, ["suspended_solids"], []),
        ({"五日生化需氧量(mg/L)": "40", "pH": "11"}, ["bod5", "ph"], []),
        ({"悬浮物(mg/L)": "多"}, [], ["suspended_solids"]),  # set aside
        ({"悬浮物(mg/L)": "12L"}, [], ["suspended_solids"]),  # its limit is 10
        ({"悬浮物(mg/L)": "--", "pH": ""}, [], []),  # not measured, and need not be
    ],
    ids=["beyond", "two beyond", "unreadable", "limit of detection too coarse", "not measured"],
)
def test_an_item_that_need_not_be_told_is_judged_where_it_was(desk, told, failed, left_open):
    desk.hand_in("sewage_plants", register(P1="一级A"))
    on_the_day = ",".join([CLEAN, *(MORE | told).values()])
    rows = [row if row.startswith("P1,2021-02-01") else f"{row},{','.join(MORE.values())}" for row in days("P1")]
    rows = [f"P1,2021-02-01,{on_the_day}" if row.startswith("P1,2021-02-01") else row for row in rows]
    hand_in_days(desk, *rows, head=",".join([DAY_HEAD, *MORE]))
    open_days = bool(left_open)
    judged = 181 - open_days
    good = judged - bool(failed)
    shares = [100 * n / of for n, of in ((good, judged), (good, 181), (good + open_days, 181))]
    assert standing(desk, "T08b") == (*(pytest.approx(share) for share in shares), 1, 1)
    found = desk.asked("plant_days_of_year", year=2021).select("day", "items_failed", "items_open").rows()
    assert found == ([(date(2021, 2, 1), failed, left_open)] if failed or left_open else [])


def test_a_plant_that_tells_no_day_is_not_delivered(desk):
    desk.hand_in("sewage_plants", register(P1="一级A", P2="一级A"))
    hand_in_days(desk, *days("P1"))
    value, low, high, used, expected = standing(desk, "T08b")
    assert (value, used, expected) == (100.0, 1, 2)
    assert (low, high) == (pytest.approx(100 * 181 / (181 + 181)), 100.0)


def test_the_days_of_summer_and_those_ahead_are_not_asked(desk):
    desk.hand_in("sewage_plants", register(P1="一级A"), received=date(2021, 3, 1))
    until = [row for row in days("P1") if row.split(",")[1] < "2021-03-20"]
    told = file_of(DAY_HEAD, *until, "P1,2021-03-19,99,9,9,99,13")
    desk.hand_in("plant_daily", told, period="2021-Q1", received=date(2021, 3, 20))
    row = desk.asked("plants_of_year", year=2021) if desk.values() is not None else None
    assert row.select("days_compliant", "days_expected").row(0) == (77, 79)  # to 20 March, of which nothing was told


def test_a_number_leads_back_to_the_months_of_its_plants(desk):
    desk.hand_in("sewage_plants", register(P1="一级A"))
    hand_in_days(desk, *days("P1", d2021_02_01="51,0.6,0.2,10,13", d2021_02_02=""))
    desk.values()
    with open_warehouse(desk.workspace) as connection:
        found = explanation.explain(connection, "T08b", year=2021, catalog=desk.catalog)
    told = {value[:7]: value for value in found.rows["value"]}
    assert list(told) == ["2021-01", "2021-02", "2021-03", "2021-04", "2021-11", "2021-12"]
    assert told["2021-02"] == ("2021-02 26 of 28 within the limits 1 beyond: chemical_oxygen_demand 1 not judged")
    shown = {lang: [row[4] for row in explanation_tables(found, desk.catalog, lang)[-1].rows] for lang in ("zh", "en")}
    assert "2021年2月 达标26次，应测28次；超标1次；最重的项目：化学需氧量；未判定1次" in shown["zh"]
    worst = "1 beyond; worst item: Chemical oxygen demand"
    assert f"February 2021: 26 of 28 within the limits; {worst}; 1 not judged" in shown["en"]


def test_the_month_of_a_plant_of_which_amounts_alone_were_told(catalog):
    nothing = {"expected": 0, "compliant": 0, "failed": 0, "worst_item": None, "not_judged": 0}
    found = {"kind": "plant_month", "month": "2021-02-01", **nothing, "influent_bod5": 169.5}
    assert what_was_found.line(found, catalog, "zh") == "2021年2月 进水生化需氧量 169.5 mg/L"


# Influent and collection


def test_the_figures_of_the_influent_are_those_of_the_science(desk):
    desk.hand_in("sewage_plants", register(P1="一级A", P2="一级A"))
    desk.hand_in(
        "plant_monthly",
        file_of(MONTH_HEAD, *months("P1", bod5="180", water="30"), *months("P2", bod5="90", water="10")),
    )
    assert standing(desk, "T07f")[0] == pytest.approx(157.5)
    assert standing(desk, "T07g")[0] == 90.0
    years = desk.asked("plants_of_year", year=2021)
    assert years["influent_bod5"].to_list() == [desk.value("T07g", p)["value"] for p in ("P1", "P2")]


def test_a_plant_that_lacks_a_month_is_bounded_by_nothing_and_those_beside_it_bound_the_lowest(desk):
    """What the month may have been is the most that the catalog lets it be: that decides, and is not said (D-103)."""
    desk.hand_in("sewage_plants", register(P1="一级A", P2="一级A"))
    short = months("P2", bod5="110", water="10")[:-1]
    desk.hand_in("plant_monthly", file_of(MONTH_HEAD, *months("P1", bod5="180", water="30"), *short))
    plant = desk.value("T07g", "P2")
    assert [plant[k] for k in ("value", "low", "high", "used", "expected")] == [None, None, None, 0, 1]
    lowest = desk.value("T07g")
    assert [lowest[k] for k in ("low", "high", "verdict")] == [None, 180.0, "undecided"]
    assert desk.asked("plants_of_year", year=2021).filter(entity_id="P2")["influent_bod5"].to_list() == [None]


def test_a_month_with_its_volume_alone_bounds_the_plant_closely(desk):
    warn_of_a_missing_concentration(desk)
    desk.hand_in("sewage_plants", register(P1="一级A"))
    desk.hand_in("plant_monthly", file_of(MONTH_HEAD, *months("P1", bod5="180", water="30", m3="")))
    most = desk.catalog.item_field("influent_bod5").maximum
    row = desk.value("T07g", "P1")
    assert (row["value"], row["low"], row["high"]) == (
        None,
        pytest.approx(11 * 180 / 12),
        pytest.approx((11 * 180 + most) / 12),
    )


def test_people_collected_follow_from_the_load_of_two_years(desk):
    desk.hand_in("sewage_plants", register(P1="一级A"))
    # 30 万m³ a month: 3 600 000 m³ a year, × 150 g/m³ / 365 days / 45 g = 32 877 people
    for year, bod5 in ((2020, "120"), (2021, "150")):
        rows = months("P1", year=year, bod5=bod5)
        desk.hand_in("plant_monthly", file_of(MONTH_HEAD, *rows), period=str(year))
        desk.hand_in("people_served", "市,用水人口（人）\n太原市,50000\n", period=str(year))
    rates = [100 * 3_600_000 * bod5 / days / 45 / 50_000 for bod5, days in ((120, 366), (150, 365))]
    row = desk.value("T07i", "140100")
    assert (row["value"], row["numerator"]) == (pytest.approx(rates[1] - rates[0]), pytest.approx(rates[1]))
    found = desk.asked("sewage_collection_of_year", year=2021).filter(area_id="140100")
    assert found["people_collected"].to_list() == [pytest.approx(3_600_000 * 150 / 365 / 45)]


def test_a_city_with_a_plant_that_lacks_a_month_has_no_rate(desk):
    desk.hand_in("sewage_plants", register(P1="一级A", P2="一级A"))
    for year in (2020, 2021):
        rows = [*months("P1", year=year), *months("P2", year=year)]
        desk.hand_in("plant_monthly", file_of(MONTH_HEAD, *rows[: -(year == 2021) or None]), period=str(year))
        desk.hand_in("people_served", "市,用水人口（人）\n太原市,100000\n", period=str(year))
    row = desk.value("T07i", "140100")
    assert (row["value"], row["used"], row["verdict"]) == (None, 0, "no_data")
    found = desk.asked("sewage_collection_of_year", year=2021).filter(area_id="140100").to_dicts()[0]
    assert (found["used"], found["expected"], found["reason"]) == (1, 2, "incomplete")


def test_a_plant_whose_place_cannot_be_read_may_be_of_any_city(desk):
    """Also of a city whose own plants told everything."""
    elsewhere = "P9,P9厂,太远市,清徐,20000,A2O,一级A,汾河,是,否\n"
    desk.hand_in("sewage_plants", register(P1="一级A", P2="一级A") + elsewhere)
    for year in (2020, 2021):
        rows = [*months("P1", year=year), *months("P2", year=year)]
        desk.hand_in("plant_monthly", file_of(MONTH_HEAD, *rows), period=str(year))
        desk.hand_in("people_served", "市,用水人口（人）\n太原市,100000\n", period=str(year))
    row = desk.value("T07i", "140100")
    assert (row["value"], row["verdict"]) == (None, "no_data")
    found = desk.asked("sewage_collection_of_year", year=2021).filter(area_id="140100").to_dicts()[0]
    assert (found["used"], found["expected"], found["reason"]) == (2, 3, "incomplete")


def test_a_month_with_its_volume_and_without_its_influent_leaves_the_rate_open(desk):
    warn_of_a_missing_concentration(desk)
    desk.hand_in("sewage_plants", register(P1="一级A"))
    for year in (2020, 2021):
        rows = months("P1", year=year, **({"m3": ""} if year == 2021 else {}))
        desk.hand_in("plant_monthly", file_of(MONTH_HEAD, *rows), period=str(year))
        desk.hand_in("people_served", "市,用水人口（人）\n太原市,100000\n", period=str(year))
    desk.values()
    year = desk.asked("plants_of_year", year=2021).to_dicts()[0]
    assert (year["treated_water_wan_m3"], year["influent_months"], year["influent_reason"]) == (360.0, 11, "incomplete")
    found = desk.asked("sewage_collection_of_year", year=2021).filter(area_id="140100").to_dicts()[0]
    assert (found["people_collected"], found["used"], found["reason"]) == (None, 0, "no_data")


def test_of_a_month_in_which_a_plant_stood_still_no_sample_is_asked_for(desk):
    """Nothing was there to sample; of a month with water the same blank cells are asked for."""
    desk.hand_in("sewage_plants", register(P1="一级A"))
    rows = months("P1")[:11]
    rows[2], rows[3] = "P1,2021-03,0,,,,,,,0", "P1,2021-04,20,100,,,,,15,0"
    found = desk.hand_in("plant_monthly", file_of(MONTH_HEAD, *rows))
    told = found.result.broken.filter(check="total_nitrogen_told")
    assert (found.result.set_aside_rows, told["row"].to_list()) == (0, [5])
    desk.values()
    blank = desk.asked("cells_left_blank", year=2021)
    items = {"chemical_oxygen_demand", "ammonia_nitrogen", "total_phosphorus", "total_nitrogen"}
    assert set(blank.select("period", "field").iter_rows()) == {("2021-04", item) for item in items}
    letter = open_year(2021, root=desk.workspace.root).reminders()["housing_construction"]
    assert "2021年4月的“氨氮、化学需氧量" in letter and "2021年3月" not in letter and "进水生化需氧量" not in letter


def test_the_amount_that_samples_are_taken_of_is_one_of_the_form(catalog):
    form = catalog.sources["plant_monthly"].model_dump(by_alias=True)
    form["readings"]["sampled_from"] = "treated_water"
    with pytest.raises(ValueError, match="sampled_from names no amount of this source: treated_water"):
        Source.model_validate(form)


# Rewards

GIVEN = """plan: shanxi-2021
reward_rules:
  - id: half_of_the_limit
    valid_from: {begins}
    least_share_pct: 90
    shares_of_limit: {{chemical_oxygen_demand: 0.5, ammonia_nitrogen: 0.5, total_phosphorus: 0.5}}
    source: 某办法〔2021〕6号
    date: 2021-09-01
"""


def rewarded(
    desk, given: str = "", *, standards=None, rows=None, head: str = MONTH_HEAD
) -> dict[str, tuple[object, ...]]:
    """Of each plant whether it is markedly better, and why that cannot be told, or why it is not."""
    if given:
        folder = desk.workspace.catalog / "given"
        folder.mkdir(parents=True)
        (folder / "shanxi-2021.yml").write_text(given, encoding="utf-8")
        desk.catalog = load_catalog(desk.workspace.catalog)
    desk.hand_in("sewage_plants", register(**(standards or dict.fromkeys(("P1", "P2", "P3"), "DB14/1928-2019"))))
    rows = rows or [*months("P1"), *months("P2", effluent="21,0.4,0.1,8"), *months("P3")[:8]]
    desk.hand_in("plant_monthly", file_of(head, *rows))
    desk.values()
    years = desk.asked("plants_of_year", year=2021)
    return {row[0]: row[1:] for row in years.select("entity_id", "is_markedly_better", "reward_reason").iter_rows()}


def test_without_a_rule_nobody_is_ranked_and_every_plant_says_so(desk):
    assert set(rewarded(desk).values()) == {(None, "no_rule")}
    row = desk.value("T21b")
    assert (row["value"], row["used"], row["expected"], row["verdict"]) == (None, 0, 3, "list_only")
    members = desk.asked("members_of_year", year=2021).filter(code="T21b")
    assert set(members["reason"]) == {"no_rule"}


def test_by_a_rule_that_was_given_plants_are_listed(desk):
    found = rewarded(desk, GIVEN.format(begins="2021-01-01"))
    assert found == {"P1": (True, None), "P2": (False, None), "P3": (None, "undecided")}
    row = desk.value("T21b")
    assert (row["value"], row["verdict"], row["used"], row["expected"]) == (1.0, "list_only", 2, 3)


def test_a_plant_beyond_a_limit_of_its_own_is_not_rewarded(desk):
    """P1 keeps every limit, P2 has too much nitrogen all year, P3 in one month, and of P4 a month is not told."""
    eleven = months("P3")[:11] + months("P3", effluent="15,0.4,0.1,15.1")[11:]
    rows = [*months("P1"), *months("P2", effluent="15,0.4,0.1,25"), *eleven, *months("P4")[:11]]
    found = rewarded(
        desk, GIVEN.format(begins="2021-01-01"), standards=dict.fromkeys(("P1", "P2", "P3", "P4"), "一级A"), rows=rows
    )
    assert found == {
        "P1": (True, None),
        "P2": (False, "not_compliant"),
        "P3": (False, "not_compliant"),
        "P4": (None, "compliance_open"),  # better in eleven months of twelve, which would be enough
    }
    row = desk.value("T21b")
    assert (row["value"], row["used"], row["expected"]) == (1.0, 3, 4)
    reasons = desk.asked("members_of_year", year=2021).filter(code="T21b", entity_id="P4")["reason"]
    assert set(reasons) == {"compliance_open"}


def test_an_item_of_the_monthly_report_that_need_not_be_told_bars_the_reward(desk):
    """Twelve months with solids of 80 mg/L, of which grade 1A allows 10."""
    given = GIVEN.format(begins="2021-01-01")
    rows = [f"{row},80" for row in months("P1")]
    found = rewarded(desk, given, standards={"P1": "一级A"}, rows=rows, head=f"{MONTH_HEAD},悬浮物(mg/L)")
    assert found == {"P1": (False, "not_compliant")}
    year = desk.asked("plants_of_year", year=2021).row(0, named=True)
    assert (year["months_compliant"], year["months_failed"], year["reward_value"]) == (0, 12, 100.0)


def test_a_method_rewards_by_a_standard_that_it_knows(overlay):
    own = (SHIPPED / "methods/sewage_plants.yml").read_text(encoding="utf-8")
    given = "given: {source: 甲厅函〔2021〕1号, date: 2021-03-01}\n"
    by_nation = own.replace("rewarded_against: db14_1928", "rewarded_against: gb18918_1a") + given
    assert overlay("methods/sewage_plants_own.yml", by_nation).plant_assessment.rewarded_against == "gb18918_1a"
    with pytest.raises(CatalogError, match="rewarded_against is one of db14_1928, gb18918_1a, gb18918_1b"):
        overlay("methods/sewage_plants_own.yml", by_nation.replace("against: gb18918_1a", "against: gb18918"))


def test_plants_are_held_against_the_standard_of_the_province_whatever_their_own_is(desk):
    """What is 24 mg/L of oxygen demand is less than half of 60 and 50, and more than half of 40."""
    rows = [r for p in ("P1", "P2", "P3") for r in months(p, effluent="24,0.4,0.1,8")]
    found = rewarded(
        desk,
        GIVEN.format(begins="2021-01-01"),
        standards={"P1": "一级B", "P2": "一级A", "P3": "DB14/1928-2019"},
        rows=rows,
    )
    assert set(found.values()) == {(False, None)}


def test_a_later_rule_does_not_rank_the_year(desk):
    assert set(rewarded(desk, GIVEN.format(begins="2022-05-01")).values()) == {(None, "rule_not_in_force")}
    assert desk.value("T21b")["value"] is None


# The form


def test_the_form_is_asked_of_the_cold_season_alone(desk):
    desk.hand_in("sewage_plants", register(P1="一级A"))
    hand_in_days(desk, *days("P1"))
    desk.values()
    told = desk.asked("standing_of_year", year=2021).filter(source="plant_daily")
    assert told["period"].to_list() == ["2021-Q1", "2021-Q2", "2021-Q4"]
