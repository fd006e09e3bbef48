"""What is owed: whom each form asks and when, who was not told of, cells left blank, and what has come for a figure."""

from datetime import date

import polars as pl
import pytest

from analytics.asked import ASKED, asked_of, is_asked_in
from analytics.catalog.served import forms_for
from analytics.errors import CatalogError
from analytics.ingest.forms import form_for
from analytics.notebook import open_year
from analytics.paths import Workspace
from analytics.periods import parse_period, year_of
from analytics.present.owed import arrived
from analytics.present.whom import by_city, within
from analytics.warehouse.facts import area_registers
from analytics.warehouse.queries import ask, open_warehouse
from tests.deliveries import MANURE_HEAD, TOWNS, ZONE_HEAD, Desk

MORE_TOWNS = "140221102,戊镇,大同市,阳高县\n"
TOWN_HEAD = "建制镇代码,建制镇名称,市,县（市、区）,是否具备处理能力"
SEWAGE = f"{TOWN_HEAD}\n140121101,甲镇,太原市,清徐县,具备\n140121102,乙镇,太原市,清徐县,不具备\n"


def registers(catalog, *rows):
    """The built-in registers and members of others: register, id, area, attributes."""
    listed = [
        {"register": register, "entity_id": member, "name": member, "area_id": area, "attributes": attributes}
        for register, member, area, attributes in rows
    ]
    built_in = area_registers(catalog)
    more = pl.DataFrame(listed, schema={name: built_in.schema[name] for name in ("register", *ASKED, "attributes")})
    return pl.concat([built_in, more.with_columns(is_set_aside=pl.lit(False))], how="diagonal")


def asked(catalog, source, period, *rows):
    found = asked_of(catalog.sources[source], registers(catalog, *rows), catalog, parse_period(period))
    return found["entity_id"].to_list()


# Whom a form asks


def test_county_level_cities_alone_are_asked_of_their_survey(catalog):
    found = asked(catalog, "county_city_survey", "2021")
    assert len(found) == 11 and {catalog.areas[i].kind for i in found} == {"county_level_city"}


def test_sewers_are_asked_of_the_places_that_the_plan_names(catalog):
    found = asked(catalog, "combined_sewers", "2021")
    cities = {a.id for a in catalog.children("140000", "city")}
    towns = set(catalog.towns(catalog.plan_for(2021)))
    assert set(found) == cities | towns and len(found) == 107


def test_works_are_asked_of_towns_on_a_list(catalog):
    towns = [(f"T{n}", "140121", text) for n, text in enumerate(['{"works_list": "both"}', "{}"])]
    assert asked(catalog, "town_works", "2021", *(("towns", *town) for town in towns)) == ["T0"]
    # A register that has no lists does not tell whom the form asks.
    assert asked(catalog, "town_works", "2021", ("towns", "T1", "140121", "{}")) == []


def test_cities_with_outfalls_are_asked_whether_they_publish(catalog):
    assert asked(catalog, "outfall_publication", "2021-12", ("outfalls", "O1", "140121", "{}")) == ["140100"]
    assert asked(catalog, "outfall_publication", "2021-12") == []


@pytest.mark.parametrize(("month", "sites"), [("2021-07", ["F1"]), ("2021-12", ["F1", "F2"])])
def test_release_points_are_asked_in_the_months_of_the_promise(catalog, month, sites):
    kinds = [("F1", '{"flow_site": "control_section"}'), ("F2", '{"flow_site": "release_point"}')]
    assert asked(catalog, "river_flow", month, *(("flow_sites", i, "140121", text) for i, text in kinds)) == sites


