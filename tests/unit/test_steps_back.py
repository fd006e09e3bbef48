"""What a later file takes away of what counted before is told: bad rows for good ones, old values for newer ones."""

from datetime import date, datetime

import pytest
from openpyxl import Workbook, load_workbook

from analytics.cli.slips import after_receiving
from analytics.ingest.saved import saved_at
from analytics.pipeline.steps_back import StepsBack
from tests.deliveries import MANURE_HEAD, SECTION_HEAD, SECTIONS, months

FIGURES = ["T12b"]

LATER, LAST = date(2022, 1, 20), date(2022, 1, 30)
OTHERS = "太原市,阳曲县,300,240\n太原市,娄烦县,50,10\n"


def county(used, others=OTHERS):
    return f"{MANURE_HEAD}\n太原市,清徐县,100,{used}\n{others}"


def steps(desk, found):
    return StepsBack(desk.workspace, found, desk.catalog)


def places(found):
    return [(step.row, step.key, *step.replaced) for step in found]


def test_a_bad_row_that_replaces_a_good_one_is_told_of(desk):
    assert steps(desk, desk.hand_in("manure", county(80))).lost == []
    bad = desk.hand_in("manure", county(800), received=LATER)
    assert places(steps(desk, bad).lost) == [(2, "太原市 清徐县", "manure-0.csv")]
    assert desk.value("T12b", "140121")["value"] is None
    told = after_receiving(desk.workspace, bad, desk.catalog)
    assert "nothing counts of it now until it is sent again rightly: row 2 太原市 清徐县" in told["of the whole file"]
    summary = load_workbook(told["return slip"]).worksheets[0]
    said = "\n".join(str(c.value) for row in summary.iter_rows() for c in row if c.value)
    assert "有误而暂不采用的内容取代了此前采用的内容" in said and "情况：第2行 太原市 清徐县" in said
    again = desk.hand_in("manure", county(801), received=LAST)
    assert steps(desk, again).lost == []  # there was no good one any more


@pytest.mark.parametrize("blank", ["", "—"])
def test_a_blank_cell_that_replaces_a_value_is_told_of(desk, blank):
    desk.hand_in("manure", county(80))
    emptied = desk.hand_in("manure", county(blank), received=LATER)
    assert (steps(desk, emptied).lost, places(steps(desk, emptied).emptied)) == (
        [],
        [(2, "太原市 清徐县", "manure-0.csv")],
    )
    assert desk.value("T12b", "140121")["value"] is None
    told = after_receiving(desk.workspace, emptied, desk.catalog)
    assert (
        "have replaced what counted before: nothing counts of it now: row 2 太原市 清徐县" in told["of the whole file"]
    )
    again = desk.hand_in("manure", county(blank), received=LAST)
    assert steps(desk, again).emptied == []  # there was no value any more


@pytest.mark.parametrize(("later", "lost", "emptied"), [("900", 1, 0), ("", 0, 1), ("70", 0, 0)])
def test_what_counted_as_corrected_is_taken_away_too(desk, later, lost, emptied):
    """The correction is overtaken by the later file: until then the row counted."""
    desk.hand_in("manure", county(800))
    entries = desk.workspace.raw / "manure" / "corrections.yml"
    entries.write_text(
        "- {id: a, what: manure_used_t, where: {area_id: 清徐县, period: '2021'}, from: '800', to: '80', reason: 错位,"
        " said_by: 某局, date: 2022-01-12, status: confirmed}\n",
        encoding="utf-8",
    )
    assert desk.value("T12b", "140121")["value"] == 80
    found = steps(desk, desk.hand_in("manure", county(later), received=LATER))
    assert (len(found.lost), len(found.emptied), found.undone) == (lost, emptied, [])
    assert desk.value("T12b", "140121")["value"] == (None if lost or emptied else 70)


def test_a_bad_row_in_the_place_of_a_bad_one_takes_nothing_away(desk):
    desk.hand_in("manure", county(800))
    assert steps(desk, desk.hand_in("manure", county(801), received=LATER)).lost == []


def test_a_row_that_stands_twice_takes_nothing_away(desk):
    """The second is set aside as a copy, the first counts."""
    desk.hand_in("manure", county(80))
    twice = desk.hand_in("manure", county(80, "太原市,清徐县,100,80\n太原市,阳曲县,10,8\n"), received=LATER)
    assert twice.result.set_aside_rows == 1 and steps(desk, twice).lost == []
    assert desk.value("T12b", "140121")["value"] == 80


def test_a_bad_reading_that_replaces_a_good_one_is_told_of(desk):
    desk.hand_in("sections", SECTIONS)
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{months('S1', m4='-1')}")
    bad = desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{months('S1', m3='-4', m4='-4')}", received=LATER)
    assert [step.row for step in steps(desk, bad).lost] == [4]  # that of April was bad before


