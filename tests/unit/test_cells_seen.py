"""What a cell shows to a person: formats of numbers, raised, lowered and struck signs, results that nobody computed."""

import json
import struct
import zipfile

import polars as pl
import pytest
import xlsxwriter

from analytics.errors import CheckFailed
from analytics.ingest.grid import read_grids
from analytics.ingest.number_formats import shown_by
from tests.old_workbooks import OldSheet, font, fonted_texts, formula, old_workbook, record, shared_text, style
from tests.unit.test_files import raw
from tests.unit.test_files import sheet_xml as workbook_of
from tests.unit.test_ingest import MANURE_HEAD

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


def with_parts(tmp_path, rename):
    """A workbook with a number that shows its unit and a text, its parts under the names that `rename` makes."""
    with xlsxwriter.Workbook(tmp_path / "made.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, 5, book.add_format({"num_format": '0"万吨"'}))
        assert not sheet.write_rich_string(0, 1, "90", book.add_format({"font_script": 1}), "1")
    file = tmp_path / "a.xlsx"
    with zipfile.ZipFile(tmp_path / "made.xlsx") as parts, zipfile.ZipFile(file, "w") as renamed:
        for name in parts.namelist():
            is_told = name.endswith(".rels") or name == "[Content_Types].xml"
            renamed.writestr(rename(name), rename(parts.read(name).decode()) if is_told else parts.read(name))
    return file


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("styles.xml", "styles.xml"),
        ("styles.xml", "styles1.xml"),
        ("styles.xml", "Styles.xml"),
        ("styles.xml", "of/looks.xml"),
        ("sharedStrings.xml", "SharedStrings.XML"),
        ("worksheets/sheet1.xml", "Worksheets/Sheet_a.xml"),
    ],
)
def test_parts_of_a_workbook_are_found_under_whatever_name_it_gives_them(tmp_path, old, new):
    (grid,) = read_grids(with_parts(tmp_path, lambda text: text.replace(old, new)))
    assert grid.rows == [["5万吨", "90¹"]]


def test_texts_where_the_reader_of_cells_does_not_look_for_them_are_refused(tmp_path):
    file = with_parts(tmp_path, lambda text: text.replace("sharedStrings.xml", "strings.xml"))
    with zipfile.ZipFile(file, "a") as parts:
        parts.writestr("xl/sharedStrings.xml", "<sst><si><t>900</t></si></sst>")
    with pytest.raises(CheckFailed, match=r"its texts are in xl/strings\.xml"):
        read_grids(file)


def test_a_part_that_a_workbook_names_and_does_not_have_is_missed(tmp_path):
    def renamed(text):
        return text if text.startswith("xl/styles") else text.replace("styles.xml", "styles2.xml")

    with pytest.raises(CheckFailed, match=r"its part xl/styles2\.xml is missing"):
        read_grids(with_parts(tmp_path, renamed))


def test_two_parts_for_what_is_told_once_are_refused(tmp_path):
    def doubled(text):
        of = text.find("<Relationship Id=") if "/styles" in text else -1
        more = '<Relationship Id="a" Type="http://a/styles" Target="theme/theme1.xml"/>'
        return text if of < 0 else text[:of] + more + text[of:]

    with pytest.raises(CheckFailed, match="it names 2 parts"):
        read_grids(with_parts(tmp_path, doubled))


def test_two_parts_whose_names_differ_in_capitals_alone_are_refused(tmp_path):
    file = with_parts(tmp_path, str)
    with zipfile.ZipFile(file, "a") as parts:
        parts.writestr("xl/Styles.xml", "<styleSheet/>")
    with pytest.raises(CheckFailed, match="two parts of one name"):
        read_grids(file)


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("1000", 1000.0),
        ("<p>1000</p>", 1000.0),
        ("<span>1</span>0<b>00</b>", 1000.0),
        ("1.2×10<sup>3</sup>", 1200.0),
        ("<p>1000</p><p>900</p>", None),
        ("1000<br>900", None),
        ("<del>1000</del>900", None),
        ("1000<sup>1</sup>", None),
        ("1000<sub>1</sub>", None),
        ('<span style="display:none">0000001000</span>1000', None),
        ("<ul><li>1000<li>900</ul>", None),
    ],
)
def test_parts_of_a_cell_of_a_page_are_never_read_as_one_number(tmp_path, staged, cell, read):
    rows = "".join(f"<tr><td>{'<td>'.join(row)}" for row in (MANURE_HEAD, ["太原市", "清徐县", cell, "8"]))
    file = raw(tmp_path / "a.xls", f"<meta charset=utf-8><table>{rows}</table>".encode())
    assert staged(file, "manure")["manure_produced_t"].to_list() == [read]


