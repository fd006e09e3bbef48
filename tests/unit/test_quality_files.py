"""Expectations files: what breaks their form is named with file, line and key."""

import re

import pytest

from analytics.errors import CatalogError
from analytics.paths import shipped
from analytics.quality.checks import checks_for
from analytics.quality.expectations import general_file

GOOD = """\
source: manure
rules:
  - id: some_used
    severity: warning
    columns: [manure_used_t]
    rule: manure_used_t > 0
    message: {zh: 有利用, en: Some is used}
    reason: 试验
    since: "2021"
"""


@pytest.fixture
def own(tmp_path, catalog):
    """Checks of `manure` under an expectations file of that text."""

    def checks(text):
        file = tmp_path / "expectations" / "manure.yml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return {c.id: c for c in checks_for(catalog.source("manure"), catalog, file)}

    return checks


def test_a_rule_becomes_a_check_after_those_of_the_catalog(own, catalog):
    checks = own(GOOD)
    without = [c.id for c in checks_for(catalog.source("manure"), catalog, None)]
    assert list(checks) == [*without[:-1], "some_used", "share_set_aside"]
    found = checks["some_used"]
    assert (found.severity, found.scope, found.rule, found.since) == (
        "warning",
        "row",
        "manure_used_t > 0",
        "2021",
    )


@pytest.mark.parametrize(
    ("old", "new", "what", "where"),
    [
        ("severity:", "severty:", "unknown key", "line 4, key rules.0.severty"),
        (
            "severity: warning",
            "severity: fatal",
            "Input should be 'critical'",
            "line 4, key rules.0.severity",
        ),
        ("    reason: 试验\n", "", "Field required", "line 3, key rules.0.reason"),
        (
            "message: {zh: 有利用, en: Some is used}",
            "message: {zh: 有利用}",
            "Field required",
            "line 7, key rules.0.message.en",
        ),
        ('since: "2021"', "since: 2021", "valid string", "line 9, key rules.0.since"),
        ('since: "2021"', 'since: "去年"', "should match pattern", "line 9, key rules.0.since"),
        ("source: manure", "source: towns", "for another source", "line 1, key source"),
        ("id: some_used", "id: key_unique", "a check of the catalog has this id", "line 3, key rules.0.id"),
        (
            "columns: [manure_used_t]",
            "columns: [manure]",
            "there is no column manure",
            "line 5, key rules.0.columns",
        ),
        (
            "columns: [manure_used_t]",
            "scope: cell\n    columns: [city, county]",
            "exactly one column",
            "line 3, key rules.0",
        ),
        ("source: manure", "source: manure\nextra: 1", "unknown key", "line 2, key extra"),
    ],
)
def test_a_broken_file_is_rejected_with_its_place(own, old, new, what, where):
    with pytest.raises(CatalogError) as caught:
        own(GOOD.replace(old, new))
    assert what in caught.value.what
    assert caught.value.where == f"expectations/manure.yml, {where}"
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("adjustment", "what"),
    [
        ("{check: city_presnt, severity: info", "did you mean city_present?"),
        ("{check: city_present", "gives severity, unless, or both"),
        ("{check: rows_present, severity: info", "a check of the whole file is not adjusted"),
    ],
)
def test_an_adjustment_must_fit_a_check_of_rows(own, adjustment, what):
    text = f'source: manure\nadjust:\n  - {adjustment}, reason: 试验, since: "2021"}}\n'
    with pytest.raises(CatalogError) as caught:
        own(text)
    assert what in caught.value.what
    assert "line 3" in caught.value.where


def test_two_rules_of_one_name_are_rejected(own):
    twice = GOOD + GOOD.split("rules:\n")[1]
    with pytest.raises(CatalogError, match="two rules have this id"):
        own(twice)


@pytest.mark.parametrize("text", ["source: [", "- a list", "source: manure\nsource: manure"])
def test_what_is_no_such_yaml_is_rejected(own, text):
    with pytest.raises(CatalogError) as caught:
        own(text)
    assert caught.value.where.startswith("expectations/manure.yml")


def test_general_rules_lie_beside_or_are_the_shipped_ones(tmp_path, own):
    assert own(GOOD)["share_set_aside"].at_most_pct == 50
    assert general_file(tmp_path / "expectations" / "manure.yml") == shipped("expectations", "general.yml")
    (tmp_path / "expectations" / "general.yml").write_text(
        'share_set_aside: {at_most_pct: 20, reason: 试验, since: "2021"}\n', encoding="utf-8"
    )
    checks = own(GOOD)
    assert checks["share_set_aside"].at_most_pct == 20
    assert checks["share_set_aside"].message.zh == "因严重问题暂不采用的行不得超过 20%"


def test_every_check_speaks_both_languages_and_says_why(catalog):
    for source in catalog.sources.values():
        checks = checks_for(source, catalog, shipped("expectations", f"{source.id}.yml"))
        assert len({c.id for c in checks}) == len(checks)
        for check in checks:
            for text in (check.message, *check.expected.values()):
                assert text.en
                assert any("一" <= sign <= "鿿" for sign in text.zh), text
            assert check.reason or check.kind != "rule"


def test_the_limit_of_nitrogen_that_the_rules_of_stations_hold_is_that_of_the_catalog(catalog):
    limit = catalog.assumed_limit("total_nitrogen")
    text = shipped("expectations").joinpath("station_readings.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"total_nitrogen (?:<=|>) ([\d.]+)", text)) == {f"{limit.limit:g}"}
    told = re.findall(r"检出限(?: [\d.]+ mg/L（|据 )(HJ [\d-]+)", text)
    assert told == [limit.method, limit.method]
