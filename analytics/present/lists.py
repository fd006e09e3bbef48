"""Tables of sections, deliveries, checks, what was set aside and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.models import Parameter
from analytics.catalog.plan import Plan
from analytics.present import numbers, words
from analytics.present.prose import NOTHING, Sentence
from analytics.present.reasons import why_open
from analytics.present.tables import Cell, Table, aligned, or_one, toned
from analytics.present.targets import answers, figure_name
from analytics.present.waters import with_multiples
from analytics.present.whom import with_county
from analytics.present.words import either

_MOST_ROWS = 200
_NOWHERE = "—"
HOLD_AREAS = ("area_id", "registered")


def area_at(area_id: str | None, level: str, catalog: Catalog, lang: str) -> str:
    """Name of the area of a level in which an area lies, a dash where there is none."""
    found = catalog.at_level(area_id, level)
    return catalog.areas[found].name.in_language(lang) if found else _NOWHERE


def sections(classes: pl.DataFrame, catalog: Catalog, lang: str, *, title: str = "") -> Table:
    """Annual class of each section with its target and those of last year, deciding items, and why a class is open.

    The recognised class stands beside ours where one has arrived.
    """
    has_recognised = classes["recognised_class"].count() > 0
    rows = [
        _section_row(row, catalog, lang, has_recognised=has_recognised)
        for row in classes.sort("basin", "river", "entity_id").iter_rows(named=True)
    ]
    labels = either(
        lang,
        "断面|河流|市|目标|上年|年度|未达标月数|定类项目|主要污染指标（超标倍数）|说明",
        "Section|River|City|Target|Last year|Class|Months missed|Decided by|Main items (times beyond)|Remark",
    ).split("|")
    aligns, weights = "lllcccclll", [1.9, 0.75, 0.7, 0.6, 0.6, 0.65, 0.6, 1.75, 1.75, 1.4]
    if has_recognised:
        labels.insert(6, either(lang, "认定", "Recognised"))
        aligns, weights = aligns[:6] + "c" + aligns[6:], [*weights[:6], 0.65, *weights[6:]]
    columns = aligned("|".join(labels), aligns, tuple(weights))
    return Table(
        title or either(lang, "各断面年度类别", "Annual class of each section"),
        columns,
        or_one(rows, either(lang, "没有断面", "No sections"), len(columns)),
        _note_on_sections(lang),
    )


def doubtful_sections(classes: pl.DataFrame, catalog: Catalog, lang: str) -> Sentence:
    """Why a figure of water classes has bounds: each section that may be of another class, and what leaves it open."""
    if classes.is_empty():
        return NOTHING
    told = []
    for row in classes.sort("entity_id").iter_rows(named=True):
        own, best, worst = (words.water_class(row[c], lang) for c in ("water_class", "class_best", "class_worst"))
        why = _remark(row, catalog, lang)
        name = row["name"]
        zh = f"{name}（{'未定类' if row['water_class'] is None else own}，可能为{best}至{worst}；{why}）"
        en = f"{name} ({'open' if row['water_class'] is None else own}, between {best} and {worst}; {why})"
        told.append(either(lang, zh, en))
    listed = words.joined(told, lang)
    return Sentence(
        either(
            lang,
            f"上述范围来自{classes.height}个断面，补齐或更正后范围收窄：{listed}。",
            f"These bounds come from {classes.height} sections and close as they are told in full: {listed}.",
        )
    )


def _section_row(row: Mapping[str, Any], catalog: Catalog, lang: str, *, has_recognised: bool) -> list[Cell]:
    classes: list[Cell] = [
        toned(words.class_numeral(name, lang), words.class_tone(name))
        for name in (row["class_before"], row["water_class"], *([row["recognised_class"]] if has_recognised else []))
    ]
    return [
        row["name"],
        catalog.water(row["river"], lang) if row["river"] else "—",
        area_at(row["area_id"], "city", catalog, lang),
        words.class_numeral(row["target"], lang),
        *classes,
        f"{row['months_failing']}/{row['months_judged']}" if row["target"] and row["months_judged"] else "—",
        _deciding(row, catalog, lang),
        with_multiples(row, catalog, lang),
        _remark(row, catalog, lang),
    ]


def _note_on_sections(lang: str) -> str:
    return either(
        lang,
        "类别为Ⅳ类及以下或劣于本断面目标的列出决定类别的项目及其年均值，以及主要污染指标与超过Ⅲ类限值的倍数；月数不足或断流的不定类别；"
        "有缺月、有值暂不采用，或部分月份未检出而检出限过高的，类别按可用的数据评定，指标的上下限计及其不确定；"
        "全年未检出而检出限过高的项目不定类别，其他项目足以决定时才有断面类别。"
        "未达标月数：月类别确定劣于本断面目标的月数 / 能够判定的月数。",
        "From class Ⅳ on, or where the own target is missed, the items that decide are named with their annual means, "
        "and the main items with the times by which they exceed the limit of class Ⅲ; with too few months, or without "
        "water, no class is given. Where months are missing or set aside, or an item went undetected in some by a "
        "limit of detection too high, the class follows from what is there, and the bounds of the figures allow for "
        "the rest. An item never detected by such a limit has no class; the section has one where others decide it. "
        "Months missed: those certainly worse than the own target, of those that can be judged.",
    )


def _deciding(row: Mapping[str, Any], catalog: Catalog, lang: str) -> str:
    order = catalog.surface_standard.class_names
    good = order.index(catalog.surface_rating.good_class)
    at_least = min(good, order.index(row["target"])) if row["target"] else good
    if row["water_class"] is None or order.index(row["water_class"]) <= at_least:
        return "—"
    found = zip(row["worst_items"], row["worst_values"], strict=True)
    return words.joined([_mean(catalog.parameters[name], value, lang) for name, value in found], lang)


def _mean(parameter: Parameter, value: float, lang: str) -> str:
    """A parameter with its annual mean as it was classed."""
    printed = numbers.print_measured(value, decimals=parameter.decimals.assessment)
    return f"{parameter.label.in_language(lang)} {words.with_unit(printed, parameter.unit, lang)}"


def _remark(row: Mapping[str, Any], catalog: Catalog, lang: str) -> str:
    """Why a section has no class, or what its class leaves open."""
    if row["is_dry"]:
        return either(lang, "断流，不参评", "no flow, left out")

    def called(parameters: Sequence[str]) -> str:
        labels = [catalog.parameters[p].label.in_language(lang) for p in parameters]
        return (
            words.joined(labels, lang) if len(labels) <= 2 else either(lang, f"{len(labels)}项", f"{len(labels)} items")
        )

    open_items = row["items_open"]
    if row["water_class"] is None and open_items:
        what = called(open_items)
        return either(lang, f"{what}有效月数不足，待定", f"{what}: too few months, open")
    missing = [p for p in row["months_missing"] if p not in row["in_doubt"]]
    parts = [
        (row["in_doubt"], "{}有值暂不采用，未更正", "{}: a reading set aside, not put right"),
        (missing, "{}有缺月", "{}: months missing"),
        (row["undetected"], "{}检出限过高", "{}: limit of detection too high"),
    ]
    told = [either(lang, zh, en).format(called(items)) for items, zh, en in parts if items]
    return either(lang, "；", "; ").join(told)


def received(deliveries: pl.DataFrame, corrections: pl.DataFrame, catalog: Catalog, lang: str) -> Table:
    """What each department sent: files, rows, what was left out, set aside, superseded or corrected, and when."""
    rows: list[list[Cell]] = []
    applied = corrections.filter(outcome="applied")
    for source_id in [s for s in catalog.sources if s in set(deliveries["source"])]:
        mine = deliveries.filter(pl.col("source") == source_id)
        source = catalog.sources[source_id]
        refused = mine.filter(pl.col("outcome") == "refused").height
        files = f"{mine.height}" + (either(lang, f"（退回{refused}）", f" ({refused} refused)") if refused else "")
        rows.append(
            [
                source.label.in_language(lang),
                *catalog.called([source.department], lang),
                files,
                f"{mine['rows_delivered'].sum():,}",
                f"{mine.select(pl.sum('rows_repeated') + pl.sum('rows_blank')).item():,}",
                f"{mine['rows_superseded'].sum():,}",
                f"{mine['rows_set_aside'].sum():,}",
                f"{mine['cells_set_aside'].sum():,}",
                f"{applied.filter(source=source_id).height:,}",
                str(max(mine["received"])),
            ]
        )
    columns = aligned(
        either(
            lang,
            "报表|报送部门|文件|行数|重复与空行|被取代行|暂不采用的行|暂不采用的值|更正值|最近收到",
            "Form|Department|Files|Rows|Repeats, blanks|Replaced|Rows set aside|Readings set aside|Corrected|"
            "Last received",
        ),
        "llrrrrrrrl",
        (2.0, 1.2, 0.7, 0.7, 1.0, 0.8, 0.8, 0.8, 0.8, 1.1),
    )
    nothing = either(lang, "没有收到报送", "Nothing was received")
    return Table(either(lang, "收到的报送", "Deliveries received"), columns, or_one(rows, nothing, len(columns)))


def missing(members: pl.DataFrame, judged: pl.DataFrame, plan: Plan, catalog: Catalog, lang: str) -> Table:
    """By figure and city: of whom nothing usable arrived, where anything of the figure did."""
    rows: list[list[Cell]] = []
    open_ones = members.filter(~pl.col("status").is_in(["used", "excluded"]))
    targets = {t.code: t for _, t in catalog.targets(plan)}
    heard = set(judged.filter(~pl.col("verdict").is_in(["not_delivered", "not_yet_due"]))["code"])
    for code in [c for c in targets if c in set(open_ones["code"]) & heard]:
        mine = open_ones.filter(pl.col("code") == code).unique("entity_id", maintain_order=True)
        mine = mine.with_columns(city=pl.Series([area_at(a, "city", catalog, lang) for a in mine["area_id"]]))
        mine = mine.with_columns(why=pl.Series([why_open(r, lang) for r in mine["reason"]], dtype=pl.String))
        ordered = mine.sort("area_id", "entity_id").group_by("status", "city", "why", maintain_order=True)
        for (status, city, why), group in ordered:
            names = _called(group, catalog, lang)
            shown = words.joined(names[:6], lang)
            more = either(lang, f"等{len(names)}个", f" and others, {len(names)} in all") if len(names) > 6 else ""
            rows.append(
                [
                    f"{code} {figure_name(targets[code], catalog, lang)}",
                    str(city),
                    shown + more,
                    either(lang, "：", ": ").join(filter(None, [words.word("status", str(status), lang), str(why)])),
                    answers(targets[code], catalog, lang),
                ]
            )
    columns = aligned(
        either(lang, "指标|市|缺少数据的对象|情形|答复单位", "Figure|City|Without usable data|Situation|Answers"),
        "lllll",
        (2.0, 0.9, 2.6, 0.9, 1.2),
    )
    everyone = either(lang, "全部成员均有可用数据", "Every member has usable data")
    return Table(either(lang, "未报送与不足的数据", "What is missing"), columns, or_one(rows, everyone, len(columns)))


def outstanding(judged: pl.DataFrame, plan: Plan, catalog: Catalog, lang: str) -> Table:
    """By department: the figures of which nothing has arrived, and the registers that are waited for."""
    silent = set(judged.filter(pl.col("verdict") == "not_delivered")["code"])
    by_department: dict[str, list[str]] = {}
    registers: dict[str, list[str]] = {}
    arrived = set(judged.filter(pl.col("expected").is_not_null())["code"])
    for target in [t for t in plan.targets() if t.code in silent]:
        department = target.lead[0]
        by_department.setdefault(department, []).append(target.code)
        name = catalog.indicators[target.indicator].population.register_name
        if name and target.code not in arrived:
            label = catalog.registers[name].label.in_language(lang)
            registers.setdefault(department, []).append(label)
    rows: list[list[Cell]] = [
        [
            *catalog.called([department], lang),
            str(len(codes)),
            words.joined(codes, lang),
            words.joined(list(dict.fromkeys(registers.get(department, []))), lang) or _NOWHERE,
        ]
        for department, codes in by_department.items()
    ]
    columns = aligned(
        either(
            lang, "答复单位|项数|尚未报送的指标|同时待报的名录", "Answers|Figures|Not delivered|Registers waited for"
        ),
        "lrll",
        (1.2, 0.5, 2.6, 2.6),
    )
    nothing = either(lang, "各项指标均有报送", "Something has arrived of every figure")
    title = either(lang, "尚未报送的指标", "Figures of which nothing has arrived")
    return Table(title, columns, or_one(rows, nothing, len(columns)))


def _called(members: pl.DataFrame, catalog: Catalog, lang: str) -> list[str]:
    """Names of members, with their county where it is known and they lie on no river."""
    names = members["name"].to_list()
    if (members["entity_id"] == members["area_id"]).all():
        return [catalog.areas[a].name.in_language(lang) for a in members["entity_id"]]
    if members["river"].is_not_null().any():
        return names
    told = zip(names, members["area_id"], strict=True)
    return [with_county(name or "", area or "", catalog, lang) for name, area in told]


def quarantined(
    broken: pl.DataFrame, deliveries: pl.DataFrame, names: Mapping[str, str], catalog: Catalog, lang: str
) -> Table:
    """Refused files with the reason; then every row and reading of the others that a critical rule set aside.

    `names` has the names of members by their ids.
    """
    files = dict(deliveries.select("snapshot", "file").iter_rows())
    refused = deliveries.filter(pl.col("outcome") == "refused")
    aside = broken.filter("sets_aside").join(refused.select("snapshot"), on="snapshot", how="anti")
    rows: list[list[Cell]] = [
        [
            catalog.sources[d["source"]].label.in_language(lang),
            d["file"],
            either(lang, "整份退回", "whole file, refused"),
            "—",
            "—",
            d["reason_zh"] if lang == "zh" else d["reason"],
        ]
        for d in refused.iter_rows(named=True)
    ]
    rows += [
        [
            catalog.sources[b["source"]].label.in_language(lang),
            f"{files.get(b['snapshot'], '—')}",
            _spot(b, files.get(b["snapshot"], ""), lang),
            column_label(b["column"], catalog, lang),
            found_in_words(b["found"], b["column"], names, catalog, lang),
            b["expected_zh"] if lang == "zh" else b["expected_en"],
        ]
        for b in aside.head(_MOST_ROWS).iter_rows(named=True)
    ]
    columns = aligned(
        either(lang, "报表|文件|位置|栏目|报送值|应为", "Form|File|Place|Column|Found|Expected"),
        "llllll",
        (1.4, 2.0, 0.9, 1.0, 1.0, 2.0),
    )
    note = (
        either(
            lang,
            f"共{aside.height}处，列出前{_MOST_ROWS}处。",
            f"{aside.height} in all, the first {_MOST_ROWS} shown.",
        )
        if aside.height > _MOST_ROWS
        else ""
    )
    nothing = either(lang, "没有暂不采用的数据", "Nothing was set aside")
    return Table(
        either(lang, "暂不采用的数据", "What was set aside"), columns, or_one(rows, nothing, len(columns)), note
    )


def _spot(broken: Mapping[str, Any], file: str, lang: str) -> str:
    """Sheet and row; a text file has no sheet, its name stands there."""
    row = either(lang, f"第{broken['row']}行", f"row {broken['row']}")
    sheet = broken["sheet"]
    return row if not sheet or PurePath(file).stem == sheet else f"{sheet}{either(lang, ' ', ', ')}{row}"


def found_in_words(text: str | None, column: str | None, names: Mapping[str, str], catalog: Catalog, lang: str) -> str:
    """What was found, the names in it in the reader's words; a code with the name that it stands for."""
    if text is None:
        return "—"
    parts = [p.partition("=") for p in text.split("; ")]
    if not all(name.isidentifier() and mark for name, mark, _ in parts):
        return _member(text, names, lang) if column == "entity_id" else text
    known = {
        "entity_id": either(lang, "对象", "member"),
        "area_id": either(lang, "地区", "area"),
        "taken_at": either(lang, "时间", "time"),
        "valid_since": either(lang, "起始年", "first year"),
        "period_start": either(lang, "报告期首日", "first day of the period"),
        "period_end": either(lang, "报告期末日", "last day of the period"),
        "same_as": either(lang, "相同的行", "row alike"),
        "rows": either(lang, "互相矛盾的行", "rows that disagree"),
        "so_named": either(lang, "此名称所属的对象", "the member so named"),
        "registered": either(lang, "名录", "register"),
        "answering": either(lang, "牵头、配合或责任单位", "who answers"),
        "set_aside": either(lang, "有误的行", "rows that are wrong"),
        "of_rows": either(lang, "全部行", "of all rows"),
        "before": either(lang, "此前填报", "told before"),
        "year_before": either(lang, "上年同期", "a year before"),
        "sum": either(lang, "各行合计", "sum of the rows"),
        "times": either(lang, "起止时间（行数）", "from and to (rows)"),
    }
    shown = [
        f"{known.get(name) or column_label(name, catalog, lang)} "
        + (_member(value, names, lang) if name == "entity_id" and value else _value(name, value, catalog, lang))
        for name, _, value in parts
    ]
    return either(lang, "；", "; ").join(shown)


