"""Sewage plants as readers see them."""

import polars as pl
import pytest

from analytics.present import plants

YEARS = {
    "entity_id": ["P1", "P2", "P3", "P4"],
    "name": ["甲厂", "乙厂", "丙厂", "丁厂"],
    "area_id": ["140121", "140221", "140121", "140121"],
    "plant_standard": ["gb18918_1a", "db14_1928", None, "gb18918_1a"],
    "days_compliant": [178, 181, None, 170],
    "days_failed": [2, 0, None, 11],
    "days_expected": [181, 181, None, 181],
    "days_value": [100 * 178 / 180, 100.0, None, 100 * 170 / 181],
    "influent_bod5": [150.04, 90.0, None, 120.0],
}
DAYS = {
    "entity_id": ["P1", "P1", "P1"],
    "is_compliant": [False, False, None],
    "items_failed": [["ammonia_nitrogen"], ["ammonia_nitrogen", "total_phosphorus"], []],
}


@pytest.fixture
def shown(catalog):
    def show(lang, years=YEARS):
        return plants.weakest(pl.DataFrame(years, strict=False), pl.DataFrame(DAYS), catalog, lang)

    return show


def test_plants_stand_from_the_silent_one_to_the_best_without_those_that_kept_every_day(shown):
    table = shown("zh")
    assert [row[0] for row in table.rows] == ["丙厂", "丁厂", "甲厂"]
    assert table.rows[0] == ["丙厂", "太原市", "—", "未报送", "—", "—", "—", "—"]
    assert table.rows[2] == ["甲厂", "太原市", "一级A", "178/180", "98.9", "氨氮 2、总磷 1", "1", "150.0"]
    assert table.note.startswith("另有0座厂有超标或未报的日子；1座厂判定的各日全部达标。")


def test_the_same_in_english(shown):
    row = shown("en").rows[2]
    assert row[2:6] == ["GB 18918 grade 1A", "178/180", "98.9", "Ammonia nitrogen 2 and Total phosphorus 1"]


def test_a_share_just_short_of_all_is_not_printed_as_all(shown):
    years = YEARS | {"days_value": [99.99, 100.0, None, 99.0]}
    assert shown("zh", years).rows[2][4] == "99.99"


def test_where_every_plant_kept_its_limits_the_table_says_so(shown):
    years = {name: [values[1]] for name, values in YEARS.items()}
    assert shown("zh", years).rows[0][0] == "各厂判定的各日全部达标"
