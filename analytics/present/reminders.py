"""What is outstanding, put in words: a letter to each department (催报), and how complete the year is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from itertools import compress
from pathlib import PurePath
from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.plan import Plan
from analytics.catalog.senders import spelled, spellings
from analytics.catalog.served import served_by
from analytics.periods import Period, parse_period
from analytics.present import numbers, words
from analytics.present.addressees import Owed, addressed, by_addressee
from analytics.present.owed import blank_cells
from analytics.present.prose import clause_name, period_name
from analytics.present.tables import Cell, Table, aligned, or_one, toned
from analytics.present.targets import long_date
from analytics.present.whom import by_city
from analytics.present.words import either

_MOST_CELLS = 30
_MOST_ROWS = 10  # of a file
_NOTHING = "—"
_STANDS = ("complete", "not_over")


def letters(
    standing: pl.DataFrame,
    left_blank: pl.DataFrame,
    quarantine: pl.DataFrame,
    *,
    as_of: date | None,
    plan: Plan,
    catalog: Catalog,
    lang: str,
    arrived: Collection[str] = (),
) -> dict[str, str]:
    """By addressee a text that is ready to send: which forms and periods are outstanding, of whom, by when.

    The key is that of a department; of the governments of cities it names the city that owes: `…/140500`.

    Only departments of which something is outstanding, left blank, or set aside and not yet told anew. No day is made
    up: where no document sets one the letter says so. A form for which its department waits itself is not asked before
    it is overdue: the letter says that it waits.

    Parameters
    ----------
    standing
        Columns of standing_of_year.
    left_blank
        Columns of cells_left_blank.
    quarantine
        Columns of the query quarantine; lines with `status` open are asked for again: what is still
        wrong stands once more among the lines of the later file.
    arrived
        The forms of which a file was taken: what it does not tell of is missing in it, and not the file.
    """
    waiting = [form.id for form in catalog.sources.values() if form.awaits]
    waits = pl.col("source").is_in(waiting) & (pl.col("state") != "overdue")
    missing = standing.filter(~pl.col("state").is_in(_STANDS))
    # A form that tells of some of its periods has no file of the others.
    silent = set(arrived) - set(standing.filter(pl.col("told") > 0)["source"])
    out = _by_who_answers(missing.filter(~waits), plan, catalog)
    aside = _by_sender(quarantine.filter(pl.col("status") == "open"), catalog)
    blank = _by_answering(left_blank, plan, catalog)
    found: dict[str, str] = {}
    senders = {*out["department"], *blank["answers"], *aside["answers"]}
    for department in sorted(senders, key=list(catalog.departments).index):
        mine = out.filter(department=department)
        left, wrong = (frame.filter(answers=department).drop("answers") for frame in (blank, aside))
        whole = Owed(department, mine, left, wrong)
        later = missing.filter(waits & (pl.col("department") == department))["source"].unique(maintain_order=True)
        for one in by_addressee(department, whole, catalog):
            items = [
                _item(one, form, plan, catalog, lang, has_arrived=form in silent and one.city is None)
                for form in catalog.sources
            ]
            blanks = [_blank(one.blank.filter(source=form), form, catalog, lang) for form in catalog.sources]
            broken = [_wrong(one.aside.filter(source=form), form, catalog, lang) for form in catalog.sources]
            asked = [text for text in (*items, *blanks, *broken) if text]
            if asked:
                name, day = addressed(one.key, catalog, lang), long_date(as_of, lang) if as_of else ""
                found[one.key] = _letter(name, asked, day, plan, lang, later=_later(later.to_list(), catalog, lang))
    return found


def _later(forms: Sequence[str], catalog: Catalog, lang: str) -> str:
    """The forms that are not asked for yet, with what their department waits for."""
    told = []
    for form in map(catalog.sources.__getitem__, forms):
        label, awaits = form.label.in_language(lang), form.awaits.in_language(lang) if form.awaits else ""
        told.append(either(lang, f"《{label}》待{awaits}，收到后即转报", f"{label} waits for {awaits}"))
    listed = either(lang, "；", "; ").join(told)
    return listed and either(lang, f"本次不催报：{listed}。\n\n", f"Not asked for yet: {listed}.\n\n")


def _by_who_answers(out: pl.DataFrame, plan: Plan, catalog: Catalog) -> pl.DataFrame:
    """The rows, those of a form of several departments told apart by who answers for the duties that are missing."""
    by_duty = [s.id for s in catalog.sources.values() if s.entity and _is_of_duties(s.entity.register_name, catalog)]
    rows = out.filter(~pl.col("source").is_in(by_duty)).to_dicts()
    for row in out.filter(pl.col("source").is_in(by_duty)).iter_rows(named=True):
        for department in catalog.departments:
            duties = {target.code for target in plan.targets() if department in target.lead}
            kept = [code in duties for code in row["missing"]]
            lists = {name: list(compress(row[name], kept)) for name in row if name.startswith("missing")}
            asked = sum(catalog.indicators[t.indicator].kind == "narrative" for t in plan.targets() if t.code in duties)
            if any(kept):
                rows.append(row | lists | {"department": department, "expected": asked, "told": asked - sum(kept)})
    return pl.DataFrame(rows, schema=out.schema)


def _is_of_duties(register: str, catalog: Catalog) -> bool:
    return catalog.registers[register].built_in == "duty"


def _by_sender(aside: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """The lines of known forms, with whose they are (`answers`): of a form of several departments the sender's."""
    named = {spelling: sender.department for spelling, sender in spellings(catalog)}
    known = aside.filter(pl.col("source").is_in(list(catalog.sources)))
    forms = map(catalog.sources.__getitem__, known["source"])
    answers = [
        named.get(spelled(sender), form.department)
        if catalog.departments[form.department].is_several
        else form.department
        for sender, form in zip(known["department"], forms, strict=True)
    ]
    return known.with_columns(answers=pl.Series(answers, dtype=pl.String))


