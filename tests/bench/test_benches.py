"""Every bench of a data path still runs: its ways see the same, whatever the machine takes for it.

Shapes: a few rows each. Source: tests/bench itself, which fails where its ways differ.
"""

import subprocess
import sys

import pytest

_FEW = {
    "classes": ["--rows", "2000", "--times", "1"],
    "gate": ["--rows", "3000", "--times", "1"],
    "reading": ["--rows", "200", "--times", "1"],
    "text": ["--rows", "500"],
}


@pytest.mark.parametrize("bench", _FEW)
def test_the_bench_runs_and_its_ways_agree(bench, request):
    command = [sys.executable, "-m", f"tests.bench.{bench}", *_FEW[bench]]
    ran = subprocess.run(command, check=False, cwd=request.config.rootpath, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert ran.stdout.startswith("|")
