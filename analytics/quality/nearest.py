"""The nearest known name beside a place or a member that nobody knows, for whoever has to put it right."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.catalog import bare_code
from analytics.catalog.models import Column, Source, Text
from analytics.catalog.senders import spellings
from analytics.quality.models import Check
from analytics.quality.result import PLACE

# Stands between what would have been right and the nearest name.
NEAREST = Text(zh="；最接近的是：", en="; nearest: ")
_MOST_WORDS = 50  # of a check: looking through a long register takes its time
_ALIKE = 0.5  # names of areas are short: one sign of two may be wrong
_ALIKE_MEMBERS = 0.7
_WORD, _WITHIN = "_word", "_within"
_OFFERS = {"zh": "_offer_zh", "en": "_offer_en"}


def with_nearest(
    broken: pl.DataFrame,
    *,
    checks: Sequence[Check],
    source: Source,
    catalog: Catalog,
    registers: pl.DataFrame,
    staged: Path,
) -> pl.DataFrame:
    """The findings, those of unknown areas and members with the nearest known name in what would have been right.

    An area is looked for within the one that its row names. A member is known by the name in its row, else by its id.
    """
    columns = pl.read_parquet_schema(staged)
    offers = [
        _offered(broken, staged, check=check.id, words=[w for w in words if w in columns], within=within, find=find)
        for check, words, within, find in _asked(checks, source, catalog, registers)
        if any(w in columns for w in words) and not broken.filter(check=check.id).is_empty()
    ]
    if not offers:
        return broken
    told = broken.join(pl.concat(offers), on=[*PLACE, "check"], how="left", maintain_order="left")
    return told.with_columns(
        pl.concat_str(f"expected_{lang}", pl.lit(NEAREST.in_language(lang)) + pl.col(offer), ignore_nulls=True)
        for lang, offer in _OFFERS.items()
    ).drop(*_OFFERS.values())


_Find = Callable[[str, str | None], Text | None]


def _asked(
    checks: Sequence[Check], source: Source, catalog: Catalog, registers: pl.DataFrame
) -> Iterator[tuple[Check, list[str], str | None, _Find]]:
    """The checks of names, the columns in the first of which it stands, that of the area around it, what finds one."""
    columns = {c.field: c for c in source.columns if catalog.fields[c.field].type == "area"}
    departments = {c.field for c in source.columns if catalog.fields[c.field].type == "department"}
    for check in checks:
        if check.kind == "readable" and check.columns[0] in columns:
            column = columns[check.columns[0]]
            inner = next((c for c in columns.values() if c.within == column.field), None)
            yield check, [f"{column.field}_as_delivered"], column.within, _area(column, inner, catalog)
        if check.kind == "readable" and check.columns[0] in departments:
            yield check, [check.columns[0]], None, _member({word: sender.name for word, sender in spellings(catalog)})
        if check.kind == "registered" and source.entity is not None:
            names = _names(registers.filter(pl.col("register") == check.register_name))
            yield check, [*([source.entity.name] if source.entity.name else []), "entity_id"], None, _member(names)


def _area(column: Column, inner: Column | None, catalog: Catalog) -> _Find:
    """Finds the nearest area of the column; where the cell names one of the column `inner` too, that is said."""
    areas = [a for a in catalog.areas.values() if a.level == (column.level or "county") and a.valid_to is None]

    def find(word: str, within: str | None) -> Text | None:
        inside = [a for a in areas if within is None or catalog.lies_in(a.id, within)]
        spelled = {name: a.name.zh for a in inside for name in (a.name.zh, *a.aliases)}
        parts = re.split(r"\W+", word)[::-1]  # 太原市/阳曲县/黄寨镇
        whole = [name for name in (word, *parts) if name in spelled]
        guesses = (_nearest(name, spelled, alike=_ALIKE) for name in (*whole, word, *parts))
        near = next((name for name in guesses if name), "")
        if not near or near == word:  # the name is right, and the area another than the delivery's
            return None
        both = [part for part in parts if inner is not None and part in inside_names(near)]
        return _with_other_place(near, both[0], inner.headers[0]) if both and inner else _said(near)

    def inside_names(near: str) -> set[str]:
        outer = next(a.id for a in areas if a.name.zh == near)
        return {a.name.zh for a in catalog.areas.values() if a.id != outer and catalog.lies_in(a.id, outer)}

    return find


def _with_other_place(near: str, other: str, heading: str) -> Text:
    return Text(
        zh=f"{near}（格内还写有“{other}”，请填在“{heading}”一栏）",
        en=f"{near} (the cell holds {other} too, which belongs in the column {heading})",
    )


def _said(name: str) -> Text | None:
    return Text(zh=name, en=name) if name else None


def _names(members: pl.DataFrame) -> Mapping[str, str]:
    """What members are called, by name and by id: each stands with both."""
    rows = members.select("entity_id", "name").drop_nulls("entity_id").unique(maintain_order=True)
    both = {entity: f"{name} {entity}" if name and name != entity else entity for entity, name in rows.iter_rows()}
    return both | {name: both[entity] for entity, name in rows.iter_rows() if name}


def _member(names: Mapping[str, str]) -> _Find:
    return lambda word, _: _said(_nearest(word, names, alike=_ALIKE_MEMBERS))


def _nearest(word: str, names: Mapping[str, str], *, alike: float) -> str:
    same = next((name for name in names if name.casefold() == word.casefold()), None)
    same = same or next((name for name in names if bare_code(name) == bare_code(word)), None)
    found = [same] if same else difflib.get_close_matches(word, names, n=1, cutoff=alike)
    return names[found[0]] if found else ""


def _offered(
    broken: pl.DataFrame, staged: Path, *, check: str, words: Sequence[str], within: str | None, find: _Find
) -> pl.DataFrame:
    """`snapshot`, `sheet`, `row`, `check` of the findings that a name can be offered for, and that name in words."""
    around = pl.col(within) if within else pl.lit(None, pl.String)
    word = pl.coalesce(_filled(name) for name in words)
    rows = pl.scan_parquet(staged).select(*PLACE, word.alias(_WORD), around.alias(_WITHIN)).drop_nulls(_WORD)
    places = broken.filter(check=check).select(*PLACE, "check")
    told = places.join(rows.collect(), on=list(PLACE), how="inner", maintain_order="left")
    asked = told.select(_WORD, _WITHIN).unique(maintain_order=True).head(_MOST_WORDS)
    names = [find(word, area) for word, area in asked.iter_rows()]
    offers = [
        pl.Series(offer, [name and name.in_language(lang) for name in names], dtype=pl.String)
        for lang, offer in _OFFERS.items()
    ]
    known = asked.with_columns(offers).drop_nulls([*_OFFERS.values()])
    return told.join(known, on=[_WORD, _WITHIN], nulls_equal=True).select(*PLACE, "check", *_OFFERS.values())


def _filled(name: str) -> pl.Expr:
    """What the cell says; a blank one says nothing."""
    return pl.when(pl.col(name).str.strip_chars() != "").then(name)
