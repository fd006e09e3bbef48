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


def test_deductions_by_city_and_province(example_workspace):
    (register,) = files(example_workspace, "sections")
    answering = {r["断面编码"]: r for r in table(register, "断面编码") if r["生态补偿责任市"]}
    assert len(answering) > 20
    told, seen = {}, Counter()
    for file in files(example_workspace, "section_monthly"):
        for row in table(file, "断面编码") if "_2021年" in file.name else ():
            at = (row["断面编码"], int(row["监测月份"].removeprefix("2021年").removesuffix("月")))
            seen[at] += 1
            told[at] = row
    sums = defaultdict(lambda: [0, 0, 0])
    for code, section in answering.items():
        for month in range(1, 13):
            row = told[code, month]
            is_dry = row["采样情况"] == "断流"
            found = list(multiples(row, section["水质目标"].removesuffix("类"))) if seen[code, month] == 1 else [None]
            low, high = (0, 0) if is_dry else deduction(found)
            for scope in ("140000", CITIES[section["生态补偿责任市"]]):
                sums[scope] = [sums[scope][0] + low, sums[scope][1] + high, sums[scope][2] + is_dry]
    rows = notebook.open_year(2021, root=example_workspace.root).compensation().to_dicts()
    kept = {r["scope_id"]: r for r in rows if r["scheme"] == "compensation_shanxi_2013"}
    for scope, (low, high, _) in sums.items():
        assert (kept[scope]["deductions_low"], kept[scope]["deductions_high"]) == (low, high), scope
        assert kept[scope]["deductions"] == (low if low == high else None)
    assert sums["140000"][0] > 0 and sums["140000"][1] > sums["140000"][0]
