"""Corrections: found, held against what stands there, applied before the checks, and told of wherever they decide."""

import json
import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from analytics.catalog import load_catalog
from analytics.catalog.corrections import read_corrections
from analytics.cli import app
from analytics.errors import CatalogError
from analytics.ingest import list_snapshots
from analytics.ingest.amended import Amendment, amended
from analytics.ingest.table import Table
from analytics.pipeline import build
from analytics.pipeline.corrections import match_all
from analytics.pipeline.intake import examine_all
from analytics.reporting.check_report import write_check_report
from tests.deliveries import JANUARY, MANURE_HEAD, SECTION_HEAD, SECTIONS, months

FIGURES = ["T12b"]

MANURE = f"{MANURE_HEAD}\n太原市,清徐县,100,900\n太原市,阳曲县,200,150\n"
ENTRY = {
    "id": "qingxu",
    "what": "manure_used_t",
    "where": '{area_id: 清徐县, period: "2021"}',
    "from": "900",
    "to": "90",
    "reason": "小数点错位",
    "said_by": "清徐县农业农村局",
    "date": "2022-02-03",
    "status": "confirmed",
}


def entry(**changed):
    """One entry of a file of corrections; a key that is None is left out."""
    lines = [f"{k}: {v}" for k, v in (ENTRY | changed).items() if v is not None]
    return "- " + "\n  ".join(lines) + "\n"


def write(desk, *entries, source="manure"):
    file = desk.workspace.raw / source / "corrections.yml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("# 示例\n" + "".join(entries), encoding="utf-8")
    return file


def used(desk, area="140121"):
    """What the county used, as it counts."""
    build(desk.workspace, 2021, desk.catalog)
    rows = desk.asked("amounts_behind", item="manure_used", entities=[area], first=date(2021, 1, 1), last=JANUARY)
    return rows["value"].to_list()


def outcomes(desk):
    build(desk.workspace, 2021, desk.catalog)
    return dict(desk.asked("corrections").select("correction", "outcome").iter_rows())


def refusal(desk):
    with pytest.raises(CatalogError) as caught:
        examine_all(desk.workspace, desk.catalog)
    return caught.value


# Applied between reading and checks


def test_a_confirmed_correction_counts_and_the_checks_see_it(desk):
    found = desk.hand_in("manure", MANURE)
    assert found.result.set_aside_rows == 1  # more used than produced
    assert used(desk) == []
    write(desk, entry())
    assert used(desk) == ["90.0"]
    assert desk.asked("deliveries")["rows_set_aside"].to_list() == [0]


def test_what_was_delivered_stays_beside_and_the_raw_file_untouched(desk):
    kept = desk.hand_in("manure", MANURE).snapshot.path
    before = kept.read_bytes()
    write(desk, entry())
    (found,), _ = examine_all(desk.workspace, desk.catalog)
    rows = pl.read_parquet(found.staged.path)
    names = ["manure_used_t", "manure_used_t_as_delivered", "manure_used_t_corrected"]
    assert rows.select(names).rows() == [(90.0, "900", "90"), (150.0, "150", None)]
    assert kept.read_bytes() == before


@pytest.mark.parametrize(("status", "outcome"), [("proposed", "proposed"), ("rejected", "rejected")])
def test_what_is_not_confirmed_is_listed_and_not_applied(desk, status, outcome):
    desk.hand_in("manure", MANURE)
    write(desk, entry(status=status))
    assert used(desk) == []
    assert outcomes(desk) == {"qingxu": outcome}


@pytest.mark.parametrize(("looks_back", "again"), [(False, 1), (True, 2)])
def test_the_file_that_a_changed_correction_is_about_is_gated_again_and_what_looks_back_at_it(
    desk, monkeypatch, looks_back, again
):
    from analytics.quality import gate

    if not looks_back:
        own = desk.workspace.root / "expectations" / "manure.yml"
        own.parent.mkdir(parents=True)
        own.write_text("source: manure\n", encoding="utf-8")
    desk.hand_in("manure", f"{MANURE_HEAD}\n大同市,阳高县,100,50\n")  # before it: nothing changes
    desk.hand_in("manure", MANURE)
    desk.hand_in("manure", f"{MANURE_HEAD}\n大同市,天镇县,100,50\n")
    write(desk, entry())
    gated = []
    real = gate.run_gate
    monkeypatch.setattr(gate, "run_gate", lambda staged, *a, **k: gated.append(staged) or real(staged, *a, **k))
    examine_all(desk.workspace, desk.catalog)
    examine_all(desk.workspace, desk.catalog)
    assert len(gated) == again
    write(desk, entry(to="80"))
    examine_all(desk.workspace, desk.catalog)
    assert len(gated) == 2 * again