@pytest.mark.parametrize(
    ("parts", "read"),
    [
        (["10", "bold", "00"], 1000.0),
        (["1.2×10", "raised", "3"], 1200.0),
        (["1000", "raised", "1"], None),
        (["1000", "lowered", "1"], None),
        (["struck", "1000", "900"], None),
        (["1000", "raised", "①"], None),
    ],
)
def test_a_cell_with_raised_or_struck_signs_is_not_read_with_all_signs_in_a_row(tmp_path, staged, parts, read):
    file = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        kinds = {"bold": {"bold": True}, "struck": {"font_strikeout": True}}
        kinds |= {"raised": {"font_script": 1}, "lowered": {"font_script": 2}}
        sheet.write_row(0, 0, MANURE_HEAD)
        sheet.write_row(1, 0, ["太原市", "清徐县", "", 8])
        assert not sheet.write_rich_string(1, 2, *[book.add_format(kinds[p]) if p in kinds else p for p in parts])
    assert staged(file, "manure")["manure_produced_t"].to_list() == [read]


def test_formulas_count_by_their_kept_result_and_without_one_are_told(tmp_path):
    cells = (
        '<c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>1+1</f></c><c r="C1"><f>A1*2</f><v></v></c>'
        '<c r="D1" t="str"><f>""</f><v></v></c><c r="E1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="F1"><v>7</v></c>'
        '<c r="G1"><f t="shared" si="0"/></c><c r="H1"><v>8</v></c>'
    )
    (grid,) = read_grids(workbook_of(tmp_path / "a.xlsx", f'<row r="1">{cells}</row>'))
    assert [cell or None for cell in grid.rows[0]] == ["2", "=1+1", "=A1*2", None, "#DIV/0!", "7", "=", "8"]


def test_a_result_of_nought_is_none_where_the_program_left_formulas_to_be_computed(tmp_path):
    """xlsxwriter writes 0 for every formula and asks who opens the file to compute them."""
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_formula(0, 0, "=500+700")
        sheet.write_formula(0, 1, "=2+2", None, 4)
        sheet.write_number(0, 2, 0)
    (grid,) = read_grids(tmp_path / "a.xlsx")
    assert grid.rows == [["=500+700", "4", "0"]]


def test_rows_of_formulas_without_results_below_all_others_are_there(tmp_path):
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="3"><c r="B3"><f>Z1</f></c></row>'
    (grid,) = read_grids(workbook_of(tmp_path / "a.xlsx", rows))
    assert [[cell or None for cell in row] for row in grid.rows] == [["1"], [], [None, "=Z1"]]


@pytest.mark.parametrize("mark", ["<strike/>", '<vertAlign val="superscript"/>'])
def test_a_text_of_a_cell_itself_with_struck_or_raised_signs_is_no_number(tmp_path, mark):
    text = f"<is><r><rPr>{mark}</rPr><t>8</t></r><r><t>90</t></r></is>"
    rows = f'<row r="1"><c r="A1" t="inlineStr">{text}</c><c r="B1"><v>1</v></c></row>'
    (grid,) = read_grids(workbook_of(tmp_path / "a.xlsx", rows))
    assert grid.rows == [["890（含上标、下标或删除线）", "1"]]


@pytest.mark.parametrize(
    "style",
    [
        "text-decoration:line-through",
        "vertical-align: super",
        "display:none",
        "visibility:hidden",
        "vertical-align:4px",
    ],
)
def test_a_part_of_a_cell_of_a_page_that_a_style_sets_apart_is_no_part_of_the_number(tmp_path, style):
    page_of = f'<meta charset=utf-8><table><tr><td><span style="{style}">8</span>900</table>'
    (grid,) = read_grids(raw(tmp_path / "a.xls", page_of.encode()))
    assert grid.rows == [["8\n900"]]


@pytest.mark.parametrize("style", ["0%", "0.0%", '"约"0.00%'])
def test_a_number_that_shows_as_a_percentage_is_read_as_it_shows(tmp_path, style):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, 0.785, book.add_format({"num_format": style}))
        sheet.write(0, 1, 0.785, book.add_format({"num_format": '0.0"%"'}))
        sheet.write(0, 2, "0.785", book.add_format({"num_format": style}))
        sheet.write_formula(0, 3, "=TRIM(1)", book.add_format({"num_format": style}), "1_0")
        sheet.write_formula(0, 4, "=1/2", book.add_format({"num_format": style}), 0.5)
    (grid,) = read_grids(tmp_path / "a.xlsx")
    assert grid.rows == [["78.5%", "0.785%", "0.785", "1_0", "50%"]]