def _by_answering(blank: pl.DataFrame, plan: Plan, catalog: Catalog) -> pl.DataFrame:
    """The blank cells, with whose they are (`answers`): in a form of several theirs who lead the figures."""
    leads = {target.code: target.lead for target in plan.targets()}
    answers = []
    for source, codes in blank.select("source", "codes").iter_rows():
        department = catalog.sources[source].department
        leading = list(dict.fromkeys(lead for code in codes for lead in leads[code]))
        answers.append(leading if catalog.departments[department].is_several else [department])
    return blank.with_columns(answers=pl.Series(answers, dtype=pl.List(pl.String))).explode("answers")


def _letter(name: str, asked: Sequence[str], day: str, plan: Plan, lang: str, *, later: str) -> str:
    title = plan.title.in_language(lang)
    listed = "\n".join(f"{number}. {text}" for number, text in enumerate(asked, start=1))
    if lang == "zh":
        until = f"截至{day}，" if day else ""
        return (
            f"{name}：\n\n《{title}》（{plan.document}）年度评估正在汇总。{until}贵单位还有以下事项未完成：\n\n{listed}\n\n{later}"
            "请按原报表补报；没有发生的填0，不适用的注明原因，必填栏目不要留空。未补报的按“未报送”列入评估报告，不作推断。\n"
        )
    until = f" As of {day}," if day else ""
    return (
        f"{name},\n\nthe assessment of “{title}” ({plan.document}) is being compiled.{until} the following is "
        f"outstanding:\n\n{listed}\n\n{later}Please complete the same forms; what did not occur is told as 0, what "
        "does not apply with its reason. What does not arrive stands in the assessment as not delivered, without any "
        "estimate.\n"
    )


def _item(owed: Owed, source: str, plan: Plan, catalog: Catalog, lang: str, *, has_arrived: bool) -> str:
    """What is outstanding of one form; periods of which all is missing are told together."""
    rows = owed.missing.filter(source=source)
    if rows.is_empty():
        return ""
    form = catalog.sources[source]
    label = form.label.in_language(lang)
    served = served_by(form, catalog, plan)
    if form.entity and _is_of_duties(form.entity.register_name, catalog):
        owing = {code for codes in rows["missing"] for code in codes}
        served = ((clause, targets) for clause, targets in served if owing & {target.code for target in targets})
    clauses = [clause_name(clause, lang) for clause, _ in served]
    periods = _runs([p for p in rows["period"].unique(maintain_order=True) if p], lang)
    told, expected = int(rows["told"].sum()), int(rows["expected"].fill_null(0).sum())
    sent_back = not owed.aside.filter(source=source, sets_aside="file").is_empty()
    told_in_full = owed.city is None or not told  # how many a city should have told of, only where it told of none
    parts = [
        either(lang, f"《{label}》", label) + (either(lang, f"（{periods}）", f" ({periods})") if periods else ""),
        either(lang, f"用于{words.joined(clauses, lang)}", f"for {words.joined(clauses, lang)}") if clauses else "",
        _counted(told, expected, lang, has_arrived=has_arrived and bool(expected), is_sent_back=sent_back)
        if told_in_full
        else "",
        _missing(rows, catalog, lang) if told or (has_arrived and expected) else "",
        _due(rows, lang),
    ]
    return either(lang, "；", "; ").join(part for part in parts if part) + either(lang, "。", ".")


