"""Staged rows to facts: rows that count, by the rules of setting aside and superseding."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.models import DATED_STAGES, ItemField, Source, UndertakingFields
from analytics.catalog.plan import Plan, Target

PLACE = ("snapshot", "sheet", "row")
# The check that a row does not say again what another row of its file says.
COPIES = "row_not_repeated"
# The check that a row is about a member within the area of its delivery, and the mark of a row that is not.
ELSEWHERE, _ELSEWHERE = "member_of_area", "_elsewhere"
_AREA_IS_SURE = "area_is_sure"
# Columns of a work in doubt.
DOUBT = {"area_id": pl.String, "name": pl.String, "period_start": pl.Date, "item": pl.String}


@dataclass(frozen=True)
class LoadedFile:
    """A file that passed the gate: its staged rows, the rules they broke, its place in the order received."""

    snapshot: str
    source: Source
    staged: Path
    order: int
    broken: pl.DataFrame


@dataclass(frozen=True)
class Effective:
    """The rows of one source that count, those that a critical rule set aside, and why rows were left out.

    A mere copy of another row of its file is left out and puts nothing in doubt. A row about an area outside that of
    its delivery is none of either: nothing has arrived of that area by it. `cells_left_out` are single cells
    (`parameter`) of rows that count otherwise; of a row set aside, the cells that were superseded before. `every_row`
    are the rows before anything was left out. `file_order` of a row is the place of its file in the order received.
    """

    every_row: pl.LazyFrame
    rows: pl.LazyFrame
    rows_set_aside: pl.LazyFrame
    left_out: pl.DataFrame
    cells_left_out: pl.DataFrame


def sets_row_aside(source: Source) -> pl.Expr:
    """Whether a broken rule sets its whole row aside; a rule on a reading sets that reading aside only."""
    readings = source.readings.parameters if source.readings else []
    return (pl.col("severity") == "critical") & ~pl.col("column").is_in(readings).fill_null(False)


def effective(files: Sequence[LoadedFile]) -> Effective:
    """The rows of one source that are facts.

    Of rows with the same key in several files the one received last counts, also where a critical rule
    set that one aside: what a correction withdrew does not come back. Where the source supersedes by cells, this
    holds of each cell by itself.
    """
    source = files[0].source
    staged = pl.concat([counting_rows(f) for f in files], how="diagonal_relaxed")
    broken = pl.concat([f.broken for f in files])
    aside = broken.filter(sets_row_aside(source)).select(PLACE).unique()
    superseded, cells_superseded = (found.drop("by") for found in _superseded(staged, source))
    left_out = pl.concat(
        [
            superseded.with_columns(reason=pl.lit("superseded")),
            aside.join(superseded, on=PLACE, how="anti").with_columns(reason=pl.lit("set_aside")),
        ]
    )
    cells_aside = (
        broken.filter((pl.col("severity") == "critical") & ~sets_row_aside(source))
        .select(*PLACE, parameter="column")
        .unique()
        .join(left_out, on=PLACE, how="anti")
        .join(cells_superseded, on=[*PLACE, "parameter"], how="anti")
    )
    cells = pl.concat(
        [
            cells_superseded.with_columns(reason=pl.lit("superseded")),
            cells_aside.with_columns(reason=pl.lit("set_aside")),
        ]
    )
    rows = staged.join(left_out.lazy(), on=PLACE, how="anti")
    own = staged.filter(~is_foreign(staged))
    doubtful = left_out.filter(reason="set_aside").join(_mere_copies(broken, source), on=PLACE, how="anti")
    rows_set_aside = own.join(doubtful.lazy(), on=PLACE, how="semi")
    return Effective(staged, rows, rows_set_aside, left_out.sort(PLACE), cells.sort(*PLACE, "parameter"))


def _mere_copies(broken: pl.DataFrame, source: Source) -> pl.DataFrame:
    """Places of rows that only say again what another row of their file says: nothing is in doubt for them."""
    by_row = broken.filter(sets_row_aside(source)).group_by(PLACE).agg((pl.col("check") == COPIES).all().alias("all"))
    return by_row.filter("all").select(PLACE)


def superseded(files: Sequence[LoadedFile]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Places of the rows that a later file replaces, and of single cells (`parameter`) of rows that stand otherwise.

    `by` is the order of the last file that tells the row, or the cell, anew.
    """
    staged = pl.concat([counting_rows(f) for f in files], how="diagonal_relaxed")
    return _superseded(staged, files[0].source)


