"""Snapshot to staged rows: one typed row per delivered row, as Parquet named by content."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl
from openpyxl.utils import get_column_letter

from analytics import periods, periods_told, units
from analytics.catalog import Catalog
from analytics.catalog.models import Column, Source
from analytics.errors import CheckFailed, UsageError
from analytics.ingest import as_typed, cells, places, readings, senders
from analytics.ingest.amended import Amendment, amended, with_cells_as_delivered, without_withdrawn
from analytics.ingest.grid import Grid, read_grids
from analytics.ingest.groups import require_of_areas, require_of_period
from analytics.ingest.headings import Headings
from analytics.ingest.layout import find_tables
from analytics.ingest.left_out import refuse_nothing_filled_in, with_left_out
from analytics.ingest.snapshot import Snapshot
from analytics.ingest.table import Table
from analytics.ingest.titles import titles_of
from analytics.ingest.totals import Differing, Unchecked, amounts_of, held_against_rows, sums
from analytics.paths import Workspace
from analytics.periods import Period, parse_period
from analytics.runs import code_digest, digest, replacing, sha256_of, write_text

_EXAMPLES = {"year": "2021", "quarter": "2021-Q3", "month": "2021-07", "day": "2021-07-15"}
_LEVELS = ("county", "city", "province")
INVENTED = "示例数据"
AREA_IS_SURE = "area_is_sure"
_MARK_WITHIN = 10  # rows
_LONGEST_TITLE = 200  # characters
_MONTH = timedelta(days=31)
# What forms write into a cell that has nothing to say; never a zero. The others in place of a day that is open.
_MARKS_OF_NOTHING = ("--", "-", "—", "——", "–", "/", "\\", "无", "暂无")
_MARKS_OF_NO_END = ("长期", "至今")
_DIGEST = "sha256"  # of the staged rows, in their record
_FILE_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Staged:
    """The staged rows of one snapshot and what reading it left out.

    `totals_of_amounts` are the rows of sums in tables with amounts. `columns` says by sheet in which of its columns a
    field stood, `headings_at` in which rows its headings stand, the first and the last; all from 0. `headless` are the
    letters of columns with cells and no heading. `titles` are the texts above the headings.
    """

    path: Path
    rows: int
    repeats: int
    blanks: int
    totals: int
    totals_of_amounts: int
    notes: int
    headings: int
    examples: int
    hidden: int
    hidden_columns: list[str]
    headless: list[str]
    sheets: list[str]
    sheets_passed_over: list[str]
    says_invented: bool
    columns: dict[str, dict[str, int]]
    headings_at: dict[str, list[int]]
    titles: list[str]
    totals_that_differ: list[Differing]
    totals_unchecked: list[Unchecked]


def _name(snapshot: Snapshot, source: Source, catalog: Catalog, amendments: Sequence[Amendment]) -> str:
    """Checksum of the file, and eight digits that change with whatever else decides how it is read.

    That is the form's declaration, the reading code, what is said with it, its name (the sheet of a text file is called
    so, and it may tell a date or a period), and what was corrected.
    """
    said = snapshot.delivery
    whole = _whole_area(snapshot, source, catalog)
    parts = [source.model_dump_json(), said.period, whole, str(said.received), snapshot.path.name]
    parts += [repr(amendment) for amendment in amendments]
    methods = (catalog.detection_limits, catalog.station_flags)
    rooms = (catalog.fields, catalog.parameters, catalog.areas, catalog.departments, catalog.standards)
    for room in (*rooms, *methods):
        parts += [key + entry.model_dump_json() for key, entry in room.items()]
    parts += [Path(module.__file__ or "").read_text(encoding="utf-8") for module in (units, periods, periods_told)]
    return f"{snapshot.id}-{digest([*parts, code_digest(Path(__file__).parent)])[:8]}"


def is_staged(
    snapshot: Snapshot,
    *,
    source: Source,
    catalog: Catalog,
    workspace: Workspace,
    amendments: Sequence[Amendment] = (),
) -> bool:
    """Whether the snapshot's rows are staged with what they depend on now, so that nothing need be read."""
    path = _place(snapshot, source, catalog, workspace, amendments)
    return path.is_file() and path.with_suffix(".json").is_file()


def _place(
    snapshot: Snapshot, source: Source, catalog: Catalog, workspace: Workspace, amendments: Sequence[Amendment]
) -> Path:
    """Where the staged rows stand, or will."""
    return workspace.staged / source.id / f"{_name(snapshot, source, catalog, amendments)}.parquet"


