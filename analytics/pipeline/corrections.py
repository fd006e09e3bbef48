"""Corrections on their way: which delivered cell each is about, and what became of it."""

from __future__ import annotations

import difflib
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.corrections import (
    Correction,
    Entered,
    Written,
    as_text,
    correctable,
    corrections_files,
    sound_and_faulty,
    together,
)
from analytics.catalog.models import Source
from analytics.errors import CatalogError, CheckFailed, UsageError
from analytics.ingest import Amendment, Snapshot, Staged, stage, verify
from analytics.ingest.cells import ZONE, number, powers_marked
from analytics.ingest.headings import field_by_heading
from analytics.paths import Workspace
from analytics.periods import parse_period
from analytics.warehouse.facts import PLACE, LoadedFile, superseded

Outcome = Literal["applied", "proposed", "rejected", "overtaken", "file_refused"]
_LOOK = "`qinghe check --source {}` lists the files, and writes a page of their rows."
_MOST_SHOWN = 5
_ALIKE = 0.6
_REPLACED = {
    "snapshot": pl.String(),
    "sheet": pl.String(),
    "row": pl.Int32(),
    "by": pl.String(),
    "parameter": pl.String(),
}


@dataclass(frozen=True)
class Matched:
    """A correction with the cell that it is about, where one was looked for, and what became of it.

    `cells` is that cell in the file `snapshot`, with the same cell of rows that repeat its row. Of one that was
    overtaken `overtaken_by` is the file that tells the cell now. One was applied in a file that is refused all the
    same: that is known once the file has been checked.
    """

    entered: Entered
    outcome: Outcome
    snapshot: str = ""
    cells: tuple[Amendment, ...] = ()
    overtaken_by: str = ""


@dataclass(frozen=True)
class _File:
    """A delivered file of the source that can be read."""

    snapshot: Snapshot
    staged: Path
    order: int


def match_all(
    workspace: Workspace, catalog: Catalog, snapshots: Sequence[Snapshot], *, forms: Collection[str] | None = None
) -> dict[str, list[Matched]]:
    """By form, every correction of the workspace with what became of it, in the order written down.

    With `forms` only those of these forms are looked at. Of a file that was refused when it came only those are that
    name it. `CatalogError` where an entry breaks a rule, matches nothing or several rows, has another `from` than what
    stands there, or two that are confirmed are about one cell.
    """
    entered, faults = _entered(workspace, catalog, forms)
    faults = [*_unread(workspace, snapshots), *faults]
    found: dict[str, list[Matched]] = {}
    for name, entries in entered.items():
        source = catalog.sources[name]
        files = _readable(source, snapshots, workspace, catalog)
        replaced = _replaced(_taken(files), source)
        found[source.id] = []
        for e in entries:
            try:
                found[source.id].append(_matched(e, files, replaced, snapshots, catalog))
            except CatalogError as error:
                faults.append(error)
    several = [m for matched in found.values() for m in _of_one_cell(matched)]
    faults += _contradictions(several)
    alone = {name: [m for m in matched if m not in several] for name, matched in found.items()}
    faults += _unreadable_cells(Amended(alone), snapshots, workspace, catalog)
    if faults:
        raise together(faults)
    return found


def _unreadable_cells(
    amended: Amended, snapshots: Sequence[Snapshot], workspace: Workspace, catalog: Catalog
) -> list[CatalogError]:
    """What is wrong with the corrected cells of every file that is read with them."""
    faults = []
    for snapshot in snapshots:
        if cells := amended.cells(snapshot):
            source = catalog.sources[snapshot.source]
            with suppress(CheckFailed, UsageError):
                staged = stage(snapshot, source=source, catalog=catalog, workspace=workspace, amendments=cells)
                faults += amended.unreadable(staged, snapshot)
    return faults


