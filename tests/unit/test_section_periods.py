"""Sections by month, quarter and year from deliveries: classes, own targets, the year before, recognised classes."""

from datetime import date

import polars as pl
import pytest

from analytics import notebook
from analytics.errors import CheckFailed
from analytics.warehouse.queries import open_warehouse, whole_table
from tests.deliveries import SECTION_HEAD, SECTIONS, months

FIGURES = ["G2"]


@pytest.fixture
def told(desk):
    """Hands in rows of section_monthly for a year, and gives a table of the warehouse as it stands after a build."""
    desk.hand_in("sections", SECTIONS)

    def hand_in(rows: str, year: int = 2021):
        desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{rows}", period=str(year))

    def table(name: str) -> pl.DataFrame:
        desk.values()
        with open_warehouse(desk.workspace) as connection:
            return whole_table(connection, name)

    hand_in.table = table
    return hand_in


def of(periods: pl.DataFrame, section: str, kind: str, start: date) -> dict[str, object]:
    mine = (pl.col("entity_id") == section) & (pl.col("period_kind") == kind) & (pl.col("period_start") == start)
    return periods.filter(mine).row(0, named=True)


def test_a_quarter_is_the_mean_of_its_months(told):
    # ammonia 0.4, 0.4, 2.5: the quarter's 1.1 is of class Ⅳ, the year's (11 × 0.4 + 2.5) / 12 = 0.58 of class Ⅲ
    told(months("S1", m3="2.5"))
    periods = told.table("section_period")
    first = of(periods, "S1", "quarter", date(2021, 1, 1))
    assert (first["water_class"], first["worst_items"], first["worst_values"]) == ("Ⅳ", ["ammonia_nitrogen"], [1.1])
    assert (first["period_end"], first["months"]) == (date(2021, 3, 31), 3)
    assert of(periods, "S1", "month", date(2021, 3, 1))["water_class"] == "劣Ⅴ"
    assert of(periods, "S1", "year", date(2021, 1, 1))["water_class"] == "Ⅲ"


def test_one_month_of_a_quarter_is_no_quarter(told):
    # facts.md 2.1: the mean of at least two samplings
    told(months("S1", last=1))
    periods = told.table("section_period")
    assert of(periods, "S1", "month", date(2021, 1, 1))["water_class"] == "Ⅱ"
    assert of(periods, "S1", "quarter", date(2021, 1, 1))["water_class"] is None


def test_a_quarter_without_one_of_its_months_is_bounded(told):
    # two samplings give a quarter; what the month held back would have made of it, nobody knows
    told(months("S1", last=2) + months("S1", first=4))
    periods = told.table("section_period")
    first = of(periods, "S1", "quarter", date(2021, 1, 1))
    assert (first["water_class"], first["class_best"], first["class_worst"]) == ("Ⅱ", "Ⅰ", "劣Ⅴ")
    assert (first["meets_target"], of(periods, "S1", "quarter", date(2021, 4, 1))["meets_target"]) == (None, True)
    assert of(periods, "S1", "year", date(2021, 1, 1))["meets_target"] is None
    quarters = told.table("water_rating").filter(scope_kind="province", period_kind="quarter").sort("period_start")
    assert (quarters["rating_best"][0], quarters["rating_worst"][0]) != (quarters["rating_best"][1],) * 2


def test_months_that_missed_the_own_target_are_counted(told):
    # target Ⅲ: 1.0 is met, 1.01 missed; a month without ammonia may have been either
    told(months("S1", m1="1.0", m2="1.01", m3="9", m4="--"))
    years = told.table("section_year").filter(pl.col("entity_id") == "S1")
    assert years["months_failing"].item() == 2
    periods = told.table("section_period")
    met = [of(periods, "S1", "month", date(2021, m, 1))["meets_target"] for m in (1, 2, 3, 4)]
    assert met == [True, False, False, None]


def test_a_dry_quarter_of_a_wet_year(told):
    dry = "".join(f"S1,甲断面,{m},断流,--,--,--,--,--\n" for m in (1, 2, 3))
    told(dry + months("S1", first=4))
    periods = told.table("section_period")
    assert of(periods, "S1", "quarter", date(2021, 1, 1))["left_out"] == "dry"
    assert of(periods, "S1", "month", date(2021, 2, 1))["left_out"] == "dry"
    year = of(periods, "S1", "year", date(2021, 1, 1))
    assert (year["left_out"], year["water_class"], year["months"]) == (None, "Ⅱ", 9)


def test_the_year_before_is_that_of_this_years_sections(told):
    told(months("S1", ammonia="0.9"), 2020)
    told(months("S1"))
    periods = told.table("section_period")
    assert of(periods, "S1", "year", date(2020, 1, 1))["water_class"] == "Ⅲ"
    assert of(periods, "S1", "year", date(2021, 1, 1))["water_class"] == "Ⅱ"


def test_a_new_section_may_be_told_of_in_the_year_before_and_not_earlier(desk):
    heading, *entries = SECTIONS.split()
    desk.hand_in("sections", "\n".join([f"{heading},起始年", *(f"{entry},2021" for entry in entries)]))
    found = desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{months('S1')}", period="2020")
    assert found.result.set_aside_rows == 0
    with pytest.raises(CheckFailed, match="entity_registered"):
        desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{months('S1')}", period="2019")


def test_every_item_with_limits_stands_beside_those_that_decide(desk):
    desk.hand_in("sections", SECTIONS)
    rows = "".join(f"S1,甲断面,{m},正常,7.8,8.0,3.0,0.4,0.08,1.2,5.0\n" for m in range(1, 13))
    desk.hand_in("section_monthly", f"{SECTION_HEAD},氟化物(mg/L),总氮(mg/L)\n{rows}")
    desk.values()
    with open_warehouse(desk.workspace) as connection:
        items = whole_table(connection, "section_item").filter(entity_id="S1", period_kind="year")
    found = {r["parameter"]: (r["item_class"], r["decides"]) for r in items.to_dicts()}
    assert found["fluoride"] == ("Ⅳ", False)  # not on the section's list: shown, and no part of its class
    assert found["ammonia_nitrogen"] == ("Ⅱ", True)
    assert "total_nitrogen" not in found  # takes no part in any class


def test_a_recognised_class_stands_beside_ours(told, desk):
    told(months("S1"))
    recognised = "断面编码,断面名称,认定类别,剔除情形\nS1,甲断面,3类,\nS2,乙断面,,自然背景\nS3,丙断面,Ⅳ类,\n"
    assert desk.hand_in("section_recognised", recognised).result.set_aside_rows == 0
    beside = desk.values().filter((pl.col("code") == "G2") & (pl.col("stratum") == "recognised"))
    assert beside.filter(pl.col("scope_id") == "140000")["value"].item() == 50.0  # S1 of S1 and S3; S2 is left out
    assert notebook.open_year(2021, root=desk.workspace.root).sections()["recognised_class"].to_list() == [
        "Ⅲ",
        None,
        "Ⅳ",
    ]
