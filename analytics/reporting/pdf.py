"""A document for print: pandoc's typst fragment and our template → PDF/A-2a that is PDF/UA-1 too."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, TypeVar

from analytics.errors import ReportError
from analytics.paths import Workspace
from analytics.present.words import signs
from analytics.reporting import fonts, pandoc
from analytics.reporting.blocks import Block, Table, Tiles, TonedText
from analytics.reporting.document import Document
from analytics.reporting.front import FrontMatter, words_in
from analytics.reporting.tables import Fit, breakable, fitted
from analytics.runs import replacing

_Part = TypeVar("_Part")
TEXT_WIDTH = 453.5  # pt: A4 less the margins set in template.typ
_THIRD = 215.0  # pt, of the height of a page
_STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_SHIFTED = re.compile(r"[₀-₉]+|[⁰¹²³⁴-⁹]+")
_GLUED = re.compile(r"(?<=[≥≤<>=]) (?=\d)|(?<=\d) (?=[%‰])")  # ≥ 62 %
_UNIT = re.compile(r"(?<=[A-Za-z])/(?=[A-Za-z])")  # mg/L
_DATE = re.compile(r"(?:\d{4}年)?\d{1,2}月(?:\d{1,2}日)?")  # 2021年6月30日
_IN_DATE = re.compile(r"(?<=[年月])(?=\d)|(?<=\d)(?=[年月日])")
_JOINED = "\u2060"
_SVG_TEXT = re.compile(r">([^<>]+)<")
_MAIN = """#import "template.typ": report
#show: report.with(json("front.json"))
#include "body.typ"
"""
_BODY = """#import "template.typ": *
#let blocks = json("blocks.json")
#let block-of(key) = show-block(blocks.at(key))