class Amended:
    """The cells of each file that confirmed corrections change."""

    def __init__(self, matched: Mapping[str, Sequence[Matched]]) -> None:
        self._by_file: dict[str, list[Matched]] = {}
        for found in (m for several in matched.values() for m in several if m.outcome == "applied"):
            self._by_file.setdefault(found.snapshot, []).append(found)

    def cells(self, snapshot: Snapshot) -> list[Amendment]:
        """The corrected cells of a file, in one order whatever the order of the entries."""
        return sorted(cell for found in self._by_file.get(snapshot.id, []) for cell in found.cells)

    def unreadable(self, staged: Staged, snapshot: Snapshot) -> list[CatalogError]:
        """Each correction whose cell has no column in the file, or cannot be read as it is corrected."""
        rows = pl.scan_parquet(staged.path)
        columns = rows.collect_schema().names()
        faults = []
        for found in [m for m in self._by_file.get(snapshot.id, []) if not m.entered.correction.is_of_row]:
            cell, name = found.cells[0], found.entered.correction.what
            if f"{name}_corrected" not in columns:
                faults.append(_without_column(found, snapshot.path.name))
            elif f"{name}_problem" in columns:
                told = rows.filter(sheet=cell.sheet, row=cell.row).select(f"{name}_problem").collect().item()
                if told is not None:
                    faults.append(_unreadable(found, told))
        return faults


def _without_column(found: Matched, file: str) -> CatalogError:
    name = found.entered.correction.what
    return found.entered.refused(
        "is of a column that the file does not have",
        f"所涉的列，文件 {file} 中没有：{name}",
        found=f"{name} in {file}",
        expected="one of the columns of that file",
        next_step="Ask for the file with that column, and withdraw the correction (status: rejected).",
    )


def _unreadable(found: Matched, problem: str) -> CatalogError:
    return found.entered.refused(
        "gives a value that cannot be read",
        f"改后的值无法识别：{found.entered.correction.new}",
        found=f"to: {found.entered.correction.new} ({problem})",
        expected=f"a cell of {found.entered.correction.what} as the form has it",
        next_step="Write `to` as it ought to stand in the cell, in the unit of the file.",
    )


def _unread(workspace: Workspace, snapshots: Sequence[Snapshot]) -> list[CatalogError]:
    """A file of corrections that lies where nobody looks would be lost without a word."""
    read = {*corrections_files(workspace.raw), *(s.path for s in snapshots)}
    return [
        CatalogError(
            "Nobody reads this file of corrections.",
            where=workspace.relative(file),
            found=file.name,
            expected="data/raw/<form>/corrections.yml, or data/raw/example/<form>/corrections.yml",
            next_step="Move or rename it.",
            zh=f"没有程序会读这个更正文件：{workspace.relative(file)}",
        )
        for file in sorted(workspace.raw.rglob("corrections.y*ml"))
        if file not in read
    ]


def _entered(
    workspace: Workspace, catalog: Catalog, forms: Collection[str] | None = None
) -> tuple[dict[str, list[Entered]], list[CatalogError]]:
    """The corrections of each form that keep the rules, and all that is wrong with the others and with their files."""
    found: dict[str, list[Entered]] = {}
    faults: list[CatalogError] = []
    for file in corrections_files(workspace.raw):
        name, shown = file.parent.name, workspace.relative(file)
        if name not in catalog.sources:
            faults.append(_of_no_form(name, shown, catalog))
        elif forms is None or name in forms:
            source = catalog.sources[name]
            sound, faulty = sound_and_faulty(file, source, shown=shown, field_of=field_by_heading(source, catalog))
            known = {e.correction.id for e in found.get(name, [])}
            faults += [*faulty, *(_known_already(entry) for entry in sound if entry.correction.id in known)]
            found.setdefault(name, []).extend(sound)
    return found, faults


def _of_no_form(name: str, shown: str, catalog: Catalog) -> CatalogError:
    return CatalogError(
        "A file of corrections is for a form that there is not.",
        where=shown,
        found=name,
        expected="one of " + ", ".join(catalog.sources),
        next_step="Put it into the folder of the form whose deliveries it corrects.",
        zh=f"没有这样的报表：{name}（{shown}）",
    )


