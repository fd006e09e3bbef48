"""What readers see: numbers that never lie, sentences for every verdict, tables that are safe, no machine words."""

import itertools
import json
import re
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.catalog import load_catalog
from analytics.present import lists, maps, prose, regulations, scorecard, words
from analytics.present.numbers import print_value, signed
from analytics.present.tables import TABLE, Column, Table

MACHINE = re.compile(r"\b(None|null|nan|True|False)\b|[a-z]+_[a-z]+")
OPERATORS = {
    ">=": lambda a, b: a >= b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, "<": lambda a, b: a < b,
    "==": lambda a, b: a == b,
}  # fmt: skip


@pytest.mark.parametrize(
    ("value", "decimals", "target", "expected"),
    [
        (21.96, 1, 22.0, "21.96"),
        (21.94, 1, 22.0, "21.9"),
        (22.04, 1, 22.0, "22.04"),
        (78.0, 1, 78.0, "78.0"),
        (0.1 + 0.2, 1, 0.3, "0.3"),
        (72.340, 1, None, "72.3"),
        (2.5, 0, None, "2"),
        (1234567.0, 0, None, "1,234,567"),
        (None, 1, 78.0, "—"),
    ],
)
def test_printed_values(value, decimals, target, expected):
    assert print_value(value, decimals=decimals, target=target, comparison=">=") == expected


@given(st.decimals(-1000, 1000, places=6), st.integers(0, 3), st.integers(-500, 500), st.sampled_from(list(OPERATORS)))
def test_no_printed_number_looks_like_the_opposite_verdict(value, decimals, target, comparison):
    printed = Decimal(
        print_value(float(value), decimals=decimals, target=float(target), comparison=comparison).replace(",", "")
    )
    holds = OPERATORS[comparison]
    if abs(value - target) > Decimal("1e-5"):
        assert holds(printed, target) == holds(value, target)


def test_signs():
    assert [signed(v, decimals=1) for v in (1.55, -0.4, 0.0, None)] == ["+1.6", "−0.4", "0.0", "—"]


VERDICTS, STRENGTHS = words.codes("verdict"), words.codes("strength")


def value_row(verdict, **more):
    has_value = verdict not in ("not_delivered", "no_data", "not_applicable")
    base = {
        "plan_id": "shanxi-2021", "scope_name": "山西省", "scope_kind": "province", "scope_id": "140000",
        "period_start": date(2021, 1, 1),
        "value": 63.2 if has_value else None, "low": 59.9 if has_value else None, "high": 65.1 if has_value else None,
        "value_printed": "63.2" if has_value else "—", "unit": "%", "used": 3, "expected": 4, "target": 62.0,
        "comparison": ">=", "verdict": verdict, "is_breach": verdict == "not_met", "gap": 1.2 if has_value else None,
    }  # fmt: skip
    return base | more


@pytest.mark.parametrize(("verdict", "strength", "lang"), list(itertools.product(VERDICTS, STRENGTHS, ("zh", "en"))))
def test_every_verdict_and_strength_has_a_sentence(catalog, verdict, strength, lang):
    plan = catalog.plans["shanxi-2021"]
    for _, target in catalog.targets(plan):
        chosen = target.model_copy(update={"strength": strength})
        breach = verdict == "not_met" and strength not in ("strive", "encouraged")
        row = value_row(verdict, is_breach=breach)
        text = str(prose.sentence(row, chosen, catalog, lang))
        assert len(text) > 20 and not MACHINE.search(text), text
        if verdict == "not_met" and not breach:
            assert ("no breach" in text) if lang == "en" else ("不作为未完成任务" in text)


def test_every_unit_of_the_catalog_has_an_english_spelling(catalog):
    families = (catalog.fields, catalog.parameters, catalog.indicators)
    units = {entry.unit for family in families for entry in family.values() if entry.unit}
    assert [unit for unit in units if re.search("[一-鿿]", words.unit(unit, "en"))] == []
    assert words.with_unit("4,127,000", "人", "en") == "4,127,000"


def test_every_family_of_words_has_both_languages():
    for family in (
        "verdict",
        "strength",
        "scope",
        "grade",
        "status",
        "outcome",
        "cause",
        "state",
        "severity",
        "certainty",
    ):
        for code in words.codes(family):
            zh, en = words.word(family, code, "zh"), words.word(family, code, "en")
            assert zh and en and not re.search(r"[一-鿿]", en), (family, code)
    assert len({words.sign(v) for v in VERDICTS}) == len(VERDICTS)


