"""A file that was refused when it came counts where corrections that name it put it right, and only then."""

from datetime import date

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from analytics.cli import app
from analytics.errors import CatalogError, CheckFailed
from analytics.ingest.form_workbook import write_form
from analytics.ingest.forms import form_for
from analytics.pipeline import build
from analytics.pipeline.intake import examine_all, put_right_files, registers_of
from analytics.pipeline.receipts import jumps_of
from analytics.pipeline.sent_again import taken_back
from tests.deliveries import JANUARY, MANURE_HEAD

FIGURES = ["T12b"]

# Of three counties two used more than was produced: more than half of the rows cannot be used.
REFUSED = f"{MANURE_HEAD}\n太原市,清徐县,100,900\n太原市,阳曲县,200,2500\n太原市,娄烦县,100,60\n"
FIRST = 8  # row of the form
FEBRUARY, MARCH = date(2022, 2, 1), date(2022, 3, 1)


def corrections(desk, *entries, source="manure"):
    """Write entries of a row number, what stands there, what is right; and more keys where they are needed."""
    file = desk.workspace.raw / source / "corrections.yml"
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = []
    for n, (where, old, new, more) in enumerate(entries):
        said = {"id": f"c{n}", "what": "manure_used_t", "where": where, "from": f'"{old}"', "to": f'"{new}"'}
        said |= {"reason": "小数点错位", "said_by": "某局", "date": "2022-02-03", "status": "confirmed"} | more
        lines.append("- " + "\n  ".join(f"{k}: {v}" for k, v in said.items() if v is not None) + "\n")
    file.write_text("".join(lines), encoding="utf-8")
    return file


def one(row, old, new, delivery="manure-0.csv", **more):
    return f"{{row: {row}}}", old, new, {"delivery": delivery} | more


def refuse(desk, text=REFUSED, **said):
    with pytest.raises(CheckFailed):
        desk.hand_in("manure", text, **said)


def used(desk):
    """By county what was used, as it counts."""
    build(desk.workspace, 2021, desk.catalog)
    ids = ["140121", "140122", "140123"]
    rows = desk.asked("amounts_behind", item="manure_used", entities=ids, first=date(2021, 1, 1), last=JANUARY)
    return dict(rows.select("entity_id", "value").sort("entity_id").iter_rows())


def told(desk):
    build(desk.workspace, 2021, desk.catalog)
    rows = desk.asked("files_received").select("file", "outcome", "is_put_right", "reason", "reason_zh")
    return {row["file"]: row for row in rows.iter_rows(named=True)}


def outcomes(desk):
    build(desk.workspace, 2021, desk.catalog)
    return desk.asked("corrections")["outcome"].to_list()


def test_a_refused_file_that_corrections_put_right_counts_with_what_is_still_wrong_set_aside(desk):
    refuse(desk)
    assert used(desk) == {}
    corrections(desk, one(2, "900", "90"))
    assert used(desk) == {"140121": "90.0", "140123": "60.0"}
    (row,) = told(desk).values()
    assert (row["outcome"], row["is_put_right"], row["reason"], row["reason_zh"]) == ("counts", True, "", "")
    assert desk.asked("deliveries").select("outcome", "rows_set_aside").rows() == [("loaded", 1)]
    assert outcomes(desk) == ["applied"]


def test_one_that_is_wrong_all_the_same_stays_refused_and_says_what_is_still_wrong(desk):
    refuse(desk)
    corrections(desk, one(2, "900", "901"))
    assert used(desk) == {}
    (row,) = told(desk).values()
    assert row["outcome"] == "refused" and not row["is_put_right"]
    assert row["reason"] == "as corrected, still: At most 50 % of the rows may be set aside: 2 of 3 rows"
    assert row["reason_zh"] == "更正后仍不符合：因严重问题暂不采用的行不得超过 50%：共3行，其中2行有误"
    assert outcomes(desk) == ["file_refused"]


@pytest.mark.parametrize("status", ["proposed", "rejected"])
def test_what_is_not_confirmed_puts_nothing_right(desk, status):
    refuse(desk)
    corrections(desk, one(2, "900", "90", status=status))
    assert used(desk) == {} and outcomes(desk) == [status]
    corrections(desk, one(2, "900", "90"))
    assert used(desk) and outcomes(desk) == ["applied"]
    corrections(desk, one(2, "900", "90", status="rejected"))
    assert used(desk) == {}