@pytest.mark.parametrize(
    ("source", "year", "months"),
    [
        ("return_channel_states", 2021, [10, 11, 12]),  # the plan came in July; the dry season after it is judged
        ("return_channel_states", 2022, []),  # the plan of that year promises nothing of them
        ("return_channel_states", 2019, [1, 2, 3, 4, 5, 10, 11, 12]),  # of no plan
        ("outlet_sealing", 2021, [10, 11, 12]),
        ("black_water_clearing", 2021, [5]),  # as it stands before the flood season
        ("outfall_publication", 2021, list(range(1, 13))),  # judged from August on, all months are shown
        ("station_readings", 2021, []),  # no figure is made of them
    ],
)
def test_months_that_nobody_promised_are_not_asked(catalog, source, year, months):
    form = catalog.sources[source]
    found = [m for m in range(1, 13) if is_asked_in(form, catalog, parse_period(f"{year}-{m:02d}"))]
    assert found == months


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{register_name: counties, where: {stratum: [county_city]}}", "no area is of the kind county_city"),
        ("{register_name: countys}", "did you mean counties?"),
        ("{register_name: towns}", "it asks cities or counties"),
        ("{whole: true}", "a form asks places that figures name"),
    ],
)
def test_a_calendar_that_asks_whom_there_is_not_is_refused(overlay, line, said):
    overlay("items.yml", "survey_done: {fact: state, field: black_odour_surveyed, department: agriculture}\n")
    with pytest.raises(CatalogError) as caught:
        overlay("sources/survey.yml", OWN_FORM.format(line=line))
    assert said in str(caught.value)


OWN_FORM = """id: survey
label: {{zh: 甲表, en: A form}}
department: agriculture
grain: {{zh: 一行一县, en: one row per county}}
cadence: year
calendar:
  - {line}
becomes: state
period_from: delivery
key: [area_id]
formats: [xlsx]
columns:
  - {{field: city, headers: [市], level: city}}
  - {{field: county, headers: [县], level: county, within: city}}
  - {{field: black_odour_surveyed, headers: [是否完成排查]}}
states:
  - {{item: survey_done, field: black_odour_surveyed}}
"""


def test_every_form_of_the_example_asks_whom_its_figures_count_and_nobody_else(example_workspace, catalog):
    with open_warehouse(example_workspace) as connection:
        members, held = (
            ask(connection, q, **p) for q, p in (("members_of_year", {"year": 2021}), ("register_members", {}))
        )
    plan = catalog.plan_for(2021)
    odd = []
    for form in catalog.sources.values():
        if form.entity is None or form.entity.register_name == "duties" or form.on_occasion:
            continue
        of_register = held.filter(register=form.entity.register_name)["entity_id"].to_list()
        counting = [t.code for t in plan.targets() if form in forms_for(t, catalog)]
        wholes = [c for c in counting if catalog.indicators[catalog.indicator(c).id].population.whole]
        counted = set(members.filter(pl.col("code").is_in(counting))["entity_id"]) & set(of_register)
        found = set(asked_of(form, held, catalog, year_of(2021))["entity_id"])
        if not counted <= found or (counted and not wholes and not found <= counted):
            odd.append((form.id, len(counted), len(found)))
    assert odd == []


# Letters, completeness, what has come


@pytest.fixture(scope="module")
def told(tmp_path_factory, catalog):
    """A county's manure without what was used, two of five zone plants, and no town of Datong."""
    room = tmp_path_factory.mktemp("owed")
    desk = Desk(Workspace(room / "workspace"), catalog, room / "inbox")
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,80\n太原市,阳曲县,100,\n")
    desk.hand_in("towns", TOWNS + MORE_TOWNS)
    desk.hand_in("town_sewage", SEWAGE)
    works = [f"朔州市,{county},某开发区,{county}厂,完工,2021-10-01,自报\n" for county in ("山阴县", "应县")]
    desk.hand_in("zone_plants", f"{ZONE_HEAD}\n{''.join(works)}")
    desk.values()
    return open_year(2021, root=desk.workspace.root)


def text_of(cell):
    return cell["text"] if isinstance(cell, dict) else cell


