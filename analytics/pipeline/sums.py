"""What a target's figure is summed from, and its sums at every scope: the rows of the table before they are judged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from analytics.catalog import indicator as shapes
from analytics.catalog.indicator import MEMBER_SCOPES, Companion, ScopeKind
from analytics.catalog.plan import Target
from analytics.catalog.served import RECOGNISED_STATES
from analytics.compute import kinds, members
from analytics.pipeline.contributions import members_of
from analytics.pipeline.question import LEVELS, Question
from analytics.pipeline.told_bounds import bounds_told
from analytics.pipeline.works import works_of

RECOGNISED = "recognised"
BEFORE = "previous_year"
LAST_YEAR = "last_year"
# Kinds whose number of last year is the same kind of number; water classes have comparisons of their own.
_COMPARED = ("ratio", "level", "count", "cover")
_SCOPE = ("scope_kind", "scope_id")
_CONTRIBUTION = [c for c in members.COLUMNS if c not in ("name", "area_id", "basin", "river")]


@dataclass(frozen=True)
class Base:
    """The members that rows are summed from: of the figure itself, or (with `beside`) of what stands beside it."""

    question: Question
    held: pl.DataFrame
    before: pl.DataFrame | None = None
    beside: str | None = None
    is_judged: bool = True

    @property
    def scopes(self) -> Sequence[ScopeKind]:
        """Where the rows stand: what is beside the figure is shown for the province alone."""
        return ["province"] if self.beside else self.question.indicator.scopes

    @cached_property
    def behind(self) -> Mapping[tuple[str, str], list[tuple[str, str]]]:
        """At each scope the members with what they contribute, as text; of a change those of both years."""
        both = self.held if self.before is None else pl.concat([self.held, self.before])
        rows = both.sort("entity_id", "part", "numerator")
        contributions = [repr(row) for row in rows.select(_CONTRIBUTION).iter_rows()]
        found: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        for scope in self.scopes:
            for place, *told in zip(rows[column_of(scope)], rows["entity_id"], contributions, strict=True):
                found[scope, place].append((told[0], told[1]))
        return found

    @cached_property
    def summed(self) -> pl.DataFrame:
        """`scope_kind`, `scope_id`, the columns that `kinds` sums, and whether `low` and `high` rest on what was told
        (`low_is_told`, `high_is_told`); one row per scope with members."""
        marked = bounds_told(self.question, self._at_scopes(self.held), by=_SCOPE, earlier=self._earlier)
        return self._sums.join(marked, on=_SCOPE, how="left", maintain_order="left")

    @property
    def _earlier(self) -> pl.DataFrame | None:
        return None if self.before is None else self._at_scopes(self.before)

    @property
    def _sums(self) -> pl.DataFrame:
        indicator = self.question.indicator
        mine = self._at_scopes(self.held)
        if self.before is not None and indicator.change is not None:
            return kinds.change(mine, self._at_scopes(self.before), by=_SCOPE, how=indicator.change)
        if indicator.is_lowest:
            return kinds.lowest(mine, by=_SCOPE)
        if isinstance(indicator.numerator, shapes.ByMean):
            return kinds.ratio(mine, by=_SCOPE, scale=1.0)
        return (kinds.ratio if indicator.kind in ("ratio", "cover") else kinds.count)(mine, by=_SCOPE)

    def _at_scopes(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Each member once at every scope that it belongs to."""
        at = [(scope, pl.col(column_of(scope))) for scope in self.scopes]
        return pl.concat(
            rows.filter(own.is_not_null()).with_columns(scope_kind=pl.lit(scope), scope_id=own) for scope, own in at
        )


def column_of(scope: ScopeKind) -> str:
    """The column of a member frame that says where at that scope a member belongs."""
    return "entity_id" if scope in MEMBER_SCOPES else scope


