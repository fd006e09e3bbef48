"""What a page says around the cells of a table, and how the parts of a cell stand to each other."""

import json
import time

import pytest

from analytics.errors import CheckFailed
from analytics.ingest.grid import read_grids
from tests.unit.test_files import raw

HEAD = "<tr><th>市<th>县（市、区）<th>粪污产生量（吨）<th>综合利用量（吨）"
BARE = "<tr><th>市<th>县（市、区）<th>粪污产生量<th>综合利用量"
ROWS = "<tr><td>太原市<td>清徐县<td>6<td>5<tr><td>太原市<td>阳曲县<td>4<td>3"


def page(tmp_path, body):
    return raw(tmp_path / "a.xls", f"<html><meta charset=utf-8><body>{body}</body></html>".encode())


def table(head=HEAD, within=""):
    return f"<table>{within}{head}{ROWS}</table>"


UNIT_ABOVE = [
    ("<h3>情况</h3>", "<caption>单位：万吨</caption>"),
    ("", "<caption>情况<br>单位：万吨</caption>"),
    ("", "<div>单位：万吨</div>"),
    ("<p>单位：万吨</p>" + "".join(f"<p>第{n}行</p>" for n in range(20)), ""),
    ("<table><tr><td>单位：万吨</table>", ""),
    ("<table><tr><td>2021年情况<td>单位：万吨</table>", ""),
    ("<table><tr><td>单位：万吨<tr><td>", ""),
    ("<table><tr><td>单位：万吨<br>", ""),
]


@pytest.mark.parametrize(("before", "within"), UNIT_ABOVE)
def test_a_unit_above_the_rows_is_that_of_columns_that_name_none(tmp_path, staged, before, within):
    told = staged(page(tmp_path, before + table(BARE, within)), "manure")["manure_produced_t"]
    assert told.to_list() == [60000.0, 40000.0]


@pytest.mark.parametrize(
    "around",
    [
        *("{before}" + "<table>{within}{rows}</table>".replace("{within}", within) for _, within in UNIT_ABOVE[:3]),
        "<table><tr><td>单位：万吨</table><table>{rows}</table>",
        "<table>{rows}</table><p>注：以上数据单位为万吨</p>",
        "<table>{rows}</table><div>单位：万吨</div>",
        "<table>{rows}</td></tr>注：以上单位为万吨</table>",
        "<table>{rows}</table><table><tr><td>注：以上单位为万吨</table>",
        "<table>{rows}</table><p>注：单位为万吨</p><table><tr><td>1<td>2<td>3<td>4<td>5</table>",
        "<table><tr><td><table>{rows}</table><tr><td>注：单位为万吨</table>",
        "<table><tr><td><table>{rows}</table>注：单位为万吨</table>",
    ],
)
def test_a_unit_around_a_table_that_is_not_that_of_its_headings_refuses_the_file(tmp_path, staged, around):
    with pytest.raises(CheckFailed) as refused:
        staged(page(tmp_path, around.format(before="<h3>情况</h3>", rows=HEAD + ROWS)), "manure")
    assert "单位" in (refused.value.zh or "") and "万吨" in f"{refused.value.found} {refused.value.zh}"


@pytest.mark.parametrize("after", ["<p>版权所有</p>", "<div>打印本页</div>", "<table><tr><td>首页<td>末页</table>"])
def test_what_a_page_says_of_itself_is_no_part_of_a_table(tmp_path, staged, after):
    assert staged(page(tmp_path, table() + after), "manure")["manure_produced_t"].to_list() == [6.0, 4.0]


def test_a_note_below_a_table_is_told_as_one_below_its_rows(tmp_path):
    first, second = read_grids(
        page(tmp_path, table() + "<p>注：含规模以下</p><p>表二</p><table><tr><td>甲<td>5</table>")
    )
    assert first.rows[-1][0] == "注：含规模以下" and second.rows == [["表二", None], ["甲", "5"]]


def cell(tmp_path, content, styles=""):
    return read_grids(page(tmp_path, f"<style>{styles}</style><table><tr><td>{content}</table>"))[0].rows


@pytest.mark.parametrize(
    ("content", "styles"),
    [
        ('<span style="display:block">20</span><span style="display:block">1</span>', ""),
        ("20<span>1</span>", "td span {display:block}"),
        ("20<span class=r>1</span>", ".r {display:inline-block}"),
        ("20<span class=r>1</span>", ".r {float:right}"),
        ("20<span class=r>1</span>", ".r {margin-left:2em}"),
        ("20<span class=r>1</span>", ".r {padding:0 5px}"),
        ('20<span style="position:relative;top:-5px">1</span>', ""),
        ('20<span style="mso-text-raise:5pt">1</span>', ""),
        ('20<span style="mso-hide:all">1</span>', ""),
        ('20<span style="font-size:0">1</span>', ""),
        ('20<span style="opacity:0">1</span>', ""),
        ("<pre>20\n1</pre>", ""),
        ('<span style="white-space:pre-wrap">20\n1</span>', ""),
    ],
)
def test_parts_of_a_cell_that_are_not_seen_beside_each_other_are_parted(tmp_path, content, styles):
    assert cell(tmp_path, content, styles) == [["20\n1"]]


@pytest.mark.parametrize(
    ("content", "styles"),
    [
        ("20<span class=r>1</span>", ".r {color:red; font-size:9pt; margin:0; padding:0cm 0pt; float:none; opacity:1}"),
        ("20<span class=r>1</span>", ".r {display:inline; position:static; white-space:nowrap; mso-text-raise:0}"),
        ("20<span class=r>1</span>", '.x::after {content:"万"} .r::after {content:""}'),
    ],
)
def test_parts_of_a_cell_that_are_seen_beside_each_other_are_one(tmp_path, content, styles):
    assert cell(tmp_path, content, styles) == [["201"]]


def test_a_table_within_a_cell_parts_what_stands_around_it(tmp_path):
    outer, inner = read_grids(page(tmp_path, "<table><tr><td>5<table><tr><td>x</table>0000<td>7</table>"))
    assert (outer.rows, inner.rows) == ([["5\n0000", "7"]], [["x"]])


@pytest.mark.parametrize("mark", ["<td class=t>5", "<td><span class=t>5</span>"])
def test_a_style_that_writes_a_unit_behind_a_number_refuses_the_page(tmp_path, mark):
    with pytest.raises(CheckFailed, match="a style that may change what a cell shows"):
        read_grids(page(tmp_path, f'<style>.t::after {{content:"万吨"}}</style><table><tr>{mark}</table>'))


def test_parts_of_a_cell_of_the_network_that_a_style_moves_are_parted(tmp_path):
    published = {"thead": ["a"], "tbody": [['20<span style="display:block">1</span>']]}
    (grid,) = read_grids(raw(tmp_path / "a.json", json.dumps(published).encode()))
    assert grid.rows[1] == ["20\n1"]


def test_very_many_tables_within_a_cell_are_read_in_time_that_grows_with_them(tmp_path):
    def taken(count):
        file = page(tmp_path, "<table><tr><td>" + "x<table></table>" * count + "</table>")
        start = time.process_time()
        read_grids(file)
        return time.process_time() - start

    taken(100)
    assert taken(8000) < 30 * max(taken(1000), 0.02)
