"""One delivered file taken in, and what is told of it; whatever goes wrong with it, the next file is taken too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from analytics.cli.received import say_jumps
from analytics.cli.told import Said, in_short, say_failure, say_step, warn
from analytics.errors import CheckFailed, QingheError
from analytics.paths import Workspace

if TYPE_CHECKING:
    import polars as pl

    from analytics.catalog import Catalog
    from analytics.catalog.models import Area
    from analytics.ingest import Delivery, Staged
    from analytics.ingest.identity import Identity
    from analytics.pipeline import Examined, Replaced

_NAMED = 3
# What a file takes away of what counted: of `files`, by so many `rows` of `name`.
_LOST = (
    "{name} 有{rows}行有误、暂不采用，却取代了{files}中原已采用的行：这些行现在没有数据计入。"
    "请报送单位更正后重报；如应仍按此前的计，把 {files} {again}。",
    "{rows} row(s) of {name} are wrong, set aside in whole or in part, and have replaced good ones of {files}: nothing "
    "counts of these now. Ask for them rightly; where the earlier ones are meant, receive {files} {again}.",
)
_EMPTIED = (
    "{name} 有{rows}行把必填的栏目留空，取代了{files}中填报并已采用的数据：这些栏目现在没有数据计入。"
    "请报送单位补填后重报；如应仍按此前的计，把 {files} {again}。",
    "{rows} row(s) of {name} leave cells blank that have to be filled in, and have replaced what {files} told there: "
    "nothing counts of these now. Ask for them; where the earlier ones are meant, receive {files} {again}.",
)
_UNDONE = (
    "{name} 有{rows}行报回了已被{files}改过的旧内容，可能误报了旧版。现按 {name} 计入；如非本意，把 {files} {again}。",
    "{rows} row(s) of {name} say again what {files} had replaced: it may be an older version. What it says counts now; "
    "where that is not meant, receive {files} {again}.",
)

_ONCE_MORE = ("再接收一次", "again")
_IN_ORDER = ("按此顺序各再接收一次", "again, in this order")


@dataclass
class Taken:
    """What is told of one file, the period it is about, whether it is registered and counts, and what went wrong."""

    told: dict[str, Any]
    period: str = ""
    is_in: bool = False
    failures: list[Exception] = field(default_factory=list)


def take(workspace: Workspace, file: Path, delivery: Delivery, catalog: Catalog, *, lang: str) -> Taken:
    """Receive one file; what goes wrong, also a defect of ours, is handed back and not raised.

    Warnings are said in the language `lang`, zh or en.
    """
    from analytics.ingest.identity import agreed
    from analytics.ingest.snapshot import legible
    from analytics.pipeline import receive

    said = delivery
    try:
        identity = _identity(workspace, file, delivery, catalog)
        said = agreed(identity, delivery, file, catalog)
        says_area = identity is not None and bool(identity.area)
        found, is_new = receive(workspace, file, said, catalog, says_area=says_area)
    except Exception as error:
        return _not_taken(workspace, file, said, catalog, error)
    told = {"file": legible(file.name), "outcome": _outcome(found, file, is_new=is_new)}
    taken = Taken(told, said.period, is_in=True)
    try:
        _tell(taken, workspace, found, identity, catalog, lang)
    except Exception as error:
        told["but"] = in_short(error)
        taken.failures.append(error)
    return taken


def _tell(
    taken: Taken, workspace: Workspace, found: Examined, identity: Identity | None, catalog: Catalog, lang: str
) -> None:
    """What a file that is registered holds, replaces and puts right."""
    from analytics.cli import slips
    from analytics.pipeline import replaced

    taken.told |= _summary(found, replaced(workspace, found, catalog), catalog) | _form_said(identity, found, catalog)
    taken.told |= slips.after_receiving(workspace, found, catalog)
    taken.told |= _takes_back(workspace, found, catalog, lang)
    _say_other_period(workspace, found, catalog, lang)
    _say_steps_back(workspace, found, catalog, lang)
    say_jumps(workspace, found, catalog, lang)


def _say_steps_back(workspace: Workspace, found: Examined, catalog: Catalog, lang: str) -> None:
    """Which files a file made worse, or may be older than, and how what they said counts again."""
    from analytics.pipeline.steps_back import StepsBack

    steps, name = StepsBack(workspace, found, catalog), found.snapshot.path.name
    for rows, (zh, en) in ((steps.lost, _LOST), (steps.emptied, _EMPTIED), (steps.undone, _UNDONE)):
        if rows:
            files, of = steps.files_of(rows), {"name": name, "rows": len(rows)}
            again = _IN_ORDER if len(files) > 1 else _ONCE_MORE
            warn(
                lang,
                zh.format(**of, files="、".join(files), again=again[0]),
                en.format(**of, files=", ".join(files), again=again[1]),
            )
    if not steps.undone and (older := steps.older_save) is not None:
        own, other = (f"{moment:%Y-%m-%d %H:%M}" for moment in (older.own, older.other))
        warn(
            lang,
            f"{name} 保存于{own}，早于它所取代的 {older.replaced}（{other}），可能误报了旧版。现按 {name} 计入；"
            f"如非本意，把 {older.replaced} 再接收一次。",
            f"{name} was saved at {own}, before {older.replaced} ({other}) that it replaces: it may be an older "
            f"version. What it says counts now; where that is not meant, receive {older.replaced} again.",
        )


def _say_other_period(workspace: Workspace, found: Examined, catalog: Catalog, lang: str) -> None:
    """Which period the file tells of, which it was received for, and what to do, where these are two."""
    from analytics.ingest.identity import period_in_words
    from analytics.periods import parse_period
    from analytics.quality import period_told
    from analytics.reporting.check_words import in_words, labels

    told = found.result.checks.filter(check=period_told.CHECK, outcome="failed") if found.result else None
    if told is None or told.is_empty():
        return
    file, period = found.snapshot.path.name, found.snapshot.delivery.period
    folder = workspace.relative(found.snapshot.path.parent)
    words = in_words(told["found"][0], labels(catalog))
    this = period_in_words(parse_period(period))
    warn(
        lang,
        f"{file}：{words.zh}。请核对数据是哪一期的：是另一期的，用 --period 写明那一期重新接收，"
        f"并删去 {folder} 撤回本次；只是写错的，请报送单位改正表题后重报。在此之前，这些数据按{this}的计。",
        f"{file}: {words.en}. Find out of which period its figures are: if of another one, receive it again with that "
        f"--period and delete {folder} to withdraw this one; if only the title is wrong, ask for the file with the "
        f"right one. Until then they count for {period}.",
    )


def _outcome(found: Examined, file: Path, *, is_new: bool) -> Said:
    known = found.snapshot
    if not is_new:
        en, zh = (f", as {known.path.name}", f"（{known.path.name}）") if known.path.name != file.name else ("", "")
        return Said(f"received before{en}", f"此前已收到{zh}")
    return Said("received again", "再次收到") if known.delivery.again else Said("received", "已收到")


def _takes_back(workspace: Workspace, found: Examined, catalog: Catalog, lang: str) -> dict[str, Any]:
    """What other files had put right since this very file came before; said as a warning too."""
    from analytics.pipeline.intake import put_right_files
    from analytics.pipeline.sent_again import taken_back

    put_right = put_right_files(workspace, found.source, catalog)
    files = taken_back(found.snapshot, found.source, workspace, catalog, put_right=put_right)
    if not files:
        return {}
    counts = Said.joined(
        [
            Said(
                f"{f.file} of {f.received}: {f.rows} row(s), {f.readings} single reading(s)",
                f"{f.received}收到的{f.file}：{f.rows}行、{f.readings}个监测值",
            )
            for f in files
        ]
    )
    name = found.snapshot.path.name
    warn(
        lang,
        f"{name} 与此前收到的是同一份文件，现重新计入，并收回其后的更正（{counts.zh}）。各份文件都保留；"
        "如非本意，请把后来的那份再接收一次。",
        f"{name} is the very file that came before. It counts again, and takes back what was put right since "
        f"({counts}). All of them stay; where that is not meant, receive the later one again.",
    )
    return {"takes back": counts}


def _not_taken(workspace: Workspace, file: Path, said: Delivery, catalog: Catalog, error: Exception) -> Taken:
    """The reason; of a file that was refused also its return slip, where it is known which form it is."""
    from analytics.cli import slips
    from analytics.ingest.snapshot import legible

    outcome = Said("refused", "整份退回") if isinstance(error, CheckFailed) else Said("not received", "未能接收")
    taken = Taken({"file": legible(file.name), "outcome": outcome, "reason": in_short(error)}, failures=[error])
    if isinstance(error, CheckFailed) and said.source:
        try:
            taken.told |= slips.after_refusal(workspace, file, said, catalog, error)
        except Exception as of_slip:
            taken.failures.append(of_slip)
    return taken


def raise_failures(taken: Sequence[Taken], lang: str, *, listed: bool) -> None:
    """Say what went wrong and end the command with the code of the first; a defect of ours is raised as it is.

    `listed` says whether the list of what was taken is printed: it holds the reason of the first failure of each file.
    """
    failures = [failure for one in taken for failure in one.failures]
    in_list = [one.failures[0] for one in taken if one.failures] if listed else []
    ours = [failure for failure in failures if isinstance(failure, QingheError)]
    for failure in ours:
        (say_step if any(failure is one for one in in_list) else say_failure)(failure, lang)
    for defect in failures:
        if not isinstance(defect, QingheError):
            raise defect
    if ours:
        raise typer.Exit(ours[0].exit_code)


def _identity(workspace: Workspace, file: Path, delivery: Delivery, catalog: Catalog) -> Identity | None:
    """What the file says of itself; one that contradicts itself, or says nothing since it cannot be read, is kept."""
    from analytics.ingest import register
    from analytics.ingest.grid import read_grids
    from analytics.ingest.identity import Contradiction, agreed, read_identity, require_area_of_titles
    from analytics.ingest.unknown import keep_unknown

    try:
        identity = read_identity(file)
        if identity is not None:
            require_area_of_titles(identity, file, catalog)
        elif not delivery.source:
            read_grids(file)  # of one that nobody can read, that is to be said, and not that it is of no known form
        return identity
    except CheckFailed as error:
        source = delivery.source or (error.source if isinstance(error, Contradiction) else "")
        if source in catalog.sources:
            refused = replace(delivery, source=source, refused=error.what, refused_zh=error.zh)
            register(workspace, file, agreed(None, refused, file, catalog))
        else:
            told = {"reason": f"{error.what} {error.found}".strip(), "reason_zh": error.zh}
            keep_unknown(workspace, file, received=delivery.received, department=delivery.department, **told)
        raise


def _form_said(identity: Identity | None, found: Examined, catalog: Catalog) -> dict[str, Any]:
    """What a form of ours said of itself, and whether the columns of its source have changed since it was written."""
    from analytics.ingest.form_columns import version_of

    if identity is None:
        return {}
    is_old = identity.version != version_of(found.source, catalog)
    area = catalog.called_with_code(identity.area)
    said = " ".join(part for part in (identity.source, identity.period, area) if part)
    named = " ".join(part for part in (found.source.label.zh, identity.period, area) if part)
    if is_old:
        return {"form": Said(f"{said}, of an earlier version: read by its headings", f"{named}，旧版表，按表头读取")}
    return {"form": Said(said, named)}


def _summary(found: Examined, corrections: Replaced, catalog: Catalog) -> dict[str, Any]:
    from analytics.present.lists import column_label

    if found.staged is None or found.result is None:
        raise ValueError(found.snapshot.id)
    staged, result = found.staged, found.result
    return {
        "rows": staged.rows,
        "sheets without the table": _passed_over(staged),
        "repeats left out": staged.repeats,
        "empty rows left out": staged.blanks,
        "remarks of empty rows": _remarks_left_out(staged),
        "totals left out": staged.totals,
        "totals not checked": _unchecked(staged),
        "notes left out": staged.notes,
        "repeated headings left out": staged.headings,
        "example rows left out": staged.examples,
        "hidden rows, counted": staged.hidden,
        "hidden columns, counted": Said(
            *(", ".join(column_label(c, catalog, lang) for c in staged.hidden_columns) for lang in ("en", "zh"))
        ),
        "columns without a heading, left out": ", ".join(staged.headless),
        "areas by earlier names": _by_earlier_names(found, staged, catalog),
        "rows of earlier files replaced": corrections.earlier_rows,
        "single readings of earlier files replaced": corrections.earlier_readings,
        "rows replaced by later files": corrections.own_rows,
        "rows set aside": result.set_aside_rows,
        "readings set aside": found.readings_set_aside,
        "warnings": found.warnings,
        "rules broken": _rules_broken(found, result.checks),
        "invented": found.snapshot.delivery.invented,
        **({"cells corrected as confirmed": found.cells_corrected} if found.cells_corrected else {}),
    }


def _remarks_left_out(staged: Staged) -> Said:
    """The rows that tell nothing but a remark, with what it says: that a figure is taken back is said by no remark."""
    import polars as pl

    from analytics.catalog.models import REMARK

    rows = pl.scan_parquet(staged.path)
    if REMARK not in rows.collect_schema():
        return Said("", "")
    told = rows.filter(pl.col(REMARK).is_not_null(), left_out="blank").select("sheet", "row", REMARK).collect()
    said = [Said(f"{s} row {row}: {text}", f"{s}第{row}行：{text}") for s, row, text in told.head(_NAMED).iter_rows()]
    return Said.joined([*said, *([Said("…", "……")] if told.height > _NAMED else [])])


def _passed_over(staged: Staged) -> Said:
    """The sheets that hold no table; of one that does not show that is said."""
    hidden = " (hidden)"
    zh = [
        name.removesuffix(hidden) + ("（隐藏）" if name.endswith(hidden) else "") for name in staged.sheets_passed_over
    ]
    return Said(", ".join(staged.sheets_passed_over), "、".join(zh))


def _by_earlier_names(found: Examined, staged: Staged, catalog: Catalog) -> Said:
    """The areas that were called as they are no longer, and as which each was read; a short name is no other one."""
    import polars as pl

    rows = pl.scan_parquet(staged.path)
    columns = rows.collect_schema().names()
    said: dict[str, Area] = {}
    for name in [c.field for c in found.source.columns if f"{c.field}_as_delivered" in columns]:
        if catalog.fields[name].type == "area":
            pairs = rows.select(pl.col(f"{name}_as_delivered"), name).drop_nulls().unique().sort(name)
            said |= {word.strip(): catalog.areas[code] for word, code in pairs.collect().iter_rows()}
    earlier = {word: area for word, area in said.items() if word in area.aliases and not area.name.zh.startswith(word)}
    return Said.joined([Said(f"{w} as {a.name.en} ({a.id})", f"{w}按{a.name.zh}计") for w, a in earlier.items()])


def _unchecked(staged: Staged) -> Said:
    """The rows of sums that could not be held against their rows, each with one reason."""
    told = {(total["sheet"], total["row"]): total for total in staged.totals_unchecked}
    said = [
        Said(f"{t['sheet']} row {t['row']}: {t['why_en']}", f"{t['sheet']}第{t['row']}行：{t['why_zh']}")
        for t in told.values()
    ]
    return Said.joined(said[:_NAMED])


def _rules_broken(found: Examined, checks: pl.DataFrame) -> Said:
    """The rules and how often each was broken; in Chinese in their own words."""
    words = dict(checks.select("check", "message_zh").iter_rows())
    en = ", ".join(f"{rule} {count}" for rule, count in found.rules_broken)
    return Said(en, "；".join(f"{words.get(rule, rule)}（{count}处）" for rule, count in found.rules_broken))
