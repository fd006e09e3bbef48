"""The forms of the water resources department."""

from datetime import date, datetime, timedelta
from typing import Any

from tests.checks.pairs import PLACE, WORK_DONE, WORKS, YEAR, Pair, of_year, stage_not_back

_SPAN = {"valid_from": 2016, "valid_to": 2025}
_SITE = {"flow_site_code": "T1", "flow_site_name": "甲断面", "river": "汾河"}


def _day(number: int, flow: float, site: str = "T1") -> dict[str, Any]:
    """The flow of a site on a day of 2021, counted from the first."""
    day = date(2021, 1, 1) + timedelta(days=number - 1)
    times = {"taken_at": datetime(day.year, day.month, day.day), "flow_day": day, "period_start": day.replace(day=1)}
    return {**times, "entity_id": site, "flow": flow}


def _of(year: int, **cells: Any) -> dict[str, Any]:
    """What is told of member T1 of a register in a year."""
    return {"entity_id": "T1", **{k: v for k, v in of_year(year).items() if k != "area_id"}, **cells}


def _falls(column: str, high: Any, low: Any, **beside: Any) -> Pair:
    """A member of whom less is told than the year before."""
    return Pair(
        [_of(2021, **{column: high})], [_of(2021, **{column: low}, **beside)], {1}, [_of(2020, **{column: high})]
    )


def _of_month(number: int) -> dict[str, Any]:
    """What is told of member T1 in a month."""
    first = date(2021, number, 1)
    last = date(2021, number, 30 if number == 11 else 31)
    times = {"month": first, "taken_at": datetime(2021, number, 1), "period_start": first, "period_end": last}
    return {"entity_id": "T1", **times}


COMPLETE = Pair([_of(2021)], [_of(2021, entity_id="T2")])
NAMED = {
    "water_permit_projects": ("permit_project", "甲项目"),
    "return_channels": ("channel", "甲渠"),
    "rural_water_works": ("rural_works", "甲供水工程"),
    "bank_reaches": ("reach", "甲河段"),
    "docks": ("dock", "甲码头"),
}


def _named(register: str) -> dict[str, Any]:
    """Code and name of member T1."""
    fields, name = NAMED[register]
    return {f"{fields}_code": "T1", f"{fields}_name": name}