def _member(code: str, names: Mapping[str, str], lang: str) -> str:
    """A member by its code and name."""
    if code not in names:
        return code
    return either(lang, f"{code}（{names[code]}）", f"{code} ({names[code]})")


def _value(name: str, text: str, catalog: Catalog, lang: str) -> str:
    """A value of a column: an area by its name, where the column holds one; an amount may look like its code."""
    if not text:
        return either(lang, "（空）", "(empty)")
    declared = catalog.fields.get(name)
    holds_area = name in HOLD_AREAS or (declared is not None and declared.type == "area")
    area = catalog.areas.get(text) if holds_area else None
    return catalog.called_with_code(area.id, lang) if area else text.removesuffix(" 00:00:00").replace("!", " ")


def column_label(column: str | None, catalog: Catalog, lang: str) -> str:
    """How a column is called; the whole row where there is none."""
    if column is None:
        return either(lang, "整行", "whole row")
    for family in (catalog.fields, catalog.parameters):
        if column in family:
            return words.field_label(family[column], lang)
    return either(lang, "编码", "code")


def checks(results: pl.DataFrame, catalog: Catalog, lang: str) -> Table:
    """By form: how many checks passed, failed by severity, or could not be made."""
    rows: list[list[Cell]] = []
    for source_id in [s for s in catalog.sources if s in set(results["source"])]:
        mine = results.filter(pl.col("source") == source_id)
        failed = mine.filter(pl.col("outcome") == "failed")
        by_severity = dict(failed.group_by("severity").len().iter_rows())
        rows.append(
            [
                catalog.sources[source_id].label.in_language(lang),
                str(mine.height),
                str(mine.filter(pl.col("outcome") == "passed").height),
                *(str(by_severity.get(s, 0)) for s in words.codes("severity")),
                str(mine.filter(pl.col("outcome") == "could_not_be_checked").height),
            ]
        )
    labels = either(
        lang,
        "报表|校验项次|通过|严重|提示|参考|无法校验",
        "Form|Checks|Passed|Critical|Warning|Information|Could not be checked",
    )
    columns = aligned(labels, "lrrrrrr", (2.4, 0.9, 0.8, 1.0, 1.0, 1.0, 1.0))
    note = either(
        lang,
        "严重、提示、参考三列为未通过的项次；只有未通过“严重”规则的行或单个监测值暂不采用，提示与参考不影响计算。",
        "Critical, warning and information: checks that failed. Only what breaks a critical rule is set aside; "
        "the other two change no figure.",
    )
    nothing = either(lang, "没有校验", "Nothing was checked")
    return Table(either(lang, "校验结果", "What the checks found"), columns, or_one(rows, nothing, len(columns)), note)


