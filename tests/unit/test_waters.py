"""Rivers, cities, lakes and what they carry, from deliveries: ratings, changes, ranks, levels, loads."""

from datetime import date

import pytest

from analytics import notebook
from analytics.catalog import load_catalog
from analytics.compute import trend
from analytics.present import prose
from analytics.warehouse.queries import open_warehouse, whole_table
from tests.deliveries import SECTION_HEAD, months

FIGURES = ["G2"]

HEAD = "断面编码,断面名称,市,县（市、区）,流域,河流,水体类型,水质目标,评价项目,上游城市,下游城市"
COUNTIES = {"太原市": "清徐县", "大同市": "阳高县", "晋中市": "祁县"}


def register(*rows: str) -> str:
    """Sections by number, city, river, and the cities their river leaves and enters."""
    told = []
    for row in rows:
        number, city, river, *borders = row.split()
        up, down = [*borders, "", ""][:2]
        told.append(f"S{number},断面{number},{city},{COUNTIES[city]},黄河流域,{river},河流,Ⅲ,5项,{up},{down}")
    return "\n".join([HEAD, *told]) + "\n"


@pytest.fixture
def table(desk):
    """A table of the warehouse after a build, as rows."""

    def read(name: str, **where: object) -> list[dict[str, object]]:
        desk.values()
        with open_warehouse(desk.workspace) as connection:
            found = whole_table(connection, name)
        return found.filter(**where).to_dicts()

    return read


def of_year(rows, scope, year=2021):
    return next(
        r for r in rows if (r["scope_id"], r["period_kind"], r["period_start"]) == (scope, "year", date(year, 1, 1))
    )


SIX = [f"{n} 太原市 汾河" for n in range(1, 7)]


def test_six_sections_are_rated_by_their_shares(desk, table):
    # five of class Ⅱ, one worse than Ⅴ: 83.3 % good is 良好 (facts.md 2.3: 75 and above, below 90)
    desk.hand_in("sections", register(*SIX))
    rows = "".join(months(f"S{n}") for n in range(1, 6)) + months("S6", ammonia="9")
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{rows}")
    found = of_year(table("water_rating", scope_kind="river"), "汾河")
    assert (found["rated_by"], found["sections_assessed"], found["good_pct"]) == ("shares", 6, pytest.approx(250 / 3))
    assert (found["rating"], found["main_items"], found["main_shares"]) == (
        2,
        ["ammonia_nitrogen"],
        [pytest.approx(100 / 6)],
    )
    assert found["change"] is None  # nothing was told of the year before


def test_few_sections_are_rated_by_the_mean_of_their_items(desk, table):
    # ammonia 0.4 and 3.0: each is of class Ⅱ or worse than Ⅴ, their mean 1.7 is of class Ⅴ: 中度污染 (facts.md 2.3)
    desk.hand_in("sections", register("1 太原市 汾河", "2 太原市 汾河"))
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{months('S1')}{months('S2', ammonia='3.0')}")
    found = of_year(table("water_rating", scope_kind="city"), "140100")
    assert (found["rated_by"], found["water_class"], found["rating"]) == ("mean", "Ⅴ", 4)
    assert found["good_pct"] is None


def test_an_item_that_one_section_lists_is_averaged_over_all_that_measured_it(desk, table):
    # COD decides in S1 alone (5+X): 18 and 10 make 14, of class Ⅰ; the 18 of S1 by itself would be of class Ⅲ
    entries = register("1 太原市 汾河", "2 太原市 汾河").replace("5项", "5项+化学需氧量", 1)
    desk.hand_in("sections", entries)
    rows = [f"{row},{value}" for n, value in ((1, 18), (2, 10)) for row in months(f"S{n}").splitlines()]
    desk.hand_in("section_monthly", f"{SECTION_HEAD},化学需氧量(mg/L)\n" + "\n".join(rows) + "\n")
    assert of_year(table("water_rating", scope_kind="river"), "汾河")["water_class"] == "Ⅱ"
    sections = {r["entity_id"]: r["water_class"] for r in table("section_year")}
    assert sections == {"S1": "Ⅲ", "S2": "Ⅱ"}


