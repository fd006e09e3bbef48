"""Plans as the catalog takes them: what a plan has to say, and what is refused."""

from __future__ import annotations

import pytest

from analytics.catalog import Catalog
from analytics.catalog.load import SHIPPED
from analytics.catalog.plan import Setting
from analytics.present import given as given_since
from analytics.present import methods
from tests.unit.refusals import GIVEN_BY, refused

SHIPPED_PLAN = (SHIPPED / "plans" / "shanxi-2021.yml").read_text(encoding="utf-8")
OWN_PLAN = (
    SHIPPED_PLAN.replace("id: shanxi-2021", "id: own")
    .replace("years: [2021]", "years: [2031]")
    .replace("2021: 2021-", "2031: 2031-")
    .replace("2021: ", "2031: ")
)


def changed(*changes: tuple[str, str]) -> str:
    """A plan of another year, otherwise that of 2021, with these passages replaced."""
    text = OWN_PLAN
    for before, after in changes:
        assert text.count(before) == 1, f"the plan has {text.count(before)} times: {before}"
        text = text.replace(before, after)
    return text


def clause(number: str) -> str:
    """The passage of a clause."""
    start = OWN_PLAN.index(f'  - clause: "{number}"\n')
    return OWN_PLAN[start : OWN_PLAN.index("  - clause: ", start + 1)]


def target(code: str) -> str:
    """The passage of a target."""
    start = OWN_PLAN.index(f"      - code: {code}\n")
    ends = (OWN_PLAN.find(mark, start + 1) for mark in ("      - code: ", "  - clause: "))
    return OWN_PLAN[start : min(end for end in ends if end > 0)]


def in_target(code: str, before: str, after: str) -> tuple[str, str]:
    """A change within a target."""
    passage = target(code)
    assert before in passage, f"{code} has no {before}"
    return passage, passage.replace(before, after)


def position(code: str, catalog: Catalog) -> str:
    """The key of a target within its plan's file."""
    plan = catalog.plans["shanxi-2021"]
    return next(
        f"clauses.{c}.targets.{t}"
        for c, found in enumerate(plan.clauses)
        for t, promised in enumerate(found.targets)
        if promised.code == code
    )


# A plan leaves nothing open


def test_the_plan_of_another_year_is_taken_as_it_is(overlay):
    catalog = overlay("plans/own.yml", changed())
    assert catalog.plan_for(2031).id == "own"
    assert len(catalog.plans["own"].targets()) == len(catalog.plans["shanxi-2021"].targets())


def test_a_clause_without_a_figure_is_refused(overlay):
    before = clause("21")
    after = before[: before.index("    sentences:")]
    refused(
        lambda: overlay("plans/own.yml", changed((before, after))),
        "a clause without a figure",
        "key clauses.21",
        "own.yml",
    )


@pytest.mark.parametrize("sentences", ["[[T21a]]", "[[T21a, T21b, T22a]]", "[[], []]"])
def test_sentences_and_figures_of_a_clause_are_the_same_codes(overlay, sentences):
    text = changed(("sentences: [[T21a, T21b]]", f"sentences: {sentences}"))
    refused(lambda: overlay("plans/own.yml", text), "sentences and targets", "key clauses.21.sentences", "own.yml")


def test_a_clause_without_its_statement_is_refused(overlay):
    before = clause("21")
    after = before.replace(before[before.index("    statement:") : before.index("    lead:")], "", 1)
    refused(lambda: overlay("plans/own.yml", changed((before, after))), "Field required", "key clauses.21.statement")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("lead: [industry]", "lead: []", ["at least 1 item", ".lead"]),
        ("        lead: [industry]\n", "", ["Field required", ".lead"]),
        ("lead: [industry]", "lead: [industries]", ["no department industries", "did you mean industry?", ".lead"]),
        ("indicator: zone_plants_completed", "indicator: zone_plants", ["no indicator zone_plants", ".indicator"]),
        ("value: {2031: 5}", "value: {2030: 5}", ["the plan is not about 2030", ".value"]),
        ("value: {2031: 5}", "value: {2031: five}", ["'five'", ".value.2031"]),
        ("value: {2031: 5}", "left_to: {zh: 甲, en: A}", ["a value goes with its unit"]),
        ("        value: {2031: 5}\n", "", ["one of value per year, left_to"]),
        ('unit: "个"', 'unit: "座"', ["zone_plants_completed is in 个", "座", ".unit"]),
        ("stage: completed", "stage: started", ["counts works that are completed", "started", ".stage"]),
        ("stage: completed", "stage: done", ["'done'", ".stage"]),
        ("2031-10-31", "2031-10-32", ["cannot be read"]),
        ('place: "140431"', 'place: "140439"', ["no area 140439", "140431", ".works.3.place"]),
        ('{place: "140431"}', "{}", ["a named work has a place, a river, or both", ".works.3"]),
        ("code: T10a", "code: X10a", ["String should match", "'X10a'", ".code"]),
    ],
)
def test_what_a_figure_lacks_is_refused_at_its_key(overlay, catalog, before, after, said):
    passage = target("T10a").replace("2021-10-31", "2031-10-31")
    assert before in passage
    text = changed((target("T10a"), passage.replace(before, after, 1)))
    error = refused(lambda: overlay("plans/own.yml", text), "own.yml", *said)
    if "cannot be read" not in said:
        assert position("T10a", catalog) in str(error)


