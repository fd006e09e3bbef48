"""What each member of a question contributes: facts to member frames, one way for each kind of numerator."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from analytics.catalog import indicator as shapes
from analytics.catalog.models import DATED_STAGES, STAGES
from analytics.compute import leakage, members, over_time
from analytics.pipeline.question import LEVELS, RECOGNISED_STATES, Question

_NOT_LISTED = ("none", "no")


def members_of(question: Question) -> pl.DataFrame:
    """A member frame (see `compute.members`) with the area of each level that the member lies in."""
    found = members.perhaps(_members(question), question.perhaps)
    return _with_levels(found, question)


def _members(question: Question) -> pl.DataFrame:
    numerator = question.indicator.numerator
    if type(numerator) not in _MEMBERS:
        raise TypeError(f"{question.indicator.id}: its members follow from other figures")
    return _MEMBERS[type(numerator)](question, numerator)


# Amounts


def _rows_of(question: Question, items: Iterable[str]) -> pl.DataFrame:
    """Amounts of the items in the window by `entity_id` (the member) and `part`, of members that can be relied on."""
    mine = question.facts.amounts.filter(pl.col("item").is_in(list(items)) & question.is_clear())
    return question.in_window(mine).with_columns(entity_id=question.member_id())


def _told(question: Question, items: Mapping[str, str]) -> pl.DataFrame:
    """One row per member and part with the value of each item under its new name.

    `<name>_so_far` is what is told of it, in full or not; `is_open`, whether any of them may have changed since.
    """
    how = {item: question.catalog.items[item].over_time or "sum" for item in items}
    together = over_time.put_together(_rows_of(question, items), question.intervals, how)
    of_item = [(pl.col("item") == item, name) for item, name in items.items()]
    return together.group_by(members.CELL).agg(
        *(pl.col("value").filter(mine).first().alias(name) for mine, name in of_item),
        *(pl.col("so_far").filter(mine).first().alias(f"{name}_so_far") for mine, name in of_item),
        is_open=pl.col("is_open").any(),
    )


def _most(question: Question, item: str | None) -> float | None:
    """The most that a member can bring in the time that is asked about, by the catalog; of no item so many months."""
    if item is None:
        return float(question.months_of_window)
    maximum = question.catalog.item_field(item).maximum
    per_month = question.catalog.items[item].maximum_per == "month"
    return maximum * question.months_of_window if maximum is not None and per_month else maximum


def _by_amount(question: Question, numerator: shapes.ByAmount) -> pl.DataFrame:
    denominator = question.indicator.denominator
    if not isinstance(denominator, shapes.ByAmount):
        return _by_sum(question, numerator.amount)
    if denominator.frozen:
        done = _to_date(_told(question, {numerator.amount: "numerator"}))
        wide = done.join(_frozen(question, denominator.amount), on=members.CELL, how="full", coalesce=True)
    else:
        wide = _told(question, {numerator.amount: "numerator", denominator.amount: "denominator"})
    return members.by_amounts(
        question.population,
        wide.rename({"numerator_so_far": "so_far"}),
        arrived=question.arrived(wide),
        denominator_maximum=_most(question, denominator.amount),
    )


def _by_sum(question: Question, item: str) -> pl.DataFrame:
    """Members that bring an amount each: of a count what they have told to date, of all others the whole."""
    wide = _told(question, {item: "numerator"})
    counted = _to_date(wide) if question.indicator.kind == "count" else wide
    return members.by_sums(
        question.population,
        counted.rename({"numerator_so_far": "so_far"}),
        arrived=question.arrived(wide),
        maximum=_most(question, item),
    )


def _to_date(wide: pl.DataFrame) -> pl.DataFrame:
    """What is done stays done: told of a part of the time, a sum is that much at least, and may have grown since."""
    numerator, so_far = pl.col("numerator"), pl.col("numerator_so_far")
    return wide.with_columns(
        numerator=pl.coalesce(numerator, so_far), may_grow=numerator.is_null() & so_far.is_not_null()
    )


def _frozen(question: Question, item: str) -> pl.DataFrame:
    """An amount as it stood on the day before the window, the latest word of it: what is told later changes nothing."""
    day = question.period.start - timedelta(days=1)
    mine = (pl.col("item") == item) & (pl.col("period_end") == day) & question.is_clear()
    rows = question.facts.amounts.filter(mine).with_columns(entity_id=question.member_id(), part=pl.lit(""))
    stood = over_time.put_together(rows, [("", date(day.year, 1, 1), day)], {item: "last"})
    return stood.select(*members.CELL, denominator="value")


def _by_formula(question: Question, numerator: shapes.ByFormula) -> pl.DataFrame:
    denominator = question.indicator.denominator
    if not isinstance(denominator, shapes.ByAmount):
        raise TypeError(question.indicator.id)
    formula = leakage.FORMULAS[numerator.formula]
    items = list(dict.fromkeys([*numerator.amounts, denominator.amount]))
    wide = _told(question, {item: item for item in items})
    made = wide.with_columns(numerator=formula.made(), denominator=pl.col(denominator.amount))
    return members.by_amounts(
        question.population,
        made.select(*members.CELL, "numerator", "denominator", "is_open"),
        arrived=question.arrived(wide),
        denominator_maximum=_most(question, denominator.amount),
        least=formula.least,
        most=formula.most,
    )


def _by_mean(question: Question, numerator: shapes.ByMean) -> pl.DataFrame:
    """Each member's sum of value × weight over that of its weights, of members that told both of the whole time."""
    items = [numerator.mean, *([numerator.weighted_by] if numerator.weighted_by else [])]
    rows = _rows_of(question, items)
    value, weight = (pl.col("value").filter(pl.col("item") == item).first() for item in (items[0], items[-1]))
    span = ("period_start", "period_end")
    both = rows.group_by("entity_id", *span).agg(value=value, weight=weight).with_columns(part=pl.lit(""))
    if numerator.weighted_by is None:
        both = both.with_columns(weight=over_time.months())
    # What was not treated needs no concentration.
    both = both.with_columns(pl.when(pl.col("weight") == 0).then(0.0).otherwise("value").alias("value"))
    once = over_time.spans_once(both.drop_nulls(["value", "weight"]), by=["entity_id"])
    sums = once.group_by(members.CELL, maintain_order=True).agg(
        numerator=(pl.col("value") * pl.col("weight")).sum(),
        denominator=pl.col("weight").sum(),
        covers=over_time.covers(question.intervals),
    )
    return members.by_amounts(
        question.population,
        sums.filter("covers").drop("covers"),
        arrived=question.arrived(rows.select("entity_id", part=pl.lit("")).unique()),
        denominator_maximum=_most(question, numerator.weighted_by),
        most=_most(question, numerator.mean) or 1.0,
    )


