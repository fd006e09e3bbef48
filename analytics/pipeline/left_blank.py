"""Cells that were left blank and keep a figure open: of which form, whom, what and when, and the figures that wait."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from analytics.asked import members_items
from analytics.catalog import Catalog
from analytics.catalog.models import Source
from analytics.catalog.plan import Plan
from analytics.compute.members import CELL
from analytics.compute.plant_rewards import RULE_LACKING
from analytics.pipeline.facts import Facts
from analytics.pipeline.question import Question
from analytics.warehouse.facts import Effective, is_told
from analytics.warehouse.ledger import label_of

LEFT_BLANK: dict[str, pl.DataType | type[pl.DataType]] = {
    "year": pl.Int64,
    "source": pl.String,
    "period": pl.String,
    "entity_id": pl.String,
    "name": pl.String,
    "area_id": pl.String,
    "field": pl.String,
    "codes": pl.List(pl.String),
}
BLANK_READING = {"source": pl.String, "entity_id": pl.String, "period_start": pl.Date, "field": pl.String}


def left_blank(
    members: pl.DataFrame, facts: Facts, readings: pl.DataFrame, *, plan: Plan, year: int, catalog: Catalog
) -> pl.DataFrame:
    """The blank cells of members of which something arrived, and not enough: rows of `LEFT_BLANK`.

    `members` are rows of figure_member, `readings` blank cells of readings that a form requires (`BLANK_READING`).
    A cell of which a later file tells is not blank, and one that was marked as not measured says so.
    """
    # Whom nobody can judge for want of a rule lacks no cell.
    lacks_rule = pl.col("reason").is_in(RULE_LACKING).fill_null(False)
    waiting = members.filter((pl.col("status") == "incomplete") & ~lacks_rule)
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for target in plan.targets():
        question = Question(plan, target, year, facts, catalog, catalog.indicators[target.indicator])
        mine = _of_the_year(waiting.filter(code=target.code), question)
        for cell in _blank_cells(question, mine, readings) if mine.height else ():
            key = (cell["source"], cell["period"], cell["entity_id"], cell["field"])
            found.setdefault(key, {**cell, "year": year, "codes": []})["codes"].append(target.code)
    rows = [{**row, "codes": list(dict.fromkeys(row["codes"]))} for row in found.values()]
    return pl.DataFrame(rows, schema=LEFT_BLANK)


def _of_the_year(waiting: pl.DataFrame, question: Question) -> pl.DataFrame:
    """The members as the question names them: those of a change are told apart by their years."""
    if question.indicator.kind != "change":
        return waiting
    return waiting.filter(part=str(question.year)).with_columns(part=pl.lit(""))


def _blank_cells(question: Question, waiting: pl.DataFrame, readings: pl.DataFrame) -> Iterator[dict[str, Any]]:
    for source in question.sources:
        rows = pl.concat([_blank_facts(question, source), _blank_readings(question, source, readings)])
        cells = rows.join(waiting.select(*CELL, "name", "area_id"), on=list(CELL))
        yield from (
            cells.with_columns(source=pl.lit(source.id), period=label_of(_part(source)))
            .select("source", "period", "entity_id", "name", "area_id", "field")
            .unique(maintain_order=True)
            .iter_rows(named=True)
        )


def _part(source: Source) -> str:
    """The part of the year by which cells are named; what comes several times a month by the month."""
    return source.cadence if source.cadence in ("year", "quarter", "month") else "month"


def _blank_facts(question: Question, source: Source) -> pl.DataFrame:
    """`entity_id`, `part`, `period_start`, `field` of the amounts and states of a form that nobody filled in.

    A state beside readings says why there are none: what is wanted are these, and they are told of by themselves.
    Nothing is wanted of a row in which nothing was there to sample.
    """
    asked = source.amounts if source.readings else [*source.amounts, *source.states]
    fields = {(i.item, i.breakdown): i.field for i in asked if i.item in question.items}
    had_begun = pl.col("period_start") <= pl.col("received")
    every = question.facts.amounts
    blank = every.filter(pl.col("value").is_null() & had_begun)
    amounts = blank.join(_unsampled(every, source), on=["item", "entity_id", "period_start"], how="anti")
    states = question.facts.states.filter(pl.col("value_code").is_null() & pl.col("value_text").is_null() & had_begun)
    whole = question.told_of_window(states).with_columns(breakdown=pl.lit(None, pl.String))
    return pl.concat(_named(rows, fields, question) for rows in (question.in_window(amounts), whole))


def _unsampled(amounts: pl.DataFrame, source: Source) -> pl.DataFrame:
    """`item`, `entity_id`, `period_start` of amounts measured in samples where there was nothing to take these of."""
    items = {amount.field: amount.item for amount in source.amounts}
    of = [(items[a.sampled_from], a.item) for a in source.amounts if a.sampled_from]
    measured = pl.DataFrame(of, schema={"item": pl.String, "measured": pl.String}, orient="row")
    none_there = amounts.filter(pl.col("value") == 0).join(measured, on="item")
    return none_there.select("entity_id", "period_start", item="measured")


def _named(rows: pl.DataFrame, fields: Mapping[tuple[str, str | None], str], question: Question) -> pl.DataFrame:
    """The rows of the items, with the field that tells each."""
    names = pl.DataFrame(
        [(item, part, field) for (item, part), field in fields.items()],
        schema={"item": pl.String, "breakdown": pl.String, "field": pl.String},
        orient="row",
    )
    known = rows.join(names, on=["item", "breakdown"], nulls_equal=True)
    return known.select(question.member_id().alias("entity_id"), "part", "period_start", "field")


def _blank_readings(question: Question, source: Source, readings: pl.DataFrame) -> pl.DataFrame:
    """The same of the readings that a form requires, where the figure follows from them."""
    mine = readings.filter(pl.lit(source.readings is not None) & (pl.col("source") == source.id))
    return question.in_window(mine).select("entity_id", "part", "period_start", "field")


def blank_readings(by_source: Mapping[str, Effective], members: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """Cells of required readings in which nothing stands, of rows that say nothing else of why: `BLANK_READING`.

    `members` are those of all registers: of some more is asked than of others.
    """
    found = [pl.DataFrame(schema=BLANK_READING)]
    for source_id, effective in by_source.items():
        form = catalog.sources[source_id]
        if form.readings is not None and form.entity is not None:
            items = members.select("entity_id", items=members_items(form, members, catalog)).explode("items")
            beside = items.drop_nulls().unique().rename({"items": "field"})
            found.append(_blank_in(form, effective.rows.collect(), beside))
    return pl.concat(found)


def _blank_in(form: Source, rows: pl.DataFrame, beside: pl.DataFrame) -> pl.DataFrame:
    """The cells of one form; `beside` are the items asked of single members (`entity_id`, `field`)."""
    required = form.readings.required if form.readings else []
    names = [name for name in dict.fromkeys([*required, *beside["field"]]) if name in rows.columns]
    about = ["entity_id", "period_start", *(["taken_at"] if "taken_at" in rows.columns else [])]
    told = rows.filter(~_says_why(form, rows)).select(*about, *(is_told(name) for name in names))
    # Later files may tell single cells of a row anew: it stands in several, and each cell in one of them.
    whole = told.group_by(about, maintain_order=True).agg(pl.col(names).any())
    cells = whole.unpivot(names, index=["entity_id", "period_start"], variable_name="field", value_name="is_told")
    of_all = cells.filter(pl.col("field").is_in(required))
    of_some = cells.filter(~pl.col("field").is_in(required)).join(beside, on=["entity_id", "field"], how="semi")
    return (
        pl.concat([of_all, of_some])
        .filter(~pl.col("is_told"))
        .select(
            pl.lit(form.id).alias("source"),
            *(pl.col(name).cast(dtype) for name, dtype in list(BLANK_READING.items())[1:]),
        )
    )


def _says_why(form: Source, rows: pl.DataFrame) -> pl.Expr:
    """Whether a row says why it has no readings: it tells its state and none of them, or that there was no water.

    So does one in which the amount that samples are taken of is 0.
    """
    if form.readings is None:
        return pl.lit(False)
    of = form.readings.sampled_from
    unsampled = [(pl.col(of) == 0).fill_null(False)] if of and of in rows.columns else []
    nothing = pl.lit(False)
    states = [is_told(state.field) for state in form.states if state.field in rows.columns]
    readings = [is_told(name) for name in form.readings.required if name in rows.columns]
    withdrawn = [pl.col(field).is_in(codes).fill_null(False) for field, codes in form.readings.withdrawn_by.items()]
    is_unread = ~pl.any_horizontal(nothing, *readings)
    return (pl.any_horizontal(nothing, *states) & is_unread) | pl.any_horizontal(nothing, *withdrawn, *unsampled)
