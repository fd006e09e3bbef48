"""The scorecard and the tables of one figure over its scopes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.indicator import EACH_AREA, MEMBER_SCOPES, ByShortfall, ByTargetClass, ByWaterClass, Indicator
from analytics.catalog.plan import Plan, Target
from analytics.present import numbers, words
from analytics.present.bounds import gap, span
from analytics.present.lists import area_at
from analytics.present.prose import beside_name, in_numbers, scope_name
from analytics.present.tables import Align, Cell, Column, Table, Tile, Tiles, or_one, toned
from analytics.present.targets import answers, beside_the_text, by_its_day, long_date, promised
from analytics.present.words import either

_DONE = ("met", "met_late")


def at_target_level(values: pl.DataFrame, plan: Plan, catalog: Catalog) -> pl.DataFrame:
    """Of each figure one row at the level its text sets, in the plan's order.

    Where the text judges several areas by themselves, it is the row that counts those that keep the promise: the number
    of the whole stands beside it (`beside_target_level`), for it is not judged.
    """
    of_whole = (pl.col("scope_kind") == "province") & (pl.col("scope_id") == plan.area)
    ours = values.filter(of_whole & (pl.col("stratum").is_null() | (pl.col("stratum") == EACH_AREA)))
    order = {target.code: n for n, target in enumerate(plan.targets())}
    place = pl.col("code").replace_strict(order, default=None, return_dtype=pl.Int64)
    # By code the row of areas each judged by itself comes first, where there is one.
    ranked = ours.sort(place, pl.col("stratum").is_null(), nulls_last=True, maintain_order=True)
    return ranked.filter(pl.col("code").is_in(list(order))).unique("code", keep="first", maintain_order=True)


def beside_target_level(values: pl.DataFrame, scope: str) -> pl.DataFrame:
    """What stands beside the figures of a province: companions, recognised values, the year before, and the number of
    the whole where each area is judged by itself."""
    here = values.filter((pl.col("scope_kind") == "province") & (pl.col("scope_id") == scope))
    each = pl.col("stratum") == EACH_AREA
    by_area = here.filter(each)["code"].to_list()
    wholes = here.filter(pl.col("stratum").is_null() & pl.col("code").is_in(by_area))
    says_nothing = (pl.col("stratum") == "last_year") & pl.col("value").is_null()
    others = here.filter(pl.col("stratum").is_not_null() & ~each & ~says_nothing)
    return pl.concat([wholes.with_columns(stratum=pl.lit("whole")), others])


def told(judged: pl.DataFrame) -> pl.DataFrame:
    """The figures of which anything arrived."""
    return judged.filter(
        (pl.col("verdict") != "not_delivered") & ((pl.col("used") > 0) | (pl.col("verdict") != "not_yet_due"))
    )


def verdict_tiles(judged: pl.DataFrame, lang: str) -> Tiles:
    """How many figures stand how."""
    counts = dict(judged.group_by("verdict").len().iter_rows())
    tiles = [Tile(either(lang, "指标", "figures"), str(judged.height), "strong")]
    tiles += [Tile(words.word("verdict", v, lang), str(counts[v]), v) for v in words.codes("verdict") if v in counts]
    return Tiles(tiles)


def scorecard(
    judged: pl.DataFrame,
    plan: Plan,
    catalog: Catalog,
    lang: str,
    *,
    beside: pl.DataFrame | None = None,
    joint: pl.DataFrame | None = None,
    members: pl.DataFrame | None = None,
) -> Table:
    """One row per figure: what is promised, target, value, who was counted, verdict, gap, who answers.

    Below a figure stand the rows of `beside` (companions, recognised values; columns of indicator_value), below the
    last figure of a joint promise its row of `joint` (columns of clause_verdict). Lists say how their works stand,
    which are among `members`.
    """
    targets = {t.code: t for _, t in catalog.targets(plan)}
    rows: list[list[Cell]] = []
    silent = judged.filter(pl.col("verdict") == "not_delivered").height
    seen = [*told(judged)["code"], *judged.filter(pl.col("verdict") == "not_delivered")["code"]]
    waiting = [code for code in judged["code"] if code not in seen]
    shown = list(told(judged)["code"])
    joined = {} if joint is None else {max(j["codes"], key=shown.index): j for j in _all_told(joint, shown)}
    for n, row in enumerate(told(judged).iter_rows(named=True)):
        target = targets[row["code"]]
        indicator = catalog.indicators[target.indicator]
        rows.append(
            [
                row["code"],
                _statement(row, target, catalog, lang),
                by_its_day(row, target, catalog, lang),
                toned(value_told(row, indicator, beside, lang), "strong"),
                _counted(row, target, indicator, lang),
                toned(words.word("verdict", row["verdict"], lang) + _grade(row, lang), row["verdict"]),
                _standing(row, target, indicator, members, lang),
                answers(target, catalog, lang),
            ]
        )
        if n + 1 < len(shown) and shown[n + 1] == row["code"]:
            continue
        if beside is not None:
            rows += [_beside(b, indicator, lang) for b in beside.filter(pl.col("code") == row["code"]).to_dicts()]
        if row["code"] in joined:
            rows.append(_joint(joined[row["code"]], plan, lang))
    labels = either(
        lang,
        "编号|承诺|目标|数值|计入 / 应计|判定|与目标的差距|答复单位",
        "Code|Promise|Target|Value|Counted / expected|Verdict|Against the target|Answers",
    ).split("|")
    weights = (0.65, 2.0, 1.3, 1.25, 1.4, 1.15, 1.15, 1.1)
    columns = [
        Column(label, "right" if i == 3 else "center" if i in (4, 5) else "left", weight)
        for i, (label, weight) in enumerate(zip(labels, weights, strict=True))
    ]
    note = either(
        lang,
        "“计入 / 应计”为有可用数据的成员数与名录中应评价的成员数，全年断流等不参评的不在其内；"
        "国考断面的结果为初步结果，国家认定值到达后并列。可能的范围下限向下、上限向上取整。",
        "“Counted / expected”: members with usable data, and members of the register but for those left out, such as "
        "sections without water. Results on national sections are preliminary until the nation's recognised values "
        "arrive. Of what may be, the least is rounded down and the most up.",
    )
    note += verified(told(judged), lang)
    if silent:
        note += either(
            lang,
            f"另有{silent}项尚未报送，见数据质量一章。",
            f" {silent} more have not been delivered: see data quality.",
        )
    if waiting:
        listed = words.joined(waiting, lang)
        note += either(
            lang, f"{len(waiting)}项（{listed}）未到期且尚无数据。", f" Not yet due and without data: {listed}."
        )
    nothing = either(lang, "没有指标", "No figures")
    return Table(either(lang, "指标总表", "Scorecard"), columns, or_one(rows, nothing, len(columns)), note, "scorecard")


_PROMISE, _TARGET, _ANSWERS = 1, 2, 7  # columns of the scorecard


def coverage(made: Table, lang: str) -> Table:
    """The scorecard beside the ledger of tasks, which says targets and who answers: what is counted, and the gap."""
    kept = [n for n in range(len(made.columns)) if n not in (_TARGET, _ANSWERS)]
    columns = [replace(made.columns[n], weight=3.5) if n == _PROMISE else made.columns[n] for n in kept]
    rows = [[row[n] for n in kept] for row in made.rows]
    title = either(lang, "各指标的数值、数据覆盖与差距", "Value, data and gap of every figure")
    return replace(made, title=title, columns=columns, rows=rows)


def value_told(row: Mapping[str, Any], indicator: Indicator, beside: pl.DataFrame | None, lang: str) -> str:
    """The number with its unit; of national sections preliminary until the nation's own values stand beside it."""
    text = words.with_unit(row["value_printed"], row["unit"], lang)
    by_class = isinstance(indicator.numerator, ByWaterClass | ByTargetClass)
    has_recognised = beside is not None and not beside.filter(code=row["code"], stratum="recognised").is_empty()
    if not by_class or has_recognised or row["value"] is None:
        return text
    return text + either(lang, "（初步）", " (preliminary)")


