"""What a cell shows to a person: raised, lowered and struck signs, and results of formulas that nobody computed."""

import struct

import pytest
import xlsxwriter

from analytics.errors import CheckFailed
from analytics.ingest import sheet_xml
from analytics.ingest.grid import read_grids
from tests.old_workbooks import OldSheet, font, fonted_texts, formula, old_workbook, record, shared_text, style
from tests.unit.test_files import sheet_xml as workbook_of

FONTS = font() + font(raised=1) + font(is_struck=True) + font(raised=2) + font(is_struck=True)


@pytest.mark.parametrize(
    ("text", "runs", "shown"),
    [
        ("9001", [(3, 1)], "900¹"),
        ("9001", [(3, 3)], "900₁"),
        ("900800", [(0, 2), (3, 0)], "900\n800"),
        ("900800", [(3, 5)], "900\n800"),  # the fifth font: none has the number 4
        ("1.2×103", [(6, 1)], "1.2×10³"),
        ("900", [(1, 0)], "900"),
        ("900", [(0, 2)], "900"),  # struck out as a whole
    ],
)
def test_a_text_of_an_old_workbook_is_seen_in_its_fonts(tmp_path, text, runs, shown):
    texts = fonted_texts((text, runs), (text, []))
    sheet = OldSheet("表", [["题"]], further=[shared_text(1, 0, 0), shared_text(1, 1, 1)])
    (grid,) = read_grids(old_workbook(tmp_path / "a.xls", sheet, further=FONTS + style() + texts))
    assert grid.rows[1] == [shown, text]


@pytest.mark.parametrize(("number", "shown"), [(0, "9001"), (1, "⁹001"), (2, "9\n001"), (7, "9001")])
def test_what_stands_before_the_first_run_is_in_the_font_of_the_cell(tmp_path, number, shown):
    styles = style() + style(font=number)
    sheet = OldSheet("表", [["题"]], further=[shared_text(1, 0, 0, style=1)])
    texts = fonted_texts(("9001", [(1, 0)]))
    (grid,) = read_grids(old_workbook(tmp_path / "a.xls", sheet, further=FONTS + styles + texts))
    assert grid.rows[1] == [shown]


def test_a_text_of_several_fonts_that_a_cell_keeps_for_itself_is_seen_in_them(tmp_path):
    text = struct.pack("<HHHHB", 1, 0, 0, 4, 0) + b"9001" + struct.pack("<HHH", 1, 3, 1)
    sheet = OldSheet("表", [["题"]], further=[record(0x00D6, text)])
    (grid,) = read_grids(old_workbook(tmp_path / "a.xls", sheet, further=FONTS + style()))
    assert grid.rows[1] == ["900¹"]


NOUGHT, BLANK = 0.0, b"\x03" + bytes(5) + b"\xff\xff"
DUE, COMPUTED = (record(0x01C1, struct.pack("<HHI", 0x01C1, 0, program)) for program in (0, 191029))
UNCOMPUTED = record(0x005E, bytes(2))


@pytest.mark.parametrize(
    ("results", "flags", "before", "within", "shown"),
    [
        ([NOUGHT, 5.0], 0x02, b"", b"", ["=", "5"]),
        ([NOUGHT, 5.0], 0x01, b"", b"", ["0", "5"]),  # computed whenever anything changes, as what asks for the day
        ([NOUGHT, 5.0], 0, DUE, b"", ["=", "5"]),
        ([NOUGHT, 5.0], 0, COMPUTED, b"", ["0", "5"]),
        ([NOUGHT, 5.0], 0, b"", UNCOMPUTED, ["=", "5"]),
        ([NOUGHT, 5.0], 0, b"", b"", ["0", "5"]),
        ([BLANK, BLANK], 0, b"", b"", ["=", "="]),  # so do programs that compute nothing
        ([BLANK, BLANK], 0, COMPUTED, b"", ["", ""]),
        ([BLANK, 5.0], 0, b"", b"", ["", "5"]),
    ],
)
def test_a_result_of_a_formula_that_was_never_computed_is_none(tmp_path, results, flags, before, within, shown):
    """As programs write them that make workbooks without a spreadsheet."""
    cells = [formula(0, column, result, flags=flags) for column, result in enumerate(results)]
    sheet = OldSheet("表", [[None, None, 0.0]], further=[within, *cells])
    (grid,) = read_grids(old_workbook(tmp_path / "a.xls", sheet, further=before))
    assert [cell or "" for cell in grid.rows[0]] == [*shown, "0"]


def test_a_plain_text_and_a_number_with_the_signs_of_a_marked_text_are_as_they_stand(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        assert not sheet.write_rich_string(0, 0, "900", book.add_format({"font_script": 1}), "1")
        assert not sheet.write_rich_string(0, 1, book.add_format({"font_strikeout": True}), "9", "001")
        sheet.write_string(0, 2, "9001")
        sheet.write_number(0, 3, 9001)
        sheet.write_formula(0, 4, '="9001"', None, "9001")
    (grid,) = read_grids(tmp_path / "a.xlsx")
    assert grid.rows == [["900¹", "9\n001", "9001", "9001", "9001"]]


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


@pytest.mark.parametrize("length", [1, 7, 1000])
def test_a_value_in_pieces_is_found_wherever_the_file_is_cut(length):
    rows = '<row r="1"><c r="A1"><v>12</v></c><c r="B1"><v xml:space="preserve">9&#48;0</v></c></row>'
    content = f"<worksheet><sheetData>{rows}</sheetData></worksheet>".encode()
    cut = [content[start : start + length] for start in range(0, len(content), length)]
    assert sheet_xml.scan(lambda: cut, sheet_xml.Looks()).layout.seen == {(0, 1): "900"}


def test_the_number_of_a_shared_text_in_pieces_is_refused(tmp_path):
    file = workbook_of(tmp_path / "a.xlsx", '<row r="1"><c r="A1" t="s"><v>&#48;</v></c></row>')
    with pytest.raises(CheckFailed, match="in pieces in the cell A1"):
        read_grids(file)


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


def test_styles_without_end_are_refused(tmp_path):
    file = tmp_path / "a.xls"
    file.write_text(f"<style>{'@media screen {' * 5000}</style><table><tr><td>1</table>", encoding="utf-8")
    with pytest.raises(CheckFailed, match="styles have no end"):
        read_grids(file)
