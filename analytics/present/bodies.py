"""Black-odorous water for readers: which bodies are graded so, in which quarter, and which are open and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.present import words
from analytics.present.lists import area_at
from analytics.present.reasons import why_open
from analytics.present.tables import Cell, Table, aligned, or_one, toned
from analytics.present.words import either

_QUARTERS = (1, 2, 3, 4)


def grades(bodies: pl.DataFrame, catalog: Catalog, lang: str) -> Table:
    """The bodies that were not clean in every quarter, quarter by quarter.

    Parameters
    ----------
    bodies
        As the named query body_grades_of_year gives them.
    """
    told = bodies.drop_nulls("quarter")
    choices = catalog.item_field("body_grade").choices
    names = {code: choice.label.in_language(lang) for code, choice in choices.items()}
    clean = told.group_by("entity_id").agg(is_clean=(pl.col("grade") == "none").all(ignore_nulls=False))
    shown = told.join(clean.filter(~pl.col("is_clean").fill_null(False)), on="entity_id", how="semi")
    rows = [
        _row(mine.sort("quarter").to_dicts(), names, catalog, lang)
        for _, mine in shown.sort("area_id", "entity_id").group_by("entity_id", maintain_order=True)
    ]
    columns = aligned(
        either(lang, "水体|市", "Body|City").split("|")
        + [either(lang, f"{'一二三四'[q - 1]}季度", f"Q{q}") for q in _QUARTERS]
        + [either(lang, "说明", "Remark")],
        "llccccl",
        (1.7, 0.8, 0.9, 0.9, 0.9, 0.9, 1.9),
    )
    registered, heard = bodies["entity_id"].n_unique(), told["entity_id"].n_unique()
    note = either(
        lang,
        f"名录内{registered}条水体，有监测数据{heard}条；全年各季均不黑臭的不列。级别由点位监测数据按分级标准得出，不采用上报的结论；"
        "“待定”为数据不足以判定的季度。消除以前的黑臭不算反弹。",
        f"{registered} bodies are registered, {heard} were measured; those clean in every quarter are not listed. "
        "Grades follow from the readings of the points, not from what was told; open are quarters that tell too "
        "little. Black water before the elimination is no rebound.",
    )
    title = either(lang, "曾为黑臭或待定的水体，按季度", "Bodies that were black-odorous or open, by quarter")
    nothing = either(lang, "各水体全年均不黑臭", "Every body was clean all year")
    if told.is_empty():
        nothing = either(lang, "没有监测数据", "No readings")
    return Table(title, columns, or_one(rows, nothing, len(columns)), note)


def _row(quarters: Sequence[Mapping[str, Any]], names: Mapping[str, str], catalog: Catalog, lang: str) -> list[Cell]:
    by_quarter = {row["quarter"]: row for row in quarters}
    first = quarters[0]
    why = dict.fromkeys(why_open(_reason(r), lang) for r in quarters if r["reason"])
    along = [f"{either(lang, '重度点段 ', 'heavy points ')}{s}" for r in quarters for s in r["heavy_stretches"] or ()]
    return [
        first["name"],
        area_at(first["area_id"], "city", catalog, lang),
        *(_grade(by_quarter.get(q), names, lang) for q in _QUARTERS),
        words.joined([*why, *dict.fromkeys(along)], lang) or "—",
    ]


def _reason(row: Mapping[str, Any]) -> str:
    return f"{row['reason']}: {row['rows_in_doubt']}" if row["rows_in_doubt"] else str(row["reason"])


def _grade(row: Mapping[str, Any] | None, names: Mapping[str, str], lang: str) -> Cell:
    if row is None:
        return "—"
    if row["grade"] is not None:
        return toned(names[row["grade"]], "met" if row["grade"] == "none" else "not_met")
    if row["grade_best"] != "none":
        return toned(either(lang, "黑臭（级别待定）", "black-odorous, grade open"), "not_met")
    return toned(either(lang, "待定", "open"), "undecided")