def test_a_cell_can_be_found_by_file_and_row_and_by_digits_of_the_checksum(desk):
    found = desk.hand_in("manure", MANURE)
    write(desk, entry(where="{row: 2}", delivery=found.snapshot.path.name))
    assert used(desk) == ["90.0"]
    write(desk, entry(where="{row: 2}", delivery=f'"{found.snapshot.sha256[:8]}"', to="70"))
    assert used(desk) == ["70.0"]


def test_the_same_number_in_another_spelling_is_what_stands_there(desk):
    desk.hand_in("manure", MANURE.replace(",100,900", ',100,"1,900"'))
    write(desk, entry(**{"from": "1900"}))
    assert used(desk) == ["90.0"]


def test_a_raised_exponent_is_what_stands_there(desk):
    desk.hand_in("manure", MANURE.replace(",100,900", ",100,9×10²"))
    write(desk, entry(**{"from": "9×10^2"}))
    assert used(desk) == ["90.0"]


def test_a_name_that_means_no_county_is_corrected(desk):
    desk.hand_in("manure", MANURE.replace("清徐县,100,900", "清余县,100,60"))
    write(desk, entry(what="county", where="{city: 太原市, county: 清余县}", **{"from": "清余县", "to": "清徐县"}))
    assert used(desk) == ["60.0"]


def test_an_emptied_cell_is_a_gap_and_a_filled_one_a_value(desk):
    desk.hand_in("manure", MANURE.replace("阳曲县,200,150", "阳曲县,200,"))
    yangqu = entry(id="yangqu", where='{area_id: 阳曲县, period: "2021"}', **{"from": '""', "to": "120"})
    write(desk, entry(to='""'), yangqu)
    assert used(desk) == [None]
    assert used(desk, "140122") == ["120.0"]


def test_a_reading_is_corrected_with_the_one_delivered_beside(desk):
    desk.hand_in("sections", SECTIONS)
    desk.hand_in("section_monthly", SECTION_HEAD + "\n" + months("S1", m3="40"))
    where = "{entity_id: S1, taken_at: 2021-03}"
    write(desk, entry(what="ammonia_nitrogen", where=where, **{"from": "40", "to": "0.40"}), source="section_monthly")
    build(desk.workspace, 2021, desk.catalog)
    rows = desk.asked("readings_between", first=date(2021, 3, 1), last=date(2021, 3, 31))
    march = rows.filter(parameter="ammonia_nitrogen").select("value", "value_as_delivered").rows()
    assert march == [(0.4, "40")]


def test_an_unrounded_value_beside_and_other_rows_of_a_merged_cell_no_longer_speak():
    cells = {"ammonia_nitrogen": ["4.0", "4.0"], "ammonia_nitrogen__unrounded": ["4.04", "4.04"]}
    columns = {name: pl.Series(name, told) for name, told in cells.items()}
    table = Table("表1", dict.fromkeys(cells), columns, numbers=[5, 6], merged={"ammonia_nitrogen": [5, 6]})
    found = amended(
        table, [Amendment("表1", 6, "ammonia_nitrogen", "0.4"), Amendment("表2", 5, "ammonia_nitrogen", "9")]
    )
    told = {name: column.to_list() for name, column in found.columns.items()}
    assert told == {"ammonia_nitrogen": ["4.0", "0.4"], "ammonia_nitrogen__unrounded": ["4.04", None]}
    assert found.merged == {"ammonia_nitrogen": [5]}
    assert table.columns["ammonia_nitrogen"].to_list() == ["4.0", "4.0"]


def test_a_row_that_ought_not_to_have_been_sent_is_withdrawn(desk):
    found = desk.hand_in("manure", MANURE.replace("100,900", "100,80") + "太原市,清徐县,100,70\n太原市,娄烦县,1,1\n")
    assert found.result.set_aside_rows == 2  # two rows of one county
    name = found.snapshot.path.name
    write(desk, entry(what="row", where="{row: 4}", delivery=name, to="withdrawn", **{"from": None}))
    assert used(desk) == ["80.0"]
    assert desk.asked("corrections").select("delivered", "corrected", "outcome").rows() == [
        ("", "withdrawn", "applied")
    ]


