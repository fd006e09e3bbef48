"""Invented national sections and their monthly results: every class, dry and open sections, a few slips."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from analytics.example.plan import Example
from analytics.example.rivers import RIVERS
from analytics.example.sheets import Cell, Form, Workbook, write_text_form

# How many sections have each class from Ⅱ down; the rest are class Ⅰ.
CLASSES = (("Ⅱ", 31), ("Ⅲ", 32), ("Ⅳ", 16), ("Ⅴ", 7), ("劣Ⅴ", 2))
LAKES = (3, 61)
DRY_ALL_YEAR = 63
DRY_MONTHS = {25: (5, 6)}
OPEN_SECTION = 88
USABLE_MONTHS = 6
ON_THE_LIMIT = (10, 40)
FIRST_DELIVERY = 9

_ITEMS = (
    *(
        "水温(℃)",
        "pH(无量纲)",
        "溶解氧(mg/L)",
        "高锰酸盐指数(mg/L)",
        "化学需氧量(mg/L)",
        "五日生化需氧量(mg/L)",
    ),
    *("氨氮(mg/L)", "总磷(mg/L)", "总氮(mg/L)", "铜(mg/L)", "氟化物(mg/L)", "挥发酚(mg/L)", "石油类(mg/L)"),
    "流量(m³/s)",
    *("叶绿素a(mg/L)", "透明度(cm)"),
)
_HEADING = ("断面编码", "断面名称", "监测月份", "采样情况", *_ITEMS)
# Ranges of annual means for each class, well within its limits, of the items that may decide.
_DECIDING = {
    "氨氮": {"Ⅱ": (0.22, 0.42), "Ⅲ": (0.60, 0.90), "Ⅳ": (1.10, 1.38), "Ⅴ": (1.62, 1.88), "劣Ⅴ": (2.5, 3.4)},
    "总磷": {"Ⅱ": (0.04, 0.08), "Ⅲ": (0.12, 0.18), "Ⅳ": (0.22, 0.28), "Ⅴ": (0.32, 0.38), "劣Ⅴ": (0.48, 0.6)},
    "高锰酸盐指数": {
        "Ⅱ": (2.4, 3.6),
        "Ⅲ": (4.5, 5.6),
        "Ⅳ": (6.8, 9.0),
        "Ⅴ": (11.0, 14.0),
        "劣Ⅴ": (16.5, 19.0),
    },
    "化学需氧量": {"Ⅲ": (16.5, 19.0), "Ⅳ": (22.0, 28.0), "Ⅴ": (32.0, 38.0)},
}
_CLEAN = {"氨氮": 0.09, "总磷": 0.015, "高锰酸盐指数": 1.5, "化学需氧量": 10.0}
_LIMIT_OF_THREE = 1.0
_ORDER = ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ")


@dataclass(frozen=True)
class Section:
    """An invented section with the class it is made to have and the item that makes it."""

    number: int
    code: str
    name: str
    basin: str
    river: str
    county: str
    water_body: str
    quality: str
    item: str
    extra: tuple[str, ...]
    flows_into: str = ""


def network(example: Example) -> list[Section]:
    """The 94 sections, 59 in the Yellow River basin and 35 in the Hai River basin."""
    chance = example.chance("sections")
    places = [(basin, river, c, i) for river, basin, cs in RIVERS for i, c in enumerate(cs.split(), start=1)]
    special = {DRY_ALL_YEAR, OPEN_SECTION, *DRY_MONTHS, *ON_THE_LIMIT, *LAKES}
    free = [n for n in range(len(places)) if n not in special]
    chance.shuffle(free)
    quality = dict.fromkeys(range(len(places)), "Ⅰ") | dict.fromkeys(special, "Ⅱ")
    taken = iter(free)
    for name, count in CLASSES:
        for _ in range(count - len(special) if name == "Ⅱ" else count):
            quality[next(taken)] = name
    sections = [_section(n, place, quality[n], chance) for n, place in enumerate(places)]
    return [replace(s, flows_into=_next_city(s, sections[n + 1 :], example)) for n, s in enumerate(sections)]


def _next_city(section: Section, following: list[Section], example: Example) -> str:
    """The city that the river enters behind the section; nothing where it stays in its own, or leaves the province."""
    below = next((s for s in following[:1] if s.river == section.river), None)
    city = example.city_of(below.county) if below else ""
    return city if city != example.city_of(section.county) else ""


def _section(number: int, place: tuple[str, str, str, int], quality: str, chance: random.Random) -> Section:
    basin, river, county, along = place
    items = [i for i, ranges in _DECIDING.items() if quality in ranges] or ["氨氮"]
    is_lake = number in LAKES
    item = "氨氮" if number in ON_THE_LIMIT or is_lake else chance.choice(items)
    extra = {item} & {"化学需氧量"}
    if chance.random() < 0.25:
        extra |= {chance.choice(("化学需氧量", "氟化物", "五日生化需氧量", "石油类"))}
    return Section(
        number=number,
        code=f"EX14-{number + 1:03d}",
        name=f"{river}示例{along:02d}断面",
        basin=basin,
        river=river,
        county=county,
        water_body="湖库" if is_lake else "河流",
        quality=quality,
        item=item,
        extra=tuple(sorted(extra)),
    )


def write_register(example: Example, sections: list[Section]) -> Path:
    """The register: basin, river, water body, target class and the section's own list of items (5+X)."""
    rows: list[list[Cell]] = [
        [
            s.code,
            s.name,
            example.city_of(s.county),
            example.name(s.county),
            s.basin,
            s.river,
            s.water_body,
            _target(s),
            "5项" + ("+" + "、".join(s.extra) if s.extra else ""),
            example.city_of(s.county) if s.flows_into else "",
            s.flows_into,
            *_answers(example, s),
            2021,
            2025,
        ]
        for s in sections
    ]
    heading = (
        *("断面编码", "断面名称", "责任城市", "所在县（市、区）", "流域", "所在水体", "水体类型"),
        *("水质目标", "评价项目", "上游城市", "下游城市"),
        *("生态补偿责任市", "生态补偿责任县（市、区）", "有无入境河流", "起始年", "终止年"),
    )
    form = Form("国考断面名录", [heading], rows)
    return Workbook(example.file("国考断面名录.xlsx"), [form]).write()


