"""What was said of a plan after it was issued, for readers: targets, settings, places, breakdowns, typed reasons."""

from __future__ import annotations

from analytics.catalog import Catalog
from analytics.catalog.models import Sourced
from analytics.catalog.plan import Breakdown, GivenPlaces, GivenSetting, GivenTarget, Plan, TypedReason
from analytics.present import numbers, words
from analytics.present.tables import Cell, Column, Table, or_one, toned
from analytics.present.targets import figure_name, long_date, promised
from analytics.present.words import either

_MOST_PLACES = 12


def said_since(plan: Plan, catalog: Catalog, lang: str) -> Table:
    """Everything that was given for the plan after it was issued, with its source and its date."""
    said = catalog.said_since(plan)
    entries: list[Sourced] = [*said.targets, *said.settings, *said.place_sets, *said.breakdowns]
    rows: list[list[Cell]] = []
    for entry in entries:
        what, value = in_words(entry, plan, catalog, lang)
        rows.append([what, toned(value, "strong"), entry.source, long_date(entry.date, lang)])
    labels = either(lang, "内容|给出的值|来源|日期", "What|Value given|Source|Date").split("|")
    columns = [Column(n, "left", w) for n, w in zip(labels, (2.2, 1.9, 1.5, 1.2), strict=True)]
    nothing = either(lang, "计划之外没有给出目标、设定、地域与任务分解", "Nothing was given beside the plan")
    title = either(lang, "计划之外给出的目标、设定、地域与分解", "Given beside the plan")
    return Table(title, columns, or_one(rows, nothing, len(columns)))


def in_words(entry: Sourced, plan: Plan, catalog: Catalog, lang: str) -> tuple[str, str]:
    """What was given, and the value of it."""
    if isinstance(entry, GivenTarget):
        target = catalog.target(entry.code, plan)
        value = promised(target, entry.value, catalog.indicators[target.indicator].unit, lang)
        kind = either(lang, "工作参照值（不计）", "working figure (does not count)") if entry.is_working else ""
        kind = kind or either(lang, "目标", "target")
        return _about(entry, kind, plan, catalog, lang), value
    if isinstance(entry, GivenSetting):
        setting, chosen = plan.settings[entry.setting], entry.value
        value = setting.choices[chosen].in_language(lang) if isinstance(chosen, str) else numbers.print_exact(chosen)
        return setting.label.in_language(lang), value
    if isinstance(entry, GivenPlaces):
        return plan.place_sets[entry.place_set].label.in_language(lang), _listed(entry.places, catalog, lang)
    if isinstance(entry, Breakdown):
        unit = catalog.indicators[catalog.target(entry.code, plan).indicator].unit
        shown = {a: words.with_unit(numbers.print_exact(v), unit, lang) for a, v in entry.values.items()}
        parts = [f"{catalog.areas[a].name.in_language(lang)} {v}" for a, v in shown.items()]
        kind = either(lang, "任务分解", "breakdown")
        return _about(entry, kind, plan, catalog, lang), words.joined(parts, lang)
    if isinstance(entry, TypedReason):
        area = catalog.areas[entry.area].name.in_language(lang)
        why = words.word("typed_cause", entry.cause, lang)
        due = long_date(entry.due, lang)
        value = either(
            lang,
            f"{entry.text}；措施：{entry.measure}（{due}前）；{entry.signed_by}",
            f"{entry.text}; measure: {entry.measure} (by {due}); {entry.signed_by}",
        )
        return either(lang, f"{area}所填原因（{why}）", f"Reason typed for {area} ({why})"), value
    raise TypeError(type(entry).__name__)


def _about(entry: GivenTarget | Breakdown, kind: str, plan: Plan, catalog: Catalog, lang: str) -> str:
    name = figure_name(catalog.target(entry.code, plan), catalog, lang)
    return either(lang, f"{entry.code} {name}{entry.year}年{kind}", f"{entry.code} {name}, {entry.year}: {kind}")


def _listed(places: list[str], catalog: Catalog, lang: str) -> str:
    names = [catalog.areas[p].name.in_language(lang) for p in places]
    if len(names) <= _MOST_PLACES:
        return words.joined(names, lang)
    few = words.joined(names[:_MOST_PLACES], lang)
    return either(lang, f"{few}等{len(names)}个", f"{few} and {len(names) - _MOST_PLACES} more")
