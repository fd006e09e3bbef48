"""Valid deliveries, mangled: read correctly or refused cleanly, never otherwise, never a value that was not there."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.errors import QingheError
from analytics.ingest import Delivery, stage
from analytics.ingest.grid import read_grids
from analytics.ingest.snapshot import identify
from analytics.paths import Workspace
from tests.old_workbooks import OldSheet, old_workbook
from tests.unit.test_files import page, parquet
from tests.unit.test_ingest import MANURE_HEAD, workbook

ROWS = [["示例数据", "", "", ""], MANURE_HEAD, ["太原市", "清徐县", 1234, 817.5], ["太原市", "阳曲县", 56.25, 49]]
SCRAPS = ["", " ", "—", "合计", "小计", "单位：万吨", "1200吨", "78.5%", "44562", "#REF!", "=1+1", "注：", "１２"]
SCRAPS += [
    "5×10^2",
    "1,234",
    "12/3",
    "NaN",
    "inf",
    "1e400",
    "-0",
    "太原市",
    "没有的县",
    "\u200b7",
    "\ufeff",
    "1\n2",
    '"',
]
FORMS = {
    "a.xlsx": lambda path: workbook(path, ROWS, merges=[(2, 0, 3, 0, "太原市")]),
    "a.xls": lambda path: old_workbook(path, OldSheet("表", ROWS, merges=[(2, 3, 0, 0)])),
    "b.xls": page,
    "a.csv": lambda path: _text(path, ROWS),
    "a.parquet": parquet,
}
LIMITED = settings(
    max_examples=60, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def _text(path: Path, rows, separator=",", encoding="utf-8") -> Path:
    path.write_bytes("\n".join(separator.join(map(str, row)) for row in rows).encode(encoding, "ignore"))
    return path


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    """The bytes of a valid delivery in every form."""
    folder = tmp_path_factory.mktemp("valid")
    contents = {name: write(folder / name).read_bytes() for name, write in FORMS.items()}
    return lambda name: contents[name]


@pytest.fixture(scope="module")
def read(tmp_path_factory, catalog):
    """The staged rows of a file, and all that stands in its cells; None where it is refused with all four parts."""
    folder = tmp_path_factory.mktemp("mangled")
    count = iter(range(10**9))

    def stage_file(name: str, content: bytes):
        file = folder / f"{next(count)}" / name
        file.parent.mkdir()
        file.write_bytes(content)
        workspace = Workspace(file.parent / "workspace")
        snapshot = identify(file, Delivery("manure", date(2022, 1, 10), period="2021"))
        try:
            found = stage(snapshot, source=catalog.sources["manure"], catalog=catalog, workspace=workspace)
        except QingheError as error:
            assert error.what and error.where and error.next_step, error
            return None
        cells = [cell for grid in read_grids(file) for row in grid.rows for cell in row if cell]
        return pl.read_parquet(found.path), cells

    return stage_file


def require_nothing_made_up(found) -> None:
    """Every number comes from a cell, in a unit that converts it; every name as delivered is a cell."""
    if found is None:
        return
    rows, cells = found
    told = {unicodedata.normalize("NFKC", cell) for cell in cells}
    for name in ("manure_produced_t", "manure_used_t"):
        for value, text, problem in rows.select(name, f"{name}_as_delivered", f"{name}_problem").iter_rows():
            assert not text or text in cells
            assert value is None or (text is not None and problem is None)
            assert value is None or _spells(text, value), (text, value)
    for text in rows["county_as_delivered"].drop_nulls():
        assert not text or unicodedata.normalize("NFKC", text) in told


def _spells(text: str, value: float) -> bool:
    """Whether the digits of the text are those of the value, but for a power of ten."""
    folded = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "").replace("\u200b", "")
    number = re.search(r"-?\d*\.?\d+", folded)
    if number is None:
        return False
    told = float(number.group(0))
    if told == 0 or value == 0:
        return told == value
    ratio = value / told
    return any(ratio == pytest.approx(10.0**power, rel=1e-9) for power in range(-400, 309) if 10.0**power > 1e-300)


def mangled(content: bytes, data: st.DataObject) -> bytes:
    """The bytes with some of them changed, cut out or doubled, or the end cut off."""
    left = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, max(len(left) - 1, 0)))
        length = data.draw(st.integers(1, 40))
        how = data.draw(st.sampled_from(["change", "cut", "double", "end"]))
        if how == "change":
            left[place : place + length] = data.draw(st.binary(min_size=1, max_size=40))
        elif how == "cut":
            del left[place : place + length]
        elif how == "double":
            left[place:place] = left[place : place + length]
        else:
            del left[max(place, 4) :]
    return bytes(left)


@LIMITED
@given(name=st.sampled_from(sorted(FORMS)), data=st.data())
def test_bytes_changed_cut_and_doubled(originals, read, name, data):
    # What a changed byte makes of a file without a checksum is then what stands in it.
    require_nothing_made_up(read(name, mangled(originals(name), data)))


@LIMITED
@given(data=st.data())
def test_parts_of_a_workbook_mangled_and_packed_again(originals, read, data):
    with zipfile.ZipFile(BytesIO(originals("a.xlsx"))) as parts:
        contents = {name: parts.read(name) for name in parts.namelist()}
    names = [name for name in contents if name.startswith("xl/") or "Types" in name]
    name = data.draw(st.sampled_from(sorted(names)))
    contents[name] = mangled(contents[name], data)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as parts:
        for part, content in contents.items():
            parts.writestr(part, content)
    require_nothing_made_up(read("a.xlsx", packed.getvalue()))


@LIMITED
@given(data=st.data(), name=st.sampled_from(["a.xlsx", "a.xls", "a.csv", "a.txt"]))
def test_cells_and_headings_changed_moved_and_left_out(read, tmp_path_factory, data, name):
    rows = [list(row) for row in ROWS]
    scrap = st.one_of(st.sampled_from(SCRAPS), st.floats(-1e6, 1e6), st.text(max_size=6).filter(_can_be_kept))
    for _ in range(data.draw(st.integers(1, 5))):
        row = data.draw(st.integers(0, len(rows) - 1))
        how = data.draw(st.sampled_from(["cell", "insert row", "cut row", "insert cell", "cut cell", "swap"]))
        if how == "cell" and rows[row]:
            rows[row][data.draw(st.integers(0, len(rows[row]) - 1))] = data.draw(scrap)
        elif how == "insert row":
            rows.insert(row, data.draw(st.lists(scrap, max_size=5)))
        elif how == "cut row" and len(rows) > 1:
            del rows[row]
        elif how == "insert cell":
            rows[row].insert(data.draw(st.integers(0, len(rows[row]))), data.draw(scrap))
        elif how == "cut cell" and rows[row]:
            del rows[row][data.draw(st.integers(0, len(rows[row]) - 1))]
        elif how == "swap":
            rows[0], rows[row] = rows[row], rows[0]
    file = tmp_path_factory.mktemp("cells") / name
    if name == "a.xlsx":
        workbook(file, rows)
    elif name == "a.xls":
        old_workbook(file, OldSheet("表", rows))
    else:
        _text(file, rows, data.draw(st.sampled_from(",;\t")))
    require_nothing_made_up(read(name, file.read_bytes()))


def _can_be_kept(text: str) -> bool:
    """Whether a file can hold the text at all."""
    return all(unicodedata.category(sign) not in ("Cs", "Cc") for sign in text)


@LIMITED
@given(
    kept=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "big5", "shift-jis", "utf-32"]),
    separator=st.sampled_from([",", ";", "\t", "|", " "]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    name=st.sampled_from(["a.csv", "a.txt", "a.xls", "a.xlsx", "a.json", "a.html", "a.parquet"]),
)
def test_encodings_separators_and_names_that_do_not_fit(read, kept, separator, end, name):
    content = end.join(separator.join(map(str, row)) for row in ROWS).encode(kept, "ignore")
    found = read(name, content)
    require_nothing_made_up(found)
    if kept in ("utf-8", "utf-8-sig", "gb18030", "utf-16") and separator in ",;\t|" and name != "a.json":
        assert found is not None
        assert found[0]["manure_produced_t"].to_list() == [1234.0, 56.25]
