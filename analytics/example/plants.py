"""Invented sewage plants: register, daily effluent of the cold season, monthly and yearly reports, works, outlets."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from analytics.example.plan import Example, Made
from analytics.example.rivers import RIVERS, YELLOW
from analytics.example.sheets import Cell, Form, Workbook, write_text_form
from analytics.example.tables import Row, place, write_table

# The large plants stand in the districts of cities; almost every county has one of its own, some towns a second one.
_LARGE = (
    *("140105", "140106", "140108", "140110", "140213", "140303", "140403", "140502", "140602", "140702"),
    *("140802", "140902", "141002", "141102"),
)
_WITH_TWO = ("140109", "140214", "140302", "140406", "140525", "140703", "140882", "140981", "141081", "141181")
_WITHOUT = ("140107", "140212", "140311", "140404")
# Where no section lies the water runs to the main river of the city.
_MAIN = {
    **{"1401": "汾河", "1402": "桑干河", "1403": "桃河", "1404": "浊漳河", "1405": "丹河", "1406": "桑干河"},
    **{"1407": "汾河", "1408": "涑水河", "1409": "滹沱河", "1410": "汾河", "1411": "三川河"},
}
# Of the plants in their order: those that affect newly assessed sections, use membranes, have a wetland.
_NEW_SECTION, _MEMBRANES, _WETLANDS = 3, 9, 11  # one in so many
_PROCESSES = ("A2O", "氧化沟", "改良氧化沟", "CASS", "A2O+深度处理", "曝气生物滤池")
# BOD₅ of the influent [mg/L] of the year itself and the year before; plants below 100 in the year.
_BOD5 = (163.0, 151.0)
WEAK_PLANTS, WEAK_BOD5 = (17, 88), 93.0
# People served with water for each m³/d of the plants of a city, in the year and the year before.
PEOPLE_PER_M3_D = (4.25, 4.19)
# Days in a thousand that are beyond a limit, or lack an item.
_BEYOND, _LACKING = 12, 4
SILENT_PLANT = 61  # tells no day
NOT_RETROFITTED = (6, 45, 99)
OVERFLOWS = {(23, 7): 1, (70, 8): 2}  # plant and month
COLD_MONTH = (33, 2)  # plant and month of which the temperature is not told
OUTLETS, OPEN_OUTLET, SILENT_OUTLET = 42, (11, 11), (30, 12)
# County, capacity added, stage, month and day of start, completion and trial run, evidence.
_EXPANSIONS = (
    ("140781", 20_000, "稳定运行", "03-02", "09-10", "09-28", "现场核实"),
    ("141122", 10_000, "验收", "03-20", "10-15", "11-02", "佐证齐全"),
    ("141181", 20_000, "通水试运行", "02-25", "11-30", "12-12", "佐证齐全"),
    ("141082", 15_000, "完工", "04-08", "12-20", None, "自报"),
    ("141081", 20_000, "完工", "03-11", "12-05", None, "佐证齐全"),
    ("140902", 30_000, "稳定运行", "02-18", "08-29", "09-20", "现场核实"),
    ("140322", 10_000, "开工", "05-16", None, None, "自报"),
    ("140122", 5_000, "完工", "04-19", "11-11", None, "佐证齐全"),
)


@dataclass(frozen=True)
class Plant:
    """An invented plant of the register."""

    number: int
    code: str
    name: str
    county: str
    capacity: int
    process: str
    standard: str
    river: str
    affects_new_section: bool
    has_wetland: bool

    @property
    def basin(self) -> str:
        """The basin that its water runs to."""
        return next((basin for river, basin, _ in RIVERS if river == self.river), YELLOW)


def deliveries(example: Example) -> Iterator[Made]:
    """The register, the reports of each quarter and year, and the works, sent by their departments."""
    plants = plant_list(example)
    y = example.year
    january = date(y + 1, 1, 11)
    yield Made("sewage_plants", write_register(example, plants), date(y, 3, 1))
    yield Made("overflow_outlets", write_outlets(example, plants), date(y, 3, 1))
    for year in (y - 1, y):
        yield Made("plant_monthly", write_months(example, plants, year), date(year + 1, 1, 11), str(year))
        yield Made("plant_yearly", write_years(example, plants, year), date(year + 1, 1, 11), str(year))
        yield Made("people_served", write_people(example, plants, year), date(year + 1, 1, 13), str(year))
    for quarter, received in ((1, date(y, 4, 9)), (2, date(y, 5, 12)), (4, date(y + 1, 1, 9))):
        yield Made("plant_daily", write_days(example, plants, quarter), received, f"{y}-Q{quarter}")
    yield Made("plant_expansion", write_expansions(example), january, str(y))
    yield Made("overflow_outlet_months", write_outlet_months(example, plants), january, str(y))
    yield Made("outlet_wetlands", write_wetlands(example, plants), date(y + 1, 1, 12), str(y))


def plant_list(example: Example) -> list[Plant]:
    """About 140 plants: one in almost every county, more in the cities."""
    chance = example.chance("sewage_plants")
    by_county = {county: river for river, _, places in reversed(RIVERS) for county in places.split()}
    homes = [c.id for c in example.counties() if c.id not in _WITHOUT]
    homes = sorted([*homes, *_WITH_TWO, *_LARGE])
    found: list[Plant] = []
    for number, county in enumerate(homes, start=1):
        nth = homes[:number].count(county)
        size = chance.uniform(50_000, 170_000) if county in _LARGE else chance.lognormvariate(9.7, 0.55)
        found.append(
            Plant(
                number=number,
                code=f"EXP-{number:03d}",
                name=f"{example.name(county)}示例污水处理厂" + (f"（{nth}厂）" if homes.count(county) > 1 else ""),
                county=county,
                capacity=max(5_000, 1_000 * round(size / 1_000)),
                process="MBR" if number % _MEMBRANES == 0 else chance.choice(_PROCESSES),
                standard=chance.choices(("DB14/1928-2019", "一级A", "一级B"), (30, 8, 1))[0],
                river=by_county.get(county, _MAIN[county[:4]]),
                affects_new_section=number % _NEW_SECTION == 0,
                has_wetland=number % _WETLANDS == 0,
            )
        )
    return found


def write_register(example: Example, plants: Sequence[Plant]) -> Path:
    """The register as GB18030 text."""
    rows: list[Row] = [
        {
            **place(example, p.county),
            "plant_code": p.code,
            "plant_name": p.name,
            "capacity_m3_d": p.capacity,
            "plant_process": p.process,
            "plant_standard": p.standard,
            "basin": p.basin,
            "river": p.river,
            "affects_new_section": "是" if p.affects_new_section else "否",
            "has_outlet_wetland": "是" if p.has_wetland else "否",
        }
        for p in plants
    ]
    return write_table(example, "sewage_plants", rows, text=True)


# Days and months


_ITEMS = ("化学需氧量(mg/L)", "氨氮(mg/L)", "总磷(mg/L)", "总氮(mg/L)")
_LIMITS = {"DB14/1928-2019": (40, 2.0, 0.4, 15), "一级A": (50, 5.0, 0.5, 15), "一级B": (60, 8.0, 1.0, 20)}
_SHARE, _PLACES = (0.46, 0.30, 0.48, 0.66), (1, 3, 3, 2)  # of the limit, on a usual day; decimals


def write_days(example: Example, plants: Sequence[Plant], quarter: int) -> Path:
    """Daily effluent of the days of the cold season in a quarter, as text; one plant tells none."""
    chance = example.chance(f"plant_daily/{quarter}")
    first, last = {1: ((1, 1), (3, 31)), 2: ((4, 1), (4, 30)), 4: ((11, 1), (12, 31))}[quarter]
    begin, end = (date(example.year, *day) for day in (first, last))
    days = [begin + timedelta(days=n) for n in range((end - begin).days + 1)]
    rows: list[list[Cell]] = []
    for plant in plants:
        if plant.number == SILENT_PLANT:
            continue
        for day in days:
            values = _effluent(plant, chance, is_beyond=chance.randrange(1000) < _BEYOND)
            if chance.randrange(1000) < _LACKING:
                values[chance.randrange(4)] = "--"
            warmth = round(_warmth(plant, day.month) + chance.gauss(0, 0.5), 1)
            rows.append([plant.code, day.isoformat(), *values, warmth])
    heading = ["污水处理厂编码", "监测日期", *_ITEMS, "水温(℃)"]
    title = f"{example.year}年第{quarter}季度城镇污水处理厂出水日均值"
    return write_text_form(example.file(f"{title}.csv"), Form(title, [heading], rows))


def _effluent(plant: Plant, chance: Random, *, is_beyond: bool, spread: float = 0.14) -> list[Cell]:
    """Oxygen demand, ammonia, phosphorus and nitrogen of the effluent; one of them beyond its limit."""
    limits = _LIMITS[plant.standard]
    own = 0.82 + 0.36 * ((plant.number * 37) % 100) / 100
    values: list[float] = [
        round(min(0.97 * limit, own * share * limit * math.exp(chance.gauss(0, spread))), places)
        for limit, share, places in zip(limits, _SHARE, _PLACES, strict=True)
    ]
    if is_beyond:
        which = chance.choice((0, 1, 1, 2, 3))
        values[which] = round(limits[which] * (chance.uniform(1.65, 1.8) if which == 1 else 1.2), 3)
    ammonia, nitrogen = values[1], values[3]
    values[3] = max(nitrogen, round(1.1 * ammonia, 2))
    return list(values)


def _warmth(plant: Plant, month: int) -> float:
    """Temperature of the effluent [°C]: about twelve in January and twenty-three in July, less where a wetland is."""
    swing = math.cos((month - 1) / 6 * math.pi)
    return 17.2 - 5.4 * swing + (plant.number % 7 - 3) * 0.25 - (0.4 if plant.has_wetland else 0)


def write_months(example: Example, plants: Sequence[Plant], year: int) -> Path:
    """The monthly reports of all plants in one file: Excel of the year itself, text of the year before."""
    chance = example.chance(f"plant_monthly/{year}")
    back = example.year - year
    rows = [
        row
        for plant in plants
        for row in _months_of(example.chance(f"plant/{plant.code}"), chance, plant, back=back, year=year)
    ]
    heading = ["污水处理厂编码", "污水处理厂名称", "月份", "处理水量（万m³）", "进水BOD₅（mg/L）"]
    heading += [*_ITEMS, "出水温度（℃）", "出水温度低于10℃的天数（天）", "非紧急状态溢流直排次数（次）"]
    form = Form(f"{year}年城镇污水处理厂运行月报", [heading], rows)
    if back:
        return write_text_form(example.file(f"{form.title}.csv"), form)
    return Workbook(example.file(f"{form.title}.xlsx"), [form]).write()


def _months_of(own: Random, chance: Random, plant: Plant, *, back: int, year: int) -> Iterator[list[Cell]]:
    strength = math.exp(own.gauss(-0.02, 0.16))
    load = own.uniform(0.62, 0.93) * (0.97 if back else 1.0)
    is_weak = plant.number in WEAK_PLANTS and not back
    for month in range(1, 13):
        rain = 1.12 if month in (7, 8, 9) else 1.0
        bod5 = max(104.0, _BOD5[back] * strength / rain * chance.uniform(0.95, 1.05))
        warmth = round(_warmth(plant, month) + chance.gauss(0, 0.3), 1)
        is_untold = not back and (plant.number, month) == COLD_MONTH
        yield [
            plant.code,
            plant.name,
            f"{year}-{month:02d}",
            round(plant.capacity * load * rain * 30.4 / 10_000 * chance.uniform(0.97, 1.03), 2),
            round(WEAK_BOD5 / rain if is_weak else bod5, 1),
            *_effluent(plant, chance, is_beyond=False, spread=0.05),
            None if is_untold else warmth,
            None if is_untold else max(0, round((11.4 - warmth) * 9)),
            0 if back else OVERFLOWS.get((plant.number, month), 0),
        ]


def write_people(example: Example, plants: Sequence[Plant], year: int) -> Path:
    """People served with water by city: they grow more slowly than the load that arrives."""
    chance = example.chance("people_served")
    rows: list[Row] = []
    for city in example.cities():
        capacity = sum(p.capacity for p in plants if p.county.startswith(city.id[:4]))
        served = capacity * PEOPLE_PER_M3_D[example.year - year] * chance.uniform(0.93, 1.07)
        rows.append({"city": city.name.zh, "people_served": round(served, -2)})
    return write_table(example, "people_served", rows, year=year)


# The year and the works


def write_years(example: Example, plants: Sequence[Plant], year: int) -> Path:
    """Load, projects, retrofit, standby and disinfection of every plant, at the end of the year."""
    chance = example.chance("plant_yearly")
    is_now = year == example.year
    rows: list[Row] = []
    for plant in plants:
        load = min(108.0, chance.gauss(80, 11))
        has_project = load > 92 and chance.random() < 0.7
        cleaner_since = chance.choices((1, 0, None), (2, 2, 6))[0] if plant.has_wetland else None
        is_clean = cleaner_since is not None and (is_now or cleaner_since == 1)
        standby = chance.choice(("备用膜池", "二沉池", "其他已备案措施"))
        rows.append(
            {
                "plant_code": plant.code,
                "plant_name": plant.name,
                "plant_load_pct": round(load - (0 if is_now else 1.5), 1),
                "has_expansion_project": "是" if has_project else "否",
                "cold_weather_retrofit_done": _retrofitted(plant, is_now=is_now),
                "membrane_standby": standby if plant.process == "MBR" and is_now else None,
                "disinfection": ("紫外线" if plant.number % 2 else "臭氧") if is_clean else "次氯酸钠",
            }
        )
    return write_table(example, "plant_yearly", rows, year=year)


def _retrofitted(plant: Plant, *, is_now: bool) -> str | None:
    if not plant.affects_new_section:
        return None
    return "是" if is_now and plant.number not in NOT_RETROFITTED else "否"


def write_expansions(example: Example) -> Path:
    """The named works and one that was added: one of them is unfinished."""

    def day(month_and_day: str | None) -> str | None:
        return f"{example.year}-{month_and_day}" if month_and_day else None

    rows: list[Row] = [
        {
            **place(example, county),
            "plant_name": f"{example.name(county)}示例污水处理厂扩容工程",
            "capacity_m3_d": capacity,
            "stage": stage,
            "started_date": day(start),
            "completed_date": day(done),
            "trial_date": day(trial),
            "evidence_grade": evidence,
            "remark": None if done else "征地延误，土建已完成六成",
        }
        for county, capacity, stage, start, done, trial, evidence in _EXPANSIONS
    ]
    return write_table(example, "plant_expansion", rows)


def write_outlets(example: Example, plants: Sequence[Plant]) -> Path:
    """The register of overflow outlets: every third plant has one."""
    rows: list[Row] = [
        {
            **place(example, p.county),
            "outlet_code": f"EXO-{n:03d}",
            "outlet_name": f"{p.name}进水溢流口",
            "plant_name": p.name,
        }
        for n, p in _outlets(plants)
    ]
    return write_table(example, "overflow_outlets", rows)


def _outlets(plants: Sequence[Plant]) -> list[tuple[int, Plant]]:
    return list(enumerate(plants[::3][:OUTLETS], start=1))


def write_outlet_months(example: Example, plants: Sequence[Plant]) -> Path:
    """The state of every outlet in every month: open in the flood season, one also in November, one untold."""
    chance = example.chance("overflow_outlets")
    rows: list[Row] = []
    for number, plant in _outlets(plants):
        closed = chance.choice(("已封堵", "已封堵", "已设闸"))
        since = chance.randint(1, 10)
        for month in range(1, 13):
            if (number, month) == SILENT_OUTLET:
                continue
            is_open = month < since or (closed == "已封堵" and month in (7, 8)) or (number, month) == OPEN_OUTLET
            rows.append(
                {
                    "outlet_code": f"EXO-{number:03d}",
                    "outlet_name": f"{plant.name}进水溢流口",
                    "month": f"{example.year}-{month:02d}",
                    "overflow_outlet_closed": "未封堵" if is_open else closed,
                }
            )
    return write_table(example, "overflow_outlet_months", rows)


def write_wetlands(example: Example, plants: Sequence[Plant]) -> Path:
    """Wetlands at the outlets of the plants, of every river."""
    chance = example.chance("outlet_wetlands")
    rows: list[Row] = []
    for plant in plants:
        kind = chance.choice(("潜流", "潜流", "组合", "表流")) if plant.has_wetland else None
        rows.append(
            {
                "plant_code": plant.code,
                "plant_name": plant.name,
                "outlet_wetland_built": "是" if plant.has_wetland else "否",
                "wetland_kind": kind,
                "is_insulated": None if kind is None else "是" if kind != "表流" else "否",
            }
        )
    return write_table(example, "outlet_wetlands", rows)
