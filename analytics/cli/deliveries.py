"""Commands that take and check deliveries: example, receive, check."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analytics.cli.shared import (
    AreaOption,
    AsJson,
    LangOption,
    Language,
    OptionalYear,
    PeriodOption,
    Quiet,
    Root,
    Year,
    app,
    busy,
    opened,
    print_json,
    print_table,
    say,
)
from analytics.cli.taking import raise_failures, take
from analytics.cli.told import note, print_told
from analytics.errors import CheckFailed
from analytics.paths import Workspace
from analytics.present.words import either

if TYPE_CHECKING:
    from analytics.catalog import Catalog
    from analytics.pipeline import Examined

_HEADS = {
    "source": "报表",
    "file": "文件",
    "passed": "通过",
    "failed": "未通过",
    "unchecked": "无法校验",
    "set aside": "暂不采用",
    "refused": "整份退回",
}
_UNBROKEN = ["source", "passed", "failed", "unchecked", "set aside", "通过", "未通过", "无法校验", "暂不采用"]


@app.command()
def example(
    year: Year,
    seed: Annotated[int, typer.Option("--seed", help="Another seed invents other figures.")] = 1,
    faults: Annotated[bool, typer.Option("--faults", help="Plant one of each documented fault.")] = False,
    root: Root = None,
    quiet: Quiet = False,
) -> None:
    """Write invented deliveries for every source into data/raw/example, labelled as invented.

    A workspace holds one invented year at a time: those of another year are replaced.

    Example: qinghe example --year 2021
    """
    from analytics.example.install import install_example

    workspace, catalog = opened(root, may_be_new=True)
    catalog.plan_for(year)
    with busy("Inventing deliveries …", quiet):
        written = install_example(workspace, catalog, year=year, seed=seed, faults=faults)
    if not quiet:
        where = workspace.raw / "example"
        say.print(
            f"Invented deliveries (示例数据，虚构): {written} new file(s) in {where}"
            if written
            else f"The invented deliveries are there already, unchanged: {where}",
        )


@app.command()
def receive(
    files: Annotated[list[Path], typer.Argument(help="Delivered files.", show_default=False)],
    source: Annotated[
        str | None, typer.Option("--source", help="Delivery form: manure, sections, …; a filled form says it itself.")
    ] = None,
    area: AreaOption = None,
    period: PeriodOption = None,
    department: Annotated[str, typer.Option("--department", help="Who sent it.")] = "",
    strict: Annotated[bool, typer.Option("--strict", help="Exit 4 also when rows are set aside.")] = False,
    lang: LangOption = Language.zh,
    root: Root = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Register deliveries, stage and check them; print what was accepted, left out and set aside.

    Registers (sections, towns, stations) come before the deliveries that speak of their members. A form written by
    `qinghe form` needs no option; of any other file give --source, and --period where its rows do not say it: a year,
    quarter, month or day.

    Example: qinghe receive 粪污.xlsx --source manure --period 2021
    """
    from analytics.ingest import Delivery
    from analytics.periods import parse_period
    from analytics.runs import sole_writer

    workspace, catalog = opened(root, may_be_new=True)
    delivery = Delivery(
        source=catalog.source(source).id if source else "",
        received=date.today(),
        department=department,
        area=catalog.area(area).id if area else "",
        period=parse_period(period).label if period else "",
    )
    taken = []
    with sole_writer(workspace.lock):
        for file in files:
            with busy(f"Reading {file.name} …", quiet):
                taken.append(take(workspace, file, delivery, catalog, lang=lang.value))
    results = [one.told for one in taken]
    if as_json:
        print_json(results)
    else:
        print_told(results, lang.value)
    _print_notes(workspace, catalog, {one.period for one in taken if one.is_in}, results, lang.value)
    raise_failures(taken, lang.value, listed=not as_json)
    if strict and any(r["rows set aside"] or r["readings set aside"] for r in results):
        raise typer.Exit(CheckFailed.exit_code)


