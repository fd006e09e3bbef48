"""The command line: arguments checked first, progress, exit codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from analytics.errors import CheckFailed, QingheError, UsageError
from analytics.paths import Workspace, find_workspace

if TYPE_CHECKING:
    import polars as pl

    from analytics.catalog import Catalog
    from analytics.catalog.plan import Plan
    from analytics.pipeline import Examined, Replaced

app = typer.Typer(
    name="qinghe",
    help="清河: check, keep, assess and report what a province promised for its waters.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
_say = Console(stderr=True, highlight=False)
_MOST_ROWS = 50  # of one table on the terminal
_WIDE = 130  # characters of a line from which the whole plan table can be read
# Whoever reads a pipe is not served by lines folded at 80 characters.
_out = Console(highlight=False, width=None if sys.stdout.isatty() else 200)
# Columns whose cells stay on one line.
_UNBROKEN = ["number_id", "counted", "target", "verdict", "snapshot", "received", "source", "unchecked", "set aside"]

Root = Annotated[Path | None, typer.Option("--root", help="The workspace; by default the one around here.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print results and errors only.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Year = Annotated[int, typer.Option("--year", min=1000, max=9999, help="Assessment year, such as 2021.")]
OptionalYear = Annotated[int | None, typer.Option("--year", min=1000, max=9999, help="Assessment year.")]
AreaOption = Annotated[str | None, typer.Option("--area", help="GB/T 2260 code or name, such as 140100.")]
PeriodOption = Annotated[str | None, typer.Option("--period", help="2021, 2021-Q3, 2021-07 or 2021-07-15.")]


class ValuesFormat(StrEnum):
    """Forms in which the indicator table is given."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"
    xlsx = "xlsx"


class Language(StrEnum):
    """Languages of a report."""

    zh = "zh"
    en = "en"


class Renderer(StrEnum):
    """What turns the executed notebooks into pages."""

    auto = "auto"
    quarto = "quarto"
    builtin = "builtin"


def main() -> None:
    """Run the command line; errors go to standard error and end with their own exit code."""
    debug = "--debug" in sys.argv
    sys.argv = [a for a in sys.argv if a != "--debug"]
    try:
        app(standalone_mode=True)
    except QingheError as error:
        if debug:
            raise
        _say.print(str(error), style="red", markup=False)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except SystemExit:
        # The library wraps what it prints to once a reader has gone (`| head`): that reader has seen enough.
        if type(sys.stdout).__name__.endswith("PacifyFlushWrapper"):
            sys.exit(0)
        raise
    except Exception as error:
        if debug:
            raise
        _say.print(
            f"A defect of qinghe: {type(error).__name__}: {error}\n"
            "  Next: run the command again with --debug and report what it prints.",
            style="red",
            markup=False,
        )
        sys.exit(1)


@contextmanager
def _busy(text: str, quiet: bool) -> Iterator[None]:
    """A spinner on a terminal, silence elsewhere."""
    if quiet or not _say.is_terminal:
        yield
    else:
        with _say.status(text):
            yield


def _opened(root: Path | None, *, may_be_new: bool = False) -> tuple[Workspace, Catalog]:
    from analytics.catalog import load_catalog

    workspace = find_workspace(root, may_be_new=may_be_new)
    return workspace, load_catalog(workspace.catalog)


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))  # noqa: T201


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

    workspace, catalog = _opened(root, may_be_new=True)
    catalog.plan_for(year)
    with _busy("Inventing deliveries …", quiet):
        written = install_example(workspace, catalog, year=year, seed=seed, faults=faults)
    if not quiet:
        where = workspace.raw / "example"
        _say.print(
            f"Invented deliveries (示例数据，虚构): {written} new file(s) in {where}"
            if written
            else f"The invented deliveries are there already, unchanged: {where}",
            markup=False,
        )


