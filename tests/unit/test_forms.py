"""The form that a department fills in: what it asks, what it refuses, and that it comes back without a word."""

import csv
import json
import zipfile
from dataclasses import replace
from datetime import date
from io import StringIO

import polars as pl
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from analytics.cli import app
from analytics.errors import CatalogError, CheckFailed, UsageError
from analytics.ingest import Delivery
from analytics.ingest.form_columns import columns_of, version_of
from analytics.ingest.form_workbook import neutral, write_form
from analytics.ingest.forms import form_for
from analytics.ingest.headings import Headings
from analytics.ingest.identity import Identity, agreed, read_identity, require_area_of_titles
from analytics.pipeline import receive
from analytics.pipeline.intake import examine_all, loaded_files, registers_of
from analytics.pipeline.outstanding import standing
from tests.checks.subjects import of_subjects
from tests.deliveries import JANUARY, SECTIONS, TOWNS

SOURCES = """水源编码,水源名称,所在市,所在县（市、区）,水源级别,是否“千吨万人”水源,水源类型
W1,甲水源,太原市,清徐县,乡镇级,是,地下水型
W2,乙水源,大同市,阳高县,乡镇级,是,地下水型
"""
# Three of the four towns are on a list of works.
LISTS = ("建设名单", "万人镇", "", "两者", "汾河流域建制镇")
LISTED_TOWNS = "".join(f"{row},{told}\n" for row, told in zip(TOWNS.splitlines(), LISTS, strict=True))
REGISTERS = {"sections": SECTIONS, "towns": LISTED_TOWNS, "drinking_sources": SOURCES} | of_subjects("REGISTERS")
READ = {
    "ph": 7.5,
    "dissolved_oxygen": 8,
    "permanganate_index": 3,
    "ammonia_nitrogen": "0.02L",
    "total_phosphorus": 0.05,
}
PLACE = {"city": "太原市", "county": "清徐县"}
# By source the period of a form, and what somebody fills into every row that is begun, or into one of their own.
FILLED = {
    "manure": ("2021", {"manure_produced_t": 100, "manure_used_t": 80}),
    "town_sewage": ("2021", {"can_treat_sewage": "是", "capability_by": "自建处理设施"}),
    "section_monthly": ("2021-07", READ),
    "section_recognised": ("2021", {"recognised_class": "Ⅱ类"}),
    "source_quarterly": (
        "2021-Q3",
        {**READ, "sampling_date": date(2021, 8, 1), "source_sampling_state": "已采样"}
        | {"total_hardness": 300, "nitrate_nitrogen": 4, "fluoride": 0.4},
    ),
    "zone_plants": (
        "2021",
        {**PLACE, "zone_name": "甲开发区", "plant_name": "甲厂", "stage": "完工"}
        | {"completed_date": date(2021, 9, 1), "evidence_grade": "佐证齐全"},
    ),
    "sections": (
        "",
        {**PLACE, "section_code": "S9", "section_name": "某断面", "basin": "黄河流域", "river": "汾河"}
        | {"water_body": "河流", "target_class": "Ⅲ类", "item_list": "5项"},
    ),
    "towns": ("", {**PLACE, "town_code": "140121109", "town_name": "某镇", "valid_from": 2021}),
    "drinking_sources": (
        "",
        {**PLACE, "source_code": "W9", "source_name": "某水源", "source_level": "乡镇级"}
        | {"is_large_rural_source": "是", "source_water": "地下水型"},
    ),
    "stations": ("", {"province": "山西省", "basin": "黄河流域", "section_name": "某断面", "water_body": "河流"}),
} | of_subjects("FILLED")
HEAD, EXAMPLE, FIRST = 6, 7, 8  # rows of the sheet


@pytest.fixture
def made(desk):
    """Writes the form of a source from the registers of the desk; returns its path."""

    def write(source, period=None, *, area="", **said):
        entity = desk.catalog.sources[source].entity
        if entity and entity.register_name in REGISTERS:
            desk.hand_in(entity.register_name, REGISTERS[entity.register_name])
        members = registers_of(desk.workspace, desk.catalog)
        form = form_for(
            desk.catalog.sources[source],
            desk.catalog,
            period=FILLED[source][0] if period is None else period,
            area=area,
            members=members,
            **said,
        )
        desk.inbox.mkdir(exist_ok=True)
        path = desk.inbox / f"form-{source}.xlsx"
        write_form(form, path)
        return path

    return write


@pytest.fixture
def filled(made, catalog):
    """As `made`, with the cells of `FILLED` in every row that is begun, or in one row where none is."""

    def write(source, period=None, *, cells=None, **said):
        path = made(source, period, **said)
        book = load_workbook(path)
        sheet = book["填报表"]
        columns = column_numbers(catalog, source)
        for row in range(FIRST, max(sheet.max_row, FIRST) + 1):
            for key, value in (FILLED[source][1] if cells is None else cells).items():
                sheet.cell(row, columns[key], value)
        book.save(path)
        return path

    return write


def column_numbers(catalog, source):
    return {a.key: n for n, a in enumerate(columns_of(catalog.sources[source], catalog), start=2)}


def take(desk, file, **said):
    """Receive the file as the command does; returns what the gate found."""
    delivery = agreed(read_identity(file), Delivery(said.pop("source", ""), JANUARY, **said), file, desk.catalog)
    return receive(desk.workspace, file, delivery, desk.catalog)[0]


