"""Invented forms of water resources and their neighbours: plans of rivers, permits, works, channels, banks, docks."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from analytics.example.flows import KEY_RIVERS
from analytics.example.plan import Example, Made
from analytics.example.rivers import HAI, RIVERS
from analytics.example.sheets import Cell
from analytics.example.tables import Row, place, write_table

# Cities that lie in the basin of the Hai alone.
_HAI_CITIES = ("140200", "140300", "140400")
PROJECTS, CHANNELS, RURAL_WORKS, REACHES, DOCKS = 24, 36, 46, 34, 17
# Counties of the basin created, and those of which nothing is told, in every hundred.
_CREATED, _SILENT = 0.74, 0.03
_GROUNDS = (
    "城乡居民生活用水，无其他水源（示例）",
    "应急供水工程，限期封填（示例）",
    "原许可到期延续，水量核减一成（示例）",
    "国家重点项目施工期用水（示例）",
)
# County, river, works, water used, stage, day of the start.
_REPLENISHMENT = (
    ("141021", "浍河", "示例浍河生态补水工程", "浍河水库", "开工", "05-20"),
    ("140826", "涑水河", "示例涑水河生态补水工程", "引黄水", "前期", None),
)
# County, river, task of one that the plan does not name, stage, day of start (a dash before it: of the year before) and
# of completion, evidence.
_WETLANDS = (
    ("140122", "杨兴河", None, "验收", "-09-10", "08-30", "现场核实"),
    ("140781", "磁窑河", None, "完工", "-10-12", "11-25", "佐证齐全"),
    ("140525", "巴公河", None, "开工", "03-18", None, "自报"),
    ("141125", "三川河", None, "完工", "-08-01", "12-10", "佐证齐全"),
    ("141123", "蔚汾河", None, "开工", "04-06", None, "佐证齐全"),
    ("141126", "屈产河", None, "开工", "05-11", None, "自报"),
    ("141124", "湫水河", None, "前期", None, None, "自报"),
    ("140821", "涑水河", None, "开工", "06-02", None, "自报"),
    ("140525", "北石店河", None, "开工", "07-15", None, "佐证齐全"),
    ("140581", "示例小河", "T16b", "开工", "06-20", None, "自报"),
)
_MEASURES = ("更换水源", "净化处理", "净化处理", "污染治理")
_WITHIN_50_M = ("汾河", "沁河", "涑水河", "三川河", "昕水河")


def deliveries(example: Example) -> Iterator[Made]:
    """Registers in spring, what became of the year in the January after; every channel is told of month by month."""
    spring, january, told = date(example.year, 3, 3), date(example.year + 1, 1, 13), str(example.year)
    projects, channels, works, reaches, docks = (
        places(example, "permits", "取水项目", "SQ", PROJECTS),
        places(example, "channels", "退水渠", "TS", CHANNELS),
        places(example, "rural_works", "供水工程", "GS", RURAL_WORKS),
        places(example, "reaches", "城市段", "HD", REACHES),
        places(example, "docks", "景区码头", "MT", DOCKS),
    )
    counties = basin_counties(example)
    yield Made("yellow_basin_counties", write_basin(example, counties), spring)
    yield Made("water_permit_projects", _register(example, "water_permit_projects", "permit_project", projects), spring)
    yield Made("return_channels", _register(example, "return_channels", "channel", channels), spring)
    yield Made("rural_water_works", _register(example, "rural_water_works", "rural_works", works), spring)
    yield Made("bank_reaches", _register(example, "bank_reaches", "reach", reaches), spring)
    yield Made("docks", _register(example, "docks", "dock", docks), spring)
    yield Made("river_flow_plans", write_plans(example), january, told)
    yield Made("river_replenishment", write_replenishment(example), january, told)
    yield Made("water_saving_counties", write_saving(example, counties), january, told)
    yield Made("groundwater_approvals", write_approvals(example), january, told)
    yield Made("water_arguments", write_arguments(example, projects), january, told)
    yield Made("return_channel_states", write_channels(example, channels), january, told)
    yield Made("rural_works_measures", write_measures(example, works), january, told)
    yield Made("bank_greening", write_greening(example, reaches), january, told)
    yield Made("tributary_wetlands", write_wetlands(example), january, told)
    yield Made("dock_facilities", write_docks(example, docks), january, told)


Place = tuple[str, str, str, str]


def places(example: Example, part: str, kind: str, letters: str, count: int) -> list[Place]:
    """So many things of a kind: code, name, county, river."""
    chance = example.chance(part)
    found = []
    for number in range(1, count + 1):
        river, _, counties = chance.choice(RIVERS)
        county = chance.choice(counties.split())
        found.append((f"{letters}{number:03d}", f"{example.name(county)}示例{kind}{number}号", county, river))
    return found


def _register(example: Example, source: str, named: str, found: Sequence[Place]) -> Path:
    """A register of them; what else its form asks for is invented by chance."""
    chance = example.chance(f"register/{source}")
    fields = {c.field for c in example.catalog.sources[source].columns}
    rows: list[Row] = []
    for code, name, county, river in found:
        beside: dict[str, Cell] = {
            "river": river,
            "over_exploited_area": "示例超采区" + chance.choice("甲乙丙"),
            "failing_item": chance.choice(("氟化物", "硝酸盐氮", "总硬度", "硫酸盐")),
            "green_belt": "堤外50米" if river in _WITHIN_50_M else "堤外30米",
            "scenic_area": f"{example.name(county)}示例景区",
        }
        told = {key: value for key, value in beside.items() if key in fields}
        rows.append({f"{named}_code": code, f"{named}_name": name, **place(example, county), **told})
    return write_table(example, source, rows)


def basin_counties(example: Example) -> list[str]:
    """Counties of the basin of the Yellow River: those on no river of the Hai and in no city of it."""
    hai = {county for _, basin, counties in RIVERS if basin == HAI for county in counties.split()}
    return [c.id for c in example.counties() if c.id not in hai and c.parent not in _HAI_CITIES]


def write_basin(example: Example, counties: Sequence[str]) -> Path:
    """The register of the basin's counties."""
    return write_table(example, "yellow_basin_counties", [place(example, c) for c in counties])


