"""A form for which its department waits itself is not asked for before it is overdue."""

import polars as pl
import pytest

from analytics import notebook
from analytics.present.reminders import letters
from tests.deliveries import SECTION_HEAD, SECTIONS, months


@pytest.fixture
def told(desk):
    """The register of sections has come, and monthly results of one of three."""
    desk.hand_in("sections", SECTIONS)
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{months('S1')}")
    desk.values()
    return notebook.open_year(2021, root=desk.workspace.root)


def test_the_letter_says_what_its_department_waits_for_and_does_not_ask(told):
    letter = told.reminders()["ecology_environment"]
    asked, later = letter.split("本次不催报：")
    assert "《国家认定的断面类别》" not in asked
    assert later.startswith("《国家认定的断面类别》待国家反馈认定结果，收到后即转报。")
    assert "Not asked for yet: Classes of national sections" in told.language("en").reminders()["ecology_environment"]


def test_the_report_does_not_call_it_not_sent(told):
    table = next(p for p in told.clauses("goals").pieces if hasattr(p, "rows"))
    cells = {row[0]: row for row in table.rows}
    assert "待国家反馈认定结果：国家认定的断面类别" in cells["G2"][5]
    assert "未报：国家认定" not in cells["G2"][5]
    row = next(r for r in told.outstanding_forms().rows if r[1] == "国家认定的断面类别")
    assert row[4] == "待国家反馈认定结果"


def test_once_it_is_overdue_it_is_asked_for(told):
    mine = pl.col("source") == "section_recognised"
    late = told.frames.standing.with_columns(state=pl.when(mine).then(pl.lit("overdue")).otherwise("state"))
    frames = told.frames
    found = letters(
        late, frames.left_blank, frames.quarantine, as_of=told.as_of, plan=told.plan, catalog=told.catalog, lang="zh"
    )
    assert "《国家认定的断面类别》（2021年）" in found["ecology_environment"]
    assert "本次不催报" not in found["ecology_environment"]