def edited(path, change):
    """The workbook with `change` done to it, as if saved by hand."""
    book = load_workbook(path)
    change(book)
    book.save(path)
    return path


@pytest.mark.parametrize("source", FILLED)
def test_a_filled_form_is_received_without_any_option(desk, filled, source):
    found = take(desk, filled(source))
    said = found.snapshot.delivery
    assert (said.source, said.period, said.invented) == (source, FILLED[source][0], False)
    assert said.department == desk.catalog.called([desk.catalog.sources[source].department], "zh")[0]
    assert (found.result.set_aside_rows, found.readings_set_aside, found.rules_broken) == (0, 0, [])
    assert (found.staged.examples, found.staged.sheets_passed_over) == (1, [])
    begun = {"manure": 117, "town_sewage": 4, "section_monthly": 3, "section_recognised": 3, "source_quarterly": 2}
    assert found.staged.rows == (begun | of_subjects("BEGUN")).get(source, 1)


def test_every_source_that_people_fill_in_has_a_form(catalog):
    assert set(FILLED) == {name for name, s in catalog.sources.items() if "xlsx" in s.formats}


def test_the_example_of_a_whole_number_is_one(catalog):
    unsaid = {
        n: catalog.fields[n].model_copy(update={"example": ""}) for n in ("season_first_month", "season_first_day")
    }
    without = replace(catalog, fields={**catalog.fields, **unsaid})
    examples = {a.key: a.example for a in columns_of(catalog.sources["flow_targets"], without)}
    assert (examples["season_first_month"], examples["season_first_day"]) == ("2", "4")


def test_the_example_of_a_monthly_report_could_be_that_of_a_plant(catalog):
    examples = {a.key: a.example for a in columns_of(catalog.sources["plant_monthly"], catalog)}
    told = [examples[k] for k in ("effluent_temperature_c", "effluent_cold_days", "overflow_events")]
    assert told == ["11.8", "0", "0"]  # not below ten degrees on any day, and nothing flowed over


# What the form asks


def rules_of(path, catalog, source):
    """The rule of the first row that is filled in, by column."""
    sheet = load_workbook(path)["填报表"]
    found = {}
    for rule in sheet.data_validations.dataValidation:
        for cells in rule.sqref.ranges:
            assert cells.min_row == FIRST and cells.max_row > FIRST + 1000
            found[cells.min_col] = rule
    return {key: found[number] for key, number in column_numbers(catalog, source).items()}


def words_of(path, rule):
    """The words of a drop-down list, from the hidden sheet."""
    sheet, _, cells = rule.formula1.partition("!")
    rows = load_workbook(path)[sheet][cells.replace("$", "")]
    return [row[0].value for row in rows]


def width_of(sheet, column):
    """Columns of one width are kept as one span."""
    return next(d.width for d in sheet.column_dimensions.values() if d.min <= column <= d.max)


@pytest.mark.parametrize("source", FILLED)
def test_every_column_has_a_rule_a_prompt_a_note_and_a_heading_that_is_read(made, catalog, source):
    path = made(source)
    sheet, headings = load_workbook(path)["填报表"], Headings(catalog.sources[source], catalog)
    for key, rule in rules_of(path, catalog, source).items():
        head = sheet.cell(HEAD, column_numbers(catalog, source)[key])
        assert headings.recognise(head.value).key == key
        assert rule.prompt and rule.error and head.comment.text
        assert len(rule.prompt) <= 255 and len(rule.error) <= 255 and len(rule.promptTitle) <= 32
        wide = sum(2 if sign > "\u2000" else 1 for sign in head.value)
        assert width_of(sheet, head.column) >= wide
    measured = catalog.sources[source].readings
    marks = {k: sheet.cell(HEAD - 1, n).value for k, n in column_numbers(catalog, source).items()}
    for asked in columns_of(catalog.sources[source], catalog):
        is_measured = measured and asked.key in measured.parameters
        optional = f"{'、'.join(asked.waters)}必测" if asked.waters else "选填"
        assert marks[asked.key] == (("必测" if is_measured else "必填") if asked.is_required else optional)


def test_amounts_have_their_bounds_and_codes_their_words(made, catalog):
    path = made("manure")
    amount = rules_of(path, catalog, "manure")["manure_used_t"]
    assert (amount.type, float(amount.formula1), float(amount.formula2)) == ("decimal", 0, 4_000_000)
    assert amount.errorStyle in (None, "stop")
    assert "0～4,000,000 吨" in amount.error and "0～4,000,000 吨" in amount.prompt
    rules = rules_of(made("zone_plants"), catalog, "zone_plants")
    assert (rules["stage"].type, rules["completed_date"].type, rules["remark"].type) == ("list", "date", None)
    stages = ["前期", "开工", "完工", "通水试运行", "验收", "稳定运行"]
    assert words_of(made("zone_plants"), rules["stage"]) == stages
    flag = rules_of(made("drinking_sources"), catalog, "drinking_sources")["is_large_rural_source"]
    assert words_of(made("drinking_sources"), flag) == ["是", "否"]
    year = rules_of(made("towns"), catalog, "towns")["valid_from"]
    assert (year.type, year.formula1, year.formula2) == ("whole", "1000", "9999")