def write_plans(example: Example) -> Path:
    """Every key river has its plan; of the last one nobody says whether it has entered the dispatch plan."""
    rows: list[Row] = [
        {
            "river": river,
            "flow_plan_drafted": "是",
            "approved_document": f"{river}生态流量保障实施方案（示例）",
            "flow_in_dispatch": "是" if number < len(KEY_RIVERS) - 1 else None,
        }
        for number, (river, *_) in enumerate(KEY_RIVERS)
    ]
    return write_table(example, "river_flow_plans", rows)


def write_replenishment(example: Example) -> Path:
    """The two rivers of the plan: one is being replenished, one is not yet."""
    rows: list[Row] = [
        {
            **place(example, county),
            "river": river,
            "replenishment_name": name,
            "replenishment_water": water,
            "stage": stage,
            "started_date": _day(example, start),
            "evidence_grade": "佐证齐全" if start else "自报",
        }
        for county, river, name, water, stage, start in _REPLENISHMENT
    ]
    return write_table(example, "river_replenishment", rows)


def write_saving(example: Example, counties: Sequence[str]) -> Path:
    """Most counties of the basin have been created; of some nothing is told."""
    chance = example.chance("saving")
    rows: list[Row] = []
    for county in counties:
        drawn = chance.random()
        if drawn < _SILENT:
            continue
        is_created = drawn < _SILENT + _CREATED
        rows.append(
            {
                **place(example, county),
                "is_water_saving_society": "是" if is_created else "否",
                "accepted_document": "示例验收公告" if is_created else None,
            }
        )
    return write_table(example, "water_saving_counties", rows)


