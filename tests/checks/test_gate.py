"""The gate as a whole: all rules of all rows, counts that agree, and what could not be checked."""

import random

import polars as pl
import pytest

from analytics.errors import CatalogError, CheckFailed, QingheError
from analytics.paths import shipped
from analytics.quality import engine
from analytics.quality.gate import gate_version, load, reason_of_refusal, refusal, run_gate, save
from analytics.quality.result import NOTHING_TO_COMPARE
from tests.checks.conftest import broke, outcome

RULES = """
source: manure
rules:
  - id: {id}
    severity: {severity}
    columns: [{column}]
    rule: {rule}
    message: {{zh: 甲, en: a}}
    reason: 试验
    since: "2021"
"""


@pytest.fixture
def expectations(tmp_path):
    """Writes an expectations file with one rule for `manure`."""

    def write(rule, *, column="manure_used_t", severity="critical", id="own_rule"):
        file = tmp_path / "expectations" / "manure.yml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(RULES.format(id=id, severity=severity, column=column, rule=rule), encoding="utf-8")
        return file

    return write


def test_a_row_that_breaks_several_rules_shows_them_all(gate):
    wrong = {"city": None, "manure_produced_t": -1.0, "manure_used_t": 5.0}
    result = gate("manure", wrong, {}, {})
    assert result.set_aside_rows == 1
    shown = result.broken.select("check", "column", "severity", "found").rows()
    assert shown == [
        ("city_present", "city", "critical", ""),
        ("manure_produced_t_in_range", "manure_produced_t", "critical", "-1"),
        ("used_within_produced", None, "critical", "manure_used_t=5; manure_produced_t=-1"),
        ("something_produced", "manure_produced_t", "info", "-1"),
    ]


def test_every_failing_row_is_listed_however_many(gate):
    result = gate("manure", *[{"manure_used_t": 100.5}] * 1_001, *[{}] * 1_001)
    assert result.broken["row"].to_list() == list(range(1, 1_002))
    assert outcome(result, "used_within_produced") == ("failed", 1_001)
    assert not result.refused


def test_counts_agree_with_an_independent_computation(gate, stage):
    dice = random.Random(2021)
    rows = [
        {
            "manure_produced_t": dice.choice([None, -5.0, 0.0, 50.0, 100.0, 5e6]),
            "manure_used_t": dice.choice([None, 1.0, 60.0, 90.0]),
            "area_id": f"14{dice.randrange(150):04d}",
            "city": dice.choice([None, "140100"]),
        }
        for _ in range(300)
    ]
    result = gate("manure", *rows)
    frame = pl.DataFrame(rows)
    produced, used = pl.col("manure_produced_t"), pl.col("manure_used_t")
    values = ["area_id", "manure_produced_t", "manure_used_t"]
    firsts = frame.unique(values, maintain_order=True)
    expected = {
        "city_present": frame["city"].null_count(),
        "manure_produced_t_present": frame["manure_produced_t"].null_count(),
        "manure_used_t_present": frame["manure_used_t"].null_count(),
        "manure_produced_t_in_range": frame.filter((produced < 0) | (produced > 4e6)).height,
        "used_within_produced": frame.filter(used > produced).height,
        "something_produced": frame.filter(produced <= 0).height,
        "used_in_good_part": frame.filter(used < 0.1 * produced).height,
        "row_not_repeated": frame.height - firsts.height,
        "key_unique": firsts.filter(pl.len().over("area_id") > 1).height,
    }
    failed = result.checks.filter(pl.col("outcome") == "failed", pl.col("scope") != "file")
    assert dict(failed.select("check", "failed").iter_rows()) == expected
    listed = dict(result.broken["check"].value_counts().iter_rows())
    assert listed == expected
    alone = pl.col("problem").str.contains(NOTHING_TO_COMPARE, literal=True).fill_null(False)
    assert set(result.checks.filter(~alone)["outcome"]) <= {"passed", "failed"}


def test_what_raises_could_not_be_checked_and_looks_like_no_fault(gate, expectations):
    rule = expectations("CAST(remark AS INTEGER) > 0", column="remark")
    result = gate("manure", {"remark": "无"}, {"manure_used_t": None}, {}, expectations=rule)
    assert outcome(result, "own_rule") == ("could_not_be_checked", None)
    problem = result.checks.filter(pl.col("check") == "own_rule")["problem"][0]
    assert "Could not convert string" in problem
    assert broke(result) == {2: {"manure_used_t_present"}}  # the other checks are unharmed
    assert result.refused
    assert problem in reason_of_refusal(result, "en")


def test_a_warning_that_could_not_be_checked_refuses_nothing(gate, expectations):
    rule = expectations("CAST(remark AS INTEGER) > 0", column="remark", severity="warning")
    result = gate("manure", {"remark": "无"}, expectations=rule)
    assert outcome(result, "own_rule") == ("could_not_be_checked", None)
    assert not result.refused