def test_bounds_are_in_the_unit_of_the_heading(catalog, overlay):
    text = "in_wan: {type: number, label: {zh: 量, en: Amount}, unit: t, minimum: 0, maximum: 20000}\n"
    own = overlay("fields.yml", text)
    source = own.sources["manure"]
    column = source.columns[2].model_copy(update={"field": "in_wan", "headers": ["产生量（万吨）"]})
    (asked,) = columns_of(source.model_copy(update={"columns": [column]}), own)
    assert (asked.unit, asked.most) == ("万吨", 2.0)


def test_readings_take_what_is_written_for_a_number(made, catalog):
    path = made("section_monthly")
    rules = rules_of(path, catalog, "section_monthly")
    ammonia = rules["ammonia_nitrogen"].formula1
    assert rules["ammonia_nitrogen"].type == "custom"
    assert ">=0.0" in ammonia and "<=150.0" in ammonia and '"L"' in ammonia and '"未检出"' in ammonia
    assert '"L"' not in rules["ph"].formula1  # pH cannot go undetected
    assert "0.01L" in rules["ammonia_nitrogen"].error and "0.01L" not in rules["ph"].error


def test_a_reading_that_some_kinds_of_water_require_names_them(made, catalog):
    sheet = load_workbook(made("source_quarterly"))["填报表"]
    columns = column_numbers(catalog, "source_quarterly")
    marks = {key: sheet.cell(HEAD - 1, column).value for key, column in columns.items()}
    assert marks["total_hardness"] == "地下水型必测" and marks["dissolved_oxygen"] == "河流型、湖库型必测"
    assert (marks["fluoride"], marks["ph"], marks["chloride"]) == ("必测", "必测", "选填")
    assert any("只对该类水源" in str(cell.value) for cell in sheet[4] if cell.value)


def test_months_are_those_of_the_period(made, catalog):
    path = made("section_monthly", "2021-Q3")
    rule = rules_of(path, catalog, "section_monthly")["month"]
    assert words_of(path, rule) == ["2021-07", "2021-08", "2021-09"]
    days = rules_of(made("source_quarterly"), catalog, "source_quarterly")["sampling_date"]
    spans = [date(1899, 12, 30).toordinal() + int(text) for text in (days.formula1, days.formula2)]
    assert [date.fromordinal(day) for day in spans] == [date(2021, 7, 1), date(2021, 9, 30)]


def test_members_are_those_of_the_register_and_others_are_warned_of(made, catalog):
    path = made("town_sewage")
    rule = rules_of(path, catalog, "town_sewage")["town_code"]
    assert words_of(path, rule) == ["140121101", "140121102", "140122101", "140221101"]
    assert rule.errorStyle == "warning" and "名录内的建制镇代码" in rule.error


def test_a_county_is_chosen_within_its_city(made, catalog):
    rules = rules_of(made("manure"), catalog, "manure")
    assert len(words_of(made("manure"), rules["city"])) == 11
    formula = rules["county"].formula1
    assert formula.startswith("IF(COUNTIF(qinghe_lists!") and "OFFSET(" in formula and "$B8" in formula


def test_long_lists_stand_on_a_hidden_sheet(made):
    book = load_workbook(made("manure"))
    assert [s.sheet_state for s in book] == ["visible", "visible", "hidden", "veryHidden"]
    rules = book["填报表"].data_validations.dataValidation
    assert all(len(rule.formula1 or "") <= 255 for rule in rules)


def test_only_what_is_filled_in_can_be_changed(made):
    sheet = load_workbook(made("manure"))["填报表"]
    assert sheet.protection.sheet and sheet.freeze_panes == f"B{HEAD + 1}"
    assert all(sheet.cell(row, 4).protection.locked for row in (1, 2, 3, 4, HEAD - 1, HEAD, EXAMPLE))
    assert not sheet.column_dimensions["D"].protection.locked and not sheet.cell(FIRST, 2).protection.locked


def test_the_form_says_what_it_serves(made, catalog):
    sheet = load_workbook(made("manure"))["填报表"]
    above = "\n".join(str(sheet.cell(row, 1).value) for row in range(1, HEAD))
    statement = next(c.statement.zh for c in catalog.plans["shanxi-2021"].clauses if c.clause == "12")
    for said in ("2021年畜禽粪污产生与利用情况表", "省农业农村厅", "第12条", "T12b", statement, "示例"):
        assert said in above


def test_a_form_for_a_longer_time_names_the_members_and_begins_no_rows(made, catalog):
    path = made("section_monthly", "2021")
    assert load_workbook(path)["填报表"].cell(FIRST, 2).value is None
    rules = rules_of(path, catalog, "section_monthly")
    assert words_of(path, rules["section_code"]) == ["S1", "S2", "S3"]
    assert len(words_of(path, rules["month"])) == 12


def test_an_area_beyond_the_plan_has_no_form(catalog):
    with pytest.raises(UsageError, match="does not cover"):
        form_for(catalog.sources["manure"], catalog, period="2021", area="110000", members=pl.DataFrame())


def test_an_area_narrows_the_form(desk, made, filled):
    path = made("town_sewage", area="140200")
    sheet = load_workbook(path)["填报表"]
    assert [c.value for c in sheet[FIRST]][:5] == ["1", "大同市", "阳高县", "140221101", "丁镇"]
    assert sheet.cell(FIRST + 1, 4).value is None
    rules = rules_of(path, desk.catalog, "town_sewage")
    assert words_of(path, rules["city"]) == ["大同市"]
    found = take(desk, filled("town_sewage", area="140200"))
    assert (found.staged.rows, found.snapshot.delivery.area) == (1, "140200")


