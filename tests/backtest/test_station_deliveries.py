"""Every file of the station network is received by the command (real data, read in place; skipped where absent)."""

import json
import os
import subprocess
import sys

import pytest

from tests.conftest import shared

DAILY = ("national_daily_2020-05_2020-12.csv", "shanxi_daily_2020-05_2020-12.csv")


@pytest.fixture(scope="module")
def received(tmp_path_factory):
    """What the command says of the files of a source."""
    root = tmp_path_factory.mktemp("network")

    def receive(source, *files, period=""):
        words = ["receive", *map(str, files), "--source", source, "--json", "--quiet"]
        words += ["--period", period] if period else []
        environment = os.environ | {"QINGHE_ROOT": str(root)}
        command = [sys.executable, "-m", "analytics.cli", *words]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return receive


@pytest.mark.slow
def test_every_file_of_the_network_is_received_with_all_its_rows(received):
    folder = shared("data", "cnemc")
    stations = received("stations", folder / "station_waterbody.csv")
    yearless = [folder / "shanxi_4h_2021-04-01_05.csv", *sorted(folder.glob("original_station_csv/*.csv"))]
    dated = [*(folder / name for name in DAILY), *sorted(folder.glob("original_daily_json/*.json"))]
    found = stations + received("station_readings", *yearless, period="2021-04") + received("station_readings", *dated)
    assert {entry["file"] for entry in found} == {f.name for f in folder.rglob("*") if f.is_file()}
    for entry in found:
        assert entry["outcome"] == "received", entry
    lines = {f.name: len(f.read_text("utf-8-sig").splitlines()) - 1 for f in folder.rglob("*.csv")}
    assert {e["file"]: e["rows"] for e in found if e["file"] in lines} == lines
