"""The command that tells what came in, and what is outstanding: received."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from analytics.cli.shared import (
    AsJson,
    Language,
    OptionalYear,
    Quiet,
    Root,
    app,
    busy,
    opened,
    print_json,
    print_table,
    say,
)
from analytics.cli.told import note
from analytics.errors import UsageError
from analytics.paths import Workspace
from analytics.present.words import either

if TYPE_CHECKING:
    import polars as pl

    from analytics.catalog import Catalog
    from analytics.pipeline import Examined

_MOST_JUMPS = 30
_MOST_NOTES = 3
# Lines of this many characters stand on most terminals, and on a page.
_WIDTH = 120
_CORRECTIONS = {
    "applied": ("已采用", "applied"),
    "file_refused": ("已采用，但整份文件仍被退回", "applied in vain, the file is refused all the same"),
    "proposed": ("待确认", "proposed"),
    "rejected": ("不采用", "rejected"),
    "overtaken": ("已被后来的文件取代", "overtaken"),
}


@app.command()
def received(
    source: Annotated[str | None, typer.Option("--source", help="Only this delivery form.")] = None,
    year: OptionalYear = None,
    department: Annotated[
        str | None, typer.Option("--department", help="Only this department, by its name or a part of it.")
    ] = None,
    lang: Annotated[Language, typer.Option("--lang", help="Language of the lists.")] = Language.zh,
    root: Root = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """List who has sent what and when, what became of it, row counts that jump, and what is outstanding.

    Outstanding are the forms and periods of the year that have begun by the day of the last delivery. A day on which
    a form is due is data: catalog/due.yml of the workspace says it, by the document that sets it.

    Example: qinghe received --year 2021 --department 农业农村
    """
    from analytics.cli.received_tables import ReceivedTables
    from analytics.pipeline import build as build_year
    from analytics.warehouse.queries import ask, open_warehouse

    workspace, catalog = opened(root)
    wanted = _forms(source, department, catalog)
    chosen = year or _last_year(workspace, catalog)
    with busy("Looking through what was received …", quiet):
        build_year(workspace, chosen, catalog, for_readings=True)
    with open_warehouse(workspace) as connection:
        files = ask(connection, "files_received")
        counts = ask(connection, "ledger_of_files")
        standing = ask(connection, "standing_of_year", year=chosen)
        corrections = ask(connection, "corrections")
    files = _chosen(files, wanted, department, year)
    counts = counts.join(files.select("snapshot"), on="snapshot", how="semi")
    jumps = counts.filter("is_jump").to_dicts()
    open_ones = standing.filter(_is_one_of(wanted)).to_dicts()
    open_ones = [row for row in open_ones if row["state"] != "complete"]
    unknown = [] if source else _unknown(workspace, department, year)
    if as_json:
        told = {"received": files.to_dicts(), "counts": counts.to_dicts(), "outstanding": open_ones}
        print_json({**told, "of_no_known_form": unknown})
        return
    shown = ReceivedTables(catalog, lang.value)
    for table in shown.all(files.to_dicts(), unknown, jumps[:_MOST_JUMPS], open_ones, year=chosen):
        print_table(
            table.rows,
            title=table.title,
            width=_WIDTH,
            unbroken=table.unbroken,
            by_words=table.by_words,
            nothing=either(lang.value, "无", "nothing."),
        )
    if not quiet:
        say_corrections(corrections.filter(_is_one_of(wanted)), lang.value)


def _unknown(workspace: Workspace, department: str | None, year: int | None) -> list[dict[str, Any]]:
    """The refused files of which nobody knows the form; of a year those received from then on."""
    from analytics.ingest.unknown import list_unknown

    return [
        {
            "received": kept.received,
            "department": kept.department,
            "file": workspace.relative(kept.path),
            "outcome": "refused",
            "reason": kept.reason,
            "reason_zh": kept.reason_zh,
        }
        for kept in list_unknown(workspace)
        if (not department or department in kept.department) and (year is None or kept.received.year >= year)
    ]


def _forms(source: str | None, department: str | None, catalog: Catalog) -> list[str]:
    """The forms that are asked for."""
    forms = [catalog.source(source)] if source else list(catalog.sources.values())
    meant = departments_called(department, catalog)
    return [form.id for form in forms if form.department in meant]


def departments_called(word: str | None, catalog: Catalog) -> list[str]:
    """The departments of that name, or a part of it; all of them where no word is given."""
    if not word:
        return list(catalog.departments)
    names = {key: (key, d.name.zh, d.name.en, *d.aliases) for key, d in catalog.departments.items()}
    meant = [key for key, words in names.items() if any(word.casefold() in name.casefold() for name in words)]
    if not meant:
        raise UsageError(
            "No department is called so.",
            found=word,
            expected="one of " + "、".join(d.name.zh for d in catalog.departments.values()),
            next_step="Give its name, or a part of it.",
            zh=f"没有名称含“{word}”的部门：请写部门名称或其中一部分",
        )
    return meant


def _last_year(workspace: Workspace, catalog: Catalog) -> int:
    """The last year that a delivery is about; the first of the plans where none says one."""
    from analytics.ingest import list_snapshots

    told = [int(s.delivery.period[:4]) for s in list_snapshots(workspace) if s.delivery.period]
    return max(told) if told else min(year for plan in catalog.plans.values() for year in plan.years)


def _is_one_of(forms: list[str]) -> pl.Expr:
    import polars as pl

    return pl.col("source").is_in(forms)


def _chosen(files: pl.DataFrame, forms: list[str], department: str | None, year: int | None) -> pl.DataFrame:
    """The files of the forms, or sent by the department; of a year those that tell of it, registers always."""
    import polars as pl

    sender = pl.col("department").str.contains(department, literal=True) if department else pl.lit(False)
    files = files.filter(_is_one_of(forms) | sender)
    if year is None:
        return files
    first, last = (pl.col(name).str.head(4).cast(pl.Int32, strict=False) for name in ("first_period", "last_period"))
    said = pl.col("period").str.head(4).cast(pl.Int32, strict=False)
    is_about = pl.lit(year).is_between(first, last) | (said == year) | (first.is_null() & said.is_null())
    return files.filter(is_about.fill_null(False))


def say_corrections(corrections: pl.DataFrame, lang: str) -> None:
    """One line on how many corrections count, where there are any."""
    counts = dict(corrections["outcome"].value_counts().iter_rows())
    if counts:
        told = [(counts[outcome], zh, en) for outcome, (zh, en) in _CORRECTIONS.items() if outcome in counts]
        zh = "，".join(f"{zh}{count}条" for count, zh, _ in told)
        en = ", ".join(f"{count} {en}" for count, _, en in told)
        say.print(either(lang, f"更正：{zh}。", f"Corrections: {en}."))


def say_jumps(workspace: Workspace, found: Examined, catalog: Catalog, lang: str) -> None:
    """A note where the rows of a file that was just taken jump."""
    from analytics.cli.received_tables import held_against
    from analytics.pipeline.receipts import jumps_of

    rows = jumps_of(workspace, found, catalog).to_dicts()
    for row in rows[:_MOST_NOTES]:
        told = [
            (held_against(row[before], row[change]), zh, en)
            for before, change, zh, en in (
                ("rows_before", "change_pct", "上一份", "in the file before"),
                ("rows_year_before", "change_of_year_pct", "上年同期", "the year before"),
            )
            if row[before] is not None
        ]
        file, period = found.snapshot.path.name, row["period"]
        note(
            lang,
            f"{file}{f'（{period}）' if period else ''}有{row['rows']}行，"
            f"{'，'.join(f'{zh}{count}' for count, zh, _ in told)}。未列出的内容仍按此前报送计算；"
            "如非本意，请向报送单位核实。",
            f"{file} has {row['rows']} rows{f' of {period}' if period else ''}, against "
            f"{', '.join(f'{count} {en}' for count, _, en in told)}. What it does not tell stands as it was; ask the "
            "department where that is not meant.",
        )
    if len(rows) > _MOST_NOTES:
        more = len(rows) - _MOST_NOTES
        say.print(either(lang, f"  …… 另有{more}期：qinghe received", f"  … and {more} more periods: qinghe received"))
