"""Sources of drinking water from the warehouse's readings: occasions, years by both rules, the states that follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from analytics.asked import valid_in
from analytics.catalog import Catalog
from analytics.catalog.models import Source
from analytics.catalog.plan import Plan
from analytics.catalog.served import deriving
from analytics.compute import sources
from analytics.duck import Connection
from analytics.periods import parse_period, year_of
from analytics.warehouse import store
from analytics.warehouse.facts import PLACE, Effective
from analytics.warehouse.queries import ask

REGISTER = "drinking_sources"
SAMPLING = "source_sampling"
WATER_TAKEN = "source_water_taken"
OUT_OF_USE = "out_of_use"
MONITORED = "source_monitored"
COMPLIANCE = "source_compliance"
# The states that follow from the readings, and the column of a source's year that each is.
_BY_RULE = {
    COMPLIANCE: "complies",
    "source_complies_at_all_occasions": "by_occasion",
    "source_complies_by_annual_mean": "by_mean",
}
_RULES = {"all_occasions": "by_occasion", "annual_mean": "by_mean"}
_ATTRIBUTES = pl.Struct(
    {
        "source_water": pl.String,
        "background_items": pl.List(pl.String),
        "background_since": pl.Int64,
        "background_reason": pl.String,
    }
)
_NO_ITEMS = pl.lit([], pl.List(pl.String))
_CELL = {"entity_id": pl.String, "taken_on": pl.Date, "parameter": pl.String}
_PLACE = {"snapshot": pl.String, "sheet": pl.String, "row": pl.Int32}


@dataclass(frozen=True)
class SourceDoubts:
    """What was set aside of the readings of sources and not put right.

    `cells` are single readings (`entity_id`, `taken_on`, `parameter` and their place), `rows` whole occasions
    (`entity_id`, `period_start`; null: nobody can tell when).
    """

    cells: pl.DataFrame
    rows: pl.DataFrame


@dataclass(frozen=True)
class Assessed:
    """A year of the sources: the rows of its tables, and the states that the figures count."""

    occasions: pl.DataFrame
    items: pl.DataFrame
    years: pl.DataFrame
    states: pl.DataFrame


# What was set aside


def doubts(connection: Connection, by_source: Mapping[str, Effective], catalog: Catalog) -> SourceDoubts:
    """Readings and rows of sources that were set aside, rows of refused files among them."""
    source = deriving(MONITORED, catalog)
    rows = [pl.DataFrame(schema={"entity_id": pl.String, "period_start": pl.Date})]
    cells = [pl.DataFrame(schema=_CELL | _PLACE)]
    if source is not None and source.id in by_source:
        found = by_source[source.id]
        cells.append(cells_aside(found))
        rows.append(rows_aside(found, source))
    if source is not None:
        rows.append(ask(connection, "source_rows_refused", source=source.id, item=SAMPLING))
    return SourceDoubts(pl.concat(cells), pl.concat(rows))


def cells_aside(found: Effective) -> pl.DataFrame:
    """`entity_id`, `taken_on`, `parameter` and the place of single readings set aside in rows that count otherwise."""
    aside = found.cells_left_out.filter(reason="set_aside").select(*PLACE, "parameter")
    about = found.rows.select(*PLACE, "entity_id", taken_on=pl.col("taken_at").dt.date()).collect()
    joined = about.join(aside, on=PLACE)
    return joined.select(pl.col(name).cast(dtype) for name, dtype in (_CELL | _PLACE).items())


def rows_aside(found: Effective, source: Source) -> pl.DataFrame:
    """`entity_id` and `period_start` of rows set aside.

    One whose day nobody can read is put right by any later file about the same member and quarter.
    """
    day = source.readings.taken_on if source.readings else None
    about = [
        pl.col("entity_id", "period_start", "file_order"),
        pl.col(f"{day}_problem").is_not_null().alias("is_unclear"),
    ]
    good, aside = pl.collect_all([found.rows.select(about), found.rows_set_aside.select(about)])
    later = good.select("entity_id", "period_start", later="file_order")
    same = pl.col("period_start").is_null() | (pl.col("period_start") == pl.col("period_start_right"))
    righted = (
        aside.with_row_index()
        .filter("is_unclear")
        .join(later, on="entity_id")
        .filter(same & (pl.col("later") > pl.col("file_order")))
    )
    kept = aside.with_row_index().join(righted.select("index"), on="index", how="anti")
    return kept.filter(pl.col("entity_id").is_not_null()).select("entity_id", "period_start")


# The year


def believed(states: pl.DataFrame, amounts: pl.DataFrame) -> pl.DataFrame:
    """What was told of the sources; one told to be out of use of which water was taken is open: it may have been used.

    Both frames are rows of their fact tables, up to the day on which each file was received.
    """
    taken = amounts.filter((pl.col("item") == WATER_TAKEN) & (pl.col("value") > 0))
    used = taken.select("entity_id", "period_start", item=pl.lit(SAMPLING), was_used=pl.lit(True)).unique()
    is_contradicted = pl.col("was_used").fill_null(False) & (pl.col("value_code") == OUT_OF_USE)
    return (
        states.join(used, on=["entity_id", "period_start", "item"], how="left", maintain_order="left")
        .with_columns(value_code=pl.when(~is_contradicted.fill_null(False)).then("value_code"))
        .drop("was_used")
    )


def assess(
    connection: Connection, found: SourceDoubts, states: pl.DataFrame, *, plan: Plan, year: int, catalog: Catalog
) -> Assessed:
    """The year of every registered source of which anything was told.

    Parameters
    ----------
    found
        From `doubts`.
    states
        What was told of the sampling (rows of fact_state, see `believed`).
    """
    source = deriving(MONITORED, catalog)
    method = source.readings.method if source and source.readings else ""
    readings = ask(connection, "source_readings_of_year", method=method, year=year)
    register = _registered(ask(connection, "register_members"), year)
    aside = found.cells.filter(pl.col("taken_on").dt.year() == year)
    limits = sources.limits_of(catalog.source_assessment, catalog.standards, catalog.parameters)
    ions = [name for name, p in catalog.parameters.items() if p.mean == "hydrogen_ion"]
    items = sources.judged_items(_with_aside(readings, aside), register, limits).collect()
    occasions = sources.occasions(items.lazy(), register, limits).collect()
    means = sources.mean_items(items.lazy(), hydrogen_ion=ions).collect()
    told = _quarters_told(states.filter(pl.col("item") == SAMPLING), year)
    years = _years(register, occasions, means, told, found.rows, plan=plan, year=year, catalog=catalog)
    places = pl.concat([frame.select("entity_id", "taken_on", *PLACE) for frame in (readings, aside)])
    first = places.unique(["entity_id", "taken_on"], keep="first", maintain_order=True)
    return Assessed(
        occasions.join(first, on=["entity_id", "taken_on"], how="left"),
        _not_passing(items, means, year),
        years,
        _states(years, occasions, readings, told, year),
    )


def _registered(members: pl.DataFrame, year: int) -> pl.DataFrame:
    """Sources whose entry can be relied on, with their water and the items of natural background.

    Background of which the entry names no ground excuses nothing.
    """
    mine = members.filter((pl.col("register") == REGISTER) & ~pl.col("is_set_aside") & valid_in(year_of(year)))
    decoded = mine.unique("entity_id", keep="last", maintain_order=True).select(
        "entity_id", about=pl.col("attributes").str.json_decode(_ATTRIBUTES)
    )
    return decoded.unnest("about").select(
        "entity_id",
        water="source_water",
        background=pl.when(pl.col("background_reason").is_not_null())
        .then(pl.col("background_items"))
        .fill_null(_NO_ITEMS),
        background_since="background_since",
    )


def _with_aside(readings: pl.DataFrame, aside: pl.DataFrame) -> pl.DataFrame:
    """The readings, and a null in place of each that was set aside."""
    empty = aside.select(
        "entity_id", "taken_on", "parameter", value=pl.lit(None, pl.Float64), below_limit=pl.lit(False)
    )
    return pl.concat([readings.select(empty.columns), empty])


def _quarters_told(told: pl.DataFrame, year: int) -> pl.DataFrame:
    """What was told of the sampling, by source and quarter: `code`, the days it is of, `is_out_of_use` of all of it."""
    end = pl.col("period_start").dt.quarter().replace_strict(_ends(year), return_dtype=pl.Date)
    code = pl.col("value_code")
    return told.filter(pl.col("period_start").dt.year() == year).select(
        "entity_id",
        "period_start",
        "period_end",
        code=code,
        quarter=pl.col("period_start").dt.quarter(),
        is_out_of_use=((code == OUT_OF_USE).fill_null(False) & (pl.col("period_end") >= end)),
    )


def _ends(year: int) -> dict[int, object]:
    return {quarter: parse_period(f"{year}-Q{quarter}").end for quarter in sources.QUARTERS}


def _years(
    register: pl.DataFrame,
    occasions: pl.DataFrame,
    means: pl.DataFrame,
    told: pl.DataFrame,
    rows_aside: pl.DataFrame,
    *,
    plan: Plan,
    year: int,
    catalog: Catalog,
) -> pl.DataFrame:
    """Rows of source_year: sources of which anything was told, by both rules and by the one of the setting."""
    in_year = pl.col("period_start").is_null() | (pl.col("period_start").dt.year() == year)
    aside = rows_aside.filter(in_year)["entity_id"].unique().to_list()
    heard = {*occasions["entity_id"], *told["entity_id"], *aside}
    known = register.filter(pl.col("entity_id").is_in(sorted(heard)))
    doubtful = known.with_columns(in_doubt=pl.col("entity_id").is_in(aside))
    name = catalog.source_assessment.year_rule
    rule = catalog.setting(plan, name).choice if name in plan.settings else None
    by_rule = pl.col(_RULES[rule]) if rule else pl.lit(None, pl.Boolean)
    of_year = sources.years(doubtful, occasions.lazy(), means.lazy(), told).collect()
    return of_year.with_columns(year=pl.lit(year), year_rule=pl.lit(rule or ""), complies=by_rule)


def _not_passing(items: pl.DataFrame, means: pl.DataFrame, year: int) -> pl.DataFrame:
    """Rows of source_item: what did not simply pass, on its day and by its mean of the year."""
    by_mean = means.with_columns(taken_on=pl.lit(None, pl.Date), value=pl.col("mean"), below_limit=pl.lit(False))
    columns = (
        *("entity_id", "taken_on", "parameter", "value", "below_limit", "assessed", "low", "high", "standard"),
        *("status", "multiple", "is_background", "is_reference"),
    )
    both = pl.concat([frame.select(columns) for frame in (items, by_mean)])
    return both.filter(pl.col("status") != "passes").with_columns(
        pl.col("below_limit").fill_null(False), year=pl.lit(year)
    )


# The states that follow


def _states(
    years: pl.DataFrame, occasions: pl.DataFrame, readings: pl.DataFrame, told: pl.DataFrame, year: int
) -> pl.DataFrame:
    """Rows of fact_state: whether each source complies in the year, and was monitored in each quarter.

    A source that is open has a state without an answer: something of it has arrived.
    """
    whole = year_of(year)
    rows = [
        years.select(
            "entity_id",
            item=pl.lit(item),
            period_start=pl.lit(whole.start),
            period_end=pl.lit(whole.end),
            value_code=pl.when(column).then(pl.lit("yes")).when(~pl.col(column)).then(pl.lit("no")),
        )
        for item, column in _BY_RULE.items()
    ]
    return pl.concat([*rows, _monitored(readings, told, year)]).with_columns(
        area_id=pl.lit(None, pl.String), value_text=pl.col("value_code")
    )


def _monitored(readings: pl.DataFrame, told: pl.DataFrame, year: int) -> pl.DataFrame:
    """Quarters with a reading, those that were told not to be sampled, and those of which something else was told."""
    quarter = pl.col("taken_on").dt.quarter()
    starts = {q: parse_period(f"{year}-Q{q}").start for q in sources.QUARTERS}
    sampled = readings.select("entity_id", quarter=quarter).unique(maintain_order=True)
    yes = sampled.select(
        "entity_id",
        item=pl.lit(MONITORED),
        period_start=pl.col("quarter").replace_strict(starts, default=None, return_dtype=pl.Date),
        period_end=pl.col("quarter").replace_strict(_ends(year), default=None, return_dtype=pl.Date),
        value_code=pl.lit("yes", pl.String),
    )
    others = told.join(sampled, on=["entity_id", "quarter"], how="anti").select(
        "entity_id",
        item=pl.lit(MONITORED),
        period_start="period_start",
        period_end="period_end",
        value_code=pl.when(pl.col("code") == "not_sampled").then(pl.lit("no")),
    )
    return pl.concat([yes, others.unique(maintain_order=True)])


def keep(connection: Connection, found: Assessed) -> None:
    """Put the year into its tables."""
    for table, rows in (
        ("source_occasion", found.occasions),
        ("source_item", found.items),
        ("source_year", found.years),
    ):
        store.insert(connection, table, rows)
