"""Whom a delivery form asks in a period: the register that it speaks of, or the part of it that its calendar names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.models import CalendarLine, Source
from analytics.catalog.plan import Plan, Target
from analytics.catalog.served import served_by
from analytics.periods import Period

_ALL_YEAR = list(range(1, 13))
# A form from which it follows whether a source of drinking water complies, and what the register says of its water.
_JUDGED_BY_WATER, WATER = "source_compliance", "source_water"
_AREAS = ("cities", "counties")  # registers of the places that a text names
ASKED = {"entity_id": pl.String, "name": pl.String, "area_id": pl.String}


def asked_of(source: Source, members: pl.DataFrame, catalog: Catalog, period: Period) -> pl.DataFrame:
    """Those whom the form is to tell of in the period: `entity_id`, `name`, `area_id`, one row each.

    `members` are those of all registers (`register`, `entity_id`, `name`, `area_id`, `river`, `stratum`, `attributes`,
    `valid_from`, `valid_to`, `is_set_aside`). Nobody, where the form has no register, its register has not arrived, or
    says nothing of what the calendar asks by.
    """
    lines = [_listed(line, source, members, catalog, period) for line in _lines(source, catalog, period)]
    if not lines:
        return pl.DataFrame(schema=ASKED)
    return pl.concat(lines).unique("entity_id", keep="last", maintain_order=True)


def is_asked_in(source: Source, catalog: Catalog, period: Period) -> bool:
    """Whether the form is asked of the period at all; one without a register is asked of every period.

    Nobody owes a form that comes on occasion, nor one that no figure of the year's plan is made of, unless a document
    says when it is due.
    """
    if source.on_occasion:
        return False
    promises = any(period.year in plan.years for plan in catalog.plans.values())
    if promises and source.id not in catalog.due and not any(True for _ in _targets(source, catalog, period.year)):
        return False
    return not calendar_of(source) or any(True for _ in _lines(source, catalog, period))


def months_asked(source: Source, members: pl.DataFrame, catalog: Catalog) -> pl.Series:
    """The months in which the form asks of each member, whatever the year; of other registers all."""
    lines = [(line, _is_asked(line, source, members, catalog)) for line in source.calendar]
    months = pl.lit(_ALL_YEAR, pl.List(pl.Int64))
    if lines:
        nobody = pl.lit(False)
        by_month = [(m, [asked for line, asked in lines if m in (line.months or _ALL_YEAR)]) for m in _ALL_YEAR]
        own = pl.concat_list(
            pl.when(pl.any_horizontal(nobody, *asking)).then(pl.lit(m, pl.Int64)) for m, asking in by_month
        )
        registers = {name for line, _ in lines for name in ([line.register_name] if line.register_name else _AREAS)}
        is_own = pl.col("register").is_in(sorted(registers))
        months = pl.when(is_own).then(own.list.drop_nulls()).otherwise(months)
    return members.select("register", months=months)["months"]


def items_asked(source: Source, catalog: Catalog) -> dict[str, list[str]]:
    """The readings that a form must tell of some members beside those it must tell of all, by the kind of water."""
    if source.readings is None or _JUDGED_BY_WATER not in source.derived:
        return {}
    base = set(source.readings.required)
    waters = catalog.source_assessment.waters.items()
    return {water: [name for name in judged.required if name not in base] for water, judged in waters}


def members_items(source: Source, members: pl.DataFrame, catalog: Catalog) -> pl.Series:
    """`items_asked` of each member, whichever register it is of: a list of items, empty where none is asked beside."""
    register = source.entity.register_name if source.entity else None
    items = pl.lit([], pl.List(pl.String))
    for water, names in items_asked(source, catalog).items():
        is_meant = (pl.col("register") == register) & (attribute(WATER) == water)
        items = pl.when(is_meant.fill_null(False)).then(pl.lit(names, pl.List(pl.String))).otherwise(items)
    return members.select("register", items=items)["items"]


def _is_asked(line: CalendarLine, source: Source, members: pl.DataFrame, catalog: Catalog) -> pl.Expr:
    """Whether a line asks of a member: of its register and narrowed as it says, or a place that the text names."""
    if line.named == "places":
        plans = catalog.plans.values()
        targets = [(plan, t) for plan in plans for _, found in served_by(source, catalog, plan) for t in found]
        places = {place for plan, target in targets for place in catalog.places_of(plan, target)}
        return pl.col("register").is_in(_AREAS) & pl.col("entity_id").is_in(sorted(places))
    asked = (pl.col("register") == line.register_name) & is_meant(line.where)
    if line.having:
        areas, others = (members.filter(pl.col("register") == name) for name in (line.register_name, line.having))
        asked &= pl.col("entity_id").is_in(with_members_in(areas, others, catalog)["entity_id"].to_list())
    return asked


def calendar_of(source: Source) -> Sequence[CalendarLine]:
    """The lines of the form's calendar; without one its whole register in every period, of one on occasion nobody."""
    if source.on_occasion:
        return []
    register = register_of(source)
    return source.calendar or ([CalendarLine(register_name=register)] if register else [])


