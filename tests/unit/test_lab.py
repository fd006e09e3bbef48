"""JupyterLab opens in the workspace, on explore notebooks that are copied in once and then belong to their user."""

import subprocess
import sys

from analytics.paths import Workspace
from analytics.reporting import lab


def test_explore_notebooks_are_copied_once_and_never_overwritten(tmp_path):
    workspace = Workspace(tmp_path)
    assert lab.copy_explore_notebooks(workspace) == "notebooks/explore/01_first_look.ipynb"
    mine = tmp_path / "notebooks" / "explore" / "01_first_look.ipynb"
    mine.write_text("mine")
    lab.copy_explore_notebooks(workspace)
    assert mine.read_text() == "mine"


def test_the_lab_is_started_in_the_workspace_with_its_kernel(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(lab.subprocess, "run", lambda command, **more: calls.append((command, more)))
    lab.open_lab(Workspace(tmp_path))
    ((command, more),) = calls
    assert command[:3] == [sys.executable, "-m", "jupyterlab"] and command[-1].endswith("01_first_look.ipynb")
    assert more["env"]["QINGHE_ROOT"] == str(tmp_path)


def test_jupyterlab_is_there():
    done = subprocess.run([sys.executable, "-m", "jupyterlab", "--version"], capture_output=True, text=True, check=True)
    assert int(done.stdout.split(".")[0]) >= 4