"""


def write_pdf(document: Document, front: FrontMatter, path: Path, *, workspace: Workspace) -> int:
    """Set the document and put it in place at `path`; returns the number of pages.

    The same document and front matter give the same bytes. A character without a glyph is printed as its code,
    〔U+1F30A〕: names come from outside and must not stop a report. `ReportError` where the text cannot be set, or a
    font is not embedded.
    """
    words = words_in(front.lang)
    fragment = _legible(pandoc.to_typst(document, front, lua=workspace.resource("reports", "year_end", "report.lua")))
    blocks = _legible({key: _printed(block, words) for key, block in document.blocks.items()})
    pictures = {f"{key}.svg": _legible(_in_our_face(b.svg)) for key, b in document.blocks.items() if b.svg}
    cover = _legible(_cover(front, words))
    with tempfile.TemporaryDirectory(prefix="qinghe-pdf-") as scratch:
        room = Path(scratch)
        shutil.copy(workspace.resource("reports", "year_end", "template.typ"), room / "template.typ")
        _write(room / "front.json", json.dumps(cover, ensure_ascii=False))
        _write(room / "blocks.json", json.dumps(blocks, ensure_ascii=False))
        _write(room / "body.typ", _BODY + fragment)
        _write(room / "main.typ", _MAIN)
        for name, svg in pictures.items():
            _write(room / name, svg)
        data = _set(room, front)
    pages = _checked(data)
    with replacing(path) as new:
        new.write_bytes(data)
    return pages


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _set(room: Path, front: FrontMatter) -> bytes:
    import typst

    compiler = typst.Compiler(root=room, font_paths=fonts.loaded(), ignore_system_fonts=True)
    try:
        data, warnings = compiler.compile_with_warnings(
            room / "main.typ", format="pdf", pdf_standards=[*_STANDARDS], timestamp=int(front.stamp.timestamp())
        )
    except typst.TypstError as error:
        raise _not_set([error.message, *error.hints], error.diagnostic) from error
    if warnings or not isinstance(data, bytes):
        raise _not_set([w.message for w in warnings], "\n".join(w.diagnostic for w in warnings))
    return data


def _not_set(messages: list[str], diagnostic: str) -> ReportError:
    lines = [line for line in diagnostic.splitlines() if line.strip()]
    return ReportError(
        "The report could not be set (typst).",
        where=" ".join(lines[1:4])[:300],
        found="; ".join(messages)[:500],
        next_step="Look for the text named above in the notebooks, or in reports/year_end/template.typ.",
    )


def _cover(front: FrontMatter, words: dict[str, str]) -> dict[str, Any]:
    return {
        "title": front.title,
        "title_line": front.title_line,
        "subtitle": front.subtitle,
        "area": front.area_name,
        "period": front.period_label,
        "document": front.document,
        "lang": front.lang,
        "invented": front.invented,
        "status": words[front.status],
        "rows": front.cover_rows,
        "date": [front.stamp.year, front.stamp.month, front.stamp.day],
        "words": words,
    }


def _printed(block: Block, words: dict[str, str]) -> dict[str, Any]:
    content = block.content
    if isinstance(content, Table):
        names = {"label": _label(block, words["table"]), "continued": _label(block, words["continued"])}
        return {"kind": "table", "key": block.key, **names} | _table(content)
    if isinstance(content, Tiles):
        return {"kind": "tiles", "tiles": [t.model_dump() | {"mark": _mark(t.tone)} for t in content.tiles]}
    return {
        "kind": "chart",
        "label": _label(block, words["figure"]),
        "file": f"{block.key}.svg",
        **content.model_dump(include={"alt", "caption", "note"}),
    }


def _label(block: Block, word: str) -> str:
    return word.format(number=block.number) if block.number else ""


def _table(table: Table) -> dict[str, Any]:
    fit = fitted(table, width=TEXT_WIDTH, measure=fonts.width)
    return {
        "title": table.title,
        "note": table.note,
        "size": fit.size,
        "whole": fit.height < _THIRD,
        "widths": [round(w, 2) for w in fit.widths],
        "align": [c.align for c in table.columns],
        "head": [_broken(c.label, fit, i) for i, c in enumerate(table.columns)],
        "rows": [[_cell(cell, fit, i) for i, cell in enumerate(row)] for row in table.rows],
    }


def _cell(cell: str | TonedText, fit: Fit, column: int) -> dict[str, str]:
    if isinstance(cell, str):
        return {"text": _broken(cell, fit, column), "tone": "", "mark": ""}
    return {"text": _broken(cell.text, fit, column), "tone": cell.tone or "", "mark": _mark(cell.tone)}


def _mark(tone: str | None) -> str:
    """The sign of a verdict; nothing for other tones."""
    return signs().get(tone or "", "")


def _broken(text: str, fit: Fit, column: int) -> str:
    """The text with places to break at in what is too long for the column, and with none in what can stay together."""
    room = fit.tokens[column]
    whole = _UNIT.sub("/" + _JOINED, _GLUED.sub("\u00a0", text))

    def joined(date: re.Match[str]) -> str:
        return _IN_DATE.sub(_JOINED, date[0]) if fonts.width(date[0]) <= room else date[0]

    return _DATE.sub(joined, breakable(whole, longest=room, measure=fonts.width))


def _in_our_face(svg: str) -> str:
    """The picture with all text in the one face; small figures as the shifted digits they stand for."""
    named = re.sub(r'font-family="[^"]*"', f'font-family="{fonts.FAMILY}"', svg)
    named = re.sub(r"font-family:[^;\"]*", f"font-family:{fonts.FAMILY}", named)
    return _SVG_TEXT.sub(lambda found: f">{_SHIFTED.sub(_shifted, found[1])}<", named)


def _shifted(found: re.Match[str]) -> str:
    lowered = found[0].translate(_LOWERED)
    shift, digits = ("sub", lowered) if lowered != found[0] else ("super", found[0].translate(_RAISED))
    return f'<tspan baseline-shift="{shift}" font-size="70%">{digits}</tspan>'


def _legible(part: _Part) -> _Part:
    """Everything that will be printed, with the code of each character that the face lacks in its place.

    Small figures are left: template.typ sets them as shifted digits.
    """
    texts = "".join(_SHIFTED.sub("0", text) for text in _strings(part))
    codes = {character: f"〔U+{ord(character):04X}〕" for character in fonts.missing(texts)}
    return _replaced(part, str.maketrans(codes)) if codes else part


def _replaced(part: Any, codes: dict[int, str]) -> Any:
    if isinstance(part, str):
        return part.translate(codes)
    if isinstance(part, dict):
        return {key: _replaced(value, codes) for key, value in part.items()}
    return [_replaced(value, codes) for value in part] if isinstance(part, list | tuple) else part


def _strings(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for value in part.values():
            yield from _strings(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from _strings(value)


def _checked(data: bytes) -> int:
    """Number of pages, after a look that every font is ours and embedded."""
    import io

    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data))
    foreign = sorted(name for name, embedded in _fonts(reader).items() if not embedded or "NotoSans" not in name)
    if foreign:
        raise ReportError(
            "A font is not ours or not embedded in the PDF.",
            found=", ".join(foreign),
            expected=f"{fonts.FAMILY}, embedded",
            next_step="Look for `font:` in reports/year_end/template.typ.",
        )
    return len(reader.pages)


def _fonts(reader: Any) -> dict[str, bool]:
    """Every font that a page or a picture on it draws with, by its name, and whether it is embedded.

    Fonts are looked for where they are named, in the resources: most of a tagged document is its structure.
    """
    found: dict[str, bool] = {}
    seen: set[int] = set()
    waiting = [page.get("/Resources") for page in reader.pages]
    while waiting:
        resources = _resolved(waiting.pop())
        for kind in ("/Font", "/XObject", "/Pattern", "/ExtGState"):
            for reference in _resolved(resources.get(kind)).values():
                number = getattr(reference, "idnum", 0)
                if number and number in seen:
                    continue
                seen.add(number)
                item = _resolved(reference)
                mask = _resolved(item.get("/SMask")) if kind == "/ExtGState" else {}
                waiting += [part["/Resources"] for part in (item, _resolved(mask.get("/G"))) if "/Resources" in part]
                for font in [item, *map(_resolved, item.get("/DescendantFonts", []))] if kind == "/Font" else []:
                    if descriptor := _resolved(font.get("/FontDescriptor")):
                        is_embedded = bool({"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor))
                        found[str(descriptor["/FontName"])] = is_embedded
    return found


def _resolved(item: Any) -> dict[str, Any]:
    """The dictionary that is meant; an empty one where there is none."""
    item = item.get_object() if item is not None else None
    return item if isinstance(item, dict) else {}
