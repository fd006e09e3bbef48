"""The forms about municipal sewage plants and their overflow outlets."""

from datetime import date, datetime
from typing import Any

from tests.checks.pairs import PLACE, WORK_DONE, WORKS, YEAR, Pair, of_year, stage_not_back

JULY = {"period_start": date(2021, 7, 1), "period_end": date(2021, 7, 31)}
PLANT = {"plant_code": "T1", "plant_name": "甲厂"}
EFFLUENT = {
    "chemical_oxygen_demand": 20.0,
    "ammonia_nitrogen": 0.6,
    "total_phosphorus": 0.2,
    "total_nitrogen": 10.0,
}
REGISTERED = {"sewage_plants": "甲厂", "overflow_outlets": "甲口"}
GOOD: dict[str, dict[str, Any]] = {
    "sewage_plants": {
        **PLACE,
        **PLANT,
        "valid_since": 2016,
        "valid_from": 2016,
        "valid_to": 2021,
        "capacity_m3_d": 20_000.0,
        "plant_process": "mbr",
        "plant_standard": "db14_1928",
        "basin": "黄河流域",
        "river": "汾河",
        "affects_new_section": "yes",
        "has_outlet_wetland": "no",
    },
    "plant_daily": {
        **PLANT,
        **EFFLUENT,
        "entity_id": "T1",
        "sampling_date": date(2021, 7, 1),
        "period_start": date(2021, 7, 1),
        "period_end": date(2021, 9, 30),
    },
    "plant_monthly": {
        **PLANT,
        **{item: value for item, value in EFFLUENT.items() if item != "total_phosphorus"},
        **JULY,
        "entity_id": "T1",
        "month": date(2021, 7, 1),
        "treated_water_wan_m3": 50.0,
        "influent_bod5_mg_l": 150.0,
        "effluent_temperature_c": 22.0,
        "effluent_cold_days": 0.0,
        "overflow_events": 0.0,
    },
    "people_served": {**YEAR, "city": "140100", "area_id": "140100", "people_served": 4_000_000.0},
    "plant_yearly": {
        **PLANT,
        **YEAR,
        "plant_load_pct": 85.0,
        "has_expansion_project": "no",
        "cold_weather_retrofit_done": "yes",
        "membrane_standby": "clarifier",
        "disinfection": "ozone",
    },
    "plant_expansion": {**PLACE, **YEAR, **WORK_DONE, "plant_name": "甲厂", "capacity_m3_d": 10_000.0},
    "overflow_outlets": {**PLACE, "outlet_code": "T1", "outlet_name": "甲口", "valid_since": 2016, "valid_from": 2016},
    "overflow_outlet_months": {
        **JULY,
        "outlet_code": "T1",
        "outlet_name": "甲口",
        "month": date(2021, 7, 1),
        "overflow_outlet_closed": "sealed",
    },
    "outlet_wetlands": {**PLANT, **YEAR, "outlet_wetland_built": "yes", "wetland_kind": "subsurface"},
}
BROKEN_BY: dict[str, dict[str, dict[str, Any]]] = {
    "sewage_plants": {"capacity_above_zero": {"capacity_m3_d": 0.0}, "valid_span": {"valid_to": 2015}},
    "plant_daily": {"ammonia_within_total_nitrogen": {"ammonia_nitrogen": 10.1}},
    "plant_monthly": {
        "effluent_below_influent": {"influent_bod5_mg_l": 19.0},
        "ammonia_within_total_nitrogen": {"ammonia_nitrogen": 10.1},
        "cold_month_with_cold_days": {"effluent_temperature_c": 9.9},
    },
    "plant_yearly": {"load_above_zero": {"plant_load_pct": 0.0}},
    "plant_expansion": {
        **WORKS,
        "trial_after_completed": {"stage": "trial", "trial_date": date(2021, 9, 29)},
        "trial_by_stage": {"trial_date": date(2021, 10, 1)},
        "capacity_above_zero": {"capacity_m3_d": 0.0},
    },
    "overflow_outlets": {"valid_span": {"valid_to": 2015}},
    "outlet_wetlands": {"kind_of_built_wetland": {"wetland_kind": None}},
}


def day(number: int, **cells: Any) -> dict[str, Any]:
    """Plant T1 on a day of July."""
    return {"taken_at": datetime(2021, 7, number), "sampling_date": date(2021, 7, number), **cells}


def month(number: int, year: int = 2021, **cells: Any) -> dict[str, Any]:
    """Plant T1 in a month, with a volume of its own."""
    start = date(year, number, 1)
    times = {"month": start, "taken_at": datetime(year, number, 1), "period_start": start}
    return {**times, "treated_water_wan_m3": 50.0 + number, **cells}


def outlet(number: int) -> dict[str, Any]:
    """Outlet T1 in a month."""
    start = date(2021, number, 1)
    return {"entity_id": "T1", "month": start, "period_start": start}


def city(year: int, people: float) -> dict[str, Any]:
    """A city in a year."""
    return {**of_year(year), "area_id": "140100", "people_served": people}


def plant(year: int, **cells: Any) -> dict[str, Any]:
    """Plant T1 in a year."""
    return {k: v for k, v in of_year(year, **cells).items() if k != "area_id"} | {"entity_id": "T1"}


