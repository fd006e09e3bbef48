"""Notebooks for the tests of reporting, written by hand or as they look after a run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from analytics.reporting import FrontMatter
from analytics.reporting.blocks import CHART, TABLE, TILES

PARAMETERS = 'year = 2020  # assessment year\narea = "140000"\nperiod = ""\nlang = "zh"\nrelease = ""'
GIVEN = {"year": 2021, "area": "140100", "lang": "zh"}
PYTHON = {"name": "python3", "display_name": "Python 3", "language": "python"}
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"><text x="2" y="20">氨氮</text></svg>'

Cell = str | tuple[str, Sequence[str]]


def write_source(
    path: Path,
    *cells: Cell,
    parameters: str | None = PARAMETERS,
    title: str = "章",
    kernelspec: dict[str, str] | None = None,
) -> Path:
    """A notebook to be run: a title, the parameters, then code; a cell may come with tags."""
    head = [new_markdown_cell(f"# {title}")]
    if parameters is not None:
        head.append(new_code_cell(parameters, metadata={"tags": ["parameters"]}))
    body = [
        new_code_cell(c) if isinstance(c, str) else new_code_cell(c[0], metadata={"tags": list(c[1])}) for c in cells
    ]
    notebook = new_notebook(cells=head + body, metadata={"kernelspec": PYTHON if kernelspec is None else kernelspec})
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
    nbformat.write(notebook, path)
    return path


def markdown(text: str, *tags: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {"tags": list(tags)}, "source": text}


def code(*outputs: dict[str, Any], tags: Sequence[str] = ()) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {"tags": list(tags)}, "source": "secret = 1", "outputs": list(outputs)}


def shown(mime: str, payload: Any, **beside: str) -> dict[str, Any]:
    data = {mime: payload, "text/plain": "<machine words>", **beside}
    return {"output_type": "execute_result", "metadata": {}, "data": data}


def table(rows: Sequence[Sequence[Any]], *labels: str, title: str = "表题", note: str = "") -> dict[str, Any]:
    columns = [{"label": label, "align": "left", "weight": 1} for label in labels]
    return shown(TABLE, {"title": title, "columns": columns, "rows": rows, "note": note, "id": ""})


def tiles(**values: str) -> dict[str, Any]:
    return shown(TILES, {"tiles": [{"label": k, "value": v, "tone": "met", "note": ""} for k, v in values.items()]})


def chart(spec: dict[str, Any] | None = None, *, caption: str = "图题", svg: str = SVG) -> dict[str, Any]:
    given = {"mark": "bar", "data": {"values": [{"a": 1}]}} if spec is None else spec
    payload = {"spec": given, "alt": "替代文字", "caption": caption, "note": ""}
    return shown(CHART, payload, **{"image/svg+xml": svg})


def write_executed(path: Path, *cells: dict[str, Any], title: str = "# 章") -> Path:
    """A notebook as it looks after a run."""
    content = {"cells": [markdown(title), *cells], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def front(**changes: Any) -> FrontMatter:
    given: dict[str, Any] = {
        "title": "水环境行动方案\n年终评估报告",
        "subtitle": "供评审",
        "area_name": "山西省",
        "period_label": "2021年",
        "lang": "zh",
        "document": "某政办发〔2021〕1号",
        "data_date": date(2022, 1, 14),
        "status": "draft",
        "invented": True,
        "stamp": datetime(2022, 1, 20, 9, tzinfo=ZoneInfo("Asia/Shanghai")),
    }
    return FrontMatter(**(given | changes))
