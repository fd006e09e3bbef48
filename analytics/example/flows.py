"""Invented flows: seven key rivers, their sections and targets, two years of daily flow, the winter's replenishment."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from analytics.example.plan import Example, Made
from analytics.example.rivers import HAI, YELLOW
from analytics.example.tables import Row, place, write_table

# River, basin, named by the plan. It speaks of seven and names two.
KEY_RIVERS = (
    ("汾河", YELLOW, True),
    ("桑干河", HAI, True),
    ("沁河", YELLOW, False),
    ("滹沱河", HAI, False),
    ("浊漳河", HAI, False),
    ("涑水河", YELLOW, False),
    ("三川河", YELLOW, False),
)
# Code, river, county, target in the dry and in the flood season [m³/s], guarantee rate required [%], flow as a multiple
# of the target, in the year and in the year before.
_SECTIONS = (
    ("FS01", "汾河", "140181", 2.5, 3.5, 90, 1.42, 1.35),
    ("FS02", "汾河", "141002", 5.0, 8.0, 90, 1.38, 1.3),
    ("FS03", "汾河", "140822", 4.0, 7.5, 80, 1.15, 1.13),
    ("FS04", "桑干河", "140221", 1.2, 2.0, 80, 1.2, 1.13),
    ("FS05", "沁河", "140521", 3.6, 5.4, 90, 1.9, 1.8),
    ("FS06", "滹沱河", "140922", 2.8, 4.2, 90, 1.5, 1.55),
    ("FS07", "浊漳河", "140425", 1.6, 2.6, 85, 1.46, 1.38),
    ("FS08", "涑水河", "140881", 0.4, 0.8, 75, 0.98, 0.94),
    ("FS09", "三川河", "141125", 0.9, 1.5, 80, 1.3, 1.3),
)
# Code, name, county, mean flow released in winter [m³/s]; none is released from April to November.
_RELEASES = (("FR01", "示例补水口甲", "140123", 9.5), ("FR02", "示例补水口乙", "140925", 7.4))
_SHARE_OF_MONTH = {1: 1.0, 2: 1.0, 3: 0.86, 12: 1.0}
# Days on which an instrument failed: section, first day, how many.
_GAPS = (("FS04", (7, 11), 6), ("FS09", (2, 3), 9))


def deliveries(example: Example) -> Iterator[Made]:
    """The registers in spring, the flows of the year before with them, those of the year in the January after."""
    spring = date(example.year, 3, 2)
    yield Made("key_rivers", write_rivers(example), spring)
    yield Made("flow_sites", write_sites(example), spring)
    yield Made("flow_targets", write_targets(example), spring)
    yield Made("river_flow", write_flows(example, example.year - 1), spring, str(example.year - 1))
    yield Made("river_flow", write_flows(example, example.year), date(example.year + 1, 1, 11), str(example.year))


def write_rivers(example: Example) -> Path:
    """The key rivers: two that the plan names, and five that the department adds."""
    rows: list[Row] = [
        {"river": river, "basin": basin, "is_named_in_plan": "是" if is_named else "否", "valid_from": example.year - 1}
        for river, basin, is_named in KEY_RIVERS
    ]
    return write_table(example, "key_rivers", rows)


def write_sites(example: Example) -> Path:
    """The sections with targets, and the points at which the Fen is replenished."""
    rows: list[Row] = [
        {"flow_site_code": code, "flow_site_name": _name(code, river), "flow_site": "控制断面", "river": river}
        | place(example, county)
        for code, river, county, *_ in _SECTIONS
    ]
    rows += [
        {"flow_site_code": code, "flow_site_name": name, "flow_site": "补水口", "river": "汾河"}
        | place(example, county)
        for code, name, county, _ in _RELEASES
    ]
    return write_table(example, "flow_sites", [{**row, "valid_from": example.year - 1} for row in rows])


def write_targets(example: Example) -> Path:
    """Of every section a target for October to May, and one for the flood season."""
    rows: list[Row] = []
    for code, river, _, dry, wet, required, *_ in _SECTIONS:
        for first, last, target in ((10, 5, dry), (6, 9, wet)):
            rows.append(
                {
                    "flow_site_code": code,
                    "flow_site_name": _name(code, river),
                    "river": river,
                    "season_first_month": first,
                    "season_last_month": last,
                    "flow_target_m3_s": target,
                    "required_rate_pct": required,
                    "approved_document": f"{river}生态流量保障实施方案（示例）",
                    "valid_from": example.year - 1,
                }
            )
    return write_table(example, "flow_targets", rows)


def write_flows(example: Example, year: int) -> Path:
    """Daily flow of every section and release point; lower before the rains, some days without a measurement."""
    chance = example.chance(f"flows/{year}")
    days = [date(year, 1, 1) + timedelta(days=n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]
    rows: list[Row] = []
    for code, river, _, dry, wet, _, now, before in _SECTIONS:
        drift = 0.0
        for day in days:
            drift = 0.9 * drift + chance.gauss(0, 0.08)
            season = 1 - 0.22 * math.cos((day.timetuple().tm_yday - 290) / 58.1)
            flow = (wet if 6 <= day.month <= 9 else dry) * (now if year == example.year else before)
            told = _told(code, day, year, example)
            rows.append(_row(code, _name(code, river), day, flow * season * math.exp(drift) if told else None))
    for code, name, _, flow in _RELEASES:
        rows += [
            _row(code, name, day, flow * chance.uniform(0.9, 1.1) * _SHARE_OF_MONTH.get(day.month, 0.0)) for day in days
        ]
    return write_table(example, "river_flow", rows, year=year, text=True)


def _row(code: str, name: str, day: date, flow: float | None) -> Row:
    told = "缺测" if flow is None else f"{flow:.3f}"
    return {"flow_site_code": code, "flow_site_name": name, "flow_day": day.isoformat(), "flow": told}


def _told(code: str, day: date, year: int, example: Example) -> bool:
    """Whether the instrument of the section worked on the day."""
    return year != example.year or not any(
        code == site and 0 <= (day - date(year, *first)).days < length for site, first, length in _GAPS
    )


def _name(code: str, river: str) -> str:
    return f"{river}示例断面{int(code[2:])}"
