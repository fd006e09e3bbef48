"""What tests of single parts share: an empty workspace, files read as a source's, the command as people type it."""

import os
import subprocess
import sys
from datetime import date

import polars as pl
import pytest

from analytics.catalog import load_catalog
from analytics.ingest import Delivery, stage
from analytics.ingest.snapshot import identify
from analytics.paths import Workspace


@pytest.fixture
def workspace(tmp_path):
    """A workspace in which nothing is yet."""
    return Workspace(tmp_path / "ws")


@pytest.fixture
def staged(workspace, catalog):
    """Stages a file of a source and returns its rows."""

    def read(file, source, *, period="2021"):
        snapshot = identify(file, Delivery(source, date(2022, 1, 10), period=period))
        found = stage(snapshot, source=catalog.sources[source], catalog=catalog, workspace=workspace)
        return pl.read_parquet(found.path)

    return read


@pytest.fixture
def qinghe(tmp_path):
    """Runs the command in a workspace of its own; returns the finished process."""
    root = tmp_path / "workspace"
    root.mkdir()

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"QINGHE_ROOT": str(root), "COLUMNS": "200"}
        command = [sys.executable, "-m", "analytics.cli", *map(str, words)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    run.root = root
    return run


@pytest.fixture
def overlay(tmp_path):
    """Writes one file of a workspace's own catalog and loads all."""

    def load(name: str, text: str):
        file = tmp_path / "catalog" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return load_catalog(tmp_path / "catalog")

    return load


@pytest.fixture
def given(overlay):
    """The catalog where one thing was said of the plan of 2021 after it was issued."""
    return lambda said: overlay("given/shanxi-2021.yml", f"plan: shanxi-2021\n{said}\n")
