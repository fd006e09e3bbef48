"""Reads `expectations/*.yml`; a rejection names file, line, key and what would be right."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import polars as pl
from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from analytics.catalog.models import Entry
from analytics.catalog.yaml_lines import Lines
from analytics.errors import CatalogError
from analytics.paths import shipped
from analytics.quality.declared import AnyDeclared
from analytics.quality.models import Adjustment, Check, CheckKind, Expectations, General, Rule, Scope

GENERAL = "general.yml"
_EXAMPLES = {
    "rules": "- {id: used_within_produced, severity: critical, columns: [manure_used_t], …}",
    "severity": "severity: critical",
    "columns": "columns: [manure_used_t, manure_produced_t]",
    "rule": "rule: manure_used_t <= manure_produced_t",
    "message": "message: {zh: 利用量不得大于产生量, en: Use is within what was produced}",
    "cross_row": "- {id: months_not_copied, columns: [ph, …], same_for: 2, severity: warning, …}",
    "year_on_year": "- {id: produced_near_last_year, column: manure_produced_t, factor: 2, floor: 10000, …}",
    "distribution": "- {id: ph_median, column: ph, fewest: 20, median: [6, 9], severity: warning, …}",
    "calendar": "- {id: months_complete, register_name: sections, cadence: month, severity: warning, …}",
    "since": 'since: "2021"',
    "adjust": '- {check: stamp_present, unless: ph IS NULL, reason: …, since: "2021"}',
}
# What the keys of a file declare, and what a check of that kind speaks of.
_KEYS: dict[str, tuple[CheckKind, Scope]] = {
    "rules": ("rule", "row"),
    "cross_row": ("cross_row", "row"),
    "year_on_year": ("year_on_year", "cell"),
    "distribution": ("distribution", "file"),
    "calendar": ("calendar", "file"),
}
_Model = TypeVar("_Model", bound=Entry)


def general_file(expectations: Path | None) -> Path:
    """The rules for every source: those beside the source's own file, else the shipped ones."""
    beside = expectations.parent / GENERAL if expectations else None
    return beside if beside and beside.is_file() else shipped("expectations", GENERAL)


def read_general(expectations: Path | None) -> General:
    """What holds for every source."""
    return _read(general_file(expectations), General)


def read_expectations(file: Path, *, source: str) -> Expectations:
    """What the file adds to the checks of the source; `CatalogError` where it is not for that source."""
    read = _read(file, Expectations)
    if read.source != source:
        raise _reject(file, ["source"], "the file is for another source", read.source, f"source: {source}")
    known: set[str] = set()
    for key, place, rule in _written(read):
        if rule.id in known:
            raise _reject(file, [key, place, "id"], "two rules have this id", rule.id)
        known.add(rule.id)
    return read


def _written(own: Expectations) -> Iterator[tuple[str, int, Rule | AnyDeclared]]:
    """Every check that the file adds, with its key and place there."""
    for key in _KEYS:
        for place, rule in enumerate(getattr(own, key)):
            yield key, place, rule


def with_own(
    declared: list[Check], own: Expectations, *, columns: Mapping[str, pl.DataType], file: Path
) -> list[Check]:
    """The checks of the catalog as the file adjusts them, then the file's rules as checks."""
    known = {c.id: c for c in declared}
    for place, adjustment in enumerate(own.adjust):
        where = ["adjust", place, "check"]
        if adjustment.check not in known:
            raise _reject(file, where, _nearest("check", adjustment.check, list(known)), adjustment.check)
        check = known[adjustment.check]
        if check.scope == "file":
            raise _reject(file, where, "a check of the whole file is not adjusted", adjustment.check)
        known[adjustment.check] = _adjusted(check, adjustment)
    for key, place, rule in _written(own):
        if rule.id in known:
            raise _reject(file, [key, place, "id"], "a check of the catalog has this id", rule.id)
        for column in rule.columns if isinstance(rule, Rule) else rule.reads:
            if column not in columns:
                words = _nearest("column", column, list(columns))
                raise _reject(file, [key, place, "columns"], words, column)
        for column in [] if isinstance(rule, Rule) else rule.numbers:
            if not columns[column].is_numeric():
                raise _reject(file, [key, place, "columns"], "the column holds no numbers", column)
    return [*known.values(), *(_as_check(key, rule) for key, _, rule in _written(own))]


def _adjusted(check: Check, adjustment: Adjustment) -> Check:
    return check.model_copy(
        update={
            "severity": adjustment.severity or check.severity,
            "unless": adjustment.unless or check.unless,
            "reason": adjustment.reason,
            "since": adjustment.since,
        }
    )


def _as_check(key: str, rule: Rule | AnyDeclared) -> Check:
    kind, scope = _KEYS[key]
    return Check(
        id=rule.id,
        kind=kind,
        severity=rule.severity,
        scope=rule.scope if isinstance(rule, Rule) else scope,
        columns=rule.columns,
        message=rule.message,
        expected={"": rule.message},
        rule=rule.rule if isinstance(rule, Rule) else "",
        reason=rule.reason,
        since=rule.since,
        declared=None if isinstance(rule, Rule) else rule,
    )


def _nearest(what: str, word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.4)
    return f"there is no {what} {word}" + (f"; did you mean {near[0]}?" if near else "")


def _read(file: Path, model: type[_Model]) -> _Model:
    raw = _parse(file)
    if not isinstance(raw, dict):
        raise _reject(file, [], "the file must hold keys and values", type(raw).__name__)
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        first = min(error.errors(), key=lambda e: e["type"] == "missing")
        rule = first["msg"].removeprefix("Value error, ")
        unknown = first["type"] == "extra_forbidden"
        rule = "unknown key" if unknown else rule
        shown = "" if isinstance(first["input"], dict | list) else repr(first["input"])[:120]
        found = str(first["loc"][-1]) if unknown else shown
        raise _reject(file, list(first["loc"]), rule, found) from None


def _parse(file: Path) -> Any:
    try:
        return YAML(typ="safe").load(file)
    except (YAMLError, UnicodeDecodeError, OSError) as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        raise CatalogError(
            "The expectations file cannot be read.",
            where=_shown(file) + (f", line {mark.line + 1}" if mark else ""),
            found=str(getattr(error, "problem", None) or error).split("\n")[0],
            expected="a YAML file in UTF-8, every key once",
            next_step="Mend that line and run `qinghe check` again.",
        ) from None


def _reject(file: Path, location: list[Any], rule: str, found: str, good: str = "") -> CatalogError:
    named = [part for part in reversed(location) if isinstance(part, str)]
    example = good or next((_EXAMPLES[part] for part in named if part in _EXAMPLES), "")
    return CatalogError(
        f"An expectations file breaks a rule: {rule}",
        where=f"{_shown(file)}, line {Lines(file).of(location)}, key "
        + (".".join(map(str, location)) or "(whole file)"),
        found=found,
        expected=f"for example\n    {example}" if example else "",
        next_step="Mend that key and run `qinghe check` again.",
    )


def _shown(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"
