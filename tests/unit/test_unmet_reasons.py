"""Why figures were not met: from the form that a department fills in to the list in the report."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from openpyxl import load_workbook

from analytics import notebook
from analytics.asked import is_asked_in
from analytics.catalog import load_catalog
from analytics.catalog.check import problems
from analytics.catalog.models import DueDate, Source
from analytics.catalog.senders import answering
from analytics.ingest.form_workbook import write_form
from analytics.ingest.forms import form_for
from analytics.paths import Workspace
from analytics.periods import parse_period
from analytics.pipeline.intake import registers_of
from analytics.present.explanation import explanation_tables
from analytics.present.lists import found_in_words
from analytics.present.unmet_reasons import about, listed, reasons_of
from analytics.warehouse.facts import area_registers
from tests.deliveries import MANURE_HEAD, Desk, promising

HEAD = "指标编号,指标名称,市,县（市、区）,原因类别,未达到原因,整改措施,完成期限,责任处室,填报单位,佐证材料名称"
ROW = "T12b,,,,管理,台账不全,补报台账,2022-06-30,畜牧处,省农业农村厅,核对表\n"
LATER = date(2022, 2, 20)
GIVEN = """\
plan: shanxi-2021
reasons:
  - {code: T12b, area: "140100", cause: management, text: 甲说明, measure: 补报, due: 2022-06-30, signed_by: 张某某,
     source: 甲〔2022〕1号, date: 2022-02-01}
