"""Files of every kind to grids: read by what they are, or refused with what was found and what to do."""

import os
import struct
import zipfile
import zlib

import fastexcel
import polars as pl
import pytest
import xlsxwriter
from openpyxl import Workbook
from typer.testing import CliRunner

from analytics.cli import app
from analytics.errors import CheckFailed, SnapshotError
from analytics.ingest import Delivery
from analytics.ingest.compound import MAGIC, Streams
from analytics.ingest.grid import read_grids
from analytics.ingest.old_texts import lengths_of
from analytics.ingest.snapshot import identify
from tests.old_workbooks import OldSheet, compound, formula, old_workbook, record
from tests.unit.test_ingest import DAY, MANURE_HEAD, workbook

ROWS = [MANURE_HEAD, ["太原市", "清徐县", 10, 8], ["太原市", "阳曲县", 20, 15]]
READ = {"area_id": ["140121", "140122"], "manure_produced_t": [10.0, 20.0], "manure_used_t": [8.0, 15.0]}
PAGE = """<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"></head><body>
<style>td {{mso-number-format:"\\@"}}</style><table><tr><td colspan=4>情况表&nbsp;</td></tr>
<tr><th>{}<tr><td rowspan="2">太原市<td>清徐县<td>10<td>8</tr>
<tr style="display:none"><td>阳曲<br/>县</td><td>20</td><td> 15 </td></tr></table></body></html>"""

EXCEL_2003 = b"""<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet><Table></Table></Worksheet></Workbook>"""


def page(path, encoding="gb18030"):
    path.write_bytes(PAGE.format("<th>".join(MANURE_HEAD)).encode(encoding))
    return path


def text(path, encoding="utf-8"):
    path.write_bytes("\n".join(",".join(map(str, row)) for row in ROWS).encode(encoding))
    return path


def parquet(path):
    columns = dict(zip(MANURE_HEAD, zip(*ROWS[1:], strict=True), strict=True))
    pl.DataFrame(columns).write_parquet(path)
    return path


@pytest.mark.parametrize(
    ("write", "name"),
    [
        (lambda p: workbook(p, ROWS), "a.xlsx"),
        (lambda p: workbook(p, ROWS), "a.xls"),
        (lambda p: workbook(p, ROWS), "a.csv"),
        (lambda p: old_workbook(p, OldSheet("表1", ROWS)), "a.xls"),
        (lambda p: old_workbook(p, OldSheet("表1", ROWS)), "a.xlsx"),
        (page, "a.xls"),
        (page, "a.html"),
        (text, "a.csv"),
        (lambda p: text(p, "utf-8-sig"), "a.txt"),
        (lambda p: text(p, "gb18030"), "a.xls"),
        (text, "a.xlsx"),
        (parquet, "a.parquet"),
        (parquet, "a.csv"),
    ],
)
def test_a_table_is_read_by_what_the_file_is_whatever_it_is_called(tmp_path, staged, write, name):
    rows = staged(write(tmp_path / name), "manure")
    assert rows.select(*READ).to_dict(as_series=False) == READ


def test_an_old_workbook_tells_merged_cells_hidden_rows_hidden_sheets_and_errors(tmp_path):
    shown = OldSheet("表", [["题", None], ["甲", 1.5]], merges=[(0, 0, 0, 1)], hidden_rows=[1], errors=[(2, 1, 23)])
    grid, hidden = read_grids(old_workbook(tmp_path / "a.xls", shown, OldSheet("隐", [["x"]], is_hidden=True)))
    assert grid.rows == [["题", "题"], ["甲", "1.5"], [None, "#REF!"]]
    assert (grid.merged, grid.hidden_rows) == ({(0, 0), (0, 1)}, {1})
    assert (hidden.sheet, hidden.is_hidden) == ("隐", True)


@pytest.mark.parametrize("codes", [1252, 936, 0])
def test_texts_of_an_old_workbook_are_read_whatever_page_of_codes_it_names(tmp_path, codes):
    """Since Excel 97 they are in UTF-16; some programs name the codes of their machine."""
    (grid,) = read_grids(old_workbook(tmp_path / "a.xls", OldSheet("粪污", [["太原市", 1.5]]), codes=codes))
    assert (grid.sheet, grid.rows) == ("粪污", [["太原市", "1.5"]])


