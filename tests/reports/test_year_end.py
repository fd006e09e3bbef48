"""The report of the example year as its readers get it, and a dispatch on real readings."""

import re
from datetime import date

import pytest
from pypdf import PdfReader

from analytics.errors import UsageError
from analytics.paths import Workspace
from analytics.reporting.report import Order, make_reports
from tests.conftest import shared
from tests.deliveries import Desk

MARK = "示例数据（虚构）"


def made_from(workspace, **order):
    said: list[str] = []
    wanted = Order(**{"year": None, "period": "", "area": "", "lang": "zh"} | order)
    return list(make_reports(workspace, wanted, say=said.append)), said


@pytest.fixture(scope="module")
def report(example_workspace):
    (made,), _ = made_from(example_workspace, year=2021)
    return made


@pytest.fixture(scope="module")
def pages(report):
    return [page.extract_text() for page in PdfReader(report.pdf).pages]


def squeezed(text):
    return re.sub(r"\s+", "", text)


def test_every_page_says_that_the_data_are_invented(pages):
    assert len(pages) >= 12
    assert [i for i, text in enumerate(pages, start=1) if MARK not in squeezed(text)] == []


def test_file_names_say_it_too(report):
    assert "示例数据_虚构" in report.pdf.name and "示例数据_虚构" in report.html.name


def test_all_chapters_and_figures_are_there(pages):
    text = squeezed("".join(pages))
    chapters = "总体结论 总体目标 水资源 水环境 水生态 水风险 制度 保障 各市与各河流水质 任务台账 数据质量 方法说明"
    for chapter in chapters.split():
        assert chapter in text
    for code in ("G2", "G3b", "T06d", "T10a", "T12b"):
        assert code in text
    for verdict in ("达到", "未达到", "逾期完成", "待定", "未报送", "未设目标", "不涉及"):
        assert verdict in text


def test_what_was_not_met_stands_with_the_delivered_reason_or_says_that_none_was_given(pages):
    text = squeezed("".join(pages))
    assert "未说明" in text and "大同市（工程）" not in text
    assert "运城市（工程）：再生水管网未接通用户" in text.replace("(", "（").replace(")", "）")
    assert "省住建厅未达到情况说明表.xlsx" in text
    assert "不进入未达到清单：T12b" in text


def test_no_machine_words_reach_the_reader(pages):
    text = "\n".join(pages)
    assert not re.findall(r"\b(None|null|nan|NaN|True|False)\b", text)
    assert not re.findall(r"\b[a-z]+_[a-z_]+\b", text)


def test_all_fonts_are_embedded(report):
    fonts = {}
    for page in PdfReader(report.pdf).pages:
        for font in (page["/Resources"].get("/Font") or {}).values():
            whole = font.get_object()
            inner = whole["/DescendantFonts"][0].get_object() if "/DescendantFonts" in whole else whole
            descriptor = inner["/FontDescriptor"].get_object()
            fonts[whole["/BaseFont"]] = any(k in descriptor for k in ("/FontFile", "/FontFile2", "/FontFile3"))
    assert fonts and all(fonts.values())
    assert any("NotoSansCJK" in name for name in fonts)


def test_the_page_is_self_contained_and_says_that_it_is_invented(report):
    from analytics.reporting.addresses import outside_addresses

    html = report.html.read_text(encoding="utf-8")
    assert outside_addresses(html) == []
    assert MARK in html and '<html lang="zh' in html
    assert html.count("<table") >= 8 and "vega" in html


def test_nothing_changed_makes_nothing_again(example_workspace, report):
    stamp = report.pdf.stat().st_mtime_ns
    (again,), said = made_from(example_workspace, year=2021)
    assert not again.is_new and again.pdf == report.pdf
    assert report.pdf.stat().st_mtime_ns == stamp
    assert any("没有变化" in line for line in said)


def test_another_city_has_its_own_report(example_workspace):
    (made,), _ = made_from(example_workspace, year=2021, area="太原市", lang="en")
    text = squeezed("".join(p.extract_text() for p in PdfReader(made.pdf).pages))
    assert "TaiyuanCity" in text and "Value,dataandgapofeveryfigure" in text
    assert "阳泉" not in text.split("Dataquality")[0]


def test_a_wrong_order_is_refused_before_anything_runs(tmp_path):
    workspace = Workspace(tmp_path)
    for order in ({"year": 1999}, {"year": 2021, "area": "北京市"}, {"year": 2021, "period": "2020"}):
        with pytest.raises(UsageError):
            made_from(workspace, **order)
    assert not list(tmp_path.iterdir()) or not (tmp_path / "reports").exists()


def test_a_dispatch_on_real_readings_has_no_mark(tmp_path, catalog):
    workspace = Workspace(tmp_path / "real")
    desk = Desk(workspace, catalog, tmp_path / "inbox")
    desk.hand_in_file(
        "stations", shared("data", "cnemc", "station_waterbody.csv"), period="", received=date(2021, 4, 6)
    )
    readings = shared("data", "cnemc", "shanxi_4h_2021-04-01_05.csv")
    desk.hand_in_file("station_readings", readings, period="2021-04", received=date(2021, 4, 6))
    (made,), _ = made_from(workspace, period="2021-04", area="140000")
    text = squeezed("".join(p.extract_text() for p in PdfReader(made.pdf).pages))
    assert "虚构" not in text and "虚构" not in made.html.read_text(encoding="utf-8") + made.pdf.name
    assert "46个站点" in text and "1,056个（97.87%）" in text and "暂不采用128行" in text
    assert "汾河水库出口" in text


def test_methods_stand_in_an_annex_of_their_own(report, pages, example_workspace):
    pdf, html = report.annex
    text = squeezed("".join(page.extract_text() for page in PdfReader(pdf).pages))
    assert "方法附册" in text
    assert "示例数据_虚构" in pdf.name and html.suffix == ".html"
    for chapter in ("指标的算法", "算例", "水质限值", "依据"):
        assert chapter in text
    assert "见与全省报告同时生成的《方法附册》" in squeezed("".join(pages))
    assert len(pages) < 100
    (again,), _ = made_from(example_workspace, year=2021)
    assert list(again.annex) == [pdf, html]


def test_the_paragraph_above_a_table_does_not_end_a_page_without_it(pages):
    # The lines at the foot of a page: two of its running foot, and up to three of a paragraph.
    lasts = [[line for line in text.splitlines() if line.strip() and ". ." not in line][-6:] for text in pages]
    alone = [
        tail for tail in lasts if any(re.search(r"^（[一二三四五六七八九十]+）第\d+条", squeezed(t)) for t in tail)
    ]
    assert alone == []
