"""The figures of the example year, computed again from the files with openpyxl and the standard library alone."""

import math
from collections import defaultdict
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import pytest

from tests.backtest.recomputed import CITIES, agree, files, table

# GB 3838-2002 table 1, typed here a second time: upper limits of classes I to V (rivers; lakes where they differ).
LIMITS = {
    "高锰酸盐指数": (2, 4, 6, 10, 15),
    "化学需氧量": (15, 15, 20, 30, 40),
    "五日生化需氧量": (3, 3, 4, 6, 10),
    "氨氮": (0.15, 0.5, 1.0, 1.5, 2.0),
    "总磷": (0.02, 0.1, 0.2, 0.3, 0.4),
    "氟化物": (1.0, 1.0, 1.0, 1.5, 1.5),
    "石油类": (0.05, 0.05, 0.05, 0.5, 1.0),
}
LAKE_PHOSPHORUS = (0.01, 0.025, 0.05, 0.1, 0.2)
OXYGEN = (7.5, 6, 5, 3, 2)
PLACES = {
    "pH": 0,
    "溶解氧": 1,
    "高锰酸盐指数": 1,
    "化学需氧量": 1,
    "五日生化需氧量": 1,
    "氨氮": 2,
    "总磷": 3,
    "氟化物": 3,
    "石油类": 2,
}
FIVE = ["pH", "溶解氧", "高锰酸盐指数", "氨氮", "总磷"]


def test_manure_of_province_and_cities(example_workspace, published):
    (file,) = files(example_workspace, "manure")
    by_city = defaultdict(list)
    for row in table(file, "市"):
        used = row["综合利用量（吨）"]
        by_city[CITIES[row["市"]]].append((int(row["产生量（吨）"]), None if used is None else int(used)))
    by_city["140000"] = [pair for pairs in list(by_city.values()) for pair in pairs]
    assert len(by_city["140000"]) == 117
    for scope, pairs in by_city.items():
        told = [(p, u) for p, u in pairs if u is not None]
        produced, used = sum(p for p, _ in told), sum(u for _, u in told)
        whole = sum(p for p, _ in pairs)
        agree(
            published["T12b", scope],
            value=Fraction(100 * used, produced), numerator=used, denominator=produced,
            used=len(told), expected=len(pairs),
            low=Fraction(100 * used, whole), high=Fraction(100 * (used + whole - produced), whole),
        )  # fmt: skip
    assert published["T12b", "140000"]["verdict"] == "met"


def test_towns_of_province_and_cities(example_workspace, published):
    (register,) = files(example_workspace, "towns")
    answers = {
        r["建制镇代码"]: r["是否具备处理能力"] for f in files(example_workspace, "town_sewage") for r in table(f, "市")
    }
    towns = defaultdict(list)
    for row in table(register, "建制镇代码"):
        for scope in ("140000", CITIES[row["市"]]):
            towns[scope].append({"是": 1, "否": 0}.get(answers.get(row["建制镇代码"])))
    for scope, found in towns.items():
        known = [a for a in found if a is not None]
        if known:
            agree(
                published["T06d", scope],
                value=Fraction(100 * sum(known), len(known)), numerator=sum(known),
                used=len(known), expected=len(found),
                low=Fraction(100 * sum(known), len(found)),
                high=Fraction(100 * (sum(known) + len(found) - len(known)), len(found)),
            )  # fmt: skip
        else:
            assert published["T06d", scope]["verdict"] == "not_delivered"
    assert published["T06d", "140000"]["verdict"] == "undecided"


def test_zone_plants(example_workspace, published):
    (file,) = files(example_workspace, "zone_plants")
    zones = {"山阴县": "140621", "应县": "140622", "太谷区": "140703", "沁源县": "140431", "清徐县": "140121"}
    works = {zones[r["县（市、区）"]]: r for r in table(file, "市")}
    verdicts = {}
    for code in zones.values():
        day = works[code]["完工日期"] if code in works else None
        done = code in works and works[code]["建设阶段"] in ("完工", "通水试运行", "验收", "稳定运行")
        verdicts[code] = (
            "not_delivered" if code not in works
            else "not_met" if not done
            else "met" if day <= "2021-10-31" else "met_late"
        )  # fmt: skip
        assert published["T10a", code]["verdict"] == verdicts[code]
    assert set(verdicts.values()) == {"met", "met_late", "not_met", "not_delivered"}
    agree(published["T10a", "140000"], value=sum(v == "met" for v in verdicts.values()), expected=5, used=4)
    assert published["T10a", "140000"]["verdict"] == "not_met"