def _answers(example: Example, section: Section) -> list[Cell]:
    """City, county and inflow of sections of which somebody answers for compensation: where rivers begin, or leave."""
    is_first = "示例01断面" in section.name
    if not section.flows_into and not is_first:
        return ["", "", ""]
    return [example.city_of(section.county), example.name(section.county), "无" if is_first else "有"]


def _target(section: Section) -> str:
    """A target that most sections reach: their class, never better than Ⅱ nor worse than Ⅳ."""
    return _ORDER[min(max(_ORDER.index(section.quality), 1), 3)] + "类"


def write_months(example: Example, sections: list[Section]) -> Iterator[tuple[Path, date, int]]:
    """Files, days of receipt and years: the year before as text, January to September as a workbook with a sheet a
    quarter, the rest as text.
    """
    last_year = example.year - 1
    before = Form(f"{last_year}年国考断面逐月监测结果（按本年断面）", [list(_HEADING)], _year_before(example, sections))
    path = write_text_form(example.file(f"{last_year}年国考断面监测结果.csv"), before)
    yield path, date(example.year, 2, 20), last_year
    rows = _rows(example, sections)
    heading = [[*_HEADING[:4], *["监测项目"] * len(_ITEMS)], list(_HEADING)]
    title = f"{example.year}年国考断面逐月监测结果"
    unit = "单位：mg/L（水温 ℃、pH 无量纲）"
    forms = [
        Form(f"{title}（{name}）", heading, _of_months(rows, first, first + 2), unit=unit, sheet=name)
        for name, first in (("一季度", 1), ("二季度", 4), ("三季度", 7))
    ]
    workbook = Workbook(example.file(f"{example.year}年1-9月国考断面监测结果.xlsx"), forms)
    yield workbook.write(), date(example.year, 10, 12), example.year
    form = Form(f"{title}（四季度）", heading, _of_months(rows, FIRST_DELIVERY + 1, 12))
    path = write_text_form(example.file(f"{example.year}年10-12月国考断面监测结果.csv"), form)
    yield path, date(example.year + 1, 1, 8), example.year


def _year_before(example: Example, sections: list[Section]) -> list[list[Cell]]:
    """The same sections a year earlier: every fifth one a class worse, every eleventh one better."""
    chance = example.chance("section_monthly_before")
    rows = [row for s in sections for row in _year_of(replace(s, quality=_class_before(s)), chance)]
    return [[*r[:2], f"{example.year - 1}年{r[2]}月", *r[3:]] for r in rows]


def _class_before(section: Section) -> str:
    steps = 1 if section.number % 5 == 0 else -1 if section.number % 11 == 0 else 0
    return _ORDER[min(max(_ORDER.index(section.quality) + steps, 0), len(_ORDER) - 1)]