def _known_already(entry: Entered) -> CatalogError:
    return entry.refused(
        "has an id that another file of the form has too",
        "的编号，与同一报表另一个更正文件中的重复",
        found=entry.correction.id,
        expected="an id that stands once",
        next_step="Give it another id.",
    )


def _readable(source: Source, snapshots: Sequence[Snapshot], workspace: Workspace, catalog: Catalog) -> list[_File]:
    """The files of the form that can be read, refused ones too, in the order received."""
    found = []
    for order, snapshot in enumerate(snapshots):
        if snapshot.source != source.id:
            continue
        if not snapshot.path.is_file():
            verify(snapshot, workspace)
        with suppress(CheckFailed, UsageError):
            staged = stage(snapshot, source=source, catalog=catalog, workspace=workspace)
            found.append(_File(snapshot, staged.path, order))
    return found


def _taken(files: Sequence[_File]) -> list[_File]:
    """The files that were not refused when they came."""
    return [f for f in files if not f.snapshot.delivery.refused]


def _replaced(files: Sequence[_File], source: Source) -> pl.DataFrame:
    """Cells that a later file replaces, and by which (`by`, a snapshot); `parameter` null: the whole row."""
    if not files:
        return pl.DataFrame(schema=_REPLACED)
    loaded = [LoadedFile(f.snapshot.id, source, f.staged, f.order, pl.DataFrame()) for f in files]
    rows, cells = superseded(loaded)
    names = {f.order: f.snapshot.id for f in files}
    both = pl.concat([rows.with_columns(parameter=pl.lit(None, pl.String)), cells], how="diagonal")
    return both.with_columns(by=pl.col("by").replace_strict(names, return_dtype=pl.String))


def _matched(
    entered: Entered,
    files: Sequence[_File],
    replaced: pl.DataFrame,
    snapshots: Sequence[Snapshot],
    catalog: Catalog,
) -> Matched:
    """What became of one correction; the cell that counts is looked at first, those it replaced after."""
    entry = entered.correction
    if entry.status == "rejected":
        return Matched(entered, "rejected")
    rows = _rows_meant(entered, _named(entered, files, snapshots), catalog)
    mine = replaced.filter(pl.col("parameter").is_null() | (pl.col("parameter") == entry.what))
    rows = rows.join(mine.drop("parameter"), on=PLACE, how="left", maintain_order="left")
    standing = rows.filter(pl.col("by").is_null())
    _require_one_row(entered, rows if standing.is_empty() else standing)
    hit = standing.filter("is_from", pl.col("left_out").is_null() | (pl.col("left_out") != "repeat")).tail(1)
    if hit.height:
        outcome: Outcome = "applied" if entry.status == "confirmed" else "proposed"
        repeats = standing.filter("is_from", left_out="repeat", snapshot=hit["snapshot"][0])
        return Matched(entered, outcome, hit["snapshot"][0], _cells(pl.concat([hit, repeats]), entry))
    earlier = rows.filter("is_from", pl.col("by").is_not_null()).tail(1)
    if earlier.is_empty():
        raise _other_value(entered, rows if standing.is_empty() else standing)
    return Matched(entered, "overtaken", earlier["snapshot"][0], _cells(earlier, entry), earlier["by"][0])


def _cells(rows: pl.DataFrame, entry: Correction) -> tuple[Amendment, ...]:
    return tuple(Amendment(sheet, row, entry.what, entry.new) for sheet, row in rows.select("sheet", "row").iter_rows())


