"""A delivered file is registered once, kept as it was received, and staged once."""

from datetime import date

import polars as pl
import pytest

from analytics.errors import SnapshotError, UsageError
from analytics.ingest import Delivery, list_snapshots, register, stage, verify
from analytics.ingest.snapshot import identify
from tests.unit.test_ingest import DAY, MANURE_HEAD, write


def test_a_file_is_registered_once_and_kept_as_received(tmp_path, workspace):
    file = write(tmp_path / "a.csv", "x")
    first, is_new = register(workspace, file, Delivery("manure", DAY, period="2021"))
    again, is_new_again = register(workspace, file, Delivery("manure", date(2022, 2, 1), period="2021"))
    assert (is_new, is_new_again, again) == (True, False, first)
    assert first.path.read_bytes() == b"x"
    assert (first.path.parent.name, [s.id for s in list_snapshots(workspace)]) == ("2022-01-10", [first.id])
    with pytest.raises(UsageError, match="another area"):
        register(workspace, file, Delivery("manure", DAY, period="2021", area="140100"))
    last_year, is_new = register(workspace, file, Delivery("manure", DAY, period="2020"))  # nothing changed since
    assert is_new and last_year.id != first.id


def test_a_refused_file_may_be_handed_in_again_with_another_period(tmp_path, workspace):
    file = write(tmp_path / "a.csv", "x")
    register(workspace, file, Delivery("manure", DAY, period="2020", refused="why"))
    again, is_new = register(workspace, file, Delivery("manure", DAY, period="2021"))
    assert (again.delivery.period, again.delivery.refused, is_new) == ("2021", "", False)
    assert [s.delivery for s in list_snapshots(workspace)] == [again.delivery]


def test_two_files_of_one_day_have_a_folder_each(tmp_path, workspace):
    for name in ("a.csv", "b.csv"):
        register(workspace, write(tmp_path / name, name), Delivery("manure", DAY))
    assert sorted(p.name for p in (workspace.raw / "manure").iterdir()) == ["2022-01-10", "2022-01-10-2"]


def test_a_changed_or_missing_file_is_noticed(tmp_path, workspace):
    snapshot, _ = register(workspace, write(tmp_path / "a.csv", "x"), Delivery("manure", DAY))
    verify(snapshot, workspace)
    snapshot.path.write_text("y")
    with pytest.raises(SnapshotError, match="changed after") as caught:
        verify(snapshot, workspace)
    assert caught.value.exit_code == 5
    snapshot.path.unlink()
    with pytest.raises(SnapshotError, match="missing"):
        verify(snapshot, workspace)


def test_what_was_staged_is_not_read_again(tmp_path, workspace, catalog, monkeypatch):
    file = write(tmp_path / "a.csv", ",".join(MANURE_HEAD) + "\n太原市,清徐县,1,1\n")
    snapshot = identify(file, Delivery("manure", DAY, period="2021"))
    source = catalog.sources["manure"]
    first = stage(snapshot, source=source, catalog=catalog, workspace=workspace)
    monkeypatch.setattr("analytics.ingest.staging.read_grids", lambda *a, **k: pytest.fail("read again"))
    assert stage(snapshot, source=source, catalog=catalog, workspace=workspace) == first


def test_what_was_staged_and_altered_since_is_staged_again(tmp_path, workspace, catalog):
    file = write(tmp_path / "a.csv", ",".join(MANURE_HEAD) + "\n太原市,清徐县,1,1\n")
    snapshot = identify(file, Delivery("manure", DAY, period="2021"))
    first = stage(snapshot, source=catalog.sources["manure"], catalog=catalog, workspace=workspace)
    altered = pl.read_parquet(first.path).with_columns(manure_used_t=pl.lit(99.0))
    altered.write_parquet(first.path)
    stage(snapshot, source=catalog.sources["manure"], catalog=catalog, workspace=workspace)
    assert pl.read_parquet(first.path)["manure_used_t"].item() == 1.0


def test_folders_of_one_day_are_numbered_through_also_beside_invented_ones(tmp_path, workspace):
    said = Delivery("manure", DAY)
    files = [write(tmp_path / f"{i}.csv", str(i)) for i in range(4)]
    register(workspace, files[0], said, generated=True)
    second, _ = register(workspace, files[1], said)
    register(workspace, files[2], said)
    assert second.path.parent.name == "2022-01-10-2"
    second.path.unlink()
    (second.path.parent / "origin.yml").unlink()
    second.path.parent.rmdir()
    assert register(workspace, files[3], said)[0].path.parent.name == "2022-01-10-4"


def test_a_delivery_named_as_the_record_beside_it_is_kept_too(tmp_path, workspace):
    snapshot, _ = register(workspace, write(tmp_path / "origin.yml", "x"), Delivery("manure", DAY))
    assert snapshot.path.name == "delivered-origin.yml" and snapshot.path.read_bytes() == b"x"
    assert [s.path for s in list_snapshots(workspace)] == [snapshot.path]


def test_a_refused_file_handed_in_under_its_proper_name_takes_it(tmp_path, workspace):
    register(workspace, write(tmp_path / "a.doc", "x"), Delivery("manure", DAY, refused="why"))
    again, _ = register(workspace, write(tmp_path / "a.csv", "x"), Delivery("manure", DAY))
    assert again.path.name == "a.csv" and again.path.read_bytes() == b"x"
    assert [s.path for s in list_snapshots(workspace)] == [again.path]


def test_a_folder_where_a_file_should_be_is_said_so(tmp_path, workspace):
    with pytest.raises(SnapshotError, match="That is no file"):
        register(workspace, tmp_path, Delivery("manure", DAY))