GOOD: dict[str, dict[str, Any]] = {
    "key_rivers": {"river": "汾河", "basin": "黄河流域", "is_named_in_plan": "yes", **_SPAN},
    "flow_sites": {**PLACE, **_SITE, "flow_site": "control_section", **_SPAN},
    "flow_targets": {
        **_SITE,
        "season_first_month": 10,
        "season_last_month": 5,
        "flow_target_m3_s": 3.5,
        "required_rate_pct": 90.0,
        "approved_document": "某方案",
        **_SPAN,
    },
    "river_flow": {
        "flow_site_code": "T1",
        "flow_site_name": "甲断面",
        "flow_day": date(2021, 7, 1),
        "period_start": date(2021, 7, 1),
        "period_end": date(2021, 7, 31),
        "entity_id": "T1",
        "flow": 4.0,
    },
    "river_flow_plans": {**YEAR, "river": "T1", "flow_plan_drafted": "yes", "flow_in_dispatch": "yes"},
    "river_replenishment": {**PLACE, **YEAR, "river": "浍河", "replenishment_name": "甲工程", **WORK_DONE},
    "yellow_basin_counties": {**PLACE, **_SPAN},
    "water_saving_counties": {**PLACE, **YEAR, "is_water_saving_society": "yes", "accepted_document": "某公告"},
    "groundwater_approvals": {
        **PLACE,
        **YEAR,
        "permit_code": "许可1",
        "permit_project_name": "甲项目",
        "permitted_wan_m3": 10.0,
        "approval_ground": "城乡居民生活用水",
    },
    "water_permit_projects": {**PLACE, **_named("water_permit_projects"), **_SPAN},
    "water_arguments": {
        **YEAR,
        **_named("water_permit_projects"),
        "has_water_argument": "yes",
        "argument_document": "某意见",
    },
    "return_channels": {**PLACE, **_named("return_channels"), "river": "汾河", **_SPAN},
    "return_channel_states": {
        **_named("return_channels"),
        "month": date(2021, 10, 1),
        "period_start": date(2021, 10, 1),
        "period_end": date(2021, 10, 31),
        "return_channel_sealed": "yes",
    },
    "rural_water_works": {**PLACE, **_named("rural_water_works"), **_SPAN},
    "rural_works_measures": {**YEAR, **_named("rural_water_works"), "rural_works_measure": "treatment"},
    "bank_reaches": {**PLACE, **_named("bank_reaches"), "river": "汾河", "green_belt": "within_50_m", **_SPAN},
    "bank_greening": {**YEAR, **_named("bank_reaches"), "bank_greenable_km": 10.0, "bank_greened_km": 8.0},
    "tributary_wetlands": {**PLACE, **YEAR, "river": "杨兴河", "wetland_name": "甲湿地", **WORK_DONE},
    "docks": {**PLACE, **_named("docks"), "scenic_area": "某景区", **_SPAN},
    "dock_facilities": {**YEAR, **_named("docks"), "dock_facilities_work": "yes"},
}
BROKEN_BY: dict[str, dict[str, dict[str, Any]]] = {
    "key_rivers": {"valid_span": {"valid_to": 2015}},
    "flow_sites": {"valid_span": {"valid_to": 2015}},
    "flow_targets": {
        "valid_span": {"valid_to": 2015},
        "season_days_exist": {"season_last_month": 9, "season_last_day": 31},
        "target_above_zero": {"flow_target_m3_s": 0.0},
        "required_rate_plausible": {"required_rate_pct": 0.9},
    },
    "river_flow_plans": {"dispatch_by_a_plan": {"flow_plan_drafted": "no"}},
    "river_replenishment": WORKS,
    "water_saving_counties": {"created_with_document": {"accepted_document": None}},
    "groundwater_approvals": {
        "ground_in_words": {"approval_ground": "同意"},
        "permit_with_project": {"permit_project_name": None},
    },
    "water_arguments": {"argued_with_document": {"argument_document": None}},
    "bank_greening": {"greened_within_greenable": {"bank_greened_km": 10.1}},
    "tributary_wetlands": {**WORKS, "list_code_known": {"list_code": "T16"}},
    **{register: {"valid_span": {"valid_to": 2015}} for register in (*NAMED, "yellow_basin_counties")},
}
DECLARED: dict[str, dict[str, Pair]] = {
    "river_flow": {
        "flow_not_frozen": Pair(
            [*(_day(n, 4.0) for n in range(1, 10)), _day(22, 4.1), *(_day(n, 0.0) for n in range(10, 22))],
            [_day(n, 4.0) for n in range(1, 11)],
            set(range(1, 11)),
        ),
        "sites_complete": Pair(
            [_day(1, 4.0), _day(32, 4.1)],
            [_day(1, 4.0), _day(60, 4.1)],
        ),
    },
    "river_flow_plans": {
        "plan_not_lost": _falls("flow_plan_drafted", "yes", "no", flow_in_dispatch="no"),
        "rivers_complete": COMPLETE,
    },
    "river_replenishment": {"stage_not_back": stage_not_back(replenishment_name="甲工程")},
    "water_saving_counties": {
        "society_not_lost": _falls("is_water_saving_society", "yes", "no"),
        "basin_counties_complete": COMPLETE,
    },
    "water_arguments": {"projects_complete": COMPLETE},
    "return_channel_states": {
        "channels_complete": Pair(
            [_of_month(10), _of_month(11)],
            [_of_month(10), _of_month(12)],
        ),
    },
    "rural_works_measures": {"works_complete": COMPLETE},
    "bank_greening": {
        "greened_not_lost": _falls("bank_greened_km", 8.0, 7.0),
        "reaches_complete": COMPLETE,
    },
    "tributary_wetlands": {"stage_not_back": stage_not_back(wetland_name="甲湿地")},
    "dock_facilities": {"docks_complete": COMPLETE},
}
OTHER: dict[str, Any] = {
    "flow": 5.0,
    "flow_plan_drafted": "no",
    "is_water_saving_society": "no",
    "approval_ground": "应急供水工程",
    "has_water_argument": "no",
    "return_channel_sealed": "no",
    "rural_works_measure": "control",
    "bank_greened_km": 7.0,
    "dock_facilities_work": "no",
    "basin": "海河流域",
    "valid_to": 2024,
}
REGISTERED = {
    "key_rivers": "甲河",
    "flow_sites": "甲断面",
    "yellow_basin_counties": "清徐县",
    **{register: name for register, (_, name) in NAMED.items()},
}
_PLACED = {"city": "太原市", "county": "清徐县"}
_WORK = {**_PLACED, "stage": "完工", "completed_date": date(2021, 9, 1), "evidence_grade": "佐证齐全"}
REGISTERS = {
    "key_rivers": "河流,流域,是否为方案点名河流\n汾河,黄河流域,是\n",
    "flow_sites": "断面编码,断面名称,类型,河流,市,县（市、区）\nT1,甲断面,控制断面,汾河,太原市,清徐县\n",
    "yellow_basin_counties": "市,县（市、区）\n太原市,清徐县\n",
    "water_permit_projects": "项目编码,项目名称,市,县（市、区）\nT1,甲项目,太原市,清徐县\n",
    "return_channels": "退水渠编码,退水渠名称,河流,市,县（市、区）\nT1,甲渠,汾河,太原市,清徐县\n",
    "rural_water_works": "工程编码,供水工程名称,市,县（市、区）\nT1,甲供水工程,太原市,清徐县\n",
    "bank_reaches": "河段编码,河段名称,河流,市,县（市、区）,增绿范围\nT1,甲河段,汾河,太原市,清徐县,堤外50米\n",
    "docks": "码头编码,码头名称,景区,市,县（市、区）\nT1,甲码头,某景区,太原市,清徐县\n",
}
FILLED: dict[str, tuple[str, dict[str, Any]]] = {
    "key_rivers": ("", {"river": "汾河", "basin": "黄河流域", "is_named_in_plan": "是"}),
    "flow_sites": ("", {**_PLACED, **_SITE, "flow_site": "补水口"}),
    "flow_targets": (
        "",
        {**_SITE, "season_first_month": 10, "season_last_month": 5, "flow_target_m3_s": 3.5}
        | {"required_rate_pct": 90, "approved_document": "某方案"},
    ),
    "river_flow": ("2021-07", {"flow_day": date(2021, 7, 1), "flow": 4.2}),
    "river_flow_plans": ("2021", {"flow_plan_drafted": "是", "flow_in_dispatch": "否"}),
    "river_replenishment": ("2021", {**_WORK, "river": "浍河", "replenishment_name": "某工程"}),
    "yellow_basin_counties": ("", _PLACED),
    "water_saving_counties": ("2021", {"is_water_saving_society": "是", "accepted_document": "某公告"}),
    "groundwater_approvals": ("2021", {"permit_code": "无", "approval_ground": "无"}),
    "water_permit_projects": ("", {**_PLACED, "permit_project_code": "T9", "permit_project_name": "某项目"}),
    "water_arguments": ("2021", {"has_water_argument": "是", "argument_document": "某意见"}),
    "return_channels": ("", {**_PLACED, "channel_code": "T9", "channel_name": "某渠", "river": "汾河"}),
    "return_channel_states": ("2021-10", {"month": "2021-10", "return_channel_sealed": "是"}),
    "rural_water_works": ("", {**_PLACED, "rural_works_code": "T9", "rural_works_name": "某工程"}),
    "rural_works_measures": ("2021", {"rural_works_measure": "净化处理"}),
    "bank_reaches": (
        "",
        {**_PLACED, "reach_code": "T9", "reach_name": "某河段", "river": "汾河", "green_belt": "堤外30米"},
    ),
    "bank_greening": ("2021", {"bank_greenable_km": 10, "bank_greened_km": 8}),
    "tributary_wetlands": ("2021", {**_WORK, "river": "杨兴河", "wetland_name": "某湿地"}),
    "docks": ("", {**_PLACED, "dock_code": "T9", "dock_name": "某码头", "scenic_area": "某景区"}),
    "dock_facilities": ("2021", {"dock_facilities_work": "是"}),
}
