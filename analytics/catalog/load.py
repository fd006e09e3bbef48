"""Reads and checks the catalog; a rejection names file, line, key, rule and a good example."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from analytics import units
from analytics.catalog import models
from analytics.errors import CatalogError, UsageError

SHIPPED = Path(__file__).parent
_Shape = Literal["mapping", "list", "single"]


@dataclass(frozen=True)
class _Room:
    """One family of files: where they lie, how they are shaped and what they hold."""

    attribute: str
    glob: str
    shape: _Shape
    model: type[models.Entry]


_ROOMS = (
    _Room("references", "references.yml", "mapping", models.Reference),
    _Room("departments", "departments.yml", "mapping", models.Department),
    _Room("fields", "fields.yml", "mapping", models.FieldSpec),
    _Room("parameters", "parameters.yml", "mapping", models.Parameter),
    _Room("waters", "waters.yml", "mapping", models.Water),
    _Room("areas", "places/*.yml", "list", models.Area),
    _Room("standards", "standards/*.yml", "single", models.Standard),
    _Room("sources", "sources/*.yml", "single", models.Source),
    _Room("indicators", "indicators/*.yml", "list", models.Indicator),
    _Room("plans", "plans/*.yml", "single", models.Plan),
)
# Registers that the catalog itself provides; all others are delivered.
BUILT_IN_REGISTERS = {"counties": "county", "cities": "city"}


@dataclass(frozen=True)
class Catalog:
    """Everything that is declared, by id."""

    references: Mapping[str, models.Reference] = field(default_factory=dict)
    departments: Mapping[str, models.Department] = field(default_factory=dict)
    fields: Mapping[str, models.FieldSpec] = field(default_factory=dict)
    parameters: Mapping[str, models.Parameter] = field(default_factory=dict)
    waters: Mapping[str, models.Water] = field(default_factory=dict)
    areas: Mapping[str, models.Area] = field(default_factory=dict)
    standards: Mapping[str, models.Standard] = field(default_factory=dict)
    sources: Mapping[str, models.Source] = field(default_factory=dict)
    indicators: Mapping[str, models.Indicator] = field(default_factory=dict)
    plans: Mapping[str, models.Plan] = field(default_factory=dict)

    def source(self, name: str) -> models.Source:
        """The source of that id; `UsageError` with the nearest one where there is none."""
        if name not in self.sources:
            raise _unknown("source", name, list(self.sources))
        return self.sources[name]

    def plan_for(self, year: int) -> models.Plan:
        """The plan that promises for the year."""
        for plan in self.plans.values():
            if year in plan.years:
                return plan
        years = sorted({y for p in self.plans.values() for y in p.years})
        raise UsageError(
            f"No plan promises anything for {year}.",
            expected="one of " + ", ".join(map(str, years)),
            next_step="Give one of these years, or add a plan under catalog/plans/.",
        )

    def plan_near(self, year: int) -> models.Plan:
        """The plan of the year, else the one whose years lie nearest: for dispatches, which judge no promise."""
        return min(self.plans.values(), key=lambda plan: (min(abs(year - y) for y in plan.years), plan.id))

    def targets(self, plan: models.Plan) -> Iterator[tuple[models.Clause, models.Target]]:
        """Every target of the plan with its clause, in the plan's order."""
        for clause in plan.clauses:
            for target in clause.targets:
                yield clause, target

    def called(self, departments: Sequence[str], lang: str) -> list[str]:
        """Names of departments by their ids."""
        return [self.departments[d].name.in_language(lang) for d in departments]

    def parameter(self, word: str) -> str:
        """The key of the parameter of that key, name or alias; `UsageError` with the nearest one otherwise."""
        for key, entry in self.parameters.items():
            if word in (key, entry.label.zh, entry.label.en, *entry.aliases):
                return key
        raise _unknown("parameter", word, [*self.parameters, *(p.label.zh for p in self.parameters.values())])

    def water(self, name: str, lang: str) -> str:
        """A basin or river in a language; one that is not listed keeps its name."""
        return self.waters[name].name.in_language(lang) if name in self.waters else name

    def indicator(self, word: str) -> models.Indicator:
        """The indicator of that id or plan code; `UsageError` with the nearest one otherwise."""
        codes = {t.code: t.indicator for p in self.plans.values() for _, t in self.targets(p)}
        known = {name.casefold(): name for name in [*self.indicators, *codes]}
        if word.casefold() not in known:
            raise _unknown("indicator", word, list(known.values()))
        name = known[word.casefold()]
        return self.indicators[codes.get(name, name)]

    def area(self, word: str) -> models.Area:
        """The area of that code, or of that name where only one bears it."""
        if word in self.areas:
            return self.areas[word]
        named = [a for a in self.areas.values() if word in (a.name.zh, a.name.en, *a.aliases)]
        if len(named) == 1:
            return named[0]
        if named:
            raise UsageError(
                f"More than one area is called {word}.",
                expected=", ".join(f"{a.id} ({self.path_of(a)})" for a in named),
                next_step="Give the code.",
            )
        names = [n for a in self.areas.values() for n in (a.id, a.name.zh, a.name.en, *a.aliases)]
        raise _unknown("area", word, names)

    def area_of_plan(self, word: str, plan: models.Plan) -> models.Area:
        """The area of that code or name; `UsageError` where the plan does not cover it."""
        area = self.area(word)
        if not self.lies_in(area.id, plan.area):
            raise UsageError(
                f"{plan.title.en} does not cover {area.name.en}.",
                found=area.id,
                expected=f"{plan.area} or an area within it",
                next_step="Give another --area.",
            )
        return area

    def path_of(self, area: models.Area) -> str:
        """The area's name with those it lies in: 山西省晋城市城区."""
        above = self.path_of(self.areas[area.parent]) if area.parent else ""
        return above + area.name.zh

    def children(self, area_id: str, level: str) -> list[models.Area]:
        """Areas of `level` within the area, itself included, by code."""
        return sorted(
            (a for a in self.areas.values() if a.level == level and self.lies_in(a.id, area_id)),
            key=lambda a: a.id,
        )

    def lies_in(self, area_id: str, outer: str) -> bool:
        """Whether the area is the outer one or lies within it."""
        current: str | None = area_id
        while current is not None:
            if current == outer:
                return True
            current = self.areas[current].parent if current in self.areas else None
        return False