def _due(rows: pl.DataFrame, lang: str) -> str:
    """By when what is outstanding is due, period by period, and whether that day is past."""
    days = rows["due"].drop_nulls().unique().sort().to_list()
    if not days:
        return either(lang, "请尽快报送", "please send it soon")
    late = rows.filter(state="overdue").height
    first, last = long_date(days[0], lang), long_date(days[-1], lang)
    if len(days) == 1:
        told = either(lang, f"应于{first}前报送", f"due by {first}")
        return told + (either(lang, "，已逾期", ", overdue") if late else "")
    told = either(lang, f"各期依次应于{first}至{last}前报送", f"due period by period from {first} to {last}")
    return told + (either(lang, f"，其中{late}期已逾期", f", {late} of them overdue") if late else "")


def _runs(periods: Sequence[str], lang: str) -> str:
    """Periods in words, those that follow one another as first to last."""
    runs: list[list[Period]] = []
    for period in map(parse_period, periods):
        if runs and runs[-1][-1].end + timedelta(days=1) == period.start:
            runs[-1].append(period)
        else:
            runs.append([period])
    between = either(lang, "至", " to ")
    told = [between.join(period_name(p, lang) for p in dict.fromkeys((run[0], run[-1]))) for run in runs]
    return words.joined(told, lang)


def _counted(told: int, expected: int, lang: str, *, has_arrived: bool, is_sent_back: bool) -> str:
    if not told and has_arrived:
        return either(
            lang,
            f"文件已收到，但没有应报的{expected:,}个对象中的任何一个",
            f"a file has arrived, but tells of none of the {expected:,} that it should tell of",
        )
    if not told:
        asked = either(lang, f"（应报{expected:,}）", f" ({expected:,} expected)") if expected else ""
        back = either(lang, "所报文件已退回，尚未收到改正后的文件", "what was sent was refused, and has not come again")
        return (back if is_sent_back else either(lang, "尚未收到", "nothing has arrived")) + asked
    if not expected:
        return either(lang, f"已报{told:,}", f"{told:,} told")
    return either(lang, f"应报{expected:,}，已报{told:,}", f"{told:,} of {expected:,} told")


def _missing(rows: pl.DataFrame, catalog: Catalog, lang: str) -> str:
    """Who was not told of, by city; periods that lack others each with their own."""
    alike: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows.iter_rows(named=True):
        alike.setdefault(tuple(row["missing"]), []).append(row)
    told = []
    for same in alike.values():
        names = by_city(same[0], catalog, lang)
        when = _runs([row["period"] for row in same if row["period"]], lang) if len(alike) > 1 else ""
        if names:
            told.append(either(lang, f"{when}缺{names}", f"missing{' in ' * bool(when)}{when}: {names}"))
    return either(lang, "；", "; ").join(told)


def _blank(cells: pl.DataFrame, source: str, catalog: Catalog, lang: str) -> str:
    """The cells of one form that were left blank and keep a figure open."""
    if cells.is_empty():
        return ""
    label = catalog.sources[source].label.in_language(lang)
    named = blank_cells(cells, catalog, lang)
    told = either(lang, "；", "; ").join(named[:_MOST_CELLS])
    more = len(named) - _MOST_CELLS
    tail = either(lang, f"；另有{more}处", f"; and {more} more") if more > 0 else ""
    return either(
        lang,
        f"《{label}》已收到，但下列栏目未填，相应指标不能计入这些对象：{told}{tail}；请补填。",
        f"{label} has arrived; these cells are blank, and keep figures incomplete: {told}{tail}; please fill them in.",
    )


def _wrong(lines: pl.DataFrame, source: str, catalog: Catalog, lang: str) -> str:
    """What was set aside of one form and not told anew."""
    if lines.is_empty():
        return ""
    label = catalog.sources[source].label.in_language(lang)
    refused = lines.filter(sets_aside="file")["snapshot"].unique()
    parts = lines.filter(~pl.col("snapshot").is_in(refused.implode()))
    place = ("snapshot", "sheet", "row")
    rows = parts.filter(sets_aside="row").select(place).unique()
    readings = parts.filter(sets_aside="reading").join(rows, on=place, how="anti").select(*place, "column").unique()
    counts = (
        (len(refused), "{}份文件整份退回", "{} file(s) refused as a whole"),
        (rows.height, "{}行未通过校验", "{} row(s) broke a rule"),
        (readings.height, "{}个监测值未通过校验", "{} reading(s) broke a rule"),
    )
    told = words.joined([either(lang, zh, en).format(count) for count, zh, en in counts if count], lang)
    where = either(lang, "；", "; ").join(_places(lines, lang))
    return either(
        lang,
        f"《{label}》：{told}，未采用（{where}）；请对照退回单改正后重报。",
        f"{label}: {told}, and do not count ({where}); please correct them by the return slip.",
    )