def _print_notes(
    workspace: Workspace, catalog: Catalog, periods: set[str], results: list[dict[str, Any]], lang: str
) -> None:
    """What the person should know of what was taken, though nothing is wrong with the file."""
    from analytics.ingest import list_snapshots

    promised = {year for plan in catalog.plans.values() for year in plan.years}
    taken = [r for r in results if "rows" in r]
    for year in sorted({period[:4] for period in periods if period and int(period[:4]) not in promised}):
        years = [str(year) for year in sorted(promised)]
        note(
            lang,
            f"没有方案涉及{year}年（方案年份：{'、'.join(years)}），这些数据不进入任何指标。",
            f"no plan is about {year} (plans: {', '.join(years)}); no figure will count these rows.",
        )
    if not all(r["invented"] for r in taken) and any(s.delivery.invented for s in list_snapshots(workspace)):
        note(
            lang,
            "本工作区还有示例（虚构）数据，每份报告都会写明。",
            "this workspace holds invented deliveries too; every report of it will say so.",
        )


@app.command()
def check(
    source: Annotated[str | None, typer.Option("--source", help="Only this delivery form.")] = None,
    year: OptionalYear = None,
    data_docs: Annotated[
        bool, typer.Option("--data-docs", help="Also write Great Expectations' own pages, for data scientists.")
    ] = False,
    lang: LangOption = Language.zh,
    root: Root = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Run every gate on what was received and write the check report.

    Of a year: the files that are about it, registers always. The command ends with 4 while a refused file is not put
    right by another one.

    Example: qinghe check --source section_monthly --year 2021
    """
    from analytics.pipeline.intake import is_about, look_through, require_unchanged
    from analytics.pipeline.quarantine import files_put_right
    from analytics.reporting.check_report import write_check_report

    workspace, catalog = opened(root)
    wanted = catalog.source(source).id if source else None
    with busy("Checking what was received …", quiet):
        require_unchanged(workspace)
        examined, members, corrections, fault = look_through(workspace, catalog)
        of_forms = [e for e in examined if wanted in (None, e.source.id)]
        put_right = files_put_right(of_forms, members, catalog)
    chosen = [e for e in of_forms if year is None or is_about(e, year)]
    page = write_check_report(chosen, workspace, catalog, corrections=corrections, put_right=put_right, source=wanted)
    rows = [_check_row(e) for e in chosen]
    if as_json:
        print_json(rows)
    else:
        by = [put_right.get(e.snapshot.id) for e in chosen]
        shown = [_for_people(*told, lang.value) for told in zip(rows, chosen, by, strict=True)]
        nothing = either(lang.value, "无", "nothing.")
        print_table(shown, title=either(lang.value, "校验结果", "Checks"), unbroken=_UNBROKEN, nothing=nothing)
        say.print(either(lang.value, f"校验报告：{page}", f"Check report: {page}"))
    if data_docs:
        from analytics.pipeline.data_docs import write_pages

        with busy("Writing the library's pages …", quiet):
            first = write_pages(chosen, examined, members, workspace=workspace, catalog=catalog)
        say.print(f"Data Docs: {first}\n  They load parts from outside and are not for publication.")
    if fault is not None:
        raise fault
    if any(e.is_refused and e.snapshot.id not in put_right for e in chosen):
        raise typer.Exit(CheckFailed.exit_code)


def _check_row(found: Examined) -> dict[str, Any]:
    counts = {"passed": 0, "failed": 0, "could_not_be_checked": 0}
    if found.result is not None:
        for outcome in found.result.checks["outcome"]:
            counts[outcome] += 1
    return {
        "source": found.source.id,
        "file": found.snapshot.path.name,
        "passed": counts["passed"],
        "failed": counts["failed"],
        "unchecked": counts["could_not_be_checked"],
        "set aside": found.result.set_aside_rows if found.result else 0,
        "refused": found.reason,
    }


def _for_people(row: dict[str, Any], found: Examined, by: str | None, lang: str) -> dict[str, Any]:
    """The row as it is printed, with the file `by` which it was put right; in Chinese with the name of the form."""
    tail = either(lang, f"（已由 {by} 更正）", f" (put right by {by})") if by else ""
    if lang == "en":
        return row | {"refused": found.reason + tail}
    said = row | {"source": found.source.label.zh, "refused": found.reason_zh + tail}
    return {_HEADS[name]: value for name, value in said.items()}
