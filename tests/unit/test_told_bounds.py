"""A range that rests on what nobody told is not said; what it decides is decided all the same."""

import polars as pl
import pytest

from analytics import notebook

HEAD = (
    "市,县（市、区）,已建成农村污水设施数（个）,正常运行农村污水设施数（个）,"
    "应发证登记的污染源数（个）,已发证登记的污染源数（个）\n"
)


def of_counties(catalog, *, but, running, permitted):
    """Every county built ten works and has a hundred sources of pollution; of `but` nothing is told."""
    counties = [c for c in catalog.children("140000", "county") if c.name.zh != but]
    rows = [f"{catalog.areas[c.parent].name.zh},{c.name.zh},10,{running},100,{permitted}" for c in counties]
    return HEAD + "\n".join(rows) + "\n"


def row_of(desk, code, scope="140000"):
    return desk.values().filter(code=code, scope_id=scope).filter(pl.col("stratum").is_null()).to_dicts()[0]


@pytest.fixture
def one_lacks(desk, catalog):
    desk.hand_in("county_environment", of_counties(catalog, but="神池县", running=9, permitted=99))
    return desk


def test_a_county_of_which_nothing_is_known_bounds_nothing(one_lacks):
    found = row_of(one_lacks, "T11b")
    assert [found[k] for k in ("value", "low", "high", "used", "expected")] == [90.0, None, None, 116, 117]


def test_what_holds_whatever_is_missing_is_decided_all_the_same(one_lacks):
    assert row_of(one_lacks, "T20a")["verdict"] == "not_met"  # 116 sources lack a permit, wherever the others are
    assert row_of(one_lacks, "T11b")["verdict"] == "undecided"


def test_a_city_that_told_all_keeps_its_bounds(one_lacks):
    found = row_of(one_lacks, "T11b", "140100")
    assert [found[k] for k in ("value", "low", "high")] == [90.0, 90.0, 90.0]


def test_the_most_of_an_amount_that_was_not_told_is_unknown_and_its_least_is_not(desk, catalog):
    counties = [c for c in catalog.children("140000", "county") if c.name.zh != "神池县"]
    rows = [f"{catalog.areas[c.parent].name.zh},{c.name.zh},0.6" for c in counties]
    desk.hand_in("efficient_irrigation", "市,县（市、区）,新增高效节水灌溉面积（万亩）\n" + "\n".join(rows) + "\n")
    found = row_of(desk, "T02b")
    assert found["low"] == pytest.approx(69.6) and found["high"] is None
    assert found["verdict"] == "met"  # sixty are reached by those that were told


@pytest.mark.parametrize(
    ("lang", "sentence", "gap"),
    [
        ("zh", "数值可能的范围未知", "按已有数据高10.0个百分点，范围未知"),
        ("en", "the possible range is unknown", "10.0 points above by what is known, range unknown"),
    ],
)
def test_the_report_says_that_the_range_is_unknown(one_lacks, lang, sentence, gap):
    one_lacks.values()
    year = notebook.open_year(2021, root=one_lacks.workspace.root).language(lang)
    assert sentence in str(year.sentence("T11b"))
    scorecard = next(row for row in year.scorecard().rows if row[0] == "T11b")
    assert gap in str(scorecard)
    ranges = {row[0]: row[5] for row in year.by_scope("T11b", "city").rows}
    assert (
        ranges["忻州市" if lang == "zh" else "Xinzhou City"],
        ranges["太原市" if lang == "zh" else "Taiyuan City"],
    ) == (("未知", "—") if lang == "zh" else ("unknown", "—"))
