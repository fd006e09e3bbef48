"""What a file takes away of what counted before it: good rows that bad ones replace, and newer ones that it undoes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

import polars as pl

from analytics.catalog import Catalog
from analytics.errors import CatalogError
from analytics.ingest.cells import ZONE
from analytics.ingest.saved import saved_at
from analytics.paths import Workspace
from analytics.pipeline.intake import Examined, examine_form, put_right_files
from analytics.pipeline.readable_files import staged_files
from analytics.pipeline.told_anew import said
from analytics.quality import gate
from analytics.warehouse.facts import PLACE, LoadedFile, business_key, counting_rows, is_told, superseded

_LATER = {name: f"later_{name}" for name in PLACE}
_TOLD = "told"
_SIGN = "\x1f"
_FILE_ORDER = "file_order"


@dataclass(frozen=True)
class Step:
    """One row of a file that takes something away: its place, whom it is about, and the files that it replaces there.

    These stand in the order in which they came: a file of some of the cells replaces these alone.
    """

    sheet: str
    row: int
    key: str
    replaced: tuple[str, ...]


@dataclass(frozen=True)
class OlderSave:
    """The moments (Chinese time) at which a file and the newest one that it replaces were saved, and its name."""

    own: datetime
    other: datetime
    replaced: str


class StepsBack:
    """What a file that was just taken takes away of the files of its form that came before it."""

    def __init__(self, workspace: Workspace, found: Examined, catalog: Catalog) -> None:
        self._workspace, self._found, self._catalog = workspace, found, catalog
        self._key = business_key(found.source)

    @cached_property
    def _files(self) -> list[LoadedFile]:
        """The files that count, up to this one; none where it counts not, or is the first."""
        # A correction of what this file tells anew is no longer followed: it was, until this file came.
        before = put_right_files(self._workspace, self._found.source, self._catalog, without=self._found.snapshot.id)
        put_right = put_right_files(self._workspace, self._found.source, self._catalog) | before
        known = staged_files(self._workspace, self._found.source, self._catalog, put_right=put_right)
        self._names = {s.id: s.path.name for s, _ in known}
        self._paths = {s.id: s.path for s, _ in known}
        files = [file for _, file in known]
        ids = [file.snapshot for file in files]
        mine = self._found.snapshot.id
        return files[: ids.index(mine) + 1] if mine in ids[1:] else []

    @cached_property
    def _gone(self) -> pl.DataFrame:
        """Rows of other files that counted and that this one replaces, with the place of the row that does."""
        rows, _ = self._superseded
        before, _ = superseded(self._files[:-1])
        return self._with_later(rows.join(before, on=PLACE, how="anti"))

    @cached_property
    def _superseded(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Rows and single readings of other files that this one replaces."""
        this = self._files[-1]
        is_mine = (pl.col("by") == this.order) & (pl.col("snapshot") != this.snapshot)
        rows, cells = superseded(self._files)
        return rows.filter(is_mine), cells.filter(is_mine)

    def _placed(self, files: Sequence[LoadedFile]) -> pl.LazyFrame:
        staged = pl.concat([counting_rows(f) for f in files], how="diagonal_relaxed")
        return staged.select(*PLACE, *self._key, "file_order")

    def _with_later(self, places: pl.DataFrame) -> pl.DataFrame:
        """Rows of other files with their key, and the place of the row of this file that has the same."""
        rows = self._placed(self._files[:-1]).join(places.select(PLACE).unique().lazy(), on=PLACE, how="semi")
        own = self._placed(self._files[-1:]).drop("file_order").rename(_LATER)
        return rows.join(own, on=self._key, how="inner").collect()

    @cached_property
    def lost(self) -> list[Step]:
        """Rows of this file of which something is set aside while the row that they replace had it, and counted."""
        result = self._found.result
        if result is None or not self._files:
            return []
        source = self._found.source
        aside = gate.rows_set_aside(result.broken, source)
        readings = gate.readings_set_aside(result.broken, source)
        if aside.is_empty() and readings.is_empty():
            return []
        later = list(_LATER.values())
        # Where a row stands twice in this file, the one that counts takes the place of the other.
        still = self._gone.join(aside.rename(_LATER), on=later, how="anti").select(PLACE)
        whole = self._gone.join(aside.rename(_LATER), on=later, how="semi").join(still, on=PLACE, how="anti")
        parts = [whole.join(self._bad_before[0], on=PLACE, how="anti")] if whole.height else []
        for (name,), places in readings.group_by("column", maintain_order=True):
            parts.append(self._lost_readings(str(name), places.select(PLACE).rename(_LATER)))
        return self._steps(pl.concat([self._gone.clear(), *parts]))

    @cached_property
    def emptied(self) -> list[Step]:
        """Rows of this file that leave a cell blank which has to be filled in, and which the row replaced had."""
        result = self._found.result
        if result is None or not self._files or self._gone.is_empty():
            return []
        aside = gate.rows_set_aside(result.broken, self._found.source)
        blank = result.broken.filter(pl.col("check") == pl.col("column") + pl.lit("_present"))
        blank = blank.join(aside, on=PLACE, how="anti")
        staged = pl.concat([counting_rows(f) for f in self._files[:-1]], how="diagonal_relaxed")
        parts = [self._gone.clear()]
        for (name,), places in blank.group_by("column", maintain_order=True):
            replaced = self._gone.join(places.select(PLACE).rename(_LATER), on=list(_LATER.values()), how="semi")
            if str(name) in staged.collect_schema() and not replaced.is_empty():
                had = staged.filter(pl.col(str(name)).is_not_null()).select(PLACE).collect()
                parts.append(replaced.join(had, on=PLACE, how="semi").join(self._bad_before[0], on=PLACE, how="anti"))
        return self._steps(pl.concat(parts))

    def _lost_readings(self, name: str, places: pl.DataFrame) -> pl.DataFrame:
        """Rows of other files that told a reading rightly which is set aside in these places of this file."""
        staged = pl.concat([counting_rows(f) for f in self._files[:-1]], how="diagonal_relaxed")
        _, cells = self._superseded
        of_cells = self._with_later(cells.filter(pl.col("parameter") == name))
        replaced = pl.concat([self._gone, of_cells]).join(places, on=list(_LATER.values()), how="semi")
        if name not in staged.collect_schema() or replaced.is_empty():
            return replaced.clear()
        rows, readings = self._bad_before
        told = staged.filter(is_told(name)).select(PLACE).collect()
        good = replaced.join(told, on=PLACE, how="semi").join(rows, on=PLACE, how="anti")
        return good.join(readings.filter(pl.col("column") == name), on=PLACE, how="anti")

    @cached_property
    def _bad_before(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Rows and readings of the other files that were set aside: nothing is lost with them."""
        source, mine = self._found.source, self._found.snapshot.id
        try:
            known = examine_form(self._workspace, self._catalog, source, without=mine)
        except CatalogError:  # a correction of this very file
            known = examine_form(self._workspace, self._catalog, source)
        broken = [e.result.broken for e in known if e.result is not None and e.snapshot.id != mine]
        rows = pl.concat([gate.rows_set_aside(b, source) for b in broken])
        return rows, pl.concat([gate.readings_set_aside(b, source) for b in broken])

    @cached_property
    def undone(self) -> list[Step]:
        """Rows of this file that say again what one file said and another one had replaced since.

        Not those of the very file that came before: that it takes something back is told of by itself; nor such as
        stand in the place of a row that was set aside.
        """
        if len(self._files) < 3 or self._found.snapshot.delivery.again or self._gone.is_empty():
            return []
        *others, this = self._files
        place = self._gone.select(*PLACE, *self._key, *_LATER.values())
        last = place.join(self._contents(others), on=PLACE).rename({_TOLD: "told_last"}).drop(_FILE_ORDER)
        own = self._contents([this]).rename(_LATER | {_TOLD: "told_now"}).drop(_FILE_ORDER)
        now = last.join(own, on=list(_LATER.values())).filter(pl.col("told_now") != pl.col("told_last"))
        keys = self._placed(others).collect().join(self._contents(others).drop(_FILE_ORDER), on=PLACE)
        older = keys.join(now.select(PLACE), on=PLACE, how="anti").select(*self._key, told_now=_TOLD).unique()
        again = now.join(older, on=[*self._key, "told_now"], how="semi")
        return self._steps(again.join(self._bad_before[0], on=PLACE, how="anti") if again.height else again)

    def _contents(self, files: Sequence[LoadedFile]) -> pl.DataFrame:
        """Of each row its place and, as one text, what it says beside its key."""
        staged = pl.concat([counting_rows(f) for f in files], how="diagonal_relaxed")
        columns = staged.collect_schema()
        fields = [c.field for c in self._found.source.columns]
        readings = self._found.source.readings
        names = [n for n in [*fields, *(readings.parameters if readings else [])] if n in columns]
        cells = [_text(n, columns[n]) for n in names]
        return staged.select(*PLACE, _FILE_ORDER, pl.concat_str(cells, separator=_SIGN).alias(_TOLD)).collect()

    @cached_property
    def older_save(self) -> OlderSave | None:
        """Where this workbook was saved before the newest of those that it replaces."""
        if not self._files or self._gone.is_empty() or self._found.snapshot.delivery.again:
            return None
        own = saved_at(self._found.snapshot.path)
        replaced = self._gone["snapshot"].unique(maintain_order=True).to_list()
        others = [(moment, self._names[s]) for s in replaced if (moment := saved_at(self._paths[s])) is not None]
        if own is None or not others or own >= max(others)[0]:
            return None
        moment, name = max(others)
        return OlderSave(own.astimezone(ZoneInfo(ZONE)), moment.astimezone(ZoneInfo(ZONE)), name)

    def _steps(self, rows: pl.DataFrame) -> list[Step]:
        place = list(_LATER.values())
        keys = said(self._found, self._catalog).select(*PLACE, "key").rename(_LATER)
        order = {file.snapshot: file.order for file in self._files}
        by_order = rows.sort(pl.col("snapshot").replace_strict(order, return_dtype=pl.Int64))
        of_row = by_order.group_by(place, maintain_order=True).agg(pl.col("snapshot").unique(maintain_order=True))
        shown = of_row.join(keys, on=place, how="left").sort("later_sheet", "later_row")
        return [
            Step(
                row["later_sheet"],
                row["later_row"],
                row["key"] or "",
                tuple(dict.fromkeys(self._names[snapshot] for snapshot in row["snapshot"])),
            )
            for row in shown.iter_rows(named=True)
        ]

    def files_of(self, steps: Sequence[Step]) -> list[str]:
        """The files that these rows replace, in the order in which they came."""
        named = {name for step in steps for name in step.replaced}
        return [name for name in dict.fromkeys(self._names.values()) if name in named]


def _text(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    text = column.list.join("、") if dtype == pl.List(pl.String) else column.cast(pl.String)
    return text.fill_null("")
