"""What the styles of a page say of its cells: which selectors and blocks count, and which of several decides."""

import time

import pytest

from analytics.errors import CheckFailed
from analytics.ingest.grid import read_grids
from tests.unit.test_files import raw

STYLES = """<style><!--table {mso-displayed-decimal-separator:"\\.";} @page {margin:1in}
.font5, s.other {color:red; TEXT-DECORATION: line-through;} .up {vertical-align:super} /* .plain {display:none} */
td {text-decoration:none; mso-number-format:General} .share {mso-number-format:"0\\.0%"}
.named {mso-number-format:Percent}
.unit {mso-number-format:"0\\.0\\0022万吨\\0022"} .text {mso-number-format:"\\@"} .gone, tr.away {display:none}
.unseen {visibility:hidden} @media print {.paper {display:none}} @media screen {.glass {display:none}}
td.shown {color:red}
--></style>"""


def page_with(tmp_path, row):
    file = tmp_path / "a.xls"
    file.write_text(f"<meta charset=utf-8>{STYLES}<table>{row}</table>", encoding="utf-8")
    return read_grids(file)[0]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("<td><font class=font5>8</font>900", "8\n900"),
        ('<td>900<span class="a up">1</span>', "900\n1"),
        ("<td><span class=gone>8</span>900", "8\n900"),
        ("<td><span class=unseen>8</span>900", "8\n900"),
        ("<td><span class=glass>8</span>900", "8\n900"),
        ("<td><span class=paper>8</span>900", "8900"),
        ("<td><span class=plain>8</span>900", "8900"),
        ("<td><b class=other>8</b>900", "8900"),
        ('<td><span class=font5 style="text-decoration:none">8</span>900', "8900"),
        ("<td class=font5>900", "900"),  # struck out as a whole
        ("<td class=share>0.785", "78.5%"),
        ("<td class=share>78.5%", "78.5%"),
        ("<td class=named>0.5", "50%"),
        ("<td class=unit>0.1", "0.1万吨"),
        ("<td class=text>007", "007"),
        ('<td style="mso-number-format:Percent">0.5', "50%"),
        ('<td class=share style="mso-number-format:General">0.785', "0.785"),
    ],
)
def test_a_class_of_a_page_says_of_a_cell_what_a_style_in_it_would(tmp_path, cell, shown):
    assert page_with(tmp_path, f"<tr>{cell}").rows == [[shown]]


def test_rows_and_cells_that_a_class_takes_out_of_a_page_are_hidden(tmp_path):
    grid = page_with(tmp_path, "<tr class=away><td>1<td class=gone>2<tr><td class=shown>3<td class=gone>4")
    assert (grid.hidden_rows, grid.hidden_columns) == ({0}, {1})


def styled(tmp_path, styles, row, *, around="<style>{}</style>"):
    file = tmp_path / "a.xls"
    file.write_text(f"<meta charset=utf-8>{around.format(styles)}<table><tr>{row}</table>", encoding="utf-8")
    return read_grids(file)[0]


UNIT = 'mso-number-format:"0\\0022万吨\\0022"'
GONE = "display:none"


@pytest.mark.parametrize(
    "selector",
    [
        "td:nth-child(9)",
        "td:not(.a, .y)",
        ".w:hover",
        "*:first-child",
        ":is(td)",
        "td[class]",
        "[class=w]",
        'td[class~="w"]',
        "tr td",
        "tr > .w",
        "td + td",
        ".W",
        "td::after",
        ".w!",
        "td.",
        "*|td",
        "& .w",
    ],
)
def test_a_selector_that_is_not_understood_refuses_a_page_where_it_may_bear_on_a_cell(tmp_path, selector):
    with pytest.raises(CheckFailed, match="may change what a cell shows") as refused:
        styled(tmp_path, f"{selector} {{{UNIT}}}", "<td class=w>5")
    assert f"{selector} {{mso-number-format}}" in refused.value.found and selector in refused.value.zh


