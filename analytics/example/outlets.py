"""Invented storm-water outlets of industry, sealed in the dry season, and facilities of new industrial zones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from analytics.example.plan import Example, Made
from analytics.example.sheets import Cell
from analytics.example.tables import Row, place, write_table

OUTLETS = 42
# Open for a month of the dry season after the plan was issued; in spring, before it, some more were.
OPEN_IN = {(17, 11)}
OPEN_IN_SPRING = (3, 9, 28)
_DRY_MONTHS = (1, 2, 3, 4, 5, 10, 11, 12)
_STEPS = ("zone_sewage_plan", "zone_central_treatment", "zone_online_monitoring")
# County of each new zone, and which of the three it lacks.
_ZONES = {"140122": "", "140215": "", "140311": "", "140525": "", "140702": "", "140828": _STEPS[2], "141182": ""}


def deliveries(example: Example) -> Iterator[Made]:
    """The two registers in spring; the months of the outlets and the year's form of the zones in January."""
    spring, january, year = date(example.year, 3, 3), date(example.year + 1, 1, 11), str(example.year)
    outlets, zones = _outlets(example), _zones(example)
    yield Made("industrial_outlets", write_table(example, "industrial_outlets", outlets), spring)
    yield Made("industrial_zones", write_table(example, "industrial_zones", zones), spring)
    sealing = write_table(example, "outlet_sealing", list(_months(example, outlets)), text=True)
    yield Made("outlet_sealing", sealing, january, year)
    yield Made("zone_facilities", write_table(example, "zone_facilities", list(_facilities(zones))), january, year)


def _outlets(example: Example) -> list[dict[str, Cell]]:
    chance = example.chance("industrial_outlets")
    found: list[dict[str, Cell]] = []
    for number, county in enumerate(sorted(chance.sample([c.id for c in example.counties()], OUTLETS))):
        enterprise = f"{example.name(county)}示例工业企业"
        about = {"storm_outlet_code": f"EXS-{number + 1:03d}", "storm_outlet_name": f"{enterprise}雨水排口"}
        found.append({**about, **place(example, county), "enterprise_name": enterprise})
    return found


def _months(example: Example, outlets: list[dict[str, Cell]]) -> Iterator[Row]:
    """Every month of every outlet: open in the flood season, sealed in the dry one but for a few."""
    for number, outlet in enumerate(outlets):
        for month in range(1, 13):
            is_open = (number, month) in OPEN_IN or (number in OPEN_IN_SPRING and month < 6)
            yield {
                "storm_outlet_code": outlet["storm_outlet_code"],
                "storm_outlet_name": outlet["storm_outlet_name"],
                "month": f"{example.year}年{month}月",
                "outlet_sealed": "是" if month in _DRY_MONTHS and not is_open else "否",
            }


def _zones(example: Example) -> list[dict[str, Cell]]:
    found: list[dict[str, Cell]] = []
    for number, county in enumerate(_ZONES):
        name = f"{example.name(county)}示例工业集聚区"
        found.append({"zone_code": f"EXZ-{number + 1:02d}", "zone_name": name, **place(example, county)})
    return found


def _facilities(zones: list[dict[str, Cell]]) -> Iterator[Row]:
    for zone, lacking in zip(zones, _ZONES.values(), strict=True):
        has = {step: "否" if step == lacking else "是" for step in _STEPS}
        yield {"zone_code": zone["zone_code"], "zone_name": zone["zone_name"], **has}