@pytest.mark.parametrize(
    ("style", "read"),
    [
        ('0.0000"万吨"', 1000.0),
        ('General"吨"', 0.1),
        ('#,##0.00_ ;[Red]-#,##0.00"吨"', 0.1),
        ('0.0,"千吨"', 0.1),  # a value in tonnes that shows its thousands
        ('"约"0.0', None),
        ('"<"0.0', None),
        ('0.0"m"', None),
        ('0.0"万"', None),  # a person sees ten thousand times as much
        ('0"百吨"', None),
        ('">"0.0', None),
        ('"停产"', None),
        (";;;", None),
        ('0.0"×10³"', 100.0),
        ("[=0]0;0.0", 0.1),
        ('[<0.025]"<"0.000;0.000', 0.1),  # the condition does not hold
        ('[<0.5]"<"0.000;0.000', None),
        ('_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', 0.1),
        ("[$¥-804]0.00", 0.1),
        ("+0.0;-0.0", 0.1),
    ],
)
def test_a_number_whose_format_writes_a_unit_is_read_as_it_shows(tmp_path, staged, style, read):
    file = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, MANURE_HEAD)
        sheet.write_row(1, 0, ["太原市", "清徐县"])
        sheet.write_row(1, 2, [0.1, 0.08], book.add_format({"num_format": style}))
    assert staged(file, "manure")["manure_produced_t"].to_list() == [read]


@pytest.mark.parametrize(
    ("style", "number", "shown"),
    [
        ('0.00"L"', 0.01, "0.01L"),  # not detected, with its limit
        ('[=0]"未检出";0.00', 0, "未检出"),
        ('[=0]"未检出";0.00', 0.5, "0.5"),
        ('0"吨";-0"吨"', -3, "-3吨"),
        ("0;(0)", -3, "-3"),
        ('0;-0;"-"', 0, "0"),
        ("0;-0;;@", 0, "0"),
        ("000000", 140105, "140105"),
        ("000", 7, "007"),
        ('"S"000', 7, "S007"),
        ('0.0;-0.0;0;"@"@', 1.5, "1.5"),
        ("yyyy-mm-dd", 44197, "44197"),
        ('0"0000"', 6, "60000"),
        ('0"0000"', 12.3, "显示120000，实存12.3"),
        ('"14"0000', 105, "140105"),
    ],
)
def test_a_number_is_read_as_its_section_of_the_format_shows_it(style, number, shown):
    how = shown_by(style)
    assert (how.around(str(number)) if how else str(number)) == shown


@pytest.mark.parametrize(
    ("style", "number", "told"),
    [
        ("0!.0,", 500000, "显示50.0，实存500000"),
        ("#,##0.0,", 500000, "显示500.0，实存500000"),
        ("#,##0,", 1234567, "显示1235，实存1234567"),
        ("0,.00", 500, "显示0.50，实存500"),
        ("0.00,,", 1500000, "显示1.50，实存1500000"),
        ('0.0,,"M"', 1500000, "显示1.5M，实存1500000"),  # no metres
        ("0!.0000", 123456, "显示12.3456，实存123456"),
        ('0"."0,', 123456, "显示12.3，实存123456"),
        (r"0\.0,_ ;-0\.0,_ ", -123456, "显示-12.3，实存-123456"),
        ('[>=10000]0!.0,"万";0', 500000, "显示50.0万，实存500000"),
        ('[>=10000]0!.0,"万";0', 500, "500"),
        ("0!.0,", 0, "0"),
        ("0.0,", 0, "0"),
        ("0.0,", 0.1, "显示0.0，实存0.1"),
        ('0!.0,"万元"', 500000, "50万元"),
        ('0.0,"千吨"', 1234.5, "1.2345千吨"),
        ('"<"0.0,"千吨"', 1234.5, "<1.2345千吨"),
        ("0!.0%", 0.785, "7.85%"),
        ("0.0,", "1e999999", "1e999999"),
        ("#,##0.0", 500000, "500000"),
        ("# ##0.00", 1234567, "1234567"),
        ("0!.0!.0", 123, "123"),
        ("000-0000", 1234567, "1234567"),
        ("# ?/?", 0.5, "0.5"),
        ("0.00E+00", 500000, "500000"),
        ('0"万"0000', 123456, "123456"),
    ],
)
def test_a_number_whose_format_moves_its_point_is_told_as_it_shows_and_as_it_is_held(style, number, told):
    how = shown_by(style)
    assert (how.around(str(number)) if how else str(number)) == told


