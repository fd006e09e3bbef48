"""The example year as the command line prints it."""

import csv
import io
import subprocess
import sys

import pytest


@pytest.fixture(scope="session")
def published(example_workspace):
    """What the command line prints, by code and scope."""
    command = [sys.executable, "-m", "analytics.cli", "values", "--year", "2021", "--format", "csv", "--root"]
    done = subprocess.run([*command, str(example_workspace.root)], capture_output=True, text=True, check=True)
    rows = csv.DictReader(io.StringIO(done.stdout))
    return {(r["code"], r["scope_id"]): r for r in rows if not r["stratum"]}
