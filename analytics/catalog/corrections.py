"""Corrections of delivered cells, as people write them down: `data/raw/<source>/corrections.yml`."""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from analytics.catalog.models import Entry, Identifier, Said, Source
from analytics.catalog.yaml_lines import Lines, key_written_twice
from analytics.errors import CatalogError
from analytics.runs import digest

CORRECTIONS = "corrections.yml"
Status = Literal["proposed", "confirmed", "rejected"]
Written = str | int | float | date
_GOOD = {
    "id": "id: qingxu-2021-used",
    "what": "what: manure_used_t",
    "where": 'where: {area_id: 清徐县, period: "2021"}',
    "from": 'from: "9800"',
    "to": 'to: "980"',
    "reason": "reason: 小数点错位",
    "said_by": "said_by: 清徐县农业农村局",
    "date": "date: 2022-02-03",
    "status": "status: confirmed",
    "delivery": "delivery: 粪污.xlsx",
}
# What a whole entry breaks, in Chinese.
_IN_CHINESE = {
    "sheet and row are those of a file: name it with delivery": "只写行号时，请用 delivery 写明是哪个文件",
    "a sheet goes with the row in it": "写了 sheet（工作表），还须写 row（行号）",
    "a row is withdrawn: to: withdrawn, and no from": "整行撤回只写 to: withdrawn，不写 from",
    "a row is withdrawn from a file: name it with delivery, so that one told anew counts": (
        "整行撤回须用 delivery 写明是哪个文件，以免撤掉以后重报的行"
    ),
    "from says what stands in the cell": "缺 from：单元格里现在写的是什么",
    "from and to are the same": "from 与 to 相同，没有可更正的",
}
_BY_PLACE = ("sheet", "row")
_MOST_SHOWN = 10
_MOST_FAULTS = 100
_MEND = "。改好后再运行；写法见 docs/CORRECTIONS.md"
# Words of people for what is no column of a form.
_WORDS = {"报告期": "period", "工作表": "sheet", "行": "row", "整行": "row", "行政区": "area_id", "地区": "area_id"}
WHOLE_ROW, WITHDRAWN = "row", "withdrawn"


