"""Deductions of sections across boundaries in the example year, computed again from the files."""

from collections import Counter, defaultdict
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from analytics import notebook
from tests.backtest.recomputed import CITIES, files, table

LIMITS = {
    "化学需氧量": {"Ⅱ": "15", "Ⅲ": "20", "Ⅳ": "30"},
    "氨氮": {"Ⅱ": "0.5", "Ⅲ": "1.0", "Ⅳ": "1.5"},
}
PLACES = {"化学需氧量": Decimal("0.1"), "氨氮": Decimal("0.01")}


def multiples(row, target):
    """By how much each item exceeds its target, rounded first as assessment data are; None: no reading."""
    for item, limits in LIMITS.items():
        limit = Decimal(limits[target])
        try:
            value = Decimal(row[item].removesuffix("L")) / (2 if row[item].endswith("L") else 1)
        except InvalidOperation:
            yield None
        else:
            yield (value.quantize(PLACES[item], ROUND_HALF_EVEN) - limit) / limit


def deduction(found):
    """What a month costs at least and at most: five bands, of which the first and the last are known."""
    worst = max((m for m in found if m is not None), default=None)
    if worst is not None and worst > 10:
        return 300, 300
    if worst is None or worst <= 0:
        return (0, 300) if None in found else (0, 0)
    if worst <= Decimal("0.5") and None not in found:
        return 50, 50
    return 50, 300


def monthly_rows(workspace):
    """The row of each section, year and month; None where several tell of it."""
    told = {}
    for file in files(workspace, "section_monthly"):
        year = 2020 if "_2020年" in file.name else 2021
        for row in table(file, "断面编码"):
            month = row["监测月份"].removesuffix("月").split("年")[-1]
            at = (row["断面编码"], year, int(month))
            told[at] = row if at not in told else None
    return told


def answering(workspace):
    (register,) = files(workspace, "sections")
    found = {r["断面编码"]: r for r in table(register, "断面编码") if r["生态补偿责任市"]}
    assert len(found) > 20
    return found


def scopes(section):
    return "140000", CITIES[section["生态补偿责任市"]]


def kept_of(workspace):
    rows = notebook.open_year(2021, root=workspace.root).compensation().to_dicts()
    return {r["scope_id"]: r for r in rows if r["scheme"] == "compensation_shanxi_2013"}


def test_deductions_by_city_and_province(example_workspace):
    told = monthly_rows(example_workspace)
    sums = defaultdict(lambda: [0, 0])
    for code, section in answering(example_workspace).items():
        for month in range(1, 13):
            row = told[code, 2021, month]
            is_dry = row is not None and row["采样情况"] == "断流"
            found = [None] if row is None else list(multiples(row, section["水质目标"].removesuffix("类")))
            low, high = (0, 0) if is_dry else deduction(found)
            for scope in scopes(section):
                sums[scope] = [sums[scope][0] + low, sums[scope][1] + high]
    kept = kept_of(example_workspace)
    for scope, (low, high) in sums.items():
        assert (kept[scope]["deductions_low"], kept[scope]["deductions_high"]) == (low, high), scope
        assert kept[scope]["deductions"] == (low if low == high else None)
    assert sums["140000"][0] > 0 and sums["140000"][1] > sums["140000"][0]


def is_at_target(row, target):
    """Whether both items were at target; None: nobody can say, or there was no water."""
    if row is None or row["采样情况"] == "断流":
        return None
    found = list(multiples(row, target))
    return False if any(m is not None and m > 0 for m in found) else None if None in found else True


def crossed(row, target):
    """What the grades from the target's class on earn, by the worse class of the two items; None: not known."""
    order = "ⅠⅡⅢⅣⅤ"
    steps = {"化学需氧量": (15, 15, 20, 30, 40), "氨氮": ("0.15", "0.5", "1.0", "1.5", "2.0")}
    reached = 0
    for item, limits in steps.items():
        value = Decimal(row[item].removesuffix("L")) / (2 if row[item].endswith("L") else 1)
        value = value.quantize(PLACES[item], ROUND_HALF_EVEN)
        reached = max(reached, next(n for n, limit in enumerate(limits) if value <= Decimal(limit)))
    begins = order.index(target)
    return None if reached < min(begins, 2) else 50 * max(begins - max(reached, 2), 0)


def rewards_of(now, before, rows, target):
    """Least and most [万元] of a section without a river flowing in; most None: nothing bounds it."""
    low = high = run = 0
    for state, was, row in zip(now, before, rows, strict=True):
        run = run + 1 if state else 0
        if run == 3:
            low, high, run = low + 10, high + 10, 0
        if state is None:  # one more run may have been kept
            high = None if high is None else high + 10
        turned = False if state is False or was is True else None if None in (state, was) else True
        if turned:
            grades = crossed(row, target)
            low, high = low + 100, None if high is None else high + 100
            low, high = low + (grades or 0), None if high is None or grades is None else high + grades
        elif turned is None:
            high = None
    if all(now):
        low, high = low + 100, None if high is None else high + 100
    elif False not in now:
        high = None if high is None else high + 100
    return low, high


def test_rewards_by_city_and_province(example_workspace):
    """Only sections without a river flowing in have a known rule; grades count in months that turned to target."""
    told = monthly_rows(example_workspace)
    sums, seen = defaultdict(lambda: [0, 0]), Counter()
    for code, section in answering(example_workspace).items():
        target = section["水质目标"].removesuffix("类")
        rows = {year: [told.get((code, year, month)) for month in range(1, 13)] for year in (2020, 2021)}
        states = {year: [is_at_target(row, target) for row in mine] for year, mine in rows.items()}
        low, high = rewards_of(states[2021], states[2020], rows[2021], target)
        if section["有无入境河流"] != "无":
            low, high = 0, None
        seen[section["有无入境河流"], high is None] += 1
        for scope in scopes(section):
            ends = (sums[scope][1], high)
            sums[scope] = [sums[scope][0] + low, None if None in ends else sum(ends)]
    kept = kept_of(example_workspace)
    for scope, (low, high) in sums.items():
        assert (kept[scope]["rewards_low"], kept[scope]["rewards_high"]) == (low, high), scope
        assert kept[scope]["rewards"] == (low if low == high else None)
    assert sums["140000"][0] > 0
    assert seen["无", False] > 0 and seen["有", True] > 0
