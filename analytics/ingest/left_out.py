"""Rows of a file that tell nothing: those that a form begins and nobody fills in, blank ones, exact repeats."""

from __future__ import annotations

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.models import REMARK, Source, UndertakingFields, folded_of
from analytics.errors import CheckFailed


def with_left_out(frame: pl.DataFrame, source: Source, catalog: Catalog) -> pl.DataFrame:
    """Rows that a form begins and nobody filled in: they only say whom, which work or which month they are about.

    Of readings beside these exact repeats (a network publishes rows twice), and rows that tell no time, no value, no
    state.
    """
    if source.readings is None:
        begun_only = _is_begun_only(frame, source, catalog)
        return frame.with_columns(left_out=pl.when(begun_only).then(pl.lit("blank")).otherwise(pl.lit(None, pl.String)))
    places_in_file = ("row", "sheet", "file_date", "file_date_as_delivered")
    as_sent = [c for c in frame.columns if folded_of(c) in frame.columns]
    kept_out = (*places_in_file, *as_sent)
    compared = [c for c, dtype in frame.schema.items() if c not in kept_out and not dtype.is_nested()]
    told = [s.field for s in source.states if s.field in frame.columns]
    unread = [f"{name}_problem" for name in source.readings.parameters]
    blank = pl.all_horizontal(pl.col("taken_at", *source.readings.parameters, *told, *unread).is_null())
    if source.is_filled_in:
        blank |= _has_no_reading(frame, source, catalog)
    repeat = ~pl.struct(compared).is_first_distinct()
    return frame.with_columns(
        pl.when(blank).then(pl.lit("blank")).when(repeat).then(pl.lit("repeat")).alias("left_out")
    )


def _is_begun_only(frame: pl.DataFrame, source: Source, catalog: Catalog) -> pl.Expr:
    """Whether a row of amounts, states or works tells none: a form begins such rows, and its sender fills in the rest.

    A mark for “not known”, a cell that cannot be read and the names of attachments tell something; whom a row is about
    does not, and a remark alone does not, but of a work.
    """
    if source.undertaking:
        told = [c.field for c in source.columns if c.field not in _naming(source, source.undertaking, catalog)]
        return pl.all_horizontal(_is_empty(name, frame) for name in told)
    facts = {f.field for f in [*source.amounts, *source.states]}
    if not facts or source.on_occasion:
        return pl.lit(False)  # a form that comes on occasion begins no row
    types = _types_beside_whom(source, catalog)
    telling = [name for name, kind in types.items() if name in facts or kind != "area"]
    return pl.all_horizontal(_is_empty(name, frame) for name in telling)


def _types_beside_whom(source: Source, catalog: Catalog) -> dict[str, str]:
    """The type of each column that says more than whom a row is about; not the remark."""
    about = {*source.key, *source.id_fields, *([source.entity.name] if source.entity else []), REMARK}
    return {c.field: catalog.fields[c.field].type for c in source.columns if c.field not in about}


def _naming(source: Source, work: UndertakingFields, catalog: Catalog) -> set[str]:
    """The columns of a work that only say which it is and where."""
    where = [c.field for c in source.columns if catalog.fields[c.field].type == "area"]
    return {*source.key, *work.id_fields, work.name, *where, *([work.scope.field] if work.scope else [])}


def _is_empty(name: str, frame: pl.DataFrame) -> pl.Expr:
    kept = f"{name}_as_delivered"
    delivered = pl.col(kept if kept in frame.columns else name).cast(pl.String)
    return pl.col(name).is_null() & (delivered.str.strip_chars().fill_null("") == "")


def _has_no_reading(frame: pl.DataFrame, source: Source, catalog: Catalog) -> pl.Expr:
    """Whether a row of readings only says whom and, as a form begins it, which month it is about."""
    begun = ("area", "month")
    told = [name for name, kind in _types_beside_whom(source, catalog).items() if kind not in begun]
    parameters = source.readings.parameters if source.readings else []
    return pl.all_horizontal(_is_empty(name, frame) for name in [*told, *parameters])


def refuse_nothing_filled_in(frame: pl.DataFrame, source: Source, file: str) -> None:
    """A form that comes back as it was written tells nothing; a station tells by rows without values that it stood."""
    if source.is_filled_in and not frame["left_out"].null_count():
        raise CheckFailed(
            f"{source.id}: nothing was filled in.",
            where=file,
            found=f"{frame.height} rows that only say whom they are about",
            expected=f"{source.grain.en} ({source.grain.zh})",
            next_step="Fill the form in and send it again.",
            zh="表中各行均未填写内容；请填写后再报",
        )