def _named(entered: Entered, files: Sequence[_File], snapshots: Sequence[Snapshot]) -> Sequence[_File]:
    """The files that are meant: all of the form that were taken, or the one that `delivery` names, refused or not."""
    word = entered.correction.delivery
    if not word:
        return _taken(files)
    alike = [s for s in snapshots if s.source == entered.source.id and _is_called(s, word)]
    mine = [f for f in files if _is_called(f.snapshot, word)]
    if len({s.sha256 for s in alike}) == 1:
        if not mine:
            raise _beyond_correction(entered, alike[-1])
        return mine  # several are copies of one file
    names = ", ".join(f"{f.snapshot.path.name} ({f.snapshot.sha256[:8]})" for f in files[:_MOST_SHOWN])
    is_unknown = f"no file of {entered.source.id} is called {word}"
    found = f"{len(alike)} files are called {word}" if alike else is_unknown
    raise entered.refused(
        "names a delivery that it cannot be about",
        f"指明的文件不能确定：{word}",
        found=found,
        expected=f"the name of one file, or the first digits of its checksum: {names or 'none was taken'}",
        next_step=_LOOK.format(entered.source.id),
    )


def _beyond_correction(entered: Entered, snapshot: Snapshot) -> CatalogError:
    why = snapshot.delivery.refused or "it is not in the declared form"
    return entered.refused(
        "names a file that cannot be read: it has no cells that could be corrected",
        f"指明的文件无法读取，没有可更正的单元格：{snapshot.path.name}",
        found=f"{snapshot.path.name} ({snapshot.sha256[:8]}): {why}",
        expected="a file that could be read",
        next_step="Ask the sender for the file again, and withdraw the correction (status: rejected).",
    )


def _is_called(snapshot: Snapshot, word: str) -> bool:
    return word in snapshot.names or (len(word) >= 6 and snapshot.sha256.startswith(word))


def _rows_meant(entered: Entered, files: Sequence[_File], catalog: Catalog) -> pl.DataFrame:
    """Rows that `where` finds: `snapshot`, `sheet`, `row`, `left_out`, `told` (their cell), `is_from`, and the key."""
    entry, source = entered.correction, entered.source
    frames: list[pl.DataFrame] = []
    for file in files:
        staged = pl.scan_parquet(file.staged)
        columns = staged.collect_schema().names()
        told = pl.lit("") if entry.is_of_row else _cell(entry.what, columns)
        key = [name for name in (*source.key, "period_start") if name in columns]
        hits = [_is_there(name, value, columns, entered, catalog) for name, value in entry.where.items()]
        wanted = staged.filter(pl.all_horizontal(h.fill_null(False) for h in hits))
        picked = wanted.select(*PLACE, *key, "left_out", told.alias("told"), _is(told, entry.old).alias("is_from"))
        frames.append(picked.collect())
    rows = pl.concat(frames, how="diagonal_relaxed") if frames else pl.DataFrame()
    if rows.is_empty():
        raise _no_row(entered, files, catalog)
    return rows


def _no_row(entered: Entered, files: Sequence[_File], catalog: Catalog) -> CatalogError:
    """Which of the words that say where it is no row has, and what stands there that is most like it."""
    entry, source = entered.correction, entered.source
    lacking = [
        (f"{name}: {as_text(value)}", _nearest(name, as_text(value), files, source))
        for name, value in entry.where.items()
        if not any(_has(file, name, value, entered, catalog) for file in files)
    ]
    lacks = ", ".join(word + (f" (nearest: {near})" if near else "") for word, near in lacking)
    lacks_zh = "、".join(word + (f"（最接近的是：{near}）" if near else "") for word, near in lacking)
    return entered.refused(
        "matches no row",
        f"没有对应的行：没有一行是 {lacks_zh}" if lacks else "没有对应的行：所写的各项不在同一行",
        found=entry.place,
        expected=f"one row of {source.id} among {len(files)} file(s); "
        + (f"none has {lacks}" if lacks else "each of these is there, but not in one row"),
        next_step=_LOOK.format(source.id),
    )


def _has(file: _File, name: str, value: Written, entered: Entered, catalog: Catalog) -> bool:
    """Whether a file has a row that one of the words means."""
    staged = pl.scan_parquet(file.staged)
    is_there = _is_there(name, value, staged.collect_schema().names(), entered, catalog)
    return bool(staged.select(is_there.fill_null(False).any()).collect().item())


