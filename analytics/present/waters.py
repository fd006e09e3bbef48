"""Tables of rivers, basins and cities: how they are rated, how they changed, how the cities rank."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.compute.city_index import items_that_count
from analytics.present import numbers, words
from analytics.present.tables import Cell, Table, aligned, or_one, toned
from analytics.present.words import either

__all__ = ["city_ranking", "lakes", "quarters", "ratings", "section_changes"]

_QUARTERS = ("一", "二", "三", "四")
_MOST_NAMES = 3  # of sections in a remark


SCOPES = ("basin", "river", "city")


def ratings(waters: pl.DataFrame, sections: pl.DataFrame, scope: str, *, catalog: Catalog, lang: str) -> Table:
    """How each basin, river or city of `waters` (a year's rows of water_rating) is rated.

    The province stands above its basins. Where few sections are averaged, the main items are those of each section
    (`sections`, of the year).
    """
    kinds = ["province", "basin"] if scope == "basin" else [scope]
    mine = waters.filter(pl.col("scope_kind").is_in(kinds))
    order = ["scope_id"] if scope == "city" else ["sections_assessed", "scope_id"]
    rows: list[list[Cell]] = [
        [
            scope_name(row, catalog, lang),
            _counted(row, lang),
            _share("good", row),
            _share("worst", row),
            rating_cell(row, catalog, lang),
            _main_items(row, sections, catalog, lang),
            change_word(row, lang),
        ]
        for row in mine.sort(order, descending=[name == "sections_assessed" for name in order]).iter_rows(named=True)
    ]
    labels = either(
        lang,
        "参评断面|优良比例（%）|劣Ⅴ类比例（%）|水质状况|主要污染指标（断面超标率）|与上年相比",
        "Sections assessed|Good (%)|Worse than Ⅴ (%)|Rating|Main items (sections beyond class Ⅲ)|Since last year",
    )
    where = words.word("scope", scope, lang)
    columns = aligned([where, *labels.split("|")], "lcrrcll", (0.9, 0.8, 1.0, 0.85, 1.2, 2.7, 1.0))
    title = either(lang, f"水质状况（按{where}）", f"Ratings by {where.lower()}")
    nothing = either(lang, "没有断面数据", "No data of sections")
    return Table(title, columns, or_one(rows, nothing, len(columns)), _note_on_ratings(catalog, lang))


def _note_on_ratings(catalog: Catalog, lang: str) -> str:
    few = catalog.surface_rating.sections_for_shares
    return either(
        lang,
        f"参评断面不足{few}个的按各项指标的断面均值评价，不列比例，主要污染指标按断面列出（括号内为超标倍数）。断流断面不参评；"
        "类别未定，或有值暂不采用、有缺月的断面可能改变结果的，列出可能的范围。与上年相比只用两年都参评的断面。",
        f"With fewer than {few} sections assessed the means of the items over the sections decide, no shares are told, "
        "and the main items stand by section (in brackets the times by which they exceed). Sections without water are "
        "left out; where classes that are open, or months set aside or held back, may change a result, what it may be "
        "is given. The change since last year is that of the sections assessed in both.",
    )


def scope_name(row: Mapping[str, Any], catalog: Catalog, lang: str) -> str:
    """A basin or river in a language, an area by its name."""
    known = catalog.areas.get(row["scope_id"])
    return known.name.in_language(lang) if known else catalog.water(row["scope_id"], lang)


def _counted(row: Mapping[str, Any], lang: str) -> str:
    out = row["sections_left_out"]
    of = row["sections_assessed"] + row["sections_open"]
    told = f"{row['sections_assessed']}" if not row["sections_open"] else f"{row['sections_assessed']} / {of}"
    return told + (either(lang, f"（断流{out}）", f" ({out} dry)") if out else "")


def _share(of: str, row: Mapping[str, Any]) -> str:
    """A share of sections, or what it may be where classes are open; none where the means over few sections decide.

    A bound that is the share itself is printed like it.
    """
    if row["rated_by"] != "shares":
        return "—"
    low, high, value = row[f"{of}_low_pct"], row[f"{of}_high_pct"], row[f"{of}_pct"]
    printed = numbers.print_value(value, decimals=1)
    if value is not None and low == high:
        return printed
    bounds = [
        printed if end == value else numbers.print_bound(end, decimals=1, is_low=end == low) for end in (low, high)
    ]
    return "~".join(bounds) if value is None else f"{printed} ({'~'.join(bounds)})"


def rating_cell(row: Mapping[str, Any], catalog: Catalog, lang: str) -> Cell:
    """The word of a rating in its colour, with the class of few sections; the possible words where it is open."""
    ratings_ = catalog.surface_rating.ratings
    if row["rating"] is not None:
        word = ratings_[row["rating"] - 1].word.in_language(lang)
        by_mean = f" {words.class_numeral(row['water_class'], lang)}" if row["water_class"] else ""
        return toned(word + by_mean + _in_doubt(row, catalog, lang), _tone(row["rating"]))
    if row["rating_best"] is None or row["rating_worst"] is None:
        return either(lang, "不评价", "not rated")
    best, worst = (ratings_[row[end] - 1].word.in_language(lang) for end in ("rating_best", "rating_worst"))
    return either(lang, f"待定（{best}至{worst}）", f"open ({best} to {worst})")


def _in_doubt(row: Mapping[str, Any], catalog: Catalog, lang: str) -> str:
    """What a rating may be instead, where months set aside or held back leave classes in doubt."""
    if row["rating_best"] == row["rating_worst"]:
        return ""
    ratings_ = catalog.surface_rating.ratings
    ends = [row[end] for end in ("rating_best", "rating_worst") if row[end] != row["rating"]]
    others = [ratings_[end - 1].word.in_language(lang) for end in ends]
    return either(lang, f"（存疑：或{'、'.join(others)}）", f" (or {', '.join(others)})")


def _tone(rating: int) -> str:
    """Ratings are coloured as the classes of their words: excellent as class Ⅱ, the others as Ⅲ to worse than Ⅴ."""
    return f"class-{rating + 1}"


def _of_sections(row: Mapping[str, Any], sections: pl.DataFrame, catalog: Catalog, lang: str) -> str:
    """The main items of each section of a small group, as the regulation asks: 甲断面：氨氮(1.2)."""
    city = pl.col("area_id").map_elements(catalog.city_of, return_dtype=pl.String)
    lies_in = {"city": city, "basin": pl.col("basin"), "river": pl.col("river")}.get(row["scope_kind"], pl.lit(None))
    mine = sections.filter(lies_in == row["scope_id"]).sort("entity_id")
    told = [
        either(lang, f"{s['name']}：", f"{s['name']}: ") + with_multiples(s, catalog, lang)
        for s in mine.iter_rows(named=True)
        if s["main_items"]
    ]
    return either(lang, "；", "; ").join(told) or "—"


def with_multiples(row: Mapping[str, Any], catalog: Catalog, lang: str) -> str:
    """The main pollution items of a section as the regulation writes them: 氨氮(1.2)."""
    told = [
        catalog.parameters[name].label.in_language(lang)
        + ("" if multiple is None else f"({numbers.print_value(multiple, decimals=1)})")
        for name, multiple in zip(row["main_items"] or [], row["main_multiples"] or [], strict=True)
    ]
    return words.joined(told, lang) or "—"


def _main_items(row: Mapping[str, Any], sections: pl.DataFrame, catalog: Catalog, lang: str) -> str:
    if row["rated_by"] != "shares":
        return _of_sections(row, sections, catalog, lang)
    told = [
        f"{catalog.parameters[name].label.in_language(lang)} {numbers.print_value(share, decimals=1)}%"
        for name, share in zip(row["main_items"], row["main_shares"], strict=True)
    ]
    return words.joined(told, lang) if told else "—"


def change_word(row: Mapping[str, Any], lang: str) -> str:
    """How something changed, or why nobody can tell."""
    if row["change"] is None:
        return words.word("no_change_because", row["change_reason"], lang) if row["change_reason"] else "—"
    if row["direction"] in (None, "none"):
        return words.word("change", "none", lang) if row["direction"] else words.word("change", "mixed", lang)
    return words.word("change", f"{row['change']}_{row['direction']}", lang)


def quarters(waters: pl.DataFrame, catalog: Catalog, lang: str) -> Table:
    """The rating of each of `waters` in each quarter of the year, the province first."""
    wanted = waters.filter(pl.col("period_kind") == "quarter")
    rows: list[list[Cell]] = []
    ordered = wanted.sort(pl.col("scope_kind") != "province", "scope_id", "period_start")
    for scope in ordered.select("scope_kind", "scope_id").unique(maintain_order=True).rows():
        mine = ordered.filter((pl.col("scope_kind") == scope[0]) & (pl.col("scope_id") == scope[1]))
        by_start = {row["period_start"].month: row for row in mine.iter_rows(named=True)}
        cells: list[Cell] = [scope_name(mine.row(0, named=True), catalog, lang)]
        for first in (1, 4, 7, 10):
            row = by_start.get(first)
            cells += [_share("good", row), rating_cell(row, catalog, lang)] if row else ["—", "—"]
        rows.append(cells)
    labels = [either(lang, "范围", "Where")]
    for number, name in enumerate(_QUARTERS, start=1):
        labels += [either(lang, f"{name}季度优良（%）", f"Q{number} good (%)"), either(lang, "状况", "Rating")]
    columns = aligned(labels, "l" + "rc" * 4, (1.2, *(0.9, 1.1) * 4))
    title = either(lang, "各季度水质状况", "Ratings by quarter")
    note = either(
        lang,
        "季度类别按季内各月均值的平均评价，季内少于两个月有数据的断面不定类别。",
        "A quarter's class is that of the mean of its months; with fewer than two of them measured a section has none.",
    )
    return Table(title, columns, or_one(rows, either(lang, "没有断面数据", "No data of sections"), len(columns)), note)


def section_changes(sections: pl.DataFrame, periods: pl.DataFrame, catalog: Catalog, lang: str) -> Table:
    """Sections whose class is another one than in the year before, the worse ones first."""
    of_year = periods.filter(pl.col("period_kind") == "year").select(
        "entity_id", "class_before", "change", "direction", "change_reason"
    )
    known = sections.drop("class_before", strict=False).join(of_year, on="entity_id")
    classes = catalog.surface_standard.class_names
    steps = pl.col("class_before").replace_strict(
        classes, list(range(len(classes))), default=None, return_dtype=pl.Int8
    ) - pl.col("water_class").replace_strict(classes, list(range(len(classes))), default=None, return_dtype=pl.Int8)
    moved = known.with_columns(steps=steps).filter(pl.col("steps") != 0).sort("steps", "basin", "river", "entity_id")
    rows: list[list[Cell]] = [
        [
            row["name"],
            catalog.water(row["river"], lang) if row["river"] else "—",
            _area(catalog.city_of(row["area_id"]), catalog, lang),
            toned(words.water_class(row["class_before"], lang), words.class_tone(row["class_before"])),
            toned(words.water_class(row["water_class"], lang), words.class_tone(row["water_class"])),
            change_word(row, lang) if row["change"] != "none" else _within_one_word(row["steps"], lang),
        ]
        for row in moved.iter_rows(named=True)
    ]
    labels = either(
        lang, "断面|河流|市|上年类别|本年类别|变化", "Section|River|City|Class last year|Class this year|Change"
    )
    columns = aligned(labels.split("|"), "lllccl", (2.0, 0.9, 0.9, 1.0, 1.0, 1.6))
    nothing = either(lang, "没有类别变化的断面", "No section changed its class")
    return Table(
        either(lang, "与上年类别不同的断面", "Sections whose class has changed since last year"),
        columns,
        or_one(rows, nothing, len(columns)),
        _note_on_changes(known, lang),
    )


def _within_one_word(steps: int, lang: str) -> str:
    """Classes Ⅰ and Ⅱ have one word, so a step between them is no change of the state."""
    better = steps > 0
    return either(
        lang,
        "类别好转，状况相同" if better else "类别变差，状况相同",
        "a better class, the same rating" if better else "a worse class, the same rating",
    )


def _note_on_changes(known: pl.DataFrame, lang: str) -> str:
    better, worse = (known.filter(pl.col("direction") == d).height for d in ("better", "worse"))
    silent = known.filter(pl.col("change_reason").is_not_null()).height
    told = either(
        lang,
        f"按水质状况计，{better}个断面好转，{worse}个断面变差。",
        f"By their ratings {better} sections have improved and {worse} have become worse.",
    )
    if not silent:
        return told
    return told + either(lang, f"另有{silent}个断面不能比较。", f" {silent} more cannot be compared.")


def _area(area_id: str | None, catalog: Catalog, lang: str) -> str:
    return catalog.areas[area_id].name.in_language(lang) if area_id else "—"


def city_ranking(cities: pl.DataFrame, names: Mapping[str, str], catalog: Catalog, lang: str) -> Table:
    """The cities by their index, the best first; those without one last, with the reason.

    Where sections in doubt (called by `names`) leave a rank open, the remark says which ranks it may be.
    """
    rows: list[list[Cell]] = [
        [
            numbers.print_value(row["rank"], decimals=0),
            _area(row["city_id"], catalog, lang),
            toned(numbers.print_value(row["city_index"], decimals=4), "strong"),
            str(row["sections"]),
            numbers.signed(row["change_pct"], decimals=2),
            numbers.print_value(row["change_rank"], decimals=0),
            _why_unranked(row, names, lang),
        ]
        for row in cities.sort("rank", "city_id", nulls_last=True).iter_rows(named=True)
    ]
    labels = either(
        lang,
        "排名|市|指数|断面数|比上年（%）|变化排名|说明",
        "Rank|City|Index|Sections|Since last year (%)|Rank of change|Remark",
    )
    columns = aligned(labels.split("|"), "clrrrcl", (0.6, 1.0, 0.9, 0.8, 1.1, 0.9, 2.2))
    title = either(lang, "城市水质指数（CWQI）", "City water-quality index (CWQI)")
    nothing = either(lang, "没有断面数据", "No data of sections")
    return Table(title, columns, or_one(rows, nothing, len(columns)), _note_on_index(cities, catalog, lang))


def lakes(levels: pl.DataFrame, names: Mapping[str, str], catalog: Catalog, lang: str) -> Table:
    """The trophic level of each lake with its grade and that of the year before, and what these may be.

    `names` are those of the sections, by their codes.
    """
    grades = catalog.trophic_index.grades

    def grade(number: int | None) -> str:
        return grades[number - 1].word.in_language(lang) if number is not None else "—"

    rows: list[list[Cell]] = [
        [
            catalog.water(row["lake_id"], lang),
            words.joined([names.get(s, s) for s in row["sections"]], lang),
            toned(numbers.print_value(row["trophic_level"], decimals=1), "strong"),
            grade(row["grade"]),
            numbers.print_value(row["level_before"], decimals=1),
            grade(row["grade_before"]),
            _why_no_level(row, names, catalog, lang),
        ]
        for row in levels.sort("lake_id").iter_rows(named=True)
    ]
    labels = either(
        lang,
        "所在水体|断面（点位）|指数|营养状态|上年指数|上年状态|说明",
        "Water|Sections (points)|Index|State|Index last year|State last year|Remark",
    )
    columns = aligned(labels.split("|"), "llrcrcl", (1.0, 2.0, 0.7, 1.1, 0.9, 1.1, 1.8))
    note = either(
        lang,
        "综合营养状态指数，由叶绿素a、总磷、总氮、透明度、高锰酸盐指数五项加权；缺一项即不评价。"
        "缺月按该项目可能的最小、最大值计，未检出按零和检出限计，列出可能的指数与营养状态；不知是否为点位的断面未计入。",
        "The comprehensive trophic level index of chlorophyll a, phosphorus, nitrogen, transparency and permanganate "
        "index; without one of them there is none. What index and state may be is given: months that lack lie between "
        "the least and the most that can be read, what was not detected between nothing and its limit. Sections of "
        "which nobody knows whether they are points are not counted in.",
    )
    return Table(either(lang, "湖库营养状态", "Trophic state of lakes and reservoirs"), columns, rows, note)


def _why_no_level(row: Mapping[str, Any], names: Mapping[str, str], catalog: Catalog, lang: str) -> str:
    """Why a lake has no level, or what it may be, and of which sections that comes; so of the year before."""
    if row["reason"] == "not_positive":
        return either(lang, "有项目均值为零，不评价", "the mean of an item is nought: not rated")
    if not row["sections"]:
        none = either(lang, "没有可确定的点位，不评价", "no point that is sure: not rated")
        return either(lang, "；", "; ").join([none, *doubts_told(row, names, lang)])
    if row["reason"] is not None:
        items = words.joined([catalog.parameters[i].label.in_language(lang) for i in row["items_missing"]], lang)
        return either(lang, f"缺{items}，不评价", f"without {items}: not rated")
    ends = (row["level_low"], row["level_high"])
    told = _may_be(row["trophic_level"], ends, (row["grade_low"], row["grade_high"]), catalog, lang)
    told += doubts_told(row, names, lang)
    if row["level_before"] is not None:
        of_grades = (row["before_grade_low"], row["before_grade_high"])
        before = _may_be(row["level_before"], (row["before_low"], row["before_high"]), of_grades, catalog, lang)
        told += [either(lang, f"上年{text}", f"last year {text}") for text in before]
        told += doubts_told(row, names, lang, of="before_")
    return either(lang, "；", "; ").join(told) or "—"


def _may_be(
    level: float, ends: tuple[float | None, float | None], grades: tuple[int, int], catalog: Catalog, lang: str
) -> list[str]:
    """What index and state may be, where they may be others than those printed; only the states where unbounded."""
    low, high = (numbers.print_bound(end, decimals=1, is_low=n == 0) for n, end in enumerate(ends))
    rounded = numbers.print_value(level, decimals=1)
    if {numbers.print_value(end, decimals=1) for end in ends} == {rounded} and grades[0] == grades[1]:
        return []
    known = catalog.trophic_index.grades
    states = "~".join(known[n - 1].word.in_language(lang) for n in dict.fromkeys(grades))
    if ends == (None, None):
        return [either(lang, f"状态可能为{states}", f"the state may be {states}")]
    if None in ends:
        bound = either(lang, f"不超过{high}", f"at most {high}")
        bound = bound if ends[0] is None else either(lang, f"不低于{low}", f"at least {low}")
        return [either(lang, f"指数可能{bound}，{states}", f"the index may be {bound}, {states}")]
    return [either(lang, f"指数可能为{low}~{high}，{states}", f"the index may be {low}~{high}, {states}")]


def _why_unranked(row: Mapping[str, Any], names: Mapping[str, str], lang: str) -> str:
    """Why a city has no rank, or which ranks it may have, and of which sections that comes."""
    told = [words.word("unranked", r, lang) for r in dict.fromkeys([row["reason"], row["change_reason"]]) if r]
    told += _ranks(row["rank_best"], row["rank_worst"], either(lang, "排名", "rank"), lang)
    told += _ranks(row["change_rank_best"], row["change_rank_worst"], either(lang, "变化排名", "rank of change"), lang)
    told += doubts_told(row, names, lang)
    if row["change_pct"] is not None:
        told += doubts_told(row, names, lang, of="before_")
    return either(lang, "；", "; ").join(told) or "—"


def _ranks(best: int | None, worst: int | None, what: str, lang: str) -> list[str]:
    return [] if best == worst else [either(lang, f"{what}可能为{best}至{worst}", f"{what} may be {best} to {worst}")]


def doubts_told(row: Mapping[str, Any], names: Mapping[str, str], lang: str, *, of: str = "") -> list[str]:
    """The sections of a row's list `in_doubt` and why they are; those of the year before where `of` is `before_`."""
    listed = row[f"{of}in_doubt"]
    if not listed:
        return []
    shown = [names.get(s, s) for s in listed[:_MOST_NAMES]]
    rest = len(listed) - len(shown)
    who = words.joined(shown, lang) + (either(lang, f"等{len(listed)}个断面", f" and {rest} more") if rest else "")
    why = words.joined([words.word("doubt", code, lang) for code in row[f"{of}doubts"]], lang)
    when = either(lang, "上年存疑", "in doubt last year") if of else either(lang, "存疑", "in doubt")
    return [either(lang, f"{when}：{who}（{why}）", f"{when}: {who} ({why})")]


def _note_on_index(cities: pl.DataFrame, catalog: Catalog, lang: str) -> str:
    told = either(
        lang,
        "指数越小水质越好。断面存疑的，列出可能的排名：缺月按该项目可能的最小、最大值计，检出限过高的按零和检出限计，"
        "水体类型待定、名录条目暂不采用的断面可使所在市排在任何位次。",
        "The lower the index, the better the water. Where sections are in doubt the ranks that a city may have are "
        "given: months that lack lie between the least and the most that can be read, a limit of detection that is too "
        "high between nothing and itself, and a section of an undetermined water body, or whose entry was set aside, "
        "may put its city anywhere. ",
    )
    if cities.is_empty() or cities["is_of_every_item"].all():
        return told
    summed = cities.filter(pl.col("sections") > 0)
    named = summed.sort("city_id")["items"][0]
    if named.is_empty():
        return told + either(
            lang,
            "没有各断面都监测的项目，不能比较。",
            "No item was measured in every section: nothing can be compared.",
        )
    items = words.joined([catalog.parameters[i].label.in_language(lang) for i in named], lang)
    every, some = len(items_that_count(catalog.surface_standard)), len(named)
    return told + either(
        lang,
        f"规定按{every}项计算；本年并非各断面都监测了全部项目，故只按各断面均有的{some}项（{items}）计算，"
        "不可与按全部项目计算的指数相比。",
        f"The regulation sums {every} items; not all of them were measured in every section, so the index is of the "
        f"{some} that were ({items}), and cannot be compared with one of all items.",
    )
