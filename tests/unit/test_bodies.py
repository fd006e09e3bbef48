"""Black-odorous water from delivered readings to the grades of its bodies, and to the figures that count them."""

import re
from datetime import date

import polars as pl
import pytest

from analytics import notebook
from analytics.catalog.load import SHIPPED
from analytics.errors import CheckFailed
from analytics.present.explanation import explanation_tables
from analytics.warehouse import explanation
from analytics.warehouse.queries import open_warehouse
from tests.unit.refusals import refused

FIGURES = ["T09a"]

LATER = date(2022, 1, 20)
REGISTER = "水体编码,水体名称,市,县（市、区）,城市或农村,建成区,水体长度（米）,监测点位数,列入名录年份"
READINGS = "水体编码,水体名称,点位序号,监测日期,水深（厘米）,是否见底,透明度(cm),溶解氧(mg/L),氨氮(mg/L)"
ELIMINATED = "水体编码,水体名称,是否已消除,消除日期"
CLEAN, LIGHT, HEAVY = "60,5,2", "60,5,9", "8,5,2"
DAYS = ("05", "15", "25")


def register(*codes: str, points: int = 3, kind: str = "城市,设区市") -> str:
    rows = [f"{code},{code}渠,太原市,小店区,{kind},1200,{points},2016" for code in codes]
    return "\n".join([REGISTER, *rows]) + "\n"


def quarter(number: int, body: str = "B1", *, points=(1, 2, 3), days=DAYS, **of_point: str) -> list[str]:
    """Clean water at every point on every day of the quarter's second month; `p2="…"` has other readings of point 2."""
    month = 3 * number - 1
    return [
        f"{body},{body}渠,{point},2021-{month:02d}-{day},100,否,{of_point.get(f'p{point}', CLEAN)}"
        for point in points
        for day in days
    ]


def year_of(body: str = "B1", **instead: list[str]) -> list[str]:
    """A clean year; `q3=[…]` has other rows of the third quarter."""
    return [row for n in (1, 2, 3, 4) for row in instead.get(f"q{n}", quarter(n, body))]


def file_of(*rows: str) -> str:
    return "\n".join([READINGS, *rows]) + "\n"


@pytest.fixture
def told(desk):
    """Hands in a register, readings and an eliminated body; returns the figure on rebounds."""

    def hand_in(*rows, entries=None, since="2019-06-01", **said):
        desk.hand_in("black_odorous_bodies", entries or register("B1"))
        desk.hand_in("body_monitoring", file_of(*rows), **said)
        desk.hand_in("body_elimination", f"{ELIMINATED}\nB1,B1渠,是,{since}\n")
        return rebounds(desk)

    return hand_in


def rebounds(desk):
    row = desk.value("T09a")
    return tuple(row[k] for k in ("value", "low", "high"))


def grades(desk) -> dict[int, tuple[str | None, str | None]]:
    """Grade and reason by quarter."""
    rows = desk.asked("body_grades_of_year", year=2021)
    return {q: (grade, why) for q, grade, why in rows.select("quarter", "grade", "reason").iter_rows()}


def why(desk) -> dict[str, str]:
    """The reasons of the members that have one."""
    members = desk.asked("members_of_year", year=2021).filter(code="T09a").drop_nulls("reason")
    return dict(members.select("entity_id", "reason").iter_rows())


def test_clean_readings_of_every_quarter_are_no_rebound(told, desk):
    assert told(*year_of()) == (0, 0, 0)
    assert grades(desk) == dict.fromkeys((1, 2, 3, 4), ("none", None))
    assert desk.value("T09a")["verdict"] == "met"


def test_one_light_point_makes_its_body_light_and_a_rebound(told, desk):
    assert told(*year_of(q3=quarter(3, p2=LIGHT))) == (1, 1, 1)
    assert grades(desk)[3] == ("light", None)
    assert desk.value("T09a")["verdict"] == "not_met"


def test_three_heavy_points_in_a_row_are_a_heavy_stretch(told, desk):
    told(*year_of(q2=quarter(2, p1=HEAVY, p2=HEAVY, p3=HEAVY)))
    row = desk.asked("body_grades_of_year", year=2021).filter(quarter=2).row(0, named=True)
    assert (row["grade"], row["points_heavy"], row["heavy_stretches"]) == ("heavy", 3, ["1-3"])


def test_before_it_was_eliminated_a_body_cannot_turn_back(told):
    assert told(*year_of(q1=quarter(1, p1=HEAVY)), since="2021-04-10") == (0, 0, 0)


def test_in_the_quarter_of_its_elimination_nobody_can_tell(told, desk):
    assert told(*year_of(q2=quarter(2, p1=LIGHT)), since="2021-05-10") == (None, 0, 1)
    assert why(desk) == {"B1": "eliminated_within: 2021-Q2"}


