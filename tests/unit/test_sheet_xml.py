"""The XML of a worksheet: whatever form it has, a cell is read whole and as it stands, or the file is refused."""

import zipfile

import pytest

from analytics.errors import CheckFailed
from analytics.ingest import sheet_xml
from analytics.ingest.grid import read_grids
from analytics.ingest.number_formats import shown_by
from analytics.ingest.sheet_walk import Looks
from analytics.ingest.xml_parts import Malformed
from tests.unit.test_files import sheet_xml as workbook_of


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("<c><v>9&#48;0.5</v></c>", "900.5"),
        ("<c><v>&#57;</v></c>", "9"),
        ("<c><v><![CDATA[900]]></v></c>", "900"),
        ("<c><v>9<!-- a -->00</v></c>", "900"),
        ("<c><v>9<?a b?>00</v></c>", "900"),
        ('<c t="str"><v>9&#48;0&amp;</v></c>', "900&"),
        ('<c t="b"><v>&#49;</v></c>', "true"),
        ("<c><f>A&#49;+9</f><v><![CDATA[5]]></v></c>", "5"),
        ('<c s="1"><v>0.7&#56;5</v></c>', "0.785"),
    ],
)
def test_a_value_that_stands_in_pieces_is_read_whole(tmp_path, cell, shown):
    rows = f'<row r="1"><c><v>7</v></c>{cell}</row><row r="3">{cell}</row>'
    (grid,) = read_grids(workbook_of(tmp_path / "a.xlsx", rows))
    assert grid.rows[0] == ["7", shown] and grid.rows[2][0] == shown


@pytest.mark.parametrize("value", ["4456&#53;", "445<!-- a -->65"])
def test_nobody_knows_the_day_of_a_number_in_pieces(tmp_path, value):
    """The reader of days takes a part of it: 4456 is a day of 1912."""
    rows = f'<row r="1"><c><v>44565</v></c></row><row r="2"><c><v>{value}</v></c></row>'
    (grid,) = read_grids(workbook_of(tmp_path / "a.xlsx", rows))
    assert grid.rows[1] == ["44565"]
    assert list(grid.days(0)) == ["2022-01-04 00:00:00", None]


@pytest.mark.parametrize("length", [1, 7, 1000])
def test_a_value_in_pieces_is_found_wherever_the_file_is_cut(length):
    rows = '<row r="1"><c r="A1"><v>12</v></c><c r="B1"><v xml:space="preserve">9&#48;0</v></c></row>'
    content = f"<worksheet><sheetData>{rows}</sheetData></worksheet>".encode()
    cut = [content[start : start + length] for start in range(0, len(content), length)]
    assert sheet_xml.scan(lambda: cut, Looks()).layout.seen == {(0, 1): "900"}


def test_the_number_of_a_shared_text_in_pieces_is_refused(tmp_path):
    file = workbook_of(tmp_path / "a.xlsx", '<row r="1"><c r="A1" t="s"><v>&#48;</v></c></row>')
    with pytest.raises(CheckFailed, match="in pieces in the cell A1"):
        read_grids(file)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (" 1 ", "the number of its text is ' 1 ' in the cell A1"),
        ("1\n", "in the cell A1"),
        ("+1", "in the cell A1"),
        ("1.0", "in the cell A1"),
        ("x", "in the cell A1"),
        ("1234567890", "in the cell A1"),
        ("0</v><v>1", "two values of one cell in row 1"),
    ],
)
def test_the_number_of_a_shared_text_that_is_none_is_refused(tmp_path, value, found):
    file = workbook_of(tmp_path / "a.xlsx", f'<row r="1"><c r="A1" s="0" t="s"><v>{value}</v></c></row>')
    with pytest.raises(CheckFailed) as refused:
        read_grids(file)
    assert found in refused.value.found


@pytest.mark.parametrize("length", [1, 7, 1000])
def test_the_number_of_a_shared_text_is_found_wherever_the_file_is_cut(length):
    def scanned(*values):
        cells = "".join(f'<c r="{name}1" t="s"><v>{value}</v></c>' for name, value in zip("AB", values, strict=True))
        content = f'<worksheet><sheetData><row r="1">{cells}</row></sheetData></worksheet>'.encode()
        cut = [content[start : start + length] for start in range(0, len(content), length)]
        return sheet_xml.scan(lambda: cut, Looks(marked={"7": "7¹"})).layout.seen

    assert scanned("12", "07") == {(0, 1): "7¹"}
    with pytest.raises(Malformed, match="'1 2' in the cell B1"):
        scanned("12", "1 2")