def test_a_section_without_water_leaves_the_rating_and_is_counted(desk, table):
    desk.hand_in("sections", register("1 太原市 汾河", "2 太原市 汾河"))
    dry = "".join(f"S2,断面2,{m},断流,--,--,--,--,--\n" for m in range(1, 13))
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{months('S1')}{dry}")
    found = of_year(table("water_rating", scope_kind="province"), "140000")
    assert (found["sections_assessed"], found["sections_open"], found["sections_left_out"]) == (1, 0, 1)


def test_an_open_section_leaves_the_rating_open_between_its_bounds(desk, table):
    # four good of five, the fifth unknown: 80 % at least, 100 % at most, so good or excellent
    desk.hand_in("sections", register(*SIX[:5]))
    rows = "".join(months(f"S{n}") for n in range(1, 5)) + months("S5", last=3)
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{rows}")
    found = of_year(table("water_rating", scope_kind="river"), "汾河")
    assert (found["rating"], found["rating_best"], found["rating_worst"]) == (None, 1, 2)
    assert (found["good_low_pct"], found["good_high_pct"], found["reason"]) == (80.0, 100.0, "open_sections")


def test_a_change_is_that_of_the_sections_of_both_years(desk, table):
    # S1 and S2 were of class Ⅳ in 2020 and are of Ⅱ in 2021; S3 was not measured in 2020 and takes no part
    desk.hand_in("sections", register("1 太原市 汾河", "2 太原市 汾河", "3 太原市 汾河"))
    before = months("S1", ammonia="1.2") + months("S2", ammonia="1.2")
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{before}", period="2020")
    now = "".join(months(f"S{n}") for n in (1, 2, 3))
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{now}")
    sections = {
        r["entity_id"]: r for r in table("section_period", period_kind="year") if r["period_start"].year == 2021
    }
    assert (sections["S1"]["class_before"], sections["S1"]["change"], sections["S1"]["direction"]) == (
        "Ⅳ",
        "marked",
        "better",
    )
    assert sections["S3"]["change_reason"] == "open_class"
    river = of_year(table("water_rating", scope_kind="river"), "汾河")
    assert (river["change"], river["direction"]) == ("marked", "better")  # from 轻度污染 to 优, S3 apart


def test_the_main_items_of_a_section_have_their_multiples(desk, table):
    # 氨氮 1.5 against 1.0: (1.5 − 1.0) / 1.0 = 0.5 times beyond class Ⅲ (facts.md 2.4)
    desk.hand_in("sections", register("1 太原市 汾河"))
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{months('S1', ammonia='1.5')}")
    found = next(r for r in table("section_period", period_kind="year") if r["period_start"].year == 2021)
    assert (found["water_class"], found["main_items"], found["main_multiples"]) == ("Ⅳ", ["ammonia_nitrogen"], [0.5])


def test_cities_are_ranked_on_the_items_that_every_section_has(desk, table):
    # facts.md section 3, by the five base items: pH 7.8 is 0.4, oxygen 5/8, permanganate 3/6, phosphorus 0.08/0.2;
    # ammonia 0.4 in Taiyuan and 0.9 in Datong over 1.0
    desk.hand_in("sections", register("1 太原市 汾河", "2 大同市 桑干河", "3 晋中市 汾河"))
    rows = months("S1") + months("S2", ammonia="0.9") + months("S3", last=2)
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{rows}")
    found = {r["city_id"]: r for r in table("city_index")}
    shared = 0.4 + 5 / 8 + 3 / 6 + 0.08 / 0.2
    assert found["140100"]["city_index"] == pytest.approx(shared + 0.4)
    assert found["140200"]["city_index"] == pytest.approx(shared + 0.9)
    assert (found["140100"]["rank"], found["140200"]["rank"]) == (1, 2)
    assert found["140100"]["is_of_every_item"] is False
    # two months are no year: the city has no index, and no rank
    assert (found["140700"]["city_index"], found["140700"]["rank"], found["140700"]["reason"]) == (
        None,
        None,
        "items_missing",
    )


