"""Which facts stand behind each number: the predicate that finds their rows, and the files these lie in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from analytics.catalog.models import (
    DenominatorByAmount,
    NumeratorByAmount,
    NumeratorByStage,
    NumeratorByState,
)
from analytics.pipeline.population import Question

SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "number_id": pl.String,
    "fact": pl.String,
    "item": pl.String,
    "entities": pl.List(pl.String),
    "period_start": pl.Date,
    "period_end": pl.Date,
    "snapshots": pl.List(pl.String),
    "rows_used": pl.Int64,
}


def lineage_of(question: Question, numbers: Iterable[tuple[str, list[str]]]) -> pl.DataFrame:
    """Rows of lineage for each number and the members behind it."""
    facts = list(_facts(question))
    window = {"period_start": question.period.start, "period_end": question.period.end}
    rows = []
    for number, entities in numbers:
        for fact, item, used in facts:
            behind = used.filter(pl.col("member").is_in(entities))
            rows.append(
                {
                    "number_id": number,
                    "fact": fact,
                    "item": item,
                    "entities": entities,
                    **window,
                    "snapshots": sorted(set(behind["snapshot"])),
                    "rows_used": int(behind["rows"].sum()),
                }
            )
    return pl.DataFrame(rows, schema=SCHEMA)


def _facts(question: Question) -> Iterator[tuple[str, str, pl.DataFrame]]:
    """(table, item, `member`, `snapshot` and `rows`) of every fact that the figure counts."""
    numerator, denominator = question.indicator.numerator, question.indicator.denominator
    facts = question.facts
    if isinstance(numerator, NumeratorByAmount):
        yield "fact_amount", numerator.amount, _counted(question, facts.amounts, numerator.amount)
        if isinstance(denominator, DenominatorByAmount):
            yield "fact_amount", denominator.amount, _counted(question, facts.amounts, denominator.amount)
    elif isinstance(numerator, NumeratorByState):
        yield "fact_state", numerator.state, _counted(question, facts.states, numerator.state)
    elif isinstance(numerator, NumeratorByStage):
        yield (
            "fact_undertaking",
            numerator.undertaking,
            _counted(question, facts.undertakings, numerator.undertaking),
        )
    elif question.source.readings is not None:
        read = facts.sections_arrived.select("snapshot", member="entity_id", rows="rows_used").filter(
            pl.col("rows") > 0
        )
        yield "fact_reading", question.source.readings.method, read
        for state in question.source.states:  # a section without water is left out by what was told of its sampling
            yield "fact_state", state.item, _counted(question, facts.states, state.item)


def _counted(question: Question, rows: pl.DataFrame, item: str) -> pl.DataFrame:
    mine = question.in_period(rows.filter(pl.col("item") == item))
    return mine.group_by("snapshot", member=question.member_id()).agg(rows=pl.len())
