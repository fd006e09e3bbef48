"""What stands in a cell of a reading: a value, a limit of detection told or assumed, a flag, a word, or nothing."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import CatalogError, CheckFailed
from analytics.ingest.cells import folded_number, number
from analytics.ingest.readings import typed_reading
from analytics.present import prose
from tests.deliveries import SECTION_HEAD, SECTIONS, months

FIGURES = ["G2"]

STATION_ROW = {"省份": "山西省", "流域": "黄河流域", "断面名称": "甲站", "监测时间": "04-01 08:00", "水质类别": "Ⅱ"}
BASE = {"pH": "8", "溶解氧": "9", "高锰酸盐指数": "2", "氨氮": "0.1", "总磷": "0.05", "站点情况": "正常"}


def typed(catalog, parameter, text, *, source="section_monthly", unit=None, **beside):
    """The columns of one reading by the ends of their names."""
    frame = pl.DataFrame(
        {parameter: [text], **{k: [v] for k, v in beside.items()}},
        schema=dict.fromkeys([parameter, *beside], pl.String),
    )
    found = typed_reading(frame, parameter, catalog.sources[source].readings, catalog, unit=unit).row(0, named=True)
    return {name.removeprefix(parameter).removeprefix("_") or "value": value for name, value in found.items()}


HJ91, SL219, HJ166 = "HJ/T 91: the limit with L", "SL 219: <DL", "HJ/T 166: 未检出"
FACTS, HABIT = "facts 11: forms to parse", "as laboratories write it too"


@pytest.mark.parametrize(
    ("text", "limit", "form"),
    [
        ("0.01L", 0.01, HJ91),
        ("0.01 L", 0.01, HJ91),
        ("0.01l", 0.01, HABIT),
        ("０．０１Ｌ", 0.01, "full width"),
        ("<0.05", 0.05, SL219),
        ("＜0.05", 0.05, FACTS),
        ("﹤ 0.05", 0.05, "small form of the sign"),
        ("〈0.05", 0.05, "a bracket taken for the sign"),
        ("≤0.05", 0.05, HABIT),
        ("<=0.05", 0.05, HABIT),
        ("<0.05L", 0.05, HABIT),
        ("小于0.05", 0.05, HABIT),
        ("低于 0.05", 0.05, HABIT),
        ("ND(0.01)", 0.01, FACTS),
        ("nd（0.01L）", 0.01, HABIT),
        ("N.D.(<0.01)", 0.01, HABIT),
        ("ND<0.01", 0.01, HABIT),
        ("ND0.01", 0.01, HABIT),
        ("未检出0.01L", 0.01, HABIT),
        ("未检出（0.01）", 0.01, HABIT),
        ("未检测出(0.01L)", 0.01, HABIT),
        ("1.2×10^-3L", 0.0012, HABIT),
        ("<1.2×10⁻³", 0.0012, HABIT),
        ("1.2×10⁻³L", 0.0012, HABIT),
        ("ND(1.2E-3)", 0.0012, HABIT),
    ],
)
def test_a_limit_of_detection_that_is_told_is_read(catalog, text, limit, form):
    found = typed(catalog, "mercury", text)
    assert found["value"] == pytest.approx(limit), form
    assert (found["below_limit"], found["limit_assumed"], found["problem"]) == (True, False, None)
    assert found["as_delivered"] == text


@pytest.mark.parametrize(
    ("text", "value", "is_below"),
    [
        ("0.02 mg/L", 0.02, False),
        ("0.02毫克/升", 0.02, False),
        ("20μg/L", 0.02, False),
        ("<20 ug/L", 0.02, True),
        ("0.02L mg/L", 0.02, True),
        ("ND(0.02mg/L)", 0.02, True),
        ("未检出 0.02 mg/L", 0.02, True),
        ("2×10^-2 mg/L", 0.02, False),
        ("0.02吨", None, False),
        ("0.02 mg/杯", None, False),
    ],
)
def test_a_unit_in_the_cell_holds_for_its_reading(catalog, text, value, is_below):
    found = typed(catalog, "mercury", text, unit="ng/L")
    assert (found["value"], found["below_limit"]) == (value if value is None else pytest.approx(value), is_below)
    assert (found["problem"], found["as_delivered"]) == (None if value else "unreadable", text)


BARE = [
    "ND",
    "nd",
    "N.D.",
    "n.d",
    "ＮＤ",
    "未检出",
    " 未检出 ",
    "未检测出",
    "<DL",
    "＜MDL",
    "<检出限",
    "低于检出限",
    "小于方法检出限",
]


@pytest.mark.parametrize("text", BARE)
def test_a_bare_word_stands_for_the_highest_limit_of_the_common_methods(catalog, text):  # D-040
    found = typed(catalog, "fluoride", text)  # GB 7484 0.05 mg/L, HJ 84 0.006 mg/L
    assert (found["value"], found["below_limit"], found["limit_assumed"], found["problem"]) == (0.05, True, True, None)


@pytest.mark.parametrize("text", BARE)
def test_a_bare_word_of_an_item_without_a_declared_limit_is_set_aside(catalog, text):  # D-040
    found = typed(catalog, "iron", text, source="section_monthly")
    assert (found["value"], found["below_limit"], found["limit_assumed"]) == (None, False, False)
    assert found["problem"] == "no_detection_limit"


def test_the_limit_of_sewage_is_not_that_of_surface_water(catalog):
    assert catalog.assumed_limit("petroleum").limit == 0.01  # 0.06 by HJ 637 is for sewage
    assert catalog.assumed_limit("iron") is None


def test_an_assumed_limit_is_in_the_unit_of_its_item_whatever_unit_the_column_has(overlay):
    own = overlay(
        "methods/detection_limits_own.yml",
        """id: own