def test_a_correction_that_does_not_name_the_file_is_not_about_a_refused_one(desk):
    refuse(desk)
    corrections(desk, ("{area_id: 清徐县}", "900", "90", {}))
    with pytest.raises(CatalogError, match="matches no row"):
        examine_all(desk.workspace, desk.catalog)


def test_rows_that_ought_not_to_have_been_sent_are_withdrawn_from_a_refused_file(desk):
    refuse(desk)
    row = {"what": "row", "from": None, "to": "withdrawn"}
    corrections(desk, one(2, "", "", **row), one(3, "", "", **row))
    assert used(desk) == {"140123": "60.0"}


def test_a_file_that_cannot_be_read_is_beyond_correction(desk):
    refuse(desk, "只有一行字\n")
    corrections(desk, one(2, "900", "90"))
    with pytest.raises(CatalogError) as caught:
        examine_all(desk.workspace, desk.catalog)
    error = caught.value
    assert "names a file that cannot be read: it has no cells that could be corrected" in error.what
    assert "manure-0.csv" in error.found and "column missing" in error.found
    assert "the file again" in error.next_step and error.where.endswith("entry c0")


def test_a_file_refused_for_no_cell_stays_refused_whatever_is_corrected(desk):
    form = desk.inbox / "form.xlsx"
    desk.inbox.mkdir()
    registers = registers_of(desk.workspace, desk.catalog)
    source = desk.catalog.sources["manure"]
    write_form(form_for(source, desk.catalog, period="2021", area="140100", members=registers), form)
    book = load_workbook(form)
    sheet = book["填报表"]
    heads = {str(cell.value).split("（")[0]: cell for row in sheet.iter_rows() for cell in row if cell.value}
    for row in range(FIRST, FIRST + 10):
        sheet.cell(row, heads["粪污产生量"].column, 100)
        sheet.cell(row, heads["综合利用量"].column, 60)
    sheet["A1"] = "2022年太原市畜禽粪污产生与利用情况表"
    book.save(form)
    root = str(desk.workspace.root)
    done = CliRunner().invoke(app, ["receive", str(form), *["--source", "manure", "--period", "2021"], "--root", root])
    assert done.exit_code == 4 and "互相矛盾" in done.output
    corrections(desk, one(FIRST, "60", "61", "form.xlsx"))
    (row,) = told(desk).values()
    assert row["outcome"] == "refused"
    assert "contradicts itself" in row["reason"] and "互相矛盾" in row["reason_zh"]


# Beside other files


def test_it_stands_in_the_order_received_and_replaces_what_came_before(desk):
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,10\n太原市,娄烦县,100,20\n")
    refuse(desk, received=FEBRUARY)
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,娄烦县,100,30\n", received=MARCH)
    assert used(desk) == {"140121": "10.0", "140123": "30.0"}
    corrections(desk, one(2, "900", "90", "manure-1.csv"))
    assert used(desk) == {"140121": "90.0", "140123": "30.0"}
    assert [r["outcome"] for r in told(desk).values()] == ["replaced", "replaced in part", "counts"]


def test_a_row_that_a_later_file_tells_is_corrected_in_a_refused_file_all_the_same(desk):
    refuse(desk)
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,30\n", received=FEBRUARY)
    corrections(desk, one(2, "900", "90"))
    assert used(desk) == {"140121": "30.0", "140123": "60.0"}


def test_a_correction_of_a_row_that_the_file_now_tells_anew_is_overtaken(desk):
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,10\n太原市,阳曲县,100,20\n")
    refuse(desk, received=FEBRUARY)
    first = ("{area_id: 清徐县}", "10", "11", {})
    corrections(desk, first)
    assert outcomes(desk) == ["applied"]
    corrections(desk, first, one(2, "900", "90", "manure-1.csv"))
    assert outcomes(desk) == ["overtaken", "applied"]
    assert desk.asked("corrections")["overtaken_by"].to_list() == ["manure-1.csv", None]


def test_later_files_are_held_against_it(desk):
    refuse(desk)
    later = desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,娄烦县,100,50\n", received=FEBRUARY)
    assert jumps_of(desk.workspace, later, desk.catalog).is_empty()
    corrections(desk, one(2, "900", "90"))
    assert jumps_of(desk.workspace, later, desk.catalog)["rows_before"].to_list() == [3]