def test_where_the_bottom_is_seen_no_transparency_is_needed(told):
    assert told(*year_of(q3=quarter(3)[:-1]), f"B1,B1渠,3,2021-08-{DAYS[-1]},,是,,5,2") == (0, 0, 0)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], "not_measured"),
        (quarter(3, days=DAYS[:2]), "points_open"),
        (quarter(3, points=(1, 2)), "points_open"),
        (quarter(3, p3="约60,5,2"), "set_aside"),
        ([*quarter(3), "B1,B1渠,2,2021-08-27,100,否,约60,5,2"], "set_aside"),
        ([*quarter(3), "B1,B1渠,二,2021-08-27,100,否,60,5,2"], "set_aside"),
        ([*quarter(3), ",B1渠,2,2021-08-27,100,否,60,5,9"], "row_without_body"),
        ([*quarter(3), "B7,B1渠,2,2021-08-27,100,否,60,5,9"], "row_without_body"),
        ([*quarter(3), ",,2,2021-08-27,100,否,60,5,9"], "row_without_body"),
        ([*quarter(3)[1:], "B1,B1渠,1,2021-08-05,1.5,否,8,5,2"], "depth_unclear"),
        ([*quarter(3)[1:], "B1,B1渠,1,2021-08-05,1.5,否,0.6,5,2"], "depth_unclear"),
        ([*quarter(3), "B1,B1渠,1,2021-08-28,50,是,60,5,2"], "depth_unclear"),
        ([*quarter(3), "B1,B1渠,1,2021-08-28,20,是,7,5,2"], "depth_unclear"),
        ([*quarter(3), "B1,B1渠,1,2021-08-28,,否,20,5,2"], "depth_unclear"),
    ],
    ids=[
        *("silent", "twice only", "two points of three", "unreadable", "one day more", "no point", "no code"),
        *(
            "code of nobody",
            "no code and no name",
            "depth in metres",
            "both in metres",
            "beyond the depth",
            "murky to the bottom",
            "no depth",
        ),
    ],
)
def test_a_quarter_that_tells_too_little_leaves_the_figure_open(told, desk, rows, reason):
    assert told(*year_of(q3=rows)) == (None, 0, 1)
    assert grades(desk)[3] == (None, reason)
    count = " (1)" if reason == "row_without_body" else ""
    assert why(desk) == {"B1": f"{reason}: 2021-Q3{count}"}


TWO = register("B1") + register("B2").splitlines()[1].replace("太原市,小店区", "大同市,平城区") + "\n"


@pytest.mark.parametrize(
    ("row", "area", "open_ones"),
    [
        (",B2渠,2,2021-08-27,100,否,60,5,9", "", {"B2"}),
        (",某渠,2,2021-08-27,100,否,60,5,9", "", {"B1", "B2"}),
        (",某渠,2,2021-08-27,100,否,60,5,9", "140200", {"B2"}),
        ("B9,,2,,100,否,60,5,9", "", {"B1", "B2"}),
    ],
    ids=["by its name", "unknown name", "by its area", "of nobody, on no day"],
)
def test_a_row_of_nobody_leaves_open_whom_it_may_be_of(desk, row, area, open_ones):
    desk.hand_in("black_odorous_bodies", TWO)
    desk.hand_in("body_monitoring", file_of(*year_of(), *year_of("B2")))
    desk.hand_in("body_elimination", f"{ELIMINATED}\nB1,B1渠,是,2019-06-01\nB2,B2渠,是,2019-06-01\n")
    assert rebounds(desk) == (0, 0, 0)
    with_it = [*quarter(3, "B2", days=("06", "16", "26")), row]
    desk.hand_in("body_monitoring", file_of(*with_it), received=LATER, area=area)
    assert rebounds(desk)[1:] == (0, len(open_ones))
    assert set(why(desk)) == open_ones
    right = [*with_it[:-1], "B2,B2渠,2,2021-08-27,100,否,60,5,2"]
    desk.hand_in("body_monitoring", file_of(*right), received=date(2022, 1, 25), area=area)
    assert rebounds(desk) == (0, 0, 0)


def test_a_row_of_nobody_from_an_area_without_any_may_be_of_all(desk):
    desk.hand_in("black_odorous_bodies", TWO)
    desk.hand_in("body_monitoring", file_of(*year_of(), *year_of("B2")))
    desk.hand_in("body_elimination", f"{ELIMINATED}\nB1,B1渠,是,2019-06-01\nB2,B2渠,是,2019-06-01\n")
    with pytest.raises(CheckFailed, match="share_set_aside"):
        desk.hand_in("body_monitoring", file_of(",某渠,2,2021-08-27,100,否,60,5,9"), received=LATER, area="140300")
    assert rebounds(desk)[1:] == (0, 2)
    assert set(why(desk)) == {"B1", "B2"}


