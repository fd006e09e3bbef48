"""Flows from delivered files: days with the ecological flow, what leaves them open, the winter's replenishment."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from analytics import notebook
from analytics.errors import CheckFailed

FIGURES = ["G5", "T01d"]

LATER = date(2022, 1, 20)
RIVERS = "河流,流域,是否为方案点名河流\n汾河,黄河流域,是\n"
SITE_HEAD = "断面编码,断面名称,类型,河流,市,县（市、区）"
TARGET_HEAD = "断面编码,断面名称,河流,起始月,起始日,截止月,截止日,生态流量目标（m³/s）,要求的保证率（%）,批复文件"
FLOW_HEAD = "断面编码,断面名称,日期,流量(m³/s)"
SITES = f"{SITE_HEAD}\nF1,甲断面,控制断面,汾河,太原市,清徐县\n"
TARGETS = f"{TARGET_HEAD}\nF1,甲断面,汾河,1,,12,,10,90,某方案\n"


def flows(site: str, name: str, year: int, below: int = 0, missing: int = 0, flow: float = 12.0) -> str:
    """A row of every day: the first ones below the target, the last ones without a flow."""
    rows = []
    days = (date(year + 1, 1, 1) - date(year, 1, 1)).days
    for n in range(days):
        told = "缺测" if n >= days - missing else 9.0 if n < below else flow
        rows.append(f"{site},{name},{date(year, 1, 1) + timedelta(days=n)},{told}")
    return "\n".join(rows) + "\n"


def hand_in_flows(desk, *rows: str, year: int = 2021, **said):
    text = f"{FLOW_HEAD}\n" + "".join(rows)
    return desk.hand_in("river_flow", text, period=str(year), received=said.pop("received", LATER), **said)


@pytest.fixture
def river(desk):
    """The Fen with one section, of which 266 of 366 days were met last year."""
    desk.hand_in("key_rivers", RIVERS)
    desk.hand_in("flow_sites", SITES)
    desk.hand_in("flow_targets", TARGETS)
    hand_in_flows(desk, flows("F1", "甲断面", 2020, below=100), year=2020)
    return desk


def standing(desk, code: str = "G5", scope: str = "140000") -> tuple[object, ...]:
    row = desk.value(code, scope)
    shown = [round(row[k], 2) if row[k] is not None else None for k in ("value", "low", "high")]
    return (*shown, row["used"], row["expected"], row["verdict"])


def why(desk, code: str = "G5", part: str = "2021") -> dict[str, str]:
    """The reasons of the members that have one."""
    members = desk.asked("members_of_year", year=2021).filter(code=code, part=part).drop_nulls("reason")
    return dict(members.select("entity_id", "reason").iter_rows())


# G5


def test_days_are_counted_from_the_readings(river):
    hand_in_flows(river, flows("F1", "甲断面", 2021, below=73))
    assert standing(river) == (7.32, 7.32, 7.32, 1, 1, "met")  # 80 % after 266 of 366
    assert standing(river, scope="汾河")[:1] == (7.32,)
    rate = river.asked("flow_guarantee_of_year", year=2021).filter(period=2021).row(0, named=True)
    told = [rate[k] for k in ("days_met", "days_assessed", "days_missing", "value", "required_pct", "reaches")]
    assert told == [292, 365, 0, 80.0, 90.0, False]


def test_days_without_a_flow_widen_the_bounds_and_meet_nothing(river):
    hand_in_flows(river, flows("F1", "甲断面", 2021, below=73, missing=65))
    # 227 of 300 assessed; of 365 at least 227, at most 292
    assert standing(river) == (2.99, -10.49, 7.32, 1, 1, "undecided")


def test_a_day_that_was_never_sent_is_open_like_one_without_a_flow(river):
    rows = flows("F1", "甲断面", 2021, below=73).splitlines(keepends=True)
    hand_in_flows(river, *rows[:-65])
    assert standing(river) == (2.99, -10.49, 7.32, 1, 1, "undecided")


def test_a_flow_set_aside_is_open(river):
    rows = flows("F1", "甲断面", 2021, below=73).splitlines(keepends=True)
    rows[-1] = rows[-1].replace("12.0", "六方")
    hand_in_flows(river, *rows)
    assert standing(river)[:3] == (7.27, 7.05, 7.32)


def test_a_season_has_its_own_target_and_may_run_over_the_end_of_the_year(desk):
    seasons = "F1,甲断面,汾河,10,,5,,12,90,某方案\nF1,甲断面,汾河,6,,9,,20,90,某方案\n"
    desk.hand_in("flow_sites", SITES)
    desk.hand_in("flow_targets", f"{TARGET_HEAD}\n{seasons}")
    hand_in_flows(desk, flows("F1", "甲断面", 2021))
    desk.values()
    rates = desk.asked("flow_guarantee_of_year", year=2021).filter(period=2021)
    assert rates.select("days_met", "days_expected").row(0) == (243, 365)  # all but June to September


def test_two_seasons_that_overlap_with_other_targets_leave_their_days_open(river):
    river.hand_in("flow_targets", f"{TARGET_HEAD}\nF1,甲断面,汾河,6,,6,,20,90,某方案\n", received=date(2022, 1, 12))
    hand_in_flows(river, flows("F1", "甲断面", 2021))
    river.values()
    rate = river.asked("flow_guarantee_of_year", year=2021).filter(period=2021).row(0, named=True)
    assert (rate["days_met"], rate["days_missing"], rate["reason"]) == (335, 30, "targets_contradict")


def test_days_within_a_month_bound_a_season(river):
    desk, entry = river, "F1,甲断面,汾河,1,11,12,20,10,90,某方案\n"
    desk.hand_in("flow_targets", f"{TARGET_HEAD}\n{entry}", received=date(2022, 1, 12))
    hand_in_flows(desk, flows("F1", "甲断面", 2021))
    desk.values()
    rate = desk.asked("flow_guarantee_of_year", year=2021).filter(period=2021).row(0, named=True)
    assert rate["days_expected"] == 344


def test_a_target_set_aside_leaves_the_section_open(river):
    wrong = "F1,甲断面,汾河,1,,12,,一方,90,某方案\nF2,乙断面,汾河,1,,12,,10,90,某方案\n"
    river.hand_in("flow_targets", f"{TARGET_HEAD}\n{wrong}", received=date(2022, 1, 12))
    hand_in_flows(river, flows("F1", "甲断面", 2021))
    value, low, high, used, expected, verdict = standing(river)
    assert (value, low, high, used, expected, verdict) == (None, -100.0, 100.0, 0, 1, "no_data")


def test_before_the_targets_arrive_nothing_is_known(desk):
    desk.hand_in("key_rivers", RIVERS)
    desk.hand_in("flow_sites", SITES)
    hand_in_flows(desk, flows("F1", "甲断面", 2021))
    assert standing(desk) == (None, -100.0, 100.0, 0, 1, "no_data")
    assert why(desk) == {"F1": "no_target"}


def test_a_target_of_nothing_is_none(two_rivers):
    entries = f"{TARGETS}{SECOND}\n".replace("12,,10,90", "12,,0,90", 1)
    two_rivers.hand_in("flow_targets", entries, received=date(2022, 1, 12))
    assert (standing(two_rivers)[-1], why(two_rivers)) == ("undecided", {"F1": "target_set_aside: 1"})


def test_a_section_without_a_target_is_a_gap_and_not_left_out(river):
    river.hand_in("flow_sites", SITES + "F2,乙断面,控制断面,桑干河,大同市,阳高县\n", received=date(2022, 1, 12))
    hand_in_flows(river, flows("F1", "甲断面", 2021, below=73), flows("F2", "乙断面", 2021))
    # of the other section 0 to 365 of 365 days this year, 0 to 366 of 366 in the year before: 292 to 657 of 730 days
    # after 266 to 632 of 732
    assert standing(river) == (7.32, -46.34, 53.66, 1, 2, "undecided")
    assert why(river) == {"F2": "no_target"}


@pytest.fixture
def two_rivers(river):
    """A second river, whose section always had its flow."""
    river.hand_in("flow_sites", SITES + "F2,乙断面,控制断面,桑干河,大同市,阳高县\n", received=date(2022, 1, 12))
    hand_in_flows(river, flows("F1", "甲断面", 2020, below=100), flows("F2", "乙断面", 2020), year=2020)
    hand_in_flows(river, flows("F1", "甲断面", 2021, below=73), flows("F2", "乙断面", 2021))
    return river


SECOND = "F2,乙断面,桑干河,1,,12,,10,90,某方案"


@pytest.mark.parametrize(
    ("entry", "open_ones"),
    [
        (",乙断面,桑干河,6,,9,,20,90,某方案", {"F2"}),
        (",,桑干河,6,,9,,20,90,某方案", {"F2"}),
        (",丙断面,沁河,6,,9,,20,90,某方案", {"F1", "F2"}),
        (",,,6,,9,,20,90,某方案", {"F1", "F2"}),
        ("F2,乙断面,桑干河,六月,,9,,20,90,某方案", {"F2"}),
    ],
    ids=["by its name", "by its river", "unknown name", "nothing", "no month"],
)
def test_a_target_of_nobody_leaves_open_whom_it_may_be_of(two_rivers, entry, open_ones):
    desk = two_rivers
    desk.hand_in("flow_targets", f"{TARGETS}{SECOND}\n{entry}\n", received=date(2022, 1, 12))
    assert standing(desk)[-1] != "met"
    assert set(why(desk)) == open_ones
    assert set(why(desk).values()) <= {"target_without_section: 1", "target_set_aside: 1"}
    flood = "F2,乙断面,桑干河,6,,9,,11,90,某方案,2020"
    mended = f"{TARGET_HEAD},起始年\nF1,甲断面,汾河,1,,12,,10,90,某方案,\n{SECOND},\n{flood}\n"
    desk.hand_in("flow_targets", mended, received=date(2022, 1, 13))
    assert (standing(desk)[-1], why(desk)) == ("met", {})


def test_a_target_of_a_code_that_no_section_has_leaves_the_section_of_its_name_open(two_rivers):
    entry = "F9,乙断面,桑干河,6,,9,,20,90,某方案"
    two_rivers.hand_in("flow_targets", f"{TARGETS}{SECOND}\n{entry}\n", received=date(2022, 1, 12))
    assert (standing(two_rivers)[-1], why(two_rivers)) == ("undecided", {"F2": "target_without_section: 1"})


def test_a_target_of_nobody_leaves_only_its_own_season_open(two_rivers):
    entry = "F9,丁断面,桑干河,6,,6,,20,90,某方案"
    two_rivers.hand_in("flow_targets", f"{TARGETS}{SECOND}\n{entry}\n", received=date(2022, 1, 12))
    two_rivers.values()
    of_year = two_rivers.asked("flow_guarantee_of_year", year=2021).filter(entity_id="F2", period=2021)
    told = of_year.select("days_met", "days_assessed", "days_missing", "reason").row(0)
    assert told == (335, 335, 30, "target_without_section")  # the thirty days of June


def test_a_register_of_targets_that_was_refused_leaves_every_section_open(two_rivers):
    desk = two_rivers
    desk.hand_in("flow_targets", f"{TARGETS}{SECOND}\n", received=date(2022, 1, 12))
    wrong = f"{TARGET_HEAD}\n" + "".join(f"F{n},{n}断面,汾河,1,,12,,二十,90,某方案\n" for n in (1, 2))
    with pytest.raises(CheckFailed):
        desk.hand_in("flow_targets", wrong, received=date(2022, 1, 13))
    assert (standing(desk)[-1], set(why(desk).values())) == ("no_data", {"targets_refused: 1"})


def test_a_target_of_nobody_in_a_file_of_its_own_leaves_its_section_open(two_rivers):
    desk = two_rivers
    desk.hand_in("flow_targets", f"{TARGETS}{SECOND}\n", received=date(2022, 1, 12))
    assert standing(desk)[-1] == "met"
    wrong = f"{TARGET_HEAD}\nF1,甲断面,汾河,1,,12,,10,90,某方案\n,乙断面,桑干河,6,,9,,20,90,某方案\n"
    desk.hand_in("flow_targets", wrong, received=date(2022, 1, 13))
    assert (standing(desk)[-1], why(desk)) == ("undecided", {"F2": "target_without_section: 1"})


def test_a_section_of_a_register_without_its_code_and_name_is_a_gap(river):
    river.hand_in("flow_sites", f"{SITES},,控制断面,汾河,太原市,清徐县\n", received=date(2022, 1, 12))
    hand_in_flows(river, flows("F1", "甲断面", 2021, below=73))
    assert standing(river)[-3:] == (1, 2, "undecided")
    assert list(why(river).values()) == ["entry_set_aside"]


@pytest.mark.parametrize("sections", [SITES, f"{SITES}F2,乙断面,控制断面,桑干河,大同市,阳高县,2021\n"])
def test_a_river_that_is_new_to_the_list_and_cannot_be_compared_is_a_gap(river, sections):
    rivers = "河流,流域,是否为方案点名河流,起始年\n汾河,黄河流域,是,2020\n桑干河,海河流域,是,2021\n"
    river.hand_in("key_rivers", rivers, received=date(2022, 1, 12))
    river.hand_in("flow_sites", sections.replace(SITE_HEAD, f"{SITE_HEAD},起始年"), received=date(2022, 1, 12))
    river.hand_in("flow_targets", f"{TARGETS}{SECOND}\n", received=date(2022, 1, 12))
    hand_in_flows(river, flows("F1", "甲断面", 2021, below=73), flows("F2", "乙断面", 2021))
    assert standing(river) == (7.32, None, None, 1, 2, "undecided")
    assert why(river) == {"桑干河": "no_section"}


def test_a_new_plan_with_other_seasons_stands_in_place_of_the_old_one(river):
    head = f"{TARGET_HEAD},起始年"
    old = "F1,甲断面,汾河,1,,12,,10,90,旧方案,2018\n"
    new = "F1,甲断面,汾河,11,,4,,12,90,新方案,2021\nF1,甲断面,汾河,5,,10,,11,90,新方案,2021\n"
    river.hand_in("flow_targets", f"{head}\n{old}{new}", received=date(2022, 1, 12))
    hand_in_flows(river, flows("F1", "甲断面", 2021, below=73))
    assert standing(river) == (7.32, 7.32, 7.32, 1, 1, "met")
    before = river.asked("flow_guarantee_of_year", year=2021).filter(period=2020).row(0, named=True)
    assert (before["days_met"], before["reason"]) == (266, None)  # by the old one


def test_days_that_are_missing_are_the_reason_of_an_open_section(river):
    hand_in_flows(river, flows("F1", "甲断面", 2021, below=73, missing=65))
    river.values()
    assert why(river) == {"F1": "days_missing: 65"}


def test_a_key_river_without_a_section_leaves_the_figure_open(river):
    river.hand_in("key_rivers", RIVERS + "桑干河,海河流域,是\n", received=date(2022, 1, 12))
    hand_in_flows(river, flows("F1", "甲断面", 2021, below=73))
    assert standing(river) == (7.32, None, None, 1, 2, "undecided")


def test_a_section_of_one_year_alone_is_not_compared(river):
    river.hand_in(
        "flow_sites",
        f"{SITE_HEAD},起始年\nF1,甲断面,控制断面,汾河,太原市,清徐县,\nF2,乙断面,控制断面,汾河,太原市,清徐县,2021\n",
        received=date(2022, 1, 12),
    )
    river.hand_in("flow_targets", TARGETS + "F2,乙断面,汾河,1,,12,,10,90,某方案\n", received=date(2022, 1, 12))
    hand_in_flows(river, flows("F1", "甲断面", 2021, below=73), flows("F2", "乙断面", 2021))
    assert standing(river)[:3] == (7.32, 7.32, 7.32)


def test_a_number_leads_back_to_its_readings(river):
    hand_in_flows(river, flows("F1", "甲断面", 2021, below=73))
    river.values()
    rows = notebook.open_year(2021, root=river.workspace.root).explain("G5").rows
    assert rows.height == 365
    assert rows.select("item", "entity_id", "value").row(0) == ("flow", "F1", "9.0")


# T01d


@pytest.fixture
def fen(desk):
    """Two release points of the Fen, and a section that is none."""
    points = "P1,甲口,补水口,汾河,太原市,清徐县\nP2,乙口,补水口,汾河,太原市,清徐县\nP3,丙口,补水口,沁河,晋城市,沁水县\n"
    desk.hand_in("flow_sites", SITES + points)
    return desk


def december(site: str, name: str, flow: float, days: int = 31) -> str:
    return "".join(f"{site},{name},2021-12-{day:02d},{flow}\n" for day in range(1, days + 1))


def test_what_all_points_release_is_added_up_and_december_stands_so_far(fen):
    other = december("P3", "丙口", 100) + december("F1", "甲断面", 100)
    hand_in_flows(fen, december("P1", "甲口", 9), december("P2", "乙口", 8), other)
    assert standing(fen, "T01d") == (17.0, None, 17.0, 1, 4, "not_yet_due")


def test_a_day_on_which_one_point_is_missing_is_open(fen):
    hand_in_flows(fen, december("P1", "甲口", 9), december("P2", "乙口", 8, days=30))
    assert standing(fen, "T01d")[3:5] == (0, 4)
    member = fen.asked("members_of_year", year=2021).filter(code="T01d", part="2021-12").row(0, named=True)
    at_least = (30 * 17 + 9) / 31  # what the other point gave on the last day
    assert (member["status"], member["numerator_low"]) == ("incomplete", pytest.approx(at_least))
    assert decided(fen) == [30, 0, True, True, None]


def test_a_day_of_which_the_points_that_told_suffice_is_met_surely(fen):
    hand_in_flows(fen, december("P1", "甲口", 16), december("P2", "乙口", 8, days=1))
    fen.values()
    assert decided(fen) == [1, 0, True, True, True]


def decided(desk) -> list[object]:
    """What the table of the first month says of its days, and how it stands."""
    month = desk.asked("replenishment_of_year", year=2021).row(0, named=True)
    columns = ("days_measured", "days_below", "is_promised", "is_met_on_average", "is_met_every_day")
    return [month[column] for column in columns]


def test_a_window_is_decided_by_the_first_month_that_fails(fen):
    hand_in_flows(fen, december("P1", "甲口", 9), december("P2", "乙口", 5))
    points = (("P1", "甲口"), ("P2", "乙口"))
    january = [f"{point},{name},2022-01-{day:02d},9\n" for point, name in points for day in range(1, 32)]
    hand_in_flows(fen, *january, year=2022, received=date(2022, 2, 3))
    fen.values()
    windows = fen.asked("replenishment_windows_of_year", year=2021)
    told = windows.select("judged_on", "months_met", "months_failed", "months_open", "lowest_mean", "is_met").rows()
    assert told == [("is_met_every_day", 1, 1, 2, 14.0, False), ("is_met_on_average", 1, 1, 2, 14.0, False)]


def test_a_section_is_held_against_its_own_year_before(river):
    hand_in_flows(river, flows("F1", "甲断面", 2021, below=73, missing=65))
    river.values()
    rates = river.asked("flow_guarantee_of_year", year=2021)
    told = rates.select("period", pl.col("change", "change_low", "change_high").round(2)).rows()
    assert told == [(2020, None, None, None), (2021, 2.99, -10.49, 7.32)]


def test_the_winter_before_stands_beside_as_before_the_plan(fen):
    rows = [f"P1,甲口,2021-{m:02d}-{d:02d},9\nP2,乙口,2021-{m:02d}-{d:02d},3\n" for m in (1, 3) for d in range(1, 32)]
    hand_in_flows(fen, *rows)
    hand_in_flows(fen, december("P1", "甲口", 9), december("P2", "乙口", 8), received=date(2022, 1, 21))
    assert standing(fen, "T01d")[0] == 17.0
    months = fen.asked("replenishment_of_year", year=2021)
    told = months.select("month", "mean", "is_promised", "is_met_on_average").rows()
    assert told == [
        (date(2021, 1, 1), 12.0, False, False),
        (date(2021, 3, 1), 12.0, False, False),
        (date(2021, 12, 1), 17.0, True, True),
    ]


def test_readers_see_both_tables(fen):
    fen.hand_in("flow_targets", TARGETS)
    hand_in_flows(fen, flows("F1", "甲断面", 2021, below=73, missing=5), december("P1", "甲口", 9))
    fen.values()
    shown = notebook.open_year(2021, root=fen.workspace.root)
    (row,) = shown.ecological_flow_table().rows
    assert row[:10] == ["汾河", "甲断面", "太原市", "287 / 360", "5", "79.7 %", "78.6–80.0", "90 %", "—", "—"]
    assert row[10] == {"text": "未达到", "tone": "not_met"}
    month, window = shown.replenishment_table().rows
    assert window[:3] == ["全时段", "本计划时段", "0个月达到、0个月未达到、1个月待定、3个月未到期"]
    assert window[-2:] == [{"text": "未到期", "tone": "not_yet_due"}] * 2  # as the figure itself says
    assert shown.value("T01d").verdict == "not_yet_due"
    assert month[:4] == ["2021-12", "本计划时段", "0 / 31", "—"]  # the other point told nothing
    assert shown.area("大同市").ecological_flow().is_empty()
