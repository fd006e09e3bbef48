"""Lists are held against what else is known: monitoring, the number of the text, the rule that they wait for."""

import polars as pl
import pytest

from analytics import notebook
from analytics.present.clause_lists import list_of
from tests.deliveries import SECTION_HEAD, SECTIONS

PLANS = "断面编码,断面名称,断面方案是否制定,超标月份,主要污染物,攻坚措施与成效"
FARMS = "市,县（市、区）,养殖场名称,养殖种类,建设阶段,开工日期,完工日期,佐证等级\n"


def pieces(desk, part, lang="zh"):
    desk.values()
    return notebook.open_year(2021, root=desk.workspace.root).language(lang).clauses(part).pieces


def table_of(desk, part, code):
    (found,) = [p for p in pieces(desk, part) if getattr(p, "title", "").startswith(code)]
    return found


def all_year(ammonia):
    return "".join(
        f"{code},{name},{month},正常,7.8,8,3,{value},0.08\n"
        for (code, name), value in zip((("S1", "甲断面"), ("S2", "乙断面"), ("S3", "丙断面")), ammonia, strict=True)
        for month in range(1, 13)
    )


def test_the_list_of_campaigns_is_held_against_monitoring(desk):
    desk.hand_in("sections", SECTIONS)
    desk.hand_in("section_plans", f"{PLANS}\nS1,甲断面,是,1月,氨氮,管网改造\nS2,乙断面,是,,,\nS3,丙断面,是,,,\n")
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{all_year((3.0, 3.0, 0.1))}")
    note = table_of(desk, "safeguards", "S1c").note
    assert "全年为劣Ⅴ类的断面2个，未列入清单的1个（乙断面）" in note


@pytest.mark.parametrize(
    ("lang", "told"),
    [("zh", "T12a：报送名录2个，原文698个"), ("en", "T12a: 2 in the list that was sent, 698 in the text")],
)
def test_works_told_of_are_compared_with_the_number_of_the_text(desk, lang, told):
    desk.hand_in(
        "farm_works", FARMS + "".join(f"太原市,清徐县,{n}场,猪,完工,2021-01-01,2021-06-01,自报\n" for n in "甲乙")
    )
    assert any(told in getattr(p, "note", "") for p in pieces(desk, "water_environment", lang))


@pytest.mark.parametrize(
    ("members", "shown", "note"),
    [
        ([("incomplete", None, "no_rule"), ("incomplete", None, "no_rule")], "暂不能列名：奖励规则未给出", ""),
        ([("not_delivered", None, None)], "暂不能列名：尚无可用数据", ""),
        ([("used", 0.0, None), ("used", 1.0, None)], "厂2", ""),
        ([("used", 0.0, None), ("incomplete", None, "compliance_open")], "没有列入的对象", "另有1个暂不能判定。"),
    ],
)
def test_a_list_of_members_names_them_or_says_why_it_names_nobody(catalog, members, shown, note):
    rows = [(f"P{n}", f"厂{n}", "140121", *member) for n, member in enumerate(members, start=1)]
    schema = {"entity_id": pl.String, "name": pl.String, "area_id": pl.String, "status": pl.String}
    frame = pl.DataFrame(rows, schema=schema | {"numerator": pl.Float64, "reason": pl.String}, orient="row")
    nothing = pl.DataFrame()
    target = catalog.target("T21b", catalog.plans["shanxi-2021"])
    table = list_of(target, catalog, "zh", values=nothing, members=frame, works=nothing, entries=nothing)
    assert (table.rows[0][0], table.note) == (shown, note)
