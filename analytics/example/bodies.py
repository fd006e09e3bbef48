"""Invented black-odorous water: register, monthly readings of its points, what was eliminated, surveyed, cleared."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from analytics.example.plan import Example, Made
from analytics.example.sheets import Cell
from analytics.example.tables import Row, place, write_table

POINTS = 3
# Bodies in the built-up area of each prefecture-level city, by code; of county-level cities; and rural ones.
_OF_CITY = (6, 3, 2, 3, 2, 2, 3, 3, 2, 2, 2)
_OF_COUNTY_CITY = ("140181", "140581", "140781", "140781", "140881", "140882", "141081", "141082", "141181", "141182")
_RURAL = ("140121", "140727", "141022", "141121")
# What is out of the ordinary, by place in the register and quarter.
REBOUNDS = {(8, 3): "light", (16, 4): "light", (16, 3): "heavy"}
BLACK_BEFORE = {(12, 1)}  # and eliminated later in the year
SAMPLED_TWICE_ONLY = {(21, 2)}
UNREADABLE = {(25, 2)}
SHALLOW, SHALLOW_CM = 5, 18
RURAL_BLACK = {(41, 3)}
ELIMINATED_LATE = {12: "06-10", 33: "09-20"}
NOT_ELIMINATED = {36}
SILENT_CITY = "140981"  # its survey was not told of
PONDS = 24
_FIRST_DELIVERY = 3  # quarters


@dataclass(frozen=True)
class Body:
    """An invented body of the register."""

    number: int
    code: str
    name: str
    county: str
    kind: str
    built_up_area: str


def deliveries(example: Example) -> Iterator[Made]:
    """Registers in March, readings in October and January, the rest after the year; ponds before the flood season."""
    bodies = body_list(example)
    march, january = date(example.year, 3, 1), date(example.year + 1, 1, 11)
    year = str(example.year)
    yield Made("black_odorous_bodies", write_register(example, bodies), march)
    for path, day in write_readings(example, bodies):
        yield Made("body_monitoring", path, day, year)
    yield Made("body_elimination", write_eliminated(example, bodies), january, year)
    yield Made("county_city_survey", write_survey(example), january, year)
    yield Made("standing_black_water", write_ponds(example), march)
    yield Made("black_water_clearing", write_cleared(example), date(example.year, 6, 4), f"{example.year}-05")


def body_list(example: Example) -> list[Body]:
    """Bodies of the districts of the cities, of county-level cities, and rural ones."""
    places: list[tuple[str, str, str]] = []
    for city, number in zip(example.cities(), _OF_CITY, strict=True):
        districts = [c.id for c in example.counties(city.id) if c.kind == "district"]
        places += [(districts[n % len(districts)], "城市", "设区市") for n in range(number)]
    places += [(county, "城市", "县级市") for county in _OF_COUNTY_CITY]
    places += [(county, "农村", "其他") for county in _RURAL]
    return [
        Body(n, f"EXB-{n + 1:03d}", f"{example.name(county)}示例{n + 1}号渠", county, kind, area)
        for n, (county, kind, area) in enumerate(places)
    ]


def write_register(example: Example, bodies: list[Body]) -> Path:
    """The register, with the length and the points of each body."""
    chance = example.chance("black_odorous_bodies")
    rows: list[Row] = [
        {
            **place(example, b.county),
            "body_code": b.code,
            "body_name": b.name,
            "body_kind": b.kind,
            "built_up_area_of": b.built_up_area,
            "body_length_m": chance.randrange(600, 4200, 50),
            "monitoring_points": POINTS if b.kind == "城市" else 1,
            "valid_from": chance.choice((2016, 2016, 2017, 2018)) if b.kind == "城市" else 2020,
        }
        for b in bodies
    ]
    return write_table(example, "black_odorous_bodies", rows)


def write_readings(example: Example, bodies: list[Body]) -> Iterator[tuple[Path, date]]:
    """Three quarters as a workbook, the fourth as text; every point once a month."""
    chance = example.chance("body_monitoring")
    rows = {q: [row for b in bodies for row in _rows(example, b, q, chance)] for q in (1, 2, 3, 4)}
    first = [row for q in range(1, _FIRST_DELIVERY + 1) for row in rows[q]]
    yield write_table(example, "body_monitoring", first, part="1-3季度"), date(example.year, 10, 15)
    path = write_table(example, "body_monitoring", rows[4], part="4季度", text=True)
    yield path, date(example.year + 1, 1, 9)


def _rows(example: Example, body: Body, quarter: int, chance: random.Random) -> Iterator[Row]:
    grade = _grade(body.number, quarter)
    points = range(1, POINTS + 1) if body.kind == "城市" else (1,)
    for month in range(3 * quarter - 2, 3 * quarter + 1):
        if (body.number, quarter) in SAMPLED_TWICE_ONLY and month == 3 * quarter:
            continue
        day = date(example.year, month, chance.randint(5, 25)).isoformat()
        for point in points:
            yield {
                "body_code": body.code,
                "body_name": body.name,
                "point_number": point,
                "sampling_date": day,
                **_water(body, point, chance),
                **_values(grade if point == 1 or grade == "heavy" else "none", chance),
                **_to_the_bottom(body, point),
                **_slip(body.number, quarter, month, point),
            }


def _grade(number: int, quarter: int) -> str:
    if (number, quarter) in BLACK_BEFORE | RURAL_BLACK:
        return "heavy"
    return REBOUNDS.get((number, quarter), "none")


def _water(body: Body, point: int, chance: random.Random) -> dict[str, Cell]:
    """One shallow point where the bottom is seen; all others are deep enough."""
    if (body.number, point) == (SHALLOW, 1):
        return {"water_depth_cm": SHALLOW_CM, "is_clear_to_bottom": "是"}
    return {"water_depth_cm": chance.randrange(90, 200, 5), "is_clear_to_bottom": "否"}


def _to_the_bottom(body: Body, point: int) -> dict[str, Cell]:
    """Where the bottom is seen the transparency is the depth."""
    return {"transparency": f"{SHALLOW_CM:.1f}"} if (body.number, point) == (SHALLOW, 1) else {}


def _values(grade: str, chance: random.Random) -> dict[str, Cell]:
    """Readings of water of that grade."""
    ranges: dict[str, dict[str, tuple[float, float]]] = {
        "none": {"transparency": (32, 80), "dissolved_oxygen": (3.1, 7.5), "ammonia_nitrogen": (0.8, 5.6)},
        "light": {"transparency": (26, 40), "dissolved_oxygen": (2.2, 3.4), "ammonia_nitrogen": (8.6, 12.0)},
        "heavy": {"transparency": (6, 9), "dissolved_oxygen": (0.4, 1.2), "ammonia_nitrogen": (16.0, 22.0)},
    }
    found: dict[str, Cell] = {name: f"{chance.uniform(*ends):.1f}" for name, ends in ranges[grade].items()}
    potential = chance.uniform(60, 190) if grade == "none" else chance.uniform(-90, 40)
    return {**found, "redox_potential": f"{potential:.0f}"}


def _slip(number: int, quarter: int, month: int, point: int) -> dict[str, Cell]:
    is_it = (number, quarter) in UNREADABLE and month == 3 * quarter and point == 2
    return {"transparency": "约30"} if is_it else {}


def write_eliminated(example: Example, bodies: list[Body]) -> Path:
    """Whether each body is eliminated, and since when."""
    chance = example.chance("body_elimination")
    rows: list[Row] = []
    for b in bodies:
        before = date(chance.randint(2018, 2020), chance.randint(1, 12), chance.randint(1, 28)).isoformat()
        late = ELIMINATED_LATE.get(b.number)
        told = b.number not in NOT_ELIMINATED
        rows.append(
            {
                "body_code": b.code,
                "body_name": b.name,
                "black_odour_eliminated": "是" if told else "否",
                "eliminated_date": (f"{example.year}-{late}" if late else before) if told else None,
                "remark": None if told else "截污工程施工中",
            }
        )
    return write_table(example, "body_elimination", rows)


def write_survey(example: Example) -> Path:
    """The county-level cities that were surveyed; one is not told of."""
    chance = example.chance("county_city_survey")
    cities = [c.id for c in example.counties() if c.kind == "county_level_city" and c.id != SILENT_CITY]
    rows: list[Row] = [
        {
            **place(example, c),
            "black_odour_surveyed": "是",
            "survey_date": date(example.year, chance.randint(6, 11), chance.randint(1, 28)).isoformat(),
            "bodies_found": _OF_COUNTY_CITY.count(c),
        }
        for c in cities
    ]
    return write_table(example, "county_city_survey", rows)


def _ponds(example: Example) -> list[tuple[str, str, str]]:
    counties = [c.id for c in example.counties() if c.kind != "district"][:: 80 // PONDS][:PONDS]
    return [(f"EXP-{n + 1:02d}", f"{example.name(c)}示例{n + 1}号塘", c) for n, c in enumerate(counties)]


def write_ponds(example: Example) -> Path:
    """The ditches and ponds in which black water stood in spring."""
    rows: list[Row] = [
        {"pond_code": code, "pond_name": name, **place(example, county), "valid_from": example.year}
        for code, name, county in _ponds(example)
    ]
    return write_table(example, "standing_black_water", rows)


def write_cleared(example: Example) -> Path:
    """What was cleared by the end of May."""
    chance = example.chance("black_water_clearing")
    rows: list[Row] = [
        {
            "pond_code": code,
            "pond_name": name,
            "black_water_cleared": "是",
            "cleared_date": date(example.year, chance.randint(3, 5), chance.randint(1, 28)).isoformat(),
        }
        for code, name, _ in _ponds(example)
    ]
    return write_table(example, "black_water_clearing", rows)
