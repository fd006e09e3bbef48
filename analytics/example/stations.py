"""Invented automatic stations and a few days of their readings, as the national platform prints them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from analytics.example.plan import Example
from analytics.example.sheets import Cell, write_platform_csv

STATIONS = (
    ("汾河示例自动站一", "黄河流域", "river", 0.35),
    ("汾河示例自动站二", "黄河流域", "river", 0.8),
    ("汾河示例自动站三", "黄河流域", "river", 1.3),
    ("沁河示例自动站", "黄河流域", "river", 0.1),
    ("示例水库自动站", "黄河流域", "lake", 0.2),
    ("桑干河示例自动站", "海河流域", "river", 0.6),
    ("滹沱河示例自动站", "海河流域", "river", 0.2),
    ("示例湖自动站", "海河流域", "lake", 0.3),
)
DAYS = 5
HOURS = (0, 4, 8, 12, 16, 20)
LAGGING = 3
REPEATED = (5, 17, 60)
HEADING = (
    *(
        "省份",
        "流域",
        "断面名称",
        "监测时间",
        "水质类别",
        "水温(℃)",
        "pH(无量纲)",
        "溶解氧(mg/L)",
        "电导率(μS/cm)",
    ),
    *(
        "浊度(NTU)",
        "高锰酸盐指数(mg/L)",
        "氨氮(mg/L)",
        "总磷(mg/L)",
        "总氮(mg/L)",
        "叶绿素α(mg/L)",
        "藻密度(cells/L)",
    ),
    "站点情况",
)
_PARAMETERS = ("ph", "dissolved_oxygen", "permanganate_index", "ammonia_nitrogen", "total_phosphorus")


def write_register(example: Example) -> Path:
    """The stations with their water body."""
    rows = [["山西省", basin, name, body] for name, basin, body, _ in STATIONS]
    return write_platform_csv(example.file("自动站名录.csv"), ("省份", "流域", "断面名称", "water_body"), rows)


def write_readings(example: Example) -> Iterator[Path]:
    """The last station's own file, and one file of all the others."""
    chance = example.chance("stations")
    every = [_rows_of(station, example, chance) for station in STATIONS]
    yield write_platform_csv(example.file(f"{STATIONS[-1][0]}.csv"), HEADING, every[-1])
    together = [row for rows in every[:-1] for row in rows]
    for index in _changes(together)[:LAGGING]:
        together[index][4] = together[index - 1][4]
    for index in sorted(REPEATED, reverse=True):
        together.insert(index, list(together[index]))
    yield write_platform_csv(example.file(f"{example.year}年7月上旬自动监测.csv"), HEADING, together)


def _changes(rows: list[list[Cell]]) -> list[int]:
    """Rows whose class is not that of the same station's row before: there a label may lag."""
    return [
        i
        for i in range(1, len(rows))
        if rows[i][2] == rows[i - 1][2] and rows[i][4] != rows[i - 1][4] and "--" not in (rows[i][4], rows[i - 1][4])
    ]


def _rows_of(station: tuple[str, str, str, float], example: Example, chance: random.Random) -> list[list[Cell]]:
    name, basin, body, ammonia = station
    rows: list[list[Cell]] = []
    for number in range(DAYS * len(HOURS)):
        stamp = f"07-{number // len(HOURS) + 1:02d} {HOURS[number % len(HOURS)]:02d}:00"
        head: list[Cell] = ["山西省", basin, name, stamp]
        if name == "桑干河示例自动站" and 12 <= number < 15:
            rows.append([*head, "--", *["--"] * 9, "*", "*", "维护"])
            continue
        values = _values(ammonia * chance.uniform(0.8, 1.25), chance)
        rows.append([*head, _class(values, body, example), *_printed(values, chance), "正常"])
    if name == "滹沱河示例自动站":
        rows.append(["山西省", basin, name, "*", "-1", *["--"] * 9, "*", "*", "停站"])
    return rows


def _values(ammonia: float, chance: random.Random) -> tuple[float, ...]:
    """pH, oxygen, permanganate index, ammonia and phosphorus, to the digits that are printed."""
    return (
        round(chance.uniform(7.8, 8.6), 2),
        round(chance.uniform(7.0, 9.5), 2),
        round(chance.uniform(2.2, 4.4), 2),
        round(ammonia, 3),
        round(0.02 + ammonia / 12, 3),
    )


def _printed(values: tuple[float, ...], chance: random.Random) -> list[Cell]:
    ph, oxygen, permanganate, ammonia, phosphorus = values
    return [
        f"{chance.uniform(19, 25):.1f}",
        f"{ph:.2f}",
        f"{oxygen:.2f}",
        f"{chance.uniform(600, 1100):.1f}",
        f"{chance.uniform(3, 40):.1f}",
        f"{permanganate:.2f}",
        f"{ammonia:.3f}",
        f"{phosphorus:.3f}",
        f"{ammonia + chance.uniform(1, 4):.2f}",
        "*",
        "*",
    ]


def _class(values: tuple[float, ...], body: str, example: Example) -> str:
    """The class that the platform would publish: the worst item, unrounded."""
    standard = example.catalog.surface_standard
    worst = 0
    for parameter, value in zip(_PARAMETERS, values, strict=True):
        limits = standard.limits_of(parameter, body)
        spans = [limits.span(number) for number in range(len(limits.classes))] if limits else []
        worst = max(worst, sum(not low <= value <= high for low, high in spans))
    return standard.class_names[worst]