def took_back(desk, again) -> list[tuple[str, int]]:
    """The files whose rows a file sent again has put out of count, and how many of each."""
    put_right = put_right_files(desk.workspace, again.source, desk.catalog)
    back = taken_back(again.snapshot, again.source, desk.workspace, desk.catalog, put_right=put_right)
    return [(one.file, one.rows) for one in back]


def test_the_file_before_it_counts_again_where_it_is_sent_again(desk):
    first = f"{MANURE_HEAD}\n太原市,娄烦县,100,10\n"
    desk.hand_in("manure", first)
    refuse(desk, received=FEBRUARY)
    corrections(desk, one(2, "900", "90", "manure-1.csv"))
    assert used(desk)["140123"] == "60.0"
    again = desk.hand_in("manure", first, received=MARCH)
    assert again.snapshot.delivery.again == 1
    assert took_back(desk, again) == [("manure-1.csv", 1)]
    assert used(desk) == {"140121": "90.0", "140123": "10.0"}


def test_received_again_it_is_read_as_corrected_and_a_broken_correction_keeps_nobody_from_it(desk):
    refuse(desk)
    corrections(desk, one(2, "900", "90"))
    file = desk.inbox / "manure-0.csv"
    found = desk.hand_in_file("manure", file, period="2021", received=FEBRUARY)
    assert found.result.set_aside_rows == 1 and not found.snapshot.delivery.refused
    assert used(desk) == {"140121": "90.0", "140123": "60.0"}
    refuse(desk, REFUSED.replace("2500", "2600"), received=MARCH)
    corrections(desk, one(2, "901", "90"))
    refuse(desk, REFUSED.replace("2500", "2600"), received=MARCH)


def test_received_again_after_a_good_file_it_is_read_as_corrected_too(desk):
    """What the receipt says is what counts: it takes back what the good file had put in its place."""
    refuse(desk)
    corrections(desk, one(2, "900", "90"))
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,80\n太原市,娄烦县,100,70\n", received=FEBRUARY)
    assert used(desk) == {"140121": "80.0", "140123": "70.0"}
    again = desk.hand_in_file("manure", desk.inbox / "manure-0.csv", period="2021", received=MARCH)
    assert (again.snapshot.delivery.again, again.result.set_aside_rows) == (1, 1)
    assert took_back(desk, again) == [("manure-1.csv", 2)]
    assert used(desk) == {"140121": "90.0", "140123": "60.0"}


def test_a_refused_file_that_comes_again_under_another_name_is_known_by_its_first_name_too(desk):
    refuse(desk)
    corrections(desk, one(2, "900", "90"))
    file = desk.inbox / "更名.csv"
    file.write_text(REFUSED, encoding="utf-8")
    found = desk.hand_in_file("manure", file, period="2021", received=FEBRUARY)
    assert found.snapshot.path.name == "更名.csv" and found.snapshot.once_called == ("manure-0.csv",)
    assert found.result.set_aside_rows == 1 and not found.is_refused
    assert used(desk) == {"140121": "90.0", "140123": "60.0"}
    corrections(desk, one(2, "900", "80", "更名.csv"))
    assert used(desk)["140121"] == "80.0"


# What people read


def test_the_list_of_what_was_received_says_that_it_was_refused_and_counts_as_corrected(qinghe):
    file = qinghe.root / "a.csv"
    file.write_text(REFUSED, encoding="utf-8")
    done = qinghe("receive", file, "--source", "manure", "--period", "2021")
    assert "data/raw/manure/corrections.yml（delivery: a.csv）" in done.stderr
    said = qinghe.root / "data" / "raw" / "manure" / "corrections.yml"
    entry = "what: manure_used_t, where: {row: 2}, delivery: a.csv, from: 900, reason: 误填, said_by: 某局"
    said.write_text(f"- {{id: a, {entry}, to: 901, date: 2022-02-03, status: confirmed}}\n", encoding="utf-8")
    shown = qinghe("received", "--year", "2021")
    assert "更正后仍不符合" in shown.stdout and "已采用，但整份文件仍被退回1条" in shown.stderr
    said.write_text(f"- {{id: a, {entry}, to: 90, date: 2022-02-03, status: confirmed}}\n", encoding="utf-8")
    shown = qinghe("received", "--year", "2021").stdout
    assert "收到时退回" in shown and "整份退回" not in shown
    assert "refused when it" in qinghe("received", "--year", "2021", "--lang", "en").stdout
