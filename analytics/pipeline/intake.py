"""One delivery's way in: staged, gated, registered; and every registered file looked at again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.corrections import WITHDRAWN
from analytics.catalog.models import Source
from analytics.errors import CatalogError, CheckFailed, SnapshotError, UsageError
from analytics.ingest import Delivery, Snapshot, Staged, is_staged, list_snapshots, register, stage, verify
from analytics.ingest.identity import read_identity, require_area_of_titles
from analytics.ingest.snapshot import identify
from analytics.paths import Workspace
from analytics.periods import parse_period
from analytics.pipeline.ahead import Beside
from analytics.pipeline.corrections import Amended, Matched, match_all
from analytics.pipeline.readable_files import staged_files
from analytics.pipeline.sent_again import as_sent_again
from analytics.pipeline.state import expectations_for
from analytics.present.lists import found_in_words
from analytics.quality import gate
from analytics.quality.period_told import with_period_told
from analytics.quality.totals import with_totals
from analytics.warehouse.facts import (
    PLACE,
    LoadedFile,
    area_registers,
    effective,
    register_members,
    sets_row_aside,
    superseded,
)

_UNREADABLE = "文件不是该报表的格式，无法读取"


@dataclass(frozen=True)
class Examined:
    """A file after reading and gate: what it holds, and why it was refused where it was, in English and Chinese."""

    snapshot: Snapshot
    source: Source
    staged: Staged | None
    result: gate.GateResult | None
    reason: str = ""
    reason_zh: str = ""

    @property
    def broken(self) -> pl.DataFrame:
        """What the gate found; nothing of a file that it never saw."""
        return pl.DataFrame() if self.result is None else self.result.broken

    @property
    def readings_set_aside(self) -> int:
        """Single readings that broke a critical rule while the rest of their row counts."""
        if self.result is None:
            return 0
        critical = self.result.broken.filter(pl.col("severity") == "critical")
        single = critical.filter(~sets_row_aside(self.source))
        rows = gate.rows_set_aside(self.result.broken, self.source)
        return single.select(*PLACE, "column").unique().join(rows, on=list(PLACE), how="anti").height

    @property
    def rules_broken(self) -> list[tuple[str, int]]:
        """The rules that were broken and how often, most often first."""
        if self.result is None:
            return []
        return list(self.result.broken["check"].value_counts(sort=True).iter_rows())

    @property
    def warnings(self) -> int:
        """How often a rule was broken that sets nothing aside."""
        return 0 if self.result is None else self.result.broken.filter(pl.col("severity") == "warning").height

    @property
    def cells_corrected(self) -> int:
        """How many cells, and rows withdrawn, are read as confirmed corrections have them."""
        if self.staged is None:
            return 0
        rows = pl.scan_parquet(self.staged.path)
        corrected = [c for c in rows.collect_schema().names() if c.endswith("_corrected")]
        cells = [pl.col(c).count().alias(c) for c in corrected]
        withdrawn = (pl.col("left_out") == WITHDRAWN).sum().alias(WITHDRAWN)
        return sum(rows.select(*cells, withdrawn).collect().row(0))

    def said_left_out(self, lang: str, later: Sequence[str]) -> str:
        """That nothing of the file counts, and why, in a line; with the `later` files by which it was put right."""
        name = self.snapshot.path.name
        if lang == "zh":
            return f"未采用：{name}：{self.reason_zh}" + (f"（后由 {'、'.join(later)} 更正）" if later else "")
        return f"Left out: {name}: {self.reason}" + (f" (put right by {', '.join(later)})" if later else "")

    @property
    def is_refused(self) -> bool:
        """Whether nothing of the file may be loaded."""
        return bool(self.reason)

    @property
    def is_put_right(self) -> bool:
        """Whether the file was refused when it came, and counts as it was corrected since."""
        return bool(self.snapshot.delivery.refused) and not self.is_refused

    @property
    def is_looked_back_at(self) -> bool:
        """Whether later files of the form are held against it: not against one that was refused and not put right."""
        return self.staged is not None and (self.is_put_right or not self.snapshot.delivery.refused)


def receive(
    workspace: Workspace, file: Path, delivery: Delivery, catalog: Catalog, *, says_area: bool = False
) -> tuple[Examined, bool]:
    """Stage and check a delivered file and register it; returns what was found, and whether it is new.

    A refused file is kept with the reason before `CheckFailed` is raised; the warehouse is not touched. The very file
    that was received last is not new; one that others have replaced since is, and counts again. One that was refused
    before is read as it was corrected since. A command that lacks something (`UsageError`) leaves nothing behind, as
    where it names another area than all rows do; a file that says that area itself (`says_area`) is refused.
    """
    source = catalog.source(delivery.source)
    put_right = put_right_files(workspace, source, catalog)
    delivery = as_sent_again(identify(file, delivery), source, workspace, catalog, put_right=put_right)
    candidate = identify(file, delivery)
    registers = registers_of(workspace, catalog) if source.becomes != "register" else None
    earlier = received_before(candidate, workspace, catalog, put_right)
    amended = _corrections_of(candidate, workspace, catalog)
    try:
        found = examine(
            candidate,
            source,
            workspace=workspace,
            catalog=catalog,
            registers=registers,
            amended=amended,
            earlier=earlier,
        )
        if found.staged is not None:
            delivery = replace(delivery, invented=delivery.invented or found.staged.says_invented)
            _require_area(found.staged, delivery, catalog, file.name, says_area=says_area)
    except CheckFailed as error:
        register(workspace, file, replace(delivery, refused=error.what, refused_zh=error.zh))
        raise
    if found.is_refused and found.result is not None:
        register(workspace, file, replace(delivery, refused=found.reason, refused_zh=found.reason_zh))
        raise gate.refusal(
            found.result,
            source,
            file=file.name,
            sha256=candidate.sha256,
            in_words=lambda text, column: found_in_words(text, column, {}, catalog, "zh"),
        )
    snapshot, is_new = register(workspace, file, delivery, called=catalog.called_with_code)
    return replace(found, snapshot=snapshot), is_new


def examine_refused(
    workspace: Workspace, file: Path, delivery: Delivery, catalog: Catalog, refusal: CheckFailed
) -> Examined:
    """What was found in a file that was refused with `refusal`; nothing is registered."""
    source = catalog.source(delivery.source)
    put_right = put_right_files(workspace, source, catalog)
    said = as_sent_again(identify(file, delivery), source, workspace, catalog, put_right=put_right)
    candidate = identify(file, said)
    registers = registers_of(workspace, catalog) if source.becomes != "register" else None
    amended = _corrections_of(candidate, workspace, catalog)
    try:
        found = examine(candidate, source, workspace=workspace, catalog=catalog, registers=registers, amended=amended)
    except (CheckFailed, UsageError):
        return unread(candidate, source, refusal)
    return found if found.is_refused else replace(found, reason=refusal.what, reason_zh=refusal.zh or _UNREADABLE)


def _require_area(staged: Staged, delivery: Delivery, catalog: Catalog, file: str, *, says_area: bool) -> None:
    """What is said to be of an area must not be of another one; a file that says so itself contradicts itself."""
    rows = pl.scan_parquet(staged.path)
    if not delivery.area or "area_id" not in rows.collect_schema():
        return
    ids = rows.select("area_id").drop_nulls().unique().collect()["area_id"].sort().to_list()
    known = [i for i in ids if i in catalog.areas]
    foreign = [i for i in known if not catalog.lies_in(i, delivery.area) and not catalog.lies_in(delivery.area, i)]
    if not foreign or len(foreign) < len(ids):
        return
    found = [catalog.areas[i].name.zh for i in foreign[:5]]
    area = catalog.path_of(catalog.areas[delivery.area])
    if says_area:
        raise CheckFailed(
            "The form is of one area, and all its rows are of others.",
            where=file,
            found=", ".join(found),
            expected=area,
            next_step="Send the form of the area that the rows are of, or correct the areas of the rows.",
            zh=f"表内写明报送地区为{area}，所填各行却都是其他地区（{'、'.join(found)}）：请改正各行的行政区，或改用该地区的报表重新报送",
        )
    raise UsageError(
        "The file is about another area.",
        where=file,
        found=", ".join(found),
        expected=area,
        next_step="Give the area of the file with --area, or leave it out.",
        zh=f"文件所填是{'、'.join(found)}，不属于{area}：请改写 --area，或去掉 --area",
    )


def examine(
    snapshot: Snapshot,
    source: Source,
    *,
    workspace: Workspace,
    catalog: Catalog,
    registers: pl.DataFrame | None,
    amended: Amended | None = None,
    earlier: Sequence[Path] = (),
) -> Examined:
    """Staged rows and gate result of one file; neither is made again while nothing it depends on changed.

    The cells that confirmed corrections are about are read as corrected. `earlier` are the staged files of the same
    form that were received before it. Raises `CheckFailed` where the file is not in the declared form.
    """
    cells = amended.cells(snapshot) if amended else []
    staged = stage(snapshot, source=source, catalog=catalog, workspace=workspace, amendments=cells)
    known = registers if registers is not None else area_registers(catalog)
    rules = expectations_for(source.id, workspace)
    before = gate.Before(tuple(earlier), snapshot.delivery.area)
    version = gate.gate_version(source, catalog, rules, known, before=before)
    beside = staged.path.with_name(f"{staged.path.stem}-{version}")
    result = gate.load(beside)
    if result is None:
        result = gate.run_gate(staged.path, source, catalog=catalog, registers=known, expectations=rules, before=before)
        result = with_totals(
            result, snapshot.id, staged.totals_of_amounts, staged.totals_that_differ, unchecked=staged.totals_unchecked
        )
        said = parse_period(snapshot.delivery.period) if snapshot.delivery.period else None
        result = with_period_told(
            result, file=snapshot.path.name, sheets=staged.sheets, titles=staged.titles, period=said
        )
        gate.save(result, beside)
    if not result.refused:
        return Examined(snapshot, source, staged, result)
    why, why_zh = (gate.reason_of_refusal(result, lang) for lang in ("en", "zh"))
    return Examined(snapshot, source, staged, result, why, why_zh)


def require_unchanged(workspace: Workspace) -> None:
    """`SnapshotError` where a registered file is not as it was received."""
    for snapshot in list_snapshots(workspace):
        verify(snapshot, workspace)


def examine_all(
    workspace: Workspace, catalog: Catalog, *, corrections: dict[str, list[Matched]] | None = None
) -> tuple[list[Examined], pl.DataFrame]:
    """Every registered file examined, registers first, and the register members that they give.

    `corrections` are those of the workspace where they were matched before.
    """
    snapshots = list_snapshots(workspace)
    amended = Amended(corrections if corrections is not None else match_all(workspace, catalog, snapshots))
    with Beside(workspace) as beside:
        registers = _examined(snapshots, workspace, catalog, None, amended, beside=beside, registers=True)
        members = _members(registers, catalog)
        others = _examined(snapshots, workspace, catalog, members, amended, beside=beside, registers=False)
    return [*registers, *others], members


class Looked(NamedTuple):
    """Every file examined, the members of the registers, the corrections, and what is wrong with these."""

    examined: list[Examined]
    members: pl.DataFrame
    corrections: dict[str, list[Matched]]
    fault: CatalogError | None


def look_through(workspace: Workspace, catalog: Catalog) -> Looked:
    """Every file examined for a list of what is there: as it came, where a correction cannot be followed.

    Whoever mends that correction has to see the rows that it is about. What computes raises instead (`examine_all`).
    """
    try:
        corrections = match_all(workspace, catalog, list_snapshots(workspace))
        return Looked(*examine_all(workspace, catalog, corrections=corrections), corrections, None)
    except CatalogError as fault:
        return Looked(*examine_all(workspace, catalog, corrections={}), {}, fault)


def examine_form(workspace: Workspace, catalog: Catalog, source: Source, *, without: str = "") -> list[Examined]:
    """Every registered file of one form examined, in the order received; as it was `without` that file (its id)."""
    return examine_forms(workspace, catalog, [source], without=without)


def examine_forms(
    workspace: Workspace, catalog: Catalog, sources: Sequence[Source], *, without: str = ""
) -> list[Examined]:
    """Every registered file of the forms examined, registers first, in the order received; see `examine_form`."""
    snapshots = [s for s in list_snapshots(workspace) if s.id != without]
    amended = Amended(match_all(workspace, catalog, snapshots))
    found: list[Examined] = []
    with Beside(workspace) as beside:
        for is_register in (True, False):
            wanted = {s.id for s in sources if (s.becomes == "register") is is_register}
            if wanted:
                members = None if is_register else registers_of(workspace, catalog)
                mine = [s for s in snapshots if s.source in wanted]
                found += _examined(mine, workspace, catalog, members, amended, beside=beside, registers=is_register)
    return found


def _examined(
    snapshots: Sequence[Snapshot],
    workspace: Workspace,
    catalog: Catalog,
    members: pl.DataFrame | None,
    amended: Amended,
    *,
    beside: Beside,
    registers: bool,
) -> list[Examined]:
    """The files examined one after the other, those of one form each held against those before it."""
    forms = {s.id: _form_of(s, workspace, catalog) for s in snapshots}
    mine = [s for s in snapshots if (forms[s.id].becomes == "register") == registers]
    earlier: dict[str, list[Path]] = {}

    def one(snapshot: Snapshot) -> Examined:
        source = forms[snapshot.id]
        if not snapshot.path.is_file():
            verify(snapshot, workspace)
        try:
            before = earlier.setdefault(source.id, [])
            found = examine(
                snapshot,
                source,
                workspace=workspace,
                catalog=catalog,
                registers=members,
                amended=amended,
                earlier=before,
            )
        except (CheckFailed, UsageError) as error:
            found = unread(snapshot, source, error)
        found = _as_when_received(found, amended, catalog)
        if found.staged is not None and found.is_looked_back_at:
            before.append(found.staged.path)
        return found

    def is_known(snapshot: Snapshot) -> bool:
        form, cells = forms[snapshot.id], amended.cells(snapshot)
        return is_staged(snapshot, source=form, catalog=catalog, workspace=workspace, amendments=cells)

    with beside.examining(mine, is_known) as left:
        found = {s.id: one(s) for s in mine if s.source in left}
    found |= {s.id: one(s) for s in mine if s.id not in found}
    return [found[s.id] for s in mine]


def unread(snapshot: Snapshot, source: Source, error: CheckFailed | UsageError) -> Examined:
    """A file that could not be read, with the reason."""
    why_zh = error.zh or _UNREADABLE
    return Examined(snapshot, source, None, None, error.what, why_zh)


def _form_of(snapshot: Snapshot, workspace: Workspace, catalog: Catalog) -> Source:
    """The form of a registered file; a record that names none is a broken record."""
    if snapshot.source not in catalog.sources:
        raise SnapshotError(
            "The record of a registered file names a form that there is not.",
            where=workspace.relative(snapshot.path.parent) + "/origin.yml",
            found=snapshot.source,
            expected="one of " + ", ".join(catalog.sources),
            next_step="Restore origin.yml, or receive the file again.",
            zh="已登记文件的记录所写的报表不存在：请核对其 origin.yml",
        )
    return catalog.sources[snapshot.source]


def _as_when_received(found: Examined, amended: Amended, catalog: Catalog) -> Examined:
    """A file refused when it was received stays so, whatever the rules say now, unless corrections put it right.

    Receive it again to have it judged anew. What a form says of itself is no cell, and not corrected.
    """
    said = found.snapshot.delivery
    before = said.refused
    if before and found.staged is not None and amended.cells(found.snapshot):
        return _as_corrected(found, catalog)
    if not before or (found.is_refused and found.staged is not None):
        return found
    return replace(found, reason=before, reason_zh=said.refused_zh or found.reason_zh or "收到时已退回")


def _as_corrected(found: Examined, catalog: Catalog) -> Examined:
    """A file that was refused and of which cells were corrected: it counts, or it says what is wrong with it still."""
    if found.is_refused:
        why, why_zh = f"as corrected, still: {found.reason}", f"更正后仍不符合：{found.reason_zh}"
        return replace(found, reason=why, reason_zh=why_zh)
    file = found.snapshot.path
    try:
        identity = read_identity(file)
        if identity is not None:
            require_area_of_titles(identity, file, catalog)
    except CheckFailed as error:
        return replace(found, reason=error.what, reason_zh=error.zh or _UNREADABLE)
    return found


def put_right_files(workspace: Workspace, source: Source, catalog: Catalog, *, without: str = "") -> dict[str, Path]:
    """The files of a form that count with cells corrected, also such as were refused when they came: staged rows by
    snapshot; as it was `without` that file (its id).

    Where a correction breaks a rule there are none: the next build says so, and nobody is kept from receiving.
    """
    snapshots = [s for s in list_snapshots(workspace) if s.source == source.id and s.id != without]
    with suppress(CatalogError):
        amended = _amended_of(source, workspace, catalog, snapshots)
        changed = [s for s in snapshots if amended.cells(s)]
        if any(s.delivery.refused for s in changed):
            is_register = source.becomes == "register"
            members = None if is_register else registers_of(workspace, catalog)
            with Beside(workspace) as beside:
                examined = _examined(
                    snapshots, workspace, catalog, members, amended, beside=beside, registers=is_register
                )
            put_right = {e.snapshot.id: e.staged.path for e in examined if e.staged is not None and e.is_put_right}
        else:
            put_right = {}
        taken = [s for s in changed if not s.delivery.refused]
        return put_right | {
            s.id: stage(s, source=source, catalog=catalog, workspace=workspace, amendments=amended.cells(s)).path
            for s in taken
        }
    return {}


def _corrections_of(candidate: Snapshot, workspace: Workspace, catalog: Catalog) -> Amended | None:
    """The corrections of a form as the next build has them once the file is registered.

    None where one of them breaks a rule, or the file cannot be read so. The file comes last, whatever came since: one
    that lies in its old place again is replaced by nobody (`as_sent_again`).
    """
    source, known = catalog.sources[candidate.source], list_snapshots(workspace)
    copies = [s for s in known if (s.source, s.sha256) == (candidate.source, candidate.sha256)]
    candidate = replace(candidate, once_called=tuple(name for s in copies for name in s.names))
    with suppress(CatalogError, CheckFailed, UsageError):
        others = [s for s in known if s.id != candidate.id]
        amended = _amended_of(source, workspace, catalog, [*others, candidate])
        if cells := amended.cells(candidate):
            stage(candidate, source=source, catalog=catalog, workspace=workspace, amendments=cells)
        return amended
    return None


def _amended_of(source: Source, workspace: Workspace, catalog: Catalog, snapshots: Sequence[Snapshot]) -> Amended:
    return Amended(match_all(workspace, catalog, snapshots, forms=[source.id]))


def loaded_files(examined: Sequence[Examined], source: Source) -> list[LoadedFile]:
    """The files of one source that passed the gate."""
    return [
        LoadedFile(e.snapshot.id, source, e.staged.path, order, e.result.broken)
        for order, e in enumerate(examined)
        if e.source.id == source.id and not e.is_refused and e.staged is not None and e.result is not None
    ]


@dataclass(frozen=True)
class Replaced:
    """What a file replaces of earlier ones, and what of it later files replace."""

    earlier_rows: int
    earlier_readings: int
    own_rows: int


def replaced(workspace: Workspace, found: Examined, catalog: Catalog) -> Replaced:
    """Whom the file corrects, and by whom it is corrected, among the deliveries of its form."""
    put_right = put_right_files(workspace, found.source, catalog)
    files = [file for _, file in staged_files(workspace, found.source, catalog, put_right=put_right)]
    others = [f for f in files if f.snapshot != found.snapshot.id]
    if not others:
        return Replaced(0, 0, 0)
    rows, cells = superseded(files)
    rows_before, cells_before = superseded(others)
    mine = pl.col("snapshot") == found.snapshot.id
    return Replaced(
        earlier_rows=rows.filter(~mine).join(rows_before, on=PLACE, how="anti").height,
        earlier_readings=cells.filter(~mine).join(cells_before, on=[*PLACE, "parameter"], how="anti").height,
        own_rows=rows.filter(mine).height,
    )


def received_before(
    snapshot: Snapshot, workspace: Workspace, catalog: Catalog, put_right: Mapping[str, Path]
) -> list[Path]:
    """The staged files of the form that were received before this one, or all of them where it is new."""
    source = catalog.sources[snapshot.source]
    files = [file for _, file in staged_files(workspace, source, catalog, put_right=put_right)]
    known = [f.snapshot for f in files]
    return [f.staged for f in files[: known.index(snapshot.id) if snapshot.id in known else None]]


def is_about(found: Examined, year: int) -> bool:
    """Whether a file tells of the year: by its rows, or by what was said with it where it has none; a register does."""
    said = found.snapshot.delivery.period
    if found.source.becomes == "register":
        return True
    if said or found.staged is None:
        return said[:4] in ("", str(year))
    starts = pl.scan_parquet(found.staged.path).select(pl.col("period_start").dt.year().unique()).collect()
    return year in starts["period_start"].to_list()


def registers_of(workspace: Workspace, catalog: Catalog) -> pl.DataFrame:
    """Members of every register as received so far."""
    snapshots = list_snapshots(workspace)
    registers = [s.id for s in catalog.sources.values() if s.becomes == "register"]
    amended = Amended(match_all(workspace, catalog, snapshots, forms=registers))
    with Beside(workspace) as beside:
        examined = _examined(snapshots, workspace, catalog, None, amended, beside=beside, registers=True)
    return _members(examined, catalog)


def _members(examined: Sequence[Examined], catalog: Catalog) -> pl.DataFrame:
    frames = [area_registers(catalog)]
    for source in catalog.sources.values():
        files = loaded_files(examined, source)
        if files and source.register_as:
            frames.append(register_members(source, effective(files)))
    return pl.concat(frames, how="diagonal_relaxed")
