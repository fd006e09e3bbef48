"""What a notebook may hand to a report: tables, key figures and charts, typed as the MIME contract says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

TABLE = "application/vnd.qinghe.table+json"
TILES = "application/vnd.qinghe.tiles+json"
CHART = "application/vnd.qinghe.chart+json"

Verdict = Literal[
    "met",
    "not_met",
    "met_late",
    "undecided",
    "not_yet_due",
    "not_delivered",
    "no_data",
    "no_target",
    "not_applicable",
    "list_only",
    "by_judgement",
]
Tone = Verdict | Literal["class-1", "class-2", "class-3", "class-4", "class-5", "class-6", "strong", ""] | None


class Payload(BaseModel):
    """Base of all payloads: no unknown keys, no silent conversion of types."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class TonedText(Payload):
    """Text with the verdict, water class or weight in which it is shown."""

    text: str
    tone: Tone = None


class Column(Payload):
    """A column's heading, alignment and share of the width (absent: by its content)."""

    label: str
    align: Literal["left", "center", "right"] = "left"
    weight: float | None = Field(default=None, gt=0)


class Table(Payload):
    """A table with heading and note; each row has one cell for each column."""

    title: str
    columns: list[Column] = Field(min_length=1)
    rows: list[list[str | TonedText]]
    note: str = ""
    id: str = ""


class Tile(Payload):
    """One key figure."""

    label: str
    value: str
    tone: Tone = None
    note: str = ""


class Tiles(Payload):
    """Key figures shown side by side."""

    tiles: list[Tile] = Field(min_length=1)


class Chart(Payload):
    """A Vega-Lite chart with caption, note and the text that stands for it where it cannot be seen."""

    spec: dict[str, JsonValue]
    alt: str = Field(min_length=1)
    caption: str = ""
    note: str = ""


@dataclass(frozen=True)
class Block:
    """One payload in its place: `key` names it in the document; `number` counts tables, or charts (0: none)."""

    key: str
    content: Table | Tiles | Chart
    number: int = 0
    svg: str = ""


def text_of(cell: str | TonedText) -> str:
    """The text of a cell, whatever its tone."""
    return cell if isinstance(cell, str) else cell.text
