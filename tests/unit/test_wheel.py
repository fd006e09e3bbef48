"""The wheel works in an empty folder: `qinghe example`, then `qinghe report`."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (made,) = out.glob("*.whl")
    return made


def test_it_carries_what_it_needs_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for part in ("notebooks/assessment/01_summary.ipynb", "expectations/manure.yml", "reports/year_end/template.typ"):
        assert f"analytics/_shipped/{part}" in names
    assert any(n.endswith("catalog/plans/shanxi-2021.yml") for n in names)
    assert any(n.endswith("warehouse/sql/tables/indicator_value.sql") for n in names)
    assert not [n for n in names if n.startswith(("tests/", "data/"))]


@pytest.mark.slow
def test_it_makes_the_report_in_an_empty_folder(wheel, tmp_path):
    home = tmp_path / "env"
    venv.create(home, with_pip=False)
    packages = home / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    zipfile.ZipFile(wheel).extractall(packages)
    (packages / "shared.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    empty = tmp_path / "empty"
    empty.mkdir()
    environment = {k: v for k, v in os.environ.items() if k not in ("QINGHE_ROOT", "PYTHONPATH")}
    for words in (["example", "--year", "2021"], ["report", "--year", "2021"]):
        command = [str(home / "bin" / "python"), "-m", "analytics.cli", *words]
        done = subprocess.run(command, cwd=empty, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    made = sorted(p.suffix for p in (empty / "reports" / "build").rglob("assessment-*"))
    assert made == [".html", ".pdf"]
    assert str(ROOT) not in done.stdout + done.stderr
