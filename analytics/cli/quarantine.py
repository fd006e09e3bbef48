"""The command that lists what is set aside, with every rule it broke: quarantine."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analytics.cli.received import departments_called
from analytics.cli.shared import (
    AreaOption,
    AsJson,
    LangOption,
    Language,
    OptionalYear,
    Quiet,
    Root,
    app,
    busy,
    given_as,
    opened,
    print_json,
    print_table,
    require_free_place,
    say_written,
)
from analytics.present.words import either

if TYPE_CHECKING:
    import polars as pl

    from analytics.catalog import Catalog

_SHOWN = [
    "source", "department", "file", "received", "sheet", "row", "key", "column", "found", "expected_zh", "expected_en",
    "severity", "rule", "sets_aside", "status", "later_file", "later_sheet", "later_row", "snapshot",
]  # fmt: skip

_HEADS = {
    "file": "文件",
    "received": "收到",
    "place": "位置",
    "key": "对象",
    "column": "栏目",
    "found": "报送的内容",
    "expected": "应为",
    "status": "情形",
}
_STATUSES = {"open": "待更正", "fixed": "已更正", "still wrong": "重报后仍有误"}


class QuarantineFormat(StrEnum):
    """How the list is given."""

    table = "table"
    csv = "csv"
    json = "json"
    xlsx = "xlsx"


@app.command()
def quarantine(
    source: Annotated[str | None, typer.Option("--source", help="Only this delivery form.")] = None,
    year: OptionalYear = None,
    area: AreaOption = None,
    department: Annotated[str | None, typer.Option("--department", help="Only what this department sent.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what a later file has put right since.")] = False,
    form: Annotated[QuarantineFormat, typer.Option("--format", help="How the list is given.")] = QuarantineFormat.table,
    out: Annotated[Path | None, typer.Option("--out", help="File for csv, json and xlsx.")] = None,
    lang: LangOption = Language.zh,
    root: Root = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """List what is set aside: every row, reading and refused file, once for each rule it broke.

    What a later file tells rightly has left the quarantine; --all lists it too, with that file. Of a year or an area
    are the lines that say so, by their row or with their file. Where a correction cannot be followed, the list is one
    without any, and the command ends with what is wrong.

    Example: qinghe quarantine --source manure --year 2021
    """
    from analytics.pipeline.intake import look_through
    from analytics.pipeline.quarantine import quarantine as quarantined

    workspace, catalog = opened(root)
    wanted = catalog.source(source).id if source else None
    place = catalog.area(area).id if area else None
    form = QuarantineFormat.json if as_json else given_as(form, out)
    if form is QuarantineFormat.xlsx:
        out = out or Path("quarantine.xlsx")
    if out is not None:
        require_free_place(out, workspace)
    with busy("Looking through what was received …", quiet):
        examined, members, _, fault = look_through(workspace, catalog)
        lines = quarantined([e for e in examined if wanted in (None, e.source.id)], members, catalog)
    lines = _narrowed(lines, year=year, area=place, department=department, catalog=catalog)
    chosen = lines if everything else lines.filter(status="open")
    if form is QuarantineFormat.table:
        _print(chosen, catalog, lang.value)
    else:
        _give(chosen.select(_SHOWN), form, out, lang.value)
    if fault is not None:
        raise fault


def _narrowed(
    lines: pl.DataFrame, *, year: int | None, area: str | None, department: str | None, catalog: Catalog
) -> pl.DataFrame:
    import polars as pl

    if department is not None:
        lines = _sent_by(department, lines, catalog)
    if year is not None:
        said = pl.coalesce(pl.col("period_start").dt.year().cast(pl.String), pl.col("period").str.slice(0, 4))
        lines = lines.filter(said.is_in(["", str(year)]))
    if area is not None:
        inside = [a for a in lines["area_id"].unique() if a in catalog.areas and catalog.lies_in(a, area)]
        lines = lines.filter(pl.col("area_id").is_in(inside))
    return lines


def _sent_by(word: str, lines: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """The lines of files of a department of that id, name or part of a name; `UsageError` where nobody is called so."""
    import polars as pl

    known = catalog.departments.get(word)
    sent = lines.filter(pl.col("department").str.contains(known.name.zh if known else word, literal=True))
    if sent.is_empty():
        departments_called(word, catalog)
    return sent


def _give(lines: pl.DataFrame, form: QuarantineFormat, out: Path | None, lang: str) -> None:
    from analytics import exports
    from analytics.runs import replacing, write_text

    if form is QuarantineFormat.json and out is None:
        print_json(lines.to_dicts())
    elif form is QuarantineFormat.csv and out is None:
        print(exports.csv_text(lines), end="")  # noqa: T201
    elif out is not None:
        if form is QuarantineFormat.json:
            write_text(out, lines.write_json())
        else:
            with replacing(out) as new:
                if form is QuarantineFormat.csv:
                    exports.write_csv(lines, new)
                else:
                    exports.write_workbook(lines, new, sheet="quarantine")
        say_written(out, lang)


def _print(lines: pl.DataFrame, catalog: Catalog, lang: str) -> None:
    """The list for people; in Chinese without the names of the rules, which no department knows."""
    rows = [_for_people(line, catalog, lang) for line in lines.iter_rows(named=True)]
    if lang == "zh":
        rows = [{_HEADS[name]: cell for name, cell in row.items() if name in _HEADS} for row in rows]
    print_table(
        rows,
        title=either(lang, "暂不采用的内容", "Quarantine"),
        unbroken=["received", "收到"],
        nothing=either(lang, "无", "nothing."),
    )


def _for_people(line: dict[str, Any], catalog: Catalog, lang: str) -> dict[str, Any]:
    sheet = "" if Path(line["file"]).stem == line["sheet"] else f"{line['sheet']} "
    is_whole = line["row"] is None
    later = either(lang, "：", ": ") + line["later_file"] if line["later_file"] else ""
    return {
        "file": line["file"],
        "received": line["received"],
        "place": either(lang, "整份文件", "whole file")
        if is_whole
        else either(lang, f"{sheet}第{line['row']}行", f"{sheet}row {line['row']}"),
        "key": line["key"],
        "column": "" if is_whole else _column(line, catalog, lang),
        "found": line["found"],
        "expected": (either(lang, "原因：", "reason: ") if is_whole else "") + line[f"expected_{lang}"],
        "rule": line["rule"],
        "status": either(lang, _STATUSES[line["status"]], line["status"]) + later,
    }


def _column(line: dict[str, Any], catalog: Catalog, lang: str) -> str:
    from analytics.present.lists import column_label
    from analytics.quality.wording import DERIVED

    derived = DERIVED.get(line["field"])
    return derived.in_language(lang) if derived else column_label(line["field"], catalog, lang)