# States


def _by_states(question: Question, counted: Mapping[str, list[str]]) -> pl.DataFrame:
    mine = question.facts.states.filter(pl.col("item").is_in(list(counted)) & question.is_clear())
    rows = question.told_of_window(mine).with_columns(entity_id=question.member_id())
    codes = _codes(question, rows, counted)
    found = members.by_states(question.population, codes, counted=counted, arrived=question.arrived(rows))
    weight = question.indicator.denominator
    if not isinstance(weight, shapes.ByAmount):
        return found
    weights = _told(question, {weight.amount: "weight"}).select(*members.CELL, "weight")
    return members.weighted(found, weights, maximum=_most(question, weight.amount))


def _codes(question: Question, rows: pl.DataFrame, counted: Mapping[str, list[str]]) -> pl.DataFrame:
    """One row per member and part with the code of each item as the figure asks for it, and whether it is open."""
    numerator = question.indicator.numerator
    if isinstance(numerator, shapes.ByStates) and numerator.throughout:
        told = over_time.throughout(rows, counted, question.intervals)
    else:
        is_event = question.indicator.kind == "level" or question.target.cadence is not None
        ends = {part: min(last, question.due) for part, _, last in question.parts}
        told = (over_time.at_any_time if is_event else over_time.as_last_told)(rows, counted, ends)
    return told.group_by(members.CELL).agg(
        *(pl.col("code").filter(pl.col("item") == item).first().alias(item) for item in counted),
        *(pl.col("is_open").filter(pl.col("item") == item).first().alias(f"{item}_is_open") for item in counted),
    )


