"""The figures of sewage plants of the example year, computed again from the files."""

from calendar import isleap
from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

import pytest

from tests.backtest.recomputed import CITIES, agree, files, table

# The limits, typed here a second time: oxygen demand, ammonia (warm, at most 12 °C), phosphorus, nitrogen [mg/L].
LIMITS = {"DB14/1928-2019": (40, (2, 2), 0.4, 15), "一级A": (50, (5, 8), 0.5, 15), "一级B": (60, (8, 15), 1, 20)}
WINDOW = [(date(2021, 1, 1), date(2021, 4, 30)), (date(2021, 11, 1), date(2021, 12, 31))]
CODE = "污水处理厂编码"
ITEMS = ("化学需氧量", "氨氮", "总磷", "总氮")


@pytest.fixture(scope="module")
def plants(example_workspace):
    """The entry of each plant in the register."""
    (file,) = files(example_workspace, "sewage_plants")
    return {row[CODE]: row for row in table(file, CODE)}


def of_year(workspace, source, year=2021):
    (file,) = [f for f in files(workspace, source) if f"{year}年" in f.name]
    return list(table(file, {"people_served": "市", "plant_expansion": "市", "overflow_outlet_months": "溢流口编码"}
                      .get(source, CODE)))  # fmt: skip


def scopes(plant):
    return ("140000", CITIES[plant["所在市"]])


def by_plant(workspace, year):
    """Of each plant the months: influent, volume and the rest of the row."""
    found = defaultdict(list)
    for row in of_year(workspace, "plant_monthly", year):
        found[row[CODE]].append((Fraction(row["进水BOD₅（mg/L）"]), Fraction(row["处理水量（万m³）"]), row))
    return found


def within(row, standard):
    """Whether a day keeps its limits: true, false, or none where an item is missing and none is beyond."""
    oxygen, ammonia, phosphorus, nitrogen = LIMITS[standard]
    warmth = float(row["水温"])
    limits = (oxygen, ammonia[warmth <= 12], phosphorus, nitrogen)
    told = [None if row[i] == "--" else float(row[i]) for i in ITEMS]
    if any(value is not None and value > limit for value, limit in zip(told, limits, strict=True)):
        return False
    return None if None in told else True


def test_days_within_the_limits(example_workspace, published, plants):
    days = [first + timedelta(n) for first, last in WINDOW for n in range((last - first).days + 1)]
    told = defaultdict(dict)
    for file in files(example_workspace, "plant_daily"):
        for row in table(file, CODE):
            assert set(row) == {CODE, "监测日期", *ITEMS, "水温"}  # no further item that would have to be judged
            told[row[CODE]][date.fromisoformat(row["监测日期"])] = within(row, plants[row[CODE]]["执行标准"])
    good, bad, left, silent = (defaultdict(int) for _ in range(4))
    for code, entry in plants.items():
        for scope in scopes(entry):
            verdicts = [told[code].get(day) for day in days]
            good[scope] += verdicts.count(True)
            bad[scope] += verdicts.count(False)
            left[scope] += verdicts.count(None) if told[code] else 0
            silent[scope] += not told[code]
    assert len(good) == 12
    assert silent["140000"] == 1
    most = len(days)  # what a plant that tells nothing can bring
    for scope in good:
        judged = good[scope] + bad[scope]
        whole = judged + left[scope] + most * silent[scope]
        agree(
            published["T08b", scope],
            value=Fraction(100 * good[scope], judged), numerator=good[scope], denominator=judged,
            low=Fraction(100 * good[scope], whole), high=Fraction(100 * (whole - bad[scope]), whole),
        )  # fmt: skip
    assert published["T08b", "140000"]["verdict"] == "no_target"


def test_influent(example_workspace, published, plants):
    months = by_plant(example_workspace, 2021)
    means = {code: sum(c * q for c, q, _ in rows) / sum(q for _, q, _ in rows) for code, rows in months.items()}
    load, water = defaultdict(Fraction), defaultdict(Fraction)
    for code, rows in months.items():
        assert len(rows) == 12
        agree(published["T07g", code], value=means[code])
        for scope in scopes(plants[code]):
            load[scope] += sum(c * q for c, q, _ in rows)
            water[scope] += sum(q for _, q, _ in rows)
    for scope in load:
        agree(published["T07f", scope], value=load[scope] / water[scope])
    agree(published["T07g", "140000"], value=min(means.values()), used=137, expected=137)
    assert min(means.values()) < 100
    assert (published["T07f", "140000"]["verdict"], published["T07g", "140000"]["verdict"]) == ("met", "not_met")


def test_people_whose_sewage_is_collected(example_workspace, published, plants):
    rates = defaultdict(dict)
    for year in (2020, 2021):
        collected, served = defaultdict(Fraction), defaultdict(Fraction)
        days = 366 if isleap(year) else 365
        for code, rows in by_plant(example_workspace, year).items():
            mean = sum(c * q for c, q, _ in rows) / sum(q for _, q, _ in rows)
            for scope in scopes(plants[code]):
                collected[scope] += mean * sum(q for _, q, _ in rows) * 10_000 / days / 45
        for row in of_year(example_workspace, "people_served", year):
            for scope in ("140000", CITIES[row["市"]]):
                served[scope] += Fraction(row["城区及县城用水人口（人）"])
        for scope in served:
            rates[scope][year] = 100 * collected[scope] / served[scope]
    assert len(rates) == 12
    for scope, of_scope in rates.items():
        row = published["T07i", scope]
        assert float(row["value"]) == pytest.approx(float(of_scope[2021] - of_scope[2020]), rel=1e-9)
        assert float(row["numerator"]) == pytest.approx(float(of_scope[2021]), rel=1e-9)
    assert published["T07i", "140000"]["verdict"] == "met"


