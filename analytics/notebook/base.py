"""What the chapters have in common: the year, the area, the language, and the frames within them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, Self

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.indicator import ByEntry, Indicator
from analytics.catalog.models import Area
from analytics.catalog.plan import Plan, Target
from analytics.errors import UsageError
from analytics.notebook.frames import Frames
from analytics.notebook.value import Value
from analytics.paths import Workspace
from analytics.periods import Period, parse_period
from analytics.present import prose, scorecard, year_before
from analytics.warehouse.queries import ask, open_warehouse

ANY_LANGUAGE = ("zh", "en")


@dataclass(frozen=True)
class Opened:
    """A year of a plan at an area, in a language; `area`, `language` and `within` narrow or change it."""

    workspace: Workspace
    catalog: Catalog
    plan: Plan
    scope: Area
    period: Period
    lang: Any
    frames: Frames = field(repr=False)

    def __repr__(self) -> str:
        return f"Year({self.plan.id}, {self.period.label}, {self.scope.id} {self.scope.name.zh}, {self.lang})"

    def area(self, word: str) -> Self:
        """The same year narrowed to an area, by code or name; empty leaves it as it is."""
        return replace(self, scope=self.catalog.area(word)) if word else self

    def language(self, lang: str) -> Self:
        """The same in another language: `zh` or `en`."""
        if lang not in ANY_LANGUAGE:
            raise UsageError("Unknown language.", found=lang, expected="zh or en")
        return replace(self, lang=lang)

    def within(self, period: str) -> Self:
        """The same narrowed to a period within the year; empty leaves it as it is."""
        return replace(self, period=parse_period(period)) if period else self

    @cached_property
    def _inside(self) -> list[str]:
        levels = ("province", "city", "county")
        return [a.id for level in levels for a in self.catalog.children(self.scope.id, level)]

    @property
    def is_invented(self) -> bool:
        """Whether any delivery behind the year was invented."""
        return bool(self.frames.deliveries["is_invented"].any())

    @property
    def as_of(self) -> date | None:
        """Day of the assessment: that of the last delivery; none where nothing was ever delivered."""
        day = self.frames.info["as_of"]
        return date.fromisoformat(day) if day else None

    @property
    def all_values(self) -> pl.DataFrame:
        """Every figure at every scope; columns of indicator_value."""
        return self.frames.values

    def values(self) -> pl.DataFrame:
        """Figures of the area and what lies in it; columns of indicator_value."""
        members = self.members()["entity_id"].to_list()
        whole = self.scope.id == self.plan.area
        inside = pl.col("scope_id").is_in([*self._inside, *members])
        return self.frames.values.filter(pl.lit(whole) | inside).drop("excluded")

    def value(self, word: str) -> Value:
        """One figure of the area, by indicator or code; `UsageError` where it has none there."""
        rows = self._rows_of(word).filter(pl.col("scope_id") == self.scope.id)
        if rows.is_empty():
            raise UsageError(f"{word} is not computed for {self.scope.name.en}.")
        return Value(rows.row(0, named=True))

    def members(self) -> pl.DataFrame:
        """What every member of every figure contributes, within the area."""
        return self.frames.members.filter(pl.col("area_id").is_in(self._inside))

    def sections(self) -> pl.DataFrame:
        """Annual classes of the sections within the area."""
        return self.frames.sections.filter(pl.col("area_id").is_in(self._inside))

    def section_months(self) -> pl.DataFrame:
        """Monthly classes of the sections within the area."""
        return self.frames.section_months.join(self.sections().select("entity_id"), on="entity_id", how="semi")

    def readings(self, parameter: str | None = None) -> pl.LazyFrame:
        """Readings of the period, of one parameter or all; the database is asked when it is collected."""
        parameter = self.catalog.parameter(parameter) if parameter is not None else None
        rows = self._asked("readings_between", first=self.period.start, last=self.period.end)
        return rows.lazy().filter(pl.lit(parameter is None) | (pl.col("parameter") == parameter))

    def station_classes(self) -> pl.DataFrame:
        """Published and computed classes of the stations in the period, within the area."""
        return self._asked_of_stations().filter(pl.col("area_id").is_in(self._inside))

    def _asked(self, question: str, **parameters: Any) -> pl.DataFrame:
        with open_warehouse(self.workspace) as connection:
            return ask(connection, question, **parameters)

    def _asked_of(self, word: str) -> tuple[Indicator, Target]:
        target = self.catalog.target(word, self.plan)
        return self.catalog.indicators[target.indicator], target

    def _rows_of(self, word: str) -> pl.DataFrame:
        """The figure's own rows, without what stands beside it."""
        code = self.catalog.target(word, self.plan).code
        beside = pl.col("stratum").is_not_null() & (pl.col("scope_kind") == "province")
        return self.frames.values.filter((pl.col("code") == code) & ~beside)

    def _judged(self) -> pl.DataFrame:
        """Of each figure the row that the report is about: the target's own level, or that of the area.

        Named works have no figure of the area: those that lie in it stand one by one.
        """
        if self.scope.id == self.plan.area:
            return scorecard.at_target_level(self.frames.values, self.plan, self.catalog)
        named = [i.id for i in self.catalog.indicators.values() if i.population.named == "works"]
        works = pl.col("indicator").is_in(named) & pl.col("scope_id").is_in(self._inside)
        own = (pl.col("scope_id") == self.scope.id) & pl.col("stratum").is_null()
        return self.frames.values.filter((own | works) & (pl.col("verdict") != "not_applicable"))

    def _joint(self) -> pl.DataFrame:
        """What several figures promise together; of the whole province only."""
        return self.frames.joint.filter(pl.lit(self.scope.id == self.plan.area))

    def _beside(self) -> pl.DataFrame:
        """What stands beside the figures of the province: companions, recognised values, what is not judged itself."""
        told = scorecard.beside_target_level(self.frames.values, self.scope.id)
        if self.scope.id != self.plan.area:
            return told
        before = self._sections_before().join(self.sections().select("entity_id"), on="entity_id", how="semi")
        return pl.concat([told, year_before.of_sections(self.frames.values, before, self.plan, self.catalog)])

    def _sections_before(self) -> pl.DataFrame:
        """Classes of the year before, of this year's sections on this year's items."""
        first = date(self.period.year - 1, 1, 1)
        return self.frames.section_periods.filter((pl.col("period_kind") == "year") & (pl.col("period_start") == first))

    def _promises(self, word: str) -> bool:
        """Whether the plan promises anything of that figure; another plan may."""
        return self.catalog.promises(self.plan, word)

    def _is_below(self, scope: str) -> bool:
        """Whether the area lies below the level: a county holds no cities, and a basin ends at no border."""
        below = {"province": (), "city": ("basin", "river"), "county": ("basin", "river", "city")}
        return scope in below.get(self.scope.level, ())

    def _within(self, rows: pl.DataFrame, scope: str) -> pl.DataFrame:
        if self.scope.id == self.plan.area:
            return rows
        if scope in ("province", "city", "county"):
            return rows.filter(pl.col("scope_id").is_in(self._inside))
        return rows.clear()

    def all_works(self) -> pl.DataFrame:
        """Every work within the area as reported for the year: item, name, stage, dates, evidence, attributes."""
        rows = self._asked("works_of_year", year=self.period.year)
        return rows.filter(pl.lit(self.scope.id == self.plan.area) | pl.col("area_id").is_in(self._inside))

    def entries(self) -> pl.DataFrame:
        """Entries of lists of the year within the area, such as permits: item, whom each is about, what it says."""
        numerators = [self.catalog.indicators[t.indicator].numerator for t in self.plan.targets()]
        items = [item for n in numerators if isinstance(n, ByEntry) for item in n.names]
        about = self.frames.registers.unique("entity_id", keep="last").select("entity_id", "name", of_member="area_id")
        rows = self._asked("entries_of_year", year=self.period.year, items=items)
        placed = rows.join(about, on="entity_id", how="left", maintain_order="left").with_columns(
            area_id=pl.coalesce("area_id", "of_member")
        )
        whole = pl.lit(self.scope.id == self.plan.area)
        return placed.drop("of_member").filter(whole | pl.col("area_id").is_in(self._inside))

    def _section_names(self) -> dict[str, str]:
        """The name of every section by its code, also of those whose entry was set aside."""
        known = self.frames.registers.filter((pl.col("register") == "sections") & pl.col("name").is_not_null())
        return dict(known.select("entity_id", "name").iter_rows())

    def _of_method(self, question: str, method: str | None) -> pl.DataFrame:
        rows = self._asked(question, first=self.period.start, last=self.period.end)
        return rows if method is None else rows.filter(pl.col("method") == method)

    def whole_province(self) -> prose.Sentence:
        """In the report of a part of the province: that what follows is of the whole."""
        if self.scope.id == self.plan.area:
            return prose.Sentence("")
        return prose.of_the_whole(self.catalog.areas[self.plan.area].name.in_language(self.lang), self.lang)

    def _judged_whole(self) -> pl.DataFrame:
        return scorecard.at_target_level(self.frames.values, self.plan, self.catalog)

    def _asked_of_stations(self) -> pl.DataFrame:
        """Classes of every station in the period, wherever it lies."""
        return self._asked("station_classes_between", first=self.period.start, last=self.period.end)
