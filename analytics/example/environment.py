"""Invented management of the environment: villages, counties, cities, enterprises, outfalls, stations, key sources."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from analytics.example.plan import Example, Made
from analytics.example.sheets import Cell
from analytics.example.tables import Row, place, write_table

# Villages with works, of which so many began in the year itself and some in the one before.
VILLAGES, BEGUN, BEGUN_BEFORE = 642, 612, 9
_VILLAGE_KINDS = (
    "水源地保护区",
    "黑臭水体集中区域",
    "乡镇政府所在地",
    "中心村",
    "城乡接合部",
    "旅游风景区",
    "重点河流沿岸",
)
_KIND_WEIGHTS = (6, 4, 12, 20, 8, 5, 25)
# The county that does not send decides whether four in five facilities run; not every pollution source has its permit.
SILENT_COUNTY, RUNNING, UNPERMITTED = "140925", 0.801, 21
ENTERPRISES, KEY_SOURCES, OUTFALLS = 186, 150, 132
_INDUSTRIES = ("焦化", "化工", "制药", "金属采选")
# Cities with outfalls in the Yellow River basin, with their river; who published from which month on, and what failed.
YELLOW = {
    "140100": "汾河",
    "140400": "沁河",
    "140500": "沁河",
    "140700": "汾河",
    "140800": "涑水河",
    "140900": "汾河",
    "141000": "汾河",
    "141100": "三川河",
}
PUBLISHED_FROM = {
    "140100": 1,
    "140400": 8,
    "140500": 5,
    "140700": 8,
    "140800": 7,
    "140900": 8,
    "141000": 8,
    "141100": 6,
}
NOT_PUBLISHED = {("141000", 9)}
NOT_TOLD = {("140900", 12)}
# River, month and day of completion of each city's reach; none where it is still under way.
_NANYANG = {
    "140100": ("潇河", "11-20"),
    "140200": ("御河", "12-15"),
    "140400": ("浊漳河", "10-30"),
    "140500": ("沁河", "09-28"),
    "140600": ("桑干河", None),
    "140700": ("潇河", "12-20"),
    "140800": ("涑水河", "12-08"),
    "140900": ("滹沱河", "11-11"),
    "141000": ("汾河", "10-12"),
    "141100": ("文峪河", "12-25"),
}
_NANYANG_TOO = {"140400": ("浊漳河南源", "12-18")}
# Hazards found and rectified, complaints due and on time, inspections, cases: by city, in the order of the codes.
_HAZARDS = (
    (64, 58),
    (22, 20),
    (31, 31),
    (88, 71),
    (57, 52),
    (14, 12),
    (73, 66),
    (96, 80),
    (41, 35),
    (102, 84),
    (79, 70),
)
_COMPLAINTS = (1240, 610, 282, 540, 471, 233, 655, 702, 498, 744, 520)
_STATIONS = (
    ("140121", "汾河示例自动站", "完工"),
    ("140181", "屯兰川示例自动站", "稳定运行"),
    ("140221", "南洋河示例自动站", "完工"),
    ("140311", "桃河示例自动站", "开工"),
    ("140423", "浊漳河示例自动站", "稳定运行"),
    ("140525", "丹河示例自动站", "完工"),
    ("140622", "桑干河示例自动站", "前期"),
    ("140728", "惠济河示例自动站", "完工"),
    ("140821", "涑水河示例自动站", "稳定运行"),
    ("140925", "汾河源示例自动站", "完工"),
    ("141081", "浍河示例自动站", "完工"),
    ("141125", "三川河示例自动站", "开工"),
)
_GRADES = ("自报", "佐证齐全", "现场核实")


def deliveries(example: Example) -> Iterator[Made]:
    """The registers in spring, the months of publication and the year's forms in the January after."""
    spring, january, year = date(example.year, 3, 2), date(example.year + 1, 1, 14), str(example.year)
    for register, write in (
        ("risk_enterprises", write_enterprises),
        ("outfalls", write_outfalls),
        ("key_pollution_sources", write_key_sources),
    ):
        yield Made(register, write(example), spring)
    for form, write in (
        ("enterprise_surveys", write_surveys),
        ("outfall_progress", write_progress),
        ("outfall_publication", write_publication),
        ("key_source_monitoring", write_monitoring),
        ("village_works", write_villages),
        ("county_environment", write_counties),
        ("nanyang_rivers", write_nanyang),
        ("station_works", write_stations),
    ):
        yield Made(form, write(example), january, year)
    cities = city_rows(example)
    own = next(row for row in cities if row["city"] == "运城市")
    others = [row for row in cities if row is not own]
    yield Made("city_environment", write_table(example, "city_environment", others), january, year)
    path = write_table(example, "city_environment", [own], part="运城市")
    yield Made("city_environment", path, january, year, area="140800")


def _day(year: int, month: int, day: int) -> str:
    return f"{year}-{month:02d}-{day:02d}"


# Villages, counties, cities


