"""The one import for notebooks: open a year, ask for values, sentences, tables, charts, maps, explanations."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from analytics import pipeline
from analytics.catalog import Catalog, load_catalog
from analytics.catalog.models import Area, Indicator, Plan, Target
from analytics.errors import UsageError
from analytics.paths import Workspace, find_workspace
from analytics.periods import Period, parse_period, year_of
from analytics.pipeline.explanation import Explanation
from analytics.present import charts, lists, maps, methods, prose, scorecard
from analytics.warehouse.queries import ask, open_warehouse

ANY_LANGUAGE = ("zh", "en")


def open_year(year: int, *, release: str | None = None, root: Path | str | None = None) -> Year:
    """The year's values and facts, read-only, as they stand now; a later build does not change them.

    `release` empty or None is the draft. Raises `SnapshotError` where no warehouse was built, `UsageError`
    where it does not hold the year.
    """
    if release:
        raise UsageError(
            "There is no such release.",
            found=release,
            expected="an empty text: the draft of this workspace",
            next_step="Leave the release empty.",
        )
    workspace = find_workspace(Path(root) if root else None)
    catalog = load_catalog(workspace.catalog)
    plan = catalog.plan_for(year)
    opened = Year(
        workspace, catalog, plan, catalog.areas[plan.area], year_of(year), "zh", _read(workspace, year)
    )
    if opened.all_values.is_empty():
        raise UsageError(
            f"The warehouse does not hold {year}.", next_step=f"Run `qinghe build --year {year}`."
        )
    return opened


def open_period(period: str, *, root: Path | str | None = None) -> Year:
    """The year of a month, quarter or day, narrowed to that period: for dispatches on readings."""
    span = parse_period(period)
    return replace(open_year(span.year, root=root), period=span)


@dataclass(frozen=True)
class _Frames:
    """What is read once when a year is opened; small, whatever the number of readings."""

    values: pl.DataFrame
    members: pl.DataFrame
    deliveries: pl.DataFrame
    broken_rules: pl.DataFrame
    check_results: pl.DataFrame
    registers: pl.DataFrame
    sections: pl.DataFrame
    section_months: pl.DataFrame
    info: dict[str, str]


def _read(workspace: Workspace, year: int) -> _Frames:
    connection = open_warehouse(workspace)
    try:
        info = dict(ask(connection, "build_facts").iter_rows())
        return _Frames(
            values=ask(connection, "values_of_year", year=year),
            members=ask(connection, "members_of_year", year=year),
            deliveries=ask(connection, "deliveries"),
            broken_rules=ask(connection, "broken_rules"),
            check_results=ask(connection, "check_results"),
            registers=ask(connection, "register_members"),
            sections=ask(connection, "section_classes_of_year", year=year),
            section_months=ask(connection, "section_months_of_year", year=year),
            info=info,
        )
    finally:
        connection.close()


@dataclass(frozen=True)
class Value:
    """One number with all that belongs to it; columns of indicator_value are attributes."""

    row: dict[str, Any] = field(repr=False)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.row[name]
        except KeyError:
            raise AttributeError(name) from None

    def __repr__(self) -> str:
        shown = ("number_id", "value_printed", "unit", "used", "expected", "target", "verdict")
        return "Value(" + ", ".join(f"{k}={self.row[k]}" for k in shown) + ")"


@dataclass(frozen=True)
class Year:
    """A year of a plan at an area, in a language; `area`, `language` and `within` narrow or change it."""

    workspace: Workspace
    catalog: Catalog
    plan: Plan
    scope: Area
    period: Period
    lang: Any
    frames: _Frames = field(repr=False)

    # Narrowing

    def area(self, word: str) -> Year:
        """The same year narrowed to an area, by code or name; empty leaves it as it is."""
        return replace(self, scope=self.catalog.area(word)) if word else self

    def language(self, lang: str) -> Year:
        """The same in another language: `zh` or `en`."""
        if lang not in ANY_LANGUAGE:
            raise UsageError("Unknown language.", found=lang, expected="zh or en")
        return replace(self, lang=lang)

    def within(self, period: str) -> Year:
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
    def as_of(self) -> date:
        """Day of the assessment: that of the last delivery."""
        return date.fromisoformat(self.frames.info["as_of"])

    # Frames

    @property
    def all_values(self) -> pl.DataFrame:
        """Every figure at every scope; columns of indicator_value."""
        return self.frames.values

    def values(self) -> pl.DataFrame:
        """Figures of the area and what lies in it; columns of indicator_value."""
        members = self.members()["entity_id"].to_list()
        whole = self.scope.id == self.plan.area
        inside = pl.col("scope_id").is_in([*self._inside, *members])
        return self.frames.values.filter(pl.lit(whole) | inside)

    def value(self, word: str) -> Value:
        """One figure of the area, by indicator or code; `UsageError` where it has none there."""
        indicator = self.catalog.indicator(word)
        rows = self.frames.values.filter(
            (pl.col("indicator") == indicator.id) & (pl.col("scope_id") == self.scope.id)
        )
        if rows.is_empty():
            raise UsageError(f"{indicator.id} is not computed for {self.scope.name.en}.")
        return Value(rows.row(0, named=True))

    def members(self) -> pl.DataFrame:
        """What every member of every figure contributes, within the area."""
        return self.frames.members.filter(pl.col("area_id").is_in(self._inside))

    def sections(self) -> pl.DataFrame:
        """Annual classes of the sections within the area."""
        return self.frames.sections.filter(pl.col("area_id").is_in(self._inside))

    def section_months(self) -> pl.DataFrame:
        """Monthly classes of the sections within the area."""
        return self.frames.section_months.join(
            self.sections().select("entity_id"), on="entity_id", how="semi"
        )

    def readings(self, parameter: str | None = None) -> pl.LazyFrame:
        """Readings of the period, of one parameter or all; the database is asked when it is collected."""
        if parameter is not None and parameter not in self.catalog.parameters:
            raise UsageError(f"Unknown parameter: {parameter}", expected=", ".join(self.catalog.parameters))
        rows = self._asked("readings_between", first=self.period.start, last=self.period.end)
        return rows.lazy().filter(pl.lit(parameter is None) | (pl.col("parameter") == parameter))

    def station_classes(self) -> pl.DataFrame:
        """Published and computed classes of the stations in the period, within the area."""
        rows = self._asked("station_classes_between", first=self.period.start, last=self.period.end)
        return rows.filter(pl.col("area_id").is_in(self._inside))

    def _asked(self, question: str, **parameters: Any) -> pl.DataFrame:
        connection = open_warehouse(self.workspace)
        try:
            return ask(connection, question, **parameters)
        finally:
            connection.close()

    # Words, tables and pictures

    def _asked_of(self, word: str) -> tuple[Indicator, Target]:
        indicator = self.catalog.indicator(word)
        return indicator, next(t for _, t in self.catalog.targets(self.plan) if t.indicator == indicator.id)

    def sentence(self, word: str, lang: str | None = None) -> prose.Sentence:
        """One figure in words: number, members used, bounds, how it stands, who answers."""
        indicator, target = self._asked_of(word)
        return prose.sentence(
            self.value(word).row, indicator=indicator, target=target, lang=lang or self.lang
        )

    def explain(self, word: str) -> Explanation:
        """One figure led back to its clause, members, rows and files."""
        connection = open_warehouse(self.workspace)
        try:
            return pipeline.explain(connection, word, self.catalog, year=self.period.year, area=self.scope.id)
        finally:
            connection.close()
