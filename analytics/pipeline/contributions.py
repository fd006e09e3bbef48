"""What each member of a question contributes: facts to member frames, one way for each kind of numerator."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from analytics.catalog import indicator as shapes
from analytics.catalog.served import RECOGNISED_STATES
from analytics.compute import flow, leakage, means, members, over_time
from analytics.pipeline.question import LEVELS, Question
from analytics.pipeline.reasons import with_reasons
from analytics.pipeline.works import works_by_stage


def members_of(question: Question) -> pl.DataFrame:
    """A member frame (see `compute.members`) with the area of each level that the member lies in."""
    found = members.perhaps(_members(question), question.perhaps_meant)
    return _with_levels(with_reasons(found, question), question)


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


def most_of(question: Question, item: str | None) -> float | None:
    """The most that a member can bring in the time that is asked about, by the catalog and, of days, by the calendar.

    Without an item it is so many months.
    """
    if item is None:
        return float(question.months_of_window)
    field = question.catalog.item_field(item)
    per_month = question.catalog.items[item].maximum_per == "month"
    most = field.maximum * question.months_of_window if field.maximum is not None and per_month else field.maximum
    return most if most is None or field.unit != "d" else min(most, float(question.days_of_window))


def _by_amount(question: Question, numerator: shapes.ByAmount) -> pl.DataFrame:
    denominator = question.indicator.denominator
    if not isinstance(denominator, shapes.ByAmount):
        return _by_sum(question, numerator.amount)
    if denominator.frozen:
        done = _to_date(_told(question, {numerator.amount: "numerator"}))
        wide = done.join(_frozen(question, denominator.amount), on=members.CELL, how="full", coalesce=True)
    else:
        beside = {denominator.left_open: "left_open"} if denominator.left_open else {}
        wide = _told(question, {numerator.amount: "numerator", denominator.amount: "denominator", **beside})
    return members.by_amounts(
        question.population,
        wide.rename({"numerator_so_far": "so_far"}),
        arrived=question.arrived(wide),
        denominator_maximum=most_of(question, denominator.amount),
        is_part=question.indicator.unit in ("%", "pp"),
    )


def _by_guarantee(question: Question, numerator: shapes.ByGuarantee) -> pl.DataFrame:
    """The days of each member as `flow.guarantee_members` has them; where nobody tells how many days had a target,
    those assessed are all."""
    items = {numerator.met: "days_met", numerator.assessed: "days_assessed", numerator.expected: "days_expected"}
    told = _told(question, items)
    expected = pl.coalesce("days_expected", "days_assessed")
    rates = told.drop_nulls(["days_met", "days_assessed"]).with_columns(
        days_expected=expected, days_missing=expected - pl.col("days_assessed")
    )
    found = flow.guarantee_members(rates, question.population)
    # A member whose days are all expected and none of them sent has not arrived.
    read = question.in_window(question.facts.readings_behind.filter(pl.col("item") == numerator.met))["member"]
    is_sent = (pl.col("days_assessed") > 0).fill_null(True) | pl.col("entity_id").is_in(read.unique().to_list())
    sent = told.filter(is_sent)
    return members.as_arrived(found, question.arrived(sent))


def _by_lowest(question: Question, numerator: shapes.ByLowest) -> pl.DataFrame:
    """Parts that are told of in full; one told of in part lies between its bounds, where these are known."""
    bounds = question.in_window(question.facts.bounds.filter(pl.col("item") == numerator.lowest))
    of_member = bounds.select("part", "low", "high", entity_id=question.member_id())
    return members.bounded(_by_sum(question, numerator.lowest), of_member)


def _by_sum(question: Question, item: str) -> pl.DataFrame:
    """Members that bring an amount each: of a count what they have told to date, of all others the whole."""
    wide = _told(question, {item: "numerator"})
    counted = _to_date(wide) if question.indicator.kind == "count" else wide
    return members.by_sums(
        question.population,
        counted.rename({"numerator_so_far": "so_far"}),
        arrived=question.arrived(wide),
        maximum=most_of(question, item),
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
        denominator_maximum=most_of(question, denominator.amount),
        least=formula.least,
        most=formula.most,
    )


def _by_mean(question: Question, numerator: shapes.ByMean) -> pl.DataFrame:
    """Each member's sum of value × weight over that of its weights, of members that told both of the whole time.

    The others are bounded by what they did tell.
    """
    items = [numerator.mean, *([numerator.weighted_by] if numerator.weighted_by else [])]
    rows = _rows_of(question, items)
    value, weight = (pl.col("value").filter(pl.col("item") == item).first() for item in (items[0], items[-1]))
    both = rows.group_by("entity_id", "period_start", "period_end").agg(value=value, weight=weight)
    if numerator.weighted_by is None:
        both = both.with_columns(weight=over_time.months())
    both = both.with_columns(weighted=means.weighted(pl.col("value"), pl.col("weight")), part=pl.lit(""))
    told = _summed(both.drop_nulls("weighted"), question).rename({"weighted": "so_far", "weight": "so_far_of"})
    weights = _summed(both.drop_nulls("weight"), question).filter("covers").select(*members.CELL, denominator="weight")
    wide = told.join(weights, on=members.CELL, how="full", coalesce=True)
    return members.by_amounts(
        question.population,
        wide.with_columns(numerator=pl.when("covers").then("so_far")).drop("covers"),
        arrived=question.arrived(rows.select("entity_id", part=pl.lit("")).unique()),
        denominator_maximum=most_of(question, numerator.weighted_by),
        most=most_of(question, numerator.mean) or 1.0,
    )


def _summed(rows: pl.DataFrame, question: Question) -> pl.DataFrame:
    """Sums of `weighted` and `weight` by member, each time counted once, and whether the rows cover the whole time."""
    once = over_time.spans_once(rows, by=["entity_id"])
    sums = (pl.col(name).sum() for name in ("weighted", "weight"))
    return once.group_by(members.CELL, maintain_order=True).agg(*sums, covers=over_time.covers(question.intervals))


# States


def _by_states(question: Question, counted: Mapping[str, list[str]]) -> pl.DataFrame:
    mine = question.facts.states.filter(pl.col("item").is_in(list(counted)) & question.is_clear())
    rows = question.told_of_window(mine).with_columns(entity_id=question.member_id())
    codes = _codes(question, rows, counted)
    found = members.by_states(question.population, codes, counted=counted, arrived=question.arrived(rows))
    found = _without_left_out(_with_reasons(found, rows, question), question)
    weight = question.indicator.denominator
    if not isinstance(weight, shapes.ByAmount):
        return found
    weights = _told(question, {weight.amount: "weight"}).select(*members.CELL, "weight")
    return members.weighted(found, weights, maximum=most_of(question, weight.amount))


def _with_reasons(found: pl.DataFrame, rows: pl.DataFrame, question: Question) -> pl.DataFrame:
    """The members, with the reason why a state that follows from readings could not be told of them."""
    if not question.derived:
        return found
    told = rows.filter(pl.col("value_code").is_null() & pl.col("value_text").is_not_null())
    why = told.group_by(members.CELL).agg(why=pl.col("value_text").first())
    joined = found.join(why, on=members.CELL, how="left", maintain_order="left")
    is_open = pl.col("status") == "incomplete"
    return joined.with_columns(reason=pl.when(is_open).then("why").otherwise("reason")).select(found.columns)


def _without_left_out(found: pl.DataFrame, question: Question) -> pl.DataFrame:
    """The members, those left out that are told to be in such a state all the time that is asked about.

    Not those of which anything was set aside in that time: nobody knows what it would have said (D-016).
    """
    aside = question.facts.set_aside
    doubted = aside.filter(pl.col("period_start").is_between(question.period.start, question.period.end))["entity_id"]
    for item, code in question.indicator.population.left_out.items():
        told = question.facts.states.filter((pl.col("item") == item) & question.is_clear())
        rows = question.told_of_window(told).with_columns(entity_id=question.member_id())
        whole = over_time.throughout(rows, {item: [code]}, question.intervals)
        sure = (pl.col("code") == code) & ~pl.col("entity_id").is_in(doubted.drop_nulls().to_list())
        found = members.left_out(found, whole.filter(sure), reason=code)
    return found


def _codes(question: Question, rows: pl.DataFrame, counted: Mapping[str, list[str]]) -> pl.DataFrame:
    """One row per member and part with the code of each item as the figure asks for it, and whether it is open."""
    numerator = question.indicator.numerator
    if isinstance(numerator, shapes.ByStates) and numerator.throughout:
        told = over_time.throughout(rows, counted, question.intervals)
    else:
        if (
            question.due < question.period.end
        ):  # said of a time that goes beyond the deadline, it may have come after it
            is_late = over_time.is_counted(pl.col("value_code"), counted) & (pl.col("period_end") > question.due)
            rows = rows.with_columns(value_code=pl.when(~is_late).then("value_code"))
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
    listed = ~says.str.normalize("NFKC").is_in(shapes.NOT_LISTED)
    told = rows.filter(says.is_not_null())
    sums = told.group_by(members.CELL).agg(numerator=listed.sum().cast(pl.Float64))
    return members.by_sums(question.population, sums, arrived=question.arrived(rows), maximum=None)


def _by_entries(question: Question, item: str) -> pl.DataFrame:
    """The entries of a list: members of a register that are on it, or rows of the province's own list."""
    if question.indicator.population.whole:
        return _by_rows(question, item, of_code=False)
    codes = [code for code in question.catalog.item_field(item).choices if code not in shapes.NOT_LISTED]
    return _by_states(question, {item: codes})