title: {zh: 本单位检出限, en: Own limits}
cites: [detection_limits]
certainty: B
reason: {zh: 测试, en: a test}
limits: [{parameter: iron, method: HJ 776-2015, unit: "μg/L", limit: 10.0}]
""",
    )
    assert own.assumed_limit("iron").limit == 0.01
    assert typed(own, "iron", "未检出", unit="μg/L")["value"] == 0.01
    assert typed(own, "iron", "30", unit="μg/L")["value"] == 0.03


@pytest.mark.parametrize(
    "text", ["--", "-", "—", "——", "–", "/", "", "  ", "*", "null", "NULL", "－－", "／", "未监测", None]
)
def test_nothing_measured_is_no_reading_and_no_fault(catalog, text):  # data/README.md point 3, facts 11
    found = typed(catalog, "mercury", text)
    assert (found["value"], found["below_limit"], found["limit_assumed"], found["problem"]) == (
        None,
        False,
        False,
        None,
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.2×10^3", 1200.0),
        ("1.2E3", 1200.0),
        ("1.2e+03", 1200.0),
        ("1.2*10^3", 1200.0),
        ("1.2×10³", 1200.0),
        ("1,200", 1200.0),
        ("1 200", 1200.0),
        ("１２００", 1200.0),
        ("１．２×１０＾３", 1200.0),
    ],
)
def test_a_count_is_read_in_every_form_of_a_number(catalog, text, value):  # facts 11
    found = typed(catalog, "faecal_coliforms", text)
    assert (found["value"], found["below_limit"], found["problem"]) == (value, False, None)


@pytest.mark.parametrize(
    ("text", "unit", "value"), [("130", "MPN/100mL", 1300.0), ("<2", "MPN/100 mL", 20.0), ("1.3", "CFU/mL", 1300.0)]
)
def test_a_count_is_converted_with_its_limit(catalog, text, unit, value):
    assert typed(catalog, "faecal_coliforms", text, unit=unit)["value"] == value


@pytest.mark.parametrize(
    "text", ["0L", "<0", "<-5", "L", "<", "ND(甲)", "<约5", ">24000", "0.01mg", "5mL", "0.01L?", "无"]
)
def test_what_tells_no_limit_that_could_be_one_is_not_read(catalog, text):
    found = typed(catalog, "mercury", text)
    assert (found["value"], found["below_limit"], found["problem"]) == (None, False, "unreadable")


@pytest.mark.parametrize("text", ["<7", "7L", "ND", "未检出", "ND(7)"])
@pytest.mark.parametrize("parameter", ["ph", "water_temperature", "redox_potential"])
def test_what_does_not_count_up_from_nothing_has_no_limit_of_detection(catalog, parameter, text):
    found = typed(catalog, parameter, text)
    assert (found["value"], found["below_limit"], found["problem"]) == (None, False, "unreadable")


@pytest.mark.parametrize("parameter", ["dissolved_oxygen", "transparency"])
def test_less_than_a_bound_is_known_of_oxygen_and_transparency_too(catalog, parameter):  # D-040
    told = typed(catalog, parameter, "<5")
    assert (told["value"], told["below_limit"], told["problem"]) == (5.0, True, None)
    assert typed(catalog, parameter, "未检出")["problem"] == "no_detection_limit"


@pytest.mark.parametrize("parameter", ["odour_and_taste", "visible_matter"])
@pytest.mark.parametrize(("text", "value"), [("无", 0.0), ("有", 1.0), ("未检出", 0.0), ("0", 0.0)])
def test_a_word_stands_for_a_value_where_the_item_has_words(catalog, parameter, text, value):
    found = typed(catalog, parameter, text)
    assert (found["value"], found["below_limit"], found["limit_assumed"], found["problem"]) == (
        value,
        False,
        False,
        None,
    )


def test_a_word_is_a_value_also_where_the_form_means_nothing_by_it(catalog):
    readings = catalog.sources["section_monthly"].readings.model_copy(update={"missing": ["无"]})
    frame = pl.DataFrame({"visible_matter": ["无"], "mercury": ["无"]})
    assert typed_reading(frame, "visible_matter", readings, catalog, unit=None)["visible_matter"].item() == 0.0
    assert typed_reading(frame, "mercury", readings, catalog, unit=None)["mercury_problem"].item() is None


@given(
    st.lists(
        st.floats(-1e6, 1e6).map(str) | st.sampled_from(["0.01L", "--", "ND", "1,200", "甲", "", "-1"]), max_size=5
    )
)
def test_a_column_is_read_as_its_cells_are_one_by_one(catalog, cells):
    readings = catalog.sources["section_monthly"].readings
    column = pl.DataFrame({"zinc": cells}, schema={"zinc": pl.String})
    whole = typed_reading(column, "zinc", readings, catalog, unit="μg/L")
    parts = [typed_reading(column[i], "zinc", readings, catalog, unit="μg/L") for i in range(len(cells))]
    assert whole.equals(pl.concat([whole.clear(), *parts]))
    plain = whole.filter(~pl.col("zinc_below_limit"))["zinc"].to_list()
    told = column.select(number(folded_number("zinc", readings.missing)))["zinc"].to_list()
    assert [v for v in plain if v is not None] == pytest.approx([v / 1000 for v in told if v is not None])


# Flags


@pytest.mark.parametrize(
    ("text", "value", "flag"),
    [
        ("7.32(N)", 7.32, "N"),
        ("7.32 N", 7.32, "N"),
        ("7.32N", 7.32, "N"),
        ("7.32（正常）", 7.32, "N"),
        ("0.5(T)", 0.5, "T"),
        ("0.02(L)", 0.02, "L"),
        ("7.32(M)", None, "M"),
        ("7.32M", None, "M"),
        ("7.32[m]", None, "M"),
        ("7.32【D】", None, "D"),
        ("7.32 hd", None, "hd"),
        ("7.32（维护调试）", None, "M"),
        ("-99(D)", None, "D"),
        ("0.02L(M)", None, "M"),
        ("7.32", 7.32, None),
    ],
)
def test_the_flag_of_a_reading_says_whether_it_counts(catalog, text, value, flag):  # facts 11; D-040
    found = typed(catalog, "ammonia_nitrogen", text, source="station_readings")
    assert (found["value"], found["flag"], found["problem"]) == (value, flag, None)
    assert (found["left_out"], found["as_delivered"]) == (value is None, text)
    assert not found["below_limit"] and not found["limit_assumed"]


def test_a_limit_of_detection_is_no_flag(catalog):
    found = typed(catalog, "ammonia_nitrogen", "0.025L", source="station_readings")
    assert (found["value"], found["below_limit"], found["flag"], found["problem"]) == (0.025, True, None, None)
    flagged = typed(catalog, "ammonia_nitrogen", "0.025L(N)", source="station_readings")
    assert (flagged["value"], flagged["below_limit"], flagged["flag"]) == (0.025, True, "N")


@pytest.mark.parametrize("text", ["D", "--(D)", "-- D", "(D)"])
def test_a_flag_without_a_value_leaves_nothing_out(catalog, text):
    found = typed(catalog, "ammonia_nitrogen", text, source="station_readings")
    assert (found["value"], found["flag"], found["left_out"], found["problem"]) == (None, "D", False, None)


@pytest.mark.parametrize("text", ["7.32(X)", "7.32X", "7.32(C)", "7.32(待核)", "7.32mg"])
def test_an_unknown_flag_is_a_problem(catalog, text):
    found = typed(catalog, "ammonia_nitrogen", text, source="station_readings")
    assert (found["value"], found["flag"], found["left_out"], found["problem"]) == (None, None, False, "unknown_flag")


def test_a_form_without_flags_reads_none(catalog):
    assert typed(catalog, "ammonia_nitrogen", "7.32(M)")["problem"] == "unreadable"


def test_the_flag_of_the_cell_goes_before_that_beside_it_and_that_before_the_rows(catalog):
    def flag(text, **beside):
        return typed(catalog, "ph", text, source="station_readings", **beside)["flag"]

    assert flag("7.3(M)", ph__flag="N", data_flag="D") == "M"
    assert flag("7.3", ph__flag="n", data_flag="D") == "N"
    assert flag("7.3", ph__flag="", data_flag="D") == "D"


def stations(tmp_path, **cells):
    row = STATION_ROW | BASE | cells
    file = tmp_path / "a.csv"
    file.write_text("\n".join([",".join(row), ",".join(row.values())]) + "\n", encoding="utf-8")
    return file


@pytest.mark.parametrize("heading", ["氨氮标识", "氨氮_标识", "氨氮（标识）", "NH3-N标记", "数据标识"])
def test_a_flag_stands_in_a_column_of_its_own(tmp_path, staged, heading):
    rows = staged(stations(tmp_path, **{heading: "M"}), "station_readings")
    assert (rows["ammonia_nitrogen"].item(), rows["ammonia_nitrogen_flag"].item()) == (None, "M")
    assert rows["ph"].item() == (None if heading == "数据标识" else 8.0)


def station_workspace(desk, **cells):
    desk.hand_in("stations", "省份,断面名称,流域,water_body\n山西省,甲站,黄河流域,river\n")
    row = STATION_ROW | BASE | cells
    text = "\n".join([",".join(row), ",".join(row.values())]) + "\n"
    found = desk.hand_in("station_readings", text, period="2021-04")
    desk.values()
    return found


@pytest.mark.parametrize(("ammonia", "computed"), [("0.6(T)", "Ⅲ"), ("0.6(M)", None)])
def test_a_reading_left_out_by_its_flag_takes_no_part_and_is_counted(desk, ammonia, computed):
    found = station_workspace(desk, 氨氮=ammonia)
    assert found.readings_set_aside == 0
    span = {"first": "2021-04-01", "last": "2021-04-30"}
    classes = desk.asked("station_classes_between", **span)
    assert classes["computed_class"].to_list() == [computed]
    facts = desk.asked("readings_between", **span).filter(parameter="ammonia_nitrogen")
    flagged = desk.asked("readings_flagged", **span)
    assert facts["flag"].to_list() == (["T"] if computed else [])
    assert flagged.rows() == ([] if computed else [("automatic", "M", 1)])
    said = str(prose.marked_readings(desk.asked("readings_marked", **span), flagged, desk.catalog, "zh"))
    assert ("因数据标识不参加统计的1个：M 维护调试 1" in said) == (computed is None)


def test_a_station_is_classed_by_half_the_limit_too(desk):
    station_workspace(desk, 溶解氧="<5")
    classes = desk.asked("station_classes_between", first="2021-04-01", last="2021-04-30")
    assert classes["computed_class"].to_list() == ["Ⅴ"]  # 2.5 mg/L; 5 would be Ⅲ


def test_a_set_of_flags_names_each_flag_once(overlay):
    flags = """id: own