def _unknown(what: str, word: str, known: list[str]) -> UsageError:
    near = difflib.get_close_matches(word, known, n=3, cutoff=0.5)
    return UsageError(
        f"Unknown {what}: {word}",
        expected=("nearest: " + ", ".join(near)) if near else "one of " + ", ".join(known[:30]),
        next_step=f"Write the {what} as it is listed.",
    )


def catalog_files(overlay: Path | None = None) -> list[Path]:
    """Every file that the catalog is read from, the shipped ones first."""
    roots = [SHIPPED, *([overlay] if overlay and overlay.is_dir() else [])]
    return [f for root in roots for room in _ROOMS for f in sorted(root.glob(room.glob))]


def load_catalog(overlay: Path | None = None) -> Catalog:
    """The shipped catalog with what the folder `overlay` adds, checked as a whole.

    Raises `CatalogError` at the first file that breaks a rule.
    """
    entries: dict[str, dict[str, Any]] = {room.attribute: {} for room in _ROOMS}
    origins: dict[tuple[str, str], Path] = {}
    for root in [SHIPPED, *([overlay] if overlay and overlay.is_dir() else [])]:
        for room in _ROOMS:
            for file in sorted(root.glob(room.glob)):
                for key, entry in _read(file, room).items():
                    if key in entries[room.attribute]:
                        raise _reject(
                            file,
                            [key],
                            f"{room.attribute} has this id already, in {origins[room.attribute, key].name}",
                            "",
                            room,
                        )
                    entries[room.attribute][key] = entry
                    origins[room.attribute, key] = file
    catalog = Catalog(**entries)
    _check_references(catalog, origins)
    _check_claims(catalog, origins)
    _check_units(catalog, origins)
    return catalog


