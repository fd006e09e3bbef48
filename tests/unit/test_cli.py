"""The command line: what people type, what it answers, exit codes."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from tests.deliveries import MANURE_HEAD, SECTIONS, TOWNS

GOOD = f"{MANURE_HEAD}\n太原市,清徐县,100,80\n太原市,阳曲县,300,240\n"
MANURE_2021 = ("--source", "manure", "--period", "2021")


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "verb", ["example", "receive", "check", "build", "values", "explain", "report", "lab", "plan", "form"]
)
def test_every_verb_has_help_with_an_example(qinghe, verb):
    done = qinghe(verb, "--help")
    assert done.returncode == 0
    assert f"Example: qinghe {verb}" in done.stdout and "--root" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["receive", "a.csv", "--source", "manur"], "nearest: manure"),
        (["receive", "a.csv", "--source", "manure", "--period", "21"], "2021-Q3"),
        (["receive", "a.csv", "--source", "manure", "--area", "太原"], "下一步：请核对路径"),
        (["values", "--year", "2021", "--area", "140199"], "相近的有：140100 山西省太原市"),
        (["values", "--year", "2021", "--indicator", "T12"], "T12b"),
        (["values", "--year", "2021", "--indicator", "T12z"], "相近的有：T12a 已完成"),
        (["values", "--year", "2021", "--indicator", "T7g"], "相近的有：T07g "),
        (["values", "--year", "2021", "--indicator", "T-07g"], "相近的有：T07g "),
        (["values", "--year", "1999"], "2021"),
        (["explain", "T12b"], "Which year"),
        (["report", "--year", "2021", "--period", "2020-04"], "disagree"),
        (["report"], "Which year"),
        (["report", "--year", "2021", "--area", "110000"], "does not cover"),
        (["report", "--year", "2021", "--renderer", "quarto"], "Quarto"),
        (["values", "--year", "99999"], "9999"),
        (["report", "--year", "0"], "1000"),
        (["values", "--year", "2021", "--root", "nowhere"], "no such workspace"),
        (["check", "--root", "a?b"], "no such workspace"),
        (["receive", "a.csv", "--source", "manure", "--root", "a?b"], "Found: ?"),
    ],
)
def test_a_wrong_word_is_answered_before_anything_runs(qinghe, words, said):
    done = qinghe(*words)
    assert done.returncode in (2, 5)
    assert said.casefold() in done.stderr.casefold()
    assert "Traceback" not in done.stderr
    assert not (qinghe.root / "data" / "warehouse.duckdb").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["build", "--yaer", "2021"], "没有选项 --yaer；相近的是 --year"),
        (["build"], "缺少选项 --year，如 --year 2021"),
        (["explain"], "缺少参数 word（指标、条款编号或数值编号，如 T12b）"),
        (["build", "--year", "今年"], "选项 --year 的内容不能用：请写四位数字的年份，如 --year 2021"),
        (["values", "--year", "21"], "选项 --year 的内容不能用：请写四位数字的年份，如 --year 2021"),
        (["values", "--year", "2021", "--format", "pdf"], "选项 --format 的内容不能用：可用的是 table、csv、json、"),
        (["example", "--year", "2021", "--seed", "一"], "选项 --seed 的内容不能用：请写整数"),
        (["receive"], "缺少参数 files（要接收的文件）"),
        (["biuld"], "没有这个命令；可用的是：received、"),
    ],
)
def test_a_mistyped_command_ends_with_two_and_is_told_in_both_languages(qinghe, words, said):
    done = qinghe(*words)
    assert done.returncode == 2
    assert done.stderr.startswith(said) and "Error: " in done.stderr
    english = qinghe(*words, "--lang", "en")
    assert english.returncode == 2 and english.stderr.startswith("Usage: ")


def test_receive_tells_what_it_found_and_values_agree(qinghe, tmp_path):
    done = qinghe("receive", written(tmp_path / "a.csv", GOOD), "--source", "manure", "--period", "2021", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)[0] | {"file": ""} == {
        "file": "", "outcome": "received", "rows": 2, "repeats left out": 0, "empty rows left out": 0,
        "remarks of empty rows": "",
        "totals left out": 0, "notes left out": 0, "repeated headings left out": 0, "hidden rows, counted": 0,
        "totals not checked": "",
        "hidden columns, counted": "",
        "columns without a heading, left out": "",
        "areas by earlier names": "",
        "example rows left out": 0,
        "sheets without the table": "",
        "rows of earlier files replaced": 0, "single readings of earlier files replaced": 0,
        "rows replaced by later files": 0, "rows set aside": 0, "readings set aside": 0, "warnings": 0,
        "rules broken": "", "invented": False,
        "of the whole file": "Every county has a row: 115 missing",
    }  # fmt: skip
    listed = qinghe("values", "--year", "2021", "--indicator", "T12b", "--area", "太原市", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(listed.stdout)))
    assert list(rows[0])[:5] == ["plan_id", "indicator", "code", "scope_kind", "scope_id"] and len(rows[0]) == 27
    assert next(r for r in rows if r["scope_id"] == "140100")["value"] == "80.0"
    explained = qinghe("explain", "T12b", "--year", "2021", "--area", "140100", "--json")
    assert json.loads(explained.stdout)["target"]["code"] == "T12b"
    assert "晋政办发〔2021〕64号" in qinghe("explain", rows[0]["number_id"]).stdout
    stale = qinghe("explain", rows[0]["number_id"][:-8] + "00000000")
    assert stale.returncode == 2 and rows[0]["number_id"] in stale.stderr and "changed since" in stale.stderr


def test_values_as_a_file(qinghe, tmp_path):
    qinghe("receive", written(tmp_path / "a.csv", GOOD), "--source", "manure", "--period", "2021")
    for kind in ("parquet", "xlsx", "csv", "json"):
        out = tmp_path / f"values.{kind}"
        done = qinghe("values", "--year", "2021", "--out", out)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
        assert out.stat().st_size > 1000
    done = qinghe("values", "--year", "2021", "--out", tmp_path / "values.pdf")
    assert done.returncode == 2 and "请用 --out 写以.csv、.json、.parquet、.xlsx结尾的文件名" in done.stderr


def test_a_file_in_another_form_ends_with_four_and_is_kept(qinghe, tmp_path):
    done = qinghe("receive", written(tmp_path / "a.csv", TOWNS), "--source", "manure", "--period", "2021")
    assert done.returncode == 4
    assert "整份退回" in done.stdout and "原因：缺少栏目" in done.stdout
    assert "\n  下一步：请把表头改为所列写法" in done.stderr
    assert len(list((qinghe.root / "data" / "raw" / "manure").rglob("a.csv"))) == 1


def test_strict_makes_set_aside_rows_an_error(qinghe, tmp_path):
    rows = GOOD + "大同市,阳高县,10,20\n大同市,天镇县,10,5\n"
    done = qinghe("receive", written(tmp_path / "a.csv", rows), "--source", "manure", "--period", "2021", "--strict")
    assert done.returncode == 4 and "暂不采用的行：1" in done.stdout


def test_a_changed_file_ends_with_five(qinghe, tmp_path):
    qinghe("receive", written(tmp_path / "a.csv", GOOD), "--source", "manure", "--period", "2021")
    next((qinghe.root / "data" / "raw").rglob("a.csv")).write_text("x")
    done = qinghe("build", "--year", "2021")
    assert done.returncode == 5 and "changed after it was received" in done.stderr


def test_a_broken_workspace_catalog_ends_with_three(qinghe):
    file = qinghe.root / "catalog" / "fields.yml"
    file.parent.mkdir(parents=True)
    file.write_text("own: {type: number}\n", encoding="utf-8")
    done = qinghe("build", "--year", "2021")
    assert done.returncode == 3 and "line 1" in done.stderr


def test_example_data_are_not_put_beside_real_ones(qinghe, tmp_path):
    qinghe("receive", written(tmp_path / "a.csv", GOOD), "--source", "manure", "--period", "2021")
    done = qinghe("example", "--year", "2021")
    assert done.returncode == 2 and "real deliveries" in done.stderr


def test_one_bad_file_keeps_no_other_from_being_received(qinghe, tmp_path):
    good, other = written(tmp_path / "a.csv", GOOD), written(tmp_path / "b.csv", TOWNS)
    words = [good, tmp_path / "missing.csv", other, "--source", "manure", "--period", "2021", "--json"]
    done = qinghe("receive", *words)
    assert [r["outcome"] for r in json.loads(done.stdout)] == ["received", "not received", "refused"]
    assert done.returncode == 5 and "没有这个文件" in done.stderr and "缺少栏目" in done.stderr
    assert qinghe("receive", good, other, "--source", "manure", "--period", "2021").returncode == 4


def test_a_correction_is_told_what_it_replaces_and_who_takes_it_back_is_warned(qinghe, tmp_path):
    first, second = written(tmp_path / "a.csv", GOOD), written(tmp_path / "b.csv", GOOD.replace(",80", ",90"))
    said = ["--source", "manure", "--period", "2021", "--json", "--lang", "en"]
    qinghe("receive", first, *said)
    assert json.loads(qinghe("receive", second, *said).stdout)[0]["rows of earlier files replaced"] == 2
    done = qinghe("receive", first, *said)
    (again,) = json.loads(done.stdout)
    assert (again["outcome"], again["rows of earlier files replaced"]) == ("received again", 2)
    assert again["takes back"].startswith("b.csv of ") and "2 row(s)" in again["takes back"]
    assert "Warning: a.csv is the very file that came before" in done.stderr
    third = qinghe("receive", first, *said)
    assert json.loads(third.stdout)[0]["outcome"] == "received before"
    assert "同一份再次报送" in qinghe("received", "--year", "2021").stdout


def test_a_year_of_no_plan_and_invented_data_beside_real_ones_are_noted(qinghe, tmp_path):
    done = qinghe(
        "receive", written(tmp_path / "a.csv", GOOD), "--source", "manure", "--period", "2031", "--lang", "en"
    )
    assert done.returncode == 0 and "no plan is about 2031 (plans: 2021, 2022, 2023)" in done.stderr
    invented = f"示例数据（虚构）\n{GOOD}"
    assert "说明" not in qinghe("receive", written(tmp_path / "b.csv", invented), *MANURE_2021).stderr
    real = qinghe("receive", written(tmp_path / "c.csv", GOOD + "大同市,天镇县,10,5\n"), *MANURE_2021)
    assert "说明：本工作区还有示例（虚构）数据" in real.stderr


@pytest.mark.parametrize("name", ["a b", "清河", "a'b", "a{b}"])
def test_a_workspace_may_have_most_names(qinghe, tmp_path, name):
    root = tmp_path / name
    done = qinghe("receive", written(tmp_path / "a.csv", GOOD), *MANURE_2021, "--root", root)
    assert done.returncode == 0, done.stderr
    listed = qinghe("values", "--year", "2021", "--format", "csv", "--root", root)
    assert listed.returncode == 0 and "T12b-140100" in listed.stdout


def test_names_are_no_formulas_in_a_workbook(qinghe, tmp_path):
    sections = written(tmp_path / "a.csv", SECTIONS.replace("桑干河", "=1+1"))
    qinghe("receive", sections, "--source", "sections")
    out = tmp_path / "values.xlsx"
    assert qinghe("values", "--year", "2021", "--format", "xlsx", "--out", out).returncode == 0
    cells = [c for row in load_workbook(out).active.iter_rows() for c in row if str(c.value).strip("'") == "=1+1"]
    assert cells and {(c.data_type, c.value) for c in cells} == {("s", "'=1+1")}
    listed = qinghe("values", "--year", "2021", "--format", "csv").stdout
    assert "'=1+1" in listed and ",=1+1" not in listed


def test_a_table_is_not_written_over_what_the_workspace_keeps(qinghe, tmp_path):
    assert qinghe("receive", written(tmp_path / "a.csv", GOOD), *MANURE_2021).returncode == 0
    for out in (qinghe.root / "data" / "warehouse.duckdb", tmp_path / "nowhere" / "x.parquet"):
        done = qinghe("values", "--year", "2021", "--format", "parquet", "--out", out)
        assert (done.returncode, "--out" in done.stderr) == (2, True)
    assert not (tmp_path / "nowhere").exists()
    assert qinghe("values", "--year", "2021").returncode == 0


def test_check_finds_a_file_that_changed_and_asks_of_one_year(qinghe, tmp_path):
    assert qinghe("receive", written(tmp_path / "a.csv", GOOD), *MANURE_2021).returncode == 0
    listed = {y: json.loads(qinghe("check", "--year", y, "--json").stdout) for y in ("2020", "2021")}
    assert (listed["2020"], [row["file"] for row in listed["2021"]]) == ([], ["a.csv"])
    (file,) = qinghe.root.rglob("a.csv")
    file.write_text(GOOD + " ", encoding="utf-8")
    done = qinghe("check")
    assert (done.returncode, "changed after it was received" in done.stderr) == (5, True)


@pytest.mark.parametrize("rule", ["manure_used_t >", "manure_used_t > (SELECT 1)", "read_csv('/etc/passwd') IS NULL"])
def test_a_rule_that_cannot_be_used_is_a_fault_of_the_rules_not_of_the_file(qinghe, tmp_path, rule):
    own = qinghe.root / "expectations"
    own.mkdir()
    text = (
        f'source: manure\nrules:\n  - {{id: own, severity: critical, columns: [manure_used_t], rule: "{rule}", '
        'message: {zh: 甲, en: A}, reason: 甲, since: "2021"}\n'
    )
    written(own / "manure.yml", text)
    done = qinghe("receive", written(tmp_path / "a.csv", GOOD), *MANURE_2021)
    assert done.returncode == 3 and "manure.yml" in done.stderr and "own" in done.stderr


def test_whoever_stops_reading_a_pipe_has_seen_enough(qinghe, tmp_path):
    assert qinghe("receive", written(tmp_path / "a.csv", GOOD), *MANURE_2021).returncode == 0
    command = f"{sys.executable} -m analytics.cli values --year 2021 --format json --root {qinghe.root} | head -1"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_parameter_is_known_by_its_names(example_workspace):
    from analytics.errors import UsageError
    from analytics.notebook import open_year

    year = open_year(2021, root=example_workspace.root)
    assert year.readings("氨氮").collect().height == year.readings("ammonia_nitrogen").collect().height > 0
    with pytest.raises(UsageError, match="nearest: 氨氮"):
        year.readings("氨氨")
    assert len(repr(year)) < 100


def test_a_refused_file_is_told_of_in_the_words_of_people_and_places_by_name(qinghe, tmp_path):
    twice = f"{MANURE_HEAD}\n太原市,小店区,100,50\n太原市,小店区,100,60\n太原市,清徐县,100,200\n"
    done = qinghe("receive", written(tmp_path / "a.csv", twice), *MANURE_2021)
    english = qinghe("receive", tmp_path / "a.csv", *MANURE_2021, "--lang", "en")
    for said in (done.stdout, english.stderr):
        assert done.returncode == 4 and "小店区 140105" in said and "综合利用量" in said
    for said in (done.stdout, done.stderr, english.stderr):
        assert "area_id=" not in said and "manure_used_t=" not in said


def test_an_area_that_does_not_fit_is_called_by_its_name(qinghe, tmp_path):
    file = written(tmp_path / "a.csv", f"{MANURE_HEAD}\n太原市,小店区,100,50\n")
    assert qinghe("receive", file, *MANURE_2021, "--area", "小店区").returncode == 0
    done = qinghe("receive", file, *MANURE_2021, "--area", "太原市")
    assert done.returncode == 2 and "先前：小店区 140105，这次：太原市 140100" in done.stdout
    english = qinghe("receive", file, *MANURE_2021, "--area", "太原市", "--lang", "en").stderr
    assert "area 太原市 140100" in english and "area 小店区 140105" in english


def test_the_same_file_under_another_name_is_told_by_both_names(qinghe, tmp_path):
    qinghe("receive", written(tmp_path / "a.csv", GOOD), *MANURE_2021)
    done = qinghe("receive", written(tmp_path / "b.csv", GOOD), *MANURE_2021, "--json")
    (told,) = json.loads(done.stdout)
    assert (told["file"], told["outcome"]) == ("b.csv", "received before, as a.csv")


def test_a_form_is_known_by_its_title_as_the_lists_show_it(qinghe, tmp_path):
    file = written(tmp_path / "a.csv", GOOD)
    done = qinghe("receive", file, "--source", "畜禽粪污产生与利用情况表", "--period", "2021")
    assert done.returncode == 0, done.stderr
    listed = qinghe("received", "--year", "2021", "--source", "畜禽粪污产生与利用情况表").stdout
    assert "a.csv" in listed and "畜禽粪污产生与利用情况表" in listed


# In which language


def test_receive_and_check_speak_chinese_unless_english_is_asked_for(qinghe, tmp_path):
    rows = f"{GOOD}大同市,阳高县,10,20\n大同市,天镇县,10,5\n"
    shown = qinghe("receive", written(tmp_path / "a.csv", rows), *MANURE_2021).stdout
    assert "a.csv：已收到" in shown and "暂不采用的行：1" in shown and "综合利用量不得大于产生量（1处）" in shown
    assert "退回单：" in shown and "逐行查看不符合的规则：qinghe check" in shown
    english = qinghe("receive", tmp_path / "a.csv", *MANURE_2021, "--lang", "en").stdout
    assert "a.csv: received before" in english and "rules broken: used_within_produced 1" in english
    assert "return slip: " in english and "不得大于" not in english
    checked = qinghe("check")
    assert "校验结果" in checked.stdout and "无法校验" in checked.stdout and "校验报告：" in checked.stderr
    assert "unchecked" in qinghe("check", "--lang", "en").stdout


def test_a_refusal_is_told_once_and_its_next_step_in_the_language_of_the_reader(qinghe, tmp_path):
    done = qinghe("receive", written(tmp_path / "a.csv", TOWNS), *MANURE_2021)
    assert (done.stdout + done.stderr).count("缺少栏目") == 1 and "请把表头" not in done.stdout
    assert done.stderr == (
        "未通过：a.csv，工作表“a”第1行\n  下一步：请把表头改为所列写法；如属另一张报表，请按那张报表报送\n"
    )
    english = qinghe("receive", tmp_path / "a.csv", *MANURE_2021, "--lang", "en").stderr
    assert "未通过" not in english and "manure: column missing" in english and "\n  Next: Head these columns" in english
    piped = qinghe("receive", tmp_path / "a.csv", *MANURE_2021, "--json").stderr
    assert "第1行：缺少栏目：" in piped and "\n  下一步：请把表头" in piped
    listed = qinghe("quarantine").stdout
    assert "整份文件" in listed and "缺少栏目" in "".join(listed.split()) and "待更正" in listed


def test_receive_names_areas_that_were_called_as_they_are_no_longer(qinghe, tmp_path):
    rows = f"{MANURE_HEAD}\n大同,大同县,10,5\n大同市,平城区,10,5\n晋中市,太谷县,10,5\n"
    shown = qinghe("receive", written(tmp_path / "a.csv", rows), *MANURE_2021).stdout
    assert "以曾用名报送的地区：大同县按云州区计；太谷县按太谷区计" in shown
    again = qinghe("receive", written(tmp_path / "b.csv", GOOD), *MANURE_2021).stdout
    assert "曾用名" not in again


def test_what_build_tells_is_in_the_language_of_the_reader(qinghe, tmp_path):
    qinghe("receive", written(tmp_path / "a.csv", TOWNS), *MANURE_2021)
    told = qinghe("build", "--year", "2021").stderr
    assert "已汇总。" in told and "未采用：a.csv：缺少栏目" in told
    assert qinghe("build", "--year", "2021", "--lang", "en").stderr == "Nothing changed.\n"


def test_a_wrong_word_is_answered_in_chinese_first(qinghe, tmp_path):
    done = qinghe("form", "manures", "--period", "2021")
    assert done.stderr.startswith("没有名为“manures”的报表，相近的有：manure") and "Unknown source" in done.stderr
    assert qinghe("form", "manures", "--lang", "en").stderr.startswith("Unknown source")


def test_of_an_area_that_nobody_knows_it_is_said_how_one_is_written(qinghe):
    done = qinghe("form", "manure", "--period", "2021", "--area", "火星")
    assert done.stderr.startswith("没有名为“火星”的行政区：请写全称或六位代码，如 太原市、140100\n")


def test_of_a_part_of_a_name_the_forms_that_hold_it_are_named(qinghe):
    done = qinghe("received", "--source", "粪污")
    assert done.stderr.startswith(
        "没有名为“粪污”的报表，含此字样的有：farm_works (规模养殖场粪污处理设施建设进展表)、"
        "manure (畜禽粪污产生与利用情况表)：请写其中一个的代码或全名，如 farm_works\n"
    )
    assert "Expected: nearest: farm_works" in done.stderr and done.returncode == 2


@pytest.mark.parametrize(
    ("form", "period", "said"),
    [
        ("manure", "2021Q1", "按年报送：写的 2021Q1 是季度，请写年份，如 --period 2021\n"),
        ("source_quarterly", "2022-11", "按季度报送：写的 2022-11 是月份，请写季度或年份，如 --period 2022-Q4\n"),
        ("source_quarterly", "2022-03-05", "按季度报送：写的 2022-03-05 是日期，请写季度或年份，如 --period 2022-Q1\n"),
        (
            "section_monthly",
            "2022-11-05",
            "写的 2022-11-05 是日期，请写月份或季度或年份，如 --period 2022-11\n",
        ),
        ("manure", None, "按年报送：请用 --period 写明报告期（年份），如 --period 2021\n"),
    ],
)
def test_a_period_of_another_kind_is_told_with_one_that_works(qinghe, tmp_path, form, period, said):
    out = ["--out", tmp_path / "表.xlsx"]
    done = qinghe("form", form, *(["--period", period] if period else []), *out)
    assert done.returncode == 2 and done.stderr.startswith("“") and said in done.stderr
    example = said.split("--period ")[-1].strip()
    assert qinghe("form", form, "--period", example, *out).returncode == 0


def test_letters_want_a_folder(qinghe, tmp_path):
    qinghe("receive", written(tmp_path / "a.csv", GOOD), *MANURE_2021)
    done = qinghe("remind", "--year", "2021", "--out", written(tmp_path / "信.txt", "甲"))
    assert done.returncode == 2 and done.stderr.startswith("催报函有多份，--out 须写文件夹")
    assert (tmp_path / "信.txt").read_text(encoding="utf-8") == "甲"


def test_a_sheet_without_the_table_that_does_not_show_is_said_to_be_hidden(qinghe, tmp_path):
    book = Workbook()
    for row in GOOD.strip().splitlines():
        book.active.append(row.split(","))
    book.create_sheet("选项").sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    done = qinghe("receive", tmp_path / "a.xlsx", *MANURE_2021)
    assert "没有本报表的工作表：选项（隐藏）" in done.stdout


def test_the_form_says_in_which_workspace_it_is_received(qinghe, tmp_path):
    there = tmp_path / "workspace"
    done = qinghe("form", "manure", "--period", "2021年", "--out", tmp_path / "粪污.xlsx", "--root", there)
    assert done.returncode == 0 and f"qinghe receive FILE --root {there}" in "".join(done.stderr.split("\n"))


def test_receive_names_the_first_cells_of_a_taken_file_that_break_a_rule(qinghe, tmp_path):
    bad = "".join(f"大同市,{county},10,20\n" for county in ("阳高县", "天镇县", "广灵县", "灵丘县", "浑源县", "左云县"))
    good = "".join(f"晋城市,{c},10,2\n" for c in ("城区", "泽州县", "高平市", "沁水县", "陵川县", "阳城县"))
    done = qinghe("receive", written(tmp_path / "a.csv", f"{GOOD}{good}{bad}"), *MANURE_2021)
    shown = done.stdout
    assert (
        "有问题的单元格：\n    a D10、C10：畜禽粪污综合利用量 20；畜禽粪污产生量 10；综合利用量不得大于产生量\n"
        in shown
    )
    assert "    …… 另有1处，见退回单\n  退回单：" in shown
    english = qinghe("receive", tmp_path / "a.csv", *MANURE_2021, "--lang", "en").stdout
    assert "faults:\n    a D10, C10: " in english and "; No more manure is used than was produced\n" in english
    assert "… and 1 more, in the return slip" in english


def test_a_cell_of_thousands_of_letters_is_told_in_a_line(qinghe, tmp_path):
    rows = f'太原市,清徐县,5,{"长" * 9_000}\n太原市,阳曲县,5,"7\n8"\n'
    done = qinghe("receive", written(tmp_path / "a.csv", f"{GOOD}{rows}"), *MANURE_2021)
    told = [line for line in done.stdout.splitlines() if line.startswith("    a D")]
    assert len(told) == 2 and max(map(len, told)) < 200 and "长…；" in told[0] and "：7 8；" in told[1]


def test_check_ends_well_once_another_file_stands_in_the_place_of_a_refused_one(qinghe, tmp_path):
    refused = written(tmp_path / "a.csv", TOWNS)
    assert qinghe("receive", refused, *MANURE_2021).returncode == 4
    assert qinghe("check").returncode == 4
    assert qinghe("receive", written(tmp_path / "b.csv", GOOD), *MANURE_2021).returncode == 0
    assert qinghe("check").returncode == 4  # a stranger's file
    assert qinghe("receive", written(tmp_path / "a.csv", GOOD + "大同市,天镇县,10,5\n"), *MANURE_2021).returncode == 0
    done = qinghe("check")
    assert done.returncode == 0 and "（已由a.csv更正）" in "".join(done.stdout.split())  # the table breaks lines
    page = (qinghe.root / "reports" / "build" / "checks.html").read_text(encoding="utf-8")
    assert "此后已由 a.csv 更正" in page


def test_a_word_that_is_no_form_is_answered_with_every_form_or_the_nearest_by_its_title(qinghe, catalog):
    told = " ".join(qinghe("form", "nosuch").stderr.split())
    assert told.count(" (") >= len(catalog.sources) and "zone_plants (开发区污水处理厂建设进展表)" in told
    assert "nearest: manure (畜禽粪污产生与利用情况表)" in qinghe("form", "畜禽粪污产生情况表").stderr


def test_a_row_of_units_is_no_repeated_heading(qinghe, tmp_path):
    rows = "市,县（市、区）,粪污产生量,综合利用量\n,,吨,吨\n太原市,小店区,100,80\n"
    done = qinghe("receive", written(tmp_path / "a.csv", rows), *MANURE_2021)
    assert "重复的表头行、单位行（不计）：1" in done.stdout
    english = qinghe("receive", tmp_path / "a.csv", *MANURE_2021, "--lang", "en").stdout
    assert "repeated headings and rows of units left out: 1" in english


def test_a_file_refused_for_its_rows_says_so_in_chinese_and_names_the_first(qinghe, tmp_path):
    rows = f"{MANURE_HEAD}\n太原市,小店区,100,500\n太原市,清徐县,100,200\n"
    done = qinghe("receive", written(tmp_path / "a.csv", rows), *MANURE_2021)
    assert "原因：因严重问题暂不采用的行不得超过 50%：共2行，其中2行有误" in done.stdout
    assert "下一步：请报送单位更正后重报" in done.stderr and "因严重问题" not in done.stderr
    assert "    a D2、C2：畜禽粪污综合利用量 500；畜禽粪污产生量 100；综合利用量不得大于产生量" in done.stdout
    english = qinghe("receive", tmp_path / "a.csv", *MANURE_2021, "--lang", "en").stdout
    assert "fails check 'share_set_aside'" in english and "a D2, C2: " in english
