"""Black-odorous water from the readings of its points: grades of points and bodies by quarter, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from analytics.asked import valid_in
from analytics.catalog import Catalog
from analytics.catalog.method import BlackOdorous
from analytics.catalog.models import Source
from analytics.catalog.served import deriving
from analytics.catalog.standard import Standard
from analytics.compute import black_odorous, over_time, water_class
from analytics.duck import Connection
from analytics.periods import parse_period, year_of
from analytics.pipeline.body_rows import of_nobody
from analytics.pipeline.facts import WHY
from analytics.pipeline.sources import rows_aside
from analytics.warehouse import store
from analytics.warehouse.facts import PLACE, Effective
from analytics.warehouse.queries import ask

REGISTER = "black_odorous_bodies"
GRADE = "body_grade"
ELIMINATED = "body_eliminated"
ELIMINATED_ON = "eliminated_date"
_QUARTERS = (1, 2, 3, 4)
_ATTRIBUTES = pl.Struct({"body_kind": pl.String, "monitoring_points": pl.Int64})
_POINT, _BODY = ("entity_id", "point_number", "quarter"), ("entity_id", "quarter")
_DOUBT = {"entity_id": pl.String, "period_start": pl.Date}
SET_ASIDE, BELOW_LIMIT, OF_NOBODY = "set_aside", "below_limit_alone", "row_without_body"
_Type = pl.DataType | type[pl.DataType]


@dataclass(frozen=True)
class Sampled:
    """What was measured at the points of bodies, of every year.

    `values` has a row for each reading that counts (`entity_id`, `point_number`, `taken_at`, `parameter`, `value`,
    `depth_cm`, `is_clear_to_bottom` and its place), `doubts` one for each body and quarter of which a reading or a row
    was set aside and not put right (`entity_id`, `period_start`; null: nobody can tell when; `reason`), `eliminated`
    the day from which a body is told to be eliminated (`eliminated_on` and its place).
    """

    values: pl.DataFrame
    doubts: pl.DataFrame
    eliminated: pl.DataFrame


@dataclass(frozen=True)
class Graded:
    """A year of the bodies: the rows of its tables, the states that the figures count, and who is `registered`."""

    samplings: pl.DataFrame
    points: pl.DataFrame
    bodies: pl.DataFrame
    states: pl.DataFrame
    registered: pl.DataFrame


# What was measured, and what was set aside


def sampled(connection: Connection, by_source: Mapping[str, Effective], catalog: Catalog) -> Sampled:
    """The readings of bodies that count, and of which bodies and quarters something was set aside."""
    source = deriving(GRADE, catalog)
    values, aside, too_little = [pl.DataFrame(schema=_values_of([]))], [], [pl.DataFrame(schema=_DOUBT)]
    if source is not None and source.readings is not None:
        if source.id in by_source:
            found = by_source[source.id]
            told = _values(found, source, catalog)
            unsure = _says_too_little(told, catalog)
            values.append(told.filter(~unsure).drop("below_limit"))
            too_little.append(_in_doubt(told.filter(unsure)))
            aside += [_cells_aside(found), rows_aside(found, source)]
        aside.append(ask(connection, "body_rows_refused", source=source.id, method=source.readings.method))
    doubts = [_because(SET_ASIDE, aside), _because(BELOW_LIMIT, too_little)]
    return Sampled(pl.concat(values), pl.concat(doubts), _eliminated(by_source, catalog))


def _because(reason: str, doubts: list[pl.DataFrame]) -> pl.DataFrame:
    found = pl.concat([pl.DataFrame(schema=_DOUBT), *doubts]).unique(maintain_order=True)
    return found.with_columns(reason=pl.lit(reason))


def _values_of(parameters: list[str]) -> dict[str, _Type]:
    """The columns of `Sampled.values`, or of rows as they are delivered with a column for each of the parameters."""
    found: dict[str, _Type] = {"snapshot": pl.String, "sheet": pl.String, "row": pl.Int32}
    found |= {"entity_id": pl.String, "point_number": pl.Int64, "taken_at": pl.Datetime("us", "Asia/Shanghai")}
    found |= {"water_depth_cm": pl.Float64, "is_clear_to_bottom": pl.String}
    if parameters:
        return {**found, **dict.fromkeys(parameters, pl.Float64)}
    return {**found, "parameter": pl.String, "value": pl.Float64}


def _values(found: Effective, source: Source, catalog: Catalog) -> pl.DataFrame:
    """The readings of rows that count, but for single ones set aside; `below_limit`: told as less than the value.

    Where the bottom is seen an item that needs no value then has a row without one.
    """
    names = source.readings.parameters if source.readings else []
    wanted = _values_of(names)
    rows = found.rows.drop_nulls(["entity_id", "point_number", "taken_at"])
    known = rows.collect_schema().names()
    columns = [(pl.col(c) if c in known else pl.lit(None)).cast(dtype).alias(c) for c, dtype in wanted.items()]
    told = rows.select(columns).collect().unpivot(names, index=[c for c in wanted if c not in names])
    by_sight = [method.shallow.parameter for method in catalog.black_odorous.values()]
    is_seen = pl.col("variable").is_in(by_sight) & pl.col("is_clear_to_bottom").eq("yes").fill_null(False)
    told = told.filter(pl.col("value").is_not_null() | is_seen).rename({"variable": "parameter"})
    kept = told.join(found.cells_left_out.select(*PLACE, "parameter"), on=[*PLACE, "parameter"], how="anti")
    marks = [n for n in names if f"{n}_below_limit" in known]
    below = rows.select(*PLACE, *(pl.col(f"{n}_below_limit").alias(n) for n in marks)).collect()
    marked = below.unpivot(marks, index=list(PLACE), variable_name="parameter", value_name="below_limit")
    return kept.join(marked, on=[*PLACE, "parameter"], how="left", maintain_order="left").select(
        *_values_of([]), pl.col("below_limit").fill_null(False)
    )


def _says_too_little(told: pl.DataFrame, catalog: Catalog) -> pl.Series:
    """Readings that may be worse than they look: told as less than something where more is better, or as less than
    what is itself beyond a limit.
    """
    # Of the guides the strictest last: it decides what is coarse.
    every = [x for m in catalog.black_odorous.values() for x in catalog.standards[m.standard].limits]
    limits = sorted(every, key=lambda x: -x.span(0)[1])
    at_least = {x.parameter for x in limits if x.direction == "at_least"}
    at_most = {x.parameter: x.span(0)[1] for x in limits if x.direction == "at_most"}
    parameter = pl.col("parameter")
    strictest = parameter.replace_strict(at_most, default=None, return_dtype=pl.Float64)
    is_coarse = (pl.col("value") > strictest).fill_null(False)
    return told.select(pl.col("below_limit") & (parameter.is_in(sorted(at_least)) | is_coarse)).to_series()


def _in_doubt(told: pl.DataFrame) -> pl.DataFrame:
    return told.select("entity_id", period_start=pl.col("taken_at").dt.date().dt.month_start())


def _cells_aside(found: Effective) -> pl.DataFrame:
    aside = found.cells_left_out.filter(reason="set_aside").select(PLACE).unique()
    about = found.rows.select(*PLACE, "entity_id", "period_start").collect().join(aside, on=PLACE, how="semi")
    return about.drop_nulls("entity_id").select(*_DOUBT)


def _eliminated(by_source: Mapping[str, Effective], catalog: Catalog) -> pl.DataFrame:
    """The day of elimination beside each row that tells of one."""
    place = {"snapshot": pl.String, "sheet": pl.String, "row": pl.Int32, "eliminated_on": pl.Date}
    forms = [s.id for s in catalog.sources.values() if any(state.item == ELIMINATED for state in s.states)]
    told = [by_source[f].rows.select(*PLACE, eliminated_on=ELIMINATED_ON).collect() for f in forms if f in by_source]
    return pl.concat([pl.DataFrame(schema=place), *told]).drop_nulls("eliminated_on")


def from_the_day(states: pl.DataFrame, found: Sampled) -> pl.DataFrame:
    """What was told of bodies; one that was eliminated within the time that is told of is so from that day on."""
    is_it = (pl.col("item") == ELIMINATED) & (pl.col("value_code") == "yes")
    within = pl.col("eliminated_on").is_between("period_start", "period_end")
    return (
        states.join(found.eliminated, on=PLACE, how="left", maintain_order="left")
        .with_columns(period_start=pl.when(is_it & within).then("eliminated_on").otherwise("period_start"))
        .drop("eliminated_on")
    )


# The year


def grade(connection: Connection, found: Sampled, *, year: int, as_of: date, catalog: Catalog) -> Graded:
    """The grade in each quarter of every registered body of which anything arrived in the year.

    A quarter in which nothing was measured is open: nobody can say that the water was clean. Urban and rural bodies are
    graded each by its own guide, as the register says. A point that the register counts and nobody measured leaves its
    body open, and so does what was set aside; rows of which nobody knows the body leave open all that they may be of.
    `as_of` is the day of the assessment: a quarter that ends on it or later is not over.
    """
    members = ask(connection, "register_members")
    bodies = _registered(members, year)
    quarter = pl.col("taken_at").dt.quarter().cast(pl.Int64)
    values = found.values.filter(pl.col("taken_at").dt.year() == year).with_columns(quarter=quarter)
    of_others = _of_others(connection, members, bodies, catalog)
    asked = _asked(bodies, values, pl.concat([found.doubts, of_others]), year=year, as_of=as_of)
    guides = [_Guide(method, catalog) for method in catalog.black_odorous.values() if method.kind]
    of_kinds = [_graded(guide, bodies, values, asked) for guide in guides]
    samplings, points, graded = (pl.concat(parts) for parts in zip(*of_kinds, strict=True))
    of_year = pl.lit(year).alias("year")
    points, graded = points.with_columns(of_year), graded.with_columns(of_year)
    return Graded(samplings, points, graded, _states(graded, year), bodies.select("entity_id"))


def _of_others(connection: Connection, members: pl.DataFrame, bodies: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """The bodies that rows set aside may be of whose body nobody knows."""
    source = deriving(GRADE, catalog)
    if source is None:
        return pl.DataFrame(schema={**_DOUBT, "reason": pl.String})
    mine = members.filter(pl.col("register") == REGISTER)
    known = mine.join(bodies.select("entity_id"), on="entity_id", how="semi")
    aside = ask(connection, "still_set_aside", source=source.id)
    unread = ask(connection, "deliveries").filter(pl.col("rows_delivered") == 0)["snapshot"]
    is_nobodys = ~pl.col("entity_id").is_in(mine["entity_id"].to_list()).fill_null(False)
    is_row = pl.col("sets_aside") == "row"
    rows = aside.filter(is_nobodys & (is_row | pl.col("snapshot").is_in(unread.to_list())))
    return of_nobody(rows, known, catalog).select(*_DOUBT, reason=pl.lit(OF_NOBODY))


def _registered(members: pl.DataFrame, year: int) -> pl.DataFrame:
    """Bodies whose entry can be relied on: `entity_id`, `kind`, `monitoring_points`."""
    mine = members.filter((pl.col("register") == REGISTER) & ~pl.col("is_set_aside") & valid_in(year_of(year)))
    decoded = mine.unique("entity_id", keep="last", maintain_order=True).select(
        "entity_id", about=pl.col("attributes").str.json_decode(_ATTRIBUTES)
    )
    return decoded.unnest("about").rename({"body_kind": "kind"})


@dataclass(frozen=True)
class _Guide:
    """The guide that one kind of water is graded by, with its standard."""

    method: BlackOdorous
    catalog: Catalog

    @property
    def standard(self) -> Standard:
        return self.catalog.standards[self.method.standard]

    @property
    def last(self) -> int:
        return water_class.worst_of(self.standard)

    def values(self, values: pl.DataFrame) -> pl.LazyFrame:
        """Each reading with its grade."""
        is_clear = pl.col("is_clear_to_bottom") == "yes"
        water = values.with_columns(case=pl.lit("any"), depth_cm="water_depth_cm", is_clear_to_bottom=is_clear)
        limits = water_class.limit_table(self.standard, self.catalog.parameters)
        return black_odorous.graded_values(water.lazy(), limits, standard=self.standard, method=self.method)

    def points(self, graded: pl.LazyFrame, every: pl.DataFrame) -> pl.LazyFrame:
        """Every point in every quarter, with its grade where it was measured."""
        shares = black_odorous.item_shares(graded, by=_POINT, last_class=self.last)
        told = black_odorous.graded_points(shares, by=_POINT, standard=self.standard, method=self.method)
        return every.lazy().join(told, on=_POINT, how="left")

    def bodies(self, points: pl.LazyFrame, asked: pl.DataFrame) -> pl.DataFrame:
        """The bodies in every quarter that is asked about, with their grade and heavy stretches (`2-4`)."""
        graded = black_odorous.graded_bodies(points, by=_BODY, standard=self.standard, method=self.method)
        along = points.with_columns(point_id="point_number", position="point_number")
        found = black_odorous.heavy_stretches(along, by=_BODY, standard=self.standard, method=self.method)
        ends = pl.format("{}-{}", "first_point", "last_point")
        stretches = found.group_by(_BODY, maintain_order=True).agg(heavy_stretches=ends)
        with_doubts = _with_doubts(asked, graded.collect(), self.last)
        return with_doubts.join(stretches.collect(), on=_BODY, how="left")

    def named(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Grades by the codes that the field of the grade has for the words of the standard."""
        choices = self.catalog.item_field(GRADE).choices
        codes = {word: code for code, said in choices.items() for word in (said.label.zh, *said.aliases)}
        numbers = {n: codes[name] for n, name in enumerate(self.standard.class_names, start=1)}
        grades = [c for c in ("grade", "grade_best", "grade_worst") if c in rows.columns]
        return rows.with_columns(
            pl.col(grades).cast(pl.Int64).replace_strict(numbers, default=None, return_dtype=pl.String)
        )