DECLARED: dict[str, dict[str, Pair]] = {
    "plant_daily": {
        "days_not_frozen": Pair(
            [*(day(n, water_temperature=12.5) for n in (1, 2)), day(3, water_temperature=12.6)],
            [day(n, water_temperature=12.5) for n in (1, 2, 3)],
            {1, 2, 3},
        ),
        "oxygen_demand_median": Pair(
            [day(n, chemical_oxygen_demand=119.0 + n % 2) for n in range(1, 21)],
            [day(n, chemical_oxygen_demand=121.0 + n % 2) for n in range(1, 21)],
        ),
    },
    "plant_monthly": {
        "months_not_copied": Pair(
            [month(n, total_phosphorus=0.2) for n in (6, 7)],
            [month(n, total_phosphorus=0.2, treated_water_wan_m3=50.0) for n in (6, 7)],
            {1, 2},
        ),
        "water_near_last_year": Pair(
            [month(7, treated_water_wan_m3=50.0)],
            [month(7, treated_water_wan_m3=50.1)],
            {1},
            [month(7, 2020, treated_water_wan_m3=25.0)],
        ),
        "influent_near_last_year": Pair(
            [month(7, influent_bod5_mg_l=150.0)],
            [month(7, influent_bod5_mg_l=151.0)],
            {1},
            [month(7, 2020, influent_bod5_mg_l=60.0)],
        ),
        "months_complete": Pair([month(6), month(7)], [month(6), month(8)]),
    },
    "people_served": {
        "people_near_last_year": Pair([city(2021, 120_000.0)], [city(2021, 120_001.0)], {1}, [city(2020, 100_000.0)]),
    },
    "plant_yearly": {
        "retrofit_not_undone": Pair([plant(2021)], [plant(2021, cold_weather_retrofit_done="no")], {1}, [plant(2020)]),
    },
    "plant_expansion": {"stage_not_back": stage_not_back(plant_name="甲厂")},
    "overflow_outlet_months": {"months_complete": Pair([outlet(10), outlet(11)], [outlet(10), outlet(12)])},
    "outlet_wetlands": {
        "wetland_not_lost": Pair([plant(2021)], [plant(2021, outlet_wetland_built="no")], {1}, [plant(2020)]),
    },
}
OTHER: dict[str, Any] = {
    "plant_process": "other",
    "outlet_name": "乙口",
    "people_served": 1_000_000.0,
    "plant_load_pct": 70.0,
    "chemical_oxygen_demand": 21.0,
    "overflow_outlet_closed": "gated",
    "outlet_wetland_built": "no",
}
IN_QINGXU = {"city": "太原市", "county": "清徐县"}
REGISTERS = {
    "sewage_plants": """厂编码,污水处理厂,市,县区,设计规模（m³/d）,处理工艺,执行标准,影响新增国考断面,配套出口人工湿地
P1,甲厂,太原市,清徐县,20000,MBR,DB14/1928-2019,是,否
P2,乙厂,大同市,阳高县,10000,氧化沟,一级A,否,是
""",
    "overflow_outlets": """溢流口编码,溢流口名称,市,县（市、区）
O1,甲口,太原市,清徐县
O2,乙口,大同市,阳高县
""",
}
# Rows that a form begins with, where it does: one for each member of its register.
BEGUN = {
    "plant_daily": 2,
    "plant_monthly": 2,
    "people_served": 11,
    "plant_yearly": 2,
    "overflow_outlet_months": 2,
    "outlet_wetlands": 2,
}
FILLED = {
    "sewage_plants": (
        "",
        {**IN_QINGXU, "plant_code": "P9", "plant_name": "某厂", "capacity_m3_d": 10000, "plant_process": "氧化沟"}
        | {"plant_standard": "一级A", "affects_new_section": "是", "has_outlet_wetland": "否"},
    ),
    "plant_daily": ("2021-Q1", {**EFFLUENT, "sampling_date": date(2021, 2, 1), "water_temperature": 12.5}),
    "plant_monthly": (
        "2021-07",
        {**EFFLUENT, "treated_water_wan_m3": 50, "influent_bod5_mg_l": 150, "effluent_temperature_c": 22}
        | {"overflow_events": 0},
    ),
    "people_served": ("2021", {"people_served": 100000}),
    "plant_yearly": (
        "2021",
        {"plant_load_pct": 85, "has_expansion_project": "否", "cold_weather_retrofit_done": "是"}
        | {"membrane_standby": "二沉池", "disinfection": "臭氧"},
    ),
    "plant_expansion": (
        "2021",
        {**IN_QINGXU, "plant_name": "某厂", "stage": "完工", "completed_date": date(2021, 9, 1)}
        | {"evidence_grade": "佐证齐全"},
    ),
    "overflow_outlets": ("", {**IN_QINGXU, "outlet_code": "O9", "outlet_name": "某口"}),
    "overflow_outlet_months": ("2021-11", {"overflow_outlet_closed": "已封堵"}),
    "outlet_wetlands": ("2021", {"outlet_wetland_built": "是", "wetland_kind": "潜流"}),
}
