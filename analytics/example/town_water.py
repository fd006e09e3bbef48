"""Invented water of towns: combined sewers of two years, public supply, reclaimed water, sewage works of towns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from analytics.example.plan import Example, Made
from analytics.example.sheets import Cell
from analytics.example.tables import Row, place, write_table
from analytics.example.towns import town_list, works_lists

# Of what remained at the start of the year the share that was converted in each city's urban area, by code.
_CONVERTED = (1.0, 0.56, 0.52, 0.61, 0.55, 0.5, 0.74, 0.70, 0.57, 0.66, 0.53)
SHARE_OF_TOWNS = 0.51
SILENT_TOWN = "140428"
# Reclaimed water of each city as a share of its sewage treated: most above 22 %.
_RECLAIMED = (0.29, 0.34, 0.24, 0.27, 0.31, 0.236, 0.25, 0.2196, 0.23, 0.19, 0.26)
SUPPLIERS_BESIDE_CITIES = 22
SILENT_SUPPLIER = 18
NOT_DIFFERENCE = 25  # a supplier whose customers used more than it supplied
COMPOSITE = 0.135


def deliveries(example: Example) -> Iterator[Made]:
    """The forms of the housing department."""
    year, march, january = str(example.year), date(example.year, 3, 1), date(example.year + 1, 1, 13)
    before = example.year - 1
    yield Made("combined_sewers", write_sewers(example, before), date(example.year, 1, 20), str(before))
    yield Made("combined_sewers", write_sewers(example, example.year), january, year)
    yield Made("water_suppliers", write_suppliers(example), march)
    yield Made("water_supply", write_supply(example), january, year)
    yield Made("reclaimed_water", write_reclaimed(example), january, year)
    yield Made("town_works", write_works(example), january, year)


def _urban_areas(example: Example) -> list[str]:
    plan = example.catalog.plan_near(example.year)
    return [*(c.id for c in example.cities()), *example.catalog.towns(plan)]


def write_sewers(example: Example, year: int) -> Path:
    """Combined sewers of every urban area and county town: what was converted in the year, and what was left."""
    chance = example.chance("combined_sewers")
    cities = [c.id for c in example.cities()]
    rows: list[Row] = []
    for n, area in enumerate(_urban_areas(example)):
        is_city = area in cities
        at_start = round(chance.uniform(25, 140) if is_city else max(chance.uniform(-6, 30), 0), 1)
        share = _CONVERTED[n] if is_city else min(max(chance.gauss(SHARE_OF_TOWNS, 0.12), 0), 1)
        earlier = round(chance.uniform(5, 30) if is_city else chance.uniform(0, 5), 1)
        done = round(at_start * share, 1)
        is_now = year == example.year
        if is_now and area == SILENT_TOWN:
            continue
        where: dict[str, Cell] = {"city": example.name(area)} if is_city else place(example, area)
        rows.append(
            {
                **where,
                "combined_sewers_converted_km": done if is_now else earlier,
                "combined_sewers_remaining_km": round(at_start - done, 1) if is_now else at_start,
                "remark": None if at_start else "无合流制管网",
            }
        )
    return write_table(example, "combined_sewers", rows, year=year)


def _suppliers(example: Example) -> list[tuple[str, str, str]]:
    """Code, name and county of the suppliers: one in each city, and in some counties."""
    cities = [next(c.id for c in example.counties(city.id) if c.kind == "district") for city in example.cities()]
    counties = [c.id for c in example.counties() if c.kind != "district"][::4][:SUPPLIERS_BESIDE_CITIES]
    return [
        (f"EXS-{n + 1:02d}", f"{example.name(county)}示例供水公司", county)
        for n, county in enumerate(cities + counties)
    ]


def write_suppliers(example: Example) -> Path:
    """The register."""
    rows: list[Row] = [
        {"supplier_code": code, "supplier_name": name, **place(example, county)}
        for code, name, county in _suppliers(example)
    ]
    return write_table(example, "water_suppliers", rows)


def write_supply(example: Example) -> Path:
    """What every supplier supplied and sold, and what its leakage is corrected by."""
    chance = example.chance("water_supply")
    cities = len(example.cities())
    rows: list[Row] = []
    for n, (code, name, _) in enumerate(_suppliers(example)):
        supplied = round(chance.uniform(2500, 9000) if n < cities else chance.uniform(250, 1200), 1)
        lost = COMPOSITE * chance.uniform(0.8, 1.2) if n != NOT_DIFFERENCE else -0.02
        if n == SILENT_SUPPLIER:
            continue
        rows.append(
            {
                "supplier_code": code,
                "supplier_name": name,
                "water_supplied_wan_m3": supplied,
                "registered_use_wan_m3": round(supplied * (1 - lost), 1),
                "household_metered_wan_m3": round(supplied * chance.uniform(0.3, 0.5), 1),
                "supply_pipes_km": round(supplied * chance.uniform(0.07, 0.095), 1),
                "supply_pressure_mpa": round(chance.uniform(0.3, 0.58), 2),
                "frost_depth_m": round(chance.uniform(0.6, 1.6), 2),
            }
        )
    return write_table(example, "water_supply", rows)


def write_reclaimed(example: Example) -> Path:
    """Sewage treated and the uses of reclaimed water, by city."""
    chance = example.chance("reclaimed_water")
    rows: list[Row] = []
    for city, share in zip(example.cities(), _RECLAIMED, strict=True):
        treated = round(chance.uniform(2500, 9000) * (3 if city.id == "140100" else 1), 1)
        parts = [chance.uniform(0.2, 1) for _ in range(3)]
        used = [round(treated * share * part / sum(parts), 1) for part in parts]
        rows.append(
            {
                "city": city.name.zh,
                "sewage_treated_wan_m3": treated,
                "reclaimed_industry_wan_m3": used[0],
                "reclaimed_municipal_wan_m3": used[1],
                "reclaimed_landscape_wan_m3": used[2],
                "reclaimed_farming_wan_m3": 0,
            }
        )
    return write_table(example, "reclaimed_water", rows)


def write_works(example: Example) -> Path:
    """The towns of the two lists and how far their works are."""
    chance = example.chance("town_works")
    towns = town_list(example)
    lists = works_lists(towns)
    rows: list[Row] = [
        {
            **place(example, t.county),
            "town_code": t.code,
            "town_name": t.name,
            "town_works_stage": chance.choices(("前期", "开工", "完工"), (1, 5, 4))[0],
        }
        for t in towns
        if t.code in lists
    ]
    return write_table(example, "town_works", rows)
