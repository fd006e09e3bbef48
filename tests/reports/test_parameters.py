"""Parameters are refused before anything starts: unknown, mistyped, not declared."""

from __future__ import annotations

import pytest

from analytics.errors import ReportError
from analytics.reporting.execute import check_parameters, execute
from tests.reports.books import GIVEN, write_source


def test_good_parameters_come_back_unchanged(tmp_path):
    assert check_parameters(write_source(tmp_path / "a.ipynb"), GIVEN) == GIVEN


def test_a_folder_with_braces_is_only_a_folder(tmp_path):
    (tmp_path / "{year}").mkdir()
    assert check_parameters(write_source(tmp_path / "{year}" / "a.ipynb"), GIVEN) == GIVEN


def test_an_unknown_name_is_answered_with_the_nearest(tmp_path):
    with pytest.raises(ReportError, match="unknown") as error:
        check_parameters(write_source(tmp_path / "a.ipynb"), {"aera": "140000"})
    assert "'area'" in error.value.next_step
    assert "a.ipynb" in error.value.where


def test_what_the_notebook_declares_but_reports_do_not_know_is_unknown(tmp_path):
    notebook = write_source(tmp_path / "a.ipynb", parameters="year = 2020\ntheme = ''")
    with pytest.raises(ReportError, match="unknown"):
        check_parameters(notebook, {"theme": "water"})


@pytest.mark.parametrize(
    ("name", "value"),
    [("year", "2021"), ("year", 2021.0), ("year", True), ("area", 140000), ("lang", "fr"), ("release", None)],
)
def test_nothing_is_converted(tmp_path, name, value):
    with pytest.raises(ReportError, match="wrong type") as error:
        check_parameters(write_source(tmp_path / "a.ipynb"), {name: value})
    assert name in error.value.where


def test_the_default_in_the_notebook_must_have_the_same_type(tmp_path):
    notebook = write_source(tmp_path / "a.ipynb", parameters='year = "2020"')
    with pytest.raises(ReportError, match="default"):
        check_parameters(notebook, {"year": 2021})


def test_a_notebook_without_parameters_cell_is_refused(tmp_path):
    with pytest.raises(ReportError, match="no parameters"):
        check_parameters(write_source(tmp_path / "a.ipynb", parameters=None), {})


def test_another_kernel_is_refused(tmp_path):
    spec = {"name": "ir", "display_name": "R", "language": "python"}
    with pytest.raises(ReportError, match="another kernel"):
        check_parameters(write_source(tmp_path / "a.ipynb", kernelspec=spec), GIVEN)


def test_no_notebook_runs_when_one_of_them_refuses(tmp_path):
    runs = write_source(tmp_path / "a.ipynb", "open('ran', 'w').close()")
    refuses = write_source(tmp_path / "b.ipynb", parameters="year = 2020")
    with pytest.raises(ReportError, match="unknown"):
        execute([runs, refuses], GIVEN, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []
