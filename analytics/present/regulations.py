"""The regulations in the method annex: limits, ratings, and what each leaves open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.check_standards import METHODS
from analytics.catalog.method import Rating
from analytics.catalog.models import Regulation
from analytics.catalog.standard import ChangeLimit, Limits, Standard
from analytics.present import numbers, words
from analytics.present.tables import Cell, Column, Table, or_one, toned
from analytics.present.targets import long_date
from analytics.present.words import either

__all__ = ["assumed_limits", "limits", "ratings", "regulations"]

_NOT_SEEN = "—"  # the number of a table or an item of which the source was not seen


def limits(standard: Standard, catalog: Catalog, lang: str) -> Table:
    """The limits of a standard as it has them, each with its item in the standard's table."""
    bounded = standard.class_names[:-1]
    rows: list[list[Cell]] = [
        [
            limit.item,
            _item_name(limit, standard, catalog, lang),
            words.unit(limit.unit, lang) or "—",
            *(_limit(limit, number, lang) for number in range(len(bounded))),
        ]
        for limit in standard.limits
    ]
    labels = [*either(lang, "条目|项目|单位", "No.|Item|Unit").split("|"), *bounded]
    weights = [0.6, 2.4, 1.0, *[1.0] * len(bounded)]
    columns = [
        Column(label, "left" if number < 3 else "right", weight)
        for number, (label, weight) in enumerate(zip(labels, weights, strict=True))
    ]
    number = "" if standard.table == _NOT_SEEN else either(lang, f" 表{standard.table}", f" table {standard.table}")
    title = f"{standard.title.in_language(lang)} {standard.document}{number}"
    return Table(title, columns, rows, _note(standard, catalog, lang))


def _note(standard: Standard, catalog: Catalog, lang: str) -> str:
    """What decides, and which items take no part."""
    best, last = standard.class_names[0], standard.class_names[-1]
    told = either(
        lang,
        f"恰在限值上的取较好的一级；超出“{standard.class_names[-2]}”限值的为“{last}”；最差的项目决定。",
        f"A value on a limit has the better class; beyond that of {standard.class_names[-2]} it is {last}; the worst "
        "item decides.",
    )
    if best == standard.class_names[-2]:
        told = either(lang, "恰在限值上的为符合。", "A value on a limit is within it.")
    if standard.not_assessed:
        left_out = words.joined([catalog.parameters[p].label.in_language(lang) for p in standard.not_assessed], lang)
        told += either(lang, f"{left_out}不参加评价。", f" {left_out} take no part.")
    return told + "".join(_change(limit, catalog, lang) for limit in standard.changes)


def _change(limit: ChangeLimit, catalog: Catalog, lang: str) -> str:
    """How far people may change an item."""
    name, mean = (text.in_language(lang) for text in (catalog.parameters[limit.parameter].label, limit.mean))
    rise, fall, unit = numbers.print_exact(limit.rise), numbers.print_exact(limit.fall), words.unit(limit.unit, lang)
    return either(
        lang,
        f"{name}（条目{limit.item}）不设浓度限值：人为造成的{mean}变化，升高不超过{rise} {unit}，"
        f"降低不超过{fall} {unit}；没有未受影响时的数据可比，不作判定。",
        f" {name} (item {limit.item}) has no limit of its own: people may raise its {mean} by at most {rise} {unit}, "
        f"and lower it by at most {fall} {unit}; what it would be without them is not delivered, so it is not judged.",
    )


def _item_name(limit: Limits, standard: Standard, catalog: Catalog, lang: str) -> str:
    """The item, and where its limits hold if that is not everywhere."""
    name = catalog.parameters[limit.parameter].label.in_language(lang)
    if len(limit.cases) == len(standard.cases):
        return name
    where = words.joined([standard.cases[case].in_language(lang) for case in limit.cases], lang)
    return either(lang, f"{name}（{where}）", f"{name} ({where})")


def _limit(limit: Limits, number: int, lang: str) -> str:
    if number >= len(limit.classes):
        return either(lang, "未规定", "not said")
    bound = limit.classes[number]
    if bound is None:
        return "—"
    if bound == "not_detected":
        return either(lang, "不得检出", "not detected")
    low, high = limit.span(number)
    if limit.direction == "within":
        return f"{numbers.print_exact(low)} ~ {numbers.print_exact(high)}"
    return f"≤ {numbers.print_exact(high)}" if limit.direction == "at_most" else f"≥ {numbers.print_exact(low)}"


