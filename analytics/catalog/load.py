"""Reads and checks the catalog; a rejection names file, line, key, rule and a good example."""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from analytics.catalog import method, models
from analytics.catalog.catalog import Catalog
from analytics.catalog.check import problems
from analytics.catalog.compensation import Compensation
from analytics.catalog.indicator import Indicator
from analytics.catalog.plan import Given, Plan
from analytics.catalog.problem import Problem
from analytics.catalog.quality_index import QualityIndex
from analytics.catalog.rank_trend import RankTrend
from analytics.catalog.standard import Standard
from analytics.catalog.trend_test import TrendTest
from analytics.catalog.worked import WorkedExample
from analytics.catalog.yaml_lines import Lines, key_written_twice
from analytics.errors import CatalogError
from analytics.runs import digest

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
    _Room("parameters", "parameters/*.yml", "mapping", models.Parameter),
    _Room("registers", "registers.yml", "mapping", models.Register),
    _Room("items", "items.yml", "mapping", models.Item),
    _Room("waters", "waters.yml", "mapping", models.Water),
    _Room("areas", "places/*.yml", "list", models.Area),
    _Room("standards", "standards/*.yml", "single", Standard),
    _Room("ratings", "methods/rating_*.yml", "single", method.SurfaceRating),
    _Room("load_methods", "methods/load_*.yml", "single", method.LoadMethod),
    _Room("flow_methods", "methods/ecological_flow*.yml", "single", method.EcologicalFlow),
    _Room("trophic_indices", "methods/trophic_*.yml", "single", method.TrophicIndex),
    _Room("city_indices", "methods/city_index_*.yml", "single", method.CityIndex),
    _Room("black_odorous", "methods/black_odorous_*.yml", "single", method.BlackOdorous),
    _Room("source_assessments", "methods/drinking_sources*.yml", "single", method.SourceAssessment),
    _Room("plant_assessments", "methods/sewage_plants*.yml", "single", method.PlantAssessment),
    _Room("detection_limits", "methods/detection_limits*.yml", "single", method.DetectionLimits),
    _Room("compensations", "methods/compensation_*.yml", "single", Compensation),
    _Room("station_flags", "methods/station_flags_*.yml", "single", method.StationFlags),
    _Room("rank_trends", "methods/rank_trend_*.yml", "single", RankTrend),
    _Room("trend_tests", "methods/trend_tests*.yml", "list", TrendTest),
    _Room("quality_indices", "methods/ccme_*.yml", "single", QualityIndex),
    _Room("sources", "sources/*.yml", "single", models.Source),
    _Room("due", "due.yml", "mapping", models.DueDate),
    _Room("indicators", "indicators/*.yml", "list", Indicator),
    _Room("plans", "plans/*.yml", "single", Plan),
    _Room("given", "given/*.yml", "single", Given),
    _Room("worked", "worked/*.yml", "list", WorkedExample),
)


def catalog_files(overlay: Path | None = None) -> list[Path]:
    """Every file that the catalog is read from, the shipped ones first."""
    roots = [SHIPPED, *([overlay] if overlay and overlay.is_dir() else [])]
    return [f for root in roots for room in _ROOMS for f in sorted(root.glob(room.glob))]


def catalog_digest(overlay: Path | None = None) -> str:
    """Hash of every file that the catalog is read from."""
    return digest([f.read_bytes() for f in catalog_files(overlay)])


def load_catalog(overlay: Path | None = None) -> Catalog:
    """The shipped catalog with what the folder `overlay` adds, checked as a whole.

    Raises `CatalogError` at the first file that breaks a rule.
    """
    _refuse_unread(overlay)
    entries: dict[str, dict[str, Any]] = {room.attribute: {} for room in _ROOMS}
    origins: dict[tuple[str, str], Path] = {}
    for root in [SHIPPED, *([overlay] if overlay and overlay.is_dir() else [])]:
        for room in _ROOMS:
            for file in sorted(root.glob(room.glob)):
                for key, entry in _entries(file, room, is_shipped=root is SHIPPED).items():
                    if key in entries[room.attribute] and not _takes_the_place(entry, origins[room.attribute, key]):
                        raise _has_this_id(file, key, room, origins[room.attribute, key])
                    entries[room.attribute][key] = entry
                    origins[room.attribute, key] = file
    catalog = Catalog(**entries)
    for problem in problems(catalog):
        raise _broken(problem, origins)
    return catalog


def _has_this_id(file: Path, key: str, room: _Room, first: Path) -> CatalogError:
    rule = f"{room.attribute} has this id already, in {first.name}"
    return _reject(file, [key], rule, "", room, zh=f"编号 {key} 重复，{_shown(first)} 中已有：请改用别的编号")


def _takes_the_place(entry: models.Entry, of: Path) -> bool:
    """Whether an entry of a workspace may stand for the shipped one of its id: a regulation that says by what."""
    return isinstance(entry, models.Regulation) and entry.given is not None and of.is_relative_to(SHIPPED)


def _refuse_unread(overlay: Path | None) -> None:
    """A file of the workspace's catalog that no room reads would be lost without a word."""
    if overlay is None or not overlay.is_dir():
        return
    read = set(catalog_files(overlay))
    for file in sorted(overlay.rglob("*")):
        if file.is_file() and file.suffix.lower() in (".yml", ".yaml") and file not in read:
            raise CatalogError(
                "Nobody reads this file of the catalog.",
                where=_shown(file),
                found=file.relative_to(overlay).as_posix(),
                expected="one of " + ", ".join(room.glob for room in _ROOMS),
                next_step="Move or rename it, or take it out of the catalog.",
                zh=f"{_shown(file)} 没有程序会读：请移到应在的文件夹，或改名，或移出 catalog",
            )


