"""What a form says of itself: its source, area, period and version, in places that outlive being saved by others."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from analytics.catalog import Catalog
from analytics.errors import CheckFailed, UsageError
from analytics.ingest.grid import Cell, read_grids
from analytics.ingest.sheet import MAX_UNPACKED
from analytics.ingest.snapshot import Delivery, require_file
from analytics.periods import Period, parse_period
from analytics.runs import digest, machine_errors

IDENTITY_SHEET = "qinghe_form"
LIST_SHEET = "qinghe_lists"
GUIDE_SHEET = "各栏填报要求"
# Sheets of a form that hold no table, and need not be told of as such.
SHEETS_BESIDE = frozenset({IDENTITY_SHEET, LIST_SHEET, GUIDE_SHEET})
PROPERTY = "qinghe_form"
EXAMPLE = "示例"  # stands before the row that shows how a form is filled in, and in each of its cells
_PERIOD, _AREA = "报告期：", "填报范围："
_BEGINNING = "qinghe/"
_CODE = re.compile(r"qinghe/([a-z][a-z0-9_]*)/([0-9Q-]+)/(\d{6}|-)/([0-9a-f]{8})/([0-9a-f]{6})")
_SAID_CODE = re.compile(r"qinghe/[^\s<；]*")
_SAID_PERIOD = re.compile(_PERIOD + r"([^；]*)")
_SAID_AREA = re.compile(_AREA + r"[^；]*?[（(](\d{6})[）)]")
_TITLE_PERIOD = re.compile(r"(?:示例数据（虚构）)?(\d{4}年(?:第\d季度|\d{1,2}月(?:\d{1,2}日)?)?)")
_WITHIN = 10  # rows
_NOTHING = "-"
_CHUNK = 1 << 18
_PROPERTIES, _STRINGS, _SHEETS = "docProps/custom.xml", "xl/sharedStrings.xml", "xl/worksheets/"
_TEXTS = (_PROPERTIES, _STRINGS, _SHEETS)


@dataclass(frozen=True)
class Identity:
    """Which form a workbook is; empty where it is of no period (a register) or of no area in particular.

    `version` tells one state of the columns from another.
    """

    source: str
    period: str
    area: str
    version: str

    @property
    def code(self) -> str:
        """The one line that stands in the workbook, with six digits by which a slip of the pen is noticed."""
        parts = [self.source, self.period or _NOTHING, self.area or _NOTHING, self.version]
        return _BEGINNING + "/".join([*parts, digest(parts)[:6]])

    def line(self, department: str, place: str) -> str:
        """The line of the sheet that people read and a machine finds."""
        said = [f"报送部门：{department}"]
        said += [_PERIOD + period_in_words(parse_period(self.period))] if self.period else []
        said.append(f"{_AREA}{place}（{self.area}）" if self.area else f"{_AREA}{place}")
        return "；".join([*said, f"表号：{self.code}"])


def period_in_words(period: Period) -> str:
    """The period as a Chinese heading has it: 2021年, 2021年第3季度, 2021年7月, 2021年7月15日."""
    year, month = f"{period.year}年", f"{period.start.month}月"
    of_kind = {
        "year": year,
        "quarter": f"{year}第{(period.start.month + 2) // 3}季度",
        "month": year + month,
        "day": f"{year}{month}{period.start.day}日",
    }
    return of_kind[period.kind]


def read_identity(file: Path) -> Identity | None:
    """What the file says of itself; None where it is no form of ours, or all places that said so are gone.

    One place is enough. `CheckFailed` where one was changed, or where two places, or what people read, disagree.
    """
    require_file(file)
    with machine_errors(file, to="read"):
        found = list(_codes(file))
    known: dict[Identity, str] = {}
    for place, code, sheet in found:
        identity = _parsed(code)
        if identity is None:
            raise _contradiction(file, f"{place}: {code}", "the number of the form as it was sent out")
        for said, should in _read_by_people(sheet, identity):
            if said != should:
                raise _contradiction(file, f"{place}: {said}", f"{should}, as its number {code} has it")
        known.setdefault(identity, place)
    if len(known) > 1:
        raise _contradiction(file, ", ".join(f"{place}: {i.code}" for i, place in known.items()), "one form a file")
    return next(iter(known), None)


def _contradiction(file: Path, found: str, expected: str) -> CheckFailed:
    return CheckFailed(
        "The form contradicts itself: what it says of itself was changed.",
        where=file.name,
        found=found,
        expected=expected,
        next_step="Write a form for that period and area with `qinghe form`, and copy the rows into it.",
        zh="表号、报告期或填报范围被改动，互相矛盾；请用对应报告期和范围的新表填报",
    )


def _parsed(code: str) -> Identity | None:
    found = _CODE.fullmatch(code)
    if found is None:
        return None
    source, period, area, version, _ = ("" if part == _NOTHING else part for part in found.groups())
    identity = Identity(source, period, area, version)
    return identity if identity.code == code else None


def _read_by_people(rows: list[list[Cell]], identity: Identity) -> Iterator[tuple[str, str]]:
    """Period and area as the title and the line of the sheet say them, each with what the number says."""
    period = period_in_words(parse_period(identity.period)) if identity.period else ""
    for cell in _cells_to_the_line(rows):
        is_line = _BEGINNING in cell
        told = _SAID_PERIOD.search(cell) if is_line else _TITLE_PERIOD.match(cell)
        if told is not None:
            yield told[1].strip(), period
        area = _SAID_AREA.search(cell) if is_line else None
        if area is not None or is_line:
            yield area[1] if area else "", identity.area


def _cells_to_the_line(rows: list[list[Cell]]) -> Iterator[str]:
    for row in rows:
        cells = dict.fromkeys(cell.strip() for cell in row if cell and cell.strip())
        yield from cells
        if any(_BEGINNING in cell for cell in cells):
            return


Found = tuple[str, str, list[list[Cell]]]  # where, the code, the first rows of the sheet where people read it


def _codes(file: Path) -> Iterator[Found]:
    """Every place of the file that says which form it is."""
    if file.suffix.lower() in (".csv", ".txt"):
        with file.open("rb") as stream:
            head = stream.read(_CHUNK).replace(b"\x00", b"")
        if _BEGINNING.encode() in head:
            for grid in read_grids(file):
                yield from _codes_of_sheet(grid.sheet, grid.rows[:_WITHIN])
    elif file.suffix.lower() in (".xlsx", ".xls") and _may_be_a_form(file):
        yield from _codes_of_workbook(file)


def _may_be_a_form(file: Path) -> bool:
    """Whether the texts of a workbook hold the beginning of a number; most deliveries need not be opened twice.

    What cannot be opened is no form: whoever reads the table says what is wrong with it.
    """
    if not zipfile.is_zipfile(file):
        return file.suffix.lower() == ".xls"
    try:
        with zipfile.ZipFile(file) as parts:
            if sum(part.file_size for part in parts.infolist()) > MAX_UNPACKED:
                return False
            return any(_holds_a_number(parts, name) for name in parts.namelist() if name.startswith(_TEXTS))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        return False


def _holds_a_number(parts: zipfile.ZipFile, name: str) -> bool:
    """Whether a part does; of a sheet that keeps its texts within itself the first rows are enough."""
    tail = b""
    with parts.open(name) as stream:
        if name.startswith(_SHEETS):
            return _BEGINNING.encode() in stream.read(_CHUNK)
        while piece := stream.read(_CHUNK):
            if _BEGINNING.encode() in tail + piece:
                return True
            tail = piece[-len(_BEGINNING) :]
    return False


def _codes_of_workbook(file: Path) -> Iterator[Found]:
    import fastexcel

    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as parts:
            properties = parts.read(_PROPERTIES).decode("utf-8", "replace") if _PROPERTIES in parts.namelist() else ""
        yield from (("document properties", code, []) for code in _SAID_CODE.findall(properties))
    try:
        reader = fastexcel.read_excel(file)
        for name in reader.sheet_names:
            sheet = reader.load_sheet(name, header_row=None, n_rows=_WITHIN, dtypes="string")
            if name == IDENTITY_SHEET or sheet.visible == "visible":
                columns = [column.to_list() for column in sheet.to_polars().iter_columns()]
                yield from _codes_of_sheet(name, [list(row) for row in zip(*columns, strict=True)])
    except fastexcel.FastExcelError:
        return


def _codes_of_sheet(name: str, rows: list[list[Cell]]) -> Iterator[Found]:
    for cell in dict.fromkeys(cell for row in rows for cell in row if cell and _BEGINNING in cell):
        shown = [] if name == IDENTITY_SHEET else rows
        yield from ((f"sheet {name}", code, shown) for code in _SAID_CODE.findall(cell))


def agreed(identity: Identity | None, said: Delivery, file: Path, catalog: Catalog) -> Delivery:
    """The delivery as the form and the command line together tell it; where both speak they must say the same.

    Without a department it is that which delivers the form. `UsageError` where the two disagree, and where neither
    says which form it is.
    """
    of_form = identity or Identity("", "", "", "")
    source = _one_of("source", said.source, of_form.source, file)
    period = _one_of("period", said.period, of_form.period, file)
    area = _one_of("area", said.area, of_form.area, file)
    if not source:
        raise UsageError(
            "Which form is this file?",
            where=file.name,
            expected="a form of `qinghe form`, which says so itself, or --source",
            next_step="Give --source, one of " + ", ".join(catalog.sources) + ".",
        )
    department = said.department or catalog.called([catalog.source(source).department], "zh")[0]
    code = catalog.area(area).id if area else ""
    return replace(said, source=source, period=period, area=code, department=department)


def _one_of(name: str, on_command_line: str, in_form: str, file: Path) -> str:
    if on_command_line and in_form and on_command_line != in_form:
        raise UsageError(
            f"The {name} on the command line is not that of the form.",
            where=file.name,
            found=f"--{name} {on_command_line}",
            expected=f"{in_form}, as the form says",
            next_step=f"Leave --{name} out, or hand in the form of that {name}.",
        )
    return in_form or on_command_line
