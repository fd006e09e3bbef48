"""Which facts stand behind each number: the predicate that finds their rows, and the files these lie in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import polars as pl

from analytics.catalog import indicator as shapes
from analytics.catalog.served import RECOGNISED_STATES
from analytics.pipeline import bodies, plants
from analytics.pipeline.question import Question
from analytics.pipeline.works import member_of_work

SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "number_id": pl.String,
    "fact": pl.String,
    "item": pl.String,
    "members": pl.List(pl.String),
    "entities": pl.List(pl.String),
    "period_start": pl.Date,
    "period_end": pl.Date,
    "snapshots": pl.List(pl.String),
    "rows_used": pl.Int64,
}
# Of a member: the entity of its fact rows, the file they lie in, how many they are.
_Behind = dict[str, list[tuple[str, str, int]]]


def lineage_of(question: Question, numbers: Iterable[tuple[str, list[str]]]) -> pl.DataFrame:
    """Rows of lineage for each number and the members behind it; `entities` are these as the facts name them."""
    facts = list(_facts(question))
    window = {"period_start": question.period.start, "period_end": question.period.end}
    rows = []
    for number, ids in numbers:
        for fact, item, by_member in facts:
            behind = [found for member in ids for found in by_member.get(member, [])]
            rows.append(
                {
                    "number_id": number,
                    "fact": fact,
                    "item": item,
                    "members": ids,
                    "entities": sorted({entity for entity, _, _ in behind}),
                    **window,
                    "snapshots": sorted({snapshot for _, snapshot, _ in behind}),
                    "rows_used": sum(count for _, _, count in behind),
                }
            )
    return pl.DataFrame(rows, schema=SCHEMA)


def _facts(question: Question) -> Iterator[tuple[str, str, _Behind]]:
    """(table, item, rows by member) of every fact that the figure counts."""
    facts = question.facts
    tables = {"amount": facts.amounts, "state": facts.states}
    yield from _derived_facts(question)
    for item in sorted(question.items - set(question.derived)):
        fact = question.catalog.items[item].fact
        if fact == "undertaking":
            works = question.works_of_item.with_columns(member=member_of_work(question))
            yield "fact_undertaking", item, _by_member(works.with_columns(entity="entity_id"))
        else:
            yield f"fact_{fact}", item, _counted(question, tables[fact].filter(_is_counted(question, item)))
    if question.is_recognised:
        for item in RECOGNISED_STATES:
            yield "fact_state", item, _counted(question, facts.states.filter(pl.col("item") == item))
        return
    for source in [s for s in question.sources if s.readings is not None and not s.derived]:
        read = facts.sections_arrived.filter(pl.col("rows_used") > 0)
        by_section: _Behind = defaultdict(list)
        for entity, snapshot, count in read.select("entity_id", "snapshot", "rows_used").iter_rows():
            by_section[entity].append((entity, snapshot, count))
        yield "fact_reading", source.readings.method if source.readings else "", by_section
        for state in source.states:  # a section without water is left out by what was told of its sampling
            told = facts.states.filter(pl.col("item") == state.item)
            yield "fact_state", state.item, _counted(question, told)


def _is_counted(question: Question, item: str) -> pl.Expr:
    """Whether a fact is one of the item: of evidence those of its own duty, of a list those that say something."""
    mine, numerator = pl.col("item") == item, question.indicator.numerator
    if isinstance(numerator, shapes.ByEvidence) and item == numerator.evidence:
        return mine & (pl.col("entity_id") == question.target.code)
    if isinstance(numerator, shapes.ByEntry) and item == numerator.listed:
        return mine & pl.col("value_code").is_not_null()
    return mine


def _of_occasions(rows: pl.DataFrame) -> _Behind:
    """The occasions on which each source of drinking water, or each body of black-odorous water, was sampled."""
    return _by_member(rows.with_columns(member="entity_id", entity="entity_id"))


def _derived_facts(question: Question) -> Iterator[tuple[str, str, _Behind]]:
    """What the amounts and states are made of that follow from readings."""
    for form in {s.id: s for s in question.derived.values()}.values():
        method = form.readings.method if form.readings else ""
        if form.entity is not None and form.entity.register_name == plants.REGISTER:
            yield "plant_month", method, _of_plant_months(question, method)
        elif any(question.catalog.items[item].fact == "amount" for item in form.derived):
            yield "fact_reading", method, _of_readings(question)
        elif form.entity is not None and form.entity.register_name == bodies.REGISTER:
            yield "body_sampling", method, _of_occasions(question.facts.body_samplings)
        else:
            yield "source_occasion", method, _of_occasions(question.facts.source_occasions)


def _of_plant_months(question: Question, method: str) -> _Behind:
    """The months of sewage plants behind each plant, or behind each city that they lie in."""
    member = "city" if question.indicator.population.register_name == "cities" else "entity_id"
    mine = question.facts.plant_months.filter((pl.col("method") == method) & pl.col("snapshot").is_not_null())
    rows = question.in_window(mine.with_columns(period_start=pl.col("month")))
    return _by_member(rows.with_columns(member=member, entity="entity_id"))


def _of_readings(question: Question) -> _Behind:
    """The readings behind the amounts that were derived from them."""
    mine = question.facts.readings_behind.filter(pl.col("item").is_in(sorted(question.items)))
    return _by_member(question.in_window(mine))


def _counted(question: Question, rows: pl.DataFrame) -> _Behind:
    mine = question.in_window(rows).with_columns(
        member=question.member_id(), entity=pl.coalesce("entity_id", "area_id")
    )
    return _by_member(mine)


def _by_member(rows: pl.DataFrame) -> _Behind:
    found: _Behind = defaultdict(list)
    counts = rows.group_by("member", "entity", "snapshot").agg(rows=pl.len())
    for member, entity, snapshot, count in counts.iter_rows():
        if member is not None and entity is not None:
            found[member].append((entity, snapshot, count))
    return found