def stage(
    snapshot: Snapshot,
    *,
    source: Source,
    catalog: Catalog,
    workspace: Workspace,
    amendments: Sequence[Amendment] = (),
) -> Staged:
    """The snapshot's typed rows; read from the file only where they are not staged yet.

    With `amendments` these cells are read as they were corrected; what was delivered stays beside. Raises
    `CheckFailed` where the file is not in the declared form, `UsageError` where its stamps lack a year and no period
    was given.
    """
    path = _place(snapshot, source, catalog, workspace, amendments)
    record = path.with_suffix(".json")
    known = _staged_before(path, record)
    if known is not None:
        return known
    grids = read_grids(snapshot.path)
    tables, passed_over = _tables(grids, snapshot.path, source, catalog)
    says_invented, titles = _says_invented(grids, snapshot.path), _titles(grids, tables)
    del grids  # the cells of a large file twice are more than a small machine holds
    context = _context(snapshot, source, catalog)
    for table in tables:
        _refuse_parts_of_other_periods(table, source, context.period, snapshot.path.name)
        require_of_period(table, source, context.period, file=snapshot.path.name)
    frames = [
        with_cells_as_delivered(_typed(amended(table, amendments), source, context), table, amendments)
        for table in tables
    ]
    for table, typed in zip(tables, frames, strict=True):
        about = list(typed["area_id"].drop_nulls().unique(maintain_order=True)) if "area_id" in typed else []
        require_of_areas(table, source, snapshot.delivery.area, catalog, rows=about, file=snapshot.path.name)
    frame = _of_the_area(pl.concat(frames, how="diagonal_relaxed"), source, snapshot.delivery.area, catalog)
    _refuse_stamps_without_year(frame, snapshot)
    told = with_left_out(frame, source, catalog)
    refuse_nothing_filled_in(told, source, snapshot.path.name)
    whole = without_withdrawn(told, amendments)
    whole = whole.with_columns(pl.lit(snapshot.id).alias("snapshot"))
    left_out = whole["left_out"]
    held = [_totals(table, typed, source, context) for table, typed in zip(tables, frames, strict=True)]
    staged = Staged(
        path,
        rows=whole.height,
        repeats=int((left_out == "repeat").sum()),
        blanks=int((left_out == "blank").sum()),
        totals=sum(len(t.totals) for t in tables),
        totals_of_amounts=sum(len(sums(t.totals)) for t in tables if _amounts(t, source, context)),
        notes=sum(t.notes_left_out for t in tables),
        headings=sum(t.headings_left_out for t in tables),
        examples=sum(t.examples_left_out for t in tables),
        hidden=sum(t.hidden for t in tables),
        hidden_columns=list(dict.fromkeys(name for t in tables for name in t.hidden_columns)),
        headless=list(dict.fromkeys(get_column_letter(column + 1) for t in tables for column in sorted(t.headless))),
        sheets=[t.sheet for t in tables],
        sheets_passed_over=passed_over,
        says_invented=says_invented,
        columns={t.sheet: t.places for t in tables},
        headings_at={t.sheet: list(t.heading) for t in tables},
        titles=titles,
        totals_that_differ=[one for differing, _ in held for one in differing],
        totals_unchecked=[one for _, unchecked in held for one in unchecked],
    )
    with replacing(path) as new:
        whole.write_parquet(new)
    facts = {k: v for k, v in asdict(staged).items() if k != "path"}
    write_text(record, json.dumps({_DIGEST: sha256_of(path), **facts}, ensure_ascii=False))
    return staged


def _totals(
    table: Table, frame: pl.DataFrame, source: Source, context: cells.Context
) -> tuple[list[Differing], list[Unchecked]]:
    """Sums of the table that are not those of its rows; every row counts in them, also one that is set aside later."""
    amounts = _amounts(table, source, context)
    return held_against_rows(
        table.sheet, table.numbers, table.totals, frame=frame, amounts=amounts, given=table.units, context=context
    )


def _amounts(table: Table, source: Source, context: cells.Context) -> list[str]:
    return [name for name in amounts_of(source, context) if name in table.columns]


def _staged_before(path: Path, record: Path) -> Staged | None:
    """What was staged before, unless somebody has laid hands on it since."""
    try:
        facts = json.loads(record.read_text(encoding="utf-8"))
        return Staged(path, **facts) if facts.pop(_DIGEST) == sha256_of(path) else None
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _date_in_name(snapshot: Snapshot) -> date | None:
    """The day a file is named by, as the national network's daily files are: `2021-04-01.json`."""
    if not _FILE_DATE.fullmatch(snapshot.path.stem):
        return None
    try:
        return date.fromisoformat(snapshot.path.stem)
    except ValueError:
        return None