def _read(file: Path, room: _Room) -> dict[str, models.Entry]:
    """The file's entries by id; single-entry and list files carry the id within the entry."""
    raw = _parse(file)
    expected = {"mapping": dict, "list": list, "single": dict}[room.shape]
    if not isinstance(raw, expected):
        raise _reject(file, [], f"the file must hold a {room.shape}", type(raw).__name__, room)
    items: list[tuple[list[str | int], Any]]
    if room.shape == "mapping":
        items = [([key], value) for key, value in raw.items()]
    elif room.shape == "list":
        items = [([i], value) for i, value in enumerate(raw)]
    else:
        items = [([], raw)]
    result: dict[str, models.Entry] = {}
    for location, value in items:
        try:
            entry = room.model.model_validate(value)
        except ValidationError as error:
            raise _from_pydantic(file, location, error, room) from None
        key = str(location[0]) if room.shape == "mapping" else str(getattr(entry, "id"))  # noqa: B009
        if key in result:
            raise _reject(file, location, "two entries have this id", key, room)
        result[key] = entry
    return result


def _parse(file: Path) -> Any:
    try:
        return YAML(typ="safe").load(file)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark else 0
        problem = str(error.problem).split("\n")[0]
        raise CatalogError(
            "The catalog file is not valid YAML.",
            where=f"{_shown(file)}, line {line}",
            found=problem,
            expected="for example: label: {zh: 氨氮, en: Ammonia nitrogen}",
            next_step="Mend that line; every key may stand once.",
        ) from None
    except (YAMLError, ValueError, OSError) as error:
        raise CatalogError(
            "The catalog file cannot be read.",
            where=_shown(file),
            found=str(error).split("\n")[0],
            expected="a YAML file in UTF-8, its dates such as 2021-10-31",
            next_step="Mend the file, or save it as UTF-8, and try again.",
        ) from None


def _from_pydantic(file: Path, location: list[str | int], error: ValidationError, room: _Room) -> CatalogError:
    first = min(error.errors(), key=lambda e: e["type"] == "missing")
    inner = [part for part in first["loc"] if not (isinstance(part, str) and part[:1].isupper())]
    rule = first["msg"].removeprefix("Value error, ")
    given = first["input"]
    found = "" if first["type"] == "missing" or isinstance(given, dict) else repr(given)[:120]
    if first["type"] == "extra_forbidden":
        allowed = _allowed_keys(room.model, inner[:-1])
        near = difflib.get_close_matches(str(inner[-1]), allowed, n=1, cutoff=0.4)
        rule = "unknown key" + (f"; did you mean {near[0]}?" if near else "")
        found = str(inner[-1])
    return _reject(file, [*location, *inner], rule, found, room)


def _reject(file: Path, location: list[Any], rule: str, found: str, room: _Room) -> CatalogError:
    line = _line_of(file, location)
    key = ".".join(str(part) for part in location)
    example = _good_example(room, location)
    return CatalogError(
        f"The catalog breaks a rule: {rule}",
        where=f"{_shown(file)}, line {line}, key {key or '(whole file)'}",
        found=found,
        expected=f"for example\n    {example}" if example else "",
        next_step="Mend that key; `make check` reads the whole catalog.",
    )


def _shown(file: Path) -> str:
    try:
        return "catalog/" + file.relative_to(SHIPPED).as_posix()
    except ValueError:
        return "workspace catalog/" + "/".join(file.parts[file.parts.index("catalog") + 1 :])


def _line_of(file: Path, location: list[Any]) -> int:
    """The line of the deepest part of `location` that exists; this slow reader is for errors only."""
    node: Any = YAML(typ="rt").load(file)
    line = 1
    for part in location:
        try:
            marks: Any = node.lc
            at = marks.item(part) if isinstance(part, int) else marks.key(part)
            line = at[0] + 1
            node = node[part]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    return line


def _allowed_keys(model: type[models.Entry], location: list[Any]) -> list[str]:
    """Keys that the entry at `location` may have; walks the models by name."""
    current: Any = model
    for part in location:
        if isinstance(part, int) or not hasattr(current, "model_fields"):
            continue
        info = current.model_fields.get(part)
        current = next((m for m in _models_in(info.annotation) if info), current) if info else current
    return list(getattr(current, "model_fields", {}))


def _models_in(annotation: Any) -> Iterator[type[models.Entry]]:
    if isinstance(annotation, type) and issubclass(annotation, models.Entry):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models_in(argument)