def test_what_a_withdrawn_row_replaced_stands_again(desk):
    desk.hand_in("manure", MANURE.replace("900", "80"))
    later = desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,70\n", received=date(2022, 2, 1))
    assert used(desk) == ["70.0"]
    row = {"what": "row", "to": "withdrawn", "from": None, "delivery": later.snapshot.path.name}
    write(desk, entry(**row))
    assert used(desk) == ["80.0"]


def test_a_row_told_anew_after_it_was_withdrawn_counts(desk):
    first = desk.hand_in("manure", MANURE.replace("900", "80"))
    name = first.snapshot.path.name
    write(desk, entry(what="row", to="withdrawn", delivery=name, **{"from": None}))
    assert used(desk) == []
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,70\n", received=date(2022, 2, 1))
    assert used(desk) == ["70.0"]
    assert desk.asked("corrections")["outcome"].to_list() == ["overtaken"]


def test_rows_that_repeat_the_corrected_one_are_corrected_with_it(desk):
    desk.hand_in("sections", SECTIONS)
    rows = months("S1", m3="40", first=3, last=3)
    found = desk.hand_in("section_monthly", SECTION_HEAD + "\n" + rows + rows)
    assert found.staged.repeats == 1
    where = "{entity_id: 甲断面, taken_at: 2021-03}"
    file = write(
        desk, entry(what="ammonia_nitrogen", where=where, **{"from": "40", "to": "0.4"}), source="section_monthly"
    )
    file.write_text(file.read_text(encoding="utf-8").replace("甲断面", "某断面"), encoding="utf-8")
    build(desk.workspace, 2021, desk.catalog)
    told = desk.asked("deliveries").filter(source="section_monthly")
    assert told.select("rows_repeated", "rows_set_aside").rows() == [(1, 0)]


@pytest.mark.parametrize(
    ("what", "old", "new"),
    [
        ("ph", "7.8", "8.1"),
        ("ammonia_nitrogen", "40", "0.04L"),
        ("sampling_state", "正常", "断流"),
        ("section_code", "S1", "S2"),
    ],
)
def test_a_corrected_cell_reads_as_if_it_had_been_delivered_so(desk, what, old, new):
    desk.hand_in("sections", SECTIONS)
    head = SECTION_HEAD + "\n"
    wrong = "S1,某断面,3,正常,7.8,8.0,3.0,40,0.08"
    places = {"section_code": 0, "sampling_state": 3, "ph": 4, "ammonia_nitrogen": 7}
    cells = wrong.split(",")
    cells[places[what]] = new
    right = desk.hand_in("section_monthly", head + ",".join(cells) + "\n" + months("S3")).staged.path
    (desk.workspace.raw / "section_monthly").rename(desk.inbox / "right")
    file = desk.hand_in("section_monthly", head + wrong + "\n" + months("S3")).snapshot.path
    write(
        desk,
        entry(what=what, where="{row: 2}", delivery=file.name, **{"from": old, "to": new}),
        source="section_monthly",
    )
    found = next(e for e in examine_all(desk.workspace, desk.catalog)[0] if e.source.id == "section_monthly")
    beside = pl.selectors.ends_with("_as_delivered", "_corrected") | pl.selectors.by_name("snapshot", "sheet")
    mine, wanted = (pl.read_parquet(path).select(~beside) for path in (found.staged.path, right))
    assert mine.equals(wanted)


def test_a_cell_that_a_correction_fills_is_told_anew(desk):
    desk.hand_in("sections", SECTIONS)
    desk.hand_in("section_monthly", SECTION_HEAD + "\n" + months("S1"))
    later = desk.hand_in(
        "section_monthly", SECTION_HEAD + "\nS1,某断面,3,,7.9,,,,\n", received=date(2022, 2, 1)
    ).snapshot.path.name
    filled = {"what": "ammonia_nitrogen", "where": "{row: 2}", "delivery": later, "from": '""', "to": "0.3"}
    write(desk, entry(**filled), source="section_monthly")
    build(desk.workspace, 2021, desk.catalog)
    rows = desk.asked("readings_between", first=date(2021, 3, 1), last=date(2021, 3, 31))
    assert rows.filter(parameter="ammonia_nitrogen")["value"].to_list() == [0.3]


