"""One target of a plan, asked of a year's facts: in which window, of whom, and who has answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import polars as pl

from analytics.asked import is_meant, may_lie_on, says_nothing_of, valid_in, with_members_in
from analytics.catalog import Catalog
from analytics.catalog import indicator as shapes
from analytics.catalog.indicator import Indicator, Numerator
from analytics.catalog.models import Population, Source
from analytics.catalog.named_works import work_meant, works_named
from analytics.catalog.plan import Plan, Target
from analytics.catalog.served import brought_by
from analytics.compute import members, over_time
from analytics.periods import Period, year_of
from analytics.pipeline.facts import Facts

LEVELS = ("province", "city", "county")
_RIVER = pl.col("attributes").str.json_path_match("$.river")
_NAMED_FOR = pl.col("attributes").str.json_path_match("$.list_code")
_NOBODY = {**dict.fromkeys(members.CELL, pl.String), "was_set_aside": pl.Boolean}


@dataclass(frozen=True)
class Question:
    """One target of a plan, asked of the facts of a year; `months` narrows it to some of them, for companions.

    `asked_in` is the year that the one before it is compared with (0: this year itself is asked about).
    """

    plan: Plan
    target: Target
    year: int
    facts: Facts
    catalog: Catalog
    indicator: Indicator
    months: tuple[int, ...] = ()
    is_recognised: bool = False
    asked_in: int = 0

    # When

    @cached_property
    def spans(self) -> list[tuple[date, date]]:
        """First and last day of each part of the window that is asked about."""
        if self.target.window is None:
            whole = year_of(self.year)
            return [(whole.start, whole.end)]
        begins = self.target.judged_from.get(self.year, date.min)
        spans = self.plan.windows[self.target.window].spans(self.year)
        return [(max(first, begins), last) for first, last in spans if last >= begins]

    @cached_property
    def period(self) -> Period:
        """From the first day that is asked about to the last."""
        return Period(self.spans[0][0], self.spans[-1][1], "year", str(self.year))

    @property
    def due(self) -> date:
        """The last day on which the target may be reached."""
        return self.target.deadline.get(self.year, self.period.end)

    @cached_property
    def parts(self) -> list[tuple[str, date, date]]:
        """Name, first and last day of each month or quarter that is asked about; one without a name for the whole.

        Asked about some months, it is asked about these, judged or not.
        """
        if self.target.cadence is None:
            return [("", self.period.start, self.period.end)]
        length = 1 if self.target.cadence == "month" else 3
        found = []
        for first, last in self.spans:
            day = first
            while day <= last:
                following = _month_after(day, length)
                name = f"{day:%Y-%m}" if length == 1 else f"{day.year}-Q{(day.month + 2) // 3}"
                found.append((name, day, following - timedelta(days=1)))
                day = following
        if self.months:
            return [part for part in found if part[1].month in self.months]
        begins = self.target.judged_from.get(self.year, date.min)
        return [part for part in found if part[2] >= begins]

    @cached_property
    def intervals(self) -> list[tuple[str, date, date]]:
        """The part, first and last day of each stretch that has to be told of."""
        if self.target.cadence is not None:
            return self.parts
        if not self.months:
            return [("", first, last) for first, last in self.spans]
        days = [date(y, m, 1) for y in {d.year for span in self.spans for d in span} for m in self.months]
        return [
            ("", day, _month_after(day, 1) - timedelta(days=1))
            for day in days
            if any(first <= day <= last for first, last in self.spans)
        ]

    def in_window(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows whose period begins within the window, with the `part` that it begins in."""
        begins = pl.col("period_start")
        inside = pl.any_horizontal(begins.is_between(first, last) for first, last in self.spans)
        if self.months:
            inside &= begins.dt.month().is_in(list(self.months))
        return self._with_part(rows.filter(inside))

    @property
    def months_of_window(self) -> int:
        """Number of months that the figure is about."""
        if self.months:
            return len(self.months) * len(self.spans)
        return sum((b.year - a.year) * 12 + b.month - a.month + 1 for a, b in self.spans)

    @property
    def days_of_window(self) -> int:
        """Number of days that the figure is about."""
        return sum((last - first).days + 1 for _, first, last in self.intervals)

    def told_of_window(self, states: pl.DataFrame) -> pl.DataFrame:
        """States that hold on some day of the window, with the `part` that they are about.

        What is told of a longer time than a month or a quarter is about none of them: it has arrived, and says nothing.
        """
        if self.target.cadence is not None:
            return self._told_of_parts(states)
        begins, ends = pl.col("period_start"), pl.col("period_end")
        touches = pl.any_horizontal((begins <= last) & (ends >= first) for first, last in self.spans)
        # What is told of a span beyond the year is of another year.
        return states.filter(touches & (begins >= date(self.year, 1, 1))).with_columns(part=pl.lit(""))

    def _told_of_parts(self, states: pl.DataFrame) -> pl.DataFrame:
        begins, ends = pl.col("period_start"), pl.col("period_end")
        of_part = [
            states.filter((begins <= last) & (ends >= first)).with_columns(
                part=pl.lit(name), value_code=pl.when((begins >= first) & (ends <= last)).then("value_code")
            )
            for name, first, last in self.parts
        ]
        return pl.concat(of_part) if of_part else states.clear().with_columns(part=pl.lit(""))

    def _with_part(self, rows: pl.DataFrame) -> pl.DataFrame:
        if self.target.cadence is None:
            return rows.with_columns(part=pl.lit(""))
        part = pl.lit(None, pl.String)
        for name, first, last in self.parts:
            part = pl.when(pl.col("period_start").is_between(first, last)).then(pl.lit(name)).otherwise(part)
        return rows.with_columns(part=part).drop_nulls("part")

    # Of whom

    @property
    def _population(self) -> Population:
        return self.indicator.population

    @property
    def is_registered(self) -> bool:
        """Whether it is known whom the figure counts: named by the plan, or by registers that have arrived.

        A register that says nothing at all of an attribute does not tell who is meant.
        """
        if self._population.named == "works":
            return not self.population.is_empty()
        wanted = {self._population.register_name, self._population.having} - {None}
        if not wanted <= set(self.facts.registers["register"].unique()):
            return False
        return not says_nothing_of(self._entries, self._population.where)

    @property
    def setting_missing(self) -> str | None:
        """The setting that says whom the figure counts, where nobody has given it yet."""
        above = self._population.above
        if above is None or self.catalog.setting(self.plan, above.setting).value is not None:
            return None
        return above.setting

    @cached_property
    def population(self) -> pl.DataFrame:
        """The description columns of a member frame, one row per member and part."""
        if self._population.whole:
            area = self.catalog.areas[self.plan.area]
            found = _described([(area.id, area.name.zh, area.id)])
        elif self._population.named == "places":
            places = [self.catalog.areas[a] for a in self.catalog.places_of(self.plan, self.target)]
            found = _described([(a.id, a.name.zh, a.id) for a in places])
        elif self._population.named == "works":
            found = _described(self.named_works)
        else:
            listed = self.registered.select(*members.DESCRIPTION[:-1])
            rivers = _described([(river, river, None) for river in self.rivers_without_any])
            found = pl.concat([listed, self._unnamed(), rivers.with_columns(river="entity_id")])
        parts = pl.DataFrame({"part": [name for name, _, _ in self.parts]}, schema={"part": pl.String})
        return found.join(parts, how="cross").select(members.DESCRIPTION)

    def _unnamed(self) -> pl.DataFrame:
        """Members that the text speaks of and no register names yet, where the target counts them."""
        named = self.registered["entity_id"].n_unique()
        lacking = (self.target.promised_members or 0) - named if self.target.counts_unnamed and named else 0
        return _described([(f"unnamed-{i}", f"（未列名{i}）", None) for i in range(1, lacking + 1)])

    @cached_property
    def rivers_without_any(self) -> list[str]:
        """Rivers of another register on which no member lies, where each must have one: nothing is known of them.

        Of a change one that has no member in both years, whichever of the two is asked about.
        """
        if self._population.every_river_of is None:
            return []
        of_year = year_of(self.asked_in or self.year)
        rivers = self.facts.registers.filter(
            (pl.col("register") == self._population.every_river_of) & valid_in(of_year)
        )
        held = self.registered
        if self.indicator.kind == "change":
            years = (of_year.start.year, of_year.start.year - 1)
            for other in years:
                held = held.join(self.of_year(other).registered.select("entity_id"), on="entity_id", how="semi")
        lacking = rivers.filter(~pl.col("entity_id").is_in(held["river"].drop_nulls().to_list()))
        return lacking["entity_id"].unique(maintain_order=True).to_list()

    @cached_property
    def named_works(self) -> list[tuple[str, str, str | None]]:
        """Id, name and area of each work that the text names, and of those that its open list has grown by."""
        return [*works_named(self.target, self.catalog), *self._grown()]

    def _grown(self) -> list[tuple[str, str, str | None]]:
        """Works beyond those named that were delivered for an open list, once each."""
        found = self._beyond.select("entity_id", "name", "area_id").unique(maintain_order=True)
        told = [(str(entity), str(name or entity), area) for entity, name, area in found.iter_rows()]
        known = {entity for entity, _, _ in told}
        doubted = self.doubted_works.drop_nulls("member").unique("member", maintain_order=True)
        rows = doubted.select("member", "name", "area_id").iter_rows()
        return [*told, *((work, str(name or work), area) for work, name, area in rows if work not in known)]

    @cached_property
    def doubted_works(self) -> pl.DataFrame:
        """Works of the figure's kind in the window whose row was set aside, with the `member` that each surely is.

        Of an open list that is the row itself, which others tell nothing of; a row that may be about one of those that
        the text names is about all of its area, and has none.
        """
        numerator = self.indicator.numerator
        if not isinstance(numerator, shapes.ByStage):
            return self.facts.works_in_doubt.clear().with_columns(member=pl.lit(None, pl.String))
        rows = self.in_window(self.facts.works_in_doubt.filter(pl.col("item") == numerator.undertaking))
        known = {(area, name): work for area, name, work in self._beyond.select("area_id", "name", "entity_id").rows()}
        works = [self._doubted(area, name, known) for area, name in rows.select("area_id", "name").rows()]
        return rows.with_columns(member=pl.Series(works, dtype=pl.String))

    def _doubted(
        self, area: str | None, name: str | None, known: Mapping[tuple[str | None, str | None], str]
    ) -> str | None:
        targets = [self.target, *self._sharing]
        if not self.target.is_open or any(work_meant(t, (area, name, None), self.catalog) is not None for t in targets):
            return None
        place = self.catalog.areas[area].name.zh if area else ""
        return known.get((area, name)) or f"{name or '未报名称的工程'}（{place or '所在地不明'}）"

    @cached_property
    def _beyond(self) -> pl.DataFrame:
        """Works beyond those named that an open list may have grown by: not those of another list of such works."""
        if not self.target.is_open:
            return self.works_of_item.clear()
        works = self.works_of_item.filter(pl.col("member").is_null())
        others = [t for t in self._sharing if t.code != self.target.code]
        if not others:
            return works
        told = works.select("area_id", "name", river=_RIVER).rows()
        elsewhere = [any(work_meant(t, row, self.catalog) is not None for t in others) for row in told]
        unlabelled = _NAMED_FOR.is_null() & ~pl.Series(elsewhere, dtype=pl.Boolean)
        return works.filter(_NAMED_FOR.eq(self.target.code) | unlabelled)

    @property
    def _sharing(self) -> list[Target]:
        """The open lists that take works of the same kind, this one among them."""
        mine_are = _items_told(self.indicator.numerator)
        return [t for t in self.plan.targets() if t.is_open and self._items_behind(t) == mine_are]

    @cached_property
    def unlabelled(self) -> list[str]:
        """Works beyond those named that do not say which of several open lists they are for."""
        if len(self._sharing) < 2:
            return []
        return self._beyond.filter(_NAMED_FOR.is_null())["entity_id"].unique().to_list()

    @property
    def is_told_of(self) -> bool:
        """Whether anything of what the figure is made of was told of the time that is asked about."""
        facts = (self.facts.amounts, self.facts.states, self.facts.undertakings)
        mine = pl.col("item").is_in(sorted(self.items))
        return any(not self.in_window(rows.filter(mine)).is_empty() for rows in facts)

    @property
    def is_dated(self) -> bool:
        """Whether works have a day by which they must be done: that of the text, the year's end, or each its own."""
        by_list = self.indicator.population.named == "works"
        return not by_list or bool(self.target.deadline) or (self.target.is_open and not self.target.works)

    def _items_behind(self, target: Target) -> list[str]:
        return _items_told(self.catalog.indicators[target.indicator].numerator)

    @cached_property
    def works_of_item(self) -> pl.DataFrame:
        """Works of the figure's kind in the window, with the `member` (a named work) that each belongs to."""
        numerator = self.indicator.numerator
        if not isinstance(numerator, shapes.ByStage):
            raise TypeError(self.indicator.id)
        told = self.in_window(self.facts.undertakings.filter(pl.col("item") == numerator.undertaking))
        for name, codes in numerator.where.items():
            told = told.filter(pl.col("attributes").str.json_path_match(f"$.{name}").is_in(codes))
        # Told of in several periods a work is one, as it was told of last.
        works = told.sort("period_end", "received").unique("entity_id", keep="last", maintain_order=True)
        rows = works.select("area_id", "name", river=_RIVER).rows()
        named = [work_meant(self.target, row, self.catalog) for row in rows]
        return works.with_columns(member=pl.Series(named, dtype=pl.String))

    @cached_property
    def _entries(self) -> pl.DataFrame:
        """Entries of the figure's register that hold in the window; one that lies nobody knows where is the plan's."""
        inside = [a.id for level in LEVELS for a in self.catalog.children(self.plan.area, level)]
        rows = self.facts.registers.filter(pl.col("register") == (self._population.register_name or ""))
        return (
            rows.with_columns(pl.col("area_id").fill_null(self.plan.area))
            .filter(pl.col("area_id").is_in(inside) & valid_in(self.period))
            .unique("entity_id", keep="last", maintain_order=True)
        )

    @cached_property
    def registered(self) -> pl.DataFrame:
        """The entries that the figure counts, narrowed as its population says."""
        found = self._entries.filter(is_meant(self._population.where))
        places = self.catalog.places_of(self.plan, self.target)
        if places:
            within = [a for a in found["area_id"].unique() if any(self.catalog.lies_in(a, p) for p in places)]
            found = found.filter(pl.col("area_id").is_in(within))
        if self._population.having:
            found = with_members_in(found, self._holding(self._population.having), self.catalog)
        if self._population.on_named_rivers:
            found = found.filter(may_lie_on(self.target.named_rivers))
        if self._loads is None:
            return found
        below = self._loads.filter(pl.col("value") < pl.lit(self._least_load))["entity_id"]
        return found.filter(~pl.col("entity_id").is_in(below.to_list()))

    @property
    def _least_load(self) -> float | str | None:
        """The setting from which a member counts."""
        above = self._population.above
        return self.catalog.setting(self.plan, above.setting).value if above else None

    @cached_property
    def _loads(self) -> pl.DataFrame | None:
        """`entity_id`, `value` (null: not told of in full) of the amount by which a member counts; none: all count."""
        above = self._population.above
        if above is None or self.setting_missing:
            return None
        rows = self.in_window(self.facts.amounts.filter(pl.col("item") == above.amount))
        how = {above.amount: self.catalog.items[above.amount].over_time or "sum"}
        return over_time.put_together(rows.with_columns(entity_id=self.member_id()), self.intervals, how)

    @cached_property
    def perhaps_meant(self) -> list[str]:
        """Members of which nobody can say whether they count: what decides that was not told."""
        found = self.registered if self._population.register_name else None
        unclear: set[str] = set()
        if found is not None and self._population.on_named_rivers:
            unclear |= set(found.filter(pl.col("river").is_null())["entity_id"])
        if found is not None and self._loads is not None:
            unclear |= set(found["entity_id"]) - set(self._loads.drop_nulls("value")["entity_id"])
        return sorted(unclear)

    def _holding(self, register: str) -> pl.DataFrame:
        """The entries of a register that hold at any time of the window."""
        return self.facts.registers.filter((pl.col("register") == register) & valid_in(self.period))

    @cached_property
    def doubtful(self) -> pl.Series:
        """Members whose entry in the register was set aside: whatever arrived of them cannot be judged."""
        if self._population.register_name is None:
            return pl.Series(dtype=pl.String)
        return self.registered.filter("is_set_aside")["entity_id"]

    def member_id(self) -> pl.Expr:
        """The member that a fact row is about."""
        if self._population.whole:
            return pl.lit(self.plan.area)
        return pl.coalesce("entity_id", "area_id")

    def is_clear(self) -> pl.Expr:
        """Whether the member of a fact row has an entry that can be relied on."""
        return ~self.member_id().is_in(self.doubtful.to_list()).fill_null(False)

    # Who has answered

    @cached_property
    def sources(self) -> list[Source]:
        """The delivery forms that bring what the figure is made of; none as long as nobody has declared one."""
        return [s for s in self.catalog.sources.values() if self.items & brought_by(s) or self._is_read_from(s)]

    @cached_property
    def items(self) -> set[str]:
        """Every amount, state and kind of work that the figure is made of."""
        found = set(_items_told(self.indicator.numerator))
        if isinstance(self.indicator.denominator, shapes.ByAmount):
            found |= set(self.indicator.denominator.names)
        return found | set(self._population.left_out)

    @property
    def derived(self) -> dict[str, Source]:
        """Those of the items that follow from readings, with the form that brings these."""
        return {item: s for s in self.catalog.sources.values() for item in self.items & set(s.derived)}

    def _is_read_from(self, source: Source) -> bool:
        by_class = isinstance(self.indicator.numerator, shapes.ByWaterClass | shapes.ByTargetClass)
        sites = source.entity.register_name if source.readings and source.entity else None
        return by_class and sites is not None and sites == self._population.register_name

    def arrived(self, good: pl.DataFrame) -> pl.DataFrame:
        """Cells (`entity_id`, `part`) of which anything arrived, and whether all of it was set aside.

        `good` has the cells of which something usable arrived.
        """
        told = good.select(members.CELL).unique().with_columns(was_set_aside=pl.lit(False))
        forms = [s.id for s in self.sources]
        broken = self.in_window(self.facts.set_aside.filter(pl.col("source").is_in(forms) & self._may_be_of_duty()))
        if isinstance(self.indicator.numerator, shapes.ByStage):
            ids = self.members_about(broken["area_id"])
            aside = pl.DataFrame({"entity_id": ids, "part": ""}, schema=dict.fromkeys(members.CELL, pl.String))
        else:
            aside = broken.select(entity_id=self.member_id(), part="part").drop_nulls().unique()
        beside = [aside.with_columns(was_set_aside=pl.lit(True)), self._within_refused(forms)]
        found = [told, *(rows for rows in beside if not rows.is_empty())]
        once = pl.concat(found).unique(members.CELL, keep="first", maintain_order=True) if len(found) > 1 else told
        return self._with_doubtful(once)

    def _may_be_of_duty(self) -> pl.Expr:
        """Whether a row of evidence may be about the duty that is asked of; rows of all else may."""
        if not isinstance(self.indicator.numerator, shapes.ByEvidence):
            return pl.lit(True)
        return pl.col("entity_id").is_null() | (pl.col("entity_id") == self.target.code)

    def members_about(self, areas: Iterable[str | None]) -> list[str]:
        """For each area the members that a row about it may be of: those within it, those it lies in, or all."""
        places = self.population.select("entity_id", "area_id").unique(maintain_order=True).rows()
        by_area = self._population.register_name is not None

        def may_be(area: str | None, told: str | None) -> bool:
            if told is None:
                return True
            if area is None:
                return False
            return self.catalog.lies_in(area, told) or (by_area and self.catalog.lies_in(told, area))

        return [member for told in areas for member, area in places if may_be(area, told)]

    def _with_doubtful(self, arrived: pl.DataFrame) -> pl.DataFrame:
        """Of a doubtful member something has been delivered, and all of it is set aside."""
        if self.doubtful.is_empty():
            return arrived.drop_nulls("entity_id")
        is_doubtful = pl.col("entity_id").is_in(self.doubtful.to_list())
        cells = self.population.filter(is_doubtful).select(members.CELL)
        return pl.concat([arrived.filter(~is_doubtful), cells.with_columns(was_set_aside=pl.lit(True))])

    def _within_refused(self, forms: list[str]) -> pl.DataFrame:
        """Members that a file which could not be read may have told of: whoever sent it has delivered."""
        of_form = self.facts.refused.filter(pl.col("source").is_in(forms))
        areas = [
            area or self.plan.area
            for area, period in of_form.select("area_id", "period").iter_rows()
            if not period or period[:4] == str(self.year)
        ]
        if not areas:
            return pl.DataFrame(schema=_NOBODY)
        inside = [
            a
            for a in self.population["area_id"].unique()
            if any(self.catalog.lies_in(a or self.plan.area, outer) for outer in areas)
        ]
        cells = self.population.filter(pl.col("area_id").is_in(inside, nulls_equal=True))
        return cells.select(members.CELL).with_columns(was_set_aside=pl.lit(True))

    # Other ways to ask

    def of_year(self, year: int) -> Question:
        """The same asked of another year."""
        return replace(self, year=year, asked_in=self.asked_in or self.year)

    def with_indicator(self, indicator: Indicator, *, months: tuple[int, ...] = ()) -> Question:
        """The same members counted in another way."""
        return replace(self, indicator=indicator, months=months)

    def recognised(self) -> Question:
        """The same asked of the classes that the nation has recognised."""
        return replace(self, is_recognised=True)


def _items_told(numerator: Numerator) -> list[str]:
    """The items that departments tell for it; classes and other figures are no items."""
    return numerator.names if numerator.named in ("amount", "state", "undertaking") else []


def _described(rows: list[tuple[str, str, str | None]]) -> pl.DataFrame:
    """A population of members on no river."""
    nowhere = {"basin": None, "river": None}
    described = [{"entity_id": i, "name": name, "area_id": area, **nowhere} for i, name, area in rows]
    return pl.DataFrame(described, schema=dict.fromkeys(members.DESCRIPTION[:-1], pl.String))


def _month_after(day: date, months: int) -> date:
    """The first day of the month that many months on."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