@dataclass(frozen=True)
class Sums:
    """A target's sums; `shortfalls` are the members of a figure that counts where others fell short."""

    question: Question
    shortfalls: pl.DataFrame | None = None

    @property
    def target(self) -> Target:
        """What the plan promises."""
        return self.question.target

    @property
    def indicator(self) -> shapes.Indicator:
        """How the figure is computed."""
        return self.question.indicator

    @cached_property
    def own(self) -> Base:
        """The members of the figure itself."""
        if self.shortfalls is not None:
            return Base(self.question, self.shortfalls)
        return self._of(self.question)

    def _of(self, question: Question, *, beside: str | None = None, is_judged: bool = True) -> Base:
        """Members of a question; of a change those of the year before as well."""
        earlier = question.of_year(question.year - 1) if question.indicator.kind == "change" else None
        before = members_of(earlier) if earlier is not None else None
        return Base(question, members_of(question), before, beside, is_judged)

    @cached_property
    def works(self) -> pl.DataFrame | None:
        """Works, of a figure that counts them."""
        return works_of(self.question) if isinstance(self.indicator.numerator, shapes.ByStage) else None

    # Beside the figure

    @cached_property
    def bases(self) -> list[Base]:
        """The figure's members, and those of what stands beside it."""
        return [self.own, *self._beside()]

    def _beside(self) -> Iterator[Base]:
        """Companions, the class that the nation recognised, the year before: shown for the province, never judged but
        for the recognised."""
        for companion in self.indicator.companions:
            yield self._of(self._counted_as(companion), beside=companion.id, is_judged=False)
        if self._has_recognised():
            yield self._of(self.question.recognised(), beside=RECOGNISED)
        earlier = self.question.of_year(self.question.year - 1)
        if self.indicator.change == "percent":
            yield self._of(earlier, beside=BEFORE, is_judged=False)
        elif self.indicator.kind in _COMPARED and earlier.is_told_of:
            yield self._of(earlier, beside=LAST_YEAR, is_judged=False)

    def _counted_as(self, companion: Companion) -> Question:
        changes: dict[str, object] = {
            "population": companion.population or self.indicator.population,
            "numerator": companion.numerator or self.indicator.numerator,
            "denominator": companion.denominator or self.indicator.denominator,
            "companions": [],
            "unit": companion.unit or self.indicator.unit,
            "decimals": self.indicator.decimals if companion.decimals is None else companion.decimals,
        }
        counted = self.indicator.model_copy(update=changes)
        return self.question.with_indicator(counted, months=tuple(companion.months))

    def _has_recognised(self) -> bool:
        if not isinstance(self.indicator.numerator, shapes.ByWaterClass | shapes.ByTargetClass):
            return False
        states = self.question.facts.states.filter(pl.col("item") == RECOGNISED_STATES[0])
        return not self.question.told_of_window(states).is_empty()

    # Rows

    @cached_property
    def rows(self) -> pl.DataFrame:
        """One row per scope, and beside those of the province what stands beside them: sums, bounds, target, due, and
        which of the `bases` it is summed from.

        An area without a member stands as well: it is not applicable, not absent. Before its register has arrived
        nobody knows how many members there are (`expected` null). Before it is given whom the figure counts it has no
        value.
        """
        rows = pl.concat(self._rows(base).with_columns(base=pl.lit(n)) for n, base in enumerate(self.bases))
        is_known = pl.lit(self.question.setting_missing is None)
        return rows.with_columns(pl.when(is_known).then(pl.col("value", "low", "high")))

    def _rows(self, base: Base) -> pl.DataFrame:
        found: list[tuple[ScopeKind, str, float | None, str | None]] = []
        for scope in base.scopes:
            ids = self._ids(base, scope)
            targets = self._targets(ids, scope) if base.is_judged else [None] * len(ids)
            stratum = base.beside or self._stratum(scope)
            found += [(scope, i, target, stratum) for i, target in zip(ids, targets, strict=True)]
        text = dict.fromkeys(_SCOPE, pl.String)
        keys = pl.DataFrame(found, schema={**text, "target": pl.Float64, "stratum": pl.String}, orient="row")
        is_area = pl.lit(base.beside is None) & pl.col("scope_kind").is_in(LEVELS)
        return (
            keys.join(base.summed, on=_SCOPE, how="left", maintain_order="left")
            .with_columns(pl.col("used", "expected", "delivered").fill_null(0))
            .with_columns(
                expected=pl.when(~is_area | pl.lit(self._is_counted)).then("expected"),
                unit=pl.lit(base.question.indicator.unit),
                comparison=pl.lit(self.target.comparison),
                strength=pl.lit(self.target.strength),
                due=pl.lit(self.question.due),
            )
        )

    def _ids(self, base: Base, scope: ScopeKind) -> list[str]:
        """Every area of a level; of other scopes, and beside the figure, those that have members."""
        if scope in LEVELS and base.beside is None:
            return [a.id for a in self.question.catalog.children(self.question.plan.area, scope)]
        told = base.summed.filter(pl.col("scope_kind") == scope)["scope_id"].sort().to_list()
        return [i for i in told if base.beside is None or i == self.question.plan.area]

    @property
    def _is_counted(self) -> bool:
        """Whether it is known how many there are."""
        return self.question.is_registered and not (self.shortfalls is not None and self.shortfalls.is_empty())

    def _stratum(self, scope: ScopeKind) -> str | None:
        """The part of a division that the target is about, where there are others."""
        if scope != "urban_area" or self.indicator.id != "combined_sewer_conversion":
            return None
        return self.target.place_set or (f"rest_of_{self.target.rest_of}" if self.target.rest_of else "named_places")

    @property
    def compared(self) -> pl.DataFrame:
        """The rows with the value that is compared: the unrounded one unless the indicator says otherwise."""
        if self.indicator.judge_on == "unrounded":
            return self.rows
        decimals = self.indicator.decimals
        return self.rows.with_columns(pl.col("value", "low", "high").round(decimals, mode="half_to_even"))

    # Targets

    def _targets(self, ids: list[str], scope: ScopeKind) -> Sequence[float | None]:
        """The target holds at the level its text sets, for each single member that the text judges, and for each area
        that a breakdown holds to a part of it."""
        question = self.question
        if question.setting_missing:
            return [None] * len(ids)
        promised = question.catalog.promised(question.plan, self.target, question.year)
        if self.indicator.kind == "list" and self.target.is_open and promised is not None:
            promised = float(max(promised, len(question.named_works)))
        if promised is not None and scope == self.target.level:
            return [promised] * len(ids)
        if promised is not None and scope in MEMBER_SCOPES:
            return [1.0 if self.indicator.kind == "list" else promised] * len(ids)
        return [self._part_of_breakdown(area) if scope in LEVELS else None for area in ids]

    def _part_of_breakdown(self, area: str) -> float | None:
        """What a breakdown holds the area to; the whole is held to nothing but the text."""
        question = self.question
        if area == question.plan.area:
            return None
        return question.catalog.promised(question.plan, self.target, question.year, area)