def write_villages(example: Example) -> Path:
    """Villages whose works began in the year, and others that began before it or have not yet."""
    chance = example.chance("village_works")
    counties = [c.id for c in example.counties() if c.kind != "district"]
    homes = sorted(chance.choices(counties, k=VILLAGES))
    order = chance.sample(range(VILLAGES), BEGUN + BEGUN_BEFORE)
    begun, before = set(order[:BEGUN]), set(order[BEGUN:])
    rows: list[Row] = []
    for number, county in enumerate(homes):
        is_begun, is_old = number in begun, number in before
        is_done = is_old or (is_begun and chance.random() < 0.55)
        start = _day(example.year - is_old, chance.randint(3, 7), chance.randint(1, 28))
        done = _day(example.year, chance.randint(9, 12), chance.randint(1, 28))
        rows.append(
            {
                **place(example, county),
                "village_name": f"{example.name(county)}示例{number + 1}村",
                "village_kind": chance.choices((*_VILLAGE_KINDS, "其他"), (*_KIND_WEIGHTS, 20))[0],
                "stage": "完工" if is_done else "开工" if is_begun else "前期",
                "started_date": start if is_begun or is_old else None,
                "completed_date": done if is_done else None,
                "evidence_grade": chance.choices(_GRADES, (5, 4, 1))[0],
            }
        )
    return write_table(example, "village_works", rows)


def write_counties(example: Example) -> Path:
    """Rural facilities built and running, pollution sources and their permits; one county sends nothing."""
    chance = example.chance("county_environment")
    counties = [c.id for c in example.counties()]
    behind = chance.sample([c for c in counties if c != SILENT_COUNTY], UNPERMITTED)
    rows: list[Row] = []
    for county in counties:
        built = 0 if county in ("140106", "140107") else round(chance.lognormvariate(3.2, 0.5))
        existing = round(chance.lognormvariate(5.6, 0.6))
        missing = chance.randint(1, 4) if county in behind else 0
        running = round(built * min(1.0, chance.gauss(RUNNING, 0.06)))
        rows.append(
            {
                **place(example, county),
                "rural_facilities_built": built,
                "rural_facilities_running": running,
                "pollution_sources_existing": existing,
                "pollution_sources_permitted": existing - missing,
            }
        )
    sent = _near_four_in_five([row for row, county in zip(rows, counties, strict=True) if county != SILENT_COUNTY])
    return write_table(example, "county_environment", sent)


