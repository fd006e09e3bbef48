"""A workspace may put another regulation in the place of a shipped one, and the annex says so."""

import pytest

from analytics.catalog.load import SHIPPED
from analytics.errors import CatalogError
from analytics.present import regulations

RATING = (SHIPPED / "methods/rating_2011.yml").read_text(encoding="utf-8")
GIVEN = "given: {source: 甲厅函〔2021〕1号, date: 2021-03-01}\n"


def test_a_given_method_takes_the_place_of_the_shipped_one(overlay):
    catalog = overlay(
        "methods/rating_own.yml", RATING.replace("sections_for_shares: 5", "sections_for_shares: 3") + GIVEN
    )
    assert catalog.surface_rating.sections_for_shares == 3
    printed = str(regulations.ratings(catalog, "zh").note) + str(regulations.regulations(catalog, "zh").rows)
    assert "不足3个" in printed
    assert "由文件替换：甲厅函〔2021〕1号" in printed


def test_without_the_document_that_says_so_nothing_is_replaced(overlay):
    with pytest.raises(CatalogError, match="has this id already"):
        overlay("methods/rating_own.yml", RATING)


def test_two_files_of_a_workspace_do_not_replace_each_other(overlay):
    overlay("methods/rating_own.yml", RATING + GIVEN)
    with pytest.raises(CatalogError, match="has this id already"):
        overlay("methods/rating_other.yml", RATING + GIVEN)


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        (("good_class: Ⅲ", "good_class: 丙"), "no limits of such a class"),
        (
            ("fewest_samplings: {month: 1, quarter: 2, season: 2}", "fewest_samplings: {month: 1}"),
            "a quarter and a season",
        ),
        (("standard: gb3838_2002", "standard: gb3838_2003"), "no standard gb3838_2003; did you mean gb3838_2002"),
        (("before_all_others: [cyanide,", "before_all_others: [cyanid,"), "no parameter cyanid; did you mean cyanide"),
        (("heavily polluted}}", "heavily polluted}, worst_below: 90.0}"), "the last rating holds where no other does"),
        (("good_at_least: 90.0", "good_at_least: 70.0"), "from the best to the worst"),
        (("good_at_least: 90.0", "good_at_least: .nan"), "finite number"),
        (("good_class: Ⅲ", "good_class: 劣Ⅴ"), "no limits of such a class"),
        (("sections_for_shares: 5", "sections_for_shares: 0"), "greater than or equal to 1"),
        (("some_steps: 1", "some_steps: 5"), "a marked change begins where"),
    ],
)
def test_a_rating_that_makes_no_sense_is_refused(overlay, changed, rule):
    assert changed[0] in RATING
    with pytest.raises(CatalogError, match=rule.replace("?", r"\?")):
        overlay("methods/rating_own.yml", RATING.replace(*changed) + GIVEN)


STANDARD = """id: own_standard
title: {zh: 甲, en: A}
document: 甲
table: "1"
cases: {any: {zh: 全部, en: any}}
class_names: [一, 二, 三]
rounded: false
cites: [gb3838_2002]
certainty: C
reason: {zh: 试, en: a trial}
limits:
  - {item: "1", parameter: lead, direction: at_most, cases: [any], unit: "mg/L", classes: [0.01, 0.05]}
"""


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        (("[0.01, 0.05]", "[0.05, 0.01]"), "stricter than that of a better class"),
        (("[0.01, 0.05]", "[0.01, .nan]"), "finite number|not_detected"),
        (("direction: at_most", "direction: within"), "within takes a lower and an upper limit"),
        (("[0.01, 0.05]", "[0.01, 0.05, 0.1]"), "3 classes have 2 limits at most"),
        (("[0.01, 0.05]", "[[0.01, 0.05]]"), "at_most takes one limit"),
        (("cases: [any]", "cases: [some]"), "there is no case some"),
        (('unit: "mg/L"', 'unit: "℃"'), "lead is measured in mg/L"),
        (("class_names: [一, 二, 三]", "class_names: [一, 二, 二]"), "two classes have one name"),
    ],
)
def test_a_standard_that_makes_no_sense_is_refused(overlay, changed, rule):
    assert changed[0] in STANDARD
    with pytest.raises(CatalogError, match=rule):
        overlay("standards/own.yml", STANDARD.replace(*changed))
    assert overlay("standards/own.yml", STANDARD).standards["own_standard"].number_of("三") == 3
