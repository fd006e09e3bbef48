"""The plan of 2021 as declared against its own text: nothing left out, nothing invented, nothing copied."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import pytest

from analytics.catalog import Catalog
from analytics.catalog.plan import Clause, Plan, Target
from tests.conftest import shared

COPIED = 25  # a run of that many characters is no longer our own wording
SHARE = re.compile(r"(\d+(?:\.\d+)?)%")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
MONTH_END = re.compile(r"(\d{4})年(\d{1,2})月底")
MONTHS = re.compile(r"每年(\d{1,2})月至次年(\d{1,2})月")
YEAR = re.compile(r"(\d{4})年(?!度)")
PHRASES = {  # a phrase of the text, and what a target has to say of its places
    r"沿黄[及、]沿汾各?县级城市": ("place_set", "along_yellow_fen_cities"),
    r"沿黄及汾河流域县城": ("place_set", "yellow_fen_towns"),
    r"其他设区市": ("rest_of", "cities"),
    r"其他县级市及县城": ("rest_of", "towns"),
}
WINDOWS = {
    r"非汛期(?:实施闸坝)?封堵": "dry_season",
    r"冬春低温": "cold_season",
    r"汛前": "before_flood_season",
}
STAGES = {r"开工建设": "started", r"完成建设": "completed", r"完成人工湿地建设": "completed"}
ROLES = {"牵头": "lead", "配合": "cooperating", "负责": "responsible"}
SIGNS = {"≥": ">=", "≤": "<=", "=": "==", ">": ">", "<": "<"}


@dataclass(frozen=True)
class Paragraph:
    """One clause of the document: its sentences, and the departments in its closing brackets."""

    sentences: list[str]
    departments: dict[str, list[str]]


def _fail_with(findings: list[str]) -> None:
    """Fails with every finding on a line of its own."""
    if findings:
        pytest.fail("\n".join(findings), pytrace=False)


@pytest.fixture(scope="module")
def plan(catalog) -> Plan:
    return catalog.plans["shanxi-2021"]


@pytest.fixture(scope="module")
def document() -> dict[str, Paragraph]:
    """The clauses of the parts 二 to 四, by the number that the plan's file gives them."""
    text = shared("plan", "action-plan-2021.zh.txt").read_text(encoding="utf-8")
    body = text[text.index("\n二、") : text.index("\n抄送")]
    goals, tasks = body.split("\n三、")
    tasks, safeguards = tasks.split("\n四、")
    found = {"总体目标": goals.strip().split("\n", 1)[1].strip()}
    found |= dict(re.findall(r"^(\d+)\. ?(.+)$", tasks, re.M))
    found |= {f"保障{number}": rest for number, rest in re.findall(r"^\(([一二三四五六])\)(.+)$", safeguards, re.M)}
    return {number: _paragraph(rest, titled=number != "总体目标") for number, rest in found.items()}


def _paragraph(text: str, *, titled: bool) -> Paragraph:
    """The text without its title, parted at full stops; the brackets at its end tell the departments."""
    closing = re.search(r"\(([^()]*(?:牵头|负责|配合))\)$", text)
    if closing:
        text = text[: closing.start()]
    if titled:
        text = text.split(".", 1)[1]
    sentences = [part.strip() for part in re.split(r"(?<!\d)\.|\.(?!\d)|。", text) if part.strip()]
    departments: dict[str, list[str]] = {}
    for part in re.split(r"[,，]", closing.group(1)) if closing else []:
        role = next(word for word in ROLES if part.endswith(word))
        names = re.split(r"、|及", part.removesuffix(role).removesuffix("按职责"))
        departments[ROLES[role]] = names
    return Paragraph(sentences, departments)


@pytest.fixture(scope="module")
def told(plan, document) -> list[tuple[str, str, Clause, list[Target]]]:
    """(where, sentence, clause, targets) for every sentence that promises something."""
    found = []
    for clause in plan.clauses:
        targets = {t.code: t for t in clause.targets}
        for i, (sentence, codes) in enumerate(zip(document[clause.clause].sentences, clause.sentences, strict=True), 1):
            if codes:
                found.append((f"clause {clause.clause}, sentence {i}", sentence, clause, [targets[c] for c in codes]))
    return found