def test_areas_and_members_are_those_of_the_period(desk, made, overlay):
    desk.hand_in("towns", TOWNS.replace("县（市、区）\n", "县（市、区）,终止年\n").replace("清徐县\n", "清徐县,2020\n"))
    members = registers_of(desk.workspace, desk.catalog)
    form = form_for(desk.catalog.sources["town_sewage"], desk.catalog, period="2021", area="", members=members)
    assert [row["town_code"] for row in form.rows] == ["140122101", "140221101"]


@pytest.mark.parametrize(
    ("source", "period", "said"),
    [
        ("manure", "", "which year"),
        ("manure", "2021-07", "which year"),
        ("source_quarterly", "2021-07", "which quarter or year"),
        ("towns", "2021", "is a register"),
        ("station_readings", "2021", "comes from machines"),
    ],
)
def test_a_form_is_of_a_period_that_its_rows_can_be_about(catalog, source, period, said):
    with pytest.raises(UsageError, match=said):
        form_for(catalog.sources[source], catalog, period=period, area="", members=pl.DataFrame())


# The example row


def test_the_example_is_no_row_also_where_it_is_moved_or_saved_as_text(desk, filled):
    path = filled("manure", area="140100")

    def move(book):
        sheet = book["填报表"]
        for cell in sheet[EXAMPLE]:
            sheet.cell(sheet.max_row + (cell.column == 1), cell.column, cell.value)
        sheet.delete_rows(EXAMPLE)

    found = take(desk, edited(path, move))
    assert (found.staged.rows, found.staged.examples) == (10, 1)
    rows = load_workbook(path)["填报表"].iter_rows(values_only=True)
    text = StringIO()
    csv.writer(text).writerows(rows)
    file = path.with_suffix(".csv")
    file.write_bytes(text.getvalue().encode("gb18030"))
    found = take(desk, file)
    assert (found.staged.rows, found.staged.examples, found.snapshot.delivery.area) == (10, 1, "140100")


WRITTEN_OVER = {"序号": 9, "city": "太原市", "county": "清徐县", "manure_produced_t": 5, "manure_used_t": 5}


def write_over(catalog, *, keep):
    """Writes over the example row, but for one of its cells."""
    columns = column_numbers(catalog, "manure") | {"序号": 1}

    def change(book):
        for key, value in WRITTEN_OVER.items():
            if key != keep:
                book["填报表"].cell(EXAMPLE, columns[key], value)

    return change


@pytest.mark.parametrize("keep", ["序号", "city", "manure_used_t"])
def test_an_example_that_was_written_over_refuses_the_file(desk, filled, catalog, keep):
    path = edited(filled("manure", area="140122"), write_over(catalog, keep=keep))
    with pytest.raises(CheckFailed, match="example row was written over") as caught:
        take(desk, path)
    assert f"row {EXAMPLE}" in caught.value.where and "示例行" in caught.value.zh


def test_a_remark_may_begin_as_an_example_does(desk, filled, catalog):
    found = take(desk, edited(filled("manure", area="140100"), write_over(catalog, keep="remark")))
    assert (found.staged.rows, found.staged.examples) == (11, 0)
    assert pl.read_parquet(found.staged.path)["remark"][0].startswith("示例")


def test_an_example_alone_is_no_delivery(desk, made):
    with pytest.raises(CheckFailed, match="table is empty"):
        take(desk, made("zone_plants"))


# Sent back as it was written


@pytest.mark.parametrize("source", FILLED)
def test_a_form_that_comes_back_untouched_is_refused_for_one_reason_and_stays_outstanding(desk, made, source):
    path = made(source)
    is_begun = load_workbook(path)["填报表"].max_row >= FIRST
    with pytest.raises(CheckFailed, match="nothing was filled in" if is_begun else "table is empty") as caught:
        take(desk, path)
    assert ("各行均未填写内容" if is_begun else "没有数据行") in caught.value.zh
    examined, members = examine_all(desk.workspace, desk.catalog)
    mine = [one for one in examined if one.source.id == source]
    assert [(one.reason, one.reason_zh, one.result) for one in mine] == [(caught.value.what, caught.value.zh, None)]
    form = desk.catalog.sources[source]
    stands = standing(loaded_files(mine, form), members, form, desk.catalog, year=2021, as_of=date(2022, 1, 31))
    assert stands.periods["told"].sum() == 0 and "complete" not in stands.periods["state"].to_list()


def test_an_untouched_form_is_listed_as_returned_and_asked_for_again(qinghe):
    for name, text in (("sections", SECTIONS), ("drinking_sources", SOURCES)):
        file = qinghe.root / f"{name}.csv"
        file.write_text(text, encoding="utf-8")
        qinghe("receive", file, "--source", name)
    for name, period in (("section_monthly", "2021-07"), ("source_quarterly", "2021-Q3")):
        file = qinghe.root / f"{name}.xlsx"
        qinghe("form", name, "--period", period, "--out", file)
        done = qinghe("receive", file)
        assert done.returncode == 4 and "表中各行均未填写内容" in done.stdout + done.stderr
    told = json.loads(qinghe("received", "--year", "2021", "--json").stdout)
    assert {f["outcome"] for f in told["received"] if f["period"]} == {"refused"}
    wanted = {("section_monthly", "2021-07"), ("source_quarterly", "2021-Q3")}
    out = {(row["source"], row["period"]): (row["told"], row["expected"]) for row in told["outstanding"]}
    assert {key: out[key] for key in wanted} == {
        ("section_monthly", "2021-07"): (0, 3),
        ("source_quarterly", "2021-Q3"): (0, 2),
    }
    letter = qinghe("remind", "--year", "2021", "--department", "生态环境").stdout
    for label in ("国考断面逐月监测结果", "饮用水水源监测结果"):
        assert f"《{label}》：1份文件整份退回" in letter and f"《{label}》（" in letter
    assert "栏目未填" not in letter