def test_a_letter_names_the_cell_that_was_left_blank_and_the_figure_that_waits(told):
    letter = told.reminders()["agriculture"]
    assert "《畜禽粪污产生与利用情况表》已收到，但下列栏目未填" in letter
    assert "阳曲县2021年的“畜禽粪污综合利用量”（T12b待此数据）" in letter
    english = told.language("en").reminders()["agriculture"]
    assert "阳曲县" not in english.split("these cells are blank")[0] and "T12b wait for it" in english


def test_a_letter_names_places_by_city_and_a_whole_city_as_such(told):
    letter = told.reminders()["housing_construction"]
    assert "应报5，已报2；缺太原市（阳曲县丙镇）、大同市（全部2个未报）" in letter


def test_named_works_that_nobody_told_of_are_asked_for(told):
    letter = told.reminders()["industry"]
    assert "《开发区污水处理厂建设进展表》（2021年）；用于第10条；应报5，已报2；缺太原市（清徐县）" in letter


def test_duties_without_evidence_are_asked_of_those_who_answer_for_them(told):
    letters = told.reminders()
    assert "lead_departments" not in letters
    assert "应报3" in letters["agriculture"].split("《佐证材料报送表》")[1]


def test_the_pages_on_completeness_name_the_cell(told):
    (row,) = told.left_blank().rows
    assert row == ["省农业农村厅", "畜禽粪污产生与利用情况表", "阳曲县", "畜禽粪污综合利用量", "2021年", "T12b"]
    rows = {row[1]: [text_of(cell) for cell in row] for row in told.completeness().rows}
    assert rows["畜禽粪污产生与利用情况表"][3:6] == ["2 / 117", "1.7 %", "1"]
    assert told.area("140200").left_blank().rows[0][0] == "没有使指标不完整的空格"


def row_of_standing(source, told, missing=()):
    return {"source": source, "state": "no_date_set", "told": told, "expected": 3, "missing": list(missing)}


def arrived_of(catalog, code, members, *standing, as_of=date(2022, 1, 10)):
    target = next(t for t in catalog.plan_for(2021).targets() if t.code == code)
    schema = {"entity_id": pl.String, "part": pl.String, "status": pl.String, "reason": pl.String}
    frame = pl.DataFrame([(*m, None) for m in members], schema=schema, orient="row")
    rows = pl.DataFrame(standing, schema_overrides={"missing": pl.List(pl.String)})
    return arrived(target, frame, rows, catalog, as_of=as_of, lang="zh")


def test_what_has_come_counts_the_members_of_the_figure_and_no_others(catalog):
    lacking = row_of_standing("source_protection", 2, ["W3"])  # a source that the figure does not count
    assert arrived_of(catalog, "T17a", [("W1", "", "used"), ("W2", "", "used")], lacking) == "已报齐"


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        (("used", "incomplete"), "重点河流生态流量保障实施方案情况表2/2（省水利厅），其中1个数据不全"),
        (("used", "not_delivered"), "重点河流生态流量保障实施方案情况表1/2（省水利厅）"),
        (
            ("set_aside", "incomplete"),
            "重点河流生态流量保障实施方案情况表2/2（省水利厅），其中1个数据不全、1个未通过校验",
        ),
        (("used", "excluded"), "已报齐"),
    ],
)
def test_nothing_is_said_to_be_complete_beside_what_is_missing(catalog, statuses, said):
    members = [(river, "", status) for river, status in zip(("汾河", "三川河"), statuses, strict=True)]
    assert arrived_of(catalog, "T01e", members, row_of_standing("river_flow_plans", 3)) == said


def test_whom_the_form_was_not_told_of_has_not_come_though_the_year_before_was(catalog):
    members = [("140427", "", "used"), ("140428", "", "incomplete")]  # what remained is known, what was done is not
    lacking = row_of_standing("combined_sewers", 2, ["140428"])
    assert arrived_of(catalog, "T07e", members, lacking) == "雨污合流管网改造情况表1/2（省住建厅）"