def _graded(guide: _Guide, bodies: pl.DataFrame, values: pl.DataFrame, asked: pl.DataFrame) -> list[pl.DataFrame]:
    """Samplings, points and bodies of one kind of water."""
    mine = bodies.filter(kind=guide.method.kind)
    told = values.join(mine.select("entity_id"), on="entity_id", how="semi")
    quarters = asked.join(mine.select("entity_id"), on="entity_id", how="semi")
    graded = guide.values(told)
    points = guide.points(graded, _points(quarters, told, mine))
    about = {"kind": pl.lit(guide.method.kind), "method": pl.lit(guide.method.id)}
    return [
        guide.named(_samplings(graded.collect())),
        guide.named(points.collect()),
        guide.named(guide.bodies(points, quarters)).with_columns(**about),
    ]


def _asked(bodies: pl.DataFrame, values: pl.DataFrame, doubts: pl.DataFrame, *, year: int, as_of: date) -> pl.DataFrame:
    """Every quarter of the bodies of which anything arrived, whether it `was_measured`, and why it is open whatever was
    measured (`doubt`, with `rows_in_doubt`) or not yet (`lies_ahead`)."""
    start, quarters = pl.col("period_start"), pl.DataFrame({"quarter": _QUARTERS})
    mine = doubts.filter(start.is_null() | (start.dt.year() == year))
    dated = mine.drop_nulls("period_start").select("entity_id", "reason", quarter=start.dt.quarter().cast(pl.Int64))
    always = mine.filter(start.is_null()).select("entity_id", "reason").join(quarters, how="cross")
    aside = pl.concat([dated, always.select(dated.columns)]).group_by(_BODY, maintain_order=True)
    because = aside.agg(doubt=pl.col("reason").first(), rows_in_doubt=pl.col("reason").eq(OF_NOBODY).sum())
    measured = values.select(_BODY).unique()
    told = pl.concat([measured.select("entity_id"), because.select("entity_id")]).unique()
    is_over = {quarter: parse_period(f"{year}-Q{quarter}").end < as_of for quarter in _QUARTERS}
    return (
        told.join(bodies.select("entity_id"), on="entity_id", how="semi")
        .join(quarters, how="cross")
        .join(because, on=_BODY, how="left")
        .join(measured.with_columns(was_measured=pl.lit(True)), on=_BODY, how="left")
        .with_columns(
            pl.col("was_measured").fill_null(False),
            pl.col("rows_in_doubt").fill_null(0),
            lies_ahead=~pl.col("quarter").replace_strict(is_over, return_dtype=pl.Boolean),
        )
        .sort(_BODY)
    )


