"""Compensation across boundaries from delivered months: who pays, what is open, what bounds the sums."""

import pytest

from analytics import notebook
from tests.deliveries import SECTION_HEAD

FIGURES = ["G2"]

HEAD = SECTION_HEAD + ",化学需氧量(mg/L)"
REGISTER = "断面编码,断面名称,市,县（市、区）,流域,河流,水体类型,水质目标,评价项目"
REGISTER += ",生态补偿责任市,生态补偿责任县（市、区）,有无入境河流"
SCHEME = "compensation_shanxi_2013"


def register(pays: str = "太原市,清徐县,无") -> str:
    """Section S1 with target class Ⅲ: 20 mg/L of oxygen demand, 1.0 of ammonia; S2 of nobody."""
    rows = [f"S1,甲断面,太原市,清徐县,黄河流域,汾河,河流,Ⅲ,5项,{pays}"]
    rows += ["S2,乙断面,太原市,阳曲县,黄河流域,汾河,河流,Ⅲ,5项,,,"]
    return "\n".join([REGISTER, *rows]) + "\n"


def year_of(year: int = 2021, **oxygen_demand: str) -> str:
    """Twelve clean months of S1; `m3="24"` has another oxygen demand, `m3=""` leaves the month out."""
    told = {month: oxygen_demand.get(f"m{month}", "15") for month in range(1, 13)}
    rows = [f"S1,甲断面,{year}年{m}月,正常,7.8,8.0,3.0,0.4,0.08,{cod}" for m, cod in told.items() if cod]
    return "\n".join([HEAD, *rows]) + "\n"


@pytest.fixture
def totals(desk):
    """Hands in a register and months; returns the sums by area."""

    def hand_in(*files, entries=None):
        desk.hand_in("sections", entries or register())
        for file in files:
            desk.hand_in("section_monthly", file, period="2020" if "2020年" in file else "2021")
        desk.values()
        rows = desk.asked("compensation_of_year", year=2021)
        return {row["scope_id"]: row for row in rows.to_dicts() if row["scheme"] == SCHEME}

    return hand_in


def deducted(row):
    return tuple(row[f"deductions{end}"] for end in ("", "_low", "_high"))


def test_a_month_over_its_target_costs_its_band_in_county_city_and_province(totals):
    found = totals(year_of(m3="24"))  # a fifth too much
    assert {scope: deducted(row) for scope, row in found.items()} == dict.fromkeys(
        ("140121", "140100", "140000"), (50.0, 50.0, 50.0)
    )


def test_months_are_told_by_county_and_city_and_sum_to_the_year(totals, desk):
    found = totals(year_of(m3="24", m5="24", m7=""))
    months = desk.asked("compensation_months_of_year", year=2021).filter(scheme=SCHEME)
    for scope in ("140121", "140100", "140000"):
        mine = months.filter(scope_id=scope)
        assert mine["deductions"].to_list() == [0.0, 0.0, 50.0, 0.0, 50.0, 0.0, None, *[0.0] * 5]
        sums = [mine[c].sum() for c in ("deductions_low", "deductions_high", "open")]
        assert sums == [found[scope][c] for c in ("deductions_low", "deductions_high")] + [1]
    shown = notebook.open_year(2021, root=desk.workspace.root).area("清徐县").compensation_months()
    assert shown["scope_id"].unique().to_list() == ["140121"]


def test_a_clean_year_costs_nothing_and_earns_by_its_own_section(totals, desk):
    found = totals(year_of(2020), year_of())
    assert deducted(found["140100"]) == (0.0, 0.0, 0.0)
    entries = desk.asked("compensation_entries_of_year", year=2021)
    earned = (
        entries.filter(kind="reward").group_by("ground").agg(amount=entries.filter(kind="reward")["amount"].first())
    )
    assert set(earned["ground"]) == {"kept_months", "kept_year", "turned_to_target", "crossed_grades"}
    kept = {g: sum(a for a in entries.filter(ground=g)["amount"] if a) for g in ("kept_months", "kept_year")}
    assert kept == {"kept_months": 40.0, "kept_year": 100.0}


def test_a_missing_month_bounds_the_sum(totals):
    found = totals(year_of(m3="24", m7=""))
    assert deducted(found["140100"]) == (None, 50.0, 350.0)


def test_a_reading_set_aside_bounds_the_sum(totals):
    assert deducted(totals(year_of(m7="约15"))["140100"]) == (None, 0.0, 300.0)


def test_a_band_of_unknown_amount_bounds_the_sum(totals):
    assert deducted(totals(year_of(m3="30.1", m4="31"))["140100"]) == (None, 100.0, 600.0)


def test_a_month_without_water_is_left_out(totals):
    dry = year_of().replace("2021年7月,正常,7.8,8.0,3.0,0.4,0.08,15", "2021年7月,断流,--,--,--,--,--,--")
    row = totals(dry)["140100"]
    assert (deducted(row), row["dry"]) == ((0.0, 0.0, 0.0), 1)


def test_a_city_may_answer_without_a_county(totals):
    assert set(totals(year_of(), entries=register("太原市,,无"))) == {"140100", "140000"}


def test_nobody_answers_nobody_pays(totals):
    assert totals(year_of(m3="24"), entries=register(",,")) == {}


