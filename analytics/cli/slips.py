"""What `receive` does beside registering: the return slip, and what a corrected file puts right."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics.cli.told import Said

if TYPE_CHECKING:
    import polars as pl

    from analytics.catalog import Catalog
    from analytics.errors import CheckFailed
    from analytics.ingest import Delivery
    from analytics.paths import Workspace
    from analytics.pipeline import Examined
    from analytics.reporting.of_file import OfFile

_NAMED, _LONGEST, _LONGEST_VALUE = 5, 300, 60


def after_receiving(workspace: Workspace, found: Examined, catalog: Catalog) -> dict[str, Any]:
    """What of earlier files a received one puts right and leaves open, and where its slip is, if it has one."""
    from analytics.pipeline.quarantine import corrected, things
    from analytics.reporting.of_file import of_file
    from analytics.reporting.slips import write_slip

    mended = corrected(workspace, found, catalog)
    still_open = things(mended.still_open)
    told: dict[str, Any] = {
        "put right of earlier files": mended.fixed,
        "of earlier files still wrong": mended.still_wrong,
        "rows of the first file still open": still_open,
        "still open": _named(mended.still_open, still_open),
        "of the whole file": Said.joined([_of_file(one) for one in of_file(found, workspace, catalog)]),
    }
    slip = write_slip(found, workspace, catalog, corrected=mended)
    return {name: value for name, value in told.items() if value} | _faults(found, catalog, slip) | _path(slip)


def _faults(found: Examined, catalog: Catalog, slip: Path | None) -> dict[str, Any]:
    """The first cells that broke a rule, as they stand in the sheet; how many more stand in the slip."""
    from openpyxl.utils import get_column_letter

    from analytics.quality.nearest import NEAREST
    from analytics.reporting.slips import findings_of

    findings = [f for f in findings_of(found, catalog) if f.severity != "info"]
    if found.result is None or not findings:
        return {}
    english = dict(found.result.checks.select("check", "message_en").iter_rows())
    lines = []
    for f in findings[:_NAMED]:
        cells = [f"{get_column_letter(column + 1)}{f.row + 1}" for column in f.columns]
        near = f.expected.partition(NEAREST.zh)[2]
        en_near = NEAREST.en + near if near else ""
        wanted = "" if f.expected == f.message else f"，应为：{f.expected}"
        en = f"{f.sheet} {', '.join(cells)}: {_shown(f.found) or '(empty)'}; {english.get(f.rule, f.rule)}{en_near}"
        lines.append(Said(en, f"{f.sheet} {'、'.join(cells)}：{_shown(f.found) or '（空）'}；{f.message}{wanted}"))
    more = len(findings) - len(lines)
    if more:
        en, zh = (", in the return slip", "，见退回单") if slip else ("", "")
        lines.append(Said(f"… and {more} more{en}", f"…… 另有{more}处{zh}"))
    return {"faults": lines}


def _shown(found: str) -> str:
    """What was found, in one line of a length that can be read."""
    line = " ".join(found.split())
    return line if len(line) <= _LONGEST_VALUE else line[: _LONGEST_VALUE - 1] + "…"


def after_refusal(
    workspace: Workspace, file: Path, delivery: Delivery, catalog: Catalog, refusal: CheckFailed
) -> dict[str, Any]:
    """The first cells of a file that was refused for that reason which break a rule, and where its return slip is.

    Nothing where none is written: what is wanting is ours, not the sender's.
    """
    from analytics.pipeline.intake import examine_refused
    from analytics.reporting.slips import write_slip

    found = examine_refused(workspace, file, delivery, catalog, refusal)
    slip = write_slip(found, workspace, catalog)
    return _faults(found, catalog, slip) | _path(slip) if slip else {}


def _of_file(one: OfFile) -> Said:
    """What is wrong with the file as a whole; of rows that are missing the number, and which where they are few."""
    en, zh = one.found.en, one.found.zh
    if one.is_of_members:
        is_listed = one.count <= _NAMED and en
        en = f"{one.count} missing" + (f" ({en})" if is_listed else "")
        zh = f"缺{one.count}处" + (f"（{zh}）" if is_listed else "")
    return Said(f"{one.message.en}: {en}"[:_LONGEST], f"{one.message.zh}：{zh}"[:_LONGEST])


def _path(slip: Path | None) -> dict[str, Any]:
    return {"return slip": str(slip)} if slip else {}


def _named(lines: pl.DataFrame, count: int) -> Said:
    """The first of what is still open, as the sender knows it."""
    first = lines.unique(["snapshot", "sheet", "row"], keep="first", maintain_order=True).head(_NAMED)
    named = Said.joined([_place(*place) for place in first.select("file", "row", "key").iter_rows()])
    more = " …" if count > _NAMED else ""
    return Said(named + more, named.zh + more)


def _place(file: str, row: int | None, key: str) -> Said:
    if row is None:
        return Said(f"{file}, the whole file", f"{file}整份文件")
    return Said(f"{file} row {row}: {key}", f"{file}第{row}行 {key}")
