"""The catalog: whole as shipped, and every rejection says file, line, key, rule and a good example."""

import shutil
from dataclasses import replace

import pytest

from analytics.catalog import catalog_files, check, load_catalog
from analytics.catalog.load import SHIPPED
from analytics.catalog.models import FieldSpec, Text
from analytics.errors import CatalogError, UsageError
from tests.unit.refusals import refused


def test_shipped_divisions_are_those_of_the_province(catalog):
    assert len(catalog.children("140000", "city")) == 11
    counties = catalog.children("140000", "county")
    assert len(counties) == 117
    kinds = [c.kind for c in counties]
    assert (kinds.count("district"), kinds.count("county_level_city"), kinds.count("county")) == (26, 11, 80)


def test_every_shipped_text_has_both_languages(catalog):
    for target in [t for p in catalog.plans.values() for _, t in catalog.targets(p)]:
        assert target.statement.zh and target.statement.en


def test_a_workspace_may_add(overlay):
    catalog = overlay("references.yml", "own:\n  title: {zh: 甲, en: A}\n  certainty: A\n")
    assert catalog.references["own"].title.zh == "甲"


GOOD_FIELD = "own_t:\n  type: number\n  label: {zh: 量, en: Amount}\n"
OWN_METHOD = (
    "id: own\ntitle: {zh: 甲, en: A}\nstandard: black_odorous_2015\n"
    "shallow: {parameter: transparency, least_cm: 3.0, below_cm: 25.0, share_of_depth: 0.4, instead_of: 轻度黑臭}\n"
    "fewest: {points: 3, samplings: 3}\ncites: [black_odorous_2015]\ncertainty: B\nreason: {zh: 乙, en: B}\n"
)

REJECTIONS = [
    ("fields.yml", GOOD_FIELD + "  minimun: 3\n", ["line 4", "own_t.minimun", "did you mean minimum?"]),
    (
        "fields.yml",
        GOOD_FIELD.replace("number", "figure"),
        ["line 2", "own_t.type", "Input should be", "'figure'"],
    ),
    ("fields.yml", "own_t:\n  type: number\n", ["line 1", "own_t.label", "Field required", "label:"]),
    (
        "fields.yml",
        "own_t:\n  type: number\n  label: {zh: 量}\n",
        ["line 3", "own_t.label.en", "Field required"],
    ),
    ("fields.yml", GOOD_FIELD + "  maximum: many\n", ["line 4", "own_t.maximum", "'many'"]),
    ("fields.yml", GOOD_FIELD + GOOD_FIELD, ["not valid YAML", "line 4", "duplicate key"]),
    ("fields.yml", GOOD_FIELD + "  unit: 车\n", ["line 4", "own_t.unit", "unit is not known", "万t"]),
    ("fields.yml", "own_t: [\n", ["not valid YAML", "fields.yml"]),
    ("fields.yml", "- a\n", ["the file must hold a mapping"]),
    ("fields.yml", "manure_used_t:\n  type: number\n  label: {zh: 量, en: A}\n", ["has this id already"]),
    (
        "indicators/own.yml",
        "- id: own\n  name: {zh: 甲, en: A}\n  kind: ratio\n  population: {register_name: town}\n"
        "  numerator: {states: {town_sewage_capability: [able]}}\n  scopes: [province]\n  better: higher\n"
        '  unit: "%"\n  decimals: 1\n  formula: {zh: 甲, en: A}\n  cites: [plan_2021]\n',
        ["line 4", "population", "no register town", "did you mean towns?"],
    ),
    (
        "methods/black_odorous_own.yml",
        OWN_METHOD.replace("parameter: transparency", "parameter: transparancy"),
        ["line 4", "shallow.parameter", "did you mean transparency?"],
    ),
    (
        "methods/black_odorous_own.yml",
        OWN_METHOD.replace("轻度黑臭", "中度黑臭"),
        ["line 4", "shallow.instead_of", "black_odorous_2015 has no limits of such a class", "中度黑臭"],
    ),
]


@pytest.mark.parametrize(("name", "text", "said"), REJECTIONS)
def test_rejections_lead_to_the_line(overlay, name, text, said):
    with pytest.raises(CatalogError) as caught:
        overlay(name, text)
    for part in [name, *said]:
        assert part in str(caught.value)
    assert caught.value.exit_code == 3
    assert caught.value.next_step