@pytest.mark.parametrize("cell", [{"ph": 7.5}, {"sampling_state": "冰封"}], ids=["a reading", "a state"])
def test_a_form_of_readings_of_which_one_row_is_filled_in_is_taken(desk, made, catalog, cell):
    def fill(book):
        for key, value in cell.items():
            book["填报表"].cell(FIRST, column_numbers(catalog, "section_monthly")[key], value)

    found = take(desk, edited(made("section_monthly"), fill))
    assert (found.staged.rows, found.result.set_aside_rows) == (3, 0)


# What a form says of itself


def without(path, *places):
    """The form where some of the places that say which it is are lost."""
    book = load_workbook(path)
    if "property" in places:
        del book.custom_doc_props["qinghe_form"]
    if "sheet" in places:
        del book["qinghe_form"]
    if "line" in places:
        book["填报表"]["A2"] = book["各栏填报要求"]["A2"] = "报送部门：省农业农村厅"
    book.save(path)
    return path


PLACES = ("property", "sheet", "line")


@pytest.mark.parametrize("kept", PLACES)
def test_one_place_is_enough(made, catalog, kept):
    path = without(made("manure", area="140100"), *(p for p in PLACES if p != kept))
    version = version_of(catalog.sources["manure"], catalog)
    assert read_identity(path) == Identity("manure", "2021", "140100", version)


def test_without_any_the_source_must_be_said(desk, filled):
    path = without(filled("manure"), *PLACES)
    with pytest.raises(UsageError, match="Which form is this file") as caught:
        take(desk, path)
    assert "--source" in caught.value.next_step
    assert take(desk, path, source="manure", period="2021").staged.rows == 117


def edit_line(old, new):
    def change(book):
        cell = book["填报表"]["A2"]
        assert old in cell.value
        cell.value = cell.value.replace(old, new)

    return change


def edit_title(book):
    book["填报表"]["A1"] = "2022年太原市畜禽粪污产生与利用情况表"


@pytest.mark.parametrize(
    "change",
    [
        edit_line("/2021/", "/2022/"),
        edit_line("manure/", "manur/"),
        edit_line("报告期：2021年", "报告期：2022年"),
        edit_line("（140100）", "（140200）"),
        edit_title,
    ],
    ids=["its number", "its source", "the period that people read", "the area that people read", "the title"],
)
def test_what_a_form_says_of_itself_is_not_to_be_edited(made, change):
    path = edited(made("manure", area="140100"), change)
    with pytest.raises(CheckFailed, match="contradicts itself") as caught:
        read_identity(path)
    assert path.name in caught.value.where and "qinghe form" in caught.value.next_step and caught.value.zh


def titled(text, line=True):
    def change(book):
        book["填报表"]["A1"] = text
        if not line:
            book["填报表"]["A2"] = None

    return change


@pytest.mark.parametrize(
    "title",
    [
        "太原市2022年畜禽粪污产生与利用情况表",
        "2021年太原市畜禽粪污产生与利用情况表（2022年度）",
        "太原市畜禽粪污产生与利用情况表（２０２２年第1季度）",
        "太原市二〇二二年畜禽粪污产生与利用情况表",
        "太原市2022 年1—6月畜禽粪污产生与利用情况表",
    ],
)
@pytest.mark.parametrize("line", [True, False])
def test_another_period_anywhere_in_the_title_is_noticed(made, title, line):
    path = edited(made("manure", area="140100"), titled(title, line))
    with pytest.raises(CheckFailed, match="contradicts itself") as caught:
        read_identity(path)
    assert title[:10] in caught.value.found and "2021年" in caught.value.expected


@pytest.mark.parametrize(
    "title",
    [
        "太原市畜禽粪污产生与利用情况表",
        "太原市2021年度畜禽粪污产生与利用情况表（2022年1月10日填）",
        "太原市小店区2021年畜禽粪污产生与利用情况表",
        "山西省畜禽粪污产生与利用情况表（2020—2022年）",
    ],
)
def test_a_title_may_say_the_same_in_other_words(made, catalog, title):
    path = edited(made("manure", area="140100"), titled(title))
    identity = read_identity(path)
    require_area_of_titles(identity, path, catalog)
    assert title in identity.titles


@pytest.mark.parametrize("title", ["2021年大同市畜禽粪污产生与利用情况表", "2021年畜禽粪污产生与利用情况表（阳高县）"])
@pytest.mark.parametrize("line", [True, False])
def test_another_area_in_the_title_is_noticed_and_the_file_kept(qinghe, made, title, line):
    path = edited(made("manure", area="140100"), titled(title, line))
    done = qinghe("receive", path, "--source", "manure")
    assert done.returncode == 4 and "互相矛盾" in done.stdout and "按表号应是山西省太原市" in done.stdout
    assert len(list((qinghe.root / "data" / "raw" / "manure").rglob(path.name))) == 1


