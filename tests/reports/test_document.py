"""What of a notebook reaches the reader, and what is refused."""

from __future__ import annotations

import pytest

from analytics.errors import ReportError
from analytics.paths import Workspace, shipped
from analytics.reporting import pandoc
from analytics.reporting.blocks import TABLE
from analytics.reporting.document import compose
from tests.reports.books import chart, code, front, markdown, shown, table, tiles, write_executed

LUA = Workspace(shipped()).resource("reports", "year_end", "report.lua")


def composed(folder, *cells, lang="zh", title="# 章"):
    return compose([write_executed(folder / "a.ipynb", *cells, title=title)], lang=lang)


def test_code_never_shows(tmp_path):
    assert "secret" not in composed(tmp_path, code(shown("text/markdown", "句子。"))).markdown


def test_cells_of_the_other_language_and_internal_cells_are_left_out(tmp_path):
    cells = [
        markdown("中文", "zh"),
        markdown("English", "en"),
        markdown("两者"),
        markdown("内部", "internal"),
        code(shown("text/markdown", "输出"), tags=["internal"]),
    ]
    assert composed(tmp_path, *cells, lang="zh").markdown == "# 章\n\n中文\n\n两者\n"
    assert composed(tmp_path, *cells, lang="en").markdown == "# 章\n\nEnglish\n\n两者\n"


def test_tables_and_charts_are_counted_apart_and_named_for_the_target(tmp_path):
    cells = [code(table([["1"]], "甲")), code(tiles(甲="1")), code(chart()), code(table([["2"]], "甲"))]
    document = composed(tmp_path, *cells)
    assert [(b.key, b.number) for b in document.blocks.values()] == [
        ("block-1", 1),
        ("block-2", 0),
        ("block-3", 1),
        ("block-4", 2),
    ]
    assert "```{=block}\nblock-3\n```" in document.markdown
    assert '#block-of("block-3")' in typst(document).splitlines()


@pytest.mark.parametrize(
    ("output", "found"),
    [
        ({"output_type": "stream", "name": "stdout", "text": "DEBUG 1\n"}, "stream: DEBUG 1"),
        ({"output_type": "error", "ename": "E", "evalue": "oh", "traceback": []}, "error: oh"),
        ({"output_type": "execute_result", "metadata": {}, "data": {"text/plain": "shape: (3, 2)"}}, "shape: (3, 2)"),
        ({"output_type": "display_data", "metadata": {}, "data": {"text/html": "<b>1</b>"}}, "text/html"),
    ],
)
def test_machine_words_are_refused_with_notebook_and_cell(tmp_path, output, found):
    with pytest.raises(ReportError, match="not for readers") as error:
        composed(tmp_path, code(output))
    assert error.value.where == "a.ipynb, cell 2"
    assert found in error.value.found


def test_a_payload_that_breaks_its_type_names_the_key(tmp_path):
    broken = shown(TABLE, {"title": "t", "columns": [{"label": "甲"}], "rows": [[1.5]]})
    with pytest.raises(ReportError, match="breaks its type") as error:
        composed(tmp_path, code(broken))
    assert "rows.0.0" in error.value.where


def test_a_row_with_a_cell_too_few_is_refused(tmp_path):
    with pytest.raises(ReportError, match="row") as error:
        composed(tmp_path, code(table([["1", "2"], ["3"]], "甲", "乙")))
    assert "row 2" in error.value.where


def test_a_chart_without_picture_or_words_is_refused(tmp_path):
    with pytest.raises(ReportError, match="no picture"):
        composed(tmp_path, code(chart(svg="")))
    wordless = chart()
    next(iter(wordless["data"].values()))["alt"] = ""
    with pytest.raises(ReportError, match="alt"):
        composed(tmp_path, code(wordless))


def test_a_chapter_needs_a_title(tmp_path):
    with pytest.raises(ReportError, match="no title"):
        composed(tmp_path, title="Some text")


def typst(document):
    return pandoc.to_typst(document, front(), lua=LUA)


def test_ordinary_characters_stay_themselves(tmp_path):
    text = typst(composed(tmp_path, markdown("1~3月与4~6月，$5 与 $6，@甲 -- “引” <b>乙</b>")))
    assert "1~3月与4~6月" in text.replace("\\~", "~")
    assert "#sub" not in text
    assert "$ " not in text.replace("\\$", "")
    assert "\\<b\\>乙\\</b\\>" in text


def test_a_line_break_between_characters_leaves_no_gap(tmp_path):
    assert "水质改善" in typst(composed(tmp_path, markdown("水质\n改善")))


def test_notes_become_callouts(tmp_path):
    text = typst(composed(tmp_path, markdown("::: note\n内容\n:::\n\n::: {.caution title='数据 \"缺\"'}\n内容\n:::")))
    assert '#callout("note", "说明")[' in text
    assert '#callout("caution", "数据 \\"缺\\"")[' in text


def test_an_unclosed_fence_does_not_swallow_a_table(tmp_path):
    with pytest.raises(ReportError, match="lost"):
        typst(composed(tmp_path, markdown("```\nopen"), code(table([["1"]], "甲"))))
