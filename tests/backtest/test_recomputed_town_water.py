"""Sewers, water supply, reclaimed water and town works of the example year, computed again from the files."""

from collections import defaultdict
from fractions import Fraction

from tests.backtest.recomputed import CITIES, agree, files, table

BY_NAME = {
    "T07a": ["太原市"],
    "T07b": ["晋中市", "临汾市", "运城市"],
    "T07c": ["大同市", "阳泉市", "长治市", "晋城市", "朔州市", "忻州市", "吕梁市"],
}
# The towns along the Yellow River and in the basin of the Fen, as the plan's set of places has them.
ALONG_YELLOW = (
    "偏关县 河曲县 保德县 兴县 临县 柳林县 石楼县 永和县 大宁县 吉县 乡宁县 河津市 万荣县 临猗县 永济市 芮城县"
)
ALONG_YELLOW += " 平陆县 夏县 垣曲县"
OF_FEN = "宁武县 静乐县 岚县 娄烦县 古交市 阳曲县 清徐县 交城县 文水县 汾阳市 孝义市 介休市 平遥县 祁县 太谷区 寿阳县"
OF_FEN += " 灵石县 霍州市 汾西县 洪洞县 古县 浮山县 襄汾县 曲沃县 翼城县 侯马市 新绛县 稷山县 绛县"
YELLOW_FEN = [*ALONG_YELLOW.split(), *OF_FEN.split()]


def sewers(workspace, year, column):
    """By urban area: the county of its town, else the city."""
    (file,) = [f for f in files(workspace, "combined_sewers") if f"{year}年" in f.name]
    return {row["县城（市城区不填）"] or row["市"]: Fraction(row[column]) for row in table(file, "市")}


def test_combined_sewers(example_workspace, published, published_rows):
    remaining = sewers(example_workspace, 2020, "年末剩余合流管网长度（公里）")
    done = sewers(example_workspace, 2021, "本年完成改造长度（公里）")
    towns = [name for name in remaining if name not in CITIES]
    places = {**BY_NAME, "T07d": YELLOW_FEN, "T07e": [n for n in towns if n not in YELLOW_FEN]}
    ids = {(r["code"], r["scope_name"]): r for r in published_rows if r["scope_kind"] == "urban_area"}
    least = {"T07a": 100, "T07b": 70, "T07c": 50, "T07d": 50, "T07e": 33}
    for code, names in places.items():
        told = [n for n in names if n in done]
        converted, before = sum(done[n] for n in told), sum(remaining[n] for n in told)
        agree(
            published[code, "140000"],
            value=100 * converted / before,
            numerator=converted,
            used=len(told),
            expected=len(names),
        )
        assert len(names) == {"T07a": 1, "T07b": 3, "T07c": 7, "T07d": 48, "T07e": 48}[code]
        for name in told:
            row = ids[code, name]
            if remaining[name]:
                share = 100 * done[name] / remaining[name]
                agree(row, value=share, denominator=remaining[name])
                assert row["verdict"] == ("met" if share >= least[code] else "not_met"), name
    verdicts = {code: published[code, "140000"]["verdict"] for code in places}
    assert verdicts == dict.fromkeys(places, "no_target")  # judged of each urban area
    assert {ids["T07b", name]["verdict"] for name in BY_NAME["T07b"]} == {"met", "not_met"}


def test_water_supply(example_workspace, published):
    (register,), (told,) = (files(example_workspace, s) for s in ("water_suppliers", "water_supply"))
    city = {row["供水单位编码"]: CITIES[row["所在市"]] for row in table(register, "供水单位编码")}
    sums = defaultdict(lambda: [Fraction(0), Fraction(0), Fraction(0), 0])
    for row in table(told, "供水单位编码"):
        supplied, used, metered, pipes, pressure, frost = (
            Fraction(v) for v in (row[c] for c in row if c not in ("供水单位编码", "供水单位名称", "备注"))
        )
        if used > supplied:
            continue
        length = Fraction(99, 100) * (pipes / supplied - Fraction("0.0693"))
        length = max(Fraction("-0.03"), min(Fraction("0.03"), length))
        by_pressure = [
            Fraction(s)
            for above, s in (("0.75", "0.02"), ("0.55", "0.01"), ("0.35", "0.005"))
            if pressure > Fraction(above)
        ]
        correction = Fraction("0.08") * metered / supplied + length + (by_pressure or [Fraction(0)])[0]
        correction += Fraction("0.01") if frost > Fraction("1.4") else 0
        for scope in ("140000", city[row["供水单位编码"]]):
            own = sums[scope]
            own[0] += supplied - used - correction * supplied
            own[1] += supplied
            own[2] += supplied - used
            own[3] += 1
    for scope, (assessed, supplied, _, count) in sums.items():
        agree(published["T02a", scope], value=100 * assessed / supplied, denominator=supplied, used=count)
    assert 100 * sums["140000"][2] / sums["140000"][1] > 13  # the composite rate
    assert published["T02a", "140000"]["verdict"] == "undecided"  # a supplier is silent, one contradicts itself


def test_reclaimed_water(example_workspace, published):
    (file,) = files(example_workspace, "reclaimed_water")
    uses = [f"{use}用水（万立方米）" for use in ("工业", "景观环境", "农林牧渔")] + ["城市杂用水（万立方米）"]
    total = [Fraction(0), Fraction(0)]
    for row in table(file, "市"):
        used, treated = sum(Fraction(row[use]) for use in uses), Fraction(row["污水处理量（万立方米）"])
        total = [total[0] + used, total[1] + treated]
        found = published["T03", CITIES[row["市"]]]
        agree(found, value=100 * used / treated, numerator=used, denominator=treated)
        assert found["verdict"] == ("met" if used / treated >= Fraction(22, 100) else "not_met")
    agree(published["T03", "140000"], value=100 * total[0] / total[1])
    assert published["T03", CITIES["运城市"]]["value_printed"] == "21.96"  # not published_rows as 22.0


def test_works_of_towns(example_workspace, published):
    (register,), (told,) = (files(example_workspace, s) for s in ("towns", "town_works"))
    lists = {row["建制镇代码"]: row for row in table(register, "建制镇代码")}
    stages = {row["建制镇代码"]: row["设施建设阶段"] for row in table(told, "市")}
    for code, name, count in (("T06b", "万人镇", 32), ("T06c", "汾河流域建制镇", 63)):
        mine = [town for town, row in lists.items() if row["建设名单"] in (name, "两者")]
        assert len(mine) == count
        sums = defaultdict(int)
        for town in mine:
            for scope in ("140000", CITIES[lists[town]["市"]]):
                sums[scope] += stages[town] in ("开工", "完工")
        for scope, started in sums.items():
            agree(published[code, scope], value=started)
        agree(published[code, "140000"], used=count, expected=count)
        assert published[code, "140000"]["verdict"] == "no_target"