@pytest.mark.parametrize(
    "elimination", [",B1渠,是,2019-06-01", "B1,B1渠,是的,2019-06-01", "B1,B1渠,是,2019-06-01\nB1,B1渠,否,"]
)
def test_a_body_of_which_nobody_knows_whether_it_is_eliminated_is_open(desk, elimination):
    others = "".join(f"B{n},B{n}渠,是,2019-06-01\n" for n in range(2, 10))
    desk.hand_in("black_odorous_bodies", register(*(f"B{n}" for n in range(1, 10))))
    desk.hand_in("body_monitoring", file_of(*(row for n in range(1, 10) for row in year_of(f"B{n}"))))
    desk.hand_in("body_elimination", f"{ELIMINATED}\n{others}{elimination}\n")
    assert rebounds(desk) == (0, 0, 1)
    assert why(desk) == {"B1": "elimination_not_told"}


def test_a_row_of_nobody_takes_nothing_back_from_a_body_that_turned_black(told, desk):
    assert told(*year_of(q3=quarter(3, p2=LIGHT)), ",,2,2021-08-27,100,否,60,5,2") == (1, 1, 1)


def test_of_a_refused_file_rows_without_a_body_leave_it_open(told, desk):
    assert told(*year_of()) == (0, 0, 0)
    with pytest.raises(CheckFailed, match="share_set_aside"):
        rows = [f",,{n},2021-08-{day},100,否,60,5,9" for n in (1, 2, 3) for day in ("06", "16", "26")]
        desk.hand_in("body_monitoring", file_of(*rows), received=LATER)
    assert rebounds(desk) == (None, 0, 1)
    assert why(desk) == {"B1": "row_without_body: 2021-Q3 (9)"}


def test_a_body_of_a_register_without_its_code_and_name_is_counted(told, desk):
    nameless = register("").splitlines()[1].replace("渠", "", 1)
    assert told(*year_of(), entries=register("B1") + nameless + "\n") == (0, 0, 1)
    assert list(why(desk).values()) == ["entry_set_aside"]


def test_a_quarter_that_lies_ahead_is_not_called_unmeasured(desk):
    desk.hand_in("black_odorous_bodies", register("B1"), received=date(2021, 3, 1))
    desk.hand_in("body_monitoring", file_of(*quarter(1)), received=date(2021, 8, 20))
    desk.hand_in("body_elimination", f"{ELIMINATED}\nB1,B1渠,是,2019-06-01\n", received=date(2021, 8, 20))
    assert desk.value("T09a")["verdict"] == "not_yet_due"
    assert [reason for _, reason in grades(desk).values()] == [None, "not_measured", "not_yet_due", "not_yet_due"]


def test_a_body_whose_heaviness_alone_is_open_is_a_rebound(told, desk):
    once = [row + (",-300" if n == 0 else ",") for n, row in enumerate(quarter(3))]
    rest = [row + "," for n in (1, 2, 4) for row in quarter(n)]
    desk.hand_in("black_odorous_bodies", register("B1"))
    desk.hand_in("body_monitoring", f"{READINGS},氧化还原电位(mV)\n" + "\n".join([*rest, *once]) + "\n")
    desk.hand_in("body_elimination", f"{ELIMINATED}\nB1,B1渠,是,2019-06-01\n")
    assert rebounds(desk) == (1, 1, 1)
    points = desk.asked("body_points_of_year", year=2021).filter(quarter=3, point_number=1).row(0, named=True)
    assert [points[k] for k in ("grade", "grade_best", "grade_worst")] == [None, "light", "heavy"]


@pytest.mark.parametrize("reading", ["<25,5,2", "60,<2,2", "60,2.0L,2"])
def test_less_than_a_limit_is_no_clean_water_where_more_is_better(told, desk, reading):
    assert told(*year_of(q3=quarter(3, p2=reading))) == (None, 0, 1)
    assert grades(desk)[3][0] is None
    assert desk.value("T09a")["verdict"] == "no_data"


def test_less_ammonia_than_a_limit_is_clean_water(told, desk):
    assert told(*year_of(q3=quarter(3, p2="60,5,0.025L"))) == (0, 0, 0)
    assert grades(desk)[3] == ("none", None)


def test_what_is_black_at_best_is_a_rebound_whatever_is_missing(told, desk):
    assert told(*year_of(q3=quarter(3, points=(1,), p1=LIGHT))) == (1, 1, 1)
    assert grades(desk)[3] == (None, "points_open")


def test_shallow_water_of_which_the_bottom_is_seen_is_clean(told):
    shallow = [row.replace(",100,否,60,", ",18,是,18,") for row in quarter(3)]
    assert told(*year_of(q3=shallow)) == (0, 0, 0)


