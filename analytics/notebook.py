"""The one import for notebooks: open a year, ask for values, sentences, tables, charts, maps, explanations."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, get_args

import polars as pl

from analytics.catalog import Catalog, catalog_digest, load_catalog
from analytics.catalog.corrections import corrections_digest
from analytics.catalog.indicator import ByEntry, Indicator
from analytics.catalog.models import Area
from analytics.catalog.plan import Part, Plan, Target
from analytics.errors import UsageError
from analytics.ingest import list_snapshots
from analytics.paths import Workspace, find_workspace
from analytics.periods import Period, parse_period, year_of
from analytics.present import (
    bodies,
    charts,
    clauses,
    compensation,
    fiche,
    flows,
    funds,
    given,
    leads,
    ledger,
    lists,
    maps,
    matrix,
    methods,
    overview,
    owed,
    plants,
    projects,
    prose,
    receipts,
    regulations,
    reminders,
    scorecard,
    sources,
    summary,
    waters,
    words,
    year_before,
)
from analytics.present.clauses import Pieces
from analytics.present.tables import Table, Tile, Tiles
from analytics.warehouse import explanation
from analytics.warehouse.explanation import Explanation
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
    opened = _opened(workspace, catalog, catalog.plan_for(year), year)
    _require_current(opened)
    if opened.all_values.is_empty():
        raise UsageError(f"The warehouse does not hold {year}.", next_step=f"Run `qinghe build --year {year}`.")
    return opened


def _require_current(opened: Year) -> None:
    """Numbers of the last build are not shown beside targets, or without deliveries, that have come since."""
    registered = {snapshot.id for snapshot in list_snapshots(opened.workspace)}
    read = set(opened.frames.deliveries["snapshot"])
    info = opened.frames.info
    is_same = info.get("catalog") == catalog_digest(opened.workspace.catalog)
    is_corrected_alike = info.get("corrections") == corrections_digest(opened.workspace.raw)
    if registered != read or not is_same or not is_corrected_alike:
        year = opened.period.year
        changed = "corrections that have changed" if is_same else "a catalog that has changed"
        raise UsageError(
            "The warehouse is older than what the workspace holds.",
            where=str(opened.workspace.warehouse),
            found=f"{len(registered - read)} new file(s)" if registered != read else changed,
            next_step=f"Run `qinghe build --year {year}`, then open the year again.",
        )


def _opened(workspace: Workspace, catalog: Catalog, plan: Plan, year: int) -> Year:
    return Year(workspace, catalog, plan, catalog.areas[plan.area], year_of(year), "zh", _read(workspace, year))


def open_period(period: str, *, root: Path | str | None = None) -> Year:
    """The year of a month, quarter or day, narrowed to that period: for dispatches on readings, of any year."""
    span = parse_period(period)
    workspace = find_workspace(Path(root) if root else None)
    catalog = load_catalog(workspace.catalog)
    return replace(_opened(workspace, catalog, catalog.plan_near(span.year), span.year), period=span)


@dataclass(frozen=True)
class _Frames:
    """What is read once when a year is opened; small, whatever the number of readings."""

    values: pl.DataFrame
    members: pl.DataFrame
    deliveries: pl.DataFrame
    broken_rules: pl.DataFrame
    check_results: pl.DataFrame
    quarantine: pl.DataFrame
    registers: pl.DataFrame
    sections: pl.DataFrame
    section_months: pl.DataFrame
    section_periods: pl.DataFrame
    waters: pl.DataFrame
    cities: pl.DataFrame
    lakes: pl.DataFrame
    loads: pl.DataFrame
    source_years: pl.DataFrame
    source_items: pl.DataFrame
    source_occasions: pl.DataFrame
    body_grades: pl.DataFrame
    compensation: pl.DataFrame
    joint: pl.DataFrame
    files: pl.DataFrame
    ledger: pl.DataFrame
    standing: pl.DataFrame
    left_blank: pl.DataFrame
    corrections: pl.DataFrame
    info: dict[str, str]


def _read(workspace: Workspace, year: int) -> _Frames:
    with open_warehouse(workspace) as connection:
        info = dict(ask(connection, "build_facts").iter_rows())
        return _Frames(
            values=_with_excluded(ask(connection, "values_of_year", year=year), connection, year),
            members=ask(connection, "members_of_year", year=year),
            deliveries=ask(connection, "deliveries"),
            broken_rules=ask(connection, "broken_rules"),
            check_results=ask(connection, "check_results"),
            quarantine=ask(connection, "quarantine"),
            registers=ask(connection, "register_members"),
            sections=ask(connection, "section_classes_of_year", year=year),
            section_months=ask(connection, "section_months_of_year", year=year),
            section_periods=ask(connection, "section_periods_of_year", year=year),
            waters=ask(connection, "water_ratings_of_year", year=year),
            cities=ask(connection, "city_indices_of_year", year=year),
            lakes=ask(connection, "lakes_of_year", year=year),
            loads=ask(connection, "section_loads_of_year", year=year),
            source_years=ask(connection, "source_years_of_year", year=year),
            source_items=ask(connection, "source_items_of_year", year=year),
            source_occasions=ask(connection, "source_occasions_of_year", year=year),
            body_grades=ask(connection, "body_grades_of_year", year=year),
            compensation=ask(connection, "compensation_of_year", year=year),
            joint=ask(connection, "joint_verdicts", year=year),
            files=ask(connection, "files_received"),
            ledger=ask(connection, "ledger_of_files"),
            standing=ask(connection, "standing_of_year", year=year),
            left_blank=ask(connection, "cells_left_blank", year=year),
            corrections=ask(connection, "corrections"),
            info=info,
        )


def _with_excluded(values: pl.DataFrame, connection: Any, year: int) -> pl.DataFrame:
    """The figures with how many members of the province were rightly left out, such as sections without water."""
    left_out = ask(connection, "members_of_year", year=year).filter(status="excluded")
    counts = left_out.group_by("code").agg(excluded=pl.len().cast(pl.Int64))
    of_province = pl.col("scope_kind") == "province"
    joined = values.join(counts, on="code", how="left", maintain_order="left")
    return joined.with_columns(excluded=pl.when(of_province).then(pl.col("excluded").fill_null(0)))


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

    def __repr__(self) -> str:
        return f"Year({self.plan.id}, {self.period.label}, {self.scope.id} {self.scope.name.zh}, {self.lang})"

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
    def as_of(self) -> date | None:
        """Day of the assessment: that of the last delivery; none where nothing was ever delivered."""
        day = self.frames.info["as_of"]
        return date.fromisoformat(day) if day else None

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

    # Figures in words, tables and pictures

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

    def verdict_tiles(self) -> Tiles:
        """How many figures stand how."""
        return scorecard.verdict_tiles(self._judged(), self.lang)

    def summary(self) -> prose.Sentence:
        """The first paragraph of a report: how many figures stand how, on whose word, and the overall goals."""
        return summary.summary(
            self._judged(), self.plan, self.catalog, as_of=self.as_of, lang=self.lang, joint=self._joint()
        )

    def gravest(self) -> Table | prose.Sentence:
        """The breaches that lack most of their target, with gap, areas and who answers."""
        within, members = self.values(), self.members()
        return summary.gravest(self._judged(), self.plan, self.catalog, self.lang, values=within, members=members)

    def by_department(self) -> Table:
        """How the figures stand for which each department answers."""
        return summary.by_department(self._judged(), self.plan, self.catalog, self.lang)

    def scorecard(self) -> Table:
        """Every figure on one page: promise, target, value, verdict, gap, who answers."""
        return scorecard.scorecard(
            self._judged(),
            self.plan,
            self.catalog,
            self.lang,
            beside=self._beside(),
            joint=self._joint(),
            members=self.members(),
        )

    def coverage(self) -> Table:
        """Beside the ledger of tasks: value, counted members, verdict and gap of every figure, with its companions."""
        return scorecard.coverage(self.scorecard(), self.lang)

    def overview(self) -> charts.Chart | prose.Sentence:
        """The scorecard of all figures on one page: a tile for each, with its verdict and value."""
        return overview.overview(self._judged(), self.plan, self.catalog, self.lang, joint=self._joint())

    def matrix(self) -> charts.Gallery | prose.Sentence:
        """Figures over the cities of the area, coloured and signed by verdict; none within a county."""
        if self._is_below("city"):
            return prose.NOTHING
        cities = [a for a in self.catalog.children(self.plan.area, "city") if a.id in self._inside]
        return matrix.matrix(
            self.frames.values, cities, self.plan, self.catalog, self.lang, members=self.frames.members
        )

    def ledger(self) -> Table:
        """The ledger of tasks: clause, task, target, what is done, rate, verdict, evidence, department."""
        return ledger.ledger(self._judged(), self.plan, self.catalog, self.lang)

    def not_met(self) -> Table:
        """What was not met, was late or is undecided, with the reasons and measures that people typed."""
        within, members = self.values(), self.members()
        return ledger.not_met(self._judged(), self.plan, self.catalog, self.lang, values=within, members=members)

    def clauses(self, part: str) -> clauses.Pieces:
        """A part of the plan clause by clause: promise, figures, verdicts, gaps, areas, what arrived, who answers.

        `part` is one of goals, water_resources, water_environment, aquatic_ecology, water_risk, system, safeguards.
        """
        if part not in get_args(Part):
            raise UsageError("The plan has no such part.", found=part, expected=" or ".join(get_args(Part)))
        told = clauses.Told(
            self._judged(),
            self.values(),
            self.members(),
            self.frames.standing,
            self._beside(),
            self._joint(),
            self.all_works(),
            self.entries(),
            as_of=self.as_of,
        )
        return clauses.chapter(part, told, self.plan, self.catalog, self.lang)

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

    def sentence(self, word: str, lang: str | None = None) -> prose.Sentence:
        """One figure in words: number, members counted, bounds, how it stands, who answers."""
        shown = lang or self.lang
        if not self._promises(word):
            return prose.not_promised(self.catalog.indicator(word).name.in_language(shown), shown)
        indicator, target = self._asked_of(word)
        if indicator.kind == "list" and self.scope.id != self.plan.area:
            mine = self.members().filter(pl.col("code") == target.code)
            return prose.named_works(mine, target, self.catalog, place=self.scope.name.in_language(shown), lang=shown)
        rows = self._judged().filter(pl.col("code") == target.code)
        if rows.is_empty():
            return prose.not_computed(indicator.name.in_language(shown), self.scope.level, shown)
        own = prose.sentence(rows.row(0, named=True), target, self.catalog, shown)
        mine = self.members().filter(pl.col("code") == target.code)
        works = prose.of_the_works(mine, shown) if indicator.population.named == "works" else ""
        beside = self._beside().filter(pl.col("code") == target.code).to_dicts()
        return prose.Sentence(str(own) + works + prose.beside(beside, indicator, shown))

    def by_scope(self, word: str, scope: str) -> Table | prose.Sentence:
        """One figure over the cities, basins, … of the area; within a county there are none."""
        if not self._promises(word):
            return prose.NOTHING
        rows = self._within(self._rows_of(word), scope)
        if self._is_below(scope):
            return prose.NOTHING
        return scorecard.by_scope(rows, self.catalog.indicator(word), scope, catalog=self.catalog, lang=self.lang)

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

    def works(self, word: str) -> Table | prose.Sentence:
        """Named works one by one, with dates, evidence and verdict."""
        if not self._promises(word):
            return prose.NOTHING
        _, target = self._asked_of(word)
        mine = self.members().filter(pl.col("code") == target.code)
        if mine.is_empty():
            return prose.NOTHING
        return scorecard.works(mine, target, year=self.period.year, catalog=self.catalog, lang=self.lang)

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

    def works_by_stage(self) -> Table:
        """Of each kind of works how many stand at which stage."""
        return projects.by_stage(self.all_works(), self.plan, self.catalog, self.lang, year=self.period.year)

    def projects(self, item: str = "stored_project") -> Table:
        """One kind of works by city: how many, how far, and the money of each source."""
        if item not in self.catalog.items or self.catalog.items[item].label is None:
            known = [name for name, spec in self.catalog.items.items() if spec.label is not None]
            raise UsageError("There is no such kind of works.", found=item, expected=" or ".join(known))
        return projects.by_city(self.all_works(), item, self.catalog, self.lang)

    def funds(self, item: str = "stored_project", paid: str = "funds_paid") -> Table:
        """By city the money that works of a kind were planned with, what of it has arrived, and what was `paid`."""
        names = [*self.catalog.money_of(item), paid]
        rows = self._asked("amounts_of_year", year=self.period.year, items=names)
        inside = pl.lit(self.scope.id == self.plan.area) | pl.col("area_id").is_in(self._inside)
        return funds.by_city(
            self.all_works(), rows.filter(inside), item, paid=paid, catalog=self.catalog, lang=self.lang
        )

    def sections_not_met(self, word: str) -> Table | prose.Sentence:
        """Sections that count against a figure, or of which it is not known."""
        if not self._promises(word):
            return prose.NOTHING
        mine = self.members().filter(pl.col("code") == self.catalog.target(word, self.plan).code)
        may_count = pl.col("numerator_high") > pl.col("numerator")
        bad = mine.filter((pl.col("numerator") == 1) | (pl.col("status") != "used") | may_count)
        chosen = self.sections().join(bad.select("entity_id"), on="entity_id", how="semi")
        title = words.either(self.lang, "不利于本项、存疑或不参评的断面", "Sections against it, in doubt or left out")
        if chosen.is_empty() and self.sections().is_empty():
            return prose.no_data(words.either(self.lang, "断面数据", "sections"), self.lang)
        if chosen.is_empty():
            return prose.none_of(title, self.lang)
        return lists.sections(chosen, self.catalog, self.lang, title=title)

    def doubtful_sections(self, word: str) -> prose.Sentence:
        """Of a figure of water classes the sections behind its bounds, with what they may be and why."""
        if not self._promises(word):
            return prose.NOTHING
        mine = self.members().filter(pl.col("code") == self.catalog.target(word, self.plan).code)
        may_differ = mine.filter(
            (pl.col("numerator_low") < pl.col("numerator_high")) & (pl.col("status") != "excluded")
        )
        chosen = self.sections().join(may_differ.select("entity_id"), on="entity_id", how="semi")
        return lists.doubtful_sections(chosen, self.catalog, self.lang)

    def sections_table(self) -> Table:
        """Annual class of every section of the area."""
        return lists.sections(self.sections(), self.catalog, self.lang)

    def chart(self, word: str) -> charts.Chart | prose.Sentence:
        """One figure as a picture: shares over the cities, or named works against their date."""
        if not self._promises(word):
            return prose.NOTHING
        indicator, target = self._asked_of(word)
        if indicator.kind == "list":
            mine = self.members().filter(pl.col("code") == target.code)
            if mine.is_empty():
                return prose.NOTHING
            as_of = self.as_of or self.period.end
            return charts.works_timeline(
                mine, target, year=self.period.year, as_of=as_of, catalog=self.catalog, lang=self.lang
            )
        if self._is_below("city"):
            return prose.NOTHING
        rows = self._within(self._rows_of(word).filter(pl.col("scope_kind") == "city"), "city")
        return charts.shares_by_area(
            rows, indicator, target, year=self.period.year, catalog=self.catalog, lang=self.lang
        )

    def map(self, word: str) -> charts.Chart | prose.Sentence:
        """One figure on the tile grid of the cities; only of the whole province."""
        if self.scope.id != self.plan.area or not self._promises(word):
            return prose.NOTHING
        rows = self._rows_of(word).filter(pl.col("scope_kind") == "city")
        areas = self.catalog.children(self.plan.area, "city")
        return maps.tile_map(rows, areas, self.catalog.indicator(word), lang=self.lang)

    # Water quality

    def class_composition(self, by: str) -> charts.Chart | prose.Sentence:
        """Sections of each class by `basin`, `river` or `city`."""
        return charts.class_composition(self.sections(), by=by, catalog=self.catalog, lang=self.lang)

    def month_strips(self) -> charts.Gallery | prose.Sentence:
        """Class of every section in every month."""
        water = {w: self.catalog.water(w, self.lang) for w in self.catalog.waters}
        named = self.sections().with_columns(pl.col("basin", "river").replace(water))
        return charts.section_months(self.section_months(), named, year=self.period.year, lang=self.lang)

    def ratings_of(self, scope: str) -> Table | prose.Sentence:
        """How each `basin`, `river` or `city` is rated in the year; within an area only those that lie in it.

        The province stands above its basins.
        """
        if scope not in waters.SCOPES:
            raise UsageError("Nothing is rated by that.", found=scope, expected=" or ".join(waters.SCOPES))
        if self._is_below(scope):
            return prose.NOTHING
        of_year = self._waters().filter(pl.col("period_kind") == "year")
        mine = self._within(of_year, scope)
        return waters.ratings(mine, self.frames.sections, scope, catalog=self.catalog, lang=self.lang)

    def quarters(self) -> Table | prose.Sentence:
        """The rating of the province and its basins by quarter; of a city its own."""
        if self._is_below("city"):
            return prose.NOTHING
        whole = self.scope.id == self.plan.area
        own = pl.col("scope_kind").is_in(["province", "basin"]) if whole else pl.col("scope_id") == self.scope.id
        return waters.quarters(self._waters().filter(own), self.catalog, self.lang)

    def _waters(self) -> pl.DataFrame:
        return self.frames.waters.filter(pl.col("period_start").dt.year() == self.period.year)

    def section_changes(self) -> Table | prose.Sentence:
        """Sections of the area whose class differs from that of the year before."""
        periods = self.frames.section_periods.filter(pl.col("period_start").dt.year() == self.period.year)
        if self.frames.section_periods.height == periods.height:
            return prose.no_data(words.either(self.lang, "上年断面数据", "sections in the year before"), self.lang)
        return waters.section_changes(self.sections(), periods, self.catalog, self.lang)

    def lakes(self) -> Table | prose.Sentence:
        """The trophic level of the lakes and reservoirs of the area."""
        mine = self.frames.lakes
        if self.scope.id != self.plan.area:
            inside = self.sections()["entity_id"].to_list()
            mine = mine.filter(pl.col("sections").list.eval(pl.element().is_in(inside)).list.any())
        if mine.is_empty():
            return prose.NOTHING
        return waters.lakes(mine, self._section_names(), self.catalog, self.lang)

    def boundaries(self) -> Table | prose.Sentence:
        """Sections at which rivers leave one city for another; of a city its inflow and outflow."""
        if self._is_below("city"):
            return prose.NOTHING
        cities = pl.col("upstream_city", "downstream_city")
        mine = self._with_borders().filter(pl.any_horizontal(cities.is_in(self._inside)))
        periods = self.frames.section_periods.filter(pl.col("period_start").dt.year() == self.period.year)
        return fiche.boundaries(mine, periods, self.frames.loads, catalog=self.catalog, lang=self.lang)

    def _with_borders(self) -> pl.DataFrame:
        """Every section of the year with the cities that its river comes from and goes to."""
        about = self.frames.registers.filter(pl.col("register") == "sections").unique("entity_id", keep="last")
        told = {c: pl.col("attributes").str.json_path_match(f"$.{c}") for c in ("upstream_city", "downstream_city")}
        return self.frames.sections.join(about.select("entity_id", **told), on="entity_id", how="left")

    def section_fiche(self, section: str) -> Table:
        """Every item of one section, by code or name: year, seasons, the year before, what it carried."""
        row, items = self._section(section), self.section_items(section)
        periods, year = self.frames.section_periods, self.period.year
        return fiche.fiche(row, items, periods, self.frames.loads, year=year, catalog=self.catalog, lang=self.lang)

    def section_items(self, section: str) -> pl.DataFrame:
        """Every item of one section, by code or name, in the months, quarters, seasons and years of this year and the
        one before: columns of section_item, `mean` and `value` in the unit of the parameter.

        Its months are series for the tests of trends: see docs/WATER_SCIENCE.md.
        """
        return self._asked("section_items_of_year", year=self.period.year, section=self._section(section)["entity_id"])

    def _section(self, section: str) -> dict[str, Any]:
        known = self._with_borders().filter((pl.col("entity_id") == section) | (pl.col("name") == section))
        if known.height != 1:
            raise UsageError(
                "No such section." if known.is_empty() else "More than one section is called so.",
                found=section,
                expected=", ".join((known if known.height else self.sections()).head(8)["entity_id"]),
                next_step="Give the code of a section; `.sections()` lists them.",
            )
        return known.row(0, named=True)

    def city_ranking(self) -> Table | prose.Sentence:
        """The cities of the province by the index of their surface water, also in the report of one of them."""
        if self._is_below("city"):
            return prose.NOTHING
        return waters.city_ranking(self.frames.cities, self._section_names(), self.catalog, self.lang)

    def _section_names(self) -> dict[str, str]:
        """The name of every section by its code, also of those whose entry was set aside."""
        known = self.frames.registers.filter((pl.col("register") == "sections") & pl.col("name").is_not_null())
        return dict(known.select("entity_id", "name").iter_rows())

    # Sewage plants

    def plants(self) -> pl.DataFrame:
        """Every registered sewage plant within the area: days within its limits in the cold season, months by their
        means, influent, and whether it is markedly better than the standard; columns of plant_year."""
        found = self._asked("plants_of_year", year=self.period.year)
        return found.filter(pl.col("area_id").is_in(self._inside))

    def plant_months(self) -> pl.DataFrame:
        """The months of the area's sewage plants: by their days (method plant_day) and their means (plant_month)."""
        found = self._asked("plant_months_of_year", year=self.period.year)
        return found.join(self.plants().select("entity_id"), on="entity_id", how="semi")

    def plant_days(self) -> pl.DataFrame:
        """The days on which a sewage plant of the area was beyond a limit or could not be judged, and why."""
        found = self._asked("plant_days_of_year", year=self.period.year)
        return found.join(self.plants().select("entity_id"), on="entity_id", how="semi")

    def plants_table(self) -> Table | prose.Sentence:
        """Sewage plants of the area that kept their limits least in the cold season, with their influent."""
        if not self._promises("cold_weather_compliance"):
            return prose.NOTHING
        return plants.weakest(self.plants(), self.plant_days(), self.catalog, self.lang)

    def sewage_collection(self) -> pl.DataFrame:
        """Per city the people whose sewage reaches a plant, of those served; columns of sewage_collection."""
        found = self._asked("sewage_collection_of_year", year=self.period.year)
        return found.filter(pl.col("area_id").is_in(self._inside))

    # Compensation across boundaries

    def compensation(self) -> pl.DataFrame:
        """Deductions, rewards and what is left of both [万元] by scheme, for the area and what lies in it.

        Columns of compensation_total: a sum is empty where an entry is open, and lies from its `_low` to its `_high`
        (empty: nothing bounds it).
        """
        return self.frames.compensation.filter(pl.col("scope_id").is_in([*self._inside, self.scope.id]))

    def compensation_months(self) -> pl.DataFrame:
        """Deductions [万元] by scheme and month, for the area and what lies in it; columns of compensation_month."""
        rows = self._asked("compensation_months_of_year", year=self.period.year)
        return rows.filter(pl.col("scope_id").is_in([*self._inside, self.scope.id]))

    def compensation_entries(self) -> pl.DataFrame:
        """What each section cost or earned the area, by month and ground [万元]; columns of compensation_entry."""
        rows = self._asked("compensation_entries_of_year", year=self.period.year)
        return rows.filter(pl.col("area_id").is_in([*self._inside, self.scope.id]))

    def compensation_table(self) -> Table | prose.Sentence:
        """What sections across boundaries would cost and earn the area and those in it, by each scheme.

        Of the whole province by city; a city has its counties.
        """
        mine = self.compensation()
        if self.scope.id == self.plan.area:
            mine = mine.filter(pl.col("scope_kind") != "county")
        if mine.is_empty() and self.scope.id != self.plan.area:
            return prose.NOTHING
        return compensation.table(mine, self.catalog, self.lang)

    # Black-odorous water

    def body_grades(self) -> pl.DataFrame:
        """The black-odorous bodies of the area and their grade in each quarter; columns of body_grade.

        A body of which nothing was measured has one row without a quarter.
        """
        return self.frames.body_grades.filter(pl.col("area_id").is_in([*self._inside, self.scope.id]))

    def body_points(self) -> pl.DataFrame:
        """The grade of every point of the area's bodies in each quarter; columns of body_point."""
        return self._of_bodies("body_points_of_year")

    def body_samplings(self) -> pl.DataFrame:
        """Every day on which a point of the area's bodies was measured, with its worst grade; as body_sampling."""
        return self._of_bodies("body_samplings_of_year")

    def _of_bodies(self, question: str) -> pl.DataFrame:
        rows = self._asked(question, year=self.period.year)
        return rows.join(self.body_grades().select("entity_id").unique(), on="entity_id", how="semi")

    def body_grades_table(self) -> Table | prose.Sentence:
        """The bodies of the area that were black-odorous in a quarter, or of which it is not known."""
        mine = self.body_grades()
        if mine.is_empty():
            return prose.NOTHING
        return bodies.grades(mine, self.catalog, self.lang)

    # Sources of drinking water

    def sources(self, word: str = "drinking_source_compliance") -> pl.DataFrame:
        """The year of the sources that a figure counts, by both rules; columns of source_year with their entries."""
        code = self.catalog.target(word, self.plan).code
        members = self.members().filter(pl.col("code") == code)
        return self.frames.source_years.join(members.select("entity_id").unique(), on="entity_id", how="semi")

    def source_occasions(self) -> pl.DataFrame:
        """Every occasion on which a source within the area was sampled, with what was found."""
        inside = self.frames.source_years.filter(pl.col("area_id").is_in(self._inside))
        return self.frames.source_occasions.join(inside.select("entity_id"), on="entity_id", how="semi")

    def sources_table(self, word: str = "drinking_source_compliance") -> Table | prose.Sentence:
        """Sources of a figure that fail or are open: item, value, limit, multiple, day, and both year rules."""
        if not self._promises(word):
            return prose.NOTHING
        mine = self.sources(word)
        title = words.either(
            self.lang,
            "超标、待定或本底值项目超限的水源",
            "Sources that fail, are open, or exceed by natural background",
        )
        if mine.is_empty():
            return prose.no_data(words.either(self.lang, "水源数据", "sources of drinking water"), self.lang)
        return sources.not_complying(
            mine, self.frames.source_items, self.frames.source_occasions, self.catalog, self.lang, title=title
        )

    def source_shares(self) -> Table | prose.Sentence:
        """The share of compliant sources by number and by volume, and after both year rules."""
        word = "drinking_source_compliance"
        if not self._promises(word) or self.scope.id != self.plan.area:
            return prose.NOTHING
        own = self._judged().filter(pl.col("code") == self.catalog.target(word, self.plan).code)
        beside = self._beside().filter(pl.col("code") == self.catalog.target(word, self.plan).code)
        rows = [*own.to_dicts(), *(r for r in beside.to_dicts() if r["stratum"] != "last_year")]
        return sources.shares(rows, self.catalog.indicator(word), self.plan, self.catalog, self.lang)

    def source_coverage(self) -> Table | prose.Sentence:
        """Large rural sources monitored, by quarter and city."""
        word = "large_rural_sources_monitored"
        if not self._promises(word):
            return prose.NOTHING
        mine = self.members().filter(pl.col("code") == self.catalog.target(word, self.plan).code)
        if mine.is_empty():
            return prose.no_data(words.either(self.lang, "水源数据", "sources of drinking water"), self.lang)
        return sources.coverage(mine, self.catalog, self.lang)

    def source_quality(self, word: str = "drinking_source_compliance") -> prose.Sentence:
        """How many sources of a figure comply, fail and are open; beside a figure on monitoring it is another one."""
        if not self._promises(word):
            return prose.NOTHING
        mine = self.sources(word)
        if mine.is_empty():
            return prose.NOTHING
        rural = self.catalog.indicator(word).id == "large_rural_sources_monitored"
        what = words.either(self.lang, "参加评价的水源", "Sources assessed")
        if rural:
            what = words.either(
                self.lang,
                "水质另列，不属于本项监测覆盖的考核：“千吨万人”水源",
                "Their quality is another figure than the monitoring promised here. Large rural sources",
            )
        return sources.quality(mine, self.frames.source_items, self.plan, self.catalog, what=what, lang=self.lang)

    # Flows

    def ecological_flow(self) -> pl.DataFrame:
        """How often each section within the area had the flow it needs, in the year and the one before (`period`).

        One row per section and period: `river`, `name`, `days_met`, `days_assessed`, `days_missing`, `days_expected`,
        `value`, `low`, `high`, `required_pct` [%], `reaches` (null: open), `change` since the year before with
        `change_low` and `change_high` [points], `targets_in_doubt`, `reason`; see `compute.flow`.
        """
        rates = self._asked("flow_guarantee_of_year", year=self.period.year)
        return rates if self.scope.id == self.plan.area else rates.filter(pl.col("area_id").is_in(self._inside))

    def ecological_flow_table(self) -> Table | prose.Sentence:
        """The guarantee rate of each section against the one that its own plan requires, last year's beside it."""
        if not self._promises("ecological_flow_days"):
            return prose.NOTHING
        found = self.ecological_flow()
        if found.is_empty():
            return prose.no_data(words.either(self.lang, "断面流量", "flows of sections"), self.lang)
        return flows.guarantee(found, self.catalog, self.lang, year=self.period.year)

    def replenishment(self) -> pl.DataFrame:
        """What the river was given in each month of the window of the year (`is_promised`) and of the one before it.

        One row per month: `days_measured`, `days_expected`, `days_below`, `mean`, `low`, `high`, `target` [m³/s],
        `is_met_on_average`, `is_met_every_day` (null: open); see `compute.flow`.
        """
        return self._asked("replenishment_of_year", year=self.period.year)

    def replenishment_windows(self) -> pl.DataFrame:
        """Whether each window held its level throughout, by the mean of its months and by every day (`judged_on`).

        `months_met`, `months_failed`, `months_open`, `days_below`, `lowest_mean` [m³/s], `is_met` (null: open).
        """
        return self._asked("replenishment_windows_of_year", year=self.period.year)

    def replenishment_table(self) -> Table | prose.Sentence:
        """The months of the replenishment, on average and day by day; shown for the province alone."""
        if not self._promises("fen_replenishment") or self.scope.id != self.plan.area:
            return prose.NOTHING
        found = self.replenishment()
        if found.is_empty():
            return prose.no_data(words.either(self.lang, "补水流量", "water released"), self.lang)
        return flows.replenishment(found, self.replenishment_windows(), self.lang, as_of=self.as_of)

    # Data quality

    def received(self) -> pl.DataFrame:
        """Every file: who sent it, of what and when, what became of it, by which later files it is replaced."""
        return self.frames.files

    def row_counts(self) -> pl.DataFrame:
        """The ledger: rows of each file by area and period, against the file before and the year before."""
        return self.frames.ledger

    def outstanding(self) -> pl.DataFrame:
        """Forms and periods of the year that are not complete: when due, who was not told of; of the whole province."""
        return self.frames.standing.filter(pl.col("state") != "complete")

    def corrections(self) -> pl.DataFrame:
        """Every correction that people wrote down, and what became of it."""
        return self.frames.corrections

    def corrections_table(self) -> Table:
        """Every correction: what, where, from, to, why, by whom, and what became of it."""
        return receipts.corrections(self.frames.corrections, self.catalog, self.lang)

    def jumps_table(self) -> Table:
        """Files whose number of rows differs much from the file before, or from the year before."""
        return receipts.jumps(self.frames.ledger, self.catalog, self.lang)

    def outstanding_forms(self) -> Table:
        """By department, form and period, who within the area was not told of, and when it was due."""
        inside = None if self.scope.id == self.plan.area else self._inside
        return receipts.outstanding(self.outstanding(), inside, self.catalog, self.lang)

    def completeness(self) -> Table:
        """How complete each form of the whole province is, and the figures that need it."""
        return reminders.completeness(
            self.frames.standing,
            self.frames.left_blank,
            self.frames.deliveries,
            plan=self.plan,
            catalog=self.catalog,
            lang=self.lang,
        )

    def left_blank(self) -> Table:
        """Cells within the area that were left blank and keep a figure open: form, whom, column, period, figures."""
        inside = None if self.scope.id == self.plan.area else self._inside
        return owed.blank_table(self.frames.left_blank, inside, self.catalog, self.lang)

    def reminders(self) -> dict[str, str]:
        """By addressee a text ready to send (催报): what is outstanding of the year, and what has to be corrected.

        Of the governments of cities each one that owes has a letter of its own (`city_governments/140500`).
        """
        return reminders.letters(
            self.frames.standing,
            self.frames.left_blank,
            self._quarantine_of_year(),
            as_of=self.as_of,
            plan=self.plan,
            catalog=self.catalog,
            lang=self.lang,
            arrived=self._forms_arrived(),
        )

    def _forms_arrived(self) -> set[str]:
        """The forms of which a file was taken that is said to be of the year, or that says it by its rows."""
        is_of_year = pl.col("period").str.starts_with(str(self.period.year)) | (pl.col("period") == "")
        return set(self.frames.deliveries.filter(is_of_year, outcome="loaded")["source"])

    def received_table(self) -> Table:
        """What each department sent, by form."""
        return lists.received(self.frames.deliveries, self.frames.corrections, self.catalog, self.lang)

    def deliveries_chart(self) -> charts.Chart | prose.Sentence:
        """Rows accepted and set aside, by form."""
        return charts.deliveries_by_source(self.frames.deliveries, self.catalog, lang=self.lang)

    def checks(self) -> Table:
        """How the checks came out, by form."""
        return lists.checks(self.frames.check_results, self.catalog, self.lang)

    def quarantined(self) -> Table:
        """Every row and reading that was set aside, with the rule."""
        names = dict(self.frames.registers.select("entity_id", "name").iter_rows())
        return lists.quarantined(self.frames.broken_rules, self.frames.deliveries, names, self.catalog, self.lang)

    def quarantine(self) -> pl.DataFrame:
        """What is set aside of the year and area, a line for each rule that a row, a reading or a file broke.

        `status` is `open`, or `fixed` or `still wrong` by the `later_file` that tells it anew. Lines of which nobody
        knows the year or the place stand only with the whole province.
        """
        whole = self.scope.id == self.plan.area
        inside = pl.col("area_id").is_in([*self._inside, self.scope.id])
        return self._quarantine_of_year().filter(pl.lit(whole) | inside)

    def _quarantine_of_year(self) -> pl.DataFrame:
        said = pl.coalesce(pl.col("period_start").dt.year().cast(pl.String), pl.col("period").str.slice(0, 4))
        return self.frames.quarantine.filter(said.is_in(["", str(self.period.year)]))

    def marked_readings(self, method: str | None = None) -> prose.Sentence:
        """How many readings of the period rest on a limit of detection, and how many a flag leaves out.

        `method` is `automatic` or `laboratory`; without it both are told of.
        """
        marked, flagged = (self._of_method(q, method) for q in ("readings_marked", "readings_flagged"))
        return prose.marked_readings(marked, flagged, self.catalog, self.lang)

    def _of_method(self, question: str, method: str | None) -> pl.DataFrame:
        rows = self._asked(question, first=self.period.start, last=self.period.end)
        return rows if method is None else rows.filter(pl.col("method") == method)

    def whole_province(self) -> prose.Sentence:
        """In the report of a part of the province: that what follows is of the whole."""
        if self.scope.id == self.plan.area:
            return prose.Sentence("")
        return prose.of_the_whole(self.catalog.areas[self.plan.area].name.in_language(self.lang), self.lang)

    def outstanding_table(self) -> Table:
        """The figures of the area of which nothing has arrived, by department."""
        return lists.outstanding(self._judged(), self.plan, self.catalog, self.lang)

    def _judged_whole(self) -> pl.DataFrame:
        return scorecard.at_target_level(self.frames.values, self.plan, self.catalog)

    def missing(self) -> Table:
        """Of whom nothing usable arrived, by figure and city."""
        return lists.missing(self.members(), self._judged(), self.plan, self.catalog, self.lang)

    # Methods

    def methods(self) -> Table:
        """How each figure is computed."""
        codes = scorecard.told(self._judged_whole())["code"].to_list()
        return methods.methods(self.plan, self.catalog, codes, self.lang)

    def worked_examples(self) -> Table:
        """Small cases worked out, each tested with the formula that it explains."""
        return methods.worked_examples(self.plan, self.catalog, self.lang)

    def verdict_rules(self) -> Table:
        """When each verdict is given."""
        return methods.verdict_rules(self.lang)

    def settings(self) -> Table:
        """Choices that the regulations leave open."""
        return methods.settings(self.plan, self.catalog, self.lang)

    def said_since(self) -> Table:
        """What was given after the plan was issued: targets, settings, sets of places, breakdowns."""
        return given.said_since(self.plan, self.catalog, self.lang)

    def reasons(self) -> Table | prose.Sentence:
        """Why figures were not met, as people typed and signed it."""
        values = self.frames.values.filter(pl.col("stratum").is_null())
        stands: dict[str, dict[str, str]] = {area: {} for area in self._inside}
        for area, code, verdict in values.select("scope_id", "code", "verdict").iter_rows():
            if area in stands:
                stands[area][code] = verdict
        return given.reasons(self.plan, self.catalog, stands, self.lang) or prose.NOTHING

    def leads(self) -> Table:
        """Areas that early warning and accountability point at, with the figures that fell short there."""
        return leads.leads(self.members(), self.frames.values, self.plan, self.catalog, self.lang)

    def assumptions(self) -> Table:
        """Windows of the year and sets of places that the plan's words stand for."""
        return methods.assumptions(self.plan, self.catalog, self.lang)

    def limits(self) -> Pieces:
        """The limits of every standard, that of the water classes first."""
        first = self.catalog.surface_standard
        others = [standard for standard in self.catalog.standards.values() if standard.id != first.id]
        return Pieces([regulations.limits(each, self.catalog, self.lang) for each in (first, *others)])

    def ratings(self) -> Table:
        """When a river, basin or region is given which word."""
        return regulations.ratings(self.catalog, self.lang)

    def regulations(self) -> Table:
        """The standards and methods, how sure each is, and what is set where its source is silent."""
        return regulations.regulations(self.catalog, self.lang)

    def assumed_limits(self) -> Table:
        """Limits of detection that were assumed in the period, where a result told none."""
        return regulations.assumed_limits(self._of_method("readings_marked", None), self.catalog, self.lang)

    def references(self) -> Table:
        """The bibliography."""
        return methods.references(self.catalog, self.lang)

    # Stations

    def station_tiles(self) -> Tiles:
        """Stations, readings and how often the published class is reproduced."""
        rows = self.station_classes()
        labelled, agreeing = _agreement(rows)
        share = f"{100 * agreeing / labelled:.2f} %" if labelled else "—"
        return Tiles(
            [
                Tile(words.either(self.lang, "站点", "stations"), str(rows["entity_id"].n_unique())),
                Tile(words.either(self.lang, "时次", "readings"), f"{rows.height:,}"),
                Tile(words.either(self.lang, "与发布类别一致", "agree with the published class"), share),
            ]
        )

    def station_summary(self) -> prose.Sentence:
        """What the dispatch covers, and its latest classes."""
        classes = self.station_classes()
        place = self.scope.name.in_language(self.lang)
        if classes.is_empty() and not self._asked_of_stations().is_empty():
            return prose.stations_elsewhere(place, self.lang)
        return prose.station_summary(classes, self.period, place=place, lang=self.lang)

    def _asked_of_stations(self) -> pl.DataFrame:
        """Classes of every station in the period, wherever it lies."""
        return self._asked("station_classes_between", first=self.period.start, last=self.period.end)

    def station_class_chart(self) -> charts.Chart | prose.Sentence:
        """Readings of each class by day."""
        return charts.station_class_counts(self.station_classes(), lang=self.lang)

    def stations_table(self) -> Table:
        """Every station with its worst and its latest class."""
        return lists.stations(self.station_classes(), self.catalog, self.lang)

    def series(self, parameter: str) -> charts.Chart | prose.Sentence:
        """Readings of one parameter at the stations with the highest values, with the class limits."""
        stations = self.station_classes().select("entity_id", "name", "water_body").unique("entity_id")
        names, bodies = (dict(stations.select("entity_id", c).iter_rows()) for c in ("name", "water_body"))
        rows = self.readings(parameter).filter(pl.col("site_id").is_in(list(names))).collect()
        return charts.readings_series(rows, parameter, names, bodies, catalog=self.catalog, lang=self.lang)

    def station_quality(self) -> prose.Sentence:
        """What of the stations' files does not count."""
        counted = self.station_classes()["snapshot"].unique().to_list()
        aside = self.frames.broken_rules.filter(pl.col("period_start").is_between(self.period.start, self.period.end))
        forms = [s.id for s in self.catalog.sources.values() if s.entity and s.entity.register_name == "stations"]
        mine = pl.col("snapshot").is_in([*counted, *aside["snapshot"].unique()]) & pl.col("source").is_in(forms)
        return prose.station_quality(self.frames.deliveries.filter(mine), self.lang)

    def agreement(self) -> prose.Sentence:
        """How often the computed class is the published one."""
        labelled, agreeing = _agreement(self.station_classes())
        return prose.agreement(labelled, agreeing, self.lang)

    def disagreements(self) -> Table:
        """Readings that were published in another class than the computed one, with the cause."""
        return lists.disagreements(self.station_classes(), self.lang)

    # Where a number comes from

    def explain(self, word: str) -> Explanation:
        """One figure led back to its clause, members, rows and files."""
        with open_warehouse(self.workspace) as connection:
            return explanation.explain(connection, word, self.catalog, year=self.period.year, area=self.scope.id)

    def explained(self, word: str) -> Table:
        """The source rows of one figure, with file, sheet, row and checksum."""
        return methods.explanation_tables(self.explain(word), self.catalog, self.lang)[-1]


def _agreement(classes: pl.DataFrame) -> tuple[int, int]:
    """Rows that carry a published class, and those of them where ours is the same."""
    labelled = classes.filter(pl.col("official_class").is_not_null())
    return labelled.height, labelled.filter(pl.col("cause").is_null()).height
