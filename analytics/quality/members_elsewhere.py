"""Rows about members of a register that lie outside the area of the delivery, as one more check of the gate.

A form that has a place in each row tells by it; of one that names its members alone the register knows where they lie.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.models import Source
from analytics.quality.result import CHECKS, ELSEWHERE, PLACE

_MESSAGE = {
    "message_zh": "每行所报的对象应属本次报送的地区",
    "message_en": "Every row is about a member within the area that the delivery is of",
}
_MEMBERS = {"entity_id": pl.String(), "member": pl.String(), "zh": pl.String(), "en": pl.String()}


def asks_where(source: Source, area: str, catalog: Catalog) -> bool:
    """Whether rows of the form are about members of a delivered register, without a place, in a file of some area."""
    entity = source.entity
    if entity is None or source.places or area not in catalog.areas:
        return False
    return catalog.registers[entity.register_name].built_in is None


def rows_elsewhere(
    staged: Path, source: Source, area: str, *, registers: pl.DataFrame, catalog: Catalog
) -> pl.DataFrame:
    """What is broken by each row about a member that lies elsewhere, as `GateResult.broken` has it.

    A member of which an area contains that of the delivery, or lies within it, is not elsewhere.
    """
    entity = source.entity
    if entity is None:
        raise ValueError(source.id)
    known = registers.filter(pl.col("register") == entity.register_name).drop_nulls(["entity_id", "area_id"])
    own = known.group_by("entity_id", maintain_order=True).agg("area_id", pl.col("name").last())
    elsewhere = [
        (member, f"{name or ''} {member}".strip(), *_called(areas[-1], catalog))
        for member, areas, name in own.iter_rows()
        if not any(_meets(one, area, catalog) for one in areas)
    ]
    members = pl.DataFrame(elsewhere, schema=_MEMBERS, orient="row")
    own_zh, own_en = _called(area, catalog)
    rows = pl.scan_parquet(staged)
    counting = pl.col("left_out").is_null() if "left_out" in rows.collect_schema() else pl.lit(True)
    about = rows.filter(counting).select(*PLACE, "entity_id").collect()
    return about.join(members, on="entity_id", maintain_order="left").select(
        *(pl.col(name).cast(dtype) for name, dtype in PLACE.items()),
        column=pl.lit(entity.id_fields[0]),
        check=pl.lit(ELSEWHERE),
        severity=pl.lit("critical"),
        found=pl.format("{}（{}）", "member", "zh"),
        expected_zh=pl.format("报送地区（{}）内的对象：该行属{}，由其所属地区报送，请从本表删去", pl.lit(own_zh), "zh"),
        expected_en=pl.format(
            "a member within {}, the area of the delivery: this one is of {}, which reports it; leave the row out",
            pl.lit(own_en),
            "en",
        ),
    )


def _called(area: str, catalog: Catalog) -> tuple[str, str]:
    """The area with those around it, and in English with its code."""
    return catalog.path_of(catalog.areas[area]), catalog.called_with_code(area, "en")


def _meets(one: str, area: str, catalog: Catalog) -> bool:
    return one not in catalog.areas or catalog.lies_in(one, area) or catalog.lies_in(area, one)


def as_check(broken: pl.DataFrame) -> pl.DataFrame:
    """The check as a row of `GateResult.checks`."""
    check = {
        "check": ELSEWHERE,
        "severity": "critical",
        "scope": "row",
        "columns": ["entity_id"],
        "outcome": "failed" if broken.height else "passed",
        "failed": broken.height,
        **_MESSAGE,
    }
    return pl.DataFrame([check], schema=CHECKS)