def _nearest(name: str, told: str, files: Sequence[_File], source: Source) -> str:
    """What stands in a column that is most like the word looked for, if anything is; nothing of places and times."""
    names = {"entity_id": _calling(source)}.get(name, [name] if name in correctable(source) else [])
    words: set[str] = set()
    for file in files:
        staged = pl.scan_parquet(file.staged)
        columns = staged.collect_schema().names()
        for column in set(names) & set(columns):
            words.update(staged.select(_cell(column, columns).alias("word")).unique().collect()["word"])
    return next(iter(difflib.get_close_matches(told, sorted(words), n=1, cutoff=_ALIKE)), "")


def _calling(source: Source) -> list[str]:
    """The columns that call a member by its id or name."""
    names = [source.entity.name if source.entity else "", source.register_as.label if source.register_as else ""]
    return ["entity_id", *(n for n in names if n)]


def _cell(name: str, columns: Sequence[str]) -> pl.Expr:
    """The text that was delivered in a cell; what is text has no other form."""
    for kept in (f"{name}_as_delivered", name):
        if kept in columns:
            return pl.col(kept).cast(pl.String).fill_null("")
    return pl.lit("")


def _is(cell: pl.Expr, told: str) -> pl.Expr:
    """Whether a cell says what is told: the same text, or the same number in another spelling."""
    text, wanted = (powers_marked(t).str.normalize("NFKC").str.strip_chars() for t in (cell, pl.lit(told)))
    return (text == wanted) | (number(text) == number(wanted)).fill_null(False)


def _is_there(name: str, value: Written, columns: Sequence[str], entered: Entered, catalog: Catalog) -> pl.Expr:
    """Whether a row is meant by one of the words that say where it is."""
    told = as_text(value)
    if name == "row":
        return pl.col("row") == pl.lit(value)
    if name not in columns and name != "period":
        return pl.lit(False)
    try:
        return _means(name, told, columns, entered.source, catalog)
    except UsageError as error:
        raise entered.refused(
            f"says where it is in words that mean nothing: {error.what}",
            f"所指的位置无法识别：{told}",
            found=f"{name}: {told}",
            expected=error.expected,
            next_step=error.next_step,
        ) from None


def _means(name: str, told: str, columns: Sequence[str], source: Source, catalog: Catalog) -> pl.Expr:
    if name == "period":
        span = parse_period(told)
        return pl.col("period_start").is_between(span.start, span.end)
    if name == "taken_at":
        return _is_at(told)
    if name == "entity_id":
        called = [pl.col(n) == told for n in _calling(source) if n in columns]
        return pl.any_horizontal(c.fill_null(False) for c in called)
    if name == "area_id":
        return pl.col(name) == catalog.area(told).id
    is_area = name in catalog.fields and catalog.fields[name].type == "area"
    by_code = (pl.col(name) == told).fill_null(False) if is_area else pl.lit(False)
    return _is(_cell(name, columns), told) | by_code


def _is_at(told: str) -> pl.Expr:
    """Whether a reading was taken at that hour, or on a day of that period."""
    try:
        moment = datetime.strptime(told.replace("T", " "), "%Y-%m-%d %H:%M")
    except ValueError:
        span = parse_period(told)
        return pl.col("taken_at").dt.convert_time_zone(ZONE).dt.date().is_between(span.start, span.end)
    return pl.col("taken_at").dt.convert_time_zone(ZONE).dt.replace_time_zone(None) == pl.lit(moment)