def _places(lines: pl.DataFrame, lang: str) -> list[str]:
    """The files of the lines, of those not refused as a whole with the rows; a sheet is named as its file is not."""
    found = []
    for (_, sheet), mine in lines.group_by("snapshot", "sheet", maintain_order=True):
        file, rows = str(mine["file"][0]), [str(row) for row in mine["row"].drop_nulls().unique().sort()]
        if not rows:
            found.append(file)
            continue
        more = len(rows) - _MOST_ROWS
        named = either(lang, f" 工作表“{sheet}”", f" sheet {sheet}") if sheet != PurePath(file).stem else ""
        first, tail = words.joined(rows[:_MOST_ROWS], lang), either(lang, f"等{len(rows)}行", f" and {more} more")
        found.append(f"{file}{named}" + either(lang, f"第{first}行", f" row {first}") + (tail if more > 0 else ""))
    return found


def completeness(
    standing: pl.DataFrame,
    left_blank: pl.DataFrame,
    deliveries: pl.DataFrame,
    *,
    plan: Plan,
    catalog: Catalog,
    lang: str,
) -> Table:
    """How complete each form is: periods, members told of those expected, what is blank or set aside, who needs it.

    `standing` has the columns of standing_of_year, `left_blank` those of cells_left_blank, `deliveries` those of the
    query deliveries.
    """
    rows: list[list[Cell]] = []
    for form in catalog.sources.values():
        mine = standing.filter(pl.col("source") == form.id)
        over = mine.filter(pl.col("state") != "not_over")
        if mine.is_empty():
            continue
        told, expected = int(over["told"].sum()), int(over["expected"].fill_null(0).sum())
        sent = deliveries.filter(source=form.id)
        aside = int(sent["rows_set_aside"].sum()) + int(sent["cells_set_aside"].sum())
        codes = [t.code for _, targets in served_by(form, catalog, plan) for t in targets]
        rows.append(
            [
                catalog.called([form.department], lang)[0],
                form.label.in_language(lang),
                _periods(mine, lang),
                f"{told:,} / {expected:,}" if expected else f"{told:,} / {_NOTHING}",
                _share(told, expected),
                toned(str(blank), "strong") if (blank := left_blank.filter(source=form.id).height) else _NOTHING,
                str(aside) if aside else _NOTHING,
                words.joined(codes, lang) or _NOTHING,
            ]
        )
    columns = aligned(
        either(
            lang,
            "报送部门|报表|期数（报齐 / 应报）|已报 / 应报|完整率|待填|未采用|用于指标",
            "Department|Form|Periods complete / due|Told / expected|Share|Blank|Not used|Figures",
        ),
        "llcrrrrl",
        (1.1, 2.0, 1.0, 1.1, 0.8, 0.6, 0.7, 1.8),
    )
    note = either(
        lang,
        "已报、应报为各期对象数之和（名录未到的没有应报数）；待填为留空而使指标不完整的栏目数；未采用为未通过严重规则的行与监测值。",
        "Told and expected: members summed over the periods (without a register nothing is expected); blank: cells "
        "that keep a figure incomplete; not used: rows and readings that broke a critical rule.",
    )
    nothing = either(lang, "没有报表", "No forms")
    title = either(lang, "各报表的完整程度", "How complete each form is")
    return Table(title, columns, or_one(rows, nothing, len(columns)), note)


def _periods(standing: pl.DataFrame, lang: str) -> str:
    counts: Mapping[str, Any] = dict(standing.group_by("state").len().iter_rows())
    ahead = counts.get("not_over", 0)
    told = f"{counts.get('complete', 0)} / {standing.height - ahead}"
    return told + (either(lang, f"（另{ahead}期未结束）", f" ({ahead} not over)") if ahead else "")


def _share(told: int, expected: int) -> Cell:
    if not expected:
        return _NOTHING
    share = 100 * min(told, expected) / expected
    return toned(f"{numbers.print_value(share, decimals=1, target=100.0)} %", "strong" if told >= expected else "")
