"""What the pinned environment must and must not hold."""

import importlib.util
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_slow_optional_package_is_left_out():  # D-007
    assert importlib.util.find_spec("rfc3987_syntax") is None


def test_every_pin_has_a_hash_and_no_address_stands_in_the_lock():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = re.findall(r"^(\S+)==\S+ \\\n(    --hash=sha256:[0-9a-f]{64})", text, re.M)
    assert len(pins) == len(re.findall(r"^\S+==", text, re.M)) > 100
    assert "://" not in text


def test_every_declared_dependency_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [
        *project["dependencies"],
        *(d for extra in project["optional-dependencies"].values() for d in extra),
    ]
    names = {re.split(r"[<>=;\[ ]", d)[0].lower().replace("_", "-").replace(".", "-") for d in declared}
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = {
        n.lower().replace("_", "-").replace(".", "-") for n in re.findall(r"^([\w.-]+?)(?:\[.*\])?==", lock, re.M)
    }
    assert names <= pinned, names - pinned


def test_all_rooms_of_the_design_stand_in_the_import_contract():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(c for c in contracts if c["type"] == "layers")
    named = set(re.findall(r"\w+", " ".join(layers["layers"])))
    rooms = {p.stem for p in (ROOT / "analytics").iterdir() if p.stem not in ("__init__", "__pycache__", "_shipped")}
    assert layers["exhaustive"] and rooms <= named, rooms - named


def test_notebooks_are_stripped_and_keep_their_kernel():
    import nbformat

    found = sorted((ROOT / "notebooks").rglob("*.ipynb"))
    assert len(found) >= 8
    for file in found:
        book = nbformat.read(file, as_version=4)
        assert book.metadata.kernelspec.name == "python3", file
        code = [c for c in book.cells if c.cell_type == "code"]
        assert all(not c.outputs and c.execution_count is None for c in code), file
        assert any("parameters" in c.metadata.get("tags", []) for c in code), file
        assert not any(line.startswith(("def ", "class ")) for c in code for line in c.source.splitlines()), file