def test_a_month_that_is_not_over_is_not_waited_for(catalog):
    months = [("140100", "2021-11", "used"), ("140100", "2021-12", "not_delivered")]
    complete = row_of_standing("outfall_publication", 1)
    assert arrived_of(catalog, "T20b", months, complete, as_of=date(2021, 12, 9)) == "已报齐"
    assert arrived_of(catalog, "T20b", months, complete) == "入河排污口监测结果公开情况表1/2（省生态环境厅）"


def test_beyond_some_names_the_others_are_counted(catalog):
    areas = ["140121", "140122", "140123", "140221", "140222"]
    row = {
        "missing_names": [catalog.areas[a].name.zh for a in areas],
        "missing_areas": areas,
        "missing_whole": [False, False, False, True, True],
    }
    assert by_city(row, catalog, "zh", most=3) == "太原市（清徐县、阳曲县、娄烦县），另有2个"
    assert by_city(row, catalog, "zh", most=9) == "太原市（清徐县、阳曲县、娄烦县）、大同市（全部2个未报）"
    assert by_city(row, catalog, "en", most=2).endswith(" and 3 more")
    assert by_city(within(row, {"140221"}, catalog), catalog, "zh") == "大同市（阳高县）"


# Forms


def begun(catalog, source, **said):
    form = form_for(
        catalog.sources[source], catalog, period="2021", members=registers(catalog), **({"area": ""} | said)
    )
    return form.rows, form


def test_a_form_begins_the_rows_of_those_whom_it_asks(catalog):
    rows, _ = begun(catalog, "combined_sewers", area="140100")
    assert rows[0] == {"city": "太原市"} and {"city": "太原市", "county": "清徐县"} in rows
    assert {"city": "太原市", "county": "小店区"} not in rows


def test_the_form_of_evidence_begins_the_duties_of_its_department(catalog):
    rows, form = begun(catalog, "evidence", department="agriculture")
    assert [row["duty_code"] for row in rows] == ["T02d", "T12f", "T12g"]
    assert {row["reported_by"] for row in rows} == {"省农业农村厅"}
    assert "报送部门：省农业农村厅" in form.line and not any("T01c" in line for line in form.served)
    assert len(begun(catalog, "evidence")[0]) == 31


def test_the_form_of_evidence_of_a_city_begins_the_duties_of_cities(catalog):
    rows, _ = begun(catalog, "evidence", area="140100")
    assert [row["duty_code"] for row in rows] == ["S2a", "S2d"]


def test_the_command_writes_the_form_of_one_department(qinghe):
    out = qinghe.root.parent / "form.xlsx"
    done = qinghe("form", "evidence", "--period", "2021", "--department", "农业农村", "--out", out)
    assert done.returncode == 0 and "已列出3行" in done.stderr and out.is_file()
    wrong = qinghe("form", "manure", "--period", "2021", "--department", "省水利厅", "--out", out)
    assert wrong.returncode == 2 and "the form of one department" in wrong.stderr
    assert qinghe("form", "evidence", "--period", "2021", "--department", "省", "--out", out).returncode == 2


def test_a_letter_says_that_a_file_came_which_tells_of_none_of_the_works_that_were_asked_for(desk):
    works = "太原市,尖草坪区,某开发区,某厂,完工,2021-10-01,自报\n"
    desk.hand_in("zone_plants", f"{ZONE_HEAD}\n{works}")
    desk.values()
    year = open_year(2021, root=desk.workspace.root)
    letter = year.reminders()["industry"]
    assert "文件已收到，但没有应报的5个对象中的任何一个；缺" in letter and "尚未收到" not in letter.split("佐证材料")[0]
    english = year.language("en").reminders()["industry"]
    assert "a file has arrived, but tells of none of the 5" in english
    other = year.reminders()["housing_construction"]
    assert "尚未收到" in other
