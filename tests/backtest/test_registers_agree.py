"""Registers and strata of the example year: every member lies where it can, and no town is counted twice."""

from collections import Counter

import polars as pl
import pytest

from analytics.notebook import open_year

SEWERS = ("T07a", "T07b", "T07c", "T07d", "T07e")


@pytest.fixture(scope="module")
def year(example_workspace):
    return open_year(2021, root=example_workspace.root)


def test_every_register_of_the_catalog_has_members(year, catalog):
    told = set(year.frames.registers["register"])
    assert {name for name, register in catalog.registers.items() if register.built_in is None} <= told


def test_every_member_lies_in_a_division_that_there_is(year, catalog):
    places = year.frames.registers.select("register", "entity_id", "area_id").rows()
    assert [row for row in places if row[2] is not None and row[2] not in catalog.areas] == []


def test_every_city_and_town_stands_in_one_class_of_sewers(year, catalog):
    values = year.all_values
    rows = values.filter(values["code"].is_in(SEWERS) & (values["scope_kind"] == "urban_area"))
    assert {name: n for name, n in Counter(rows["scope_id"]).items() if n > 1} == {}
    cities = {area.id for area in catalog.children("140000", "city")}
    towns = {area.id for area in catalog.children("140000", "county") if area.kind != "district"}
    counted = set(rows["scope_id"])
    assert cities <= counted and towns <= counted


def test_a_member_stands_once_in_its_register_at_a_time(year):
    spans = year.frames.registers.filter(~year.frames.registers["is_set_aside"])
    twice = spans.group_by("register", "entity_id", "valid_from").len().filter(pl.col("len") > 1)
    assert twice.is_empty()
