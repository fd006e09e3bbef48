"""Invented arrangements of city governments, their projects and key works; the evidence and reasons of departments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from analytics.example.plan import Example, Made
from analytics.example.sections import Section, network
from analytics.example.sheets import Cell
from analytics.example.tables import Row, place, write_table

# Cities that send a file of their own; the others come in one. Of one the plans for its sections were not sent.
OWN_FILE = ("140100", "140200")
SILENT_CITY, WITHOUT_LIST = "140300", "140900"
PROJECTS = 148
# Key works: county, name, day planned, stage, days of start, completion and operation (month and day of the year).
_KEY_WORKS = (
    ("140106", "示例污水处理厂扩容工程", "10-31", "稳定运行", "03-02", "09-20", "10-12"),
    ("140121", "示例雨污分流改造工程", "11-30", "通水试运行", "03-20", "11-05", "11-28"),
    ("140213", "示例再生水回用工程", "09-30", "通水试运行", "04-01", "10-20", "11-06"),
    ("140321", "示例污水管网工程", "12-20", "稳定运行", "05-10", "11-30", "12-15"),
    ("140404", "示例初期雨水调蓄工程", "12-31", "完工", "05-06", "12-22", None),
    ("140581", "示例人工湿地工程", "10-20", "稳定运行", "04-15", "09-30", "10-09"),
    ("140602", "示例尾水提标工程", "12-10", "开工", "07-01", None, None),
    ("140702", "示例河道治理工程", "11-15", "稳定运行", "04-02", "10-25", "11-10"),
    ("140881", "示例污水处理厂提标工程", "08-31", "稳定运行", "03-05", "08-02", "08-26"),
    ("140902", "示例截污纳管工程", "12-31", "稳定运行", "05-20", "11-28", "12-24"),
    ("141002", "示例生态修复工程", "10-31", "通水试运行", "04-20", "10-28", "11-20"),
    ("141182", "示例园区污水处理工程", "11-30", "稳定运行", "04-08", "11-01", "11-22"),
)
_STAGES = (("前期", 40), ("开工", 34), ("完工", 14), ("通水试运行", 6), ("稳定运行", 6))
_KINDS = ("污水处理厂扩容", "管网改造", "人工湿地", "再生水利用", "河道生态修复", "农村污水治理")
_FAILING = ("劣Ⅴ", "Ⅴ")
_MEASURES = (
    "管网混错接改造、河道清淤",
    "上游截污、生态补水",
    "污水处理厂提标、入河排污口整治",
    "畜禽养殖整治、人工湿地建设",
)

# Why some figures of the invented year were not met; of the others nobody says. One of them was met all the same.
# Code, city (none: the province), cause, reason, what is done, month and day of the year after, office, attachment.
_REASONS = (
    (
        "G3b",
        None,
        "自然",
        "汛期面源随雨水入河，两个断面年均值仍为劣Ⅴ类",
        "实施一断面一方案，补建截污和人工湿地",
        "12-31",
        "水处",
        "攻坚方案",
    ),
    (
        "T06a",
        None,
        "工程",
        "部分扩容工程冬季停工，晚于计划通水",
        "增加施工力量，逐厂排定通水日期",
        "06-30",
        "城建处",
        "进度计划表",
    ),
    (
        "T08a",
        None,
        "资金",
        "提温改造资金十月才到位，采暖季内未能完工",
        "优先安排剩余厂的改造资金",
        "10-31",
        "城建处",
        None,
    ),
    ("T03", "140800", "工程", "再生水管网未接通用户", "建成输水管线并签订用水协议", "09-30", "城建处", "管线施工合同"),
    ("T03", "141000", "管理", "再生水用户未落实，产水未能外供", "与用水企业签订协议", "08-31", "城建处", None),
    (
        "T05b",
        None,
        "管理",
        "两个取水项目先开工后论证",
        "责令停工补做论证，约谈县级主管部门",
        "03-31",
        "水资源处",
        "约谈通知",
    ),
    ("T10a", None, "工程", "个别开发区污水厂设备到货晚", "驻厂督办，通水前委托外运处理", "05-31", "规划处", None),
    (
        "T12d",
        None,
        "管理",
        "部分县仓储台账口径与上年不一致，用量上升",
        "统一台账口径，推广统防统治",
        "12-31",
        "种植业处",
        "台账核对说明",
    ),
    ("T12b", None, "管理", "年中个别县台账不全，已补齐", "每季度核对一次台账", "12-31", "畜牧处", None),
)


def deliveries(example: Example) -> Iterator[Made]:
    """Plans, lists and money, section by section and project by project; then what departments say in words."""
    january, year = date(example.year + 1, 1, 10), str(example.year)
    yield Made("city_arrangements", write_arrangements(example), january, year)
    for path, area in write_section_plans(example):
        yield Made("section_plans", path, january, year, **({"area": area} if area else {}))
    yield Made("project_reserve", write_reserve(example), january, year)
    yield Made("key_projects", write_key_works(example), january, year)
    for path, department in write_evidence(example):
        yield Made("evidence", path, date(example.year + 1, 1, 16), year, department=department)
    for path, department in write_reasons(example):
        yield Made("unmet_reasons", path, date(example.year + 1, 1, 20), year, department=department)


def write_arrangements(example: Example) -> Path:
    """Every city has its plan, all but one list their tasks as projects; the money by where it came from."""
    chance = example.chance("city_arrangements")
    rows: list[Row] = []
    for city in example.cities():
        central, provincial = chance.randint(3000, 26000), chance.randint(1200, 9000)
        local, private = chance.randint(4000, 60000), chance.choice((0, 0, 2500, 8000, 15000))
        rows.append(
            {
                "city": city.name.zh,
                "city_work_plan": "是",
                "plan_document": f"示例政办发〔{example.year}〕{chance.randint(20, 80)}号",
                "city_project_list": "否" if city.id == WITHOUT_LIST else "是",
                "funds_applied_wan_yuan": round((central + provincial) * chance.uniform(1.2, 2.2)),
                "funds_central_wan_yuan": central,
                "funds_provincial_wan_yuan": provincial,
                "funds_local_wan_yuan": local,
                "funds_private_wan_yuan": private,
                "funds_paid_wan_yuan": round((central + provincial + local + private) * chance.uniform(0.6, 0.92)),
            }
        )
    return write_table(example, "city_arrangements", rows)


def write_section_plans(example: Example) -> Iterator[tuple[Path, str]]:
    """Each city's sections with their plan, and of those that fail the months, the pollutant and what is done."""
    chance = example.chance("section_plans")
    by_city: dict[str, list[Row]] = {c.id: [] for c in example.cities()}
    for section in network(example):
        by_city[f"{section.county[:4]}00"].append(_planned(section, chance.randint(1, 3), chance.choice(_MEASURES)))
    for city in OWN_FILE:
        yield write_table(example, "section_plans", by_city[city], part=example.name(city)), city
    others = [row for city, rows in by_city.items() if city not in (*OWN_FILE, SILENT_CITY) for row in rows]
    yield write_table(example, "section_plans", others), ""