def _says_invented(grids: list[Grid], file: Path) -> bool:
    """Whether the name or the first rows of a file carry the mark of invented data."""
    first = [cell for grid in grids for row in grid.rows[:_MARK_WITHIN] for cell in row if cell]
    return any(INVENTED in text for text in (file.name, *first))


def _titles(grids: list[Grid], tables: list[Table]) -> list[str]:
    """The texts that stand above the headings of the tables, each once."""
    first = {table.sheet: table.heading[0] for table in tables}
    above = [grid.rows[: first[grid.sheet]] for grid in grids if grid.sheet in first]
    return list(dict.fromkeys(title[:_LONGEST_TITLE] for rows in above for title in titles_of(rows)))


def _tables(grids: list[Grid], file: Path, source: Source, catalog: Catalog) -> tuple[list[Table], list[str]]:
    tables, passed_over = find_tables(grids, Headings(source, catalog), file=file.name)
    if not any(t.numbers for t in tables):
        raise CheckFailed(
            f"{source.id}: the table is empty.",
            where=file.name,
            expected=f"{source.grain.en} ({source.grain.zh})",
            next_step="Fill the form in and send it again.",
            zh="表中没有数据行：请在表头下方逐行填写后再报",
        )
    return tables, passed_over


def _refuse_parts_of_other_periods(table: Table, source: Source, period: Period | None, file: str) -> None:
    """A line among the rows that names another year heads rows of that year; `CheckFailed` names it.

    A month after the period is when the form was filled in, at the foot of a page.
    """
    if period is None:
        return
    for row, words in table.parts:
        told = [t for t in periods_told.periods_told(words) if t.start <= period.end or t.end - t.start > _MONTH]
        if told and not any(one.meets(period.start, period.end) for one in told):
            raise CheckFailed(
                f"{source.id}: a part of the table is of another period.",
                where=f"{file}, sheet {table.sheet}, row {row}",
                found=words,
                expected=f"rows of {period.label} alone",
                next_step="Hand the rows below that line in as a file of their own, for their own period.",
                zh=f"第{row}行“{words}”之后的行属于另一时期，不在报告期 {period.label} 内："
                "请把这些行另存一个文件，按其报告期报送",
            )


def _context(snapshot: Snapshot, source: Source, catalog: Catalog) -> cells.Context:
    period = parse_period(snapshot.delivery.period) if snapshot.delivery.period else None
    if source.period_from == "delivery" and (period is None or period.kind != source.cadence):
        raise UsageError(
            f"{source.id}: which {source.cadence} is this delivery for?",
            where=snapshot.path.name,
            found=period.label if period else "",
            expected=f"a {source.cadence}",
            next_step=f"Give --period, for example --period {_EXAMPLES[source.cadence]}.",
            zh=f"未写明报告期：请用 --period 写明，例如 --period {_EXAMPLES[source.cadence]}",
        )
    missing = tuple(source.readings.missing) if source.readings else ()
    return cells.Context(
        catalog,
        period,
        _date_in_name(snapshot),
        snapshot.delivery.received,
        missing,
        _MARKS_OF_NOTHING,
        _MARKS_OF_NO_END,
        _whole_area(snapshot, source, catalog),
    )


def _whole_area(snapshot: Snapshot, source: Source, catalog: Catalog) -> str:
    """What a row is about that names no place, where the form means the whole: the area said with it, or the plan's."""
    if source.blank_place == "unknown" or snapshot.delivery.area:
        return snapshot.delivery.area
    return catalog.plan_near(parse_period(snapshot.delivery.period).start.year).area


def _typed(table: Table, source: Source, context: cells.Context) -> pl.DataFrame:
    frame = pl.DataFrame(table.columns).with_columns(
        pl.Series("row", table.numbers, dtype=pl.Int32), pl.lit(table.sheet).alias("sheet")
    )
    for column in _in_order(source.columns):
        if column.field not in frame.columns:
            if column.field == "file_date":
                continue
            frame = frame.with_columns(pl.lit(None, pl.String).alias(column.field))
        field = context.catalog.fields[column.field]
        if field.type == "area":
            whole = context.area if source.blank_place == "whole_area" else ""
            frame = places.resolved(frame, column, context.catalog, whole=whole)
        elif field.type == "department":
            frame = senders.resolved(frame, column.field, context.catalog)
        else:
            unit = table.units.get(column.field)
            frame = cells.typed_field(_with_days(frame, column.field, table), column.field, field, context, unit=unit)
            if field.type == "number":
                frame = as_typed.with_conversions(frame, column.field, unit, field.unit)
    frame = _with_readings(_with_day_of_sampling(frame, source, context), table, source, context)
    frame = _without_merged_numbers(frame, table, source, context.catalog)
    return _with_derived(frame, source, context)