def test_a_slip_in_the_only_place_that_is_left_is_noticed(made):
    def slip(book):
        book["填报表"]["A2"] = book["填报表"]["A2"].value.replace("2021", "2022")
        book["填报表"]["A1"] = book["填报表"]["A1"].value.replace("2021", "2022")
        book["各栏填报要求"]["A2"] = "报送部门：省农业农村厅"

    with pytest.raises(CheckFailed, match="contradicts itself"):
        read_identity(edited(without(made("manure"), "property", "sheet"), slip))


def test_two_forms_in_one_file_contradict_each_other(made, catalog):
    path = made("manure", area="140100")
    other = Identity("manure", "2021", "140200", version_of(catalog.sources["manure"], catalog))

    def add(book):
        book.create_sheet("另一张")["A1"] = other.line("省农业农村厅", "大同市")

    with pytest.raises(CheckFailed, match="contradicts itself") as caught:
        read_identity(edited(path, add))
    assert "140100" in caught.value.found and "140200" in caught.value.found


def test_other_files_say_nothing_of_themselves(tmp_path, desk):
    plain = tmp_path / "a.csv"
    plain.write_text("市,县（市、区）\n", encoding="utf-8")
    broken = tmp_path / "a.xlsx"
    broken.write_bytes(b"no workbook")
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as parts:
        parts.writestr("docProps/custom.xml", "qinghe")
    assert [read_identity(f) for f in (plain, broken, tmp_path / "b.xlsx")] == [None, None, None]


def damaged(path, name, content):
    """The workbook with one part replaced, or cut where there is no content for it."""
    with zipfile.ZipFile(path) as parts:
        kept = {n: parts.read(n) for n in parts.namelist()}
        part = parts.getinfo(name)
    if content is None:
        raw = bytearray(path.read_bytes())
        raw[part.header_offset + 30 + len(name) : part.header_offset + 50 + len(name)] = b"\xff" * 20
        path.write_bytes(raw)
        return path
    with zipfile.ZipFile(path, "w") as parts:
        for n, old in kept.items():
            parts.writestr(n, content if n == name else old)
    return path


CELL = '<row r="{0}"><c r="{1}{0}"><v>1</v></c></row>'
FAR = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    f"{CELL.format(1, 'A')}{CELL.format(1048576, 'XFD')}</sheetData></worksheet>"
)


@pytest.mark.parametrize(
    ("part", "content"),
    [("docProps/custom.xml", None), ("xl/sharedStrings.xml", None), ("xl/worksheets/sheet1.xml", FAR)],
)
def test_a_damaged_form_is_none_and_refused_where_its_table_is_read(made, desk, part, content):
    path = damaged(made("manure", area="140100"), part, content)
    assert read_identity(path) is None
    with pytest.raises(CheckFailed, match="cannot be read"):
        take(desk, path, source="manure", period="2021")


def test_an_old_workbook_says_nothing_of_itself(tmp_path):
    (tmp_path / "a.xls").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\xfe" * 504)
    assert read_identity(tmp_path / "a.xls") is None


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"source": "towns"}, ("--source towns", "manure")),
        ({"period": "2022"}, ("--period 2022", "2021")),
        ({"area": "140200"}, ("--area 大同市 140200", "太原市 140100")),
    ],
)
def test_the_command_line_and_the_form_say_the_same(desk, made, said, named):
    path = made("manure", area="140100")
    with pytest.raises(UsageError, match="not that of the form") as caught:
        take(desk, path, **said)
    assert (caught.value.found, caught.value.expected.split(",")[0]) == named
    assert agreed(read_identity(path), Delivery("manure", JANUARY, period="2021"), path, desk.catalog).area == "140100"


def test_a_form_of_an_earlier_version_is_read_by_its_headings(desk, filled, catalog):
    source = catalog.sources["manure"]
    before = replace(catalog, sources=dict(catalog.sources) | {"manure": fewer_columns(source)})
    assert version_of(before.sources["manure"], before) != version_of(source, catalog)
    form = form_for(
        before.sources["manure"], before, period="2021", area="140121", members=registers_of(desk.workspace, catalog)
    )
    path = desk.inbox / "old.xlsx"
    desk.inbox.mkdir()
    write_form(form, path)
    cells = {4: 100, 5: 80}

    def fill(book):
        for column, value in cells.items():
            book["填报表"].cell(FIRST, column, value)

    root = str(desk.workspace.root)
    done = CliRunner().invoke(app, ["receive", str(edited(path, fill)), "--root", root, "--json"])
    (told,) = json.loads(done.stdout)
    assert (told["rows"], told["rows set aside"]) == (1, 0)
    assert told["form"] == "manure 2021 清徐县 140121, of an earlier version: read by its headings"


def fewer_columns(source):
    return source.model_copy(update={"columns": [c for c in source.columns if c.field != "remark"]})


# Names that a spreadsheet would take for a formula


@pytest.mark.parametrize("name", ["=1+1", "+1", "-镇", "@镇", "\t镇", "＝1", "镇"])
def test_no_text_begins_a_formula(name):
    assert neutral(name).removeprefix("\u200b") == name
    assert (neutral(name) == name) == (name == "镇")


