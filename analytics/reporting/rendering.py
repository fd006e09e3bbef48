"""Executed notebooks → the report as PDF and as HTML page."""

from __future__ import annotations

from pathlib import Path

from analytics.paths import Workspace, shipped
from analytics.reporting.document import compose
from analytics.reporting.front import FrontMatter, Rendered


def render(
    notebooks: list[Path],
    *,
    front: FrontMatter,
    out: Path,
    name: str = "report",
    workspace: Workspace | None = None,
) -> Rendered:
    """Write `<name>.pdf` and `<name>.html` in the folder `out`, from executed notebooks, each a chapter.

    Templates are the workspace's own where it has them. Both files are whole or absent, and the same input
    gives the same bytes. `ReportError` names the notebook and cell, character or address that stands in the way.
    """
    from analytics.reporting.page import vega, write_page
    from analytics.reporting.pdf import write_pdf

    room = workspace or Workspace(shipped())
    pdf, html = out / f"{name}.pdf", out / f"{name}.html"
    document = compose(notebooks, lang=front.lang)
    if any(block.svg for block in document.blocks.values()):
        vega()
    pages = write_pdf(document, front, pdf, workspace=room)
    write_page(document, front, html, workspace=room)
    return Rendered(pdf, html, pages)