def _counted(row: Mapping[str, Any], target: Target, indicator: Indicator, lang: str) -> str:
    """Members counted of those expected; and the text's number where the register has another."""
    if isinstance(indicator.numerator, ByShortfall):
        return "—"
    told = beside_the_text(row, target, indicator, lang)
    return numbers.counted(row) + (either(lang, f"（{told}）", f" ({told})") if told else "")


def _grade(row: Mapping[str, Any], lang: str) -> str:
    """On whose word something is called done."""
    if row["verdict"] not in _DONE or row["evidence_grade"] is None:
        return ""
    return either(lang, "·", ", ") + words.word("grade", row["evidence_grade"], lang)


def verified(judged: pl.DataFrame, lang: str) -> str:
    """How much of what is called done was verified on site."""
    done = judged.filter(pl.col("verdict").is_in(_DONE))
    if done.is_empty():
        return ""
    on_site = done.filter(evidence_grade="verified_on_site").height
    share = numbers.print_value(100 * on_site / done.height, decimals=0)
    return either(
        lang,
        f"判为达到的{done.height}项中，现场核实的{on_site}项，占{share}%。",
        f" Of {done.height} figures that are met, {on_site} were verified on site ({share} %).",
    )


def _standing(
    row: Mapping[str, Any], target: Target, indicator: Indicator, members: pl.DataFrame | None, lang: str
) -> str:
    """How far a figure lies from its target; of a list how many of its works stand how."""
    if indicator.population.named != "works":
        return gap(row, indicator, lang, of=words.word("scope", target.level, lang))
    if members is None or row["scope_kind"] in MEMBER_SCOPES:
        return "—"
    return in_numbers(members.filter(pl.col("code") == row["code"])["verdict"], lang) or "—"


