"""What a form holds: whom it is for, what it asks, which rows are begun; from the catalog and the registers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from analytics.asked import answered_by, asked_of, held_in
from analytics.catalog import Catalog
from analytics.catalog.models import Area, Source
from analytics.catalog.served import served_by
from analytics.errors import UsageError
from analytics.ingest.form_columns import Asked, columns_of, months_of, version_of
from analytics.ingest.identity import Identity, period_in_words
from analytics.periods import Period, parse_period

_INVENTED = "示例数据（虚构）"
_CITIES = "city_governments"
_REPORTED_BY = "reported_by"
_PARTS = ("day", "month", "quarter", "year")
_KINDS = {"year": "年份", "quarter": "季度", "month": "月份", "day": "日期"}
_CADENCES = {"year": "按年", "quarter": "按季度", "month": "按月", "day": "按日"}
_EXAMPLES = {"year": "2021", "quarter": "2021-Q3", "month": "2021-07", "day": "2021-07-15"}


@dataclass(frozen=True)
class Form:
    """One form to be written: whom it is for, what it asks, and the rows whose first cells are filled in already.

    `rows` have, by key of a column, what is known of each member that must be told; `served` is one line a clause.
    """

    source: Source
    identity: Identity
    title: str
    line: str
    columns: list[Asked]
    rows: list[dict[str, str]]
    areas: dict[str, list[Area]]
    members: dict[str, list[str]]
    served: list[str]
    cites: list[str]
    period: Period | None
    catalog: Catalog = field(repr=False)


def form_for(
    source: Source,
    catalog: Catalog,
    *,
    period: str,
    area: str,
    members: pl.DataFrame,
    department: str = "",
    is_invented: bool = False,
) -> Form:
    """The form of the source for the period and the area (a code; empty: all).

    `members` are those of the registers received so far (`register`, `entity_id`, `name`, `area_id`, `valid_from`,
    `valid_to`). `department` is who fills in a form of several departments: it begins the duties that this one answers
    for, in a form of a city those of the city governments. With `is_invented` the form bears the mark of invented
    data. `UsageError` for what only machines send, and where the period is not one that the form could be about.
    """
    _require_filled_by_people(source)
    told = _period_of(source, period)
    plans = [p for p in catalog.plans.values() if told is None or told.year in p.years]
    nearest = plans[0] if plans or told is None else catalog.plan_near(told.year)
    if area and "province" not in source.places:
        catalog.area_of_plan(area, nearest)
    place = catalog.areas[area or nearest.area].name.zh
    identity = Identity(source.id, told.label if told else "", area, version_of(source, catalog))
    by_duty = source.entity is not None and catalog.registers[source.entity.register_name].is_of_targets
    sender = department or (_CITIES if by_duty and area else source.department)
    within = "" if by_duty else area
    duties = answered_by(sender, plans) if by_duty and sender != source.department else None
    chosen = _asked(source, members, catalog, period=told, area=within)
    chosen = [row for row in chosen if duties is None or row["entity_id"] in duties]
    name = catalog.called([sender], "zh")[0]
    known = _Known(source, catalog, told, area)
    return Form(
        source=source,
        identity=identity,
        title=_INVENTED * is_invented
        + (period_in_words(told) if told else "")
        + (place if area else "")
        + source.label.zh,
        line=identity.line(name, place),
        columns=columns_of(source, catalog),
        rows=[row | ({_REPORTED_BY: name} if by_duty and department else {}) for row in known.rows(chosen)],
        areas=known.areas(),
        members=_names_of(source, _held(source, members, catalog, period=told, area=within), known),
        served=[line for plan in plans for line in _served(source, catalog, plan.id, duties)],
        cites=_cited(source, catalog),
        period=told,
        catalog=catalog,
    )


def _cited(source: Source, catalog: Catalog) -> list[str]:
    """Titles of what the form rests on, without the plans: of these their clauses stand in the form."""
    plans = {plan.document for plan in catalog.plans.values()}
    references = [catalog.references[name] for name in source.cites]
    return [f"《{r.title.zh}》" for r in references if r.document not in plans]


def _require_filled_by_people(source: Source) -> None:
    if not source.is_filled_in:
        raise UsageError(
            f"{source.id} comes from machines: there is no form of it to fill in.",
            expected="files as published: " + ", ".join(source.formats),
            next_step=f"Hand the files in as they are: qinghe receive FILE --source {source.id}.",
            zh=f"“{source.label.zh}”由设备或网站产生，没有供人填报的表：请把原文件直接交来",
        )


def _period_of(source: Source, text: str) -> Period | None:
    """The period of the form: as long as its cadence, or longer where rows tell their own; none of a register."""
    if source.becomes == "register":
        if text:
            raise UsageError(
                f"{source.id} is a register: its rows say from when to when they hold.",
                found=f"--period {text}",
                next_step="Leave --period out.",
                zh=f"“{source.label.zh}”是名录，各行自带起止时间：请去掉 --period",
            )
        return None
    period = parse_period(text) if text else None
    least = "day" if source.cadence in ("once", "4h") else source.cadence
    longer = _PARTS[_PARTS.index(least) :] if source.period_from == "rows" else (least,)
    if period is None or period.kind not in longer:
        example = f"--period {_like(period, least)}"
        kinds = "或".join(_KINDS[kind] for kind in longer)
        why = f"写的 {text} 是{_KINDS[period.kind]}，请写{kinds}" if period else f"请用 --period 写明报告期（{kinds}）"
        raise UsageError(
            f"{source.id}: which {' or '.join(longer)} is the form for?",
            found=f"--period {text}" if text else "",
            expected=f"a {' or a '.join(longer)}",
            next_step=f"Give --period, for example {example}.",
            zh=f"“{source.label.zh}”{_CADENCES[least]}报送：{why}，如 {example}",
        )
    return period


def _like(period: Period | None, kind: str) -> str:
    """A period of that kind as an example: the one around what was typed, else one of its year."""
    if period is None:
        return _EXAMPLES[kind]
    if kind == "quarter" and period.kind in ("month", "day"):
        return f"{period.year:04d}-Q{(period.start.month + 2) // 3}"
    if kind == "month" and period.kind == "day":
        return f"{period.start:%Y-%m}"
    return f"{period.year:04d}{_EXAMPLES[kind][4:]}"


def _served(source: Source, catalog: Catalog, plan_id: str, duties: set[str] | None) -> Iterator[str]:
    """The clauses that the form serves, a line each; of some duties those that hold them.

    A form about any figure serves every clause, and names the figures: one code among a hundred tells nobody anything.
    """
    plan = catalog.plans[plan_id]
    is_of_any = source.entity is not None and catalog.registers[source.entity.register_name].built_in == "figure"
    clauses = [(c, c.targets) for c in plan.clauses] if is_of_any else served_by(source, catalog, plan)
    for clause, targets in clauses:
        asked = [target for target in targets if duties is None or target.code in duties]
        if not asked:
            continue
        name = f"第{clause.clause}条" if clause.clause.isdecimal() else clause.clause
        names = [f"{t.code} {(t.name or catalog.indicators[t.indicator].name).zh}" for t in asked]
        codes = "、".join(names if is_of_any else [t.code for t in asked])
        yield f"《{plan.title.zh}》{name}（{clause.title.zh}，指标 {codes}）：{clause.statement.zh}"


def _asked(
    source: Source, members: pl.DataFrame, catalog: Catalog, *, period: Period | None, area: str
) -> list[dict[str, Any]]:
    """Those whom the form asks, in the period and the area, by area and id."""
    return [] if period is None else _within(asked_of(source, members, catalog, period), catalog, area)


def _held(
    source: Source, members: pl.DataFrame, catalog: Catalog, *, period: Period | None, area: str
) -> list[dict[str, Any]]:
    """Those whom rows of the form may be about, asked of or not."""
    if period is None or source.entity is None:
        return []
    return _within(held_in(source.entity.register_name, members, period), catalog, area)


def _within(members: pl.DataFrame, catalog: Catalog, area: str) -> list[dict[str, Any]]:
    rows = members.sort("area_id", "entity_id").to_dicts()
    return [row for row in rows if not area or catalog.lies_in(row["area_id"] or "", area)]


@dataclass(frozen=True)
class _Known:
    """What is known of a member before anybody fills in a row."""

    source: Source
    catalog: Catalog
    period: Period | None
    area: str

    def rows(self, members: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
        """A row for each member; none where it takes several rows to tell of one."""
        if self.period is None or self.period.kind != self.source.cadence:
            return []
        months = months_of(self.period) if self.period.kind == "month" else []
        month = next((c.field for c in self.source.columns if self.catalog.fields[c.field].type == "month"), None)
        when = {month: months[0]} if month and months else {}
        return [self.named(member) | self._placed(member["area_id"]) | when for member in members]

    def named(self, member: Mapping[str, Any]) -> dict[str, str]:
        """The cells that say who the member is."""
        entity = self.source.entity
        if entity is None:
            return {}
        ids = dict(zip(entity.id_fields, str(member["entity_id"]).split("/"), strict=False))
        told = {name: self._name_of_area(name, text) for name, text in ids.items()}
        return told | ({entity.name: member["name"] or ""} if entity.name else {})

    def _name_of_area(self, column: str, text: str) -> str:
        is_area = self.catalog.fields[column].type == "area" and text in self.catalog.areas
        return self.catalog.areas[text].name.zh if is_area else text

    def _placed(self, area_id: str | None) -> dict[str, str]:
        """The cells that say where the member is."""
        above: dict[str, str] = {}
        while area_id is not None and area_id in self.catalog.areas:
            area = self.catalog.areas[area_id]
            above[area.level] = area.name.zh
            area_id = area.parent
        return {name: above[level] for level, name in self.source.places.items() if level in above}

    def areas(self) -> dict[str, list[Area]]:
        """The areas that each column may name: within the area of the form, and there in its period."""
        columns = {c.field: c for c in self.source.columns if c.level is not None}
        return {
            name: [a for a in self.catalog.areas.values() if a.level == c.level and self._is_meant(a, c.is_place)]
            for name, c in columns.items()
        }

    def _is_meant(self, area: Area, is_place: bool) -> bool:
        start, end = (self.period.start, self.period.end) if self.period else (date.max, date.max)
        is_there = (area.valid_from or date.min) <= end and (area.valid_to or date.max) >= start
        lies_in = self.catalog.lies_in
        is_near = not (self.area and is_place) or lies_in(area.id, self.area) or lies_in(self.area, area.id)
        return is_there and is_near


def _names_of(source: Source, members: Sequence[Mapping[str, Any]], known: _Known) -> dict[str, list[str]]:
    """By column that names members the words it may hold."""
    if source.entity is None:
        return {}
    named = [known.named(member) for member in members]
    return {key: list(dict.fromkeys(row[key] for row in named if row[key])) for key in (named[0] if named else ())}
