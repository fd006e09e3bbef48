"""The check report: what every check of every received file found, as one offline page in both languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape

from analytics.catalog import Catalog
from analytics.catalog.models import Text
from analytics.paths import Workspace
from analytics.pipeline import Examined
from analytics.pipeline.corrections import Matched
from analytics.quality.result import NOTHING_TO_COMPARE
from analytics.reporting.check_words import areas, in_words, labels
from analytics.runs import write_text

TEMPLATE = "checks.html.j2"
OUTCOMES = ("could_not_be_checked", "failed", "passed")
SEVERITIES = ("critical", "warning", "info")
# A page stays readable on a telephone; what is beyond is counted, and stands in the return slips.
_SHOWN = 1_000


def write_check_report(
    examined: Sequence[Examined],
    workspace: Workspace,
    catalog: Catalog,
    *,
    corrections: Mapping[str, Sequence[Matched]],
    put_right: Mapping[str, str] = MappingProxyType({}),
    source: str | None = None,
) -> Path:
    """Write `reports/build/checks.html`, or `checks-<source>.html` for one form, and return where it is.

    `corrections` are those that the files were examined with; `put_right` has by snapshot the file that was taken in
    the place of a refused one. A workspace's own template is used where it has one. Nothing in the page comes from
    outside.
    """
    template = workspace.resource("reports", "year_end", TEMPLATE)
    environment = Environment(
        loader=FileSystemLoader(template.parent),
        autoescape=select_autoescape(default=True, default_for_string=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words, places = labels(catalog), areas(catalog)
    applied = _corrections(corrections, words)
    page = environment.get_template(TEMPLATE).render(
        files=[
            {
                **_file(e, workspace, words, places),
                "corrections": applied.get(e.snapshot.id, []),
                "put_right_by": put_right.get(e.snapshot.id, ""),
            }
            for e in examined
        ],
        invented=any(e.snapshot.delivery.invented for e in examined),
        outcomes=OUTCOMES,
        severities=SEVERITIES,
    )
    out = workspace.builds / (f"checks-{source}.html" if source else "checks.html")
    write_text(out, page)
    return out


def _corrections(
    matched: Mapping[str, Sequence[Matched]], words: Mapping[str, Text]
) -> dict[str, list[dict[str, str]]]:
    """By file the corrections that were applied to it: where, from, to, why and who said so."""
    found: dict[str, list[dict[str, str]]] = {}
    for several in matched.values():
        for one in (m for m in several if m.outcome == "applied"):
            entry, cell = one.entered.correction, one.cells[0]
            label = words.get(entry.what)
            told = {
                "column_zh": label.zh if label else "整行",
                "column_en": label.en if label else "whole row",
                "place": f"{cell.sheet} {cell.row}",
                "old": entry.old,
                "new": entry.new,
                "reason": entry.reason,
                "said_by": f"{entry.said_by}，{entry.said_on}",
            }
            found.setdefault(one.snapshot, []).append(told)
    return found


def _file(
    found: Examined, workspace: Workspace, words: Mapping[str, Text], places: Mapping[str, Text]
) -> dict[str, Any]:
    """One file as the template shows it; the worst checks first."""
    checks = sorted(found.result.checks.to_dicts(), key=_worst_first) if found.result else []
    broken = found.result.broken.to_dicts() if found.result else []
    by_id = {c["check"]: c for c in checks}
    failed = Counter(c["severity"] for c in checks if c["outcome"] == "failed")
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
        "checks": [
            {
                **c,
                "found": in_words(c["found"], words, places) if c["found"] else None,
                "about": _about(c["columns"], words),
            }
            for c in checks
        ],
        "outcomes": Counter(c["outcome"] for c in checks),
        "failed": failed,
        "broken": [_finding(b, by_id, words, places) for b in broken[:_SHOWN]],
        "findings": len(broken),
    }


def _worst_first(check: Mapping[str, Any]) -> tuple[bool, bool, int, int]:
    """Passed ones come last, and before them those that had nothing to be compared with: nothing is wrong there."""
    is_idle = NOTHING_TO_COMPARE in (check["problem"] or "")
    is_passed = check["outcome"] == "passed"
    return is_passed, is_idle, OUTCOMES.index(check["outcome"]), SEVERITIES.index(check["severity"])


def _finding(
    broken: Mapping[str, Any], checks: Mapping[str, Any], words: Mapping[str, Text], places: Mapping[str, Text]
) -> dict[str, Any]:
    """One row and the rule it broke, with what the column is called."""
    rule = checks[broken["check"]]
    about = _about([broken["column"]] if broken["column"] else rule["columns"], words)
    told = in_words(broken["found"], words, places) if broken["found"] else Text(zh="（空）", en="(empty)")
    return {**broken, "about": about, "found": told, "rule": rule}


def _about(columns: Sequence[str], words: Mapping[str, Text]) -> Text:
    """The columns that a rule is about, by their names; none where it is about the file."""
    known = [words[name] for name in columns if name in words]
    return Text(zh="、".join(one.zh for one in known) or "—", en=", ".join(one.en for one in known) or "—")
