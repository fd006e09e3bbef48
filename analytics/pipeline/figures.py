"""Every figure of a plan's year: members from registers and facts, summed by scope, judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.models import (
    DenominatorByAmount,
    Indicator,
    NumeratorByAmount,
    NumeratorByStage,
    NumeratorByState,
    Plan,
    ScopeKind,
    Target,
)
from analytics.compute import kinds, members, verdict
from analytics.periods import Period, year_of
from analytics.present.numbers import print_value
from analytics.runs import digest

STAGES = ("preparation", "started", "completed", "trial", "accepted", "stable")
GRADES = ("self_reported", "documented", "verified_on_site")
# Scopes whose rows are single members of the population; the text judges each of them by itself.
MEMBER_SCOPES: tuple[ScopeKind, ...] = ("section", "zone", "plant", "reach")
_AREA_SCOPES = {"city": "city", "county": "county"}


@dataclass(frozen=True)
class Facts:
    """What the figures of a year are made of, as frames of the warehouse's tables."""

    registers: pl.DataFrame
    amounts: pl.DataFrame
    states: pl.DataFrame
    undertakings: pl.DataFrame
    set_aside: pl.DataFrame
    section_years: pl.DataFrame
    sections_arrived: pl.DataFrame
    as_of: date


@dataclass(frozen=True)
class Figures:
    """Values and members of every figure, ready for their tables."""

    values: pl.DataFrame
    members: pl.DataFrame
    lineage: pl.DataFrame


def figures_of(plan: Plan, year: int, facts: Facts, catalog: Catalog) -> Figures:
    """Every figure that the plan promises for the year, at every scope its indicator declares."""
    values, all_members, lineage = [], [], []
    for _, target in catalog.targets(plan):
        figure = _Figure(plan, target, catalog, year_of(year), facts)
        values.append(figure.values())
        all_members.append(figure.member_rows())
        lineage.append(figure.lineage())
    return Figures(pl.concat(values), pl.concat(all_members), pl.concat(lineage))


def valid_in(period: Period) -> pl.Expr:
    """Whether a register row holds at any time within the period."""
    return (pl.col("valid_from").fill_null(period.start) <= period.end) & (
        pl.col("valid_to").fill_null(period.end) >= period.start
    )


