"""The check report: what every check of every received file found, as one offline page in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
from jinja2 import Environment, FileSystemLoader, select_autoescape

from analytics.paths import Workspace
from analytics.pipeline import Examined
from analytics.runs import write_text

TEMPLATE = "checks.html.j2"


def write_check_report(examined: Sequence[Examined], workspace: Workspace, *, source: str | None = None) -> Path:
    """Write `reports/build/checks.html`, or `checks-<source>.html` for one form, and return where it is.

    A workspace's own template is used where it has one. Nothing in the page comes from outside.
    """
    template = workspace.resource("reports", "year_end", TEMPLATE)
    environment = Environment(
        loader=FileSystemLoader(template.parent),
        autoescape=select_autoescape(default=True, default_for_string=True),
    )
    files = [_file(e, workspace) for e in examined]
    page = environment.get_template(TEMPLATE).render(
        files=files, invented=any(e.snapshot.delivery.invented for e in examined)
    )
    out = workspace.builds / (f"checks-{source}.html" if source else "checks.html")
    write_text(out, page)
    return out


def _file(found: Examined, workspace: Workspace) -> dict[str, Any]:
    """One file as the template shows it; the worst checks first."""
    checks: list[dict[str, Any]] = []
    broken: list[dict[str, Any]] = []
    if found.result is not None:
        order = {"could_not_be_checked": 0, "failed": 1, "passed": 2}
        rows = found.result.checks.sort(
            pl.col("outcome").replace_strict(order), pl.col("severity"), "check", maintain_order=True
        )
        checks = rows.to_dicts()
        broken = found.result.broken.to_dicts()
    return {
        "source": found.source.label,
        "name": found.snapshot.path.name,
        "path": workspace.relative(found.snapshot.path),
        "sha256": found.snapshot.sha256,
        "received": found.snapshot.delivery.received.isoformat(),
        "department": found.snapshot.delivery.department,
        "reason": found.reason,
        "reason_zh": found.reason_zh,
        "rows": found.staged.rows if found.staged else 0,
        "rows_set_aside": found.result.set_aside_rows if found.result else 0,
        "readings_set_aside": found.readings_set_aside,
        "checks": checks,
        "broken": broken,
    }
