"""Executed notebooks → one Markdown document for print and page; tables, tiles and charts are kept apart as blocks.

Code never shows. What a reader cannot read (a bare repr, a stream, an error) is refused, never printed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from analytics.errors import ReportError
from analytics.reporting.blocks import CHART, TABLE, TILES, Block, Chart, Table, Tiles
from analytics.reporting.front import Language

_KINDS: dict[str, type[Table | Tiles | Chart]] = {TABLE: Table, TILES: Tiles, CHART: Chart}
# A raw block of this format holds the key of a block; the filter report.lua turns it into what the target needs.
RAW = "block"
_LANGUAGES = {"zh", "en"}


@dataclass(frozen=True)
class Document:
    """The text, and the blocks that its raw parts name."""

    markdown: str
    blocks: dict[str, Block]


@dataclass
class _Count:
    """How many tables and charts so far, and the blocks themselves."""

    blocks: dict[str, Block] = field(default_factory=dict)
    tables: int = 0
    charts: int = 0

    def add(self, content: Table | Tiles | Chart, svg: str) -> Block:
        number = 0
        if isinstance(content, Table) and content.title:
            number = self.tables = self.tables + 1
        elif isinstance(content, Chart) and content.caption:
            number = self.charts = self.charts + 1
        block = Block(f"block-{len(self.blocks) + 1}", content, number, svg)
        self.blocks[block.key] = block
        return block


def compose(notebooks: list[Path], *, lang: Language) -> Document:
    """The document of the executed notebooks in their order, each a chapter.

    Markdown cells tagged with the other language or `internal` are left out, and so are the outputs of code
    cells with these tags. `ReportError` names notebook and cell where an output is not for readers, a payload
    breaks its type, or a chapter has no title.
    """
    count = _Count()
    parts: list[str] = []
    for notebook in notebooks:
        chapter = list(_chapter(notebook, count, lang))
        _require_title(chapter, notebook)
        parts += chapter
    return Document("\n\n".join(parts) + "\n", count.blocks)


def _chapter(notebook: Path, count: _Count, lang: Language) -> Iterator[str]:
    for number, cell in enumerate(_cells(notebook), start=1):
        tags = set(cell.get("metadata", {}).get("tags", []))
        if "internal" in tags or (tags & _LANGUAGES and lang not in tags):
            continue
        if cell["cell_type"] == "markdown":
            yield _joined(cell["source"]).strip()
        elif cell["cell_type"] == "code":
            place = f"{notebook.name}, cell {number}"
            for output in cell.get("outputs", []):
                yield from _shown(output, place, count)


def _cells(notebook: Path) -> list[dict[str, Any]]:
    """The cells without the one in which papermill injects parameters, so that numbers are those of the source."""
    try:
        content = json.loads(notebook.read_text(encoding="utf-8"))
        cells: list[dict[str, Any]] = content["cells"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReportError(
            "A notebook could not be read.",
            where=str(notebook),
            found=f"{type(error).__name__}: {error}",
            expected="an executed notebook (nbformat 4)",
            next_step="Run the report again; if it stays, open the notebook in Jupyter and save it.",
        ) from error
    return [c for c in cells if "injected-parameters" not in c.get("metadata", {}).get("tags", [])]


def _shown(output: dict[str, Any], place: str, count: _Count) -> Iterator[str]:
    kind = output["output_type"]
    data = output.get("data", {})
    mime = next((m for m in _KINDS if m in data), None)
    if kind not in {"display_data", "execute_result"}:
        raise _not_for_readers(place, f"{kind}: {_excerpt(output)}")
    if mime:
        block = count.add(_parsed(mime, data[mime], place), _svg(mime, data, place))
        yield f"```{{={RAW}}}\n{block.key}\n```"
    elif "text/markdown" in data:
        yield _joined(data["text/markdown"]).strip()
    else:
        raise _not_for_readers(place, f"{', '.join(sorted(data))}: {_excerpt(output)}")


def _parsed(mime: str, payload: object, place: str) -> Table | Tiles | Chart:
    try:
        content = _KINDS[mime].model_validate(payload)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "(the whole)"
        raise ReportError(
            "An output of a notebook breaks its type.",
            where=f"{place}, {mime}, key {key}",
            found=repr(first["input"])[:120],
            expected=first["msg"],
            next_step="Make the output with analytics.present, or mend the function there.",
        ) from error
    if isinstance(content, Table):
        _require_full_rows(content, place)
    return content


def _require_full_rows(table: Table, place: str) -> None:
    for number, row in enumerate(table.rows, start=1):
        if len(row) != len(table.columns):
            raise ReportError(
                "A row of a table does not fit its columns.",
                where=f"{place}, table {table.title!r}, row {number}",
                found=f"{len(row)} cells",
                expected=f"{len(table.columns)} cells",
                next_step="Mend the function in analytics.present that makes this table.",
            )


def _svg(mime: str, data: dict[str, Any], place: str) -> str:
    if mime != CHART:
        return ""
    svg = _joined(data.get("image/svg+xml", ""))
    if "<svg" not in svg:
        raise ReportError(
            "A chart has no picture for print.",
            where=place,
            found=", ".join(sorted(data)),
            expected="image/svg+xml beside the chart's specification",
            next_step="Show the chart through analytics.present.",
        )
    return svg


def _require_title(chapter: list[str], notebook: Path) -> None:
    first = next((part for part in chapter if part), "")
    if not first.startswith("# "):
        raise ReportError(
            "A chapter has no title.",
            where=notebook.name,
            found=repr(first[:60]),
            expected="a first Markdown cell (in the report's language) that begins with '# '",
            next_step="Give the notebook a title cell: '# …', tagged zh or en where it is for one language.",
        )


def _not_for_readers(place: str, found: str) -> ReportError:
    return ReportError(
        "A notebook printed something that is not for readers.",
        where=place,
        found=found,
        expected="a table, key figures, a chart or a sentence (text/markdown) from analytics.present",
        next_step="End the cell with a semicolon, remove the print, or tag the cell 'internal'.",
    )


def _excerpt(output: dict[str, Any]) -> str:
    text = output.get("text") or output.get("evalue") or output.get("data", {}).get("text/plain", "")
    return " ".join(_joined(text).split())[:120]


def _joined(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)
