"""What a form says of itself: its source, area, period and version, in places that outlive being saved by others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from analytics.catalog import Catalog
from analytics.catalog.models import Source
from analytics.catalog.senders import spelled, spellings
from analytics.errors import CheckFailed, UsageError
from analytics.ingest.archive import Archive
from analytics.ingest.grid import Cell, Grid, read_grids
from analytics.ingest.snapshot import Delivery, require_file
from analytics.ingest.titles import areas_told, titles_of
from analytics.ingest.workbook import read_workbook, reading
from analytics.periods import Period, parse_period
from analytics.periods_told import periods_told
from analytics.runs import digest, machine_errors

IDENTITY_SHEET = "qinghe_form"
LIST_SHEET = "qinghe_lists"
GUIDE_SHEET = "各栏填报要求"
SLIP_SHEET = "填报问题汇总"
SLIP_TITLE = f"{SLIP_SHEET}（退回单）"
_SHEETS_BESIDE = frozenset({IDENTITY_SHEET, LIST_SHEET, GUIDE_SHEET})
PROPERTY = "qinghe_form"
EXAMPLE = "示例"  # stands before the row that shows how a form is filled in, and in each of its cells
_SENDER, _PERIOD, _AREA = "报送部门：", "报告期：", "填报范围："
_BEGINNING = "qinghe/"
_CODE = re.compile(r"qinghe/([a-z][a-z0-9_]*)/([0-9Q-]+)/(\d{6}|-)/([0-9a-f]{8})/([0-9a-f]{6})")
_SAID_CODE = re.compile(r"qinghe/[^\s<；]*")
_SAID_SENDER = re.compile(_SENDER + r"([^；]*)")
_SAID_PERIOD = re.compile(_PERIOD + r"([^；]*)")
_SAID_AREA = re.compile(_AREA + r"[^；]*?[（(](\d{6})[）)]")
_TITLE_PERIOD = re.compile(r"(?:示例数据（虚构）)?(\d{4}年(?:第\d季度|\d{1,2}月(?:\d{1,2}日)?)?)")
_NEAREST, _ALIKE = 3, 0.2  # of a name of a file and that of a form
_WITHIN = 10  # rows
_SHOWN = 60  # characters of a title
_LONGEST = 1000  # characters of a cell that are looked at
_NOTHING = "-"
_CHUNK = 1 << 18
_PROPERTIES, _STRINGS, _SHEETS = "docProps/custom.xml", "xl/sharedStrings.xml", "xl/worksheets/"
_TEXTS = (_PROPERTIES, _STRINGS, _SHEETS)


@dataclass(frozen=True)
class Identity:
    """Which form a workbook is; empty where it is of no period (a register) or of no area in particular.

    `version` tells one state of the columns from another. `titles` are the texts above its tables, as they now stand,
    and `senders` whom its lines name as the department that delivers it.
    """

    source: str
    period: str
    area: str
    version: str
    titles: tuple[str, ...] = field(default=(), compare=False)
    senders: tuple[str, ...] = field(default=(), compare=False)

    @property
    def code(self) -> str:
        """The one line that stands in the workbook, with six digits by which a slip of the pen is noticed."""
        parts = [self.source, self.period or _NOTHING, self.area or _NOTHING, self.version]
        return _BEGINNING + "/".join([*parts, digest(parts)[:6]])

    def line(self, department: str, place: str) -> str:
        """The line of the sheet that people read and a machine finds."""
        said = [_SENDER + department]
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
    known: dict[Identity, str] = {}
    titles: list[str] = []
    senders: list[str] = []
    for place, code, sheet in _codes(file):
        titles += _titles(sheet)
        senders += _senders(sheet)
        if not code:
            continue
        identity = _parsed(code)
        if identity is None:
            zh = f"表号“{code}”不是发出时的表号"
            raise _contradiction(file, f"{place}: {code}", "the number of the form as it was sent out", zh=zh)
        for said, should in _read_by_people(sheet, identity):
            if said != should:
                expected = f"{should}, as its number {code} has it"
                zh = f"表内写的是“{said}”，按表号 {code} 应为“{should}”"
                raise _contradiction(file, f"{place}: {said}", expected, zh=zh, source=identity.source)
        known.setdefault(identity, place)
    if len(known) > 1:
        told, sources = ", ".join(f"{place}: {i.code}" for i, place in known.items()), {i.source for i in known}
        zh = f"一份文件中有几个表号：{'、'.join(i.code for i in known)}"
        raise _contradiction(file, told, "one form a file", zh=zh, source=sources.pop() if len(sources) == 1 else "")
    by_whom = tuple(dict.fromkeys(senders))
    return next((replace(_titled(identity, titles, file), senders=by_whom) for identity in known), None)


def _titled(identity: Identity, titles: Sequence[str], file: Path) -> Identity:
    """The identity with the titles of its sheets; none of them may tell another period, wherever it stands in it."""
    for title in titles if identity.period else ():
        span = parse_period(identity.period)
        for told in periods_told(title):
            if not told.agrees(span.start, span.end):
                expected = f"{period_in_words(span)} alone, as its number has it"
                zh = f"表题“{title[:_SHOWN]}”写有另一期，按表号应只是{period_in_words(span)}"
                raise _contradiction(file, f"title: {title[:_SHOWN]}", expected, zh=zh, source=identity.source)
    return replace(identity, titles=tuple(dict.fromkeys(titles)))


def require_area_of_titles(identity: Identity, file: Path, catalog: Catalog) -> None:
    """`CheckFailed` where a title of the form names an area that has nothing to do with that of the form."""
    if identity.area not in catalog.areas:
        return
    for title in identity.titles:
        for name, areas in areas_told(title, catalog):
            if not any(catalog.lies_in(a, identity.area) or catalog.lies_in(identity.area, a) for a in areas):
                area = catalog.path_of(catalog.areas[identity.area])
                expected, found = f"{area}, as its number has it", f"title: {title[:_SHOWN]} ({name})"
                zh = f"表题“{title[:_SHOWN]}”写有{name}，按表号应是{area}"
                raise _contradiction(file, found, expected, zh=zh, source=identity.source)


class Contradiction(CheckFailed):
    """A form of which two things that it says of itself disagree; `source` where it is known all the same."""

    source = ""


def _contradiction(file: Path, found: str, expected: str, *, zh: str, source: str = "") -> Contradiction:
    made = Contradiction(
        "The form contradicts itself: what it says of itself was changed.",
        where=file.name,
        found=found,
        expected=expected,
        next_step="Write a form for that period and area with `qinghe form`, and copy the rows into it.",
        zh=f"表号、报告期或填报范围被改动，互相矛盾（{zh}）；请用对应报告期和范围的新表填报",
    )
    made.source = source
    return made


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


def _senders(rows: list[list[Cell]]) -> Iterator[str]:
    """Whom the line of the sheet names as the department that delivers it."""
    lines = (cell for cell in _cells_to_the_line(rows) if _BEGINNING in cell)
    yield from (told[1].strip() for line in lines for told in _SAID_SENDER.finditer(line))


def _titles(rows: list[list[Cell]]) -> Iterator[str]:
    """The texts above the line of the sheet, and above the table where there is no line."""
    has_line = any(_BEGINNING in cell for row in rows for cell in row if cell)
    cells = _cells_to_the_line(rows) if has_line else titles_of(rows)
    yield from (cell[:_LONGEST] for cell in cells if _BEGINNING not in cell)


def _cells_to_the_line(rows: list[list[Cell]]) -> Iterator[str]:
    for row in rows:
        cells = dict.fromkeys(cell.strip()[:_LONGEST] for cell in row if cell and cell.strip())
        yield from cells
        if any(_BEGINNING in cell for cell in cells):
            return


# Where, the code, the first rows of the sheet where people read it. Where no table has the line with the code, the
# first rows of each with no code.
Found = tuple[str, str, list[list[Cell]]]


def _codes(file: Path) -> list[Found]:
    """Every place of the file that says which form it is; an old workbook (.xls) has none.

    What cannot be read is no form: whoever reads the table says what is wrong with it.
    """
    with machine_errors(file, to="read"), file.open("rb") as stream:
        head = stream.read(_CHUNK)
    suffix = file.suffix.lower()
    try:
        with reading(file, "a form"):
            if suffix in (".csv", ".txt") and _BEGINNING.encode() in head.replace(b"\x00", b""):
                return [found for grid in read_grids(file) for found in _codes_of_sheet(grid)]
            if suffix in (".xlsx", ".xls") and head.startswith(b"PK\x03\x04"):
                return list(_codes_of_workbook(file))
    except CheckFailed:
        pass
    return []


def is_beside(grid: Grid) -> bool:
    """Whether a sheet is one of ours that holds no table: of a form, or the summary of a return slip that came back."""
    is_summary = grid.sheet == SLIP_SHEET and any(SLIP_TITLE in row for row in grid.rows[:1])
    return grid.sheet in _SHEETS_BESIDE or is_summary


def _codes_of_workbook(file: Path) -> Iterator[Found]:
    """Most deliveries need not be opened twice: the sheets are read where the texts hold the beginning of a number."""
    archive = Archive(file)
    if not any(_holds_a_number(archive, name) for name in archive.names if name.startswith(_TEXTS)):
        return
    properties = archive.content(_PROPERTIES).decode("utf-8", "replace")
    yield from (("document properties", code, []) for code in _SAID_CODE.findall(properties))
    sheets = [(grid, list(_codes_of_sheet(grid))) for grid in read_workbook(file, also=IDENTITY_SHEET)]
    yield from (found for _, several in sheets for found in several)
    tables = [(grid, several) for grid, several in sheets if not is_beside(grid)]
    if not any(several for _, several in tables):
        yield from ((f"sheet {grid.sheet}", "", grid.rows[:_WITHIN]) for grid, _ in tables)


def _holds_a_number(archive: Archive, name: str) -> bool:
    """Whether a part does; of a sheet that keeps its texts within itself the first rows are enough."""
    tail = b""
    for piece in archive.chunks(name):
        if _BEGINNING.encode() in tail + piece:
            return True
        if name.startswith(_SHEETS):
            return False
        tail = piece[-len(_BEGINNING) :]
    return False


def _codes_of_sheet(grid: Grid) -> Iterator[Found]:
    rows = grid.rows[:_WITHIN]
    shown = [] if grid.sheet == IDENTITY_SHEET else rows
    for cell in dict.fromkeys(cell for row in rows for cell in row if cell and _BEGINNING in cell):
        yield from ((f"sheet {grid.sheet}", code, shown) for code in _SAID_CODE.findall(cell))


def agreed(identity: Identity | None, said: Delivery, file: Path, catalog: Catalog) -> Delivery:
    """The delivery as the form and the command line together tell it; where both speak they must say the same.

    A department has one name, however it is called. Without one it is that which delivers the form: of a form of
    several the one that its line names.
    `UsageError` where the two disagree, and where neither says which form it is.
    """
    of_form = identity or Identity("", "", "", "")
    source = _one_of("source", said.source, of_form.source, file)
    period = _one_of("period", said.period, of_form.period, file)
    area = _one_of("area", said.area, of_form.area, file, called=catalog.called_with_code)
    if not source:
        raise _nameless(file, catalog)
    sender = _sender(of_form, catalog.source(source), catalog)
    whoever = catalog.departments[catalog.source(source).department]
    in_form = sender if whoever.is_several and sender != whoever.name.zh else ""
    department = _one_of("department", _called_once(said.department, catalog), in_form, file) or sender
    code = catalog.area(area).id if area else ""
    return replace(said, source=source, period=period, area=code, department=department)


def _called_once(department: str, catalog: Catalog) -> str:
    """The one name of a department that is called so; of one that nobody knows what was said."""
    known = dict(spellings(catalog))
    return known[spelled(department)].name if spelled(department) in known else department


def _sender(identity: Identity, source: Source, catalog: Catalog) -> str:
    """The name of who delivers a form; of one of several departments that which its line names, where it names one."""
    whoever = catalog.departments[source.department]
    known = dict(spellings(catalog))
    named = {known[spelled(text)].name for text in identity.senders if spelled(text) in known}
    return named.pop() if whoever.is_several and len(named) == 1 else whoever.name.zh


def _nameless(file: Path, catalog: Catalog) -> UsageError:
    """A file that is no form of ours, and of which nobody said which form it is: those called alike are named."""
    near = [f"{one.id} ({one.label.zh})" for one in catalog.sources_like(file.stem, likeness=_ALIKE)[:_NEAREST]]
    such = f", such as {'; '.join(near)}" if near else ""
    return UsageError(
        "Which form is this file?",
        where=file.name,
        expected="a form of `qinghe form`, which says so itself, or --source",
        next_step=f"Give --source{such}: docs/SOURCES.md lists them all.",
        zh="无法判断是哪一张报表：请用 qinghe form 生成的报表，或用 --source 写明"
        + (f"，名称相近的有：{'、'.join(near)}" if near else "")
        + "；全部报表见 docs/SOURCES.md",
    )


def _one_of(name: str, on_command_line: str, in_form: str, file: Path, *, called: Callable[[str], str] = str) -> str:
    if on_command_line and in_form and on_command_line != in_form:
        raise UsageError(
            f"The {name} on the command line is not that of the form.",
            where=file.name,
            found=f"--{name} {called(on_command_line)}",
            expected=f"{called(in_form)}, as the form says",
            next_step=f"Leave --{name} out, or hand in the form of that {name}.",
            zh=f"命令中的 --{name}（{called(on_command_line)}）与表内所写（{called(in_form)}）不一致："
            f"请去掉 --{name}，或改交相应的表",
        )
    return in_form or on_command_line