def test_a_check_that_a_corrected_cell_fails_says_what_it_reads_now(desk):
    desk.hand_in("sections", SECTIONS)
    name = desk.hand_in("section_monthly", SECTION_HEAD + "\n" + months("S1", last=2)).snapshot.path.name
    renamed = {"what": "section_name", "where": "{row: 2}", "delivery": name, "from": "某断面", "to": "别断面"}
    write(desk, entry(**renamed), source="section_monthly")
    found = next(e for e in examine_all(desk.workspace, desk.catalog)[0] if e.source.id == "section_monthly")
    told = dict(found.result.broken.filter(column="section_name").select("row", "found").iter_rows())
    assert "别断面" in told[2] and "某断面" in told[3]


# Overtaken


def test_a_correction_of_a_cell_that_a_later_file_replaced_is_overtaken(desk):
    desk.hand_in("manure", MANURE)
    write(desk, entry())
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,85\n", received=date(2022, 2, 1))
    assert used(desk) == ["85.0"]
    (row,) = desk.asked("corrections").iter_rows(named=True)
    assert (row["outcome"], row["file"], row["overtaken_by"]) == ("overtaken", "manure-0.csv", "manure-1.csv")


def test_a_file_that_says_the_same_again_is_corrected_too_unless_the_correction_names_the_first(desk):
    first = desk.hand_in("manure", MANURE)
    desk.hand_in("manure", MANURE + "太原市,娄烦县,1,1\n", received=date(2022, 2, 1))
    write(desk, entry())
    assert used(desk) == ["90.0"]
    write(desk, entry(delivery=first.snapshot.path.name))
    assert used(desk) == []
    assert outcomes(desk) == {"qingxu": "overtaken"}


# What stops the run


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"where": '{area_id: 娄烦县, period: "2021"}'}, ["matches no row", "娄烦县"]),
        ({"where": '{area_id: 清徐县, period: "2020"}'}, ["matches no row", "none has period: 2020"]),
        ({"where": "{county: 清徐具}"}, ["none has county: 清徐具 (nearest: 清徐县)"]),
        ({"where": "{county: 清徐县, manure_used_t: 150}"}, ["each of these is there, but not in one row"]),
        ({"where": "{city: 太原市}"}, ["matches several rows", "row 2", "row 3"]),
        ({"from": "901"}, ["another value than the one that stands there", "900", "901"]),
        ({"where": "{area_id: 青徐县}"}, ["words that mean nothing", "青徐县", "清徐县"]),
        ({"where": '{area_id: 清徐县, period: "21"}'}, ["words that mean nothing", "a year (2021)"]),
        ({"delivery": "无此文件.csv"}, ["names a delivery", "无此文件.csv", "manure-0.csv"]),
        ({"to": "九十"}, ["cannot be read", "to: 九十"]),
        ({"what": "remark", "from": '""', "to": "补记"}, ["column that the file does not have", "remark"]),
    ],
)
def test_one_that_does_not_fit_stops_the_run(desk, changed, said):
    desk.hand_in("manure", MANURE)
    write(desk, entry(**changed))
    error = refusal(desk)
    assert error.where == "data/raw/manure/corrections.yml, line 2, entry qingxu"
    assert error.exit_code == 3 and error.expected and error.next_step
    assert not [word for word in said if word not in str(error)]
    assert error.zh.startswith("更正 qingxu（data/raw/manure/corrections.yml 第2行）")


def test_all_that_do_not_fit_are_told_at_once(desk):
    desk.hand_in("manure", MANURE)
    write(
        desk,
        entry(**{"from": "901"}),
        entry(id="fits", where="{county: 阳曲县}", **{"from": "150", "to": "15"}),
        entry(id="lost", where="{county: 娄烦县}"),
    )
    error = refusal(desk)
    assert error.what == "2 faults in the corrections."
    assert "line 2, entry qingxu" in error.found and "line 20, entry lost" in error.found and "fits" not in error.found
    assert error.zh.count("更正 ") == 2


def test_all_entries_that_break_a_rule_are_told_at_once(desk):
    desk.hand_in("manure", MANURE)
    write(desk, entry(status="done"), entry(id="fits"), entry(id="third", reason="' '"))
    error = refusal(desk)
    assert error.what == "2 faults in the corrections."
    assert "line 10, entry qingxu, key status" in error.found and "entry third, key reason" in error.found


