"""The figures of the example year, computed again from the files with openpyxl and the standard library alone."""

import csv
import io
import math
import subprocess
import sys
from collections import defaultdict
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import pytest
from openpyxl import load_workbook

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


def sheets(file):
    """Rows of every sheet as text, merged cells filled from their first one."""
    if file.suffix == ".csv":
        raw = file.read_bytes()
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            text = raw.decode("gb18030")
        return [[[c.strip() or None for c in row] for row in csv.reader(io.StringIO(text))]]
    book = load_workbook(file)
    found = []
    for sheet in book.worksheets:
        for merged in list(sheet.merged_cells.ranges):
            top = sheet.cell(merged.min_row, merged.min_col).value
            sheet.unmerge_cells(str(merged))
            for row in sheet.iter_rows(merged.min_row, merged.max_row, merged.min_col, merged.max_col):
                for cell in row:
                    cell.value = top
        found.append([[None if v is None else str(v) for v in row] for row in sheet.iter_rows(values_only=True)])
    return found


def table(file, first):
    """Rows below the heading that begins with `first`, as dictionaries by the last heading row."""
    for rows in sheets(file):
        start = max(i for i, r in enumerate(rows[:6]) if r and r[0] == first)
        heading = [str(h or "").split("(")[0] for h in rows[start]]
        for row in rows[start + 1 :]:
            if not row or row[0] is None or row[0].startswith(("合计", "注", "平均")):
                continue
            yield dict(zip(heading, row, strict=False))


def files(workspace, source):
    return sorted(f for f in (workspace.raw / "example" / source).rglob("*") if f.suffix in (".xlsx", ".csv"))


@pytest.fixture(scope="module")
def published(example_workspace):
    """What the command line prints, by code and scope."""
    command = [sys.executable, "-m", "analytics.cli", "values", "--year", "2021", "--format", "csv", "--root"]
    done = subprocess.run([*command, str(example_workspace.root)], capture_output=True, text=True, check=True)
    rows = csv.DictReader(io.StringIO(done.stdout))
    return {(r["code"], r["scope_id"]): r for r in rows if not r["stratum"]}


def agree(row, *, value=None, numerator=None, denominator=None, used=None, expected=None, low=None, high=None):
    for name, wanted in locals().items():
        if name != "row" and wanted is not None:
            assert float(row[name]) == pytest.approx(float(wanted), rel=1e-12), name


_NAMES = "太原市 大同市 阳泉市 长治市 晋城市 朔州市 晋中市 运城市 忻州市 临汾市 吕梁市"
CITIES = {name: f"14{number:02d}00" for number, name in enumerate(_NAMES.split(), start=1)}


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
    agree(published["T10a", "140000"], value=sum(v.startswith("met") for v in verdicts.values()), expected=5, used=4)
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


def amounts_of(workspace, source, column, year=2021):
    """By scope the sum of a column over the file of that year."""
    (file,) = [f for f in files(workspace, source) if f"{year}年" in f.name]
    sums = defaultdict(Fraction)
    for row in table(file, "市"):
        for scope in ("140000", CITIES[row["市"]]):
            sums[scope] += Fraction(row[column])
    return sums


def test_fertiliser_and_pesticides(example_workspace, published):
    columns = {"T12c": "化肥施用量（折纯）（吨）", "T12d": "农药施用量（吨）"}
    for code, column in columns.items():
        before, now = (amounts_of(example_workspace, "farm_inputs", column, year) for year in (2020, 2021))
        assert len(now) == 12
        for scope in now:
            change = 100 * (now[scope] - before[scope]) / before[scope]
            agree(published[code, scope], value=change, numerator=now[scope], denominator=before[scope])
    assert (published["T12c", "140000"]["verdict"], published["T12d", "140000"]["verdict"]) == ("met", "not_met")


def test_efficient_irrigation(example_workspace, published):
    column = "新增高效节水灌溉面积（万亩）"
    for scope, area in amounts_of(example_workspace, "efficient_irrigation", column).items():
        agree(published["T02b", scope], value=area)
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
