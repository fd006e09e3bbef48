"""The PDF: whole glyphs, whole tables, marked pages."""

from __future__ import annotations

import re

import pytest
from pypdf import PdfReader

from analytics.errors import ReportError
from analytics.paths import Workspace, shipped
from analytics.reporting import fonts
from analytics.reporting.document import compose
from analytics.reporting.pdf import _fonts, write_pdf
from tests.reports.books import chart, code, front, markdown, shown, table, write_executed

ROOM = Workspace(shipped())


def written(folder, *cells, room=ROOM, **changes):
    notebook = write_executed(folder / "a.ipynb", *cells)
    matter = front(**changes)
    write_pdf(compose([notebook], lang=matter.lang), matter, folder / "a.pdf", workspace=room)
    return PdfReader(folder / "a.pdf")


def words(page):
    return re.sub(r"\s", "", page.extract_text())


@pytest.mark.parametrize(
    ("cells", "where"),
    [
        ([markdown("甲\ue000乙")], "the text"),
        ([code(table([["甲\ue000乙"]], "甲"))], "tables and figures"),
        ([code(chart(svg="<svg xmlns='http://www.w3.org/2000/svg'><text>甲\ue000乙</text></svg>"))], "block-1.svg"),
    ],
)
def test_a_character_without_glyph_is_printed_as_its_code(tmp_path, cells, where):
    reader = written(tmp_path, *cells)
    text = "".join(words(page) for page in reader.pages)
    assert "甲〔U+E000〕乙" in text, where


def test_small_figures_are_set_as_shifted_digits(tmp_path):
    svg = "<svg xmlns='http://www.w3.org/2000/svg' width='90' height='30'><text y='20'>BOD₅</text></svg>"
    reader = written(tmp_path, markdown("NH₃-N 与 10⁵"), code(chart(svg=svg)))
    assert "NH3-N与105" in words(reader.pages[2])
    assert "BOD5" in words(reader.pages[2])


def test_a_long_table_repeats_its_heading_and_says_that_it_goes_on(tmp_path):
    rows = [[f"断面{i}", {"text": "Ⅲ类", "tone": "class-3"}] for i in range(120)]
    pages = [words(p) for p in written(tmp_path, code(table(rows, "断面名称", "类别", title="一览"))).pages[2:]]
    assert len(pages) >= 3
    assert all("断面名称类别" in page for page in pages)
    assert ["续表1一览" in page for page in pages] == [False] + [True] * (len(pages) - 1)
    assert "断面119" in pages[-1]


def test_a_table_never_leaves_the_page(tmp_path):
    """Every line of a table of many columns and long words begins and ends within the margins of 25 mm."""
    word = "T06d-140000-2021-1a2b3c4d5e6f"
    begins, ends = [], []

    def note(text, cm, tm, font, size):
        for line in text.splitlines():
            if line.strip():
                begins.append(tm[4] * cm[0] + cm[4])
                ends.append(begins[-1] + fonts.width(line.strip()) * size)

    page = written(tmp_path, code(table([[word] * 14], *[f"标题{i}" for i in range(14)])), invented=False).pages[2]
    assert word not in page.extract_text(visitor_text=note)
    assert len(begins) > 14
    assert min(begins) >= 70.0
    assert max(ends) <= 595.3 - 70.0 + 1.0  # kerning


def test_a_date_stays_on_one_line(tmp_path):
    text = "内容较长的一格文字，说明整改的进展和下一步安排。" * 3
    rows = [["2021年12月30日前完成", *[text] * 5]] * 3
    reader = written(tmp_path, code(table(rows, *[f"列{n}" for n in range(6)])))
    lines = ["".join(line.replace("\u2060", "").split()) for line in reader.pages[2].extract_text().splitlines()]
    assert sum("2021年12月30日" in line for line in lines) == 3


def test_without_invented_data_no_page_says_so(tmp_path):
    reader = written(tmp_path, markdown("正文"), invented=False)
    assert all("示例数据" not in words(page) for page in reader.pages)


def test_english_reports_carry_both_words(tmp_path):
    reader = written(tmp_path, markdown("Text"), lang="en", title="Assessment", area_name="Shanxi", subtitle="")
    assert all(words(page).count("示例数据（虚构）") >= 2 for page in reader.pages)
    assert all("Exampledata(invented)" in words(page) for page in reader.pages)
    assert reader.trailer["/Root"]["/Lang"].startswith("en")


def test_a_picture_in_the_text_is_refused(tmp_path):
    with pytest.raises(ReportError, match="could not be set"):
        written(tmp_path, markdown("![图](missing.png)"))


def test_a_workspace_may_bring_its_own_template(tmp_path):
    own = tmp_path / "ws" / "reports" / "year_end"
    own.mkdir(parents=True)
    shipped_template = shipped("reports", "year_end", "template.typ").read_text(encoding="utf-8")
    (own / "template.typ").write_text(
        shipped_template.replace("  body\n}", "  body\n  [本单位专用]\n}"), encoding="utf-8"
    )
    reader = written(tmp_path, markdown("正文"), room=Workspace(tmp_path / "ws"))
    assert "本单位专用" in words(reader.pages[-1])


def test_a_template_with_another_face_is_refused(tmp_path):
    own = tmp_path / "ws" / "reports" / "year_end"
    own.mkdir(parents=True)
    template = shipped("reports", "year_end", "template.typ").read_text(encoding="utf-8")
    (own / "template.typ").write_text(template.replace('"Noto Sans CJK SC"', '"Some Other Face"'), encoding="utf-8")
    with pytest.raises(ReportError, match="could not be set"):
        written(tmp_path, markdown("正文"), room=Workspace(tmp_path / "ws"))


def test_markdown_from_code_and_by_hand_reads_the_same(tmp_path):
    by_hand = words(written(tmp_path, markdown("比例为 **72.3 %**。")).pages[2])
    from_code = words(written(tmp_path, code(shown("text/markdown", "比例为 **72.3 %**。"))).pages[2])
    assert by_hand == from_code


def test_every_font_of_the_file_is_found_where_it_is_drawn_with(tmp_path):
    """Also those of pictures and of marks on every page; `_checked` refuses what is not ours among them."""
    svg = "<svg xmlns='http://www.w3.org/2000/svg' width='90' height='30'><text y='20' opacity='0.5'>BOD</text></svg>"
    reader = written(tmp_path, markdown("甲 **乙** `a`"), code(table([["丙"]], "丁")), code(chart(svg=svg)))
    items = [reader.get_object(number) for number in range(1, reader.trailer["/Size"])]
    fonts_of_file = [i["/FontName"] for i in items if isinstance(i, dict) and i.get("/Type") == "/FontDescriptor"]
    found = _fonts(reader)
    assert set(found) == set(fonts_of_file) and found and all(found.values())