def register_of(source: Source) -> str | None:
    """The register whose members the rows of a form are about: its own, or the areas where it has a row for each."""
    if source.entity is not None:
        return source.entity.register_name
    levels = {"county": "counties", "city": "cities"}
    lowest = next((level for level in levels if level in source.places), "")
    return levels.get(lowest) if source.key[:1] == ["area_id"] and source.undertaking is None else None


def held_in(register: str | None, members: pl.DataFrame, period: Period) -> pl.DataFrame:
    """The members of a register at any time of the period, each once."""
    mine = members.filter((pl.col("register") == register) & valid_in(period)).drop_nulls("entity_id")
    return mine.unique("entity_id", keep="last", maintain_order=True)


def answered_by(department: str, plans: Sequence[Plan]) -> set[str]:
    """The codes of the targets that a department answers for."""
    return {target.code for plan in plans for target in plan.targets() if department in target.lead}


def valid_in(period: Period) -> pl.Expr:
    """Whether a register row holds at any time within the period."""
    return (pl.col("valid_from").fill_null(period.start) <= period.end) & (
        pl.col("valid_to").fill_null(period.end) >= period.start
    )


def is_meant(where: Mapping[str, Sequence[str]]) -> pl.Expr:
    """Whether the entry's attributes are those asked for; one set aside may be, whatever it says."""
    wanted = pl.lit(True)
    for name, codes in where.items():
        wanted &= attribute(name).is_in(list(codes)).fill_null(False)
    return wanted | pl.col("is_set_aside")


def attribute(name: str) -> pl.Expr:
    """What a register row says of an attribute; null where it says nothing."""
    return pl.col("stratum") if name == "stratum" else pl.col("attributes").str.json_path_match(f"$.{name}")


def says_nothing_of(entries: pl.DataFrame, where: Mapping[str, Sequence[str]]) -> bool:
    """Whether a register says nothing at all of an attribute: then it does not tell who is meant."""
    return any(name != "stratum" and not entries.select(attribute(name).is_not_null().any()).item() for name in where)


def may_lie_on(rivers: Sequence[str]) -> pl.Expr:
    """Whether an entry lies on one of the rivers; one that names none may."""
    return pl.col("river").is_null() | pl.col("river").is_in(list(rivers))


def with_members_in(areas: pl.DataFrame, others: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """The areas in which one of the others lies."""
    places = others["area_id"].drop_nulls().unique().to_list()
    having = [a for a in areas["entity_id"] if any(catalog.lies_in(p, a) for p in places)]
    return areas.filter(pl.col("entity_id").is_in(having))


def _lines(source: Source, catalog: Catalog, period: Period) -> Iterator[CalendarLine]:
    """The lines of the calendar that ask of the period: in one of its months, and not before anything is judged."""
    begins = _judged_from(source, catalog, period.year)
    if begins is not None and period.end < begins:
        return
    for line in calendar_of(source):
        if any(period.start.month <= month <= period.end.month for month in line.months or _ALL_YEAR):
            yield line


def _judged_from(source: Source, catalog: Catalog, year: int) -> date | None:
    """The first day of the year from which any figure of the form is judged; none where one counts all of it."""
    days: list[date] = []
    for _, target in _targets(source, catalog, year):
        counts_before = any(c.months for c in catalog.indicators[target.indicator].companions)
        if counts_before or year not in target.judged_from:
            return None
        days.append(target.judged_from[year])
    return min(days, default=None)


def _targets(source: Source, catalog: Catalog, year: int) -> Iterator[tuple[Plan, Target]]:
    """The targets of the year's plan that need the form."""
    for plan in catalog.plans.values():
        if year in plan.years:
            yield from ((plan, target) for _, targets in served_by(source, catalog, plan) for target in targets)


def _listed(
    line: CalendarLine, source: Source, members: pl.DataFrame, catalog: Catalog, period: Period
) -> pl.DataFrame:
    """Those whom one line of the calendar asks."""
    if line.named == "places":
        named = [place for plan, t in _targets(source, catalog, period.year) for place in catalog.places_of(plan, t)]
        rows = [(a.id, a.name.zh, a.id) for a in (catalog.areas[place] for place in dict.fromkeys(named))]
        return pl.DataFrame(rows, schema=ASKED, orient="row")
    held = held_in(line.register_name, members, period)
    if says_nothing_of(held, line.where):
        return pl.DataFrame(schema=ASKED)
    found = held.filter(is_meant(line.where))
    if line.on_named_rivers:
        found = found.filter(may_lie_on([r for _, t in _targets(source, catalog, period.year) for r in t.named_rivers]))
    if line.having:
        found = with_members_in(found, held_in(line.having, members, period), catalog)
    return found.select(pl.col(name).cast(dtype) for name, dtype in ASKED.items())
