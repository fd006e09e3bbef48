"""One of each documented fault, in files of their own, with a list of where it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from analytics.example.plan import Example
from analytics.example.sheets import NOTE, Cell, Form, write_platform_csv, write_text_form
from analytics.example.sources import source_list

_MANURE = ("市", "县（市、区）", "产生量（吨）", "综合利用量（吨）", "备注")
_ZONES = (
    "市",
    "县（市、区）",
    "开发区名称",
    "污水处理厂名称",
    "建设阶段",
    "开工日期",
    "完工日期",
    "佐证等级",
)
Planted = tuple[str, Path, date, str]


def write(example: Example) -> list[Planted]:
    """(source, file, day received, period) of each file; `faults.csv` lists fault, file and row."""
    made = [*_manure(example), *_zones(example), *_sources(example), *_stations(example)]
    rows: list[list[Cell]] = [
        [source, path.name, fault, row] for source, path, _, _, faults in made for fault, row in faults
    ]
    write_platform_csv(example.folder / "faults.csv", ("source", "file", "fault", "row"), rows)
    return [(source, path, day, period) for source, path, day, period, _ in made]


_Made = Iterator[tuple[str, Path, date, str, list[tuple[str, int]]]]


def _manure(example: Example) -> _Made:
    day, period = date(example.year + 1, 1, 18), str(example.year)
    good = [[example.city_of(c.id), c.name.zh, 300_000, 240_000, None] for c in example.counties("140400")]
    bad: list[tuple[str, list[Cell]]] = [
        ("unknown area", ["长治市", "示例县", 1000, 800, None]),
        ("used above produced", ["长治市", "沁县", 1000, 1800, None]),
        ("impossible value", ["长治市", "武乡县", -5, 0, None]),
        ("text in a number", ["长治市", "黎城县", 1000, "八百", None]),
    ]
    rows = [r for r in good if r[1] not in ("沁县", "武乡县", "黎城县")] + [row for _, row in bad]
    repeated = list(rows[0])
    rows.append([*repeated[:3], 250_000, None])
    form = Form("粪污情况（含差错）", [_MANURE], rows, notes=(NOTE,))
    path = write_text_form(example.file("差错_粪污情况.csv"), form)
    first = 3 + len(good) - 3
    listed = [(name, first + i) for i, (name, _) in enumerate(bad)] + [
        ("repeated key", 3),
        ("repeated key", first + len(bad)),
    ]
    yield "manure", path, day, period, listed
    lacking = Form("粪污情况（缺列）", [_MANURE[:3]], [["太原市", "清徐县", 1000]], notes=(NOTE,))
    path = write_text_form(example.file("差错_粪污情况_缺列.csv"), lacking)
    yield "manure", path, day, period, [("missing required column", 2)]


def _zones(example: Example) -> _Made:
    y = example.year
    rows: list[list[Cell]] = [
        ["朔州市", "应县", "示例开发区甲", "示例厂甲", "完工", f"{y}-08-01", f"{y}-05-01", "自报"],
        ["朔州市", "应县", "示例开发区乙", "示例厂乙", "完工", f"{y}-03-01", None, "自报"],
        ["朔州市", "应县", "示例开发区丙", "示例厂丙", "快好了", f"{y}-03-01", None, "自报"],
        ["朔州市", "山阴县", "示例开发区丁", "示例厂丁", "开工", f"{y}-03-01", None, "自报"],
        ["朔州市", "山阴县", "示例开发区戊", "示例厂戊", "开工", f"{y}-03-01", None, "自报"],
        ["朔州市", "山阴县", "示例开发区己", "示例厂己", "开工", f"{y}-03-01", None, "自报"],
    ]
    form = Form("开发区污水处理厂（含差错）", [_ZONES], rows, notes=(NOTE,))
    path = write_text_form(example.file("差错_开发区污水处理厂.csv"), form)
    listed = [("completed before started", 3), ("completed without a date", 4), ("unknown code", 5)]
    yield "zone_plants", path, date(y + 1, 1, 18), str(y), listed


def _sources(example: Example) -> _Made:
    heading = ("水源编码", "水源名称", "采样日期", "采样情况", "未采样原因", "取水量（万m³）", "pH", "耗氧量(mg/L)")
    y = example.year
    names = {s.code: s.name for s in source_list(example)}
    rows: list[list[Cell]] = [
        ["EXW-001", names["EXW-001"], f"{y}-12-20", "已采样", None, 310, "7.6", "1.1", "0.05"],
        ["EXW-002", names["EXW-002"], f"{y}-12-20", "已采样", None, 280, "76", "1.2", "0.06"],
        ["EXW-004", names["EXW-004"], f"{y}-12-20", "已采样", None, 150, "7.7", "1.0", "0.08"],
    ]
    form = Form("饮用水水源监测结果（含差错）", [[*heading, "氨氮(mg/L)"]], rows, notes=(NOTE,))
    path = write_text_form(example.file("差错_饮用水水源监测结果.csv"), form)
    yield "source_quarterly", path, date(y + 1, 1, 18), str(y), [("impossible value", 4)]


def _stations(example: Example) -> _Made:
    from analytics.example.stations import HEADING

    row: list[Cell] = [
        "山西省",
        "黄河流域",
        "沁河示例自动站",
        "08-01 08:00",
        "Ⅱ",
        "20.0",
        "8.10",
        "8.4",
        "900",
        "5",
    ]
    row += ["2.1", "0.200", "0.050", "2.0", "*", "*", "正常"]
    inside = [[*row[:3], f"07-2{d} 08:00", *row[4:]] for d in range(1, 4)]
    path = write_platform_csv(example.file("差错_自动监测_时间在期外.csv"), HEADING, [*inside, row])
    yield (
        "station_readings",
        path,
        date(example.year, 8, 8),
        f"{example.year}-07",
        [("stamp outside the period", 5)],
    )
