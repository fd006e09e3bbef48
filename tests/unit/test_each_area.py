"""Promises that the text judges in each of several areas: one verdict of them together, and the whole's own number."""

import pytest

from analytics import notebook

CITIES = ("太原市", "大同市", "阳泉市", "长治市", "晋城市", "朔州市", "晋中市", "运城市", "忻州市", "临汾市", "吕梁市")
USES = ("工业用水", "城市杂用水", "景观环境用水", "农林牧渔用水")
HEAD = ",".join(["市", *(f"{use}（万立方米）" for use in ("污水处理量", *USES))]) + "\n"


def reused(**instead):
    """Of a hundred that each city treats it uses thirty again, but for those told `instead`; None: not told."""
    told = {city: instead.get(city, 30) for city in CITIES}
    return HEAD + "".join(f"{city},100,{used},0,0,0\n" for city, used in told.items() if used is not None)


def rows_of(desk, code):
    rows = desk.values().filter(code=code, scope_id="140000")
    return {row["stratum"]: row for row in rows.to_dicts()}


def test_the_areas_together_are_judged_and_the_number_of_the_whole_is_not(desk):
    desk.hand_in("reclaimed_water", reused(运城市=21))
    found = rows_of(desk, "T03")
    whole, each = found[None], found["each_area"]
    assert (whole["value_printed"], whole["target"], whole["verdict"]) == ("29.2", None, "no_target")
    assert [each[k] for k in ("value", "target", "gap", "verdict", "is_breach")] == [10, 11, -1, "not_met", True]
    assert (each["value_printed"], each["unit"], each["used"], each["expected"]) == ("10/11", "个", 11, 11)


def test_an_area_that_is_not_told_of_bounds_the_number_of_those_that_keep_it(desk):
    desk.hand_in("reclaimed_water", reused(运城市=None))
    each = rows_of(desk, "T03")["each_area"]
    assert [each[k] for k in ("value", "low", "high", "used", "verdict")] == [10, 10, 11, 10, "undecided"]


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("zh", "按城区逐个判定，11个中10个达到。目标为各城区≥ 22 %，1个未达到，判定：未达到。"),
        (
            "en",
            "each urban area judged by itself: 10 of 11 keep it. The target is ≥ 22 % in each urban area: not met",
        ),
    ],
)
def test_the_report_tells_the_same_verdict_as_the_values(desk, lang, told):
    desk.hand_in("reclaimed_water", reused(运城市=21))
    published = {(r["code"], r["stratum"]): r["verdict"] for r in desk.values().to_dicts() if r["scope_id"] == "140000"}
    year = notebook.open_year(2021, root=desk.workspace.root).language(lang)
    shown = year._judged()
    assert {(r["code"], r["stratum"]): r["verdict"] for r in shown.to_dicts()}.items() <= published.items()
    assert shown.filter(code="T03")["value_printed"].to_list() == ["10/11"]
    assert told in str(year.sentence("T03"))
    beside = [row for row in year.scorecard().rows if row[0] == "" and "29.2 %" in row]
    assert len(beside) == 1
    assert year.explain("T03").value["verdict"] == "not_met"