@pytest.mark.parametrize(
    ("number", "read"), [(2.8004e-6, "0.0000028004"), (-4e-10, "-0.0000000004"), (2e-5, "0.00002"), (0.1 + 0.2, "0.3")]
)
def test_of_a_small_number_of_an_old_workbook_no_decimals_are_cut(tmp_path, number, read):
    sheet = OldSheet("表", [[number, 0.0]], further=[formula(1, 0, number)])
    (grid,) = read_grids(old_workbook(tmp_path / "a.xls", sheet))
    assert grid.rows == [[read, "0"], [read, None]]


def test_bytes_of_a_short_stream_are_replaced_where_they_stand():
    """Such a stream lies in small sectors, here in the last of one sector of the file and the first of the next."""
    free, end, of_table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD

    def sector(*numbers):
        return struct.pack(f"<{len(numbers)}I", *numbers).ljust(512, b"\xff")

    def entry(name, kind, start, size):
        head = name.encode("utf-16-le").ljust(64, b"\0")
        return head + struct.pack("<HBBIII36xIQ", 2 * len(name) + 2, kind, 1, free, free, free, start, size)

    header = MAGIC + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I109I", 0, 1, 1, 0, 4096, 4, 1, end, 0, 0, *[free] * 108)
    directory = (entry("Root Entry", 5, 2, 1024) + entry("A", 2, 7, 128)).ljust(512, b"\0")
    content = (b"a" * 64 + b"b" * 64).rjust(9 * 64, b"\0").ljust(1024, b"\0")
    streams = Streams(header + sector(of_table, end, 3, end, end) + directory + content + sector(*[free] * 7, 8, end))
    assert streams.content("A") == b"a" * 64 + b"b" * 64
    assert Streams(streams.replaced("A", 63, b"xy")).content("A") == b"a" * 63 + b"xy" + b"b" * 63


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_rows_and_columns_of_no_size_are_told_as_hidden_ones(tmp_path, kind):
    if kind == "xls":
        sizes = [struct.pack("<HHHHHI", 1, 1, 0, 0, 0, 0), struct.pack("<HHHHHHI", 1, 0, 50, 0, 0, 0, 0)]
        further = [record(number, body) for number, body in zip((0x007D, 0x0208), sizes, strict=True)]
        further.append(record(0x0208, struct.pack("<HHHHHHI", 0, 0, 50, 0x80FF, 0, 0, 0)))
        file = old_workbook(tmp_path / "a.xls", OldSheet("表", [[1.0, 2.0], [3.0, 4.0]], further=further))
    else:
        cells = '<row r="1" ht="15"><c r="A1"><v>1</v></c></row><row r="2" ht="0"><c r="A2"><v>3</v></c></row>'
        file = sheet_xml(tmp_path / "a.xlsx", cells)
        columns = b'<cols><col min="1" max="1" width="9"/><col min="2" max="2" width="0" customWidth="1"/></cols>'
        with zipfile.ZipFile(file) as parts:
            content = {n: parts.read(n).replace(b"<sheetData>", columns + b"<sheetData>") for n in parts.namelist()}
        with zipfile.ZipFile(file, "w") as parts:
            for name, part in content.items():
                parts.writestr(name, part)
    (grid,) = read_grids(file)
    assert (grid.hidden_rows, grid.hidden_columns) == ({1}, {1})


def test_a_page_tells_spanned_cells_and_hidden_rows(tmp_path):
    (grid,) = read_grids(page(tmp_path / "a.xls"))
    assert grid.rows[0] == ["情况表"] * 4 and grid.rows[3] == ["太原市", "阳曲\n县", "20", "15"]
    assert grid.hidden_rows == {3} and {(2, 0), (3, 0)} <= grid.merged