@pytest.fixture(scope="module")
def rows() -> dict[str, tuple[str, str]]:
    """(kind, target) of every code of the list of indicators; a row may hold several codes, and then several kinds."""
    found: dict[str, tuple[str, str]] = {}
    for line in shared("plan", "indicators.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        codes = cells[0].split(", ")
        if not all(re.fullmatch(r"[GTS]\d+[a-z]?", code) for code in codes):
            continue
        kinds = cells[2].split("; ")
        for code, kind in zip(codes, kinds if len(kinds) == len(codes) else kinds * len(codes), strict=True):
            assert code not in found, f"{code} stands in two rows of indicators.md"
            found[code] = (kind, cells[4])
    return found


# Every sentence has its place


def test_every_clause_of_the_text_is_declared_in_its_order(plan, document):
    assert [c.clause for c in plan.clauses] == list(document)


def test_every_sentence_is_mapped_to_codes_or_declared_to_promise_nothing(plan, document):
    unmapped = []
    for clause in plan.clauses:
        sentences = document[clause.clause].sentences
        for i, sentence in enumerate(sentences[len(clause.sentences) :], len(clause.sentences) + 1):
            unmapped.append(f"clause {clause.clause}, sentence {i} is not mapped: {sentence}")
        for i in range(len(sentences), len(clause.sentences)):
            unmapped.append(f"clause {clause.clause} maps a sentence {i + 1} that the text has not")
    _fail_with(unmapped)


def test_a_sentence_that_promises_nothing_holds_no_number(plan, document):
    odd = []
    for clause in plan.clauses:
        for i, (sentence, codes) in enumerate(zip(document[clause.clause].sentences, clause.sentences, strict=True), 1):
            if not codes and NUMBER.search(sentence):
                odd.append(f"clause {clause.clause}, sentence {i} is declared to promise nothing: {sentence}")
    _fail_with(odd)


def test_the_departments_are_those_of_the_text(plan, document, catalog):
    different = []
    for clause in plan.clauses:
        if clause.part in ("goals", "safeguards"):  # these parts name their responsible in the sentence, if at all
            continue
        for role in ROLES.values():
            ours = sorted(catalog.called(getattr(clause, role), "zh"))
            text = sorted(document[clause.clause].departments.get(role, []))
            if ours != text:
                different.append(f"clause {clause.clause}, {role}: the text has {text}, the plan {ours}")
    _fail_with(different)


def test_who_answers_for_a_figure_is_named_by_its_clause(plan):
    strange = []
    for clause in plan.clauses:
        named = {*clause.lead, *clause.cooperating}
        for target in clause.targets:
            if clause.lead and not set(target.lead) <= named:
                strange.append(f"clause {clause.clause}, {target.code}: {set(target.lead) - named} is not named")
            if len(clause.lead) != 1 and not target.reason:
                strange.append(f"clause {clause.clause}, {target.code}: our reading is not marked as ours")
    _fail_with(strange)


# Every code has its row


def test_every_row_of_the_indicators_is_a_target_and_every_target_a_row(plan, rows):
    codes = [t.code for t in plan.targets()]
    assert sorted(set(rows) - set(codes)) == [], "in indicators.md and not in the plan"
    assert sorted(set(codes) - set(rows)) == [], "in the plan and not in indicators.md"
    assert len(codes) == len(set(codes))


def test_every_figure_is_of_the_kind_of_its_row(plan, rows, catalog):
    different = []
    for target in plan.targets():
        kind, wanted = catalog.indicators[target.indicator].kind, rows[target.code][0]
        if kind != wanted:
            different.append(f"{target.code}: indicators.md says {wanted}, {target.indicator} is a {kind}")
    _fail_with(different)


def test_every_figure_is_held_against_the_target_of_its_row(plan, rows):
    different = []
    for target in plan.targets():
        text = rows[target.code][1].replace("*", "")
        sign, value = _bound(text)
        if value is None and "parameter" not in text:
            continue
        if target.value != ({} if value is None else {2021: value}):
            different.append(f"{target.code}: indicators.md says {text}, the plan {target.value or 'nothing'}")
        if sign is not None and sign != target.comparison and value != 100:  # no share goes beyond the whole
            different.append(f"{target.code}: indicators.md says {text}, the plan {target.comparison}")
        if "力争" in text and target.strength != "strive":
            different.append(f"{target.code}: indicators.md says 力争, the plan {target.strength}")
        counted = re.match(r"(\d+) of \1", text)
        if counted and target.promised_members != int(counted.group(1)):
            different.append(f"{target.code}: indicators.md says {text}, the plan counts {target.promised_members}")
    _fail_with(different)


def _bound(text: str) -> tuple[str | None, float | None]:
    """(comparison, value) of a row's target; of all members, or of 11 of 11, 100 % is meant."""
    bound = re.match(r"(?:\S+ )?([≥≤=<>]) (\d+)", text)
    if bound:
        return SIGNS[bound.group(1)], float(bound.group(2))
    if re.match(r"all\b|(\d+) of \1", text):
        return None, 100.0
    return None, float(text) if text.isdigit() else None


# Every number and place of a promise


def test_every_share_is_the_value_of_a_target(told):
    missing = []
    for where, sentence, _, targets in told:
        values = {v for t in targets for v in t.value.values()}
        missing += [f"{where}: {n} % is no target" for n in SHARE.findall(sentence) if float(n) not in values]
    _fail_with(missing)


def test_every_number_is_in_a_target_or_a_statement(told):
    missing = []
    for where, sentence, clause, targets in told:
        rest = sentence
        for covered in (MONTH_END, MONTHS, YEAR):
            rest = covered.sub("", rest)
        known = {float(n) for text in (clause.statement, *(t.statement for t in targets)) for n in _numbers(text.zh)}
        for target in targets:
            known |= set(target.value.values()) | {float(target.promised_members or 0)}
            known |= {float(len(target.places)), float(len(target.works))}
        missing += [f"{where}: {n} stands nowhere" for n in _numbers(rest) if float(n) not in known]
    _fail_with(missing)


def _numbers(text: str) -> list[str]:
    return NUMBER.findall(text)


def test_every_number_of_a_target_is_the_text_s(told, plan):
    """Beside 0 and 100 % of all, and the number of works that the text names."""
    sentences: dict[str, str] = {}
    for _, sentence, _, targets in told:
        for target in targets:
            sentences[target.code] = sentences.get(target.code, "") + sentence
    invented = []
    for clause in plan.clauses:
        for target in clause.targets:
            text = {float(n) for n in _numbers(sentences[target.code])} | {float(len(target.works))}
            values = set(target.value.values()) - {0.0, *([100.0] if target.unit == "%" else [])}
            said = {float(n) for n in _numbers(target.statement.zh)}
            for number in sorted((values | said) - text):
                invented.append(f"clause {clause.clause}, {target.code}: {number:g} does not stand in its sentence")
    _fail_with(invented)


def test_every_promised_count_is_held_against_its_register(plan):
    rules = shared("plan", "indicators.md").read_text(encoding="utf-8")
    counts = re.search(r"promised count \(([\d, ]+)", rules)
    assert counts
    held = {t.promised_members for t in plan.targets()}
    _fail_with([f"no target promises {n} members" for n in _numbers(counts.group(1)) if int(n) not in held])


def test_every_date_is_a_deadline_or_the_plan_s_year(told, plan):
    missing = []
    for where, sentence, _, targets in told:
        deadlines = {d for t in targets for d in t.deadline.values()}
        for year, month in MONTH_END.findall(sentence):
            if not any((d.year, d.month) == (int(year), int(month)) and _is_month_end(d) for d in deadlines):
                missing.append(f"{where}: no target has its deadline at the end of {year}-{month}")
        if "年底前" in sentence and date(plan.years[0], 12, 31) not in deadlines:
            missing.append(f"{where}: no target has its deadline at the end of the year")
        for year in YEAR.findall(sentence):
            if int(year) not in plan.years:
                missing.append(f"{where}: the plan is not about {year}")
    _fail_with(missing)


def test_every_part_of_the_year_is_a_window(told, plan):
    missing = []
    for where, sentence, _, targets in told:
        windows = [plan.windows[t.window] for t in targets if t.window]
        for first, last in MONTHS.findall(sentence):
            if not any((w.first[:2], w.last[:2]) == (f"{first:0>2}", f"{last:0>2}") for w in windows):
                missing.append(f"{where}: no target has the window of the months {first} to {last}")
        for phrase, name in WINDOWS.items():
            if re.search(phrase, sentence) and not any(t.window == name for t in targets):
                missing.append(f"{where}: no target has the window {name}")
    _fail_with(missing)


def _is_month_end(day: date) -> bool:
    return date.fromordinal(day.toordinal() + 1).day == 1


def test_every_area_is_among_the_places_of_a_target(told, plan, catalog):
    names: dict[str, str | None] = {}
    for area in catalog.areas.values():
        if catalog.lies_in(area.id, plan.area) and area.id != plan.area:
            name = area.name.zh
            words = re.escape(name) if area.level != "city" else rf"{name.removesuffix('市')}(?=[市、,\d])"
            names[words] = None if words in names else area.id  # 城区 is more than one
    missing = []
    for where, sentence, clause, targets in told:
        named = {place for t in targets for place in [*catalog.places_of(plan, t), *(w.place for w in t.works)]}
        said = clause.statement.zh + "".join(t.statement.zh for t in targets)
        for words, code in names.items():
            if code is not None and re.search(words, sentence) and code not in named and not re.search(words, said):
                codes = ", ".join(t.code for t in targets)
                missing.append(f"{where}: {catalog.areas[code].name.zh} is no place of {codes}")
    _fail_with(missing)


def test_every_area_of_a_target_is_in_the_text(told, plan, catalog):
    invented = []
    for where, sentence, _, targets in told:
        for target in targets:
            for place in [*target.places, *(w.place for w in target.works if w.place)]:
                if catalog.areas[place].name.zh.removesuffix("市") not in sentence:
                    invented.append(f"{where}: {target.code} names {catalog.areas[place].name.zh}, the text does not")
            for river in [*target.named_rivers, *(w.river.zh for w in target.works if w.river)]:
                if river not in sentence:
                    invented.append(f"{where}: {target.code} names {river}, the text does not")
    _fail_with(invented)


def test_every_phrase_for_places_is_a_set_of_places(told):
    missing = []
    for where, sentence, _, targets in told:
        for phrase, (key, name) in PHRASES.items():
            if re.search(phrase, sentence) and not any(getattr(t, key) == name for t in targets):
                missing.append(f"{where}: no target has {key} {name}")
    _fail_with(missing)


def test_every_river_and_basin_is_named_by_a_target_or_a_statement(told, plan, catalog):
    areas = "|".join(sorted({a.name.zh.removesuffix("市") for a in catalog.children(plan.area, "county")}))
    areas += "|" + "|".join(a.name.zh.removesuffix("市") for a in catalog.children(plan.area, "city"))
    missing = []
    for where, sentence, clause, targets in told:
        said = clause.statement.zh + "".join(t.statement.zh + _counted(t, catalog) for t in targets)
        named = {r for t in targets for r in [*t.named_rivers, *(w.river.zh for w in t.works if w.river)]}
        rest = re.sub(r"以[^,]*等流域为重点", "", sentence)  # where work goes first narrows no promise
        rest = re.sub(rf"[一-龥]{{2}}流域(?={areas})", "", rest)  # the area tells its basin
        for name in _waters(rest, [*catalog.waters]):
            if name not in named and name not in said:
                missing.append(f"{where}: {name} stands nowhere")
        for target in targets:
            for name in _waters(target.statement.zh, [*catalog.waters]) if target.named_rivers else ():
                if name not in target.named_rivers:
                    missing.append(f"{where}: {name} is no river of {target.code}, whose statement names it")
    _fail_with(missing)


def _counted(target: Target, catalog: Catalog) -> str:
    """The names of the figure and of the register that it counts over."""
    indicator = catalog.indicators[target.indicator]
    register = indicator.population.register_name
    names = [indicator.name, *(catalog.registers[r].label for r in (register, indicator.population.having) if r)]
    return "".join(name.zh for name in names)


def _waters(sentence: str, known: list[str]) -> list[str]:
    """Rivers and basins of the sentence, the longest names first: 蔚汾河 is not 汾河."""
    rivers = {*(name for name in known if name.endswith("河")), *re.findall(r"[县市]([一-龥]{2,3}河)", sentence)}
    found = []
    for name in sorted({*rivers, *(f"{river}流域" for river in rivers), *known}, key=len, reverse=True):
        if name in sentence:
            found.append(name)
        sentence = sentence.replace(name, "，")
    return found


def test_work_that_the_text_wants_at_a_stage_is_counted_at_it(told):
    missing = []
    for where, sentence, _, targets in told:
        for phrase, stage in STAGES.items():
            if re.search(phrase, sentence) and not any(t.stage == stage for t in targets):
                missing.append(f"{where}: no target counts what is {stage}")
    _fail_with(missing)


def test_what_the_text_only_strives_for_is_no_breach(told):
    words = {"力争": "strive", "基本消除": "basically", "全力退出": "all_out", "鼓励工业园区": "encouraged"}
    missing = []
    for where, sentence, _, targets in told:
        for word, strength in words.items():
            if word in sentence and not any(t.strength == strength for t in targets):
                missing.append(f"{where}: {word} is no strength of {', '.join(t.code for t in targets)}")
    _fail_with(missing)


# Our own words


def test_no_statement_is_a_sentence_of_the_document(plan, document):
    """Compared without marks and spaces, so that another comma does not hide a copy."""
    text = "".join(_bare(s) + "\n" for p in document.values() for s in p.sentences)
    copied = []
    for where, statement in _statements(plan):
        ours = _bare(statement)
        runs = (ours[i : i + COPIED] for i in range(len(ours) - COPIED + 1))
        copied += [f"{where} has {run} of the document" for run in runs if run in text][:1]
        if ours in text.split("\n"):
            copied.append(f"{where} is a sentence of the document: {statement}")
    _fail_with(copied)


def _statements(plan: Plan) -> list[tuple[str, str]]:
    found = [(f"clause {c.clause}, statement", c.statement.zh) for c in plan.clauses]
    for clause in plan.clauses:
        for target in clause.targets:
            for text in (target.statement, target.left_to, target.no_value):
                if text is not None:
                    found.append((f"clause {clause.clause}, {target.code}", text.zh))
    return found + [(f"joint {', '.join(j.codes)}", j.statement.zh) for j in plan.joint]


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", text)