@pytest.mark.parametrize("raises", [False, True])
def test_a_condition_that_is_null_in_every_row_could_not_be_checked(gate, expectations, raises):
    rule = expectations("manure_used_t <= CAST(NULL AS DOUBLE)", column="manure_used_t")
    if raises:
        second = rule.read_text(encoding="utf-8").split("rules:\n")[1].replace("own_rule", "second")
        raising = second.replace("manure_used_t <= CAST(NULL AS DOUBLE)", "CAST(remark AS INTEGER) > 0")
        rule.write_text(rule.read_text(encoding="utf-8") + raising, encoding="utf-8")
    result = gate("manure", {"remark": "无"}, {}, expectations=rule)
    assert outcome(result, "own_rule") == ("could_not_be_checked", None)
    assert "null in every row" in reason_of_refusal(result, "en")
    assert result.refused


def test_a_rule_that_has_no_row_to_look_at_is_not_kept_and_refuses_nothing(gate, expectations):
    rule = expectations("remark <> '无'", column="remark")
    empty = gate("manure", {"remark": None}, {"remark": None}, expectations=rule)
    assert outcome(empty, "own_rule") == ("could_not_be_checked", None)
    problem = empty.checks.filter(check="own_rule")["problem"].item()
    assert problem == "没有一行填齐所涉各栏 (no row has all of its columns: remark)"
    assert not empty.refused
    assert outcome(gate("manure", {"remark": None}, {"remark": "有"}, expectations=rule), "own_rule") == ("passed", 0)


def test_a_column_that_is_not_there_could_not_be_checked(gate, stage):
    file = stage("manure", {}, {})
    pl.read_parquet(file).drop("manure_used_t").write_parquet(file)
    result = gate("manure", file=file)
    assert outcome(result, "manure_used_t_present") == ("could_not_be_checked", None)
    assert outcome(result, "key_unique") == ("could_not_be_checked", None)
    assert outcome(result, "manure_produced_t_present") == ("passed", 0)
    assert result.refused


def test_a_register_without_members_could_not_be_checked(stage, catalog, registers):
    result = run_gate(
        stage("town_sewage", {}),
        catalog.source("town_sewage"),
        catalog=catalog,
        registers=registers.filter(pl.col("register") != "towns"),
        expectations=None,
    )
    assert outcome(result, "entity_registered") == ("could_not_be_checked", None)
    assert result.refused
    assert "the register towns has no members" in reason_of_refusal(result, "en")
    assert "：尚未收到该名录，请先接收名录" in (told := reason_of_refusal(result, "zh")) and "register" not in told


def test_two_counts_that_differ_could_not_be_checked(gate, monkeypatch):
    counted = engine.run_suite

    def wrong(staged, checks):
        return counted(staged, checks) | {"city_present": engine.Tally(7)}

    monkeypatch.setattr(engine, "run_suite", wrong)
    result = gate("manure", {"city": None}, {})
    assert outcome(result, "city_present") == ("could_not_be_checked", None)
    problem = result.checks.filter(pl.col("check") == "city_present")["problem"][0]
    assert problem == "两次计数不一致 (two counts differ: great_expectations 7, own pass 1)"
    assert (result.refused, result.broken.height) == (True, 0)


def test_an_adjusted_check_says_nothing_of_the_rows_it_excepts(gate, tmp_path):
    file = tmp_path / "expectations" / "manure.yml"
    file.parent.mkdir()
    file.write_text(
        "source: manure\nadjust:\n"
        '  - {check: manure_used_t_present, unless: manure_produced_t = 0, reason: 无畜禽, since: "2021"}\n'
        '  - {check: city_present, severity: warning, reason: 可由县推出, since: "2021"}\n',
        encoding="utf-8",
    )
    none_used = {"manure_used_t": None}
    rows = [{**none_used, "manure_produced_t": 0.0}, none_used, {"city": None}, {}]
    result = gate("manure", *rows, expectations=file)
    assert broke(result) == {2: {"manure_used_t_present"}, 3: {"city_present"}}
    assert (result.set_aside_rows, outcome(result, "city_present")) == (1, ("failed", 1))


def test_a_result_comes_back_as_it_was_saved(gate, tmp_path):
    result = gate("manure", {"city": None}, {}, {})
    beside = tmp_path / "abc-1.5-0123"
    assert load(beside) is None
    save(result, beside)
    back = load(beside)
    assert back is not None
    assert back.checks.equals(result.checks) and back.broken.equals(result.broken)
    assert (back.refused, back.rows, back.set_aside_rows, back.copies) == (False, 3, 1, 0)
    assert back.broken.schema == result.broken.schema
    (tmp_path / "abc-1.5-0123.broken.parquet").write_bytes(b"half a file")
    assert load(beside) is None