@pytest.mark.parametrize(
    "style",
    [
        f"span:nth-child(9) {{{UNIT}}}",
        f"td .other {{{UNIT}}}",
        f"td[colspan] {{{UNIT}}}",
        f"#a:not(.y) {{{UNIT}}}",
        'td:not(.y) {mso-number-format:"0.00"; color:red; text-decoration:underline}',
        "tr:hover td {display:table-cell; visibility:visible; vertical-align:middle}",
        f"@media print {{td:hover {{{UNIT}}}}}",
        f"@page {{{UNIT}}} @font-face {{{UNIT}}} @keyframes a {{0% {{{GONE}}}}}",
        f"{'a-' * 16_000}! {{{GONE}}}",
        "tr {mso-height-source:auto} col {mso-width-source:auto} br {mso-data-placement:same-cell}",
        "v\\:* {behavior:url(#default#VML)} .style0 {mso-number-format:General} @page {margin:1in}",
        f"td, {'.x' * 90_000} {{color:red}}",
        f"{','.join(f'p.a{number}' for number in range(20_000))} {{{'display:block;' * 20_000}}}",
        "".join(f".a{number} {{{GONE}}}" for number in range(5_000)),
    ],
)
def test_a_selector_that_is_not_understood_is_passed_over_where_it_bears_on_no_cell(tmp_path, style):
    began = time.monotonic()
    assert styled(tmp_path, style, "<td class=w id=b>5").rows == [["5"]]
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    "around", ["@supports (a:b) {{{}}}", "@layer a {{{}}}", "@media (width>1px) {{{}}}", "td {{{}}}"]
)
def test_styles_of_which_nobody_can_tell_whether_they_apply_refuse_a_page_that_they_bear_on(tmp_path, around):
    assert styled(tmp_path, around.format(f".other {{{GONE}}}"), "<td>5").rows == [["5"]]
    with pytest.raises(CheckFailed, match="may change what a cell shows"):
        styled(tmp_path, around.format(f".h {{{GONE}}}"), "<td>9<span class=h>5</span>0")


@pytest.mark.parametrize(
    ("around", "shown"),
    [
        ("<style>@media screen, print {{{}}}</style>", "9\n0"),
        ("<style>@media only screen {{{}}}</style>", "9\n0"),
        ("<style>@media print, speech {{{}}}</style>", "90"),
        ("<style>@media print {{@media (a) {{{}}}}}</style>", "90"),
        ("<style media='all'>{}</style>", "9\n0"),
        ("<style media=print>{}</style>", "90"),
        ("<style><!--{}--></style>", "9\n0"),
        ("<style>td {{@media print {{{}}}}}</style>", "90"),
    ],
)
def test_styles_for_paper_do_not_apply_and_those_for_screens_do(tmp_path, around, shown):
    assert styled(tmp_path, f".h {{{GONE}}}", "<td>9<span class=h>0</span>", around=around).rows == [[shown]]


@pytest.mark.parametrize(
    "around",
    ["<!-- <style>{}</style> -->", "<style> <![CDATA[ {} ]]></style>", "<style>td {{@media screen {{{}}}}}</style>"],
)
def test_styles_within_a_comment_or_a_rule_may_apply(tmp_path, around):
    with pytest.raises(CheckFailed, match="may change what a cell shows"):
        styled(tmp_path, f".h {{{GONE}}}", "<td>9<span class=h>0</span>", around=around)


def test_what_a_block_within_a_rule_declares_may_be_declared_of_its_marks(tmp_path):
    with pytest.raises(CheckFailed, match="may change what a cell shows"):
        styled(tmp_path, f".h {{@media screen {{{GONE}}}}}", "<td>9<span class=h>0</span>")


@pytest.mark.parametrize(
    ("style", "part", "is_apart"),
    [
        (".h {display:none} span {display:inline}", "<span class=h>", True),
        ("span {display:none} .h {display:inline}", "<span class=h>", False),
        (".h {display:none!important} .g {display:inline}", '<span class="g h">', True),
        (".h {display:none} .g {display:inline}", '<span class="g h">', False),
        (".g {display:inline} .h {display:none}", '<span class="g h">', True),
        ("#a {display:none} .g {display:inline} .g.h {display:inline}", '<span id=a class="g h">', True),
        ("span.h {display:none} .g {display:inline}", '<span class="g h">', True),
        ("* {text-decoration:line-through} span {text-decoration:none}", "<span>", False),
        (".h {display:none!important}", '<span class=h style="display:inline">', True),
        (".h {display:none!important}", '<span class=h style="display:inline!important">', False),
        ("#a {display:none}", '<span id=a style="display:inline">', False),
        ("span, .h:hover {display:none}", "<span>", True),
        (".h/* a */.g {display:/* b */none}", '<span class="g h">', True),
        ("@media screen {.h {display:none}} span {display:inline}", "<span class=h>", True),
        (".\\31 h {display:none}", "<span class=1h>", True),
        ("SPAN {DISPLAY:NONE}", "<span>", True),
        (".h {visibility:collapse}", "<span class=h>", True),
        (".h {text-decoration-line:line-through} span {text-decoration:none}", "<span class=h>", True),
        (".h {vertical-align:3pt}", "<span class=h>", True),
        (".h {display:var(--a)}", "<span class=h>", True),
        ("", '<span style="visibility:VAR( --a )">', True),
        (".h {text-decoration:var(--a)}", "<span class=h>", True),
        (".h {vertical-align:-25%}", "<span class=h>", True),
        (".h {vertical-align:text-top}", "<span class=h>", True),
        (".h {vertical-align:0px}", "<span class=h>", False),
        (".h {vertical-align:middle}", "<span class=h>", False),
    ],
)
def test_of_several_styles_the_heavier_decides(tmp_path, style, part, is_apart):
    grid = styled(tmp_path, style, f"<td>9{part}0</span>")
    assert grid.rows == [["9\n0" if is_apart else "90"]]