def test_every_table_of_a_page_is_a_sheet_and_one_within_a_cell_is_not_part_of_it(tmp_path):
    file = tmp_path / "a.html"
    file.write_text("<table><tr><td>a<table><tr><td>b</table></table><table><tr><td>c", encoding="utf-8")
    assert [(g.sheet, g.rows) for g in read_grids(file)] == [("a", [["a"]]), ("a 2", [["b"]]), ("a 3", [["c"]])]


@pytest.mark.parametrize("told", ["undefined", "punycode", "utf-16", "no-such"])
def test_an_encoding_that_no_page_is_written_in_is_passed_over(tmp_path, told):
    file = text(tmp_path / "a.html").with_name("b.html")
    file.write_text(f"<meta charset={told}><table><td>甲</table>", encoding="utf-8")
    assert read_grids(file)[0].rows == [["甲"]]


def test_signs_that_open_no_tag_stay_in_a_published_cell(tmp_path):
    (grid,) = read_grids(raw(tmp_path / "a.json", b'{"thead": ["a"], "tbody": [["<b>1</b> < 2 <"]]}'))
    assert grid.rows == [["a"], ["1 < 2 <"]]


def test_a_parquet_column_that_is_no_cell_is_refused(tmp_path):
    pl.DataFrame({"甲": [[1, 2]]}).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(CheckFailed, match="column 甲 of type List"):
        read_grids(tmp_path / "a.parquet")


def sheet_xml(path, rows, *, after="", before="", namespace=""):
    """A workbook with this XML as the rows of its one sheet."""
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("表")
    with zipfile.ZipFile(path) as parts:
        content = {name: parts.read(name) for name in parts.namelist()}
    xmlns = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    p = f"{namespace}:" if namespace else ""
    opening = f'<{p}worksheet xmlns{":" + namespace if namespace else ""}="{xmlns}">'
    body = f'<?xml version="1.0"?>{before}{opening}<{p}sheetData>{rows}</{p}sheetData>{after}</{p}worksheet>'
    content["xl/worksheets/sheet1.xml"] = body.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, part in content.items():
            parts.writestr(name, part)
    return path


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/_rels/workbook.xml.rels", "worksheets/sheet2.xml", "worksheets/sheet9.xml"),
        ("xl/workbook.xml", 'name="乙"', 'name="乙\n乙"'),
    ],
)
def test_a_sheet_that_cannot_be_found_in_the_file_is_not_passed_over(tmp_path, part, old, new):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        for name in ("甲", "乙"):
            book.add_worksheet(name).write(0, 0, name)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as parts:
        content = {name: parts.read(name).decode("utf-8") for name in parts.namelist()}
    assert old in content[part]
    content[part] = content[part].replace(old, new)
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as parts:
        for name, text in content.items():
            parts.writestr(name, text)
    with pytest.raises(CheckFailed, match="乙"):
        read_grids(tmp_path / "b.xlsx")


def test_two_sheets_of_one_name_are_refused(tmp_path):
    """The reader of cells goes by the name: it would read the first twice."""
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        for name in ("甲", "乙"):
            book.add_worksheet(name).write(0, 0, name)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as parts:
        content = {n: parts.read(n).replace('name="乙"'.encode(), 'name="甲"'.encode()) for n in parts.namelist()}
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as parts:
        for n, kept in content.items():
            parts.writestr(n, kept)
    with pytest.raises(CheckFailed, match="it has two sheets 甲"):
        read_grids(tmp_path / "b.xlsx")


def test_a_part_is_found_however_its_name_is_written(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet("甲").write(0, 0, "甲")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as parts:
        content = {name: parts.read(name) for name in parts.namelist()}
    rels = "xl/_rels/workbook.xml.rels"
    content[rels] = content[rels].replace(b"worksheets/sheet1.xml", b"Worksheets/Sheet1.xml")
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as parts:
        for name, part in content.items():
            parts.writestr(name, part)
    (grid,) = read_grids(tmp_path / "b.xlsx")
    assert grid.rows == [["甲"]]


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [("900", "77", "900 and 77"), ("900", "900", 900.0), ("", "77", 77.0), ("77", "", 77.0)],
)
def test_what_stands_below_a_heading_that_is_merged_over_two_columns_is_not_lost(tmp_path, staged, first, second, said):
    file = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, MANURE_HEAD[:3])
        sheet.merge_range(0, 3, 0, 4, MANURE_HEAD[3])
        sheet.write_row(1, 0, ["太原市", "清徐县", "1000", first, second])
    if isinstance(said, float):
        assert staged(file, "manure")["manure_used_t"].to_list() == [said]
        return
    with pytest.raises(CheckFailed, match="Two columns") as caught:
        staged(file, "manure")
    assert said in caught.value.found and "两列都有内容" in caught.value.zh


