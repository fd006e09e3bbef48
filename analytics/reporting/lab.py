"""Opens JupyterLab on the explore notebooks of a workspace."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys

from analytics import paths
from analytics.errors import UsageError
from analytics.paths import Workspace
from analytics.runs import machine_errors


def open_lab(workspace: Workspace) -> None:
    """Run JupyterLab in the workspace until it is closed; the explore notebooks are copied in once."""
    if importlib.util.find_spec("jupyterlab") is None:
        raise UsageError(
            "JupyterLab is not installed here.",
            next_step="Run `make setup`, or `pip install 'qinghe[lab]'`.",
            zh="没有安装 JupyterLab：请运行 make setup",
        )
    first = copy_explore_notebooks(workspace)
    environment = os.environ | {"QINGHE_ROOT": str(workspace.root)}
    command = [sys.executable, "-m", "jupyterlab", f"--notebook-dir={workspace.root}", str(first)]
    subprocess.run(command, env=environment, check=False)


def copy_explore_notebooks(workspace: Workspace) -> str:
    """The first explore notebook, relative to the workspace; those that lie there already are left alone."""
    target = workspace.root / "notebooks" / "explore"
    with machine_errors(target):
        target.mkdir(parents=True, exist_ok=True)
        for notebook in sorted(paths.shipped("notebooks", "explore").glob("*.ipynb")):
            if not (target / notebook.name).exists():
                shutil.copyfile(notebook, target / notebook.name)
    first = min(target.glob("*.ipynb"))
    return workspace.relative(first)