def _all_told(joint: pl.DataFrame, shown: list[str]) -> list[dict[str, Any]]:
    """The joint promises of which every figure is shown."""
    return [j for j in joint.to_dicts() if set(j["codes"]) <= set(shown)]


def _beside(row: Mapping[str, Any], indicator: Indicator, lang: str) -> list[Cell]:
    """What stands beside a figure: its name and number, and a verdict only where it has a target of its own."""
    is_judged = row["target"] is not None
    verdict = toned(words.word("verdict", row["verdict"], lang), row["verdict"]) if is_judged else "—"
    name = either(lang, "并列：", "Beside it: ") + beside_name(row["stratum"], indicator, lang)
    value = words.with_unit(row["value_printed"], row["unit"], lang)
    distance = gap(row, indicator, lang) if is_judged else "—"
    return ["", name, "—", value, numbers.counted(row), verdict, distance, ""]


def _joint(row: Mapping[str, Any], plan: Plan, lang: str) -> list[Cell]:
    """A promise that several figures make together."""
    promise = next(j for j in plan.joint if list(j.codes) == row["codes"])
    verdict = toned(words.word("verdict", row["verdict"], lang), row["verdict"])
    statement = promise.statement.in_language(lang)
    together = either(lang, f"合并判定：{statement}", f"Taken together: {statement}")
    return [words.joined(row["codes"], lang), together, "—", "—", "—", verdict, "—", ""]


