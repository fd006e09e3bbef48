"""The whole way: notebooks run, rendered to PDF and page, with every kind of output."""

from __future__ import annotations

import re

import pytest
from pypdf import PdfReader

from analytics.reporting import render
from analytics.reporting.execute import execute
from analytics.reporting.page import outside_addresses
from tests.reports.books import GIVEN, front, write_source

SUMMARY = """
from IPython.display import display
display({"application/vnd.qinghe.tiles+json": {"tiles": [
    {"label": "国考断面优良比例", "value": "72.3 %", "tone": "met", "note": "达到"},
    {"label": "建制镇", "value": "1,234,567.89 万吨", "tone": "", "note": ""}]},
    "text/plain": "x"}, raw=True)
display({"text/markdown": f"{year}年比例为 **72.3 %**。", "text/plain": "x"}, raw=True)
"""
TABLE = """
tones = ["met", "not_met", "undecided", "no_target"]
rows = [[f"断面{i:03d}", {"text": "Ⅲ类", "tone": "class-3"}, {"text": "结论", "tone": tones[i % 4]},
    f"T06d-140000-2021-{i:08x}", "一个特别长的说明文字，用来看换行是否正常"] for i in range(120)]
labels = ["断面", "类别", "结论", "编号", "说明"]
display({"application/vnd.qinghe.table+json": {"title": "断面一览", "id": "s", "note": "来源：示例",
    "columns": [{"label": x, "align": "left", "weight": 1} for x in labels], "rows": rows},
    "text/html": "<table></table>", "text/plain": "x"}, raw=True)
"""
CHART = """
import json
import altair as alt
import polars as pl
import vl_convert
frame = pl.DataFrame({"市": ["太原市", "大同市"], "比例": [71.5, 83.0]})
made = alt.Chart(frame, width=300, height=120).mark_bar().encode(x="市:N", y=alt.Y("比例:Q", title="氨氮 NH₃-N"))
spec = json.loads(made.to_json())
display({"application/vnd.qinghe.chart+json": {"spec": spec, "alt": "柱状图：两市", "caption": "各市比例", "note": ""},
    "image/svg+xml": vl_convert.vegalite_to_svg(spec), "text/plain": "x"}, raw=True)
"""


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    folder = tmp_path_factory.mktemp("render")
    first = write_source(folder / "01.ipynb", SUMMARY, title="总体结论")
    second = write_source(folder / "02.ipynb", "from IPython.display import display", TABLE, CHART, title="断面")
    executed = execute([first, second], GIVEN, folder / "run")
    return [render(executed, front=front(), out=folder / name) for name in ("one", "two")]


@pytest.fixture(scope="module")
def reader(rendered):
    return PdfReader(rendered[0].pdf)


@pytest.fixture(scope="module")
def html(rendered):
    return rendered[0].html.read_text(encoding="utf-8")


def text(page):
    return re.sub(r"\s", "", page.extract_text())


def test_the_same_input_gives_the_same_bytes(rendered):
    one, two = rendered
    assert one.pdf.read_bytes() == two.pdf.read_bytes()
    assert one.html.read_bytes() == two.html.read_bytes()


def test_every_page_is_marked_in_header_and_watermark(rendered, reader):
    assert rendered[0].pages == len(reader.pages) >= 6
    assert all(text(page).count("示例数据（虚构）") >= 2 for page in reader.pages)


def test_every_font_is_ours_and_embedded(reader):
    found = {}
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            described = inner["/FontDescriptor"].get_object()
            found[str(described["/FontName"])] = "/FontFile3" in described or "/FontFile2" in described
    assert found
    assert all(found.values())
    assert all("NotoSansCJKsc" in name for name in found)


def test_bookmarks_are_the_chapters(reader):
    titles = [item.title for item in reader.outline if not isinstance(item, list)]
    assert [t.replace(" ", "") for t in titles] == ["一、总体结论", "二、断面"]


def test_the_pdf_says_that_it_is_archival_and_accessible(reader):
    metadata = reader.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert reader.metadata.title == "水环境行动方案年终评估报告 山西省 2021年"
    assert reader.metadata.creation_date.isoformat().startswith("2022-01-20")


def test_cover_contents_and_all_kinds_of_output_are_printed(reader):
    cover, contents, summary, *rest = [text(page) for page in reader.pages]
    assert all(part in cover for part in ("草稿", "某政办发〔2021〕1号", "2022年1月14日", "年终评估报告"))
    assert "断面" in contents
    assert all(part in summary for part in ("72.3%", "1,234,567.89万吨", "2021年比例为"))
    assert all(part in "".join(rest) for part in ("断面119", "T06d-140000-2021-00000077", "太原市", "图1各市比例"))
    assert f"第3页，共{len(reader.pages)}页" in summary


def test_the_page_carries_all_it_needs(html):
    assert outside_addresses(html) == []
    assert html.count("vegaEmbed") > 1
    assert len(html) > 800_000


def test_the_page_shows_banner_chart_and_words(html):
    assert '<html lang="zh-CN">' in html
    assert 'class="banner"' in html
    assert '<div class="chart" data-spec="block-3-spec" role="group" aria-label="柱状图：两市"><img src="data:' in html
    assert '<span class="verdict not_met">' in html
    assert "断面119" in html
    assert "secret" not in html
