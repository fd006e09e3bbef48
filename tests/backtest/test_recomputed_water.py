"""The figures of water resources, banks, wetlands and docks of the example year, computed again from the files."""

from collections import defaultdict
from fractions import Fraction

import pytest

from tests.backtest.recomputed import CITIES, agree, files, table

DONE = ("完工", "通水试运行", "验收", "稳定运行")


def rows_of(workspace, source, first):
    (file,) = files(workspace, source)
    return list(table(file, first))


def shares(members, holds):
    """By scope how many members hold, of how many that were told of, of how many there are."""
    held, told, every = (defaultdict(int) for _ in range(3))
    for member, city in members.items():
        for scope in ("140000", CITIES[city]):
            every[scope] += 1
            if member in holds:
                told[scope] += 1
                held[scope] += holds[member]
    return {scope: (held[scope], told[scope], every[scope]) for scope in every}


def covered(published, code, found):
    for scope, (held, told, every) in found.items():
        value = Fraction(100 * held, told) if told else None
        low, high = (Fraction(100 * (held + more), every) for more in (0, every - told))
        agree(published[code, scope], value=value, used=told, expected=every, low=low, high=high)


def test_plans_of_the_key_rivers(example_workspace, published):
    rivers = [r["河流"] for r in rows_of(example_workspace, "key_rivers", "河流")]
    told = {r["河流"]: r for r in rows_of(example_workspace, "river_flow_plans", "河流")}
    drafted = sum(told[river]["生态流量保障实施方案是否已研究制定"] == "是" for river in rivers)
    agree(published["T01a", "140000"], value=drafted, used=len(rivers), expected=7)
    assert published["T01a", "140000"]["verdict"] == "met"
    answers = {river: told[river]["生态用水是否纳入日常调度"] for river in rivers}
    known = [river for river in rivers if answers[river]]
    held = sum(answers[river] == "是" for river in known)
    low, high = (Fraction(100 * (held + more), 7) for more in (0, 7 - len(known)))
    agree(published["T01e", "140000"], value=100 * held / len(known), used=len(known), low=low, high=high)
    assert published["T01e", "140000"]["verdict"] == "undecided"
    assert sum(r["是否为方案点名河流"] == "是" for r in rows_of(example_workspace, "key_rivers", "河流")) == 2
    for river in rivers:
        agree(published["T01a", river], value=told[river]["生态流量保障实施方案是否已研究制定"] == "是")


def test_rivers_replenished(example_workspace, published):
    rows = rows_of(example_workspace, "river_replenishment", "市")
    begun = {r["补水河流"]: r["建设阶段"] in ("开工", *DONE) for r in rows}
    agree(published["T01b", "140000"], value=sum(begun.values()), used=2, expected=2)
    for river, is_begun in begun.items():
        agree(published["T01b", river], value=is_begun)


def test_counties_that_save_water(example_workspace, published):
    counties = {r["县（市、区）"]: r["市"] for r in rows_of(example_workspace, "yellow_basin_counties", "市")}
    rows = rows_of(example_workspace, "water_saving_counties", "市")
    found = shares(counties, {r["县（市、区）"]: r["是否建成节水型社会"] == "是" for r in rows})
    covered(published, "T02c", found)
    assert published["T02c", "140000"]["verdict"] == "no_target"
    assert found["140000"][1] < found["140000"][2]


def test_permits_of_groundwater(example_workspace, published):
    rows = rows_of(example_workspace, "groundwater_approvals", "市")
    agree(published["T05a", "140000"], value=len(rows))
    assert published["T05a", "140000"]["verdict"] == "list_only"


@pytest.mark.parametrize(
    ("code", "register", "form", "first", "answer", "held", "verdict"),
    [
        ("T05b", "water_permit_projects", "water_arguments", "取水项目编码", "是否完成水资源论证", "是", "not_met"),
        ("T17d", "rural_water_works", "rural_works_measures", "供水工程编码", "整改措施", None, "met"),
        (
            "T13b",
            "docks",
            "dock_facilities",
            "码头编码",
            "污染物接收转运处置设施是否良好运转",
            "是",
            "met",
        ),
    ],
)
def test_members_of_whom_something_holds(
    example_workspace, published, code, register, form, first, answer, held, verdict
):
    members = {r[first]: r["市"] for r in rows_of(example_workspace, register, first)}
    told = {r[first]: r[answer] for r in rows_of(example_workspace, form, first)}
    holds = {member: word == held if held else word != "无" for member, word in told.items()}
    covered(published, code, shares(members, holds))
    assert published[code, "140000"]["verdict"] == verdict


def test_channels_sealed_throughout(example_workspace, published):
    channels = {r["退水渠编码"]: r["市"] for r in rows_of(example_workspace, "return_channels", "退水渠编码")}
    sealed = dict.fromkeys(channels, True)
    for row in rows_of(example_workspace, "return_channel_states", "退水渠编码"):
        if row["月份"] >= "2021-10":  # what came before the plan is not judged
            sealed[row["退水渠编码"]] &= row["是否封堵"] == "是"
    covered(published, "T12e", shares(channels, sealed))
    assert published["T12e", "140000"]["verdict"] == "not_met"


def test_banks_greened(example_workspace, published):
    reaches = {r["河段编码"]: r for r in rows_of(example_workspace, "bank_reaches", "河段编码")}
    told = {r["河段编码"]: r for r in rows_of(example_workspace, "bank_greening", "河段编码")}
    for code, belt in (("T15a", "堤外50米"), ("T15b", "堤外30米")):
        greened, greenable, used, every = (defaultdict(Fraction) for _ in range(4))
        for reach, row in reaches.items():
            if row["增绿范围"] != belt:
                continue
            for scope in ("140000", CITIES[row["市"]], reach):
                every[scope] += 1
                if told[reach]["已增绿岸线长度（km）"]:
                    used[scope] += 1
                    greened[scope] += Fraction(told[reach]["已增绿岸线长度（km）"])
                    greenable[scope] += Fraction(told[reach]["可增绿岸线长度（km）"])
        assert len(every) > len(reaches) / 3
        for scope, number in every.items():
            value = 100 * greened[scope] / greenable[scope] if greenable[scope] else None
            agree(published[code, scope], value=value, used=used[scope], expected=number)
            ends = [published[code, scope][end] for end in ("low", "high")]
            if used[scope] < number:  # a row without its length is set aside: of its reach nobody told how long it is
                assert ends == ["", ""]
            else:
                agree(published[code, scope], low=value, high=value)
        assert published[code, "140000"]["verdict"] == "no_target"


def test_wetlands_on_tributaries(example_workspace, published):
    rows = rows_of(example_workspace, "tributary_wetlands", "市")
    first = {"杨兴河": "140122", "磁窑河": "140781", "巴公河": "140525"}
    done = [r for r in rows if r["支流"] in first and r["建设阶段"] in DONE and r["完工日期"] <= "2021-12-31"]
    agree(published["T16a", "140000"], value=len(done), used=3, expected=3)
    for river, county in first.items():
        agree(published["T16a", f"{county}/{river}"], value=river in {r["支流"] for r in done})
    assert published["T16a", "140000"]["verdict"] == "not_met"
    others = [r for r in rows if r["支流"] not in first]
    begun = [r for r in others if r["建设阶段"] in ("开工", *DONE)]
    assert [r["所属任务"] for r in others if r["所属任务"]] == ["T16b"]
    agree(published["T16b", "140000"], value=len(begun), used=len(others), expected=7)