def test_an_unknown_code_is_a_defect():
    with pytest.raises(KeyError):
        words.word("verdict", "fine", "zh")


def test_tables_are_safe_for_html_and_whole():
    made = Table("a<b", [Column("x"), Column("y")], [["<script>", {"text": "1 & 2", "tone": "met"}]], "n<")
    bundle = made._repr_mimebundle_()
    assert "<script>" not in bundle["text/html"] and "1 &amp; 2" in bundle["text/html"]
    assert json.loads(json.dumps(bundle[TABLE]))["rows"] == [["<script>", {"text": "1 & 2", "tone": "met"}]]


def test_markdown_characters_of_names_do_not_format():
    bundle = prose.Sentence("甲*乙_丙|丁")._repr_mimebundle_()
    assert bundle["text/markdown"] == r"甲\*乙\_丙\|丁"


def test_lists_in_words():
    assert words.joined(["甲", "乙", "丙"], "zh") == "甲、乙、丙"
    assert words.joined(["A", "B", "C"], "en") == "A, B and C"
    assert words.joined(["A"], "en") == "A" and words.joined([], "en") == ""


@pytest.fixture(scope="module")
def year(example_workspace):
    from analytics import notebook

    return notebook.open_year(2021, root=example_workspace.root)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_table_of_the_example_year_shows_machine_words(year, lang):
    shown = year.language(lang)
    tables = [
        shown.scorecard(), shown.by_scope("G2", "city"), shown.by_scope("T06d", "county"), shown.works("T10a"),
        shown.sections_table(), shown.sections_not_met("G3b"), shown.received_table(), shown.checks(),
        shown.quarantined(),
        shown.missing(), shown.methods(), shown.verdict_rules(), shown.settings(), shown.references(),
        *shown.limits().pieces,
        shown.ratings(), shown.regulations(),
        shown.outstanding_table(), shown.outstanding_forms(), shown.corrections_table(), shown.jumps_table(),
        shown.assumptions(), shown.worked_examples(), shown.said_since(), shown.source_shares(),
        shown.sources_table(), shown.sources_table("T17c"), shown.source_coverage(),
    ]  # fmt: skip
    for made in tables:
        for row in made.payload()["rows"]:
            for cell in row:
                text = cell if isinstance(cell, str) else cell["text"]
                assert not MACHINE.search(text.replace("示例数据_虚构", "")), (made.title, text)


def test_the_scorecard_has_a_row_for_every_figure_at_its_level(year):
    made = year.scorecard()
    # What stands beside a figure has no code, and what several promise together has several.
    codes = [row[0] for row in made.rows if row[0] and "、" not in row[0]]
    assert codes == [t.code for t in year.plan.targets() if t.code in codes]
    assert {"G1", "G2", "G2b", "G3a", "G3b", "T06d", "T10a", "T12b", "T17c", "S4a", "S4b"} <= set(codes)
    silent = sum(int(str(row[1])) for row in year.outstanding_table().rows if row[1])
    assert len(codes) + silent == 116
    assert (f"另有{silent}项尚未报送" in made.note) is (silent > 0)


def test_beside_the_ledger_stands_of_every_figure_what_the_ledger_does_not_say(year):
    whole, beside = year.scorecard(), year.coverage()
    labels = "编号|承诺|数值|计入 / 应计|判定|与目标的差距"
    assert "|".join(column.label for column in beside.columns) == labels
    assert [list(row) for row in beside.rows] == [[row[n] for n in (0, 1, 3, 4, 5, 6)] for row in whole.rows]
    assert (beside.note, beside.id) == (whole.note, whole.id)


def test_empty_frames_say_so(year):
    nobody = year.area("140106")  # a district without sections and towns
    assert len(nobody.sections_table().rows) == 1
    assert isinstance(nobody.class_composition("city"), prose.Sentence)
    assert isinstance(nobody.month_strips(), prose.Sentence)
    assert lists.stations(
        pl.DataFrame(
            schema={
                "name": pl.String,
                "basin": pl.String,
                "taken_at": pl.Datetime,
                "computed_class": pl.String,
                "water_body": pl.String,
            }
        ),
        year.catalog,
        "zh",
    ).rows
    assert scorecard.verdict_tiles(year.values().clear(), "zh").tiles[0].value == "0"


