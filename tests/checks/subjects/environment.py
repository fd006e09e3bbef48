"""The forms of the ecology and environment department and of industry."""

from datetime import date
from typing import Any

from tests.checks.pairs import PLACE, WORK_DONE, WORKS, YEAR, Pair, of_year, stage_not_back

_STANDARD = ("source_signs", "source_watched", "source_projects_cleared", "source_outfalls_cleared")
_SPAN = {"valid_from": 2016, "valid_to": 2025}
_MONTH = {"month": date(2021, 7, 1), "period_start": date(2021, 7, 1), "period_end": date(2021, 7, 31)}
_SOURCE = {"source_code": "W1", "source_name": "甲水源"}
_RURAL = {"source_code": "T1", "source_name": "甲水源"}
_ENTERPRISE = {"enterprise_code": "T1", "enterprise_name": "甲企业"}
_OUTFALL = {"outfall_code": "T1", "outfall_name": "甲口"}
_STORM = {"storm_outlet_code": "T1", "storm_outlet_name": "甲排口"}
_ZONE = {"zone_code": "T1", "zone_name": "甲集聚区"}
_SURVEYED = {"survey_date": date(2021, 9, 30)}
_NEVER_SURVEYED = {
    "surveyed_with_date": {"survey_date": None},
    "survey_by_period_end": {"survey_date": date(2022, 1, 1)},
}
# What a member of each register is called.
REGISTERED = {
    "rural_sources": "甲水源",
    "risk_enterprises": "甲企业",
    "outfalls": "甲口",
    "key_pollution_sources": "甲企业",
    "industrial_outlets": "甲排口",
    "industrial_zones": "甲集聚区",
}
GOOD: dict[str, dict[str, Any]] = {
    "source_protection": {
        **YEAR,
        **_SOURCE,
        "source_level": "county",
        "source_assessed": "yes",
        "source_problems_found": 3.0,
        "source_problems_rectified": 2.0,
        **dict.fromkeys(_STANDARD, "yes"),
    },
    "rural_sources": {**PLACE, **_RURAL, "source_water": "groundwater", **_SPAN},
    "rural_source_surveys": {**YEAR, **_RURAL, "rural_source_surveyed": "yes", **_SURVEYED},
    "village_works": {**PLACE, **YEAR, "village_name": "甲村", "village_kind": "central_village", **WORK_DONE},
    "county_environment": {
        **PLACE,
        **YEAR,
        "rural_facilities_built": 50.0,
        "rural_facilities_running": 40.0,
        "pollution_sources_existing": 300.0,
        "pollution_sources_permitted": 299.0,
    },
    "city_environment": {
        **YEAR,
        "city": "140100",
        "area_id": "140100",
        "hazards_found": 30.0,
        "hazards_rectified": 20.0,
        "nanyang_scheme": "yes",
        "plan_document": "1号",
        "complaints_due": 100.0,
        "complaints_on_time": 99.0,
        "inspections": 50.0,
    },
    "risk_enterprises": {**PLACE, **_ENTERPRISE, "enterprise_industry": "coking", **_SPAN},
    "enterprise_surveys": {**YEAR, **_ENTERPRISE, "enterprise_surveyed": "yes", **_SURVEYED},
    "nanyang_rivers": {**YEAR, "city": "140100", "area_id": "140100", "river": "甲河", **WORK_DONE},
    "outfalls": {**PLACE, **_OUTFALL, "outfall_kind": "industrial", "river": "汾河", **_SPAN},
    "outfall_progress": {
        **YEAR,
        **_OUTFALL,
        **dict.fromkeys(("outfall_found", "outfall_measured", "outfall_traced", "outfall_treated"), "yes"),
    },
    "outfall_publication": {
        "city": "140100",
        "area_id": "140100",
        **_MONTH,
        "outfall_results_published": "yes",
        "published_at": "甲网站",
    },
    "station_works": {**PLACE, **YEAR, "station_name": "甲站", **WORK_DONE},
    "key_pollution_sources": {**PLACE, **_ENTERPRISE, **_SPAN},
    "key_source_monitoring": {
        **YEAR,
        **_ENTERPRISE,
        "key_source_online": "yes",
        "online_hours_due": 8000.0,
        "online_hours_valid": 7600.0,
    },
    "industrial_outlets": {**PLACE, **_STORM, **_SPAN},
    "outlet_sealing": {**_STORM, **_MONTH, "outlet_sealed": "yes"},
    "industrial_zones": {**PLACE, **_ZONE, **_SPAN},
    "zone_facilities": {
        **YEAR,
        **_ZONE,
        **dict.fromkeys(("zone_sewage_plan", "zone_central_treatment", "zone_online_monitoring"), "yes"),
    },
}
_VALID_SPAN = {"valid_span": {"valid_to": 2015}}
BROKEN_BY: dict[str, dict[str, dict[str, Any]]] = {
    **dict.fromkeys(REGISTERED, _VALID_SPAN),
    "source_protection": {
        "rectified_within_found": {"source_problems_rectified": 4.0},
        "assessed_where_asked": {"source_assessed": None},
        "problems_of_assessed": {"source_problems_found": None},
        "delineated_where_asked": {"source_level": "township"},
        "standard_told_in_full": {"source_signs": None},
    },
    "rural_source_surveys": _NEVER_SURVEYED,
    "enterprise_surveys": _NEVER_SURVEYED,
    "village_works": WORKS,
    "nanyang_rivers": WORKS,
    "station_works": WORKS,
    "county_environment": {
        "running_within_built": {"rural_facilities_running": 51.0},
        "permitted_within_existing": {"pollution_sources_permitted": 301.0},
    },
    "city_environment": {
        "rectified_within_found": {"hazards_rectified": 31.0},
        "on_time_within_due": {"complaints_on_time": 101.0},
        "scheme_with_document": {"plan_document": None},
    },
    "outfall_progress": {
        "measured_after_found": {"outfall_found": "no"},
        "treated_after_traced": {"outfall_traced": "no"},
    },
    "outfall_publication": {"published_somewhere": {"published_at": None}},
    "key_source_monitoring": {
        "valid_within_due": {"online_hours_valid": 8001.0},
        "online_with_hours": {"online_hours_valid": None},
    },
    "zone_facilities": {"treatment_with_plan": {"zone_sewage_plan": "no"}},
}