def test_the_version_follows_all_that_the_answer_depends_on(catalog, registers, expectations):
    source, towns = catalog.source("manure"), catalog.source("town_sewage")
    rules = shipped("expectations", "manure.yml")
    version = gate_version(source, catalog, rules, registers)
    asked = registers.filter(pl.col("register") == "counties")
    assert version == gate_version(source, catalog, rules, asked)
    assert version != gate_version(source, catalog, rules, asked.clear())
    assert version != gate_version(source, catalog, None, registers)
    assert version != gate_version(source, catalog, expectations("manure_used_t > 0"), registers)
    with_towns = gate_version(towns, catalog, None, registers)
    assert with_towns == gate_version(towns, catalog, None, registers.reverse())
    assert with_towns != gate_version(towns, catalog, None, registers.filter(pl.col("entity_id") != "T1"))


def test_the_error_for_a_refused_file_has_its_four_parts(gate, catalog):
    source = catalog.source("manure")
    result = gate("manure", {"city": None}, {"manure_used_t": 101.0}, {})
    error = refusal(result, source, file="a.xlsx", sha256="3f9a1c" + "0" * 58)
    assert isinstance(error, CheckFailed) and error.exit_code == 4
    assert str(error).splitlines() == [
        "manure: the file fails check 'share_set_aside'; nothing of it is used.",
        "  In: a.xlsx (sha256 3f9a1c000000…)",
        "  Expected: 因严重问题暂不采用的行不得超过 50% (At most 50 % of the rows may be set aside)",
        "  Found: 2 of 3 rows set aside (city_present 1, used_within_produced 1)",
        "    表1 row 1 city_present: (empty), expected 有值 (a value)",
        "    表1 row 2 used_within_produced: manure_used_t=101; manure_produced_t=100, "
        "expected 综合利用量不得大于产生量 (No more manure is used than was produced)",
        "  Next: ask the department for the file again, or write the cells that it puts right into "
        "data/raw/manure/corrections.yml, with `delivery: a.xlsx`; "
        "`qinghe check` writes a page with every row and its rules.",
    ]
    assert [reason_of_refusal(result, lang) for lang in ("zh", "en")] == [
        "因严重问题暂不采用的行不得超过 50%：共3行，其中2行有误",
        "At most 50 % of the rows may be set aside: 2 of 3 rows",
    ]


def test_mere_copies_refuse_no_file_and_stay_set_aside(gate, tmp_path):
    same = {"area_id": "140121"}
    result = gate("manure", same, same, same)
    assert (result.refused, result.rows, result.set_aside_rows, result.copies) == (False, 3, 2, 2)
    save(result, tmp_path / "kept")
    assert load(tmp_path / "kept").copies == 2


def test_copies_of_good_rows_do_not_make_up_for_bad_ones(gate, catalog):
    """Two of three entries are bad, however often the good one is repeated; a copy with a fault of its own is bad."""
    same = {"area_id": "140121"}
    bad = [{"area_id": "140122", "city": None}, {"area_id": "140123", "manure_used_t": 101.0}]
    result = gate("manure", same, same, same, same, *bad)
    assert (result.refused, result.rows, result.set_aside_rows, result.copies) == (True, 6, 5, 3)
    assert [reason_of_refusal(result, lang).split("%")[1] for lang in ("zh", "en")] == [
        "：除重复的3行外共3行，其中2行有误",
        " of the rows may be set aside: 2 of 3 rows, without 3 that repeat others",
    ]
    faulty = gate("manure", same, {**same, "city": None}, {**same, "city": None})
    assert (faulty.refused, faulty.set_aside_rows, faulty.copies) == (True, 2, 0)


def test_the_error_names_checks_that_could_not_be_made(gate, catalog, expectations):
    rule = expectations("CAST(remark AS INTEGER) > 0", column="remark")
    result = gate("manure", {"remark": "无"}, expectations=rule)
    text = str(refusal(result, catalog.source("manure"), file="a.xlsx", sha256="0" * 64))
    assert text.startswith("manure: 1 critical check(s) could not be made")
    assert "own_rule: " in text and "Could not convert string" in text


def test_there_is_no_refusal_of_a_good_file(gate, catalog):
    result = gate("manure", {})
    assert reason_of_refusal(result, "en") == ""
    with pytest.raises(QingheError, match="was not refused"):
        refusal(result, catalog.source("manure"), file="a.xlsx", sha256="0" * 64)


def test_rules_that_break_the_form_of_their_file_stop_the_gate(gate, expectations):
    with pytest.raises(CatalogError, match="there is no column manure_usd_t; did you mean manure_used_t"):
        gate("manure", {}, expectations=expectations("manure_used_t > 0", column="manure_usd_t"))
