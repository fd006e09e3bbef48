"""The figures on black-odorous water of the example year, computed again from the files."""

from collections import defaultdict

from tests.backtest.recomputed import CITIES, agree, files, table

YELLOW_FEN = ("永济市", "古交市", "介休市", "汾阳市", "孝义市", "霍州市", "侯马市", "河津市")


def listed(workspace):
    (file,) = files(workspace, "black_odorous_bodies")
    return {row["水体编码"]: row for row in table(file, "水体编码")}


def eliminated(workspace):
    (file,) = files(workspace, "body_elimination")
    return {row["水体编码"]: row for row in table(file, "水体编码")}


def of_value(item, value, depth, clear):
    """1 clean, 2 light, 3 heavy: limits of the urban guide."""
    if item == "透明度" and depth < 25:
        if clear == "是":
            return 1
        return 2 if value >= 0.4 * depth else 3
    light, heavy, more_is_better = {
        "透明度": (25, 10, True),
        "溶解氧": (2.0, 0.2, True),
        "氧化还原电位": (50, -200, True),
        "氨氮": (8.0, 15.0, False),
    }[item]
    if more_is_better:
        return 1 if value >= light else 2 if value >= heavy else 3
    return 1 if value <= light else 2 if value <= heavy else 3


def grade_of_point(values):
    """Grade from (item, day, grade) of a quarter; None where a base item was measured too seldom."""
    found = defaultdict(list)
    for item, day, grade in values:
        found[item].append((day, grade))
    if any(len({d for d, _ in found[item]}) < 3 for item in ("透明度", "溶解氧", "氨氮")):
        return None
    heavy = [100 * sum(g == 3 for _, g in of_item) / len(of_item) for of_item in found.values()]
    if any(share >= 60 for share in heavy) or sum(share >= 30 for share in heavy) >= 2:
        return 3
    return max(min(g, 2) for of_item in found.values() for _, g in of_item)


def quarters_black(workspace):
    """By urban body and quarter whether it is black-odorous; None: open."""
    values, doubtful = defaultdict(list), set()
    for file in files(workspace, "body_monitoring"):
        for row in table(file, "水体编码"):
            at = (row["水体编码"], (int(row["监测日期"][5:7]) + 2) // 3)
            for item in ("透明度", "溶解氧", "氧化还原电位", "氨氮"):
                try:
                    grade = of_value(item, float(row[item]), float(row["水深（厘米）"]), row["是否清澈见底"])
                except ValueError:
                    doubtful.add(at)
                    continue
                values[*at, row["点位序号（自上游起）"]].append((item, row["监测日期"], grade))
    found = {}
    for code, row in listed(workspace).items():
        for quarter in (1, 2, 3, 4):
            points = range(1, int(row["监测点位数"]) + 1)
            grades = [grade_of_point(values[code, quarter, str(p)]) for p in points]
            is_open = None in grades or (code, quarter) in doubtful
            found[code, quarter] = True if max(g or 1 for g in grades) > 1 else None if is_open else False
    return found


def test_bodies_that_turned_black_again(example_workspace, published):
    black, done = quarters_black(example_workspace), eliminated(example_workspace)
    sums = defaultdict(lambda: [0, 0, 0, 0])
    for code, row in listed(example_workspace).items():
        if row["所在建成区"] != "设区市":
            continue
        since = max(done[code]["消除日期"], "2021-01-01")
        quarters = [q for q in (1, 2, 3, 4) if f"2021-{3 * q:02d}-31" >= since]
        told = [black[code, q] for q in quarters]
        turned = any(black[code, q] for q in quarters if f"2021-{3 * q - 2:02d}-01" >= since)
        for scope in ("140000", CITIES[row["所在市"]]):
            own = sums[scope]
            own[0] += turned
            own[1] += turned or None in told
            own[2] += turned or None not in told
            own[3] += 1
    assert sums["140000"] == [2, 4, 28, 30]
    for scope, (low, high, used, expected) in sums.items():
        agree(published["T09a", scope], value=low, low=low, high=high, used=used, expected=expected)
    assert published["T09a", "140000"]["verdict"] == "not_met"


def test_bodies_eliminated(example_workspace, published):
    done = eliminated(example_workspace)
    meant = {
        "G4a": lambda row: True,
        "G4b": lambda row: row["所在建成区"] == "设区市",
        "G4c": lambda row: row["所在建成区"] == "县级市" and row["所在县（市、区）"] in YELLOW_FEN,
    }
    meant["T09b"] = meant["G4c"]
    for code, is_meant in meant.items():
        sums = defaultdict(lambda: [0, 0])
        for body, row in listed(example_workspace).items():
            for scope in ("140000", CITIES[row["所在市"]]) if is_meant(row) else ():
                sums[scope][0] += done[body]["是否已消除"] == "是"
                sums[scope][1] += 1
        for scope, (yes, every) in sums.items():
            agree(published[code, scope], value=100 * yes / every, numerator=yes, denominator=every, used=every)
    verdicts = [published[code, "140000"]["verdict"] for code in ("G4a", "G4b", "G4c", "T09b")]
    assert verdicts == ["no_target", "met", "not_met", "no_target"]


def test_county_level_cities_surveyed(example_workspace, published):
    (file,) = files(example_workspace, "county_city_survey")
    done = sum(row["是否完成排查"] == "是" for row in table(file, "市"))
    assert done == 10  # of eleven
    found = published["T09c", "140000"]
    agree(found, value=100, used=done, expected=11, low=1000 / 11, high=100)
    assert found["verdict"] == "undecided"


def test_standing_black_water(example_workspace, published):
    (register,), (told,) = (files(example_workspace, s) for s in ("standing_black_water", "black_water_clearing"))
    cleared = {row["编号"]: row["是否已清空"] == "是" for row in table(told, "编号")}
    sums = defaultdict(lambda: [0, 0])
    for row in table(register, "编号"):
        for scope in ("140000", CITIES[row["所在市"]]):
            sums[scope][0] += cleared[row["编号"]]
            sums[scope][1] += 1
    for scope, (yes, every) in sums.items():
        agree(published["T09d", scope], value=100 * yes / every, numerator=yes, denominator=every)
    assert published["T09d", "140000"]["verdict"] == "met"
