"""The forms on black-odorous water, of the housing and the ecology department."""

from datetime import date, datetime
from typing import Any

from tests.checks.pairs import PLACE, YEAR, Pair, of_year

BODY = {"body_code": "T1", "body_name": "甲渠"}
POND = {"pond_code": "T1", "pond_name": "甲塘"}
MAY = {"period_start": date(2021, 5, 1), "period_end": date(2021, 5, 31)}


def reading(quarter: int) -> dict[str, Any]:
    """Body T1 in a quarter."""
    start = date(2021, 3 * quarter - 2, 1)
    return {"entity_id": "T1", "taken_at": datetime(2021, 3 * quarter - 1, 1), "period_start": start}


def told(year: int, **cells: Any) -> dict[str, Any]:
    """Body T1 in a year, eliminated long before."""
    span = {"period_start": date(year, 1, 1), "period_end": date(year, 12, 31)}
    return {"entity_id": "T1", **span, **cells}


GOOD: dict[str, dict[str, Any]] = {
    "black_odorous_bodies": {
        **PLACE,
        **BODY,
        "body_kind": "urban",
        "built_up_area_of": "prefecture_city",
        "body_length_m": 1200.0,
        "monitoring_points": 3,
        "valid_from": 2016,
        "valid_to": 2025,
    },
    "body_monitoring": {
        **BODY,
        "entity_id": "T1",
        "period_start": date(2021, 7, 1),
        "period_end": date(2021, 9, 30),
        "point_number": 1,
        "sampling_date": date(2021, 8, 15),
        "water_depth_cm": 60.0,
        "is_clear_to_bottom": "no",
        "transparency": 40.0,
        "dissolved_oxygen": 5.0,
        "ammonia_nitrogen": 2.0,
    },
    "body_elimination": {**YEAR, **BODY, "black_odour_eliminated": "yes", "eliminated_date": date(2019, 9, 30)},
    "county_city_survey": {**PLACE, **YEAR, "black_odour_surveyed": "yes", "survey_date": date(2021, 9, 30)},
    "standing_black_water": {**PLACE, **POND, "valid_from": 2016, "valid_to": 2025},
    "black_water_clearing": {**MAY, **POND, "black_water_cleared": "yes", "cleared_date": date(2021, 4, 30)},
}
BROKEN_BY: dict[str, dict[str, dict[str, Any]]] = {
    "black_odorous_bodies": {"valid_span": {"valid_to": 2015}, "rural_body_outside_cities": {"body_kind": "rural"}},
    "body_monitoring": {
        "transparency_within_depth": {"transparency": 61.0},
        "depth_in_centimetres": {"water_depth_cm": 9.9, "transparency": 9.0},
        "seen_to_the_bottom": {"is_clear_to_bottom": "yes"},
    },
    "body_elimination": {
        "eliminated_with_date": {"eliminated_date": None},
        "eliminated_within_period": {"eliminated_date": date(2022, 1, 1)},
        "standing_without_date": {"black_odour_eliminated": "no"},
    },
    "county_city_survey": {
        "surveyed_with_date": {"survey_date": None},
        "surveyed_within_period": {"survey_date": date(2022, 1, 1)},
    },
    "standing_black_water": {"valid_span": {"valid_to": 2015}},
    "black_water_clearing": {
        "cleared_with_date": {"cleared_date": None},
        "cleared_within_period": {"cleared_date": date(2021, 6, 1)},
    },
}
DECLARED: dict[str, dict[str, Pair]] = {
    "body_monitoring": {"quarters_complete": Pair([reading(1), reading(2)], [reading(1), reading(3)])},
    "body_elimination": {
        "elimination_not_lost": Pair(
            [told(2021)], [told(2021, black_odour_eliminated="no", eliminated_date=None)], {1}, [told(2020)]
        ),
        "bodies_complete": Pair([told(2021)], [told(2021, entity_id="T2")]),
    },
    "county_city_survey": {
        "county_cities_complete": Pair([of_year(2021)], [of_year(2021) | {"area_id": "140122"}]),
    },
}
OTHER: dict[str, Any] = {
    "body_name": "乙渠",
    "pond_name": "乙塘",
    "transparency": 41.0,
    "black_odour_eliminated": "no",
    "black_odour_surveyed": "no",
    "black_water_cleared": "no",
}
# Members of registers that the rows above are about.
REGISTERED = {"black_odorous_bodies": "甲渠", "standing_black_water": "甲塘"}
IN_CITY = {"city": "太原市", "county": "清徐县"}
REGISTERS = {
    "black_odorous_bodies": """\
水体编码,水体名称,市,县（市、区）,城市或农村,建成区,水体长度（米）,监测点位数,列入名录年份
B1,甲渠,太原市,小店区,城市,设区市,1200,3,2016
""",
    "standing_black_water": "编号,名称,市,县（市、区）,起始年\nP1,甲塘,太原市,清徐县,2021\n",
}
FILLED = {
    "black_odorous_bodies": (
        "",
        {**IN_CITY, "body_code": "B9", "body_name": "某渠", "body_kind": "城市", "built_up_area_of": "其他"}
        | {"body_length_m": 900, "monitoring_points": 3, "valid_from": 2020},
    ),
    "body_monitoring": (
        "2021-Q3",
        {"point_number": 1, "sampling_date": date(2021, 8, 1)}
        | {"transparency": 40, "dissolved_oxygen": 5, "ammonia_nitrogen": 2},
    ),
    "body_elimination": ("2021", {"black_odour_eliminated": "是", "eliminated_date": date(2020, 6, 1)}),
    "county_city_survey": ("2021", {"black_odour_surveyed": "是", "survey_date": date(2021, 6, 1)}),
    "standing_black_water": ("", {**IN_CITY, "pond_code": "P9", "pond_name": "某塘", "valid_from": 2021}),
    "black_water_clearing": ("2021-05", {"black_water_cleared": "是", "cleared_date": date(2021, 5, 1)}),
}
BEGUN = {"county_city_survey": 11}