def _points(asked: pl.DataFrame, values: pl.DataFrame, bodies: pl.DataFrame) -> pl.DataFrame:
    """The points of each body in each quarter: those that the register counts, and others that were measured."""
    counted = bodies.select("entity_id", point_number=pl.int_ranges(1, pl.col("monitoring_points").fill_null(0) + 1))
    every = pl.concat(
        [counted.explode("point_number").drop_nulls(), values.select("entity_id", "point_number")]
    ).unique()
    return asked.select(_BODY).join(every, on="entity_id").select(_POINT).sort(_POINT)


def _with_doubts(asked: pl.DataFrame, bodies: pl.DataFrame, last: int) -> pl.DataFrame:
    """The grades, open where something was set aside: it could have been of any grade that is not better."""
    clean, heavy = pl.lit(1, pl.Int8), pl.lit(last, pl.Int8)
    joined = asked.join(bodies, on=_BODY, how="left")
    unsure = pl.col("doubt").is_not_null() & (pl.col("grade_best").fill_null(clean) < heavy)
    silent = pl.when("lies_ahead").then(pl.lit("not_yet_due")).otherwise(pl.lit("not_measured"))
    why = pl.coalesce("doubt", pl.when(~pl.col("was_measured")).then(silent))
    counts = ("points", "points_graded", "points_heavy")
    return joined.with_columns(
        pl.col(counts).fill_null(0),
        grade=pl.when(~unsure).then("grade"),
        grade_best=pl.col("grade_best").fill_null(clean),
        grade_worst=pl.when(unsure).then(heavy).otherwise(pl.col("grade_worst").fill_null(heavy)),
        reason=pl.when(pl.col("grade").is_null() | unsure).then(pl.coalesce(why, "reason")),
    ).drop("doubt", "was_measured", "lies_ahead")