LAKE_HEAD = SECTION_HEAD + ",总氮(mg/L),叶绿素a(mg/L),透明度(cm)"
LAKES = (
    register("1 太原市 汾河").replace("汾河,河流", "甲水库,湖库")
    + "S2,断面2,太原市,清徐县,黄河流域,甲水库,湖库,Ⅲ,5项,,\n"
)


def lake(section, *cells):
    values = ",".join(map(str, cells))
    return "".join(f"{section},某断面,{m},正常,7.8,8.0,4.0,0.4,0.05,{values}\n" for m in range(1, 13))


def test_points_of_one_lake_are_averaged_before_its_level_is_told(desk, table):
    # facts.md 2.5: chlorophyll 10 mg/m³, TP 0.05, TN 1.0, transparency 1 m, permanganate 4.0 give 48.018, 中营养
    desk.hand_in("sections", LAKES)
    rows = lake("S1", 1.2, 0.012, 120) + lake("S2", 0.8, 0.008, 80)
    desk.hand_in("section_monthly", f"{LAKE_HEAD}\n{rows}")
    found = next(r for r in table("lake_trophic") if r["of_year"] == 2021)
    assert (found["lake_id"], found["sections"]) == ("甲水库", ["S1", "S2"])
    assert (round(found["trophic_level"], 3), found["grade"]) == (48.018, 2)


def test_a_lake_of_which_a_point_lacks_an_item_has_no_level(desk, table):
    desk.hand_in("sections", LAKES)
    desk.hand_in("section_monthly", f"{LAKE_HEAD}\n{lake('S1', 1.2, 0.012, 120)}{lake('S2', 0.8, 0.008, '--')}")
    found = next(r for r in table("lake_trophic") if r["of_year"] == 2021)
    assert (found["trophic_level"], found["items_missing"]) == (None, ["transparency"])


def test_a_load_is_the_sum_of_concentration_and_flow(desk, table):
    # 2 m³/s with 0.4 mg/L for the 31 536 000 s of 2021: 25.2288 t; a month without its flow leaves the year open
    desk.hand_in("sections", register("1 太原市 汾河 太原市 晋中市", "2 太原市 汾河"))
    with_flow = "".join(f"{row},2.0\n" for row in months("S1").split("\n") if row)
    part = "".join(
        f"{row},{'' if m == 3 else 2.0}\n" for m, row in enumerate(filter(None, months("S2").split("\n")), 1)
    )
    desk.hand_in("section_monthly", f"{SECTION_HEAD},流量(m³/s)\n{with_flow}{part}")
    found = {r["entity_id"]: r for r in table("section_load", parameter="ammonia_nitrogen")}
    assert found["S1"]["load_t"] == pytest.approx(25.2288)
    assert (found["S2"]["load_t"], found["S2"]["months_used"]) == (None, 11)
    assert found["S2"]["so_far_t"] == pytest.approx(25.2288 * (365 - 31) / 365)
    shown = notebook.open_year(2021, root=desk.workspace.root)
    assert [row[1] for row in shown.boundaries().rows] == ["断面1"]
    assert shown.section_fiche("断面2").rows[3][-1].startswith("≥")


def test_the_months_of_a_section_are_series_for_the_tests_of_trends(desk, table):
    desk.hand_in("sections", register("1 太原市 汾河"))
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{months('S1')}")
    desk.values()
    items = notebook.open_year(2021, root=desk.workspace.root).section_items("断面1").filter(period_kind="month")
    series = items.select(time="period_start", value="mean", series_id="parameter")
    found = trend.mann_kendall(series, load_catalog().trend_tests["mann_kendall"]).collect()
    assert found.filter(series_id="ammonia_nitrogen").select("values", "verdict").rows() == [(12, "no_trend")]


