"""Our classes held against those the station network published (real data, read in place; skipped where absent)."""

from collections import Counter
from datetime import date

import polars as pl
import pytest

from analytics.ingest import Delivery, stage
from analytics.ingest.snapshot import identify
from analytics.paths import Workspace
from analytics.pipeline.stations import station_classes
from analytics.warehouse.facts import Effective, register_members
from tests.conftest import shared


@pytest.fixture(scope="module")
def staged(catalog, tmp_path_factory):
    """Stages a file of the network."""
    workspace = Workspace(tmp_path_factory.mktemp("stations"))

    def read(source: str, *parts: str, period: str = ""):
        snapshot = identify(shared("data", "cnemc", *parts), Delivery(source, date(2021, 5, 1), period=period))
        return stage(snapshot, source=catalog.sources[source], catalog=catalog, workspace=workspace)

    return read


@pytest.fixture(scope="module")
def stations(staged, catalog):
    rows = pl.scan_parquet(staged("stations", "station_waterbody.csv").path)
    rows = rows.with_columns(file_order=pl.lit(0))
    all_good = Effective(rows, rows, rows.clear(), pl.DataFrame(), pl.DataFrame())
    return register_members(catalog.sources["stations"], all_good)


def labelled(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(pl.col("official_class").is_not_null())


def agreement(frame: pl.DataFrame) -> float:
    return frame.select((pl.col("official_class") == pl.col("computed_class")).fill_null(False).mean()).item()


def test_unrounded_values_reproduce_the_published_classes(staged, stations, catalog):
    found = staged("station_readings", "national_daily_2020-05_2020-12.csv")
    declared = stations.filter(pl.col("attributes").str.json_path_match("$.water_body").is_in(["river", "lake"]))
    rows = labelled(station_classes([found.path], declared, catalog))
    assert rows.height > 13_000
    assert agreement(rows) >= 0.999
    differing = rows.filter(pl.col("official_class").ne_missing(pl.col("computed_class")))
    assert differing.height and differing["cause"].null_count() == 0


def test_the_four_hourly_file_agrees_but_for_lagging_labels(staged, stations, catalog):
    found = staged("station_readings", "shanxi_4h_2021-04-01_05.csv", period="2021-04")
    rows = labelled(station_classes([found.path], stations, catalog, with_repeats=True))
    assert rows.height == 1226  # data/README.md: labelled rows of the file, repeats among them
    assert agreement(rows) >= 0.975
    differing = rows.filter(pl.col("official_class").ne_missing(pl.col("computed_class")))
    causes = Counter(differing["cause"])
    assert sum(causes.values()) == differing.height == 25
    assert causes["lag"] > causes["other"]


@pytest.mark.parametrize("name", ["册田水库出口", "宣家塔", "汾河水库出口", "温南社"])
def test_station_files_are_read_whole(staged, name):
    found = staged("station_readings", "original_station_csv", f"{name}.csv", period="2021-04")
    rows = pl.read_parquet(found.path)
    assert rows.height == 28
    assert rows["taken_at"].null_count() == 0 and rows["stamp_problem"].null_count() == 28


@pytest.mark.parametrize(("name", "rows"), [("2020-05-08", 1901), ("2020-05-20", 98), ("2020-12-01", 98)])
def test_daily_json_takes_its_year_from_its_name(staged, name, rows):
    found = staged("station_readings", "original_daily_json", f"{name}.json")
    frame = pl.read_parquet(found.path).filter(pl.col("taken_at").is_not_null())
    assert found.rows == rows
    days = frame["taken_at"].dt.date()
    assert days.max() == date.fromisoformat(name)
    assert days.min() > date.fromisoformat(name).replace(year=2019)  # stale stamps reach back, none ahead
    assert (frame["ph"] != frame["ph_as_delivered"].cast(pl.Float64, strict=False)).any()  # unrounded kept


def test_json_and_table_of_a_day_hold_the_same_values(staged):
    day = pl.read_parquet(staged("station_readings", "original_daily_json", "2020-05-20.json").path)
    table = pl.read_parquet(staged("station_readings", "national_daily_2020-05_2020-12.csv").path).filter(
        pl.col("file_date") == date(2020, 5, 20)
    )
    both = day.join(table, on=["entity_id", "taken_at"], suffix="_table")
    assert both.height >= 60
    for parameter in ("ph", "ammonia_nitrogen", "total_phosphorus"):
        assert both[parameter].to_list() == both[f"{parameter}_table"].to_list()
