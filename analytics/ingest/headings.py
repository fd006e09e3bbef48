"""The headings that a source declares, and which column a delivered heading names."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from analytics import units
from analytics.catalog import Catalog
from analytics.catalog.models import Source

_WITH_UNIT = re.compile(r"(?P<name>.+?)[(\[【](?P<unit>[^()\[\]【】]*)[)\]】]|(?P<named>[^/]+)/(?P<per>.+)")
# `氨氮（以N计）` names the item, not a unit.
_COUNTED_AS = re.compile(r"\(以[^()]*计\)")
_BRACKETS = "()（）[]【】 "
UNROUNDED = "__unrounded"  # at the end of the key of a parameter's unrounded value
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff]")


@dataclass(frozen=True)
class Target:
    """What a delivered column is: a declared field, a parameter, or a parameter's unrounded value or flag."""

    key: str
    unit: str | None = None


@lru_cache(maxsize=1 << 16)
def plain(text: str) -> str:
    """Text as headings are compared: full width folded, white space and invisible signs removed, lower case."""
    return re.sub(r"\s+", "", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))).casefold()


class Headings:
    """Recognises the columns of a source.

    `wanted` has the unit in which a column is kept; `must_state` the columns that nobody may leave without one; `key`
    those that say whom a row is about, without what is written once for several rows; `dated` those of days and months;
    `counted` those of numbers.
    """

    def __init__(self, source: Source, catalog: Catalog) -> None:
        self.source = source
        declared = {column.field: catalog.fields[column.field].unit for column in source.columns}
        self.must_state = {name for name, unit in declared.items() if unit}
        self.wanted = {name: unit for name, unit in declared.items() if unit}
        self._fields: dict[str, Target] = {}
        for column in source.columns:
            for header in column.headers:
                name, unit = _split(header) if column.field in self.must_state else (plain(header), None)
                self._fields |= {name: Target(column.field), plain(header): Target(column.field, unit)}
        self._parameters: dict[str, str] = {}
        for name in source.readings.parameters if source.readings else []:
            parameter = catalog.parameters[name]
            self.wanted |= {name: parameter.unit, f"{name}{UNROUNDED}": parameter.unit}
            for spelling in (parameter.label.zh, *parameter.aliases):
                self._parameters[plain(spelling)] = name
        suffix = source.readings.unrounded_suffix if source.readings else None
        self._beside = {plain(suffix): "unrounded"} if suffix else {}
        flags = source.readings.flags if source.readings else None
        self._beside |= {plain(suffix): "flag" for suffix in (flags.suffixes if flags else [])}
        self.dated = {c.field for c in source.columns if catalog.fields[c.field].type in ("date", "month")}
        self.counted = {c.field for c in source.columns if catalog.fields[c.field].type in ("number", "integer")}
        self.counted |= set(source.readings.parameters if source.readings else [])
        self.required = {c.field for c in source.columns if c.required} | set(
            source.readings.required if source.readings else []
        )
        named = source.entity or source.undertaking or source.register_as
        about = {"county"} if "area_id" in source.key else set()
        about |= set(named.id_fields) if named else set()
        once = {c.field for c in source.columns if c.fill_down}
        self.key = {c.field for c in source.columns if c.field in about | set(source.key)} - once

    def recognise(self, heading: str) -> Target | None:
        """The column that a heading names, or None."""
        upper, broken, lower = heading.rpartition("\n")
        if broken and units.unit_named(lower):
            heading = f"{upper}({lower.strip(_BRACKETS)})"
        text = _COUNTED_AS.sub("", plain(heading))
        if text in self._fields:
            return self._fields[text]
        for suffix, what in self._beside.items():
            printed = self.recognise(text.removesuffix(suffix)) if text.endswith(suffix) else None
            if printed is not None and printed.key in self._parameters.values():
                return Target(f"{printed.key}__{what}", printed.unit if what == "unrounded" else None)
        if text in self._parameters:
            return Target(self._parameters[text])
        name, unit = _split(text)
        if unit and name in self._parameters:
            return Target(self._parameters[name], unit)
        known = self._fields.get(name)
        return Target(known.key, unit) if unit and known and known.key in self.must_state else None

    @property
    def spellings(self) -> list[str]:
        """The headings as they are declared."""
        return [header for column in self.source.columns for header in column.headers]

    def nearest(self, heading: str) -> str:
        """The declared heading most like this one, or nothing."""
        known = [*self._fields, *self._parameters]
        near = difflib.get_close_matches(plain(heading), known, n=1, cutoff=0.5)
        return near[0] if near else ""

    def accepted(self, key: str) -> list[str]:
        """The headings that a column may have, the usual one first."""
        declared = [header for column in self.source.columns if column.field == key for header in column.headers]
        return declared or [spelling for spelling, name in self._parameters.items() if name == key] or [key]

    def spelling_of(self, key: str) -> str:
        """How the column is headed, for messages."""
        key = key.removesuffix(UNROUNDED)
        for column in self.source.columns:
            if column.field == key:
                return column.headers[0]
        return next((spelling for spelling, name in self._parameters.items() if name == key), key)


def field_by_heading(source: Source, catalog: Catalog) -> Callable[[str], str | None]:
    """What gives the field or the parameter that a heading of the source names, with its unit or without."""
    headings = Headings(source, catalog)

    def field_of(heading: str) -> str | None:
        target = headings.recognise(heading)
        return target.key if target is not None else None

    return field_of


def _split(heading: str) -> tuple[str, str | None]:
    """Name and unit of `产生量（吨）`."""
    text = plain(heading)
    found = _WITH_UNIT.fullmatch(text)
    if found is None or (found["per"] and units.unit_named(found["per"]) is None):
        return text, None
    return found["name"] or found["named"], found["unit"] or found["per"]


@dataclass(frozen=True)
class HeadingRows:
    """Heading rows of a sheet: the first one, how many, and which column is what."""

    start: int
    depth: int
    targets: dict[int, Target]

    @property
    def end(self) -> int:
        """Index of the first row below."""
        return self.start + self.depth

    @property
    def keys(self) -> set[str]:
        """Keys of all columns found."""
        return {t.key for t in self.targets.values()}
