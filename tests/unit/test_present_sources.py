"""Tables and sentences of drinking-water sources: what a reader sees of those that fail or are open."""

import json
from datetime import date

import polars as pl
import pytest

from analytics import duck
from analytics.present import sources
from analytics.warehouse.queries import ask, statement

YEAR = {
    "entity_id": "W1", "name": "甲水源", "area_id": "140121", "is_set_aside": False, "year_rule": "all_occasions",
    "complies": True, "by_occasion": True, "by_mean": True, "occasions": 4, "quarters_sampled": [1, 2, 3, 4],
    "quarters_out_of_use": [], "quarters_missing": [], "failed_means": [], "in_doubt": False,
    "attributes": json.dumps({"source_water": "groundwater"}),
}  # fmt: skip
ITEM = {
    "entity_id": "W1", "taken_on": date(2021, 5, 15), "parameter": "fluoride", "value": 1.4, "below_limit": False,
    "assessed": 1.4, "low": None, "high": 1.0, "standard": "gbt14848_2017", "status": "fails", "multiple": 0.4,
    "is_background": False, "is_reference": False,
}  # fmt: skip
_LISTS = {
    "quarters_sampled": pl.List(pl.Int32),
    "quarters_out_of_use": pl.List(pl.Int32),
    "quarters_missing": pl.List(pl.Int32),
}
NO_OCCASIONS = pl.DataFrame(schema={"entity_id": pl.String, "taken_on": pl.Date, "missing": pl.List(pl.String)})
FAILING = {"complies": False, "by_occasion": False}
OPEN = {"complies": None, "by_occasion": None, "by_mean": None}


def years(*changes):
    return pl.DataFrame([YEAR | c for c in changes], schema_overrides=_LISTS)


def items(*changes):
    return pl.DataFrame([ITEM | c for c in changes], schema=pl.DataFrame([ITEM]).schema | {"low": pl.Float64})


def texts(table):
    return [[c["text"] if isinstance(c, dict) else c for c in row] for row in table.rows]


def shown(catalog, told, found, *, occasions=NO_OCCASIONS, lang="zh"):
    return texts(sources.not_complying(told, found, occasions, catalog, lang, title="表"))


def test_a_failing_source_is_named_with_item_value_limit_multiple_and_day(catalog):
    rows = shown(catalog, years(FAILING), items({}, {"taken_on": None, "assessed": 1.0004, "multiple": 0.0004}))
    assert rows[0] == [
        "甲水源（地下水）",
        "太原市",
        "超标",
        "达标",
        "氟化物 mg/L",
        "1.4",
        "≤ 1",
        "0.40",
        "2021-05-15",
        "",
    ]
    # a mean just beyond its limit never looks like one on it
    assert rows[1][4:9] == ["氟化物 mg/L", "1.0004", "≤ 1", "0.00", "年均值"]


@pytest.mark.parametrize(
    ("change", "found", "remark"),
    [
        (OPEN | {"quarters_missing": [3, 4]}, [], "三季度、四季度无监测"),
        (OPEN | {"in_doubt": True}, [], "有一次监测暂不采用，未更正"),
        (OPEN | {"occasions": None}, [], "未报送"),
        (OPEN | {"occasions": None, "is_set_aside": True}, [], "名录条目暂不采用，无法评价"),
        (OPEN, [{"status": "undetected", "below_limit": True, "multiple": None}], "检出限高于限值，无法评价"),
        (OPEN, [{"status": "set_aside", "value": None, "multiple": None}], "监测值暂不采用，未更正"),
        ({}, [{"is_background": True}, {"is_background": True, "multiple": 0.2}], "本底值项目，不计（2次，列最高）"),
    ],
)
def test_an_open_source_says_why(catalog, change, found, remark):
    rows = shown(catalog, years(change), items(*found) if found else items({}).clear())
    assert [r[9] for r in rows] == [remark]


def test_an_occasion_that_lacks_required_items_names_them(catalog):
    lacking = pl.DataFrame([("W1", date(2021, 8, 3), ["fluoride"])], schema=NO_OCCASIONS.schema, orient="row")
    rows = shown(catalog, years(OPEN), items({}).clear(), occasions=lacking, lang="en")
    assert rows[0][9] == "2021-08-03 lacks Fluoride"


def test_complying_and_idle_sources_and_reference_items_are_not_listed(catalog):
    idle = OPEN | {"entity_id": "W2", "occasions": 0, "quarters_out_of_use": [1, 2, 3, 4]}
    rows = shown(catalog, years({}, idle), items({"is_reference": True}))
    assert rows[0][0] == "全部达标，没有存疑的水源"


def test_the_sentence_counts_what_stands_apart(catalog):
    plan = catalog.plans["shanxi-2021"]
    idle = OPEN | {"entity_id": "W2", "occasions": 0, "quarters_out_of_use": [1, 2, 3, 4]}
    told = years({}, FAILING | {"entity_id": "W3"}, OPEN | {"entity_id": "W4"}, idle)
    found = items({"is_background": True}, {"entity_id": "W3", "is_reference": True})
    said = str(sources.quality(told, found, plan, catalog, what="水源", lang="zh"))
    assert said == (
        "水源4个，按“全年各次监测均达标”：达标1个，超标1个，待定1个，全年停用1个。"
        "1个水源有本底值项目超过限值，另列，不计超标。1个水源的参考项目（总氮、粪大肠菌群）超过限值，不参加评价。"
    )


def test_coverage_by_quarter_takes_what_is_missing_as_not_monitored(catalog):
    cells = [("W1", q, "used", 1.0) for q in (1, 2, 3, 4)]
    cells += [
        ("W2", 1, "used", 0.0),
        ("W2", 2, "not_delivered", None),
        ("W2", 3, "excluded", None),
        ("W2", 4, "used", 1.0),
    ]
    members = pl.DataFrame(
        [
            {"entity_id": e, "area_id": "140121", "part": f"2021-Q{q}", "status": s, "numerator": n}
            for e, q, s, n in cells
        ]
    )
    rows = texts(sources.coverage(members, catalog, "zh"))
    assert rows == [["太原市", "2", "1 / 2", "1 / 2", "1 / 1", "2 / 2", "1", "1", "1", "71.4 %"]]


def test_what_was_not_measured_is_not_told_as_beyond_its_limit():
    """An occasion fails by one item; those that it lacks beside are named apart."""
    connection = duck.in_memory()
    connection.execute(statement("tables/source_occasion"))
    lists = "['odour_and_taste'], [], ['ph'], ['fluoride', 'total_hardness']"
    connection.execute(f"INSERT INTO source_occasion SELECT 'W1', '2021-03-05', 1, false, 1, {lists}, 'f', 's', 1")
    asked = {"item": "i", "entities": ["W1"], "first": date(2021, 1, 1), "last": date(2021, 12, 31)}
    told = ask(connection, "occasions_behind", **asked)["value"].item()
    assert told == "2021-03-05 fails odour_and_taste; set aside: ph; not measured: fluoride, total_hardness"