def _by_rows(question: Question, item: str, *, of_code: bool) -> pl.DataFrame:
    """The whole as one member that brings the number of its rows; a zero return is data."""
    states = question.facts.states.filter(pl.col("item") == item)
    if of_code:
        states = states.filter(pl.col("entity_id") == question.target.code)
    rows = question.told_of_window(states).with_columns(entity_id=pl.lit(question.plan.area))
    says = pl.coalesce("value_code", "value_text")
    listed = ~says.is_in(_NOT_LISTED)
    told = rows.filter(says.is_not_null())
    sums = told.group_by(members.CELL).agg(numerator=listed.sum().cast(pl.Float64))
    return members.by_sums(question.population, sums, arrived=question.arrived(rows), maximum=None)


def _by_entries(question: Question, item: str) -> pl.DataFrame:
    """The entries of a list: members of a register that are on it, or rows of the province's own list."""
    if question.indicator.population.whole:
        return _by_rows(question, item, of_code=False)
    codes = [code for code in question.catalog.item_field(item).choices if code not in _NOT_LISTED]
    return _by_states(question, {item: codes})


# Classes


def _by_class(question: Question) -> pl.DataFrame:
    numerator = question.indicator.numerator
    names = next(iter(question.catalog.standards.values())).class_names
    years = _recognised(question, names) if question.is_recognised else question.facts.section_years
    classes = years.select("entity_id", "water_class", "class_best", "class_worst")
    if isinstance(numerator, shapes.ByWaterClass):
        counted = [names.index(c) + 1 for c in numerator.water_class]
        bounds = question.population.with_columns(
            counts_from=pl.lit(min(counted), pl.Int8), counts_to=pl.lit(max(counted), pl.Int8)
        )
    else:
        wanted = pl.col("attributes").str.json_path_match("$.target_class")
        numbers = {name: number for number, name in enumerate(names, start=1)}
        own = question.registered.select(
            "entity_id", counts_to=wanted.replace_strict(numbers, default=None, return_dtype=pl.Int8)
        )
        first = pl.when(pl.col("counts_to").is_not_null()).then(pl.lit(1, pl.Int8))
        bounds = question.population.join(own, on="entity_id", how="left").with_columns(counts_from=first)
    arrived = question.facts.sections_arrived.with_columns(part=pl.lit("")).select(*members.CELL, "was_set_aside")
    good = arrived.filter(~pl.col("was_set_aside"))
    every = pl.concat([question.arrived(good), arrived]).unique(members.CELL, keep="first", maintain_order=True)
    return members.by_water_class(bounds, classes, arrived=every, dry=years.filter("is_dry")["entity_id"].to_list())


def _recognised(question: Question, names: list[str]) -> pl.DataFrame:
    """The classes that the nation has recognised, excluded sections as those without water."""
    told = question.told_of_window(question.facts.states)
    class_told, exclusion = RECOGNISED_STATES
    numbers = {name: number for number, name in enumerate(names, start=1)}
    known = told.filter(pl.col("item") == class_told).select(
        "entity_id",
        water_class=pl.col("value_code").replace_strict(numbers, default=None, return_dtype=pl.Int8),
        is_dry=pl.lit(False),
    )
    excluded = told.filter(pl.col("item") == exclusion)["entity_id"].unique()
    left_out = pl.DataFrame({"entity_id": excluded}).with_columns(
        water_class=pl.lit(None, pl.Int8), is_dry=pl.lit(True)
    )
    both = pl.concat([known.filter(~pl.col("entity_id").is_in(excluded.to_list())), left_out])
    return both.with_columns(class_best=pl.col("water_class"), class_worst=pl.col("water_class"))


# Works