def _member(year: int, entity: str = "T1", **cells: Any) -> dict[str, Any]:
    told = of_year(year, entity_id=entity, **cells)
    return {k: v for k, v in told.items() if k != "area_id"}


def _month(number: int) -> dict[str, Any]:
    day = date(2021, number, 1)
    return {"entity_id": "T1", "month": day, "period_start": day}


def _of_city(number: int) -> dict[str, Any]:
    day = date(2021, number, 1)
    return {"city": "140100", "area_id": "140100", "month": day, "period_start": day}


_COMPLETE = Pair([_member(2021)], [_member(2021, "T2")])
DECLARED: dict[str, dict[str, Pair]] = {
    "source_protection": {
        "delineation_not_lost": Pair(
            [_member(2021, "W1", source_delineated="yes")],
            [_member(2021, "W1", source_delineated="no")],
            {1},
            [_member(2020, "W1", source_delineated="yes")],
        ),
        "sources_complete": Pair([_member(2021, "W1")], [_member(2021, "W2")]),
    },
    "rural_source_surveys": {"rural_sources_complete": _COMPLETE},
    "enterprise_surveys": {"enterprises_complete": _COMPLETE},
    "village_works": {"stage_not_back": stage_not_back(village_name="甲村")},
    "nanyang_rivers": {"stage_not_back": stage_not_back(river="甲河")},
    "station_works": {"stage_not_back": stage_not_back(station_name="甲站")},
    "county_environment": {
        "facilities_near_last_year": Pair(
            [of_year(2021, rural_facilities_built=100.0)],
            [of_year(2021, rural_facilities_built=101.0)],
            {1},
            [of_year(2020)],
        ),
        "counties_complete": Pair([of_year(2021)], [{**of_year(2021), "area_id": "140122"}]),
    },
    "city_environment": {
        "cities_complete": Pair([of_year(2021) | {"area_id": "140100"}], [of_year(2021) | {"area_id": "140200"}])
    },
    "outfall_progress": {"outfalls_complete": _COMPLETE},
    "outfall_publication": {"months_complete": Pair([_of_city(10), _of_city(11)], [_of_city(10), _of_city(12)])},
    "key_source_monitoring": {"key_sources_complete": _COMPLETE},
    "outlet_sealing": {"months_complete": Pair([_month(10), _month(11)], [_month(10), _month(12)])},
    "zone_facilities": {"zones_complete": _COMPLETE},
}
OTHER: dict[str, Any] = {
    "source_assessed": "no",
    "source_delineated": "no",
    "rural_source_surveyed": "no",
    "enterprise_surveyed": "no",
    "rural_facilities_built": 51.0,
    "hazards_found": 31.0,
    "outfall_found": "no",
    "outfall_results_published": "no",
    "key_source_online": "no",
    "outlet_sealed": "no",
    "zone_sewage_plan": "no",
    "enterprise_name": "乙企业",
    "outfall_name": "乙口",
    "storm_outlet_name": "乙排口",
    "zone_name": "乙集聚区",
}
# What somebody fills into the form of each source, by its period, and the registers that the forms need.
_AREA = {"city": "太原市", "county": "清徐县"}
_WORK = {"stage": "完工", "completed_date": date(2021, 9, 1), "evidence_grade": "佐证齐全"}
_FOUR = ("outfall_found", "outfall_measured", "outfall_traced", "outfall_treated")
_THREE = ("zone_sewage_plan", "zone_central_treatment", "zone_online_monitoring")
FILLED: dict[str, tuple[str, dict[str, Any]]] = {
    "source_protection": ("2021", {"source_level": "乡镇级", **dict.fromkeys(("source_delineated", *_STANDARD), "是")}),
    "rural_sources": ("", {**_AREA, "source_code": "V9", "source_name": "某水源", "source_water": "地下水型"}),
    "rural_source_surveys": ("2021", {"rural_source_surveyed": "是", "survey_date": date(2021, 9, 1)}),
    "village_works": ("2021", {**_AREA, "village_name": "某村", "village_kind": "中心村", **_WORK}),
    "county_environment": (
        "2021",
        {"rural_facilities_built": 9, "rural_facilities_running": 8}
        | {"pollution_sources_existing": 90, "pollution_sources_permitted": 90},
    ),
    "city_environment": (
        "2021",
        {"hazards_found": 9, "hazards_rectified": 8, "nanyang_scheme": "是", "plan_document": "1号"}
        | {"complaints_due": 90, "complaints_on_time": 90},
    ),
    "risk_enterprises": (
        "",
        {**_AREA, "enterprise_code": "E9", "enterprise_name": "某企业", "enterprise_industry": "焦化"},
    ),
    "enterprise_surveys": ("2021", {"enterprise_surveyed": "是", "survey_date": date(2021, 9, 1)}),
    "nanyang_rivers": ("2021", {"city": "太原市", "river": "某河", **_WORK}),
    "outfalls": (
        "",
        {**_AREA, "outfall_code": "P9", "outfall_name": "某口", "outfall_kind": "工业排污口", "river": "汾河"},
    ),
    "outfall_progress": ("2021", dict.fromkeys(_FOUR, "是")),
    "outfall_publication": (
        "2021-08",
        {"city": "太原市", "month": "2021-08", "outfall_results_published": "是", "published_at": "某网站"},
    ),
    "station_works": ("2021", {**_AREA, "station_name": "某站", **_WORK}),
    "key_pollution_sources": ("", {**_AREA, "enterprise_code": "K9", "enterprise_name": "某企业"}),
    "key_source_monitoring": (
        "2021",
        {"key_source_online": "是", "online_hours_due": 8760, "online_hours_valid": 8700},
    ),
    "industrial_outlets": ("", {**_AREA, "storm_outlet_code": "S9", "storm_outlet_name": "某排口"}),
    "outlet_sealing": ("2021-10", {"outlet_sealed": "是"}),
    "industrial_zones": ("", {**_AREA, "zone_code": "Z9", "zone_name": "某集聚区"}),
    "zone_facilities": ("2021", dict.fromkeys(_THREE, "是")),
}
REGISTERS = {
    "rural_sources": "水源编码,水源名称,市,县（市、区）,水源类型\nV1,甲水源,太原市,清徐县,地下水型\n",
    "risk_enterprises": "企业编码,企业名称,市,县（市、区）,行业\nE1,甲企业,太原市,清徐县,焦化\n",
    "outfalls": "排污口编码,排污口名称,市,县（市、区）,排污口类型,受纳水体\nP1,甲口,太原市,清徐县,工业排污口,汾河\n",
    "key_pollution_sources": "污染源编码,污染源名称,市,县（市、区）\nK1,甲企业,太原市,清徐县\n",
    "industrial_outlets": "雨水排口编码,雨水排口名称,市,县（市、区）\nS1,甲排口,太原市,清徐县\n",
    "industrial_zones": "集聚区编码,集聚区名称,市,县（市、区）\nZ1,甲集聚区,太原市,清徐县\n",
}
# Rows that a form begins, where it is not the one of the register above.
BEGUN = {"source_protection": 2, "county_environment": 117, "city_environment": 11}