OWN_TREND = (SHIPPED / "methods" / "trend_tests.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("fields.yml", GOOD_FIELD + GOOD_FIELD, "workspace catalog/fields.yml 第4行：“own_t”写了两次，只能写一次"),
        (
            "fields.yml",
            "manure_used_t:\n  type: number\n  label: {zh: 量, en: A}\n",
            "workspace catalog/fields.yml 第1行（manure_used_t）不合规定：编号 manure_used_t 重复，"
            "catalog/fields.yml 中已有",
        ),
        (
            "methods/trend_tests_own.yml",
            OWN_TREND + OWN_TREND,
            "第73行不合规定：编号 spearman 在本文件中重复：请把其中一条改用别的编号。改好后用 qinghe plan --lint 检查",
        ),
        ("fields.yml", GOOD_FIELD + "  maximum: many\n", "第4行（own_t.maximum）不合规定，详见下文"),
        ("fields.yml", "own_t: [\n", "workspace catalog/fields.yml 第2行不是正确的 YAML 写法"),
        ("field.yml", GOOD_FIELD, "workspace catalog/field.yml 没有程序会读"),
    ],
)
def test_rejections_are_told_in_chinese(overlay, name, text, said):
    with pytest.raises(CatalogError) as caught:
        overlay(name, text)
    assert said in caught.value.zh


SHIPPED_MANURE = (SHIPPED / "sources" / "manure.yml").read_text(encoding="utf-8")
SHIPPED_PLAN = (SHIPPED / "plans" / "shanxi-2021.yml").read_text(encoding="utf-8")
SHIPPED_ZONES = (SHIPPED / "sources" / "zone_plants.yml").read_text(encoding="utf-8").replace("zone_plant\n", "own\n")
NEXT_PLAN = SHIPPED_PLAN.replace("id: shanxi-2021", "id: next").replace("2021: 2021-", "2024: 2024-")
NEXT_PLAN = NEXT_PLAN.replace("2021: ", "2024: ")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "sources/again.yml",
            SHIPPED_MANURE.replace("id: manure", "id: again"),
            ["item manure_produced", "in manure already", "amounts.0.item"],
        ),
        (
            "sources/again.yml",
            SHIPPED_ZONES.replace("id: zone_plants", "id: own_plants").replace("field: zone_name\n", "field: zone\n"),
            ["undertaking names no column of this source: zone"],
        ),
        ("plans/next.yml", NEXT_PLAN, ["the year 2021", "in shanxi-2021 already", "key years"]),
        (
            "plans/next.yml",
            NEXT_PLAN.replace("years: [2021]", "years: [2024]").replace("code: G3b", "code: G2"),
            ["G2 of plan next stands in next already", ".code"],
        ),
        (
            "plans/next.yml",
            NEXT_PLAN.replace("years: [2021]", "years: [2024]").replace(
                'value: {2024: 0}\n        unit: "个"', "value: {2024: 0}\n        unit: 座", 1
            ),
            ["worse_than_class_five_sections is in 个", "座", ".unit"],
        ),
    ],
)
def test_what_may_be_said_only_once(overlay, name, text, said):
    with pytest.raises(CatalogError) as caught:
        overlay(name, text)
    for part in [name, *said]:
        assert part in str(caught.value)


def test_a_second_plan_is_one_file(overlay):
    catalog = overlay("plans/next.yml", NEXT_PLAN.replace("years: [2021]", "years: [2024]"))
    assert [catalog.plan_for(year).id for year in (2021, 2022, 2024)] == ["shanxi-2021", "shanxi-2022-2023", "next"]


def test_a_file_that_is_not_utf8_is_refused(tmp_path):
    file = tmp_path / "catalog" / "fields.yml"
    file.parent.mkdir()
    file.write_bytes("own: {zh: 量}".encode("gb18030"))
    with pytest.raises(CatalogError, match="UTF-8"):
        load_catalog(tmp_path / "catalog")


def test_every_shipped_file_is_read_and_a_broken_one_is_found(tmp_path, monkeypatch):
    from analytics.catalog import load

    copy = tmp_path / "shipped"
    shutil.copytree(load.SHIPPED, copy)
    monkeypatch.setattr(load, "SHIPPED", copy)
    for file in catalog_files():
        before = file.read_text(encoding="utf-8")
        file.write_text(before + "\nnonsense: 1\n- x\n", encoding="utf-8")
        with pytest.raises(CatalogError):
            load_catalog()
        file.write_text(before, encoding="utf-8")
    assert load_catalog().sources


def test_areas_are_found_by_code_name_and_former_name(catalog):
    assert catalog.area("140703").name.zh == "太谷区"
    assert catalog.area("太谷县").id == "140703"
    assert catalog.area("Taiyuan City").id == "140100"