def test_whatever_is_wrong_with_all_files_of_corrections_is_told_in_one_run(desk):
    """Rules, rows that are not there, cells that cannot be read, contradictions, files that nobody reads."""
    desk.hand_in("manure", MANURE)
    desk.hand_in("sections", SECTIONS)
    of_yangqu = {"where": "{county: 阳曲县}", "from": "150"}
    write(
        desk,
        entry(id="no-status", status="done", reason="' '"),
        entry(id="lost", where="{county: 娄烦县}"),
        entry(id="unreadable", **of_yangqu, to="九十"),
        entry(id="one", to="91"),
        entry(id="other", to="92"),
        entry(id="other", what="manure_usd_t", to="92"),
    )
    write(desk, "- id: [\n", source="sections")
    write(desk, entry(), source="manures")
    (desk.workspace.raw / "corrections.yaml").write_text(entry(), encoding="utf-8")
    error = refusal(desk)
    assert error.what == "10 faults in the corrections."
    lines = error.zh.splitlines()
    assert lines[0] == "更正文件中有10处问题，请一并改好后再运行（写法见 docs/CORRECTIONS.md）："
    said = [
        "没有程序会读这个更正文件：data/raw/corrections.yaml",
        "status 只能是 proposed、confirmed、rejected，写的是“done”",
        "（reason），例如：reason: 小数点错位",
        "没有“manure_usd_t”这一栏，是否为“manure_used_t”？",
        "编号 other 重复，第38行的更正已用此编号：请把其中一条的 id 改为别的编号",
        "没有这样的报表：manures",
        "data/raw/sections/corrections.yml 无法读取",
        "更正 lost（data/raw/manure/corrections.yml 第11行）没有对应的行",
        "更正 other（data/raw/manure/corrections.yml 第38行）与另一条更正所涉的是同一单元格：one（第29行）",
        "更正 unreadable（data/raw/manure/corrections.yml 第20行）改后的值无法识别：九十",
    ]
    missing = [words for words in said if not any(words in line for line in lines)]
    assert not missing, error.zh


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"what": "row"}, ["整行撤回只写 to: withdrawn，不写 from", "整行撤回须用 delivery 写明是哪个文件"]),
        ({"where": "{sheet: 粪污}", "to": "900"}, ["只写行号时", "写了 sheet", "from 与 to 相同"]),
        ({"date": "someday", "said_by": None}, ["（date）", "缺 said_by 一项"]),
        ({"staus": "confirmed", "status": None, "reason": None}, ["是否为“status”？", "缺 reason 一项"]),
        ({"what": "manure_usd_t", "where": "{area: 清徐县}"}, ["是否为“manure_used_t”？", "是否为“area_id”？"]),
    ],
)
def test_all_that_is_wrong_with_one_entry_is_told_at_once(desk, changed, said):
    desk.hand_in("manure", MANURE)
    write(desk, entry(**changed))
    _, *told = refusal(desk).zh.splitlines()
    assert len(told) == len(said) and not [words for words in said if not any(words in line for line in told)]


def test_values_that_cannot_be_read_are_told_of_every_file(desk):
    desk.hand_in("manure", MANURE)
    desk.hand_in("manure", f"{MANURE_HEAD}\n大同市,阳高县,100,50\n")
    other = entry(id="other", where="{county: 阳高县}", **{"from": "50"}, to="五")
    write(desk, entry(to="九十"), other, entry(id="third", where="{county: 阳曲县}", **{"from": "150"}, to="百"))
    told = refusal(desk).zh
    assert [word for word in ("九十", "五", "百") if f"改后的值无法识别：{word}" in told] == ["九十", "五", "百"]


def test_a_number_that_stands_twice_is_told_in_chinese(desk):
    desk.hand_in("manure", MANURE)
    write(desk, entry(), entry())
    assert "第11行的更正写法不合规定：编号 qingxu 重复，第2行的更正已用此编号" in refusal(desk).zh
    write(desk, entry().replace("reason: ", "said_by: 某局\n  reason: "))
    assert refusal(desk).zh == "data/raw/manure/corrections.yml 无法读取：第9行，同一条里“said_by”写了两次"