@pytest.mark.parametrize("length", [1, 2, 64])
def test_a_plain_sheet_is_walked_through_once_wherever_it_is_cut(length):
    content = b'<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>120</v></c><c r="B1"><v>3</v></c></row></sheetData>'
    cut = [content[start : start + length] for start in range(0, len(content), length)] + [b"</worksheet>"]
    walks = []
    assert sheet_xml.scan(lambda: walks.append(1) or cut, Looks()).columns == 2
    assert len(walks) == 1


@pytest.mark.parametrize(
    "cells",
    [
        '<c r="A1"><v>9</v><v>00</v></c>',
        '<c r="A1"><v>9</v></c><c r="A1"><v>8</v></c>',
        '<c r="A1" t="inlineStr"><is><t>9</t></is><v>8</v></c>',
        '<c r="A1"><v>9</v></c><c r="B1"><v>9</v></c><c r="A1"><v>8</v></c>',
    ],
)
def test_a_cell_with_two_values_is_refused(tmp_path, cells):
    with pytest.raises(CheckFailed, match="two values of one cell in row 1"):
        read_grids(workbook_of(tmp_path / "a.xlsx", f'<row r="1">{cells}</row>'))


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="5"><c r="A5"><v>9</v></c></row><row r="5"><c r="A5"><v>8</v></c></row>',
        '<row r="5"><c r="A5"><v>9</v></c></row><row r="6"/><row r="5"><c r="B5"><v>8</v></c></row>',
        '<row r="6"><c r="A6"><v>9</v></c></row><row r="5"/><row><c><v>8</v></c></row>',  # the row after 5
    ],
)
def test_a_row_that_stands_there_twice_refuses_the_file(tmp_path, rows):
    """One would overwrite the other."""
    with pytest.raises(CheckFailed, match=r"it has two rows [56]") as caught:
        read_grids(workbook_of(tmp_path / "a.xlsx", rows))
    assert "文件已损坏" in caught.value.zh


def test_rows_in_another_order_are_read_each_in_its_place(tmp_path):
    rows = '<row r="2"><c r="A2"><v>9</v></c></row><row r="1"><c r="A1"><v>8</v></c></row>'
    (grid,) = read_grids(workbook_of(tmp_path / "a.xlsx", rows))
    assert grid.rows == [["8"], ["9"]]


TEXTS = "<sst><si><t>50000</t></si><si><t>1000</t></si></sst>"


def with_texts(tmp_path, cell, texts=TEXTS):
    """A workbook with this cell after one that shares the second of two texts."""
    file = workbook_of(tmp_path / "a.xlsx", f'<row r="1"><c r="A1" t="s"><v>1</v></c>{cell}</row>')
    with zipfile.ZipFile(file) as parts:
        content = {name: parts.read(name) for name in parts.namelist()}
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    relations = "xl/_rels/workbook.xml.rels"
    told = f'<Relationship Id="rIdTexts" Type="{kind}" Target="sharedStrings.xml"/></Relationships>'
    content[relations] = content[relations].replace(b"</Relationships>", told.encode())
    content["xl/sharedStrings.xml"] = texts.encode()
    with zipfile.ZipFile(file, "w") as parts:
        for name, part in content.items():
            parts.writestr(name, part)
    return file


@pytest.mark.parametrize(
    "opening",
    [
        '<c r="B1" t="s">',
        "<c r='B1' t = 's' >",
        '<c t="s" r="B1">',
        '<c r="B1" t="s" s="0">',
        '<c r="B1" t="s" spans="a>b">',
        f'<c r="B1" t="s" u="{300 * "x"}">',
        '<c r="B1" t="s"><!-- a -->',
        '<c r="B1" t="s"><?a b?>',
        '<c r="B1" t="s">\n',
        '<c r="B1" t="s">text',
        '<c r="B1" t="s"><f>A1</f>',
    ],
)
@pytest.mark.parametrize(
    ("value", "read"), [("<v>1</v>", "1000"), ("<v>0</v>", "50000"), ("<v> 1 </v>", None), ("<v>x</v>", None)]
)
def test_a_shared_text_is_the_one_of_its_number_however_its_cell_is_written(tmp_path, opening, value, read):
    """Of anything but a number the reader of cells makes the first text."""
    file = with_texts(tmp_path, f"{opening}{value}</c>")
    if read is None:
        with pytest.raises(CheckFailed, match=r"the number of its text is .* in the cell B1"):
            read_grids(file)
    else:
        assert read_grids(file)[0].rows == [["1000", read]]


