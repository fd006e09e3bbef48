"""One section after the other: those on the borders of cities, and the fiche of a single one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.present import numbers, words
from analytics.present.tables import Cell, Table, aligned, or_one, toned
from analytics.present.words import either

__all__ = ["boundaries", "fiche"]

_KINDS = ("year", "flood_season", "dry_season")
_MARK = "?"
_LOADED = ("ammonia_nitrogen", "total_phosphorus")


def boundaries(
    sections: pl.DataFrame, periods: pl.DataFrame, loads: pl.DataFrame, *, catalog: Catalog, lang: str
) -> Table:
    """The sections at which rivers leave one city for another, down each river: classes by season, and loads.

    Parameters
    ----------
    sections
        The sections of the year with `upstream_city` and `downstream_city` (null: inside a city, or the province's
        border); those without either are left out.
    periods
        Their periods of the year (section_period).
    loads
        section_load of the year.
    """
    classes = {
        (row["entity_id"], row["period_kind"]): row
        for row in periods.filter(pl.col("period_kind").is_in(_KINDS)).iter_rows(named=True)
    }
    carried = {(r["entity_id"], r["parameter"]): r for r in loads.iter_rows(named=True)}
    on_border = sections.filter(pl.any_horizontal(pl.col("upstream_city", "downstream_city").is_not_null()))
    rows: list[list[Cell]] = [
        [
            catalog.water(row["river"], lang) if row["river"] else "—",
            row["name"],
            _city(row["upstream_city"], catalog, lang),
            _city(row["downstream_city"], catalog, lang),
            *(_class_of(classes.get((row["entity_id"], kind)), lang) for kind in _KINDS),
            *(_load(carried.get((row["entity_id"], name)), lang) for name in _LOADED),
        ]
        for row in on_border.sort("basin", "river", "entity_id").iter_rows(named=True)
    ]
    labels = either(
        lang,
        "河流|断面|流出城市|流入城市|全年|汛期|非汛期",
        "River|Section|Out of|Into|Year|Flood season|Dry season",
    ).split("|")
    labels += [
        either(lang, f"{catalog.parameters[n].label.zh}通量（t）", f"{catalog.parameters[n].label.en} carried (t)")
        for n in _LOADED
    ]
    columns = aligned(labels, "llllcccrr", (0.9, 1.7, 0.8, 0.8, 0.9, 0.9, 0.9, 1.0, 1.0))
    nothing = either(lang, "名录没有注明跨市断面", "The register names no section on the border of cities")
    note = either(
        lang,
        "断面在流出城市为出境断面，在流入城市为入境断面。汛期与非汛期按计划的时段设定。通量为各月浓度与流量之积的和，"
        "低于检出限的按零计；有月份缺流量或浓度的标“≥”，为已知月份之和。"
        "有缺月、有值暂不采用、检出限过高或水体类型待定而存疑的类别，括号内为可能的范围。",
        "A section is the outflow of the one city and the inflow of the other. The seasons are those of the plan's "
        "windows. Loads are the sums of concentration × flow by month, nothing below the limit of detection; where a "
        "month lacks either, ≥ marks the sum of those known. In brackets stands what a class may be where months are "
        "missing or set aside, a limit of detection is too high, or the water body is undetermined.",
    )
    title = either(lang, "跨市断面：入境与出境", "Sections on the borders of cities: inflow and outflow")
    return Table(title, columns, or_one(rows, nothing, len(columns)), note)


def _city(area_id: str | None, catalog: Catalog, lang: str) -> str:
    area = catalog.areas.get(area_id or "")
    return area.name.in_language(lang) if area else "—"


def _class(name: str | None, lang: str) -> Cell:
    return toned(words.class_numeral(name, lang), words.class_tone(name))


def _class_of(row: Mapping[str, Any] | None, lang: str) -> Cell:
    """The class of a period, with the best and the worst that it may be where it is open."""
    if row is None or not _is_open(row):
        return _class(row["water_class"] if row else None, lang)
    own = row["water_class"]
    span = "~".join(words.class_numeral(row[end], lang) for end in ("class_best", "class_worst"))
    return toned(words.class_numeral(own, lang) + either(lang, f"（{span}）", f" ({span})"), words.class_tone(own))


def _is_open(row: Mapping[str, Any]) -> bool:
    """Whether the section may be of another class in the period than the one that it has."""
    return row["left_out"] is None and not row["water_class"] == row["class_best"] == row["class_worst"]


def _load(row: Mapping[str, Any] | None, lang: str) -> str:
    """A load in tonnes; of some months alone, at least that."""
    if row is None or row["so_far_t"] is None:
        return "—"
    if row["load_t"] is None:
        return f"≥ {numbers.print_value(row['so_far_t'], decimals=1)}"
    return numbers.print_value(row["load_t"], decimals=1)


def fiche(
    section: Mapping[str, Any],
    items: pl.DataFrame,
    periods: pl.DataFrame,
    loads: pl.DataFrame,
    *,
    year: int,
    catalog: Catalog,
    lang: str,
) -> Table:
    """Every item of one section: its mean and class in the year, its seasons and the year before, and its load.

    Parameters
    ----------
    section
        A row of section_classes_of_year.
    items
        section_items_of_year of that section.
    periods
        section_periods_of_year.
    loads
        section_load of the year.
    """
    cells = {
        (r["parameter"], r["period_kind"], r["period_start"].year): r
        for r in items.filter(pl.col("period_kind").is_in(_KINDS)).iter_rows(named=True)
    }
    carried = {r["parameter"]: r for r in loads.filter(entity_id=section["entity_id"]).iter_rows(named=True)}
    deciding = dict(items.select("parameter", "decides").unique().iter_rows())
    named = [p for p in catalog.parameters if p in deciding]
    asked = [("year", year), *((kind, year) for kind in _KINDS[1:]), ("year", year - 1)]
    rows = [
        [
            _item_name(name, catalog, lang, decides=deciding[name]),
            words.unit(catalog.parameters[name].unit, lang) or "—",
            *_of_periods(name, asked, cells, catalog, lang),
            _load(carried.get(name), lang),
        ]
        for name in named
    ]
    labels = either(
        lang,
        "项目|单位|全年|类别|汛期|类别|非汛期|类别|上年|类别|通量（t）",
        "Item|Unit|Year|Class|Flood season|Class|Dry season|Class|Last year|Class|Carried (t)",
    )
    columns = aligned(labels.split("|"), "llrcrcrcrcr", (1.9, 0.8, *(0.9, 0.6) * 4, 0.9))
    title = _title(section, catalog, lang)
    note = _note(section, periods, year=year, catalog=catalog, lang=lang) + _mark(items, lang)
    return Table(title, columns, or_one(rows, "—", len(columns)), note)


def _item_name(name: str, catalog: Catalog, lang: str, *, decides: bool) -> str:
    """An item by its name; one that takes no part in the section's class is marked."""
    return words.field_label(catalog.parameters[name], lang) + (
        "" if decides else either(lang, "（参考）", " (beside)")
    )