def test_proposed_ones_have_to_fit_too(desk):
    desk.hand_in("manure", MANURE)
    write(desk, entry(status="proposed", **{"from": "901"}))
    assert "another value" in str(refusal(desk))


def test_two_of_one_cell_contradict_each_other(desk):
    desk.hand_in("manure", MANURE)
    write(desk, entry(), entry(id="again", where="{county: 清徐县}", to="95"))
    error = refusal(desk)
    assert "another one corrects too" in str(error)
    assert "qingxu (line 2) to 90" in error.found and "line 11, entry again" in error.where


def test_of_two_files_of_one_name_the_checksum_is_asked_for(desk):
    for day in (1, 2):
        file = desk.inbox / "粪污.csv"
        file.parent.mkdir(exist_ok=True)
        file.write_text(MANURE.replace("200", f"20{day}"), encoding="utf-8")
        desk.hand_in_file("manure", file, period="2021")
    write(desk, entry(delivery="粪污.csv"))
    error = refusal(desk)
    assert error.found == "2 files are called 粪污.csv" and "checksum" in error.expected


def test_a_file_of_corrections_for_no_form_is_refused(desk):
    desk.hand_in("manure", MANURE)
    write(desk, entry(), source="manures")
    assert "a form that there is not" in str(refusal(desk))


@pytest.mark.parametrize("place", ["corrections.yml", "manure/corrections.yaml", "manure/2022-01-10/corrections.yml"])
def test_a_file_of_corrections_that_nobody_reads_is_refused(desk, place):
    desk.hand_in("manure", MANURE)
    file = desk.workspace.raw / place
    file.write_text(entry(), encoding="utf-8")
    error = refusal(desk)
    assert error.what == "Nobody reads this file of corrections." and error.where == f"data/raw/{place}"


def test_a_broken_correction_does_not_keep_files_from_being_received(desk):
    desk.hand_in("manure", MANURE)
    write(desk, entry(**{"from": "901"}))
    assert desk.hand_in("manure", f"{MANURE_HEAD}\n大同市,阳高县,100,50\n").staged.rows == 1


@pytest.mark.parametrize("command", ["check", "quarantine"])
@pytest.mark.parametrize("changed", [{"from": "901"}, {"to": "九十"}, {"status": "done"}])
def test_the_rows_that_it_is_about_can_be_looked_up_nevertheless(desk, command, changed):
    """They are listed as they came, and the command ends with what is wrong."""
    desk.hand_in("manure", MANURE)
    write(desk, entry(**changed))
    done = CliRunner().invoke(app, [command, "--root", str(desk.workspace.root), "--json"])
    listed = json.loads(done.stdout)
    assert isinstance(done.exception, CatalogError) and "qingxu" in str(done.exception)
    assert [(row["file"], row["row"]) for row in listed] == [("manure-0.csv", 2)] if command == "quarantine" else listed


# Bad files


@pytest.mark.parametrize("depth", [500, 800, 3000])
def test_lists_in_one_another_are_refused_however_deep(desk, depth):
    write(desk, entry(where="[" * depth + "]" * depth))
    assert "corrections.yml" in refusal(desk).where


@pytest.mark.parametrize(
    ("changed", "line", "said"),
    [
        ({"staus": "confirmed"}, 11, ["unknown key; did you mean status?", "key staus"]),
        ({"status": "done"}, 10, ["'proposed', 'confirmed' or 'rejected'", "'done'"]),
        ({"status": None}, 2, ["Field required", "key status"]),
        ({"date": "someday"}, 9, ["valid date"]),
        ({"what": "manure_usd_t"}, 3, ["has no field manure_usd_t; did you mean manure_used_t?"]),
        ({"where": "{area: 清徐县}"}, 4, ["not found by area; did you mean area_id?"]),
        ({"where": "{row: 2}"}, 2, ["name it with delivery"]),
        ({"where": "{row: '2'}", "delivery": "a.csv"}, 4, ["a row is a number"]),
        ({"where": "清徐县"}, 4, ["valid dictionary", "for example", "where: {area_id"]),
        ({"to": "[90]"}, 6, ["a cell is written as text, a number or a day"]),
        ({"to": "900"}, 2, ["from and to are the same"]),
        ({"what": "row", "delivery": "a.csv"}, 2, ["a row is withdrawn: to: withdrawn, and no from"]),
        (
            {"what": "row", "to": "withdrawn", "from": None},
            2,
            ["a row is withdrawn from a file: name it with delivery"],
        ),
        ({"from": None}, 2, ["from says what stands in the cell"]),
        ({"reason": "' '"}, 7, ["reason"]),
        ({"id": "清徐"}, 2, ["pattern", "id: qingxu-2021-used"]),
    ],
)
def test_an_entry_that_breaks_a_rule_is_named_with_its_line(desk, changed, line, said):
    desk.hand_in("manure", MANURE)
    write(desk, entry(**changed))
    error = refusal(desk)
    assert f"data/raw/manure/corrections.yml, line {line}, entry " in error.where
    assert not [word for word in said if word not in str(error)]
    assert error.zh.startswith(f"data/raw/manure/corrections.yml 第{line}行")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"staus": "confirmed"}, "没有“staus”这一项，是否为“status”？"),
        ({"status": "done"}, "status 只能是 proposed、confirmed、rejected，写的是“done”"),
        ({"status": None}, "缺 status 一项，例如：status: confirmed"),
        ({"what": "manure_usd_t"}, "《畜禽粪污产生与利用情况表》没有“manure_usd_t”这一栏，是否为“manure_used_t”？"),
        ({"what": "xyz"}, "没有“xyz”这一栏；可用的有："),
        ({"where": "{area: 清徐县}"}, "不能按“area”找到《畜禽粪污产生与利用情况表》的行，是否为“area_id”？"),
        ({"where": "{row: '2'}", "delivery": "a.csv"}, "行号只写数字"),
        ({"to": "900"}, "from 与 to 相同，没有可更正的"),
        ({"from": None}, "缺 from：单元格里现在写的是什么"),
        ({"where": "{row: 2}"}, "只写行号时，请用 delivery 写明是哪个文件"),
    ],
)
def test_what_is_wrong_with_an_entry_and_what_to_do_is_told_in_chinese(desk, changed, said):
    desk.hand_in("manure", MANURE)
    write(desk, entry(**changed))
    told = refusal(desk).zh
    assert said in told and told.endswith("。改好后再运行；写法见 docs/CORRECTIONS.md")


def test_a_day_that_is_none_is_told_in_chinese(desk):
    desk.hand_in("manure", MANURE)
    write(desk, entry(date="2022-13-03"))
    assert "其中的日期不存在" in refusal(desk).zh


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- id: a\n  id: b\n", ["cannot be read", "line 2"]),
        ("id: a\n", ["a list of entries", "dict"]),
        (entry() + entry(), ["two entries have this id", "line 10"]),
        ("- 清徐县\n", ["entry 1"]),
    ],
)
def test_a_file_that_is_no_list_of_entries_is_refused(desk, text, said):
    desk.hand_in("manure", MANURE)
    write(desk).write_text(text, encoding="utf-8")
    error = refusal(desk)
    assert not [word for word in said if word not in str(error)]


def test_however_many_entries_there_are_their_file_is_read_for_their_lines_once(desk, monkeypatch):
    file = write(desk, *(entry(id=f"entry-{n}") for n in range(20)))
    opened, load = [], YAML.load
    monkeypatch.setattr(YAML, "load", lambda yaml, at: opened.append((*yaml.typ, at == file)) or load(yaml, at))
    entries = read_corrections(file, desk.catalog.sources["manure"], shown="corrections.yml")
    assert [e.line for e in entries] == [2 + 9 * n for n in range(20)]
    assert [kind for kind, is_the_file in opened if is_the_file] == ["safe", "rt"]


def test_an_empty_file_corrects_nothing(desk):
    desk.hand_in("manure", MANURE)
    write(desk)
    assert outcomes(desk) == {}


def test_the_check_report_lists_the_corrections_of_each_file(desk):
    desk.hand_in("manure", MANURE)
    desk.hand_in("manure", f"{MANURE_HEAD}\n大同市,阳高县,10,5\n")
    write(
        desk,
        entry(reason="小数点错位<b>"),
        entry(id="other", status="proposed", where="{area_id: 阳曲县}", **{"from": "150"}),
    )
    corrections = match_all(desk.workspace, desk.catalog, list_snapshots(desk.workspace))
    examined, _ = examine_all(desk.workspace, desk.catalog, corrections=corrections)
    page = write_check_report(examined, desk.workspace, desk.catalog, corrections=corrections).read_text(
        encoding="utf-8"
    )
    first, second = page.split('<section class="file"')[1:]
    assert "1 处已更正" in first and "处已更正" not in second
    row = re.sub(r"<[^>]+>", " ", first.split("said by</th></tr>")[1].split("</tr>")[0]).split()
    assert "综合利用量" in row[2]
    for words in ("900", "90", "小数点错位&lt;b&gt;", "清徐县农业农村局，2022-02-03"):
        assert words in row


