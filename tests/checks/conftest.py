"""Staged files made by hand: one good row of a source, changed where a test wants a fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from analytics.catalog.load import Catalog, load_catalog
from analytics.catalog.models import Source
from analytics.paths import shipped
from analytics.quality.gate import GateResult, run_gate

SHANGHAI = ZoneInfo("Asia/Shanghai")
_TYPES: dict[str, pl.DataType] = {
    "text": pl.String(),
    "number": pl.Float64(),
    "integer": pl.Int64(),
    "date": pl.Date(),
    "month": pl.Date(),
    "stamp": pl.Datetime("ms"),
    "code": pl.String(),
    "flag": pl.Boolean(),
    "area": pl.String(),
    "register_year": pl.Int32(),
    "items": pl.List(pl.String()),
}
_ALWAYS: dict[str, pl.DataType] = {
    "snapshot": pl.String(),
    "sheet": pl.String(),
    "row": pl.Int32(),
    "area_id": pl.String(),
    "entity_id": pl.String(),
    "taken_at": pl.Datetime("us", "Asia/Shanghai"),
    "period_start": pl.Date(),
    "period_end": pl.Date(),
}
YEAR = {"period_start": date(2021, 1, 1), "period_end": date(2021, 12, 31)}
GOOD: dict[str, dict[str, Any]] = {
    "manure": {
        "city": "140100",
        "county": "140121",
        "manure_produced_t": 100.0,
        "manure_used_t": 80.0,
        "area_id": "140121",
        **YEAR,
    },
    "section_monthly": {
        "section_code": "S1",
        "section_name": "甲断面",
        "month": date(2021, 7, 1),
        "sampling_state": "sampled",
        "entity_id": "S1",
        "taken_at": datetime(2021, 7, 1, tzinfo=SHANGHAI),
        "ph": 8.0,
        "ammonia_nitrogen": 0.5,
        "total_nitrogen": 2.0,
    },
    "station_readings": {
        "province": "140000",
        "section_name": "甲站",
        "stamp": datetime(2021, 4, 1, 8),
        "official_class": "Ⅱ",
        "station_state": "normal",
        "entity_id": "140000|甲站",
        "taken_at": datetime(2021, 4, 1, 8, tzinfo=SHANGHAI),
        "ph": 8.0,
        "ammonia_nitrogen": 0.5,
    },
    "town_sewage": {
        "city": "140100",
        "county": "140121",
        "town_code": "140121101",
        "town_name": "甲镇",
        "can_treat_sewage": "able",
        "capability_by": "own_plant",
        "area_id": "140121",
        "entity_id": "140121101",
        **YEAR,
    },
    "zone_plants": {
        "city": "140100",
        "county": "140121",
        "zone_name": "甲开发区",
        "plant_name": "甲厂",
        "capacity_m3_d": 5000.0,
        "stage": "completed",
        "started_date": date(2020, 3, 1),
        "completed_date": date(2021, 9, 30),
        "evidence_grade": "documented",
        "area_id": "140121",
        "entity_id": "140121|甲厂",
        **YEAR,
    },
    "sections": {
        "section_code": "S1",
        "section_name": "甲断面",
        "city": "140100",
        "county": "140121",
        "basin": "黄河",
        "river": "汾河",
        "water_body": "river",
        "target_class": "Ⅲ",
        "item_list": ["ph", "dissolved_oxygen"],
        "area_id": "140121",
        "entity_id": "S1",
    },
}

Stage = Callable[..., Path]
Gate = Callable[..., GateResult]


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog()


def staged_types(source: Source, catalog: Catalog) -> dict[str, pl.DataType]:
    """The column types of staged rows, as the contract has them."""
    types = dict(_ALWAYS)
    for column in source.columns:
        kind = catalog.fields[column.field].type
        types[column.field] = _TYPES[kind]
        if kind != "text":
            types |= {f"{column.field}_as_delivered": pl.String(), f"{column.field}_problem": pl.String()}
    for name in source.readings.parameters if source.readings else []:
        types |= {name: pl.Float64(), f"{name}_below_limit": pl.Boolean()}
        types |= {f"{name}_as_delivered": pl.String(), f"{name}_problem": pl.String()}
    return types


def staged_frame(source: Source, catalog: Catalog, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """The good row of the source once for every entry of `rows`, changed as the entry says."""
    types = staged_types(source, catalog)
    complete = []
    for number, changes in enumerate(rows, start=1):
        row = {"snapshot": "abc", "sheet": "表1", "row": number, **GOOD[source.id], **changes}
        assert set(row) <= set(types), set(row) - set(types)
        for name in types:
            if name.endswith("_as_delivered") and name not in row:
                value = row.get(name.removesuffix("_as_delivered"))
                row[name] = None if value is None else str(value)
            if name.endswith("_below_limit") and name not in row:
                row[name] = False
        complete.append({name: row.get(name) for name in types})
    return pl.DataFrame(complete, schema=types, orient="row")


@pytest.fixture
def stage(tmp_path: Path, catalog: Catalog) -> Stage:
    """Writes a staged file: `stage("manure", {}, {"manure_used_t": None})`."""

    def write(source_id: str, *rows: Mapping[str, Any]) -> Path:
        file = tmp_path / f"{source_id}.parquet"
        staged_frame(catalog.source(source_id), catalog, rows).write_parquet(file)
        return file

    return write


@pytest.fixture(scope="session")
def registers() -> pl.DataFrame:
    """One section (2016 to 2021), one station and one town, the last two without end."""
    return pl.DataFrame(
        [
            ("sections", "S1", date(2016, 1, 1), date(2021, 12, 31)),
            ("stations", "140000|甲站", None, None),
            ("towns", "140121101", None, None),
        ],
        schema={"register": pl.String, "entity_id": pl.String, "valid_from": pl.Date, "valid_to": pl.Date},
        orient="row",
    )


@pytest.fixture
def gate(stage: Stage, catalog: Catalog, registers: pl.DataFrame) -> Gate:
    """Runs the gate on rows made by hand, with the shipped expectations unless others are given."""

    def run(source_id: str, *rows: Mapping[str, Any], expectations: Path | None = None) -> GateResult:
        return run_gate(
            stage(source_id, *rows),
            catalog.source(source_id),
            catalog=catalog,
            registers=registers,
            expectations=expectations or shipped("expectations", f"{source_id}.yml"),
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
    return result.checks.filter(pl.col("check") == check).select("outcome", "failed").row(0)