def stations(classes: pl.DataFrame, catalog: Catalog, lang: str) -> Table:
    """Of each station: readings, days, the classes it had, its worst and its latest one."""
    rows: list[list[Cell]] = []
    for (name, basin), mine in classes.sort("basin", "name", "taken_at").group_by("name", "basin", maintain_order=True):
        known = mine.filter(pl.col("computed_class").is_not_null())
        latest = known["computed_class"].last() if known.height else None
        worst = max(known["computed_class"], key=_rank, default=None)
        rows.append(
            [
                str(name),
                catalog.water(str(basin), lang) if basin else "—",
                str(mine["water_body"].replace_strict(_bodies(lang), default="—").first()),
                f"{known.height} / {mine.height}",
                toned(words.water_class(worst, lang), words.class_tone(worst)),
                toned(
                    words.water_class(str(latest) if latest else None, lang),
                    words.class_tone(str(latest) if latest else None),
                ),
            ]
        )
    labels = either(
        lang,
        "站点|流域|评价限值|有类别 / 全部时次|最差类别|最近类别",
        "Station|Basin|Limits|Classed / all readings|Worst class|Latest class",
    )
    columns = aligned(labels, "lllccc", (2.0, 1.2, 1.0, 1.3, 1.0, 1.0))
    title = either(lang, "各站点类别", "Classes of the stations")
    return Table(title, columns, or_one(rows, either(lang, "没有站点数据", "No station data"), len(columns)))