def test_murky_shallow_water_is_held_against_its_share_of_the_depth(told):
    murky = [row.replace(",100,否,60,", ",18,否,7.1,") for row in quarter(3)]  # 40 % of 18 cm are 7.2
    assert told(*year_of(q3=murky)) == (1, 1, 1)


def test_a_rural_body_is_graded_by_its_own_guide(told, desk):
    entries = register("B1") + register("B2", points=1, kind="农村,其他").splitlines()[1] + "\n"
    rural = [row for n in (1, 2, 3, 4) for row in quarter(n, "B2", points=(1,), days=("05",), p1=LIGHT)]
    black = quarter(4, "B2", points=(1,), days=("25",), p1="60,5,16")
    told(*year_of(), *rural, *black, entries=entries)
    rows = desk.asked("body_grades_of_year", year=2021).filter(entity_id="B2")
    assert rows["grade"].to_list() == ["none", "none", "none", "black"]  # 9 mg/L is black in a city alone
    assert set(rows["method"]) == {"rural_2019"}


def test_what_a_later_file_puts_right_is_open_no_more(told, desk):
    assert told(*year_of(q3=quarter(3, p3="约60,5,2"))) == (None, 0, 1)
    desk.hand_in("body_monitoring", file_of(*quarter(3)), received=LATER)
    assert rebounds(desk) == (0, 0, 0)


def test_a_refused_file_leaves_its_quarter_open(told, desk):
    assert told(*year_of()) == (0, 0, 0)
    without_point = [row.replace(f",{n},2021", ",,2021") for n in (1, 2) for row in quarter(3, points=(n,))]
    without_point = [row.replace("否,60", f"否,6{n}") for n, row in enumerate(without_point)] + quarter(3, points=(3,))
    with pytest.raises(CheckFailed, match="share_set_aside"):
        desk.hand_in("body_monitoring", file_of(*without_point), received=LATER)
    assert rebounds(desk) == (None, 0, 1)
    assert grades(desk)[3] == (None, "set_aside")


def test_the_figure_is_led_back_to_the_samplings(told, desk, catalog):
    told(*year_of(q3=quarter(3, p2=LIGHT)))
    with open_warehouse(desk.workspace) as connection:
        found = explanation.explain(connection, "T09a", catalog, year=2021)
    rows = found.rows.filter(item="body_sampling")
    assert rows.height == 36 and rows.filter(pl.col("value") == "#2 2021-08-05 light ammonia_nitrogen").height == 1
    assert sorted(found.files["source"]) == ["body_elimination", "body_monitoring"]
    told = explanation_tables(found, catalog, "zh")[-1].rows
    assert {row[3] for row in told} == {"黑臭水体水质监测结果", "黑臭水体是否已消除"}
    shown = {row[4] for row in told}
    assert "2号点位 2021年8月5日 轻度黑臭：氨氮" in shown and "1号点位 2021年2月5日 无黑臭" in shown
    assert not [text for text in shown if re.search("[a-z]", text)]
    in_english = {row[4] for row in explanation_tables(found, catalog, "en")[-1].rows}
    assert "point 2, 5 August 2021: light: Ammonia nitrogen" in in_english


def test_readers_see_why_a_body_is_open(told, desk):
    told(*year_of(q3=[*quarter(3), ",B1渠,2,2021-08-27,100,否,60,5,9"]))
    shown = notebook.open_year(2021, root=desk.workspace.root)
    assert shown.body_grades_table().rows[0][-1] == "有监测行认不出水体（1）"
    missing = [row for row in shown.missing().rows if row[0].startswith("T09a")]
    assert [row[3] for row in missing] == ["数据不足：有监测行认不出水体（2021年三季度1行）"]


def test_two_guides_for_one_kind_of_water_are_refused(overlay):
    text = (SHIPPED / "methods" / "black_odorous_2015.yml").read_text(encoding="utf-8")
    text = text.replace("id: urban_2015", "id: own", 1)
    refused(lambda: overlay("methods/black_odorous_own.yml", text), "the grading of urban bodies stands in")


@pytest.mark.parametrize(("ammonia", "found"), [("9L", (None, 0, 1)), ("0.025L", (0, 0, 0))])
def test_a_limit_of_detection_above_the_grade_cannot_be_judged(told, ammonia, found):
    assert told(*year_of(q3=quarter(3, p1=f"60,5,{ammonia}"))) == found


def test_a_file_that_could_not_be_read_may_be_of_any_body(told, desk):
    told(*year_of())
    with pytest.raises(CheckFailed):
        desk.hand_in("body_monitoring", "甲,乙\n1,2\n", received=date(2022, 3, 1))
    assert rebounds(desk) == (None, 0, 1)