def _of_periods(
    name: str,
    periods: Sequence[tuple[str, int]],
    cells: Mapping[tuple[str, str, int], Mapping[str, Any]],
    catalog: Catalog,
    lang: str,
) -> list[Cell]:
    found: list[Cell] = []
    for kind, year in periods:
        row = cells.get((name, kind, year))
        value = row["value"] if row else None
        found.append(numbers.print_measured(value, decimals=catalog.parameters[name].decimals.assessment))
        found.append(_class_of_item(row, lang))
    return found


def _class_of_item(row: Mapping[str, Any] | None, lang: str) -> Cell:
    """The class of an item, with a mark where it may be another one."""
    name = row["item_class"] if row else None
    mark = _MARK if row is not None and name is not None and _may_differ(row) else ""
    return toned(words.class_numeral(name, lang) + mark, words.class_tone(name))


def _may_differ(row: Mapping[str, Any]) -> bool:
    return bool(row["is_held_back"]) or row["item_best"] != row["item_worst"]


def _mark(items: pl.DataFrame, lang: str) -> str:
    """What the mark means, where any item of the fiche has it."""
    shown = items.filter(pl.col("period_kind").is_in(_KINDS) & pl.col("item_class").is_not_null())
    if not any(_may_differ(row) for row in shown.iter_rows(named=True)):
        return ""
    return either(
        lang,
        f"标“{_MARK}”的类别存疑：有缺月、有值暂不采用或检出限过高。",
        f" Classes marked {_MARK} are in doubt: months missing or set aside, or a limit of detection too high.",
    )


def _title(section: Mapping[str, Any], catalog: Catalog, lang: str) -> str:
    where = [catalog.water(section[k], lang) for k in ("basin", "river") if section[k]]
    name = str(section["name"])
    return either(lang, f"断面档案：{name}（{words.joined(where, lang)}）", f"Section: {name} ({', '.join(where)})")


def _note(section: Mapping[str, Any], periods: pl.DataFrame, *, year: int, catalog: Catalog, lang: str) -> str:
    """How the section stood in the year and the year before, against its target, and where it lies."""
    mine = periods.filter((pl.col("period_kind") == "year") & (pl.col("entity_id") == section["entity_id"]))
    of_years = {row["period_start"].year: row for row in mine.iter_rows(named=True)}

    def stands(name: str | None) -> str:
        return words.water_class(name, lang) if name else either(lang, "未定", "open")

    def of(in_year: int) -> str:
        row = of_years.get(in_year)
        own = stands(row["water_class"] if row else None)
        if row is None or not _is_open(row):
            return own
        best, worst = (stands(row[end]) for end in ("class_best", "class_worst"))
        return own + either(lang, f"（存疑：可能为{best}至{worst}）", f" (in doubt: {best} to {worst})")

    told = [
        either(lang, f"全年{of(year)}", f"this year {of(year)}"),
        either(lang, f"上年{of(year - 1)}", f"last year {of(year - 1)}"),
    ]
    if section["is_dry"]:
        told.append(either(lang, "断流，不参评", "no flow, left out"))
    if section["target"] and section["months_judged"]:
        missed, judged = section["months_failing"], section["months_judged"]
        told.append(
            either(
                lang,
                f"目标{words.water_class(section['target'], lang)}，{judged}个月中{missed}个月未达标",
                f"target {words.water_class(section['target'], lang)}, missed in {missed} of {judged} months",
            )
        )
    if section["recognised_class"]:
        told.append(
            either(
                lang,
                f"国家认定{stands(section['recognised_class'])}",
                f"recognised {stands(section['recognised_class'])}",
            )
        )
    borders = [_city(section[k], catalog, lang) for k in ("upstream_city", "downstream_city")]
    if any(b != "—" for b in borders):
        told.append(either(lang, f"由{borders[0]}流向{borders[1]}", f"out of {borders[0]} into {borders[1]}"))
    return either(lang, "；", "; ").join(told) + either(lang, "。", ".")
