"""A document for the screen: one HTML page that carries its styles, charts and scripts and fetches nothing."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import tempfile
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from analytics.errors import ReportError
from analytics.paths import Workspace
from analytics.present.words import signs
from analytics.reporting import pandoc
from analytics.reporting.addresses import outside_addresses
from analytics.reporting.blocks import Block, Chart, Table, Tiles
from analytics.reporting.document import Document
from analytics.reporting.front import FrontMatter, words_in
from analytics.runs import write_text

__all__ = ["outside_addresses", "vega", "write_page"]

# Addresses in the messages and links of the Vega bundle, which it never fetches; names of XML stay.
_FOREIGN = re.compile(r"https?://(?!www\.w3\.org/)[\w./#?=&%-]+")
_HEADING_CELL = re.compile(r"<th(?=[\s>])")
_MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="560" height="420"><text x="280" y="225" text-anchor="middle" '
    'transform="rotate(-32 280 210)" font-family="Noto Sans CJK SC, sans-serif" font-size="{size}" fill="#9c2f27" '
    'fill-opacity="0.08">{text}</text></svg>'
)


def write_page(document: Document, front: FrontMatter, path: Path, *, workspace: Workspace) -> None:
    """Write the document as one HTML page at `path`; the same document and front matter give the same bytes.

    `ReportError` where the page would need anything from outside itself.
    """
    words = words_in(front.lang)
    contents, body = _text(document, front, workspace)
    templates = _templates(workspace)
    for block in document.blocks.values():
        body = body.replace(pandoc.HTML_BLOCK.format(key=block.key), _shown(block, words, templates))
    html = templates.get_template("page.html.j2").render(
        front=front,
        title=front.title_line,
        words=words,
        words_json=Markup(_json({key: words[key] for key in ("actions", "save_svg", "save_png")})),
        contents=Markup(contents),
        body=Markup(body),
        css=Markup(_resource(workspace, "page.css") + _watermark(front, words)),
        script=Markup(_resource(workspace, "page.js")),
        bundle=Markup(vega().result()) if any(b.svg for b in document.blocks.values()) else "",
    )
    _require_self_contained(html)
    write_text(path, html)


def _text(document: Document, front: FrontMatter, workspace: Workspace) -> tuple[str, str]:
    lua = workspace.resource("reports", "year_end", "report.lua")
    with tempfile.TemporaryDirectory(prefix="qinghe-page-") as scratch:
        contents, body = pandoc.to_html(document, front, lua=lua, scratch=Path(scratch))
    return contents, _HEADING_CELL.sub('<th scope="col"', body)


def _resource(workspace: Workspace, name: str) -> str:
    return workspace.resource("reports", "year_end", name).read_text(encoding="utf-8")


def _templates(workspace: Workspace) -> jinja2.Environment:
    def load(name: str) -> str:
        return _resource(workspace, name)

    found = jinja2.Environment(
        loader=jinja2.FunctionLoader(load),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals["marks"] = signs()
    return found


def _shown(block: Block, words: dict[str, str], templates: jinja2.Environment) -> str:
    macros: Any = templates.get_template("blocks.html.j2").module
    content = block.content
    if isinstance(content, Table):
        return str(macros.table(content, block.key, _label(block, words["table"]), words))
    if isinstance(content, Tiles):
        return str(macros.tiles(content))
    picture = "data:image/svg+xml;base64," + base64.b64encode(block.svg.encode()).decode()
    label = _label(block, words["figure"])
    return str(macros.chart(content, block.key, label, picture, Markup(_spec(content))))


def _label(block: Block, word: str) -> str:
    return word.format(number=block.number) if block.number else ""


def _spec(chart: Chart) -> str:
    """The specification without the address of its schema, which names a version and is never fetched."""
    return _json({key: value for key, value in chart.spec.items() if key != "$schema"})


def _json(value: object) -> str:
    """JSON that cannot end the script element it stands in."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")


@lru_cache(maxsize=1)
def vega() -> Future[str]:
    """Vega, Vega-Lite and vega-embed as one script; begun at the first call and ready some two seconds later.

    It is made in a process of its own because the library that holds it keeps Python waiting meanwhile.
    """
    pool = ThreadPoolExecutor(max_workers=1)
    begun = pool.submit(_bundle)
    pool.shutdown(wait=False)
    return begun


def _bundle() -> str:
    code = "import sys, vl_convert; sys.stdout.buffer.write(vl_convert.javascript_bundle().encode())"
    try:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    except OSError:  # the machine starts no other process now: it is made in this one, which waits meanwhile
        import vl_convert

        return _inert(vl_convert.javascript_bundle())  # type: ignore[call-arg]
    if done.returncode or not done.stdout:
        raise ReportError(
            "The scripts for charts on the page could not be made.",
            found=done.stderr.decode(errors="backslashreplace").strip()[-300:],
            expected="the bundle that vl-convert carries",
            next_step="Install the pinned dependencies anew: make setup.",
        )
    return _inert(done.stdout.decode())


def _inert(bundle: str) -> str:
    """The scripts without what leads outside, and without what would end the script element they stand in."""
    return _FOREIGN.sub("", bundle).replace("</script", "<\\/script")


def _watermark(front: FrontMatter, words: dict[str, str]) -> str:
    if not front.invented:
        return ""
    text = words["invented"]
    svg = _MARK.format(text=text, size=44 if len(text) < 12 else 24)
    encoded = base64.b64encode(svg.encode()).decode()
    return f'.watermark {{ background-image: url("data:image/svg+xml;base64,{encoded}"); }}\n'


def _require_self_contained(html: str) -> None:
    outside = outside_addresses(html)
    if outside:
        raise ReportError(
            "The page is not self-contained.",
            found=", ".join(outside[:5]),
            expected="no address outside the page",
            next_step="Take the link or picture out of the notebook's Markdown, or the address out of the chart.",
        )
