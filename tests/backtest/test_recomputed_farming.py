"""The figures of farming of the example year, computed again from the files."""

from collections import defaultdict
from fractions import Fraction

from ruamel.yaml import YAML

from tests.backtest.recomputed import CITIES, agree, amounts_of, files, table


def test_fertiliser_and_pesticides(example_workspace, published):
    columns = {"T12c": "化肥施用量（折纯）（吨）", "T12d": "农药施用量（吨）"}
    for code, column in columns.items():
        before, now = (amounts_of(example_workspace, "farm_inputs", column, year) for year in (2020, 2021))
        assert len(now) == 12
        for scope in now:
            change = 100 * (now[scope] - before[scope]) / before[scope]
            agree(published[code, scope], value=change, numerator=now[scope], denominator=before[scope])
    assert (published["T12c", "140000"]["verdict"], published["T12d", "140000"]["verdict"]) == ("met", "not_met")


def test_efficient_irrigation_with_its_correction(example_workspace, published):
    column = "新增高效节水灌溉面积（万亩）"
    file = example_workspace.raw / "example" / "efficient_irrigation" / "corrections.yml"
    (applied,) = [e for e in YAML(typ="safe").load(file) if e["status"] == "confirmed"]
    slip = Fraction(applied["from"]) - Fraction(applied["to"])
    assert (applied["where"]["area_id"], slip > 0) == ("140121", True)
    for scope, area in amounts_of(example_workspace, "efficient_irrigation", column).items():
        agree(published["T02b", scope], value=area - (slip if scope in ("140000", "140100") else 0))
    assert published["T02b", "140000"]["verdict"] == "met"


def test_manure_works_of_farms(example_workspace, published):
    (file,) = files(example_workspace, "farm_works")
    done = defaultdict(int)
    for row in table(file, "市"):
        is_done = row["建设阶段"] in ("完工", "通水试运行", "验收", "稳定运行")
        for scope in ("140000", CITIES[row["市"]]):
            done[scope] += is_done and "2021-01-01" <= row["完工日期"] <= "2021-12-31"
    for scope, count in done.items():
        agree(published["T12a", scope], value=count)
    assert published["T12a", "140000"]["verdict"] == "not_met"
