"""When a workbook was last saved, as its program wrote it down."""

from __future__ import annotations

import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from analytics.errors import CheckFailed
from analytics.ingest.archive import Archive

_PROPERTIES = "docProps/core.xml"
_MODIFIED = re.compile(rb"<dcterms:modified[^>]*>\s*(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?Z?\s*<")


def saved_at(file: Path) -> datetime | None:
    """The moment (UTC) that a workbook says it was last saved; None where it says none, or is no `.xlsx`."""
    if not zipfile.is_zipfile(file):
        return None
    try:
        found = _MODIFIED.search(Archive(file).content(_PROPERTIES))
        return datetime.strptime(found[1].decode(), "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC) if found else None
    except (CheckFailed, ValueError):
        return None
