"""What each member of a question contributes: facts to member frames, one way for each kind of numerator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from analytics.catalog import indicator as shapes
from analytics.catalog.models import DATED_STAGES, STAGES
from analytics.compute import leakage, members
from analytics.pipeline.question import LEVELS, RECOGNISED_STATES, Question

_FORMULAS = {"assessed_leakage": leakage.assessed_leakage, "composite_leakage": leakage.composite_leakage}
_NOT_LISTED = ("none", "no")


def members_of(question: Question) -> pl.DataFrame:
    """A member frame (see `compute.members`) with the area of each level that the member lies in."""
    return _with_levels(_members(question), question)


def _members(question: Question) -> pl.DataFrame:
    numerator = question.indicator.numerator
    if type(numerator) not in _MEMBERS:
        raise TypeError(f"{question.indicator.id}: its members follow from other figures")
    return _MEMBERS[type(numerator)](question, numerator)


# Amounts


def _amounts(question: Question, items: list[str]) -> pl.DataFrame:
    """Amounts of the items in the window, of members that can be relied on, with `part` and `member`."""
    mine = question.facts.amounts.filter(pl.col("item").is_in(items) & question.is_clear())
    return question.in_window(mine).with_columns(member=question.member_id())


def _wide(rows: pl.DataFrame, items: Mapping[str, str]) -> pl.DataFrame:
    """One row per member and part with the sum of each item under its new name; null where a cell of it is empty."""
    return rows.group_by(entity_id=pl.col("member"), part="part").agg(
        _sum_if_told(pl.col("value").filter(pl.col("item") == item)).alias(name) for item, name in items.items()
    )


def _sum_if_told(values: pl.Expr) -> pl.Expr:
    """The sum, or null where nothing (or an empty cell) is summed: an unanswered amount is not zero."""
    return pl.when((values.len() > 0) & (values.null_count() == 0)).then(values.sum())


def _most(question: Question, item: str) -> float | None:
    """The most that one member can bring of an amount by the catalog: so much in each month of a monthly form."""
    return question.catalog.item_field(item).maximum


def _by_amount(question: Question, numerator: shapes.ByAmount) -> pl.DataFrame:
    denominator = question.indicator.denominator
    rows = _amounts(question, [numerator.amount])
    if not isinstance(denominator, shapes.ByAmount):
        wide = _wide(rows, {numerator.amount: "numerator"})
        arrived = question.arrived(wide)
        return members.by_sums(question.population, wide, arrived=arrived, maximum=_most(question, numerator.amount))
    under = _frozen(question, denominator.amount) if denominator.frozen else _amounts(question, [denominator.amount])
    both = pl.concat([rows, under], how="diagonal")
    wide = _wide(both, {numerator.amount: "numerator", denominator.amount: "denominator"})
    return members.by_amounts(
        question.population,
        wide,
        arrived=question.arrived(wide),
        denominator_maximum=_most(question, denominator.amount),
    )


def _frozen(question: Question, item: str) -> pl.DataFrame:
    """An amount as it stood on the day before the window: what is told later of it changes nothing."""
    mine = question.facts.amounts.filter((pl.col("item") == item) & question.is_clear())
    before = pl.col("period_end") == pl.lit(question.period.start).dt.offset_by("-1d")
    return mine.filter(before).with_columns(member=question.member_id(), part=pl.lit(""))


def _by_formula(question: Question, numerator: shapes.ByFormula) -> pl.DataFrame:
    denominator = question.indicator.denominator
    if not isinstance(denominator, shapes.ByAmount):
        raise TypeError(question.indicator.id)
    items = list(dict.fromkeys([*numerator.amounts, denominator.amount]))
    wide = _wide(_amounts(question, items), {item: item for item in items})
    made = wide.with_columns(numerator=_FORMULAS[numerator.formula](), denominator=pl.col(denominator.amount))
    return members.by_amounts(
        question.population,
        made.select(*members.CELL, "numerator", "denominator"),
        arrived=question.arrived(wide),
        denominator_maximum=_most(question, denominator.amount),
    )


def _by_mean(question: Question, numerator: shapes.ByMean) -> pl.DataFrame:
    """Each member's sum of value × weight over that of its weights, of members that told both of every month."""
    items = [numerator.mean, *([numerator.weighted_by] if numerator.weighted_by else [])]
    rows = _amounts(question, items)
    value, weight = (pl.col("value").filter(pl.col("item") == item).first() for item in (items[0], items[-1]))
    by_part = rows.group_by("member", "period_start", "period_end").agg(value=value, weight=weight)
    by_part = by_part.with_columns(months=_months("period_start", "period_end"))
    if numerator.weighted_by is None:
        by_part = by_part.with_columns(weight=pl.col("months").cast(pl.Float64))
    # What was not treated needs no concentration.
    both = by_part.with_columns(pl.when(pl.col("weight") == 0).then(0.0).otherwise("value").alias("value"))
    both = both.drop_nulls(["value", "weight"])
    sums = both.group_by(entity_id="member").agg(
        numerator=(pl.col("value") * pl.col("weight")).sum(),
        denominator=pl.col("weight").sum(),
        months=pl.col("months").sum(),
    )
    sums = sums.filter(pl.col("months") >= question.months_of_window).drop("months")
    told = rows.select(entity_id="member", part=pl.lit("")).unique()
    return members.by_amounts(
        question.population,
        sums.with_columns(part=pl.lit("")),
        arrived=question.arrived(told),
        denominator_maximum=_most_of_a_year(question, numerator.weighted_by),
        most=_most(question, numerator.mean) or 1.0,
    )