def _require_one_row(entered: Entered, rows: pl.DataFrame) -> None:
    """Of several rows nobody can tell which is meant, unless they are one row in several files."""
    counting = rows.filter(pl.col("left_out").is_null() | (pl.col("left_out") != "repeat"))
    key = [c for c in counting.columns if c not in (*PLACE, "left_out", "told", "is_from", "by")]
    twice = counting.group_by("snapshot").len().filter(pl.col("len") > 1).height
    if counting.select(key).n_unique() > 1 or twice:
        places = [f"sheet {sheet}, row {row}" for sheet, row in counting.select("sheet", "row").iter_rows()]
        raise entered.refused(
            "matches several rows",
            f"对应多行（{len(places)}行），无法确定是哪一行",
            found=f"{len(places)} rows: " + "; ".join(places[:_MOST_SHOWN]),
            expected="one row",
            next_step="Say more in `where` (the period, the key), or give delivery, sheet and row.",
        )


def _other_value(entered: Entered, standing: pl.DataFrame) -> CatalogError:
    told = [f"{text or '(nothing)'} (sheet {sheet}, row {row})" for text, sheet, row in _told(standing)]
    told_zh = "、".join(text or "空" for text, _, _ in _told(standing))
    return entered.refused(
        "is of another value than the one that stands there",
        f"写明的原值与文件中的不符：文件中是{told_zh}",
        found="; ".join(told),
        expected=f"{entered.correction.what} {entered.correction.old or '(nothing)'} as `from`",
        next_step="Look at the file: write `from` as it stands there, or withdraw the correction (status: rejected).",
    )


def _told(rows: pl.DataFrame) -> list[tuple[str, str, int]]:
    return list(rows.select("told", "sheet", "row").unique(maintain_order=True).iter_rows())


def _of_one_cell(matched: Sequence[Matched]) -> list[Matched]:
    """The confirmed corrections of a form that are about a cell which another one is about too."""
    applied = [m for m in matched if m.outcome == "applied"]
    counts = Counter(map(_at, applied))
    return [m for m in applied if counts[_at(m)] > 1]


def _contradictions(several: Sequence[Matched]) -> list[CatalogError]:
    """Two confirmed corrections of one cell contradict each other, or are one written twice: one error a cell."""
    last = {_at(m): m for m in several}
    faults = []
    for cell, found in last.items():
        others = [o.entered for o in several if o is not found and _at(o) == cell]
        fault = found.entered.refused(
            "is about a cell that another one corrects too",
            "与另一条更正所涉的是同一单元格：" + "、".join(f"{o.correction.id}（第{o.line}行）" for o in others),
            found=", ".join(f"{o.correction.id} (line {o.line}) to {o.correction.new}" for o in others),
            expected="one confirmed correction for each cell",
            next_step="Keep the one that holds, and reject the other (status: rejected).",
        )
        faults.append(fault)
    return faults


def _at(found: Matched) -> tuple[str, str, int, str]:
    return found.snapshot, found.cells[0].sheet, found.cells[0].row, found.cells[0].field


def as_rows(matched: Mapping[str, Sequence[Matched]]) -> pl.DataFrame:
    """The table `correction`: a row for each entry, in the order written down."""
    rows = [_as_row(m) for several in matched.values() for m in several]
    return pl.DataFrame(rows, schema_overrides={"row": pl.Int32}) if rows else pl.DataFrame()


def _as_row(found: Matched) -> dict[str, object]:
    entry, cell = found.entered.correction, found.cells[0] if found.cells else None
    return {
        "source": found.entered.source.id,
        "correction": entry.id,
        "written_in": found.entered.file,
        "line": found.entered.line,
        "what": entry.what,
        "place": entry.place,
        "told_where": json.dumps({k: as_text(v) for k, v in entry.where.items()}, ensure_ascii=False),
        "delivery": entry.delivery,
        "delivered": entry.old,
        "corrected": entry.new,
        "reason": entry.reason,
        "said_by": entry.said_by,
        "said_on": entry.said_on,
        "status": entry.status,
        "outcome": found.outcome,
        "snapshot": found.snapshot or None,
        "sheet": cell.sheet if cell else None,
        "row": cell.row if cell else None,
        "overtaken_by": found.overtaken_by or None,
    }