def number(text):
    """(value as it enters a mean) of a cell, or None; half the limit where it lies below it."""
    if text in (None, "--"):
        return None
    try:
        return float(text[:-1]) / 2 if text.endswith("L") else float(text)
    except ValueError:
        return None


def rounded(value, places):
    if value is None:
        return None
    exact = Decimal(repr(round(value, 10)))
    found = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    if found == 0 and exact != 0:  # one significant figure is kept
        found = exact.quantize(Decimal(1).scaleb(exact.adjusted()), rounding=ROUND_HALF_EVEN)
    return float(found)


def item_class(item, value, body):
    if item == "pH":
        return 1 if 6 <= value <= 9 else 6
    if item == "溶解氧":
        return 1 + sum(value < limit for limit in OXYGEN)
    limits = LAKE_PHOSPHORUS if item == "总磷" and body == "湖库" else LIMITS[item]
    return 1 + sum(value > limit for limit in limits)


@pytest.fixture(scope="module")
def sections(example_workspace):
    """Of every section: basin, city, class (None where too few months tell), the best it could be, whether any item
    is open (too few months, or a month set aside), and whether it was dry all year."""
    rows = [r for f in files(example_workspace, "section_monthly") for r in table(f, "断面编码")]
    rows = [r for r in rows if not str(r["监测月份"]).startswith("2020年")]  # the year before, for comparison
    repeated = defaultdict(list)
    for row in rows:
        repeated[row["断面编码"], row["监测月份"]].append(row)
    (register,) = files(example_workspace, "sections")
    found = {}
    for section in table(register, "断面编码"):
        months = [rs for (code, _), rs in repeated.items() if code == section["断面编码"]]
        mine = [rs[0] for rs in months if len(rs) == 1]
        contradicting = [r for rs in months if len(rs) > 1 for r in rs]
        extra = section["评价项目"].split("+")[1].split("、") if "+" in section["评价项目"] else []
        classes, certain = [], []
        for item in dict.fromkeys(FIVE + extra):
            values = [v for v in (number(r[item]) for r in mine) if v is not None and not (item == "pH" and v > 14)]
            told = [r[item] for r in mine if r[item] not in (None, "--")]
            in_doubt = len(told) > len(values) or any(r[item] not in (None, "--") for r in contradicting)
            if len(values) < 8:
                classes.append(None)
            elif item == "pH":
                mean = -math.log10(sum(10**-v for v in values) / len(values))
                classes.append(item_class(item, rounded(mean, 0), section["水体类型"]))
            else:
                mean = rounded(sum(values) / len(values), PLACES[item])
                classes.append(item_class(item, mean, section["水体类型"]))
            certain.append(None if in_doubt else classes[-1])
        dry = all(r["采样情况"] == "断流" for r in mine)
        worst = max((c for c in classes if c), default=None)
        sure = worst if None not in classes or worst == 6 else None
        best = max((c for c in certain if c), default=1)
        places = (section["流域"], CITIES[section["责任城市"]])
        found[section["断面编码"]] = (*places, sure, best, None in certain, dry)
    return found


def test_sections_of_province_cities_and_basins(sections, published):
    assert len(sections) == 94
    assert any(water_class and is_open for _, _, water_class, _, is_open, _ in sections.values())
    scopes = defaultdict(list)
    for code, (basin, city, water_class, best, is_open, dry) in sections.items():
        for scope in ("140000", basin, city):
            if not dry:
                scopes[scope].append((water_class, best, is_open))
        if not dry and water_class:
            assert float(published["G3b", code]["value"]) == float(water_class == 6), code
    for scope, found in scopes.items():
        known = [c for c, _, _ in found if c]
        agree(
            published["G2", scope],
            value=Fraction(100 * sum(c <= 3 for c in known), len(known)), used=len(known), expected=len(found),
            low=Fraction(100 * sum(best <= 3 and not is_open for _, best, is_open in found), len(found)),
            high=Fraction(100 * sum(best <= 3 for _, best, _ in found), len(found)),
        )  # fmt: skip
        agree(published["G3b", scope], value=sum(c == 6 for c in known))
    assert published["G2", "140000"]["verdict"] == "no_target"
    assert published["G3b", "140000"]["verdict"] == "not_met"