def test_names_of_a_register_are_neutral_in_the_form_and_whole_when_it_comes_back(desk, filled):
    desk.hand_in("towns", "建制镇代码,建制镇名称,市,县（市、区）\n=T1,=HYPERLINK(1),太原市,清徐县\n")
    path = filled("town_sewage")
    book = load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [c.value for c in cells if c.data_type == "f"]
    named = [c.value for c in cells if isinstance(c.value, str) and ("T1" in c.value or "HYPERLINK" in c.value)]
    assert len(named) == 4 and not [text for text in named if text.startswith("=")]
    found = take(desk, path)
    assert "=T1" in pl.read_parquet(found.staged.path)["town_code"].to_list()
    assert (found.result.set_aside_rows, found.rules_broken) == (0, [])


def test_a_form_from_an_invented_register_says_so(desk, filled):
    assert take(desk, filled("town_sewage", is_invented=True)).snapshot.delivery.invented


def test_the_same_form_gives_the_same_bytes(made):
    path = made("manure")
    before = path.read_bytes()
    assert made("manure").read_bytes() == before


# The command


def test_the_command_writes_a_form_and_takes_it_back(qinghe, tmp_path):
    out = tmp_path / "a.xlsx"
    done = qinghe("form", "manure", "--period", "2021", "--area", "太原市", "--out", out)
    assert done.returncode == 0 and "已列出10行" in done.stderr

    def fill(book):
        for row in range(FIRST, FIRST + 10):
            book["填报表"].cell(row, 4, 100)
            book["填报表"].cell(row, 5, 80)

    done = qinghe("receive", edited(out, fill), "--json")
    (told,) = json.loads(done.stdout)
    assert (told["outcome"], told["rows"], told["form"]) == ("received", 10, "manure 2021 太原市 140100")
    again = qinghe("form", "manure", "--period", "2021", "--out", out)
    assert again.returncode == 2 and "may have been filled in" in again.stderr


def test_the_command_answers_a_wrong_word_with_the_nearest(qinghe):
    done = qinghe("form", "manur", "--period", "2021")
    assert done.returncode == 2 and "nearest: manure" in done.stderr
    done = qinghe("form", "town_sewage", "--period", "2021", "--out", qinghe.root / "b.xlsx", "--lang", "en")
    assert "Next: qinghe receive FILE --source towns" in done.stderr


def test_a_form_that_contradicts_itself_is_kept_where_its_source_was_said(qinghe, tmp_path):
    out = tmp_path / "a.xlsx"
    assert qinghe("form", "manure", "--period", "2021", "--area", "太原市", "--out", out).returncode == 0
    edited(out, edit_title)
    done = qinghe("receive", out, "--source", "manure", "--json")
    assert done.returncode == 4 and "互相矛盾" in done.stderr and "请用对应报告期和范围的新表" in done.stderr
    assert "contradicts itself" in next(qinghe.root.rglob("origin.yml")).read_text(encoding="utf-8")
    slip = load_workbook(json.loads(done.stdout)[0]["return slip"])
    assert "互相矛盾" in "".join(str(cell.value) for row in slip["填报问题汇总"].iter_rows() for cell in row)


def test_a_form_of_one_area_with_all_rows_of_another_is_kept_and_sent_back(qinghe, filled, catalog):
    columns = column_numbers(catalog, "manure")

    def move(book):
        for row, county in enumerate(["平城区", "云冈区"] * 5, start=FIRST):
            book["填报表"].cell(row, columns["city"], "大同市")
            book["填报表"].cell(row, columns["county"], county)

    done = qinghe("receive", edited(filled("manure", area="140100"), move), "--json")
    assert done.returncode == 4 and "报送地区为山西省太原市" in done.stderr and "--area" not in done.stderr
    assert json.loads(done.stdout)[0]["return slip"] and list((qinghe.root / "data/raw/manure").rglob("*.xlsx"))


def test_a_table_in_a_hidden_sheet_is_asked_for(qinghe, filled):
    def hide(book):
        book["填报表"].sheet_state = "hidden"
        book.active = book.worksheets[1]

    done = qinghe("receive", edited(filled("manure", area="140100"), hide))
    assert done.returncode == 4 and "如报表在隐藏的工作表“填报表”中，请取消隐藏" in done.stderr


def listed_of_no_form(qinghe):
    return json.loads(qinghe("received", "--year", "2021", "--json").stdout)["of_no_known_form"]


def test_a_form_that_contradicts_itself_is_refused_under_the_source_that_its_number_names(qinghe, made):
    path = edited(made("manure", area="140100"), edit_title)
    assert qinghe("receive", path).returncode == 4
    (kept,) = (qinghe.root / "data" / "raw" / "manure").rglob("*.xlsx")
    assert kept.read_bytes() == path.read_bytes() and listed_of_no_form(qinghe) == []
    told = qinghe("received", "--source", "manure", "--year", "2021").stdout
    assert "整份退回" in told and "互相矛盾" in told


def test_a_form_whose_number_was_changed_is_kept_and_listed_where_nobody_said_its_source(qinghe, made):
    path = edited(made("manure", area="140100"), edit_line("manure/", "manur/"))
    for _ in range(2):
        assert qinghe("receive", path).returncode == 4
    (kept,) = (qinghe.root / "data" / "raw" / "unknown").rglob("*.xlsx")
    assert kept.read_bytes() == path.read_bytes() and "contradicts itself" in (kept.parent / "refused.yml").read_text()
    (listed,) = listed_of_no_form(qinghe)
    assert listed["file"] == str(kept.relative_to(qinghe.root)) and "manur/" in listed["reason"]
    told = qinghe("received", "--year", "2021").stdout
    assert "未识别报表" in told and "互相矛盾" in told and "contradicts" not in told
    qinghe("receive", path, "--source", "manure", "--period", "2021")
    assert listed_of_no_form(qinghe) == []


