"""Files as grids of text cells: each is read by what it is, whatever its name says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from analytics.ingest import columnar, delimited, encodings, markup, station_json, workbook
from analytics.ingest.compound import MAGIC as _COMPOUND
from analytics.ingest.sheet import MAX_BYTES, OTHER_KIND_ZH, Cell, Grid, unreadable

__all__ = ["MAX_BYTES", "Cell", "Grid", "read_grids"]
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


def read_grids(file: Path) -> list[Grid]:
    """The file's sheets as text; `CheckFailed` where it is not a readable file of its kind."""
    suffix = file.suffix.lower()
    if suffix not in _KINDS:
        zh = f"文件类型为 {file.suffix or '（无扩展名）'}，{OTHER_KIND_ZH}"
        raise unreadable(file, f"a {file.suffix or 'nameless'} file", f"one of {', '.join(_KINDS)}", zh=zh)
    size = file.stat().st_size
    if size > MAX_BYTES:
        raise unreadable(file, f"{size:,} bytes", f"at most {MAX_BYTES:,} bytes", zh=delimited.TOO_LARGE)
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
    encoding = encodings.encoding_of(file)
    begins = encodings.first_text(file, encoding)
    if file.suffix.lower() == ".json" or begins.startswith("{"):
        return station_json.read_json(file, encodings.whole_text(file, encoding))
    if not begins.startswith("<"):
        return delimited.read_delimited(file, encoding)
    text = encodings.whole_text(file, encoding)
    if markup.is_page(text):
        return markup.read_page(file, text)
    zh = f"文件内容实为没有表格的网页，{OTHER_KIND_ZH}"
    raise unreadable(file, "XML or a page without a table", "a workbook, or a page with a table", zh=zh)
