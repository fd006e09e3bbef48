"""What may be given beside a plan, what it does, and what is refused."""

from dataclasses import replace

import polars as pl
import pytest

from analytics.catalog import load_catalog
from tests.deliveries import MANURE_HEAD, Desk
from tests.unit.refusals import GIVEN_BY, refused

TYPED = "area: '140200', text: 甲, measure: 乙, due: 2022-06-30"
TYPED_LATE = TYPED.replace("2022-06-30", "2021-01-01")

REWARD = f"least_share_pct: 90, at_most: {{ammonia_nitrogen: 1.0}}, {GIVEN_BY}\n"
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
    "a rule for rewards of no item": (
        f"reward_rules:\n  - {{id: half, valid_from: 2021-01-01, least_share_pct: 90, {GIVEN_BY}",
        ["names an item, in shares_of_limit or at_most", "key reward_rules.0"],
    ),
    "a rule for rewards of an unknown item": (
        "reward_rules:\n  - {id: half, valid_from: 2021-01-01, least_share_pct: 90, at_most: {ammonia: 1.0}, "
        f"{GIVEN_BY}",
        ["there is no parameter ammonia", "did you mean ammonia_nitrogen", "key reward_rules.0.at_most.ammonia"],
    ),
    "two rules for rewards of one day": (
        f"reward_rules:\n  - {{id: one, valid_from: 2021-01-01, {REWARD}"
        f"  - {{id: two, valid_from: 2021-07-01, {REWARD}",
        ["one holds on the same days", "key reward_rules.1.valid_from"],
    ),
    "a rule for rewards that ends before it begins": (
        "reward_rules:\n  - {id: half, valid_from: 2021-02-01, valid_to: 2021-01-31, least_share_pct: 90, "
        f"at_most: {{ammonia_nitrogen: 1.0}}, {GIVEN_BY}",
        ["the rule ends before it begins", "key reward_rules.0"],
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
        ["the value is a number", "key settings.0.value"],
    ),
    "a choice that there is not": (
        f"settings:\n  - {{setting: source_year_rule, value: every_month, {GIVEN_BY}",
        ["one of all_occasions, annual_mean", "key settings.0.value"],
    ),
    "a number in place of a choice": (
        f"settings:\n  - {{setting: source_year_rule, value: 4, {GIVEN_BY}",
        ["one of all_occasions, annual_mean", "key settings.0.value"],
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