def counting_rows(file: LoadedFile) -> pl.LazyFrame:
    """The rows of a file that were not left out as blank or repeated, with its `file_order`."""
    return every_row(file).filter(pl.col("left_out").is_null()).with_columns(file_order=pl.lit(file.order))


def every_row(file: LoadedFile) -> pl.LazyFrame:
    """The rows of a file, those marked (`_elsewhere`) that are about members outside the area of its delivery."""
    rows = pl.scan_parquet(file.staged)
    if file.broken.is_empty():
        return rows
    elsewhere = file.broken.filter(check=ELSEWHERE).select(PLACE).unique().with_columns(pl.lit(True).alias(_ELSEWHERE))
    return rows.join(elsewhere.lazy(), on=PLACE, how="left", maintain_order="left") if elsewhere.height else rows


def _superseded(staged: pl.LazyFrame, source: Source) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Places of rows whose key a later file holds too, and single cells of rows that stand otherwise."""
    key = business_key(source)
    known = pl.all_horizontal(pl.col(c).is_not_null() for c in key) & _is_area_sure(key, staged)
    in_several = pl.col("file_order").n_unique().over(key) > 1
    names = _cells_that_supersede(source, staged)
    ordered = (
        staged.filter(~is_foreign(staged))
        .filter(known)
        .select(*PLACE, *key, "file_order", *(_is_told_anew(name, source) for name in names))
        .filter(in_several)
        .collect()
    )
    last = pl.col("file_order").max()
    rows = ordered.with_columns(by=last.over(key)).filter(pl.col("file_order") < pl.col("by")).select(*PLACE, "by")
    if not names:
        return rows, rows.clear().with_columns(parameter=pl.lit(None, pl.String))
    place = [*PLACE, *key, "file_order"]
    told = ordered.unpivot(names, index=place, variable_name="parameter", value_name="is_told").filter("is_told")
    told = told.with_columns(by=last.over(*key, "parameter"))
    is_old = pl.col("file_order") < pl.col("by")
    rows = rows.join(told.filter(~is_old), on=PLACE, how="anti")
    cells = told.filter(is_old).select(*PLACE, "parameter", "by").join(rows, on=PLACE, how="anti")
    return rows, cells


def _is_area_sure(key: Sequence[str], staged: pl.LazyFrame) -> pl.Expr:
    """Whether the area in the key is the row's own: a row of which only the city could be read replaces no other."""
    if "area_id" not in key or _AREA_IS_SURE not in staged.collect_schema():
        return pl.lit(True)
    return pl.col(_AREA_IS_SURE).fill_null(True)


def is_foreign(staged: pl.LazyFrame) -> pl.Expr:
    """Whether a row is about an area outside that of its delivery: not for its sender to tell, it corrects nobody."""
    present = staged.collect_schema()
    marks = [(pl.col(c) == "outside_area").fill_null(False) for c in present if c.endswith("_problem")]
    marks += [pl.col(_ELSEWHERE).fill_null(False)] if _ELSEWHERE in present else []
    return pl.any_horizontal(marks) if marks else pl.lit(False)


def _cells_that_supersede(source: Source, staged: pl.LazyFrame) -> list[str]:
    if source.readings is None or source.readings.supersedes == "rows":
        return []
    present = staged.collect_schema()
    return [n for n in (*source.readings.parameters, *(s.field for s in source.states)) if n in present]


def _is_told_anew(name: str, source: Source) -> pl.Expr:
    """As `is_told`; every reading of a row whose state withdraws readings is told."""
    withdrawn = source.readings.withdrawn_by if source.readings else {}
    if name in withdrawn:
        return is_told(name)
    states = [pl.col(field).is_in(codes).fill_null(False) for field, codes in withdrawn.items()]
    return pl.any_horizontal(is_told(name), *states).alias(name)


