"""Markdown → typst and HTML through the pandoc that comes with pypandoc, fed by pipe and kept in its sandbox."""

from __future__ import annotations

import subprocess
from importlib.util import find_spec
from pathlib import Path

from analytics.errors import ReportError
from analytics.reporting.document import Document
from analytics.reporting.front import FrontMatter, words_in

# Off: what turns ordinary characters of a Chinese sentence (1~3月, @, $, --) into markup, and raw HTML or TeX.
_READER = (
    "markdown+east_asian_line_breaks-raw_html-raw_tex-latex_macros-tex_math_dollars-citations-example_lists"
    "-smart-subscript-superscript-strikeout-yaml_metadata_block-pandoc_title_block-markdown_in_html_blocks"
    "-native_spans-native_divs"
)
# How report.lua writes the place of a block.
TYPST_BLOCK = '#block-of("{key}")'
HTML_BLOCK = "<!--{key}-->"
_SPLIT = "<!--end of contents-->"


def to_typst(document: Document, front: FrontMatter, *, lua: Path) -> str:
    """The document's text as a typst fragment, without the template; `lua` is the filter for callouts and headings."""
    text = _pandoc(document.markdown, ["--to=typst"], front, lua)
    _require_all_blocks(document, text, TYPST_BLOCK)
    return text


def to_html(document: Document, front: FrontMatter, *, lua: Path, scratch: Path) -> tuple[str, str]:
    """The list of contents and the body as HTML fragments; `scratch` is an empty folder to work in."""
    frame = scratch / "frame.html"
    frame.write_text(f"$toc$\n{_SPLIT}\n$body$\n", encoding="utf-8")
    options = ["--to=html5", "--toc", "--toc-depth=2", "--standalone", f"--template={frame}", "-Mpagetitle=-"]
    text = _pandoc(document.markdown, options, front, lua)
    _require_all_blocks(document, text, HTML_BLOCK)
    contents, _, body = text.partition(_SPLIT)
    return contents.strip(), body.strip()


def _pandoc(markdown: str, options: list[str], front: FrontMatter, lua: Path) -> str:
    words = words_in(front.lang)
    command = [
        str(_binary()),
        f"--from={_READER}",
        "--wrap=none",
        "--sandbox",
        *options,
        f"--lua-filter={lua}",
    ]
    command += [f"-Mreport-lang={front.lang}", *(f"-Mlabel-{n}={words[n]}" for n in ("note", "caution"))]
    done = subprocess.run(command, input=markdown.encode(), capture_output=True, check=False)
    if done.returncode:
        raise ReportError(
            "The text could not be converted (pandoc).",
            found=done.stderr.decode(errors="backslashreplace").strip()[-500:],
            next_step="Look for the text named above in the notebooks' Markdown cells.",
        )
    return done.stdout.decode()


def _binary() -> Path:
    """The binary inside the package; another pandoc on the path may be of another version."""
    spec = find_spec("pypandoc")
    places = list(spec.submodule_search_locations or []) if spec else []
    for place in places:
        for name in ("pandoc", "pandoc.exe"):
            found = Path(place) / "files" / name
            if found.is_file():
                return found
    raise ReportError(
        "pandoc is missing.",
        expected="the binary in the package pypandoc_binary",
        next_step="Install the pinned dependencies anew: make setup.",
    )


def _require_all_blocks(document: Document, text: str, reference: str) -> None:
    """An unclosed fence in a Markdown cell would swallow what follows it."""
    lines = {line.strip() for line in text.splitlines()}
    missing = [key for key in document.blocks if reference.format(key=key) not in lines]
    if missing:
        raise ReportError(
            "Tables or charts were lost in the text.",
            found=f"{len(missing)} missing, the first is {missing[0]}",
            expected="every table and chart as a paragraph of its own",
            next_step="Look for an unclosed ``` or ::: in the Markdown cell before it.",
        )