def _bodies(lang: str) -> dict[str, str]:
    return {b: words.word("body", b, lang) for b in words.codes("body")}


def _rank(name: str) -> int:
    return ["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ"].index(name)


def disagreements(classes: pl.DataFrame, lang: str) -> Table:
    """Rows whose published class is not the computed one, with the cause as far as it can be told."""
    differing = classes.filter(pl.col("cause").is_not_null()).sort("name", "taken_at")
    rows: list[list[Cell]] = [
        [
            r["name"],
            f"{r['taken_at']:%m-%d %H:%M}",
            toned(words.water_class(r["official_class"], lang), words.class_tone(r["official_class"])),
            toned(words.water_class(r["computed_class"], lang), words.class_tone(r["computed_class"])),
            words.word("cause", r["cause"], lang),
        ]
        for r in differing.head(_MOST_ROWS).iter_rows(named=True)
    ]
    labels = either(lang, "站点|时间|发布的类别|计算的类别|原因", "Station|Time|Published|Computed|Cause")
    columns = aligned(labels, "lcccl", (1.6, 1.0, 1.0, 1.0, 1.8))
    nothing = either(lang, "两者全部一致", "No disagreement")
    if classes["official_class"].null_count() == classes.height:
        nothing = either(lang, "没有带发布类别的时次", "No readings with a published class")
    return Table(
        either(lang, "与发布类别不一致的时次", "Readings classed differently"),
        columns,
        or_one(rows, nothing, len(columns)),
    )