def test_check_looks_for_each_correction_once(desk, monkeypatch):
    from analytics.pipeline import corrections

    desk.hand_in("manure", MANURE)
    write(desk, entry())
    looked, real = [], corrections._matched
    monkeypatch.setattr(corrections, "_matched", lambda *a: looked.append(a[0].correction.id) or real(*a))
    done = CliRunner().invoke(app, ["check", "--root", str(desk.workspace.root)])
    assert done.exit_code == 0, done.output
    assert looked == ["qingxu"]
    page = (desk.workspace.builds / "checks.html").read_text(encoding="utf-8")
    assert "1 处已更正" in page


# The guide


def test_the_example_of_the_guide_works_as_it_stands(desk):
    guide = (Path(__file__).parents[2] / "docs" / "CORRECTIONS.md").read_text(encoding="utf-8")
    example, due = re.findall(r"```yaml\n(.*?)```", guide, flags=re.S)
    file = desk.inbox / "粪污.csv"
    file.parent.mkdir()
    file.write_text(MANURE, encoding="utf-8")
    desk.hand_in_file("manure", file, period="2021")
    write(desk).write_text(example, encoding="utf-8")
    assert outcomes(desk) == {"qingxu-2021-used": "applied", "yangqu-2021-used": "proposed"}
    (desk.workspace.root / "catalog").mkdir()
    (desk.workspace.root / "catalog" / "due.yml").write_text(due, encoding="utf-8")
    assert load_catalog(desk.workspace.root / "catalog").due["section_monthly"].days_after == 20


# In the words of the form


@pytest.mark.parametrize("what", ["综合利用量（吨）", "综合利用量(吨)", "利用量（吨）", "畜禽粪污/综合利用量（吨）"])
def test_a_column_is_named_as_the_form_heads_it(desk, what):
    desk.hand_in("manure", MANURE)
    write(desk, entry(what=what, where='{县（市、区）: 清徐县, 报告期: "2021"}'))
    assert used(desk) == ["90.0"]


def test_an_item_of_water_is_named_as_the_form_heads_it(desk):
    desk.hand_in("sections", SECTIONS)
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{months('S1', m3='40')}")
    where = "{断面编码: S1, taken_at: 2021-03}"
    write(desk, entry(what="氨氮(mg/L)", where=where, **{"from": "40", "to": "0.4"}), source="section_monthly")
    assert outcomes(desk) == {"qingxu": "applied"}


def test_a_word_that_heads_no_column_is_told_as_it_was_written(desk):
    desk.hand_in("manure", MANURE)
    write(desk, entry(what="综合产生量"))
    assert "综合产生量" in refusal(desk).found


# Received as the next build reads it


def test_a_new_file_is_received_as_confirmed_corrections_have_it(qinghe):
    """A later file repeats a wrong cell that was corrected: receipt, slip and build all read it as corrected."""
    file = qinghe.root / "a.csv"
    file.write_text(MANURE, encoding="utf-8")
    assert "综合利用量不得大于产生量" in qinghe("receive", file, "--source", "manure", "--period", "2021").stdout
    said = qinghe.root / "data" / "raw" / "manure" / "corrections.yml"
    said.write_text(entry(), encoding="utf-8")
    again = qinghe.root / "b.csv"
    again.write_text(f"{MANURE}太原市,娄烦县,100,60\n", encoding="utf-8")
    (told,) = json.loads(qinghe("receive", again, "--source", "manure", "--period", "2021", "--json").stdout)
    assert (told["rows set aside"], told["warnings"]) == (0, 0)
    assert told["cells corrected as confirmed"] == 1
    assert "return slip" not in told and told["put right of earlier files"] == 1
    listed = json.loads(qinghe("received", "--year", "2021", "--json").stdout)["received"]
    assert [(row["file"], row["rows_set_aside"], row["cells_corrected"]) for row in listed][-1] == ("b.csv", 0, 1)