def _of_months(rows: list[list[Cell]], first: int, last: int) -> list[list[Cell]]:
    """Rows of the months, numbered months written as `3月`."""
    return [[*r[:2], f"{r[2]}月", *r[3:]] for r in rows if isinstance(r[2], int) and first <= r[2] <= last]


def _rows(example: Example, sections: list[Section]) -> list[list[Cell]]:
    chance = example.chance("section_monthly")
    rows = [row for s in sections for row in _year_of(s, chance)]
    return _with_slips(rows)


def _with_slips(rows: list[list[Cell]]) -> list[list[Cell]]:
    """What goes wrong in every year: a slipped point, a word for a number, a repeat, a wrong code."""
    at = {(r[0], r[2]): r for r in rows}
    at["EX14-002", 3][5] = "78.2"
    at["EX14-020", 5][10] = "约0.3"
    repeat = list(at["EX14-031", 8])
    repeat[7] = "9.9"
    stranger = list(at["EX14-050", 11])
    stranger[0], stranger[1] = "EX14-999", "名录外示例断面"
    return [*rows, repeat, stranger]


def _year_of(section: Section, chance: random.Random) -> Iterator[list[Cell]]:
    levels = {item: _series(section, item, chance) for item in _DECIDING}
    for month in range(1, 13):
        head: list[Cell] = [section.code, section.name, month]
        state = _sampling(section.number, month)
        if state != "正常":
            yield [*head, state, *["--"] * len(_ITEMS)]
            continue
        told = _cells({i: values[month - 1] for i, values in levels.items()}, month, chance)
        yield [*head, state, *told, *_of_lake(section, month)]


def _of_lake(section: Section, month: int) -> list[Cell]:
    """Chlorophyll and transparency, which are measured in lakes alone; one lake was never looked into."""
    if section.number not in LAKES:
        return ["--", "--"]
    bloom = 0.5 - 0.5 * math.cos(2 * math.pi * (month - 1) / 12)
    transparency = "--" if section.number == LAKES[-1] else f"{140 - 60 * bloom:.0f}"
    return [f"{0.004 + 0.012 * bloom:.3f}", transparency]


def _sampling(number: int, month: int) -> str:
    if number == DRY_ALL_YEAR or month in DRY_MONTHS.get(number, ()):
        return "断流"
    if number == OPEN_SECTION and month > USABLE_MONTHS:
        return "未采样"
    return "正常"


def _series(section: Section, item: str, chance: random.Random) -> list[float]:
    """Twelve monthly values whose mean lies where the section's class wants it, higher in winter."""
    wanted = _DECIDING[item].get(section.quality) if item == section.item else None
    mean = chance.uniform(*wanted) if wanted else _CLEAN[item] * chance.uniform(0.8, 1.1)
    if section.number in ON_THE_LIMIT and item == "氨氮":
        return [_LIMIT_OF_THREE] * 12
    swings = [1 + 0.25 * math.cos(2 * math.pi * m / 12) + chance.uniform(-0.12, 0.12) for m in range(12)]
    return [mean * s * 12 / sum(swings) for s in swings]


def _cells(levels: dict[str, float], month: int, chance: random.Random) -> list[Cell]:
    """Values as a laboratory writes them, `0.01L` below the limit of detection."""
    warm = 0.5 - 0.5 * math.cos(2 * math.pi * (month - 1) / 12)
    ammonia, phosphorus = levels["氨氮"], levels["总磷"]
    return [
        f"{2 + 22 * warm + chance.uniform(-1, 1):.1f}",
        f"{chance.uniform(7.7, 8.3):.1f}",
        f"{11.4 - 3.0 * warm + chance.uniform(-0.3, 0.3):.1f}",
        f"{levels['高锰酸盐指数']:.1f}",
        f"{levels['化学需氧量']:.0f}",
        "0.5L" if chance.random() < 0.2 else f"{chance.uniform(0.9, 2.4):.1f}",
        "0.025L" if ammonia < 0.025 else f"{ammonia:.3f}",
        "0.01L" if phosphorus < 0.01 else f"{phosphorus:.3f}",
        f"{ammonia + chance.uniform(1.0, 4.0):.2f}",
        "0.001L",
        f"{chance.uniform(0.25, 0.7):.2f}",
        "0.0003L",
        "0.01L" if chance.random() < 0.85 else f"{chance.uniform(0.01, 0.03):.2f}",
        f"{4 + 14 * warm + 3 * phosphorus:.2f}",
    ]
