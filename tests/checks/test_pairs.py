"""No check without a pair: rows that keep it, and rows that break it and no other; whoever adds one adds its pair."""

from datetime import date, datetime
from typing import Any, get_args

import polars as pl
import pytest

from analytics.paths import shipped
from analytics.quality.checks import checks_for
from analytics.quality.models import Check, CheckKind
from tests.checks.conftest import GOOD, broke, members, outcome
from tests.checks.pairs import Pair
from tests.checks.subjects import SUBJECTS, of_subjects
from tests.checks.test_rules import BROKEN_BY, TOGETHER


def section(number: int, year: int = 2021, **cells: Any) -> dict[str, Any]:
    """Section S1 in a month, clean, with a value of its own for oxygen."""
    start = date(year, number, 1)
    times = {"month": start, "taken_at": datetime(year, number, 1), "period_start": start}
    return {**times, "dissolved_oxygen": 7.0 + number / 10, "total_phosphorus": 0.1, **cells}


def source(quarter: int, year: int = 2021, **cells: Any) -> dict[str, Any]:
    """Source W1 in a quarter."""
    start = date(year, 3 * quarter - 2, 1)
    items = {"chloride": 20.0, "sulfate": 50.0, "total_hardness": 300.0}
    return {"taken_at": datetime(year, 3 * quarter - 1, 1), "period_start": start, **items, **cells}


def of_year(year: int, **cells: Any) -> dict[str, Any]:
    """What is told of one year of one county, town or plant."""
    same = {"area_id": "140121", "entity_id": "T1", "plant_name": "甲厂"}
    return {**same, "period_start": date(year, 1, 1), "period_end": date(year, 12, 31), **cells}


def county(year: int, **cells: Any) -> dict[str, Any]:
    """A county in a year, without what only towns and plants have."""
    return {k: v for k, v in of_year(year, **cells).items() if k not in ("entity_id", "plant_name")}


def town(year: int, **cells: Any) -> dict[str, Any]:
    """A town in a year."""
    return {k: v for k, v in of_year(year, **cells).items() if k != "plant_name"}


def plant(year: int, **cells: Any) -> dict[str, Any]:
    """A plant in a year, finished well before it."""
    made = {k: v for k, v in of_year(year).items() if k != "entity_id"}
    return {**made, "started_date": date(2018, 3, 1), "completed_date": date(2019, 9, 30), "trial_date": None, **cells}


def hours(count: int, **cells: Any) -> list[dict[str, Any]]:
    """So many rows, alike but for their time."""
    return [dict(cells) for _ in range(count)]


def each(name: str, values: list[Any], **cells: Any) -> list[dict[str, Any]]:
    """A row for every value."""
    return [{**cells, name: value} for value in values]


