"""The invented year: the same seed gives the same bytes, everything says that it is invented, every verdict shows."""

import csv
import io

import pytest
from openpyxl import load_workbook

from analytics.example import write_example
from analytics.example.install import install_example
from analytics.ingest import list_snapshots
from analytics.paths import Workspace
from analytics.warehouse.queries import ask, open_warehouse


def content(folder, seed, catalog, **more):
    made = write_example(folder, year=2021, seed=seed, catalog=catalog, **more)
    return {d.path.name: d.path.read_bytes() for d in made}


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(tmp_path, catalog):
    first, again, other = (content(tmp_path / str(i), seed, catalog) for i, seed in enumerate((1, 1, 2)))
    assert first == again
    assert first.keys() == other.keys()
    assert sum(first[n] != other[n] for n in first) >= 10


def test_every_file_says_that_it_is_invented(tmp_path, catalog):
    for delivery in write_example(tmp_path, year=2021, seed=1, catalog=catalog, faults=True):
        assert "示例数据_虚构" in delivery.path.name
        if delivery.path.suffix == ".xlsx":
            for sheet in load_workbook(delivery.path).worksheets:
                assert "示例数据（虚构）" in sheet.cell(1, 1).value
        elif delivery.source not in ("stations", "station_readings"):
            assert "虚构" in delivery.path.read_bytes().decode("gb18030").splitlines()[0]


def test_the_network_has_its_shape(tmp_path, catalog):
    made = write_example(tmp_path, year=2021, seed=1, catalog=catalog)
    (register,) = [d.path for d in made if d.source == "sections"]
    rows = [r for r in load_workbook(register).active.iter_rows(values_only=True) if str(r[0]).startswith("EX14")]
    basins = [r[4] for r in rows]
    assert (basins.count("黄河流域"), basins.count("海河流域")) == (59, 35)
    assert sum(r[5] == "汾河" for r in rows) == 21
    cities = [r[2] for r in rows]
    assert len(set(cities)) == 11 and min(map(cities.count, cities)) >= 3


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_designed_outcomes_hold_for_every_seed(tmp_path, catalog, seed):
    made = {d.path.name: d for d in write_example(tmp_path, year=2021, seed=seed, catalog=catalog)}
    (manure,) = [d.path for d in made.values() if d.source == "manure"]
    rows = [
        r for r in load_workbook(manure).active.iter_rows(min_row=5, values_only=True) if isinstance(r[2], int) and r[1]
    ]
    assert len(rows) == 117 and sum(r[3] is None for r in rows) == 1
    assert all(r[3] is None or r[3] <= r[2] < 4_000_000 for r in rows)
    used, produced = sum(r[3] or 0 for r in rows), sum(r[2] for r in rows)
    assert 100 * used / produced > 78  # met even if the county that is missing used nothing
    (towns,) = [d.path for d in made.values() if d.source == "towns"]
    whole = sum(line[:2] == "14" for line in towns.read_bytes().decode("gb18030").splitlines())
    answers = []
    for d in made.values():
        if d.source == "town_sewage" and d.path.suffix == ".xlsx":
            answers += [r[4] for r in load_workbook(d.path).active.iter_rows(min_row=4, values_only=True) if r[2]]
        elif d.source == "town_sewage":
            text = d.path.read_bytes().decode("gb18030")
            answers += [r[4] for r in list(csv.reader(io.StringIO(text)))[2:] if len(r) > 4 and r[2]]
    able, unable = answers.count("是"), answers.count("否")
    assert 100 * able / whole < 62 < 100 * (whole - unable) / whole


def test_every_verdict_that_can_occur_shows(example_workspace):
    with open_warehouse(example_workspace) as connection:
        values = ask(connection, "values_of_year", year=2021)
        deliveries = ask(connection, "deliveries")
    assert set(values["verdict"]) == {
        "met", "not_met", "met_late", "undecided", "not_delivered", "no_data", "no_target", "not_applicable",
        "list_only", "by_judgement", "not_yet_due",
    }  # fmt: skip
    assert "refused" not in set(deliveries["outcome"])


def test_installing_again_changes_nothing_and_another_seed_replaces(tmp_path, catalog):
    workspace = Workspace(tmp_path)
    first = install_example(workspace, catalog, year=2021, seed=1)
    assert first == len(list_snapshots(workspace)) and all(s.delivery.invented for s in list_snapshots(workspace))
    assert install_example(workspace, catalog, year=2021, seed=1) == 0
    before = {s.sha256 for s in list_snapshots(workspace)}
    assert install_example(workspace, catalog, year=2021, seed=2) == first
    assert before != {s.sha256 for s in list_snapshots(workspace)}
    assert len(list_snapshots(workspace)) == first