def test_below_the_limit_of_detection_nothing_is_carried(desk, table):
    # facts.md 2.8: zero in loads, half the limit in means
    desk.hand_in("sections", register("1 太原市 汾河"))
    rows = "".join(f"{row},2.0\n" for row in months("S1", ammonia="0.025L").split("\n") if row)
    desk.hand_in("section_monthly", f"{SECTION_HEAD},流量(m³/s)\n{rows}")
    assert table("section_load", parameter="ammonia_nitrogen")[0]["load_t"] == 0.0
    items = table("section_item", parameter="ammonia_nitrogen", period_kind="year")
    assert items[0]["mean"] == 0.0125


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_table_of_waters_can_be_shown(example_workspace, lang):
    shown = notebook.open_year(2021, root=example_workspace.root).language(lang)
    tables = [shown.ratings_of(s) for s in ("basin", "river", "city")]
    tables += [shown.quarters(), shown.section_changes(), shown.city_ranking(), shown.lakes(), shown.boundaries()]
    tables += [shown.sections_table(), shown.section_fiche("EX14-004")]
    for found in tables:
        assert found.rows, found.title
        cells = [str(cell) for row in found.rows for cell in row] + [found.title, found.note]
        assert not any("_" in text or "None" in text for text in cells), found.title
        if lang == "en":
            assert not any("类" in text for text in [found.title, found.note, *(c.label for c in found.columns)])


def test_within_a_county_there_are_no_cities_to_rank(example_workspace):
    county = notebook.open_year(2021, root=example_workspace.root).area("清徐县")
    assert str(county.city_ranking()) == str(county.quarters()) == ""


def test_a_section_that_lacks_an_item_of_its_list_costs_its_own_city_alone(desk, table):
    # ammonia of S2 for seven months, and bad: no other city gains by it
    desk.hand_in("sections", register("1 太原市 汾河", "2 大同市 桑干河"))
    gaps = {f"m{month}": "--" for month in range(8, 13)}
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{months('S1')}{months('S2', ammonia='9', **gaps)}")
    found = {r["city_id"]: r for r in table("city_index")}
    assert "ammonia_nitrogen" in found["140100"]["items"]
    assert (found["140200"]["city_index"], found["140200"]["rank"]) == (None, None)
    assert found["140200"]["items_missing"] == ["ammonia_nitrogen"]


def test_months_set_aside_are_told_of_beside_an_index_and_bound_a_mean_rating(desk, table):
    desk.hand_in("sections", register("1 太原市 汾河", "2 太原市 汾河"))
    slips = {f"m{month}": "9..0" for month in range(9, 13)}
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{months('S1')}{months('S2', **slips)}")
    city = table("city_index")[0]
    assert (city["in_doubt"], city["doubts"]) == (["S2"], ["lacks_months"])
    river = of_year(table("water_rating", scope_kind="river"), "汾河")
    assert (river["rating"], river["rating_best"], river["rating_worst"]) == (1, 1, 5)
    year = next(r for r in table("section_period", entity_id="S2", period_kind="year"))
    assert year["meets_target"] is None


def lake_of_year(table, *columns):
    found = next(r for r in table("lake_trophic") if r["of_year"] == 2021)
    return tuple(found[c] for c in columns)


DOUBT = ("grade", "grade_low", "grade_high", "in_doubt", "doubts")


@pytest.mark.parametrize("is_set_aside", [True, False])
def test_months_that_a_point_lacks_bound_the_level_of_its_lake(desk, table, is_set_aside):
    # chlorophyll of S1 in four months between 0 and 10 mg/L: the lake's mean between 8.3 and 1675 mg/m³
    desk.hand_in("sections", LAKES)
    rows = lake("S1", 1.0, 0.01, 100).splitlines()
    slip = "0..1" if is_set_aside else "--"
    told = [row if n < 8 else row.replace(",0.01,", f",{slip},") for n, row in enumerate(rows)]
    desk.hand_in("section_monthly", "\n".join([LAKE_HEAD, *told, lake("S2", 1.0, 0.01, 100)]))
    assert lake_of_year(table, *DOUBT) == (2, 2, 4, ["S1"], ["lacks_months"])
    level, low, high = lake_of_year(table, "trophic_level", "level_low", "level_high")
    # 48.018 by 10 x 1.086 x 0.26625 x ln of 8.33 / 10 and of 1675 / 10
    assert (level, low, high) == pytest.approx((48.018, 47.491, 62.824), abs=2e-3)
    shown = notebook.open_year(2021, root=desk.workspace.root).lakes()
    assert shown.rows[0][-1] == "指数可能为47.4~62.9，中营养~中度富营养；存疑：断面1（有值暂不采用或有缺月）"


