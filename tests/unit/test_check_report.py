"""The check report: both languages, the words of the form, three outcomes by sign and word, nothing from outside."""

import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from analytics.paths import Workspace
from analytics.pipeline.intake import examine_all
from analytics.present.lists import found_in_words
from analytics.reporting.check_report import SEVERITIES, write_check_report
from analytics.reporting.check_words import areas, in_words, labels
from tests.deliveries import MANURE_HEAD, Desk

ROWS = f"""{MANURE_HEAD}
太原市,清徐县,100,120
太原市,阳曲县,100,80
大同市,阳高县,200,180
"""


@pytest.fixture(scope="module")
def examined(tmp_path_factory, catalog):
    """A delivery of three counties of which one used more than was produced."""
    root = tmp_path_factory.mktemp("report")
    desk = Desk(Workspace(root), catalog, root / "inbox")
    desk.hand_in("manure", ROWS)
    found, _ = examine_all(desk.workspace, catalog)
    return desk, found


@pytest.fixture(scope="module")
def page(examined, catalog):
    desk, found = examined
    return write_check_report(found, desk.workspace, catalog, corrections={}).read_text(encoding="utf-8")


def shown(html):
    """The text that a reader sees, without the style sheet."""
    return re.sub(r"<[^>]+>", " ", html.split("</style>")[1])


def test_the_page_asks_for_nothing_from_outside(page):
    assert not re.search(r"(src|href)\s*=\s*[\"'](?!#)|url\(|@import|//[a-z]", page)


def test_no_name_of_a_column_or_check_is_shown(page, catalog, examined):
    text = shown(page)
    checks = set(examined[1][0].result.checks["check"])
    assert not [name for name in [*catalog.fields, *checks] if "_" in name and re.search(rf"\b{name}\b", text)]
    assert "综合利用量（吨）" in text or "综合利用量" in text


def test_a_rule_is_shown_with_its_reason_since_when_and_what_was_found(page):
    text = shown(page)
    for words in (
        "综合利用量不得大于产生量",
        "No more manure is used than was produced",
        "利用率以产生量为分母",
        "自 2021 起",
        "每个县（市、区）都有一行",
        "Every county has a row",
    ):
        assert words in text
    assert re.search(r"：120；.+：100", text)
    assert "2021" in re.search(r"情况：(.+)", page)[1]


def test_every_rule_and_finding_names_the_columns_that_it_is_about(page):
    rows = re.findall(r"<tr>(.*?)</tr>", page.split('<section class="file"')[-1], flags=re.S)
    about = {
        shown_rule: re.search(r'栏目 column">([^<]*)<', row)[1]
        for row in rows
        if (said := re.search(r'规则 rule">([^<]*)<', row)) and (shown_rule := said[1])
    }
    assert about["综合利用量不得大于产生量"] == "畜禽粪污综合利用量、畜禽粪污产生量"
    assert about["文件应有数据行"] == "—" and about["“市”应能识别"] == "市"
    (finding,) = {r for r in rows if "行 row" in r and "综合利用量不得大于产生量" in r}
    assert "畜禽粪污综合利用量、畜禽粪污产生量" in finding


def test_three_outcomes_are_told_apart_by_sign_and_word(examined, catalog):
    desk, (found,) = examined
    unable = pl.when(pl.col("check") == "produced_median")
    checks = found.result.checks.with_columns(
        outcome=unable.then(pl.lit("could_not_be_checked")).otherwise("outcome"),
        problem=unable.then(pl.lit("a column is missing")).otherwise("problem"),
    )
    changed = replace(found, result=replace(found.result, checks=checks))
    page = write_check_report([changed], desk.workspace, catalog, corrections={}).read_text(encoding="utf-8")
    body = page.split("</style>")[1].split('<section class="file"')[1]
    for sign in ("× 未通过", "? 无法校验", "✓"):
        assert sign in body
    assert "a column is missing" in body
    assert body.index("? 无法校验") < body.index("× 未通过") < body.index("✓")  # the worst comes first