def _months(start: str, end: str) -> pl.Expr:
    """Number of months from the one column's to the other's."""
    first, last = pl.col(start), pl.col(end)
    years = last.dt.year() - first.dt.year()
    return years * 12 + last.dt.month().cast(pl.Int32) - first.dt.month().cast(pl.Int32) + 1


def _most_of_a_year(question: Question, item: str | None) -> float | None:
    """The most that a member's weights can add up to in twelve months."""
    if item is None:
        return 12.0
    month = _most(question, item)
    return None if month is None else 12 * month


def _by_lowest(question: Question, item: str) -> pl.DataFrame:
    wide = _wide(_amounts(question, [item]), {item: "numerator"})
    return members.by_sums(question.population, wide, arrived=question.arrived(wide), maximum=_most(question, item))


# States


def _by_states(question: Question, counted: Mapping[str, list[str]]) -> pl.DataFrame:
    mine = question.facts.states.filter(pl.col("item").is_in(list(counted)) & question.is_clear())
    rows = question.told_of_window(mine).with_columns(entity_id=question.member_id())
    wide = _codes(rows, counted, keeps_any=question.indicator.kind == "level")
    found = members.by_states(question.population, wide, counted=counted, arrived=question.arrived(rows))
    weight = question.indicator.denominator
    if not isinstance(weight, shapes.ByAmount):
        return found
    weights = _wide(_amounts(question, [weight.amount]), {weight.amount: "weight"})
    return members.weighted(found, weights, maximum=_most(question, weight.amount))


def _codes(rows: pl.DataFrame, counted: Mapping[str, list[str]], *, keeps_any: bool) -> pl.DataFrame:
    """One row per member and part with the code of each item: the one told last, or a counted one told at any time."""
    latest = rows.sort("period_end", "period_start", nulls_last=False)
    code = pl.col("value_code")

    def of(item: str, codes: list[str]) -> pl.Expr:
        mine = code.filter(pl.col("item") == item)
        return pl.coalesce(mine.filter(mine.is_in(codes)).last(), mine.last()) if keeps_any else mine.last()

    return latest.group_by(members.CELL).agg(of(item, codes).alias(item) for item, codes in counted.items())


def _by_rows(question: Question, item: str, *, of_code: bool) -> pl.DataFrame:
    """The whole as one member that brings the number of its rows; a zero return is data."""
    states = question.facts.states.filter(pl.col("item") == item)
    if of_code:
        states = states.filter(pl.col("entity_id") == question.target.code)
    rows = question.told_of_window(states).with_columns(entity_id=pl.lit(question.plan.area))
    listed = (~pl.col("value_code").is_in(_NOT_LISTED)).fill_null(True)
    sums = rows.group_by(members.CELL).agg(numerator=listed.sum().cast(pl.Float64))
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

    Nobody can tell (null) of a work whose row was set aside; of one said to be done on a day after its file was
    received, for that is a plan, not a result; and of one that was not done when it was last heard of, before the
    deadline that has passed since.
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
    is_dated = pl.lit(bool(question.target.deadline)) | own_date.is_not_null()
    is_stale = is_dated & ~reached & (received <= due) & (pl.lit(question.facts.as_of) > due)
    known = works.with_columns(
        entity_id=_member_of_work(question),
        reached=pl.when(~(is_plan | is_stale)).then(reached),
        reached_on=pl.when(reached & ~is_plan).then(on),
        is_stale=is_stale.fill_null(False),
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
    reporter = {a: next((up for up in _upwards(a, question) if up in ids), None) for a in areas}
    return pl.col("area_id").replace_strict(reporter, default=None, return_dtype=pl.String)


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
    if question.indicator.population.register_name is None:
        arrived = question.arrived(told).join(doubts, on=members.CELL, how="anti")
        aside = pl.concat([arrived, doubts.with_columns(was_set_aside=pl.lit(True))])
        return members.by_stage(question.population, works.select("entity_id", "reached"), arrived=aside)
    arrived = question.arrived(pl.concat([told, _reported(question)]))
    return members.by_numbers_of_works(question.population, works.select("entity_id", "reached"), arrived=arrived)


def _reported(question: Question) -> pl.DataFrame:
    """Areas that have told of all their works: by a zero return, or in a file that is about the whole of them."""
    zero = question.in_window(
        question.facts.states.filter(pl.col("item").is_in(list(question.items)) & (pl.col("value_code") == "none"))
    )["area_id"]
    whole = question.in_window(question.facts.covered.filter(pl.col("item").is_in(list(question.items))))["area_id"]
    outer = [area or question.plan.area for area in [*zero, *whole]]
    ids = [
        member
        for member, area in question.population.select("entity_id", "area_id").rows()
        if any(question.catalog.lies_in(area or question.plan.area, o) for o in outer)
    ]
    return pl.DataFrame({"entity_id": ids, "part": ""}, schema={"entity_id": pl.String, "part": pl.String})


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
    shapes.ByLowest: lambda question, lowest: _by_lowest(question, lowest.lowest),
    shapes.ByEvidence: lambda question, evidence: _by_rows(question, evidence.evidence, of_code=True),
    shapes.ByEntry: lambda question, entry: _by_entries(question, entry.listed),
}
