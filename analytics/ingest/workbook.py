"""Excel workbooks as grids: .xlsx by its streamed XML, .xls by its records, the cells of both by one reader."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote
from xml.parsers import expat

from analytics.errors import CheckFailed
from analytics.ingest import old_workbook, rich_texts, shared_texts, sheet, sheet_xml, xml_parts
from analytics.ingest.archive import Archive
from analytics.ingest.number_formats import Shown, shown_by
from analytics.ingest.sheet import (
    OTHER_KIND_ZH,
    Cell,
    Grid,
    Place,
    SheetLayout,
    fill_merged,
    require_extent,
    require_length,
    unreadable,
    with_macros,
)
from analytics.ingest.sheet_walk import Looks
from analytics.ingest.xml_parts import Malformed

if TYPE_CHECKING:
    from fastexcel import ExcelReader

_XLSX = "an undamaged .xlsx workbook"
_FOUR_YEARS = timedelta(days=1462)  # between the two days that Excel counts from
_WORKBOOK = "xl/workbook.xml"
_STRINGS = "xl/sharedstrings.xml"  # in small letters, as the reader of cells looks for it
_STYLES = "xl/styles.xml"


@dataclass(frozen=True)
class _Sheets:
    """Layouts by name of the worksheets, and whether the workbook counts its days from 1904."""

    layouts: dict[str, SheetLayout]
    since_1904: bool


def read_workbook(file: Path, *, also: str = "") -> list[Grid]:
    """The sheets of an .xlsx workbook; `CheckFailed` where it is damaged, locked, has macros, or is no workbook.

    The rows of hidden sheets are left out, but for those of the sheet `also`.
    """
    archive = Archive(file)
    _require_plain(archive, file)
    sheets = _sheets(archive, file)
    archive.count_rest()
    return _read_cells(file, file.read_bytes(), sheets, _XLSX, also=also)


def read_old_workbook(file: Path) -> list[Grid]:
    """The sheets of an .xls workbook; `CheckFailed` as of an .xlsx."""
    found = old_workbook.read_layouts(file)
    return _read_cells(file, found.content, _Sheets(found.layouts, found.since_1904), "an undamaged .xls workbook")


def _require_plain(archive: Archive, file: Path) -> None:
    names = [name.lower() for name in archive.names]
    types = archive.content("[Content_Types].xml")
    has_macros = any(n.endswith("vbaproject.bin") or n.startswith("xl/macrosheets/") for n in names)
    if has_macros or b"macroEnabled" in types:
        raise with_macros(file)
    if _WORKBOOK not in archive.names:
        found = "a binary workbook (.xlsb)" if "xl/workbook.bin" in names else "a zip file that is no workbook"
        raise unreadable(file, found, "an .xlsx workbook", zh=f"文件是压缩包或 .xlsb，{OTHER_KIND_ZH}")


def _sheets(archive: Archive, file: Path) -> _Sheets:
    """Layouts of the worksheets of an .xlsx workbook."""
    layouts: dict[str, SheetLayout] = {}
    cells = {}
    try:
        named, since_1904, is_uncomputed = _named_sheets(archive.content(_WORKBOOK))
        related = _related(archive.content("xl/_rels/workbook.xml.rels"))
        targets = related.get("worksheet", {})
        parts = {part.lower(): part for part in archive.names}
        shown = _styles(archive.content(_the_part(related.get("styles", {}), parts, _STYLES)))
        shared = _the_part(related.get("sharedStrings", {}), parts, _STRINGS)
        if shared.lower() not in ("", _STRINGS):
            raise Malformed(f"its texts are in {shared}, where no reader looks for them")
        has_marks = rich_texts.has_marks(archive.chunks(shared))
        marked = rich_texts.marked_texts(archive.chunks(shared)) if has_marks else {}
        looks = Looks(shown, marked, is_uncomputed)
        for name, relation in named.items():
            if relation not in targets:  # a sheet that is a drawing
                continue
            part = parts.get(targets[relation].lower(), "")
            if not part:
                raise _unread_sheet(file, name)
            try:
                found = sheet_xml.scan(partial(archive.chunks, part), looks)
            except Malformed as error:
                zh = f"工作表“{name.strip()}”：{error.zh}" if error.zh else ""
                raise unreadable(file, f"sheet {name}: {error}"[:120], _XLSX, zh=zh) from None
            require_extent(file, name, found.rows, found.columns)
            layouts[name] = found.layout
            cells[part] = found.rows * found.columns
        _require_texts(archive, file, cells, shared)
    except (expat.ExpatError, Malformed, LookupError, ValueError) as error:
        raise unreadable(file, f"{type(error).__name__}: {error}"[:120], _XLSX) from None
    return _Sheets(layouts, since_1904)


def _require_texts(archive: Archive, file: Path, cells: dict[str, int], shared: str) -> None:
    """Refuse texts that are too long in all their cells; the cells are walked through only where they may be.

    `cells` has the extent of every sheet by its part, `shared` is the part of the texts.
    """
    lengths = shared_texts.lengths_of(archive.chunks(shared)) if shared else []
    if max(lengths, default=0) * sum(cells.values()) > sheet.MAX_UNPACKED:
        require_length(file, sum(shared_texts.length_in_cells(archive.chunks(part), lengths) for part in cells))


def _elements(xml: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """The elements of a small part by their names and attributes, both without prefixes."""
    found: list[tuple[str, dict[str, str]]] = []

    def keep(name: str, attributes: dict[str, str]) -> None:
        found.append((_bare(name), {_bare(key): value for key, value in attributes.items()}))

    parser = xml_parts.parser()
    parser.StartElementHandler = keep
    parser.Parse(xml, True)
    yield from found


def _bare(name: str) -> str:
    return name.rpartition(":")[2]


def _named_sheets(xml: bytes) -> tuple[dict[str, str], bool, bool]:
    """Relation of each sheet by its name, whether days count from 1904, and whether formulas are yet to be computed."""
    named: dict[str, str] = {}
    since_1904 = is_uncomputed = False
    for name, attributes in _elements(xml):
        if name == "sheet" and attributes["name"] in named:
            raise Malformed(f"it has two sheets {attributes['name'].strip()[:40]}")
        if name == "sheet":
            named[attributes["name"]] = attributes["id"]
        elif name == "workbookPr":
            since_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "calcPr":
            is_uncomputed = attributes.get("fullCalcOnLoad") in ("1", "true")
    return named, since_1904, is_uncomputed


def _related(xml: bytes) -> dict[str, dict[str, str]]:
    """By the kind of a part of the workbook (worksheet, styles) the names of such parts by relation."""
    found: dict[str, dict[str, str]] = {}
    for name, attributes in _elements(xml):
        if name == "Relationship":
            kind = attributes.get("Type", "").rpartition("/")[2]
            part = posixpath.normpath(posixpath.join("/xl", _plain(attributes["Target"]))).lstrip("/")
            found.setdefault(kind, {})[attributes["Id"]] = part
    return found


def _the_part(related: dict[str, str], parts: dict[str, str], usual: str) -> str:
    """The one part of its kind, by relation or under its usual name; empty where there is none."""
    named = {part.lower() for part in related.values()} or {usual}
    if len(named) > 1:
        raise Malformed(f"it names {len(named)} parts for what is told once: {', '.join(sorted(named))}")
    (name,) = named
    if related and name not in parts:
        raise Malformed(f"its part {name} is missing")
    return parts.get(name, "")


def _plain(target: str) -> str:
    """The name of a part as programs mean it that write it with other strokes or in hundredths."""
    return unquote(target.replace("\\", "/"))


def _unread_sheet(file: Path, name: str) -> CheckFailed:
    """A sheet that no reader finds: nothing of the file counts, for nobody knows what stands there."""
    return unreadable(
        file,
        f"the sheet {name.strip()!r} cannot be found in it",
        _XLSX,
        zh=f"工作表“{name.strip()}”无法读取：请用电子表格软件打开，另存为 .xlsx 后重新报送",
    )


def _styles(xml: bytes) -> dict[str, Shown]:
    """What styles of cells write around a number, by the number of the style."""
    formats, number, within = {"9": "0%", "10": "0.00%"}, 0, ""
    found: dict[str, Shown] = {}
    for name, attributes in _elements(xml) if xml else ():
        if name in ("cellStyleXfs", "cellXfs", "cellStyles"):
            within = name
        elif name == "numFmt":
            formats[attributes["numFmtId"]] = attributes["formatCode"]
        elif name == "xf" and within == "cellXfs":
            shown = shown_by(formats.get(attributes.get("numFmtId", ""), ""))
            if shown is not None:
                found[str(number)] = shown
            number += 1
    return found


@contextmanager
def reading(file: Path, expected: str) -> Iterator[None]:
    """Turns what a reader of files raises of a damaged one into a refusal; that may be a panic of its own kind."""
    try:
        yield
    except Exception as error:
        if type(error).__module__.startswith("analytics"):
            raise
        raise _damaged(file, error, expected) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise _damaged(file, error, expected) from None


def _damaged(file: Path, error: BaseException, expected: str) -> Exception:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return unreadable(file, (lines[0] if lines else type(error).__name__)[:120], expected)


def _read_cells(file: Path, content: bytes, sheets: _Sheets, expected: str, *, also: str = "") -> list[Grid]:
    import fastexcel

    with reading(file, expected):
        # By its bytes: by its path the reader would go by the suffix, which may be wrong.
        reader = fastexcel.read_excel(content)
        grids = [
            _read_sheet(reader, name, sheets, file=file, also=also)
            for name in reader.sheet_names
            if name in sheets.layouts
        ]
    if unread := sheets.layouts.keys() - set(reader.sheet_names):
        raise _unread_sheet(file, min(unread))
    if all(grid.is_hidden for grid in grids):
        raise unreadable(
            file,
            "no visible sheet",
            "a workbook with a visible sheet",
            zh="文件中没有可见的工作表；请取消隐藏后重新报送",
        )
    return grids


def _read_sheet(reader: ExcelReader, name: str, sheets: _Sheets, *, file: Path, also: str) -> Grid:
    layout = sheets.layouts[name]
    sheet = reader.load_sheet(name, header_row=None, dtypes="string", skip_rows=0)
    if sheet.visible != "visible" and name != also:
        return Grid(name, [], is_hidden=True)
    columns = [column.to_list() for column in sheet.to_polars().iter_columns()]
    # The reader leaves empty columns on the left out.
    first = next((c.absolute_index for c in sheet.available_columns()), 0)
    before: list[list[Cell]] = [[None] * sheet.height] * first
    rows = [list(row) for row in zip(*before, *columns, strict=True)]
    # An error (#REF!) and a formula that was never computed come as nothing: they must not pass for an empty cell.
    # Rows of nothing else below all others are not among those of the reader.
    told = {**layout.errors, **layout.seen}
    height = 1 + max((row for row, _ in told), default=-1)
    require_extent(file, name, height, 1 + max((column for _, column in told), default=-1))
    rows += [[] for _ in range(height - len(rows))]
    for (row, column), text in told.items():
        rows[row] += [None] * (1 + column - len(rows[row]))
        if (row, column) in layout.seen or rows[row][column] in (None, "", "0"):
            rows[row][column] = text
    for (row, column), shown in layout.shown.items():
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = shown.around(rows[row][column])
    for row, column in layout.marked:
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = f"{rows[row][column]}（含上标、下标或删除线）"
    merged = fill_merged(rows, layout.merged, file=file)
    days = _days(reader, name, first=first, since_1904=sheets.since_1904, seen=layout.seen)
    return Grid(name, rows, merged, layout.hidden_rows, layout.hidden_columns, days=days)


def _days(
    reader: ExcelReader, name: str, *, first: int, since_1904: bool, seen: Collection[Place]
) -> Callable[[int], Sequence[Cell]]:
    """By column: what the bare numbers of each row are as days; a text of digits is none.

    Of a cell that is not seen as it stands there (`seen`) the reader of days may take a part: nobody knows its day.
    """

    def of(column: int) -> list[Cell]:
        index = column - first
        if index < 0:
            return []
        sheet = reader.load_sheet(name, header_row=None, dtypes="datetime", skip_rows=0, use_columns=[index])
        moments = sheet.to_polars().to_series()
        usual = moments.set(~moments.dt.year().is_between(1900, 2200), None)
        later = usual + (_FOUR_YEARS if since_1904 else timedelta())
        told: list[Cell] = later.dt.to_string("%Y-%m-%d %H:%M:%S").to_list()
        return [None if (row, column) in seen else day for row, day in enumerate(told)]

    return of