def test_an_excused_month_leaves_a_level_as_it_is(desk, table):
    desk.hand_in("sections", LAKES)
    ice = "".join(f"S1,断面1,{m},冰封" + ",--" * 8 + "\n" for m in (1, 2))
    measured = "\n".join(lake("S1", 1.0, 0.01, 100).splitlines()[2:])
    desk.hand_in("section_monthly", f"{LAKE_HEAD}\n{ice}{measured}\n{lake('S2', 1.0, 0.01, 100)}")
    level, low, high = lake_of_year(table, "trophic_level", "level_low", "level_high")
    assert low == level == high
    assert lake_of_year(table, *DOUBT) == (2, 2, 2, [], [])
    assert notebook.open_year(2021, root=desk.workspace.root).lakes().rows[0][-1] == "—"


def test_a_limit_of_detection_bounds_a_level(desk, table):
    # chlorophyll below 200 mg/m³: 100 by half the limit, anything below 200
    desk.hand_in("sections", LAKES)
    rows = lake("S1", 1.0, "0.2L", 100) + lake("S2", 1.0, "0.2L", 100)
    desk.hand_in("section_monthly", f"{LAKE_HEAD}\n{rows}")
    assert lake_of_year(table, *DOUBT) == (3, 1, 3, [], [])
    assert lake_of_year(table, "level_low", "level_high") == (None, pytest.approx(56.68, abs=0.01))
    shown = notebook.open_year(2021, root=desk.workspace.root).lakes()
    assert shown.rows[0][-1] == "指数可能不超过56.7，贫营养~轻度富营养"


@pytest.mark.parametrize(
    ("entry", "doubt", "why"),
    [
        ("甲水库,待定,Ⅲ", "undetermined", "水体类型待定"),
        ("甲水库,湖库,超Ⅲ", "entry_set_aside", "名录条目暂不采用"),
    ],
)
def test_a_section_that_may_be_a_point_leaves_the_lake_open(desk, table, entry, doubt, why):
    others = "".join(f"N{n},断面N{n},太原市,清徐县,黄河流域,别河,河流,Ⅲ,5项,,\n" for n in (1, 2, 3))
    desk.hand_in("sections", "".join(LAKES.rsplit("甲水库,湖库,Ⅲ", 1)[0]) + f"{entry},5项,,\n{others}")
    desk.hand_in("section_monthly", f"{LAKE_HEAD}\n{lake('S1', 1.0, 0.01, 100)}{lake('S2', 1.0, 0.09, 20)}")
    assert lake_of_year(table, "sections", *DOUBT) == (["S1"], 2, 1, 5, ["S2"], [doubt])
    shown = notebook.open_year(2021, root=desk.workspace.root).lakes()
    assert shown.rows[0][-1] == f"状态可能为贫营养~重度富营养；存疑：断面2（{why}）"


def test_a_lake_of_which_every_entry_was_set_aside_is_not_forgotten(desk, table):
    rivers = "".join(f"N{n},断面N{n},太原市,清徐县,黄河流域,别河,河流,Ⅲ,5项,,\n" for n in range(1, 6))
    desk.hand_in("sections", LAKES.replace("甲水库,湖库,Ⅲ", "甲水库,湖库,超Ⅲ") + rivers)
    desk.hand_in("section_monthly", f"{LAKE_HEAD}\n{lake('S1', 1.0, 0.01, 100)}{lake('S2', 1.0, 0.09, 20)}")
    assert lake_of_year(table, "sections", *DOUBT) == ([], None, None, None, ["S1", "S2"], ["entry_set_aside"])
    year = notebook.open_year(2021, root=desk.workspace.root)
    shown = year.lakes()
    assert year.area("大同市").lakes() is prose.NOTHING
    assert shown.rows[0][-1] == "没有可确定的点位，不评价；存疑：断面1、断面2（名录条目暂不采用）"


