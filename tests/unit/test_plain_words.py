"""Words that people read: plain ones, and the same everywhere."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
# What is set aside is 暂不采用 to those who read of it; the columns that tell one row from another are named.
JARGON = re.compile(r"隔离(?!带)|搁置|同一?键|主键")


def test_what_people_read_says_no_word_of_the_trade():
    rooms = ("analytics", "expectations", "notebooks", "reports/year_end", "docs")
    kinds = (".py", ".yml", ".j2", ".ipynb", ".md")
    files = [f for room in rooms for f in (ROOT / room).rglob("*") if f.suffix in kinds]
    told = [f"{f.relative_to(ROOT)}: {word}" for f in files for word in JARGON.findall(f.read_text(encoding="utf-8"))]
    assert files and told == []


def test_whoever_types_a_command_is_told_in_chinese_why_it_cannot_be_done():
    # Notebooks and formulas are called by those who program: their errors are in the language of the code.
    rooms = ("cli", "ingest", "pipeline", "warehouse", "catalog", "example")
    files = [ROOT / "analytics/paths.py", *(f for room in rooms for f in (ROOT / "analytics" / room).rglob("*.py"))]
    calls = [(f, call) for f in files for call in _calls_of(f, {"UsageError", "SnapshotError"})]
    mute = [f"{f.relative_to(ROOT)}:{c.lineno}" for f, c in calls if "zh" not in {k.arg for k in c.keywords}]
    assert len(calls) > 40 and mute == []


def _calls_of(file, names):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node


def test_rows_that_contradict_one_another_are_told_by_what_they_share(desk):
    rows = "太原市,清徐县,2,1\n太原市,清徐县,3,1\n大同市,阳高县,1,1\n大同市,天镇县,1,1\n"
    found = desk.hand_in("manure", f"市,县（市、区）,粪污产生量（吨）,综合利用量（吨）\n{rows}")
    told = found.result.broken.filter(check="key_unique").row(0, named=True)
    assert told["expected_zh"] == "“行政区”相同的只填一行，或各行内容一致"
