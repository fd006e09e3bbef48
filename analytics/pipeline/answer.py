"""One target's answer: its sums judged, printed and named; its members with the verdicts of its works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from analytics.catalog import indicator as shapes
from analytics.catalog.indicator import MEMBER_SCOPES, ScopeKind
from analytics.catalog.plan import Target
from analytics.compute import members, verdict
from analytics.compute.plant_rewards import RULE_LACKING
from analytics.pipeline.each_area import taken_together
from analytics.pipeline.lineage import lineage_of
from analytics.pipeline.question import Question
from analytics.pipeline.sums import Sums
from analytics.present.numbers import print_value
from analytics.runs import digest

GRADES = ("self_reported", "documented", "verified_on_site")
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
# What is stated by whoever sends it, and seen by nobody else.
_STATED = shapes.ByAmount | shapes.ByStates | shapes.ByFormula | shapes.ByGuarantee | shapes.ByMean
_JUDGEMENT = ("verdict", "is_breach", "gap")
_NUMBERED = ("base", "scope_kind", "scope_id", "target", "comparison", "verdict")


def judged_together(sums: Sequence[Sums]) -> dict[str, Answer]:
    """The answers by code. All rows are judged in one frame, for a frame costs more than its rows."""
    if not sums:
        return {}
    as_of = sums[0].question.facts.as_of
    judgement = verdict.judged(pl.concat(s.compared for s in sums), as_of=as_of).select(_JUDGEMENT)
    answers: dict[str, Answer] = {}
    start = 0
    for one in sums:
        answers[one.target.code] = Answer(one, judgement.slice(start, one.rows.height))
        start += one.rows.height
    return answers


@dataclass(frozen=True)
class Answer:
    """One target's figure: its members with their verdicts, and its value at every scope."""

    sums: Sums
    judgement: pl.DataFrame

    @property
    def question(self) -> Question:
        """What was asked."""
        return self.sums.question

    @property
    def target(self) -> Target:
        """What the plan promises."""
        return self.sums.target

    @property
    def indicator(self) -> shapes.Indicator:
        """How the figure is computed."""
        return self.sums.indicator

    # Members

    @cached_property
    def members(self) -> pl.DataFrame:
        """Rows of figure_member; of named works with verdict, date and evidence; of a change those of both years."""
        own, year = self.sums.own, self.question.year
        frames = [own.held if own.before is None else own.held.with_columns(part=pl.lit(str(year)))]
        if own.before is not None:
            frames.append(own.before.with_columns(part=pl.lit(str(year - 1))))
        rows = pl.concat(frames).with_columns(
            code=pl.lit(self.target.code),
            indicator=pl.lit(self.indicator.id),
            period_start=pl.lit(self.question.period.start),
        )
        return self._with_works(rows).select(MEMBER_COLUMNS)

    def _with_works(self, rows: pl.DataFrame) -> pl.DataFrame:
        works = self.sums.works
        if works is None or self.indicator.population.named != "works":
            nothing = {"verdict": pl.String, "reached_on": pl.Date, "evidence_grade": pl.String}
            return rows.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in nothing.items())
        reached_on = pl.col("reached_on")
        told = works.group_by("entity_id").agg(
            reached=pl.col("reached").all(ignore_nulls=False),
            is_stale=pl.col("is_stale").any(),
            reached_on=pl.when(reached_on.null_count() == 0).then(reached_on.max()),
            evidence_grade=pl.col("evidence_grade").cast(pl.Enum(GRADES)).min().cast(pl.String),
            deadline=pl.col("due_on").max(),
        )
        joined = rows.join(told, on="entity_id", how="left").with_columns(
            pl.col("is_stale").fill_null(False), pl.col("deadline").fill_null(self.question.due)
        )
        own = verdict.dated_work if self.question.is_dated else verdict.undated_work
        return joined.with_columns(verdict=own(as_of=self.question.facts.as_of))

    # Values

    @cached_property
    def values(self) -> pl.DataFrame:
        """Rows of indicator_value at every scope, and beside those of the province its companions."""
        return pl.concat([self._own_values, taken_together(self._own_values, self.target.level)])

    @cached_property
    def _own_values(self) -> pl.DataFrame:
        question, period = self.question, self.question.period
        rows = self._judged.with_columns(
            plan_id=pl.lit(question.plan.id),
            indicator=pl.lit(self.indicator.id),
            code=pl.lit(self.target.code),
            period_start=pl.lit(period.start),
            period_end=pl.lit(period.end),
            method_version=pl.lit(self.indicator.method_version, pl.Int32),
        )
        return rows.with_columns(
            self._names(rows), self._grades(rows), self._printed(rows), self._number_ids(rows)
        ).select(VALUE_COLUMNS)

    @cached_property
    def _judged(self) -> pl.DataFrame:
        """The rows judged by all that can be; a bound that rests on what nobody told is said where it decided alone."""
        judged = self.sums.rows.hstack(self.judgement)
        rows = judged.with_columns(
            pl.when(pl.col(f"{end}_is_told").fill_null(True) | self._decided_by(end)).then(end).alias(end)
            for end in ("low", "high")
        )
        if self.indicator.kind == "narrative":
            return verdict.instead(rows, "by_judgement")
        if self.indicator.kind != "list":
            return rows
        if not isinstance(self.indicator.numerator, shapes.ByStage):
            return verdict.instead(self._without_rule(rows), "list_only")
        return self._by_the_works(rows)

    def _decided_by(self, end: str) -> pl.Expr:
        """Whether the verdict follows from that bound: the best of all misses the target, or the worst meets it."""
        is_more_better = self.target.comparison in (">=", ">")
        by_worst = (end == "low") == is_more_better
        return pl.col("verdict") == ("met" if by_worst else "not_met")

    def _without_rule(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows; where all that arrived waits for a rule, it is not data that is lacking."""
        open_ones = self.sums.own.held.filter(pl.col("status") == "incomplete")
        if open_ones.is_empty() or not open_ones["reason"].is_in(RULE_LACKING).fill_null(False).all():
            return rows
        lacks = pl.col("verdict") == "no_data"
        return rows.with_columns(verdict=pl.when(lacks).then(pl.lit("no_target")).otherwise("verdict"))

    def _by_the_works(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Dated works are judged each by its own date, the list by all of them; an open list of none stays as it is."""
        if self.members.is_empty():
            return rows
        by_id = dict(zip(self.members["entity_id"], self.members["verdict"], strict=True))
        whole = verdict.of_list(self.members["verdict"])
        scopes = rows.select("scope_kind", "scope_id").iter_rows()
        found = [by_id[i] if scope in MEMBER_SCOPES else whole for scope, i in scopes]
        return verdict.with_breach(rows.with_columns(verdict=pl.Series(found, dtype=pl.String)))

    def _names(self, rows: pl.DataFrame) -> pl.Series:
        areas = self.question.catalog.areas
        own = dict(self.sums.own.held.select("entity_id", "name").iter_rows())
        scopes = rows.select("scope_kind", "scope_id").iter_rows()
        names = [own[i] if scope in MEMBER_SCOPES else areas[i].name.zh if i in areas else i for scope, i in scopes]
        return pl.Series("scope_name", names, dtype=pl.String)

    def _grades(self, rows: pl.DataFrame) -> pl.Series:
        """Evidence behind the number: the weakest of the works done; what is stated is self-reported."""
        found: list[str | None] = [None] * rows.height
        works = self.sums.works
        if works is not None:
            by_id = dict(self.members.select("entity_id", "evidence_grade").iter_rows())
            done = works.filter(pl.col("reached").fill_null(False))["evidence_grade"].drop_nulls()
            weakest = min(done, key=GRADES.index, default=None)
            scopes = rows.select("scope_kind", "scope_id").iter_rows()
            found = [by_id.get(i) if scope in MEMBER_SCOPES else weakest for scope, i in scopes]
        elif isinstance(self.indicator.numerator, _STATED):
            found = [GRADES[0] if used else None for used in rows["used"]]
        return pl.Series("evidence_grade", found, dtype=pl.String)

    def _printed(self, rows: pl.DataFrame) -> pl.Series:
        decimals = [base.question.indicator.decimals for base in self.sums.bases]
        printed = [
            print_value(value, decimals=decimals[base], target=target, comparison=comparison)
            for base, value, target, comparison in rows.select("base", "value", "target", "comparison").iter_rows()
        ]
        return pl.Series("value_printed", printed, dtype=pl.String)

    def _number_ids(self, rows: pl.DataFrame) -> pl.Series:
        """Code, scope, period and eight digits of everything that the number is made of."""
        question = self.question
        settings = " ".join(
            f"{k}={question.catalog.setting(question.plan, k).value}" for k in sorted(question.plan.settings)
        )
        method = f"{self.indicator.id} {self.indicator.method_version} {settings}"
        ids = []
        for base, scope, scope_id, *judged in rows.select(_NUMBERED).iter_rows():
            beside = self.sums.bases[base].beside
            made_of = "".join(text for _, text in self.sums.bases[base].behind.get((scope, scope_id), []))
            inputs = digest([method, beside or "", repr(judged), made_of])
            # A basin may bear the name of its river; a companion has a name of its own.
            place = f"{scope}:{scope_id}" if scope in ("basin", "river") else scope_id
            place += f"~{beside}" if beside else ""
            ids.append(f"{self.target.code}-{place}-{question.period.label}-{inputs[:8]}")
        return pl.Series("number_id", ids, dtype=pl.String)

    @cached_property
    def lineage(self) -> pl.DataFrame:
        """Which facts stand behind each number."""
        together = self.values.tail(self.values.height - self._own_values.height)
        numbers = pl.concat(
            [
                self._judged.select("base", "scope_kind", "scope_id").with_columns(self._own_values["number_id"]),
                together.select(pl.lit(0).alias("base"), "scope_kind", "scope_id", "number_id"),
            ]
        )
        behind: list[list[tuple[str, list[str]]]] = [[] for _ in self.sums.bases]
        for base, scope, scope_id, number in numbers.iter_rows():
            found = self.sums.bases[base].behind.get((scope, scope_id), [])
            behind[base].append((number, sorted({member for member, _ in found})))
        return pl.concat(
            lineage_of(base.question, numbers) for base, numbers in zip(self.sums.bases, behind, strict=True)
        )

    # What others ask of it

    def _at(self, scope: ScopeKind) -> pl.DataFrame:
        """The figure's own rows at a scope."""
        return self._judged.filter((pl.col("scope_kind") == scope) & (pl.col("base") == 0))

    @cached_property
    def whole_verdict(self) -> str:
        """How the promise as a whole stands: at the level of its text, all of the areas there together."""
        verdicts = self._at(self.target.level)["verdict"].to_list()
        return str(verdicts[0]) if self.target.level == "province" else verdict.of_all(verdicts)

    @property
    def is_breach(self) -> bool:
        """Whether any row at the level of the text is a breach."""
        return bool(self._at(self.target.level)["is_breach"].any())

    def areas_short(self) -> tuple[list[str], bool]:
        """Cities in which a named work, an area that the text judges, or a member fell short of the figure; and whether
        anything was told of at all."""
        held = self.sums.own.held
        used = held.filter(pl.col("status") == "used")
        city = dict(held.select("entity_id", "city").unique("entity_id").iter_rows())
        if self.sums.works is not None and self.indicator.population.named == "works":
            short = self.members.filter(pl.col("verdict") == "not_met")["entity_id"].to_list()
        elif self.target.level != "province":
            rows = self._at(self.target.level)
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