TWO_CITIES = register("1 太原市 汾河", "2 大同市 桑干河")
RANKS = ("rank", "rank_best", "rank_worst")


def city_ranks(table, *columns):
    """By city: its rank, the best and the worst it may be, and what else is asked."""
    return {r["city_id"]: tuple(r[c] for c in (*RANKS, *columns)) for r in table("city_index")}


def test_a_limit_of_detection_that_is_too_high_leaves_ranks_open(desk, table):
    # ammonia below 1.9 lies between 0 and 1.9: 1.925 to 3.825, where the other city has 2.925
    desk.hand_in("sections", TWO_CITIES)
    rows = months("S1", ammonia="1.9L") + months("S2", ammonia="1.0")
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{rows}")
    assert city_ranks(table, "in_doubt", "doubts") == {
        "140100": (1, 1, 2, ["S1"], ["below_limit"]),
        "140200": (2, 1, 2, [], []),
    }
    ends = next((r["index_low"], r["index_high"]) for r in table("city_index", city_id="140100"))
    assert ends == pytest.approx((1.925, 3.825))
    shown = notebook.open_year(2021, root=desk.workspace.root).city_ranking()
    assert [row[-1] for row in shown.rows] == [
        "上年没有指数；排名可能为1至2；存疑：断面1（检出限过高）",
        "上年没有指数；排名可能为1至2",
    ]


def test_a_fine_limit_of_detection_leaves_no_rank_open(desk, table):
    desk.hand_in("sections", TWO_CITIES)
    rows = months("S1", ammonia="0.1L") + months("S2", ammonia="0.08")
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{rows}")
    assert city_ranks(table, "in_doubt") == {"140100": (1, 1, 1, []), "140200": (2, 2, 2, [])}


def test_a_section_of_an_undetermined_water_body_leaves_ranks_open(desk, table):
    desk.hand_in("sections", TWO_CITIES.replace("汾河,河流", "汾河,待定"))
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{months('S1', ammonia='0.5')}{months('S2', ammonia='0.6')}")
    assert city_ranks(table, "in_doubt", "doubts") == {
        "140100": (1, 1, 2, ["S1"], ["undetermined"]),
        "140200": (2, 1, 2, [], []),
    }


def test_months_missing_last_year_leave_the_rank_of_the_change_open(desk, table):
    desk.hand_in("sections", TWO_CITIES)
    before = months("S1", ammonia="0.9", last=8) + months("S2", ammonia="0.9")
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{before}", period="2020")
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{months('S1', ammonia='0.7')}{months('S2', ammonia='0.8')}")
    found = {r["city_id"]: r for r in table("city_index")}
    names = ("change_rank", "change_rank_best", "change_rank_worst", "in_doubt", "before_in_doubt", "before_doubts")
    assert tuple(found["140100"][n] for n in names) == (1, 1, 2, [], ["S1"], ["lacks_months"])
    assert tuple(found["140200"][n] for n in names) == (2, 1, 2, [], [], [])
    assert [found["140100"][n] for n in RANKS] == [1, 1, 1]
    shown = notebook.open_year(2021, root=desk.workspace.root).city_ranking()
    assert shown.rows[0][-1] == "变化排名可能为1至2；上年存疑：断面1（有值暂不采用或有缺月）"


def test_a_section_whose_entry_was_set_aside_leaves_ranks_open(desk, table):
    # S3 of Taiyuan names a target that cannot be read; S4 is all that Jinzhong has
    entries = register("1 太原市 汾河", "2 大同市 桑干河", "3 太原市 汾河", "4 晋中市 汾河", "5 大同市 桑干河")
    desk.hand_in(
        "sections", "\n".join(r.replace("Ⅲ", "超Ⅲ") if r[:2] in ("S3", "S4") else r for r in entries.split("\n"))
    )
    rows = "".join(months(f"S{n}", ammonia="0.9" if n in (2, 5) else "0.4") for n in range(1, 6))
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{rows}")
    aside = ["entry_set_aside"]
    assert city_ranks(table, "in_doubt", "doubts", "reason") == {
        "140100": (1, 1, 2, ["S3"], aside, None),
        "140200": (2, 1, 2, [], [], None),
        "140700": (None, None, None, ["S4"], aside, "entries_set_aside"),
    }
    shown = notebook.open_year(2021, root=desk.workspace.root).city_ranking()
    assert shown.rows[-1][-1] == "断面的名录条目均暂不采用，不计算；存疑：断面4（名录条目暂不采用）"