@app.command()
def receive(
    files: Annotated[list[Path], typer.Argument(help="Delivered files.", show_default=False)],
    source: Annotated[
        str, typer.Option("--source", help="Delivery form: manure, sections, … (`qinghe check --help`).")
    ],
    area: AreaOption = None,
    period: PeriodOption = None,
    department: Annotated[str, typer.Option("--department", help="Who sent it.")] = "",
    strict: Annotated[bool, typer.Option("--strict", help="Exit 4 also when rows are set aside.")] = False,
    root: Root = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Register deliveries, stage and check them; print what was accepted, left out and set aside.

    Registers (sections, towns, stations) come before the deliveries that speak of their members. --period is wanted
    of forms that do not say it themselves: a year, quarter, month or day.

    Example: qinghe receive 粪污.xlsx --source manure --period 2021
    """
    from analytics.ingest import Delivery
    from analytics.periods import parse_period
    from analytics.pipeline import receive as receive_one
    from analytics.pipeline import replaced
    from analytics.runs import sole_writer

    workspace, catalog = _opened(root, may_be_new=True)
    form = catalog.source(source)
    delivery = Delivery(
        source=form.id,
        received=date.today(),
        department=department or catalog.called([form.department], "zh")[0],
        area=catalog.area(area).id if area else "",
        period=parse_period(period).label if period else "",
    )
    results: list[dict[str, Any]] = []
    failures: list[QingheError] = []
    with sole_writer(workspace.lock):
        for file in files:
            try:
                with _busy(f"Reading {file.name} …", quiet):
                    found, is_new = receive_one(workspace, file, delivery, catalog)
                    results.append(_summary(found, replaced(workspace, found, catalog), is_new=is_new))
            except QingheError as error:
                failures.append(error)
                outcome = "refused" if isinstance(error, CheckFailed) else "not received"
                results.append({"file": file.name, "outcome": outcome, "reason": error.what})
    _print_received(results, as_json=as_json)
    _print_notes(workspace, catalog, period=delivery.period, results=results)
    for failure in failures:
        _say.print(str(failure), style="red", markup=False)
    if failures:
        raise typer.Exit(failures[0].exit_code)
    if strict and any(r["rows set aside"] or r["readings set aside"] for r in results):
        raise typer.Exit(CheckFailed.exit_code)


def _summary(found: Examined, corrections: Replaced, *, is_new: bool) -> dict[str, Any]:
    if found.staged is None or found.result is None:
        raise ValueError(found.snapshot.id)
    staged, result = found.staged, found.result
    return {
        "file": found.snapshot.path.name,
        "outcome": "received" if is_new else "received before",
        "rows": staged.rows,
        "sheets without the table": ", ".join(staged.sheets_passed_over),
        "repeats left out": staged.repeats,
        "empty rows left out": staged.blanks,
        "totals left out": staged.totals,
        "notes left out": staged.notes,
        "repeated headings left out": staged.headings,
        "hidden rows, counted": staged.hidden,
        "rows of earlier files replaced": corrections.earlier_rows,
        "single readings of earlier files replaced": corrections.earlier_readings,
        "rows replaced by later files": corrections.own_rows,
        "rows set aside": result.set_aside_rows,
        "readings set aside": found.readings_set_aside,
        "warnings": found.warnings,
        "rules broken": ", ".join(f"{rule} {count}" for rule, count in found.rules_broken),
        "invented": found.snapshot.delivery.invented,
    }


def _print_received(results: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        _print_json(results)
        return
    for result in results:
        _out.print(f"{result['file']}: {result['outcome']}", markup=False)
        for name, value in result.items():
            if name not in ("file", "outcome", "invented") and (value or name == "rows"):
                _out.print(f"  {name}: {value}", markup=False)
    if any(result.get("invented") for result in results):
        _out.print("Marked as invented; every report of this workspace will say so.", markup=False)
    if any(result.get("rules broken") for result in results):
        _out.print("Every row with its rules: qinghe check", markup=False)


def _print_notes(workspace: Workspace, catalog: Catalog, *, period: str, results: list[dict[str, Any]]) -> None:
    """What the person should know of what was taken, though nothing is wrong with the file."""
    from analytics.ingest import list_snapshots

    promised = {year for plan in catalog.plans.values() for year in plan.years}
    taken = [r for r in results if "rows" in r]
    if taken and period and int(period[:4]) not in promised:
        years = ", ".join(str(year) for year in sorted(promised))
        _say.print(f"Note: no plan is about {period[:4]} (plans: {years}); no figure will count these rows.")
    if not all(r["invented"] for r in taken) and any(s.delivery.invented for s in list_snapshots(workspace)):
        _say.print("Note: this workspace holds invented deliveries too; every report of it will say so.")


@app.command()
def check(
    source: Annotated[str | None, typer.Option("--source", help="Only this delivery form.")] = None,
    year: OptionalYear = None,
    root: Root = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Run every gate on what was received and write the check report.

    Of a year: the files that are about it, registers always. The forms are section_monthly, station_readings, manure,
    town_sewage, zone_plants and the registers sections, stations, towns.

    Example: qinghe check --source section_monthly --year 2021
    """
    from analytics.pipeline.intake import examine_all, is_about
    from analytics.reporting.check_report import write_check_report

    workspace, catalog = _opened(root)
    wanted = catalog.source(source).id if source else None
    with _busy("Checking what was received …", quiet):
        examined, _ = examine_all(workspace, catalog, verified=True)
    chosen = [e for e in examined if wanted in (None, e.source.id) and (year is None or is_about(e, year))]
    page = write_check_report(chosen, workspace, source=wanted)
    rows = [_check_row(e) for e in chosen]
    if as_json:
        _print_json(rows)
    else:
        _print_table(rows, title="Checks")
        _say.print(f"Check report: {page}", markup=False)
    if any(e.is_refused for e in chosen):
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


@app.command()
def build(year: Year, root: Root = None, quiet: Quiet = False) -> None:
    """Build the warehouse for the year; only what changed is done again.

    Example: qinghe build --year 2021
    """
    from analytics.pipeline import build as build_year

    workspace, catalog = _opened(root)
    with _busy("Building the warehouse …", quiet):
        built = build_year(workspace, year, catalog)
    if not quiet:
        _say.print("Built." if built.changed else "Nothing changed.", markup=False)
        _print_refused(built.refused)


def _print_refused(refused: list[Examined]) -> None:
    for e in refused:
        _say.print(f"Left out: {e.snapshot.path.name}: {e.reason}", style="yellow", markup=False)


@app.command()
def values(
    year: Year,
    area: AreaOption = None,
    indicator: Annotated[str | None, typer.Option("--indicator", help="Id or code: T12b.")] = None,
    form: Annotated[ValuesFormat, typer.Option("--format", help="How the table is given.")] = ValuesFormat.table,
    out: Annotated[Path | None, typer.Option("--out", help="File for parquet and xlsx.")] = None,
    root: Root = None,
    quiet: Quiet = False,
) -> None:
    """Print the indicator table: one row per figure and scope.

    Example: qinghe values --year 2021 --indicator T12b --area 140100
    """
    from analytics.pipeline import build as build_year
    from analytics.warehouse.queries import ask, open_warehouse

    workspace, catalog = _opened(root)
    wanted = _codes_named(indicator, catalog, catalog.plan_for(year)) if indicator else None
    scope = catalog.area_of_plan(area, catalog.plan_for(year)).id if area else None
    with _busy("Building the warehouse …", quiet):
        built = build_year(workspace, year, catalog)
    if not quiet:
        _print_refused(built.refused)
    with open_warehouse(workspace) as connection:
        rows = ask(connection, "values_of_year", year=year)
    rows = _narrowed(rows, wanted, scope, catalog)
    out = out or Path(f"values-{year}.{form.value}")
    if form in (ValuesFormat.parquet, ValuesFormat.xlsx):
        _require_free_place(out, workspace)
    _write_values(rows, form, out)


def _require_free_place(out: Path, workspace: Workspace) -> None:
    """A table is not written over what the workspace keeps, nor into a folder that there is not."""
    kept = [workspace.root / name for name in ("data", "catalog", "expectations", "reports")]
    if any(out.resolve().is_relative_to(folder.resolve()) for folder in kept):
        raise UsageError(
            "The workspace keeps what is its own there.",
            where=str(out),
            next_step="Give a file outside its folders with --out.",
        )
    if out.exists() and not out.is_file():
        raise UsageError("That is no file that could be replaced.", where=str(out), next_step="Give another --out.")
    if not out.resolve().parent.is_dir():
        raise UsageError("There is no such folder.", where=str(out.parent), next_step="Make it, or give another --out.")


def _codes_named(word: str, catalog: Catalog, plan: Plan) -> list[str]:
    """The figure of that code, or all of that indicator."""
    by_code = [t.code for t in plan.targets() if t.code.casefold() == word.casefold()]
    return by_code or [t.code for t in plan.targets() if t.indicator == catalog.target(word, plan).indicator]


def _narrowed(rows: pl.DataFrame, codes: list[str] | None, area: str | None, catalog: Catalog) -> pl.DataFrame:
    import polars as pl

    if codes:
        rows = rows.filter(pl.col("code").is_in(codes))
    if area:
        inside = {a.id for level in ("province", "city", "county") for a in catalog.children(area, level)}
        rows = rows.filter(pl.col("scope_id").is_in([*inside, area]))
    return rows


def _write_values(rows: pl.DataFrame, form: ValuesFormat, out: Path) -> None:
    from analytics.runs import replacing

    if form is ValuesFormat.csv:
        print(rows.write_csv(), end="")  # noqa: T201
    elif form is ValuesFormat.json:
        _print_json(rows.to_dicts())
    elif form is ValuesFormat.table:
        _print_table([_value_row(row) for row in rows.iter_rows(named=True)], title="")
    else:
        with replacing(out) as new:
            if form is ValuesFormat.parquet:
                rows.write_parquet(new)
            else:
                rows.write_excel(new, worksheet="values", freeze_panes=(1, 0))
        _say.print(f"Written: {out}", markup=False)


def _value_row(row: dict[str, Any]) -> dict[str, str]:
    """What fits a line of 80 characters; the other forms have every column."""
    from analytics.present.numbers import counted

    target = "" if row["target"] is None else f"{row['comparison']} {row['target']:g}"
    return {
        "number_id": row["number_id"],
        "scope": row["scope_name"],
        "value": f"{row['value_printed']} {row['unit']}" if row["value"] is not None else row["value_printed"],
        "counted": counted(row),
        "target": target,
        "verdict": row["verdict"],
    }


def _print_table(rows: list[dict[str, Any]], *, title: str) -> None:
    table = Table(title=title or None, title_justify="left", box=SIMPLE_HEAD, collapse_padding=True)
    names = [name for name in (rows[0] if rows else ()) if any(row[name] not in (None, "") for row in rows)]
    for name in names:
        table.add_column(name, overflow="fold", no_wrap=name in _UNBROKEN)
    for row in rows:
        table.add_row(*("" if row[name] is None else str(row[name]) for name in names))
    if rows:
        _out.print(table)
    elif title:
        _out.print(f"{title}: nothing.\n", markup=False)
    else:
        _out.print("Nothing.")


@app.command(name="plan")
def plan_command(
    year: OptionalYear = None,
    lint: Annotated[
        bool, typer.Option("--lint", help="Look through the whole catalog and name what is wrong.")
    ] = False,
    lang: Annotated[Language, typer.Option("--lang", help="Language of the plan.")] = Language.zh,
    out: Annotated[Path | None, typer.Option("--out", help="Write the whole table to this .xlsx or .csv file.")] = None,
    root: Root = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Print what the plan promises: clause, figure, target, strength, level, deadline, who answers, how it stands.

    Example: qinghe plan --year 2021
    """
    workspace, catalog = _opened(root)  # a catalog that breaks a rule ends here, with file, line and key
    if lint:
        _try_own_examples(workspace, catalog)
        counted = ", ".join(f"{len(plan.targets())} figures of {plan.id}" for plan in catalog.plans.values())
        _say.print(f"The catalog is sound: {counted}.", markup=False)
        return
    from analytics.present.plan_table import headings, plan_rows

    plan = catalog.plan_for(year) if year else next(iter(catalog.plans.values()))
    chosen = year or plan.years[0]
    rows = plan_rows(plan, catalog, lang.value, year=chosen, verdicts=_verdicts(workspace, catalog, chosen))
    heads = headings(lang.value)
    if out is not None:
        _require_free_place(out, workspace)
        _write_plan([{heads[name]: cell for name, cell in row.items()} for row in rows], out)
    elif as_json:
        _print_json(rows)
    else:
        shown: tuple[str, ...] = ("clause", "code", "promise", "target", "level", "deadline", "answers", "verdict")
        if _out.width < _WIDE:
            shown = ("code", "promise", "target", "answers", "verdict")
        title = "" if quiet else plan.title.in_language(lang.value)
        _print_table([{heads[name]: row[name] for name in shown} for row in rows], title=title)


def _try_own_examples(workspace: Workspace, catalog: Catalog) -> None:
    """Worked examples that the workspace adds: the method annex says that they were tried."""
    from analytics.catalog import load_catalog
    from analytics.pipeline.worked import try_examples

    if workspace.catalog.is_dir():
        try_examples(catalog.worked.keys() - load_catalog().worked.keys(), catalog)


def _verdicts(workspace: Workspace, catalog: Catalog, year: int) -> dict[str, str]:
    """Verdict of each figure, where the year has been built of just what the workspace holds now."""
    from analytics.pipeline.state import fingerprint, is_current

    if not workspace.warehouse.is_file():
        return {}
    if not is_current(workspace, year, of=fingerprint(workspace)):
        _say.print(
            f"Verdicts are left out: files or catalog have changed since the last build. `qinghe build --year {year}`",
            style="yellow",
            markup=False,
        )
        return {}
    from analytics.present.scorecard import at_target_level
    from analytics.warehouse.queries import ask, open_warehouse

    with open_warehouse(workspace) as connection:
        values = ask(connection, "values_of_year", year=year)
    plan = catalog.plan_for(year)
    known = set(values["code"])
    if not {t.code for t in plan.targets()} <= known:
        return {}
    return dict(at_target_level(values, plan, catalog).select("code", "verdict").iter_rows())


def _write_plan(rows: list[dict[str, Any]], out: Path) -> None:
    import polars as pl

    from analytics.runs import replacing

    table = pl.DataFrame(rows)
    if out.suffix.lower() not in (".xlsx", ".csv"):
        raise UsageError("The table is written as Excel or CSV.", found=out.name, next_step="Name it .xlsx or .csv.")
    with replacing(out) as new:
        if out.suffix.lower() == ".csv":
            table.write_csv(new, include_bom=True)
        else:
            table.write_excel(new, worksheet="plan", freeze_panes=(1, 0), autofit=True)
    _say.print(f"Written: {out}", markup=False)


@app.command()
def explain(
    word: Annotated[str, typer.Argument(metavar="INDICATOR|NUMBER_ID", help="Id, code or number id.")],
    year: OptionalYear = None,
    area: AreaOption = None,
    root: Root = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Lead a figure back to its clause, formula, rows, files and checksums.

    Example: qinghe explain T12b --year 2021 --area 140100
    """
    from analytics.pipeline import build as build_year
    from analytics.present.given import in_words
    from analytics.warehouse.explanation import explain as explain_one
    from analytics.warehouse.explanation import year_of_number
    from analytics.warehouse.queries import open_warehouse

    workspace, catalog = _opened(root)
    chosen = year or year_of_number(word)
    scope = catalog.area_of_plan(area, catalog.plan_for(chosen)).id if area else None
    with _busy("Building the warehouse …", quiet):
        build_year(workspace, chosen, catalog)
    with open_warehouse(workspace) as connection:
        found = explain_one(connection, word, catalog, year=chosen, area=scope)
    if as_json:
        _print_json(found.as_record())
        return
    said = [(*in_words(entry, found.plan, catalog, "en"), entry.source, entry.date) for entry in found.said_since]
    since = [dict(zip(("what", "value", "source", "date"), told, strict=True)) for told in said]
    for title, rows in [*found.as_tables(), ("Said beside the plan", since)]:
        _print_table(rows[:_MOST_ROWS], title=title)
        if len(rows) > _MOST_ROWS:
            _out.print(f"  … and {len(rows) - _MOST_ROWS:,} more; all of them with --json.", markup=False)


@app.command()
def report(
    year: OptionalYear = None,
    area: Annotated[str, typer.Option("--area", help="Code or name; cities, counties or all.")] = "",
    period: PeriodOption = None,
    lang: Annotated[Language, typer.Option("--lang", help="Language of the report.")] = Language.zh,
    renderer: Annotated[Renderer, typer.Option("--renderer", help="What makes the pages.")] = Renderer.auto,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Notebooks run at a time.")] = 2,
    root: Root = None,
    quiet: Quiet = False,
) -> None:
    """Run the report notebooks and render PDF and HTML under reports/build.

    Example: qinghe report --year 2021        (a month's dispatch: --period 2021-04 --area 140000)
    """
    from analytics.reporting.report import Order, make_reports

    workspace = find_workspace(root)
    order = Order(year=year, period=period or "", area=area, lang=lang.value, renderer=renderer.value, workers=workers)
    say: Callable[[str], None] = (lambda text: None) if quiet else (lambda text: _say.print(text, markup=False))
    for made in make_reports(workspace, order, say=say):
        _out.print(f"PDF   {made.pdf}\nHTML  {made.html}", markup=False, soft_wrap=True)


@app.command()
def lab(root: Root = None) -> None:
    """Open JupyterLab on the explore notebooks.

    Example: qinghe lab
    """
    from analytics.reporting.lab import open_lab

    open_lab(find_workspace(root))


if __name__ == "__main__":
    main()


__all__ = ["UsageError", "app", "main"]
