"""Plans as the catalog takes them: what a plan has to say, what may be given after it was issued, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from analytics.catalog import Catalog, load_catalog
from analytics.catalog.load import SHIPPED
from analytics.errors import CatalogError
from tests.deliveries import MANURE_HEAD, Desk

SHIPPED_PLAN = (SHIPPED / "plans" / "shanxi-2021.yml").read_text(encoding="utf-8")
OWN_PLAN = (
    SHIPPED_PLAN.replace("id: shanxi-2021", "id: own")
    .replace("years: [2021]", "years: [2031]")
    .replace("2021: 2021-", "2031: 2031-")
    .replace("2021: ", "2031: ")
)
GIVEN_BY = "source: 甲〔2021〕1号, date: 2021-08-01}"
TYPED = "area: '140200', text: 甲, measure: 乙, due: 2022-06-30"
TYPED_LATE = TYPED.replace("2022-06-30", "2021-01-01")

Overlay = Callable[[str, str], Catalog]


@pytest.fixture
def overlay(tmp_path) -> Overlay:
    """Writes one file of a workspace's own catalog and loads all."""

    def load(name: str, text: str) -> Catalog:
        file = tmp_path / "catalog" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return load_catalog(tmp_path / "catalog")

    return load


@pytest.fixture
def given(overlay) -> Callable[[str], Catalog]:
    """The catalog where one thing was said of the plan of 2021 after it was issued."""
    return lambda said: overlay("given/shanxi-2021.yml", f"plan: shanxi-2021\n{said}\n")


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


def refused(load: Callable[[], object], *said: str) -> CatalogError:
    """The refusal of what `load` reads, every part of `said` within it."""
    with pytest.raises(CatalogError) as caught:
        load()
    for part in said:
        assert part in str(caught.value)
    assert caught.value.exit_code == 3
    assert caught.value.next_step
    return caught.value


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


def test_a_setting_that_a_figure_needs_is_declared(overlay, catalog):
    text = changed(("  plant_load_threshold:\n", "  load_threshold:\n"))
    refused(lambda: overlay("plans/own.yml", text), "wants the setting plant_load_threshold", position("T06e", catalog))


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


# What is given after a plan was issued