def test_a_dry_point_leaves_its_lake(desk, table):
    desk.hand_in("sections", LAKES)
    dry = "".join(f"S2,断面2,{m},断流,--,--,--,--,--,--,--,--\n" for m in range(1, 13))
    desk.hand_in("section_monthly", f"{LAKE_HEAD}\n{lake('S1', 1.0, 0.01, 100)}{dry}")
    found = next(r for r in table("lake_trophic") if r["of_year"] == 2021)
    assert round(found["trophic_level"], 3) == 48.018


def test_a_flow_below_its_limit_counts_half(desk, table):
    desk.hand_in("sections", register("1 太原市 汾河"))
    rows = "".join(f"{row},<2.0\n" for row in months("S1").splitlines())
    desk.hand_in("section_monthly", f"{SECTION_HEAD},流量(m³/s)\n{rows}")
    assert table("section_load", parameter="ammonia_nitrogen")[0]["load_t"] == pytest.approx(25.2288 / 2)


def test_a_river_may_flow_into_another_province(desk, table):
    desk.hand_in("sections", register("1 大同市 桑干河 大同市 张家口市"))
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{months('S1')}")
    assert [r["water_class"] for r in table("section_year")] == ["Ⅱ"]


def test_a_section_measured_for_part_of_last_year_leaves_the_change_open(desk, table):
    desk.hand_in("sections", register(*SIX))
    five = "".join(months(f"S{n}") for n in range(1, 6))
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{five}{months('S6', last=7)}", period="2020")
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{five}{months('S6', ammonia='9')}")
    river = of_year(table("water_rating", scope_kind="river"), "汾河")
    assert (river["change"], river["change_reason"]) == (None, "open_sections")


def test_an_open_class_is_shown_as_open_on_the_border_and_in_the_fiche(desk):
    # July was told by nobody: every item may be of any class in the year and the flood season, not in the dry season
    desk.hand_in("sections", register("1 太原市 汾河 太原市 晋中市", "2 太原市 汾河 太原市 晋中市"))
    rows = months("S1", last=6) + months("S1", first=8) + months("S2")
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{rows}")
    desk.values()
    shown = notebook.open_year(2021, root=desk.workspace.root)
    borders = {row[1]: [cell["text"] for cell in row[4:7]] for row in shown.boundaries().rows}
    assert borders == {"断面1": ["Ⅱ（Ⅰ~劣Ⅴ）", "Ⅱ（Ⅰ~劣Ⅴ）", "Ⅱ"], "断面2": ["Ⅱ", "Ⅱ", "Ⅱ"]}
    open_one, sure = shown.section_fiche("S1"), shown.section_fiche("S2")
    assert open_one.note.startswith("全年Ⅱ类（存疑：可能为Ⅰ类至劣Ⅴ类）；上年未定；")
    assert [open_one.rows[2][n]["text"] for n in (3, 5, 7)] == ["Ⅱ?", "Ⅱ?", "Ⅱ"]
    assert sure.note.startswith("全年Ⅱ类；") and "存疑" not in sure.note


# What is in doubt


ASIDE = (
    "断面3,太原市,清徐县,黄河流域,汾河,河流,Ⅲ",
    "断面3,太原市,清徐县,黄河流域,汾河,河流,超Ⅲ",
)  # a target nobody can read


def test_a_section_whose_entry_was_set_aside_may_be_of_any_class_in_the_ratings(desk, table):
    desk.hand_in("sections", register(*SIX, "7 大同市 桑干河").replace(*ASIDE))
    rows = "".join(months(f"S{n}") for n in range(1, 8))
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{rows}")
    rated = table("water_rating")
    for kind, scope in (("province", "140000"), ("river", "汾河"), ("city", "140100")):
        found = of_year([r for r in rated if r["scope_kind"] == kind], scope)
        assert (found["sections_open"], found["good_high_pct"], found["rating_best"]) == (1, 100.0, 1)
        assert found["good_low_pct"] < 100 and found["rating_worst"] > 1 and found["rating"] is None
    other = of_year([r for r in rated if r["scope_kind"] == "river"], "桑干河")
    assert (other["rating"], other["sections_open"]) == (1, 0)