def _samplings(graded: pl.DataFrame) -> pl.DataFrame:
    """Rows of body_sampling: the worst grade of a value on a day at a point, and the items that have it."""
    is_worst = (pl.col("item_class") == pl.col("item_class").max()) & (pl.col("item_class") > 1)
    days = graded.drop_nulls("item_class").with_columns(taken_on=pl.col("taken_at").dt.date())
    found = days.group_by("entity_id", "point_number", "taken_on").agg(
        grade=pl.col("item_class").max(),
        worst_items=pl.col("parameter").filter(is_worst).unique().sort(),
        **{name: pl.col(name).first() for name in PLACE},
    )
    return found.sort("entity_id", "point_number", "taken_on")


# The states that follow


def _states(bodies: pl.DataFrame, year: int) -> pl.DataFrame:
    """Rows of fact_state: the grade of each body and quarter; one that is black-odorous at best is that surely."""
    at_best = pl.when(pl.col("grade_best") != "none").then("grade_best")
    code = pl.coalesce("grade", at_best, pl.lit(over_time.UNDETERMINED))
    return _with_spans(bodies, year).select(
        "entity_id",
        "period_start",
        "period_end",
        item=pl.lit(GRADE),
        area_id=pl.lit(None, pl.String),
        value_code=code,
        value_text=code,
    )


