"""The example year as the command line prints it."""

import csv
import io
import subprocess
import sys

import pytest


@pytest.fixture(scope="session")
def published_rows(example_workspace):
    """What the command line prints."""
    command = [sys.executable, "-m", "analytics.cli", "values", "--year", "2021", "--format", "csv", "--root"]
    done = subprocess.run([*command, str(example_workspace.root)], capture_output=True, text=True, check=True)
    return list(csv.DictReader(io.StringIO(done.stdout)))


@pytest.fixture(scope="session")
def published(published_rows):
    """The figures, by code and scope."""
    return {(r["code"], r["scope_id"]): r for r in published_rows if not r["stratum"]}


@pytest.fixture(scope="session")
def companions(published_rows):
    """What stands beside the figures of the province, by code and name."""
    return {(r["code"], r["stratum"]): r for r in published_rows if r["stratum"] and r["scope_id"] == "140000"}
