"""Ecological flow: guarantee rates, months at a level, loads."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.compute import flow, kinds
from tests.spec.frames import population
from tests.spec.typed import rows, typed

title = "Days with the ecological flow"
ZONE = "Asia/Shanghai"
NONE = pl.LazyFrame(schema={"site_id": pl.String, "day": pl.Date, "mean": pl.Float64})


def seasons(text: str) -> pl.LazyFrame:
    """Targets by season that always held."""
    return typed(text).with_columns(since=pl.lit(None, pl.Date))


TARGETS = seasons("entity_id|first|last|target|required_pct\nfen|01-01|12-31|10|90")


def asked(first: str, last: str, *sites: str) -> pl.LazyFrame:
    head = "entity_id|period|period_start|period_end"
    return typed("\n".join([head, *(f"{site}|p|{first}|{last}" for site in sites or ("fen",))]))


def daily(means: list[float | None], *, site: str = "fen", first: date = date(2021, 1, 1)) -> pl.LazyFrame:
    days = [first + timedelta(days=i) for i in range(len(means))]
    schema = {"site_id": pl.String, "day": pl.Date, "mean": pl.Float64}
    return pl.LazyFrame({"site_id": [site] * len(days), "day": days, "mean": means}, schema=schema)


def readings(*values: float | None, day: int = 1) -> pl.LazyFrame:
    taken = [datetime(2021, 1, day, 4 * i, tzinfo=ZoneInfo(ZONE)) for i in range(len(values))]
    return pl.LazyFrame(
        {"site_id": ["fen"] * len(values), "taken_at": taken, "value": list(values)},
        schema={"site_id": pl.String, "taken_at": pl.Datetime("us", ZONE), "value": pl.Float64},
    )


def rated(means: list[float | None], targets: pl.LazyFrame = TARGETS, days: int = 10) -> dict[str, object]:
    last = (date(2021, 1, 1) + timedelta(days=days - 1)).isoformat()
    judged = flow.judged_days(daily(means), targets, asked("2021-01-01", last))
    return flow.guarantee_rates(judged).collect().to_dicts()[0]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_missing(value):
    assert rated([value] * 10)["reason"] == "no_data"
    assert flow.daily_means(readings(value), minimum_readings=1).collect().is_empty()
    of_january = asked("2021-01-01", "2021-01-31")
    found = flow.months_at_level(daily([value] * 31), of_january, target=15.0, possible=(0.0, None))
    assert rows(found, "days_measured", "is_met_on_average", "is_met_every_day") == [(0, None, None)]


# Daily means


def test_a_day_is_the_mean_of_its_readings():
    found = flow.daily_means(readings(4, 8), minimum_readings=2)
    assert rows(found, "site_id", "day", "mean", "readings") == [("fen", date(2021, 1, 1), 6.0, 2)]


def test_a_day_with_too_few_readings_has_no_mean():
    assert rows(flow.daily_means(readings(4, 8, 6), minimum_readings=4), "mean", "readings") == [(None, 3)]


def test_a_day_belongs_to_the_zone_of_its_stamp():
    # 4:00 in Shanghai is still the day before in Greenwich
    found = flow.daily_means(readings(4, 8), minimum_readings=1)
    assert rows(found, "day") == [(date(2021, 1, 1),)]


def test_readings_without_a_value_take_no_part():
    assert rows(flow.daily_means(readings(None, 8), minimum_readings=1), "mean", "readings") == [(8.0, 1)]
    assert rows(flow.daily_means(readings(None), minimum_readings=1), "mean") == []


# Guarantee rate: facts.md section 8, days with Q ≥ target / days assessed × 100 (B)


def test_nine_days_of_ten_reach_ninety_per_cent():
    found = rated([12] * 9 + [9])
    assert (found["days_met"], found["days_assessed"], found["value"], found["reaches"]) == (9, 10, 90.0, True)
    assert found["reason"] is None


def test_a_day_exactly_on_the_target_meets_it():
    assert rated([10] * 10)["value"] == 100.0
    tenths = seasons("entity_id|first|last|target|required_pct\nfen|01-01|12-31|0.1|90")
    assert rated([sum([0.1] * 6) / 6] * 10, tenths)["value"] == 100.0  # stored as 0.09999999999999999


def test_a_missing_day_is_never_met_and_leaves_bounds():
    found = rated([12] * 8 + [None, 9])
    assert (found["days_met"], found["days_assessed"], found["days_missing"]) == (8, 9, 1)
    assert (found["value"], found["low"], found["high"]) == (pytest.approx(800 / 9), 80.0, 90.0)
    assert (found["reaches"], found["reason"]) == (None, "undecided")


def test_bounds_decide_where_the_missing_days_cannot_matter():
    assert rated([12] * 5 + [9] * 2)["reaches"] is False  # at best 8 of 10
    lower = seasons("entity_id|first|last|target|required_pct\nfen|01-01|12-31|10|70")
    assert rated([12] * 7, lower)["reaches"] is True  # at worst 7 of 10


def test_days_without_any_reading_have_no_rate():
    found = rated([])
    assert (found["value"], found["low"], found["high"], found["reason"]) == (None, 0.0, 100.0, "no_data")
    assert found["reaches"] is None


def test_a_section_without_a_target_has_no_rate():
    # facts.md section 14: targets and guarantee rates of Shanxi's sections are MISSING, so there is no default
    found = rated([12] * 10, TARGETS.with_columns(entity_id=pl.lit("other")))
    assert (found["days_expected"], found["value"], found["low"], found["reason"]) == (0, None, None, "no_target")


def test_a_target_without_a_required_rate_has_a_rate_and_no_answer():
    open_rate = TARGETS.with_columns(required_pct=pl.lit(None, pl.Float64))
    found = rated([12] * 10, open_rate)
    assert (found["value"], found["reaches"], found["reason"]) == (100.0, None, "no_required_rate")


def test_a_season_may_run_over_the_end_of_the_year():
    season = seasons("entity_id|first|last|target|required_pct\nfen|12-01|03-31|10|90")
    judged = flow.judged_days(NONE, season, asked("2021-11-30", "2022-04-01"))
    assert rows(flow.guarantee_rates(judged), "days_expected") == [(121,)]  # 31 + 31 + 28 + 31


def test_days_outside_the_season_are_not_assessed():
    season = seasons("entity_id|first|last|target|required_pct\nfen|01-06|12-31|10|90")
    found = rated([1] * 5 + [12] * 5, season)
    assert (found["days_expected"], found["value"]) == (5, 100.0)


def test_a_season_to_the_end_of_february_has_its_leap_day():
    season = seasons("entity_id|first|last|target|required_pct\nfen|12-01|02-28|10|90\nfen|03-01|11-30|20|90")
    judged = flow.judged_days(NONE, season, asked("2020-02-28", "2020-03-01"))
    assert [target for (target,) in rows(judged.sort("day"), "target")] == [10.0, 10.0, 20.0]


def test_seasons_have_their_own_targets():
    season = seasons("entity_id|first|last|target|required_pct\nfen|01-01|01-05|5|90\nfen|01-06|12-31|20|90")
    assert rated([6] * 10, season)["days_met"] == 5


def test_seasons_with_their_own_required_rate_must_each_be_reached():
    season = seasons("entity_id|first|last|target|required_pct\nfen|01-01|01-05|5|100\nfen|01-06|12-31|5|60")
    found = rated([6] * 5 + [6, 6, 6, 1, 1], season)
    assert (found["value"], found["required_pct"], found["reaches"]) == (80.0, None, True)  # 5 of 5, 3 of 5
    assert rated([1] + [6] * 9, season)["reaches"] is False  # 4 of 5, though 9 of 10 in all


def test_two_targets_on_one_day_are_none():
    twice = seasons("entity_id|first|last|target|required_pct\nfen|01-01|01-05|5|90\nfen|01-05|12-31|20|90")
    found = rated([30] * 10, twice)
    assert (found["days_expected"], found["days_met"], found["days_missing"]) == (10, 9, 1)
    assert (found["reaches"], found["reason"]) == (True, "targets_contradict")  # at worst 9 of 10
    assert rated([30] * 9 + [1], twice)["reaches"] is None  # 8 or 9 of 10


def test_two_required_rates_on_one_day_are_none():
    twice = seasons("entity_id|first|last|target|required_pct\nfen|01-01|01-05|10|90\nfen|01-05|12-31|10|95")
    found = rated([12] * 10, twice)
    assert (found["value"], found["reaches"], found["reason"]) == (100.0, None, "no_required_rate")


def test_a_later_plan_closes_the_older_one_on_its_days_alone():
    old = TARGETS.with_columns(target=pl.lit(20.0))
    since = pl.lit(date(2021, 1, 1))
    new = seasons("entity_id|first|last|target|required_pct\nfen|01-01|01-05|5|90").with_columns(since=since)
    found = rated([6] * 10, pl.concat([old, new]))
    assert (found["days_met"], found["days_assessed"], found["reason"]) == (5, 10, None)  # 5 of the new, 0 of the old
    assert rated([6] * 10, pl.concat([old.with_columns(since=since), new]))["days_missing"] == 5  # both as late: none


def test_a_dry_bed_is_a_flow_of_nothing():
    assert rated([0] * 10)["value"] == 0.0


def test_nobody_asked_gives_no_row():
    assert rows(flow.guarantee_rates(flow.judged_days(NONE, TARGETS, asked("2021-01-01", "2021-01-02").limit(0)))) == []


FLOWS = st.lists(st.one_of(st.none(), st.floats(0, 20)), min_size=10, max_size=10)


@given(FLOWS, st.randoms())
def test_order_of_rows_is_irrelevant(means, random):
    shuffled = daily(means).collect().sample(fraction=1, shuffle=True, seed=random.randint(0, 99)).lazy()
    judged = flow.judged_days(shuffled, TARGETS, asked("2021-01-01", "2021-01-10"))
    assert flow.guarantee_rates(judged).collect().to_dicts()[0] == rated(means)


@given(st.permutations(range(24)))
def test_the_order_of_readings_does_not_change_a_load_in_its_last_bit(order):
    hours = [datetime(2021, 1, 1 + n // 6, n % 6, tzinfo=ZoneInfo(ZONE)) for n in range(24)]
    read = pl.DataFrame({"site_id": ["fen"] * 24, "parameter": ["cod"] * 24, "taken_at": hours})
    read = read.with_columns(value=pl.Series([0.1 + 0.7 * n % 3.3 for n in range(24)]), below_limit=pl.lit(False))
    flows = daily([0.1, 7.7, 0.3, 1.1]).collect()
    wanted = asked("2021-01-01", "2021-01-04").with_columns(parameter=pl.lit("cod"))

    def carried(rows: pl.DataFrame, days: pl.DataFrame) -> list[float]:
        told = flow.load_concentrations(rows, every="1d")
        by_day = flow.mean_flows(days, every="1d", minimum_days=1)
        return flow.loads(told, by_day, wanted, every="1d").collect()["load_t"].to_list()

    places = [n for n in order if n < 4]
    assert carried(read[list(order)], flows[places]) == carried(read, flows)


@given(FLOWS, st.floats(0, 20))
def test_more_flow_never_lowers_the_rate(means, more):
    before, after = rated(means), rated([None if m is None else m + more for m in means])
    for end in ("value", "low", "high"):
        assert before[end] is None or after[end] >= before[end]


@given(FLOWS, st.lists(st.floats(0, 20), min_size=10, max_size=10))
def test_bounds_contain_the_truth(means, filled):
    told = rated(means)
    truth = rated([f if m is None else m for m, f in zip(means, filled, strict=True)])
    assert told["low"] <= truth["value"] <= told["high"]
    assert told["reaches"] in (None, truth["reaches"])


# Over sections and years: plan goal on ecological flow, worked example flow_days_rise of the catalog


def rates(**days: tuple[int, int, int]) -> pl.DataFrame:
    """Sections with days met, short and missing."""
    table = [
        {"entity_id": name, "days_met": met, "days_assessed": met + short, "days_missing": gone}
        for name, (met, short, gone) in days.items()
    ]
    return pl.DataFrame(table).with_columns(days_expected=pl.col("days_assessed") + pl.col("days_missing"))


def test_a_river_is_the_sum_of_the_days_of_its_sections():
    members = flow.guarantee_members(rates(fen=(80, 20, 0), sanggan=(90, 10, 0)), population("fen", "sanggan"))
    assert kinds.ratio(members, by=[])["value"].item() == 85.0


def test_this_year_is_held_against_last_year():
    now, before = rates(fen=(80, 20, 0), sanggan=(90, 10, 0)), rates(fen=(70, 30, 0), sanggan=(90, 10, 0))
    found = flow.change_of_guarantee(now, before, population("fen", "sanggan"), by=[]).to_dicts()[0]
    assert (found["value"], found["used"], found["expected"]) == (5.0, 2, 2)


def test_a_section_that_lacks_a_year_is_not_compared():
    now, before = rates(fen=(80, 20, 0), sanggan=(10, 90, 0)), rates(fen=(70, 30, 0))
    found = flow.change_of_guarantee(now, before, population("fen", "sanggan"), by=[]).to_dicts()[0]
    assert (found["value"], found["used"], found["expected"]) == (10.0, 1, 2)


def test_a_section_without_a_target_is_missing_in_both_years():
    now, before = rates(fen=(80, 20, 0), sanggan=(10, 90, 0)), rates(fen=(70, 30, 0), sanggan=(0, 0, 0))
    found = flow.change_of_guarantee(now, before, population("fen", "sanggan"), by=[]).to_dicts()[0]
    assert (found["value"], found["low"], found["high"]) == (10.0, None, None)
    assert (found["used"], found["expected"]) == (1, 2)


def test_a_section_says_the_same_alone_and_as_a_member():
    alone = rated([12] * 6 + [9] * 2)
    judged = flow.judged_days(daily([12] * 6 + [9] * 2), TARGETS, asked("2021-01-01", "2021-01-10"))
    member = flow.guarantee_members(flow.guarantee_rates(judged).collect(), population("fen"))
    summed = kinds.ratio(member, by=[]).to_dicts()[0]
    assert [summed[c] for c in ("value", "low", "high")] == [alone[c] for c in ("value", "low", "high")]


# Replenishment of the Fen: plan clause 1 (A), December to March, 15 m³/s in every month; daily or monthly is not said


def winter(*months: list[float | None], most: float | None = None) -> pl.LazyFrame:
    """Months from December 2021 to March 2022, each of its daily means; what is not told is missing."""
    firsts = [date(2021, 12, 1), date(2022, 1, 1), date(2022, 2, 1), date(2022, 3, 1)]
    told = [daily(means, first=first) for means, first in zip(months, firsts, strict=False)]
    window = asked("2021-12-01", "2022-03-31")
    return flow.months_at_level(pl.concat(told), window, target=15.0, possible=(0.0, most))


FULL = ([16.0] * 31, [15.0] * 31, [17.0] * 28, [20.0] * 31)


def test_every_month_of_the_window_counts_in_both_years():
    months = winter(*FULL)
    assert rows(months, "month", "mean", "is_met_on_average") == [
        (date(2021, 12, 1), 16.0, True),
        (date(2022, 1, 1), 15.0, True),  # exactly 15
        (date(2022, 2, 1), 17.0, True),
        (date(2022, 3, 1), 20.0, True),
    ]
    window = flow.windows_held(months, judged_on="is_met_on_average")
    assert rows(window, "months_met", "lowest_mean", "days_below", "is_met") == [(4, 15.0, 0, True)]


def test_a_month_may_hold_on_average_and_not_every_day():
    months = winter([20.0] * 30 + [14.0], *FULL[1:])
    first = months.collect().to_dicts()[0]
    assert (first["days_below"], first["is_met_on_average"], first["is_met_every_day"]) == (1, True, False)
    assert rows(flow.windows_held(months, judged_on="is_met_on_average"), "is_met") == [(True,)]
    assert rows(flow.windows_held(months, judged_on="is_met_every_day"), "months_failed", "is_met") == [(1, False)]


def test_one_month_below_decides_though_another_is_missing():
    months = winter([30.0] * 31, [14.0] * 31, [], [30.0] * 31)
    window = flow.windows_held(months, judged_on="is_met_on_average")
    assert rows(window, "months_met", "months_failed", "months_open", "is_met") == [(2, 1, 1, False)]


def test_a_month_measured_in_part_is_open():
    months = winter([16.0] * 15)  # 16 days are missing: they may bring it below 15 or not
    first = months.collect().to_dicts()[0]
    assert (first["days_measured"], first["days_expected"], first["mean"]) == (15, 31, 16.0)
    assert (first["low"], first["high"]) == (pytest.approx(240 / 31), None)
    assert (first["is_met_on_average"], first["is_met_every_day"]) == (None, None)
    assert rows(flow.windows_held(months, judged_on="is_met_on_average"), "months_open", "is_met") == [(4, None)]


def test_a_month_measured_in_part_is_decided_where_the_rest_cannot_change_it():
    enough = winter([31.0] * 15).collect().to_dicts()[0]  # 465 over 31 days are 15, with nothing on the others
    assert (enough["low"], enough["is_met_on_average"], enough["is_met_every_day"]) == (15.0, True, None)
    below = winter([31.0] * 14 + [1.0]).collect().to_dicts()[0]
    assert (below["is_met_on_average"], below["is_met_every_day"]) == (None, False)
    never = winter([0.0] * 30, most=200.0).collect().to_dicts()[0]  # at best 200 / 31
    assert (never["high"], never["is_met_on_average"]) == (pytest.approx(200 / 31), False)


@pytest.mark.parametrize(
    ("at_least", "on_average", "every_day"),
    [(15.0, True, True), (14.0, True, None), (0.0, None, None), (None, None, None)],
)
def test_what_is_known_of_a_day_in_part_may_suffice(at_least, on_average, every_day):
    # January: 30 days of 15.2 and one that was at least so much; of 31 days 15 on average is a total of 465
    told = daily([15.2] * 30 + [None]).with_columns(at_least=pl.lit(at_least, pl.Float64))
    found = flow.months_at_level(told, asked("2021-01-01", "2021-01-31"), target=15.0, possible=(0.0, None))
    assert rows(found, "days_measured", "is_met_on_average", "is_met_every_day") == [(30, on_average, every_day)]


def test_an_outlet_temperature_is_held_to_its_level_the_same_way():
    # plan clause 14: at least 10 °C where a plant feeds a wetland
    months = flow.months_at_level(
        daily([10.0] * 30 + [9.0]), asked("2021-01-01", "2021-01-31"), target=10.0, possible=(0.0, None)
    )
    assert rows(months, "days_below", "is_met_every_day", "is_met_on_average") == [(1, False, False)]


# Loads: facts.md 2.8, below the limit of detection counts as nothing (A, SL219-2013 12.2.5)


def concentrations(*values: tuple[int, float | None, bool], month: int = 1) -> pl.LazyFrame:
    taken = [datetime(2021, month, day, 8, tzinfo=ZoneInfo(ZONE)) for day, *_ in values]
    columns = {
        "site_id": (["fen"] * len(values), pl.String),
        "taken_at": (taken, pl.Datetime("us", ZONE)),
        "parameter": (["ammonia_nitrogen"] * len(values), pl.String),
        "value": ([value for _, value, _ in values], pl.Float64),
        "below_limit": ([below for *_, below in values], pl.Boolean),
    }
    return pl.LazyFrame({name: pl.Series(told, dtype=kind) for name, (told, kind) in columns.items()})


def loads(told: pl.LazyFrame, flows: pl.LazyFrame, first: str, last: str, every: str) -> dict[str, object]:
    wanted = asked(first, last).with_columns(parameter=pl.lit("ammonia_nitrogen"))
    return flow.loads(flow.load_concentrations(told, every=every), flows, wanted, every=every).collect().to_dicts()[0]


def by_day(*means: float | None) -> pl.LazyFrame:
    return flow.mean_flows(daily(list(means)), every="1d", minimum_days=1)


def test_one_milligram_in_one_cubic_metre_a_second_is_86_kilograms_a_day():
    found = loads(concentrations((1, 1.0, False)), by_day(1.0), "2021-01-01", "2021-01-01", "1d")
    assert (found["load_t"], found["steps_used"], found["reason"]) == (pytest.approx(0.0864), 1, None)


def test_what_was_not_detected_carries_nothing():
    told = concentrations((1, 2.0, False), (2, 0.05, True))
    found = loads(told, by_day(1.0, 1.0), "2021-01-01", "2021-01-02", "1d")
    assert (found["load_t"], found["steps_used"]) == (pytest.approx(2 * 0.0864), 2)


def test_a_month_has_its_own_seconds():
    told = concentrations((5, 1.0, False), month=2)
    flows = flow.mean_flows(daily([2.0] * 28, first=date(2021, 2, 1)), every="1mo", minimum_days=28)
    found = loads(told, flows, "2021-02-01", "2021-02-28", "1mo")
    assert (found["load_t"], found["steps_expected"]) == (pytest.approx(2 * 28 * 0.0864), 1)


def test_a_month_with_too_few_days_has_no_flow():
    flows = flow.mean_flows(daily([2.0] * 20), every="1mo", minimum_days=21)
    assert rows(flows, "mean", "days") == [(None, 20)]


@pytest.mark.parametrize(
    ("flows", "told", "without"),
    [
        (by_day(1.0, 1.0), concentrations((1, 1.0, False)), ("without_concentration", 1)),
        (by_day(1.0), concentrations((1, 1.0, False), (2, 1.0, False)), ("without_flow", 1)),
    ],
)
def test_a_day_without_concentration_or_flow_leaves_the_load_open(flows, told, without):
    found = loads(told, flows, "2021-01-01", "2021-01-02", "1d")
    assert (found["load_t"], found["so_far_t"], found["reason"]) == (None, pytest.approx(0.0864), "incomplete")
    assert (found["steps_used"], found["steps_expected"], found[without[0]]) == (1, 2, without[1])


def test_where_nothing_flows_nothing_is_carried():
    found = loads(concentrations(), by_day(0.0), "2021-01-01", "2021-01-01", "1d")
    assert (found["load_t"], found["reason"]) == (0.0, None)


def test_nothing_measured_is_no_load():
    found = loads(concentrations(), NONE.rename({"day": "step"}), "2021-01-01", "2021-01-02", "1d")
    assert (found["load_t"], found["so_far_t"], found["reason"]) == (None, None, "no_data")


@given(st.lists(st.tuples(st.floats(0, 50), st.floats(0, 100)), min_size=1, max_size=8))
def test_a_load_is_the_sum_of_its_days(pairs):
    told = concentrations(*((day, c, False) for day, (c, _) in enumerate(pairs, start=1)))
    last = date(2021, 1, len(pairs)).isoformat()
    found = loads(told, by_day(*(q for _, q in pairs)), "2021-01-01", last, "1d")
    assert found["load_t"] == pytest.approx(sum(c * q for c, q in pairs) * 0.0864)


def test_a_month_is_the_same_to_the_last_bit_in_whatever_order_its_days_come():
    means = [10 + day / 7 for day in range(31)]
    told = daily(means).collect()
    found = {
        flow.months_at_level(
            told.sample(fraction=1, shuffle=True, seed=seed).lazy(),
            asked("2021-01-01", "2021-01-31"),
            target=15.0,
            possible=(0.0, None),
        )
        .collect()
        .write_json()
        for seed in range(12)
    }
    assert len(found) == 1