def is_told(name: str) -> pl.Expr:
    """Whether anything was told in the cell: a mark for “not measured” says something too, and so does a correction."""
    is_delivered = (pl.col(f"{name}_as_delivered").str.strip_chars() != "").fill_null(False)
    return (is_delivered | pl.col(name).is_not_null()).alias(name)


def business_key(source: Source) -> list[str]:
    """The business key; a figure of one period never supersedes that of another."""
    periodic = source.period_from == "delivery" and source.becomes != "register"
    return [*source.key, *(["period_start"] if periodic else [])]


def facts_of(source: Source, found: Effective, catalog: Catalog) -> dict[str, pl.DataFrame]:
    """The fact tables that rows of the source become (readings are a view, not a table)."""
    tables: dict[str, pl.DataFrame] = {}
    if not (source.amounts or source.states or source.undertaking):
        return tables
    rows = found.rows.collect()
    if source.amounts:
        tables["fact_amount"] = _amounts(source, rows, catalog)
    if source.states:
        tables["fact_state"] = _states(source, rows, found.cells_left_out)
    if source.undertaking:
        tables["fact_undertaking"] = _undertakings(source, rows)
    return tables


def register_members(source: Source, found: Effective) -> pl.DataFrame:
    """The members that a register's rows give: an entry set aside is a member still, of whom little is sure.

    It holds from its first year on, where that can be read, without end: its last year may be what is wrong. An entry
    without its code is known by its name, and is no member of its own once another file has that name in its area; one
    without either, or beside one of its name, is known by its row. Where two such entries disagree neither is
    believed. A later register that holds every good member of an earlier one stands in its place, faulty entries
    included.
    """
    rows, aside = found.rows.collect(), found.rows_set_aside.collect()
    good = _with_spans_closed(_members(source, rows)).with_columns(is_set_aside=pl.lit(False))
    doubtful = (
        _members(source, aside.filter(~pl.col("file_order").is_in(_replaced_registers(source, found))))
        .with_columns(
            is_set_aside=pl.lit(True),
            valid_to=pl.lit(None, pl.Date),
            name=pl.coalesce("name", "entity_id", pl.format("第{}行", "row")),
        )
        .pipe(_known_by_name, good)
        .with_columns(_where_all_agree("area_id"), _where_all_agree("attributes").fill_null("{}"))
        .unique("entity_id", keep="last", maintain_order=True)
    )
    return pl.concat([good, doubtful], how="diagonal_relaxed")


def _known_by_name(doubtful: pl.DataFrame, good: pl.DataFrame) -> pl.DataFrame:
    """The entries with their code, name or row as id; those without a code that another file tells anew are gone.

    It tells an entry anew that has its name, in an area that may be the same. Entries without a code that bear one name
    in several areas, or several times in a file, are members each.
    """
    told = good.select("name", good_area="area_id", good_file="snapshot").unique()
    own = doubtful.with_row_index("_n")
    area = pl.col("area_id").str.replace("(00)+$", "")  # a city stands for what lies in it
    is_same_place = pl.col("area_id").is_null() | pl.col("good_area").str.starts_with(area).fill_null(True)
    alike = own.select("_n", "name", "area_id", "snapshot").join(told, on="name").filter(is_same_place)
    is_beside = pl.col("good_file") == pl.col("snapshot")
    beside, elsewhere = (alike.filter(c)["_n"].unique().to_list() for c in (is_beside, ~is_beside))
    has_code, n = pl.col("entity_id").is_not_null(), pl.col("_n")
    nameless = own.filter(~has_code)
    is_again = pl.struct("name", "snapshot").is_duplicated().any()
    many = nameless.group_by("name").agg(is_again.alias("again"), areas=pl.col("area_id").n_unique())
    several = many.filter((pl.col("areas") > 1) | pl.col("again"))["name"].to_list()
    by_row = pl.format("{} 第{}行 {}", "name", "row", pl.col("snapshot").str.slice(-8))
    is_by_row = n.is_in(beside) | pl.col("name").is_in(several)
    kept = own.filter(has_code | ~n.is_in(elsewhere))
    return kept.with_columns(
        pl.when(has_code).then("entity_id").when(is_by_row).then(by_row).otherwise("name").alias("entity_id")
    ).drop("_n")


