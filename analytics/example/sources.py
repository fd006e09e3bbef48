"""Invented sources of drinking water and their quarterly results: most are clean, a few fail, and some stay open."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from analytics.example.plan import Example
from analytics.example.sheets import Cell, Form, Workbook, write_text_form

LARGE_RURAL = 232
# County of each source of prefecture and county level: a letter for its water (r river, l lake or reservoir, g ground).
_TOWN = (
    *("140105g", "140181l", "140212l", "140225g", "140311g", "140322g", "140403l", "140423r", "140431g"),
    *("140502g", "140581r", "140602g", "140681g", "140702g", "140781g", "140728l", "140802l", "140882g"),
    *("140902g", "140930r", "140981g", "141002g", "141082g", "141102l", "141121g", "141181g"),
)
_PREFECTURE = 14
# What is out of the ordinary, by place in the list above and quarter.
FAILS = {(3, 2): ("氟化物", "1.31"), (7, 3): ("铁", "0.46"), (20, 1): ("氨氮", "0.62"), (20, 4): ("氨氮", "0.58")}
TOO_COARSE = {(9, 3): ("汞", "0.002L")}
NOT_SAMPLED = {(17, 3): "洪水冲毁取样道路"}
SILENT = {(24, 4)}
OUT_OF_USE_ALL_YEAR = 12
BACKGROUND = {13: ("氟化物", "1.12"), 21: ("总硬度", "488")}
TWICE = {(1, 2), (14, 4)}
# Of the rural ones: two quarters not sampled, three silent, a few out of use.
RURAL_NOT_SAMPLED = {(40, 1): "冬季封冻，取水口停运检修", (118, 3): "道路中断"}
RURAL_SILENT = {(77, 4), (150, 2), (151, 2)}
RURAL_OUT_OF_USE = {(5, 1), (200, 3), (200, 4)}
RURAL_FAILS = {(30, 2): ("氟化物", "1.6"), (66, 3): ("硝酸盐氮", "23.5"), (180, 4): ("氟化物", "1.24")}
_FIRST_DELIVERY = 3  # quarters
_WATERS = {"r": "河流型", "l": "湖库型", "g": "地下水型"}

_SURFACE = {
    "溶解氧": (7.2, 10.4, 1),
    "化学需氧量": (6, 14, 0),
    "五日生化需氧量": (0.8, 2.4, 1),
    "总磷": (0.010, 0.040, 3),
    "总氮": (0.9, 2.8, 2),
    "粪大肠菌群": (20, 900, 0),
    "铜": (0.001, 0.01, 3),
    "锰": (0.01, 0.06, 2),
}
_GROUND = {"总硬度": (180, 410, 0), "溶解性总固体": (280, 720, 0), "浑浊度": (0.3, 1.9, 1), "碘化物": (0.01, 0.05, 3)}
_BOTH = {
    "pH": (7.4, 8.3, 1),
    "高锰酸盐指数": (0.6, 2.4, 1),
    "氨氮": (0.03, 0.22, 2),
    "氟化物": (0.25, 0.78, 2),
    "硝酸盐氮": (0.8, 7.5, 2),
    "硫酸盐": (40, 190, 0),
    "氯化物": (12, 90, 0),
    "铁": (0.02, 0.2, 2),
}
_NOT_DETECTED = {"汞": "0.00004L", "砷": "0.0003L", "挥发酚": "0.0003L", "氰化物": "0.001L", "三氯甲烷": "0.0004L"}
_TOWN_ITEMS = (*_BOTH, *_NOT_DETECTED, *_SURFACE, *_GROUND, "嗅和味")
_RURAL_ITEMS = ("pH", "总硬度", "溶解性总固体", "高锰酸盐指数", "氨氮", "氟化物", "硝酸盐氮", "硫酸盐", "氯化物", "铁")
_UNITS = {"pH": "无量纲", "粪大肠菌群": "个/L", "浑浊度": "NTU", "嗅和味": ""}


@dataclass(frozen=True)
class Source:
    """An invented source of the register."""

    number: int
    code: str
    name: str
    county: str
    level: str
    water: str
    is_large_rural: bool


def source_list(example: Example) -> list[Source]:
    """The sources of prefecture and county level, and the large rural ones spread over the counties."""
    towns = [
        Source(
            number=n,
            code=f"EXW-{n + 1:03d}",
            name=f"{example.name(place[:6])}示例水源",
            county=place[:6],
            level="地级" if n < _PREFECTURE else "县级",
            water=place[6],
            is_large_rural=False,
        )
        for n, place in enumerate(_TOWN)
    ]
    counties = [c.id for c in example.counties() if c.kind != "district"]
    rural = [
        Source(
            number=n,
            code=f"EXR-{n + 1:03d}",
            name=f"{example.name(counties[n % len(counties)])}示例农村水源{n // len(counties) + 1}",
            county=counties[n % len(counties)],
            level="乡镇级" if n % 3 == 0 else "农村",
            water="g",
            is_large_rural=True,
        )
        for n in range(LARGE_RURAL)
    ]
    return [*towns, *rural]


def write_register(example: Example, sources: list[Source]) -> Path:
    """The register, with the items whose natural background was recognised."""
    rows: list[list[Cell]] = []
    for s in sources:
        background = BACKGROUND.get(s.number) if not s.is_large_rural else None
        rows.append(
            [
                s.code,
                s.name,
                example.city_of(s.county),
                example.name(s.county),
                s.level,
                "是" if s.is_large_rural else "否",
                _WATERS[s.water],
                background[0] if background else None,
                "示例：地质背景调查报告" if background else None,
            ]
        )
    heading = (
        *("水源编码", "水源名称", "所在市", "所在县（市、区）", "水源级别", "是否“千吨万人”水源", "水源类型"),
        *("本底值项目", "本底依据"),
    )
    return Workbook(example.file("饮用水水源名录.xlsx"), [Form("饮用水水源名录", [heading], rows)]).write()


def write_quarters(example: Example, sources: list[Source]) -> Iterator[tuple[Path, date]]:
    """Two deliveries: three quarters as a workbook with a sheet for each kind of source, the fourth as text."""
    chance = example.chance("source_quarterly")
    rows = {(q, s.code): list(_rows(example, s, q, chance)) for q in (1, 2, 3, 4) for s in sources}

    def form(name: str, items: tuple[str, ...], mine: list[Source], quarters: range) -> Form:
        told = [row for s in mine for q in quarters for row in rows[q, s.code]]
        cells: list[list[Cell]] = [[*head, *(values.get(item) for item in items)] for head, values in told]
        title = f"{example.year}年饮用水水源监测结果（{name}）"
        return Form(title, [[*_HEAD, *(_headed(item) for item in items)]], cells, sheet=name)

    towns, rural = ([s for s in sources if s.is_large_rural is kind] for kind in (False, True))
    first = range(1, _FIRST_DELIVERY + 1)
    forms = [form("县级及以上", _TOWN_ITEMS, towns, first), form("千吨万人", _RURAL_ITEMS, rural, first)]
    workbook = Workbook(example.file(f"{example.year}年1-3季度饮用水水源监测结果.xlsx"), forms)
    yield workbook.write(), date(example.year, 10, 15)
    every = tuple(dict.fromkeys((*_TOWN_ITEMS, *_RURAL_ITEMS)))
    last = form("四季度", every, sources, range(_FIRST_DELIVERY + 1, 5))
    path = write_text_form(example.file(f"{example.year}年4季度饮用水水源监测结果.csv"), last)
    yield path, date(example.year + 1, 1, 11)


_HEAD = ("水源编码", "水源名称", "采样日期", "采样情况", "未采样原因", "本季取水量（万m³）")
_Row = tuple[list[Cell], dict[str, Cell]]


def _headed(item: str) -> str:
    unit = _UNITS.get(item, "mg/L")
    return f"{item}({unit})" if unit else item


def _rows(example: Example, source: Source, quarter: int, chance: random.Random) -> Iterator[_Row]:
    """The rows of a source and quarter: none where it is silent, two where it was sampled twice."""
    at = (source.number, quarter)
    first_month = 3 * quarter - 2
    day = date(example.year, chance.randint(first_month, first_month + 2), chance.randint(3, 25))
    water = round(chance.uniform(4, 20) if source.is_large_rural else chance.uniform(60, 900), 1)
    last = date(example.year, first_month + 2, 28)
    silent, idle, missed = _out_of_the_ordinary(source)
    if at in silent:
        return
    if at in idle or (not source.is_large_rural and source.number == OUT_OF_USE_ALL_YEAR):
        yield [source.code, source.name, last.isoformat(), "停用", None, 0], {}
    elif at in missed:
        yield [source.code, source.name, last.isoformat(), "未采样", missed[at], water], {}
    else:
        yield [source.code, source.name, day.isoformat(), "已采样", None, water], _values(source, quarter, chance)
        if not source.is_large_rural and at in TWICE:
            again = date(day.year, day.month, 27).isoformat()
            yield [source.code, source.name, again, "已采样", None, water], _values(source, quarter, chance)


def _out_of_the_ordinary(
    source: Source,
) -> tuple[set[tuple[int, int]], set[tuple[int, int]], dict[tuple[int, int], str]]:
    """Places and quarters that are silent, out of use, and not sampled with the reason."""
    if source.is_large_rural:
        return RURAL_SILENT, RURAL_OUT_OF_USE, RURAL_NOT_SAMPLED
    return SILENT, set(), NOT_SAMPLED


def _values(source: Source, quarter: int, chance: random.Random) -> dict[str, Cell]:
    """Clean water as a laboratory writes it, but for the item that is out of the ordinary."""
    ranges = _BOTH | (_GROUND if source.water == "g" else _SURFACE)
    if source.is_large_rural:
        ranges = {item: ranges[item] for item in _RURAL_ITEMS}
    values: dict[str, Cell] = {
        item: f"{chance.uniform(low, high):.{places}f}" for item, (low, high, places) in ranges.items()
    }
    if not source.is_large_rural:
        values |= dict(_NOT_DETECTED)
    if source.water == "g" and not source.is_large_rural:
        values["嗅和味"] = "无"
    odd = (RURAL_FAILS,) if source.is_large_rural else (FAILS, TOO_COARSE)
    for planned in odd:
        if (source.number, quarter) in planned:
            item, value = planned[source.number, quarter]
            values[item] = value
    if not source.is_large_rural and source.number in BACKGROUND:
        item, value = BACKGROUND[source.number]
        values[item] = value
    return values
