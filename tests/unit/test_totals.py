"""Rows of sums: left out, held against the rows they stand for, and told where they differ."""

import polars as pl
import pytest

from analytics.ingest import Delivery, stage
from analytics.ingest.snapshot import identify
from analytics.quality.totals import CHECK
from tests.deliveries import MANURE_HEAD, TOWNS
from tests.unit.test_ingest import DAY, workbook, write

COUNTIES = {"清徐县": "太原市", "阳曲县": "太原市", "娄烦县": "太原市", "阳高县": "大同市"}


def table(*lines, head=MANURE_HEAD):
    """A form: `阳曲县 2 1` is a county, `合计 2 1` a row of sums."""
    rows = []
    for line in lines:
        name, *amounts = line.split(" ")
        rows.append([COUNTIES.get(name, name), name if name in COUNTIES else "", *amounts])
    return "\n".join([head, *(",".join(row) for row in rows)])


@pytest.fixture
def read(tmp_path, workspace, catalog):
    """Stages a form."""

    def staged(text, source="manure"):
        file = text if not isinstance(text, str) else write(tmp_path / "a.csv", text)
        snapshot = identify(file, Delivery(source, DAY, period="2021"))
        return stage(snapshot, source=catalog.sources[source], catalog=catalog, workspace=workspace)

    return staged


@pytest.fixture
def differing(read):
    """The sums of a form that differ: row, column, what stands there and what the rows make."""

    def told(text):
        return [
            (d["row"], d["column"].removesuffix("_t"), d["found"], d["expected_en"])
            for d in read(text).totals_that_differ
        ]

    return told


@pytest.mark.parametrize(
    "lines",
    [
        ("清徐县 2 1", "阳曲县 3 1", "合计 5 2"),
        ("合计 5 2", "清徐县 2 1", "阳曲县 3 1"),
        ("清徐县 2 1", "阳曲县 3 1", "小计 5 2", "阳高县 4 1", "小计 4 1", "合计 9 3"),
        ("合计 9 3", "小计 5 2", "清徐县 2 1", "阳曲县 3 1", "小计 4 1", "阳高县 4 1"),
        ("清徐县 2 1", "太原市合计 2 1", "阳高县 4 1", "大同市合计 4 1", "总计 6 2"),
        ("清徐县 2.04 1", "阳曲县 3.04 1", "合计 5.1 2"),
        ("清徐县 2 1", "阳曲县 3 —", "合计 5 1"),
        ("清徐县 2 1", "阳曲县 3 1", "平均值 2.5 1"),
        ("清徐县 2 1", "阳曲县 3 1", "合计 5 —"),
        ('清徐县 "1,002" 1', "阳曲县 3 1", '合计 "1,005吨" 2'),
    ],
)
def test_sums_that_are_those_of_their_rows(read, lines):
    found = read(table(*lines))
    assert (found.totals_that_differ, found.totals_unchecked) == ([], [])


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("清徐县 2 1", "阳曲县 3 1", "合计 6 2"), [(4, "manure_produced", "6", "5 吨, the sum of rows 2 to 3")]),
        (
            ("清徐县 2 1", "小计 2 1", "阳高县 4 1", "小计 4 3", "合计 6 2"),
            [(5, "manure_used", "3", "1 吨, the sum of rows 4 to 4")],
        ),
        (
            ("小计 3 1", "清徐县 2 1", "小计 4 1", "阳高县 4 1"),
            [(2, "manure_produced", "3", "2 吨, the sum of rows 3 to 3")],
        ),
        (
            ("清徐县 2.04 1", "阳曲县 3.04 1", "合计 5.0 2"),
            [(4, "manure_produced", "5.0", "5.08 吨, the sum of rows 2 to 3")],
        ),
    ],
)
def test_a_sum_that_is_not_that_of_its_rows_is_told_with_both(differing, lines, expected):
    assert differing(table(*lines)) == expected