def works_of(question: Question) -> pl.DataFrame:
    """Works of a figure by `entity_id`, the member: whether and when each reached the stage, and by when it had to.

    Columns: `reached`, `reached_on`, `due_on`, and `is_stale`: last heard of too early to tell.

    Of works that are counted by area, one reached after the deadline was not reached by it. Nobody can tell (null) of a
    work whose row was set aside; of one said to be done on a day after its file was
    received, for that is a plan, not a result; of one that was not done when it was last heard of, before the deadline
    that has passed since; and of one that is not done and does not say which of several lists it is on.
    """
    numerator = question.indicator.numerator
    if not isinstance(numerator, shapes.ByStage):
        raise TypeError(question.indicator.id)
    wanted = STAGES.index(numerator.reaches)
    reached = pl.col("stage").replace_strict(
        {s: i >= wanted for i, s in enumerate(STAGES)}, default=None, return_dtype=pl.Boolean
    )
    on = pl.coalesce(f"{stage}_on" for stage in DATED_STAGES if stage in STAGES[wanted:])
    own_date = pl.col("attributes").str.json_path_match("$.due_on").str.to_date("%Y-%m-%d", strict=False)
    works = question.works_of_item.with_columns(due_on=pl.coalesce(own_date, pl.lit(question.due)))
    received, due = pl.col("received"), pl.col("due_on")
    is_plan = reached & (on > received).fill_null(False)
    is_dated = pl.lit(question.is_dated) | own_date.is_not_null()
    is_stale = is_dated & ~reached & (received <= due) & (pl.lit(question.facts.as_of) > due)
    # One that is not done and does not say which list it is on has yet to be told of, like one last heard of too early.
    is_stale = (is_stale | (~reached & pl.col("entity_id").is_in(question.of_any_list))).fill_null(False)
    by_area = question.indicator.population.register_name is not None
    in_time = reached & ~(pl.lit(by_area) & (pl.coalesce(on, "period_end") > due))
    known = works.with_columns(
        entity_id=_member_of_work(question),
        reached=pl.when(~(is_plan | is_stale)).then(in_time),
        reached_on=pl.when(reached & ~is_plan).then(on),
        is_stale=is_stale,
    )
    return pl.concat([known.drop_nulls("entity_id"), _works_in_doubt(question, numerator.undertaking)], how="diagonal")


def _member_of_work(question: Question) -> pl.Expr:
    """The named work that a row is about; the row itself of an open list; of others the area that reports it."""
    if question.indicator.population.named == "works":
        grown = [key for key, _, _ in question.named_works]
        own = pl.when(pl.col("entity_id").is_in(grown)).then("entity_id")
        return pl.coalesce("member", own)
    ids = set(question.population["entity_id"])
    areas = question.facts.undertakings["area_id"].drop_nulls().unique().to_list()
    # A work that only a higher level tells of is nobody's below it, and still done.
    reporter = {a: next((up for up in _upwards(a, question) if up in ids), a) for a in areas}
    return (
        pl.col("area_id")
        .fill_null(question.plan.area)
        .replace_strict({question.plan.area: question.plan.area, **reporter}, return_dtype=pl.String)
    )


def _with_higher_levels(population: pl.DataFrame, works: pl.DataFrame, question: Question) -> pl.DataFrame:
    """The population, and each area above it that tells of works without saying whose they are."""
    areas = question.catalog.areas
    above = [areas[a] for a in works["entity_id"].unique().sort() if a not in set(population["entity_id"])]
    rows = [(a.id, f"{a.name.zh}（未分到下级）", a.id, "") for a in above]
    own = pl.DataFrame(rows, schema=["entity_id", "name", "area_id", "part"], orient="row")
    return pl.concat([population, own], how="diagonal_relaxed") if rows else population


def _works_in_doubt(question: Question, undertaking: str) -> pl.DataFrame:
    """One row for each member that a work set aside may belong to: all of the area that its row still tells."""
    doubts = question.in_window(question.facts.works_in_doubt.filter(pl.col("item") == undertaking))["area_id"]
    places = question.population.select("entity_id", "area_id").unique(maintain_order=True).rows()
    found = [
        member
        for doubt in doubts
        for member, area in places
        if doubt is None or (area is not None and _overlap(area, doubt, question))
    ]
    return pl.DataFrame({"entity_id": found}, schema={"entity_id": pl.String})


def _overlap(area: str, doubt: str, question: Question) -> bool:
    inside = question.catalog.lies_in(area, doubt)
    return inside or (question.indicator.population.register_name is not None and question.catalog.lies_in(doubt, area))