title: {zh: 本省标识, en: Own flags}
cites: [station_flags]
certainty: C
reason: {zh: 测试, en: a test}
flags:
  - {code: M, label: {zh: 维护, en: maintenance}, counts: false}
  - {code: m, label: {zh: 正常, en: normal}, counts: true}
"""
    with pytest.raises(CatalogError, match="the flag m stands twice"):
        overlay("methods/station_flags_own.yml", flags)


# From the file to the report


def months_with(column, cell, *, section="S1"):
    """A year of S1 with one more item."""
    rows = months(section).splitlines()
    return "\n".join([f"{SECTION_HEAD},{column}", *(f"{row},{cell}" for row in rows)]) + "\n"


def test_a_section_is_classed_by_half_the_assumed_limit_and_the_report_says_so(desk, monkeypatch):  # D-040
    from analytics import notebook

    desk.hand_in("sections", SECTIONS.replace("Ⅲ,5项\nS2", "Ⅲ,5项+挥发酚\nS2"))
    desk.hand_in("section_monthly", months_with("挥发酚(mg/L)", "未检出"))
    desk.values()
    section = desk.asked("section_classes_of_year", year=2021).filter(entity_id="S1").row(0, named=True)
    assert (section["water_class"], section["items_open"], section["undetected"]) == ("Ⅱ", [], [])
    facts = desk.asked("readings_between", first="2021-01-01", last="2021-12-31").filter(parameter="volatile_phenol")
    told = ("value", "below_limit", "detection_limit", "limit_assumed", "value_as_delivered")
    assert facts.select(told).unique().rows() == [(0.0003, True, 0.0003, True, "未检出")]
    year = notebook.open_year(2021, root=desk.workspace.root)
    assert "其中低于检出限的12个" in str(year.marked_readings()) and "假定的检出限计的12个" in str(
        year.marked_readings()
    )
    english = year.language("en")
    assert "12 of them without telling the limit" in str(english.marked_readings())
    table = repr(year.assumed_limits().rows)
    assert "挥发酚" in table and "0.0003" in table and "HJ 503-2009" in table and "汞" not in table


def test_the_mean_of_what_was_not_detected_is_half_the_assumed_limit(desk):
    desk.hand_in("sections", SECTIONS.replace("Ⅲ,5项\nS2", "Ⅲ,5项+汞\nS2"))
    desk.hand_in("section_monthly", months_with("汞(μg/L)", "ND"))
    desk.values()
    from analytics.compute import means

    readings = desk.asked("readings_of_year", register="sections", year=2021).lazy()
    monthly = means.monthly_means(readings, hydrogen_ion=["ph"]).filter(parameter="mercury").collect()
    assert monthly["mean"].unique().to_list() == [0.00002]  # HJ 694-2014: 0.00004 mg/L


def test_a_bare_word_without_a_limit_is_set_aside_with_what_to_do(desk, overlay):
    desk.catalog = overlay("parameters/own.yml", OWN_ITEM)
    source = desk.catalog.sources["section_monthly"]
    readings = source.readings.model_copy(update={"parameters": [*source.readings.parameters, "own_item"]})
    desk.catalog.sources["section_monthly"] = source.model_copy(update={"readings": readings})
    desk.hand_in("sections", SECTIONS)
    found = desk.hand_in("section_monthly", months_with("自测项(mg/L)", "未检出"))
    broken = found.result.broken.filter(check="own_item_readable")
    assert (broken.height, found.result.set_aside_rows, found.readings_set_aside) == (12, 0, 12)
    words = broken.row(0, named=True)
    assert "0.01L" in words["expected_zh"] and "检出限" in words["expected_zh"]
    assert "0.01L" in words["expected_en"] and "limit of detection" in words["expected_en"]


OWN_ITEM = """own_item:
  label: {zh: 自测项, en: Own item}
  unit: "mg/L"
  plausible: {minimum: 0.0, maximum: 10.0}
