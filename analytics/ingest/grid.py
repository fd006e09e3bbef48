"""Files as grids of text cells: each is read by what it is, whatever its name says."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable
from io import StringIO
from pathlib import Path

from analytics.ingest import columnar, markup, station_json, workbook
from analytics.ingest.compound import MAGIC as _COMPOUND
from analytics.ingest.sheet import MAX_BYTES, MAX_CELLS, OTHER_KIND_ZH, Cell, Grid, unreadable

__all__ = ["MAX_BYTES", "Cell", "Grid", "read_grids"]
csv.field_size_limit(1 << 20)  # characters in one cell
_KINDS = (".xlsx", ".xls", ".csv", ".txt", ".json", ".parquet", ".html", ".htm")
_FOREIGN = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"Rar!": "a packed archive (.rar)",
    b"7z\xbc\xaf": "a packed archive (.7z)",
    b"\x1f\x8b": "a packed archive (.gz)",
    b"{\\rtf": "a Word document",
    b"MIME-Version": "a web archive (.mht)",
}
_FOREIGN_ZH = {
    "a PDF": "PDF",
    "a picture": "图片",
    "a packed archive (.rar)": "压缩包（.rar）",
    "a packed archive (.7z)": "压缩包（.7z）",
    "a packed archive (.gz)": "压缩包（.gz）",
    "a Word document": "Word 文档",
    "a web archive (.mht)": "网页存档（.mht）",
}
_TOO_LARGE = "文件过大，不予接收；请只保留报表本身，或按市分成几份报送"


def read_grids(file: Path) -> list[Grid]:
    """The file's sheets as text; `CheckFailed` where it is not a readable file of its kind."""
    suffix = file.suffix.lower()
    if suffix not in _KINDS:
        zh = f"文件类型为 {file.suffix or '（无扩展名）'}，{OTHER_KIND_ZH}"
        raise unreadable(file, f"a {file.suffix or 'nameless'} file", f"one of {', '.join(_KINDS)}", zh=zh)
    size = file.stat().st_size
    if size > MAX_BYTES:
        raise unreadable(file, f"{size:,} bytes", f"at most {MAX_BYTES:,} bytes", zh=_TOO_LARGE)
    if size == 0:
        raise unreadable(
            file, "an empty file", "a file with a table", zh="文件是空的（0 字节）；请检查原文件后重新报送"
        )
    return _reader(file)(file)


def _reader(file: Path) -> Callable[[Path], list[Grid]]:
    """Who reads the file: told by its first bytes."""
    with file.open("rb") as raw:
        first = raw.read(16)
    foreign = next((what for mark, what in _FOREIGN.items() if first.startswith(mark)), None)
    if foreign is not None:
        zh = f"文件内容实为{_FOREIGN_ZH[foreign]}，{OTHER_KIND_ZH}"
        raise unreadable(file, foreign, f"one of {', '.join(_KINDS)}", zh=zh)
    if first.startswith(b"PK\x03\x04"):
        return workbook.read_workbook
    if first.startswith(_COMPOUND):
        return workbook.read_old_workbook
    return _read_parquet if first.startswith(b"PAR1") else _read_text


def _read_parquet(file: Path) -> list[Grid]:
    with workbook.reading(file, "an undamaged Parquet file"):
        return columnar.read_parquet(file)


def _read_text(file: Path) -> list[Grid]:
    """A page, the station network's JSON, or delimited text."""
    text = _decode(file)
    if file.suffix.lower() == ".json" or text.lstrip().startswith("{"):
        return station_json.read_json(file, text)
    if markup.is_page(text):
        return markup.read_page(file, text)
    if text.lstrip().startswith("<"):
        zh = f"文件内容实为没有表格的网页，{OTHER_KIND_ZH}"
        raise unreadable(file, "XML or a page without a table", "a workbook, or a page with a table", zh=zh)
    return _read_delimited(file, text)


def _read_delimited(file: Path, text: str) -> list[Grid]:
    separator = max(",;\t|", key=text[:4096].count)
    rows: list[list[Cell]] = []
    cells = 0
    try:
        for row in csv.reader(StringIO(text, newline=None), delimiter=separator, strict=True):
            cells += len(row)
            if cells > MAX_CELLS:
                raise unreadable(file, f"more than {MAX_CELLS:,} cells", "a table of fewer", zh=_TOO_LARGE)
            rows.append([cell if cell.strip() else None for cell in row])
    except csv.Error as error:
        begun = len(rows) + 1
        zh = f"文本中的引号不成对，列无法分开；请核对第{begun}行起的引号，或另存为 .xlsx 后重新报送"
        found = f"row {begun}: {error}"
        raise unreadable(file, found, "delimited text with closed quotation marks", zh=zh) from None
    return [Grid(file.stem, rows, is_text=True)]


def _decode(file: Path) -> str:
    """Text in UTF-8, GB18030, marked UTF-16 or, of a page, what it declares; decoded strictly."""
    raw = file.read_bytes()
    marked = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    declared = markup.charset_of(raw) if raw.lstrip(codecs.BOM_UTF8 + b" \t\r\n").startswith(b"<") else None
    for encoding in ("utf-16",) if marked else (*([declared] if declared else []), "utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except (UnicodeError, LookupError):
            continue
        if "\x00" not in text:
            return text.removeprefix("\ufeff")
    line = _first_line_of_no_text(raw)
    raise unreadable(
        file,
        f"bytes of another encoding, or of no text, first in line {line}",
        "text in UTF-8, GB18030 or UTF-16",
        zh=f"文件不是文本，或编码无法识别（第{line}行起）；请另存为 .xlsx，或以 UTF-8 编码保存后重新报送",
    )


def _first_line_of_no_text(raw: bytes) -> int:
    """The line at which reading stops in the encoding that gets farthest, from 1."""
    text = raw.partition(b"\x00")[0]
    read = max(_read_until(text, encoding) for encoding in ("utf-8", "gb18030"))
    return raw.count(b"\n", 0, read) + 1


def _read_until(raw: bytes, encoding: str) -> int:
    """How many bytes can be read in the encoding."""
    try:
        raw.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start
    return len(raw)
