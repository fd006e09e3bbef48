"""What a file covers: its periods, and the area or the cities that it tells of."""

from __future__ import annotations

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.models import Source
from analytics.pipeline.intake import Examined
from analytics.warehouse.facts import LoadedFile, counting_rows


def members_of(source: Source, members: pl.DataFrame) -> pl.DataFrame:
    """The members of the one register that a form speaks of: another's may bear the same ids."""
    told = source.entity.register_name if source.entity else source.register_as.name if source.register_as else None
    return members.filter(pl.col("register") == told) if told else members.clear()


def areas_of_rows(rows: pl.DataFrame, members: pl.DataFrame) -> pl.Series:
    """The area of each row: its own, else that of its member, else null.

    Parameters
    ----------
    rows
        `entity_id` and `area_id`, either missing where the form has none.
    members
        `entity_id`, `area_id` of the form's register (`members_of`).
    """
    absent = [pl.lit(None, pl.String).alias(name) for name in ("entity_id", "area_id") if name not in rows.columns]
    places = members.select("entity_id", own="area_id").drop_nulls().unique("entity_id", keep="last")
    known = rows.with_columns(absent).join(places, on="entity_id", how="left", maintain_order="left")
    return known.select(pl.coalesce("area_id", "own").alias("area_id"))["area_id"]


def within(area_id: str | None, areas: set[str], catalog: Catalog) -> bool:
    """Whether an area lies in one of the areas; where it is unknown, or there are none, nothing speaks against it."""
    return area_id is None or not areas or any(catalog.lies_in(area_id, area) for area in areas)


def cities_of(areas: pl.Series, catalog: Catalog) -> set[str]:
    """The cities in which areas lie; an area that lies in none stands for itself."""
    return {catalog.city_of(a) or a for a in areas.drop_nulls().unique()}


def covered(lines: pl.DataFrame, found: Examined, members: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """Of lines of the quarantine those about a time and an area that the file tells of.

    The time is from its first to its last period. The area is that of the delivery, else the cities of its rows. A line
    that does not say where or when it is about is left where it came from the same sender.
    """
    if found.staged is None:
        return lines
    rows = counting_rows(LoadedFile(found.snapshot.id, found.source, found.staged.path, 0, pl.DataFrame())).collect()
    said = found.snapshot.delivery
    areas = {said.area} if said.area else cities_of(areas_of_rows(rows, members_of(found.source, members)), catalog)
    starts = rows["period_start"].drop_nulls() if "period_start" in rows.columns else pl.Series(dtype=pl.Date)
    places = lines["area_id"].to_list()
    is_in = pl.Series([a is not None and within(a, areas, catalog) for a in places], dtype=pl.Boolean)
    is_vague = pl.Series([a is None or any(catalog.lies_in(x, a) for x in areas) for a in places], dtype=pl.Boolean)
    in_time = pl.col("period_start").is_between(starts.min(), starts.max()) if starts.len() else pl.lit(True)
    from_sender = pl.col("department") == said.department
    return lines.filter(is_in | (is_vague & from_sender), in_time.fill_null(from_sender))