"""
MANURE = f"{MANURE_HEAD}\n太原市,清徐县,100,10\n"


@pytest.fixture
def desk(tmp_path, catalog):
    """A desk whose plan promises a figure that is not met, and one that is."""
    return Desk(Workspace(tmp_path / "ws"), promising(catalog, ["T12b", "T12c"]), tmp_path / "inbox")


def text_of(cell):
    return cell if isinstance(cell, str) else cell["text"]


def year_of(desk, area="140000"):
    desk.values()
    return notebook.open_year(2021, root=desk.workspace.root).area(area)


def reason_in_list(desk, code="T12b", **said):
    (row,) = [row for row in year_of(desk, **said).not_met().rows if row[0] == code]
    return row[5]


# The form


def test_the_figures_are_those_of_every_plan_in_its_years(catalog):
    figures = area_registers(catalog).filter(register="figures")
    told = dict(figures.filter(pl.col("valid_from").dt.year() == 2021).select("entity_id", "name").iter_rows())
    assert set(told) == {target.code for target in catalog.plans["shanxi-2021"].targets()}
    assert (told["T12b"], told["T07b"]) == ("畜禽粪污综合利用率", "合流管改造：三市城区")
    assert figures["area_id"].null_count() == figures.height


def test_the_form_offers_every_figure_and_begins_no_row(desk, catalog):
    source = catalog.sources["unmet_reasons"]
    members = registers_of(desk.workspace, catalog)
    form = form_for(source, catalog, period="2021", area="", members=members, department="water_resources")
    assert form.rows == []
    assert len(form.members["figure_code"]) == 116 and "水资源论证" in form.members["figure_name"]
    clause = next(line for line in form.served if "第5条" in line)
    assert "T05b 水资源论证" in clause and not any("T12b" in line for line in form.served)
    path = desk.workspace.root / "form.xlsx"
    path.parent.mkdir(parents=True)
    write_form(form, path)
    example = [cell.value for cell in load_workbook(path)["填报表"][7]]
    assert example[1:3] == ["示例：T12b", "示例：畜禽粪污综合利用率"] and example[8] == "示例：年末以后的日期"


def test_the_forms_of_two_departments_are_files_of_their_own(qinghe, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for department in ("水利厅", "住建厅"):
        assert qinghe("form", "unmet_reasons", "--period", "2021", "--department", department).returncode == 0
    assert {file.name for file in tmp_path.glob("*.xlsx")} == {
        "2021年未达到情况说明表_省水利厅.xlsx",
        "2021年未达到情况说明表_省住建厅.xlsx",
    }


def test_a_form_that_comes_on_occasion_is_owed_by_nobody(desk, catalog):
    desk.hand_in("manure", MANURE)
    year = year_of(desk)
    assert "unmet_reasons" not in year.outstanding()["source"].to_list()
    assert "unmet_reasons" not in year.frames.standing["source"].to_list()
    dated = replace(catalog, due={"unmet_reasons": DueDate(days_after=20, source="某函", date=date(2021, 1, 15))})
    assert not is_asked_in(catalog.sources["unmet_reasons"], dated, parse_period("2021"))


def test_a_form_on_occasion_has_no_calendar_and_a_blank_place_is_one_that_may_be_blank(catalog):
    told = catalog.sources["unmet_reasons"].model_dump()
    with pytest.raises(ValueError, match="comes on occasion has no calendar"):
        Source.model_validate(told | {"calendar": [{"register_name": "figures"}]})
    columns = [c | {"required": True} for c in told["columns"]]
    with pytest.raises(ValueError, match="places that may be left blank"):
        Source.model_validate(told | {"columns": columns})


def test_no_target_is_due_after_its_year_so_that_its_end_is_the_last_day_of_all(catalog):
    """The rule `due_after_the_year` holds a measure against the end of the year alone."""
    targets = [target for plan in catalog.plans.values() for target in plan.targets()]
    assert all(day.year <= year for target in targets for year, day in target.deadline.items())


# What is checked


@pytest.mark.parametrize(
    ("row", "check", "found", "nearest"),
    [
        (ROW.replace("T12b", "T12z"), "entity_registered", "T12z", "最接近的是："),
        (ROW.replace("T12b", "t-012b"), "entity_registered", "t-012b", "最接近的是：畜禽粪污综合利用率 T12b"),
        (ROW.replace("T12b", "t12b"), "entity_registered", "t12b", "最接近的是：畜禽粪污综合利用率 T12b"),
        (ROW.replace("T12b,", "T92b,畜禽粪污综合利用"), "entity_registered", "T92b", "畜禽粪污综合利用率 T12b"),
        (ROW.replace("台账不全", ""), "unmet_reason_present", "", ""),
        ("T12b,,,,,,,,,省农业农村厅,\n", "unmet_reason_present", "", ""),
        (ROW.replace("省农业农村厅", ""), "reported_by_present", "", ""),
        (ROW.replace("T12b,,", "T12b,,太源市"), "city_readable", "太源市", "最接近的是：太原市"),
    ],
)
def test_a_row_that_nobody_can_place_is_set_aside_with_the_nearest(desk, row, check, found, nearest):
    gate = desk.hand_in("unmet_reasons", f"{HEAD}\n{ROW.replace('T12b', 'T12c')}{row}")
    assert gate.result.set_aside_rows == 1
    (broken,) = gate.result.broken.filter(pl.col("severity") == "critical").to_dicts()
    assert broken["check"] == check and found in (broken["found"] or "") and nearest in broken["expected_zh"]


@pytest.mark.parametrize(
    ("row", "check"),
    [
        (ROW.replace("2022-06-30", "2021-10-31"), "due_after_the_year"),
        (ROW.replace("补报台账", ""), "reason_with_measure"),
        (ROW.replace("2022-06-30", ""), "measure_with_day"),
        (ROW.replace("畜牧处", ""), "reason_with_office"),
        (ROW.replace("T12b,", "T12b,粪污利用"), "name_as_registered"),
    ],
)
def test_what_is_doubtful_is_told_and_counts(desk, row, check):
    gate = desk.hand_in("unmet_reasons", f"{HEAD}\n{row}")
    assert gate.rules_broken == [(check, 1)] and gate.result.set_aside_rows == 0


@pytest.mark.parametrize(
    ("row", "check", "found"),
    [
        (ROW.replace("2022-06-30", "2022年下半年"), "measure_due_readable", "2022年下半年"),
        (ROW.replace("管理", "天气"), "unmet_cause_readable", "天气"),
    ],
)
def test_a_cell_that_decides_no_figure_is_told_once_and_its_row_stays(desk, row, check, found):
    """The row was set aside, and its sender was told besides that no day was given."""
    gate = desk.hand_in("unmet_reasons", f"{HEAD}\n{row}")
    assert gate.rules_broken == [(check, 1)] and gate.result.set_aside_rows == 0
    (broken,) = gate.result.broken.to_dicts()
    assert (broken["severity"], broken["found"]) == ("warning", found)


def test_a_name_from_the_list_of_the_form_is_that_of_its_figure(desk):
    """The plan writes it with brackets of full width, which reading folds."""
    gate = desk.hand_in("unmet_reasons", f"{HEAD}\n{ROW.replace('T12b,', 'T12c,化肥施用量（折纯）变化')}")
    assert gate.rules_broken == []


def test_a_day_before_the_year_is_over_is_told_with_the_names_of_both_days(desk):
    gate = desk.hand_in("unmet_reasons", f"{HEAD}\n{ROW.replace('2022-06-30', '2021-10-31')}")
    (broken,) = gate.result.broken.to_dicts()
    told = found_in_words(broken["found"], broken["column"], {}, desk.catalog, "zh")
    assert told == "完成期限 2021-10-31；报告期末日 2021-12-31"


def test_the_name_of_another_figure_sets_the_row_aside(desk):
    gate = desk.hand_in("unmet_reasons", f"{HEAD}\n{ROW}{ROW.replace('T12b,', 'T12c,畜禽粪污综合利用率')}")
    assert ("name_of_no_other", 1) in gate.rules_broken and gate.result.set_aside_rows == 1


def test_a_row_that_names_no_place_is_about_the_whole_area_of_its_delivery(desk):
    rows = [ROW, ROW.replace("T12b,,", "T12b,,太原市"), ROW.replace("T12b,,,", "T12b,,太原市,清徐县")]
    gate = desk.hand_in("unmet_reasons", f"{HEAD}\n{''.join(rows)}")
    assert pl.read_parquet(gate.staged.path)["area_id"].to_list() == ["140000", "140100", "140121"]
    assert gate.rules_broken == []
    own = desk.hand_in("unmet_reasons", f"{HEAD}\n{ROW}{ROW.replace('T12b,,', 'T12c,,大同市')}", area="140100")
    assert pl.read_parquet(own.staged.path)["area_id"].to_list() == ["140100", "140200"]
    assert own.rules_broken == [("city_readable", 1)]  # Datong is not for Taiyuan to tell


@pytest.mark.parametrize("named", ["山西省", "山西", "全省"])
def test_a_row_that_names_the_whole_area_is_about_it(desk, named):
    gate = desk.hand_in("unmet_reasons", f"{HEAD}\n{ROW.replace('T12b,,', f'T12b,,{named}')}")
    assert pl.read_parquet(gate.staged.path)["area_id"].to_list() == ["140000"] and gate.rules_broken == []
    own = desk.hand_in("unmet_reasons", f"{HEAD}\n{ROW}{ROW.replace('T12b,,', 'T12c,,全省')}", area="140100")
    assert own.rules_broken == [("city_readable", 1)]  # the province is not for Taiyuan to tell


@pytest.mark.parametrize("mark", ["—", "无", "/", "暂无"])
def test_a_mark_of_nothing_is_no_reason_and_replaces_none(desk, mark):
    desk.hand_in("unmet_reasons", f"{HEAD}\n{ROW}")
    gate = desk.hand_in("unmet_reasons", f"{HEAD}\n{ROW.replace('台账不全', mark)}{ROW.replace('T12b', 'T12c')}")
    assert gate.rules_broken == [("unmet_reason_present", 1)] and gate.result.set_aside_rows == 1
    lacking = desk.hand_in("unmet_reasons", f"{HEAD}\n{ROW.replace('补报台账', mark)}", received=LATER)
    assert len(lacking.rules_broken) == 1 and lacking.result.set_aside_rows == 0


# Who sends it


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("农业农村厅", "省农业农村厅"),
        ("山西省农业农村厅", "省农业农村厅"),
        ("省住房和城乡建设厅", "省住建厅"),
        (" 住房城乡建设厅", "省住建厅"),
        ("太原市政府", "太原市人民政府"),
        ("山西省太原市人民政府", "太原市人民政府"),
        ("各市政府", "各市人民政府"),
        ("河北省农业农村厅", "河北省农业农村厅"),
        ("各牵头单位", "各牵头单位"),
        ("太原市农业农村局", "太原市农业农村局"),
    ],
)
def test_a_sender_is_known_by_each_of_its_names(desk, typed, name):
    gate = desk.hand_in("unmet_reasons", f"{HEAD}\n{ROW.replace('省农业农村厅', typed)}")
    row = pl.read_parquet(gate.staged.path).row(0, named=True)
    assert (row["reported_by"], row["reported_by_as_delivered"]) == (name, typed)


def test_a_name_means_one_department(catalog):
    assert list(problems(catalog)) == []
    water = catalog.departments["water_resources"].model_copy(update={"aliases": ["住建厅"]})
    own = replace(catalog, departments={**catalog.departments, "water_resources": water})
    assert [(p.entry, p.rule, p.found) for p in problems(own)] == [
        ("water_resources", "housing_construction is called so, too", "住建厅")
    ]


def test_one_department_under_two_names_is_one_sender(desk):
    """Both rows stood in the list, side by side."""
    desk.hand_in("manure", MANURE)
    desk.hand_in("unmet_reasons", f"{HEAD}\n{ROW}")
    row = ROW.replace("省农业农村厅", "农业农村厅").replace("台账不全", "雨季漏报")
    desk.hand_in("unmet_reasons", f"{HEAD}\n{row}", received=LATER)
    told = reason_in_list(desk)
    assert "雨季漏报" in told and "台账不全" not in told and "（省农业农村厅、畜牧处）" in told


def test_a_sender_that_nobody_knows_is_told_with_the_nearest_and_its_row_stays(desk):
    gate = desk.hand_in("unmet_reasons", f"{HEAD}\n{ROW.replace('省农业农村厅', '省农业农林厅')}")
    assert gate.rules_broken == [("reported_by_readable", 1)] and gate.result.set_aside_rows == 0
    (broken,) = gate.result.broken.to_dicts()
    assert (broken["severity"], broken["found"]) == ("warning", "省农业农林厅")
    assert broken["expected_zh"] == "目录内的部门或市人民政府名称；最接近的是：省农业农村厅"


def test_a_department_that_does_not_answer_for_the_figure_is_told_who_does(desk):
    gate = desk.hand_in("unmet_reasons", f"{HEAD}\n{ROW.replace('省农业农村厅', '商务厅')}")
    assert gate.rules_broken == [("reported_by_answers", 1)] and gate.result.set_aside_rows == 0
    (broken,) = gate.result.broken.to_dicts()
    zh, en = (found_in_words(broken["found"], broken["column"], {}, desk.catalog, lang) for lang in ("zh", "en"))
    who = "省农业农村厅、省水利厅、省生态环境厅、各市人民政府"
    assert zh == f"报送单位 商务厅；牵头、配合或责任单位 {who}"
    assert en.endswith(f"who answers {who}") and broken["severity"] == "warning"


@pytest.mark.parametrize("answers", ["lead", "cooperating", "responsible"])
def test_whoever_leads_cooperates_or_is_responsible_answers(catalog, answers):
    plan = catalog.plans["shanxi-2021"]
    pairs = [(t.code, d) for c in plan.clauses for t in c.targets for d in getattr(c, answers)]
    known = {a.code: a for a in answering(catalog) if a.year == 2021}
    assert pairs and all(catalog.called([d], "zh")[0] in known[code].departments for code, d in pairs)
    assert "太原市人民政府" in known["T12b"].senders and "太原市人民政府" not in known["T12b"].departments


# The list in the report


def test_a_delivered_reason_stands_in_the_list_with_who_sent_it(desk):
    desk.hand_in("manure", MANURE)
    assert reason_in_list(desk) == "未说明"
    desk.hand_in("unmet_reasons", f"{HEAD}\n{ROW}")
    assert reason_in_list(desk) == "山西省（管理）：台账不全；措施：补报台账，2022年6月30日前（省农业农村厅、畜牧处）"


def test_sentences_are_printed_as_they_were_typed(desk):
    desk.hand_in("manure", MANURE)
    row = ROW.replace("台账不全", "台账不全，漏报（甲县）；另见函").replace("补报台账", "补报，再核")
    desk.hand_in("unmet_reasons", f"{HEAD}\n{row}")
    assert "台账不全，漏报（甲县）；另见函；措施：补报，再核，2022年6月30日前" in reason_in_list(desk)
    (listed_row,) = [[text_of(cell) for cell in row] for row in year_of(desk).reasons().rows]
    assert listed_row[3:5] == ["管理：台账不全，漏报（甲县）；另见函", "补报，再核"]


def test_words_of_which_no_day_could_be_read_are_printed_as_they_were_sent(desk, catalog):
    desk.hand_in("manure", MANURE)
    row = ROW.replace("2022-06-30", "2022年下半年").replace("管理", "天气")
    desk.hand_in("unmet_reasons", f"{HEAD}\n{row}")
    assert "山西省（天气）：台账不全；措施：补报台账，期限填为“2022年下半年”（" in reason_in_list(desk)
    year = year_of(desk)
    (cells,) = [[text_of(cell) for cell in row] for row in year.reasons().rows]
    assert (cells[3], cells[5]) == ("天气：台账不全", "“2022年下半年”")
    found = reasons_of(catalog.plans["shanxi-2021"], catalog, sent(unread="by summer"), {})
    (told,) = listed(found, catalog, ["140100"], "en").rows
    assert told[5] == "“by summer”"


def test_rows_that_differ_in_the_width_of_a_comma_say_the_same(desk):
    rows = [ROW.replace("台账不全", "台账不全，漏报"), ROW.replace("台账不全", '"台账不全,漏报"')]
    gate = desk.hand_in("unmet_reasons", f"{HEAD}\n{''.join(rows)}")
    assert gate.rules_broken == [("row_not_repeated", 1)]


def test_what_a_reason_leaves_untold_is_said(desk):
    desk.hand_in("manure", MANURE)
    desk.hand_in("unmet_reasons", f"{HEAD}\nT12b,,太原市,,,台账不全,,,,省农业农村厅,\n")
    assert reason_in_list(desk) == "太原市：台账不全；措施：未填，期限未填（省农业农村厅）"


def test_a_later_delivery_replaces_the_row_of_its_figure_area_and_sender_alone(desk):
    desk.hand_in("manure", MANURE)
    other = ROW.replace("省农业农村厅", "甲厅").replace("台账不全", "甲厅所见")
    desk.hand_in("unmet_reasons", f"{HEAD}\n{ROW}{other}")
    desk.hand_in("unmet_reasons", f"{HEAD}\n{ROW.replace('台账不全', '雨季漏报')}", received=LATER)
    told = reason_in_list(desk)
    assert "雨季漏报" in told and "甲厅所见" in told and "台账不全" not in told


def test_a_list_has_the_reasons_of_its_area_of_those_within_it_and_of_that_around_it(catalog):
    rows = pl.concat([sent(area) for area in ("140000", "140200", "140221", "140100", "140121")])
    found = reasons_of(catalog.plans["shanxi-2021"], catalog, rows, {})
    within = {scope: [r.area for r in about(found, "T12b", scope, catalog)] for scope in ("140000", "140200", "某工程")}
    assert within["140200"] == ["140000", "140200", "140221"]
    assert len(within["140000"]) == len(within["某工程"]) == 5
    assert about(found, "T12a", "140000", catalog) == []


@pytest.mark.parametrize(
    ("verdicts", "is_told"),
    [
        ({"140100": "met", "140000": "not_met"}, True),
        ({"140100": "no_target", "140000": "met"}, True),
        ({"140000": "met"}, True),
        ({"140100": "no_target", "140000": "not_met"}, False),
        ({"140100": "undecided", "140000": "met"}, False),
        ({}, False),
    ],
)
def test_a_reason_of_a_figure_that_was_met_is_told_and_not_dropped(catalog, verdicts, is_told):
    by_code = {("T12b", area): verdict for area, verdict in verdicts.items()}
    found = reasons_of(catalog.plans["shanxi-2021"], catalog, sent(), by_code)
    zh, en = (listed(found, catalog, ["140100"], lang) for lang in ("zh", "en"))
    assert [row[3] for row in zh.rows] == ["乙说明"]
    assert ("已达到或无须判定，其说明照列，不进入未达到清单：T12b（太原市）" in zh.note) == is_told
    assert ("These are met or not judged; what was said of them stands here alone: T12b (Taiyuan" in en.note) == is_told
    assert about(found, "T12b", "140000", catalog) == ([] if is_told else found)


def test_the_chapter_lists_every_reason_with_the_verdict_of_its_figure(desk):
    desk.hand_in("manure", MANURE)
    desk.hand_in("unmet_reasons", f"{HEAD}\n{ROW}")
    (row,) = [[text_of(cell) for cell in row] for row in year_of(desk).reasons().rows]
    assert row[:4] == ["T12b", "山西省", "待定", "管理：台账不全"]
    assert row[6:] == ["省农业农村厅、畜牧处 2022年1月10日", "unmet_reasons-1.csv；附件：核对表"]


# Beside the catalog


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    root = tmp_path_factory.mktemp("catalog")
    (root / "given").mkdir()
    (root / "given" / "shanxi-2021.yml").write_text(GIVEN, encoding="utf-8")
    return load_catalog(root)


def sent(area="140100", day=date(2022, 1, 20), unread=""):
    due = f'"measure_due_as_delivered": "{unread}"' if unread else '"measure_due": "2022-05-31"'
    told = f'{{{due}, "reported_by": "某厅", "unmet_measure": "乙措施"}}'
    row = {"code": "T12b", "area_id": area, "reason": "乙说明", "attributes": told, "file": "乙.xlsx", "received": day}
    return pl.DataFrame([row])


def test_a_reason_typed_in_the_catalog_is_listed_as_before(given):
    plan, nothing = given.plans["shanxi-2021"], sent().clear()
    found = reasons_of(plan, given, nothing, {("T12b", "140100"): "not_met"})
    (row,) = listed(found, given, ["140100"], "zh").rows
    assert [text_of(cell) for cell in row[:5]] == [
        "T12b",
        "太原市",
        "未达到",
        "管理：甲说明",
        "补报",
    ]
    assert row[6] == "张某某 2022年2月1日" and row[7] == "甲〔2022〕1号"
    assert listed(found, given, ["140200"], "zh") is None


@pytest.mark.parametrize(
    ("area", "day", "standing"),
    [
        ("140100", date(2022, 1, 20), ["甲说明"]),
        ("140100", date(2022, 2, 1), ["乙说明"]),  # of one day the delivered one
        ("140100", date(2022, 2, 20), ["乙说明"]),
        ("140000", date(2022, 1, 20), ["乙说明", "甲说明"]),  # another area: neither replaces the other
    ],
)
def test_of_a_delivered_and_a_typed_reason_the_later_stands_and_the_other_is_still_listed(given, area, day, standing):
    found = reasons_of(given.plans["shanxi-2021"], given, sent(area, day), {})
    assert [r.text for r in found if r.stands] == standing
    rows = listed(found, given, ["140100", "140000"], "zh").rows
    assert len(rows) == 2 and sum("已由更晚的说明代替" in row[7] for row in rows) == 2 - len(standing)


def test_an_explanation_tells_why_as_it_was_sent_and_of_what_was_met_nothing(desk, catalog):
    desk.hand_in("manure", MANURE)
    assert not why(year_of(desk).explain("T12b"), catalog)
    desk.hand_in("unmet_reasons", f"{HEAD}\n{ROW}")
    found = year_of(desk).explain("T12b")
    (told,) = why(found, catalog)
    assert "台账不全；措施：补报台账，2022年6月30日前（省农业农村厅" in told and "unmet_reasons-1.csv" in told
    assert not why(replace(found, value=found.value | {"verdict": "met"}), catalog)


def why(found, catalog):
    """What an explanation says of why its figure was not met."""
    return [text_of(row[1]) for row in explanation_tables(found, catalog, "zh")[0].rows if row[0] == "未达到原因"]
