"""Names of areas to codes: by code, name or former name, within the area that the row names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.models import Area, Column
from analytics.ingest import cells

_ALL_OF = {"province": "全省", "city": "全市"}
_BETWEEN = re.compile(r"[/\\|>→_:·•.\-‐-―−~]+")  # of 太原市/阳曲县, folded to half width


def resolved(frame: pl.DataFrame, column: Column, catalog: Catalog, *, whole: str = "") -> pl.DataFrame:
    """The frame with the column's names replaced by area codes, the names as delivered beside.

    An area may be named behind those around it: 太原市/阳曲县. A name that two areas bear is settled by the area in
    `within`. A cell that names the area `whole` around all rows names none of its own, as an empty one. Where nothing
    bears the name the code is null and the problem `unknown_area`, where only areas outside `within` do
    `area_elsewhere`, where several do `area_of_two`.
    """
    name = column.field
    within = pl.col(column.within) if column.within else pl.lit(None, pl.String)
    text = pl.col(name).str.normalize("NFKC").str.replace_all(rf"\s+|{cells.INVISIBLE}", "")
    frame = frame.with_columns(pl.col(name).alias(f"{name}_as_delivered"), text.alias(name), within.alias("_outer"))
    pairs = frame.select(name, "_outer").unique().drop_nulls(name)
    known_areas = _by_name(column.level or "county", catalog)
    found = [
        _code_of(known_areas.get(word) or known_areas.get(_path(word), []), outer, catalog)
        for word, outer in pairs.iter_rows()
    ]
    codes, problems = ([one[i] for one in found] for i in (0, 1))
    known = pairs.with_columns(
        pl.Series("_code", codes, dtype=pl.String), pl.Series(f"{name}_problem", problems, dtype=pl.String)
    )
    joined = frame.join(known, on=[name, "_outer"], how="left", nulls_equal=True, maintain_order="left")
    is_blank = pl.col(name).is_in(["", *_named_as_whole(whole, column, catalog)])
    return joined.with_columns(
        pl.when(~is_blank).then(f"{name}_problem").alias(f"{name}_problem"), pl.col("_code").alias(name)
    ).drop("_outer", "_code")


def _named_as_whole(whole: str, column: Column, catalog: Catalog) -> list[str]:
    """What the area around all rows is called in a column of areas within it."""
    area = catalog.areas.get(whole)
    if area is None or area.level == (column.level or "county"):
        return []
    return [*_names(area), *filter(None, [_ALL_OF.get(area.level)])]


def _path(word: str) -> str:
    """The names in a cell with one sign between them: 太原市/阳曲县 of 太原市-阳曲县."""
    return "/".join(part for part in _BETWEEN.split(word) if part) or word


def _by_name(level: str, catalog: Catalog) -> dict[str, list[Area]]:
    """The areas of a level by every code and name that they bear, alone or behind those of areas around them."""
    found: dict[str, list[Area]] = {}
    for area in catalog.areas.values():
        if area.level == level:
            spelled = {area.id, *_names(area)}
            for outer in catalog.upwards(area.id)[1:]:
                named = _names(catalog.areas[outer])
                spelled |= {f"{name}{sign}{rest}" for name in named for rest in spelled for sign in ("/", "")}
            for name in spelled:
                found.setdefault(name, []).append(area)
    return found


def _names(area: Area) -> set[str]:
    return {unicodedata.normalize("NFKC", area.name.zh), *area.aliases}


def _code_of(alike: Sequence[Area], outer: str | None, catalog: Catalog) -> tuple[str | None, str | None]:
    """The code of the one area of those called alike that is meant, or why there is none."""
    within = [a for a in alike if outer is None or catalog.lies_in(a.id, outer)]
    if len(within) == 1:
        return within[0].id, None
    if not alike:
        return None, "unknown_area"
    return None, "area_of_two" if within else "area_elsewhere"
