"""Files examined side by side: who takes which forms, and the same answers whoever examined them."""

from analytics.ingest import list_snapshots
from analytics.pipeline import ahead
from analytics.pipeline.intake import examine_all
from tests.deliveries import MANURE_HEAD, TOWNS


def test_forms_are_dealt_out_by_weight():
    shares = ahead._dealt({"daily": 9, "monthly": 5, "yearly": 4, "works": 1}, 2)
    assert shares == [["daily", "works"], ["monthly", "yearly"]]


def hand_in_some(desk):
    desk.hand_in("towns", TOWNS)
    for year in range(2010, 2022):
        desk.hand_in(
            "manure", f"{MANURE_HEAD}\n太原市,清徐县,100,{year - 1950}\n太原市,阳曲县,100,150\n", period=str(year)
        )


def forget(desk, monkeypatch):
    """Nothing is known of any file, and these few are worth two processes."""
    for file in desk.workspace.staged.rglob("*.*"):
        file.unlink()
    monkeypatch.setattr(ahead, "_WORTH_IT", 2)
    monkeypatch.setattr("os.cpu_count", lambda: 2)


def told(desk):
    examined, _ = examine_all(desk.workspace, desk.catalog)
    return [(e.snapshot.id, e.is_refused, e.result.broken.drop("snapshot").rows()) for e in examined]


def test_the_answers_are_the_same_whoever_examined_the_files(desk, monkeypatch):
    hand_in_some(desk)
    alone = told(desk)
    forget(desk, monkeypatch)
    assert told(desk) == alone


def test_a_process_beside_leaves_its_forms_examined(desk, monkeypatch):
    hand_in_some(desk)
    forget(desk, monkeypatch)
    snapshots = list_snapshots(desk.workspace)
    with ahead.Beside(desk.workspace) as beside:
        with beside.examining(snapshots, lambda _: False) as left:
            assert left == ["manure"]
        with beside.examining(snapshots, lambda _: False) as left:
            assert left == ["manure"] and len(beside._running) == 1  # who was started serves again
    assert [file.parent.name for file in desk.workspace.staged.rglob("*.parquet")].count("towns") >= 1


def test_few_files_are_left_to_the_process_that_asks(desk):
    desk.hand_in("towns", TOWNS)
    with (
        ahead.Beside(desk.workspace) as beside,
        beside.examining(list_snapshots(desk.workspace), lambda _: False) as left,
    ):
        assert left == ["towns"] and not beside._running


def test_a_process_beside_that_ends_too_soon_leaves_all_to_the_one_that_asks(desk, monkeypatch):
    hand_in_some(desk)
    alone = told(desk)
    forget(desk, monkeypatch)
    monkeypatch.setattr("sys.executable", "/bin/false")
    assert told(desk) == alone
