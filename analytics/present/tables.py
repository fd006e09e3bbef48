"""Tables and key figures as notebooks show them and reports render them."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

TABLE = "application/vnd.qinghe.table+json"
TILES = "application/vnd.qinghe.tiles+json"
Align = Literal["left", "center", "right"]
Cell = str | dict[str, str]


def toned(text: str, tone: str) -> Cell:
    """A cell with a tone: a verdict, a water class, or `strong`."""
    return {"text": text, "tone": tone} if tone else text


@dataclass(frozen=True)
class Column:
    """A column of a table: its label, how it is aligned and how wide it is beside the others."""

    label: str
    align: Align = "left"
    weight: float = 1.0


@dataclass(frozen=True)
class ColumnSpec:
    """A column made from a frame's column: how its values are printed and toned."""

    key: str
    column: Column
    text: Callable[[Any], str] = field(default=lambda value: "—" if value is None else str(value))
    tone: Callable[[Any], str] | None = None

    def cell(self, value: Any) -> Cell:
        """The cell of one value."""
        return toned(self.text(value), self.tone(value) if self.tone else "")


@dataclass(frozen=True)
class Table:
    """A table for readers: every cell is finished text."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    note: str = ""
    id: str = ""

    @classmethod
    def from_frame(
        cls, frame: pl.DataFrame, specs: Sequence[ColumnSpec], *, title: str, note: str = "", empty: str = "—"
    ) -> Table:
        """A table with a row per row of the frame; an empty frame gives one row that says `empty`."""
        rows: list[list[Cell]] = [
            [spec.cell(value) for spec, value in zip(specs, row, strict=True)]
            for row in frame.select(spec.key for spec in specs).iter_rows()
        ]
        return cls(title, [spec.column for spec in specs], or_one(rows, empty, len(specs)), note)

    def payload(self) -> dict[str, Any]:
        """The table as reports take it."""
        return {
            "title": self.title,
            "columns": [{"label": c.label, "align": c.align, "weight": c.weight} for c in self.columns],
            "rows": [list(row) for row in self.rows],
            "note": self.note,
            "id": self.id,
        }

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {TABLE: self.payload(), "text/html": self._html(), "text/plain": self._plain()}

    def _html(self) -> str:
        head = "".join(f"<th style='text-align:{c.align}'>{html.escape(c.label)}</th>" for c in self.columns)
        body = "".join(
            "<tr>"
            + "".join(
                f"<td style='text-align:{c.align}'>{html.escape(_text(cell))}</td>"
                for c, cell in zip(self.columns, row, strict=True)
            )
            + "</tr>"
            for row in self.rows
        )
        note = f"<p>{html.escape(self.note)}</p>" if self.note else ""
        caption = f"<caption style='text-align:left'>{html.escape(self.title)}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"

    def _plain(self) -> str:
        lines = [self.title, " | ".join(c.label for c in self.columns)]
        lines += [" | ".join(_text(cell) for cell in row) for row in self.rows]
        return "\n".join(lines)


def aligned(labels: str | Sequence[str], aligns: str, weights: Sequence[float]) -> list[Column]:
    """Columns from labels (in one text, parted by `|`) and one letter each for left, center, right."""
    names: dict[str, Align] = {"l": "left", "c": "center", "r": "right"}
    parted = labels.split("|") if isinstance(labels, str) else labels
    return [Column(label, names[a], w) for label, a, w in zip(parted, aligns, weights, strict=True)]


def or_one(rows: list[list[Cell]], text: str, width: int) -> list[list[Cell]]:
    """The rows, or one of `width` cells that says there are none."""
    return rows or [[text, *[""] * (width - 1)]]


def _text(cell: Cell) -> str:
    return cell["text"] if isinstance(cell, dict) else cell


@dataclass(frozen=True)
class Tile:
    """One key figure."""

    label: str
    value: str
    tone: str = ""
    note: str = ""


@dataclass(frozen=True)
class Tiles:
    """A row of key figures."""

    tiles: Sequence[Tile]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        payload = {"tiles": [vars(t) for t in self.tiles]}
        boxes = "".join(
            f"<div style='display:inline-block;margin-right:2em'><b>{html.escape(t.value)}</b><br>"
            f"{html.escape(t.label)}</div>"
            for t in self.tiles
        )
        plain = ", ".join(f"{t.label}: {t.value}" for t in self.tiles)
        return {TILES: payload, "text/html": boxes, "text/plain": plain}