SENSORS = {"water_temperature": 20.0, "dissolved_oxygen": 8.0, "conductivity": 600.0, "turbidity": 5.0}
UNABLE = {"can_treat_sewage": "unable", "capability_by": "none"}
OXYGEN = [7 + n / 100 for n in range(20)]
DETECTED = {"ammonia_nitrogen_below_limit": False}
DECLARED: dict[str, dict[str, Pair]] = {
    "section_monthly": {
        "months_not_copied": Pair([section(1), section(2)], [section(1), section(2, dissolved_oxygen=7.1)], {1, 2}),
        "ammonia_near_last_year": Pair(
            [section(1, ammonia_nitrogen=2.0)],
            [section(1, ammonia_nitrogen=2.1, total_nitrogen=3.0)],
            {1},
            [section(1, 2020, ammonia_nitrogen=0.1)],
        ),
        "phosphorus_near_last_year": Pair(
            [section(1, total_phosphorus=0.4)],
            [section(1, total_phosphorus=0.41)],
            {1},
            [section(1, 2020, total_phosphorus=0.02)],
        ),
        "ph_median": Pair(hours(20, ph=9.0), hours(20, ph=9.1)),
        "oxygen_median": Pair(each("dissolved_oxygen", OXYGEN), each("dissolved_oxygen", [n - 4 for n in OXYGEN])),
        "ammonia_mostly_detected": Pair(
            each("ammonia_nitrogen_below_limit", [True] * 12 + [False] * 8),
            each("ammonia_nitrogen_below_limit", [True] * 13 + [False] * 7),
        ),
        "oxygen_of_many_values": Pair(
            each("dissolved_oxygen", [8.0] * 6 + OXYGEN[:14]), each("dissolved_oxygen", [8.0] * 7 + OXYGEN[:13])
        ),
        "months_complete": Pair([section(1), section(2)], [section(1), section(3)]),
    },
    "station_readings": {
        "readings_not_frozen": Pair(
            [*hours(2, **SENSORS), {**SENSORS, "turbidity": 5.1}], hours(3, **SENSORS), {1, 2, 3}
        ),
        "ph_median": Pair(hours(20, ph=9.0), hours(20, ph=9.1)),
    },
    "source_quarterly": {
        "occasions_not_copied": Pair([source(1), source(2, sulfate=51.0)], [source(1), source(2)], {1, 2}),
        "hardness_near_last_year": Pair(
            [source(1)], [source(1, total_hardness=301.0)], {1}, [source(1, 2020, total_hardness=100.0)]
        ),
        "ph_median": Pair(hours(20, ph=9.0), hours(20, ph=9.1)),
        "quarters_complete": Pair([source(1), source(2, ph=7.6)], [source(1), source(3, ph=7.6)]),
    },
    "manure": {
        "produced_near_last_year": Pair(
            [county(2021, manure_produced_t=20_000.0, manure_used_t=9_000.0)],
            [county(2021, manure_produced_t=20_001.0, manure_used_t=9_000.0)],
            {1},
            [county(2020, manure_produced_t=10_000.0, manure_used_t=8_000.0)],
        ),
        "used_near_last_year": Pair(
            [county(2021, manure_produced_t=20_000.0, manure_used_t=16_000.0)],
            [county(2021, manure_produced_t=20_000.0, manure_used_t=16_001.0)],
            {1},
            [county(2020, manure_produced_t=10_000.0, manure_used_t=8_000.0)],
        ),
        "produced_median": Pair(
            hours(20, manure_produced_t=10_000.0, manure_used_t=8_000.0),
            hours(20, manure_produced_t=9_999.0, manure_used_t=8_000.0),
        ),
        "counties_complete": Pair([county(2021)], [county(2021, area_id="140122")]),
    },
    "town_sewage": {
        "capability_not_lost": Pair([town(2021)], [town(2021, **UNABLE)], {1}, [town(2020)]),
        "towns_complete": Pair([town(2021)], [town(2021, entity_id="T2")]),
    },
    "zone_plants": {
        "stage_not_back": Pair(
            [plant(2021, stage="trial")], [plant(2021, stage="completed")], {1}, [plant(2020, stage="trial")]
        ),
        "capacity_as_last_year": Pair(
            [plant(2021, capacity_m3_d=7500.0)], [plant(2021, capacity_m3_d=7501.0)], {1}, [plant(2020)]
        ),
    },
} | {source: pairs for subject in SUBJECTS for source, pairs in subject.DECLARED.items()}
REGISTERED = of_subjects("REGISTERED")
KNOWN = members(
    ("sections", "S1", "甲断面", "140121", None, None),
    ("stations", "140000/甲站", "甲站", "140000", None, None),
    ("drinking_sources", "W1", "甲水源", "140121", None, None),
    ("counties", "140121", "清徐县", "140121", None, None),
    ("cities", "140100", "太原市", "140100", None, None),
    ("towns", "T1", "甲镇", "140121", None, None),
    ("towns", "T2", "甲镇", "140121", date(2022, 1, 1), None),
    *((register, "T1", name, "140121", None, None) for register, name in REGISTERED.items()),
    *((register, "T2", name, "140121", date(2022, 1, 1), None) for register, name in REGISTERED.items()),
)
NAMES = {
    "sections": ("S", "甲断面"),
    "towns": ("T", "甲镇"),
    "drinking_sources": ("W", "甲水源"),
    **{register: ("T", name) for register, name in REGISTERED.items()},
}
OTHER_NAME = "邻"
DUTY = "T01c"  # of the shipped plan: of others nobody knows who answers
MANY = pl.concat(
    [
        KNOWN.filter(pl.col("register").is_in(list(NAMES)).not_()),
        members(*((r, f"{c}{n}", name, "140121", None, None) for r, (c, name) in NAMES.items() for n in range(1, 100))),
        members(
            ("sections", "same", "甲断面", "140121", None, None),
            ("towns", "same", "甲镇", "140121", None, None),
            ("stations", "same", "甲站", "140000", None, None),
            ("drinking_sources", "same", "甲水源", "140121", None, None),
            *(("drinking_sources", water, "甲水源", "140121", None, None) for water in ("river", "groundwater")),
            *((register, "same", name, "140121", None, None) for register, name in REGISTERED.items()),
            *((register, DUTY, REGISTERED[register], None, None, None) for register in ("duties", "figures")),
            *((register, "other", OTHER_NAME, None, None, None) for register in (*NAMES, "stations")),
        ),
    ]
)
CASES = [(source_id, rule) for source_id, pairs in DECLARED.items() for rule in pairs]
# Of these rows something else is wrong as well, and must be: a place that is missing, or a member of another year.
BESIDE = {
    ("town_sewage", "towns_complete"): {"entity_registered", "share_set_aside"},
    ("source_quarterly", "occasions_not_copied"): {"quarters_complete"},
} | {
    (source, rule): {"entity_registered", "share_set_aside"}
    for subject in SUBJECTS
    for source, pairs in subject.DECLARED.items()
    for rule, pair in pairs.items()
    if rule.endswith("_complete") and "entity_id" in pair.fails[0]
}


