"""A delivery is held against those received before it, and what was gated is not gated again."""

import pytest

from analytics.paths import Workspace
from analytics.pipeline import intake
from tests.deliveries import MANURE_HEAD, Desk


@pytest.fixture
def desk(tmp_path, catalog):
    return Desk(Workspace(tmp_path), catalog, tmp_path / "inbox")


def county(produced, used):
    """The form with one county."""
    return f"{MANURE_HEAD}\n太原市,清徐县,{produced},{used}\n"


def rules(found):
    """The rules between deliveries that a file broke."""
    return set(found.result.broken["check"])


def test_a_delivery_is_held_against_that_of_the_year_before(desk):
    assert rules(desk.hand_in("manure", county(20_000, 15_000), period="2020")) == set()
    found = desk.hand_in("manure", county(90_000, 80_000), period="2021")
    assert rules(found) == {"produced_near_last_year", "used_near_last_year"}
    assert found.result.broken["found"][0] == "manure_produced_t=90000; year_before=20000"
    assert (found.is_refused, found.result.set_aside_rows) == (False, 0)


def test_what_comes_later_changes_nothing_of_what_came_before(desk, catalog, monkeypatch):
    for year, tonnes in (("2021", 90_000), ("2020", 20_000)):
        desk.hand_in("manure", county(tonnes, tonnes * 0.8), period=year)
    monkeypatch.setattr(intake.gate, "run_gate", lambda *a, **k: pytest.fail("gated again"))
    examined, _ = intake.examine_all(desk.workspace, catalog)
    assert [rules(e) for e in examined] == [set(), set()]
    file = desk.inbox / "manure-0.csv"
    again = desk.hand_in_file("manure", file, period="2021")
    assert rules(again) == set()


def test_a_file_that_was_refused_is_not_what_came_before(desk, catalog):
    with pytest.raises(intake.CheckFailed):
        desk.hand_in("manure", county(20_000, 30_000), period="2020")  # more used than produced, the only row
    assert rules(desk.hand_in("manure", county(90_000, 80_000), period="2021")) == set()
    examined, _ = intake.examine_all(desk.workspace, catalog)
    assert [rules(e) for e in examined if not e.is_refused] == [set()]
