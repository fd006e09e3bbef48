"""A letter about what a city owes goes to that city; what is nobody's stays with all of them."""

import polars as pl
import pytest

from analytics.present.addressees import Owed, addressed, by_addressee

STANDING = {
    "department": pl.String, "source": pl.String, "period": pl.String, "told": pl.Int64, "expected": pl.Int64,
    "missing": pl.List(pl.String), "missing_names": pl.List(pl.String), "missing_areas": pl.List(pl.String),
    "missing_whole": pl.List(pl.Boolean),
}  # fmt: skip
PLACED = {"source": pl.String, "area_id": pl.String}


def owed(department, *missing, blank=(), aside=()):
    """Of `missing` each is a name, its area, and whether its whole city was not told of."""
    names, areas, whole = zip(*missing, strict=True) if missing else ((), (), ())
    row = [department, "section_plans", "2021", 7, 10, *map(list, (names, names, areas, whole))]
    frames = [
        pl.DataFrame([("section_plans", area) for area in places], schema=PLACED, orient="row")
        for places in (blank, aside)
    ]
    return Owed(department, pl.DataFrame([row], schema=STANDING, orient="row"), *frames)


def by_key(catalog, found):
    return {one.key: one for one in by_addressee(found.key, found, catalog)}


def test_each_city_is_asked_for_its_own(catalog):
    told = owed("city_governments", ("甲断面", "140302", True), ("乙断面", "140303", True), ("丙断面", "140122", False))
    found = by_key(catalog, told)
    assert set(found) == {"city_governments/140100", "city_governments/140300"}
    yangquan, taiyuan = found["city_governments/140300"].missing, found["city_governments/140100"].missing
    assert yangquan.select("missing_names", "told", "expected").row(0) == (["甲断面", "乙断面"], 0, 2)
    assert taiyuan.select("missing_names", "expected").row(0) == (["丙断面"], None)  # how many it told is not known


def test_what_is_nobodys_is_asked_of_all(catalog):
    assert set(by_key(catalog, owed("city_governments"))) == {"city_governments"}
    found = by_key(catalog, owed("city_governments", ("甲断面", "", False), aside=[None, "140122"]))
    assert found["city_governments"].missing.height == found["city_governments"].aside.height == 1
    assert found["city_governments/140100"].aside["area_id"].to_list() == ["140122"]


def test_a_department_of_the_province_has_one_letter(catalog):
    assert set(by_key(catalog, owed("agriculture", ("清徐县", "140121", False)))) == {"agriculture"}


@pytest.mark.parametrize(
    ("key", "lang", "name"),
    [
        ("city_governments/140300", "zh", "阳泉市人民政府"),
        ("city_governments", "zh", "各市人民政府"),
        ("agriculture", "en", "Department of Agriculture and Rural Affairs"),
    ],
)
def test_an_addressee_has_a_name(catalog, key, lang, name):
    assert addressed(key, catalog, lang) == name