def _by_stage(question: Question) -> pl.DataFrame:
    works = works_of(question)
    known = works.filter(pl.col("stage").is_not_null())
    told = known.select("entity_id").unique().with_columns(part=pl.lit(""))
    doubts = works.join(known, on="entity_id", how="anti").select("entity_id").unique().with_columns(part=pl.lit(""))
    aside = doubts.with_columns(was_set_aside=pl.lit(True))
    if question.indicator.population.register_name is None:
        arrived = question.arrived(told).join(doubts, on=members.CELL, how="anti")
        reached = works.select("entity_id", "reached")
        return members.by_stage(question.population, reached, arrived=pl.concat([arrived, aside]))
    arrived = question.arrived(pl.concat([told, _reported(question)]))
    population = _with_higher_levels(question.population, works, question)
    return members.by_numbers_of_works(
        population,
        works.select("entity_id", "reached"),
        arrived=pl.concat([arrived, aside]).unique(members.CELL, keep="first", maintain_order=True),
        final=_told_to_the_end(question, known),
    )


def _reported(question: Question) -> pl.DataFrame:
    """Areas that have told of all their works: by a zero return, or in a file that is about the whole of them."""
    ids = _within(question, [*_zero_returns(question)["area_id"], *_whole_files(question)["area_id"]])
    return pl.DataFrame({"entity_id": ids, "part": ""}, schema={"entity_id": pl.String, "part": pl.String})


def _zero_returns(question: Question) -> pl.DataFrame:
    mine = pl.col("item").is_in(list(question.items)) & (pl.col("value_code") == "none")
    return question.in_window(question.facts.states.filter(mine))


def _whole_files(question: Question) -> pl.DataFrame:
    return question.in_window(question.facts.covered.filter(pl.col("item").is_in(list(question.items))))


def _told_to_the_end(question: Question, works: pl.DataFrame) -> list[str]:
    """Areas whose works cannot have become more since they were told: told of up to the deadline, and after it."""
    due = pl.lit(question.due)
    to_the_end = pl.col("period_end") >= due
    zero = _zero_returns(question).filter(to_the_end)["area_id"]
    whole = _whole_files(question).filter(to_the_end & (pl.col("received") > due))["area_id"]
    own = works.filter(to_the_end & (pl.col("received") > due))["entity_id"]
    return sorted({*own, *_within(question, [*zero, *whole])})


def _within(question: Question, areas: list[str | None]) -> list[str]:
    """Members that lie in one of the areas; no area is the whole plan's."""
    outer = {area or question.plan.area for area in areas}
    return [
        member
        for member, area in question.population.select("entity_id", "area_id").rows()
        if any(question.catalog.lies_in(area or question.plan.area, o) for o in outer)
    ]


# Levels


def _upwards(area: str | None, question: Question) -> list[str]:
    """The area and those it lies in."""
    found: list[str] = []
    while area is not None and area in question.catalog.areas:
        found.append(area)
        area = question.catalog.areas[area].parent
    return found


def _with_levels(rows: pl.DataFrame, question: Question) -> pl.DataFrame:
    areas = rows["area_id"].unique().to_list()
    at = {
        level: {
            a: next((u for u in _upwards(a, question) if question.catalog.areas[u].level == level), None) for a in areas
        }
        for level in LEVELS
    }
    whole = pl.lit(question.plan.area)
    levels = {
        level: pl.col("area_id").replace_strict(known, default=None, return_dtype=pl.String)
        for level, known in at.items()
    }
    # A work or a member without a place is the province's.
    levels["province"] = pl.coalesce(levels["province"], whole)
    return rows.with_columns(**levels)


_MEMBERS: dict[type[shapes.Shape], Callable[[Question, Any], pl.DataFrame]] = {
    shapes.ByAmount: _by_amount,
    shapes.ByFormula: _by_formula,
    shapes.ByStates: lambda question, states: _by_states(question, states.states),
    shapes.ByWaterClass: lambda question, _: _by_class(question),
    shapes.ByTargetClass: lambda question, _: _by_class(question),
    shapes.ByStage: lambda question, _: _by_stage(question),
    shapes.ByMean: _by_mean,
    shapes.ByLowest: lambda question, lowest: _by_sum(question, lowest.lowest),
    shapes.ByEvidence: lambda question, evidence: _by_rows(question, evidence.evidence, of_code=True),
    shapes.ByEntry: lambda question, entry: _by_entries(question, entry.listed),
}
