"""Whom the entries of the register of flow targets are about, and the sections that those nobody can use leave open."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

_TOLD = pl.Struct(
    {
        "flow_site_code": pl.String,
        **dict.fromkeys(
            ("season_first_month", "season_first_day", "season_last_month", "season_last_day"),
            pl.Int64,
        ),
        "flow_target_m3_s": pl.Float64,
        "required_rate_pct": pl.Float64,
    }
)
_PLACE = ("snapshot", "sheet", "row")
SET_ASIDE, WITHOUT_SECTION, REFUSED = "target_set_aside", "target_without_section", "targets_refused"
_SEASON = pl.Struct({"first": pl.String, "last": pl.String})
_DOUBTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "entity_id": pl.String,
    "doubt": pl.String,
    "targets_in_doubt": pl.Int64,
    "seasons": pl.List(_SEASON),
}
_WHOLE_YEAR = {"first": "01-01", "last": "12-31"}
_Section = Mapping[str, Any]
_Season = Mapping[str, str | None]


def with_sites(entries: pl.DataFrame, sites: pl.DataFrame) -> pl.DataFrame:
    """Entries of the register of targets with what they tell, the `site` that each is about, and their season.

    `site` is null where no code can be read, or none that the register of flow sites has. `first` and `last` are month
    and day (`"12-01"`), both included.
    """
    told = entries.with_columns(about=pl.col("attributes").str.json_decode(_TOLD)).unnest("about")
    known = sites["entity_id"].unique().to_list()
    code = pl.col("flow_site_code")
    months = list(range(1, 13))
    ends = [calendar.monthrange(2021, month)[1] for month in months]
    end = pl.col("season_last_month").replace_strict(months, ends, default=None, return_dtype=pl.Int64)
    return told.with_columns(
        site=pl.when(code.is_in(known)).then(code),
        first=_month_and_day(pl.col("season_first_month"), pl.col("season_first_day").fill_null(1)),
        last=_month_and_day(pl.col("season_last_month"), pl.coalesce("season_last_day", end)),
    )


def _month_and_day(month: pl.Expr, day: pl.Expr) -> pl.Expr:
    return pl.format("{}-{}", month.cast(pl.String).str.zfill(2), day.cast(pl.String).str.zfill(2))


def rows_left_out(targets: pl.DataFrame, aside: pl.DataFrame) -> pl.DataFrame:
    """Of what is still set aside of the register the refused files, and rows without a readable key that are no entry.

    A row is none where another file names the same section, for a section has several targets; it is gone where others
    have replaced its file as a whole. `aside` is as the named query still_set_aside has it.
    """
    standing = targets["snapshot"].drop_nulls().unique().to_list()
    is_row = (pl.col("sets_aside") == "row") & pl.col("entity_id").is_null() & pl.col("snapshot").is_in(standing)
    rows = aside.filter(is_row).join(targets.select(_PLACE), on=list(_PLACE), how="anti")
    return pl.concat([rows, aside.filter(sets_aside="file")])


def doubts(entries: pl.DataFrame, aside: pl.DataFrame, sections: pl.DataFrame) -> pl.DataFrame:
    """The sections of which an entry may be that nobody can use: `entity_id`, `doubt`, `targets_in_doubt` (entries),
    `seasons` (each with `first` and `last`: the days of the year that they may be about).

    One whose section cannot be read may be about the section of its name, else about those on its river, else about
    any; one of another river is about none of them. A register that was refused may be about every section.

    Parameters
    ----------
    entries
        From `with_sites`.
    aside
        From `rows_left_out`.
    sections
        The sections that have to be told of: `entity_id`, `name`, `river`.
    """
    known = sections.select("entity_id", "name", "river").unique("entity_id").to_dicts()
    found: dict[str, list[tuple[str, _Season]]] = {}
    for doubt, mine, season in _doubted(entries, aside, known):
        for section in mine:
            found.setdefault(section, []).append((doubt, season))
    rows = [
        {
            "entity_id": section,
            "doubt": Counter(doubt for doubt, _ in told).most_common(1)[0][0],
            "targets_in_doubt": len(told),
            "seasons": [season for _, season in told],
        }
        for section, told in found.items()
    ]
    return pl.DataFrame(rows, schema=_DOUBTS)


def _doubted(
    entries: pl.DataFrame, aside: pl.DataFrame, sections: Sequence[_Section]
) -> Iterator[tuple[str, list[str], _Season]]:
    """Each entry, row or file that nobody can use: what is wrong, the sections that it may be about, and the season."""
    for entry in entries.filter(pl.col("is_set_aside") & pl.col("site").is_not_null()).to_dicts():
        yield SET_ASIDE, [s["entity_id"] for s in sections if s["entity_id"] == entry["site"]], _WHOLE_YEAR
    for entry in entries.filter(pl.col("site").is_null()).to_dicts():
        season = _WHOLE_YEAR if entry["is_set_aside"] else {name: entry[name] for name in _WHOLE_YEAR}
        yield WITHOUT_SECTION, _perhaps_of(entry, sections), season
    for row in aside.filter(sets_aside="row").to_dicts():
        yield WITHOUT_SECTION, _spoken_of(row["key"], sections), _WHOLE_YEAR
    for _ in aside.filter(sets_aside="file")["snapshot"].unique():
        yield REFUSED, [s["entity_id"] for s in sections], _WHOLE_YEAR


def _perhaps_of(entry: Mapping[str, Any], sections: Sequence[_Section]) -> list[str]:
    by_name = [s["entity_id"] for s in sections if s["name"] == entry["name"]]
    by_river = [s["entity_id"] for s in sections if s["river"] == entry["river"] and entry["river"]]
    if by_name or by_river:
        return by_name or by_river
    is_elsewhere = entry["river"] and not entry["is_set_aside"]
    return [] if is_elsewhere else [s["entity_id"] for s in sections]


def _spoken_of(key: str, sections: Sequence[_Section]) -> list[str]:
    """The sections whose code or name stands in the key of a row as it was delivered, else all."""
    words = f" {key} "
    for told in ("entity_id", "name"):
        found = [s["entity_id"] for s in sections if f" {s[told]} " in words]
        if found:
            return found
    return [s["entity_id"] for s in sections]