def _where_all_agree(name: str) -> pl.Expr:
    """What the entries of a member say; nothing where they differ."""
    said = pl.col(name)
    return pl.when(said.n_unique().over("entity_id") == 1).then(said).alias(name)


def _with_spans_closed(members: pl.DataFrame) -> pl.DataFrame:
    """An entry ends on the day before the next one of the same member begins."""
    begins = pl.col("valid_from")
    following = begins.shift(-1).over("entity_id", order_by=begins.fill_null(date.min))
    return members.with_columns(valid_to=pl.min_horizontal("valid_to", following.dt.offset_by("-1d")))


def _replaced_registers(source: Source, found: Effective) -> list[int]:
    """Orders of the register files whose every member a later file tells again."""
    told = found.every_row.select("file_order", "entity_id").drop_nulls().unique().collect()
    by_file = {order: set(rows["entity_id"]) for (order,), rows in told.group_by("file_order")}
    return [
        int(order)
        for order, ids in by_file.items()
        if any(later > order and ids - _faulty(found, order) <= held for later, held in by_file.items())
    ]


def _faulty(found: Effective, order: object) -> set[str]:
    aside = found.rows_set_aside.filter(pl.col("file_order") == order).select("entity_id").drop_nulls().collect()
    return set(aside["entity_id"])


def works_in_doubt(source: Source, found: Effective, catalog: Catalog) -> pl.DataFrame:
    """Works whose row was set aside and that no later file puts right: `area_id`, `name`, `period_start`, `item`.

    A later row puts it right that is about the same place (or one within), of the same period, and of the same
    name where the faulty row has one. `area_id` is as near as the row says: null where it says no place, as `name` is.
    """
    spec = source.undertaking
    if spec is None:
        raise ValueError(source.id)
    about = [pl.col("area_id"), pl.col(spec.name).alias("name"), pl.col("period_start"), pl.col("file_order")]
    good, aside = pl.collect_all([found.rows.select(about), found.rows_set_aside.filter(_is_meant(spec)).select(about)])
    by_name: dict[tuple[object, object], list[tuple[str, int]]] = {}
    for area, name, period, order in good.iter_rows():
        for known_as in (name, None):
            by_name.setdefault((known_as, period), []).append((area, order))

    def is_put_right(area: str | None, name: str | None, period: date, order: int) -> bool:
        candidates = by_name.get((name, period), [])
        return any(later > order and (not area or catalog.lies_in(place, area)) for place, later in candidates)

    open_rows = [row for row in aside.iter_rows() if not is_put_right(*row)]
    return pl.DataFrame(open_rows, schema=aside.schema, orient="row").select(
        "area_id", "name", "period_start", item=pl.lit(spec.item)
    )


def _is_meant(spec: UndertakingFields) -> pl.Expr:
    """Whether the form is for the works of a row; one that says nothing of it may be."""
    if spec.scope is None:
        return pl.lit(True)
    field = pl.col(spec.scope.field)
    return pl.any_horizontal(field.str.contains(word, literal=True) for word in spec.scope.words).fill_null(True)


def readings_in_doubt(source: Source, found: Effective) -> pl.DataFrame:
    """Readings that were set aside, by themselves or with their row, and that no later file tells anew.

    Returns `entity_id`, `month` (its first day; null where the row does not say it surely) and `parameter`.
    """
    if source.readings is None:
        raise ValueError(source.id)
    rows, aside = pl.collect_all([found.rows, found.rows_set_aside])
    names = [p for p in source.readings.parameters if p in aside.columns]
    told = aside.select(*PLACE, *(is_told(name) for name in names)).unpivot(
        names, index=PLACE, variable_name="parameter", value_name="is_told"
    )
    in_rows_aside = told.filter("is_told").join(found.cells_left_out, on=[*PLACE, "parameter"], how="anti")
    alone = found.cells_left_out.filter(reason="set_aside").select(*PLACE, "parameter")
    problems = [pl.col(c) for c in aside.columns if c in ("month_problem", "stamp_problem")]
    is_sure = pl.all_horizontal(p.is_null() for p in problems) if problems else pl.lit(True)
    month = pl.when(is_sure).then(pl.col("taken_at").dt.date().dt.month_start())
    about = pl.concat([f.select(*PLACE, "entity_id", month=month) for f in (rows, aside)])
    return (
        pl.concat([in_rows_aside.select(*PLACE, "parameter"), alone])
        .join(about, on=PLACE)
        .select("entity_id", "month", "parameter")
        .unique(maintain_order=True)
    )


