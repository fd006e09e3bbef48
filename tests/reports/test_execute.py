"""Notebooks run in processes of their own, with the same outcome in the shell and in a real kernel."""

from __future__ import annotations

import json

import pytest

from analytics.errors import ReportError
from analytics.reporting.execute import execute
from tests.reports.books import GIVEN, write_source

SHOWS = [
    "from IPython.display import Markdown, display\nimport polars as pl",
    "display(Markdown(f'**{year}** {area}'))\npl.DataFrame({'a': [1, 2, 3]}).lazy().sum().collect().item()",
    "print('一')\nprint('二')",
    "6 * 7;",
    "import os\nfrom pathlib import Path\nPath('here').write_text(str(os.getpid()))\nNone",
]


def outputs(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [c["outputs"] for c in cells if c["cell_type"] == "code"]


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """The same notebook after both engines."""
    folder = tmp_path_factory.mktemp("execute")
    source = write_source(folder / "a.ipynb", *SHOWS)
    return {engine: execute([source], GIVEN, folder / engine, engine=engine)[0] for engine in ("in-process", "kernel")}


def test_parameters_arrive_and_outputs_are_stored_in_order(ran):
    shows = outputs(ran["in-process"])[3]
    assert [o["output_type"] for o in shows] == ["display_data", "execute_result"]
    assert "".join(shows[0]["data"]["text/markdown"]) == "**2021** 140100"
    assert "".join(shows[1]["data"]["text/plain"]) == "6"


def test_a_stream_is_one_output_and_a_semicolon_silences(ran):
    _, _, _, _, prints, silent, _ = outputs(ran["in-process"])
    assert [(o["name"], "".join(o["text"])) for o in prints] == [("stdout", "一\n二\n")]
    assert silent == []


def test_shell_and_kernel_store_the_same(ran):
    assert outputs(ran["in-process"]) == outputs(ran["kernel"])


def test_the_working_folder_is_where_the_result_goes(ran):
    assert (ran["in-process"].parent / "here").is_file()


def test_no_time_and_no_path_of_this_machine_is_stored(ran, tmp_path):
    text = ran["in-process"].read_text(encoding="utf-8")
    assert "start_time" not in text
    assert str(ran["in-process"].parent) not in text


def test_notebooks_share_nothing_and_give_the_same_bytes_again(tmp_path):
    sets = write_source(tmp_path / "a.ipynb", "import json\njson.left_behind = True")
    looks = write_source(tmp_path / "b.ipynb", "import json\nhasattr(json, 'left_behind'), ''.join({*'abcdefgh'})")
    done = execute([sets, looks], GIVEN, tmp_path / "out", workers=1)
    again = execute([sets, looks], GIVEN, tmp_path / "again")
    assert [f.read_bytes() for f in done] == [f.read_bytes() for f in again]
    assert "".join(outputs(done[1])[2][0]["data"]["text/plain"]).startswith("(False, ")


BAD = {
    "raises.ipynb": ("x = 1", "y = 2\nraise ValueError('没有数据')"),
    "leaves.ipynb": ("raise SystemExit(0)", "1"),
    "dies.ipynb": ("import os\nos._exit(3)",),
    "sleeps.ipynb": ("import time\ntime.sleep(60)",),
    "good.ipynb": ("open('ran', 'w').close()",),
}


def failed(folder, names, **options):
    """The error after a run in which notebooks went wrong, each in its own way."""
    sources = [write_source(folder / name, *BAD[name]) for name in names]
    with pytest.raises(ReportError) as error:
        execute(sources, GIVEN, folder / "out", **options)
    return error.value


@pytest.fixture(scope="module")
def failure(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bad")
    return folder, failed(folder, BAD, seconds=6, workers=3)


def test_a_failing_cell_is_named_with_its_line(failure):
    folder, error = failure
    assert error.where == f"{folder / 'raises.ipynb'}, cell 4"
    assert error.found.startswith("ValueError: 没有数据\n")
    assert "at 2 raise ValueError" in error.found
    assert error.exit_code == 6


def test_a_kernel_names_it_just_so(failure, tmp_path):
    error = failed(tmp_path, ["raises.ipynb"], engine="kernel")
    assert error.where == f"{tmp_path / 'raises.ipynb'}, cell 4"
    assert failure[1].found.startswith(error.found)


def test_the_others_still_run(failure):
    assert (failure[0] / "out" / "ran").is_file()


def test_leaving_early_dying_and_taking_too_long_are_failures(failure):
    folder, error = failure
    assert f"{folder / 'leaves.ipynb'}: it stopped before its last cell" in error.found
    assert f"{folder / 'dies.ipynb'}: the process ended with code 3" in error.found
    assert f"{folder / 'sleeps.ipynb'}: not done after 6 seconds" in error.found


def test_two_notebooks_of_one_name_are_refused(tmp_path):
    (tmp_path / "b").mkdir()
    both = [write_source(tmp_path / "a.ipynb"), write_source(tmp_path / "b" / "a.ipynb")]
    with pytest.raises(ReportError, match="same name"):
        execute(both, GIVEN, tmp_path / "out")
