"""One target's figure: its members summed by scope, judged, printed and named; and what stands beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from analytics.catalog import indicator as shapes
from analytics.catalog.indicator import Companion, ScopeKind
from analytics.catalog.plan import Target
from analytics.compute import kinds, members, verdict
from analytics.periods import year_of
from analytics.pipeline.contributions import members_of, works_of
from analytics.pipeline.question import LEVELS, Question
from analytics.present.numbers import print_value
from analytics.runs import digest

GRADES = ("self_reported", "documented", "verified_on_site")
# Scopes whose rows are single members of the population: the text judges each of them by itself.
MEMBER_SCOPES: tuple[ScopeKind, ...] = ("section", "zone", "plant", "reach", "work", "body", "urban_area")
RECOGNISED = "recognised"
BEFORE = "previous_year"
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


@dataclass
class Answer:
    """One target's figure: its members with their verdicts, and its value at every scope."""

    question: Question
    shortfalls: pl.DataFrame | None = None
    _behind: dict[str, list[str]] = field(default_factory=dict)

    @property
    def target(self) -> Target:
        """What the plan promises."""
        return self.question.target

    @property
    def indicator(self) -> shapes.Indicator:
        """How the figure is computed."""
        return self.question.indicator

    @cached_property
    def held(self) -> pl.DataFrame:
        """The member frame, with levels."""
        return self.shortfalls if self.shortfalls is not None else members_of(self.question)

    @cached_property
    def before(self) -> pl.DataFrame | None:
        """The member frame of the year before, of a change."""
        if self.indicator.kind != "change":
            return None
        return members_of(self.question.of_year(self.question.year - 1))

    @cached_property
    def works(self) -> pl.DataFrame | None:
        """Works, of a figure that counts them."""
        return works_of(self.question) if isinstance(self.indicator.numerator, shapes.ByStage) else None

    # Members

    @cached_property
    def members(self) -> pl.DataFrame:
        """Rows of figure_member; of named works with verdict, date and evidence; of a change those of both years."""
        frames = [self.held.with_columns(part=self._part_now())]
        if self.before is not None:
            frames.append(self.before.with_columns(part=pl.lit(str(self.question.year - 1))))
        rows = pl.concat(frames).with_columns(
            code=pl.lit(self.target.code),
            indicator=pl.lit(self.indicator.id),
            period_start=pl.lit(self.question.period.start),
        )
        return self._with_works(rows).select(MEMBER_COLUMNS)

    def _part_now(self) -> pl.Expr:
        return pl.lit(str(self.question.year)) if self.before is not None else pl.col("part")

    def _with_works(self, rows: pl.DataFrame) -> pl.DataFrame:
        if self.works is None or self.indicator.population.named != "works":
            nothing = {"verdict": pl.String, "reached_on": pl.Date, "evidence_grade": pl.String}
            return rows.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in nothing.items())
        reached_on = pl.col("reached_on")
        told = self.works.group_by("entity_id").agg(
            reached=pl.col("reached").all(ignore_nulls=False),
            is_stale=pl.col("is_stale").any(),
            reached_on=pl.when(reached_on.null_count() == 0).then(reached_on.max()),
            evidence_grade=pl.col("evidence_grade").cast(pl.Enum(GRADES)).min().cast(pl.String),
            deadline=pl.col("due_on").max(),
        )
        joined = rows.join(told, on="entity_id", how="left").with_columns(
            pl.col("is_stale").fill_null(False), pl.col("deadline").fill_null(self.question.due)
        )
        own = verdict.dated_work if self.is_dated else verdict.undated_work
        return joined.with_columns(verdict=own(as_of=self.question.facts.as_of))

    @property
    def is_dated(self) -> bool:
        """Whether the works have a day by which they must be done: the text's, or each its own."""
        return bool(self.target.deadline) or (self.target.is_open and not self.target.works)

    # Values

    @cached_property
    def _by_scope(self) -> dict[ScopeKind, pl.DataFrame]:
        return {scope: self._rows(scope) for scope in self.indicator.scopes}

    @cached_property
    def values(self) -> pl.DataFrame:
        """Rows of indicator_value at every scope, and beside those of the province its companions."""
        return pl.concat([*self._by_scope.values(), *self._beside()])

    def _rows(self, scope: ScopeKind) -> pl.DataFrame:
        summed = self._with_every_area(self._summed(scope), scope)
        return self._finished(
            summed, scope, stratum=self._stratum(scope), target=self._targets(summed["scope_id"], scope)
        )

    def _column(self, scope: ScopeKind) -> str:
        return "entity_id" if scope in MEMBER_SCOPES else scope

    def _summed(self, scope: ScopeKind) -> pl.DataFrame:
        column = self._column(scope)
        mine = self.held.filter(pl.col(column).is_not_null())
        if self.before is not None and self.indicator.change is not None:
            earlier = self.before.filter(pl.col(column).is_not_null())
            return kinds.change(mine, earlier, by=[column], how=self.indicator.change).rename({column: "scope_id"})
        return _sum(self.indicator, mine, column).rename({column: "scope_id"})

    def _with_every_area(self, rows: pl.DataFrame, scope: ScopeKind) -> pl.DataFrame:
        """An area without a member stands as well: it is not applicable, not absent.

        Before its register has arrived nobody knows how many members there are (`expected` null).
        """
        if scope not in LEVELS:
            return rows.sort("scope_id")
        areas = self.question.catalog.children(self.question.plan.area, scope)
        every = pl.DataFrame({"scope_id": [a.id for a in areas]}, schema={"scope_id": pl.String})
        return (
            every.join(rows, on="scope_id", how="left")
            .with_columns(pl.col("used", "expected", "delivered").fill_null(0))
            .with_columns(pl.when(pl.lit(self._is_counted)).then("expected"))
            .sort("scope_id")
        )

    @property
    def _is_counted(self) -> bool:
        """Whether it is known how many there are."""
        return self.question.is_registered and not (self.shortfalls is not None and self.shortfalls.is_empty())

    def _stratum(self, scope: ScopeKind) -> str | None:
        """The part of a division that the target is about, where there are others."""
        if scope != "urban_area" or self.indicator.id != "combined_sewer_conversion":
            return None
        return self.target.place_set or (f"rest_of_{self.target.rest_of}" if self.target.rest_of else "named_places")

    def _finished(
        self, summed: pl.DataFrame, scope: ScopeKind, *, stratum: str | None, target: pl.Series
    ) -> pl.DataFrame:
        question, period = self.question, self.question.period
        rows = summed.with_columns(
            plan_id=pl.lit(question.plan.id),
            indicator=pl.lit(self.indicator.id),
            code=pl.lit(self.target.code),
            scope_kind=pl.lit(scope),
            scope_name=self._names(summed["scope_id"], scope),
            stratum=pl.lit(stratum, pl.String),
            period_start=pl.lit(period.start),
            period_end=pl.lit(period.end),
            unit=pl.lit(self.indicator.unit),
            target=target,
            comparison=pl.lit(self.target.comparison),
            strength=pl.lit(self.target.strength),
            due=pl.lit(question.due),
            method_version=pl.lit(self.indicator.method_version, pl.Int32),
        )
        rows = self._judged(rows, scope)
        rows = rows.with_columns(self._grades(rows, scope), self._printed(rows))
        return rows.with_columns(self._number_ids(rows, scope)).select(VALUE_COLUMNS)

    def _judged(self, rows: pl.DataFrame, scope: ScopeKind) -> pl.DataFrame:
        rounded = self._as_judged(rows)
        rows = verdict.judged(rounded, as_of=self.question.facts.as_of).with_columns(
            rows["value"], rows["low"], rows["high"]
        )
        if self.indicator.kind == "narrative":
            rows = verdict.instead(rows, "by_judgement")
        elif not isinstance(self.indicator.numerator, shapes.ByStage) and self.indicator.kind == "list":
            rows = verdict.instead(rows, "list_only")
        elif self.indicator.kind == "list" and rows["stratum"].null_count() == rows.height:
            rows = self._by_the_works(rows, scope)
        return rows

    def _as_judged(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows with the value that is compared: the unrounded one unless the indicator says otherwise."""
        if self.indicator.judge_on == "unrounded":
            return rows
        return rows.with_columns(pl.col("value", "low", "high").round(self.indicator.decimals, mode="half_to_even"))

    def _names(self, ids: pl.Series, scope: ScopeKind) -> pl.Series:
        areas = self.question.catalog.areas
        own = dict(zip(self.held["entity_id"], self.held["name"], strict=True))
        names = [own[i] if scope in MEMBER_SCOPES else areas[i].name.zh if i in areas else i for i in ids]
        return pl.Series(names, dtype=pl.String)

    def _targets(self, ids: pl.Series, scope: ScopeKind) -> pl.Series:
        """The target holds at the level its text sets, for each single member that the text judges, and for each area
        that a breakdown holds to a part of it."""
        question = self.question
        promised = question.catalog.promised(question.plan, self.target, question.year)
        if self.indicator.kind == "list" and self.target.is_open and promised is not None:
            promised = float(max(promised, len(question.named_works)))
        at_level = promised if scope == self.target.level and not question.setting_missing else None
        if scope in MEMBER_SCOPES and promised is not None and scope != self.target.level:
            at_level = 1.0 if self.indicator.kind == "list" else promised
        found = [at_level] * len(ids)
        if at_level is None and scope in LEVELS and not question.setting_missing:
            found = [self._part_of_breakdown(area) for area in ids]
        return pl.Series(found, dtype=pl.Float64)

    def _part_of_breakdown(self, area: str) -> float | None:
        """What a breakdown holds the area to; the whole is held to nothing but the text."""
        question = self.question
        if area == question.plan.area:
            return None
        return question.catalog.promised(question.plan, self.target, question.year, area)

    def _by_the_works(self, rows: pl.DataFrame, scope: ScopeKind) -> pl.DataFrame:
        """Dated works are judged each by its own date, the list by all of them; an open list of none stays as it is."""
        if self.members.is_empty():
            return rows
        by_id = dict(zip(self.members["entity_id"], self.members["verdict"], strict=True))
        whole = verdict.of_list(self.members["verdict"])
        found = [by_id[i] if scope in MEMBER_SCOPES else whole for i in rows["scope_id"]]
        return verdict.with_breach(rows.with_columns(verdict=pl.Series(found, dtype=pl.String)))

    def _grades(self, rows: pl.DataFrame, scope: ScopeKind) -> pl.Series:
        """Evidence behind the number: the weakest of the works done; what is stated is self-reported."""
        ids = rows["scope_id"]
        found: list[str | None] = [None] * len(ids)
        if isinstance(self.indicator.numerator, shapes.ByStage) and self.works is not None:
            by_id = dict(self.members.select("entity_id", "evidence_grade").iter_rows())
            done = (
                self.works.filter(pl.col("reached").fill_null(False)).select("entity_id", "evidence_grade").drop_nulls()
            )
            weakest = min(done["evidence_grade"], key=GRADES.index, default=None)
            found = [by_id.get(i) if scope in MEMBER_SCOPES else weakest for i in ids]
        elif isinstance(self.indicator.numerator, shapes.ByAmount | shapes.ByStates | shapes.ByFormula | shapes.ByMean):
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
        question = self.question
        settings = " ".join(
            f"{k}={question.catalog.setting(question.plan, k).value}" for k in sorted(question.plan.settings)
        )
        method = f"{self.indicator.id} {self.indicator.method_version} {settings}"
        column = self._column(scope)
        contributions = [c for c in members.COLUMNS if c not in ("name", "area_id", "basin", "river")]
        both = pl.concat([self.held, *([self.before] if self.before is not None else [])])
        behind = {
            key[0]: group.select(contributions).sort("entity_id", "part", "numerator").write_csv()
            for key, group in both.group_by(column)
        }
        entities = self._members_by(column)
        ids = []
        for scope_id, stratum, *judged in rows.select(
            "scope_id", "stratum", "target", "comparison", "verdict", "value"
        ).iter_rows():
            inputs = digest([method, repr(judged[:-1]), behind.get(scope_id, ""), repr(judged[-1]) if stratum else ""])
            # A basin may bear the name of its river; a companion has a name of its own.
            place = f"{scope}:{scope_id}" if scope in ("basin", "river") else scope_id
            beside = f"~{stratum}" if stratum and scope not in MEMBER_SCOPES else ""
            number = f"{self.target.code}-{place}{beside}-{question.period.label}-{inputs[:8]}"
            self._behind[number] = entities.get(scope_id, [])
            ids.append(number)
        return pl.Series("number_id", ids, dtype=pl.String)

    def _members_by(self, column: str) -> dict[str, list[str]]:
        held = self.held.group_by(column).agg(pl.col("entity_id").unique().sort().alias("_ids"))
        return dict(held.iter_rows())

    def entities_by_number(self) -> Iterator[tuple[str, list[str]]]:
        """Each number with the members behind it."""
        for number in self.values["number_id"]:
            yield number, self._behind[number]

    # Beside the figure

    def _beside(self) -> Iterator[pl.DataFrame]:
        """Companions, the class that the nation recognised, the change of the year before: shown for the province."""
        for companion in self.indicator.companions:
            yield self._companion(companion)
        if self._has_recognised():
            yield self._other(self.question.recognised(), RECOGNISED, judged=True)
        if self.indicator.change == "percent":
            yield self._other(self.question.of_year(self.question.year - 1), BEFORE, judged=False)

    def _companion(self, companion: Companion) -> pl.DataFrame:
        changes: dict[str, object] = {
            "numerator": companion.numerator or self.indicator.numerator,
            "denominator": companion.denominator or self.indicator.denominator,
            "companions": [],
        }
        counted = self.indicator.model_copy(update=changes)
        question = self.question.with_indicator(counted, months=tuple(companion.months))
        return self._other(question, companion.id, judged=False)

    def _has_recognised(self) -> bool:
        by_class = isinstance(self.indicator.numerator, shapes.ByWaterClass | shapes.ByTargetClass)
        states = self.question.facts.states
        return (
            by_class
            and not self.question.told_of_window(states.filter(pl.col("item") == "recognised_class")).is_empty()
        )

    def _other(self, question: Question, stratum: str, *, judged: bool) -> pl.DataFrame:
        """The province's row of another question, under the name of a stratum."""
        other = Answer(question)
        summed = other._summed("province").filter(pl.col("scope_id") == question.plan.area)
        target = (
            self._targets(summed["scope_id"], "province")
            if judged
            else pl.Series([None] * summed.height, dtype=pl.Float64)
        )
        own = year_of(self.question.year)
        rows = Answer(self.question, shortfalls=other.held)._finished(
            summed, "province", stratum=stratum, target=target
        )
        entities = other._members_by("province").get(question.plan.area, [])
        self._behind |= dict.fromkeys(rows["number_id"], entities)
        return (
            rows
            if self.target.window
            else rows.with_columns(period_start=pl.lit(own.start), period_end=pl.lit(own.end))
        )

    # What others ask of it

    @cached_property
    def whole_verdict(self) -> str:
        """How the promise as a whole stands: at the level of its text, all of the areas there together."""
        rows = self._by_scope[self.target.level]
        return rows["verdict"][0] if self.target.level == "province" else verdict.of_all(rows["verdict"].to_list())

    @property
    def is_breach(self) -> bool:
        """Whether any row at the level of the text is a breach."""
        return bool(self._by_scope[self.target.level]["is_breach"].any())

    def areas_short(self) -> tuple[list[str], bool]:
        """Cities in which a named work, an area that the text judges, or a member fell short of the figure; and whether
        anything was told of at all."""
        used = self.held.filter(pl.col("status") == "used")
        city = dict(self.held.select("entity_id", "city").unique("entity_id").iter_rows())
        if self.works is not None and self.indicator.population.named == "works":
            short = self.members.filter(pl.col("verdict") == "not_met")["entity_id"].to_list()
        elif self.target.level != "province":
            rows = self._by_scope[self.target.level]
            short = rows.filter(pl.col("verdict") == "not_met")["scope_id"].to_list()
            city |= {i: i for i in rows["scope_id"] if self.target.level == "city"}
        else:
            better = (
                pl.col("numerator") > 0
                if self.indicator.better == "lower"
                else pl.col("numerator") < pl.col("denominator")
            )
            short = used.filter(better)["entity_id"].to_list()
        return sorted({city[i] for i in short if city.get(i)}), not used.is_empty()


def _sum(indicator: shapes.Indicator, rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """The members of each group as the indicator's kind sums them."""
    numerator = indicator.numerator
    if isinstance(numerator, shapes.ByLowest) or (
        isinstance(numerator, shapes.ByMean) and numerator.across == "lowest"
    ):
        return kinds.lowest(rows, by=[column])
    if isinstance(numerator, shapes.ByMean):
        return kinds.ratio(rows, by=[column], scale=1.0)
    if indicator.kind in ("ratio", "cover"):
        return kinds.ratio(rows, by=[column])
    return kinds.count(rows, by=[column])