@pytest.mark.parametrize("above", ["<p>单位：<b>万吨</b></p><table>", "<table><caption>单位：万吨</caption>"])
def test_what_stands_above_a_table_of_a_page_is_read_with_it(tmp_path, above):
    page_of = f"<meta charset=utf-8><title>Sheet1</title>{above}<tr><td>甲<td>乙</table>"
    (grid,) = read_grids(raw(tmp_path / "a.xls", page_of.encode()))
    assert grid.rows == [["单位：万吨", None], ["甲", "乙"]]


def test_cells_that_do_not_say_where_they_are_follow_one_another(tmp_path):
    rows = '<row><c><v>1</v></c><c r="C1"><v>2</v></c><c><f>3</f></c></row><row hidden="1"><c><v>4</v></c></row>'
    (grid,) = read_grids(sheet_xml(tmp_path / "a.xlsx", rows))
    assert grid.hidden_rows == {1} and grid.rows[1][0] == "4"
    assert grid.rows[0][:3] == ["1", None, "2"]


def test_elements_with_prefixes_are_looked_through_too(tmp_path):
    rows = '<x:row r="1" hidden="true"><x:c r="A1"><x:v>1</x:v></x:c><x:c r="B1" t="e"><x:v>#N/A</x:v></x:c></x:row>'
    merged = '<x:mergeCells><x:mergeCell ref="A1:A1"/></x:mergeCells>'
    file = sheet_xml(tmp_path / "a.xlsx", rows, after=merged, namespace="x")
    try:
        (grid,) = read_grids(file)
    except CheckFailed:
        pytest.fail("a workbook as some programs write it is refused")
    assert (grid.rows, grid.merged, grid.hidden_rows) == ([["1", "#N/A"]], {(0, 0)}, {0})


def test_formats_down_to_the_last_row_are_no_content(tmp_path, staged):
    book = Workbook()
    for row in ROWS:
        book.active.append(row)
    book.active["XFD1048576"].number_format = "0.00"
    book.save(tmp_path / "a.xlsx")
    assert staged(tmp_path / "a.xlsx", "manure").height == 2


def test_a_sheet_of_many_rows_is_looked_through_to_its_end_without_openpyxl(tmp_path, monkeypatch):
    monkeypatch.setattr("openpyxl.load_workbook", lambda *a, **k: pytest.fail("openpyxl loads the sheet"))
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        for row in range(30_000):
            sheet.write_row(row, 0, [row] * 12)
        sheet.write_formula(29_999, 12, "=1/0", None, "#DIV/0!")
        sheet.set_row(29_998, None, None, {"hidden": True})
        sheet.merge_range(29_998, 13, 29_999, 13, "合并")
    (grid,) = read_grids(tmp_path / "a.xlsx")
    assert grid.rows[29_999][12:] == ["#DIV/0!", "合并"] and grid.hidden_rows == {29_998}
    assert grid.merged == {(29_998, 13), (29_999, 13)}


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


def refused(file):
    with pytest.raises(CheckFailed) as caught:
        read_grids(file)
    assert caught.value.where == file.name and caught.value.expected and caught.value.next_step and caught.value.zh
    return caught.value.found


def part(path, name, content=b"x"):
    """A workbook with a further part."""
    workbook(path, ROWS)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr(name, content)
    return path