def _with_days(frame: pl.DataFrame, name: str, table: Table) -> pl.DataFrame:
    """The frame with the days that an Excel sheet keeps as bare numbers in the column beside it."""
    days = pl.Series(cells.day_of(name), table.days[name], dtype=pl.String) if table.days.get(name) else None
    return frame if days is None or days.null_count() == len(days) else frame.with_columns(days)


def _in_order(columns: list[Column]) -> list[Column]:
    """Columns that others refer to first: the date of the file before the stamps, cities before counties."""
    return sorted(columns, key=lambda c: (c.field != "file_date", c.within is not None))


def _with_day_of_sampling(frame: pl.DataFrame, source: Source, context: cells.Context) -> pl.DataFrame:
    """A day of sampling lies in the period of the delivery, and not after the day on which it was received."""
    if source.readings is None or source.readings.taken_on is None:
        return frame
    column, period = source.readings.taken_on, context.period
    day, problem = pl.col(column), f"{column}_problem"
    told = (
        pl.when(~_is_within(day, period))
        .then(pl.lit("outside_period"))
        .when(day > context.received)
        .then(pl.lit("in_future"))
    )
    return frame.with_columns(pl.coalesce(problem, told).alias(problem))


def _is_within(day: pl.Expr, period: Period | None) -> pl.Expr:
    return day.is_between(period.start, period.end) if period else pl.lit(True)


def _with_readings(frame: pl.DataFrame, table: Table, source: Source, context: cells.Context) -> pl.DataFrame:
    if source.readings is None:
        return frame
    absent = [name for name in source.readings.parameters if name not in table.columns]
    frame = frame.with_columns(column for name in absent for column in readings.nothing_read(name, source.readings))
    for name in [n for n in source.readings.parameters if n in table.columns]:
        unit, parameter = table.units.get(name), context.catalog.parameters[name]
        exact = table.units.get(f"{name}__unrounded")
        frame = readings.typed_reading(frame, name, source.readings, context.catalog, unit=unit, unrounded_unit=exact)
        frame = as_typed.with_conversions(frame, name, unit, parameter.unit)
    beside = [f"{name}__{mark}" for name in absent for mark in ("unrounded", "flag")]
    return frame.drop(beside, strict=False)


def _without_merged_numbers(frame: pl.DataFrame, table: Table, source: Source, catalog: Catalog) -> pl.DataFrame:
    """A number in a cell merged over several rows is that of none of them; a name or a date is that of all."""
    numbers = {c.field for c in source.columns if catalog.fields[c.field].type in ("number", "integer")}
    numbers |= set(source.readings.parameters if source.readings else [])
    for name in sorted(n for n in numbers if table.merged.get(n)):
        is_merged = pl.col("row").is_in(table.merged.get(name, [])) & pl.col(name).is_not_null()
        problem = f"{name}_problem"
        frame = frame.with_columns(
            pl.when(~is_merged).then(name).alias(name),
            pl.when(is_merged).then(pl.lit("merged")).otherwise(problem).alias(problem),
        )
    return frame


def _with_derived(frame: pl.DataFrame, source: Source, context: cells.Context) -> pl.DataFrame:
    """Area and whether it is sure, entity, time, period, and the year since when an entry holds (0: always), if any."""
    areas = source.places
    derived: list[pl.Expr] = []
    if areas:
        derived.append(_area_of_row(source, context).alias("area_id"))
        derived.append(_is_area_sure(source).alias(AREA_IS_SURE))
    id_fields = source.id_fields
    if id_fields:
        derived.append(pl.concat_str(id_fields, separator="/").alias("entity_id"))
    when = _when(source, context)
    since = source.register_as.valid_from if source.register_as else None
    if since is not None:
        derived.append(pl.col(since).fill_null(0).cast(pl.Int32).alias("valid_since"))
    if when.moment is not None:
        derived.append(when.moment.dt.cast_time_unit("us").dt.replace_time_zone(cells.ZONE).alias("taken_at"))
    return frame.with_columns(*derived, when.first.alias("period_start"), when.last.alias("period_end"))


def _area_of_row(source: Source, context: cells.Context) -> pl.Expr:
    """The nearest area that the row names; where it names none and may mean the whole, that of its delivery."""
    named = [source.places[level] for level in _LEVELS if level in source.places]
    if source.blank_place == "unknown":
        return pl.coalesce(named)
    is_blank = pl.all_horizontal(pl.col(f"{name}_problem").is_null() for name in named)
    return pl.coalesce(*named, pl.when(is_blank).then(pl.lit(context.area)))