def test_all_files_that_a_row_replaces_are_named_in_the_order_in_which_they_came(desk):
    """A file of some of the cells replaces these alone: what the row replaces then stands in both."""
    desk.hand_in("sections", SECTIONS)
    for day, ammonia in ((date(2022, 1, 5), "0.5"), (date(2022, 1, 6), "1.8")):
        some = "" if ammonia == "1.8" else "7.8"
        desk.hand_in(
            "section_monthly", f"{SECTION_HEAD}\nS1,某断面,1,正常,{some},8.0,3.0,{ammonia},0.08\n", received=day
        )
    bad = desk.hand_in("section_monthly", f"{SECTION_HEAD}\nS1,某断面,1,正常,-4,8.0,3.0,-4,0.08\n", received=LATER)
    found = [steps(desk, bad) for _ in range(5)]
    names = ["section_monthly-1.csv", "section_monthly-2.csv"]
    assert [[step.replaced for step in told.lost] for told in found] == [[tuple(names)]] * 5
    assert found[0].files_of(found[0].lost) == names


def test_a_file_that_says_again_what_was_replaced_since_is_told_of(desk):
    desk.hand_in("manure", county(80))
    newer = desk.hand_in("manure", county(90), received=LATER)
    assert steps(desk, newer).undone == []
    old = desk.hand_in("manure", county(80, OTHERS.splitlines()[0] + "\n"), received=LAST)
    assert places(steps(desk, old).undone) == [(2, "太原市 清徐县", "manure-1.csv")]
    told = after_receiving(desk.workspace, old, desk.catalog)
    assert "may be an older version: what it says counts now: row 2 太原市 清徐县" in told["of the whole file"]
    assert "return slip" in told
    assert desk.value("T12b", "140121")["value"] == 80.0


def test_what_stands_again_in_the_place_of_a_bad_row_is_no_older_version(desk):
    for day, used in enumerate((80, 800, 80)):
        text = county(used, OTHERS if used != 80 else OTHERS + "太原市,古交市,9,9\n" * (day > 1))
        found = desk.hand_in("manure", text, received=date(2022, 1, 10 + day))
    assert steps(desk, found).undone == []


def saved(desk, name, moment, used):
    """A workbook that says it was saved at that moment."""
    desk.inbox.mkdir(exist_ok=True)
    book = Workbook()
    for row in (MANURE_HEAD.split(","), ["太原市", "清徐县", 100, used]):
        book.active.append(row)
    book.properties.modified = moment
    path = desk.inbox / name
    book.save(path)
    return path


@pytest.fixture
def at(monkeypatch):
    """Lets a file say when it was saved: openpyxl writes the moment itself."""
    moments = {}
    monkeypatch.setattr("analytics.pipeline.steps_back.saved_at", lambda file: moments.get(file.name))
    return moments


def test_a_workbook_says_when_it_was_saved(desk, tmp_path):
    path = saved(desk, "a.xlsx", datetime(2021, 12, 1), 80)
    assert saved_at(path) is not None and saved_at(path).tzinfo is not None
    (tmp_path / "a.csv").write_text("a", encoding="utf-8")
    assert saved_at(tmp_path / "a.csv") is None


def test_a_workbook_saved_before_the_one_that_it_replaces_is_told_of(desk, at):
    from datetime import UTC

    at |= {"new.xlsx": datetime(2022, 1, 5, 4, tzinfo=UTC), "old.xlsx": datetime(2021, 12, 1, 1, tzinfo=UTC)}
    first = desk.hand_in_file("manure", saved(desk, "new.xlsx", None, 80), period="2021")
    assert steps(desk, first).older_save is None
    found = desk.hand_in_file("manure", saved(desk, "old.xlsx", None, 70), period="2021", received=LATER)
    older = steps(desk, found).older_save
    assert (f"{older.own:%Y-%m-%d %H:%M}", older.replaced) == ("2021-12-01 09:00", "new.xlsx")
    told = after_receiving(desk.workspace, found, desk.catalog)["of the whole file"]
    assert "saved 2021-12-01 09:00, what it replaces 2022-01-05 12:00" in told
    at["old.xlsx"], at["newer.xlsx"] = at["new.xlsx"], datetime(2022, 2, 1, tzinfo=UTC)
    newer = desk.hand_in_file("manure", saved(desk, "newer.xlsx", None, 60), period="2021", received=LAST)
    assert steps(desk, newer).older_save is None


def test_receive_says_what_counts_now_and_how_the_other_counts_again(qinghe):
    words = ["--source", "manure", "--period", "2021"]
    for name, used in (("a.csv", 80), ("b.csv", 800)):
        (qinghe.root / name).write_text(county(used), encoding="utf-8")
        done = qinghe("receive", qinghe.root / name, *words)
    said = "".join(done.stderr.split())
    assert "警告：b.csv有1行有误、暂不采用，却取代了a.csv中原已采用的行" in said and "把a.csv再接收一次" in said
    for name, used in (("c.csv", 90), ("d.csv", 80)):
        (qinghe.root / name).write_text(county(used, OTHERS.splitlines()[0] + "\n"), encoding="utf-8")
        english = " ".join(qinghe("receive", qinghe.root / name, *words, "--lang", "en").stderr.split())
    assert "1 row(s) of d.csv say again what c.csv had replaced" in english