def _good_example(room: _Room, location: list[Any]) -> str:
    """The same key as a shipped file has it, on one line."""
    wanted = next((p for p in reversed(location) if isinstance(p, str) and not p.isdigit()), None)
    for file in sorted(SHIPPED.glob(room.glob)):
        for line in file.read_text(encoding="utf-8").splitlines():
            bare = line.strip().removeprefix("- ").removeprefix("{")
            if not bare.startswith("#") and wanted and bare.startswith(f"{wanted}:"):
                return line.strip()
    for file in sorted(SHIPPED.glob(room.glob)):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                return line.strip()
    return ""


def _check_references(catalog: Catalog, origins: Mapping[tuple[str, str], Path]) -> None:
    """Every name that one entry gives of another must exist."""
    rooms = {room.attribute: room for room in _ROOMS}
    registers = set(BUILT_IN_REGISTERS) | {s.register_as.name for s in catalog.sources.values() if s.register_as}
    items = {
        item for s in catalog.sources.values() for item in [*(i.item for i in s.amounts), *(i.item for i in s.states)]
    } | {s.undertaking.item for s in catalog.sources.values() if s.undertaking}
    classes = {c for s in catalog.standards.values() for c in s.class_names}
    known: dict[str, set[str]] = {
        "reference": set(catalog.references),
        "department": set(catalog.departments),
        "field": set(catalog.fields),
        "parameter": set(catalog.parameters),
        "register": registers,
        "item": items,
        "indicator": set(catalog.indicators),
        "area": set(catalog.areas),
        "water class": classes,
    }
    for room_name, entry_id, location, what, name in _names_given(catalog):
        if name not in known[what]:
            near = difflib.get_close_matches(name, sorted(known[what]), n=1, cutoff=0.4)
            hint = f"; did you mean {near[0]}?" if near else ""
            room = rooms[room_name]
            path = [*([entry_id] if room.shape == "mapping" else []), *location]
            if room.shape == "list":
                ids = [e for (r, e) in origins if r == room_name and origins[r, e] == origins[room_name, entry_id]]
                path = [ids.index(entry_id), *location]
            raise _reject(origins[room_name, entry_id], path, f"there is no {what} {name}{hint}", name, room)


def _check_claims(catalog: Catalog, origins: Mapping[tuple[str, str], Path]) -> None:
    """What may be said once only: who promises for a year, what a code of a plan is, who delivers something."""
    rooms = {room.attribute: room for room in _ROOMS}
    first: dict[str, str] = {}
    for room_name, entry_id, location, what in _claims(catalog):
        if what in first:
            rule = f"{what} stands in {first[what]} already"
            raise _reject(origins[room_name, entry_id], location, rule, entry_id, rooms[room_name])
        first[what] = entry_id


def _claims(catalog: Catalog) -> Iterator[tuple[str, str, list[Any], str]]:
    """(room, entry, key, what is claimed)."""
    for plan in catalog.plans.values():
        for year in plan.years:
            yield "plans", plan.id, ["years"], f"the year {year} of {plan.area}"
        for c, clause in enumerate(plan.clauses):
            for t, target in enumerate(clause.targets):
                yield "plans", plan.id, ["clauses", c, "targets", t, "code"], f"{target.code} of plan {plan.id}"
    for source in catalog.sources.values():
        for key, declared in (("amounts", source.amounts), ("states", source.states)):
            for i, item in enumerate(declared):
                yield "sources", source.id, [key, i, "item"], f"item {item.item}"
        if source.undertaking:
            yield "sources", source.id, ["undertaking", "item"], f"item {source.undertaking.item}"
        if source.register_as:
            yield "sources", source.id, ["register_as", "name"], f"register {source.register_as.name}"


def _check_units(catalog: Catalog, origins: Mapping[tuple[str, str], Path]) -> None:
    """Units are known; a target is in the unit of its figure."""
    for attribute, entries in (("fields", catalog.fields), ("parameters", catalog.parameters)):
        for key, entry in entries.items():
            if entry.unit is not None and units.unit_named(entry.unit) is None:
                known = next(room for room in _ROOMS if room.attribute == attribute)
                rule = f"the unit is not known; known are {', '.join(units.known_units())}"
                raise _reject(origins[attribute, key], [key, "unit"], rule, entry.unit, known)
    room = next(room for room in _ROOMS if room.attribute == "plans")
    for plan in catalog.plans.values():
        for c, clause in enumerate(plan.clauses):
            for t, target in enumerate(clause.targets):
                unit = catalog.indicators[target.indicator].unit
                if target.unit != unit:
                    location = ["clauses", c, "targets", t, "unit"]
                    rule = f"{target.indicator} is in {unit}"
                    raise _reject(origins["plans", plan.id], location, rule, target.unit, room)