def _planned(section: Section, first_month: int, measure: str) -> Row:
    told: dict[str, Cell] = {"section_code": section.code, "section_name": section.name, "section_work_plan": "是"}
    if section.quality not in _FAILING:
        return told
    months = "、".join(f"{month}月" for month in range(first_month, first_month + 4))
    return told | {"months_failing": months, "failing_items": section.item, "section_campaign": measure}


def write_reserve(example: Example) -> Path:
    """The projects in the reserve with what became of them, where the money comes from and which section they serve."""
    chance = example.chance("project_reserve")
    counties = [c.id for c in example.counties()]
    near = {s.county: s.name for s in network(example)}
    rows: list[Row] = []
    for number in range(PROJECTS):
        county = chance.choice(counties)
        stage = chance.choices([name for name, _ in _STAGES], [weight for _, weight in _STAGES])[0]
        is_begun, is_done = stage != "前期", stage in ("完工", "通水试运行", "稳定运行")
        runs = stage in ("通水试运行", "稳定运行")
        year = example.year - 1 if chance.random() < 0.3 else example.year
        whole = chance.randint(300, 12000)
        rows.append(
            {
                **place(example, county),
                "project_name": f"{example.name(county)}示例{chance.choice(_KINDS)}项目{number + 1}",
                "sections_served": near.get(county),
                "stored_date": f"{year}-{chance.randint(1, 3):02d}-{chance.randint(1, 28):02d}",
                "approved_date": f"{year}-04-{chance.randint(1, 28):02d}" if is_begun else None,
                "stage": stage,
                "started_date": f"{year}-05-{chance.randint(1, 28):02d}" if is_begun else None,
                "completed_date": f"{example.year}-10-{chance.randint(1, 28):02d}" if is_done else None,
                "trial_date": f"{example.year}-11-{chance.randint(1, 28):02d}" if runs else None,
                "funds_central_wan_yuan": round(whole * 0.4) if number % 3 == 0 else 0,
                "funds_provincial_wan_yuan": round(whole * 0.2),
                "funds_local_wan_yuan": round(whole * (0.4 if number % 3 == 0 else 0.8)),
                "evidence_grade": chance.choices(("自报", "佐证齐全"), (2, 1))[0],
            }
        )
    return write_table(example, "project_reserve", rows)


