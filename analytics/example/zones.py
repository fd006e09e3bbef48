"""Invented sewage plants of the named zones: in time, late, unfinished, and one of which nothing was sent."""

from __future__ import annotations

from pathlib import Path

from analytics.example.plan import Example
from analytics.example.sheets import Form, Workbook

_HEADING = (
    *("市", "县（市、区）", "开发区名称", "污水处理厂名称", "设计规模（m³/d）", "建设阶段"),
    *("开工日期", "完工日期", "通水试运行日期", "佐证等级", "备注"),
)
# County, stage, month and day of start, completion and trial run, evidence, remark. 清徐县 is left out: not delivered.
_WORKS = (
    ("140621", 10_000, "稳定运行", "03-15", "09-20", "10-08", "现场核实", None),
    ("140622", 8_000, "验收", "02-26", "10-28", "11-10", "佐证齐全", None),
    ("140703", 20_000, "完工", "04-02", "11-20", None, "自报", "汛期停工，工期顺延"),
    ("140431", 5_000, "开工", "06-18", None, None, "自报", "设备安装中"),
)


def write(example: Example) -> Path:
    """The form of the industry department, with merged headings over the dates."""

    def day(month_and_day: str | None) -> str | None:
        return f"{example.year}-{month_and_day}" if month_and_day else None

    rows = [
        [
            example.city_of(county),
            example.name(county),
            f"{example.name(county)}示例经济技术开发区",
            f"{example.name(county)}示例开发区污水处理厂",
            capacity,
            stage,
            *(day(d) for d in (start, done, trial)),
            evidence,
            remark,
        ]
        for county, capacity, stage, start, done, trial, evidence, remark in _WORKS
    ]
    over_dates = ["关键节点" if "日期" in name else name for name in _HEADING]
    form = Form(
        title=f"{example.year}年开发区污水处理厂建设进展表",
        heading=[over_dates, list(_HEADING)],
        rows=rows,
        total=["合计", None, None, f"{len(rows)}座", sum(w[1] for w in _WORKS), *[None] * 6],
    )
    return Workbook(example.file(f"{example.year}年开发区污水处理厂.xlsx"), [form]).write()