def write_approvals(example: Example) -> Path:
    """The permits granted where groundwater is over-exploited, each with its ground."""
    chance = example.chance("approvals")
    rows: list[Row] = [
        {
            **place(example, chance.choice(example.counties()).id),
            "permit_code": f"示例晋水许可{number:03d}",
            "permit_project_name": f"示例取水项目{number}",
            "permitted_wan_m3": round(chance.uniform(3, 120), 1),
            "approval_ground": chance.choice(_GROUNDS),
        }
        for number in range(1, 7)
    ]
    return write_table(example, "groundwater_approvals", rows)


def write_arguments(example: Example, projects: Sequence[Place]) -> Path:
    """All projects but one have their argument."""
    rows: list[Row] = [
        {
            "permit_project_code": code,
            "permit_project_name": name,
            "has_water_argument": "否" if number == 0 else "是",
            "argument_document": None if number == 0 else f"示例水资源论证审查意见{number}",
        }
        for number, (code, name, *_) in enumerate(projects)
    ]
    return write_table(example, "water_arguments", rows)


def write_channels(example: Example, channels: Sequence[Place]) -> Path:
    """All channels in all months: open in summer; in October two still, and in spring some, before the plan counts."""
    rows: list[Row] = [
        {
            "channel_code": code,
            "channel_name": name,
            "month": f"{example.year}-{month:02d}",
            "return_channel_sealed": "否" if _is_open(number, month) else "是",
        }
        for number, (code, name, *_) in enumerate(channels)
        for month in range(1, 13)
    ]
    return write_table(example, "return_channel_states", rows)


def _is_open(number: int, month: int) -> bool:
    return 6 <= month <= 9 or (month == 10 and number in (4, 19)) or (month == 4 and number % 5 == 0)


def write_measures(example: Example, works: Sequence[Place]) -> Path:
    """Every failing water works has a measure."""
    chance = example.chance("measures")
    rows: list[Row] = [
        {"rural_works_code": code, "rural_works_name": name, "rural_works_measure": chance.choice(_MEASURES)}
        for code, name, *_ in works
    ]
    return write_table(example, "rural_works_measures", rows)


def write_greening(example: Example, reaches: Sequence[Place]) -> Path:
    """Bank greened of what can be; of one reach only the length that can be."""
    chance = example.chance("greening")
    rows: list[Row] = []
    for number, (code, name, *_) in enumerate(reaches):
        greenable = _length(chance)
        greened = None if number == 7 else round(greenable * chance.uniform(0.35, 1.0), 1)
        rows.append(
            {"reach_code": code, "reach_name": name, "bank_greenable_km": greenable, "bank_greened_km": greened}
        )
    return write_table(example, "bank_greening", rows)


def _length(chance: random.Random) -> float:
    return round(chance.uniform(2, 24), 1)


def write_wetlands(example: Example) -> Path:
    """The wetlands that the plan names and one more: one of those to be completed is still being built."""
    rows: list[Row] = [
        {
            **place(example, county),
            "river": river,
            "wetland_name": f"示例{river}人工湿地",
            "list_code": task,
            "stage": stage,
            "started_date": _day(example, start),
            "completed_date": _day(example, done),
            "evidence_grade": evidence,
        }
        for county, river, task, stage, start, done, evidence in _WETLANDS
    ]
    return write_table(example, "tributary_wetlands", rows)


def write_docks(example: Example, docks: Sequence[Place]) -> Path:
    """Every dock has facilities that work."""
    rows: list[Row] = [{"dock_code": c, "dock_name": name, "dock_facilities_work": "是"} for c, name, *_ in docks]
    return write_table(example, "dock_facilities", rows)


def _day(example: Example, month_and_day: str | None) -> str | None:
    """A day of the year; with a dash before it, of the year before."""
    if month_and_day is None:
        return None
    return f"{example.year - month_and_day.startswith('-')}-{month_and_day.removeprefix('-')}"
