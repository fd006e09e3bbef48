"""Delimited text: which rows its quotation marks hold, and in how little memory it is read."""

from pathlib import Path

import pytest

from analytics.errors import CheckFailed
from analytics.ingest.grid import read_grids

HEAD = "市,县（市、区）,粪污产生量（吨）,综合利用量（吨）,备注\n"
LAST = "太原市,娄烦县,1,1,\n"


def written(file, text):
    file.write_bytes(text.encode())
    return file


@pytest.mark.parametrize(
    ("rows", "row"),
    [
        ('太原市,清徐县,10,8,"好\n太原市,阳曲县,20,15,好"\n', 2),
        ('太原市,清徐县,"10,8,\n太原市,阳曲县,20",15,\n', 2),
        (LAST + '太原市,清徐县,10,8,"好\n太原市,阳曲县,20,15,好\n太原市,晋源区,2,1,好\n太原市,小店区,2,1,好"\n', 3),
        ('太原市,清徐县,10,8,"好\r\n太原市,阳曲县,20,15,好"\r\n', 2),
        ('太原市,"清徐县,10,8,\n太原市,阳曲县,20,15,好"\n', 2),
        ('太原市,清徐县,10,8,"甲\n乙"\n' + LAST + '太原市,清徐县,10,8,"好\n太原市,阳曲县,20,15,好"\n', 4),
    ],
)
def test_a_quotation_mark_too_many_swallows_no_rows(tmp_path, rows, row):
    with pytest.raises(CheckFailed, match=f"row {row}: a cell between quotation marks holds") as caught:
        read_grids(written(tmp_path / "a.csv", HEAD + rows + LAST))
    assert f"第{row}行" in caught.value.zh and "可能多了一个引号" in caught.value.zh
    assert "↵" in caught.value.zh and caught.value.next_step.startswith("Take out the quotation mark")


@pytest.mark.parametrize(
    "rows",
    [
        '太原市,清徐县,10,8,"见附件\n太原市,阳曲县,20,15"\n',
        '太原市,清徐县,10,8,"见附件\n大同市,阳高县,甲,乙"\n',
        '"太原市,清徐县,10,8,无\n太原市,阳曲县,20,15"\n',
        '太原市,清徐县,10,8,"见附件\n太原市,阳曲县,20"\n',
        '太原市,清徐县,10,8,"见附件\n一是甲,二是乙\n太原市,阳曲县,20,15"\n',
        '太原市,清徐县,10,8,"见附件\r\n太原市,阳曲县,20,15"\r\n',
    ],
)
def test_a_row_without_its_remark_is_not_swallowed_either(tmp_path, rows):
    """A county stood in the remark of the one above it, and nobody heard of it."""
    with pytest.raises(CheckFailed, match="row 2: a cell between quotation marks holds"):
        read_grids(written(tmp_path / "a.csv", HEAD + rows + LAST * 8))


@pytest.mark.parametrize(
    "remark", ["见附件\n太原市,甲", "见附件\n甲,乙,丙", "存栏\n猪,500,400\n牛,30,20", "说明\n1,2,3", "甲,乙,丙,丁\n戊"]
)
def test_a_remark_of_several_lines_may_list_something(tmp_path, remark):
    (grid,) = read_grids(written(tmp_path / "a.csv", f'{HEAD}太原市,清徐县,10,8,"{remark}"\n{LAST * 8}'))
    assert (grid.rows[1][4], len(grid.rows)) == (remark, 10)


def test_a_short_row_of_a_wide_table_is_told_by_what_stands_in_its_columns(tmp_path):
    head = "市,县（市、区）,工程名称,计划投运日期,建设阶段,佐证等级,开工日期,完工日期,备注\n"
    rows = "太原市,娄烦县,甲,2021-12-01,已完工,文件,,,\n太原市,娄烦县,丙,2021-12-01,未开工,无,,,\n"
    swallowed = '太原市,清徐县,丁,2021-12-01,未开工,无,,,"见附件\n太原市,阳曲县,乙,2021-12-01,已完工,无"\n'
    with pytest.raises(CheckFailed, match="row 4: a cell between quotation marks holds"):
        read_grids(written(tmp_path / "a.csv", head + rows + swallowed))


@pytest.mark.parametrize(
    "remark", ["一是甲\n二是乙", "甲,乙\n丙,丁", "甲,乙,丙,丁,戊", "甲\n乙\n丙\n丁\n戊", "\n", "说“好”\n又说“好”"]
)
def test_a_cell_of_several_lines_stays_one(tmp_path, remark):
    (grid,) = read_grids(written(tmp_path / "a.csv", f'{HEAD}太原市,清徐县,10,8,"{remark}"\n{LAST}'))
    assert grid.rows[1] == ["太原市", "清徐县", "10", "8", (remark.strip() and remark) or None] and len(grid.rows) == 3


def test_a_row_of_two_cells_above_the_table_does_not_tell_how_long_rows_are(tmp_path):
    text = f'单位：吨,\n{HEAD}太原市,清徐县,10,8,"甲,乙\n丙,丁"\n{LAST * 10}'
    assert len(read_grids(written(tmp_path / "a.csv", text))[0].rows) == 13


def test_text_is_read_line_by_line_and_a_word_is_kept_once(tmp_path, monkeypatch):
    """A text, and each of its names in every row, took twice the memory of all the rest."""
    file = written(tmp_path / "a.csv", HEAD + LAST * 3)
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail("read as a whole"))
    (grid,) = read_grids(file)
    assert grid.rows[1][0] is grid.rows[3][0] and grid.rows[1] == ["太原市", "娄烦县", "1", "1", None]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_told_apart_however_they_end_in_every_encoding(tmp_path, encoding, end):
    (tmp_path / "a.csv").write_bytes("市,县\n甲,乙\n丙,丁".replace("\n", end).encode(encoding))
    (grid,) = read_grids(tmp_path / "a.csv")
    assert grid.rows == [["市", "县"], ["甲", "乙"], ["丙", "丁"]]


def test_a_mark_of_the_encoding_before_a_quotation_mark_is_no_part_of_the_first_cell(tmp_path):
    (tmp_path / "a.csv").write_bytes('\ufeff"市,名",县\n甲,乙\n'.encode("gb18030"))
    (grid,) = read_grids(tmp_path / "a.csv")
    assert grid.rows[0] == ["市,名", "县"]