def test_a_form_that_contradicts_itself_does_not_stop_the_files_after_it(qinghe, made, tmp_path):
    other = tmp_path / "b.csv"
    other.write_text("市,县（市、区）\n", encoding="utf-8")
    done = qinghe("receive", edited(made("manure", area="140100"), edit_title), other, "--lang", "en")
    assert done.returncode == 4 and "form-manure.xlsx: refused" in done.stdout
    assert "contradicts itself" in done.stderr and "b.csv: not received" in done.stdout


def broken(error):
    def raising(*_, **__):
        raise error

    return raising


def received_all(desk, *files):
    words = ["receive", *map(str, files), "--source", "manure", "--period", "2021", "--root", str(desk.workspace.root)]
    return CliRunner().invoke(app, [*words, "--lang", "en"])


@pytest.mark.parametrize(("error", "code"), [(CatalogError("A correction is wrong."), 3), (ValueError("of ours"), 1)])
def test_what_fails_after_a_file_was_registered_does_not_deny_that_it_was(desk, filled, monkeypatch, error, code):
    monkeypatch.setattr("analytics.cli.slips.after_receiving", broken(error))
    done = received_all(desk, filled("manure", area="140100"))
    assert f"form-manure.xlsx: received; but {error if code == 3 else 'ValueError: of ours'}" in done.stdout
    assert "rows: 10" in done.stdout and done.exit_code == code


def test_whatever_goes_wrong_with_one_file_the_next_is_taken(desk, filled, tmp_path, monkeypatch):
    monkeypatch.setattr("analytics.cli.slips.after_refusal", broken(ValueError("of ours")))
    (tmp_path / "a.xlsx").write_bytes(b"no workbook")
    done = received_all(desk, tmp_path / "a.xlsx", filled("manure", area="140100"))
    assert "a.xlsx: refused" in done.stdout and "form-manure.xlsx: received" in done.stdout
    assert done.exit_code == 1 and "of ours" in str(done.exception)


def test_a_file_that_says_nothing_needs_a_source(qinghe, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("市,县（市、区）\n", encoding="utf-8")
    done = qinghe("receive", file, tmp_path / "missing.csv")
    assert done.returncode == 2
    assert "下一步：请用 qinghe form 生成的报表，或用 --source 写明" in done.stderr and "请核对路径" in done.stderr


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [("a.pdf", b"%PDF", "文件类型为 .pdf"), ("a.xlsx", b"", "文件是空的"), ("a.csv", b"\x00\xff\x81", "编码无法识别")],
)
def test_a_file_that_cannot_be_read_says_so_before_it_is_asked_for_its_source(qinghe, tmp_path, name, content, why):
    (tmp_path / name).write_bytes(content)
    done = qinghe("receive", tmp_path / name)
    assert done.returncode == 4 and why in done.stdout and "无法判断是哪一张报表" not in done.stdout
    (kept,) = json.loads(qinghe("received", "--json").stdout)["of_no_known_form"]
    assert kept["file"].endswith(name) and why in kept["reason_zh"]


# The words of a form


def test_units_and_items_are_told_in_the_words_of_those_who_fill_in(catalog):
    asked = {a.key: a for s in ("manure", "sections", "zone_plants") for a in columns_of(catalog.sources[s], catalog)}
    assert asked["manure_produced_t"].limits == "数字，0～4,000,000 吨"
    assert asked["capacity_m3_d"].limits == "数字，0～1,000,000 立方米/日"
    assert asked["item_list"].limits.startswith("监测项目的名称，几项用顿号隔开")
    assert asked["valid_from"].limits == "整数，1000～9999"


def test_every_example_says_something_that_could_stand_there(catalog):
    forms = [s for s in catalog.sources.values() if "xlsx" in s.formats]
    asked = [a for s in forms for a in columns_of(s, catalog) if a.area is None]
    assert not [(a.key, a.example) for a in asked if a.example.startswith("某") or a.heading.isascii()]
    by_key = {a.key: a.example for a in asked}
    assert float(by_key["manure_used_t"]) < float(by_key["manure_produced_t"]) and float(by_key["flow"]) < 100
    assert (by_key["is_large_rural_source"], by_key["source_level"]) == ("否", "地级")


def test_days_of_the_example_row_stand_in_order(desk, made, catalog):
    example = load_workbook(made("zone_plants"))["填报表"][FIRST - 1]
    columns = column_numbers(catalog, "zone_plants")
    days = [example[columns[f"{stage}_date"] - 1].value for stage in ("started", "completed", "trial")]
    assert days == sorted(days) and len(set(days)) == 3 and days[0] == "示例：2021-01-01"


def test_a_form_and_its_check_say_the_same_of_nought(made):
    sheet = load_workbook(made("manure"))["填报表"]
    said = "\n".join(str(cell.value) for row in sheet.iter_rows(max_row=6) for cell in row)
    assert "确实为零的填 0，一时没有数据的先留空" in said and "勿填 0" not in said
