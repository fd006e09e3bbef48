"""Commands about figures: build, values, plan, explain."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analytics.cli.received import say_corrections
from analytics.cli.shared import (
    AreaOption,
    AsJson,
    LangOption,
    Language,
    OptionalYear,
    Quiet,
    Root,
    Year,
    app,
    busy,
    console,
    given_as,
    opened,
    print_json,
    print_page_table,
    print_refused,
    print_table,
    require_free_place,
    say,
    say_written,
)
from analytics.errors import UsageError
from analytics.paths import Workspace, require_deliveries
from analytics.present.words import either

if TYPE_CHECKING:
    import polars as pl

    from analytics.catalog import Catalog
    from analytics.catalog.plan import Plan

_MOST_ROWS = 50  # of one table on the terminal
_HEADS = (
    ("编号", "number_id"),
    ("范围", "scope"),
    ("数值", "value"),
    ("计入", "counted"),
    ("目标", "target"),
    ("判定", "verdict"),
)
_UNBROKEN = [name for place in (0, 3, 4, 5) for name in _HEADS[place]]
_WIDE = 130  # characters of a line from which the whole plan table can be read


class ValuesFormat(StrEnum):
    """Forms in which the indicator table is given."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"
    xlsx = "xlsx"


@app.command()
def build(year: Year, lang: LangOption = Language.zh, root: Root = None, quiet: Quiet = False) -> None:
    """Build the warehouse for the year; only what changed is done again.

    Example: qinghe build --year 2021
    """
    from analytics.pipeline import build as build_year
    from analytics.warehouse.queries import ask, open_warehouse

    workspace, catalog = opened(root)
    catalog.plan_for(year)
    require_deliveries(workspace)
    with busy("Building the warehouse …", quiet):
        built = build_year(workspace, year, catalog)
    if not quiet:
        told = ("已汇总。", "Built.") if built.changed else ("没有变化。", "Nothing changed.")
        say.print(either(lang.value, *told))
        with open_warehouse(workspace) as connection:
            say_corrections(ask(connection, "corrections"), lang.value)
        print_refused(workspace, built.refused, lang.value)


@app.command()
def values(
    year: Year,
    area: AreaOption = None,
    indicator: Annotated[str | None, typer.Option("--indicator", help="Id or code: T12b.")] = None,
    form: Annotated[ValuesFormat, typer.Option("--format", help="How the table is given.")] = ValuesFormat.table,
    out: Annotated[Path | None, typer.Option("--out", help="File for csv, json, parquet and xlsx.")] = None,
    lang: LangOption = Language.zh,
    root: Root = None,
    quiet: Quiet = False,
) -> None:
    """Print the indicator table: one row per figure and scope.

    Example: qinghe values --year 2021 --indicator T12b --area 140100
    """
    from analytics.pipeline import build as build_year
    from analytics.warehouse.queries import ask, open_warehouse

    form = given_as(form, out)
    workspace, catalog = opened(root)
    wanted = _codes_named(indicator, catalog, catalog.plan_for(year)) if indicator else None
    scope = catalog.area_of_plan(area, catalog.plan_for(year)).id if area else None
    catalog.plan_for(year)
    require_deliveries(workspace)
    with busy("Building the warehouse …", quiet):
        built = build_year(workspace, year, catalog)
    if not quiet:
        print_refused(workspace, built.refused, lang.value)
    with open_warehouse(workspace) as connection:
        rows = ask(connection, "values_of_year", year=year)
    rows = _narrowed(rows, wanted, scope, catalog)
    if out is None and form in (ValuesFormat.parquet, ValuesFormat.xlsx):
        out = Path(f"values-{year}.{form.value}")
    if out is None:
        _print_values(rows, form, catalog, lang.value)
    else:
        require_free_place(out, workspace)
        _write_values(rows, form, out)
        say_written(out, lang.value)


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


def _print_values(rows: pl.DataFrame, form: ValuesFormat, catalog: Catalog, lang: str) -> None:
    from analytics import exports

    if form is ValuesFormat.csv:
        print(exports.csv_text(rows), end="")  # noqa: T201
    elif form is ValuesFormat.json:
        print_json(rows.to_dicts())
    else:
        if rows.is_empty():
            print_table([], title=either(lang, "指标", "Figures"), nothing=either(lang, "无", "nothing."))
        for (code, indicator), mine in rows.group_by("code", "indicator", maintain_order=True):
            name = catalog.indicators[str(indicator)].name
            shown = [_value_row(row, catalog, lang) for row in mine.iter_rows(named=True)]
            print_table(shown, title=f"{code} {name.in_language(lang)}", unbroken=_UNBROKEN)