@pytest.mark.parametrize(
    ("code", "before", "after", "said"),
    [
        ("T07d", "yellow_fen_towns", "yellow_towns", ["the plan has no place_set yellow_towns", ".place_set"]),
        ("T08b", "cold_season", "warm_season", ["the plan has no window warm_season", ".window"]),
        ("T18b", "[T18a]", "[T18z]", ["no code of a plan T18z", ".requires"]),
        ("T07a", 'places: ["140100"]', 'places: ["149900"]', ["no area 149900", ".places.0"]),
        ("T07a", "level: urban_area", "level: basin", ["is computed for province, urban_area", ".level"]),
        ("T07a", 'places: ["140100"]', "places: []", ["counts places that the plan names", ".places"]),
        ("T07a", 'places: ["140100"]', 'places: ["140100"]\n        rest_of: towns', ["one of places, place_set"]),
    ],
)
def test_what_a_figure_points_at_is_there(overlay, catalog, code, before, after, said):
    text = changed(in_target(code, before, after))
    refused(lambda: overlay("plans/own.yml", text), "own.yml", position(code, catalog), *said)


@pytest.mark.parametrize(("name", "code"), [("plant_load_threshold", "T06e"), ("source_year_rule", "G1")])
def test_a_setting_that_a_figure_needs_is_declared(overlay, catalog, name, code):
    text = changed((f"  {name}:\n", "  another_setting:\n"))
    refused(lambda: overlay("plans/own.yml", text), f"wants the setting {name}", position(code, catalog))


def test_figures_that_hold_together_are_the_plan_s(overlay):
    text = changed(("codes: [T07f, T07g]", "codes: [T07f, T07z]"))
    refused(lambda: overlay("plans/own.yml", text), "the plan has no T07z", "key joint.0.codes")


def test_departments_of_a_clause_are_known(overlay):
    text = changed((clause("4"), clause("4").replace("[commerce]", "[trade_office]")))
    refused(lambda: overlay("plans/own.yml", text), "no department trade_office", "key clauses.4.cooperating")


# Strata leave nobody out and hold nobody twice


@pytest.mark.parametrize(
    ("change", "who"),
    [
        (('      - "140826"\n', '      - "140826"\n      - "140825"\n'), "新绛县 is held twice"),
        (in_target("T07b", '"140800"', '"140800", "140100"'), "太原市 is held twice"),
        (('"140406", "140703"]', '"140406"]'), "太谷区 is none of the cities and towns"),
        (('      - "140826"\n', '      - "140826"\n      - "140105"\n'), "小店区 is none of the cities and towns"),
        (in_target("T07c", "rest_of: cities", 'places: ["140200"]'), "阳泉市 is left out"),
        (in_target("T07e", "rest_of: towns", 'places: ["140825"]'), "云州区 is left out"),
    ],
)
def test_strata_hold_every_town_once(overlay, change, who):
    refused(lambda: overlay("plans/own.yml", changed(change)), who, "key strata", "own.yml")


def test_the_rest_is_of_something_that_is_divided(overlay):
    text = changed(("combined_sewer_conversion: [cities, towns]", "combined_sewer_conversion: [cities]"))
    refused(lambda: overlay("plans/own.yml", text), "strata does not say", "divides the towns", ".rest_of")
    text = changed(("combined_sewer_conversion: [cities", "combined_sewer: [cities"))
    refused(lambda: overlay("plans/own.yml", text), "no indicator combined_sewer", "key strata.combined_sewer")


