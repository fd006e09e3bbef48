"""The page holds all it needs, and says what it is."""

from __future__ import annotations

import pytest

from analytics.errors import ReportError
from analytics.paths import Workspace, shipped
from analytics.reporting import page
from analytics.reporting.document import compose
from analytics.reporting.page import outside_addresses, write_page
from tests.reports.books import chart, code, front, markdown, table, write_executed

ROOM = Workspace(shipped())


@pytest.fixture(autouse=True)
def _no_bundle(monkeypatch):
    """A stand-in for the scripts of the charts, which take seconds to make; test_render uses the real ones."""

    class Ready:
        def result(self):
            return "window.vegaEmbed = 0;"

    monkeypatch.setattr(page, "vega", Ready)


def written(folder, *cells, **changes):
    notebook = write_executed(folder / "a.ipynb", *cells)
    matter = front(**changes)
    write_page(compose([notebook], lang=matter.lang), matter, folder / "a.html", workspace=ROOM)
    return (folder / "a.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("html", "address"),
    [
        ('<img src="https://example.org/a.png">', "https://example.org/a.png"),
        ('<img src="a.png">', "a.png"),
        ('<a href="//example.org/">x</a>', "//example.org/"),
        ('<link rel="stylesheet" href="http://example.org/a.css">', "http://example.org/a.css"),
        ('<img srcset="b.png 2x">', "b.png 2x"),
        ("<style>@import 'http://example.org/a.css';</style>", "http://example.org/a.css"),
        ("<style>p { background: url(b.png) }</style>", "b.png"),
        ('<p style="background: url(&quot;http://example.org/c.png&quot;)">', "http://example.org/c.png"),
        ('<script>fetch("https://example.org/d.json")</script>', "https://example.org/d.json"),
        ("<script>import('//cdn.example.org/e.js')</script>", "//cdn.example.org/e.js"),
        ('<script type="application/json">{"data": {"url": "f.csv"}}</script>', "f.csv"),
        ("<p onclick=\"location='https://example.org'\">", "https://example.org"),
    ],
)
def test_every_way_out_is_found(html, address):
    assert outside_addresses(html) == [address]


def test_what_stays_within_is_no_way_out():
    html = (
        '<a href="#top">x</a><img src="data:image/png;base64,AA=="><p>https://example.org</p>'
        '<svg xmlns="http://www.w3.org/2000/svg"><use href="#a"/></svg>'
        '<script>var n = "http://www.w3.org/2000/svg"</script>'
    )
    assert outside_addresses(html) == []


def test_a_link_in_the_text_is_refused(tmp_path):
    with pytest.raises(ReportError, match="self-contained") as error:
        written(tmp_path, markdown("[平台](https://example.org/data)"))
    assert "https://example.org/data" in error.value.found


def test_a_chart_that_loads_its_data_is_refused(tmp_path):
    with pytest.raises(ReportError, match="self-contained"):
        written(tmp_path, code(chart({"mark": "bar", "data": {"url": "data.csv"}})))


def test_the_schema_of_a_chart_is_left_out(tmp_path):
    html = written(tmp_path, code(chart({"$schema": "https://example.org/schema/v6.json", "mark": "bar"})))
    assert '{"mark": "bar"}' in html
    assert "$schema" not in html


def test_a_name_cannot_become_markup(tmp_path):
    wicked = "</script><b>甲"
    cells = [code(table([[wicked]], wicked)), code(chart({"mark": "bar", "title": wicked}))]
    html = written(tmp_path, *cells)
    assert html.count("<b>甲") == 0
    assert "\\u003c/script>\\u003cb>甲" in html


def test_banner_and_watermark_only_where_data_are_invented(tmp_path):
    invented, real = (written(tmp_path, invented=flag) for flag in (True, False))
    assert '<div class="banner"' in invented
    assert 'class="watermark"' in invented
    assert "示例数据（虚构）" in invented
    assert "示例数据" not in real
    assert 'class="banner"' not in real


def test_headings_of_tables_have_a_scope_wherever_they_come_from(tmp_path):
    html = written(tmp_path, code(table([["1"]], "甲")), markdown("| 乙 |\n|---|\n| 1 |"))
    assert html.count('<th scope="col"') == 2
    assert "<th>" not in html


def test_chapters_and_sections_are_numbered_as_official_documents_do(tmp_path):
    cells = [markdown("## 节\n\n### 目\n\n## 节二"), markdown("# 附 {.unnumbered}"), markdown("# 章二\n\n## 节")]
    html = written(tmp_path, *cells)
    numbers = [
        part.split("</span>")[0] for part in html.split('<main id="text">')[1].split('<span class="number">')[1:]
    ]
    assert numbers == ["一、", "（一）", "1. ", "（二）", "二、", "（一）"]


def test_english_pages_say_so(tmp_path):
    html = written(tmp_path, code(table([["1"]], "A")), lang="en", title="Assessment", area_name="Shanxi")
    assert '<html lang="en">' in html
    assert "Table 1" in html
    assert "14 January 2022" in html


def test_scripts_for_charts_come_only_with_charts(tmp_path):
    assert "vegaEmbed = 0" in written(tmp_path, code(chart()))
    assert "vegaEmbed = 0" not in written(tmp_path, code(table([["1"]], "甲")))


def test_the_scripts_are_made_here_where_no_other_process_starts(monkeypatch):
    def refuse(*_, **__):
        raise OSError(14, "Bad address")

    monkeypatch.setattr(page.subprocess, "run", refuse)
    made = page._bundle()
    assert "vegaEmbed" in made
    assert "</script" not in made