def _with_spans(bodies: pl.DataFrame, year: int) -> pl.DataFrame:
    """The quarters with their first and last day."""
    spans = {q: parse_period(f"{year}-Q{q}") for q in _QUARTERS}
    quarter = pl.col("quarter")
    return bodies.with_columns(
        period_start=quarter.replace_strict({q: s.start for q, s in spans.items()}, return_dtype=pl.Date),
        period_end=quarter.replace_strict({q: s.end for q, s in spans.items()}, return_dtype=pl.Date),
    )


def why_open(found: Graded, states: pl.DataFrame, *, year: int) -> pl.DataFrame:
    """Why it is not known whether a body turned black again, as `Facts` has it: a row for each reason and quarter.

    `states` are what was told of bodies, from `from_the_day`. Quarters before the elimination tell nothing.
    """
    told = states.filter((pl.col("item") == ELIMINATED) & (pl.col("period_start").dt.year() == year))
    known = told.drop_nulls("value_code")
    held = known.filter(value_code="yes").group_by("entity_id").agg(since=pl.col("period_start").min())
    of_year = {"period_start": pl.lit(date(year, 1, 1)), "item": pl.lit(GRADE)}
    untold = found.registered.join(known, on="entity_id", how="anti").with_columns(
        reason=pl.lit("elimination_not_told")
    )
    silent = found.registered.join(found.bodies, on="entity_id", how="anti").with_columns(reason=pl.lit("not_measured"))
    of_quarters = _quarters_open(found.bodies.join(held, on="entity_id", how="left"), year)
    rows = [untold.with_columns(**of_year), silent.with_columns(**of_year), of_quarters]
    return pl.concat(frame.select(pl.col(name).cast(dtype) for name, dtype in WHY.items()) for frame in rows)


def _quarters_open(bodies: pl.DataFrame, year: int) -> pl.DataFrame:
    """The quarters after a body was eliminated (`since`) that are open, each with its reason; of rows that name no body
    how many there are."""
    is_after = (pl.col("period_end") >= pl.col("since")).fill_null(True)
    is_split = pl.col("grade_best").ne("none") & (pl.col("period_start") < pl.col("since")).fill_null(False)
    in_doubt = pl.col("rows_in_doubt")
    count = pl.when(in_doubt > 0).then(pl.format(" ({})", in_doubt)).otherwise(pl.lit(""))
    why = (
        pl.when(is_split)
        .then(pl.lit("eliminated_within"))
        .when(pl.col("grade").is_null() & (pl.col("grade_best") == "none"))
        .then("reason")
    )
    return (
        _with_spans(bodies, year)
        .filter(is_after)
        .with_columns(item=pl.lit(GRADE), why=why)
        .drop_nulls("why")
        .with_columns(reason=pl.format("{}: {}-Q{}{}", "why", pl.lit(year), "quarter", count))
    )


def keep(connection: Connection, found: Graded) -> None:
    """Put the year into its tables."""
    for table, rows in (
        ("body_sampling", found.samplings),
        ("body_point", found.points),
        ("body_grade", found.bodies),
    ):
        store.insert(connection, table, rows)
