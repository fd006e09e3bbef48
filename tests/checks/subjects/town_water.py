"""The forms of the housing department on sewers, water supply, reclaimed water and the works of towns."""

from datetime import date
from typing import Any

from tests.checks.pairs import PLACE, YEAR, Pair, of_year

SUPPLIER = {"supplier_code": "T1", "supplier_name": "甲水司"}


def of_member(year: int, **cells: Any) -> dict[str, Any]:
    """What is told of supplier or town T1 in a year."""
    span = {"period_start": date(year, 1, 1), "period_end": date(year, 12, 31)}
    return {"entity_id": "T1", **span, **cells}


GOOD: dict[str, dict[str, Any]] = {
    "combined_sewers": {
        **PLACE,
        **YEAR,
        "combined_sewers_converted_km": 5.0,
        "combined_sewers_remaining_km": 10.0,
    },
    "water_suppliers": {**PLACE, **SUPPLIER, "valid_from": 2016, "valid_to": 2025},
    "water_supply": {
        **YEAR,
        **SUPPLIER,
        "water_supplied_wan_m3": 1000.0,
        "registered_use_wan_m3": 860.0,
        "household_metered_wan_m3": 400.0,
        "supply_pipes_km": 80.0,
        "supply_pressure_mpa": 0.4,
        "frost_depth_m": 0.9,
    },
    "reclaimed_water": {
        **YEAR,
        "city": "140100",
        "area_id": "140100",
        "sewage_treated_wan_m3": 1000.0,
        "reclaimed_industry_wan_m3": 100.0,
        "reclaimed_municipal_wan_m3": 50.0,
        "reclaimed_landscape_wan_m3": 60.0,
        "reclaimed_farming_wan_m3": 0.0,
    },
    "town_works": {**PLACE, **YEAR, "town_code": "T1", "town_name": "甲镇", "town_works_stage": "started"},
}
BROKEN_BY: dict[str, dict[str, dict[str, Any]]] = {
    "water_suppliers": {"valid_span": {"valid_to": 2015}},
    "water_supply": {
        "registered_within_supplied": {"registered_use_wan_m3": 1001.0},
        "metered_within_supplied": {"household_metered_wan_m3": 1001.0},
        "pressure_in_megapascal": {"supply_pressure_mpa": 1.3},
    },
    "reclaimed_water": {"reclaimed_within_treated": {"reclaimed_farming_wan_m3": 791.0}},
}
DECLARED: dict[str, dict[str, Pair]] = {
    "combined_sewers": {
        "remaining_near_last_year": Pair(
            [of_year(2021, combined_sewers_remaining_km=2.0)],
            [of_year(2021, combined_sewers_remaining_km=1.9)],
            {1},
            [of_year(2020, combined_sewers_remaining_km=10.0)],
        ),
        "cities_complete": Pair([of_year(2021) | {"area_id": "140100"}], [of_year(2021) | {"area_id": "140200"}]),
        "towns_complete": Pair([of_year(2021)], [of_year(2021) | {"area_id": "140122"}]),
    },
    "water_supply": {
        "supplied_near_last_year": Pair(
            [of_member(2021, water_supplied_wan_m3=2000.0)],
            [of_member(2021, water_supplied_wan_m3=2001.0)],
            {1},
            [of_member(2020)],
        ),
        "suppliers_complete": Pair([of_member(2021)], [of_member(2021, entity_id="T2")]),
    },
    "town_works": {
        "stage_not_back": Pair(
            [of_member(2021)], [of_member(2021, town_works_stage="preparation")], {1}, [of_member(2020)]
        ),
        "towns_complete": Pair([of_member(2021)], [of_member(2021, entity_id="T2")]),
    },
}
OTHER: dict[str, Any] = {
    "combined_sewers_converted_km": 5.5,
    "supplier_name": "乙水司",
    "water_supplied_wan_m3": 1001.0,
    "sewage_treated_wan_m3": 1001.0,
    "town_works_stage": "completed",
}
# Members of registers that the rows above are about.
REGISTERED = {"water_suppliers": "甲水司"}
IN_CITY = {"city": "太原市", "county": "清徐县"}
REGISTERS = {"water_suppliers": "单位编码,单位名称,市,县（市、区）\nS1,甲水司,太原市,小店区\n"}
FILLED = {
    "combined_sewers": ("2021", {"combined_sewers_converted_km": 5, "combined_sewers_remaining_km": 5}),
    "water_suppliers": ("", {**IN_CITY, "supplier_code": "S9", "supplier_name": "某水司"}),
    "water_supply": (
        "2021",
        {"water_supplied_wan_m3": 1000, "registered_use_wan_m3": 860, "household_metered_wan_m3": 400}
        | {"supply_pipes_km": 80, "supply_pressure_mpa": 0.4, "frost_depth_m": 0.9},
    ),
    "reclaimed_water": (
        "2021",
        {"sewage_treated_wan_m3": 1000, "reclaimed_industry_wan_m3": 100, "reclaimed_municipal_wan_m3": 50}
        | {"reclaimed_landscape_wan_m3": 60, "reclaimed_farming_wan_m3": 0},
    ),
    "town_works": ("2021", {"town_works_stage": "开工"}),
}
BEGUN = {"combined_sewers": 107, "reclaimed_water": 11, "town_works": 3}