_Given = tuple[str, str, list[Any], str, str]


def _names_given(catalog: Catalog) -> Iterator[_Given]:
    """(room, entry, key, what, name) for every name of another entry."""
    yield from _names_in_areas(catalog)
    yield from _names_in_standards(catalog)
    yield from _names_in_sources(catalog)
    for indicator in catalog.indicators.values():
        yield from _names_in_indicator(indicator)
    for plan in catalog.plans.values():
        yield from _names_in_plan(plan)
    for room in ("standards", "sources", "indicators"):
        for entry in getattr(catalog, room).values():
            for name in entry.cites:
                yield room, entry.id, ["cites"], "reference", name


def _names_in_areas(catalog: Catalog) -> Iterator[_Given]:
    for area in catalog.areas.values():
        for key in ("parent", "successor"):
            if getattr(area, key):
                yield "areas", area.id, [key], "area", getattr(area, key)


def _names_in_standards(catalog: Catalog) -> Iterator[_Given]:
    for standard in catalog.standards.values():
        for i, limit in enumerate(standard.limits):
            yield "standards", standard.id, ["limits", i, "parameter"], "parameter", limit.parameter
        for key in ("base_items", "not_assessed"):
            for name in getattr(standard, key):
                yield "standards", standard.id, [key], "parameter", name


def _names_in_plan(plan: models.Plan) -> Iterator[_Given]:
    yield "plans", plan.id, ["area"], "area", plan.area
    for key, setting in plan.settings.items():
        for name in setting.cites:
            yield "plans", plan.id, ["settings", key, "cites"], "reference", name
    for c, clause in enumerate(plan.clauses):
        for key in ("lead", "cooperating", "responsible"):
            for name in getattr(clause, key):
                yield "plans", plan.id, ["clauses", c, key], "department", name
        for t, target in enumerate(clause.targets):
            at: list[Any] = ["clauses", c, "targets", t]
            yield "plans", plan.id, [*at, "indicator"], "indicator", target.indicator
            for name in target.lead:
                yield "plans", plan.id, [*at, "lead"], "department", name
            for place in target.places:
                yield "plans", plan.id, [*at, "places"], "area", place


def _names_in_sources(catalog: Catalog) -> Iterator[_Given]:
    for source in catalog.sources.values():
        yield "sources", source.id, ["department"], "department", source.department
        for i, column in enumerate(source.columns):
            yield "sources", source.id, ["columns", i, "field"], "field", column.field
        if source.readings:
            for name in [*source.readings.parameters, *source.readings.required]:
                yield "sources", source.id, ["readings", "parameters"], "parameter", name
        if source.entity:
            yield "sources", source.id, ["entity"], "register", source.entity.register_name
        named = [f.field for f in [*source.amounts, *source.states]]
        for name in named:
            yield "sources", source.id, [source.becomes + "s"], "field", name


def _names_in_indicator(indicator: models.Indicator) -> Iterator[_Given]:
    room, key = "indicators", indicator.id
    if indicator.population.register_name:
        yield room, key, ["population"], "register", indicator.population.register_name
    numerator = indicator.numerator
    if isinstance(numerator, models.NumeratorByAmount):
        yield room, key, ["numerator", "amount"], "item", numerator.amount
    elif isinstance(numerator, models.NumeratorByState):
        yield room, key, ["numerator", "state"], "item", numerator.state
    elif isinstance(numerator, models.NumeratorByStage):
        yield room, key, ["numerator", "undertaking"], "item", numerator.undertaking
    else:
        for name in numerator.water_class:
            yield room, key, ["numerator", "water_class"], "water class", name
    if isinstance(indicator.denominator, models.DenominatorByAmount):
        yield room, key, ["denominator", "amount"], "item", indicator.denominator.amount