def test_every_city_and_town_is_held_to_one_share(catalog):
    plan = catalog.plans["shanxi-2021"]
    strata = [t for t in plan.targets() if t.indicator == "combined_sewer_conversion"]
    held = [place for t in strata for place in catalog.places_of(plan, t)]
    towns = [a.id for a in catalog.children("140000", "county") if a.kind in ("county", "county_level_city")]
    former = ["140215", "140404", "140405", "140406", "140703"]
    assert [t.code for t in strata] == ["T07a", "T07b", "T07c", "T07d", "T07e"]
    assert sorted(held) == sorted([*(a.id for a in catalog.children("140000", "city")), *towns, *former])
    assert len(catalog.places_of(plan, strata[2])) == 7


def test_a_town_taken_from_one_stratum_falls_to_the_rest(given):
    catalog = given(f"place_sets:\n  - {{place_set: yellow_fen_towns, places: ['140881'], {GIVEN_BY}")
    plan = catalog.plans["shanxi-2021"]
    assert catalog.places_of(plan, catalog.target("T07d", plan)) == ["140881"]
    rest = catalog.places_of(plan, catalog.target("T07e", plan))
    assert len(rest) == len(catalog.towns(plan)) - 1
    assert "140826" in rest


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            ("    minimum: 1\n    maximum: 12\n", "    minimum: 9\n    maximum: 12\n"),
            ["between 9 and 12", "minimum_months"],
        ),
        (('first: "11-01"', 'first: "02-29"'), ["day is out of range", "windows.cold_season"]),
        (in_target("T18b", "[T18a]", "[T18b]"), ["cannot wait for itself", ".requires"]),
        (
            in_target("T07b", '"140700", "141000"', '"140700", "140700"'),
            ["a place or a work is named once", ".targets.1"],
        ),
        (
            in_target("T12b", "value: {2031: 78}", 'comparison: "<="\n        value: {2031: 78}'),
            ["better the higher it is"],
        ),
        (
            in_target("T12b", "value: {2031: 78}", "deadline: {2031: 2031-06-30}\n        value: {2031: 78}"),
            ["no deadline"],
        ),
        (in_target("T10a", "2031-10-31", "2032-10-31"), ["the deadline of 2031 is a day of 2031", ".targets.0"]),
        (in_target("T04b", "2031-10-01", "2031-12-31"), []),
        (('area: "140000"', 'area: "140100"'), ["a plan is a province's", "key area"]),
        (("  minimum_months:", "  fewest_months:"), ["how many months make an annual class", "key settings"]),
    ],
)
def test_what_a_plan_cannot_mean_is_refused(overlay, change, said):
    if said:
        refused(lambda: overlay("plans/own.yml", changed(change)), *said)
    else:
        assert overlay("plans/own.yml", changed(change))


def test_a_plan_promises_for_a_year_once(overlay):
    text = SHIPPED_PLAN.replace("id: shanxi-2021", "id: own").replace('area: "140000"', 'area: "140100"')
    refused(lambda: overlay("plans/own.yml", text), "the year 2021 stands in shanxi-2021 already")


@pytest.mark.parametrize("name", ["given/x.yaml", "Given/shanxi-2021.yml", "given/old/shanxi-2021.yml", "shanxi.yml"])
def test_a_file_that_nobody_reads_is_refused(overlay, name):
    refused(lambda: overlay(name, "plan: shanxi-2021\n"), "Nobody reads this file", name)


def test_areas_that_lie_in_each_other_are_refused(overlay):
    area = "- {{id: '{0}', parent: '{1}', level: county, kind: county, name: {{zh: 甲, en: A}}, tile: null}}\n"
    text = "".join(area.format(*pair) for pair in (("149901", "149902"), ("149902", "149901"))).replace(
        ", tile: null", ""
    )
    refused(lambda: overlay("places/own.yml", text), "the area lies in itself")


def test_what_is_nested_without_end_is_refused(overlay):
    refused(lambda: overlay("fields.yml", "[" * 3000 + "]" * 3000), "the file must hold a mapping")


def test_a_value_nested_without_end_is_refused(overlay):
    refused(lambda: overlay("given/a.yml", f"plan: {'[' * 3000 + ']' * 3000}"), "valid string", "key plan")


