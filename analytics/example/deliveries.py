"""The invented year as a whole: which files there are, who sent them and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from analytics.catalog import Catalog
from analytics.example import (
    arrangements,
    bodies,
    environment,
    farming,
    flows,
    manure,
    outlets,
    plants,
    protection,
    sections,
    sources,
    stations,
    town_water,
    towns,
    water,
    zones,
)
from analytics.example import faults as planted
from analytics.example.plan import Example

# Parts of the year that say themselves when their files are handed in.
_PARTS = (farming, protection, environment, outlets, arrangements, plants, flows, water, bodies, town_water)


@dataclass(frozen=True)
class ExampleDelivery:
    """One invented file and what is said when it is handed in."""

    source: str
    path: Path
    area: str
    period: str
    received: date
    department: str


def write_example(
    folder: Path, *, year: int, seed: int, catalog: Catalog, faults: bool = False
) -> list[ExampleDelivery]:
    """Write every invented delivery of a year into `folder`: the same seed gives the same bytes.

    `faults` plants one of each documented fault besides, and lists them in `faults.csv`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    example = Example(folder, year, seed, catalog)
    made = list(_deliveries(example))
    if faults:
        made += [_delivery(example, *f) for f in planted.write(example)]
    return made


def _deliveries(example: Example) -> Iterator[ExampleDelivery]:
    register_day = date(example.year, 3, 1)
    next_january = example.year + 1
    network = sections.network(example)
    town_list = towns.town_list(example)
    yield _delivery(example, "sections", sections.write_register(example, network), register_day, "")
    for path, day, year in sections.write_months(example, network):
        yield _delivery(example, "section_monthly", path, day, str(year))
    yield _delivery(example, "manure", manure.write(example), date(next_january, 1, 12), str(example.year))
    yield _delivery(example, "towns", towns.write_register(example, town_list), register_day, "")
    for path, city in towns.write_sewage(example, town_list):
        yield _delivery(example, "town_sewage", path, date(next_january, 1, 14), str(example.year), area=city)
    yield _delivery(example, "zone_plants", zones.write(example), date(next_january, 1, 10), str(example.year))
    waters = sources.source_list(example)
    yield _delivery(example, "drinking_sources", sources.write_register(example, waters), register_day, "")
    for path, day in sources.write_quarters(example, waters):
        yield _delivery(example, "source_quarterly", path, day, str(example.year))
    yield _delivery(example, "stations", stations.write_register(example), register_day, "")
    for path in stations.write_readings(example):
        yield _delivery(example, "station_readings", path, date(example.year, 7, 8), f"{example.year}-07")
    for part in _PARTS:
        for made in part.deliveries(example):
            found = _delivery(example, made.source, made.path, made.received, made.period, area=made.area)
            yield replace(found, department=made.department or found.department)


def _delivery(
    example: Example, source: str, path: Path, received: date, period: str, *, area: str = "140000"
) -> ExampleDelivery:
    department = example.catalog.called([example.catalog.sources[source].department], "zh")[0]
    return ExampleDelivery(source, path, area, period, received, department)
