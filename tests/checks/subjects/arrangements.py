"""The forms of city governments, and the evidence that any department sends."""

from datetime import date
from typing import Any

from tests.checks.pairs import PLACE, WORK_DONE, WORKS, YEAR, Pair, of_year, stage_not_back

_CITY = {"city": "140100", "area_id": "140100"}
_FUNDS = {"funds_central_wan_yuan": 100.0, "funds_provincial_wan_yuan": 50.0, "funds_local_wan_yuan": 30.0}
REGISTERED = {"duties": "甲任务", "figures": "甲指标"}
GOOD: dict[str, dict[str, Any]] = {
    "city_arrangements": {
        **YEAR,
        **_CITY,
        "city_work_plan": "yes",
        "plan_document": "1号",
        "city_project_list": "yes",
        "funds_applied_wan_yuan": 200.0,
        **_FUNDS,
        "funds_private_wan_yuan": 20.0,
        "funds_paid_wan_yuan": 150.0,
    },
    "section_plans": {
        **YEAR,
        "section_code": "S1",
        "section_name": "甲断面",
        "section_work_plan": "yes",
        "months_failing": "1月",
        "failing_items": "氨氮",
        "section_campaign": "管网改造",
    },
    "project_reserve": {
        **PLACE,
        **YEAR,
        "project_name": "甲项目",
        "stored_date": date(2019, 12, 1),
        "approved_date": date(2020, 1, 1),
        **WORK_DONE,
        **_FUNDS,
    },
    "key_projects": {**PLACE, **YEAR, "project_name": "甲工程", "due_on": date(2021, 10, 31), **WORK_DONE},
    "evidence": {
        **YEAR,
        "duty_code": "T1",
        "duty_name": "甲任务",
        "reported_by": "甲厅",
        "evidence_sent": "yes",
        "work_done": "已开展",
        "attachments": "甲总结",
        "evidence_date": date(2021, 12, 1),
    },
    "unmet_reasons": {
        **YEAR,
        **PLACE,
        "figure_code": "T1",
        "figure_name": "甲指标",
        "unmet_cause": "engineering",
        "unmet_reason": "晚开工",
        "unmet_measure": "赶工",
        "measure_due": date(2022, 6, 30),
        "responsible_office": "某处",
        "reported_by": "甲厅",
        "attachments": "进度表",
    },
}
# Works that also tell when they began to operate: the date may follow on completion alone.
_OPERATED = {
    **WORKS,
    "trial_after_completed": {"stage": "trial", "trial_date": date(2021, 9, 29)},
    "trial_by_stage": {"trial_date": date(2021, 10, 8)},
}
BROKEN_BY: dict[str, dict[str, dict[str, Any]]] = {
    "city_arrangements": {
        "plan_with_document": {"plan_document": None},
        "granted_within_applied": {"funds_applied_wan_yuan": 149.0},
        "paid_within_arrived": {"funds_paid_wan_yuan": 201.0},
    },
    "section_plans": {
        "failing_with_campaign": {"section_campaign": None},
        "campaign_with_items": {"failing_items": None},
    },
    "project_reserve": {
        **_OPERATED,
        "stored_by_period_end": {"stored_date": date(2022, 1, 1)},
        "started_after_approved": {"approved_date": date(2020, 4, 1)},
    },
    "key_projects": {**_OPERATED, "due_after_started": {"due_on": date(2020, 2, 29)}},
    "evidence": {
        "sent_with_material": {"attachments": None},
        "sent_with_work": {"work_done": None},
        "material_of_the_year": {"evidence_date": date(2020, 12, 31)},
    },
    "unmet_reasons": {
        "reason_with_measure": {"unmet_measure": None},
        "measure_with_day": {"measure_due": None},
        "reason_with_office": {"responsible_office": None},
        "due_after_the_year": {"measure_due": date(2021, 12, 30)},
    },
}
_SECTION = {k: v for k, v in of_year(2021).items() if k != "area_id"}
DECLARED: dict[str, dict[str, Pair]] = {
    "city_arrangements": {"cities_complete": Pair([of_year(2021) | _CITY], [of_year(2021) | {"area_id": "140200"}])},
    "section_plans": {
        "sections_complete": Pair([_SECTION | {"entity_id": "S1"}], [_SECTION | {"entity_id": "S2"}]),
    },
    "project_reserve": {"stage_not_back": stage_not_back(project_name="甲项目", approved_date=None)},
    "key_projects": {"stage_not_back": stage_not_back(project_name="甲工程")},
}
OTHER: dict[str, Any] = {
    "city_work_plan": "no",
    "section_work_plan": "no",
    "evidence_sent": "no",
    "unmet_reason": "资金不足",
}
# What somebody fills into the form of each source, by its period.
_AREA = {"city": "太原市", "county": "清徐县"}
_WORK = {"stage": "完工", "completed_date": date(2021, 9, 1), "evidence_grade": "佐证齐全"}
FILLED: dict[str, tuple[str, dict[str, Any]]] = {
    "city_arrangements": ("2021", {"city_work_plan": "是", "plan_document": "1号", "city_project_list": "是"}),
    "section_plans": ("2021", {"section_work_plan": "是"}),
    "project_reserve": ("2021", {**_AREA, "project_name": "某项目", "stored_date": date(2021, 2, 1), **_WORK}),
    "key_projects": ("2021", {**_AREA, "project_name": "某工程", "due_on": date(2021, 10, 31), **_WORK}),
    "evidence": (
        "2021",
        {"reported_by": "某厅", "evidence_sent": "是", "work_done": "已开展", "attachments": "某总结"}
        | {"evidence_date": date(2021, 12, 1)},
    ),
    "unmet_reasons": (
        "2021",
        {
            "figure_code": "T12b",
            "city": "太原市",
            "unmet_cause": "管理",
            "unmet_reason": "台账不全",
            "reported_by": "省农业农村厅",
        }
        | {"unmet_measure": "补报", "measure_due": date(2022, 6, 30), "responsible_office": "某处"},
    ),
}
# Rows that a form begins, where it is not one.
BEGUN = {"city_arrangements": 11, "section_plans": 3, "evidence": 31}
