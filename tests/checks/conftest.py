"""Staged files made by hand: the good row of a source, changed where a test wants a fault."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analytics.catalog import Catalog
from analytics.catalog.models import Source
from analytics.paths import shipped
from analytics.quality.checks import staged_columns
from analytics.quality.gate import Before, GateResult, run_gate
from tests.checks.pairs import PLACE, YEAR
from tests.checks.subjects import SUBJECTS, of_subjects

GOOD: dict[str, dict[str, Any]] = {
    "manure": {**PLACE, **YEAR, "manure_produced_t": 100.0, "manure_used_t": 80.0},
    "section_monthly": {
        "section_code": "S1",
        "section_name": "甲断面",
        "month": date(2021, 7, 1),
        "sampling_state": "sampled",
        "entity_id": "S1",
        "ph": 8.0,
        "permanganate_index": 4.0,
        "chemical_oxygen_demand": 20.0,
        "bod5": 3.0,
        "ammonia_nitrogen": 0.5,
        "total_nitrogen": 2.0,
    },
    "section_recognised": {
        **YEAR,
        "section_code": "S1",
        "section_name": "甲断面",
        "recognised_class": "Ⅲ",
        "entity_id": "S1",
    },
    "station_readings": {
        "province": "140000",
        "section_name": "甲站",
        "official_class": "Ⅱ",
        "station_state": "normal",
        "entity_id": "140000/甲站",
        "ph": 8.0,
        "permanganate_index": 4.0,
        "ammonia_nitrogen": 0.5,
        "total_nitrogen": 2.0,
    },
    "town_sewage": {
        **PLACE,
        **YEAR,
        "town_code": "T1",
        "town_name": "甲镇",
        "can_treat_sewage": "able",
        "capability_by": "own_plant",
    },
    "zone_plants": {
        **PLACE,
        **YEAR,
        "zone_name": "甲开发区",
        "plant_name": "甲厂",
        "capacity_m3_d": 5000.0,
        "stage": "trial",
        "started_date": date(2020, 3, 1),
        "completed_date": date(2021, 9, 30),
        "trial_date": date(2021, 10, 8),
        "evidence_grade": "documented",
    },
    "sections": {
        **PLACE,
        "section_code": "S1",
        "section_name": "甲断面",
        "basin": "黄河",
        "river": "汾河",
        "water_body": "river",
        "target_class": "Ⅲ",
        "item_list": ["ph", "dissolved_oxygen"],
        "valid_from": 2016,
        "valid_to": 2025,
    },
    "towns": {**PLACE, "town_code": "T1", "town_name": "甲镇", "valid_from": 2016, "valid_to": 2025},
    "drinking_sources": {
        **PLACE,
        "source_code": "W1",
        "source_name": "甲水源",
        "source_level": "township",
        "is_large_rural_source": "yes",
        "source_water": "groundwater",
        "valid_from": 2016,
        "valid_to": 2025,
    },
    "source_quarterly": {
        "period_start": date(2021, 7, 1),
        "period_end": date(2021, 9, 30),
        "source_code": "W1",
        "source_name": "甲水源",
        "sampling_date": date(2021, 8, 15),
        "source_sampling_state": "sampled",
        "water_taken_wan_m3": 12.0,
        "entity_id": "W1",
        "ph": 7.5,
        "permanganate_index": 1.2,
        "chemical_oxygen_demand": 10.0,
        "ammonia_nitrogen": 0.05,
        "total_nitrogen": 1.0,
        "total_hardness": 300.0,
        "total_dissolved_solids": 500.0,
    },
    "stations": {
        "province": "140000",
        "area_id": "140000",
        "section_name": "甲站",
        "basin": "黄河",
        "water_body": "river",
    },
} | {source: row for subject in SUBJECTS for source, row in subject.GOOD.items()}
# What the codes of members begin with, where it is not T.
_LETTERS = {"sections": "S", "drinking_sources": "W"}
# What a register says of its members where a form asks of some of them.
ASKED = {
    "black_odorous_bodies": '{"built_up_area_of": "prefecture_city"}',
    "drinking_sources": '{"source_level": "county"}',
    "flow_sites": '{"flow_site": "control_section"}',
    "towns": '{"works_list": "both"}',
}
NOT_MEASURED = "--"
TIMED = ("section_monthly", "station_readings", "source_quarterly")

Stage = Callable[..., Path]
Gate = Callable[..., GateResult]


def _key(source: Source, number: int) -> dict[str, Any]:
    """What tells one good row from the next."""
    if source.id in TIMED or source.readings:
        moment = datetime(2021, 7, 1, 8) + timedelta(hours=number)
        return {"taken_at": moment, **({"stamp": moment} if source.id == "station_readings" else {})}
    own = [name for name in source.key if name not in ("area_id", "entity_id", "period_start", "month")]
    if "entity_id" in source.key or source.becomes == "register":
        register = source.entity.register_name if source.entity else ""
        return {"entity_id": f"{_LETTERS.get(register, 'T')}{number}"}
    return {own[0]: f"厂{number}"} if own else {"area_id": f"14{number:06d}"}


def staged_frame(source: Source, catalog: Catalog, *rows: Mapping[str, Any]) -> pl.DataFrame:
    """The good row of the source, under a key of its own, for every entry of `rows`, changed as it says.

    Readings that no row speaks of are marked as not measured.
    """
    types = staged_columns(source, catalog)
    readings = source.readings.parameters if source.readings else []
    complete = []
    for number, changes in enumerate(rows, start=1):
        row = {"snapshot": "abc", "sheet": "表1", "row": number}
        row |= {**GOOD[source.id], **_key(source, number), **changes}
        assert set(row) <= set(types), set(row) - set(types)
        for name in types:
            told = name.removesuffix("_as_delivered")
            if name.endswith("_as_delivered") and name not in row:
                value = row.get(told, NOT_MEASURED if told in readings else None)
                row[name] = None if value is None else str(value)
            if name.endswith("_folded") and name not in row:
                row[name] = unicodedata.normalize("NFKC", row.get(name.removesuffix("_folded")) or "") or None
        complete.append({name: row.get(name) for name in types})
    naive = types | {"taken_at": pl.Datetime("us")}
    frame = pl.DataFrame(complete, schema=naive, orient="row")
    return frame.with_columns(pl.col("taken_at").dt.replace_time_zone("Asia/Shanghai"))


@pytest.fixture
def stage(tmp_path: Path, catalog: Catalog) -> Stage:
    """Writes a staged file: `stage("manure", {}, {"manure_used_t": None})`."""

    def write(source_id: str, *rows: Mapping[str, Any], name: str = "") -> Path:
        file = tmp_path / f"{name or source_id}.parquet"
        staged_frame(catalog.source(source_id), catalog, *rows).write_parquet(file)
        return file

    return write


@pytest.fixture(scope="session")
def registers(catalog: Catalog) -> pl.DataFrame:
    """Sections S1 to S9 of 2016 to 2021; without end sources W1 to W9, a station, a county, T1 to T9 of all others."""
    span = (date(2016, 1, 1), date(2021, 12, 31))
    rows = [("sections", f"S{n}", "甲断面", None, *span) for n in range(1, 10)]
    rows += [("stations", "140000/甲站", "甲站", "140000", None, None)]
    rows += [("drinking_sources", f"W{n}", "甲水源", "140121", None, None) for n in range(1, 10)]
    rows += [("counties", "140121", "清徐县", "140121", None, None)]
    forms = [s for s in catalog.sources.values() if s.entity and s.entity.name]
    named = of_subjects("REGISTERED") | {s.entity.register_name: GOOD[s.id][s.entity.name] for s in forms}
    others = sorted(set(named) - {register for register, *_ in rows})
    rows += [(other, f"T{n}", named[other], "140121", None, None) for other in others for n in range(1, 10)]
    return members(*rows)


def members(*rows: tuple[Any, ...]) -> pl.DataFrame:
    """Members of registers: register, entity, name, area, first and last day; such as the forms ask of."""
    names = dict.fromkeys(("register", "entity_id", "name", "area_id"), pl.String)
    schema = {**names, "valid_from": pl.Date, "valid_to": pl.Date}
    told = pl.col("register").replace_strict(ASKED, default="{}", return_dtype=pl.String)
    water = pl.format('{{"source_level": "county", "source_water": "{}"}}', "entity_id")
    told = pl.when(pl.col("entity_id").is_in(["river", "groundwater"])).then(water).otherwise(told)
    stratum = pl.when(pl.col("register") == "counties").then(pl.lit("county_level_city"))
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        attributes=told, stratum=stratum, river=pl.lit(None, pl.String), is_set_aside=pl.lit(False)
    )


@pytest.fixture
def gate(stage: Stage, catalog: Catalog, registers: pl.DataFrame) -> Gate:
    """Runs the gate on rows made by hand, with the shipped expectations unless others are given."""

    def run(
        source_id: str,
        *rows: Mapping[str, Any],
        expectations: Path | None = None,
        file: Path | None = None,
        before: Sequence[Mapping[str, Any]] = (),
        known: pl.DataFrame | None = None,
        area: str = "",
    ) -> GateResult:
        earlier = (stage(source_id, *before, name="before"),) if before else ()
        return run_gate(
            file or stage(source_id, *rows),
            catalog.source(source_id),
            catalog=catalog,
            registers=registers if known is None else known,
            expectations=expectations or shipped("expectations", f"{source_id}.yml"),
            before=Before(earlier, area),
        )

    return run


def broke(result: GateResult) -> dict[int, set[str]]:
    """The ids of the rules that each row broke."""
    found: dict[int, set[str]] = {}
    for row, check in result.broken.select("row", "check").iter_rows():
        found.setdefault(row, set()).add(check)
    return found


def outcome(result: GateResult, check: str) -> tuple[str, int | None]:
    """Outcome and count of one check."""
    found = result.checks.filter(pl.col("check") == check).select("outcome", "failed").row(0)
    return found[0], found[1]
