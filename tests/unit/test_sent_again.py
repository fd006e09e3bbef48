"""The very file that came before, sent again: it counts where another one replaced it, else it is no news."""

from datetime import date

import pytest

from analytics.errors import CheckFailed
from analytics.ingest import list_snapshots
from analytics.pipeline import build
from analytics.pipeline.sent_again import taken_back
from tests.deliveries import MANURE_HEAD, SECTION_HEAD, SECTIONS, TOWNS, months

FIGURES = ["G2"]

FEBRUARY, MARCH, APRIL = date(2022, 2, 1), date(2022, 3, 1), date(2022, 4, 1)
FIRST = f"{MANURE_HEAD}\n太原市,清徐县,100,80\n太原市,阳曲县,300,240\n"
CORRECTED = FIRST.replace(",100,80", ",100,90")


def outcomes(desk):
    build(desk.workspace, 2021, desk.catalog)
    return desk.asked("files_received").select("outcome", "is_again").rows()


def used(desk):
    build(desk.workspace, 2021, desk.catalog)
    counties = ["140121", "140122"]
    rows = desk.asked("amounts_behind", item="manure_used", entities=counties, first=date(2021, 1, 1), last=MARCH)
    return [float(value) for value in rows.sort("row")["value"]]


def test_a_file_sent_again_after_its_correction_counts_again_and_both_stay(desk):
    desk.hand_in("manure", FIRST)
    desk.hand_in("manure", CORRECTED, received=FEBRUARY)
    again = desk.hand_in("manure", FIRST, received=MARCH)
    assert outcomes(desk) == [("replaced", False), ("replaced", False), ("counts", True)]
    assert used(desk) == [80.0, 240.0]
    assert [s.path.is_file() for s in list_snapshots(desk.workspace)] == [True] * 3
    (found,) = taken_back(again.snapshot, again.source, desk.workspace, desk.catalog, put_right={})
    assert (found.file, found.received, found.rows, found.readings) == ("manure-1.csv", FEBRUARY, 2, 0)


def test_the_same_file_twice_in_a_row_is_one_delivery(desk):
    first = desk.hand_in("manure", FIRST)
    assert desk.hand_in("manure", FIRST, received=FEBRUARY).snapshot == first.snapshot
    desk.hand_in("manure", CORRECTED, received=FEBRUARY)
    second = desk.hand_in("manure", FIRST, received=MARCH)
    assert desk.hand_in("manure", FIRST, received=APRIL).snapshot == second.snapshot
    assert len(list_snapshots(desk.workspace)) == 3


def test_each_of_two_files_may_take_the_other_back_again_and_again(desk):
    for day, text in enumerate([FIRST, CORRECTED] * 3, start=1):
        desk.hand_in("manure", text, received=date(2022, 3, day))
    assert outcomes(desk) == [("replaced", n > 1) for n in range(5)] + [("counts", True)]
    assert used(desk) == [90.0, 240.0]


def test_a_file_of_other_rows_between_makes_no_news_of_it(desk):
    desk.hand_in("manure", FIRST)
    desk.hand_in("manure", f"{MANURE_HEAD}\n大同市,阳高县,10,5\n", received=FEBRUARY)
    desk.hand_in("manure", CORRECTED, received=FEBRUARY, period="2020")
    desk.hand_in("manure", FIRST, received=MARCH)
    assert outcomes(desk) == [("counts", False)] * 3


def test_a_single_cell_that_was_put_right_is_taken_back_too(desk):
    desk.hand_in("sections", SECTIONS)
    whole = SECTION_HEAD + "\n" + months("S1")
    desk.hand_in("section_monthly", whole)
    desk.hand_in("section_monthly", SECTION_HEAD + "\nS1,某断面,3,,,,,0.3,\n", received=FEBRUARY)
    again = desk.hand_in("section_monthly", whole, received=MARCH)
    (found,) = taken_back(again.snapshot, again.source, desk.workspace, desk.catalog, put_right={})
    assert (found.rows, found.readings) == (1, 0)
    build(desk.workspace, 2021, desk.catalog)
    told = desk.asked("readings_between", first=date(2021, 3, 1), last=date(2021, 3, 31))
    assert told.filter(parameter="ammonia_nitrogen")["value"].to_list() == [0.4]


def test_a_refused_file_that_is_taken_at_last_comes_after_the_one_before_it(desk):
    head = "建制镇代码,建制镇名称,市,县（市、区）,是否具备处理能力\n"
    early = head + "140121101,甲镇,太原市,清徐县,是\n"
    with pytest.raises(CheckFailed):
        desk.hand_in("town_sewage", early)  # no register has come yet
    desk.hand_in("towns", TOWNS)
    desk.hand_in("town_sewage", early.replace(",是\n", ",否\n"), received=FEBRUARY)
    desk.hand_in("town_sewage", early, received=MARCH)
    build(desk.workspace, 2021, desk.catalog)
    files = desk.asked("files_received").filter(source="town_sewage")
    assert files.select("outcome", "received").rows() == [
        ("refused", date(2022, 1, 10)),
        ("replaced", FEBRUARY),
        ("counts", MARCH),
    ]


def test_a_correction_of_a_file_that_came_twice_is_of_the_copy_that_counts(desk):
    desk.hand_in("manure", FIRST)
    desk.hand_in("manure", CORRECTED, received=FEBRUARY)
    again = desk.hand_in("manure", FIRST, received=MARCH).snapshot
    (desk.workspace.raw / "manure" / "corrections.yml").write_text(
        "- id: a\n  what: manure_used_t\n  where: {area_id: 清徐县}\n"
        f"  delivery: {again.sha256[:8]}\n  from: '80'\n  to: '85'\n"
        "  reason: 笔误\n  said_by: 某局\n  date: 2022-03-02\n  status: confirmed\n",
        encoding="utf-8",
    )
    assert used(desk) == [85.0, 240.0]
    assert desk.asked("corrections")["snapshot"].to_list() == [again.id]
