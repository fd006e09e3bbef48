"""Every figure of a plan's year: members summed by scope, judged, printed and named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.models import NumeratorByAmount, NumeratorByStage, NumeratorByState, Plan, ScopeKind
from analytics.compute import kinds, members, verdict
from analytics.periods import year_of
from analytics.pipeline.lineage import lineage_of
from analytics.pipeline.population import Facts, Question
from analytics.present.numbers import print_value
from analytics.runs import digest

GRADES = ("self_reported", "documented", "verified_on_site")
# Scopes whose rows are single members of the population: the text judges each of them by itself.
MEMBER_SCOPES: tuple[ScopeKind, ...] = ("section", "zone", "plant", "reach")
# Scopes of which every area stands in the table, also one without a member.
_WHOLE_SCOPES: tuple[ScopeKind, ...] = ("province", "city", "county")
VALUE_COLUMNS = (
    *("plan_id", "indicator", "code", "scope_kind", "scope_id", "scope_name", "stratum"),
    *("period_start", "period_end", "value", "unit", "numerator", "denominator", "used", "expected"),
    *("low", "high", "target", "comparison", "strength", "gap", "verdict", "is_breach"),
    *("evidence_grade", "value_printed", "method_version", "number_id"),
)
MEMBER_COLUMNS = (
    *("code", "indicator", "period_start", *members.COLUMNS),
    *("verdict", "reached_on", "evidence_grade"),
)


@dataclass(frozen=True)
class Figures:
    """Values, members and lineage of every figure, ready for their tables."""

    values: pl.DataFrame
    members: pl.DataFrame
    lineage: pl.DataFrame


def figures_of(plan: Plan, year: int, facts: Facts, catalog: Catalog) -> Figures:
    """Every figure that the plan promises for the year, at every scope its indicator declares."""
    answers = [_Answer(Question(plan, target, year_of(year), facts, catalog)) for _, target in catalog.targets(plan)]
    return Figures(
        values=pl.concat(a.values for a in answers),
        members=pl.concat(a.members for a in answers),
        lineage=pl.concat(lineage_of(a.question, a.entities_by_number()) for a in answers),
    )


class _Answer:
    """One target's figure: its members with their verdicts, and its value at every scope."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.target = question.target
        self.indicator = question.indicator
        self.members = self._member_rows()
        self._by_scope = {scope: self._judged(scope) for scope in self.indicator.scopes}
        self.values = pl.concat(self._by_scope.values())

    def _member_rows(self) -> pl.DataFrame:
        """Rows of figure_member; of named works with verdict, date and evidence."""
        question = self.question
        rows = question.members.with_columns(
            code=pl.lit(self.target.code),
            indicator=pl.lit(self.indicator.id),
            period_start=pl.lit(question.period.start),
        )
        if not isinstance(self.indicator.numerator, NumeratorByStage):
            return rows.with_columns(
                verdict=pl.lit(None, pl.String),
                reached_on=pl.lit(None, pl.Date),
                evidence_grade=pl.lit(None, pl.String),
            ).select(MEMBER_COLUMNS)
        reached_on = pl.col("reached_on")
        works = question.works.group_by("area_id").agg(
            reached=pl.col("reached").all(ignore_nulls=False),
            is_stale=pl.col("is_stale").any(),
            reached_on=pl.when(reached_on.null_count() == 0).then(reached_on.max()),
            evidence_grade=pl.col("evidence_grade").cast(pl.Enum(GRADES)).min().cast(pl.String),
        )
        joined = rows.join(works, left_on="entity_id", right_on="area_id", how="left")
        dated = joined.with_columns(pl.col("is_stale").fill_null(False), deadline=pl.lit(question.deadline))
        return dated.with_columns(verdict=verdict.dated_work(as_of=question.facts.as_of)).select(MEMBER_COLUMNS)

    def _judged(self, scope: ScopeKind) -> pl.DataFrame:
        """Rows of indicator_value at one scope."""
        period = self.question.period
        summed = self._with_every_area(self._summed(scope), scope)
        rows = summed.with_columns(
            plan_id=pl.lit(self.question.plan.id),
            indicator=pl.lit(self.indicator.id),
            code=pl.lit(self.target.code),
            scope_kind=pl.lit(scope),
            scope_name=self._names(summed["scope_id"], scope),
            stratum=pl.lit(None, pl.String),
            period_start=pl.lit(period.start),
            period_end=pl.lit(period.end),
            unit=pl.lit(self.indicator.unit),
            target=pl.lit(self._target_at(scope), pl.Float64),
            comparison=pl.lit(self.target.comparison),
            strength=pl.lit(self.target.strength),
            due=pl.lit(period.end),
            method_version=pl.lit(self.indicator.method_version, pl.Int32),
        )
        rows = verdict.judged(rows, as_of=self.question.facts.as_of)
        if self.indicator.kind == "list":
            rows = self._by_the_works(rows, scope)
        rows = rows.with_columns(self._grades(rows, scope), self._printed(rows))
        return rows.with_columns(self._number_ids(rows, scope)).select(VALUE_COLUMNS)

    def _column(self, scope: ScopeKind) -> str:
        return "entity_id" if scope in MEMBER_SCOPES else scope

    def _summed(self, scope: ScopeKind) -> pl.DataFrame:
        column = self._column(scope)
        held = self.question.members.filter(pl.col(column).is_not_null())
        kind = kinds.ratio if self.indicator.kind == "ratio" else kinds.count
        return kind(held, by=[column]).rename({column: "scope_id"})

    def _with_every_area(self, rows: pl.DataFrame, scope: ScopeKind) -> pl.DataFrame:
        """An area without a member stands as well: it is not applicable, not absent.

        Before its register has arrived nobody knows how many members there are (`expected` null).
        """
        if scope not in _WHOLE_SCOPES:
            return rows.sort("scope_id")
        areas = self.question.catalog.children(self.question.plan.area, scope)
        every = pl.DataFrame({"scope_id": [a.id for a in areas]}, schema={"scope_id": pl.String})
        return (
            every.join(rows, on="scope_id", how="left")
            .with_columns(pl.col("used", "expected", "delivered").fill_null(0))
            .with_columns(pl.when(pl.lit(self.question.is_registered)).then("expected"))
            .sort("scope_id")
        )

    def _names(self, ids: pl.Series, scope: ScopeKind) -> pl.Series:
        areas = self.question.catalog.areas
        own = dict(zip(self.members["entity_id"], self.members["name"], strict=True))
        names = [own[i] if scope in MEMBER_SCOPES else areas[i].name.zh if i in areas else i for i in ids]
        return pl.Series(names, dtype=pl.String)

    def _target_at(self, scope: ScopeKind) -> float | None:
        """The target holds at the level its text sets, and for each single member that the text judges."""
        promised = self.target.value.get(self.question.period.year)
        if scope == self.target.level:
            return promised
        if scope in MEMBER_SCOPES and promised is not None:
            return 1.0 if self.indicator.kind == "list" else promised
        return None

    def _by_the_works(self, rows: pl.DataFrame, scope: ScopeKind) -> pl.DataFrame:
        """Dated works are judged each by its own date, the list by all of them."""
        by_id = dict(zip(self.members["entity_id"], self.members["verdict"], strict=True))
        whole = verdict.of_list(self.members["verdict"])
        found = [by_id[i] if scope in MEMBER_SCOPES else whole for i in rows["scope_id"]]
        return verdict.with_breach(rows.with_columns(verdict=pl.Series(found, dtype=pl.String)))

    def _grades(self, rows: pl.DataFrame, scope: ScopeKind) -> pl.Series:
        """Evidence behind the number: the weakest of the works done; what is stated is self-reported."""
        numerator = self.indicator.numerator
        ids = rows["scope_id"]
        found: list[str | None] = [None] * len(ids)
        if isinstance(numerator, NumeratorByStage):
            by_id = dict(zip(self.members["entity_id"], self.members["evidence_grade"], strict=True))
            done = self.members.filter(pl.col("numerator") == 1)["evidence_grade"].drop_nulls()
            weakest = min(done, key=GRADES.index, default=None)
            found = [by_id.get(i) if scope in MEMBER_SCOPES else weakest for i in ids]
        elif isinstance(numerator, NumeratorByAmount | NumeratorByState):
            found = [GRADES[0] if used else None for used in rows["used"]]
        return pl.Series("evidence_grade", found, dtype=pl.String)

    def _printed(self, rows: pl.DataFrame) -> pl.Series:
        decimals = self.indicator.decimals
        printed = [
            print_value(value, decimals=decimals, target=target, comparison=comparison)
            for value, target, comparison in rows.select("value", "target", "comparison").iter_rows()
        ]
        return pl.Series("value_printed", printed, dtype=pl.String)

    def _number_ids(self, rows: pl.DataFrame, scope: ScopeKind) -> pl.Series:
        """Code, scope, period and eight digits of everything that the number is made of."""
        settings = " ".join(f"{k}={s.value}" for k, s in sorted(self.question.plan.settings.items()))
        method = f"{self.indicator.id} {self.indicator.method_version} {settings}"
        column = self._column(scope)
        contributions = [c for c in members.COLUMNS if c not in members.DESCRIPTION[1:]]
        behind = {
            key[0]: group.select(contributions).sort("entity_id").write_csv()
            for key, group in self.question.members.group_by(column)
        }
        ids = []
        for scope_id, *judged in rows.select("scope_id", "target", "comparison", "verdict").iter_rows():
            inputs = digest([method, repr(judged), behind.get(scope_id, "")])
            # A basin may bear the name of its river.
            place = f"{scope}:{scope_id}" if scope in ("basin", "river") else scope_id
            ids.append(f"{self.target.code}-{place}-{self.question.period.label}-{inputs[:8]}")
        return pl.Series("number_id", ids, dtype=pl.String)

    def entities_by_number(self) -> Iterator[tuple[str, list[str]]]:
        """Each number with the members behind it."""
        for scope, rows in self._by_scope.items():
            held = self.question.members.group_by(self._column(scope)).agg(pl.col("entity_id").sort().alias("_ids"))
            by_scope = dict(held.iter_rows())
            for number, scope_id in rows.select("number_id", "scope_id").iter_rows():
                yield number, by_scope.get(scope_id, [])
