"""The members of a figure: whom it counts, by register or by name, and what each of them contributes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.models import (
    DenominatorByAmount,
    Indicator,
    ItemField,
    NumeratorByAmount,
    NumeratorByStage,
    NumeratorByState,
    NumeratorByWaterClass,
    Plan,
    Source,
    Target,
)
from analytics.compute import members
from analytics.periods import Period

STAGES = ("preparation", "started", "completed", "trial", "accepted", "stable")
_LEVELS = ("province", "city", "county")


@dataclass(frozen=True)
class Facts:
    """What the figures of a year are made of, as frames of the warehouse's tables.

    `undertakings` carry the day on which their file was `received`; `works_in_doubt` holds the works whose row was
    set aside and not put right; `set_aside` the broken rules that set a row or a reading aside; `sections_arrived` the
    sections of which anything arrived; `refused` the files that could not be read at all (`source`, `area_id`,
    `period`) and that no later one replaces; `as_of` the day of the assessment.
    """

    registers: pl.DataFrame
    amounts: pl.DataFrame
    states: pl.DataFrame
    undertakings: pl.DataFrame
    works_in_doubt: pl.DataFrame
    set_aside: pl.DataFrame
    section_years: pl.DataFrame
    sections_arrived: pl.DataFrame
    refused: pl.DataFrame
    as_of: date


def valid_in(period: Period) -> pl.Expr:
    """Whether a register row holds at any time within the period."""
    return (pl.col("valid_from").fill_null(period.start) <= period.end) & (
        pl.col("valid_to").fill_null(period.end) >= period.start
    )


@dataclass(frozen=True)
class Question:
    """One target of a plan, asked of a period's facts."""

    plan: Plan
    target: Target
    period: Period
    facts: Facts
    catalog: Catalog

    @property
    def indicator(self) -> Indicator:
        """How the target's figure is computed."""
        return self.catalog.indicators[self.target.indicator]

    @cached_property
    def source(self) -> Source:
        """The delivery form that brings the figure's facts."""
        numerator = self.indicator.numerator
        for source in self.catalog.sources.values():
            if isinstance(numerator, NumeratorByAmount) and numerator.amount in _items(source.amounts):
                return source
            if isinstance(numerator, NumeratorByState) and numerator.state in _items(source.states):
                return source
            if isinstance(numerator, NumeratorByStage) and _work_of(source) == numerator.undertaking:
                return source
            register = self.indicator.population.register_name
            if isinstance(numerator, NumeratorByWaterClass) and _sites_of(source) == register:
                return source
        raise LookupError(f"no source delivers what {self.indicator.id} counts")

    @cached_property
    def members(self) -> pl.DataFrame:
        """A member frame (see `compute.members`) with the area of each level that the member lies in."""
        return self._with_levels(self._members())

    @cached_property
    def works(self) -> pl.DataFrame:
        """Works of a list by `area_id`: whether (`reached`) and when (`reached_on`) each reached the stage, and whether
        that was last heard of too early to tell (`is_stale`).

        Nobody can tell (null) of a work whose row was set aside; of one said to be done on a day after its file was
        received, for that is a plan, not a result; and of one that was not done when it was last heard of, before the
        deadline that has passed since.
        """
        numerator = self.indicator.numerator
        if not isinstance(numerator, NumeratorByStage):
            raise TypeError(self.indicator.id)
        wanted = STAGES.index(numerator.reaches)
        reached = pl.col("stage").replace_strict(
            {s: i >= wanted for i, s in enumerate(STAGES)}, default=None, return_dtype=pl.Boolean
        )
        works = self.in_period(self.facts.undertakings.filter(pl.col("item") == numerator.undertaking))
        on, received = pl.col(f"{numerator.reaches}_on"), pl.col("received")
        is_plan = reached & (on > received).fill_null(False)
        is_stale = ~reached & (received <= self.deadline) & pl.lit(self.facts.as_of > self.deadline)
        known = works.with_columns(
            reached=pl.when(~(is_plan | is_stale)).then(reached),
            reached_on=pl.when(reached & ~is_plan).then(on),
            is_stale=is_stale,
        )
        return pl.concat([known, self._works_in_doubt(numerator.undertaking)], how="diagonal")

    @property
    def deadline(self) -> date:
        """The last day on which the target may be reached."""
        return self.target.deadline.get(self.period.year, self.period.end)

    def _works_in_doubt(self, undertaking: str) -> pl.DataFrame:
        """One row for each member that a work set aside may belong to: all of the area that its row still tells."""
        doubts = self.in_period(self.facts.works_in_doubt.filter(pl.col("item") == undertaking))["area_id"]
        found = [
            member
            for doubt in doubts
            for member in self._population()["entity_id"]
            if doubt is None or self.catalog.lies_in(member, doubt)
        ]
        return pl.DataFrame({"area_id": found}, schema={"area_id": pl.String})

    @property
    def is_registered(self) -> bool:
        """Whether it is known whom the figure counts: named by the plan, or by a register that has arrived."""
        name = self.indicator.population.register_name
        return name is None or not self.facts.registers.filter(pl.col("register") == name).is_empty()

    def in_period(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows whose period starts within that of the question."""
        return rows.filter(pl.col("period_start").is_between(self.period.start, self.period.end))

    def member_id(self) -> pl.Expr:
        """The member that a fact row is about."""
        if isinstance(self.indicator.numerator, NumeratorByStage):
            return pl.col("area_id")
        return pl.coalesce("entity_id", "area_id")

    @cached_property
    def _registered(self) -> pl.DataFrame:
        """Entries of the figure's register that hold in the period; one that lies nobody knows where is the plan's."""
        inside = [a.id for level in _LEVELS for a in self.catalog.children(self.plan.area, level)]
        name = self.indicator.population.register_name or ""
        rows = self.facts.registers.filter(pl.col("register") == name)
        return (
            rows.with_columns(pl.col("area_id").fill_null(self.plan.area))
            .filter(pl.col("area_id").is_in(inside) & valid_in(self.period))
            .unique("entity_id", keep="last", maintain_order=True)
        )

    @cached_property
    def _doubtful(self) -> pl.Series:
        """Members whose entry in the register was set aside: whatever arrived of them cannot be judged."""
        return self._registered.filter("is_set_aside")["entity_id"]

    def _members(self) -> pl.DataFrame:
        numerator = self.indicator.numerator
        if isinstance(numerator, NumeratorByAmount):
            return self._by_amounts(numerator.amount)
        if isinstance(numerator, NumeratorByState):
            of_item = (pl.col("item") == numerator.state) & self._is_clear()
            states = self.in_period(self.facts.states.filter(of_item))
            arrived = self._arrived(states)
            return members.by_states(self._population(), states, counted=numerator.counts, arrived=arrived)
        if isinstance(numerator, NumeratorByStage):
            known = self.works.filter(pl.col("stage").is_not_null())
            only_doubts = self.works.join(known, on="area_id", how="anti")["area_id"].unique()
            arrived = _with_set_aside(self._arrived(known), only_doubts)
            return members.by_stage(self._population(), self.works.select("area_id", "reached"), arrived=arrived)
        return self._by_water_class(numerator.water_class)

    def _by_amounts(self, amount: str) -> pl.DataFrame:
        denominator = self.indicator.denominator
        if not isinstance(denominator, DenominatorByAmount):
            raise TypeError(f"{self.indicator.id}: an amount over members is no ratio")
        items = pl.col("item").is_in([amount, denominator.amount])
        both = self.in_period(self.facts.amounts).filter(items & self._is_clear())
        wide = both.group_by(entity_id=self.member_id()).agg(
            numerator=_sum_if_told(pl.col("value").filter(pl.col("item") == amount)),
            denominator=_sum_if_told(pl.col("value").filter(pl.col("item") == denominator.amount)),
        )
        most = next(self.catalog.fields[a.field].maximum for a in self.source.amounts if a.item == denominator.amount)
        return members.by_amounts(self._population(), wide, arrived=self._arrived(both), denominator_maximum=most)

    def _by_water_class(self, counted: list[str]) -> pl.DataFrame:
        names = next(iter(self.catalog.standards.values())).class_names
        years = self.facts.section_years
        return members.by_water_class(
            self._population(),
            years.select("entity_id", "water_class", "class_best", "class_worst"),
            counted=[names.index(c) + 1 for c in counted],
            arrived=_with_set_aside(self._sections_arrived(), self._doubtful),
            dry=years.filter("is_dry")["entity_id"].to_list(),
        )

    def _sections_arrived(self) -> pl.DataFrame:
        known = self.facts.sections_arrived.select("entity_id", "was_set_aside").unique()
        return pl.concat([known, self._within_refused()]).unique("entity_id", keep="first", maintain_order=True)

    def _population(self) -> pl.DataFrame:
        if self.indicator.population.named_places:
            areas = [self.catalog.areas[a] for a in self.target.places]
            named = [{"entity_id": a.id, "name": a.name.zh, "area_id": a.id} for a in areas]
            return pl.DataFrame(named, schema=dict.fromkeys(members.DESCRIPTION, pl.String))
        return self._registered.select(members.DESCRIPTION)

    def _arrived(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Members of whom anything arrived, and whether all of it was set aside."""
        good = rows.select(entity_id=self.member_id()).unique().with_columns(was_set_aside=pl.lit(False))
        broken = self.in_period(self.facts.set_aside.filter(pl.col("source") == self.source.id))
        aside = broken.select(entity_id=self.member_id()).drop_nulls().unique()
        both = pl.concat([good, aside.with_columns(was_set_aside=pl.lit(True)), self._within_refused()])
        return _with_set_aside(both.unique("entity_id", keep="first", maintain_order=True), self._doubtful)

    def _within_refused(self) -> pl.DataFrame:
        """Members that a file which could not be read may have told of: whoever sent it has delivered."""
        of_source = self.facts.refused.filter(pl.col("source") == self.source.id)
        areas = [
            area or self.plan.area
            for area, period in of_source.select("area_id", "period").iter_rows()
            if not period or period[:4] == self.period.label[:4]
        ]
        members_ = self._population().select("entity_id", pl.col("area_id").fill_null(self.plan.area))
        inside = [m for m, area in members_.iter_rows() if any(self.catalog.lies_in(area, a) for a in areas)]
        return pl.DataFrame(
            {"entity_id": inside, "was_set_aside": True}, schema={"entity_id": pl.String, "was_set_aside": pl.Boolean}
        )

    def _is_clear(self) -> pl.Expr:
        return ~self.member_id().is_in(self._doubtful.to_list()).fill_null(False)

    def _with_levels(self, rows: pl.DataFrame) -> pl.DataFrame:
        ids = rows["area_id"].to_list()
        return rows.with_columns(
            pl.Series(level, [self._above(a, level) for a in ids], dtype=pl.String) for level in _LEVELS
        )

    def _above(self, area_id: str | None, level: str) -> str | None:
        current = area_id
        while current is not None and current in self.catalog.areas:
            area = self.catalog.areas[current]
            if area.level == level:
                return current
            current = area.parent
        return None


def _work_of(source: Source) -> str | None:
    return source.undertaking.item if source.undertaking else None


def _sites_of(source: Source) -> str | None:
    return source.entity.register_name if source.readings and source.entity else None


def _items(declared: list[ItemField]) -> set[str]:
    return {i.item for i in declared}


def _with_set_aside(arrived: pl.DataFrame, doubtful: pl.Series) -> pl.DataFrame:
    """Of the doubtful members something has been delivered, and all of it was set aside."""
    clear = arrived.select("entity_id", "was_set_aside").unique().filter(~pl.col("entity_id").is_in(doubtful.to_list()))
    return pl.concat([clear, pl.DataFrame({"entity_id": doubtful}).with_columns(was_set_aside=pl.lit(True))])


def _sum_if_told(values: pl.Expr) -> pl.Expr:
    """The sum, or null where nothing (or an empty cell) is summed: an unanswered amount is not zero."""
    return pl.when((values.len() > 0) & (values.null_count() == 0)).then(values.sum())
