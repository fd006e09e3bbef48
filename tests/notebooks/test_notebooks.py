"""Every notebook runs from top to bottom on the example year; strictly, and the explore ones in a real kernel."""

import json

import pytest

from analytics import paths
from analytics.errors import ReportError
from analytics.reporting.execute import execute

CHAPTERS = sorted(f for name in ("assessment", "annex") for f in paths.shipped("notebooks", name).glob("*.ipynb"))
EXPLORE = sorted(paths.shipped("notebooks", "explore").glob("*.ipynb"))
WHOLE_YEAR = {"year": 2021, "area": "140000", "period": "", "lang": "zh", "release": ""}


@pytest.fixture(autouse=True)
def _in_the_example(monkeypatch, example_workspace):
    monkeypatch.setenv("QINGHE_ROOT", str(example_workspace.root))


def outputs(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [[o for o in c["outputs"]] for c in cells if c["cell_type"] == "code"]


def test_there_are_chapters():
    assert len(CHAPTERS) == 13 and EXPLORE


@pytest.mark.parametrize(("area", "lang"), [("140000", "zh"), ("140300", "en"), ("140106", "zh")])
def test_the_assessment_runs_for_province_city_and_county(tmp_path, area, lang):
    made = execute(CHAPTERS, WHOLE_YEAR | {"area": area, "lang": lang}, tmp_path)
    for path in made:
        found = outputs(path)
        assert all(len(o) >= 1 for o in found[3:]), path.name  # after parameters, injected and opening cell
        assert not any(out["output_type"] in ("error", "stream") for cell in found for out in cell)


def test_the_brief_runs_on_invented_readings(tmp_path):
    notebook = paths.shipped("notebooks", "brief.ipynb")
    (made,) = execute([notebook], WHOLE_YEAR | {"period": "2021-07"}, tmp_path)
    assert sum(len(cell) for cell in outputs(made)) == 10


@pytest.mark.parametrize("notebook", EXPLORE, ids=lambda p: p.stem)
def test_explore_notebooks_run_in_a_kernel(tmp_path, notebook):
    (made,) = execute([notebook], {"year": 2021}, tmp_path, engine="kernel")
    found = outputs(made)
    assert sum(len(cell) for cell in found) >= 8
    assert any("image/svg+xml" in out.get("data", {}) for cell in found for out in cell)


@pytest.mark.parametrize(
    "parameters",
    [WHOLE_YEAR | {"yaer": 2021}, WHOLE_YEAR | {"year": "2021"}, WHOLE_YEAR | {"area": 140100}, WHOLE_YEAR | {"lang": "de"}],
    ids=["unknown", "text for a number", "number for a code", "another language"],
)
def test_a_wrong_parameter_is_an_error_before_anything_runs(tmp_path, parameters):
    with pytest.raises(ReportError, match="parameter"):
        execute(CHAPTERS[:1], parameters, tmp_path)
    assert not list(tmp_path.iterdir())
