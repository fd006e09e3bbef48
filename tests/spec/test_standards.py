"""The limits, places, codes and limits of detection in the catalog are those of the transcribed documents."""

import csv
import re
from collections import Counter
from itertools import pairwise
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import units
from analytics.catalog import load_catalog
from tests.conftest import shared

title = "Every limit is the one of its document"
CATALOG = load_catalog()
STANDARDS = CATALOG.standards


def transcribed(*parts: str) -> list[dict[str, str]]:
    """The rows of a transcription: GB 3838 and GB/T 14848 typed from scans, the rest as facts.md tells."""
    with shared(*parts).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def limits(standard: str) -> dict[str, object]:
    return {limit.item: limit for limit in STANDARDS[standard].limits}


def number(text: str) -> object:
    """A limit as it is written: 0.5, 6~9, 无, 不得检出; None where a class has no end (>0.5)."""
    if text.startswith(">"):
        return None
    if text in ("无", "不得检出"):
        return {"无": 0.0, "不得检出": "not_detected"}[text]
    found = [float(n) for n in re.findall(r"\d+\.?\d*", text)]
    if len(found) == 1:
        return found[0]
    return [min(found), max(found)]


@pytest.mark.parametrize(
    ("standard", "items"),
    [("gb3838_2002", 24), ("gb3838_2002_supplementary", 5), ("gb3838_2002_specific", 80), ("gbt14848_2017", 39)],
)
def test_how_many_items_a_table_has(standard, items):
    found = STANDARDS[standard]
    assert len({one.parameter for one in (*found.limits, *found.changes)}) == items


def test_surface_water():
    rows = {row["no"]: row for row in transcribed("domain", "gb3838_table1.csv")}
    found = limits("gb3838_2002")
    assert set(found) == set(rows) - {"1"}  # water temperature has no limit of concentration
    # facts.md section 1: 人为造成的周平均水温变化, a rise of 1 degC and a fall of 2 at most
    change = STANDARDS["gb3838_2002"].changes[0]
    assert (change.item, change.parameter, change.rise, change.fall) == ("1", "water_temperature", 1.0, 2.0)
    assert (change.mean.zh, change.unit) == ("周平均", "℃")
    directions = {"max": "at_most", "min": "at_least", "range": "within"}
    bodies = {"all": ["river", "lake"], "river": ["river"], "lake": ["lake"]}
    for no, limit in found.items():
        row = rows[no]
        assert list(limit.classes) == [number(row[c]) for c in ("I", "II", "III", "IV", "V")], no
        assert (limit.direction, limit.cases) == (directions[row["dir"]], bodies[row["body"]])
        assert units.factor(limit.unit, row["unit"]) == 1
        name = re.sub(r"\((河流|湖、库|湖、库,以N计)\)", "", row["name"])
        assert CATALOG.parameter(name) == limit.parameter


def test_which_items_count():
    rows = transcribed("domain", "gb3838_table1.csv")
    by_item = {item: limit.parameter for item, limit in limits("gb3838_2002").items()}
    standard = STANDARDS["gb3838_2002"]
    assert set(standard.base_items) == {by_item[r["no"]] for r in rows if r["in_5"] == "1" and r["no"] in by_item}
    counted = {by_item[r["no"]] for r in rows if r["in_21"] == "1" and r["no"] in by_item}
    assert set(by_item.values()) - set(standard.not_assessed) == counted
    assert len(counted) == 21


@pytest.mark.parametrize(
    ("file", "standard"),
    [("gb3838_table2.csv", "gb3838_2002_supplementary"), ("gb3838_table3.csv", "gb3838_2002_specific")],
)
def test_items_of_sources_of_drinking_water(file, standard):
    rows = transcribed("domain", file)
    found = limits(standard)
    assert list(found) == [row["no"] for row in rows]
    for row in rows:
        limit = found[row["no"]]
        assert (limit.classes, limit.unit) == ([float(row["limit_max"])], row["unit"]), row["name"]
        assert (limit.direction, CATALOG.parameter(row["name"])) == ("at_most", limit.parameter)


def test_groundwater():
    rows = transcribed("domain", "gbt14848_table1.csv")
    found = limits("gbt14848_2017")
    assert list(found) == [row["no"] for row in rows]
    for row in rows:
        limit = found[row["no"]]
        expected = [number(row[c]) for c in ("I", "II", "III", "IV_max")]
        assert limit.classes == [e for e in expected if e is not None], row["name"]
        assert CATALOG.parameter(row["name"]) == limit.parameter
        assert (limit.direction == "within") == (row["dir"] == "range")
        if row["unit"] not in ("", "度"):  # 度 of colour is the platinum-cobalt degree
            assert units.factor(limit.unit, row["unit"]) == pytest.approx(1)


# facts.md section 7: mg/L, and coliforms a litre; ammonia nitrogen above 12 °C, and at 12 °C or less
DISCHARGE = {
    "chemical_oxygen_demand": [50, 60, 100],
    "bod5": [10, 20, 30],
    "suspended_solids": [10, 20, 30],
    "total_nitrogen": [15, 20, None],
    "total_phosphorus": [0.5, 1, 3],
    "petroleum": [1, 3, 5],
    "anionic_surfactant": [0.5, 1, 2],
    "faecal_coliforms": [1000, 10000, 10000],
    "ph": [[6, 9]] * 3,
}


@pytest.mark.parametrize(("case", "ammonia"), [("above_12_degrees", [5, 8, 25]), ("at_most_12_degrees", [8, 15, 30])])
def test_discharge_of_sewage_plants(case, ammonia):
    found = {m.parameter: m.classes for m in STANDARDS["gb18918_2002"].limits if case in m.cases}
    assert found == DISCHARGE | {"ammonia_nitrogen": ammonia}


@pytest.mark.parametrize("case", ["above_12_degrees", "at_most_12_degrees"])
def test_discharge_in_shanxi_is_class_five_of_surface_water(case):
    # facts.md section 7: 40, 2.0 and 0.4 mg/L, equal to class Ⅴ of GB 3838 for rivers
    found = {m.parameter: m.classes for m in STANDARDS["db14_1928_2019"].limits if case in m.cases}
    assert found == {"chemical_oxygen_demand": [40], "ammonia_nitrogen": [2.0], "total_phosphorus": [0.4]}
    surface = STANDARDS["gb3838_2002"]
    assert all(surface.limits_of(p, "river").classes[-1] == limit for p, (limit,) in found.items())


@pytest.mark.parametrize(
    ("standard", "expected"),
    [
        # facts.md section 6
        (
            "black_odorous_2015",
            {
                "transparency": [25, 10],
                "dissolved_oxygen": [2.0, 0.2],
                "redox_potential": [50, -200],
                "ammonia_nitrogen": [8.0, 15],
            },
        ),
        (
            "rural_black_odorous_2019",
            {"transparency": [25], "dissolved_oxygen": [2], "ammonia_nitrogen": [15]},
        ),
    ],
)
def test_black_odorous_water(standard, expected):
    assert {m.parameter: m.classes for m in STANDARDS[standard].limits} == expected


@pytest.mark.parametrize("standard", STANDARDS)
def test_each_limit_names_its_clause(standard):
    mine = STANDARDS[standard]
    assert mine.document
    assert mine.table
    clauses = [(limit.item, case) for limit in mine.limits for case in limit.cases]
    if mine.table == "—":  # its clauses were not seen, and that is said
        assert {item for item, _ in clauses} == {"—"}
        assert "未见" in mine.reason.zh
    else:
        assert len(set(clauses)) == len(clauses)
        assert all(item.strip("—") for item, _ in clauses)


@pytest.mark.parametrize("standard", STANDARDS)
def test_limits_only_widen_from_class_to_class(standard):
    for limit in STANDARDS[standard].limits:
        spans = [limit.span(i) for i in range(len(limit.classes))]
        assert all(low2 <= low1 and high1 <= high2 for (low1, high1), (low2, high2) in pairwise(spans)), limit
        assert all(low < high or (low, high) == (-inf, -inf) for low, high in spans)


def test_places_after_the_point():
    # published implementation of 环办监测函〔2020〕82号; an empty cell has no places
    for row in transcribed("data", "known_answers", "decimal_places_2020.csv"):
        found = CATALOG.parameters[CATALOG.parameter(row["parameter"])].decimals
        expected = [int(row[c]) if row[c] else None for c in ("assessment_decimals", "hourly_decimals")]
        assert [found.assessment, found.hourly] == expected, row["parameter"]


def test_codes_of_parameters():
    by_item = {item: limit.parameter for item, limit in limits("gb3838_2002").items()} | {"1": "water_temperature"}
    for row in transcribed("domain", "gb3838_table1.csv"):
        assert CATALOG.parameters[by_item[row["no"]]].hj_code == row["hj_code"], row["name"]


def test_limits_of_detection():
    # Oxygen has none; that of nitrate is of the ion and not of its nitrogen
    rows = transcribed("domain", "detection_limits.csv")
    told = {
        (CATALOG.parameter(r["name"]), r["method"].replace("(污水)", ""), float(r["dl"]), units.unit_named(r["unit"]))
        for r in rows
        if r["dl"] and "硝酸盐" not in r["name"]
    }
    found = CATALOG.detection_limits["common_methods"].limits
    assert {(d.parameter, d.method, d.limit, units.unit_named(d.unit)) for d in found} == told
    assert len(found) == len(told) == len(rows) - 2
    assert [d.method for d in found if d.water == "sewage"] == [
        r["method"].replace("(污水)", "") for r in rows if "(污水)" in r["method"]
    ]


def test_a_limit_of_detection_is_one_of_its_item():
    for known in CATALOG.detection_limits.values():
        assert all(units.same_kind(d.unit, CATALOG.parameters[d.parameter].unit) for d in known.limits)


def test_a_name_means_one_parameter():
    named = Counter(name for key, p in CATALOG.parameters.items() for name in {key, p.label.zh, p.label.en, *p.aliases})
    assert [name for name, times in named.items() if times > 1] == []
    # Headings are read without regard to case.
    folded = Counter(
        name
        for key, p in CATALOG.parameters.items()
        for name in {n.casefold() for n in (key, p.label.zh, p.label.en, *p.aliases)}
    )
    assert [name for name, times in folded.items() if times > 1] == []


PAIRS = [(one, other) for one in units.known_units() for other in units.known_units() if units.same_kind(one, other)]


@given(st.sampled_from(PAIRS), st.floats(1e-6, 1e6))
def test_a_value_there_and_back_is_itself(pair, value):
    there, back = pair
    assert value * units.factor(there, back) * units.factor(back, there) == pytest.approx(value)