def _near_four_in_five(rows: list[Row]) -> list[Row]:
    """The rows with so many more or fewer facilities running that four in five do: the silent county decides."""
    built = sum(int(row["rural_facilities_built"] or 0) for row in rows)
    lacking = -(-4 * built // 5) - sum(int(row["rural_facilities_running"] or 0) for row in rows)
    changed: list[Row] = []
    for row in rows:
        has, runs = int(row["rural_facilities_built"] or 0), int(row["rural_facilities_running"] or 0)
        step = max(-2, min(2, lacking, has - runs)) if runs > 2 else 0
        lacking -= step
        changed.append({**row, "rural_facilities_running": runs + step})
    return changed


def city_rows(example: Example) -> list[Row]:
    """Hazards, schemes, complaints and enforcement of every city."""
    chance = example.chance("city_environment")
    rows: list[Row] = []
    for number, city in enumerate(example.cities()):
        found, rectified = _HAZARDS[number]
        due = _COMPLAINTS[number]
        rows.append(
            {
                "city": city.name.zh,
                "hazards_found": found,
                "hazards_rectified": rectified,
                "nanyang_scheme": "是",
                "plan_document": f"示例环发〔{example.year}〕{chance.randint(10, 90)}号",
                "complaints_due": due,
                "complaints_on_time": due - chance.randint(0, due // 40),
                "inspections": chance.randint(400, 2400),
                "cases_unpermitted": chance.randint(0, 9),
                "cases_over_limit": chance.randint(2, 24),
                "cases_hidden": chance.randint(0, 7),
                "cases_dumped": chance.randint(0, 5),
            }
        )
    return rows


def write_nanyang(example: Example) -> Path:
    """A reach in nearly every city, two in one; one is still under way, and one city has none."""
    reaches = [*_NANYANG.items(), *_NANYANG_TOO.items()]
    rows: list[Row] = [
        {
            "city": example.name(city),
            "river": river,
            "stage": "完工" if done else "开工",
            "started_date": _day(example.year, 7, 20),
            "completed_date": f"{example.year}-{done}" if done else None,
            "evidence_grade": "佐证齐全" if done else "自报",
        }
        for city, (river, done) in sorted(reaches)
    ]
    return write_table(example, "nanyang_rivers", rows)


# Enterprises and outfalls


def _enterprises(example: Example) -> list[dict[str, Cell]]:
    chance = example.chance("risk_enterprises")
    counties = [c.id for c in example.counties()]
    found: list[dict[str, Cell]] = []
    for number in range(ENTERPRISES):
        county, industry = chance.choice(counties), chance.choices(_INDUSTRIES, (5, 4, 1, 2))[0]
        name = f"{example.name(county)}示例{industry}企业{number + 1}"
        about = {"enterprise_code": f"EXE-{number + 1:03d}", "enterprise_name": name}
        found.append({**about, **place(example, county), "enterprise_industry": industry})
    return found


def write_enterprises(example: Example) -> Path:
    """The register of enterprises of the four industries."""
    return write_table(example, "risk_enterprises", _enterprises(example))


def write_surveys(example: Example) -> Path:
    """Every enterprise was surveyed."""
    chance = example.chance("enterprise_surveys")
    rows: list[Row] = [
        {
            "enterprise_code": e["enterprise_code"],
            "enterprise_name": e["enterprise_name"],
            "enterprise_surveyed": "是",
            "survey_date": _day(example.year, chance.randint(8, 11), chance.randint(1, 28)),
        }
        for e in _enterprises(example)
    ]
    return write_table(example, "enterprise_surveys", rows)


def _outfalls(example: Example) -> list[dict[str, Cell]]:
    chance = example.chance("outfalls")
    found: list[dict[str, Cell]] = []
    for number in range(OUTFALLS):
        city = list(YELLOW)[number % len(YELLOW)]
        counties = [c.id for c in example.counties(city)]
        kind = chance.choices(("工业排污口", "城镇污水处理厂排污口", "农业排口", "其他排口"), (3, 4, 1, 2))[0]
        about = {"outfall_code": f"EXP-{number + 1:03d}", "outfall_name": f"{YELLOW[city]}示例{number + 1}号排污口"}
        placed = place(example, chance.choice(counties))
        found.append({**about, **placed, "outfall_kind": kind, "river": YELLOW[city], "basin": "黄河流域"})
    return found


def write_outfalls(example: Example) -> Path:
    """The register of outfalls in the Yellow River basin."""
    return write_table(example, "outfalls", _outfalls(example))


def write_progress(example: Example) -> Path:
    """All were found and measured, most traced, some not yet treated."""
    chance = example.chance("outfall_progress")
    rows: list[Row] = []
    for outfall in _outfalls(example):
        traced = chance.random() < 0.93
        treated = traced and chance.random() < 0.82
        done = {"outfall_traced": "是" if traced else "否", "outfall_treated": "是" if treated else "否"}
        named = {"outfall_code": outfall["outfall_code"], "outfall_name": outfall["outfall_name"]}
        rows.append({**named, "outfall_found": "是", "outfall_measured": "是", **done})
    return write_table(example, "outfall_progress", rows)


def write_publication(example: Example) -> Path:
    """All twelve months of each city with outfalls: one was missed after August, one is not told of."""
    rows: list[Row] = []
    for city, first in PUBLISHED_FROM.items():
        for month in range(1, 13):
            if (city, month) in NOT_TOLD:
                continue
            is_out = month >= first and (city, month) not in NOT_PUBLISHED
            told = {"outfall_results_published": "是" if is_out else "否"}
            site = f"{example.name(city)}示例网站" if is_out else None
            rows.append(
                {"city": example.name(city), "month": f"{example.year}-{month:02d}", **told, "published_at": site}
            )
    return write_table(example, "outfall_publication", rows)


# Monitoring


def write_stations(example: Example) -> Path:
    """Automatic stations under construction, most of them built."""
    rows: list[Row] = [
        {
            **place(example, county),
            "station_name": name,
            "river": name.split("示例")[0],
            "stage": stage,
            "started_date": _day(example.year, 4, 10) if stage != "前期" else None,
            "completed_date": _day(example.year, 10, 8) if stage in ("完工", "稳定运行") else None,
            "evidence_grade": "佐证齐全" if stage == "稳定运行" else "自报",
        }
        for county, name, stage in _STATIONS
    ]
    return write_table(example, "station_works", rows)


def _key_sources(example: Example) -> list[dict[str, Cell]]:
    chance = example.chance("key_pollution_sources")
    counties = [c.id for c in example.counties()]
    found: list[dict[str, Cell]] = []
    for number in range(KEY_SOURCES):
        county = chance.choice(counties)
        name = f"{example.name(county)}示例重点源{number + 1}"
        found.append({"enterprise_code": f"EXK-{number + 1:03d}", "enterprise_name": name, **place(example, county)})
    return found


def write_key_sources(example: Example) -> Path:
    """The register of key pollution sources."""
    return write_table(example, "key_pollution_sources", _key_sources(example), text=True)


def write_monitoring(example: Example) -> Path:
    """Most sources are online, with the hours of which valid data came."""
    chance = example.chance("key_source_monitoring")
    rows: list[Row] = []
    for source in _key_sources(example):
        is_online = chance.random() < 0.96
        due = chance.choice((8760, 8760, 8760, 8016, 7320)) if is_online else 0
        hours = {"online_hours_due": due, "online_hours_valid": round(due * chance.uniform(0.93, 0.995))}
        named = {"enterprise_code": source["enterprise_code"], "enterprise_name": source["enterprise_name"]}
        rows.append({**named, "key_source_online": "是" if is_online else "否", **hours})
    return write_table(example, "key_source_monitoring", rows)