def _broken(problem: Problem, origins: Mapping[tuple[str, str], Path]) -> CatalogError:
    """The error for a rule between entries, at the line of the entry that breaks it."""
    room = next(room for room in _ROOMS if room.attribute == problem.room)
    file = origins[problem.room, problem.entry]
    inside: list[Any] = [problem.entry] if room.shape == "mapping" else []
    if room.shape == "list":
        ids = [entry for (name, entry), origin in origins.items() if name == problem.room and origin == file]
        inside = [ids.index(problem.entry)]
    return _reject(file, [*inside, *problem.location], problem.rule, problem.found, room)


def _entries(file: Path, room: _Room, *, is_shipped: bool) -> Mapping[str, models.Entry]:
    """The file's entries by id; those of a shipped file that did not change are read once a process."""
    if not is_shipped:
        return _read(file, room)
    found = file.stat()
    return _read_once(file, room, (found.st_mtime_ns, found.st_size))


@cache
def _read_once(file: Path, room: _Room, _as_found: tuple[int, int]) -> Mapping[str, models.Entry]:
    return _read(file, room)


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
            zh = f"编号 {key} 在本文件中重复：请把其中一条改用别的编号"
            raise _reject(file, location, "two entries have this id", key, room, zh=zh)
        result[key] = entry
    return result


def _parse(file: Path) -> Any:
    try:
        return YAML(typ="safe").load(file)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark else 0
        problem = str(error.problem).split("\n")[0]
        twice = key_written_twice(error)
        raise CatalogError(
            "The catalog file is not valid YAML.",
            where=f"{_shown(file)}, line {line}",
            found=problem,
            expected="for example: label: {zh: 氨氮, en: Ammonia nitrogen}",
            next_step="Mend that line; every key may stand once.",
            zh=f"{_shown(file)} 第{line}行"
            + (f"：“{twice}”写了两次，只能写一次，请删去或改名" if twice else "不是正确的 YAML 写法，请改正"),
        ) from None
    except RecursionError:
        raise CatalogError(
            "The catalog file is nested too deep.",
            where=_shown(file),
            expected="lists and mappings a few levels deep",
            next_step="Write it as the shipped files are written.",
        ) from None
    except (YAMLError, ValueError, OSError) as error:
        raise CatalogError(
            "The catalog file cannot be read.",
            where=_shown(file),
            found=str(error).split("\n")[0],
            expected="a YAML file in UTF-8, its dates such as 2021-10-31",
            next_step="Mend the file, or save it as UTF-8, and try again.",
            zh=f"{_shown(file)} 无法读取：不是 UTF-8 编码的 YAML，或其中的日期不存在",
        ) from None


def _from_pydantic(file: Path, location: list[str | int], error: ValidationError, room: _Room) -> CatalogError:
    first = min(error.errors(), key=lambda e: e["type"] == "missing")
    # A union of shapes puts the names of the shapes between the keys.
    *path, last = first["loc"] or ("",)
    inner = [part for part in path if part not in _names_of_models()] + ([last] if first["loc"] else [])
    rule = first["msg"].removeprefix("Value error, ")
    given = first["input"]
    found = "" if first["type"] == "missing" or isinstance(given, dict) else reprlib.repr(given)
    if first["type"] == "extra_forbidden":
        allowed = _allowed_keys(room.model, inner[:-1])
        near = difflib.get_close_matches(str(inner[-1]), allowed, n=1, cutoff=0.4)
        rule = "unknown key" + (f"; did you mean {near[0]}?" if near else "")
        found = str(inner[-1])
    return _reject(file, [*location, *inner], rule, found, room)


def _names_of_models() -> set[str]:
    """Names of every typed shape of an entry."""
    found, waiting = set(), [models.Entry]
    while waiting:
        model = waiting.pop()
        found.add(model.__name__)
        waiting += model.__subclasses__()
    return found


def _reject(file: Path, location: list[Any], rule: str, found: str, room: _Room, *, zh: str = "") -> CatalogError:
    """The error for a rule that the file breaks; what it is called in Chinese, where it has a name there (`zh`)."""
    line = Lines(file).of(location)
    key = ".".join(str(part) for part in location)
    example = _good_example(room, location)
    return CatalogError(
        f"The catalog breaks a rule: {rule}",
        where=f"{_shown(file)}, line {line}, key {key or '(whole file)'}",
        found=found,
        expected=f"for example\n    {example}" if example else "",
        next_step="Mend that key; `qinghe plan --lint` reads the whole catalog.",
        zh=f"{_shown(file)} 第{line}行"
        + ("" if key.isdigit() else f"（{key or '整份文件'}）")
        + "不合规定"
        + (f"：{zh}" if zh else "，详见下文")
        + "。改好后用 qinghe plan --lint 检查",
    )


def _shown(file: Path) -> str:
    try:
        return "catalog/" + file.relative_to(SHIPPED).as_posix()
    except ValueError:
        return "workspace catalog/" + "/".join(file.parts[file.parts.index("catalog") + 1 :])


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
    shown = sorted(SHIPPED.glob(room.glob)) or sorted(SHIPPED.glob(f"examples/{room.attribute}.yml"))
    for file in shown:
        for line in file.read_text(encoding="utf-8").splitlines():
            bare = line.strip().removeprefix("- ").removeprefix("{")
            if not bare.startswith("#") and wanted and bare.startswith(f"{wanted}:"):
                return line.strip()
    for file in shown:
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                return line.strip()
    return ""