def write_key_works(example: Example) -> Path:
    """The key works: most in time, some late, one that is completed and does not yet run, one not even completed."""

    def day(month_and_day: str | None) -> str | None:
        return f"{example.year}-{month_and_day}" if month_and_day else None

    rows: list[Row] = [
        {
            **place(example, county),
            "project_name": f"{example.name(county)}{name}",
            "due_on": day(due),
            "stage": stage,
            "started_date": day(started),
            "completed_date": day(completed),
            "trial_date": day(trial),
            "evidence_grade": "佐证齐全" if trial else "自报",
        }
        for county, name, due, stage, started, completed, trial in _KEY_WORKS
    ]
    return write_table(example, "key_projects", rows)


def write_evidence(example: Example) -> Iterator[tuple[Path, str]]:
    """A file of each department that leads a duty without a figure, and the department's name."""
    chance = example.chance("evidence")
    plan = example.catalog.plan_near(example.year)
    by_lead: dict[str, list[Row]] = {}
    for target in plan.targets():
        indicator = example.catalog.indicators[target.indicator]
        if indicator.kind != "narrative":
            continue
        duty = indicator.name.zh
        lead = example.catalog.called(target.lead[:1], "zh")[0]
        by_lead.setdefault(lead, []).append(
            {
                "duty_code": target.code,
                "duty_name": duty,
                "reported_by": lead,
                "evidence_sent": "是",
                "work_done": f"按方案开展“{duty}”有关工作，印发通知并组织检查（虚构）",
                "attachments": f"{duty}工作总结（虚构）、有关文件目录（虚构）",
                "evidence_date": f"{example.year}-12-{chance.randint(10, 30)}",
            }
        )
    for lead, rows in by_lead.items():
        yield write_table(example, "evidence", rows, part=lead), lead


def write_reasons(example: Example) -> Iterator[tuple[Path, str]]:
    """A file of each department that says why figures were not met, and the department's name."""
    plan = example.catalog.plan_near(example.year)
    targets = {target.code: target for target in plan.targets()}
    by_lead: dict[str, list[Row]] = {}
    for code, city, cause, why, measure, due, office, attachment in _REASONS:
        if code not in targets:
            continue
        target = targets[code]
        lead = example.catalog.called(target.lead[:1], "zh")[0]
        by_lead.setdefault(lead, []).append(
            {
                "figure_code": code,
                "figure_name": (target.name or example.catalog.indicators[target.indicator].name).zh,
                "city": example.name(city) if city else None,
                "unmet_cause": cause,
                "unmet_reason": f"{why}（虚构）",
                "unmet_measure": f"{measure}（虚构）",
                "measure_due": f"{example.year + 1}-{due}",
                "responsible_office": f"{office}（虚构）",
                "reported_by": lead,
                "attachments": f"{attachment}（虚构）" if attachment else None,
            }
        )
    for lead, rows in by_lead.items():
        yield write_table(example, "unmet_reasons", rows, part=lead), lead
