"""Why a member is open, in the words of readers."""

import pytest

from analytics.present.reasons import why_open


@pytest.mark.parametrize(
    ("reason", "zh", "en"),
    [
        (None, "", ""),
        ("no_target", "没有生态流量目标", "no flow target"),
        ("days_missing: 65", "缺测日数（65）", "days without a flow (65)"),
        (
            "points_open: 2021-Q2, 2021-Q3; row_without_body: 2021-Q4 (2)",
            "点位缺测或监测次数不足（2021年二季度、2021年三季度）；有监测行认不出水体（2021年四季度2行）",
            "points not measured, or too seldom (Q2 2021 and Q3 2021); readings of an unknown body (Q4 2021: 2 rows)",
        ),
        ("T07f、T07g", "", ""),  # codes of figures are no reason
        ("约30", "", ""),  # nor is a state as it was delivered
    ],
)
def test_reasons_are_told_in_words(reason, zh, en):
    assert (why_open(reason, "zh"), why_open(reason, "en")) == (zh, en)