def _write_values(rows: pl.DataFrame, form: ValuesFormat, out: Path) -> None:
    from analytics import exports
    from analytics.runs import replacing

    with replacing(out) as new:
        if form is ValuesFormat.parquet:
            rows.write_parquet(new)
        elif form is ValuesFormat.csv:
            exports.write_csv(rows, new)
        elif form is ValuesFormat.json:
            rows.write_json(new)
        else:
            exports.write_workbook(rows, new, sheet="values")


def _value_row(row: dict[str, Any], catalog: Catalog, lang: str) -> dict[str, str]:
    """What fits a line of 80 characters; the other forms have every column."""
    from analytics.present.numbers import counted
    from analytics.present.prose import beside_name
    from analytics.present.words import comparison, word

    scope = row["scope_name"]
    if row["stratum"] is not None and row["scope_kind"] == "province":
        scope += f"（{beside_name(row['stratum'], catalog.indicators[row['indicator']], lang)}）"
    target = "" if row["target"] is None else f"{comparison(row['comparison'])} {row['target']:g}"
    told = (
        row["number_id"],
        scope,
        f"{row['value_printed']} {row['unit']}" if row["value"] is not None else row["value_printed"],
        counted(row),
        target,
        word("verdict", row["verdict"], lang),
    )
    return {either(lang, *names): text for names, text in zip(_HEADS, told, strict=True)}


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
    workspace, catalog = opened(root)  # a catalog that breaks a rule ends here, with file, line and key
    if lint:
        _try_own_examples(workspace, catalog)
        counted = ", ".join(f"{len(plan.targets())} figures of {plan.id}" for plan in catalog.plans.values())
        say.print(f"The catalog is sound: {counted}.")
        return
    from analytics.present.plan_table import headings, plan_rows

    plan = catalog.plan_for(year) if year else next(iter(catalog.plans.values()))
    chosen = year or plan.years[0]
    rows = plan_rows(plan, catalog, lang.value, year=chosen, verdicts=_verdicts(workspace, catalog, chosen))
    heads = headings(lang.value)
    if out is not None:
        require_free_place(out, workspace)
        _write_plan([{heads[name]: cell for name, cell in row.items()} for row in rows], out)
        say_written(out, lang.value)
    elif as_json:
        print_json(rows)
    else:
        shown: tuple[str, ...] = ("clause", "code", "promise", "target", "level", "deadline", "answers", "verdict")
        if console.width < _WIDE:
            shown = ("code", "promise", "target", "answers", "verdict")
        title = "" if quiet else plan.title.in_language(lang.value)
        print_table([{heads[name]: row[name] for name in shown} for row in rows], title=title)


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
        say.print(
            f"Verdicts are left out: files or catalog have changed since the last build. `qinghe build --year {year}`",
            style="yellow",
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

    from analytics import exports
    from analytics.runs import replacing

    table = pl.DataFrame(rows)
    if out.suffix.lower() not in (".xlsx", ".csv"):
        raise UsageError(
            "The table is written as Excel or CSV.",
            found=out.name,
            next_step="Name it .xlsx or .csv.",
            zh="表格只能写成 .xlsx 或 .csv 文件：请改文件名",
        )
    with replacing(out) as new:
        if out.suffix.lower() == ".csv":
            exports.write_csv(table, new)
        else:
            exports.write_workbook(table, new, sheet="plan")


@app.command()
def explain(
    word: Annotated[str, typer.Argument(metavar="INDICATOR|NUMBER_ID", help="Id, code or number id.")],
    year: OptionalYear = None,
    area: AreaOption = None,
    lang: Annotated[Language, typer.Option("--lang", help="Language of the tables.")] = Language.zh,
    root: Root = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Lead a figure back to its clause, formula, rows, files and checksums.

    Example: qinghe explain T12b --year 2021 --area 140100
    """
    from analytics.pipeline import build as build_year
    from analytics.present.explanation import explanation_tables
    from analytics.warehouse.explanation import explain as explain_one
    from analytics.warehouse.explanation import year_of_number
    from analytics.warehouse.queries import open_warehouse

    workspace, catalog = opened(root)
    chosen = year or year_of_number(word)
    scope = catalog.area_of_plan(area, catalog.plan_for(chosen)).id if area else None
    require_deliveries(workspace)
    with busy("Building the warehouse …", quiet):
        build_year(workspace, chosen, catalog)
    with open_warehouse(workspace) as connection:
        found = explain_one(connection, word, catalog, year=chosen, area=scope)
    if as_json:
        print_json(found.as_record())
        return
    for table in explanation_tables(found, catalog, lang.value, most=_MOST_ROWS):
        print_page_table(table)