def raw(path, content):
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(("first", "is_taken"), [("", False), (' style="display:none"', True)])
def test_cells_of_a_page_that_do_not_show_are_a_column_or_the_table_is_refused(tmp_path, staged, first, is_taken):
    cells = [(MANURE_HEAD, first), (["太原市", "清徐县", "100", "80"], ' style="display:none"')]
    rows = "".join(f"<tr><td{unseen}>序号{''.join(f'<td>{c}' for c in row)}" for row, unseen in cells)
    file = raw(tmp_path / "a.xls", f"<meta charset=utf-8><table>{rows}</table>".encode())
    if is_taken:
        assert staged(file, "manure")["manure_used_t"].to_list() == [80.0]
    else:
        assert "a column in which others do not" in refused(file)


TWO_CITIES = """{"thead": ["a", "地市"], "tbody": [["<i title='所在地市:甲'>1</i>", "乙"]]}""".encode()
FILEPASS = record(0x002F, struct.pack("<HHH", 1, 1, 1))


@pytest.mark.parametrize(
    ("name", "write", "found"),
    [
        ("a.xlsx", lambda p: raw(p, b""), "an empty file"),
        ("a.xlsx", lambda p: raw(p, workbook(p, ROWS).read_bytes()[:-40]), "cut off"),
        ("a.xlsx", lambda p: raw(p, workbook(p, ROWS).read_bytes()[:2000]), "cut off"),
        ("a.xls", lambda p: raw(p, old_workbook(p, OldSheet("表", ROWS)).read_bytes()[:3000]), ""),
        ("a.xls", lambda p: raw(p, compound({})[:300]), ""),
        ("a.xlsx", lambda p: raw(p, compound({"EncryptedPackage": b"x", "EncryptionInfo": b"x"})), "password"),
        ("a.xls", lambda p: old_workbook(p, OldSheet("表", ROWS), further=FILEPASS), "password"),
        ("a.xlsx", lambda p: part(p, "xl/vbaProject.bin"), "macros"),
        ("a.xls", lambda p: raw(p, compound({"Workbook": b"", "_VBA_PROJECT": b""})), "macros"),
        ("a.xlsm", lambda p: workbook(p, ROWS), "a .xlsm file"),
        ("a.xls", lambda p: raw(p, compound({"WordDocument": b""})), "a Word document"),
        ("a.xlsx", lambda p: zipped(p, "word/document.xml"), "no workbook"),
        ("a.xlsx", lambda p: zipped(p, "xl/workbook.bin"), "binary workbook"),
        ("a.csv", lambda p: raw(p, b"%PDF-1.7\n"), "a PDF"),
        ("a.csv", lambda p: raw(p, bytes(range(256)) * 8), "of no text"),
        ("a.xls", lambda p: raw(p, b"<?xml version='1.0'?><Workbook/>"), "without a table"),
        ("a.xls", lambda p: raw(p, EXCEL_2003), "a spreadsheet of Excel 2003 in XML"),
        ("a.xlsx", lambda p: sheet_xml(p, "", before=LAUGHS), "DOCTYPE"),
        ("a.xlsx", lambda p: other_part(p, "xl/worksheets/sheet1.xml"), "written in UTF-9"),
        ("a.xlsx", lambda p: other_part(p, "xl/sharedStrings.xml"), "written in UTF-9"),
        ("a.xlsx", lambda p: sheet_xml(p, '<row r="1"><c r="A2"><v>1</v></c></row>'), "a cell A2 in row 1"),
        (
            "a.xlsx",
            lambda p: sheet_xml(p, '<v>1</v><row r="1"><c r="A1"><v>1</v></c></row>'),
            "v within sheetData in row 0",
        ),
        (
            "a.xlsx",
            lambda p: sheet_xml(p, "".join(f'<row r="{n}"><c r="A1"><v>1</v></c></row>' for n in (1, 2))),
            "a cell A1 in row 2",
        ),
        ("a.xlsx", lambda p: sheet_xml(p, '<row r="1">' + "<c><v>1</v></c>" * 20_000 + "</row>"), "a column"),
        ("a.xlsx", lambda p: sheet_xml(p, '<row r="7">' + '<c r="A7"><v/></c>' * 90_000 + "</row>"), "cells in row 7"),
        ("a.xlsx", lambda p: sheet_xml(p, '<row r="1"><c r="A1"><v>1</v></row>'), "mismatched tag"),
        ("a.xlsx", lambda p: sheet_xml(p, '<row r="1048577"><c r="A1048577"><v>1</v></c></row>'), "a row 1048577"),
        ("a.parquet", lambda p: raw(p, b"PAR1" + b"\0" * 200), ""),
        ("a.xlsx", lambda p: raw(p, b"PAR1PAR1"), ""),
        ("a.json", lambda p: raw(p, b"[" * 100_000), "RecursionError"),
        ("a.csv", lambda p: raw(p, b'a,"' + b"b" * (1 << 20 | 1)), "field larger than"),
        ("a.xls", lambda p: raw(p, b"<table>" + b"<a " * 30_000), "mark of more than"),
        ("a.xls", lambda p: raw(p, b"<table><td" + b" a=1" * 30_000 + b">1</table>"), "mark of more than"),
        ("a.json", lambda p: raw(p, b'{"thead": ["a"], "tbody": [["1"]], "tbody": []}'), "tbody stands there twice"),
        ("a.json", lambda p: raw(p, b'{"thead": ["a", "a"], "tbody": []}'), "a stands there twice"),
        ("a.json", lambda p: raw(p, TWO_CITIES), "地市 stands there twice"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_it_is(tmp_path, name, write, found):
    assert found in refused(write(tmp_path / name))


def other_part(path, name):
    """A workbook of which one part says that it is in an encoding that there is not."""
    with zipfile.ZipFile(workbook(path, ROWS)) as parts:
        content = {n: parts.read(n) for n in parts.namelist() if n != name}
    with zipfile.ZipFile(path, "w") as parts:
        for n, kept in content.items():
            parts.writestr(n, kept)
        parts.writestr(name, '<?xml version="1.0" encoding="UTF-9"?><sst/>')
    return path


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_workbook_of_which_a_byte_was_changed_underway_is_refused_and_sent_back(tmp_path, packing):
    sheet = "xl/worksheets/sheet1.xml"
    file = workbook(tmp_path / "a.xlsx", [MANURE_HEAD, ["太原市", "清徐县", 10, 8]])
    with zipfile.ZipFile(file) as parts:
        content = {name: parts.read(name) for name in parts.namelist()}
    with zipfile.ZipFile(file, "w", packing) as parts:
        for name, kept in content.items():
            parts.writestr(name, kept)
        begins = parts.getinfo(sheet).header_offset + 30 + len(sheet)
    whole = bytearray(file.read_bytes())
    at = whole.index(b"<v>10</v>") + 3 if packing == zipfile.ZIP_STORED else begins + 20
    whole[at] ^= 0x08  # 10 becomes 90, or the packed bytes say another thing
    file.write_bytes(whole)
    args = ["receive", str(file), "--source", "manure", "--period", "2021", "--root", str(tmp_path / "w")]
    result = CliRunner().invoke(app, args)
    assert isinstance(result.exception, CheckFailed | SystemExit) and result.exit_code, result.output
    assert "文件已损坏或不完整" in result.output and "defect" not in result.output
    assert len(list((tmp_path / "w/reports/build/slips").glob("退回单-*.xlsx"))) == 1


def zipped(path, name):
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr(name, "x")
    return path


def test_a_bomb_whose_records_lie_about_its_size_is_refused_by_counting(tmp_path, monkeypatch):
    monkeypatch.setattr("analytics.ingest.sheet.MAX_UNPACKED", 1_000_000)
    file = part(tmp_path / "a.xlsx", "xl/media/blank.bin", bytes(3_000_000))
    with zipfile.ZipFile(file) as parts:
        told = parts.getinfo("xl/media/blank.bin")
    lied = file.read_bytes().replace(struct.pack("<I", told.file_size), struct.pack("<I", 100))
    lied = lied.replace(struct.pack("<I", told.CRC), struct.pack("<I", zlib.crc32(bytes(100))))
    file.write_bytes(lied)
    monkeypatch.setattr(fastexcel, "read_excel", lambda *a: pytest.fail("read before it was counted"))
    assert "more than 1,000,000 bytes when unpacked" in refused(file)


def test_a_bomb_that_says_so_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("analytics.ingest.sheet.MAX_UNPACKED", 1_000_000)
    monkeypatch.setattr(zlib, "decompressobj", lambda *a: pytest.fail("unpacked"))
    assert "when unpacked" in refused(part(tmp_path / "a.xlsx", "xl/media/blank.bin", bytes(3_000_000)))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", "<table><tr><td colspan=65000>a<td colspan=65000>b<td colspan=65000>c</table>"),
        ("a.html", "<table>" + "<tr><td rowspan=60000>a" * 50),
        ("a.csv", ",,,,,,,,,\n" * 200),
    ],
)
def test_a_table_beyond_measure_is_refused(tmp_path, monkeypatch, name, content):
    for module in ("sheet", "delimited"):
        monkeypatch.setattr(f"analytics.ingest.{module}.MAX_CELLS", 1_000)
    assert refused(raw(tmp_path / name, content.encode()))


def test_cells_merged_over_one_another_without_end_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("analytics.ingest.sheet._MAX_MERGED", 10)
    merges = "".join('<mergeCell ref="A1:B2"/>' for _ in range(3))
    rows = "".join(f'<row r="{r}"><c r="A{r}"><v>1</v></c><c r="B{r}"><v>1</v></c></row>' for r in (1, 2))
    assert "merged" in refused(sheet_xml(tmp_path / "a.xlsx", rows, after=f"<mergeCells>{merges}</mergeCells>"))


def test_a_stray_cell_of_an_old_workbook_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("analytics.ingest.sheet.MAX_CELLS", 100)
    rows = [["a"], *[[]] * 60, [None, "b"]]
    assert "reaches to row 62, column 2" in refused(old_workbook(tmp_path / "a.xls", OldSheet("表", rows)))


def test_too_large_a_file_is_told_before_it_is_copied_or_summed(tmp_path, monkeypatch):
    monkeypatch.setattr("analytics.ingest.snapshot.MAX_BYTES", 10)
    monkeypatch.setattr("analytics.ingest.snapshot.sha256_of", lambda file: pytest.fail("summed"))
    with pytest.raises(SnapshotError, match="too large") as caught:
        identify(raw(tmp_path / "a.csv", b"x" * 11), Delivery("manure", DAY))
    assert caught.value.found == "11 bytes" and caught.value.next_step


def test_a_part_that_lies_outside_the_file_is_refused(tmp_path):
    whole = workbook(tmp_path / "a.xlsx", ROWS).read_bytes()
    assert "outside the file" in refused(raw(tmp_path / "a.xlsx", whole[:8] + whole[9:]))


def test_one_long_text_in_very_many_cells_is_refused_before_each_has_its_own(tmp_path, monkeypatch):
    rows = [MANURE_HEAD, *[["太原市" * 4000, "清徐县", 1, 1]] * 100]
    file = workbook(tmp_path / "a.xlsx", rows)
    read_grids(file)
    monkeypatch.setattr("analytics.ingest.sheet.MAX_UNPACKED", 1_000_000)
    monkeypatch.setattr(fastexcel, "read_excel", lambda *a: pytest.fail("read before it was counted"))
    assert "1,200,323 characters in all cells" in refused(file)
    few = workbook(tmp_path / "b.xlsx", [*rows[:2], *[["太原市", "清徐县", 1, 1]] * 100])
    monkeypatch.undo()
    monkeypatch.setattr("analytics.ingest.sheet.MAX_UNPACKED", 100_000)
    assert len(read_grids(few)[0].rows) == 102


def shared_texts(*texts, split=0):
    """The table of texts that cells of an .xls share, its bytes after `split` in a record that continues it."""
    body = struct.pack("<II", len(texts), len(texts))
    body += b"".join(struct.pack("<HB", len(t), 1) + t.encode("utf-16-le") for t in texts)
    if not split:
        return record(0x00FC, body)
    return record(0x00FC, body[:split]) + record(0x003C, b"\x01" + body[split:])


def test_fonts_and_readings_beside_a_shared_text_are_passed_over():
    rich = struct.pack("<HBH", 2, 0x08, 1) + b"ab" + bytes(4)
    spoken = struct.pack("<HBI", 3, 0x05, 6) + "甲乙丙".encode("utf-16-le") + bytes(6)
    parts = [struct.pack("<II", 3, 3) + rich + spoken[:-2], spoken[-2:] + struct.pack("<HB", 1, 0) + b"x"]
    assert lengths_of(parts) == [2, 3, 1]


def with_shared_text(path, times, *, length, split=0):
    """An .xls with a table, and so many cells beside it that share one text of that length."""
    cells = [record(0x00FD, struct.pack("<HHHI", 5 + n // 50, n % 50, 0, 1)) for n in range(times)]
    sheet = OldSheet("表", [["市", "县（市、区）"], ["太原市", "清徐县"]], further=cells)
    return old_workbook(path, sheet, further=shared_texts("甲", "长" * length, split=split))


@pytest.mark.parametrize("split", [0, 30])
def test_one_long_text_that_very_many_cells_of_an_old_workbook_share_is_refused(tmp_path, monkeypatch, split):
    monkeypatch.setattr("analytics.ingest.sheet.MAX_UNPACKED", 100_000)
    path = with_shared_text(tmp_path / "a.xls", 101, length=1000, split=split)
    with pytest.raises(CheckFailed, match="101,000 characters in all cells") as caught:
        read_grids(path)
    assert caught.value.zh == "文件中的文字过长，不予接收；请只保留报表本身后重新报送"
    (grid,) = read_grids(with_shared_text(tmp_path / "b.xls", 100, length=1000, split=split))
    assert grid.rows[5][0] == "长" * 1000


def test_one_long_text_in_very_many_rows_of_parquet_is_refused(tmp_path, monkeypatch):
    pl.DataFrame({"甲": ["乙" * 1000] * 1000}).write_parquet(tmp_path / "a.parquet")
    monkeypatch.setattr("analytics.ingest.sheet.MAX_UNPACKED", 100_000)
    assert refused(tmp_path / "a.parquet").startswith("1,000,000 characters")


def test_a_file_whose_name_is_no_text_is_refused_before_anything_is_written(desk, tmp_path):
    file = raw(tmp_path / os.fsdecode(b"\xb7\xe0.csv"), b"a\n1\n")
    with pytest.raises(SnapshotError, match="not written in UTF-8") as caught:
        desk.hand_in_file("manure", file, period="2021")
    assert caught.value.where == "??.csv" and not [f for f in desk.workspace.root.rglob("*") if f.is_file()]
    told = CliRunner().invoke(app, ["receive", str(file), "--root", str(desk.workspace.root), "--lang", "en"])
    assert "??.csv: not received" in told.stdout and told.exit_code == 5


@pytest.mark.parametrize("name", ["a\nb.csv", "a\x1b[31mb.csv"])
def test_a_name_that_cannot_be_printed_in_one_line_is_refused_and_shown_without_it(tmp_path, name):
    file = tmp_path / name
    file.write_bytes(b"x")
    with pytest.raises(SnapshotError, match="cannot be printed") as caught:
        identify(file, Delivery("manure", DAY))
    assert caught.value.where == "".join("?" if sign in "\n\x1b" else sign for sign in name)


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("市,县\n太原市,清徐县\n".encode("gb18030") + b"\xff\xff,1\n", 3),
        ("市,县\n太原市,小店\0区\n太原市,清徐县\n".encode(), 2),
        ('市,县\n太原市,小店区\n太原市,"迎泽区\n太原市,清徐县\n'.encode(), 3),
    ],
    ids=["bytes of no text", "a null", "an open quotation"],
)
def test_text_that_cannot_be_read_is_told_with_its_line(tmp_path, raw, line):
    file = tmp_path / "a.csv"
    file.write_bytes(raw)
    with pytest.raises(CheckFailed) as caught:
        read_grids(file)
    assert f"第{line}行起" in caught.value.zh