def assumed_limits(marked: pl.DataFrame, catalog: Catalog, lang: str) -> Table:
    """Limits of detection that stood for a bare 未检出, with how many readings rest on each; only those used.

    `marked` has a row per method and parameter, as readings_marked gives it.
    """
    used = marked.filter(pl.col("limit_assumed") > 0).group_by("parameter").agg(pl.sum("limit_assumed"))
    rows: list[list[Cell]] = []
    for name, count in used.sort("parameter").iter_rows():
        limit = catalog.assumed_limit(name)
        if limit is None:
            raise KeyError(name)
        value = words.with_unit(numbers.print_exact(limit.limit), limit.unit, lang)
        rows.append(
            [catalog.parameters[name].label.in_language(lang), toned(value, "strong"), limit.method, f"{count:,}"]
        )
    labels = either(lang, "项目|假定的检出限|取自|监测值", "Item|Limit assumed|Taken from|Readings").split("|")
    columns = [
        Column(n, "right" if i in (1, 3) else "left", w)
        for i, (n, w) in enumerate(zip(labels, (1.6, 1.2, 2.4, 0.9), strict=True))
    ]
    note = either(
        lang,
        "只报“未检出”、未注明检出限的监测值，按目录所列常用方法中最高的检出限计，均值取其一半；目录未列检出限的项目不作假定，"
        "该值暂不采用，待补。",
        "A bare “not detected” is taken as below the highest limit of the common methods in the catalog, and enters a "
        "mean as half of it. Of an item without a limit there nothing is assumed: the reading is set aside until its "
        "limit is told.",
    )
    title = either(lang, "假定的检出限", "Limits of detection assumed")
    nothing = either(lang, "未检出的监测值均注明检出限", "Every limit of detection was told")
    return Table(title, columns, or_one(rows, nothing, len(columns)), note)


def ratings(catalog: Catalog, lang: str) -> Table:
    """When a river, basin or region is given which word."""
    rating = catalog.surface_rating
    rows: list[list[Cell]] = [
        [toned(r.word.in_language(lang), "strong"), _shares(rating.ratings[:number], r, lang)]
        for number, r in enumerate(rating.ratings)
    ]
    columns = [
        Column(label, "left", weight)
        for label, weight in zip(either(lang, "水质状况|判定条件", "Rating|Condition").split("|"), (1, 3), strict=True)
    ]
    count, change = rating.sections_for_shares, rating.change
    some, marked = (numbers.print_exact(points) for points in (change.some_points, change.marked_points))
    note = either(
        lang,
        f"自上而下，先符合者为准；比例不修约。参评断面不足{count}个的，先求各断面各项指标的均值，再按单因子评价。"
        f"变化：以优良比例之差减劣Ⅴ比例之差计，超过{some}个百分点为有所变化，超过{marked}个百分点为明显变化；"
        "与等级变化不一致的，取变化大的。",
        f"The first condition that holds decides; shares are not rounded. Of fewer than {count} sections assessed the "
        "means of each item over the sections are classed. Change: the difference in the share of good sections less "
        f"that in sections worse than class Ⅴ; beyond {some} points there is a change, beyond {marked} a marked one; "
        "where the steps of the rating say more, they count.",
    )
    return Table(
        either(lang, "河流、流域与区域的水质状况", "Ratings of rivers, basins and regions"), columns, rows, note
    )


def _shares(before: Sequence[Rating], rating: Rating, lang: str) -> str:
    """The whole condition of a rating: its own bounds, and those that no rating before it left."""
    good = either(lang, "优良比例", "good sections")
    worst = either(lang, "劣Ⅴ类比例", "sections worse than class Ⅴ")
    below = [r.good_at_least for r in before if r.good_at_least is not None]
    least = [r.worst_below for r in before if r.worst_below is not None]
    told = [
        (good, "≥", rating.good_at_least),
        (good, "<", min(below) if below else None),
        (worst, "≥", max(least) if least else None),
        (worst, "<", rating.worst_below),
    ]
    parts = [f"{what} {sign} {numbers.print_exact(bound)}%" for what, sign, bound in told if bound is not None]
    return either(lang, "，", ", ").join(parts)


def regulations(catalog: Catalog, lang: str) -> Table:
    """Every standard and method: where it stands, how sure that is, and what is set where its source is silent."""
    rows: list[list[Cell]] = [
        [
            entry.title.in_language(lang),
            words.joined([catalog.references[c].document or "—" for c in entry.cites[:1]], lang),
            words.word("certainty", entry.certainty, lang),
            _left_open(entry, lang),
        ]
        for entry in _entries(catalog)
    ]
    labels = either(
        lang,
        "标准与方法|文号|把握|未见原文或未定之处的设定",
        "Standard or method|Number|Certainty|Set where the source is silent or was not seen",
    )
    columns = [Column(n, "left", w) for n, w in zip(labels.split("|"), (2.0, 1.4, 1.1, 3.4), strict=True)]
    note = either(
        lang,
        "工作区可用同一编号的文件替换其中任何一项，须注明出处与日期；已替换的在此注明。",
        "A workspace may put another in the place of any of these, by the same id, with its source and date; those "
        "that were replaced are marked here.",
    )
    return Table(either(lang, "所依据的标准与方法", "Standards and methods"), columns, rows, note)


def _entries(catalog: Catalog) -> Iterator[Regulation]:
    for room in ("standards", *METHODS):
        yield from getattr(catalog, room).values()


def _left_open(entry: Regulation, lang: str) -> str:
    reason = entry.reason.in_language(lang)
    if entry.given is None:
        return reason
    by = f"{entry.given.source} {long_date(entry.given.date, lang)}"
    return either(lang, f"由文件替换：{by}。{reason}", f"Replaced by {by}. {reason}")