class _Figure:
    """One target's figure in one year."""

    def __init__(self, plan: Plan, target: Target, catalog: Catalog, period: Period, facts: Facts) -> None:
        self.plan = plan
        self.target = target
        self.catalog = catalog
        self.period = period
        self.facts = facts
        self.indicator: Indicator = catalog.indicators[target.indicator]
        self.works = self._works()
        self.members = self._with_scopes(self._members())
        self._judged: dict[ScopeKind, pl.DataFrame] = {}

    # Members ------------------------------------------------------------------------------------------

    def _population(self) -> pl.DataFrame:
        if self.indicator.population.named_places:
            rows = [
                {"entity_id": a, "name": self.catalog.areas[a].name.zh, "area_id": a}
                for a in self.target.places
            ]
            schema = dict.fromkeys(members.DESCRIPTION, pl.String)
            return pl.DataFrame(rows, schema=schema)
        inside = [a.id for level in ("province", "city", "county")
                  for a in self.catalog.children(self.plan.area, level)]
        return (
            self.facts.registers.filter(
                (pl.col("register") == self.indicator.population.register_name)
                & pl.col("area_id").is_in(inside)
                & valid_in(self.period)
            )
            .unique("entity_id", keep="last", maintain_order=True)
            .select(members.DESCRIPTION)
        )

    def _members(self) -> pl.DataFrame:
        numerator = self.indicator.numerator
        if isinstance(numerator, NumeratorByAmount):
            return self._by_amounts(numerator)
        if isinstance(numerator, NumeratorByState):
            states = self._in_period(self.facts.states.filter(pl.col("item") == numerator.state))
            return members.by_states(
                self._population(), states, counted=numerator.counts, arrived=self._arrived(states)
            )
        if isinstance(numerator, NumeratorByStage):
            return members.by_stage(
                self._population(), self.works.select("area_id", "reached"), arrived=self._arrived(self.works)
            )
        names = self.catalog.standards["gb3838_2002"].class_names
        return members.by_water_class(
            self._population(),
            self.facts.section_years.drop("is_dry"),
            counted=[names.index(c) + 1 for c in numerator.water_class],
            arrived=self.facts.sections_arrived,
            dry=self.facts.section_years.filter("is_dry")["entity_id"].to_list(),
        )

    def _by_amounts(self, numerator: NumeratorByAmount) -> pl.DataFrame:
        denominator = self.indicator.denominator
        if not isinstance(denominator, DenominatorByAmount):
            raise ValueError(f"{self.indicator.id}: amounts over members is no ratio")
        amounts = self._in_period(self.facts.amounts)
        both = amounts.filter(pl.col("item").is_in([numerator.amount, denominator.amount]))
        wide = both.group_by(entity_id=pl.coalesce("entity_id", "area_id")).agg(
            numerator=_sum_if_any(pl.col("value").filter(pl.col("item") == numerator.amount)),
            denominator=_sum_if_any(pl.col("value").filter(pl.col("item") == denominator.amount)),
        )
        return members.by_amounts(
            self._population(),
            wide,
            arrived=self._arrived(both),
            denominator_maximum=self._most_of(denominator.amount),
        )

    def _most_of(self, item: str) -> float | None:
        for source in self.catalog.sources.values():
            for amount in source.amounts:
                if amount.item == item:
                    return self.catalog.fields[amount.field].maximum
        return None

    def _works(self) -> pl.DataFrame:
        """Works of a list with whether and when each reached the stage."""
        numerator = self.indicator.numerator
        if not isinstance(numerator, NumeratorByStage):
            return pl.DataFrame()
        works = self._in_period(self.facts.undertakings.filter(pl.col("item") == numerator.undertaking))
        wanted = STAGES.index(numerator.reaches)
        reached = pl.col("stage").replace_strict(
            {s: i >= wanted for i, s in enumerate(STAGES)}, default=None, return_dtype=pl.Boolean
        )
        return works.with_columns(reached=reached, reached_on=pl.col(f"{numerator.reaches}_on"))

    def _in_period(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter(pl.col("period_start").is_between(self.period.start, self.period.end))

    def _sources(self) -> set[str]:
        """Sources that deliver the facts of this figure."""
        numerator = self.indicator.numerator
        found = set()
        for source in self.catalog.sources.values():
            items = {i.item for i in [*source.amounts, *source.states]}
            items |= {source.undertaking.item} if source.undertaking else set()
            named = {getattr(numerator, k, None) for k in ("amount", "state", "undertaking")} - {None}
            if items & named:
                found.add(source.id)
        return found

    def _arrived(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Members of whom anything arrived, and whether all of it was set aside."""
        key = "area_id" if isinstance(self.indicator.numerator, NumeratorByStage) else None
        member = pl.col(key) if key else pl.coalesce("entity_id", "area_id")
        good = rows.select(entity_id=member).unique().with_columns(was_set_aside=pl.lit(False))
        aside = self._in_period(
            self.facts.set_aside.filter(pl.col("source").is_in(list(self._sources())))
        ).select(entity_id=member).drop_nulls().unique().with_columns(was_set_aside=pl.lit(True))
        return pl.concat([good, aside]).unique("entity_id", keep="first", maintain_order=True)

    def _with_scopes(self, rows: pl.DataFrame) -> pl.DataFrame:
        ids = rows["area_id"].to_list()
        return rows.with_columns(
            province=pl.lit(self.plan.area),
            city=pl.Series([self._above(a, "city") for a in ids], dtype=pl.String),
            county=pl.Series([self._above(a, "county") for a in ids], dtype=pl.String),
        )

    def _above(self, area_id: str | None, level: str) -> str | None:
        current = area_id
        while current is not None and current in self.catalog.areas:
            area = self.catalog.areas[current]
            if area.level == level:
                return current
            current = area.parent
        return None

    # Values -------------------------------------------------------------------------------------------

    def values(self) -> pl.DataFrame:
        """Rows of indicator_value at every declared scope."""
        return pl.concat([self._at(scope) for scope in self.indicator.scopes])

    def _scope_column(self, scope: ScopeKind) -> str:
        return "entity_id" if scope in MEMBER_SCOPES else scope

    def _at(self, scope: ScopeKind) -> pl.DataFrame:
        if scope not in self._judged:
            self._judged[scope] = self._judge(scope)
        return self._judged[scope]

    def _judge(self, scope: ScopeKind) -> pl.DataFrame:
        column = self._scope_column(scope)
        held = self.members.filter(pl.col(column).is_not_null())
        summed = kinds.ratio(held, by=[column]) if self.indicator.kind == "ratio" else kinds.count(held, by=[column])
        rows = self._with_every_area(summed.rename({column: "scope_id"}), scope)
        rows = rows.with_columns(
            plan_id=pl.lit(self.plan.id),
            indicator=pl.lit(self.indicator.id),
            code=pl.lit(self.target.code),
            scope_kind=pl.lit(scope),
            scope_name=self._names(rows["scope_id"], scope),
            stratum=pl.lit(None, pl.String),
            period_start=pl.lit(self.period.start),
            period_end=pl.lit(self.period.end),
            unit=pl.lit(self.indicator.unit),
            target=pl.lit(self._target_at(scope), pl.Float64),
            comparison=pl.lit(self.target.comparison),
            strength=pl.lit(self.target.strength),
            due=pl.lit(self.period.end),
            method_version=pl.lit(self.indicator.method_version, pl.Int32),
        )
        rows = verdict.judged(rows, as_of=self.facts.as_of)
        if self.indicator.kind == "list":
            rows = self._judged_by_date(rows, scope)
        rows = rows.with_columns(self._grades(rows["scope_id"], scope), self._printed(rows))
        return rows.with_columns(number_id=self._number_ids(rows, column)).select(VALUE_COLUMNS)

    def _with_every_area(self, rows: pl.DataFrame, scope: ScopeKind) -> pl.DataFrame:
        """Areas of the scope without a member stand too: they are not applicable, not absent."""
        level = _AREA_SCOPES.get(scope)
        wanted = [self.plan.area] if scope == "province" else (
            [a.id for a in self.catalog.children(self.plan.area, level)] if level else []
        )
        if not wanted:
            return rows.sort("scope_id")
        every = pl.DataFrame({"scope_id": wanted}, schema={"scope_id": pl.String})
        return (
            every.join(rows, on="scope_id", how="left")
            .with_columns(pl.col("used", "expected", "delivered").fill_null(0))
            .sort("scope_id")
        )

    def _names(self, ids: pl.Series, scope: ScopeKind) -> pl.Series:
        if scope in MEMBER_SCOPES:
            names = dict(zip(self.members["entity_id"], self.members["name"], strict=True))
            return pl.Series([names[i] for i in ids], dtype=pl.String)
        areas = self.catalog.areas
        return pl.Series([areas[i].name.zh if i in areas else i for i in ids], dtype=pl.String)

    def _target_at(self, scope: ScopeKind) -> float | None:
        """The target holds at the level its text sets, and for each single member that the text names."""
        promised = self.target.value.get(self.period.year)
        if scope == self.target.level:
            return promised
        if scope in MEMBER_SCOPES and promised is not None:
            return 1.0 if self.indicator.kind == "list" else promised
        return None

    def _judged_by_date(self, rows: pl.DataFrame, scope: ScopeKind) -> pl.DataFrame:
        """Verdicts of dated works: each by its own date, the list by all of them."""
        works = self.member_rows()
        by_id = dict(zip(works["entity_id"], works["verdict"], strict=True))
        if scope in MEMBER_SCOPES:
            found = [by_id[i] for i in rows["scope_id"]]
        else:
            found = [verdict.of_list(works["verdict"])]
        return rows.with_columns(verdict=pl.Series(found, dtype=pl.String)).with_columns(
            is_breach=(pl.col("verdict") == "not_met")
            & ~pl.col("strength").is_in(verdict.NEVER_A_BREACH)
        )

    def _grades(self, ids: pl.Series, scope: ScopeKind) -> pl.Series:
        """Evidence behind the number: the weakest grade of its counted works; statements are self-reported."""
        numerator = self.indicator.numerator
        if isinstance(numerator, NumeratorByStage):
            works = self.member_rows().filter(pl.col("evidence_grade").is_not_null())
            done = works.filter(pl.col("numerator") == 1)
            by_id = dict(zip(works["entity_id"], works["evidence_grade"], strict=True))
            weakest = min(done["evidence_grade"], key=GRADES.index, default=None)
            found = [by_id.get(i) if scope in MEMBER_SCOPES else weakest for i in ids]
        elif isinstance(numerator, NumeratorByAmount | NumeratorByState):
            found = [GRADES[0]] * len(ids)
        else:
            found = [None] * len(ids)
        return pl.Series("evidence_grade", found, dtype=pl.String)

    def _printed(self, rows: pl.DataFrame) -> pl.Series:
        printed = [
            print_value(
                row["value"], decimals=self.indicator.decimals, target=row["target"], comparison=row["comparison"]
            )
            for row in rows.select("value", "target", "comparison").iter_rows(named=True)
        ]
        return pl.Series("value_printed", printed, dtype=pl.String)

    def _number_ids(self, rows: pl.DataFrame, column: str) -> pl.Series:
        contributions = {
            str(key[0]): group.select(members.COLUMNS[0], *members.COLUMNS[5:]).sort("entity_id")
            for key, group in self.members.group_by(column)
        }
        settings = "".join(f"{k}={v.value}" for k, v in sorted(self.plan.settings.items()))
        ids = []
        for row in rows.iter_rows(named=True):
            behind = contributions.get(row["scope_id"])
            inputs = digest(
                [
                    f"{self.indicator.id} {self.indicator.method_version} {row['target']} {settings}",
                    f"{row['comparison']} {row['verdict']}",
                    behind.write_csv() if behind is not None else "",
                ]
            )
            ids.append(f"{self.target.code}-{row['scope_id']}-{self.period.label}-{inputs[:8]}")
        return pl.Series(ids, dtype=pl.String)

    # What the figure stands on ------------------------------------------------------------------------

    def member_rows(self) -> pl.DataFrame:
        """Rows of figure_member, with the verdict of each dated work."""
        rows = self.members.with_columns(
            code=pl.lit(self.target.code),
            indicator=pl.lit(self.indicator.id),
            period_start=pl.lit(self.period.start),
            verdict=pl.lit(None, pl.String),
            reached_on=pl.lit(None, pl.Date),
            evidence_grade=pl.lit(None, pl.String),
        )
        if isinstance(self.indicator.numerator, NumeratorByStage):
            rows = self._with_work_verdicts(rows)
        return rows.select(MEMBER_COLUMNS)

    def _with_work_verdicts(self, rows: pl.DataFrame) -> pl.DataFrame:
        last = self.works.group_by("area_id").agg(
            reached=pl.col("reached").all(ignore_nulls=False),
            reached_on=pl.when(pl.col("reached_on").null_count() == 0).then(pl.col("reached_on").max()),
            evidence_grade=pl.col("evidence_grade").min_by(
                pl.col("evidence_grade").replace_strict(dict(zip(GRADES, range(3), strict=True)), default=None)
            ),
        )
        deadline = self.target.deadline.get(self.period.year, self.period.end)
        joined = rows.drop("reached_on", "evidence_grade").join(
            last, left_on="entity_id", right_on="area_id", how="left"
        )
        return joined.with_columns(deadline=pl.lit(deadline)).with_columns(
            verdict=verdict.dated_work(as_of=self.facts.as_of)
        )

    def lineage(self) -> pl.DataFrame:
        """Rows of lineage: which facts of which members stand behind each number."""
        rows = [
            {**fact, "number_id": number, "entities": ids, "period_start": self.period.start,
             "period_end": self.period.end}
            for scope in self.indicator.scopes
            for number, ids in self._entities_of(scope)
            for fact in self._facts_behind(ids)
        ]
        return pl.DataFrame(rows, schema=LINEAGE_SCHEMA)

    def _entities_of(self, scope: ScopeKind) -> Iterator[tuple[str, list[str]]]:
        column = self._scope_column(scope)
        held = self.members.group_by(column, maintain_order=True).agg("entity_id")
        by_scope = dict(zip(held[column], held["entity_id"].to_list(), strict=True))
        for row in self._at(scope).iter_rows(named=True):
            yield row["number_id"], by_scope.get(row["scope_id"], [])

    def _facts_behind(self, ids: list[str]) -> Iterator[dict[str, object]]:
        numerator = self.indicator.numerator
        if isinstance(numerator, NumeratorByAmount):
            items = [numerator.amount]
            if isinstance(self.indicator.denominator, DenominatorByAmount):
                items.append(self.indicator.denominator.amount)
            for item in items:
                yield self._fact("fact_amount", self.facts.amounts, item, ids)
        elif isinstance(numerator, NumeratorByState):
            yield self._fact("fact_state", self.facts.states, numerator.state, ids)
        elif isinstance(numerator, NumeratorByStage):
            yield self._fact("fact_undertaking", self.facts.undertakings, numerator.undertaking, ids)
        else:
            used = self.facts.sections_arrived.filter(pl.col("entity_id").is_in(ids))
            yield {
                "fact": "fact_reading",
                "item": "laboratory",
                "snapshots": sorted(set(used["snapshots"].explode().drop_nulls())),
                "rows_used": int(used["readings"].sum()),
            }

    def _fact(self, fact: str, rows: pl.DataFrame, item: str, ids: list[str]) -> dict[str, object]:
        member = pl.col("area_id") if fact == "fact_undertaking" else pl.coalesce("entity_id", "area_id")
        used = self._in_period(rows.filter(pl.col("item") == item)).filter(member.is_in(ids))
        return {"fact": fact, "item": item, "snapshots": sorted(set(used["snapshot"])), "rows_used": used.height}


def _sum_if_any(values: pl.Expr) -> pl.Expr:
    """The sum, or null where nothing (or an empty cell) is summed: an unanswered amount is not zero."""
    return pl.when((values.len() > 0) & (values.null_count() == 0)).then(values.sum())


VALUE_COLUMNS = (
    "plan_id", "indicator", "code", "scope_kind", "scope_id", "scope_name", "stratum", "period_start", "period_end",
    "value", "unit", "numerator", "denominator", "used", "expected", "low", "high", "target", "comparison", "strength",
    "gap", "verdict", "is_breach", "evidence_grade", "value_printed", "method_version", "number_id",
)
MEMBER_COLUMNS = (
    "code", "indicator", "period_start", "entity_id", "name", "area_id", "basin", "river", "numerator", "denominator",
    "numerator_low", "numerator_high", "denominator_high", "status", "reason", "verdict", "reached_on",
    "evidence_grade",
)
LINEAGE_SCHEMA = {
    "number_id": pl.String, "fact": pl.String, "item": pl.String, "entities": pl.List(pl.String),
    "period_start": pl.Date, "period_end": pl.Date, "snapshots": pl.List(pl.String), "rows_used": pl.Int64,
}
