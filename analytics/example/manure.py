"""Invented manure of every county: one has not yet said how much was used, and it does not matter."""

from __future__ import annotations

from pathlib import Path

from analytics.example.plan import Example
from analytics.example.sheets import Form, Workbook

# About fifty million tonnes in all; the share leaves the target of 78 % with room for the county that is missing.
TOTAL_T = 50_000_000
SHARE = 0.796
SPREAD = 0.035
MISSING_COUNTY = "140927"
_MISSING_T = 210_000


def write(example: Example) -> Path:
    """The form of the agriculture department: title, unit, merged headings and cities, total, notes."""
    rows = county_rows(example)
    produced = sum(r[2] for r in rows)
    used = sum(r[3] for r in rows if r[3] is not None)
    form = Form(
        title=f"{example.year}年畜禽粪污产生与利用情况表",
        unit="单位：吨",
        heading=[
            ["市", "县（市、区）", "畜禽粪污", "畜禽粪污", "备注"],
            ["市", "县（市、区）", "产生量（吨）", "综合利用量（吨）", "备注"],
        ],
        rows=[[*r, "利用量待核，暂未填报" if r[3] is None else None] for r in rows],
        total=["合计", None, produced, used, None],
        merge_first_column=True,
    )
    return Workbook(example.file(f"{example.year}年畜禽粪污情况.xlsx"), [form]).write()


def county_rows(example: Example) -> list[tuple[str, str, int, int | None]]:
    """City, county, tonnes produced and used; used is never more than produced."""
    chance = example.chance("manure")
    counties = example.counties()
    weights = [chance.lognormvariate(0, 0.55) for _ in counties]
    scale = (TOTAL_T - _MISSING_T) / sum(w for w, c in zip(weights, counties, strict=True) if c.id != MISSING_COUNTY)
    produced = [
        _MISSING_T if c.id == MISSING_COUNTY else round(w * scale) for w, c in zip(weights, counties, strict=True)
    ]
    shares = [min(0.95, max(0.62, chance.gauss(SHARE, SPREAD))) for _ in counties]
    known = [i for i, c in enumerate(counties) if c.id != MISSING_COUNTY]
    whole = sum(produced[i] for i in known)
    drift = SHARE - sum(produced[i] * shares[i] for i in known) / whole
    return [
        (
            example.city_of(c.id),
            c.name.zh,
            produced[i],
            round(produced[i] * (shares[i] + drift)) if c.id != MISSING_COUNTY else None,
        )
        for i, c in enumerate(counties)
    ]