def _is_area_sure(source: Source) -> pl.Expr:
    """Whether `area_id` is the area that the row is about: not where all that could be read is the city around it."""
    lowest = next(source.places[level] for level in _LEVELS if level in source.places)
    is_left_empty = pl.lit(_may_be_blank(lowest, source)) & pl.col(f"{lowest}_problem").is_null()
    return pl.col(lowest).is_not_null() | is_left_empty


def _of_the_area(frame: pl.DataFrame, source: Source, area: str, catalog: Catalog) -> pl.DataFrame:
    """Of a file that is said to be of an area, a row about another one is marked: it is not for this sender to tell."""
    named = [source.places[level] for level in _LEVELS if level in source.places]
    if not area or not named:
        return frame
    is_nearest = pl.lit(True)
    for column in named if _may_be_blank(named[0], source) else named[:1]:
        told = frame[column].unique().drop_nulls()
        foreign = [i for i in told if not catalog.lies_in(i, area) and not catalog.lies_in(area, i)]
        is_foreign = is_nearest & pl.col(column).is_in(foreign)
        is_nearest &= pl.col(column).is_null()
        problem = f"{column}_problem"
        marked = pl.when(is_foreign).then(pl.lit("outside_area")).otherwise(problem)
        frame = frame.with_columns(marked.alias(problem))
    return frame


def _may_be_blank(field: str, source: Source) -> bool:
    return any(c.field == field and not c.required for c in source.columns)


@dataclass(frozen=True)
class _When:
    """The time of a row's readings, where it has some, and the first and last day of what the row is about."""

    first: pl.Expr
    last: pl.Expr
    moment: pl.Expr | None = None


def _when(source: Source, context: cells.Context) -> _When:
    """By the stamp of the row, by its day of sampling, by its month, else by the period of the delivery."""
    types = {c.field: context.catalog.fields[c.field].type for c in source.columns}
    time = next((pl.col(name) for name, kind in types.items() if kind == "stamp"), None)
    if time is not None:
        return _When(time.dt.date(), time.dt.date(), time)
    if source.readings and source.readings.taken_on:
        return _by_day(source.readings.taken_on, source, context.period)
    month = next((pl.col(name) for name, kind in types.items() if kind == "month"), None)
    if month is not None:
        return _When(month, month.dt.month_end(), month.cast(pl.Datetime("us")))
    told = context.period
    return _When(*(pl.lit(day, pl.Date) for day in ((told.start, told.end) if told else (None, None))))


_PARTS = {"month": "1mo", "quarter": "1q", "year": "1y"}


def _by_day(column: str, source: Source, period: Period | None) -> _When:
    """A day is within a part of the year as long as the cadence; without a day the row is about the delivery's part.

    So it is with a day that lies outside what the delivery is about: one of the two is wrong. Of a row without a day,
    which tells that nothing was sampled, the last day of its part tells it from others.
    """
    told, length = pl.col(column), _PARTS[source.cadence]
    whole = period if period and period.kind == source.cadence else None
    empty = pl.col(f"{column}_as_delivered").str.strip_chars().fill_null("") == ""
    day = pl.when(told.is_null() & empty).then(pl.lit(whole.end if whole else None, pl.Date)).otherwise(told)
    first = pl.when(_is_within(told, period)).then(told.dt.truncate(length))
    return _When(
        pl.coalesce(first, pl.lit(whole.start if whole else None, pl.Date)),
        pl.coalesce(first.dt.offset_by(length).dt.offset_by("-1d"), pl.lit(whole.end if whole else None, pl.Date)),
        day.cast(pl.Datetime("us")),
    )


def _refuse_stamps_without_year(frame: pl.DataFrame, snapshot: Snapshot) -> None:
    problems = [c for c in frame.columns if c.endswith("_problem")]
    for column in problems:
        lacking = frame.filter(pl.col(column) == "no_year")
        if lacking.height:
            field = column.removesuffix("_problem")
            first = lacking.row(0, named=True)
            raise UsageError(
                f"{snapshot.source}: {lacking.height} time stamps have no year, and none was given.",
                where=f"{snapshot.path.name}, sheet {first['sheet']}, row {first['row']}",
                found=str(first[f"{field}_as_delivered"]),
                expected="a year in the stamp, or the period of the delivery",
                next_step="Give --period, for example --period 2021-04; a year is never guessed.",
                zh=f"有{lacking.height}处时间没有写年份：请用 --period 写明报告期，例如 --period 2021-04",
            )