def test_charts_carry_picture_specification_and_words(year):
    for made in (year.chart("T12b"), year.chart("T10a"), year.map("G2"), year.class_composition("basin")):
        bundle = made._repr_mimebundle_()
        payload = bundle["application/vnd.qinghe.chart+json"]
        assert payload["alt"] and payload["caption"]
        assert bundle["image/svg+xml"].startswith("<svg") and "http" not in json.dumps(payload["spec"])


def test_every_city_has_its_tile(year, catalog):
    areas = catalog.children("140000", "city")
    assert len({tuple(a.tile) for a in areas}) == 11
    rows = year.values().filter((pl.col("indicator") == "manure_utilisation") & (pl.col("scope_kind") == "city"))
    made = maps.tile_map(rows, areas, catalog.indicator("T12b"), lang="zh")
    assert all(a.name.zh.removesuffix("市") in made.svg for a in areas)


def test_limits_are_printed_as_published_each_with_its_item(catalog):
    def printed(standard):
        rows = regulations.limits(catalog.standards[standard], catalog, "zh").rows
        return {row[1]: [row[0], *row[3:]] for row in rows}

    surface = printed("gb3838_2002")
    assert surface["汞"] == ["15", "≤ 0.00005", "≤ 0.00005", "≤ 0.0001", "≤ 0.001", "≤ 0.001"]
    assert surface["总磷（湖库）"][3] == "≤ 0.05" and surface["溶解氧"][1] == "≥ 7.5"
    note = regulations.limits(catalog.surface_standard, catalog, "zh").note
    assert "总氮" in note  # it takes no part
    assert "人为造成的周平均变化，升高不超过1 ℃，降低不超过2 ℃" in note
    assert printed("gbt14848_2017")["阴离子表面活性剂"][1:3] == ["不得检出", "≤ 0.1"]
    assert printed("gb18918_2002")["总氮"][1:] == ["≤ 15", "≤ 20", "—"]
    assert printed("gb18918_2002")["氨氮（水温高于12℃）"][1:] == ["≤ 5", "≤ 8", "≤ 25"]


def test_every_standard_is_printed(year):
    titles = " ".join(piece.title for piece in year.limits().pieces)
    numbered = [s for s in year.catalog.standards.values() if s.table != "—"]
    assert all(f"{s.document} 表{s.table}" in titles for s in numbered)
    assert "DB14/1928-2019" in titles and "表—" not in titles  # its table was not seen


def test_the_bounds_of_a_count_can_be_followed_to_its_sections(year):
    figure = year.values().filter((pl.col("code") == "G3b") & (pl.col("scope_kind") == "province")).row(0, named=True)
    shown = year.sections_not_met("G3b").rows
    remarks = [row[-1] for row in shown]
    doubtful = [r for r in remarks if "暂不采用" in r]
    assert len(shown) == figure["high"] + sum("断流" in r for r in remarks)
    assert doubtful and figure["high"] == figure["value"] + len(doubtful) + sum("待定" in r for r in remarks)


@pytest.mark.parametrize(
    ("value", "target", "is_low", "printed"),
    [
        (79.96, None, True, "79.9"),
        (99.96, None, False, "100.0"),
        (80.0, None, True, "80.0"),
        (77.96, 78.0, False, "77.96"),  # 78.0 would stand on the target
        (78.04, 78.0, True, "78.04"),
        (78.0, 78.0, True, "78.0"),
    ],
)
def test_bounds_are_rounded_outwards_and_never_across_the_target(value, target, is_low, printed):
    from analytics.present.numbers import print_bound

    assert print_bound(value, decimals=1, target=target, is_low=is_low) == printed


def test_a_member_that_bears_the_name_of_its_county_is_not_told_with_it_twice():
    from analytics.present.lists import _called

    columns = {"entity_id": ["A", "B", "C"], "area_id": ["140882", "140882", None], "river": [None] * 3}
    members = pl.DataFrame(
        {"name": ["河津市示例水源", "示例水源", "省属水源"], **columns}, schema_overrides={"river": pl.String}
    )
    assert _called(members, load_catalog(), "zh") == ["河津市示例水源", "河津市示例水源", "省属水源"]
