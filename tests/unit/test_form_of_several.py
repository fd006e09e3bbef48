"""A form of several departments is that one's whom its own line names: in lists, letters, and what is put right."""

import json

from openpyxl import load_workbook

SOURCE = "evidence"
HEAD, FIRST = 6, 8  # rows of the sheet


def sent(qinghe, department, name, *said, is_spoilt=False):
    """Fills in the form of one department and receives it; a spoilt one has lost the heading of a column."""
    file = qinghe.root.parent / name
    made = qinghe("form", SOURCE, "--period", "2021", "--department", department, "--out", file)
    assert made.returncode == 0, made.stderr
    book = load_workbook(file)
    sheet = book["填报表"]
    heads = {cell.value: cell.column for cell in sheet[HEAD]}
    column, proof = (heads[text] for text in ("是否已报送佐证", "佐证材料名称"))
    for row in range(FIRST, sheet.max_row + 1):
        sheet.cell(row, column, "是")
        sheet.cell(row, proof, "工作总结")
    if is_spoilt:
        sheet.cell(HEAD, column, "甲")
    book.save(file)
    return qinghe("receive", file, *said)


def status(qinghe):
    return [line["status"] for line in json.loads(qinghe("quarantine", "--all", "--json").stdout)]


def test_what_a_department_sent_and_was_refused_stands_under_its_name(qinghe):
    assert sent(qinghe, "省水利厅", "甲.xlsx", is_spoilt=True).returncode == 4
    shown = qinghe("received", "--year", "2021", "--source", SOURCE).stdout
    assert "省水利厅" in shown
    letter = qinghe("remind", "--year", "2021", "--department", "省水利厅").stdout
    assert "所报文件已退回，尚未收到改正后的文件（应报" in letter and "1份文件整份退回，未采用（甲.xlsx）" in letter
    other = qinghe("remind", "--year", "2021", "--department", "省农业农村厅").stdout
    assert "佐证材料报送表》（2021年）" in other and "整份退回" not in other


def test_a_letter_names_the_clauses_of_the_duties_that_are_owed_alone(qinghe):
    letter = qinghe("remind", "--year", "2021", "--department", "省农业农村厅").stdout
    (line,) = (line for line in letter.splitlines() if "佐证材料报送表" in line)
    assert "用于第2条、第12条；" in line


def test_a_refused_form_is_put_right_by_its_own_department_whatever_the_file_is_called(qinghe):
    assert sent(qinghe, "省水利厅", "甲.xlsx", is_spoilt=True).returncode == 4
    assert sent(qinghe, "省农业农村厅", "甲 (2).xlsx").returncode == 0
    assert status(qinghe) == ["open"]
    assert sent(qinghe, "省水利厅", "水利厅改正.xlsx").returncode == 0
    assert status(qinghe) == ["fixed"]


def test_a_form_of_another_department_stands_in_no_place_though_it_bears_the_same_name(qinghe):
    assert sent(qinghe, "省水利厅", "佐证.xlsx", is_spoilt=True).returncode == 4
    (qinghe.root.parent / "佐证.xlsx").unlink()
    assert sent(qinghe, "省农业农村厅", "佐证.xlsx").returncode == 0
    assert status(qinghe) == ["open"]


def test_a_department_is_one_however_it_is_called_and_never_another_than_the_form_says(qinghe):
    assert sent(qinghe, "省水利厅", "甲.xlsx", is_spoilt=True).returncode == 4
    other = sent(qinghe, "省水利厅", "乙.xlsx", "--department", "住建厅")
    assert other.returncode == 2 and "--department（省住建厅）与表内所写（省水利厅）不一致" in other.stdout
    (qinghe.root.parent / "乙.xlsx").unlink()
    assert sent(qinghe, "省水利厅", "乙.xlsx", "--department", "山西省水利厅").returncode == 0
    assert status(qinghe) == ["fixed"]
