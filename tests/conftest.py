"""What every test may use: text tables, the catalog, the shared real data where they are there."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from filelock import FileLock
from hypothesis import settings

from analytics.catalog import Catalog, load_catalog

# How long one example takes says nothing on a machine that does other work beside.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The shipped catalog."""
    return load_catalog()


@pytest.fixture
def table() -> Callable[[str], pl.DataFrame]:
    """A frame from a text table: columns parted by `|`, numbers read as numbers, empty cells null."""
    return text_table


def text_table(text: str) -> pl.DataFrame:
    rows = [[c.strip() for c in line.split("|")] for line in text.strip().splitlines()]
    columns = {name: [_cell(row[i]) for row in rows[1:]] for i, name in enumerate(rows[0])}
    return pl.DataFrame(columns, strict=False)


def _cell(text: str) -> object:
    if not text:
        return None
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def shared(*parts: str) -> Path:
    """A file of the shared real data; the test is skipped, saying so, where it is absent."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the shared real data are not here: {'/'.join(parts)}")
    return path


@pytest.fixture(scope="session", autouse=True)
def _no_foreign_workspace() -> None:
    os.environ.pop("QINGHE_ROOT", None)


@pytest.fixture
def desk(tmp_path, catalog, request):
    """An empty workspace and someone who hands in files; where a module names its `FIGURES`, the plan is of these."""
    from analytics.paths import Workspace
    from tests.deliveries import Desk, promising

    figures = getattr(request.module, "FIGURES", None)
    known = promising(catalog, figures) if figures else catalog
    return Desk(Workspace(tmp_path / "workspace"), known, tmp_path / "inbox")


@pytest.fixture(scope="session")
def example_workspace(tmp_path_factory, catalog):
    """The invented year 2021, installed and built once for all test processes; tests only read it."""
    from analytics.example.install import install_example
    from analytics.paths import Workspace
    from analytics.pipeline import build

    base = tmp_path_factory.getbasetemp()
    shared_base = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    workspace = Workspace(shared_base / "example")
    with FileLock(shared_base / "example.lock"):
        if not workspace.warehouse.exists():
            install_example(workspace, catalog, year=2021, seed=1)
            build(workspace, 2021, catalog)
    return workspace