# Classes


def _by_class(question: Question) -> pl.DataFrame:
    numerator = question.indicator.numerator
    names = question.catalog.surface_standard.class_names
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
    dry = years.filter("is_dry")["entity_id"].to_list()
    return members.by_water_class(bounds, classes, arrived=every, dry=dry, last_class=len(names))


def _recognised(question: Question, names: list[str]) -> pl.DataFrame:
    """The classes that the nation has recognised, excluded sections as those without water."""
    told = question.told_of_window(question.facts.states)
    class_told, exclusion = RECOGNISED_STATES
    numbers = {name: number for number, name in enumerate(names, start=1)}
    told = told.filter(pl.col("value_code").is_not_null()).sort("period_end", "period_start")
    told = told.unique(["item", "entity_id"], keep="last", maintain_order=True)
    known = told.filter(pl.col("item") == class_told).select(
        "entity_id",
        water_class=pl.col("value_code").replace_strict(numbers, default=None, return_dtype=pl.Int8),
        is_dry=pl.lit(False),
    )
    excluded = told.filter((pl.col("item") == exclusion) & ~pl.col("value_code").is_in(shapes.NOT_LISTED))[
        "entity_id"
    ].unique()
    left_out = pl.DataFrame({"entity_id": excluded}).with_columns(
        water_class=pl.lit(None, pl.Int8), is_dry=pl.lit(True)
    )
    both = pl.concat([known.filter(~pl.col("entity_id").is_in(excluded.to_list())), left_out])
    return both.with_columns(class_best=pl.col("water_class"), class_worst=pl.col("water_class"))


# Levels


def _with_levels(rows: pl.DataFrame, question: Question) -> pl.DataFrame:
    areas = rows["area_id"].unique().to_list()
    at = {level: {a: question.catalog.at_level(a, level) for a in areas} for level in LEVELS}
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
    shapes.ByStage: lambda question, _: works_by_stage(question),
    shapes.ByMean: _by_mean,
    shapes.ByGuarantee: _by_guarantee,
    shapes.ByLowest: _by_lowest,
    shapes.ByEvidence: lambda question, evidence: _by_rows(question, evidence.evidence, of_code=True),
    shapes.ByEntry: lambda question, entry: _by_entries(question, entry.listed),
}