@pytest.mark.parametrize(("source_id", "rule"), CASES)
def test_the_pair_of_a_declared_check(gate, source_id, rule):
    pair = DECLARED[source_id][rule]
    passes = gate(source_id, *pair.passes, before=pair.before, known=KNOWN)
    assert outcome(passes, rule) == ("passed", 0)
    assert set(passes.checks.filter(outcome="failed")["check"]) <= incomplete(source_id)
    fails = gate(source_id, *pair.fails, before=pair.before, known=KNOWN)
    assert outcome(fails, rule)[0] == "failed"
    failed = set(fails.checks.filter(outcome="failed")["check"])
    assert failed - incomplete(source_id) - BESIDE.get((source_id, rule), set()) == {rule} - incomplete(source_id)
    if pair.breaks:
        assert {number for number, rules in broke(fails).items() if rule in rules} == pair.breaks


def incomplete(source_id):
    """The calendars of a source: rows made for another check are of few members."""
    return {c for c in DECLARED.get(source_id, {}) if c.endswith("_complete")}


def written(source_id, catalog):
    """The checks that the expectations file of a source adds."""
    checks = checks_for(catalog.source(source_id), catalog, shipped("expectations", f"{source_id}.yml"))
    return {c.id for c in checks if c.rule or c.declared}


def test_no_rule_of_any_source_is_without_its_pair(catalog):
    for source_id in catalog.sources:
        pairs = {**BROKEN_BY.get(source_id, {}), **TOGETHER.get(source_id, {}), **DECLARED.get(source_id, {})}
        assert written(source_id, catalog) == set(pairs), source_id


# Sources of drinking water of the kind of which an item must be told.
OF_WATER = {
    "dissolved_oxygen": "river",
    "total_phosphorus": "river",
    "fluoride": "river",
    "total_hardness": "groundwater",
    "nitrate_nitrogen": "groundwater",
}


def fault(check: Check) -> list[dict[str, Any]]:
    """Rows of which the last breaks a check that follows from the catalog, by what the check says of itself."""
    column = check.columns[0]
    same = {"entity_id": "same", "area_id": "same", "taken_at": datetime(2021, 7, 1, 3), "valid_since": 2019}
    same["river"] = "甲河"
    mine = {
        name: same.get(name, "同名")
        for name in check.columns
        if name in same or name.endswith(("_name", "permit_code"))
    }
    words = {"allowed": "no such code", "registered": "no such member", "named": "别名", "placed": "149999"}
    words |= {"not_another": OTHER_NAME}
    if check.kind in words:
        return [{column: words[check.kind]}]
    match check.kind:
        case "present":
            return [{column: None}]
        case "told":
            return [{column: None, **({"entity_id": OF_WATER[column]} if check.register_name else {})}]
        case "readable":
            return [{column: None, f"{column}_problem": "unreadable"}]
        case "between":
            return [{column: check.minimum - 1 if check.minimum is not None else check.maximum + 1}]
        case "no_other_unit":
            return [{column: f"数据单位：{check.codes[0]}"}]
        case "answers":
            return [{"entity_id": DUTY, column: "省商务厅"}]
        case "no_copy":
            return [mine, mine]
        case "unique":
            return [mine, {**mine, **_other(check)}]
    raise AssertionError(f"{check.id}: no fault is known for checks of the kind {check.kind}")


def _other(check: Check) -> dict[str, Any]:
    """Something else in a column in which rows contradict one another; a row without it says something else, too."""
    content = [c.removesuffix("_folded") for c in check.content]
    name = next(c for c in content if c in OTHER and c not in check.columns)
    return {name: OTHER[name]}


OTHER = {
    "manure_produced_t": 101.0,
    "ph": 7.25,
    "water_temperature": 7.25,
    "recognised_class": "Ⅳ",
    "can_treat_sewage": "unable",
    "stage": "accepted",
    "river": "潇河",
    "section_name": "乙断面",
    "source_name": "乙水源",
    "town_name": "乙镇",
} | {column: value for subject in SUBJECTS for column, value in subject.OTHER.items()}


@pytest.mark.parametrize("source_id", list(GOOD))
def test_every_check_of_the_catalog_is_broken_by_a_row_made_for_it(gate, source_id, catalog):
    checks = checks_for(catalog.source(source_id), catalog, shipped("expectations", f"{source_id}.yml"))
    by_row = [c for c in checks if c.scope != "file" and not c.rule and not c.declared]
    rows, last = [], {}
    for check in by_row:
        rows += fault(check)
        last[len(rows)] = check.id
    found = broke(gate(source_id, *rows, known=MANY))
    rules = {c.id for c in checks if c.rule}  # a value taken away, or out of its range, may break these as well
    assert {check: found.get(number, set()) - rules for number, check in last.items()} == {
        check: {check} for check in last.values()
    }


def test_every_kind_of_check_is_among_those_that_have_a_pair(catalog):
    kinds = set()
    for source_id in catalog.sources:
        checks = checks_for(catalog.source(source_id), catalog, shipped("expectations", f"{source_id}.yml"))
        kinds |= {c.kind for c in checks}
    assert kinds == set(get_args(CheckKind))