@pytest.mark.parametrize("prefix", ["x", "表"])
@pytest.mark.parametrize("value", ["9&#48;0", "9<!-- a -->00", "<![CDATA[900]]>", "900"])
def test_a_value_under_a_prefix_is_read_whole(tmp_path, prefix, value):
    p = f"{prefix}:"
    rows = f'<{p}row r="1"><{p}c r="A1"><{p}v>{value}</{p}v></{p}c></{p}row>'
    (grid,) = read_grids(workbook_of(tmp_path / "a.xlsx", rows, namespace=prefix))
    assert grid.rows == [["900"]]


def test_a_shared_text_with_elements_within_is_refused(tmp_path):
    """The reader of cells takes 1 for it."""
    with pytest.raises(CheckFailed, match="it has t within a text that cells share"):
        read_grids(with_texts(tmp_path, "", TEXTS.replace("1000", "1<t/>000")))


def test_a_sort_of_cell_in_pieces_is_refused(tmp_path):
    with pytest.raises(CheckFailed, match="Unknown cell 't' attribute"):
        read_grids(with_texts(tmp_path, '<c r="B1" t="&#115;"><v>x</v></c>'))


def test_the_number_of_a_shared_text_under_a_prefix_that_is_none_is_refused(tmp_path):
    rows = '<表:row r="1"><表:c r="A1" t="s"><表:v> 1 </表:v></表:c></表:row>'
    with pytest.raises(CheckFailed, match="the number of its text is ' 1 ' in the cell A1"):
        read_grids(workbook_of(tmp_path / "a.xlsx", rows, namespace="表"))


GOOD = '<row r="1"><c r="A1"><v>1</v></c></row>'


@pytest.mark.parametrize(
    ("rows", "after", "found"),
    [
        (GOOD, '<sheetData><row r="2"><c r="A2"><v>2</v></c></row></sheetData>', "its rows stand in two parts"),
        (GOOD, '<row r="2"><c r="A2"><v>2</v></c></row>', "a row or cell outside of its rows"),
        ("<!-- a -->" + GOOD, '<row r="2"><c r="A2"><v>2</v></c></row>', "a row or cell outside of its rows"),
        ('<row r="1"><c r="A1"/><v>5</v></row>', "", "it has v within row in row 1"),
        ('<row r="1"><c r="A1"></c> <v>5</v></row>', "", "it has v within row in row 1"),
        ('<c r="A1"/><row r="1"><c><v>5</v></c></row>', "", "it has c within sheetData in row 0"),
        ('<row r="1"><c r="A1"/></row><v>5</v>', "", "it has v within sheetData in row 1"),
        ('<row r="1"><c r="A1"><f t="array"><v>5</v></f></c></row>', "", "it has v within f in row 1"),
        ('<row r="1"><c r="A1"><v>1<t/>2</v></c></row>', "", "it has t within v in row 1"),
        ('<row r="1"><c r="A1"><v>5</v><f>1</f></c></row>', "", "before its formula in the cell A1"),
        ('<row r="1"><c r="A1" t="inlineStr"><is><c r="B1"><v>5</v></c></is></c></row>', "", "it has c within is"),
        ('<row r="1"><c r="A1" t="inlineStr"><is><t>1<t/>2</t></is></c></row>', "", "it has t within t in row 1"),
        ('<row r="1"><c r="A1" t="inlineStr"><v>5</v></c></row>', "", "where a value belongs in the cell A1"),
        ('<row r="1"><c r="A1"><a><v>5</v></a></c></row>', "", "it has v within a in row 1"),
        ('<row r="1"><c r="A1" t="b"><v>perhaps</v></c></row>', "", "sheet 表"),
    ],
)
def test_what_the_reader_of_cells_would_pass_over_refuses_the_file(tmp_path, rows, after, found):
    with pytest.raises(CheckFailed) as refused:
        read_grids(workbook_of(tmp_path / "a.xlsx", rows, after=after))
    assert found in refused.value.found