def register_of(*rows: str) -> str:
    """The rows beside three of which nobody pays."""
    others = [f"N{n},某断面{n},太原市,阳曲县,黄河流域,汾河,河流,Ⅲ,5项,,," for n in (1, 2, 3)]
    return "\n".join([REGISTER, *rows, *others]) + "\n"


OPEN_YEAR = (None, 0.0, 3600.0)
GOOD = "S1,甲断面,太原市,清徐县,黄河流域,汾河,河流,Ⅲ,5项,太原市,清徐县,无"
FAULTY = "S3,丙断面,太原市,清徐县,黄河流域,汾河,河流,超Ⅲ,5项"  # a target that nobody can read


def test_an_entry_set_aside_leaves_who_pays_open(totals):
    of_nobody = GOOD.replace("太原市,清徐县,无", ",,")
    found = totals(year_of(), entries=register_of(of_nobody, f"{FAULTY},太原市,清徐县,无"))
    assert {scope: deducted(row) for scope, row in found.items()} == dict.fromkeys(
        ("140121", "140100", "140000"), OPEN_YEAR
    )
    assert all((row["rewards"], row["rewards_high"]) == (None, None) for row in found.values())


def test_an_entry_that_does_not_say_who_pays_may_be_of_anybody(totals):
    found = totals(year_of(), entries=register_of(GOOD, f"{FAULTY},太远市,,无"))
    assert deducted(found["140000"]) == OPEN_YEAR
    assert deducted(found["140100"]) == OPEN_YEAR and deducted(found["140121"]) == OPEN_YEAR
    assert deducted(found["140200"]) == OPEN_YEAR  # a city that no entry names
    assert len([scope for scope in found if scope.endswith("00") and scope != "140000"]) == 11


def test_an_entry_that_names_a_city_but_no_county_may_be_of_its_counties(totals):
    other = "S2,乙断面,太原市,阳曲县,黄河流域,汾河,河流,Ⅲ,5项,大同市,云州区,无"
    found = totals(year_of(), entries=register_of(GOOD, other, f"{FAULTY},太原市,清徐,"))
    assert deducted(found["140121"]) == OPEN_YEAR
    assert deducted(found["140215"])[0] is None and found["140215"]["deductions_high"] == 3600.0  # its own months


PAYER = "S1,甲断面,太原市,清徐县,黄河流域,汾河,河流,Ⅲ,5项"


def test_a_county_of_another_city_leaves_open_which_of_them_pays(totals):
    found = totals(year_of(m3="24"), entries=register_of(f"{PAYER},太原市,平城区,无"))
    assert deducted(found["140100"]) == deducted(found["140200"]) == OPEN_YEAR


def test_a_county_that_nobody_knows_is_one_of_its_city(totals):
    found = totals(year_of(m3="24"), entries=register_of(f"{PAYER},太原市,清徐现,无"))
    assert {scope: deducted(row) for scope, row in found.items()} == dict.fromkeys(("140100", "140000"), OPEN_YEAR)


def test_a_city_that_nobody_knows_may_be_any(totals):
    found = totals(year_of(m3="24"), entries=register_of(f"{PAYER},太远市,,无"))
    assert deducted(found["140100"]) == deducted(found["140200"]) == OPEN_YEAR


def test_two_entries_of_a_section_that_disagree_are_not_believed(totals):
    found = totals(year_of(), entries=register_of(GOOD, GOOD.replace("太原市,清徐县,无", "大同市,云州区,无")))
    assert deducted(found["140100"]) == deducted(found["140200"]) == OPEN_YEAR


def test_a_row_with_neither_code_nor_name_is_somebodys(totals):
    found = totals(year_of(), entries=register_of(GOOD, ",,太原市,清徐县,黄河流域,汾河,河流,Ⅲ,5项,太原市,清徐县,无"))
    assert deducted(found["140100"]) == OPEN_YEAR


def test_grades_are_crossed_by_the_items_of_the_scheme(totals, desk):
    """Class Ⅱ by oxygen demand and ammonia, Ⅲ as a whole: one grade beyond its target Ⅲ, of unknown amount."""
    before = year_of(2020, m3="24")
    now = year_of().replace("2021年3月,正常,7.8,8.0,3.0", "2021年3月,正常,7.8,8.0,5.0")
    totals(before, now)
    march = desk.asked("compensation_entries_of_year", year=2021).filter(ground="crossed_grades").sort("month")[2]
    assert march.select("amount", "low", "reason").rows() == [(None, 0.0, "no_amount")]


def test_the_scheme_of_a_city_is_about_its_own_sections(totals, desk):
    totals(year_of(), entries=register("晋城市,沁水县,无"))
    rows = desk.asked("compensation_of_year", year=2021)
    scopes = {scheme: set(mine["scope_id"]) for (scheme,), mine in rows.group_by("scheme")}
    assert scopes == {
        SCHEME: {"140521", "140500", "140000"},
        "compensation_jincheng_2020": {"140521", "140500"},
    }


@pytest.mark.parametrize(
    ("cod", "sums"), [("36L", (None, 0.0, 300.0)), ("80L", (None, 0.0, 300.0)), ("4L", (0.0,) * 3)]
)
def test_a_limit_of_detection_above_the_target_leaves_the_month_open(totals, cod, sums):
    found = totals(year_of(2020), year_of(m3=cod))["140100"]
    assert deducted(found) == sums
    assert (found["rewards"] is None) == (sums[0] is None)