GIVEN_REFUSED = {
    "a target that the text decides": (
        f"targets:\n  - {{code: T12b, year: 2021, value: 80, {GIVEN_BY}",
        ["the plan's own text decides this target", "T12b", "key targets.0.code", "line 3"],
    ),
    "a target of evidence": (
        f"targets:\n  - {{code: G6, year: 2021, value: 80, {GIVEN_BY}",
        ["the figure is not held against a number", "G6", "key targets.0.code"],
    ),
    "a target of no code": (
        f"targets:\n  - {{code: T17h, year: 2021, value: 80, {GIVEN_BY}",
        ["the plan has no T17h", "did you mean T17", "key targets.0.code"],
    ),
    "a target of another year": (
        f"targets:\n  - {{code: G2, year: 2022, value: 80, {GIVEN_BY}",
        ["the plan is not about 2022", "key targets.0.year"],
    ),
    "a target without its document": (
        "targets:\n  - {code: G2, year: 2021, value: 80, date: 2021-08-01}",
        ["Field required", "key targets.0.source"],
    ),
    "a target without its day": (
        "targets:\n  - {code: G2, year: 2021, value: 80, source: 甲}",
        ["Field required", "key targets.0.date"],
    ),
    "an unknown setting": (
        f"settings:\n  - {{setting: minimum_month, value: 9, {GIVEN_BY}",
        ["the plan has no setting minimum_month", "did you mean minimum_months?", "key settings.0.setting"],
    ),
    "an unknown set of places": (
        f"place_sets:\n  - {{place_set: along_yellow_cities, places: ['140881'], {GIVEN_BY}",
        ["the plan has no place_set along_yellow_cities", "along_yellow_fen_cities?", "key place_sets.0.place_set"],
    ),
    "an unknown area in a set": (
        f"place_sets:\n  - {{place_set: along_yellow_fen_cities, places: ['140899'], {GIVEN_BY}",
        ["there is no area 140899", "key place_sets.0.places"],
    ),
    "a share written as a fraction": (
        f"targets:\n  - {{code: G2, year: 2021, value: 0.72, {GIVEN_BY}",
        ["a share is given in per cent", "0.72", "key targets.0.value"],
    ),
    "a share of more than all": (
        f"targets:\n  - {{code: G2, year: 2021, value: 172, {GIVEN_BY}",
        ["a share is 100 at most", "key targets.0.value"],
    ),
    "a share of at least nothing": (
        f"targets:\n  - {{code: G2, year: 2021, value: 0, {GIVEN_BY}",
        ["asks for nothing", "key targets.0.value"],
    ),
    "less than nothing": (
        f"targets:\n  - {{code: G3a, year: 2021, value: -5, {GIVEN_BY}",
        ["less than nothing", "key targets.0.value"],
    ),
    "no number": (
        f"targets:\n  - {{code: G2, year: 2021, value: .nan, {GIVEN_BY}",
        ["finite number", "key targets.0.value"],
    ),
    "a setting beyond its bounds": (
        f"settings:\n  - {{setting: minimum_months, value: 13, {GIVEN_BY}",
        ["between 1 and 12", "key settings.0.value"],
    ),
    "a setting in words": (
        f"settings:\n  - {{setting: plant_load_threshold, value: 九成, {GIVEN_BY}",
        ["valid number", "key settings.0.value"],
    ),
    "a code in place of a key": ("G2: {target: 72}", ["unknown key", "G2"]),
    "areas of another province": (
        f"place_sets:\n  - {{place_set: along_yellow_fen_cities, places: ['150100'], {GIVEN_BY}",
        ["there is no area 150100", "key place_sets.0.places"],
    ),
    "the province as one of its counties": (
        f"place_sets:\n  - {{place_set: along_yellow_fen_cities, places: ['140000'], {GIVEN_BY}",
        ["county areas of 140000", "key place_sets.0.places"],
    ),
    "an area twice": (
        f"place_sets:\n  - {{place_set: along_yellow_fen_cities, places: ['140881', '140881'], {GIVEN_BY}",
        ["an area stands once", "key place_sets.0.places"],
    ),
    "a breakdown of named works": (
        f"breakdowns:\n  - {{code: T10a, year: 2021, values: {{'140100': 5}}, {GIVEN_BY}",
        ["judged one by one", "key breakdowns.0.code"],
    ),
    "a measure due before it was signed": (
        f"reasons:\n  - {{code: T12b, cause: natural, {TYPED_LATE}, signed_by: 丙, {GIVEN_BY}",
        ["a measure is due after it was signed", "key reasons.0"],
    ),
    "a set that holds a district without a town": (
        f"place_sets:\n  - {{place_set: former_counties, places: ['140213'], {GIVEN_BY}",
        [
            "is none of the cities and towns of combined_sewer_conversion",
            "given/shanxi-2021.yml",
            "key place_sets.0.places",
        ],
    ),
    "a set that holds a city's district": (
        f"place_sets:\n  - {{place_set: yellow_fen_towns, places: ['140881', '140105'], {GIVEN_BY}",
        ["小店区 is none of the cities and towns", "given/shanxi-2021.yml", "key place_sets.0.places"],
    ),
    "parts that fall short of the whole": (
        f"breakdowns:\n  - {{code: T12a, year: 2021, values: {{'140100': 300, '140200': 300}}, {GIVEN_BY}",
        ["the parts add up to 600, the target of the province is 698", "key breakdowns.0.values"],
    ),
    "parts of an amount that fall short": (
        f"breakdowns:\n  - {{code: T02b, year: 2021, values: {{'140100': 30.5, '140200': 30}}, {GIVEN_BY}",
        ["the parts add up to 60.5, the target of the province is 60", "key breakdowns.0.values"],
    ),
    "a part of another province": (
        f"breakdowns:\n  - {{code: T12a, year: 2021, values: {{'150100': 698}}, {GIVEN_BY}",
        ["the plan covers no such area", "150100", "key breakdowns.0.values.150100"],
    ),
    "a breakdown of no code": (
        f"breakdowns:\n  - {{code: T12z, year: 2021, values: {{'140100': 698}}, {GIVEN_BY}",
        ["the plan has no T12z", "key breakdowns.0.code"],
    ),
    "a reason of no code": (
        f"reasons:\n  - {{code: T12z, cause: natural, {TYPED}, signed_by: 丙, {GIVEN_BY}",
        ["the plan has no T12z", "key reasons.0.code"],
    ),
    "a reason that nobody signed": (
        f"reasons:\n  - {{code: T12b, cause: natural, {TYPED}, {GIVEN_BY}",
        ["Field required", "key reasons.0.signed_by"],
    ),
    "a reason of another kind": (
        f"reasons:\n  - {{code: T12b, cause: luck, {TYPED}, signed_by: 丙, {GIVEN_BY}",
        ["'luck'", "key reasons.0.cause"],
    ),
    "an unknown key": ("target: []", ["unknown key", "did you mean targets?", "key target"]),
}


@pytest.mark.parametrize(("said", "why"), GIVEN_REFUSED.values(), ids=GIVEN_REFUSED)
def test_what_cannot_be_given_is_refused_at_its_key(given, said, why):
    refused(lambda: given(said), "given/shanxi-2021.yml", *why)


def test_nothing_is_given_for_a_plan_that_is_not_there(overlay):
    text = "plan: shanxi-2020\n"
    refused(lambda: overlay("given/own.yml", text), "no plan shanxi-2020", "shanxi-2021?", "given/own.yml", "key plan")


def test_a_target_that_the_text_leaves_open_is_there_once_it_is_given(given, catalog):
    plan = catalog.plans["shanxi-2021"]
    goal = catalog.target("G2", plan)
    assert catalog.promised(plan, goal, 2021) is None
    after = given(f"targets:\n  - {{code: G2, year: 2021, value: 70.5, {GIVEN_BY}")
    assert after.promised(plan, goal, 2021) == 70.5
    assert after.promised(plan, goal, 2021, "140100") is None, "a target of the province is no city's"
    assert after.promised(plan, after.target("G1", plan), 2021) is None
    said = after.given_target(plan, goal, 2021)
    assert said is not None
    assert (said.source, said.date.isoformat()) == ("甲〔2021〕1号", "2021-08-01")


