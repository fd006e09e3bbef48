"""Invented protection of sources: assessed, rectified, most zones delineated, risks of rural sources surveyed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from analytics.example.plan import Example, Made
from analytics.example.sources import Source, source_list
from analytics.example.tables import Row, place, write_table

RURAL = 260
RURAL_SILENT = (31, 198)
# Township sources without a zone, sources of which the year's form says nothing, and the problems that the assessment
# of the year before found at those of county level and above, with how many of them are rectified.
WITHOUT_ZONE = (12, 99, 201)
SILENT = (77, 150)
PROBLEMS = {2: (4, 4), 5: (3, 2), 7: (6, 5), 11: (2, 2), 13: (5, 3), 18: (4, 4), 20: (7, 6), 22: (3, 3), 24: (6, 4)}
_STEPS = ("source_signs", "source_watched", "source_projects_cleared", "source_outfalls_cleared")


def deliveries(example: Example) -> Iterator[Made]:
    """The register of rural sources, their survey, and the year's form of all other sources."""
    rural: list[Row] = [
        {**place(example, county), "source_code": f"EXV-{n + 1:03d}", "source_name": name, "source_water": "地下水型"}
        for n, (county, name) in enumerate(_rural(example))
    ]
    yield Made("rural_sources", write_table(example, "rural_sources", rural, text=True), date(example.year, 3, 1))
    january = date(example.year + 1, 1, 13)
    yield Made("rural_source_surveys", write_surveys(example, rural), january, str(example.year))
    yield Made("source_protection", write_protection(example, source_list(example)), january, str(example.year))


def _rural(example: Example) -> Iterator[tuple[str, str]]:
    """County and name of each rural source."""
    counties = [c.id for c in example.counties() if c.kind != "district"]
    for n in range(RURAL):
        county = counties[(7 * n) % len(counties)]
        yield county, f"{example.name(county)}示例村级水源{n // len(counties) + 1}"


def write_surveys(example: Example, rural: list[Row]) -> Path:
    """Every rural source was surveyed, but for two of which nothing is said."""
    chance = example.chance("rural_source_surveys")
    rows: list[Row] = [
        {
            "source_code": source["source_code"],
            "source_name": source["source_name"],
            "rural_source_surveyed": "是",
            "survey_date": f"{example.year}-{chance.randint(8, 12):02d}-{chance.randint(1, 28):02d}",
            "risk_sources_found": chance.choice((0, 0, 0, 1, 1, 2, 3)),
        }
        for n, source in enumerate(rural)
        if n not in RURAL_SILENT
    ]
    return write_table(example, "rural_source_surveys", rows)


def write_protection(example: Example, sources: list[Source]) -> Path:
    """What is asked of each source by its level; the four steps of the standard are done at most of them."""
    chance = example.chance("source_protection")
    rows: list[Row] = []
    for source in sources:
        row: dict[str, str | float | int | None] = {
            "source_code": source.code,
            "source_name": source.name,
            "source_level": source.level,
        }
        if not source.is_large_rural:
            found, rectified = PROBLEMS.get(source.number, (0, 0))
            row |= {"source_assessed": "是", "source_problems_found": found, "source_problems_rectified": rectified}
        elif source.number in SILENT:
            continue
        elif source.level == "乡镇级":
            row["source_delineated"] = "否" if source.number in WITHOUT_ZONE else "是"
        share = 0.9 if source.is_large_rural else 0.97
        rows.append(row | {step: "是" if chance.random() < share else "否" for step in _STEPS})
    return write_table(example, "source_protection", rows)