def test_a_name_that_two_areas_bear_asks_for_the_code(catalog):
    with pytest.raises(UsageError, match=r"140302.*140502"):
        catalog.area("城区")


@pytest.mark.parametrize(("word", "near"), [("manure_utilization", "manure_utilisation"), ("T12", "T12b")])
def test_a_typo_is_answered_with_the_nearest_word(catalog, word, near):
    with pytest.raises(UsageError, match=near):
        catalog.indicator(word)


@pytest.mark.parametrize(
    ("word", "first"),
    [
        ("foo", ""),
        ("manure_utilization", "manure_utilisation (T12b 畜禽粪污综合利用率)"),
        ("粪污利用率", "manure_utilisation (T12b 畜禽粪污综合利用率)"),
    ],
)
def test_an_unknown_indicator_is_answered_with_ids_codes_and_chinese_names(catalog, word, first):
    with pytest.raises(UsageError, match="Unknown indicator") as caught:
        catalog.indicator(word)
    told = caught.value.expected.removeprefix("nearest: ").split("; ")
    names = [indicator.name.zh for indicator in catalog.indicators.values()]
    assert len(told) == 8 and told[0].startswith(first)
    assert all(one.rpartition(" ")[2].removesuffix(")") in names for one in told)


TABLE_3, GROUND = "{standard: gb3838_2002_specific", "{standard: gbt14848_2017, up_to_class: "


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (f"{TABLE_3}, up_to_class: 达标", f"{TABLE_3}, up_to_class: Ⅲ", "no limits of such a class"),
        ("required: [ph, total_hardness,", "required: [ph, benzo_a_pyrene,", "no limit holds for the case groundwater"),
        ("  groundwater:\n    case", "  spring:\n    case", "the waters are those that the register tells"),
        (f"{GROUND}Ⅲ}}", f"{GROUND}Ⅲ}}\n      - {GROUND}Ⅳ}}", "an item has two limits"),
    ],
)
def test_the_assessment_of_sources_fits_its_standards(overlay, before, after, said):
    text = (SHIPPED / "methods" / "drinking_sources.yml").read_text(encoding="utf-8")
    assert before in text
    text = text.replace("id: drinking_sources", "id: own", 1).replace(before, after, 1)
    refused(lambda: overlay("methods/drinking_sources_own.yml", text), said)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"breakdown": "industry"}, "item reclaimed_water_used stands in reclaimed_water already"),
        ({"breakdown": None}, "reclaimed_water_used is told by reclaimed_water_wan_m3"),
        ({"field": "supply_pipes_km"}, "reclaimed_water_used is told by reclaimed_water_wan_m3"),
    ],
    ids=["twice the same", "no part", "another unit"],
)
def test_an_amount_is_told_in_parts_of_its_own_unit(catalog, changes, said):
    source = catalog.sources["reclaimed_water"]
    assert list(check.problems(catalog)) == []
    amounts = [*source.amounts[:-1], source.amounts[-1].model_copy(update=changes)]
    own = {**catalog.sources, source.id: source.model_copy(update={"amounts": amounts})}
    assert said in {p.rule for p in check.problems(replace(catalog, sources=own))}


@pytest.mark.parametrize(
    ("source", "changes"),
    [
        ("unmet_reasons", {"key": ["entity_id", "area_id", "remark"]}),
        ("village_works", {"key": ["remark"]}),
    ],
)
def test_nothing_is_found_by_a_text_that_stands_as_sent(catalog, source, changes):
    own = {**catalog.sources, source: catalog.sources[source].model_copy(update=changes)}
    found = {(p.entry, p.rule, p.found) for p in check.problems(replace(catalog, sources=own))}
    assert (source, "a text that stands as sent names nobody", "remark") in found


def test_the_column_of_a_list_takes_none_for_a_zero_return(catalog):
    name = "section_campaign"
    fields = {**catalog.fields, name: catalog.fields[name].model_copy(update={"none_is_told": False})}
    found = {(p.rule, p.found) for p in check.problems(replace(catalog, fields=fields))}
    assert ("its field has none_is_told", name) in found
    with pytest.raises(ValueError, match="none_is_told goes with as_sent"):
        FieldSpec(type="text", label=Text(zh="文", en="text"), none_is_told=True)


def test_only_text_stands_as_sent():
    with pytest.raises(ValueError, match="as_sent goes with type: text"):
        FieldSpec(type="date", label=Text(zh="日", en="day"), as_sent=True)