def test_a_format_of_a_class_stands_before_that_of_all_cells(tmp_path):
    styles = f".w {{{UNIT}}} td {{mso-number-format:General}} td.x {{{UNIT}}} .y {{mso-number-format:General}}"
    assert styled(tmp_path, styles, '<td class=w>5<td class="x y">6<td>7').rows == [["5万吨", "6万吨", "7"]]


@pytest.mark.parametrize("style", ["visibility:hidden", "visibility:collapse", "display:none"])
def test_a_cell_or_a_row_that_is_out_of_sight_is_hidden(tmp_path, style):
    grid = styled(tmp_path, f".h {{{style}}}", "<td>1<td class=h>2<tr class=h><td>3<td class=h>4")
    assert (grid.hidden_rows, grid.hidden_columns) == ({1}, {1})


def test_styles_without_end_are_refused(tmp_path):
    file = tmp_path / "a.xls"
    file.write_text(f"<style>{'@media screen {' * 5000}</style><table><tr><td>1</table>", encoding="utf-8")
    with pytest.raises(CheckFailed, match="styles have no end"):
        read_grids(file)


@pytest.mark.parametrize("rule", ["td[a{}] {{display:none}}", 'td {{mso-number-format:"0{}x"}}'])
def test_more_rules_for_one_tag_than_anybody_writes_are_refused(tmp_path, rule):
    with pytest.raises(CheckFailed, match="more rules than anybody writes, the last td"):
        styled(tmp_path, "".join(rule.format(number) for number in range(10_000)), "<td>5")


def test_a_rule_that_a_page_repeats_for_each_of_its_tables_is_one(tmp_path):
    styles = f"td {{mso-number-format:General}} .w {{{UNIT}}} .x {{mso-number-format:General}}"
    assert styled(tmp_path, styles * 1000, "<td class=w>5<td class='x w'>6").rows == [["5万吨", "6"]]


def test_of_two_styles_in_one_mark_the_first_counts(tmp_path):
    cells = '<td>9<i style="display:none" style="color:red">0</i><td>9<i style="color:red" style="display:none">0</i>'
    assert styled(tmp_path, "", cells).rows == [["9\n0", "90"]]


@pytest.mark.parametrize("style", ["class=h", "hidden", "style='visibility:collapse'"])
def test_rows_and_columns_that_stand_together_are_hidden_together(tmp_path, style):
    columns = f"<colgroup><col><col {style} span=2></colgroup><colgroup {style}><col></colgroup><col>"
    body = f"<tbody {style}><tr><td>1<td>2<td>3<td>4<td>5<tr><td>6</tbody><tr><td>7<tfoot {style}><tr><td>8"
    grid = styled(tmp_path, f".h {{{GONE}}}", f"{columns}<tbody>{body}")
    kept = [row for row in grid.rows if any(row)]
    assert [row[0] for row in kept] == ["1", "6", "7", "8"] and kept[0][1:] == ["2", "3", "4", "5"]
    assert [grid.rows[row][0] for row in sorted(grid.hidden_rows)] == ["1", "6", "8"]
    assert grid.hidden_columns == {1, 2, 3}


def test_a_table_that_does_not_show_is_passed_over_as_a_hidden_sheet_is(tmp_path):
    around = "<style>{}</style><table class=h><tr><td>9<table><tr><td>8</table></table>"
    file = tmp_path / "a.xls"
    assert styled(tmp_path, "", "<td>5", around=around).rows == [["9"]]
    styled(tmp_path, f".h {{{GONE}}}", "<td>5", around=around)
    assert [(grid.is_hidden, grid.rows) for grid in read_grids(file)] == [(True, []), (True, []), (False, [["5"]])]