class Correction(Entry):
    """One cell that was delivered wrong: which one, what stands there, what is right, and who said so.

    Or a whole row that ought not to have been sent: `what: row`, `to: withdrawn`, no `from`, and the `delivery` that
    it stands in: nothing else tells it from the same row told anew.
    `where` finds the row: by key fields and other columns as people write them, by `period`, or by `sheet` and `row` of
    the file that `delivery` names. Only a confirmed one is applied.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
    what: Identifier
    where: dict[Identifier, Written] = Field(min_length=1)
    delivered: Written | None = Field(default=None, alias="from")
    corrected: Written = Field(alias="to")
    reason: Said
    said_by: Said
    said_on: date = Field(alias="date")
    status: Status
    delivery: str = ""

    @model_validator(mode="after")
    def _keeps_the_rules(self) -> Correction:
        """All rules that it breaks are told at once, a line each."""
        broken = [*self._how_it_finds_a_row(), *self._how_it_changes_something()]
        if broken:
            raise ValueError("\n".join(broken))
        return self

    def _how_it_finds_a_row(self) -> Iterator[str]:
        if set(_BY_PLACE) & self.where.keys() and not self.delivery:
            yield "sheet and row are those of a file: name it with delivery"
        if "sheet" in self.where and "row" not in self.where:
            yield "a sheet goes with the row in it"

    def _how_it_changes_something(self) -> Iterator[str]:
        if self.is_of_row and (self.new != WITHDRAWN or self.delivered is not None):
            yield "a row is withdrawn: to: withdrawn, and no from"
        if self.is_of_row and not self.delivery:
            yield "a row is withdrawn from a file: name it with delivery, so that one told anew counts"
        if not self.is_of_row and self.delivered is None:
            yield "from says what stands in the cell"
        if self.delivered is not None and self.old == self.new:
            yield "from and to are the same"

    @property
    def is_of_row(self) -> bool:
        """Whether a whole row is meant."""
        return self.what == WHOLE_ROW

    @property
    def old(self) -> str:
        """The cell as it was delivered; empty of a whole row."""
        return "" if self.delivered is None else as_text(self.delivered)

    @property
    def new(self) -> str:
        """The cell as it ought to read; empty where it says nothing."""
        return as_text(self.corrected)

    @property
    def place(self) -> str:
        """Where the cell is, as it is written down."""
        told = ", ".join(f"{name}: {as_text(value)}" for name, value in self.where.items())
        return f"{told} ({self.delivery})" if self.delivery else told


@dataclass(frozen=True)
class Entered:
    """A correction with the form it is about and the line on which it stands."""

    correction: Correction
    source: Source
    file: str
    line: int

    def refused(self, rule: str, zh: str, *, found: str, expected: str, next_step: str) -> CatalogError:
        """The error for a correction that does not fit what was delivered; `zh` is its rule in Chinese."""
        return CatalogError(
            f"A correction {rule}.",
            where=f"{self.file}, line {self.line}, entry {self.correction.id}",
            found=found,
            expected=expected,
            next_step=next_step,
            zh=f"更正 {self.correction.id}（{self.file} 第{self.line}行）{zh}",
        )


def together(faults: Sequence[CatalogError]) -> CatalogError:
    """What is wrong with the corrections as one error, so that all of it can be mended at once."""
    if len(faults) == 1:
        return faults[0]
    shown, more = faults[:_MOST_FAULTS], len(faults) - _MOST_FAULTS
    lines = [f"\n    {e.where}: {e.what.removesuffix('.')}; found {e.found or 'nothing'}" for e in shown]
    lines_zh = [f"\n  {n}. {e.zh.removesuffix(_MEND)}" for n, e in enumerate(shown, 1)]
    return CatalogError(
        f"{len(faults)} faults in the corrections.",
        found="".join(lines) + (f"\n    … and {more} more" if more > 0 else ""),
        expected="every correction keeps the rules and fits what was delivered",
        next_step=f"Mend each of them. The first: {faults[0].next_step}",
        zh=f"更正文件中有{len(faults)}处问题，请一并改好后再运行（写法见 docs/CORRECTIONS.md）："
        + "".join(lines_zh)
        + (f"\n  …… 另有{more}处" if more > 0 else ""),
    )


def as_text(value: Written) -> str:
    """A value as it stands in a cell."""
    return value.isoformat() if isinstance(value, date) else f"{value}".strip()


@dataclass(frozen=True)
class _Written:
    """A file of corrections and how errors call it."""

    path: Path
    shown: str

    @cached_property
    def lines(self) -> Lines:
        """Where its entries stand."""
        return Lines(self.path)


def corrections_files(raw: Path) -> list[Path]:
    """Every file of corrections below the folder of deliveries, invented ones included."""
    return sorted([*raw.glob(f"*/{CORRECTIONS}"), *raw.glob(f"example/*/{CORRECTIONS}")])


def corrections_digest(raw: Path) -> str:
    """Hash of every file of corrections."""
    return digest([part for f in corrections_files(raw) for part in (f.relative_to(raw).as_posix(), f.read_bytes())])


def read_corrections(
    file: Path, source: Source, *, shown: str, field_of: Callable[[str], str | None] = lambda word: None
) -> list[Entered]:
    """The corrections that a file holds, in its order; `shown` is how errors call the file.

    A column may be named as the form heads it: `field_of` gives the field or parameter of a heading, None of any other
    word. `CatalogError` names the line of each entry that breaks a rule.
    """
    entries, faults = sound_and_faulty(file, source, shown=shown, field_of=field_of)
    if faults:
        raise together(faults)
    return entries


def sound_and_faulty(
    file: Path, source: Source, *, shown: str, field_of: Callable[[str], str | None] = lambda word: None
) -> tuple[list[Entered], list[CatalogError]]:
    """The corrections of a file that keep the rules, as `read_corrections` has them, and all that is wrong with it."""
    written = _Written(file, shown)
    try:
        raw = _parse(written)
    except CatalogError as error:
        return [], [error]
    if not isinstance(raw, list):
        zh = "文件须是一条条更正，每条以“- ”开头"
        return [], [_reject(written, [], "the file holds a list of entries", type(raw).__name__, zh)]
    entries: dict[str, Entered] = {}
    faults: list[CatalogError] = []
    for i, value in enumerate(raw):
        told = _by_field(value, [*source.key, *correctable(source)], field_of)
        entry, wrong = _read(written, i, told)
        wrong += _wrong_names(written, i, told, source)
        if entry is not None and entry.id in entries:
            wrong.append(_same_id(written, i, entries[entry.id]))
        if entry is not None and not wrong:
            entries[entry.id] = Entered(entry, source, shown, written.lines.of([i]))
        faults += wrong
    return list(entries.values()), faults


def _same_id(file: _Written, place: int, first: Entered) -> CatalogError:
    name = first.correction.id
    zh = f"编号 {name} 重复，第{first.line}行的更正已用此编号：请把其中一条的 id 改为别的编号"
    return _reject(file, [place, "id"], f"two entries have this id, the first on line {first.line}", name, zh)


def _by_field(value: Any, known: Sequence[str], field_of: Callable[[str], str | None]) -> Any:
    """The entry with headings of the form in the place of fields; what is no heading stays, to be told of as it is."""

    def named(word: Any) -> Any:
        if not isinstance(word, str) or word in known:
            return word
        return _WORDS.get(word) or field_of(word) or word

    if not isinstance(value, dict):
        return value
    told = dict(value)
    if "what" in told:
        told["what"] = named(told["what"])
    where = told.get("where")
    if isinstance(where, dict) and len({named(word) for word in where}) == len(where):
        told["where"] = {named(word): written for word, written in where.items()}
    return told


def _parse(file: _Written) -> Any:
    try:
        return YAML(typ="safe").load(file.path) or []
    except (YAMLError, ValueError, OSError, RecursionError) as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        twice = key_written_twice(error)
        raise CatalogError(
            "The file of corrections cannot be read.",
            where=file.shown + (f", line {mark.line + 1}" if mark else ""),
            found=str(getattr(error, "problem", None) or error).split("\n")[0],
            expected="a YAML file in UTF-8, a list of entries, every key once",
            next_step="Mend that line; docs/CORRECTIONS.md shows an entry.",
            zh=f"{file.shown} 无法读取"
            + (
                f"：第{mark.line + 1}行" + (f"，同一条里“{twice}”写了两次" if twice else "写法有误")
                if mark
                else "：不是 UTF-8 编码的 YAML，或其中的日期不存在"
            ),
        ) from None


def _read(file: _Written, place: int, value: Any) -> tuple[Correction | None, list[CatalogError]]:
    """The entry, or all that is wrong with it."""
    try:
        return Correction.model_validate(value), []
    except ValidationError as error:
        by_key: dict[tuple[str | int, ...], ErrorDetails] = {}
        for told in error.errors():
            by_key.setdefault(tuple(_key_of(told)), told)
        meant = {_nearest(str(e["loc"][-1]), list(_GOOD)) for e in by_key.values() if e["type"] == "extra_forbidden"}
        return None, [
            fault
            for key, told in by_key.items()
            # A key that was mistyped is not missing besides.
            if not (told["type"] == "missing" and key[-1] in meant)
            for fault in _broken(file, [place, *key], told)
        ]


def _key_of(error: ErrorDetails) -> list[str | int]:
    """Where an error lies; a value that may be of several types is reported once for each: the key is what matters."""
    kinds = ("str", "int", "float", "date", "[key]")
    return [part for n, part in enumerate(error["loc"]) if n == 0 or part not in kinds]


def _broken(file: _Written, location: list[Any], error: ErrorDetails) -> list[CatalogError]:
    rules = error["msg"].removeprefix("Value error, ").split("\n")
    if error["type"] == "value_error":
        return [_reject(file, location, rule, "", _IN_CHINESE.get(rule, "")) for rule in rules]
    rule, zh, last = rules[0], "", location[-1]
    found = "" if error["type"] == "missing" or isinstance(error["input"], dict) else reprlib.repr(error["input"])
    if len(location) - 1 < len(error["loc"]):
        rule = "a cell is written as text, a number or a day"
    if error["type"] == "extra_forbidden":
        found = str(last)
        rule = f"unknown key{_near(found, list(_GOOD))}"
        zh = f"没有“{found}”这一项{_near_zh(found, list(_GOOD))}"
    if error["type"] == "literal_error":
        allowed = str(error.get("ctx", {}).get("expected", "")).replace("'", "").replace(" or ", ", ")
        zh = f"{last} 只能是 {allowed.replace(', ', '、')}，写的是“{error['input']}”"
    if error["type"] == "missing":
        zh = f"缺 {last} 一项，例如：{_GOOD[str(last)]}" if last in _GOOD else ""
    return [_reject(file, location, rule, found, zh)]


def _wrong_names(file: _Written, place: int, told: Any, source: Source) -> list[CatalogError]:
    """What is corrected is a column of the form, and the row is found by what a row has; nothing of what is no word."""
    if not isinstance(told, dict):
        return []
    faults = []
    known, what, where = correctable(source), told.get("what"), told.get("where")
    if isinstance(what, str) and what not in known and what != WHOLE_ROW:
        rule = f"{source.id} has no field {what}{_near(what, known)}"
        zh = f"《{source.label.zh}》没有“{what}”这一栏{_near_zh(what, known)}"
        faults.append(_reject(file, [place, "what"], rule, what, zh))
    finding = [*source.key, *known, "period", *_BY_PLACE]
    for name in where if isinstance(where, dict) else ():
        if isinstance(name, str) and name not in finding:
            rule = f"a row of {source.id} is not found by {name}{_near(name, finding)}"
            zh = f"不能按“{name}”找到《{source.label.zh}》的行{_near_zh(name, finding)}"
            faults.append(_reject(file, [place, "where", name], rule, name, zh))
    row = where.get("row") if isinstance(where, dict) else None
    if row is not None and not isinstance(row, int):
        faults.append(_reject(file, [place, "where", "row"], "a row is a number", f"{row}", "行号只写数字"))
    return faults


def correctable(source: Source) -> list[str]:
    """The fields and parameters of a form whose cells can be corrected."""
    return [*(c.field for c in source.columns), *(source.readings.parameters if source.readings else [])]


def _near(word: str, known: Sequence[str]) -> str:
    found = _nearest(word, known)
    return f"; did you mean {found}?" if found else ""


def _near_zh(word: str, known: Sequence[str]) -> str:
    found = _nearest(word, known)
    if found:
        return f"，是否为“{found}”？"
    return f"；可用的有：{'、'.join(known[:_MOST_SHOWN])}" + ("等" if len(known) > _MOST_SHOWN else "")


def _nearest(word: str, known: Sequence[str]) -> str:
    return next(iter(difflib.get_close_matches(word, known, n=1, cutoff=0.4)), "")


def _reject(file: _Written, location: list[Any], rule: str, found: str, zh: str = "") -> CatalogError:
    named = next((part for part in location if part in _GOOD), "")
    entry = f"entry {_name_of(file, location[0])}, " if location else ""
    key = ".".join(str(part) for part in location[1:]) or "(whole)"
    line = file.lines.of(location)
    return CatalogError(
        f"A correction breaks a rule: {rule}",
        where=f"{file.shown}, line {line}, {entry}key {key}",
        found=found,
        expected=f"for example\n    {_GOOD[named]}" if named else "",
        next_step="Mend that key; docs/CORRECTIONS.md shows an entry.",
        zh=f"{file.shown} 第{line}行的更正写法不合规定"
        + (f"：{zh}" if zh else f"（{key}），例如：{_GOOD[named]}" if named else "")
        + _MEND,
    )


def _name_of(file: _Written, place: int) -> str:
    """The id of an entry, or its number where it has none."""
    try:
        entry = YAML(typ="safe").load(file.path)[place]
    except RecursionError:  # deeper than it was when the entry was read from less far below
        return str(place + 1)
    told = entry.get("id") if isinstance(entry, dict) else None
    return str(told or place + 1)
