"""Sewage plants for readers: which kept their limits least in the cold season, by what, and the weakest influent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.present import numbers, words
from analytics.present.lists import area_at
from analytics.present.tables import Align, Cell, Column, Table, or_one
from analytics.present.words import either

_MOST_SHOWN = 12


def weakest(years: pl.DataFrame, days: pl.DataFrame, catalog: Catalog, lang: str) -> Table:
    """The plants that kept their limits on the smallest share of the days judged, those without a day judged first.

    Parameters
    ----------
    years, days
        As the named queries plants_of_year and plant_days_of_year give them.
    """
    title = either(
        lang, "冬春低温时段达标率最低的污水处理厂", "Sewage plants that kept their limits least in the cold season"
    )
    behind = years.filter((pl.col("days_value") < 100).fill_null(True))
    ordered = behind.sort("days_value", "entity_id", nulls_last=False)
    rows = [_row(row, days, catalog, lang) for row in ordered.head(_MOST_SHOWN).to_dicts()]
    labels = either(
        lang,
        "污水处理厂|市|执行标准|达标/判定（日）|达标率（%）|超标项目（日）|未判定（日）|进水BOD₅（mg/L）",
        "Plant|City|Standard|Within/judged (d)|Share (%)|Beyond, by item (d)|Not judged (d)|Influent BOD₅ (mg/L)",
    ).split("|")
    aligns: list[Align] = ["left", "left", "left", "right", "right", "left", "right", "right"]
    weights = (1.7, 0.75, 1.15, 0.95, 0.8, 1.6, 0.8, 0.9)
    columns = [Column(*told) for told in zip(labels, aligns, weights, strict=True)]
    rest = max(0, behind.height - _MOST_SHOWN)
    note = either(
        lang,
        f"另有{rest}座厂有超标或未报的日子；{years.height - behind.height}座厂判定的各日全部达标。"
        "未判定：缺测、缺项、数据暂不采用，或水温、检出限使之不能判定。",
        f"{rest} more have days beyond a limit or told none; {years.height - behind.height} kept their limits on every "
        "day judged. Not judged: not measured, an item missing or set aside, or left open by a temperature or a limit "
        "of detection.",
    )
    nothing = either(lang, "各厂判定的各日全部达标", "Every plant kept its limits on every day judged")
    return Table(title, columns, or_one(rows, nothing, len(columns)), note)


def _row(row: Mapping[str, Any], days: pl.DataFrame, catalog: Catalog, lang: str) -> list[Cell]:
    standards = catalog.fields["plant_standard"].choices
    standard = row["plant_standard"]
    judged = None if row["days_expected"] is None else row["days_compliant"] + row["days_failed"]
    left = None if judged is None else row["days_expected"] - judged
    return [
        row["name"],
        area_at(row["area_id"], "city", catalog, lang),
        standards[standard].label.in_language(lang) if standard in standards else "—",
        either(lang, "未报送", "not delivered") if judged is None else f"{row['days_compliant']}/{judged}",
        "—" if row["days_value"] is None else numbers.print_value(row["days_value"], decimals=1, target=100),
        _items_beyond(days.filter(entity_id=row["entity_id"], is_compliant=False), catalog, lang) or "—",
        "—" if left is None else str(left),
        "—" if row["influent_bod5"] is None else numbers.print_value(row["influent_bod5"], decimals=1),
    ]


def _items_beyond(days: pl.DataFrame, catalog: Catalog, lang: str) -> str:
    """The items that were beyond their limits, each with the number of days, the most frequent first."""
    counts = days.select(pl.col("items_failed").explode()).drop_nulls().to_series().value_counts(sort=True)
    told = sorted(counts.iter_rows(), key=lambda found: (-found[1], found[0]))
    return words.joined([f"{catalog.parameters[name].label.in_language(lang)} {n}" for name, n in told], lang)