def test_a_page_of_which_no_table_shows_is_refused(tmp_path):
    with pytest.raises(CheckFailed) as refused:
        read_grids(raw(tmp_path / "a.xls", b"<meta charset=utf-8><table hidden><tr><td>5</table>"))
    assert "没有可见的表格" in refused.value.zh


def page(tmp_path, text):
    file = tmp_path / "a.xls"
    file.write_text(f"<meta charset=utf-8>{text}", encoding="utf-8")
    return read_grids(file)


@pytest.mark.parametrize(
    "styles",
    ["<link rel=Stylesheet href=a.css>", '<LINK href="a.css" rel="stylesheet">', "<style>@import url(a.css);</style>"],
)
@pytest.mark.parametrize("cells", ["<tr><td class=w>5", "<tr id=a><td>5", "<tr><td>9<span class=h>0</span>"])
def test_styles_in_another_file_refuse_a_page_whose_marks_they_may_mean(tmp_path, styles, cells):
    with pytest.raises(CheckFailed, match="may change what a cell shows") as refused:
        page(tmp_path, f"{styles}<table>{cells}</table>")
    assert "a.css" in refused.value.found and "无法判断是否适用的样式" in refused.value.zh


@pytest.mark.parametrize(
    "styles",
    [
        "<link rel=File-List href=stylesheet.xml>",
        f"<link {'rel=' * 15_000}>" * 20,
        "<link rel=stylesheet media=print href=a.css>",
        "<link rel='alternate stylesheet' href=a.css>",
    ],
)
def test_links_to_other_things_are_passed_over(tmp_path, styles):
    assert page(tmp_path, f"{styles}<table><tr><td class=w>5</table>")[0].rows == [["5"]]


def test_styles_in_another_file_bear_on_no_mark_without_class_and_name(tmp_path):
    text = "<link rel=stylesheet href=a.css><div class=b><table class=c><tr><td>5</table></div>"
    assert page(tmp_path, text)[0].rows == [["5"]]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<div style='display:none'>", "</div>"),
        ("<div hidden><div><p>单位：万吨</div>", "</div>"),
        ("<form class=h><p>", "</form>"),
        ("<table><tr><td>1<div class=h>", "</div></table>"),
        ("<table><tr><td>1<td hidden>", "</table>"),
        ("<table><tr><td>1<tr hidden><td>", "</table>"),
    ],
)
def test_a_table_within_what_does_not_show_is_hidden_and_the_next_is_not(tmp_path, before, after):
    style = f"<style>.h {{{GONE}}}</style>"
    grids = page(tmp_path, f"{style}{before}<table><tr><td>9</table>{after}<p>题<table><tr><td>5</table>")
    assert [grid.rows for grid in grids if not grid.is_hidden][-1] == [["题"], ["5"]]
    assert [grid.rows for grid in grids if grid.is_hidden] == [[]]


def test_a_mark_in_a_cell_that_never_ends_hides_nothing_beyond_the_cell(tmp_path):
    grids = page(tmp_path, "<table><tr><td>1<div hidden>2<td>3</table><table><tr><td>5</table>")
    assert [grid.is_hidden for grid in grids] == [False, False]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("<input value=5>", "5"),
        ("<input type=text value='1200'>吨", "1200\n吨"),
        ("<input value=5><input value=6>", "5\n6"),
        ("<input>", None),
        ("<input type=hidden value=5>7", "7"),
        ("<input value=5 style='display:none'>7", "7"),
        ("<input value=5 style='vertical-align:top; text-decoration:line-through'>", "5"),
        ("<input type=checkbox checked value=1>", "☑"),
        ("<input type=radio value=1>是", "○\n是"),
        ("<input type=password value=5>", "（密码框，无法读取）"),
        ("<select><option>一<option selected>二</select>", "二"),
        ("<select><option value=1>1</option><option value=2>2</option></select>", "（下拉框，未注明所选项）"),
        ("<select><option selected>1</option><option>2</option></select>吨", "1\n吨"),
        ("<textarea>5</textarea>", "5"),
    ],
)
def test_a_field_to_fill_in_says_what_it_shows_or_is_no_number(tmp_path, cell, shown):
    assert page(tmp_path, f"<table><tr><td>{cell}<td>8</table>")[0].rows == [[shown, "8"]]