def test_four_sections_and_one_set_aside_are_rated_by_shares(desk, table):
    desk.hand_in("sections", register(*SIX[:5]).replace(*ASIDE))
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{''.join(months(f'S{n}') for n in range(1, 6))}")
    found = of_year(table("water_rating", scope_kind="river"), "汾河")
    assert (found["rated_by"], found["sections_assessed"], found["sections_open"]) == ("shares", 4, 1)
    assert (found["rating"], found["good_low_pct"]) == (None, 80.0)


def changed(table):
    found = of_year(table("water_rating", scope_kind="river"), "汾河")
    return found["change"], found["direction"], found["change_reason"]


def of_both_years(desk, *, before: str, now: str) -> None:
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{before}", period="2020")
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{now}")


FOURTH = "".join(months(f"S{n}", ammonia="1.2") for n in range(1, 7))


def test_a_change_that_turns_on_a_section_set_aside_is_open(desk, table):
    desk.hand_in("sections", register(*SIX).replace(*ASIDE))
    of_both_years(desk, before=FOURTH, now="".join(months(f"S{n}") for n in range(1, 7)))
    assert changed(table) == (None, None, "open_sections")


@pytest.mark.parametrize(
    ("now", "found"),
    [
        ("".join(months(f"S{n}") for n in range(1, 7)), ("marked", "better", None)),
        ("".join(months(f"S{n}", last=6) + months(f"S{n}", first=8) for n in range(1, 7)), (None, None, "open_class")),
        ("".join(months(f"S{n}", ammonia="1.9L", m7="0.5") for n in range(1, 7)), (None, None, "open_class")),
        ("".join(months(f"S{n}", ammonia="1.9L") for n in range(1, 7)), (None, None, "none_assessed")),
        ("".join(months(f"S{n}", m7="0.3L") for n in range(1, 7)), ("marked", "better", None)),
    ],
    ids=["whole", "without July", "a coarse limit of detection", "never detected", "a fine one"],
)
def test_a_change_is_told_where_what_is_in_doubt_could_not_make_it_another(desk, table, now, found):
    desk.hand_in("sections", register(*SIX))
    of_both_years(desk, before=FOURTH, now=now)
    assert changed(table) == found


def test_few_sections_of_an_undetermined_water_body_may_be_rated_as_either(desk, table):
    # total phosphorus of 0.08 mg/L is class Ⅱ in a river and Ⅳ in a lake: 轻度污染
    desk.hand_in("sections", register("1 太原市 汾河", "2 太原市 汾河").replace("汾河,河流", "汾河,待定"))
    desk.hand_in("section_monthly", f"{SECTION_HEAD}\n{months('S1')}{months('S2')}")
    found = of_year(table("water_rating", scope_kind="river"), "汾河")
    assert (found["rated_by"], found["rating_best"], found["rating_worst"]) == ("mean", 1, 3)


@pytest.mark.parametrize(
    ("low", "value", "high", "printed"),
    [
        (100 / 3, 400 / 9, 400 / 9, "44.4 (33.3~44.4)"),
        (400 / 9, 400 / 9, 500 / 9, "44.4 (44.4~55.6)"),
        (100 / 3, 400 / 9, 500 / 9, "44.4 (33.3~55.6)"),
        (400 / 9, 400 / 9, 400 / 9, "44.4"),
        (100 / 3, None, 400 / 9, "33.3~44.5"),
    ],
)
def test_a_bound_that_is_the_share_itself_is_printed_like_it(low, value, high, printed):
    from analytics.present.waters import _share

    row = {"rated_by": "shares", "good_low_pct": low, "good_pct": value, "good_high_pct": high}
    assert _share("good", row) == printed
