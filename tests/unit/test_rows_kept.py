"""A row that says whom it is about, or tells a number, is never taken for a sum, a note or a row of units."""

import pytest

from analytics.ingest import Delivery, stage
from analytics.ingest.snapshot import identify
from tests.deliveries import MANURE_HEAD
from tests.unit.test_ingest import DAY, write

QINGXU = "太原市,清徐县,100,80"


@pytest.fixture
def read(tmp_path, workspace, catalog):
    """What reading a file of manure finds."""

    def staged(*lines, head=MANURE_HEAD):
        file = write(tmp_path / "a.csv", "\n".join([head, *lines]))
        snapshot = identify(file, Delivery("manure", DAY, period="2021"))
        return stage(snapshot, source=catalog.sources["manure"], catalog=catalog, workspace=workspace)

    return staged


@pytest.mark.parametrize("row", ["山西省,清徐县,100,80", "太原市,清徐县,合计,80", "太原市,清徐县,见合计,80"])
def test_a_row_with_a_key_of_its_own_is_no_sum(read, row):
    found = read("太原市,阳曲县,100,80", row)
    assert (found.rows, found.totals) == (2, 0)


def test_a_word_beside_the_table_makes_no_sum(read):
    found = read(f"山西省,{QINGXU}", "合计,,,100,80", head=f"序号,{MANURE_HEAD}")
    assert (found.rows, found.totals) == (1, 1)


def test_a_count_of_counties_is_no_key(read):
    found = read(QINGXU, "合计,1个县,100,80", "太原市,小计,100,80")
    assert (found.rows, found.totals) == (1, 2)


@pytest.mark.parametrize("row", ["合计:,,100,80", "太原市,小 计：,100,80", ",合 计：,100,80", "总  计,—,100,80"])
def test_a_label_of_sums_may_end_in_a_colon_or_stand_beside_a_dash(read, row):
    found = read(QINGXU, row)
    assert (found.rows, found.totals) == (1, 1)


@pytest.mark.parametrize("row", [",,2000,", ",,2000,2000", ",,,1e3"])
def test_a_number_without_a_key_is_no_note(desk, row):
    found = desk.hand_in("manure", "\n".join([MANURE_HEAD, QINGXU, row]))
    assert (found.staged.rows, found.staged.notes, found.result.set_aside_rows) == (2, 0, 1)


def test_a_signature_with_a_number_stays_a_note(read):
    found = read(QINGXU, "填表人：张三,,13800000000,", "（续）,,,")
    assert (found.rows, found.notes) == (1, 2)


@pytest.mark.parametrize("row", ["太原市,阳曲县,,吨", "太原市,阳曲县,吨,", "太原市,阳曲县,单位：吨,"])
@pytest.mark.parametrize("is_first", [True, False])
def test_a_row_with_a_key_is_no_row_of_units(read, row, is_first):
    found = read(*((row, QINGXU) if is_first else (QINGXU, row)))
    assert (found.rows, found.headings) == (2, 0)


def test_numbers_of_columns_stand_below_headings(desk):
    found = desk.hand_in("manure", "\n".join([MANURE_HEAD, ",,1,2", QINGXU, ",,1,2", MANURE_HEAD, "甲,乙,1,2"]))
    assert (found.staged.rows, found.staged.headings, found.result.set_aside_rows) == (2, 3, 1)


def test_a_row_of_units_may_say_that_names_have_none(read):
    assert read("文字,—,吨,吨", QINGXU, "单位,单位,吨,吨").headings == 2