def shares(published, code, told):
    """Holds the shares of `told` (scope, whether it counts) against a figure."""
    counts = defaultdict(list)
    for scope, counted in told:
        counts[scope].append(counted)
    for scope, of_scope in counts.items():
        agree(published[code, scope], value=Fraction(100 * sum(of_scope), len(of_scope)), used=len(of_scope))
    return len(counts)


def test_retrofits_and_standby(example_workspace, published, plants):
    rows = {row[CODE]: row for row in of_year(example_workspace, "plant_yearly")}
    meant = [code for code, entry in plants.items() if entry["是否影响新增国考断面"] == "是"]
    done = [(s, rows[c]["保（提）温提效改造是否完成"] == "是") for c in meant for s in scopes(plants[c])]
    assert shares(published, "T08a", done) == 12
    membranes = [code for code, entry in plants.items() if entry["处理工艺"] == "MBR"]
    ready = [(s, rows[c]["膜工艺备用措施"] is not None) for c in membranes for s in scopes(plants[c])]
    assert shares(published, "T08c", ready) > 1
    assert (published["T08a", "140000"]["verdict"], published["T08c", "140000"]["verdict"]) == ("not_met", "met")


def test_load_without_its_threshold(published):
    assert (published["T06e", "140000"]["value"], published["T06e", "140000"]["verdict"]) == ("", "no_target")


def test_overflow_outlets_and_overflows(example_workspace, published, plants):
    states = defaultdict(dict)
    for row in of_year(example_workspace, "overflow_outlet_months"):
        states[row["溢流口编码"]][row["月份"]] = row["封堵或设闸情况"]
    dry = ("2021-10", "2021-11", "2021-12")  # judged since the plan was issued
    ends = {code: [months.get(m) for m in dry] for code, months in states.items()}
    short = sum("未封堵" in told for told in ends.values())
    untold = sum(None in told and "未封堵" not in told for told in ends.values())
    closed = len(ends) - short - untold
    assert (short, untold, len(ends)) == (1, 1, 42)
    agree(
        published["T08d", "140000"],
        value=Fraction(100 * closed, closed + short), used=closed + short, expected=42,
        low=Fraction(100 * closed, 42), high=Fraction(100 * (closed + untold), 42),
    )  # fmt: skip
    assert published["T08d", "140000"]["verdict"] == "not_met"
    events = defaultdict(int)
    for code, rows in by_plant(example_workspace, 2021).items():
        for scope in scopes(plants[code]):
            events[scope] += sum(int(row["非紧急状态溢流直排次数（次）"]) for _, _, row in rows)
    for scope, number in events.items():
        agree(published["T08f", scope], value=number)
    assert published["T08f", "140000"]["verdict"] == "not_met"


def test_expansions(example_workspace, published):
    rows = of_year(example_workspace, "plant_expansion")
    done = [r for r in rows if r["建设阶段"] != "开工" and r["完工日期"] <= "2021-12-31"]
    agree(published["T06a", "140000"], value=len(done), expected=len(rows))
    assert published["T06a", "140322"]["verdict"] == "not_met"
    assert published["T06a", "140000"]["verdict"] == "not_met"


def test_wetlands_at_outlets(example_workspace, published, plants):
    rivers = ("汾河", "沁河", "涑水河")
    built = defaultdict(int)
    for row in of_year(example_workspace, "outlet_wetlands"):
        entry = plants[row[CODE]]
        for scope in scopes(entry):
            built[scope] += entry["受纳水体"] in rivers and row["出口人工湿地是否建成"] == "是"
    agree(published["T14a", "140000"], value=built["140000"])
    meant = [code for code, entry in plants.items() if entry["是否配套出口人工湿地"] == "是"]
    months = by_plant(example_workspace, 2021)
    told = [row["出水温度（℃）"] for code in meant for _, _, row in months[code]]
    lowest = min(Fraction(t) for t in told if t)
    agree(published["T14b", "140000"], value=lowest, high=lowest, used=len(told) - 1)
    assert published["T14b", "140000"]["low"] == ""  # of the month that was not told nobody knows how cold it was
    assert told.count(None) == 1
    ways = []
    for year in (2020, 2021):
        rows = {row[CODE]: row["消毒方式"] for row in of_year(example_workspace, "plant_yearly", year)}
        ways.append(sum(rows[code] != "次氯酸钠" for code in meant))
    agree(published["T14c", "140000"], value=Fraction(100 * (ways[1] - ways[0]), len(meant)))
    verdicts = [published[code, "140000"]["verdict"] for code in ("T14a", "T14b", "T14c")]
    assert verdicts == ["no_target", "undecided", "met"]


def test_nobody_is_ranked_without_a_rule(published):
    assert (published["T21b", "140000"]["value"], published["T21b", "140000"]["verdict"]) == ("", "list_only")
