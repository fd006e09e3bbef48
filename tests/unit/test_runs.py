"""One writer at a time, whole files or none."""

import multiprocessing
import time

import pytest

from analytics import runs
from analytics.errors import Locked, MachineRefused


def _hold(lock, ready):
    with runs.sole_writer(lock):
        ready.set()
        time.sleep(30)


def test_a_second_writer_is_refused_at_once_and_a_dead_one_holds_nothing(tmp_path):
    lock = tmp_path / "data" / ".lock"
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    other = context.Process(target=_hold, args=(lock, ready))
    other.start()
    try:
        assert ready.wait(30)
        with pytest.raises(Locked, match="Another run"), runs.sole_writer(lock):
            pass
    finally:
        other.kill()
        other.join()
    with runs.sole_writer(lock):
        pass


def test_a_replaced_file_is_whole_or_as_it_was(tmp_path):
    file = tmp_path / "a.txt"
    runs.write_text(file, "old")
    with pytest.raises(RuntimeError), runs.replacing(file) as new:
        new.write_text("half")
        raise RuntimeError
    assert file.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
    runs.write_text(file, "new")
    assert file.read_text() == "new"


def test_a_refusal_of_the_machine_has_its_own_error(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(MachineRefused, match="refused to write"):
        runs.write_text(blocked / "below" / "a.txt", "x")


def test_parts_of_a_digest_do_not_run_into_one_another():
    assert runs.digest(["ab", "c"]) != runs.digest(["a", "bc"])
    assert runs.digest(["a", b"b"]) == runs.digest([b"a", "b"])