@pytest.mark.parametrize(
    ("lines", "row", "why"),
    [
        (("清徐县 2 1", "阳曲县 3 约1", "合计 5 7"), 4, "第3行的数无法识别"),
        (("清徐县 2 1", "阳曲县 3 —", "合计 5 7"), 4, "第3行未填"),
        (("清徐县 2 1", "阳曲县 3 1", "合计 #REF! 2"), 4, "该合计本身不是数字"),
        (("清徐县 2 1", "阳曲县 3 1", "合计  "), 4, "该合计未填"),
        (("清徐县 2 1", "阳曲县 3 ", "小计 5 4", "阳高县 1 1", "小计 1 1", "合计 6 5"), 4, "第3行未填"),
    ],
    ids=["an unreadable part", "an empty part", "no number", "no sum", "a part of a part"],
)
def test_a_sum_that_cannot_be_held_against_its_rows_is_unchecked(desk, lines, row, why):
    found = desk.hand_in("manure", table(*lines))
    assert [(one["row"], one["why_zh"]) for one in found.staged.totals_unchecked] == [(row, why)]
    check = found.result.checks.row(by_predicate=pl.col("check") == CHECK, named=True)
    assert (check["outcome"], check["failed"]) == ("could_not_be_checked", None)
    assert check["problem"].startswith(f"第{row}行：{why} (row {row}: ")
    assert not found.is_refused


def test_a_sum_below_what_its_rows_make_differs_though_one_is_empty(differing):
    lines = ("清徐县 2 1", "阳曲县 3 ", "合计 4 1")
    assert differing(table(*lines)) == [(4, "manure_produced", "4", "5 吨, the sum of rows 2 to 3")]


def test_a_sum_is_told_in_the_unit_of_its_column(differing):
    head = MANURE_HEAD.replace("产生量（吨）", "产生量（万吨）")
    lines = ("清徐县 0.2 1", "阳曲县 0.3 1")
    assert differing(table(*lines, "合计 0.5 2", head=head)) == []
    assert differing(table(*lines, "合计 0.6 2", head=head)) == [
        (4, "manure_produced", "0.6", "0.5 万吨, the sum of rows 2 to 3")
    ]


def test_an_amount_merged_over_rows_is_that_of_none_and_leaves_its_sum_unchecked(tmp_path, read):
    rows = [MANURE_HEAD.split(","), ["太原市", "清徐县", 2, 1], ["太原市", "阳曲县", "", 1], ["合计", "", 9, 2]]
    found = read(workbook(tmp_path / "a.xlsx", rows, merges=[(1, 2, 2, 2, 2)]))
    assert found.totals_that_differ == []
    assert [one["why_en"] for one in found.totals_unchecked] == ["what stands in row 2, 3 cannot be read"]


def test_shares_concentrations_and_days_are_not_summed(catalog):
    from analytics import units

    fields = {name: units.adds_up(field.unit or "") for name, field in catalog.fields.items() if field.type == "number"}
    assert fields["manure_produced_t"] and fields["supply_pipes_km"] and fields["capacity_m3_d"]
    no = ("plant_load_pct", "influent_bod5_mg_l", "frost_depth_m", "flow_days_met", "supply_pressure_mpa")
    assert not any(fields[name] for name in no)


def test_rows_that_are_set_aside_count_in_the_sum_and_a_difference_is_a_warning(desk):
    wrong = table("清徐县 2 1", "阳曲县 3 9", "合计 5 10", "总计 6 10")  # more used than produced: set aside
    found = desk.hand_in("manure", wrong)
    assert found.result.set_aside_rows == 1 and not found.is_refused
    told = found.result.broken.filter(check=CHECK).drop("snapshot").to_dicts()
    assert [(t["row"], t["column"], t["severity"], t["found"]) for t in told] == [
        (5, "manure_produced_t", "warning", "6")
    ]
    assert told[0]["expected_zh"] == "第2行至第3行之和：5 吨" and told[0]["sheet"]
    assert found.result.checks.filter(check=CHECK)["outcome"].to_list() == ["failed"]
    assert found.warnings == 1 and (CHECK, 1) in found.rules_broken


def test_a_file_whose_sums_are_right_says_so_and_one_without_says_nothing(desk):
    right = desk.hand_in("manure", table("清徐县 2 1", "合计 2 1"))
    assert right.result.checks.filter(check=CHECK)["outcome"].to_list() == ["passed"]
    assert desk.hand_in("manure", table("清徐县 2 1")).result.checks.filter(check=CHECK).is_empty()
    averages = desk.hand_in("manure", table("清徐县 2 1", "平均值 2 1"))
    assert averages.staged.totals == 1 and averages.result.checks.filter(check=CHECK).is_empty()


def test_a_form_without_amounts_has_no_sums_to_check(desk):
    desk.hand_in("towns", TOWNS)
    head = "建制镇代码,建制镇名称,市,县（市、区）,是否具备生活污水处理能力"
    found = desk.hand_in("town_sewage", f"{head}\n140121101,甲镇,太原市,清徐县,是\n合计,,,1个,1个\n")
    assert found.staged.totals == 1 and found.result.checks.filter(check=CHECK).is_empty()