@pytest.mark.parametrize(("style", "shown"), [("0!.0,", "50.0"), ("#,##0.0,", "500.0")])
def test_a_number_that_shows_another_than_its_cell_holds_is_set_aside_with_both(tmp_path, desk, style, shown):
    """Nobody can tell which of the two was meant."""
    file = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet, moved = book.add_worksheet(), book.add_format({"num_format": style})
        sheet.write_row(0, 0, MANURE_HEAD)
        for row, (county, *figures) in enumerate([("清徐县", 500000, 400000), ("阳曲县", 0, 0)], start=1):
            sheet.write_row(row, 0, ["太原市", county])
            sheet.write_row(row, 2, figures, moved)
    found = desk.hand_in_file("manure", file, period="2021")
    rows = pl.read_parquet(found.staged.path)
    assert rows["manure_produced_t"].to_list() == [None, 0.0]
    assert rows["manure_produced_t_problem"].to_list() == ["moved_point", None]
    broken = found.result.broken.filter(check="manure_produced_t_readable").row(0, named=True)
    assert (found.result.set_aside_rows, broken["found"]) == (1, f"显示{shown}，实存500000")
    assert "移动了小数点" in broken["expected_zh"] and "按栏目的单位重填" in broken["expected_zh"]
    assert "format moves the point" in broken["expected_en"]


def test_a_reading_whose_format_moves_its_point_is_none(tmp_path, staged):
    file = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["断面编码", "断面名称", "监测月份", "pH", "溶解氧", "高锰酸盐指数", "氨氮", "总磷"])
        sheet.write_row(1, 0, ["S1", "甲断面", "2021-03", 7.1, 8.0, 2.1])
        sheet.write_row(1, 6, [500, 0.1], book.add_format({"num_format": "0.0,"}))
    row = staged(file, "section_monthly").row(0, named=True)
    assert (row["ammonia_nitrogen"], row["ammonia_nitrogen_problem"]) == (None, "moved_point")
    assert row["ammonia_nitrogen_as_delivered"] == "显示0.5，实存500"


def test_a_number_of_an_old_workbook_that_shows_as_a_percentage_is_read_as_it_shows(tmp_path):
    styles = record(0x041E, struct.pack("<HHB", 164, 4, 0) + b"0.0%")
    styles += b"".join(record(0x00E0, struct.pack("<HH16x", 0, number)) for number in (0, 164))
    many = record(0x00BD, struct.pack("<HHHiHiH", 0, 0, 1, 40 << 2 | 2, 0, 50 << 2 | 2, 1))
    text = record(0x0204, struct.pack("<HHHHB", 1, 1, 1, 3, 1) + "1_0".encode("utf-16-le"))
    sheet = OldSheet("表", [[], [1.5]], further=[many, record(0x0203, struct.pack("<HHHd", 0, 2, 1, 0.785)), text])
    (grid,) = read_grids(old_workbook(tmp_path / "a.xls", sheet, further=styles))
    assert grid.rows == [["4000%", "50", "78.5%"], ["1.5", "1_0", None]]


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("<span title='原始值：2.428'>2.43</span>", ["2.43", "2.428"]),
        ("<span title='原始值：2.425'>2.43</span>", ["2.43", "2.425"]),
        ("<span title='原始值：2.428'>0.428</span>", ["0.428", "0.428（原始值2.428）"]),
        ("<span title='原始值：2.4'>--</span>", ["--", "2.4"]),
        ('<span title="原始值：2.428">0.428</span>', ["0.428", "0.428（原始值2.428）"]),
        ("<span title='原始值：1e9999999'>0.4</span>", ["0.4", "0.4（原始值1e9999999）"]),
        ("<span title='原始值：0.4'>1e-99999999</span>", ["1e-99999999", "1e-99999999（原始值0.4）"]),
        ("20<br>21", ["20\n21"]),
        ("<del>20</del>21", ["20\n21"]),
        ("20<sup>1</sup>", ["20\n1"]),
        ("<span hidden>9</span>20", ["9\n20"]),
        ("<span style='display:none'>9</span><span>20</span>", ["9\n\n20"]),
    ],
)
def test_a_cell_of_the_network_is_read_as_it_is_seen_and_agrees_with_its_unrounded_value(tmp_path, cell, read):
    published = json.dumps({"thead": ["a"], "tbody": [[cell]]}).encode()
    (grid,) = read_grids(raw(tmp_path / "a.json", published))
    assert grid.rows[1] == read
