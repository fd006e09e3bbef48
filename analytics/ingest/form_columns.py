"""What each column of a form asks for, in the words of those who fill it in; all of it follows from the catalog."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from analytics import units
from analytics.asked import WATER, items_asked
from analytics.catalog import Catalog
from analytics.catalog.models import Column, FieldSpec, Parameter, Source
from analytics.ingest.headings import Headings
from analytics.periods import Period
from analytics.runs import digest

_LAYOUT_VERSION = "1"  # of what is around the columns
_NO_UNIT = "无量纲"
_YEAR = (1000, 9999)
_DAY = "2021-07-15"
_EXAMPLES = {
    "date": _DAY,
    "month": "2021-07",
    "register_year": "2021",
    "items": "5项",
    "stamp": "07-15 08:00",
}
_TENTH = 0.1  # of its range an example of a number lies above the least
Rule = Literal["any", "items", "list", "area", "number", "integer", "reading", "date", "month"]


@dataclass(frozen=True)
class Asked:
    """One column of a form: its heading, and what may stand in its cells.

    `least` and `most` are in the unit of the heading; `words` are the only ones of a list, those beside numbers of a
    reading. `area` is the column's declaration where it names a division. `waters` are the kinds of water of which a
    reading is required that is not of the others.
    """

    key: str
    heading: str
    is_required: bool
    meaning: str
    rule: Rule
    example: str
    unit: str = ""
    least: float | None = None
    most: float | None = None
    words: list[str] = field(default_factory=list)
    may_go_undetected: bool = False
    reason: str = ""
    area: Column | None = None
    waters: list[str] = field(default_factory=list)

    @property
    def limits(self) -> str:
        """What may stand in a cell, in one line."""
        between = f"{_grouped(self.least)}～{_grouped(self.most)}" if self.least is not None else ""
        between += f" {units.in_chinese(self.unit)}" if between and self.unit else ""
        said = {
            "any": "文字",
            "items": "监测项目的名称，几项用顿号隔开，如 氨氮、总磷；五项基本指标可只写 5项",
            "list": "从下拉列表中选：" + "、".join(self.words),
            "area": "从下拉列表中选行政区全称",
            "number": f"数字，{between}" if between else "数字",
            "integer": f"整数，{_spelled(self.least)}～{_spelled(self.most)}",
            "reading": f"数字，{between}" + "；未检出填检出限加L，如 0.01L" * self.may_go_undetected,
            "date": f"日期，如 {_DAY}" if self.example == _DAY else f"日期，{self.example}",
            "month": "月份，如 2021-07，从下拉列表中选",
        }
        beside = f"；也可填：{'、'.join(self.words)}" if self.rule == "reading" and self.words else ""
        return said[self.rule] + beside


def _spelled(value: float | None) -> str:
    return "" if value is None else f"{value:.10f}".rstrip("0").rstrip(".")


def _grouped(value: float | None) -> str:
    """The number with its thousands parted."""
    return "" if value is None else f"{value:,.10f}".rstrip("0").rstrip(".")


def columns_of(source: Source, catalog: Catalog) -> list[Asked]:
    """The columns of the form in their declared order, readings last."""
    asked = [_of_field(column, source, catalog) for column in source.columns if column.field != "file_date"]
    return [*asked, *_of_readings(source, catalog)]


def version_of(source: Source, catalog: Catalog) -> str:
    """Eight digits that change with the columns of the form and what they ask for."""
    asked = columns_of(source, catalog)
    return digest([_LAYOUT_VERSION, *(f"{a.key} {a.heading} {a.is_required} {a.limits}" for a in asked)])[:8]


def _of_field(column: Column, source: Source, catalog: Catalog) -> Asked:
    spec = catalog.fields[column.field]
    heading, unit = _heading_and_unit(column, spec, Headings(source, catalog))
    rule, least, most = _rule(spec)
    return Asked(
        key=column.field,
        heading=heading,
        is_required=column.required,
        meaning=spec.label.zh,
        rule=rule,
        example=_example(spec, unit),
        unit=unit,
        least=_in(unit, least, spec),
        most=_in(unit, most, spec),
        words=[code.label.zh for code in spec.choices.values()],
        reason=spec.reason,
        area=column if spec.type == "area" else None,
    )


def _heading_and_unit(column: Column, spec: FieldSpec, headings: Headings) -> tuple[str, str]:
    """The first declared heading and its unit; it is given that of the field where it says none."""
    first, unit = column.headers[0], spec.unit or ""
    known = headings.recognise(first)
    said = known.unit if known else None
    if not unit or (said and units.factor(said, unit) == 1.0):
        return first, unit
    return (first, said) if said else (f"{first}（{unit}）", unit)


def _in(unit: str, bound: float | None, spec: FieldSpec) -> float | None:
    """A bound of the field in the unit of the heading."""
    return bound if bound is None or not spec.unit else units.converted(bound, spec.unit, unit)


def _rule(spec: FieldSpec) -> tuple[Rule, float | None, float | None]:
    if spec.choices:
        return "list", None, None
    if spec.type in ("integer", "register_year"):
        least, most = _YEAR if spec.type == "register_year" else (0, None)
        return "integer", spec.minimum or least, spec.maximum or most
    rules: dict[str, Rule] = {name: name for name in ("number", "date", "month", "area", "items")}
    return rules.get(spec.type, "any"), spec.minimum, spec.maximum


def _example(spec: FieldSpec, unit: str) -> str:
    if spec.example:
        return spec.example
    if spec.choices:
        return next(iter(spec.choices.values())).label.zh
    if spec.type in ("number", "integer"):
        shown = _within(_in(unit, spec.minimum, spec) or 0, _in(unit, spec.maximum, spec) or 1)
        return shown if spec.type == "number" else f"{round(float(shown))}"
    return _EXAMPLES.get(spec.type, f"某{spec.label.zh}")


def _within(least: float, most: float) -> str:
    return f"{least + _TENTH * (most - least):.3g}" if most < 1000 else f"{least + _TENTH * (most - least):.0f}"


def _of_readings(source: Source, catalog: Catalog) -> Iterator[Asked]:
    if source.readings is None:
        return
    asked = items_asked(source, catalog)
    for name in source.readings.parameters:
        parameter = catalog.parameters[name]
        waters = [water for water, names in asked.items() if name in names]
        of_all = bool(asked) and len(waters) == len(asked)
        yield Asked(
            key=name,
            heading=f"{parameter.label.zh}（{_unit(parameter)}）",
            is_required=of_all or name in source.readings.required,
            meaning=parameter.label.zh,
            rule="reading",
            example=_example_of(name, parameter, catalog),
            unit="" if parameter.unit == "1" else parameter.unit,
            least=parameter.plausible.minimum,
            most=parameter.plausible.maximum,
            words=list(dict.fromkeys([*parameter.words, *source.readings.missing])),
            may_go_undetected=parameter.can_go_undetected,
            reason=parameter.reason,
            waters=[] if of_all else [catalog.fields[WATER].codes[water].label.zh for water in waters],
        )


def _unit(parameter: Parameter) -> str:
    return _NO_UNIT if units.unit_named(parameter.unit) == units.unit_named(_NO_UNIT) else parameter.unit


def _example_of(name: str, parameter: Parameter, catalog: Catalog) -> str:
    """A word, or the limit of a middle class in the first standard that has one: people know what it is about."""
    limits = parameter.plausible
    if parameter.example:
        return parameter.example
    if parameter.words:
        return next(iter(parameter.words))
    for bounded in (b for s in (catalog.surface_standard, *catalog.standards.values()) for b in s.limits):
        bounds = [float(bound) for bound in bounded.classes if isinstance(bound, int | float)]
        if bounded.parameter == name and bounds and units.same_kind(bounded.unit, parameter.unit):
            return _spelled(units.converted(bounds[len(bounds) // 2], bounded.unit, parameter.unit))
    half = parameter.mean == "hydrogen_ion"
    return f"{(limits.minimum + limits.maximum) / 2:g}" if half else _within(limits.minimum, limits.maximum)


def months_of(period: Period | None) -> list[str]:
    """The months of the period as the form writes them."""
    if period is None:
        return []
    first = period.start.year * 12 + period.start.month - 1
    last = period.end.year * 12 + period.end.month - 1
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(first, last + 1)]