@pytest.mark.parametrize("error", ["#SPILL!", "#CALC!", "#GETTING_DATA"])
def test_an_error_that_the_reader_of_cells_does_not_know_is_named_with_its_cell(tmp_path, error):
    rows = f'<row r="2"><c r="C2" t="e"><f>A1</f><v>{error}</v></c></row>'
    with pytest.raises(CheckFailed) as refused:
        read_grids(workbook_of(tmp_path / "a.xlsx", rows))
    assert f"the error {error} stands in the cell C2" in refused.value.found
    assert refused.value.zh == f"工作表“表”：C2 是错误值 {error}，无法读取；请改正公式，或只填结果，重新报送"


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("2.8004E-6", "0.0000028004"),
        ("2.8004e-06", "0.0000028004"),
        ("-0.0000000004", "-0.0000000004"),
        ("4E-10", "0.0000000004"),
        ("0.00000123456789", "0.00000123456789"),
        ("2.0000000000000002E-5", "0.00002"),
        ("7.0000000000000007E-2", "0.07"),
        ("0.30000000000000004", "0.3"),
        ("1E-999", "0"),
    ],
)
def test_of_a_small_number_no_decimals_are_cut(tmp_path, value, read):
    """The smallest limit is that of methylmercury, 0.000001 mg/L."""
    rows = f'<row r="1"><c r="A1" t="n"><v>{value}</v></c><c r="B1"><f>A1</f><v>{value}</v></c></row>'
    (grid,) = read_grids(workbook_of(tmp_path / "a.xlsx", rows))
    assert grid.rows == [[read, read]]


@pytest.mark.parametrize("value", ["true", "false", " 0 ", "1"])
def test_yes_and_no_are_read_in_all_their_spellings(tmp_path, value):
    (grid,) = read_grids(workbook_of(tmp_path / "a.xlsx", f'<row r="1"><c r="A1" t="b"><v>{value}</v></c></row>'))
    assert grid.rows == [["true" if value in ("true", "1") else "false"]]


@pytest.mark.parametrize(
    "row",
    [
        '<row r="3"><c r="B3" s="1"/><c r="B3"><v>5</v></c></row>',
        '<row r="3"><c r="B3"><v>5</v></c><c r="B3" s="1"/></row>',
        '<row r="3"><c r="B3"><v>5</v></c><c r="B4" s="1"/></row>',
    ],
)
def test_an_empty_cell_lays_its_style_on_no_other(row):
    content = f"<worksheet><sheetData>{row}</sheetData></worksheet>".encode()
    percent = shown_by("0%")
    assert percent is not None
    assert sheet_xml.scan(lambda: [content], Looks(shown={"1": percent})).layout.shown == {}


def test_a_formula_of_another_row_refuses_the_sheet():
    row = '<row r="3"><c r="B4"><f>A1</f></c><c r="B3"><v>5</v></c></row>'
    content = f"<worksheet><sheetData>{row}</sheetData></worksheet>".encode()
    with pytest.raises(Malformed, match="it has a cell B4 in row 3"):
        sheet_xml.scan(lambda: [content], Looks())


@pytest.mark.parametrize("length", [1, 7, 64, 1000])
@pytest.mark.parametrize(
    "row",
    [
        '<c r="A1" s="3" t="s"><v>120</v></c><c r="B1" t="s" s="1"><v>3</v></c><c r="C1"/>',
        '<c r="A1"><f>IF(B1="yes",1,0)</f><v>1</v></c><c r="B1" t="str"><f t="shared" si="0"/><v>a</v></c>',
        '<c r="A1" t="e"><v>#N/A</v></c><c r="B1" t="e"><f>1/0</f><v>#DIV/0!</v></c>',
        '<c r="A1" t="inlineStr"><is><t>a &amp; b</t></is></c><c r="B1" t="b"><v>1</v></c><c r="C1"/>',
    ],
)
def test_what_programs_write_is_walked_through_once_wherever_it_is_cut(length, row):
    head = '<?xml version="1.0" encoding="UTF-8"?><worksheet><cols><col min="1" max="1"/></cols>'
    tail = "<controls><xdr:row>1</xdr:row></controls><!-- what follows the rows has any form --></worksheet>"
    content = f'{head}<sheetData><row r="1">{row}</row></sheetData>{tail}'.encode()
    cut = [content[start : start + length] for start in range(0, len(content), length)]
    walks = []
    assert sheet_xml.scan(lambda: walks.append(1) or cut, Looks()).rows == 1
    assert len(walks) == 1
