"""The lists of `qinghe received` as people read them, in one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from analytics.present.words import either, word

if TYPE_CHECKING:
    from analytics.catalog import Catalog

_MOST_PLACES = 6
_HEADS = {
    "received": ("收到", "received"),
    "department": ("部门", "department"),
    "form": ("报表", "form"),
    "area": ("地区", "area"),
    "period": ("期间", "period"),
    "file": ("文件", "file"),
    "rows": ("数据行", "rows"),
    "rows_of_period": ("行数", "rows"),
    "aside": ("暂不采用", "set aside"),
    "corrected": ("更正", "corrected"),
    "outcome": ("结果", "outcome"),
    "note": ("备注", "note"),
    "why": ("原因", "reason"),
    "before": ("上一份", "file before"),
    "year_before": ("上年同期", "year before"),
    "due": ("应报日期", "due"),
    "state": ("情形", "state"),
    "told": ("已报", "told"),
    "silent": ("未报送的对象", "not told of"),
}
_OUTCOMES = {
    "counts": ("已采用", "counts"),
    "replaced": ("已被取代", "replaced"),
    "replaced in part": ("部分被取代", "replaced in part"),
    "refused": ("整份退回", "refused"),
}
_NOTES = {
    "is_put_right": ("收到时退回，更正后采用", "refused when it came, counts as corrected"),
    "is_again": ("同一份再次报送", "the same file again"),
    "tells_other_period": ("表题所说是另一期", "its title tells another period"),
    "has_jump": ("行数突变", "row count jumps"),
}
_UNBROKEN = ("received", "rows", "rows_of_period", "due", "told")
_BY_WORDS = ("area", "period", "corrected")


@dataclass(frozen=True)
class Listed:
    """A list with its title, the columns whose cells stay on one line, and those broken between words alone."""

    title: str
    rows: list[dict[str, Any]]
    unbroken: tuple[str, ...]
    by_words: tuple[str, ...]


class ReceivedTables:
    """The lists in a language, `zh` or `en`."""

    def __init__(self, catalog: Catalog, lang: str) -> None:
        self._catalog, self._lang = catalog, lang

    def all(
        self,
        files: Sequence[Mapping[str, Any]],
        unknown: Sequence[Mapping[str, Any]],
        jumps: Sequence[Mapping[str, Any]],
        outstanding: Sequence[Mapping[str, Any]],
        *,
        year: int,
    ) -> Iterator[Listed]:
        """What came in; why files were refused, of which form nobody knows, whose rows jump; what is outstanding."""
        yield self._list("收到的报送", "Received", [self._file(row) for row in files])
        refused = [self._refused(row) for row in files if row["outcome"] == "refused" and not row["replaced_by"]]
        if refused:
            yield self._list("退回的原因", "Why files were refused", refused)
        if unknown:
            zh = "退回的未识别报表：请加 --source 重新接收"
            en = "Refused, and of no known form: receive them again with --source"
            yield self._list(zh, en, [self._unknown(row) for row in unknown])
        if jumps:
            yield self._list("行数突变", "Row counts that jump", [self._jump(row) for row in jumps])
        yield self._list(f"{year}年尚未报齐", f"Outstanding of {year}", self._together(outstanding))

    def _list(self, zh: str, en: str, rows: list[dict[str, Any]]) -> Listed:
        named = [{self._say(_HEADS[name]): cell for name, cell in row.items()} for row in rows]
        unbroken, by_words = (tuple(self._say(_HEADS[name]) for name in names) for names in (_UNBROKEN, _BY_WORDS))
        return Listed(self._say((zh, en)), named, unbroken, by_words)

    def _say(self, words: tuple[str, str]) -> str:
        return either(self._lang, *words)

    def _form(self, row: Mapping[str, Any]) -> str:
        return self._catalog.sources[row["source"]].label.in_language(self._lang)

    def _area(self, row: Mapping[str, Any]) -> str:
        known = self._catalog.areas.get(row["area_id"])
        return known.name.in_language(self._lang) if known else ""

    def _file(self, row: Mapping[str, Any]) -> dict[str, Any]:
        aside = [
            (row["rows_set_aside"], ("{}行", "{} row(s)")),
            (row["cells_set_aside"], ("{}个监测值", "{} reading(s)")),
        ]
        return {
            "received": row["received"],
            "department": row["department"],
            "form": self._form(row),
            "area": self._area(row),
            "period": self._span(row),
            "file": row["file"],
            "rows": row["rows_delivered"],
            "aside": self._joined(self._say(words).format(count) for count, words in aside if count),
            "corrected": row["cells_corrected"] or None,
            "outcome": self._outcome(row),
            "note": self._joined(self._say(words) for name, words in _NOTES.items() if row[name]),
        }

    def _joined(self, parts: Iterator[str]) -> str:
        return self._say(("、", ", ")).join(parts)

    def _outcome(self, row: Mapping[str, Any]) -> str:
        later = zip(row["replaced_by"], row["replaced_on"], strict=True)
        by = self._joined(iter(dict.fromkeys(self._later(name, day, row) for name, day in later)))
        refused = row["outcome"] == "refused"
        zh, en = (f"（后由 {by} 更正）", f", put right by {by}") if refused else (f"（{by}）", f" by {by}")
        return self._say(_OUTCOMES[row["outcome"]]) + (self._say((zh, en)) if by else "")

    def _later(self, name: str, day: date, row: Mapping[str, Any]) -> str:
        """The name of a later file; of one that is called as this also the day on which it came, where that differs."""
        is_plain = name != row["file"] or day == row["received"]
        return name if is_plain else self._say((f"{day}收到的{name}", f"{name} of {day}"))

    def _span(self, row: Mapping[str, Any]) -> str:
        """What the file was said to be about, else the periods of its rows."""
        ends = dict.fromkeys(p for p in (row["first_period"], row["last_period"]) if p)
        return row["period"] or self._say((" 至 ", " to ")).join(ends)

    def _refused(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {"file": row["file"], "form": self._form(row), "why": self._say((row["reason_zh"], row["reason"]))}

    def _unknown(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {name: row[name] for name in ("received", "department", "file")} | {
            "why": self._say((row["reason_zh"] or row["reason"], row["reason"]))
        }

    def _jump(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "form": self._form(row),
            "area": self._area(row),
            "period": row["period"],
            "file": row["file"],
            "rows_of_period": row["rows"],
            "before": held_against(row["rows_before"], row["change_pct"]),
            "year_before": held_against(row["rows_year_before"], row["change_of_year_pct"]),
        }

    def _together(self, outstanding: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """A line for each form and period; periods of a form that stand alike are one."""
        alike: dict[tuple[Any, ...], dict[str, Any]] = {}
        for row in map(self._open, outstanding):
            key = tuple(value for name, value in row.items() if name != "period")
            if key in alike:
                alike[key]["period"] += self._say(("、 ", ", ")) + row["period"]
            else:
                alike[key] = row
        return list(alike.values())

    def _open(self, row: Mapping[str, Any]) -> dict[str, Any]:
        nothing = self._say(("无", "nothing"))
        return {
            "department": self._catalog.called([row["department"]], self._lang)[0],
            "form": self._form(row),
            "period": row["period"],
            "due": row["due"] or word("standing", "no_date_set", self._lang),
            "state": word("standing", row["state"], self._lang) if row["due"] or row["state"] == "not_over" else "",
            "told": f"{row['told']} / {row['expected']}" if row["expected"] is not None else nothing,
            "silent": self._places(row),
        }

    def _places(self, row: Mapping[str, Any]) -> str:
        """Members that nobody told of: all, by name where they are few or works, else how many of each city."""
        if row["expected"] and not row["told"]:
            return self._say((f"全部{row['expected']}个", f"all {row['expected']}"))
        if len(row["missing"]) <= _MOST_PLACES or self._catalog.sources[row["source"]].undertaking:
            return self._joined(iter(row["missing_names"]))
        cities = [self._catalog.city_of(area) for area in row["missing_areas"]]
        names = {c: self._catalog.areas[c].name.in_language(self._lang) if c else "" for c in dict.fromkeys(cities)}
        others = self._say(("其他", "others "))
        return self._joined(iter(f"{name or others}{self._gap(name)}{cities.count(c)}" for c, name in names.items()))

    def _gap(self, name: str) -> str:
        return " " if name and self._lang == "en" else ""


def held_against(before: int | None, change: float | None) -> str:
    """How many rows there were before, and the change since [%]; empty where there is nothing to compare."""
    return "" if before is None or change is None else f"{before} ({change:+.0f} %)"