# Worked examples of a workspace


OWN_EXAMPLE = """\
- id: own
  title: {zh: 甲, en: A}
  given: {zh: 甲, en: A}
  as_of: 2022-01-15
  amounts: |
    item | area_id | value
    manure_produced | 140121 | 100
    manure_used | 140121 | 80
  answers:
    - {code: T12b, scope: "140121", value: 80.0, verdict: no_target}
  source: 甲
"""


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("item | area_id | value", "item | county | value", ["no column county", "area_id", "key 0.amounts"]),
        ("| 140121 | 80", "| 140121", ["line 3 of the table has 2 cells, not 3", "key 0.amounts"]),
        ("verdict: no_target", "verdict: brilliant", ["'brilliant'", "key 0.answers.0.verdict"]),
        ("code: T12b", "code: T99z", ["no code of a plan T99z", "key 0.answers.0.code"]),
    ],
)
def test_worked_examples_are_tables_of_known_columns(overlay, before, after, said):
    assert "own" in overlay("worked/own.yml", OWN_EXAMPLE).worked
    refused(lambda: overlay("worked/own.yml", OWN_EXAMPLE.replace(before, after)), *said)


# The plan that followed


def test_the_plan_of_2022_and_2023_has_a_target_for_each_year(catalog):
    plan = catalog.plans["shanxi-2022-2023"]
    assert plan.years == [2022, 2023]
    assert {catalog.plan_for(year).id for year in plan.years} == {plan.id}
    assert catalog.plan_for(2021).id == "shanxi-2021"
    promised = {t.code: [catalog.promised(plan, t, year) for year in plan.years] for t in plan.targets()}
    assert promised == {"G2": [72.3, 76.6], "G3b": [0, 0], "G4c": [100, 100]}
    assert len(catalog.places_of(plan, catalog.target("G4c", plan))) == 8


def test_a_year_without_its_value_is_refused(overlay):
    text = (SHIPPED / "plans" / "shanxi-2022-2023.yml").read_text(encoding="utf-8")
    text = text.replace("id: shanxi-2022-2023", "id: own").replace("[2022, 2023]", "[2032, 2033]")
    text = text.replace("2022: ", "2032: ").replace("2023: ", "2033: ")
    assert overlay("plans/own.yml", text).plan_for(2033).id == "own"
    short = text.replace(", 2033: 76.6", "")
    assert short != text
    refused(lambda: overlay("plans/own.yml", short), "a value is wanted for every year", "clauses.0.targets.0.value")


WHY = {"label": {"zh": "甲", "en": "a"}, "certainty": "C", "reason": {"zh": "甲", "en": "a"}}
CHOICES = {"one": {"zh": "一", "en": "one"}, "other": {"zh": "二", "en": "other"}}


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"value": "third", "choices": CHOICES}, "one of one, other"),
        ({"value": 3, "choices": CHOICES}, "one of one, other"),
        ({"value": "one", "choices": CHOICES, "minimum": 1, "maximum": 2}, "or choices"),
        ({"value": 3, "minimum": 1}, "or choices"),
        ({"value": "one", "minimum": 1, "maximum": 2}, "a number"),
        ({"value": 3, "minimum": 1, "maximum": 2}, "between 1 and 2"),
    ],
)
def test_a_setting_is_a_number_within_bounds_or_one_of_its_choices(said, rule):
    with pytest.raises(ValueError, match=rule):
        Setting.model_validate(WHY | said)


def test_a_choice_is_printed_by_its_label(catalog, given):
    plan = catalog.plans["shanxi-2021"]
    assert (catalog.setting(plan, "source_year_rule").choice, catalog.setting(plan, "minimum_months").number) == (
        "all_occasions",
        8,
    )
    after = given(
        "settings:\n  - {setting: source_year_rule, value: annual_mean, source: 某函〔2021〕2号, date: 2021-08-02}"
    )
    rows = {
        r[0]: [c["text"] if isinstance(c, dict) else c for c in r] for r in methods.settings(plan, after, "en").rows
    }
    assert rows["Rule by which a source complies in a year"][1] == "the mean of the year complies for every item"
    said = given_since.said_since(plan, after, "zh").rows[0]
    assert (said[0], said[1]["text"]) == ("水源全年达标的评定方法", "各项目年均值达标")