def _column(rows: pl.DataFrame, name: str | None, dtype: Any = pl.String) -> pl.Expr:
    return pl.col(name).cast(dtype) if name and name in rows.columns else pl.lit(None, dtype)


def _as_told(rows: pl.DataFrame, name: str) -> pl.Expr:
    """A text; of an area, which is kept by its code, the name that was delivered."""
    return _column(rows, f"{name}_as_delivered" if f"{name}_as_delivered" in rows.columns else name)


def _amounts(source: Source, rows: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    return pl.concat(
        _told_once(rows, amount).select(
            item=pl.lit(amount.item),
            area_id=_column(rows, "area_id"),
            entity_id=_column(rows, "entity_id"),
            breakdown=pl.lit(amount.breakdown, pl.String),
            period_start="period_start",
            period_end="period_end",
            value=pl.col(amount.field),
            unit=pl.lit(catalog.fields[amount.field].unit or "1"),
            snapshot="snapshot",
            sheet="sheet",
            row="row",
        )
        for amount in source.amounts
    )


def _told_once(rows: pl.DataFrame, amount: ItemField) -> pl.DataFrame:
    """The rows that tell the amount; one of the whole period, which every row of a member repeats, counts once.

    Of several files the one received last counts. Where rows of one file disagree nobody can tell, and there is none.
    """
    if not amount.once_per_period:
        return rows
    cell, value = ["entity_id", "period_start", "period_end"], pl.col(amount.field)
    told = rows.filter(value.is_not_null())
    last = told.filter(pl.col("file_order") == pl.col("file_order").max().over(cell))
    agreed = last.with_columns(pl.when(value.n_unique().over(cell) == 1).then(value).alias(amount.field))
    silent = rows.join(told, on=cell, how="anti", nulls_equal=True)
    return pl.concat([agreed, silent]).unique(cell, keep="first", maintain_order=True)


def _states(source: Source, rows: pl.DataFrame, cells_left_out: pl.DataFrame) -> pl.DataFrame:
    return pl.concat(
        rows.with_columns(_with_unread(rows, state.attributes))
        .join(cells_left_out.filter(parameter=state.field), on=PLACE, how="anti")
        .select(
            item=pl.lit(state.item),
            entity_id=_column(rows, "entity_id"),
            area_id=_column(rows, "area_id"),
            period_start="period_start",
            period_end="period_end",
            value_code=pl.col(state.field),
            value_text=_column(rows, f"{state.field}_as_delivered"),
            attributes="attributes",
            snapshot="snapshot",
            sheet="sheet",
            row="row",
        )
        for state in source.states
    )


def _undertakings(source: Source, rows: pl.DataFrame) -> pl.DataFrame:
    spec = source.undertaking
    if spec is None:
        raise ValueError(source.id)
    dates = {f"{stage}_on": _column(rows, dict(spec.dates).get(stage), pl.Date) for stage in DATED_STAGES}
    rows = rows.filter(_is_meant(spec))
    return rows.select(
        item=pl.lit(spec.item),
        entity_id="entity_id",
        name=pl.col(spec.name),
        area_id="area_id",
        stratum=pl.lit(None, pl.String),
        stage=pl.col(spec.stage),
        **dates,
        evidence_grade=_column(rows, spec.evidence),
        attributes=_json_of(rows, spec.attributes),
        period_start="period_start",
        period_end="period_end",
        snapshot="snapshot",
        sheet="sheet",
        row="row",
    )


def _members(source: Source, rows: pl.DataFrame) -> pl.DataFrame:
    spec = source.register_as
    if spec is None:
        raise ValueError(source.id)
    return rows.select(
        register=pl.lit(spec.name),
        entity_id="entity_id",
        name=_as_told(rows, spec.label),
        area_id=_column(rows, "area_id"),
        basin=_column(rows, spec.basin),
        river=_column(rows, spec.river),
        stratum=_column(rows, spec.stratum),
        valid_from=pl.date(_column(rows, spec.valid_from, pl.Int32), 1, 1),
        valid_to=pl.date(_column(rows, spec.valid_to, pl.Int32), 12, 31),
        attributes=_json_of(rows, spec.attributes),
        snapshot="snapshot",
        sheet="sheet",
        row="row",
    )


def _with_unread(rows: pl.DataFrame, names: Sequence[str]) -> pl.Series:
    """As `_json_of`; of a cell that could not be read its words, under `name_as_delivered`."""
    unread = [n for n in names if f"{n}_problem" in rows.columns]
    words = [
        pl.when(pl.col(n).is_null() & pl.col(f"{n}_problem").is_not_null())
        .then(pl.coalesce(_column(rows, f"{n}_corrected"), f"{n}_as_delivered"))
        .alias(f"{n}_as_delivered")
        for n in unread
    ]
    return _json_of(rows.with_columns(words), [*names, *(f"{n}_as_delivered" for n in unread)])


def _json_of(rows: pl.DataFrame, names: Sequence[str]) -> pl.Series:
    """The named columns of each row as one JSON object; empty ones are left out, days are written out."""
    present = [n for n in names if n in rows.columns]
    texts = [
        json.dumps({k: v for k, v in row.items() if v is not None}, ensure_ascii=False, sort_keys=True, default=str)
        for row in rows.select(present).to_dicts()
    ]
    return (
        pl.Series("attributes", texts or [], dtype=pl.String)
        if present
        else pl.Series("attributes", ["{}"] * rows.height, dtype=pl.String)
    )


def area_registers(catalog: Catalog) -> pl.DataFrame:
    """The registers that are built in: counties and cities by the catalog's divisions, duties and figures by plans."""
    built_in = {name: r.built_in for name, r in catalog.registers.items() if r.built_in}
    rows = [
        {
            "register": register,
            "entity_id": area.id,
            "name": area.name.zh,
            "area_id": area.id,
            "stratum": area.kind or None,
            "valid_from": area.valid_from,
            "valid_to": area.valid_to,
            "attributes": "{}",
            "is_set_aside": False,
        }
        for register, level in built_in.items()
        for area in catalog.areas.values()
        if area.level == level
    ]
    of_plans = {"duty": _duties, "figure": _figures}
    rows += [
        row for register, what in built_in.items() if what in of_plans for row in of_plans[what](register, catalog)
    ]
    schema = {
        "register": pl.String,
        "entity_id": pl.String,
        "name": pl.String,
        "area_id": pl.String,
        "basin": pl.String,
        "river": pl.String,
        "stratum": pl.String,
        "valid_from": pl.Date,
        "valid_to": pl.Date,
        "attributes": pl.String,
        "is_set_aside": pl.Boolean,
        "snapshot": pl.String,
        "sheet": pl.String,
        "row": pl.Int32,
    }
    return pl.DataFrame(rows, schema=schema)


def _duties(register: str, catalog: Catalog) -> Iterator[dict[str, Any]]:
    """The targets of each plan of which evidence is sent, in the years of the plan."""
    for plan, target in _targets(catalog):
        indicator = catalog.indicators[target.indicator]
        if indicator.kind == "narrative":
            about = {"entity_id": target.code, "name": indicator.name.zh, "area_id": plan.area, **_years(plan)}
            yield {"register": register, **about, "attributes": "{}", "is_set_aside": False}


def _figures(register: str, catalog: Catalog) -> Iterator[dict[str, Any]]:
    """The targets of each plan, in its years; a row may be about any of the areas that they are judged for."""
    for plan, target in _targets(catalog):
        name = (target.name or catalog.indicators[target.indicator].name).zh
        about = {"entity_id": target.code, "name": name, "area_id": None, **_years(plan)}
        yield {"register": register, **about, "attributes": "{}", "is_set_aside": False}


def _targets(catalog: Catalog) -> Iterator[tuple[Plan, Target]]:
    return ((plan, target) for plan in catalog.plans.values() for target in plan.targets())


def _years(plan: Plan) -> dict[str, date]:
    return {"valid_from": date(min(plan.years), 1, 1), "valid_to": date(max(plan.years), 12, 31)}
