"""Money: what works were planned with, what of it has arrived in each city, and what was paid."""

from __future__ import annotations

import json

import polars as pl

from analytics.catalog import Catalog
from analytics.present import numbers, words
from analytics.present.tables import Cell, Table, aligned, or_one, toned
from analytics.present.words import either

_NOTHING = "—"
_NOWHERE = ""


def by_city(works: pl.DataFrame, amounts: pl.DataFrame, item: str, *, paid: str, catalog: Catalog, lang: str) -> Table:
    """By city, and of all together: planned with the works of a kind, arrived, paid [万元], and how they compare [%].

    Planned is what the works say of each source of money, arrived what the city says of the same sources.

    Parameters
    ----------
    works
        Columns of works_of_year; of a work that was told of twice the last row counts.
    amounts
        `item`, `area_id`, `value` [万元]: what arrived of each source, and what was `paid`.
    """
    planned = _planned(works, item, catalog)
    arrived = _summed(amounts.filter(pl.col("item") != paid), catalog)
    spent = _summed(amounts.filter(pl.col("item") == paid), catalog)
    cities = sorted({*planned, *arrived, *spent} - {_NOWHERE}) + ([_NOWHERE] if _NOWHERE in planned else [])
    rows = [_row(_name(c, catalog, lang), planned.get(c), arrived.get(c), spent.get(c)) for c in cities]
    if len(rows) > 1:
        together = [sum(told.values()) if told else None for told in (planned, arrived, spent)]
        rows.append(_row(toned(either(lang, "合计", "Together"), "strong"), *together))
    label = catalog.items[item].label
    name = label.in_language(lang) if label else item
    labels = either(
        lang,
        f"市|{name}计划资金（万元）|到位（万元）|到位占计划（%）|已支付（万元）|支付占到位（%）|支付占计划（%）",
        f"City|Planned with {name} (10⁴ yuan)|Arrived (10⁴ yuan)|Of planned (%)|Paid (10⁴ yuan)|Of arrived (%)|"
        "Of planned (%)",
    )
    columns = aligned(labels, "lrrrrrr", (1.2, 1.5, 1.2, 1.0, 1.2, 1.0, 1.0))
    sources = words.joined([words.field_label(catalog.fields[f], lang) for f in catalog.money_of(item).values()], lang)
    note = either(
        lang,
        f"计划资金为入库项目所报的{sources}之和，到位与支付为各市所报；两者由不同报表报来，到位可含储备库之外的项目。",
        f"Planned: the sum of {sources} as the projects in the reserve tell it; arrived and paid as cities tell it. "
        "They come from different forms, and what arrived may be for works outside the reserve.",
    )
    nothing = either(lang, "尚未报送", "nothing delivered")
    title = either(lang, "资金：计划、到位与支付（按市）", "Money planned, arrived and paid, by city")
    return Table(title, columns, or_one(rows, nothing, len(columns)), note)


def _planned(works: pl.DataFrame, item: str, catalog: Catalog) -> dict[str, float]:
    """By city the money that the works of a kind name."""
    last = works.filter(pl.col("item") == item).unique(["area_id", "entity_id"], keep="last", maintain_order=True)
    fields = list(catalog.money_of(item).values())
    found: dict[str, float] = {}
    for work in last.iter_rows(named=True):
        told = json.loads(work["attributes"])
        city = catalog.city_of(work["area_id"]) or _NOWHERE
        found[city] = found.get(city, 0.0) + sum(float(told.get(f) or 0) for f in fields)
    return found


def _summed(amounts: pl.DataFrame, catalog: Catalog) -> dict[str, float]:
    found: dict[str, float] = {}
    for area, value in amounts.drop_nulls("value").select("area_id", "value").iter_rows():
        city = catalog.city_of(area) or _NOWHERE
        found[city] = found.get(city, 0.0) + value
    return found


def _name(city: str, catalog: Catalog, lang: str) -> str:
    return catalog.areas[city].name.in_language(lang) if city else _NOTHING


def _row(name: Cell, planned: float | None, arrived: float | None, paid: float | None) -> list[Cell]:
    return [
        name,
        numbers.print_value(planned, decimals=0),
        numbers.print_value(arrived, decimals=0),
        _share(arrived, planned),
        numbers.print_value(paid, decimals=0),
        _share(paid, arrived),
        _share(paid, planned),
    ]


def _share(part: float | None, whole: float | None) -> str:
    return numbers.print_value(100 * part / whole, decimals=1) if part is not None and whole else _NOTHING
