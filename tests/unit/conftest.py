"""What tests of single parts share: an empty workspace, files read as a source's, the command as people type it."""

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from datetime import date
from typing import NamedTuple

import polars as pl
import pytest

from analytics.catalog import load_catalog
from analytics.cli import main
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


class Finished(NamedTuple):
    """What a command printed and the code it ended with."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def qinghe(tmp_path, monkeypatch):
    """Runs the command, as a shell would, in a workspace of its own; a process for each would load all libraries."""
    root = tmp_path / "workspace"
    root.mkdir()

    def run(*words: object) -> Finished:
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
        with monkeypatch.context() as given, redirect_stdout(out), redirect_stderr(err):
            given.setenv("QINGHE_ROOT", str(root))
            given.setenv("COLUMNS", "200")
            given.setattr(sys, "argv", ["qinghe", *map(str, words)])
            with pytest.raises(SystemExit) as ended:
                main()
        return Finished(ended.value.code or 0, *(text.buffer.getvalue().decode() for text in (out, err)))

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
