"""Commands that render and explore: report, lab."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

import typer

from analytics.cli.shared import (
    Language,
    OptionalYear,
    PeriodOption,
    Quiet,
    Root,
    app,
    console,
    say,
)
from analytics.paths import find_workspace


class Renderer(StrEnum):
    """What turns the executed notebooks into pages."""

    auto = "auto"
    quarto = "quarto"
    builtin = "builtin"


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
    tell: Callable[[str], None] = (lambda text: None) if quiet else say.print
    for made in make_reports(workspace, order, say=tell):
        console.print(f"PDF   {made.pdf}\nHTML  {made.html}", soft_wrap=True)
        for file in made.annex:
            console.print(f"Annex {file}", soft_wrap=True)


@app.command()
def lab(root: Root = None) -> None:
    """Open JupyterLab on the explore notebooks.

    Example: qinghe lab
    """
    from analytics.reporting.lab import open_lab

    open_lab(find_workspace(root))