def test_a_working_figure_is_kept_and_never_counts(given):
    catalog = given(f"targets:\n  - {{code: G2, year: 2021, value: 70.5, is_working: true, {GIVEN_BY}")
    plan = catalog.plans["shanxi-2021"]
    goal = catalog.target("G2", plan)
    assert catalog.promised(plan, goal, 2021) is None
    said = catalog.given_target(plan, goal, 2021)
    assert said is not None
    assert (said.value, said.is_working) == (70.5, True)


def test_a_setting_that_is_given_holds_and_keeps_its_reason(given, catalog):
    plan = catalog.plans["shanxi-2021"]
    assert (catalog.setting(plan, "minimum_months").value, catalog.setting(plan, "plant_load_threshold").value) == (
        8,
        None,
    )
    after = given(f"settings:\n  - {{setting: plant_load_threshold, value: 90, {GIVEN_BY}")
    found = after.setting(plan, "plant_load_threshold")
    assert found.value == 90
    assert found.reason == catalog.setting(plan, "plant_load_threshold").reason
    assert after.setting(plan, "minimum_months").value == 8


def test_a_set_of_places_that_is_given_holds_for_every_target_of_it(given, catalog):
    plan = catalog.plans["shanxi-2021"]
    after = given(f"place_sets:\n  - {{place_set: along_yellow_fen_cities, places: ['140881', '140581'], {GIVEN_BY}")
    for code in ("G4c", "T09b"):
        promised = catalog.target(code, plan)
        assert len(catalog.places_of(plan, promised)) == 8
        assert after.places_of(plan, promised) == ["140881", "140581"]


@pytest.mark.parametrize(
    ("code", "whole", "values"),
    [
        ("T12a", 698, {"140100": 398, "140200": 300}),
        ("T02b", 60, {"140100": 29.7, "140200": 30.3}),
        ("T12b", 78, {"140100": 80, "140200": 76}),  # the parts of a share are no parts of a sum
    ],
)
def test_a_breakdown_holds_each_area_to_its_part(given, code, whole, values):
    parts = ", ".join(f"'{area}': {value}" for area, value in values.items())
    catalog = given(f"breakdowns:\n  - {{code: {code}, year: 2021, values: {{{parts}}}, {GIVEN_BY}")
    plan = catalog.plans["shanxi-2021"]
    promised = catalog.target(code, plan)
    assert catalog.promised(plan, promised, 2021) == whole
    assert {area: catalog.promised(plan, promised, 2021, area) for area in values} == values
    assert catalog.promised(plan, promised, 2021, "140300") is None


def test_reasons_are_told_of_the_figure_they_are_about(given):
    catalog = given(f"reasons:\n  - {{code: T12b, cause: engineering, {TYPED}, signed_by: 丙, {GIVEN_BY}")
    plan = catalog.plans["shanxi-2021"]
    (reason,) = catalog.said_of(plan, catalog.target("T12b", plan), 2021, "140200")
    assert (reason.area, reason.cause, reason.signed_by, reason.due.isoformat()) == (
        *("140200", "engineering", "丙", "2022-06-30"),
    )
    assert catalog.said_of(plan, catalog.target("T12a", plan), 2021, "140200") == []


def test_what_is_given_becomes_the_target_of_the_figures(desk):
    """From the file of a workspace to the figures, built anew because that file is there."""
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,76\n大同市,云州区,100,90\n")
    before = targets_of(desk)
    file = desk.workspace.catalog / "given" / "shanxi-2021.yml"
    file.parent.mkdir(parents=True)
    file.write_text(
        "plan: shanxi-2021\n"
        f"targets:\n  - {{code: T17e, year: 2021, value: 90, {GIVEN_BY}\n"
        f"  - {{code: T18b, year: 2021, value: 90, is_working: true, {GIVEN_BY}\n"
        f"breakdowns:\n  - {{code: T12b, year: 2021, values: {{'140100': 80}}, {GIVEN_BY}\n",
        encoding="utf-8",
    )
    after = targets_of(replace(desk, catalog=load_catalog(desk.workspace.catalog)))
    changed_for = {key for key in after if after[key] != before[key]}
    assert changed_for == {("T17e", "140000"), ("T12b", "140100")}
    assert [after["T17e", "140000"], after["T12b", "140100"]] == [90, 80]
    assert [after["T12b", "140000"], after["T12b", "140200"], after["T18b", "140000"]] == [78, None, None]


def targets_of(desk: Desk) -> dict[tuple[str, str], float | None]:
    """What each figure is held against at each province, city and county."""
    values = desk.values().filter(pl.col("scope_kind").is_in(["province", "city", "county"]))
    return {(code, scope): target for code, scope, target in values.select("code", "scope_id", "target").iter_rows()}


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