def test_of_the_failed_the_critical_come_first(page):
    failed = re.findall(
        r'severity (?:critical|warning|info)">[■▲○] (严重|提示|参考)', page.split("项通过 checks passed")[0]
    )
    assert failed == sorted(failed, key=["严重", "提示", "参考"].index)


def test_severities_differ_by_sign_and_colour(page):
    style, body = page.split("</style>")
    signs = {name: f'<span class="severity {name}">{sign} ' for name, sign in zip(SEVERITIES, "■▲○", strict=True)}
    assert all(shown in body for shown in signs.values())
    colours = re.findall(r"\.severity\.(critical|warning|info) \{[^}]*[^-]color: (#\w+)", style)
    assert len({colour for _, colour in colours}) == len(SEVERITIES)
    assert '<td class="failed warning w"' in body and ".failed.warning { color" in style


def test_a_reason_stands_by_itself():
    root = Path(__file__).parents[2]
    files = [*(root / "expectations").glob("*.yml"), *(root / "analytics" / "catalog").rglob("*.yml")]
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    assert not [line for line in lines if re.match(r"\s*reason: .*(同上|同前)", line)]


def test_names_become_labels_and_other_text_stays(catalog):
    words = labels(catalog)
    told = in_words("manure_used_t=5; year_before=2", words)
    assert told.zh == f"{catalog.fields['manure_used_t'].label.zh}：5；上年同期：2"
    assert told.en == f"{catalog.fields['manure_used_t'].label.en}: 5; a year before: 2"
    assert in_words("约80", words).zh == "约80" and in_words("a=b", words).en == "a=b"


def test_an_empty_cell_beside_another_is_said_to_be_empty(catalog):
    found = "manure_produced_t=; manure_used_t=5; city="
    assert in_words(found, labels(catalog)).zh == "畜禽粪污产生量：（空）；畜禽粪污综合利用量：5；市：（空）"
    assert in_words(found, labels(catalog)).en.startswith("Manure produced: (empty); ")
    assert found_in_words(found, None, {}, catalog, "zh") == "畜禽粪污产生量 （空）；畜禽粪污综合利用量 5；市 （空）"
    assert (
        found_in_words("entity_id=; rows=9, 17", None, {}, catalog, "en") == "member (empty); rows that disagree 9, 17"
    )


def test_the_code_of_an_area_is_told_with_its_name_and_an_amount_is_none(catalog):
    words, places = labels(catalog), areas(catalog)
    assert in_words("area_id=140105; rows=3, 16", words, places).zh == "行政区：小店区 140105；所在行：3, 16"
    assert in_words("area_id=140302; rows=3", words, places).zh == "行政区：阳泉市城区 140302；所在行：3"
    assert in_words("manure_used_t=140105", words, places).zh.endswith("：140105")


def test_the_key_of_rows_that_disagree_is_told_in_words(catalog):
    found = "entity_id=140121100; rows=9, 17"
    assert found_in_words(found, "entity_id", {}, catalog, "zh") == "对象 140121100；互相矛盾的行 9, 17"
    assert found_in_words("140121100", "entity_id", {"140121100": "清源镇"}, catalog, "zh") == "140121100（清源镇）"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ("manure_used_t=5; year_before=2", "综合利用量 5；上年同期 2"),
        ("ph=8; times=2021-04-01 … 2021-04-02 (3)", "pH值 8；起止时间（行数） 2021-04-01 … 2021-04-02 (3)"),
        ("manure_used_t=5; before=7", "综合利用量 5；此前填报 7"),
        ("manure_used_t=5; sum=7", "综合利用量 5；各行合计 7"),
    ],
)
def test_what_a_check_holds_a_value_against_is_no_code(catalog, found, said):
    told = found_in_words(found, None, {}, catalog, "zh")
    assert "编码" not in told and told.split("；")[1] == said.split("；")[1]
