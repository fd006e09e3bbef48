"""Keeps what a gate said beside the staged file, so that a gate that ran before need not run again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from analytics.asked import months_asked
from analytics.catalog import Catalog
from analytics.catalog.models import Source
from analytics.quality.across import looks_back
from analytics.quality.before import NOTHING, Before
from analytics.quality.checks import checks_for
from analytics.quality.declared import Calendar
from analytics.quality.members_elsewhere import asks_where
from analytics.quality.models import Check
from analytics.quality.result import GateResult
from analytics.runs import code_digest, digest, replacing, write_text

_LENGTH = 12
_LIBRARIES = ("great_expectations", "duckdb")


def gate_version(
    source: Source, catalog: Catalog, expectations: Path | None, registers: pl.DataFrame, *, before: Before = NOTHING
) -> str:
    """Short hash of all that the gate's answer depends on, but for the staged file itself.

    Of the registers only those that the checks ask count, in whatever order; of what was delivered before nothing
    where no check looks back. Raises `CatalogError` where the expectations break a rule.
    """
    wanted = checks_for(source, catalog, expectations)
    checks = [check.model_dump_json() for check in wanted]
    looks = looks_back(wanted)
    looked_at = [before.area] if looks or asks_where(source, before.area, catalog) else []
    looked_at += [file.stem for file in before.files] if looks else []
    libraries = [f"{name} {version(name)}" for name in _LIBRARIES]
    parameters = source.readings.parameters if source.readings else []
    code = code_digest(Path(__file__).parent)
    months = months_asked(source, registers, catalog).list.eval(pl.element().cast(pl.String))
    members = registers.with_columns(months=months)
    parts = [source.id, *parameters, *checks, _members(wanted, members), *looked_at, code, *libraries]
    return digest(parts)[:_LENGTH]


def _members(checks: Sequence[Check], registers: pl.DataFrame) -> str:
    names = {c.register_name for c in checks}
    names |= {c.declared.register_name for c in checks if isinstance(c.declared, Calendar)}
    wanted = registers.filter(pl.col("register").is_in(list(names - {""})))
    about = ("register", "entity_id", "name", "area_id", "valid_from", "valid_to")
    members = wanted.select(*about, pl.col("months").list.join(" "))
    return members.sort(pl.all()).write_csv()


def save(result: GateResult, beside: Path) -> None:
    """Write the result as `beside` with three endings; the JSON comes last and makes the others count.

    The name should carry the gate's version: `load` does not know what a result was made with.
    """
    files = _files(beside)
    for frame, file in ((result.checks, files["checks"]), (result.broken, files["broken"])):
        with replacing(file) as new:
            frame.write_parquet(new)
    summary = {
        "refused": result.refused,
        "rows": result.rows,
        "set_aside_rows": result.set_aside_rows,
        "copies": result.copies,
        "checks": result.checks.height,
        "broken": result.broken.height,
    }
    write_text(files["summary"], json.dumps(summary, indent=1) + "\n")


def load(beside: Path) -> GateResult | None:
    """What `save` kept under this name; None where there is nothing, or it is damaged."""
    files = _files(beside)
    try:
        summary: dict[str, Any] = json.loads(files["summary"].read_text(encoding="utf-8"))
        checks, broken = pl.read_parquet(files["checks"]), pl.read_parquet(files["broken"])
        if (checks.height, broken.height) != (summary["checks"], summary["broken"]):
            return None
        return GateResult(
            checks=checks,
            broken=broken,
            refused=summary["refused"],
            set_aside_rows=summary["set_aside_rows"],
            copies=summary["copies"],
            rows=summary["rows"],
        )
    except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError):
        return None


def _files(beside: Path) -> dict[str, Path]:
    endings = {"checks": ".checks.parquet", "broken": ".broken.parquet", "summary": ".gate.json"}
    return {what: beside.with_name(beside.name + ending) for what, ending in endings.items()}