"""


def test_oxygen_below_a_bound_leaves_the_class_open_between_nothing_and_the_bound(desk):  # D-021, D-040
    desk.hand_in("sections", SECTIONS)
    rows = months("S1").replace(",8.0,", ",<5,")
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{rows}")
    desk.values()
    section = desk.asked("section_classes_of_year", year=2021).filter(entity_id="S1").row(0, named=True)
    assert (section["class_best"], section["water_class"], section["class_worst"]) == ("Ⅲ", None, "劣Ⅴ")
    assert section["undetected"] == ["dissolved_oxygen"]


def test_a_reading_of_a_row_that_is_set_aside_is_counted_with_its_row_alone(desk):
    desk.hand_in("sections", SECTIONS)
    stranger = "S9,某断面,1,正常,78.2,8,3,0.4,0.08\n"  # on no register, its pH cannot be
    found = desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{months('S1', m3='-4')}{stranger}")
    assert (found.result.set_aside_rows, found.readings_set_aside) == (1, 1)


@pytest.mark.parametrize(
    ("printed", "unrounded", "unit", "unrounded_unit", "value", "told"),
    [
        ("0.43", "0.428", None, None, 0.428, "0.43"),
        ("0.43", "0.425", None, None, 0.425, "0.43"),
        ("0.43", "428", "mg/L", "μg/L", 0.428, "0.43"),
        ("430.2", "430.17", "μg/L", None, 0.43017, "430.2"),
        ("430.2", "0.43017", "μg/L", "mg/L", 0.43017, "430.2"),
        ("4.3E-1", "0.428", None, None, 0.428, "4.3E-1"),
        ("1.2×10^-3", "0.00123", None, None, 0.00123, "1.2×10^-3"),
        ("0.43", "--", None, None, 0.43, "0.43"),
        ("0.43", None, None, None, 0.43, "0.43"),
        ("0.43", "428", None, None, None, "0.43（原始值428）"),
        ("0.43", "0.4351", None, None, None, "0.43（原始值0.4351）"),
        ("0.43", "数据异常", None, None, None, "0.43（原始值数据异常）"),
        ("0.43", "0.43（原始值2.428）", None, None, None, "0.43(原始值2.428)"),
        ("--", "0.428", None, None, None, "--"),
    ],
)
def test_an_unrounded_value_is_taken_in_its_own_unit_where_it_rounds_to_the_printed_one(
    catalog, printed, unrounded, unit, unrounded_unit, value, told
):
    frame = pl.DataFrame({"ammonia_nitrogen": [printed], "ammonia_nitrogen__unrounded": [unrounded]}).cast(pl.String)
    readings = catalog.sources["station_readings"].readings
    found = typed_reading(frame, "ammonia_nitrogen", readings, catalog, unit=unit, unrounded_unit=unrounded_unit).row(
        0, named=True
    )
    assert found["ammonia_nitrogen"] == (value and pytest.approx(value))
    assert found["ammonia_nitrogen_as_delivered"] == told
    assert (found["ammonia_nitrogen_problem"] is None) == (value is not None or printed == "--")


@pytest.mark.parametrize(
    ("heading", "unrounded", "value"),
    [
        ("氨氮(μg/L)_原始", "98", 0.098),
        ("氨氮_原始", "0.098", 0.098),
        ("氨氮_原始", "98", None),
        ("氨氮(t)_原始", "98", ""),
    ],
)
def test_an_unrounded_column_is_in_the_unit_of_its_heading(tmp_path, staged, heading, unrounded, value):
    row = STATION_ROW | BASE | {heading: unrounded}
    file = tmp_path / "a.csv"
    file.write_text("\n".join(",".join(cells) for cells in (row, row.values())), encoding="utf-8")
    if value == "":
        with pytest.raises(CheckFailed, match="cannot be converted"):
            staged(file, "station_readings", period="2021-04")
    else:
        assert staged(file, "station_readings")["ammonia_nitrogen"].to_list() == [value]
