"""Ecological flow and the winter's replenishment of the example year, computed again from the files."""

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

import pytest

from tests.backtest.recomputed import agree, files, table


@pytest.fixture(scope="module")
def delivered(example_workspace):
    """The sites; by section and month of the year the target; by site and day the flow (absent: none)."""
    (register,), (goals,) = (files(example_workspace, source) for source in ("flow_sites", "flow_targets"))
    sites = {r["断面（补水口）编码"]: (r["类型"], r["河流"]) for r in table(register, "断面（补水口）编码")}
    targets = {}
    for row in table(goals, "断面编码"):
        month, last = int(row["起始月"]), int(row["截止月"])
        while True:
            targets[row["断面编码"], month] = Fraction(row["生态流量目标（m³/s）"])
            if month == last:
                break
            month = month % 12 + 1
    flows = {}
    for file in files(example_workspace, "river_flow"):
        for row in table(file, "断面（补水口）编码"):
            if row["流量"] != "缺测":
                flows[row["断面（补水口）编码"], date.fromisoformat(row["日期"])] = Fraction(row["流量"])
    return sites, targets, flows


def days(first, last):
    while first <= last:
        yield first
        first += timedelta(days=1)


def test_share_of_days_with_the_ecological_flow(delivered, published):
    sites, targets, flows = delivered
    met, assessed, expected = (defaultdict(int) for _ in range(3))
    for site, (kind, river) in sites.items():
        if kind != "控制断面":
            continue
        for day in days(date(2020, 1, 1), date(2021, 12, 31)):
            for scope in ("140000", river):
                key = (scope, day.year)
                expected[key] += 1
                if (site, day) in flows:
                    assessed[key] += 1
                    met[key] += flows[site, day] >= targets[site, day.month]
    scopes = {scope for scope, _ in expected}
    assert len(scopes) == 8
    for scope in scopes:
        now, before = (scope, 2021), (scope, 2020)
        share, former = (Fraction(100 * met[key], assessed[key]) for key in (now, before))
        missing = expected[now] - assessed[now]
        low, high = (Fraction(100 * (met[now] + more), expected[now]) for more in (0, missing))
        agree(
            published["G5", scope],
            value=share - former,
            numerator=share,
            denominator=former,
            low=low - former,
            high=high - former,
        )
    assert expected["140000", 2021] > assessed["140000", 2021]
    assert published["G5", "140000"]["verdict"] == "met"


def test_replenishment_of_the_fen(delivered, published):
    sites, _, flows = delivered
    points = [site for site, (kind, river) in sites.items() if (kind, river) == ("补水口", "汾河")]
    means = {}
    for year, month in ((2020, 12), (2021, 1), (2021, 2), (2021, 3), (2021, 12)):
        inside = [d for d in days(date(year, month, 1), date(year, month, 28) + timedelta(days=3)) if d.month == month]
        means[year, month] = sum(flows[p, d] for p in points for d in inside) / len(inside)
    agree(published["T01d", "140000"], value=means[2021, 12], used=1, expected=4)
    assert min(means.values()) < 15 <= means[2021, 12]
    assert published["T01d", "140000"]["verdict"] == "not_yet_due"