def by_scope(values: pl.DataFrame, indicator: Indicator, scope: str, *, catalog: Catalog, lang: str) -> Table:
    """One figure over the areas or rivers of a scope, by code; with their targets, where they have some."""
    mine = values.filter(pl.col("scope_kind") == scope).sort("scope_id")
    share, has_targets = indicator.kind == "ratio", mine["target"].count() > 0
    rows: list[list[Cell]] = []
    for row in mine.iter_rows(named=True):
        own = row["target"] is not None
        rows.append(
            [
                scope_name(row, catalog, lang),
                toned(words.with_unit(row["value_printed"], row["unit"], lang), "strong"),
                numbers.print_value(row["numerator"], decimals=0),
                numbers.print_value(row["denominator"], decimals=0),
                numbers.counted(row),
                span(row, indicator, lang),
                promised(_target_of(row, catalog), row["target"], row["unit"], lang) if own else "—",
                toned(words.word("verdict", row["verdict"], lang), row["verdict"]),
            ]
        )
    heads = either(
        lang,
        "数值|分子|分母|计入 / 应计|可能的范围|目标|判定",
        "Value|Numerator|Denominator|Counted / expected|Possible range|Target|Verdict",
    )
    labels = [words.word("scope", scope, lang), *heads.split("|")]
    weights = [1.3, 1.0, 1.1, 1.1, 1.2, 1.3, 1.0, 1.2]
    aligns: list[Align] = ["left", "right", "right", "right", "center", "center", "center", "center"]
    shown = [i for i in range(len(labels)) if (share or i != 3) and (has_targets or i != 6)]
    columns = [Column(labels[i], aligns[i], weights[i]) for i in shown]
    where = words.word("scope", scope, lang)
    title = either(lang, f"{indicator.name.zh}（按{where}）", f"{indicator.name.en}, by {where.lower()}")
    cells = [[row[i] for i in shown] for row in rows]
    nothing = either(lang, "没有数据", "No data")
    return Table(title, columns, or_one(cells, nothing, len(columns)), _judged_where(mine, catalog, lang))


def _target_of(row: Mapping[str, Any], catalog: Catalog) -> Target:
    return catalog.target(row["code"], catalog.plans[row["plan_id"]])


def _judged_where(rows: pl.DataFrame, catalog: Catalog, lang: str) -> str:
    """Which of the rows are judged: all, those that a breakdown holds to a part, or none of this level."""
    judged = rows.filter(pl.col("target").is_not_null())
    if judged.is_empty():
        return either(
            lang,
            "下级数值供对照；目标只在原文设定的层级判定。",
            "Lower levels are shown for comparison; the target is judged only at the level its text sets.",
        )
    first = judged.row(0, named=True)
    parts = catalog.breakdown(catalog.plans[first["plan_id"]], _target_of(first, catalog), first["period_start"].year)
    if parts is None or first["scope_kind"] == _target_of(first, catalog).level:
        return ""
    return either(
        lang,
        f"列有目标的地区按任务分解（{parts.source}）判定，其余只供对照。",
        f"Areas with a target are judged by the breakdown ({parts.source}); the others are shown for comparison.",
    )


def _statement(row: Mapping[str, Any], target: Target, catalog: Catalog, lang: str) -> str:
    """What is promised; of a single member with its name before it."""
    text = target.statement.in_language(lang)
    if row["scope_kind"] in ("province", "city", "county"):
        return text
    return f"{scope_name(row, catalog, lang)}{either(lang, '：', ': ')}{text}"


def works(members: pl.DataFrame, target: Target, *, year: int, catalog: Catalog, lang: str) -> Table:
    """Named works: place, when they reached the stage, evidence, verdict."""
    deadline = target.deadline.get(year)
    rows: list[list[Cell]] = [
        [
            _place(m["area_id"], catalog, lang),
            long_date(m["reached_on"], lang) if m["reached_on"] else "—",
            words.word("grade", m["evidence_grade"], lang) if m["evidence_grade"] else "—",
            toned(words.word("verdict", m["verdict"], lang), m["verdict"]),
        ]
        for m in members.sort("entity_id").iter_rows(named=True)
    ]
    labels = either(lang, "所在地|完工日期|佐证|判定", "Place|Completed|Evidence|Verdict").split("|")
    columns = [Column(n, "left" if i == 0 else "center") for i, n in enumerate(labels)]
    due = long_date(deadline, lang) if deadline else ""
    note = either(lang, f"期限：{due}。", f"Deadline: {due}.") if due else ""
    title = either(lang, "点名工程逐项进展", "The named works, one by one")
    nothing = either(lang, "没有点名的工程", "No named works")
    return Table(title, columns, or_one(rows, nothing, len(columns)), note)


def _place(area_id: str, catalog: Catalog, lang: str) -> str:
    """City and county in Chinese, the county in English."""
    area = catalog.areas[area_id]
    if lang == "zh":
        return catalog.path_of(area).removeprefix(area_at(area_id, "province", catalog, lang))
    return area.name.en
