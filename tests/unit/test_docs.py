"""What the guides show works as it stands, and names what exists."""

import re
from pathlib import Path

from analytics.catalog.served import served_by

GUIDE = Path(__file__).parents[2] / "docs" / "WATER_SCIENCE.md"
ROOT = GUIDE.parents[1] / "analytics"


def test_the_examples_of_the_guide_say_what_they_say():
    first, chain = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), flags=re.S)
    names: dict[str, object] = {}
    exec(first, names)
    assert names["classes"]["item_class"].to_list() == [4]
    assert names["found"]["verdict"].to_list() == ["falling"]
    exec(chain, names)
    assert names["classes"].select("water_class", "worst_values").rows() == [(3, [0.72])]


def test_the_guide_names_the_fewest_values_of_each_test(catalog):
    text = " ".join(GUIDE.read_text(encoding="utf-8").split())
    fewest = {name: test.minimum_values for name, test in catalog.trend_tests.items()}
    assert (fewest["spearman"], catalog.rank_trends["daniel"].minimum_periods) == (5, 5)
    assert {fewest[name] for name in ("mann_kendall", "sen_slope", "seasonal_kendall")} == {10}
    assert fewest["pettitt"] == 11
    assert "5 of Daniel's and Spearman's, 10 of Kendall's and Sen's, 11 of Pettitt's" in text


def test_the_guide_names_modules_and_files_that_exist():
    text = GUIDE.read_text(encoding="utf-8")
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| ") and "module" not in line]
    modules = {name for row in rows if len(row) == 5 for name in re.findall(r"`([a-z_]+)`(?=[:,]| \(|$| )", row[2])}
    functions = set(
        re.findall(r"^def ([a-z_]+)", "".join(p.read_text() for p in (ROOT / "compute").glob("*.py")), re.M)
    )
    assert {m for m in modules if not (ROOT / "compute" / f"{m}.py").exists()} <= functions
    files = re.findall(r"`((?:standards|methods|parameters)/[^`]+\.yml)`", text)
    assert files
    assert not [name for name in files if not list((ROOT / "catalog").glob(name))]


def test_every_form_stands_in_the_list_of_what_departments_deliver(catalog):
    plan = catalog.plan_for(2021)
    rows = (GUIDE.parent / "SOURCES.md").read_text(encoding="utf-8").splitlines()
    listed = {cells[1].strip(" `"): cells for cells in (row.split("|") for row in rows if row.startswith("| `"))}
    assert set(listed) - {"--source"} == set(catalog.sources)
    for source in catalog.sources.values():
        codes = [target.code for _, targets in served_by(source, catalog, plan) for target in targets]
        assert listed[source.id][5].strip() == (", ".join(codes) or "—"), source.id
